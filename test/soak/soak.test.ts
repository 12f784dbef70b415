/**
 * Goal: a thousand clients at once, among them slow readers and deserters, get exactly their replies in order; what the
 * server holds for them is bounded while they are there and gone when they have left.
 * Method: real sockets on 127.0.0.1, server and clients in one process, all choices from one printed seed (SOAK_SEED sets
 * it). Runs over the fast path and the public path. Every wait is for an event; the whole is bounded by the test's time limit.
 */
import { afterEach, describe, expect, it } from "vitest";
import { PURPOSE_REPLY, PURPOSE_SESSION } from "../../assembly/abi/status.ts";
import { Database } from "../../host/database/database.ts";
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

interface Soaked {
  readonly server: Server;
  readonly target: Target;
}

const LARGE_REPLY = `$${LARGE_BYTES}\r\n${"x".repeat(LARGE_BYTES)}\r\n`;

async function startFake(fastIo: boolean): Promise<Soaked> {
  const fake = new FakeEngine({ yieldBytes: YIELD_BYTES });
  const random = new SeededRandom(SEED);
  const database = Database.onExports(fake.exports, { clock: nodeClock, random, commandCount: FAKE_COMMAND_COUNT, print: () => {} });
  const server = new Server({
    database,
    listener: createNodeListener(fastIo),
    clock: nodeClock,
    random,
    limits: {
      maxClients: CLIENTS,
      timeoutSeconds: 0,
      keepAliveSeconds: 300,
      outputPauseBytes: PAUSE_BYTES,
      outputLimitBytes: 0,
      requireAuth: false,
    },
    identity: { processId: process.pid, executable: process.execPath, configFile: "" },
    commandName: (id) => `command${id}`,
    createHandlers: () => new Map(),
    warn: (message) => warnings.push(message),
  });
  await server.start({ host: "127.0.0.1", port: 0 });
  const dialect = {
    echo: (text: string) => ({ request: `ECHO ${text}\n`, reply: `+${text}\r\n` }),
    large: () => ({ request: `BIG ${LARGE_BYTES}\n`, reply: LARGE_REPLY }),
  };
  return { server, target: { port: server.port, dialect } };
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

async function soak({ server, target }: Soaked): Promise<void> {
  const random = new SeededRandom(SEED);
  const { statistics } = server.database.engine;
  const held = (): number => statistics.memoryBytes(PURPOSE_SESSION) + statistics.memoryBytes(PURPOSE_REPLY);
  const heldBefore = held();
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
  expect(Math.max(...outputs)).toBeLessThanOrEqual(PAUSE_BYTES + YIELD_BYTES + LARGE_REPLY.length);
  expect(outputs.filter((bytes) => bytes > PAUSE_BYTES).length).toBe(SLOW_READERS);

  expect((await Promise.all(readers.map((read) => read()))).filter((problem) => problem !== undefined)).toEqual([]);
  await until(() => server.connectionCount === 0);
  expect(held()).toBe(heldBefore);
  expect(warnings).toEqual([]);
}

describe(`soak, seed ${SEED}`, () => {
  const running: Server[] = [];
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    warnings.length = 0;
  });

  it.each([
    { name: "fast path", fastIo: true },
    { name: "public path", fastIo: false },
  ])("serves a thousand clients on the $name", { timeout: 60_000 }, async ({ fastIo }) => {
    const before = openHandles();
    const soaked = await startFake(fastIo);
    running.push(soaked.server);
    await soak(soaked);
    await soaked.server.stop();
    await until(() => openHandles() <= before);
    expect(openHandles()).toBe(before);
  });
});
