/**
 * Transactions of sessions: BEGIN to COMMIT. What a transaction sees and writes is mvcc/'s and keyspace/private-state.ts's; here is what a
 * session does with it.
 *
 *   behind TRANSACTION_OWN   0   its own log of effects (durability/effect-log.ts)
 *                            32  f64 Unix milliseconds of BEGIN
 *                            40  savepoints: a byte buffer of {u32 length of the log, u32 that of the notifications}
 *                            56  u32 TRANSACTION_* bits
 *                            60  u32 what mvcc/ssi.ts knows of it
 *                            64  u32 its session, u32 next newer and u32 next older open transaction
 *                            96  what was set and lies in the log alone (transaction-direct.ts)
 *                            80  its own notifications (keyspace/notify.ts)
 *
 * COMMIT looks whether anybody else has committed a change of what it has written since it began (first committer wins), throws its private
 * state away, and applies its effects to the committed state as one statement: whatever a table or a unique index has against it there
 * is a conflict too, since the transaction itself was allowed it. So what is committed is what is logged, and recovery does the same.
 * Rolling back to a savepoint throws the private state away and applies the effects before it anew, in the transaction.
 *
 * Cost: BEGIN O(1); COMMIT O(effects); ROLLBACK O(what was written).
 */
import { COMMAND_COPY, COMMAND_GRAPH_EFFECT, COMMAND_MOVE, COMMAND_SELECT } from "../abi/commands";
import {
  ARGUMENT_LENGTH,
  ARGUMENT_POINTER,
  ARGUMENT_SIZE,
  SESSION_AUTHENTICATED,
  SESSION_DATABASE,
  SESSION_TRANSACTION,
} from "../abi/layout";
import { COLLECTION_TABLE } from "../abi/record";
import { PURPOSE_SESSION, STATUS_OK, STATUS_OUT_OF_MEMORY } from "../abi/status";
import {
  BEGUN_ALONE,
  COMMIT_CONFLICT,
  COMMIT_DONE,
  COMMIT_OUT_OF_MEMORY,
  TRANSACTION_ALONE,
  TRANSACTION_CANCELLED,
  TRANSACTION_FAILED,
  TRANSACTION_NO_WRITES,
  TRANSACTION_RAN,
  TRANSACTION_READ_ONLY,
  TRANSACTION_SERIALIZABLE,
} from "../abi/transaction";
import { copyBytes, equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { parsedInteger, parseInteger } from "../bytes/integer";
import {
  effectHold,
  effectRelease,
  effectsExchange,
  effectsMark,
  effectsOwnInitialize,
  effectsOwnRewind,
  effectsRewind,
  effectsSilence,
} from "../durability/effect-log";
import { hasNewDefinition } from "../graph/label-index";
import { collectionNamed, prefixLength } from "../keyspace/collection";
import { DATABASE_GRAPH, headDatabaseAt, setExpiryOn, expiryOn, now, setNow } from "../keyspace/database";
import { isExpired, statementCommit, statementRollback } from "../keyspace/keyspace";
import { notifyExchange, notifyOwnInitialize, notifyPublish } from "../keyspace/notify";
import { contextExit, privateEnter, privateForget, privateRestart } from "../keyspace/private-state";
import { trackAgain, trackCommitKey, trackTransaction } from "../keyspace/track";
import { undoBegin } from "../keyspace/undo";
import { DEBUG } from "../memory/debug";
import {
  TRANSACTION_OWN,
  contextTransaction,
  transactionCloseView,
  transactionFree,
  transactionOpen,
  transactionView,
} from "../mvcc/context";
import { SSI_NO_MEMORY, ssiAbort, ssiBegin, ssiCommit, ssiForgetWrites, ssiVerdict } from "../mvcc/ssi";
import { setCancel, viewDatabaseAt, viewRoot } from "../mvcc/view";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferFree, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { tableFind } from "../structure/hash-table";
import { hasNewIndex } from "../table/index";
import { constraintsHold } from "../graph/constraint";
import { referencesForget, referencesHold } from "../table/reference";
import { applyEffect, lacksPlanMemory, setKeyHash, setReplaying } from "./call";
import { DECODE_DONE, decodeRequest, decodedCount, decodedEnd, setDecodedEnd } from "./decode";
import { COMMAND_NONE, commandFirstKey, commandKeyStep, commandLastKey, findCommand } from "./lookup";
import { alone, aloneInitialize, aloneKeep, aloneLeave, aloneOpen, aloneRuns, aloneShare, aloneUndo } from "./transaction-alone";
import { sessionClose, sessionEnter, sessionOpen } from "./session";

export const OWN_EFFECTS: usize = TRANSACTION_OWN;
export const OWN_BEGIN: usize = TRANSACTION_OWN + 32;
const OWN_SAVEPOINTS: usize = TRANSACTION_OWN + 40;
export const OWN_FLAGS: usize = TRANSACTION_OWN + 56;
export const OWN_PARTICIPANT: usize = TRANSACTION_OWN + 60;
/** Effects that the private state lacks: u32 how many, u32 where they begin in the log, u32 their database. */
export const OWN_PENDING: usize = TRANSACTION_OWN + 96;
export const PENDING_FROM: usize = 4;
export const PENDING_DATABASE: usize = 8;
export const OWN_SESSION: usize = TRANSACTION_OWN + 64;
const OWN_NEWER: usize = TRANSACTION_OWN + 68;
const OWN_OLDER: usize = TRANSACTION_OWN + 72;

/** The newest of the transactions that have a private state. */
let newest: usize = 0;

export function transactionsInitialize(): void {
  bufferInitialize(many, PURPOSE_SESSION);
  bufferInitialize(excused, PURPOSE_SESSION);
  aloneInitialize();
  setCancel(cancelThose);
}

/** Rolls back those that read from a view (0: all), since it is taken away. Requires: none of them runs. One that is alone has no view. */
function cancelThose(view: usize): void {
  if (newest && newest == alone) return;
  let transaction = newest;
  while (transaction) {
    const older = <usize>load<u32>(transaction, OWN_OLDER);
    if (!view || transactionView(transaction) == view)
      transactionRollback(<usize>load<u32>(transaction, OWN_SESSION), TRANSACTION_CANCELLED);
    transaction = older;
  }
}
export const OWN_NOTIFICATIONS: usize = TRANSACTION_OWN + 80;

/** Arguments of the effect that is looked at, where they lie, and a buffer for more of them. */
const FEW_ARGUMENTS: u32 = 64;
const few: usize = memory.data(512, 8);
const many: usize = memory.data(BUFFER_SIZE, 8);
let effectArguments: usize = few;

/** The transaction of a session, or 0. */
export function transactionOf(handle: usize): usize {
  const transaction = load<u32>(handle, SESSION_TRANSACTION);
  return transaction > <u32>TRANSACTION_CANCELLED ? <usize>transaction : 0;
}

/**
 * Begins a transaction of a session on the committed state as it is now; BEGUN_ALONE or a STATUS_*. `nowMs`: NaN if nobody has looked at the clock, which is
 * told then (`transactionSetTime`) before anything but direct calls runs. Requires: it has none.
 */
export function transactionBegin(handle: usize, flags: u32, nowMs: f64): i32 {
  if (DEBUG) assert(!contextTransaction && !load<u32>(handle, SESSION_TRANSACTION));
  let transaction = flags & TRANSACTION_ALONE && !newest ? aloneOpen() : 0;
  if (!transaction) transaction = openShared(flags, nowMs);
  if (!transaction) return STATUS_OUT_OF_MEMORY;
  effectsOwnInitialize(transaction + OWN_EFFECTS);
  notifyOwnInitialize(transaction + OWN_NOTIFICATIONS);
  bufferInitialize(transaction + OWN_SAVEPOINTS, PURPOSE_SESSION);
  store<f64>(transaction, nowMs, OWN_BEGIN);
  store<u32>(transaction, <u32>handle, OWN_SESSION);
  store<u32>(transaction, <u32>newest, OWN_OLDER);
  store<u32>(transaction, 0, OWN_NEWER);
  store<u32>(transaction, 0, OWN_PENDING);
  if (newest) store<u32>(newest, <u32>transaction, OWN_NEWER);
  newest = transaction;
  store<u32>(transaction, flags & ~TRANSACTION_ALONE, OWN_FLAGS);
  store<u32>(handle, <u32>transaction, SESSION_TRANSACTION);
  return transaction == alone ? BEGUN_ALONE : STATUS_OK;
}

/** Says when a session's transaction began. */
export function transactionSetTime(handle: usize, nowMs: f64): void {
  const transaction = transactionOf(handle);
  if (transaction) store<f64>(transaction, nowMs, OWN_BEGIN);
}

/** A time, or if it is not known that of the last call that had one. */
export function timeOr(nowMs: f64): f64 {
  return isNaN(nowMs) ? <f64>now : nowMs;
}

/** A transaction with a view, opened now, and a participant; 0: no memory. */
function openShared(flags: u32, nowMs: f64): usize {
  const participant = ssiBegin((flags & TRANSACTION_SERIALIZABLE) != 0, (flags & TRANSACTION_READ_ONLY) != 0);
  if (!participant) return 0;
  const transaction = transactionOpen(timeOr(nowMs));
  if (transaction) store<u32>(transaction, <u32>participant, OWN_PARTICIPANT);
  else ssiAbort(participant);
  return transaction;
}

/** Lets what comes now be the session's transaction's, if it has one; returns whether it has. */
export function transactionEnter(handle: usize): bool {
  aloneShare();
  const transaction = transactionOf(handle);
  if (!transaction || (load<u32>(transaction, OWN_PENDING) && !settle(handle, transaction))) return false;
  privateEnter(transaction);
  effectsExchange(transaction + OWN_EFFECTS);
  notifyExchange(transaction + OWN_NOTIFICATIONS);
  setNow(load<f64>(transaction, OWN_BEGIN));
  trackTransaction(participantOf(transaction));
  return true;
}

/** Lets what comes now be the committed state's. */
export function transactionLeave(): void {
  if (aloneRuns) {
    aloneLeave();
    return;
  }
  if (!contextTransaction) return;
  trackTransaction(0);
  effectsExchange(contextTransaction + OWN_EFFECTS);
  notifyExchange(contextTransaction + OWN_NOTIFICATIONS);
  contextExit();
}

/** Whether a session's transaction may write nothing. */
export function transactionIsReadOnly(handle: usize): bool {
  const transaction = transactionOf(handle);
  return transaction != 0 && (load<u32>(transaction, OWN_FLAGS) & (TRANSACTION_READ_ONLY | TRANSACTION_NO_WRITES)) != 0;
}

/** A command that reads or writes data runs in a session's transaction. Requires: it has one. */
export function transactionRuns(handle: usize): void {
  const transaction = transactionOf(handle);
  store<u32>(transaction, load<u32>(transaction, OWN_FLAGS) | TRANSACTION_RAN, OWN_FLAGS);
}

/** Whether commands have read or written anything in it yet. */
export function transactionUsed(handle: usize): bool {
  const transaction = transactionOf(handle);
  return transaction != 0 && (load<u32>(transaction, OWN_FLAGS) & TRANSACTION_RAN) != 0;
}

/** Has it refuse to write from now on, or write again; what others see of it stays that of one that writes. */
export function transactionForbidWrites(handle: usize, forbidden: bool): void {
  const transaction = transactionOf(handle);
  if (!transaction) return;
  const flags = load<u32>(transaction, OWN_FLAGS) & ~TRANSACTION_NO_WRITES;
  store<u32>(transaction, forbidden ? flags | TRANSACTION_NO_WRITES : flags, OWN_FLAGS);
}

/** Brings what was set and lies in the log alone to the private state. Without memory for that the transaction is rolled back. */
function settle(handle: usize, transaction: usize): bool {
  const pending = transaction + OWN_PENDING;
  const log = transaction + OWN_EFFECTS;
  store<u32>(pending, 0);
  const from = load<u32>(pending, PENDING_FROM);
  if (restore(handle, transaction, from, load<u32>(log, BUFFER_LENGTH), load<u32>(pending, PENDING_DATABASE))) return true;
  transactionRollback(handle, TRANSACTION_FAILED);
  return false;
}

/** Applies effects in a transaction's log to its private state; they are not logged once more. */
export function restore(handle: usize, transaction: usize, from: u32, finish: u32, index: u32): bool {
  const pointer = <usize>load<u32>(transaction + OWN_EFFECTS, BUFFER_POINTER);
  privateEnter(transaction);
  effectsSilence(true);
  undoBegin();
  const applied = from < finish ? apply(handle, pointer + from, pointer + finish, index) : COMMIT_DONE;
  statementCommit();
  effectsSilence(false);
  contextExit();
  bufferFree(many);
  return applied == COMMIT_DONE;
}

// @ts-ignore: decorator
@inline
export function participantOf(transaction: usize): usize {
  return <usize>load<u32>(transaction, OWN_PARTICIPANT);
}

/**
 * Whether somebody has changed, made or removed a collection or (without a name) the graph since a session's transaction began. Requires: the
 * committed state is seen.
 */
export function transactionMoved(handle: usize, index: u32, prefix: usize, length: u32): bool {
  aloneShare();
  const transaction = transactionOf(handle);
  if (!transaction) return false;
  const view = transactionView(transaction);
  if (!length) return hasGraphMoved(view, index);
  findCollections(view, index, prefix, length);
  return collectionNow != collectionThen || collectionNow != recordThen;
}

/** Whether the graph is another one than a view sees: who changes anything of a graph changes its record. */
function hasGraphMoved(view: usize, index: u32): bool {
  findGraphs(view, index);
  return graphNow != graphThen;
}

/** What `findGraphs` has found: the record of the graph now, and the one that a view sees. 0: none. */
let graphNow: usize = 0;
let graphThen: usize = 0;

/** Requires: the committed state is seen. */
function findGraphs(view: usize, index: u32): void {
  const then = <usize>load<u32>(viewDatabaseAt(view, index), DATABASE_GRAPH);
  graphNow = <usize>load<u32>(headDatabaseAt(index), DATABASE_GRAPH);
  graphThen = then ? viewRoot(view, then) : 0;
}

/** What `findCollections` has found: the record of the committed state now, and at the time of a view; what was in that then. 0: none. */
let collectionNow: usize = 0;
let collectionThen: usize = 0;
let recordThen: usize = 0;

/** Looks for a collection as it is and as a view sees it. Requires: the committed state is seen. */
function findCollections(view: usize, index: u32, prefix: usize, length: u32): void {
  collectionNow = collectionNamed(headDatabaseAt(index), prefix, length);
  collectionThen = collectionNamed(viewDatabaseAt(view, index), prefix, length);
  recordThen = collectionThen ? viewRoot(view, collectionThen) : 0;
}

/** Takes it out of the list of those that are open. */
function delist(transaction: usize): void {
  const newer = <usize>load<u32>(transaction, OWN_NEWER);
  const older = <usize>load<u32>(transaction, OWN_OLDER);
  if (newer) store<u32>(newer, <u32>older, OWN_OLDER);
  else newest = older;
  if (older) store<u32>(older, <u32>newer, OWN_NEWER);
}

/** Frees its private state, if it has one. */
function forget(transaction: usize): void {
  delist(transaction);
  if (!transactionView(transaction)) return;
  privateEnter(transaction);
  privateForget(transaction);
  contextExit();
}

function end(handle: usize, transaction: usize, state: u32): void {
  bufferFree(transaction + OWN_EFFECTS);
  bufferFree(transaction + OWN_SAVEPOINTS);
  bufferFree(transaction + OWN_NOTIFICATIONS);
  transactionFree(transaction);
  store<u32>(handle, state, SESSION_TRANSACTION);
}

/** Ends a session's transaction, if it has one, without a trace. `state`: what its next command is told (TRANSACTION_*), or 0. */
export function transactionRollback(handle: usize, state: u32): void {
  const transaction = transactionOf(handle);
  if (!transaction) {
    store<u32>(handle, state, SESSION_TRANSACTION);
    return;
  }
  if (transaction == alone) aloneUndo();
  forget(transaction);
  if (participantOf(transaction)) ssiAbort(participantOf(transaction));
  end(handle, transaction, state);
}

/** Commits a session's transaction; COMMIT_*. Whatever it answers, the transaction has ended. `nowMs`: NaN as at its begin. */
export function transactionCommit(handle: usize, nowMs: f64): i32 {
  const transaction = transactionOf(handle);
  if (!transaction) {
    const wasRolledBack = load<u32>(handle, SESSION_TRANSACTION) != 0;
    store<u32>(handle, 0, SESSION_TRANSACTION);
    return wasRolledBack ? COMMIT_CONFLICT : COMMIT_DONE;
  }
  if (transaction == alone) return commitAlone(handle, transaction, nowMs);
  const log = transaction + OWN_EFFECTS;
  const pointer = <usize>load<u32>(log, BUFFER_POINTER);
  const finish = pointer + load<u32>(log, BUFFER_LENGTH);
  const participant = participantOf(transaction);
  setNow(load<f64>(transaction, OWN_BEGIN));
  let result = tellWrites(transactionView(transaction), participant, pointer, finish);
  if (result == COMMIT_DONE) {
    const verdict = ssiVerdict(participant);
    if (verdict) result = verdict == SSI_NO_MEMORY ? COMMIT_OUT_OF_MEMORY : COMMIT_CONFLICT;
  }
  forget(transaction);
  // What is published need not be copied for a view that nobody reads from any more.
  transactionCloseView(transaction);
  if (!isNaN(nowMs)) setNow(nowMs);
  if (result == COMMIT_DONE && pointer < finish) result = publish(handle, pointer, finish);
  if (result == COMMIT_DONE) {
    ssiCommit(participant);
    notifyPublish(transaction + OWN_NOTIFICATIONS);
  } else ssiAbort(participant);
  bufferFree(many);
  end(handle, transaction, 0);
  return result;
}

/** The same of one that is alone: nobody can stand in its way. */
function commitAlone(handle: usize, transaction: usize, nowMs: f64): i32 {
  delist(transaction);
  if (!isNaN(nowMs)) setNow(nowMs);
  const result = aloneKeep();
  if (result == COMMIT_DONE) notifyPublish(transaction + OWN_NOTIFICATIONS);
  end(handle, transaction, 0);
  return result;
}

/** Applies the effects of a transaction to the committed state, all or nothing. */
function publish(handle: usize, pointer: usize, finish: usize): i32 {
  const mark = effectsMark();
  referencesForget();
  effectHold();
  undoBegin();
  let result = apply(handle, pointer, finish, 0);
  if (result == COMMIT_DONE && !(referencesHold() && constraintsHold()))
    result = lacksPlanMemory() ? COMMIT_OUT_OF_MEMORY : COMMIT_CONFLICT;
  if (result == COMMIT_DONE) statementCommit();
  else {
    referencesForget();
    statementRollback();
    effectsRewind(mark);
  }
  effectRelease();
  return result;
}

/** Runs effects as commands of an internal session, which begins in a database, and returns to the one whose transaction this is; COMMIT_*. */
function apply(handle: usize, from: usize, finish: usize, index: u32): i32 {
  const internal = sessionOpen();
  if (!internal) return COMMIT_OUT_OF_MEMORY;
  store<u32>(internal, 1, SESSION_AUTHENTICATED);
  store<u32>(internal, index, SESSION_DATABASE);
  const expiryWasOn = expiryOn;
  setExpiryOn(false);
  setReplaying(true);
  sessionEnter(internal);
  let result: i32 = COMMIT_DONE;
  let pointer = from;
  while (pointer < finish && result == COMMIT_DONE) {
    const count = nextEffect(pointer, finish);
    if (!count && decodedEnd == pointer) result = COMMIT_OUT_OF_MEMORY;
    pointer = decodedEnd;
    if (!count) continue;
    const arguments = effectArguments;
    const command = effectCommandId;
    const firstKey = commandFirstKey(command);
    if (firstKey && firstKey < count) setKeyHash(hashArgument(arguments, firstKey));
    result = applyEffect(count, arguments, command);
  }
  setReplaying(false);
  setExpiryOn(expiryWasOn);
  sessionClose(internal);
  sessionEnter(handle);
  return result;
}

let effectCommandId: u32 = COMMAND_NONE;

// @ts-ignore: decorator
@inline
function hashArgument(arguments: usize, index: u32): u64 {
  const argument = arguments + <usize>index * ARGUMENT_SIZE;
  return hashBytes(<usize>load<u32>(argument, ARGUMENT_POINTER), load<u32>(argument, ARGUMENT_LENGTH));
}

/** Decodes the effect at `pointer`: its words, behind which decodedEnd lies. 0: none (a mark), or, with decodedEnd = pointer, no memory. */
function nextEffect(pointer: usize, finish: usize): u32 {
  let room = FEW_ARGUMENTS;
  effectArguments = few;
  while (decodeRequest(pointer, finish, effectArguments, room) != DECODE_DONE) {
    room <<= 1;
    effectArguments = bufferReserve(many, room * ARGUMENT_SIZE);
    if (!effectArguments) {
      setDecodedEnd(pointer);
      return 0;
    }
  }
  if (!decodedCount) return 0;
  effectCommandId = findCommand(<usize>load<u32>(effectArguments, ARGUMENT_POINTER), load<u32>(effectArguments, ARGUMENT_LENGTH));
  if (effectCommandId == COMMAND_NONE) unreachable();
  return decodedCount;
}

/** Tells which keys these effects write; COMMIT_CONFLICT if somebody has committed a change of one since the view was opened. Requires: `now` is its time. */
function tellWrites(view: usize, participant: usize, from: usize, finish: usize): i32 {
  let pointer = from;
  let index: u32 = 0;
  while (pointer < finish) {
    const count = nextEffect(pointer, finish);
    if (!count && decodedEnd == pointer) return COMMIT_OUT_OF_MEMORY;
    pointer = decodedEnd;
    if (!count) continue;
    const arguments = effectArguments;
    if (effectCommandId == COMMAND_SELECT) {
      index = databaseArgument(1);
      continue;
    }
    if (effectCommandId == COMMAND_GRAPH_EFFECT && hasGraphNewIndex(view, index)) return COMMIT_CONFLICT;
    const first = commandFirstKey(effectCommandId);
    if (!first) continue;
    const last = commandLastKey(effectCommandId);
    const end = last < 0 ? count - <u32>-last : <u32>last;
    for (let key = first; key <= end && key < count; key += commandKeyStep(effectCommandId)) {
      if (!tellWrite(view, participant, index, arguments + <usize>key * ARGUMENT_SIZE)) return COMMIT_CONFLICT;
    }
    // What comes to be in another database stands under the last of the keys there.
    const elsewhere = targetDatabase(count, index);
    if (elsewhere != index && !tellWrite(view, participant, elsewhere, arguments + <usize>end * ARGUMENT_SIZE)) return COMMIT_CONFLICT;
  }
  return COMMIT_DONE;
}

/** Tells of one key that is written. False: somebody else has been before. */
function tellWrite(view: usize, participant: usize, index: u32, argument: usize): bool {
  if (isKeyOvertaken(view, index, argument) || isRedeclared(view, index, argument)) return false;
  const bytes = <usize>load<u32>(argument, ARGUMENT_POINTER);
  const length = load<u32>(argument, ARGUMENT_LENGTH);
  trackCommitKey(participant, index, bytes, length, prefixLength(bytes, length));
  return true;
}

/** The number of a database that stands among the words of the effect that is looked at. */
function databaseArgument(position: u32): u32 {
  const argument = effectArguments + <usize>position * ARGUMENT_SIZE;
  parseInteger(<usize>load<u32>(argument, ARGUMENT_POINTER), load<u32>(argument, ARGUMENT_LENGTH));
  return <u32>parsedInteger;
}

/** The database to which the effect that is looked at brings a key: `MOVE key n`, `COPY source target ... DB n ...`; else `index`. */
function targetDatabase(count: u32, index: u32): u32 {
  if (effectCommandId == COMMAND_MOVE) return databaseArgument(2);
  if (effectCommandId != COMMAND_COPY) return index;
  // REPLACE is the only other word that can stand there.
  for (let position: u32 = 3; position + 1 < count; position++) {
    if (load<u32>(effectArguments + <usize>position * ARGUMENT_SIZE, ARGUMENT_LENGTH) == 2) return databaseArgument(position + 1);
  }
  return index;
}

/**
 * Whether a key's time has ended since a view was opened, which nobody tells: other changes are (keyspace/track.ts). A key that was over by then
 * was none.
 */
function isKeyOvertaken(view: usize, index: u32, argument: usize): bool {
  const key = <usize>load<u32>(argument, ARGUMENT_POINTER);
  const length = load<u32>(argument, ARGUMENT_LENGTH);
  const hash = hashBytes(key, length);
  return isThere(headDatabaseAt(index), hash, key, length) != isThere(viewDatabaseAt(view, index), hash, key, length);
}

function isThere(keys: usize, hash: u64, key: usize, length: u32): bool {
  const slot = tableFind(keys, hash, key, length);
  return slot != 0 && !isExpired(<usize>load<u32>(slot));
}

/**
 * Whether the table to which a key belongs was declared or dropped, or has got an index, since a view was opened: of such an index's keys the
 * transaction has told nothing. (One that has gone may be its own: what it has dropped itself goes before.)
 */
function isRedeclared(view: usize, index: u32, argument: usize): bool {
  const key = <usize>load<u32>(argument, ARGUMENT_POINTER);
  const prefix = prefixLength(key, load<u32>(argument, ARGUMENT_LENGTH));
  if (!prefix) return false;
  findCollections(view, index, key, prefix);
  if (tableOf(collectionNow) != tableOf(recordThen) && !(!tableOf(collectionNow) && isExcused(index, key, prefix))) return true;
  return hasNewIndex(collectionNow, recordThen);
}

/** Names of collections that whoever commits next has undeclared itself: {u32 database, u32 length, name}, in steps of four bytes. */
const excused: usize = memory.data(BUFFER_SIZE, 8);
const EXCUSED_HEAD: u32 = 8;

/** The transaction that commits next has undeclared a collection itself, and nobody else has changed it before. Returns STATUS_OUT_OF_MEMORY, or STATUS_OK. */
export function transactionExcuse(index: u32, prefix: usize, length: u32): i32 {
  const bytes = EXCUSED_HEAD + ((length + 3) & ~3);
  const place = bufferReserve(excused, bytes);
  if (!place) return STATUS_OUT_OF_MEMORY;
  store<u32>(place, index);
  store<u32>(place, length, 4);
  copyBytes(place + EXCUSED_HEAD, prefix, length);
  store<u32>(excused, load<u32>(excused, BUFFER_LENGTH) + bytes, BUFFER_LENGTH);
  return STATUS_OK;
}

/** That is over. */
export function transactionExcuseNone(): void {
  bufferFree(excused);
}

function isExcused(index: u32, prefix: usize, length: u32): bool {
  let place = <usize>load<u32>(excused, BUFFER_POINTER);
  const end = place + load<u32>(excused, BUFFER_LENGTH);
  while (place < end) {
    const bytes = load<u32>(place, 4);
    if (load<u32>(place) == index && bytes == length && equalBytes(place + EXCUSED_HEAD, prefix, length)) return true;
    place += EXCUSED_HEAD + ((bytes + 3) & ~3);
  }
  return false;
}

/** Whether a graph has got an index of a label since a view was opened. */
function hasGraphNewIndex(view: usize, index: u32): bool {
  findGraphs(view, index);
  return hasNewDefinition(graphNow, graphThen);
}

function tableOf(collection: usize): u32 {
  return collection ? load<u32>(collection, COLLECTION_TABLE) : 0;
}

/** Bytes of a savepoint. */
const SAVEPOINT_BYTES: u32 = 8;

// Savepoints --------------------------------------------------------------------------------------------------------------

/** Remembers where the transaction is. Returns STATUS_OUT_OF_MEMORY, with nothing remembered, when there is no memory. */
export function savepointSet(handle: usize): i32 {
  aloneShare();
  const transaction = transactionOf(handle);
  const list = transaction + OWN_SAVEPOINTS;
  const place = bufferReserve(list, SAVEPOINT_BYTES);
  if (!place) return STATUS_OUT_OF_MEMORY;
  store<u32>(place, load<u32>(transaction + OWN_EFFECTS, BUFFER_LENGTH));
  store<u32>(place, load<u32>(transaction + OWN_NOTIFICATIONS, BUFFER_LENGTH), 4);
  store<u32>(list, load<u32>(list, BUFFER_LENGTH) + SAVEPOINT_BYTES, BUFFER_LENGTH);
  return STATUS_OK;
}

/** Forgets the savepoint at a position and those behind it. */
export function savepointRelease(handle: usize, position: u32): void {
  store<u32>(transactionOf(handle) + OWN_SAVEPOINTS, position * SAVEPOINT_BYTES, BUFFER_LENGTH);
}

/**
 * Begins to take back what came behind the savepoint at a position, which stays: the transaction is where it began, and what it had done until
 * then is in its log. False: there is nothing to take back. Requires: `savepointReplay` follows if it answers true.
 */
export function savepointRestart(handle: usize, position: u32): bool {
  const transaction = transactionOf(handle);
  const list = transaction + OWN_SAVEPOINTS;
  const log = transaction + OWN_EFFECTS;
  const savepoint = <usize>load<u32>(list, BUFFER_POINTER) + <usize>position * SAVEPOINT_BYTES;
  const length = load<u32>(savepoint);
  const notified = transaction + OWN_NOTIFICATIONS;
  if (load<u32>(notified, BUFFER_LENGTH) > load<u32>(savepoint, 4)) store<u32>(notified, load<u32>(savepoint, 4), BUFFER_LENGTH);
  store<u32>(list, (position + 1) * SAVEPOINT_BYTES, BUFFER_LENGTH);
  if (length == load<u32>(log, BUFFER_LENGTH)) return false;
  effectsOwnRewind(log, length);
  privateEnter(transaction);
  privateRestart(transaction);
  contextExit();
  store<u32>(transaction, 0, OWN_PENDING);
  ssiForgetWrites(participantOf(transaction));
  return true;
}

/** Does again what the transaction's log has. Returns STATUS_OUT_OF_MEMORY when the transaction has to be given up. */
export function savepointReplay(handle: usize): i32 {
  const transaction = transactionOf(handle);
  trackAgain(participantOf(transaction));
  const isRestored = restore(handle, transaction, 0, load<u32>(transaction + OWN_EFFECTS, BUFFER_LENGTH), 0);
  trackTransaction(0);
  return isRestored ? STATUS_OK : STATUS_OUT_OF_MEMORY;
}
