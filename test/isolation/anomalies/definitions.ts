/**
 * Definitions amid transactions: tables and indexes made and dropped while others use them, in the database's own words. And what
 * depends on who has asked before: statements are kept prepared, whatever view they run in.
 *
 * A table of these is not run in every order of commits: where it matters, the orders are written out.
 */

import type { Level } from "../model.ts";
import type { Words } from "../wire.ts";

/** Rows; the code in brackets of an error; another reply than rows; `fine` for anything but an error. */
export type Answer =
  | readonly (readonly (string | number | boolean | null)[])[]
  | { readonly error: string }
  | { readonly reply: null | string | number | readonly (string | null)[] }
  | "fine";

/** `either`: it may be refused, or answered anything. */
export type RawStep =
  | readonly [session: string, what: "BEGIN" | "ROLLBACK"]
  | readonly [session: string, what: "COMMIT", answer: "fine" | "ABORT" | "either"]
  | readonly [session: string, what: Words, answer: Answer | "either"];

export interface RawAnomaly {
  readonly name: string;
  readonly before: readonly Words[];
  readonly steps: readonly RawStep[];
  /** Removes what it made, whatever came of it; errors count for nothing. */
  readonly after: readonly Words[];
  /** Both if absent. */
  readonly levels?: readonly Level[];
}

const sql = (text: string): Words => ["SQL.QUERY", text];
const cypher = (text: string): Words => ["CYPHER.QUERY", text];

const MAKE = sql("CREATE TABLE made (id integer PRIMARY KEY, grp integer)");
const DROP = sql("DROP TABLE made");
const ROWS = sql("SELECT id, grp FROM made ORDER BY id");

/** What one session defines, and what another is told of it that has begun before: there is none, there is one, or so many. */
interface LookUp {
  readonly name: string;
  readonly before: readonly Words[];
  readonly defines: Words;
  readonly asks: Words;
  readonly answer: Answer;
  readonly after: readonly Words[];
}

const LABEL_INDEX = cypher("CREATE INDEX made_label FOR (n:Made) ON (n.grp)");
const DROP_LABEL_INDEX = cypher("DROP INDEX made_label IF EXISTS");
const VIEW = sql("CREATE VIEW seen AS SELECT id FROM made");
const SCHEMA = sql("CREATE SCHEMA area");
const COUNTED_AS_DOCUMENTS = [["1", 1]] as const;

