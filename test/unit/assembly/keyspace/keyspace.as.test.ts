/**
 * Goal: SCAN returns every key that is there throughout, whatever the table does between two calls; the sweep deletes exactly
 * what is due, ends its rounds and gives thrown-away tables back; random picks are even; a deletion that cannot be logged
 * does not happen.
 * Method: numbered keys with known expiries; growth, shrinkage and joins between cursors; a chi-square test with a fixed seed.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { PURPOSE_ENTRY, PURPOSE_SCRATCH } from "../../../../assembly/abi/status";
import { hashBytes, hashSeed } from "../../../../assembly/bytes/hash";
import { randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import { databaseAt, databasesInitialize, setNow, useDatabase } from "../../../../assembly/keyspace/database";
import { buryDatabase } from "../../../../assembly/keyspace/graveyard";
import {
  expiredKeys,
  expiredRoomWanted,
  insertEntry,
  keyspaceInitialize,
  lookupQuiet,
  lookupRead,
  lookupWrite,
  removeEntry,
  foundSlot,
  setExpiredRoom,
  setRememberExpired,
  statementCommit,
  statementRollback,
} from "../../../../assembly/keyspace/keyspace";
import { randomSlot, scanBucket, scanned, scannedCount, walkNext, walkStart } from "../../../../assembly/keyspace/scan";
import { sweep } from "../../../../assembly/keyspace/sweep";
import { undoBegin } from "../../../../assembly/keyspace/undo";
import { allocate, allocatorCheck, memoryInitialize, memoryLimit, memoryUsed, purposeBytes } from "../../../../assembly/memory/allocator";
import { viewClose, viewDatabaseAt, viewOpen, viewsBury, viewsHeld, viewsLinger } from "../../../../assembly/mvcc/view";
import { BUFFER_LENGTH, bufferClear, bufferFree } from "../../../../assembly/structure/byte-buffer";
import { entryBytes, entryExpiry, keyPointer, writeEntryHead } from "../../../../assembly/structure/entry";
import { TABLE_ENTRIES, TABLE_EXPIRING, TABLE_SEGMENTS, tableCheck } from "../../../../assembly/structure/hash-table";

const KEYS_MAX: u32 = 60000;
/** How often each key number was met. */
const seen = memory.data(60000, 8);
const counts = memory.data(40000, 8);
const generator = memory.data(32, 8);
const key = memory.data(16, 8);
const START: f64 = 1000000;
let broken: u32 = 0;

/** Bytes that an empty keyspace takes. */
let idle: u64 = 0;

function start(seed: u64): void {
  randomSeed(generator, seed, 3);
  hashSeed(seed);
  demand(memoryInitialize((<usize>memory.size()) << 16));
  databasesInitialize();
  keyspaceInitialize();
  idle = memoryUsed;
  useDatabase(0);
  setNow(START);
}
function demand(holds: bool): void {
  if (!holds) broken++;
}
function hashOf(number: u32): u64 {
  store<u32>(key, number);
  store<u32>(key, ~number, 4);
  return hashBytes(key, 8);
}
function add(number: u32, expiry: u64): void {
  const hash = hashOf(number);
  const entry = allocate(<u32>entryBytes(8, expiry != 0, 0), PURPOSE_ENTRY);
  demand(entry != 0);
  writeEntryHead(entry, key, 8, expiry, 0);
  store<u8>(entry, 0);
  store<u32>(entry, 0, 4);
  demand(insertEntry(hash, entry));
}
function drop(number: u32): void {
  const hash = hashOf(number);
  const entry = lookupWrite(hash, key, 8);
  demand(entry != 0);
  if (entry) removeEntry(hash, foundSlot);
}
function size(index: u32): u32 {
  return load<u32>(databaseAt(index), TABLE_ENTRIES);
}
/** Notes what the scan visited. */
function note(): void {
  for (let index: u32 = 0; index < scannedCount; index++) {
    const number = load<u32>(keyPointer(<usize>load<u32>(scanned + ((<usize>index) << 2))));
    demand(number < KEYS_MAX);
    if (number < KEYS_MAX) store<u8>(seen + number, load<u8>(seen + number) + 1);
  }
}
/** Sweeps until a round and the one behind it have ended. */
function settle(): void {
  let calls = 0;
  for (let ends = 0; ends < 2;) {
    if (!sweep(5000, true)) ends++;
    if (++calls > 10000) {
      demand(false);
      return;
    }
  }
}

