/**
 * INSERT: VALUES, SELECT, DEFAULT VALUES; ON CONFLICT, OR REPLACE; RETURNING.
 */
import type { ParsedInsert } from "../ast/modification.ts";
import type { ParsedQuery, ParsedValues } from "../ast/query.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalInsert, LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { sameType } from "../type/category.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { coerceImplicitly } from "./coerce.ts";
import { bindConflict, REPLACE } from "./conflict.ts";
import { bindExpression, type Context, startOf } from "./expression.ts";
import { bindQuery, type Relation } from "./query.ts";
import { Level } from "./scope.ts";
import { retypeColumns } from "./set-operation.ts";
import {
  bindCollection,
  bindDefault,
  bindReturning,
  bindTarget,
  bringFields,
  columnTarget,
  fitTarget,
  refuseDuplicates,
  returnedColumns,
  rowsOf,
  type Target,
  type WrittenCollection,
} from "./target.ts";
import { bindWith, wrapCommonTables } from "./with.ts";

/** `parent`: the level of a WITH around it. */
export function bindInsert(binding: Binding, parsed: ParsedInsert, parent: Level | undefined): Relation {
  const level = new Level(parent, false);
  const tables = parsed.with === undefined ? [] : bindWith(binding, level, parsed.with);
  const collection = bindCollection(binding, parsed.table, parsed.alias, "insert into");
  const targets = bindTargets(binding, collection, parsed, parsed.source !== undefined);
  const { operator: input, values } = bindSource(binding, level, parsed, targets);
  const conflict = parsed.replace ? REPLACE : parsed.onConflict && bindConflict(binding, level, collection, parsed.onConflict);
  bringFields(binding, collection, targets);
  if (conflict !== undefined)
    bringFields(
      binding,
      collection,
      conflict.assignments.map(({ target }) => ({ source: target })),
    );
  const written = rowsOf(binding, collection);
  level.sources = [written.source];
  const returning = bindReturning(binding, level, parsed.returning);
  const operator: LogicalInsert = {
    kind: "LogicalInsert",
    collection: collection.collection,
    declared: collection.table !== undefined,
    input,
    values,
    conflict,
    written: written.scan.columns,
    returning,
  };
  return { operator: wrapCommonTables(binding, operator, tables), columns: returnedColumns(returning) };
}

/** Columns in the order of their values. Without a list: the table's, as many as there are values. */
export function bindTargets(
  binding: Binding,
  collection: WrittenCollection,
  parsed: Pick<ParsedInsert, "columns" | "position">,
  hasValues: boolean,
): readonly Target[] {
  const { table } = collection;
  if (parsed.columns.length > 0) {
    const targets = parsed.columns.map((target) => bindTarget(binding, collection, target));
    const part = targets.find(({ subscript }) => subscript !== undefined);
    if (part !== undefined) throw binding.notSupported("an assignment to a part of a column", part.position);
    refuseDuplicates(binding, targets, "42701", (name) => `column "${name}" specified more than once`);
    return targets;
  }
  if (table !== undefined) return table.columns.map((_, number) => columnTarget(table, number, parsed.position));
  if (!hasValues) return [];
  const message = `INSERT INTO "${collection.collection}" needs a list of columns, since the collection has no schema`;
  throw binding.error("42601", message, parsed.position);
}

interface Source {
  readonly operator: LogicalOperator;
  readonly values: LogicalInsert["values"];
}

function bindSource(binding: Binding, level: Level, parsed: ParsedInsert, targets: readonly Target[]): Source {
  const { source } = parsed;
  if (source === undefined) return { operator: { kind: "LogicalValues", columns: [], rows: [[]] }, values: [] };
  const listed = parsed.columns.length > 0;
  if (isPlainValues(source)) return bindRows(binding, level, source.body, targets, listed, parsed.overriding);
  const query = bindQuery(binding, level, true, source, true);
  const taken = takeTargets(binding, targets, query.columns.length, listed, source.position);
  if (parsed.overriding === undefined) for (const target of taken) refuseIdentity(binding, target, source.position);
  const isTaken = ({ column }: Target): boolean => parsed.overriding !== "USER" || column?.identity === undefined;
  const columns = query.columns.filter((_, index) => taken[index] === undefined || isTaken(taken[index]));
  return project(binding, { ...query, columns }, taken.filter(isTaken), source.position);
}

function isPlainValues(query: ParsedQuery): query is ParsedQuery & { readonly body: ParsedValues } {
  const bare = query.with === undefined && query.orderBy.length === 0 && query.limit === undefined && query.offset === undefined;
  return bare && query.body.kind === "ParsedValues";
}

