/**
 * Goal: a bitmap is a set of numbers, and numbered slots keep what was put in them, whatever is added and taken away; both give their
 * memory back, and without memory they change nothing.
 * Method: random operations against plain arrays of flags; `bitmapCheck` after each of them. Numbers are dense in places and far
 * apart in others, so that chunks come and go.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import { allocatorCheck, memoryInitialize, memoryLimit, memoryUsed } from "../../../../assembly/memory/allocator";
import {
  BITMAP_END,
  bitmapAdd,
  bitmapCheck,
  bitmapCount,
  bitmapFree,
  bitmapHas,
  bitmapInitialize,
  bitmapNext,
  bitmapRemove,
} from "../../../../assembly/structure/bitmap";
import {
  NUMBER_MAX,
  slotAt,
  slotGive,
  slotOwn,
  slotRelinquish,
  slotReserve,
  slotTake,
  slotsChunks,
  slotsFree,
  slotsFreeChunk,
  slotsInitialize,
  slotsLive,
  slotsNext,
  slotsNextChunk,
  slotsSkip,
} from "../../../../assembly/structure/numbered-slots";

const NUMBERS: u32 = 40000;
const flags = memory.data(40000, 8);
const bitmap = memory.data(32, 8);
const slots = memory.data(32, 8);
const generator = memory.data(32, 8);
let broken: u32 = 0;

function start(seed: u64): void {
  randomSeed(generator, seed, 3);
  demand(memoryInitialize((<usize>memory.size()) << 16));
  memory.fill(flags, 0, NUMBERS);
  bitmapInitialize(bitmap);
  slotsInitialize(slots, 4);
}
function demand(holds: bool): void {
  if (!holds) broken++;
}
/** A number: often one of a few neighbours, else any. */
function someNumber(): u32 {
  return randomBelow(generator, 3) ? 8000 + randomBelow(generator, 300) : randomBelow(generator, NUMBERS);
}
function isIn(number: u32): bool {
  return load<u8>(flags + number) != 0;
}
/** The next number of the model from one on. */
function modelNext(from: u32): u32 {
  for (let number = from; number < NUMBERS; number++) if (isIn(number)) return number;
  return BITMAP_END;
}

describe("bitmaps", () => {
  test("are sets of numbers", () => {
    start(11);
    const before = memoryUsed;
    let count: u32 = 0;
    for (let step = 0; step < 20000; step++) {
      const number = someNumber();
      demand(bitmapHas(bitmap, number) == isIn(number));
      // Grows and shrinks by turns.
      if (randomBelow(generator, 10) < (step % 8000 < 4000 ? 7 : 2)) {
        demand(bitmapAdd(bitmap, number));
        if (!isIn(number)) count++;
        store<u8>(flags + number, 1);
      } else {
        bitmapRemove(bitmap, number);
        if (isIn(number)) count--;
        store<u8>(flags + number, 0);
      }
      demand(bitmapCount(bitmap) == count);
      if (step % 50) continue;
      demand(bitmapCheck(bitmap));
      const from = someNumber();
      demand(bitmapNext(bitmap, from) == modelNext(from));
    }
    let walked: u32 = 0;
    for (let number = bitmapNext(bitmap, 0); number != BITMAP_END; number = bitmapNext(bitmap, number + 1)) {
      demand(isIn(number));
      walked++;
    }
    expect(walked).toBe(count);
    for (let number: u32 = 0; number < NUMBERS; number++) bitmapRemove(bitmap, number);
    expect(memoryUsed).toBe(before);
    expect(broken).toBe(0);
    expect(count > 1000).toBe(true);
  });

  test("know the ends of the range, and are freed as a whole", () => {
    start(12);
    const before = memoryUsed;
    expect(bitmapNext(bitmap, 0)).toBe(BITMAP_END);
    expect(bitmapAdd(bitmap, 0) && bitmapAdd(bitmap, 4095) && bitmapAdd(bitmap, 4096) && bitmapAdd(bitmap, 1000000)).toBe(true);
    expect(bitmapNext(bitmap, 1)).toBe(4095);
    expect(bitmapNext(bitmap, 4096)).toBe(4096);
    expect(bitmapNext(bitmap, 4097)).toBe(1000000);
    expect(bitmapNext(bitmap, 1000001)).toBe(BITMAP_END);
    expect(bitmapNext(bitmap, 0xfffffffe)).toBe(BITMAP_END);
    expect(bitmapHas(bitmap, 0xfffffffe)).toBe(false);
    bitmapFree(bitmap);
    expect(memoryUsed).toBe(before);
    expect(allocatorCheck()).toBe(0);
  });

  test("without memory change nothing", () => {
    start(13);
    expect(bitmapAdd(bitmap, 5)).toBe(true);
    memoryLimit(<u32>memory.size());
    let refused: u32 = 0;
    for (let number: u32 = 0; number < 400000000 && !refused; number += 4096) {
      if (bitmapAdd(bitmap, number)) continue;
      refused = number;
      demand(!bitmapHas(bitmap, number) && bitmapCheck(bitmap) && bitmapHas(bitmap, 5));
    }
    expect(refused > 0).toBe(true);
    expect(broken).toBe(0);
  });
});

describe("numbered slots", () => {
  test("keep what was put in them", () => {
    start(21);
    const before = memoryUsed;
    let live: u32 = 0;
    let next: u32 = 0;
    for (let step = 0; step < 20000; step++) {
      const number = someNumber();
      const slot = slotAt(slots, number);
      if (isIn(number)) {
        demand(slot != 0 && load<u32>(slot) == number + 1);
        if (randomBelow(generator, 3)) continue;
        demand(slotOwn(slots, number) == slot);
        slotGive(slots, number);
        store<u8>(flags + number, 0);
        live--;
      } else {
        demand(!slot || load<u64>(slot) == 0);
        const made = slotReserve(slots, number);
        demand(made != 0 && load<u64>(made) == 0 && load<u64>(made, 8) == 0);
        if (!randomBelow(generator, 4)) {
          slotRelinquish(slots, number);
          continue;
        }
        slotTake(slots, number);
        store<u32>(made, number + 1);
        store<u8>(flags + number, 1);
        live++;
        if (number >= next) next = number + 1;
      }
      demand(slotsLive(slots) == live && slotsNext(slots) == next);
    }
    for (let number: u32 = 0; number < NUMBERS; number++) if (isIn(number)) slotGive(slots, number);
    expect(memoryUsed).toBe(before);
    expect(slotsNext(slots)).toBe(next);
    expect(broken).toBe(0);
    expect(live > 300).toBe(true);
  });

  test("begin small, skip numbers, and have a last one", () => {
    start(22);
    const before = memoryUsed;
    expect(slotReserve(slots, 0) != 0).toBe(true);
    slotTake(slots, 0);
    expect(memoryUsed - before < 400).toBe(true);
    slotsSkip(slots, 5);
    slotsSkip(slots, 3);
    expect(slotsNext(slots)).toBe(5);
    expect(slotReserve(slots, NUMBER_MAX) == 0).toBe(true);
    expect(slotReserve(slots, 900) != 0).toBe(true);
    expect(slotAt(slots, 1023) != 0).toBe(true);
    expect(slotAt(slots, 1024) == 0).toBe(true);
    let chunks: u32 = 0;
    for (let position = slotsNextChunk(slots, 0); position < slotsChunks(slots); position = slotsNextChunk(slots, position + 1)) {
      slotsFreeChunk(slots, position);
      chunks++;
    }
    expect(chunks).toBe(2);
    slotsFree(slots);
    expect(memoryUsed).toBe(before);
  });
});
