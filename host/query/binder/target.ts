/**
 * What INSERT, UPDATE and ON CONFLICT share: the collection that is written, columns as targets, SET, RETURNING.
 *
 * Columns of a declared table are targets by number and take values of their type (assignment casts). In a collection without schema any
 * path is a target and values keep their types; `id` is the rest of the key.
 */

import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedAssignment, ParsedTarget } from "../ast/modification.ts";
import type { ParsedName, ParsedNames } from "../ast/name.ts";
import type { ParsedSelectItem, ParsedValue } from "../ast/query.ts";
import type { CatalogColumn, CatalogTable } from "../catalog/catalog.ts";
import { nextvalText } from "../catalog/sequence-json.ts";
import { ARRAY_ASSIGN } from "../function/array.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalAssignment, LogicalOperator, PlanColumn, Returning, ScanColumn } from "../plan/operator.ts";
import { formatPlainType } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { applyRow, coerce, coerceImplicitly, coerceToColumn, constant, settle } from "./coerce.ts";
import { bindExpression, bindSubscriptNumber, type Context, startOf } from "./expression.ts";
import { collectionName, scanCollection } from "./from.ts";
import { refuseGraphTable } from "./graph-table.ts";
import { bindQuery } from "./query.ts";
import { Level, matchName, type Source, type SourceScan } from "./scope.ts";
import { bindItems } from "./select.ts";
import { parseExpression } from "./table-expression.ts";
import { refuseView } from "./view.ts";

/** What a subscript that is NULL is to `array_assign`. */
const NULL_SUBSCRIPT = -2147483648n;

export interface WrittenCollection {
  readonly collection: string;
  readonly table: CatalogTable | undefined;
  /** By which its columns are named. */
  readonly alias: string;
}

/** `verb`: what the statement does, for the error that a view gets. */
export function bindCollection(binding: Binding, names: ParsedNames, alias: ParsedName | undefined, verb: string): WrittenCollection {
  refuseView(binding, names, verb);
  const collection = collectionName(names, binding);
  binding.dependOn(collection);
  const table = binding.catalog.table(collection);
  if (table === undefined) refuseGraphTable(binding, names, collection, verb);
  return { collection, table, alias: alias?.folded ?? names[names.length - 1]!.folded };
}

/** A source over rows of the collection, and the columns that are read through it. */
export function rowsOf(
  binding: Binding,
  { collection, table, alias }: WrittenCollection,
  name = alias,
): { readonly source: Source; readonly scan: SourceScan; readonly operator: LogicalOperator } {
  return scanCollection(binding, collection, table, name);
}

export interface Target {
  readonly source: ScanColumn["source"];
  readonly name: string;
  /** The element of the column, an array, that is meant. */
  readonly subscript?: ParsedExpression;
  /** Undefined in a collection without schema. */
  readonly column: CatalogColumn | undefined;
  readonly position: number;
}

export function bindTarget(binding: Binding, { collection, table }: WrittenCollection, target: ParsedTarget): Target {
  const { column: name, path, position } = target;
  if (table === undefined) return bindPathTarget(binding, collection, target);
  const names = table.columns.map((column) => column.name);
  const matched = matchName(names, name);
  if (matched === undefined) {
    throw binding.error("42703", `column "${name.folded}" of relation "${collection}" does not exist`, name.position);
  }
  const whole = columnTarget(table, names.indexOf(matched), name.position);
  if (path.length === 0) return whole;
  const [subscript] = path;
  const { type } = whole.column!;
  const isSubscripted = path.every(({ kind }) => kind !== "ParsedName");
  if (isSubscripted && type.element === undefined && type.name !== "jsonb") {
    throw binding.error("42804", `cannot subscript type ${type.name} because it does not support subscripting`, position);
  }
  if (!isSubscripted || path.length > 1 || type.name === "jsonb") {
    throw binding.notSupported("an assignment to a part of a column", position);
  }
  return { ...whole, subscript: subscript as ParsedExpression };
}

export function columnTarget(table: CatalogTable, number: number, position: number): Target {
  const column = table.columns[number]!;
  return { source: { kind: "column", number }, name: column.name, column, position };
}

