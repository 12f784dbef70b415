/**
 * A transaction with which nobody else has met since it began ("alone"). It needs no view, no private state and no marks yet: what its
 * statements write is written to the committed state at once, as a statement that goes on until the transaction ends (keyspace/undo.ts),
 * and its reads are noted (keyspace/read-notes.ts). COMMIT ends that statement, ROLLBACK takes it back.
 *
 * As soon as somebody else comes, or it does something that cannot be done this way, it is like any other (`aloneShare`): what it has
 * written is taken back, it gets a view, which is of the instant at which it began since nothing else has happened, a participant with the
 * reads that were noted, and its effects are applied to its private state.
 *
 * Who calls the engine sees to it that nobody comes unnoticed: before any call that is not the transaction's own it calls
 * `transaction_share`, which traps while it runs. In front of its own it calls `transaction_enter_alone`; the ordinary way in shares it.
 *
 * Invariant: while the transaction does not run, `alone` is the only one that may change anything (undo.ts traps otherwise).
 *
 * Cost: BEGIN, COMMIT and ROLLBACK O(what was written); sharing O(reads and effects).
 */
import { DATABASE_COUNT } from "../abi/layout";
import { COLLECTION_INDEXES } from "../abi/record";
import { PURPOSE_SESSION } from "../abi/status";
import {
  COMMIT_DONE,
  COMMIT_OUT_OF_MEMORY,
  TRANSACTION_AT_ONCE,
  TRANSACTION_CANCELLED,
  TRANSACTION_READ_ONLY,
  TRANSACTION_SERIALIZABLE,
} from "../abi/transaction";
import { effectEntry, entryAdmit } from "../durability/compaction";
import { effectHold, effectRelease, effectsAdmit, effectsAppend, effectsExchange, effectsOn } from "../durability/effect-log";
import { collectionNamed, isDocumentEntry, prefixLength } from "../keyspace/collection";
import { database, databaseIndex, holdNow, setNow } from "../keyspace/database";
import { statementCommit, statementRollback } from "../keyspace/keyspace";
import { notifyExchange } from "../keyspace/notify";
import { NOTES_BYTES, notesLost, notesTell } from "../keyspace/read-notes";
import { trackAllKeysOf, trackKeyNoted, trackNotes, trackTransaction } from "../keyspace/track";
import { undoBegin, undoBytes, undoEachKey, undoGoOn, undoHold } from "../keyspace/undo";
import { memoryUsed } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { dataBytes, transactionOpenBare, transactionOpenView } from "../mvcc/context";
import { ssiActive } from "../mvcc/participant";
import { ssiBegin } from "../mvcc/ssi";
import { viewsLinger } from "../mvcc/view";
import { BUFFER_LENGTH, BUFFER_SIZE, bufferInitialize, bufferTrim } from "../structure/byte-buffer";
import { tableFind } from "../structure/hash-table";
import { INDEX_NEXT, INDEX_REFERRED, INDEX_REFERS, indexIsUnique } from "../table/index";
import { referencesForget } from "../table/reference";
import { NOT_ALONE, isUnlimited, setAloneBefore } from "./call";
import { effectDelete } from "./effect";
import {
  OWN_BEGIN,
  OWN_EFFECTS,
  OWN_FLAGS,
  OWN_NOTIFICATIONS,
  OWN_PARTICIPANT,
  OWN_SESSION,
  restore,
  timeOr,
  transactionOf,
  transactionRollback,
} from "./transaction";

/** Bytes of reads, effects or undo list from which on a transaction is like any other. */
const ALONE_BYTES: u32 = 65536;
/** Bytes that the list of reads keeps from one to the next. */
const READS_BYTES: u32 = 256;
/** What it may add to the memory in use: the rest counts against max_transaction_mb, which looks at transactions with a state of their own. */
const ALONE_MEMORY: u64 = 1048576;
/** Memory in use when it began, and how much of it was data. */
let usedBefore: u64 = 0;
let dataBefore: f64 = 0;

/** The transaction that is alone, or 0. */
export let alone: usize = 0;
/** Whether it runs, and writes; and whether it has begun a statement that is to be kept or taken back. */
export let aloneRuns: bool = false;
let isWriting: bool = false;
let hasStatement: bool = false;
/** Whether it has changed rows that its log does not have (`aloneDefers`). */
let hasDeferred: bool = false;
/** A number of the one that is alone, from 2 on: no other one had it lately. */
export let aloneNumber: u32 = 1;
/** Databases of which one that is at once has read keys, a bit each: it hardly ever has to tell, so it notes no more. */
let databasesRead: u32 = 0;
/** What it has read besides. */
const reads: usize = memory.data(NOTES_BYTES, 8);

