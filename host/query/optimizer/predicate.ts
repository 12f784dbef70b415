/**
 * Predicates as lists of conjuncts, and what can be told of one without running it.
 */
import type { BoundCall, BoundConstant, BoundExpression, BoundLogical, ColumnId } from "../plan/expression.ts";
import { columnsUsed, visitExpression } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";

export const TRUE: BoundConstant = { kind: "BoundConstant", type: plainType("boolean"), value: true };
export const FALSE: BoundConstant = { kind: "BoundConstant", type: plainType("boolean"), value: false };

/** The operands of nested ANDs. */
export function conjunctsOf(predicate: BoundExpression | undefined): readonly BoundExpression[] {
  if (predicate === undefined) return [];
  if (predicate.kind === "BoundLogical" && predicate.operator === "AND") return predicate.operands.flatMap(conjunctsOf);
  return [predicate];
}

/** AND of all; undefined of none. */
export function conjunction(conjuncts: readonly BoundExpression[]): BoundExpression | undefined {
  if (conjuncts.length < 2) return conjuncts[0];
  const joined: BoundLogical = { kind: "BoundLogical", type: plainType("boolean"), operator: "AND", operands: conjuncts };
  return joined;
}

export function hasSubquery(expression: BoundExpression): boolean {
  let found = false;
  visitExpression(expression, (part) => {
    if (part.kind === "BoundSubquery") found = true;
  });
  return found;
}

/** True when the expression uses no column but those. */
export function usesOnly(expression: BoundExpression, columns: ReadonlySet<ColumnId>): boolean {
  for (const column of columnsUsed(expression)) if (!columns.has(column)) return false;
  return true;
}

/** True when the expression uses one of those columns. */
export function usesSome(expression: BoundExpression, columns: ReadonlySet<ColumnId>): boolean {
  for (const column of columnsUsed(expression)) if (columns.has(column)) return true;
  return false;
}

/** A call of an operator with that name and two operands. */
export function isOperator(expression: BoundExpression, name: string): expression is BoundCall {
  return (
    expression.kind === "BoundCall" &&
    expression.function.role === "operator" &&
    expression.function.name === name &&
    expression.arguments.length === 2
  );
}

/** Columns of which one NULL is enough to make the expression NULL. */
export function strictColumns(expression: BoundExpression): ReadonlySet<ColumnId> {
  switch (expression.kind) {
    case "BoundColumn":
      return new Set([expression.column]);
    case "BoundCall":
      return expression.function.strict ? union(expression.arguments.map(strictColumns)) : new Set();
    case "BoundNot":
    case "BoundField":
    case "BoundProperty":
      return strictColumns(expression.operand);
    case "BoundInList":
      return strictColumns(expression.operand);
    // NULL AND FALSE is FALSE: one NULL operand is not enough.
    case "BoundLogical":
      return intersection(expression.operands.map(strictColumns));
    default:
      return new Set();
  }
}

/** True when rows in which all of the columns are NULL do not pass the predicate. */
export function rejectsNulls(predicate: BoundExpression, columns: ReadonlySet<ColumnId>): boolean {
  if (predicate.kind === "BoundIsNull" && predicate.negated) return touches(strictColumns(predicate.operand), columns);
  if (predicate.kind === "BoundIsBoolean" && !predicate.negated) return touches(strictColumns(predicate.operand), columns);
  if (predicate.kind === "BoundLogical") {
    const rejects = (operand: BoundExpression): boolean => rejectsNulls(operand, columns);
    return predicate.operator === "AND" ? predicate.operands.some(rejects) : predicate.operands.every(rejects);
  }
  return touches(strictColumns(predicate), columns);
}

function touches(found: ReadonlySet<ColumnId>, columns: ReadonlySet<ColumnId>): boolean {
  for (const column of found) if (columns.has(column)) return true;
  return false;
}

function union(sets: readonly ReadonlySet<ColumnId>[]): ReadonlySet<ColumnId> {
  return new Set(sets.flatMap((set) => [...set]));
}

function intersection(sets: readonly ReadonlySet<ColumnId>[]): ReadonlySet<ColumnId> {
  const [first = new Set<ColumnId>(), ...rest] = sets;
  return new Set([...first].filter((column) => rest.every((set) => set.has(column))));
}
