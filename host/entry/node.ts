/**
 * Composition root for Node, and what `import ... from "memflux"` gives there: `open` for a database inside the program, `serve`
 * for a server. The server's part is loaded when it is asked for.
 */
import { EmbeddedDatabase } from "../client/embedded.ts";
import { createHandlers } from "../command/registry.ts";
import { newRunId } from "../command/run-id.ts";
import { OptionStore } from "../common/options.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { nodeRandom } from "../platform/node/random.ts";
import type { Clock, Listener } from "../platform/types.ts";
import { loadEngine, openDatabase } from "./node-database.ts";
import type { RunningServer, ServeSurroundings } from "./node-server.ts";
import { embeddedOptions, type Options, parseOptions } from "./settings.ts";

export type * from "../client/commands.ts";
export type {
  CypherFloat,
  CypherMap,
  CypherNode,
  CypherParameter,
  CypherParameters,
  CypherPath,
  CypherRelationship,
  CypherResult,
  CypherRow,
  CypherRows,
  CypherStatement,
  CypherStats,
  CypherValue,
} from "../client/cypher.ts";
export type { Door, EmbeddedDatabase } from "../client/embedded.ts";
export type { ExecuteOptions } from "../client/execution.ts";
export type { Answer, JsonCommands, JsonEntry, JsonSetOptions, Matches, Timing } from "../client/json-commands.ts";
export type { JsonValue } from "../client/json-text.ts";
export type { RangeCursorOptions, RangeEntry, RangeItem, RangeOptions, RangeValue } from "../client/key-range.ts";
export type { Multi, MultiOptions, MultiQueue, QueuedCommands } from "../client/multi.ts";
export type {
  LoadOptions,
  QueryOptions,
  SqlColumn,
  SqlParameter,
  SqlResult,
  SqlRow,
  SqlRows,
  SqlStatement,
  SqlValue,
} from "../client/queries.ts";
export type { ReplyValue } from "../client/reply-reader.ts";
export type { LogReport, MemoryReport, StatisticsReport } from "../client/report.ts";
export type { BeginOptions, TransactionOptions } from "../client/retry.ts";
export type { ReadingCommands, ReadingJson, Snapshot } from "../client/snapshot.ts";
export type { MessageListener, PublishedMessage, SubscribeOptions, Subscription, Topic } from "../client/subscription.ts";
export type { Transaction } from "../client/transaction.ts";
export type { DatabaseView, QueueingView } from "../client/view.ts";
export { DatabaseError, type ErrorCode } from "../common/error.ts";
export type { IsolationLevel } from "../common/transaction-modes.ts";
export { float } from "../query/type/float.ts";
export type { RunningServer, ServeSurroundings } from "./node-server.ts";

/** Options of `serve`, as the command line or CONFIG may change them. */
export type ServeOptions = OptionStore;

/** Options of `open`. The others of `memflux serve` are taken too, by their snake_case names. */
export interface OpenOptions extends Options {
  /** Directory of the database, which is made if it is missing. Without one the database is in memory. */
  readonly dir?: string;
  /** What an acknowledgement waits for: nothing, the write (the default), or the sync. See `flush`. */
  readonly durability?: "none" | "fsync" | "full";
  /** Megabytes of data above which writes throw OUT_OF_MEMORY; 0: up to 4 GiB. */
  readonly maxmemory_mb?: number;
  /** What to do about a damaged log: refuse to open it, or lose what lies behind the damage. */
  readonly recover?: "refuse" | "truncate";
}

/** Where a program wants something else than `open` does by itself. */
export interface OpenSurroundings {
  /** Path or URL of the engine; beside the library if absent. */
  readonly engineFile?: string | URL;
  /** Takes lines that an operator should know: a torn end of the log that was cut off, progress of a long recovery, a failed log. */
  readonly report?: (line: string) => void;
  /** Accepts the connections of `db.serve`; Node's own listener if absent. */
  readonly listener?: Listener;
  /** What time it is, and when time has passed; the system's clock if absent. Doors of `db.serve` go by the system's. */
  readonly clock?: Clock;
}

/**
 * Opens an embedded database: what `dir` holds, or an empty one in memory. Rejects with UNKNOWN_OPTION, INVALID_OPTION,
 * DIRECTORY_LOCKED, STORAGE_*, FILE_*, ENGINE_INVALID or OUT_OF_MEMORY.
 */
export async function open(given: OpenOptions = {}, surroundings: OpenSurroundings = {}): Promise<EmbeddedDatabase> {
  const options = embeddedOptions(given, given.dir !== undefined);
  const report = surroundings.report ?? (() => {});
  const clock = surroundings.clock ?? nodeClock;
  const database = await openDatabase(options, await loadEngine(surroundings.engineFile), report, clock);
  try {
    return new EmbeddedDatabase({
      database,
      clock,
      random: nodeRandom,
      runId: newRunId(nodeRandom),
      createHandlers: (context) => createHandlers(context, options, database.engine, {}, database.persistence, database.queries),
      statementTimeoutMs: options.get("statement_timeout") as number,
      serve: async (chosen) => {
        const door = options.forDoor(parseOptions(chosen as Options));
        const { serveDatabase } = await import("./node-server.ts");
        return serveDatabase(database, door, report, surroundings.listener);
      },
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Starts a server and resolves when it accepts connections. Rejects with a DatabaseError whose message says what to change:
 * ADDRESS_*, TLS_CREDENTIALS, ENGINE_INVALID, OUT_OF_MEMORY, DIRECTORY_LOCKED, STORAGE_*, FILE_*.
 */
export async function serve(options: ServeOptions | Options = {}, surroundings: ServeSurroundings = {}): Promise<RunningServer> {
  const server = await import("./node-server.ts");
  return server.serve(options instanceof OptionStore ? options : new OptionStore(parseOptions(options)), surroundings);
}
