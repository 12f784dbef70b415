/**
 * Goal: background work runs often enough and never long; effects pass the gate exactly once; a failed engine is reported once.
 * Method: the fake engine and a clock that moves only when told to.
 */
import { describe, expect, it } from "vitest";
import { SETTING_EFFECTS } from "../../../../assembly/abi/status.ts";
import { Database } from "../../../../host/database/database.ts";
import { BUDGET_MAX, BUDGET_MIN } from "../../../../host/maintenance/pacer.ts";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";
import { FAKE_COMMAND_COUNT, FakeEngine } from "../engine/fake-engine.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function open() {
  const fake = new FakeEngine();
  const clock = new ManualClock(1_000_000);
  const database = Database.onExports(fake.exports, {
    clock,
    random: new SeededRandom(1),
    commandCount: FAKE_COMMAND_COUNT,
    print: () => {},
  });
  return { fake, clock, database };
}

describe("maintenance", () => {
  it("runs ten times a second while there is nothing to do, with the time of day", () => {
    const { fake, clock } = open();
    clock.advance(1000);
    expect(fake.maintained.length).toBe(10);
    expect(fake.maintained[0]).toEqual([1_000_100, 256, 1]);
  });

  it("runs more often while work is left, grows its budget, and rests three times as long as it works", () => {
    const { fake, clock, database } = open();
    fake.maintainAnswer = () => {
      clock.spend(0.4);
      return 1;
    };
    clock.advance(1000);
    expect(database.maintenance.budget).toBe(BUDGET_MAX);
    // 900 ms after the first round, each 0.4 ms of work and 1.2 ms of rest.
    expect(fake.maintained.length).toBeGreaterThan(500);
    expect(fake.maintained.length).toBeLessThan(600);
  });

  it("shrinks its budget when a slice takes too long, but not to nothing", () => {
    const { fake, clock, database } = open();
    fake.maintainAnswer = () => {
      clock.spend(2);
      return 1;
    };
    clock.advance(1000);
    expect(database.maintenance.budget).toBe(BUDGET_MIN);
  });

  it("expires nothing while switched off, yet goes on freeing", () => {
    const { fake, clock, database } = open();
    database.maintenance.setActive(false);
    clock.advance(200);
    expect(fake.maintained.map(([, , expireActively]) => expireActively)).toEqual([0, 0]);
    database.maintenance.setActive(true);
    clock.advance(100);
    expect(fake.maintained.at(-1)?.[2]).toBe(1);
  });

  it("follows a changed rate, and stops", () => {
    const { fake, clock, database } = open();
    database.maintenance.setRate(100);
    clock.advance(100);
    const before = fake.maintained.length;
    clock.advance(1000);
    expect(fake.maintained.length - before).toBe(100);
    database.close();
    expect(clock.timerCount).toBe(0);
  });

  it("reports an engine that fails in a round, once, and stops", () => {
    const { fake, clock, database } = open();
    const failures: string[] = [];
    database.onFailure((error) => failures.push(error.code));
    fake.maintainAnswer = () => {
      throw new RangeError("broken");
    };
    clock.advance(1000);
    database.reportFailure(database.engine.failure as never);
    expect(failures).toEqual(["ENGINE_FAILED"]);
    expect(clock.timerCount).toBe(0);
  });
});

describe("commit gate", () => {
  function run(database: Database, handle: number, text: string): void {
    database.engine.execute(handle, database.engine.loadInput(encode(text), 0), 0);
    database.commits.pass();
  }

  it("has nothing encoded until somebody subscribes, and again after the last has left", () => {
    const { fake, database } = open();
    const handle = database.engine.openSession();
    run(database, handle, "SET a 1\n");
    expect(fake.settings.get(SETTING_EFFECTS)).toBeUndefined();
    const seen: string[] = [];
    const leave = database.commits.subscribe((effects) => seen.push(decode(effects)));
    run(database, handle, "SET b 2\nSET c 3\n");
    run(database, handle, "PING\n");
    expect(seen).toEqual(["SET b 2;SET c 3;"]);
    leave();
    leave();
    expect(fake.settings.get(SETTING_EFFECTS)).toBe(0);
    run(database, handle, "SET d 4\n");
    expect(seen.length).toBe(1);
  });

  it("passes what maintenance did", () => {
    const { fake, clock, database } = open();
    const seen: string[] = [];
    database.commits.subscribe((effects) => seen.push(decode(effects)));
    fake.maintainAnswer = () => {
      fake.logEffects("DEL expired;");
      return 0;
    };
    clock.advance(100);
    expect(seen).toEqual(["DEL expired;"]);
  });

  it("gives all subscribers the same bytes, in the order in which they came", () => {
    const { fake, database } = open();
    const handle = database.engine.openSession();
    const seen: string[] = [];
    const listener = (effects: Uint8Array): void => void seen.push(decode(effects));
    const first = database.commits.subscribe(listener);
    database.commits.subscribe(listener);
    run(database, handle, "SET a 1\n");
    first();
    expect(fake.settings.get(SETTING_EFFECTS)).toBe(1);
    run(database, handle, "SET b 2\n");
    expect(seen).toEqual(["SET a 1;", "SET a 1;", "SET b 2;"]);
  });
});
