/**
 * Goal: the program serves alike on three releases of Node, on Bun and on Deno: transcripts, TLS, clients that do not read,
 * half-closed streams, signals, what was acknowledged before a kill -9, and a directory that another runtime has written. The
 * library keeps its promises on all of them.
 * Method: dist/memflux.js as a process of each runtime, spoken to byte by byte; library-runner.ts as a program that has our package
 * installed. A runtime that is not installed is not run.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { playScenario } from "../golden/runner.ts";
import { readTranscripts } from "../golden/suite.ts";
import { TEST_SEED } from "../support/engine.ts";
import { installProgram } from "../support/installed-program.ts";
import { openClient, type RawClient } from "../support/raw-client.ts";
import { encodeRequest, type Reply } from "../support/reply.ts";
import { startServer, type TestServer } from "../support/test-server.ts";
import { loadDataSet } from "./data-set.ts";
import { RUNTIMES, titleOf } from "./runtimes.ts";

const run = promisify(execFile);
const data = loadDataSet();
const PIPELINE = 500;
const LARGE_BYTES = 8 * 1024 * 1024;
/** What package.json's `exports` give the runtimes. */
const LIBRARY_FILES = { node: "index.js", bun: "bun.js", deno: "deno.js" };
const LIBRARY_CHECKS = 24;

const textOf = (reply: Reply): string => ("text" in reply ? reply.text : reply.kind);
/** What a reply of latin1 text says in UTF-8. */
const utf8Of = (reply: Reply): string => Buffer.from(textOf(reply), "latin1").toString();
const latin1Of = (text: string): string => Buffer.from(text).toString("latin1");

async function load(client: RawClient): Promise<void> {
  const requests = [...data.movies].map(([key, value]) => ["SET", latin1Of(key), latin1Of(value)]);
  for (let start = 0; start < requests.length; start += PIPELINE) {
    const replies = await client.pipeline(requests.slice(start, start + PIPELINE));
    expect(replies.filter((reply) => textOf(reply) !== "OK")).toEqual([]);
  }
}

async function compare(client: RawClient): Promise<void> {
  const keys = [...data.movies.keys()];
  for (let start = 0; start < keys.length; start += PIPELINE) {
    const part = keys.slice(start, start + PIPELINE);
    const replies = await client.pipeline(part.map((key) => ["GET", latin1Of(key)]));
    expect(replies.map(utf8Of)).toEqual(part.map((key) => data.movies.get(key)));
  }
}

async function kill(server: TestServer): Promise<void> {
  process.kill(server.processId, "SIGKILL");
  await server.exited;
  await server.stop();
}

