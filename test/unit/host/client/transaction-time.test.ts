/**
 * Goal: what time it is in a transaction: now() and its like are that of BEGIN, whoever asks and however late; outside of one that of the
 * statement, however long that takes; only the clock itself goes on. Expiry is judged by the same time.
 * Method: a clock that a test sets, the built engine; a query whose morsels are small, between which time passes.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../host/client/embedded.ts";
import { engineBuilt } from "../../../support/engine.ts";
import { openYielding, type YieldingDatabase } from "../../../support/yielding.ts";

const MINUTE_MS = 60_000;
/** More than are interpreted. */
const ROWS = 600;

let open: YieldingDatabase;
let db: EmbeddedDatabase;
let startMs: number;

beforeEach(async () => {
  open = await openYielding(40);
  db = open.library;
  startMs = Date.now();
});

afterEach(() => db.close());

type Asked = Pick<EmbeddedDatabase, "query" | "cypher">;

function minutesOf(milliseconds: unknown): number {
  return Math.round((Number(milliseconds) - startMs) / MINUTE_MS);
}

/** Minutes since the test began: those of the transaction, of the statement, of the clock. */
async function sqlTimes(of: Asked): Promise<number[]> {
  const names = ["now()", "current_timestamp", "transaction_timestamp()", "localtimestamp", "statement_timestamp()", "clock_timestamp()"];
  const columns = names.map((name, index) => `extract(epoch FROM ${name}) * 1000 AS c${index}`).join(", ");
  const [row] = (await of.query(`SELECT ${columns}`)).rows;
  const [now, ...times] = Object.values(row!).map(minutesOf);
  expect(times.slice(0, 3)).toEqual([now, now, now]);
  return [now!, ...times.slice(3)];
}

async function cypherTimes(of: Asked): Promise<number[]> {
  const found = await of.cypher`RETURN datetime.transaction().epochMillis AS a, datetime.statement().epochMillis AS b,
    datetime.realtime().epochMillis AS c, datetime().epochMillis AS d, timestamp() AS e`;
  const [transaction, statement, clock, ...statements] = Object.values((found as unknown as { a: number }[])[0]!).map(minutesOf);
  expect(statements).toEqual([statement, statement]);
  return [transaction!, statement!, clock!];
}

describe.skipIf(!engineBuilt)("the time", () => {
  it.each([false, true])("stands still in a transaction, but for statements and clock; met by others: %s", async (met) => {
    const tx = await db.begin();
    for (let late = 1; late <= 3; late++) {
      open.pass(MINUTE_MS);
      if (met) await db.execute(["GET", "nobody"]);
      // They are interpreted the first time, then compiled.
      expect(await sqlTimes(tx)).toEqual([0, late, late]);
      expect(await cypherTimes(tx)).toEqual([0, late, late]);
    }
    await tx.rollback();
    expect(await sqlTimes(db)).toEqual([3, 3, 3]);
    expect(await cypherTimes(db)).toEqual([3, 3, 3]);
  });

  it("of BEGIN is what defaults and conditions say", async () => {
    await db.query("CREATE TABLE t (id integer PRIMARY KEY, at timestamptz DEFAULT now(), clock timestamptz DEFAULT clock_timestamp())");
    const tx = await db.begin();
    open.pass(MINUTE_MS);
    await tx.query("INSERT INTO t (id) VALUES (1)");
    open.pass(MINUTE_MS);
    await tx.query("INSERT INTO t (id) SELECT n FROM generate_series(2, 9) n");
    expect(
      (await tx.query("SELECT count(*)::integer AS n FROM t WHERE at = now() AND clock > now() AND clock <= clock_timestamp()")).rows,
    ).toEqual([{ n: 9 }]);
    await tx.commit();
    expect((await db.query("SELECT count(DISTINCT at)::integer AS a, count(DISTINCT clock)::integer AS c FROM t")).rows).toEqual([
      { a: 1, c: 2 },
    ]);
  });

  it("of BEGIN is what expiry is judged by", async () => {
    await db.query("CREATE TABLE t (id integer PRIMARY KEY)");
    await db.query("INSERT INTO t VALUES (1), (2)");
    await db.execute(["PEXPIRE", "t:1", "30000"]);
    await db.execute(["SET", "k", "v", "PX", "30000"]);
    const tx = await db.begin();
    expect((await tx.query("SELECT id FROM t")).rows).toHaveLength(2);
    open.pass(MINUTE_MS);
    for (let run = 0; run < 2; run++) {
      expect((await tx.query("SELECT id FROM t")).rows).toHaveLength(2);
      expect((await tx.query("SELECT id FROM t WHERE id = 1")).rows).toHaveLength(1);
    }
    expect(await tx.execute(["GET", "k"])).toBe("v");
    expect((await db.query("SELECT id FROM t")).rows).toHaveLength(1);
    expect(await db.execute(["GET", "k"])).toBeNull();
    expect((await tx.query("SELECT id FROM t")).rows).toHaveLength(2);
    await tx.rollback();
  });

  it("of a statement is one however long it runs; the clock goes on", async () => {
    await db.query("CREATE TABLE n (id integer PRIMARY KEY)");
    await db.query(`INSERT INTO n SELECT i FROM generate_series(1, ${ROWS}) i`);
    await db.query("CREATE TABLE seen (id integer, read timestamptz, at timestamptz DEFAULT now(), clock timestamptz)");
    const insert = "INSERT INTO seen (id, read, clock) SELECT id, now(), clock_timestamp() FROM n";
    await db.query(insert);
    await db.query("DELETE FROM seen");
    let isOver = false;
    const done = db.query(insert).then(() => {
      isOver = true;
    });
    while (!isOver) {
      open.pass(MINUTE_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
    const [row] = (
      await db.query(
        "SELECT count(*)::integer AS n, count(DISTINCT read)::integer AS r, count(DISTINCT at)::integer AS a, count(*) FILTER (WHERE at = read)::integer AS e, count(DISTINCT clock)::integer AS c FROM seen",
      )
    ).rows;
    expect(row).toMatchObject({ n: ROWS, r: 1, a: 1, e: ROWS });
    expect(Number((row as { c: number }).c)).toBeGreaterThan(2);
  });
});
