/**
 * Goal: full memory is an ordinary answer beside and inside of transactions too. Where the committed state cannot go on without the memory
 * of old versions, the transactions are told that they are over, and never see a wrong state; where a transaction lacks memory, its
 * command is refused and it can go on, or be rolled back; nothing traps, and in the end no byte is left.
 * Method: engines that may not grow, filled up to where writes are refused; random commands of one session without a transaction, two with
 * and one that only reads and looks at the same things again and again. The debug build poisons what is freed and checks its invariants.
 */
import { describe, expect, it } from "vitest";
import { PURPOSE_EFFECT, PURPOSE_REPLY, PURPOSE_SCRATCH, SETTING_EFFECTS, SETTING_MAX_PAGES } from "../../../assembly/abi/status.ts";
import { COMMIT_DONE, TRANSACTION_READ_ONLY, TRANSACTION_SERIALIZABLE } from "../../../assembly/abi/transaction.ts";
import { BUILDS, engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { CommandStream } from "./commands.ts";
import { nextCommand } from "./container-model.ts";
import { errorReply } from "./model.ts";
import { splitReplies } from "./reply.ts";

const REFUSED = errorReply("OUT_OF_MEMORY_HOST");
const CANCELLED = errorReply("TRANSACTION_CANCELLED");
const FAILED = errorReply("TRANSACTION_FAILED");

function fill(engine: TestEngine, session: number, length: number): number {
  const value = "v".repeat(length);
  for (let index = 0; ; index++) {
    const reply = engine.command(session, ["SET", `fill:${index}`, value]);
    engine.takeEffects();
    if (reply === "+OK\r\n") continue;
    expect(reply).toBe(REFUSED);
    return index;
  }
}

/** Bytes of all purposes but those whose buffers stay. */
function used(engine: TestEngine): string {
  const stay: readonly number[] = [PURPOSE_REPLY, PURPOSE_EFFECT, PURPOSE_SCRATCH];
  return engine
    .memoryByPurpose()
    .filter((_, purpose) => !stay.includes(purpose))
    .join();
}

/** Commands over strings, containers, documents and a graph, for several sessions that meet. */
class Mix {
  readonly #random: RandomInput;
  readonly #strings: CommandStream;
  readonly nodes: string[] = [];

  constructor(random: RandomInput) {
    this.#random = random;
    this.#strings = new CommandStream(random, { large: true, sweeping: false }, START_MS);
  }

  next(): readonly string[] {
    const random = this.#random;
    const kind = random.below(10);
    if (kind < 3) return this.#strings.next();
    if (kind === 3) return nextCommand(random, 150);
    if (kind < 6) return ["DEL", ...Array.from({ length: 1 + random.below(30) }, () => `fill:${random.below(2000)}`)];
    if (kind === 6) return ["RENAME", `fill:${random.below(300)}`, `fill:${random.below(2000)}`];
    if (kind === 7) return this.#graph();
    return this.#document();
  }

  #document(): readonly string[] {
    const random = this.#random;
    const key = `c:${random.below(60)}`;
    const kind = random.below(4);
    if (kind === 0) return ["DEL", key, `c:${random.below(60)}`];
    if (kind === 1) return ["JSON.NUMINCRBY", key, "$.n", "1"];
    return ["JSON.SET", key, "$", `{"n":${random.below(9)},"t":"${"t".repeat(random.below(3) * 200)}"}`];
  }

  #graph(): readonly string[] {
    const random = this.#random;
    const node = () => random.pick(this.nodes);
    const kind = this.nodes.length < 2 ? 0 : random.below(6);
    if (kind < 2) return ["GRAPH.ADDNODE", "P", `{"n":${random.below(9)}}`];
    if (kind < 4) return ["GRAPH.ADDREL", node(), node(), "R", "{}"];
    return kind === 4 ? ["GRAPH.SETNODEPROP", node(), "n", "10"] : ["GRAPH.DELETE", node()];
  }

  /** Notes the nodes that there are. */
  answered(command: readonly string[], reply: string): void {
    if (command[0] !== "GRAPH.ADDNODE") return;
    const id = /[0-9a-f-]{36}/.exec(reply)?.[0];
    if (id !== undefined) this.nodes.push(id);
    if (this.nodes.length > 60) this.nodes.shift();
  }
}

const LOOKS: readonly (readonly string[])[] = [
  ["MGET", "a", "b", "c", "key:1", "key:2"],
  ["MGET", ...Array.from({ length: 40 }, (_, index) => `fill:${index * 7}`)],
  ...Array.from({ length: 6 }, (_, index) => ["JSON.GET", `c:${index * 9}`]),
  ["DBSIZE"],
];

