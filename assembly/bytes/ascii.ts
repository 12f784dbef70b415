/**
 * Whether bytes are ASCII text. O(n), 16 bytes at a time; nothing outside the bytes is read.
 */

const HIGH_BITS: u64 = 0x8080808080808080;

/** True when no byte is above 127. */
export function isAscii(pointer: usize, length: u32): bool {
  if (length >= 16) {
    const last = pointer + length - 16;
    let bits = v128.load(last);
    for (let position = pointer; position < last; position += 16) bits = v128.or(bits, v128.load(position));
    return i8x16.bitmask(bits) == 0;
  }
  if (length >= 8) return ((load<u64>(pointer) | load<u64>(pointer + length - 8)) & HIGH_BITS) == 0;
  if (length >= 4) return ((<u64>(load<u32>(pointer) | load<u32>(pointer + length - 4))) & HIGH_BITS) == 0;
  if (!length) return true;
  return ((load<u8>(pointer) | load<u8>(pointer + (length >> 1)) | load<u8>(pointer + length - 1)) & 0x80) == 0;
}
