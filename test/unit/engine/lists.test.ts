/**
 * Goal: lists are what a plain model says, in the committed state, in a transaction beside it, behind statements and savepoints that are taken
 * back, and after a replay of their effects; and all memory comes back.
 * Method: one stream of random commands on few keys in packed and in tree form, in the session of a transaction too, whose model is a copy of
 * the lists at its BEGIN. The others leave the transaction's keys alone, so that it always commits. The debug build checks its invariants.
 */
import { describe, expect, it } from "vitest";
import { PURPOSE_EFFECT, PURPOSE_REPLY, SETTING_EFFECTS, SETTING_MAX_PAGES } from "../../../assembly/abi/status.ts";
import { COMMIT_DONE } from "../../../assembly/abi/transaction.ts";
import { BUILDS, type BuildName, bulk, engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { copyLists, type Lists, nextListCommand, playLists } from "./list-model.ts";
import { errorReply } from "./model.ts";
import { arrayOf, scanAll } from "./reply.ts";

const STEPS = { debug: 800, release: 2500 };
const PLAIN_KEYS = ["a", "b", "c"];
const OWN_KEYS = ["x", "y", "z"];

/** Bytes of all purposes but those whose buffers stay. */
function used(engine: TestEngine): number[] {
  return engine.memoryByPurpose().filter((_, purpose) => purpose !== PURPOSE_REPLY && purpose !== PURPOSE_EFFECT);
}

class Rig {
  readonly engine: TestEngine;
  readonly plain: number;
  readonly other: number;
  readonly #random: RandomInput;
  readonly #size: number;
  #lists: Lists = new Map();
  #own: Lists | undefined;
  #savepoint: Lists | undefined;
  commits = 0;

  constructor(build: BuildName, seed: number, size: number) {
    this.engine = new TestEngine(build);
    this.plain = this.engine.open();
    this.other = this.engine.open();
    this.#random = randomInput(seed);
    this.#size = size;
  }

  step(): void {
    const dice = this.#random.below(100);
    if (dice < 3) this.#begin();
    else if (dice < 5) this.#end();
    else if (dice < 7) this.#savepoints();
    else if (dice < 12) this.#statement();
    else if (dice < 60 || this.#own === undefined) this.#plainStep();
    else this.#run(this.other, this.#own, OWN_KEYS);
    if (this.#random.below(10) === 0) this.engine.maintain(START_MS, 1 + this.#random.below(30));
  }

  #run(session: number, lists: Lists, keys: readonly string[]): void {
    const args = nextListCommand(this.#random, this.#size, keys);
    const reply = this.engine.command(session, args);
    const expected = playLists(lists, args);
    if (reply === expected) return;
    throw new Error(`${args.join(" ").slice(0, 200)} answered ${reply.slice(0, 300)}, expected ${expected.slice(0, 300)}`);
  }

  #plainStep(): void {
    this.#run(this.plain, this.#lists, this.#own === undefined ? [...PLAIN_KEYS, ...OWN_KEYS] : PLAIN_KEYS);
  }

  #begin(): void {
    if (this.#own !== undefined) return;
    expect(this.engine.call("transaction_begin", this.other, 0, START_MS)).toBe(0);
    this.#own = copyLists(this.#lists);
  }

  #end(): void {
    const own = this.#own;
    if (own === undefined) return;
    for (const key of OWN_KEYS) this.#compare(this.other, own, key);
    if (this.#random.below(3) === 0) this.engine.call("transaction_rollback", this.other);
    else {
      expect(this.engine.call("transaction_commit", this.other, START_MS)).toBe(COMMIT_DONE);
      this.commits++;
      for (const key of OWN_KEYS) {
        const list = own.get(key);
        if (list === undefined) this.#lists.delete(key);
        else this.#lists.set(key, list);
      }
    }
    this.#own = undefined;
    this.#savepoint = undefined;
    this.#compareAll();
  }

  #savepoints(): void {
    if (this.#own === undefined) return;
    if (this.#savepoint === undefined) {
      expect(this.engine.call("savepoint_set", this.other)).toBe(0);
      this.#savepoint = copyLists(this.#own);
      return;
    }
    if (this.engine.call("savepoint_restart", this.other, 0) === 1) expect(this.engine.call("savepoint_replay", this.other)).toBe(0);
    this.#own = copyLists(this.#savepoint);
    for (const key of OWN_KEYS) this.#compare(this.other, this.#own, key);
  }

  /** Some commands as one statement, which is kept or taken back. */
  #statement(): void {
    const before = copyLists(this.#lists);
    expect(this.engine.call("statement_begin", 0, START_MS)).toBe(0);
    for (let count = 1 + this.#random.below(8); count > 0; count--) this.#plainStep();
    const keeps = this.#random.below(2) === 0;
    expect(this.engine.call("statement_end", keeps ? 1 : 0)).toBe(1);
    if (!keeps) this.#lists = before;
    this.#compareAll();
  }

  #compareAll(): void {
    for (const key of [...PLAIN_KEYS, ...OWN_KEYS]) this.#compare(this.plain, this.#lists, key);
  }

  #compare(session: number, lists: Lists, key: string): void {
    expect(arrayOf(this.engine.command(session, ["LRANGE", key, "0", "-1"]))).toEqual(lists.get(key) ?? []);
    expect(this.engine.command(session, ["EXISTS", key])).toBe(lists.has(key) ? ":1\r\n" : ":0\r\n");
  }

  finish(): void {
    this.#end();
    while (this.commits === 0) {
      this.#begin();
      for (let count = 0; count < 5; count++) this.#run(this.other, this.#own as Lists, OWN_KEYS);
      this.#end();
    }
    this.#compareAll();
    for (const key of scanAll(this.engine, this.plain, START_MS)) this.engine.command(this.plain, ["DEL", key]);
    this.engine.settle();
  }
}

describe.skipIf(!engineBuilt)("lists against their model", () => {
  for (const build of BUILDS) {
    for (const size of [20, 200, 2000]) {
      it(`${build} build, about ${size} elements (seed ${TEST_SEED})`, () => {
        const rig = new Rig(build, TEST_SEED + size, size);
        const before = used(rig.engine);
        const steps = (STEPS[build] * TEST_LENGTH) / (size > 1000 ? 4 : 1);
        for (let step = 0; step < steps; step++) {
          rig.step();
          if (build === "debug" && (step % 16 === 0 || size < 100)) rig.engine.check();
        }
        rig.finish();
        expect(used(rig.engine)).toEqual(before);
      });
    }
  }

  it("effects, replayed, make the same content", () => {
    const engine = new TestEngine("debug");
    const random = randomInput(TEST_SEED);
    engine.configure(SETTING_EFFECTS, 1);
    const session = engine.open();
    const twin = new TestEngine("debug");
    for (let step = 0; step < 400; step++) {
      engine.command(session, nextListCommand(random, 100, ["a", "b"]));
      expect(twin.replay(engine.takeEffects())).toBe(0);
      if (step % 20 === 0) expect(twin.digest()).toBe(engine.digest());
    }
    expect(twin.digest()).toBe(engine.digest());
    twin.check();
  });

  it("full memory refuses and changes nothing; what frees memory works", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const random = randomInput(TEST_SEED);
    engine.configure(SETTING_MAX_PAGES, engine.pages);
    const refused = errorReply("OUT_OF_MEMORY_HOST");
    for (const length of [4000, 250, 8]) {
      const element = "e".repeat(length);
      while (engine.command(session, ["RPUSH", `l${length}`, element, element, element]) !== refused);
    }
    const lists: Lists = new Map();
    for (const length of [4000, 250, 8]) {
      const key = `l${length}`;
      const count = Number(engine.command(session, ["LLEN", key]).slice(1, -2));
      expect(count % 3).toBe(0);
      if (count > 0) lists.set(key, Array<string>(count).fill("e".repeat(length)));
    }
    let refusals = 0;
    for (let step = 0; step < 300; step++) {
      const args = nextListCommand(random, 40, [...lists.keys(), "l8", "l250", "l4000"]);
      if (["LRANGE", "COPY", "DEL"].includes(args[0] as string)) continue;
      const before = copyLists(lists);
      const expected = playLists(lists, args);
      const reply = engine.command(session, args);
      if (reply !== refused) expect([args[0], reply]).toEqual([args[0], expected]);
      else {
        refusals++;
        lists.clear();
        for (const [key, list] of before) lists.set(key, list);
      }
      if (step % 20 === 0) engine.check();
      for (const [key, list] of lists) expect(engine.command(session, ["LLEN", key])).toBe(`:${list.length}\r\n`);
    }
    expect(refusals).toBeGreaterThan(0);
    for (const key of lists.keys()) {
      while (engine.command(session, ["LPOP", key]) !== "$-1\r\n");
    }
    engine.settle();
    expect(engine.command(session, ["RPUSH", "l", "x".repeat(4000)])).toBe(":1\r\n");
    engine.check();
  });

  it("a list of which very many were removed at once is told as one that was built so", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => `${from + index}`);
    const encoding = (key: string) => engine.command(session, ["OBJECT", "ENCODING", key]);
    for (let from = 0; from < 110_000; from += 1000) engine.command(session, ["RPUSH", "q", ...numbers(from, 1000)]);
    // Each leaves more than a limit can allow, so that bytes are not counted; the last ones end that, by one and by many.
    engine.command(session, ["LTRIM", "q", "0", "89999"]);
    engine.command(session, ["LPOP", "q", "30000"]);
    engine.command(session, ["RPUSH", "q", "x".repeat(100)]);
    engine.command(session, ["LSET", "q", "-1", "last"]);
    expect(encoding("q")).toBe(bulk("quicklist"));
    engine.command(session, ["RPOP", "q", "27232"]);
    expect(engine.command(session, ["LLEN", "q"])).toBe(":32769\r\n");
    expect(engine.command(session, ["LPOP", "q"])).toBe(bulk("30000"));
    for (const left of [20_000, 5000]) engine.command(session, ["LTRIM", "q", "0", `${left - 1}`]);
    let built = 0;
    for (let left = 5000; left > 0 && encoding("q") !== bulk("listpack"); left -= 10) {
      engine.command(session, ["LTRIM", "q", "0", `${left - 1}`]);
      built = left;
    }
    // Such a number takes four bytes, a list seven: at most half of 8192.
    expect(built).toBe(Math.floor((4096 - 7) / 40) * 10);
    expect(engine.command(session, ["LRANGE", "q", "0", "2"])).toBe(`*3\r\n${["30001", "30002", "30003"].map(bulk).join("")}`);
    engine.check();
  });

  it("elements that are alike take their own bytes and little more, integers those of the number", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    engine.command(session, ["SET", "warm", "1"]);
    const count = 20_000;
    const perElement = (key: string, element: (index: number) => string) => {
      const before = used(engine)[1]!;
      for (let from = 0; from < count; from += 500) {
        engine.command(session, ["RPUSH", key, ...Array.from({ length: 500 }, (_, index) => element(from + index))]);
      }
      for (const position of [0, 1, 999, 12_345, count - 1]) {
        expect(engine.command(session, ["LINDEX", key, String(position)])).toBe(bulk(element(position)));
      }
      return (used(engine)[1]! - before) / count;
    };
    expect(perElement("text", (index) => `e${String(index).padStart(7, "0")}`)).toBeLessThan(8.5);
    expect(perElement("number", (index) => String(10_000_000 + index * 7))).toBeLessThan(4.5);
    expect(perElement("both", (index) => String(index % 2 ? index : -index * 1_000_000))).toBeLessThan(7);
    engine.check();
  });

  it("an element unlike its neighbours goes in between, wherever it is", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const long = "x".repeat(239);
    for (const at of [1, 2, 250, 251, 252, 502, 503, 504, 505, 1000, 1498]) {
      const list = Array.from({ length: 1500 }, (_, index) => String.fromCharCode(97 + (index % 26), 97 + (Math.floor(index / 26) % 26)));
      for (let from = 0; from < list.length; from += 500) engine.command(session, ["RPUSH", "l", ...list.slice(from, from + 500)]);
      engine.command(session, ["LSET", "l", String(at), "here"]);
      list[at] = "here";
      engine.command(session, ["LINSERT", "l", "BEFORE", "here", long]);
      list.splice(at, 0, long);
      engine.command(session, ["LSET", "l", String(at - 1), "-7000"]);
      list[at - 1] = "-7000";
      expect(arrayOf(engine.command(session, ["LRANGE", "l", "0", "-1"]))).toEqual(list);
      engine.check();
      engine.command(session, ["DEL", "l"]);
      engine.settle();
    }
  });

  it("the end of a list is what was put there, whatever it takes", () => {
    const engine = new TestEngine("release");
    const session = engine.open();
    engine.command(session, ["SET", "warm", "1"]);
    const before = used(engine);
    const count = 30_000;
    for (let from = 0; from < count; from += 100) {
      engine.command(session, ["RPUSH", "q", ...Array.from({ length: 100 }, (_, index) => `element ${from + index}`)]);
    }
    const length = `element ${count - 1}`.length;
    expect(used(engine)[1]! / count).toBeLessThan(length + 3);
    for (const position of [0, 1, 999, 15_000, count - 1]) {
      expect(engine.command(session, ["LINDEX", "q", String(position)])).toContain(`\r\nelement ${position}\r\n`);
    }
    engine.command(session, ["DEL", "q"]);
    engine.settle();
    expect(used(engine)).toEqual(before);
  });
});
