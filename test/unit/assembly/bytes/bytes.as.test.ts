/**
 * Goal: each function of assembly/bytes does what its docstring says when it is called as the engine calls it, from AssemblyScript.
 * Method: a few named cases a function, inside WASM. Exhaustive comparison with references is done from JavaScript: *.test.ts beside this.
 * Texts are UTF-8 copies in a fixed area, so that no managed object is alive while a function under test runs.
 */
import { describe, expect, test } from "vitest-pool-assemblyscript/assembly";
import { crc16, crc32c, crc64 } from "../../../../assembly/bytes/checksum";
import { extendedAdd, extendedIsFinite, extendedParse, extendedPrint } from "../../../../assembly/bytes/extended-float";
import { parseDouble, parseDoubleLimit, parsedDouble, printDouble } from "../../../../assembly/bytes/float";
import { globMatch } from "../../../../assembly/bytes/glob";
import { integerLength, parsedInteger, parseInteger, printInteger, printUnsigned } from "../../../../assembly/bytes/integer";
import { equalsLower, lowerCaseInto } from "../../../../assembly/bytes/lower";
import { RANDOM_STATE_SIZE, randomBelow, randomNext, randomSeed } from "../../../../assembly/bytes/random";
import { isAscii, isUtf8 } from "../../../../assembly/bytes/utf8";

const FIRST = memory.data(6000, 16);
const SECOND = memory.data(6000, 16);

/** Puts a text into an area and returns its length. */
function put(area: usize, text: string): u32 {
  return <u32>String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, area);
}
function read(area: usize, length: u32): string {
  return String.UTF8.decodeUnsafe(area, length);
}
function isInteger(text: string): bool {
  return parseInteger(FIRST, put(FIRST, text));
}
function integerText(value: i64): string {
  return read(FIRST, printInteger(FIRST, value));
}
function isDouble(text: string): bool {
  return parseDouble(FIRST, put(FIRST, text));
}
function doubleText(value: f64): string {
  return read(FIRST, printDouble(FIRST, value));
}
function matches(pattern: string, text: string, ignoreCase: bool): bool {
  const patternLength = put(FIRST, pattern);
  return globMatch(FIRST, patternLength, SECOND, put(SECOND, text), ignoreCase);
}
/** What INCRBYFLOAT answers for a value and an increment. */
function incremented(value: string, increment: string): string {
  if (!extendedParse(FIRST, put(FIRST, value), 0)) return "refused";
  if (!extendedParse(FIRST, put(FIRST, increment), 1)) return "refused";
  extendedAdd(0, 1, 2);
  if (!extendedIsFinite(2)) return "not finite";
  return read(FIRST, extendedPrint(FIRST, 2));
}

describe("integer", () => {
  test("the ends of the range parse and print", () => {
    expect(isInteger("-9223372036854775808")).toBe(true);
    expect(parsedInteger).toBe(i64.MIN_VALUE);
    expect(isInteger("9223372036854775807")).toBe(true);
    expect(parsedInteger).toBe(i64.MAX_VALUE);
    expect(integerText(i64.MIN_VALUE)).toBe("-9223372036854775808");
    expect(read(FIRST, printUnsigned(FIRST, u64.MAX_VALUE))).toBe("18446744073709551615");
    expect(integerLength(i64.MIN_VALUE)).toBe(20);
    expect(integerLength(0)).toBe(1);
  });
  test("a refused text leaves the last value", () => {
    expect(isInteger("42")).toBe(true);
    expect(isInteger("9223372036854775808")).toBe(false);
    expect(isInteger("-0")).toBe(false);
    expect(isInteger("01")).toBe(false);
    expect(isInteger("+1")).toBe(false);
    expect(isInteger("")).toBe(false);
    expect(parsedInteger).toBe(42);
  });
});

