/**
 * A clock that moves only when it is told to. Timers run in order of their due time, then of their creation, from within
 * `advance`; so a test decides what happens when, and the same steps give the same run.
 */
import type { Clock, Timer } from "../types.ts";

interface PendingTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

export class ManualClock implements Clock {
  #elapsedMs = 0;
  #offsetMs: number;
  #created = 0;
  readonly #pending = new Set<PendingTimer>();

  /** `startMs` is the Unix time at which the clock stands. */
  constructor(startMs: number) {
    this.#offsetMs = startMs;
  }

  nowMs(): number {
    return this.#offsetMs + this.#elapsedMs;
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  setTimer(task: () => void, delayMs: number): Timer {
    const timer: PendingTimer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#created++, task };
    this.#pending.add(timer);
    return { cancel: () => this.#pending.delete(timer) };
  }

  /** Turns of a test are microtasks: what has been delivered by then ran before. */
  endOfTurn(task: () => void): void {
    queueMicrotask(task);
  }

  /** Timers that wait to run. */
  get timerCount(): number {
    return this.#pending.size;
  }

  /** Moves time forward and runs what falls due, timers that those tasks set included. */
  advance(durationMs: number): void {
    const targetMs = this.#elapsedMs + durationMs;
    for (let next = this.#nextDue(targetMs); next !== undefined; next = this.#nextDue(targetMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      this.#pending.delete(next);
      next.task();
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, targetMs);
  }

  /** Lets time pass while a task runs, without running timers. */
  spend(durationMs: number): void {
    this.#elapsedMs += durationMs;
  }

  /** Sets the wall clock, as an administrator would; monotonic time goes on undisturbed. */
  setNow(nowMs: number): void {
    this.#offsetMs = nowMs - this.#elapsedMs;
  }

  #nextDue(targetMs: number): PendingTimer | undefined {
    let best: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (timer.dueMs > targetMs) continue;
      if (best === undefined || timer.dueMs < best.dueMs || (timer.dueMs === best.dueMs && timer.order < best.order)) best = timer;
    }
    return best;
  }
}
