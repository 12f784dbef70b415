/**
 * Goal: blocks never overlap, keep their bytes until they are freed, and are accounted to the byte; a refused allocation
 * changes nothing; what memoryAdmit promises is there; arenas give back what was taken since the mark.
 * Method: random allocations and releases of all size classes against a list of what should be live, with a pattern in every
 * block; the allocator's own checks on the way. Findings are counted in `broken`, so that one expectation ends a long loop.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { PURPOSE_COUNT, PURPOSE_ENTRY, PURPOSE_SCRATCH, PURPOSE_SESSION } from "../../../../assembly/abi/status";
import { RANDOM_STATE_SIZE, randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import {
  allocate,
  allocatedSize,
  allocationSize,
  allocatorCheck,
  memoryAdmit,
  memoryInitialize,
  memoryLimit,
  memoryUsed,
  purposeBytes,
  release,
} from "../../../../assembly/memory/allocator";
import { ARENA_SIZE, arenaAllocate, arenaMark, arenaRelease } from "../../../../assembly/memory/arena";
import { pageHeapCheck, pagesAdmit, pagesSpare } from "../../../../assembly/memory/page-heap";

const BLOCKS: u32 = 1500;
/** Records {u32 address, u32 size, u32 purpose, u32 pattern}; address 0: not live. */
const blocks = memory.data(24000, 8);
const generator = memory.data(32, 8);
const arena = memory.data(16, 8);
let broken: u32 = 0;

function start(seed: u64): void {
  if (RANDOM_STATE_SIZE != 32) broken++;
  randomSeed(generator, seed, 1);
  if (!memoryInitialize((<usize>memory.size()) << 16)) broken++;
}
function demand(holds: bool): void {
  if (!holds) broken++;
}
function block(index: u32): usize {
  return blocks + ((<usize>index) << 4);
}
/** A size: mostly small, now and then at the edge of the largest class, or many pages. */
function randomSize(): u32 {
  const kind = randomBelow(generator, 100);
  if (kind < 60) return 1 + randomBelow(generator, 600);
  if (kind < 90) return 1 + randomBelow(generator, 20000);
  if (kind < 96) return 1 + randomBelow(generator, 262144);
  if (kind < 98) return 262142 + randomBelow(generator, 5);
  return 262145 + randomBelow(generator, 900000);
}
/** Bytes at which the pattern is looked for: all of a small block, every 61st of a larger one, always the last. */
function stepOf(size: u32): u32 {
  return size < 2000 ? 1 : 61;
}
function paint(address: usize, size: u32, pattern: u32): void {
  memory.fill(address, <u8>pattern, size);
}
function isPainted(address: usize, size: u32, pattern: u32): bool {
  for (let at: u32 = 0; at < size; at += stepOf(size)) if (load<u8>(address + at) != <u8>pattern) return false;
  return load<u8>(address + size - 1) == <u8>pattern;
}
function take(record: usize, size: u32, purpose: u32, pattern: u32): bool {
  const before = memoryUsed;
  const address = allocate(size, purpose);
  if (!address) {
    demand(memoryUsed == before);
    return false;
  }
  demand((address & 7) == 0);
  demand(allocatedSize(address) == allocationSize(size) && allocationSize(size) >= size);
  demand(memoryUsed == before + allocationSize(size));
  paint(address, size, pattern);
  store<u32>(record, <u32>address);
  store<u32>(record, size, 4);
  store<u32>(record, purpose, 8);
  store<u32>(record, pattern, 12);
  return true;
}
function give(record: usize): void {
  const address = <usize>load<u32>(record);
  demand(isPainted(address, load<u32>(record, 4), load<u32>(record, 12)));
  release(address, load<u32>(record, 8));
  store<u32>(record, 0);
}
/** Sum of what the live blocks of a purpose should take. */
function expectedBytes(purpose: u32): f64 {
  let sum: f64 = 0;
  for (let index: u32 = 0; index < BLOCKS; index++) {
    if (load<u32>(block(index)) && load<u32>(block(index), 8) == purpose) sum += <f64>allocationSize(load<u32>(block(index), 4));
  }
  return sum;
}
function checkAll(): void {
  demand(pageHeapCheck() == 0);
  demand(allocatorCheck() == 0);
  for (let purpose: u32 = 0; purpose < <u32>PURPOSE_COUNT; purpose++) {
    demand(load<f64>(purposeBytes + ((<usize>purpose) << 3)) == expectedBytes(purpose));
  }
}

