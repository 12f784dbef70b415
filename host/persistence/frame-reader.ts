/**
 * Reads the frames of one segment in order, and looks behind a broken one. Format: segment.ts.
 *
 * Cost: O(bytes); memory: a window of a megabyte, or the largest frame.
 */
import type { StorageFile } from "../platform/types.ts";
import { decodeFrameHeader, FRAME_HEADER_BYTES, type FrameHeader, frameBytes, frameChecksum, SEGMENT_HEADER_BYTES } from "./segment.ts";

const WINDOW_BYTES = 1_048_576;
const ALIGNMENT = 8;

/** The end of the chain so far: what the next frame must continue. */
export interface ChainEnd {
  readonly sequence: number;
  readonly checksum: number;
}

export interface Frame {
  readonly header: FrameHeader;
  /** Valid until the next call. */
  readonly payload: Uint8Array;
}

export class FrameReader {
  readonly #file: StorageFile;
  readonly sizeBytes: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #windowLength = 0;
  /** Where the next frame begins. */
  position = SEGMENT_HEADER_BYTES;

  constructor(file: StorageFile) {
    this.#file = file;
    this.sizeBytes = file.sizeBytes;
  }

  get isAtEnd(): boolean {
    return this.position >= this.sizeBytes;
  }

  /** The next frame, if it is whole and continues the chain; undefined if not, and the position stays. */
  next(end: ChainEnd): Frame | undefined {
    const frame = this.#frameAt(this.position);
    if (frame === undefined) return undefined;
    if (frame.header.sequence !== end.sequence + 1 || frame.header.previous !== end.checksum) return undefined;
    this.position += frameBytes(frame.header.length);
    return frame;
  }

  /**
   * Whether a whole frame lies behind the broken one at `position` that says that the broken one had been synced: what is
   * missing was safe once, so the file has rotted. `sequence` is that of the broken frame.
   */
  wasSynced(sequence: number): boolean {
    const sequenceMax = sequence + (this.sizeBytes - this.position) / FRAME_HEADER_BYTES;
    for (let position = this.position + ALIGNMENT; position + FRAME_HEADER_BYTES < this.sizeBytes; position += ALIGNMENT) {
      const bytes = this.#bytes(position, FRAME_HEADER_BYTES);
      if (bytes === undefined) return false;
      const header = decodeFrameHeader(bytes, 0);
      if (header.sequence <= sequence || header.sequence > sequenceMax) continue;
      if (header.sequence - 1 - header.atRisk < sequence) continue;
      if (this.#frameAt(position) !== undefined) return true;
    }
    return false;
  }

  /** The frame at a position, if its own checksum is right. */
  #frameAt(position: number): Frame | undefined {
    const head = this.#bytes(position, FRAME_HEADER_BYTES);
    if (head === undefined) return undefined;
    const header = decodeFrameHeader(head, 0);
    const length = FRAME_HEADER_BYTES + header.length;
    if (header.length === 0 || position + length > this.sizeBytes) return undefined;
    const bytes = this.#bytes(position, length);
    if (bytes === undefined || frameChecksum(bytes, 0, length) !== header.checksum) return undefined;
    return { header, payload: bytes.subarray(FRAME_HEADER_BYTES) };
  }

  /** Bytes of the file; undefined when it ends before. */
  #bytes(start: number, length: number): Uint8Array | undefined {
    if (start < this.#windowStart || start + length > this.#windowStart + this.#windowLength) {
      if (start + length > this.sizeBytes) return undefined;
      const wanted = Math.min(Math.max(length, WINDOW_BYTES), this.sizeBytes - start);
      if (this.#window.length < wanted || this.#window.length > Math.max(wanted, WINDOW_BYTES)) this.#window = new Uint8Array(wanted);
      this.#windowStart = start;
      this.#windowLength = this.#file.read(this.#window.subarray(0, wanted), start);
      if (this.#windowLength < length) return undefined;
    }
    const offset = start - this.#windowStart;
    return this.#window.subarray(offset, offset + length);
  }
}
