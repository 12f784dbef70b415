/**
 * Goal: every type crosses the border of a module exactly, and whatever a function does wrong becomes an error of that call alone.
 * Method: one module that gives back what it gets, type by type; and one whose functions fail in every way that there is.
 */
import { beforeAll, expect, test } from "vitest";
import { type Extension, loadExtension } from "../../../../host/extension/extension.ts";
import type { ExtensionType, ExtensionValue } from "../../../../host/extension/types.ts";
import { compileFunctions } from "./compile.ts";

const ECHOES: Readonly<Record<string, string>> = {
  i8: "i8",
  u8: "u8",
  i16: "i16",
  u16: "u16",
  i32: "i32",
  u32: "u32",
  i64: "i64",
  u64: "u64",
  f32: "f32",
  f64: "f64",
  bool: "bool",
  text: "string",
  buffer: "ArrayBuffer",
  int8Array: "Int8Array",
  uint8Array: "Uint8Array",
  uint8ClampedArray: "Uint8ClampedArray",
  int16Array: "Int16Array",
  uint16Array: "Uint16Array",
  int32Array: "Int32Array",
  uint32Array: "Uint32Array",
  int64Array: "Int64Array",
  uint64Array: "Uint64Array",
  float32Array: "Float32Array",
  float64Array: "Float64Array",
};

const OTHERS = `
export function size(value: isize): usize { return <usize>value; }
export function join(a: string, b: string, c: string): string { return a + b + c; }
export function nothing(): void {}
export function absent(give: bool): string | null { return give ? "given" : null; }
export function absentArray(): Uint8Array | null { return null; }
export function window(length: i32): Uint16Array {
  const whole = new Uint16Array(16);
  for (let i = 0; i < 16; i++) whole[i] = <u16>i;
  return whole.subarray(3, 3 + length);
}
export function units(value: string): i32 { let sum = 0; for (let i = 0; i < value.length; i++) sum += value.charCodeAt(i); return sum; }
export function padded(value: string, length: i32 = 5): string { return value.padEnd(length, "."); }
export function object(value: Map<string, i32>): i32 { return value.size; }
export function list(): string[] { return []; }
export function callback(f: (x: i32) => i32): i32 { return f(1); }
function hidden(value: i32): i32 { return -value; }
export { hidden as negated };
`;

const FAILURES = `
let calls = 0;
let kept: ArrayBuffer[] = [];
export function count(): i32 { return ++calls; }
export function complain(text: string): string { if (text.length > 3) throw new Error("too long: " + text); return text; }
export function quiet(): void { throw new Error(); }
export function divide(a: i32, b: i32): i32 { return a / b; }
export function element(at: i32): i32 { const a: i32[] = [1, 2, 3]; return a[at]; }
export function peek(address: usize): i32 { return load<i32>(address); }
export function forever(n: i32): i32 { return n == -1 ? 0 : forever(n + 1) + n; }
export function keep(blocks: i32): i32 { for (let i = 0; i < blocks; i++) kept.push(new ArrayBuffer(65_536)); return memory.size(); }
export function take(bytes: i32): void { new ArrayBuffer(bytes); }
export function repeat(text: string, times: i32): string { return text.repeat(times); }
`;

let echo: Extension;
let failing: Uint8Array;

beforeAll(async () => {
  const echoes = Object.entries(ECHOES).map(([name, type]) => `export function ${name}_(value: ${type}): ${type} { return value; }\n`);
  echo = loadExtension(await compileFunctions(echoes.join("") + OTHERS));
  failing = await compileFunctions(FAILURES);
}, 60_000);

function sent(name: string, value: ExtensionValue): ExtensionValue {
  return echo.call(`${name}_`, [value]);
}

test("the signatures are told", () => {
  for (const [name, type] of Object.entries(ECHOES)) {
    expect(echo.functions.get(`${name}_`)).toEqual({ parameters: [type], result: type });
  }
  expect(echo.functions.get("size")).toEqual({ parameters: ["i32"], result: "u32" });
  expect(echo.functions.get("nothing")).toEqual({ parameters: [], result: "void" });
  expect(echo.functions.get("negated")).toEqual({ parameters: ["i32"], result: "i32" });
  expect([...echo.functions.keys()]).toHaveLength(Object.keys(ECHOES).length + 9);
});

test.each([
  ["i8", -128, 127],
  ["u8", 0, 255],
  ["i16", -32768, 32767],
  ["u16", 0, 65535],
  ["i32", -2147483648, 2147483647],
  ["u32", 0, 4294967295],
])("integers of type %s", (type, least, most) => {
  expect([sent(type, least), sent(type, most), sent(type, BigInt(most))]).toEqual([least, most, most]);
  for (const value of [least - 1, most + 1, 1e300, 2n ** 70n]) {
    expect(() => sent(type, value)).toThrow(`argument 1 of function ${type}_ is out of range for type ${type} [22003]`);
  }
  for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, "1", true, undefined as never]) {
    expect(() => sent(type, value)).toThrow(
      expect.objectContaining({ code: "EXTENSION_ARGUMENT", message: expect.stringContaining("[42804]") }),
    );
  }
});

