/**
 * `memflux/browser/inline`, and what bundlers get for `memflux/browser`: the same as browser.ts in one file, and one for SQL, which
 * bundlers follow and load when it is wanted. The worker's program and the engine are strings in it, gzip in base64, which the build
 * puts in (host/build/build.mjs); the worker starts from a Blob.
 */
import type { RemoteDatabase } from "../client/remote.ts";
import type { SqlFiles } from "../client/worker-messages.ts";
import { type OpenOptions, type OpenSurroundings, openRemote } from "./browser-open.ts";

export type * from "../client/commands.ts";
export type { ExecuteOptions } from "../client/execution.ts";
export type { Answer, JsonCommands, JsonEntry, JsonSetOptions, Matches, Timing } from "../client/json-commands.ts";
export type { JsonValue } from "../client/json-text.ts";
export type { RangeCursorOptions, RangeEntry, RangeItem, RangeOptions, RangeValue } from "../client/key-range.ts";
export type { Multi, MultiOptions, MultiQueue, QueuedCommands } from "../client/multi.ts";
export type { RemoteDatabase, RemoteQueueingView } from "../client/remote.ts";
export type { RemoteSnapshot, RemoteTransaction } from "../client/remote-transaction.ts";
export type { RemoteCypherStatement, RemoteStatement, RemoteView } from "../client/remote-view.ts";
export type { ReplyValue } from "../client/reply-reader.ts";
export type { LogReport, MemoryReport, StatisticsReport } from "../client/report.ts";
export type { BeginOptions, TransactionOptions } from "../client/retry.ts";
export { DatabaseError, type ErrorCode } from "../common/error.ts";
export type { IsolationLevel } from "../common/transaction-modes.ts";
export type { OpenOptions, OpenSurroundings } from "./browser-open.ts";

/** Source of the worker's program. */
declare const INLINE_WORKER: string;
declare const INLINE_ENGINE: string;

/** Opens a database, as browser.ts does. */
export async function open(options: OpenOptions = {}, surroundings: OpenSurroundings = {}): Promise<RemoteDatabase> {
  const engine = await unpacked(INLINE_ENGINE);
  if (surroundings.worker !== undefined) return openRemote(options, surroundings, { worker: surroundings.worker, engine, sql });
  const worker = URL.createObjectURL(await programOf(INLINE_WORKER));
  try {
    return await openRemote(options, surroundings, { worker, engine, sql });
  } finally {
    URL.revokeObjectURL(worker);
  }
}

async function sql(): Promise<SqlFiles> {
  const { functions, program } = await import("./browser-inline-sql.ts");
  return { program: await programOf(program), functions: await unpacked(functions) };
}

async function programOf(packed: string): Promise<Blob> {
  return new Blob([await unpacked(packed)], { type: "text/javascript" });
}

/** What the build has packed: gzip in base64. */
async function unpacked(base64: string): Promise<Uint8Array> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}
