/**
 * Read views: what the committed state was when an era ended.
 *
 * A view is the roots of that time: copies of the database records, made when it is opened. All that hangs on them is path-copied by
 * birth eras (structure/birth.ts), so it stays as it was while the view is in the chain. Roots that keep their address in the committed
 * state (collections, graphs) are copied for the newest view when they are first changed after it was opened (`viewKeepRoot`).
 *
 *   view (VIEW_DATABASES + DATABASE_SIZE * DATABASE_COUNT bytes under PURPOSE_SESSION)
 *   0   u32 era
 *   4   u32 next older view, u32 next newer view
 *   12  u32 holders; without any it is closing
 *   16  u64 bytes of the dead things
 *   24  u32 first block of other dead things, u32 how many there are
 *   32  u32 kept roots (root-list.ts)
 *   40  dead blocks of trees (DEAD_SIZE)
 *   56  f64 when it was opened, in Unix milliseconds
 *   36  u32 CANCELLED (what it could see may be gone), or CANCELLED_EMPTY
 *   64  the database records
 *
 *   block of dead things     {u32 next, u32 count}, then items {u32 address, u32 kind, u32 birth, u32 more}
 *
 * A view that closes stays in the chain until it is empty: what an older view can see of it is handed on to that one, the rest is freed,
 * in bounded steps (`viewsBury`). So memory that views hold is exactly what lies in their lists.
 *
 * Invariants: (1) eras ascend along the chain; (2) `viewNewest` is the era of the newest view that has holders and is not cancelled, or 0;
 * (3) whatever a live view sees was born in its era or before and is in the committed state or in a list of that view or a newer one.
 *
 * Cost: opening copies the database records; everything else O(1) for each thing that dies.
 */
import { DATABASE_COUNT, DATABASE_SIZE } from "../abi/layout";
import { PURPOSE_SCRATCH, PURPOSE_SESSION } from "../abi/status";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { eraUsed, keepsOld, setEraUsed, setRetire } from "../structure/birth";
import { TREE_ROOT, TREE_SIZE } from "../structure/tree";
import { treeBury, treeForget } from "../structure/tree-free";
import {
  DEAD_BYTES,
  DEAD_FIRST,
  DEAD_ITEMS,
  DEAD_SIZE,
  NODE_ERA,
  WHOLE,
  popDead,
  pushDead as pushDeadNode,
  treeWriter,
} from "../structure/tree-node";
import { RootStep, rootAdd, rootFind, rootsTake } from "./root-list";

const VIEW_ERA: usize = 0;
const VIEW_OLDER: usize = 4;
const VIEW_NEWER: usize = 8;
const VIEW_HOLDERS: usize = 12;
const VIEW_HELD: usize = 16;
const VIEW_DEAD: usize = 24;
const VIEW_DEAD_COUNT: usize = 28;
const VIEW_ROOTS: usize = 32;
const VIEW_CANCELLED: usize = 36;
const VIEW_TREES: usize = 40;
const VIEW_OPENED: usize = 56;
export const VIEW_DATABASES: usize = 64;
const VIEW_BYTES: u32 = <u32>VIEW_DATABASES + DATABASE_SIZE * DATABASE_COUNT;

const BLOCK_NEXT: usize = 0;
const BLOCK_COUNT: usize = 4;
const BLOCK_ITEMS: usize = 8;
const ITEM_BYTES: usize = 16;
const ITEM_KIND: usize = 4;
const ITEM_BIRTH: usize = 8;
const ITEM_MORE: usize = 12;
const BLOCK_BYTES: u32 = 1016;
const BLOCK_ROOM: u32 = (BLOCK_BYTES - <u32>BLOCK_ITEMS) / <u32>ITEM_BYTES;

const CANCELLED: u32 = 1;
const CANCELLED_EMPTY: u32 = 2;

/** Kinds of dead things: PURPOSE_* is a block; the others are entries, which `setBurial` frees: replaced, removed with their key, or no version
 * of a key (properties in a graph, another form of a document). */
export const DEAD_ENTRY: u32 = 64;
export const DEAD_REMOVED: u32 = 65;
export const DEAD_UNCOUNTED: u32 = 66;

