/**
 * The stores that bench:embedded compares, behind one shape: `use(data)` gives `getText`, `setText`, `getBytes`, `setBytes` by position
 * in the data; `turn` ends a transaction; `close`. Each is used as its manual says is fastest: statements are prepared once, keys and values are made beforehand.
 *
 *   map        a JavaScript Map in memory; bytes under text keys, since it compares bytes by identity
 *   memflux    in memory, or in a folder with durability fsync
 *   sqlite     better-sqlite3: a table without rowid; in memory, or a file with WAL and synchronous = NORMAL
 *   lmdb       lmdb-js with its default settings, text as text and bytes as binary; it has no store in memory
 *
 * On disk a set is one of BATCH in a transaction (sqlite, lmdb) or in a turn of the event loop (memflux), the same promise: the
 * end of the process loses nothing of what was committed.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
/** Sets of one transaction or turn. */
export const BATCH = 100;

/**
 * Keys and values of the given numbers, as text and as bytes, in the order in which they will be used: as in a program that gets
 * them from outside, they lie near, and are equal to what a store holds, not the same objects. Text is flat and one byte a character.
 */
export function makeData(numbers, valueBytes) {
  const flat = (text) => Buffer.from(text).toString("latin1");
  const textKeys = [];
  const textValues = [];
  const byteKeys = [];
  const byteValues = [];
  for (const number of numbers) {
    const digits = String(number).padStart(12, "0");
    const key = `key:${digits}`;
    const value = digits.repeat(Math.ceil(valueBytes / 12)).slice(0, valueBytes);
    textKeys.push(flat(key));
    textValues.push(flat(value));
    byteKeys.push(new Uint8Array(Buffer.from(key)));
    byteValues.push(new Uint8Array(Buffer.from(value)));
  }
  return { textKeys, textValues, byteKeys, byteValues };
}

function mapStore() {
  const text = new Map();
  const bytes = new Map();
  return {
    use: ({ textKeys, textValues, byteValues }) => ({
      getText: (index) => text.get(textKeys[index]),
      setText: (index) => text.set(textKeys[index], textValues[index]),
      getBytes: (index) => bytes.get(textKeys[index]),
      setBytes: (index) => bytes.set(textKeys[index], byteValues[index]),
    }),
    turn: undefined,
    close: () => {},
  };
}

async function memfluxStore(folder) {
  const { open } = await import("../../../dist/index.js");
  const db = await open(folder === undefined ? {} : { dir: join(folder, "memflux") });
  const { bytes } = db;
  return {
    use: ({ textKeys, textValues, byteKeys, byteValues }) => ({
      getText: (index) => db.get(textKeys[index]),
      setText: (index) => db.set(textKeys[index], textValues[index]),
      getBytes: (index) => bytes.get(byteKeys[index]),
      setBytes: (index) => db.set(byteKeys[index], byteValues[index]),
    }),
    turn: folder === undefined ? undefined : () => new Promise(setImmediate),
    close: () => db.close(),
  };
}

function sqliteStore(folder) {
  const Sqlite = require("better-sqlite3");
  const db = new Sqlite(folder === undefined ? ":memory:" : join(folder, "store.sqlite"));
  if (folder !== undefined) db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  db.exec(
    "CREATE TABLE store (key TEXT PRIMARY KEY, value) WITHOUT ROWID; CREATE TABLE binary_store (key BLOB PRIMARY KEY, value) WITHOUT ROWID",
  );
  const get = db.prepare("SELECT value FROM store WHERE key = ?").pluck();
  const set = db.prepare("INSERT INTO store VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  const getBinary = db.prepare("SELECT value FROM binary_store WHERE key = ?").pluck();
  const setBinary = db.prepare("INSERT INTO binary_store VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
  let open = false;
  const begin = db.prepare("BEGIN");
  const commit = db.prepare("COMMIT");
  return {
    use: ({ textKeys, textValues, byteKeys, byteValues }) => ({
      getText: (index) => get.get(textKeys[index]),
      setText: (index) => set.run(textKeys[index], textValues[index]),
      getBytes: (index) => getBinary.get(byteKeys[index]),
      setBytes: (index) => setBinary.run(byteKeys[index], byteValues[index]),
    }),
    turn:
      folder === undefined
        ? undefined
        : (last) => {
            if (open) commit.run();
            open = !last;
            if (open) begin.run();
          },
    close: () => db.close(),
  };
}

function lmdbStore(folder) {
  const { open } = require("lmdb");
  const root = open({ path: join(folder, "lmdb"), maxDbs: 2 });
  const text = root.openDB({ name: "text", encoding: "string" });
  const binary = root.openDB({ name: "binary", encoding: "binary", keyEncoding: "binary" });
  return {
    use: ({ textKeys, textValues, byteKeys, byteValues }) => {
      const values = byteValues.map((value) => Buffer.from(value));
      const keys = byteKeys.map((key) => Buffer.from(key));
      return {
        getText: (index) => text.get(textKeys[index]),
        setText: (index) => text.put(textKeys[index], textValues[index]),
        getBytes: (index) => binary.get(keys[index]),
        setBytes: (index) => binary.put(keys[index], values[index]),
      };
    },
    turn: () => root.committed,
    close: () => root.close(),
  };
}

/** Opens a store by name; `folder` undefined: in memory. `use` gives its operations on some data, by position there. */
export function openStore(name, folder) {
  const makers = { map: mapStore, memflux: memfluxStore, sqlite: sqliteStore, lmdb: lmdbStore };
  return makers[name](folder);
}