export function aloneInitialize(): void {
  bufferInitialize(reads, PURPOSE_SESSION);
  bufferTrim(reads, READS_BYTES);
}

/** A new transaction that is alone, if it can be; else 0. Requires: no transaction is open. */
export function aloneOpen(): usize {
  if (alone || ssiActive || viewsLinger() || !isUnlimited()) return 0;
  usedBefore = memoryUsed;
  dataBefore = dataBytes();
  alone = transactionOpenBare();
  hasStatement = false;
  hasDeferred = false;
  aloneNumber = aloneNumber < 0x3fffffff ? aloneNumber + 1 : 2;
  databasesRead = 0;
  store<u32>(alone, 0, OWN_PARTICIPANT);
  store<u32>(reads, 0, BUFFER_LENGTH);
  store<u32>(reads, 0, BUFFER_SIZE);
  return alone;
}

// @ts-ignore: decorator
@inline
function flagsOf(transaction: usize): u32 {
  return load<u32>(transaction, OWN_FLAGS);
}

/** Whether reads of the one that is alone must be remembered. */
// @ts-ignore: decorator
@inline
function aloneReads(): bool {
  return (flagsOf(alone) & (TRANSACTION_SERIALIZABLE | TRANSACTION_READ_ONLY)) == TRANSACTION_SERIALIZABLE;
}

/** Whether it may note more reads. */
// @ts-ignore: decorator
@inline
function hasRoomForReads(): bool {
  return load<u32>(reads, BUFFER_LENGTH) <= ALONE_BYTES;
}

/** Whether it has room for more. */
function hasRoom(): bool {
  return hasRoomForReads() && memoryUsed <= usedBefore + ALONE_MEMORY && (!hasStatement || undoBytes() <= ALONE_BYTES);
}

/** A key of the current database is read by a direct call (direct.ts). False: it cannot be alone with that. */
export function aloneNoteRead(key: usize, length: u32): bool {
  if (flagsOf(alone) & TRANSACTION_AT_ONCE) {
    databasesRead |= 1 << databaseIndex(database);
    return true;
  }
  if (!hasRoomForReads()) return false;
  if (aloneReads()) trackKeyNoted(reads, key, length);
  return true;
}

/**
 * Whether a string may be written by a direct call, which leaves the undo list what it was. What it has become is logged when somebody needs it, since
 * nothing depends on the order in which strings change.
 */
export function aloneMayWrite(): bool {
  if (flagsOf(alone) & TRANSACTION_READ_ONLY || !hasRoom()) return false;
  if (!hasStatement) {
    hasStatement = true;
    undoBegin();
    undoHold();
  }
  hasDeferred = true;
  return true;
}

/** Lets what comes now be the session's transaction's, if that is alone and can stay so. False: nothing was done. */
export function aloneEnter(handle: usize, writes: bool): bool {
  const transaction = alone;
  if (!transaction || transactionOf(handle) != transaction) return false;
  if (load<u32>(transaction + OWN_EFFECTS, BUFFER_LENGTH) > ALONE_BYTES || !hasRoom()) return false;
  if (hasStatement) undoGoOn();
  else if (writes) {
    hasStatement = true;
    undoBegin();
  }
  isWriting = writes;
  if (writes) enterLog(transaction);
  setNow(load<f64>(transaction, OWN_BEGIN));
  holdNow(true);
  if (aloneReads()) trackNotes(reads);
  setAloneBefore(dataBefore);
  aloneRuns = true;
  return true;
}

function enterLog(transaction: usize): void {
  effectsExchange(transaction + OWN_EFFECTS);
  effectHold();
  notifyExchange(transaction + OWN_NOTIFICATIONS);
}

function leaveLog(transaction: usize): void {
  notifyExchange(transaction + OWN_NOTIFICATIONS);
  effectsExchange(transaction + OWN_EFFECTS);
  effectRelease();
}

/**
 * Whether effects of a row of this collection (0: there is none yet) need not be logged now: nothing depends on the order in which its rows
 * change, so what they are in the end is logged when somebody needs it (`logDeferred`).
 */