type EntryHook = (entry: usize, kind: u32, more: u32) => void;
type SizeHook = (entry: usize) => u64;
type CancelHook = (view: usize) => void;
type Hook = () => void;

/** Ends of the chain, and the view to whose lists goes what dies now. */
let oldest: usize = 0;
let newest: usize = 0;
let newestLive: usize = 0;
let closing: u32 = 0;
/** The database records of the committed state. */
let databases: usize = 0;
let entryHook: EntryHook | null = null;
let rootHook: RootStep | null = null;
let exhaustedHook: Hook | null = null;
let sizeHook: SizeHook | null = null;
let cancelHook: CancelHook | null = null;

/** Era in which changes of the committed state are born. */
let headEra: u32 = 1;

/** How many views are open, and how many things died and are kept for them. */
export let viewsOpen: u32 = 0;
/** How many views were taken away from those who held them. */
export let viewsCancelled: u32 = 0;

/** Says where the database records of the committed state lie. Called once. */
export function viewsInitialize(records: usize): void {
  databases = records;
  setRetire(keepDead, exhausted);
}

/** Says how entries and copies of roots are freed, how large entries are, and what a transaction does that has no memory. Called once. */
export function setBurial(entry: EntryHook, size: SizeHook, root: RootStep, noMemory: Hook): void {
  entryHook = entry;
  sizeHook = size;
  rootHook = root;
  exhaustedHook = noMemory;
}

/** Says who ends the transactions of a view (0: all) before it is taken away. Called once. */
export function setCancel(cancel: CancelHook): void {
  cancelHook = cancel;
}

/** A database record as a view saw it. */
export function viewDatabaseAt(view: usize, index: u32): usize {
  return view + VIEW_DATABASES + <usize>index * DATABASE_SIZE;
}

export function viewEra(view: usize): u32 {
  return load<u32>(view, VIEW_ERA);
}

/** Whether what the view saw may be gone: "snapshot too old". */
export function viewIsCancelled(view: usize): bool {
  return load<u32>(view, VIEW_CANCELLED) != 0;
}

/** Whether there is any view, one that is closing included. */
export function viewsLinger(): bool {
  return oldest != 0;
}

/** Lets changes belong to the committed state (again). */
export function writeHead(): void {
  isPrivate = false;
  treeWriter(headEra, newestLive ? load<u32>(newestLive, VIEW_ERA) : 0, newestLive ? newestLive + VIEW_TREES : 0);
}

/** Opens a view of the committed state as it is now (Unix milliseconds), or shares the newest one if nothing has changed since; 0: no memory. */
export function viewOpen(now: f64): usize {
  if (newestLive && newestLive == newest && !eraUsed && load<u32>(newest, VIEW_ERA) == headEra - 1) {
    store<u32>(newest, load<u32>(newest, VIEW_HOLDERS) + 1, VIEW_HOLDERS);
    viewsOpen++;
    return newest;
  }
  const view = allocate(VIEW_BYTES, PURPOSE_SESSION);
  if (!view) return 0;
  memory.fill(view, 0, VIEW_DATABASES);
  memory.copy(view + VIEW_DATABASES, databases, DATABASE_SIZE * DATABASE_COUNT);
  store<u32>(view, headEra, VIEW_ERA);
  store<u32>(view, 1, VIEW_HOLDERS);
  store<f64>(view, now, VIEW_OPENED);
  store<u32>(view, <u32>newest, VIEW_OLDER);
  if (newest) store<u32>(newest, <u32>view, VIEW_NEWER);
  else oldest = view;
  newest = view;
  newestLive = view;
  viewsOpen++;
  setEraUsed(false);
  headEra++;
  writeHead();
  return view;
}

/** One holder less. Requires: the engine is not in the view's context. */
export function viewClose(view: usize): void {
  const holders = load<u32>(view, VIEW_HOLDERS) - 1;
  store<u32>(view, holders, VIEW_HOLDERS);
  viewsOpen--;
  if (holders) return;
  if (load<u32>(view, VIEW_CANCELLED) != CANCELLED) closing++;
  if (view == newestLive) findNewest();
  viewsBury(BURY_AT_ONCE);
}

/** Things that are buried as soon as a view closes. */
const BURY_AT_ONCE: u32 = 64;

