/**
 * SELECT: FROM, WHERE, grouping, HAVING, the select list, DISTINCT, ORDER BY.
 *
 * The plan, from below: the sources; Filter (WHERE); Aggregate; Filter (HAVING); Windows; Project (what is computed); Distinct; Sort. With
 * DISTINCT ON the Sort comes first, so that the first row of each group is the first in order. A column of the select list that is a
 * column below is not made again.
 */
import type { ParsedOrder } from "../ast/expression.ts";
import type { ParsedSelect, ParsedSelectItem } from "../ast/query.ts";
import type { BoundColumn, BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn, SortKey } from "../plan/operator.ts";
import { isVolatile } from "../plan/walk.ts";
import type { Binding } from "./binding.ts";
import { settle } from "./coerce.ts";
import { bindColumn, COLUMNS_MAX, expandStar } from "./column.ts";
import { bindCondition, bindExpression, type Context, columnNames } from "./expression.ts";
import { bindFrom } from "./from.ts";
import { bindGroups, Grouping } from "./grouping.ts";
import { keyOf } from "./key.ts";
import { matchOutput, nullsFirst, ordinal } from "./order.ts";
import type { Relation } from "./query.ts";
import { resultName } from "./result-name.ts";
import type { AggregateCollector, Level } from "./scope.ts";
import { SetCollector } from "./set-function.ts";
import { WindowCollector } from "./window.ts";

/** A column of the select list. */
export interface SelectItem {
  readonly name: string;
  readonly value: BoundExpression;
}

export function bindSelect(
  binding: Binding,
  level: Level,
  select: ParsedSelect,
  orderBy: readonly ParsedOrder[],
  keepsUnknown: boolean,
): Relation {
  const from = bindFrom(binding, level, select.from);
  const collector: AggregateCollector = { items: [], groupings: [] };
  const context: Context = { binding, level, clause: "SELECT", aggregates: collector };
  const filtered = filter(
    from,
    select.where && bindCondition({ ...context, clause: "WHERE", aggregates: undefined }, select.where, "WHERE"),
  );
  const sets = new SetCollector();
  const windows = new WindowCollector(context, select.windows);
  const items = bindItems({ ...context, sets, windows }, select.items, keepsUnknown && !select.distinct);
  const groups = bindGroups({ ...context, windows }, select.groupBy, items);
  const having = select.having && bindCondition({ ...context, clause: "HAVING" }, select.having, "HAVING");
  const keys = orderBy.map((order) => bindSortKey({ ...context, windows }, order, items));
  const on = select.distinctOn.map((value) => bindDistinctOn({ ...context, windows }, value, items));
  const isGrouped = select.groupBy !== undefined || having !== undefined || collector.items.length + collector.groupings.length > 0;
  if (!isGrouped) {
    const below = windows.placed(asItIs)(filtered);
    return finish(binding, level, select, sets.expand(binding, below, asItIs), items, keys, on);
  }
  const setsGrouped = groups.values.some((group) => sets.isIn(group));
  const below = setsGrouped ? sets.expand(binding, filtered, asItIs) : filtered;
  const grouping = new Grouping(binding, level, below, groups, collector);
  const above = (value: BoundExpression): BoundExpression => grouping.above(value);
  const shownItems = items.map((item): SelectItem => ({ name: item.name, value: above(item.value) }));
  const shownHaving = having && above(having);
  const shownKeys = keys.map((key) => ({ ...key, value: above(key.value) }));
  const shownOn = on.map(above);
  const placeWindows = windows.placed(above);
  const shownSets = (operator: LogicalOperator) => (setsGrouped ? operator : sets.expand(binding, operator, above));
  const operator = shownSets(placeWindows(filter(grouping.operator(), shownHaving)));
  return finish(binding, level, select, operator, shownItems, shownKeys, shownOn);
}

function asItIs(value: BoundExpression): BoundExpression {
  return value;
}

function filter(input: LogicalOperator, predicate: BoundExpression | undefined): LogicalOperator {
  return predicate === undefined ? input : { kind: "LogicalFilter", input, predicate };
}

/** The select list, stars expanded. RETURNING has the same. */
export function bindItems(context: Context, items: readonly ParsedSelectItem[], keepsUnknown = false): SelectItem[] {
  const { binding, level } = context;
  const bound = items.flatMap(({ value, alias }): SelectItem[] => {
    if (value.kind === "ParsedStar") {
      return expandStar(binding, level, value.qualifier, value.position).map(({ name, expression }) => ({ name, value: expression }));
    }
    const names = value.kind === "ParsedColumn" || value.kind === "ParsedField" ? columnNames(value) : undefined;
    if (names !== undefined) {
      const { expression, name } = bindColumn(binding, level, names, value.position);
      return [{ name: alias?.folded ?? name, value: expression }];
    }
    const untyped = bindExpression(context, value);
    const expression = keepsUnknown ? untyped : settle(binding, untyped);
    return [{ name: alias?.folded ?? resultName(value), value: expression }];
  });
  if (bound.length > COLUMNS_MAX) {
    throw binding.error("54011", `target lists can have at most ${COLUMNS_MAX} entries`, items[0]?.position ?? 0);
  }
  return bound;
}

