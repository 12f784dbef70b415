/**
 * Composition root of the worker that a page's database lives in: engine, log and private file system. It takes its orders from
 * host/entry/browser.ts through messages, and exports nothing.
 */
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { EmbeddedDatabase } from "../client/embedded.ts";
import type { OpenRequest } from "../client/worker-messages.ts";
import { serveLink } from "../client/worker-service.ts";
import { createHandlers } from "../command/registry.ts";
import { newRunId } from "../command/run-id.ts";
import { DatabaseError } from "../common/error.ts";
import type { OptionStore } from "../common/options.ts";
import { Database } from "../database/database.ts";
import { compileEngine } from "../engine/instance.ts";
import type { WasmModule } from "../engine/webassembly.ts";
import { browserClock } from "../platform/browser/clock.ts";
import { browserRandom } from "../platform/browser/random.ts";
import { linkTo, type MessageEnd } from "../platform/browser/runtime.ts";
import { BrowserStorage, checkName } from "../platform/browser/storage.ts";
import { bindDatabase, bindLog, embeddedOptions, text } from "./settings.ts";

serveLink(linkTo(globalThis as unknown as MessageEnd), open);

async function open({ name, options: given, engine }: OpenRequest, report: (line: string) => void): Promise<EmbeddedDatabase> {
  if (name !== undefined) checkName(name);
  const options = embeddedOptions(given, name !== undefined);
  const database = await openDatabase(name, options, await loadEngine(engine), report);
  try {
    bindDatabase(options, database);
    return new EmbeddedDatabase({
      database,
      clock: browserClock,
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
  report: (line: string) => void,
): Promise<Database> | Database {
  const parts = { clock: browserClock, random: browserRandom, commandCount: COMMAND_COUNT, print: report };
  if (name === undefined) return Database.open(module, parts);
  const recover = text(options, "recover") === "truncate" ? "truncate" : "refuse";
  return Database.recover(module, parts, { storage: new BrowserStorage(name), settings: bindLog(options), recover, report });
}

/** The engine from its bytes or from where it lies; compiled while it arrives if the server calls it WebAssembly. */
async function loadEngine(engine: string | Uint8Array): Promise<WasmModule> {
  if (typeof engine !== "string") return compileEngine(engine);
  let response: Response;
  try {
    response = await fetch(engine, { credentials: "same-origin" });
  } catch (cause) {
    throw new DatabaseError("ENGINE_INVALID", `the engine cannot be loaded from ${engine}: ${(cause as Error).message}`, { cause });
  }
  if (!response.ok) throw new DatabaseError("ENGINE_INVALID", `the engine cannot be loaded from ${engine}: status ${response.status}`);
  if (response.headers.get("content-type")?.toLowerCase() === "application/wasm") return compileEngine(response);
  return compileEngine(new Uint8Array(await response.arrayBuffer()));
}
