/**
 * Sequences: counted copy-on-write trees whose items have no keys and stand where they were put. They have the record, the inner nodes, the eras
 * and the dead lists of tree.ts, and leaves of another kind (run-leaf.ts). What a tree is asked as a whole (items, dropping, forgetting, size,
 * check) is asked in the same way; TREE_STAMP of the record is its owner's, as a number about the items.
 *
 * Inner nodes have no separators. Items that come at an end find a leaf of the largest size there once there are some; a full leaf is left full.
 *
 * A change looks up first, then collects the memory that it needs, and only then changes. Requires (all changes): `treeWriter` says to what the
 * change belongs, and the bytes given do not lie in the tree.
 *
 * Cost: O(log n) and a walk within a leaf.
 */
import { DEBUG } from "../memory/debug";
import {
  MIXED,
  RUN_BYTES,
  RUN_ITEM_MAX,
  allocateRun,
  runAppend,
  runAppendPending,
  runBlock,
  runEnd,
  runFirst,
  runForm,
  runItem,
  runMixedUsed,
  runPend,
  runPendBytes,
  runPendCancel,
  runPendForm,
  runPendMatches,
  runPendWrite,
  runPut,
  runRemove,
  runRetireBlocks,
  runSkip,
  runUsed,
} from "./run-leaf";
import { NO_SEPARATOR } from "./tree-inner";
import {
  NODE_HEADER,
  TREE_ITEMS,
  TREE_PURPOSE,
  TREE_ROOT,
  TREE_STAMP,
  freeBlock,
  nodeCapacity,
  nodeCount,
  retire,
  treeItems,
  writable,
  writeUnder,
} from "./tree-node";
import {
  addToPath,
  descendTo,
  installLess,
  installOne,
  installTwo,
  isWide,
  leafStart,
  onLeftmostPath,
  onRightmostPath,
  reservePath,
} from "./tree-path";

/** Items of a leaf with one more, while they are divided. */
const scratch: usize = memory.data(<i32>(RUN_BYTES + RUN_ITEM_MAX), 8);

/** The owner's number. */
export function sequenceNote(tree: usize): u32 {
  return load<u32>(tree, TREE_STAMP);
}

export function setSequenceNote(tree: usize, note: u32): void {
  store<u32>(tree, note, TREE_STAMP);
}

/**
 * Puts an item before the one at a position (or behind the last), or gives that one other bytes. Returns false, with nothing changed, when
 * there is no memory. Requires: position <= items, and less when it `replaces`.
 */
export function sequencePut(tree: usize, position: u32, replaces: bool, bytes: usize, length: u32): bool {
  const items = treeItems(tree);
  if (DEBUG) assert(replaces ? position < items : position <= items);
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  if (!runPend(bytes, length)) return false;
  let done: bool;
  if (!items) done = putFirst(tree);
  else {
    const leaf = descendTo(tree, position < items ? position : items - 1);
    const item = runItem(leaf, position - leafStart);
    done = put(tree, leaf, item, position - leafStart, replaces ? <u32>(runSkip(runForm(leaf), item, 1) - item) : 0);
  }
  if (!done) {
    runPendCancel();
    return false;
  }
  if (!replaces) store<u32>(tree, items + 1, TREE_ITEMS);
  return true;
}

function putFirst(tree: usize): bool {
  const leaf = pendAlone(false);
  if (!leaf) return false;
  store<u32>(tree, <u32>leaf, TREE_ROOT);
  return true;
}

/** A leaf with the pending item alone, or 0: no memory. */
function pendAlone(full: bool): usize {
  const form = runPendForm();
  const leaf = allocateRun(form, NODE_HEADER + runPendBytes(form), full);
  if (leaf) runAppendPending(leaf);
  return leaf;
}

