/**
 * Goal: a thousand clients at once, among them slow readers and deserters, get exactly their replies in order; what the
 * server holds for them is bounded while they are there and gone when they have left.
 * Method: real sockets on 127.0.0.1, server and clients in one process, all choices from one printed seed (SOAK_SEED sets
 * it). Runs the real engine over the fast path, and over the public path the fake one, which throws when two sessions are
 * mixed up; a tree without a built engine reports the first as not run. Every wait is for an event; the whole is bounded by
 * the test's time limit.
 */
import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { SESSION_AUTHENTICATED } from "../../assembly/abi/layout.ts";
import { EXECUTE_DONE, PURPOSE_REPLY, PURPOSE_SESSION } from "../../assembly/abi/status.ts";
import { NO_OUTPUT_LIMITS } from "../../host/common/output-limits.ts";
import { Database } from "../../host/database/database.ts";
import { compileEngine } from "../../host/engine/instance.ts";
import { SeededRandom } from "../../host/platform/memory/random.ts";
import { nodeClock } from "../../host/platform/node/clock.ts";
import { createNodeListener } from "../../host/platform/node/listener.ts";
import { Server } from "../../host/server/server.ts";
import { FAKE_COMMAND_COUNT, FakeEngine } from "../unit/host/engine/fake-engine.ts";
import { deserter, open, pipeliner, slowReader, type Target } from "./clients.ts";

const SEED = Number(process.env.SOAK_SEED ?? 1);
const CLIENTS = 1000;
const SLOW_READERS = 50;
const DESERTERS = 150;
const ROUNDS = 8;
const LARGE_BYTES = 100_000;
/** Per slow reader: 20 MB, far more than what the kernel buffers between the ends of a connection. */
const LARGE_COUNT = 200;
const PAUSE_BYTES = 65_536;
const YIELD_BYTES = 262_144;
/** The engine keeps a reply buffer of this size for the next request. */
const REPLY_KEEP_BYTES = 1_048_576;
/** The debug engine checks its own invariants. */
const ENGINE = new URL("../../dist/engine.debug.wasm", import.meta.url);

interface Soaked {
  readonly server: Server;
  readonly target: Target;
  /** Most reply bytes that the engine makes before it yields. */
  readonly replyBytesMax: number;
}

const LARGE_REPLY = `$${LARGE_BYTES}\r\n${"x".repeat(LARGE_BYTES)}\r\n`;

async function startFake(): Promise<Soaked> {
  const fake = new FakeEngine({ yieldBytes: YIELD_BYTES });
  const parts = { clock: nodeClock, random: new SeededRandom(SEED), commandCount: FAKE_COMMAND_COUNT, print: () => {} };
  const server = await startServer(Database.onExports(fake.exports, parts), false);
  const dialect = {
    echo: (text: string) => ({ request: `ECHO ${text}\n`, reply: `+${text}\r\n` }),
    large: () => ({ request: `BIG ${LARGE_BYTES}\n`, reply: LARGE_REPLY }),
  };
  return { server, target: { port: server.port, dialect }, replyBytesMax: YIELD_BYTES + LARGE_REPLY.length };
}

async function startReal(): Promise<Soaked> {
  const parts = {
    clock: nodeClock,
    random: new SeededRandom(SEED),
    commandCount: COMMAND_COUNT,
    print: (line: string) => warnings.push(line),
  };
  const database = Database.open(await compileEngine(readFileSync(ENGINE)), parts);
  const { engine } = database;
  const handle = engine.openSession();
  engine.setSession(handle, SESSION_AUTHENTICATED, 1);
  const set = Buffer.from(request("SET", "large", "x".repeat(LARGE_BYTES)), "latin1");
  expect(engine.execute(handle, engine.loadInput(set, 0), nodeClock.nowMs())).toBe(EXECUTE_DONE);
  expect(Buffer.from(engine.replyView()).toString()).toBe("+OK\r\n");
  engine.closeSession(handle);
  const server = await startServer(database, true);
  const dialect = {
    echo: (text: string) => ({ request: request("ECHO", text), reply: `$${text.length}\r\n${text}\r\n` }),
    large: () => ({ request: request("GET", "large"), reply: LARGE_REPLY }),
  };
  return { server, target: { port: server.port, dialect }, replyBytesMax: YIELD_BYTES + LARGE_REPLY.length };
}

