/**
 * Goal: full memory is an ordinary answer. Whatever a client does when the engine may not grow any more, or has reached
 * maxmemory, it gets exactly one reply, OOM where memory is missing; nothing traps, nothing is half done, reads and deletes
 * work, and deletes make writes work again.
 * Method: SETTING_MAX_PAGES is what an empty engine has, and ballast takes most of it, so that little is left to fill with
 * values of one size after the other; then every write command, reads and deletes. The debug build checks its invariants.
 */
import { describe, expect, it } from "vitest";
import { CONTROL_INPUT_CAPACITY } from "../../../assembly/abi/layout.ts";
import { EXECUTE_CLOSE, SETTING_EFFECTS, SETTING_MAX_MEMORY, SETTING_MAX_PAGES } from "../../../assembly/abi/status.ts";
import { BUILDS, bulk, engineBuilt, request, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { payload, rdbCompressed } from "../../support/rdb-payload.ts";
import { randomInput } from "../assembly/bytes/random-input.ts";
import { CommandStream } from "./commands.ts";
import { errorReply } from "./model.ts";
import { splitReplies } from "./reply.ts";

const HOST_REFUSES = errorReply("OUT_OF_MEMORY_HOST");
const MAX_MEMORY = errorReply("OUT_OF_MEMORY");
const BALLAST = "b".repeat(1 << 18);
/** How many of the ballast's values of 256 KiB are deleted again: the room that a test fills. */
const SPARE_VALUES = 28;

/** An engine that may not grow and has a few MiB left, with what `commands` have stored before. The ballast lies in database 15. */
function limited(
  build: "debug" | "release",
  effects: boolean,
  commands: readonly (readonly string[])[] = [],
): { readonly engine: TestEngine; readonly session: number } {
  const engine = new TestEngine(build);
  if (effects) engine.configure(SETTING_EFFECTS, 1);
  const session = engine.open();
  for (const args of commands) engine.command(session, args);
  engine.configure(SETTING_MAX_PAGES, engine.pages);
  engine.command(session, ["SELECT", "15"]);
  let count = 0;
  while (engine.command(session, ["SET", `ballast:${count}`, BALLAST]) === "+OK\r\n") {
    engine.takeEffects();
    count++;
  }
  if (count <= SPARE_VALUES) throw new Error("an empty engine has little memory");
  for (let index = 0; index < SPARE_VALUES; index++) engine.command(session, ["DEL", `ballast:${--count}`]);
  engine.takeEffects();
  engine.command(session, ["SELECT", "0"]);
  return { engine, session };
}

/** Stores values until the engine refuses; the number of keys. */
function fill(engine: TestEngine, session: number, length: number, refusal: string, prefix = "fill"): number {
  const value = "v".repeat(length);
  for (let index = 0; index < 1_000_000; index++) {
    const reply = engine.command(session, ["SET", `${prefix}:${index}`, value]);
    engine.takeEffects();
    if (reply !== "+OK\r\n") {
      expect(reply).toBe(refusal);
      return index;
    }
  }
  throw new Error("memory is never full");
}

/** Write commands on a key that exists (`fill:0`) and one that does not, that all need memory. */
const NEEDY: readonly (readonly string[])[] = [
  ["SET", "new", "x"],
  ["SET", "fill:0", "x", "GET", "PX", "100000"],
  ["SETNX", "new", "x"],
  ["SETEX", "new", "10", "x"],
  ["PSETEX", "new", "10", "x"],
  ["GETSET", "fill:0", "x"],
  ["MSET", "new", "x", "newer", "y"],
  ["MSETNX", "new", "x", "newer", "y"],
  ["APPEND", "fill:0", "x"],
  ["SETRANGE", "new", "10", "x"],
  ["INCR", "counter"],
  ["DECRBY", "counter", "3"],
  ["INCRBYFLOAT", "counter", "1.5"],
  ["COPY", "fill:0", "new"],
];

describe.skipIf(!engineBuilt)("memory that may not grow", () => {
  for (const effects of [false, true]) {
    for (const length of [3, 400, 3000, 100_000, 300_000]) {
      it(`values of ${length} bytes, effects ${effects ? "on" : "off"}: refuses writes, reads, deletes, writes again`, () => {
        const { engine, session } = limited("debug", effects);
        const count = fill(engine, session, length, HOST_REFUSES);
        expect(count).toBeGreaterThan(5);
        const others = length > 16_000 ? fill(engine, session, 400, HOST_REFUSES, "other") : 0;
        engine.check();
        for (const args of NEEDY) expect([args, engine.command(session, args)]).toEqual([args, HOST_REFUSES]);
        expect(engine.command(session, ["DBSIZE"])).toBe(`:${count + others}\r\n`);
        expect(engine.command(session, ["GET", `fill:${count - 1}`])).toBe(bulk("v".repeat(length)));
        for (let index = 0; index < (length > 16_000 ? count : count >> 1); index++) {
          expect(engine.command(session, ["DEL", `fill:${index}`])).toBe(":1\r\n");
          engine.takeEffects();
        }
        engine.settle();
        engine.takeEffects();
        engine.check();
        expect(engine.command(session, ["SET", "new", "v".repeat(length)])).toBe("+OK\r\n");
        expect(engine.command(session, ["GET", "new"])).toBe(bulk("v".repeat(length)));
      });
    }
  }

  it("commands that give memory back are never refused", () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["DEL", "fill:1"], ":1\r\n"],
      [["UNLINK", "fill:2"], ":1\r\n"],
      [["GETDEL", "fill:3"], bulk("v".repeat(400))],
      [["PERSIST", "fill:4"], ":0\r\n"],
      [["EXPIRE", "fill:4", "-1"], ":1\r\n"],
      [["SWAPDB", "0", "1"], "+OK\r\n"],
      [["SWAPDB", "0", "1"], "+OK\r\n"],
      [["FLUSHDB"], "+OK\r\n"],
    ];
    for (const effects of [false, true]) {
      const { engine, session } = limited("debug", effects);
      fill(engine, session, 400, HOST_REFUSES);
      for (const [args, expected] of cases) {
        expect([args, engine.command(session, args)]).toEqual([args, expected]);
        engine.takeEffects();
      }
      engine.settle();
      engine.check();
      expect(engine.command(session, ["SET", "a", "b"])).toBe("+OK\r\n");
    }
  });

  it("keys that expire make room, however many are due at once", () => {
    for (const effects of [false, true]) {
      const { engine, session } = limited("debug", effects);
      let count = 0;
      while (engine.command(session, ["SET", `expiring:${count}${"x".repeat(100)}`, "v", "PX", "1000"]) === "+OK\r\n") {
        engine.takeEffects();
        count++;
      }
      let deleted = 0;
      for (let more = true; more; ) {
        more = engine.maintain(START_MS + 2000, 1_000_000);
        deleted += engine.takeEffects().split("DEL\r\n").length - 1;
      }
      expect(engine.command(session, ["DBSIZE"], START_MS + 2000)).toBe(":0\r\n");
      if (effects) expect(deleted).toBe(count);
      engine.check();
      expect(engine.command(session, ["SET", "a", "b"], START_MS + 2000)).toBe("+OK\r\n");
    }
  });

  it("MSET stores all pairs or none", () => {
    for (const length of [10, 447, 30_000, 262_145]) {
      const { engine, session } = limited("debug", false);
      const pairs = Math.max(2, Math.floor(2_000_000 / (length + 50)));
      for (let round = 0; ; round++) {
        const args = Array.from({ length: pairs }, (_, index) => [`pair:${round}:${index}`, "v".repeat(length)]).flat();
        const reply = engine.command(session, ["MSET", ...args]);
        if (reply === "+OK\r\n") continue;
        expect(reply).toBe(HOST_REFUSES);
        expect(engine.command(session, ["DBSIZE"])).toBe(`:${round * pairs}\r\n`);
        break;
      }
      engine.check();
    }
  });

  it("a command that replies the old value and stores a new one gives one reply at every limit", () => {
    const old = "o".repeat(1 << 20);
    const fresh = "n".repeat(300_000);
    const commands: readonly (readonly [readonly string[], number])[] = [
      [["SET", "key", fresh, "GET"], fresh.length],
      [["GETSET", "key", fresh], fresh.length],
      [["GETDEL", "key"], 0],
      [["APPEND", "key", fresh], old.length + fresh.length],
    ];
    const seen = new Set<string>();
    for (const [command, changed] of commands) {
      const { engine, session } = limited("release", false);
      expect(engine.command(session, ["SET", "key", old])).toBe("+OK\r\n");
      for (let count = fill(engine, session, 262_100, HOST_REFUSES), index = 0; index <= count; index++) {
        engine.call("reply_clear");
        const { reply } = engine.send(session, request(command));
        expect([command[0], index, splitReplies(reply).length]).toEqual([command[0], index, 1]);
        const refused = reply === HOST_REFUSES;
        seen.add(`${command[0]} ${refused}`);
        const expected = refused ? old.length : changed;
        expect([command[0], index, engine.command(session, ["STRLEN", "key"])]).toEqual([command[0], index, `:${expected}\r\n`]);
        if (!refused) break;
        if (index < count) engine.command(session, ["DEL", `fill:${index}`]);
        else engine.command(session, ["FLUSHALL"]);
        engine.settle();
        if (index === count) expect(engine.command(session, ["SET", "key", old])).toBe("+OK\r\n");
      }
    }
    expect([...seen].sort()).toEqual(expect.arrayContaining(["APPEND true", "GETSET true", "SET false", "SET true", "GETDEL false"]));
  });

  it.each(["", "c:"])("a change of the document %sdoc is done whole or not at all, at every limit", (prefix) => {
    const doc = `${prefix}doc`;
    const items = Array.from({ length: 40_000 }, (_, index) => index).join();
    const commands: readonly (readonly string[])[] = [
      ["JSON.SET", doc, "$.b", `[${items}]`],
      ["JSON.SET", "other", "$", `[${items}]`],
      ["JSON.ARRAPPEND", doc, "$.a", `[${items}]`],
      ["JSON.MERGE", doc, "$", `{"c":[${items}]}`],
      ["JSON.NUMINCRBY", doc, "$.a[*]", "1"],
      ["JSON.ARRPOP", doc, "$.a", "5"],
      ["JSON.STRAPPEND", doc, "$.s", JSON.stringify("y".repeat(200_000))],
      ["JSON.MSET", doc, "$.b", "1", "other", "$", `[${items}]`],
    ];
    const seen = new Set<string>();
    for (const effects of [false, true]) {
      for (const command of commands) {
        const { engine, session } = limited("debug", effects);
        // Forty documents make a collection with shapes, so that `c:doc` is a record.
        for (let index = 0; index < 40; index++) engine.command(session, ["JSON.SET", `c:${index}`, "$", '{"a":[],"s":"x"}']);
        expect(engine.command(session, ["JSON.SET", doc, "$", `{"a":[${items}],"s":"x"}`])).toBe("+OK\r\n");
        engine.takeEffects();
        for (let count = fill(engine, session, 100_000, HOST_REFUSES), index = 0; index <= count; index++) {
          const before = engine.digest();
          const { reply } = engine.send(session, request(command));
          expect([command[0], index, splitReplies(reply).length]).toEqual([command[0], index, 1]);
          const refused = reply === HOST_REFUSES;
          expect([command[0], index, refused || !reply.startsWith("-")]).toEqual([command[0], index, true]);
          seen.add(`${command[0]} ${refused}`);
          expect([command[0], index, refused, engine.digest() === before]).toEqual([command[0], index, refused, refused]);
          if (effects) expect([command[0], index, engine.takeEffects() === ""]).toEqual([command[0], index, refused]);
          if (!refused) break;
          if (index < count) engine.command(session, ["DEL", `fill:${index}`]);
          engine.settle();
          engine.takeEffects();
        }
        engine.check();
      }
    }
    // What the last of the fill leaves is enough for a document that gets smaller.
    const wanted = commands.flatMap(([name]) => (name === "JSON.ARRPOP" ? [`${name} false`] : [`${name} false`, `${name} true`]));
    expect([...seen]).toEqual(expect.arrayContaining(wanted));
  });

  it("sessions with unfinished input take what there is, and no more", () => {
    const { engine, session } = limited("debug", true);
    engine.command(session, ["SET", "key", "value"]);
    engine.takeEffects();
    const piece = `*2\r\n$4\r\nECHO\r\n$200000\r\n${"x".repeat(60_000)}`;
    const open: number[] = [];
    for (let index = 0; index < 2000; index++) {
      const handle = engine.open();
      if (handle === 0) break;
      open.push(handle);
      const { status, reply } = engine.run(handle, piece);
      if (status === EXECUTE_CLOSE) {
        expect(reply).toBe(HOST_REFUSES);
        break;
      }
    }
    expect(open.length).toBeLessThan(2000);
    engine.check();
    expect(engine.command(session, ["GET", "key"])).toBe(bulk("value"));
    expect(engine.command(session, ["DEL", "key"])).toBe(":1\r\n");
    expect(engine.takeEffects()).toContain("$3\r\ndel\r\n$3\r\nkey\r\n");
    for (const handle of open) engine.close(handle);
    engine.check();
    expect(engine.command(session, ["SET", "key", "value"])).toBe("+OK\r\n");
  });

  for (const build of BUILDS) {
    it(`random commands at the limit get one reply each, and content stays whole (${build}, seed ${TEST_SEED})`, () => {
      for (const spare of [65, 70, 100, 140, 200]) {
        const engine = new TestEngine(build);
        engine.configure(SETTING_EFFECTS, 1);
        const session = engine.open();
        engine.configure(SETTING_MAX_PAGES, engine.pages + spare - 40);
        fill(engine, session, 20_000, HOST_REFUSES);
        const random = randomInput(TEST_SEED + spare);
        const stream = new CommandStream(random, { large: true, sweeping: false }, START_MS);
        let refused = 0;
        for (let step = 0; step < 1500 * TEST_LENGTH; step++) {
          if (step % 60 === 59) engine.command(session, ["DEL", `fill:${random.below(400)}`]);
          const nowMs = START_MS + step * 10;
          const reply = engine.command(session, stream.next(), nowMs);
          expect(splitReplies(reply).length).toBe(1);
          if (reply === HOST_REFUSES) refused++;
          if (step % 7 === 0) engine.maintain(nowMs, 20);
          if (step % 20 === 0) engine.check();
          engine.takeEffects();
        }
        expect(refused).toBeGreaterThan(20);
        engine.check();
      }
    });
  }
});

