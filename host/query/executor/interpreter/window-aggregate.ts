/**
 * Aggregates over frames.
 *
 * 1. A frame that begins with its partition goes on from row to row: each row is taken once.
 * 2. Counts are differences of running counts.
 * 3. Where results can be taken together (sums, extremes, AND and OR), a frame that moves is put together from results of blocks of
 *    rows, of blocks of blocks, and so on: O(log rows) each. A frame of a few rows is computed anew, in the order of its rows, so that
 *    sums of doubles are what they are elsewhere.
 * 4. Everything else is computed anew for each frame that differs from the one before: O(rows of the frame).
 */
import type { AggregateEntry } from "../../function/entry.ts";
import { findAggregates } from "../../function/table.ts";
import type { WindowItem } from "../../plan/operator.ts";
import type { SqlType } from "../../type/type.ts";
import type { Accumulator } from "../surroundings.ts";
import type { Value } from "../value.ts";
import { parameterOf } from "./aggregate.ts";
import { type Context, PAUSE, step, type Work } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { tagging } from "./tagging.ts";
import type { Partition } from "./window.ts";
import { type Frames, isRunning, type Ranges } from "./window-frame.ts";

/** Rows of a block, and blocks of a larger one. */
const BLOCK = 16;

/** Aggregates of which results of parts make the result of the whole. */
const JOINED: ReadonlySet<string> = new Set(["sum", "min", "max", "bool_and", "bool_or", "every", "bit_and", "bit_or", "bit_xor"]);

/** Arguments of each row; undefined: the row does not count. */
type Inputs = readonly (readonly Value[] | undefined)[];

interface Fold {
  /** What rows of some runs give. */
  readonly rows: (inputs: Inputs, ranges: Ranges) => Work<Value>;
  readonly empty: Value;
  readonly begin: () => Accumulator;
  readonly context: Context;
  /** Reads a result; what that allocates is released. */
  readonly finish: (state: Accumulator) => Value;
}

export function compileWindowAggregate(
  item: WindowItem,
  aggregate: AggregateEntry,
  frames: Frames,
  context: Context,
): (partition: Partition) => Work<readonly Value[]> {
  const inputs = compileInputs(item, aggregate, context);
  const fold = foldOf(aggregate, item, context);
  const isCount = aggregate.name === "count" && aggregate.step.kind === "inline" && aggregate.step.name === "count";
  const joined = JOINED.has(aggregate.name) ? joinedEntry(aggregate) : undefined;
  const join = joined && foldOf(joined, { ...item, arguments: [] }, context);
  return function* (partition) {
    const given = yield* inputs(partition);
    const rangesAt = yield* frames(partition);
    if (isCount) return yield* counts(given, rangesAt, context);
    if (isRunning(item.frame)) return yield* running(given, rangesAt, fold);
    const blocks = join === undefined ? undefined : new Blocks(given, fold, join);
    const results: Value[] = [];
    let before: Ranges | undefined;
    let result: Value = null;
    for (let row = 0; row < partition.count; row++) {
      if (step(context)) yield PAUSE;
      const ranges = rangesAt(row);
      if (before === undefined || !areSame(before, ranges)) {
        result = blocks === undefined ? yield* fold.rows(given, ranges) : yield* blocks.of(ranges);
      }
      before = ranges;
      results.push(result);
    }
    return results;
  };
}

function areSame(left: Ranges, right: Ranges): boolean {
  return left.length === right.length && left.every(([start, end], index) => right[index]?.[0] === start && right[index]?.[1] === end);
}

/** The row that takes results of `aggregate` and gives the same type. */
function joinedEntry(aggregate: AggregateEntry): AggregateEntry | undefined {
  const { name, result } = aggregate;
  return (
    findAggregates(name).find((row) => row.parameters[0]?.name === result.name && row.result.name === result.name) ?? integerSum(aggregate)
  );
}

/** Sums of integers are bigints, and these are added by the same step. */
function integerSum(aggregate: AggregateEntry): AggregateEntry | undefined {
  return aggregate.step.name === "sum_bigint" ? aggregate : undefined;
}

function compileInputs(item: WindowItem, aggregate: AggregateEntry, context: Context): (partition: Partition) => Work<Inputs> {
  const given = item.arguments.map((argument, index) =>
    tagging(argument.type, typeOf(aggregate, argument.type, index), compileExpression(argument, context)),
  );
  const filter = item.filter === undefined ? () => true : compileCondition(item.filter, context);
  return function* ({ count, show }) {
    const inputs: (readonly Value[] | undefined)[] = [];
    for (let row = 0; row < count; row++) {
      if (step(context)) yield PAUSE;
      show(row);
      if (filter() !== true) inputs.push(undefined);
      else {
        const values = given.map((evaluate) => evaluate());
        inputs.push(aggregate.skipsNull && values.includes(null) ? undefined : values);
      }
    }
    return inputs;
  };
}

