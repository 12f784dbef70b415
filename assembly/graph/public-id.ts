/**
 * Public ids: a keyed permutation of numbers, in the form of a UUID of version 4. Nothing is stored for them, they tell nothing of
 * the number, and those of another database are refused.
 *
 * The 122 free bits are two halves of 61. Left: number << 1 | 1 of a relationship; right: 0. They go through ROUNDS rounds of a Feistel
 * network (Luby, Rackoff 1988) whose function is the seeded hash of round and half. A text whose right half does not come out as
 * 0 is no id: of random ones one in 2^89 is taken for one.
 *
 * Layout: 8-4-4-4-12 hexadecimal digits, small letters. The upper 48 bits of the left half come first, then version 4 and 12 of its bits;
 * variant 2, its last bit, and the right half. Reading takes capital letters too. Cost: O(1).
 */
import { hashBytes } from "../bytes/hash";

const ROUNDS: u32 = 6;
const HALF_MASK: u64 = 0x1fffffffffffffff;
const NUMBERS: u64 = 0x1ffffffff;
export const ID_BYTES: u32 = 36;

const block: usize = memory.data(16, 8);
const text: usize = memory.data(ID_BYTES, 8);
const HEX: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

/** What `idRead` has read. */
export let idNumber: u32 = 0;
export let idIsRelationship: bool = false;

function scramble(round: u32, half: u64): u64 {
  store<u64>(block, half);
  store<u64>(block, 0x6770616d6c666d00 + <u64>round, 8);
  return hashBytes(block, 16) & HALF_MASK;
}

/** Writes a number's id; returns the address of its ID_BYTES bytes, good until the next call. */
export function idText(number: u32, isRelationship: bool): usize {
  let left = ((<u64>number) << 1) | (<u64>isRelationship);
  let right: u64 = 0;
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const next = left ^ scramble(round, right);
    left = right;
    right = next;
  }
  const upper = ((left >> 13) << 16) | 0x4000 | ((left >> 1) & 0xfff);
  const lower = 0x8000000000000000 | ((left & 1) << 61) | right;
  let position = text;
  for (let digit: u32 = 0; digit < 32; digit++) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) store<u8>(position++, 45);
    const word = digit < 16 ? upper : lower;
    store<u8>(position++, load<u8>(HEX + ((<usize>(word >> (60 - (((<u64>digit) & 15) << 2)))) & 15)));
  }
  return text;
}

/** Value of a hexadecimal digit, or 16. */
function digitOf(byte: u32): u32 {
  if (byte - 48 < 10) return byte - 48;
  const letter = (byte | 32) - 97;
  return letter < 6 ? letter + 10 : 16;
}

/** Reads an id into idNumber and idIsRelationship. Returns false when it is none. */
export function idRead(bytes: usize, length: u32): bool {
  if (length != ID_BYTES) return false;
  let upper: u64 = 0;
  let lower: u64 = 0;
  for (let position: u32 = 0; position < ID_BYTES; position++) {
    const byte = <u32>load<u8>(bytes + position);
    if (position == 8 || position == 13 || position == 18 || position == 23) {
      if (byte != 45) return false;
      continue;
    }
    const digit = digitOf(byte);
    if (digit > 15) return false;
    if (position < 18) upper = (upper << 4) | (<u64>digit);
    else lower = (lower << 4) | (<u64>digit);
  }
  if ((upper & 0xf000) != 0x4000 || lower >> 62 != 2) return false;
  let left = ((upper >> 16) << 13) | ((upper & 0xfff) << 1) | ((lower >> 61) & 1);
  let right = lower & HALF_MASK;
  for (let round = ROUNDS; round > 0; round--) {
    const before = right ^ scramble(round - 1, left);
    right = left;
    left = before;
  }
  if (right || left > NUMBERS) return false;
  idNumber = <u32>(left >> 1);
  idIsRelationship = (left & 1) != 0;
  return true;
}
