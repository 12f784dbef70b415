/**
 * Long statements that take turns: one slice of one of them in each turn of the event loop, so that sockets and messages are served in
 * between however many statements there are.
 */
import { DatabaseError } from "../common/error.ts";
import type { Clock } from "../platform/types.ts";
import type { Suspended } from "../query/executor/suspended-statement.ts";

/** A statement under way, whatever it answers. */
interface Turn {
  /** Runs a slice; whether it was the last. */
  run(): boolean;
  stop(): void;
}

export class StatementTurns {
  readonly #clock: Clock;
  readonly #passOn: () => void;
  /** The first one runs next. */
  #waiting: Turn[] = [];
  #isDue = false;

  /** `passOn` hands on what a statement has written that is over. */
  constructor(clock: Clock, passOn: () => void) {
    this.#clock = clock;
    this.#passOn = passOn;
  }

  /** What a statement answers that was started: at once, or when it has come to its end in its turns. */
  finish<R extends { readonly kind: string }>(started: R | Suspended<R>): R | Promise<R> {
    if (!isSuspended(started)) return started;
    return new Promise((resolve, reject) => {
      const run = (): boolean => {
        try {
          const finished = started.goOn();
          if (finished === undefined) return false;
          this.#passOn();
          resolve(finished.answer);
        } catch (error) {
          reject(error);
        }
        return true;
      };
      const stop = (): void => {
        try {
          started.stop();
        } finally {
          reject(new DatabaseError("CLOSED", "the database was closed while the statement ran"));
        }
      };
      this.#waiting.push({ run, stop });
      this.#schedule();
    });
  }

  /** Ends all of them. */
  close(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const turn of waiting) turn.stop();
  }

  #schedule(): void {
    if (this.#isDue || this.#waiting.length === 0) return;
    this.#isDue = true;
    this.#clock.endOfTurn(() => {
      this.#isDue = false;
      const turn = this.#waiting.shift();
      if (turn === undefined) return;
      if (!turn.run()) this.#waiting.push(turn);
      this.#schedule();
    });
  }
}

function isSuspended<R extends { readonly kind: string }>(started: R | Suspended<R>): started is Suspended<R> {
  return started.kind === "suspended";
}
