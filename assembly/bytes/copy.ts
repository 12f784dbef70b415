/**
 * Copying and comparing short runs of bytes, faster than memory.copy and a byte loop for the sizes of keys and values.
 * Overlapping 8-byte words cover the tail, so there is no loop over single bytes. Requires: the runs do not overlap.
 */

/** Copies `length` bytes from `source` to `target`. */
export function copyBytes(target: usize, source: usize, length: u32): void {
  if (length >= 8) {
    if (length > 128) {
      memory.copy(target, source, <usize>length);
      return;
    }
    const lastSource = source + length - 8;
    const lastTarget = target + length - 8;
    while (source < lastSource) {
      store<u64>(target, load<u64>(source));
      source += 8;
      target += 8;
    }
    store<u64>(lastTarget, load<u64>(lastSource));
  } else if (length >= 4) {
    const tail = load<u32>(source + length - 4);
    store<u32>(target, load<u32>(source));
    store<u32>(target + length - 4, tail);
  } else if (length) {
    store<u8>(target, load<u8>(source));
    if (length > 1) {
      store<u8>(target, load<u8>(source, 1), 1);
      if (length > 2) store<u8>(target, load<u8>(source, 2), 2);
    }
  }
}

/** True when both runs hold the same `length` bytes. */
export function equalBytes(left: usize, right: usize, length: u32): bool {
  if (length >= 8) {
    const lastLeft = left + length - 8;
    const lastRight = right + length - 8;
    while (left < lastLeft) {
      if (load<u64>(left) != load<u64>(right)) return false;
      left += 8;
      right += 8;
    }
    return load<u64>(lastLeft) == load<u64>(lastRight);
  }
  if (length >= 4) {
    return load<u32>(left) == load<u32>(right) && load<u32>(left + length - 4) == load<u32>(right + length - 4);
  }
  if (!length) return true;
  const middle = length >> 1;
  return (
    load<u8>(left) == load<u8>(right) &&
    load<u8>(left + middle) == load<u8>(right + middle) &&
    load<u8>(left + length - 1) == load<u8>(right + length - 1)
  );
}
