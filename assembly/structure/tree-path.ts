/**
 * The way from the root of a counted tree to a leaf, and what a change of that leaf brings about above it: copies of nodes that views see,
 * counts, splits, merging, a root more or less. What is done to the leaf itself is tree.ts's (items by key) and sequence.ts's (items by
 * position); here leaves are merged only, each kind by its own file.
 *
 * A change goes `descend...`, then `reservePath`, which collects the memory, then one of `installOne`, `installTwo` and
 * `installLess`. There is one path at a time.
 *
 * Cost: O(log n).
 */
import { DEBUG } from "../memory/debug";
import {
  CHILDREN_MAX,
  NO_SEPARATOR,
  addItems,
  childAt,
  childItems,
  entrySeparator,
  innerAppend,
  innerAppendFrom,
  innerCopy,
  innerFinish,
  innerInsert,
  innerItems,
  innerRemove,
  innerSearch,
  innerSelect,
  itemsBefore,
  retireSeparator,
  setChild,
  setSeparator,
} from "./tree-inner";
import { runMerge, runMergedBytes, runUsed } from "./run-leaf";
import { LEAF_BYTES, allocateLeaf, leafAppend, leafFinish, leafUsed, pendNothing } from "./tree-leaf";
import {
  DEPTH_MAX,
  INNER_BYTES,
  NODE_COUNT,
  NODE_HEADER,
  TREE_ROOT,
  isRun,
  nodeCount,
  nodeLevel,
  poolReserve,
  poolTake,
  retire,
  treeItems,
  writable,
} from "./tree-node";

const LEAF_SMALL: u32 = LEAF_BYTES / 3;
const LEAF_MERGED_MAX: u32 = 768;
const INNER_SMALL: u32 = CHILDREN_MAX / 3;
const INNER_MERGED_MAX: u32 = 24;
const WIDE: u32 = 4;

/** The way from the root to a leaf: node and position of the child, for each inner level. */
const path: usize = memory.data(<i32>((DEPTH_MAX + 1) << 3), 8);
export let pathDepth: u32 = 0;
/** Position of the leaf's first item in the tree, after a descent by position. */
export let leafStart: u32 = 0;
/** What was in an inner node that is being written anew. */
const nodeScratch: usize = memory.data(<i32>INNER_BYTES, 8);
/** Two halves of a split: what takes the place of a child, and (0: nothing) what comes after it. */
let halfLeft: usize = 0;
let halfLeftItems: u32 = 0;
let halfRight: usize = 0;
let halfRightItems: u32 = 0;
let halfSeparator: u32 = 0;

// Descent --------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function pathNode(depth: u32): usize {
  return <usize>load<u32>(path + ((<usize>depth) << 3));
}

// @ts-ignore: decorator
@inline
function pathPosition(depth: u32): u32 {
  return load<u32>(path + ((<usize>depth) << 3), 4);
}

function setPath(depth: u32, node: usize, position: u32): void {
  store<u32>(path + ((<usize>depth) << 3), <u32>node);
  store<u32>(path + ((<usize>depth) << 3), position, 4);
}

/** Descends to the leaf that would hold a key. */
export function descend(tree: usize, key: usize, length: u32): usize {
  let node = <usize>load<u32>(tree, TREE_ROOT);
  let depth: u32 = 0;
  while (nodeLevel(node)) {
    const position = innerSearch(node, key, length);
    setPath(depth++, node, position);
    node = childAt(node, position);
  }
  pathDepth = depth;
  return node;
}

/** Descends to the item at a position; `leafStart` is the position of its leaf's first item. */
export function descendTo(tree: usize, position: u32): usize {
  let node = <usize>load<u32>(tree, TREE_ROOT);
  let depth: u32 = 0;
  let items = treeItems(tree);
  leafStart = 0;
  while (nodeLevel(node)) {
    const child = innerSelect(node, position - leafStart, items);
    items = childItems(node, child);
    leafStart += itemsBefore;
    setPath(depth++, node, child);
    node = childAt(node, child);
  }
  pathDepth = depth;
  return node;
}

export function onRightmostPath(): bool {
  for (let depth: u32 = 0; depth < pathDepth; depth++) {
    if (pathPosition(depth) + 1 != nodeCount(pathNode(depth))) return false;
  }
  return true;
}

export function onLeftmostPath(): bool {
  for (let depth: u32 = 0; depth < pathDepth; depth++) if (pathPosition(depth)) return false;
  return true;
}

/** Whether the tree has so many leaves that one more of the largest size is nothing to it. */
export function isWide(): bool {
  return pathDepth > 1 || (pathDepth == 1 && nodeCount(pathNode(0)) >= WIDE);
}

/** Adds to the counts on the way to the leaf. Requires: the leaf is writable, so that all above it is. */
export function addToPath(difference: u32): void {
  for (let depth: u32 = 0; depth < pathDepth; depth++) addItems(pathNode(depth), pathPosition(depth), difference);
}

