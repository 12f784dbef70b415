/**
 * The transaction of a session, and all of a database.
 *
 * Goal: every call in every state either does what it says or throws the right state of SQL and changes nothing; a conflict ends a
 * transaction and a failed call does not; silent clients lose theirs, once, and are told so.
 * Method: a core that keeps numbers by name (fake-core.ts), and a clock that is moved.
 */
import { beforeEach, describe, expect, it } from "vitest";
import type { SessionTransaction } from "../../../../host/database/transaction.ts";
import { Transactions } from "../../../../host/database/transactions.ts";
import { ManualClock } from "../../../../host/platform/memory/clock.ts";
import { TEST_SEED } from "../../../support/engine.ts";
import { createRandom } from "../../../support/random.ts";
import { ALONE, FakeCore } from "./fake-core.ts";

const REFUSAL = new Error("refused");

class Owner {
  readonly handle: number;
  lastActiveMs = 0;
  isExecuting = false;

  constructor(handle: number) {
    this.handle = handle;
  }
}

let core: FakeCore;
let clock: ManualClock;
let all: Transactions;
let owner: Owner;
let transaction: SessionTransaction;

beforeEach(() => {
  core = new FakeCore();
  clock = new ManualClock(0);
  all = new Transactions(core, clock, { ...ALONE, refusal: () => REFUSAL });
  owner = new Owner(1);
  transaction = all.of(owner);
});

describe("begin and end", () => {
  it("does not begin while EXEC runs the session's queue", () => {
    owner.isExecuting = true;
    expect(() => transaction.begin({})).toThrow("25001");
    expect(transaction.isOpen).toBe(false);
    owner.isExecuting = false;
    transaction.begin({});
    expect(transaction.isOpen).toBe(true);
  });

  it("begins with what was asked, what the session has said, and what the database has", () => {
    all.initial = { isolation: "snapshot", readOnly: false };
    transaction.begin({});
    expect(core.modes(1)).toEqual({ isolation: "snapshot", readOnly: false });
    expect(() => transaction.begin({})).toThrow("there is already a transaction in progress [25001]");
    transaction.commit();
    expect(transaction.isOpen).toBe(false);
    transaction.setDefaults({ readOnly: true });
    expect(transaction.modes).toEqual({ isolation: "snapshot", readOnly: true });
    transaction.begin({ isolation: "serializable" });
    expect(core.modes(1)).toEqual({ isolation: "serializable", readOnly: true });
    expect(transaction.modes).toEqual({ isolation: "serializable", readOnly: true });
    transaction.rollback();
    transaction.setDefaults({ readOnly: undefined });
    expect(transaction.defaults).toEqual({ isolation: "snapshot", readOnly: false });
  });

  it("keeps what is committed and nothing else", () => {
    transaction.begin({});
    core.write(1, "a", 1);
    transaction.commit();
    transaction.begin({});
    core.write(1, "a", 2);
    transaction.rollback();
    expect([...core.committed]).toEqual([["a", 1]]);
    expect(all.count).toBe(0);
  });

  it.each<readonly [string, (control: SessionTransaction) => void]>([
    ["commit", (control) => control.commit()],
    ["rollback", (control) => control.rollback()],
    ["setSavepoint", (control) => control.setSavepoint("a")],
    ["rollbackTo", (control) => control.rollbackTo("a", "a")],
    ["releaseSavepoint", (control) => control.releaseSavepoint("a", "a")],
    ["change", (control) => control.change({ readOnly: true })],
  ])("%s needs a transaction", (_name, call) => {
    expect(() => call(transaction)).toThrow("there is no transaction in progress [25P01]");
  });

  it("a commit that is refused has ended it", () => {
    for (const [outcome, message] of [
      ["refused", "refused"],
      ["memory", "[53200]"],
    ] as const) {
      transaction.begin({});
      core.outcome = outcome;
      expect(() => transaction.commit()).toThrow(message);
      expect(transaction.isOpen).toBe(false);
    }
    expect(all.count).toBe(0);
  });
});

describe("conflicts", () => {
  it("the second of two writers is told at COMMIT", () => {
    const other = all.of(new Owner(2));
    transaction.begin({});
    other.begin({});
    core.write(1, "a", 1);
    core.write(2, "a", 2);
    other.commit();
    expect(() => transaction.commit()).toThrow("[40001]");
    expect(transaction.isOpen).toBe(false);
    expect([...core.committed]).toEqual([["a", 2]]);
  });

  it("one that is seen before fails the transaction until it is ended", () => {
    for (const end of ["commit", "rollback"] as const) {
      transaction.begin({});
      core.isDoomed = true;
      expect(() => transaction.enter()).toThrow("[40001]");
      core.isDoomed = false;
      expect(transaction.isOpen).toBe(true);
      expect(() => transaction.enter()).toThrow("[25P02]");
      expect(() => transaction.setSavepoint("a")).toThrow("[25P02]");
      expect(() => transaction.begin({})).toThrow("[25001]");
      if (end === "rollback") transaction.rollback();
      else expect(() => transaction.commit()).toThrow("[40001]");
      expect(transaction.isOpen).toBe(false);
      expect(all.count).toBe(0);
    }
  });
});

