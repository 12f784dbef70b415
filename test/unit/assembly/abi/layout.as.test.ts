/**
 * Goal: the constants of assembly/abi make sense inside the engine, and engine units run as they should: with debug
 * assertions and SIMD. That both sides of the boundary see the same numbers is test/architecture's business.
 * Method: write each field of a record at its offset and read all back: overlapping fields or a field behind the end show.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import {
  ARGUMENT_LENGTH,
  ARGUMENT_POINTER,
  ARGUMENT_SIZE,
  CONTROL_ARGUMENT_COUNT,
  CONTROL_ARGUMENT_POINTER,
  CONTROL_CALLS_POINTER,
  CONTROL_COMMAND_ID,
  CONTROL_COMMANDS,
  CONTROL_DATABASE_POINTER,
  CONTROL_EFFECT_LENGTH,
  CONTROL_EFFECT_POINTER,
  CONTROL_EXPIRED,
  CONTROL_HITS,
  CONTROL_INPUT_CAPACITY,
  CONTROL_INPUT_POINTER,
  CONTROL_MEMORY_PEAK,
  CONTROL_MEMORY_POINTER,
  CONTROL_MISSES,
  CONTROL_REPLY_LENGTH,
  CONTROL_REPLY_POINTER,
  CONTROL_RESULT,
  CONTROL_SIZE,
} from "../../../../assembly/abi/layout";
import { DEBUG } from "../../../../assembly/memory/debug";

const BLOCK = memory.data(256, 16);
const GUARD: u32 = 0xdeadbeef;

/** Offsets of the u32 fields of the control block, and of its f64 fields. */
const WORDS: StaticArray<u32> = [
  CONTROL_REPLY_POINTER,
  CONTROL_REPLY_LENGTH,
  CONTROL_COMMAND_ID,
  CONTROL_ARGUMENT_COUNT,
  CONTROL_ARGUMENT_POINTER,
  CONTROL_INPUT_POINTER,
  CONTROL_INPUT_CAPACITY,
  CONTROL_EFFECT_POINTER,
  CONTROL_EFFECT_LENGTH,
  CONTROL_DATABASE_POINTER,
  CONTROL_CALLS_POINTER,
  CONTROL_MEMORY_POINTER,
  CONTROL_RESULT,
];
const DOUBLES: StaticArray<u32> = [CONTROL_HITS, CONTROL_MISSES, CONTROL_EXPIRED, CONTROL_COMMANDS, CONTROL_MEMORY_PEAK];

describe("the surroundings of engine units", () => {
  test("debug assertions are on", () => {
    expect(DEBUG).toBe(true);
    expect(() => {
      if (DEBUG) assert(load<u32>(BLOCK) != 0);
    }).toThrowError();
  });

  test("SIMD is on", () => {
    const sum = i32x4.add(i32x4.splat(20), i32x4.splat(22));
    expect(i32x4.extract_lane(sum, 3)).toBe(42);
  });
});

describe("the control block", () => {
  test("fields do not overlap and lie inside", () => {
    store<u32>(BLOCK + CONTROL_SIZE, GUARD);
    for (let field = 0; field < WORDS.length; field++) store<u32>(BLOCK + WORDS[field], 1000 + field);
    for (let field = 0; field < DOUBLES.length; field++) store<f64>(BLOCK + DOUBLES[field], 0.5 + <f64>field);
    for (let field = 0; field < WORDS.length; field++) expect(load<u32>(BLOCK + WORDS[field])).toBe(1000 + field);
    for (let field = 0; field < DOUBLES.length; field++) expect(load<f64>(BLOCK + DOUBLES[field])).toBe(0.5 + <f64>field);
    expect(load<u32>(BLOCK + CONTROL_SIZE)).toBe(GUARD);
  });

  test("four result words fit behind CONTROL_RESULT", () => {
    expect(CONTROL_RESULT + 16 <= CONTROL_SIZE).toBe(true);
  });
});

describe("an argument", () => {
  test("is an address and a length", () => {
    store<u32>(BLOCK + ARGUMENT_SIZE, GUARD);
    store<u32>(BLOCK + ARGUMENT_POINTER, 11);
    store<u32>(BLOCK + ARGUMENT_LENGTH, 22);
    expect(load<u32>(BLOCK + ARGUMENT_POINTER)).toBe(11);
    expect(load<u32>(BLOCK + ARGUMENT_LENGTH)).toBe(22);
    expect(load<u32>(BLOCK + ARGUMENT_SIZE)).toBe(GUARD);
  });
});
