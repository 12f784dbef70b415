/**
 * Goal: what PostgreSQL 16 refuses of window functions, grouping sets and WITHIN GROUP is refused in its words, at its place.
 * Method: statements over the binder's test catalog; the messages are PostgreSQL's own, positions as lines and columns.
 */
import { expect, test } from "vitest";
import { failure } from "./bound.ts";

const REFUSED: readonly (readonly [text: string, message: string])[] = [
  ["SELECT id FROM emp WHERE rank() OVER () > 1", "window functions are not allowed in WHERE at line 1:26 [42P20]"],
  ["SELECT id FROM emp HAVING rank() OVER () > 1", "window functions are not allowed in HAVING at line 1:27 [42P20]"],
  ["SELECT sum(rank() OVER ()) FROM emp", "aggregate function calls cannot contain window function calls at line 1:12 [42803]"],
  ["SELECT lag(rank() OVER ()) OVER () FROM emp", "window function calls cannot be nested at line 1:12 [42P20]"],
  ["SELECT rank() OVER (ORDER BY rank() OVER ()) FROM emp", "window functions are not allowed in window definitions at line 1:30 [42P20]"],
  ["SELECT count(*) FILTER (WHERE rank() OVER () > 1) FROM emp", "window functions are not allowed in FILTER at line 1:31 [42P20]"],
  ["SELECT rank() OVER () FROM emp GROUP BY 1", "window functions are not allowed in GROUP BY at line 1:8 [42P20]"],
  ["SELECT count(DISTINCT id) OVER () FROM emp", "DISTINCT is not implemented for window functions at line 1:8 [0A000]"],
  ["SELECT sum(id ORDER BY id) OVER () FROM emp", "aggregate ORDER BY is not implemented for window functions at line 1:8 [0A000]"],
  [
    "SELECT rank() FILTER (WHERE true) OVER () FROM emp",
    "FILTER is not implemented for non-aggregate window functions at line 1:8 [0A000]",
  ],
  ["SELECT rank() FROM emp", "window function rank requires an OVER clause at line 1:8 [42809]"],
  [
    "SELECT lower(name) OVER () FROM emp",
    "OVER specified, but lower is not a window function nor an aggregate function at line 1:8 [42809]",
  ],
  ["SELECT rank() OVER w FROM emp", 'window "w" does not exist at line 1:20 [42704]'],
  ["SELECT 1 FROM emp WINDOW w AS (), w AS ()", 'window "w" is already defined at line 1:40 [42P20]'],
  [
    "SELECT rank() OVER (w PARTITION BY id) FROM emp WINDOW w AS ()",
    'cannot override PARTITION BY clause of window "w" at line 1:20 [42P20]',
  ],
  [
    "SELECT rank() OVER (w ORDER BY id) FROM emp WINDOW w AS (ORDER BY id)",
    'cannot override ORDER BY clause of window "w" at line 1:20 [42P20]',
  ],
  [
    "SELECT rank() OVER (w) FROM emp WINDOW w AS (ROWS 1 PRECEDING)",
    'cannot copy window "w" because it has a frame clause (HINT: Omit the parentheses in this OVER clause.) at line 1:20 [42P20]',
  ],
  [
    "SELECT rank() OVER (w ORDER BY id) FROM emp WINDOW w AS (ROWS 1 PRECEDING)",
    'cannot copy window "w" because it has a frame clause at line 1:20 [42P20]',
  ],
  ["SELECT sum(id) OVER (GROUPS 1 PRECEDING) FROM emp", "GROUPS mode requires an ORDER BY clause at line 1:21 [42P20]"],
  [
    "SELECT sum(id) OVER (RANGE 1 PRECEDING) FROM emp",
    "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column at line 1:21 [42P20]",
  ],
  [
    "SELECT sum(id) OVER (ORDER BY name RANGE 1 PRECEDING) FROM emp",
    "RANGE with offset PRECEDING/FOLLOWING is not supported for column type text at line 1:42 [0A000]",
  ],
  [
    "SELECT sum(id) OVER (ORDER BY hired RANGE 1 PRECEDING) FROM emp",
    "RANGE with offset PRECEDING/FOLLOWING is not supported for column type date and offset type integer (HINT: Cast the offset value to an appropriate type.) at line 1:43 [0A000]",
  ],
  ["SELECT sum(id) OVER (ORDER BY id ROWS id PRECEDING) FROM emp", "argument of ROWS must not contain variables at line 1:39 [42P10]"],
  [
    "SELECT sum(id) OVER (ORDER BY id ROWS name PRECEDING) FROM emp",
    "argument of ROWS must be type bigint, not type text at line 1:39 [42804]",
  ],
  [
    "SELECT sum(id) OVER (ORDER BY id ROWS '1'::text PRECEDING) FROM emp",
    "argument of ROWS must be type bigint, not type text at line 1:39 [42804]",
  ],
  ["SELECT sum(id) OVER (ROWS sum(1) PRECEDING) FROM emp", "aggregate functions are not allowed in window ROWS at line 1:27 [42803]"],
  [
    "SELECT lag(id, name) OVER () FROM emp",
    "function lag(integer, text) does not exist (HINT: No function matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  ["SELECT mode() WITHIN GROUP (ORDER BY id) OVER () FROM emp", "OVER is not supported for ordered-set aggregate mode at line 1:8 [0A000]"],
  ["SELECT rank(1) FROM emp", "WITHIN GROUP is required for ordered-set aggregate rank at line 1:8 [42809]"],
  [
    "SELECT sum() WITHIN GROUP (ORDER BY id) FROM emp",
    "sum is not an ordered-set aggregate, so it cannot have WITHIN GROUP at line 1:8 [42809]",
  ],
  [
    "SELECT rank(1, 2) WITHIN GROUP (ORDER BY id) FROM emp",
    "function rank(integer, integer, integer) does not exist (HINT: To use the hypothetical-set aggregate rank, the number of hypothetical direct arguments (here 2) must match the number of ordering columns (here 1).) at line 1:8 [42883]",
  ],
  [
    "SELECT rank('x'::text) WITHIN GROUP (ORDER BY id) FROM emp",
    "WITHIN GROUP types integer and text cannot be matched at line 1:13 [42804]",
  ],
  [
    "SELECT percentile_cont(id) WITHIN GROUP (ORDER BY id) FROM emp",
    'column "emp.id" must appear in the GROUP BY clause or be used in an aggregate function at line 1:24 [42803]',
  ],
  [
    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY sum(id)) FROM emp",
    "aggregate function calls cannot be nested at line 1:52 [42803]",
  ],
  ["SELECT grouping(id) FROM emp", "arguments to GROUPING must be grouping expressions of the associated query level at line 1:17 [42803]"],
  [
    "SELECT grouping(salary) FROM emp GROUP BY dept",
    "arguments to GROUPING must be grouping expressions of the associated query level at line 1:17 [42803]",
  ],
  ["SELECT id FROM emp WHERE grouping(id) = 0 GROUP BY id", "grouping operations are not allowed in WHERE at line 1:26 [42803]"],
  [
    "SELECT name FROM emp GROUP BY ROLLUP (dept)",
    'column "emp.name" must appear in the GROUP BY clause or be used in an aggregate function at line 1:8 [42803]',
  ],
  [
    "SELECT id, rank() OVER (ORDER BY name) FROM emp GROUP BY dept",
    'column "emp.id" must appear in the GROUP BY clause or be used in an aggregate function at line 1:8 [42803]',
  ],
  ["SELECT 1 FROM emp GROUP BY CUBE (id,id,id,id,id,id,id,id,id,id,id,id,id)", "CUBE is limited to 12 elements at line 1:28 [54011]"],
  [
    "SELECT ntile(1, 2) OVER () FROM emp",
    "function ntile(integer, integer) does not exist (HINT: No function matches the given name and argument types. You might need to add explicit type casts.) at line 1:8 [42883]",
  ],
  [
    "SELECT rank() OVER (PARTITION BY hired || 1) FROM emp",
    "operator does not exist: date || integer (HINT: No operator matches the given name and argument types. You might need to add explicit type casts.) at line 1:40 [42883]",
  ],
];

test.each(REFUSED)("%s", (text, message) => {
  expect(failure(text).message).toBe(message);
});
