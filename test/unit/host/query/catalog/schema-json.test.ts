/**
 * Goal: what a key of the catalog holds is the format that is documented, reading gives back what was written, and text that somebody
 * wrote by hand is read whole or refused.
 * Method: one table and one index with everything; then that text with each of its parts broken.
 */
import { describe, expect, test } from "vitest";
import { DatabaseError } from "../../../../../host/common/error.ts";
import {
  catalogIndex,
  parseTypeSpelling,
  readIndex,
  readTable,
  readView,
  type StoredIndex,
  type StoredTable,
  spellType,
  writeIndex,
  writeTable,
  writeView,
} from "../../../../../host/query/catalog/schema-json.ts";
import { arrayOf, plainType } from "../../../../../host/query/type/type.ts";

const plain = { notNull: false, defaultText: undefined, identity: undefined } as const;
const TABLE: StoredTable = {
  name: "shop.items",
  columns: [
    { ...plain, name: "id", type: plainType("integer"), notNull: true, identity: "always" },
    { ...plain, name: "price", type: { name: "numeric", modifiers: [10, 2], element: undefined }, defaultText: "1.50" },
    { ...plain, name: "__proto__", type: { name: "character varying", modifiers: [5], element: undefined } },
    { ...plain, name: 'a "b"', type: arrayOf(plainType("text")) },
    { ...plain, name: "at", type: { name: "timestamp with time zone", modifiers: [3], element: undefined }, defaultText: "now()" },
  ],
  primaryKey: { name: undefined, columns: [0, 1] },
  uniques: [{ name: "u", columns: [2] }],
  checks: [{ name: undefined, text: "price > 0" }],
  foreignKeys: [{ name: "to", columns: [2, 0], table: "other", referenced: ["a", "b"] }],
};

const INDEX: StoredIndex = {
  name: "i",
  table: "movies",
  unique: true,
  parts: [
    { column: "price", descending: true, nullsFirst: true },
    { path: ["user", "name"], descending: false, nullsFirst: false },
  ],
};

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof DatabaseError) return error.message;
    throw error;
  }
  return "";
}

describe("tables", () => {
  test("the format", () => {
    const table: StoredTable = { ...TABLE, name: "ch", columns: TABLE.columns.slice(0, 2), uniques: [], checks: [], foreignKeys: [] };
    expect(JSON.parse(writeTable(table))).toEqual({
      table_name: "ch",
      columns: {
        id: { type: "INTEGER", nullable: false, default: null, identity: "always" },
        price: { type: "NUMERIC(10,2)", nullable: true, default: "1.50" },
      },
      column_order: ["id", "price"],
      constraints: [{ PrimaryKey: { name: null, columns: ["id", "price"] } }],
    });
  });

  test("there and back", () => {
    expect(readTable(writeTable(TABLE))).toEqual(TABLE);
  });

  test.each([
    ["", "its JSON"],
    ["[]", "it is no object"],
    ["{}", "table_name"],
    ['{"table_name":"t"}', "columns"],
    ['{"table_name":"t","columns":{},"column_order":["a"]}', "column_order"],
    ['{"table_name":"t","columns":{"a":1},"column_order":["a"]}', "a"],
    ['{"table_name":"t","columns":{"a":{"type":"FOO","nullable":true}},"column_order":["a"]}', "a"],
    ['{"table_name":"t","columns":{"a":{"type":"TEXT"}},"column_order":["a"]}', "a"],
    ['{"table_name":"t","columns":{},"column_order":[],"constraints":[{"Unique":{"columns":["a"]}}]}', "constraints"],
    ['{"table_name":"t","columns":{},"column_order":[],"constraints":[{"Other":{"columns":[]}}]}', "constraints"],
    ['{"table_name":"t","columns":{},"column_order":[],"constraints":[{}]}', "constraints"],
  ])("broken: %s", (text, where) => {
    expect(failure(() => readTable(text))).toBe(`the stored schema cannot be read: ${where} [XX001]`);
  });

  test("no part of the text can be taken away", () => {
    const text = writeTable(TABLE);
    for (let end = 0; end < text.length; end++) expect(failure(() => readTable(text.slice(0, end)))).toMatch(/cannot be read/);
  });
});

describe("indexes", () => {
  test("there and back", () => {
    expect(readIndex(writeIndex(INDEX))).toEqual(INDEX);
  });

  test("columns of a declared table are numbers, everything else is a path", () => {
    const parts = [
      { kind: "column", number: 1, descending: true, nullsFirst: true },
      { kind: "path", names: ["user", "name"], descending: false, nullsFirst: false },
    ];
    expect(catalogIndex(INDEX, TABLE.columns)).toEqual({ name: "i", unique: true, parts });
    expect(catalogIndex(INDEX, []).parts[0]).toEqual({ kind: "path", names: ["price"], descending: true, nullsFirst: true });
  });

  test.each(['{"unique":1}', '{"unique":true,"parts":[]}', '{"unique":true,"parts":[{}]}'])("broken: %s", (text) => {
    expect(failure(() => readIndex(text))).toMatch(/^the stored index cannot be read: (unique|parts) \[XX001\]$/);
  });
});

describe("views", () => {
  const VIEW = { name: "v", columns: ["a", 'b"'], text: "SELECT x, y FROM t", uses: ["t"] };

  test("there and back", () => {
    expect(writeView(VIEW)).toBe('{"view_name":"v","columns":["a","b\\""],"query":"SELECT x, y FROM t","uses":["t"]}');
    expect(readView(writeView(VIEW))).toEqual(VIEW);
  });

  test.each([
    ["{}", "columns|view_name"],
    ['{"view_name":"v","columns":[1],"query":"","uses":[]}', "columns"],
    ['{"view_name":"v","columns":[],"uses":[]}', "query"],
    ['{"view_name":"v","columns":[],"query":"","uses":"t"}', "uses"],
  ])("broken: %s", (text, where) => {
    expect(failure(() => readView(text))).toMatch(new RegExp(`^the stored view cannot be read: (${where}) \\[XX001\\]$`));
  });
});

test("types are spelled as CREATE TABLE spells them", () => {
  const spellings =
    "SMALLINT,INTEGER,BIGINT,REAL,DOUBLE PRECISION,NUMERIC,TEXT,BOOLEAN,DATE,TIME,TIMESTAMP,TIMESTAMPTZ,INTERVAL,UUID,BYTEA,JSONB";
  for (const spelling of [...spellings.split(","), "CHAR(3)", "VARCHAR(10)", "NUMERIC(5,-2)", "TIMESTAMP(3)", "TEXT[]", "NUMERIC(5,2)[]"]) {
    const type = parseTypeSpelling(spelling);
    expect(spellType(type!)).toBe(spelling);
  }
  expect(parseTypeSpelling("int4")).toEqual(plainType("integer"));
  expect(parseTypeSpelling("FOO")).toBeUndefined();
  expect(parseTypeSpelling("VARCHAR(0)")).toBeUndefined();
  expect(parseTypeSpelling("")).toBeUndefined();
});
