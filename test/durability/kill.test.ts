/**
 * Goal: what a real server, or a program with the library, has acknowledged survives `kill -9` under load, again and again, and nothing is
 * half done; on Node, Bun and Deno.
 * Method: clients pipeline writes and record what was acknowledged; the process is killed after a random number of
 * acknowledgements, every other time amid a compaction; a new one on the same directory must have everything acknowledged, nothing
 * that was never sent, and both halves of each command that sets two keys. Every round goes on where the one before ended.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { RUNTIMES, titleOf } from "../platform/runtimes.ts";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { type InstalledProgram, installProgram } from "../support/installed-program.ts";
import { createRandom } from "../support/random.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { startServer, type TestServer } from "../support/test-server.ts";

const CLIENTS = 6;
const PIPELINE = 16;
const ROUNDS = 3 * TEST_LENGTH;
const ACKNOWLEDGEMENTS_MAX = 300_000;
const PAIR_VALUE = "x".repeat(200);

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "memflux-kill-"));
  directories.push(directory);
  return directory;
}

function start(directory: string, durability: string, runtime: readonly string[] = [process.execPath]): Promise<TestServer> {
  // A small threshold, so that kills meet compactions too.
  return startServer("memflux", { options: { persistence: "yes", dir: directory, durability, wal_size_threshold_mb: "1" }, runtime });
}

async function kill(server: TestServer): Promise<void> {
  process.kill(server.processId, "SIGKILL");
  await server.exited;
  await server.stop();
}

/** One client's writes: number n increments a counter and sets two keys at once. */
class Writer {
  readonly name: string;
  sent = 0;
  acknowledged = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Writes until the connection breaks; calls `counted` with each acknowledgement. */
  async run(client: RawClient, counted: () => void): Promise<void> {
    try {
      for (;;) {
        const requests: string[][] = [];
        for (let i = 0; i < PIPELINE; i++) {
          const number = ++this.sent;
          requests.push(
            ["INCR", `count:${this.name}`],
            ["MSET", `a:${this.name}:${number}`, `${number}`, `b:${this.name}`, `${number}${PAIR_VALUE}`],
          );
        }
        client.send(...requests);
        for (let i = 0; i < PIPELINE; i++) {
          const count = await client.read();
          const set = await client.read();
          if (count.kind !== "integer" || set.kind !== "simple") throw new Error(`unexpected reply ${JSON.stringify([count, set])}`);
          this.acknowledged = Number(count.text);
          counted();
        }
      }
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("unexpected")) throw error;
    } finally {
      await client.close();
    }
  }
}

function textOf(reply: Reply | undefined): string {
  return reply !== undefined && "text" in reply ? reply.text : "";
}

/** Compares what the server has with what the writer was told; the writer goes on from there. */
async function check(client: RawClient, writer: Writer): Promise<void> {
  const count = Number(textOf(await client.call("GET", `count:${writer.name}`)) || "0");
  expect(count).toBeGreaterThanOrEqual(writer.acknowledged);
  expect(count).toBeLessThanOrEqual(writer.sent);
  const last = textOf(await client.call("GET", `b:${writer.name}`));
  const pairs = last === "" ? 0 : Number(last.slice(0, -PAIR_VALUE.length));
  expect(count - pairs === 0 || count - pairs === 1, `count ${count}, pairs ${pairs}`).toBe(true);
  expect(pairs).toBeGreaterThanOrEqual(writer.acknowledged);
  for (let number = 1; number <= pairs; number += 7)
    expect(textOf(await client.call("GET", `a:${writer.name}:${number}`))).toBe(`${number}`);
  expect((await client.call("EXISTS", `a:${writer.name}:${pairs}`, `a:${writer.name}:${pairs + 1}`)) as unknown).toMatchObject({
    text: pairs === 0 ? "0" : "1",
  });
  if (count > pairs) await client.call("MSET", `a:${writer.name}:${count}`, `${count}`, `b:${writer.name}`, `${count}${PAIR_VALUE}`);
  writer.sent = count;
  writer.acknowledged = count;
}

/** Resolves when a compaction is under way. */
async function startCompaction(server: TestServer): Promise<void> {
  const client = await openClient(server);
  expect(textOf(await client.call("BGREWRITEAOF"))).toMatch(/started|in progress/);
  await client.close();
}

