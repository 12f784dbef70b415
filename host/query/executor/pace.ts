/**
 * When a statement looks whether it must end: between two morsels of a compiled plan, and before each row of an interpreted one.
 *
 * A row may cost nanoseconds or milliseconds, so the morsels of a statement that has a limit go by the time that its work has taken so far:
 * the first morsel of each stage of a plan is small, the next one is twice as large while that takes less than half of MORSEL_MS, and
 * smaller when it took more. A statement without a limit and without a signal never looks.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { Slices } from "./slice.ts";

export interface Pace {
  /** Work of the next morsel (STATE_BUDGET). */
  readonly work: number;
  /** Between two morsels; throws when the statement must end (57014). `isAlike`: the work to come is that of the last morsel. */
  pause(isAlike?: boolean): void;
  /** Before each row of an interpreted plan: whether others are to run now. Throws as `pause` does. */
  row(): boolean;
}

/** What ends a statement before its time is over. */
export interface PaceSignal {
  readonly aborted: boolean;
}

/** Work of a morsel, at most: some milliseconds of what costs little. */
const MORSEL = 1 << 20;
const MORSEL_FIRST = 4;
/** What a morsel should take. */
const MORSEL_MS = 8;

/** The pace of a statement that nothing ends. */
export const GO_ON: Pace = { work: MORSEL, pause: () => {}, row: () => false };

/** `limitMs` 0: no limit. `monotonicMs` is asked now and at each look. */
export function paceOf(monotonicMs: () => number, limitMs: number, signal: PaceSignal | undefined): Pace {
  return limitMs === 0 && signal === undefined ? GO_ON : new LimitedPace(monotonicMs, limitMs, signal);
}

class LimitedPace implements Pace {
  work = MORSEL_FIRST;
  readonly #monotonicMs: () => number;
  readonly #end: number;
  readonly #signal: PaceSignal | undefined;
  /** When it was looked last. */
  #last: number;

  constructor(monotonicMs: () => number, limitMs: number, signal: PaceSignal | undefined) {
    this.#monotonicMs = monotonicMs;
    this.#last = monotonicMs();
    this.#end = limitMs === 0 ? Number.POSITIVE_INFINITY : this.#last + limitMs;
    this.#signal = signal;
  }

  pause(isAlike = false): void {
    const takenMs = this.#look();
    this.work = isAlike ? adapted(this.work, takenMs) : MORSEL_FIRST;
  }

  row(): boolean {
    this.#look();
    return false;
  }

  /** Throws when the statement must end; answers the time since the last look. */
  #look(): number {
    if (this.#signal?.aborted) throw sqlError("57014", "canceling statement due to user request");
    const now = this.#monotonicMs();
    if (now > this.#end) throw sqlError("57014", "canceling statement due to statement timeout");
    const taken = now - this.#last;
    this.#last = now;
    return taken;
  }
}

/** How much work is to come next when so much has taken so long. */
function adapted(work: number, takenMs: number): number {
  if (takenMs > MORSEL_MS) return Math.max(1, Math.floor((work * MORSEL_MS) / takenMs));
  return takenMs < MORSEL_MS / 2 ? Math.min(MORSEL, work * 2) : work;
}

/** The pace of an interpreted plan that lets others run: looks at the time once in a morsel of rows. */
export class SlicedPace implements Pace {
  readonly #pace: Pace;
  readonly #slices: Slices;
  #rows = 0;
  #isOver = false;

  constructor(pace: Pace, slices: Slices) {
    this.#pace = pace;
    this.#slices = slices;
  }

  get work(): number {
    return this.#pace.work;
  }

  /** A slice begins. Throws as `pause` does. */
  begin(): void {
    this.#pace.pause();
    this.#slices.begin();
    this.#rows = 0;
    this.#isOver = false;
  }

  pause(isAlike?: boolean): void {
    this.#pace.pause(isAlike);
  }

  row(): boolean {
    this.#pace.row();
    if (++this.#rows < this.#slices.work) return this.#isOver;
    this.#rows = 0;
    this.#isOver ||= this.#slices.isOver(true);
    return this.#isOver;
  }
}
