/**
 * Our library as a peer of bench:query: the only file that knows how SQL is asked through it.
 *
 *   db.query(text, parameters, { rowMode: "array" })     a statement by its text
 *   db.prepare(text, ...) → statement.all(...parameters)  a prepared one, at once
 *   db.load(table, rows, { columns })                    rows as arrays
 */
import { TABLES } from "./data.mjs";

const DOCUMENTS_OF_PIPELINE = 1000;
const TYPES = { i: "integer", f: "double precision", t: "text", d: "date" };

/** Opens a database in memory. Rejects with the reason when the library cannot do it yet. */
export async function openMemflux() {
  const { open } = await import("../../../dist/index.js");
  const db = await open({});
  if (typeof db.query !== "function") {
    await db.close();
    throw new Error("the library has no SQL");
  }
  const rowMode = "array";
  const ask = async (text) => (await db.query(text, [], { rowMode })).rows;
  return {
    json: "memflux",
    define: async (name, { keys, columns }) => {
      const list = Object.entries(columns).map(([column, type]) => `${column} ${TYPES[type]}`);
      const key = Object.keys(columns).slice(0, keys).join(", ");
      await ask(`CREATE TABLE ${name} (${list.join(", ")}, PRIMARY KEY (${key}))`);
    },
    insert: async (name, rows) => {
      await db.load(name, rows, { columns: Object.keys(TABLES[name].columns) });
    },
    insertDocuments: async (documents) => {
      let batch = [];
      for (const { id, text } of documents) {
        batch.push(["JSON.SET", `products:${id}`, "$", text]);
        if (batch.length < DOCUMENTS_OF_PIPELINE) continue;
        await db.pipeline(batch);
        batch = [];
      }
      if (batch.length > 0) await db.pipeline(batch);
    },
    finish: async (statements) => {
      for (const text of statements) await ask(text);
    },
    prepare: (text) => {
      const prepared = db.prepare(text, { rowMode });
      let statement;
      return (parameters) => {
        if (statement !== undefined) return statement.all(...parameters);
        return prepared.then((ready) => {
          statement = ready;
          return statement.all(...parameters);
        });
      };
    },
    query: ask,
    close: () => db.close(),
  };
}