export function aloneDefers(collection: usize): bool {
  if (!aloneRuns || (collection && needsOrder(collection))) return false;
  hasDeferred = true;
  return true;
}

/** Logs what rows that were deferred are now. False: there is no memory. */
function logDeferred(): bool {
  if (!hasDeferred) return true;
  hasDeferred = false;
  isLogged = true;
  enterLog(alone);
  undoEachKey(logKey);
  leaveLog(alone);
  return isLogged;
}

let isLogged: bool = true;

function logKey(hash: u64, key: usize, length: u32): void {
  const slot = tableFind(database, hash, key, length);
  const entry = slot ? <usize>load<u32>(slot) : 0;
  if (!isLogged || ((!entry || isDocumentEntry(entry)) && isRowLogged(key, length))) return;
  isLogged = entry ? entryAdmit(entry, length) : effectsAdmit((<u64>length) << 1);
  if (!isLogged) return;
  if (entry) effectEntry(entry);
  else effectDelete(key, length);
}

/** Whether rows of the collection to which a key belongs are logged at once. */
function isRowLogged(key: usize, length: u32): bool {
  const prefix = prefixLength(key, length);
  const collection = prefix ? collectionNamed(database, key, prefix) : 0;
  return collection != 0 && needsOrder(collection);
}

/** Whether a row may stand in the way of another one of the collection, or be needed by one of another: it has unique indexes, or references. */
function needsOrder(collection: usize): bool {
  for (let index = <usize>load<u32>(collection, COLLECTION_INDEXES); index; index = <usize>load<u32>(index, INDEX_NEXT)) {
    if (indexIsUnique(index) || load<u32>(index, INDEX_REFERS) || load<u32>(index, INDEX_REFERRED)) return true;
  }
  return false;
}

/** Ends that. */
export function aloneLeave(): void {
  if (DEBUG) assert(aloneRuns);
  aloneRuns = false;
  setAloneBefore(NOT_ALONE);
  holdNow(false);
  trackNotes(0);
  if (isWriting) leaveLog(alone);
  if (hasStatement) undoHold();
}

/** It is alone no more: what it has written is kept or not. */
function finish(keep: bool): void {
  alone = 0;
  bufferTrim(reads, READS_BYTES);
  if (!hasStatement) return;
  hasStatement = false;
  undoGoOn();
  if (keep) statementCommit();
  else {
    referencesForget();
    statementRollback();
  }
}

/** Takes back what it has written. */
export function aloneUndo(): void {
  finish(false);
}

/** Keeps what it has written, and logs it; COMMIT_*. Requires: nothing lies in its log alone. */
export function aloneKeep(): i32 {
  const log = alone + OWN_EFFECTS;
  const isKept = !effectsOn || (logDeferred() && effectsAppend(log));
  finish(isKept);
  return isKept ? COMMIT_DONE : COMMIT_OUT_OF_MEMORY;
}

/** Makes it like any other, since somebody else comes. Without memory for that it is rolled back, and told so with its next command. */
export function aloneShare(): void {
  const transaction = alone;
  if (!transaction) return;
  // Whoever called would be taken for the one that runs.
  if (aloneRuns) unreachable();
  const handle = <usize>load<u32>(transaction, OWN_SESSION);
  if (!share(handle, transaction)) transactionRollback(handle, TRANSACTION_CANCELLED);
}

function share(handle: usize, transaction: usize): bool {
  const flags = flagsOf(transaction);
  const hasWritten = hasStatement && undoBytes() != 0;
  const isComplete = !notesLost(reads) && logDeferred();
  const participant = isComplete ? ssiBegin((flags & TRANSACTION_SERIALIZABLE) != 0, (flags & TRANSACTION_READ_ONLY) != 0) : 0;
  store<u32>(transaction, <u32>participant, OWN_PARTICIPANT);
  if (participant) {
    notesTell(reads, participant);
    for (let index: u32 = 0; index < <u32>DATABASE_COUNT; index++) if (databasesRead & (1 << index)) trackAllKeysOf(participant, index);
  }
  aloneUndo();
  if (!participant || !transactionOpenView(transaction, timeOr(load<f64>(transaction, OWN_BEGIN)))) return false;
  if (!hasWritten) return true;
  trackTransaction(participant);
  const isRestored = restore(handle, transaction, 0, load<u32>(transaction + OWN_EFFECTS, BUFFER_LENGTH), 0);
  trackTransaction(0);
  return isRestored;
}