describe("allocator", () => {
  test("random blocks keep their bytes and are accounted exactly", () => {
    start(11);
    for (let step: u32 = 0; step < 60000; step++) {
      const index = randomBelow(generator, BLOCKS);
      const record = block(index);
      if (load<u32>(record)) give(record);
      else demand(take(record, randomSize(), randomBelow(generator, PURPOSE_COUNT), index & 0xff));
      if (step % 2000 == 0) checkAll();
    }
    for (let index: u32 = 0; index < BLOCKS; index++) if (load<u32>(block(index))) give(block(index));
    checkAll();
    expect(broken).toBe(0);
    expect(memoryUsed).toBe(0);
  });

  test("every size up to 300,000 gets enough, and its class wastes at most a fifth beyond 64 bytes", () => {
    start(1);
    for (let size: u32 = 1; size < 300000; size += size < 3000 ? 1 : 97) {
      const given = allocationSize(size);
      demand(given >= size);
      if (size > 64 && size <= 262144) demand(given - size <= size / 4 + 8);
      const address = allocate(size, PURPOSE_ENTRY);
      demand(address != 0 && allocatedSize(address) == given);
      if ((given & 63) == 0) demand((address & 63) == 0);
      release(address, PURPOSE_ENTRY);
    }
    expect(broken).toBe(0);
    expect(memoryUsed).toBe(0);
  });

  test("refused at the limit, nothing is lost, and freed memory is there again", () => {
    start(3);
    memoryLimit(<u32>memory.size() + 40);
    let count: u32 = 0;
    while (count < BLOCKS && take(block(count), 100000, PURPOSE_SESSION, count & 0xff)) count++;
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(BLOCKS);
    demand(allocate(100000, PURPOSE_SESSION) == 0);
    demand(allocate(5000000, PURPOSE_SESSION) == 0);
    demand(allocate(0xffffffff, PURPOSE_SESSION) == 0);
    checkAll();
    for (let index: u32 = 0; index < count; index += 2) give(block(index));
    checkAll();
    for (let index: u32 = 0; index < count; index += 2) demand(take(block(index), 100000, PURPOSE_SESSION, index & 0xff));
    for (let index: u32 = 0; index < count; index++) give(block(index));
    checkAll();
    expect(broken).toBe(0);
    expect(memoryUsed).toBe(0);
  });

  test("what is admitted can be allocated, in one block or in many, and the reserve is left", () => {
    start(4);
    memoryLimit(<u32>memory.size() + 120);
    let blocksTaken: u32 = 0;
    while (memoryAdmit(20000)) {
      for (let part = 0; part < 4; part++) demand(allocate(5000, PURPOSE_ENTRY) != 0);
      blocksTaken += 4;
    }
    expect(blocksTaken).toBeGreaterThan(100);
    demand(!memoryAdmit(1 << 40));
    for (let reserve = 0; reserve < 100; reserve++) demand(allocate(8192, PURPOSE_ENTRY) != 0);
    demand(pageHeapCheck() == 0 && allocatorCheck() == 0);
    expect(broken).toBe(0);
  });

  test("an admitted large value leaves room for its small neighbours", () => {
    start(5);
    memoryLimit(<u32>memory.size() + 400);
    let taken: u32 = 0;
    while (memoryAdmit(600000)) {
      demand(allocate(300000, PURPOSE_ENTRY) != 0);
      demand(allocate(100, PURPOSE_ENTRY) != 0);
      taken++;
    }
    expect(taken).toBeGreaterThan(10);
    expect(broken).toBe(0);
  });

  test("scattered free pages admit small requests though no long run is left", () => {
    start(6);
    memoryLimit(<u32>memory.size() + 200);
    let count: u32 = 0;
    while (count < BLOCKS && take(block(count), 60000, PURPOSE_SESSION, 1)) count++;
    expect(memoryAdmit(100)).toBe(false);
    for (let index: u32 = 0; index < count; index++) if (index & 4) give(block(index));
    demand(pageHeapCheck() == 0);
    demand(pagesSpare(20));
    expect(memoryAdmit(100)).toBe(true);
    demand(allocate(100, PURPOSE_ENTRY) != 0);
    expect(broken).toBe(0);
  });

  test("a run that was admitted is there, whoever takes pages before that is told", () => {
    start(7);
    memoryLimit(<u32>memory.size() + 64);
    expect(pagesAdmit(64)).toBe(true);
    expect(pagesAdmit(65)).toBe(false);
    demand(allocate(30 << 16, PURPOSE_SESSION) != 0);
    expect(pagesAdmit(35)).toBe(false);
    expect(pagesAdmit(34)).toBe(true);
    demand(allocate(34 << 16, PURPOSE_SESSION) != 0);
    expect(pagesAdmit(1)).toBe(false);
    demand(allocate(1, PURPOSE_SESSION) == 0);
    expect(broken).toBe(0);
    expect(pageHeapCheck()).toBe(0);
  });
});

describe("arena", () => {
  test("a release gives back what was taken since its mark, and no more", () => {
    start(8);
    const kept = arenaAllocate(arena, 1000);
    paint(kept, 1000, 7);
    for (let round: u32 = 0; round < 200; round++) {
      const mark = arenaMark(arena);
      const used = memoryUsed;
      for (let part = 0; part < 20; part++) {
        const size = 1 + randomBelow(generator, round % 10 == 0 ? 100000 : 3000);
        const address = arenaAllocate(arena, size);
        demand(address != 0 && (address & 7) == 0);
        paint(address, size, round);
      }
      demand(isPainted(kept, 1000, 7));
      arenaRelease(arena, mark);
      demand(memoryUsed == used);
    }
    demand(arenaAllocate(arena, 0xffffffff) == 0);
    arenaRelease(arena, 0);
    expect(broken).toBe(0);
    expect(memoryUsed).toBe(0);
    expect(load<f64>(purposeBytes + (PURPOSE_SCRATCH << 3))).toBe(0.0);
    expect(ARENA_SIZE).toBe(12);
    expect(load<u32>(arena) | load<u32>(arena, 4) | load<u32>(arena, 8)).toBe(0);
  });
});
