/**
 * SQL in the shell: which lines are statements, and how results look.
 */
import { describe, expect, it } from "vitest";
import { isSqlLine } from "../../../../host/cli/sql-line.ts";
import { formatSqlTable } from "../../../../host/cli/sql-table.ts";
import type { Reply } from "../../../../host/resp/decoder.ts";

const encoder = new TextEncoder();
const bulk = (text: string): Reply => ({ kind: "bulk", bytes: encoder.encode(text) });
const array = (...items: readonly Reply[]): Reply => ({ kind: "array", items: [...items] });
const integer = (value: bigint): Reply => ({ kind: "integer", value });
const NULL: Reply = { kind: "null" };

function result(columns: readonly string[], types: readonly string[], rows: readonly (readonly Reply[])[], affected?: bigint): Reply {
  const fields: [Reply, Reply][] = [
    [bulk("columns"), array(...columns.map(bulk))],
    [bulk("types"), array(...types.map(bulk))],
    [bulk("rows"), array(...rows.map((row) => array(...row)))],
  ];
  if (affected !== undefined) fields.push([bulk("affected"), integer(affected)]);
  return { kind: "map", entries: fields };
}

describe("lines that are SQL", () => {
  it.each([
    "SELECT 1 + 1",
    "select 1;",
    "  with x as (select 1) table x",
    "(SELECT 1)",
    "INSERT INTO t VALUES (1)",
    "delete from t",
    "CREATE UNIQUE INDEX i ON t (a)",
    "EXPLAIN SELECT 1",
    "SET timezone TO 'UTC'",
    "set statement_timeout = 5",
    "SHOW ALL",
    "RESET timezone",
  ])("%s", (line) => expect(isSqlLine(line)).toBe(true));

  it.each([
    "SELECT 1",
    "select 15",
    "SET k v",
    "SET total 5 EX 10",
    "GET x",
    "DELETE k",
    "RESET",
    "CREATEINDEX a",
    "TABLE.SCAN t",
    "SQL SELECT 1",
    "",
  ])("not: %s", (line) => expect(isSqlLine(line)).toBe(false));
});

describe("tables", () => {
  const people = result(
    ["name", "age"],
    ["text", "integer"],
    [
      [bulk("Ann"), integer(30n)],
      [bulk("漢字\n"), NULL],
    ],
  );

  it("aligns columns by what is seen, numbers to the right", () => {
    expect(formatSqlTable(people, 80)).toBe(
      [" name   | age", "--------+------", " Ann    |   30", " 漢字\\n | NULL", "(2 rows)"].join("\n"),
    );
  });

  it("prints records where a table would be too wide", () => {
    expect(formatSqlTable(people, 10)).toBe(
      ["-[ record 1 ]", "name | Ann", "age  | 30", "-[ record 2 ]", "name | 漢字\\n", "age  | NULL", "(2 rows)"].join("\n"),
    );
  });

  it("the flat array of RESP2 is the same", () => {
    const flat = array(...(people.kind === "map" ? people.entries.flat() : []));
    expect(formatSqlTable(flat, 80)).toBe(formatSqlTable(people, 80));
  });

  it("results without columns, and other replies", () => {
    expect(formatSqlTable(result([], [], []), 80)).toBe("OK");
    expect(formatSqlTable(result([], [], [], 1n), 80)).toBe("1 row written");
    expect(formatSqlTable(result(["x"], ["text"], [], 0n), 80)).toBe([" x", "---", "(0 rows written)"].join("\n"));
    expect(formatSqlTable({ kind: "error", text: "ERR no" }, 80)).toBeUndefined();
  });
});
