/**
 * The invariants of a tree, for debug builds: see the heads of tree.ts, tree-node.ts, tree-leaf.ts and tree-inner.ts.
 *
 * A walk over the whole tree; it recurses no deeper than the tree is. `checkedBytes` is then what the tree's blocks take, so
 * that a test can compare it with what is allocated.
 *
 * Cost: O(items).
 */
import { allocatedSize } from "../memory/allocator";
import { runBlock, runCheck, runEnd, runFirst, runForm, runSkip } from "./run-leaf";
import {
  NO_SEPARATOR,
  childAt,
  childItems,
  entryAt,
  entrySeparator,
  innerCheck,
  innerItems,
  separatorBytes,
  separatorLength,
} from "./tree-inner";
import { itemBlock, itemKey, itemKeyLength, leafCheck, leafItem } from "./tree-leaf";
import { DEAD_FIRST, DEPTH_MAX, NODE_ERA, NODE_LINK, WHOLE, isRun, nodeCount, nodeLevel } from "./tree-node";
import { runBytes } from "./tree-size";
import { compareKeys } from "./tree-key";
import { TREE_ITEMS, TREE_ROOT } from "./tree";

/** Bytes of all blocks that the last `treeCheck` has reached, and how many leaves and inner nodes there were. */
export let checkedBytes: u64 = 0;
export let checkedLeaves: u32 = 0;
export let checkedInner: u32 = 0;
/** Items that the last `deadBytes` found on a list whose view cannot see them. */
export let deadYounger: u32 = 0;

let newestEra: u32 = 0;
let viewEra: u32 = 0;
let lastKey: usize = 0;
let lastKeyLength: u32 = 0;
let keysBegun: bool = false;
/** The tree is a sequence (sequence.ts): there are no keys, and no separators. */
let hasNoKeys: bool = false;

/**
 * Returns 0, or the number of a broken invariant of the tree: 1 to 5 as in the head of tree.ts, where 4 is judged for a live
 * view of era `view` (0: none) and no block may be younger than `era`; 10 + n and 20 + n are those of leaves and inner nodes.
 */
export function treeCheck(tree: usize, era: u32, view: u32): i32 {
  checkedBytes = 0;
  checkedLeaves = 0;
  checkedInner = 0;
  newestEra = era;
  viewEra = view;
  keysBegun = false;
  const root = <usize>load<u32>(tree, TREE_ROOT);
  const items = load<u32>(tree, TREE_ITEMS);
  if (!root) return items ? 3 : 0;
  if (nodeLevel(root) && nodeCount(root) < 2) return 3;
  let leaf = root;
  while (nodeLevel(leaf)) leaf = childAt(leaf, 0);
  hasNoKeys = isRun(leaf);
  const broken = checkNode(root, nodeLevel(root), 0xffffffff);
  if (broken) return broken;
  return (nodeLevel(root) ? innerItems(root) : nodeCount(root)) == items ? 0 : 3;
}

function checkNode(node: usize, level: u32, parentEra: u32): i32 {
  if (nodeLevel(node) != level || level > DEPTH_MAX) return 1;
  if (!nodeCount(node)) return 3;
  if (!checkEra(node, parentEra)) return 4;
  return level ? checkInner(node, level) : checkLeaf(node);
}

/** Accounts a block and checks its birth against its parent's. */
function checkEra(block: usize, parentEra: u32): bool {
  checkedBytes += allocatedSize(block);
  const born = load<u32>(block, NODE_ERA);
  return born > 0 && born <= newestEra && (parentEra > viewEra || born <= viewEra);
}

