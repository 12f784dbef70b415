/**
 * Goal: the tree stays small and whole where it is worst: a million items in random, ascending and descending order, keys that
 * share a hundred bytes, keys of no byte and of 64 KiB, and after most of it has been removed.
 * Method: fill it, compare all items by key and position, count leaves and bytes (they are printed), remove, drop in steps.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { PURPOSE_VALUE } from "../../../../assembly/abi/status";
import { memoryInitialize, memoryUsed } from "../../../../assembly/memory/allocator";
import {
  TREE_ABSENT,
  TREE_PRESENT,
  TREE_SAME,
  TREE_SIZE,
  treeDrop,
  treeFind,
  treeInitialize,
  treeInsert,
  treeItems,
  treeRank,
  treeRemove,
  treeRemoveAt,
  treeSelect,
} from "../../../../assembly/structure/tree";
import { BULK_SIZE, bulkAppend, bulkBegin, bulkFinish } from "../../../../assembly/structure/tree-bulk";
import { checkedInner, checkedLeaves, treeCheck } from "../../../../assembly/structure/tree-check";
import { CURSOR_SIZE, cursorNext, cursorOpen } from "../../../../assembly/structure/tree-cursor";
import { treeBury } from "../../../../assembly/structure/tree-free";
import { itemKey, itemKeyLength, itemValue, itemValueLength } from "../../../../assembly/structure/tree-leaf";
import { treeWriter } from "../../../../assembly/structure/tree-node";

const MILLION: u32 = 1000000;
const PAYLOAD: u32 = 24;
const tree = memory.data(TREE_SIZE, 8);
const view = memory.data(TREE_SIZE, 8);
const dead = memory.data(8, 8);
const list = memory.data(8, 8);
const bulk = memory.data(BULK_SIZE, 8);
const cursor = memory.data(CURSOR_SIZE, 8);
const key = memory.data(70000, 8);
let broken: u32 = 0;

function start(): void {
  if (!memoryInitialize((<usize>memory.size()) << 16)) broken = 1;
  treeInitialize(tree, PURPOSE_VALUE);
  treeWriter(1, 0, 0);
}
function demand(holds: bool, mark: u32): void {
  if (!holds && !broken) broken = mark;
}
/** Bits of a number spread over 64, so that the order of keys has nothing to do with that of the numbers. */
function spread(number: u64): u64 {
  const first = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  const second = (first ^ (first >> 27)) * 0x94d049bb133111eb;
  return second ^ (second >> 31);
}
/** Writes a key of 16 bytes. */
function writeKey(high: u64, low: u64): void {
  store<u64>(key, bswap<u64>(high));
  store<u64>(key, bswap<u64>(low), 8);
}
function writeRandom(number: u32): void {
  writeKey(spread(number), number);
}
function put(): u32 {
  return treeInsert(tree, key, 16, key + 8, 8);
}
/** Prints bytes an item, in hundredths of the payload. */
function print(what: string): u32 {
  const ratio = <u32>((memoryUsed * 100) / (<u64>treeItems(tree) * PAYLOAD));
  console.log(what + ": " + ratio.toString() + " % of the payload");
  return ratio;
}
function dropAll(): void {
  treeDrop(tree, list);
  let steps: u32 = 0;
  while (treeBury(list, 0, 0, 64)) steps++;
  demand(memoryUsed == 0, 2);
}

