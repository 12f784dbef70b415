/**
 * Goal: the effect log tells the whole change. Replayed into an empty engine it gives equal content; keys that expired are
 * deleted in it, ahead of what the command did; commits are marked; equal calls give equal memory, byte by byte.
 * Method: random commands (commands.ts) on one engine, whose effects another one replays; digests compared on the way.
 */
import { describe, expect, it } from "vitest";
import { CONTROL_EFFECT_LENGTH, CONTROL_INPUT_CAPACITY } from "../../../assembly/abi/layout.ts";
import { SETTING_EFFECTS, SETTING_MAX_PAGES, STATUS_INVALID, STATUS_OK } from "../../../assembly/abi/status.ts";
import { BUILDS, type BuildName, bulk, engineBuilt, request, START_MS, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { randomInput } from "../assembly/bytes/random-input.ts";
import { CommandStream } from "./commands.ts";
import { errorReply } from "./model.ts";

const STEPS = { debug: 6000, release: 15_000 };
const SELECT_0 = request(["SELECT", "0"]);
const COMMIT = "*0\r\n";

function logging(build: BuildName): { readonly engine: TestEngine; readonly session: number } {
  const engine = new TestEngine(build);
  engine.configure(SETTING_EFFECTS, 1);
  return { engine, session: engine.open() };
}

/** Runs random commands; `each` gets the time behind every step. */
function runRandomly(engine: TestEngine, session: number, seed: number, steps: number, each: (step: number, nowMs: number) => void): void {
  const random = randomInput(seed);
  const stream = new CommandStream(random, { large: false, sweeping: true }, START_MS);
  let nowMs = START_MS;
  for (let step = 0; step < steps; step++) {
    nowMs += random.below(random.below(50) === 0 ? 3000 : 12);
    const commands = Array.from({ length: 1 + random.below(3) }, () => request(stream.next()));
    engine.send(session, commands.join(""), nowMs);
    if (random.below(20) === 0) engine.maintain(nowMs, 1 + random.below(40), random.below(2) === 0);
    each(step, nowMs);
  }
}

describe.skipIf(!engineBuilt)("effects", () => {
  for (const build of BUILDS) {
    it(`replayed give equal content (${build}, seed ${TEST_SEED})`, () => {
      const { engine, session } = logging(build);
      const replica = new TestEngine(build);
      const later = new TestEngine(build);
      const capacity = replica.control(CONTROL_INPUT_CAPACITY);
      let gathered = "";
      let bytes = 0;
      const flush = (nowMs: number): void => {
        expect(later.replay(gathered, nowMs + 1_000_000)).toBe(STATUS_OK);
        gathered = "";
      };
      runRandomly(engine, session, TEST_SEED, STEPS[build] * TEST_LENGTH, (step, nowMs) => {
        const effects = engine.takeEffects();
        bytes += effects.length;
        if (effects !== "") {
          expect(effects.startsWith("*2\r\n$6\r\nSELECT\r\n")).toBe(true);
          expect(effects.endsWith(COMMIT)).toBe(true);
        }
        expect(replica.replay(effects, nowMs)).toBe(STATUS_OK);
        if (gathered.length + effects.length > capacity) flush(nowMs);
        gathered += effects;
        if (step % 100 === 0) expect([step, replica.digest()]).toEqual([step, engine.digest()]);
      });
      flush(START_MS);
      expect(bytes).toBeGreaterThan(100_000);
      for (const other of [replica, later]) {
        expect(other.digest()).toBe(engine.digest());
        for (let index = 0; index < 3; index++) expect(other.database(index)).toEqual(engine.database(index));
        other.check();
      }
    });

    it(`equal calls give equal memory (${build}, seed ${TEST_SEED + 1})`, () => {
      const engines = [logging(build), logging(build)];
      for (const { engine, session } of engines) {
        runRandomly(engine, session, TEST_SEED + 1, (STEPS[build] / 4) * TEST_LENGTH, () => engine.takeEffects());
      }
      const [first, second] = engines.map(({ engine }) => Buffer.from(engine.memory.buffer));
      expect(first!.length).toBe(second!.length);
      expect(first!.equals(second!)).toBe(true);
      expect(engines[0]!.engine.digest()).not.toBe(new TestEngine(build).digest());
    });
  }

  it("the digest depends on the seed, and on nothing else but content", () => {
    const digests = [1, 1, 2].map((seed) => {
      const engine = new TestEngine("release", seed, 0);
      const session = engine.open();
      for (let index = 0; index < 100; index++) engine.command(session, ["SET", `key:${index}`, String(index)]);
      return engine.digest();
    });
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
  });

  it("an expired key is deleted in the log ahead of what the command did", () => {
    const { engine, session } = logging("debug");
    const expired = SELECT_0 + request(["DEL", "key"]);
    const cases: readonly (readonly [readonly string[], string])[] = [
      [["SET", "key", "new"], expired + request(["set", "key", "new"]) + COMMIT],
      [["GET", "key"], expired + COMMIT],
      [["EXISTS", "key"], expired + COMMIT],
      [["TTL", "key"], expired + COMMIT],
      [["DEL", "key"], expired + COMMIT],
      [["PERSIST", "key"], expired + COMMIT],
    ];
    for (const [args, effects] of cases) {
      engine.command(session, ["SET", "key", "value", "PX", "10"]);
      engine.takeEffects();
      engine.command(session, args, START_MS + 20);
      expect([args[0], engine.takeEffects()]).toEqual([args[0], effects]);
      engine.command(session, ["DEL", "key"]);
      engine.takeEffects();
    }
    engine.command(session, ["SET", "key", "value", "PX", "10"]);
    engine.takeEffects();
    while (engine.maintain(START_MS + 20));
    expect(engine.takeEffects()).toBe(expired + COMMIT);
  });

  it("relative times are logged as absolute ones, reads and failures not at all", () => {
    const { engine, session } = logging("debug");
    engine.command(session, ["SET", "key", "1", "EX", "5"]);
    expect(engine.takeEffects()).toBe(SELECT_0 + request(["set", "key", "1", "PXAT", String(START_MS + 5000)]) + COMMIT);
    for (const args of [["GET", "key"], ["SETNX", "key", "2"], ["INCRBY", "key", "x"], ["NOTHING"], ["DEL", "missing"], ["SET", "key"]]) {
      engine.command(session, args);
      expect([args[0], engine.takeEffects()]).toEqual([args[0], ""]);
    }
    engine.configure(SETTING_EFFECTS, 0);
    engine.command(session, ["SET", "key", "2"]);
    expect(engine.control(CONTROL_EFFECT_LENGTH)).toBe(0);
  });

  it("what is no whole effect is told by replay", () => {
    const { engine, session } = logging("debug");
    engine.command(session, ["SET", "key", "value"]);
    const effects = engine.takeEffects();
    const whole = new TestEngine("debug");
    expect(whole.replay(effects)).toBe(STATUS_OK);
    for (let length = 1; length < effects.length; length++) {
      const torn = new TestEngine("release");
      const ended = effects.slice(0, length);
      const status = torn.replay(ended);
      const boundary = ended === SELECT_0 || ended + COMMIT === effects;
      expect([length, status]).toEqual([length, boundary ? STATUS_OK : STATUS_INVALID]);
    }
    expect(whole.replay(request(["INCR", "key"]))).toBe(STATUS_INVALID);
    expect(whole.replay("*1\r\n:5\r\n")).toBe(STATUS_INVALID);
    expect(whole.replay(effects)).toBe(STATUS_OK);
    expect(whole.digest()).toBe(engine.digest());
  });

  it("when memory is full, the delete of a long key that expired waits for room, and is logged then", () => {
    const { engine, session } = logging("debug");
    const long = "k".repeat(400_000);
    engine.command(session, ["SET", long, "value", "PX", "10"]);
    engine.takeEffects();
    engine.configure(SETTING_MAX_PAGES, engine.pages);
    let count = 0;
    const value = "v".repeat(50_000);
    while (engine.command(session, ["SET", `fill:${count}`, value]) === "+OK\r\n") {
      engine.takeEffects();
      count++;
    }
    expect(engine.command(session, ["SET", `fill:${count}`, value])).toBe(errorReply("OUT_OF_MEMORY_HOST"));
    const sessions: number[] = [];
    for (let handle = engine.open(); handle !== 0; handle = engine.open()) {
      sessions.push(handle);
      if (engine.run(handle, `*2\r\n$4\r\nECHO\r\n$200000\r\n${"x".repeat(60_000)}`).status !== 0) break;
    }
    expect(engine.command(session, ["EXISTS", "fill:0"], START_MS + 20)).toBe(":1\r\n");
    for (let round = 0; round < 5; round++) engine.maintain(START_MS + 20);
    expect(engine.takeEffects()).toBe("");
    engine.check();
    for (const handle of sessions) engine.close(handle);
    for (let index = 0; index < count; index++) engine.command(session, ["DEL", `fill:${index}`]);
    engine.takeEffects();
    engine.settle(START_MS + 20);
    expect(engine.takeEffects()).toBe(SELECT_0 + request(["DEL", long]) + COMMIT);
    expect(engine.command(session, ["DBSIZE"], START_MS + 20)).toBe(":0\r\n");
    expect(engine.command(session, ["ECHO", "x"])).toBe(bulk("x"));
  });
});
