/**
 * UNION, INTERSECT, EXCEPT: the columns of both sides become of common types, position by position; names are the left side's.
 */
import type { ParsedQueryBody, ParsedSetOperation } from "../ast/query.ts";
import type { BoundColumn, BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { mapExpressions, rewriteExpression, rewriteOperators } from "../plan/walk.ts";
import { identicalType } from "../type/category.ts";
import type { SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { coerceImplicitly, commonTypeOf } from "./coerce.ts";
import { bindBody, type Relation } from "./query.ts";
import { Level } from "./scope.ts";

export function bindSetOperation(binding: Binding, level: Level, parsed: ParsedSetOperation): Relation {
  const left = bindSide(binding, level, parsed.left);
  const right = bindSide(binding, level, parsed.right);
  const types = commonTypes(binding, parsed, left, right);
  const first = cast(binding, left, types);
  const second = cast(binding, right, types);
  const columns = left.columns.map(({ name }, index): PlanColumn => ({ column: binding.newColumn(), name, type: types[index]! }));
  const operator: LogicalOperator = {
    kind: "LogicalSetOperation",
    operator: parsed.operator === "UNION" ? "union" : parsed.operator === "INTERSECT" ? "intersect" : "except",
    all: parsed.all,
    left: first.operator,
    leftColumns: first.columns.map(({ column }) => column),
    right: second.operator,
    rightColumns: second.columns.map(({ column }) => column),
    columns,
  };
  return { operator, columns };
}

/** The types that the columns of both sides become. */
export function commonTypes(binding: Binding, parsed: ParsedSetOperation, left: Relation, right: Relation): readonly SqlType[] {
  if (left.columns.length !== right.columns.length) {
    const message = `each ${parsed.operator} query must have the same number of columns`;
    throw binding.error("42601", message, binding.columnPositions.get(right.columns[0]?.column ?? -1) ?? parsed.right.position);
  }
  return left.columns.map((column, index) => {
    const pair = [typed(binding, column, parsed.left.position), typed(binding, right.columns[index]!, parsed.right.position)];
    return commonTypeOf(binding, pair, parsed.operator);
  });
}

/** Each side has sources of its own. Without `keepsUnknown` literals that have no type yet become text. */
export function bindSide(binding: Binding, level: Level, body: ParsedQueryBody, keepsUnknown = true): Relation {
  return bindBody(binding, new Level(level, true), body, [], keepsUnknown);
}

function typed(binding: Binding, { column, name, type }: PlanColumn, position: number): BoundColumn {
  return binding.at({ kind: "BoundColumn", type, column, name }, binding.columnPositions.get(column) ?? position);
}

/** A relation whose columns have the given types. */
export function cast(binding: Binding, { operator, columns }: Relation, types: readonly SqlType[]): Relation {
  const settled = retypeColumns(binding, { operator, columns }, types);
  const items: (PlanColumn & { readonly value: BoundExpression })[] = [];
  const shown = settled.columns.map((column, index): PlanColumn => {
    const type = types[index]!;
    const { name } = column;
    const value = coerceImplicitly(binding, { kind: "BoundColumn", type: column.type, column: column.column, name }, type);
    if (value.kind === "BoundColumn" || identicalType(column.type, type)) return column;
    const made: PlanColumn = { column: binding.newColumn(), name, type };
    items.push({ ...made, value });
    return made;
  });
  if (items.length === 0) return settled;
  return { operator: { kind: "LogicalProject", input: settled.operator, items }, columns: shown };
}

/** Gives literals of a select list that have no type yet the types that are wanted of them. */
export function retypeColumns(binding: Binding, { operator, columns }: Relation, types: readonly SqlType[]): Relation {
  const wanted = new Map(columns.flatMap(({ column, type }, index) => (type.name === "unknown" ? [[column, types[index]!]] : [])));
  if (wanted.size === 0) return { operator, columns };
  const changed = rewriteOperators(operator, (part) => {
    const typed = mapExpressions(part, (expression) =>
      rewriteExpression(expression, (inner) => {
        const type = inner.kind === "BoundColumn" ? wanted.get(inner.column) : undefined;
        return type === undefined ? inner : { ...inner, type };
      }),
    );
    if (typed.kind !== "LogicalProject") return typed;
    const items = typed.items.map((item) => {
      const type = wanted.get(item.column);
      return type === undefined ? item : { ...item, type, value: coerceImplicitly(binding, item.value, type) };
    });
    return { ...typed, items };
  });
  return { operator: changed, columns: columns.map((column) => ({ ...column, type: wanted.get(column.column) ?? column.type })) };
}
