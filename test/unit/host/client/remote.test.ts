/**
 * The database behind a worker. Goal: one message each way for the calls of a turn, results and errors in their places, nobody
 * left waiting. Method: page side and worker side in this process, with structured clones between them, on the built engine; and
 * a log that fails when it is told to.
 */
import { expect, test } from "vitest";
import { COMMAND_COUNT } from "../../../../assembly/abi/commands.ts";
import { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { copyArgument, packValue, unpackValue } from "../../../../host/client/worker-messages.ts";
import { serveLink, WorkerService } from "../../../../host/client/worker-service.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { Database } from "../../../../host/database/database.ts";
import { open } from "../../../../host/entry/node.ts";
import { loadEngine } from "../../../../host/entry/node-database.ts";
import { MemoryStorage } from "../../../../host/platform/memory/storage.ts";
import { nodeClock } from "../../../../host/platform/node/clock.ts";
import { nodeRandom } from "../../../../host/platform/node/random.ts";
import type { StorageFile } from "../../../../host/platform/types.ts";
import { linkPair, openRemote } from "./link-pair.ts";

test("the calls of a turn cost one message each way, and keep their order", async () => {
  const { db, sent, answered } = await openRemote();
  const lengths = await Promise.all(Array.from({ length: 1000 }, (_, index) => db.append("log", String(index % 10))));
  expect(lengths).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
  expect([sent.length, answered.length]).toEqual([1, 1]);
  const [value, reply, keys, report] = await Promise.all([db.get("log"), db.execute(["STRLEN", "log"]), db.dbsize(), db.stats()]);
  expect([value?.length, reply, keys, report.keys]).toEqual([1000, 1000, 1, 1]);
  expect([sent.length, answered.length]).toEqual([2, 2]);
  await db.close();
});

test("what takes long does not hold up the calls around it", async () => {
  const { db, sent, answered } = await openRemote();
  await Promise.all([db.set("a", 1), db.flush(), db.set("b", 2), db.incr("a"), db.compact()]);
  expect([sent.length, answered.length]).toEqual([4, 4]);
  expect(await db.mget("a", "b")).toEqual(["2", "2"]);
  await db.close();
});

test("errors are DatabaseErrors again, in their places and within answers", async () => {
  const { db } = await openRemote();
  const outcomes = await Promise.allSettled([db.set("text", "abc"), db.incr("text"), db.execute(["NOSUCH"]), db.get("text")]);
  expect(outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : (outcome.reason as DatabaseError).code))).toEqual([
    true,
    "NOT_INTEGER",
    "UNKNOWN_COMMAND",
    "abc",
  ]);
  const replies = await db.pipeline([
    ["SET", "k", "v"],
    ["INCR", "k"],
    ["GET", "k"],
  ]);
  expect(replies).toEqual(["OK", expect.any(DatabaseError), "v"]);
  expect(replies[1]).toMatchObject({ code: "NOT_INTEGER", message: expect.stringContaining("integer") });
  await db.close();
});

