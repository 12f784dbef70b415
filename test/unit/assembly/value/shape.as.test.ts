/**
 * Goal: shapes are what their head promises: fields keep their numbers, kinds only widen, documents whose fields are a subsequence of
 * a shape's share it, merged shapes keep an object's fields together; integers in NUMBER slots come back, and what has no room
 * for a shape stays packed.
 * Method: documents parsed from text and fitted, shapes looked at as lists of names; records unpacked and compared byte by byte.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import {
  FIELD_KIND,
  FIELD_NAME,
  FIELD_NAME_LENGTH,
  FIELD_ROOT,
  NUMBER_INTEGER_MAX,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_TEXT,
} from "../../../../assembly/abi/record";
import { PURPOSE_TABLE } from "../../../../assembly/abi/status";
import { hashSeed } from "../../../../assembly/bytes/hash";
import { memoryInitialize, memoryLimit, purposeBytes } from "../../../../assembly/memory/allocator";
import { parseJson } from "../../../../assembly/value/json-parse";
import { valueBytes } from "../../../../assembly/value/packed";
import { packedAt, packedMark, packedReset } from "../../../../assembly/value/packed-writer";
import { boxInteger, isBoxed, makeRecord, recordMade, recordScratchClear, unboxInteger } from "../../../../assembly/value/record";
import { unpackRecord } from "../../../../assembly/value/record-unpack";
import {
  elementField,
  fieldAt,
  fieldKind,
  fieldNamed,
  shapeAt,
  shapeCount,
  shapeFields,
  shapesCheck,
  shapesMake,
  shapesRelease,
} from "../../../../assembly/value/shape";
import { fitShape } from "../../../../assembly/value/shape-fit";

let shapes: usize = 0;

function start(): void {
  expect(memoryInitialize((<usize>memory.size()) << 16)).toBe(true);
  memoryLimit(2000);
  hashSeed(7);
  packedReset();
  shapes = shapesMake();
}

function parse(text: string): u32 {
  const at = packedMark();
  const bytes = String.UTF8.encode(text);
  expect(parseJson(changetype<usize>(bytes), bytes.byteLength)).toBe(true);
  return at;
}

/** Number of the shape that a document gets, which then has a record. */
function fit(text: string): i32 {
  const at = parse(text);
  const number = fitShape(shapes, packedAt(at));
  if (number >= 0) shapeCount(shapes, number, 1);
  expect(shapesCheck(shapes)).toBe(true);
  return number;
}

/** Names of a shape's fields in their order. */
function names(number: i32): string {
  const shape = shapeAt(shapes, number);
  let list = "";
  for (let place: u32 = 0; place < shapeFields(shape); place++) {
    const field = fieldAt(shapes, elementField(shape, place));
    list += String.UTF8.decodeUnsafe(<usize>load<u32>(field, FIELD_NAME), load<u32>(field, FIELD_NAME_LENGTH)) + " ";
  }
  return list;
}

function kind(name: string): u32 {
  const bytes = String.UTF8.encode(name);
  return fieldKind(shapes, fieldNamed(shapes, FIELD_ROOT, changetype<usize>(bytes), bytes.byteLength));
}

/** Whether a document comes back from its record as it was. */
function comesBack(text: string): bool {
  packedReset();
  const at = parse(text);
  const bytes = valueBytes(packedAt(at));
  if (!makeRecord(shapes, packedAt(at))) return false;
  const back = packedMark();
  unpackRecord(shapes, recordMade);
  return packedMark() - back == bytes && memory.compare(packedAt(at), packedAt(back), bytes) == 0;
}

