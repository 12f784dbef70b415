/**
 * Rule rewrite-subqueries: correlated subqueries become joins, so that they run once instead of once for each row.
 *
 * [NOT] EXISTS in a filter becomes a semi or anti join, IN (`= ANY`) a semi join, NOT IN of a query without outer columns a mark
 * join. LATERAL becomes a plain join. A scalar subquery that aggregates rows which an equality ties to the row outside becomes a left join with
 * the aggregate grouped by the inner side of that equality (Seshadri, Pirahesh, Leung 1996; Neumann, Kemper 2015 for the general
 * case, which we leave to plans that run per row).
 *
 * Beside what writes nothing is rewritten: when a side of a join runs, and how often, would change.
 *
 * What uses no outer column stays: it is computed once. What has a LIMIT, or ties rows in another way, stays and runs per row; so does an
 * aggregate whose rows an index finds, where there are few rows outside.
 */
import type { BoundColumn, BoundExpression, BoundSubquery, ColumnId } from "../plan/expression.ts";
import type { LogicalAggregateItem, LogicalOperator, PlanColumn } from "../plan/operator.ts";
import {
  columnsNamed,
  columnsOf,
  columnsUsed,
  isVolatile,
  mapExpressions,
  outerColumns,
  rewriteExpression,
  rewriteOperators,
  writes,
} from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import { estimateRows } from "./cardinality.ts";
import { accessOf } from "./choose-access.ts";
import type { OptimizerContext } from "./context.ts";
import { isWorthLookUps } from "./look-up-joins.ts";
import { conjunction, conjunctsOf, isOperator, TRUE, usesOnly, usesSome } from "./predicate.ts";

type Join = Extract<LogicalOperator, { readonly kind: "LogicalJoin" }>;

export function rewriteSubqueries(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  const numbers = new ColumnNumbers(root);
  return rewriteOperators(root, (operator) => {
    if (writes(operator)) return operator;
    if (operator.kind === "LogicalFilter") return rewriteFilter(operator.input, conjunctsOf(operator.predicate), numbers, context);
    if (operator.kind === "LogicalJoin" && operator.dependent) return independent(operator);
    if (operator.kind === "LogicalProject" || operator.kind === "LogicalAggregate")
      return rewriteScalars(operator, operator.input, numbers, context);
    return operator;
  });
}

/** Numbers for columns that no operator of the statement has. */
class ColumnNumbers {
  #next = 0;

  constructor(root: LogicalOperator) {
    rewriteOperators(root, (operator) => {
      for (const { column } of columnsNamed(operator)) this.#next = Math.max(this.#next, column + 1);
      return operator;
    });
  }

  take(): ColumnId {
    return this.#next++;
  }
}

function rewriteFilter(
  input: LogicalOperator,
  conjuncts: readonly BoundExpression[],
  numbers: ColumnNumbers,
  context: OptimizerContext,
): LogicalOperator {
  let result = input;
  const staying: BoundExpression[] = [];
  for (const conjunct of conjuncts) {
    const join = joinOf(result, conjunct, numbers, staying);
    if (join === undefined) staying.push(conjunct);
    else result = join;
  }
  const predicate = conjunction(staying);
  if (predicate === undefined) return result;
  return rewriteScalars({ kind: "LogicalFilter", input: result, predicate }, result, numbers, context);
}

/** The join that does what the conjunct asks; `staying` gets what is left to ask above it. */
function joinOf(left: LogicalOperator, conjunct: BoundExpression, numbers: ColumnNumbers, staying: BoundExpression[]): Join | undefined {
  const negated = conjunct.kind === "BoundNot";
  const subquery = negated ? conjunct.operand : conjunct;
  if (subquery.kind !== "BoundSubquery") return undefined;
  if (subquery.test === "exists" && subquery.outer.length > 0) {
    const pulled = pullUp(subquery.plan);
    return pulled && join(negated ? "anti" : "semi", left, pulled.plan, pulled.predicates, undefined);
  }
  const comparison = comparisonOf(subquery);
  if (comparison === undefined) return undefined;
  if (!negated) {
    const pulled = pullUp(subquery.plan);
    return pulled && join("semi", left, pulled.plan, [comparison, ...pulled.predicates], undefined);
  }
  if (subquery.outer.length > 0) return undefined;
  const mark: PlanColumn = { column: numbers.take(), name: "mark", type: plainType("boolean") };
  const column: BoundColumn = { kind: "BoundColumn", type: mark.type, column: mark.column, name: mark.name };
  staying.push({ kind: "BoundNot", type: mark.type, operand: column });
  return join("mark", left, subquery.plan, [comparison], mark);
}

