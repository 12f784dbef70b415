/**
 * What command handlers may ask of the engine and of the process. `Engine` of host/engine has the shape of `EngineFacts`;
 * a composition root gives the rest.
 */

/** How often a command ran, answered an error, and was refused before it ran. */
export interface CallCounts {
  readonly calls: number;
  readonly failed: number;
  readonly rejected: number;
}

/** Keys of a database, and those of them that have an expiry. */
export interface DatabaseCounts {
  readonly keys: number;
  readonly expiring: number;
}

/** Counters as of the engine's last call; those of events count since the start or the last reset. */
export interface EngineCounters {
  /** Look-ups that found a key, and that found none. */
  readonly hits: number;
  readonly misses: number;
  /** Keys that were deleted because their time had come. */
  readonly expired: number;
  /** Fields of hashes that were removed because their time had come. */
  readonly expiredFields: number;
  /** Values that were left to be freed in steps. */
  readonly lazyFreed: number;
  /** Commands that ran. */
  readonly commands: number;
  /** Values and tables that were removed and wait for being freed. */
  readonly lingering: number;
  readonly memoryUsedBytes: number;
  readonly memoryPeakBytes: number;
  /** Size of the engine's linear memory. */
  readonly memoryReservedBytes: number;
  /** Bytes in use for a PURPOSE_* of assembly/abi/status.ts. */
  memoryBytes(purpose: number): number;
  readonly databaseCount: number;
  database(number: number): DatabaseCounts;
  /** Read views: how many there are, bytes of old versions kept for them, when the oldest was opened, how many were taken away. */
  readonly views: { readonly open: number; readonly heldBytes: number; readonly oldestMs: number | undefined; readonly cancelled: number };
  /** How often the engine has answered an error of `replyErrors`, by its position there. */
  errors(id: number): number;
  /** Counts of a command's id. */
  calls(commandId: number): CallCounts;
}

export interface EngineFacts {
  readonly statistics: EngineCounters;
  /** Sets the counters of events back to zero. */
  resetStatistics(): void;
  /** Order-independent digest of a database's content, or of all with -1, as four u32. O(keys). */
  digest(database: number): readonly number[];
}

/** What commands may ask of a database that is kept in a directory. `Database.persistence` has this shape. */
export interface PersistenceFacts {
  /** Level of durability: none, fsync or full. */
  readonly durability: string;
  /** Size of the log, and what it was after the last compaction or at the start, in bytes. */
  readonly logBytes: number;
  readonly baseBytes: number;
  readonly epoch: number;
  /** Sequences of the frame with the latest effects, of the last written and of the last synced one. */
  readonly position: number;
  readonly written: number;
  readonly durable: number;
  /** Whether the log has failed, so that writes are refused. */
  readonly hasFailed: boolean;
  readonly isCompacting: boolean;
  /** Unix time of the last compaction that succeeded, of the start before the first. */
  readonly lastCompactionMs: number;
  /** Whether the last compaction failed, and how many have in a row. */
  readonly lastCompactionFailed: boolean;
  readonly compactionsFailed: number;
  /** How many have succeeded since the start, and how long the last of them took. */
  readonly compactions: number;
  readonly lastCompactionTookMs: number | undefined;
  /** Since when one is under way. */
  readonly compactionSinceMs: number | undefined;
  /** Effects that were logged since the last one that succeeded began, or since the start. */
  readonly changes: number;
  /** Compacts the log; while that goes on already, waits for its end. Rejects with what stopped it. */
  compact(): Promise<void>;
}

/** What only the process knows. Absent facts are left out of INFO. */
export interface ProcessFacts {
  /** Version of MemFlux. */
  readonly version?: string;
  /** Such as `Linux 6.1 x86_64`. */
  readonly operatingSystem?: string;
  /** Such as `node 20.19.0`. */
  readonly runtime?: string;
  usage?(): ProcessUsage;
  /** Reads and replaces the configuration file whose name the server knows. */
  readonly configFile?: ConfigFile;
}

export interface ProcessUsage {
  readonly residentBytes: number;
  readonly systemBytes: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
}

export interface ConfigFile {
  read(): Promise<string>;
  /** Replaces the whole file, so that it is the old or the new one after a crash. */
  write(content: string): Promise<void>;
}
