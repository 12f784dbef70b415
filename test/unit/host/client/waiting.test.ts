/**
 * Commands that wait, in the library and beside a server. Goal: who waits gets what comes, in the order of waiting, whoever brings it and by whatever
 * way; nothing is popped for somebody who has gone; nobody is left waiting. Method: databases in memory on the built engine; the page behind a
 * pair of links; raw connections on 127.0.0.1.
 */
import { afterEach, expect, test } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { open } from "../../../../host/entry/node.ts";
import { openClient, type RawClient } from "../../../support/raw-client.ts";
import { printReply } from "../../../support/reply-text.ts";
import { openRemote } from "./link-pair.ts";

const opened: EmbeddedDatabase[] = [];
const openHere = async (): Promise<EmbeddedDatabase> => {
  const db = await open();
  opened.push(db);
  return db;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.close()));
});

/** Whether a promise is settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise.catch(() => "failed"), Promise.resolve(pending)])) !== pending;
}

const addressOf = (port: number): { host: string; port: number } => ({ host: "127.0.0.1", port });

/** How many connections wait, as the server tells one of them. */
async function countBlocked(asking: RawClient): Promise<number> {
  return Number(/blocked_clients:(\d+)/.exec(printReply(await asking.call("INFO", "clients")))?.[1]);
}

/** A client whose command waits by now; `asking` is asked until it does. */
async function waitingClient(port: number, asking: RawClient, args: readonly string[]): Promise<RawClient> {
  const before = await countBlocked(asking);
  const client = await openClient(addressOf(port));
  client.send(args);
  while ((await countBlocked(asking)) === before);
  return client;
}

test("what is there is answered at once, what is not when it comes", async () => {
  const db = await openHere();
  db.rpush("l", "a", "b", "c");
  expect(await db.blpop("l")).toEqual(["l", "a"]);
  expect(await db.brpop(["absent", "l"], 1)).toEqual(["l", "c"]);
  expect(await db.blmpop("l", "LEFT", 0, { count: 5 })).toEqual(["l", ["b"]]);
  const first = db.blpop(["l", "m"]);
  const second = db.blmove("l", "n", "LEFT", "RIGHT");
  expect(await isSettled(first)).toBe(false);
  db.rpush("l", 1, 2, 3);
  expect(db.lrange("l", 0, -1)).toEqual(["3"]);
  expect(await Promise.all([first, second])).toEqual([["l", "1"], "2"]);
  expect(db.lrange("n", 0, -1)).toEqual(["2"]);
});

test("null is nothing, and what is no key is refused", async () => {
  const db = await openHere();
  const nothing = null as unknown as undefined;
  db.rpush("l", "a", "b");
  db.rpush("7", "seven");
  expect(await db.blpop("l", nothing, nothing)).toEqual(["l", "a"]);
  expect(await db.blmpop(["l"], "LEFT", nothing, nothing)).toEqual(["l", ["b"]]);
  expect(await db.blpop(7 as unknown as string)).toEqual(["7", "seven"]);
  await expect(db.blpop(null as unknown as string)).rejects.toMatchObject({ code: "USAGE" });
  await expect(db.bzmpop(undefined as unknown as string, "MIN")).rejects.toMatchObject({ code: "USAGE" });
});

test("bytes wait too", async () => {
  const db = await openHere();
  const value = Uint8Array.of(0, 255, 128);
  const popped = db.bytes.blpop("l");
  const moved = db.select(3).bytes.blmove("m", "n", "LEFT", "LEFT");
  db.rpush("l", value);
  db.select(3).rpush("m", value);
  expect(await popped).toEqual([Uint8Array.of(108), value]);
  expect(await moved).toEqual(value);
  const { db: page } = await openRemote();
  const there = page.bytes.blpop("l");
  await page.rpush("l", value);
  expect(await there).toEqual([Uint8Array.of(108), value]);
  await page.close();
});

