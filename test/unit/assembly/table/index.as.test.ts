/**
 * Goal: the bytes of index keys sort as the values do, also across kinds, descending, and beside each other; an index finds,
 * counts, orders and refuses as a plain list does, and gives its memory back.
 * Method: JSON texts listed in their order become keys, each compared with all others; random rows against an array.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { NO_ROW, SLOT_DOUBLE, SLOT_INTEGER, SLOT_INTERVAL, SLOT_TEXT } from "../../../../assembly/abi/record";
import { memoryInitialize, memoryUsed } from "../../../../assembly/memory/allocator";
import { treeCheck } from "../../../../assembly/structure/tree-check";
import { treeItems } from "../../../../assembly/structure/tree";
import { compareKeys } from "../../../../assembly/structure/tree-key";
import {
  INDEX_UNIQUE,
  indexConflict,
  indexCreate,
  indexDig,
  indexFree,
  indexInsert,
  indexRank,
  indexRemove,
  indexRows,
} from "../../../../assembly/table/index";
import {
  KEY_MAX,
  KEY_NEW,
  KEY_OLD,
  keyBegin,
  keyHasNull,
  keyLength,
  keyNull,
  keyPacked,
  keyPartEnd,
  keyPointer,
  keySlot,
  keyTextPrefix,
  keyTooLong,
  keyUse,
  keysEqual,
} from "../../../../assembly/table/index-key";
import { parseJson } from "../../../../assembly/value/json-parse";
import { packedAt, packedReset } from "../../../../assembly/value/packed-writer";

const slot = memory.data(16, 8);
const rows = memory.data(40000, 8);
let state: u64 = 88172645463325252;

function start(): void {
  expect(memoryInitialize((<usize>memory.size()) << 16)).toBe(true);
}
function random(below: u32): u32 {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return <u32>(state % below);
}
/** Makes one of the two keys of a JSON text. */
function keyOf(which: u32, json: string, descending: bool): void {
  const text = String.UTF8.encode(json);
  packedReset();
  if (!parseJson(changetype<usize>(text), text.byteLength)) throw new Error("no JSON: " + json);
  keyBegin(which);
  keyPacked(packedAt(0));
  keyPartEnd(descending);
}
/** Sign of the order of two JSON texts by their keys. */
function order(left: string, right: string, descending: bool): i32 {
  keyOf(KEY_NEW, left, descending);
  const pointer = keyPointer();
  const length = keyLength();
  keyOf(KEY_OLD, right, descending);
  const result = compareKeys(pointer, length, keyPointer(), keyLength());
  return result < 0 ? -1 : result > 0 ? 1 : 0;
}
function integerKey(value: i64): void {
  store<i64>(slot, value);
  keyBegin(KEY_NEW);
  keySlot(SLOT_INTEGER, slot, 0);
  keyPartEnd(false);
}

/** Values in their order; those in one string, with bars between, are equal. */
const ASCENDING: string[] = [
  "false",
  "true",
  "-1e400",
  "-1e300",
  '-9223372036854775808|"-9223372036854775808"',
  "-9223372036854775807",
  "-9007199254740993",
  "-9007199254740992|-9007199254740992.0",
  "-256",
  "-1.5",
  "-1|-1.0",
  "-5e-324",
  '0|0.0|-0.0|"0"',
  "5e-324",
  '0.1|"0.1"',
  "1|1.0",
  "1.5",
  "2",
  "255",
  "256",
  "9007199254740991",
  '9007199254740992|9007199254740992.0|"9007199254740992"',
  "9007199254740993",
  "9007199254740994",
  "9223372036854775806",
  '9223372036854775807|"9223372036854775807"',
  "9223372036854775808.0",
  '1e300|"1e300"',
  "1e400",
  '""',
  '"\\u0000"',
  '"\\u0000\\u0000"',
  '"\\u0000a"',
  '"\\u0001"',
  '"-"',
  '"00"',
  '"01"',
  '"1.0"',
  '"1.50"',
  '"1e5"',
  '"A"',
  '"a"',
  '"a\\u0000"',
  '"a\\u0000b"',
  '"a\\u0001"',
  '"aa"',
  '"b"',
  '"\\u00e9"',
  '"\\ud83d\\ude00"',
  "[]",
  "[false]",
  "[1]",
  "[1,1]",
  "[1,2]",
  '["a"]',
  '["a",null]',
  "[[]]",
  "[null]",
  "null",
];