/** Two views, of which the newer one closes without memory when so many keys have gone that both see. */
function closeWithout(gone: u32): void {
  start(29);
  for (let number: u32 = 0; number < gone; number++) add(number, 0);
  const older = viewOpen(START);
  add(KEYS_MAX, 0);
  const newer = viewOpen(START);
  demand(older != newer);
  for (let number: u32 = 0; number < gone; number++) drop(number);
  const held = viewsHeld();
  memoryLimit(<u32>memory.size());
  while (allocate(1016, PURPOSE_SCRATCH));
  viewClose(newer);
  let calls = 0;
  while (viewsBury(100) && ++calls < 1000);
  demand(calls < 1000);
  // What was made in between goes.
  demand(viewsHeld() > <u64>gone * 16 && viewsHeld() <= held);
  demand(load<u32>(viewDatabaseAt(older, 0), TABLE_ENTRIES) == gone);
  viewClose(older);
  while (viewsBury(100) && ++calls < 2000);
  demand(calls < 2000 && viewsHeld() == 0 && !viewsLinger());
}

describe("a view that closes", () => {
  // The first block of the newer list is full, and that of the older one is not empty.
  test("hands on what an older one sees, and that ends without memory too", () => {
    closeWithout(124);
    expect(broken).toBe(0);
  });
});

describe("a statement within a statement", () => {
  test("is taken back, and what the outer one needs to be taken back is still held", () => {
    start(30);
    const scratch = purposeBytes + ((<usize>PURPOSE_SCRATCH) << 3);
    add(1, 0);
    const before = load<f64>(scratch);
    undoBegin();
    add(2, 0);
    const held = load<f64>(scratch);
    undoBegin();
    add(3, 0);
    drop(1);
    demand(load<f64>(scratch) > held);
    statementRollback();
    demand(load<f64>(scratch) == held);
    demand(lookupQuiet(hashOf(1), key, 8) != 0 && lookupQuiet(hashOf(2), key, 8) != 0 && lookupQuiet(hashOf(3), key, 8) == 0);
    undoBegin();
    add(4, 0);
    statementCommit();
    demand(load<f64>(scratch) == held);
    statementRollback();
    demand(load<f64>(scratch) == before && size(0) == 1);
    expect(broken).toBe(0);
  });
});

