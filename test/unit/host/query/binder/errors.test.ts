/**
 * Goal: statements that mean nothing are refused as PostgreSQL words it, with the position and the SQLSTATE.
 * Method: statements and their whole messages. Those of PostgreSQL 16 first, then what this dialect does not have.
 */
import { expect, test } from "vitest";
import { failure } from "./bound.ts";

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  [
    "SELECT 1 + 'a'::text",
    "operator does not exist: integer + text (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:10 [42883]",
  ],
  [
    "SELECT 1 + true",
    "operator does not exist: integer + boolean (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:10 [42883]",
  ],
  [
    "SELECT 'a' + 'b'",
    "operator is not unique: unknown + unknown (HINT: Could not choose a best candidate operator. You might need to add explicit type casts.) at line 1:12 [42725]",
  ],
  [
    "SELECT 1 || 2",
    "operator does not exist: integer || integer (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:10 [42883]",
  ],
  [
    "SELECT lower(1)",
    "function lower(integer) does not exist (HINT: No function matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  [
    "SELECT nosuch(1, 'a', name) FROM emp",
    "function nosuch(integer, unknown, text) does not exist (HINT: No function matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  ["SELECT 1 FROM circle", 'infinite recursion detected in rules for relation "circle" at line 1:15 [42P17]'],
  ["SELECT salary FROM rich", 'column "salary" does not exist at line 1:8 [42703]'],
  ["INSERT INTO rich VALUES (1)", 'cannot insert into view "rich" at line 1:13 [55000]'],
  ["UPDATE rich SET number = 1", 'cannot update view "rich" at line 1:8 [55000]'],
  ["DELETE FROM rich", 'cannot delete from view "rich" at line 1:13 [55000]'],
  ["INSERT INTO Person (name) VALUES ('Ada')", 'cannot insert into label "Person" of the graph: SQL only reads it at line 1:13 [42809]'],
  ['UPDATE "Two Words" SET n = 1', 'cannot update label "Two Words" of the graph: SQL only reads it at line 1:8 [42809]'],
  ["DELETE FROM likes", 'cannot delete from relationship type "likes" of the graph: SQL only reads it at line 1:13 [42809]'],
  ["SELECT name FROM Person, likes WHERE _id = 'x'", 'column reference "_id" is ambiguous at line 1:38 [42702]'],
  ["SELECT * FROM Person AS p (a, b)", "a list of column names for a collection without schema is not supported at line 1:28 [0A000]"],
  ["SELECT foo FROM emp", 'column "foo" does not exist at line 1:8 [42703]'],
  ["SELECT emp.foo FROM emp", "column emp.foo does not exist at line 1:8 [42703]"],
  ["SELECT e.foo FROM emp", 'missing FROM-clause entry for table "e" at line 1:8 [42P01]'],
  [
    "SELECT emp.name FROM emp e",
    'invalid reference to FROM-clause entry for table "emp" (HINT: Perhaps you meant to reference the table alias "e".) at line 1:8 [42P01]',
  ],
  ["SELECT id FROM emp, dept", 'column reference "id" is ambiguous at line 1:8 [42702]'],
  [
    "SELECT id FROM emp, sales WHERE id = 'a'::text",
    "operator does not exist: integer = text (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:36 [42883]",
  ],
  ["SELECT * FROM emp WHERE name", "argument of WHERE must be type boolean, not type text at line 1:25 [42804]"],
  ["SELECT * FROM emp WHERE id", "argument of WHERE must be type boolean, not type integer at line 1:25 [42804]"],
  ["SELECT not id FROM emp", "argument of NOT must be type boolean, not type integer at line 1:12 [42804]"],
  ["SELECT id AND true FROM emp", "argument of AND must be type boolean, not type integer at line 1:8 [42804]"],
  ["SELECT id IS TRUE FROM emp", "argument of IS TRUE must be type boolean, not type integer at line 1:8 [42804]"],
  ["SELECT case when id then 1 end FROM emp", "argument of CASE/WHEN must be type boolean, not type integer at line 1:18 [42804]"],
  ["SELECT case when true then 1 else 'a'::text end", "CASE types text and integer cannot be matched at line 1:28 [42804]"],
  ["SELECT coalesce(id, name) FROM emp", "COALESCE types integer and text cannot be matched at line 1:21 [42804]"],
  ["SELECT 1 UNION SELECT 'a'::text", "UNION types integer and text cannot be matched at line 1:23 [42804]"],
  ["SELECT 1, 2 UNION SELECT 1", "each UNION query must have the same number of columns at line 1:26 [42601]"],
  [
    "SELECT id a FROM emp UNION SELECT id b FROM dept ORDER BY a + 1",
    "invalid UNION/INTERSECT/EXCEPT ORDER BY clause (DETAIL: Only result column names can be used, not expressions or functions.) (HINT: Add the expression/function to every SELECT, or move the UNION into a FROM clause.) at line 1:59 [0A000]",
  ],
  ["VALUES (1), (1, 2)", "VALUES lists must all be the same length at line 1:14 [42601]"],
  ["VALUES (1), ('a'::text)", "VALUES types integer and text cannot be matched at line 1:14 [42804]"],
  [
    "SELECT sum(name) FROM emp",
    "function sum(text) does not exist (HINT: No function matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  [
    "SELECT name FROM emp GROUP BY dept",
    'column "emp.name" must appear in the GROUP BY clause or be used in an aggregate function at line 1:8 [42803]',
  ],
  [
    "SELECT e.name, d.name FROM emp e, dept d GROUP BY e.id",
    'column "d.name" must appear in the GROUP BY clause or be used in an aggregate function at line 1:16 [42803]',
  ],
  [
    "SELECT dept + id FROM emp GROUP BY dept",
    'column "emp.id" must appear in the GROUP BY clause or be used in an aggregate function at line 1:15 [42803]',
  ],
  [
    "SELECT * FROM emp GROUP BY dept",
    'column "emp.id" must appear in the GROUP BY clause or be used in an aggregate function at line 1:8 [42803]',
  ],
  ["SELECT count(*) FROM emp e WHERE (SELECT sum(e.id)) > 1", "aggregate functions are not allowed in WHERE at line 1:42 [42803]"],
  ["SELECT max((SELECT sum(e.id))) FROM emp e", "aggregate function calls cannot be nested at line 1:20 [42803]"],
  ["SELECT count(*) FROM emp WHERE count(*) > 1", "aggregate functions are not allowed in WHERE at line 1:32 [42803]"],
  ["SELECT count(count(*)) FROM emp", "aggregate function calls cannot be nested at line 1:14 [42803]"],
  [
    "SELECT name FROM emp HAVING count(*) > 1",
    'column "emp.name" must appear in the GROUP BY clause or be used in an aggregate function at line 1:8 [42803]',
  ],
  [
    "SELECT count(*) FROM emp HAVING name = 'a'",
    'column "emp.name" must appear in the GROUP BY clause or be used in an aggregate function at line 1:33 [42803]',
  ],
  ["SELECT count(*) FROM emp GROUP BY count(*)", "aggregate functions are not allowed in GROUP BY at line 1:35 [42803]"],
  ["SELECT count(*) c FROM emp GROUP BY c", "aggregate functions are not allowed in GROUP BY at line 1:8 [42803]"],
  ["SELECT count(*) FROM emp GROUP BY 1", "aggregate functions are not allowed in GROUP BY at line 1:8 [42803]"],
  ["SELECT dept FROM emp GROUP BY 2", "GROUP BY position 2 is not in select list at line 1:31 [42P10]"],
  ["SELECT dept FROM emp ORDER BY 2", "ORDER BY position 2 is not in select list at line 1:31 [42P10]"],
  ["SELECT dept FROM emp ORDER BY 'a'", "non-integer constant in ORDER BY at line 1:31 [42601]"],
  ["SELECT dept FROM emp ORDER BY 1.5", "non-integer constant in ORDER BY at line 1:31 [42601]"],
  [
    "SELECT dept, count(*) FROM emp ORDER BY 2",
    'column "emp.dept" must appear in the GROUP BY clause or be used in an aggregate function at line 1:8 [42803]',
  ],
  [
    "SELECT DISTINCT dept FROM emp ORDER BY name",
    "for SELECT DISTINCT, ORDER BY expressions must appear in select list at line 1:40 [42P10]",
  ],
  ["SELECT name a, dept a FROM emp ORDER BY a", 'ORDER BY "a" is ambiguous at line 1:41 [42702]'],
  ["SELECT * FROM emp WHERE id = (SELECT id, name FROM emp)", "subquery must return only one column at line 1:30 [42601]"],
  ["SELECT * FROM emp WHERE id IN (SELECT id, name FROM emp)", "subquery has too many columns at line 1:28 [42601]"],
  [
    "SELECT * FROM emp WHERE id IN (SELECT name FROM emp)",
    "operator does not exist: integer = text (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:28 [42883]",
  ],
  [
    "SELECT * FROM emp WHERE id IN (1, 'a'::text)",
    "operator does not exist: integer = text (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:28 [42883]",
  ],
  ["SELECT * FROM emp WHERE (id, dept) = (1, 2, 3)", "unequal number of entries in row expressions at line 1:36 [42601]"],
  ["SELECT id FROM emp LIMIT id", "argument of LIMIT must not contain variables at line 1:26 [42P10]"],
  ["SELECT id FROM emp LIMIT 'a'::text", "argument of LIMIT must be type bigint, not type text at line 1:26 [42804]"],
  [
    "SELECT * FROM emp, (SELECT emp.id) s",
    'invalid reference to FROM-clause entry for table "emp" (DETAIL: There is an entry for table "emp", but it cannot be referenced from this part of the query.) (HINT: To reference that table, you must mark this subquery with LATERAL.) at line 1:28 [42P01]',
  ],
  ["SELECT * FROM emp JOIN dept ON sales.shop = 1, sales", 'missing FROM-clause entry for table "sales" at line 1:32 [42P01]'],
  ["WITH x AS (SELECT 1 a) SELECT b FROM x", 'column "b" does not exist at line 1:31 [42703]'],
  ["WITH x AS (SELECT 1 a), x AS (SELECT 2) SELECT * FROM x", 'WITH query name "x" specified more than once at line 1:25 [42712]'],
  ["WITH x(a, b) AS (SELECT 1) SELECT * FROM x", 'WITH query "x" has 1 columns available but 2 columns specified at line 1:6 [42P10]'],
  [
    "SELECT $1 = 1, $1 = 'a'::text",
    "operator does not exist: integer = text (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:19 [42883]",
  ],
  ["SELECT $2 = 1", "could not determine data type of parameter $1 at line 1:1 [42P18]"],
  [
    "SELECT $1 + $2",
    "operator is not unique: unknown + unknown (HINT: Could not choose a best candidate operator. You might need to add explicit type casts.) at line 1:11 [42725]",
  ],
  ["SELECT hired::int FROM emp", "cannot cast type date to integer at line 1:13 [42846]"],
  ["SELECT cast(id as foo) FROM emp", 'type "foo" does not exist at line 1:19 [42704]'],
  ["SELECT 1::varchar(0)", "length for type varchar must be at least 1 at line 1:11 [22023]"],
  ["SELECT 1::numeric(2000)", "NUMERIC precision 2000 must be between 1 and 1000 at line 1:11 [22023]"],
  [
    "SELECT hired + hired FROM emp",
    "operator does not exist: date + date (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:14 [42883]",
  ],
  [
    "SELECT id LIKE 'a' FROM emp",
    "operator does not exist: integer ~~ unknown (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:11 [42883]",
  ],
  [
    "SELECT id BETWEEN 'a'::text AND 'b' FROM emp",
    "operator does not exist: integer >= text (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:11 [42883]",
  ],
  [
    "SELECT ARRAY[]",
    "cannot determine type of empty array (HINT: Explicitly cast to the desired type, for example ARRAY[]::integer[].) at line 1:8 [42P18]",
  ],
  ['SELECT name COLLATE "xx" FROM emp', 'collation "xx" for encoding "UTF8" does not exist at line 1:13 [42704]'],
  ["SELECT *", "SELECT * with no tables specified is not valid at line 1:8 [42601]"],
  ["SELECT x.* FROM emp", 'missing FROM-clause entry for table "x" at line 1:8 [42P01]'],
  ["SELECT count(*) FILTER (WHERE id) FROM emp", "argument of FILTER must be type boolean, not type integer at line 1:31 [42804]"],
  ["SELECT lower(DISTINCT name) FROM emp", "DISTINCT specified, but lower is not an aggregate function at line 1:8 [42809]"],
  [
    "SELECT lower(*) FROM emp",
    "function lower() does not exist (HINT: No function matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  [
    "SELECT sum(*) FROM emp",
    "function sum() does not exist (HINT: No function matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  ["SELECT count() FROM emp", "count(*) must be used to call a parameterless aggregate function at line 1:8 [42809]"],
  [
    "SELECT string_agg(DISTINCT name, ',' ORDER BY id) FROM emp",
    "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list at line 1:47 [42P10]",
  ],
  ["SELECT id = ANY (1) FROM emp", "op ANY/ALL (array) requires array on right side at line 1:11 [42809]"],
  [
    "SELECT dept FROM emp e WHERE EXISTS (SELECT 1 FROM dept d WHERE d.id = e.dept AND d.name = e.foo)",
    "column e.foo does not exist at line 1:92 [42703]",
  ],
  [
    "SELECT (SELECT d.name FROM dept d WHERE d.id = e.dept) FROM emp e GROUP BY name",
    'subquery uses ungrouped column "e.dept" from outer query at line 1:48 [42803]',
  ],
  [
    "SELECT id = true FROM emp",
    "operator does not exist: integer = boolean (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:11 [42883]",
  ],
  [
    "SELECT nullif(id, 'a'::text) FROM emp",
    "operator does not exist: integer = text (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  ["INSERT INTO emp (id, foo) VALUES (1, 2)", 'column "foo" of relation "emp" does not exist at line 1:22 [42703]'],
  ["INSERT INTO emp (id) VALUES (1, 2)", "INSERT has more expressions than target columns at line 1:33 [42601]"],
  ["INSERT INTO emp (id, name) VALUES (1)", "INSERT has more target columns than expressions at line 1:22 [42601]"],
  ["INSERT INTO emp (id, id) VALUES (1, 2)", 'column "id" specified more than once at line 1:22 [42701]'],
  [
    "INSERT INTO emp (hired) VALUES (5)",
    'column "hired" is of type date but expression is of type integer (HINT: You will need to rewrite or cast the expression.) at line 1:33 [42804]',
  ],
  [
    "INSERT INTO emp (id) SELECT name FROM emp",
    'column "id" is of type integer but expression is of type text (HINT: You will need to rewrite or cast the expression.) at line 1:29 [42804]',
  ],
  [
    "INSERT INTO emp VALUES (1) ON CONFLICT DO UPDATE SET name = 'x'",
    "ON CONFLICT DO UPDATE requires inference specification or constraint name (HINT: For example, ON CONFLICT (column_name).) at line 1:28 [42601]",
  ],
  [
    "INSERT INTO emp VALUES (1) ON CONFLICT (id) DO UPDATE SET name = name || 'x'",
    'column reference "name" is ambiguous at line 1:66 [42702]',
  ],
  ["INSERT INTO emp VALUES (1) RETURNING count(*)", "aggregate functions are not allowed in RETURNING at line 1:38 [42803]"],
  ["INSERT INTO emp VALUES (count(*))", "aggregate functions are not allowed in VALUES at line 1:25 [42803]"],
  ["UPDATE emp SET foo = 1", 'column "foo" of relation "emp" does not exist at line 1:16 [42703]'],
  [
    "UPDATE emp SET id = 'a'::text",
    'column "id" is of type integer but expression is of type text (HINT: You will need to rewrite or cast the expression.) at line 1:21 [42804]',
  ],
  ["UPDATE emp SET id = count(*)", "aggregate functions are not allowed in UPDATE at line 1:21 [42803]"],
  [
    "UPDATE emp SET (id, name) = (1)",
    "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression at line 1:30 [0A000]",
  ],
  ["UPDATE emp SET (id, name) = (SELECT 1)", "number of columns does not match number of values at line 1:29 [42601]"],
  [
    "UPDATE emp e SET dept = emp.id",
    'invalid reference to FROM-clause entry for table "emp" (HINT: Perhaps you meant to reference the table alias "e".) at line 1:25 [42P01]',
  ],
  ["DELETE FROM emp WHERE name", "argument of WHERE must be type boolean, not type text at line 1:23 [42804]"],
  ["DELETE FROM emp USING dept WHERE id = 1", 'column reference "id" is ambiguous at line 1:34 [42702]'],
  [
    "SELECT DISTINCT count(*) FROM emp GROUP BY dept ORDER BY dept",
    "for SELECT DISTINCT, ORDER BY expressions must appear in select list at line 1:58 [42P10]",
  ],
];

test.each(REFUSED)("%s", (text, message) => {
  expect(failure(text).message).toBe(message);
});

const ABSENT: readonly (readonly [text: string, message: string])[] = [
  ["WITH x AS (MERGE INTO emp USING dept ON true WHEN MATCHED THEN DELETE) SELECT 1", "MERGE not supported in WITH query at line 1:6"],
  ["SELECT id FROM emp ORDER BY id FETCH FIRST 1 ROW WITH TIES", "WITH TIES is not supported at line 1:1"],
  ["SELECT id FROM emp FOR UPDATE", "FOR UPDATE is not supported at line 1:20"],
  ["SELECT (id, name) FROM emp", "a row as a value is not supported at line 1:8"],
  ["SELECT B'01'", "a bit string is not supported at line 1:8"],
  ["SELECT TIME WITH TIME ZONE '10:00'", 'type "time with time zone" is not supported at line 1:8'],
  ["SELECT jsonb_each('{}')", "jsonb_each outside of FROM is not supported at line 1:8"],
  ["SELECT lower(VARIADIC ARRAY['a'])", "VARIADIC is not supported at line 1:14"],
  ["UPDATE emp SET data.a = 1", "an assignment to a part of a column is not supported at line 1:16"],
  ["INSERT INTO emp VALUES (1) ON CONFLICT (lower(name)) DO NOTHING", "an expression in ON CONFLICT is not supported at line 1:41"],
  ["CREATE TABLE x (a int)", "CREATE TABLE is not supported at line 1:1"],
  ["SELECT * FROM movies m (a, b)", "a list of column names for a collection without schema is not supported at line 1:25"],
];

test.each(ABSENT)("not supported: %s", (text, message) => {
  expect(failure(text).message).toBe(`${message} [0A000]`);
});