function bindPathTarget(binding: Binding, collection: string, { column, path, position }: ParsedTarget): Target {
  const names: string[] = [];
  for (const part of [column, ...path]) {
    if (part.kind !== "ParsedName") throw binding.notSupported("an assignment to an element", part.position);
    const known = binding.fields(collection, names);
    names.push(matchName(known.names, part) ?? (known.open && names.length > 0 ? part.text : part.folded));
  }
  const [name] = names as [string];
  const source: Target["source"] = names.length === 1 && name === "id" ? { kind: "id" } : { kind: "path", names };
  return { source, name: names.join("."), column: undefined, position };
}

/** Two targets that are the same. */
export function refuseDuplicates(binding: Binding, targets: readonly Target[], state: string, message: (name: string) => string): void {
  const seen = new Set<string>();
  for (const { source, name, position } of targets) {
    const key = JSON.stringify(source);
    if (seen.has(key)) throw binding.error(state, message(name), position);
    seen.add(key);
  }
}

/** A value as its target takes it. */
export function fitTarget(binding: Binding, value: BoundExpression, target: Target, position: number): BoundExpression {
  // A field takes a parameter as what it is, so that a program's numbers stay numbers.
  const isOpen = value.kind === "BoundParameter" && value.type.name === "unknown";
  if (target.subscript !== undefined) return fitElement(binding, value, target, target.column!.type.element!);
  if (target.column === undefined) return isOpen ? coerceImplicitly(binding, value, plainType("any")) : settle(binding, value);
  return coerceToColumn(binding, value, target.column.type, target.name, position);
}

function fitElement(binding: Binding, value: BoundExpression, { name, position }: Target, element: SqlType): BoundExpression {
  const fitted = coerce(binding, value, element, "assignment");
  if (fitted !== undefined) return fitted;
  const types = `requires type ${formatPlainType(element)} but expression is of type ${formatPlainType(value.type)}`;
  const hint = "You will need to rewrite or cast the expression.";
  throw binding.error("42804", `subscripted assignment to "${name}" ${types} (HINT: ${hint})`, position);
}

/** The default of a column as an expression; NULL where it has none, and for fields of documents. */
export function bindDefault(binding: Binding, { column }: Target, position: number): BoundExpression {
  if (column === undefined) return constant(null, plainType("any"));
  if (column.sequence !== undefined) return bindStoredDefault(binding, nextvalText(column.sequence), column.type);
  if (column.identity !== undefined) throw binding.notSupported("DEFAULT of an identity column in this place", position);
  if (column.defaultText === undefined) return constant(null, column.type);
  return bindStoredDefault(binding, column.defaultText, column.type);
}

/** A default that the catalog keeps as text. It was bound when the table was defined, so it cannot be wrong. */
function bindStoredDefault(binding: Binding, text: string, type: SqlType): BoundExpression {
  const context: Context = { binding, level: new Level(undefined, false), clause: "DEFAULT expressions", aggregates: undefined };
  const value = bindExpression(context, parseExpression(text).expression);
  return coerce(binding, value, type, "assignment") ?? constant(null, type);
}

/** SET: its assignments, and the input with what subqueries of several columns add to it. */
export interface Assignments {
  readonly assignments: readonly LogicalAssignment[];
  readonly input: LogicalOperator;
}

export function bindAssignments(
  context: Context,
  collection: WrittenCollection,
  parsed: readonly ParsedAssignment[],
  input: LogicalOperator,
): Assignments {
  const { binding } = context;
  let operator = input;
  const bound = parsed.flatMap((assignment) => {
    const targets = assignment.targets.map((target) => bindTarget(binding, collection, target));
    const made = assignedValues(context, assignment, targets, operator);
    operator = made.input;
    return targets.map((target, index) => {
      const isDefault = assignment.values[index]?.kind === "ParsedDefault";
      return { target, value: made.values[index]!, isDefault };
    });
  });
  const targets = bound.map(({ target }) => target);
  // Several elements of one column are assigned one after the other.
  const isFirst = (target: Target, index: number): boolean =>
    target.subscript === undefined || targets.findIndex((other) => other.name === target.name && other.subscript !== undefined) === index;
  refuseDuplicates(binding, targets.filter(isFirst), "42601", (name) => `multiple assignments to same column "${name}"`);
  for (const { target, isDefault } of bound) {
    const { column, position, name } = target;
    if (column?.identity === "always" && !isDefault)
      throw binding.error("428C9", `column "${name}" can only be updated to DEFAULT`, position);
  }
  const assignments = bound.flatMap(({ target, value }, index): LogicalAssignment[] => {
    const { source, name, subscript } = target;
    if (subscript === undefined) return [{ target: source, name, value }];
    return isFirst(target, index) ? [{ target: source, name, value: withElements(context, target, bound) }] : [];
  });
  return { assignments, input: operator };
}

