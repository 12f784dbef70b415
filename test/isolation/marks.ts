/**
 * Pairs of a read and a write for marks.test.ts: those that meet, and those beside each other.
 */
type Words = readonly string[];

export interface Pair {
  readonly name: string;
  readonly read: Words;
  readonly write: Words;
  readonly conflicts: boolean;
}

const PEOPLE = 60;
const GROUPS = 10;
const numbers = Array.from({ length: PEOPLE }, (_, index) => index + 1);

function sql(text: string): Words {
  return ["SQL.QUERY", text];
}

function cypher(text: string): Words {
  return ["CYPHER.QUERY", text];
}

/** Rows 1 to 60 with the groups 1 to 10, names n1 to n60; documents alike. Persons 1 to 60, each who knows the next. */
export const DEFINITIONS: readonly Words[] = [
  sql("CREATE TABLE item (id integer PRIMARY KEY, grp integer NOT NULL, name text UNIQUE, log text NOT NULL)"),
  sql("CREATE INDEX item_grp ON item (grp)"),
  sql(`INSERT INTO item VALUES ${numbers.map((id) => `(${id}, ${1 + (id % GROUPS)}, 'n${id}', '')`).join(", ")}`),
  sql("CREATE TABLE part (id integer PRIMARY KEY, item integer NOT NULL)"),
  sql("CREATE INDEX part_item ON part (item)"),
  sql("INSERT INTO part VALUES (1, 1), (2, 2), (3, 2)"),
  ...numbers.map((id) => ["JSON.SET", `doc:${id}`, "$", JSON.stringify({ grp: 1 + (id % GROUPS), log: "" })]),
  cypher("CREATE INDEX person_id FOR (n:Person) ON (n.id)"),
  cypher(`UNWIND range(1, ${PEOPLE}) AS id CREATE (:Person {id: id, grp: 1 + id % ${GROUPS}, log: ""})`),
  cypher("MATCH (a:Person), (b:Person) WHERE b.id = a.id + 1 CREATE (a)-[:KNOWS {since: a.id}]->(b)"),
];

function pair(name: string, read: Words, write: Words, conflicts: boolean): Pair {
  return { name: `${name}: ${conflicts ? "met" : "beside"}`, read, write, conflicts };
}

function pairs(name: string, read: Words, met: readonly Words[], beside: readonly Words[]): Pair[] {
  const numbered = (words: readonly Words[], conflicts: boolean): Pair[] =>
    words.map((write) => pair(`${name}, ${write.at(-1)!}`, read, write, conflicts));
  return [...numbered(met, true), ...numbered(beside, false)];
}

export const TABLE_PAIRS: readonly Pair[] = [
  ...pairs(
    "a row by its key",
    sql("SELECT log FROM item WHERE id = 5"),
    [sql("UPDATE item SET log = 'x' WHERE id = 5"), sql("DELETE FROM item WHERE id = 5"), sql("UPDATE item SET grp = 9 WHERE id = 5")],
    [sql("UPDATE item SET log = 'x' WHERE id = 6"), sql("INSERT INTO item VALUES (99, 1, 'n99', '')")],
  ),
  ...pairs(
    "an absent row by its key",
    sql("SELECT log FROM item WHERE id = 77"),
    [sql("INSERT INTO item VALUES (77, 1, 'n77', '')")],
    [sql("INSERT INTO item VALUES (78, 1, 'n78', '')")],
  ),
  ...pairs(
    "rows by an index",
    sql("SELECT id, log FROM item WHERE grp = 3"),
    [
      sql("UPDATE item SET log = 'x' WHERE id = 2"),
      sql("INSERT INTO item VALUES (99, 3, 'n99', '')"),
      sql("UPDATE item SET grp = 3 WHERE id = 1"),
      sql("UPDATE item SET grp = 4 WHERE id = 2"),
      sql("DELETE FROM item WHERE id = 12"),
    ],
    [
      sql("UPDATE item SET log = 'x' WHERE id = 1"),
      sql("INSERT INTO item VALUES (99, 2, 'n99', '')"),
      sql("INSERT INTO item VALUES (99, 4, 'n99', '')"),
      sql("UPDATE item SET grp = 4 WHERE id = 1"),
    ],
  ),
  ...pairs(
    "a group without rows by an index",
    sql("SELECT count(*) FROM item WHERE grp = 33"),
    [sql("INSERT INTO item VALUES (99, 33, 'n99', '')"), sql("UPDATE item SET grp = 33 WHERE id = 1")],
    [sql("INSERT INTO item VALUES (99, 34, 'n99', '')")],
  ),
  ...pairs(
    "a range of an index",
    sql("SELECT id, log FROM item WHERE grp > 3 AND grp < 6"),
    [sql("INSERT INTO item VALUES (99, 4, 'n99', '')"), sql("UPDATE item SET log = 'x' WHERE id = 3")],
    [sql("INSERT INTO item VALUES (99, 3, 'n99', '')"), sql("INSERT INTO item VALUES (99, 6, 'n99', '')")],
  ),
  ...pairs(
    "a unique value",
    sql("SELECT log FROM item WHERE name = 'n7'"),
    [sql("UPDATE item SET log = 'x' WHERE name = 'n7'"), sql("UPDATE item SET name = 'other' WHERE id = 7")],
    [sql("UPDATE item SET log = 'x' WHERE name = 'n8'"), sql("INSERT INTO item VALUES (99, 1, 'n99', '')")],
  ),
  ...pairs(
    "an update by an index",
    sql("UPDATE item SET log = 'y' WHERE grp = 3"),
    [sql("INSERT INTO item VALUES (99, 3, 'n99', '')"), sql("UPDATE item SET grp = 3 WHERE id = 1")],
    [sql("UPDATE item SET log = 'x' WHERE grp = 4"), sql("INSERT INTO item VALUES (99, 4, 'n99', '')")],
  ),
  ...pairs(
    "a join by look-ups",
    sql("SELECT part.id FROM item JOIN part ON part.item = item.id WHERE item.id = 2"),
    [sql("INSERT INTO part VALUES (9, 2)"), sql("UPDATE item SET log = 'x' WHERE id = 2"), sql("DELETE FROM part WHERE id = 3")],
    [sql("UPDATE item SET log = 'x' WHERE id = 3")],
  ),
  ...pairs(
    "the first by the order of an index",
    sql("SELECT id FROM item ORDER BY grp LIMIT 1"),
    [sql("INSERT INTO item VALUES (99, 0, 'n99', '')")],
    [sql("INSERT INTO part VALUES (9, 9)")],
  ),
  ...pairs(
    "a whole table",
    sql("SELECT count(*) FROM item WHERE log = 'x'"),
    [sql("UPDATE item SET log = 'x' WHERE id = 2"), sql("INSERT INTO item VALUES (99, 3, 'n99', '')")],
    [sql("INSERT INTO part VALUES (9, 9)")],
  ),
  ...pairs(
    "a document by its key",
    sql("SELECT log FROM doc WHERE id = '5'"),
    [sql("UPDATE doc SET log = 'x' WHERE id = '5'"), ["JSON.SET", "doc:5", "$.log", '"x"']],
    [sql("UPDATE doc SET log = 'x' WHERE id = '6'"), ["JSON.SET", "doc:61", "$", '{"grp":1}']],
  ),
];

export const GRAPH_PAIRS: readonly Pair[] = [];
