/**
 * PostgreSQL 16 as PGlite brings it: the oracle of the golden files. Runs inside this process and starts in about three seconds.
 *
 * Values are read from PostgreSQL's own text, so nothing of PGlite's conversions is compared.
 */
import { readText, SqlFailure, type SqlParameter, type SqlPeer, type SqlResult } from "./peer.ts";

interface PGliteResult {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly affectedRows?: number;
}

interface PGlite {
  query(sql: string, parameters?: readonly unknown[], options?: Readonly<Record<string, unknown>>): Promise<PGliteResult>;
  close(): Promise<void>;
}

const PACKAGE = "@electric-sql/pglite";
const MODIFIES = /^\s*(with\b[\s\S]*\b)?(insert|update|delete)\b/i;

/** Opens a new empty database; undefined where the package is not installed. */
export async function openPostgres(): Promise<SqlPeer | undefined> {
  let library: { readonly PGlite: { create(): Promise<PGlite> } };
  try {
    library = await import(PACKAGE);
  } catch {
    return undefined;
  }
  const database = await library.PGlite.create();
  const { rows } = await database.query("SELECT oid::text, format_type(oid, NULL) FROM pg_type", [], { rowMode: "array" });
  const names = new Map(rows.map(([oid, name]) => [Number(oid), String(name)]));
  const asText = Object.fromEntries([...names.keys()].map((oid) => [oid, (text: string) => text]));
  return new Postgres(database, names, asText);
}

class Postgres implements SqlPeer {
  readonly name = "postgresql";
  readonly labels = ["postgresql"];
  readonly #database: PGlite;
  readonly #names: ReadonlyMap<number, string>;
  readonly #asText: Readonly<Record<number, (text: string) => string>>;

  constructor(database: PGlite, names: ReadonlyMap<number, string>, asText: Readonly<Record<number, (text: string) => string>>) {
    this.#database = database;
    this.#names = names;
    this.#asText = asText;
  }

  async run(sql: string, parameters: readonly SqlParameter[] = []): Promise<SqlResult> {
    const { rows, fields, affectedRows } = await this.#query(sql, parameters);
    const types = fields.map(({ dataTypeID }) => this.#names.get(dataTypeID) ?? `type ${dataTypeID}`);
    return {
      columns: fields.map(({ name }) => name),
      types,
      rows: rows.map((row) => row.map((text, column) => (text === null ? null : readText(text, types[column]!)))),
      affected: MODIFIES.test(sql) ? (fields.length > 0 ? rows.length : affectedRows) : undefined,
    };
  }

  async reset(): Promise<void> {
    await this.run("DROP SCHEMA public CASCADE");
    await this.run("CREATE SCHEMA public");
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #query(sql: string, parameters: readonly SqlParameter[]): Promise<PGliteResult> {
    try {
      return await this.#database.query(sql, parameters, { rowMode: "array", parsers: this.#asText, serializers: this.#asText });
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (error instanceof Error && typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) throw new SqlFailure(error.message, code);
      // A crash inside PGlite may throw a number.
      throw new Error(`PostgreSQL has crashed over ${sql}`, { cause: error });
    }
  }
}
