/**
 * Goal: doubles and extended floats are parsed with correct rounding, summed with correct rounding and printed exactly as specified.
 * Method: comparison with exact BigInt fractions (float-reference.ts) and with JavaScript's own shortest digits, on hand-picked hard cases
 * and seeded random inputs; release and debug build are both asked.
 */
import { beforeAll, describe, expect, test } from "vitest";
import {
  DOUBLE,
  EXTENDED,
  type FloatValue,
  fractionOf,
  fractionOfFloat,
  plainText,
  rounded,
  shortestText,
  sum,
} from "./float-reference.ts";
import { type BytesModule, compileBytes } from "./module.ts";
import { type RandomInput, randomInput } from "./random-input.ts";

const SEED = 31415926;
const FILES = ["float", "extended-float", "powers-of-ten"];

/** Texts that are no number, whatever the format. */
const NONSENSE = [
  "",
  " ",
  " 1",
  "1 ",
  "\t1",
  "1\n",
  "nan",
  "NaN",
  "-nan",
  "nan(1)",
  "in",
  "infi",
  "infinit",
  "infinityx",
  "inf ",
  "+",
  "-",
  "+-1",
  "--1",
  ".",
  "-.",
  "e5",
  ".e5",
  "1e",
  "1e+",
  "1e-",
  "1.5.2",
  "1..2",
  "1,5",
  "1_000",
  "1d",
  "1f",
  "0x",
  "0x.",
  "0xp1",
  "0x1p",
  "0x1p+",
  "0xg",
  "1p3",
  "0x1e+3",
  "1\0",
  "\x001",
  "one",
  "1e5.5",
  "0b1",
] as const;

