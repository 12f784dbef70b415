/**
 * Rule count-expands: where a pattern's last hop is only counted, it is not gone through for each row that reaches its node: how many ends
 * a node has that are wanted is counted once and remembered, and a row brings that number. Three hops then cost what two cost, and each
 * node's relationships once.
 *
 * That holds where conditions on the hop's end and relationship ask for nothing else of the row than the node that the hop goes from, save
 * that the relationship is none of those before it, which the operator takes off again; and where the aggregates count rows, or do not
 * mind how often a row comes.
 */
import { COUNT_ROWS, COUNT_TIMES } from "../function/aggregate.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalCountExpand, LogicalExpand } from "../plan/graph-operator.ts";
import type { LogicalAggregate, LogicalAggregateItem, LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { columnsNamed, expressionsOf, isVolatile, rewriteOperators, visitExpression } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import { conjunction, conjunctsOf, hasSubquery, isOperator, usesOnly, usesSome } from "./predicate.ts";
import { countsNothing } from "./reach-nodes.ts";

export function countExpands(root: LogicalOperator): LogicalOperator {
  let next: ColumnId | undefined;
  return rewriteOperators(root, (operator) => {
    if (operator.kind !== "LogicalAggregate") return operator;
    return (
      counted(operator, () => {
        next ??= freeColumn(root);
        return next++;
      }) ?? operator
    );
  });
}

/** A number from which on no column has one. */
function freeColumn(root: LogicalOperator): ColumnId {
  let free: ColumnId = 0;
  const see = (column: ColumnId): void => {
    free = Math.max(free, column + 1);
  };
  rewriteOperators(root, (operator) => {
    for (const { column } of columnsNamed(operator)) see(column);
    for (const expression of expressionsOf(operator)) {
      visitExpression(expression, (part) => {
        if (part.kind === "BoundColumn") see(part.column);
        else if (part.kind === "BoundReduce") for (const own of [part.accumulator, part.item]) see(own);
      });
    }
    return operator;
  });
  return free;
}

/** The aggregate over counts of the last hop; undefined: its rows are needed. */
function counted(aggregate: LogicalAggregate, newColumn: () => ColumnId): LogicalAggregate | undefined {
  const { operator, conjuncts } = belowFilters(aggregate.input);
  if (operator.kind !== "LogicalExpand" || operator.optional || operator.target.kind !== "new") return undefined;
  const made = new Set([operator.target.node.column, operator.relationship.column]);
  const isCount = (item: LogicalAggregateItem): boolean => countsRows(item, made);
  if (!aggregate.aggregates.some(isCount) || aggregate.groups.some(({ value }) => usesSome(value, made))) return undefined;
  const rest = aggregate.aggregates.filter((item) => !isCount(item));
  if (!countsNothing({ ...aggregate, aggregates: rest }) || rest.some((item) => isOf(item, made))) return undefined;
  const input = counting(operator, operator.target.node, operator.target.labels, conjuncts, newColumn);
  if (input === undefined) return undefined;
  const { count } = input;
  const times: BoundExpression = { kind: "BoundColumn", type: count.type, column: count.column, name: count.name };
  const aggregates = aggregate.aggregates.map((item) => (isCount(item) ? { ...item, aggregate: COUNT_TIMES, arguments: [times] } : item));
  return { ...aggregate, input, aggregates };
}

/** Whether an aggregate is count(*), or counts one of the entities, which are never NULL. */
function countsRows(item: LogicalAggregateItem, entities: ReadonlySet<ColumnId>): boolean {
  const { aggregate, distinct, filter, orderBy, arguments: values } = item;
  if (distinct || filter !== undefined || orderBy.length > 0) return false;
  return aggregate === COUNT_ROWS || (aggregate.name === "count" && values.every((value) => isEntity(value, entities)));
}

function isEntity(value: BoundExpression, entities: ReadonlySet<ColumnId>): boolean {
  if (value.kind === "BoundCall" && value.function.role === "cast") return value.arguments.every((part) => isEntity(part, entities));
  return value.kind === "BoundColumn" && entities.has(value.column);
}

function isOf({ arguments: values, filter }: LogicalAggregateItem, columns: ReadonlySet<ColumnId>): boolean {
  return [...values, ...(filter === undefined ? [] : [filter])].some((value) => usesSome(value, columns));
}

function belowFilters(operator: LogicalOperator): { readonly operator: LogicalOperator; readonly conjuncts: readonly BoundExpression[] } {
  if (operator.kind !== "LogicalFilter") return { operator, conjuncts: [] };
  const below = belowFilters(operator.input);
  return { operator: below.operator, conjuncts: [...below.conjuncts, ...conjunctsOf(operator.predicate)] };
}

/** Counts in the place of the hop; undefined: a conjunct asks for more of its end or its relationship. */
function counting(
  expand: LogicalExpand,
  node: PlanColumn,
  labels: readonly string[],
  conjuncts: readonly BoundExpression[],
  newColumn: () => ColumnId,
): LogicalCountExpand | undefined {
  const before = relationshipsBelow(expand);
  if (before === undefined) return undefined;
  const { relationship, from, direction, types } = expand;
  const made = new Set([node.column, relationship.column]);
  const known = from.kind === "BoundColumn" ? new Set([...made, from.column]) : made;
  const others: BoundExpression[] = [];
  const conditions: BoundExpression[] = [];
  const staying: BoundExpression[] = [];
  for (const conjunct of conjuncts) {
    const other = otherRelationship(conjunct, relationship.column);
    if (!usesSome(conjunct, made)) staying.push(conjunct);
    else if (other?.kind === "BoundColumn" && before.has(other.column)) others.push(other);
    else if (usesOnly(conjunct, known) && !isVolatile(conjunct) && !hasSubquery(conjunct)) conditions.push(conjunct);
    else return undefined;
  }
  const predicate = conjunction(staying);
  const input: LogicalOperator = predicate === undefined ? expand.input : { kind: "LogicalFilter", input: expand.input, predicate };
  const count = { column: newColumn(), name: "count", type: plainType("bigint") };
  const condition = conjunction(conditions);
  return { kind: "LogicalCountExpand", input, from, direction, types, node, relationship, labels, condition, others, count };
}

/**
 * Relationships of the hops below, none of them NULL; undefined: the node from which the hop goes was not reached by one, so each row has
 * another and nothing is won.
 */
function relationshipsBelow({ from, input }: LogicalExpand): ReadonlySet<ColumnId> | undefined {
  const relationships = new Set<ColumnId>();
  let isReached = false;
  let operator = input;
  while (operator.kind === "LogicalFilter" || (operator.kind === "LogicalExpand" && !operator.optional)) {
    if (operator.kind === "LogicalExpand") {
      const { target, relationship } = operator;
      relationships.add(relationship.column);
      isReached ||= target.kind === "new" && from.kind === "BoundColumn" && from.column === target.node.column;
    }
    operator = operator.input;
  }
  return isReached ? relationships : undefined;
}

/** The other side of `relationship <> other`. */
function otherRelationship(conjunct: BoundExpression, relationship: ColumnId): BoundExpression | undefined {
  if (!isOperator(conjunct, "<>")) return undefined;
  const [left, right] = conjunct.arguments;
  if (left?.kind === "BoundColumn" && left.column === relationship) return right;
  return right?.kind === "BoundColumn" && right.column === relationship ? left : undefined;
}
