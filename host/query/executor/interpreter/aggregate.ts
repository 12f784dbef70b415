/**
 * GROUP BY and aggregates: a Map of groups in the order of their first row, and per group one accumulator per aggregate.
 *
 * FILTER, DISTINCT and ORDER BY of an aggregate are done here, before its accumulator sees the arguments; so is the skipping of
 * NULLs, and the result of a group without any input.
 */
import type { LogicalAggregate, LogicalAggregateItem } from "../../plan/operator.ts";
import { plainType, type SqlType } from "../../type/type.ts";
import type { Value } from "../value.ts";
import { type Context, PAUSE, ROW, type Run, restore, step, type Work } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { type Key, orderOf, rowKeyMaker } from "./key.ts";
import { sorted } from "./sorted.ts";
import { tagging } from "./tagging.ts";

/** One aggregate of one group. */
interface Running {
  /** Takes the row in the frame. */
  step(): void;
  /** Takes in their order the rows that were kept for it. */
  readonly order: (() => Work<void>) | undefined;
  finish(): Value;
}

export function compileAggregate({ input, groups, aggregates }: LogicalAggregate, context: Context): Run {
  const { frame } = context;
  const run = context.operator(input);
  const groupValues = groups.map(({ value }) => compileExpression(value, context));
  const keyOf = rowKeyMaker(
    groups.map(({ value }) => value.type),
    context.surroundings.functions,
  );
  const makers = aggregates.map((item) => compileItem(item, context));
  const columns = [...groups, ...aggregates].map(({ column }) => column);
  const open = (values: readonly Value[]): Group => ({ values, running: makers.map((make) => make()) });
  const take = (found: Map<Key, Group>): void => {
    const values = groupValues.map((evaluate) => evaluate());
    const key = keyOf(values);
    let group = found.get(key);
    if (group === undefined) {
      group = open(values);
      found.set(key, group);
    }
    for (const running of group.running) running.step();
  };
  return function* () {
    const found = new Map<Key, Group>();
    for (const isRow of run()) {
      if (!isRow || step(context)) yield PAUSE;
      if (isRow) take(found);
    }
    if (groups.length === 0 && found.size === 0) found.set(0, open([]));
    for (const { values, running } of found.values()) {
      for (const { order } of running) if (order !== undefined) yield* order();
      restore(frame, columns, [...values, ...running.map((each) => each.finish())]);
      yield ROW;
    }
  };
}

interface Group {
  readonly values: readonly Value[];
  readonly running: readonly Running[];
}

/** What makes an aggregate's state for a new group. */
function compileItem(item: LogicalAggregateItem, context: Context): () => Running {
  const { functions } = context.surroundings;
  const { aggregate } = item;
  const types = item.arguments.map(({ type }, index) => parameterOf(aggregate.parameters, index) ?? type);
  const given = item.arguments.map((argument, index) =>
    tagging(argument.type, types[index] as SqlType, compileExpression(argument, context)),
  );
  const filter = item.filter === undefined ? () => true : compileCondition(item.filter, context);
  const accumulator = functions.accumulator(aggregate, types, item.type);
  const empty: Value = aggregate.empty === "zero" ? 0n : null;
  const finishesEmpty = aggregate.empty === "finish";
  const keyOf = rowKeyMaker(types, functions);
  const orderValues = item.orderBy.map(({ value }) => compileExpression(value, context));
  const compare = orderOf(item.orderBy, functions);
  const compareKept = (left: Kept, right: Kept): number => compare(left.key, right.key);

  return () => {
    const state = accumulator();
    const seen = item.distinct ? new Set<Key>() : undefined;
    const kept: Kept[] = [];
    let isEmpty = true;
    const take = (values: readonly Value[]): void => {
      isEmpty = false;
      state.step(values);
    };
    return {
      step: () => {
        if (filter() !== true) return;
        const values = given.map((evaluate) => evaluate());
        if (aggregate.skipsNull && values.includes(null)) return;
        if (seen !== undefined) {
          const key = keyOf(values);
          if (seen.has(key)) return;
          seen.add(key);
        }
        if (item.orderBy.length === 0) take(values);
        else kept.push({ key: orderValues.map((evaluate) => evaluate()), values });
      },
      order: item.orderBy.length === 0 ? undefined : () => takeInOrder(kept, compareKept, take, context),
      finish: () => (isEmpty && !finishesEmpty ? empty : state.finish()),
    };
  };
}

/** Arguments that wait for their turn, and what it goes by. */
interface Kept {
  readonly key: readonly Value[];
  readonly values: readonly Value[];
}

function* takeInOrder(
  kept: Kept[],
  compare: (left: Kept, right: Kept) => number,
  take: (values: readonly Value[]) => void,
  context: Context,
): Work<void> {
  for (const { values } of yield* sorted(kept, compare, context)) {
    if (step(context)) yield PAUSE;
    take(values);
  }
}

/** The type of the n-th parameter; one that is `any` takes values of every type with their tag. */
export function parameterOf(parameters: readonly SqlType[], index: number): SqlType | undefined {
  return parameters[index] ?? (parameters.length > 0 ? plainType("any") : undefined);
}
