/**
 * The undo list of a running statement: what insertions, replacements and removals of entries have changed since it began, so
 * that a statement which fails leaves nothing. Entries that were replaced or removed are kept until the statement ends.
 *
 *   record   {u32 kind, u32 database, u32 the entry that was there, u32 bytes of the key, u32 the entry that is there now if its value is the
 *            statement's, key}, in steps of four bytes; the key stands only in records of insertions; u32 bytes of the record at its end
 *
 * What the statement has made is marked (ENTRY_FRESH) until it ends: of several changes of a key only what had been there before is a version that
 * is gone (reclaimed.ts), and a key that it has removed and made again has not gone. Bit 0 of the last field says that the entry that was there
 * was marked too.
 *
 * A record of UNDO_GRAPH is a change of the graph: what stands in the place of the key is graph/undo.ts's, which is asked through hooks
 * that are set once, by `setGraphUndo`.
 *
 * While a statement runs entries are never changed in place (structure/birth.ts); while it stands still strings may be, whose old values are kept
 * then (`undoValue`). Requires: no entry that it has changed expires.
 *
 * Undone in reverse order every step meets the state that it left, so rows get their numbers back and unique indexes refuse
 * nothing. Putting rows back into indexes may need memory: RESERVE_BYTES are held back for it, for a statement within another as much again,
 * so that both can be taken back. Cost: O(1) for each change.
 */
import { DEAD_ENTRY, DEAD_REMOVED, DEAD_UNCOUNTED, isStatementTree, treesInner } from "../mvcc/view";
import { CONTROL_EXPIRED } from "../abi/layout";
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { control, countOne } from "../memory/control";
import { DEBUG } from "../memory/debug";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferInitialize, bufferReserve, bufferTrim } from "../structure/byte-buffer";
import { setKeepsOld } from "../structure/birth";
import { ENTRY_KIND, ENTRY_VALUE_LENGTH, isEntryFresh, keyLength, keyPointer, setEntryFresh, valuePointer } from "../structure/entry";
import { tableFind } from "../structure/hash-table";
import { database, databaseIndex, useDatabase } from "./database";
import { hasStatementTree, hasTrees } from "./entry-trees";
import { notifyMark, notifyRewind } from "./notify";
import { versionGone } from "./reclaimed";

const UNDO_INSERT: u32 = 0;
const UNDO_REPLACE: u32 = 1;
const UNDO_REMOVE: u32 = 2;
const UNDO_GRAPH: u32 = 3;
/** A replacement whose entry holds the same document in another form: to whoever asks for keys, no change. */
const UNDO_RESHAPE: u32 = 4;
/** A replacement whose entry goes on with the trees of this one; UNDO_GOES_ON: the statement had made the root of those itself. */
const UNDO_VERSION: u32 = 5;
const UNDO_GOES_ON: u32 = 6;
/** A string that got another value in its block: in the place of the key stand the kind and the value part that it had, as `noteRoot` wrote them. */
const UNDO_VALUE: u32 = 7;
/** Bytes of the block that the list keeps between statements. */
const LIST_BYTES: u32 = 256;
const RECORD_MADE: usize = 16;
const WAS_FRESH: u32 = 1;
const RECORD_HEAD: u32 = 20;
const RECORD_END: u32 = 4;
const RESERVE_BYTES: u32 = 131072;
const NO_MARK: u32 = 0xffffffff;

/** True while a statement runs that can be undone. */
export let undoOn: bool = false;
const list: usize = memory.data(BUFFER_SIZE, 8);
let reserve: usize = 0;
/** What is held back for the statement within the one that runs. */
let innerReserve: usize = 0;

type KeptStep = (entry: usize, kind: u32) => void;
type GraphStep = (entry: usize, note: usize) => void;
type UndoStep = (entry: usize, hash: u64, key: usize, length: u32) => void;
type ReplaceStep = (entry: usize, hash: u64, key: usize, length: u32, goesOn: bool) => void;

let graphCommit: GraphStep | null = null;
let graphRollback: GraphStep | null = null;

/** Says what ends or takes back a change of the graph in the current database. Called once. */
export function setGraphUndo(commit: GraphStep, rollback: GraphStep): void {
  graphCommit = commit;
  graphRollback = rollback;
}

export function undoInitialize(): void {
  bufferInitialize(list, PURPOSE_SCRATCH);
  bufferTrim(list, LIST_BYTES);
}

/** Whether the statement has inserted a key, which it may have removed before, and removed one, which it may have replaced before. */
let hasInserted: bool = false;
let hasRemoved: bool = false;

