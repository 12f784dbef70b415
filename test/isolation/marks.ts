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
  sql("CREATE TABLE bare (id integer PRIMARY KEY)"),
  sql("CREATE TABLE base (id integer PRIMARY KEY)"),
  sql("CREATE VIEW seen AS SELECT id FROM base"),
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
    "the definition of a table without rows",
    sql("SELECT * FROM bare WHERE id = 1"),
    [sql("DROP TABLE bare")],
    [sql("CREATE TABLE other (id integer)"), sql("DROP TABLE part")],
  ),
  ...pairs(
    "the definition of a view",
    sql("SELECT * FROM seen WHERE id = 1"),
    [sql("CREATE OR REPLACE VIEW seen AS SELECT id + 1 AS id FROM base")],
    [sql("CREATE VIEW other AS SELECT id FROM base")],
  ),
  ...pairs(
    "a document by its key",
    sql("SELECT log FROM doc WHERE id = '5'"),
    [sql("UPDATE doc SET log = 'x' WHERE id = '5'"), ["JSON.SET", "doc:5", "$.log", '"x"']],
    [sql("UPDATE doc SET log = 'x' WHERE id = '6'"), ["JSON.SET", "doc:61", "$", '{"grp":1}']],
  ),
];

const SET_FIVE = cypher("MATCH (n:Person {id: 5}) SET n.log = 'x'");
const SET_SIX = cypher("MATCH (n:Person {id: 6}) SET n.log = 'x'");
const SET_FIFTY = cypher("MATCH (n:Person {id: 50}) SET n.log = 'x'");
const LINK_FIVE = cypher("MATCH (a:Person {id: 5}), (b:Person {id: 50}) CREATE (a)-[:KNOWS {since: 0}]->(b)");
const LINK_FIFTY = cypher("MATCH (a:Person {id: 50}), (b:Person {id: 55}) CREATE (a)-[:KNOWS {since: 0}]->(b)");
const LIKE_FIVE = cypher("MATCH (a:Person {id: 5}), (b:Person {id: 50}) CREATE (a)-[:LIKES]->(b)");
const UNLINK_FIVE = cypher("MATCH (:Person {id: 5})-[r:KNOWS]->() DELETE r");
const NEW_PERSON = cypher("CREATE (:Person {id: 99, grp: 1, log: ''})");
const NEW_DOG = cypher("CREATE (:Dog {id: 5, grp: 1})");
const RELABEL_FIFTY = cypher("MATCH (n:Person {id: 50}) SET n:Boss");

