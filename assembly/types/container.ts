/**
 * Containers: what lists, sets, sorted sets and hashes have in common. The only place where an entry of such a type is made, changed or
 * removed, so versions, undo, WATCH, isolation and accounting are met here and nowhere in a type or a command.
 *
 *   packed  the value is a packed list (structure/packed-list.ts): up to INLINE_BYTES in the entry (ENCODING_BYTES), else in a block
 *           of its own (ENCODING_EXTERNAL); ENTRY_VALUE_LENGTH is its length
 *   trees   the value is one or two tree records (ENCODING_TREES, keyspace/entry-trees.ts); nodes are under PURPOSE_VALUE
 *
 * A change begins with `containerOpen`, behind the lookup. Then come any number of `packedSplice`, or `treesWrite` with calls of tree.ts up to
 * `treesEnd`; `containerBecome...` takes the container from one form to the other. At the end the caller calls `containerRemove` if
 * nothing is left: an empty container is no key.
 *
 * 1. Look before you change: what changes nothing must not call `packedSplice` or `treesWrite`, which copy what others may see.
 * 2. Copies go from the top down: the entry first, then the path in the tree by the births of its nodes (structure/birth.ts). While a
 *    statement runs that can be undone (keepsOld), what is older than the statement counts as seen by others: `treesBegin` (mvcc/view.ts)
 *    gives the statement an era, so the kept entry leads to all that was, and taking back is putting that entry back and freeing what was
 *    born since.
 * 3. Out of memory: 0 or false, and nothing has changed. A table that forbids the key answers the same and has noted its error.
 *
 * Cost: packedSplice O(bytes), at most some kilobytes; treesWrite O(1).
 */
import { versionOverwritten } from "../keyspace/reclaimed";
import { PURPOSE_ENTRY, PURPOSE_VALUE, TYPE_HASH, TYPE_LIST } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { accessClock } from "../keyspace/database";
import { copyEntry } from "../keyspace/entry-copy";
import {
  ENCODING_BYTES,
  ENCODING_EXTERNAL,
  ENCODING_TREES,
  EXTERNAL_CAPACITY,
  EXTERNAL_POINTER,
  EXTERNAL_ROOT_BYTES,
  TYPE_MASK,
  releaseEntry,
  valueAddress,
} from "../keyspace/entry-release";
import { hasStatementTree, hasTrees, setSharesTrees } from "../keyspace/entry-trees";
import { entryMoved, foundSlot, insertEntry, removeEntry, replaceEntry } from "../keyspace/keyspace";
import { touchKey, touchOn } from "../keyspace/touch";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { treesBegin } from "../mvcc/view";
import { keepsOld } from "../structure/birth";
import {
  ENTRY_ACCESS,
  ENTRY_KIND,
  ENTRY_VALUE_LENGTH,
  entryBytes,
  entryExpiry,
  isEntryWritable,
  valuePointer,
  writeEntryHead,
} from "../structure/entry";
import { KIND_TIMED } from "../structure/entry-due";
import { PACKED_HEAD } from "../structure/packed-list";
import { TREE_SIZE, treeInitialize } from "../structure/tree";
import { INLINE_BYTES } from "./entry-store";

/** Bit beside the encoding of a container, for its type: of a set, that all members are integers. */
export const KIND_MARK: u32 = 0x40;

/** The container that is being changed; `containerEntry` is 0 while the key is absent. */
export let containerEntry: usize = 0;
/** The entry that the next version takes the place of: containerEntry, or what is overwritten as a whole. */
let oldEntry: usize = 0;
let hash: u64 = 0;
let slot: usize = 0;
let key: usize = 0;
let keyBytes: u32 = 0;
let type: u32 = 0;
/** Expiry of a container that begins empty, 0: none. */
let freshExpiry: u64 = 0;

// @ts-ignore: decorator
@inline
export function typeOf(entry: usize): u32 {
  return (<u32>load<u8>(entry, ENTRY_KIND)) & TYPE_MASK;
}

/** Whether the entry is a list, set, sorted set or hash. */
// @ts-ignore: decorator
@inline
export function isContainer(entry: usize): bool {
  return typeOf(entry) - TYPE_LIST <= <u32>(TYPE_HASH - TYPE_LIST);
}

/**
 * Begins a change of the key that a lookup has just found (0: it is absent). Without `inherits` the container begins empty, and takes
 * with its first change the place of whatever is there. Requires: the entry is of the type, if the container inherits it.
 */
