/**
 * Goal: each rule of the optimiser does what its head says, and nothing where it may not.
 * Method: statements over the binder's test catalog, with one rule on (and those that it builds on); the plans stand in
 * plans.txt. After a wanted change: run with `-u` and read the difference. That plans give the same rows with rules on and off is
 * the differential tests' part.
 */
import { expect, test } from "vitest";
import { bindStatement } from "../../../../../host/query/binder/bind.ts";
import type { CollectionFacts, ColumnSource, OptimizerContext } from "../../../../../host/query/optimizer/context.ts";
import { optimize, RULES } from "../../../../../host/query/optimizer/optimize.ts";
import { parseSql } from "../../../../../host/query/parser/sql/parse.ts";
import { printPlan } from "../../../../../host/query/plan/print.ts";
import { plainType } from "../../../../../host/query/type/type.ts";
import { fakeCatalog } from "../binder/fake-catalog.ts";

const column = (number: number): ColumnSource => ({ kind: "column", number });
const part = (source: ColumnSource, descending = false) => ({ source, descending, nullsFirst: descending });
const path = (...names: string[]): ColumnSource => ({ kind: "path", names });

function facts(rows: number, primaryKey: readonly ColumnSource[], indexes: CollectionFacts["indexes"]): CollectionFacts {
  return { rows, primaryKey, indexes, distinctValues: () => undefined, nullShare: () => undefined };
}

const COLLECTIONS: Readonly<Record<string, CollectionFacts>> = {
  emp: facts(10_000, [column(0)], [{ name: "emp_dept_name", unique: false, columns: [part(column(3)), part(column(1), true)] }]),
  dept: facts(100, [column(0)], []),
  sales: {
    ...facts(1_000_000, [column(0), column(1)], [{ name: "sales_amount", unique: false, columns: [part(column(2))] }]),
    distinctValues: (source) => (source.kind === "column" && source.number === 2 ? 100_000 : undefined),
  },
  movies: facts(3_000, [{ kind: "id" }], [{ name: "movies_year", unique: true, columns: [part(path("Year"))] }]),
};

/** Computes one call only, so that it is seen who asks. */
function context(disabled: ReadonlySet<string>): OptimizerContext {
  return {
    collection: (name) => COLLECTIONS[name],
    evaluate: (call) =>
      call.kind === "BoundCall" && call.function.name === "+"
        ? { kind: "BoundConstant", type: plainType("integer"), value: 3n }
        : undefined,
    disabled,
  };
}

function plan(rules: readonly string[], text: string): string {
  const bound = bindStatement(parseSql(text), text, { catalog: fakeCatalog(), functions: undefined, parameters: [] });
  const disabled = new Set(RULES.map(({ name }) => name).filter((name) => !rules.includes(name)));
  return `-- ${rules.join(", ")}\n${text}\n${printPlan(optimize(bound, context(disabled)))}`;
}

