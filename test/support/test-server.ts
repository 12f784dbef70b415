/**
 * Servers for tests, as processes of their own: redis-server, and ours from dist/memflux.js. Both take the same settings
 * under Redis's names, so that one test runs against either.
 *
 * 1. A server listens on 127.0.0.1, on a port nobody else has, and has said that it is ready.
 * 2. Nothing is persisted unless the options say so; what our server writes goes to a directory that `stop` removes, or to `dir`.
 * 3. `stop` ends only the process that was started here, and resolves when it is gone. Tests must call it; a server that
 *    is left over ends with the test process.
 * 4. Where redis-server is missing, tests that compare with it are reported as not run, and fail if MEMFLUX_REQUIRE_REDIS
 *    is 1. REDIS_SERVER may name it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Address, openClient } from "./raw-client.ts";

export type ServerKind = "memflux" | "redis";

export interface ServerSettings {
  /** Options by name as redis.conf writes them: `{ requirepass: "secret" }`. */
  readonly options?: Readonly<Record<string, string>>;
  /** A command to start the server with, such as `["taskset", "-c", "0"]`. */
  readonly prefix?: readonly string[];
  /** What runs our program, such as `["deno", "run", "-A"]`; if absent MEMFLUX_TEST_RUNTIME in words, or this Node. */
  readonly runtime?: readonly string[];
}

export interface TestServer extends Address {
  readonly kind: ServerKind;
  readonly processId: number;
  /** Directory that the server may write to. */
  readonly directory: string;
  /** What the process has written to standard output and error, for failure reports. */
  output(): string;
  /** Settles when the process ends by itself or by `stop`, with its exit code (null: ended by a signal). */
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

const HOST = "127.0.0.1";
const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 10_000;
const ATTEMPTS = 5;
/** The repository. Tests run from its top; bundled programs may lie anywhere below it. */
export const ROOT = findRoot();
const PROGRAM = join(ROOT, "dist/memflux.js");
const READY = { memflux: /ready on (\S+):(\d+)\s*$/m, redis: /Ready to accept connections/ } as const;

function findRoot(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  for (const start of [here, process.cwd()]) {
    for (let folder = start; ; folder = join(folder, "..")) {
      if (existsSync(join(folder, "asconfig.json")) && existsSync(join(folder, "host"))) return folder;
      if (folder === join(folder, "..")) break;
    }
  }
  throw new Error("run the tests from inside the repository");
}

/** Path of an installed program, or undefined. */
export function findProgram(name: string): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: the next folder may have it.
    }
  }
  return undefined;
}

/** Path of redis-server, or undefined where there is none. Throws if MEMFLUX_REQUIRE_REDIS says that there must be one. */
export function findRedisServer(): string | undefined {
  const path = process.env.REDIS_SERVER ?? findProgram("redis-server");
  if (path === undefined && process.env.MEMFLUX_REQUIRE_REDIS === "1") {
    throw new Error("MEMFLUX_REQUIRE_REDIS is 1, but redis-server is neither on the PATH nor named by REDIS_SERVER");
  }
  return path;
}

/** True where tests against redis-server can run. Throws as `findRedisServer`. */
export function isRedisInstalled(): boolean {
  return findRedisServer() !== undefined;
}

/** A TCP port that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** Starts a server and resolves when it is ready. Rejects with what it printed. */
export async function startServer(kind: ServerKind, settings: ServerSettings = {}): Promise<TestServer> {
  for (let attempt = 1; ; attempt++) {
    const directory = mkdtempSync(join(tmpdir(), "memflux-test-"));
    try {
      return await launch(kind, settings, directory);
    } catch (error) {
      rmSync(directory, { recursive: true, force: true });
      const taken = error instanceof Error && /already in use|ADDRESS_IN_USE/i.test(error.message);
      if (!taken || attempt === ATTEMPTS || settings.options?.port !== undefined) throw error;
    }
  }
}

/** The server that tests of ours run against; MEMFLUX_TEST_TARGET=redis turns them on redis-server, to test the tests. */
export function startTarget(settings: ServerSettings = {}): Promise<TestServer> {
  return startServer(process.env.MEMFLUX_TEST_TARGET === "redis" ? "redis" : "memflux", settings);
}

async function commandFor(kind: ServerKind, settings: ServerSettings, directory: string): Promise<{ command: string[]; port: number }> {
  const options: Record<string, string> = { ...settings.options };
  if (kind === "redis") {
    const path = findRedisServer();
    if (path === undefined) throw new Error("redis-server is not installed");
    options.port ??= String(await freePort());
    const port = Number(options.port);
    Object.assign(options, { bind: HOST, save: "", appendonly: "no", daemonize: "no", dir: directory, "enable-debug-command": "yes" });
    return { command: [path, ...flags(options)], port };
  }
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} does not exist: run npm run build first`);
  options.port ??= "0";
  options.persistence ??= "no";
  options.dir ??= directory;
  options.host = HOST;
  const runtime = settings.runtime ?? process.env.MEMFLUX_TEST_RUNTIME?.split(" ") ?? [process.execPath];
  return { command: [...runtime, PROGRAM, "serve", ...flags(options)], port: Number(options.port) };
}

function flags(options: Readonly<Record<string, string>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name.replaceAll("_", "-")}`, value]);
}

/** This process's variables without MEMFLUX_*: those that steer tests are no options, and the server refuses what it does not know. */
export function ownEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MEMFLUX_")));
}

async function launch(kind: ServerKind, settings: ServerSettings, directory: string): Promise<TestServer> {
  const { command, port } = await commandFor(kind, settings, directory);
  const [program, ...args] = [...(settings.prefix ?? []), ...command];
  const child = spawn(program!, args, { cwd: directory, env: ownEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  void exited.then(() => process.off("exit", killWithUs));
  const output = collectOutput(child);
  const ready = await waitForReady(child, kind, output);
  return {
    kind,
    host: HOST,
    port: kind === "redis" ? port : Number(ready[2]),
    processId: child.pid!,
    directory,
    output: () => output.text,
    exited,
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
      await exited;
      clearTimeout(timer);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Output {
  text: string;
  changed: () => void;
}

/** Keeps the last of what a process prints. */
function collectOutput(child: ChildProcess): Output {
  const output: Output = { text: "", changed: () => {} };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output.text = (output.text + text).slice(-65_536);
      output.changed();
    });
  }
  return output;
}

function waitForReady(child: ChildProcess, kind: ServerKind, output: Output): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const fail = (problem: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`${kind} ${problem}; it printed:\n${output.text}`));
    };
    const timer = setTimeout(() => fail(`was not ready within ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.once("error", (error) => fail(`could not be started (${error.message})`));
    child.once("close", (code) => fail(`ended with code ${code} before it was ready`));
    output.changed = () => {
      const match = READY[kind].exec(output.text);
      if (match === null) return;
      clearTimeout(timer);
      child.removeAllListeners("close");
      output.changed = () => {};
      resolve(match);
    };
  });
}

/** Sends commands on a connection of their own and returns nothing: for setting a scene. Throws on an error reply. */
export async function prepare(server: Address, ...requests: readonly (readonly string[])[]): Promise<void> {
  const client = await openClient(server);
  try {
    for (const request of requests) {
      const reply = await client.call(...request);
      if (reply.kind === "error") throw new Error(`${request.join(" ")}: ${reply.text}`);
    }
  } finally {
    await client.close();
  }
}