/** Every look-up in the catalog is a read, of what is not there too. */
const lookUps: readonly LookUp[] = [
  {
    name: "DROP INDEX of a label index that is not there",
    before: [],
    defines: LABEL_INDEX,
    asks: cypher("DROP INDEX made_label"),
    answer: { error: "IndexNotFound" },
    after: [DROP_LABEL_INDEX],
  },
  {
    name: "DROP INDEX IF EXISTS of a label index that is not there",
    before: [],
    defines: LABEL_INDEX,
    asks: DROP_LABEL_INDEX,
    answer: "fine",
    after: [DROP_LABEL_INDEX],
  },
  {
    name: "CREATE INDEX of a label index that is there under another name",
    before: [LABEL_INDEX],
    defines: cypher("DROP INDEX made_label"),
    asks: cypher("CREATE INDEX other_label IF NOT EXISTS FOR (n:Made) ON (n.grp)"),
    answer: "fine",
    after: [DROP_LABEL_INDEX, cypher("DROP INDEX other_label IF EXISTS")],
  },
  {
    name: "the list of indexes",
    before: [],
    defines: LABEL_INDEX,
    asks: ["IDX.LIST"],
    answer: "fine",
    after: [DROP_LABEL_INDEX],
  },
  {
    name: "CREATE INDEX IF NOT EXISTS of one that is there",
    before: [MAKE, sql("CREATE INDEX made_grp ON made (grp)")],
    defines: sql("DROP INDEX made_grp"),
    asks: sql("CREATE INDEX IF NOT EXISTS made_grp ON made (grp)"),
    answer: "fine",
    after: [DROP],
  },
  {
    name: "DROP INDEX of one that is not there",
    before: [MAKE],
    defines: sql("CREATE INDEX made_grp ON made (grp)"),
    asks: sql("DROP INDEX made_grp"),
    answer: { error: "42704" },
    after: [DROP],
  },
  {
    name: "DROP TABLE IF EXISTS of one that is not there",
    before: [],
    defines: MAKE,
    asks: sql("DROP TABLE IF EXISTS made"),
    answer: "fine",
    after: [DROP],
  },
  {
    name: "CREATE TABLE IF NOT EXISTS of one that is there",
    before: [MAKE],
    defines: DROP,
    asks: sql("CREATE TABLE IF NOT EXISTS made (n integer)"),
    answer: "fine",
    after: [DROP],
  },
  {
    name: "CREATE TABLE whose foreign key has no table",
    before: [],
    defines: MAKE,
    asks: sql("CREATE TABLE refers (n integer REFERENCES made)"),
    answer: { error: "42P01" },
    after: [DROP],
  },
  {
    name: "DROP TABLE to which a table refers",
    before: [MAKE, sql("CREATE TABLE refers (n integer REFERENCES made)")],
    defines: sql("DROP TABLE refers"),
    asks: DROP,
    answer: { error: "2BP01" },
    after: [sql("DROP TABLE refers"), DROP],
  },
  {
    name: "DROP TABLE that a view reads",
    before: [MAKE, VIEW],
    defines: sql("DROP VIEW seen"),
    asks: DROP,
    answer: { error: "2BP01" },
    after: [sql("DROP VIEW seen"), DROP],
  },
  {
    name: "DROP VIEW IF EXISTS of one that is not there",
    before: [MAKE],
    defines: VIEW,
    asks: sql("DROP VIEW IF EXISTS seen"),
    answer: "fine",
    after: [sql("DROP VIEW seen"), DROP],
  },
  {
    name: "CREATE VIEW over a collection that has got rows",
    before: [MAKE],
    defines: ["JSON.SET", "sheet:1", "$", '{"grp":1}'],
    asks: sql("CREATE VIEW sheet AS SELECT id FROM made"),
    answer: "fine",
    after: [["DEL", "sheet:1"], sql("DROP VIEW sheet"), DROP],
  },
  {
    name: "DROP SCHEMA that has a table",
    before: [SCHEMA, sql("CREATE TABLE area.made (n integer)")],
    defines: sql("DROP TABLE area.made"),
    asks: sql("DROP SCHEMA area"),
    answer: { error: "2BP01" },
    after: [sql("DROP SCHEMA area CASCADE")],
  },
  {
    name: "DROP SCHEMA IF EXISTS of one that is not there",
    before: [],
    defines: SCHEMA,
    asks: sql("DROP SCHEMA IF EXISTS area"),
    answer: "fine",
    after: [sql("DROP SCHEMA area CASCADE")],
  },
  {
    name: "TRUNCATE of what is not there",
    before: [],
    defines: ["JSON.SET", "sheet:1", "$", '{"grp":1}'],
    asks: sql("TRUNCATE sheet"),
    answer: { error: "42P01" },
    after: [["DEL", "sheet:1"]],
  },
  {
    name: "documents, by a name that is no label yet",
    before: [["JSON.SET", "paper:1", "$", '{"grp":1}']],
    defines: cypher("CREATE (:paper {grp: 2})"),
    asks: cypher("MATCH (n:paper) RETURN n._id, n.grp"),
    answer: COUNTED_AS_DOCUMENTS,
    after: [["DEL", "paper:1"], cypher("MATCH (n:paper) DELETE n")],
  },
  {
    name: "a collection that is no relationship type yet",
    before: [],
    defines: cypher("CREATE (:Made)-[:sheet]->(:Made)"),
    asks: sql("SELECT count(*) FROM sheet"),
    answer: [[0]],
    after: [cypher("MATCH (n:Made) DETACH DELETE n")],
  },
];

/** Each of two has read what the other then writes: what was looked up, and a key. */
export const tellingLookUps = lookUps.map(
  ({ name, before, defines, asks, answer, after }): RawAnomaly => ({
    name: `what was looked up has been read: ${name}`,
    before,
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["A", ["GET", "k:seen"], "fine"],
      ["A", defines, "fine"],
      ["B", asks, answer],
      ["B", ["SET", "k:seen", "1"], "fine"],
      ["A", "COMMIT", "fine"],
      ["B", "COMMIT", "ABORT"],
    ],
    after: [...after, ["DEL", "k:seen"]],
    levels: ["serializable"],
  }),
);

