/**
 * Goal: Cypher's equality, equivalence, comparability, order, hash and sort keys are what openCypher says, and agree with each other; lists
 * and maps give back what was put in; arithmetic, subscripts and tests of strings answer values, NULL or openCypher's errors.
 * Method: random values from a seed against plain JavaScript (test/support/cypher-value.ts), all pairs of a set; single cases for the rest.
 */
import { afterAll, describe, expect, test } from "vitest";
import * as abi from "../../../../assembly/abi/record.ts";
import { plainType } from "../../../../host/query/type/type.ts";
import {
  type CypherTestValue,
  comparedTest,
  equalTest,
  equivalentTest,
  orderTest,
  printCypherValue,
  randomCypherValue,
} from "../../../support/cypher-value.ts";
import { TEST_LENGTH, TEST_SEED } from "../../../support/engine.ts";
import { createRandom } from "../../../support/random.ts";
import { ValueEngine } from "../../../support/value-engine.ts";

const ENGINE = new URL("../../../../dist/engine.wasm", import.meta.url).pathname;
const VALUES = 160 * TEST_LENGTH;

type Tagged = readonly [tag: number, payload: bigint];

const engine = new ValueEngine(ENGINE);
engine.reset();
const utf8 = new TextEncoder();
const NULL: Tagged = [abi.SLOT_NONE, 0n];

const text = (value: string): bigint => engine.word(utf8.encode(value));
const bits = (value: number): bigint => new BigInt64Array(new Float64Array([value]).buffer)[0] as bigint;

/** A value in the engine; items first, since there is one builder. */
function put(value: CypherTestValue): Tagged {
  if (value === null) return NULL;
  if (typeof value === "boolean") return [abi.SLOT_BOOLEAN, value ? 1n : 0n];
  if (typeof value === "bigint") return [abi.SLOT_INTEGER, value];
  if (typeof value === "number") return [abi.SLOT_DOUBLE, bits(value)];
  if (typeof value === "string") return [abi.SLOT_TEXT, text(value)];
  if ("node" in value) return [abi.SLOT_NODE, BigInt(value.node)];
  if ("relationship" in value) return [abi.SLOT_RELATIONSHIP, BigInt(value.relationship)];
  const isMap = value instanceof Map;
  const entries = [...value.entries()].map(([name, item]): [string | number, Tagged] => [name, put(item)]);
  const family = isMap ? "value_map" : "value_list";
  engine.raw(`${family}_begin`, []);
  for (const [name, item] of entries) engine.raw(`${family}_push`, isMap ? [text(String(name)), ...item] : item);
  return [isMap ? abi.SLOT_JSON : abi.SLOT_ARRAY, engine.raw(`${family}_end`, []) as bigint];
}

/** A value of the engine; words are read, lists are gone through. */
function get([tag, payload]: Tagged): unknown {
  switch (tag) {
    case abi.SLOT_NONE:
      return null;
    case abi.SLOT_BOOLEAN:
      return payload !== 0n;
    case abi.SLOT_DOUBLE:
      return new Float64Array(new BigInt64Array([payload]).buffer)[0];
    case abi.SLOT_TEXT:
      return new TextDecoder().decode(engine.bytes(payload));
    case abi.SLOT_ARRAY: {
      const count = Number(engine.raw("value_item_count", [tag, payload]));
      return Array.from({ length: count }, (_, index) => get(called("value_item", [tag, payload, BigInt(index)])));
    }
    default:
      return payload;
  }
}

function called(name: string, values: readonly (number | bigint)[]): Tagged {
  const payload = engine.raw(name, values);
  return [engine.tag(), typeof payload === "bigint" ? payload : BigInt(payload)];
}

/** A truth of two values: true, false or NULL. */
function truth(name: string, left: Tagged, right: Tagged): boolean | null {
  const answer = engine.raw(name, [...left, ...right]);
  return engine.tag() === abi.SLOT_NONE ? null : answer !== 0;
}

function sortKey(value: Tagged, flags: number): Buffer {
  engine.raw("sort_key_begin", []);
  engine.raw("sort_key_put", [...value, flags]);
  return Buffer.from(engine.bytes(engine.raw("sort_key_word", []) as bigint));
}

const random = createRandom(TEST_SEED);
const SAMPLE = Array.from({ length: VALUES }, () => randomCypherValue(random)).map((value) => ({ value, own: put(value) }));

afterAll(() => engine.reset());

