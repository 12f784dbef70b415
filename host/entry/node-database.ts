/**
 * A database on Node's adapters: the engine file, and what a directory holds.
 */
import { readFile } from "node:fs/promises";
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { DatabaseError } from "../common/error.ts";
import type { OptionStore } from "../common/options.ts";
import { Database } from "../database/database.ts";
import { compileEngine } from "../engine/instance.ts";
import type { WasmModule } from "../engine/webassembly.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { NodeModules } from "../platform/node/modules.ts";
import { nodeRandom } from "../platform/node/random.ts";
import { NodeStorage } from "../platform/node/storage.ts";
import { nodeText } from "../platform/node/text.ts";
import type { Clock } from "../platform/types.ts";
import { bindDatabase, bindLog, text } from "./settings.ts";

/** The functions beside the bundled program; seen from the sources they lie in dist/. */
const OWN_FUNCTIONS = [new URL("./functions.wasm", import.meta.url), new URL("../../dist/functions.wasm", import.meta.url)];

/** The engine file beside the bundled program, compiled once a process. */
let ownEngine: Promise<WasmModule> | undefined;

/** The compiled engine. A failed attempt is not kept: the file may be there the next time. */
export function loadEngine(file: string | URL | undefined): Promise<WasmModule> {
  if (file !== undefined) return readEngine(file).then(compileEngine);
  if (ownEngine === undefined) {
    const loading = readEngine(undefined).then(compileEngine);
    loading.catch(() => {
      ownEngine = undefined;
    });
    ownEngine = loading;
  }
  return ownEngine;
}

/** The database of the directory, or one in memory, with its options in force. `report` takes what an operator should know. */
export async function openDatabase(
  options: OptionStore,
  module: WasmModule,
  report: (line: string) => void,
  clock: Clock = nodeClock,
): Promise<Database> {
  const database = await find(options, module, report, clock);
  try {
    bindDatabase(options, database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function find(options: OptionStore, module: WasmModule, report: (line: string) => void, clock: Clock): Promise<Database> | Database {
  const modules = new NodeModules(OWN_FUNCTIONS, () => text(options, "functions_dir"));
  const parts = { clock, random: nodeRandom, commandCount: COMMAND_COUNT, print: report, text: nodeText, modules };
  if (options.get("persistence") !== true) return Database.open(module, parts);
  return Database.recover(module, parts, {
    storage: new NodeStorage(text(options, "dir")),
    settings: bindLog(options),
    recover: text(options, "recover") === "truncate" ? "truncate" : "refuse",
    report,
  });
}

/** The engine lies beside the bundled program; seen from the sources it lies in dist/. */
async function readEngine(file: string | URL | undefined): Promise<Uint8Array> {
  const places =
    file === undefined ? [new URL("./engine.wasm", import.meta.url), new URL("../../dist/engine.wasm", import.meta.url)] : [file];
  let cause: unknown;
  for (const place of places) {
    try {
      return await readFile(place);
    } catch (error) {
      cause = error;
    }
  }
  throw new DatabaseError("ENGINE_INVALID", `the engine file cannot be read (was the project built?): ${(cause as Error).message}`, {
    cause,
  });
}
