/**
 * The counted copy-on-write tree: items (key and value bytes, keys unique) in the order of their keys, found by key or by
 * position. A B+ tree: items lie in leaves (tree-leaf.ts), inner nodes (tree-inner.ts) know how many items are below each
 * child, so rank and select cost O(log n). There are no links between leaves, since a copied leaf would have to be linked
 * from an unchanged one; cursors (tree-cursor.ts) go on by position.
 *
 *   tree record (TREE_SIZE bytes, the owner's)
 *   0   u32 root (0: the tree is empty)
 *   4   u32 items
 *   8   u32 stamp: changes with every change of the tree
 *   12  u32 purpose under which its blocks are accounted
 *
 * A read view of the tree is a copy of the record. It stays readable unchanged, whatever happens to the tree, as long as
 * every change says to what it belongs (`treeWriter`) and the dead list of the view is kept (tree-free.ts).
 *
 * A change looks up first: what changes nothing copies nothing. Then it collects the memory that it needs, and only then
 * changes; TREE_NO_MEMORY means that nothing has changed. Merging underfull nodes and shrinking leaves are left out when
 * memory is short. Splits are in halves, except on the rightmost and the leftmost path, where the new item gets a leaf of its
 * own: ascending and descending insertion fills leaves. A node below a third is merged with a neighbour when both together
 * leave a quarter free; items are never moved between two that stay.
 *
 * Invariants, which `treeCheck` (tree-check.ts) checks in debug builds: (1) all leaves have one depth; (2) keys ascend, and
 * those below a child are not less than its separator and less than the next; (3) counts are right and no node is empty;
 * (4) the rule of birth eras (tree-node.ts); (5) those of the nodes.
 *
 * Cost: find, insert, remove, rank and select O(log n), with one comparison of keys in the leaf and seldom one in an inner node.
 * At a million items of 16 + 8 bytes a find takes 400 to 550 ns on the machine this was written on, where the hash table's takes
 * 170 to 220 with the hash of the key (2.4 times); select 250. Such an item takes 35 bytes after insertion in random order and
 * 31.5 after a build in order (tree-bulk.ts).
 */
import { DEBUG } from "../memory/debug";
import {
  cancelSeparator,
  childAt,
  childItems,
  innerGuess,
  innerItemsBefore,
  innerSearch,
  innerSelect,
  itemsBefore,
  makeSeparator,
} from "./tree-inner";
import {
  LEAF_BYTES,
  allocateLeaf,
  itemBlock,
  leafAppend,
  leafFinish,
  leafItem,
  leafMatched,
  leafRemove,
  leafRetireBlocks,
  leafSearch,
  leafUsedWithout,
  pend,
  pendAllocate,
  pendCancel,
  pendFits,
  pendNothing,
  pendOverwrite,
  pendPut,
  pendSame,
  virtualBytes,
  virtualCount,
  virtualHalf,
  virtualKey,
  virtualKeyLength,
} from "./tree-leaf";
import {
  TREE_ITEMS,
  TREE_PURPOSE,
  TREE_ROOT,
  TREE_STAMP,
  freeBlock,
  nodeCapacity,
  nodeCount,
  nodeLevel,
  pushDead,
  retire,
  treeItems,
  writable,
  writeUnder,
} from "./tree-node";
import {
  addToPath,
  descend,
  descendTo,
  installLess,
  installOne,
  installTwo,
  leafStart,
  onLeftmostPath,
  onRightmostPath,
  reservePath,
} from "./tree-path";

export { TREE_ITEMS, TREE_PURPOSE, TREE_ROOT, TREE_SIZE, TREE_STAMP, treeItems } from "./tree-node";

/** Answers of `treeInsert` and `treeRemove`. */
export const TREE_NO_MEMORY: u32 = 0;
/** The key was not in the tree: it is now (insert), or nothing has changed (remove). */
export const TREE_ABSENT: u32 = 1;
/** The key was in the tree: its value has been replaced, or it has been removed. */
export const TREE_PRESENT: u32 = 2;
/** The key was in the tree with this very value. */
export const TREE_SAME: u32 = 3;

/** True when the last `treeRank` met the key itself. */
export let treeMatched: bool = false;
/** Where `treeLocate` has found an item. */
export let locatedLeaf: usize = 0;
export let locatedPosition: u32 = 0;

/** Makes a record an empty tree. It takes no memory until the first insert. */
export function treeInitialize(tree: usize, purpose: u32): void {
  store<u32>(tree, 0, TREE_ROOT);
  store<u32>(tree, 0, TREE_ITEMS);
  store<u32>(tree, 0, TREE_STAMP);
  store<u32>(tree, purpose, TREE_PURPOSE);
}

// Reading -------------------------------------------------------------------------------------------------------------

/**
 * The item of a key (itemValue etc. of tree-leaf.ts), or 0. It is good until the tree changes. The first way down trusts the
 * heads and reads no separators: if it meets the key, or two keys between which it would be, that is it; only else it goes down once more
 * and looks at all.
 */
