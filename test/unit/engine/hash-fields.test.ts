/**
 * Goal: fields of a hash whose time is over, before the sweep has taken them out, are what they are in Redis 7.4: HLEN counts them and HDEL finds them, a
 * hash of them alone is a key; nothing else answers them, HRANDFIELD neither, and drawing does not walk the hash.
 * Method: no sweep but where a test asks for one. A draw that walked 200,000 fields would take minutes for as many draws.
 */
import { describe, expect, it } from "vitest";
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
    expect(run("HMGET", "h", "f0", "f1")).toBe("*2\r\n$-1\r\n$-1\r\n");
    expect(run("HRANDFIELD", "h")).toBe("$-1\r\n");
    expect(run("HRANDFIELD", "h", "3")).toBe("*0\r\n");
    expect(run("HRANDFIELD", "h", "-3")).toBe("*0\r\n");
    expect(run("HSCAN", "h", "0")).toBe("*2\r\n$1\r\n0\r\n*0\r\n");
    expect(run("HPTTL", "h", "FIELDS", "1", "f0")).toBe("*1\r\n:-2\r\n");
    expect(run("HDEL", "h", "f0", "nosuch")).toBe(":1\r\n");
    expect(run("HSET", "h", "f1", "new")).toBe(":1\r\n");
    expect(run("HINCRBY", "h", "f2", "5")).toBe(":5\r\n");
    expect(run("HLEN", "h")).toBe(":4\r\n");
    expect(run("HDEL", "h", "f1", "f2")).toBe(":2\r\n");
    expect(run("HLEN", "h")).toBe(":2\r\n");
    while (engine.maintain(LATER));
    expect(run("EXISTS", "h")).toBe(":0\r\n");
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
