/**
 * What `memory()` and `stats()` of a database answer: the engine's exact counters as plain objects.
 */
import {
  PURPOSE_EFFECT,
  PURPOSE_ENTRY,
  PURPOSE_REPLY,
  PURPOSE_SCRATCH,
  PURPOSE_SESSION,
  PURPOSE_TABLE,
  PURPOSE_VALUE,
} from "../../assembly/abi/status.ts";
import type { Database } from "../database/database.ts";
import type { EngineStatistics } from "../engine/statistics.ts";

/** Bytes. `used` is the sum of the purposes; `reserved` the size of the engine's memory, which never shrinks. */
export interface MemoryReport {
  readonly used: number;
  readonly peak: number;
  readonly reserved: number;
  /** Keys with what is known about them, and short values. */
  readonly entries: number;
  /** Values that lie outside of their entries. */
  readonly values: number;
  /** The hash tables. */
  readonly tables: number;
  readonly sessions: number;
  readonly replies: number;
  /** Changes on their way to the log. */
  readonly effects: number;
  readonly scratch: number;
}

export interface StatisticsReport {
  /** Commands that ran since the start or CONFIG RESETSTAT, as the next three. */
  readonly commands: number;
  /** Look-ups that found a key, and that found none. */
  readonly hits: number;
  readonly misses: number;
  /** Keys that were removed because their time had come. */
  readonly expired: number;
  /** Keys of all databases, and those of them that have an expiry. */
  readonly keys: number;
  readonly expiring: number;
  /** Databases that have keys, by number. */
  readonly databases: Readonly<Record<number, { readonly keys: number; readonly expiring: number }>>;
  /** Absent for a database in memory. */
  readonly log?: LogReport;
}

/** How far the log is; the sequences count frames, one for each turn of the event loop that changed something. */
export interface LogReport {
  readonly durability: string;
  readonly bytes: number;
  readonly epoch: number;
  /** Frame of the latest changes. */
  readonly position: number;
  /** Last frame that survives the end of the process. */
  readonly written: number;
  /** Last frame that survives a loss of power. */
  readonly durable: number;
  /** Whether the log has failed, so that writes are refused. */
  readonly failed: boolean;
  readonly compacting: boolean;
}

export function memoryReport(counters: EngineStatistics): MemoryReport {
  return {
    used: counters.memoryUsedBytes,
    peak: counters.memoryPeakBytes,
    reserved: counters.memoryReservedBytes,
    entries: counters.memoryBytes(PURPOSE_ENTRY),
    values: counters.memoryBytes(PURPOSE_VALUE),
    tables: counters.memoryBytes(PURPOSE_TABLE),
    sessions: counters.memoryBytes(PURPOSE_SESSION),
    replies: counters.memoryBytes(PURPOSE_REPLY),
    effects: counters.memoryBytes(PURPOSE_EFFECT),
    scratch: counters.memoryBytes(PURPOSE_SCRATCH),
  };
}

export function statisticsReport(database: Database): StatisticsReport {
  const counters = database.engine.statistics;
  const databases: Record<number, { keys: number; expiring: number }> = {};
  let keys = 0;
  let expiring = 0;
  for (let number = 0; number < counters.databaseCount; number++) {
    const counts = counters.database(number);
    keys += counts.keys;
    expiring += counts.expiring;
    if (counts.keys > 0) databases[number] = counts;
  }
  const { commands, hits, misses, expired } = counters;
  const log = logReport(database);
  return { commands, hits, misses, expired, keys, expiring, databases, ...(log === undefined ? {} : { log }) };
}

function logReport({ persistence }: Database): LogReport | undefined {
  if (persistence === undefined) return undefined;
  const { durability, logBytes: bytes, epoch, position, written, durable, hasFailed, isCompacting } = persistence;
  return { durability, bytes, epoch, position, written, durable, failed: hasFailed, compacting: isCompacting };
}