export function treeFind(tree: usize, key: usize, length: u32): usize {
  const root = <usize>load<u32>(tree, TREE_ROOT);
  if (!root) return 0;
  let node = root;
  while (nodeLevel(node)) node = childAt(node, innerGuess(node, key, length));
  const guessed = leafSearch(node, key, length);
  if (leafMatched) return leafItem(node, guessed);
  // Between two keys of one leaf there is no other key of the tree.
  if (guessed && guessed < nodeCount(node)) return 0;
  node = root;
  while (nodeLevel(node)) node = childAt(node, innerSearch(node, key, length));
  const position = leafSearch(node, key, length);
  return leafMatched ? leafItem(node, position) : 0;
}

/** How many keys are less than this one; `treeMatched` says whether it is in the tree. */
export function treeRank(tree: usize, key: usize, length: u32): u32 {
  treeMatched = false;
  let node = <usize>load<u32>(tree, TREE_ROOT);
  if (!node) return 0;
  let before: u32 = 0;
  while (nodeLevel(node)) {
    const position = innerSearch(node, key, length);
    before += innerItemsBefore(node, position);
    node = childAt(node, position);
  }
  const position = leafSearch(node, key, length);
  treeMatched = leafMatched;
  return before + position;
}

/** Finds the leaf of the item at a position, for `locatedLeaf` and `locatedPosition`. Returns false when there is none. */
export function treeLocate(tree: usize, position: u32): bool {
  if (position >= treeItems(tree)) return false;
  let node = <usize>load<u32>(tree, TREE_ROOT);
  let offset = position;
  let items = treeItems(tree);
  while (nodeLevel(node)) {
    const child = innerSelect(node, offset, items);
    items = childItems(node, child);
    node = childAt(node, child);
    offset -= itemsBefore;
  }
  locatedLeaf = node;
  locatedPosition = offset;
  return true;
}

/** The item at a position, or 0 when there are not so many. It is good until the tree changes. */
export function treeSelect(tree: usize, position: u32): usize {
  return treeLocate(tree, position) ? leafItem(locatedLeaf, locatedPosition) : 0;
}

// Insert --------------------------------------------------------------------------------------------------------------

/**
 * Puts an item in, or gives an item its value. Answers TREE_ABSENT (it is new), TREE_PRESENT (replaced), TREE_SAME, or
 * TREE_NO_MEMORY. Requires: key and value do not lie in the tree; `treeWriter` says to what the change belongs.
 */
export function treeInsert(tree: usize, key: usize, keyLength: u32, value: usize, valueLength: u32): u32 {
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  if (!treeItems(tree)) return insertFirst(tree, key, keyLength, value, valueLength);
  const leaf = descend(tree, key, keyLength);
  const position = leafSearch(leaf, key, keyLength);
  const present = leafMatched;
  pend(position, present, key, keyLength, value, valueLength);
  if (present && pendSame(leafItem(leaf, position))) return TREE_SAME;
  if (!put(tree, leaf, position, present)) return TREE_NO_MEMORY;
  changed(tree, present ? 0 : 1);
  return present ? TREE_PRESENT : TREE_ABSENT;
}

function changed(tree: usize, difference: u32): void {
  store<u32>(tree, load<u32>(tree, TREE_STAMP) + 1, TREE_STAMP);
  store<u32>(tree, treeItems(tree) + difference, TREE_ITEMS);
}

function insertFirst(tree: usize, key: usize, keyLength: u32, value: usize, valueLength: u32): u32 {
  pend(0, false, key, keyLength, value, valueLength);
  if (!pendAllocate()) return TREE_NO_MEMORY;
  const leaf = allocateLeaf(virtualBytes(0, 0, 1));
  if (!leaf) {
    pendCancel();
    return TREE_NO_MEMORY;
  }
  leafAppend(leaf, 0, 0, 1);
  leafFinish(leaf);
  store<u32>(tree, <u32>leaf, TREE_ROOT);
  changed(tree, 1);
  return TREE_ABSENT;
}

/** Puts the pending item into the leaf that the path leads to. Returns false, and has changed nothing, without memory. */
function put(tree: usize, leaf: usize, position: u32, present: bool): bool {
  if (present && pendOverwrite(leaf)) return true;
  const oldBlock = present ? itemBlock(leafItem(leaf, position)) : 0;
  if (!pendAllocate()) return false;
  let done = true;
  if (writable(leaf) && pendFits(leaf)) {
    pendPut(leaf);
    if (!present) addToPath(1);
  } else {
    const count = virtualCount(leaf);
    done = virtualBytes(leaf, 0, count) <= LEAF_BYTES ? putRebuilt(tree, leaf, count) : putSplit(tree, leaf, count, position, present);
  }
  if (!done) pendCancel();
  else if (oldBlock) retire(oldBlock);
  return done;
}

