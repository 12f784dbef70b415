/**
 * Publish and subscribe under load. Goal: subscribers get every message in order, between whole replies, and one that does not read, or
 * goes away, costs itself alone. Method: a server as a process, raw connections and the client libraries that people use; every wait is
 * for a reply or an event.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openClient, type RawClient } from "../support/raw-client.ts";
import type { Reply } from "../support/reply.ts";
import { printReply } from "../support/reply-text.ts";
import { type ServerSettings, startTarget, type TestServer } from "../support/test-server.ts";
import { openIoredis, openNodeRedis } from "./libraries.ts";

const MEGABYTE = 1024 * 1024;
let server: TestServer;
const clients: RawClient[] = [];

async function start(options: ServerSettings["options"] = {}): Promise<void> {
  server = await startTarget({ options });
}

async function open(protocol: 2 | 3 = 2): Promise<RawClient> {
  const client = await openClient(server);
  clients.push(client);
  if (protocol === 3) await client.call("HELLO", "3");
  return client;
}

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

const textOf = (reply: Reply): string => ("text" in reply ? reply.text : printReply(reply));

/** The line of a client in CLIENT LIST, or undefined. */
async function lineOf(observer: RawClient, id: string): Promise<string | undefined> {
  return textOf(await observer.call("CLIENT", "LIST"))
    .split("\n")
    .find((line) => line.startsWith(`id=${id} `));
}

