/**
 * Goal: the client libraries that people use work against the server as against Redis, through every door and in both
 * protocols, with real data.
 * Method: node-redis and ioredis load the data set side by side (data-set.ts), and another client reads everything back;
 * then what libraries do besides: pipelines, binary and large values, scans, names, reconnection. No test waits for time to
 * pass: only for replies and for the libraries' own events.
 */
import type { Redis } from "ioredis";
import { RESP_TYPES } from "redis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SeededRandom } from "../../host/platform/memory/random.ts";
import { openClient } from "../support/raw-client.ts";
import { startTarget, type TestServer } from "../support/test-server.ts";
import { loadDataSet, SESSION_SECONDS } from "./data-set.ts";
import { DOORS, type OpenDoor, openDoor } from "./doors.ts";
import { type NodeRedis, nextEvent, openIoredis, openNodeRedis } from "./libraries.ts";

const data = loadDataSet();
const MGET_KEYS = 500;
const PIPELINE = 10_000;
const LARGE_BYTES = 20 * 1024 * 1024;

async function scanAll(client: NodeRedis, options: { MATCH?: string; COUNT?: number; TYPE?: string }): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of client.scanIterator(options)) found.push(...keys.map(String));
  return found;
}

async function readAll(client: NodeRedis): Promise<Map<string, unknown>> {
  const keys = await scanAll(client, { COUNT: 300 });
  const found = new Map<string, unknown>();
  for (let start = 0; start < keys.length; start += MGET_KEYS) {
    const part = keys.slice(start, start + MGET_KEYS);
    const values = await client.mGet(part);
    for (const [position, key] of part.entries()) found.set(key, values[position]);
  }
  return found;
}

/** Half of the data set, and every second increment, through node-redis. */
async function loadByNodeRedis(client: NodeRedis): Promise<void> {
  const increments = data.increments.filter((_, position) => position % 2 === 0);
  await Promise.all([...data.movies].map(([key, value]) => client.set(key, value)));
  await Promise.all(increments.map((key) => client.incr(key)));
}

/** The other half through ioredis. */
async function loadByIoredis(client: Redis): Promise<void> {
  const pipeline = client.pipeline();
  for (const [key, value] of data.airports) pipeline.set(key, value);
  for (const [position, key] of data.increments.entries()) if (position % 2 === 1) pipeline.incr(key);
  for (const [key, value] of data.sessions) pipeline.set(key, value, "EX", SESSION_SECONDS);
  const results = await pipeline.exec();
  expect(results?.find(([error]) => error !== null)).toBeUndefined();
}

describe.each(DOORS)("the data set through $name", (row) => {
  let door: OpenDoor;
  beforeAll(async () => {
    door = await openDoor(row);
  });
  afterAll(() => door.close());

  it.each([
    { nodeProtocol: 3, ioProtocol: 2 },
    { nodeProtocol: 2, ioProtocol: 3 },
  ] as const)("written by node-redis (RESP$nodeProtocol) and ioredis (RESP$ioProtocol) at once, read by others", async (mode) => {
    const { address, password } = door;
    const left = await openNodeRedis(address, { password, protocol: mode.nodeProtocol });
    const right = await openIoredis(address, { password, protocol: mode.ioProtocol });
    await left.flushAll();
    await Promise.all([loadByNodeRedis(left), loadByIoredis(right)]);
    left.destroy();
    right.disconnect();

    const reader = await openNodeRedis(address, { password, protocol: mode.ioProtocol });
    expect(await readAll(reader)).toEqual(data.everything);
    expect(await reader.dbSize()).toBe(data.everything.size);
    const other = await openIoredis(address, { password, protocol: mode.nodeProtocol });
    for (const key of ["movie:0", "airport:ZZV", "count:country:USA", "session:7"])
      expect(await other.get(key)).toBe(data.everything.get(key));
    for (const ttl of await Promise.all([...data.sessions.keys()].map((key) => other.ttl(key)))) {
      expect(ttl).toBeGreaterThan(SESSION_SECONDS - 60);
      expect(ttl).toBeLessThanOrEqual(SESSION_SECONDS);
    }
    expect(await other.ttl("movie:0")).toBe(-1);
    reader.destroy();
    other.disconnect();
  });

  if (row.password === undefined) return;
  it("stays shut to a wrong password and to none", async () => {
    await expect(openNodeRedis(door.address, { password: "wrong", reconnect: false })).rejects.toThrow(/WRONGPASS/);
    await expect(openNodeRedis(door.address, { reconnect: false }).then((client) => client.get("movie:0"))).rejects.toThrow(/NOAUTH/);
    const stranger = await openClient(door.address);
    expect(await stranger.call("GET", "movie:0")).toEqual({ kind: "error", text: "NOAUTH Authentication required." });
    expect(await stranger.call("AUTH", "wrong")).toMatchObject({ kind: "error", text: expect.stringMatching(/^WRONGPASS /) });
    await stranger.close();
  });
});