describe("float", () => {
  test("doubles parse and print", () => {
    expect(isDouble("0x1p3")).toBe(true);
    expect(parsedDouble).toBe(8.0);
    expect(isDouble("-.5e1")).toBe(true);
    expect(parsedDouble).toBe(-5.0);
    expect(isDouble("9007199254740993.0000000000000000000000000000000000000001")).toBe(true);
    expect(parsedDouble).toBe(9007199254740994.0);
    expect(doubleText(0.1)).toBe("0.1");
    expect(doubleText(-1e17)).toBe("-1e+17");
    expect(doubleText(0.00001)).toBe("1e-05");
    expect(doubleText(-Infinity)).toBe("-inf");
    expect(doubleText(NaN)).toBe("nan");
  });
  test("what is no number or out of range is refused, and leaves the last value", () => {
    expect(isDouble("7")).toBe(true);
    expect(isDouble("nan")).toBe(false);
    expect(isDouble(" 1")).toBe(false);
    expect(isDouble("1e400")).toBe(false);
    expect(isDouble("1e-400")).toBe(false);
    expect(isDouble("")).toBe(false);
    expect(parsedDouble).toBe(7.0);
    expect(parseDoubleLimit(FIRST, put(FIRST, "1e400"))).toBe(true);
    expect(parsedDouble).toBe(Infinity);
  });
});

describe("extended float", () => {
  test("sums are those of a 64-bit mantissa and print plainly", () => {
    expect(incremented("0.1", "0.2")).toBe("0.3");
    expect(incremented("3.0e3", "200")).toBe("3200");
    expect(incremented("9223372036854775808", "1")).toBe("9223372036854775809");
    expect(incremented("18446744073709551616", "1")).toBe("18446744073709551616");
    expect(incremented("-1e-19", "0")).toBe("0");
    expect(incremented("5", "-5")).toBe("0");
  });
  test("infinite sums are told, nonsense and numbers out of range are refused", () => {
    expect(incremented("1e4932", "1e4932")).toBe("not finite");
    expect(incremented("inf", "-inf")).toBe("not finite");
    expect(incremented("1e5000", "0")).toBe("refused");
    expect(incremented("0", "nan")).toBe("refused");
  });
});

describe("glob", () => {
  test("stars, classes, escapes and case", () => {
    expect(matches("user:*:[a-c]?", "user:17:bx", false)).toBe(true);
    expect(matches("user:*:[^a-c]?", "user:17:bx", false)).toBe(false);
    expect(matches("h\\*llo", "h*llo", false)).toBe(true);
    expect(matches("h\\*llo", "hello", false)).toBe(false);
    expect(matches("MAX*", "maxmemory", true)).toBe(true);
    expect(matches("MAX*", "maxmemory", false)).toBe(false);
    expect(matches("*", "", false)).toBe(false);
    expect(matches("", "", false)).toBe(true);
  });
});

describe("utf8 and lower", () => {
  test("text is told from bytes", () => {
    expect(isUtf8(FIRST, put(FIRST, "sixteen ASCII bytes and more, then é€😀 and an end"))).toBe(true);
    expect(isAscii(FIRST, put(FIRST, "sixteen ASCII bytes and more, and an end"))).toBe(true);
    expect(isAscii(FIRST, put(FIRST, "sixteen ASCII bytes and more, then é"))).toBe(false);
    store<u16>(FIRST, 0x80c0);
    expect(isUtf8(FIRST, 2)).toBe(false);
    expect(isUtf8(FIRST, 0)).toBe(true);
  });
  test("only letters are folded", () => {
    const length = put(FIRST, "GetRange_@[`{ÀZ");
    lowerCaseInto(SECOND, FIRST, length);
    expect(read(SECOND, length)).toBe("getrange_@[`{Àz");
    expect(equalsLower(FIRST, length, SECOND, length)).toBe(true);
    expect(equalsLower(FIRST, length - 1, SECOND, length)).toBe(false);
  });
});

describe("random and checksum", () => {
  test("the same seed gives the same numbers, another one others", () => {
    expect(RANDOM_STATE_SIZE).toBe(32);
    randomSeed(FIRST, 1, 2);
    randomSeed(SECOND, 1, 2);
    const first = randomNext(FIRST);
    expect(randomNext(SECOND)).toBe(first);
    expect(randomNext(FIRST)).not.toBe(first);
    randomSeed(SECOND, 1, 3);
    expect(randomNext(SECOND)).not.toBe(first);
    for (let count = 0; count < 100; ++count) expect(randomBelow(FIRST, 3)).toBeLessThan(3);
  });
  test("check values", () => {
    const length = put(FIRST, "123456789");
    const crc = crc64(0, FIRST, length);
    expect(<u32>(crc >> 32)).toBe(<u32>0xe9c6d914);
    expect(<u32>crc).toBe(<u32>0xc4b8d9ca);
    expect(crc32c(0, FIRST, length)).toBe(<u32>0xe3069283);
    expect(crc16(FIRST, length)).toBe(0x31c3);
  });
});
