/**
 * Cypher's function table: functions and aggregates by name, operators by symbol. An empty list: there is none of that name.
 */
import type { FunctionSource } from "../table.ts";
import { CYPHER_AGGREGATES } from "./aggregate.ts";
import { CONVERT_FUNCTIONS } from "./function-convert.ts";
import { GRAPH_FUNCTIONS } from "./function-graph.ts";
import { LIST_FUNCTIONS } from "./function-list.ts";
import { NUMBER_FUNCTIONS } from "./function-number.ts";
import { TEMPORAL_FUNCTIONS } from "./function-temporal.ts";
import { TEXT_FUNCTIONS } from "./function-text.ts";
import { CYPHER_OPERATORS } from "./operator.ts";
import type { CypherAggregateRow, CypherRow } from "./row.ts";
import { sharedFunctions } from "./shared.ts";

/** Every family of functions: one line each. */
const FUNCTIONS: readonly (readonly CypherRow[])[] = [
  GRAPH_FUNCTIONS,
  LIST_FUNCTIONS,
  TEXT_FUNCTIONS,
  NUMBER_FUNCTIONS,
  CONVERT_FUNCTIONS,
  TEMPORAL_FUNCTIONS,
];

function byName<T extends { readonly entry: { readonly name: string } }>(rows: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const names = new Map<string, T[]>();
  for (const row of rows) {
    const name = row.entry.name.toLowerCase();
    const list = names.get(name);
    if (list === undefined) names.set(name, [row]);
    else list.push(row);
  }
  return names;
}

/** All functions and aggregates, for lists of them. */
export const CYPHER_FUNCTION_ROWS: readonly (CypherRow | CypherAggregateRow)[] = [...FUNCTIONS.flat(), ...CYPHER_AGGREGATES];

const functions = byName(FUNCTIONS.flat());
const aggregates = byName<CypherAggregateRow>(CYPHER_AGGREGATES);
const operators = byName(CYPHER_OPERATORS);

/** Rows of a function; the name is in lower case. Of a name that is not Cypher's own, those of modules of WebAssembly (shared.ts). */
export function cypherFunctions(name: string, source?: FunctionSource): readonly CypherRow[] {
  return functions.get(name) ?? sharedFunctions(name, source);
}

/** Rows of an operator: `=`, `starts with`, `u-`, `[]`, `[..]`, `property`, `has_label` and the like. */
export function cypherOperator(symbol: string): readonly CypherRow[] {
  return operators.get(symbol) ?? [];
}

/** Rows of an aggregate; the name is in lower case. */
export function cypherAggregates(name: string): readonly CypherAggregateRow[] {
  return aggregates.get(name) ?? [];
}
