/**
 * UPDATE ... FROM and DELETE ... USING: the rows to write are those of a join of the table with what FROM or USING names.
 */

import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedDelete, ParsedUpdate } from "../ast/modification.ts";
import type { ParsedTableReference } from "../ast/query.ts";
import type { ColumnId } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { bindCondition, type Context } from "./expression.ts";
import { bindFromBeside } from "./from.ts";
import type { Relation } from "./query.ts";
import { Level, readScan, type Source } from "./scope.ts";
import { bindAssignments, bindCollection, bindReturning, bringFields, returnedColumns, rowsOf, type WrittenCollection } from "./target.ts";
import { bindWith, wrapCommonTables } from "./with.ts";

interface Rows {
  readonly operator: LogicalOperator;
  /** The table's row number. */
  readonly row: ColumnId;
  readonly sources: readonly Source[];
}

/** The table joined with other items, as far as the condition allows. */
function bindRows(
  binding: Binding,
  level: Level,
  collection: WrittenCollection,
  others: readonly ParsedTableReference[],
  where: ParsedExpression | undefined,
): Rows {
  const { source, scan, operator: rows } = rowsOf(binding, collection);
  const joined = bindFromBeside(binding, level, { operator: rows, sources: [source] }, others);
  const row = readScan(binding, scan, "row", plainType("bigint"), { kind: "row" }).column;
  const context: Context = { binding, level, clause: "WHERE", aggregates: undefined };
  const predicate = where && bindCondition(context, where, "WHERE");
  const operator: LogicalOperator = predicate === undefined ? joined : { kind: "LogicalFilter", input: joined, predicate };
  return { operator, row, sources: level.sources };
}

/** `parent`: the level of a WITH around it. */
export function bindUpdate(binding: Binding, parsed: ParsedUpdate, parent: Level | undefined): Relation {
  const level = new Level(parent, false);
  const tables = parsed.with === undefined ? [] : bindWith(binding, level, parsed.with);
  const collection = bindCollection(binding, parsed.table, parsed.alias, "update");
  const { operator: rows, row, sources } = bindRows(binding, level, collection, parsed.from, parsed.where);
  const context: Context = { binding, level, clause: "UPDATE", aggregates: undefined };
  const { assignments, input } = bindAssignments(context, collection, parsed.assignments, rows);
  bringFields(
    binding,
    collection,
    assignments.map(({ target }) => ({ source: target })),
  );
  const written = rowsOf(binding, collection);
  // RETURNING sees the row as it was written, and the other tables as they are.
  level.sources = [written.source, ...sources.slice(1)];
  const returning = bindReturning(binding, level, parsed.returning);
  const operator: LogicalOperator = {
    kind: "LogicalUpdate",
    collection: collection.collection,
    declared: collection.table !== undefined,
    input,
    row,
    assignments,
    written: written.scan.columns,
    returning,
  };
  return { operator: wrapCommonTables(binding, operator, tables), columns: returnedColumns(returning) };
}

export function bindDelete(binding: Binding, parsed: ParsedDelete, parent: Level | undefined): Relation {
  const level = new Level(parent, false);
  const tables = parsed.with === undefined ? [] : bindWith(binding, level, parsed.with);
  const collection = bindCollection(binding, parsed.table, parsed.alias, "delete from");
  const { operator: input, row } = bindRows(binding, level, collection, parsed.using, parsed.where);
  const returning = bindReturning(binding, level, parsed.returning);
  const operator: LogicalOperator = {
    kind: "LogicalDelete",
    collection: collection.collection,
    declared: collection.table !== undefined,
    input,
    row,
    returning,
  };
  return { operator: wrapCommonTables(binding, operator, tables), columns: returnedColumns(returning) };
}