describe.skipIf(!engineBuilt)("maxmemory", () => {
  it("refuses commands that need memory above the limit, and no others", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const used = engine.memoryByPurpose().reduce((sum, bytes) => sum + bytes, 0);
    engine.configure(SETTING_MAX_MEMORY, used + 1_000_000);
    const count = fill(engine, session, 400, MAX_MEMORY);
    expect(count).toBeGreaterThan(1000);
    for (const args of NEEDY) expect([args, engine.command(session, args)]).toEqual([args, MAX_MEMORY]);
    for (const args of [
      ["RENAME", "fill:1", "renamed"],
      ["EXPIRE", "renamed", "100"],
      ["MOVE", "fill:2", "3"],
      ["GET", "fill:3"],
    ]) {
      expect([args, engine.command(session, args).startsWith("-")]).toEqual([args, false]);
    }
    for (let index = 5; index < 25; index++) expect(engine.command(session, ["DEL", `fill:${index}`])).toBe(":1\r\n");
    expect(engine.command(session, ["SET", "new", "x"])).toBe("+OK\r\n");
    engine.configure(SETTING_MAX_MEMORY, 0);
    for (let index = 0; index < 5000; index++) expect(engine.command(session, ["SET", `more:${index}`, "x".repeat(400)])).toBe("+OK\r\n");
  });

  it("a request larger than the input area is refused as one, and the connection goes on", () => {
    const { engine, session } = limited("debug", false);
    const value = "v".repeat(20 << 20);
    expect(value.length).toBeGreaterThan(engine.control(CONTROL_INPUT_CAPACITY));
    const first = engine.send(session, request(["SET", "big", value]));
    expect(first.reply).toBe(HOST_REFUSES);
    if (first.status === EXECUTE_CLOSE) {
      engine.close(session);
      const next = engine.open();
      expect(engine.command(next, ["PING"])).toBe("+PONG\r\n");
    } else expect(engine.command(session, ["PING"])).toBe("+PONG\r\n");
  });

  it("a field that cannot be logged does not keep others, nor other keys, from going when their time has come", () => {
    const huge = "h".repeat(6_000_000);
    const { engine, session } = limited("debug", false, [
      ["HSET", "h", huge, "1", "small", "1", "stays", "1"],
      ["HPEXPIREAT", "h", String(START_MS + 5), "FIELDS", "1", huge],
      ["HPEXPIREAT", "h", String(START_MS + 10), "FIELDS", "1", "small"],
    ]);
    const run = (args: readonly string[], nowMs?: number): string => {
      const reply = engine.command(session, args, nowMs);
      engine.takeEffects();
      return reply;
    };
    engine.configure(SETTING_EFFECTS, 1);
    for (let index = 0; index < 20; index++) run(["SET", `k${index}`, "x", "PXAT", String(START_MS + 10)]);
    for (const length of [100_000, 3000, 100]) fill(engine, session, length, HOST_REFUSES, `of ${length}`);
    const later = START_MS + 100;
    for (let round = 0; round < 50; round++) {
      engine.maintain(later);
      engine.takeEffects();
    }
    expect(run(["HLEN", "h"], later)).toBe(":2\r\n");
    const keys = Number(run(["DBSIZE"], later).slice(1));
    run(["SELECT", "15"], later);
    run(["FLUSHDB"], later);
    run(["SELECT", "0"], later);
    expect(engine.command(session, ["KEYS", "k*"], later)).toBe("*0\r\n");
    expect(keys).toBe(Number(run(["DBSIZE"], later).slice(1)));
    for (let round = 0; round < 50; round++) {
      engine.maintain(later);
      engine.takeEffects();
    }
    expect(run(["HLEN", "h"], later)).toBe(":1\r\n");
    engine.check();
  });

  it("RESTORE does not unpack beyond maxmemory, and DEBUG POPULATE stops there", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const used = (): number => engine.memoryByPurpose().reduce((sum, bytes) => sum + bytes, 0);
    // A letter, and runs of 264 that repeat it.
    const length = 1 + 264 * 4000;
    const packed = payload(`\x00${rdbCompressed(`\x00a${"\xe0\xff\x00".repeat(4000)}`, length)}`);
    engine.configure(SETTING_MAX_MEMORY, used() + 200_000);
    expect(engine.command(session, ["RESTORE", "k", "0", packed])).toBe(MAX_MEMORY);
    expect(engine.command(session, ["EXISTS", "k"])).toBe(":0\r\n");
    expect(engine.command(session, ["DEBUG", "POPULATE", "100000", "k", "1000"])).toBe(MAX_MEMORY);
    const made = Number(engine.command(session, ["DBSIZE"]).slice(1));
    expect(made).toBeGreaterThan(50);
    expect(made).toBeLessThan(300);
    engine.configure(SETTING_MAX_MEMORY, 0);
    expect(engine.command(session, ["RESTORE", "k", "0", packed])).toBe("+OK\r\n");
    expect(engine.command(session, ["STRLEN", "k"])).toBe(`:${length}\r\n`);
    engine.check();
  });
});
