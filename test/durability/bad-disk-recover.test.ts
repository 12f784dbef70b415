/**
 * Goal: an engine with a log keeps its promises when the clock goes backwards, when the storage refuses what it is asked for,
 * and when it has no log at all.
 * Method: the built engine on a directory in memory, a clock that is set by hand, and a storage that throws what the system of
 * a disk without permission, without room or with an unreadable place would.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMAND_COUNT } from "../../assembly/abi/commands.ts";
import { SESSION_AUTHENTICATED } from "../../assembly/abi/layout.ts";
import { DatabaseError } from "../../host/common/error.ts";
import { Database } from "../../host/database/database.ts";
import { compileEngine } from "../../host/engine/instance.ts";
import { ManualClock } from "../../host/platform/memory/clock.ts";
import { SeededRandom } from "../../host/platform/memory/random.ts";
import { MemoryDirectory, MemoryStorage } from "../../host/platform/memory/storage.ts";
import type { Storage, StorageFile } from "../../host/platform/types.ts";

const module = await compileEngine(readFileSync(new URL("../../dist/engine.wasm", import.meta.url)));
const START_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const FIRST = "wal-0000000001.log";
const settings = {
  durability: "full",
  flushIntervalMs: 2,
  flushAfterBatches: 0,
  flushAfterBytes: 0,
  segmentBytes: 100_000,
  compactAboveBytes: 1_000_000_000,
  compactStepBytes: 1000,
} as const;

/** A database, and commands on it. */
class Run {
  readonly database: Database;
  readonly reports: readonly string[];
  readonly #clock: ManualClock;
  readonly #session: number;

