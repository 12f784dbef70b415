/**
 * The doors to the keyspace: `lookupRead` and `lookupWrite` are the only ways to a key, `insertEntry`, `replaceEntry` and
 * `removeEntry` the only ways to change what is stored. Whatever must see every access (expiry, statistics, access times,
 * WATCH by touch.ts, what notify.ts notes of every type, versions, and later eviction) has its place here; so have the rows of collections (collection.ts)
 * and the order of the keys (key-order.ts).
 *
 * An expired key is deleted by the first lookup that meets it. The deletion is remembered in `expiredKeys` while effects
 * are logged, and the command layer logs it ahead of the command's own effects. Where there is no room to remember it
 * (memory is full and the command only reads), the key stays, and is treated as missing.
 *
 * Invariant: `foundSlot` belongs to the entry that the last successful lookup returned, until the table changes.
 */
import { DEAD_ENTRY, DEAD_REMOVED, DEAD_UNCOUNTED, treesInnerBack, treesStatementEnd } from "../mvcc/view";
import { isVersionOfNow, versionGone, versionMade } from "./reclaimed";
import { CONTROL_EXPIRED, CONTROL_EXPIRED_FIELDS, CONTROL_HITS, CONTROL_MISSES } from "../abi/layout";
import {
  EVENT_DEL,
  EVENT_EXPIRED,
  EVENT_HEXPIRED,
  EVENT_KEYMISS,
  EVENT_NEW,
  NOTIFY_EXPIRED,
  NOTIFY_GENERIC,
  NOTIFY_HASH,
  NOTIFY_KEY_MISS,
  NOTIFY_NEW,
} from "../abi/notification";
import { PURPOSE_EFFECT } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { control, countOne } from "../memory/control";
import { DEBUG } from "../memory/debug";
import { contextView } from "../mvcc/context";
import { BUFFER_LENGTH, BUFFER_SIZE, bufferAppend, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { copyBytes } from "../bytes/copy";
import {
  ENTRY_ACCESS,
  ENTRY_EXPIRES,
  ENTRY_FLAGS,
  ENTRY_VALUE_LENGTH,
  isEntryWritable,
  keyLength,
  keyPointer,
  valuePointer,
} from "../structure/entry";
import { isKeyOver } from "../structure/entry-due";
import { tableFind, tableInsert, tableRemove, tableReplace } from "../structure/hash-table";
import { treeItems } from "../structure/tree";
import {
  isDocumentEntry,
  isRowKey,
  isSameDocument,
  rowEnter,
  rowGone,
  rowHeld,
  rowLeave,
  rowMoved,
  rowReplace,
  tablesDeclared,
} from "./collection";
import { DATABASE_ORDER, accessClock, database, databaseIndex, expiryOn, keepAccess, now } from "./database";
import { retireEntry } from "./entry-retire";
import { dropTrees, hasTrees, setSharesTrees, sharesTrees, takeBackSecondTree, takeBackTrees } from "./entry-trees";
import { keyOrderInsert, keyOrderRemove } from "./key-order";
import { notify, notifyInitialize } from "./notify";
import { privateStateInitialize } from "./private-state";
import { readyEntry, readyKey, readyOn } from "./ready";
import { overInTheWay, rowsRestored, setOverInTheWay, setRowsRestored } from "./row-door";
import { trackKey, tracksReads } from "./track";
import { touchExpired, touchKey, touchOn } from "./touch";
import {
  isInnerStatement,
  undoCommit,
  undoEachKey,
  undoExpired,
  undoInitialize,
  undoInserted,
  undoOn,
  undoRemoved,
  undoReplaced,
  undoReserve,
  undoRollback,
} from "./undo";

/** Slot of the entry that the last lookup found. */
export let foundSlot: usize = 0;
/** Whether deletions of expired keys are remembered for the effect log. */
let rememberExpired: bool = false;
/** Records {u32 database, u32 key length, key}. */
export const expiredKeys: usize = memory.data(BUFFER_SIZE, 8);
const EXPIRED_RECORD: u32 = 8;
/** Most bytes of records that may be remembered: the effect log has room for what becomes of them. */
export let expiredRoom: u32 = 0;
/** Longest record for which there was no room since `expiredRoomTaken`; 0: none. */
export let expiredRoomWanted: u32 = 0;

export function keyspaceInitialize(): void {
  bufferInitialize(expiredKeys, PURPOSE_EFFECT);
  notifyInitialize();
  undoInitialize();
  privateStateInitialize();
}

export function setRememberExpired(remember: bool): void {
  rememberExpired = remember;
}

/** Whether the key's time is over. In its last millisecond it is still there, as in Redis; and so is a hash of which all fields are over. */
// @ts-ignore: decorator
@inline
export function isExpired(entry: usize): bool {
  return expiryOn && isKeyOver(entry, now);
}

/** The key's live entry with its slot in `foundSlot`, or 0. One whose time is over is deleted. */
// @ts-ignore: decorator
@inline
function live(hash: u64, key: usize, length: u32): usize {
  if (tracksReads) trackKey(key, length);
  const slot = tableFind(database, hash, key, length);
  if (!slot) return 0;
  const entry = <usize>load<u32>(slot);
  if (isExpired(entry)) {
    expire(hash, slot, entry);
    return 0;
  }
  foundSlot = slot;
  return entry;
}

/** The key's live entry, or 0. Counts a hit or a miss and refreshes the access time. */
export function lookupRead(hash: u64, key: usize, length: u32): usize {
  const entry = live(hash, key, length);
  if (entry) touchAccess(entry);
  countLookup(entry != 0, key, length);
  return entry;
}

/** The key's live entry, or 0. For commands that will write: no statistics. */
export function lookupWrite(hash: u64, key: usize, length: u32): usize {
  const entry = live(hash, key, length);
  if (entry) touchAccess(entry);
  return entry;
}

/** The key's live entry, or 0, without any trace: no statistics, no access time. For OBJECT, TTL, TYPE and the like. */
export function lookupQuiet(hash: u64, key: usize, length: u32): usize {
  return live(hash, key, length);
}

/** Adds one to the hits or the misses of lookups for reading, for commands that look quietly but count. */
export function countLookup(found: bool, key: usize, length: u32): void {
  countOne(found ? CONTROL_HITS : CONTROL_MISSES);
  if (!found) notify(NOTIFY_KEY_MISS, EVENT_KEYMISS, key, length);
}

/** Refreshes the access time of an entry that was looked up quietly. */
export function noteAccess(entry: usize): void {
  touchAccess(entry);
}

// @ts-ignore: decorator
@inline
function touchAccess(entry: usize): void {
  if (load<u32>(entry, ENTRY_ACCESS) != accessClock && !keepAccess) store<u32>(entry, accessClock, ENTRY_ACCESS);
}

/** Sets how many bytes of records may be remembered, and forgets for how many there was no room. */
export function setExpiredRoom(bytes: u32): void {
  expiredRoom = bytes;
  expiredRoomWanted = 0;
}

/** Remembers the deletion of an expired entry for the effect log. Returns false when there is no room. */
function remember(entry: usize): bool {
  const length = keyLength(entry);
  const held = load<u32>(expiredKeys, BUFFER_LENGTH);
  const size = length + EXPIRED_RECORD;
  const record = <u64>held + size <= <u64>expiredRoom ? bufferReserve(expiredKeys, size) : 0;
  if (!record) {
    if (size > expiredRoomWanted) expiredRoomWanted = size;
    return false;
  }
  store<u32>(record, databaseIndex(database));
  store<u32>(record, length, 4);
  store<u32>(expiredKeys, held + EXPIRED_RECORD, BUFFER_LENGTH);
  return bufferAppend(expiredKeys, keyPointer(entry), length);
}

/** Whether keys whose time is over have been left in the way of new ones. Who never does that pays nothing for it. */
let hasLeftKeys: bool = false;

/** Deletes an entry because its time has come. Returns false, and does nothing, when that cannot be remembered, or may be taken back. */
export function expire(hash: u64, slot: usize, entry: usize): bool {
  if (contextView || undoOn) {
    hasLeftKeys = true;
    return false;
  }
  if (rememberExpired && !remember(entry)) return false;
  if (touchOn) touchExpired(hash, keyPointer(entry), keyLength(entry));
  if (isDocumentEntry(entry)) rowLeave(entry);
  countExpired(entry);
  notifyExpired(entry);
  takeOut(hash, slot, entry);
  dropTrees(entry);
  retireEntry(entry, DEAD_REMOVED);
  return true;
}

/**
 * Removes an entry whose time is over, and which was left there in a transaction or statement, since a new one takes its place. Returns false
 * when that cannot be remembered.
 */
export function makeWay(hash: u64, key: usize, length: u32): bool {
  if (!contextView && !undoOn) return true;
  const slot = tableFind(database, hash, key, length);
  if (!slot) return true;
  const entry = <usize>load<u32>(slot);
  if (DEBUG) assert(isExpired(entry));
  if (!undoReserve(length) || (rememberExpired && !remember(entry))) return false;
  if (isKeyOver(entry, now)) undoExpired();
  else countExpired(entry);
  notifyExpired(entry);
  const shares = sharesTrees;
  setSharesTrees(false);
  removeEntry(hash, slot);
  setSharesTrees(shares);
  return true;
}

/** Counts a key that is over, or the last fields of a hash. */
function countExpired(entry: usize): void {
  if (isKeyOver(entry, now)) countOne(CONTROL_EXPIRED);
  else {
    const fields = load<f64>(control, CONTROL_EXPIRED_FIELDS) + <f64>treeItems(valuePointer(entry));
    store<f64>(control, fields, CONTROL_EXPIRED_FIELDS);
  }
}

/** Says that a key is over, or the last fields of a hash, and it with them. */
function notifyExpired(entry: usize): void {
  const key = keyPointer(entry);
  const length = keyLength(entry);
  if (isKeyOver(entry, now)) notify(NOTIFY_EXPIRED, EVENT_EXPIRED, key, length);
  else {
    notify(NOTIFY_HASH, EVENT_HEXPIRED, key, length);
    notify(NOTIFY_GENERIC, EVENT_DEL, key, length);
  }
}

/**
 * Stores an entry under a new key. Returns false when there is no memory; the entry stays the caller's then. Requires: kind and
 * value of a document are in place.
 */
export function insertEntry(hash: u64, entry: usize): bool {
  if (hasLeftKeys && !makeWay(hash, keyPointer(entry), keyLength(entry))) return false;
  if (DEBUG) assert(tableFind(database, hash, keyPointer(entry), keyLength(entry)) == 0);
  if (!undoReserve(keyLength(entry))) return false;
  if (isDocumentEntry(entry) ? !rowEnters(entry) : tablesDeclared && isRefused(entry)) return false;
  const slot = tableInsert(database, hash, entry);
  if (!slot) {
    if (isDocumentEntry(entry)) rowLeave(entry);
    return false;
  }
  foundSlot = slot;
  versionMade(entry);
  if (load<u32>(database, DATABASE_ORDER)) keyOrderInsert(entry);
  if (undoOn) undoInserted(entry);
  else {
    if (touchOn) touchChanged(hash, entry);
    if (readyOn) readyEntry(hash, entry);
  }
  notify(NOTIFY_NEW, EVENT_NEW, keyPointer(entry), keyLength(entry));
  return true;
}

/** Gives a document its row. One that has a value of a unique index, but whose time is over, makes way for it. */
function rowEnters(entry: usize): bool {
  setOverInTheWay(0);
  while (!rowEnter(entry)) if (!hasMadeWay(keyLength(entry))) return false;
  return true;
}

/** Removes what has stood in the way of the row that was refused. False: nothing did whose time is over, or that cannot be remembered. */
function hasMadeWay(length: u32): bool {
  const over = overInTheWay;
  if (!over) return false;
  setOverInTheWay(0);
  const key = keyPointer(over);
  const hash = hashBytes(key, keyLength(over));
  if (contextView || undoOn) return makeWay(hash, key, keyLength(over)) && undoReserve(length);
  return expire(hash, tableFind(database, hash, key, keyLength(over)), over);
}

/** Whether a value that is no document may not lie under its key, since the rows of a table do; the error is noted. */
function isRefused(entry: usize): bool {
  return isRowKey(keyPointer(entry), keyLength(entry));
}

/**
 * Puts `entry` in the place of `old`, which is freed. Returns false, with nothing changed, when there is no memory for the row of
 * a document. Requires: `slot` holds `old`, which has the same key.
 */
export function replaceEntry(hash: u64, slot: usize, old: usize, entry: usize): bool {
  if (DEBUG) assert(<usize>load<u32>(slot) == old);
  if (!undoReserve(0)) return false;
  if (isDocumentEntry(old) || isDocumentEntry(entry)) {
    if (tablesDeclared && !isDocumentEntry(entry) && isRefused(entry)) return false;
    setOverInTheWay(0);
    while (!rowReplace(old, entry)) {
      if (!hasMadeWay(0)) return false;
      slot = tableFind(database, hash, keyPointer(old), keyLength(old));
    }
  }
  foundSlot = tableReplace(database, hash, slot, entry, (load<u8>(old, ENTRY_FLAGS) & (<u8>ENTRY_EXPIRES)) != 0);
  const isVersion = !isSameDocument && !rowsRestored && !isVersionOfNow(old);
  versionMade(entry);
  if (!sharesTrees) endTrees(old);
  if (undoOn) {
    rowHeld(old, 1);
    undoReplaced(old, entry, isSameDocument, sharesTrees);
  } else {
    if (touchOn && !isSameDocument) touchChanged(hash, entry);
    if (readyOn && !sharesTrees) readyEntry(hash, entry);
    retireEntry(old, isVersion ? DEAD_ENTRY : DEAD_UNCOUNTED);
  }
  return true;
}

/**
 * Tells the table that the slot's entry lies at `entry` now, or got, changed or lost its expiry in place. `hadExpiry`:
 * whether it had one before. Nothing is freed.
 */
export function entryMoved(hash: u64, slot: usize, entry: usize, hadExpiry: bool): void {
  foundSlot = tableReplace(database, hash, slot, entry, hadExpiry);
  if (isDocumentEntry(entry)) rowMoved(entry);
}

/** Deletes an entry and frees it. */
export function removeEntry(hash: u64, slot: usize): void {
  const entry = <usize>load<u32>(slot);
  if (undoOn && !undoReserve(0)) unreachable();
  if (isDocumentEntry(entry)) rowLeave(entry);
  takeOut(hash, slot, entry);
  if (!sharesTrees) endTrees(entry);
  if (undoOn) {
    rowHeld(entry, 1);
    undoRemoved(entry);
  } else {
    if (touchOn) touchChanged(hash, entry);
    retireEntry(entry, rowsRestored ? DEAD_UNCOUNTED : DEAD_REMOVED);
  }
}

/** An entry leaves the keyspace for good, or since what a statement has done is taken back. */
// @ts-ignore: decorator
@inline
function endTrees(entry: usize): void {
  if (!hasTrees(entry)) return;
  if (rowsRestored) takeBackTrees(entry);
  else dropTrees(entry);
}

/** Ends the running statement for good (undo.ts). */
export function statementCommit(): void {
  const isInner = isInnerStatement();
  if (touchOn && !isInner) undoEachKey(touchKey);
  if (readyOn && !isInner) undoEachKey(readyKey);
  undoCommit(gone);
  if (!isInner) treesStatementEnd(true);
}

/** An entry that a statement has replaced or removed (DEAD_ENTRY and the like) is gone for good. */
function gone(entry: usize, kind: u32): void {
  rowGone(entry);
  retireEntry(entry, kind);
}

/** Takes back what the running statement has changed. */
export function statementRollback(): void {
  const isInner = isInnerStatement();
  setRowsRestored(true);
  undoRollback(removeKey, replaceBack, insertBack);
  setRowsRestored(false);
  if (isInner) treesInnerBack();
  else treesStatementEnd(false);
}

function removeKey(_entry: usize, hash: u64, key: usize, length: u32): void {
  removeEntry(hash, tableFind(database, hash, key, length));
}

/** Nothing of this may fail: undo.ts has kept memory for it. */
function replaceBack(entry: usize, hash: u64, key: usize, length: u32, goesOn: bool): void {
  const slot = tableFind(database, hash, key, length);
  const later = <usize>load<u32>(slot);
  if (goesOn) {
    // Both were made by the statement: the earlier one goes on with what the later has of its trees.
    const bytes = load<u32>(entry, ENTRY_VALUE_LENGTH);
    copyBytes(valuePointer(entry), valuePointer(later), bytes);
    if (load<u32>(later, ENTRY_VALUE_LENGTH) > bytes) takeBackSecondTree(later);
    setSharesTrees(true);
  }
  if (!replaceEntry(hash, slot, later, entry)) unreachable();
  setSharesTrees(false);
  rowHeld(entry, -1);
}

function insertBack(entry: usize, hash: u64, _key: usize, _length: u32): void {
  if (!insertEntry(hash, entry)) unreachable();
  rowHeld(entry, -1);
}

/** Tells the hook of a change that is no step back of a statement. */
function touchChanged(hash: u64, entry: usize): void {
  if (!rowsRestored) touchKey(hash, keyPointer(entry), keyLength(entry));
}

/** Takes an entry out of the keyspace without freeing it: its key has gone. Requires: it is no document, and may be changed in place. */
export function detachEntry(hash: u64, slot: usize): usize {
  const entry = <usize>load<u32>(slot);
  if (DEBUG) assert(!isDocumentEntry(entry) && isEntryWritable(entry));
  if (touchOn) touchChanged(hash, entry);
  takeOut(hash, slot, entry);
  versionGone(entry, true);
  return entry;
}

/** Takes an entry out of the table, and its key out of the order. */
function takeOut(hash: u64, slot: usize, entry: usize): void {
  tableRemove(database, hash, slot);
  if (load<u32>(database, DATABASE_ORDER)) keyOrderRemove(entry);
}
