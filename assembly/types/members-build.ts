/**
 * Building a hash or a set as a whole, and then storing it under a key in the place of whatever that holds: for RESTORE, whose bytes may turn out to be
 * wrong at the very end.
 *
 * Elements are gathered in a packed list beside the keyspace, in their order, and in trees of their own from where that form ends (members.ts) or fields
 * have expiries. Nothing is stored before `buildStore`, which needs memory for the entry alone and changes nothing without.
 *
 * Requires: between `buildBegin` and `buildEnd` nothing but `buildAdd`. Cost: packed O(n) for each element, trees O(log n).
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { parseInteger } from "../bytes/integer";
import { allocate, release } from "../memory/allocator";
import { abandonTree, treesBegin, treesEnd } from "../mvcc/view";
import {
  INTEGER_TEXT_BYTES,
  PACKED_HEAD,
  packedBytes,
  packedFind,
  packedLength,
  packedNext,
  packedPlain,
  packedWrite,
  setPackedCount,
} from "../structure/packed-list";
import { TREE_ROOT, TREE_SIZE, treeItems } from "../structure/tree";
import { containerBecomeTrees, newTree, packedReplace } from "./container";
import { insertFieldTime } from "./field-times";
import { PACKED_BYTES_MAX, PACKED_MAX, membersInsert } from "./members";

/** Answers of `buildAdd`. */
export const BUILD_NO_MEMORY: u32 = 0;
export const BUILD_ADDED: u32 = 1;
export const BUILD_DUPLICATE: u32 = 2;

/** Room for the largest packed list: PACKED_MAX members and values of PACKED_BYTES_MAX bytes, each with a length. */
const LIST_BYTES: u32 = 16656;

const trees: usize = memory.data(TREE_SIZE << 1, 8);
/** Texts of a member and of a value that are integers. */
const memberText: usize = memory.data(INTEGER_TEXT_BYTES, 8);
const valueText: usize = memory.data(INTEGER_TEXT_BYTES, 8);
let list: usize = 0;
let listEnd: usize = 0;
let hasValues: bool = false;
let inTrees: bool = false;

/** Elements so far, their longest part, and whether all members are integers. */
export let buildCount: u32 = 0;
export let buildLongest: u32 = 0;
export let buildIntegers: bool = true;

/** Begins; false: no memory. */
export function buildBegin(withValues: bool): bool {
  newTree(trees);
  newTree(trees + <usize>TREE_SIZE);
  list = allocate(LIST_BYTES, PURPOSE_SCRATCH);
  listEnd = list + PACKED_HEAD;
  hasValues = withValues;
  inTrees = false;
  buildCount = 0;
  buildLongest = 0;
  buildIntegers = true;
  treesBegin();
  return list != 0;
}

/** Adds an element; BUILD_*. A field may have an expiry (0: none). */
export function buildAdd(member: usize, length: u32, value: usize = 0, valueLength: u32 = 0, expiry: u64 = 0): u32 {
  const longest = length > valueLength ? length : valueLength;
  if (longest > buildLongest) buildLongest = longest;
  if (!inTrees && (longest > PACKED_BYTES_MAX || buildCount == PACKED_MAX || expiry) && !moveToTrees()) return BUILD_NO_MEMORY;
  if (inTrees) {
    if (!membersInsert(trees, member, length, value, valueLength)) return BUILD_NO_MEMORY;
    if (treeItems(trees) == buildCount) return BUILD_DUPLICATE;
    if (expiry && !insertFieldTime(trees + <usize>TREE_SIZE, member, length, expiry)) return BUILD_NO_MEMORY;
  } else {
    if (packedFind(list, listEnd, hasValues ? 2 : 1, member, length)) return BUILD_DUPLICATE;
    listEnd = packedWrite(listEnd, member, length);
    if (hasValues) listEnd = packedWrite(listEnd, value, valueLength);
  }
  buildCount++;
  if (buildIntegers && !parseInteger(member, length)) buildIntegers = false;
  return BUILD_ADDED;
}

function moveToTrees(): bool {
  for (let item = list + PACKED_HEAD; item < listEnd;) {
    const member = packedPlain(item, memberText);
    item = packedNext(item);
    const value = hasValues ? packedPlain(item, valueText) : 0;
    if (hasValues) item = packedNext(item);
    const valueLength = hasValues ? packedLength(value) : 0;
    if (!membersInsert(trees, packedBytes(member), packedLength(member), packedBytes(value), valueLength)) return false;
  }
  inTrees = true;
  return true;
}

/** Ends the gathering, which `buildStore` or `buildDrop` follows. */
export function buildEnd(): void {
  treesEnd();
}

/** Makes what was gathered the content of the open container. False: no memory; nothing has changed. Requires: there is an element. */
export function buildStore(mark: bool): bool {
  const times = trees + <usize>TREE_SIZE;
  if (inTrees) {
    if (containerBecomeTrees(trees, treeItems(times) ? 2 : 1, mark)) {
      newTree(trees);
      newTree(times);
      buildDrop();
      return true;
    }
    buildDrop();
    return false;
  }
  const bytes = <u32>(listEnd - list);
  setPackedCount(list, buildCount);
  const target = packedReplace(bytes, mark);
  if (target) copyBytes(target, list, bytes);
  buildDrop();
  return target != 0;
}

/** Frees what was gathered. */
export function buildDrop(): void {
  abandonTree(<usize>load<u32>(trees, TREE_ROOT));
  abandonTree(<usize>load<u32>(trees + <usize>TREE_SIZE, TREE_ROOT));
  if (list) release(list, PURPOSE_SCRATCH);
  list = 0;
}
