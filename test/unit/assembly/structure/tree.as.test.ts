/**
 * Goal: the counted tree is an ordered map with positions: after any insertions, replacements and removals it finds exactly what
 * a plain array holds, by key and by position; a view of it stays as it was, whatever happens later; a change without memory
 * changes nothing; and when everything is closed, every byte has come back.
 * Method: random operations on numbered keys, in shapes whose order is that of the numbers, against an array indexed by the
 * number; views are copies of that array, opened and closed in random order; every n-th allocation fails; `treeCheck` after the
 * steps, whose reachable bytes must be the allocated ones.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { PURPOSE_VALUE } from "../../../../assembly/abi/status";
import { randomBelow, randomSeed } from "../../../../assembly/bytes/random";
import { allocatorCheck, memoryInitialize, memoryUsed } from "../../../../assembly/memory/allocator";
import {
  TREE_ABSENT,
  TREE_ITEMS,
  TREE_NO_MEMORY,
  TREE_PRESENT,
  TREE_ROOT,
  TREE_SAME,
  TREE_SIZE,
  TREE_STAMP,
  treeDrop,
  treeFind,
  treeInitialize,
  treeInsert,
  treeItems,
  treeMatched,
  treeRank,
  treeRemove,
  treeRemoveAt,
  treeSelect,
} from "../../../../assembly/structure/tree";
import { BULK_SIZE, bulkAppend, bulkBegin, bulkCancel, bulkFinish } from "../../../../assembly/structure/tree-bulk";
import { checkedBytes, deadBytes, deadYounger, treeCheck } from "../../../../assembly/structure/tree-check";
import {
  CURSOR_SIZE,
  SEEK_ABOVE,
  SEEK_AT_LEAST,
  SEEK_AT_MOST,
  SEEK_BELOW,
  cursorClose,
  cursorItem,
  cursorNext,
  cursorOpen,
  cursorPark,
  cursorPlace,
  cursorPrevious,
  cursorSeek,
} from "../../../../assembly/structure/tree-cursor";
import { treeBury } from "../../../../assembly/structure/tree-free";
import { addItems, childAt, entryAt } from "../../../../assembly/structure/tree-inner";
import { itemKey, itemKeyLength, itemValue, itemValueLength, leafItem } from "../../../../assembly/structure/tree-leaf";
import {
  DEAD_BYTES,
  DEAD_FIRST,
  DEAD_ITEMS,
  DEAD_SIZE,
  NODE_ERA,
  failAllocation,
  failingAllocation,
  nodeLevel,
  treeWriter,
} from "../../../../assembly/structure/tree-node";

const NUMBERS_MAX: u32 = 4096;
const VIEWS_MAX: u32 = 6;
/** Shapes of keys. All of them ascend with the number. */
const SHAPE_SHORT: u32 = 0;
const SHAPE_PREFIX: u32 = 1;
const SHAPE_ZEROS: u32 = 2;
const SHAPE_MIXED: u32 = 3;
const SHAPE_TEXT: u32 = 4;
const SHAPES: u32 = 5;

/** What the tree and each view hold: a u32 per number, 0 (absent) or the seed of the value. */
const model = memory.data(16384, 8);
const viewModels = memory.data(98304, 8);
/** Views in the order of opening: tree record, dead list, era; all of them closed up. */
const viewTrees = memory.data(96, 8);
const viewLists = memory.data(96, 8);
const viewEras = memory.data(24, 8);
const tree = memory.data(TREE_SIZE, 8);
const garbage = memory.data(16, 8);
const bulk = memory.data(BULK_SIZE, 8);
const cursor = memory.data(CURSOR_SIZE, 8);
const generator = memory.data(32, 8);
const key = memory.data(70000, 8);
const value = memory.data(4096, 8);
let broken: u32 = 0;
let refused: u32 = 0;
/** Bytes that are neither the tree's nor a view's. */
let held: u32 = 0;
let live: u32 = 0;
let views: u32 = 0;
let era: u32 = 1;
let shape: u32 = 0;
let numbers: u32 = NUMBERS_MAX;
/** Values longer than this are not made. */
let valueMax: u32 = 12;

