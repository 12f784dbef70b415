/**
 * Goal: fields of a hash whose time is over, before the sweep has taken them out, are what they are in Redis 7.4: HLEN counts them and HDEL finds them, a
 * hash of them alone is a key; nothing else answers them. Who asks for one takes it out, HRANDFIELD all of them, and the log and listeners are told; but not
 * in a transaction, which sees them as they were. Drawing does not walk the hash.
 * Method: no sweep but where a test asks for one. A draw that walked 200,000 fields would take minutes for as many draws.
 */
import { describe, expect, it } from "vitest";
import { CONTROL_EXPIRED_FIELDS, CONTROL_NOTIFICATIONS } from "../../../assembly/abi/layout.ts";
import {
  EVENT_DEL,
  EVENT_HDEL,
  EVENT_HEXPIRED,
  EVENT_HINCRBYFLOAT,
  EVENT_HSET,
  NOTIFICATION_KEY,
  NOTIFICATION_LENGTH,
  NOTIFY_ALL,
} from "../../../assembly/abi/notification.ts";
import { SETTING_EFFECTS, SETTING_LAZY_EXPIRY, SETTING_NOTIFY } from "../../../assembly/abi/status.ts";
import { COMMIT_DONE } from "../../../assembly/abi/transaction.ts";
import { bulk, engineBuilt, START_MS, TestEngine } from "../../support/engine.ts";
import { splitReplies } from "./reply.ts";

const LATER = START_MS + 100;

/** An engine with a hash `h` of fields f0, f1 ..., of which the first `over` are over at LATER. */
function hashOf(fields: number, over: number): { engine: TestEngine; run: (...args: string[]) => string } {
  const engine = new TestEngine(fields > 1000 ? "release" : "debug");
  const session = engine.open();
  const names = Array.from({ length: fields }, (_, index) => `f${index}`);
  engine.command(session, ["HSET", "h", ...names.flatMap((name) => [name, "1"])]);
  const ended = names.slice(0, over);
  if (over > 0) engine.command(session, ["HPEXPIREAT", "h", String(START_MS + 10), "FIELDS", String(over), ...ended]);
  return { engine, run: (...args) => engine.command(session, args, LATER) };
}

/** The EVENT_* numbers that were noted since the last call. */
function eventsOf(engine: TestEngine): readonly number[] {
  const address = engine.control(CONTROL_NOTIFICATIONS);
  const start = engine.word(address);
  const events: number[] = [];
  for (let at = start; at < start + engine.word(address + 4); ) {
    events.push(engine.word(at) & 0xffff);
    at += NOTIFICATION_KEY + ((engine.word(at + NOTIFICATION_LENGTH) + 3) & ~3);
  }
  engine.call("notifications_clear");
  return events;
}

/** The numbers of the fields in an array of them. */
const numbersIn = (reply: string): number[] =>
  splitReplies(reply.slice(reply.indexOf("\n") + 1)).map((each) => Number(/f(\d+)/.exec(each)?.[1]));

