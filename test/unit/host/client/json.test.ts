/**
 * Documents as JavaScript values. Goal: every typed method answers what its command answers, as values, in an embedded database and
 * behind a worker. Method: one script of calls with their answers, run in both; errors by their codes.
 */
import { expect, test } from "vitest";
import type { JsonCommands, Timing } from "../../../../host/client/json-commands.ts";
import { jsonForms } from "../../../../host/client/json-commands.ts";
import { open } from "../../../../host/entry/node.ts";
import { openRemote } from "./link-pair.ts";

const LARGE = 12_345_678_901_234_567_890n;
const DOCUMENT = { a: 1, b: [1, 2, { a: 3 }], s: "x", n: null, t: true, f: 1.5, big: LARGE, ключ: "é😀" };

type Step = readonly [method: keyof JsonCommands<"now">, args: readonly unknown[], answer: unknown];

const SCRIPT: readonly Step[] = [
  ["get", ["d"], undefined],
  ["set", ["d", "$", DOCUMENT, { xx: true }], false],
  ["set", ["d", "$", DOCUMENT, { nx: true }], true],
  ["set", ["d", "$", 1, { nx: true }], false],
  ["get", ["d"], DOCUMENT],
  ["get", ["d", "$"], [DOCUMENT]],
  ["get", ["d", "$..a"], [1, 3]],
  ["get", ["d", ".b[2]"], { a: 3 }],
  ["get", ["d", "$.none"], []],
  ["get", ["d", "$.a", "$.s"], { "$.a": [1], "$.s": ["x"] }],
  ["get", ["d", ".n"], null],
  ["set", ["d", "$.none.deep", 1], false],
  ["set", ["d", "$.m", { errorCode: "X", errorMessage: "y" }], true],
  ["get", ["d", ".m"], { errorCode: "X", errorMessage: "y" }],
  ["merge", ["d", "$", { m: null, o: { p: [] } }], undefined],
  ["type", ["d"], "object"],
  ["type", ["d", "$.*"], ["integer", "array", "string", "null", "boolean", "number", "integer", "string", "object"]],
  ["type", ["d", ".f"], "number"],
  ["type", ["none"], null],
  ["type", ["none", "$"], null],
  ["numIncrBy", ["d", "$..a", 2], [3, 5]],
  ["numIncrBy", ["d", ".a", -1], 2],
  ["numIncrBy", ["d", "$.s", 1], [null]],
  ["numMultBy", ["d", "$.f", 3], [4.5]],
  ["numMultBy", ["d", ".f", 0.5], 2.25],
  ["numIncrBy", ["d", ".a", 9_007_199_254_740_991n], 9_007_199_254_740_993n],
  ["get", ["d", ".a"], 9_007_199_254_740_993n],
  ["strAppend", ["d", "$.s", 'y"'], [3]],
  ["strAppend", ["d", ".s", "é"], 5],
  ["strLen", ["d", "$.*"], [null, null, 5, null, null, null, null, 6, null]],
  ["strLen", ["d", ".s"], 5],
  ["arrAppend", ["d", "$.b", "é", null, [LARGE]], [6]],
  ["arrAppend", ["d", ".b", 2], 7],
  ["arrIndex", ["d", "$.b", 2], [1]],
  ["arrIndex", ["d", ".b", 2, 2], 6],
  ["arrIndex", ["d", ".b", 2, undefined, 1], -1],
  ["arrIndex", ["d", ".b", [LARGE], 0, 0], 5],
  ["arrIndex", ["d", "$.s", 1], [null]],
  ["arrInsert", ["d", "$.b", 0, { z: 1 }, "y"], [9]],
  ["arrInsert", ["d", ".b", -1, false], 10],
  ["arrLen", ["d", "$.*"], [null, 10, null, null, null, null, null, null, null]],
  ["arrLen", ["d", ".b"], 10],
  ["arrPop", ["d", "$.b"], [2]],
  ["arrPop", ["d", ".b"], false],
  ["arrPop", ["d", ".b", 0], { z: 1 }],
  ["arrPop", ["d", "$.b", -1], [[LARGE]]],
  ["arrPop", ["d", "$.b"], [null]],
  ["arrPop", ["d", "$.s"], [undefined]],
  ["arrPop", ["d", ".o.p"], undefined],
  ["arrTrim", ["d", "$.b", 1, 2], [2]],
  ["arrTrim", ["d", ".b", 0, 0], 1],
  ["get", ["d", ".b"], [1]],
  ["set", ["list", "$", [1, 2]], true],
  ["arrLen", ["list"], 2],
  ["arrPop", ["list"], 2],
  ["arrPop", ["list", undefined, 0], 1],
  ["objKeys", ["d"], ["a", "b", "s", "n", "t", "f", "big", "ключ", "o"]],
  ["objKeys", ["d", "$..o"], [["p"]]],
  ["objKeys", ["d", "$.a"], [null]],
  ["objKeys", ["none"], null],
  ["objLen", ["d"], 9],
  ["objLen", ["d", "$.o"], [1]],
  ["toggle", ["d", "$.t"], [false]],
  ["toggle", ["d", ".t"], true],
  ["toggle", ["d", "$.a"], [null]],
  ["clear", ["d", "$.b"], 1],
  ["clear", ["d"], 1],
  ["get", ["d"], {}],
  [
    "mset",
    [
      [
        ["x", "$", { v: 1, w: null }],
        ["y", "$", [LARGE]],
      ],
    ],
    undefined,
  ],
  ["mget", [["x", "none", "y"]], [{ v: 1, w: null }, undefined, [LARGE]]],
  ["mget", [["x", "y"], "$.w"], [[null], []]],
  ["mget", [["x", "y"], ".w"], [null, undefined]],
  ["set", [new TextEncoder().encode("bytes"), "$", "key"], true],
  ["get", ["bytes"], "key"],
  ["del", ["x", "$.v"], 1],
  ["del", ["x", "$.none"], 0],
  ["del", ["x"], 1],
  ["get", ["x"], undefined],
];

