/**
 * Reading arguments: addresses, lengths, option words and integers with Redis's errors.
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE } from "../abi/layout";
import { ERROR_NOT_INTEGER, ERROR_OUT_OF_RANGE_INT32 } from "../abi/errors";
import { hashBytes } from "../bytes/hash";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { replyError } from "./reply";

// @ts-ignore: decorator
@inline
export function argumentPointer(argv: usize, index: u32): usize {
  return <usize>load<u32>(argv + <usize>index * ARGUMENT_SIZE, ARGUMENT_POINTER);
}

// @ts-ignore: decorator
@inline
export function argumentLength(argv: usize, index: u32): u32 {
  return load<u32>(argv + <usize>index * ARGUMENT_SIZE, ARGUMENT_LENGTH);
}

/** Hash of an argument as a key. */
export function argumentHash(argv: usize, index: u32): u64 {
  return hashBytes(argumentPointer(argv, index), argumentLength(argv, index));
}

/** The argument in lower case as one number (words.ts), or 0 when it is empty or longer than eight bytes. */
export function argumentWord(argv: usize, index: u32): u64 {
  const length = argumentLength(argv, index);
  if (length > 8) return 0;
  const pointer = argumentPointer(argv, index);
  let word: u64 = 0;
  for (let position: u32 = 0; position < length; position++) {
    let byte = <u64>load<u8>(pointer + position);
    if (byte - 65 < 26) byte |= 32;
    word |= byte << ((<u64>position) << 3);
  }
  return word;
}

/** True when the argument is this lower-case text in any case. */
export function argumentIsText(argv: usize, index: u32, text: usize, length: u32): bool {
  if (argumentLength(argv, index) != length) return false;
  const pointer = argumentPointer(argv, index);
  for (let position: u32 = 0; position < length; position++) {
    let byte = <u32>load<u8>(pointer + position);
    if (byte - 65 < 26) byte |= 32;
    if (byte != <u32>load<u8>(text + position)) return false;
  }
  return true;
}

/** Value of the argument that `argumentInteger` read. */
export let argumentValue: i64 = 0;

/** Reads an argument as i64 into argumentValue; otherwise replies NOT_INTEGER and returns false. */
export function argumentInteger(argv: usize, index: u32): bool {
  if (parseInteger(argumentPointer(argv, index), argumentLength(argv, index))) {
    argumentValue = parsedInteger;
    return true;
  }
  replyError(ERROR_NOT_INTEGER);
  return false;
}

/** The same for a C int, as Redis reads database numbers. */
export function argumentInt32(argv: usize, index: u32): bool {
  if (!argumentInteger(argv, index)) return false;
  if (argumentValue >= i32.MIN_VALUE && argumentValue <= i32.MAX_VALUE) return true;
  replyError(ERROR_OUT_OF_RANGE_INT32);
  return false;
}
