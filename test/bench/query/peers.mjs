/**
 * The databases that bench:query compares, behind one shape: `define` a table, `insert` rows, `insertDocuments`, `finish` (indexes,
 * statistics), `prepare(text)` for a function of parameters, `query(text)` for a text of its own, `close`. Each in memory, each as its manual
 * says is fastest, and each with rows as JavaScript arrays, dates as it has them.
 *
 *   sqlite   better-sqlite3          sqljs    sql.js, SQLite in WebAssembly
 *   duckdb   @duckdb/node-api, one thread
 *   pglite   @electric-sql/pglite, PostgreSQL in WebAssembly
 *   memflux  ours.mjs
 */
import { createRequire } from "node:module";
import { openMemflux } from "./ours.mjs";

const require = createRequire(import.meta.url);
const SQLITE_TYPES = { i: "INTEGER", f: "REAL", t: "TEXT", d: "TEXT" };
const TYPES = { i: "integer", f: "double precision", t: "text", d: "date" };

function createTable(name, { keys, columns }, types) {
  const list = Object.entries(columns).map(([column, type]) => `${column} ${types[type]}`);
  return `CREATE TABLE ${name} (${list.join(", ")}, PRIMARY KEY (${Object.keys(columns).slice(0, keys).join(", ")}))`;
}

/** SQLite takes $1 for a name; the parameters of the queries stand in their order. */
function positional(text) {
  return text.replaceAll(/\$\d/g, "?");
}

function openSqlite() {
  const Sqlite = require("better-sqlite3");
  const db = new Sqlite(":memory:");
  const insertAll = db.transaction((statement, rows) => {
    for (const row of rows) statement.run(row);
  });
  const run = (statement, parameters) => statement.all(parameters);
  return {
    json: "sqlite",
    define: (name, table) => db.exec(createTable(name, table, SQLITE_TYPES)),
    insert: (name, rows) => insertAll(db.prepare(`INSERT INTO ${name} VALUES (${rows[0].map(() => "?").join(", ")})`), rows),
    insertDocuments: (documents) => {
      db.exec("CREATE TABLE products (id INTEGER PRIMARY KEY, doc BLOB)");
      insertAll(
        db.prepare("INSERT INTO products VALUES (?, jsonb(?))"),
        [...documents].map(({ id, text }) => [id, text]),
      );
    },
    finish: (statements) => {
      for (const text of [...statements, "ANALYZE"]) db.exec(text);
    },
    prepare: (text) => {
      const statement = db.prepare(positional(text)).raw(true);
      return (parameters) => run(statement, parameters);
    },
    query: (text) => db.prepare(text).raw(true).all(),
    close: () => db.close(),
  };
}

async function openSqljs() {
  const library = await require("sql.js")();
  const db = new library.Database();
  const insertAll = (statement, rows) => {
    db.run("BEGIN");
    for (const row of rows) statement.run(row);
    db.run("COMMIT");
    statement.free();
  };
  const all = (statement, parameters) => {
    statement.bind(parameters);
    const rows = [];
    while (statement.step()) rows.push(statement.get());
    statement.reset();
    return rows;
  };
  return {
    json: "sqlite",
    define: (name, table) => db.run(createTable(name, table, SQLITE_TYPES)),
    insert: (name, rows) => insertAll(db.prepare(`INSERT INTO ${name} VALUES (${rows[0].map(() => "?").join(", ")})`), rows),
    insertDocuments: (documents) => {
      db.run("CREATE TABLE products (id INTEGER PRIMARY KEY, doc BLOB)");
      insertAll(
        db.prepare("INSERT INTO products VALUES (?, jsonb(?))"),
        [...documents].map(({ id, text }) => [id, text]),
      );
    },
    finish: (statements) => {
      for (const text of [...statements, "ANALYZE"]) db.run(text);
    },
    prepare: (text) => {
      const statement = db.prepare(positional(text));
      return (parameters) => all(statement, parameters);
    },
    query: (text) => {
      const statement = db.prepare(text);
      const rows = all(statement, []);
      statement.free();
      return rows;
    },
    close: () => db.close(),
  };
}

async function openDuckdb() {
  const { DuckDBInstance, DuckDBDateValue } = require("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const append = { i: "appendInteger", f: "appendDouble", t: "appendVarchar", d: "appendDate" };
  const tables = {};
  return {
    json: undefined,
    define: async (name, table) => {
      tables[name] = Object.values(table.columns);
      await connection.run(createTable(name, table, { ...TYPES, t: "varchar" }));
    },
    insert: async (name, rows) => {
      const appender = await connection.createAppender(name);
      for (const row of rows) {
        for (const [column, type] of tables[name].entries()) {
          const value = row[column];
          appender[append[type]](type === "d" ? new DuckDBDateValue(Date.parse(value) / 86_400_000) : value);
        }
        appender.endRow();
      }
      appender.closeSync();
    },
    insertDocuments: () => {},
    finish: async (statements) => {
      for (const text of statements) await connection.run(text);
    },
    prepare: (text) => {
      const prepared = connection.prepare(text);
      return async (parameters) => {
        const statement = await prepared;
        parameters.forEach((value, position) => {
          statement.bindInteger(position + 1, value);
        });
        return (await statement.runAndReadAll()).getRowsJS();
      };
    },
    query: async (text) => (await connection.runAndReadAll(text)).getRowsJS(),
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function openPglite() {
  const { PGlite } = await import("@electric-sql/pglite");
  const db = await PGlite.create();
  const copy = async (name, lines) => {
    await db.query(`COPY ${name} FROM '/dev/blob' WITH (FORMAT csv, DELIMITER '|', QUOTE '^')`, [], { blob: new Blob([lines.join("\n")]) });
  };
  const ask = async (text, parameters) => (await db.query(text, parameters, { rowMode: "array" })).rows;
  return {
    json: "postgres",
    define: (name, table) => db.exec(createTable(name, table, TYPES)),
    insert: (name, rows) =>
      copy(
        name,
        rows.map((row) => row.join("|")),
      ),
    insertDocuments: async (documents) => {
      await db.exec("CREATE TABLE products (id integer PRIMARY KEY, doc jsonb)");
      await copy(
        "products",
        [...documents].map(({ id, text }) => `${id}|${text}`),
      );
    },
    finish: async (statements) => {
      for (const text of [...statements, "ANALYZE"]) await db.exec(text);
    },
    prepare: (text) => (parameters) => ask(text, parameters),
    query: (text) => ask(text, []),
    close: () => db.close(),
  };
}

const OPENERS = { memflux: openMemflux, sqlite: openSqlite, sqljs: openSqljs, duckdb: openDuckdb, pglite: openPglite };
export const PEERS = Object.keys(OPENERS);

/** Opens a peer. Rejects where it is not installed. */
export async function openPeer(name) {
  return OPENERS[name]();
}