function findNewest(): void {
  let view = newest;
  while (view && (!load<u32>(view, VIEW_HOLDERS) || load<u32>(view, VIEW_CANCELLED))) view = <usize>load<u32>(view, VIEW_OLDER);
  newestLive = view;
  writeHead();
}

/**
 * Takes all views away: nobody may go on reading from them. For want of memory. Transactions are rolled back before: what they have made
 * their own is told from the rest by their views.
 */
export function viewsCancel(): void {
  if (DEBUG) assert(!isPrivate);
  for (let view = oldest; view; view = <usize>load<u32>(view, VIEW_NEWER))
    if (isLive(view)) viewsCancelled += load<u32>(view, VIEW_HOLDERS);
  if (cancelHook) cancelHook!(0);
  for (let view = oldest; view; view = <usize>load<u32>(view, VIEW_NEWER)) {
    if (load<u32>(view, VIEW_CANCELLED)) continue;
    store<u32>(view, CANCELLED, VIEW_CANCELLED);
    if (load<u32>(view, VIEW_HOLDERS)) closing++;
  }
  newestLive = 0;
  writeHead();
}

// The budget ----------------------------------------------------------------------------------------------------------------

function isLive(view: usize): bool {
  return load<u32>(view, VIEW_HOLDERS) != 0 && !load<u32>(view, VIEW_CANCELLED);
}

/** The oldest view that somebody reads from, or 0. */
function oldestLive(): usize {
  let view = oldest;
  while (view && !isLive(view)) view = <usize>load<u32>(view, VIEW_NEWER);
  return view;
}

/** Bytes of what has died and is kept for one view: it is the newest that may see it. */
function heldBy(view: usize): u64 {
  return load<u64>(view, VIEW_HELD) + load<u64>(view, VIEW_TREES + DEAD_BYTES) + <u64>load<u32>(view, VIEW_DEAD_COUNT) * ITEM_BYTES;
}

/** Bytes of what has died and is kept for views that somebody reads from. Cost: O(views). */
export function viewsHeld(): u64 {
  let bytes: u64 = 0;
  for (let view = oldest; view; view = <usize>load<u32>(view, VIEW_NEWER)) if (isLive(view)) bytes += heldBy(view);
  return bytes;
}

/** When the oldest view that somebody reads from was opened, or 0. */
export function viewsOldest(): f64 {
  const view = oldestLive();
  return view ? load<f64>(view, VIEW_OPENED) : 0;
}

/** Most bytes that may be kept for views; 0: as many as there are. */
let heldMax: f64 = 0;

export function setViewLimit(bytes: f64): void {
  heldMax = bytes;
}

/**
 * Takes views away, the oldest of those first for which something is kept, until what is kept for the others is within the limit. What older
 * views see of it is handed on to them, and looked at when this is called next. Requires: none of them is read from now.
 */
export function viewsLimit(): void {
  if (!heldMax || !oldest) return;
  while (<f64>viewsHeld() > heldMax) {
    let view = oldest;
    while (view && (!isLive(view) || !heldBy(view))) view = <usize>load<u32>(view, VIEW_NEWER);
    if (!view) return;
    cancel(view);
  }
}

/** Takes a view away from all who hold it: its transactions are rolled back, others are told when they go on. */
function cancel(view: usize): void {
  const holders = load<u32>(view, VIEW_HOLDERS);
  viewsCancelled += holders;
  // It stays until its transactions have ended.
  store<u32>(view, holders + 1, VIEW_HOLDERS);
  cancelHook!(view);
  const left = load<u32>(view, VIEW_HOLDERS) - 1;
  store<u32>(view, left, VIEW_HOLDERS);
  if (left) store<u32>(view, CANCELLED, VIEW_CANCELLED);
  closing++;
  if (view == newestLive) findNewest();
}

/** The committed state goes on without views; a transaction cannot. */
function exhausted(): void {
  if (isPrivate) exhaustedHook!();
  else viewsCancel();
}

// Kept roots --------------------------------------------------------------------------------------------------------------