test("thousands of keys are waited for, and each is served", async () => {
  const db = await openHere();
  const waits = Array.from({ length: 5000 }, (_, index) => db.blpop([`k${index}`, `other${index}`]));
  for (let index = 4999; index >= 0; index--) db.rpush(`${index % 3 === 0 ? "other" : "k"}${index}`, index);
  const popped = await Promise.all(waits);
  expect(popped).toEqual(waits.map((_, index) => [`${index % 3 === 0 ? "other" : "k"}${index}`, String(index)]));
  expect(db.dbsize()).toBe(0);
  const again = db.blpop("k1");
  db.rpush("k1", "x");
  expect(await again).toEqual(["k1", "x"]);
});

test("sorted sets", async () => {
  const db = await openHere();
  db.zadd("z", { a: 1, b: 2.5, c: 3, d: 4 });
  expect(await db.bzpopmin("z")).toEqual(["z", "a", 1]);
  expect(await db.bzpopmax(["absent", "z"], 1)).toEqual(["z", "d", 4]);
  const popped = [["b", 2.5] as const, ["c", 3] as const];
  expect(await db.bzmpop("z", "MIN", 0, { count: 5 })).toEqual(["z", popped]);
  expect(await db.bzpopmin("z", 0.01)).toBe(null);
  expect(await db.bzmpop("z", "MAX", 0.01)).toBe(null);
  const [first, second] = [db.bzpopmin(["y", "z"]), db.bzmpop("z", "MAX")];
  db.zadd("z", { a: 1, b: -0.5 });
  expect(await Promise.all([first, second])).toEqual([
    ["z", "b", -0.5],
    ["z", [["a", 1]]],
  ]);
});

