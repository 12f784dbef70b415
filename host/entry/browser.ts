/**
 * Composition root of a browser's page, and what `memflux/browser` gives a plain `<script type="module">`: `open` starts a worker
 * in which the database lives. The worker's program, the engine and the files of SQL lie beside this one, unless they are said to lie elsewhere.
 */
import type { RemoteDatabase } from "../client/remote.ts";
import { type OpenOptions, type OpenSurroundings, openRemote } from "./browser-open.ts";

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
  CypherStats,
  CypherValue,
} from "../client/cypher.ts";
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
export type { RemoteDatabase, RemoteQueueingView } from "../client/remote.ts";
export type { RemoteSnapshot, RemoteTransaction } from "../client/remote-transaction.ts";
export type { RemoteCypherStatement, RemoteStatement, RemoteView } from "../client/remote-view.ts";
export type { ReplyValue } from "../client/reply-reader.ts";
export type { LogReport, MemoryReport, StatisticsReport } from "../client/report.ts";
export type { BeginOptions, TransactionOptions } from "../client/retry.ts";
export type { MessageListener, PublishedMessage, SubscribeOptions, Subscription, Topic } from "../client/subscription.ts";
export { DatabaseError, type ErrorCode } from "../common/error.ts";
export type { IsolationLevel } from "../common/transaction-modes.ts";
export { float } from "../query/type/float.ts";
export type { OpenOptions, OpenSurroundings } from "./browser-open.ts";

/**
 * Opens the database `name` of this origin, which is made if it is missing, or one in memory. Rejects with UNKNOWN_OPTION,
 * INVALID_OPTION, DIRECTORY_LOCKED (open in another tab), STORAGE_UNAVAILABLE, STORAGE_FULL, STORAGE_FAILED, FILE_*,
 * ENGINE_INVALID, WORKER_FAILED or OUT_OF_MEMORY.
 */
export async function open(options: OpenOptions = {}, surroundings: OpenSurroundings = {}): Promise<RemoteDatabase> {
  return openRemote(options, surroundings, {
    worker: new URL("./browser-worker.js", import.meta.url),
    engine: new URL("./engine.wasm", import.meta.url).href,
    sql: () => ({
      program: new URL("./browser-sql.js", import.meta.url).href,
      functions: new URL("./functions.wasm", import.meta.url).href,
    }),
  });
}