const FOLD = [
  "SELECT name FROM emp WHERE 1 + 2 = id AND true",
  "SELECT name FROM emp WHERE false AND name = 'x'",
  "SELECT name FROM emp WHERE NULL OR id = 1 OR false",
  "SELECT CASE WHEN false THEN 1 WHEN true THEN id ELSE 2 END, coalesce(NULL, name, 'x', salary::text) FROM emp",
  "SELECT NOT (NOT open), NULL IS NULL, true IS NOT FALSE FROM dept",
];
const EQUALITIES = [
  "SELECT name FROM emp WHERE id = 5 OR 6 = id OR id IN (7, $1)",
  "SELECT name FROM emp WHERE id = 5 OR name = 'x' OR id = 6 OR name > 'y'",
  "SELECT name FROM emp WHERE id = 5 OR id = dept OR id = 6.5",
  "SELECT name FROM emp WHERE id = 5 AND (dept = 1 OR (dept = 2 AND salary > 3))",
  'SELECT "Title" FROM movies WHERE "Year" = 1995 OR "Year" = 1996',
];
const WINDOWS = [
  "SELECT * FROM (SELECT id, dept, row_number() OVER (PARTITION BY dept ORDER BY id) AS r FROM emp) x WHERE dept = 1 AND id > 5 AND r = 1",
  "SELECT id, rank() OVER (PARTITION BY dept ORDER BY salary, id), sum(id) OVER (PARTITION BY dept), count(*) OVER (ORDER BY id ROWS 2 PRECEDING) FROM emp",
  "SELECT id FROM (SELECT id, rank() OVER (ORDER BY salary) AS r, sum(id) OVER w FROM emp WINDOW w AS (PARTITION BY dept)) x",
  "SELECT id, r FROM (SELECT id, rank() OVER (PARTITION BY dept) AS r, sum(id) OVER w FROM emp WINDOW w AS (PARTITION BY dept ORDER BY id)) x",
  "SELECT dept, sum(salary), rank() OVER (ORDER BY sum(salary) DESC) FROM emp GROUP BY dept HAVING count(*) > 1",
  "SELECT dept, open, count(*), grouping(open) FROM emp JOIN dept d ON d.id = emp.dept GROUP BY ROLLUP (dept, open)",
];
const SUBQUERIES = [
  "SELECT name FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.id = e.dept AND d.open)",
  "SELECT name FROM emp e WHERE NOT EXISTS (SELECT * FROM dept d, sales s WHERE d.id = e.dept AND s.shop = e.id)",
  "SELECT name FROM emp WHERE EXISTS (SELECT 1 FROM dept)",
  "SELECT name FROM emp e WHERE dept IN (SELECT id FROM dept d WHERE d.name = e.name)",
  "SELECT name FROM emp WHERE dept NOT IN (SELECT id FROM dept)",
  "SELECT name FROM emp e WHERE dept NOT IN (SELECT id FROM dept d WHERE d.name = e.name)",
  "SELECT name FROM emp e WHERE salary > (SELECT avg(salary) FROM emp x WHERE x.dept = e.dept)",
  "SELECT name, (SELECT count(*) + 1 FROM emp e WHERE e.dept = d.id) FROM dept d",
  "SELECT name, (SELECT max(salary) FROM emp e WHERE e.dept < d.id) FROM dept d",
  "SELECT name FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.id = e.dept LIMIT 1)",
  "SELECT e.name, budget FROM emp e LEFT JOIN LATERAL (SELECT budget FROM dept d WHERE d.id = e.dept) x ON e.id > 3",
  `INSERT INTO emp (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE
    SET salary = (SELECT (SELECT count(*) FROM emp e WHERE e.dept = d.id) FROM dept d WHERE d.id = excluded.id), name = excluded.name`,
];
const FILTERS = [
  "SELECT e.name FROM emp e JOIN dept d ON d.id = e.dept AND e.id > 5 WHERE d.open AND e.salary > d.budget",
  "SELECT e.name FROM emp e LEFT JOIN dept d ON d.id = e.dept AND d.open WHERE e.id = 1",
  "SELECT e.name FROM emp e LEFT JOIN dept d ON d.id = e.dept WHERE d.budget > 5",
  "SELECT e.name FROM emp e LEFT JOIN dept d ON d.id = e.dept WHERE d.budget IS NULL",
  "SELECT e.name FROM emp e LEFT JOIN dept d ON true WHERE e.id NOT BETWEEN 9 AND d.id",
  "SELECT e.name FROM emp e FULL JOIN dept d ON d.id = e.dept WHERE e.id = 1",
  "SELECT n FROM (SELECT name AS n, dept + 1 AS d FROM emp) s WHERE d = 3",
  "SELECT dept, count(*) FROM emp GROUP BY dept HAVING dept > 3 AND count(*) > 2",
  "SELECT count(*) FROM emp HAVING true",
  "SELECT x FROM (SELECT id AS x FROM emp UNION ALL SELECT id FROM dept) u WHERE x > 4",
  "SELECT id FROM (SELECT * FROM emp ORDER BY name LIMIT 3) s WHERE id = 2",
];
const GROUPS = [
  "SELECT id, name, count(*) FROM emp GROUP BY id, name",
  "SELECT e.dept, d.name, max(e.name) FROM emp e JOIN dept d ON d.id = e.dept WHERE d.open GROUP BY e.dept, d.name, d.open",
  "SELECT e.id, e.name, d.name FROM emp e LEFT JOIN dept d ON d.id = e.dept GROUP BY e.id, d.id, d.name, e.name",
  "SELECT shop, amount FROM sales GROUP BY shop, amount",
  "SELECT shop, amount, day FROM sales GROUP BY shop, amount, day",
  "SELECT e.dept, d.name FROM emp e JOIN dept d ON d.id = e.dept OR d.open GROUP BY e.dept, d.name",
  "SELECT u.id, u.name FROM (SELECT id, name FROM emp UNION ALL SELECT id, name FROM dept) u GROUP BY u.id, u.name",
];
const JOINS = [
  "SELECT e.name FROM sales s, emp e, dept d WHERE s.shop = e.id AND d.id = e.dept AND d.name = 'x'",
  "SELECT 1 FROM emp a, dept b",
  "SELECT 1 FROM emp a LEFT JOIN dept b ON a.dept = b.id, sales c WHERE c.shop = a.id",
];
const ACCESS = [
  "SELECT name FROM emp WHERE id = 5",
  "SELECT name FROM emp WHERE 5 = id AND name > 'x'",
  "SELECT name FROM emp WHERE id IN (1, 2)",
  "SELECT amount FROM sales WHERE shop = 4 AND day IN ('2020-01-01', '2020-01-02')",
  "SELECT amount FROM sales WHERE shop = 4",
  "SELECT name FROM emp WHERE dept = $1",
  "SELECT name FROM emp WHERE dept = 3 AND name >= 'a' AND name < 'b'",
  "SELECT name FROM emp WHERE name = 'a'",
  "SELECT at FROM sales WHERE amount BETWEEN 5 AND 6",
  "SELECT name FROM emp WHERE dept = id",
  "SELECT name FROM emp WHERE dept + 1 = 4",
  'SELECT "Title" FROM movies WHERE "Year" = 1995',
  "SELECT name FROM emp WHERE id = 5 OR id = 6",
  "SELECT id FROM emp WHERE dept = 3 AND name LIKE 'a%'",
  "SELECT id FROM emp WHERE dept = 3 AND name ILIKE 'a%'",
];
const LOOK_UPS = [
  "SELECT s.amount FROM emp e, sales s WHERE s.shop = e.id AND s.day = '2020-01-01' AND e.id = 3",
  "SELECT e.name FROM sales s JOIN emp e ON e.id = s.shop WHERE s.amount = 5",
  "SELECT e.name FROM sales s LEFT JOIN emp e ON e.id = s.shop AND e.salary > 3 WHERE s.shop = 1 AND s.day = '2020-01-01'",
  "SELECT d.name FROM dept d WHERE d.id = 3 AND EXISTS (SELECT 1 FROM emp e WHERE e.dept = d.id AND e.name = 'x')",
  "SELECT d.name FROM dept d, emp e WHERE e.dept = d.id",
  "SELECT d.name FROM dept d RIGHT JOIN emp e ON e.dept = d.id WHERE d.id = 3",
  // Few keys, other than all of a key's columns, and more than equalities.
  "SELECT amount FROM sales WHERE amount IN (SELECT e.salary FROM emp e WHERE e.id = 3)",
  "SELECT amount FROM sales WHERE amount IN (SELECT e.salary FROM emp e WHERE e.id = 3) AND day IN (SELECT '2020-01-01'::date)",
  "SELECT amount FROM sales s WHERE EXISTS (SELECT 1 FROM emp e WHERE e.id = 3 AND e.dept = s.shop AND e.salary < s.amount)",
  "SELECT e.name, (SELECT count(*) FROM sales s WHERE s.amount = e.salary) AS n FROM emp e WHERE e.id = 3",
  "SELECT e.name, (SELECT count(*) FROM sales s WHERE s.amount = e.salary) AS n FROM emp e",
];
const LIMITS = [
  "SELECT name FROM emp LIMIT 3 OFFSET 2",
  "SELECT id FROM emp UNION ALL SELECT id FROM dept LIMIT 3 OFFSET 2",
  "SELECT id FROM emp UNION SELECT id FROM dept LIMIT 3",
  "SELECT e.id FROM emp e LEFT JOIN dept d ON true LIMIT 4",
  "SELECT upper(name) FROM emp ORDER BY salary LIMIT 2",
  "SELECT upper(name) AS n FROM emp ORDER BY n LIMIT 2",
];
const ORDERS = [
  "SELECT at FROM sales ORDER BY amount LIMIT 10",
  "SELECT at FROM sales ORDER BY amount DESC LIMIT 10 OFFSET 5",
  "SELECT at FROM sales ORDER BY amount DESC NULLS LAST LIMIT 10",
  "SELECT at FROM sales ORDER BY amount",
  "SELECT at FROM sales WHERE amount > 5 ORDER BY amount DESC",
  "SELECT at FROM sales ORDER BY amount, day LIMIT 10",
  "SELECT at FROM sales WHERE shop = 3 ORDER BY amount LIMIT $1",
  "SELECT at FROM sales ORDER BY amount LIMIT 1000000",
  "SELECT name FROM emp WHERE dept = $1 ORDER BY name",
  "SELECT name FROM emp WHERE dept = $1 ORDER BY name DESC",
  "SELECT name AS n FROM emp WHERE dept = $1 ORDER BY n DESC LIMIT 3",
  "SELECT name FROM emp WHERE id = $1 ORDER BY salary",
  "SELECT max(amount) FROM sales",
  "SELECT min(amount) + 1 FROM sales WHERE amount > 3",
  "SELECT min(amount), max(amount) FROM sales",
  'SELECT "Title" FROM movies ORDER BY "Year" LIMIT 1',
];
const COLUMNS = [
  "SELECT n FROM (SELECT name AS n, salary AS s, dept + 1 AS d FROM emp) s",
  "SELECT dept FROM (SELECT dept, count(*), max(salary) FROM emp GROUP BY dept) s",
  "SELECT a FROM (SELECT id AS a, name AS b FROM emp UNION ALL SELECT id, name FROM dept) s",
  "SELECT a FROM (SELECT id AS a, name AS b FROM emp UNION SELECT id, name FROM dept) s",
  "SELECT e.name FROM emp e, LATERAL (SELECT budget FROM dept d WHERE d.id = e.dept) x",
];

