/**
 * Goal: the order of the keys has what the table has whatever allocation fails, is dropped rather than be wrong or refuse a write, and
 * gives every byte back; a read view and a transaction see what it was when they began.
 * Method: random changes with failing allocations of the tree; views and private states that are opened, looked at and closed in between,
 * each against a copy of the keys that were there. `keyOrderCheck` compares the order with the table after each change.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import {
  ORDER_BUILDING,
  ORDER_OUT_OF_MEMORY,
  ORDER_READY,
  PURPOSE_ENTRY,
  RANGE_HIGH_OPEN,
  RANGE_LOW_OPEN,
  RANGE_NO_HIGH,
  RANGE_NO_LOW,
  RANGE_REVERSE,
} from "../../../../assembly/abi/status";
import { hashBytes, hashSeed } from "../../../../assembly/bytes/hash";
import { randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import { DATABASE_ORDER, database, databaseAt, databasesInitialize, setNow, useDatabase } from "../../../../assembly/keyspace/database";
import { buryDatabase } from "../../../../assembly/keyspace/graveyard";
import {
  batchEntry,
  keyOrderBatch,
  keyOrderBuild,
  keyOrderCheck,
  keyOrderDig,
  keyOrderDrop,
  keyOrderIsBuilt,
  keyOrderSpan,
  spanCount,
  spanFirst,
} from "../../../../assembly/keyspace/key-order";
import { selectKeys, selectedCount, selectedEntry, selectedMore } from "../../../../assembly/keyspace/key-selection";
import { foundSlot, insertEntry, keyspaceInitialize, lookupWrite, removeEntry } from "../../../../assembly/keyspace/keyspace";
import { contextExit, privateEnter, privateForget, viewEnter } from "../../../../assembly/keyspace/private-state";
import { sweep } from "../../../../assembly/keyspace/sweep";
import { allocate, memoryInitialize, memoryUsed } from "../../../../assembly/memory/allocator";
import { transactionFree, transactionOpen } from "../../../../assembly/mvcc/context";
import { viewClose, viewOpen } from "../../../../assembly/mvcc/view";
import { entryBytes, keyPointer, writeEntryHead } from "../../../../assembly/structure/entry";
import { failAllocation } from "../../../../assembly/structure/tree-node";

const KEYS: u32 = 3000;
const ALL: u32 = RANGE_NO_LOW | RANGE_NO_HIGH;
const generator = memory.data(32, 8);
const key = memory.data(8, 8);
const low = memory.data(8, 8);
/** Whether a key is there: in the committed state, and as others saw it. */
const present = memory.data(3000, 8);
const seen = memory.data(3000, 8);
let broken: u32 = 0;

function demand(holds: bool): void {
  if (!holds) broken++;
}

function start(seed: u64): void {
  randomSeed(generator, seed, 3);
  hashSeed(seed);
  demand(memoryInitialize((<usize>memory.size()) << 16));
  databasesInitialize();
  keyspaceInitialize();
  useDatabase(0);
  setNow(1000000);
  memory.fill(present, 0, KEYS);
}

/** Big-endian, so that the order of keys is that of numbers. */
function hashOf(number: u32): u64 {
  store<u32>(key, bswap<u32>(number));
  return hashBytes(key, 4);
}

function numberOf(entry: usize): u32 {
  return bswap<u32>(load<u32>(keyPointer(entry)));
}

/** Adds a key, or takes it away if it is there, in the state that is seen. */
function toggle(states: usize, number: u32): void {
  const hash = hashOf(number);
  const isThere = load<u8>(states + number) != 0;
  const old = lookupWrite(hash, key, 4);
  demand(isThere == (old != 0));
  if (old) removeEntry(hash, foundSlot);
  else {
    const entry = allocate(<u32>entryBytes(4, false, 0) + 4, PURPOSE_ENTRY);
    demand(entry != 0);
    writeEntryHead(entry, key, 4, 0, 0);
    store<u8>(entry, 0);
    store<u32>(entry, 0, 4);
    demand(insertEntry(hash, entry));
  }
  store<u8>(states + number, isThere ? 0 : 1);
}