/** Puts the pending item into the leaf that the path leads to, in the place of `removed` bytes (0, or one item). */
function put(tree: usize, leaf: usize, item: usize, at: u32, removed: u32): bool {
  const form = runForm(leaf);
  const matches = runPendMatches(form);
  const target = matches ? form : MIXED;
  const gone = removed && !matches ? removed + 1 : removed;
  const bytes = (matches ? runUsed(leaf) : runMixedUsed(leaf)) - gone + runPendBytes(target);
  const oldBlock = removed ? runBlock(form, item) : 0;
  if (matches && writable(leaf) && bytes <= nodeCapacity(leaf)) {
    runPut(leaf, item, removed);
    if (!removed) addToPath(1);
  } else if (bytes <= RUN_BYTES) {
    if (!putRebuilt(tree, leaf, item, at, removed, target, bytes)) return false;
  } else if (!putSplit(tree, leaf, item, at, removed, matches)) return false;
  if (oldBlock) retire(oldBlock);
  return true;
}

/** Builds the leaf with the pending item anew: larger, in another form, or because a view sees it. */
function putRebuilt(tree: usize, leaf: usize, item: usize, at: u32, removed: u32, form: u32, bytes: u32): bool {
  const target = allocateRun(form, bytes, isWide() && (onRightmostPath() || onLeftmostPath()));
  if (!target) return false;
  if (!reservePath(false)) {
    freeBlock(target);
    return false;
  }
  runAppend(target, runForm(leaf), runFirst(leaf), item, at);
  runAppendPending(target);
  runAppend(target, runForm(leaf), item + removed, runEnd(leaf), nodeCount(leaf) - at - (removed ? 1 : 0));
  retire(leaf);
  installOne(tree, target, nodeCount(target));
  return true;
}

/**
 * Splits the leaf, so that the pending item fits: in halves, or at an end of the sequence before or behind the pending item. An even leaf that the
 * item does not match is split where the item goes.
 */
function putSplit(tree: usize, leaf: usize, item: usize, at: u32, removed: u32, matches: bool): bool {
  const count = nodeCount(leaf);
  if (!removed && at == count && onRightmostPath()) return putAside(tree, leaf, false);
  if (!removed && !at && onLeftmostPath()) return putAside(tree, leaf, true);
  if (!matches) return putBetween(tree, leaf, item, at, removed);
  const form = runForm(leaf);
  const before = <usize>(item - runFirst(leaf));
  memory.copy(scratch, runFirst(leaf), before);
  const behind = runPendWrite(form, scratch + before);
  const rest = runEnd(leaf) - item - removed;
  memory.copy(behind, item + removed, rest);
  const end = behind + rest;
  const all = removed ? count : count + 1;
  let cut = runSkip(form, scratch, 1);
  let left: u32 = 1;
  for (; left < all - 1 && cut < scratch + ((end - scratch) >> 1); left++) cut = runSkip(form, cut, 1);
  const leafLeft = allocateRun(form, NODE_HEADER + <u32>(cut - scratch), false);
  const leafRight = allocateRun(form, NODE_HEADER + <u32>(end - cut), false);
  if (!canInstallTwo(leafLeft, leafRight)) return false;
  runAppend(leafLeft, form, scratch, cut, left);
  runAppend(leafRight, form, cut, end, all - left);
  retire(leaf);
  installTwo(tree, leafLeft, left, leafRight, all - left, NO_SEPARATOR);
  return true;
}

/** Splits an even leaf at the place of the pending item, which goes with the smaller part, if there is anything of it. */
function putBetween(tree: usize, leaf: usize, item: usize, at: u32, removed: u32): bool {
  const form = runForm(leaf);
  const from = runFirst(leaf);
  const to = runEnd(leaf);
  const rest = nodeCount(leaf) - at - (removed ? 1 : 0);
  const goesLeft = at <= rest;
  const few = goesLeft ? at : rest;
  const fewBytes = <u32>(goesLeft ? item - from : to - item - removed) + few + runPendBytes(MIXED);
  const mixed = few
    ? allocateRun(MIXED, NODE_HEADER + fewBytes, false)
    : allocateRun(runPendForm(), NODE_HEADER + runPendBytes(runPendForm()), false);
  const even = allocateRun(form, NODE_HEADER + <u32>(goesLeft ? to - item - removed : item - from), false);
  if (!canInstallTwo(mixed, even)) return false;
  if (!goesLeft) runAppend(even, form, from, item, at);
  else if (at) runAppend(mixed, form, from, item, at);
  runAppendPending(mixed);
  if (goesLeft) runAppend(even, form, item + removed, to, rest);
  else if (rest) runAppend(mixed, form, item + removed, to, rest);
  retire(leaf);
  if (goesLeft) installTwo(tree, mixed, at + 1, even, rest, NO_SEPARATOR);
  else installTwo(tree, even, at, mixed, rest + 1, NO_SEPARATOR);
  return true;
}

