/**
 * UUIDs and bytea for plans.
 */
import { CELL_SEED } from "../abi/record";
import {
  RUNTIME_ERROR_HEX_DIGIT,
  RUNTIME_ERROR_HEX_ODD,
  RUNTIME_ERROR_INVALID_BYTEA,
  RUNTIME_ERROR_INVALID_UUID,
} from "../abi/runtime-error";
import { binaryWord, hexWrong, parseBytea, parseUuid, putBytea, putUuid } from "../value/binary-text";
import { builderReset, builderWord } from "../value/builder";
import { cells, fail, failWith } from "../value/cells";
import { SPILL_FIRST, wordBytes, wordLength, wordOf } from "../value/word";
import { text_concat } from "./text";

const BACKSLASH: u32 = 92;

export function text_from_uuid(value: u64): u64 {
  builderReset();
  putUuid(value);
  return builderWord();
}

export function uuid_from_text(text: u64): u64 {
  if (parseUuid(text)) return binaryWord;
  failWith(RUNTIME_ERROR_INVALID_UUID, text, 0);
  return 0;
}

export function text_from_bytea(value: u64): u64 {
  builderReset();
  putBytea(value);
  return builderWord();
}

export function bytea_from_text(text: u64): u64 {
  if (parseBytea(text)) return binaryWord;
  const bytes = wordBytes(text, SPILL_FIRST);
  const hexadecimal = wordLength(text) > 1 && <u32>load<u8>(bytes) == BACKSLASH && <u32>load<u8>(bytes, 1) == 120;
  if (!hexadecimal) fail(RUNTIME_ERROR_INVALID_BYTEA);
  else if (hexWrong) failWith(RUNTIME_ERROR_HEX_DIGIT, ((<u64>hexWrong) << 8) | 1, 0);
  else fail(RUNTIME_ERROR_HEX_ODD);
  return 0;
}

export function bytea_concat(left: u64, right: u64): u64 {
  return text_concat(left, right);
}

/** The next 64 random bits of the statement: splitmix64 over the seed cell. */
function randomBits(): u64 {
  const state = load<u64>(cells, CELL_SEED) + 0x9e3779b97f4a7c15;
  store<u64>(cells, state, CELL_SEED);
  let z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

const uuidArea: usize = memory.data(16, 8);

/** A UUID of version 4. */
export function uuid_random(): u64 {
  store<u64>(uuidArea, randomBits());
  store<u64>(uuidArea, randomBits(), 8);
  store<u8>(uuidArea, (load<u8>(uuidArea, 6) & 15) | 64, 6);
  store<u8>(uuidArea, (load<u8>(uuidArea, 8) & 63) | 128, 8);
  return wordOf(uuidArea, 16);
}

/** random(): 0 <= x < 1. */
export function double_random(): f64 {
  return <f64>(randomBits() >> 11) / 9007199254740992;
}
