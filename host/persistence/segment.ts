/**
 * A segment of the log: one file `wal-<number, ten digits>.log`, a header and then frames, the oldest first. This file owns
 * the format. Numbers are little-endian.
 *
 *   header, 64 bytes           offset size
 *     magic "MFLUXWAL"             0    8
 *     version, 1                   8    4
 *     number of the segment       12    4   as in its name
 *     id of the database          16   16   as in the manifest
 *     epoch                       32    8   in which the segment was made. All its frames are of one epoch: of that one, or of a
 *                                           later one if the one that made it never wrote to it
 *     zero                        40   20
 *     CRC-32C of bytes 0..59      60    4
 *   frame, at a multiple of 8
 *     length of the payload        0    4   at least 1
 *     CRC-32C of 0..3 and 8..end   4    4   end: of the payload
 *     sequence                     8    8   one more than that of the frame before, across segments and epochs
 *     CRC of the frame before     16    4   0 for sequence 1: frames are a chain across segments and epochs
 *     frames at risk              20    4   how many frames before this one were not known to be synced when it was written
 *     payload                     24        effects (assembly/durability/effect-log.ts); zeros up to a multiple of 8
 *
 * 1. The header is synced before the first frame is written, before the manifest names the segment and before the next
 *    segment is made: only the last file may have a header that is not whole.
 * 2. All frames of a segment are synced before the first frame of the next one is written.
 * 3. A frame holds whole commits. It proves itself (own CRC) and its place (sequence, CRC of the frame before).
 * 4. "Frames at risk" tells a loss of power, which may eat any frame that was not synced, from rot: when a broken frame is
 *    followed by a good one that did not count it among those at risk, then data was lost that had been safe.
 */
import { crc32c } from "../common/checksum.ts";
import { DatabaseError } from "../common/error.ts";
import type { StorageFile } from "../platform/types.ts";
import { isEqual, readU64, viewOf, writeU64 } from "./bytes.ts";
import { foreign, newerVersion } from "./file.ts";

export const SEGMENT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 64;
export const FRAME_HEADER_BYTES = 24;
const HEADER_CHECKED_BYTES = 60;
const MAGIC = new TextEncoder().encode("MFLUXWAL");
const NAME = /^wal-(\d{10})\.log$/;
const ALIGNMENT = 8;

export interface SegmentHeader {
  readonly number: number;
  readonly databaseId: Uint8Array;
  readonly epoch: number;
}

/** What a frame's header says. */
export interface FrameHeader {
  readonly length: number;
  readonly checksum: number;
  readonly sequence: number;
  readonly previous: number;
  readonly atRisk: number;
}

export function segmentName(number: number): string {
  return `wal-${String(number).padStart(10, "0")}.log`;
}

/** Number of the segment with this file name, at least 1, or undefined for other files. */
export function segmentNumber(name: string): number | undefined {
  const number = Number(NAME.exec(name)?.[1]);
  return number >= 1 ? number : undefined;
}

/** Bytes that a frame with a payload of `length` bytes takes. */
export function frameBytes(length: number): number {
  return align(FRAME_HEADER_BYTES + length);
}

export function align(position: number): number {
  return Math.ceil(position / ALIGNMENT) * ALIGNMENT;
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = viewOf(bytes);
  bytes.set(MAGIC);
  view.setUint32(8, SEGMENT_VERSION, true);
  view.setUint32(12, header.number, true);
  bytes.set(header.databaseId, 16);
  writeU64(view, 32, header.epoch);
  view.setUint32(HEADER_CHECKED_BYTES, crc32c(bytes, 0, 0, HEADER_CHECKED_BYTES), true);
  return bytes;
}

/** Throws FILE_FOREIGN for a file that begins with something else than a segment's header or what a crash may leave of one. */
export function checkSegmentMagic(file: StorageFile, place: string): void {
  const bytes = new Uint8Array(MAGIC.length);
  const length = file.read(bytes, 0);
  for (const [position, byte] of bytes.subarray(0, length).entries()) {
    if (byte !== 0 && byte !== MAGIC[position]) throw foreign(`${place} is not a log of MemFlux`);
  }
}

/** Id of the database that a segment says it belongs to. Requires: the file is longer than a header. */
export function readDatabaseId(file: StorageFile): Uint8Array {
  const bytes = new Uint8Array(16);
  file.read(bytes, 16);
  return bytes;
}

/**
 * Reads a segment's header. Undefined: the file ends within it or at it with a header that is not whole, so its making was
 * interrupted and it never held a frame. Throws FILE_FOREIGN, FILE_VERSION or FILE_CORRUPT.
 */
export function readSegmentHeader(file: StorageFile, number: number, databaseId: Uint8Array, place: string): SegmentHeader | undefined {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const isUnfinished = file.sizeBytes <= SEGMENT_HEADER_BYTES;
  if (isUnfinished) checkSegmentMagic(file, place);
  if (file.read(bytes, 0) < SEGMENT_HEADER_BYTES) return undefined;
  const view = viewOf(bytes);
  const isWhole = view.getUint32(HEADER_CHECKED_BYTES, true) === crc32c(bytes, 0, 0, HEADER_CHECKED_BYTES);
  if (isUnfinished && !isWhole) return undefined;
  if (!isEqual(bytes.subarray(0, MAGIC.length), MAGIC)) throw foreign(`${place} is not a log of MemFlux`);
  const version = view.getUint32(8, true);
  if (version > SEGMENT_VERSION) throw newerVersion(place, version, SEGMENT_VERSION);
  if (!isWhole) throw new DatabaseError("FILE_CORRUPT", `the header of ${place} is damaged`);
  if (!isEqual(bytes.subarray(16, 32), databaseId)) throw foreign(`${place} belongs to another database`);
  if (view.getUint32(12, true) !== number) throw foreign(`${place} was another segment and has been renamed`);
  return { number, databaseId: bytes.slice(16, 32), epoch: readU64(view, 32) };
}

/** Writes the header of the frame that begins at `start` and ends with its payload at `end`; returns its checksum. */
export function sealFrame(bytes: Uint8Array, start: number, end: number, place: Omit<FrameHeader, "length" | "checksum">): number {
  const view = viewOf(bytes);
  view.setUint32(start, end - start - FRAME_HEADER_BYTES, true);
  writeU64(view, start + 8, place.sequence);
  view.setUint32(start + 16, place.previous, true);
  view.setUint32(start + 20, place.atRisk, true);
  const checksum = frameChecksum(bytes, start, end);
  view.setUint32(start + 4, checksum, true);
  return checksum;
}

export function decodeFrameHeader(bytes: Uint8Array, start: number): FrameHeader {
  const view = viewOf(bytes);
  return {
    length: view.getUint32(start, true),
    checksum: view.getUint32(start + 4, true),
    sequence: readU64(view, start + 8),
    previous: view.getUint32(start + 16, true),
    atRisk: view.getUint32(start + 20, true),
  };
}

/** Checksum of the frame in `bytes[start .. end)`. */
export function frameChecksum(bytes: Uint8Array, start: number, end: number): number {
  return crc32c(bytes, crc32c(bytes, 0, start, start + 4), start + 8, end);
}
