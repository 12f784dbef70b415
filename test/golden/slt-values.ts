/**
 * Values and results as `.slt` files write them, and whether a result is the expected one.
 *
 * Two ways, since SQLite's own files are looser than ours:
 *
 *   exact    the letter of a column must be that of its SQL type (peer.ts: letterOf), and numbers of N keep their digits
 *   lenient  as in SQLite's runner: I cuts fractions, R has three digits, T takes anything, and what is not ASCII becomes @
 */
import { createHash } from "node:crypto";
import { letterOf, type SqlResult, type SqlValue } from "../support/sql/peer.ts";
import type { QueryRecord, SortMode } from "./slt-records.ts";

export type Exactness = "exact" | "lenient";

const HASHED = /^(\d+) values hashing to ([0-9a-f]{32})$/;

/** The letters of a result whose types are known. */
export function lettersOf(result: SqlResult): string {
  return result.types.map(letterOf).join("");
}

/** A value as a file writes it. */
export function printValue(value: SqlValue, letter: string, exactness: Exactness): string {
  if (value === null) return "NULL";
  if (letter === "I") return exactness === "exact" ? String(value) : wholePart(value);
  if (letter === "R") return threeDigits(value, exactness);
  if (value === "") return "(empty)";
  const text = exactness === "lenient" && typeof value === "boolean" ? String(Number(value)) : String(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (exactness === "exact") return text.replace(/[\x00-\x1f\x7f]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return text.replace(/[^\x20-\x7e]/g, "@");
}

/** The rows of a result as texts, sorted as the record says. */
export function printRows(result: SqlResult, types: string, sort: SortMode, exactness: Exactness): string[][] {
  const rows = result.rows.map((row) => row.map((value, column) => printValue(value, types[column] ?? "T", exactness)));
  if (sort === "rowsort") return rows.sort(compareRows);
  if (sort === "nosort") return rows;
  return rows
    .flat()
    .sort(compareTexts)
    .map((value) => [value]);
}

/** MD5 of values, each with a line feed. */
export function hashOf(values: readonly string[]): string {
  return createHash("md5")
    .update(values.map((value) => `${value}\n`).join(""))
    .digest("hex");
}

/** What is not as the record says, or undefined. `labels` remembers results by label over the records of a file. */
export function judgeQuery(record: QueryRecord, result: SqlResult, labels: Map<string, string>, exactness: Exactness): string | undefined {
  const width = record.types.length;
  if (result.columns.length !== width) return `${result.columns.length} columns instead of ${width}`;
  if (exactness === "exact" && lettersOf(result) !== record.types)
    return `columns of types ${result.types.join(", ")}, not ${record.types}`;
  if (record.names !== undefined && !isEqual(record.names, result.columns)) return `columns are called ${result.columns.join(", ")}`;
  const rows = printRows(result, record.types, record.sort, exactness);
  const values = rows.flat();
  const hash = hashOf(values);
  if (record.label !== undefined) {
    const other = labels.get(record.label);
    if (other !== undefined && other !== hash) return `another result than the query before with label ${record.label}`;
    labels.set(record.label, hash);
  }
  if (record.expected === undefined) return undefined;
  const [, count, wanted] = record.expected.length === 1 ? (HASHED.exec(record.expected[0]!.trim()) ?? []) : [];
  if (wanted !== undefined) {
    return Number(count) === values.length && wanted === hash ? undefined : `${values.length} values hashing to ${hash}`;
  }
  const expected = splitLines(record.expected, record.sort === "valuesort" ? 1 : width, exactness);
  return isEqual(expected, values) ? undefined : rows.map((row) => row.join("\t")).join("\n") || "no rows";
}

/** A row a line with tabs, where there are any or it must be so; else a value a line. */
function splitLines(lines: readonly string[], width: number, exactness: Exactness): string[] {
  return width > 1 && (exactness === "exact" || lines.some((line) => line.includes("\t")))
    ? lines.flatMap((line) => line.split("\t"))
    : [...lines];
}

function wholePart(value: SqlValue): string {
  if (typeof value === "bigint") return String(value);
  const text = typeof value === "string" ? value : String(Number(value));
  if (/^[-+]?\d+$/.test(text)) return String(BigInt(text));
  const number = typeof value === "string" ? Number.parseFloat(value) : Number(value);
  return Number.isFinite(number) ? String(Math.trunc(number) + 0) : "0";
}

function threeDigits(value: SqlValue, exactness: Exactness): string {
  const number = typeof value === "string" ? Number.parseFloat(value) : Number(value);
  if (Number.isFinite(number)) return number.toFixed(3);
  return exactness === "exact" ? String(number) : "0.000";
}

function compareTexts(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function compareRows(left: readonly string[], right: readonly string[]): number {
  for (const [column, value] of left.entries()) {
    const order = compareTexts(value, right[column]!);
    if (order !== 0) return order;
  }
  return 0;
}

function isEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, position) => value === right[position]);
}
