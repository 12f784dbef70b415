/**
 * Rows of tables and documents as nodes of Cypher.
 *
 * Goal: a label that is a table's name finds its rows, alone, over foreign keys in both directions, optionally, in conditions and beside nodes
 * of the graph; properties are columns, with conditions that reach the scan; a label of the graph wins; what rows cannot do is refused by name.
 * Method: Cypher on a database in memory with two tables, a collection and a node.
 */
import { beforeAll, describe, expect, it } from "vitest";
import type { EmbeddedDatabase } from "../../../../../host/client/embedded.ts";
import { open } from "../../../../../host/entry/node.ts";

let db: EmbeddedDatabase;

/** Rows of a query as the values of their columns. */
async function rows(text: string): Promise<readonly (readonly unknown[])[]> {
  const lines = (await db.execute(["CYPHER", text])) as readonly string[];
  return lines.map((line) => Object.values(JSON.parse(line) as object));
}

beforeAll(async () => {
  db = await open();
  for (const text of [
    "CREATE TABLE users (id integer PRIMARY KEY, name text, born date)",
    `CREATE TABLE orders (id integer PRIMARY KEY, user_id integer CONSTRAINT placed_by REFERENCES users, item text, price numeric(10,2),
       part_of integer REFERENCES orders)`,
    "CREATE TABLE pairs (a integer, b text, PRIMARY KEY (a, b))",
    "CREATE TABLE uses (id integer PRIMARY KEY, x integer, y text, CONSTRAINT of_pair FOREIGN KEY (y, x) REFERENCES pairs (b, a))",
    "INSERT INTO users VALUES (1, 'Ann', '1990-01-02'), (2, 'Ben', NULL), (3, 'Cy', NULL)",
    "INSERT INTO orders VALUES (10, 1, 'pen', 1.50, NULL), (11, 1, 'ink', 2, 10), (12, 2, 'cup', 9, NULL), (13, NULL, 'box', 1, 12)",
    "INSERT INTO pairs VALUES (1, 'p'), (2, 'q')",
    "INSERT INTO uses VALUES (1, 2, 'q'), (2, 1, NULL)",
    "INSERT INTO docs (id, title, tags) VALUES ('d1', 'First', 3), ('d2', 'Second', NULL)",
  ]) {
    await db.query(text);
  }
  await db.execute(["GRAPH.ADDNODE", "Person", '{"name": "Ada", "born": 1}']);
});

