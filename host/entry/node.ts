/**
 * Composition root for Node: the one file that chooses Node's adapters, reads the engine file and turns options into limits
 * and engine settings. `memflux serve` and programs that embed the server call `serve`.
 *
 * 1. Options are applied in one place (`applyOptions`), at start and again whenever CONFIG SET changes one.
 * 2. Nothing is accepted before everything is in place; a failed start leaves nothing open.
 * 3. Standard output gets one line, which ends in `ready on HOST:PORT`; whatever an operator should know goes to standard
 *    error. Signals are the caller's business.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as commandIds from "../../assembly/abi/commands.ts";
import {
  SETTING_MAX_BULK,
  SETTING_MAX_HELD,
  SETTING_MAX_MEMORY,
  SETTING_MAX_PAGES,
  SETTING_REQUIRE_AUTH,
} from "../../assembly/abi/status.ts";
import { Embedded } from "../client/embedded.ts";
import { createHandlers } from "../command/registry.ts";
import { DatabaseError } from "../common/error.ts";
import type { OptionValue } from "../common/option-table.ts";
import { findOption, OptionStore, parseOption } from "../common/options.ts";
import { Database } from "../database/database.ts";
import { compileEngine } from "../engine/instance.ts";
import type { WasmModule } from "../engine/webassembly.ts";
import type { LogSettings } from "../persistence/wal.ts";
import { formatAddress } from "../platform/address.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { loadCredentials } from "../platform/node/credentials.ts";
import { descriptorLimit, RESERVED_DESCRIPTORS } from "../platform/node/descriptors.ts";
import { createNodeListener } from "../platform/node/listener.ts";
import { processFacts } from "../platform/node/process-facts.ts";
import { nodeRandom } from "../platform/node/random.ts";
import { NodeStorage } from "../platform/node/storage.ts";
import type { Listener } from "../platform/types.ts";
import { Server, type ServerLimits } from "../server/server.ts";

const MEGABYTE = 1_048_576;
/** Size at which a file of the log is full. */
const SEGMENT_BYTES = 16 * MEGABYTE;
/** What one step of a compaction logs: well below a millisecond of work. */
const COMPACT_STEP_BYTES = 65_536;

/** Options by name, as host/common/options.ts keeps them. */
export type ServeOptions = Parameters<typeof createHandlers>[1] & {
  get(name: string): unknown;
  onChange(name: string, changed: () => void): unknown;
};

/** Where an embedding program wants something else than `memflux serve` does. */
export interface ServeSurroundings {
  /** Path or URL of the engine; beside the bundled program if absent. */
  readonly engineFile?: string | URL;
  /** Takes the ready line; standard output if absent. */
  readonly announce?: (line: string) => void;
  /** Takes warnings; standard error if absent. */
  readonly warn?: (line: string) => void;
  /** Accepts connections; Node's own listener if absent. */
  readonly listener?: Listener;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Settles when the server has ended: fulfilled after `stop` or SHUTDOWN, rejected when the engine failed. */
  readonly ended: Promise<void>;
  /** Closes the port, sends what is pending and ends. */
  stop(): Promise<void>;
}

/**
 * Starts a server and resolves when it accepts connections. Rejects with a DatabaseError whose message says what to change:
 * ADDRESS_*, TLS_CREDENTIALS, ENGINE_INVALID, OUT_OF_MEMORY, DIRECTORY_LOCKED, STORAGE_*, FILE_*.
 */
