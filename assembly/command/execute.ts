/**
 * The command loop: socket bytes in, reply bytes out.
 *
 * A batch is up to BATCH_COMMANDS requests that lie whole in the input. First all are decoded, their commands found, their
 * keys hashed and the hash buckets and entries touched; then they run one by one. The first phase is a prefetch hint only
 * (a GET on a million keys costs a fifth with it): the second looks everything up again, since an earlier command may have
 * moved or freed what was seen. A host command or a long one (COMMAND_FLAG_LONG) ends a batch; one that is long only when its reply is
 * (COMMAND_FLAG_LONG_REPLY) does not.
 *
 * Unfinished input is held in the session. Up to HEADROOM_BYTES of it are copied in front of the next chunk, so that the
 * request lies whole again; a larger one is collected in the held input and decoded piece by piece (decode.ts).
 *
 * When the host must answer, or the reply has grown to REPLY_YIELD_BYTES, the loop stops with the unread input remembered:
 * `resume` goes on with it, `suspend` moves it to the session so that other sessions may run first.
 *
 * Behind a command that has made a key ready which a client waits for (keyspace/waits.ts) it stops too (EXECUTE_READY), but not in the middle of EXEC.
 *
 * For accounts of single commands (slow log, MONITOR, latencies) the host has it stop behind commands (OBSERVE_LONG, OBSERVE_ALL), and
 * to hold writes back before each that writes (OBSERVE_PAUSE). Behind a stop of the first kind the loop goes on where it was, since the
 * arguments are still where they were; before one of the second the command counts as unread.
 *
 * Invariant: between two calls of `execute` for different sessions no unread input is left outside a session.
 */
import {
  ARGUMENT_LENGTH,
  ARGUMENT_POINTER,
  ARGUMENT_SIZE,
  CONTROL_ARGUMENT_COUNT,
  CONTROL_ARGUMENT_POINTER,
  CONTROL_COMMANDS,
  CONTROL_COMMAND_ID,
  CONTROL_MEMORY_PEAK,
  MULTI_PREPARING,
  MULTI_RUNNING,
  SESSION_MULTI,
  SESSION_MULTI_STATE,
  SESSION_TRANSACTION,
} from "../abi/layout";
import { ERROR_HELD_TOO_BIG, ERROR_OUT_OF_MEMORY_HOST } from "../abi/errors";
import {
  COMMAND_COMMIT,
  COMMAND_END,
  COMMAND_EXEC,
  COMMAND_FLAG_HOST,
  COMMAND_FLAG_LONG,
  COMMAND_FLAG_LONG_REPLY,
  COMMAND_FLAG_WRITE,
  COMMAND_PUBLISH,
  COMMAND_SPUBLISH,
} from "../abi/commands";
import {
  DIRECT_ARGUMENTS_MAX,
  EXECUTE_CLOSE,
  EXECUTE_DONE,
  EXECUTE_HOST_COMMAND,
  EXECUTE_PAUSED,
  EXECUTE_READY,
  EXECUTE_STEP,
  EXECUTE_YIELD,
  OBSERVE_ALL,
  OBSERVE_LONG,
  OBSERVE_PAUSE,
  REPLY_YIELD_BYTES,
  STATUS_INVALID,
  STATUS_OK,
  STATUS_OUT_OF_MEMORY,
} from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { database, setNow } from "../keyspace/database";
import { takeReadyStop } from "../keyspace/waits";
import { memoryUsed } from "../memory/allocator";
import { control } from "../memory/control";
import { contextTransaction } from "../mvcc/context";
import { BUFFER_LENGTH, BUFFER_POINTER, bufferAppend, bufferFree, bufferReserve } from "../structure/byte-buffer";
import { ENCODING_EXTERNAL, TYPE_MASK } from "../keyspace/entry-release";
import { touchHashes } from "../structure/hash-table";
import { CALL_CLOSE, CALL_HOST, CALL_QUEUE, CALL_STEP, callCommand, finishCommand, setKeyHash } from "./call";
import {
  DECODE_DONE,
  DECODE_ERROR,
  DECODE_INCOMPLETE,
  DECODE_OUT_OF_MEMORY,
  DECODE_TOO_MANY,
  decodeHeld,
  decodeRequest,
  decodedCount,
  decodedEnd,
} from "./decode";
import { containerTouchAdd, containerTouchBegin, containerTouchEnd } from "./container-touch";
import { COMMAND_NONE, commandFirstKey, commandFlags, findCommand, findCommandAgain } from "./lookup";
import { execArguments, queuedArguments, queuedCommand, queuedCount, transactionPrepared, transactionReply, transactionRun } from "./multi";
import { replyProtocolError } from "./protocol-error";
import { replyBegin, replyClear, replyError, replyLength, replyPublish } from "./reply";
import {
  SESSION_ARGUMENTS,
  SESSION_COMPLETE,
  SESSION_HELD,
  SESSION_HOST_PENDING,
  SESSION_MULTI_FLAGS,
  SESSION_PARSED,
  SESSION_SUSPENDED,
  SESSION_TOTAL,
  session,
  sessionEnter,
} from "./session";
import { transactionEnter, transactionLeave } from "./transaction";

