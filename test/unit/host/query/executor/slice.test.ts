/**
 * Goal: slices of a long query are short while others run between them and longer while nobody does; the work of a morsel follows what it takes.
 * Method: a clock and a count of commands that the test sets.
 */
import { describe, expect, it } from "vitest";
import { TimedSlices } from "../../../../../host/query/executor/slice.ts";

const TIMES = { shared: 1, alone: 4 };
/** Milliseconds of a unit of work. */
const UNIT_MS = 0.0001;

class Bench {
  nowMs = 0;
  commands = 0;
  readonly slices = new TimedSlices(
    () => this.nowMs,
    TIMES,
    () => this.commands,
  );

  /** Runs a slice to its end, and answers how long it took. */
  slice(): number {
    const before = this.nowMs;
    this.slices.begin();
    do this.nowMs += this.slices.work * UNIT_MS;
    while (!this.slices.isOver(true));
    return this.nowMs - before;
  }

  settled(): number {
    for (let left = 20; left > 0; left--) this.slice();
    return this.slice();
  }
}

describe("slices", () => {
  it("are longer while nobody else runs anything", () => {
    const bench = new Bench();
    expect(bench.slice()).toBeLessThanOrEqual(TIMES.shared * 1.25);
    const alone = bench.settled();
    expect(alone).toBeGreaterThan(TIMES.alone * 0.75);
    expect(alone).toBeLessThanOrEqual(TIMES.alone * 1.25);
    for (let left = 10; left > 0; left--) {
      bench.commands++;
      bench.slice();
    }
    bench.commands++;
    const shared = bench.slice();
    expect(shared).toBeGreaterThan(TIMES.shared * 0.5);
    expect(shared).toBeLessThanOrEqual(TIMES.shared * 1.5);
  });
});
