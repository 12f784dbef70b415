/**
 * WITH RECURSIVE as it runs.
 *
 * Goal: a recursion without end gives as many rows as are wanted and no more, and else ends where memory does; what it computes does not
 * depend on how it is run.
 * Method: recursions without end below a LIMIT, in a scalar subquery and in EXISTS, compiled and interpreted, with the optimiser's rules on
 * and off; walks over a random graph (seed printed) against a walk in JavaScript; EXPLAIN.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";
import { engineBuilt, TEST_SEED } from "../../../../support/engine.ts";
import { createRandom } from "../../../../support/random.ts";

const NODES = 300;
const EDGES = 600;

describe.skipIf(!engineBuilt).each(["compiled", "interpreted"])("recursion, %s", (mode) => {
  let db: EmbeddedDatabase;
  const next = new Map<number, number[]>();

  beforeAll(async () => {
    db = await open();
    await db.query("CREATE TABLE edge (src integer, dst integer)");
    const random = createRandom(TEST_SEED);
    const rows = Array.from({ length: EDGES }, () => ({ src: random.below(NODES), dst: random.below(NODES) }));
    for (const { src, dst } of rows) next.set(src, [...(next.get(src) ?? []), dst]);
    await db.load("edge", rows);
    await db.query(`SET execution_mode = '${mode}'`);
  });

  afterAll(() => db.close());

  const ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)";

  it.each([
    [`${ENDLESS} SELECT n FROM t LIMIT 3`, [1, 2, 3]],
    [`${ENDLESS} SELECT n FROM t OFFSET 1000 LIMIT 2`, [1001, 1002]],
    [`${ENDLESS} SELECT n FROM t WHERE n % 100 = 0 LIMIT 2`, [100, 200]],
    [`${ENDLESS} SELECT (SELECT n FROM t OFFSET 5 LIMIT 1) AS n`, [6]],
    [`${ENDLESS} SELECT CASE WHEN EXISTS (SELECT 1 FROM t WHERE n = 50) THEN 1 ELSE 0 END AS n`, [1]],
    [`${ENDLESS}, u AS (SELECT n FROM t LIMIT 4) SELECT a.n FROM u a JOIN u b ON a.n = b.n - 2`, [1, 2]],
  ])("%s", async (text, expected) => {
    const { rows } = await db.query<{ n: number }>(text);
    expect(rows.map(({ n }) => n)).toEqual(expected);
  });

  it("rows that grow for ever end with the memory", async () => {
    const wide = Array.from({ length: 100 }, (_, index) => `1 AS c${index}`).join(", ");
    const grown = `WITH RECURSIVE t AS (SELECT ${wide} UNION ALL SELECT t.* FROM t, generate_series(1, 1000)) SELECT count(*) FROM t`;
    await expect(db.query(grown)).rejects.toThrow("out of memory [53200]");
    expect((await db.query(`${ENDLESS} SELECT n FROM t LIMIT 1`)).rows).toEqual([{ n: 1 }]);
  });

  it.each(["", "push-filters,order-joins,look-up-joins,choose-access,rewrite-subqueries,prune-columns"])(
    `what can be reached in a graph (seed ${TEST_SEED}), without the rules "%s"`,
    async (rules) => {
      await db.query(`SET disabled_rules = '${rules}'`);
      for (const text of [
        "WITH RECURSIVE r(n) AS (SELECT $1::integer UNION SELECT e.dst FROM r JOIN edge e ON e.src = r.n) SELECT n FROM r",
        "WITH RECURSIVE r(n) AS (SELECT $1::integer UNION SELECT e.dst FROM edge e, r WHERE e.src = r.n) SELECT n FROM r ORDER BY n",
        "WITH RECURSIVE r(n) AS (SELECT $1::integer UNION SELECT dst FROM r, LATERAL (SELECT dst FROM edge WHERE src = r.n) e) SELECT DISTINCT n FROM r",
      ]) {
        for (let start = 0; start < 10; start++) {
          const { rows } = await db.query<{ n: number }>(text, [start]);
          const sorted = rows.map(({ n }) => n).sort((left, right) => left - right);
          expect(sorted).toEqual([...reached(next, start)].sort((left, right) => left - right));
        }
      }
    },
  );

  it("EXPLAIN shows it", async () => {
    const { rows } = await db.query<{ "QUERY PLAN": string }>(`EXPLAIN ${ENDLESS} SELECT n FROM t LIMIT 1`);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("RecursiveUnion all t (");
    expect(plan).toContain("WorkTableScan t (");
  });
});

function reached(next: ReadonlyMap<number, readonly number[]>, start: number): Set<number> {
  const found = new Set([start]);
  for (const node of found) for (const other of next.get(node) ?? []) found.add(other);
  return found;
}