const REFERS = sql("CREATE TABLE refers (n integer PRIMARY KEY, made integer REFERENCES made)");

/** A foreign key goes on to refuse when what would have dropped it did not happen. */
const keptReferences = [sql("DROP TABLE refers"), sql("DROP TABLE made CASCADE"), sql("DROP TABLE refers, made")].map(
  (drop): RawAnomaly => ({
    name: `references that are dropped and kept after all: ${drop[1]}`,
    before: [MAKE, REFERS, sql("INSERT INTO made VALUES (1, 1)"), sql("INSERT INTO refers VALUES (1, 1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", drop, "fine"],
      ["B", sql("INSERT INTO refers VALUES (2, 5)"), { error: "23503" }],
      ["B", sql("DELETE FROM made"), { error: "23503" }],
      ["A", "ROLLBACK"],
      ["A", sql("INSERT INTO refers VALUES (2, 5)"), { error: "23503" }],
      ["A", "BEGIN"],
      ["A", sql("SAVEPOINT here"), "fine"],
      ["A", drop, "fine"],
      ["A", sql("ROLLBACK TO SAVEPOINT here"), "fine"],
      ["A", sql("INSERT INTO refers VALUES (2, 5)"), { error: "23503" }],
      ["A", sql("DELETE FROM made"), { error: "23503" }],
      ["A", "COMMIT", "fine"],
      ["B", sql("INSERT INTO refers VALUES (2, 5)"), { error: "23503" }],
      ["B", sql("DELETE FROM made"), { error: "23503" }],
      ["B", sql("INSERT INTO refers VALUES (2, 1)"), "fine"],
    ],
    after: [sql("DROP TABLE refers"), DROP],
  }),
);