/** Whether there is memory for two leaves and what they need above; else they are freed. */
function canInstallTwo(left: usize, right: usize): bool {
  if (left && right && reservePath(true)) return true;
  if (left) freeBlock(left);
  if (right) freeBlock(right);
  return false;
}

/** Gives the pending item a leaf of its own before or behind a full one. */
function putAside(tree: usize, leaf: usize, isBefore: bool): bool {
  const fresh = pendAlone(isWide());
  if (!fresh) return false;
  if (!reservePath(true)) {
    freeBlock(fresh);
    return false;
  }
  const count = nodeCount(leaf);
  if (isBefore) installTwo(tree, fresh, 1, leaf, count, NO_SEPARATOR);
  else installTwo(tree, leaf, count, fresh, 1, NO_SEPARATOR);
  return true;
}

/** What `sequenceSeek` has found: a leaf, its form, and the items of it that would go, as addresses too. */
let soughtLeaf: usize = 0;
export let soughtForm: u32 = 0;
let soughtFirst: u32 = 0;
let soughtCount: u32 = 0;
export let soughtFrom: usize = 0;
export let soughtTo: usize = 0;

/**
 * Finds items from a position on, at most `count` and all in one leaf, so that a long range is removed in short steps; they lie from
 * `soughtFrom` to `soughtTo`, and `sequenceRemove` takes them out. Returns how many. Requires: count > 0, and the position exists.
 */
export function sequenceSeek(tree: usize, position: u32, count: u32): u32 {
  if (DEBUG) assert(count > 0 && position < treeItems(tree));
  const leaf = descendTo(tree, position);
  const first = position - leafStart;
  const most = nodeCount(leaf) - first;
  return seek(leaf, first, count < most ? count : most);
}

/** The same for items up to a position, which is the first that stays. Requires: count > 0, and 0 < end <= items. */
export function sequenceSeekBack(tree: usize, end: u32, count: u32): u32 {
  if (DEBUG) assert(count > 0 && end > 0 && end <= treeItems(tree));
  const leaf = descendTo(tree, end - 1);
  const most = end - leafStart;
  const found = count < most ? count : most;
  return seek(leaf, most - found, found);
}

function seek(leaf: usize, first: u32, count: u32): u32 {
  soughtLeaf = leaf;
  soughtForm = runForm(leaf);
  soughtFirst = first;
  soughtCount = count;
  soughtFrom = runItem(leaf, first);
  soughtTo = first + count < nodeCount(leaf) ? runSkip(soughtForm, soughtFrom, count) : runEnd(leaf);
  return count;
}

/** Takes out what `sequenceSeek` has found just before. False: no memory, nothing has changed. */
export function sequenceRemove(tree: usize): bool {
  const leaf = soughtLeaf;
  const first = soughtFirst;
  const count = soughtCount;
  const from = soughtFrom;
  const to = soughtTo;
  writeUnder(load<u32>(tree, TREE_PURPOSE));
  const whole = count == nodeCount(leaf);
  const bytes = runUsed(leaf) - <u32>(to - from);
  let target = leaf;
  if (!whole && (!writable(leaf) || bytes < nodeCapacity(leaf) >> 1)) {
    const fresh = allocateRun(soughtForm, bytes, false);
    if (fresh) target = fresh;
    else if (!writable(leaf)) return false;
  }
  if (!reservePath(false)) {
    if (target != leaf) freeBlock(target);
    return false;
  }
  runRetireBlocks(soughtForm, from, to);
  if (whole) retire(leaf);
  else if (target == leaf) runRemove(leaf, from, to, count);
  else {
    runAppend(target, soughtForm, runFirst(leaf), from, first);
    runAppend(target, soughtForm, to, runEnd(leaf), nodeCount(leaf) - first - count);
    retire(leaf);
  }
  installLess(tree, leaf, whole ? 0 : target, count);
  store<u32>(tree, treeItems(tree) - count, TREE_ITEMS);
  return true;
}
