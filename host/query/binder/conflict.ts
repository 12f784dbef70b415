/**
 * ON CONFLICT: which constraint is meant, and what happens to the row that is in the way.
 *
 * In a collection without schema the only constraint is the key: the target is `(id)` or nothing.
 */
import type { ParsedOnConflict } from "../ast/modification.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import type { LogicalConflict } from "../plan/operator.ts";
import type { Binding } from "./binding.ts";
import { bindCondition, type Context } from "./expression.ts";
import { Level, matchName } from "./scope.ts";
import { bindAssignments, rowsOf, type WrittenCollection } from "./target.ts";

/** INSERT OR REPLACE: by any key. */
export const REPLACE: LogicalConflict = { action: "replace", target: [], existing: [], excluded: [], assignments: [], where: undefined };

export function bindConflict(binding: Binding, level: Level, collection: WrittenCollection, parsed: ParsedOnConflict): LogicalConflict {
  const target = bindConstraint(binding, collection, parsed);
  if (parsed.assignments.length === 0) {
    return { action: "nothing", target: target ?? [], existing: [], excluded: [], assignments: [], where: undefined };
  }
  if (target === undefined) {
    const hint = "For example, ON CONFLICT (column_name).";
    const message = `ON CONFLICT DO UPDATE requires inference specification or constraint name (HINT: ${hint})`;
    throw binding.error("42601", message, parsed.position);
  }
  const existing = rowsOf(binding, collection);
  const excluded = rowsOf(binding, collection, "excluded");
  const inner = new Level(level, false);
  inner.commonTables = level.commonTables;
  inner.sources = [existing.source, excluded.source];
  const context: Context = { binding, level: inner, clause: "UPDATE", aggregates: undefined };
  const { assignments, input } = bindAssignments(context, collection, parsed.assignments, NOTHING);
  if (input !== NOTHING) throw binding.notSupported("a subquery of several columns in ON CONFLICT", parsed.position);
  const where = parsed.where && bindCondition({ ...context, clause: "WHERE" }, parsed.where, "WHERE");
  return { action: "update", target, existing: existing.scan.columns, excluded: excluded.scan.columns, assignments, where };
}

const NOTHING = { kind: "LogicalValues", columns: [], rows: [[]] } as const;

/** Columns of the constraint, or undefined where none is named. */
function bindConstraint(
  binding: Binding,
  { collection, table }: WrittenCollection,
  parsed: ParsedOnConflict,
): readonly number[] | undefined {
  if (parsed.targetWhere !== undefined) throw binding.notSupported("a partial index in ON CONFLICT", parsed.targetWhere.position);
  if (parsed.constraint !== undefined) {
    const { folded, position } = parsed.constraint;
    const named = keysOf(table).find(({ name }) => name === folded);
    if (named === undefined) throw binding.error("42704", `constraint "${folded}" for table "${collection}" does not exist`, position);
    return named.columns;
  }
  if (parsed.target.length === 0) return undefined;
  const names = parsed.target.map(({ value }) => {
    if (value.kind !== "ParsedColumn" || value.names.length !== 1)
      throw binding.notSupported("an expression in ON CONFLICT", value.position);
    return value.names[0]!;
  });
  if (table === undefined) {
    if (names.length === 1 && names[0]!.folded === "id") return [];
    throw noConstraint(binding, parsed.position);
  }
  const columns = table.columns.map(({ name }) => name);
  const numbers = names.map((name) => {
    const matched = matchName(columns, name);
    if (matched === undefined) throw binding.error("42703", `column "${name.folded}" does not exist`, name.position);
    return columns.indexOf(matched);
  });
  const wanted = new Set(numbers);
  const key = keysOf(table).find((known) => known.columns.length === wanted.size && known.columns.every((number) => wanted.has(number)));
  if (key === undefined) throw noConstraint(binding, parsed.position);
  return key.columns;
}

function noConstraint(binding: Binding, position: number): Error {
  return binding.error("42P10", "there is no unique or exclusion constraint matching the ON CONFLICT specification", position);
}

/** Everything that makes rows of a table unique. */
function keysOf(table: CatalogTable | undefined): readonly { readonly name: string | undefined; readonly columns: readonly number[] }[] {
  if (table === undefined) return [];
  const indexes = table.indexes.flatMap(({ name, unique, parts }) => {
    const columns = parts.flatMap((part) => (part.kind === "column" ? [part.number] : []));
    return unique && columns.length === parts.length ? [{ name, columns }] : [];
  });
  return [...(table.primaryKey === undefined ? [] : [table.primaryKey]), ...table.uniques, ...indexes];
}