const BATCH_COMMANDS: u32 = 32;
const POOL_ARGUMENTS: u32 = DIRECT_ARGUMENTS_MAX;
/** Longest unfinished request that is copied in front of the next chunk; lies below the input area. */
export const HEADROOM_BYTES: u32 = 65536;
/** Most words of an inline command. */
const INLINE_ARGUMENTS: u32 = 33000;

/** Batch items: {u32 argc, u32 argv, u32 command, u32 end of the request, u64 hash of the first key}. */
const batch: usize = memory.data(768, 8);
const ITEM_ARGC: usize = 0;
const ITEM_ARGV: usize = 4;
const ITEM_COMMAND: usize = 8;
const ITEM_END: usize = 12;
const ITEM_HASH: usize = 16;
const ITEM_SIZE: usize = 24;
const pool: usize = memory.data(8192, 8);
/** Bytes of reply from which on a command that is long when its reply is counts as long: some ten microseconds of work. */
const LONG_REPLY_BYTES: u32 = 16384;

/** Unread input after a stop, and whether it lies in the session's held input. */
let unread: usize = 0;
let unreadEnd: usize = 0;
let unreadHeld: bool = false;
/** Length of the reply before the command that the host answers. */
let hostReplyStart: u32 = 0;
/** Address of the input area, in front of which HEADROOM_BYTES are free. */
let inputArea: usize = 0;
/** Most bytes that a session may hold of an unfinished request. */
let maxHeld: u64 = 1 << 30;

/** OBSERVE_* bits, and how many commands had run before the one that is to be told. */
let observed: u32 = 0;
let ranBefore: f64 = 0;

export function setObserved(bits: u32): void {
  observed = bits;
}

export function setInputArea(area: usize): void {
  inputArea = area;
}

export function setMaxHeld(bytes: u64): void {
  maxHeld = bytes;
}

/** See abi/README.md: `execute`. */
export function executeInput(handle: usize, pointer: usize, length: u32, nowMs: f64): i32 {
  setNow(nowMs);
  replyClear();
  enter(handle);
  const held = load<u32>(session, SESSION_HELD + BUFFER_LENGTH);
  let status: i32;
  if (!held) {
    status = runInput(pointer, pointer + length);
  } else if (held <= HEADROOM_BYTES && pointer == inputArea && !load<u32>(session, SESSION_TOTAL)) {
    memory.copy(pointer - held, load<u32>(session, SESSION_HELD + BUFFER_POINTER), held);
    store<u32>(session, 0, SESSION_HELD + BUFFER_LENGTH);
    status = runInput(pointer - held, pointer + length);
  } else if (<u64>held + length > maxHeld) {
    status = heldTooBig();
  } else if (!bufferAppend(session + SESSION_HELD, pointer, length)) {
    status = outOfMemory();
  } else {
    status = runHeld();
  }
  return publish(status);
}

/**
 * See abi/README.md: `call_arguments`. Runs one command whose arguments lie at `pointer`: `argc` u32 lengths, then their bytes,
 * each from a multiple of four on. Requires: 0 < argc <= POOL_ARGUMENTS, and the session holds no input.
 */
