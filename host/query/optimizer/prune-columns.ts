/**
 * Rule prune-columns: operators make and read only what somebody above them uses.
 */
import type { ColumnId } from "../plan/expression.ts";
import { graphColumns } from "../plan/graph-operator.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { columnsUsed, expressionsOf, inputsOf, mapExpressions, outerColumns, rewriteExpression, withInputs } from "../plan/walk.ts";

/** `output` are the columns of the statement's result. */
export function pruneColumns(root: LogicalOperator, output: readonly PlanColumn[]): LogicalOperator {
  return prune(root, new Set(output.map(({ column }) => column)));
}

function prune(operator: LogicalOperator, needed: ReadonlySet<ColumnId>): LogicalOperator {
  const kept = pruneSubqueries(withoutUnused(operator, needed));
  const below = new Set(needed);
  for (const expression of expressionsOf(kept)) columnsUsed(expression, below);
  switch (kept.kind) {
    case "LogicalJoin":
      if (kept.dependent) for (const column of outerColumns(kept.right)) below.add(column);
      return { ...kept, left: prune(kept.left, below), right: prune(kept.right, below) };
    case "LogicalProject":
    case "LogicalWindow": {
      if (kept.items.length > 0) return { ...kept, input: prune(withoutWindows(kept.input, below), below) };
      // Nobody has asked for the order of the rows.
      const input = withoutWindows(kept.input, needed);
      return prune(input.kind === "LogicalSort" ? input.input : input, needed);
    }
    case "LogicalInsert":
      return { ...kept, input: prune(kept.input, new Set(kept.values.map(({ column }) => column))) };
    case "LogicalUpdate":
    case "LogicalDelete":
    case "LogicalMerge":
      return { ...kept, input: prune(kept.input, below.add(kept.row)) };
    case "LogicalSetOperation":
    case "LogicalRecursion":
      return { ...kept, left: prune(kept.left, new Set(kept.leftColumns)), right: prune(kept.right, new Set(kept.rightColumns)) };
    case "LogicalMergeGraph": {
      const found = new Set(graphColumns(kept).map(({ column }) => column));
      for (const column of [...below]) found.add(column);
      for (const column of outerColumns(kept.match)) below.add(column);
      return { ...kept, input: prune(kept.input, below), match: prune(kept.match, found) };
    }
    case "LogicalForeach": {
      for (const column of outerColumns(kept.body)) below.add(column);
      return { ...kept, input: prune(kept.input, below), body: prune(kept.body, new Set()) };
    }
    case "LogicalCommonTable": {
      const definition = prune(kept.definition, new Set(kept.definitionColumns));
      return { ...kept, definition, input: prune(kept.input, below) };
    }
    default:
      return withInputs(
        kept,
        inputsOf(kept).map((input) => prune(input, below)),
      );
  }
}

/** What is below windows that make nothing that is used. */
function withoutWindows(operator: LogicalOperator, needed: ReadonlySet<ColumnId>): LogicalOperator {
  if (operator.kind !== "LogicalWindow" || operator.items.some(({ column }) => needed.has(column))) return operator;
  return withoutWindows(operator.input, needed);
}

/** The operator without the columns that it makes for nobody. */
function withoutUnused(operator: LogicalOperator, needed: ReadonlySet<ColumnId>): LogicalOperator {
  const used = ({ column }: PlanColumn): boolean => needed.has(column);
  switch (operator.kind) {
    case "LogicalScan":
      return operator.columns.every(used) ? operator : { ...operator, columns: operator.columns.filter(used) };
    case "LogicalWindow":
      return operator.items.every(used) ? operator : { ...operator, items: operator.items.filter(used) };
    case "LogicalProject":
      return operator.items.every(used) ? operator : { ...operator, items: operator.items.filter(used) };
    case "LogicalAggregate":
      return operator.aggregates.every(used) ? operator : { ...operator, aggregates: operator.aggregates.filter(used) };
    case "LogicalValues": {
      if (operator.columns.every(used)) return operator;
      const rows = operator.rows.map((row) => row.filter((_, index) => used(operator.columns[index] as PlanColumn)));
      return { ...operator, columns: operator.columns.filter(used), rows };
    }
    case "LogicalSetOperation": {
      if (!operator.all || operator.operator !== "union" || operator.columns.every(used)) return operator;
      const keep = (_: unknown, index: number): boolean => used(operator.columns[index] as PlanColumn);
      return {
        ...operator,
        columns: operator.columns.filter(used),
        leftColumns: operator.leftColumns.filter(keep),
        rightColumns: operator.rightColumns.filter(keep),
      };
    }
    default:
      return operator;
  }
}

function pruneSubqueries(operator: LogicalOperator): LogicalOperator {
  return mapExpressions(operator, (expression) =>
    rewriteExpression(expression, (part) => {
      if (part.kind !== "BoundSubquery") return part;
      return { ...part, plan: prune(part.plan, new Set(part.column === undefined ? [] : [part.column])) };
    }),
  );
}
