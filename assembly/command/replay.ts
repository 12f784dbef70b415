/**
 * Replay: logged effects are run as commands of an internal session, with expiry off, since the log has the deletes of
 * expired keys. Recovery and replicas come through here.
 */
import { SESSION_AUTHENTICATED, SESSION_HELD_LENGTH } from "../abi/layout";
import { EXECUTE_DONE, EXECUTE_YIELD, STATUS_INVALID, STATUS_OK, STATUS_OUT_OF_MEMORY } from "../abi/status";
import { expiryOn, setExpiryOn } from "../keyspace/database";
import { executeInput, resumeInput } from "./execute";
import { errorCount, replyClear } from "./reply";
import { sessionClose, sessionOpen } from "./session";

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
  const errors = errorCount;
  let status = executeInput(handle, pointer, length, nowMs);
  while (status == EXECUTE_YIELD) {
    replyClear();
    status = resumeInput(handle, nowMs);
  }
  const whole = status == EXECUTE_DONE && !load<u32>(handle, SESSION_HELD_LENGTH) && errorCount == errors;
  setExpiryOn(expiryWasOn);
  sessionClose(handle);
  replyClear();
  return whole ? STATUS_OK : STATUS_INVALID;
}
