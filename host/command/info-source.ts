/**
 * What the sections of INFO are made of: the places that facts come from, and rates, which need a memory of their own.
 */
import type { OptionStore } from "../common/options.ts";
import type { EngineFacts, PersistenceFacts, ProcessFacts } from "./engine-facts.ts";
import type { CommandContext } from "./session.ts";

const SECOND_MS = 1000;
/** Shortest time over which a rate is measured. */
const RATE_WINDOW_MS = 100;

/** A line of a section. */
export type Field = readonly [name: string, value: string | number];

/** Everything that sections read. */
export interface InfoSource {
  readonly context: CommandContext;
  readonly options: OptionStore;
  readonly engine: EngineFacts;
  readonly process: ProcessFacts;
  readonly persistence: PersistenceFacts | undefined;
  /** What the engine needed for itself at the start. */
  readonly startupBytes: number;
  readonly rates: Rates;
}

/**
 * Growth of counters per second, measured from one INFO to the next. A question that comes sooner than RATE_WINDOW_MS after
 * the last gets the last answer again; counters that were set back count from zero.
 */
export class Rates {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #counters: readonly number[] = [];
  #answer: readonly number[] = [];

  /** Growth of each counter in units a second; zeros the first time. `nowMs` never goes backwards. */
  measure(nowMs: number, counters: readonly number[]): readonly number[] {
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < RATE_WINDOW_MS) return this.#answer;
    this.#answer = counters.map((counter, index) => {
      const before = this.#counters[index];
      if (before === undefined) return 0;
      return ((counter < before ? counter : counter - before) * SECOND_MS) / elapsedMs;
    });
    this.#sinceMs = nowMs;
    this.#counters = counters;
    return this.#answer;
  }
}
