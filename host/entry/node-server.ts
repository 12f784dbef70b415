/**
 * The RESP server on Node's adapters: in front of a database of its own (`memflux serve`), or of one that a program has opened.
 *
 * 1. Nothing is accepted before everything is in place; a failed start leaves nothing open.
 * 2. Standard output gets one line, which ends in `ready on HOST:PORT`; whatever an operator should know goes to standard
 *    error. Signals are the caller's business. A server in front of an opened database says nothing.
 */
import { resolve } from "node:path";
import { SETTING_REQUIRE_AUTH } from "../../assembly/abi/status.ts";
import type { Door } from "../client/embedded.ts";
import { administration } from "../command/administration.ts";
import { createHandlers } from "../command/registry.ts";
import { DatabaseError } from "../common/error.ts";
import type { OptionStore } from "../common/options.ts";
import { DEFAULT_OUTPUT_LIMITS, type OutputLimits, readOutputLimits } from "../common/output-limits.ts";
import type { Database } from "../database/database.ts";
import { formatAddress } from "../platform/address.ts";
import { nodeClock } from "../platform/node/clock.ts";
import { loadCredentials } from "../platform/node/credentials.ts";
import { descriptorLimit, RESERVED_DESCRIPTORS } from "../platform/node/descriptors.ts";
import { createNodeListener } from "../platform/node/listener.ts";
import { processFacts } from "../platform/node/process-facts.ts";
import { nodeRandom } from "../platform/node/random.ts";
import type { Listener } from "../platform/types.ts";
import { Server, type ServerLimits } from "../server/server.ts";
import { loadEngine, openDatabase } from "./node-database.ts";
import { bind, commandNames, number, text } from "./settings.ts";

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

/** See entry/node.ts. */
export async function serve(options: OptionStore, surroundings: ServeSurroundings): Promise<RunningServer> {
  const announce = surroundings.announce ?? ((line) => process.stdout.write(`${line}\n`));
  const warn = surroundings.warn ?? ((line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`));
  const tls = await credentials(options);
  const database = await openDatabase(options, await loadEngine(surroundings.engineFile), warn);
  try {
    const server = await start({ database, options, tls, warn, listener: surroundings.listener, ownsDatabase: true });
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

/** Serves a database that goes on when the server stops. */
export async function serveDatabase(
  database: Database,
  options: OptionStore,
  warn: (line: string) => void,
  listener?: Listener,
): Promise<Door> {
  const tls = await credentials(options);
  const server = await start({ database, options, tls, warn, listener, ownsDatabase: false });
  return { host: server.host, port: server.port, stop: () => server.stop() };
}

interface StartParts {
  readonly database: Database;
  readonly options: OptionStore;
  readonly tls: Awaited<ReturnType<typeof loadCredentials>> | undefined;
  readonly warn: (line: string) => void;
  readonly listener: Listener | undefined;
  readonly ownsDatabase: boolean;
}

async function start({ database, options, tls, warn, listener, ownsDatabase }: StartParts): Promise<Server> {
  const limits = bindLimits(options, database, (await descriptorLimit()) ?? Number.POSITIVE_INFINITY, warn);
  const names = commandNames();
  const configFile = String(options.get("config") ?? "");
  const facts = processFacts(configFile);
  const server = new Server({
    database,
    ownsDatabase,
    listener: listener ?? createNodeListener(options.get("fast_io") !== false),
    clock: nodeClock,
    random: nodeRandom,
    limits,
    identity: { processId: process.pid, executable: process.execPath, configFile },
    commandName: (id) => names[id] ?? "",
    createHandlers: (context) => {
      const { engine, persistence, queries } = database;
      const tools = context.observer && administration(context, context.observer, options, engine, persistence);
      return createHandlers(context, options, engine, facts, persistence, queries, tools);
    },
    warn,
  });
  const forget = (): void => {
    gates.get(database)?.delete(limits);
  };
  server.ended.then(forget, forget);
  try {
    await server.start({ host: text(options, "host"), port: number(options, "port"), tls, backlog: number(options, "tcp_backlog") });
  } catch (error) {
    forget();
    throw error;
  }
  return server;
}

/** Limits of the servers in front of a database: as long as one of them asks for a password, the engine heeds who has given it. */
const gates = new WeakMap<Database, Set<ServerLimits>>();

/** Requires: the text of an option. */
function limitsOf(written: string): OutputLimits {
  const limits = readOutputLimits(written);
  if (limits === undefined) throw new DatabaseError("INTERNAL", `the output limits "${written}" cannot be read`);
  return limits;
}

/** Limits of a server's connections, which follow their options. */
function bindLimits(options: OptionStore, database: Database, descriptors: number, warn: (line: string) => void): ServerLimits {
  const limits = {
    maxClients: 0,
    timeoutSeconds: 0,
    keepAliveSeconds: 0,
    outputPauseBytes: 0,
    outputLimits: limitsOf(DEFAULT_OUTPUT_LIMITS),
    requireAuth: false,
  };
  bind(options, "maxclients", () => {
    const wanted = number(options, "maxclients");
    limits.maxClients = Math.min(wanted, descriptors - RESERVED_DESCRIPTORS);
    if (limits.maxClients < wanted) {
      warn(`maxclients is ${limits.maxClients} instead of ${wanted}: this process may open only ${descriptors} files`);
    }
  });
  bind(options, "timeout", () => {
    limits.timeoutSeconds = number(options, "timeout");
  });
  bind(options, "tcp_keepalive", () => {
    limits.keepAliveSeconds = number(options, "tcp_keepalive");
  });
  bind(options, "output_pause_bytes", () => {
    limits.outputPauseBytes = number(options, "output_pause_bytes");
  });
  bind(options, "client_output_buffer_limit", () => {
    limits.outputLimits = limitsOf(text(options, "client_output_buffer_limit"));
  });
  bind(options, "eviction_policy", () => {
    const policy = text(options, "eviction_policy");
    if (policy !== "noeviction")
      warn(`the eviction policy ${policy} is kept, but nothing is evicted yet: writes are refused when memory is full`);
  });
  const gate = gates.get(database) ?? new Set();
  gates.set(database, gate.add(limits));
  bind(options, "requirepass", () => {
    limits.requireAuth = text(options, "requirepass") !== "";
    database.engine.configure(SETTING_REQUIRE_AUTH, [...gate].some(({ requireAuth }) => requireAuth) ? 1 : 0);
  });
  return limits;
}

/** Certificate and key of a server that encrypts, from files relative to the database's folder. */
async function credentials(options: OptionStore): Promise<Awaited<ReturnType<typeof loadCredentials>> | undefined> {
  if (options.get("encrypt") !== true) return undefined;
  const inFolder = (name: string): string => resolve(text(options, "dir"), text(options, name));
  return loadCredentials(inFolder("cert_file"), inFolder("key_file"));
}