describe.skipIf(!engineBuilt)("fields that are over", () => {
  it("count until they are taken out", () => {
    const { engine, run } = hashOf(5, 5);
    expect(run("HLEN", "h")).toBe(":5\r\n");
    expect(run("EXISTS", "h")).toBe(":1\r\n");
    expect(run("TYPE", "h")).toBe("+hash\r\n");
    expect(run("HGETALL", "h")).toBe("*0\r\n");
    expect(run("HSCAN", "h", "0")).toBe("*2\r\n$1\r\n0\r\n*0\r\n");
    expect(run("HPTTL", "h", "FIELDS", "1", "f0")).toBe("*1\r\n:-2\r\n");
    expect(run("HLEN", "h")).toBe(":5\r\n");
    expect(run("HDEL", "h", "f0", "nosuch")).toBe(":1\r\n");
    expect(run("HSET", "h", "f1", "new")).toBe(":0\r\n");
    expect(run("HINCRBY", "h", "f2", "5")).toBe(":5\r\n");
    expect(run("HLEN", "h")).toBe(":4\r\n");
    expect(run("HDEL", "h", "f1", "f2")).toBe(":2\r\n");
    expect(run("HLEN", "h")).toBe(":2\r\n");
    while (engine.maintain(LATER));
    expect(run("EXISTS", "h")).toBe(":0\r\n");
    engine.check();
  });

  it("are taken out by who asks for them, and the last one with the key", () => {
    const { engine, run } = hashOf(6, 5);
    engine.configure(SETTING_NOTIFY, NOTIFY_ALL);
    const twin = hashOf(6, 5);
    engine.configure(SETTING_EFFECTS, 1);
    const removed = (): number => engine.statistic(CONTROL_EXPIRED_FIELDS);
    expect(run("HGET", "h", "f0")).toBe("$-1\r\n");
    expect([run("HLEN", "h"), removed(), eventsOf(engine)]).toEqual([":5\r\n", 1, [EVENT_HEXPIRED]]);
    expect(run("HMGET", "h", "f5", "f1", "nosuch", "f2")).toBe(`*4\r\n${bulk("1")}$-1\r\n$-1\r\n$-1\r\n`);
    expect([run("HLEN", "h"), removed(), eventsOf(engine)]).toEqual([":3\r\n", 3, [EVENT_HEXPIRED]]);
    expect(run("HINCRBYFLOAT", "h", "f3", "2.5")).toBe(bulk("2.5"));
    expect([run("HLEN", "h"), removed(), eventsOf(engine)]).toEqual([":3\r\n", 4, [EVENT_HEXPIRED, EVENT_HINCRBYFLOAT]]);
    expect(run("HDEL", "h", "f3", "f5")).toBe(":2\r\n");
    expect(run("HSETNX", "h", "f4", "new")).toBe(":1\r\n");
    // The key has gone with its last field, and is there anew.
    expect([removed(), eventsOf(engine)]).toEqual([5, [EVENT_HDEL, EVENT_HEXPIRED, EVENT_DEL, EVENT_HSET]]);
    run("HPEXPIREAT", "h", String(LATER - 1), "FIELDS", "1", "f4");
    run("HSET", "g", "a", "1", "b", "2");
    run("HPEXPIREAT", "g", String(LATER + 1), "FIELDS", "2", "a", "b");
    const atEnd = (...args: string[]): string => engine.command(engine.open(), args, LATER + 2);
    expect([atEnd("HEXISTS", "g", "a"), atEnd("EXISTS", "g"), atEnd("HSTRLEN", "g", "b"), atEnd("EXISTS", "g")]).toEqual([
      ":0\r\n",
      ":1\r\n",
      ":0\r\n",
      ":0\r\n",
    ]);
    expect(twin.engine.replay(engine.takeEffects())).toBe(0);
    expect(twin.engine.digest()).toBe(engine.digest());
    engine.check();
  });

  it("are taken out before HRANDFIELD draws, and the key when nothing is left", () => {
    const { engine, run } = hashOf(5, 3);
    expect(run("HRANDFIELD", "h", "0")).toBe("*0\r\n");
    expect([run("HLEN", "h"), engine.statistic(CONTROL_EXPIRED_FIELDS)]).toEqual([":2\r\n", 3]);
    const over = hashOf(5, 5);
    expect(over.run("HRANDFIELD", "h")).toBe("$-1\r\n");
    expect([over.run("EXISTS", "h"), over.engine.statistic(CONTROL_EXPIRED_FIELDS)]).toEqual([":0\r\n", 5]);
    const wanted = hashOf(5, 5);
    expect(wanted.run("HRANDFIELD", "h", "-3")).toBe("*0\r\n");
    expect(wanted.run("EXISTS", "h")).toBe(":0\r\n");
    for (const each of [engine, over.engine, wanted.engine]) each.check();
  });

  it("stay as they were in transactions, and where expiry is off", () => {
    const { engine, run } = hashOf(4, 2);
    const other = engine.open();
    const inside = (...args: string[]): string => engine.command(other, args, LATER);
    expect(engine.call("transaction_begin", other, 1, LATER)).toBe(0);
    expect([inside("HGET", "h", "f0"), inside("HRANDFIELD", "h", "9").slice(0, 4)]).toEqual(["$-1\r\n", "*2\r\n"]);
    expect([inside("HLEN", "h"), run("HLEN", "h")]).toEqual([":4\r\n", ":4\r\n"]);
    // Who is in none takes it out; the transaction sees the hash as it was.
    expect([run("HGET", "h", "f1"), run("HLEN", "h"), inside("HLEN", "h")]).toEqual(["$-1\r\n", ":3\r\n", ":4\r\n"]);
    expect(engine.call("transaction_commit", other, LATER)).toBe(COMMIT_DONE);
    engine.configure(SETTING_LAZY_EXPIRY, 0);
    expect([run("HGET", "h", "f0"), run("HLEN", "h")]).toEqual([bulk("1"), ":3\r\n"]);
    engine.configure(SETTING_LAZY_EXPIRY, 1);
    expect([run("HGET", "h", "f0"), run("HLEN", "h")]).toEqual(["$-1\r\n", ":2\r\n"]);
    engine.check();
  });

  it("go by a DUMP and back", () => {
    const { engine, run } = hashOf(3, 2);
    const dumped = run("DUMP", "h");
    const payload = dumped.slice(dumped.indexOf("\n") + 1, -2);
    expect(run("RESTORE", "copy", "0", payload)).toBe("+OK\r\n");
    expect(run("HLEN", "copy")).toBe(":3\r\n");
    expect(run("HGETALL", "copy")).toBe(`*2\r\n${bulk("f2")}${bulk("1")}`);
    engine.check();
  });

  for (const [fields, over] of [
    [100, 20],
    [100, 80],
    [100, 99],
  ] as const) {
    it(`are not drawn: ${over} of ${fields}`, () => {
      const { run } = hashOf(fields, over);
      const seen = fields - over;
      const drawn = numbersIn(run("HRANDFIELD", "h", String(-60 * seen)));
      expect(drawn.length).toBe(60 * seen);
      expect([...new Set(drawn)].sort((a, b) => a - b)).toEqual(Array.from({ length: seen }, (_, index) => over + index));
      for (const count of [1, seen >> 2, seen >> 1, seen - 1, seen, fields]) {
        const some = numbersIn(run("HRANDFIELD", "h", String(count)));
        expect(some.length).toBe(Math.min(count, seen));
        expect(new Set(some).size).toBe(some.length);
        expect(some.every((each) => each >= over)).toBe(true);
      }
      for (let times = 0; times < 20; times++) expect(Number(/f(\d+)/.exec(run("HRANDFIELD", "h"))?.[1])).toBeGreaterThanOrEqual(over);
    });
  }

  it("cost a draw nothing that grows with the hash", () => {
    const { run } = hashOf(200_000, 1);
    for (let times = 0; times < 10_000; times++) run("HRANDFIELD", "h");
    expect(numbersIn(run("HRANDFIELD", "h", "-20000")).length).toBe(20_000);
    for (let times = 0; times < 1000; times++) expect(numbersIn(run("HRANDFIELD", "h", "2")).length).toBe(2);
  });
});
