/**
 * Goal: a transaction sees the committed state as it was at its BEGIN and its own writes, nobody sees those before COMMIT, and nothing is
 * left of it afterwards. Method: two sessions of a debug engine, which checks all invariants.
 */
import { describe, expect, it } from "vitest";
import { PURPOSE_EFFECT, PURPOSE_REPLY, PURPOSE_SCRATCH, SETTING_EFFECTS, SETTING_MAX_TRANSACTION } from "../../../assembly/abi/status.ts";
import { COMMIT_CONFLICT, COMMIT_DONE } from "../../../assembly/abi/transaction.ts";
import { TestEngine } from "../../support/engine.ts";
import { errorReply } from "./model.ts";

const NOW = 1_700_000_000_000;

/** Bytes of all purposes but those whose buffers stay. */
function used(engine: TestEngine): string {
  return engine
    .memoryByPurpose()
    .filter((_, purpose) => purpose !== PURPOSE_REPLY && purpose !== PURPOSE_EFFECT && purpose !== PURPOSE_SCRATCH)
    .join();
}

describe.each(["debug", "release"] as const)("a transaction (%s)", (build) => {
  function open() {
    const engine = new TestEngine(build);
    const a = engine.open();
    const b = engine.open();
    const run = (session: number, line: string) => engine.command(session, line.split(" "));
    return { engine, a, b, run };
  }

  it("is seen by nobody before its commit, and by all afterwards", () => {
    const { engine, a, b, run } = open();
    const bytes = used(engine);
    run(b, "SET k old");
    run(b, 'JSON.SET c:1 $ {"x":1}');
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    expect(run(a, "SET k new")).toBe("+OK\r\n");
    expect(run(a, "SET fresh 1")).toBe("+OK\r\n");
    expect(run(a, "JSON.SET c:1 $.x 2")).toBe("+OK\r\n");
    expect(run(a, 'JSON.SET c:2 $ {"x":3}')).toBe("+OK\r\n");
    expect(run(a, "GET k")).toBe("$3\r\nnew\r\n");
    expect(run(a, "JSON.GET c:1")).toContain('{"x":2}');
    expect(run(b, "GET k")).toBe("$3\r\nold\r\n");
    expect(run(b, "GET fresh")).toBe("$-1\r\n");
    expect(run(b, "JSON.GET c:1")).toContain('{"x":1}');
    expect(run(b, "DBSIZE")).toBe(":2\r\n");
    expect(run(a, "DBSIZE")).toBe(":4\r\n");
    expect(run(a, "DEL fresh")).toBe(":1\r\n");
    engine.check();
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_DONE);
    engine.check();
    expect(run(b, "GET k")).toBe("$3\r\nnew\r\n");
    expect(run(b, "JSON.GET c:2")).toContain('{"x":3}');
    expect(run(b, "GET fresh")).toBe("$-1\r\n");
    run(b, "DEL c:1 c:2 k");
    engine.settle();
    expect(used(engine)).toBe(bytes);
  });

  it("sees the state of its BEGIN, whatever others commit", () => {
    const { engine, a, b, run } = open();
    for (let index = 0; index < 50; index++) run(b, `JSON.SET c:${index} $ {"x":${index}}`);
    run(b, "SET k 1");
    engine.call("transaction_begin", a, 1, NOW);
    run(b, "SET k 2");
    run(b, "SET new 2");
    run(b, "DEL c:7");
    run(b, "JSON.SET c:8 $.x 1000");
    run(b, "EXPIRE c:9 1000");
    expect(run(a, "GET k")).toBe("$1\r\n1\r\n");
    expect(run(a, "GET new")).toBe("$-1\r\n");
    expect(run(a, "JSON.GET c:7 $.x")).toContain("[7]");
    expect(run(a, "JSON.GET c:8 $.x")).toContain("[8]");
    expect(run(a, "TTL c:9")).toBe(":-1\r\n");
    expect(run(a, "DBSIZE")).toBe(":51\r\n");
    engine.check();
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_DONE);
    expect(run(a, "GET k")).toBe("$1\r\n2\r\n");
    engine.check();
  });

  it("is refused when somebody has committed a change of what it wrote", () => {
    const { engine, a, b, run } = open();
    const bytes = used(engine);
    run(b, "SET k 1");
    engine.call("transaction_begin", a, 1, NOW);
    run(a, "INCR k");
    run(b, "INCR k");
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_CONFLICT);
    expect(run(b, "GET k")).toBe("$1\r\n2\r\n");
    run(b, "DEL k");
    engine.settle();
    expect(used(engine)).toBe(bytes);
    engine.check();
  });

  it("goes back to a savepoint", () => {
    const { engine, a, b, run } = open();
    engine.call("transaction_begin", a, 1, NOW);
    run(a, "SET x 1");
    expect(engine.call("savepoint_set", a)).toBe(0);
    run(a, "SET x 2");
    run(a, "SET y 2");
    run(a, "RENAME y z");
    expect(engine.call("savepoint_restart", a, 0)).toBe(1);
    expect(engine.call("savepoint_replay", a)).toBe(0);
    expect(run(a, "MGET x y z")).toBe("*3\r\n$1\r\n1\r\n$-1\r\n$-1\r\n");
    run(a, "SET z 3");
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_DONE);
    expect(run(b, "MGET x y z")).toBe("*3\r\n$1\r\n1\r\n$-1\r\n$1\r\n3\r\n");
    engine.check();
  });

  it("is refused what would bring it above its limit, and goes on without it", () => {
    const { engine, a, b, run } = open();
    const bytes = used(engine);
    const refusal = errorReply("TRANSACTION_MEMORY");
    const value = "v".repeat(100_000);
    engine.configure(SETTING_MAX_TRANSACTION, 1_000_000);
    run(b, `SET there ${value}`);
    for (const end of ["transaction_commit", "transaction_rollback"]) {
      engine.call("transaction_begin", a, 1, NOW);
      let stored = 0;
      while (run(a, `SET key:${stored} ${value}`) === "+OK\r\n") stored++;
      expect([end, stored > 2 && stored < 10]).toEqual([end, true]);
      expect(run(a, `SET key:0 ${value}`)).toBe(refusal);
      expect(run(a, `MSET key:a ${value} key:b ${value}`)).toBe(refusal);
      expect(run(a, "DBSIZE")).toBe(`:${stored + 1}\r\n`);
      expect(run(a, "STRLEN there")).toBe(":100000\r\n");
      expect(run(b, `SET there ${value}`)).toBe("+OK\r\n");
      engine.check();
      expect(engine.call(end, a, NOW) | 0).toBe(0);
      expect(run(b, "DBSIZE")).toBe(end === "transaction_commit" ? `:${stored + 1}\r\n` : ":1\r\n");
      for (let key = 0; key < stored; key++) run(b, `DEL key:${key}`);
    }
    engine.call("transaction_begin", a, 1, NOW);
    expect(engine.call("savepoint_set", a)).toBe(0);
    while (run(a, `APPEND log ${value}`).startsWith(":"));
    expect(run(a, `SET log ${value}`)).toBe(refusal);
    expect(engine.call("savepoint_restart", a, 0)).toBe(1);
    expect(engine.call("savepoint_replay", a)).toBe(0);
    expect(run(a, "DEL there")).toBe(":1\r\n");
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_DONE);
    run(b, "DEL log");
    engine.settle();
    expect(used(engine)).toBe(bytes);
  });

  it("leaves nothing of a key that gets the slot and the memory of one that was there before", () => {
    const { engine, a, b, run } = open();
    for (let index = 0; index < 200; index++) run(b, `SET key:${index} ${index}`);
    for (let index = 0; index < 50; index++) run(b, `JSON.SET c${index}:1 $ {"x":${index}}`);
    for (let index = 100; index < 200; index++) run(b, `DEL key:${index}`);
    for (let index = 25; index < 50; index++) run(b, `DEL c${index}:1`);
    engine.settle();
    const bytes = used(engine);
    for (let round = 0; round < 3; round++) {
      engine.call("transaction_begin", a, 1, NOW);
      for (let index = 199; index >= 100; index--) run(a, `SET key:${index} ${index}`);
      for (let index = 49; index >= 25; index--) run(a, `JSON.SET c${index}:1 $ {"x":${index}}`);
      engine.check();
      engine.call("transaction_rollback", a);
      engine.settle();
      expect(used(engine)).toBe(bytes);
    }
    engine.check();
  });

  it("leaves nothing when it is rolled back", () => {
    const { engine, a, b, run } = open();
    for (let index = 0; index < 2000; index++) run(b, `SET key:${index} ${index}`);
    for (let index = 0; index < 50; index++) run(b, `JSON.SET c:${index} $ {"x":${index}}`);
    engine.settle();
    const digest = engine.digest();
    const bytes = used(engine);
    engine.call("transaction_begin", a, 1, NOW);
    for (let index = 0; index < 2000; index += 3) run(a, `DEL key:${index}`);
    for (let index = 0; index < 3000; index++) run(a, `SET other:${index} ${index}`);
    for (let index = 0; index < 80; index += 2) run(a, `JSON.SET c:${index} $ {"y":"some longer text of ${index}"}`);
    for (let index = 0; index < 10; index++) run(a, `DEL c:${index}`);
    engine.check();
    engine.call("transaction_rollback", a);
    engine.settle();
    engine.check();
    expect(engine.digest()).toBe(digest);
    expect(used(engine)).toBe(bytes);
  });

  it("writes under keys whose time was over at its BEGIN as under others", () => {
    const { engine, a, b } = open();
    const at = (nowMs: number) => (session: number, line: string) => engine.command(session, line.split(" "), nowMs);
    const [before, run] = [at(NOW - 100), at(NOW)];
    const copy = new TestEngine(build);
    engine.configure(SETTING_EFFECTS, 1);
    for (const line of [
      "SET text 7",
      "HSET hash f 1",
      "SADD set f",
      "ZADD sorted 1 f",
      "RPUSH list f",
      "SET target 1",
      "SET source new",
      "SET unread 1",
    ]) {
      before(b, line);
    }
    before(b, 'JSON.SET c:1 $ {"x":1}');
    before(b, 'JSON.SET c:2 $ {"x":2}');
    for (const key of ["text", "hash", "set", "sorted", "list", "target", "unread", "c:1"]) before(b, `PEXPIRE ${key} 50`);
    engine.settle(NOW - 100);
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    expect(run(a, "GET unread")).toBe("$-1\r\n");
    expect(run(a, "INCR text")).toBe(":1\r\n");
    expect(run(a, "TTL text")).toBe(":-1\r\n");
    expect(run(a, "HSET hash g 2")).toBe(":1\r\n");
    expect(run(a, "HLEN hash")).toBe(":1\r\n");
    expect(run(a, "SADD set g")).toBe(":1\r\n");
    expect(run(a, "SMEMBERS set")).toBe("*1\r\n$1\r\ng\r\n");
    expect(run(a, "ZADD sorted 2 g")).toBe(":1\r\n");
    expect(run(a, "ZCARD sorted")).toBe(":1\r\n");
    engine.check();
    expect(engine.call("savepoint_set", a)).toBe(0);
    expect(run(a, "RPUSH list g")).toBe(":1\r\n");
    expect(run(a, "RENAME source target")).toBe("+OK\r\n");
    expect(run(a, "GET target")).toBe("$3\r\nnew\r\n");
    expect(engine.call("savepoint_restart", a, 0)).toBe(1);
    expect(engine.call("savepoint_replay", a)).toBe(0);
    expect(run(a, "EXISTS list target hash")).toBe(":1\r\n");
    expect(run(a, "RPUSH list h")).toBe(":1\r\n");
    expect(run(a, "LRANGE list 0 -1")).toBe("*1\r\n$1\r\nh\r\n");
    expect(run(a, 'JSON.SET c:1 $ {"x":3}')).toBe("+OK\r\n");
    engine.check();
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_DONE);
    engine.check();
    expect(run(b, "GET text")).toBe("$1\r\n1\r\n");
    expect(run(b, "HGETALL hash")).toBe("*2\r\n$1\r\ng\r\n$1\r\n2\r\n");
    expect(run(b, "LRANGE list 0 -1")).toBe("*1\r\n$1\r\nh\r\n");
    expect(run(b, "JSON.GET c:1 x")).toContain("3");
    expect(run(b, "PTTL c:1")).toBe(":-1\r\n");
    engine.settle(NOW);
    expect(run(b, "DBSIZE")).toBe(":8\r\n");
    expect(copy.replay(engine.takeEffects(), NOW)).toBe(0);
    copy.settle(NOW);
    expect(copy.digest()).toBe(engine.digest());
  });

  it("is not refused since others have met a key whose time was over at its BEGIN, but is for one that ended later", () => {
    const { engine, a, b } = open();
    const at = (nowMs: number) => (session: number, line: string) => engine.command(session, line.split(" "), nowMs);
    const [before, run, later] = [at(NOW - 100), at(NOW), at(NOW + 100)];
    for (const key of ["k", "unmet"]) before(b, `SET ${key} 1 PX 50`);
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    expect(run(a, "GET k")).toBe("$-1\r\n");
    for (const key of ["k", "unmet"]) expect(run(a, `SET ${key} 2 NX`)).toBe("+OK\r\n");
    expect(run(b, "GET k")).toBe("$-1\r\n");
    expect(run(b, "DBSIZE")).toBe(":1\r\n");
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_DONE);
    engine.check();
    for (const key of ["k", "unmet"]) expect(run(b, `GET ${key}`)).toBe("$1\r\n2\r\n");
    run(b, "SET k 3 PX 50");
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    expect(run(a, "SET k 4 XX")).toBe("+OK\r\n");
    expect(later(b, "GET k")).toBe("$-1\r\n");
    expect(engine.call("transaction_commit", a, NOW + 100)).toBe(COMMIT_CONFLICT);
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    expect(run(a, "SET k 5 NX")).toBe("+OK\r\n");
    later(b, "SET k 6");
    expect(engine.call("transaction_commit", a, NOW + 100)).toBe(COMMIT_CONFLICT);
    engine.check();
  });

  it("leaves keys whose time is over as they are when it is rolled back", () => {
    const { engine, a, b, run } = open();
    const bytes = used(engine);
    for (const line of ["SET text 7", "HSET hash f 1", 'JSON.SET c:1 $ {"x":1}']) engine.command(b, line.split(" "), NOW - 100);
    for (const key of ["text", "hash", "c:1"]) engine.command(b, ["PEXPIRE", key, "50"], NOW - 100);
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    for (const line of ["APPEND text x", "HSET hash g 1", 'JSON.SET c:1 $ {"x":2}', "DEL text"]) {
      expect(engine.command(a, line.split(" "), NOW).startsWith("-")).toBe(false);
    }
    engine.check();
    engine.call("transaction_rollback", a);
    engine.check();
    expect(engine.command(b, ["DBSIZE"], NOW - 100)).toBe(":3\r\n");
    expect(engine.command(b, ["GET", "text"], NOW - 100)).toBe("$1\r\n7\r\n");
    run(b, "DEL text hash c:1");
    engine.settle();
    expect(used(engine)).toBe(bytes);
  });
});

