/**
 * Goal: a loop that stops behind commands, or before those that write, answers what it answers otherwise; it tells each command that has
 * run once, in order, with its arguments, and none that was refused or queued; what is held back has not begun.
 * Method: random pipelines, cut at random places, on two engines of which one is observed; the host's part is played by hand.
 */
import { describe, expect, it } from "vitest";
import * as commandIds from "../../../assembly/abi/commands.ts";
import { CONTROL_COMMANDS } from "../../../assembly/abi/layout.ts";
import {
  EXECUTE_CLOSE,
  EXECUTE_DONE,
  EXECUTE_HOST_COMMAND,
  EXECUTE_PAUSED,
  EXECUTE_STEP,
  EXECUTE_YIELD,
  OBSERVE_ALL,
  OBSERVE_LONG,
  OBSERVE_PAUSE,
  SETTING_OBSERVE,
  STATUS_OK,
} from "../../../assembly/abi/status.ts";
import { BUILDS, engineBuilt, request, TEST_LENGTH, TEST_SEED, TestEngine } from "../../support/engine.ts";
import { type RandomInput, randomInput } from "../assembly/bytes/random-input.ts";

const PIPELINES = 60 * TEST_LENGTH;
/** More than lies in front of a chunk, so that such a request is collected in its session. */
const LARGE = "v".repeat(100_000);
const MANY = Array.from({ length: 1200 }, (_, index) => String(index));

interface Told {
  readonly id: number;
  readonly args: readonly string[];
}

class Loop {
  readonly engine: TestEngine;
  readonly session: number;
  readonly told: Told[] = [];
  reply = "";
  paused = false;
  hostCommands = 0;

  constructor(engine: TestEngine) {
    this.engine = engine;
    this.session = engine.open();
  }

  feed(piece: string): void {
    for (let from = 0; from < piece.length; from += 65_536) this.#run(this.engine.run(this.session, piece.slice(from, from + 65_536)));
  }

  resume(): void {
    this.paused = false;
    this.engine.call("reply_clear");
    this.#run(this.engine.resume(this.session));
  }

  #run(first: { readonly status: number; readonly reply: string }): void {
    let { status, reply } = first;
    while (status !== EXECUTE_DONE) {
      this.reply += reply;
      this.engine.call("reply_clear");
      if (status === EXECUTE_PAUSED) {
        expect(this.engine.call("suspend", this.session)).toBe(STATUS_OK);
        this.paused = true;
        return;
      }
      if (status === EXECUTE_STEP) this.told.push(this.engine.hostCommand());
      else if (status === EXECUTE_HOST_COMMAND) {
        this.hostCommands++;
        this.engine.answer("+host\r\n");
      } else expect(status).toBe(EXECUTE_YIELD);
      if (status === EXECUTE_CLOSE) return;
      ({ status, reply } = this.engine.resume(this.session));
    }
    this.reply += reply;
    this.engine.call("reply_clear");
  }
}

function observing(build: (typeof BUILDS)[number], bits: number): Loop {
  const engine = new TestEngine(build);
  engine.configure(SETTING_OBSERVE, bits);
  return new Loop(engine);
}

const requests = (...commands: readonly string[]): string => commands.map((command) => request(command.split(" "))).join("");

function randomCommand(random: RandomInput): string {
  const key = random.pick(["a", "b", "c"]);
  return random.pick([
    request(["SET", key, String(random.below(1000))]),
    request(["GET", key]),
    request(["INCR", key]),
    request(["MULTI"]),
    request(["EXEC"]),
    request(["DISCARD"]),
    request(["KEYS", "*"]),
    request(["CLIENT", "ID"]),
    request(["GET"]),
    request(["NOSUCH", "x"]),
    request(["SET", key, LARGE]),
    request(["MGET", ...MANY]),
    `GET ${key}\r\n`,
  ]);
}

