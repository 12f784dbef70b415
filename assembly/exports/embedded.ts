/**
 * The exported calls of programs that embed the engine: one command without a protocol in front of it.
 */
import { DIRECT_ARGUMENTS_MAX, STATUS_INVALID } from "../abi/status";
import { directAdd, directGet, directSet } from "../command/direct";
import { callArguments } from "../command/execute";
import { effectsOn } from "../durability/effect-log";
import { publishEffects } from "./engine";

export function call_arguments(handle: usize, pointer: usize, argc: u32, now: f64): i32 {
  if (argc - 1 >= <u32>DIRECT_ARGUMENTS_MAX) return -STATUS_INVALID;
  const status = callArguments(handle, pointer, argc, now);
  if (effectsOn) publishEffects();
  return status;
}

export function direct_get(handle: usize, key: usize, keyBytes: u32): i32 {
  return directGet(handle, key, keyBytes);
}

export function direct_set(handle: usize, key: usize, keyBytes: u32, value: usize, valueBytes: u32): i32 {
  const status = directSet(handle, key, keyBytes, value, valueBytes);
  if (effectsOn) publishEffects();
  return status;
}

export function direct_add(handle: usize, key: usize, keyBytes: u32, amount: f64, command: u32): f64 {
  const sum = directAdd(handle, key, keyBytes, amount, command);
  if (effectsOn) publishEffects();
  return sum;
}
