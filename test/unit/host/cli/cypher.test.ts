/**
 * Goal: the shell knows Cypher from SQL and commands, and shows its results as people write them, in both protocols.
 */
import { describe, expect, it, test } from "vitest";
import { isCypherLine } from "../../../../host/cli/cypher-line.ts";
import { statementWords } from "../../../../host/cli/sql-line.ts";
import { formatSqlTable } from "../../../../host/cli/sql-table.ts";
import type { Reply } from "../../../../host/resp/decoder.ts";

const encoder = new TextEncoder();
const bulk = (text: string): Reply => ({ kind: "bulk", bytes: encoder.encode(text) });
const integer = (value: number): Reply => ({ kind: "integer", value: BigInt(value) });
const array = (...items: readonly Reply[]): Reply => ({ kind: "array", items: [...items] });
type Entries = Readonly<Record<string, Reply>>;
const maps: Readonly<Record<string, (entries: Entries) => Reply>> = {
  RESP3: (entries) => ({ kind: "map", entries: Object.entries(entries).map(([name, value]) => [bulk(name), value] as const) }),
  RESP2: (entries) => array(...Object.entries(entries).flatMap(([name, value]) => [bulk(name), value])),
};

describe("lines", () => {
  it.each([
    "MATCH (n) RETURN n",
    "  optional match (n) return n",
    "CREATE (:A)-[:R]->(:B)",
    "create p = (a)-[:R]->(b)",
    "CREATE INDEX FOR (n:Person) ON (n.name)",
    "MERGE (n:A)",
    "UNWIND [1] AS x RETURN x",
    "RETURN 1",
    "WITH 1 AS x RETURN x",
    "CALL db.labels()",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) RETURN n",
    "DETACH DELETE n",
  ])("Cypher: %s", (line) => expect(statementWords(line)).toEqual(["CYPHER.QUERY", line.trim()]));

  it.each([
    "SELECT 1 + 1",
    "CREATE TABLE t (id integer)",
    "CREATE INDEX ON city (geo.lat)",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a",
    "EXPLAIN SELECT 1",
    "DROP INDEX i",
  ])("SQL: %s", (line) => expect(statementWords(line)).toEqual(["SQL.QUERY", line]));

  it.each(["GET a", "SELECT 1", "SET k v", "GRAPH.ADDNODE Person", "CYPHER RETURN 1", "matching", ""])("neither: %s", (line) => {
    expect(statementWords(line)).toBeUndefined();
    expect(isCypherLine(line)).toBe(false);
  });
});

describe.each(Object.entries(maps))("tables of %s", (_, map) => {
  const node = map({ $: bulk("node"), id: integer(1), labels: array(bulk("A"), bulk("B")), properties: map({ name: bulk("Ann's") }) });
  const plain = map({ $: bulk("node"), id: integer(2), labels: array(), properties: map({}) });
  const back = map({
    $: bulk("rel"),
    id: integer(0),
    type: bulk("R"),
    start: integer(2),
    end: integer(1),
    properties: map({ w: integer(3) }),
  });
  const path = map({ $: bulk("path"), nodes: array(node, plain), rels: array(back) });
  const date = map({ $: bulk("temporal"), type: bulk("date"), value: bulk("2020-01-02") });

  test("nodes, relationships, paths, lists and what was changed", () => {
    const columns = array(bulk("n"), bulk("r"), bulk("p"), bulk("d"), bulk("l"));
    const rows = array(array(node, back, path, date, array(bulk("x"), integer(1), { kind: "null" })));
    const stats = map({ nodesCreated: integer(2), propertiesSet: integer(1) });
    expect(formatSqlTable(map({ columns, rows, stats }), 300)?.split("\n")).toEqual([
      " n                       | r           | p                                       | d          | l",
      "-------------------------+-------------+-----------------------------------------+------------+----------------",
      " (:A:B {name: 'Ann\\'s'}) | [:R {w: 3}] | (:A:B {name: 'Ann\\'s'})<-[:R {w: 3}]-() | 2020-01-02 | ['x', 1, null]",
      "(1 row; 2 nodes created, 1 property set)",
    ]);
  });

  test("a statement without rows tells what it has changed", () => {
    const empty = { columns: array(), rows: array() };
    expect(formatSqlTable(map({ ...empty, stats: map({ propertiesSet: integer(2) }) }), 80)).toBe("2 properties set");
    expect(formatSqlTable(map(empty), 80)).toBe("OK");
  });
});
