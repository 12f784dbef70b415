/**
 * Rule reduce-groups: what a primary key among the groups determines is no group of its own. In `GROUP BY o.id, o.date` each group has one
 * row of o, so any_value(o.date) is as good, and rows are hashed and compared by o.id alone. The key may stand in the groups under another
 * name: `l.order` where rows have `l.order = o.id`.
 *
 * Only scans count whose rows come through inner joins, filters, and the left sides of outer and semi joins, so that a row of the groups is a row of the
 * scan; likewise only equalities that all these rows fulfil.
 */
import { genericAggregate } from "../function/table.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalAggregate, LogicalAggregateItem, LogicalOperator, LogicalScan } from "../plan/operator.ts";
import { rewriteOperators } from "../plan/walk.ts";
import { type OptimizerContext, sourceKey } from "./context.ts";
import { conjunctsOf, isOperator } from "./predicate.ts";

type Group = LogicalAggregate["groups"][number];

export function reduceGroups(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  return rewriteOperators(root, (operator) => (operator.kind === "LogicalAggregate" ? reduce(operator, context) : operator));
}

function reduce(aggregate: LogicalAggregate, context: OptimizerContext): LogicalOperator {
  if (aggregate.groups.length < 2) return aggregate;
  const rows = new Rows();
  rows.add(aggregate.input);
  let { groups } = aggregate;
  const determined: Group[] = [];
  for (const scan of rows.scans) {
    const key = keyColumns(scan, context);
    if (key === undefined) continue;
    const needed = key.map((column) => groups.find(({ value }) => isColumn(value) && rows.areEqual(value.column, column)));
    if (needed.some((group) => group === undefined)) continue;
    const own = new Set(scan.columns.map(({ column }) => column));
    const extra = groups.filter((group) => isColumn(group.value) && own.has(group.value.column) && !needed.includes(group));
    determined.push(...extra);
    groups = groups.filter((group) => !extra.includes(group));
  }
  const items = determined.map(anyValue);
  if (items.length === 0 || items.includes(undefined)) return aggregate;
  return { ...aggregate, groups, aggregates: [...aggregate.aggregates, ...(items as LogicalAggregateItem[])] };
}

function anyValue({ column, name, type, value }: Group): LogicalAggregateItem | undefined {
  const aggregate = genericAggregate("any_value", value.type);
  return aggregate && { column, name, type, aggregate, arguments: [value], distinct: false, filter: undefined, orderBy: [] };
}

function isColumn(value: BoundExpression): value is Extract<BoundExpression, { readonly kind: "BoundColumn" }> {
  return value.kind === "BoundColumn";
}

/** The columns of a scan that make the primary key, if it reads them all. */
function keyColumns(scan: LogicalScan, context: OptimizerContext): readonly ColumnId[] | undefined {
  const sources = context.collection(scan.collection)?.primaryKey;
  if (!scan.declared || sources === undefined || sources.length === 0) return undefined;
  const columns = sources.map((source) => scan.columns.find((column) => sourceKey(column.source) === sourceKey(source))?.column);
  return columns.includes(undefined) ? undefined : (columns as ColumnId[]);
}

/** Scans of which each row below an operator has one row, and columns that are equal in all rows. */
class Rows {
  readonly scans: LogicalScan[] = [];
  /** From a column towards the one that stands for all that are equal to it. */
  readonly #equal = new Map<ColumnId, ColumnId>();

  add(operator: LogicalOperator): void {
    switch (operator.kind) {
      case "LogicalScan":
        this.scans.push(operator);
        return;
      case "LogicalFilter":
        this.#addEqualities(operator.predicate);
        this.add(operator.input);
        return;
      case "LogicalProject":
        this.add(operator.input);
        return;
      case "LogicalJoin":
        if (operator.join === "right" || operator.join === "full") return;
        this.add(operator.left);
        if (operator.join !== "inner" && operator.join !== "cross") return;
        this.#addEqualities(operator.condition);
        this.add(operator.right);
    }
  }

  areEqual(one: ColumnId, other: ColumnId): boolean {
    return this.#find(one) === this.#find(other);
  }

  #addEqualities(predicate: BoundExpression | undefined): void {
    for (const conjunct of conjunctsOf(predicate)) {
      if (!isOperator(conjunct, "=")) continue;
      const [left, right] = conjunct.arguments;
      if (left === undefined || right === undefined || !isColumn(left) || !isColumn(right)) continue;
      this.#equal.set(this.#find(left.column), this.#find(right.column));
    }
  }

  #find(column: ColumnId): ColumnId {
    let found = column;
    for (let next = this.#equal.get(found); next !== undefined && next !== found; next = this.#equal.get(found)) found = next;
    return found;
  }
}
