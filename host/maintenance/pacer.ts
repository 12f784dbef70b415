/**
 * When the engine's background work runs, and how much of it: the work itself (active expiry, deferred freeing) is the
 * engine's `maintain`.
 *
 * - A round is one slice of about SLICE_MS at most. The budget, in entries, follows the measured time: halved after a slice
 *   that took longer, doubled after one that took less than half while work was left.
 * - After a round without work left the next comes after the interval (10 a second by default). With work left it comes
 *   after REST_FACTOR times what the slice took, so that maintenance takes at most about a quarter of one core.
 * - With expiry switched off (DEBUG SET-ACTIVE-EXPIRE 0) rounds go on: deferred freeing must not stop with it.
 * - A round can log effects (the deletes of expired keys), so its owner hears of each.
 */
import { DatabaseError } from "../common/error.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock, Timer } from "../platform/types.ts";

export const SLICE_MS = 1;
export const BUDGET_MIN = 16;
export const BUDGET_MAX = 65_536;
const BUDGET_START = 256;
const REST_FACTOR = 3;
const REST_MIN_MS = 1;
const DEFAULT_INTERVAL_MS = 100;

export class Pacer {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #done: () => void;
  readonly #failed: (error: DatabaseError) => void;
  #timer: Timer | undefined;
  #budget = BUDGET_START;
  #intervalMs = DEFAULT_INTERVAL_MS;
  #active = true;
  #held = false;

  /** `done` is called after each round; `failed` when the engine fails in one, and the pacer has stopped then. */
  constructor(engine: Engine, clock: Clock, done: () => void, failed: (error: DatabaseError) => void) {
    this.#engine = engine;
    this.#clock = clock;
    this.#done = done;
    this.#failed = failed;
  }

  /** Starts the rounds. Does nothing when they run already. */
  start(): void {
    if (this.#timer === undefined) this.#schedule(this.#intervalMs);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Switches active expiry on or off; deferred freeing goes on. */
  setActive(active: boolean): void {
    this.#active = active;
  }

  /** Lets active expiry rest for a while (CLIENT PAUSE), whatever it is switched to. */
  hold(isHeld: boolean): void {
    this.#held = isHeld;
  }

  /** Rounds per second while there is little to do (Redis: hz). */
  setRate(perSecond: number): void {
    this.#intervalMs = 1000 / perSecond;
  }

  /** Entries that the next slice may visit. */
  get budget(): number {
    return this.#budget;
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#clock.setTimer(() => this.#round(), delayMs);
  }

  #round(): void {
    const startMs = this.#clock.monotonicMs();
    let more: boolean;
    try {
      more = this.#engine.maintain(this.#clock.nowMs(), this.#budget, this.#active && !this.#held);
      this.#done();
    } catch (error) {
      this.#timer = undefined;
      this.#failed(error instanceof DatabaseError ? error : new DatabaseError("ENGINE_FAILED", "maintenance failed", { cause: error }));
      return;
    }
    const spentMs = this.#clock.monotonicMs() - startMs;
    if (spentMs > SLICE_MS) this.#budget = Math.max(BUDGET_MIN, this.#budget >>> 1);
    else if (more && spentMs < SLICE_MS / 2) this.#budget = Math.min(BUDGET_MAX, this.#budget << 1);
    this.#schedule(more ? Math.max(REST_MIN_MS, spentMs * REST_FACTOR) : this.#intervalMs);
  }
}
