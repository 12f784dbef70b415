/**
 * Operators that read: scans, filters, projections, DISTINCT, sorts, limits, set operations, WITH. Joins, aggregates and what
 * writes stand in files of their own.
 */
import { sqlError } from "../../../common/sql-state.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type {
  LogicalCommonTable,
  LogicalDistinct,
  LogicalFunctionScan,
  LogicalLimit,
  LogicalOperator,
  LogicalProject,
  LogicalScan,
  LogicalSetOperation,
  LogicalSort,
  LogicalValues,
} from "../../plan/operator.ts";
import { columnsOf, writes } from "../../plan/walk.ts";
import type { Value } from "../value.ts";
import { compileAccess } from "./access.ts";
import { compileAggregate } from "./aggregate.ts";
import { type Context, collect, type Evaluate, PAUSE, ROW, type Run, restore, type Steps, step } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { compileGraphOperator } from "./graph.ts";
import { compileJoin } from "./join.ts";
import { type Key, orderOf, rowKeyMaker } from "./key.ts";
import { compileDelete, compileInsert, compileUpdate } from "./modification.ts";
import { setFunction } from "./set-function.ts";
import { sorted } from "./sorted.ts";
import { compileWindow } from "./window.ts";

/** The run of an operator and of all below it. */
export function compileOperator(operator: LogicalOperator, context: Context): Run {
  const run = compileKind(operator, context);
  return context.observe === undefined ? run : context.observe(operator, run);
}

function compileKind(operator: LogicalOperator, context: Context): Run {
  switch (operator.kind) {
    case "LogicalScan":
      return compileScan(operator, context);
    case "LogicalValues":
      return compileValues(operator, context);
    case "LogicalFunctionScan":
      return compileFunctionScan(operator, context);
    case "LogicalFilter": {
      const input = context.operator(operator.input);
      const condition = compileCondition(operator.predicate, context);
      return function* () {
        for (const isRow of input()) if (!isRow || condition() === true) yield isRow;
      };
    }
    case "LogicalProject":
      return compileProject(operator, context);
    case "LogicalJoin":
      return compileJoin(operator, context);
    case "LogicalAggregate":
      return compileAggregate(operator, context);
    case "LogicalWindow":
      return compileWindow(operator, context);
    case "LogicalDistinct":
      return compileDistinct(operator, context);
    case "LogicalSort":
      return compileSort(operator, context);
    case "LogicalLimit":
      return compileLimit(operator, context);
    case "LogicalSetOperation":
      return compileSetOperation(operator, context);
    case "LogicalCommonTable":
      return compileCommonTable(operator, context);
    case "LogicalCommonReference": {
      const columns = columnsOf(operator).map(({ column }) => column);
      const { frame, commonTables } = context;
      return function* () {
        for (const row of commonTables.get(operator.table) ?? []) {
          if (step(context)) yield PAUSE;
          restore(frame, columns, row);
          yield ROW;
        }
      };
    }
    case "LogicalInsert":
      return compileInsert(operator, context);
    case "LogicalUpdate":
      return compileUpdate(operator, context);
    case "LogicalDelete":
      return compileDelete(operator, context);
    default:
      return compileGraphOperator(operator, context);
  }
}

function compileScan({ collection, columns, access }: LogicalScan, context: Context): Run {
  const { frame } = context;
  const open = compileAccess(collection, columns, access, context);
  return function* () {
    const cursor = open() ?? context.surroundings.rows.scan(collection, columns);
    for (;;) {
      if (step(context)) yield PAUSE;
      if (!cursor.next()) return;
      for (const [index, { column }] of columns.entries()) frame[column] = cursor.value(index);
      yield ROW;
    }
  };
}

function compileValues({ columns, rows }: LogicalValues, context: Context): Run {
  const { frame } = context;
  const numbers = columns.map(({ column }) => column);
  const evaluators = rows.map((row) => row.map((item) => compileExpression(item, context)));
  return function* () {
    for (const row of evaluators) {
      const values = row.map((evaluate) => evaluate());
      restore(frame, numbers, values);
      yield ROW;
    }
  };
}

function compileFunctionScan({ name, arguments: args, columns, ordinality }: LogicalFunctionScan, context: Context): Run {
  const { frame } = context;
  const evaluators = args.map((argument) => compileExpression(argument, context));
  const numbers = columns.map(({ column }) => column);
  const produce = setFunction(
    name,
    args.map(({ type }) => type),
    context.surroundings.functions,
    () => step(context),
  );
  return function* () {
    let position = 0n;
    for (const row of produce(evaluators.map((evaluate) => evaluate()))) {
      if (step(context)) yield PAUSE;
      restore(frame, numbers, row);
      if (ordinality !== undefined) frame[ordinality.column] = ++position;
      yield ROW;
    }
  };
}

function compileProject({ input, items }: LogicalProject, context: Context): Run {
  const { frame } = context;
  const run = context.operator(input);
  const columns = items.map(({ column }) => column);
  const evaluators = items.map(({ value }) => compileExpression(value, context));
  return function* () {
    for (const isRow of run()) {
      if (isRow) for (let index = 0; index < columns.length; index++) frame[columns[index] as number] = (evaluators[index] as Evaluate)();
      yield isRow;
    }
  };
}

