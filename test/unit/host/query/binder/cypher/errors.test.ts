/**
 * Goal: queries that mean nothing are refused with openCypher's class and detail, where the mistake stands.
 * Method: queries and their whole messages, by the rule that refuses them.
 */
import { describe, expect, test } from "vitest";
import { failure } from "./bound.ts";

type Refused = readonly (readonly [text: string, message: string])[];

const NAMES: Refused = [
  ["RETURN foo", "variable `foo` is not defined at line 1:8 [SyntaxError: UndefinedVariable]"],
  ["WITH 1 AS a\nRETURN b", "variable `b` is not defined at line 2:8 [SyntaxError: UndefinedVariable]"],
  ["WITH 1 AS a WITH 2 AS b RETURN a", "variable `a` is not defined at line 1:32 [SyntaxError: UndefinedVariable]"],
  ["RETURN [x IN [1] | x] + x", "variable `x` is not defined at line 1:25 [SyntaxError: UndefinedVariable]"],
  ["WITH 1 AS a WITH a AS b ORDER BY c RETURN b", "variable `c` is not defined at line 1:34 [SyntaxError: UndefinedVariable]"],
  ["WITH 1 AS a, 2 AS b RETURN DISTINCT a ORDER BY b", "variable `b` is not defined at line 1:48 [SyntaxError: UndefinedVariable]"],
  [
    "WITH 1 AS a, 2 AS b WITH a, count(*) AS c WHERE b = 1 RETURN a",
    "variable `b` is not defined at line 1:49 [SyntaxError: UndefinedVariable]",
  ],
  ["WITH 1 AS a CALL { RETURN a AS b } RETURN b", "variable `a` is not defined at line 1:27 [SyntaxError: UndefinedVariable]"],
  ["WITH 1 AS a CALL { WITH c RETURN c AS b } RETURN b", "variable `c` is not defined at line 1:25 [SyntaxError: UndefinedVariable]"],
  ["UNWIND [1] AS x UNWIND [2] AS x RETURN x", "variable `x` is already defined at line 1:31 [SyntaxError: VariableAlreadyBound]"],
  ["WITH 1 AS x CALL { RETURN 2 AS x } RETURN x", "variable `x` is already defined at line 1:13 [SyntaxError: VariableAlreadyBound]"],
  ["RETURN *", "there are no variables that RETURN * could mean at line 1:8 [SyntaxError: NoVariablesInScope]"],
  ["RETURN 1 AS a, 2 AS a", "there are several columns of the name `a` at line 1:16 [SyntaxError: ColumnNameConflict]"],
  ["WITH 1 AS a WITH *, 2 AS a RETURN a", "there are several columns of the name `a` at line 1:21 [SyntaxError: ColumnNameConflict]"],
  ["WITH 1 AS a WITH a + 1 RETURN 1", "an expression in WITH needs a name: AS at line 1:20 [SyntaxError: NoExpressionAlias]"],
  [
    "RETURN 1 AS a UNION RETURN 2 AS b",
    "all parts of a UNION must return the same columns at line 1:1 [SyntaxError: DifferentColumnsInUnion]",
  ],
  [
    "RETURN 1 AS a UNION ALL RETURN 1 AS a, 2 AS b",
    "all parts of a UNION must return the same columns at line 1:1 [SyntaxError: DifferentColumnsInUnion]",
  ],
];

const FUNCTIONS: Refused = [
  ["RETURN foo(1)", "unknown function `foo` at line 1:8 [SyntaxError: UnknownFunction]"],
  ["RETURN a.B.foo(1)", "unknown function `a.B.foo` at line 1:8 [SyntaxError: UnknownFunction]"],
  ["RETURN size()", "size() takes 1 argument, not 0 at line 1:8 [SyntaxError: InvalidNumberOfArguments]"],
  ["RETURN Size(1, 2)", "Size() takes 1 argument, not 2 at line 1:8 [SyntaxError: InvalidNumberOfArguments]"],
  ["RETURN count(1, 2)", "count() takes 1 argument, not 2 at line 1:8 [SyntaxError: InvalidNumberOfArguments]"],
  ["RETURN size(DISTINCT [1])", "DISTINCT can only stand in an aggregate at line 1:8 [SyntaxError: UnexpectedSyntax]"],
  ["RETURN soundex()", "soundex() takes 1 argument, not 0 at line 1:8 [SyntaxError: InvalidNumberOfArguments]"],
  ["RETURN levenshtein('a', [1])", "levenshtein() does not take a value of type LIST at line 1:25 [SyntaxError: InvalidArgumentType]"],
  ["RETURN exists(1)", "exists() takes a property or a pattern at line 1:15 [SyntaxError: InvalidArgumentType]"],
];

