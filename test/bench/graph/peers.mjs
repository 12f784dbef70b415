/**
 * The databases that bench:graph compares, behind one shape: `load(nodes, relationships)`, `ask(question)` → a function of a key (named
 * parameters) that answers a number or undefined, or undefined where the question is none for it; `close`. Each in memory, with an index on
 * the id, one thread where it has threads.
 */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const BATCH = 1000;
/** Relationships that are not the same, of a path of three. */
const DIFFERENT = "id(r1) <> id(r2) AND id(r1) <> id(r3) AND id(r2) <> id(r3)";

function firstNumber(rows) {
  const [row] = rows;
  return row === undefined ? undefined : Number(Object.values(row)[0]);
}

async function openMemflux() {
  const { open } = await import("../../../dist/index.js");
  const db = await open({});
  return {
    load: async (nodes, relationships) => {
      await db.cypher("CREATE INDEX person_id FOR (n:Person) ON (n.id)");
      const ids = [];
      for (let at = 0; at < nodes.length; at += BATCH) {
        const rows = nodes.slice(at, at + BATCH);
        ids.push(...(await db.pipeline(rows.map(([id, age, city]) => ["GRAPH.ADDNODE", "Person", JSON.stringify({ id, age, city })]))));
      }
      for (let at = 0; at < relationships.length; at += BATCH) {
        const rows = relationships.slice(at, at + BATCH);
        await db.pipeline(rows.map(([a, b, since]) => ["GRAPH.ADDREL", ids[a], ids[b], "KNOWS", JSON.stringify({ since })]));
      }
    },
    ask:
      ({ cypher }) =>
      async (key) =>
        firstNumber(await db.cypher(cypher, key)),
    close: () => db.close(),
  };
}

async function openKuzu() {
  const { Database, Connection } = require("kuzu");
  const db = new Database(":memory:");
  const connection = new Connection(db, 1);
  const run = async (text) => (await connection.query(text)).getAll();
  return {
    load: async (nodes, relationships) => {
      const folder = mkdtempSync(join(tmpdir(), "bench-graph-"));
      writeFileSync(join(folder, "nodes.csv"), nodes.map((row) => row.join()).join("\n"));
      writeFileSync(join(folder, "relationships.csv"), relationships.map((row) => row.join()).join("\n"));
      await run("CREATE NODE TABLE Person (id INT64 PRIMARY KEY, age INT64, city STRING)");
      await run("CREATE REL TABLE KNOWS (FROM Person TO Person, since INT64)");
      await run("CREATE REL TABLE MADE (FROM Person TO Person)");
      await run(`COPY Person FROM '${join(folder, "nodes.csv")}'`);
      await run(`COPY KNOWS FROM '${join(folder, "relationships.csv")}'`);
      await run("CALL var_length_extend_max_depth = 100");
      rmSync(folder, { recursive: true });
    },
    ask: ({ cypher, kuzu = cypher, kuzuFilter }) => {
      let hop = 0;
      const named = kuzuFilter ? kuzu.replaceAll("[:KNOWS]", () => `[r${++hop}:KNOWS]`).replace("RETURN", `AND ${DIFFERENT} RETURN`) : kuzu;
      const statement = connection.prepare(named);
      return async (key) => firstNumber(await (await connection.execute(await statement, key)).getAll());
    },
    close: async () => {
      await connection.close();
      await db.close();
    },
  };
}

function openSqlite() {
  const Sqlite = require("better-sqlite3");
  const db = new Sqlite(":memory:");
  return {
    load: (nodes, relationships) => {
      db.exec(
        "CREATE TABLE person (id INTEGER PRIMARY KEY, age INTEGER, city TEXT); CREATE TABLE knows (a INTEGER, b INTEGER, since INTEGER)",
      );
      const insert = (text, rows) => {
        const statement = db.prepare(text);
        db.transaction(() => {
          for (const row of rows) statement.run(row);
        })();
      };
      insert("INSERT INTO person VALUES (?, ?, ?)", nodes);
      insert("INSERT INTO knows VALUES (?, ?, ?)", relationships);
      db.exec("CREATE INDEX knows_a ON knows (a, b); ANALYZE");
    },
    ask: ({ sql }) => {
      if (sql === undefined) return undefined;
      const statement = db.prepare(sql);
      return (key) => firstNumber([statement.get(key)]);
    },
    close: () => db.close(),
  };
}

async function openDuckdb() {
  const { DuckDBInstance } = require("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  return {
    load: async (nodes, relationships) => {
      await connection.run("CREATE TABLE person (id INTEGER PRIMARY KEY, age INTEGER, city VARCHAR)");
      await connection.run("CREATE TABLE knows (a INTEGER, b INTEGER, since INTEGER)");
      for (const [table, rows] of [
        ["person", nodes],
        ["knows", relationships],
      ]) {
        const appender = await connection.createAppender(table);
        for (const row of rows) {
          for (const value of row) {
            if (typeof value === "string") appender.appendVarchar(value);
            else appender.appendInteger(value);
          }
          appender.endRow();
        }
        appender.closeSync();
      }
      await connection.run("CREATE INDEX knows_a ON knows (a)");
    },
    ask: ({ sql }) => {
      if (sql === undefined) return undefined;
      const prepared = connection.prepare(sql);
      return async (key) => {
        const statement = await prepared;
        statement.bind(key);
        return firstNumber((await statement.runAndReadAll()).getRowObjectsJS());
      };
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

const OPENERS = { memflux: openMemflux, kuzu: openKuzu, sqlite: openSqlite, duckdb: openDuckdb };
export const PEERS = Object.keys(OPENERS);

/** Opens a peer. Rejects where it is not installed. */
export async function openPeer(name) {
  return OPENERS[name]();
}