function checkInner(node: usize, level: u32): i32 {
  checkedInner++;
  const broken = hasNoKeys ? 0 : innerCheck(node);
  if (broken) return 20 + broken;
  const era = load<u32>(node, NODE_ERA);
  const count = nodeCount(node);
  for (let position: u32 = 0; position < count; position++) {
    const separator = entrySeparator(node, position);
    if (!(separator & 1) && !checkEra(<usize>separator, era)) return 4;
    if (hasNoKeys && entrySeparator(node, position) != NO_SEPARATOR) return 21;
    if (position && !hasNoKeys && !aboveLast(entryAt(node, position))) return 2;
    const child = childAt(node, position);
    const below = checkNode(child, level - 1, era);
    if (below) return below;
    if ((level > 1 ? innerItems(child) : nodeCount(child)) != childItems(node, position)) return 3;
    if (position && !hasNoKeys && !notAboveFirst(entryAt(node, position), child)) return 2;
  }
  return 0;
}

/** True when the separator is greater than the last key before it. */
function aboveLast(entry: usize): bool {
  return compareKeys(lastKey, lastKeyLength, separatorBytes(entry), separatorLength(entry)) < 0;
}

/** True when the separator is not greater than the first key below the child. */
function notAboveFirst(entry: usize, child: usize): bool {
  let node = child;
  while (nodeLevel(node)) node = childAt(node, 0);
  const first = leafItem(node, 0);
  return compareKeys(separatorBytes(entry), separatorLength(entry), itemKey(first), itemKeyLength(first)) <= 0;
}

function checkLeaf(leaf: usize): i32 {
  checkedLeaves++;
  if (isRun(leaf) != hasNoKeys) return 14;
  if (hasNoKeys) return checkRun(leaf);
  const broken = leafCheck(leaf);
  if (broken) return 10 + broken;
  const count = nodeCount(leaf);
  const first = leafItem(leaf, 0);
  if (keysBegun && compareKeys(lastKey, lastKeyLength, itemKey(first), itemKeyLength(first)) >= 0) return 2;
  for (let position: u32 = 0; position < count; position++) {
    const block = itemBlock(leafItem(leaf, position));
    if (block && !checkEra(block, load<u32>(leaf, NODE_ERA))) return 4;
  }
  const last = leafItem(leaf, count - 1);
  lastKey = itemKey(last);
  lastKeyLength = itemKeyLength(last);
  keysBegun = true;
  return 0;
}

function checkRun(leaf: usize): i32 {
  const broken = runCheck(leaf);
  if (broken) return 10 + broken;
  const form = runForm(leaf);
  const end = runEnd(leaf);
  for (let item = runFirst(leaf); item < end; item = runSkip(form, item, 1)) {
    const block = runBlock(form, item);
    if (block && !checkEra(block, load<u32>(leaf, NODE_ERA))) return 4;
  }
  return 0;
}

/** Bytes of all blocks on a dead list, with what died below them; `deadYounger` counts items younger than `view`. */
export function deadBytes(list: usize, view: u32): u64 {
  let bytes: u64 = 0;
  deadYounger = 0;
  let item = load<u32>(list, DEAD_FIRST);
  while (item) {
    const block = <usize>(item & ~WHOLE);
    if (load<u32>(block, NODE_ERA) > view) deadYounger++;
    bytes += item & WHOLE ? bytesBelow(block) : allocatedSize(block);
    item = load<u32>(block, NODE_LINK);
  }
  return bytes;
}

/** Bytes of a node and of all that is below it. */
function bytesBelow(node: usize): u64 {
  let bytes: u64 = allocatedSize(node);
  if (!nodeLevel(node) && isRun(node)) return bytes + runBytes(node);
  const count = nodeCount(node);
  for (let position: u32 = 0; position < count; position++) {
    const block = nodeLevel(node) ? separatorBlock(node, position) : itemBlock(leafItem(node, position));
    if (block) bytes += allocatedSize(block);
    if (nodeLevel(node)) bytes += bytesBelow(childAt(node, position));
  }
  return bytes;
}

function separatorBlock(node: usize, position: u32): usize {
  const separator = entrySeparator(node, position);
  return separator & 1 ? 0 : <usize>separator;
}
