/**
 * Databases that are emptied or exchanged amid transactions and views: who began before sees what there was, in every model, and
 * may not commit what he has written.
 */
import type { Words } from "../wire.ts";
import type { Answer, RawAnomaly, RawStep } from "./definitions.ts";

const sql = (text: string): Words => ["SQL.QUERY", text];
const cypher = (text: string): Words => ["CYPHER.QUERY", text];

/** Something of every model, and a question whose answer tells what is there of it: before, and when it has gone. */
interface Model {
  readonly name: string;
  readonly make: readonly Words[];
  readonly ask: Words;
  readonly there: Answer;
  readonly gone: Answer;
  readonly change: Words;
}

const MODELS: readonly Model[] = [
  {
    name: "a key",
    make: [["SET", "k", "1"]],
    ask: ["GET", "k"],
    there: { reply: "1" },
    gone: { reply: null },
    change: ["APPEND", "k", "2"],
  },
  {
    name: "a list",
    make: [["RPUSH", "l", "a", "b"]],
    ask: ["LRANGE", "l", "0", "-1"],
    there: { reply: ["a", "b"] },
    gone: { reply: [] },
    change: ["RPUSH", "l", "c"],
  },
  {
    name: "a set that is a tree",
    make: [["SADD", "s", "x".repeat(100), ...Array.from({ length: 300 }, (_, index) => `${index}`)]],
    ask: ["SCARD", "s"],
    there: { reply: 301 },
    gone: { reply: 0 },
    change: ["SADD", "s", "new"],
  },
  {
    name: "a hash whose fields expire",
    make: [
      ["HSET", "h", "a", "1", "b", "2"],
      ["HEXPIRE", "h", "1000", "FIELDS", "1", "a"],
    ],
    ask: ["HMGET", "h", "a", "b"],
    there: { reply: ["1", "2"] },
    gone: { reply: [null, null] },
    change: ["HSET", "h", "c", "3"],
  },
  {
    name: "a sorted set",
    make: [["ZADD", "z", "1", "a", "2", "b"]],
    ask: ["ZRANGE", "z", "0", "-1"],
    there: { reply: ["a", "b"] },
    gone: { reply: [] },
    change: ["ZADD", "z", "3", "c"],
  },
  {
    name: "a document",
    make: [["JSON.SET", "paper:1", "$", '{"grp":1}']],
    ask: sql("SELECT id, grp FROM paper"),
    there: [["1", 1]],
    gone: [],
    change: ["JSON.NUMINCRBY", "paper:1", "$.grp", "1"],
  },
  {
    name: "a table with an index",
    make: [
      sql("CREATE TABLE made (id integer PRIMARY KEY, grp integer)"),
      sql("CREATE INDEX made_grp ON made (grp)"),
      sql("INSERT INTO made VALUES (1, 1), (2, 1)"),
    ],
    ask: sql("SELECT id FROM made WHERE grp = 1 ORDER BY id"),
    there: [[1], [2]],
    gone: [],
    change: sql("UPDATE made SET grp = 2 WHERE id = 1"),
  },
  {
    name: "tables with a foreign key",
    make: [
      sql("CREATE TABLE parent (id integer PRIMARY KEY)"),
      sql("CREATE TABLE child (id integer PRIMARY KEY, of integer REFERENCES parent)"),
      sql("INSERT INTO parent VALUES (1)"),
      sql("INSERT INTO child VALUES (5, 1)"),
    ],
    ask: sql("SELECT child.id FROM child, parent WHERE parent.id = child.of"),
    there: [[5]],
    gone: [],
    change: sql("INSERT INTO child VALUES (6, 1)"),
  },
  {
    name: "a graph",
    make: [cypher("CREATE INDEX spot_n FOR (n:Spot) ON (n.n)"), cypher("CREATE (:Spot {n: 1})-[:NEAR {d: 3}]->(:Spot {n: 2})")],
    ask: cypher("MATCH (a:Spot)-[r:NEAR]->(b:Spot {n: 2}) RETURN a.n, r.d, b.n"),
    there: [[1, 3, 2]],
    gone: [],
    change: cypher("MATCH (a:Spot {n: 1}) SET a.n = 7"),
  },
];