describe("scan", () => {
  test("an unchanged table: every key once", () => {
    start(31);
    for (let number: u32 = 0; number < 20000; number++) add(number, 0);
    let cursor: u32 = 0;
    do {
      cursor = scanBucket(databaseAt(0), cursor);
      note();
    } while (cursor);
    for (let number: u32 = 0; number < 20000; number++) demand(load<u8>(seen + number) == 1);
    expect(broken).toBe(0);
  });

  test("keys that stay are returned while the table grows sixfold", () => {
    start(32);
    for (let number: u32 = 0; number < 8000; number++) add(number, 0);
    let next: u32 = 8000;
    let cursor: u32 = 0;
    let calls: u32 = 0;
    do {
      cursor = scanBucket(databaseAt(0), cursor);
      note();
      for (let more = 0; more < 40 && next < 50000; more++) add(next++, 0);
      calls++;
    } while (cursor);
    for (let number: u32 = 0; number < 8000; number++) demand(load<u8>(seen + number) >= 1);
    expect(next).toBe(50000);
    expect(tableCheck(databaseAt(0))).toBe(0);
    expect(broken).toBe(0);
  });

  test("keys that stay are returned while the others go and segments join", () => {
    start(33);
    for (let number: u32 = 0; number < KEYS_MAX; number++) add(number, 0);
    const before = load<u32>(databaseAt(0), TABLE_SEGMENTS);
    let next: u32 = 0;
    let cursor: u32 = 0;
    do {
      cursor = scanBucket(databaseAt(0), cursor);
      note();
      for (let fewer = 0; fewer < 30 && next < KEYS_MAX; fewer++, next++) if (next % 50) drop(next);
      sweep(600, true);
    } while (cursor);
    for (let number: u32 = 0; number < KEYS_MAX; number += 50) demand(load<u8>(seen + number) >= 1);
    expect(load<u32>(databaseAt(0), TABLE_SEGMENTS)).toBeLessThan(before / 4);
    expect(tableCheck(databaseAt(0))).toBe(0);
    expect(broken).toBe(0);
  });

  test("keys that stay are returned through waves of growth and shrinkage", () => {
    start(34);
    for (let number: u32 = 0; number < 1000; number++) add(number, 0);
    let low: u32 = 1000;
    let high: u32 = 1000;
    let growing = true;
    let waves = 0;
    for (let round = 0; round < 3; round++) {
      memory.fill(seen, 0, KEYS_MAX);
      let cursor: u32 = 0;
      do {
        cursor = scanBucket(databaseAt(0), cursor);
        note();
        for (let part = 0; part < 120; part++) {
          if (growing) add(high++, 0);
          else drop(low++);
          if (growing ? high == 12000 : low == high) {
            growing = !growing;
            if (low == high) {
              low = 1000;
              high = 1000;
              waves++;
            }
          }
        }
        if (!growing) sweep(900, true);
      } while (cursor);
      for (let number: u32 = 0; number < 1000; number++) demand(load<u8>(seen + number) >= 1);
    }
    expect(waves).toBeGreaterThan(1);
    expect(tableCheck(databaseAt(0))).toBe(0);
    expect(broken).toBe(0);
  });

  test("any cursor is taken, an empty table ends at once, and a walk meets each entry once", () => {
    start(35);
    expect(scanBucket(databaseAt(0), 12345)).toBe(0);
    for (let number: u32 = 0; number < 5000; number++) add(number, 0);
    for (let count = 0; count < 20000; count++) scanBucket(databaseAt(0), randomBelow(generator, 0xffffffff));
    expect(scanBucket(databaseAt(0), 0xffffffff)).toBe(0);
    walkStart(databaseAt(0));
    let met: u32 = 0;
    while (walkNext(databaseAt(0))) met++;
    expect(met).toBe(5000);
  });
});

describe("sweep", () => {
  test("deletes what is due, and nothing else, in every database", () => {
    start(36);
    for (let index: u32 = 0; index < 16; index += 5) {
      useDatabase(index);
      for (let number: u32 = 0; number < 6000; number++) add(number, number % 3 == 0 ? 0 : <u64>START + (number % 100));
    }
    useDatabase(3);
    for (let time: u32 = 0; time < 100; time += 9) {
      setNow(START + <f64>time);
      settle();
      for (let index: u32 = 0; index < 16; index += 5) {
        let expected: u32 = 0;
        for (let number: u32 = 0; number < 6000; number++) if (number % 3 == 0 || number % 100 >= time) expected++;
        demand(size(index) == expected);
        demand(tableCheck(databaseAt(index)) == 0);
      }
    }
    setNow(START + 100);
    settle();
    demand(size(0) == 2000 && size(15) == 2000 && load<u32>(databaseAt(5), TABLE_EXPIRING) == 0);
    demand(size(3) == 0);
    walkStart(databaseAt(10));
    for (let entry = walkNext(databaseAt(10)); entry; entry = walkNext(databaseAt(10))) demand(entryExpiry(entry) == 0);
    expect(broken).toBe(0);
  });

  test("with active expiry off nothing goes, and a round ends all the same", () => {
    start(37);
    for (let number: u32 = 0; number < 3000; number++) add(number, <u64>START - 1);
    let calls = 0;
    while (sweep(10, false) && calls < 1000) calls++;
    expect(calls).toBeLessThan(1000);
    expect(size(0)).toBe(3000);
    settle();
    expect(size(0)).toBe(0);
    expect(memoryUsed).toBe(idle);
    expect(broken).toBe(0);
  });

  test("a small budget is kept to about a segment", () => {
    start(38);
    for (let number: u32 = 0; number < 30000; number++) add(number, <u64>START - 1);
    while (size(0)) {
      const before = size(0);
      demand(sweep(1, true) || size(0) == 0);
      demand(before - size(0) <= 1524);
    }
    settle();
    expect(memoryUsed).toBe(idle);
    expect(broken).toBe(0);
  });

  test("buried tables are empty at once and freed step by step to the last byte", () => {
    start(39);
    for (let number: u32 = 0; number < 20000; number++) add(number, 0);
    const full = memoryUsed;
    buryDatabase(databaseAt(0));
    expect(size(0)).toBe(0);
    expect(memoryUsed).toBeGreaterThan(full - 1);
    add(1, 0);
    let steps: u32 = 0;
    while (sweep(1000, true)) steps++;
    expect(steps).toBeGreaterThan(10);
    expect(size(0)).toBe(1);
    demand(lookupQuiet(hashOf(1), key, 8) != 0 && lookupQuiet(hashOf(2), key, 8) == 0);
    drop(1);
    settle();
    expect(allocatorCheck()).toBe(0);
    expect(memoryUsed).toBe(idle);
    expect(broken).toBe(0);
  });
});