describe.each(["release", "debug"] as const)("%s build", (build) => {
  let wasm: BytesModule;
  let random: RandomInput;
  beforeAll(async () => {
    wasm = await compileBytes(FILES, build);
    random = randomInput(SEED);
  }, 60_000);

  function parsed(text: string, name: "parseDouble" | "parseDoubleLimit" = "parseDouble"): number | undefined {
    const length = wasm.put(text);
    // Digits behind the text must not matter.
    wasm.put("123456789", wasm.heap + length);
    return wasm.call<[number, number], number>(name)(wasm.heap, length) ? (wasm.value("parsedDouble") as number) : undefined;
  }
  function printed(value: number): string {
    wasm.memory.fill(0x7e, wasm.heap - 1, wasm.heap + 32);
    const length = wasm.call<[number, number], number>("printDouble")(wasm.heap, value);
    if (wasm.memory[wasm.heap - 1] !== 0x7e || wasm.memory[wasm.heap + 24] !== 0x7e || length > 24)
      expect(value).toBe("printed outside its place");
    return wasm.text(wasm.heap, length);
  }
  function expectParsed(text: string, expected: number | undefined): void {
    const value = parsed(text);
    if (!Object.is(value, expected)) expect(value, `${text}, seed ${SEED}`).toBe(expected);
  }

  test("the powers of ten are 5^q rounded as their head says", () => {
    const BIT = 1n << 127n;
    for (let q = -342; q <= 324; q++) {
      const five = 5n ** BigInt(Math.abs(q));
      let expected: bigint;
      if (q >= 0) for (expected = five << 128n; expected >= 2n * BIT; expected >>= 1n);
      else for (expected = (1n << 1100n) / five; expected >= 2n * BIT; expected >>= 1n);
      if (q < 0 && q >= -27) expected += 1n;
      const word = (name: string): bigint => BigInt.asUintN(64, wasm.call<[number], bigint>(name)(q));
      expect((word("powerHigh") << 64n) | word("powerLow"), `10^${q}`).toBe(expected);
    }
  });

  test("doubles parse from the forms that strtod knows", () => {
    const forms: readonly (readonly [string, number])[] = [
      ["0", 0],
      ["-0", -0],
      ["+1.5", 1.5],
      [".5", 0.5],
      ["5.", 5],
      ["-.5e1", -5],
      ["1e5", 1e5],
      ["1E+05", 1e5],
      ["1e-0005", 1e-5],
      ["inf", Infinity],
      ["-INF", -Infinity],
      ["+Infinity", Infinity],
      ["0x1p3", 8],
      ["0X.8P1", 1],
      ["0x1.", 1],
      ["-0xff", -255],
      ["0x1.fffffffffffff8p0", 2],
      ["0x1.00000000000008p0", 1],
      ["0x1.000000000000080000000000000000000001p0", 1 + 2 ** -52],
      ["0x0p99999999999999999999", 0],
      ["0e-99999999999999999999", 0],
      ["000000000000000000000000000000001", 1],
      ["0.000000000000000000000000000000000001e36", 1],
      ["1000000000000000000000000000000e-30", 1],
      ["0x1p-1074", 5e-324],
      ["0x1.8p-1075", 5e-324],
      ["1e-323", 1e-323],
      ["1.7976931348623157e308", Number.MAX_VALUE],
      ["1.7976931348623158079e308", Number.MAX_VALUE],
    ];
    for (const [text, value] of forms) expect(parsed(text), text).toBe(value);
    for (const text of NONSENSE) expect(parsed(text), JSON.stringify(text)).toBeUndefined();
  });

  test("a double out of range is refused, except as a limit of a range", () => {
    for (const text of ["1e309", "-1e400", "1.7976931348623159e308", "0x1p1024", "1e99999999999999999999", "0x1p99999999999"]) {
      expect(parsed(text), text).toBeUndefined();
      expect(parsed(text, "parseDoubleLimit"), text).toBe(text.startsWith("-") ? -Infinity : Infinity);
    }
    for (const text of ["1e-400", "2e-324", "0x1p-1075", "1e-99999999999999999999", "0x1p-99999999999"]) {
      expect(parsed(text), text).toBeUndefined();
      expect(parsed(text, "parseDoubleLimit"), text).toBe(0);
    }
    const limits: readonly (readonly [string, number | undefined])[] = [
      ["", 0],
      [" 1", 1],
      ["\t\n\v\f\r -2", -2],
      [" ", undefined],
      ["1 ", undefined],
      ["nan", undefined],
      ["inf", Infinity],
    ];
    for (const [text, value] of limits) expect(parsed(text, "parseDoubleLimit"), JSON.stringify(text)).toBe(value);
  });

  test("hard decimal texts of doubles are rounded correctly: half-way numbers and their neighbours, to the last of 1100 digits", () => {
    for (let count = 0; count < 400; count++) {
      const bits = random.bits64() >> BigInt(1 + random.below(12));
      const { mantissa, exponent } = partsOf(bits & 0x7fefffffffffffffn);
      const half = fractionOfFloat({ negative: false, mantissa: 2n * mantissa + 1n, exponent: exponent - 1, infinite: false });
      const exact = exactDecimal(half.numerator, half.denominator);
      const even = Number(exact);
      expectParsed(exact, even === Infinity || even === 0 ? undefined : even);
      for (const tail of ["1", "0000000000000000000001", `${"0".repeat(300)}1`]) {
        const above = exact.includes(".") ? exact + tail : `${exact}.${tail}`;
        const value = doubleOf(rounded(fractionOf(above) as never, DOUBLE));
        expectParsed(above, value === Infinity ? undefined : value);
      }
      const cut = exact.slice(0, Math.max(2, exact.length - 1 - random.below(40))).replace(/\.$/, "");
      const value = doubleOf(rounded(fractionOf(cut) as never, DOUBLE));
      if (value !== 0) expectParsed(cut, value);
    }
  });

  test("random texts of doubles parse as exact fractions round", () => {
    for (let count = 0; count < 30_000; count++) {
      const text = randomNumber(random, 40, 345);
      const value = doubleOf(rounded(fractionOf(text) as never, DOUBLE));
      const refused = Math.abs(value) === Infinity || (value === 0 && /[1-9]/.test(text.replace(/e.*/i, "")));
      expectParsed(text, refused ? undefined : value);
    }
    for (let count = 0; count < 30_000; count++) {
      const text = random.text("0123456789.eE+-xXpPinfaIN ", random.below(8));
      const fraction = fractionOf(text);
      const infinite = /^[+-]?inf(inity)?$/i.test(text);
      if ((parsed(text, "parseDoubleLimit") !== undefined) !== (fraction !== undefined || infinite || text === "" || / /.test(text))) {
        if (!/ /.test(text)) expect(parsed(text, "parseDoubleLimit"), `${JSON.stringify(text)}, seed ${SEED}`).toBe(fraction);
      }
    }
  });

  test("doubles print in their shortest form and parse back to themselves", () => {
    const named: readonly (readonly [number, string])[] = [
      [0, "0"],
      [-0, "-0"],
      [NaN, "nan"],
      [Infinity, "inf"],
      [-Infinity, "-inf"],
      [0.1, "0.1"],
      [3, "3"],
      [-3.5, "-3.5"],
      [1e16, "10000000000000000"],
      [1e17, "1e+17"],
      [123456789012345680, "1.2345678901234568e+17"],
      [12345678901234568, "12345678901234568"],
      [1e-4, "0.0001"],
      [1e-5, "1e-05"],
      [1.234e-5, "1.234e-05"],
      [5e-324, "5e-324"],
      [Number.MAX_VALUE, "1.7976931348623157e+308"],
      [1e23, "1e+23"],
      [9007199254740992, "9007199254740992"],
      [48166623436127392, "48166623436127392"],
      [99999999999999984, "99999999999999984"],
      [1e100, "1e+100"],
      [0.3, "0.3"],
      [2 / 3, "0.6666666666666666"],
      [-1.2345678901234567e-308, "-1.2345678901234567e-308"],
      [2 ** -1022, "2.2250738585072014e-308"],
      [9.5367431640625e-7, "9.5367431640625e-07"],
    ];
    for (const [value, text] of named) expect(printed(value)).toBe(text);
    const check = (value: number): void => {
      const text = printed(value);
      if (text !== shortestText(value)) expect(text, `seed ${SEED}`).toBe(shortestText(value));
      if (Number.isFinite(value) && !Object.is(parsed(text), value)) expect(parsed(text), `seed ${SEED}`).toBe(value);
    };
    // All powers of two and their neighbours: where the interval is lopsided; all powers of ten.
    for (let exponent = -1074; exponent <= 1023; exponent++) {
      const bits = bitsOf(2 ** exponent);
      for (const step of [-1n, 0n, 1n]) check(floatOf(bits + step));
    }
    for (let exponent = -323; exponent <= 308; exponent++)
      for (const step of [-1n, 0n, 1n]) check(floatOf(bitsOf(Number(`1e${exponent}`)) + step));
    for (let count = 0; count < 60_000; count++) {
      check(floatOf(random.bits64()));
      check((random.below(2_000_000_000) - 1_000_000_000) / 10 ** random.below(12));
      check(Number(BigInt.asIntN(64, random.bits64() >> BigInt(random.below(64)))));
    }
  });

  /** The slot's value after extendedParse, or undefined if it was refused. */
  function extended(text: string, slot: number): FloatValue | undefined {
    const length = wasm.put(text);
    wasm.put("123456789", wasm.heap + length);
    return wasm.call<[number, number, number], number>("extendedParse")(wasm.heap, length, slot) ? slotValue(slot) : undefined;
  }
  function slotValue(slot: number): FloatValue {
    const address = wasm.call<[number], number>("extendedSlot")(slot);
    const view = new DataView(wasm.memory.buffer, address, 16);
    const kind = view.getUint8(12);
    return {
      negative: view.getUint8(13) === 1,
      mantissa: view.getBigUint64(0, true),
      exponent: view.getInt32(8, true),
      infinite: kind === 1,
    };
  }
  function extendedText(slot: number): string {
    wasm.memory.fill(0x7e, wasm.heap - 1, wasm.heap + 5000);
    const length = wasm.call<[number, number], number>("extendedPrint")(wasm.heap, slot);
    expect([length <= 4934, wasm.memory[wasm.heap - 1], wasm.memory[wasm.heap + 4934]], "stays in its place").toEqual([true, 0x7e, 0x7e]);
    return wasm.text(wasm.heap, length);
  }
  /** Parses a and b, adds them and compares every step with exact fractions. */
  function checkSum(a: string, b: string): void {
    const values = [a, b].map((text, slot) => {
      const value = rounded(fractionOf(text) as never, EXTENDED);
      const nonZero = /[1-9a-f]/i.test(text.replace(/^[+-]?0x/i, "").replace(/[ep][+-]?[0-9]+$/i, ""));
      const refused = value.infinite || (value.mantissa === 0n && nonZero);
      expect(extended(text, slot), `${text.slice(0, 80)}, seed ${SEED}`).toEqual(refused ? undefined : value);
      return refused ? undefined : value;
    });
    const [first, second] = values;
    if (!first || !second) return;
    const total = rounded(sum(fractionOfFloat(first), fractionOfFloat(second)), EXTENDED);
    wasm.call<[number, number, number], void>("extendedAdd")(0, 1, 2);
    const context = `${a.slice(0, 80)} + ${b.slice(0, 80)}, seed ${SEED}`;
    expect(wasm.call<[number], number>("extendedIsFinite")(2), context).toBe(total.infinite ? 0 : 1);
    if (total.infinite) return;
    expect(slotValue(2), context).toEqual(total);
    expect(extendedText(2), context).toBe(plainText(fractionOfFloat(total)));
  }

  test("extended floats: parsing, sum and print of chosen and of random texts are those of exact fractions", () => {
    const chosen = [
      "0",
      "-0",
      "0.1",
      "0.2",
      "-0.3",
      "3.0e3",
      "5.0e3",
      "18446744073709551615",
      "18446744073709551616",
      "18446744073709551617",
      "36893488147419103233",
      "0.5e-17",
      "1.5e-17",
      "2.5e-17",
      "-1e-19",
      "1e-18",
      "1e300",
      "-1e300",
      "1e4932",
      "-1e4932",
      "1.18973149535723176502e4932",
      "1.18973149535723176508e4932",
      "1.2e4932",
      "1e4933",
      "1e-4931",
      "3.6e-4951",
      "1.8e-4951",
      "1.9e-4951",
      "1e-4952",
      "3.3621031431120935062e-4932",
      "-3.3621031431120935061e-4932",
      "0x1p-16445",
      "0x1p-16446",
      "0x1.8p-16446",
      "0x1.fffffffffffffffep16383",
      "0x1.ffffffffffffffffp16383",
      "0x1p63",
      "-0x1p-1",
      "0x1p-64",
      "0x1.000000000000000100000000000000000000000000000000001p0",
      "9223372036854775807.5",
      "9223372036854775808.5",
      "99999999999999999999999999999999",
      "1.00000000000000005",
      "1.000000000000000005",
      `0.${"3".repeat(5000)}`,
      `${"7".repeat(4900)}.5`,
      `${"1".repeat(5000)}e-200`,
      `${"9".repeat(4932)}`,
      `0.${"0".repeat(4900)}${"123456789".repeat(20)}`,
      `${"4".repeat(5100)}e-5000`,
      `${"4".repeat(5100)}e-9999`,
    ];
    for (const a of chosen) for (const b of chosen.slice(0, 24)) checkSum(a, b);
    for (const a of chosen) checkSum(a, a.startsWith("-") ? a.slice(1) : `-${a}`);
    for (let count = 0; count < 4_000; count++) {
      const [digits, range] = random.pick([
        [10, 3],
        [25, 20],
        [40, 60],
        [25, 330],
      ] as const);
      checkSum(randomNumber(random, digits, range), randomNumber(random, digits, range));
    }
    for (let count = 0; count < 60; count++) checkSum(randomNumber(random, 60, 4960), randomNumber(random, 60, 4960));
  }, 60_000);

  test("extended sums close to the rounding limit: cancellation, ties, one bit beside a tie, subnormal results", () => {
    for (let count = 0; count < 3_000; count++) {
      const base = random.pick([-16445, -16440, -70, 0, 1, 16300]) + random.below(4);
      const mantissa = random.pick([
        1n << 63n,
        (1n << 63n) + 1n,
        (1n << 64n) - 1n,
        random.bits64() | 1n,
        random.bits64() >> BigInt(random.below(64)),
      ]);
      const other = random.pick([1n, 2n, 3n, 1n << 63n, (1n << 64n) - 1n, random.bits64()]);
      const distance = random.pick([0, 1, 2, 62, 63, 64, 65, 66, 127, 128, 129, random.below(140)]);
      const power = (exponent: number): string => `p${Math.max(-16445, Math.min(16320, exponent))}`;
      const signs = random.pick([
        ["", ""],
        ["", "-"],
        ["-", ""],
        ["-", "-"],
      ]);
      checkSum(`${signs[0]}0x${mantissa.toString(16)}${power(base)}`, `${signs[1]}0x${other.toString(16)}${power(base - distance)}`);
    }
  }, 60_000);

  test("a slot that does not exist stops the engine, in the release build too", () => {
    expect(wasm.call<[number], number>("extendedIsFinite")(3)).toBe(1);
    expect(() => wasm.call<[number], number>("extendedIsFinite")(4)).toThrow(WebAssembly.RuntimeError);
  });

  test("extended floats refuse nonsense and texts of 5120 bytes; infinities are told from numbers", () => {
    for (const text of NONSENSE) expect(extended(text, 0), JSON.stringify(text)).toBeUndefined();
    expect(extended("1".repeat(5119), 0)).toBeUndefined();
    expect(extended(`0.${"1".repeat(5117)}`, 0)).toBeDefined();
    expect(extended(`0.${"1".repeat(5118)}`, 0)).toBeUndefined();
    for (const [a, b, text] of [
      ["inf", "1", "inf"],
      ["-1e4932", "-Infinity", "-inf"],
      ["inf", "-inf", "nan"],
      ["1.18973149535723176502e4932", "1e4931", "inf"],
    ] as const) {
      expect(extended(a, 0)).toBeDefined();
      expect(extended(b, 3)).toBeDefined();
      wasm.call<[number, number, number], void>("extendedAdd")(3, 0, 0);
      expect(wasm.call<[number], number>("extendedIsFinite")(0)).toBe(0);
      expect(extendedText(0)).toBe(text);
    }
  });
});

