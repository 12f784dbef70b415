/**
 * Goal: the cache's key keeps what a plan may rely on, and lets go of what it may not.
 * Method: pairs of texts that must have one key, and pairs that must not; goldens of keys, with the NUL of a mark shown as a dot.
 * That keys tell the truth about the AST is shown in generated.test.ts.
 */
import { describe, expect, test } from "vitest";
import { fingerprint } from "../../../../host/query/parser/sql/fingerprint.ts";

function key(text: string): string {
  return fingerprint(text).key.replaceAll("\0", ".");
}

describe("one key", () => {
  test.each([
    ["SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 2147483647"],
    ["SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = E'\\n''y'"],
    ["SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = $tag$ y $tag$"],
    ["SELECT a FROM t WHERE b = 1.5 AND c = 2.5", "SELECT a FROM t WHERE b = 2.5 AND c = 2.5"],
    ["SELECT x + 1 FROM t GROUP BY x + 1", "SELECT x + 2 FROM t GROUP BY x + 2"],
    ["INSERT INTO t VALUES (1, 1, 'a')", "INSERT INTO t VALUES (7, 8, '')"],
    ["UPDATE t SET a = -1 WHERE b = ?", "UPDATE t SET a = -5 WHERE b = ?"],
    ["SELECT 0x1F", "SELECT 3_1"],
    ["SELECT INTERVAL '1 day'", "SELECT INTERVAL '2 days'"],
    ["SELECT a FROM t WHERE a->>'b' = 'x'", "SELECT a FROM t WHERE a->>'b' = 'y'"],
    ["SELECT a -> 1 FROM t", "SELECT a -> 2 FROM t"],
  ])("%s and %s", (left, right) => {
    expect(fingerprint(left).key).toBe(fingerprint(right).key);
    expect(fingerprint(left).key).not.toBe(left);
  });
});

describe("two keys", () => {
  test.each([
    ["SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 2147483648"],
    ["SELECT a FROM t WHERE b = 2147483648", "SELECT a FROM t WHERE b = 2147483649"],
    ["SELECT a FROM t WHERE b = 9223372036854775807", "SELECT a FROM t WHERE b = 9223372036854775808"],
    ["SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = 1.0"],
    ["SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = '1'"],
    ["SELECT a FROM t WHERE b = 1", "SELECT a FROM t WHERE b = NULL"],
    ["SELECT x + 1 FROM t GROUP BY x + 1", "SELECT x + 1 FROM t GROUP BY x + 2"],
    ["SELECT a FROM t ORDER BY 1", "SELECT a FROM t ORDER BY 2"],
    ["SELECT a FROM t ORDER BY b, (-1) DESC", "SELECT a FROM t ORDER BY b, (-2) DESC"],
    ["SELECT a FROM t GROUP BY GROUPING SETS ((1, 2), 3)", "SELECT a FROM t GROUP BY GROUPING SETS ((1, 3), 2)"],
    ["SELECT a FROM t GROUP BY ROLLUP (1)", "SELECT a FROM t GROUP BY ROLLUP (2)"],
    ["SELECT a FROM t LIMIT 1", "SELECT a FROM t LIMIT 2"],
    ["SELECT a FROM t OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "SELECT a FROM t OFFSET 1 ROWS FETCH NEXT 3 ROWS ONLY"],
    ["SELECT a::numeric(10, 2) FROM t", "SELECT a::numeric(10, 3) FROM t"],
    ["SELECT CAST(a AS varchar(1)) FROM t", "SELECT CAST(a AS varchar(2)) FROM t"],
    ["SELECT TIMESTAMP(1) 'x'", "SELECT TIMESTAMP(2) 'x'"],
    ["SELECT INTERVAL '1' SECOND(1)", "SELECT INTERVAL '1' SECOND(2)"],
    ["SELECT a -> 'b' FROM t", "SELECT a -> 'c' FROM t"],
    ["SELECT INTERVAL '1' DAY", "SELECT INTERVAL '2' DAY"],
    ["SELECT a FROM t WHERE a->>'b' = 'x'", "SELECT a FROM t WHERE a->>'c' = 'x'"],
    ["SELECT EXTRACT('year' FROM d)", "SELECT EXTRACT('month' FROM d)"],
    ["SELECT date_trunc('year', d)", "SELECT date_trunc('month', d)"],
    ["SELECT * FROM graph_match('MATCH (a) RETURN 1') AS g", "SELECT * FROM graph_match('MATCH (a) RETURN 2') AS g"],
    ["INSERT INTO t VALUES (1) ON CONFLICT (a) WHERE b > 1 DO NOTHING", "INSERT INTO t VALUES (1) ON CONFLICT (a) WHERE b > 2 DO NOTHING"],
    ["CREATE TABLE t (a int DEFAULT 1)", "CREATE TABLE t (a int DEFAULT 2)"],
    ["SET x = 1", "SET x = 2"],
    ["EXPLAIN SELECT 1", "EXPLAIN SELECT 2"],
    ["SELECT a FROM t", "SELECT b FROM t"],
    ['SELECT "\u0001i0;"', "SELECT 1"],
  ])("%s and %s", (left, right) => {
    expect(fingerprint(left).key).not.toBe(fingerprint(right).key);
  });
});

test("keys", () => {
  expect(key("SELECT a + 1, 'x' FROM t WHERE b = 1 AND c IN (1, 2) GROUP BY a + 1, 'x', 2 ORDER BY 1, a + 1")).toBe(
    "SELECT a + .i0;, .s1; FROM t WHERE b = .i2; AND c IN (.i3;, .i4;) GROUP BY a + .i0;, .s1;, 2 ORDER BY 1, a + .i0;",
  );
  expect(key("SELECT count(*) FROM t WHERE d < DATE '2024-01-01' - INTERVAL '1' DAY HAVING count(*) > 10 LIMIT 5")).toBe(
    "SELECT count(*) FROM t WHERE d < DATE .s0; - INTERVAL '1' DAY HAVING count(*) > .i1; LIMIT 5",
  );
  expect(key("SELECT (SELECT max(a) FROM t WHERE b = 3 LIMIT 1) FROM u WHERE EXISTS (SELECT 4 ORDER BY 1) OFFSET 2")).toBe(
    "SELECT (SELECT max(a) FROM t WHERE b = .i0; LIMIT 1) FROM u WHERE EXISTS (SELECT .i1; ORDER BY 1) OFFSET 2",
  );
  expect(key("INSERT INTO t (a) VALUES (-2147483648, B'01', X'F') ON CONFLICT DO UPDATE SET a = 5 RETURNING a + 5, 5")).toBe(
    "INSERT INTO t (a) VALUES (-.j0;, .b1;, .x2;) ON CONFLICT DO UPDATE SET a = .i3; RETURNING a + .i4;, .i4;",
  );
});

test("literals come in order with value and position", () => {
  expect(fingerprint("SELECT 'it''s', 0x1F, -1.50 WHERE a = 'b'").literals).toEqual([
    { type: "string", value: "it's", position: 7 },
    { type: "integer", value: "31", position: 16 },
    { type: "numeric", value: "1.50", position: 23 },
    { type: "string", value: "b", position: 38 },
  ]);
});
