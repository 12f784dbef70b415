/**
 * SQLite as sql.js brings it (WebAssembly, so nothing has to be compiled where the tests are installed). Inside this process.
 *
 * SQLite's values carry their own types: `types` are empty texts. Integers come as bigint, so 64 bits are exact.
 */
import { SqlFailure, type SqlParameter, type SqlPeer, type SqlResult, type SqlValue } from "./peer.ts";

interface Statement {
  bind(values: readonly (string | null)[]): boolean;
  step(): boolean;
  get(parameters: null, config: { readonly useBigInt: true }): (null | bigint | number | string | Uint8Array)[];
  getColumnNames(): string[];
  free(): boolean;
}

interface Database {
  prepare(sql: string): Statement;
  getRowsModified(): number;
  close(): void;
}

interface Library {
  readonly Database: new () => Database;
}

const PACKAGE = "sql.js";
const MODIFIES = /^\s*(with\b[\s\S]*\b)?(insert|update|delete|replace)\b/i;

/** Opens a new empty database; undefined where the package is not installed. */
export async function openSqlite(): Promise<SqlPeer | undefined> {
  let start: () => Promise<Library>;
  try {
    start = ((await import(PACKAGE)) as { readonly default: () => Promise<Library> }).default;
  } catch {
    return undefined;
  }
  return new Sqlite(await start());
}

class Sqlite implements SqlPeer {
  readonly name = "sqlite";
  readonly labels = ["sqlite"];
  readonly #library: Library;
  #database: Database;

  constructor(library: Library) {
    this.#library = library;
    this.#database = this.#open();
  }

  async run(sql: string, parameters: readonly SqlParameter[] = []): Promise<SqlResult> {
    let statement: Statement | undefined;
    try {
      statement = this.#database.prepare(sql);
      statement.bind(parameters);
      const rows: SqlValue[][] = [];
      while (statement.step()) rows.push(statement.get(null, { useBigInt: true }).map(toSqlValue));
      const columns = statement.getColumnNames();
      const affected = MODIFIES.test(sql) ? this.#database.getRowsModified() : undefined;
      return { columns, types: columns.map(() => ""), rows, affected };
    } catch (error) {
      throw new SqlFailure(error instanceof Error ? error.message : String(error), "");
    } finally {
      statement?.free();
    }
  }

  async reset(): Promise<void> {
    this.#database.close();
    this.#database = this.#open();
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  /** LIKE with regard to case, as in PostgreSQL. */
  #open(): Database {
    const database = new this.#library.Database();
    const pragma = database.prepare("PRAGMA case_sensitive_like = ON");
    pragma.step();
    pragma.free();
    return database;
  }
}

function toSqlValue(value: null | bigint | number | string | Uint8Array): SqlValue {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : value;
}