/** Where the statement that runs within another one has begun in the list; NO_MARK: none does. */
let innerMark: u32 = NO_MARK;
/** What was notified before the statement, and before the one within it. */
let notifiedBefore: u32 = 0;
let innerNotified: u32 = 0;
/** Keys that were counted as expired in the statement, and before the one within it. */
let expiredWithin: f64 = 0;
let innerExpired: f64 = 0;

/** Counts a key that is over and makes way for a new one; what is taken back with its statement counts for nothing. */
export function undoExpired(): void {
  countOne(CONTROL_EXPIRED);
  expiredWithin += 1;
}

/** Whether the statement that runs is one within another, which decides in the end. */
export function isInnerStatement(): bool {
  return innerMark != NO_MARK;
}

/**
 * Begins a statement. It takes no memory until something changes. While a commit is applied, which is a statement itself, commands may begin one
 * within it: that one alone is taken back when it fails.
 */
export function undoBegin(): void {
  // Its list would be lost, and with it what the keys held.
  if (isHeld) unreachable();
  if (undoOn) {
    if (DEBUG) assert(innerMark == NO_MARK);
    treesInner();
    innerMark = load<u32>(list, BUFFER_LENGTH);
    innerNotified = notifyMark();
    innerExpired = expiredWithin;
    return;
  }
  noteOffset = 0;
  hasInserted = false;
  hasRemoved = false;
  notifiedBefore = notifyMark();
  expiredWithin = 0;
  undoOn = true;
  setKeepsOld(true);
}

/** A statement stands still: what it has changed is there, and can be taken back. Nothing else may change anything meanwhile. */
let isHeld: bool = false;

/** Has the statement stand still. Requires: none runs within it. */
export function undoHold(): void {
  if (DEBUG) assert(undoOn && innerMark == NO_MARK);
  isHeld = true;
  undoOn = false;
  setKeepsOld(false);
}

/** Goes on with it. */
export function undoGoOn(): void {
  if (DEBUG) assert(isHeld && !undoOn);
  isHeld = false;
  undoOn = true;
  setKeepsOld(true);
}

/** Bytes of the list. Requires: a statement runs, or stands still. */
export function undoBytes(): u32 {
  return load<u32>(list, BUFFER_LENGTH);
}

/** Kind and length of a value that a record keeps, ahead of its bytes. */
const ROOT_HEAD: u32 = 8;

/** Bytes of the value of a string that lies in its entry. */
// @ts-ignore: decorator
@inline
function rootBytes(entry: usize): u32 {
  return load<u32>(entry, ENTRY_VALUE_LENGTH);
}

// @ts-ignore: decorator
@inline
function noteRoot(note: usize, entry: usize, bytes: u32): void {
  store<u32>(note, <u32>load<u8>(entry, ENTRY_KIND));
  store<u32>(note, bytes, 4);
  copyBytes(note + ROOT_HEAD, valuePointer(entry), bytes);
}

function rootBack(note: usize, entry: usize): void {
  const bytes = load<u32>(note, 4);
  store<u8>(entry, <u8>load<u32>(note), ENTRY_KIND);
  store<u32>(entry, bytes, ENTRY_VALUE_LENGTH);
  copyBytes(valuePointer(entry), note + ROOT_HEAD, bytes);
}

/** Makes room for a record with a key of `keyBytes`. Returns false when there is none. */
export function undoReserve(keyBytes: u32): bool {
  if (!undoOn) return true;
  if (!reserve) reserve = allocate(RESERVE_BYTES, PURPOSE_SCRATCH);
  if (innerMark != NO_MARK && !innerReserve) {
    innerReserve = allocate(RESERVE_BYTES, PURPOSE_SCRATCH);
    if (!innerReserve) return false;
  }
  return reserve != 0 && bufferReserve(list, keyBytes + RECORD_HEAD + RECORD_END + 4) != 0;
}

/** `made`: the entry that is there now, if its value is the statement's; `key`: 0, or what is copied behind the head. Answers where that stands. */
function append(kind: u32, entry: usize, made: u32, key: usize, keyBytes: u32): usize {
  const bytes = RECORD_HEAD + ((keyBytes + 3) & ~3) + RECORD_END;
  const record = bufferReserve(list, bytes);
  if (!record) unreachable();
  store<u32>(record, kind);
  store<u32>(record, databaseIndex(database), 4);
  store<u32>(record, <u32>entry, 8);
  store<u32>(record, keyBytes, 12);
  store<u32>(record, made, RECORD_MADE);
  if (key) copyBytes(record + RECORD_HEAD, key, keyBytes);
  store<u32>(record + bytes - RECORD_END, bytes);
  store<u32>(list, load<u32>(list, BUFFER_LENGTH) + bytes, BUFFER_LENGTH);
  return record + RECORD_HEAD;
}