/** Keeps a copy of a root for the newest view, as it was before its first change since. Returns false when there is no memory. */
export function viewKeepRoot(handle: usize, copy: usize, kind: u32): bool {
  if (!rootAdd(newestLive + VIEW_ROOTS, handle, copy, kind)) return false;
  setEraUsed(true);
  return true;
}

/** The root under a handle as a view sees it. */
export function viewRoot(view: usize, handle: usize): usize {
  for (let each = view; each; each = <usize>load<u32>(each, VIEW_NEWER)) {
    const kept = rootFind(each + VIEW_ROOTS, handle);
    if (kept) return kept;
  }
  return handle;
}

// The dead ----------------------------------------------------------------------------------------------------------------

/** A block has left the committed state (structure/birth.ts); in a transaction it is not this one's to keep. */
function keepDead(address: usize, purpose: u32, birth: u32): void {
  if (!isPrivate) viewKeepDead(address, purpose, birth, 0);
}

/** Set while a transaction or a view is the one that runs: what it leaves behind is the committed state's. */
let isPrivate: bool = false;
/** Era of its view. */
let privateEra: u32 = 0;

/** Lets changes belong to a transaction that reads from a view. */
export function writePrivate(view: usize): void {
  isPrivate = true;
  privateEra = load<u32>(view, VIEW_ERA);
  treeWriter(privateEra + 1, privateEra, 0);
}

/**
 * Keeps what has left the committed state for the newest view, which may see it. Never fails: without memory all views are taken away, and
 * it is freed.
 */
export function viewKeepDead(address: usize, kind: u32, birth: u32, more: u32): void {
  if (!newestLive || !pushDead(newestLive, address, kind, birth, more)) {
    viewsCancel();
    freeDead(address, kind, more);
  }
  setEraUsed(true);
}

function pushDead(view: usize, address: usize, kind: u32, birth: u32, more: u32): bool {
  let block = <usize>load<u32>(view, VIEW_DEAD);
  if (!block || load<u32>(block, BLOCK_COUNT) == BLOCK_ROOM) {
    const fresh = allocate(BLOCK_BYTES, PURPOSE_SCRATCH);
    if (!fresh) return false;
    store<u32>(fresh, <u32>block, BLOCK_NEXT);
    store<u32>(fresh, 0, BLOCK_COUNT);
    store<u32>(view, <u32>fresh, VIEW_DEAD);
    block = fresh;
  }
  const count = load<u32>(block, BLOCK_COUNT);
  const item = block + BLOCK_ITEMS + <usize>count * ITEM_BYTES;
  store<u32>(item, <u32>address);
  store<u32>(item, kind, ITEM_KIND);
  store<u32>(item, birth, ITEM_BIRTH);
  store<u32>(item, more, ITEM_MORE);
  store<u32>(block, count + 1, BLOCK_COUNT);
  store<u32>(view, load<u32>(view, VIEW_DEAD_COUNT) + 1, VIEW_DEAD_COUNT);
  store<u64>(view, load<u64>(view, VIEW_HELD) + sizeOf(address, kind), VIEW_HELD);
  return true;
}

/** Bytes of a dead thing; trees of values are listed by themselves. */
function sizeOf(address: usize, kind: u32): u64 {
  return kind < DEAD_ENTRY ? allocatedSize(address) : sizeHook!(address);
}

function freeDead(address: usize, kind: u32, more: u32): void {
  if (kind < DEAD_ENTRY) release(address, kind);
  else entryHook!(address, kind, more);
}

/**
 * Frees up to about `budget` things of views that are closing, or hands them on to older ones. Returns whether there are more. Requires:
 * changes belong to the committed state.
 */
export function viewsBury(budget: u32): bool {
  if (load<u32>(dropped, DEAD_FIRST)) buryDropped(budget);
  while (closing && budget) {
    let view = oldest;
    while (load<u32>(view, VIEW_HOLDERS) && load<u32>(view, VIEW_CANCELLED) != CANCELLED) view = <usize>load<u32>(view, VIEW_NEWER);
    budget = buryView(view, budget);
  }
  return closing != 0;
}

function isEmpty(view: usize): bool {
  return !load<u32>(view, VIEW_DEAD) && !load<u32>(view, VIEW_ROOTS) && !load<u32>(view, VIEW_TREES + DEAD_FIRST);
}

