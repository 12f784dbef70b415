/**
 * Goal: ordered scans answer what a sorted list of the live keys says, in any direction, between any ends and in batches of any size,
 * whatever commands run before and between two batches: with an order of the keys, while it is being built, and without one; memory
 * comes back to the byte.
 * Method: the random command stream of the keyspace's model test; from time to time a scan is compared with the model, or goes on in
 * batches between commands. The debug build checks its invariants after each command.
 */
import { describe, expect, it } from "vitest";
import { CONTROL_INPUT_POINTER, CONTROL_RESULT, DATABASE_COUNT } from "../../../assembly/abi/layout.ts";
import {
  ORDER_BUILDING,
  ORDER_OUT_OF_MEMORY,
  ORDER_READY,
  PURPOSE_EFFECT,
  PURPOSE_SCRATCH,
  RANGE_HIGH_OPEN,
  RANGE_KEYS_ONLY,
  RANGE_LOW_OPEN,
  RANGE_NO_HIGH,
  RANGE_NO_LOW,
  RANGE_REVERSE,
  SETTING_MAX_MEMORY,
  SETTING_MAX_PAGES,
  STATUS_INVALID,
} from "../../../assembly/abi/status.ts";
import { COMMIT_CONFLICT, COMMIT_DONE } from "../../../assembly/abi/transaction.ts";
import { BUILDS, bulk, engineBuilt, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";
import { CommandStream } from "./commands.ts";
import { KeyspaceModel } from "./model.ts";
import { arrayOf, bulkText, splitReplies } from "./reply.ts";

const STEPS = { debug: 12_000, release: 40_000 };
const ALL = RANGE_NO_LOW | RANGE_NO_HIGH;
const PLENTY = 1 << 20;

interface Scan {
  readonly flags: number;
  readonly low: string;
  readonly high: string;
  readonly count: number;
  readonly bytes: number;
}

interface Batch {
  readonly keys: string[];
  /** The replies of the values, as many as keys; none when only keys were asked for. */
  readonly values: string[];
  /** The key behind which the scan goes on. */
  readonly last: string | undefined;
}

function order(engine: TestEngine, database: number, budget = PLENTY): number {
  return engine.call("keys_order", database, budget);
}

/** One batch; the answer of the call if it is negative. */
function batchOf(engine: TestEngine, database: number, scan: Scan, nowMs: number): Batch | number {
  const low = engine.control(CONTROL_INPUT_POINTER);
  const high = low + scan.low.length;
  engine.write(low, scan.low);
  engine.write(high, scan.high);
  const { flags, count, bytes } = scan;
  const found = engine.call("keys_range", database, nowMs, flags, low, scan.low.length, high, scan.high.length, count, bytes);
  if (found < 0) return found;
  const replies = splitReplies(engine.reply());
  const hasMore = engine.control(CONTROL_RESULT) === 1;
  const last = hasMore ? bulkText(replies.pop()!) : undefined;
  const width = flags & RANGE_KEYS_ONLY ? 1 : 2;
  expect(replies.length).toBe(found * width);
  const keys = replies.filter((_, index) => index % width === 0).map(bulkText);
  return { keys, values: replies.filter((_, index) => index % width === 1), last };
}

function batch(engine: TestEngine, database: number, scan: Scan, nowMs = START_MS): Batch {
  const answer = batchOf(engine, database, scan, nowMs);
  if (typeof answer === "number") throw new Error(`keys_range answered ${answer}`);
  return answer;
}

/** The scan behind a batch. */
function behind(scan: Scan, last: string): Scan {
  if (scan.flags & RANGE_REVERSE) return { ...scan, high: last, flags: (scan.flags & ~RANGE_NO_HIGH) | RANGE_HIGH_OPEN };
  return { ...scan, low: last, flags: (scan.flags & ~RANGE_NO_LOW) | RANGE_LOW_OPEN };
}

function inRange({ flags, low, high }: Scan, key: string): boolean {
  const isAbove = flags & RANGE_NO_LOW || (flags & RANGE_LOW_OPEN ? key > low : key >= low);
  const isBelow = flags & RANGE_NO_HIGH || (flags & RANGE_HIGH_OPEN ? key < high : key <= high);
  return Boolean(isAbove && isBelow);
}

/** The keys of a scan as the model has them, in the scan's order. */
function expectedKeys(model: KeyspaceModel, database: number, scan: Scan, nowMs: number): string[] {
  const keys = model.keys(database, nowMs).filter((key) => inRange(scan, key));
  keys.sort((left, right) => (left < right ? -1 : 1));
  return scan.flags & RANGE_REVERSE ? keys.reverse() : keys;
}

/** A scan of any shape; its ends are keys, beginnings of keys, or neither. */
function randomScan(random: RandomInput, stream: CommandStream): Scan {
  const end = (): string => {
    const key = stream.key();
    return random.below(3) === 0 ? key.slice(0, random.below(key.length + 1)) : key;
  };
  const bytes = random.below(4) === 0 ? 1 + random.below(200) : PLENTY;
  return { flags: random.below(64), low: end(), high: end(), count: 1 + random.below(random.below(3) ? 8 : 200), bytes };
}

/** Runs a whole scan and compares it with the model. */
function compareScan(engine: TestEngine, model: KeyspaceModel, database: number, scan: Scan, nowMs: number): void {
  const keys: string[] = [];
  const values: string[] = [];
  let next: Scan | undefined = scan;
  while (next !== undefined) {
    const answer = batch(engine, database, next, nowMs);
    expect(answer.keys.length).toBeLessThanOrEqual(scan.count);
    keys.push(...answer.keys);
    values.push(...answer.values);
    next = answer.last === undefined ? undefined : behind(next, answer.last);
  }
  expect(keys).toEqual(expectedKeys(model, database, scan, nowMs));
  if (scan.flags & RANGE_KEYS_ONLY) return;
  expect(values).toEqual(keys.map((key) => bulk(model.databases[database]!.get(key)!.value)));
}

/** A scan that goes on between commands: what it must have met and what it may have met. */
class OpenScan {
  #scan: Scan | undefined;
  readonly #flags: number;
  readonly #met: string[] = [];
  /** Keys of the range that have been there since the beginning. */
  readonly #steady: Set<string>;
  readonly #database: number;

  constructor(scan: Scan, database: number, model: KeyspaceModel, nowMs: number) {
    this.#scan = scan;
    this.#flags = scan.flags;
    this.#database = database;
    this.#steady = new Set(expectedKeys(model, database, scan, nowMs));
  }

  /** Notes what is gone behind a command. */
  note(model: KeyspaceModel, nowMs: number): void {
    const present = new Set(model.keys(this.#database, nowMs));
    for (const key of this.#steady) if (!present.has(key)) this.#steady.delete(key);
  }

  /** The next batch; false at the end, when all that must hold has been checked. */
  step(engine: TestEngine, nowMs: number): boolean {
    if (this.#scan === undefined) return false;
    const answer = batch(engine, this.#database, this.#scan, nowMs);
    this.#met.push(...answer.keys);
    this.#scan = answer.last === undefined ? undefined : behind(this.#scan, answer.last);
    if (this.#scan !== undefined) return true;
    const sorted = [...new Set(this.#met)].sort((left, right) => (left < right ? -1 : 1));
    expect(this.#met).toEqual(this.#flags & RANGE_REVERSE ? sorted.reverse() : sorted);
    expect(this.#met).toEqual(expect.arrayContaining([...this.#steady]));
    return false;
  }
}

/** Runs the stream with scans in between; returns the time at its end. */
function runStream(engine: TestEngine, session: number, random: RandomInput, steps: number, checked: boolean): number {
  const stream = new CommandStream(random, { large: false, sweeping: true }, START_MS);
  const model = new KeyspaceModel();
  let nowMs = START_MS;
  let open: OpenScan | undefined;
  let ready = 0;
  for (let step = 0; step < steps; step++) {
    nowMs += random.below(random.below(50) === 0 ? 3000 : 12);
    const args = stream.next();
    if (args[0] === "INCRBYFLOAT") continue;
    expect(engine.command(session, args, nowMs)).toBe(model.call(args, nowMs));
    open?.note(model, nowMs);
    if (random.below(20) === 0) engine.maintain(nowMs, 1 + random.below(40), random.below(2) === 0);
    const database = random.below(3);
    // Database 2 gets none, save by SWAPDB.
    if (database !== 2 && random.below(20) === 0) ready += order(engine, database, 1 + random.below(30)) === ORDER_READY ? 1 : 0;
    if (checked) engine.check();
    if (random.below(6) !== 0) continue;
    compareScan(engine, model, database, randomScan(random, stream), nowMs);
    if (open === undefined && database === 0) open = new OpenScan({ ...randomScan(random, stream), count: 2 }, 0, model, nowMs);
    else if (open !== undefined && !open.step(engine, nowMs)) open = undefined;
  }
  expect(ready).toBeGreaterThan(steps / 200);
  return nowMs;
}

function fill(engine: TestEngine, session: number, count: number): string[] {
  const keys = Array.from({ length: count }, (_, index) => `key:${String((index * 7919) % count).padStart(6, "0")}`);
  for (let from = 0; from < count; from += 500) {
    engine.command(session, ["MSET", ...keys.slice(from, from + 500).flatMap((key) => [key, "v"])]);
  }
  return keys;
}

describe.skipIf(!engineBuilt)("ordered scans", () => {
  for (const build of BUILDS) {
    it(`${build} build: random commands and scans (seed ${TEST_SEED})`, () => {
      const engine = new TestEngine(build);
      const before = engine.memoryByPurpose();
      const session = engine.open();
      const nowMs = runStream(engine, session, randomInput(TEST_SEED), STEPS[build] * TEST_LENGTH, build === "debug");
      for (let index = 0; index < DATABASE_COUNT; index++) {
        engine.command(session, ["SELECT", String(index)], nowMs);
        while (order(engine, index) === ORDER_BUILDING);
        for (const key of arrayOf(engine.command(session, ["KEYS", "*"], nowMs))) engine.command(session, ["DEL", key], nowMs);
      }
      engine.settle(nowMs);
      engine.finish(session);
      expect(engine.memoryByPurpose()).toEqual(before);
      engine.check();
    });
  }

  it("without an order select the first keys, many or few", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const keys = fill(engine, session, 5000).sort();
    const scan = { flags: ALL | RANGE_KEYS_ONLY, low: "", high: "", count: 7, bytes: PLENTY };
    expect(batch(engine, 0, scan)).toEqual({ keys: keys.slice(0, 7), values: [], last: keys[6] });
    expect(batch(engine, 0, { ...scan, flags: scan.flags | RANGE_REVERSE }).keys).toEqual(keys.slice(-7).reverse());
    const many = batch(engine, 0, { ...scan, count: 4000 });
    expect(many.keys).toEqual(keys.slice(0, many.keys.length));
    expect(many.last).toBe(many.keys.at(-1));
    expect(many.keys.length).toBeGreaterThan(500);
    const end = { ...scan, low: keys[4990]!, flags: RANGE_NO_HIGH | RANGE_KEYS_ONLY, count: 10 };
    expect(batch(engine, 0, end)).toEqual({ keys: keys.slice(4990), values: [], last: undefined });
    expect(batch(engine, 0, { ...end, count: 9 }).last).toBe(keys[4998]);
  });

  it("refuse counts and databases that there are not", () => {
    const engine = new TestEngine("debug");
    const scan = { flags: ALL, low: "", high: "", count: 10, bytes: PLENTY };
    expect(batch(engine, 0, scan)).toEqual({ keys: [], values: [], last: undefined });
    for (const [count, bytes] of [
      [0, 10],
      [10, 0],
      [-1, 10],
    ] as const) {
      expect(batchOf(engine, 0, { ...scan, count, bytes }, START_MS)).toBe(-STATUS_INVALID);
    }
    expect(engine.call("keys_range", 16, START_MS, ALL, 0, 0, 0, 0, 1, 1)).toBe(-STATUS_INVALID);
  });

  it("an order that is built while keys come and go has them all", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const expected = new Set(fill(engine, session, 4000));
    let round = 0;
    while (order(engine, 0, 50) === ORDER_BUILDING) {
      const added = `new:${round}`;
      const removed = [...expected][(round * 37) % expected.size]!;
      engine.command(session, ["SET", added, "v"]);
      engine.command(session, ["DEL", removed]);
      expected.add(added);
      expected.delete(removed);
      round++;
    }
    expect(round).toBeGreaterThan(20);
    engine.check();
    const { keys } = batch(engine, 0, { flags: ALL | RANGE_KEYS_ONLY, low: "", high: "", count: 10_000, bytes: PLENTY });
    expect(keys).toEqual([...expected].sort());
  });

  it("documents are answered as arrays of their text, and a flushed database gives its order back", () => {
    const engine = new TestEngine("debug");
    const before = engine.memoryByPurpose();
    const session = engine.open();
    engine.command(session, ["JSON.SET", "doc:1", "$", '{"name":"Ada","tags":[1,2]}']);
    engine.command(session, ["SET", "doc:2", "12"]);
    expect(order(engine, 0)).toBe(ORDER_READY);
    const { keys, values } = batch(engine, 0, { flags: 0, low: "doc:", high: "doc:z", count: 10, bytes: PLENTY });
    expect(keys).toEqual(["doc:1", "doc:2"]);
    expect(values).toEqual([`*1\r\n${bulk('{"name":"Ada","tags":[1,2]}')}`, bulk("12")]);
    fill(engine, session, 3000);
    engine.command(session, ["FLUSHDB"]);
    engine.settle();
    engine.finish(session);
    // Scratch memory of documents keeps small blocks.
    expect(engine.memoryByPurpose().slice(0, PURPOSE_SCRATCH)).toEqual(before.slice(0, PURPOSE_SCRATCH));
  });

  it("a transaction sees its own keys and the others as they were", () => {
    const engine = new TestEngine("debug");
    const [session, other] = [engine.open(), engine.open()];
    const before = engine.memoryByPurpose();
    const scan = { flags: ALL | RANGE_KEYS_ONLY, low: "", high: "", count: 10_000, bytes: PLENTY };
    const seen = (): string[] => {
      expect(engine.call("transaction_enter", session)).toBe(1);
      const { keys } = batch(engine, 0, scan);
      engine.call("transaction_leave");
      return keys;
    };
    const keys = fill(engine, session, 500).sort();
    for (const hasOrder of [false, true]) {
      if (hasOrder) expect(order(engine, 0)).toBe(ORDER_READY);
      engine.expectOk(engine.call("transaction_begin", session, 1, START_MS), "transaction_begin");
      engine.command(session, ["SET", "key:000100a", "own"]);
      engine.command(session, ["DEL", keys[200]!]);
      engine.command(other, ["SET", "key:000100b", "other"]);
      engine.command(other, ["DEL", keys[300]!]);
      const own = [...keys, "key:000100a"].filter((key) => key !== keys[200]).sort();
      expect(seen()).toEqual(own);
      expect(batch(engine, 0, scan).keys).toEqual([...keys, "key:000100b"].filter((key) => key !== keys[300]).sort());
      engine.check();
      engine.call("transaction_rollback", session);
      expect(batch(engine, 0, scan).keys).toContain(keys[200]);
      engine.command(other, ["DEL", "key:000100b"]);
      engine.command(other, ["SET", keys[300]!, "v"]);
    }
    engine.command(session, ["FLUSHDB"]);
    engine.settle();
    // The log keeps small blocks.
    expect(engine.memoryByPurpose().slice(0, PURPOSE_EFFECT)).toEqual(before.slice(0, PURPOSE_EFFECT));
  });

  it.each(["scan", "scan without order", "scan back", "KEYS"])(
    "a serializable transaction conflicts with writes of what its %s has read, and no others",
    (how) => {
      // The reader writes "own", the writer reads that and writes a key: together a cycle if the reader has read that key's place.
      const isCycle = (written: string): boolean => {
        const engine = new TestEngine("debug");
        const [reader, writer] = [engine.open(), engine.open()];
        engine.command(reader, ["MSET", ...["b1", "b3", "b5", "b7", "c1", "own", "z"].flatMap((key) => [key, "v"])]);
        if (how !== "scan without order") expect(order(engine, 0)).toBe(ORDER_READY);
        for (const session of [reader, writer])
          engine.expectOk(engine.call("transaction_begin", session, 1, START_MS), "transaction_begin");
        if (how === "KEYS") expect(arrayOf(engine.command(reader, ["KEYS", "b*"])).length).toBe(4);
        else {
          const isBack = how === "scan back";
          const flags = RANGE_HIGH_OPEN | (isBack ? RANGE_REVERSE : 0);
          engine.call("transaction_enter", reader);
          const { keys } = batch(engine, 0, { flags, low: "b", high: "c", count: 2, bytes: PLENTY });
          engine.call("transaction_leave");
          expect(keys).toEqual(isBack ? ["b7", "b5"] : ["b1", "b3"]);
        }
        engine.command(reader, ["SET", "own", "w"]);
        expect(engine.command(writer, ["GET", "own"])).toBe(bulk("v"));
        engine.command(writer, ["SET", written, "w"]);
        const outcomes = [reader, writer].map((session) => engine.call("transaction_commit", session, START_MS));
        engine.check();
        expect(outcomes[0]).toBe(COMMIT_DONE);
        return outcomes[1] === COMMIT_CONFLICT;
      };
      const places = ["a", "b", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "c", "c1", "zz"];
      const read = { scan: ["b", "b3"], "scan without order": ["b", "b3"], "scan back": ["b5", "b9"], KEYS: ["b", "b9"] }[how] as [
        string,
        string,
      ];
      expect(places.filter(isCycle)).toEqual(places.filter((place) => place >= read[0] && place <= read[1]));
    },
  );

  it("KEYS answers the same with an order as without", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    fill(engine, session, 4000);
    const long = "p".repeat(300);
    const odd = [
      "a\xff",
      "a\xff\xff",
      "a\xff\xffz",
      "\xff",
      "\xff\xff1",
      long,
      `${long}q`,
      `${"p".repeat(256)}r`,
      "key:[1]",
      "key:*",
      "*",
      "",
    ];
    for (const key of odd) engine.command(session, ["SET", key, "v"]);
    engine.command(session, ["SET", "key:00expired", "v", "PX", "10"]);
    const patterns = [
      "key:0039*",
      "key:00399?",
      "key:0039[89]*",
      "key:001*7",
      "key:000001",
      "key:\\[1]",
      "key:\\**",
      "a\xff*",
      "a\xff",
      "\xff*",
    ];
    const all = [...patterns, "key:*", "*", "", "?*", `${long}*`, `${"p".repeat(257)}*`, "absent*", "key:00exp*", "\xff\xff\xff*"];
    const answers = (): string[][] => all.map((pattern) => arrayOf(engine.command(session, ["KEYS", pattern], START_MS + 100)).sort());
    const before = answers();
    expect(order(engine, 0)).toBe(ORDER_READY);
    expect(answers()).toEqual(before);
    expect(before.map((keys) => keys.length)).toEqual([100, 10, 20, 100, 1, 1, 1, 3, 1, 2, 4002, 4012, 1, 4011, 2, 2, 0, 0, 0]);
    // In order: the answer comes from the order of the keys.
    const found = arrayOf(engine.command(session, ["KEYS", "key:0039*"]));
    expect(found).toEqual([...found].sort());
  });

  it("expired keys in a row are passed over in bounded steps", () => {
    const engine = new TestEngine("release");
    const session = engine.open();
    const keys = fill(engine, session, 9000).sort();
    for (const key of keys.slice(0, 8999)) engine.command(session, ["PEXPIRE", key, "10"]);
    expect(order(engine, 0)).toBe(ORDER_READY);
    let scan: Scan = { flags: ALL | RANGE_KEYS_ONLY, low: "", high: "", count: 1, bytes: PLENTY };
    const found: string[] = [];
    let batches = 0;
    for (let last: string | undefined = ""; last !== undefined; batches++) {
      const answer = batch(engine, 0, scan, START_MS + 100);
      found.push(...answer.keys);
      last = answer.last;
      if (last !== undefined) scan = behind(scan, last);
    }
    expect(found).toEqual([keys[8999]]);
    expect(batches).toBe(3);
  });

  it.each([3, 300, 40_000])("full memory, keys of %i bytes: writes are refused or done, and scans answer", (length) => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    const random = randomInput(TEST_SEED + length);
    const scan = { flags: ALL | RANGE_KEYS_ONLY, low: "", high: "", count: 1000, bytes: 1 << 18 };
    engine.configure(SETTING_MAX_PAGES, engine.pages);
    engine.command(session, ["SELECT", "1"]);
    const ballast = "b".repeat(1 << 16);
    let filled = 0;
    while (engine.command(session, ["SET", String(filled), ballast]) === "+OK\r\n") filled++;
    for (let left = 45 + length / 400; left > 0; left--) engine.command(session, ["DEL", String(--filled)]);
    engine.command(session, ["SELECT", "0"]);
    const there = new Set<string>();
    const set = (): boolean => {
      const key = `${random.below(1e9)}:${"k".repeat(length)}`;
      const isDone = engine.command(session, ["SET", key, "v".repeat(random.below(length))]) === "+OK\r\n";
      if (isDone) there.add(key);
      return isDone;
    };
    for (let round = 0; round < 4; round++) {
      while (order(engine, 0, 500) === ORDER_BUILDING);
      while (set());
      engine.check();
      expect(order(engine, 0, 100)).not.toBe(ORDER_BUILDING);
      const keys = [...there].sort();
      expect(keys.length).toBeGreaterThan(10);
      const found: string[] = [];
      for (let next: Scan | undefined = scan; next !== undefined; ) {
        const answer = batch(engine, 0, next);
        found.push(...answer.keys);
        next = answer.last === undefined ? undefined : behind(next, answer.last);
      }
      expect(found).toEqual(keys);
      for (const key of keys) {
        if (random.below(3) === 0) continue;
        expect(engine.command(session, ["DEL", key])).toBe(":1\r\n");
        there.delete(key);
      }
      engine.settle();
    }
  });

  it("an order that maxmemory forbids is not built, and what is there of it goes", () => {
    const engine = new TestEngine("debug");
    const session = engine.open();
    fill(engine, session, 3000);
    const before = engine.memoryByPurpose();
    expect(order(engine, 0, 100)).toBe(ORDER_BUILDING);
    engine.configure(SETTING_MAX_MEMORY, 1000);
    expect(order(engine, 0, 100)).toBe(ORDER_OUT_OF_MEMORY);
    engine.settle();
    expect(engine.memoryByPurpose()).toEqual(before);
    engine.configure(SETTING_MAX_MEMORY, 0);
    expect(order(engine, 0)).toBe(ORDER_READY);
  });
});
