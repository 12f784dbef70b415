/**
 * Frames of windows: which rows of its partition a row's functions look at.
 *
 * Without EXCLUDE a frame is one run of rows; both of its ends go forward only from row to row, so that all of them are found in O(rows).
 * EXCLUDE takes a run out of it, or two (ties: the row itself stays).
 */
import { sqlError } from "../../../common/sql-state.ts";
import type { SortKey, WindowBound, WindowFrame, WindowOffset } from "../../plan/operator.ts";
import type { Value } from "../value.ts";
import { type Context, PAUSE, step, type Work } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { comparer } from "./key.ts";
import type { Partition } from "./window.ts";

/** Runs of rows, none of them empty: first row, and the one behind the last. */
export type Ranges = readonly (readonly [start: number, end: number])[];

/** The frame of each row of a partition. */
export type Frames = (partition: Partition) => Work<(row: number) => Ranges>;

/** One end of all frames of a partition. */
type Bound = (partition: Partition) => Work<(row: number) => number>;

export function compileFrame(frame: WindowFrame, [key]: readonly SortKey[], context: Context): Frames {
  const start = compileBound(frame, "start", key, context);
  const end = compileBound(frame, "end", key, context);
  return function* (partition) {
    const startOf = yield* start(partition);
    const endOf = yield* end(partition);
    const { groups, starts } = partition;
    return (row) => {
      const first = startOf(row);
      const last = endOf(row);
      if (first >= last) return [];
      if (frame.exclude === "none") return [[first, last]];
      const group = groups[row] as number;
      const [from, to] = frame.exclude === "current" ? [row, row + 1] : [starts[group] as number, starts[group + 1] as number];
      const own = frame.exclude === "ties" ? [[Math.max(first, row), Math.min(last, row + 1)] as const] : [];
      const ranges = [[first, Math.min(last, from)] as const, ...own, [Math.max(first, to), last] as const];
      return ranges.filter(([begin, behind]) => begin < behind);
    };
  };
}

/** Whether a frame begins with its partition and nothing is taken out of it. */
export function isRunning({ start, exclude }: WindowFrame): boolean {
  return start.kind === "unbounded" && exclude === "none";
}

function compileBound(frame: WindowFrame, side: "start" | "end", key: SortKey | undefined, context: Context): Bound {
  const bound: WindowBound = frame[side];
  const behind = side === "end" ? 1 : 0;
  if (bound.kind === "unbounded")
    return constantly(
      ({ count }) =>
        () =>
          count * behind,
    );
  if (bound.kind === "current") {
    if (frame.unit === "rows") return constantly(() => (row) => row + behind);
    return constantly(
      ({ groups, starts }) =>
        (row) =>
          starts[(groups[row] as number) + behind] as number,
    );
  }
  if (frame.unit === "range" && key !== undefined) return compileRange(bound, side, key, context);
  const offset = compileOffset(bound, side, context);
  const sign = bound.kind === "preceding" ? -1 : 1;
  return constantly(({ count, groups, starts }) => {
    const distance = sign * offset();
    const clamped = (place: number, most: number): number => Math.min(most, Math.max(0, place));
    if (frame.unit === "rows") return (row) => clamped(row + distance + behind, count);
    return (row) => starts[clamped((groups[row] as number) + distance + behind, starts.length - 1)] as number;
  });
}

/** A bound that is known without looking at rows. */
function constantly(make: (partition: Partition) => (row: number) => number): Bound {
  // biome-ignore lint/correctness/useYield: there is nothing to wait for.
  return function* (partition) {
    return make(partition);
  };
}

const ENDS = { start: "starting", end: "ending" } as const;

function refuseNull(value: Value, side: "start" | "end"): Exclude<Value, null> {
  if (value === null) throw sqlError("22004", `frame ${ENDS[side]} offset must not be null`);
  return value;
}

/** Rows or groups; of so many that there cannot be more, as many as a number can say. */
function compileOffset({ offset }: WindowOffset, side: "start" | "end", context: Context): () => number {
  const evaluate = compileExpression(offset, context);
  return () => {
    const distance = refuseNull(evaluate(), side) as bigint;
    if (distance < 0n) throw sqlError("22013", `frame ${ENDS[side]} offset must not be negative`);
    return Number(distance);
  };
}

/** RANGE: rows whose key is not beyond the limit. NULLs are their own, wherever they stand. */
function compileRange({ kind, offset, range }: WindowOffset, side: "start" | "end", order: SortKey, context: Context): Bound {
  if (range === undefined) throw sqlError("XX000", "a range has no key");
  const { functions } = context.surroundings;
  const distance = compileExpression(offset, context);
  const negative = compileCondition(range.isNegative, context);
  const keyOf = compileExpression(range.key, context);
  const isSum = (kind === "preceding") === order.descending;
  const isLess = (side === "end") !== order.descending;
  const limitOf = range.limit === undefined ? undefined : compileExpression(range.limit, context);
  const compareKeys = comparer(range.key.type, functions);
  const compare = (left: Value, right: Value): number => (order.descending ? -1 : 1) * compareKeys(left, right);
  const isBehind = side === "end" ? (order: number): boolean => order <= 0 : (order: number): boolean => order < 0;
  return function* (partition) {
    const { count, show } = partition;
    const reach = refuseNull(distance(), side);
    if (negative() === true) throw sqlError("22013", "invalid preceding or following size in window function");
    const limit = (key: Value): Value => (limitOf === undefined ? added(key, reach, isSum, isLess) : limitOf());
    const keys: Value[] = [];
    const limits: Value[] = [];
    for (let row = 0; row < count; row++) {
      if (step(context)) yield PAUSE;
      show(row);
      const key = keyOf();
      keys.push(key);
      limits.push(key === null ? null : limit(key));
    }
    const first = keys.findIndex((key) => key !== null);
    const begin = first < 0 ? count : first;
    const found = keys.findLastIndex((key) => key !== null);
    const end = found < 0 ? begin : found + 1;
    const nulls = begin > 0 ? [0, begin] : [end, count];
    const places = new Int32Array(count);
    let place = begin;
    for (let row = 0; row < count; row++) {
      if (step(context)) yield PAUSE;
      const at = limits[row] as Value;
      if (at === null) {
        places[row] = nulls[side === "end" ? 1 : 0] as number;
        continue;
      }
      while (place < end && isBehind(compare(keys[place] as Value, at))) {
        if (step(context)) yield PAUSE;
        place++;
      }
      places[row] = place;
    }
    return (row) => places[row] as number;
  };
}

/** Without the type's limits; an infinity less itself is everything on that side. */
function added(key: Value, distance: Value, isSum: boolean, isLess: boolean): Value {
  if (typeof key === "bigint") return key + (isSum ? 1n : -1n) * (distance as bigint);
  const limit = (key as number) + (isSum ? 1 : -1) * (distance as number);
  if (!Number.isNaN(limit) || Number.isNaN(key as number)) return limit;
  return isLess ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}
