/**
 * Finding a command by name, and the facts of its row. The rows, names and slots are generated from host/command/table.ts
 * (command-table.ts); the hash of a name is part of that format: x = first | middle << 8 | last << 16 | length << 24 over
 * lower-cased bytes, slot = x * 0x9E3779B1 >>> 22, linear probing.
 */
import { COMMAND_NAMES, COMMAND_ROWS, COMMAND_SLOTS, SUBCOMMAND_COUNT, SUBCOMMAND_NAMES, SUBCOMMAND_ROWS } from "./command-table";

export const COMMAND_NONE: u32 = 0xffff;
const ROW_SHIFT: usize = 4;
const ROW_NAME: usize = 0;
const ROW_NAME_LENGTH: usize = 4;
const ROW_ARITY: usize = 6;
const ROW_FLAGS: usize = 8;
const ROW_FIRST_KEY: usize = 12;
const ROW_LAST_KEY: usize = 13;
const ROW_KEY_STEP: usize = 14;
const SUBROW_BYTES: usize = 12;
const SUBROW_NAME: usize = 0;
const SUBROW_NAME_LENGTH: usize = 4;
const SUBROW_OWN_LENGTH: usize = 5;
const SUBROW_ARITY: usize = 6;
const SUBROW_CONTAINER: usize = 8;
const SLOT_MASK: u32 = 1023;
const NAME_LENGTH_MAX: u32 = 32;

// @ts-ignore: decorator
@inline
function lower(byte: u32): u32 {
  return byte - 65 < 26 ? byte + 32 : byte;
}

// @ts-ignore: decorator
@inline
function row(id: u32): usize {
  return COMMAND_ROWS + ((<usize>id) << ROW_SHIFT);
}

export function commandNamePointer(id: u32): usize {
  return COMMAND_NAMES + load<u32>(row(id), ROW_NAME);
}

export function commandNameLength(id: u32): u32 {
  return load<u8>(row(id), ROW_NAME_LENGTH);
}

// @ts-ignore: decorator
@inline
export function commandArity(id: u32): i32 {
  return load<i16>(row(id), ROW_ARITY);
}

// @ts-ignore: decorator
@inline
export function commandFlags(id: u32): u32 {
  return load<u32>(row(id), ROW_FLAGS);
}

// @ts-ignore: decorator
@inline
export function commandFirstKey(id: u32): u32 {
  return load<i8>(row(id), ROW_FIRST_KEY);
}

export function commandLastKey(id: u32): i32 {
  return load<i8>(row(id), ROW_LAST_KEY);
}

export function commandKeyStep(id: u32): u32 {
  return load<i8>(row(id), ROW_KEY_STEP);
}

/** The last name of WORD_BYTES at most that was found, as it was written and with zeros behind it, its length, and whose it is. */
let lastWord: u64 = 0;
let lastLength: u32 = 0;
let lastId: u32 = 0;
const WORD_BYTES: u32 = 8;

/**
 * Id of the command with this name in any case, or COMMAND_NONE. Most commands have the name of the one before: that is seen at once. Requires:
 * WORD_BYTES can be read at `name`.
 */
export function findCommandAgain(name: usize, length: u32): u32 {
  if (length - 1 >= WORD_BYTES) return findCommand(name, length);
  const word = load<u64>(name) & (u64.MAX_VALUE >> ((<u64>(WORD_BYTES - length)) << 3));
  if (word == lastWord && length == lastLength) return lastId;
  const id = findCommand(name, length);
  if (id != COMMAND_NONE) {
    lastWord = word;
    lastLength = length;
    lastId = id;
  }
  return id;
}

/** Id of the command with this name in any case, or COMMAND_NONE. */
export function findCommand(name: usize, length: u32): u32 {
  if (length - 1 >= NAME_LENGTH_MAX) return COMMAND_NONE;
  const key =
    lower(load<u8>(name)) | (lower(load<u8>(name + (length >> 1))) << 8) | (lower(load<u8>(name + length - 1)) << 16) | (length << 24);
  let slot = (key * 0x9e3779b1) >>> 22;
  while (true) {
    const id = <u32>load<u16>(COMMAND_SLOTS + ((<usize>slot) << 1));
    if (!id) return COMMAND_NONE;
    if (<u32>load<u8>(row(id - 1), ROW_NAME_LENGTH) == length && sameName(COMMAND_NAMES + load<u32>(row(id - 1)), name, length))
      return id - 1;
    slot = (slot + 1) & SLOT_MASK;
  }
}

// @ts-ignore: decorator
@inline
function sameName(known: usize, name: usize, length: u32): bool {
  for (let index: u32 = 0; index < length; index++) {
    if (<u32>load<u8>(known + index) != lower(load<u8>(name + index))) return false;
  }
  return true;
}

/** What `findSubcommand` found: its position among all subcommands, arity, and `container|name` in small letters. */
export let subcommandIndex: u32 = 0;
export let subcommandArity: i32 = 0;
export let subcommandNamePointer: usize = 0;
export let subcommandNameLength: u32 = 0;

/** Looks a subcommand of a command up by its name in any case. Cost: O(all subcommands); for what is off the hot path. */
export function findSubcommand(id: u32, name: usize, length: u32): bool {
  for (let index: u32 = 0; index < SUBCOMMAND_COUNT; index++) {
    const subrow = SUBCOMMAND_ROWS + <usize>index * SUBROW_BYTES;
    if (<u32>load<u16>(subrow, SUBROW_CONTAINER) != id) continue;
    if (<u32>load<u8>(subrow, SUBROW_OWN_LENGTH) != length) continue;
    const full = SUBCOMMAND_NAMES + load<u32>(subrow, SUBROW_NAME);
    const fullLength = <u32>load<u8>(subrow, SUBROW_NAME_LENGTH);
    if (!sameName(full + fullLength - length, name, length)) continue;
    subcommandIndex = index;
    subcommandArity = load<i16>(subrow, SUBROW_ARITY);
    subcommandNamePointer = full;
    subcommandNameLength = fullLength;
    return true;
  }
  return false;
}
