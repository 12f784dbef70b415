/**
 * The format of `.slt` files: sqllogictest (sqlite.org/sqllogictest), with few additions. Records are separated by blank lines.
 *
 *   # comment
 *   statement ok                    the statement works
 *   statement count 3               ... and touches three rows
 *   statement error                 it fails; behind it may stand a SQLSTATE, and a regular expression that the message matches
 *   CREATE TABLE t (a integer)
 *
 *   query IT rowsort [label]        a letter for each column; nosort (default), rowsort, valuesort
 *   SELECT a, b FROM t
 *   ----
 *   1	one                          a row a line, values separated by tabs; or a value a line, as in SQLite's own files
 *
 *   30 values hashing to 3c13...    MD5 of the values, each with a line feed: in the place of values
 *   hash-threshold 8   halt         as there
 *   skipif NAME   onlyif NAME       the next record is not, or only, for this database
 *
 * Additions: before a record, `parameters 1 'two words' NULL` gives it values for $1 ..., and `names a "?column?"` says what its columns
 * are called. `statement ?` and `query ?` are not known yet: slt-record.ts asks PostgreSQL.
 *
 * Letters: I integers, N numeric, R floating point (three digits behind the point), B boolean, T anything else as text. Values: NULL,
 * `(empty)` for an empty text, control characters as \xNN.
 */

export type SortMode = "nosort" | "rowsort" | "valuesort";

interface Conditions {
  readonly line: number;
  readonly skip: readonly string[];
  readonly only: readonly string[];
}

interface Executed extends Conditions {
  readonly sql: string;
  readonly parameters: readonly (string | null)[];
}

export interface StatementRecord extends Executed {
  readonly kind: "statement";
  readonly expect:
    | { readonly kind: "ok" }
    | { readonly kind: "count"; readonly count: number }
    | { readonly kind: "error"; readonly sqlstate: string | undefined; readonly message: string | undefined }
    | { readonly kind: "unknown" };
}

export interface QueryRecord extends Executed {
  readonly kind: "query";
  /** A letter for each column; "?" when not known yet. */
  readonly types: string;
  readonly sort: SortMode;
  readonly label: string | undefined;
  readonly names: readonly string[] | undefined;
  /** Lines below `----`, or undefined where there is none. */
  readonly expected: readonly string[] | undefined;
}

export interface HaltRecord extends Conditions {
  readonly kind: "halt";
}

/** How large a result may be before it is written as a hash: nothing that a reader has to know. */
export interface ThresholdRecord extends Conditions {
  readonly kind: "threshold";
}

export type SltRecord = StatementRecord | QueryRecord | HaltRecord | ThresholdRecord;

const SORT_MODES: readonly string[] = ["nosort", "rowsort", "valuesort"];

/** Reads a file. Throws an Error that names file and line where the format is broken. */
export function parseRecords(text: string, file: string): SltRecord[] {
  return new RecordReader(text, file).readAll();
}

class RecordReader {
  readonly #lines: readonly string[];
  readonly #file: string;
  #at = 0;
  #skip: string[] = [];
  #only: string[] = [];
  #parameters: (string | null)[] = [];
  #names: string[] | undefined;

  constructor(text: string, file: string) {
    this.#lines = text.split(/\r?\n/);
    this.#file = file;
  }

