/**
 * Transactions as functions.
 *
 * Goal: what succeeds is committed once and answers; what fails is rolled back and throws; conflicts, and they alone, are run anew, with
 * pauses that are random and bounded, as often as was asked.
 * Method: transactions that write down what becomes of them, a clock that notes the pauses, and a seeded random source.
 */
import { describe, expect, it } from "vitest";
import { type Endable, type Pauses, runTransaction } from "../../../../host/client/retry.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";

const CONFLICT = new DatabaseError("SQL_ABORT", "conflict [40001]");

class Attempt implements Endable {
  isOpen = true;
  readonly #log: string[];
  readonly #outcome: unknown;

  constructor(log: string[], outcome: unknown) {
    this.#log = log;
    this.#outcome = outcome;
  }

  async commit(): Promise<void> {
    this.isOpen = false;
    this.#log.push("commit");
    if (this.#outcome !== undefined) throw this.#outcome;
  }

  async rollback(): Promise<void> {
    this.isOpen = false;
    this.#log.push("rollback");
  }
}

class Rig {
  readonly log: string[] = [];
  readonly pausesMs: number[] = [];
  readonly pauses: Pauses;
  /** What the commits of the attempts throw, one by one. */
  readonly outcomes: unknown[];

  constructor(...outcomes: readonly unknown[]) {
    this.outcomes = [...outcomes];
    this.pauses = {
      random: new SeededRandom(7),
      clock: {
        nowMs: () => 0,
        monotonicMs: () => 0,
        endOfTurn: queueMicrotask,
        setTimer: (task, delayMs, isAwaited) => {
          expect(isAwaited).toBe(true);
          this.pausesMs.push(delayMs);
          queueMicrotask(task);
          return { cancel: () => {} };
        },
      },
    };
  }

  begin = async (): Promise<Attempt> => {
    this.log.push("begin");
    return new Attempt(this.log, this.outcomes.shift());
  };
}

describe("runTransaction", () => {
  it("commits and answers", async () => {
    const rig = new Rig();
    expect(await runTransaction(rig.begin, () => 7, {}, rig.pauses)).toBe(7);
    expect(rig.log).toEqual(["begin", "commit"]);
  });

  it("rolls back what fails, and throws it", async () => {
    const rig = new Rig();
    const error = new Error("mine");
    await expect(runTransaction(rig.begin, () => Promise.reject(error), {}, rig.pauses)).rejects.toBe(error);
    expect(rig.log).toEqual(["begin", "rollback"]);
  });

  it("leaves alone what its work has ended", async () => {
    const rig = new Rig();
    expect(await runTransaction(rig.begin, async (transaction) => transaction.rollback(), {}, rig.pauses)).toBeUndefined();
    expect(rig.log).toEqual(["begin", "rollback"]);
  });

  it("runs conflicts anew, at COMMIT and before", async () => {
    const rig = new Rig(CONFLICT, CONFLICT);
    let runs = 0;
    const work = (): number => {
      if (++runs === 3) throw CONFLICT;
      return runs;
    };
    expect(await runTransaction(rig.begin, work, {}, rig.pauses)).toBe(4);
    expect(rig.log.join(" ")).toBe("begin commit begin commit begin rollback begin commit");
    expect(rig.pausesMs).toHaveLength(3);
  });

  it("gives up after so many, and does not repeat other errors", async () => {
    const rig = new Rig(...Array(9).fill(CONFLICT));
    await expect(runTransaction(rig.begin, () => 1, { retries: 2 }, rig.pauses)).rejects.toBe(CONFLICT);
    expect(rig.log.filter((word) => word === "begin")).toHaveLength(3);
    const other = new Rig(new DatabaseError("SQL_CONSTRAINT", "no [23505]"));
    await expect(runTransaction(other.begin, () => 1, {}, other.pauses)).rejects.toThrow("[23505]");
    expect(other.log).toEqual(["begin", "commit"]);
    const none = new Rig(CONFLICT);
    await expect(runTransaction(none.begin, () => 1, { retries: 0 }, none.pauses)).rejects.toBe(CONFLICT);
    expect(none.pausesMs).toEqual([]);
  });

  it("pauses longer and longer, never beyond the bound, never twice the same", async () => {
    const rig = new Rig(...Array(12).fill(CONFLICT));
    await runTransaction(rig.begin, () => 1, { retries: 12 }, rig.pauses);
    expect(rig.pausesMs).toHaveLength(12);
    for (const [attempt, ms] of rig.pausesMs.entries()) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThan(Math.min(64, 2 ** attempt));
    }
    expect(new Set(rig.pausesMs).size).toBe(12);
    expect(Math.max(...rig.pausesMs)).toBeGreaterThan(8);
  });

  it("refuses what is no number of times, and no function, before it begins", async () => {
    for (const retries of [-1, Number.NaN, "5"]) {
      const rig = new Rig();
      const given = { retries: retries as number };
      await expect(runTransaction(rig.begin, () => 1, given, rig.pauses)).rejects.toMatchObject({ code: "USAGE" });
      expect(rig.log).toEqual([]);
    }
    const rig = new Rig();
    const work = "SELECT 1" as unknown as () => number;
    await expect(runTransaction(rig.begin, work, {}, rig.pauses)).rejects.toMatchObject({ code: "USAGE" });
    expect(rig.log).toEqual([]);
    expect(await runTransaction(rig.begin, () => 1, { retries: Number.POSITIVE_INFINITY }, rig.pauses)).toBe(1);
  });

  it("does not begin anew once it is to end", async () => {
    const rig = new Rig(CONFLICT, CONFLICT);
    const controller = new AbortController();
    const work = (): void => controller.abort(new Error("enough"));
    await expect(runTransaction(rig.begin, work, { signal: controller.signal }, rig.pauses)).rejects.toThrow("enough");
    expect(rig.log).toEqual(["begin", "commit"]);
  });
});