/** A column, an array, with all of its elements that are assigned. */
function withElements(
  context: Context,
  { name, column }: Target,
  bound: readonly { readonly target: Target; readonly value: BoundExpression }[],
): BoundExpression {
  const [own] = context.level.sources;
  const before = own!.columns.find((known) => known.name === column!.name)!.read();
  return bound
    .filter(({ target }) => target.name === name && target.subscript !== undefined)
    .reduce((array, { target, value }) => {
      const given = bindSubscriptNumber(context, target.subscript!);
      const items = [given, constant(NULL_SUBSCRIPT, given.type)];
      const number: BoundExpression = { kind: "BoundCoalesce", type: given.type, items };
      return applyRow(context.binding, ARRAY_ASSIGN, [array, number, value]);
    }, before);
}

/** Values for the targets of one assignment. */
function assignedValues(
  context: Context,
  { values, row, position }: ParsedAssignment,
  targets: readonly Target[],
  input: LogicalOperator,
): { readonly values: readonly BoundExpression[]; readonly input: LogicalOperator } {
  const { binding } = context;
  const [first] = values;
  if (row && values.length === 1 && targets.length > 1 && first?.kind === "ParsedSubquery") {
    const { operator, columns, level } = bindQuery(binding, context.level, true, first.query);
    if (columns.length !== targets.length) {
      throw binding.error("42601", "number of columns does not match number of values", first.position);
    }
    const on = constant(true, plainType("boolean"));
    const dependent = level.usesParent;
    const joined: LogicalOperator = {
      kind: "LogicalJoin",
      join: "single",
      left: input,
      right: operator,
      condition: on,
      mark: undefined,
      dependent,
    };
    return {
      values: columns.map((column, index) => fitTarget(binding, reference(column), targets[index]!, first.position)),
      input: joined,
    };
  }
  if (row && values.length === 1 && targets.length > 1) {
    const message = "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression";
    throw binding.error("0A000", message, first?.position ?? position);
  }
  if (values.length !== targets.length) throw binding.error("42601", "number of columns does not match number of values", position);
  return { values: values.map((value, index) => bindAssigned(context, value, targets[index]!)), input };
}

function reference({ column, name, type }: PlanColumn): BoundExpression {
  return { kind: "BoundColumn", type, column, name };
}

function bindAssigned(context: Context, value: ParsedValue, target: Target): BoundExpression {
  if (value.kind === "ParsedDefault") return bindDefault(context.binding, target, value.position);
  return fitTarget(context.binding, bindExpression(context, value), target, startOf(value));
}

/** RETURNING sees the fields that the statement brings, those that no document had before too. Requires: all else of it is bound. */
export function bringFields(binding: Binding, { collection, table }: WrittenCollection, targets: readonly Pick<Target, "source">[]): void {
  if (table !== undefined) return;
  const names = targets.flatMap(({ source }) => (source.kind === "path" ? source.names.slice(0, 1) : source.kind === "id" ? ["id"] : []));
  binding.bring(collection, names);
}

/** RETURNING over the level's sources; undefined without it. */
export function bindReturning(binding: Binding, level: Level, items: readonly ParsedSelectItem[]): Returning | undefined {
  if (items.length === 0) return undefined;
  const context: Context = { binding, level, clause: "RETURNING", aggregates: undefined };
  const bound = bindItems(context, items);
  return { items: bound.map(({ name, value }) => ({ column: binding.newColumn(), name, type: value.type, value })) };
}

export function returnedColumns(returning: Returning | undefined): readonly PlanColumn[] {
  return returning?.items.map(({ column, name, type }) => ({ column, name, type })) ?? [];
}