describe("subscribers", () => {
  beforeAll(() => start({ "notify-keyspace-events": "E$" }));
  afterAll(() => server.stop());

  it("get a flood from several publishers, each publisher's messages in order", async () => {
    const readers = await Promise.all([open(2), open(3), open(2), open(3)]);
    for (const [position, reader] of readers.entries())
      await reader.call(position < 2 ? "SUBSCRIBE" : "PSUBSCRIBE", position < 2 ? "f" : "f*");
    const publishers = await Promise.all([open(), open(), open()]);
    const count = 5000;
    const published = publishers.map((publisher, number) =>
      publisher.pipeline(Array.from({ length: count }, (_, message) => ["PUBLISH", "f", `${number} ${message}`])),
    );
    for (const reader of readers) {
      const next = publishers.map(() => 0);
      for (let left = count * publishers.length; left > 0; left--) {
        const reply = await reader.read();
        const text = printReply(reply);
        const [, number, message] = /"(\d+) (\d+)"\]$/.exec(text) ?? [];
        expect(Number(message)).toBe(next[Number(number)]);
        next[Number(number)] = Number(message) + 1;
      }
    }
    for (const replies of await Promise.all(published)) expect(replies.every((reply) => textOf(reply) === "4")).toBe(true);
  });

  it("read messages between whole replies, long ones and EXEC's too", async () => {
    const reader = await open(3);
    const publisher = await open();
    await reader.call("SUBSCRIBE", "c", "__keyevent@0__:set");
    await reader.read();
    await reader.call("SQL", "CREATE TABLE big (id INT PRIMARY KEY, v TEXT)");
    await reader.call("SQL", "INSERT INTO big SELECT g, 'row' || g FROM generate_series(1, 20000) AS s(g)");
    reader.send(["SQL", "SELECT * FROM big"], ["MULTI"], ["SET", "a", "1"], ["PUBLISH", "c", "inside"], ["GET", "a"], ["EXEC"], ["PING"]);
    const sent = 500;
    const published = publisher.pipeline(Array.from({ length: sent }, (_, number) => ["PUBLISH", "c", String(number)]));
    const replies: Reply[] = [];
    const messages: string[] = [];
    while (replies.length < 7 || messages.length < sent + 2) {
      const reply = await reader.read();
      if (reply.kind === "push") messages.push(printReply(reply));
      else replies.push(reply);
    }
    await published;
    expect(replies[0]?.kind === "array" ? replies[0].items.length : replies[0]).toBe(20_000);
    expect(replies.slice(1).map(printReply)).toEqual(["+OK", "+QUEUED", "+QUEUED", "+QUEUED", '[+"OK", :1, "1"]', "+PONG"]);
    const own = messages.filter((line) => !/"message", "c", "\d+"/.test(line));
    expect(own).toEqual(['>["message", "c", "inside"]', '>["message", "__keyevent@0__:set", "a"]']);
    expect(messages.filter((line) => !own.includes(line))).toEqual(Array.from({ length: sent }, (_, n) => `>["message", "c", "${n}"]`));
  });

  it("that go away amid a flood leave nothing behind", async () => {
    const observer = await open();
    const publisher = await open();
    for (let round = 0; round < 20; round++) {
      const leavers = await Promise.all(Array.from({ length: 10 }, () => openClient(server)));
      for (const leaver of leavers) {
        await leaver.call("SUBSCRIBE", "gone");
        await leaver.call("PSUBSCRIBE", "g*");
        await leaver.call("SSUBSCRIBE", "gone");
      }
      publisher.send(...Array.from({ length: 200 }, (_, number) => ["PUBLISH", "gone", String(number)]));
      for (const leaver of leavers) await leaver.close();
      for (let left = 200; left > 0; left--) expect((await publisher.read()).kind).toBe("integer");
    }
    const asked = async (): Promise<string> => printReply(await observer.call("PUBSUB", "NUMSUB", "gone"));
    while ((await asked()) !== '["gone", :0]');
    expect(printReply(await observer.call("PUBSUB", "NUMPAT"))).toBe(":0");
    expect(printReply(await observer.call("PUBSUB", "SHARDCHANNELS"))).toBe("[]");
  });

  it("may be killed by a message's publisher", async () => {
    const reader = await open();
    await reader.call("SUBSCRIBE", "c");
    const killer = await open();
    expect(printReply(await killer.call("CLIENT", "KILL", "TYPE", "pubsub"))).toBe(":1");
    await reader.readEnd();
    expect(printReply(await killer.call("PUBLISH", "c", "x"))).toBe(":0");
  });

  it("have their limits in CONFIG, class by class", async () => {
    const client = await open();
    const limits = async (): Promise<string> => printReply(await client.call("CONFIG", "GET", "client-output-buffer-limit"));
    expect(await limits()).toContain('"normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"');
    expect(printReply(await client.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 16mb 1mb 5"))).toBe("+OK");
    expect(await limits()).toContain('"normal 0 0 0 slave 268435456 67108864 60 pubsub 16777216 1048576 5"');
    for (const wrong of ["pubsub 1 x 2", "nobody 1 1 2", "pubsub 1 2", "pubsub"])
      expect((await client.call("CONFIG", "SET", "client-output-buffer-limit", wrong)).kind).toBe("error");
    expect(printReply(await client.call("CONFIG", "SET", "client-output-buffer-limit", "pubsub 32mb 8mb 60"))).toBe("+OK");
  });
});

describe("slow subscribers", () => {
  beforeAll(() => start({ "client-output-buffer-limit": "pubsub 4mb 0 0" }));
  afterAll(() => server.stop());

  it("are closed at their limit, while the others get everything", async () => {
    const observer = await open();
    const deaf = await Promise.all([open(2), open(3)]);
    const ids: string[] = [];
    for (const each of deaf) {
      ids.push(textOf(await each.call("CLIENT", "ID")));
      await each.call("SUBSCRIBE", "c");
      each.pause();
    }
    const reader = await open();
    await reader.call("SUBSCRIBE", "c");
    const payload = "x".repeat(100_000);
    let sent = 0;
    while ((await lineOf(observer, ids[0] ?? "")) !== undefined || (await lineOf(observer, ids[1] ?? "")) !== undefined) {
      await observer.call("PUBLISH", "c", payload);
      sent++;
      expect(textOf(await reader.read()).length).toBeGreaterThan(payload.length);
      expect(sent).toBeLessThan(1000);
    }
    expect(sent * payload.length).toBeGreaterThan(4 * MEGABYTE);
    expect(printReply(await observer.call("PUBLISH", "c", "end"))).toBe(":1");
    expect(printReply(await reader.read())).toBe('["message", "c", "end"]');
    expect(server.output().match(/bytes of output are pending/g)).toHaveLength(2);
  });
});

describe.each([2, 3] as const)("client libraries with RESP%i", (protocol) => {
  beforeAll(() => start());
  afterAll(() => server.stop());

  it("ioredis: channels, patterns, messages of bytes", async () => {
    const subscriber = await openIoredis(server, { protocol });
    const publisher = await openIoredis(server, { protocol });
    const heard: unknown[] = [];
    const whole = new Promise<void>((resolve) => {
      subscriber.on("message", (channel, message) => heard.push([channel, message]));
      subscriber.on("pmessageBuffer", (pattern, channel, message) => {
        heard.push([String(pattern), String(channel), message]);
        if (heard.length === 3) resolve();
      });
    });
    expect(await subscriber.subscribe("a", "b")).toBe(2);
    expect(await subscriber.psubscribe("bin*")).toBe(3);
    expect(await publisher.publish("a", "one")).toBe(1);
    expect(await publisher.publish("b", "two")).toBe(1);
    const bytes = Buffer.from([0, 255, 13, 10]);
    expect(await publisher.publish("bin", bytes)).toBe(1);
    await whole;
    expect(heard).toEqual([
      ["a", "one"],
      ["b", "two"],
      ["bin*", "bin", bytes],
    ]);
    expect(await publisher.pubsub("NUMSUB", "a", "x")).toEqual(["a", 1, "x", 0]);
    await subscriber.unsubscribe("a", "b");
    await subscriber.punsubscribe("bin*");
    expect(await subscriber.ping()).toBe("PONG");
    expect(await publisher.publish("a", "nobody")).toBe(0);
    subscriber.disconnect();
    publisher.disconnect();
  });

  it("node-redis: channels, patterns, shards, and what comes after a reconnection", async () => {
    const subscriber = await openNodeRedis(server, { protocol });
    const publisher = await openNodeRedis(server, { protocol });
    const heard: string[] = [];
    let wake: () => void = () => {};
    const hear = (message: string, channel: string): void => {
      heard.push(`${channel} ${message}`);
      wake();
    };
    const until = async (count: number): Promise<void> => {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    await subscriber.subscribe("a", hear);
    await subscriber.pSubscribe("p*", hear);
    await subscriber.sSubscribe("s", hear);
    expect(await publisher.publish("a", "one")).toBe(1);
    expect(await publisher.publish("pq", "two")).toBe(1);
    expect(await publisher.sPublish("s", "three")).toBe(1);
    await until(3);
    expect(heard.splice(0)).toEqual(["a one", "pq two", "s three"]);
    const back = new Promise<void>((resolve) => subscriber.once("ready", () => resolve()));
    await publisher.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
    await back;
    while ((await publisher.publish("a", "again")) === 0);
    await until(1);
    expect(heard[0]).toBe("a again");
    subscriber.destroy();
    publisher.destroy();
  });
});
