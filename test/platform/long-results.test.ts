/**
 * Long results over a socket and through cursors.
 *
 * Goal: a million rows leave a server whose client reads slowly without memory of the host growing, others are served meanwhile, the
 * rows are those of the moment of the query, and all of the engine's memory is given back, however the reading ends.
 * Method: a database of this process serves on 127.0.0.1; the client is a bare socket that is paused and resumed.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../host/client/embedded.ts";
import { open } from "../../host/entry/node.ts";
import { engineBuilt } from "../support/engine.ts";

const ROWS = 1_000_000;
const QUERY = `SELECT i, 'row number ' || i AS t FROM generate_series(1, ${ROWS}) AS g(i)`;
const MEGABYTE = 1_048_576;

let db: EmbeddedDatabase;
let port: number;
let stop: () => Promise<void>;

function command(...words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`;
}

async function client(): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Asks on a connection of its own. */
async function ask(...words: readonly string[]): Promise<string> {
  const socket = await client();
  socket.write(command(...words));
  const [bytes] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return bytes.toString();
}

/** Bytes of this process beside the engine's memory. */
function hostBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external - db.memory().reserved;
}

/** What the server holds for the client with a name. */
async function pendingOf(name: string): Promise<number> {
  const line = (await ask("CLIENT", "LIST")).split("\n").find((text) => text.includes(`name=${name} `)) ?? "";
  return Number(/ omem=(\d+)/.exec(line)?.[1] ?? 0) + Number(/ obl=(\d+)/.exec(line)?.[1] ?? 0);
}

describe.skipIf(!engineBuilt)("long results", () => {
  beforeEach(async () => {
    db = await open();
    const server = await db.serve({ port: 0, host: "127.0.0.1" });
    port = server.port;
    stop = () => server.stop();
  });

  afterEach(async () => {
    await stop();
    await db.close();
  });

  it("leave as the client reads", async () => {
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, v text)");
    await db.query(`INSERT INTO t SELECT i, 'row number ' || i FROM generate_series(1, ${ROWS}) AS g(i)`);
    const before = hostBytes();
    const reader = await client();
    reader.write(command("CLIENT", "SETNAME", "slow") + command("SQL.QUERY", "SELECT id, v FROM t"));
    await once(reader, "readable");
    reader.pause();
    // The statement has run, and a part of its rows is on the way.
    for (let asked = 0; asked < 20; asked++) expect(await ask("PING")).toBe("+PONG\r\n");
    expect(await pendingOf("slow")).toBeLessThan(4 * MEGABYTE);
    expect(hostBytes() - before).toBeLessThan(64 * MEGABYTE);
    // What is written now is not in the result.
    await db.query("UPDATE t SET v = 'changed'");
    await db.query("DELETE FROM t WHERE id % 2 = 0");
    let rows = 0;
    let changed = 0;
    let tail = "";
    reader.on("data", (bytes: Buffer) => {
      const text = tail + bytes.toString("latin1");
      const cut = text.lastIndexOf("\r\n");
      rows += text.slice(0, cut).split("row number ").length - 1;
      changed += text.slice(0, cut).split("changed").length - 1;
      tail = text.slice(cut);
      if (rows === ROWS && text.endsWith("\r\n")) reader.end();
    });
    reader.resume();
    await once(reader, "close");
    expect([rows, changed]).toEqual([ROWS, 0]);
  }, 120_000);

  it("are given up when the client leaves", async () => {
    await db.query(QUERY.replace(String(ROWS), "10"));
    const before = db.memory().used;
    const reader = await client();
    reader.write(command("SQL.QUERY", QUERY));
    await once(reader, "readable");
    expect(db.memory().used - before).toBeGreaterThan(16 * MEGABYTE);
    reader.destroy();
    while (db.memory().used - before > MEGABYTE) expect(await ask("PING")).toBe("+PONG\r\n");
  }, 60_000);

  it("a cursor decodes what the loop asks for, and its end frees the rest", async () => {
    await db.query(QUERY.replace(String(ROWS), "10"));
    const used = db.memory().used;
    const before = hostBytes();
    let seen = 0;
    for await (const row of db.cursor<{ i: number }>(QUERY)) {
      seen += row.i;
      if (row.i === 1000) {
        expect(hostBytes() - before).toBeLessThan(32 * MEGABYTE);
        expect((await db.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
      }
      if (row.i === 5000) break;
    }
    expect(seen).toBe((5000 * 5001) / 2);
    expect(db.memory().used - used).toBeLessThan(MEGABYTE);
    const statement = await db.prepare<{ i: number }>(QUERY);
    for (const row of statement.iterate()) if (row.i === 300) break;
    expect(db.memory().used - used).toBeLessThan(MEGABYTE);
    let count = 0;
    for await (const row of db.cursor<{ i: number }>(QUERY)) {
      count++;
      expect(row.i).toBe(count);
    }
    expect(count).toBe(ROWS);
    expect(db.memory().used - used).toBeLessThan(MEGABYTE);
  }, 60_000);

  it("a cursor ends with its database", async () => {
    const other = await open();
    await expect(async () => {
      for await (const { i } of other.cursor<{ i: number }>(QUERY)) if (i === 10) await other.close();
    }).rejects.toMatchObject({ code: "CLOSED" });
  });
});