const PROCEDURES: Refused = [
  ["CALL test.my.Proc", "there is no procedure `test.my.Proc` at line 1:6 [ProcedureError: ProcedureNotFound]"],
  ["CALL no() YIELD out RETURN out", "there is no procedure `no` at line 1:6 [ProcedureError: ProcedureNotFound]"],
  ["CALL db.labels(1)", "db.labels takes 0 arguments, not 1 at line 1:1 [SyntaxError: InvalidNumberOfArguments]"],
  [
    "CALL db.labels YIELD label RETURN label",
    "a call of db.labels within a query needs its arguments in brackets at line 1:1 [SyntaxError: InvalidArgumentPassingMode]",
  ],
  ["CALL db.labels() RETURN label", "variable `label` is not defined at line 1:25 [SyntaxError: UndefinedVariable]"],
  ["CALL db.labels() YIELD out RETURN out", "db.labels has no column `out` at line 1:24 [SyntaxError: UndefinedVariable]"],
  [
    "WITH 'Hi' AS label CALL db.labels() YIELD label RETURN *",
    "variable `label` is already defined at line 1:43 [SyntaxError: VariableAlreadyBound]",
  ],
  [
    "CALL db.indexes() YIELD name AS c, label AS c RETURN c",
    "variable `c` is already defined at line 1:45 [SyntaxError: VariableAlreadyBound]",
  ],
];

const AGGREGATES: Refused = [
  ["RETURN count(count(*))", "an aggregate cannot stand in another one at line 1:14 [SyntaxError: NestedAggregation]"],
  ["UNWIND [1] AS x WITH x WHERE count(x) > 1 RETURN x", "an aggregate cannot stand here at line 1:30 [SyntaxError: InvalidAggregation]"],
  ["RETURN [x IN [1] | count(x)]", "an aggregate cannot stand here at line 1:20 [SyntaxError: InvalidAggregation]"],
  ["RETURN any(x IN [1] WHERE count(x) > 1)", "an aggregate cannot stand here at line 1:27 [SyntaxError: InvalidAggregation]"],
  ["UNWIND [count(*)] AS x RETURN x", "an aggregate cannot stand here at line 1:9 [SyntaxError: InvalidAggregation]"],
  [
    "UNWIND [1] AS x WITH x AS foo ORDER BY count(1) RETURN foo",
    "an aggregate cannot stand here at line 1:40 [SyntaxError: InvalidAggregation]",
  ],
  ["RETURN 1 LIMIT count(*)", "an aggregate cannot stand here at line 1:16 [SyntaxError: InvalidAggregation]"],
  [
    "WITH {a: 1} AS me RETURN me.a + count(*)",
    "`me` stands beside an aggregate, but rows are not grouped by it at line 1:26 [SyntaxError: AmbiguousAggregationExpression]",
  ],
  [
    "WITH {a: 1} AS me WITH me.a + 1 AS grp, me.a + 1 + count(*) AS agg RETURN *",
    "`me` stands beside an aggregate, but rows are not grouped by it at line 1:41 [SyntaxError: AmbiguousAggregationExpression]",
  ],
  [
    "WITH {a: 1} AS me WITH me.a + 1, count(*) AS cnt ORDER BY me.a + 1 + count(*) RETURN *",
    "an expression by which rows are grouped stands beside an aggregate: give it a name and use that at line 1:64 [SyntaxError: AmbiguousAggregationExpression]",
  ],
  [
    "WITH {a: 1} AS me RETURN [x IN [1] | x + me.a][0] + count(*)",
    "`me` stands beside an aggregate, but rows are not grouped by it at line 1:42 [SyntaxError: AmbiguousAggregationExpression]",
  ],
  [
    "WITH {a: 1} AS me RETURN count(me.x) AS a ORDER BY me.y + count(me.x)",
    "variable `me` is not defined at line 1:52 [SyntaxError: UndefinedVariable]",
  ],
  [
    "WITH {a: 1} AS a RETURN a.x AS mod, min(a.y) AS min ORDER BY sum(a.y)",
    "variable `a` is not defined at line 1:66 [SyntaxError: UndefinedVariable]",
  ],
  ["RETURN count(rand())", "an aggregate cannot take what differs from call to call at line 1:14 [SyntaxError: NonConstantExpression]"],
];