/** `operand = column` of an IN whose operand has no subquery. */
function comparisonOf(subquery: BoundSubquery): BoundExpression | undefined {
  const { test, operand, column, comparison } = subquery;
  if (test !== "any" || operand === undefined || column === undefined || comparison?.name !== "=") return undefined;
  const made = columnsOf(subquery.plan).find((each) => each.column === column);
  if (made === undefined || isVolatile(operand)) return undefined;
  const right: BoundColumn = { kind: "BoundColumn", type: made.type, column, name: made.name };
  return { kind: "BoundCall", type: plainType("boolean"), function: comparison, arguments: [operand, right] };
}

function join(
  kind: Join["join"],
  left: LogicalOperator,
  right: LogicalOperator,
  predicates: readonly BoundExpression[],
  mark: PlanColumn | undefined,
): Join {
  return { kind: "LogicalJoin", join: kind, left, right, condition: conjunction(predicates) ?? TRUE, mark, dependent: false };
}

/** A join whose right side is tied to the left by predicates alone, with these in its condition. */
function independent(operator: Join): Join {
  if (operator.join !== "inner" && operator.join !== "cross" && operator.join !== "left") return operator;
  const pulled = pullUp(operator.right);
  if (pulled === undefined) return operator;
  const condition = conjunction([...conjunctsOf(operator.condition), ...pulled.predicates]) ?? TRUE;
  const kind = operator.join === "left" ? "left" : "inner";
  return { ...operator, join: kind, right: pulled.plan, condition, dependent: false };
}

interface Pulled {
  readonly plan: LogicalOperator;
  /** What was taken out: the predicates that use outer columns. */
  readonly predicates: readonly BoundExpression[];
}

/** Takes the predicates that use outer columns out of a plan whose rows alone matter, not their order. Undefined: not possible. */
function pullUp(plan: LogicalOperator): Pulled | undefined {
  const outer = outerColumns(plan);
  return outer.size === 0 ? { plan, predicates: [] } : pull(plan, outer);
}

function pull(plan: LogicalOperator, outer: ReadonlySet<ColumnId>): Pulled | undefined {
  switch (plan.kind) {
    case "LogicalFilter": {
      const below = pull(plan.input, outer);
      if (below === undefined) return undefined;
      const conjuncts = conjunctsOf(plan.predicate);
      const tied = conjuncts.filter((conjunct) => usesSome(conjunct, outer));
      if (tied.some(isVolatile)) return undefined;
      const predicate = conjunction(conjuncts.filter((conjunct) => !tied.includes(conjunct)));
      const kept: LogicalOperator = predicate === undefined ? below.plan : { ...plan, input: below.plan, predicate };
      return { plan: kept, predicates: [...below.predicates, ...tied] };
    }
    case "LogicalProject": {
      if (plan.items.some(({ value }) => usesSome(value, outer))) return undefined;
      const below = pull(plan.input, outer);
      return below && { plan: { ...plan, input: below.plan }, predicates: below.predicates };
    }
    case "LogicalSort":
      return plan.keys.some(({ value }) => usesSome(value, outer)) ? undefined : pull(plan.input, outer);
    case "LogicalJoin": {
      if (plan.join !== "inner" && plan.join !== "cross") break;
      const left = pull(plan.left, outer);
      const right = pull(plan.right, outer);
      if (left === undefined || right === undefined || plan.dependent) return undefined;
      const conjuncts = conjunctsOf(plan.condition);
      const tied = conjuncts.filter((conjunct) => usesSome(conjunct, outer));
      const condition = conjunction(conjuncts.filter((conjunct) => !tied.includes(conjunct)));
      const kind = condition === undefined ? "cross" : "inner";
      const kept: Join = { ...plan, join: kind, left: left.plan, right: right.plan, condition };
      return { plan: kept, predicates: [...left.predicates, ...right.predicates, ...tied] };
    }
    default:
  }
  for (const column of outerColumns(plan)) if (outer.has(column)) return undefined;
  return { plan, predicates: [] };
}

// Scalar subqueries -----------------------------------------------------------------------------------------------------

/** Joins the operator's input with its correlated aggregates, and lets the operator use their columns. */
function rewriteScalars(
  operator: LogicalOperator,
  input: LogicalOperator,
  numbers: ColumnNumbers,
  context: OptimizerContext,
): LogicalOperator {
  let joined = input;
  const available = new Set(columnsOf(input).map(({ column }) => column));
  const changed = mapExpressions(operator, (expression) =>
    rewriteExpression(expression, (part) => {
      if (part.kind !== "BoundSubquery" || part.test !== "scalar" || part.outer.length === 0) return part;
      if (isLookedUp(part, input, context)) return part;
      const grouped = groupedAggregate(part, available, numbers);
      if (grouped === undefined) return part;
      joined = { ...join("left", joined, grouped.plan, grouped.predicates, undefined) };
      return grouped.value;
    }),
  );
  return changed === operator || !("input" in changed) ? changed : { ...changed, input: joined };
}

