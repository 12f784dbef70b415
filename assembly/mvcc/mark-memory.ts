/**
 * The memory of marks, targets and participants: one purpose, a limit beyond which things are remembered more coarsely, and allocations
 * that fail when a test wants them to.
 */
import { PURPOSE_MARK } from "../abi/status";
import { allocate, purposeBytes, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";

/** Bytes beyond which items are gathered in groups, and ranges in their spaces. */
let bytesMax: f64 = 64 * 1048576;
/** Debug builds: the allocation of this number from now on fails (0: none does). */
let failing: u32 = 0;

/** Sets the limit. */
export function markLimit(bytes: f64): void {
  bytesMax = bytes;
}

/** Makes the `count`-th allocation from now on fail; only debug builds listen. */
export function markFail(count: u32): void {
  failing = count;
}

/** True when the limit has been passed. */
// @ts-ignore: decorator
@inline
export function isCrowded(): bool {
  return load<f64>(purposeBytes + ((<usize>PURPOSE_MARK) << 3)) > bytesMax;
}

/** A block; 0: no memory. */
export function markAllocate(size: u32): usize {
  if (DEBUG && failing && --failing == 0) return 0;
  return allocate(size, PURPOSE_MARK);
}

/** Frees a block. */
// @ts-ignore: decorator
@inline
export function markRelease(block: usize): void {
  release(block, PURPOSE_MARK);
}