function typeOf({ parameters }: AggregateEntry, type: SqlType, index: number): SqlType {
  return parameterOf(parameters, index) ?? type;
}

function foldOf(aggregate: AggregateEntry, item: WindowItem, context: Context): Fold {
  const { functions } = context.surroundings;
  const types =
    item.arguments.length === 0 ? aggregate.parameters : item.arguments.map((argument, index) => typeOf(aggregate, argument.type, index));
  const begin = functions.accumulator(aggregate, types, item.type);
  const empty: Value = aggregate.empty === "zero" ? 0n : null;
  const finish = (state: Accumulator): Value => functions.released(() => state.finish());
  function* rows(inputs: Inputs, ranges: Ranges): Work<Value> {
    let state: Accumulator | undefined;
    for (const [start, end] of ranges) {
      for (let row = start; row < end; row++) {
        if (step(context)) yield PAUSE;
        const values = inputs[row];
        if (values === undefined) continue;
        state ??= begin();
        state.step(values);
      }
    }
    return state === undefined ? empty : finish(state);
  }
  return { rows, empty, begin, context, finish };
}

function* counts(inputs: Inputs, rangesAt: (row: number) => Ranges, context: Context): Work<readonly Value[]> {
  const until = new Int32Array(inputs.length + 1);
  for (let row = 0; row < inputs.length; row++) until[row + 1] = (until[row] as number) + (inputs[row] === undefined ? 0 : 1);
  const results: Value[] = [];
  for (let row = 0; row < inputs.length; row++) {
    if (step(context)) yield PAUSE;
    results.push(BigInt(rangesAt(row).reduce((sum, [start, end]) => sum + (until[end] as number) - (until[start] as number), 0)));
  }
  return results;
}

/** Frames that begin with the partition; each ends where the one before does, or behind. */
function* running(inputs: Inputs, rangesAt: (row: number) => Ranges, { begin, empty, finish, context }: Fold): Work<readonly Value[]> {
  const results: Value[] = [];
  let state: Accumulator | undefined;
  let result = empty;
  let next = 0;
  for (let row = 0; row < inputs.length; row++) {
    if (step(context)) yield PAUSE;
    const end = rangesAt(row)[0]?.[1] ?? 0;
    let hasChanged = false;
    for (; next < end; next++) {
      if (step(context)) yield PAUSE;
      const values = inputs[next];
      if (values === undefined) continue;
      state ??= begin();
      state.step(values);
      hasChanged = true;
    }
    if (hasChanged && state !== undefined) result = finish(state);
    results.push(result);
  }
  return results;
}

/** Results of blocks of rows; each is computed when it is asked for. NULL: no row of it counts. */
class Blocks {
  readonly #inputs: Inputs;
  readonly #fold: Fold;
  readonly #join: Fold;
  /** By the level: blocks of BLOCK rows, of BLOCK such blocks ... */
  readonly #levels: (Value | undefined)[][] = [];

  constructor(inputs: Inputs, fold: Fold, join: Fold) {
    this.#inputs = inputs;
    this.#fold = fold;
    this.#join = join;
  }

  *of(ranges: Ranges): Work<Value> {
    const rows = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
    if (rows <= 2 * BLOCK) return yield* this.#fold.rows(this.#inputs, ranges);
    const parts: Value[] = [];
    for (const [start, end] of ranges) yield* this.#collect(0, start, end, parts);
    return yield* this.#together(parts);
  }

  /** Adds the results of what lies from `start` to `end`, which count rows (level 0) or blocks. */
  *#collect(level: number, start: number, end: number, parts: Value[]): Work<void> {
    const first = Math.ceil(start / BLOCK);
    const last = Math.floor(end / BLOCK);
    if (first >= last) {
      yield* this.#add(level, start, end, parts);
      return;
    }
    yield* this.#add(level, start, first * BLOCK, parts);
    yield* this.#collect(level + 1, first, last, parts);
    yield* this.#add(level, last * BLOCK, end, parts);
  }

  *#add(level: number, start: number, end: number, parts: Value[]): Work<void> {
    if (start >= end) return;
    if (level === 0) parts.push(yield* this.#fold.rows(this.#inputs, [[start, end]]));
    else for (let block = start; block < end; block++) parts.push(yield* this.#block(level, block));
  }

  *#block(level: number, block: number): Work<Value> {
    this.#levels[level] ??= [];
    const known = this.#levels[level]?.[block];
    if (known !== undefined) return known;
    const parts: Value[] = [];
    yield* this.#add(level - 1, block * BLOCK, (block + 1) * BLOCK, parts);
    const result = yield* this.#together(parts);
    (this.#levels[level] as Value[])[block] = result;
    return result;
  }

  *#together(parts: readonly Value[]): Work<Value> {
    const inputs = parts.map((part) => (part === null ? undefined : [part]));
    return yield* this.#join.rows(inputs, [[0, inputs.length]]);
  }
}