// Changing the path ---------------------------------------------------------------------------------------------------

/** Reserves exactly the inner nodes that the change will take: copies of what views see, and new ones if a child `splits`. */
export function reservePath(splits: bool): bool {
  let needed: u32 = 0;
  for (let depth = <i32>pathDepth - 1; depth >= 0; depth--) {
    const node = pathNode(depth);
    if (!writable(node)) needed++;
    if (splits) {
      if (nodeCount(node) == CHILDREN_MAX) needed++;
      else splits = false;
    }
  }
  if (splits) needed++;
  if (pathDepth == DEPTH_MAX && splits) return false;
  return poolReserve(needed);
}

/** The node of the path, copied if a view sees it. Requires: `reservePath`. */
function pathWritable(depth: u32): usize {
  const node = pathNode(depth);
  if (writable(node)) return node;
  const target = poolTake(nodeLevel(node));
  innerCopy(target, node);
  retire(node);
  setPath(depth, target, pathPosition(depth));
  return target;
}

/** Puts a node in the place of the leaf that the path leads to. Requires: `reservePath(false)`. */
export function installOne(tree: usize, node: usize, items: u32): void {
  halfLeft = node;
  halfLeftItems = items;
  halfRight = 0;
  install(tree);
}

/** Puts two leaves in its place, which a separator divides. Requires: `reservePath(true)`. */
export function installTwo(tree: usize, left: usize, leftItems: u32, right: usize, rightItems: u32, separator: u32): void {
  halfLeft = left;
  halfLeftItems = leftItems;
  halfRight = right;
  halfRightItems = rightItems;
  halfSeparator = separator;
  install(tree);
}

/** Puts the half or halves in the place of the child that the path leads to, and what follows from it up to the root. */
function install(tree: usize): void {
  for (let depth = <i32>pathDepth - 1; depth >= 0; depth--) {
    const node = pathWritable(depth);
    const position = pathPosition(depth);
    setChild(node, position, halfLeft, halfLeftItems);
    if (!halfRight) {
      halfLeft = node;
      halfLeftItems = innerItems(node);
    } else if (nodeCount(node) < CHILDREN_MAX) {
      innerInsert(node, position + 1, halfSeparator, halfRight, halfRightItems);
      halfRight = 0;
      halfLeft = node;
      halfLeftItems = innerItems(node);
    } else splitInner(node, depth, position);
  }
  if (halfRight) {
    const root = poolTake(nodeLevel(halfLeft) + 1);
    innerAppend(root, NO_SEPARATOR, halfLeft, halfLeftItems);
    innerAppend(root, halfSeparator, halfRight, halfRightItems);
    innerFinish(root);
    halfLeft = root;
  }
  store<u32>(tree, <u32>halfLeft, TREE_ROOT);
}

/** Splits a full node into which the right half goes after `position`, and makes its two nodes the halves. */
function splitInner(node: usize, depth: u32, position: u32): void {
  let cut: u32 = (CHILDREN_MAX + 1) >> 1;
  if (position == CHILDREN_MAX - 1 && isEdge(depth, true)) cut = CHILDREN_MAX;
  else if (position == 0 && isEdge(depth, false)) cut = 1;
  memory.copy(nodeScratch, node, INNER_BYTES);
  store<u16>(node, 0, NODE_COUNT);
  const right = poolTake(nodeLevel(node));
  const inserted = position + 1;
  // Entry `each` of the 32 is the inserted one, or one of the node's.
  for (let each: u32 = 0; each <= CHILDREN_MAX; each++) {
    const target = each < cut ? node : right;
    const source = each < inserted ? each : each - 1;
    if (each == inserted) innerAppend(target, halfSeparator, halfRight, halfRightItems);
    else innerAppendFrom(target, nodeScratch, source, source + 1);
  }
  halfSeparator = entrySeparator(right, 0);
  innerFinish(node);
  innerFinish(right);
  halfLeft = node;
  halfLeftItems = innerItems(node);
  halfRight = right;
  halfRightItems = innerItems(right);
}

/** True when the path goes to the last (or first) child in all nodes above `depth`. */
function isEdge(depth: u32, last: bool): bool {
  for (let each: u32 = 0; each < depth; each++) {
    if (pathPosition(each) != (last ? nodeCount(pathNode(each)) - 1 : 0)) return false;
  }
  return true;
}

// Removing -------------------------------------------------------------------------------------------------------------

/**
 * A leaf has lost `count` items: `target` takes its place (the leaf itself, if it was changed in place), or nothing (0) if none are left. What has
 * become small is merged with a neighbour; where the leaf was changed in place and is not small, counts are all that changes.
 */
