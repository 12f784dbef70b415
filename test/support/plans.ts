/**
 * Short ways to write plans for tests: columns, expressions with operators of the function table, scans.
 */
import type { FunctionEntry } from "../../host/query/function/entry.ts";
import { OPERATOR_ROWS } from "../../host/query/function/operator.ts";
import type { PhysicalOperator, PhysicalPlan, PhysicalScan, PhysicalScanColumn } from "../../host/query/physical/operator.ts";
import type { BoundExpression, ColumnId } from "../../host/query/plan/expression.ts";
import type { PlanColumn } from "../../host/query/plan/operator.ts";
import { plainType, type SqlType } from "../../host/query/type/type.ts";
import type { TestValue } from "./plan-runner.ts";

export const BIGINT = plainType("bigint");
export const INTEGER = plainType("integer");
export const DOUBLE = plainType("double precision");
export const TEXT = plainType("text");
export const BOOLEAN = plainType("boolean");
export const ANY = plainType("any");

export function planColumn(column: ColumnId, type: SqlType): PlanColumn {
  return { column, name: `c${column}`, type };
}

export function use({ column, name, type }: PlanColumn): BoundExpression {
  return { kind: "BoundColumn", type, column, name };
}

export function constant(type: SqlType, value: Exclude<TestValue, Uint8Array>): BoundExpression {
  return { kind: "BoundConstant", type, value };
}

/** The operator's row for operands of these types. */
export function operatorRow(name: string, types: readonly SqlType[]): FunctionEntry {
  const row = OPERATOR_ROWS.find(
    (entry) =>
      entry.name === name &&
      entry.parameters.length === types.length &&
      entry.parameters.every((type, index) => type.name === types[index]?.name),
  );
  if (row === undefined) throw new Error(`no operator ${name} of ${types.map((type) => type.name).join()}`);
  return row;
}

/** An operator applied; operands have the types that a row has. */
export function apply(name: string, ...operands: readonly BoundExpression[]): BoundExpression {
  const entry = operatorRow(
    name,
    operands.map((operand) => operand.type),
  );
  return { kind: "BoundCall", type: entry.result, function: entry, arguments: operands };
}

export function logical(operator: "AND" | "OR", ...operands: readonly BoundExpression[]): BoundExpression {
  return { kind: "BoundLogical", type: BOOLEAN, operator, operands };
}

/** Scan of a declared table, all columns; they are numbered from `start` on. */
export function tableScan(collection: string, start: ColumnId, types: readonly SqlType[], nullable = true): PhysicalScan {
  const columns = types.map(
    (type, index): PhysicalScanColumn => ({ ...planColumn(start + index, type), source: { kind: "column", number: index }, nullable }),
  );
  return { kind: "PhysicalScan", collection, alias: collection, declared: true, columns, access: undefined };
}

/** Scan of documents; each column is a path. */
export function documentScan(collection: string, start: ColumnId, paths: readonly (readonly string[])[]): PhysicalScan {
  const columns = paths.map(
    (names, index): PhysicalScanColumn => ({ ...planColumn(start + index, ANY), source: { kind: "path", names }, nullable: true }),
  );
  return { kind: "PhysicalScan", collection, alias: collection, declared: false, columns, access: undefined };
}

export function project(
  input: PhysicalOperator,
  start: ColumnId,
  ...values: readonly BoundExpression[]
): PhysicalOperator & { readonly kind: "PhysicalProject" } {
  return { kind: "PhysicalProject", input, items: values.map((value, index) => ({ ...planColumn(start + index, value.type), value })) };
}

export function filter(input: PhysicalOperator, predicate: BoundExpression): PhysicalOperator {
  return { kind: "PhysicalFilter", input, predicate };
}

/** A plan whose result has these columns. */
export function planOf(root: PhysicalOperator, output: readonly PlanColumn[]): PhysicalPlan {
  return { root, output, parameters: [], literals: [] };
}
