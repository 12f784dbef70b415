/**
 * Goal: whatever the bytes of a module are, loading it answers an extension or a DatabaseError that says what is wrong.
 * Method: modules that break one rule each, written by hand or compiled; sections that lie; every prefix of a good module; bytes
 * changed at random.
 */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { DatabaseError } from "../../../../host/common/error.ts";
import { loadExtension, MEMORY_PAGES_MAX, MODULE_BYTES_MAX } from "../../../../host/extension/extension.ts";
import { TABLE_ENTRIES_MAX } from "../../../../host/extension/module-format.ts";
import { createRandom } from "../../../support/random.ts";
import { appendSection, assemble, type CompileOptions, compileFunctions, describe, lengthAndBytes } from "./compile.ts";

const SEED = 20_261_121;
const SOURCE = `
export function twice(text: string): string { return text + text; }
export function address(at: usize): usize { return at; }
export function place(text: string): usize { return changetype<usize>(text); }
export function array(start: u32, length: u32): usize {
  const header = new Uint8Array(8);
  store<u32>(changetype<usize>(header), start + load<u32>(changetype<usize>(header)), 4);
  store<u32>(changetype<usize>(header), length, 8);
  return changetype<usize>(header);
}
`;
const TYPES = {
  twice: { parameters: ["~lib/string/String"], returnType: "~lib/string/String" },
  address: { parameters: ["u32"], returnType: "~lib/string/String" },
  place: { parameters: ["~lib/string/String"], returnType: "~lib/string/String" },
  array: { parameters: ["u32", "u32"], returnType: "~lib/typedarray/Uint8Array" },
};
const IDS = { "~lib/string/String": { id: 2, byteSize: 0 }, "~lib/typedarray/Uint8Array": { id: 4, byteSize: 12 } };

let plain: Uint8Array;
let good: Uint8Array;

beforeAll(async () => {
  plain = await compileFunctions(SOURCE, { described: false });
  good = await compileFunctions("export function twice(text: string): string { return text + text; }", { flags: ["-O3"] });
}, 60_000);

