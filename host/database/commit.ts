/**
 * The one place through which the effects of commits pass: whatever wants to know what changed (the log, a replica, a
 * listener) gets it here and nowhere else. With a log, also the place where replies wait until they may be told.
 *
 * 1. While nobody wants them the engine encodes no effects, and `pass` costs one comparison.
 * 2. `pass` is called after each batch, before its replies leave, and after each round of maintenance, so a subscriber sees a
 *    change before any client is told of it. Subscribers get the same bytes in the order in which they subscribed, and as late
 *    as the level lets clients know: in `full` only what is durable, and never what a failed log has lost.
 * 3. A reply made while `holding` is true is held by its connection and announced by `hold`; waiters are told in the order
 *    in which they came. What they wait for: host/persistence/wal.ts.
 * 4. When the log fails, everybody who waits is told so, and the engine refuses writes from then on.
 */
import { SETTING_EFFECTS, SETTING_READ_ONLY } from "../../assembly/abi/status.ts";
import { DatabaseError } from "../common/error.ts";
import { errorText } from "../common/reply-error.ts";
import type { Engine } from "../engine/engine.ts";
import type { Wal } from "../persistence/wal.ts";

/** Receives the effects of one batch: RESP commands with commit boundaries. The bytes are a copy that may be kept. */
export type EffectListener = (effects: Uint8Array) => void;

/** Somebody with a reply that may not be told yet. */
export interface Waiter {
  /** The oldest reply that was announced may leave. */
  reached(): void;
  /** The log failed before: whether what was done is kept is unknown. Called once per announcement. */
  failed(error: DatabaseError): void;
}

/** A reply, or effects for subscribers, that waits for the log. */
interface Waiting {
  readonly position: number;
  readonly waiter: Waiter;
}

export class CommitGate {
  readonly #engine: Engine;
  readonly #listeners = new Set<EffectListener>();
  #notified: (records: Uint8Array) => void = () => {};
  #ready: () => void = () => {};
  #completed: () => void = () => {};
  #log: Wal | undefined;
  #waiting: Waiting[] = [];
  /** Waiters before this one have been told. */
  #told = 0;
  #logFailure: DatabaseError | undefined;
  #failureListener: ((error: DatabaseError) => void) | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Writes every batch from now on to a log. `failed` hears once when that ends. Requires: no log before. */
  attach(log: Wal, failed: (error: DatabaseError) => void): void {
    this.#log = log;
    this.#failureListener = failed;
    log.listen({ progress: () => this.#tellReached(), failed: (error) => this.#end(error) });
    if (this.#listeners.size === 0) this.#engine.configure(SETTING_EFFECTS, 1);
  }

  /** Why the log has ended, or undefined while it works or when there is none. */
  get logFailure(): DatabaseError | undefined {
    return this.#logFailure;
  }

  /** Delivers the effects of every batch from now on; returns how to stop that. */
  subscribe(listener: EffectListener): () => void {
    // A listener of its own per call, so that the same function may subscribe twice.
    const own: EffectListener = (effects) => listener(effects);
    if (!this.#isWanted) this.#engine.configure(SETTING_EFFECTS, 1);
    this.#listeners.add(own);
    return () => {
      if (!this.#listeners.delete(own)) return;
      this.#stopIfUnwanted();
    };
  }

  /** Hands on what the engine has logged since the last call. */
  pass(): void {
    this.#completed();
    if (this.#engine.effectLength !== 0 && this.#isWanted) this.#passEffects();
    if (this.#engine.notificationLength !== 0) this.#passNotifications();
    if (this.#engine.isReady) this.#ready();
  }

  /** What adds to each batch that belongs to no command of it, before it is handed on. There is one such listener. */
  completing(listener: () => void): void {
    this.#completed = listener;
  }

  /** What takes the notifications of each batch, as late as effects are told. They have no listener but this one. */
  notify(listener: (records: Uint8Array) => void): void {
    this.#notified = listener;
  }

  /** What hears, with each batch, that keys are ready for which clients wait and who have not been served. */
  whenReady(listener: () => void): void {
    this.#ready = listener;
  }

  /** Does something as soon as clients may know what has passed so far; never, when the log fails before. */
  tell(deliver: () => void): void {
    if (this.holding) this.hold({ reached: deliver, failed: () => {} });
    else deliver();
  }

  #passNotifications(): void {
    const records = this.#engine.takeNotifications();
    this.tell(() => this.#notified(records));
  }

  #passEffects(): void {
    this.#log?.append(this.#engine.effectView());
    if (this.#listeners.size === 0) {
      this.#engine.clearEffects();
      return;
    }
    const effects = this.#engine.takeEffects();
    this.tell(() => {
      for (const listener of this.#listeners) listener(effects);
    });
  }

  /** Whether a reply made now has to wait. */
  get holding(): boolean {
    const log = this.#log;
    return log !== undefined && (!log.isSafe(log.position) || log.isCongested);
  }

  /** Whether the log has more to write than it should, so that input has to wait. */
  get congested(): boolean {
    return this.#log?.isCongested === true;
  }

  /** Makes room in the log for a caller that cannot wait for it: see Wal.relieve. */
  relieve(): void {
    this.#log?.relieve();
  }

  /** Announces one reply that waits. Requires: `holding`. */
  hold(waiter: Waiter): void {
    this.#waiting.push({ position: this.#log?.position ?? 0, waiter });
  }

  /** Resolves when all that has passed survives a loss of power; at once without a log. Rejects when the log has failed. */
  async flush(): Promise<void> {
    this.pass();
    if (this.#logFailure !== undefined) throw unknownOutcome(this.#logFailure);
    await this.#log?.flush();
  }

  get #isWanted(): boolean {
    return this.#log !== undefined || this.#listeners.size > 0;
  }

  #stopIfUnwanted(): void {
    if (this.#isWanted || this.#engine.failure !== undefined) return;
    this.#engine.configure(SETTING_EFFECTS, 0);
    if (this.#engine.effectLength > 0) this.#engine.clearEffects();
  }

  #tellReached(): void {
    const log = this.#log;
    while (log !== undefined && this.#told < this.#waiting.length) {
      const next = this.#waiting[this.#told] as Waiting;
      if (!log.isSafe(next.position) || log.isCongested) break;
      this.#told++;
      next.waiter.reached();
    }
    if (this.#told === this.#waiting.length) this.#waiting = [];
    else if (this.#told > this.#waiting.length / 2) this.#waiting = this.#waiting.slice(this.#told);
    else return;
    this.#told = 0;
  }

  #end(cause: DatabaseError): void {
    const waiting = this.#waiting.slice(this.#told);
    this.#waiting = [];
    this.#told = 0;
    this.#log = undefined;
    this.#logFailure = cause;
    this.#stopIfUnwanted();
    if (this.#engine.failure === undefined) this.#engine.configure(SETTING_READ_ONLY, 1);
    for (const { waiter } of waiting) waiter.failed(unknownOutcome(cause));
    this.#failureListener?.(cause);
  }
}

function unknownOutcome(cause: DatabaseError): DatabaseError {
  return new DatabaseError("OUTCOME_UNKNOWN", errorText("OUTCOME_UNKNOWN"), { cause });
}
