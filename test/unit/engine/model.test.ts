/**
 * Goal: random data commands do what a plain model of the keyspace does, reply for reply, under a clock that the test turns;
 * no structure is ever broken, and when everything has been deleted every byte has come back.
 * Method: one stream of commands over few keys against model.ts. The debug build checks its invariants after each command.
 * From time to time the whole content is compared: KEYS, SCAN, DBSIZE, values and expiries.
 */
import { describe, expect, it } from "vitest";
import { COMMAND_GET, COMMAND_SET } from "../../../assembly/abi/commands.ts";
import {
  CONTROL_CALLS_POINTER,
  CONTROL_COMMANDS,
  CONTROL_LAZY_FREED,
  DATABASE_COUNT,
  SESSION_NO_TOUCH,
} from "../../../assembly/abi/layout.ts";
import { SETTING_MAX_MEMORY } from "../../../assembly/abi/status.ts";
import { BUILDS, bulk, engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { CommandStream } from "./commands.ts";
import { KeyspaceModel } from "./model.ts";
import { arrayOf, scanAll } from "./reply.ts";

const STEPS = { debug: 30_000, release: 60_000 };

/** Long arguments shortened, for messages. */
const show = (args: readonly string[]): string =>
  args.map((each) => JSON.stringify(each.slice(0, 40)) + (each.length > 40 ? each.length : "")).join(" ");

/** Whether the model may add eighths to the value: it is no number, or a short one. */
function modelAddsExactly(model: KeyspaceModel, key: string): boolean {
  const value = model.databases[model.selected]!.get(key)?.value ?? "0";
  if (/^-?\d+(\.\d+)?$/.test(value)) return value.length < 12 && Number.isInteger(Number(value) * 8);
  return !value.includes(".") && !/^-?\d+$/.test(value.replaceAll("\0", ""));
}

function nextCommand(stream: CommandStream, model: KeyspaceModel): string[] {
  const args = stream.next();
  if (args[0] !== "INCRBYFLOAT" || modelAddsExactly(model, args[1]!)) return args;
  return ["GET", args[1]!];
}

/** Compares everything that is stored. Expired keys must be gone: the caller has called `settle`. */
function compareContent(engine: TestEngine, session: number, model: KeyspaceModel, nowMs: number): void {
  for (let index = 0; index < 3; index++) {
    engine.command(session, ["SELECT", String(index)]);
    const keys = model.keys(index, nowMs).sort();
    expect(arrayOf(engine.command(session, ["KEYS", "*"], nowMs)).sort()).toEqual(keys);
    expect([...new Set(scanAll(engine, session, nowMs))].sort()).toEqual(keys);
    expect(engine.command(session, ["DBSIZE"], nowMs)).toBe(`:${keys.length}\r\n`);
    const items = keys.map((key) => model.databases[index]!.get(key)!);
    expect(engine.database(index)).toEqual({ keys: keys.length, expiring: items.filter((item) => item.expiry > 0).length });
    for (const [position, key] of keys.entries()) {
      const item = items[position]!;
      expect(engine.command(session, ["GET", key], nowMs)).toBe(bulk(item.value));
      expect(engine.command(session, ["PEXPIRETIME", key], nowMs)).toBe(`:${item.expiry || -1}\r\n`);
    }
    if (keys.length === 0) expect(engine.command(session, ["RANDOMKEY"], nowMs)).toBe("$-1\r\n");
    else expect(keys.map(bulk)).toContain(engine.command(session, ["RANDOMKEY"], nowMs));
  }
  engine.command(session, ["SELECT", String(model.selected)]);
}

/** Runs the stream; returns the time at its end. */
function runStream(engine: TestEngine, session: number, random: RandomInput, steps: number, checked: boolean): number {
  const stream = new CommandStream(random, { large: true, sweeping: true }, START_MS);
  const model = new KeyspaceModel();
  let nowMs = START_MS;
  for (let step = 0; step < steps; step++) {
    nowMs += random.below(random.below(50) === 0 ? 3000 : 12);
    const args = nextCommand(stream, model);
    const expected = model.call(args, nowMs);
    const reply = engine.command(session, args, nowMs);
    if (reply !== expected) throw new Error(`step ${step}: ${show(args)} answered ${show([reply])}, expected ${show([expected])}`);
    if (random.below(20) === 0) engine.maintain(nowMs, 1 + random.below(40), random.below(2) === 0);
    if (checked) engine.check();
    if (step % 500 === 499) {
      engine.settle(nowMs);
      compareContent(engine, session, model, nowMs);
    }
  }
  return nowMs;
}

describe.skipIf(!engineBuilt)("the keyspace against its model", () => {
  for (const build of BUILDS) {
    it(`${build} build: replies, content and memory (seed ${TEST_SEED})`, () => {
      const engine = new TestEngine(build);
      const before = engine.memoryByPurpose();
      const session = engine.open();
      const nowMs = runStream(engine, session, randomInput(TEST_SEED), STEPS[build] * TEST_LENGTH, build === "debug");
      for (let index = 0; index < DATABASE_COUNT; index++) {
        engine.command(session, ["SELECT", String(index)], nowMs);
        for (const key of arrayOf(engine.command(session, ["KEYS", "*"], nowMs))) engine.command(session, ["DEL", key], nowMs);
      }
      engine.settle(nowMs);
      engine.finish(session);
      expect(engine.memoryByPurpose()).toEqual(before);
      engine.check();
    });
  }

  it("a client that does not touch keys leaves their access times, unless it sends TOUCH", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    engine.set(session, SESSION_NO_TOUCH, 1);
    engine.command(session, ["SET", "k", "v"]);
    const later = START_MS + 5000;
    expect(engine.command(session, ["GET", "k"], later)).toBe("$1\r\nv\r\n");
    expect(engine.command(session, ["OBJECT", "IDLETIME", "k"], later)).toBe(":5\r\n");
    expect(engine.command(session, ["TOUCH", "k", "nokey"], later)).toBe(":1\r\n");
    expect(engine.command(session, ["OBJECT", "IDLETIME", "k"], later)).toBe(":0\r\n");
    expect(engine.command(session, ["GET", "k"], later + 3000)).toBe("$1\r\nv\r\n");
    expect(engine.command(session, ["OBJECT", "IDLETIME", "k"], later + 3000)).toBe(":3\r\n");
  });

  it("what memory refuses is not called, and not taken back as a call", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const calls = (id: number): number =>
      new DataView(engine.memory.buffer).getFloat64(engine.control(CONTROL_CALLS_POINTER) + id * 8, true);
    engine.command(session, ["GET", "k"]);
    engine.configure(SETTING_MAX_MEMORY, 1);
    expect(engine.command(session, ["SET", "k", "v"])).toMatch(/^-OOM /);
    engine.call("wait_uncount");
    expect([calls(COMMAND_GET), calls(COMMAND_SET), engine.statistic(CONTROL_COMMANDS)]).toEqual([1, 0, 1]);
    engine.configure(SETTING_MAX_MEMORY, 0);
    engine.command(session, ["SET", "k", "v"]);
    engine.call("wait_uncount");
    engine.call("wait_uncount");
    expect([calls(COMMAND_GET), calls(COMMAND_SET), engine.statistic(CONTROL_COMMANDS)]).toEqual([1, 0, 1]);
  });

  it("values that are freed in steps are counted, those that wait and those that have gone", () => {
    const engine = new TestEngine("release");
    const session = engine.open();
    const members = Array.from({ length: 5000 }, (_, index) => `m${index}`);
    for (const key of ["one", "two"]) engine.command(session, ["SADD", key, ...members]);
    for (const name of members) engine.command(session, ["SET", name, "v"]);
    expect(engine.statistic(CONTROL_LAZY_FREED)).toBe(0);
    engine.command(session, ["UNLINK", "one", "m0", "m1"]);
    expect([engine.statistic(CONTROL_LAZY_FREED), engine.call("lingering")]).toEqual([1, 1]);
    engine.settle();
    expect(engine.call("lingering")).toBe(0);
    engine.command(session, ["FLUSHALL"]);
    expect(engine.call("lingering")).toBe(members.length - 1);
    engine.settle();
    expect([engine.call("lingering"), engine.statistic(CONTROL_LAZY_FREED)]).toEqual([0, members.length]);
    engine.call("statistics_reset");
    expect(engine.statistic(CONTROL_LAZY_FREED)).toBe(0);
  });

  it("a growing and shrinking table keeps its invariants and gives all memory back", () => {
    const engine = new TestEngine("debug");
    const before = engine.memoryByPurpose();
    const session = engine.open();
    const keys = Array.from({ length: 12_000 }, (_, index) => `key:${index}`);
    for (let from = 0; from < keys.length; from += 500) {
      engine.command(session, ["MSET", ...keys.slice(from, from + 500).flatMap((key) => [key, "value"])]);
      engine.check();
    }
    expect(engine.command(session, ["DBSIZE"])).toBe(":12000\r\n");
    expect(new Set(scanAll(engine, session, START_MS)).size).toBe(12_000);
    for (let from = 0; from < keys.length; from += 500) {
      engine.command(session, ["DEL", ...keys.slice(from, from + 500)]);
      engine.maintain(START_MS, 2000);
      engine.check();
    }
    engine.settle();
    engine.finish(session);
    expect(engine.memoryByPurpose()).toEqual(before);
  });
});
