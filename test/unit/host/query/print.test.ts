/**
 * Goal: printing loses nothing: parse(print(parse(x))) equals parse(x), and brackets stand only where they are needed.
 * Method: the corpus, then texts whose brackets are known.
 */
import { describe, expect, test } from "vitest";
import { printSql } from "../../../../host/query/ast/print.ts";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";
import { strip } from "./ast.ts";
import { CORPUS } from "./corpus.ts";

test.each(CORPUS)("%s", (text) => {
  const parsed = parseSql(text);
  const printed = printSql(parsed);
  expect(strip(parseSql(printed))).toEqual(strip(parsed));
  expect(printSql(parseSql(printed))).toBe(printed);
});

describe("texts that are printed as they are", () => {
  test.each([
    "SELECT a + b * c, (a + b) * c, a - (b - c), a - b - c, -a, - -a, -(a + b), NOT a",
    "SELECT a OR b AND c, (a OR b) AND c, NOT (a AND b), NOT a = b, (NOT a) = b, a = (NOT b)",
    "SELECT (a < b) < c, a = b IS NULL, (a = b IS NULL) IS TRUE FROM t",
    "SELECT (t).a, (f(x)).b, a[1][2], (a::int[])[1], (a || b)[1], -5, (-5)::int, 2 ^ -1, a - -1",
    "SELECT a AND (b AND c), a OR (b OR c)",
    "SELECT 1 UNION SELECT 2 INTERSECT (SELECT 3 EXCEPT SELECT 4)",
    "(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3",
    "(SELECT 1 LIMIT 1) UNION (SELECT 2 LIMIT 1) LIMIT 3",
    "SELECT 1 FROM a JOIN (b JOIN c ON x) ON y JOIN d USING (e)",
    "INSERT OR REPLACE INTO t (a) VALUES (1) RETURNING *",
    "SELECT a IN (), a + 1 NOT IN (), replace(a, b, c)",
    "SELECT \"a b\".\"c\"\"d\", 'it''s', X'1F', $1",
  ])("%s", (text) => {
    expect(printSql(parseSql(text))).toBe(text);
  });
});
