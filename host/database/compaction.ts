/**
 * Keeps the log short: when it has grown beyond the threshold and to twice what the last compaction left, the engine logs its
 * whole content once more (assembly/durability/compaction.ts) in steps between other work, and the segments before go.
 *
 * 1. Every step is one small batch: a few kilobytes of effects, then a pause; none while the log is congested.
 * 2. A crash at any moment is harmless: until the manifest names the new first segment, the old ones are all there, and the
 *    extra effects only set keys to what they are.
 * 3. A compaction that fails for want of memory is given up, and tried again when the log has doubled.
 */
import { DatabaseError } from "../common/error.ts";
import type { Engine } from "../engine/engine.ts";
import type { LogSettings, Wal } from "../persistence/wal.ts";
import type { Clock, Timer } from "../platform/types.ts";
import type { CommitGate } from "./commit.ts";

const PAUSE_MS = 1;
const GROWTH_FACTOR = 2;

export interface CompactionParts {
  readonly engine: Engine;
  readonly commits: CommitGate;
  readonly log: Wal;
  readonly clock: Clock;
  readonly settings: Pick<LogSettings, "compactAboveBytes" | "compactStepBytes">;
  readonly report: (line: string) => void;
}

export class Compaction {
  readonly #parts: CompactionParts;
  #running: Promise<void> | undefined;
  #stopped = false;
  /** Ends the pause under way. */
  #wake: (() => void) | undefined;
  /** Size of the log behind the last compaction, or when one was given up. */
  #baseBytes = 0;
  /** Unix time of the last compaction that succeeded, of the start before the first. */
  #lastMs: number;
  #failedInARow = 0;
  #count = 0;
  #lastTookMs: number | undefined;
  #sinceMs: number | undefined;
  /** What the engine had logged when the last one that succeeded began. */
  #changesBefore: number;
  /** Size of the log behind the last compaction that succeeded, at the start before the first: what reports show. */
  #shownBaseBytes: number;

  constructor(parts: CompactionParts) {
    this.#parts = parts;
    this.#lastMs = parts.clock.nowMs();
    this.#changesBefore = parts.engine.statistics.changes;
    this.#shownBaseBytes = parts.log.sizeBytes;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  /** How many have failed since the last that succeeded. */
  get failedInARow(): number {
    return this.#failedInARow;
  }

  /** How many have succeeded, and how long the last of them took. */
  get count(): number {
    return this.#count;
  }

  get lastTookMs(): number | undefined {
    return this.#lastTookMs;
  }

  /** Unix time at which the one under way has begun. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  /** Effects that were logged since the last one that succeeded began, or since the start. */
  get changes(): number {
    return this.#parts.engine.statistics.changes - this.#changesBefore;
  }

  /** Size of the log behind the last compaction, or at the start. */
  get baseBytes(): number {
    return this.#shownBaseBytes;
  }

  /** Starts a compaction if one is due. */
  check(): void {
    const { log, settings } = this.#parts;
    if (this.isRunning || this.#stopped || log.failure !== undefined) return;
    if (log.sizeBytes < Math.max(settings.compactAboveBytes, this.#baseBytes * GROWTH_FACTOR)) return;
    this.run().catch(() => {});
  }

  /** Compacts the log; a call while that goes on waits for its end. Rejects with what stopped it. */
  run(): Promise<void> {
    if (this.#stopped) return Promise.reject(new DatabaseError("INTERNAL", "the database is closing"));
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Gives up what is under way, and starts nothing any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running?.catch(() => {});
  }

  async #run(): Promise<void> {
    const { engine, commits, log, report, clock } = this.#parts;
    const before = log.sizeBytes;
    const sinceMs = clock.nowMs();
    let changes = 0;
    this.#sinceMs = sinceMs;
    try {
      const cut = await log.cut(() => {
        commits.pass();
        engine.startCompaction();
        changes = engine.statistics.changes;
      });
      while (this.#step()) await this.#pause();
      await log.flush();
      if (this.#stopped || commits.logFailure !== undefined) return;
      await log.drop(cut);
      this.#lastMs = clock.nowMs();
      this.#lastTookMs = Math.max(0, this.#lastMs - sinceMs);
      this.#changesBefore = changes;
      this.#failedInARow = 0;
      this.#count++;
      this.#shownBaseBytes = log.sizeBytes;
      report(`compacted the log from ${megabytes(before)} to ${megabytes(log.sizeBytes)} MB`);
    } catch (error) {
      this.#failedInARow++;
      report(`the log was not compacted: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    } finally {
      engine.stopCompaction();
      this.#sinceMs = undefined;
      this.#baseBytes = log.sizeBytes;
    }
  }

  /** Logs some content. False at the end, and when the compaction is given up. */
  #step(): boolean {
    const { engine, commits, log, settings } = this.#parts;
    if (this.#stopped || commits.logFailure !== undefined || engine.failure !== undefined) return false;
    if (log.isCongested) return true;
    const more = engine.stepCompaction(settings.compactStepBytes);
    commits.pass();
    return more;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      this.#wake = () => {
        timer?.cancel();
        resolve();
      };
      timer = this.#parts.clock.setTimer(resolve, PAUSE_MS, true);
    });
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