export function installLess(tree: usize, leaf: usize, target: usize, count: u32): void {
  if (target == leaf && usedBytes(leaf) >= LEAF_SMALL) {
    addToPath(0 - count);
    return;
  }
  if (target) relink(tree, target, count);
  else unlink(tree, count);
  mergePath();
  lowerRoot(tree);
}

/** Puts a leaf that has lost `count` items in the place of the old one. */
function relink(tree: usize, leaf: usize, count: u32): void {
  let child = leaf;
  for (let depth = <i32>pathDepth - 1; depth >= 0; depth--) {
    const node = pathWritable(depth);
    const position = pathPosition(depth);
    setChild(node, position, child, childItems(node, position) - count);
    child = node;
  }
  store<u32>(tree, <u32>child, TREE_ROOT);
}

/** Takes a leaf of `count` items, which is gone, out of the path; nodes that become empty go too, and the path ends above. */
function unlink(tree: usize, count: u32): void {
  let child: usize = 0;
  const bottom = pathDepth;
  for (let depth = <i32>bottom - 1; depth >= 0; depth--) {
    const node = pathWritable(depth);
    const position = pathPosition(depth);
    if (child) setChild(node, position, child, childItems(node, position) - count);
    else {
      retireSeparator(innerRemove(node, position));
      if (!nodeCount(node)) {
        retire(node);
        pathDepth = depth;
        continue;
      }
      if (position == nodeCount(node)) setPath(depth, node, position - 1);
    }
    child = node;
  }
  store<u32>(tree, <u32>child, TREE_ROOT);
}

/** Merges the children on the path with a neighbour where they have become small, from the bottom up. */
function mergePath(): void {
  for (let depth = <i32>pathDepth - 1; depth >= 0; depth--) {
    const node = pathNode(depth);
    const position = pathPosition(depth);
    const child = childAt(node, position);
    if (nodeLevel(child) ? nodeCount(child) >= INNER_SMALL : usedBytes(child) >= LEAF_SMALL) continue;
    if (position + 1 < nodeCount(node) && merge(node, position)) continue;
    if (position && merge(node, position - 1)) setPath(depth, node, position - 1);
  }
}

/** Merges a child with the next one, if there is room and memory. Requires: no view sees the parent. */
function merge(node: usize, position: u32): bool {
  const left = childAt(node, position);
  const right = childAt(node, position + 1);
  const items = childItems(node, position) + childItems(node, position + 1);
  if (nodeLevel(left)) {
    const separator = entrySeparator(node, position + 1);
    const merged = mergeInner(left, right, separator);
    if (!merged) return false;
    innerRemove(node, position + 1);
    setChild(node, position, merged, items);
    return true;
  }
  const bytes = isRun(left) ? runMergedBytes(left, right) : leafUsed(left) + leafUsed(right) - NODE_HEADER;
  if (bytes > LEAF_MERGED_MAX) return false;
  const target = isRun(left) ? runMerge(left, right) : mergeLeaves(left, right, bytes);
  if (!target) return false;
  retire(left);
  retire(right);
  retireSeparator(innerRemove(node, position + 1));
  setChild(node, position, target, items);
  return true;
}

/** A leaf with the items of two, or 0. */
function mergeLeaves(left: usize, right: usize, bytes: u32): usize {
  const target = allocateLeaf(bytes);
  if (!target) return 0;
  pendNothing();
  leafAppend(target, left, 0, nodeCount(left));
  leafAppend(target, right, 0, nodeCount(right));
  leafFinish(target);
  return target;
}

/** Bytes that a leaf of any kind uses. */
// @ts-ignore: decorator
@inline
function usedBytes(leaf: usize): u32 {
  return isRun(leaf) ? runUsed(leaf) : leafUsed(leaf);
}

/** One of two neighbours takes the children of the other; returns it, or 0 when views see both or they are too many. */
function mergeInner(left: usize, right: usize, separator: u32): usize {
  const countLeft = nodeCount(left);
  const countRight = nodeCount(right);
  if (countLeft + countRight > INNER_MERGED_MAX) return 0;
  const target = writable(left) ? left : right;
  if (!writable(target)) return 0;
  if (target == right) {
    memory.copy(nodeScratch, right, INNER_BYTES);
    store<u16>(right, 0, NODE_COUNT);
    innerAppendFrom(right, left, 0, countLeft);
    innerAppendFrom(right, nodeScratch, 0, countRight);
  } else innerAppendFrom(left, right, 0, countRight);
  setSeparator(target, countLeft, separator);
  innerFinish(target);
  retire(target == left ? right : left);
  return target;
}

/** A root with one child gives its place to the child. */
function lowerRoot(tree: usize): void {
  let root = <usize>load<u32>(tree, TREE_ROOT);
  while (root && nodeLevel(root) && nodeCount(root) == 1) {
    const child = childAt(root, 0);
    retire(root);
    root = child;
  }
  store<u32>(tree, <u32>root, TREE_ROOT);
}