function problem(bytes: Uint8Array, memoryPagesMax?: number): { readonly code: string; readonly message: string } {
  try {
    loadExtension(bytes, memoryPagesMax === undefined ? {} : { memoryPagesMax });
  } catch (error) {
    if (error instanceof DatabaseError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "LOADED", message: "" };
}

function invalid(message: string): unknown {
  return { code: "EXTENSION_INVALID", message: expect.stringMatching(new RegExp(`${message}.* \\[42P13\\]$`)) };
}

test("what is no module", () => {
  for (const bytes of [[], [0, 0x61], [0x7f, 0x45, 0x4c, 0x46], [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]]) {
    expect(problem(Uint8Array.from(bytes))).toEqual(invalid("not a WebAssembly module"));
  }
  expect(problem(new Uint8Array(MODULE_BYTES_MAX + 1))).toEqual(invalid("larger than 4194304 bytes"));
  expect(problem(new Uint8Array(MODULE_BYTES_MAX))).toEqual(invalid("not a WebAssembly module"));
  expect(problem(readFileSync(new URL("../../../../dist/engine.wasm", import.meta.url)))).toEqual(invalid("no section as-bind_bindings"));
});

const text = (value: string): number[] => lengthAndBytes(Buffer.from(value));
const ABORT_TYPE = [1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0];
const importOf = (module: string, name: string, kind: number, rest: readonly number[]): (readonly [number, number[]])[] => [
  [1, ABORT_TYPE],
  [2, [1, ...text(module), ...text(name), kind, ...rest]],
];

test.each([
  ["an imported memory", importOf("env", "memory", 2, [0, 1]), "imports env.memory"],
  ["an imported table", importOf("env", "table", 1, [0x70, 0, 1]), "imports env.table"],
  ["an imported global", importOf("env", "base", 3, [0x7f, 0]), "imports env.base"],
  ["another function", importOf("env", "seed", 0, [0]), "imports env.seed; only the function env.abort"],
  ["abort of another module", importOf("index", "abort", 0, [0]), "imports index.abort"],
  ["abort of another type", [[1, [1, 0x60, 1, 0x7f, 0]], ...importOf("env", "abort", 0, [0]).slice(1)], "imports env.abort"],
  ["abort of no type", importOf("env", "abort", 0, [7]), "imports env.abort"],
  ["a shared memory", [[5, [1, 3, 1, 2]]], "memory that is shared or 64-bit"],
  ["a 64-bit memory", [[5, [1, 4, 1]]], "memory that is shared or 64-bit"],
  ["two memories", [[5, [2, 0, 1, 0, 1]]], "not exactly one memory"],
  ["a struct", [[1, [1, 0x5f, 0]]], "types that are no functions"],
  ["an array", [[1, [1, 0x5e, 0x7f, 0]]], "types that are no functions"],
  ["a reference to a struct", [[1, [1, 0x60, 1, 0x6b, 0]]], "a type that is not supported"],
  ["a table of a new kind", [[4, [1, 0x6e, 0, 1]]], "a table of a kind"],
  ["a table that starts too large", [[4, [1, 0x70, 0, 0x81, 0x80, 4]]], `a table of more than ${TABLE_ENTRIES_MAX} entries`],
  ["an export of nothing", [[7, [1, ...text("f"), 0, 0]]], "exports f, which it does not have"],
  ["a text that is not UTF-8", [[7, [1, 1, 0xff, 0, 0]]], "a text that is not UTF-8"],
  ["a section that is too short", [[3, [200, 0]]], "ends too early"],
  ["a number without an end", [[3, [0x80, 0x80, 0x80, 0x80, 0x80, 0]]], "more than 32 bits"],
] as readonly (readonly [string, readonly (readonly [number, number[]])[], string])[])("%s is refused", (_what, sections, message) => {
  expect(problem(assemble(...sections))).toEqual(invalid(message));
});

test.each([
  ["a random number", "export function f(): f64 { return Math.random(); }", {}, "imports env.seed"],
  ["the clock", "export function f(): i64 { return Date.now(); }", {}, "imports env.Date.now"],
  ["a function of the host", "declare function help(): void; export function f(): void { help(); }", {}, "imports functions.help"],
  ["a memory from outside", "export function f(): void {}", { flags: ["--importMemory"] }, "imports env.memory"],
  ["no section", "export function f(): void {}", { described: false }, "no section as-bind_bindings: compile it with --transform"],
  ["no runtime", "export function f(x: string): void {}", { managed: false }, "does not export __new: compile it with --exportRuntime"],
  ["no memory", "export function f(x: string): void {}", { flags: ["--noExportMemory"] }, "does not export its memory"],
] as readonly (readonly [string, string, CompileOptions, string])[])(
  "a program with %s is refused",
  async (_what, source, options, message) => {
    expect(problem(await compileFunctions(source, options))).toEqual(invalid(message));
  },
);

test("numbers need no runtime", async () => {
  const source = "export function f(x: f64, y: i64): f64 { return x + <f64>y; }";
  const extension = loadExtension(await compileFunctions(source, { managed: false, flags: ["--noExportMemory"] }));
  expect(extension.call("f", [0.5, 2n])).toBe(2.5);
});

test("sections that lie or are damaged", () => {
  const say = (section: unknown): unknown => problem(describe(plain, section));
  const types = (changed: object): object => ({ typeIds: IDS, exportedFunctions: { ...TYPES, ...changed } });
  expect(say(types({}))).toEqual({ code: "LOADED", message: "" });
  expect(say("{")).toEqual(invalid("is not JSON"));
  for (const section of ["", "null", "[]", "7", {}, { exportedFunctions: [] }, { exportedFunctions: {} }]) {
    expect(say(section)).toEqual(invalid("is (damaged|not JSON)"));
  }
  for (const twice of [null, [], {}, { parameters: "x", returnType: "i32" }, { parameters: [1], returnType: "i32" }, { parameters: [] }]) {
    expect(say(types({ twice }))).toEqual(invalid("damaged \\(twice\\)"));
  }
  expect(say(types({ thrice: TYPES.twice }))).toEqual(invalid("function thrice, which the module does not export"));
  expect(say(types({ twice: { ...TYPES.twice, returnType: "f64" } }))).toEqual(invalid("type i32→f64; in the module it is i32→i32"));
  expect(say(types({ twice: { ...TYPES.twice, parameters: [] } }))).toEqual(invalid("type →i32; in the module it is i32→i32"));
  expect(say(types({ twice: { ...TYPES.twice, returnType: "void" } }))).toEqual(invalid("type i32→; in the module"));
  for (const id of [undefined, -1, 0.5, "2", 2 ** 60]) {
    expect(say({ ...types({}), typeIds: { ...IDS, "~lib/string/String": { id } } })).toEqual(invalid("(damaged|no right id of string)"));
  }
  expect(say({ ...types({}), typeIds: { ...IDS, "~lib/string/String": { id: 1 } } })).toEqual(invalid("AssemblyScript before 0.20"));
  expect(say({ ...types({}), typeIds: {} })).toEqual(invalid("no right id of"));
  expect(problem(appendSection(plain, 0, [...text("as-bind_bindings"), 0xff]))).toEqual(invalid("not UTF-8"));
});

test("a parameter that is void, a class: such functions stay out", () => {
  const described = describe(plain, {
    typeIds: IDS,
    exportedFunctions: {
      ...TYPES,
      twice: { parameters: ["void"], returnType: "i32" },
      place: { parameters: ["Point"], returnType: "void" },
    },
  });
  const extension = loadExtension(described);
  expect([...extension.functions.keys()]).toEqual(["address", "array"]);
  expect(() => extension.call("twice", [1])).toThrow("its type void cannot cross");
  expect(() => extension.call("place", [1])).toThrow("its type Point cannot cross");
});

test("results that are no objects", () => {
  const extension = loadExtension(describe(plain, { typeIds: IDS, exportedFunctions: TYPES }), { memoryPagesMax: 16 });
  const bad = expect.objectContaining({
    code: "EXTENSION_FAILED",
    message: expect.stringContaining("no object of the expected class [39000]"),
  });
  expect(extension.call("place", ["exact"])).toBe("exact");
  expect(extension.call("address", [0])).toBeNull();
  for (const address of [1, 4, 8, 1023, 65_536, 16 * 65_536, 16 * 65_536 - 4, 2 ** 32 - 4, 2 ** 32 - 1]) {
    expect(() => extension.call("address", [address]), `address ${address}`).toThrow(bad);
  }
  expect(extension.call("array", [0, 8])).toEqual(new Uint8Array(8));
  expect(extension.call("array", [6, 2])).toEqual(new Uint8Array(2));
  for (const [start, length] of [
    [0, 9],
    [8, 1],
    [2 ** 32 - 4, 4],
    [0, 2 ** 32 - 1],
    [1, 8],
  ] as const) {
    expect(() => extension.call("array", [start, length]), `${length} at ${start}`).toThrow(bad);
  }
});

test("memory at the start", async () => {
  const sized = await compileFunctions("export function f(x: string): string { return x; }", { flags: ["--initialMemory", "30"] });
  expect(problem(sized, 30).code).toBe("LOADED");
  expect(problem(sized, 29)).toEqual({
    code: "EXTENSION_OUT_OF_MEMORY",
    message: "the module starts with 30 pages of memory, and may have 29 [53200]",
  });
  for (const pages of [0, -1, 1.5, Number.NaN, MEMORY_PAGES_MAX + 1]) expect(problem(good, pages).code).toBe("INVALID_OPTION");
  expect(problem(good, MEMORY_PAGES_MAX).code).toBe("LOADED");
});

test("a module that fails while it starts", async () => {
  const thrown = await compileFunctions(
    'const x: i32 = fail(); function fail(): i32 { throw new Error("no"); } export function f(): i32 { return x; }',
  );
  expect(problem(thrown)).toEqual({ code: "EXTENSION_FAILED", message: "the module aborted while it started [38000]" });
  const trapped = "let n = 0; const x: i32 = 1 / n; export function f(): i32 { return x; }";
  expect(problem(await compileFunctions(trapped))).toEqual(invalid("the module failed while it started: "));
  expect(problem(await compileFunctions(trapped, { flags: ["--exportStart", "_initialize"] }))).toEqual(invalid("failed while it started"));
  const started = await compileFunctions("let n = 3; const x: i32 = 12 / n; export function f(): i32 { return x; }", {
    flags: ["--exportStart", "_start"],
  });
  expect(loadExtension(started).call("f", [])).toBe(4);
});

test("every prefix of a module", () => {
  expect(problem(good).code).toBe("LOADED");
  for (let length = 0; length < good.length; length++) {
    expect(["EXTENSION_INVALID"], `${length} bytes`).toContain(problem(good.subarray(0, length)).code);
  }
});

test("bytes changed at random", () => {
  const random = createRandom(SEED);
  const seen = new Map<string, number>();
  for (let i = 0; i < 3000; i++) {
    const bytes = good.slice();
    for (let changes = random.between(1, 3); changes > 0; changes--) bytes[random.below(bytes.length)] = random.below(256);
    const { code } = problem(bytes);
    seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  expect(
    [...seen.keys()].filter((code) => !["LOADED", "EXTENSION_INVALID", "EXTENSION_OUT_OF_MEMORY"].includes(code)),
    `seed ${SEED}`,
  ).toEqual([]);
  expect(seen.get("EXTENSION_INVALID")).toBeGreaterThan(300);
});