const KINDS: Refused = [
  ["RETURN 1 AND true", "expected a value of type BOOLEAN, not INTEGER at line 1:8 [SyntaxError: InvalidArgumentType]"],
  ["RETURN null OR 'foo'", "expected a value of type BOOLEAN, not STRING at line 1:16 [SyntaxError: InvalidArgumentType]"],
  ["RETURN true XOR []", "expected a value of type BOOLEAN, not LIST at line 1:17 [SyntaxError: InvalidArgumentType]"],
  ["RETURN NOT {a: 1}", "expected a value of type BOOLEAN, not MAP at line 1:12 [SyntaxError: InvalidArgumentType]"],
  ["WITH 1 AS x WHERE 1.5 RETURN x", "expected a value of type BOOLEAN, not FLOAT at line 1:19 [SyntaxError: InvalidArgumentType]"],
  ["RETURN 1 IN 'foo'", "operator IN does not take a value of type STRING at line 1:13 [SyntaxError: InvalidArgumentType]"],
  ["RETURN 1 - 'a'", "operator - does not take a value of type STRING at line 1:12 [SyntaxError: InvalidArgumentType]"],
  ["RETURN -'a'", "operator - does not take a value of type STRING at line 1:9 [SyntaxError: InvalidArgumentType]"],
  [
    "RETURN single(x IN ['Clara', null] WHERE x % 2 = 0)",
    "operator % does not take a value of type STRING at line 1:42 [SyntaxError: InvalidArgumentType]",
  ],
  [
    "RETURN [x IN [true, 'a'] | x % 2]",
    "operator % does not take a value of type BOOLEAN or STRING at line 1:28 [SyntaxError: InvalidArgumentType]",
  ],
  ["RETURN [x IN 5 | x]", "expected a value of type LIST, not INTEGER at line 1:14 [SyntaxError: InvalidArgumentType]"],
  ["RETURN reduce(a = 0, x IN true | a)", "expected a value of type LIST, not BOOLEAN at line 1:27 [SyntaxError: InvalidArgumentType]"],
  ["WITH 42.5 AS x RETURN x.num", "access to a property does not take a value of type FLOAT at line 1:23 [TypeError: InvalidArgumentType]"],
  ["WITH [1] AS x RETURN x.num", "access to a property does not take a value of type LIST at line 1:22 [TypeError: InvalidArgumentType]"],
  ["WITH 123 AS list RETURN list[0]", "a subscript does not take a value of type INTEGER at line 1:25 [TypeError: InvalidArgumentType]"],
  ["RETURN 'a'[0..1]", "a slice does not take a value of type STRING at line 1:8 [SyntaxError: InvalidArgumentType]"],
  [
    "WITH 1 AS x RETURN x {.a}",
    "expected a value of type MAP or NODE or RELATIONSHIP, not INTEGER at line 1:20 [SyntaxError: InvalidArgumentType]",
  ],
  ["WITH 'a' AS x RETURN x:A", "a test of labels does not take a value of type STRING at line 1:22 [SyntaxError: InvalidArgumentType]"],
];

const COUNTS: Refused = [
  ["WITH {a: 1} AS n RETURN n SKIP n.a", "SKIP cannot use variables at line 1:33 [SyntaxError: NonConstantExpression]"],
  ["WITH 1 AS n RETURN n LIMIT n", "LIMIT cannot use variables at line 1:28 [SyntaxError: NonConstantExpression]"],
  ["RETURN 1 LIMIT -1", "LIMIT cannot be negative at line 1:16 [SyntaxError: NegativeIntegerArgument]"],
  ["RETURN 1 SKIP -1", "SKIP cannot be negative at line 1:15 [SyntaxError: NegativeIntegerArgument]"],
  ["RETURN 1 LIMIT 1.7", "expected a value of type INTEGER, not FLOAT at line 1:16 [SyntaxError: InvalidArgumentType]"],
  ["RETURN 1 LIMIT 'a'", "expected a value of type INTEGER, not STRING at line 1:16 [SyntaxError: InvalidArgumentType]"],
  ["RETURN 1 LIMIT null", "LIMIT takes an INTEGER at line 1:16 [SyntaxError: InvalidArgumentType]"],
];

describe.each([
  ["names", NAMES],
  ["functions", FUNCTIONS],
  ["procedures", PROCEDURES],
  ["aggregates", AGGREGATES],
  ["kinds of values", KINDS],
  ["SKIP and LIMIT", COUNTS],
] as const)("%s", (_subject, refused) => {
  test.each(refused)("%s", (text, message) => {
    expect(failure(text).message).toBe(message);
  });
});
