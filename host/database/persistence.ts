/**
 * What others may know and ask of a database that is kept in a directory: the figures of its log and of its compaction, and
 * a compaction now. The log itself is the commit gate's alone.
 */
import type { Durability, Wal } from "../persistence/wal.ts";
import type { Compaction } from "./compaction.ts";

export class Persistence {
  readonly durability: Durability;
  readonly #log: Wal;
  readonly #compaction: Compaction;

  constructor(log: Wal, compaction: Compaction, durability: Durability) {
    this.#log = log;
    this.#compaction = compaction;
    this.durability = durability;
  }

  get logBytes(): number {
    return this.#log.sizeBytes;
  }

  /** Size of the log after the last compaction, or at the start. */
  get baseBytes(): number {
    return this.#compaction.baseBytes;
  }

  get epoch(): number {
    return this.#log.epoch;
  }

  /** Sequence of the frame that has, or will have, the latest effects. */
  get position(): number {
    return this.#log.position;
  }

  get written(): number {
    return this.#log.writtenSequence;
  }

  get durable(): number {
    return this.#log.durableSequence;
  }

  get hasFailed(): boolean {
    return this.#log.failure !== undefined;
  }

  get isCompacting(): boolean {
    return this.#compaction.isRunning;
  }

  /** Unix time of the last compaction that succeeded, of the start before the first. */
  get lastCompactionMs(): number {
    return this.#compaction.lastMs;
  }

  get lastCompactionFailed(): boolean {
    return this.#compaction.failedInARow > 0;
  }

  get compactionsFailed(): number {
    return this.#compaction.failedInARow;
  }

  /** How many have succeeded since the start, and how long the last of them took. */
  get compactions(): number {
    return this.#compaction.count;
  }

  get lastCompactionTookMs(): number | undefined {
    return this.#compaction.lastTookMs;
  }

  /** Unix time at which the one under way has begun. */
  get compactionSinceMs(): number | undefined {
    return this.#compaction.sinceMs;
  }

  /** Effects that were logged since the last compaction that succeeded began, or since the start. */
  get changes(): number {
    return this.#compaction.changes;
  }

  /** Compacts the log; a call while that goes on waits for its end. Rejects with what stopped it. */
  compact(): Promise<void> {
    return this.#compaction.run();
  }
}