test("a wait ends with its time, with a signal and with the database", async () => {
  const db = await openHere();
  expect(await db.blpop("l", 0.01)).toBe(null);
  const controller = new AbortController();
  const aborted = db.blpop("l", 0, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  await expect(db.blpop("l", 0, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  db.rpush("l", "kept");
  expect(db.llen("l")).toBe(1);
  await expect(db.blpop("l", -1)).rejects.toMatchObject({ code: "TIMEOUT_NEGATIVE" });
  db.set("text", "x");
  await expect(db.blpop("text")).rejects.toMatchObject({ code: "WRONG_TYPE" });
  const last = db.blpop("other");
  const lastExecuted = db.execute(["BLPOP", "other", "0"]);
  const lastPiped = db.pipeline([["PING"], ["BLPOP", "other", "0"]]);
  lastPiped.catch(() => {});
  lastExecuted.catch(() => {});
  last.catch(() => {});
  await db.close();
  await expect(last).rejects.toMatchObject({ code: "CLOSED" });
  await expect(lastExecuted).rejects.toMatchObject({ code: "CLOSED" });
  await expect(lastPiped).resolves.toMatchObject(["PONG", { message: "the database is closed" }]);
});

test("execute waits without holding up the calls behind it", async () => {
  const db = await openHere();
  const popped = db.execute(["BLPOP", "l", "0"]);
  expect(await db.execute(["RPUSH", "l", "x"])).toBe(1);
  expect(await popped).toEqual(["l", "x"]);
  await db.execute(["MULTI"]);
  expect(await db.execute(["BLPOP", "l", "0"])).toBe("QUEUED");
  expect(await db.execute(["EXEC"])).toEqual([null]);
});

test("a transaction does not wait, and wakes others when it commits", async () => {
  const db = await openHere();
  const popped = db.blpop("l");
  const tx = await db.begin();
  expect(await tx.execute(["BLPOP", "l", "0"])).toBe(null);
  tx.rpush("l", "1", "2");
  expect(await isSettled(popped)).toBe(false);
  expect(tx.lrange("l", 0, -1)).toEqual(["1", "2"]);
  await tx.commit();
  expect(await popped).toEqual(["l", "1"]);
  expect(db.lrange("l", 0, -1)).toEqual(["2"]);
  const rolledBack = db.blpop("m");
  const other = await db.begin();
  other.rpush("m", "1");
  await other.rollback();
  expect(await isSettled(rolledBack)).toBe(false);
  db.select(3).rpush("m", "z");
  db.select(3).move("m", 0);
  expect(await rolledBack).toEqual(["m", "z"]);
});

test("the program and clients of its server wait in one queue", async () => {
  const db = await openHere();
  const { port } = await db.serve({ port: 0 });
  const asking = await openClient(addressOf(port));
  const client = await waitingClient(port, asking, ["BLPOP", "l", "0"]);
  const here = db.blpop("l");
  const behind = await waitingClient(port, asking, ["BRPOP", "l", "0"]);
  db.rpush("l", "1", "2", "3");
  expect(printReply(await client.read())).toBe('["l", "1"]');
  expect(await here).toEqual(["l", "2"]);
  expect(printReply(await behind.read())).toBe('["l", "3"]');
  await Promise.all([client, behind, asking].map((each) => each.close()));
});

test("nothing is popped for a client that has gone, even with input behind its command", async () => {
  const db = await openHere();
  const { port } = await db.serve({ port: 0 });
  const asking = await openClient(addressOf(port));
  for (const rest of [[], [["PING"]]]) {
    const client = await waitingClient(port, asking, ["BLPOP", "l", "0"]);
    client.send(...rest);
    await client.close();
    while ((await countBlocked(asking)) > 0);
    db.rpush("l", "x");
    expect(db.lpop("l")).toBe("x");
  }
  await asking.close();
});

test("CLIENT UNBLOCK, CLIENT LIST and CLIENT KILL know who waits", async () => {
  const db = await openHere();
  const { port } = await db.serve({ port: 0 });
  const asking = await openClient(addressOf(port));
  const idOf = async (): Promise<string> =>
    String(/^.*id=(\d+).* flags=b .*cmd=blpop/m.exec(printReply(await asking.call("CLIENT", "LIST")))?.[1]);
  const client = await waitingClient(port, asking, ["BLPOP", "l", "0"]);
  const id = await idOf();
  expect(printReply(await asking.call("CLIENT", "UNBLOCK", id))).toBe(":1");
  expect(printReply(await client.read())).toBe("(nil array)");
  expect(printReply(await asking.call("CLIENT", "UNBLOCK", id))).toBe(":0");
  client.send(["BLPOP", "l", "0"]);
  while ((await countBlocked(asking)) === 0);
  expect(printReply(await asking.call("CLIENT", "UNBLOCK", id, "ERROR"))).toBe(":1");
  expect(printReply(await client.read())).toBe("-UNBLOCKED client unblocked via CLIENT UNBLOCK");
  expect(printReply(await asking.call("CLIENT", "UNBLOCK", id, "LATER"))).toBe("-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  client.send(["BLPOP", "l", "0"]);
  while ((await countBlocked(asking)) === 0);
  expect(printReply(await asking.call("CLIENT", "KILL", "ID", id))).toBe(":1");
  await client.readEnd();
  expect([db.rpush("l", "x"), db.llen("l")]).toEqual([1, 1]);
  await asking.close();
});

test("a command that waited counts once", async () => {
  const db = await openHere();
  const { port } = await db.serve({ port: 0 });
  const asking = await openClient(addressOf(port));
  const client = await waitingClient(port, asking, ["BLPOP", "l", "m", "0"]);
  db.rpush("m", "1");
  expect(printReply(await client.read())).toBe('["m", "1"]');
  expect(printReply(await asking.call("INFO", "commandstats"))).toContain("cmdstat_blpop:calls=1,");
  await Promise.all([client, asking].map((each) => each.close()));
});

test("a page waits as a program does", async () => {
  const { db } = await openRemote();
  const popped = db.blpop("l");
  expect(await db.rpush("l", "a", "b")).toBe(2);
  expect(await popped).toEqual(["l", "a"]);
  const controller = new AbortController();
  const aborted = db.blmove("m", "n", "LEFT", "LEFT", 0, { signal: controller.signal });
  aborted.catch(() => {});
  await db.ping();
  controller.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");
  await db.rpush("m", "x");
  expect(await db.lrange("m", 0, -1)).toEqual(["x"]);
  expect(await db.blmpop(["absent"], "LEFT", 0.01)).toBe(null);
  await db.close();
});
