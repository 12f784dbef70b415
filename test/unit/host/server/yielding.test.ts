/**
 * Goal: while a long query runs, other clients and the program are served, the client's own later requests wait for it, and it ends when
 * its time is over, its client is gone, its signal says so, or the database is closed.
 * Method: a database that stands still behind every few rows, behind a port on 127.0.0.1, and a query that would take hours.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Door } from "../../../../host/client/embedded.ts";
import { OptionStore } from "../../../../host/common/options.ts";
import { serveDatabase } from "../../../../host/entry/node-server.ts";
import { engineBuilt } from "../../../support/engine.ts";
import { openClient, type RawClient } from "../../../support/raw-client.ts";
import { EveryMorsel, openYielding, type YieldingDatabase } from "../../../support/yielding.ts";

const ROWS = 3000;
const WORK = 500;
const TIMEOUT_MS = 3_600_000;
const ENDLESS_FROM = "FROM n a, n b, n c WHERE a.v + b.v + c.v < 0";
/** The code generator does not know an aggregate with an order. */
const QUERIES = [
  { kind: "compiled", endless: `SELECT count(*) ${ENDLESS_FROM}` },
  { kind: "interpreted", endless: `SELECT string_agg('', '' ORDER BY a.id) ${ENDLESS_FROM}` },
];

let open: YieldingDatabase;
let door: Door;
const clients: RawClient[] = [];

async function client(): Promise<RawClient> {
  const opened = await openClient(door);
  clients.push(opened);
  return opened;
}

/** Waits until slices have run, or until none do any more. */
async function slices(isRunning: boolean): Promise<void> {
  for (let still = 0, seen = EveryMorsel.slices; isRunning ? seen === EveryMorsel.slices : still < 20; ) {
    still = seen === EveryMorsel.slices ? still + 1 : 0;
    if (!isRunning) seen = EveryMorsel.slices;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.skipIf(!engineBuilt).each(QUERIES)("a long $kind query", ({ endless }) => {
  beforeEach(async () => {
    open = await openYielding(WORK);
    await open.library.sql`CREATE TABLE n (id integer PRIMARY KEY, v integer)`;
    await open.library.query(`INSERT INTO n SELECT x, x FROM generate_series(1, ${ROWS}) x`);
    const options = new OptionStore(
      new Map<string, string | number>([
        ["host", "127.0.0.1"],
        ["port", 0],
      ]),
    );
    door = await serveDatabase(open.database, options, () => {});
  });

  afterEach(async () => {
    for (const opened of clients.splice(0)) await opened.close();
    await door.stop();
    await open.library.close();
  });

  it("lets other clients be served, and its own client's later requests wait", async () => {
    const [busy, other] = [await client(), await client()];
    await busy.call("SQL", `SET statement_timeout TO ${TIMEOUT_MS}`);
    busy.send(["SQL.QUERY", endless], ["GET", "later"], ["SQL.QUERY", "SELECT count(*) FROM n"]);
    await slices(true);
    for (let round = 0; round < 20; round++) {
      expect(await other.call("SET", "later", `${round}`)).toEqual(await other.call("SET", "again", "x"));
      expect(await other.call("SQL", "SELECT v FROM n WHERE id = 7")).toEqual({
        kind: "array",
        items: [{ kind: "bulk", text: '{"v":7}' }],
      });
    }
    open.skip(TIMEOUT_MS);
    expect(JSON.stringify(await busy.read())).toContain("57014");
    expect(JSON.stringify(await busy.read())).toContain("19");
    expect(JSON.stringify(await busy.read())).toContain(`${ROWS}`);
  });

  it("ends when its client is gone, and leaves nothing", async () => {
    const [busy, other] = [await client(), await client()];
    await other.call("SQL", "SELECT count(*) FROM n");
    const before = open.library.memory().scratch;
    busy.send(["SQL.QUERY", endless]);
    await slices(true);
    await busy.close();
    await slices(false);
    expect(open.library.memory().scratch).toBe(before);
    expect(JSON.stringify(await other.call("PING"))).toContain("PONG");
  });

  it("that writes is gone with its client", async () => {
    const [busy, other] = [await client(), await client()];
    const sum = "SELECT sum(v) FROM n";
    const before = await other.call("SQL", sum);
    busy.send(["SQL.QUERY", "UPDATE n SET v = (SELECT count(*) FROM n a, n b, n c WHERE a.v + b.v + c.v < n.v)"]);
    await slices(true);
    await other.call("SQL", "UPDATE n SET v = v WHERE id = 1");
    await busy.close();
    await slices(false);
    expect(await other.call("SQL", sum)).toEqual(before);
    expect(open.database.transactions.count).toBe(0);
  });

  it("runs in one piece inside of a transaction and of EXEC", async () => {
    const one = await client();
    const counted = ["SQL", "SELECT count(*) FROM n a JOIN n b ON a.v = b.v"] as const;
    await one.call(...counted);
    const slices = EveryMorsel.slices;
    expect(slices).toBeGreaterThan(0);
    await one.call("MULTI");
    await one.call(...counted);
    await one.call("SQL", "UPDATE n SET v = v + 0");
    expect(JSON.stringify(await one.call("EXEC"))).toContain(`${ROWS}`);
    await one.call("SQL", "BEGIN");
    expect(JSON.stringify(await one.call(...counted))).toContain(`${ROWS}`);
    await one.call("SQL", "UPDATE n SET v = v + 0");
    await one.call("SQL", "COMMIT");
    expect(EveryMorsel.slices).toBe(slices);
  });

  it("rejects with the reason of its signal, and the program's other calls run meanwhile", async () => {
    const stop = new AbortController();
    const pending = open.library.query(endless, [], { signal: stop.signal });
    const failed = expect(pending).rejects.toThrow("enough");
    await slices(true);
    expect((await open.library.query("SELECT count(*) AS c FROM n")).rows).toEqual([{ c: ROWS }]);
    open.library.set("key", "value");
    expect(open.library.get("key")).toBe("value");
    stop.abort(new Error("enough"));
    await failed;
    await slices(false);
  });

  it("of a cursor ends with its signal too", async () => {
    const stop = new AbortController();
    const first = open.library.cursor(endless, [], { signal: stop.signal }).next();
    const failed = expect(first).rejects.toThrow("enough");
    await slices(true);
    stop.abort(new Error("enough"));
    await failed;
  });

  it("ends with a server that stops, and with a database that is closed under it", async () => {
    const busy = await client();
    busy.send(["SQL.QUERY", endless]);
    await slices(true);
    const failed = expect(open.library.query(endless)).rejects.toThrow("closed");
    await door.stop();
    await open.database.close();
    await failed;
    await slices(false);
  });

  it("of an embedded session answers in its turn", async () => {
    const answers = open.library.pipeline([
      ["SET", "a", "1"],
      ["SQL", "SELECT count(*) FROM n a JOIN n b ON a.v = b.v"],
      ["GET", "a"],
    ]);
    open.library.set("a", "2");
    const [, counted, value] = await answers;
    expect(JSON.stringify(counted)).toContain(`${ROWS}`);
    expect(value).toBe("2");
  });
});