test("integers of 64 bits", () => {
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  expect([sent("i64", least), sent("i64", most), sent("i64", -5), sent("u64", 2n ** 64n - 1n)]).toEqual([least, most, -5n, 2n ** 64n - 1n]);
  for (const [type, value] of [
    ["i64", most + 1n],
    ["i64", least - 1n],
    ["u64", -1],
    ["u64", 2n ** 64n],
  ] as const) {
    expect(() => sent(type, value)).toThrow("[22003]");
  }
  expect(echo.call("size", [-1])).toBe(4294967295);
});

test("floats and booleans", () => {
  for (const value of [0, -0, 0.1, 5e-324, 1.7976931348623157e308, Number.NaN, Number.NEGATIVE_INFINITY])
    expect(sent("f64", value)).toBe(value);
  expect([sent("f32", 0.1), sent("f32", Number.NaN), sent("f32", -0)]).toEqual([Math.fround(0.1), Number.NaN, -0]);
  expect(() => sent("f32", 1e39)).toThrow("[22003]");
  expect([sent("bool", true), sent("bool", false)]).toEqual([true, false]);
  for (const [type, value] of [
    ["f64", 1n],
    ["f32", "1"],
    ["bool", 1],
    ["bool", "t"],
  ] as const)
    expect(() => sent(type, value)).toThrow("[42804]");
});

test("strings, to the last unit", () => {
  const every = Array.from({ length: 65_536 }, (_, unit) => String.fromCharCode(unit)).join("");
  const texts = [
    "",
    "a",
    "é",
    "日本語",
    "😀🏳️‍🌈",
    "\uFEFFmark",
    "nul\0inside",
    "\uD800",
    "x\uDC00",
    "\uDE00\uD83D",
    every,
    "a".repeat(8192),
    "ö".repeat(8193),
  ];
  for (const text of texts) expect(sent("text", text) === text, JSON.stringify(text.slice(0, 20))).toBe(true);
  expect(echo.call("units", ["\uD800é😀"])).toBe(0xd800 + 0xe9 + 0xd83d + 0xde00);
  expect(echo.call("join", ["ä", "", "\uDFFF"])).toBe("ä\uDFFF");
  for (const value of [1, true, new Uint8Array(1)]) expect(() => sent("text", value)).toThrow("must be of type string [42804]");
});

test("strings of a megabyte, often: what is not used any more is collected", () => {
  const text = "Größe ".repeat(87_382);
  for (let i = 0; i < 200; i++) expect((sent("text", text) as string).length).toBe(text.length);
  expect(sent("text", text) === text).toBe(true);
});

test("buffers and typed arrays", () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, i) => i * 37);
  for (const [name, type] of Object.entries(ECHOES).filter(([, kind]) => kind.endsWith("Array"))) {
    const Kind =
      { Int64Array: BigInt64Array, Uint64Array: BigUint64Array }[type] ?? (globalThis[type as "Int8Array"] as Int8ArrayConstructor);
    const whole = new Kind(bytes.slice().buffer) as unknown as Uint8Array<ArrayBuffer>;
    const answer = sent(name, whole) as Uint8Array<ArrayBuffer>;
    expect([answer, answer.constructor]).toEqual([whole, Kind]);
    expect(answer.buffer).not.toBe(whole.buffer);
    expect(sent(name, whole.subarray(1, 3))).toEqual(whole.slice(1, 3));
    expect(sent(name, new Kind(0))).toEqual(new Kind(0));
    expect(() => sent(name, type === "Uint8Array" ? new Int8Array(2) : bytes)).toThrow(`must be of type ${type} [42804]`);
  }
  expect(new Uint8Array(sent("buffer", bytes.buffer) as ArrayBuffer)).toEqual(bytes);
  expect(() => sent("buffer", bytes)).toThrow("must be of type ArrayBuffer");
  expect(sent("uint8Array", Buffer.from("Buffers are Uint8Arrays"))).toEqual(new Uint8Array(Buffer.from("Buffers are Uint8Arrays")));
  expect(echo.call("window", [4])).toEqual(Uint16Array.of(3, 4, 5, 6));
  expect(echo.call("window", [0])).toEqual(new Uint16Array(0));
});

test("null is not passed, and comes back", () => {
  expect(echo.call("join", ["a", null, "b"])).toBeNull();
  expect(echo.call("text_", [null])).toBeNull();
  expect([echo.call("absent", [false]), echo.call("absent", [true]), echo.call("absentArray", [])]).toEqual([null, "given", null]);
  expect(echo.call("nothing", [])).toBeNull();
});

