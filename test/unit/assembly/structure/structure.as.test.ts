/**
 * Goal: the hash table is a map: after any insertions, replacements, removals, splits and joins it finds exactly what a plain
 * array holds, its counters and bounds are right, and it gives its memory back. Entries have the layout that their head
 * promises, for short and long keys. A byte buffer keeps its bytes while it grows and says no without losing any.
 * Method: random operations on numbered keys against an array of entries; `tableCheck` after each of them.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { PURPOSE_ENTRY, PURPOSE_SESSION } from "../../../../assembly/abi/status";
import { hashBytes, hashSeed } from "../../../../assembly/bytes/hash";
import { randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import { allocate, allocatorCheck, memoryInitialize, memoryLimit, memoryUsed, release } from "../../../../assembly/memory/allocator";
import {
  BUFFER_LENGTH,
  BUFFER_POINTER,
  bufferAppend,
  bufferClear,
  bufferFree,
  bufferInitialize,
  bufferReserve,
} from "../../../../assembly/structure/byte-buffer";
import {
  ENTRY_HEADER,
  ENTRY_KIND,
  entryBytes,
  entryExpiry,
  keyEquals,
  keyLength,
  keyOffset,
  keyPointer,
  valuePointer,
  writeEntryHead,
} from "../../../../assembly/structure/entry";
import {
  SEGMENT_DEPTH,
  TABLE_DEPTH,
  TABLE_ENTRIES,
  TABLE_EXPIRING,
  TABLE_SEGMENTS,
  segmentAt,
  segmentSpan,
  tableCheck,
  tableFind,
  tableHalveDirectory,
  tableInitialize,
  tableInsert,
  tableJoin,
  tableRemove,
  tableReplace,
} from "../../../../assembly/structure/hash-table";

const KEYS_MAX: u32 = 200000;
/** The entry of each key number, 0: none. */
const model = memory.data(800000, 8);
const table = memory.data(48, 8);
const buffer = memory.data(16, 8);
const generator = memory.data(32, 8);
const key = memory.data(32, 8);
let broken: u32 = 0;
let live: u32 = 0;
let expiring: u32 = 0;

function start(seed: u64): void {
  randomSeed(generator, seed, 2);
  hashSeed(seed);
  demand(memoryInitialize((<usize>memory.size()) << 16));
  tableInitialize(table);
}
function demand(holds: bool): void {
  if (!holds) broken++;
}
/** Writes the key of a number, 4 to 24 bytes, and returns its length. */
function writeKey(number: u32): u32 {
  memory.fill(key, 120, 24);
  store<u32>(key, number);
  return 4 + (number % 21);
}
function hashOf(number: u32): u64 {
  return hashBytes(key, writeKey(number));
}
function modelled(number: u32): usize {
  return <usize>load<u32>(model + ((<usize>number) << 2));
}
function setModel(number: u32, entry: usize): void {
  store<u32>(model + ((<usize>number) << 2), <u32>entry);
}
function makeEntry(number: u32, expiry: u64): usize {
  const length = writeKey(number);
  const entry = allocate(<u32>entryBytes(length, expiry != 0, 0), PURPOSE_ENTRY);
  demand(entry != 0);
  writeEntryHead(entry, key, length, expiry, 0);
  store<u8>(entry, 0, ENTRY_KIND);
  return entry;
}
/** The slot of a key, which must hold what the model says. */
function findSlot(number: u32): usize {
  const hash = hashOf(number);
  const slot = tableFind(table, hash, key, writeKey(number));
  const entry = modelled(number);
  demand(entry ? slot != 0 && <usize>load<u32>(slot) == entry : slot == 0);
  return slot;
}
function insert(number: u32, expiry: u64): void {
  const entry = makeEntry(number, expiry);
  const slot = tableInsert(table, hashOf(number), entry);
  demand(slot != 0 && <usize>load<u32>(slot) == entry);
  setModel(number, entry);
  live++;
  if (expiry) expiring++;
}
function replace(number: u32, slot: usize, expiry: u64): void {
  const old = modelled(number);
  const hadExpiry = entryExpiry(old) != 0;
  const entry = makeEntry(number, expiry);
  tableReplace(table, hashOf(number), slot, entry, hadExpiry);
  release(old, PURPOSE_ENTRY);
  setModel(number, entry);
  if (hadExpiry) expiring--;
  if (expiry) expiring++;
}
function remove(number: u32, slot: usize): void {
  const old = modelled(number);
  tableRemove(table, hashOf(number), slot);
  if (entryExpiry(old)) expiring--;
  release(old, PURPOSE_ENTRY);
  setModel(number, 0);
  live--;
}
/** One operation on a random key: `inserting` of 100 are insertions where the key is missing, the rest removals. */
function step(keys: u32, inserting: u32): void {
  const number = randomBelow(generator, keys);
  const slot = findSlot(number);
  const expiry: u64 = randomBelow(generator, 3) == 0 ? 1000 + <u64>randomBelow(generator, 100000) : 0;
  const wants = randomBelow(generator, 100) < inserting;
  if (!slot) {
    if (wants) insert(number, expiry);
  } else if (wants) replace(number, slot, expiry);
  else remove(number, slot);
}
function checkCounters(): void {
  demand(load<u32>(table, TABLE_ENTRIES) == live);
  demand(load<u32>(table, TABLE_EXPIRING) == expiring);
}
/** Joins whatever can be joined, then halves the directory; returns the number of joins. */
function joinAll(): u32 {
  let joins: u32 = 0;
  if (!load<u32>(table, TABLE_SEGMENTS)) return 0;
  let position: u32 = 0;
  while (!(position >>> load<u32>(table, TABLE_DEPTH))) {
    if (tableJoin(table, position)) joins++;
    const span = segmentSpan(table, segmentAt(table, position));
    position = (position & ~(span - 1)) + span;
  }
  while (tableHalveDirectory(table)) joins++;
  return joins;
}

