/**
 * Statements that would run for hours, or use up all memory, and are stopped.
 *
 * Goal: whoever stops a statement need not wait, whatever its work costs: a morsel is as long as it should be, and every kind of work comes
 * to the place where it is asked whether to go on.
 * Method: a clock on which each unit of work takes a time of its own, so that nothing here depends on how fast the machine is; and
 * statements of both languages, compiled and interpreted, whose signal counts how often it is looked at and then says stop. One that is not
 * asked would never end.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { paceOf } from "../../../../../host/query/executor/pace.ts";
import { engineBuilt } from "../../../../support/engine.ts";

const LIMIT_MS = 200;
/** What a plan leaves a stage that begins (codegen/plan-code.ts). */
const STAGE_BUDGET = 4;

/** Works on after morsel until the limit stops it; answers for how long. `cost`: milliseconds of a unit of work in a stage. */
function workedFor(stages: readonly { readonly units: number; readonly cost: number }[]): { readonly ms: number; readonly looks: number } {
  let now = 1000;
  let looks = 0;
  const pace = paceOf(
    () => {
      looks++;
      return now;
    },
    LIMIT_MS,
    undefined,
  );
  const work = (): void => {
    for (const { units, cost } of stages) {
      let isAlike = false;
      for (let left = units; left > 0; isAlike = true) {
        const work = Math.min(left, isAlike ? pace.work : STAGE_BUDGET);
        now += work * cost;
        left -= work;
        pace.pause(isAlike);
      }
    }
  };
  try {
    work();
  } catch (error) {
    expect((error as Error).message).toContain("statement timeout");
  }
  return { ms: now - 1000, looks };
}

describe("pace", () => {
  it.each([1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 5, 15])("work of %d ms a unit ends in time and is not asked too often", (cost) => {
    const { ms, looks } = workedFor([{ units: 1e9, cost }]);
    expect(ms).toBeGreaterThan(LIMIT_MS);
    expect(ms).toBeLessThan(LIMIT_MS + 20);
    expect(looks).toBeLessThan(250);
  });

  it("a stage of cheap work may be followed by one of dear work", () => {
    const { ms } = workedFor([
      { units: 50_000_000, cost: 1e-6 },
      { units: 1000, cost: 4 },
    ]);
    expect(ms).toBeGreaterThan(LIMIT_MS);
    expect(ms).toBeLessThan(LIMIT_MS + 20);
  });

  it("nothing is asked without a limit and a signal", () => {
    const never = (): number => expect.unreachable();
    const pace = paceOf(never, 0, undefined);
    pace.pause(true);
    pace.row();
    expect(pace.work).toBeGreaterThan(100_000);
  });

  it("a signal ends a statement without a limit", () => {
    const signal = { aborted: false };
    const pace = paceOf(() => 5, 0, signal);
    pace.row();
    pace.pause(true);
    signal.aborted = true;
    expect(() => pace.row()).toThrow("user request");
    expect(() => pace.pause(true)).toThrow("user request");
  });
});

const CYPHER = [
  "MATCH (a:N {i: 1})-[*]->(b) RETURN count(*)",
  "MATCH (a:N {i: 1}), (b:N {i: 2}) MATCH (a)-[*9..]->(b) RETURN count(*)",
  "MATCH (a:N)-[*12]->(b:Nowhere) RETURN count(*)",
  "MATCH (a:N {i: 1})-[rs*]->(b) WHERE all(r IN rs WHERE r.w >= 0) RETURN count(*)",
  "UNWIND range(1, 1000000) AS x MATCH (a:N)-[*]->(b:N) WITH DISTINCT x, a, b RETURN count(*)",
  "UNWIND range(1, 1000000) AS x MATCH (a:N), (b:N) WHERE a.i <> b.i MATCH p = allShortestPaths((a)-[*]->(b)) RETURN count(p)",
  "UNWIND range(1, 1000000) AS x MATCH (a:N), (b:N) WHERE a.i <> b.i MATCH p = shortestPath((a)-[:R* {w: 3}]-(b)) RETURN count(p)",
  "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*)",
  "WITH range(1, 100000) AS xs RETURN all(x IN xs WHERE any(y IN xs WHERE y > x - 1 AND y > 99999))",
  "WITH range(1, 100000) AS xs RETURN size([x IN xs WHERE size([y IN xs WHERE y > x]) = 4])",
  "WITH range(1, 100000) AS xs UNWIND xs AS x RETURN sum(reduce(s = 0, y IN xs | s + x % y))",
  "MATCH (a:N), (b:N), (c:N), (d:N), (e:N), (f:N) RETURN count(*)",
  "MATCH (a:N)-->(b)-->(c)-->(d)-->(e)-->(f) RETURN count(*)",
  "MATCH (a:N) RETURN size([(a)-->(b)-->(c)-->(d)-->(e) | d.i + e.i])",
  "MATCH (a:N) WHERE EXISTS { MATCH (a)-->(b)-->(c)-->(d)-->(e) WHERE e.i = -1 } RETURN count(*)",
  "UNWIND range(1, 1000000) AS x MATCH (a:N) SET a.z = x",
  "UNWIND range(1, 1000000) AS x MATCH (a:N) MERGE (b:M {i: x * 100 + a.i})",
  "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y CREATE (:M {x: x + y})",
];