describe("shapes", () => {
  test("subsequences share a shape; other orders and new fields make another", () => {
    start();
    expect(fit('{"a":1,"b":{"x":1,"y":2},"c":3}')).toBe(0);
    expect(fit('{"a":1,"c":3}')).toBe(0);
    expect(fit('{"b":{"y":2},"c":null}')).toBe(0);
    expect(fit("{}")).toBe(0);
    expect(fit('{"c":1,"a":2}')).toBe(1);
    expect(names(0)).toBe("a b x y c ");
    expect(names(1)).toBe("c a ");
  });

  test("merging keeps the order of both and an object's fields together", () => {
    start();
    expect(fit('{"p":{"y":1,"z":2},"q":1}')).toBe(0);
    expect(names(fit('{"p":{"x":1,"y":2},"n":3,"q":1}'))).toBe("p x y z n q ");
    expect(names(fit('{"p":{"y":2,"deep":{"k":1}},"q":1,"last":2}'))).toBe("p x y deep k z n q last ");
    expect(names(fit('{"first":1,"p":{"y":2}}'))).toBe("first p x y deep k z n q last ");
  });

  test("kinds widen, and outdated shapes take no more records", () => {
    start();
    expect(fit('{"v":null,"w":1,"o":null}')).toBe(0);
    expect(kind("v")).toBe(SLOT_NONE);
    expect(fit('{"v":"text","w":2,"o":{}}')).toBe(1);
    expect(kind("v")).toBe(SLOT_TEXT);
    expect(fit('{"v":null,"w":0.5,"o":null}')).toBe(2);
    expect(kind("w")).toBe(SLOT_NUMBER);
    expect(fit('{"v":"x","w":1}')).toBe(2);
    expect(fit('{"v":5,"w":1}')).toBe(3);
    expect(kind("v")).toBe(SLOT_JSON);
    expect(fit('{"v":{"no":"field"},"o":3}')).toBe(4);
    expect(kind("o")).toBe(SLOT_JSON);
    // An integer that a NUMBER slot has no room for.
    fit('{"w":1125899906842624}');
    expect(kind("w")).toBe(SLOT_JSON);
  });

  test("a field's number stays, and the number of a shape without records is given away again", () => {
    start();
    fit('{"a":1}');
    const bytes = String.UTF8.encode("a");
    const number = fieldNamed(shapes, FIELD_ROOT, changetype<usize>(bytes), 1);
    for (let index = 0; index < 100; index++) fit(`{"name${index}":1,"a":2}`);
    expect(fieldNamed(shapes, FIELD_ROOT, changetype<usize>(bytes), 1)).toBe(number);
    const at = parse('{"z1":1,"z2":1}');
    const made = fitShape(shapes, packedAt(at));
    if (made >= 0) expect(fitShape(shapes, packedAt(parse('{"z2":1,"z1":1}')))).toBe(made);
    expect(load<u8>(fieldAt(shapes, number), FIELD_KIND)).toBe(<u8>SLOT_INTEGER);
  });

  test("more fields than a shape has stay packed", () => {
    start();
    let text = '{"f0":0';
    for (let index = 1; index < 64; index++) text += `,"f${index}":${index}`;
    expect(fit(text + "}")).toBe(0);
    expect(fit(text + ',"one more":1}')).toBe(-1);
    expect(comesBack(text + "}")).toBe(true);
  });

  test("records give back what they were made from", () => {
    start();
    expect(comesBack('{"a":1,"b":1.5,"c":"text","d":"longer text","e":[1,{}],"f":{"g":{},"h":null},"i":true,"j":-0.0}')).toBe(true);
    expect(comesBack('{"a":0.5,"b":7,"c":"","d":null,"e":"\\ud800","f":{"g":{"deep":1}},"j":123456789012345678901234567890}')).toBe(true);
    expect(comesBack('{"a":-3,"b":[],"f":null,"i":"now a text"}')).toBe(true);
    expect(comesBack("{}")).toBe(true);
    shapesRelease(shapes);
    recordScratchClear();
    expect(load<f64>(purposeBytes + (PURPOSE_TABLE << 3))).toBe(0);
  });

  test("integers in NUMBER slots", () => {
    const values: i64[] = [0, 1, -1, 123456789, NUMBER_INTEGER_MAX, -NUMBER_INTEGER_MAX];
    for (let index = 0; index < values.length; index++) {
      expect(isBoxed(boxInteger(values[index]))).toBe(true);
      expect(unboxInteger(boxInteger(values[index]))).toBe(values[index]);
    }
    const doubles: f64[] = [0, -0.0, 1.5, -1e308, Infinity, -Infinity];
    for (let index = 0; index < doubles.length; index++) expect(isBoxed(reinterpret<u64>(doubles[index]))).toBe(false);
  });
});
