/**
 * Goal: no reply leaves before its level allows it, order is kept, waiting is bounded, and a failed log is told, once, to those
 * who waited.
 * Method: connections over the fake engine and a log whose syncs and writes the test lets through by hand.
 */
import { afterEach, describe, expect, it } from "vitest";
import { SETTING_READ_ONLY } from "../../../../assembly/abi/status.ts";
import { DatabaseError } from "../../../../host/common/error.ts";
import { Recovery } from "../../../../host/persistence/recovery.ts";
import type { Durability, Wal } from "../../../../host/persistence/wal.ts";
import { SeededRandom } from "../../../../host/platform/memory/random.ts";
import { MemoryStorage } from "../../../../host/platform/memory/storage.ts";
import type { Storage, StorageFile } from "../../../../host/platform/types.ts";
import { TestServer, turn } from "./test-server.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A directory in memory whose log files sync when the test says so. */
class HeldStorage extends MemoryStorage implements Storage {
  isHolding = false;
  failsWrites = false;
  #waiting: { readonly fulfil: () => void; readonly reject: (error: DatabaseError) => void }[] = [];

  override async create(name: string): Promise<StorageFile> {
    const file = await super.create(name);
    return {
      name,
      get sizeBytes() {
        return file.sizeBytes;
      },
      read: (target, offset) => file.read(target, offset),
      write: (bytes, offset) => {
        if (this.failsWrites) throw new DatabaseError("STORAGE_FULL", "no space left");
        return file.write(bytes, offset);
      },
      truncate: (sizeBytes) => file.truncate(sizeBytes),
      sync: () => (this.isHolding ? new Promise((fulfil, reject) => this.#waiting.push({ fulfil, reject })) : file.sync()),
      close: () => file.close(),
    };
  }

  get syncs(): number {
    return this.#waiting.length;
  }

  async sync(): Promise<void> {
    this.#waiting.shift()?.fulfil();
    await turn();
  }

  async fail(): Promise<void> {
    this.#waiting.shift()?.reject(new DatabaseError("STORAGE_FAILED", "the disk is gone"));
    await turn();
  }
}

let test: TestServer;
let storage: HeldStorage;
let log: Wal;
const failures: string[] = [];

async function start(durability: Durability, segmentBytes = 100_000_000): Promise<void> {
  test = await TestServer.start();
  storage = new HeldStorage();
  failures.length = 0;
  const recovery = await Recovery.open({
    storage,
    clock: test.clock,
    random: new SeededRandom(1),
    settings: {
      durability,
      flushIntervalMs: 5,
      flushAfterBatches: 0,
      flushAfterBytes: 0,
      segmentBytes,
      compactAboveBytes: 1_000_000_000,
      compactStepBytes: 1000,
    },
    recover: "refuse",
    report: () => {},
  });
  await recovery.run(() => {});
  log = await recovery.start();
  await turn();
  test.database.commits.attach(log, (error) => failures.push(error.message));
  storage.isHolding = true;
}

afterEach(() => {
  expect(test.warnings.filter((line) => line.includes("contract"))).toEqual([]);
});

describe("full", () => {
  it("lets a write's reply out behind the sync, and reads wait for what they may have seen", async () => {
    await start("full");
    const [writer, reader] = [test.connect(), test.connect()];
    expect(await test.ask(reader, "PING\n")).toBe("+PONG\r\n");
    expect(await test.ask(writer, "SET a 1\n")).toBe("");
    expect(await test.ask(reader, "ECHO seen\n")).toBe("");
    await storage.sync();
    expect(decode(writer.take())).toBe("+OK\r\n");
    expect(decode(reader.take())).toBe("+seen\r\n");
    expect(await test.ask(reader, "PING\n")).toBe("+PONG\r\n");
  });

  it("commits in groups: what is written during a sync shares the next one", async () => {
    await start("full");
    const clients = [test.connect(), test.connect(), test.connect()];
    for (const [index, client] of clients.entries()) expect(await test.ask(client, `SET k${index} v\n`)).toBe("");
    expect(storage.syncs).toBe(1);
    await storage.sync();
    expect(clients.map((client) => decode(client.take()))).toEqual(["+OK\r\n", "", ""]);
    expect(storage.syncs).toBe(1);
    await storage.sync();
    expect(clients.map((client) => decode(client.take()))).toEqual(["", "+OK\r\n", "+OK\r\n"]);
    expect(storage.syncs).toBe(0);
  });

  it("keeps the order of one connection over several syncs, errors and host commands included", async () => {
    await start("full");
    const client = test.connect();
    expect(await test.ask(client, "SET a 1\nECHO x\n")).toBe("");
    expect(await test.ask(client, "HOST say y\nSET b 2\n")).toBe("");
    expect(await test.ask(client, "PING\n")).toBe("");
    await storage.sync();
    expect(decode(client.take())).toBe("+OK\r\n+x\r\n");
    await storage.sync();
    expect(decode(client.take())).toBe("+y\r\n+OK\r\n+PONG\r\n");
  });

  it("sends the last replies before it closes on QUIT, on a stop, and after a broken request", async () => {
    await start("full");
    const client = test.connect();
    expect(await test.ask(client, "SET a 1\nQUIT\nPING\n")).toBe("");
    expect(client.closed).toBe(false);
    await storage.sync();
    expect(decode(client.take())).toBe("+OK\r\n+OK\r\n");
    expect(client.closed).toBe(true);
    const other = test.connect();
    expect(await test.ask(other, "SET b 2\n")).toBe("");
    const stopped = test.server.stop();
    await turn();
    await storage.sync();
    await stopped;
    expect(decode(other.take())).toBe("+OK\r\n");
  });

  it("stops reading a client whose replies wait, and goes on where it stopped", async () => {
    await start("full");
    const client = test.connect();
    // The pause limit is 1000 bytes.
    expect(await test.ask(client, "SET a 1\nBIG 1200\n")).toBe("");
    expect(await test.ask(client, "HOST say late\n")).toBe("");
    expect(test.handled).toEqual([]);
    await storage.sync();
    expect(test.handled).toEqual(["say late"]);
    expect(decode(client.take())).toBe(`+OK\r\n$1200\r\n${"x".repeat(1200)}\r\n+late\r\n`);
  });

  it("tells subscribers of durable commits only, before the clients", async () => {
    await start("full");
    const seen: string[] = [];
    const client = test.connect();
    test.database.commits.subscribe((effects) => seen.push(`${decode(effects)} ${client.take().length}`));
    expect(await test.ask(client, "SET a 1\n")).toBe("");
    expect(seen).toEqual([]);
    await storage.sync();
    expect(seen).toEqual(["SET a 1; 0"]);
    expect(decode(client.take())).toBe("+OK\r\n");
    await test.ask(client, "SET lost 2\n");
    await storage.fail();
    expect(seen.length).toBe(1);
  });

  it("forgets what it held for a client that went away", async () => {
    await start("full");
    const client = test.connect();
    await test.ask(client, "SET a 1\n");
    client.close();
    await turn();
    await storage.sync();
    expect(test.server.connectionCount).toBe(0);
    expect(await test.ask(test.connect(), "PING\n")).toBe("+PONG\r\n");
  });
});

describe("fsync", () => {
  it("acknowledges behind the write, and syncs after the interval without anybody waiting", async () => {
    await start("fsync");
    const client = test.connect();
    expect(await test.ask(client, "SET a 1\nPING\n")).toBe("+OK\r\n+PONG\r\n");
    expect([log.writtenSequence, log.durableSequence, storage.syncs]).toEqual([1, 0, 0]);
    test.clock.advance(5);
    expect(storage.syncs).toBe(1);
    await storage.sync();
    expect(log.durableSequence).toBe(1);
  });
});

describe("none", () => {
  it("acknowledges at once, and writes after the interval", async () => {
    await start("none");
    const client = test.connect();
    expect(await test.ask(client, "SET a 1\n")).toBe("+OK\r\n");
    expect(log.writtenSequence).toBe(0);
    test.clock.advance(5);
    expect(log.writtenSequence).toBe(1);
  });
});

describe("a failed log", () => {
  it("tells those who waited that the outcome is unknown and closes them; others go on, and writes are refused", async () => {
    await start("full");
    const [idle, first, second] = [test.connect(), test.connect(), test.connect()];
    expect(await test.ask(first, "SET a 1\nPING\n")).toBe("");
    expect(await test.ask(second, "PING\n")).toBe("");
    await storage.fail();
    for (const client of [first, second]) {
      expect(decode(client.take())).toMatch(/^-UNCERTAIN outcome unknown[^\r]*\r\n$/);
      expect(client.closed).toBe(true);
    }
    expect(await test.ask(idle, "PING\n")).toBe("+PONG\r\n");
    expect(test.fake.settings.get(SETTING_READ_ONLY)).toBe(1);
    expect(failures).toEqual(["the disk is gone"]);
    await expect(test.database.commits.flush()).rejects.toMatchObject({ code: "OUTCOME_UNKNOWN" });
  });

  it("does so when a write fails", async () => {
    await start("fsync");
    const client = test.connect();
    storage.failsWrites = true;
    expect(await test.ask(client, "SET a 1\n")).toMatch(/^-UNCERTAIN /);
    expect(client.closed).toBe(true);
    expect(failures).toEqual(["no space left"]);
    expect(await test.ask(test.connect(), "PING\n")).toBe("+PONG\r\n");
  });
});

describe("a log that cannot keep up", () => {
  it("makes writers rest although their replies are short or unwanted, until it has caught up", async () => {
    await start("none", 16 * 1_048_576);
    const client = test.connect();
    log.append(new Uint8Array(100));
    test.clock.advance(5);
    // More than the segment takes: the next one is begun when this one is synced.
    storage.isHolding = true;
    log.append(new Uint8Array(17 * 1_048_576));
    expect(test.database.commits.congested).toBe(true);
    client.send(encode("PING\n"));
    client.send(encode("HOST say later\n"));
    await turn();
    test.clock.advance(5);
    await turn();
    expect(test.database.commits.congested).toBe(true);
    expect(decode(client.take())).toBe("");
    await storage.sync();
    await turn();
    expect(test.database.commits.congested).toBe(false);
    expect(decode(client.take())).toBe("+PONG\r\n+later\r\n");
  });
});