describe("hash table", () => {
  test("random operations agree with an array, with all invariants after each", () => {
    start(21);
    for (let count = 0; count < 5000; count++) {
      step(2500, 85);
      checkCounters();
      demand(tableCheck(table) == 0);
    }
    expect(live).toBeGreaterThan(1500);
    expect(load<u32>(table, TABLE_SEGMENTS)).toBeGreaterThan(1);
    for (let count = 0; count < 6000; count++) {
      step(2500, 15);
      if (count % 50 == 0) joinAll();
      checkCounters();
      if (count % 4 == 0) demand(tableCheck(table) == 0);
    }
    for (let number: u32 = 0; number < 2500; number++) {
      const slot = findSlot(number);
      if (slot) remove(number, slot);
      joinAll();
    }
    checkCounters();
    expect(load<u32>(table, TABLE_SEGMENTS)).toBe(0);
    expect(broken).toBe(0);
    expect(memoryUsed).toBe(0);
  });

  test("200,000 keys go in, are found, and go out", () => {
    start(22);
    for (let number: u32 = 0; number < KEYS_MAX; number++) insert(number, number & 7 ? 0 : 5000);
    checkCounters();
    demand(tableCheck(table) == 0);
    expect(load<u32>(table, TABLE_SEGMENTS)).toBeGreaterThan(157);
    expect(load<u32>(table, TABLE_SEGMENTS)).toBeLessThan(400);
    for (let number: u32 = 0; number < KEYS_MAX; number++) findSlot(number);
    writeKey(KEYS_MAX + 5);
    expect(<u32>tableFind(table, hashOf(KEYS_MAX + 5), key, writeKey(KEYS_MAX + 5))).toBe(0);
    for (let number: u32 = 0; number < KEYS_MAX; number++) {
      if (number % 10 != 3) remove(number, findSlot(number));
    }
    demand(tableCheck(table) == 0);
    const segments = load<u32>(table, TABLE_SEGMENTS);
    while (joinAll()) demand(tableCheck(table) == 0);
    expect(load<u32>(table, TABLE_SEGMENTS)).toBeLessThan(segments / 3);
    for (let number: u32 = 3; number < KEYS_MAX; number += 10) remove(number, findSlot(number));
    while (joinAll()) demand(tableCheck(table) == 0);
    checkCounters();
    demand(allocatorCheck() == 0);
    expect(load<u32>(table, TABLE_ENTRIES)).toBe(0);
    expect(broken).toBe(0);
  });

  test("without memory for a split it goes on in its segments, then says no and stays whole", () => {
    start(23);
    let number: u32 = 0;
    for (; number < 1000; number++) insert(number, 0);
    memoryLimit(<u32>memory.size());
    while (allocate(8192, PURPOSE_SESSION)) continue;
    let refused = false;
    for (; number < 2000 && !refused; number++) {
      const length = writeKey(number);
      const entry = allocate(<u32>entryBytes(length, false, 0), PURPOSE_ENTRY);
      if (!entry) break;
      writeEntryHead(entry, key, length, 0, 0);
      refused = !tableInsert(table, hashOf(number), entry);
      if (refused) break;
      setModel(number, entry);
      live++;
    }
    expect(live).toBeGreaterThan(1270);
    expect(live).toBeLessThan(1525);
    expect(tableCheck(table)).toBe(0);
    checkCounters();
    for (let each: u32 = 0; each < 2000; each++) findSlot(each);
    expect(broken).toBe(0);
  });

  test("segments with one key each go back to the first depth", () => {
    start(24);
    for (let number: u32 = 0; number < 20000; number++) insert(number, 9);
    const deepest = load<u32>(table, TABLE_DEPTH);
    expect(deepest).toBeGreaterThan(3);
    for (let number: u32 = 1; number < 20000; number++) remove(number, findSlot(number));
    while (joinAll()) demand(tableCheck(table) == 0);
    expect(load<u32>(table, TABLE_DEPTH)).toBe(1);
    expect(load<u32>(table, TABLE_SEGMENTS)).toBe(1);
    expect(load<u32>(segmentAt(table, 0), SEGMENT_DEPTH)).toBe(0);
    findSlot(0);
    expect(broken).toBe(0);
  });
});

