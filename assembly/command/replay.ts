/**
 * Replay: logged effects are run as commands of an internal session, with expiry off, since the log has the deletes of
 * expired keys. Recovery and replicas come through here.
 *
 * The host puts the effects into a buffer of any size, since one effect may be larger than the input area. The buffer counts
 * as scratch memory; a small one is kept from one replay to the next.
 */
import { SESSION_AUTHENTICATED, SESSION_HELD_LENGTH } from "../abi/layout";
import { EXECUTE_DONE, EXECUTE_YIELD, PURPOSE_SCRATCH, STATUS_INVALID, STATUS_OK, STATUS_OUT_OF_MEMORY } from "../abi/status";
import { expiryOn, setExpiryOn } from "../keyspace/database";
import { BUFFER_SIZE, bufferClear, bufferFree, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { setReplaying } from "./call";
import { executeInput, resumeInput } from "./execute";
import { errorCount, replyClear } from "./reply";
import { sessionClose, sessionOpen } from "./session";

const incoming: usize = memory.data(BUFFER_SIZE, 8);

/** Room for `length` bytes of effects, or 0 when there is no memory. A length of 0 gives the buffer's memory back. */
export function replayReserve(length: u32): usize {
  if (!length) {
    bufferFree(incoming);
    return 0;
  }
  bufferInitialize(incoming, PURPOSE_SCRATCH);
  return bufferReserve(incoming, length);
}

/** The effects in the buffer have been applied: frees it if it is large. */
export function replayDone(): void {
  bufferClear(incoming);
}

/**
 * Applies whole effects. Returns STATUS_INVALID when the bytes are no effects, end in the middle of one, or one of them was
 * answered by an error: the state is then what the effects before it made. Requires: the bytes do not lie in the reply.
 */
export function replayEffects(pointer: usize, length: u32, nowMs: f64): i32 {
  const handle = sessionOpen();
  if (!handle) return STATUS_OUT_OF_MEMORY;
  store<u32>(handle, 1, SESSION_AUTHENTICATED);
  const expiryWasOn = expiryOn;
  setExpiryOn(false);
  setReplaying(true);
  const errors = errorCount;
  let status = executeInput(handle, pointer, length, nowMs);
  while (status == EXECUTE_YIELD) {
    replyClear();
    status = resumeInput(handle, nowMs);
  }
  const whole = status == EXECUTE_DONE && !load<u32>(handle, SESSION_HELD_LENGTH) && errorCount == errors;
  setExpiryOn(expiryWasOn);
  setReplaying(false);
  sessionClose(handle);
  replyClear();
  return whole ? STATUS_OK : STATUS_INVALID;
}
