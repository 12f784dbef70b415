/**
 * The calls for clients that wait for a value (abi/README.md).
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE, CONTROL_ARGUMENT_POINTER, DATABASE_COUNT } from "../abi/layout";
import { uncountCall } from "../command/call";
import { setNow } from "../keyspace/database";
import { waitAdd, waitRemove, waitTake, waitType } from "../keyspace/waits";
import { control } from "../memory/control";

/** Somebody waits for the key that is an argument of the command that the host is to answer. */
export function wait_add(database: u32, argument: u32): usize {
  if (database >= <u32>DATABASE_COUNT) return 0;
  const element = <usize>load<u32>(control, CONTROL_ARGUMENT_POINTER) + <usize>argument * ARGUMENT_SIZE;
  return waitAdd(database, <usize>load<u32>(element, ARGUMENT_POINTER), load<u32>(element, ARGUMENT_LENGTH));
}

export function wait_remove(wait: usize): void {
  waitRemove(wait);
}

export function wait_take(): usize {
  return waitTake();
}

export function wait_type(wait: usize, now: f64): i32 {
  setNow(now);
  return waitType(wait);
}

export function wait_uncount(): void {
  uncountCall();
}
