/**
 * Goal: a statement that writes and lets others run is as if it had run in one instant: no update is lost, nothing half done is ever seen,
 * a conflict is never answered, and whatever ends it leaves no trace.
 * Method: a debug engine whose morsels have the work of a few rows; between any two slices other statements and commands write.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginOwn } from "../../../../../host/database/own-transaction.ts";
import type { QueryEngine } from "../../../../../host/query/executor/query-engine.ts";
import type { QueryResult, RunOptions } from "../../../../../host/query/executor/query-result.ts";
import { SessionSettings } from "../../../../../host/query/executor/settings.ts";
import type { Suspended } from "../../../../../host/query/executor/suspended-statement.ts";
import { engineBuilt, TEST_LENGTH, TEST_SEED } from "../../../../support/engine.ts";
import { createRandom } from "../../../../support/random.ts";
import { openYielding, type YieldingDatabase } from "../../../../support/yielding.ts";

type Started = QueryResult | Suspended<QueryResult>;

const ROWS = 60;
const WORK = 16;

let open: YieldingDatabase;
let engine: QueryEngine;
let options: RunOptions;

function run(text: string): QueryResult["rows"] {
  return engine.run({ language: engine.sql, text }, [], options, engine.valueRows).rows;
}

function cypher(text: string): QueryResult["rows"] {
  return engine.run({ language: engine.cypher, text }, {}, options, engine.valueRows).rows;
}

function start(text: string, language = engine.sql): Started {
  return engine.start({ language, text }, language === engine.sql ? [] : {}, options, engine.valueRows);
}

/** Goes on to the end; answers how many slices there were. */
function finish(started: Started, between: (slice: number) => void): { readonly result: QueryResult; readonly slices: number } {
  if (started.kind !== "suspended") throw new Error("the statement has not stood still");
  for (let slice = 1; ; slice++) {
    between(slice);
    const finished = started.goOn();
    if (finished !== undefined) return { result: finished.answer, slices: slice };
  }
}

function viewsOpen(): number {
  return engine.functions.required("views_open")() as number;
}

function fill(): void {
  run("CREATE TABLE n (id integer PRIMARY KEY, v integer, w integer)");
  run("CREATE TABLE sums (id integer PRIMARY KEY, v integer)");
  run(`INSERT INTO n SELECT i, 0, i % 7 FROM generate_series(1, ${ROWS}) i`);
}

