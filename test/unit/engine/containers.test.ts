/**
 * Goal: hashes, sets and sorted sets are what a plain model says, in the committed state, in transactions beside it, behind statements that are taken back, and
 * after a replay of their effects; and all memory comes back.
 * Method: one stream of random commands on few keys in packed and in tree form. Some run in a session with a transaction, whose model is a copy
 * of the state at its BEGIN; COMMIT plays what it has logged on the committed model. The debug build checks its invariants.
 */

import { describe, expect, it } from "vitest";
import { CONTROL_EXPIRED, CONTROL_EXPIRED_FIELDS } from "../../../assembly/abi/layout.ts";
import { PURPOSE_EFFECT, PURPOSE_REPLY, SETTING_EFFECTS } from "../../../assembly/abi/status.ts";
import { COMMIT_CONFLICT, COMMIT_DONE } from "../../../assembly/abi/transaction.ts";
import { BUILDS, type BuildName, engineBuilt, request, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import {
  array,
  Container,
  copyState,
  keysOf,
  nextCommand,
  OTHER_KEYS,
  pairs,
  passTime,
  play,
  READING,
  type State,
} from "./container-model.ts";
import { arrayOf, scanAll } from "./reply.ts";

const STEPS = { debug: 1500, release: 3000 };

/** Bytes of all purposes but those whose buffers stay. */
function used(engine: TestEngine): number[] {
  return engine.memoryByPurpose().filter((_, purpose) => purpose !== PURPOSE_REPLY && purpose !== PURPOSE_EFFECT);
}

/** A reply as the model answers it: elements in order. */
function canonical(args: readonly string[], reply: string): string {
  if (args[0] === "SMEMBERS") return array(arrayOf(reply).sort());
  if (args[0] !== "HGETALL") return reply;
  const items = arrayOf(reply);
  const container = new Container();
  for (let index = 0; index < items.length; index += 2) container.set(items[index]!, items[index + 1]!);
  return array(pairs(container));
}

/** A debug or release engine with a plain session, one for transactions, and the model. */
class Rig {
  readonly engine: TestEngine;
  readonly plain: number;
  readonly other: number;
  readonly #random: RandomInput;
  readonly #spread: number;
  #state: State = new Map();
  /** What the transaction sees, or undefined while there is none; what it has changed; whether others have changed keys of it. */
  #own: State | undefined;
  #log: (readonly string[])[] = [];
  #savepoint: { readonly own: State; readonly log: number } | undefined;
  /** Keys that it has written, those included whose writes were taken back. */
  #written = new Set<string>();
  #overtaken = new Set<string>();
  commits = 0;
  conflicts = 0;

  constructor(build: BuildName, seed: number, spread: number) {
    this.engine = new TestEngine(build);
    this.plain = this.engine.open();
    this.other = this.engine.open();
    this.#random = randomInput(seed);
    this.#spread = spread;
  }

  /** Runs a command; returns what it has done, as a command that chance has no part in, or undefined if it has changed nothing. */
  #run(session: number, state: State, args: readonly string[]): readonly string[] | undefined {
    const reply = canonical(args, this.engine.command(session, args));
    const done = args[0] === "SPOP" ? popped(state, args, reply) : args;
    const expected = play(state, done);
    if (done === args && expected !== undefined && reply !== expected) {
      throw new Error(`${args.join(" ").slice(0, 200)} answered ${reply.slice(0, 300)}, expected ${expected.slice(0, 300)}`);
    }
    if (READING.includes(args[0]!) || done.length < 2) return undefined;
    if (args[0] === "SPOP") return done.length > 2 ? done : undefined;
    // What stores nothing removes what was there; what adds nothing may have changed a value.
    const mayChange = ["HSET", "HINCRBY", "ZADD", "ZINCRBY"].includes(args[0]!) || args[0]!.endsWith("STORE") || reply === "+OK\r\n";
    if (/^HPE/.test(args[0]!)) return /:[12]\r/.test(reply) ? done : undefined;
    return mayChange || /^[:*][1-9]/.test(reply) ? done : undefined;
  }

  step(): void {
    const dice = this.#random.below(100);
    if (dice < 3) this.#begin();
    else if (dice < 5) this.#end();
    else if (dice < 7) this.#savepoints();
    else if (dice < 12) this.#statement();
    else if (dice < 60 || this.#own === undefined) this.#plainStep();
    else this.#ownStep();
    if (this.#random.below(10) === 0) this.engine.maintain(START_MS, 1 + this.#random.below(30));
  }

  #plainStep(): void {
    const keys = this.#own !== undefined && this.#random.below(12) > 0 ? OTHER_KEYS.slice(0, 2) : undefined;
    const args = nextCommand(this.#random, this.#spread, keys);
    if (this.#run(this.plain, this.#state, args) === undefined) return;
    for (const key of keysOf(args)) this.#overtaken.add(key);
  }

  #ownStep(): void {
    const args = nextCommand(this.#random, this.#spread);
    const [name, first, second] = args;
    const target = name === "COPY" ? second! : name!.endsWith("STORE") ? first! : undefined;
    const wasThere = target !== undefined && this.#own!.has(target);
    const done = this.#run(this.other, this.#own!, args);
    // What stores nothing where nothing was has written nothing, whatever is there when it commits.
    if (done === undefined || (target !== undefined && !wasThere && !this.#own!.has(target))) return;
    for (const key of keysOf(done)) this.#written.add(key);
    if (target === undefined) {
      this.#log.push(done);
      return;
    }
    // What is stored is what the transaction has seen, whatever the other keys hold when it commits.
    this.#log.push(["DEL", target]);
    const stored = this.#own!.get(target);
    const words = [...(stored ?? [])].flatMap((element) => WORDS[typeOf(target)](element));
    if (words.length > 0) this.#log.push([FILL[typeOf(target)], target, ...words]);
    for (const [field, time] of stored?.times ?? []) this.#log.push(["HPEXPIREAT", target, String(time), "FIELDS", "1", field]);
  }

  #begin(): void {
    if (this.#own !== undefined) return;
    expect(this.engine.call("transaction_begin", this.other, 0, START_MS)).toBe(0);
    this.#own = copyState(this.#state);
    this.#log = [];
    this.#overtaken.clear();
    this.#written.clear();
  }

  #end(): void {
    if (this.#own === undefined) return;
    this.#compare(this.other, this.#own);
    if (this.#random.below(3) === 0) this.engine.call("transaction_rollback", this.other);
    else {
      const result = this.engine.call("transaction_commit", this.other, START_MS);
      if (result === COMMIT_DONE) {
        this.commits++;
        for (const args of this.#log) play(this.#state, args);
      } else {
        expect(result).toBe(COMMIT_CONFLICT);
        expect([...this.#written].some((key) => this.#overtaken.has(key))).toBe(true);
        this.conflicts++;
      }
    }
    this.#own = undefined;
    this.#savepoint = undefined;
    this.#compare(this.plain, this.#state);
  }

  #savepoints(): void {
    if (this.#own === undefined) return;
    if (this.#savepoint === undefined) {
      expect(this.engine.call("savepoint_set", this.other)).toBe(0);
      this.#savepoint = { own: copyState(this.#own), log: this.#log.length };
      return;
    }
    if (this.engine.call("savepoint_restart", this.other, 0) === 1) expect(this.engine.call("savepoint_replay", this.other)).toBe(0);
    this.#own = copyState(this.#savepoint.own);
    this.#log.length = this.#savepoint.log;
    this.#compare(this.other, this.#own);
  }

  /** Some commands as one statement, which is kept or taken back. */
  #statement(): void {
    const before = copyState(this.#state);
    expect(this.engine.call("statement_begin", 0, START_MS)).toBe(0);
    for (let count = 1 + this.#random.below(8); count > 0; count--) this.#plainStep();
    const keeps = this.#random.below(2) === 0;
    expect(this.engine.call("statement_end", keeps ? 1 : 0)).toBe(1);
    if (!keeps) this.#state = before;
    this.#compare(this.plain, this.#state);
  }

  #compare(session: number, state: State): void {
    expect(arrayOf(this.engine.command(session, ["KEYS", "*"])).sort()).toEqual([...state.keys()].sort());
    for (const [key, container] of state) {
      const args = READ_ALL[typeOf(key)](key);
      expect(canonical(args, this.engine.command(session, args))).toBe(play(state, args));
      const scanned = new Set(arrayOfScan(this.engine, session, key));
      expect([...scanned].sort()).toEqual([...container.keys()].sort());
    }
  }

  finish(): void {
    this.#end();
    this.#compare(this.plain, this.#state);
    for (const key of scanAll(this.engine, this.plain, START_MS)) this.engine.command(this.plain, ["DEL", key]);
    this.engine.settle();
  }
}

/** What SPOP has done, which must be possible, as SREM. */
function popped(state: State, [, key, count]: readonly string[], reply: string): readonly string[] {
  const members = arrayOf(reply);
  const held = state.get(key!);
  expect(new Set(members).size).toBe(Math.min(Number(count), held?.size ?? 0));
  expect(members.every((member) => held?.has(member))).toBe(true);
  return ["SREM", key!, ...members];
}

type TypeLetter = "H" | "S" | "Z";

function typeOf(key: string): TypeLetter {
  return key.startsWith("s:") ? "S" : key.startsWith("z:") ? "Z" : "H";
}

/** What fills a key, and the words of an element there. */
const FILL = { H: "HSET", S: "SADD", Z: "ZADD" } as const;
const WORDS: Readonly<Record<TypeLetter, (element: readonly [string, string]) => readonly string[]>> = {
  H: ([field, value]) => [field, value],
  S: ([member]) => [member],
  Z: ([member, score]) => [score, member],
};

/** What answers all that a key holds. */
const READ_ALL: Readonly<Record<TypeLetter, (key: string) => readonly string[]>> = {
  H: (key) => ["HGETALL", key],
  S: (key) => ["SMEMBERS", key],
  Z: (key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
};

/** All fields or members that a whole HSCAN, SSCAN or ZSCAN answers. */
function arrayOfScan(engine: TestEngine, session: number, key: string): string[] {
  const type = typeOf(key);
  const fields: string[] = [];
  let cursor = "0";
  do {
    const reply = engine.command(session, [`${type}SCAN`, key, cursor, "COUNT", "7"]);
    const head = /^\*2\r\n\$\d+\r\n(\d+)\r\n/.exec(reply)!;
    cursor = head[1]!;
    fields.push(...arrayOf(reply.slice(head[0].length)).filter((_, index) => type === "S" || index % 2 === 0));
  } while (cursor !== "0");
  return fields;
}

/** Commands whose answer tells how many fields are there, or whether the key is. */
const COUNTING = /^(HLEN|HDEL|DEL|RENAME|COPY)$/;

describe.skipIf(!engineBuilt)("containers against their model", () => {
  for (const build of BUILDS) {
    for (const spread of [12, 300, 1500]) {
      it(`${build} build, ${spread} fields (seed ${TEST_SEED})`, () => {
        const rig = new Rig(build, TEST_SEED + spread, spread);
        const before = used(rig.engine);
        const steps = (STEPS[build] * TEST_LENGTH) / (spread > 1000 ? 3 : 1);
        for (let step = 0; step < steps; step++) {
          rig.step();
          if (build === "debug" && (step % 16 === 0 || spread < 100)) rig.engine.check();
        }
        rig.finish();
        expect(used(rig.engine)).toEqual(before);
        expect(rig.commits + rig.conflicts).toBeGreaterThan(1);
        if (spread < 1000) expect(Math.min(rig.commits, rig.conflicts)).toBeGreaterThan(0);
      });
    }
  }

  it("fields go when their time has come, whoever looks, and the sweep removes them", () => {
    const engine = new TestEngine("debug");
    const random = randomInput(TEST_SEED + 1);
    engine.configure(SETTING_EFFECTS, 1);
    const session = engine.open();
    const before = used(engine);
    const twin = new TestEngine("debug");
    const state: State = new Map();
    let nowMs = START_MS;
    let swept = 0;
    for (let step = 0; step < 1200 * TEST_LENGTH; step++) {
      const args = nextCommand(random, random.pick([10, 200])).map((word) => word.replace(/^s:/, "set:"));
      if (args[0] === "HPEXPIREAT") args[2] = String(Number(args[2]) - START_MS + nowMs);
      if (/^(EXPIRE|PERSIST|S)/.test(args[0]!)) continue;
      // What counts what is there, over or not, is compared when nothing is over.
      if (COUNTING.test(args[0]!)) while (engine.maintain(nowMs));
      expect(`${args[0]}: ${canonical(args, engine.command(session, args, nowMs))}`).toBe(`${args[0]}: ${play(state, args, nowMs)}`);
      if (random.below(10) === 0) nowMs += random.below(60);
      passTime(state, nowMs);
      if (random.below(20) === 0) engine.maintain(nowMs, 1 + random.below(50));
      const effects = engine.takeEffects();
      if (/hdel/i.test(effects) && args[0] !== "HDEL") swept++;
      expect(twin.replay(effects, nowMs)).toBe(0);
      if (step % 10 === 0) {
        engine.check();
        expect(twin.digest()).toBe(engine.digest());
      }
    }
    expect(swept).toBeGreaterThan(2);
    engine.command(session, ["FLUSHALL"], nowMs);
    engine.settle(nowMs);
    expect(used(engine)).toEqual(before);
    expect(twin.replay(engine.takeEffects(), nowMs)).toBe(0);
    twin.check();
  });

  it("many fields are removed in steps, and a hash without any left goes as a whole", () => {
    const engine = new TestEngine("release");
    const session = engine.open();
    const names = Array.from({ length: 5000 }, (_, index) => `f${index}`);
    const expire = (key: string, fields: readonly string[], time: number) =>
      engine.command(session, ["HPEXPIREAT", key, String(time), "FIELDS", String(fields.length), ...fields]);
    engine.command(session, ["HSET", "all", ...names.flatMap((name) => [name, "1"])]);
    engine.command(session, ["HSET", "some", "stays", "1", ...names.flatMap((name) => [name, "1"])]);
    for (const key of ["all", "some"]) expire(key, names, START_MS + 10);
    expect(engine.command(session, ["DBSIZE"])).toBe(":2\r\n");
    const later = START_MS + 100;
    engine.maintain(later, 100);
    const left = Number(engine.command(session, ["HLEN", "some"], later).slice(1));
    expect(left).toBeGreaterThan(1);
    expect(left).toBeLessThan(names.length + 2);
    expect(engine.command(session, ["HRANDFIELD", "some", "-3"], later)).toBe("*3\r\n$5\r\nstays\r\n$5\r\nstays\r\n$5\r\nstays\r\n");
    let rounds = 0;
    while (engine.maintain(later, 100)) rounds++;
    expect(rounds).toBeGreaterThan(20);
    expect(engine.command(session, ["DBSIZE"], later)).toBe(":1\r\n");
    expect(engine.command(session, ["HLEN", "some"], later)).toBe(":1\r\n");
    expect(engine.command(session, ["EXISTS", "all"], later)).toBe(":0\r\n");
    // Those of the hash that went as a whole count too, and it is no key whose own time was over.
    expect(engine.statistic(CONTROL_EXPIRED_FIELDS)).toBe(names.length * 2);
    expect(engine.statistic(CONTROL_EXPIRED)).toBe(0);
    engine.call("statistics_reset");
    expect(engine.statistic(CONTROL_EXPIRED_FIELDS)).toBe(0);
  });

  it("effects, replayed, make the same content", () => {
    const engine = new TestEngine("debug");
    const random = randomInput(TEST_SEED);
    engine.configure(SETTING_EFFECTS, 1);
    const session = engine.open();
    const twin = new TestEngine("debug");
    for (let step = 0; step < 400; step++) {
      engine.command(session, nextCommand(random, 200));
      expect(twin.replay(engine.takeEffects())).toBe(0);
      if (step % 20 === 0) expect(twin.digest()).toBe(engine.digest());
    }
    expect(twin.digest()).toBe(engine.digest());
    twin.check();
  });

  it("requests on one large collection that come together answer what they answer one by one", () => {
    const names = ["", "a", "abc", "abcd", "x".repeat(600), ...Array.from({ length: 3000 }, (_, index) => `member ${index}`)];
    const random = randomInput(TEST_SEED);
    const commands = Array.from({ length: 2000 }, () => {
      const name = names[random.below(names.length)]!;
      const forms = [
        ["HSET", "h", name, `${random.below(9)}`],
        ["HGET", "h", name],
        ["HDEL", "h", name],
        ["SADD", "s", name],
        ["SISMEMBER", "s", name],
        ["SREM", "s", name],
        ["ZADD", "z", `${random.below(99)}`, name],
        ["ZADD", "z", "nx", "1", name],
        ["ZRANK", "z", name],
        ["ZREM", "z", name],
      ];
      // Few forms at a time, so that many requests in a row are on one key; sometimes the key goes between them.
      const key = ["h", "s", "z"][random.below(3)]!;
      const fitting = forms.filter((form) => form[1] === key);
      return random.below(500) === 0 ? ["DEL", key] : fitting[random.below(fitting.length)]!;
    });
    const sorted = commands.map((command, index) => ({
      command,
      order: Math.floor(index / 100) * 4 + ["h", "s", "z"].indexOf(command[1]!),
    }));
    sorted.sort((left, right) => left.order - right.order);
    const twins = (["debug", "release"] as const).map((build) => {
      const engine = new TestEngine(build);
      const session = engine.open();
      for (const name of names) {
        engine.command(session, ["HSET", "h", name, "1"]);
        engine.command(session, ["SADD", "s", name]);
        engine.command(session, ["ZADD", "z", "1", name]);
      }
      return { engine, session };
    });
    const [single, together] = twins as [(typeof twins)[0], (typeof twins)[0]];
    const replies = sorted.map(({ command }) => single.engine.command(single.session, command));
    const text = sorted.map(({ command }) => request(command)).join("");
    expect(together.engine.send(together.session, text).reply).toBe(replies.join(""));
    expect(together.engine.digest()).toBe(single.engine.digest());
    single.engine.check();
  });

  it("a large value is freed in steps", () => {
    const engine = new TestEngine("release");
    const session = engine.open();
    engine.command(session, ["SET", "warm", "1"]);
    const before = used(engine);
    for (let from = 0; from < 20_000; from += 100) {
      engine.command(session, ["HSET", "big", ...Array.from({ length: 200 }, (_, index) => `f${from + (index >> 1)}`)]);
    }
    const full = used(engine)[1]!;
    engine.command(session, ["DEL", "big"]);
    expect(used(engine)[1]!).toBeGreaterThan(full * 0.9);
    engine.maintain(START_MS, 10);
    expect(used(engine)[1]!).toBeGreaterThan(full * 0.9);
    engine.settle();
    expect(used(engine)).toEqual(before);
  });
});
