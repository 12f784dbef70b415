/**
 * Set-returning functions in FROM, by name. Arguments may be NULL; then there are no rows.
 */
import { sqlError } from "../../../common/sql-state.ts";
import { machineOf, type SqlType } from "../../type/type.ts";
import type { Functions } from "../surroundings.ts";
import type { Value } from "../value.ts";
import { tagged } from "./tagging.ts";

type Produce = (values: readonly Value[]) => Iterable<readonly Value[]>;

/** What produces the rows of the function `name`; `step` is called for each item of a list. */
export function setFunction(name: string, types: readonly SqlType[], functions: Functions, step: () => void): Produce {
  const [first] = types;
  if (name === "unwind" && first !== undefined) return (values) => unwind(functions, tagged(first, values[0] ?? null), step);
  if (name === "generate_series" && first !== undefined && machineOf(first) === "i64") return series;
  throw sqlError("0A000", `${name}(${types.map((type) => type.name).join(", ")}) in FROM is not supported`);
}

/** From start to stop, both included, in whole numbers. */
function* series([start = null, stop = null, by = 1n]: readonly Value[]): Generator<readonly Value[]> {
  if (start === null || stop === null || by === null) return;
  const step = by as bigint;
  if (step === 0n) throw sqlError("22023", "step size cannot equal zero");
  for (let value = start as bigint; step > 0n ? value <= (stop as bigint) : value >= (stop as bigint); value += step) yield [value];
}

/** UNWIND: a row for each item of a list; one of what is no list; none of NULL. */
function* unwind(functions: Functions, value: Value, step: () => void): Generator<readonly Value[]> {
  if (value === null) return;
  for (const item of functions.items(value, step)) yield [item];
}