describe("a session that goes", () => {
  it("takes its transaction with it, and has none any more", () => {
    transaction.begin({});
    core.write(1, "a", 1);
    transaction.close(true);
    expect(core.state(1)).toBe("none");
    expect(all.count).toBe(0);
    expect(() => transaction.begin({})).toThrow("the session has ended");
    expect(() => transaction.commit()).toThrow("[25P01]");
  });

  it("leaves a failed engine alone", () => {
    transaction.begin({});
    transaction.close(false);
    expect(core.state(1)).toBe("open");
    expect(transaction.isOpen).toBe(false);
    expect(all.count).toBe(0);
  });
});

describe("savepoints", () => {
  beforeEach(() => transaction.begin({}));

  function written(): number | undefined {
    transaction.commit();
    return core.committed.get("n");
  }

  it("are gone back to again and again, and forget those behind", () => {
    core.write(1, "n", 1);
    transaction.setSavepoint("a");
    core.write(1, "n", 2);
    transaction.setSavepoint("b");
    core.write(1, "n", 3);
    transaction.rollbackTo("a", "a");
    core.write(1, "n", 4);
    transaction.rollbackTo("a", "a");
    expect(() => transaction.rollbackTo("b", "b")).toThrow('savepoint "b" does not exist [3B001]');
    expect(written()).toBe(1);
  });

  it("a name hides an older one until it is released", () => {
    core.write(1, "n", 1);
    transaction.setSavepoint("a");
    core.write(1, "n", 2);
    transaction.setSavepoint("a");
    core.write(1, "n", 3);
    transaction.releaseSavepoint("a", "a");
    core.write(1, "n", 4);
    transaction.rollbackTo("a", "a");
    expect(written()).toBe(1);
  });

  it("are found as written, else folded", () => {
    transaction.setSavepoint("foo");
    transaction.setSavepoint("Foo");
    core.write(1, "n", 1);
    transaction.rollbackTo("Foo", "foo");
    transaction.releaseSavepoint("Foo", "foo");
    transaction.releaseSavepoint("FOO", "foo");
    expect(() => transaction.releaseSavepoint("FOO", "foo")).toThrow('savepoint "foo" does not exist [3B001]');
    expect(written()).toBeUndefined();
  });

  it("fail the transaction when there is no memory to go back", () => {
    transaction.setSavepoint("a");
    core.isFull = true;
    expect(() => transaction.rollbackTo("a", "a")).toThrow("out of memory [53200]");
    expect(() => transaction.setSavepoint("b")).toThrow("[25P02]");
    transaction.rollback();
    transaction.begin({});
  });

  it("go with their transaction", () => {
    transaction.setSavepoint("a");
    transaction.rollback();
    transaction.begin({});
    expect(() => transaction.rollbackTo("a", "a")).toThrow("[3B001]");
  });
});

describe("SET TRANSACTION", () => {
  it("counts before the first statement", () => {
    transaction.begin({});
    transaction.change({ isolation: "snapshot" });
    transaction.change({ readOnly: true });
    expect(core.modes(1)).toEqual({ isolation: "snapshot", readOnly: true });
    transaction.change({ readOnly: false });
    core.write(1, "a", 1);
    transaction.change({ isolation: "snapshot" });
    expect(() => transaction.change({ isolation: "serializable" })).toThrow("must be called before any query [25001]");
    transaction.change({ readOnly: true });
    expect(core.forbidden).toBe(1);
    expect(transaction.modes).toEqual({ isolation: "snapshot", readOnly: true });
    expect(() => transaction.change({ readOnly: false })).toThrow("transaction read-write mode must be set before any query [25001]");
    transaction.commit();
    expect(core.committed.get("a")).toBe(1);
    expect(all.count).toBe(0);
    transaction.begin({});
    expect(transaction.modes.readOnly).toBe(false);
  });

  it("counts a statement that only reads", () => {
    transaction.begin({});
    transaction.enter();
    transaction.leave();
    expect(() => transaction.change({ isolation: "snapshot" })).toThrow("must be called before any query [25001]");
    transaction.commit();
    transaction.begin({});
    transaction.change({ isolation: "snapshot" });
  });

  it("keeps what is to be done behind COMMIT", () => {
    const done: number[] = [];
    transaction.begin({});
    transaction.afterCommit(() => done.push(1));
    transaction.change({ isolation: "snapshot", readOnly: true });
    transaction.commit();
    expect(done).toEqual([1]);
    expect(all.ended.committed).toBe(1);
    expect(all.ended.rolled_back).toBe(0);
  });

  it("changes no level behind a savepoint, and ends there what only reads", () => {
    transaction.begin({});
    transaction.setSavepoint("a");
    expect(() => transaction.change({ isolation: "snapshot" })).toThrow("must not be called in a subtransaction [25001]");
    transaction.change({ readOnly: true });
    transaction.setSavepoint("b");
    expect(() => transaction.change({ readOnly: false })).toThrow(
      "cannot set transaction read-write mode inside a read-only transaction [25001]",
    );
    transaction.rollbackTo("b", "b");
    expect(transaction.modes.readOnly).toBe(true);
    transaction.rollbackTo("a", "a");
    expect([transaction.modes.readOnly, core.forbidden]).toEqual([false, undefined]);
    transaction.change({ readOnly: true });
    transaction.change({ readOnly: false });
    transaction.change({ readOnly: true });
    transaction.releaseSavepoint("a", "a");
    expect([transaction.modes.readOnly, core.forbidden]).toEqual([false, undefined]);
  });
});

