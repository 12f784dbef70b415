/**
 * How much of a long query runs before others get their turn: the work of a morsel, and how many morsels are a slice.
 *
 * A morsel's work is counted in rows, about, whose cost differs a thousandfold from plan to plan and from stage to stage. So the work is
 * doubled as long as morsels are much shorter than a slice, less when one takes longer, and small again at the first morsel of a stage.
 */

/** What says when a statement stops. One for each execution. */
export interface Slices {
  /** A slice begins. */
  begin(): void;
  /** Work of the next morsel (STATE_BUDGET). */
  readonly work: number;
  /** A morsel has ended: whether the slice is over with it. `isAlike`: the work to come is that of this morsel. */
  isOver(isAlike: boolean): boolean;
}

/** Work of the first morsel: a statement that is over then has run at once. */
const WORK_FIRST = 4096;
const WORK_MIN = 256;
const WORK_MAX = 1 << 20;
/** Morsels that a slice has, about. */
const MORSELS = 4;
/** Slices without a command of others behind which nobody else is taken to be there: requests of some clients come in gusts. */
const QUIET_SLICES = 8;

/** Milliseconds of a slice, about: while others run between the slices, and while nobody does. */
export interface SliceTimes {
  readonly shared: number;
  readonly alone: number;
}

/** Slices of about so many milliseconds. `commands` counts what others run. */
export class TimedSlices implements Slices {
  readonly #monotonicMs: () => number;
  readonly #times: SliceTimes;
  readonly #commands: () => number;
  #sliceMs: number;
  #commandsBefore = -1;
  #isFirst = true;
  /** Slices since somebody else has run something. */
  #quiet = 0;
  #work = WORK_FIRST;
  #beganMs = 0;
  #morselMs = 0;

  constructor(monotonicMs: () => number, times: SliceTimes, commands: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#times = times;
    this.#commands = commands;
    this.#sliceMs = times.shared;
  }

  get work(): number {
    return this.#work;
  }

  begin(): void {
    const commands = this.#commands();
    this.#quiet = commands === this.#commandsBefore ? this.#quiet + 1 : 0;
    this.#sliceMs = this.#quiet >= QUIET_SLICES ? this.#times.alone : this.#times.shared;
    this.#commandsBefore = commands;
    this.#beganMs = this.#monotonicMs();
    this.#morselMs = this.#beganMs;
  }

  isOver(isAlike: boolean): boolean {
    const nowMs = this.#monotonicMs();
    const tookMs = nowMs - this.#morselMs;
    this.#morselMs = nowMs;
    const aimMs = this.#sliceMs / MORSELS;
    if (!isAlike) this.#work = Math.min(this.#work, WORK_FIRST);
    else if (tookMs < aimMs / 2) this.#work = Math.min(this.#work * 2, WORK_MAX);
    else if (tookMs > aimMs) this.#work = Math.max(Math.floor((this.#work * aimMs) / tookMs), WORK_MIN);
    // The first slice comes on top of what else the turn does in which the statement arrives.
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    return isFirst || nowMs - this.#beganMs + aimMs / 2 >= this.#sliceMs;
  }
}
