/**
 * Values as the host computes with them: in the interpreter, as parameters, and between an engine and a result.
 *
 *   boolean                              boolean
 *   integers, dates, times, timestamps   bigint, as their slot holds it (abi/record.ts)
 *   real, double precision               number
 *   what the engine keeps as a word      string of bytes: each character is one byte, 0..255
 *   any                                  Tagged: the SLOT_* kind and one of the above
 *   NULL                                 null, also of type any
 *
 * Strings of bytes are compared by JavaScript's operators as the engine compares bytes, are keys of a Map, and cost one
 * byte a character. Text in them is UTF-8.
 */

export type Plain = boolean | bigint | number | string;

/** A value of type `any` that is not NULL. `tag` is SLOT_*, never SLOT_NONE and never SLOT_NUMBER. */
export interface Tagged {
  readonly tag: number;
  readonly value: Plain;
}

export type Value = Plain | Tagged | null;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Bytes that become a string in one call. */
const PIECE = 8192;
const BEYOND_ASCII = /[^\0-\x7f]/;

/** The bytes of a text. */
export function bytesOfText(text: string): string {
  return BEYOND_ASCII.test(text) ? stringOfBytes(encoder.encode(text)) : text;
}

/** The text of bytes; what is not UTF-8 becomes U+FFFD. */
export function textOfBytes(bytes: string): string {
  return BEYOND_ASCII.test(bytes) ? decoder.decode(bytesOfString(bytes)) : bytes;
}

/** A string of bytes from an array of them. */
export function stringOfBytes(bytes: Uint8Array): string {
  if (bytes.length <= PIECE) return characters(bytes);
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE) text += characters(bytes.subarray(start, start + PIECE));
  return text;
}

/** Array-likes are passed as they are: spreading goes through an iterator. */
function characters(bytes: Uint8Array): string {
  return String.fromCharCode.apply(null, bytes as unknown as number[]);
}

/** An array of bytes from a string of them. */
export function bytesOfString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}
