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
import { type Context, collect, type Evaluate, type Run, restore, step } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { compileGraphOperator } from "./graph.ts";
import { compileJoin } from "./join.ts";
import { type Key, orderOf, rowKeyMaker } from "./key.ts";
import { compileDelete, compileInsert, compileUpdate } from "./modification.ts";
import { setFunction } from "./set-function.ts";

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
      return (emit) => input(() => condition() !== true || emit());
    }
    case "LogicalProject":
      return compileProject(operator, context);
    case "LogicalJoin":
      return compileJoin(operator, context);
    case "LogicalAggregate":
      return compileAggregate(operator, context);
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
      return (emit) =>
        (commonTables.get(operator.table) ?? []).every((row) => {
          restore(frame, columns, row);
          return emit();
        });
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
  return (emit) => {
    const cursor = open() ?? context.surroundings.rows.scan(collection, columns);
    while (cursor.next()) {
      step(context);
      for (const [index, { column }] of columns.entries()) frame[column] = cursor.value(index);
      if (!emit()) return false;
    }
    return true;
  };
}

function compileValues({ columns, rows }: LogicalValues, context: Context): Run {
  const { frame } = context;
  const numbers = columns.map(({ column }) => column);
  const evaluators = rows.map((row) => row.map((item) => compileExpression(item, context)));
  return (emit) =>
    evaluators.every((row) => {
      const values = row.map((evaluate) => evaluate());
      restore(frame, numbers, values);
      return emit();
    });
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
  return (emit) => {
    let position = 0n;
    for (const row of produce(evaluators.map((evaluate) => evaluate()))) {
      step(context);
      restore(frame, numbers, row);
      if (ordinality !== undefined) frame[ordinality.column] = ++position;
      if (!emit()) return false;
    }
    return true;
  };
}

function compileProject({ input, items }: LogicalProject, context: Context): Run {
  const { frame } = context;
  const run = context.operator(input);
  const columns = items.map(({ column }) => column);
  const evaluators = items.map(({ value }) => compileExpression(value, context));
  return (emit) =>
    run(() => {
      for (let index = 0; index < columns.length; index++) frame[columns[index] as number] = (evaluators[index] as Evaluate)();
      return emit();
    });
}

function compileDistinct({ input, on }: LogicalDistinct, context: Context): Run {
  const run = context.operator(input);
  const evaluators = on.map((item) => compileExpression(item, context));
  const keyOf = rowKeyMaker(
    on.map(({ type }) => type),
    context.surroundings.functions,
  );
  return (emit) => {
    const seen = new Set<Key>();
    return run(() => {
      const key = keyOf(evaluators.map((evaluate) => evaluate()));
      if (seen.has(key)) return true;
      seen.add(key);
      return emit();
    });
  };
}

/** Stable: equal rows keep the order of the input. */
function compileSort({ input, keys }: LogicalSort, context: Context): Run {
  const { frame } = context;
  const run = context.operator(input);
  const columns = columnsOf(input).map(({ column }) => column);
  const evaluators = keys.map(({ value }) => compileExpression(value, context));
  const compare = orderOf(keys, context.surroundings.functions);
  return (emit) => {
    const rows: { readonly key: readonly Value[]; readonly row: readonly Value[] }[] = [];
    run(() => {
      const key = evaluators.map((evaluate) => evaluate());
      rows.push({ key, row: columns.map((column) => frame[column] ?? null) });
      return true;
    });
    rows.sort((left, right) => compare(left.key, right.key));
    return rows.every(({ row }) => {
      restore(frame, columns, row);
      return emit();
    });
  };
}

/** What writes is run to its end, whatever of its rows is asked for. */
function compileLimit({ input, limit, offset }: LogicalLimit, context: Context): Run {
  const run = context.operator(input);
  const runsOn = writes(input);
  const limitOf = bound(limit, "2201W", "LIMIT", context);
  const offsetOf = bound(offset, "2201X", "OFFSET", context);
  return (emit) => {
    const most = limitOf();
    let left = most ?? -1;
    let skip = offsetOf() ?? 0;
    if (left === 0 && !runsOn) return true;
    let wasStopped = false;
    run(() => {
      if (left === 0) return true;
      if (skip > 0) {
        skip--;
        return true;
      }
      if (!emit()) {
        wasStopped = true;
        return false;
      }
      return --left !== 0 || runsOn;
    });
    return !wasStopped;
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
  const show = (row: readonly Value[], emit: () => boolean): boolean => {
    restore(frame, targets, row);
    return emit();
  };
  const rowOf = (from: readonly number[]): readonly Value[] => from.map((column) => frame[column] ?? null);
  if (operator === "union" && all) {
    return (emit) => runLeft(() => show(rowOf(leftColumns), emit)) && runRight(() => show(rowOf(rightColumns), emit));
  }
  if (operator === "union") {
    return (emit) => {
      const seen = new Set<Key>();
      const take = (row: readonly Value[]): boolean => {
        const key = keyOf(row);
        if (seen.has(key)) return true;
        seen.add(key);
        return show(row, emit);
      };
      return runLeft(() => take(rowOf(leftColumns))) && runRight(() => take(rowOf(rightColumns)));
    };
  }
  return (emit) => {
    const counts = new Map<Key, number>();
    for (const row of collect(context, runRight, rightColumns)) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
    const emitted = new Set<Key>();
    return runLeft(() => {
      const row = rowOf(leftColumns);
      const key = keyOf(row);
      const count = counts.get(key) ?? 0;
      if (all && count > 0) counts.set(key, count - 1);
      if (count > 0 !== (operator === "intersect")) return true;
      if (!all && emitted.has(key)) return true;
      emitted.add(key);
      return show(row, emit);
    });
  };
}

function compileCommonTable(common: LogicalCommonTable, context: Context): Run {
  const definition = context.operator(common.definition);
  const input = context.operator(common.input);
  return (emit) => {
    context.commonTables.set(common.table, collect(context, definition, common.definitionColumns));
    return input(emit);
  };
}
