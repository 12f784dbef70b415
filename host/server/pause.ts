/**
 * CLIENT PAUSE: until a time all connections wait, or those that want to write.
 *
 * 1. Of two pauses the later end and the stricter mode count, as in Redis.
 * 2. What is paused stands with its input unread; when the pause is over, those connections go on in the order in which they came: at
 *    the end of the turn, since the command that ends a pause is still running.
 * 3. Keys do not expire in the background meanwhile, since that writes.
 */
import type { Clock, Timer } from "../platform/types.ts";

/** A connection that waits. */
export interface Paused {
  unpaused(): void;
}

export class Pause {
  readonly #clock: Clock;
  readonly #changed: (isPaused: boolean) => void;
  readonly #waiting = new Set<Paused>();
  #untilMs = 0;
  #writesOnly = true;
  #timer: Timer | undefined;

  /** `changed` is told when a pause begins, and when it is over. */
  constructor(clock: Clock, changed: (isPaused: boolean) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** Every connection waits. */
  get holdsAll(): boolean {
    return this.#timer !== undefined && !this.#writesOnly;
  }

  get holdsWrites(): boolean {
    return this.#timer !== undefined;
  }

  begin(untilMs: number, writesOnly: boolean): void {
    const isNew = this.#timer === undefined;
    this.#timer?.cancel();
    this.#untilMs = isNew ? untilMs : Math.max(untilMs, this.#untilMs);
    this.#writesOnly = (isNew || this.#writesOnly) && writesOnly;
    this.#timer = this.#clock.setTimer(() => this.end(), Math.max(0, this.#untilMs - this.#clock.nowMs()));
    if (isNew) this.#changed(true);
  }

  end(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#changed(false);
    this.#clock.endOfTurn(() => {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const each of waiting) each.unpaused();
    });
  }

  /** Has a connection told when the pause is over. */
  wait(connection: Paused): void {
    this.#waiting.add(connection);
  }

  forget(connection: Paused): void {
    this.#waiting.delete(connection);
  }
}
