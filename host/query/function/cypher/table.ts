/**
 * Cypher's function table: functions and aggregates by name, operators by symbol. An empty list: there is none of that name.
 */
import { CYPHER_OPERATORS } from "./operator.ts";
import type { CypherAggregateRow, CypherRow } from "./row.ts";

/** Every family of functions: one line each. */
const FUNCTIONS: readonly (readonly CypherRow[])[] = [];

/** Every family of aggregates: one line each. */
const AGGREGATES: readonly (readonly CypherAggregateRow[])[] = [];

function byName<T extends { readonly entry: { readonly name: string } }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const names = new Map<string, T[]>();
  for (const row of rows) {
    const list = names.get(row.entry.name);
    if (list === undefined) names.set(row.entry.name, [row]);
    else list.push(row);
  }
  return names;
}

const functions = byName(FUNCTIONS.flat());
const aggregates = byName(AGGREGATES.flat());
const operators = byName(CYPHER_OPERATORS);

/** Rows of a function; the name is in lower case. */
export function cypherFunctions(name: string): readonly CypherRow[] {
  return functions.get(name) ?? [];
}

/** Rows of an operator: `=`, `starts with`, `u-`, `[]`, `[..]`, `property`, `has_label` and the like. */
export function cypherOperator(symbol: string): readonly CypherRow[] {
  return operators.get(symbol) ?? [];
}

/** Rows of an aggregate; the name is in lower case. */
export function cypherAggregates(name: string): readonly CypherAggregateRow[] {
  return aggregates.get(name) ?? [];
}