describe("keys of indexes", () => {
  test("sort as dynamic values do", () => {
    start();
    let wrong = "";
    for (let left = 0; left < ASCENDING.length; left++) {
      const texts = ASCENDING[left].split("|");
      for (let right = 0; right < ASCENDING.length; right++) {
        const others = ASCENDING[right].split("|");
        const expected = left < right ? -1 : left > right ? 1 : 0;
        for (let one = 0; one < texts.length; one++) {
          for (let two = 0; two < others.length; two++) {
            if (order(texts[one], others[two], false) != expected) wrong += ` ${texts[one]} <> ${others[two]}`;
            if (order(texts[one], others[two], true) != -expected) wrong += ` ${texts[one]} descending ${others[two]}`;
          }
        }
      }
    }
    expect(wrong).toBe("");
  });

  test("of several parts sort by the first that differs", () => {
    start();
    keyBegin(KEY_NEW);
    store<u64>(slot, 0x6101);
    keySlot(SLOT_TEXT, slot, 0);
    keyPartEnd(false);
    store<f64>(slot, -0.5);
    keySlot(SLOT_DOUBLE, slot, 0);
    keyPartEnd(true);
    const pointer = keyPointer();
    const length = keyLength();
    keyBegin(KEY_OLD);
    store<u64>(slot, 0x6101);
    keySlot(SLOT_TEXT, slot, 0);
    keyPartEnd(false);
    store<f64>(slot, -0.25);
    keySlot(SLOT_DOUBLE, slot, 0);
    keyPartEnd(true);
    expect(compareKeys(pointer, length, keyPointer(), keyLength())).toBeGreaterThan(0);
    expect(keysEqual()).toBe(false);
    keyBegin(KEY_OLD);
    keyNull();
    keyPartEnd(true);
    expect(keyHasNull).toBe(true);
    expect(compareKeys(pointer, length, keyPointer(), keyLength())).toBeGreaterThan(0);
  });

  test("of intervals count a month as thirty days and a day as a day", () => {
    start();
    const interval = memory.data(32, 8);
    store<u8>(slot, 8);
    store<u32>(slot, (16 << 8) | 8);
    store<u32>(slot, <u32>interval, 4);
    store<i64>(interval, -3600000000);
    store<i32>(interval, 1, 8);
    store<i32>(interval, 1, 12);
    keyBegin(KEY_NEW);
    keySlot(SLOT_INTERVAL, slot, 0);
    store<i64>(interval, 82800000000);
    store<i32>(interval, 30, 8);
    store<i32>(interval, 0, 12);
    keyBegin(KEY_OLD);
    keySlot(SLOT_INTERVAL, slot, 0);
    expect(keysEqual()).toBe(true);
  });

  test("end at their limit", () => {
    start();
    const free = <i32>KEY_MAX - 4 - 3;
    keyOf(KEY_NEW, '"' + "x".repeat(free) + '"', false);
    expect(keyTooLong).toBe(false);
    keyOf(KEY_NEW, '"' + "x".repeat(free + 1) + '"', false);
    expect(keyTooLong).toBe(true);
    keyOf(KEY_NEW, '"x"', false);
    expect(keyTooLong).toBe(false);
  });

  test("of a text's beginning lie around the texts that begin with it", () => {
    start();
    const index = indexCreate(0, 0, 0, 1, 0, 0);
    const words: string[] = ["a", "ab", "abc", "abd", "ac", "b", "ab\\u0000", "ab\\u00ff"];
    for (let row = 0; row < words.length; row++) {
      keyOf(KEY_NEW, '"' + words[row] + '"', false);
      expect(indexInsert(index, row)).toBe(true);
    }
    const prefix = String.UTF8.encode("ab");
    keyBegin(KEY_NEW);
    expect(keyTextPrefix(changetype<usize>(prefix), 2)).toBe(true);
    expect(indexRank(index, false)).toBe(1);
    expect(indexRank(index, true)).toBe(6);
    const digits = String.UTF8.encode("12");
    expect(keyTextPrefix(changetype<usize>(digits), 2)).toBe(false);
  });
});

describe("an index", () => {
  test("finds, counts and orders as a sorted list does, and frees its memory", () => {
    start();
    const before = memoryUsed;
    const index = indexCreate(0, 0, 0, 1, 0, 0);
    const values: i64[] = [];
    for (let row = 0; row < 3000; row++) {
      values.push(<i64>random(500) - 250);
      integerKey(values[row]);
      expect(indexInsert(index, row)).toBe(true);
    }
    for (let row = 0; row < 3000; row += 3) {
      integerKey(values[row]);
      indexRemove(index, row);
    }
    expect(treeCheck(index, 1, 0)).toBe(0);
    expect(treeItems(index)).toBe(2000);
    let wrong = 0;
    for (let value: i64 = -251; value <= 250; value += 7) {
      let below: u32 = 0;
      let same: u32 = 0;
      for (let row = 0; row < 3000; row++) {
        if (row % 3 == 0) continue;
        if (values[row] < value) below++;
        else if (values[row] == value) same++;
      }
      integerKey(value);
      if (indexRank(index, false) != below || indexRank(index, true) != below + same) wrong++;
    }
    expect(wrong).toBe(0);
    expect(indexRows(index, 0, 5000, false, rows)).toBe(2000);
    for (let at: u32 = 1; at < 2000; at++) {
      const left = load<u32>(rows + ((<usize>at - 1) << 2));
      const right = load<u32>(rows + ((<usize>at) << 2));
      if (values[left] > values[right] || (values[left] == values[right] && left >= right)) wrong++;
    }
    const last = load<u32>(rows + (1999 << 2));
    const middle = load<u32>(rows + (700 << 2));
    expect(wrong).toBe(0);
    expect(indexRows(index, 1999, 5000, true, rows)).toBe(2000);
    expect(load<u32>(rows)).toBe(last);
    expect(load<u32>(rows + (1299 << 2))).toBe(middle);
    expect(indexRows(index, 2000, 1, false, rows)).toBe(0);
    indexFree(index);
    while (indexDig(100)) {}
    expect(memoryUsed).toBe(before);
  });

  test("that is unique names the other row, but not for nulls and not for the row itself", () => {
    start();
    const index = indexCreate(INDEX_UNIQUE, 0, 0, 1, 0, 0);
    integerKey(7);
    expect(indexConflict(index, 1)).toBe(NO_ROW);
    expect(indexInsert(index, 1)).toBe(true);
    expect(indexConflict(index, 1)).toBe(NO_ROW);
    expect(indexConflict(index, 2)).toBe(1);
    expect(indexInsert(index, 2)).toBe(true);
    expect(indexConflict(index, 1)).toBe(2);
    integerKey(8);
    expect(indexConflict(index, 2)).toBe(NO_ROW);
    keyBegin(KEY_NEW);
    keyNull();
    keyPartEnd(false);
    expect(indexInsert(index, 3)).toBe(true);
    expect(indexConflict(index, 4)).toBe(NO_ROW);
    keyUse(KEY_NEW);
  });
});