/** An ordinal, a name of the select list, else an expression over the sources. */
function bindSortKey(context: Context, order: ParsedOrder, items: readonly SelectItem[]): SortKey {
  const { binding } = context;
  const output = ordinal(binding, order.value, items, "ORDER BY") ?? matchOutput(binding, order.value, items, "ORDER BY");
  const value = output?.value ?? settle(binding, bindExpression({ ...context, clause: "ORDER BY" }, order.value));
  return { value, descending: order.descending, nullsFirst: nullsFirst(order) };
}

function bindDistinctOn(context: Context, value: ParsedSelectItem["value"], items: readonly SelectItem[]): BoundExpression {
  const { binding } = context;
  const output = ordinal(binding, value, items, "SELECT DISTINCT ON") ?? matchOutput(binding, value, items, "SELECT DISTINCT ON");
  return output?.value ?? settle(binding, bindExpression({ ...context, clause: "DISTINCT ON" }, value));
}

function finish(
  binding: Binding,
  level: Level,
  select: ParsedSelect,
  input: LogicalOperator,
  items: readonly SelectItem[],
  keys: readonly SortKey[],
  on: readonly BoundExpression[],
): Relation {
  if (select.distinct && on.length === 0) refuseHiddenOrder(binding, select, items, keys);
  if (on.length > 0) refuseOtherOrder(binding, keys, on);
  const projection = project(binding, level, input, items);
  const { columns, replaced } = projection;
  const sortKeys = keys.map((key) => ({ ...key, value: replaced(key.value) }));
  let { operator } = projection;
  if (select.distinct && on.length === 0) operator = { kind: "LogicalDistinct", input: operator, on: columns.map(reference) };
  if (sortKeys.length > 0) operator = { kind: "LogicalSort", input: operator, keys: sortKeys };
  if (on.length > 0) operator = { kind: "LogicalDistinct", input: operator, on: on.map(replaced) };
  return { operator, columns };
}

function reference({ column, name, type }: PlanColumn): BoundColumn {
  return { kind: "BoundColumn", type, column, name };
}

interface Projection {
  readonly operator: LogicalOperator;
  readonly columns: readonly PlanColumn[];
  /** An expression above: what the select list has computed is taken from there. */
  readonly replaced: (value: BoundExpression) => BoundExpression;
}

/** Computes what is not a column already; equal expressions once, unless they differ from call to call. */
export function project(binding: Binding, level: Level, input: LogicalOperator, items: readonly SelectItem[]): Projection {
  const made = new Map<string, PlanColumn & { readonly value: BoundExpression }>();
  const columns = items.map(({ name, value }): PlanColumn => {
    const position = binding.positionOf(value);
    // A column of an enclosing query is made anew: an outer join above may have to make it NULL.
    if (value.kind === "BoundColumn" && !level.outer.has(value.column)) {
      if (position !== undefined) binding.columnPositions.set(value.column, position);
      return { column: value.column, name, type: value.type };
    }
    const key = keyOf(value);
    const same = isVolatile(value) ? undefined : made.get(key);
    const known = same ?? { column: binding.newColumn(), name, type: value.type, value };
    if (position !== undefined) binding.columnPositions.set(known.column, position);
    if (same === undefined) made.set(made.has(key) ? `${key} ${known.column}` : key, known);
    return { column: known.column, name, type: value.type };
  });
  const replaced = (value: BoundExpression): BoundExpression => {
    const known = made.get(keyOf(value));
    return known === undefined ? value : reference(known);
  };
  if (made.size === 0) return { operator: input, columns, replaced };
  return { operator: { kind: "LogicalProject", input, items: [...made.values()] }, columns, replaced };
}

/** Behind DISTINCT only the select list is left to sort by. */
function refuseHiddenOrder(binding: Binding, select: ParsedSelect, items: readonly SelectItem[], keys: readonly SortKey[]): void {
  const shown = new Set(items.map(({ value }) => keyOf(value)));
  for (const { value } of keys) {
    if (shown.has(keyOf(value))) continue;
    const message = "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
    throw binding.error("42P10", message, binding.positionOf(value) ?? select.position);
  }
}

/** ORDER BY begins with the expressions of DISTINCT ON, in any order. */
function refuseOtherOrder(binding: Binding, keys: readonly SortKey[], on: readonly BoundExpression[]): void {
  const missing = new Set(on.map(keyOf));
  const wanted = new Set(missing);
  for (const { value } of keys) {
    const key = keyOf(value);
    missing.delete(key);
    if (wanted.has(key)) continue;
    if (missing.size === 0) return;
    const culprit = on.find((expression) => missing.has(keyOf(expression)))!;
    const message = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions";
    throw binding.error("42P10", message, binding.positionOf(culprit) ?? 0);
  }
}
