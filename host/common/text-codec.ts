/**
 * Text in and out of a large buffer of bytes, UTF-8. Runtimes have faster ways than the standard's, which a composition root
 * may pass in (host/platform/node/text.ts).
 *
 * Malformed text is replaced: a lone surrogate is written as U+FFFD, bytes that are not UTF-8 are read as U+FFFD. A byte order
 * mark is text like any other.
 */

export interface TextCodec {
  /** Longest text whose characters are cheaper to write one by one than by `write`. */
  readonly shortTextMax: number;
  /** The bytes of a buffer in the form that the other methods take. */
  view(buffer: ArrayBuffer): Uint8Array;
  /** Writes text at an offset and returns its length in bytes. Requires: room for three bytes for each of its units. */
  write(view: Uint8Array, text: string, offset: number): number;
  /** The text from `start` to `end`. */
  read(view: Uint8Array, start: number, end: number): string;
  /** The same for bytes that are known to be ASCII. */
  readAscii(view: Uint8Array, start: number, end: number): string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What every runtime has. */
export const standardText: TextCodec = {
  shortTextMax: 40,
  view: (buffer) => new Uint8Array(buffer),
  write: (view, text, offset) => encoder.encodeInto(text, view.subarray(offset, offset + text.length * 3)).written,
  read: (view, start, end) => decoder.decode(view.subarray(start, end)),
  readAscii: (view, start, end) => decoder.decode(view.subarray(start, end)),
};