/** A RESP request of ASCII words. */
function request(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

async function startServer(database: Database, fastIo: boolean): Promise<Server> {
  const server = new Server({
    ownsDatabase: true,
    database,
    listener: createNodeListener(fastIo),
    clock: nodeClock,
    random: new SeededRandom(SEED),
    limits: {
      maxClients: CLIENTS,
      timeoutSeconds: 0,
      keepAliveSeconds: 300,
      outputPauseBytes: PAUSE_BYTES,
      outputLimits: NO_OUTPUT_LIMITS,
      requireAuth: false,
    },
    identity: { processId: process.pid, executable: process.execPath, configFile: "" },
    commandName: (id) => `command${id}`,
    createHandlers: () => new Map(),
    warn: (message) => warnings.push(message),
  });
  await server.start({ host: "127.0.0.1", port: 0 });
  return server;
}

const warnings: string[] = [];

/** Open TCP connections and listeners of this process. */
function openHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;
}

/** Resolves when the condition holds; looked at after each turn of the event loop, which goes on with its work. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

async function soak({ server, target, replyBytesMax }: Soaked): Promise<void> {
  const random = new SeededRandom(SEED);
  const { statistics } = server.database.engine;
  const heldBefore = statistics.memoryBytes(PURPOSE_SESSION);
  const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => open(target.port)));
  await until(() => server.connectionCount === CLIENTS);
  const oneTooMany = await open(target.port);
  const refusal = await new Promise<string>((resolve) => oneTooMany.once("data", (bytes: Buffer) => resolve(bytes.toString())));
  expect(refusal).toBe("-ERR max number of clients reached\r\n");
  oneTooMany.destroy();

  const readers: (() => Promise<string | undefined>)[] = [];
  const finished: Promise<string | undefined>[] = [];
  for (const [i, socket] of sockets.entries()) {
    if (i < SLOW_READERS) readers.push(slowReader(socket, target, `slow${i}`, LARGE_COUNT));
    else if (i < SLOW_READERS + DESERTERS) finished.push(deserter(socket, target, random));
    else finished.push(pipeliner(socket, target, new SeededRandom(SEED + i), `pipe${i}`, ROUNDS));
  }
  expect((await Promise.all(finished)).filter((problem) => problem !== undefined)).toEqual([]);

  // The others have been served. What the slow ones have not read is bounded, and their input waits.
  await until(() => server.connectionCount === SLOW_READERS);
  const outputs = [...server.sessions()].map((session) => session.outputBytes);
  expect(Math.max(...outputs)).toBeLessThanOrEqual(PAUSE_BYTES + replyBytesMax);
  expect(outputs.filter((bytes) => bytes > PAUSE_BYTES).length).toBe(SLOW_READERS);

  expect((await Promise.all(readers.map((read) => read()))).filter((problem) => problem !== undefined)).toEqual([]);
  await until(() => server.connectionCount === 0);
  expect(statistics.memoryBytes(PURPOSE_SESSION)).toBe(heldBefore);
  expect(statistics.memoryBytes(PURPOSE_REPLY)).toBeLessThanOrEqual(REPLY_KEEP_BYTES);
  expect(warnings).toEqual([]);
}

describe(`soak, seed ${SEED}`, () => {
  const running: Server[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    warnings.length = 0;
  });

  async function run(start: () => Promise<Soaked>): Promise<void> {
    const before = openHandles();
    const soaked = await start();
    running.push(soaked.server);
    await soak(soaked);
    expect(soaked.server.database.engine.checkInvariants()).toBe(0);
    await soaked.server.stop();
    await until(() => openHandles() <= before);
    expect(openHandles()).toBe(before);
  }

  it.skipIf(!existsSync(ENGINE))("serves a thousand clients with the real engine on the fast path", { timeout: 60_000 }, () =>
    run(startReal),
  );

  it("serves a thousand clients with the fake engine on the public path", { timeout: 60_000 }, () => run(startFake));
});
