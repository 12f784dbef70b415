/**
 * Expiry of single fields of a hash: reading and changing the tree of times (structure/entry-due.ts).
 *
 * A hash gets that tree with its first field that expires, and becomes a tree itself then; others have nothing of this. Fields that are over
 * are there until the sweep, a writer or who asks for one takes them out, and are not seen: `memberFind`, walks and `memberCount` (members.ts) leave them out, and only
 * `memberCountAll` counts them.
 *
 * A change of both trees is all or nothing. First everything is done that may need memory: what is new goes in, and the ways to the items that will go
 * are made the writer's own, by changing a byte of theirs that means nothing. Then the items go, which needs no memory.
 *
 * Cost: O(log n) each.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { expiryOn, now } from "../keyspace/database";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { treesEnd } from "../mvcc/view";
import { TIME_KEY_BYTES, firstTime, isTimed, timesBefore, timesOf } from "../structure/entry-due";
import { TREE_NO_MEMORY, TREE_PRESENT, TREE_SIZE, treeFind, treeInsert, treeItems, treeRemove, treeSelect } from "../structure/tree";
import { itemKey, itemKeyLength, itemValue, itemValueLength } from "../structure/tree-leaf";
import { containerBecomeTimed, containerDue, containerEntry, containerRemove, treeOf, treesWrite } from "./container";

/** Where, before the field's bytes, the keys of its items begin: in the tree of times by time and by field, and in that of the fields. */
const BY_TIME: u32 = TIME_KEY_BYTES;
const BY_FIELD: u32 = 5;
const BY_HASH: u32 = 4;
const SCRATCH_BYTES: u32 = 512;
const scratch: usize = memory.data(512, 8);
/** The value of an item that is changed: an expiry and the byte that means nothing. */
const itemScratch: usize = memory.data(16, 8);

/** The field whose keys are made, behind BY_TIME bytes for their heads. */
let fieldBytes: usize = 0;
let fieldLength: u32 = 0;
let fieldHash: u32 = 0;

/** Whether all fields are shown, those that are over too: for what copies or logs a hash as it is. */
let showsAll: bool = false;

export function showAllFields(all: bool): void {
  showsAll = all;
}

/** Whether some fields of the entry are there and not seen. */
// @ts-ignore: decorator
@inline
export function hidesFields(entry: usize): bool {
  return isTimed(entry) && expiryOn && !showsAll && firstTime(entry) < now;
}

/** How many fields of the entry are there and not seen. */
export function hiddenFields(entry: usize): u32 {
  return hidesFields(entry) ? timesBefore(entry, now) : 0;
}

/** Whether a field of an entry with `hidesFields` is one that is not seen. */
export function isFieldHidden(entry: usize, field: usize, length: u32): bool {
  const expiry = fieldTime(entry, field, length);
  return expiry != 0 && expiry < now;
}

/** What `fieldTime` answers when there is no memory to look up a long field. */
export const TIME_UNKNOWN: u64 = u64.MAX_VALUE;

/** The expiry of a field, 0: it has none, or there is no such field. */
export function fieldTime(entry: usize, field: usize, length: u32): u64 {
  if (!isTimed(entry) || !treeItems(timesOf(entry))) return 0;
  if (!keysBegin(field, length)) return TIME_UNKNOWN;
  const expiry = timeFound(timesOf(entry));
  keysEnd();
  return expiry;
}

function timeFound(times: usize): u64 {
  const item = treeFind(times, keyByField(), fieldLength + BY_FIELD);
  return item ? load<u64>(itemValue(item)) : 0;
}

// Keys --------------------------------------------------------------------------------------------------------------------

/** Makes room for the keys of a field. Returns false when there is no memory for a long one. */
function keysBegin(field: usize, length: u32): bool {
  const block = length + BY_TIME <= SCRATCH_BYTES ? scratch : allocate(length + BY_TIME, PURPOSE_SCRATCH);
  if (!block) return false;
  fieldBytes = block + BY_TIME;
  fieldLength = length;
  fieldHash = bswap<u32>(<u32>(hashBytes(field, length) >> 32));
  copyBytes(fieldBytes, field, length);
  return true;
}

function keysEnd(): void {
  const block = fieldBytes - BY_TIME;
  if (block != scratch) release(block, PURPOSE_SCRATCH);
}

/** The keys share their bytes: one is good until the next is asked for. */
function keyByTime(expiry: u64): usize {
  const key = fieldBytes - BY_TIME;
  store<u8>(key, 0);
  store<u64>(key, bswap<u64>(expiry), 1);
  return key;
}

function keyByField(): usize {
  store<u8>(fieldBytes - BY_FIELD, 1);
  store<u32>(fieldBytes - BY_HASH, fieldHash);
  return fieldBytes - BY_FIELD;
}

function keyByHash(): usize {
  store<u32>(fieldBytes - BY_HASH, fieldHash);
  return fieldBytes - BY_HASH;
}

