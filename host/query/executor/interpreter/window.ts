/**
 * Window functions: the rows of a partition are kept, each function is computed for all of them, and then they are handed on.
 *
 * The input is in order, so a partition ends where a key differs, and so do peers. Frames are window-frame.ts, aggregates
 * window-aggregate.ts. Cost: O(rows) for everything but aggregates over frames that move.
 */
import type { LogicalWindow, SortKey, WindowItem } from "../../plan/operator.ts";
import { columnsOf } from "../../plan/walk.ts";
import type { Value } from "../value.ts";
import { type Context, type Evaluate, PAUSE, ROW, type Run, restore, type Steps, step, type Work } from "./context.ts";
import { compileExpression } from "./expression.ts";
import { orderOf } from "./key.ts";
import { compileWindowAggregate } from "./window-aggregate.ts";
import { compileFrame, type Frames, type Ranges } from "./window-frame.ts";

/** The rows of one partition. */
export interface Partition {
  readonly count: number;
  /** Puts a row into the frame of the plan. */
  readonly show: (row: number) => void;
  /** The number of each row's group of peers. */
  readonly groups: Int32Array;
  /** Where each group begins, and behind the last one the number of rows. */
  readonly starts: Int32Array;
}

/** What computes a function for all rows of a partition. */
type Compute = (partition: Partition) => Work<readonly Value[]>;

export function compileWindow({ input, partitionBy, orderBy, items }: LogicalWindow, context: Context): Run {
  const { frame } = context;
  const run = context.operator(input);
  const columns = columnsOf(input).map(({ column }) => column);
  const parts = partitionBy.map((value): SortKey => ({ value, descending: false, nullsFirst: false }));
  const partition = keysOf(parts, context);
  const peers = keysOf(orderBy, context);
  const made = items.map((item) => item.column);
  const computes = items.map((item) => compileItem(item, orderBy, context));
  function* handOn(rows: readonly (readonly Value[])[]): Steps {
    const show = (row: number): void => restore(frame, columns, rows[row] as readonly Value[]);
    const whole = yield* partitionOf(rows.length, show, peers, context);
    const results: (readonly Value[])[] = [];
    for (const compute of computes) results.push(yield* compute(whole));
    for (let row = 0; row < rows.length; row++) {
      if (step(context)) yield PAUSE;
      show(row);
      for (let index = 0; index < made.length; index++) frame[made[index] as number] = results[index]?.[row] ?? null;
      yield ROW;
    }
  }
  return function* () {
    let rows: Value[][] = [];
    let key: readonly Value[] = [];
    for (const isRow of run()) {
      if (!isRow || step(context)) yield PAUSE;
      if (!isRow) continue;
      const row = columns.map((column) => frame[column] ?? null);
      const own = partition.read();
      if (rows.length > 0 && !partition.areEqual(key, own)) {
        yield* handOn(rows);
        rows = [];
      }
      key = own;
      rows.push(row);
    }
    if (rows.length > 0) yield* handOn(rows);
  };
}

interface Keys {
  readonly read: () => readonly Value[];
  readonly areEqual: (left: readonly Value[], right: readonly Value[]) => boolean;
}

function keysOf(keys: readonly SortKey[], context: Context): Keys {
  const evaluators = keys.map(({ value }) => compileExpression(value, context));
  const compare = orderOf(keys, context.surroundings.functions);
  return { read: () => evaluators.map((evaluate) => evaluate()), areEqual: (left, right) => compare(left, right) === 0 };
}

function* partitionOf(count: number, show: (row: number) => void, peers: Keys, context: Context): Work<Partition> {
  const groups = new Int32Array(count);
  const starts: number[] = [];
  let key: readonly Value[] = [];
  for (let row = 0; row < count; row++) {
    if (step(context)) yield PAUSE;
    show(row);
    const own = peers.read();
    if (row === 0 || !peers.areEqual(key, own)) starts.push(row);
    key = own;
    groups[row] = starts.length - 1;
  }
  return { count, show, groups, starts: Int32Array.from([...starts, count]) };
}

function compileItem(item: WindowItem, orderBy: readonly SortKey[], context: Context): Compute {
  const each = (value: (partition: Partition, row: number) => Value): Compute => eachRow(context, value);
  const made = item.function;
  switch (made.kind) {
    case "row_number":
      return each((_partition, row) => BigInt(row + 1));
    case "rank":
      return each(({ groups, starts }, row) => BigInt((starts[groups[row] as number] as number) + 1));
    case "dense_rank":
      return each(({ groups }, row) => BigInt((groups[row] as number) + 1));
    case "lag":
    case "lead":
      return compileNeighbour(item, made.kind === "lag" ? -1 : 1, context);
    case "first_value":
    case "last_value":
    case "nth_value":
      return compileEdge(item, made.kind, compileFrame(item.frame, orderBy, context), context);
    case "aggregate":
      return compileWindowAggregate(item, made.aggregate, compileFrame(item.frame, orderBy, context), context);
  }
}

/** Values that are found row by row. */
function eachRow(context: Context, value: (partition: Partition, row: number) => Value): Compute {
  return function* (partition) {
    const values: Value[] = [];
    for (let row = 0; row < partition.count; row++) {
      if (step(context)) yield PAUSE;
      values.push(value(partition, row));
    }
    return values;
  };
}

/** An expression's values in all rows of a partition. */
export function* valuesOf(evaluate: Evaluate, { count, show }: Partition, context: Context): Work<Value[]> {
  const values: Value[] = [];
  for (let row = 0; row < count; row++) {
    if (step(context)) yield PAUSE;
    show(row);
    values.push(evaluate());
  }
  return values;
}

function compileNeighbour({ arguments: given }: WindowItem, direction: 1 | -1, context: Context): Compute {
  const [value, offset, fallback] = given.map((argument) => compileExpression(argument, context)) as [Evaluate, Evaluate, Evaluate];
  return function* (partition) {
    const values = yield* valuesOf(value, partition, context);
    const results: Value[] = [];
    for (let row = 0; row < partition.count; row++) {
      if (step(context)) yield PAUSE;
      partition.show(row);
      const distance = offset();
      const at = row + direction * Number(distance);
      results.push(distance === null ? null : at >= 0 && at < partition.count ? (values[at] ?? null) : fallback());
    }
    return results;
  };
}

function compileEdge(
  { arguments: given }: WindowItem,
  kind: "first_value" | "last_value" | "nth_value",
  frames: Frames,
  context: Context,
): Compute {
  const [value, number] = given.map((argument) => compileExpression(argument, context)) as [Evaluate, Evaluate | undefined];
  return function* (partition) {
    const values = yield* valuesOf(value, partition, context);
    const rangesAt = yield* frames(partition);
    const results: Value[] = [];
    for (let row = 0; row < partition.count; row++) {
      if (step(context)) yield PAUSE;
      const ranges = rangesAt(row);
      let place: Value = 1n;
      if (number !== undefined) {
        partition.show(row);
        place = number();
      }
      const count = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
      const at = place === null ? -1 : kind === "last_value" ? count - 1 : Number(place) - 1;
      const found = rowAt(ranges, at);
      results.push(found === undefined ? null : (values[found] ?? null));
    }
    return results;
  };
}

/** The row at a place of a frame, from 0; undefined: there is none. */
function rowAt(ranges: Ranges, place: number): number | undefined {
  let left = place;
  if (left < 0) return undefined;
  for (const [start, end] of ranges) {
    if (left < end - start) return start + left;
    left -= end - start;
  }
  return undefined;
}
