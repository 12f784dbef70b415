/**
 * Goal: the byte functions that have an exact and short definition (integers, checksums, case, UTF-8, random numbers, globs) agree with
 * a reference that is written differently, in JavaScript and BigInt, on edge cases and on many seeded random inputs.
 * Method: the functions are compiled to a small module, once as in the release engine and once with asserts, and both are asked.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { globReference } from "./glob-reference.ts";
import { type BytesModule, compileBytes } from "./module.ts";
import { type RandomInput, randomInput } from "./random-input.ts";

const SEED = 20240611;
const FILES = ["integer", "lower", "utf8", "checksum", "random", "glob"];

describe.each(["release", "debug"] as const)("%s build", (build) => {
  let wasm: BytesModule;
  let random: RandomInput;
  beforeAll(async () => {
    wasm = await compileBytes(FILES, build);
    random = randomInput(SEED);
  }, 60_000);

  test("the release build imports nothing, the debug build only abort", () => {
    expect(wasm.imports).toEqual(build === "release" ? [] : ["env.abort"]);
  });

  /** What parseInteger says about a text: the value, or undefined. */
  function parsed(text: string): bigint | undefined {
    const length = wasm.put(text);
    return wasm.call<[number, number], number>("parseInteger")(wasm.heap, length) ? (wasm.value("parsedInteger") as bigint) : undefined;
  }
  /** The definition: a text is an integer iff it is the canonical text of an i64. */
  function parsedReference(text: string): bigint | undefined {
    if (!/^-?[0-9]+$/.test(text)) return undefined;
    const value = BigInt(text);
    return value === BigInt.asIntN(64, value) && value.toString() === text ? value : undefined;
  }
  function printed(value: bigint, name: "printInteger" | "printUnsigned"): string {
    wasm.memory.fill(0x7e, wasm.heap - 1, wasm.heap + 32);
    const length = wasm.call<[number, bigint], number>(name)(wasm.heap, value);
    expect(wasm.memory[wasm.heap - 1], "byte before the text").toBe(0x7e);
    expect(wasm.memory[wasm.heap + length], "byte behind the text").toBe(0x7e);
    return wasm.text(wasm.heap, length);
  }

  test("integers print and parse back at every power of ten and of two, and at random", () => {
    const values: bigint[] = [0n, 1n, -1n];
    for (let exponent = 0n; exponent < 20n; exponent++) for (const step of [-1n, 0n, 1n]) values.push(10n ** exponent + step);
    for (let exponent = 0n; exponent <= 64n; exponent++) for (const step of [-1n, 0n, 1n]) values.push(2n ** exponent + step);
    for (let count = 0; count < 20_000; count++) values.push(random.bits64() >> BigInt(random.below(64)));
    for (const raw of values) {
      const unsigned = BigInt.asUintN(64, raw);
      expect(printed(unsigned, "printUnsigned")).toBe(unsigned.toString());
      for (const value of [BigInt.asIntN(64, raw), BigInt.asIntN(64, -raw)]) {
        const text = printed(value, "printInteger");
        if (text !== value.toString()) expect(text, `seed ${SEED}`).toBe(value.toString());
        if (wasm.call<[bigint], number>("integerLength")(value) !== text.length) expect(text.length).toBe(`integerLength of ${value}`);
        if (parsed(text) !== value) expect(parsed(text), `seed ${SEED}`).toBe(value);
      }
    }
  });

  test("only the canonical text of an i64 is an integer", () => {
    const refused = [
      "",
      "-",
      "+1",
      "-0",
      "00",
      "01",
      "-01",
      " 1",
      "1 ",
      "1.0",
      "1e3",
      "0x1",
      "--1",
      "1-",
      "\x001",
      "1\x00",
      "9223372036854775808",
    ];
    refused.push(
      "-9223372036854775809",
      "18446744073709551616",
      "99999999999999999999",
      "123456789012345678901",
      "a",
      "/",
      ":",
      "1/",
      "1:",
    );
    for (const text of refused) expect(parsed(text), JSON.stringify(text)).toBeUndefined();
    expect(parsed("-9223372036854775808")).toBe(-(2n ** 63n));
    expect(parsed("9223372036854775807")).toBe(2n ** 63n - 1n);
    for (let count = 0; count < 50_000; count++) {
      const text = random.text(random.pick(["0123456789", "-0123456789", "-09", "-019+ .:/", "9"]), random.below(23));
      if (parsed(text) !== parsedReference(text)) expect(parsed(text), `${text}, seed ${SEED}`).toBe(parsedReference(text));
    }
  });

  test("checksums have their published check values and the value of the bitwise definition for all lengths", () => {
    const crc64 = (text: string): bigint =>
      BigInt.asUintN(64, wasm.call<[bigint, number, number], bigint>("crc64")(0n, wasm.heap, wasm.put(text)));
    const crc32c = (text: string): number => wasm.call<[number, number, number], number>("crc32c")(0, wasm.heap, wasm.put(text)) >>> 0;
    const crc16 = (text: string): number => wasm.call<[number, number], number>("crc16")(wasm.heap, wasm.put(text));
    expect(crc64("123456789")).toBe(0xe9c6d914c4b8d9can);
    expect(crc32c("123456789")).toBe(0xe3069283);
    expect(crc16("123456789")).toBe(0x31c3);
    for (let length = 0; length < 80; length++) {
      const text = String.fromCharCode(...Array.from({ length }, () => random.below(256)));
      expect(crc64(text)).toBe(reflectedCrc(text, 0x95ac9329ac4bc9b5n, 0n));
      expect(crc32c(text)).toBe(Number(reflectedCrc(text, 0x82f63b78n, 0xffffffffn) ^ 0xffffffffn));
      expect(crc16(text)).toBe(plainCrc16(text));
      const cut = random.below(length + 1);
      const front = wasm.call<[bigint, number, number], bigint>("crc64")(0n, wasm.heap, wasm.put(text) && cut);
      expect(BigInt.asUintN(64, wasm.call<[bigint, number, number], bigint>("crc64")(front, wasm.heap + cut, length - cut))).toBe(
        crc64(text),
      );
      const front32 = wasm.call<[number, number, number], number>("crc32c")(0, wasm.heap, cut);
      expect(wasm.call<[number, number, number], number>("crc32c")(front32, wasm.heap + cut, length - cut) >>> 0).toBe(crc32c(text));
    }
  });

  test("exactly A-Z are folded, at every position of a text", () => {
    const fold = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
    for (let shift = 0; shift < 24; shift++) {
      const text = "@[`{".repeat(shift).slice(0, shift) + all;
      const length = wasm.put(text);
      wasm.call<[number, number, number], void>("lowerCaseInto")(wasm.heap + 4096, wasm.heap, length);
      expect(wasm.text(wasm.heap + 4096, length)).toBe(fold(text));
      wasm.put(fold(text), wasm.heap + 8192);
      const equals = wasm.call<[number, number, number, number], number>("equalsLower");
      expect(equals(wasm.heap, length, wasm.heap + 8192, length)).toBe(1);
      expect(equals(wasm.heap, length, wasm.heap + 8192, length - 1)).toBe(0);
      const place = random.below(length);
      wasm.memory[wasm.heap + place] = (wasm.memory[wasm.heap + place] as number) ^ 0x81;
      expect(equals(wasm.heap, length, wasm.heap + 8192, length), `byte ${place}, seed ${SEED}`).toBe(0);
    }
  });

  test("UTF-8 is what a fatal TextDecoder accepts: all texts of up to two bytes, edges, and mutations at random", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const reference = (bytes: Uint8Array): number => {
      try {
        decoder.decode(bytes);
        return 1;
      } catch {
        return 0;
      }
    };
    const isUtf8 = wasm.call<[number, number], number>("isUtf8");
    const check = (bytes: Uint8Array): void => {
      // Random bytes behind the text must not matter.
      wasm.put(new Uint8Array([0x80, 0xbf, 0x80, 0x41]), wasm.heap + bytes.length);
      if (isUtf8(wasm.heap, wasm.put(bytes)) !== reference(bytes)) expect([...bytes], `seed ${SEED}`).toBe(`UTF-8: ${reference(bytes)}`);
      const ascii = bytes.every((byte) => byte < 0x80) ? 1 : 0;
      if (wasm.call<[number, number], number>("isAscii")(wasm.heap, bytes.length) !== ascii) expect([...bytes]).toBe(`ASCII: ${ascii}`);
    };
    check(new Uint8Array(0));
    for (let first = 0; first < 256; first++) {
      check(new Uint8Array([first]));
      for (let second = 0; second < 256; second++) check(new Uint8Array([first, second]));
    }
    const edges = [
      0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4,
      0xf5, 0xff,
    ];
    for (const a of edges.slice(12))
      for (const b of edges)
        for (const c of edges) {
          check(new Uint8Array([a, b, c]));
          for (const d of edges) check(new Uint8Array([a, b, c, d]));
        }
    const encoder = new TextEncoder();
    for (let count = 0; count < 3_000; count++) {
      const characters = Array.from({ length: random.below(90) }, () =>
        random.pick(["a", "Z", "0123456789abcdef", "é", "€", "😀", "\u{10ffff}", "\ud7ff", "\ue000"]),
      );
      const bytes = encoder.encode(characters.join(""));
      check(bytes);
      if (bytes.length === 0) continue;
      bytes[random.below(bytes.length)] = random.pick(edges);
      check(bytes);
      check(bytes.subarray(0, random.below(bytes.length)));
    }
  });

  test("random numbers follow xoshiro256** with splitmix64 seeding; randomBelow stays below and misses nothing", () => {
    const state = wasm.heap;
    const mask = (value: bigint): bigint => BigInt.asUintN(64, value);
    for (const [lo, hi] of [
      [0n, 0n],
      [1n, 2n],
      [0xffffffffffffffffn, 0x0123456789abcdefn],
    ] as const) {
      wasm.call<[number, bigint, bigint], void>("randomSeed")(state, lo, hi);
      const words = [splitmix(lo, 1n), splitmix(hi, 1n), splitmix(lo, 2n), splitmix(hi, 2n)] as [bigint, bigint, bigint, bigint];
      for (let count = 0; count < 100; count++) {
        const rotate = (value: bigint, by: bigint): bigint => mask((value << by) | (value >> (64n - by)));
        const expected = mask(rotate(mask(words[1] * 5n), 7n) * 9n);
        const shifted = mask(words[1] << 17n);
        words[2] ^= words[0];
        words[3] ^= words[1];
        words[1] ^= words[2];
        words[0] ^= words[3];
        words[2] ^= shifted;
        words[3] = rotate(words[3], 45n);
        expect(mask(wasm.call<[number], bigint>("randomNext")(state))).toBe(expected);
      }
    }
    const below = wasm.call<[number, number], number>("randomBelow");
    for (const n of [1, 2, 3, 7, 10]) {
      const counts = new Array<number>(n).fill(0);
      for (let count = 0; count < 1000 * n; count++) counts[below(state, n)] = (counts[below(state, n)] ?? NaN) + 1;
      // About six standard deviations: the seed is fixed, so this never fails by chance.
      for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(200);
    }
    // With n = 3 * 2^30 a biased generator would hit the lowest third of each 2^32 / 3 twice as often.
    let low = 0;
    for (let count = 0; count < 30_000; count++) if ((below(state, 0xc0000000) >>> 0) % 3 === 0) low++;
    expect(Math.abs(low - 10_000)).toBeLessThan(500);
  });

  test("globs agree with the reference on corner cases and at random", () => {
    const match = (pattern: string, text: string, ignoreCase: boolean): boolean => {
      const patternLength = wasm.put(pattern, wasm.heap);
      // The byte behind the pattern must not matter.
      wasm.put("]", wasm.heap + patternLength);
      const textLength = wasm.put(text, wasm.heap + 4096);
      return (
        wasm.call<[number, number, number, number, number], number>("globMatch")(
          wasm.heap,
          patternLength,
          wasm.heap + 4096,
          textLength,
          ignoreCase ? 1 : 0,
        ) === 1
      );
    };
    const asked: readonly (readonly [string, string, boolean])[] = [
      ["", "", true],
      ["*", "", false],
      ["**", "", false],
      ["", "a", false],
      ["[^", "x", true],
      ["[", "[", false],
      ["[]", "]", false],
      ["[^]", "]", true],
      ["[x", "x", true],
      ["[a-", "-", true],
      ["[a-]", "^", true],
      ["[c-a]", "b", true],
      ["[\\]]", "]", true],
      ["\\", "\\", true],
      ["\\*", "*", true],
      ["\\*", "a", false],
      ["[\x80-\x7f]", "a", true],
      ["[a-\xff]", "b", false],
      ["a*", "a", true],
      ["x*[", "x", false],
      ["*a*b", "aab", true],
      ["h[^e]llo", "hello", false],
      ["h??lo*", "hello", true],
    ];
    for (const [pattern, text, expected] of asked) {
      expect(globReference(pattern, text, false), `reference: ${pattern} on ${text}`).toBe(expected);
      expect(match(pattern, text, false), `${pattern} on ${text}`).toBe(expected);
    }
    for (let count = 0; count < 60_000; count++) {
      const letters = random.pick(["ab", "abAB", "abc^-]", "aZz[\\\x80\xff"]);
      const pattern = random.text(
        random.pick([`${letters}*?`, `${letters}*`, `${letters}[]^-\\*`, `[[[]^--\\${letters}`, "*?"]),
        random.below(12),
      );
      const text = random.text(letters, random.below(10));
      const ignoreCase = random.below(2) === 1;
      const expected = globReference(pattern, text, ignoreCase);
      if (match(pattern, text, ignoreCase) !== expected)
        expect(`${JSON.stringify(pattern)} ${JSON.stringify(text)} ${ignoreCase}, seed ${SEED}`).toBe(expected);
    }
  });

  test("a pattern with a thousand stars costs no exponential time", () => {
    const pattern = `${"a*".repeat(1000)}b`;
    const patternLength = wasm.put(pattern);
    const textLength = wasm.put("a".repeat(20_000), wasm.heap + 4096);
    const match = wasm.call<[number, number, number, number, number], number>("globMatch");
    expect(match(wasm.heap, patternLength, wasm.heap + 4096, textLength, 0)).toBe(0);
    wasm.put("b", wasm.heap + 4096 + textLength - 1);
    expect(match(wasm.heap, patternLength, wasm.heap + 4096, textLength, 0)).toBe(1);
  });
});

/** A reflected CRC bit by bit. */
function reflectedCrc(text: string, polynomial: bigint, initial: bigint): bigint {
  let crc = initial;
  for (let position = 0; position < text.length; position++) {
    crc ^= BigInt(text.charCodeAt(position));
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  }
  return crc;
}

/** CRC-16 (XMODEM) as the remainder of a polynomial division: the text, then sixteen zero bits. */
function plainCrc16(text: string): number {
  let rest = 0;
  const bits = [...text].map((character) => character.charCodeAt(0).toString(2).padStart(8, "0")).join("") + "0".repeat(16);
  for (const bit of bits) {
    rest = (rest << 1) | Number(bit);
    if (rest & 0x10000) rest ^= 0x11021;
  }
  return rest;
}

/** The `count`-th output of splitmix64 started at `seed`. */
function splitmix(seed: bigint, count: bigint): bigint {
  const mask = (value: bigint): bigint => BigInt.asUintN(64, value);
  let word = mask(seed + count * 0x9e3779b97f4a7c15n);
  word = mask((word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n);
  word = mask((word ^ (word >> 27n)) * 0x94d049bb133111ebn);
  return word ^ (word >> 31n);
}
