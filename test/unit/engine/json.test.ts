/**
 * Goal: a document comes back as it was stored, the parser takes exactly JSON, and changes at paths do to it what they do to a
 * plain JavaScript value; the effects of all that, replayed, give equal documents.
 * Method: random values and broken texts against JSON.parse and JSON.stringify; random commands against a model; limits at
 * their edges; real data for the size of the packed form.
 */
import { describe, expect, it } from "vitest";
import { SETTING_EFFECTS, STATUS_OK } from "../../../assembly/abi/status.ts";
import { BUILDS, type BuildName, bulk, engineBuilt, request, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { broken, fromUtf8, type Json, parsed, randomJson, randomText, utf8 } from "./json-values.ts";

const OK = "+OK\r\n";
const VALUES = { debug: 100, release: 400 };
const TEXTS = { debug: 3000, release: 15_000 };
const STEPS = { debug: 2500, release: 12_000 };
const DEPTH_MAX = 128;
/** Documents of the model: their effects fit the input area, even when escapes and additions make them longer. */
const TEXT_MAX = 20_000;

/** The text of a bulk reply; fails when it is none. */
function textOf(reply: string): string {
  expect(reply).toMatch(/^\$\d+\r\n/);
  return fromUtf8(reply.slice(reply.indexOf("\r\n") + 2, -2));
}

class Documents {
  readonly engine: TestEngine;
  readonly session: number;

  constructor(build: BuildName) {
    this.engine = new TestEngine(build);
    this.session = this.engine.open();
  }

  run(...args: string[]): string {
    return this.engine.command(this.session, args.map(utf8));
  }

  get(key: string): Json {
    return JSON.parse(textOf(this.run("JSON.GET", key))) as Json;
  }
}

describe.skipIf(!engineBuilt).each(BUILDS)("documents (%s)", (build) => {
  it(`come back as they were stored (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    const documents = new Documents(build);
    for (let index = 0; index < VALUES[build] * TEST_LENGTH; index++) {
      const value = randomJson(random, 5);
      const text = randomText(random, value);
      expect([text, documents.run("JSON.SET", "k", "$", text)]).toEqual([text, OK]);
      expect(documents.get("k")).toEqual(value);
      const printed = textOf(documents.run("JSON.GET", "k"));
      expect(documents.run("JSON.SET", "again", ".", printed)).toBe(OK);
      expect(textOf(documents.run("JSON.GET", "again"))).toBe(printed);
    }
    documents.engine.check();
  });

  it(`are taken if and only if JSON.parse takes them (seed ${TEST_SEED + 1})`, () => {
    const random = randomInput(TEST_SEED + 1);
    const documents = new Documents(build);
    let refused = 0;
    for (let index = 0; index < TEXTS[build] * TEST_LENGTH; index++) {
      const bytes = broken(random, utf8(randomText(random, randomJson(random, 3))));
      const wanted = parsed(bytes);
      const reply = documents.engine.command(documents.session, ["JSON.SET", "k", "$", bytes]);
      if (wanted === undefined) {
        expect([bytes, reply.slice(0, 5)]).toEqual([bytes, "-ERR "]);
        refused++;
      } else {
        expect([bytes, reply]).toEqual([bytes, OK]);
        expect(documents.get("k")).toEqual(wanted.value);
      }
    }
    expect(refused).toBeGreaterThan(TEXTS[build] / 4);
    documents.engine.check();
  });

  it("keep numbers exactly, and the text of integers and shortest doubles", () => {
    const documents = new Documents(build);
    const kept = ["0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "123456789012345678901234567890"];
    kept.push("1.0", "0.1", "-0.5", "1e300", "5e-324", "0.1000000000000000000001", "3.141592653589793238462643", "1e400", "-1E-400");
    kept.push("1.7976931348623157e308", "0.00001234", "12345678.5", "-0.0", "100000.0");
    const printed = new Map([
      ["0.0000001234", "1.234e-7"],
      ["1E2", "100.0"],
      ["1.50", "1.5"],
    ]);
    kept.push(...printed.keys());
    for (const text of kept) {
      expect(documents.run("JSON.SET", "k", "$", text)).toBe(OK);
      expect(textOf(documents.run("JSON.GET", "k"))).toBe(printed.get(text) ?? text);
    }
  });

  it("keep lone surrogates, join those that meet, and let the last of equal names win in the first one's place", () => {
    const documents = new Documents(build);
    const cases: readonly (readonly [string, string])[] = [
      ['"\\ud800"', '"\\ud800"'],
      ['"x\\udc00\\ud83dy"', '"x\\udc00\\ud83dy"'],
      ['"\\ud83d\\ude00"', '"😀"'],
      ['{"\\udfff":1}', '{"\\udfff":1}'],
      ['{"a":1,"b":2,"\\u0061":[3]}', '{"a":[3],"b":2}'],
    ];
    for (const [text, wanted] of cases) {
      expect(documents.run("JSON.SET", "k", "$", text)).toBe(OK);
      expect(textOf(documents.run("JSON.GET", "k"))).toBe(wanted);
    }
    documents.run("JSON.SET", "k", "$", '"\\ud83d"');
    expect(documents.run("JSON.STRAPPEND", "k", "$", '"\\ude00!"')).toBe("*1\r\n:5\r\n");
    expect(textOf(documents.run("JSON.GET", "k"))).toBe('"😀!"');
    const many = Array.from({ length: 3000 }, (_, index) => `"n${index % 1000}":${index}`).join(",");
    expect(documents.run("JSON.SET", "k", "$", `{${many}}`)).toBe(OK);
    expect(documents.get("k")).toEqual(JSON.parse(`{${many}}`));
  });

  it(`nest ${DEPTH_MAX} deep and no deeper, however they come to be`, () => {
    const documents = new Documents(build);
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(documents.run("JSON.SET", "k", "$", nested(DEPTH_MAX))).toBe(OK);
    expect(textOf(documents.run("JSON.GET", "k"))).toBe(nested(DEPTH_MAX));
    expect(documents.run("JSON.SET", "k", "$", nested(DEPTH_MAX + 1))).toMatch(/^-ERR recursion limit exceeded at line 1 column 129/);
    expect(documents.run("JSON.SET", "k", "$", "[".repeat(10_000))).toMatch(/^-ERR recursion limit/);
    expect(documents.run("JSON.ARRAPPEND", "k", `$${"[0]".repeat(DEPTH_MAX - 1)}`, "1")).toBe("*1\r\n:1\r\n");
    expect(documents.run("JSON.ARRAPPEND", "k", `$${"[0]".repeat(DEPTH_MAX - 1)}`, "[]")).toMatch(/^-ERR the document would be nested/);
    expect(documents.run("JSON.SET", "k", `$${"[0]".repeat(DEPTH_MAX)}`, "{}")).toMatch(/^-ERR the document would be nested/);
    expect(documents.run("JSON.SET", "o", "$", `{"a":${"[".repeat(126)}${"]".repeat(126)}}`)).toBe(OK);
    expect(documents.run("JSON.MERGE", "o", "$", '{"b":{"c":{}}}')).toBe(OK);
    expect(documents.run("JSON.MERGE", "o", "$.a", `{"x":${nested(126)}}`)).toBe(OK);
    expect(documents.run("JSON.MERGE", "o", "$.a.x", `{"x":${nested(126)}}`)).toMatch(/^-ERR the document would be nested/);
    expect(documents.run(`JSON.SET`, `deep${".a".repeat(DEPTH_MAX)}`, "1")).toBe(OK);
    expect(documents.run(`JSON.SET`, `deep${".b".repeat(DEPTH_MAX + 1)}`, "1")).toMatch(/^-ERR the document would be nested/);
    documents.engine.check();
  });

  it("paths of any depth and length are answered, never a trap", () => {
    const documents = new Documents(build);
    documents.run("JSON.SET", "k", "$", '{"a":[1,{"b":2}]}');
    for (const unit of ["[?(", "[?@", "(", "[?!(", "[?length(@", ".a", "..", "[0]", "['a", "[?@.a==1&&", "[?match(@,'(a"]) {
      for (const times of [10, 47, 100, 5000]) {
        const reply = documents.run("JSON.GET", "k", `$${unit.repeat(times)}`);
        expect([unit, times, /^(-ERR |\$)/.test(reply)]).toEqual([unit, times, true]);
      }
    }
    documents.run("JSON.SET", "n", "$", `${"[".repeat(8)}${"]".repeat(8)}`);
    const many = `$${"[0,0,0,0,0,0,0,0,0,0,0,0]".repeat(7)}`;
    expect(documents.run("JSON.TYPE", "n", many)).toBe("-ERR the path leads to more values than a command can take\r\n");
    expect(documents.run("JSON.DEL", "n", many)).toBe("-ERR the path leads to more values than a command can take\r\n");
    expect(documents.run("JSON.GET", "k", `$${".a".repeat(40_000)}`)).toMatch(/^-ERR the JSONPath is longer/);
    expect(documents.run("JSON.GET", "k", `$[?search(@, '${"(a{1000})".repeat(50)}')]`)).toBe(bulk("[]"));
    documents.engine.check();
  });
});

/** A change of a model's value by one command, and the reply that it must have; undefined: not compared. */
type Change = (value: Json) => Json;

/** A place of the value: its path in bracket notation and the names on the way. */
function randomPlace(random: RandomInput, value: Json): (string | number)[] {
  const place: (string | number)[] = [];
  let node = value;
  while (random.below(4) !== 0 && typeof node === "object" && node !== null) {
    const names = Array.isArray(node) ? node.map((_, index) => index) : Object.keys(node);
    if (names.length === 0) break;
    const name = random.pick<string | number>(names);
    place.push(name);
    node = (node as Record<string | number, Json>)[name]!;
  }
  return place;
}

const pathOf = (place: readonly (string | number)[]): string =>
  `$${place.map((name) => (typeof name === "number" ? `[${name}]` : `[${JSON.stringify(name)}]`)).join("")}`;

/** The value with what is at the place changed. */
function changed(value: Json, place: readonly (string | number)[], change: Change): Json {
  const [name, ...rest] = place;
  if (name === undefined) return change(value);
  if (Array.isArray(value)) return value.map((each, index) => (index === name ? changed(each, rest, change) : each));
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>).map(([field, each]) => [field, field === name ? changed(each, rest, change) : each]),
  );
}

function without(value: Json, place: readonly (string | number)[]): Json {
  const last = place.at(-1)!;
  return changed(value, place.slice(0, -1), (parent) =>
    Array.isArray(parent)
      ? parent.filter((_, index) => index !== last)
      : Object.fromEntries(Object.entries(parent as Record<string, Json>).filter(([field]) => field !== last)),
  );
}

/** RFC 7396, section 2. */
function merged(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const plain = typeof target === "object" && target !== null && !Array.isArray(target) ? target : {};
  const result = new Map(Object.entries(plain));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, merged(result.get(name), value));
  }
  return Object.fromEntries(result);
}

/** One random command on key `k` and what it does to the model's value. */
function randomChange(random: RandomInput, value: Json): { readonly args: string[]; readonly next: Json } {
  const place = randomPlace(random, value);
  const path = pathOf(place);
  const fresh = randomJson(random, 2);
  const text = JSON.stringify(fresh);
  const node = place.reduce<Json>((at, name) => (at as Record<string | number, Json>)[name]!, value);
  switch (random.below(9)) {
    case 0:
      return { args: ["JSON.SET", "k", path, text], next: changed(value, place, () => fresh) };
    case 1:
      if (typeof node !== "object" || node === null || Array.isArray(node) || "added" in node) break;
      return {
        args: ["JSON.SET", "k", `${path}.added`, text],
        next: changed(value, place, (old) => ({ ...(old as Record<string, Json>), added: fresh })),
      };
    case 2:
      if (place.length === 0) break;
      return { args: ["JSON.DEL", "k", path], next: without(value, place) };
    case 3:
      if (fresh === null && place.length > 0) return { args: ["JSON.MERGE", "k", path, text], next: without(value, place) };
      return { args: ["JSON.MERGE", "k", path, text], next: changed(value, place, (old) => merged(old, fresh)) };
    case 4:
      return { args: ["JSON.TOGGLE", "k", path], next: changed(value, place, (old) => (typeof old === "boolean" ? !old : old)) };
    case 5:
      return {
        args: ["JSON.NUMINCRBY", "k", "$..a", "3"],
        next: JSON.parse(JSON.stringify(value), (name, each: Json) => (name === "a" && typeof each === "number" ? each + 3 : each)) as Json,
      };
    case 6:
      return {
        args: ["JSON.STRAPPEND", "k", path, '"é"'],
        next: changed(value, place, (old) => (typeof old === "string" ? `${old}é` : old)),
      };
    default:
      if (Array.isArray(node)) return arrayChange(random, value, place, fresh);
  }
  return { args: ["JSON.TYPE", "k", path], next: value };
}

function arrayChange(random: RandomInput, value: Json, place: (string | number)[], fresh: Json): { args: string[]; next: Json } {
  const path = pathOf(place);
  const length = (place.reduce<Json>((at, name) => (at as Record<string | number, Json>)[name]!, value) as Json[]).length;
  const at = random.below(length + 1);
  const end = random.below(length + 2);
  const on = (change: (array: Json[]) => Json[]): Json => changed(value, place, (old) => change(old as Json[]));
  switch (random.below(4)) {
    case 0:
      return { args: ["JSON.ARRAPPEND", "k", path, JSON.stringify(fresh), "1"], next: on((array) => [...array, fresh, 1]) };
    case 1:
      return {
        args: ["JSON.ARRINSERT", "k", path, String(at), JSON.stringify(fresh)],
        next: on((array) => [...array.slice(0, at), fresh, ...array.slice(at)]),
      };
    case 2:
      return {
        args: ["JSON.ARRPOP", "k", path, String(at)],
        next: on((array) => array.filter((_, index) => index !== Math.min(at, array.length - 1))),
      };
    default:
      return { args: ["JSON.ARRTRIM", "k", path, String(at), String(end)], next: on((array) => array.slice(at, end + 1)) };
  }
}

describe.skipIf(!engineBuilt).each(BUILDS)("changes of documents (%s)", (build) => {
  it(`do what they do to a plain value, and their effects too (seed ${TEST_SEED + 2})`, () => {
    const random = randomInput(TEST_SEED + 2);
    const documents = new Documents(build);
    const replica = new TestEngine(build);
    documents.engine.configure(SETTING_EFFECTS, 1);
    let value: Json = null;
    let definite = 0;
    for (let step = 0; step < STEPS[build] * TEST_LENGTH; step++) {
      if (step % 40 === 0) {
        do value = randomJson(random, 4);
        while (JSON.stringify(value).length > TEXT_MAX);
        expect(documents.run("JSON.SET", "k", "$", JSON.stringify(value))).toBe(OK);
      }
      const { args, next } = randomChange(random, value);
      const reply = documents.run(...args);
      expect([args, reply.startsWith("-")]).toEqual([args, false]);
      expect([args, documents.get("k")]).toEqual([args, next]);
      const effects = documents.engine.takeEffects();
      if (/json\.set[^$]*\$1\r\nk\r\n\$[2-9]/.test(effects)) definite++;
      expect([args, effects, replica.replay(effects, START_MS)]).toEqual([args, effects, STATUS_OK]);
      expect([args, replica.digest()]).toEqual([args, documents.engine.digest()]);
      value = next;
    }
    expect(definite).toBeGreaterThan(20);
    documents.engine.check();
  });

  it("merge and compare objects of many fields, in any order", () => {
    const documents = new Documents(build);
    const names = Array.from({ length: 20_000 }, (_, index) => `name ${(index * 7919) % 20_000}`);
    const target = Object.fromEntries(names.map((name, index) => [name, index]));
    const patch = Object.fromEntries([...names].sort().map((name, index) => [index % 3 ? name : `new ${name}`, index % 2 ? index : null]));
    documents.run("JSON.SET", "k", "$", JSON.stringify(target));
    expect(documents.run("JSON.MERGE", "k", "$", JSON.stringify(patch))).toBe(OK);
    expect(documents.get("k")).toEqual(merged(target, patch));
    documents.run("JSON.SET", "k", "$", JSON.stringify([patch, target]));
    const turned = Object.fromEntries(Object.entries(target).reverse());
    expect(documents.run("JSON.ARRINDEX", "k", "$", JSON.stringify(turned))).toBe("*1\r\n:1\r\n");
    expect(documents.run("JSON.ARRINDEX", "k", "$", JSON.stringify({ ...turned, "name 3": "x" }))).toBe("*1\r\n:-1\r\n");
  });

  it("a compaction amid changes gives the same documents from its own log alone", () => {
    const documents = new Documents(build);
    const { engine, session } = documents;
    engine.configure(SETTING_EFFECTS, 1);
    for (let index = 0; index < 300; index++) documents.run("JSON.SET", `doc:${index}`, "$", `{"n":${index},"a":[1,2,{"x":"é"}]}`);
    documents.run("EXPIRE", "doc:7", "1000");
    engine.takeEffects();
    engine.call("compaction_start");
    let log = "";
    for (let step = 0, more = 1; more === 1; step++) {
      more = engine.call("compaction_step", 500);
      documents.run("JSON.NUMINCRBY", `doc:${step % 300}`, "$.n", "1000");
      documents.run("JSON.DEL", `doc:${(step * 7) % 300}`, "$.a[0]");
      documents.run("RENAME", `doc:${(step * 11) % 300}`, `renamed:${step}`);
      documents.run("JSON.SET", `doc:${(step * 13) % 300}`, "$", String(step));
      log += engine.takeEffects();
    }
    engine.call("compaction_stop");
    const replica = new TestEngine(build);
    expect(replica.replay(log, START_MS)).toBe(STATUS_OK);
    expect(replica.digest()).toBe(engine.digest());
    expect(engine.command(session, ["TTL", "doc:7"])).not.toBe(":-1\r\n");
  });

  it("give all memory back", () => {
    const documents = new Documents(build);
    documents.run("JSON.SET", "warm", "$", '{"a":[1]}');
    documents.run("JSON.GET", "warm", "$..*");
    documents.run("FLUSHALL");
    documents.engine.settle();
    const before = documents.engine.memoryByPurpose();
    const random = randomInput(TEST_SEED + 3);
    for (let index = 0; index < 300; index++) {
      documents.run("JSON.SET", `k${index % 20}`, "$", JSON.stringify(randomJson(random, 5)));
      documents.run("JSON.MERGE", `k${index % 20}`, "$", JSON.stringify(randomJson(random, 3)));
      documents.run("JSON.DEL", `k${index % 20}`, "$..a");
    }
    documents.run("JSON.SET", "large", "$", JSON.stringify("x".repeat(3_000_000)));
    documents.run("JSON.GET", "large");
    expect(documents.engine.send(documents.session, request(["FLUSHALL"])).reply).toBe(OK);
    documents.engine.settle();
    const after = documents.engine.memoryByPurpose();
    const kept = 6 << 20;
    for (const [purpose, bytes] of after.entries()) {
      expect([purpose, bytes - before[purpose]! <= (purpose === 6 ? kept : 0)]).toEqual([purpose, true]);
    }
  });
});
