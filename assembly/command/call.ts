/**
 * `callCommand`, the one place through which every command runs: existence, arity, authentication, memory admission,
 * statistics, dispatch, reply mode, and the commit of its effects.
 *
 * The order of the checks is Redis's (processCommand). A command function gets its arguments as (argc, argv) and writes its
 * reply; the hash of its first key is in `keyHash`.
 */
import {
  ARGUMENT_LENGTH,
  ARGUMENT_POINTER,
  ARGUMENT_SIZE,
  CONTROL_CALLS_POINTER,
  CONTROL_COMMANDS,
  MULTI_RUNNING,
  SESSION_LAST_COMMAND,
  SESSION_MULTI,
  SESSION_MULTI_STATE,
  SESSION_REPLY_MODE,
  SESSION_SUBSCRIPTIONS,
  SESSION_TRANSACTION,
} from "../abi/layout";
import {
  COMMAND_COUNT,
  COMMAND_EXEC,
  COMMAND_FLAG_CONTAINER,
  COMMAND_FLAG_DENYOOM,
  COMMAND_FLAG_HOST,
  COMMAND_FLAG_NO_AUTH,
  COMMAND_FLAG_WRITE,
  COMMAND_PING,
  COMMAND_PSUBSCRIBE,
  COMMAND_PUNSUBSCRIBE,
  COMMAND_QUIT,
  COMMAND_RESET,
  COMMAND_SSUBSCRIBE,
  COMMAND_SUBSCRIBE,
  COMMAND_SUNSUBSCRIBE,
  COMMAND_UNSUBSCRIBE,
} from "../abi/commands";
import { CELL_ERROR } from "../abi/record";
import {
  ERROR_EXEC_ARITY,
  ERROR_EXEC_REFUSED,
  ERROR_NOAUTH,
  ERROR_OUT_OF_MEMORY,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_READ_ONLY,
  ERROR_SUBSCRIBED,
  ERROR_SUBSCRIBED_EXEC,
  ERROR_TRANSACTION_MEMORY,
  ERROR_UNKNOWN_COMMAND,
  ERROR_WRONG_ARITY,
} from "../abi/errors";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { REPLY_OFF, REPLY_ON, REPLY_SKIP, REPLY_SKIP_NEXT } from "../abi/status";
import { COMMIT_CONFLICT, COMMIT_DONE, COMMIT_OUT_OF_MEMORY } from "../abi/transaction";
import { effectCommit, effectsAdmit, effectsAdmitReads, effectsAdmitUnlimited, effectsMark, effectsOn } from "../durability/effect-log";
import { memoryAdmit, memoryUsed } from "../memory/allocator";
import { control, countOne } from "../memory/control";
import { contextBytes, dataBytes, contextTransaction } from "../mvcc/context";
import { cells, hasFailed } from "../value/cells";
import { isGated } from "./decode";
import { dispatch } from "./dispatch";
import { releaseScratch, scratchUsed } from "./json-target";
import { notifySilence } from "../keyspace/notify";
import { trackUnit, trackUnitEnd } from "../keyspace/track";
import {
  COMMAND_NONE,
  commandArity,
  commandFlags,
  commandNameLength,
  commandNamePointer,
  findSubcommand,
  subcommandIndex,
  subcommandNameLength,
  subcommandNamePointer,
} from "./lookup";
import { multiAbort, multiQueue, multiRefusal, runsInMulti } from "./multi";
import { replyUnknownCommand, replyUnknownSubcommand } from "./protocol-error";
import {
  errorReplied,
  errorTextLength,
  errorTextPointer,
  lastError,
  protocol,
  replyBegin,
  replyError,
  replyErrorNaming,
  replyFailed,
  replyForgive,
  replyLength,
  replyRewind,
} from "./reply";
import { session, sessionDiscard } from "./session";
import { commandBegin, commandEnd } from "./statement";
import { refusedInTransaction } from "./transaction-refusal";

/** Outcomes of a call. */
export const CALL_DONE: u32 = 0;
export const CALL_HOST: u32 = 1;
export const CALL_CLOSE: u32 = 2;
/** EXEC has begun: the caller runs the queue (multi.ts). */
export const CALL_QUEUE: u32 = 3;

/** A command of a queue has run, and the host is to be told (multi.ts). */
export const CALL_STEP: u32 = 4;

/**
 * Room for the copies that a command in a transaction makes of what it changes (mvcc/): for directories, and for each key, row or
 * relationship, of which it has at most one for each argument. It copies nothing twice, so it needs no more than all that there is.
 */
