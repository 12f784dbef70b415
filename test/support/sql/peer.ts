/**
 * Databases that speak SQL, behind one small interface: ours over the wire, PostgreSQL (PGlite), SQLite (sql.js). Golden files,
 * public suites and differential tests run on any of them.
 *
 * 1. A value tells its kind by its JavaScript type: integers are bigint, doubles number, NUMERIC and everything with a text form
 *    string, booleans boolean. So 1, 1.0 and '1' never look the same.
 * 2. `types` are PostgreSQL's names (`integer`, `timestamp with time zone`); "" where a database does not tell.
 * 3. A statement that fails throws SqlFailure and nothing else; any other Error is a broken connection or a broken peer.
 */

export type SqlValue = null | boolean | bigint | number | string;
/** What is put in for $1 ...: text, as on the wire. */
export type SqlParameter = string | null;

export interface SqlResult {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** Rows inserted, updated or deleted; undefined for what is no such statement. */
  readonly affected: number | undefined;
}

/** All that a differential test needs of a database. */
export interface SqlRunner {
  readonly name: string;
  run(sql: string, parameters?: readonly SqlParameter[]): Promise<SqlResult>;
}

export interface SqlPeer extends SqlRunner {
  /** Names that `skipif` and `onlyif` of golden files know it by. */
  readonly labels: readonly string[];
  /** Drops everything. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** The database refused a statement. `sqlstate` is "" where it has none. */
export class SqlFailure extends Error {
  readonly sqlstate: string;

  constructor(message: string, sqlstate: string) {
    super(message);
    this.sqlstate = sqlstate;
  }
}

/** Kinds of types, by the letters of golden files. */
export type TypeLetter = "I" | "N" | "R" | "B" | "T";

/** I integers, N numeric, R floating point, B boolean, T everything that is compared as text. */
export function letterOf(type: string): TypeLetter {
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

/**
 * A value of a type from its text. JSON is printed anew, its names sorted, since databases keep documents in different orders.
 * Throws where the text is no such value.
 */
export function readText(text: string, type: string): SqlValue {
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

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function readDouble(text: string): number {
  const special = { inf: Infinity, Infinity: Infinity, "-inf": -Infinity, "-Infinity": -Infinity, nan: NaN, NaN: NaN }[text];
  if (special !== undefined) return special;
  if (!/^-?\d+(\.\d+)?(e[-+]?\d+)?$/.test(text)) throw new Error(`${JSON.stringify(text)} is no double`);
  return Number(text);
}