const SQL = [
  "SELECT count(*) FROM t a, t b, t c, t d, t e",
  "SELECT a.a * b.a AS k, count(*) FROM t a, t b, t c, t d, t e WHERE a.a + e.a = d.a * 1000 GROUP BY 1",
  "SELECT count(*) FROM generate_series(1, 1000000000) AS g WHERE g < 0",
  "SELECT max((SELECT count(*) FROM t b, t c, t d WHERE b.a > a.a)) FROM t a",
  "SELECT max(s) FROM (SELECT stddev(g) OVER (ORDER BY g ROWS 20000 PRECEDING) AS s FROM generate_series(1, 100000) AS g) q",
  "SELECT max(s) FROM generate_series(1, 1000000) AS x, LATERAL (SELECT sum(b.a) OVER (PARTITION BY b.a % 3 ORDER BY b.id) AS s FROM t b WHERE b.a <> x) q",
  "SELECT count(*) FROM generate_series(1, 1000000) AS x, LATERAL (SELECT avg(b.a) OVER (ORDER BY b.id ROWS 9 PRECEDING), grouping(b.a) FROM t b WHERE b.a <> x GROUP BY CUBE (b.id, b.a)) q",
  "UPDATE t SET a = (SELECT count(*) FROM t b, t c, t d, t e WHERE b.a + t.a = 7)",
  "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n % 7 + 1 FROM r) SELECT count(*) FROM r",
  "WITH RECURSIVE r(n) AS (SELECT a FROM t UNION ALL SELECT t.a FROM r JOIN t ON t.id = r.n + 1) SELECT count(*) FROM r WHERE n < 0",
  "WITH RECURSIVE r(n) AS (SELECT ARRAY[1] UNION ALL SELECT ARRAY[n[1] + 1] FROM r) DELETE FROM t USING r WHERE r.n[1] = -t.id",
  "CREATE TABLE u AS SELECT g FROM generate_series(1, 1000000000) AS g WHERE g < 0",
];

describe.skipIf(!engineBuilt)("statements that are stopped", () => {
  let db: EmbeddedDatabase;

  beforeAll(async () => {
    db = await open();
    await db.cypher("UNWIND range(0, 39) AS i CREATE (:N {i: i})", {});
    await db.cypher("MATCH (a:N), (b:N) WHERE a.i <> b.i CREATE (a)-[:R {w: a.i}]->(b)", {});
    await db.query("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)");
    await db.query("INSERT INTO t SELECT g, g % 100 FROM generate_series(1, 300) AS g");
  });

  afterAll(async () => {
    await db.close();
  });

  /** Says stop when it is looked at for the n-th time. */
  const after = (looksMax: number) => {
    let looks = 0;
    return {
      get looks() {
        return looks;
      },
      get aborted() {
        return ++looks > looksMax;
      },
      throwIfAborted: () => {},
    };
  };

  describe.each(["auto", "interpreted", "compiled"] as const)("%s", (mode) => {
    beforeAll(async () => {
      await db.query(`SET execution_mode = ${mode}`);
    });

    it.each(CYPHER)("%s", async (text) => {
      const signal = after(30);
      await expect(db.cypher(text, {}, { signal })).rejects.toThrow("canceling statement due to user request");
      expect(signal.looks).toBe(31);
    });

    it.each(SQL)("%s", async (text) => {
      const signal = after(30);
      await expect(db.query(text, [], { signal })).rejects.toThrow("canceling statement due to user request");
      expect(signal.looks).toBe(31);
    });

    it("the database goes on, and nothing was written", async () => {
      const rows = await db.cypher("MATCH (n) RETURN count(*) AS n, count(n.z) AS z", {});
      expect([...rows]).toEqual([{ n: 40, z: 0 }]);
    });
  });
});