export function containerOpen(
  ofType: u32,
  keyHash: u64,
  foundAt: usize,
  entry: usize,
  keyPointer: usize,
  keyLength: u32,
  inherits: bool = true,
): void {
  if (DEBUG) assert(!entry || !inherits || typeOf(entry) == ofType);
  type = ofType;
  hash = keyHash;
  slot = foundAt;
  containerEntry = inherits ? entry : 0;
  oldEntry = entry;
  key = keyPointer;
  keyBytes = keyLength;
  freshExpiry = 0;
}

/** Gives the open container, which begins empty, an expiry (Unix milliseconds) from the start. */
export function containerExpires(expiry: u64): void {
  freshExpiry = expiry;
}

// @ts-ignore: decorator
@inline
export function isPacked(entry: usize): bool {
  return !hasTrees(entry);
}

/** The packed list of an entry, and where it ends. */
// @ts-ignore: decorator
@inline
export function packedOf(entry: usize): usize {
  return valueAddress(entry);
}

// @ts-ignore: decorator
@inline
export function packedEnd(entry: usize): usize {
  return valueAddress(entry) + load<u32>(entry, ENTRY_VALUE_LENGTH);
}

/** A tree record of an entry. */
// @ts-ignore: decorator
@inline
export function treeOf(entry: usize, position: u32 = 0): usize {
  return valuePointer(entry) + <usize>(position * TREE_SIZE);
}

/** Whether the entry has the type's mark (KIND_MARK). */
export function isMarked(entry: usize): bool {
  return (load<u8>(entry, ENTRY_KIND) & (<u8>KIND_MARK)) != 0;
}

// Packed ------------------------------------------------------------------------------------------------------------------

/**
 * Opens a gap of `insert` bytes in the container's packed list in the place of `remove` bytes at offset `at`, and returns its address; the
 * count is the caller's (offset 0). A key that was absent becomes a list of no elements first. 0: no memory, nothing has changed.
 */
export function packedSplice(at: u32, remove: u32, insert: u32): usize {
  const old = containerEntry;
  const length = old ? load<u32>(old, ENTRY_VALUE_LENGTH) : PACKED_HEAD;
  const total = length - remove + insert;
  if (old && isEntryWritable(old) && makeRoom(old, at, remove, insert, length, total)) {
    if (touchOn) touchKey(hash, key, keyBytes);
    versionOverwritten(old);
    return packedOf(old) + at;
  }
  const mark = old ? (<u32>load<u8>(old, ENTRY_KIND)) & KIND_MARK : 0;
  const entry = newPacked(total, mark);
  if (!entry) return 0;
  const target = packedOf(entry);
  if (old) {
    const source = packedOf(old);
    copyBytes(target, source, at);
    copyBytes(target + at + insert, source + at + remove, length - at - remove);
  } else store<u16>(target, 0);
  if (!put(entry)) return 0;
  return target + at;
}

/** A new packed list of `total` bytes in the place of all that is there; returns its address, 0: no memory, nothing has changed. */
export function packedReplace(total: u32, mark: bool): usize {
  const entry = newPacked(total, mark ? KIND_MARK : 0);
  return entry && put(entry) ? packedOf(entry) : 0;
}