function start(seed: u64, shapeWanted: u32, numbersWanted: u32): void {
  randomSeed(generator, seed, 2);
  demand(memoryInitialize((<usize>memory.size()) << 16), 1);
  shape = shapeWanted;
  numbers = numbersWanted;
  treeInitialize(tree, PURPOSE_VALUE);
  write();
}
function demand(holds: bool, mark: u32): void {
  if (!holds && !broken) broken = mark;
}
function viewTree(index: u32): usize {
  return viewTrees + <usize>(index << 4);
}
function viewList(index: u32): usize {
  return viewLists + <usize>(index << 4);
}
function viewEra(index: u32): u32 {
  return load<u32>(viewEras + <usize>(index << 2));
}
function viewModel(index: u32): usize {
  return viewModels + <usize>(index << 14);
}
function newest(): u32 {
  return views ? viewEra(views - 1) : 0;
}
/** Tells the tree to what the following changes belong. */
function write(): void {
  treeWriter(era, newest(), views ? viewList(views - 1) : 0);
}
function at(which: usize, number: u32): usize {
  return which + <usize>(number << 2);
}
/** Writes a number in base 10, `digits` digits. */
function writeDigits(target: usize, number: u32, digits: u32): void {
  let rest = number;
  for (let digit = <i32>digits - 1; digit >= 0; digit--) {
    store<u8>(target + <usize>digit, <u8>(48 + (rest % 10)));
    rest /= 10;
  }
}
/** Writes the key of a number and returns its length. */
function writeKey(number: u32): u32 {
  if (shape == SHAPE_SHORT) {
    store<u32>(key, bswap<u32>(number * 997));
    return 4;
  }
  if (shape == SHAPE_PREFIX) {
    memory.fill(key, 120, 100);
    store<u16>(key + 100, bswap<u16>(<u16>number));
    return 102;
  }
  if (shape == SHAPE_ZEROS) {
    const zeros: u32 = number & 3;
    if (number < 4) {
      memory.fill(key, 0, zeros);
      return zeros;
    }
    store<u16>(key, bswap<u16>(<u16>(number >> 2)));
    memory.fill(key + 2, 0, zeros);
    return 2 + zeros;
  }
  if (shape == SHAPE_MIXED) {
    store<u32>(key, bswap<u32>(number));
    const length: u32 = number % 7 == 0 ? 300 : number % 11 == 0 ? 90 : 0;
    memory.fill(key + 4, <u8>number, length);
    return 4 + length;
  }
  store<u32>(key, 0x72657375);
  store<u8>(key, 58, 4);
  writeDigits(key + 5, number, 7);
  return 12;
}
function writeValue(number: u32, seed: u32): u32 {
  // Two seeds share a length, so that values are overwritten where they lie.
  const length: u32 = ((seed >> 1) * 7 + number) % (valueMax + 1);
  for (let index: u32 = 0; index < length; index++) store<u8>(value + <usize>index, <u8>(seed + index * 3 + number));
  return length;
}
function isItem(item: usize, number: u32, seed: u32): bool {
  const length = writeKey(number);
  if (itemKeyLength(item) != length || memory.compare(itemKey(item), key, length) != 0) return false;
  const bytes = writeValue(number, seed);
  return itemValueLength(item) == bytes && memory.compare(itemValue(item), value, bytes) == 0;
}
function insert(number: u32, seed: u32): u32 {
  const length = writeKey(number);
  return treeInsert(tree, key, length, value, writeValue(number, seed));
}
/** Inserts or replaces, and compares the answer with the model. */
function putModelled(number: u32, seed: u32): void {
  const old = load<u32>(at(model, number));
  const answer = insert(number, seed);
  if (!old) {
    demand(answer == TREE_ABSENT, 10);
    live++;
  } else demand(answer == TREE_PRESENT || answer == TREE_SAME, 11);
  if (old == seed) demand(answer == TREE_SAME, 12);
  store<u32>(at(model, number), seed);
}
function removeModelled(number: u32): void {
  const answer = treeRemove(tree, key, writeKey(number));
  if (load<u32>(at(model, number))) {
    demand(answer == TREE_PRESENT, 13);
    live--;
  } else demand(answer == TREE_ABSENT, 14);
  store<u32>(at(model, number), 0);
}
/** Removes a run by position. */
function removeRange(position: u32, count: u32): void {
  let left = count;
  let number: u32 = 0;
  for (let before: u32 = 0; ; number++) {
    if (!load<u32>(at(model, number))) continue;
    if (before++ == position) break;
  }
  while (left) {
    const removed = treeRemoveAt(tree, position, left);
    demand(removed > 0 && removed <= left, 15);
    if (!removed) return;
    left -= removed;
  }
  for (; count; number++) {
    if (!load<u32>(at(model, number))) continue;
    store<u32>(at(model, number), 0);
    live--;
    count--;
  }
}
/** Compares a tree with an array: by key, by position, and counted. */
function compare(which: usize, expected: usize): void {
  let position: u32 = 0;
  for (let number: u32 = 0; number < numbers; number++) {
    const seed = load<u32>(at(expected, number));
    const length = writeKey(number);
    const item = treeFind(which, key, length);
    demand(treeRank(which, key, length) == position && treeMatched == (seed != 0), 20);
    if (!seed) {
      demand(item == 0, 21);
      continue;
    }
    demand(item != 0 && isItem(item, number, seed), 22);
    demand(treeSelect(which, position) == item, 23);
    position++;
  }
  demand(treeItems(which) == position && treeSelect(which, position) == 0, 24);
}
/**
 * The invariants. What is allocated must be what the tree reaches and what is on the views' dead lists; on each list lies only
 * what its view sees.
 */
