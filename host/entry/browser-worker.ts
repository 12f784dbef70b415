/**
 * Composition root of the worker that a page's database lives in: engine, log and private file system. It takes its orders from
 * host/entry/browser.ts through messages, and exports nothing.
 */
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { EmbeddedDatabase } from "../client/embedded.ts";
import type { OpenRequest } from "../client/worker-messages.ts";
import { type PageDoor, serveLink } from "../client/worker-service.ts";
import { createHandlers } from "../command/registry.ts";
import { newRunId } from "../command/run-id.ts";
import * as errors from "../common/error.ts";
import type { OptionStore } from "../common/options.ts";
import * as replyErrors from "../common/reply-error.ts";
import { Database } from "../database/database.ts";
import type { SqlLanguage } from "../database/queries.ts";
import { compileEngine } from "../engine/instance.ts";
import type { WasmModule } from "../engine/webassembly.ts";
import { browserClock } from "../platform/browser/clock.ts";
import { BrowserModules } from "../platform/browser/modules.ts";
import { browserRandom } from "../platform/browser/random.ts";
import { linkTo, type MessageEnd } from "../platform/browser/runtime.ts";
import { BrowserStorage, checkName } from "../platform/browser/storage.ts";
import { bindDatabase, bindLog, embeddedOptions, text } from "./settings.ts";

serveLink(linkTo(globalThis as unknown as MessageEnd), open);

// The program of SQL is a file of its own, and takes these from here (host/build/shared-errors.mjs): errors are of one class.
Object.assign(globalThis, { memfluxErrors: { ...errors, ...replyErrors } });

async function open({ name, options: given, engine }: OpenRequest, page: PageDoor): Promise<EmbeddedDatabase> {
  if (name !== undefined) checkName(name);
  const options = embeddedOptions(given, name !== undefined);
  const database = await openDatabase(name, options, await loadEngine(engine), page);
  try {
    bindDatabase(options, database);
    return new EmbeddedDatabase({
      database,
      clock: browserClock,
      random: browserRandom,
      runId: newRunId(browserRandom),
      createHandlers: (context) => createHandlers(context, options, database.engine, {}, database.persistence, database.queries),
      statementTimeoutMs: options.get("statement_timeout") as number,
    });
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openDatabase(
  name: string | undefined,
  options: OptionStore,
  module: WasmModule,
  { report, sqlFiles }: PageDoor,
): Promise<Database> | Database {
  const modules = new BrowserModules();
  const loadSql = async (): Promise<SqlLanguage> => {
    const { program, functions } = await sqlFiles();
    modules.functions = functions;
    return importProgram(program);
  };
  const parts = { clock: browserClock, random: browserRandom, commandCount: COMMAND_COUNT, print: report, modules, loadSql };
  if (name === undefined) return Database.open(module, parts);
  const recover = text(options, "recover") === "truncate" ? "truncate" : "refuse";
  return Database.recover(module, parts, { storage: new BrowserStorage(name), settings: bindLog(options), recover, report });
}

async function importProgram(program: string | Blob): Promise<SqlLanguage> {
  const place = typeof program === "string" ? program : URL.createObjectURL(program);
  try {
    return (await import(place)) as SqlLanguage;
  } catch (cause) {
    throw new errors.DatabaseError("WORKER_FAILED", `SQL cannot be loaded from ${place}: ${(cause as Error).message}`, { cause });
  } finally {
    if (typeof program !== "string") URL.revokeObjectURL(place);
  }
}

/** The engine from its bytes or from where it lies; compiled while it arrives if the server calls it WebAssembly. */
async function loadEngine(engine: string | Uint8Array): Promise<WasmModule> {
  if (typeof engine !== "string") return compileEngine(engine);
  let response: Response;
  try {
    response = await fetch(engine, { credentials: "same-origin" });
  } catch (cause) {
    throw new errors.DatabaseError("ENGINE_INVALID", `the engine cannot be loaded from ${engine}: ${(cause as Error).message}`, { cause });
  }
  if (!response.ok)
    throw new errors.DatabaseError("ENGINE_INVALID", `the engine cannot be loaded from ${engine}: status ${response.status}`);
  if (response.headers.get("content-type")?.toLowerCase() === "application/wasm") return compileEngine(response);
  return compileEngine(new Uint8Array(await response.arrayBuffer()));
}
