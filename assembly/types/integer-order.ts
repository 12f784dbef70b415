/**
 * The members of a set of integers in ascending order, as Redis answers a set, or the result of set algebra, that it keeps as an intset.
 *
 * Cost: O(n log n), n being set-max-intset-entries at most; 8 bytes for each while they are read.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { parseInteger, parsedInteger, printInteger } from "../bytes/integer";
import { allocate, release } from "../memory/allocator";
import { treeItems } from "../structure/tree";
import { memberCount, memberLength, memberNext, memberPointer, memberWalk, membersWalkTree } from "./members";

let numbers: usize = 0;
let count: u32 = 0;
let position: u32 = 0;
const text: usize = memory.data(24, 8);

/** The member that `integerNext` has reached. */
export const integerPointer: usize = text;
export let integerLength: u32 = 0;

/** Begins a walk, which `integersEnd` ends. False: there is no memory for it, or a member is no integer. */
export function integersWalk(entry: usize): bool {
  if (!begin(memberCount(entry))) return false;
  memberWalk(entry, false);
  return read();
}

/** The same over a tree of members that is no container's. */
export function integersWalkTree(tree: usize): bool {
  if (!begin(treeItems(tree))) return false;
  membersWalkTree(tree);
  return read();
}

function begin(size: u32): bool {
  count = size;
  position = 0;
  numbers = allocate(max<u32>(size, 1) << 3, PURPOSE_SCRATCH);
  return numbers != 0;
}

/** Reads the members of the walk that has begun, and sorts them. */
function read(): bool {
  for (let index: u32 = 0; memberNext(); index++) {
    if (!parseInteger(memberPointer, memberLength)) {
      integersEnd();
      return false;
    }
    setNumber(index, parsedInteger);
  }
  sort();
  return true;
}

/** Goes to the next member; false at the end. */
export function integerNext(): bool {
  if (position == count) return false;
  integerLength = printInteger(text, numberAt(position++));
  return true;
}

export function integersEnd(): void {
  release(numbers, PURPOSE_SCRATCH);
  numbers = 0;
}

// @ts-ignore: decorator
@inline
function numberAt(index: u32): i64 {
  return load<i64>(numbers + ((<usize>index) << 3));
}

// @ts-ignore: decorator
@inline
function setNumber(index: u32, value: i64): void {
  store<i64>(numbers + ((<usize>index) << 3), value);
}

/** Heapsort (Williams 1964): in place, and as fast on whatever order a client has chosen. */
function sort(): void {
  for (let index = count >> 1; index > 0; index--) sink(index - 1, count);
  for (let end = count; end > 1; end--) {
    const last = numberAt(end - 1);
    setNumber(end - 1, numberAt(0));
    setNumber(0, last);
    sink(0, end - 1);
  }
}

/** Lets a number sink below the larger ones of a heap of `end` numbers. */
function sink(from: u32, end: u32): void {
  const value = numberAt(from);
  let at = from;
  while ((at << 1) + 1 < end) {
    let child = (at << 1) + 1;
    if (child + 1 < end && numberAt(child + 1) > numberAt(child)) child++;
    if (numberAt(child) <= value) break;
    setNumber(at, numberAt(child));
    at = child;
  }
  setNumber(at, value);
}