/** As many targets as there are values; with a list exactly its columns. */
export function takeTargets(
  binding: Binding,
  targets: readonly Target[],
  count: number,
  listed: boolean,
  position: number,
): readonly Target[] {
  if (count > targets.length) throw binding.error("42601", "INSERT has more expressions than target columns", position);
  if (listed && count < targets.length) {
    throw binding.error("42601", "INSERT has more target columns than expressions", targets[count]!.position);
  }
  return targets.slice(0, count);
}

/** A value for a column that the table alone fills. */
export function refuseIdentity(binding: Binding, { column, name }: Target, position: number): void {
  if (column?.identity === "always") throw binding.error("428C9", `cannot insert a non-DEFAULT value into column "${name}"`, position);
}

/**
 * VALUES: each value becomes of its column's type. A column whose values are all DEFAULT, or are to be overridden (OVERRIDING USER VALUE), is left
 * to the table.
 */
function bindRows(
  binding: Binding,
  level: Level,
  { rows }: ParsedValues,
  all: readonly Target[],
  listed: boolean,
  overriding: ParsedInsert["overriding"],
): Source {
  const context: Context = { binding, level, clause: "VALUES", aggregates: undefined };
  const width = rows[0]!.length;
  for (const row of rows) {
    if (row.length !== width) throw binding.error("42601", "VALUES lists must all be the same length", row[0]?.position ?? 0);
  }
  const targets = takeTargets(binding, all, width, listed, rows[0]![all.length]?.position ?? rows[0]![0]?.position ?? 0);
  const isLeft = ({ column }: Target): boolean => overriding === "USER" && column?.identity !== undefined;
  const kept = targets.flatMap((target, index) =>
    isLeft(target) || rows.every((row) => row[index]!.kind === "ParsedDefault") ? [] : [index],
  );
  const bound = rows.map((row) =>
    kept.map((index): BoundExpression => {
      const target = targets[index]!;
      const value = row[index]!;
      if (value.kind === "ParsedDefault") return bindDefault(binding, target, value.position);
      if (overriding === undefined) refuseIdentity(binding, target, value.position);
      return fitTarget(binding, bindExpression(context, value), target, startOf(value));
    }),
  );
  const open = kept.map((index) => targets[index]!.column === undefined);
  return values(
    binding,
    bound,
    kept.map((index) => targets[index]!),
    open,
  );
}

/** Rows as an operator. Values of a field may differ in type from row to row: then they are dynamic. */
function values(
  binding: Binding,
  rows: readonly (readonly BoundExpression[])[],
  targets: readonly Target[],
  open: readonly boolean[],
): Source {
  const types = targets.map((_, index) =>
    rowType(
      rows.map((row) => row[index]!),
      open[index]!,
    ),
  );
  const columns = targets.map(({ name }, index): PlanColumn => ({ column: binding.newColumn(), name, type: types[index]! }));
  const typed = rows.map((row) => row.map((value, index) => (types[index]!.name === "any" ? box(binding, value) : value)));
  return { operator: { kind: "LogicalValues", columns, rows: typed }, values: valuesOf(targets, columns) };
}

function valuesOf(targets: readonly Target[], columns: readonly PlanColumn[]): LogicalInsert["values"] {
  return targets.map(({ source, name }, index) => ({ target: source, name, column: columns[index]!.column }));
}

/** The rows of a query, each column as its target takes it. */
function project(binding: Binding, query: Relation, targets: readonly Target[], position: number): Source {
  const wanted = targets.map(({ column }) => column?.type ?? plainType("text"));
  const { operator, columns } = retypeColumns(binding, query, wanted);
  const items: (PlanColumn & { readonly value: BoundExpression })[] = [];
  const taken = targets.map((target, index): PlanColumn => {
    const column = columns[index]!;
    const from: BoundExpression = { kind: "BoundColumn", type: column.type, column: column.column, name: column.name };
    const value = fitTarget(binding, from, target, binding.columnPositions.get(column.column) ?? position);
    if (value.kind === "BoundColumn") return column;
    const made: PlanColumn = { column: binding.newColumn(), name: target.name, type: value.type };
    items.push({ ...made, value });
    return made;
  });
  const input: LogicalOperator = items.length === 0 ? operator : { kind: "LogicalProject", input: operator, items };
  return { operator: input, values: valuesOf(targets, taken) };
}

function rowType(column: readonly BoundExpression[], open: boolean): BoundExpression["type"] {
  const [first] = column;
  if (!open) return { ...first!.type, modifiers: [] };
  const known = column.filter((value) => value.kind !== "BoundConstant" || value.value !== null);
  const type = known[0]?.type ?? plainType("any");
  return known.every((value) => sameType(value.type, type)) ? type : plainType("any");
}

function box(binding: Binding, value: BoundExpression): BoundExpression {
  return coerceImplicitly(binding, value, plainType("any"));
}
