/**
 * How long lists would be in Redis, where they are listpacks (its listpack.md): OBJECT ENCODING says "listpack" or "quicklist" by that, and
 * `list-max-listpack-size` is measured in it.
 *
 * An element is its encoding, its bytes if it is no small number, and its length backwards: a text up to 63 bytes takes two more than its
 * bytes, a number from two to ten in all.
 */
import { parsedInteger, parseInteger } from "../bytes/integer";

/** Bytes of a listpack without elements: its head and its end. */
export const LISTPACK_EMPTY: u32 = 7;
/** More than a listpack takes for an element than a packed list does, at most: it has no integers of five bytes. */
export const LISTPACK_MORE: u32 = 4;
/** Bytes of the shortest element. */
export const LISTPACK_ITEM_MIN: u32 = 2;
const INTEGER_TEXT_MAX: u32 = 20;
/** Bytes of a listpack where the limit counts elements. */
const SAFE_BYTES: u64 = 8192;

/** list-max-listpack-size: elements, or a class of bytes from -1 (4 KiB) to -5 (64 KiB). */
let limit: i32 = -2;

export function setListpackLimit(value: i32): void {
  limit = value;
}

/** Bytes that an element takes. */
export function listpackItem(bytes: usize, length: u32): u32 {
  if (length <= INTEGER_TEXT_MAX && parseInteger(bytes, length)) return integerBytes(parsedInteger);
  const encoded = length + (length < 64 ? 1 : length < 4096 ? 2 : 5);
  return encoded + (encoded < 128 ? 1 : encoded < 16_384 ? 2 : encoded < 2_097_152 ? 3 : encoded < 268_435_456 ? 4 : 5);
}

function integerBytes(value: i64): u32 {
  if (value >= 0 && value <= 127) return 2;
  if (value >= -4096 && value <= 4095) return 3;
  if (value == <i64>(<i16>value)) return 4;
  if (value >= -8_388_608 && value <= 8_388_607) return 5;
  return value == <i64>(<i32>value) ? 6 : 10;
}

/** Whether a list of so many bytes and elements is beyond the limit, or with `isHalf` beyond the half of it. */
export function isBeyondListpack(bytes: u64, count: u64, isHalf: bool): bool {
  const shift: u32 = isHalf ? 1 : 0;
  if (limit < 0) {
    const size: u64 = 2048 << (limit > -5 ? <u64>-limit : 5);
    return bytes > size >> shift;
  }
  return bytes > SAFE_BYTES || count > (<u64>(limit ? limit : 1)) >> shift;
}