describe.skipIf(!engineBuilt).each(BUILDS)("an observed loop (%s)", (build) => {
  it(`answers what it answers otherwise, however its input is cut (seed ${TEST_SEED})`, () => {
    const random = randomInput(TEST_SEED);
    for (let run = 0; run < PIPELINES; run++) {
      const plain = observing(build, 0);
      const observed = observing(build, random.pick([OBSERVE_LONG, OBSERVE_ALL, OBSERVE_LONG | OBSERVE_ALL]));
      const input = Array.from({ length: 1 + random.below(12) }, () => randomCommand(random)).join("");
      for (let from = 0; from < input.length; ) {
        const to = from + 1 + random.below(random.pick([10, 100, 100_000]));
        plain.feed(input.slice(from, to));
        observed.feed(input.slice(from, to));
        from = to;
      }
      expect(observed.reply).toBe(plain.reply);
      const before = plain.engine.statistic(CONTROL_COMMANDS);
      expect(observed.engine.statistic(CONTROL_COMMANDS)).toBe(before);
      expect(observed.engine.digest()).toBe(plain.engine.digest());
      observed.engine.check();
      for (const { engine, session } of [plain, observed]) {
        engine.close(session);
        engine.check();
      }
    }
  });

  it("tells each command that has run once, in order, and none that was refused or queued", () => {
    const loop = observing(build, OBSERVE_ALL);
    loop.feed(requests("SET a 1", "GET", "NOSUCH", "MULTI", "SET b 2", "CLIENT ID", "GET b", "EXEC", "GET a", "MULTI", "EXEC", "MULTI"));
    loop.feed(requests("NOSUCH", "EXEC"));
    loop.feed(request(["SET", "c", LARGE]));
    loop.feed(request(["MGET", ...MANY]));
    expect(loop.told.map(({ id }) => id)).toEqual([
      commandIds.COMMAND_SET,
      commandIds.COMMAND_MULTI,
      commandIds.COMMAND_SET,
      commandIds.COMMAND_GET,
      commandIds.COMMAND_EXEC,
      commandIds.COMMAND_GET,
      commandIds.COMMAND_MULTI,
      commandIds.COMMAND_EXEC,
      commandIds.COMMAND_MULTI,
      commandIds.COMMAND_EXEC,
      commandIds.COMMAND_SET,
      commandIds.COMMAND_MGET,
    ]);
    expect(loop.told[0]?.args).toEqual(["SET", "a", "1"]);
    expect(loop.told[2]?.args).toEqual(["SET", "b", "2"]);
    expect(loop.told.at(-2)?.args).toEqual(["SET", "c", LARGE]);
    expect(loop.told.at(-1)?.args.length).toBe(MANY.length + 1);
    expect(loop.hostCommands).toBe(1);
  });

  it("tells long commands alone when it is asked for no others, those of a queue too", () => {
    const loop = observing(build, OBSERVE_LONG);
    loop.feed(requests("SET a 1", "KEYS *", "GET a", "MULTI", "KEYS a", "GET a", "EXEC"));
    expect(loop.told.map(({ args }) => args.join(" "))).toEqual(["KEYS *", "KEYS a"]);
  });

  it("holds writes back before they begin, and what is behind them", () => {
    const loop = observing(build, OBSERVE_PAUSE);
    loop.feed(requests("GET a", "SET a 1", "GET a"));
    expect([loop.reply, loop.paused]).toEqual(["$-1\r\n", true]);
    loop.resume();
    expect([loop.reply, loop.paused]).toEqual(["$-1\r\n", true]);
    loop.engine.configure(SETTING_OBSERVE, 0);
    loop.resume();
    expect([loop.reply, loop.paused]).toEqual(["$-1\r\n+OK\r\n$1\r\n1\r\n", false]);
  });

  it("holds a large request back as a whole", () => {
    const loop = observing(build, OBSERVE_PAUSE);
    const input = request(["SET", "a", LARGE]) + requests("STRLEN a");
    loop.feed(input.slice(0, 70_000));
    loop.feed(input.slice(70_000));
    expect([loop.reply, loop.paused, loop.engine.database(0).keys]).toEqual(["", true, 0]);
    loop.engine.configure(SETTING_OBSERVE, 0);
    loop.resume();
    expect(loop.reply).toBe(`+OK\r\n:${LARGE.length}\r\n`);
  });

  it("holds EXEC back when something in its queue writes", () => {
    const loop = observing(build, 0);
    loop.feed(requests("MULTI", "GET a", "EXEC", "MULTI", "SET a 1"));
    loop.reply = "";
    loop.engine.configure(SETTING_OBSERVE, OBSERVE_PAUSE);
    loop.feed(requests("EXEC", "PING"));
    expect([loop.reply, loop.paused]).toEqual(["", true]);
    loop.engine.configure(SETTING_OBSERVE, 0);
    loop.resume();
    expect(loop.reply).toBe("*1\r\n+OK\r\n+PONG\r\n");
  });
});
