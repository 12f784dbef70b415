/**
 * Whether a database's answer to a question is the one that JavaScript gives.
 *
 * Kinds of numbers are one here: a field of a document that was never declared has no declared type. JSON stands for what it says. Numbers
 * may differ by a billionth: sums are made in another order.
 */
import type { SqlResult, SqlValue } from "../../support/sql/peer.ts";
import type { Cell } from "./questions.ts";

const TOLERANCE = 1e-9;

/** The rows of a result, as JavaScript has them. */
export function cellsOf(result: SqlResult): Cell[][] {
  return result.rows.map((row) => row.map((value, column) => cellOf(value, result.types[column]!)));
}

/** What differs, or undefined. */
export function findDifference(expected: readonly Cell[][], actual: readonly Cell[][], ordered: boolean): string | undefined {
  if (expected.length !== actual.length) return `${actual.length} rows instead of ${expected.length}`;
  const [left, right] = ordered ? [expected, actual] : [sorted(expected), sorted(actual)];
  const at = left.findIndex((row, position) => !isSameRow(row, right[position]!));
  return at < 0 ? undefined : `row ${at + 1} is ${JSON.stringify(right[at])} instead of ${JSON.stringify(left[at])}`;
}

function cellOf(value: SqlValue, type: string): Cell {
  if (value === null) return null;
  if (typeof value === "bigint" || type === "numeric") return Number(value);
  if (type !== "json" && type !== "jsonb") return value;
  const parsed: unknown = JSON.parse(String(value));
  return typeof parsed === "object" && parsed !== null ? String(value) : (parsed as Cell);
}

/** Texts first, since a number that differs by rounding must not change the order. */
function sorted(rows: readonly Cell[][]): Cell[][] {
  const textOf = (row: readonly Cell[]): string => JSON.stringify(row.map((cell) => (typeof cell === "number" ? "" : cell)));
  const keys = new Map(rows.map((row) => [row, textOf(row)]));
  return [...rows].sort((left, right) => {
    const [a, b] = [keys.get(left)!, keys.get(right)!];
    if (a !== b) return a < b ? -1 : 1;
    const column = left.findIndex((cell, position) => typeof cell === "number" && !isSame(cell, right[position]!));
    return column < 0 ? 0 : Number(left[column]) - Number(right[column]);
  });
}

function isSameRow(left: readonly Cell[], right: readonly Cell[]): boolean {
  return left.length === right.length && left.every((cell, column) => isSame(cell, right[column]!));
}

function isSame(left: Cell, right: Cell): boolean {
  if (typeof left !== "number" || typeof right !== "number") return left === right;
  return left === right || Math.abs(left - right) <= TOLERANCE * Math.max(Math.abs(left), Math.abs(right));
}