/** The same within the bytes that the list has, if they are enough and not far too many. */
function makeRoom(entry: usize, at: u32, remove: u32, insert: u32, length: u32, total: u32): bool {
  const external = ((<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_EXTERNAL) == ENCODING_EXTERNAL;
  const list = packedOf(entry);
  const room = external ? load<u32>(valuePointer(entry), EXTERNAL_CAPACITY) : allocatedSize(entry) - <u32>(list - entry);
  if (total > room || (total < length && room > 64 && total < room >> 1)) return false;
  if (remove != insert) memory.copy(list + at + insert, list + at + remove, <usize>(length - at - remove));
  store<u32>(entry, total, ENTRY_VALUE_LENGTH);
  return true;
}

/** An entry for the key with room for a packed list of `total` bytes, not yet stored; 0: no memory. */
function newPacked(total: u32, mark: u32): usize {
  const external = total > INLINE_BYTES;
  const block = external ? allocate(total + (total >> 3), PURPOSE_VALUE) : 0;
  if (external && !block) return 0;
  const entry = newEntry(external ? EXTERNAL_ROOT_BYTES : total, mark | (external ? ENCODING_EXTERNAL : ENCODING_BYTES));
  if (!entry) {
    if (block) release(block, PURPOSE_VALUE);
    return 0;
  }
  store<u32>(entry, total, ENTRY_VALUE_LENGTH);
  if (!external) return entry;
  const root = valuePointer(entry);
  store<u32>(root, <u32>block, EXTERNAL_POINTER);
  store<u32>(root, allocatedSize(block), EXTERNAL_CAPACITY);
  return entry;
}

function newEntry(rootBytes: u32, kind: u32): usize {
  const old = containerEntry;
  const expiry = old ? entryExpiry(old) : freshExpiry;
  const entry = allocate(<u32>entryBytes(keyBytes, expiry != 0, rootBytes), PURPOSE_ENTRY);
  if (!entry) return 0;
  writeEntryHead(entry, key, keyBytes, expiry, old ? load<u32>(old, ENTRY_ACCESS) : accessClock);
  store<u8>(entry, <u8>(type | kind), ENTRY_KIND);
  return entry;
}

/** Stores a fresh entry under the key. Frees it and returns false when there is no memory. */
function put(entry: usize): bool {
  const old = oldEntry;
  if (!(old ? replaceEntry(hash, slot, old, entry) : insertEntry(hash, entry))) {
    releaseEntry(entry);
    return false;
  }
  slot = foundSlot;
  oldEntry = entry;
  containerEntry = entry;
  return true;
}

/** Sets or takes away the type's mark. Requires: the entry is the writer's own, as it is behind `packedSplice` or `treesWrite`. */
export function setMark(on: bool): void {
  const kind = <u32>load<u8>(containerEntry, ENTRY_KIND);
  store<u8>(containerEntry, <u8>(on ? kind | KIND_MARK : kind & ~KIND_MARK), ENTRY_KIND);
}

// Trees -------------------------------------------------------------------------------------------------------------------

/**
 * Makes the entry the writer's own and begins a change of its trees, which `treesEnd` (mvcc/view.ts) ends: nothing but calls of tree.ts may come
 * between. Returns the first tree record, or 0 (no memory; nothing has begun). Requires: the container has trees.
 */
export function treesWrite(): usize {
  const old = containerEntry;
  if (isEntryWritable(old) || (keepsOld && hasStatementTree(old))) {
    if (touchOn && !keepsOld) touchKey(hash, key, keyBytes);
    versionOverwritten(old);
  } else {
    const entry = copyEntry(old, key, keyBytes, entryExpiry(old), load<u32>(old, ENTRY_ACCESS));
    if (!entry) return 0;
    setSharesTrees(true);
    const done = put(entry);
    setSharesTrees(false);
    if (!done) return 0;
  }
  treesBegin();
  return treeOf(containerEntry);
}

/**
 * Gives the container, packed or absent, empty trees in the place of what it holds, which the caller has copied to them before: `records` are
 * `count` tree records, which the entry has from now on. False: no memory; the trees stay the caller's.
 */
export function containerBecomeTrees(records: usize, count: u32, mark: bool): bool {
  const bytes = count * TREE_SIZE;
  const timed = type == TYPE_HASH && count == 2 ? KIND_TIMED : 0;
  const entry = newEntry(bytes, ENCODING_TREES | (mark ? KIND_MARK : 0) | timed);
  if (!entry) return false;
  store<u32>(entry, bytes, ENTRY_VALUE_LENGTH);
  copyBytes(valuePointer(entry), records, bytes);
  return put(entry);
}

/** Gives the container, which has one tree, an empty second one for times of its fields (structure/entry-due.ts). False: no memory. */
export function containerBecomeTimed(): bool {
  const old = containerEntry;
  const mark = (<u32>load<u8>(old, ENTRY_KIND)) & KIND_MARK;
  const entry = newEntry(TREE_SIZE << 1, ENCODING_TREES | KIND_TIMED | mark);
  if (!entry) return false;
  store<u32>(entry, TREE_SIZE << 1, ENTRY_VALUE_LENGTH);
  copyBytes(treeOf(entry), treeOf(old), TREE_SIZE);
  newTree(treeOf(entry, 1));
  setSharesTrees(true);
  const done = put(entry);
  setSharesTrees(false);
  return done;
}

/** Tells the table of a time that was put into the container, which may be its earliest. Requires: the entry is the writer's own. */
export function containerDue(): void {
  entryMoved(hash, slot, containerEntry, entryExpiry(containerEntry) != 0);
  slot = foundSlot;
}

/** A record of an empty tree of a value. */
export function newTree(record: usize): void {
  treeInitialize(record, PURPOSE_VALUE);
}

/** Tells those who watch the key that it was written, though nothing has changed. */
export function containerTouch(): void {
  if (touchOn) touchKey(hash, key, keyBytes);
}

/** Removes the key. Requires: it is there. */
export function containerRemove(): void {
  removeEntry(hash, slot);
  oldEntry = 0;
  containerEntry = 0;
}
