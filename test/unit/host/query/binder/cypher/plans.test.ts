/**
 * Goal: each clause and each expression of Cypher becomes the operators that it means, over the right columns.
 * Method: plans as text (host/query/plan/print.ts), one file per subject in golden/. After a wanted change: run with `-u` and read the
 * difference. Statements in `lifted` are bound with their literals lifted out.
 */
import { expect, test } from "vitest";
import { planText } from "./bound.ts";

const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  expressions: [
    "RETURN 1 AS a, -2 AS b, 2.5 AS c, 'x' AS d, true AS e, null AS f, $p AS g, [1, 'a', null] AS h, {a: 1, b: $q} AS i",
    "RETURN 1 + 2 AS a, 1 + 2.5 AS b, 'a' + 1 AS c, 2 ^ 3 AS d, -(1 + 1) AS e, $p % 2 AS f, +$p AS g",
    "WITH $p AS x RETURN 1 < x <= 3 AS a, x = 'a' AS b, 'a' = 'b' AS c, x <> x AS d",
    "WITH $p AS x RETURN x AND true AS a, NOT x AS b, x XOR true XOR null AS c, x IS NULL AS d, x IS NOT NULL OR false AS e",
    "WITH $p AS x RETURN x IN [1, 2] AS a, x STARTS WITH 'a' AS b, 'ab' STARTS WITH 'a' AS c, x ENDS WITH 'a' AS d, x CONTAINS 'a' AS e, x =~ 'a' AS f",
    "WITH $p AS x RETURN x.a AS a, x[0] AS b, x['a'] AS c, x[1..2] AS d, x[1..] AS e, x[..-1] AS f, x[..] AS g, null.a AS h",
    "WITH $p AS x RETURN x:A AS a, x:A:B AS b, null:A AS c",
    "WITH $p AS x RETURN CASE x WHEN 1 THEN 'a' WHEN 'b' THEN 'c' END AS a, CASE WHEN x THEN 1 ELSE 2.5 END AS b, CASE WHEN true THEN 1 ELSE null END AS c",
    "WITH $p AS x RETURN exists(x.a) AS a, coalesce(x, 1) AS b, coalesce(null, 1) AS c",
    "WITH $p AS x, 1 AS y RETURN x {.a, y, b: 2} AS a",
    "RETURN {a: 1, a: 2} AS a",
    "RETURN levenshtein($p, 'abc') AS a, similarity('a', 'b') AS b, slugify(null) AS c",
  ],
  lists: [
    "RETURN [x IN [1, 2] WHERE x > 1 | x * 2] AS a, [x IN $p] AS b, [x IN $p WHERE x.a] AS c, [x IN null | x] AS d",
    "WITH $p AS p RETURN any(x IN p WHERE x = 1) AS a, all(x IN p WHERE x = 1) AS b, none(x IN p WHERE x = 1) AS c, single(x IN p WHERE x = 1) AS d",
    "WITH 1 AS x RETURN [x IN [x, 2] | [y IN [x] | x + y]] AS a",
    "RETURN [x IN [y IN $p | y.a] | x] AS a, [x IN range(1, $p) | x] AS b, all(x IN [y IN [1] WHERE y > 0] WHERE x > 0) AS c",
    "RETURN CASE rand() WHEN 0.5 THEN 1 WHEN 0.6 THEN 2 END AS a, 0.1 < rand() < 0.2 < rand() < 1 AS b",
    "RETURN reduce(sum = 0, x IN $p | sum + x) AS a",
    "WITH 1 AS y RETURN reduce(sum = y, x IN [y] | sum + x + y) AS a",
  ],
  projections: [
    "WITH 1 AS a, $p AS b RETURN *",
    "WITH 1 AS a, $p AS b WITH *, a + 1 AS c RETURN c, b AS a",
    "UNWIND [1, 2] AS x RETURN DISTINCT x ORDER BY x DESC SKIP 1 LIMIT 2",
    "UNWIND $p AS x RETURN x.a AS y ORDER BY x.a, y, x.b, y + 1 DESC",
    "UNWIND $p AS a RETURN a AS b, a.x AS a ORDER BY a, a.x, b",
    "UNWIND $p AS x WITH x.a AS y WHERE x.b AND y > 1 RETURN y",
    "UNWIND $p AS x WITH DISTINCT x.a AS y ORDER BY x.a WHERE y > 1 AND x.a = 2 RETURN y",
    "WITH 1 AS a RETURN a AS b, a AS c",
    "RETURN 1 + 1, $p.a, [1, 2]",
    "UNWIND $p AS x RETURN x SKIP toInteger(rand() * 9) LIMIT $n",
  ],
  calls: [
    "CALL db.labels()",
    "CALL DB.Labels",
    "CALL db.labels() YIELD label AS l WHERE l > 'a' RETURN l",
    "UNWIND [1] AS x CALL db.labels() RETURN x",
    "CALL db.indexes() YIELD properties, name RETURN name, properties",
    "CALL dbms.components() YIELD *",
  ],
  grouping: [
    "UNWIND $p AS x RETURN x.a, count(*), sum(x.b) AS s, collect(DISTINCT x.c)",
    "UNWIND $p AS x RETURN x.a AS a, x.a + count(x) AS c, x.a + 1 AS b ORDER BY a, b, x.a, x.a + count(x), count(x) + a, count(*) DESC",
    "UNWIND $p AS x RETURN count(*)",
    "UNWIND $p AS x WITH x.a AS a, x.b AS b RETURN a, a + b + max(b) AS c, b, $p + avg(b) - 1000 AS d",
    "UNWIND $p AS x RETURN DISTINCT count(x.a) AS c, x.b + 1 ORDER BY x.b + 1, count(x.a)",
    "UNWIND $p AS x WITH x.a AS a, count(*) AS c WHERE c > 1 AND x.a = 2 RETURN a",
    "UNWIND $p AS x WITH *, count(*) AS c RETURN *",
    "UNWIND $p AS x RETURN x.a AS a, [y IN collect(x.b) WHERE y > x.a | y + x.a] AS b",
    "UNWIND $p AS x RETURN x.a AS x, count(x) AS c ORDER BY x, count(x)",
    "WITH {a: 1} AS m RETURN m {.a, .*, n: count(*)} AS p, m",
    "UNWIND $p AS x RETURN COUNT(x) + Count(x) AS c, size(collect(x)) AS s, percentileCont(x, 0.5) AS q",
  ],
  queries: [
    "UNWIND [1, 2] AS x UNWIND [x] AS y RETURN x, y",
    "RETURN 1 AS a UNION RETURN 'x' AS a",
    "RETURN 1 AS a, 2 AS b UNION ALL RETURN 3 AS b, 4 AS a UNION ALL RETURN 5 AS a, $p AS b",
    "UNWIND [1, 2] AS x CALL { WITH x RETURN x + 1 AS y UNION RETURN 2 AS y } RETURN x, y",
    "UNWIND [1, 2] AS x WITH x AS y CALL { RETURN 1 AS x } RETURN *",
    "WITH 1 AS a, 2 AS b CALL { WITH * RETURN a + b AS c } RETURN c",
    "UNWIND [1] AS x WITH x WHERE exists { UNWIND [2] AS y WITH y WHERE y > x RETURN y } RETURN x",
    "UNWIND [1] AS x RETURN exists { UNWIND [x] AS y RETURN y UNION RETURN x AS y } AS e",
  ],
};

test.each(Object.keys(SUBJECTS))("%s", async (subject) => {
  const text = SUBJECTS[subject]!.map((statement) => `${statement}\n${indented(planText(statement))}\n`).join("\n");
  await expect(text).toMatchFileSnapshot(`golden/${subject}.txt`);
});

const LIFTED: readonly string[] = [
  "UNWIND [1, 2.5, 'a'] AS x WITH x + 1 AS y, -9223372036854775808 AS z ORDER BY x + 1 WHERE y > 1 + 1.5 RETURN y, z LIMIT 3",
  "UNWIND [1] AS x WITH x WHERE x = 1 OR x = 1.0 RETURN x, any(y IN ['a', 'b'] WHERE y = x) AS b",
];

test("lifted literals", async () => {
  const text = LIFTED.map((statement) => `${statement}\n${indented(planText(statement, true))}\n`).join("\n");
  await expect(text).toMatchFileSnapshot("golden/lifted.txt");
});

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}
