/**
 * `publish` and `subscribe` of the library. Goal: a program, its transactions, a page and the clients of a server hear each other, in
 * order, and a reader that does not read costs nobody but itself. Method: databases in memory on the built engine; the page behind a pair of
 * links; raw connections on 127.0.0.1.
 */
import { afterEach, expect, test } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import type { PublishedMessage } from "../../../../host/client/subscription.ts";
import { type OpenOptions, open } from "../../../../host/entry/node.ts";
import { openClient } from "../../../support/raw-client.ts";
import { printReply } from "../../../support/reply-text.ts";
import { openRemote } from "./link-pair.ts";

const opened: EmbeddedDatabase[] = [];
const openHere = async (options: OpenOptions = {}): Promise<EmbeddedDatabase> => {
  const db = await open(options);
  opened.push(db);
  return db;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.close()));
});

/** The next messages of a subscription; the rest goes on. */
async function read(messages: AsyncIterator<PublishedMessage>, count: number): Promise<string[]> {
  const found: string[] = [];
  while (found.length < count) {
    const step = await messages.next();
    if (step.done === true) break;
    found.push(`${step.value.pattern ?? ""} ${step.value.channel} ${step.value.message}`.trim());
  }
  return found;
}

test("messages are iterated in order, by channel, pattern and shard", async () => {
  const db = await openHere();
  const subscription = db.subscribe(["a", { pattern: "b?" }, { shard: "s" }]);
  expect([db.publish("a", 1), db.publish("b1", "zwei ä"), db.publish("c", "nobody")]).toEqual([1, 1, 0]);
  await db.execute(["SPUBLISH", "s", "three"]);
  const messages = subscription[Symbol.asyncIterator]();
  expect(await read(messages, 3)).toEqual(["a 1", "b? b1 zwei ä", "s three"]);
  await messages.return?.(undefined);
  await subscription.ended;
  expect(db.publish("a", "gone")).toBe(0);
});

test("a listener hears one after the other, never from within publish", async () => {
  const db = await openHere();
  const heard: string[] = [];
  let release: () => void = () => {};
  const subscription = db.subscribe("a", async (message, channel) => {
    heard.push(`${channel} ${message}`);
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  db.publish("a", "1");
  db.publish("a", "2");
  expect(heard).toEqual([]);
  await db.settled();
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(["a 1"]);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(["a 1", "a 2"]);
  subscription.close();
  release();
  await subscription.ended;
});

test("a listener that throws ends its subscription and nothing else", async () => {
  const db = await openHere();
  const failing = db.subscribe("a", () => {
    throw new RangeError("no");
  });
  const other = db.subscribe("a");
  expect(db.publish("a", "x")).toBe(2);
  await expect(failing.ended).rejects.toThrow("no");
  expect(db.publish("a", "y")).toBe(1);
  expect(await read(other[Symbol.asyncIterator](), 2)).toEqual(["a x", "a y"]);
});

test("what a reader does not take ends its subscription at the limit", async () => {
  const db = await openHere();
  const slow = db.subscribe("a", undefined, { limitBytes: 10_000 });
  const large = "x".repeat(3000);
  expect([1, 2, 3, 4, 5].map(() => db.publish("a", large))).toEqual([1, 1, 1, 1, 0]);
  await expect(read(slow[Symbol.asyncIterator](), 1)).rejects.toMatchObject({ code: "SUBSCRIBER_SLOW" });
});

test("bytes are the reader's own", async () => {
  const db = await openHere();
  const given = new Uint8Array([1, 2, 3]);
  const readers = [1, 2].map(() => db.subscribe("a", undefined, { bytes: true })[Symbol.asyncIterator]());
  await db.execute(["PUBLISH", "a", given]);
  const [left, right] = await Promise.all(readers.map(async (reader) => (await reader.next()).value?.message));
  left?.fill(0);
  expect([left, right, given]).toEqual([new Uint8Array(3), new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3])]);
});

test("a transaction sends its messages with the commit, those that are taken back never", async () => {
  const db = await openHere({ notify_keyspace_events: "E$" });
  const messages = db.subscribe(["a", { pattern: "__key*" }])[Symbol.asyncIterator]();
  await db.transaction(async (tx) => {
    tx.publish("a", "first");
    tx.set("k", "v");
    await tx
      .savepoint(async () => {
        tx.publish("a", "lost");
        tx.set("lost", "v");
        await tx.execute(["PUBLISH", "a", "lost too"]);
        throw new RangeError("back");
      })
      .catch(() => {});
    expect(await tx.execute(["PUBLISH", "a", "last"])).toBe(1);
    expect(db.publish("a", "before")).toBe(1);
  });
  await db
    .transaction((tx) => {
      tx.publish("a", "lost");
      throw new RangeError("back");
    })
    .catch(() => {});
  db.publish("a", "end");
  expect(await read(messages, 5)).toEqual(["a before", "__key* __keyevent@0__:set k", "a first", "a last", "a end"]);
});