/** What a transaction has defined before a savepoint is there, or gone, when it goes back to it. */
const savepoints: readonly RawAnomaly[] = [
  {
    name: "a table, its rules and its index, made before a savepoint",
    before: [],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("CREATE TABLE made (id integer PRIMARY KEY, grp integer CHECK (grp > 0), other integer UNIQUE)"), "fine"],
      ["A", sql("CREATE INDEX made_grp ON made (grp)"), "fine"],
      ["A", sql("INSERT INTO made VALUES (1, 1, 1)"), "fine"],
      ["A", sql("SAVEPOINT here"), "fine"],
      ["A", sql("INSERT INTO made VALUES (2, 2, 2)"), "fine"],
      ["A", sql("DROP INDEX made_grp"), "fine"],
      ["A", sql("ROLLBACK TO SAVEPOINT here"), "fine"],
      ["A", sql("INSERT INTO made VALUES (3, 0, 3)"), { error: "23514" }],
      ["A", sql("INSERT INTO made VALUES (3, 3, 1)"), { error: "23505" }],
      ["A", sql("INSERT INTO made VALUES (3, 3, 3)"), "fine"],
      ["A", sql("CREATE INDEX made_grp ON made (grp)"), { error: "42P07" }],
      ["A", sql("SELECT id FROM made WHERE grp >= 1 ORDER BY grp"), [[1], [3]]],
      ["B", sql("SELECT count(*) FROM made"), [[0]]],
      ["A", "COMMIT", "fine"],
      ["B", sql("SELECT id FROM made WHERE grp >= 1 ORDER BY grp"), [[1], [3]]],
      ["B", sql("INSERT INTO made VALUES (4, 0, 4)"), { error: "23514" }],
    ],
    after: [DROP],
  },
  {
    name: "a table made anew, and rows that the old one refuses, before a savepoint",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", DROP, "fine"],
      ["A", sql("CREATE TABLE made (n text UNIQUE)"), "fine"],
      ["A", sql("INSERT INTO made VALUES ('one')"), "fine"],
      ["A", sql("SAVEPOINT here"), "fine"],
      ["A", sql("INSERT INTO made VALUES ('two')"), "fine"],
      ["A", sql("ROLLBACK TO SAVEPOINT here"), "fine"],
      ["A", sql("SELECT * FROM made"), [["one"]]],
      ["A", sql("INSERT INTO made VALUES ('one')"), { error: "23505" }],
      ["B", ROWS, [[1, 1]]],
      ["A", "ROLLBACK"],
      ["A", ROWS, [[1, 1]]],
      ["A", sql("INSERT INTO made VALUES (1, 1)"), { error: "23505" }],
    ],
    after: [DROP],
  },
  {
    name: "a table that is dropped before a savepoint",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", DROP, "fine"],
      ["A", sql("SAVEPOINT here"), "fine"],
      ["A", MAKE, "fine"],
      ["A", sql("ROLLBACK TO SAVEPOINT here"), "fine"],
      ["A", DROP, { error: "42P01" }],
      ["A", ["JSON.SET", "made:1", "$", '{"free":true}'], "fine"],
      ["A", sql("SELECT free FROM made"), [[true]]],
      ["A", "COMMIT", "fine"],
      ["B", sql("SELECT free FROM made"), [[true]]],
    ],
    after: [["DEL", "made:1"]],
  },
  {
    name: "indexes that are dropped, and others made, before a savepoint",
    before: [MAKE, sql("CREATE UNIQUE INDEX made_grp ON made (grp)"), LABEL_INDEX, cypher("CREATE (:Made {grp: 1})")],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("DROP INDEX made_grp"), "fine"],
      ["A", sql("INSERT INTO made VALUES (1, 1), (2, 1)"), "fine"],
      ["A", cypher("DROP INDEX made_label"), "fine"],
      ["A", cypher("CREATE INDEX other_label FOR (n:Made) ON (n.grp)"), "fine"],
      ["A", sql("SAVEPOINT here"), "fine"],
      ["A", sql("DELETE FROM made"), "fine"],
      ["A", LABEL_INDEX, { error: "EquivalentIndexAlreadyExists" }],
      ["A", cypher("DROP INDEX other_label"), "fine"],
      ["A", LABEL_INDEX, "fine"],
      ["A", sql("ROLLBACK TO SAVEPOINT here"), "fine"],
      ["A", sql("SELECT count(*) FROM made WHERE grp = 1"), [[2]]],
      ["A", LABEL_INDEX, { error: "EquivalentIndexAlreadyExists" }],
      ["A", cypher("MATCH (n:Made) WHERE n.grp = 1 RETURN count(*)"), [[1]]],
      ["A", "COMMIT", "fine"],
      ["B", sql("INSERT INTO made VALUES (3, 1)"), "fine"],
      ["B", cypher("DROP INDEX made_label"), { error: "IndexNotFound" }],
      ["B", cypher("DROP INDEX other_label"), "fine"],
    ],
    after: [DROP, DROP_LABEL_INDEX, cypher("MATCH (n:Made) DELETE n")],
  },
];

