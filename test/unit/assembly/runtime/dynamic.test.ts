/**
 * Goal: equality, order, hash and sort keys of dynamic values agree with each other, and with the norm of host/query/README.md.
 * Method: all pairs (and triples) of values at the edges: integers and doubles around 2^53 and 2^63, NUMERICs equal to them, texts
 * that spell numbers and texts that nearly do, arrays, objects, booleans, dates.
 */
import { describe, expect, test } from "vitest";
import * as abi from "../../../../assembly/abi/record.ts";
import { plainType } from "../../../../host/query/type/type.ts";
import { ValueEngine } from "../../../support/value-engine.ts";

const ENGINE = new URL("../../../../dist/engine.wasm", import.meta.url).pathname;

type Tagged = readonly [tag: number, payload: bigint];

// A reset frees the words of VALUES, so only the tests behind those that use them begin with one.
const engine = new ValueEngine(ENGINE);
engine.reset();

const text = (value: string): Tagged => [abi.SLOT_TEXT, engine.word(new TextEncoder().encode(value))];
const integer = (value: bigint): Tagged => [abi.SLOT_INTEGER, value];
const double = (value: number): Tagged => [abi.SLOT_DOUBLE, new BigInt64Array(new Float64Array([value]).buffer)[0] as bigint];
const numeric = (value: string): Tagged => [abi.SLOT_NUMERIC, engine.read(value, plainType("numeric")) as bigint];
const json = (value: string): Tagged => [abi.SLOT_JSON, engine.read(value, plainType("jsonb")) as bigint];
const date = (value: string): Tagged => [abi.SLOT_DATE, engine.read(value, plainType("date")) as bigint];

const VALUES: readonly (readonly [name: string, value: Tagged])[] = [
  ...[
    "",
    "a",
    "abc",
    "abcdefgh",
    "99",
    "-0.5",
    "07",
    "1.0",
    "1e3",
    "0",
    "-0",
    "x",
    "9007199254740993",
    "123456789012345678901234567890",
    "1e300",
    "é",
  ].map((value) => [`text ${value}`, text(value)] as const),
  ...[0n, 1n, -1n, 99n, 1000n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 60n, 2n ** 63n - 1n, -(2n ** 63n)].map(
    (value) => [`integer ${value}`, integer(value)] as const,
  ),
  ...[0, -0, 1, 0.1, -0.5, 99, 1000, 2 ** 53, 2 ** 60, 2 ** 63, -(2 ** 63), 1e300, Number.POSITIVE_INFINITY, Number.NaN].map(
    (value) => [`double ${value}`, double(value)] as const,
  ),
  ...[
    "0",
    "1.10",
    "1.1",
    "0.1",
    "-0.50",
    "99",
    "9007199254740993",
    "1152921504606846976",
    "123456789012345678901234567890",
    "1e300",
    "NaN",
    "0.10000000000000000000001",
  ].map((value) => [`numeric ${value}`, numeric(value)] as const),
  ...[
    "[]",
    "[1]",
    "[1,2]",
    "[2]",
    '["1"]',
    "{}",
    '{"a":1}',
    '{"a":1,"b":2}',
    '{"b":2,"a":1}',
    '{"b":1}',
    "123456789012345678901234567890",
    "[null]",
    "[[1]]",
  ].map((value) => [`json ${value}`, json(value)] as const),
  ["false", [abi.SLOT_BOOLEAN, 0n]],
  ["true", [abi.SLOT_BOOLEAN, 1n]],
  ["date", date("2024-02-29")],
  ["earlier date", date("1999-01-01")],
];

function equal(left: Tagged, right: Tagged): boolean {
  return engine.raw("any_equal", [...left, ...right]) === 1;
}

function compare(left: Tagged, right: Tagged): number {
  return Math.sign(Number(engine.raw("any_compare", [...left, ...right])));
}

function key(value: Tagged, flags = 4): string {
  engine.raw("sort_key_begin", []);
  engine.raw("sort_key_put", [...value, flags]);
  return Buffer.from(engine.bytes(engine.raw("sort_key_word", []) as bigint)).toString("latin1");
}

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

