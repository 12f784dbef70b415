/**
 * Goal: libraries that keep their data in Redis work on our server as their users know them: sessions of express by connect-redis, Keyv, rate limits,
 * rooms of Socket.IO over several servers.
 * Method: what the users of each do, with its package as it is on npm. What is not installed is not run.
 *
 * rate-limiter-flexible counts by Lua scripts, which MemFlux does not have: only what it does without them is here, and that counting is refused.
 */
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTarget, type TestServer } from "../support/test-server.ts";

const here = createRequire(import.meta.url);

function isInstalled(...names: readonly string[]): boolean {
  try {
    for (const name of names) here.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** A package whose types are not installed with it, as what is used of it. */
async function load<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}

let server: TestServer;
let url = "";
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startTarget();
  url = `redis://127.0.0.1:${server.port}`;
});

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

afterAll(() => server.stop());

async function connected() {
  const client = createClient({ url });
  await client.connect();
  endings.push(() => client.close());
  return client;
}

interface Session {
  readonly cookie: object;
  readonly [name: string]: unknown;
}
interface SessionStore {
  set(id: string, session: Session): Promise<void>;
  get(id: string): Promise<Session | null | undefined>;
  touch(id: string, session: Session): Promise<void>;
  destroy(id: string): Promise<void>;
  clear(): Promise<void>;
  length(): Promise<number>;
  ids(): Promise<string[]>;
  all(): Promise<Session[]>;
}

describe.skipIf(!isInstalled("connect-redis", "express-session"))("connect-redis", () => {
  it("keeps, prolongs, lists and removes sessions", async () => {
    const { RedisStore } = await load<{ RedisStore: new (options: object) => SessionStore }>("connect-redis");
    const client = await connected();
    const store = new RedisStore({ client, prefix: "session:", ttl: 100 });
    await store.set("one", { cookie: { originalMaxAge: null }, user: "Ada" });
    await store.set("two", { cookie: { originalMaxAge: null }, user: "Émile", cart: [1, 2] });
    expect(await store.get("two")).toEqual({ cookie: { originalMaxAge: null }, user: "Émile", cart: [1, 2] });
    expect(await store.get("none")).toBeFalsy();
    expect(await client.ttl("session:one")).toBeGreaterThan(95);
    await client.expire("session:one", 10);
    await store.touch("one", { cookie: { originalMaxAge: null }, user: "Ada" });
    expect(await client.ttl("session:one")).toBeGreaterThan(95);
    expect(await store.length()).toBe(2);
    expect((await store.ids()).sort()).toEqual(["one", "two"]);
    expect((await store.all()).map((session) => session.user).sort()).toEqual(["Ada", "Émile"]);
    await store.destroy("one");
    expect(await store.get("one")).toBeFalsy();
    await store.clear();
    expect(await store.length()).toBe(0);
  });
});

interface KeyvStore {
  set(key: string, value: unknown, ttlMs?: number): Promise<boolean>;
  get(key: string | readonly string[]): Promise<unknown>;
  has(key: string): Promise<boolean>;
  delete(key: string | readonly string[]): Promise<boolean>;
  clear(): Promise<void>;
  disconnect(): Promise<void>;
  iterator(name: unknown): AsyncIterable<readonly [string, unknown]>;
}

describe.skipIf(!isInstalled("keyv", "@keyv/redis"))("Keyv", () => {
  it("stores values of all kinds, with times to live, in namespaces of their own", async () => {
    const { Keyv } = await load<{ Keyv: new (options: object) => KeyvStore }>("keyv");
    const { default: KeyvRedis } = await load<{ default: new (url: string) => object }>("@keyv/redis");
    const [first, second] = ["one", "two"].map((namespace) => new Keyv({ store: new KeyvRedis(url), namespace })) as [KeyvStore, KeyvStore];
    endings.push(() => Promise.all([first.disconnect(), second.disconnect()]));
    const client = await connected();
    await first.set("a", { list: [1, null], text: "Zürich" });
    await first.set("b", "short", 100_000);
    await second.set("a", 7);
    expect(await first.get("a")).toEqual({ list: [1, null], text: "Zürich" });
    expect(await first.get(["a", "b", "absent"])).toEqual([{ list: [1, null], text: "Zürich" }, "short", undefined]);
    expect(await second.get("a")).toBe(7);
    const keys = await client.keys("*");
    expect(keys).toHaveLength(3);
    expect(Math.max(...(await Promise.all(keys.map((key) => client.pTTL(key)))))).toBeGreaterThan(95_000);
    expect(await first.has("b")).toBe(true);
    expect(await first.delete("b")).toBe(true);
    expect(await first.has("b")).toBe(false);
    await first.clear();
    expect(await first.get("a")).toBeUndefined();
    expect(await second.get("a")).toBe(7);
    await second.clear();
  });
});

