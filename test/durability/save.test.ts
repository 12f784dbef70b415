/**
 * Goal: SAVE, BGSAVE, BGREWRITEAOF and LASTSAVE do for the log what a Redis user expects of them, and INFO tells the truth
 * about it; nothing is lost by it. Without a directory they are refused.
 * Method: a server process with a log of many overwritten values, compacted by each command, started again from its directory.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openClient, type RawClient } from "../support/raw-client.ts";
import { startServer, type TestServer } from "../support/test-server.ts";

const KEYS = 50;
const ROUNDS = 200;

let server: TestServer;
let directory: string;
let client: RawClient;

async function ask(...args: string[]): Promise<string> {
  const reply = await client.call(...args);
  return "text" in reply ? reply.text : reply.kind;
}

/** The fields of INFO persistence. */
async function persistenceFields(): Promise<ReadonlyMap<string, string>> {
  const lines = (await ask("INFO", "persistence")).split("\r\n").filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** Overwrites all keys many times, so that most of the log is out of date. */
async function overwrite(mark: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await client.pipeline(Array.from({ length: KEYS }, (_, key) => ["SET", `key:${key}`, `${mark}:${round}:${"v".repeat(100)}`]));
  }
}

async function expectContent(mark: string): Promise<void> {
  expect(await ask("DBSIZE")).toBe(String(KEYS));
  for (let key = 0; key < KEYS; key++) expect(await ask("GET", `key:${key}`)).toBe(`${mark}:${ROUNDS - 1}:${"v".repeat(100)}`);
}

/** Asks until no compaction is under way; each question is a round trip, nothing waits for time. */
async function untilIdle(): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    const fields = await persistenceFields();
    if (fields.get("aof_rewrite_in_progress") === "0") return fields;
  }
}

describe("with a log", () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "memflux-save-"));
    server = await startServer("memflux", { options: { persistence: "yes", dir: directory } });
    client = await openClient(server);
  });
  afterAll(async () => {
    await client.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("SAVE makes the log as small as the content and says when", async () => {
    const startedSeconds = Number(await ask("LASTSAVE"));
    await overwrite("saved");
    const before = await persistenceFields();
    expect(before.get("aof_enabled")).toBe("1");
    expect(Number(before.get("aof_current_size"))).toBeGreaterThan(KEYS * ROUNDS * 100);
    // Each command that has changed something counts, one that has not does not, and a compaction itself does not.
    expect(before.get("rdb_changes_since_last_save")).toBe(String(KEYS * ROUNDS));
    expect([before.get("rdb_saves"), before.get("rdb_last_bgsave_time_sec"), before.get("aof_rewrites")]).toEqual(["0", "-1", "0"]);
    expect(await ask("SAVE")).toBe("OK");
    const after = await persistenceFields();
    expect(after.get("rdb_changes_since_last_save")).toBe("0");
    expect([after.get("rdb_saves"), after.get("aof_rewrites"), after.get("rdb_current_bgsave_time_sec")]).toEqual(["1", "1", "-1"]);
    expect(Number(after.get("rdb_last_bgsave_time_sec"))).toBeGreaterThanOrEqual(0);
    await client.pipeline([
      ["GET", "key:0"],
      ["PERSIST", "key:0"],
      ["EXPIRE", "key:0", "1000"],
      ["PERSIST", "key:0"],
    ]);
    expect((await persistenceFields()).get("rdb_changes_since_last_save")).toBe("2");
    expect(Number(after.get("aof_current_size"))).toBeLessThan(KEYS * 300);
    expect(Number(after.get("aof_current_size"))).toBeGreaterThan(KEYS * 100);
    expect(after.get("aof_base_size")).toBe(after.get("aof_current_size"));
    expect(after.get("log_durable")).toBe(after.get("log_position"));
    expect([after.get("rdb_last_bgsave_status"), after.get("aof_last_bgrewrite_status"), after.get("aof_last_write_status")]).toEqual([
      "ok",
      "ok",
      "ok",
    ]);
    const savedSeconds = Number(await ask("LASTSAVE"));
    expect(savedSeconds).toBeGreaterThanOrEqual(startedSeconds);
    expect(after.get("rdb_last_save_time")).toBe(String(savedSeconds));
    await expectContent("saved");
  });

  it("one compaction runs at a time; others are refused or scheduled", async () => {
    await overwrite("behind");
    const replies = await client.pipeline([
      ["BGSAVE"],
      ["BGSAVE"],
      ["SAVE"],
      ["BGREWRITEAOF"],
      ["BGSAVE", "SCHEDULE"],
      ["INFO", "persistence"],
    ]);
    expect(replies.slice(0, 5)).toEqual([
      { kind: "simple", text: "Background saving started" },
      { kind: "error", text: "ERR Background save already in progress" },
      { kind: "error", text: "ERR Background save already in progress" },
      { kind: "error", text: "ERR Background append only file rewriting already in progress" },
      { kind: "simple", text: "Background saving scheduled" },
    ]);
    expect(replies[5]).toMatchObject({ text: expect.stringContaining("rdb_bgsave_in_progress:1") });
    expect(Number((await untilIdle()).get("aof_current_size"))).toBeLessThan(KEYS * 600);
    await expectContent("behind");
  });

  it("BGREWRITEAOF is the same by another name, and arguments are checked", async () => {
    await overwrite("rewritten");
    expect(await ask("BGREWRITEAOF")).toBe("Background append only file rewriting started");
    expect(Number((await untilIdle()).get("aof_current_size"))).toBeLessThan(KEYS * 600);
    expect(await ask("BGSAVE", "NOW")).toBe("ERR syntax error");
    expect(await ask("SAVE", "NOW")).toBe("ERR wrong number of arguments for 'save' command");
    expect(await ask("CONFIG", "GET", "appendonly")).toBe("array");
  });

  it("what was compacted is there after SHUTDOWN SAVE and a new start", async () => {
    client.send(["SHUTDOWN", "SAVE"]);
    await client.readEnd();
    await server.exited;
    await server.stop();
    server = await startServer("memflux", { options: { persistence: "yes", dir: directory } });
    client = await openClient(server);
    await expectContent("rewritten");
  });
});

describe("without a log", () => {
  it("there is nothing to save to, and the start counts as the last time", async () => {
    const other = await startServer("memflux");
    const asking = await openClient(other);
    const off = { kind: "error", text: "ERR persistence is off: there is nothing to save to" };
    expect(await asking.pipeline([["SAVE"], ["BGSAVE"], ["BGREWRITEAOF"]])).toEqual([off, off, off]);
    expect(await asking.call("SHUTDOWN", "SAVE")).toMatchObject({ kind: "error", text: expect.stringMatching(/persistence is off/) });
    const [last, info] = await asking.pipeline([["LASTSAVE"], ["INFO", "persistence"]]);
    expect(last).toMatchObject({ kind: "integer", text: expect.stringMatching(/^\d{10}$/) });
    expect(info).toMatchObject({ text: expect.stringContaining("aof_enabled:0") });
    await asking.close();
    await other.stop();
  });
});