export const definitions: readonly RawAnomaly[] = [
  ...savepoints,
  ...keptReferences,
  {
    name: "a table that was rolled back is not there",
    before: [],
    steps: [
      ["A", "BEGIN"],
      ["A", MAKE, "fine"],
      ["A", sql("INSERT INTO made VALUES (1, 1)"), "fine"],
      ["A", "ROLLBACK"],
      ["B", sql("SELECT count(*) FROM made"), [[0]]],
      ["B", MAKE, "fine"],
      ["B", ROWS, []],
    ],
    after: [DROP],
  },
  {
    name: "a table that is dropped and rolled back keeps its rows",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 1), (2, 2)")],
    steps: [
      ["A", "BEGIN"],
      ["A", DROP, "fine"],
      [
        "B",
        ROWS,
        [
          [1, 1],
          [2, 2],
        ],
      ],
      ["A", "ROLLBACK"],
      [
        "B",
        ROWS,
        [
          [1, 1],
          [2, 2],
        ],
      ],
      [
        "A",
        ROWS,
        [
          [1, 1],
          [2, 2],
        ],
      ],
      ["B", sql("INSERT INTO made VALUES (1, 3)"), { error: "23505" }],
    ],
    after: [DROP],
  },
  {
    name: "a table that a unit makes while a transaction does",
    before: [],
    steps: [
      ["A", "BEGIN"],
      ["A", MAKE, "fine"],
      ["B", sql("CREATE TABLE made (n integer)"), "fine"],
      ["A", "COMMIT", "ABORT"],
      ["A", sql("INSERT INTO made VALUES (1)"), "fine"],
    ],
    after: [DROP],
  },
  {
    name: "a table that was made since is none for whoever began before, though there was one of its name",
    before: [MAKE],
    steps: [
      ["C", "BEGIN"],
      ["B", DROP, "fine"],
      ["A", "BEGIN"],
      ["B", sql("CREATE TABLE made (n integer)"), "fine"],
      ["A", sql("SELECT * FROM made"), []],
      ["A", sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'made'"), []],
      ["B", sql("INSERT INTO made VALUES (3)"), "fine"],
      ["B", sql("SELECT * FROM made"), [[3]]],
      ["B", sql("SELECT * FROM made AS other"), [[3]]],
      ["A", sql("SELECT * FROM made AS another"), []],
      ["B", sql("SELECT * FROM made AS another"), [[3]]],
      ["A", sql("SELECT id FROM made"), []],
      ["A", "COMMIT", "either"],
      ["B", ["JSON.GET", "made:1", "$"], "either"],
      ["B", sql("SELECT * FROM made"), [[3]]],
      ["C", "ROLLBACK"],
    ],
    after: [DROP],
  },
  {
    name: "a table that was there, or was not, has been read by who was told so",
    before: [MAKE, sql("CREATE TABLE log (n integer)")],
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["C", "BEGIN"],
      ["A", MAKE, { error: "42P07" }],
      ["A", sql("INSERT INTO log VALUES (1)"), "fine"],
      ["B", ROWS, []],
      ["B", sql("INSERT INTO log VALUES (2)"), "fine"],
      ["C", sql("SELECT count(*) FROM log"), [[0]]],
      ["C", DROP, "fine"],
      ["A", "COMMIT", "fine"],
      ["B", "COMMIT", "fine"],
      ["C", "COMMIT", "ABORT"],
    ],
    after: [DROP, sql("DROP TABLE log")],
    levels: ["serializable"],
  },
  {
    name: "indexes that are dropped and kept after all have their rows",
    before: [MAKE, sql("CREATE INDEX made_grp ON made (grp)"), sql("INSERT INTO made VALUES (1, 1), (2, 2), (3, 2)")],
    steps: [
      ["A", "BEGIN"],
      ["B", sql("INSERT INTO made VALUES (4, 2), (2, 2)"), { error: "23505" }],
      ["A", sql("DROP INDEX made_grp"), "fine"],
      ["A", "ROLLBACK"],
      ["A", "BEGIN"],
      ["A", sql("INSERT INTO made VALUES (5, 2)"), "fine"],
      ["A", sql("DROP INDEX made_grp"), "fine"],
      ["B", sql("SELECT id FROM made WHERE grp = 2 ORDER BY id"), [[2], [3]]],
      ["A", "ROLLBACK"],
      ["B", sql("INSERT INTO made VALUES (6, 2)"), "fine"],
      ["B", sql("SELECT id FROM made WHERE grp = 2 ORDER BY id"), [[2], [3], [6]]],
    ],
    after: [DROP],
  },
  {
    name: "tables that are dropped and kept after all go on to be tables",
    before: [MAKE, sql("CREATE INDEX made_grp ON made (grp)"), sql("CREATE TABLE other (id integer)")],
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["A", sql("DROP TABLE other"), "fine"],
      ["B", sql("DROP TABLE other"), "fine"],
      ["A", "ROLLBACK"],
      ["B", "ROLLBACK"],
      ["B", ["JSON.SET", "made:1", "$", '{"id":1,"grp":7}'], "fine"],
      ["B", ["JSON.SET", "made:2", "$", '{"id":2,"grp":"none"}'], "either"],
      ["A", ROWS, [[1, 7]]],
    ],
    after: [DROP, sql("DROP TABLE other")],
  },
  {
    name: "two tables of one name",
    before: [],
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["A", MAKE, "fine"],
      ["B", MAKE, "either"],
      ["A", "COMMIT", "fine"],
      ["B", "COMMIT", "ABORT"],
      ["A", ROWS, []],
    ],
    after: [DROP],
  },
  {
    name: "a table is dropped while a transaction has read it: its rows stay for it",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", ROWS, [[1, 1]]],
      ["B", DROP, "fine"],
      ["A", ROWS, [[1, 1]]],
      ["A", "COMMIT", "either"],
      ["A", sql("SELECT count(*) FROM made"), [[0]]],
    ],
    after: [DROP],
  },
  {
    name: "a table is dropped while a transaction has written to it",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("INSERT INTO made VALUES (2, 2)"), "fine"],
      ["B", DROP, "fine"],
      [
        "A",
        ROWS,
        [
          [1, 1],
          [2, 2],
        ],
      ],
      ["A", "COMMIT", "ABORT"],
      ["A", sql("SELECT count(*) FROM made"), [[0]]],
    ],
    after: [DROP, sql("DELETE FROM made")],
  },
  {
    name: "an index is made while a transaction has inserted rows",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("INSERT INTO made VALUES (2, 7)"), "fine"],
      ["B", sql("CREATE INDEX made_grp ON made (grp)"), "fine"],
      ["A", sql("SELECT id FROM made WHERE grp = 7"), [[2]]],
      ["A", "COMMIT", "either"],
      ["B", sql("SELECT count(*) FROM made WHERE grp = 7 AND NOT EXISTS (SELECT 1 FROM made AS other WHERE other.id = made.id)"), [[0]]],
      ["B", sql("INSERT INTO made VALUES (3, 9)"), "fine"],
      ["B", sql("SELECT id FROM made WHERE grp = 9"), [[3]]],
    ],
    after: [DROP],
  },
  {
    name: "an index made in a transaction has what others insert meanwhile, or its maker aborts",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 7)")],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("CREATE INDEX made_grp ON made (grp)"), "fine"],
      ["B", sql("INSERT INTO made VALUES (2, 7)"), "fine"],
      ["A", sql("SELECT id FROM made WHERE grp = 7 ORDER BY id"), [[1]]],
      ["A", "COMMIT", "either"],
      ["B", sql("SELECT id FROM made WHERE grp = 7 ORDER BY id"), [[1], [2]]],
    ],
    after: [DROP],
  },
  {
    name: "a unique index is made while a transaction inserts what it forbids",
    before: [MAKE, sql("INSERT INTO made VALUES (1, 7)")],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("INSERT INTO made VALUES (2, 7)"), "fine"],
      ["B", sql("CREATE UNIQUE INDEX made_grp ON made (grp)"), "fine"],
      ["A", "COMMIT", "ABORT"],
      ["B", ROWS, [[1, 7]]],
    ],
    after: [DROP],
  },
  {
    name: "a statement that has failed in a transaction leaves nothing of itself",
    before: [MAKE, sql("INSERT INTO made VALUES (5, 5)")],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("INSERT INTO made VALUES (1, 1)"), "fine"],
      ["A", sql("INSERT INTO made VALUES (2, 2), (5, 6)"), { error: "23505" }],
      [
        "A",
        ROWS,
        [
          [1, 1],
          [5, 5],
        ],
      ],
      ["A", "COMMIT", "fine"],
      [
        "B",
        ROWS,
        [
          [1, 1],
          [5, 5],
        ],
      ],
    ],
    after: [DROP],
  },
  {
    name: "an error of COMMIT is told once",
    before: [MAKE, sql("CREATE UNIQUE INDEX made_grp ON made (grp)")],
    steps: [
      ["A", "BEGIN"],
      ["B", sql("INSERT INTO made VALUES (1, 1)"), "fine"],
      ["A", sql("INSERT INTO made VALUES (2, 1)"), "either"],
      ["A", "COMMIT", "ABORT"],
      ["A", ROWS, [[1, 1]]],
      ["B", ROWS, [[1, 1]]],
    ],
    after: [DROP],
  },
  {
    name: "documents that are all removed stay for whoever began before, in every language",
    before: [["JSON.SET", "paper:1", "$", '{"grp":1}']],
    steps: [
      ["A", "BEGIN"],
      ["B", ["DEL", "paper:1"], "fine"],
      ["B", sql("SELECT id FROM paper"), []],
      ["A", sql("SELECT id, grp FROM paper"), [["1", 1]]],
      ["A", cypher("MATCH (n:paper) RETURN n._id, n.grp"), [["1", 1]]],
      ["B", cypher("MATCH (n:paper) RETURN n._id, n.grp"), []],
      ["A", cypher("MATCH (n:paper) WHERE n.grp = 1 RETURN n._id"), [["1"]]],
      ["A", "COMMIT", "fine"],
      ["A", cypher("MATCH (n:paper) RETURN n._id, n.grp"), []],
    ],
    after: [["DEL", "paper:1"]],
  },
  {
    name: "the first document of a label that Cypher has found nothing of",
    before: [],
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["A", cypher("MATCH (n:sheet) WHERE n._id = '1' RETURN n.grp"), []],
      ["B", ["GET", "k:seen"], "fine"],
      ["B", ["JSON.SET", "sheet:1", "$", '{"grp":1}'], "fine"],
      ["A", ["SET", "k:seen", "nothing"], "fine"],
      ["A", "COMMIT", "fine"],
      ["B", "COMMIT", "ABORT"],
    ],
    after: [["DEL", "sheet:1", "k:seen"]],
    levels: ["serializable"],
  },
  {
    name: "documents that came since somebody began are found, though he has asked for them first",
    before: [["JSON.SET", "paper:1", "$", '{"grp":1}']],
    steps: [
      ["B", "BEGIN"],
      ["B", ["JSON.DEL", "paper:1"], "fine"],
      ["B", "COMMIT", "fine"],
      ["A", "BEGIN"],
      ["B", ["JSON.SET", "paper:1", "$", '{"grp":2}'], "fine"],
      ["A", sql("SELECT id, grp FROM paper"), []],
      ["B", cypher("MATCH (n:paper) RETURN n._id, n.grp"), [["1", 2]]],
      ["B", sql("SELECT * FROM paper"), [["1", 2]]],
      ["A", "COMMIT", "fine"],
    ],
    after: [["DEL", "paper:1"]],
  },
  {
    name: "a label of which a transaction has the first node",
    before: [],
    steps: [
      ["A", "BEGIN"],
      ["A", cypher("CREATE (:Fresh {n: 1})"), "fine"],
      ["B", cypher("MATCH (n:Fresh) RETURN n.n"), []],
      ["A", cypher("MATCH (n:Fresh) RETURN n.n"), [[1]]],
      ["A", "COMMIT", "fine"],
      ["B", cypher("MATCH (n:Fresh) RETURN n.n"), [[1]]],
    ],
    after: [cypher("MATCH (n:Fresh) DELETE n")],
  },
  {
    name: "MERGE of one thing by two",
    before: [],
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["A", cypher("MERGE (:Fresh {n: 1})"), "fine"],
      ["B", cypher("MERGE (:Fresh {n: 1})"), "either"],
      ["A", "COMMIT", "fine"],
      ["B", "COMMIT", "ABORT"],
      ["A", cypher("MATCH (n:Fresh) RETURN count(*)"), [[1]]],
    ],
    after: [cypher("MATCH (n:Fresh) DELETE n")],
    levels: ["serializable"],
  },
  {
    name: "a relationship and a row, each where the other was missing",
    before: [MAKE, cypher("CREATE (:Fresh {n: 1})-[:NEAR]->(:Fresh {n: 2})")],
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["A", sql("SELECT count(*) FROM made"), [[0]]],
      ["B", cypher("MATCH (:Fresh {n: 2})-[r:NEAR]->() RETURN count(r)"), [[0]]],
      ["A", cypher("MATCH (a:Fresh {n: 1}), (b:Fresh {n: 2}) CREATE (b)-[:NEAR]->(a)"), "fine"],
      ["B", sql("INSERT INTO made VALUES (1, 1)"), "fine"],
      ["A", "COMMIT", "fine"],
      ["B", "COMMIT", "ABORT"],
    ],
    after: [DROP, cypher("MATCH (n:Fresh) DETACH DELETE n")],
    levels: ["serializable"],
  },
];
