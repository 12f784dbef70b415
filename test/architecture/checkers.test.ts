/**
 * Goal: each checker of this folder finds what it looks for, and leaves good files alone.
 * Method: files in memory: one that breaks the rule and one that just does not.
 */
import { describe, expect, test } from "vitest";
import { checkDeclarations, compareConstants, documentedCalls, engineConstants, hostConstants, planFunctions } from "./abi-check.ts";
import { checkEngineExports, checkEngineImports, checkEngineText } from "./engine-check.ts";
import { checkImports } from "./import-check.ts";
import type { Violation } from "./sources.ts";
import { checkBareErrors, checkDefaultExports, checkHeads, checkLength, checkMarks, checkReadmes, checkRoot } from "./tidy-check.ts";

const HEAD = "/**\n * What it is.\n */\n";
const messages = (violations: readonly Violation[]): string => violations.map(({ message }) => message).join("\n");
const imports = (path: string, text: string): string => messages(checkImports([{ path, text }], ["citty", "antlr4ng"]));
const one = (path: string, text: string): { readonly path: string; readonly text: string }[] => [{ path, text }];

describe("imports", () => {
  test.each([
    ["down", "host/server/a.ts", 'import { b } from "../command/b.ts";'],
    ["within a folder", "host/server/a.ts", 'import { b } from "./deep/b.ts";'],
    ["the ABI", "host/engine/a.ts", 'import { b } from "../../assembly/abi/status.ts";'],
    ["the seams of the platform", "host/server/a.ts", 'import type { Clock } from "../platform/types.ts";'],
    ["an adapter in a composition root", "host/entry/node.ts", 'import { b } from "../platform/node/clock.ts";'],
    ["Node in its adapter", "host/platform/node/a.ts", 'import { b } from "node:net";'],
    ["a dependency in the command line", "host/cli/a.ts", 'import { b } from "citty";'],
    ["down among the stages of a query", "host/query/binder/a.ts", 'import { b } from "../plan/b.ts";'],
    ["ANTLR's runtime in the parsers", "host/query/parser/sql/a.ts", 'import { b } from "antlr4ng";'],
    ["the generated parser in the parsers", "host/query/parser/sql/a.ts", 'import { b } from "../../../../grammar/generated/B.ts";'],
    ["the server from the command line", "host/cli/a.ts", 'const b = await import("../entry/node.ts");'],
    ["down in the engine", "assembly/types/a.ts", 'import { b } from "../keyspace/keyspace";'],
    ["the listed pair of siblings", "assembly/graph/a.ts", 'import { b } from "../table/index";'],
    ["the entry of the engine", "assembly/index.ts", 'export { b } from "./exports/engine";'],
    ["the compiler's library in the managed functions", "assembly/functions/a.ts", 'import { b } from "util/string";'],
    ["text in a comment", "host/common/a.ts", '// import { b } from "../server/b.ts";'],
    ["anything in tests", "test/unit/a.ts", 'import { b } from "node:fs";'],
    ["the client in the demo", "web-demo/a.ts", 'import { b } from "../host/client/index.ts";'],
    ["the shell's formats in the demo", "web-demo/a.ts", 'import { b } from "../host/cli/format.ts";'],
    ["a part of the demo in another", "web-demo/view/a.ts", 'import { b } from "../reply.ts";'],
  ])("may be %s", (_what, path, text) => {
    expect(imports(path, text)).toBe("");
  });

  test.each([
    ["up", "host/engine/a.ts", 'import { b } from "../database/b.ts";', "above engine"],
    ["up, type only", "host/database/a.ts", 'import type { B } from "../command/b.ts";', "above database"],
    ["up, as a re-export", "host/resp/a.ts", 'export * from "../server/b.ts";', "above resp"],
    ["up, lazily", "host/resp/a.ts", 'const b = await import("../server/b.ts");', "above resp"],
    ["up, in a type", "host/resp/a.ts", 'type B = import("../server/b.ts").B;', "above resp"],
    ["sideways", "host/engine/a.ts", 'import { b } from "../resp/b.ts";', "beside engine"],
    ["sideways against the pair", "host/entry/a.ts", 'import { b } from "../cli/b.ts";', "beside entry"],
    ["from common", "host/common/a.ts", 'import { b } from "../../assembly/abi/status.ts";', "outside of host/"],
    ["from common to below nothing", "host/common/a.ts", 'import { b } from "../resp/b.ts";', "may import nothing"],
    ["the engine's inside", "host/engine/a.ts", 'import { b } from "../../assembly/memory/allocator.ts";', "outside of host/"],
    ["tests", "host/cli/a.ts", 'import { b } from "../../test/support/b.ts";', "outside of host/"],
    ["up among the stages of a query", "host/query/plan/a.ts", 'import { b } from "../binder/b.ts";', "above plan"],
    ["sideways among the stages", "host/query/plan/a.ts", 'import { b } from "../catalog/b.ts";', "beside plan"],
    ["a stage that is in no table", "host/query/odd/a.ts", 'import { b } from "./b.ts";', "not in the table of layers of host/query/"],
    ["the grammar outside of the parser", "host/query/binder/a.ts", 'import { b } from "../../../grammar/b.ts";', "outside of host/"],
    ["an adapter in the server", "host/server/a.ts", 'import { b } from "../platform/node/clock.ts";', "only composition roots"],
    ["an adapter in another", "host/platform/node/a.ts", 'import { b } from "../memory/clock.ts";', "only composition roots"],
    ["Node in the server", "host/server/a.ts", 'import { b } from "node:net";', "belong to"],
    ["a package in the engine door", "host/engine/a.ts", 'import { b } from "citty";', "belong to"],
    ["ANTLR's runtime elsewhere", "host/query/ast/a.ts", 'import { b } from "antlr4ng";', "belong to"],
    ["a package of development", "host/cli/a.ts", 'import { b } from "vitest/config";', "not in dependencies"],
    ["Node without its prefix", "host/cli/a.ts", 'import { b } from "fs";', "write node:fs"],
    ["up in the engine", "assembly/bytes/a.ts", 'import { b } from "../keyspace/keyspace";', "above bytes"],
    ["sideways in the engine", "assembly/bytes/a.ts", 'import { b } from "../memory/allocator";', "beside bytes"],
    ["more than eviction may", "assembly/eviction/a.ts", 'import { b } from "../memory/allocator";', "may import abi, structure"],
    ["the host from the engine", "assembly/command/a.ts", 'import { b } from "../../host/common/b";', "outside of assembly/"],
    ["a package in the engine", "assembly/command/a.ts", 'import { b } from "as-wasi/assembly";', "imports nothing from outside"],
    ["the compiler's library in the engine", "assembly/bytes/a.ts", 'import { b } from "util/string";', "imports nothing from outside"],
    ["the engine in the managed functions", "assembly/functions/a.ts", 'import { b } from "../bytes/b";', "may import nothing"],
    ["the shell in the demo", "web-demo/a.ts", 'import { b } from "../host/cli/shell.ts";', "outside of web-demo/"],
    ["a runtime in the demo", "web-demo/a.ts", 'import { b } from "node:fs";', "runs in a browser"],
    ["the server in the demo", "web-demo/a.ts", 'import { b } from "../host/server/server.ts";', "outside of web-demo/"],
  ])("may not be %s", (_what, path, text, message) => {
    expect(imports(path, text)).toContain(message);
  });

  test("folders without a layer are found", () => {
    expect(imports("host/helper/a.ts", "")).toContain("not in the table");
    expect(imports("host/server/a.ts", 'import { b } from "../helper/b.ts";')).toContain("in no layer");
  });
});

