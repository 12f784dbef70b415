/**
 * The undo list of a running statement: what insertions, replacements and removals of entries have changed since it began, so
 * that a statement which fails leaves nothing. Entries that were replaced or removed are kept until the statement ends.
 *
 *   record   {u32 kind, u32 database, u32 the entry that was there, u32 bytes of the key, key}, in steps of four bytes; the key
 *            stands only in records of insertions; u32 bytes of the record at its end
 *
 * A record of UNDO_GRAPH is a change of the graph: what stands in the place of the key is graph/undo.ts's, which is asked through hooks
 * that are set once, by `setGraphUndo`.
 *
 * While a statement runs entries are never changed in place (structure/birth.ts). Requires: no entry that it has changed expires.
 *
 * Undone in reverse order every step meets the state that it left, so rows get their numbers back and unique indexes refuse
 * nothing. Putting rows back into indexes may need memory: RESERVE_BYTES are held back for it. Cost: O(1) for each change.
 */
import { DEAD_ENTRY, DEAD_REMOVED, DEAD_UNCOUNTED, isStatementTree, treesInner } from "../mvcc/view";
import { PURPOSE_SCRATCH } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferFree, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { setKeepsOld } from "../structure/birth";
import { keyLength, keyPointer } from "../structure/entry";
import { database, databaseIndex, useDatabase } from "./database";
import { hasStatementTree, hasTrees } from "./entry-trees";
import { notifyMark, notifyRewind } from "./notify";

const UNDO_INSERT: u32 = 0;
const UNDO_REPLACE: u32 = 1;
const UNDO_REMOVE: u32 = 2;
const UNDO_GRAPH: u32 = 3;
/** A replacement whose entry holds the same document in another form: to whoever asks for keys, no change. */
const UNDO_RESHAPE: u32 = 4;
/** A replacement whose entry goes on with the trees of this one; UNDO_GOES_ON: the statement had made the root of those itself. */
const UNDO_VERSION: u32 = 5;
const UNDO_GOES_ON: u32 = 6;
const RECORD_HEAD: u32 = 16;
const RECORD_END: u32 = 4;
const RESERVE_BYTES: u32 = 131072;
const NO_MARK: u32 = 0xffffffff;

/** True while a statement runs that can be undone. */
export let undoOn: bool = false;
const list: usize = memory.data(BUFFER_SIZE, 8);
let reserve: usize = 0;

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

/** Where the statement that runs within another one has begun in the list; NO_MARK: none does. */
let innerMark: u32 = NO_MARK;
/** What was notified before the statement, and before the one within it. */
let notifiedBefore: u32 = 0;
let innerNotified: u32 = 0;

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
    return;
  }
  bufferInitialize(list, PURPOSE_SCRATCH);
  noteOffset = 0;
  notifiedBefore = notifyMark();
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

/** Makes room for a record with a key of `keyBytes`. Returns false when there is none. */
export function undoReserve(keyBytes: u32): bool {
  if (!undoOn) return true;
  if (!reserve) reserve = allocate(RESERVE_BYTES, PURPOSE_SCRATCH);
  return reserve != 0 && bufferReserve(list, keyBytes + RECORD_HEAD + RECORD_END + 4) != 0;
}

function append(kind: u32, entry: usize, key: usize, keyBytes: u32): void {
  const bytes = RECORD_HEAD + ((keyBytes + 3) & ~3) + RECORD_END;
  const record = bufferReserve(list, bytes);
  if (!record) unreachable();
  store<u32>(record, kind);
  store<u32>(record, databaseIndex(database), 4);
  store<u32>(record, <u32>entry, 8);
  store<u32>(record, keyBytes, 12);
  copyBytes(record + RECORD_HEAD, key, keyBytes);
  store<u32>(record + bytes - RECORD_END, bytes);
  store<u32>(list, load<u32>(list, BUFFER_LENGTH) + bytes, BUFFER_LENGTH);
}

/** A key was inserted. Requires: a statement runs, and there is room, as in the next two. */
export function undoInserted(key: usize, keyBytes: u32): void {
  append(UNDO_INSERT, 0, key, keyBytes);
}

/** `old` is not the key's entry any more, and is kept; the new one may go on with its trees. */
export function undoReplaced(old: usize, isSame: bool, sharesTrees: bool): void {
  let kind = isSame ? UNDO_RESHAPE : UNDO_REPLACE;
  if (sharesTrees && hasTrees(old)) kind = hasStatementTree(old) ? UNDO_GOES_ON : UNDO_VERSION;
  append(kind, old, 0, 0);
}

export function undoRemoved(old: usize): void {
  append(UNDO_REMOVE, old, 0, 0);
}

/** The graph was changed; `entry` (0: none) is kept. Requires: a statement runs, and there is room for `bytes`. */
export function undoGraph(entry: usize, note: usize, bytes: u32): void {
  append(UNDO_GRAPH, entry, note, bytes);
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
    } else if (entry) {
      useDatabase(load<u32>(record, 4));
      const kind = load<u32>(record);
      gone(entry, kind == UNDO_REMOVE ? DEAD_REMOVED : kind == UNDO_RESHAPE ? DEAD_UNCOUNTED : DEAD_ENTRY);
    }
    record += RECORD_HEAD + ((load<u32>(record, 12) + 3) & ~3) + RECORD_END;
  }
  useDatabase(caller);
  finish();
}

/** Takes the statement back, the last change first. */
export function undoRollback(removeKey: UndoStep, replaceBack: ReplaceStep, insertBack: UndoStep): void {
  undoOn = false;
  setKeepsOld(false);
  if (reserve) release(reserve, PURPOSE_SCRATCH);
  reserve = 0;
  const caller = databaseIndex(database);
  const inner = innerMark != NO_MARK;
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
    const key = entry ? keyPointer(entry) : record + RECORD_HEAD;
    const length = entry ? keyLength(entry) : load<u32>(record, 12);
    const hash = hashBytes(key, length);
    if (kind == UNDO_INSERT) removeKey(entry, hash, key, length);
    else if (kind != UNDO_REMOVE) replaceBack(entry, hash, key, length, kind == UNDO_GOES_ON);
    else insertBack(entry, hash, key, length);
  }
  useDatabase(caller);
  notifyRewind(inner ? innerNotified : notifiedBefore);
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
  if (reserve) release(reserve, PURPOSE_SCRATCH);
  reserve = 0;
  bufferFree(list);
}
