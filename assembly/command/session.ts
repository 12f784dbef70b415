/**
 * Sessions: what the engine knows of a connection. A session is a block of SESSION_SIZE bytes under PURPOSE_SESSION; its
 * address is the handle. The first fields are named in abi/layout.ts; behind them:
 *
 *   24   held input: a byte buffer (structure/byte-buffer.ts) with an unfinished request, or the unread input of a
 *        suspended session
 *   40   argument buffer: {u32 offset in the held input, u32 length} of the arguments that are complete
 *   56   u32 position up to which the held input was parsed
 *   60   u32 arguments of the unfinished request (0: its head is not complete)
 *   64   u32 arguments that are complete
 *   68   u32 1 while the session is suspended
 *   72   u32 1 while the host owes an answer
 *   76   u32 commands queued by MULTI + 1, 0 outside of it; u32 MULTI_* bits
 *   84   queue: a byte buffer (multi.ts)
 *  100   u32 flags of all queued commands together
 *  104   u32 position of the command that EXEC runs next, u32 where EXEC's reply begins
 *  112   watcher (keyspace/watch.ts)
 *  120   u32 the session's transaction, or what has become of it (abi/transaction.ts)
 *  124   u32 its subscriptions
 */
import {
  SESSION_AUTHENTICATED,
  SESSION_DATABASE,
  SESSION_HELD_CAPACITY,
  SESSION_HELD_LENGTH,
  MULTI_RUNNING,
  SESSION_MULTI,
  SESSION_MULTI_LENGTH,
  SESSION_MULTI_STATE,
  SESSION_NO_TOUCH,
  SESSION_PROTOCOL,
  SESSION_REPLY_MODE,
  SESSION_SIZE,
  SESSION_SUBSCRIPTIONS,
  SESSION_TRANSACTION,
  SESSION_WATCH_DIRTY,
} from "../abi/layout";
import { DATABASE_COUNT } from "../abi/layout";
import { PURPOSE_SESSION, REPLY_SKIP, STATUS_INVALID, STATUS_OK } from "../abi/status";
import { effectRelease } from "../durability/effect-log";
import { setKeepAccess, useDatabase } from "../keyspace/database";
import { trackExec } from "../keyspace/track";
import { WATCHER_BYTES, WATCHER_DIRTY, watchEnd } from "../keyspace/watch";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { BUFFER_LENGTH, bufferFree, bufferInitialize } from "../structure/byte-buffer";
import { setProtocol } from "./reply";

export const SESSION_HELD: usize = 24;
export const SESSION_ARGUMENTS: usize = 40;
export const SESSION_PARSED: usize = 56;
export const SESSION_TOTAL: usize = 60;
export const SESSION_COMPLETE: usize = 64;
export const SESSION_SUSPENDED: usize = 68;
export const SESSION_HOST_PENDING: usize = 72;
export const SESSION_MULTI_QUEUE: usize = 84;
export const SESSION_MULTI_FLAGS: usize = 100;
export const SESSION_MULTI_NEXT: usize = 104;
export const SESSION_MULTI_REPLY: usize = 108;
export const SESSION_WATCHER: usize = 112;

/** The session whose input runs or ran last; 0: it is closed. */
export let session: usize = 0;

/** A new session in database 0 with RESP2; 0 when there is no memory. */
export function sessionOpen(): usize {
  if (DEBUG) assert(<usize>SESSION_HELD_LENGTH == SESSION_HELD + BUFFER_LENGTH && SESSION_HELD_CAPACITY == SESSION_HELD_LENGTH + 4);
  if (DEBUG) assert(<usize>SESSION_MULTI_LENGTH == SESSION_MULTI_QUEUE + BUFFER_LENGTH);
  if (DEBUG)
    assert(<usize>SESSION_WATCH_DIRTY == SESSION_WATCHER + WATCHER_DIRTY && <usize>SESSION_TRANSACTION == SESSION_WATCHER + WATCHER_BYTES);
  const handle = allocate(SESSION_SIZE, PURPOSE_SESSION);
  if (!handle) return 0;
  memory.fill(handle, 0, SESSION_SIZE);
  store<u32>(handle, 2, SESSION_PROTOCOL);
  bufferInitialize(handle + SESSION_HELD, PURPOSE_SESSION);
  bufferInitialize(handle + SESSION_ARGUMENTS, PURPOSE_SESSION);
  bufferInitialize(handle + SESSION_MULTI_QUEUE, PURPOSE_SESSION);
  return handle;
}

/** Frees the session and what it holds. */
export function sessionClose(handle: usize): void {
  sessionDiscard(handle);
  bufferFree(handle + SESSION_HELD);
  bufferFree(handle + SESSION_ARGUMENTS);
  release(handle, PURPOSE_SESSION);
  if (session == handle) session = 0;
}

/** Ends MULTI, a running EXEC too, and drops the queue and all watches. What EXEC has run so far is a commit. */
export function sessionDiscard(handle: usize): void {
  if (load<u32>(handle, SESSION_MULTI_STATE) & MULTI_RUNNING) {
    effectRelease();
    trackExec(false);
  }
  store<u32>(handle, 0, SESSION_MULTI);
  store<u32>(handle, 0, SESSION_MULTI_STATE);
  store<u32>(handle, 0, SESSION_MULTI_FLAGS);
  bufferFree(handle + SESSION_MULTI_QUEUE);
  watchEnd(handle + SESSION_WATCHER);
}

/** Sets a field for the host. Returns STATUS_INVALID for a field or value that does not exist. */
export function sessionSet(handle: usize, field: u32, value: u32): i32 {
  if (field == SESSION_MULTI && value == 0) {
    sessionDiscard(handle);
    return STATUS_OK;
  }
  const valid =
    field == SESSION_DATABASE
      ? value < <u32>DATABASE_COUNT
      : field == SESSION_PROTOCOL
        ? value == 2 || value == 3
        : field == SESSION_REPLY_MODE
          ? value <= <u32>REPLY_SKIP
          : field == SESSION_SUBSCRIPTIONS || ((field == SESSION_AUTHENTICATED || field == SESSION_NO_TOUCH) && value <= 1);
  if (!valid) return STATUS_INVALID;
  store<u32>(handle + field, value);
  return STATUS_OK;
}

/** Makes the session's state the one that commands see. */
export function sessionEnter(handle: usize): void {
  session = handle;
  useDatabase(load<u32>(handle, SESSION_DATABASE));
  setProtocol(load<u32>(handle, SESSION_PROTOCOL));
  setKeepAccess(load<u32>(handle, SESSION_NO_TOUCH) != 0);
}