describe("tidiness", () => {
  test("heads", () => {
    expect(checkHeads(one("host/a.ts", `${HEAD}export const a = 1;`))).toEqual([]);
    expect(checkHeads(one("host/build/a.mjs", `#!/usr/bin/env node\n${HEAD}`))).toEqual([]);
    expect(messages(checkHeads(one("host/a.ts", "export const a = 1;")))).toContain("head of 0 lines");
    expect(messages(checkHeads(one("assembly/a.ts", "/** Short. */\n")))).toContain("head of 1 lines");
    expect(messages(checkHeads(one("test/a.ts", `import "x";\n${HEAD}`)))).toContain("head of 0 lines");
    expect(messages(checkHeads(one("test/a.ts", "/*\n *\n */")))).toContain("opens with a head");
  });

  test("length", () => {
    expect(checkLength(one("host/a.ts", "x\n".repeat(900)))).toEqual([]);
    expect(messages(checkLength(one("host/a.ts", "x\n".repeat(901))))).toContain("has 901 lines");
  });

  test("marks of unfinished work", () => {
    for (const mark of ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) {
      expect(messages(checkMarks(one("README.md", `fine\nnot fine: ${mark} later`)))).toBe(`line 2 has the mark ${mark}`);
    }
    expect(checkMarks(one("a.ts", "const hackney = shack;"))).toEqual([]);
  });

  test("default exports", () => {
    for (const text of ["export default 1;", "export default function a() {}", "const a = 1; export { a as default };"]) {
      expect(messages(checkDefaultExports(one("host/a.ts", text)))).toContain("default export");
      expect(checkDefaultExports(one("test/vitest.config.ts", text))).toEqual([]);
    }
    expect(checkDefaultExports(one("host/a.ts", 'import a from "a"; switch (a) { default: } export { a };'))).toEqual([]);
  });

  test("bare errors", () => {
    expect(messages(checkBareErrors(one("host/a.ts", "\nthrow new Error('x');")))).toContain("line 2");
    expect(messages(checkBareErrors(one("host/a.ts", "throw Error('x');")))).toContain("line 1");
    expect(checkBareErrors(one("host/a.ts", "throw new DatabaseError('X', 'new Error('); // new Error("))).toEqual([]);
    expect(checkBareErrors(one("host/build/a.mjs", "throw new Error('x');"))).toEqual([]);
  });

  test("a README per folder", () => {
    const readmes = ["host/README.md", "host/server/README.md"];
    expect(checkReadmes([...readmes, "host/server/deep/a.ts"])).toEqual([]);
    const found = checkReadmes([...readmes, "host/cli/a.ts", "test/unit/a.test.ts", "grammar/generated/a.ts"]);
    expect(found.map(({ path }) => path)).toEqual(["grammar/", "host/cli/", "test/", "test/unit/"]);
  });

  test("the root", () => {
    expect(checkRoot(["README.md", "host/a.ts"])).toEqual([]);
    expect(checkRoot(["docs/a.md", "utils.ts"]).map(({ path }) => path)).toEqual(["docs", "utils.ts"]);
  });
});

