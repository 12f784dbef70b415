/**
 * Our library as a peer: `db.query` inside this process, rows as arrays, as programs get them.
 *
 * 1. JavaScript's values are read back by the type that the column has: so each must be of the kind that the library promises (a number or
 *    bigint for integers, text for NUMERIC, a Date for timestamps, a Uint8Array for BYTEA, parsed JSON).
 * 2. What JavaScript does not tell apart is lost: microseconds of a Date, JSON's null and NULL. Such records are `skipif library`.
 * 3. A DatabaseError ends with its SQLSTATE; any other error is no SqlFailure.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../test-server.ts";
import { letterOf, readText, SqlFailure, type SqlParameter, type SqlPeer, type SqlResult, type SqlValue } from "./peer.ts";

export interface Library {
  query(
    text: string,
    parameters: readonly SqlParameter[],
    options: { readonly rowMode: "array" },
  ): Promise<{
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rows: readonly (readonly unknown[])[];
    readonly affected: number | undefined;
  }>;
  execute(request: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens a database in memory. Requires: dist/ is built. */
export async function openLibrary(): Promise<SqlPeer> {
  const library: { open(options: object): Promise<Library> } = await import(pathToFileURL(join(ROOT, "dist/index.js")).href);
  return libraryPeer(await library.open({}));
}

/** A database as a peer. */
export function libraryPeer(database: Library): SqlPeer {
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

async function run(database: Library, sql: string, parameters: readonly SqlParameter[]): Promise<SqlResult> {
  try {
    const { columns, rows, affected } = await database.query(sql, parameters, { rowMode: "array" });
    const types = columns.map(({ type }) => type);
    return {
      columns: columns.map(({ name }) => name),
      types,
      rows: rows.map((row) => row.map((value, column) => fromJavaScript(value, types[column]!))),
      affected,
    };
  } catch (error) {
    const [, message, sqlstate] = (error instanceof Error && /^([\s\S]*) \[([0-9A-Z]{5})\]$/.exec(error.message)) || [];
    if (message === undefined || sqlstate === undefined) throw error;
    throw new SqlFailure(message, sqlstate);
  }
}

function fromJavaScript(value: unknown, type: string): SqlValue {
  if (value === null) return null;
  if (type === "json" || type === "jsonb") return readText(JSON.stringify(value), type);
  if (type.endsWith("[]")) return arrayText(kindly(Array.isArray(value), value, type) as readonly unknown[]);
  if (type === "any") return untyped(value);
  switch (letterOf(type)) {
    case "I":
      return BigInt(kindly(Number.isSafeInteger(value) || typeof value === "bigint", value, type) as number | bigint);
    case "R":
      return kindly(typeof value === "number", value, type) as number;
    case "B":
      return kindly(typeof value === "boolean", value, type) as boolean;
    default:
      return textOf(value, type);
  }
}

function textOf(value: unknown, type: string): string {
  if (type === "bytea") return `\\x${Buffer.from(kindly(value instanceof Uint8Array, value, type) as Uint8Array).toString("hex")}`;
  if (!type.startsWith("timestamp")) return kindly(typeof value === "string", value, type) as string;
  const iso = (kindly(value instanceof Date, value, type) as Date).toISOString();
  return iso.replace("T", " ").replace(/\.?0*Z$/, type === "timestamp with time zone" ? "+00" : "");
}

/** Of a field that nobody declared: whole numbers are integers here, since JavaScript has one kind. */
function untyped(value: unknown): SqlValue {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" || typeof value === "string") return value;
  return readText(JSON.stringify(value), "jsonb");
}

function kindly(isRight: boolean, value: unknown, type: string): unknown {
  if (!isRight) throw new Error(`${type} comes as ${Object.prototype.toString.call(value)} ${String(value)}`);
  return value;
}

/** As PostgreSQL prints an array. */
function arrayText(values: readonly unknown[]): string {
  const item = (value: unknown): string => {
    if (value === null) return "NULL";
    const text = String(value);
    return text === "" || /[\s"\\{},]|^null$/i.test(text) ? JSON.stringify(text) : text;
  };
  return `{${values.map(item).join(",")}}`;
}