const PRIVATE_RESERVE: u64 = 1 << 19;
const PRIVATE_PART: u64 = 1 << 16;

/** Hash of the running command's first key. */
export let keyHash: u64 = 0;
/** Id of the running command. */
export let commandId: u32 = 0;
/** Set by commands that hand themselves to the host, or that end the connection. */
let outcome: u32 = CALL_DONE;
/** Bytes in use above which commands that need memory are refused; 0: no limit. */
let maxMemory: u64 = 0;
/** Bytes of its own above which a transaction may not write; 0: no limit. */
let maxTransaction: f64 = 0;
/** Commands that write are refused. */
let readOnly: bool = false;

/** f64 counters: calls, failed calls, rejected calls; COMMAND_COUNT each. */
const calls: usize = memory.data(COMMAND_COUNT << 3, 8);
const failedCalls: usize = memory.data(COMMAND_COUNT << 3, 8);
const rejectedCalls: usize = memory.data(COMMAND_COUNT << 3, 8);

export function callInitialize(): void {
  store<u32>(control, <u32>calls, CONTROL_CALLS_POINTER);
}

export function setKeyHash(hash: u64): void {
  keyHash = hash;
}

export function setMaxMemory(bytes: u64): void {
  maxMemory = bytes;
}

export function setMaxTransaction(bytes: f64): void {
  maxTransaction = bytes;
}

export const NOT_ALONE: f64 = -1;
/** Data in all when the transaction that runs began, if it has no private state but writes to the committed one (transaction-alone.ts); else NOT_ALONE. */
let aloneBefore: f64 = NOT_ALONE;

/** The transaction that is alone runs, or (NOT_ALONE) does not. */
export function setAloneBefore(bytes: f64): void {
  aloneBefore = bytes;
}

/** Whether a change of so many bytes would bring the transaction that runs above its limit: its data and the log of what it has done. */
export function isTransactionFull(bytes: u64): bool {
  if (maxTransaction == 0 || (!contextTransaction && aloneBefore == NOT_ALONE)) return false;
  const data = contextTransaction ? contextBytes() : dataBytes() - aloneBefore;
  return data + <f64>(bytes + effectsMark()) > maxTransaction;
}

/** True while logged effects are applied. */
export let replaying: bool = false;

export function setReplaying(on: bool): void {
  replaying = on;
  notifySilence(on);
}

export function setReadOnly(only: bool): void {
  readOnly = only;
}

/** Lets the host answer the running command. Requires: nothing was changed or replied. */
export function handToHost(): void {
  outcome = CALL_HOST;
}

/** Closes the connection behind the reply. */
export function closeAfterReply(): void {
  outcome = CALL_CLOSE;
}

/** Has the queue of MULTI run behind the present command, EXEC. */
export function runQueueNext(): void {
  outcome = CALL_QUEUE;
}

/** Forgets the call statistics. */
export function callsReset(): void {
  memory.fill(calls, 0, COMMAND_COUNT << 3);
  memory.fill(failedCalls, 0, COMMAND_COUNT << 3);
  memory.fill(rejectedCalls, 0, COMMAND_COUNT << 3);
}

/** Counts a call of a command that ran without `callCommand`. */
export function countCall(command: u32): void {
  count(calls, command);
}

/** Takes back that the last command was counted: it was run again for a client that waits, whose command has been counted. */
export function uncountCall(): void {
  if (!isCounted) return;
  isCounted = false;
  const counter = calls + ((<usize>commandId) << 3);
  store<f64>(counter, load<f64>(counter) - 1);
  store<f64>(control, load<f64>(control, CONTROL_COMMANDS) - 1, CONTROL_COMMANDS);
}

/** Error with which a writing command that changes so many things would be refused, or 0: for those that run without `callCommand`. */
export function admitWrite(command: u32, bytes: u64, parts: u32 = 1): u32 {
  return admit(commandFlags(command), bytes, parts);
}

/** Whether there is room for what a change of so many things copies: for the committed state always, as copies that fail there take the views away. */
export function admitCopies(parts: u32): bool {
  return !isTransactionFull(0) && (!contextTransaction || memoryAdmit(privateRoom(parts)));
}

function privateRoom(parts: u32): u64 {
  const wanted = <u64>parts * PRIVATE_PART;
  return PRIVATE_RESERVE + (wanted < memoryUsed ? wanted : memoryUsed);
}