interface Limit {
  readonly consumedPoints: number;
  readonly remainingPoints: number;
  readonly msBeforeNext: number;
}
interface RateLimiter {
  get(key: string): Promise<Limit | null>;
  set(key: string, points: number, seconds: number): Promise<unknown>;
  block(key: string, seconds: number): Promise<unknown>;
  delete(key: string): Promise<boolean>;
  consume(key: string): Promise<Limit>;
}

describe.skipIf(!isInstalled("rate-limiter-flexible"))("rate-limiter-flexible", () => {
  it("sets, reads, blocks and deletes limits; counting needs Lua", async () => {
    const { RateLimiterRedis } = await load<{ RateLimiterRedis: new (options: object) => RateLimiter }>("rate-limiter-flexible");
    const storeClient = new Redis(server.port, "127.0.0.1");
    endings.push(() => storeClient.quit());
    const limiter = new RateLimiterRedis({ storeClient, points: 5, duration: 60 });
    expect(await limiter.get("ada")).toBeNull();
    await limiter.set("ada", 3, 100);
    const limit = await limiter.get("ada");
    expect([limit?.consumedPoints, limit?.remainingPoints]).toEqual([3, 2]);
    expect(limit?.msBeforeNext).toBeGreaterThan(95_000);
    await limiter.block("ada", 50);
    expect((await limiter.get("ada"))?.remainingPoints).toBe(0);
    expect(await limiter.delete("ada")).toBe(true);
    expect(await limiter.get("ada")).toBeNull();
    await expect(limiter.consume("ada")).rejects.toThrow(/unknown command/i);
  });
});

interface RemoteSocket {
  readonly id: string;
}
interface IoServer {
  readonly of: (name: string) => { readonly adapter: object };
  on(event: "connection", heard: (socket: { join(room: string): unknown }) => void): void;
  on(event: string, heard: (...args: never[]) => void): void;
  emit(event: string, ...args: unknown[]): boolean;
  to(room: string): { emit(event: string, ...args: unknown[]): boolean };
  fetchSockets(): Promise<RemoteSocket[]>;
  serverSideEmit(event: string, ...args: unknown[]): void;
  close(): Promise<void>;
}
interface IoClient {
  on(event: string, heard: (...args: never[]) => void): void;
  once(event: string, heard: (...args: never[]) => void): void;
  disconnect(): void;
}

describe.skipIf(!isInstalled("socket.io", "socket.io-client", "@socket.io/redis-adapter"))("Socket.IO", () => {
  const heardBy = (source: { once(event: string, heard: (...args: never[]) => void): void }, event: string) =>
    new Promise<unknown[]>((resolve) => source.once(event, (...args) => resolve(args)));

  it("reaches the clients of all servers, by room, and knows them", async () => {
    const { Server: Io } = await load<{ Server: new (http: Server, options: object) => IoServer & { once: IoClient["once"] } }>(
      "socket.io",
    );
    const { createAdapter } = await load<{ createAdapter: (publisher: object, subscriber: object) => object }>("@socket.io/redis-adapter");
    const { io } = await load<{ io: (url: string, options: object) => IoClient }>("socket.io-client");
    const nodes: (IoServer & { once: IoClient["once"] })[] = [];
    const clients: IoClient[] = [];
    for (const room of ["red", "blue"]) {
      const http = createServer();
      const node = new Io(http, { adapter: createAdapter(await connected(), await connected()) });
      node.on("connection", (socket) => socket.join(room));
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      endings.push(() => node.close());
      nodes.push(node);
      const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: ["websocket"] });
      endings.push(() => client.disconnect());
      clients.push(client);
      await heardBy(client, "connect");
    }
    const all = clients.map((client) => heardBy(client, "news"));
    nodes[0]!.emit("news", { text: "für alle" }, Buffer.from([0, 255]));
    for (const [news, bytes] of await Promise.all(all)) {
      expect(news).toEqual({ text: "für alle" });
      expect(Buffer.from(bytes as Uint8Array)).toEqual(Buffer.from([0, 255]));
    }
    const red = heardBy(clients[0]!, "room");
    nodes[1]!.to("red").emit("room", 1);
    expect(await red).toEqual([1]);
    expect(await nodes[0]!.fetchSockets()).toHaveLength(2);
    const told = heardBy(nodes[1]!, "told");
    nodes[0]!.serverSideEmit("told", "a");
    expect(await told).toEqual(["a"]);
  });
});