describe("large trees", () => {
  test("a million items in random order: small, found, counted, removed, merged", () => {
    start();
    for (let number: u32 = 0; number < MILLION; number++) {
      writeRandom(number);
      demand(put() == TREE_ABSENT, 10);
    }
    expect(treeCheck(tree, 1, 0)).toBe(0);
    expect(print("random insertion")).toBeLessThan(220);
    for (let number: u32 = 0; number < MILLION; number += 3) {
      writeRandom(number);
      demand(put() == TREE_SAME, 11);
      const item = treeFind(tree, key, 16);
      demand(item != 0 && itemValueLength(item) == 8 && load<u64>(itemValue(item)) == load<u64>(key + 8), 12);
      demand(treeSelect(tree, treeRank(tree, key, 16)) == item, 13);
    }
    for (let number: u32 = 0; number < MILLION; number++) {
      writeRandom(number);
      if (number % 20) demand(treeRemove(tree, key, 16) == TREE_PRESENT, 14);
    }
    expect(treeItems(tree)).toBe(MILLION / 20);
    expect(treeCheck(tree, 1, 0)).toBe(0);
    expect(print("19 of 20 removed")).toBeLessThan(350);
    // A leaf that is left alone holds a third of its kibibyte, or its neighbours are full.
    expect(checkedLeaves).toBeLessThan((((MILLION / 20) * 30) / 341) * 2);
    expect(checkedInner).toBeLessThan(checkedLeaves / 6);
    dropAll();
    expect(broken).toBe(0);
  });

  test("a million items built in order take a third more than their payload", () => {
    start();
    demand(bulkBegin(bulk, tree, 1), 20);
    for (let number: u32 = 0; number < MILLION; number++) {
      writeKey(<u64>number * 18446744073709, spread(number));
      demand(bulkAppend(bulk, key, 16, key + 8, 8), 21);
    }
    demand(bulkFinish(bulk), 22);
    expect(treeCheck(tree, 1, 0)).toBe(0);
    expect(treeItems(tree)).toBe(MILLION);
    expect(print("built in order")).toBeLessThan(134);
    cursorOpen(cursor, tree);
    for (let number: u32 = 0; number < MILLION; number++) {
      const item = cursorNext(cursor);
      demand(item != 0 && load<u64>(itemValue(item)) == bswap<u64>(spread(number)), 23);
    }
    demand(cursorNext(cursor) == 0, 24);
    let left = MILLION - 1000;
    while (left) left -= treeRemoveAt(tree, 500, left);
    expect(treeItems(tree)).toBe(1000);
    expect(treeCheck(tree, 1, 0)).toBe(0);
    dropAll();
    expect(broken).toBe(0);
  });

  test("ascending and descending insertion fill the leaves", () => {
    start();
    for (let down: u32 = 0; down < 2; down++) {
      for (let number: u32 = 0; number < 200000; number++) {
        const place = down ? 200000 - number : number;
        writeKey((<u64>place) << 20, place);
        demand(put() == TREE_ABSENT, 30);
      }
      expect(treeCheck(tree, 1, 0)).toBe(0);
      expect(print(down ? "descending" : "ascending")).toBeLessThan(150);
      expect(checkedInner).toBeLessThan(checkedLeaves / 28);
      // A queue: what comes in at one end leaves at the other.
      for (let number: u32 = 0; number < 150000; number++) {
        const first = treeSelect(tree, 0);
        memory.copy(key + 32, itemKey(first), 16);
        demand(treeRemove(tree, key + 32, 16) == TREE_PRESENT, 31);
      }
      expect(treeCheck(tree, 1, 0)).toBe(0);
      expect(print("first three quarters removed")).toBeLessThan(170);
      dropAll();
    }
    expect(broken).toBe(0);
  });

  test("keys that share a hundred bytes", () => {
    start();
    memory.fill(key, 120, 116);
    for (let number: u32 = 0; number < 50000; number++) {
      store<u64>(key + 100, spread(number));
      demand(treeInsert(tree, key, 108, key, 0) == TREE_ABSENT, 40);
    }
    expect(treeCheck(tree, 1, 0)).toBe(0);
    for (let number: u32 = 0; number < 50000; number++) {
      store<u64>(key + 100, spread(number));
      const item = treeFind(tree, key, 108);
      demand(item != 0 && itemKeyLength(item) == 108 && load<u64>(itemKey(item) + 100) == spread(number), 41);
      demand(treeFind(tree, key, 107) == 0 && treeFind(tree, key, 100) == 0, 42);
    }
    expect(treeRank(tree, key, 100)).toBe(0);
    store<u8>(key + 50, 121);
    expect(treeRank(tree, key, 108)).toBe(50000);
    expect(<u32>treeFind(tree, key, 108)).toBe(0);
    dropAll();
    expect(broken).toBe(0);
  });

  test("keys of no byte and of 64 KiB that differ in the last bytes, with a view", () => {
    start();
    memory.fill(key, 7, 70000);
    demand(treeInsert(tree, key, 0, key, 5) == TREE_ABSENT, 50);
    for (let number: u32 = 0; number < 300; number++) {
      store<u16>(key + 65534, bswap<u16>(<u16>spread(number)));
      treeInsert(tree, key, 65536, key + 65534, number & 1 ? 2 : 65);
    }
    const items = treeItems(tree);
    expect(items).toBeGreaterThan(290);
    expect(treeCheck(tree, 1, 0)).toBe(0);
    memory.copy(view, tree, TREE_SIZE);
    treeWriter(2, 1, dead);
    for (let number: u32 = 0; number < 300; number++) {
      store<u16>(key + 65534, bswap<u16>(<u16>spread(number)));
      if (number % 3) demand(treeRemove(tree, key, 65536) == TREE_PRESENT || number > 200, 51);
      else demand(treeInsert(tree, key, 65536, key, 66000) == TREE_PRESENT, 52);
    }
    expect(treeCheck(tree, 2, 1)).toBe(0);
    expect(treeCheck(view, 1, 0)).toBe(0);
    expect(treeItems(view)).toBe(items);
    for (let number: u32 = 0; number < 300; number += 3) {
      store<u16>(key + 65534, bswap<u16>(<u16>spread(number)));
      demand(itemValueLength(treeFind(tree, key, 65536)) == 66000, 53);
      demand(itemValueLength(treeFind(view, key, 65536)) < 66, 54);
    }
    demand(itemKeyLength(treeSelect(tree, 0)) == 0 && itemValueLength(treeSelect(tree, 0)) == 5, 55);
    treeDrop(tree, dead);
    while (treeBury(dead, 0, 0, 16)) continue;
    expect(memoryUsed).toBe(0);
    expect(broken).toBe(0);
  });
});