describe(`Cypher's values, seed ${TEST_SEED}`, () => {
  test("pairs are compared as openCypher says", () => {
    for (const { value, own } of SAMPLE) {
      for (const { value: otherValue, own: other } of SAMPLE) {
        const pair = `${printCypherValue(value)} with ${printCypherValue(otherValue)}`;
        expect(engine.raw("value_equivalent", [...own, ...other]) === 1, `equivalence of ${pair}`).toBe(equivalentTest(value, otherValue));
        expect(Math.sign(Number(engine.raw("value_compare", [...own, ...other]))), `order of ${pair}`).toBe(orderTest(value, otherValue));
        if (value === null || otherValue === null) continue;
        const equal = equalTest(value, otherValue);
        expect(truth("value_equal", own, other), pair).toBe(equal);
        expect(truth("value_not_equal", own, other), pair).toBe(equal === null ? null : !equal);
        const order = comparedTest(value, otherValue);
        const expected = (holds: (order: number) => boolean) => (order === null ? null : order !== undefined && holds(order));
        expect(truth("value_less", own, other), `${pair}: <`).toBe(expected((sign) => sign < 0));
        expect(truth("value_less_equal", own, other), `${pair}: <=`).toBe(expected((sign) => sign <= 0));
        expect(truth("value_greater", own, other), `${pair}: >`).toBe(expected((sign) => sign > 0));
        expect(truth("value_greater_equal", own, other), `${pair}: >=`).toBe(expected((sign) => sign >= 0));
      }
    }
    expect(engine.error()).toBeUndefined();
  });

  test("equivalent values have one hash, and sort keys have the order of values", () => {
    const keyed = SAMPLE.map(({ value, own }) => ({
      value,
      hash: engine.raw("value_hash", own),
      ascending: sortKey(own, 8),
      descending: sortKey(own, 8 | 1 | 2),
    }));
    let equivalents = 0;
    for (const left of keyed) {
      for (const right of keyed) {
        const pair = `${printCypherValue(left.value)} with ${printCypherValue(right.value)}`;
        const order = orderTest(left.value, right.value);
        expect(Math.sign(Buffer.compare(left.ascending, right.ascending)), pair).toBe(order);
        expect(Math.sign(Buffer.compare(left.descending, right.descending)), `${pair}, descending`).toBe(order === 0 ? 0 : -order);
        if (order !== 0) continue;
        equivalents++;
        expect(left.hash, `hash of ${pair}`).toBe(right.hash);
      }
    }
    expect(equivalents).toBeGreaterThan(keyed.length);
  });

  test("the order is total: antisymmetric and transitive", () => {
    const few = SAMPLE.slice(0, 60);
    const order = few.map(({ own }) => few.map(({ own: other }) => Math.sign(Number(engine.raw("value_compare", [...own, ...other])))));
    for (let first = 0; first < few.length; first++) {
      for (let second = 0; second < few.length; second++) {
        expect(order[first]?.[second]).toBe(0 - (order[second]?.[first] ?? Number.NaN) + 0);
        for (let third = 0; third < few.length; third++) {
          if ((order[first]?.[second] ?? 1) <= 0 && (order[second]?.[third] ?? 1) <= 0)
            expect(order[first]?.[third]).toBeLessThanOrEqual(0);
        }
      }
    }
  });

  test("IN is true for an equal item, else NULL where one may be equal", () => {
    for (const { value, own } of SAMPLE) {
      if (!Array.isArray(value)) continue;
      for (const { value: sought, own: item } of SAMPLE) {
        const truths = value.map((each) => equalTest(sought, each));
        const expected = truths.includes(true) ? true : truths.includes(null) ? null : false;
        expect(truth("value_in", item, own), `${printCypherValue(sought)} IN ${printCypherValue(value)}`).toBe(expected);
      }
    }
    expect(truth("value_in", NULL, put([]))).toBe(false);
    expect(truth("value_in", NULL, NULL)).toBeNull();
    expect(engine.error()).toBeUndefined();
  });

  test("lists give back their items, by position, from the end, and in slices", () => {
    for (const { value, own } of SAMPLE) {
      if (!Array.isArray(value)) continue;
      for (let index = -5; index < 5; index++) {
        const item = called("value_subscript", [...own, ...put(BigInt(index))]);
        const expected = value.at(index);
        expect(engine.raw("value_equivalent", [...item, ...put(expected === undefined ? null : expected)])).toBe(1);
        for (let to = -5; to < 5; to++) {
          const slice = engine.raw("value_slice", [...own, ...put(BigInt(index)), ...put(BigInt(to))]) as bigint;
          const same = engine.raw("value_equivalent", [abi.SLOT_ARRAY, slice, ...put(value.slice(index, to))]);
          expect(same, `${printCypherValue(value)}[${index}..${to}]`).toBe(1);
        }
        const tail = engine.raw("value_slice_from", [...own, ...put(BigInt(index))]) as bigint;
        expect(engine.raw("value_equivalent", [abi.SLOT_ARRAY, tail, ...put(value.slice(index))])).toBe(1);
        const head = engine.raw("value_slice_to", [...own, ...put(BigInt(index))]) as bigint;
        expect(engine.raw("value_equivalent", [abi.SLOT_ARRAY, head, ...put(value.slice(0, index))])).toBe(1);
      }
    }
    expect(engine.error()).toBeUndefined();
  });

  test("maps give back their values", () => {
    for (const { value, own } of SAMPLE) {
      if (!(value instanceof Map)) continue;
      for (const name of ["a", "b", "name", "a longer name", "missing"]) {
        const expected = put(value.get(name) ?? null);
        expect(engine.raw("value_equivalent", [...called("value_property", [...own, text(name)]), ...expected])).toBe(1);
        expect(engine.raw("value_equivalent", [...called("value_subscript", [...own, ...put(name)]), ...expected])).toBe(1);
      }
    }
    expect(engine.error()).toBeUndefined();
  });
});

