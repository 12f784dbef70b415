/**
 * The function table: all rows under their names, and the functions that users have defined.
 *
 * Rows of the families are fixed; a `FunctionSource` adds those of CREATE FUNCTION. A name of the families is never hidden: a user's
 * function of the same name and parameters is not reached.
 */
import type { SqlType } from "../type/type.ts";
import { AGGREGATE_ROWS, COUNT_ROWS, GENERIC_AGGREGATES } from "./aggregate.ts";
import { ARITHMETIC_FUNCTIONS } from "./arithmetic.ts";
import { ARRAY_FUNCTIONS } from "./array.ts";
import { BINARY_FUNCTIONS } from "./binary.ts";
import { DATETIME_FUNCTIONS } from "./datetime.ts";
import type { AggregateEntry, FunctionEntry } from "./entry.ts";
import { EXTENSION_FUNCTIONS } from "./extension.ts";
import { JSON_FUNCTIONS } from "./json.ts";
import { NUMBER_FUNCTIONS } from "./number.ts";
import { OPERATOR_ROWS } from "./operator.ts";
import { PATTERN_FUNCTIONS } from "./pattern.ts";
import { TEXT_FUNCTIONS } from "./text.ts";

/** Functions that users have defined. */
export interface FunctionSource {
  /** Rows of a name, in lower case unless it was quoted; none: an empty list. */
  find(name: string): readonly FunctionEntry[];
}

/** Every family of functions and operators: one line each. */
const FAMILIES: readonly (readonly FunctionEntry[])[] = [
  OPERATOR_ROWS,
  ARITHMETIC_FUNCTIONS,
  NUMBER_FUNCTIONS,
  TEXT_FUNCTIONS,
  PATTERN_FUNCTIONS,
  ARRAY_FUNCTIONS,
  JSON_FUNCTIONS,
  DATETIME_FUNCTIONS,
  BINARY_FUNCTIONS,
  EXTENSION_FUNCTIONS,
];

function byName<T extends { readonly name: string }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const names = new Map<string, T[]>();
  for (const row of rows) {
    const list = names.get(row.name);
    if (list === undefined) names.set(row.name, [row]);
    else list.push(row);
  }
  return names;
}

const operators = byName(FAMILIES.flat().filter(({ role }) => role === "operator"));
const functions = byName(FAMILIES.flat().filter(({ role }) => role === "function"));
const aggregates = byName(AGGREGATE_ROWS);

/** Operators with that name and number of operands. */
export function findOperators(name: string, operands: number): readonly FunctionEntry[] {
  return (operators.get(name) ?? []).filter(({ parameters }) => parameters.length === operands);
}

/** Functions with that name, of all numbers of arguments. */
export function findFunctions(name: string, source: FunctionSource | undefined): readonly FunctionEntry[] {
  const own = functions.get(name) ?? [];
  const users = source?.find(name) ?? [];
  return users.length === 0 ? own : [...own, ...users];
}

export function isAggregate(name: string): boolean {
  return aggregates.has(name) || GENERIC_AGGREGATES.has(name);
}

/** Rows of an aggregate that is given by its arguments' types. */
export function findAggregates(name: string): readonly AggregateEntry[] {
  return aggregates.get(name) ?? [];
}

/** count, any_value, array_agg of a type; undefined for other names. */
export function genericAggregate(name: string, argument: SqlType): AggregateEntry | undefined {
  return GENERIC_AGGREGATES.get(name)?.(argument);
}

export const COUNT_STAR: AggregateEntry = COUNT_ROWS;