function compileDistinct({ input, on }: LogicalDistinct, context: Context): Run {
  const run = context.operator(input);
  const evaluators = on.map((item) => compileExpression(item, context));
  const keyOf = rowKeyMaker(
    on.map(({ type }) => type),
    context.surroundings.functions,
  );
  return () => {
    const seen = new Set<Key>();
    return distinct(run, seen, () => keyOf(evaluators.map((evaluate) => evaluate())));
  };
}

/** Stable: equal rows keep the order of the input. */
function compileSort({ input, keys }: LogicalSort, context: Context): Run {
  const { frame } = context;
  const run = context.operator(input);
  const columns = columnsOf(input).map(({ column }) => column);
  const evaluators = keys.map(({ value }) => compileExpression(value, context));
  const compare = orderOf(keys, context.surroundings.functions);
  return function* () {
    const rows: { readonly key: readonly Value[]; readonly row: readonly Value[] }[] = [];
    for (const isRow of run()) {
      if (isRow) rows.push({ key: evaluators.map((evaluate) => evaluate()), row: columns.map((column) => frame[column] ?? null) });
      else yield PAUSE;
    }
    for (const { row } of yield* sorted(rows, (left, right) => compare(left.key, right.key), context)) {
      if (step(context)) yield PAUSE;
      restore(frame, columns, row);
      yield ROW;
    }
  };
}

/** What writes is run to its end, whatever of its rows is asked for. */
function compileLimit({ input, limit, offset }: LogicalLimit, context: Context): Run {
  const run = context.operator(input);
  const runsOn = writes(input);
  const limitOf = bound(limit, "2201W", "LIMIT", context);
  const offsetOf = bound(offset, "2201X", "OFFSET", context);
  return function* () {
    let left = limitOf() ?? -1;
    let skip = offsetOf() ?? 0;
    if (left === 0 && !runsOn) return;
    for (const isRow of run()) {
      if (!isRow) yield PAUSE;
      else if (left === 0) continue;
      else if (skip > 0) skip--;
      else {
        yield ROW;
        if (--left === 0 && !runsOn) return;
      }
    }
  };
}

/** A count of rows; undefined for NULL and where there is none. */
function bound(expression: BoundExpression | undefined, state: string, name: string, context: Context): () => number | undefined {
  if (expression === undefined) return () => undefined;
  const evaluate = compileExpression(expression, context);
  return () => {
    const value = evaluate();
    if (value === null) return undefined;
    if ((value as bigint) < 0n) throw sqlError(state, `${name} must not be negative`);
    return Number(value);
  };
}

function compileSetOperation(operation: LogicalSetOperation, context: Context): Run {
  const { frame } = context;
  const { operator, all, columns, leftColumns, rightColumns } = operation;
  const runLeft = context.operator(operation.left);
  const runRight = context.operator(operation.right);
  const targets = columns.map(({ column }) => column);
  const keyOf = rowKeyMaker(
    columns.map(({ type }) => type),
    context.surroundings.functions,
  );
  const rowOf = (from: readonly number[]): readonly Value[] => from.map((column) => frame[column] ?? null);
  /** The rows of a side in the columns of the operation. */
  function* side(run: Run, from: readonly number[]): Steps {
    for (const isRow of run()) {
      if (isRow) restore(frame, targets, rowOf(from));
      yield isRow;
    }
  }
  const keyOfRow = (): Key => keyOf(rowOf(targets));
  const left: Run = () => side(runLeft, leftColumns);
  const right: Run = () => side(runRight, rightColumns);
  if (operator === "union") {
    return function* () {
      const seen = new Set<Key>();
      yield* all ? left() : distinct(left, seen, keyOfRow);
      yield* all ? right() : distinct(right, seen, keyOfRow);
    };
  }
  return function* () {
    const counts = new Map<Key, number>();
    for (const isRow of runRight()) {
      if (!isRow) yield PAUSE;
      else {
        const key = keyOf(rowOf(rightColumns));
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const emitted = new Set<Key>();
    for (const isRow of left()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const key = keyOfRow();
      const count = counts.get(key) ?? 0;
      if (all && count > 0) counts.set(key, count - 1);
      if (count > 0 !== (operator === "intersect") || (!all && emitted.has(key))) continue;
      emitted.add(key);
      yield ROW;
    }
  };
}

/** Of rows with one key the first one alone. */
function* distinct(run: Run, seen: Set<Key>, keyOf: () => Key): Steps {
  for (const isRow of run()) {
    if (isRow) {
      const key = keyOf();
      if (seen.has(key)) continue;
      seen.add(key);
    }
    yield isRow;
  }
}

function compileCommonTable(common: LogicalCommonTable, context: Context): Run {
  const definition = context.operator(common.definition);
  const input = context.operator(common.input);
  return function* () {
    context.commonTables.set(common.table, yield* collect(context, definition, common.definitionColumns));
    yield* input();
  };
}
