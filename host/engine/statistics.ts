/**
 * Read-only facts about an engine: counters, databases and memory by purpose, read from the control block. Nothing here
 * calls into WebAssembly; every figure is as of the last call. Counts and bytes are exact up to 2^53.
 */

import {
  CONTROL_CALLS_POINTER,
  CONTROL_CHANGES,
  CONTROL_COMMANDS,
  CONTROL_DATABASE_POINTER,
  CONTROL_ERRORS_POINTER,
  CONTROL_EXPIRED,
  CONTROL_EXPIRED_FIELDS,
  CONTROL_HITS,
  CONTROL_LAZY_FREED,
  CONTROL_MEMORY_PEAK,
  CONTROL_MEMORY_POINTER,
  CONTROL_MISSES,
  DATABASE_COUNT,
  DATABASE_EXPIRING,
  DATABASE_KEYS,
  DATABASE_SIZE,
} from "../../assembly/abi/layout.ts";
import { PURPOSE_COUNT } from "../../assembly/abi/status.ts";
import type { EngineExports } from "./instance.ts";
import type { MemoryView } from "./memory-view.ts";

/** How often a command ran, failed (answered an error) and was rejected before it ran. */
export interface CallCounts {
  readonly calls: number;
  readonly failed: number;
  readonly rejected: number;
}

export interface DatabaseCounts {
  readonly keys: number;
  readonly expiring: number;
}

/** Views that somebody reads from, those of transactions included. */
export interface ViewCounts {
  readonly open: number;
  /** Bytes of old versions that are kept for them. */
  readonly heldBytes: number;
  /** When the oldest one was opened, in Unix milliseconds. */
  readonly oldestMs: number | undefined;
  /** How many were taken away from those who read from them. */
  readonly cancelled: number;
}

type ViewExports = Pick<EngineExports, "lingering" | "views_open" | "views_held" | "views_oldest" | "views_cancelled">;

export class EngineStatistics {
  readonly #memory: MemoryView;
  readonly #control: number;
  readonly #commandCount: number;
  readonly #exports: ViewExports;

  /** `control` is the address of the control block; `commandCount` the number of ids that the engine counts calls of. */
  constructor(memory: MemoryView, control: number, commandCount: number, exports: ViewExports) {
    this.#exports = exports;
    this.#memory = memory;
    this.#control = control;
    this.#commandCount = commandCount;
  }

  /** Key look-ups that found a key, since the start or the last reset. */
  get hits(): number {
    return this.#memory.float(this.#control + CONTROL_HITS);
  }

  get misses(): number {
    return this.#memory.float(this.#control + CONTROL_MISSES);
  }

  get expired(): number {
    return this.#memory.float(this.#control + CONTROL_EXPIRED);
  }

  /** Fields of hashes that were removed since their time had come. */
  get expiredFields(): number {
    return this.#memory.float(this.#control + CONTROL_EXPIRED_FIELDS);
  }

  /** Values that were left to be freed in steps. */
  get lazyFreed(): number {
    return this.#memory.float(this.#control + CONTROL_LAZY_FREED);
  }

  /** Effects that were logged since the start; a reset leaves them. */
  get changes(): number {
    return this.#memory.float(this.#control + CONTROL_CHANGES);
  }

  get commands(): number {
    return this.#memory.float(this.#control + CONTROL_COMMANDS);
  }

  /** Values and tables that were removed and wait for being freed. Requires: the engine has not failed. */
  get lingering(): number {
    return this.#exports.lingering() >>> 0;
  }

  /** Read views. Requires: the engine has not failed. */
  get views(): ViewCounts {
    const { views_open, views_held, views_oldest, views_cancelled } = this.#exports;
    const openedMs = views_oldest();
    return { open: views_open() >>> 0, heldBytes: views_held(), oldestMs: openedMs || undefined, cancelled: views_cancelled() >>> 0 };
  }

  /** Highest sum of all purposes, in bytes. */
  get memoryPeakBytes(): number {
    return this.#memory.float(this.#control + CONTROL_MEMORY_PEAK);
  }

  /** Bytes in use for one PURPOSE_* of assembly/abi/status.ts. */
  memoryBytes(purpose: number): number {
    return this.#memory.float(this.#memory.word(this.#control + CONTROL_MEMORY_POINTER) + purpose * 8);
  }

  /** Bytes in use for all purposes. */
  get memoryUsedBytes(): number {
    let sum = 0;
    for (let purpose = 0; purpose < PURPOSE_COUNT; purpose++) sum += this.memoryBytes(purpose);
    return sum;
  }

  /** Size of the engine's linear memory in bytes. */
  get memoryReservedBytes(): number {
    return this.#memory.sizeBytes;
  }

  /** Counts of one of the DATABASE_COUNT databases. */
  database(number: number): DatabaseCounts {
    const address = this.#memory.word(this.#control + CONTROL_DATABASE_POINTER) + number * DATABASE_SIZE;
    return { keys: this.#memory.word(address + DATABASE_KEYS), expiring: this.#memory.word(address + DATABASE_EXPIRING) };
  }

  get databaseCount(): number {
    return DATABASE_COUNT;
  }

  /** How often the engine has answered the error with an ERROR_* id of assembly/abi/errors.ts. */
  errors(id: number): number {
    return this.#memory.float(this.#memory.word(this.#control + CONTROL_ERRORS_POINTER) + id * 8);
  }

  /** Call counts of a command id below the command count. */
  calls(commandId: number): CallCounts {
    const base = this.#memory.word(this.#control + CONTROL_CALLS_POINTER) + commandId * 8;
    const row = this.#commandCount * 8;
    return {
      calls: this.#memory.float(base),
      failed: this.#memory.float(base + row),
      rejected: this.#memory.float(base + 2 * row),
    };
  }
}
