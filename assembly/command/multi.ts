/**
 * MULTI EXEC DISCARD WATCH UNWATCH: commands that are queued and then run as one unit, with the meaning of Redis 7.
 *
 * The queue is a byte buffer of the session. A record:
 *
 *    0  u32 bytes of the record, a multiple of eight
 *    4  u32 command
 *    8  u32 arguments, n
 *   12  zero
 *   16  n x {u32 offset of the argument in the record, u32 length}, then the arguments, each from a multiple of four on
 *
 * The states, in SESSION_MULTI_STATE while SESSION_MULTI is not 0:
 *
 *   queueing --a command is refused--> ABORTED: EXEC will answer EXECABORT
 *   queueing --EXEC, and the host has something to load first--> PREPARING --resume--> RUNNING
 *   queueing --EXEC--> RUNNING --the queue is empty--> outside of MULTI
 *
 * 1. While RUNNING no other session runs: a command of the host inside is answered before anything else (host/server, host/client),
 *    so the reply and the unread input stay where they are between its EXECUTE_HOST_COMMAND and its `resume`.
 * 2. All effects of a queue are one commit, those of the host's commands too. A command that fails stops nothing.
 * 3. Whatever ends the session, or gives up a running queue, ends that commit: what has run has run.
 * 4. Neither runs inside the other: MULTI inside BEGIN is refused here, BEGIN inside MULTI by the table (no_multi) and the host.
 * 5. Memory limits are asked when commands are queued and at EXEC, as in Redis; inside, only what the engine really lacks refuses.
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE, NULL_ARGUMENT } from "../abi/layout";
import { MULTI_ABORTED, MULTI_PREPARING, MULTI_RUNNING, SESSION_MULTI, SESSION_MULTI_STATE, SESSION_TRANSACTION } from "../abi/layout";
import {
  COMMAND_DISCARD,
  COMMAND_EXEC,
  COMMAND_FLAG_CONTAINER,
  COMMAND_FLAG_LONG,
  COMMAND_FLAG_LONG_REPLY,
  COMMAND_FLAG_NO_MULTI,
  COMMAND_FLAG_QUERY,
  COMMAND_FLAG_WRITE,
} from "../abi/commands";
import { COMMAND_MULTI, COMMAND_QUIT, COMMAND_RESET, COMMAND_WATCH } from "../abi/commands";
import {
  ERROR_DISCARD_WITHOUT_MULTI,
  ERROR_EXEC_ABORTED,
  ERROR_EXEC_REFUSED,
  ERROR_EXEC_WITHOUT_MULTI,
  ERROR_MULTI_IN_TRANSACTION,
  ERROR_MULTI_NESTED,
  ERROR_NOT_IN_MULTI,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_WATCH_INSIDE_MULTI,
  ERROR_WRONG_ARITY,
} from "../abi/errors";
import { OBSERVE_ALL, OBSERVE_LONG } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { effectHold, effectRelease } from "../durability/effect-log";
import { tablesDeclared } from "../keyspace/collection";
import { trackExec } from "../keyspace/track";
import { isWatchBroken, watchEnd, watchKey } from "../keyspace/watch";
import { DEBUG } from "../memory/debug";
import { BUFFER_LENGTH, BUFFER_POINTER, bufferReserve } from "../structure/byte-buffer";
import { argumentHash, argumentLength, argumentPointer } from "./argument";
import { CALL_CLOSE, CALL_DONE, CALL_HOST, CALL_STEP, callQueued, handToHost, limitError, runQueueNext, setKeyHash } from "./call";
import { commandFirstKey, commandFlags, findSubcommand, subcommandArity, subcommandNameLength, subcommandNamePointer } from "./lookup";
import { replyUnknownSubcommand } from "./protocol-error";
import {
  errorTextLength,
  errorTextPointer,
  replyArray,
  replyError,
  replyErrorNaming,
  replyLength,
  replyNullArray,
  replyOk,
  replySimple,
} from "./reply";
import {
  SESSION_MULTI_FLAGS,
  SESSION_MULTI_NEXT,
  SESSION_MULTI_QUEUE,
  SESSION_MULTI_REPLY,
  SESSION_WATCHER,
  session,
  sessionDiscard,
} from "./session";

const RECORD_BYTES: usize = 0;
const RECORD_COMMAND: usize = 4;
const RECORD_COUNT: usize = 8;
const RECORD_ARGUMENTS: usize = 16;

/** The command of the queue that the host is to answer: what `transactionRun` has stopped at. */
export let queuedCommand: u32 = 0;
export let queuedCount: u32 = 0;
export let queuedArguments: usize = 0;