function build(): void {
  while (keyOrderBuild(100) == <u32>ORDER_BUILDING) {}
  demand(keyOrderIsBuilt());
}

/** Compares the order of the state that is seen with what is there, from both ends. */
function compare(states: usize): void {
  for (let direction = 0; direction < 2; direction++) {
    keyOrderSpan(ALL, 0, 0, 0, 0);
    let position: u32 = 0;
    let number: i32 = direction ? <i32>KEYS - 1 : 0;
    while (position < spanCount) {
      const count = keyOrderBatch(direction ? spanCount - 1 - position : position, spanCount - position, direction != 0);
      for (let index: u32 = 0; index < count; index++) {
        while (number >= 0 && number < <i32>KEYS && !load<u8>(states + number)) number += direction ? -1 : 1;
        demand(numberOf(batchEntry(index)) == <u32>number);
        number += direction ? -1 : 1;
      }
      position += count;
    }
    while (number >= 0 && number < <i32>KEYS && !load<u8>(states + number)) number += direction ? -1 : 1;
    demand(number < 0 || number == <i32>KEYS);
  }
}

/** Compares a selection with the same range of the order. */
function compareSelection(flags: u32, from: u32, to: u32, count: u32): void {
  store<u32>(low, bswap<u32>(from));
  store<u32>(key, bswap<u32>(to));
  keyOrderSpan(flags, low, 4, key, 4);
  selectKeys(flags, low, 4, key, 4, count);
  const most = spanCount < count ? spanCount : count;
  demand(selectedCount == most && selectedMore == spanCount > most);
  const backward = (flags & RANGE_REVERSE) != 0;
  for (let index: u32 = 0; index < most; index++) {
    if (!(index % 32)) keyOrderBatch(backward ? spanFirst + spanCount - 1 - index : spanFirst + index, most - index, backward);
    demand(batchEntry(index % 32) == selectedEntry(index));
  }
}

function settle(): void {
  for (let ends = 0; ends < 2;) if (!sweep(5000, true)) ends++;
  while (keyOrderDig(1000)) {}
}