// @ts-ignore: decorator
@inline
function count(counters: usize, command: u32): void {
  const counter = counters + ((<usize>command) << 3);
  store<f64>(counter, load<f64>(counter) + 1);
}

/** Whether the last command was counted: it was not refused before it ran. */
let isCounted: bool = false;

// @ts-ignore: decorator
@inline
function countRun(command: u32): void {
  isCounted = true;
  countOne(CONTROL_COMMANDS);
  count(calls, command);
}

/** Runs one command. Requires: argc >= 1; `command` is its id or COMMAND_NONE. */
export function callCommand(argc: u32, argv: usize, command: u32): u32 {
  const start = replyLength();
  if (!replyBegin()) return CALL_CLOSE;
  if (command == COMMAND_NONE) {
    replyUnknownCommand(argc, argv);
    if (load<u32>(session, SESSION_MULTI)) multiAbort();
    applyReplyMode(start);
    return CALL_DONE;
  }
  const arity = commandArity(command);
  const flags = commandFlags(command);
  store<u32>(session, (flags & COMMAND_FLAG_CONTAINER ? withSubcommand(argc, argv, command) : command) + 1, SESSION_LAST_COMMAND);
  if (arity > 0 ? <u32>arity != argc : argc < <u32>-arity) {
    return reject(command, start, ERROR_WRONG_ARITY, true);
  }
  if (isGated() && !(flags & COMMAND_FLAG_NO_AUTH)) return reject(command, start, ERROR_NOAUTH, false);
  if (load<u32>(session, SESSION_SUBSCRIPTIONS) && protocol == 2 && !runsSubscribed(command)) {
    return rejectSubscribed(argc, argv, command, start);
  }
  if (load<u32>(session, SESSION_TRANSACTION) && refusedInTransaction(command, flags)) {
    count(rejectedCalls, command);
    applyReplyMode(start);
    return CALL_DONE;
  }
  if (load<u32>(session, SESSION_MULTI)) {
    const refusal = multiRefusal(command, flags);
    if (refusal) return reject(command, start, refusal, false);
    if (!runsInMulti(command)) {
      if (!multiQueue(argc, argv, command)) count(rejectedCalls, command);
      applyReplyMode(start);
      return CALL_DONE;
    }
  }
  const isUnit = trackUnit();
  const done = perform(argc, argv, command, flags, start);
  if (isUnit) trackUnitEnd();
  if (load<u32>(session, SESSION_REPLY_MODE) && (done == CALL_DONE || done == CALL_CLOSE)) applyReplyMode(start);
  return done;
}

/** The number of what is called: that of the subcommand, which lies behind those of all commands, if there is one of this name. */
function withSubcommand(argc: u32, argv: usize, command: u32): u32 {
  const argument = argv + ARGUMENT_SIZE;
  if (argc == 1) return command;
  const found = findSubcommand(command, <usize>load<u32>(argument, ARGUMENT_POINTER), load<u32>(argument, ARGUMENT_LENGTH));
  return found ? <u32>COMMAND_COUNT + subcommandIndex : command;
}

/**
 * Applies an effect of a transaction that commits, as a part of the running statement; COMMIT_*. The error of a table is in the cells.
 * Nothing is replied.
 */
export function applyEffect(argc: u32, argv: usize, command: u32): i32 {
  const start = replyLength();
  if (!replyBegin()) return COMMIT_OUT_OF_MEMORY;
  const flags = commandFlags(command);
  const bytes = requestBytes(argc, argv) << 1;
  if (effectsOn && !effectsAdmitUnlimited(bytes)) return COMMIT_OUT_OF_MEMORY;
  if (contextTransaction ? !memoryAdmit(bytes + privateRoom(argc)) : flags & COMMAND_FLAG_DENYOOM && !memoryAdmit(bytes))
    return COMMIT_OUT_OF_MEMORY;
  store<u32>(cells, 0, CELL_ERROR);
  commandId = command;
  outcome = CALL_DONE;
  dispatch(command, argc, argv);
  if (scratchUsed) releaseScratch();
  const lacksMemory = replyFailed || (errorReplied ? isMemoryError(lastError) : lacksPlanMemory());
  const applied = outcome == CALL_DONE && !hasFailed() && !errorReplied;
  replyForgive();
  replyRewind(start);
  return lacksMemory ? COMMIT_OUT_OF_MEMORY : applied ? COMMIT_DONE : COMMIT_CONFLICT;
}