export function callArguments(handle: usize, pointer: usize, argc: u32, nowMs: f64): i32 {
  setNow(nowMs);
  replyClear();
  enter(handle);
  let bytes = pointer + ((<usize>argc) << 2);
  for (let index: u32 = 0; index < argc; index++) {
    const length = load<u32>(pointer + ((<usize>index) << 2));
    const argument = pool + <usize>index * ARGUMENT_SIZE;
    store<u32>(argument, <u32>bytes, ARGUMENT_POINTER);
    store<u32>(argument, length, ARGUMENT_LENGTH);
    bytes += (<usize>length + 3) & ~3;
  }
  unread = bytes;
  unreadEnd = bytes;
  unreadHeld = false;
  return publish(runOne(argc, pool, findCommand(<usize>load<u32>(pool, ARGUMENT_POINTER), load<u32>(pool, ARGUMENT_LENGTH))));
}

/** See abi/README.md: `resume`. */
export function resumeInput(handle: usize, nowMs: f64): i32 {
  setNow(nowMs);
  enter(handle);
  const replyStart = load<u32>(session, SESSION_SUSPENDED) ? 0 : hostReplyStart;
  if (load<u32>(session, SESSION_SUSPENDED)) {
    store<u32>(session, 0, SESSION_SUSPENDED);
    unread = <usize>load<u32>(session, SESSION_HELD + BUFFER_POINTER);
    unreadEnd = unread + load<u32>(session, SESSION_HELD + BUFFER_LENGTH);
    unreadHeld = true;
  }
  if (load<u32>(session, SESSION_HOST_PENDING)) {
    store<u32>(session, 0, SESSION_HOST_PENDING);
    const state = load<u32>(session, SESSION_MULTI_STATE);
    if (state & (MULTI_PREPARING | MULTI_RUNNING)) {
      const status = resumeTransaction(state, replyStart);
      if (status != EXECUTE_DONE) return publish(status);
    } else finishCommand(replyStart);
  }
  if (takeReadyStop()) return publish(EXECUTE_READY);
  return publish(unreadHeld ? runHeldRest(unread, unreadEnd) : runInput(unread, unreadEnd));
}

/** See abi/README.md: `suspend`. */
export function suspendInput(handle: usize): i32 {
  sessionEnter(handle);
  if (load<u32>(session, SESSION_SUSPENDED)) return STATUS_OK;
  if (load<u32>(session, SESSION_MULTI_STATE) & MULTI_RUNNING) return STATUS_INVALID;
  store<u32>(session, 1, SESSION_SUSPENDED);
  if (unreadHeld) {
    keepHeld(unread, unreadEnd);
    return STATUS_OK;
  }
  const length = <u32>(unreadEnd - unread);
  if (length && !bufferAppend(session + SESSION_HELD, unread, length)) return STATUS_OUT_OF_MEMORY;
  return STATUS_OK;
}

/** Makes the session's state the one that commands see, and its transaction's if it has one. */
// @ts-ignore: decorator
@inline
function enter(handle: usize): void {
  sessionEnter(handle);
  if (load<u32>(handle, SESSION_TRANSACTION)) transactionEnter(handle);
}

function publish(status: i32): i32 {
  if (contextTransaction) transactionLeave();
  replyPublish();
  notePeak();
  return status;
}

/** Remembers how much memory is in use if it is more than ever. */
export function notePeak(): void {
  const used = <f64>memoryUsed;
  if (used > load<f64>(control, CONTROL_MEMORY_PEAK)) store<f64>(control, used, CONTROL_MEMORY_PEAK);
}

/** Runs requests in memory that is not the session's and holds what is left. */
function runInput(p: usize, end: usize): i32 {
  unreadHeld = false;
  const status = run(p, end);
  if (status != EXECUTE_DONE || unread == end) return status;
  if (!bufferAppend(session + SESSION_HELD, unread, <u32>(end - unread))) return outOfMemory();
  if (tooMany || <u32>(end - unread) > HEADROOM_BYTES) return runHeld();
  return status;
}

