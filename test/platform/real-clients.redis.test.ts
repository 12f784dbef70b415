/**
 * Goal: redis-cli loads the data set with `--pipe` and works besides, through every door.
 * Method: redis-cli as a process, bytes on its standard input, its standard output compared; another client reads everything
 * back. Not run where there is no redis-cli.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeRequest, utf8 } from "../support/reply.ts";
import { findProgram, ownEnvironment } from "../support/test-server.ts";
import { loadDataSet, SESSION_SECONDS } from "./data-set.ts";
import { DOORS, type OpenDoor, openDoor } from "./doors.ts";
import { openIoredis, openNodeRedis } from "./libraries.ts";

const data = loadDataSet();
const LIMIT_MS = 60_000;
const program = findProgram("redis-cli");
if (program === undefined && process.env.MEMFLUX_REQUIRE_REDIS === "1") {
  throw new Error("MEMFLUX_REQUIRE_REDIS is 1, but redis-cli is not on the PATH");
}

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Runs redis-cli against a door to its end, with these bytes on its standard input. */
function redisCli(door: OpenDoor, args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<Outcome> {
  const { host, port } = door.address;
  const flags = ["-h", host, "-p", String(port)];
  if (door.certificateFile !== undefined) flags.push("--tls", "--cacert", door.certificateFile);
  const env = { ...ownEnvironment(), ...(door.password === undefined ? {} : { REDISCLI_AUTH: door.password }) };
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program!, [...flags, ...args], { env, timeout: LIMIT_MS });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, output }));
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

function requests(): string[][] {
  const all: string[][] = [];
  for (const [key, value] of [...data.movies, ...data.airports]) all.push(["SET", utf8(key), utf8(value)]);
  for (const key of data.increments) all.push(["INCR", utf8(key)]);
  for (const [key, value] of data.sessions) all.push(["SET", key, utf8(value), "EX", String(SESSION_SECONDS)]);
  return all;
}

describe.skipIf(program === undefined).each(DOORS)("redis-cli through $name", (row) => {
  let door: OpenDoor;
  beforeAll(async () => {
    door = await openDoor(row);
  });
  afterAll(() => door?.close());

  it("loads the data set with --pipe, and the libraries read it", async () => {
    const all = requests();
    const { status, output } = await redisCli(door, ["--pipe"], Buffer.concat(all.map(encodeRequest)));
    expect(output).toContain(`errors: 0, replies: ${all.length}`);
    expect(status).toBe(0);

    const reader = await openNodeRedis(door.address, { password: door.password });
    const keys = [...data.everything.keys()];
    expect(await reader.dbSize()).toBe(keys.length);
    expect(await reader.mGet(keys)).toEqual([...data.everything.values()]);
    reader.destroy();
    const other = await openIoredis(door.address, { password: door.password });
    const ttl = await other.ttl("session:0");
    expect(ttl).toBeGreaterThan(SESSION_SECONDS - 60);
    expect(ttl).toBeLessThanOrEqual(SESSION_SECONDS);
    other.disconnect();
  });

  it("reads the data itself, in both protocols", async () => {
    const keys = (await redisCli(door, ["--scan"])).output.trim().split("\n");
    expect(keys.sort()).toEqual([...data.everything.keys()].sort());
    for (const protocol of ["-2", "-3"]) {
      expect((await redisCli(door, [protocol, "GET", "movie:10"])).output).toBe(`${data.movies.get("movie:10")}\n`);
      expect((await redisCli(door, [protocol, "INCR", "movie:10"])).output).toMatch(/^(\(error\) )?ERR value is not an integer/);
    }
    const lines = await redisCli(door, [], Buffer.from('SET "two words" "a\\x00b"\nSTRLEN "two words"\nDEL "two words"\n'));
    expect(lines).toEqual({ status: 0, output: "OK\n3\n1\n" });
  });

  it("finds the largest value with --bigkeys and asks for the documentation of commands", async () => {
    const { output } = await redisCli(door, ["--bigkeys"]);
    const longest = Math.max(...[...data.everything.values()].map((value) => Buffer.byteLength(value)));
    expect(output).toMatch(new RegExp(`Biggest string found .* has ${longest} bytes`));
    expect(output).toContain(`Sampled ${data.everything.size} keys in the keyspace!`);
    const docs = await redisCli(door, ["--json", "COMMAND", "DOCS", "set", "client|list"]);
    expect(JSON.parse(docs.output)).toMatchObject({ set: { summary: expect.any(String) }, "client|list": { group: "connection" } });
  });

  it("says how many commands of a pipe failed", async () => {
    const broken = [["SET", "text", "abc"], ["INCR", "text"], ["NOSUCH"], ["DEL", "text"]];
    const { status, output } = await redisCli(door, ["--pipe"], Buffer.concat(broken.map(encodeRequest)));
    expect(output).toContain("errors: 2, replies: 4");
    expect(output).toContain("ERR unknown command 'NOSUCH'");
    expect(status).toBe(1);
  });
});