/** A key was inserted. Requires: a statement runs, and there is room, as in the next two. */
export function undoInserted(entry: usize): void {
  hasInserted = true;
  setEntryFresh(entry, true);
  append(UNDO_INSERT, 0, <u32>entry, keyPointer(entry), keyLength(entry));
}

/** `old` is not the key's entry any more, and is kept; the new one may go on with its trees. */
export function undoReplaced(old: usize, entry: usize, isSame: bool, sharesTrees: bool): void {
  let kind = isSame ? UNDO_RESHAPE : UNDO_REPLACE;
  if (sharesTrees && hasTrees(old)) kind = hasStatementTree(old) ? UNDO_GOES_ON : UNDO_VERSION;
  const wasFresh = isEntryFresh(old);
  // The same document in another form is not the statement's.
  const isFresh = wasFresh || !isSame;
  if (isFresh) setEntryFresh(entry, true);
  append(kind, old, (isFresh ? <u32>entry : 0) | (wasFresh ? WAS_FRESH : 0), 0, 0);
}

export function undoRemoved(old: usize): void {
  hasRemoved = true;
  append(UNDO_REMOVE, old, isEntryFresh(old) ? WAS_FRESH : 0, 0, 0);
}

/**
 * A string gets another value in its block, while the statement stands still (`undoHold`). The first change of an entry is noted, since nobody sees those between.
 * False: there is no memory for it.
 */
export function undoValue(entry: usize): bool {
  if (DEBUG) assert(isHeld);
  if (isEntryFresh(entry)) return true;
  const bytes = rootBytes(entry);
  if (!bufferReserve(list, RECORD_HEAD + ROOT_HEAD + bytes + RECORD_END + 4)) return false;
  const note = append(UNDO_VALUE, entry, <u32>entry, 0, ROOT_HEAD + bytes);
  noteRoot(note, entry, bytes);
  setEntryFresh(entry, true);
  return true;
}

/** The graph was changed; `entry` (0: none) is kept. Requires: a statement runs, and there is room for `bytes`. */
export function undoGraph(entry: usize, note: usize, bytes: u32): void {
  append(UNDO_GRAPH, entry, 0, note, bytes);
}

type NoteStep = (note: usize) => bool;

/** Calls `step` for each note of the running statement on the graph, with its database as the current one, until it answers false. */
export function undoEachNote(step: NoteStep): bool {
  const start = <usize>load<u32>(list, BUFFER_POINTER);
  const end = start + load<u32>(list, BUFFER_LENGTH);
  let record = start + (innerMark != NO_MARK ? innerMark : 0);
  while (record < end) {
    if (load<u32>(record) == UNDO_GRAPH) {
      useDatabase(load<u32>(record, 4));
      if (!step(record + RECORD_HEAD)) return false;
    }
    record += RECORD_HEAD + ((load<u32>(record, 12) + 3) & ~3) + RECORD_END;
  }
  return true;
}

/** Where the last note was found, for one that asks for notes in their order. */
let noteOffset: u32 = 0;

/**
 * The note of a change of the current database's graph that begins with these two words, or 0. Cost: O(changes), but O(1) for each of
 * several that are asked for in the order in which they were made.
 */
export function undoGraphNote(first: u32, second: u32): usize {
  const start = <usize>load<u32>(list, BUFFER_POINTER);
  const length = undoOn ? load<u32>(list, BUFFER_LENGTH) : 0;
  const own = databaseIndex(database);
  let offset = noteOffset < length ? noteOffset : 0;
  for (let seen: u32 = 0; seen < length;) {
    const record = start + offset;
    const note = record + RECORD_HEAD;
    const bytes = RECORD_HEAD + ((load<u32>(record, 12) + 3) & ~3) + RECORD_END;
    if (load<u32>(record) == UNDO_GRAPH && load<u32>(record, 4) == own && load<u32>(note) == first && load<u32>(note, 4) == second) {
      noteOffset = offset;
      return note;
    }
    seen += bytes;
    offset += bytes;
    if (offset >= length) offset = 0;
  }
  return 0;
}

type KeyStep = (hash: u64, key: usize, length: u32) => void;

/** Calls `step` for the key of each change of an entry, with its database as the current one. */
export function undoEachKey(step: KeyStep): void {
  const caller = databaseIndex(database);
  let record = <usize>load<u32>(list, BUFFER_POINTER);
  const end = record + load<u32>(list, BUFFER_LENGTH);
  while (record < end) {
    const entry = <usize>load<u32>(record, 8);
    const bytes = load<u32>(record, 12);
    const kind = load<u32>(record);
    if (kind != UNDO_GRAPH && kind != UNDO_RESHAPE) {
      useDatabase(load<u32>(record, 4));
      const key = entry ? keyPointer(entry) : record + RECORD_HEAD;
      const length = entry ? keyLength(entry) : bytes;
      step(hashBytes(key, length), key, length);
    }
    record += RECORD_HEAD + ((bytes + 3) & ~3) + RECORD_END;
  }
  useDatabase(caller);
}

