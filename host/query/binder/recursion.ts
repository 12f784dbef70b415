/**
 * A query of WITH RECURSIVE that names itself: `non-recursive-term UNION [ALL] recursive-term`.
 *
 * The non-recursive term says of which types the columns are. The recursive term is bound in sight of a table of that name, the working
 * table, and may not make the columns of other types.
 */
import type { ParsedCommonTable, ParsedQuery, ParsedSetOperation } from "../ast/query.ts";
import type { LogicalRecursion, PlanColumn } from "../plan/operator.ts";
import { identicalType } from "../type/category.ts";
import { formatType } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import type { Relation } from "./query.ts";
import { Level } from "./scope.ts";
import { bindSide, cast, commonTypes } from "./set-operation.ts";
import { bindWith, type CommonTable, renamed, wrapCommonTables } from "./with.ts";

/**
 * `union` is the body of `query`, and nothing but a WITH stands around it. `dynamic`: columns that are `any` though the non-recursive term
 * makes them of another type, since the recursive term makes them of values of documents.
 */
export function bindRecursiveQuery(
  binding: Binding,
  parent: Level,
  table: ParsedCommonTable,
  query: ParsedQuery,
  union: ParsedSetOperation,
  dynamic: ReadonlySet<number> = new Set(),
): Relation {
  const level = new Level(parent, true);
  const tables = query.with === undefined ? [] : bindWith(binding, level, query.with);
  const bound = bindSide(binding, level, union.left, false);
  const left = cast(
    binding,
    bound,
    bound.columns.map(({ type }, index) => (dynamic.has(index) ? plainType("any") : type)),
  );
  const columns = left.columns.map(({ name, type }): PlanColumn => ({ column: binding.newColumn(), name, type }));
  const number = binding.newCommonTable();
  const working: CommonTable = {
    name: table.name.folded,
    number,
    materialized: undefined,
    bind: () => relation,
    relation: { operator: left.operator, columns: renamed(binding, table, columns) },
    isWorking: true,
  };
  const { relation } = working;
  // Nearer than a table of that name of a WITH around it, and than those of the query's own WITH.
  level.commonTables = [...tables.filter(({ name }) => name !== working.name), working];
  const right = bindSide(binding, level, union.right);
  const types = commonTypes(binding, union, left, right);
  const opened = left.columns.flatMap(({ type }, index) => (types[index]!.name === "any" && type.name !== "any" ? [index] : []));
  if (opened.length > 0) return bindRecursiveQuery(binding, parent, table, query, union, new Set([...dynamic, ...opened]));
  refuseOtherTypes(binding, table, left, types);
  const second = cast(
    binding,
    right,
    columns.map(({ type }) => type),
  );
  const operator: LogicalRecursion = {
    kind: "LogicalRecursion",
    table: number,
    name: table.name.folded,
    all: union.all,
    left: left.operator,
    leftColumns: left.columns.map(({ column }) => column),
    right: second.operator,
    rightColumns: second.columns.map(({ column }) => column),
    columns,
  };
  return { operator: wrapCommonTables(binding, operator, tables), columns };
}

function refuseOtherTypes(binding: Binding, { name, position }: ParsedCommonTable, left: Relation, types: readonly SqlType[]): void {
  for (const [index, { type, column }] of left.columns.entries()) {
    const overall = types[index]!;
    if (identicalType(type, overall)) continue;
    const place = `recursive query "${name.folded}" column ${index + 1} has type ${formatType(type)} in non-recursive term`;
    const hint = "Cast the output of the non-recursive term to the correct type.";
    const message = `${place} but type ${formatType(overall)} overall (HINT: ${hint})`;
    throw binding.error("42804", message, binding.columnPositions.get(column) ?? position);
  }
}
