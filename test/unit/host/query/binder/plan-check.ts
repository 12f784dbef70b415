/**
 * Whether a logical plan is well formed: every column that is used is made below or handed in from outside, and types fit.
 *
 * What later stages take for granted: columns have one number in the whole statement; an expression uses columns of its operator's
 * inputs, or columns of enclosing queries that its subquery lists in `outer`; arguments have the types of the function's
 * parameters; nothing is `unknown`.
 */
import { findCast } from "../../../../../host/query/function/cast.ts";
import type { BoundExpression, ColumnId } from "../../../../../host/query/plan/expression.ts";
import { graphColumns } from "../../../../../host/query/plan/graph-operator.ts";
import type { LogicalOperator, LogicalPlan, PlanColumn, ScanColumn } from "../../../../../host/query/plan/operator.ts";
import { columnsNamed, columnsOf, expressionsOf, inputsOf, outerColumns, partsOf } from "../../../../../host/query/plan/walk.ts";
import { sameType } from "../../../../../host/query/type/category.ts";
import { formatType } from "../../../../../host/query/type/name.ts";
import { plainType, type SqlType } from "../../../../../host/query/type/type.ts";

type Known = ReadonlyMap<ColumnId, SqlType>;

/** What is wrong with a plan, in words; undefined for a good one. */
export function planProblem(plan: LogicalPlan): string | undefined {
  const problems: string[] = [];
  checkOperator(plan.root, new Map(), new Set(), problems);
  const made = known(columnsOf(plan.root));
  for (const { column, name, type } of plan.output) {
    if (!made.has(column)) problems.push(`the result's column ${name} is not made`);
    checkType(type, `the result's column ${name}`, problems);
  }
  for (const { type } of plan.literals) checkType(type, "a literal", problems);
  for (const type of plan.parameters) checkType(type, "a parameter", problems);
  return problems[0];
}

function known(columns: readonly PlanColumn[], more: Known = new Map()): Known {
  return new Map([...more, ...columns.map(({ column, type }): [ColumnId, SqlType] => [column, type])]);
}

/** `outside`: columns of enclosing queries; `made`: numbers of columns that were made before. */
function checkOperator(operator: LogicalOperator, outside: Known, made: Set<ColumnId>, problems: string[]): void {
  const [first] = inputsOf(operator);
  for (const input of inputsOf(operator)) {
    const dependent = isDependent(operator) && input !== first;
    const named = operator.kind === "LogicalForeach" ? [operator.item] : [];
    for (const { column } of dependent ? named : []) made.add(column);
    checkOperator(input, dependent && first !== undefined ? known([...columnsOf(first), ...named], outside) : outside, made, problems);
  }
  for (const { column, name, type } of madeBy(operator)) {
    if (made.has(column)) problems.push(`column ${name}#${column} is made twice`);
    made.add(column);
    checkType(type, `column ${name}`, problems);
  }
  const inside = known([...inputsOf(operator).flatMap(columnsOf), ...writtenBy(operator), ...madeForItself(operator)], outside);
  for (const expression of expressionsOf(operator)) checkExpression(expression, inside, made, problems);
}

/** The second input uses columns of the first. */
function isDependent(operator: LogicalOperator): boolean {
  return (
    operator.kind === "LogicalMergeGraph" || operator.kind === "LogicalForeach" || (operator.kind === "LogicalJoin" && operator.dependent)
  );
}

/** Columns of its own that the operator's expressions may use: what CREATE makes, and steps of paths. */
function madeForItself(operator: LogicalOperator): readonly PlanColumn[] {
  switch (operator.kind) {
    case "LogicalCreateGraph":
    case "LogicalMergeGraph":
    case "LogicalCountExpand":
    case "LogicalVarExpand":
    case "LogicalShortestPath":
      return columnsNamed(operator);
    default:
      return [];
  }
}

/** Columns that the operator itself makes. */
function madeBy(operator: LogicalOperator): readonly PlanColumn[] {
  switch (operator.kind) {
    case "LogicalScan":
    case "LogicalValues":
    case "LogicalSetOperation":
    case "LogicalCommonReference":
    case "LogicalFunctionScan":
    case "LogicalAggregate":
      return columnsOf(operator);
    case "LogicalProject":
      return operator.items;
    case "LogicalNodeScan":
    case "LogicalRelationshipScan":
    case "LogicalExpand":
    case "LogicalCountExpand":
    case "LogicalVarExpand":
    case "LogicalShortestPath":
    case "LogicalCreateGraph":
      return graphColumns(operator);
    case "LogicalInsert":
    case "LogicalUpdate":
    case "LogicalDelete":
      return [...writtenBy(operator), ...(operator.returning?.items ?? [])];
    default:
      return [];
  }
}

function writtenBy(operator: LogicalOperator): readonly ScanColumn[] {
  if (operator.kind === "LogicalUpdate") return operator.written;
  if (operator.kind !== "LogicalInsert") return [];
  return [...operator.written, ...(operator.conflict?.existing ?? []), ...(operator.conflict?.excluded ?? [])];
}

function checkExpression(expression: BoundExpression, inside: Known, made: Set<ColumnId>, problems: string[]): void {
  checkType(expression.type, expression.kind, problems);
  const value = plainType("value");
  const own =
    expression.kind === "BoundReduce" ? new Map([...inside, [expression.accumulator, value], [expression.item, value]] as const) : inside;
  for (const part of partsOf(expression)) checkExpression(part, own, made, problems);
  switch (expression.kind) {
    case "BoundColumn": {
      const type = inside.get(expression.column);
      if (type === undefined) problems.push(`column ${expression.name}#${expression.column} is not in reach`);
      else if (!sameType(type, expression.type)) problems.push(`column ${expression.name} is used as ${formatType(expression.type)}`);
      break;
    }
    case "BoundCall": {
      const { parameters, result, name } = expression.function;
      for (const [index, { type }] of expression.arguments.entries()) {
        const parameter = parameters[Math.min(index, parameters.length - 1)];
        if (parameter === undefined || !fits(type, parameter)) problems.push(`${name} is called with ${formatType(type)}`);
      }
      if (!sameType(result, expression.type)) problems.push(`${name} gives ${formatType(result)}`);
      break;
    }
    case "BoundReduce": {
      for (const column of [expression.accumulator, expression.item]) made.add(column);
      break;
    }
    case "BoundSubquery": {
      const listed = new Set(expression.outer);
      for (const column of listed) if (!inside.has(column)) problems.push(`outer column #${column} is not in reach`);
      for (const column of outerColumns(expression.plan)) if (!listed.has(column)) problems.push(`outer column #${column} is not listed`);
      checkOperator(expression.plan, inside, made, problems);
      break;
    }
    default:
      break;
  }
}

/** The same type, or one that is held alike: text types and integers need no conversion among themselves. */
function fits(type: SqlType, parameter: SqlType): boolean {
  if (sameType(type, parameter)) return true;
  const implementation = findCast(type, parameter)?.function.implementation;
  return implementation?.kind === "inline" && implementation.name === "identity";
}

function checkType(type: SqlType, what: string, problems: string[]): void {
  if (type.name === "unknown") problems.push(`${what} has no type`);
}