test("every parameter is given, those with a default too", () => {
  expect(echo.call("padded", ["a", 3])).toBe("a..");
  for (const args of [["a"], ["a", 3, 4]]) {
    expect(() => echo.call("padded", args)).toThrow(
      expect.objectContaining({
        code: "EXTENSION_FUNCTION_MISSING",
        message: expect.stringMatching(/takes 2 arguments, not [13] \[42883\]$/),
      }),
    );
  }
});

test("functions that are not there, that cannot be called, or that are others than expected", () => {
  for (const name of ["missing", "hidden", "memory", "__new", "toString", ""]) {
    expect(() => echo.call(name, [])).toThrow(
      expect.objectContaining({ code: "EXTENSION_FUNCTION_MISSING", message: `there is no function ${name} in the module [42883]` }),
    );
  }
  for (const [name, type] of [
    ["object", "~lib/map/Map<~lib/string/String,i32>"],
    ["list", "~lib/array/Array<~lib/string/String>"],
    ["callback", "(i32) => i32"],
  ] as const) {
    expect(() => echo.call(name, [])).toThrow(
      `function ${name} cannot be called: its type ${type} cannot cross the module's border [42P13]`,
    );
  }
  const join: readonly ExtensionType[] = ["string", "string", "string"];
  echo.check("join", { parameters: join, result: "string" });
  expect(() => echo.check("join", { parameters: join, result: "i32" })).toThrow(
    "function join is (string, string, string) → string in the module, not (string, string, string) → i32 [42P13]",
  );
  expect(() => echo.check("join", { parameters: join.slice(1), result: "string" })).toThrow("[42P13]");
  expect(() => echo.check("missing", { parameters: [], result: "i32" })).toThrow("[42883]");
});

test.each([
  ["an error with a text", "complain", ["long"], "function complain failed: too long: long (functions.ts:5:"],
  ["an error without", "quiet", [], "function quiet failed: abort (functions.ts:6:"],
  ["a division by zero", "divide", [1, 0], "function divide failed: "],
  ["a quotient that is none", "divide", [-2147483648, -1], "function divide failed: "],
  ["a position behind the end", "element", [3], "function element failed: Index out of range (~lib/array.ts:"],
  ["an address behind the memory", "peek", [4_294_967_292], "function peek failed: "],
  ["endless recursion", "forever", [0], "function forever failed: "],
] as const)("%s is an error of the call", (_what, name, args, message) => {
  const extension = loadExtension(failing);
  expect([extension.call("count", []), extension.call("count", [])]).toEqual([1, 2]);
  expect(() => extension.call(name, args)).toThrow(
    expect.objectContaining({ name: "DatabaseError", code: "EXTENSION_FAILED", message: expect.stringMatching(/\[38000\]$/) }),
  );
  expect(() => extension.call(name, args)).toThrow(message);
  // A fresh instance.
  expect([extension.call("count", []), extension.call("complain", ["abc"]), extension.call("count", [])]).toEqual([1, "abc", 2]);
});

test("a long text of an error is cut off", () => {
  const extension = loadExtension(failing);
  expect(() => extension.call("complain", ["ü".repeat(10_000)])).toThrow(/^function complain failed: too long: ü{490} \(functions/);
});

test("wrong arguments leave the instance alone", () => {
  const extension = loadExtension(failing);
  extension.call("count", []);
  expect(() => extension.call("divide", [1, "2"])).toThrow("[42804]");
  expect(() => extension.call("divide", [1])).toThrow("[42883]");
  expect(extension.call("count", [])).toBe(2);
});

test("memory ends at the limit", () => {
  const outOfMemory = expect.objectContaining({ code: "EXTENSION_OUT_OF_MEMORY", message: expect.stringMatching(/\[53200\]$/) });
  const extension = loadExtension(failing, { memoryPagesMax: 20 });
  let most = 0;
  while (most < 20) {
    try {
      loadExtension(failing, { memoryPagesMax: 20 }).call("keep", [most + 1]);
      most++;
    } catch (error) {
      expect(error).toEqual(outOfMemory);
      break;
    }
  }
  expect(most).toBeGreaterThan(9);
  expect(most).toBeLessThan(20);
  expect(() => extension.call("keep", [most + 1])).toThrow(outOfMemory);
  // What a call leaves behind is no burden on the next: neither what it has kept in globals, beyond half the limit, nor garbage.
  for (let i = 0; i < 3; i++) expect(extension.call("keep", [most])).toBeLessThanOrEqual(20);
  expect([extension.call("keep", [1]), extension.call("count", [])]).toEqual([expect.any(Number), 1]);
  for (let i = 0; i < 500; i++) extension.call("take", [65_536]);
  for (const [name, args] of [
    ["take", [20 * 65_536]],
    ["take", [2 ** 29]],
    ["repeat", ["abc", 2 ** 20]],
    ["complain", ["x".repeat(10 * 65_536 + 1)]],
  ] as const) {
    expect(() => extension.call(name, args)).toThrow(outOfMemory);
  }
  expect(extension.call("repeat", ["abc", 2])).toBe("abcabc");
});