function isMemoryError(error: u32): bool {
  return error == ERROR_OUT_OF_MEMORY || error == ERROR_OUT_OF_MEMORY_HOST;
}

/** Whether the error in the cells is want of memory. */
export function lacksPlanMemory(): bool {
  return load<u32>(cells, CELL_ERROR) == RUNTIME_ERROR_MEMORY;
}

/**
 * Runs a command that was queued. Its reply is a part of EXEC's, so that the reply mode is not asked. Requires: its arity fits;
 * the session is MULTI_RUNNING.
 */
export function callQueued(argc: u32, argv: usize, command: u32): u32 {
  if (!replyBegin()) return CALL_CLOSE;
  return perform(argc, argv, command, commandFlags(command), replyLength());
}

/** What every command is put through that may run. */
// @ts-ignore: decorator
@inline
function perform(argc: u32, argv: usize, command: u32, flags: u32, start: u32): u32 {
  isCounted = false;
  if (flags & COMMAND_FLAG_HOST) {
    countRun(command);
    return CALL_HOST;
  }
  if (flags & COMMAND_FLAG_WRITE) {
    const refusal = admit(flags, requestBytes(argc, argv) << 1, argc);
    if (refusal) {
      count(rejectedCalls, command);
      replyError(refusal);
      return CALL_DONE;
    }
    store<u32>(cells, 0, CELL_ERROR);
  } else if (effectsOn) effectsAdmitReads(requestBytes(argc, argv) << 1);
  countRun(command);
  commandId = command;
  outcome = CALL_DONE;
  const isStatement = (flags & COMMAND_FLAG_WRITE) != 0 && commandBegin(argc, argv);
  dispatch(command, argc, argv);
  if (isStatement) commandEnd(outcome == CALL_DONE && !hasFailed() && !errorReplied);
  if (scratchUsed) releaseScratch();
  if (outcome == CALL_HOST) return CALL_HOST;
  if (flags & COMMAND_FLAG_WRITE && hasFailed()) return refused(start);
  if (replyFailed) {
    replyForgive();
    replyRewind(start);
    replyError(ERROR_OUT_OF_MEMORY_HOST);
  }
  if (errorReplied) count(failedCalls, command);
  if (effectsOn) effectCommit();
  return outcome;
}

/**
 * The row-write door has refused what the command would have written, and nothing was changed: the error is in the plan's cells
 * (abi/record.ts), and the host, which has the texts, answers.
 */
function refused(start: u32): u32 {
  replyForgive();
  replyRewind(start);
  if (effectsOn) effectCommit();
  return CALL_HOST;
}

/**
 * Error with which a writing command is refused, or 0: the log has failed, or memory is short. Commands that can only free
 * memory (DEL, FLUSHALL, EXPIRE ...) are not held to the limits, so a full database can be emptied; in a transaction they take memory too.
 */
function admit(flags: u32, bytes: u64, parts: u32): u32 {
  if (readOnly) return ERROR_READ_ONLY;
  if (isTransactionFull(bytes)) return ERROR_TRANSACTION_MEMORY;
  if (!(flags & COMMAND_FLAG_DENYOOM)) {
    return admitCopies(parts) && (!effectsOn || effectsAdmitUnlimited(bytes)) ? 0 : ERROR_OUT_OF_MEMORY_HOST;
  }
  if (maxMemory && memoryUsed > maxMemory && !(load<u32>(session, SESSION_MULTI_STATE) & MULTI_RUNNING)) return ERROR_OUT_OF_MEMORY;
  if (effectsOn && !effectsAdmit(bytes)) return ERROR_OUT_OF_MEMORY_HOST;
  return memoryAdmit(contextTransaction ? bytes + privateRoom(parts) : bytes) ? 0 : ERROR_OUT_OF_MEMORY_HOST;
}

/**
 * Error with which commands with these flags together would be refused now, whatever they are about, or 0. `isAlways`: the memory
 * limit holds for those too that need no memory.
 */
export function limitError(flags: u32, isAlways: bool = false): u32 {
  if (flags & COMMAND_FLAG_WRITE && readOnly) return ERROR_READ_ONLY;
  return (isAlways || flags & COMMAND_FLAG_DENYOOM) && maxMemory && memoryUsed > maxMemory ? ERROR_OUT_OF_MEMORY : 0;
}

/** Bytes that a transaction may have before anybody asks whether it is too large. */
const SMALL_TRANSACTION: f64 = 1048576;