function check(): void {
  demand(treeCheck(tree, era, newest()) == 0, 100 + <u32>treeCheck(tree, era, newest()));
  demand(treeItems(tree) == live, 31);
  let bytes = checkedBytes;
  for (let view: u32 = 0; view < views; view++) {
    bytes += deadBytes(viewList(view), viewEra(view));
    demand(deadYounger == 0, 33);
  }
  demand(bytes + held == memoryUsed, 32);
}
function openView(): void {
  memory.copy(viewTree(views), tree, <usize>TREE_SIZE);
  memory.fill(viewList(views), 0, <usize>DEAD_SIZE);
  memory.copy(viewModel(views), model, 16384);
  store<u32>(viewEras + <usize>(views << 2), era);
  era++;
  views++;
  write();
}
/** Closes a view: its list is buried in small steps. */
function closeView(index: u32): void {
  memory.copy(garbage, viewList(index), <usize>DEAD_SIZE);
  for (let each = index; each + 1 < views; each++) {
    memory.copy(viewTree(each), viewTree(each + 1), <usize>TREE_SIZE);
    memory.copy(viewList(each), viewList(each + 1), <usize>DEAD_SIZE);
    memory.copy(viewModel(each), viewModel(each + 1), 16384);
    store<u32>(viewEras + <usize>(each << 2), viewEra(each + 1));
  }
  views--;
  while (treeBury(garbage, index ? viewEra(index - 1) : 0, index ? viewList(index - 1) : 0, 3)) continue;
  demand(load<u32>(garbage, DEAD_FIRST) == 0 && load<u32>(garbage, DEAD_ITEMS) == 0 && load<u64>(garbage, DEAD_BYTES) == 0, 40);
  write();
}
/** One operation on a random number; `inserting` of 100 put something in. */
function step(inserting: u32): void {
  const number = randomBelow(generator, numbers);
  if (randomBelow(generator, 100) < inserting) putModelled(number, 1 + randomBelow(generator, 5));
  else if (live && randomBelow(generator, 40) == 0) {
    const position = randomBelow(generator, live);
    const most = live - position < 150 ? live - position : 150;
    removeRange(position, 1 + randomBelow(generator, most));
  } else removeModelled(number);
}
function drop(): void {
  treeDrop(tree, garbage);
  live = 0;
  memory.fill(model, 0, 16384);
  const list = views ? viewList(views - 1) : 0;
  while (treeBury(garbage, newest(), list, 5)) continue;
}