// Changing: behind `hashOpen` ---------------------------------------------------------------------------------------------

/** Makes the way to an item the writer's own. Returns false when there is no memory. Requires: the item is there. */
function own(times: usize, key: usize, length: u32): bool {
  const item = treeFind(times, key, length);
  const bytes = itemValueLength(item);
  copyBytes(itemScratch, itemValue(item), bytes);
  store<u8>(itemScratch + bytes - 1, load<u8>(itemScratch + bytes - 1) ^ 1);
  return treeInsert(times, key, length, itemScratch, bytes) != TREE_NO_MEMORY;
}

function remove(times: usize, key: usize, length: u32): void {
  if (treeRemove(times, key, length) != TREE_PRESENT) unreachable();
}

/** Gives a field of the open hash, which has one tree or two, an expiry. False: no memory; nothing has changed. Requires: the field is there. */
export function putFieldTime(field: usize, length: u32, expiry: u64): bool {
  if (!isTimed(containerEntry) && !containerBecomeTimed()) return false;
  const old = fieldTime(containerEntry, field, length);
  if (old == expiry) return true;
  if (old == TIME_UNKNOWN || !keysBegin(field, length)) return false;
  let done = false;
  const tree = treesWrite();
  if (tree) {
    done = insertTime(tree + <usize>TREE_SIZE, old, expiry);
    treesEnd();
    if (done) containerDue();
  }
  keysEnd();
  return done;
}

/** Puts a field's expiry into a tree of times that is no container's yet. False: no memory. Requires: it is not in there. */
export function insertFieldTime(times: usize, field: usize, length: u32, expiry: u64): bool {
  if (!keysBegin(field, length)) return false;
  const done = insertTime(times, 0, expiry);
  keysEnd();
  return done;
}

function insertTime(times: usize, old: u64, expiry: u64): bool {
  if (old && !own(times, keyByTime(old), fieldLength + BY_TIME)) return false;
  store<u64>(itemScratch, 0);
  if (treeInsert(times, keyByTime(expiry), fieldLength + BY_TIME, itemScratch, 1) == TREE_NO_MEMORY) return false;
  store<u64>(itemScratch, expiry);
  store<u8>(itemScratch, 0, 8);
  const done = treeInsert(times, keyByField(), fieldLength + BY_FIELD, itemScratch, 9) != TREE_NO_MEMORY;
  if (!done) remove(times, keyByTime(expiry), fieldLength + BY_TIME);
  else if (old) remove(times, keyByTime(old), fieldLength + BY_TIME);
  return done;
}

/** What becomes of a field that loses its expiry. */
export const FIELD_STAYS: u32 = 0;
export const FIELD_PUT: u32 = 1;
export const FIELD_GOES: u32 = 2;

/**
 * Takes the expiry from a field of the open hash; and with FIELD_PUT gives it a value, with FIELD_GOES removes it. False: no memory; nothing has changed.
 * Requires: the field has this expiry. The last field takes the key with it.
 */
export function endFieldTime(field: usize, length: u32, expiry: u64, becomes: u32, value: usize = 0, valueLength: u32 = 0): bool {
  if (DEBUG) assert(fieldTime(containerEntry, field, length) == expiry);
  if (becomes == FIELD_GOES && treeItems(treeOf(containerEntry)) == 1) {
    containerRemove();
    return true;
  }
  if (!keysBegin(field, length)) return false;
  let done = false;
  const tree = treesWrite();
  if (tree) {
    const times = tree + <usize>TREE_SIZE;
    done = own(times, keyByTime(expiry), fieldLength + BY_TIME) && own(times, keyByField(), fieldLength + BY_FIELD);
    if (done && becomes == FIELD_PUT) {
      done = treeInsert(tree, keyByHash(), fieldLength + BY_HASH, value, valueLength) != TREE_NO_MEMORY;
    } else if (done && becomes == FIELD_GOES) {
      done = treeRemove(tree, keyByHash(), fieldLength + BY_HASH) != TREE_NO_MEMORY;
    }
    if (done) {
      remove(times, keyByTime(expiry), fieldLength + BY_TIME);
      remove(times, keyByField(), fieldLength + BY_FIELD);
    }
    treesEnd();
  }
  keysEnd();
  return done;
}

/** The field that expires first: its bytes, until the hash changes. */
export let timedField: usize = 0;
export let timedFieldLength: u32 = 0;

/** Reads the field at a position in the order of their expiries, and returns that; 0: there are not so many. Requires: the entry is timed. */
export function timedFieldAt(entry: usize, position: u32): u64 {
  const times = timesOf(entry);
  if (position >= treeItems(times) >> 1) return 0;
  const key = treeSelect(times, position);
  timedField = itemKey(key) + BY_TIME;
  timedFieldLength = itemKeyLength(key) - BY_TIME;
  return bswap<u64>(load<u64>(itemKey(key), 1));
}