describe.skipIf(!engineBuilt).each(BUILDS)("transactions in memory that may not grow (%s)", (build) => {
  it(`are refused or ended, and leave nothing (seed ${TEST_SEED})`, () => {
    const seen = { cancelled: 0, refused: 0, committed: 0, looks: 0 };
    for (const spare of [1, 2, 4, 8, 16, 40]) {
      for (const length of [60, 3000]) {
        const engine = new TestEngine(build);
        engine.configure(SETTING_EFFECTS, 1);
        const outside = engine.open();
        engine.settle();
        const bytes = used(engine);
        const writers = [engine.open(), engine.open()];
        const reader = engine.open();
        engine.configure(SETTING_MAX_PAGES, engine.pages + spare);
        fill(engine, outside, length);
        run(engine, outside, writers, reader, TEST_SEED + spare * 10 + length, seen);
        for (const session of [...writers, reader]) engine.close(session);
        engine.command(outside, ["FLUSHALL"]);
        engine.takeEffects();
        engine.settle(START_MS + 1_000_000);
        engine.check();
        expect([spare, length, used(engine)]).toEqual([spare, length, bytes]);
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });
});

describe.skipIf(!engineBuilt)("SPOP of many members in memory that may not grow", () => {
  it("pops all that it was asked for, or answers one error and pops none", () => {
    const engine = new TestEngine("debug");
    const [outside, inside] = [engine.open(), engine.open()];
    const members = Array.from({ length: 4000 }, (_, index) => `${index}:${"m".repeat(100)}`);
    for (let from = 0; from < members.length; from += 100) engine.command(outside, ["SADD", "s", ...members.slice(from, from + 100)]);
    engine.configure(SETTING_MAX_PAGES, engine.pages + 24);
    const filled = fill(engine, outside, 3000);
    const seen = { refused: 0, popped: 0 };
    // What is deleted before the transaction is free for it: from almost nothing to enough.
    for (let deleted = 0; deleted < filled; deleted += 20) {
      for (let index = deleted; index < deleted + 20; index++) engine.command(outside, ["DEL", `fill:${index}`]);
      engine.settle();
      if (engine.call("transaction_begin", inside, 0, START_MS) !== 0) continue;
      const reply = engine.command(inside, ["SPOP", "s", "300"]);
      expect(splitReplies(reply)).toHaveLength(1);
      const left = engine.command(inside, ["SCARD", "s"]);
      if (reply.startsWith("-")) {
        seen.refused++;
        if (reply === REFUSED) expect(left).toBe(":4000\r\n");
      } else {
        seen.popped++;
        expect([splitReplies(reply)[0]?.startsWith("*300\r\n"), left]).toEqual([true, ":3700\r\n"]);
      }
      engine.call("transaction_rollback", inside);
      engine.check();
    }
    expect(engine.command(outside, ["SCARD", "s"])).toBe(":4000\r\n");
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.popped).toBeGreaterThan(0);
  });
});

type Seen = Record<"cancelled" | "refused" | "committed" | "looks", number>;

function run(engine: TestEngine, outside: number, writers: readonly number[], reader: number, seed: number, seen: Seen): void {
  const random = randomInput(seed);
  const mix = new Mix(random);
  const open = new Set<number>();
  let looked: readonly string[] = [];
  for (let step = 0; step < 700 * TEST_LENGTH; step++) {
    const nowMs = START_MS + step * 10;
    const session = random.pick([outside, outside, ...writers, ...writers, reader]);
    if (session === reader || (session !== outside && (!open.has(session) || random.below(25) === 0))) {
      if (!open.has(session)) {
        const flags = random.pick([0, TRANSACTION_SERIALIZABLE]) | (session === reader ? TRANSACTION_READ_ONLY : 0);
        if (engine.call("transaction_begin", session, flags, nowMs) !== 0) continue;
        open.add(session);
        if (session === reader) looked = look(engine, reader, nowMs);
      } else if (session === reader) {
        const again = look(engine, reader, nowMs);
        if (again[0] === CANCELLED) for (const reply of again.slice(1)) expect(reply).toBe(FAILED);
        else expect(again).toEqual(looked);
        seen.looks++;
        if (again[0] !== CANCELLED && random.below(20) !== 0) continue;
        engine.call("transaction_rollback", session);
        open.delete(session);
      } else {
        if (random.below(2) === 0) engine.call("transaction_rollback", session);
        else if (engine.call("transaction_commit", session, nowMs) === COMMIT_DONE) seen.committed++;
        open.delete(session);
      }
    } else {
      const command = mix.next();
      const reply = engine.command(session, command, nowMs);
      expect([command[0], splitReplies(reply).length]).toEqual([command[0], 1]);
      mix.answered(command, reply);
      if (session !== outside && reply === REFUSED) seen.refused++;
      if (reply === CANCELLED) {
        seen.cancelled++;
        expect(engine.command(session, command, nowMs)).toBe(FAILED);
        engine.call("transaction_rollback", session);
        open.delete(session);
      }
    }
    engine.takeEffects();
    if (step % 7 === 0) engine.maintain(nowMs, 20);
    if (step % 25 === 0) engine.check();
    engine.takeEffects();
  }
}

function look(engine: TestEngine, session: number, nowMs: number): string[] {
  return LOOKS.map((command) => {
    engine.call("reply_clear");
    return engine.command(session, command, nowMs);
  });
}