  private constructor(database: Database, clock: ManualClock, reports: readonly string[]) {
    this.database = database;
    this.reports = reports;
    this.#clock = clock;
    this.#session = database.engine.openSession();
    database.engine.setSession(this.#session, SESSION_AUTHENTICATED, 1);
  }

  static async open(storage: Storage, clock = new ManualClock(START_MS)): Promise<Run> {
    const reports: string[] = [];
    const report = (line: string): void => void reports.push(line);
    const parts = { clock, random: new SeededRandom(1), commandCount: COMMAND_COUNT, print: report };
    return new Run(await Database.recover(module, parts, { storage, settings, recover: "refuse", report }), clock, reports);
  }

  /** The replies to one command, as they are sent. */
  ask(...args: readonly string[]): string {
    const { engine, commits } = this.database;
    const request = `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`;
    engine.execute(this.#session, engine.loadInput(new TextEncoder().encode(request), 0), this.#clock.nowMs());
    commits.pass();
    return new TextDecoder().decode(engine.replyView()).replaceAll("\r\n", " ").trim();
  }
}

describe("a clock that goes backwards", () => {
  it("loses no key whose time has not come, keeps deadlines over a start, and lets go of those whose time has", async () => {
    const directory = new MemoryDirectory();
    const clock = new ManualClock(START_MS);
    const run = await Run.open(new MemoryStorage(directory), clock);
    run.ask("SET", "long", "1", "PX", String(2 * HOUR_MS));
    run.ask("SET", "short", "1", "PX", "1000");
    run.ask("SET", "forever", "1");
    clock.setNow(START_MS - HOUR_MS);
    // Maintenance runs on, ten times a second of time that does not go backwards.
    clock.advance(5000);
    expect(run.ask("MGET", "long", "short", "forever")).toBe("*3 $1 1 $1 1 $1 1");
    expect(run.ask("PEXPIRETIME", "short")).toBe(`:${START_MS + 1000}`);
    expect(run.ask("SET", "new", "1", "PX", "500")).toBe("+OK");
    expect(run.ask("OBJECT", "IDLETIME", "forever")).toBe(":0");
    clock.advance(600);
    expect(run.ask("EXISTS", "new", "short")).toBe(":1");
    await run.database.close();

    const earlier = new ManualClock(START_MS - 2 * HOUR_MS);
    const next = await Run.open(new MemoryStorage(directory), earlier);
    expect(next.ask("DBSIZE")).toBe(":3");
    expect(next.ask("PEXPIRETIME", "long")).toBe(`:${START_MS + 2 * HOUR_MS}`);
    earlier.setNow(START_MS + 1001);
    expect(next.ask("MGET", "long", "short", "forever")).toBe("*3 $1 1 $-1 $1 1");
    earlier.setNow(START_MS + 2 * HOUR_MS + 1);
    earlier.advance(1000);
    expect(next.ask("DBSIZE")).toBe(":1");
    await next.database.close();
  });

  it("leaves the log, its compactions and their time in order", async () => {
    const directory = new MemoryDirectory();
    const clock = new ManualClock(START_MS);
    const run = await Run.open(new MemoryStorage(directory), clock);
    const { persistence } = run.database;
    for (const now of [START_MS - HOUR_MS, START_MS, START_MS - 2 * HOUR_MS]) {
      clock.setNow(now);
      run.ask("SET", "key", String(now));
      await run.database.commits.flush();
      const compaction = persistence?.compact();
      // Steps rest for a millisecond; time goes on although the clock was set.
      for (let isOver = false; !isOver; ) {
        void compaction?.then(() => {
          isOver = true;
        });
        await Promise.resolve();
        clock.advance(1);
      }
      expect(persistence?.lastCompactionFailed).toBe(false);
      const lastMs = persistence?.lastCompactionMs ?? 0;
      expect(lastMs).toBeGreaterThanOrEqual(now);
      expect(lastMs).toBeLessThanOrEqual(clock.nowMs());
    }
    await run.database.close();
    const next = await Run.open(new MemoryStorage(directory), new ManualClock(0));
    expect(next.ask("GET", "key")).toBe(`$13 ${START_MS - 2 * HOUR_MS}`);
    await next.database.close();
  });
});

type Call = "lock" | "list" | "open" | "create" | "write" | "sync" | "truncate" | "read";

/** A directory in memory whose calls fail as told: by the call, and by the file where it has one. */
class RefusingStorage implements Storage {
  readonly location = "/disk";
  readonly #inner: MemoryStorage;
  /** Throws what the system would say. */
  refuses: (call: Call, name: string) => void = () => {};

  constructor(directory: MemoryDirectory) {
    this.#inner = new MemoryStorage(directory);
  }

  async lock(): Promise<void> {
    this.refuses("lock", "");
    await this.#inner.lock();
  }

  unlock(): Promise<void> {
    return this.#inner.unlock();
  }

  async list(): Promise<string[]> {
    this.refuses("list", "");
    return this.#inner.list();
  }

  async open(name: string): Promise<StorageFile | undefined> {
    this.refuses("open", name);
    const file = await this.#inner.open(name);
    return file === undefined ? undefined : this.#guarded(file);
  }

  async create(name: string): Promise<StorageFile> {
    this.refuses("create", name);
    return this.#guarded(await this.#inner.create(name));
  }

  remove(name: string): Promise<void> {
    return this.#inner.remove(name);
  }

  #guarded(file: StorageFile): StorageFile {
    const { name } = file;
    const guarded =
      <Args extends unknown[], Result>(call: Call, method: (...args: Args) => Result) =>
      (...args: Args): Result => {
        this.refuses(call, name);
        return method.apply(file, args);
      };
    return {
      name,
      get sizeBytes() {
        return file.sizeBytes;
      },
      read: guarded("read", file.read),
      write: guarded("write", file.write),
      truncate: guarded("truncate", file.truncate),
      sync: async () => guarded("sync", file.sync)(),
      close: () => file.close(),
    };
  }
}

function contentOf(directory: MemoryDirectory): ReadonlyMap<string, Uint8Array> {
  return new Map([...directory.files].map(([name, file]) => [name, file.bytes()]));
}

describe("a storage that refuses", () => {
  const failure = new DatabaseError("STORAGE_FAILED", "cannot do it: EACCES: permission denied");

  async function newDirectory(): Promise<MemoryDirectory> {
    const directory = new MemoryDirectory();
    const run = await Run.open(new MemoryStorage(directory));
    run.ask("SET", "key", "value");
    await run.database.close();
    return directory;
  }

  it.each<Call>(["lock", "list", "open", "write", "sync", "read"])("to %s: the start fails, and nothing is lost", async (refused) => {
    const directory = await newDirectory();
    const before = contentOf(directory);
    const storage = new RefusingStorage(directory);
    storage.refuses = (call) => {
      if (call === refused) throw failure;
    };
    await expect(Run.open(storage)).rejects.toBe(failure);
    expect(directory.locked).toBe(false);
    if (refused !== "sync") expect(contentOf(directory)).toEqual(before);
    const next = await Run.open(new MemoryStorage(directory));
    expect(next.ask("GET", "key")).toBe("$5 value");
    await next.database.close();
  });

  it("to make the next file of the log: it is asked again when that is needed", async () => {
    const directory = await newDirectory();
    const storage = new RefusingStorage(directory);
    let refusals = 0;
    storage.refuses = (call, name) => {
      if (call !== "create" || name === FIRST || refusals > 0) return;
      refusals++;
      throw failure;
    };
    const run = await Run.open(storage);
    for (let number = 0; number < 30; number++) {
      run.ask("SET", `key:${number}`, "x".repeat(10_000));
      await run.database.commits.flush();
    }
    expect(refusals).toBe(1);
    expect(run.database.commits.logFailure).toBeUndefined();
    await run.database.close();
    const next = await Run.open(new MemoryStorage(directory));
    expect(next.ask("DBSIZE")).toBe(":31");
    await next.database.close();
  });

  it("to write while it runs, for good: reads go on, writes are refused, and a start has what was acknowledged", async () => {
    const directory = await newDirectory();
    const storage = new RefusingStorage(directory);
    const run = await Run.open(storage);
    storage.refuses = (call) => {
      if (call === "write") throw failure;
    };
    expect(run.ask("SET", "lost", "1")).toBe("+OK");
    await expect(run.database.commits.flush()).rejects.toMatchObject({ code: "STORAGE_FAILED" });
    storage.refuses = () => {};
    expect(run.ask("SET", "refused", "1")).toMatch(/^-MISCONF /);
    expect(run.ask("GET", "key")).toBe("$5 value");
    expect(run.reports.at(-1)).toBe(`the log has failed, writes are refused from now on: ${failure.message}`);
    await run.database.close();
    const next = await Run.open(new MemoryStorage(directory));
    expect(next.ask("MGET", "key", "lost", "refused")).toBe("*3 $5 value $-1 $-1");
    await next.database.close();
  });
});

describe("without a log", () => {
  it("no effects are encoded and no frames made, whatever runs", async () => {
    const clock = new ManualClock(START_MS);
    const parts = { clock, random: new SeededRandom(1), commandCount: COMMAND_COUNT, print: () => {} };
    const database = Database.open(module, parts);
    const { engine, commits } = database;
    const session = engine.openSession();
    engine.setSession(session, SESSION_AUTHENTICATED, 1);
    const kept = await Run.open(new MemoryStorage(), clock);
    const requests = [
      ["SET", "key", "value", "PX", "50"],
      ["MSET", "a", "1", "b", "2"],
      ["APPEND", "a", "x".repeat(5000)],
      ["RENAME", "a", "c"],
      ["SWAPDB", "0", "1"],
      ["FLUSHALL"],
    ];
    for (const args of requests) {
      const before = kept.database.persistence?.position ?? 0;
      const text = `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join("")}`;
      engine.execute(session, engine.loadInput(new TextEncoder().encode(text), 0), clock.nowMs());
      // Before the gate could have taken them: the engine has encoded none.
      expect(engine.effectLength).toBe(0);
      expect(commits.holding).toBe(false);
      // The same command with a log does make some, so the comparison means something.
      kept.ask(...args);
      expect(kept.database.persistence?.position ?? 0).toBeGreaterThan(before);
      await kept.database.commits.flush();
    }
    clock.advance(1000);
    expect(engine.effectLength).toBe(0);
    expect(database.persistence).toBeUndefined();
    await expect(commits.flush()).resolves.toBeUndefined();
    await database.close();
    await kept.database.close();
  });
});