/** Builds the leaf with the pending item anew, larger or because a view sees it. */
function putRebuilt(tree: usize, leaf: usize, count: u32): bool {
  const target = allocateLeaf(virtualBytes(leaf, 0, count));
  if (!target) return false;
  if (!reservePath(false)) {
    freeBlock(target);
    return false;
  }
  leafAppend(target, leaf, 0, count);
  leafFinish(target);
  retire(leaf);
  installOne(tree, target, count);
  return true;
}

/** Splits the leaf, so that the pending item fits. */
function putSplit(tree: usize, leaf: usize, count: u32, position: u32, present: bool): bool {
  let cut = virtualHalf(leaf);
  let keepLeft = false;
  let keepRight = false;
  if (!present && position == count - 1 && onRightmostPath()) {
    cut = position;
    keepLeft = true;
  } else if (!present && position == 0 && onLeftmostPath()) {
    cut = 1;
    keepRight = true;
  }
  const separator = makeSeparator(
    virtualKey(leaf, cut - 1),
    virtualKeyLength(leaf, cut - 1),
    virtualKey(leaf, cut),
    virtualKeyLength(leaf, cut),
  );
  const left = keepLeft ? leaf : allocateLeaf(virtualBytes(leaf, 0, cut));
  const right = keepRight ? leaf : allocateLeaf(virtualBytes(leaf, cut, count));
  if (!separator || !left || !right || !reservePath(true)) {
    cancelSeparator(separator);
    if (left && !keepLeft) freeBlock(left);
    if (right && !keepRight) freeBlock(right);
    return false;
  }
  if (!keepLeft) {
    leafAppend(left, leaf, 0, cut);
    leafFinish(left);
  }
  if (!keepRight) {
    leafAppend(right, leaf, cut, count);
    leafFinish(right);
  }
  if (!keepLeft && !keepRight) retire(leaf);
  installTwo(tree, left, cut, right, count - cut, separator);
  return true;
}

// Remove --------------------------------------------------------------------------------------------------------------

/** Takes a key out. Answers TREE_PRESENT (removed), TREE_ABSENT, or TREE_NO_MEMORY, which only trees with a view can. */
export function treeRemove(tree: usize, key: usize, length: u32): u32 {
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  if (!treeItems(tree)) return TREE_ABSENT;
  const leaf = descend(tree, key, length);
  const position = leafSearch(leaf, key, length);
  if (!leafMatched) return TREE_ABSENT;
  return removeRun(tree, leaf, position, 1) ? TREE_PRESENT : TREE_NO_MEMORY;
}

/**
 * Makes the leaf of a key, and the way to it, the writer's own, so that removing the key needs no memory. Returns false, and has changed nothing,
 * without memory. Nothing is done where no view sees the leaf, whose way is then the writer's too (tree-node.ts).
 */
export function treeOwn(tree: usize, key: usize, length: u32): bool {
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  const leaf = descend(tree, key, length);
  if (writable(leaf)) return true;
  pendNothing();
  if (!putRebuilt(tree, leaf, nodeCount(leaf))) return false;
  changed(tree, 0);
  return true;
}

/**
 * Takes out items from a position on, at most `count` and all from one leaf, so that a long range is removed in short steps.
 * Returns how many; 0 means that there is no memory. Requires: count > 0, and the position exists.
 */
export function treeRemoveAt(tree: usize, position: u32, count: u32): u32 {
  if (DEBUG) assert(count > 0 && position < treeItems(tree));
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  const leaf = descendTo(tree, position);
  const first = position - leafStart;
  const most = nodeCount(leaf) - first;
  const removed = count < most ? count : most;
  return removeRun(tree, leaf, first, removed) ? removed : 0;
}

/** Removes `count` items of the leaf that the path leads to. */
function removeRun(tree: usize, leaf: usize, position: u32, count: u32): bool {
  const whole = count == nodeCount(leaf);
  const bytes = leafUsedWithout(leaf, position, count);
  let target = leaf;
  if (!whole && (!writable(leaf) || bytes < nodeCapacity(leaf) >> 1)) {
    const fresh = allocateLeaf(bytes);
    if (fresh) target = fresh;
    else if (!writable(leaf)) return false;
  }
  if (!reservePath(false)) {
    if (target != leaf) freeBlock(target);
    return false;
  }
  leafRetireBlocks(leaf, position, count);
  if (whole) retire(leaf);
  else if (target == leaf) leafRemove(leaf, position, count);
  else {
    pendNothing();
    leafAppend(target, leaf, 0, position);
    leafAppend(target, leaf, position + count, nodeCount(leaf));
    leafFinish(target);
    retire(leaf);
  }
  installLess(tree, leaf, whole ? 0 : target, count);
  changed(tree, 0 - count);
  return true;
}

/**
 * Empties the tree at once: all of it goes on a list as one item, from which `treeBury` (tree-free.ts) frees it in steps.
 * The list is one of its own, or the dead list of the newest view.
 */
export function treeDrop(tree: usize, list: usize): void {
  const root = <usize>load<u32>(tree, TREE_ROOT);
  if (!root) return;
  pushDead(list, root, 1);
  store<u32>(tree, 0, TREE_ROOT);
  changed(tree, 0 - treeItems(tree));
}