export const GRAPH_PAIRS: readonly Pair[] = [
  ...pairs(
    "a node by an index",
    cypher("MATCH (n:Person {id: 5}) RETURN n.log"),
    [
      SET_FIVE,
      cypher("MATCH (n:Person {id: 5}) SET n.id = 6"),
      cypher("MATCH (n:Person {id: 5}) SET n:Boss"),
      cypher("MATCH (n:Person {id: 5}) DETACH DELETE n"),
      cypher("MATCH (n:Person {id: 60}) SET n.id = 5"),
      cypher("CREATE (:Person:Boss {id: 5})"),
      cypher("MERGE (:Dog {id: 5}) WITH 1 AS one MATCH (n:Dog) SET n:Person"),
    ],
    [SET_SIX, NEW_PERSON, NEW_DOG, LINK_FIVE, RELABEL_FIFTY, cypher("MATCH (n:Person {id: 6}) DETACH DELETE n")],
  ),
  ...pairs(
    "an absent node by an index",
    cypher("MATCH (n:Person {id: 77}) RETURN n.log"),
    [cypher("CREATE (:Person {id: 77})"), cypher("CREATE (:Person:Boss {id: 77})")],
    [cypher("CREATE (:Person {id: 78})"), SET_FIVE],
  ),
  ...pairs(
    "a range of an index",
    cypher("MATCH (n:Person) WHERE n.id > 3 AND n.id < 6 RETURN n.log"),
    [SET_FIVE, cypher("CREATE (:Person {id: 4.5})")],
    [SET_FIFTY, NEW_PERSON, cypher("CREATE (:Person {id: 2.5})")],
  ),
  ...pairs("a label that nobody has", cypher("MATCH (n:Cat) RETURN n.id"), [cypher("CREATE (:Cat {id: 1})")], [NEW_DOG, NEW_PERSON]),
  ...pairs("a label", cypher("MATCH (n:Person) WHERE n.grp = 3 RETURN n.id"), [SET_FIVE, NEW_PERSON, RELABEL_FIFTY], [NEW_DOG, LINK_FIVE]),
  ...pairs("all nodes", cypher("MATCH (n) RETURN count(n)"), [NEW_DOG, NEW_PERSON], [LINK_FIVE, LIKE_FIVE]),
  ...pairs(
    "two labels that nobody has together",
    cypher("MATCH (n:Person:Boss {id: 50}) RETURN n.id"),
    [RELABEL_FIFTY, cypher("CREATE (:Person:Boss {id: 50})")],
    [NEW_DOG],
  ),
  ...pairs(
    "relationships of a node",
    cypher("MATCH (:Person {id: 5})-[r:KNOWS]->(b) RETURN r.since, b.log"),
    [
      LINK_FIVE,
      UNLINK_FIVE,
      SET_SIX,
      cypher("MATCH (:Person {id: 5})-[r:KNOWS]->() SET r.since = 9"),
      cypher("MATCH (n:Person {id: 6}) DETACH DELETE n"),
    ],
    [LINK_FIFTY, LIKE_FIVE, SET_FIFTY, NEW_PERSON, cypher("MATCH (a:Person {id: 50}), (b:Person {id: 5}) CREATE (a)-[:KNOWS]->(b)")],
  ),
  ...pairs(
    "relationships that a node has not",
    cypher("MATCH (:Person {id: 5})-[:LIKES]->(b) RETURN b.id"),
    [LIKE_FIVE],
    [LINK_FIVE, SET_SIX, cypher("MATCH (a:Person {id: 50}), (b:Person {id: 51}) CREATE (a)-[:LIKES]->(b)")],
  ),
  ...pairs(
    "relationships in both directions",
    cypher("MATCH (:Person {id: 50})--(b) RETURN b.id"),
    [LINK_FIVE, LIKE_FIVE, LINK_FIFTY],
    [UNLINK_FIVE, SET_FIVE],
  ),
  ...pairs(
    "how many relationships two nodes have",
    cypher("MATCH (a:Person {id: 5})-[r]->(b:Person {id: 50}) RETURN count(r)"),
    [LINK_FIVE, LIKE_FIVE],
    [LINK_FIFTY, NEW_PERSON],
  ),
  ...pairs(
    "counts of walks of two steps",
    cypher("MATCH (:Person {id: 5})-[:KNOWS]->()-[:KNOWS]->(c) RETURN count(c)"),
    [LINK_FIVE, cypher("MATCH (a:Person {id: 6}), (b:Person {id: 50}) CREATE (a)-[:KNOWS]->(b)"), UNLINK_FIVE],
    [LINK_FIFTY, SET_FIFTY],
  ),
  ...pairs(
    "counts of walks with conditions on the last step",
    cypher("MATCH (:Person {id: 5})-[:KNOWS]->(b)-[r:KNOWS]->(c) WHERE r.since > 1 AND b.grp < 90 AND c.grp < 90 RETURN count(r)"),
    [
      LINK_FIVE,
      cypher("MATCH (:Person {id: 6})-[r:KNOWS]->() SET r.since = 1"),
      cypher("MATCH (n:Person {id: 6}) SET n.grp = 91"),
      cypher("MATCH (n:Person {id: 7}) SET n.grp = 91"),
    ],
    [LINK_FIFTY, SET_FIFTY, cypher("MATCH (:Person {id: 50})-[r:KNOWS]->() SET r.since = 1")],
  ),
  ...pairs(
    "walks of any length",
    cypher("MATCH (:Person {id: 5})-[:KNOWS*1..3]->(c) RETURN c.log"),
    [LINK_FIVE, cypher("MATCH (n:Person {id: 8}) SET n.log = 'x'"), cypher("MATCH (:Person {id: 7})-[r:KNOWS]->() DELETE r")],
    [LINK_FIFTY, SET_FIFTY],
  ),
  ...pairs(
    "a shortest path",
    cypher("MATCH p = shortestPath((a:Person {id: 5})-[:KNOWS*]->(b:Person {id: 8})) RETURN length(p)"),
    [
      cypher("MATCH (a:Person {id: 5}), (b:Person {id: 8}) CREATE (a)-[:KNOWS]->(b)"),
      cypher("MATCH (:Person {id: 6})-[r:KNOWS]->() DELETE r"),
    ],
    [LINK_FIFTY, SET_FIFTY],
  ),
  ...pairs(
    "relationships of a type",
    cypher("MATCH (a)-[r:KNOWS]->(b) WHERE r.since > 90 RETURN a.id"),
    [LINK_FIVE, UNLINK_FIVE],
    [LIKE_FIVE],
  ),
  ...pairs("a type that nothing has", cypher("MATCH ()-[r:LIKES]->() RETURN count(r)"), [LIKE_FIVE], [LINK_FIVE]),
  ...pairs(
    "a pattern that is not there",
    cypher("MATCH (n:Person {id: 5}) WHERE NOT (n)-[:LIKES]->() RETURN n.id"),
    [LIKE_FIVE, SET_FIVE],
    [LINK_FIFTY, cypher("MATCH (a:Person {id: 50}), (b:Person {id: 51}) CREATE (a)-[:LIKES]->(b)")],
  ),
  ...pairs(
    "an absent node that is made",
    cypher("MERGE (n:Person {id: 88}) RETURN n.id"),
    [cypher("CREATE (:Person {id: 88})")],
    [NEW_PERSON, SET_FIVE],
  ),
  ...pairs(
    "nodes and a relationship that are merged as rows of a list",
    cypher("UNWIND [{a: 5, b: 88}] AS row MERGE (a:Person {id: row.a}) MERGE (b:Person {id: row.b}) MERGE (a)-[:LIKES]->(b)"),
    [cypher("CREATE (:Person {id: 88})"), cypher("CREATE (:Person {id: 5})"), cypher("MATCH (n:Person {id: 5}) SET n.id = 6")],
    [NEW_PERSON, SET_SIX, LINK_FIFTY],
  ),
  ...pairs("names of labels", cypher("CALL db.labels() YIELD label RETURN label"), [NEW_DOG], [sql("INSERT INTO part VALUES (9, 9)")]),
];
