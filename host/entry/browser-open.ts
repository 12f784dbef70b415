/**
 * Starts a worker, has it open a database, and answers the page's object of it: what browser.ts and browser-inline.ts share.
 */
import { RemoteDatabase } from "../client/remote.ts";
import { RemoteCalls } from "../client/remote-calls.ts";
import { type OpenRequest, packError, type SqlFiles, type SqlMessage, unpackError, type WorkerMessage } from "../client/worker-messages.ts";
import { DatabaseError } from "../common/error.ts";
import { browserClock } from "../platform/browser/clock.ts";
import { browserRandom } from "../platform/browser/random.ts";
import { browserScope, linkTo, type WorkerObject } from "../platform/browser/runtime.ts";
import type { Options } from "./settings.ts";

/** Options of `open`. The others of `memflux serve` that concern a database are taken too, by their snake_case names. */
export interface OpenOptions extends Options {
  /** Name of the database in the private file system of the page's origin. Without one the database is in memory. */
  readonly name?: string;
  /** What an acknowledgement waits for: nothing, the write (the default), or the sync. */
  readonly durability?: "none" | "fsync" | "full";
  /** Megabytes of data above which writes are refused with OUT_OF_MEMORY; 0: up to 4 GiB. */
  readonly maxmemory_mb?: number;
  /** What to do about a damaged log: refuse to open it, or lose what lies behind the damage. */
  readonly recover?: "refuse" | "truncate";
}

/** Where a page wants something else than `open` does by itself, because of its content security policy for instance. */
export interface OpenSurroundings {
  /** Where the worker's program (dist/browser-worker.js) lies; of the page's own origin. */
  readonly worker?: string | URL;
  /** Where the engine (dist/engine.wasm) lies. */
  readonly wasm?: string | URL;
  /** Where the program of SQL (dist/browser-sql.js) lies, which is loaded with the first statement; of the page's own origin. */
  readonly sql?: string | URL;
  /** Where the functions that come with SQL (dist/functions.wasm) lie, which are loaded when one is called. */
  readonly functions?: string | URL;
  /** Takes lines that an operator should know: a torn end of the log that was cut off, progress of a long recovery, a failed log. */
  readonly report?: (line: string) => void;
}

/** Where worker and engine are if the page says nothing else. */
export interface Places {
  readonly worker: string | URL;
  readonly engine: string | Uint8Array;
  /** Of SQL; asked when the first statement comes. */
  readonly sql: () => SqlFiles | Promise<SqlFiles>;
}

/** See `open` of browser.ts. */
export async function openRemote(
  { name, ...options }: OpenOptions,
  surroundings: OpenSurroundings,
  places: Places,
): Promise<RemoteDatabase> {
  if (options.dir !== undefined) throw new DatabaseError("INVALID_OPTION", "dir: a browser has no directories; use name");
  const { worker: workerPlace, wasm, report } = surroundings;
  const worker = startWorker(workerPlace ?? places.worker);
  const link = linkTo(worker);
  const calls = new RemoteCalls(link);
  // A worker resolves relative places against its own, which may be a Blob's.
  const engine = wasm === undefined ? places.engine : onPage(wasm);
  const request: OpenRequest = { kind: "open", name, options, engine };
  try {
    await new Promise<void>((opened, refused) => {
      const fail = (error: DatabaseError): void => {
        calls.end(error);
        refused(error);
      };
      worker.onerror = (event) => {
        event.preventDefault?.();
        fail(new DatabaseError("WORKER_FAILED", `the worker has failed: ${event.message ?? "its program could not be loaded"}`));
      };
      worker.onmessageerror = () => fail(new DatabaseError("WORKER_FAILED", "a message of the worker could not be read"));
      link.listen((received) => {
        const message = received as WorkerMessage;
        switch (message.kind) {
          case "opened":
            opened();
            break;
          case "refused":
            fail(unpackError(message.error));
            break;
          case "report":
            report?.(message.line);
            break;
          case "wants sql":
            void sqlFiles(surroundings, places).then((files) => link.send({ kind: "sql", files } satisfies SqlMessage));
            break;
          case "results":
            calls.settle(message);
        }
      });
      link.send(request);
    });
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return new RemoteDatabase(calls, () => worker.terminate(), { clock: browserClock, random: browserRandom });
}

/** Where the files of SQL are, or why that is not known. */
async function sqlFiles({ sql, functions }: OpenSurroundings, places: Places): Promise<SqlMessage["files"]> {
  try {
    const own = sql === undefined || functions === undefined ? await places.sql() : undefined;
    const program = sql === undefined ? own?.program : onPage(sql);
    return { program: program ?? "", functions: (functions === undefined ? own?.functions : onPage(functions)) ?? "" };
  } catch (cause) {
    return packError(new DatabaseError("WORKER_FAILED", `SQL cannot be loaded: ${(cause as Error).message}`, { cause }));
  }
}

/** A place as the page means it. */
function onPage(place: string | URL): string {
  return new URL(place, pageAddress()).href;
}

function startWorker(place: string | URL): WorkerObject {
  const { Worker } = browserScope;
  if (Worker === undefined) throw new DatabaseError("WORKER_FAILED", "there are no workers here: memflux/browser is for pages");
  try {
    return new Worker(place, { name: "memflux" });
  } catch (cause) {
    throw new DatabaseError("WORKER_FAILED", `the worker cannot be started from ${place}: ${(cause as Error).message}`, { cause });
  }
}

function pageAddress(): string | undefined {
  return (globalThis as { readonly location?: { readonly href: string } }).location?.href;
}