/** Returns what is left of the budget; without a step of it the view has gone. */
function buryView(view: usize, budget: u32): u32 {
  let older = <usize>load<u32>(view, VIEW_OLDER);
  while (older && (!load<u32>(older, VIEW_HOLDERS) || load<u32>(older, VIEW_CANCELLED))) older = <usize>load<u32>(older, VIEW_OLDER);
  const olderEra = older ? load<u32>(older, VIEW_ERA) : 0;
  rootsTake(view + VIEW_ROOTS, older ? older + VIEW_ROOTS : 0, rootHook!);
  let left = buryDead(view, older, olderEra, budget);
  if (load<u32>(view, VIEW_TREES + DEAD_FIRST) && left) {
    const step = left < TREE_STEP ? left : TREE_STEP;
    treeBury(view + VIEW_TREES, olderEra, older ? older + VIEW_TREES : 0, step);
    left -= step;
  }
  if (isEmpty(view)) unlink(view);
  return left;
}

const TREE_STEP: u32 = 64;

function buryDead(view: usize, older: usize, olderEra: u32, budget: u32): u32 {
  while (budget && load<u32>(view, VIEW_DEAD)) {
    const block = <usize>load<u32>(view, VIEW_DEAD);
    const count = load<u32>(block, BLOCK_COUNT);
    if (!count) {
      store<u32>(view, load<u32>(block, BLOCK_NEXT), VIEW_DEAD);
      release(block, PURPOSE_SCRATCH);
      continue;
    }
    const item = block + BLOCK_ITEMS + <usize>(count - 1) * ITEM_BYTES;
    const address = <usize>load<u32>(item);
    const kind = load<u32>(item, ITEM_KIND);
    const birth = load<u32>(item, ITEM_BIRTH);
    const more = load<u32>(item, ITEM_MORE);
    const bytes = sizeOf(address, kind);
    if (older && birth <= olderEra) {
      if (!pushDead(older, address, kind, birth, more)) {
        giveBlock(view, older, block);
        budget = budget > count ? budget - count : 0;
        continue;
      }
    } else freeDead(address, kind, more);
    store<u32>(block, count - 1, BLOCK_COUNT);
    store<u32>(view, load<u32>(view, VIEW_DEAD_COUNT) - 1, VIEW_DEAD_COUNT);
    store<u64>(view, load<u64>(view, VIEW_HELD) - bytes, VIEW_HELD);
    budget--;
  }
  return budget;
}

/**
 * Hands the first block of a list on as it is, since there is no memory for another one: what the older view does not see of it is freed
 * with what that sees.
 */
function giveBlock(view: usize, older: usize, block: usize): void {
  const count = load<u32>(block, BLOCK_COUNT);
  let bytes: u64 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const item = block + BLOCK_ITEMS + <usize>index * ITEM_BYTES;
    bytes += sizeOf(<usize>load<u32>(item), load<u32>(item, ITEM_KIND));
  }
  store<u32>(view, load<u32>(block, BLOCK_NEXT), VIEW_DEAD);
  store<u32>(view, load<u32>(view, VIEW_DEAD_COUNT) - count, VIEW_DEAD_COUNT);
  store<u64>(view, load<u64>(view, VIEW_HELD) - bytes, VIEW_HELD);
  store<u32>(block, load<u32>(older, VIEW_DEAD), BLOCK_NEXT);
  store<u32>(older, <u32>block, VIEW_DEAD);
  store<u32>(older, load<u32>(older, VIEW_DEAD_COUNT) + count, VIEW_DEAD_COUNT);
  store<u64>(older, load<u64>(older, VIEW_HELD) + bytes, VIEW_HELD);
}

/** Takes an empty view that is closing out of the chain; a cancelled one goes when its last holder does. */
function unlink(view: usize): void {
  closing--;
  if (load<u32>(view, VIEW_HOLDERS)) {
    store<u32>(view, CANCELLED_EMPTY, VIEW_CANCELLED);
    return;
  }
  const older = <usize>load<u32>(view, VIEW_OLDER);
  const newer = <usize>load<u32>(view, VIEW_NEWER);
  if (older) store<u32>(older, <u32>newer, VIEW_NEWER);
  else oldest = newer;
  if (newer) store<u32>(newer, <u32>older, VIEW_OLDER);
  else newest = older;
  if (DEBUG) assert(view != newestLive);
  release(view, PURPOSE_SESSION);
}

