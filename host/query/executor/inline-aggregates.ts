/**
 * The aggregates that the code generator writes out itself, in JavaScript. host/query/function/aggregate.ts names their steps;
 * their finish is `state`: the first slot as it is, NULL while nothing was seen.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { Implementation } from "../function/entry.ts";
import type { Accumulator } from "./surroundings.ts";
import type { Value } from "./value.ts";

type Fold = (state: Value, value: Value) => Value;

/** What makes the state of the inline aggregate whose step is `name`. */
export function inlineAccumulator(name: string, finish: Implementation): () => Accumulator {
  if (finish.kind !== "inline" || finish.name !== "state") throw sqlError("XX000", `aggregate ${name} has an unknown finish`);
  if (name === "count" || name === "count_times") return () => counting(name === "count_times");
  const fold = FOLDS.get(name.replace(/^(min|max|first)_.*/, "$1"));
  if (fold === undefined) throw sqlError("XX000", `there is no inline aggregate ${name}`);
  return () => {
    let state: Value = null;
    let isEmpty = true;
    return {
      step: ([value = null]) => {
        state = isEmpty ? first(name, value) : fold(state, value);
        isEmpty = false;
      },
      finish: () => state,
    };
  };
}

/** Counts rows; `isWeighted`: each value says how many there are in its place. */
function counting(isWeighted: boolean): Accumulator {
  let count = 0n;
  return {
    step: ([value]) => {
      count += isWeighted ? (value as bigint) : 1n;
    },
    finish: () => count,
  };
}

/** Sums begin at 0, so that -0 alone sums to 0. */
function first(name: string, value: Value): Value {
  return name === "sum_double" || name === "sum_real" ? 0 + (value as number) : value;
}

const FOLDS: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ["first", (state) => state],
  ["sum_bigint", (state, value) => bigintSum(state as bigint, value as bigint)],
  ["sum_double", (state, value) => floatSum(state as number, value as number, (sum) => sum)],
  ["sum_real", (state, value) => floatSum(state as number, value as number, Math.fround)],
  ["min", (state, value) => (isBefore(value, state) ? value : state)],
  ["max", (state, value) => (isBefore(state, value) ? value : state)],
  ["bool_and", (state, value) => state === true && value === true],
  ["bool_or", (state, value) => state === true || value === true],
]);

function bigintSum(state: bigint, value: bigint): bigint {
  const sum = state + value;
  if (BigInt.asIntN(64, sum) !== sum) throw sqlError("22003", "bigint out of range");
  return sum;
}

function floatSum(state: number, value: number, round: (sum: number) => number): number {
  const sum = round(state + value);
  if (!Number.isFinite(sum) && Number.isFinite(state) && Number.isFinite(value)) throw sqlError("22003", "value out of range: overflow");
  return sum;
}

/** NaN comes last. */
function isBefore(left: Value, right: Value): boolean {
  if (Number.isNaN(left)) return false;
  return Number.isNaN(right) || (left as number) < (right as number);
}