describe("rows", () => {
  it("have columns, and are maps with _id and _label", async () => {
    expect(await rows("MATCH (u:users) RETURN u.name, u._id, u._label, toString(u.born), u.nosuch ORDER BY u.name LIMIT 1")).toEqual([
      ["Ann", "1", "users", "1990-01-02", null],
    ]);
    expect(await rows("MATCH (u:users {id: 2}) RETURN u")).toEqual([[{ id: 2, name: "Ben", born: null, _id: "2", _label: "users" }]]);
    expect(await rows("MATCH (u:users) WHERE u._id = '3' RETURN u.name")).toEqual([["Cy"]]);
    expect(await rows("MATCH (d:docs) WHERE d.tags > 1 RETURN d.title, d._id, d.id")).toEqual([["First", "d1", "d1"]]);
    expect(await rows("MATCH (u:users) WITH count(u) AS c, collect(u) AS found RETURN c, size(found), found[0]._label")).toEqual([
      [3, 3, "users"],
    ]);
    expect(await rows("MATCH (u:users) WITH DISTINCT u ORDER BY u.id DESC RETURN u.name")).toEqual([["Cy"], ["Ben"], ["Ann"]]);
  });

  it("are found by their foreign keys, in both directions", async () => {
    const found = [["ink"], ["pen"]];
    expect(await rows("MATCH (o:orders)-[:user_id]->(u:users) WHERE u.name = 'Ann' RETURN o.item ORDER BY o.item")).toEqual(found);
    expect(await rows("MATCH (o:orders)-[:placed_by]->(u {name: 'Ann'}) RETURN o.item ORDER BY o.item")).toEqual(found);
    expect(await rows("MATCH (u:users {name: 'Ann'})<-[:user_id]-(o:orders) RETURN o.item ORDER BY o.item")).toEqual(found);
    expect(await rows("MATCH (u:users)-[:user_id]-(o:orders) WHERE u.id = 1 RETURN o.item ORDER BY o.item")).toEqual(found);
    expect(await rows("MATCH (p:pairs)<-[:of_pair]-(x:uses) RETURN p.a, x.id")).toEqual([[2, 1]]);
    expect(await rows("MATCH (o:orders)-[:part_of]->(w)-[:user_id]->(u) RETURN o.item, w.item, u.name ORDER BY u.name")).toEqual([
      ["ink", "pen", "Ann"],
      ["box", "cup", "Ben"],
    ]);
    expect(await rows("MATCH (o:orders)-[:user_id]->(u)<-[:user_id]-(other:orders) WHERE o.id < other.id RETURN o.id, other.id")).toEqual([
      [10, 11],
    ]);
  });

  it("are found for rows that are known, or are not", async () => {
    expect(
      await rows("MATCH (u:users) OPTIONAL MATCH (o:orders)-[:user_id]->(u) WHERE o.price > 1.9 RETURN u.name, o.item ORDER BY u.name"),
    ).toEqual([
      ["Ann", "ink"],
      ["Ben", "cup"],
      ["Cy", null],
    ]);
    expect(await rows("MATCH (u:users) WITH u WHERE u.id = 2 MATCH (u)<-[:user_id]-(o:orders) RETURN o.item")).toEqual([["cup"]]);
    expect(await rows("MATCH (u:users) WHERE NOT EXISTS { MATCH (u)<-[:user_id]-(o:orders) } RETURN u.name")).toEqual([["Cy"]]);
    expect(await rows("MATCH (u:users) RETURN u.name, size([(u)<-[:user_id]-(o:orders) | o.item]) ORDER BY u.name")).toEqual([
      ["Ann", 2],
      ["Ben", 1],
      ["Cy", 0],
    ]);
  });

  it("stand beside nodes of the graph, in SQL too", async () => {
    expect(await rows("MATCH (u:users), (p:Person) WHERE u.id = p.born RETURN u.name, p.name")).toEqual([["Ann", "Ada"]]);
    expect(await rows("MATCH (u:users), (p:Person {born: u.id}) RETURN u.name, p.name")).toEqual([["Ann", "Ada"]]);
    expect(await rows("MATCH (p:Person) MATCH (u:users {id: p.born}) RETURN u.name")).toEqual([["Ann"]]);
    const text =
      "SELECT g.item FROM GRAPH_MATCH('MATCH (o:orders)-[:user_id]->(u:users) RETURN o.item AS item, u.id AS id') AS g WHERE g.id = 2";
    expect((await db.query(text)).rows).toEqual([{ item: "cup" }]);
    const plan = (await db.query(`EXPLAIN ${text}`)).rows.map((row) => Object.values(row)[0]);
    expect(plan.join("\n")).toMatch(/Scan users u .* by key/);
  });

  it("a label of the graph wins", async () => {
    expect(await rows("MATCH (d:later) RETURN count(*)")).toEqual([[0]]);
    await db.query("INSERT INTO later (id) VALUES ('x'), ('y')");
    expect(await rows("MATCH (d:later) RETURN count(*)")).toEqual([[2]]);
    await db.execute(["GRAPH.ADDNODE", "later", "{}"]);
    expect(await rows("MATCH (d:later) RETURN count(*)")).toEqual([[1]]);
  });

  it.each([
    ["MATCH (o:orders)-[:nothing]->(u) RETURN 1", "`nothing` is no foreign key between rows of `orders`"],
    ["MATCH (o:orders)-[:user_id]->(u:orders) RETURN 1", "`user_id` is no foreign key between rows of `orders`"],
    ["MATCH (o:users)-[:user_id]->(u:orders) RETURN 1", "`user_id` is no foreign key between rows of `users`"],
    ["MATCH (o:orders)-[r:user_id]->(u) RETURN 1", "a relationship between rows with a name or properties is not supported at line 1:17"],
    ["MATCH (o:orders)-[:user_id*]->(u) RETURN 1", "a relationship of variable length between rows is not supported"],
    ["MATCH (o:orders)-->(u) RETURN 1", "a relationship between rows without exactly one type is not supported"],
    ["MATCH p = (o:orders)-[:user_id]->(u) RETURN 1", "a path of rows is not supported"],
    ["MATCH (o:orders:users) RETURN 1", "several labels of a row is not supported"],
    ["MATCH (o:orders)-[:user_id]->(u:Person) RETURN 1", "is no"],
  ])("%s", async (text, message) => {
    await expect(db.execute(["CYPHER", text])).rejects.toThrow(message);
  });
});
