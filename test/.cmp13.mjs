// test/support/sql/library.ts

// test/support/test-server.ts
import { accessSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { delimiter, join, join as join2 } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

var ROOT = findRoot();
var PROGRAM = join(ROOT, "dist/memflux.js");
function findRoot() {
  const here = fileURLToPath(new URL(".", "file:///work/wt/win13/test/support/x.ts"));
  for (const start of [here, process.cwd()]) {
    for (let folder = start; ; folder = join(folder, "..")) {
      if (existsSync(join(folder, "asconfig.json")) && existsSync(join(folder, "host"))) return folder;
      if (folder === join(folder, "..")) break;
    }
  }
  throw new Error("run the tests from inside the repository");
}

// test/support/sql/peer.ts
var SqlFailure = class extends Error {
  sqlstate;
  constructor(message, sqlstate) {
    super(message);
    this.sqlstate = sqlstate;
  }
};
function letterOf(type) {
  switch (type) {
    case "smallint":
    case "integer":
    case "bigint":
      return "I";
    case "numeric":
      return "N";
    case "real":
    case "double precision":
      return "R";
    case "boolean":
      return "B";
    default:
      return "T";
  }
}
function readText(text, type) {
  if (type === "json" || type === "jsonb") return JSON.stringify(JSON.parse(text), sortKeys);
  switch (letterOf(type)) {
    case "I":
      return BigInt(text);
    case "R":
      return type === "real" ? Math.fround(readDouble(text)) : readDouble(text);
    case "B":
      if (!/^([tf01]|true|false)$/.test(text)) throw new Error(`${JSON.stringify(text)} is no boolean`);
      return text.startsWith("t") || text === "1";
    default:
      return text;
  }
}
function sortKeys(_, value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
function readDouble(text) {
  const special = { inf: Infinity, Infinity: Infinity, "-inf": -Infinity, "-Infinity": -Infinity, nan: NaN, NaN: NaN }[text];
  if (special !== void 0) return special;
  if (!/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(text)) throw new Error(`${JSON.stringify(text)} is no double`);
  return Number(text);
}

// test/support/sql/library.ts
async function openLibrary() {
  const library = await import(pathToFileURL(join2(ROOT, "dist/index.js")).href);
  return libraryPeer(await library.open({}));
}
function libraryPeer(database) {
  return {
    name: "library",
    labels: ["memflux", "library"],
    run: (sql, parameters = []) => run(database, sql, parameters),
    reset: async () => {
      await database.execute(["FLUSHALL"]);
    },
    close: () => database.close(),
  };
}
async function run(database, sql, parameters) {
  try {
    const { columns, rows, affected } = await database.query(sql, parameters, { rowMode: "array" });
    const types = columns.map(({ type }) => type);
    return {
      columns: columns.map(({ name }) => name),
      types,
      rows: rows.map((row) => row.map((value, column) => fromJavaScript(value, types[column]))),
      affected,
    };
  } catch (error) {
    const [, message, sqlstate] = (error instanceof Error && /^([\s\S]*) \[([0-9A-Z]{5})\]$/.exec(error.message)) || [];
    if (message === void 0 || sqlstate === void 0) throw error;
    throw new SqlFailure(message, sqlstate);
  }
}
function fromJavaScript(value, type) {
  if (value === null) return null;
  if (type === "json" || type === "jsonb") return readText(JSON.stringify(value), type);
  if (type.endsWith("[]")) return arrayText(kindly(Array.isArray(value), value, type));
  if (type === "any") return untyped(value);
  switch (letterOf(type)) {
    case "I":
      return BigInt(kindly(Number.isSafeInteger(value) || typeof value === "bigint", value, type));
    case "R":
      return kindly(typeof value === "number", value, type);
    case "B":
      return kindly(typeof value === "boolean", value, type);
    default:
      return textOf(value, type);
  }
}
function textOf(value, type) {
  if (type === "bytea") return `\\x${Buffer.from(kindly(value instanceof Uint8Array, value, type)).toString("hex")}`;
  if (!type.startsWith("timestamp")) return kindly(typeof value === "string", value, type);
  const iso = kindly(value instanceof Date, value, type).toISOString();
  return iso.replace("T", " ").replace(/\.?0*Z$/, type === "timestamp with time zone" ? "+00" : "");
}
function untyped(value) {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" || typeof value === "string") return value;
  return readText(JSON.stringify(value), "jsonb");
}
function kindly(isRight, value, type) {
  if (!isRight) throw new Error(`${type} comes as ${Object.prototype.toString.call(value)} ${String(value)}`);
  return value;
}
function arrayText(values) {
  const item = (value) => {
    if (value === null) return "NULL";
    const text = String(value);
    return text === "" || /[\s"\\{},]|^null$/i.test(text) ? JSON.stringify(text) : text;
  };
  return `{${values.map(item).join(",")}}`;
}

// test/support/sql/postgres.ts
var PACKAGE = "@electric-sql/pglite";
var MODIFIES = /^\s*(with\b[\s\S]*\b)?(insert|update|delete)\b/i;
async function openPostgres() {
  let library;
  try {
    library = await import(PACKAGE);
  } catch {
    return void 0;
  }
  const database = await library.PGlite.create();
  const { rows } = await database.query("SELECT oid::text, format_type(oid, NULL) FROM pg_type", [], { rowMode: "array" });
  const names = new Map(rows.map(([oid, name]) => [Number(oid), String(name)]));
  const asText = Object.fromEntries([...names.keys()].map((oid) => [oid, (text) => text]));
  return new Postgres(database, names, asText);
}
var Postgres = class {
  name = "postgresql";
  labels = ["postgresql"];
  #database;
  #names;
  #asText;
  constructor(database, names, asText) {
    this.#database = database;
    this.#names = names;
    this.#asText = asText;
  }
  async run(sql, parameters = []) {
    const { rows, fields, affectedRows } = await this.#query(sql, parameters);
    const types = fields.map(({ dataTypeID }) => this.#names.get(dataTypeID) ?? `type ${dataTypeID}`);
    return {
      columns: fields.map(({ name }) => name),
      types,
      rows: rows.map((row) => row.map((text, column) => (text === null ? null : readText(text, types[column])))),
      affected: MODIFIES.test(sql) ? (fields.length > 0 ? rows.length : affectedRows) : void 0,
    };
  }
  async reset() {
    await this.run("DROP SCHEMA public CASCADE");
    await this.run("CREATE SCHEMA public");
  }
  close() {
    return this.#database.close();
  }
  async #query(sql, parameters) {
    try {
      return await this.#database.query(sql, parameters, { rowMode: "array", parsers: this.#asText, serializers: this.#asText });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : void 0;
      if (error instanceof Error && typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) throw new SqlFailure(error.message, code);
      throw new Error(`PostgreSQL has crashed over ${sql}`, { cause: error });
    }
  }
};

// ../../../tmp/win13/cmp.ts
import { readFileSync } from "node:fs";

var statements = readFileSync(process.argv[2], "utf8")
  .split(/;\s*\n/)
  .map((s) => s.trim())
  .filter(Boolean);
var pg = await openPostgres();
var modes = ["SET execution_mode TO interpreted", "SET execution_mode TO compiled", "SET disabled_rules TO 'all'"];
var ours = await Promise.all(
  modes.map(async (m) => {
    const l = await openLibrary();
    await l.run(m);
    return l;
  }),
);
var show = (r) =>
  r.error ??
  r.types?.join(",") +
    " | " +
    r.columns?.join(",") +
    "\n" +
    r.rows
      .map((x) =>
        x
          .map((v) =>
            v === null ? "NULL" : typeof v === "object" ? JSON.stringify(v, (k, w) => (typeof w === "bigint" ? String(w) : w)) : String(v),
          )
          .join("|"),
      )
      .sort()
      .join("\n");
async function run2(side, sql) {
  try {
    return await side.run(sql);
  } catch (e) {
    return { error: `ERR ${e.sqlstate} ${e.message}`.replace(/ at line \d+:\d+/, "") };
  }
}
var bad = 0;
var n = 0;
for (const sql of statements) {
  const want = show(await run2(pg, sql));
  n++;
  const isQuery = /^\s*(select|with|values|\()/i.test(sql);
  for (let i = 0; i < ours.length; i++) {
    const got = show(await run2(ours[i], sql));
    if (!isQuery && !got.startsWith("ERR") && !want.startsWith("ERR")) continue;
    const norm = (s) => s.replace(/\(HINT.*$|\(DETAIL.*$/s, "").trim();
    if (norm(got) !== norm(want)) {
      bad++;
      console.log(`--- [${modes[i]}] ${sql}
PG:   ${want.slice(0, 700)}
OURS: ${got.slice(0, 700)}`);
      break;
    }
  }
}
console.log(`${n} statements, ${bad} differ`);
for (const o of ours) await o.close();
await pg.close();
process.exit(0);