const LIMIT = 2n ** 63n;

describe("Cypher's operators", () => {
  test.each<[string, CypherTestValue, CypherTestValue, unknown]>([
    ["value_add", 1n, 2n, 3n],
    ["value_add", 1n, 0.5, 1.5],
    ["value_add", "a", "b", "ab"],
    ["value_add", "a", 1n, "a1"],
    ["value_add", 1.5, "a", "1.5a"],
    ["value_add", [1n], [2n], [1n, 2n]],
    ["value_add", [1n], 2n, [1n, 2n]],
    ["value_add", "x", ["y"], ["x", "y"]],
    ["value_add", [], [], []],
    ["value_subtract", 1n, 2n, -1n],
    ["value_subtract", -LIMIT, -1n, -LIMIT + 1n],
    ["value_multiply", 3n, 1.5, 4.5],
    ["value_multiply", 3037000499n, 3037000499n, 9223372030926249001n],
    ["value_multiply", -LIMIT, 1n, -LIMIT],
    ["value_divide", 7n, 2n, 3n],
    ["value_divide", -7n, 2n, -3n],
    ["value_divide", 7n, 2, 3.5],
    ["value_divide", 1, 0n, Number.POSITIVE_INFINITY],
    ["value_modulo", -7n, 3n, -1n],
    ["value_modulo", 7.5, 2n, 1.5],
    ["value_modulo", -LIMIT, -1n, 0n],
  ])("%s(%o, %o)", (name, left, right, expected) => {
    engine.reset();
    expect(get(called(name, [...put(left), ...put(right)]))).toEqual(expected);
    expect(engine.error()).toBeUndefined();
  });

  test.each<[string, readonly CypherTestValue[], string]>([
    ["value_add", [LIMIT - 1n, 1n], "integer overflow"],
    ["value_subtract", [-LIMIT, 1n], "integer overflow"],
    ["value_multiply", [LIMIT - 1n, 2n], "integer overflow"],
    ["value_multiply", [-1n, -LIMIT], "integer overflow"],
    ["value_multiply", [-LIMIT, -1n], "integer overflow"],
    ["value_divide", [-LIMIT, -1n], "integer overflow"],
    ["value_negate", [-LIMIT], "integer overflow"],
    ["value_divide", [1n, 0n], "/ by zero"],
    ["value_modulo", [1n, 0n], "/ by zero"],
    ["value_add", [true, 1n], "expected a number, String or List, but got a Boolean"],
    ["value_subtract", ["a", 1n], "expected a number, but got a String"],
    ["value_subtract", [1n, { node: 1 }], "expected a number, but got a Node"],
    ["value_power", [1n, "a"], "expected a number, but got a String"],
    ["value_in", [1n, "a"], "expected a List, but got a String"],
    ["value_subscript", [[1n], "a"], "expected an Integer, but got a String"],
    ["value_subscript", [[1n], 1.5], "expected an Integer, but got a Float"],
    ["value_subscript", [new Map([["a", 1n]]), 1n], "expected a String as key, but got an Integer"],
    ["value_subscript", [1n, 1n], "expected a List, Map, Node or Relationship, but got an Integer"],
    ["value_slice_from", [[1n], "a"], "expected an Integer, but got a String"],
    ["value_slice_from", ["a", 1n], "expected a List, but got a String"],
    ["value_condition", ["true"], "expected a Boolean, but got a String"],
    ["value_xor", [true, 1n], "expected a Boolean, but got an Integer"],
  ])("%s(%o) fails", (name, values, message) => {
    engine.reset();
    engine.raw(
      name,
      values.flatMap((value) => put(value)),
    );
    expect(engine.error()?.replace(/^ERR \w+ /, "")).toBe(message);
  });

  test.each<[string, CypherTestValue, CypherTestValue, boolean | null]>([
    ["value_starts_with", "abc", "ab", true],
    ["value_starts_with", "abc", "", true],
    ["value_starts_with", "abc", 1n, null],
    ["value_ends_with", "a longer text", "text", true],
    ["value_ends_with", "text", "a longer text", false],
    ["value_contains", "a longer text", "nger", true],
    ["value_contains", "abc", "", true],
    ["value_contains", ["abc"], "a", null],
    ["value_matches", "abc", "a.c", true],
    ["value_matches", "abcd", "a.c", false],
    ["value_matches", "ab", "a|b", false],
    ["value_matches", "A\nb", "(?i)a.B", false],
    ["value_matches", "A\nb", "(?is)a.B", true],
    ["value_matches", "ab cd", "ab\\b.*", true],
    ["value_matches", 1n, "1", null],
    ["value_xor", true, false, true],
    ["value_xor", true, true, false],
  ])("%s(%o, %o) is %o", (name, left, right, expected) => {
    engine.reset();
    const tagged = name !== "value_xor";
    const answer = engine.raw(name, [...put(left), ...put(right)]) !== 0;
    expect(tagged && engine.tag() === abi.SLOT_NONE ? null : answer).toBe(expected);
    expect(engine.error()).toBeUndefined();
  });

  test("lists nest as deep as documents, and no deeper", () => {
    engine.reset();
    let value = put([]);
    const nest = (): void => {
      engine.raw("value_list_begin", []);
      engine.raw("value_list_push", value);
      value = [abi.SLOT_ARRAY, engine.raw("value_list_end", []) as bigint];
    };
    for (let depth = 1; depth < 128; depth++) nest();
    expect(engine.error()).toBeUndefined();
    expect(truth("value_equal", value, value)).toBe(true);
    nest();
    expect(engine.error()).toMatch(/stack depth/);
  });

  test("a path grows by relationships and nodes; lists of relationships know what they hold", () => {
    engine.reset();
    const start = engine.raw("path_start", [3n]) as bigint;
    const longer = engine.raw("path_step", [start, 9n, 4n]) as bigint;
    expect(engine.raw("value_equivalent", [abi.SLOT_PATH, longer, abi.SLOT_PATH, longer])).toBe(1);
    expect(engine.raw("value_compare", [abi.SLOT_PATH, start, abi.SLOT_PATH, longer])).toBe(-1);
    const [, some] = put([{ relationship: 1 }, { relationship: 300 }]);
    const [, others] = put([{ relationship: 2 }, { node: 1 }]);
    expect(engine.raw("list_lacks", [some, 300n])).toBe(0);
    expect(engine.raw("list_lacks", [some, 2n])).toBe(1);
    expect(engine.raw("lists_disjoint", [some, others])).toBe(1);
    expect(engine.raw("lists_disjoint", [some, some])).toBe(0);
  });

  test("the JSON text of a list says of everything in it something", () => {
    engine.reset();
    const date = engine.read("2024-02-29", plainType("date")) as bigint;
    const numeric = engine.read("1.50", plainType("numeric")) as bigint;
    const path = engine.raw("path_step", [engine.raw("path_start", [3n]), 9n, 4n]) as bigint;
    engine.raw("value_list_begin", []);
    for (const item of [put({ node: 3 }), put("a"), [abi.SLOT_DATE, date], [abi.SLOT_NUMERIC, numeric], [abi.SLOT_PATH, path]] as const) {
      engine.raw("value_list_push", item);
    }
    const list = engine.raw("value_list_end", []) as bigint;
    const made = engine.raw("text_from_any", [abi.SLOT_ARRAY, list]) as bigint;
    expect(new TextDecoder().decode(engine.bytes(made))).toBe('[3,"a","2024-02-29","1.50",[3,9,4]]');
    expect(engine.error()).toBeUndefined();
  });

  test("lists that aggregates make hold all kinds; min() and max() go by the order of all values", () => {
    engine.reset();
    const values: readonly CypherTestValue[] = [{ node: 5 }, Number.NaN, null, new Map([["a", 1n]]), "text of some length", [1n]];
    const list = engine.state(16);
    const least = engine.state(16);
    const greatest = engine.state(16);
    for (const value of values) {
      engine.raw("list_agg_step", [list, ...put(value)]);
      if (value === null) continue;
      engine.raw("value_min_step", [least, ...put(value)]);
      engine.raw("value_max_step", [greatest, ...put(value)]);
    }
    const made = called("list_agg_finish", [list]);
    expect(engine.raw("value_equivalent", [...made, ...put(values)])).toBe(1);
    expect(engine.raw("value_equivalent", [...called("value_min_finish", [least]), ...put(new Map([["a", 1n]]))])).toBe(1);
    expect(engine.raw("value_equivalent", [...called("value_max_finish", [greatest]), ...put(Number.NaN)])).toBe(1);
  });
});