const FAILURES: readonly (readonly [method: keyof JsonCommands<"now">, args: readonly unknown[], code: string])[] = [
  ["set", ["k", "$", undefined], "USAGE"],
  ["set", ["k", "$", () => 1], "USAGE"],
  ["arrAppend", ["doc", "$.list", 1, undefined], "USAGE"],
  ["get", [7n, {}], "USAGE"],
  ["get", ["string"], "WRONG_TYPE"],
  ["get", ["doc", "$["], "JSON_PATH_SYNTAX"],
  ["get", ["doc", ".none"], "JSON_NO_PATH"],
  ["set", ["none", "$.a", 1], "JSON_ROOT"],
  ["numIncrBy", ["none", "$", 1], "JSON_NO_KEY"],
  ["toggle", ["doc", ".a"], "JSON_NO_PATH_OR_BOOLEAN"],
];

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

function methodsOf<W extends Timing>(json: JsonCommands<W>): Methods {
  return json as unknown as Methods;
}

test("an embedded database", async () => {
  const db = await open();
  const json = methodsOf(db.json);
  for (const [position, [method, args, answer]] of SCRIPT.entries()) {
    expect([position, method, json[method]?.(...args)]).toStrictEqual([position, method, answer]);
  }
  expect(db.type("d")).toBe("ReJSON-RL");
  const tested = new Set(SCRIPT.map(([method]) => method as string));
  expect(Object.keys(jsonForms).filter((name) => !tested.has(name))).toEqual([]);
  await db.close();
  expect(() => db.json.get("d")).toThrow(expect.objectContaining({ code: "CLOSED" }));
});

test("a database behind a worker", async () => {
  const { db, sent } = await openRemote();
  const json = methodsOf(db.json);
  const answers = await Promise.all(SCRIPT.map(([method, args]) => json[method]?.(...args)));
  expect(answers).toStrictEqual(SCRIPT.map(([, , answer]) => answer));
  expect(sent.length).toBe(1);
  await db.close();
  await expect(db.json.get("d")).rejects.toMatchObject({ code: "CLOSED" });
});

test("errors", async () => {
  const db = await open();
  const { db: remote } = await openRemote();
  db.set("string", "x");
  db.json.set("doc", "$", { list: [], a: 1 });
  await Promise.all([remote.set("string", "x"), remote.json.set("doc", "$", { list: [], a: 1 })]);
  for (const [method, args, code] of FAILURES) {
    expect(() => methodsOf(db.json)[method]?.(...args), `${method} ${code}`).toThrow(
      expect.objectContaining({ name: "DatabaseError", code }),
    );
    await expect(methodsOf(remote.json)[method]?.(...args), `${method} ${code}`).rejects.toMatchObject({ name: "DatabaseError", code });
  }
  expect([db.json.get("doc"), await remote.json.get("doc")]).toEqual([
    { list: [], a: 1 },
    { list: [], a: 1 },
  ]);
  await Promise.all([db.close(), remote.close()]);
});

test("documents of other databases, and any command at once", async () => {
  const db = await open();
  const { db: remote } = await openRemote();
  db.select(3).json.set("d", "$", [1]);
  await remote.select(3).json.set("d", "$", [1]);
  expect([db.json.get("d"), db.select(3).json.get("d")]).toEqual([undefined, [1]]);
  expect([await remote.json.get("d"), await remote.select(3).json.get("d")]).toEqual([undefined, [1]]);
  expect([db.command(["SET", "n", 5]), db.command(["JSON.DEBUG", "MEMORY", "none"]), db.bytes.command(["GET", "n"])]).toEqual([
    "OK",
    0,
    Uint8Array.of(0x35),
  ]);
  expect([await remote.command(["SET", "n", 5]), await remote.bytes.command(["GET", "n"])]).toEqual(["OK", Uint8Array.of(0x35)]);
  expect(() => db.command(["INCR", "d", 1])).toThrow(expect.objectContaining({ code: "WRONG_ARITY" }));
  expect(() => db.command(["INFO"])).toThrow(expect.objectContaining({ code: "USAGE", message: "this command needs execute" }));
  await expect(remote.command(["INFO"])).rejects.toMatchObject({ code: "USAGE" });
  await expect(remote.command([null as unknown as string])).rejects.toMatchObject({ code: "USAGE" });
  await Promise.all([db.close(), remote.close()]);
});

test("types follow the path", async () => {
  const db = await open();
  db.json.set("d", "$", { n: 1, name: "x" });
  const one: number | bigint | null = db.json.numIncrBy("d", ".n", 1);
  const many: (number | bigint | null)[] = db.json.numIncrBy("d", "$.n", 1);
  const document = db.json.get<{ readonly n: number; readonly name: string }>("d");
  expect([one, many, document?.name]).toEqual([2, [3], "x"]);
  await db.close();
});
