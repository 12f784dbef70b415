/**
 * Goal: each clause becomes the operators that it means, over the right columns.
 * Method: plans as text (host/query/plan/print.ts), one file per subject in golden/. After a wanted change: run with `-u` and read the
 * difference. Statements in `lifted` are bound with their literals lifted out.
 */
import { expect, test } from "vitest";
import { planText } from "./bound.ts";

const SUBJECTS: Readonly<Record<string, readonly string[]>> = {
  select: [
    "SELECT 1",
    "SELECT name, salary * 2 AS double FROM emp WHERE dept = 3 ORDER BY 2 DESC, name NULLS FIRST LIMIT 10 OFFSET 5",
    "SELECT e.*, dept FROM emp e",
    "SELECT DISTINCT dept FROM emp ORDER BY dept",
    "SELECT DISTINCT ON (dept) name, dept FROM emp ORDER BY dept, salary DESC",
    "SELECT id + 1, id + 1 AS again FROM emp ORDER BY id + 1",
    "SELECT name AS dept FROM emp ORDER BY dept",
    "SELECT name FROM emp ORDER BY salary * 2, lower(name)",
    "VALUES (1, 'a'), (2.5, NULL) ORDER BY column1 + 1",
    "SELECT * FROM generate_series(1, 3) WITH ORDINALITY AS g (x, n) WHERE n > 1",
  ],
  joins: [
    "SELECT e.name, d.name FROM emp e LEFT JOIN dept d ON d.id = e.dept AND d.open",
    "SELECT * FROM emp JOIN dept USING (id)",
    "SELECT id FROM emp FULL JOIN dept USING (id)",
    "SELECT id, a.shop FROM emp RIGHT JOIN dept USING (id), sales a CROSS JOIN sales b WHERE a.shop = b.shop",
    "SELECT budget FROM emp NATURAL JOIN dept",
    "SELECT x.name, x.id FROM (emp JOIN dept USING (id, name)) AS x (id, name)",
    "SELECT s.total FROM emp, LATERAL (SELECT sum(amount) AS total FROM sales WHERE shop = emp.dept) s",
    "SELECT x FROM emp LEFT JOIN LATERAL (SELECT emp.id AS x) s ON false",
    "SELECT b FROM (VALUES (1, 'x')) v (a, b), generate_series(a, 3)",
  ],
  graph: [
    "SELECT * FROM Person",
    "SELECT * FROM KNOWS k",
    "SELECT * FROM likes",
    "SELECT NAME, p.FULLNAME, unheard, p.id, born -> 'year' FROM Person p WHERE Born > 1990 AND properties.name = 'Ada'",
    "SELECT _id, p.properties ->> 'name', properties.unheard.deep, p FROM Person AS p ORDER BY properties.born",
    'SELECT * FROM "Two Words" JOIN likes ON _from_id = "Two Words"._id',
    "SELECT a.name, count(*) FROM Person a JOIN likes k ON k._from_id = a._id JOIN emp e ON e.id = a.born GROUP BY a.name",
    "SELECT name FROM emp WHERE EXISTS (SELECT 1 FROM Person WHERE born = emp.id)",
    "SELECT Person.name FROM Person NATURAL JOIN dept",
    "SELECT * FROM Emp",
    "SELECT * FROM person",
    "SELECT name FROM person",
  ],
  views: [
    "SELECT earns, name FROM rich WHERE number = 3",
    "SELECT a.number FROM rich a JOIN rich AS b (n) ON a.number = b.n",
    "WITH emp AS (SELECT 1 AS id) SELECT rich.number FROM rich, emp",
  ],
  grouping: [
    "SELECT dept, count(*), sum(salary) FILTER (WHERE hired > '2020-01-01') FROM emp GROUP BY dept HAVING count(*) > 1 ORDER BY count(*) DESC",
    "SELECT dept + 1 AS d, max(name) FROM emp GROUP BY d ORDER BY 1",
    "SELECT count(DISTINCT dept), string_agg(name, ',' ORDER BY salary DESC), count(*), count(*) + 1 FROM emp",
    "SELECT name, dept, count(*) FROM emp GROUP BY id",
    "SELECT e.name, count(*) FROM emp e JOIN sales s ON s.shop = e.dept GROUP BY e.id",
    "SELECT dept, (SELECT name FROM dept d WHERE d.id = e.dept) FROM emp e GROUP BY dept",
    "SELECT count(*) FROM emp HAVING max(id) > 3",
    "SELECT 1 FROM emp GROUP BY ()",
  ],
  subqueries: [
    "SELECT (SELECT max(salary) FROM emp e2 WHERE e2.dept = e.dept) FROM emp e",
    "SELECT name FROM emp WHERE dept IN (SELECT id FROM dept) AND id NOT IN (SELECT shop FROM sales WHERE amount > 5)",
    "SELECT name FROM emp WHERE salary > ALL (SELECT budget FROM dept) OR id = ANY (ARRAY[1, 2])",
    "SELECT 1 FROM emp e WHERE EXISTS (SELECT 1 FROM sales s WHERE EXISTS (SELECT 1 FROM dept d WHERE d.id = e.dept AND d.id = s.shop))",
    "SELECT ARRAY(SELECT id FROM dept ORDER BY name)",
    "SELECT (id, dept) > ALL (SELECT shop, 1 FROM sales) FROM emp",
    "SELECT name FROM emp WHERE (id, dept) NOT IN (SELECT shop, 1 FROM sales)",
    "SELECT s.n FROM (SELECT dept, count(*) AS n FROM emp GROUP BY dept) s WHERE s.n > 1",
  ],
  tables: [
    "WITH x AS (SELECT id, name FROM emp) SELECT name FROM x WHERE id > 1",
    "WITH x AS (SELECT id, name FROM emp), y AS (SELECT id FROM x) SELECT x.name FROM x JOIN y USING (id)",
    "WITH x AS MATERIALIZED (SELECT 1 AS a) SELECT a FROM x",
    "WITH x (a) AS NOT MATERIALIZED (SELECT id FROM emp) SELECT u.a FROM x u, x v",
    "WITH x AS (SELECT 1) SELECT id FROM dept",
    "SELECT 1 AS a, 'x' AS b UNION ALL SELECT id, name FROM dept ORDER BY b LIMIT 1",
    "(SELECT 1 INTERSECT SELECT 2.5) EXCEPT ALL SELECT NULL",
    "SELECT dept FROM emp UNION SELECT budget FROM dept",
  ],
  expressions: [
    "SELECT name LIKE 'a%', name NOT ILIKE 'b', id BETWEEN 1 AND 2.5, id NOT IN (1, 2), dept IS DISTINCT FROM 3 FROM emp",
    "SELECT CASE dept WHEN 1 THEN 'a' ELSE name END, CASE WHEN dept > 1 THEN 1 ELSE 2.5 END FROM emp",
    "SELECT concat(name, id, true, NULL), concat_ws('-', name, NULL), num_nulls(name, id) FROM emp",
    "SELECT jsonb_build_object('a', id, 'b', NULL), ARRAY[id, NULL], ARRAY[id] || 5 FROM emp",
    "SELECT coalesce(dept, 0), nullif(name, ''), greatest(id, dept, 3), least(id) FROM emp",
    "SELECT (id, dept) < (1, 2), (id, dept) = (3, 4), (id, dept) IN ((1, 2), (3, 4)) FROM emp",
    "SELECT id::text || name, salary::integer, 1::double precision, '5'::smallint, hired::timestamp(3), name::varchar(3) FROM emp",
    "SELECT hired + 1, hired - INTERVAL '1' DAY, at - at FROM emp, sales",
    "SELECT data -> 'a' ->> 'b', data.a.b, (data).a FROM emp",
    "SELECT ARRAY[1, 2.5], (ARRAY['a', 'b'])[2], id = ANY ('{1,2}') FROM emp",
    "SELECT note = 'a', note || 'b', note = name FROM sales, emp",
    "SELECT $1 + 1, name = $2, $3 FROM emp LIMIT $4",
    "SELECT open IS NOT TRUE, open IS UNKNOWN, NOT open, open AND 'f' FROM dept",
  ],
  documents: [
    "SELECT * FROM movies WHERE Year > 1990",
    'SELECT title, "IMDB Rating", YEAR, missing FROM movies m ORDER BY m."IMDB Rating" DESC',
    "SELECT user.name, u.user.address.city, id FROM users u WHERE id = 99 AND age + 1 > 18.5",
    "SELECT name -> 'first', tags -> 0, name ->> 'first', (tags)[1] FROM users",
    "SELECT id, owner FROM owned",
    "SELECT age, genre, count(*), sum(age), avg(age), min(genre) FROM users, movies GROUP BY age, genre",
    "SELECT title || ' (' || year || ')', upper(title), year::integer, -year, year / 2 FROM movies",
    "SELECT released > DATE '2000-01-01', released + INTERVAL '1' DAY, year = $1, active FROM movies WHERE active",
    "SELECT e.name FROM emp e JOIN users USING (name) WHERE EXISTS (SELECT 1 FROM movies WHERE age = e.id)",
    "SELECT coalesce(age, 0), CASE WHEN age > 1 THEN 'a' ELSE age END, age IN (1, '2'), age BETWEEN 1 AND 2 FROM users",
    "SELECT u FROM users u",
    "SELECT user, user.name FROM users",
    "SELECT nobody.x, nothing FROM nobody",
  ],
  modifications: [
    "INSERT INTO emp (id, name, salary) VALUES (1, 'a', 2.5), (2, NULL, DEFAULT) RETURNING *",
    "INSERT INTO dept (id, name, budget) VALUES (1, 'a', DEFAULT), (2, 'b', 5)",
    "INSERT INTO dept DEFAULT VALUES",
    "INSERT INTO emp SELECT id, name FROM dept ORDER BY id LIMIT 3",
    "INSERT INTO emp (name, hired) SELECT 'x', '2020-01-01' RETURNING id + 1 AS next",
    "INSERT INTO emp VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.name, salary = emp.salary + 1 WHERE emp.dept > 3 RETURNING id",
    "INSERT INTO emp VALUES (1) ON CONFLICT DO NOTHING",
    "INSERT INTO emp VALUES (1) ON CONFLICT ON CONSTRAINT emp_unique_0 DO NOTHING",
    "INSERT INTO movies (id, title, year, a.b) VALUES ('x', 'A', 1990, true), (5, 'B', '2000', NULL) ON CONFLICT (id) DO UPDATE SET title = excluded.title",
    "UPDATE emp SET salary = salary * 1.1, dept = DEFAULT FROM dept d WHERE d.id = emp.dept RETURNING emp.id, emp.salary, d.name",
    "UPDATE emp e SET (name, dept) = (SELECT d.name, d.id FROM dept d WHERE d.id = e.dept), (id, hired) = (1, '2020-01-01')",
    "UPDATE users SET age = age + 1, u.name = 'x' WHERE id = 5",
    "DELETE FROM emp USING dept d WHERE d.id = dept RETURNING emp.name, d.name",
    "WITH x AS (SELECT 1 AS a) DELETE FROM emp WHERE id IN (SELECT a FROM x)",
  ],
};

test.each(Object.keys(SUBJECTS))("%s", async (subject) => {
  const text = SUBJECTS[subject]!.map((statement) => `${statement}\n${indented(planText(statement))}\n`).join("\n");
  await expect(text).toMatchFileSnapshot(`golden/${subject}.txt`);
});

const LIFTED: readonly string[] = [
  "SELECT id + 1, -5, 5 FROM emp, sales WHERE salary > 5 AND amount < 0.05 GROUP BY id + 1, amount, salary HAVING id + 1 > 3",
  "SELECT dept + 1, count(*) FROM emp GROUP BY dept + 1 ORDER BY dept + 1, 2",
  "SELECT 1 AS one FROM emp WHERE hired >= DATE '1994-01-01' AND hired < '1995-01-01' AND name = 'x' AND data -> 'a' = '5'",
  "SELECT * FROM movies WHERE year = 1990 OR year = '1990' LIMIT 10",
  "INSERT INTO emp (id, salary, hired) VALUES (1, 2, '2020-01-01'), (-9223372036854775808, 0.5, NULL)",
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