export async function serve(options: ServeOptions, surroundings: ServeSurroundings = {}): Promise<RunningServer> {
  const announce = surroundings.announce ?? ((line) => process.stdout.write(`${line}\n`));
  const warn = surroundings.warn ?? ((line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`));
  const tls =
    options.get("encrypt") === true ? await loadCredentials(inFolder(options, "cert_file"), inFolder(options, "key_file")) : undefined;
  const module = await compileEngine(await readEngine(surroundings.engineFile));
  const database = await openDatabase(options, module, warn);
  try {
    const limits = newLimits();
    applyOptions(options, database, limits, (await descriptorLimit()) ?? Number.POSITIVE_INFINITY, warn);
    const names = commandNames();
    const configFile = String(options.get("config") ?? "");
    const facts = processFacts(configFile);
    const server = new Server({
      database,
      listener: surroundings.listener ?? createNodeListener(options.get("fast_io") !== false),
      clock: nodeClock,
      random: nodeRandom,
      limits,
      identity: { processId: process.pid, executable: process.execPath, configFile },
      commandName: (id) => names[id] ?? "",
      createHandlers: (context) => createHandlers(context, options, database.engine, facts, database.persistence),
      warn,
    });
    await server.start({ host: text(options, "host"), port: number(options, "port"), tls, backlog: number(options, "tcp_backlog") });
    server.ended.catch(() => {
      process.exitCode = 1;
    });
    announce(`memflux ready on ${formatAddress(server.host, server.port)}`);
    return { host: server.host, port: server.port, ended: server.ended, stop: () => server.stop() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** The engine of embedded databases, compiled once a process. */
let embeddedModule: ReturnType<typeof compileEngine> | undefined;

/** Options of `open`: those of the option table by name; without `dir` the database is in memory. */
export type OpenOptions = Readonly<Record<string, OptionValue>>;

/**
 * Opens an embedded database: what `dir` holds, or an empty one in memory. Rejects with UNKNOWN_OPTION, INVALID_OPTION,
 * DIRECTORY_LOCKED, STORAGE_*, FILE_*, ENGINE_INVALID or OUT_OF_MEMORY.
 */
export async function open(given: OpenOptions = {}): Promise<Embedded> {
  const options = openOptions(given);
  embeddedModule ??= readEngine(undefined).then(compileEngine);
  // A failed attempt is not kept: the file may be there the next time.
  embeddedModule.catch(() => {
    embeddedModule = undefined;
  });
  const warn = (line: string): void => void process.stderr.write(`${line}\n`);
  const database = await openDatabase(options, await embeddedModule, warn);
  try {
    applyOptions(options, database, newLimits(), Number.POSITIVE_INFINITY, warn);
    const runId = Buffer.from(nodeRandom.fill(new Uint8Array(20))).toString("hex");
    return new Embedded(database, nodeClock, runId, options);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Checked options of `open`. Throws UNKNOWN_OPTION, INVALID_OPTION or OPTION_NOT_SUPPORTED. */
function openOptions(given: OpenOptions): OptionStore {
  const values = new Map<string, OptionValue>([["persistence", given.dir !== undefined]]);
  for (const [name, value] of Object.entries(given)) {
    const row = findOption(name);
    if (row === undefined) throw new DatabaseError("UNKNOWN_OPTION", `there is no option ${name}`);
    values.set(name, parseOption(row, value, name));
  }
  return new OptionStore(values);
}

/** The database of the directory, or one in memory. */
async function openDatabase(options: ServeOptions, module: WasmModule, warn: (line: string) => void): Promise<Database> {
  const parts = { clock: nodeClock, random: nodeRandom, commandCount: commandIds.COMMAND_COUNT, print: warn };
  if (options.get("persistence") !== true) return Database.open(module, parts);
  const settings: LogSettings = {
    durability: text(options, "durability") as LogSettings["durability"],
    flushIntervalMs: number(options, "flush_interval"),
    flushAfterBatches: number(options, "flush_after_commits"),
    flushAfterBytes: number(options, "flush_after_bytes"),
    segmentBytes: SEGMENT_BYTES,
    compactAboveBytes: number(options, "wal_size_threshold_mb") * MEGABYTE,
    compactStepBytes: COMPACT_STEP_BYTES,
  };
  options.onChange("flush_interval", () => {
    settings.flushIntervalMs = number(options, "flush_interval");
  });
  options.onChange("flush_after_commits", () => {
    settings.flushAfterBatches = number(options, "flush_after_commits");
  });
  options.onChange("flush_after_bytes", () => {
    settings.flushAfterBytes = number(options, "flush_after_bytes");
  });
  options.onChange("wal_size_threshold_mb", () => {
    settings.compactAboveBytes = number(options, "wal_size_threshold_mb") * MEGABYTE;
  });
  return Database.recover(module, parts, {
    storage: new NodeStorage(text(options, "dir")),
    settings,
    recover: text(options, "recover") === "truncate" ? "truncate" : "refuse",
    report: warn,
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

/** Limits that `applyOptions` fills before anybody reads them. */
function newLimits(): ServerLimits {
  return { maxClients: 0, timeoutSeconds: 0, keepAliveSeconds: 0, outputPauseBytes: 0, outputLimitBytes: 0, requireAuth: false };
}

/** Carries options to where they take effect, now and after each change. */
function applyOptions(
  options: ServeOptions,
  database: Database,
  limits: ServerLimits,
  descriptors: number,
  warn: (line: string) => void,
): void {
  const { engine, maintenance } = database;
  const bind = (name: string, apply: () => void): void => {
    apply();
    options.onChange(name, apply);
  };
  bind("maxclients", () => {
    const wanted = number(options, "maxclients");
    limits.maxClients = Math.min(wanted, descriptors - RESERVED_DESCRIPTORS);
    if (limits.maxClients < wanted) {
      warn(`maxclients is ${limits.maxClients} instead of ${wanted}: this process may open only ${descriptors} files`);
    }
  });
  bind("timeout", () => {
    limits.timeoutSeconds = number(options, "timeout");
  });
  bind("tcp_keepalive", () => {
    limits.keepAliveSeconds = number(options, "tcp_keepalive");
  });
  bind("output_pause_bytes", () => {
    limits.outputPauseBytes = number(options, "output_pause_bytes");
  });
  bind("client_output_buffer_limit", () => {
    limits.outputLimitBytes = number(options, "client_output_buffer_limit");
  });
  bind("requirepass", () => {
    limits.requireAuth = text(options, "requirepass") !== "";
    engine.configure(SETTING_REQUIRE_AUTH, limits.requireAuth ? 1 : 0);
  });
  bind("maxmemory_mb", () => engine.configure(SETTING_MAX_MEMORY, number(options, "maxmemory_mb") * MEGABYTE));
  bind("max_memory_pages", () => engine.configure(SETTING_MAX_PAGES, number(options, "max_memory_pages")));
  bind("proto_max_bulk_len", () => engine.configure(SETTING_MAX_BULK, number(options, "proto_max_bulk_len")));
  bind("client_query_buffer_limit", () => engine.configure(SETTING_MAX_HELD, number(options, "client_query_buffer_limit")));
  bind("active_expire", () => maintenance.setActive(options.get("active_expire") !== false));
  bind("hz", () => maintenance.setRate(number(options, "hz")));
}

/** Lower-case names by id, from the generated constants COMMAND_<NAME>. */
function commandNames(): readonly string[] {
  const names: string[] = [];
  for (const [name, id] of Object.entries(commandIds)) {
    if (name !== "COMMAND_COUNT" && !name.startsWith("COMMAND_FLAG_")) names[id] = name.slice("COMMAND_".length).toLowerCase();
  }
  return names;
}

/** Path of a file that an option names, relative to the database's folder. */
function inFolder(options: ServeOptions, name: string): string {
  return resolve(text(options, "dir"), text(options, name));
}

function text(options: ServeOptions, name: string): string {
  const value = options.get(name);
  if (typeof value !== "string") throw new DatabaseError("INVALID_OPTION", `option ${name} must be text`);
  return value;
}

function number(options: ServeOptions, name: string): number {
  const value = options.get(name);
  if (typeof value !== "number") throw new DatabaseError("INVALID_OPTION", `option ${name} must be a number`);
  return value;
}