/** Decodes the request that the held input begins with, runs it when it is complete, then what follows it. */
function runHeld(): i32 {
  const decoded = decodeHeld();
  if (decoded == DECODE_INCOMPLETE) return EXECUTE_DONE;
  if (decoded == DECODE_ERROR) return replyProtocolError();
  if (decoded == DECODE_OUT_OF_MEMORY) return outOfMemory();
  const base = <usize>load<u32>(session, SESSION_HELD + BUFFER_POINTER);
  const argv = <usize>load<u32>(session, SESSION_ARGUMENTS + BUFFER_POINTER);
  const argc = decodedCount;
  for (let index: u32 = 0; index < argc; index++) {
    const argument = argv + <usize>index * ARGUMENT_SIZE;
    store<u32>(argument, load<u32>(argument, ARGUMENT_POINTER) + <u32>base, ARGUMENT_POINTER);
  }
  unreadHeld = true;
  unread = base + decodedEnd;
  unreadEnd = base + load<u32>(session, SESSION_HELD + BUFFER_LENGTH);
  store<u32>(session, 0, SESSION_TOTAL);
  store<u32>(session, 0, SESSION_COMPLETE);
  store<u32>(session, 0, SESSION_PARSED);
  if (argc) {
    const command = findCommand(<usize>load<u32>(argv, ARGUMENT_POINTER), load<u32>(argv, ARGUMENT_LENGTH));
    if (observed && !isAllowed(command)) {
      unread = base;
      return EXECUTE_PAUSED;
    }
    let status = runOne(argc, argv, command);
    if (status == EXECUTE_DONE && observed) status = step(argc, argv, command, replyLength() >= LONG_REPLY_BYTES);
    if (status != EXECUTE_DONE) return status;
    if (takeReadyStop()) return EXECUTE_READY;
  }
  return runHeldRest(unread, unreadEnd);
}

/** Runs requests that lie in the held input, and moves what is left to its start. */
function runHeldRest(p: usize, end: usize): i32 {
  const status = run(p, end);
  unreadHeld = true;
  if (status != EXECUTE_DONE) return status;
  const left = <u32>(end - unread);
  keepHeld(unread, end);
  return left && (tooMany || left > HEADROOM_BYTES) ? runHeld() : status;
}

/** Makes the held input be what lies from `p` to `end` of it. */
function keepHeld(p: usize, end: usize): void {
  const length = <u32>(end - p);
  if (!length) {
    bufferFree(session + SESSION_HELD);
    bufferFree(session + SESSION_ARGUMENTS);
    return;
  }
  const base = <usize>load<u32>(session, SESSION_HELD + BUFFER_POINTER);
  memory.copy(base, p, length);
  store<u32>(session, length, SESSION_HELD + BUFFER_LENGTH);
}

/** Set by `run` when it stopped at a request with more arguments than the pool has. */
let tooMany: bool = false;

/** Runs all whole requests from `p` on. EXECUTE_DONE: `unread` is the start of the unfinished one, or `end`. */
function run(p: usize, end: usize): i32 {
  unread = p;
  unreadEnd = end;
  tooMany = false;
  while (unread < end) {
    const decoded = fillBatch(end);
    const status = runBatch();
    if (status != EXECUTE_DONE) return status;
    if (decoded == DECODE_ERROR) return replyProtocolError();
    if (decoded == DECODE_OUT_OF_MEMORY) return outOfMemory();
    if (decoded != DECODE_DONE) {
      tooMany = decoded == DECODE_TOO_MANY;
      return EXECUTE_DONE;
    }
  }
  return EXECUTE_DONE;
}

let batchCount: u32 = 0;