// Trees of values ---------------------------------------------------------------------------------------------------------

/** Trees (and nodes) of values that have gone from the committed state, or from a private one: freed in steps, or handed to the newest view. */
const dropped: usize = memory.data(DEAD_SIZE, 8);
/** What has left such trees in the statement that runs and may be taken back; older than it, so the old roots still lead to it. */
const statementDead: usize = memory.data(DEAD_SIZE, 8);
/** Era in which the statement bears nodes of such trees; 0: it has not yet. */
let statementEra: u32 = 0;
/** Items of `statementDead` when the statement within the statement began. */
let innerDead: u32 = 0;
const forgottenTree: usize = memory.data(TREE_SIZE, 8);

/** A change of a value's tree begins: in a statement that may be taken back nothing that is older is changed in place. */
export function treesBegin(): void {
  if (!keepsOld || isPrivate) return;
  if (!statementEra) statementEra = ++headEra;
  treeWriter(headEra, headEra - 1, statementDead);
}

export function treesEnd(): void {
  if (keepsOld && !isPrivate) writeHead();
}

/**
 * Whether the statement that runs has made the root of a value's tree, so that taking it back needs nothing of this one. In a transaction no
 * statement that changes values' trees is taken back: there it is enough that the transaction has made it.
 */
export function isStatementTree(root: usize): bool {
  if (!root) return false;
  const birth = load<u32>(root, NODE_ERA);
  return isPrivate ? birth > privateEra : statementEra != 0 && birth >= statementEra;
}

/** A value's tree is not needed any more where changes belong now; its record may still be read by views. */
export function dropTree(root: usize): void {
  if (!root) return;
  if (isPrivate) {
    if (load<u32>(root, NODE_ERA) <= privateEra) return;
    if (keepsOld) pushDeadNode(statementDead, root, WHOLE);
    else forgetTree(root, privateEra);
  } else pushDeadNode(keepsOld ? statementDead : dropped, root, WHOLE);
}

/** Frees what was born of a tree behind an era, in steps. */
export function forgetTree(root: usize, era: u32): void {
  store<u32>(forgottenTree, <u32>root, TREE_ROOT);
  treeForget(forgottenTree, era, dropped);
}

/** A statement is taken back: what it has born of a tree goes. */
export function takeBackTree(root: usize): void {
  if (!root) return;
  if (isPrivate) forgetTree(root, privateEra);
  else if (statementEra) forgetTree(root, statementEra - 1);
}

/** A tree that has been built just now will not be a value's. */
export function abandonTree(root: usize): void {
  if (isPrivate || keepsOld) takeBackTree(root);
  else dropTree(root);
}

/** A statement begins within the one that runs. */
export function treesInner(): void {
  innerDead = load<u32>(statementDead, DEAD_ITEMS);
}

/** The statement within the one that runs is taken back; it has changed no trees, but may have dropped some. */
export function treesInnerBack(): void {
  while (load<u32>(statementDead, DEAD_ITEMS) > innerDead) popDead(statementDead);
}

/** The statement has ended: it was kept, or all that it has changed is back (and what it has born of trees is forgotten). */
export function treesStatementEnd(isKept: bool): void {
  let item = popDead(statementDead);
  while (item) {
    const block = <usize>(item & ~WHOLE);
    if (isKept) {
      if (isPrivate) forgetTree(block, privateEra);
      else pushDeadNode(dropped, block, item & WHOLE);
    }
    item = popDead(statementDead);
  }
  statementEra = 0;
}

/** How many trees that were dropped wait for being freed. */
export function droppedTrees(): u32 {
  return load<u32>(dropped, DEAD_ITEMS);
}

/** Whether there are any. */
export function treesLinger(): bool {
  return load<u32>(dropped, DEAD_FIRST) != 0;
}

function buryDropped(budget: u32): void {
  treeBury(dropped, newestLive ? load<u32>(newestLive, VIEW_ERA) : 0, newestLive ? newestLive + VIEW_TREES : 0, budget);
}