describe("deletions of expired keys that are logged", () => {
  test("without room the key stays and is missing; with room it goes", () => {
    start(40);
    setRememberExpired(true);
    for (let number: u32 = 0; number < 100; number++) add(number, <u64>START - 1);
    setExpiredRoom(0);
    demand(lookupRead(hashOf(1), key, 8) == 0 && size(0) == 100);
    settle();
    expect(size(0)).toBe(100);
    expect(expiredRoomWanted).toBe(16);
    setExpiredRoom(40);
    demand(lookupQuiet(hashOf(1), key, 8) == 0 && size(0) == 99);
    sweep(1000, true);
    expect(size(0)).toBe(98);
    expect(load<u32>(expiredKeys, BUFFER_LENGTH)).toBe(32);
    let rounds: u32 = 0;
    while (size(0) && rounds < 1000) {
      bufferClear(expiredKeys);
      sweep(1000, true);
      rounds++;
    }
    expect(rounds).toBe(49);
    bufferFree(expiredKeys);
    settle();
    expect(tableCheck(databaseAt(0))).toBe(0);
    expect(memoryUsed).toBe(idle);
    expect(broken).toBe(0);
  });
});

describe("random picks", () => {
  test("each of 5,000 keys comes about as often as any other", () => {
    start(41);
    const keys: u32 = 5000;
    for (let number: u32 = 0; number < keys; number++) add(number, 0);
    const draws: u32 = keys * 40;
    for (let draw: u32 = 0; draw < draws; draw++) {
      const number = load<u32>(keyPointer(<usize>load<u32>(randomSlot(databaseAt(0), generator))));
      store<u32>(counts + ((<usize>number) << 2), load<u32>(counts + ((<usize>number) << 2)) + 1);
    }
    let square: f64 = 0;
    for (let number: u32 = 0; number < keys; number++) {
      const difference = <f64>load<u32>(counts + ((<usize>number) << 2)) - 40;
      square += (difference * difference) / 40;
    }
    // 4,999 degrees of freedom: mean 4,999, standard deviation 100; six of them would be no chance.
    expect(square).toBeLessThan(5600);
    expect(square).toBeGreaterThan(4400);
  });

  test("a sparse table still gives each of its keys", () => {
    start(42);
    for (let number: u32 = 0; number < 40000; number++) add(number, 0);
    for (let number: u32 = 3; number < 40000; number++) drop(number);
    for (let draw = 0; draw < 3000; draw++) {
      const number = load<u32>(keyPointer(<usize>load<u32>(randomSlot(databaseAt(0), generator))));
      demand(number < 3);
      store<u8>(seen + number, 1);
    }
    demand(load<u8>(seen) == 1 && load<u8>(seen + 1) == 1 && load<u8>(seen + 2) == 1);
    expect(broken).toBe(0);
  });
});