const EMPTYINGS: readonly Words[] = [["FLUSHALL"], ["FLUSHDB"], ["FLUSHALL", "ASYNC"], ["SWAPDB", "0", "1"]];

function alike(model: Model, emptying: Words): RawAnomaly {
  const { name, make, ask, there, gone, change } = model;
  const steps: readonly RawStep[] = [
    ["A", "BEGIN"],
    ["B", "BEGIN"],
    ["C", "BEGIN"],
    ["B", change, "fine"],
    ["C", ask, there],
    ["U", emptying, "fine"],
    ["U", ask, gone],
    // A has not looked before.
    ["A", ask, there],
    ["B", ask, "fine"],
    ["C", ask, there],
    ["C", change, "fine"],
    // What comes behind is nobody's who began before.
    ...make.map((words): RawStep => ["U", words, "fine"]),
    ["U", ask, there],
    ["U", change, "fine"],
    ["A", ask, there],
    ["D", "BEGIN"],
    ["D", ask, "fine"],
    ["B", "COMMIT", "ABORT"],
    ["C", "COMMIT", "ABORT"],
    ["A", ask, there],
    ["A", "COMMIT", "fine"],
    ["D", ["SET", "own", "1"], "fine"],
    ["D", "COMMIT", "fine"],
    ["U", ["GET", "own"], { reply: "1" }],
  ];
  return { name: `${name} beside ${emptying.join(" ")}`, before: make, steps, after: [] };
}

/** Who has written nothing of it loses nothing, at the level that asks for no more. */
const bystanders: readonly RawAnomaly[] = [
  {
    name: "two that are emptied at once, and one that began in between",
    before: [["SET", "k", "1"], cypher("CREATE (:Spot {n: 1})")],
    steps: [
      ["A", "BEGIN"],
      ["A", ["GET", "k"], { reply: "1" }],
      ["U", ["FLUSHALL"], "fine"],
      ["U", ["SET", "k", "2"], "fine"],
      ["U", cypher("CREATE (:Spot {n: 2})"), "fine"],
      ["B", "BEGIN"],
      ["B", cypher("MATCH (n:Spot) RETURN n.n"), [[2]]],
      ["U", ["FLUSHALL"], "fine"],
      ["A", cypher("MATCH (n:Spot) RETURN n.n"), [[1]]],
      ["B", ["GET", "k"], { reply: "2" }],
      ["A", "COMMIT", "fine"],
      ["B", cypher("MATCH (n:Spot) RETURN n.n"), [[2]]],
      ["B", "COMMIT", "fine"],
      ["U", cypher("MATCH (n:Spot) RETURN n.n"), []],
    ],
    after: [],
  },
  {
    name: "a savepoint behind which a database was emptied",
    before: [["SET", "k", "1"], sql("CREATE TABLE made (id integer PRIMARY KEY)"), sql("INSERT INTO made VALUES (1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("INSERT INTO made VALUES (2)"), "fine"],
      ["A", sql("SAVEPOINT s"), "either"],
      ["U", ["FLUSHALL"], "fine"],
      ["A", sql("INSERT INTO made VALUES (3)"), "fine"],
      ["A", sql("SELECT id FROM made ORDER BY id"), [[1], [2], [3]]],
      ["A", "COMMIT", "ABORT"],
      ["U", sql("SELECT count(*) FROM made"), [[0]]],
    ],
    after: [],
  },
  {
    name: "nothing is emptied in a transaction",
    before: [["SET", "k", "1"]],
    steps: [
      ["A", "BEGIN"],
      ["A", ["FLUSHALL"], { error: "25001" }],
      ["A", ["FLUSHDB"], { error: "25001" }],
      ["A", ["SWAPDB", "0", "1"], { error: "25001" }],
      ["A", ["GET", "k"], { reply: "1" }],
      ["A", "COMMIT", "fine"],
    ],
    after: [],
  },
];

export const flushes: readonly RawAnomaly[] = [
  ...MODELS.flatMap((model) => EMPTYINGS.map((emptying) => alike(model, emptying))),
  ...bystanders,
];