describe("the ABI", () => {
  const file = (text: string): { readonly path: string; readonly text: string } => ({ path: "assembly/abi/a.ts", text });
  const compare = async (text: string): Promise<string> =>
    messages(compareConstants("a.ts", await hostConstants(file(text)), await engineConstants(file(text))));

  test("declarations", () => {
    expect(checkDeclarations(file(`${HEAD}export const A = 1;\nexport const B = A + 4;\n`))).toEqual([]);
    expect(messages(checkDeclarations(file("export const A: u32 = 1;")))).toContain("A has a type annotation");
    for (const text of ["const A = 1;", "export let A = 1;", "export function a() {}"]) {
      expect(messages(checkDeclarations(file(text)))).toContain("line 1 is not an exported constant");
    }
  });

  test("values that the compilers see differently", async () => {
    expect(await compare("export const A = 4;\nexport const B = A * 2 + 0.5;")).toBe("");
    expect(await compare("export const A = 7 / 2;")).toBe("A is 3.5 in the host and 3 in the engine");
    expect(await compare("export const A = 65536 * 65536;")).toBe("A is 4294967296 in the host and 0 in the engine");
    expect(messages(compareConstants("a.ts", { A: 1 }, { B: 2 }))).toContain("A is 1 in the host and undefined in the engine");
  });

  test("the calls in the document", () => {
    expect(documentedCalls("| export | what |\n|---|---|\n| `open() → handle` | x |\n| `close(handle)` | y |\n")).toEqual([
      "open",
      "close",
    ]);
  });
});

describe("the built engine", () => {
  /** (module (import "env" "f" (func)) (export "g" (func 0))) */
  const MODULE = new Uint8Array([
    ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0],
    ...[2, 9, 1, 3, 101, 110, 118, 1, 102, 0, 0],
    ...[7, 5, 1, 1, 103, 0, 0],
  ]);

  test("imports", () => {
    expect(messages(checkEngineImports("a.wasm", MODULE))).toContain("imports env.f");
  });

  test("functions for plans", () => {
    expect(
      planFunctions(["export function a(): void {}\nfunction b(): void {}\nexport const c = 1;\n", "export function d(): i32 {\n"]),
    ).toEqual(["a", "d"]);
    expect(planFunctions()).toContain("text_lower");
  });

  test("exports", () => {
    const found = messages(checkEngineExports("a.wasm", MODULE, ["h"]));
    expect(found).toBe(
      "does not export memory\ndoes not export table\ndoes not export _initialize\ndoes not export h\nexports g, which is neither in assembly/abi/README.md nor a function of assembly/runtime",
    );
  });

  test("managed runtime", () => {
    expect(checkEngineText("a.wat", "(module\n (func $assembly/bytes/copy)\n)")).toEqual([]);
    expect(messages(checkEngineText("a.wat", "(module\n (func $~lib/rt/stub/__new)\n)"))).toContain("line 2");
  });
});