describe.skipIf(!engineBuilt)("a statement that writes and lets others run", () => {
  beforeEach(async () => {
    open = await openYielding(WORK);
    engine = await open.database.queries.load();
    options = { database: 0, settings: new SessionSettings(0) };
    options.settings.execution = "compiled";
    fill();
  });

  afterEach(() => open.library.close());

  it("shows nothing before it has ended, and everything then", () => {
    const { result, slices } = finish(start("UPDATE n SET v = v + 1"), () => {
      expect(run("SELECT sum(v) FROM n")).toEqual([[0n]]);
    });
    expect(result).toMatchObject({ kind: "write", affected: ROWS });
    expect(slices).toBeGreaterThan(2);
    expect(run("SELECT sum(v) FROM n")).toEqual([[BigInt(ROWS)]]);
    expect(viewsOpen()).toBe(0);
  });

  it("writes what there was at its first instant where others have changed what it read, and nothing that it writes", () => {
    const inserted = "INSERT INTO sums SELECT w, sum(v) FROM n GROUP BY w";
    const { slices } = finish(start(inserted), (slice) => {
      run(`UPDATE n SET v = ${slice} WHERE id = ${slice}`);
      run(`INSERT INTO n VALUES (${ROWS + slice}, 5, 90)`);
    });
    expect(slices).toBeGreaterThan(2);
    expect(run("SELECT count(*), sum(v) FROM sums")).toEqual([[7n, 0n]]);
    expect(viewsOpen()).toBe(0);
  });

  it("begins anew when others have written what it writes, and at last in one piece", () => {
    let others = 0;
    const { result, slices } = finish(start("UPDATE n SET v = v + 1"), () => {
      others++;
      run("UPDATE n SET v = v + 1000 WHERE id = 7");
    });
    expect(result.affected).toBe(ROWS);
    expect(slices).toBeGreaterThan(5);
    expect(run("SELECT v FROM n WHERE id = 7")).toEqual([[BigInt(1000 * others + 1)]]);
    expect(run("SELECT sum(v) FROM n")).toEqual([[BigInt(ROWS + 1000 * others)]]);
    expect(viewsOpen()).toBe(0);
  });

  it(`several at once and others lose no update (seed ${TEST_SEED})`, () => {
    const random = createRandom(TEST_SEED);
    let expected = 0;
    for (let round = 0; round < 3 * TEST_LENGTH; round++) {
      const texts = ["UPDATE n SET v = v + 1", "UPDATE n SET v = v + 1 WHERE w < 4", "UPDATE n SET v = v + (SELECT 1) WHERE id % 2 = 0"];
      const begun = texts.map((text) => start(text));
      while (begun.length > 0) {
        const at = random.below(begun.length);
        const started = begun[at] as Started;
        const finished = started.kind === "suspended" ? started.goOn() : { answer: started };
        if (random.below(4) === 0) {
          run(`UPDATE n SET v = v + 1 WHERE id = ${1 + random.below(ROWS)}`);
          expected++;
        }
        if (finished === undefined) continue;
        expected += finished.answer.affected ?? 0;
        begun.splice(at, 1);
      }
      expect(run("SELECT sum(v) FROM n")).toEqual([[BigInt(expected)]]);
      expect(open.database.engine.checkInvariants()).toBe(0);
    }
    expect(viewsOpen()).toBe(0);
  });

  it("sees no skew: of two that each read what the other writes, one comes after the other", () => {
    run("CREATE TABLE a (id integer PRIMARY KEY, v integer)");
    run("CREATE TABLE b (id integer PRIMARY KEY, v integer)");
    run("INSERT INTO a VALUES (1, 1)");
    run("INSERT INTO b VALUES (1, 2)");
    const slow = (target: string, source: string): Started =>
      start(`UPDATE ${target} SET v = (SELECT max(${source}.v) FROM ${source}, n WHERE n.id > 0)`);
    const begun = [slow("a", "b"), slow("b", "a")];
    let left = begun.length;
    while (left > 0) {
      for (const [at, started] of begun.entries()) {
        if (started.kind !== "suspended" || started.goOn() === undefined) continue;
        begun.splice(at, 1);
        left--;
      }
    }
    // One after the other both are 1 or both are 2; at once they would be exchanged.
    const [[first], [second]] = [...run("SELECT v FROM a"), ...run("SELECT v FROM b")] as [[bigint], [bigint]];
    expect(first).toBe(second);
  });

  it("leaves nothing when it is given up, when its signal says so, and when it fails", () => {
    run("INSERT INTO sums VALUES (30, 0)");
    const texts = ["UPDATE n SET v = v + 1", "INSERT INTO sums SELECT id, v FROM n WHERE id < 29", "DELETE FROM n"];
    for (const text of texts) finish(start(`${text.replace("UPDATE n SET v = v + 1", "UPDATE n SET v = v")}`), () => {});
    run("DELETE FROM sums WHERE id < 29");
    run(`INSERT INTO n SELECT i, 0, i % 7 FROM generate_series(1, ${ROWS}) i`);
    const lap = (): void => {
      for (const text of texts) {
        for (let slices = 0; slices < 3; slices++) {
          const started = start(text);
          if (started.kind !== "suspended") throw new Error(`${text} has not stood still`);
          for (let slice = 0; slice < slices; slice++) expect(started.goOn()).toBeUndefined();
          run("UPDATE n SET w = w WHERE id = 1");
          started.stop();
          started.stop();
        }
      }
      const signal = { aborted: false };
      const aborted = engine.start({ language: engine.sql, text: "DELETE FROM n" }, [], { ...options, signal }, engine.valueRows);
      signal.aborted = true;
      expect(() => finish(aborted, () => {})).toThrow(/\[57014\]$/);
      const twice = "INSERT INTO sums SELECT id, v FROM n";
      expect(() => finish(start(twice), () => {})).toThrow(/\[23505\]$/);
      expect(() => finish(start(twice), () => run("UPDATE n SET w = w WHERE id = 2"))).toThrow(/\[23505\]$/);
    };
    lap();
    while (open.database.engine.maintain(Date.now(), 1000, true));
    const before = { ...open.library.memory(), peak: 0, reserved: 0 };
    lap();
    while (open.database.engine.maintain(Date.now(), 1000, true));
    expect({ ...open.library.memory(), peak: 0, reserved: 0 }).toEqual(before);
    expect(run("SELECT count(*), sum(v) FROM n")).toEqual([[BigInt(ROWS), 0n]]);
    expect(run("SELECT id FROM sums")).toEqual([[30n]]);
    expect(viewsOpen()).toBe(0);
  });

  it("of the graph loses no update either", () => {
    cypher(`UNWIND range(1, ${ROWS}) AS i CREATE (:A {n: i, v: 0})`);
    let others = 0;
    const { result } = finish(start("MATCH (a:A) SET a.v = a.v + 1", engine.cypher), (slice) => {
      if (slice > 3) return;
      others++;
      cypher("MATCH (a:A {n: 5}) SET a.v = a.v + 1000");
    });
    expect(result.stats).toEqual({ propertiesSet: ROWS });
    expect(cypher("MATCH (a:A) RETURN sum(a.v)")).toMatchObject([[{ value: BigInt(ROWS + 1000 * others) }]]);
    const created = start("MATCH (a:A) WHERE a.n < 9 CREATE (a)-[:R]->(:B {n: a.n})", engine.cypher);
    finish(created, () => void cypher("CREATE (:A {n: 100, v: 0})"));
    expect(cypher("MATCH (:A)-[:R]->(b:B) RETURN count(b)")).toEqual([[8n]]);
    expect(viewsOpen()).toBe(0);
  });

  it("with RETURNING answers what it has written, old and new", () => {
    const { result, slices } = finish(start("UPDATE n SET v = v + 1 WHERE w = 3 RETURNING id, v, w"), (slice) => {
      if (slice === 1) run("UPDATE n SET v = 500 WHERE id = 3");
      expect(run("SELECT max(v) FROM n WHERE id <> 3")).toEqual([[0n]]);
    });
    expect(slices).toBeGreaterThan(2);
    const ids = Array.from({ length: ROWS }, (_, index) => index + 1).filter((id) => id % 7 === 3);
    expect(result.affected).toBe(ids.length);
    expect(result.rows).toEqual(ids.map((id) => [BigInt(id), id === 3 ? 501n : 1n, 3n]));
    const removed = finish(start("DELETE FROM n WHERE w = 3 RETURNING *"), () => {});
    expect(removed.result.rows).toEqual(ids.map((id) => [BigInt(id), id === 3 ? 501n : 1n, 3n]));
    expect(run("SELECT count(*) FROM n")).toEqual([[BigInt(ROWS - ids.length)]]);
    expect(viewsOpen()).toBe(0);
  });

  it("with ON CONFLICT meets what others have inserted meanwhile, and changes every row once", () => {
    const upsert = `INSERT INTO sums SELECT w, sum(v) + 1 FROM n GROUP BY w
      ON CONFLICT (id) DO UPDATE SET v = sums.v + excluded.v RETURNING id, v`;
    const first = finish(start(upsert), (slice) => {
      if (slice === 1) run("INSERT INTO sums VALUES (3, 100), (50, 7)");
    });
    expect(first.slices).toBeGreaterThan(2);
    expect([...first.result.rows].sort((one, other) => Number(one[0]) - Number(other[0]))).toEqual(
      Array.from({ length: 7 }, (_, id) => [BigInt(id), id === 3 ? 101n : 1n]),
    );
    let others = 0;
    const { result } = finish(
      start("INSERT INTO sums SELECT w, 0 FROM n WHERE id <= 7 ON CONFLICT (id) DO UPDATE SET v = sums.v + 1"),
      () => {
        others++;
        run("UPDATE sums SET v = v + 1000 WHERE id = 5");
      },
    );
    expect(result).toMatchObject({ affected: 7, rows: [] });
    expect(run("SELECT v FROM sums WHERE id = 5")).toEqual([[BigInt(2 + 1000 * others)]]);
    expect(run("SELECT sum(v) FROM sums")).toEqual([[BigInt(7 * 2 + 100 + 7 + 1000 * others)]]);
    const nothing = finish(start("INSERT INTO sums SELECT id, 9 FROM n ON CONFLICT DO NOTHING RETURNING id"), () => {});
    expect(nothing.result.rows).toHaveLength(ROWS - 6 - 1);
    expect(viewsOpen()).toBe(0);
  });

  it("of the graph is written at once where nobody has changed the graph", () => {
    cypher("CREATE (:A {n: 1})-[:R {w: 1}]->(:B {n: 2})");
    const isMoved = (write: () => unknown): boolean => {
      const own = beginOwn(open.database.engine, open.database.transactions);
      try {
        write();
        const ask = engine.functions.required("transaction_moved");
        return engine.defining(0, () => ask(own.control.session, 0, 0, 0)) !== 0;
      } finally {
        own.close();
      }
    };
    const others = ["MATCH (a:A {n: 7}) SET a.n = 8", "MATCH (a:A) RETURN a"].map((text) => () => cypher(text));
    const foreign = [() => run("UPDATE n SET v = 9"), () => engine.functions.required("views_open")()];
    for (const write of [...others, ...foreign]) expect(isMoved(write)).toBe(false);
    const changes = [
      "MATCH (a:A) SET a.n = 3",
      "MATCH (a:A) SET a:C",
      "CREATE ()",
      "MATCH ()-[r:R]->() SET r.w = 2",
      "MATCH (a:A), (b:B) CREATE (b)-[:S]->(a)",
      "MATCH ()-[r:S]->() DELETE r",
      "MATCH (b:B) DETACH DELETE b",
      "CREATE INDEX a_n FOR (a:A) ON (a.n)",
      "DROP INDEX a_n",
    ];
    for (const text of changes) {
      expect(
        isMoved(() => cypher(text)),
        text,
      ).toBe(true);
    }
    expect(viewsOpen()).toBe(0);
  });

  it("MERGE finds what others have made meanwhile, and makes nothing twice", () => {
    cypher(`UNWIND range(1, ${ROWS}) AS i CREATE (:A {n: i})`);
    let made = 0;
    const { result, slices } = finish(
      start("MATCH (a:A) MERGE (b:B {n: a.n % 10}) ON CREATE SET b.c = 1 ON MATCH SET b.c = b.c + 1", engine.cypher),
      (slice) => {
        if (slice > 4) return;
        cypher(`MERGE (b:B {n: ${slice}}) ON CREATE SET b.c = 0`);
        made++;
      },
    );
    expect(slices).toBeGreaterThan(3);
    expect(result.stats).toMatchObject({ nodesCreated: 10 - made });
    expect(cypher("MATCH (b:B) RETURN count(b), count(DISTINCT b.n), sum(b.c)")).toMatchObject([[10n, 10n, { value: BigInt(ROWS) }]]);
    const looped = start("MATCH (a:A) FOREACH (i IN [1, 2] | SET a.c = coalesce(a.c, 0) + i) RETURN count(a) AS c", engine.cypher);
    expect(finish(looped, () => void cypher("MATCH (a:A {n: 1}) SET a.n = a.n")).result.rows).toEqual([[BigInt(ROWS)]]);
    expect(cypher("MATCH (a:A) RETURN sum(a.c)")).toMatchObject([[{ value: BigInt(3 * ROWS) }]]);
    expect(viewsOpen()).toBe(0);
  });

  it("over a query that is interpreted it loses no update either, and begins anew", () => {
    // The code generator does not know these conditions.
    const update = "UPDATE n SET v = v + 1 WHERE array_length(ARRAY(SELECT n.w), 1) = 1";
    let others = 0;
    const { result, slices } = finish(start(update), () => {
      others++;
      run("UPDATE n SET v = v + 1000 WHERE id = 7");
    });
    expect(result.affected).toBe(ROWS);
    expect(slices).toBeGreaterThan(5);
    expect(run("SELECT sum(v) FROM n")).toEqual([[BigInt(ROWS + 1000 * others)]]);
    cypher(`UNWIND range(1, ${ROWS}) AS i CREATE (:A {n: i, v: 0})`);
    const changed = start("MATCH (a:A) WHERE reduce(s = 0, i IN [1, 2] | s + i) = 3 SET a.v = a.v + 1 RETURN a.v AS v", engine.cypher);
    const set = finish(changed, (slice) => slice < 3 && void cypher("MATCH (a:A {n: 5}) SET a.v = a.v + 1000"));
    expect(set.slices).toBeGreaterThan(3);
    expect(set.result.rows).toHaveLength(ROWS);
    expect(cypher("MATCH (a:A) RETURN sum(a.v)")).toMatchObject([[{ value: BigInt(ROWS + 2000) }]]);
    expect(viewsOpen()).toBe(0);
  });

  it("sees no skew where what it reads is interpreted", () => {
    run("CREATE TABLE a (id integer PRIMARY KEY, v integer)");
    run("CREATE TABLE b (id integer PRIMARY KEY, v integer)");
    run("INSERT INTO a VALUES (1, 1)");
    run("INSERT INTO b VALUES (1, 2)");
    const slow = (target: string, source: string): Started =>
      start(
        `INSERT INTO ${target} SELECT 1, (array_agg(s.v ORDER BY s.v DESC))[1] FROM ${source} s, n WHERE n.id > 0
          ON CONFLICT (id) DO UPDATE SET v = excluded.v`,
      );
    const [first, second] = [slow("a", "b"), slow("b", "a")];
    if (first.kind !== "suspended" || second.kind !== "suspended") throw new Error("the statements have not stood still");
    for (let left = [first, second]; left.length > 0; ) left = left.filter((started) => started.goOn() === undefined);
    const [[one], [other]] = [...run("SELECT v FROM a"), ...run("SELECT v FROM b")] as [[bigint], [bigint]];
    expect(one).toBe(other);
  });

  it("leaves nothing, in whatever way it writes, when it is given up or fails", () => {
    const texts = [
      "UPDATE n SET v = v + 1 WHERE array_length(ARRAY(SELECT n.w), 1) = 1",
      "UPDATE n SET v = v + 1 RETURNING id",
      "INSERT INTO sums SELECT id, 1 FROM n ON CONFLICT (id) DO UPDATE SET v = 1 / (excluded.id - 40)",
      "DELETE FROM n RETURNING id, 1 / (id - 30)",
    ];
    run("INSERT INTO sums VALUES (40, 4)");
    const lap = (): void => {
      for (const text of texts) {
        const given = start(text);
        if (given.kind !== "suspended") throw new Error(`${text} has not stood still`);
        given.goOn();
        run("UPDATE n SET w = w WHERE id = 1");
        given.stop();
      }
      for (const text of texts.slice(2)) {
        expect(() => finish(start(text), () => {})).toThrow(/\[22012\]$/);
        expect(() => finish(start(text), () => run("UPDATE n SET w = w WHERE id = 2"))).toThrow(/\[22012\]$/);
      }
    };
    lap();
    while (open.database.engine.maintain(Date.now(), 1000, true));
    const before = { ...open.library.memory(), peak: 0, reserved: 0 };
    lap();
    while (open.database.engine.maintain(Date.now(), 1000, true));
    expect({ ...open.library.memory(), peak: 0, reserved: 0 }).toEqual(before);
    expect(run("SELECT count(*), sum(v) FROM n")).toEqual([[BigInt(ROWS), 0n]]);
    expect(run("SELECT * FROM sums")).toEqual([[40n, 4n]]);
    expect(viewsOpen()).toBe(0);
  });

  it("a table that goes meanwhile is missed in the end, one that changes is written as it is now", () => {
    const dropped = start("INSERT INTO sums SELECT id, v FROM n");
    expect(() => finish(dropped, (slice) => slice === 1 && run("DROP TABLE sums"))).toThrow(/has no schema .* \[42601\]$/);
    run("CREATE TABLE sums (id integer PRIMARY KEY, v integer)");
    finish(start("INSERT INTO sums SELECT id, v FROM n"), (slice) => {
      if (slice === 1) run("CREATE UNIQUE INDEX other ON n (id, v)");
      if (slice === 2) run("CREATE INDEX sums_v ON sums (v)");
    });
    expect(run("SELECT count(*) FROM sums WHERE v = 0")).toEqual([[BigInt(ROWS)]]);
    expect(viewsOpen()).toBe(0);
  });
});