describe.each([2, 3] as const)("libraries that speak RESP%i", (protocol) => {
  let server: TestServer;
  let nodeRedis: NodeRedis;
  let ioredis: Redis;
  beforeAll(async () => {
    server = await startTarget();
    nodeRedis = await openNodeRedis(server, { protocol, name: "left" });
    ioredis = await openIoredis(server, { protocol, name: "right" });
  });
  afterAll(async () => {
    nodeRedis?.destroy();
    ioredis?.disconnect();
    await server?.stop();
  });
  beforeEach(async () => {
    await nodeRedis.flushAll();
  });

  it(`send pipelines of ${PIPELINE} commands and get every reply in order`, async () => {
    const numbers = Array.from({ length: PIPELINE }, (_, number) => number);
    const pipeline = ioredis.pipeline();
    for (const number of numbers) pipeline.append("log", `${number},`).incr("counter");
    const written = await pipeline.exec();
    expect(written?.map(([error]) => error).filter((error) => error !== null)).toEqual([]);
    expect(written?.filter((_, position) => position % 2 === 1).map(([, value]) => value)).toEqual(numbers.map((number) => number + 1));
    expect(await ioredis.get("log")).toBe(`${numbers.join(",")},`);
    expect(await Promise.all(numbers.map((number) => nodeRedis.echo(`e${number}`)))).toEqual(numbers.map((number) => `e${number}`));
  });

  it("keep errors in their place within a pipeline", async () => {
    const results = await ioredis.pipeline().set("text", "abc").incr("text").get("text").call("NOSUCH", "x").get("none").exec();
    expect(results?.map(([error, value]) => error?.message ?? value)).toEqual([
      "OK",
      "ERR value is not an integer or out of range",
      "abc",
      "ERR unknown command 'NOSUCH', with args beginning with: 'x' ",
      null,
    ]);
  });

  it("keep any bytes in keys and values", async () => {
    const random = new SeededRandom(protocol);
    const everyByte = Buffer.from(Array.from({ length: 512 }, (_, position) => position % 256));
    const keys = [everyByte, Buffer.from("\r\n$5\r\n"), Buffer.from([0]), Buffer.from("clé 🔑")];
    for (const key of keys) {
      const value = Buffer.alloc(10_000);
      random.fill(value);
      expect(await ioredis.set(key, value)).toBe("OK");
      expect((await ioredis.getBuffer(key))?.equals(value)).toBe(true);
      const bytes = nodeRedis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
      expect(Buffer.compare((await bytes.get(key)) as unknown as Buffer, value)).toBe(0);
      expect(await nodeRedis.strLen(key)).toBe(value.length);
    }
    expect(await ioredis.dbsize()).toBe(keys.length);
  });

  it("keep a value of 20 MB, and a part of it", async () => {
    const random = new SeededRandom(7);
    const value = Buffer.alloc(LARGE_BYTES);
    random.fill(value);
    expect(await nodeRedis.set("large", value)).toBe("OK");
    const back = await ioredis.getBuffer("large");
    expect(back?.equals(value)).toBe(true);
    const middle = await ioredis.getrangeBuffer("large", LARGE_BYTES - 1000, -1);
    expect(middle.equals(value.subarray(LARGE_BYTES - 1000))).toBe(true);
    expect(await nodeRedis.strLen("large")).toBe(LARGE_BYTES);
    expect(await nodeRedis.del("large")).toBe(1);
  });

  it("scan every key once and no other, by pattern and type, while others write", async () => {
    const keys = Array.from({ length: 3000 }, (_, number) => `scan:${number}`);
    await nodeRedis.mSet(keys.map((key) => [key, "1"] as [string, string]));
    await ioredis.set("other", "1");
    const stays = new Set(keys);
    const seen = new Set<string>();
    let round = 0;
    for await (const part of nodeRedis.scanIterator({ MATCH: "scan:*", COUNT: 100 })) {
      for (const key of part) seen.add(String(key));
      await ioredis.set(`later:${round}`, "1");
      await ioredis.del(`later:${round - 1}`);
      round++;
    }
    expect(seen).toEqual(stays);
    expect(round).toBeGreaterThan(1);
    expect((await scanAll(nodeRedis, { MATCH: "scan:29?", TYPE: "string" })).sort()).toEqual(keys.slice(290, 300));
    expect(await scanAll(nodeRedis, { TYPE: "list" })).toEqual([]);
    const streamed: string[] = [];
    for await (const part of ioredis.scanStream({ match: "scan:1??", count: 50 })) streamed.push(...(part as string[]));
    expect(streamed.sort()).toEqual(keys.slice(100, 200));
  });

  it("introduce themselves: name, library and version stand in CLIENT LIST and CLIENT INFO", async () => {
    const info = await nodeRedis.clientInfo();
    expect(info).toMatchObject({ name: "left", libName: "node-redis", db: 0, user: "default" });
    expect(info.libVer).toMatch(/^\d+\.\d+\.\d+/);
    const lines = String(await ioredis.client("LIST"))
      .trim()
      .split("\n");
    expect(lines).toHaveLength(2);
    const own = lines.find((line) => line.includes(" name=right "));
    expect(own).toContain(" lib-name=ioredis ");
    expect(own).toMatch(/ lib-ver=\d+\.\d+\.\d+/);
    expect(own).toContain(` resp=${protocol}`);
    expect(await nodeRedis.clientSetName("renamed")).toBe("OK");
    expect(await nodeRedis.clientGetName()).toBe("renamed");
    expect((await nodeRedis.clientList()).map(({ name }) => name).sort()).toEqual(["renamed", "right"]);
    await expect(nodeRedis.clientSetName("two words")).rejects.toThrow(/cannot contain spaces/);
    await nodeRedis.clientSetName("left");
  });

  it("read INFO in sections", async () => {
    await nodeRedis.set("key", "value");
    const all = await nodeRedis.info();
    for (const section of ["Server", "Clients", "Memory", "Stats", "Keyspace"]) expect(all).toContain(`# ${section}\r\n`);
    expect(all).toMatch(/^redis_version:\d+\.\d+\.\d+\r$/m);
    expect(all).toMatch(/^connected_clients:2\r$/m);
    expect(all).toMatch(/^db0:keys=1,/m);
    expect(all).toMatch(/^os:\S+ \S+ \S+\r$/m);
    expect(Number(/^used_memory_rss:(\d+)/m.exec(all)?.[1])).toBeGreaterThan(1024 * 1024);
    expect(Number(/^used_cpu_user:([\d.]+)/m.exec(all)?.[1])).toBeGreaterThan(0);
    expect(await ioredis.info("keyspace")).not.toContain("# Memory");
  });

  it("get the documentation of every command, as redis-cli asks for it at its start", async () => {
    const client = await openClient(server);
    if (protocol === 3) await client.call("HELLO", "3");
    const count = Number(await nodeRedis.sendCommand(["COMMAND", "COUNT"]));
    const docs = await client.call("COMMAND", "DOCS");
    if (!("items" in docs)) throw new Error(`COMMAND DOCS answered a ${docs.kind}`);
    expect(docs.kind).toBe(protocol === 3 ? "map" : "array");
    expect(docs.items).toHaveLength(2 * count);
    const position = docs.items.findIndex((item) => item.kind === "bulk" && item.text === "set");
    const entry = docs.items[position + 1]!;
    expect(entry.kind).toBe(protocol === 3 ? "map" : "array");
    const fields = "items" in entry ? entry.items.filter((_, place) => place % 2 === 0) : [];
    for (const field of ["summary", "since", "group", "arguments"]) expect(fields).toContainEqual({ kind: "bulk", text: field });
    await client.close();
  });

  it("connect again after they were killed, with their name, and go on", async () => {
    const killer = await openClient(server);
    const before = { left: await nodeRedis.clientId(), right: await ioredis.client("ID") };
    await nodeRedis.set("kept", "1");
    const back = [nextEvent(nodeRedis, "ready"), nextEvent(ioredis, "ready")];
    for (const id of [before.left, before.right])
      expect(await killer.call("CLIENT", "KILL", "ID", String(id))).toEqual({ kind: "integer", text: "1" });
    await Promise.all(back);
    expect(await nodeRedis.incr("kept")).toBe(2);
    expect(await ioredis.incr("kept")).toBe(3);
    expect(await nodeRedis.clientGetName()).toBe("left");
    expect(await ioredis.client("GETNAME")).toBe("right");
    expect(await nodeRedis.clientId()).toBeGreaterThan(before.left);
    expect(await killer.call("CLIENT", "KILL", "ID", String(before.left))).toEqual({ kind: "integer", text: "0" });
    await killer.close();
  });

  it("reconnect into a loop of commands that are killed in between, without a wrong answer", async () => {
    const killer = await openClient(server);
    let killed = 0;
    for (let round = 0; round < 200; round++) {
      if (round % 20 === 10) {
        const closed = nextEvent(ioredis, "close");
        await killer.call("CLIENT", "KILL", "ID", String(await ioredis.client("ID")));
        await closed;
        killed++;
      }
      const value = `value ${round}`;
      expect(await ioredis.set("round", value)).toBe("OK");
      expect(await nodeRedis.get("round")).toBe(value);
    }
    expect(killed).toBe(10);
    await killer.close();
  });
});
