/**
 * Whether two databases answered alike. Booleans are 0 and 1 and all kinds of numbers are one, since SQLite has no more; whole numbers are
 * compared digit by digit, others up to a billionth.
 */
import { SqlFailure, type SqlResult, type SqlValue } from "../../support/sql/peer.ts";

export type Outcome = { readonly kind: "rows"; readonly result: SqlResult } | { readonly kind: "failure"; readonly failure: SqlFailure };

export interface Judgement {
  /** What kind of difference, equal for differences that have one cause: a shrunk statement must keep it. */
  readonly kind: string;
  readonly text: string;
}

type Cell = null | bigint | number | string;

const TOLERANCE = 1e-9;
const SHOWN_ROWS = 12;

/** Runs a statement. An Error that is no SqlFailure goes on: the database is broken. */
export async function runStatement(run: () => Promise<SqlResult>): Promise<Outcome> {
  try {
    return { kind: "rows", result: await run() };
  } catch (error) {
    if (error instanceof SqlFailure) return { kind: "failure", failure: error };
    throw error;
  }
}

/** What differs, or undefined. Two failures are alike: what databases say of them is a matter of the golden files. */
export function judge(left: Outcome, right: Outcome, ordered: boolean): Judgement | undefined {
  if (left.kind === "failure" && right.kind === "failure") return undefined;
  if (left.kind === "failure") return { kind: `left fails: ${left.failure.message}`, text: describe(left, right) };
  if (right.kind === "failure") return { kind: `right fails: ${right.failure.message}`, text: describe(left, right) };
  const [a, b] = [left.result, right.result];
  const isSame =
    a.columns.join() === b.columns.join() &&
    (a.affected ?? b.affected) === (b.affected ?? a.affected) &&
    isSameRows(a.rows.map(toCells), b.rows.map(toCells), ordered);
  return isSame ? undefined : { kind: "rows", text: describe(left, right) };
}

function isSameRows(left: readonly Cell[][], right: readonly Cell[][], ordered: boolean): boolean {
  if (left.length !== right.length) return false;
  if (ordered) return left.every((row, position) => isSameRow(row, right[position]!));
  const [a, b] = [sortRows(left), sortRows(right)];
  if (a.every((row, position) => isSameRow(row, b[position]!))) return true;
  // Rounding may have sorted rows differently that are the same.
  const rest = [...b];
  return a.every((row) => {
    const at = rest.findIndex((other) => isSameRow(row, other));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function toCells(row: readonly SqlValue[]): Cell[] {
  return row.map((value) => {
    if (typeof value === "boolean") return value ? 1n : 0n;
    if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof value === "string" && /^-?\d+\.\d+$/.test(value)) return toCells([Number(value)])[0]!;
    return value;
  });
}

function sortRows(rows: readonly Cell[][]): Cell[][] {
  const keyOf = (cell: Cell): string =>
    typeof cell === "string" ? `s${cell}` : cell === null ? "" : `n${Number(Number(cell).toPrecision(9))}`;
  return rows
    .map((row) => ({ row, key: row.map(keyOf).join("\0") }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ row }) => row);
}

function isSameRow(left: readonly Cell[], right: readonly Cell[]): boolean {
  return left.length === right.length && left.every((cell, column) => isSameCell(cell, right[column]!));
}

function isSameCell(left: Cell, right: Cell): boolean {
  if (left === right) return true;
  const isText = typeof left === "string" || typeof right === "string";
  // A numeric that is whole may come as text.
  if (isText) return typeof left !== typeof right && left !== null && right !== null && String(left) === String(right);
  if (left === null || right === null || typeof left === typeof right) {
    if (typeof left !== "number" || typeof right !== "number") return false;
  }
  const [a, b] = [Number(left), Number(right)];
  return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}

function describe(left: Outcome, right: Outcome): string {
  return [left, right].map((outcome, side) => `${side === 0 ? "left " : "right"}  ${describeOutcome(outcome)}`).join("\n");
}

function describeOutcome(outcome: Outcome): string {
  if (outcome.kind === "failure") return `error ${outcome.failure.sqlstate} ${outcome.failure.message}`;
  const { rows, affected } = outcome.result;
  const lines = rows.slice(0, SHOWN_ROWS).map((row) => `\n         ${row.map(String).join(" | ")}`);
  const more = rows.length > SHOWN_ROWS ? `\n         ... ${rows.length - SHOWN_ROWS} more` : "";
  return `${rows.length} rows${affected === undefined ? "" : `, ${affected} affected`}${lines.join("")}${more}`;
}