/** Whether the rows of an aggregate are found through an index, and seldom enough that this costs less than to group all of them. */
function isLookedUp({ plan }: BoundSubquery, outer: LogicalOperator, context: OptimizerContext): boolean {
  const aggregate = plan.kind === "LogicalProject" ? plan.input : plan;
  const filter = aggregate.kind === "LogicalAggregate" ? aggregate.input : undefined;
  if (filter?.kind !== "LogicalFilter" || filter.input.kind !== "LogicalScan") return false;
  const facts = context.collection(filter.input.collection);
  const access = facts && accessOf(filter, filter.input, facts, context);
  if (facts === undefined || access?.kind !== "index" || access.equal.length === 0) return false;
  return isWorthLookUps(estimateRows(outer, context), estimateRows(filter, context), facts.rows);
}

interface Grouped extends Pulled {
  /** What stands in the place of the subquery. */
  readonly value: BoundExpression;
}

/** Project over an aggregate without groups over rows tied by equalities: the aggregate for each value of their inner sides. */
function groupedAggregate(subquery: BoundSubquery, available: ReadonlySet<ColumnId>, numbers: ColumnNumbers): Grouped | undefined {
  const project = subquery.plan.kind === "LogicalProject" ? subquery.plan : undefined;
  const aggregate = project === undefined ? subquery.plan : project.input;
  if (aggregate.kind !== "LogicalAggregate" || aggregate.groups.length > 0 || subquery.column === undefined) return undefined;
  if (!subquery.outer.every((column) => available.has(column))) return undefined;
  const outer = new Set(subquery.outer);
  const uses = (expression: BoundExpression): boolean => usesSome(expression, outer);
  const asked = aggregate.aggregates.flatMap((item) => [...item.arguments, ...(item.filter === undefined ? [] : [item.filter])]);
  if (asked.some(uses) || project?.items.some(({ value }) => uses(value) || isVolatile(value))) return undefined;
  const pulled = pull(aggregate.input, outer);
  if (pulled === undefined || pulled.predicates.length === 0) return undefined;
  const groups: { column: ColumnId; name: string; type: BoundExpression["type"]; value: BoundExpression }[] = [];
  const predicates: BoundExpression[] = [];
  for (const predicate of pulled.predicates) {
    const tie = tieOf(predicate, outer);
    if (tie === undefined) return undefined;
    const group = { column: numbers.take(), name: "group", type: tie.inner.type, value: tie.inner };
    groups.push(group);
    predicates.push(tie.withInner({ kind: "BoundColumn", type: group.type, column: group.column, name: group.name }));
  }
  const value = valueOverJoin(subquery, project?.items, aggregate.aggregates);
  return value && { plan: { ...aggregate, input: pulled.plan, groups }, predicates, value };
}

interface Tie {
  readonly inner: BoundExpression;
  withInner(inner: BoundExpression): BoundExpression;
}

/** An equality with outer columns on one side only. */
function tieOf(predicate: BoundExpression, outer: ReadonlySet<ColumnId>): Tie | undefined {
  if (!isOperator(predicate, "=")) return undefined;
  const [left, right] = predicate.arguments as [BoundExpression, BoundExpression];
  const leftOutside = usesOnly(left, outer) && columnsUsed(left).size > 0;
  const rightOutside = usesOnly(right, outer) && columnsUsed(right).size > 0;
  if (leftOutside && !usesSome(right, outer)) return { inner: right, withInner: (inner) => ({ ...predicate, arguments: [left, inner] }) };
  if (rightOutside && !usesSome(left, outer)) return { inner: left, withInner: (inner) => ({ ...predicate, arguments: [inner, right] }) };
  return undefined;
}

/**
 * The subquery's value over the joined row. Where no group was found the aggregates are NULL, as over no rows, but count is 0: so
 * counts are wrapped, and an expression of aggregates gives what it would give over no rows. Undefined: one makes something else of
 * no rows.
 */
function valueOverJoin(
  subquery: BoundSubquery,
  items: readonly { readonly column: ColumnId; readonly value: BoundExpression }[] | undefined,
  aggregates: readonly LogicalAggregateItem[],
): BoundExpression | undefined {
  if (aggregates.some(({ aggregate }) => aggregate.empty === "finish")) return undefined;
  const made = new Map(aggregates.map((item) => [item.column, item]));
  const item = items?.find(({ column }) => column === subquery.column);
  const plain = made.get(subquery.column as ColumnId);
  const value = item?.value ?? (plain && { kind: "BoundColumn", type: plain.type, column: plain.column, name: plain.name });
  if (value === undefined) return undefined;
  return rewriteExpression(value as BoundExpression, (part) => {
    const aggregate = part.kind === "BoundColumn" ? made.get(part.column) : undefined;
    if (aggregate?.aggregate.empty !== "zero") return part;
    const zero: BoundExpression = { kind: "BoundConstant", type: part.type, value: 0n };
    return { kind: "BoundCoalesce", type: part.type, items: [part, zero] };
  });
}
