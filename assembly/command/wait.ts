/**
 * Commands that wait: their time, and handing them to the host. Such a command looks for what it wants first; only when there is nothing it may
 * wait, and is run again, from the beginning, when one of its keys is ready (keyspace/waits.ts).
 */
import {
  CONTROL_WAIT_COUNT,
  CONTROL_WAIT_FIRST,
  CONTROL_WAIT_MS,
  CONTROL_WAIT_TYPE,
  MULTI_RUNNING,
  SESSION_MULTI_STATE,
  SESSION_TRANSACTION,
} from "../abi/layout";
import { ERROR_TIMEOUT_NEGATIVE, ERROR_TIMEOUT_NOT_FLOAT, ERROR_TIMEOUT_OUT_OF_RANGE } from "../abi/errors";
import { parseDouble, parseDoubleLimit, parsedDouble } from "../bytes/float";
import { now } from "../keyspace/database";
import { control } from "../memory/control";
import { argumentLength, argumentPointer } from "./argument";
import { handToHost } from "./call";
import { replyError } from "./reply";
import { session } from "./session";

const SECOND_MS: f64 = 1000;
const LONGEST_MS: f64 = 9223372036854775807;
const BLANK: u32 = 32;

/** Milliseconds that `readTimeout` has read; 0: for ever. */
let timeoutMs: f64 = 0;

/** Reads an argument as seconds. Replies an error and returns false when it is none. */
export function readTimeout(argv: usize, index: u32): bool {
  if (!readSeconds(argumentPointer(argv, index), argumentLength(argv, index))) {
    replyError(ERROR_TIMEOUT_NOT_FLOAT);
    return false;
  }
  if (timeoutMs >= 0 && timeoutMs < LONGEST_MS - <f64>now) return true;
  replyError(timeoutMs < 0 ? ERROR_TIMEOUT_NEGATIVE : ERROR_TIMEOUT_OUT_OF_RANGE);
  return false;
}

/**
 * Reads seconds as milliseconds, rounded up. Redis reads them as a long double, so that a number beyond the doubles is one here too: it is
 * infinite, or too small to be a millisecond.
 */
function readSeconds(pointer: usize, length: u32): bool {
  if (parseDouble(pointer, length)) {
    timeoutMs = Math.ceil(parsedDouble * SECOND_MS);
    return true;
  }
  if (!length || <u32>load<u8>(pointer) <= BLANK || !parseDoubleLimit(pointer, length)) return false;
  timeoutMs = parsedDouble ? parsedDouble : 1 / parsedDouble > 0 ? 1 : 0;
  return true;
}

/**
 * Has the client wait for a value of a type under one of `keys` arguments from `firstKey` on, for as long as `readTimeout` has read. False: it
 * may not wait, in EXEC and in a transaction, and is to be answered as if its time were over. Requires: nothing was changed or replied.
 */
export function waitFor(type: u32, firstKey: u32, keys: u32): bool {
  if (load<u32>(session, SESSION_MULTI_STATE) & MULTI_RUNNING || load<u32>(session, SESSION_TRANSACTION)) return false;
  store<u32>(control, type, CONTROL_WAIT_TYPE);
  store<u32>(control, firstKey, CONTROL_WAIT_FIRST);
  store<u32>(control, keys, CONTROL_WAIT_COUNT);
  store<f64>(control, timeoutMs, CONTROL_WAIT_MS);
  handToHost();
  return true;
}