/** Builds the tree of `count` random numbers in order; false when memory failed. */
function build(count: u32): bool {
  if (!bulkBegin(bulk, tree, era)) {
    demand(treeItems(tree) == 0, 53);
    // A build that has not begun has nothing to cancel: begin it again.
    return bulkBegin(bulk, tree, era) && false;
  }
  const first = numbers - count ? randomBelow(generator, numbers - count) : 0;
  for (let number = first; number < first + count; number++) {
    if (!bulkAppend(bulk, key, writeKey(number), value, writeValue(number, 3))) return false;
    store<u32>(at(model, number), 3);
  }
  if (!bulkFinish(bulk)) return false;
  live = count;
  return true;
}
/** Builds a tree while every n-th allocation fails; what was refused is done again. */
function buildPatiently(count: u32, nth: u32): bool {
  const often: u32 = 2 + (nth % 9);
  while (!bulkBegin(bulk, tree, era)) continue;
  for (let number: u32 = 0; number < count; number++) {
    const length = writeKey(number);
    const bytes = writeValue(number, 2);
    failAllocation(often);
    if (!bulkAppend(bulk, key, length, value, bytes)) {
      failAllocation(0);
      demand(bulkAppend(bulk, key, length, value, bytes), 54);
    }
    store<u32>(at(model, number), 2);
  }
  failAllocation(1 + (nth % 3));
  if (!bulkFinish(bulk)) {
    failAllocation(0);
    demand(bulkFinish(bulk), 55);
  }
  failAllocation(0);
  live = count;
  return treeItems(tree) == count;
}
/** Where the four rules lead from a number's key, present or not. */
function checkSeeks(number: u32): void {
  const length = writeKey(number);
  const rank = treeRank(tree, key, length);
  const present: u32 = treeMatched ? 1 : 0;
  demand(cursorSeek(cursor, SEEK_AT_LEAST, key, length) == treeSelect(tree, rank), 64);
  demand(cursorSeek(cursor, SEEK_ABOVE, key, length) == treeSelect(tree, rank + present), 65);
  demand(cursorNext(cursor) == treeSelect(tree, rank + present + 1), 66);
  demand(cursorSeek(cursor, SEEK_AT_MOST, key, length) == treeSelect(tree, rank + present - 1), 67);
  demand(cursorSeek(cursor, SEEK_BELOW, key, length) == treeSelect(tree, rank - 1), 68);
  demand(rank < 2 || cursorPrevious(cursor) == treeSelect(tree, rank - 2), 69);
}
/** Number of the next (or previous) present key to a number; `numbers` if there is none. */
function neighbour(number: u32, forwards: bool): u32 {
  let each = number;
  while (true) {
    each = forwards ? each + 1 : each - 1;
    if (each >= numbers) return numbers;
    if (load<u32>(at(model, each))) return each;
  }
}
/** Walks over the whole tree; between two steps the cursor is parked and the tree changes, at the cursor's key too. */
function walkWhileChanging(forwards: bool): void {
  cursorPlace(cursor, forwards ? 0xffffffff : treeItems(tree));
  let number: u32 = neighbour(forwards ? 0xffffffff : numbers, forwards);
  while (true) {
    const item = forwards ? cursorNext(cursor) : cursorPrevious(cursor);
    demand((item != 0) == number < numbers, 70);
    if (!item || number >= numbers) return;
    demand(isItem(item, number, load<u32>(at(model, number))), 71);
    demand(cursorPark(cursor), 72);
    for (let count = randomBelow(generator, 4); count; count--) step(40);
    if (randomBelow(generator, 3) == 0) removeModelled(number);
    const here = cursorItem(cursor);
    demand((here != 0) == (load<u32>(at(model, number)) != 0), 73);
    if (here) demand(cursorPark(cursor), 74);
    number = neighbour(number, forwards);
  }
}
/** One change while an allocation fails: refused, it must have left tree and memory as they were. */
function stepFailing(inserting: u32): void {
  const number = randomBelow(generator, numbers);
  const seed = 1 + randomBelow(generator, 5);
  const puts = randomBelow(generator, 100) < inserting;
  const used = memoryUsed;
  const stamp = load<u32>(tree, TREE_STAMP);
  const root = load<u32>(tree, TREE_ROOT);
  const dead = views ? load<u32>(viewList(views - 1), DEAD_ITEMS) : 0;
  failAllocation(1 + randomBelow(generator, 4));
  const length = writeKey(number);
  const answer = puts ? treeInsert(tree, key, length, value, writeValue(number, seed)) : treeRemove(tree, key, length);
  failAllocation(0);
  if (answer == TREE_NO_MEMORY) {
    refused++;
    demand(memoryUsed == used && load<u32>(tree, TREE_STAMP) == stamp && load<u32>(tree, TREE_ROOT) == root, 80);
    demand(!views || load<u32>(viewList(views - 1), DEAD_ITEMS) == dead, 81);
    demand(puts || views > 0, 82);
    return;
  }
  const old = load<u32>(at(model, number));
  demand(answer == TREE_ABSENT ? !old : old != 0, 83);
  if (puts && !old) live++;
  if (!puts && old) live--;
  store<u32>(at(model, number), puts ? seed : 0);
  if (answer == TREE_SAME || (answer == TREE_ABSENT && !puts)) demand(memoryUsed == used && load<u32>(tree, TREE_STAMP) == stamp, 84);
}

