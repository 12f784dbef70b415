/**
 * What the library promises on every platform, as checks that a small runner of each runtime, or a page in a browser, goes
 * through.
 *
 * 1. Nothing but the library and web standards is used; the runner passes in `open`, and where a database is kept.
 * 2. Every call is awaited, so that methods that return values and methods that return promises are checked alike.
 * 3. A check opens and closes its own databases, throws an Error that says what was expected, and waits for nothing but answers.
 */
import type { Commands, ScanOptions, Value } from "../../host/client/commands.ts";
import type { RangeOptions } from "../../host/client/key-range.ts";
import type { ReplyValue } from "../../host/client/reply-reader.ts";
import type { MemoryReport, StatisticsReport } from "../../host/client/report.ts";
import { randomInput } from "../unit/assembly/bytes/random-input.ts";
import { CommandStream } from "../unit/engine/commands.ts";

/** Methods that answer at once or by a promise. */
type Either<C> = { readonly [K in keyof C]: C[K] extends (...args: infer A) => infer R ? (...args: A) => R | Promise<R> : never };

type Answered = readonly unknown[] | Promise<readonly unknown[]>;

interface SuiteExecuteOptions {
  readonly bytes?: boolean;
  readonly signal?: AbortSignal;
}

/** Some of the methods on documents. */
interface SuiteJson {
  get(key: string, ...paths: string[]): unknown;
  set(key: string, path: string, value: unknown): unknown;
  arrAppend(key: string, path: string, ...values: unknown[]): unknown;
  mget(keys: readonly string[], path?: string): unknown;
  del(key: string, path?: string): unknown;
}

/** The library's database, as pages and programs both have it. */
export interface SuiteDatabase extends Either<Commands<string>> {
  readonly bytes: Either<Commands<Uint8Array>>;
  readonly json: SuiteJson;
  scan(options?: ScanOptions): Iterable<string> | AsyncIterable<string>;
  range(from: string, to: string, options?: RangeOptions<boolean>): Answered;
  prefix(prefix: string, options?: RangeOptions<boolean>): Answered;
  prefixCursor(prefix: string, options?: RangeOptions<boolean>): AsyncIterable<unknown>;
  execute(args: readonly Value[], options?: SuiteExecuteOptions): Promise<ReplyValue>;
  pipeline(commands: readonly (readonly Value[])[], options?: SuiteExecuteOptions): Promise<ReplyValue[]>;
  query(text: string, parameters?: readonly string[]): Promise<{ readonly rows: readonly object[] }>;
  flush(): Promise<void>;
  compact(): Promise<void>;
  memory(): MemoryReport | Promise<MemoryReport>;
  stats(): StatisticsReport | Promise<StatisticsReport>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export type SuiteOptions = Readonly<Record<string, string | number | boolean>>;

/** What the runner brings. */
export interface SuiteSurroundings {
  readonly open: (options?: SuiteOptions) => Promise<SuiteDatabase>;
  /** Options that name the place of a database: `{ dir }` or `{ name }`. The same name gives the same place. */
  readonly place: (name: string) => SuiteOptions;
  /** Seed of the random checks; failures name it. */
  readonly seed: number;
}

type Check = (surroundings: SuiteSurroundings) => Promise<void>;

const TEXTS = ["", "hello", "café", "\u{1f600} and more", "a\0b\r\n", "0", "x".repeat(400_000), "é".repeat(300_000)];
/** `twice(i32): i32` as asc and as-bind's transform would write it, in base64. */
const TWICE_CODE = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 7, 9, 1, 5, 116, 119, 105, 99, 101, 0, 0],
  ...[10, 9, 1, 7, 0, 32, 0, 65, 2, 108, 11, 0, 103, 16],
];
const TWICE_TYPES = 'as-bind_bindings{"typeIds":{},"exportedFunctions":{"twice":{"parameters":["i32"],"returnType":"i32"}}}';
const TWICE = btoa(`${String.fromCharCode(...TWICE_CODE)}${TWICE_TYPES}`);
const RANDOM_COMMANDS = 600;
const FIRST_BIGINT = 2n ** 53n;

/** Runs all checks and answers their names. Rejects with the first failure. */
export async function runLibrarySuite(surroundings: SuiteSurroundings, passed: (name: string) => void = () => {}): Promise<string[]> {
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await check(surroundings);
    } catch (cause) {
      throw new Error(`${name}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`, { cause });
    }
    passed(name);
  }
  return Object.keys(CHECKS);
}