test("rules", async () => {
  const plans = [
    ...FOLD.map((text) => plan(["fold-constants"], text)),
    ...EQUALITIES.map((text) => plan(["merge-equalities", "choose-access"], text)),
    ...SUBQUERIES.map((text) => plan(["rewrite-subqueries"], text)),
    ...FILTERS.map((text) => plan(["push-filters"], text)),
    ...WINDOWS.map((text) => plan(["push-filters", "prune-columns"], text)),
    ...GROUPS.map((text) => plan(["push-filters", "reduce-groups"], text)),
    ...JOINS.map((text) => plan(["push-filters", "order-joins"], text)),
    ...ACCESS.map((text) => plan(["choose-access"], text)),
    ...LOOK_UPS.map((text) => plan(["rewrite-subqueries", "push-filters", "order-joins", "choose-access", "look-up-joins"], text)),
    ...LIMITS.map((text) => plan(["push-limits"], text)),
    ...ORDERS.map((text) => plan(["choose-access", "push-limits", "use-index-order"], text)),
    ...COLUMNS.map((text) => plan(["prune-columns"], text)),
  ];
  await expect(`${plans.join("\n\n")}\n`).toMatchFileSnapshot("./plans.txt");
});

test("a rule without anything to do changes nothing", () => {
  const text = "SELECT name FROM emp ORDER BY name";
  const bound = bindStatement(parseSql(text), text, { catalog: fakeCatalog(), functions: undefined, parameters: [] });
  for (const { name } of RULES.filter((rule) => rule.name !== "prune-columns")) {
    const others = new Set(RULES.map((rule) => rule.name).filter((other) => other !== name));
    expect(printPlan(optimize(bound, context(others))), name).toBe(printPlan(bound));
  }
});
