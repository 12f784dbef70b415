/**
 * Goal: a program can start servers, use, stop and start them again, several at a time, and learns from a DatabaseError what
 * was wrong; a failed start leaves nothing open, a stopped server keeps no program alive.
 * Method: `serve` of the entry for Node in this process and in a program of its own, on ports that the system picks.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ErrorCode } from "../../host/common/error.ts";
import { DatabaseError } from "../../host/common/error.ts";
import type { OptionValue } from "../../host/common/option-table.ts";
import { OptionStore } from "../../host/common/options.ts";
import { type RunningServer, type ServeSurroundings, serve } from "../../host/entry/node.ts";
import { descriptorLimit } from "../../host/platform/node/descriptors.ts";
import { openClient } from "../support/raw-client.ts";
import { openIoredis } from "./libraries.ts";
import { writeTlsPair } from "./tls-pair.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM_LIMIT_MS = 30_000;
let folder: string;
const running: RunningServer[] = [];
const lines: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memflux-library-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  lines.length = 0;
});

/** Starts a server with these options on a free port, quietly and without a log. */
async function start(options: Readonly<Record<string, OptionValue>> = {}, surroundings: ServeSurroundings = {}): Promise<RunningServer> {
  const store = new OptionStore(new Map(Object.entries({ port: 0, dir: folder, persistence: false, ...options })));
  const quiet = { announce: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
  const server = await serve(store, { ...quiet, ...surroundings });
  running.push(server);
  return server;
}

async function expectRefusal(attempt: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
}

async function ask(server: RunningServer, ...args: string[]): Promise<unknown> {
  const client = await openClient(server);
  const reply = await client.call(...args);
  await client.close();
  return "text" in reply ? reply.text : reply.kind;
}

describe("starting and stopping", () => {
  it("a server on a free port answers, and is gone when it has been stopped", async () => {
    const server = await start();
    expect(server.host).toBe("127.0.0.1");
    expect(server.port).toBeGreaterThan(0);
    expect(lines).toEqual([`memflux ready on 127.0.0.1:${server.port}`]);
    const client = await openIoredis(server, { reconnect: false });
    expect(await client.set("key", "value")).toBe("OK");
    expect(await client.get("key")).toBe("value");
    const gone = new Promise<void>((resolve) => client.once("end", () => resolve()));
    await server.stop();
    await gone;
    await server.ended;
    await server.stop();
    await expect(openClient(server)).rejects.toThrow(/ECONNREFUSED/);
    expect(lines).toHaveLength(1);
  });

  it("servers in one process share nothing, and one outlives another", async () => {
    const [left, right] = [await start(), await start({ requirepass: "secret" })];
    expect(left.port).not.toBe(right.port);
    expect(await ask(left, "SET", "key", "left")).toBe("OK");
    expect(await ask(right, "GET", "key")).toMatch(/^NOAUTH /);
    const client = await openIoredis(right, { password: "secret" });
    expect(await client.get("key")).toBeNull();
    expect(await ask(left, "CONFIG", "SET", "maxclients", "9")).toBe("OK");
    expect(await client.config("GET", "maxclients")).toEqual(["maxclients", "10000"]);
    await left.stop();
    expect(await client.set("key", "right")).toBe("OK");
    expect(await client.get("key")).toBe("right");
    client.disconnect();
  });

  it("the same port serves again at once, with nothing of before", async () => {
    const { port } = await start();
    await running.pop()?.stop();
    for (let round = 0; round < 10; round++) {
      const server = await start({ port });
      expect(await ask(server, "INCR", "round")).toBe("1");
      await server.stop();
    }
  });

  it("SHUTDOWN by a client ends it as stop does", async () => {
    const server = await start();
    const client = await openClient(server);
    client.send(["SHUTDOWN", "NOSAVE"]);
    await client.readEnd();
    await server.ended;
    await expect(openClient(server)).rejects.toThrow(/ECONNREFUSED/);
  });

  it("a program with two servers that it stopped ends by itself", async () => {
    const args = ["--import", "./host/build/typescript.mjs", "test/platform/embedder.ts"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, timeout: PROGRAM_LIMIT_MS });
    expect(stdout.replace(/:\d+\n/, ":PORT\n").split("\n")).toEqual([
      "memflux ready on 127.0.0.1:PORT",
      "second: memflux ready on 127.0.0.1:PORT",
      "first holds first",
      "second holds second",
      "both have ended",
      "",
    ]);
    expect(stderr).toBe("");
  });
});

describe("surroundings", () => {
  it("an engine file of the program's choice, a pair of its own, and word of limits that do not fit", async () => {
    const { certificateFile, keyFile, certificatePem } = await writeTlsPair(folder, "own");
    const engineFile = new URL("../../dist/engine.wasm", import.meta.url);
    const options = { encrypt: true, cert_file: certificateFile, key_file: keyFile, maxclients: 1_000_000 };
    const server = await start(options, { engineFile });
    const client = await openClient({ host: server.host, port: server.port, tlsCertificatePem: certificatePem });
    expect(await client.call("PING")).toEqual({ kind: "simple", text: "PONG" });
    await client.close();
    const limit = await descriptorLimit();
    if (limit !== undefined && limit < 1_000_000) expect(lines[0]).toMatch(/^maxclients is \d+ instead of 1000000/);
  });
});

describe("what goes wrong", () => {
  it("addresses", async () => {
    const first = await start();
    await expectRefusal(start({ port: first.port }), "ADDRESS_IN_USE", /the port is in use/);
    await expectRefusal(start({ host: "203.0.113.7" }), "ADDRESS_INVALID", /does not belong to this machine/);
    expect(await ask(first, "PING")).toBe("PONG");
    expect(await ask(await start(), "PING")).toBe("PONG");
  });

  it("certificates, before anything is opened", async () => {
    writeFileSync(join(folder, "nonsense"), "nonsense");
    await expectRefusal(start({ encrypt: true, cert_file: "nonsense", key_file: "nonsense" }), "TLS_CREDENTIALS", /nonsense is not a PEM/);
    await expectRefusal(start({ encrypt: true, cert_file: "nonsense", key_file: "missing" }), "TLS_CREDENTIALS", /missing/);
    expect(readdirSync(folder)).not.toContain("missing");
  });

  it("engine files", async () => {
    const engineFile = join(folder, "engine.wasm");
    await expectRefusal(start({}, { engineFile }), "ENGINE_INVALID", /cannot be read/);
    writeFileSync(engineFile, "nonsense");
    await expectRefusal(start({}, { engineFile }), "ENGINE_INVALID", /./);
    // A module that is valid and empty.
    writeFileSync(engineFile, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    await expectRefusal(start({}, { engineFile }), "ENGINE_INVALID", /./);
  });

  it("options of the wrong type", async () => {
    await expectRefusal(start({ host: 7 }), "INVALID_OPTION", /option host must be text/);
    await expectRefusal(start({ port: "many" }), "INVALID_OPTION", /option port must be a number/);
  });
});