const CHECKS: Readonly<Record<string, Check>> = {
  "text comes back as it was": async ({ open }) => {
    await using db = await open();
    for (const text of TEXTS) {
      same(await db.set(`key ${text.slice(0, 9)}`, text), true);
      same(await db.get(`key ${text.slice(0, 9)}`), text);
    }
    same(await db.get("absent"), null);
    same(await db.dbsize(), TEXTS.length);
  },

  "bytes come back as they were": async ({ open }) => {
    await using db = await open();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const large = Uint8Array.from({ length: 700_000 }, (_, index) => (index * 31) & 255);
    same(await db.set(all, all), true);
    same(await db.bytes.get(all), all);
    same(await db.bytes.set("large", large), true);
    same(await db.bytes.getrange("large", 1000, 1009), large.slice(1000, 1010));
    same(await db.bytes.mget("large", "absent"), [large, null]);
    same(await db.execute(["GET", all], { bytes: true }), all);
    same([all.length, large.length], [256, 700_000]);
  },

  "typed methods answer in JavaScript's types": async ({ open }) => {
    await using db = await open();
    same([await db.incr("n"), await db.incrby("n", 41), await db.decr("n"), await db.decrby("n", 1n)], [1, 42, 41, 40]);
    same(await db.incrby("big", FIRST_BIGINT), FIRST_BIGINT);
    same(await db.incrbyfloat("f", 1.5), 1.5);
    same([await db.set("once", 1, { nx: true }), await db.set("once", 2, { nx: true }), await db.get("once")], [true, false, "1"]);
    same([await db.getset("once", "3"), await db.getdel("once"), await db.getdel("once")], ["1", "3", null]);
    await db.mset({ a: "1", b: 2, c: 3n });
    same(await db.mget("a", ["b", "c"], "d"), ["1", "2", "3", null]);
    same([await db.append("a", "0"), await db.strlen("a"), await db.exists("a", "a", "d")], [2, 2, 2]);
    same([await db.type("a"), await db.type("d")], ["string", "none"]);
    await db.rename("a", "z");
    same([await db.del("a", "z"), await db.unlink("b"), await db.ping(), await db.ping("x")], [1, 1, "PONG", "x"]);
    await db.flushall();
    same([await db.dbsize(), await db.randomkey()], [0, null]);
  },

  "keys come in the order of their bytes, by range and prefix, whole and one by one": async ({ open }) => {
    await using db = await open();
    await db.mset(Array.from({ length: 3000 }, (_, index) => [`key:${index}`, String(index)] as const));
    await db.json.set("key:~", "$", { errorCode: "none", big: FIRST_BIGINT + 1n });
    same(await db.range("key:2998", "key:30"), [
      ["key:2998", "2998"],
      ["key:2999", "2999"],
      ["key:3", "3"],
      ["key:30", "30"],
    ]);
    same(await db.prefix("key:", { reverse: true, limit: 2 }), [
      ["key:~", { errorCode: "none", big: FIRST_BIGINT + 1n }],
      ["key:999", "999"],
    ]);
    const keys = (await db.keys("*")).slice().sort();
    same(await db.prefix("", { keys: true }), keys);
    const met: unknown[] = [];
    for await (const key of db.prefixCursor("key:", { keys: true })) {
      met.push(key);
      if (met.length === 1000) await db.del("key:999", "key:1");
      if (met.length === 2500) break;
    }
    same(met, keys.slice(0, 2500));
  },

  "SQL calls functions of modules: those that come with it, and a user's": async ({ open }) => {
    await using db = await open();
    const { rows } = await db.query("SELECT levenshtein('kitten', $1) AS n, slugify('Crème brûlée') AS slug", ["sitting"]);
    same(rows, [{ n: 3, slug: "creme-brulee" }]);
    await db.query(`CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE wasm AS '${TWICE}'`);
    await db.query("CREATE TABLE t (n INTEGER CHECK (twice(n) < 10), m INTEGER DEFAULT twice(3))");
    await db.query("INSERT INTO t (n) VALUES (4), (1)");
    await fails("SQL_CONSTRAINT", () => db.query("INSERT INTO t (n) VALUES (5)"));
    same((await db.query("SELECT twice(n) AS n, m FROM t ORDER BY twice(n)")).rows, [
      { n: 2, m: 6 },
      { n: 8, m: 6 },
    ]);
  },

  "documents are JavaScript values": async ({ open }) => {
    await using db = await open();
    const document = { text: TEXTS[3], list: [1, -0.5, null, true], whole: FIRST_BIGINT, deep: { errorCode: "X", errorMessage: "é" } };
    same(await db.json.set("d", "$", document), true);
    same(await db.json.get("d"), document);
    same(
      [await db.json.get("d", "$.list[0]", "$.deep.errorMessage"), await db.json.get("absent")],
      [{ "$.list[0]": [1], "$.deep.errorMessage": ["é"] }, undefined],
    );
    same([await db.json.arrAppend("d", "$.list", {}, 7n), await db.json.get("d", ".list[5]")], [[6], 7]);
    same(await db.json.mget(["d", "absent"], "$.whole"), [[FIRST_BIGINT], undefined]);
    same([await db.json.del("d", "$.deep"), await db.json.del("d"), await db.json.get("d")], [1, 1, undefined]);
    await fails("USAGE", () => db.json.set("d", "$", undefined));
  },

  "keys end when they should": async ({ open }) => {
    await using db = await open();
    same([await db.ttl("k"), await db.expire("k", 10)], [-2, false]);
    await db.set("k", "v");
    same([await db.ttl("k"), await db.expire("k", 100, "XX"), await db.expire("k", 100)], [-1, false, true]);
    const left = await db.pttl("k");
    ok(left > 90_000 && left <= 100_000, `pttl is ${left}`);
    same([await db.persist("k"), await db.pttl("k")], [true, -1]);
    same([await db.pexpireat("k", new Date(1000)), await db.get("k"), await db.exists("k")], [true, null, 0]);
    await db.set("k", "v", { pxat: Date.now() + 50_000 });
    ok((await db.ttl("k")) > 40, "set did not take pxat");
  },

  "execute runs any command, in the order of the calls": async ({ open }) => {
    await using db = await open();
    const replies = await Promise.all([
      ...[db.execute(["SET", "n", 1]), db.execute(["ECHO", "é"]), db.execute(["INCR", "n"])],
      ...[db.execute(["GET", "absent"]), db.execute(["SELECT", 1]), db.execute(["DBSIZE"]), db.execute(["SELECT", 0])],
      db.execute(["MGET", "n", "absent"]),
    ]);
    same(replies, ["OK", "é", 2, null, "OK", 0, "OK", ["2", null]]);
    const hello = await db.execute(["HELLO"]);
    ok(hello instanceof Map && hello.get("proto") === 3, "HELLO does not answer a map of protocol 3");
    ok(String(await db.execute(["INFO", "server"])).includes("redis_version:"), "INFO does not name the version");
  },

  "a pipeline keeps its order and goes on behind errors": async ({ open }) => {
    await using db = await open();
    const commands = Array.from({ length: 5000 }, (_, index) =>
      index % 1000 === 999 ? ["INCR", "text"] : ["APPEND", "text", `${index},`],
    );
    const replies = await db.pipeline(commands);
    same(replies.length, commands.length);
    let length = 0;
    for (const [index, reply] of replies.entries()) {
      if (index % 1000 === 999) same((reply as { code?: string }).code, "NOT_INTEGER");
      else {
        length += `${index},`.length;
        same(reply, length);
      }
    }
    same(await db.pipeline([]), []);
  },

  "errors have codes": async ({ open }) => {
    await using db = await open();
    await db.set("text", "abc");
    await fails("NOT_INTEGER", () => db.incr("text"));
    await fails("NOT_FLOAT", () => db.incrbyfloat("text", 1));
    await fails("NO_SUCH_KEY", () => db.rename("absent", "other"));
    await fails("UNKNOWN_COMMAND", () => db.execute(["NOSUCH"]));
    await fails("WRONG_ARITY", () => db.execute(["GET"]));
    await fails("USAGE", () => db.execute([]));
    await fails("USAGE", () => db.set("k", null as unknown as string));
    await fails("USAGE", () => db.get(undefined as unknown as string));
    await fails("UNKNOWN_OPTION", () => open({ nonsense: 1 }));
    await fails("INVALID_OPTION", () => open({ durability: "perhaps" }));
    same(await db.get("text"), "abc");
  },

  "a full memory refuses writes and nothing else": async ({ open }) => {
    await using db = await open({ maxmemory_mb: 2 });
    await db.set("small", "here");
    const value = "v".repeat(100_000);
    let stored = 0;
    const fill = async (): Promise<void> => {
      for (; stored < 100; stored++) await db.set(`key:${stored}`, value);
    };
    await fails("OUT_OF_MEMORY", fill);
    ok(stored > 5 && stored < 25, `${stored} values of 100 kB went into 2 MB`);
    same([await db.get("small"), await db.get("key:0"), await db.dbsize()], ["here", value, stored + 1]);
    await db.del("key:0", "key:1");
    same(await db.set("again", value), true);
  },

  "a signal ends what waits": async ({ open, place }) => {
    await using db = await open({ ...place("signalled"), durability: "full" });
    const reason = new Error("no longer wanted");
    const outcome = db.execute(["SET", "k", "v"], { signal: AbortSignal.abort(reason) }).then(
      () => "fulfilled",
      (error: unknown) => (error as Error).message,
    );
    same(await outcome, reason.message);
    same(await db.get("k"), null);
    const controller = new AbortController();
    const begun = db.execute(["SET", "k", "v"], { signal: controller.signal });
    controller.abort(reason);
    same(await begun.catch((error: unknown) => (error as Error).message), reason.message);
    same(await db.execute(["GET", "k"]), "v");
  },

  "scan finds every key": async ({ open }) => {
    await using db = await open();
    await db.mset(Array.from({ length: 3000 }, (_, index) => [`key:${index}`, index] as const));
    const found = new Set<string>();
    for await (const key of db.scan({ count: 100 })) found.add(key);
    same(found.size, 3000);
    found.clear();
    for await (const key of db.scan({ match: "key:29?", count: 1000 })) found.add(key);
    same(
      [...found].sort(),
      Array.from({ length: 10 }, (_, digit) => `key:29${digit}`),
    );
    same((await db.keys("key:299?")).length, 10);
  },

  "databases in one program know nothing of each other": async ({ open }) => {
    const all = await Promise.all(Array.from({ length: 4 }, () => open()));
    await Promise.all(all.map((db, index) => db.set("key", index)));
    same(await Promise.all(all.map((db) => db.get("key"))), ["0", "1", "2", "3"]);
    await all[0]!.close();
    same(await all[3]!.get("key"), "3");
    await Promise.all(all.map((db) => db.close()));
  },

  "reports count exactly": async ({ open }) => {
    await using db = await open();
    const before = await db.memory();
    await db.set("large", "x".repeat(200_000));
    const after = await db.memory();
    ok(after.used - before.used >= 200_000 && after.used - before.used < 300_000, `used grew by ${after.used - before.used}`);
    ok(after.reserved >= after.used && after.peak >= after.used, "reserved or peak is below used");
    await db.set("ending", "v", { ex: 100 });
    const { keys, expiring, databases, log } = await db.stats();
    same([keys, expiring, databases[0], log], [2, 1, { keys: 2, expiring: 1 }, undefined]);
  },

  "a closed database refuses everything": async ({ open }) => {
    const db = await open();
    await db.set("k", "v");
    const late = db.execute(["GET", "k"]);
    const closing = db.close();
    await fails("CLOSED", () => db.get("k"));
    await fails("CLOSED", () => db.bytes.get("k"));
    await fails("CLOSED", () => db.set("k", "v"));
    await fails("CLOSED", () => db.execute(["GET", "k"]));
    await fails("CLOSED", () => db.pipeline([["GET", "k"]]));
    await fails("CLOSED", () => db.flush());
    same(await late, "v");
    await closing;
    await db.close();
    await fails("CLOSED", () => db.get("k"));
  },

  "a database that was closed comes back as it was": async ({ open, place }) => {
    const where = { ...place("kept"), durability: "fsync" };
    let digest: string;
    {
      await using db = await open(where);
      await db.mset({ a: "1", "": "empty key", large: "y".repeat(500_000) });
      await db.set("ending", "v", { ex: 1000 });
      await db.execute(["SELECT", 3]);
      await db.execute(["SET", "elsewhere", "z"]);
      await db.flush();
      const log = (await db.stats()).log;
      ok(log !== undefined && log.durable >= log.position && log.bytes > 500_000, `flush left the log at ${JSON.stringify(log)}`);
      digest = await digestOf(db);
      await fails("DIRECTORY_LOCKED", () => open(where));
    }
    await using db = await open(where);
    same(await digestOf(db), digest);
    same([await db.get("a"), await db.get(""), (await db.get("large"))?.length], ["1", "empty key", 500_000]);
    ok((await db.ttl("ending")) > 900, "the expiry is lost");
    same((await db.stats()).databases[3], { keys: 1, expiring: 0 });
  },

  "a key whose time comes while the database is closed is gone": async ({ open, place }) => {
    const where = place("ended");
    const endMs = Date.now() + 30;
    {
      await using db = await open(where);
      await db.set("ending", "v", { pxat: endMs });
      await db.set("staying", "v", { pxat: endMs + 1_000_000 });
    }
    // Opened again and again until the time has come: whatever it is then, there are no other answers.
    for (let isOver = false; !isOver; ) {
      isOver = Date.now() > endMs;
      await using db = await open(where);
      const found = await db.mget("ending", "staying");
      if (isOver) same([found, await db.exists("ending"), await db.ttl("ending")], [[null, "v"], 0, -2]);
      else ok(found[1] === "v" && (found[0] === "v" || found[0] === null), `found ${show(found)}`);
    }
  },

  "every level keeps what an orderly end has left": async ({ open, place }) => {
    for (const durability of ["none", "fsync", "full"]) {
      const where = { ...place(`level-${durability}`), durability };
      for (let turn = 1; turn <= 3; turn++) {
        const db = await open(where);
        same(await db.incr("turns"), turn);
        same(await db.execute(["APPEND", "text", "x"]), turn);
        await db.close();
      }
    }
  },

  "random work gives equal digests before and after a restart": async ({ open, place, seed }) => {
    const where = { ...place("random"), active_expire: false };
    const random = randomInput(seed);
    const stream = new CommandStream(random, { large: false, sweeping: true }, Date.now());
    let digest = "";
    for (let turn = 0; turn < 4; turn++) {
      await using db = await open({ ...where, durability: random.pick(["none", "fsync", "full"]) });
      if (turn > 0) same(await digestOf(db), digest);
      for (let step = 0; step < RANDOM_COMMANDS; step += 20) await db.pipeline(Array.from({ length: 20 }, () => stream.next()));
      const work = db.pipeline(Array.from({ length: RANDOM_COMMANDS }, () => stream.next()));
      if (turn % 2 === 1) await db.compact();
      await work;
      digest = await digestOf(db);
    }
    await using db = await open(where);
    same(await digestOf(db), digest);
  },

  "a command that waits is waited for, though nothing else goes on": async ({ open }) => {
    await using db = await open();
    const replies = Promise.all([db.execute(["DEBUG", "SLEEP", "0.005"]), db.execute(["ECHO", "behind"])]);
    same(await db.set("k", "meanwhile"), true);
    same(await replies, ["OK", "behind"]);
  },

  "a log that has more to write than it should is written at once": async ({ open, place }) => {
    await using db = await open({ ...place("congested"), durability: "none", flush_interval: 60_000, flush_after_bytes: 0 });
    const large = "x".repeat(20_000_000);
    same(await db.execute(["SET", "large", large]), "OK");
    same(await db.execute(["STRLEN", "large"]), large.length);
    const log = (await db.stats()).log;
    ok(log !== undefined && log.written === log.position, `behind a large value the log is at ${JSON.stringify(log)}`);
  },

  "a compaction makes the log short and loses nothing": async ({ open, place }) => {
    const where = place("compacted");
    let digest: string;
    {
      await using db = await open(where);
      for (let round = 0; round < 6; round++)
        await db.mset(Array.from({ length: 100 }, (_, key) => [`key:${key}`, `${round}:${"v".repeat(10_000)}`] as const));
      await db.flush();
      const before = (await db.stats()).log?.bytes ?? 0;
      const compaction = db.compact();
      await db.set("meanwhile", "written");
      await compaction;
      const after = (await db.stats()).log?.bytes ?? 0;
      ok(before > 6_000_000 && after > 1_000_000 && after < 1_100_000, `the log had ${before} bytes and has ${after}`);
      await db.set("afterwards", "written");
      digest = await digestOf(db);
    }
    await using db = await open(where);
    same(await digestOf(db), digest);
    same([await db.get("meanwhile"), await db.get("afterwards"), (await db.get("key:99"))?.slice(0, 4)], ["written", "written", "5:vv"]);
  },
};

/** The engine's digest of all databases. */
export async function digestOf(db: Pick<SuiteDatabase, "execute">): Promise<string> {
  return String(await db.execute(["DEBUG", "DIGEST"]));
}

function ok(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}

function same(actual: unknown, expected: unknown): void {
  const [found, wanted] = [show(actual), show(expected)];
  if (found !== wanted) throw new Error(`expected ${wanted.slice(0, 300)}, found ${found.slice(0, 300)}`);
}

/** A text that is equal for equal values, of equal types. */
function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Uint8Array) return `bytes ${value.join(" ")}`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${key}: ${show(entry)}`)
      .join(", ")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** Requires of a call that it throws, or rejects with, an error of a code. */
async function fails(code: string, call: () => unknown): Promise<void> {
  let outcome: unknown;
  try {
    outcome = await call();
  } catch (error) {
    const found = error as { name?: unknown; code?: unknown; message?: unknown };
    same([found.name, found.code], ["DatabaseError", code]);
    ok(typeof found.message === "string" && found.message.length > 0, `the error ${code} says nothing`);
    return;
  }
  throw new Error(`expected the error ${code}, but the call answered ${show(outcome).slice(0, 300)}`);
}