/** Kills a server under load ROUNDS times on one directory; what each finds is compared with what the one before acknowledged. */
async function killInLoop(durability: string, runtime: readonly string[]): Promise<void> {
  const random = createRandom(TEST_SEED);
  const directory = newDirectory();
  let compactions = 0;
  const writers = Array.from({ length: CLIENTS }, (_, index) => new Writer(`w${index}`));
  for (let round = 0; round < ROUNDS; round++) {
    const server = await start(directory, durability, runtime);
    onTestFinished(server.stop);
    const after = CLIENTS * PIPELINE + random.below(8000);
    let acknowledgements = 0;
    let isKilled = false;
    const killed = new Promise<void>((resolve, reject) => {
      const counted = (): void => {
        // The first kill waits for a compaction, so that the state of every run has gone through one.
        if (++acknowledgements < after || acknowledgements % 64 !== 0 || isKilled) return;
        if (round === 0 && acknowledgements < ACKNOWLEDGEMENTS_MAX && !server.output().includes("compacted the log")) return;
        isKilled = true;
        const isCompacting = round % 2 === 1 ? startCompaction(server) : Promise.resolve();
        isCompacting.then(() => kill(server)).then(resolve, reject);
      };
      Promise.all(writers.map(async (writer) => writer.run(await openClient(server), counted))).catch(reject);
    });
    await killed;
    const next = await start(directory, durability, runtime);
    onTestFinished(next.stop);
    compactions += server.output().includes("compacted the log") ? 1 : 0;
    const client = await openClient(next);
    for (const writer of writers) await check(client, writer);
    await client.close();
    await kill(next);
  }
  expect(compactions).toBeGreaterThan(0);
  expect(Math.min(...writers.map(({ acknowledged }) => acknowledged))).toBeGreaterThan(0);
}

// One release of each runtime is enough: they differ in how they read and write files, not in what the log does.
const runtimes = RUNTIMES.filter(({ name }, index) => RUNTIMES.findIndex((other) => other.name === name) === index);

describe.each(["fsync", "full"])("a server, durability %s", (durability) => {
  for (const runtime of runtimes) {
    it.skipIf(runtime.command === undefined)(
      `loses nothing acknowledged in ${ROUNDS} kills (${titleOf(runtime)}, seed ${TEST_SEED})`,
      async () => killInLoop(durability, runtime.command!),
    );
  }
});

interface WriterLife {
  /** Numbers that the program found: the last step, and the highest of each half of a pair. */
  readonly found: readonly number[];
  readonly acknowledged: number;
}

/** Runs library-writer.ts until it has acknowledged so many steps, and kills it then. */
async function runWriter(command: readonly string[], args: readonly string[], steps: number): Promise<WriterLife> {
  const [path, ...rest] = [...command, ...args];
  const child = spawn(path!, rest, { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_status, signal) => resolve(signal)));
  let found: readonly number[] = [];
  let acknowledged = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, ...numbers] = line.split(" ");
    if (word === "found") found = numbers.map(Number);
    else acknowledged = Number(numbers[0]);
    if (acknowledged - (found[0] ?? 0) >= steps) child.kill("SIGKILL");
  }
  expect(await ended).toBe("SIGKILL");
  return { found, acknowledged };
}

describe.each(["fsync", "full"])("a program with the library, durability %s", (durability) => {
  let program: InstalledProgram;
  beforeAll(async () => {
    program = await installProgram(new URL("library-writer.ts", import.meta.url));
  });
  afterAll(() => program?.remove());

  for (const runtime of runtimes) {
    it.skipIf(runtime.command === undefined)(
      `loses nothing acknowledged in ${ROUNDS} kills (${titleOf(runtime)}, seed ${TEST_SEED})`,
      async () => {
        const random = createRandom(TEST_SEED);
        const args = [program.file, newDirectory(), durability];
        let before = 0;
        for (let round = 0; round <= ROUNDS; round++) {
          const { found, acknowledged } = await runWriter(runtime.command!, args, 100 + random.below(1500));
          const [count = 0, secondHalf = 0, firstHalf = 0] = found;
          expect(count).toBeGreaterThanOrEqual(before);
          expect(firstHalf).toBe(secondHalf);
          expect([count, count - 1]).toContain(firstHalf);
          expect(firstHalf).toBeGreaterThanOrEqual(before);
          before = acknowledged;
        }
      },
    );
  }
});

it("a server that is stopped under durability none keeps everything", async () => {
  const directory = newDirectory();
  const server = await start(directory, "none");
  const client = await openClient(server);
  await client.pipeline(Array.from({ length: 500 }, (_, number) => ["SET", `key:${number}`, `${number}`]));
  // Larger than the engine's input area, and with more arguments than it decodes at a time.
  await client.pipeline([
    ["SET", "large", "y".repeat(3_000_000)],
    ["MSET", ...Array.from({ length: 3000 }, (_, number) => [`many:${number}`, "z"]).flat()],
    ["APPEND", "large", "end"],
  ]);
  await client.close();
  await server.stop();
  const next = await start(directory, "none");
  const reader = await openClient(next);
  expect(await reader.call("DBSIZE")).toEqual({ kind: "integer", text: "3501" });
  expect(await reader.call("STRLEN", "large")).toEqual({ kind: "integer", text: "3000003" });
  await reader.close();
  await next.stop();
});

it("a second server on the directory is told who has it, and a killed one's lock is taken over", async () => {
  const directory = newDirectory();
  const server = await start(directory, "fsync");
  await expect(start(directory, "fsync")).rejects.toThrow(`is in use by process ${server.processId}`);
  await kill(server);
  const next = await start(directory, "fsync");
  await next.stop();
});
