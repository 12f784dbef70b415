/**
 * Goal: JSON text of JavaScript values as `JSON` makes and reads it, but with every digit of whole numbers.
 * Method: edges by hand; then random values and texts against `JSON` itself and against what was put in.
 */
import { expect, test } from "vitest";
import { parseJson, printJson } from "../../../../host/client/json-text.ts";
import { createRandom, type SeededRandom } from "../../../support/random.ts";

const SEED = 8_259;
const LARGE = 12_345_678_901_234_567_890n;

test.each([
  ["9007199254740991", 9_007_199_254_740_991],
  ["9007199254740992", 9_007_199_254_740_992n],
  ["-9007199254740992", -9_007_199_254_740_992n],
  ["[12345678901234567890,-12345678901234567890]", [LARGE, -LARGE]],
  ['{"a":12345678901234567890,"12345678901234567890":1}', { a: LARGE, "12345678901234567890": 1 }],
  ['{"#x":"#1","y":["##","#","a#"],"z":12345678901234567890}', { "#x": "#1", y: ["##", "#", "a#"], z: LARGE }],
  ['["\\"12345678901234567890","12345678901234567890",12345678901234567890]', ['"12345678901234567890', "12345678901234567890", LARGE]],
  ['["\\\\",12345678901234567890]', ["\\", LARGE]],
  ['{"a\\"#":12345678901234567890}', { 'a"#': LARGE }],
  ["1234567890123456789.5", 1_234_567_890_123_456_800],
  ["1234567890123456789e2", 123_456_789_012_345_680_000],
  ["0.1234567890123456789", 0.12345678901234568],
  ["[0.30000000000000004,12345678901234567890]", [0.30000000000000004, LARGE]],
  [
    '{"__proto__":12345678901234567890}',
    Object.defineProperty({}, "__proto__", { value: LARGE, enumerable: true, configurable: true, writable: true }),
  ],
  ["null", null],
  ['""', ""],
])("parseJson(%s)", (text, value) => {
  expect(parseJson(text)).toStrictEqual(value);
});

test.each([
  [LARGE, "12345678901234567890"],
  [{ a: [1n, "1", null, undefined, () => 1], b: undefined, c: Symbol("s") }, '{"a":[1,"1",null,null,null]}'],
  [[new Date(0), 5n, Number.NaN, new Number(3), new String("s"), new Boolean(false)], '["1970-01-01T00:00:00.000Z",5,null,3,"s",false]'],
  [{ toJSON: () => ({ big: -LARGE }) }, '{"big":-12345678901234567890}'],
  [{ at: { toJSON: (name: string) => `${name}!` }, n: 1n }, '{"at":"at!","n":1}'],
  [new Map([[1, 2]]), "{}"],
  [["\uD800", '"\\\n', 7n], '["\\ud800","\\"\\\\\\n",7]'],
])("printJson, case %#", (value, text) => {
  expect(printJson(value)).toBe(text);
});

test("what has no text", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const bigCycle: unknown[] = [1n];
  bigCycle.push(bigCycle);
  for (const value of [undefined, () => 1, Symbol("s"), cycle, bigCycle, { toJSON: () => undefined }]) {
    expect(() => printJson(value)).toThrow(
      expect.objectContaining({ code: "USAGE", message: expect.stringContaining("cannot become JSON") }),
    );
  }
});

function randomValue(random: SeededRandom, depth: number, whole: () => unknown): unknown {
  switch (random.below(depth > 0 ? 7 : 5)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
      return random.pick(["", "#", "##9", '"', "\\", "12345678901234567890", "é\u0001", ":1", "a,12345678901234567890]"]);
    case 2:
      return random.below(1_000_000) / 997;
    case 3:
    case 4:
      return whole();
    case 5:
      return Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1, whole));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [
          random.pick(["a", "#b", '"', "\\", "12345678901234567890"]),
          randomValue(random, depth - 1, whole),
        ]),
      );
  }
}

test("random values come back", () => {
  const random = createRandom(SEED);
  const whole = (): unknown => {
    const digits =
      BigInt(random.below(2 ** 32)) * BigInt(random.below(2 ** 32)) * (random.chance(0.5) ? 1n : -1n) * BigInt(random.below(1000));
    return digits >= -(2n ** 53n) + 1n && digits < 2n ** 53n ? Number(digits) : digits;
  };
  for (let i = 0; i < 3000; i++) {
    const value = randomValue(random, 4, whole);
    expect(parseJson(printJson(value)), `seed ${SEED}, value ${i}`).toEqual(value);
  }
});

test("random values without large numbers are printed as by JSON", () => {
  const random = createRandom(SEED);
  for (let i = 0; i < 3000; i++) {
    const value = randomValue(random, 4, () => random.below(2 ** 32) - 2 ** 31);
    const text = JSON.stringify(value);
    expect(printJson(value)).toBe(text);
    // The slower way: the same with a bigint at its side.
    expect(printJson([value, 1n])).toBe(`[${text},1]`);
    expect(parseJson(text)).toEqual(value);
  }
});