/** A number's text with up to `maxDigits` digits and a decimal exponent within about +-range. */
function randomNumber(random: RandomInput, maxDigits: number, range: number): string {
  const digits = random.text(random.pick(["0123456789", "09", "0123456789"]), 1 + random.below(maxDigits));
  const point = random.below(digits.length + 4);
  const mantissa = point < digits.length ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
  const exponent = random.below(4) === 0 ? "" : `${random.pick("eE")}${random.pick(["", "+", "-"])}${random.below(range)}`;
  return random.pick(["", "", "-", "+"]) + mantissa + exponent;
}

function bitsOf(value: number): bigint {
  return new BigUint64Array(new Float64Array([value]).buffer)[0] as bigint;
}

function floatOf(bits: bigint): number {
  return new Float64Array(new BigUint64Array([bits]).buffer)[0] as number;
}

function partsOf(bits: bigint): { readonly mantissa: bigint; readonly exponent: number } {
  const biased = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  return biased === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

function doubleOf({ negative, mantissa, exponent, infinite }: FloatValue): number {
  const biased = mantissa >> 52n === 0n ? 0n : BigInt(exponent + 1075);
  const size = infinite ? Infinity : floatOf((biased << 52n) | (mantissa & ((1n << 52n) - 1n)));
  return negative ? -size : size;
}

/** All digits of a fraction whose denominator is a power of two. */
function exactDecimal(numerator: bigint, denominator: bigint): string {
  const places = denominator.toString(2).length - 1;
  if (places === 0) return numerator.toString();
  const digits = ((numerator * 10n ** BigInt(places)) / denominator).toString().padStart(places + 1, "0");
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