/** Decodes requests from `unread` on until the batch is full or ended. Returns why it stopped. */
function fillBatch(end: usize): u32 {
  batchCount = 0;
  let position = unread;
  let argv = pool;
  let room = POOL_ARGUMENTS;
  let item = batch;
  while (position < end && batchCount < BATCH_COMMANDS) {
    let decoded = decodeRequest(position, end, argv, room);
    if (decoded == DECODE_TOO_MANY) {
      if (room < POOL_ARGUMENTS) return DECODE_DONE;
      if (load<u8>(position) == 42) return DECODE_TOO_MANY;
      argv = bufferReserve(session + SESSION_ARGUMENTS, INLINE_ARGUMENTS * ARGUMENT_SIZE);
      if (!argv) return DECODE_OUT_OF_MEMORY;
      decoded = decodeRequest(position, end, argv, INLINE_ARGUMENTS);
    }
    if (decoded != DECODE_DONE) return decoded;
    const inline = load<u8>(position) != 42;
    position = decodedEnd;
    if (!decodedCount) {
      if (!batchCount) unread = position;
      else store<u32>(item - ITEM_SIZE, <u32>position, ITEM_END);
      continue;
    }
    const name = <usize>load<u32>(argv, ARGUMENT_POINTER);
    const nameLength = load<u32>(argv, ARGUMENT_LENGTH);
    // What follows a name in a request of two arguments takes seven bytes at least.
    const command = decodedCount > 1 && !inline ? findCommandAgain(name, nameLength) : findCommand(name, nameLength);
    store<u32>(item, decodedCount, ITEM_ARGC);
    store<u32>(item, <u32>argv, ITEM_ARGV);
    store<u32>(item, command, ITEM_COMMAND);
    store<u32>(item, <u32>position, ITEM_END);
    batchCount++;
    if (command != COMMAND_NONE) {
      const firstKey = commandFirstKey(command);
      if (firstKey && firstKey < decodedCount) {
        const key = argv + <usize>firstKey * ARGUMENT_SIZE;
        store<u64>(item, hashBytes(<usize>load<u32>(key, ARGUMENT_POINTER), load<u32>(key, ARGUMENT_LENGTH)), ITEM_HASH);
      } else store<u64>(item, 0, ITEM_HASH);
      if (inline || observed & OBSERVE_ALL || commandFlags(command) & (COMMAND_FLAG_HOST | COMMAND_FLAG_LONG)) return DECODE_DONE;
    } else if (inline) return DECODE_DONE;
    argv += <usize>decodedCount * ARGUMENT_SIZE;
    room -= decodedCount;
    item += ITEM_SIZE;
  }
  return DECODE_DONE;
}

/** Touches the places in containers that the commands of the batch will look at. */
function touchContainers(count: u32): void {
  const end = batch + <usize>count * ITEM_SIZE;
  containerTouchBegin();
  for (let item = batch; item < end; item += ITEM_SIZE) {
    containerTouchAdd(
      load<u64>(item, ITEM_HASH),
      load<u32>(item, ITEM_ARGC),
      <usize>load<u32>(item, ITEM_ARGV),
      load<u32>(item, ITEM_COMMAND),
    );
  }
  containerTouchEnd();
}

/** Touches the entries of the batch, then runs its commands. */
function runBatch(): i32 {
  const count = batchCount;
  if (count > 1) {
    const kinds = touchHashes(database, batch + ITEM_HASH, count, ITEM_SIZE, ENCODING_EXTERNAL);
    if (kinds & TYPE_MASK) touchContainers(count);
  }
  for (let index: u32 = 0; index < count; index++) {
    const item = batch + <usize>index * ITEM_SIZE;
    const command = load<u32>(item, ITEM_COMMAND);
    if (observed > <u32>OBSERVE_LONG && !isAllowed(command)) return EXECUTE_PAUSED;
    unread = <usize>load<u32>(item, ITEM_END);
    setKeyHash(load<u64>(item, ITEM_HASH));
    const replied = replyLength();
    let status = call(load<u32>(item, ITEM_ARGC), <usize>load<u32>(item, ITEM_ARGV), command);
    // A long command is the last of its batch, or has a long reply.
    const isLong = replyLength() - replied >= LONG_REPLY_BYTES;
    if (status == EXECUTE_DONE && observed && (observed > <u32>OBSERVE_LONG || index + 1 == count || isLong)) {
      status = step(load<u32>(item, ITEM_ARGC), <usize>load<u32>(item, ITEM_ARGV), command, isLong);
    }
    if (status != EXECUTE_DONE) return status;
    if (takeReadyStop()) return EXECUTE_READY;
    if (replyLength() >= <u32>REPLY_YIELD_BYTES && unread < unreadEnd) return EXECUTE_YIELD;
  }
  return EXECUTE_DONE;
}

/** Runs a request that was not part of a batch. */
function runOne(argc: u32, argv: usize, command: u32): i32 {
  const firstKey = command != COMMAND_NONE ? commandFirstKey(command) : 0;
  if (firstKey && firstKey < argc) {
    const key = argv + <usize>firstKey * ARGUMENT_SIZE;
    setKeyHash(hashBytes(<usize>load<u32>(key, ARGUMENT_POINTER), load<u32>(key, ARGUMENT_LENGTH)));
  }
  return call(argc, argv, command);
}