describe.each(["debug", "release"] as const)("a graph in a transaction (%s)", (build) => {
  it("is the transaction's own until it commits", () => {
    const engine = new TestEngine(build);
    const a = engine.open();
    const b = engine.open();
    const node = (session: number, label: string, properties: string) => {
      const reply = engine.command(session, ["GRAPH.ADDNODE", label, properties]);
      const id = /[0-9a-f-]{36}/.exec(reply)?.[0];
      expect([reply, id === undefined]).toEqual([reply, false]);
      return id as string;
    };
    const empty = used(engine);
    const first = node(b, "P", '{"x":1}');
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    const second = node(a, "P", '{"x":2}');
    const link = engine.command(a, ["GRAPH.ADDREL", first, second, "R", "{}"]);
    expect(link.startsWith("-")).toBe(false);
    expect(engine.command(a, ["GRAPH.SETNODEPROP", first, "x", "10"]).startsWith("-")).toBe(false);
    expect(engine.command(a, ["GRAPH.GETNODE", first])).toContain("10");
    expect(engine.command(b, ["GRAPH.GETNODE", first])).not.toContain("10");
    expect(engine.command(b, ["GRAPH.GETNODE", second])).not.toContain('"x"');
    engine.check();
    expect(engine.call("transaction_commit", a, NOW)).toBe(COMMIT_DONE);
    engine.check();
    expect(engine.command(b, ["GRAPH.GETNODE", first])).toContain("10");
    expect(engine.command(b, ["GRAPH.GETNODE", second])).toContain('"x"');
    expect(engine.command(b, ["GRAPH.GETRELS", first])).toContain(second);
    expect(engine.call("transaction_begin", a, 1, NOW)).toBe(0);
    expect(engine.command(a, ["GRAPH.DELETE", second]).startsWith("-")).toBe(false);
    expect(engine.command(b, ["GRAPH.GETRELS", first])).toContain(second);
    engine.call("transaction_rollback", a);
    engine.check();
    engine.command(b, ["FLUSHALL"]);
    engine.settle();
    expect(used(engine)).toBe(empty);
  });
});