test("an argument that cannot cross fails alone", async () => {
  const { db } = await openRemote();
  const outcomes = await Promise.allSettled([db.set("a", "1"), db.set("b", (() => "x") as unknown as string), db.set("c", "3")]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(outcomes[1]).toMatchObject({ reason: { code: "USAGE" } });
  expect(await db.mget("a", "b", "c")).toEqual(["1", null, "3"]);
  await db.close();
});

test("a signal rejects the caller, and the command takes effect if it was sent", async () => {
  const { db } = await openRemote();
  const given = new AbortController();
  const pending = db.execute(["SET", "k", "v"], { signal: given.signal });
  given.abort(new Error("enough"));
  await expect(pending).rejects.toThrow("enough");
  expect(await db.get("k")).toBe("v");
  await expect(db.execute(["SET", "k", "w"], { signal: given.signal })).rejects.toThrow("enough");
  expect(await db.get("k")).toBe("v");
  await db.close();
});

test("close lets finish what was called before, ends the worker once, and refuses what comes later", async () => {
  const { db, ended } = await openRemote();
  const before = db.incr("n");
  const closing = db.close();
  const during = db.incr("n");
  await expect(during).rejects.toMatchObject({ code: "CLOSED" });
  expect(await before).toBe(1);
  await closing;
  await db.close();
  await expect(db.incr("n")).rejects.toMatchObject({ code: "CLOSED" });
  expect(ended()).toBe(1);
});

test("a worker that fails rejects what is under way and all that follows", async () => {
  const { db, calls } = await openRemote();
  const sent = db.get("a");
  await new Promise<void>((turn) => queueMicrotask(turn));
  const waiting = db.get("b");
  calls.end(new DatabaseError("WORKER_FAILED", "gone"));
  for (const call of [sent, waiting, db.get("c")]) await expect(call).rejects.toMatchObject({ code: "WORKER_FAILED" });
});

test("calls that cannot be sent are rejected, and the next ones go on", async () => {
  const { page, db } = await openRemote();
  const send = page.send;
  Object.assign(page, {
    send: () => {
      throw new DOMException("out of memory", "DataCloneError");
    },
  });
  await expect(db.set("a", "1")).rejects.toMatchObject({ code: "WORKER_FAILED", message: expect.stringContaining("out of memory") });
  Object.assign(page, { send });
  expect(await db.get("a")).toBeNull();
  await db.close();
});

test("an open that fails is answered with its code", async () => {
  const { page, worker } = linkPair();
  serveLink(worker, async () => {
    throw new DatabaseError("DIRECTORY_LOCKED", "taken");
  });
  const answer = await new Promise((answered) => {
    page.listen(answered);
    page.send({ kind: "open", name: "x", options: {}, engine: "" });
  });
  expect(answer).toEqual({ kind: "refused", error: { errorCode: "DIRECTORY_LOCKED", errorMessage: "taken" } });
});

test.each([
  ["fsync", "within a batch"],
  ["fsync", "behind it"],
  ["full", "behind it"],
] as const)("at %s nothing is acknowledged whose log failed %s", async (durability, moment) => {
  const storage = new MemoryStorage();
  const create = storage.create.bind(storage);
  let isFull = false;
  storage.create = async (name) => failing(await create(name), () => isFull);
  const settings = { durability, flushIntervalMs: 1, flushAfterBatches: 0, flushAfterBytes: 0 };
  const database = await Database.recover(
    await loadEngine(undefined),
    { clock: nodeClock, random: nodeRandom, commandCount: COMMAND_COUNT, print: () => {} },
    {
      storage,
      settings: { ...settings, segmentBytes: 1 << 24, compactAboveBytes: 1 << 30, compactStepBytes: 1 << 16 },
      recover: "refuse",
      report: () => {},
    },
  );
  const embedded = new EmbeddedDatabase({
    database,
    clock: nodeClock,
    random: nodeRandom,
    runId: "0".repeat(40),
    createHandlers: () => new Map(),
  });
  const service = new WorkerService(embedded);
  const set = (value: string) => ["set", 0, false, ["k", value]] as const;
  const get = ["get", 0, false, ["k"]] as const;
  expect(await service.answer([set("v"), get])).toEqual({ values: [true, "v"], failures: [] });
  isFull = true;
  const unknown = { errorCode: "OUTCOME_UNKNOWN", errorMessage: expect.any(String) };
  // So much is written in the middle of the batch, before its last call, and so little at its end.
  const values = moment === "within a batch" ? Array.from({ length: 4 }, () => "v".repeat(400_000)) : ["small"];
  const wrong = ["incrbyfloat", 0, false, ["k", "x"]] as const;
  const failed = await service.answer([wrong, ...values.map(set)]);
  expect(failed.failures).toEqual([0, ...values.map((_, position) => position + 1)]);
  expect(failed.values[0]).toMatchObject({ errorCode: "NOT_FLOAT" });
  const refused = { errorCode: "READ_ONLY", errorMessage: expect.any(String) };
  expect(failed.values.slice(1)).toEqual(values.length > 1 ? [unknown, unknown, unknown, refused] : [unknown]);
  expect(await service.answer([get, set("later")])).toMatchObject({ values: [values[0], { errorCode: "READ_ONLY" }], failures: [1] });
  await embedded.close();
});

/** A file that takes no more bytes once it is told so. */
function failing(file: StorageFile, isFull: () => boolean): StorageFile {
  const write = file.write.bind(file);
  file.write = (bytes, offset) => {
    if (isFull()) throw new DatabaseError("STORAGE_FULL", "no room");
    return write(bytes, offset);
  };
  return file;
}

test("a walk is kept from step to step, and forgotten when it is over or left", async () => {
  const embedded = await open();
  embedded.mset(Array.from({ length: 600 }, (_, index): [string, number] => [`key:${index}`, index]));
  const service = new WorkerService(embedded);
  const step = async (id: number): Promise<number> => {
    const { values } = await service.answer([["walk", 0, false, [id, {}]]]);
    return (values[0] as readonly string[]).length;
  };
  const first = await step(1);
  expect([first, await step(2)]).toEqual([512, 512]);
  expect(await step(1)).toBeLessThan(first);
  expect([await step(1), await step(1)]).toEqual([0, first]);
  await service.answer([["leave", 0, false, [2]]]);
  expect(await step(2)).toBe(first);
  await embedded.close();
});

test("values cross as they are, with errors in any depth", () => {
  const error = new DatabaseError("REPLY", "odd");
  const value = [1, 2n, "x", null, true, Uint8Array.of(1, 2), [error], new Map<unknown, unknown>([["k", [error]]]), new Set([1, error])];
  const crossed = unpackValue(structuredClone(packValue(value)));
  expect(crossed).toEqual(value);
  expect((crossed as unknown[][])[6]?.[0]).toBeInstanceOf(DatabaseError);
  const plain = ["a", ["b"]];
  expect(packValue(plain)).toBe(plain);
});

test("arguments are copied: views without their buffers, iterables as lists", () => {
  const view = new Uint8Array(1000).subarray(10, 12);
  const copy = copyArgument(view) as Uint8Array;
  expect([copy.length, copy.buffer.byteLength]).toEqual([2, 2]);
  view.fill(9);
  expect([...copy]).toEqual([0, 0]);
  expect(copyArgument(new Map([["a", 1]]))).toEqual([["a", 1]]);
  expect(copyArgument({ px: 5, deep: [view] })).toEqual({ px: 5, deep: [Uint8Array.of(9, 9)] });
  const date = new Date(5);
  expect(copyArgument(date)).toBe(date);
});

test("a cursor asks for its rows piece by piece, and leaves nothing behind", async () => {
  const { db, answered } = await openRemote();
  const query = "SELECT i, 'row number ' || i AS t FROM generate_series(1, 20000) AS g(i)";
  let count = 0;
  for await (const row of db.cursor<{ i: number; t: string }>(query)) {
    count++;
    expect(row).toEqual({ i: count, t: `row number ${count}` });
  }
  expect(count).toBe(20000);
  expect(answered.length).toBeGreaterThan(20);
  const before = (await db.memory()).used;
  for await (const row of db.cursor<{ i: number }>(query)) if (row.i === 1000) break;
  expect((await db.memory()).used).toBeLessThanOrEqual(before);
  await expect(async () => {
    for await (const row of db.cursor("SELECT 1 / (i - 3) FROM generate_series(1, 5) AS g(i)")) expect(row).toBeUndefined();
  }).rejects.toMatchObject({ code: "SQL_VALUE" });
  await db.close();
});

test("a page's abort ends the statement in the worker, which has changed nothing then", async () => {
  const { db } = await openRemote();
  await db.query("CREATE TABLE t (id integer PRIMARY KEY, v integer)");
  await db.query("INSERT INTO t SELECT i, 0 FROM generate_series(1, 3000) AS g(i)");
  const controller = new AbortController();
  const work = db.query("UPDATE t SET v = 1", [], { signal: controller.signal });
  // The worker has not begun; the message that it gets says nothing of the abort.
  controller.abort();
  await expect(work).rejects.toMatchObject({ name: "AbortError" });
  expect((await db.query("SELECT count(*) AS n FROM t WHERE v = 1")).rows).toEqual([{ n: 0 }]);
  const late = new AbortController();
  await db.query("UPDATE t SET v = 1", [], { signal: late.signal });
  late.abort();
  expect((await db.query("SELECT count(*) AS n FROM t WHERE v = 1")).rows).toEqual([{ n: 3000 }]);
  await db.close();
});

test("queues run as one unit in the worker, with watches of their own", async () => {
  const { db } = await openRemote();
  await db.set("stock", 5);
  const [first, second] = [db.multi().watch("stock"), db.multi().watch(["stock", "other"])];
  expect(await db.get("stock")).toBe("5");
  expect(await first.decr("stock").get("stock").mset({ a: 1 }).execute(["SQL", "SELECT 1 AS one"]).exec()).toEqual([
    4,
    "4",
    undefined,
    ['{"one":1}'],
  ]);
  expect(await second.decr("stock").exec()).toBeNull();
  expect(await db.multi().incr("a").set("text", "x").incr("text").exec()).toEqual([2, true, expect.any(DatabaseError)]);
  await expect(db.multi().execute(["NOSUCH"]).exec()).rejects.toMatchObject({ code: "EXEC_ABORTED" });
  const bytes = Uint8Array.of(0, 255);
  expect(await db.select(2).multi({ bytes: true }).set("k", bytes).get("k").exec()).toEqual([true, bytes]);
  db.multi().watch("stock").discard();
  expect(() => db.multi().execute(["exec"])).toThrow(expect.objectContaining({ code: "USAGE" }));
  expect(() => db.multi().watch({} as unknown as string)).toThrow(expect.objectContaining({ code: "USAGE" }));
  await db.close();
});
