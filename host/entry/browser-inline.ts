/**
 * `memflux/browser/inline`, and what bundlers get for `memflux/browser`: the same as browser.ts in one file, and one for SQL, which
 * bundlers follow and load when it is wanted. The worker's program and the engine are strings in it, which the build puts in
 * (host/build/build.mjs); the worker starts from a Blob.
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
export type { RemoteDatabase, RemoteStatement, RemoteView } from "../client/remote.ts";
export type { ReplyValue } from "../client/reply-reader.ts";
export type { LogReport, MemoryReport, StatisticsReport } from "../client/report.ts";
export { DatabaseError, type ErrorCode } from "../common/error.ts";
export type { OpenOptions, OpenSurroundings } from "./browser-open.ts";

/** Source of the worker's program. */
declare const INLINE_WORKER: string;
/** The engine in base64. */
declare const INLINE_ENGINE: string;

/** Opens a database, as browser.ts does. */
export async function open(options: OpenOptions = {}, surroundings: OpenSurroundings = {}): Promise<RemoteDatabase> {
  if (surroundings.worker !== undefined)
    return openRemote(options, surroundings, { worker: surroundings.worker, engine: engineBytes(), sql });
  const worker = URL.createObjectURL(new Blob([INLINE_WORKER], { type: "text/javascript" }));
  try {
    return await openRemote(options, surroundings, { worker, engine: engineBytes(), sql });
  } finally {
    URL.revokeObjectURL(worker);
  }
}

function engineBytes(): Uint8Array {
  return bytesOf(INLINE_ENGINE);
}

async function sql(): Promise<SqlFiles> {
  const { functions, program } = await import("./browser-inline-sql.ts");
  return { program: new Blob([program], { type: "text/javascript" }), functions: bytesOf(functions) };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
