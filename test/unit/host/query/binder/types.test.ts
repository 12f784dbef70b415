/**
 * Goal: result columns have the names and types that PostgreSQL gives them, parameters the types that it infers.
 * Method: statements with what PostgreSQL 16 describes them as; `name type, ...`, behind a semicolon the parameters.
 */
import { expect, test } from "vitest";
import { signature } from "./bound.ts";

const DESCRIBED: readonly (readonly [text: string, columns: string])[] = [
  ["SELECT 1", "?column? integer"],
  [
    "SELECT 1, 2147483648, 9223372036854775808, 1.5, 'a', true, null",
    "?column? integer, ?column? bigint, ?column? numeric, ?column? numeric, ?column? text, ?column? boolean, ?column? text",
  ],
  ["SELECT -2147483648, -2147483649", "?column? integer, ?column? bigint"],
  ["SELECT name, salary*2 FROM emp WHERE dept = 3 ORDER BY 2 DESC LIMIT 10", "name text, ?column? numeric"],
  [
    "SELECT id + 1, id + 1.5, id + 1::bigint, salary + 1.0::float8, amount + 1 FROM emp, sales",
    "?column? integer, ?column? numeric, ?column? bigint, ?column? double precision, ?column? double precision",
  ],
  [
    "SELECT id / 2, id % 2, -id, id::smallint + 1::smallint, id & 3, id << 2, ~id, @id FROM emp",
    "?column? integer, ?column? integer, ?column? integer, ?column? smallint, ?column? integer, ?column? integer, ?column? integer, ?column? integer",
  ],
  [
    "SELECT 1 || 'a', 'a' || 1, 'a' || 'b', 'a' || null, 1.5 || name FROM emp",
    "?column? text, ?column? text, ?column? text, ?column? text, ?column? text",
  ],
  ["SELECT lower(name), upper('x') FROM emp", "lower text, upper text"],
  [
    "SELECT * FROM emp JOIN dept USING (id)",
    "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb, name character varying(20), budget bigint, open boolean",
  ],
  ["SELECT id FROM emp JOIN dept USING (id)", "id integer"],
  [
    "SELECT * FROM emp NATURAL JOIN dept",
    "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb, budget bigint, open boolean",
  ],
  ["SELECT * FROM emp WHERE 'true'", "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb"],
  ["SELECT case when true then 1 else 2.5 end, case id when 1 then 'a' end FROM emp", "case numeric, case text"],
  ["SELECT coalesce(id, 2.5), coalesce(null, 'a'), coalesce(name, 'x') FROM emp", "coalesce numeric, coalesce text, coalesce text"],
  [
    "SELECT nullif(id, 1), nullif(1.5, 2), greatest(1, 2.5), least(id, 3) FROM emp",
    "nullif integer, nullif numeric, greatest numeric, least integer",
  ],
  ["SELECT 1 UNION SELECT 2.5", "?column? numeric"],
  ["SELECT null UNION SELECT 1", "?column? integer"],
  ["SELECT id a FROM emp UNION SELECT id b FROM dept ORDER BY a", "a integer"],
  ["SELECT 1 INTERSECT SELECT 1.0", "?column? numeric"],
  ["VALUES (1, 'a'), (2, 'b')", "column1 integer, column2 text"],
  ["VALUES (1), (2.5)", "column1 numeric"],
  ["SELECT * FROM (VALUES (1, 'a')) v (x)", "x integer, column2 text"],
  [
    "SELECT count(*), count(id), sum(id), avg(id), min(name), max(salary) FROM emp",
    "count bigint, count bigint, sum bigint, avg numeric, min text, max numeric",
  ],
  [
    "SELECT sum(salary), avg(salary), sum(amount), avg(amount), sum(budget), avg(budget) FROM emp, sales, dept",
    "sum numeric, avg numeric, sum double precision, avg double precision, sum numeric, avg numeric",
  ],
  ["SELECT min(hired), max(at), min(note), max(day) FROM emp, sales", "min date, max timestamp without time zone, min character, max date"],
  [
    "SELECT bool_and(open), every(open), bool_or(open), string_agg(name, ',') FROM dept",
    "bool_and boolean, every boolean, bool_or boolean, string_agg text",
  ],
  [
    "SELECT array_agg(id), array_agg(name), json_agg(name), jsonb_agg(id) FROM emp",
    "array_agg integer[], array_agg text[], json_agg json, jsonb_agg jsonb",
  ],
  [
    "SELECT stddev(id), variance(salary), stddev_pop(amount), var_samp(amount) FROM emp, sales",
    "stddev numeric, variance numeric, stddev_pop double precision, var_samp double precision",
  ],
  ["SELECT any_value(name), count(distinct dept) FROM emp", "any_value text, count bigint"],
  ["SELECT corr(amount, amount), regr_count(amount, amount) FROM sales", "corr double precision, regr_count bigint"],
  ["SELECT name, dept FROM emp GROUP BY id", "name text, dept integer"],
  ["SELECT dept + 1 FROM emp GROUP BY dept", "?column? integer"],
  ["SELECT dept d, count(*) FROM emp GROUP BY d ORDER BY d", "d integer, count bigint"],
  ["SELECT DISTINCT dept FROM emp ORDER BY dept", "dept integer"],
  ["SELECT DISTINCT ON (dept) dept, name FROM emp ORDER BY dept, name", "dept integer, name text"],
  ["SELECT * FROM emp WHERE id IN (1, 2.5, '3')", "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb"],
  ["SELECT * FROM emp WHERE (id, dept) = (1, 2)", "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb"],
  [
    "SELECT (SELECT max(id) FROM emp), (SELECT id x FROM dept LIMIT 1), EXISTS (SELECT 1), ARRAY(SELECT id FROM dept)",
    "max integer, x integer, exists boolean, array integer[]",
  ],
  ["SELECT id FROM emp LIMIT 2.5 OFFSET 1", "id integer"],
  [
    "SELECT * FROM emp, LATERAL (SELECT emp.id x) s",
    "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb, x integer",
  ],
  ["WITH x(a) AS (SELECT 1, 2) SELECT * FROM x", "a integer, ?column? integer"],
  ["SELECT $1", "?column? text; text"],
  ["SELECT $1 + 1, $2 = name, $1 FROM emp", "?column? integer, ?column? boolean, ?column? integer; integer, text"],
  [
    "SELECT * FROM emp WHERE id = $1 AND name LIKE $2 LIMIT $3",
    "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb; integer, text, bigint",
  ],
  [
    "SELECT hired + 1, hired - hired, hired + interval '1 day', at - at, at + interval '1 day', interval '1 day' * 2, 2 * interval '1 day' FROM emp, sales",
    "?column? date, ?column? integer, ?column? timestamp without time zone, ?column? interval, ?column? timestamp without time zone, ?column? interval, ?column? interval",
  ],
  ["SELECT hired > at, at > hired, hired = '2020-01-01' FROM emp, sales", "?column? boolean, ?column? boolean, ?column? boolean"],
  [
    "SELECT data->'a', data->>'a', data->0, data #> '{a}', data @> '{}' FROM emp",
    "?column? jsonb, ?column? text, ?column? jsonb, ?column? jsonb, ?column? boolean",
  ],
  ["SELECT id BETWEEN 1 AND 2.5, name BETWEEN 'a' AND 'b' FROM emp", "?column? boolean, ?column? boolean"],
  ["SELECT id IS DISTINCT FROM 1, name IS NULL, data IS NOT NULL FROM emp", "?column? boolean, ?column? boolean, ?column? boolean"],
  ["SELECT ARRAY[1, 2], ARRAY['a'], ARRAY[1, 2.5]", "array integer[], array text[], array numeric[]"],
  ["SELECT (ARRAY[1,2])[1]", "array integer"],
  ['SELECT name COLLATE "C" FROM emp', "name text"],
  [
    "SELECT DATE '2020-01-01', TIMESTAMP '2020-01-01', INTERVAL '1' DAY",
    "date date, timestamp timestamp without time zone, interval interval day",
  ],
  ["SELECT note = 'a', note || 'b', note = name FROM sales, emp", "?column? boolean, ?column? text, ?column? boolean"],
  ["SELECT id = ANY (ARRAY[1,2]), id = ANY ('{1,2}') FROM emp", "?column? boolean, ?column? boolean"],
  ["SELECT (SELECT name FROM dept d WHERE d.id = e.dept) FROM emp e GROUP BY id", "name character varying(20)"],
  ["SELECT dept FROM emp GROUP BY dept HAVING dept > (SELECT avg(id) FROM dept)", "dept integer"],
  ["SELECT open = 'yes', open AND 'f' FROM dept", "?column? boolean, ?column? boolean"],
  [
    "SELECT id = 1.5, id = '1', salary = 1, amount = 1 FROM emp, sales",
    "?column? boolean, ?column? boolean, ?column? boolean, ?column? boolean",
  ],
  ["SELECT sum(id) + 1, sum(dept) / count(*) FROM emp", "?column? bigint, ?column? bigint"],
  ["INSERT INTO emp (name) VALUES (5), ('x'), (true)", ""],
  ["INSERT INTO emp (id) VALUES (1.7), ('5')", ""],
  ["INSERT INTO emp VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING id, upper(name)", "id integer, upper text"],
  [
    "INSERT INTO emp (id) VALUES ($1) RETURNING *",
    "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb; integer",
  ],
  ["UPDATE emp SET salary = id, name = id", ""],
  ["UPDATE emp SET (id, name) = (SELECT 1, 'a')", ""],
  [
    "UPDATE emp SET dept = d.id FROM dept d WHERE d.name = emp.name RETURNING emp.*, d.name",
    "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb, name character varying(20)",
  ],
  ["UPDATE emp SET salary = $1 WHERE id = $2", "; numeric, integer"],
  ["DELETE FROM emp RETURNING *", "id integer, name text, salary numeric(10,2), dept integer, hired date, data jsonb"],
  ["SELECT 1 WHERE EXISTS (SELECT * FROM emp GROUP BY id)", "?column? integer"],
];

test.each(DESCRIBED)("%s", (text, columns) => {
  expect(signature(text)).toBe(columns);
});
