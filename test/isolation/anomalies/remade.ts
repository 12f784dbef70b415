/**
 * Tables that are dropped and made anew in one transaction, or changed by the drop of another one: COMMIT exchanges them at once. And
 * definitions that come to nothing.
 */
import type { Words } from "../wire.ts";
import type { RawAnomaly } from "./definitions.ts";

const sql = (text: string): Words => ["SQL.QUERY", text];

const MAKE = sql("CREATE TABLE made (id integer PRIMARY KEY, grp integer CHECK (grp < 10))");
const INDEX = sql("CREATE INDEX made_grp ON made (grp)");
const FILL = sql("INSERT INTO made VALUES (1, 1), (2, 2)");
const DROP = sql("DROP TABLE made");
const OTHER = sql("CREATE TABLE made (n text PRIMARY KEY, v numeric(6, 2) NOT NULL DEFAULT 1.5, UNIQUE (v))");

export const remade: readonly RawAnomaly[] = [
  {
    name: "a table is exchanged for one of other columns",
    before: [MAKE, INDEX, FILL],
    steps: [
      ["C", "BEGIN"],
      ["C", sql("SELECT grp FROM made WHERE id = 1"), [[1]]],
      ["A", "BEGIN"],
      ["A", DROP, "fine"],
      ["A", OTHER, "fine"],
      ["A", sql("INSERT INTO made VALUES ('1', 70), ('x', DEFAULT)"), "fine"],
      ["A", sql("CREATE INDEX made_grp ON made (v, n)"), "fine"],
      ["A", sql("INSERT INTO made VALUES ('y', 70)"), { error: "23505" }],
      ["B", sql("SELECT id FROM made WHERE grp >= 1 ORDER BY id"), [[1], [2]]],
      ["B", sql("INSERT INTO made VALUES (3, 70)"), { error: "23514" }],
      ["A", "COMMIT", "fine"],
      [
        "B",
        sql("SELECT n, v::text FROM made WHERE v > 0 ORDER BY v"),
        [
          ["x", "1.50"],
          ["1", "70.00"],
        ],
      ],
      ["B", sql("INSERT INTO made VALUES ('y', 70)"), { error: "23505" }],
      ["B", sql("INSERT INTO made VALUES ('y', NULL)"), { error: "23502" }],
      ["B", sql("INSERT INTO made VALUES ('y', 1.234)"), "fine"],
      ["B", ["JSON.GET", "made:y", "$.v"], { reply: '["1.23"]' }],
      [
        "C",
        sql("SELECT id, grp FROM made ORDER BY id"),
        [
          [1, 1],
          [2, 2],
        ],
      ],
      ["C", "COMMIT", "either"],
    ],
    after: [DROP],
  },
  {
    name: "a table is exchanged while somebody has written to it",
    before: [MAKE, INDEX, FILL],
    steps: [
      ["A", "BEGIN"],
      ["B", "BEGIN"],
      ["B", sql("INSERT INTO made VALUES (3, 3)"), "fine"],
      ["A", DROP, "fine"],
      ["A", OTHER, "fine"],
      ["A", sql("INSERT INTO made VALUES ('3', 3)"), "fine"],
      ["A", "COMMIT", "fine"],
      ["B", sql("SELECT id FROM made WHERE grp > 1 ORDER BY id"), [[2], [3]]],
      ["B", "COMMIT", "ABORT"],
      ["B", sql("SELECT n FROM made"), [["3"]]],
    ],
    after: [DROP],
  },
  {
    name: "an exchange that is refused leaves table, rules and indexes as they were",
    before: [MAKE, INDEX, FILL, ["SET", "k", "0"]],
    steps: [
      ["A", "BEGIN"],
      ["A", ["APPEND", "k", "1"], "fine"],
      ["A", DROP, "fine"],
      ["A", OTHER, "fine"],
      ["A", sql("INSERT INTO made VALUES ('3', 3)"), "fine"],
      ["B", ["APPEND", "k", "2"], "fine"],
      ["A", "COMMIT", "ABORT"],
      ["B", sql("SELECT id FROM made WHERE grp >= 1 ORDER BY grp"), [[1], [2]]],
      ["B", sql("INSERT INTO made VALUES (3, 70)"), { error: "23514" }],
      ["B", sql("INSERT INTO made VALUES (1, 1)"), { error: "23505" }],
      ["B", sql("INSERT INTO made VALUES (3, 3)"), "fine"],
      ["B", sql("SELECT id FROM made WHERE grp = 3"), [[3]]],
      ["B", sql("DROP INDEX made_grp"), "fine"],
    ],
    after: [DROP, ["DEL", "k"]],
  },
  {
    name: "a table that somebody has changed meanwhile is not exchanged",
    before: [MAKE, FILL],
    steps: [
      ["A", "BEGIN"],
      ["A", DROP, "fine"],
      ["A", OTHER, "fine"],
      ["B", sql("INSERT INTO made VALUES (3, 3)"), "fine"],
      ["A", "COMMIT", "ABORT"],
      ["B", sql("SELECT id FROM made ORDER BY id"), [[1], [2], [3]]],
    ],
    after: [DROP],
  },
  {
    name: "another transaction's drop is no exchange of its own",
    before: [MAKE, FILL, sql("CREATE TABLE other (id integer PRIMARY KEY)"), sql("INSERT INTO other VALUES (1)")],
    steps: [
      ["A", "BEGIN"],
      ["A", DROP, "fine"],
      ["A", OTHER, "fine"],
      ["A", sql("INSERT INTO other VALUES (2)"), "fine"],
      ["B", sql("DROP TABLE other"), "fine"],
      ["A", "COMMIT", "ABORT"],
      ["B", sql("SELECT id FROM made ORDER BY id"), [[1], [2]]],
    ],
    after: [DROP],
  },
  {
    name: "exchanged twice, behind a savepoint that was gone back to",
    before: [MAKE, FILL],
    steps: [
      ["A", "BEGIN"],
      ["A", DROP, "fine"],
      ["A", OTHER, "fine"],
      ["A", sql("INSERT INTO made VALUES ('one', 1)"), "fine"],
      ["A", sql("SAVEPOINT here"), "fine"],
      ["A", DROP, "fine"],
      ["A", sql("CREATE TABLE made (z date)"), "fine"],
      ["A", sql("INSERT INTO made VALUES ('2024-02-29')"), "fine"],
      ["A", sql("ROLLBACK TO SAVEPOINT here"), "fine"],
      ["A", sql("INSERT INTO made VALUES ('two', 2)"), "fine"],
      ["A", "COMMIT", "fine"],
      ["B", sql("SELECT n FROM made ORDER BY n"), [["one"], ["two"]]],
      ["B", sql("INSERT INTO made VALUES ('three', 2)"), { error: "23505" }],
    ],
    after: [DROP],
  },
  {
    name: "a table that others refer to goes, and with it their keys",
    before: [
      MAKE,
      FILL,
      sql("CREATE TABLE child (id integer PRIMARY KEY, of integer REFERENCES made, more integer UNIQUE)"),
      sql("INSERT INTO child VALUES (5, 1, 1)"),
    ],
    steps: [
      ["B", sql("INSERT INTO child VALUES (7, 99, 3)"), { error: "23503" }],
      ["A", "BEGIN"],
      ["A", DROP, { error: "2BP01" }],
      ["A", sql("DROP TABLE made CASCADE"), "fine"],
      ["A", sql("INSERT INTO child VALUES (6, 99, 2)"), "fine"],
      ["A", "COMMIT", "fine"],
      ["B", sql("SELECT id FROM child ORDER BY id"), [[5], [6]]],
      ["B", sql("INSERT INTO child VALUES (7, 100, 3)"), "fine"],
      ["B", sql("INSERT INTO child VALUES (8, 100, 3)"), { error: "23505" }],
      ["B", sql("SELECT count(*) FROM made"), [[0]]],
    ],
    after: [DROP, sql("DROP TABLE child")],
  },
  {
    name: "a foreign key that is to go stays if the commit is refused",
    before: [
      MAKE,
      FILL,
      sql("CREATE TABLE child (id integer PRIMARY KEY, of integer REFERENCES made)"),
      sql("INSERT INTO child VALUES (5, 1)"),
      ["SET", "k", "0"],
    ],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("DROP TABLE made CASCADE"), "fine"],
      ["A", MAKE, "fine"],
      ["A", ["APPEND", "k", "1"], "fine"],
      ["B", ["APPEND", "k", "2"], "fine"],
      ["A", "COMMIT", "ABORT"],
      ["B", sql("INSERT INTO child VALUES (7, 99)"), { error: "23503" }],
      ["B", sql("DELETE FROM made WHERE id = 1"), { error: "23503" }],
      ["B", sql("DELETE FROM made WHERE id = 2"), "fine"],
      ["B", DROP, { error: "2BP01" }],
      ["B", sql("SELECT id FROM child, made WHERE child.of = made.id"), { error: "42702" }],
    ],
    after: [sql("DROP TABLE child, made"), ["DEL", "k"]],
  },
  {
    name: "a definition that failed is none: others may make what it would have made, and the transaction commits",
    before: [MAKE, FILL],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("INSERT INTO made VALUES (3, 3)"), "fine"],
      ["A", sql("CREATE TABLE late AS SELECT 1 / (grp - 2) AS v FROM made"), { error: "22012" }],
      ["B", sql("CREATE TABLE late (id integer PRIMARY KEY)"), "fine"],
      ["B", sql("INSERT INTO late VALUES (7)"), "fine"],
      ["A", "COMMIT", "fine"],
      ["B", sql("SELECT id FROM late"), [[7]]],
      ["B", sql("SELECT count(*) FROM made"), [[3]]],
      ["B", sql("INSERT INTO late VALUES (7)"), { error: "23505" }],
    ],
    after: [DROP, sql("DROP TABLE late")],
  },
  {
    name: "beside a definition that failed one that did not is there, and stays its transaction's own",
    before: [MAKE, FILL],
    steps: [
      ["A", "BEGIN"],
      ["A", sql("CREATE TABLE soon (id integer PRIMARY KEY, v integer CHECK (v > 0))"), "fine"],
      ["A", sql("CREATE TABLE late AS SELECT 1 / (grp - 2) AS v FROM made"), { error: "22012" }],
      ["B", sql("INSERT INTO soon VALUES (1, 1)"), { error: "42601" }],
      ["B", sql("CREATE TABLE late (id integer PRIMARY KEY)"), "fine"],
      ["A", sql("INSERT INTO soon VALUES (1, 1)"), "fine"],
      ["A", "COMMIT", "fine"],
      ["B", sql("INSERT INTO soon VALUES (2, 0)"), { error: "23514" }],
      ["B", sql("SELECT id, v FROM soon"), [[1, 1]]],
    ],
    after: [DROP, sql("DROP TABLE late"), sql("DROP TABLE soon")],
  },
];