/** Runs one command and turns its outcome into a status. */
// @ts-ignore: decorator
@inline
function call(argc: u32, argv: usize, command: u32): i32 {
  const outcome = callCommand(argc, argv, command);
  if (!outcome) return EXECUTE_DONE;
  if (outcome == CALL_HOST) return askHost(argc, argv, command);
  return outcome == CALL_QUEUE ? runTransaction() : EXECUTE_CLOSE;
}

/** Has the host answer a command. */
function askHost(argc: u32, argv: usize, command: u32): i32 {
  hostReplyStart = replyLength();
  store<u32>(session, 1, SESSION_HOST_PENDING);
  return tell(argc, argv, command, EXECUTE_HOST_COMMAND);
}

/** Shows a command to the host. */
function tell(argc: u32, argv: usize, command: u32, status: i32): i32 {
  store<u32>(control, command, CONTROL_COMMAND_ID);
  store<u32>(control, argc, CONTROL_ARGUMENT_COUNT);
  store<u32>(control, <u32>argv, CONTROL_ARGUMENT_POINTER);
  return status;
}

/** Before a command that the host observes: whether it may run now. */
function isAllowed(command: u32): bool {
  ranBefore = load<f64>(control, CONTROL_COMMANDS);
  return !(observed & OBSERVE_PAUSE) || !isHeldBack(command);
}

/** Tells the host of a command behind which it wants to be told, if it has run: not one that was refused or queued. `isLong`: its reply is long. */
function step(argc: u32, argv: usize, command: u32, isLong: bool): i32 {
  if (command == COMMAND_NONE) return EXECUTE_DONE;
  const isTold =
    observed & OBSERVE_ALL
      ? load<f64>(control, CONTROL_COMMANDS) != ranBefore
      : observed & OBSERVE_LONG &&
        (commandFlags(command) & (isLong ? COMMAND_FLAG_LONG | COMMAND_FLAG_LONG_REPLY : COMMAND_FLAG_LONG)) != 0 &&
        !load<u32>(session, SESSION_MULTI);
  if (!isTold) return EXECUTE_DONE;
  return tell(argc, argv, command, EXECUTE_STEP);
}

/** Whether a command has to wait because writes have to, as EXEC of such and COMMIT do, and messages. */
function isHeldBack(command: u32): bool {
  if (command == COMMAND_NONE) return false;
  if (command == COMMAND_EXEC) return (load<u32>(session, SESSION_MULTI_FLAGS) & COMMAND_FLAG_WRITE) != 0;
  if (command == COMMAND_COMMIT || command == COMMAND_END || command == COMMAND_PUBLISH || command == COMMAND_SPUBLISH) return true;
  return (commandFlags(command) & COMMAND_FLAG_WRITE) != 0;
}

/** Runs the queue of an EXEC on. */
function runTransaction(): i32 {
  const outcome = transactionRun(observed);
  if (outcome == CALL_HOST) return askHost(queuedCount, queuedArguments, queuedCommand);
  if (outcome == CALL_STEP) {
    // Its reply is a part of EXEC's, as that of a command of the host.
    askHost(queuedCount, queuedArguments, queuedCommand);
    return EXECUTE_STEP;
  }
  finishCommand(transactionReply());
  return outcome == CALL_CLOSE ? EXECUTE_CLOSE : EXECUTE_DONE;
}

/**
 * Goes on with an EXEC that the host had to get ready for, or with its queue behind a command of the host. At its end the host is
 * given the reply before input behind it runs: a command inside may have closed the connection.
 */
function resumeTransaction(state: u32, replyStart: u32): i32 {
  if (state & MULTI_PREPARING) {
    if (!transactionPrepared(replyLength() != replyStart)) {
      finishCommand(replyStart);
      return EXECUTE_DONE;
    }
  }
  const status = runTransaction();
  if (status != EXECUTE_DONE) return status;
  if (observed & OBSERVE_ALL) return tell(1, execArguments, COMMAND_EXEC, EXECUTE_STEP);
  return unread < unreadEnd ? EXECUTE_YIELD : EXECUTE_DONE;
}

function outOfMemory(): i32 {
  replyBegin();
  replyError(ERROR_OUT_OF_MEMORY_HOST);
  return EXECUTE_CLOSE;
}

function heldTooBig(): i32 {
  replyBegin();
  replyError(ERROR_HELD_TOO_BIG);
  return EXECUTE_CLOSE;
}
