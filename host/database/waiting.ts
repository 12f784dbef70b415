/**
 * Clients that wait for a value under a key: BLPOP and its like, on connections and in programs.
 *
 * A command that finds nothing is handed over by the engine with what it waits for (assembly/command/wait.ts). Here it becomes a waiter in the
 * queue of each of its keys. The engine stops behind a command that has made such a key ready; then `serve` runs the waiting commands again, in a
 * session that only this file uses, from the longest waiting on. One that finds something is answered, the others keep their place.
 *
 * 1. Nothing here knows a command, or what lists are: a new one that waits needs an engine command that calls `waitFor`, and its row in the
 *    table with `host: "waiting"`.
 * 2. `serve` runs between commands only: when the engine holds no reply and no unread input of any session. Whoever has run something looks at
 *    `isDue` then.
 * 3. A waiter that is served makes no other change than its command without waiting would; a client that has gone is not served.
 * 4. As in Redis a waiter is run again only while its key has a value of the type it waits for. One that is served may make further keys ready, which
 *    are served in the same call.
 */

import { SESSION_AUTHENTICATED, SESSION_DATABASE, SESSION_PROTOCOL } from "../../assembly/abi/layout.ts";
import { EXECUTE_CLOSE, EXECUTE_HOST_COMMAND } from "../../assembly/abi/status.ts";
import { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import type { Engine } from "../engine/engine.ts";
import type { Clock, Timer } from "../platform/types.ts";
import { runRequest } from "./run-request.ts";

/** What a waiting command is run with. */
export interface WaitingCommand {
  readonly args: readonly (string | Uint8Array)[];
  readonly database: number;
  readonly protocol: 2 | 3;
}

/** Longest time of one timer. */
const TIMER_MS = 2_000_000_000;

/** A client that waits. */
export class Waiter<T = unknown> {
  readonly command: WaitingCommand;
  readonly type: number;
  /** The engine's waits for its keys. */
  readonly keys: readonly number[];
  /** What it is answered; undefined: its time is over. */
  readonly answer: Promise<T | undefined>;
  readonly #read: () => T;
  readonly #leave: () => void;
  #settle: (answer: T | undefined) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #timer: Timer | undefined;
  #isWaiting = true;

  constructor(command: WaitingCommand, type: number, keys: readonly number[], read: () => T, leave: (waiter: Waiter<T>) => void) {
    this.command = command;
    this.type = type;
    this.keys = keys;
    this.#read = read;
    this.#leave = () => leave(this);
    this.answer = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#reject = reject;
    });
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** It waits for a limited time. */
  get isLimited(): boolean {
    return this.#timer !== undefined;
  }

  /** Ends the wait when its time is over. */
  limit(clock: Clock, timeoutMs: number): void {
    const untilMs = clock.monotonicMs() + timeoutMs;
    const arm = (): void => {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0) this.timeOut();
      else this.#timer = clock.setTimer(arm, Math.min(leftMs, TIMER_MS), true);
    };
    this.#timer = clock.setTimer(arm, Math.min(timeoutMs, TIMER_MS), true);
  }

  /** It has been served: the reply is the engine's. */
  served(): void {
    const answer = this.#read();
    if (this.#end()) this.#settle(answer);
  }

  /** Its time is over; false: it did not wait any more. */
  timeOut(): boolean {
    if (!this.#end()) return false;
    this.#settle(undefined);
    return true;
  }

  /** Ends the wait with an error; false: it did not wait any more. */
  fail(error: unknown): boolean {
    if (!this.#end()) return false;
    this.#reject(error);
    return true;
  }

  #end(): boolean {
    if (!this.#isWaiting) return false;
    this.#isWaiting = false;
    this.#timer?.cancel();
    this.#leave();
    return true;
  }
}

export class Waiting {
  readonly #engine: Engine;
  readonly #clock: Clock;
  /** Who waits for a key, the longest waiting first, by the engine's wait. */
  readonly #queues = new Map<number, Set<Waiter>>();
  readonly #waiters = new Set<Waiter>();
  #session: number | undefined;
  #isServing = false;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** How many clients wait. */
  get count(): number {
    return this.#waiters.size;
  }

  /** How many keys somebody waits for, and how many clients do so for a limited time. */
  get keyCount(): number {
    return this.#queues.size;
  }

  get limitedCount(): number {
    let count = 0;
    for (const waiter of this.#waiters) if (waiter.isLimited) count++;
    return count;
  }

  /** A key is ready that somebody waits for. */
  get isDue(): boolean {
    return this.#engine.isReady;
  }

  /**
   * Has a command wait that the engine has just handed over. `read` takes its reply from the engine when it is served. Throws OUT_OF_MEMORY.
   * Requires: no call of the engine since.
   */
  wait<T>(command: WaitingCommand, read: () => T): Waiter<T> {
    const { type, first, count, timeoutMs } = this.#engine.waitRequest();
    const keys = new Set<number>();
    for (let index = first; index < first + count; index++) {
      const key = this.#engine.addWait(command.database, index);
      if (key === 0) {
        for (const each of keys) this.#engine.removeWait(each);
        throw new DatabaseError("OUT_OF_MEMORY", "no memory for another client that waits");
      }
      // The engine counts a key that is named twice; one of them is enough.
      if (keys.has(key)) this.#engine.removeWait(key);
      keys.add(key);
    }
    const waiter = new Waiter<T>(command, type, [...keys], read, (each) => this.#leave(each as Waiter));
    this.#waiters.add(waiter as Waiter);
    for (const key of keys) {
      const queue = this.#queues.get(key);
      if (queue === undefined) this.#queues.set(key, new Set([waiter as Waiter]));
      else queue.add(waiter as Waiter);
    }
    if (timeoutMs > 0) waiter.limit(this.#clock, timeoutMs);
    return waiter;
  }

  /**
   * Runs a command that may wait: what `read` takes from the engine, or a waiter. Throws OUT_OF_MEMORY or ENGINE_FAILED. Requires: the engine
   * holds no reply and no unread input.
   */
  run<T>(command: WaitingCommand, read: () => T): { readonly answer: T } | Waiter<T> {
    const status = this.#try(command);
    if (status === EXECUTE_CLOSE) throw this.#noReply();
    if (status !== EXECUTE_HOST_COMMAND) {
      const answer = read();
      this.#engine.clearReply();
      return { answer };
    }
    try {
      return this.wait(command, read);
    } finally {
      this.#abandon();
    }
  }

  /** A copy of the reply that the engine holds. */
  reply(): Uint8Array {
    return this.#engine.replyView().slice();
  }

  /** Serves all keys that are ready. Requires: the engine holds no reply and no unread input. */
  serve(): void {
    if (this.#isServing || this.#engine.failure !== undefined) return;
    this.#isServing = true;
    try {
      for (let key = this.#engine.takeReady(); key !== 0; key = this.#engine.takeReady()) this.#serveKey(key);
    } finally {
      this.#isServing = false;
    }
  }

  /** Ends all waits. */
  close(error: DatabaseError): void {
    for (const waiter of [...this.#waiters]) waiter.fail(error);
  }

  #serveKey(key: number): void {
    // Who has left is not met, and the wait lives as long as somebody is in its queue.
    for (const waiter of this.#queues.get(key) ?? []) {
      const type = this.#engine.waitType(key, this.#clock.nowMs());
      if (type < 0) return;
      if (type !== waiter.type) continue;
      const status = this.#try(waiter.command);
      this.#engine.uncount();
      if (status === EXECUTE_HOST_COMMAND) this.#abandon();
      else if (status === EXECUTE_CLOSE) waiter.fail(this.#noReply());
      else {
        waiter.served();
        this.#engine.clearReply();
      }
    }
  }

  /** The engine had no memory for as much as an error, and has ended the session: the next command gets another one. */
  #noReply(): DatabaseError {
    this.#engine.clearReply();
    this.#engine.closeSession(this.#session as number);
    this.#session = undefined;
    return replyError("OUT_OF_MEMORY_HOST");
  }

  /** Runs a command in the session of this file. */
  #try({ args, database, protocol }: WaitingCommand): number {
    const engine = this.#engine;
    this.#session ??= engine.openSession();
    engine.setSession(this.#session, SESSION_AUTHENTICATED, 1);
    engine.setSession(this.#session, SESSION_PROTOCOL, protocol);
    engine.setSession(this.#session, SESSION_DATABASE, database);
    engine.observe(0);
    return runRequest(engine, this.#session, args, this.#clock.nowMs());
  }

  /** Leaves a command that the engine has handed over unanswered. */
  #abandon(): void {
    this.#engine.resume(this.#session as number, this.#clock.nowMs());
    this.#engine.clearReply();
  }

  #leave(waiter: Waiter): void {
    this.#waiters.delete(waiter);
    for (const key of waiter.keys) {
      const queue = this.#queues.get(key);
      queue?.delete(waiter);
      if (queue?.size === 0) this.#queues.delete(key);
      if (this.#engine.failure === undefined) this.#engine.removeWait(key);
    }
  }
}

/** The error of a wait that CLIENT UNBLOCK has ended. */
export function unblocked(): DatabaseError {
  return replyError("UNBLOCKED");
}