  readAll(): SltRecord[] {
    const records: SltRecord[] = [];
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at++]!.trim();
      if (line === "" || line.startsWith("#")) continue;
      const record = this.#read(line);
      if (record === undefined) continue;
      records.push(record);
      this.#skip = [];
      this.#only = [];
      this.#parameters = [];
      this.#names = undefined;
    }
    return records;
  }

  /** A record that begins with this line, or undefined where the line says something of the next one. */
  #read(line: string): SltRecord | undefined {
    const words = line.split(/\s+/);
    const conditions = { line: this.#at, skip: this.#skip, only: this.#only };
    const rest = line.slice(words[0]!.length).trim();
    switch (words[0]) {
      case "skipif":
        this.#skip.push(words[1] ?? "");
        return undefined;
      case "onlyif":
        this.#only.push(words[1] ?? "");
        return undefined;
      case "parameters":
        this.#parameters = this.#words(rest, conditions.line).map(({ text, quoted }) => (text === "NULL" && !quoted ? null : text));
        return undefined;
      case "names":
        this.#names = this.#words(rest, conditions.line).map(({ text }) => text);
        return undefined;
      case "hash-threshold":
        return { kind: "threshold", ...conditions };
      case "halt":
        return { kind: "halt", ...conditions };
      case "statement":
        return { kind: "statement", ...conditions, parameters: this.#parameters, expect: this.#expectation(rest), sql: this.#block().sql };
      case "query":
        return this.#query(words, conditions);
      default:
        throw this.#problem(`${JSON.stringify(words[0])} begins no record`, conditions.line);
    }
  }

  #query(words: readonly string[], conditions: Conditions): QueryRecord {
    const types = words[1] ?? "";
    if (!/^([A-Z]+|\?)$/.test(types)) throw this.#problem("a query says the types of its columns", conditions.line);
    const sort = (words.find((word) => SORT_MODES.includes(word)) ?? "nosort") as SortMode;
    const label = words.slice(2).find((word) => !SORT_MODES.includes(word));
    return { kind: "query", ...conditions, types, sort, label, names: this.#names, parameters: this.#parameters, ...this.#block() };
  }

  #expectation(rest: string): StatementRecord["expect"] {
    const [, word, more = ""] = /^(\S*)\s*(.*)$/.exec(rest)!;
    if (word === "ok" && more === "") return { kind: "ok" };
    if (word === "?" && more === "") return { kind: "unknown" };
    if (word === "count" && /^\d+$/.test(more)) return { kind: "count", count: Number(more) };
    if (word !== "error") throw this.#problem(`a statement is ok, count N or error, not ${JSON.stringify(rest)}`, this.#at);
    const [, sqlstate, message] = /^([0-9A-Z]{5}(?!\S))?\s*(.*)$/.exec(more)!;
    return { kind: "error", sqlstate, message: message === "" ? undefined : message };
  }

  /** The lines up to a blank one: SQL, and what stands below `----`. */
  #block(): { sql: string; expected: string[] | undefined } {
    const begin = this.#at;
    const sql: string[] = [];
    let expected: string[] | undefined;
    while (this.#at < this.#lines.length) {
      const line = this.#lines[this.#at]!;
      if (line.trim() === "") break;
      this.#at++;
      if (expected !== undefined) expected.push(line);
      else if (line.trim() === "----") expected = [];
      else sql.push(line);
    }
    if (sql.length === 0) throw this.#problem("a record has no SQL", begin);
    return { sql: sql.join("\n"), expected };
  }

  /** Words separated by blanks; 'in quotes' or "in quotes" with a quote written twice. */
  #words(text: string, line: number): { text: string; quoted: boolean }[] {
    const words: { text: string; quoted: boolean }[] = [];
    for (let rest = text; rest !== ""; ) {
      const [whole, single, double, plain] = /^(?:'((?:[^']|'')*)'|"((?:[^"]|"")*)"|([^\s'"]+))(?:\s+|$)/.exec(rest) ?? [];
      if (whole === undefined) throw this.#problem(`cannot read ${rest}`, line);
      words.push({ text: plain ?? single?.replaceAll("''", "'") ?? double!.replaceAll('""', '"'), quoted: plain === undefined });
      rest = rest.slice(whole.length);
    }
    return words;
  }

  #problem(text: string, line: number): Error {
    return new Error(`${this.#file}:${line}: ${text}`);
  }
}

/** Whether a record is for a database with these labels. */
export function isMeantFor(record: SltRecord, labels: readonly string[]): boolean {
  const { skip, only } = record;
  return !skip.some((name) => labels.includes(name)) && (only.length === 0 || only.some((name) => labels.includes(name)));
}
