/**
 * Goal: a database is the same before and after a restart, whatever was done to it: the engine's digest of everything, expiries
 * included, is equal.
 * Method: random commands by seed, through the server's door and through the library, compactions in between; the digest is asked for
 * behind the last reply; the process is stopped in order or killed with -9; the next one on the directory is asked again. Active
 * expiry is off, since it would change the content between two questions.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { Generator } from "../differential/generator.ts";
import { RUNTIMES, titleOf } from "../platform/runtimes.ts";
import { TEST_LENGTH, TEST_SEED } from "../support/engine.ts";
import { type InstalledProgram, installProgram } from "../support/installed-program.ts";
import { createRandom, type SeededRandom } from "../support/random.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";
import { startServer, type TestServer } from "../support/test-server.ts";
import { randomInput } from "../unit/assembly/bytes/random-input.ts";
import { CommandStream } from "../unit/engine/commands.ts";

const ROUNDS = 5 * TEST_LENGTH;
const PIPELINES = 40;
const CLIENTS = 3;

const folder = mkdtempSync(join(tmpdir(), "memflux-restart-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function digestOf(client: RawClient): Promise<string> {
  const reply = await client.call("DEBUG", "DIGEST");
  expect(reply).toMatchObject({ kind: "simple", text: expect.stringMatching(/^[0-9a-f]{32}$/) });
  return "text" in reply ? reply.text : "";
}

/** Makes requests of both kinds that the tests have: those that meet at the edges of encodings, and those with nasty arguments. */
function requestMaker(random: SeededRandom): () => readonly string[] {
  const stream = new CommandStream(randomInput(random.below(1e9)), { large: true, sweeping: true }, Date.now());
  const generator = new Generator(random, Date.now());
  return () => {
    if (random.chance(0.6)) return stream.next();
    for (;;) {
      const step = generator.next();
      if (!step[0]!.startsWith("@")) return step;
    }
  };
}

/** Several clients' random pipelines, amid which the log is compacted now and then. */
async function work(server: TestServer, random: SeededRandom): Promise<void> {
  const next = requestMaker(random);
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => openClient(server)));
  for (let round = 0; round < PIPELINES; round++) {
    const compacting = random.chance(0.1) ? [["BGREWRITEAOF"]] : [];
    const batches = clients.map((client) => client.pipeline([...compacting, ...Array.from({ length: random.between(1, 20) }, next)]));
    await Promise.all(batches);
  }
  for (const client of clients) await client.close();
}

async function end(server: TestServer, random: SeededRandom, durability: string): Promise<void> {
  if (durability !== "none" && random.chance(0.6)) {
    process.kill(server.processId, "SIGKILL");
    await server.exited;
  }
  await server.stop();
}

describe("through the server", () => {
  for (const runtime of RUNTIMES) {
    it.skipIf(runtime.command === undefined)(`on ${titleOf(runtime)}, ${ROUNDS} restarts (seed ${TEST_SEED})`, async () => {
      const random = createRandom(TEST_SEED);
      const dir = join(folder, `server ${runtime.title}`);
      const digests: string[] = [];
      for (let round = 0; round <= ROUNDS; round++) {
        const durability = random.pick(["none", "fsync", "full"]);
        const options = { persistence: "yes", dir, durability, "active-expire": "no", "wal-size-threshold-mb": "1" };
        const server = await startServer("memflux", { options, runtime: runtime.command! });
        onTestFinished(server.stop);
        const client = await openClient(server);
        if (round > 0) expect(await digestOf(client), `restart ${round}`).toBe(digests.at(-1));
        await work(server, random);
        await client.call("SET", "round", String(round));
        digests.push(await digestOf(client));
        await client.close();
        await end(server, random, durability);
      }
      expect(new Set(digests).size).toBe(digests.length);
    });
  }
});

it.each(["none", "fsync", "full"])("over several files of the log, with values of megabytes (%s)", async (durability) => {
  const random = createRandom(TEST_SEED);
  const dir = join(folder, `large ${durability}`);
  let before = "";
  for (let round = 0; round < 4; round++) {
    const server = await startServer("memflux", { options: { persistence: "yes", dir, durability } });
    onTestFinished(server.stop);
    const client = await openClient(server);
    if (round > 0) expect(await digestOf(client)).toBe(before);
    const replies = await client.pipeline(
      Array.from({ length: 25 }, (_, turn) => [
        "SET",
        `key:${random.below(12)}`,
        String.fromCharCode(97 + turn).repeat(random.below(2_000_000)),
      ]),
    );
    expect(replies.every(({ kind }) => kind === "simple")).toBe(true);
    before = await digestOf(client);
    await client.close();
    await end(server, random, durability);
  }
  expect(readdirSync(dir).filter((name) => name.startsWith("wal-")).length).toBeGreaterThan(4);
});

/** What library-program.ts says; then it is killed, or ends in order. */
async function runLibrary(
  command: readonly string[],
  args: readonly string[],
  isKilled: boolean,
): Promise<{ found: string; left: string }> {
  const [path, ...rest] = [...command, ...args];
  const child = spawn(path!, rest, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [word = "", digest = ""] = line.split(" ");
    said.set(word, digest);
    if (word !== "left") continue;
    if (isKilled) child.kill("SIGKILL");
    else child.stdin.end("end\n");
  }
  expect(await ended).toBe(isKilled ? null : 0);
  return { found: said.get("found") ?? "", left: said.get("left") ?? "" };
}

describe("through the library", () => {
  let program: InstalledProgram;
  beforeAll(async () => {
    program = await installProgram(new URL("library-program.ts", import.meta.url));
  });
  afterAll(() => program?.remove());

  for (const runtime of RUNTIMES) {
    it.skipIf(runtime.command === undefined)(`on ${titleOf(runtime)}, ${ROUNDS} restarts (seed ${TEST_SEED})`, async () => {
      const random = createRandom(TEST_SEED);
      const dir = join(folder, `library ${runtime.title}`);
      let before = "";
      for (let round = 0; round <= ROUNDS; round++) {
        const args = [program.file, dir, random.pick(["none", "fsync", "full"]), String(random.below(1e9))];
        const { found, left } = await runLibrary(runtime.command!, args, random.chance(0.6));
        if (round > 0) expect(found, `restart ${round}`).toBe(before);
        expect(left).toMatch(/^[0-9a-f]{32}$/);
        expect(left).not.toBe(found);
        before = left;
      }
    });
  }
});
