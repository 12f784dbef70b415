/**
 * Order of keys: bytes compared as unsigned numbers from the left; of two keys where one begins with the other, the shorter
 * one is less (memcmp). A node compares its keys by a *head* first: the few bytes after those that all its keys share, as a
 * number, filled up with zeros. Heads that differ decide; heads that are equal say nothing, since a key may end in zeros.
 *
 * Cost: O(bytes that are equal), eight at a time.
 */

/** Below, equal to or above 0 as the left key is less than, equal to or greater than the right one. */
export function compareKeys(left: usize, leftLength: u32, right: usize, rightLength: u32): i32 {
  const length = leftLength < rightLength ? leftLength : rightLength;
  const same = sharedLength(left, right, length);
  if (same < length) return <i32>load<u8>(left + same) - <i32>load<u8>(right + same);
  return leftLength == rightLength ? 0 : leftLength < rightLength ? -1 : 1;
}

/** How many of the first `length` bytes are the same. */
export function sharedLength(left: usize, right: usize, length: u32): u32 {
  let at: u32 = 0;
  while (at + 8 <= length) {
    const difference = load<u64>(left + at) ^ load<u64>(right + at);
    if (difference) return at + ((<u32>ctz(difference)) >> 3);
    at += 8;
  }
  while (at < length && load<u8>(left + at) == load<u8>(right + at)) at++;
  return at;
}

/**
 * How a key stands to keys that all begin with the `shared` bytes at `prefix`: -1 before all of them, 1 after all of them,
 * 0 when it begins with those bytes too.
 */
export function comparePrefix(key: usize, length: u32, prefix: usize, shared: u32): i32 {
  const same = sharedLength(key, prefix, length < shared ? length : shared);
  if (same == shared) return 0;
  if (same == length) return -1;
  return load<u8>(key + same) < load<u8>(prefix + same) ? -1 : 1;
}

/** Two bytes after the first `skip` of a key, the first as the high byte. */
// @ts-ignore: decorator
@inline
export function headShort(key: usize, length: u32, skip: u32): u32 {
  if (length >= skip + 2) return <u32>bswap<u16>(load<u16>(key + skip));
  return length > skip ? (<u32>load<u8>(key + skip)) << 8 : 0;
}

/** Four bytes after the first `skip` of a key, the first as the highest byte. */
export function headLong(key: usize, length: u32, skip: u32): u32 {
  if (length >= skip + 4) return bswap<u32>(load<u32>(key + skip));
  let head: u32 = 0;
  for (let at: u32 = 0; at < 4; at++) head = (head << 8) | (skip + at < length ? <u32>load<u8>(key + skip + at) : 0);
  return head;
}