const QUEUED: usize = memory.data<u8>([81, 85, 69, 85, 69, 68]);

export function multiCommand(argc: u32, argv: usize): void {
  if (load<u32>(session, SESSION_MULTI)) {
    replyError(ERROR_MULTI_NESTED);
    return;
  }
  if (load<u32>(session, SESSION_TRANSACTION)) {
    replyError(ERROR_MULTI_IN_TRANSACTION);
    return;
  }
  store<u32>(session, 1, SESSION_MULTI);
  replyOk();
}

export function discardCommand(argc: u32, argv: usize): void {
  if (!load<u32>(session, SESSION_MULTI)) {
    replyError(ERROR_DISCARD_WITHOUT_MULTI);
    return;
  }
  sessionDiscard(session);
  replyOk();
}

export function watchCommand(argc: u32, argv: usize): void {
  if (load<u32>(session, SESSION_MULTI)) {
    replyError(ERROR_WATCH_INSIDE_MULTI);
    return;
  }
  if (load<u32>(session, SESSION_TRANSACTION)) {
    replyError(ERROR_MULTI_IN_TRANSACTION);
    return;
  }
  for (let index: u32 = 1; index < argc; index++) {
    if (watchKey(session + SESSION_WATCHER, argumentHash(argv, index), argumentPointer(argv, index), argumentLength(argv, index))) continue;
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  replyOk();
}

export function unwatchCommand(argc: u32, argv: usize): void {
  watchEnd(session + SESSION_WATCHER);
  replyOk();
}

/** The word that EXEC was written with, as one argument: what was asked is gone once the queue has run. */
const execWord: usize = memory.data(4, 4);
export const execArguments: usize = memory.data(ARGUMENT_SIZE, 8);

export function execCommand(argc: u32, argv: usize): void {
  store<u32>(execWord, load<u32>(argumentPointer(argv, 0)));
  store<u32>(execArguments, <u32>execWord, ARGUMENT_POINTER);
  store<u32>(execArguments, sizeof<u32>(), ARGUMENT_LENGTH);
  if (!load<u32>(session, SESSION_MULTI)) {
    replyError(ERROR_EXEC_WITHOUT_MULTI);
    return;
  }
  if (isEndedEarly()) return;
  const flags = load<u32>(session, SESSION_MULTI_FLAGS);
  // The host loads what it answers the queue's statements with before the queue runs: inside, it has to answer at once.
  if (flags & COMMAND_FLAG_QUERY || (tablesDeclared && flags & COMMAND_FLAG_WRITE)) {
    store<u32>(session, load<u32>(session, SESSION_MULTI_STATE) | MULTI_PREPARING, SESSION_MULTI_STATE);
    handToHost();
  } else begin();
}

/**
 * The host is ready for the EXEC that it was asked to prepare. Returns whether the queue is to run; if not, the answer to EXEC is
 * written: its own, or, when `hasAnswered`, that of a host which could not get ready.
 */
export function transactionPrepared(hasAnswered: bool): bool {
  store<u32>(session, load<u32>(session, SESSION_MULTI_STATE) & ~MULTI_PREPARING, SESSION_MULTI_STATE);
  if (hasAnswered) {
    sessionDiscard(session);
    return false;
  }
  if (isEndedEarly()) return false;
  begin();
  return true;
}

/** Whether EXEC is answered without running anything; the answer is written and the transaction over then. */
function isEndedEarly(): bool {
  if (load<u32>(session, SESSION_MULTI_STATE) & MULTI_ABORTED) {
    sessionDiscard(session);
    replyError(ERROR_EXEC_ABORTED);
    return true;
  }
  const refusal = limitError(load<u32>(session, SESSION_MULTI_FLAGS));
  if (refusal) {
    abortWith(refusal);
    return true;
  }
  if (!isWatchBroken(session + SESSION_WATCHER)) return false;
  sessionDiscard(session);
  replyNullArray();
  return true;
}

/** `-EXECABORT Transaction discarded because of: ` and the text of an error. */
function abortWith(error: u32): void {
  sessionDiscard(session);
  replyErrorNaming(ERROR_EXEC_REFUSED, errorTextPointer(error), errorTextLength(error));
}

/** Has the queue run behind the head of its reply. */
function begin(): void {
  watchEnd(session + SESSION_WATCHER);
  store<u32>(session, MULTI_RUNNING, SESSION_MULTI_STATE);
  store<u32>(session, 0, SESSION_MULTI_NEXT);
  store<u32>(session, replyLength(), SESSION_MULTI_REPLY);
  effectHold();
  trackExec(true);
  replyArray(load<u32>(session, SESSION_MULTI) - 1);
  runQueueNext();
}

// Queueing ----------------------------------------------------------------------------------------------------------------

/** Whether a command runs at once inside MULTI. */
export function runsInMulti(command: u32): bool {
  return (
    command == COMMAND_EXEC ||
    command == COMMAND_DISCARD ||
    command == COMMAND_MULTI ||
    command == COMMAND_WATCH ||
    command == COMMAND_QUIT ||
    command == COMMAND_RESET
  );
}

/** Error with which a command is refused inside MULTI, or 0. */
export function multiRefusal(command: u32, flags: u32): u32 {
  if (flags & COMMAND_FLAG_NO_MULTI) return ERROR_NOT_IN_MULTI;
  const ends = command == COMMAND_EXEC || command == COMMAND_DISCARD || command == COMMAND_QUIT || command == COMMAND_RESET;
  return ends ? 0 : limitError(flags, true);
}

/** A command was refused: EXEC will fail. */
export function multiAbort(): void {
  store<u32>(session, load<u32>(session, SESSION_MULTI_STATE) | MULTI_ABORTED, SESSION_MULTI_STATE);
}

/** Queues a command and replies. Returns false when it was refused. */
export function multiQueue(argc: u32, argv: usize, command: u32): bool {
  if (commandFlags(command) & COMMAND_FLAG_CONTAINER && !isSubcommand(argc, argv, command)) {
    multiAbort();
    return false;
  }
  if (appendRecord(argc, argv, command)) {
    store<u32>(session, load<u32>(session, SESSION_MULTI) + 1, SESSION_MULTI);
    store<u32>(session, load<u32>(session, SESSION_MULTI_FLAGS) | commandFlags(command), SESSION_MULTI_FLAGS);
    replySimple(QUEUED, 6);
    return true;
  }
  multiAbort();
  replyError(ERROR_OUT_OF_MEMORY_HOST);
  return false;
}

/** Whether a container's subcommand is one, with a right number of arguments; replies when not. Requires: argc > 1. */
function isSubcommand(argc: u32, argv: usize, command: u32): bool {
  if (!findSubcommand(command, argumentPointer(argv, 1), argumentLength(argv, 1))) {
    replyUnknownSubcommand(command, argv);
    return false;
  }
  if (subcommandArity > 0 ? <u32>subcommandArity == argc : argc >= <u32>-subcommandArity) return true;
  replyErrorNaming(ERROR_WRONG_ARITY, subcommandNamePointer, subcommandNameLength);
  return false;
}

// @ts-ignore: decorator
@inline
function storedBytes(length: u32): u32 {
  return length == NULL_ARGUMENT ? 0 : (length + 3) & ~3;
}

function appendRecord(argc: u32, argv: usize, command: u32): bool {
  const queue = session + SESSION_MULTI_QUEUE;
  let bytes = <u64>RECORD_ARGUMENTS + <u64>argc * ARGUMENT_SIZE;
  for (let index: u32 = 0; index < argc; index++) {
    bytes += storedBytes(load<u32>(argv + <usize>index * ARGUMENT_SIZE, ARGUMENT_LENGTH));
  }
  bytes = (bytes + 7) & ~7;
  const record = bytes < 0xf0000000 ? bufferReserve(queue, <u32>bytes) : 0;
  if (!record) return false;
  store<u32>(record, <u32>bytes, RECORD_BYTES);
  store<u32>(record, command, RECORD_COMMAND);
  store<u32>(record, argc, RECORD_COUNT);
  store<u32>(record, 0, 12);
  let offset = <u32>RECORD_ARGUMENTS + argc * ARGUMENT_SIZE;
  for (let index: u32 = 0; index < argc; index++) {
    const given = argv + <usize>index * ARGUMENT_SIZE;
    const kept = record + RECORD_ARGUMENTS + <usize>index * ARGUMENT_SIZE;
    const length = load<u32>(given, ARGUMENT_LENGTH);
    store<u32>(kept, offset, ARGUMENT_POINTER);
    store<u32>(kept, length, ARGUMENT_LENGTH);
    if (length != NULL_ARGUMENT) copyBytes(record + offset, <usize>load<u32>(given, ARGUMENT_POINTER), length);
    offset += storedBytes(length);
  }
  store<u32>(queue, load<u32>(queue, BUFFER_LENGTH) + <u32>bytes, BUFFER_LENGTH);
  return true;
}

// Running -----------------------------------------------------------------------------------------------------------------

/** Where the reply of EXEC begins. */
export function transactionReply(): u32 {
  return load<u32>(session, SESSION_MULTI_REPLY);
}

/**
 * Runs the queue on. CALL_HOST: the host is to answer `queuedCommand`, then it goes on; CALL_STEP: that one has run, and the host is told
 * of such as the OBSERVE_* bits say; CALL_DONE: all has run, and the transaction
 * is over; CALL_CLOSE: there is no memory for as much as an error. Requires: the session is RUNNING.
 */
export function transactionRun(observed: u32): u32 {
  if (DEBUG) assert((load<u32>(session, SESSION_MULTI_STATE) & MULTI_RUNNING) != 0);
  const queue = session + SESSION_MULTI_QUEUE;
  const length = load<u32>(queue, BUFFER_LENGTH);
  let position = load<u32>(session, SESSION_MULTI_NEXT);
  while (position < length) {
    const record = <usize>load<u32>(queue, BUFFER_POINTER) + position;
    position += load<u32>(record, RECORD_BYTES);
    store<u32>(session, position, SESSION_MULTI_NEXT);
    takeRecord(record);
    const outcome = callQueued(queuedCount, queuedArguments, queuedCommand);
    if (outcome == CALL_HOST) return CALL_HOST;
    if (outcome == CALL_CLOSE) {
      sessionDiscard(session);
      return CALL_CLOSE;
    }
    if (observed && isTold(observed)) return CALL_STEP;
  }
  sessionDiscard(session);
  return CALL_DONE;
}

/** Whether the host is told that the queued command has run. */
function isTold(observed: u32): bool {
  return (
    (observed & OBSERVE_ALL) != 0 ||
    (observed & OBSERVE_LONG && commandFlags(queuedCommand) & (COMMAND_FLAG_LONG | COMMAND_FLAG_LONG_REPLY)) != 0
  );
}

/** Makes a record's command the queued one; offsets become addresses. Requires: it was not taken before. */
function takeRecord(record: usize): void {
  queuedCommand = load<u32>(record, RECORD_COMMAND);
  queuedCount = load<u32>(record, RECORD_COUNT);
  queuedArguments = record + RECORD_ARGUMENTS;
  for (let index: u32 = 0; index < queuedCount; index++) {
    const argument = queuedArguments + <usize>index * ARGUMENT_SIZE;
    store<u32>(argument, load<u32>(argument, ARGUMENT_POINTER) + <u32>record, ARGUMENT_POINTER);
  }
  const firstKey = commandFirstKey(queuedCommand);
  if (!firstKey || firstKey >= queuedCount) return;
  setKeyHash(hashBytes(argumentPointer(queuedArguments, firstKey), argumentLength(queuedArguments, firstKey)));
}