describe.each(RUNTIMES.map((runtime) => ({ ...runtime, heading: titleOf(runtime) })))("$heading", ({ name, title, command }) => {
  if (command === undefined) {
    it.skip("serves", () => {});
    return;
  }
  const runtime = command;
  const folder = mkdtempSync(join(tmpdir(), "memflux-runtime-"));
  const start = (options: Record<string, string> = {}): Promise<TestServer> => startServer("memflux", { options, runtime });
  let server: TestServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says which runtime it is", async () => {
    const client = await openClient(server);
    expect(textOf(await client.call("INFO", "server"))).toMatch(new RegExp(`^runtime:${title}[ .]\\d+\\.\\d+`, "m"));
    await client.close();
  });

  it("says nothing but that it is ready, on a directory that is new and on one that was left in order", async () => {
    const options = { persistence: "yes", dir: join(folder, "silent") };
    for (let turn = 1; turn <= 3; turn++) {
      const silent = await start(options);
      onTestFinished(silent.stop);
      const client = await openClient(silent);
      expect(textOf(await client.call("INCR", "turns"))).toBe(`${turn}`);
      await client.close();
      process.kill(silent.processId, "SIGTERM");
      expect(await silent.exited).toBe(0);
      await silent.stop();
      expect(silent.output()).toBe(`memflux ready on ${silent.host}:${silent.port}\n`);
    }
  });

  it("keeps what every socket and listener promises", async () => {
    const loader = name === "node" ? ["--import", new URL("../../host/build/typescript.mjs", import.meta.url).href] : [];
    const program = fileURLToPath(new URL("socket-promises.ts", import.meta.url));
    const [path, ...args] = [...runtime, ...loader, program, folder];
    const { stdout } = await run(path!, args, { timeout: 60_000 });
    expect(stdout.trim().split("\n")).toHaveLength(13);
    expect(stdout).toMatch(/^(ok .*\n)+$/);
  });

  it(`keeps what the library promises (seed ${TEST_SEED})`, async () => {
    const program = await installProgram(new URL("library-runner.ts", import.meta.url));
    onTestFinished(program.remove);
    const [path, ...args] = [...runtime, program.file, join(folder, "library"), String(TEST_SEED)];
    const { stdout, stderr } = await run(path!, args, { timeout: 60_000 });
    expect(stdout).toMatch(/^(ok .*\n)+$/);
    expect(stdout.split("\n")[0]).toBe(`ok the library is ${LIBRARY_FILES[name]}`);
    expect(stdout.trim().split("\n")).toHaveLength(LIBRARY_CHECKS + 1);
    expect(stderr).toBe("");
  });

  it.each(["fsync", "full"])("keeps what a program wrote that ends without closing its database (%s)", async (durability) => {
    const program = await installProgram(new URL("library-ends.ts", import.meta.url));
    onTestFinished(program.remove);
    const [path, ...args] = [...runtime, program.file, join(folder, `ends ${durability}`), durability, "5000"];
    for (const found of ["0\n", "5000\n"]) {
      expect(await run(path!, args, { timeout: 60_000 })).toMatchObject({ stdout: found, stderr: "" });
    }
  });

  it.each(readTranscripts())("answers as $file says", async ({ file, scenarios }) => {
    for (const scenario of scenarios) {
      const own = Object.keys(scenario.serverOptions).length > 0;
      for (const protocol of scenario.protocols) {
        const target = own ? await start(scenario.serverOptions) : server;
        try {
          expect(await playScenario(target, scenario, protocol, {}, own), `${file}, ${scenario.title}, RESP${protocol}`).toBeUndefined();
        } finally {
          if (own) await target.stop();
        }
      }
    }
  });

  it("serves TLS with a certificate of its own", async () => {
    const secure = await start({ encrypt: "yes" });
    const tlsCertificatePem = readFileSync(join(secure.directory, "memflux.crt"), "utf8");
    const client = await openClient({ host: secure.host, port: secure.port, tlsCertificatePem });
    await load(client);
    await compare(client);
    await client.call("SET", "large", "x".repeat(LARGE_BYTES));
    expect(textOf(await client.call("GET", "large"))).toBe("x".repeat(LARGE_BYTES));
    await client.close();
    await secure.stop();
  });

  it("holds back a client that does not read, serves others meanwhile, and loses none of its replies", async () => {
    const slow = await openClient(server);
    const other = await openClient(server);
    expect(textOf(await slow.call("SET", "large", "y".repeat(LARGE_BYTES)))).toBe("OK");
    slow.pause();
    const rounds = 8;
    slow.send(
      ...Array.from({ length: rounds }, (_, round) => [
        ["GET", "large"],
        ["ECHO", `${round}`],
      ]).flat(),
    );
    for (let i = 0; i < 200; i++) expect(textOf(await other.call("PING"))).toBe("PONG");
    slow.resume();
    for (let round = 0; round < rounds; round++) {
      const value = await slow.read();
      expect(textOf(value).length).toBe(LARGE_BYTES);
      expect(textOf(await slow.read())).toBe(`${round}`);
    }
    await Promise.all([slow.close(), other.close()]);
  });

  it("answers everything to a client that has closed its side, and then closes", async () => {
    const socket = connect({ host: server.host, port: server.port, allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((resolve, reject) =>
      socket
        .on("data", (chunk) => chunks.push(chunk))
        .once("end", resolve)
        .once("error", reject),
    );
    const count = 5000;
    socket.end(Buffer.concat(Array.from({ length: count }, (_, number) => encodeRequest(["ECHO", `number ${number}`]))));
    await ended;
    const expected = Array.from({ length: count }, (_, number) => `$${`number ${number}`.length}\r\nnumber ${number}\r\n`).join("");
    expect(Buffer.concat(chunks).toString()).toBe(expected);
  });

  it("refuses a port that is taken and an address that is not here", async () => {
    await expect(start({ port: String(server.port) })).rejects.toThrow(/the port is in use by another program/);
    const client = await openClient(server);
    expect(textOf(await client.call("PING"))).toBe("PONG");
    await client.close();
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends in order at %s, with a client connected", async (signal) => {
    const own = await start();
    const client = await openClient(own);
    process.kill(own.processId, signal);
    expect(await own.exited).toBe(0);
    await client.readEnd();
    await client.close();
    await own.stop();
  });

  it.each(["fsync", "full"])("keeps what it has acknowledged through kill -9 (%s)", async (durability) => {
    const options = { persistence: "yes", dir: join(folder, durability), durability };
    const first = await start(options);
    const client = await openClient(first);
    await load(client);
    client.send(...Array.from({ length: 2000 }, () => ["INCR", "counter"]));
    const acknowledged = Number(textOf((await client.readMany(1000)).at(-1)!));
    await kill(first);
    await client.close();
    const second = await start(options);
    const reader = await openClient(second);
    await compare(reader);
    const count = Number(textOf(await reader.call("GET", "counter")));
    expect(count).toBeGreaterThanOrEqual(acknowledged);
    expect(count).toBeLessThanOrEqual(2000);
    await reader.close();
    await second.stop();
  });
});

describe("one directory, several runtimes", () => {
  const installed = RUNTIMES.filter(({ command }) => command !== undefined);
  it.skipIf(installed.length < 2)("each reads what the ones before have written, also behind a kill", async () => {
    const dir = mkdtempSync(join(tmpdir(), "memflux-runtimes-"));
    const order = [...installed, ...installed];
    for (const [turn, { command }] of order.entries()) {
      const server = await startServer("memflux", { options: { persistence: "yes", dir, durability: "full" }, runtime: command! });
      const client = await openClient(server);
      expect(textOf(await client.call("INCR", "turns"))).toBe(`${turn + 1}`);
      if (turn === 0) await load(client);
      else await compare(client);
      await client.close();
      if (turn % 2 === 0) await kill(server);
      else await server.stop();
    }
    rmSync(dir, { recursive: true, force: true });
  });
});