/** Ends the statement for good: frees what was kept, each entry behind a call of `gone`, which is told what it was (DEAD_*). */
export function undoCommit(gone: KeptStep): void {
  if (innerMark != NO_MARK) {
    releaseReserve(true);
    innerMark = NO_MARK;
    return;
  }
  undoOn = false;
  setKeepsOld(false);
  const caller = databaseIndex(database);
  let record = <usize>load<u32>(list, BUFFER_POINTER);
  const end = record + load<u32>(list, BUFFER_LENGTH);
  while (record < end) {
    const entry = <usize>load<u32>(record, 8);
    if (load<u32>(record) == UNDO_GRAPH) {
      useDatabase(load<u32>(record, 4));
      graphCommit!(entry, record + RECORD_HEAD);
    } else {
      const made = load<u32>(record, RECORD_MADE);
      if (made & ~WAS_FRESH) setEntryFresh(made & ~WAS_FRESH, false);
      useDatabase(load<u32>(record, 4));
      if (load<u32>(record) == UNDO_VALUE) versionGone(entry, hasRemoved && !isThere(keyPointer(entry), keyLength(entry)));
      else if (entry) gone(entry, deathOf(entry, load<u32>(record), (made & WAS_FRESH) != 0));
    }
    record += RECORD_HEAD + ((load<u32>(record, 12) + 3) & ~3) + RECORD_END;
  }
  useDatabase(caller);
  finish();
}

/** What the end of an entry is (DEAD_*) that the statement has replaced or removed; `wasFresh`: it had made it itself. */
function deathOf(entry: usize, kind: u32, wasFresh: bool): u32 {
  if (wasFresh || kind == UNDO_RESHAPE) return DEAD_UNCOUNTED;
  if (kind == UNDO_REMOVE ? hasInserted : hasRemoved) return isThere(keyPointer(entry), keyLength(entry)) ? DEAD_ENTRY : DEAD_REMOVED;
  return kind == UNDO_REMOVE ? DEAD_REMOVED : DEAD_ENTRY;
}

function isThere(key: usize, length: u32): bool {
  return tableFind(database, hashBytes(key, length), key, length) != 0;
}

/** Takes the statement back, the last change first. */
export function undoRollback(removeKey: UndoStep, replaceBack: ReplaceStep, insertBack: UndoStep): void {
  undoOn = false;
  setKeepsOld(false);
  const caller = databaseIndex(database);
  const inner = innerMark != NO_MARK;
  releaseReserve(inner);
  const start = <usize>load<u32>(list, BUFFER_POINTER) + (inner ? innerMark : 0);
  let end = <usize>load<u32>(list, BUFFER_POINTER) + load<u32>(list, BUFFER_LENGTH);
  while (end > start) {
    const record = end - load<u32>(end - RECORD_END);
    const kind = load<u32>(record);
    const entry = <usize>load<u32>(record, 8);
    useDatabase(load<u32>(record, 4));
    end = record;
    if (kind == UNDO_GRAPH) {
      graphRollback!(entry, record + RECORD_HEAD);
      continue;
    }
    if (kind == UNDO_VALUE) {
      rootBack(record + RECORD_HEAD, entry);
      setEntryFresh(entry, false);
      continue;
    }
    const key = entry ? keyPointer(entry) : record + RECORD_HEAD;
    const length = entry ? keyLength(entry) : load<u32>(record, 12);
    const hash = hashBytes(key, length);
    if (kind == UNDO_INSERT) removeKey(entry, hash, key, length);
    else if (kind != UNDO_REMOVE) replaceBack(entry, hash, key, length, kind == UNDO_GOES_ON);
    else insertBack(entry, hash, key, length);
  }
  useDatabase(caller);
  notifyRewind(inner ? innerNotified : notifiedBefore);
  const counted = inner ? innerExpired : 0;
  store<f64>(control, load<f64>(control, CONTROL_EXPIRED) - (expiredWithin - counted), CONTROL_EXPIRED);
  expiredWithin = counted;
  if (!inner) {
    finish();
    return;
  }
  store<u32>(list, innerMark, BUFFER_LENGTH);
  innerMark = NO_MARK;
  undoOn = true;
  setKeepsOld(true);
}

function finish(): void {
  releaseReserve(false);
  bufferTrim(list, LIST_BYTES);
}

function releaseReserve(inner: bool): void {
  const held = inner ? innerReserve : reserve;
  if (held) release(held, PURPOSE_SCRATCH);
  if (inner) innerReserve = 0;
  else reserve = 0;
}
