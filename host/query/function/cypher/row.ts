/**
 * Rows of Cypher's functions and operators: a row of the function table, and which kinds of arguments are allowed where it takes any
 * value.
 *
 * The binder takes the first row with the right number of arguments whose parameters are the arguments' own types, else the first that
 * takes values where they differ. `accepts` is for what is wrong already in the text (SyntaxError: InvalidArgumentType); what is found
 * only at execution is the implementation's to report (TypeError).
 */
import type { AggregateEntry, FunctionEntry } from "../entry.ts";
import { engine, entry, inline, type RowFlags, type RowType } from "../row.ts";

/** openCypher's kinds of values; a number is `integer` or `float`. */
export type CypherKind = "boolean" | "integer" | "float" | "string" | "list" | "map" | "node" | "relationship" | "path" | "temporal";

/** For each parameter what it accepts; undefined: anything. */
export type Accepted = readonly (readonly CypherKind[] | undefined)[];

export interface CypherRow {
  readonly entry: FunctionEntry;
  readonly accepts: Accepted;
}

export interface CypherAggregateRow {
  readonly entry: AggregateEntry;
  readonly accepts: Accepted;
}

/** A row whose implementation is an engine function. */
export function engineRow(
  role: FunctionEntry["role"],
  name: string,
  parameters: readonly RowType[],
  result: RowType,
  by: string,
  flags: RowFlags & { readonly accepts?: Accepted; readonly extra?: readonly number[] } = {},
): CypherRow {
  return {
    entry: entry(role, name, parameters, result, engine(by, flags, flags.extra), flags),
    accepts: flags.accepts ?? parameters.map(anything),
  };
}

/**
 * A function whose parameters are values of some kinds; it can fail, since they may turn out to be of others. `extra`: constants that its
 * body gets behind the arguments.
 */
export function functionRow(
  name: string,
  accepts: Accepted,
  result: RowType,
  by: string,
  flags: RowFlags & { readonly extra?: readonly number[] } = {},
): CypherRow {
  const all = { ...flags, fails: true };
  const parameters = accepts.map((): RowType => "value");
  return { entry: entry("function", name, parameters, result, engine(by, all, flags.extra), all), accepts };
}

/** A row that plans write out themselves. */
export function inlineRow(
  role: FunctionEntry["role"],
  name: string,
  parameters: readonly RowType[],
  result: RowType,
  by: string,
  fails = false,
): CypherRow {
  return { entry: entry(role, name, parameters, result, inline(by, fails), {}), accepts: parameters.map(anything) };
}

function anything(): undefined {
  return undefined;
}