describe("the order of the keys", () => {
  test("failing allocations: in step or dropped, and nothing is lost", () => {
    start(51);
    const empty = memoryUsed;
    let drops: u32 = 0;
    for (let step: u32 = 0; step < 20000; step++) {
      if (!load<u32>(database, DATABASE_ORDER)) build();
      if (randomBelow(generator, 2)) failAllocation(1 + randomBelow(generator, 2));
      toggle(present, randomBelow(generator, KEYS));
      failAllocation(0);
      if (!load<u32>(database, DATABASE_ORDER)) drops++;
      if (step % 50 == 0) demand(keyOrderCheck(database) == 0);
      if (step % 1000 == 0 && keyOrderIsBuilt()) compare(present);
    }
    expect(drops).toBeGreaterThan(20);
    for (let number: u32 = 0; number < KEYS; number++) if (load<u8>(present + number)) toggle(present, number);
    settle();
    expect(memoryUsed).toBe(empty);
    expect(broken).toBe(0);
  });

  test("a build that fails at any allocation leaves nothing behind", () => {
    start(52);
    for (let number: u32 = 0; number < KEYS; number += 2) toggle(present, number);
    const before = memoryUsed;
    let failures: u32 = 0;
    for (let nth: u32 = 1; !keyOrderIsBuilt(); nth++) {
      failAllocation(nth);
      let state: u32 = ORDER_BUILDING;
      while (state == <u32>ORDER_BUILDING) state = keyOrderBuild(500);
      failAllocation(0);
      if (state != <u32>ORDER_OUT_OF_MEMORY) break;
      failures++;
      demand(load<u32>(database, DATABASE_ORDER) == 0);
      settle();
      demand(memoryUsed == before);
    }
    expect(failures).toBeGreaterThan(50);
    compare(present);
    keyOrderDrop(database);
    settle();
    expect(memoryUsed).toBe(before);
    expect(broken).toBe(0);
  });

  test("selections without it answer the same", () => {
    start(53);
    for (let step: u32 = 0; step < 600; step++) toggle(present, randomBelow(generator, KEYS));
    build();
    for (let step: u32 = 0; step < 500; step++) {
      const count = randomBelow(generator, 4) ? 1 + randomBelow(generator, 40) : 1000;
      compareSelection(randomBelow(generator, 64), randomBelow(generator, KEYS), randomBelow(generator, KEYS), count);
    }
    compareSelection(RANGE_LOW_OPEN | RANGE_HIGH_OPEN, 0, KEYS, 1000);
    expect(broken).toBe(0);
  });

  test("a view sees the order of its time, and gives it back", () => {
    start(54);
    const empty = memoryUsed;
    let drops: u32 = 0;
    for (let number: u32 = 0; number < KEYS; number += 3) toggle(present, number);
    build();
    for (let round = 0; round < 70; round++) {
      const view = viewOpen(0);
      demand(view != 0);
      memory.copy(seen, present, KEYS);
      for (let left = 1 + randomBelow(generator, 12); left; left--) {
        if (round % 5 > 1) failAllocation(1 + randomBelow(generator, 2));
        toggle(present, randomBelow(generator, KEYS));
        failAllocation(0);
        if (!load<u32>(database, DATABASE_ORDER)) drops++;
        demand(keyOrderCheck(database) == 0);
        build();
      }
      if (round % 7 == 3) {
        keyOrderDrop(database);
        while (keyOrderDig(1000)) {}
        build();
      }
      if (round % 10 == 9) {
        buryDatabase(databaseAt(0));
        memory.fill(present, 0, KEYS);
        for (let number: u32 = 0; number < KEYS; number += 3) toggle(present, number);
        build();
      }
      compare(present);
      viewEnter(view);
      compare(seen);
      contextExit();
      viewClose(view);
    }
    expect(drops).toBeGreaterThan(20);
    keyOrderDrop(database);
    for (let number: u32 = 0; number < KEYS; number++) if (load<u8>(present + number)) toggle(present, number);
    settle();
    expect(memoryUsed).toBe(empty);
    expect(broken).toBe(0);
  });

  test("a transaction changes an order of its own, which goes without a trace", () => {
    start(55);
    const empty = memoryUsed;
    for (let number: u32 = 0; number < KEYS; number += 2) toggle(present, number);
    build();
    for (let round = 0; round < 30; round++) {
      if (round % 5 == 4) keyOrderDrop(database);
      const transaction = transactionOpen(0);
      demand(transaction != 0);
      memory.copy(seen, present, KEYS);
      for (let turn = 0; turn < 4; turn++) {
        privateEnter(transaction);
        if (round % 6 == 5 && turn == 2) failAllocation(1 + randomBelow(generator, 4));
        for (let step = 0; step < 50; step++) toggle(seen, randomBelow(generator, KEYS));
        failAllocation(0);
        demand(keyOrderCheck(database) == 0);
        build();
        compare(seen);
        contextExit();
        for (let step = 0; step < 20; step++) toggle(present, randomBelow(generator, KEYS));
        demand(keyOrderCheck(database) == 0);
        if (turn) build();
        if (keyOrderIsBuilt()) compare(present);
      }
      privateEnter(transaction);
      privateForget(transaction);
      contextExit();
      transactionFree(transaction);
      settle();
    }
    for (let number: u32 = 0; number < KEYS; number++) if (load<u8>(present + number)) toggle(present, number);
    settle();
    expect(memoryUsed).toBe(empty);
    expect(broken).toBe(0);
  });
});