describe("entry", () => {
  test("keys around 65,535 bytes, with and without an expiry", () => {
    start(25);
    const text = allocate(70000, PURPOSE_SESSION);
    for (let at: u32 = 0; at < 70000; at++) store<u8>(text + at, <u8>randomBelow(generator, 256));
    for (let length: u32 = 65533; length < 65539; length++) {
      for (let withExpiry: u32 = 0; withExpiry < 2; withExpiry++) {
        const expiry: u64 = withExpiry ? 0x123456789a : 0;
        const bytes = entryBytes(length, withExpiry != 0, 8);
        const entry = allocate(<u32>bytes, PURPOSE_ENTRY);
        memory.fill(entry, 0, <usize>bytes);
        writeEntryHead(entry, text, length, expiry, 77);
        demand(keyLength(entry) == length);
        demand(keyOffset(entry) == ENTRY_HEADER + (withExpiry ? 8 : 0) + (length >= 65535 ? 4 : 0));
        demand(valuePointer(entry) + 8 == entry + <usize>bytes);
        demand(entryExpiry(entry) == expiry);
        demand(memory.compare(keyPointer(entry), text, length) == 0);
        demand(keyEquals(entry, text, length));
        demand(!keyEquals(entry, text, length - 1));
        demand(!keyEquals(entry, text, length + 1));
        demand(!keyEquals(entry, text + 1, length));
        demand(load<u32>(entry, 8) == 77);
        release(entry, PURPOSE_ENTRY);
      }
    }
    expect(broken).toBe(0);
  });

  test("sizes of huge entries do not overflow", () => {
    expect(entryBytes(0xffffffff, true, 0xffffffff)).toBe(24 + 2 * <u64>0xffffffff);
    expect(entryBytes(0, false, 0)).toBe(12);
  });
});

describe("byte buffer", () => {
  test("bytes stay while it grows; clearing keeps a small block and frees a large one", () => {
    start(26);
    bufferInitialize(buffer, PURPOSE_SESSION);
    let length: u32 = 0;
    while (length < 3000000) {
      const size: u32 = 1 + randomBelow(generator, 90000);
      const target = bufferReserve(buffer, size);
      demand(target != 0);
      store<u32>(buffer, length + size, BUFFER_LENGTH);
      for (let at: u32 = 0; at < size; at++) store<u8>(target + at, <u8>((length + at) % 251));
      length += size;
    }
    const pointer = <usize>load<u32>(buffer, BUFFER_POINTER);
    for (let at: u32 = 0; at < length; at++) demand(load<u8>(pointer + at) == <u8>(at % 251));
    bufferClear(buffer);
    expect(memoryUsed).toBe(0);
    demand(bufferAppend(buffer, key, 20));
    bufferClear(buffer);
    expect(memoryUsed).toBeGreaterThan(0);
    expect(load<u32>(buffer, BUFFER_LENGTH)).toBe(0);
    bufferFree(buffer);
    expect(memoryUsed).toBe(0);
    expect(broken).toBe(0);
  });

  test("no memory: nothing is appended, what is there stays", () => {
    start(27);
    memoryLimit(<u32>memory.size() + 60);
    bufferInitialize(buffer, PURPOSE_SESSION);
    memory.fill(key, 9, 32);
    while (bufferAppend(buffer, key, 32)) continue;
    const length = load<u32>(buffer, BUFFER_LENGTH);
    expect(length).toBeGreaterThan(200000);
    const pointer = <usize>load<u32>(buffer, BUFFER_POINTER);
    for (let at: u32 = 0; at < length; at++) demand(load<u8>(pointer + at) == 9);
    expect(<u32>bufferReserve(buffer, 0xffffffff)).toBe(0);
    expect(load<u32>(buffer, BUFFER_LENGTH)).toBe(length);
    expect(broken).toBe(0);
  });
});