test("a transaction that conflicts sends nothing", async () => {
  const db = await openHere({ notify_keyspace_events: "E$" });
  const messages = db.subscribe(["a", { pattern: "__key*" }])[Symbol.asyncIterator]();
  const tx = await db.begin();
  tx.get("k");
  tx.set("k", "lost");
  tx.publish("a", "lost");
  db.set("k", "other");
  await expect(tx.commit()).rejects.toMatchObject({ code: "SQL_ABORT" });
  db.publish("a", "end");
  expect(await read(messages, 2)).toEqual(["__key* __keyevent@0__:set k", "a end"]);
});

test("typed methods tell what they have done to keys", async () => {
  const db = await openHere({ notify_keyspace_events: "KEAmn" });
  const messages = db.subscribe({ pattern: "__keyevent*" })[Symbol.asyncIterator]();
  db.set("k", "v");
  db.get("nosuch");
  db.incr("n");
  db.select(3).set("other", "v");
  db.json.set("d", "$", { a: 1 });
  await db.query("CREATE TABLE t (id INT PRIMARY KEY)");
  await db.query("INSERT INTO t VALUES (1)");
  await expect(db.query("INSERT INTO t VALUES (2), (1)")).rejects.toThrow();
  db.del("k");
  const events = await read(messages, 13);
  expect(events.map((line) => line.replace("__key* __keyevent@", "").replace("__keyevent* __keyevent@", ""))).toEqual([
    "0__:new k",
    "0__:set k",
    "0__:keymiss nosuch",
    "0__:new n",
    "0__:incrby n",
    "3__:new other",
    "3__:set other",
    "0__:new d",
    "0__:json.set d",
    "0__:new _internal:schemas:t",
    "0__:new t:1",
    "0__:row.set t:1",
    "0__:del k",
  ]);
});

test("the database's end ends subscriptions, and SUBSCRIBE needs a connection", async () => {
  const db = await openHere();
  const subscription = db.subscribe("a");
  const pending = subscription[Symbol.asyncIterator]().next();
  await expect(db.execute(["SUBSCRIBE", "a"])).rejects.toThrow("SUBSCRIBE isn't allowed for a DENY BLOCKING client");
  expect(await db.execute(["UNSUBSCRIBE"])).toEqual(["unsubscribe", null, 0]);
  expect(() => db.subscribe([])).toThrow("at least one");
  await db.close();
  expect((await pending).done).toBe(true);
  await subscription.ended;
  expect(() => db.publish("a", "x")).toThrow("closed");
  expect(() => db.subscribe("a")).toThrow("closed");
});

test("a page listens and publishes, and takes messages as it reads them", async () => {
  const { db, answered } = await openRemote();
  const subscription = db.subscribe({ pattern: "a*" });
  const messages = subscription[Symbol.asyncIterator]();
  await Promise.all(Array.from({ length: 1000 }, (_, number) => db.publish("ab", number)));
  const before = answered.length;
  expect(await read(messages, 1000)).toEqual(Array.from({ length: 1000 }, (_, number) => `a* ab ${number}`));
  expect(answered.length - before).toBeLessThan(5);
  const heard = new Promise<string>((resolve) => db.subscribe("x", (message) => resolve(message)));
  await db.transaction((tx) => tx.publish("x", "from a transaction"));
  expect(await heard).toBe("from a transaction");
  const slow = db.subscribe("slow", undefined, { limitBytes: 100 });
  await db.publish("slow", "x".repeat(200));
  await expect(read(slow[Symbol.asyncIterator](), 1)).rejects.toMatchObject({ code: "SUBSCRIBER_SLOW" });
  const wrong = db.subscribe([]);
  await expect(read(wrong[Symbol.asyncIterator](), 1)).rejects.toMatchObject({ code: "USAGE" });
  subscription.close();
  expect(await db.publish("ab", "gone")).toBe(0);
  const last = db.subscribe("a");
  const pending = last[Symbol.asyncIterator]().next();
  await db.close();
  expect((await pending.catch(() => ({ done: true }))).done).toBe(true);
});

test("clients of a server and the program that serves hear each other", async () => {
  const db = await openHere({ notify_keyspace_events: "E$" });
  const door = await db.serve({ port: 0 });
  const client = await openClient(door);
  await client.call("HELLO", "3");
  expect(printReply(await client.call("SUBSCRIBE", "a", "__keyevent@0__:set"))).toBe('>["subscribe", "a", :1]');
  expect(printReply(await client.read())).toBe('>["subscribe", "__keyevent@0__:set", :2]');
  const messages = db.subscribe("b")[Symbol.asyncIterator]();
  expect(db.publish("a", "from the program")).toBe(1);
  db.set("k", "v");
  expect(printReply(await client.read())).toBe('>["message", "a", "from the program"]');
  expect(printReply(await client.read())).toBe('>["message", "__keyevent@0__:set", "k"]');
  expect(printReply(await client.call("PUBLISH", "b", "from a client"))).toBe(":1");
  expect(await read(messages, 1)).toEqual(["b from a client"]);
  await client.close();
});