describe("tree", () => {
  test("random operations agree with an array, for all shapes of keys", () => {
    for (let each: u32 = 0; each < SHAPES; each++) {
      if (!each) start(31, each, 1500);
      shape = each;
      valueMax = each & 1 ? 12 : 200;
      for (let count = 0; count < 4000; count++) {
        step(count < 2500 ? 80 : 25);
        if (count % 16 == 0) check();
        if (count % 500 == 0) compare(tree, model);
      }
      compare(tree, model);
      for (let number: u32 = 0; number < numbers; number++) if (load<u32>(at(model, number))) removeModelled(number);
      check();
      expect(broken).toBe(0);
      expect(memoryUsed).toBe(0);
      expect(load<u32>(tree, TREE_ROOT)).toBe(0);
    }
  });

  test("views stay as they were, opened and closed in random order, and leave no byte", () => {
    for (let each: u32 = 0; each < SHAPES; each++) {
      if (!each) start(32, each, 1200);
      shape = each;
      valueMax = each & 1 ? 200 : 20;
      for (let count = 0; count < 4000; count++) {
        step(count % 1500 < 800 ? 75 : 25);
        if (randomBelow(generator, 40) == 0) {
          if (views < VIEWS_MAX && randomBelow(generator, 2)) openView();
          else if (views) closeView(randomBelow(generator, views));
        }
        if (count % 16 == 0) check();
        if (count % 400 == 399) {
          compare(tree, model);
          for (let view: u32 = 0; view < views; view++) compare(viewTree(view), viewModel(view));
        }
        if (count == 2700) drop();
      }
      while (views) {
        for (let view: u32 = 0; view < views; view++) compare(viewTree(view), viewModel(view));
        closeView(randomBelow(generator, views));
        check();
      }
      expect(broken).toBe(0);
      drop();
      expect(memoryUsed).toBe(0);
    }
    expect(allocatorCheck()).toBe(0);
  });

  test("inner nodes split and merge under views", () => {
    start(37, SHAPE_PREFIX, NUMBERS_MAX);
    valueMax = 20;
    for (let round: u32 = 0; round < 12; round++) {
      while (live < 3500) putModelled(randomBelow(generator, numbers), 1 + randomBelow(generator, 5));
      check();
      while (live > 200) {
        if (views == VIEWS_MAX) closeView(randomBelow(generator, views));
        if (randomBelow(generator, 3)) openView();
        const position = randomBelow(generator, live);
        const most = live - position < 300 ? live - position : 300;
        removeRange(position, 1 + randomBelow(generator, most));
        for (let count = 0; count < 10; count++) step(40);
        check();
      }
      for (let view: u32 = 0; view < views; view++) compare(viewTree(view), viewModel(view));
      compare(tree, model);
      while (views) {
        closeView(randomBelow(generator, views));
        check();
      }
    }
    drop();
    expect(broken).toBe(0);
    expect(memoryUsed).toBe(0);
  });

  test("built in order it is the same tree, with all invariants, at every size", () => {
    start(33, SHAPE_SHORT, NUMBERS_MAX);
    for (let each: u32 = 0; each < SHAPES; each++) {
      shape = each;
      valueMax = each & 1 ? 150 : 12;
      for (let count: u32 = 0; count <= NUMBERS_MAX; count = count < 40 ? count + 1 : count + count / 3) {
        memory.fill(model, 0, 16384);
        demand(build(count), 50);
        check();
        compare(tree, model);
        for (let more = 0; more < 30; more++) step(70);
        check();
        drop();
        expect(broken).toBe(0);
        expect(memoryUsed).toBe(0);
      }
    }
  });

  test("a build without memory can be tried again or cancelled", () => {
    start(34, SHAPE_MIXED, NUMBERS_MAX);
    for (let nth: u32 = 1; nth < 4000; nth = nth < 150 ? nth + 1 : nth + 61) {
      failAllocation(nth);
      demand(!build(3000) || failingAllocation != 0, 51);
      failAllocation(0);
      if (!live) {
        bulkCancel(bulk, garbage);
        while (treeBury(garbage, 0, 0, 7)) continue;
      }
      expect(memoryUsed == 0 || live == 3000).toBe(true);
      drop();
      memory.fill(model, 0, 16384);
      expect(memoryUsed).toBe(0);
      demand(buildPatiently(300, nth), 52);
      check();
      compare(tree, model);
      drop();
      expect(broken).toBe(0);
    }
  });

  test("cursors seek, go both ways, and go on from their key after changes", () => {
    start(35, SHAPE_ZEROS, 1500);
    for (let each: u32 = 0; each < SHAPES; each++) {
      shape = each;
      for (let count = 0; count < 1200; count++) step(75);
      cursorOpen(cursor, tree);
      let position: u32 = 0;
      while (cursorNext(cursor)) demand(cursorItem(cursor) == treeSelect(tree, position++), 60);
      demand(position == live && cursorItem(cursor) == 0 && cursorNext(cursor) == 0, 61);
      while (cursorPrevious(cursor)) demand(cursorItem(cursor) == treeSelect(tree, --position), 62);
      demand(position == 0 && cursorPrevious(cursor) == 0 && cursorNext(cursor) == treeSelect(tree, 0), 63);
      for (let number: u32 = 0; number < numbers; number++) checkSeeks(number);
      walkWhileChanging(false);
      walkWhileChanging(true);
      cursorClose(cursor);
      drop();
      expect(broken).toBe(0);
      expect(memoryUsed).toBe(0);
    }
  });

  test("a parked cursor has room for its key; one that is not parked goes on by position", () => {
    start(38, SHAPE_MIXED, 900);
    for (let number: u32 = 1; number < 20; number++) putModelled(number, 1);
    cursorOpen(cursor, tree);
    demand(isItem(cursorNext(cursor), 1, 1), 90);
    demand(cursorPark(cursor), 91);
    const small = memoryUsed;
    demand(isItem(cursorPlace(cursor, 6), 7, 1), 92);
    demand(cursorPark(cursor) && memoryUsed >= small + 290, 93);
    removeModelled(7);
    demand(cursorItem(cursor) == 0 && isItem(cursorNext(cursor), 8, 1), 94);
    removeModelled(19);
    demand(isItem(cursorNext(cursor), 9, 1) && isItem(cursorPrevious(cursor), 8, 1), 95);
    removeModelled(1);
    demand(isItem(cursorNext(cursor), 10, 1), 96);
    cursorClose(cursor);
    drop();
    expect(broken).toBe(0);
    expect(memoryUsed).toBe(0);
  });

  test("the check sees what is broken", () => {
    start(39, SHAPE_SHORT, NUMBERS_MAX);
    for (let number: u32 = 0; number < 3000; number++) putModelled(number, 1);
    const root = <usize>load<u32>(tree, TREE_ROOT);
    expect(treeCheck(tree, 1, 0)).toBe(0);
    store<u32>(tree, 2999, TREE_ITEMS);
    expect(treeCheck(tree, 1, 0)).toBe(3);
    store<u32>(tree, 3000, TREE_ITEMS);
    const first = nodeLevel(root) > 1 ? childAt(root, 0) : root;
    addItems(first, 0, 1);
    addItems(first, 1, 0xffffffff);
    expect(treeCheck(tree, 1, 0)).toBe(3);
    addItems(first, 0, 0xffffffff);
    addItems(first, 1, 1);
    store<u32>(root, 9, NODE_ERA);
    expect(treeCheck(tree, 1, 0)).toBe(4);
    store<u32>(root, 1, NODE_ERA);
    store<u32>(childAt(root, 1), 3, NODE_ERA);
    expect(treeCheck(tree, 3, 2)).toBe(4);
    expect(treeCheck(tree, 3, 0)).toBe(0);
    const leaf = childAt(first, 1);
    const key0 = itemKey(leafItem(leaf, 0));
    const old = load<u32>(key0);
    store<u8>(key0, 0xff);
    expect(treeCheck(tree, 3, 0)).toBeGreaterThan(0);
    store<u32>(key0, 0);
    expect(treeCheck(tree, 3, 0)).toBeGreaterThan(0);
    store<u32>(key0, old);
    store<u32>(entryAt(first, 1), load<u32>(entryAt(first, 1)) ^ 1);
    expect(treeCheck(tree, 3, 0)).toBe(22);
    store<u32>(entryAt(first, 1), load<u32>(entryAt(first, 1)) ^ 1);
    expect(treeCheck(tree, 3, 0)).toBe(0);
    expect(broken).toBe(0);
  });

  test("a change without memory changes nothing, whichever allocation fails", () => {
    start(36, SHAPE_MIXED, 900);
    for (let each: u32 = 0; each < SHAPES; each++) {
      shape = each;
      valueMax = each & 1 ? 200 : 30;
      for (let count = 0; count < 3000; count++) {
        if (count % 60 == 30 && views < VIEWS_MAX) openView();
        if (count % 60 == 59 && views) closeView(randomBelow(generator, views));
        stepFailing(count % 1200 < 700 ? 80 : 25);
        if (count % 8 == 0) check();
        if (count % 600 == 599) {
          compare(tree, model);
          for (let view: u32 = 0; view < views; view++) compare(viewTree(view), viewModel(view));
        }
      }
      while (views) closeView(randomBelow(generator, views));
      compare(tree, model);
      drop();
      expect(broken).toBe(0);
      expect(memoryUsed).toBe(0);
    }
    expect(refused).toBeGreaterThan(2000);
  });
});
