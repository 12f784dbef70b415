/**
 * Our library as a peer of bench:query: the only file that knows how SQL is asked through it.
 *
 *   await db.query(text, parameters) → { columns, rows }, rows as arrays
 */
import { TABLES } from "./data.mjs";

const ROWS_OF_INSERT = 500;
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
  const ask = async (text, parameters) => (await db.query(text, parameters)).rows;
  return {
    json: "memflux",
    define: async (name, { keys, columns }) => {
      const list = Object.entries(columns).map(([column, type]) => `${column} ${TYPES[type]}`);
      const key = Object.keys(columns).slice(0, keys).join(", ");
      await ask(`CREATE TABLE ${name} (${list.join(", ")}, PRIMARY KEY (${key}))`, []);
    },
    insert: async (name, rows) => {
      const literals = Object.values(TABLES[name].columns).map((type) => (type === "t" || type === "d" ? (value) => `'${value}'` : String));
      for (let first = 0; first < rows.length; first += ROWS_OF_INSERT) {
        const part = rows
          .slice(first, first + ROWS_OF_INSERT)
          .map((row) => `(${row.map((value, column) => literals[column](value)).join(",")})`);
        await ask(`INSERT INTO ${name} VALUES ${part.join(",")}`, []);
      }
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
    finish: (statements) => statements.reduce((before, text) => before.then(() => ask(text, [])), Promise.resolve()),
    prepare: (text) => (parameters) => ask(text, parameters),
    query: (text) => ask(text, []),
    close: () => db.close(),
  };
}