describe("what runs in it", () => {
  it("is entered and left, and nothing is without a transaction", () => {
    transaction.enter();
    expect(core.entered).toBeUndefined();
    transaction.leave();
    transaction.begin({});
    transaction.enter();
    expect(core.entered).toBe(1);
    transaction.leave();
    expect(core.entered).toBeUndefined();
  });
});

describe("idle clients", () => {
  it("lose their transaction, and are told so until they end it", () => {
    all.setIdleLimit(1000);
    const busy = new Owner(2);
    const other = all.of(busy);
    transaction.begin({});
    other.begin({});
    clock.advance(600);
    busy.lastActiveMs = clock.nowMs();
    clock.advance(400);
    expect(core.state(1)).toBe("expired");
    expect(core.state(2)).toBe("open");
    expect(all.count).toBe(1);
    expect(() => transaction.enter()).toThrow("the transaction was rolled back due to idle-in-transaction timeout [25P03]");
    expect(() => transaction.enter()).toThrow("[25P03]");
    expect(() => transaction.setSavepoint("s")).toThrow("[25P03]");
    expect(() => transaction.commit()).toThrow("[25P03]");
    expect(() => transaction.commit()).toThrow("[25P01]");
    clock.advance(600);
    expect(core.state(2)).toBe("expired");
    expect(() => other.begin({})).toThrow("[25P03]");
    other.rollback();
    other.begin({});
    other.rollback();
    expect(clock.timerCount).toBe(1);
    clock.advance(1000);
    expect(clock.timerCount).toBe(0);
  });

  it("are none while a statement runs, and are counted from its end", () => {
    all.setIdleLimit(1000);
    transaction.begin({});
    transaction.enter();
    clock.advance(900);
    transaction.leave();
    clock.advance(900);
    expect(core.state(1)).toBe("open");
    transaction.setSavepoint("s");
    clock.advance(900);
    transaction.rollbackTo("s", "s");
    clock.advance(900);
    transaction.afterCommit(() => {});
    clock.advance(900);
    transaction.requireOpen();
    clock.advance(900);
    expect(core.state(1)).toBe("open");
    clock.advance(100);
    expect(core.state(1)).toBe("expired");
  });

  it("whose request has come while others were at work are heard before they lose it", () => {
    all.setIdleLimit(1000);
    transaction.begin({});
    // The clock has gone on, and what the client has sent is read in the turn behind the timer's.
    clock.setTimer(() => (owner.lastActiveMs = clock.nowMs()), 1000);
    clock.advance(1000);
    clock.advance(0);
    expect(core.state(1)).toBe("open");
    clock.advance(1000);
    expect(core.state(1)).toBe("expired");
  });

  it("are not looked for without a limit, and at once when one is set", () => {
    transaction.begin({});
    clock.advance(5000);
    expect(clock.timerCount).toBe(0);
    all.setIdleLimit(2000);
    clock.advance(1);
    expect(core.state(1)).toBe("expired");
    transaction.end();
    expect(core.state(1)).toBe("none");
  });

  it("that have not looked at the clock without a limit are heard of when one is set", () => {
    const timing = { handle: 3, lastActiveMs: 0, beginTiming: () => (timing.lastActiveMs = clock.nowMs()) };
    const other = all.of(timing);
    transaction.begin({});
    other.begin({});
    expect(other.isTimed).toBe(false);
    clock.advance(5000);
    all.setIdleLimit(2000);
    expect(other.isTimed).toBe(true);
    clock.advance(1999);
    expect([core.state(1), core.state(3)]).toEqual(["expired", "open"]);
    all.setIdleLimit(2001);
    clock.advance(1);
    expect(core.state(3)).toBe("open");
    clock.advance(1);
    expect(core.state(3)).toBe("expired");
  });

  it("go and come in any order", () => {
    const random = createRandom(TEST_SEED);
    const open = new Set<SessionTransaction>();
    const some = Array.from({ length: 20 }, (_, index) => all.of(new Owner(10 + index)));
    for (let step = 0; step < 2000; step++) {
      const one = random.pick(some);
      if (open.delete(one)) one.rollback();
      else {
        one.begin({});
        open.add(one);
      }
      expect(all.count).toBe(open.size);
    }
    clock.advance(1);
    all.setIdleLimit(1);
    clock.advance(1);
    expect(some.filter((one) => core.state(one.session) === "expired")).toEqual(some.filter((one) => open.has(one)));
    expect(all.count).toBe(0);
  });

  it("keep it when the limit goes", () => {
    all.setIdleLimit(1000);
    transaction.begin({});
    all.setIdleLimit(0);
    clock.advance(5000);
    expect(core.state(1)).toBe("open");
  });
});