describe("dynamic values", () => {
  test("the norm makes numbers of exactly the spellings in which numbers print", () => {
    for (const [spelling, number] of [
      ["99", 99n],
      ["9007199254740993", 9007199254740993n],
    ] as const) {
      expect(equal(text(spelling), integer(number))).toBe(true);
    }
    expect(equal(text("-0.5"), double(-0.5))).toBe(true);
    expect(equal(text("1e300"), double(1e300))).toBe(true);
    for (const [spelling, number] of [
      ["07", 7n],
      ["1.0", 1n],
      ["-0", 0n],
      ["1e3", 1000n],
    ] as const) {
      expect(equal(text(spelling), integer(number)), spelling).toBe(false);
    }
  });

  test.each(VALUES.map(([name, value]) => [name, value] as const))("%s: order, equality, hash and keys agree", (name, value) => {
    for (const [otherName, other] of VALUES) {
      const pair = `${name} with ${otherName}`;
      const compared = compare(value, other);
      expect(compare(other, value), pair).toBe(compared === 0 ? 0 : -compared);
      expect(equal(value, other), pair).toBe(compared === 0);
      expect(order(key(value), key(other)), pair).toBe(compared);
      expect(order(key(value, 5), key(other, 5)), `${pair}, descending`).toBe(compared === 0 ? 0 : -compared);
      if (compared === 0) expect(engine.raw("any_hash", [...value]), pair).toBe(engine.raw("any_hash", [...other]));
    }
    expect(engine.error()).toBeUndefined();
  });

  test("equality is transitive", () => {
    for (const [first, left] of VALUES) {
      for (const [second, middle] of VALUES) {
        if (!equal(left, middle)) continue;
        for (const [third, right] of VALUES)
          if (equal(middle, right)) expect(equal(left, right), `${first}, ${second}, ${third}`).toBe(true);
      }
    }
  });

  test("arithmetic goes by the forms of the numbers", () => {
    engine.reset();
    expect(engine.raw("any_divide", [...integer(7n), ...text("2")])).toBe(3n);
    expect(engine.tag()).toBe(abi.SLOT_INTEGER);
    engine.raw("any_add", [...integer(1n), ...double(0.5)]);
    expect(engine.tag()).toBe(abi.SLOT_DOUBLE);
    const sum = engine.raw("any_add", [...numeric("1.10"), ...double(0.25)]) as bigint;
    expect(engine.tag()).toBe(abi.SLOT_NUMERIC);
    expect(engine.print(sum, plainType("numeric"))).toBe("1.35");
    engine.raw("any_add", [...integer(1n), ...text("x")]);
    expect(engine.tag()).toBe(abi.SLOT_NONE);
    expect(engine.error()).toBeUndefined();
    engine.raw("any_add", [...integer(2n ** 63n - 1n), ...integer(1n)]);
    expect(engine.error()).toBe("ERR 22003 bigint out of range");
  });

  test("a value of another kind is NULL where the type is needed, and an error in a cast", () => {
    engine.reset();
    engine.raw("date_of_any", [...text("no date")]);
    expect(engine.tag()).toBe(abi.SLOT_NONE);
    expect(engine.error()).toBeUndefined();
    expect(engine.raw("integer_of_any", [...text("42")])).toBe(42n);
    expect(engine.raw("integer_from_any", [...double(2.5)])).toBe(2n);
    engine.raw("integer_from_any", [...text("no number")]);
    expect(engine.error()).toBe('ERR 22P02 invalid input syntax for type integer: "no number"');
  });
});

describe("sort keys of declared types", () => {
  const CASES = {
    numeric: [
      "-Infinity",
      "-1e20",
      "-10.5",
      "-10.49",
      "-1",
      "-0.001",
      "0",
      "0.00001",
      "0.1",
      "1",
      "1.05",
      "9",
      "10",
      "99999999999999999999",
      "1e30",
      "Infinity",
      "NaN",
    ],
    interval: ["-1 mon", "-1 day", "0", "00:00:00.000001", "23:59:59", "1 day 00:00:01", "29 days", "1 mon 1 sec", "1 year"],
    bytea: ["\\x", "\\x00", "\\x0000", "\\x0001", "\\x01", "\\xff", "\\xff00"],
    text: ["", "a", "a\u0001", "ab", "abcdefgh", "abcdefghi", "b", "é", "日本"],
    "double precision": ["-Infinity", "-1e300", "-1", "-5e-324", "0", "5e-324", "1", "1e300", "Infinity", "NaN"],
    "timestamp without time zone": [
      "-infinity",
      "0044-03-15 01:02:03 BC",
      "1969-12-31 23:59:59.999999",
      "1970-01-01",
      "2024-01-01",
      "infinity",
    ],
  } as const;

  test.each(Object.entries(CASES))("%s", (name, texts) => {
    engine.reset();
    const type = plainType(name as "text");
    const slots: Record<string, number> = {
      numeric: abi.SLOT_NUMERIC,
      interval: abi.SLOT_INTERVAL,
      bytea: abi.SLOT_BYTEA,
      text: abi.SLOT_TEXT,
      "timestamp without time zone": abi.SLOT_TIMESTAMP,
    };
    const keys = texts.map((value) => {
      const read = engine.read(value, type);
      const tagged: Tagged = typeof read === "number" ? double(read) : [slots[name] as number, read as bigint];
      return { ascending: key(tagged, 0), descending: key(tagged, 1) };
    });
    expect(engine.error()).toBeUndefined();
    for (let index = 1; index < keys.length; index++) {
      expect(order(keys[index - 1]?.ascending ?? "", keys[index]?.ascending ?? ""), texts[index]).toBe(-1);
      expect(order(keys[index - 1]?.descending ?? "", keys[index]?.descending ?? ""), texts[index]).toBe(1);
    }
  });

  test("NULL stands where it is wanted", () => {
    const none: Tagged = [abi.SLOT_NONE, 0n];
    const one = integer(1n);
    expect(key(none, 0) > key(one, 0)).toBe(true);
    expect(key(none, 1) > key(one, 1)).toBe(true);
    expect(key(none, 2) < key(one, 2)).toBe(true);
    expect(key(none, 3) < key(one, 3)).toBe(true);
  });
});
