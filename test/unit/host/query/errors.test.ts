/**
 * Goal: bad statements are refused as PostgreSQL words it, with the position and the SQLSTATE, and nothing but a DatabaseError is thrown.
 * Method: texts and their whole messages; then what is too deep, too long or not ours.
 */
import { describe, expect, test } from "vitest";
import { DatabaseError } from "../../../../host/common/error.ts";
import { AST_DEPTH_MAX, NESTING_MAX } from "../../../../host/query/parser/depth.ts";
import { parseSql } from "../../../../host/query/parser/sql/parse.ts";

function failure(text: string): DatabaseError {
  try {
    parseSql(text);
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("syntax", () => {
  test.each([
    ["", "syntax error at end of input at line 1:1 [42601]"],
    ["SELEC 1", 'syntax error at or near "SELEC" at line 1:1 [42601]'],
    ["SELECT 1 FROM", "syntax error at end of input at line 1:14 [42601]"],
    ["SELECT *\nFROM t\nWHERE a = = 1", 'syntax error at or near "=" at line 3:11 [42601]'],
    ["SELECT a b c", 'syntax error at or near "c" at line 1:12 [42601]'],
    ["SELECT 1; SELECT 2", 'syntax error at or near "SELECT" at line 1:11 [42601]'],
    ["SELECT (1", "syntax error at end of input at line 1:10 [42601]"],
    ["SELECT 1)", 'syntax error at or near ")" at line 1:9 [42601]'],
    ["SELECT a FROM t WHERE", "syntax error at end of input at line 1:22 [42601]"],
    ["SELECT a < b < c", 'syntax error at or near "<" at line 1:14 [42601]'],
    ["SELECT a LIKE b LIKE c", 'syntax error at or near "LIKE" at line 1:17 [42601]'],
    ["SELECT a BETWEEN 1", "syntax error at end of input at line 1:19 [42601]"],
    ["SELECT a BETWEEN 1 OR 2", 'syntax error at or near "OR" at line 1:20 [42601]'],
    ["SELECT a BETWEEN b IS NOT NULL AND c", 'syntax error at or near "NULL" at line 1:27 [42601]'],
    ["SELECT a BETWEEN b / NOT c AND d", 'syntax error at or near "NOT" at line 1:22 [42601]'],
    ["SELECT a BETWEEN b = ANY (c) AND d", 'syntax error at or near "ANY" at line 1:22 [42601]'],
    ["SELECT 1 FETCH FIRST ROW WITH TIES", "WITH TIES cannot be specified without ORDER BY clause at line 1:10 [42601]"],
    ["SELECT a ESCAPE 'x'", 'syntax error at or near "ESCAPE" at line 1:10 [42601]'],
    ["SELECT a IN (1,)", 'syntax error at or near ")" at line 1:16 [42601]'],
    ["SELECT a = ANY ()", 'syntax error at or near ")" at line 1:17 [42601]'],
    ["REPLACE INTO t VALUES (1) ON CONFLICT DO NOTHING", 'syntax error at or near "ON" at line 1:27 [42601]'],
    ["UPDATE OR REPLACE t SET a = 1", 'syntax error at or near "OR" at line 1:8 [42601]'],
    ["SELECT a[]", 'syntax error at or near "]" at line 1:10 [42601]'],
    ["SELECT a::int[x]", 'syntax error at or near "x" at line 1:15 [42601]'],
    ["SELECT 1 = ANY (2, 3)", 'syntax error at or near "," at line 1:18 [42601]'],
    ["SELECT ((1) UNION SELECT 2)", 'syntax error at or near "UNION" at line 1:13 [42601]'],
    ["SELECT f(1 => 2)", 'syntax error at or near "=>" at line 1:12 [42601]'],
    ["SELECT t.*.a FROM t", 'improper use of "*" at or near "FROM" at line 1:14 [42601]'],
    ["SELECT f(DISTINCT)", 'syntax error at or near ")" at line 1:18 [42601]'],
    ["SELECT select", 'syntax error at or near "select" at line 1:8 [42601]'],
    ["SELECT a ? b", 'syntax error at or near "?" at line 1:10 [42601]'],
    ["SELECT CASE END", 'syntax error at or near "END" at line 1:13 [42601]'],
    ["SELECT * FROM a JOIN b", "syntax error at end of input at line 1:23 [42601]"],
    ["SELECT * FROM a JOIN b ON x ON y", 'syntax error at or near "ON" at line 1:29 [42601]'],
    ["SELECT * FROM (a)", 'syntax error at or near ")" at line 1:17 [42601]'],
    ["SELECT * FROM t AS", "syntax error at end of input at line 1:19 [42601]"],
    ["SELECT 1 LIMIT 1 LIMIT 2", "multiple LIMIT clauses not allowed at line 1:18 [42601]"],
    ["INSERT INTO t (a) VALUE (1)", 'syntax error at or near "VALUE" at line 1:19 [42601]'],
    ["INSERT INTO t (a) DEFAULT VALUES", 'syntax error at or near "DEFAULT" at line 1:19 [42601]'],
    ["SELECT f(x ORDER BY y) WITHIN GROUP (ORDER BY z)", "cannot use multiple ORDER BY clauses with WITHIN GROUP at line 1:24 [42601]"],
    ["SELECT f(DISTINCT x) WITHIN GROUP (ORDER BY z)", "cannot use DISTINCT with WITHIN GROUP at line 1:22 [42601]"],
    ["UPDATE t SET", "syntax error at end of input at line 1:13 [42601]"],
    ["UPDATE t SET a = 1,", "syntax error at end of input at line 1:20 [42601]"],
    ["DELETE t", 'syntax error at or near "t" at line 1:8 [42601]'],
    ["CREATE TABLE t (a)", 'syntax error at or near ")" at line 1:18 [42601]'],
    ["CREATE TABLE t (a int) x", 'syntax error at or near "x" at line 1:24 [42601]'],
    ["CREATE TABLE t (a int DEFAULT NOT 1)", 'syntax error at or near "NOT" at line 1:31 [42601]'],
    ["CREATE TABLE t (a int NOT NULL DEFERRABLE)", "misplaced DEFERRABLE clause at line 1:32 [42601]"],
    ["CREATE FUNCTION f() RETURNS int AS 'x'", "no language specified at line 1:1 [42601]"],
    ["DROP TABLE f(int)", 'syntax error at or near "(" at line 1:13 [42601]'],
    ["ALTER TABLE t", "syntax error at end of input at line 1:14 [42601]"],
  ])("%s", (text, message) => {
    expect(failure(text)).toMatchObject({ code: "SQL_SYNTAX", message });
  });
});

describe("tokens", () => {
  test.each([
    ["SELECT 'abc", 'unterminated quoted string at or near "\'abc" at line 1:8 [42601]'],
    ["SELECT 'abc''", "unterminated quoted string at or near \"'abc''\" at line 1:8 [42601]"],
    ["SELECT E'abc\\'", "unterminated quoted string at or near \"E'abc\\'\" at line 1:8 [42601]"],
    ['SELECT "abc', 'unterminated quoted identifier at or near ""abc" at line 1:8 [42601]'],
    ['SELECT ""', 'zero-length delimited identifier at or near """" at line 1:8 [42601]'],
    ["SELECT $a$ x $b$", 'unterminated dollar-quoted string at or near "$a$ x $b$" at line 1:8 [42601]'],
    ["SELECT 1 /* x /* y */", 'unterminated /* comment at or near "/* x /* y */" at line 1:10 [42601]'],
    ["SELECT 1a", 'trailing junk after numeric literal at or near "1a" at line 1:8 [42601]'],
    ["SELECT 0x", 'invalid hexadecimal integer at or near "0x" at line 1:8 [42601]'],
    ["SELECT 0b_", 'invalid binary integer at or near "0b_" at line 1:8 [42601]'],
    ["SELECT 0xg", 'invalid hexadecimal integer at or near "0x" at line 1:8 [42601]'],
    ["SELECT 0x0o", 'trailing junk after numeric literal at or near "0x0o" at line 1:8 [42601]'],
    ["SELECT 1abc", 'trailing junk after numeric literal at or near "1a" at line 1:8 [42601]'],
    ["SELECT 1__0", 'trailing junk after numeric literal at or near "1_" at line 1:8 [42601]'],
    ["SELECT $1a", 'trailing junk after parameter at or near "$1a" at line 1:8 [42601]'],
    ["SELECT \\", 'syntax error at or near "\\" at line 1:8 [42601]'],
    ["SELECT E'\\ud800'", "invalid Unicode surrogate pair at line 1:8 [42601]"],
    ["SELECT U&'\\+110000'", "invalid Unicode escape value at line 1:8 [42601]"],
    ["SELECT '\0'", "a statement cannot contain NUL at line 1:9 [42601]"],
  ])("%j", (text, message) => {
    expect(failure(text)).toMatchObject({ code: "SQL_SYNTAX", message });
  });

  test("frames begin before they end", () => {
    expect(failure("SELECT sum(x) OVER (ROWS UNBOUNDED FOLLOWING)")).toMatchObject({
      code: "SQL_ERROR",
      message: "frame start cannot be UNBOUNDED FOLLOWING at line 1:26 [42P20]",
    });
    expect(failure("SELECT sum(x) OVER (ROWS BETWEEN 1 FOLLOWING AND CURRENT ROW)").message).toContain(
      "frame starting from following row cannot have preceding rows",
    );
  });

  test("parameters count from one", () => {
    expect(failure("SELECT $0")).toMatchObject({ code: "SQL_ERROR", message: "there is no parameter $0 at line 1:8 [42P02]" });
  });

  test("literals that can have no value", () => {
    expect(failure("SELECT E'\\xff'")).toMatchObject({
      code: "SQL_VALUE",
      message: 'invalid byte sequence for encoding "UTF8" at line 1:8 [22021]',
    });
    expect(failure("SELECT B'012'").message).toBe('"2" is not a valid binary digit at line 1:8 [22P02]');
    expect(failure("SELECT X'0g'").message).toBe('"g" is not a valid hexadecimal digit at line 1:8 [22P02]');
    expect(failure("SELECT E'\\u00e'").message).toBe("invalid Unicode escape at line 1:8 [22025]");
    expect(failure("SELECT E'\\0'").message).toBe('invalid byte sequence for encoding "UTF8": 0x00 at line 1:8 [22021]');
  });
});

describe("what PostgreSQL has and this dialect has not is named", () => {
  test.each([
    ["LOCK TABLE t", "LOCK is not supported at line 1:1 [0A000]"],
    ["GRANT SELECT ON t TO u", "GRANT is not supported at line 1:1 [0A000]"],
    ["CREATE DOMAIN d AS integer", "CREATE DOMAIN is not supported at line 1:1 [0A000]"],
    ["  create trigger x", "CREATE TRIGGER is not supported at line 1:3 [0A000]"],
    ["ALTER VIEW v OWNER TO w", "ALTER VIEW is not supported at line 1:1 [0A000]"],
    ["ALTER INDEX i SET (fillfactor = 70)", "ALTER INDEX is not supported at line 1:1 [0A000]"],
    ["ALTER TABLE t OWNER TO w", "ALTER TABLE ... OWNER TO is not supported at line 1:15 [0A000]"],
    ["ALTER TABLE t ADD CHECK (a > 0) NOT VALID", "ALTER TABLE ... NOT VALID is not supported at line 1:37 [0A000]"],
    ["ALTER TABLE t ALTER a SET STATISTICS 9", "ALTER TABLE ... SET STATISTICS is not supported at line 1:27 [0A000]"],
    ["DROP ROLE r", "DROP ROLE is not supported at line 1:1 [0A000]"],
  ])("%s", (text, message) => {
    expect(failure(text)).toMatchObject({ code: "SQL_NOT_SUPPORTED", message });
  });
});

describe("depth", () => {
  const repeated = (open: string, middle: string, close: string, count: number): string =>
    `SELECT ${open.repeat(count)}${middle}${close.repeat(count)}`;
  const forms: readonly (readonly [string, string, string])[] = [
    ["(", "1", ")"],
    ["f(", "1", ")"],
    ["(SELECT ", "1", ")"],
    ["a IN (", "1", ")"],
    ["CASE WHEN ", "1", " THEN 2 END"],
    ["NOT ", "a", ""],
    ["- ", "a", ""],
  ];

  test.each(forms)("%s at the limit", (open, middle, close) => {
    expect(parseSql(repeated(open, middle, close, NESTING_MAX)).kind).toBe("ParsedQuery");
    expect(failure(repeated(open, middle, close, NESTING_MAX + 1))).toMatchObject({ code: "SQL_STACK_DEPTH" });
    expect(failure(repeated(open, middle, close, 10_000)).message).toMatch(/^stack depth limit exceeded at line 1:\d+ \[54001\]$/);
  });

  test("ARRAY and its brackets", () => {
    expect(failure(repeated("ARRAY[", "1", "]", 10_000)).message).toContain("stack depth limit exceeded");
    expect(failure(`SELECT ARRAY${"[".repeat(10_000)}`).message).toContain("stack depth limit exceeded");
    expect(failure(`SELECT ${"(".repeat(10_000)}`).message).toContain("stack depth limit exceeded");
  });

  test("chains of one operator", () => {
    expect(parseSql(`SELECT 1${" + 1".repeat(AST_DEPTH_MAX - 10)}`).kind).toBe("ParsedQuery");
    expect(failure(`SELECT 1${" + 1".repeat(10_000)}`)).toMatchObject({ code: "SQL_STACK_DEPTH" });
    expect(failure(`SELECT 1${" UNION SELECT 1".repeat(10_000)}`)).toMatchObject({ code: "SQL_STACK_DEPTH" });
  });

  test("AND and OR are flat, and so are lists", () => {
    expect(parseSql(`SELECT a${" AND a".repeat(10_000)}${" OR b".repeat(10_000)}`).kind).toBe("ParsedQuery");
    expect(parseSql(`SELECT a IN (1${", 1".repeat(100_000)})`).kind).toBe("ParsedQuery");
    expect(parseSql(`SELECT 1 /* ${"/*".repeat(10_000)}${"*/".repeat(10_000)} */`).kind).toBe("ParsedQuery");
  });

  test("CASE and END as names do not count", () => {
    expect(parseSql(`SELECT 1${", t.case, t.end".repeat(1000)} FROM t`).kind).toBe("ParsedQuery");
    expect(failure(`SELECT ${"t.end, ".repeat(500)}${"(".repeat(1000)}`).message).toContain("stack depth limit exceeded");
  });
});

test("a statement of a megabyte", () => {
  const text = `INSERT INTO t VALUES ${Array.from({ length: 60_000 }, (_, row) => `(${row}, 'name ${row}')`).join(", ")}`;
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(parseSql(text).kind).toBe("ParsedInsert");
  expect(parseSql(`SELECT '${"x".repeat(2_000_000)}'`).kind).toBe("ParsedQuery");
});