/** Whether no limit stands in the way of a small transaction, nor has it others make room for it. */
export function isUnlimited(): bool {
  return !maxMemory && (!maxTransaction || maxTransaction > SMALL_TRANSACTION);
}

/** Whether `maxmemory` forbids to take more. */
export function isMemoryFull(): bool {
  return maxMemory != 0 && memoryUsed > maxMemory;
}

/** Bytes that may be taken before `maxmemory` forbids more. */
export function memoryLeft(): u64 {
  return !maxMemory ? u64.MAX_VALUE : memoryUsed < maxMemory ? maxMemory - memoryUsed : 0;
}

/** Whether a write that takes no memory but for its effects may run: for those that run without `callCommand`. */
export function admitOverwrite(bytes: u64): bool {
  if (readOnly || (maxMemory && memoryUsed > maxMemory)) return false;
  return !effectsOn || effectsAdmit(bytes);
}

/** Finishes a command that the host has answered; the answer begins at `start`. */
export function finishCommand(start: u32): void {
  applyReplyMode(start);
}

function reject(command: u32, start: u32, error: u32, naming: bool): u32 {
  count(rejectedCalls, command);
  if (load<u32>(session, SESSION_MULTI)) multiAbort();
  if (command == COMMAND_EXEC) {
    sessionDiscard(session);
    if (naming) replyError(ERROR_EXEC_ARITY);
    else replyErrorNaming(ERROR_EXEC_REFUSED, errorTextPointer(error), errorTextLength(error));
  } else if (naming) replyErrorNaming(error, commandNamePointer(command), commandNameLength(command));
  else replyError(error);
  applyReplyMode(start);
  return CALL_DONE;
}

/** Whether a connection with RESP2 may send a command while it is subscribed to something. */
function runsSubscribed(command: u32): bool {
  switch (command) {
    case COMMAND_SUBSCRIBE:
    case COMMAND_SSUBSCRIBE:
    case COMMAND_PSUBSCRIBE:
    case COMMAND_UNSUBSCRIBE:
    case COMMAND_SUNSUBSCRIBE:
    case COMMAND_PUNSUBSCRIBE:
    case COMMAND_PING:
    case COMMAND_QUIT:
    case COMMAND_RESET:
      return true;
    default:
      return false;
  }
}

function rejectSubscribed(argc: u32, argv: usize, command: u32, start: u32): u32 {
  const argument = argv + ARGUMENT_SIZE;
  count(rejectedCalls, command);
  if (command == COMMAND_EXEC) {
    sessionDiscard(session);
    replyError(ERROR_SUBSCRIBED_EXEC);
  } else if (argc == 1 || !(commandFlags(command) & COMMAND_FLAG_CONTAINER)) {
    replyErrorNaming(ERROR_SUBSCRIBED, commandNamePointer(command), commandNameLength(command));
  } else if (findSubcommand(command, <usize>load<u32>(argument, ARGUMENT_POINTER), load<u32>(argument, ARGUMENT_LENGTH))) {
    replyErrorNaming(ERROR_SUBSCRIBED, subcommandNamePointer, subcommandNameLength);
  } else replyUnknownSubcommand(command, argv);
  applyReplyMode(start);
  return CALL_DONE;
}

/** Takes the reply back when the session does not want it. */
function applyReplyMode(start: u32): void {
  const mode = load<u32>(session, SESSION_REPLY_MODE);
  if (mode == REPLY_ON) return;
  replyRewind(start);
  if (mode == REPLY_SKIP) store<u32>(session, REPLY_SKIP_NEXT, SESSION_REPLY_MODE);
  else if (mode == REPLY_SKIP_NEXT) store<u32>(session, REPLY_ON, SESSION_REPLY_MODE);
}

/** Bytes of all arguments; what admission is asked for. */
function requestBytes(argc: u32, argv: usize): u64 {
  if (argc <= 4) {
    let bytes: u64 = 0;
    for (let index: u32 = 1; index < argc; index++) bytes += load<u32>(argv + <usize>index * ARGUMENT_SIZE, ARGUMENT_LENGTH);
    return bytes;
  }
  const last = argv + <usize>(argc - 1) * ARGUMENT_SIZE;
  const spread = <u64>load<u32>(last, ARGUMENT_POINTER) + load<u32>(last, ARGUMENT_LENGTH) - load<u32>(argv, ARGUMENT_POINTER);
  return spread + ((<u64>argc) << 5);
}
