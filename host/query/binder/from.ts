/**
 * FROM: tables, subqueries, functions and joins become operators, and sources for names.
 *
 * Items of the list are cross joins from left to right. What stands to the left of an item is in sight of it if it is LATERAL (a function
 * always is); both sides of a join are in sight of its condition, and nothing else of the same FROM.
 */
import type { ParsedName } from "../ast/name.ts";
import type { ParsedDerivedTable, ParsedJoin, ParsedTable, ParsedTableAlias, ParsedTableReference } from "../ast/query.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalJoin, LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { columnsOf, outerColumns } from "../plan/walk.ts";
import type { Binding } from "./binding.ts";
import { coerceImplicitly, commonTypeOf } from "./coerce.ts";
import { noteMerged } from "./column.ts";
import { bindCondition } from "./expression.ts";
import { bindFunctionTable } from "./function-table.ts";
import { findGraphTable, scanGraphTable } from "./graph-table.ts";
import { bindOperator } from "./operation.ts";
import { bindQuery } from "./query.ts";
import {
  ambiguous,
  columnOf,
  knownNames,
  type Level,
  matchName,
  readScan,
  type Source,
  type SourceColumn,
  type SourceScan,
} from "./scope.ts";
import { bindView, findView } from "./view.ts";
import { findCommonTable, referenceCommonTable } from "./with.ts";

/** A part of FROM: how to compute it, and what it shows. */
export interface FromItem {
  readonly operator: LogicalOperator;
  readonly sources: readonly Source[];
}

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

/** All of FROM; leaves its sources in the level. Without FROM there is one row. */
export function bindFrom(binding: Binding, level: Level, references: readonly ParsedTableReference[]): LogicalOperator {
  return bindItems(binding, level, undefined, references) ?? { kind: "LogicalValues", columns: [], rows: [[]] };
}

/** The same beside a table that UPDATE or DELETE names. */
export function bindFromBeside(
  binding: Binding,
  level: Level,
  first: FromItem,
  references: readonly ParsedTableReference[],
): LogicalOperator {
  return bindItems(binding, level, first, references) ?? first.operator;
}

function bindItems(
  binding: Binding,
  level: Level,
  first: FromItem | undefined,
  references: readonly ParsedTableReference[],
): LogicalOperator | undefined {
  let operator = first?.operator;
  let sources = first?.sources ?? [];
  for (const reference of references) {
    const item = bindReference(binding, level, reference, sources);
    refuseTwins(binding, sources, item.sources, reference);
    operator = operator === undefined ? item.operator : joined("cross", operator, item.operator, undefined);
    sources = [...sources, ...item.sources];
  }
  level.sources = sources;
  return operator;
}

function joined(
  join: LogicalJoin["join"],
  left: LogicalOperator,
  right: LogicalOperator,
  condition: BoundExpression | undefined,
): LogicalJoin {
  return { kind: "LogicalJoin", join, left, right, condition, mark: undefined, dependent: dependsOn(right, left) };
}

/** Whether an operator uses columns of another. */
function dependsOn(operator: LogicalOperator, other: LogicalOperator): boolean {
  const outer = outerColumns(operator);
  return outer.size > 0 && columnsOf(other).some(({ column }) => outer.has(column));
}

/** Two sources of one name in one FROM, unless they are tables of different schemas. */
function refuseTwins(binding: Binding, left: readonly Source[], right: readonly Source[], { position }: ParsedTableReference): void {
  for (const source of right) {
    const { alias } = source;
    const twin = left.find((other) => other.alias === alias);
    if (alias === undefined || twin === undefined) continue;
    if (isNamedAsItself(source) && isNamedAsItself(twin) && source.scan?.collection !== twin.scan?.collection) continue;
    throw binding.error("42712", `table name "${alias}" specified more than once`, position);
  }
}

/** A table whose alias is its own name, without its schema. */
function isNamedAsItself({ alias, scan }: Source): boolean {
  return scan !== undefined && scan.collection.slice(scan.collection.lastIndexOf(".") + 1) === alias;
}

/** One item; `visible` is what LATERAL may use. */
function bindReference(binding: Binding, level: Level, reference: ParsedTableReference, visible: readonly Source[]): FromItem {
  switch (reference.kind) {
    case "ParsedTable":
      return bindTable(binding, level, reference);
    case "ParsedDerivedTable":
      level.sources = visible;
      return bindDerived(binding, level, reference);
    case "ParsedFunctionTable":
      level.sources = visible;
      return bindFunctionTable(binding, level, reference);
    case "ParsedJoin":
      return bindJoin(binding, level, reference, visible);
  }
}

function bindTable(binding: Binding, level: Level, reference: ParsedTable): FromItem {
  const { names, alias } = reference;
  if (names.length === 1) {
    const common = findCommonTable(level, names[0]!);
    if (common !== undefined) {
      if (common.isWorking) level.readsWorkingTable = true;
      const { operator, columns } = referenceCommonTable(binding, common, names[0]!.position);
      return { operator, sources: [closedSource(binding, alias?.name?.folded ?? common.name, columns, alias)] };
    }
  }
  const view = findView(binding, names);
  if (view !== undefined) {
    binding.noteUse(() => ({ kind: "table", collection: view.name, names }));
    const columns = bindView(binding, view, names[0]!.position);
    return { operator: columns.operator, sources: [closedSource(binding, alias?.name?.folded ?? view.name, columns.columns, alias)] };
  }
  return scanTable(binding, names, alias);
}

/** The collection that a name means: `public` and the name itself are left away, a schema's tables are `schema.table`. */
export function collectionName(names: readonly ParsedName[], binding: Binding): string {
  const parts = names.length > 1 && names[0]!.folded === "public" ? names.slice(1) : names;
  const exact = parts.map(({ text }) => text).join(".");
  const folded = parts.map((name) => name.folded).join(".");
  if (exact === folded || binding.catalog.table(folded) !== undefined) return folded;
  const known = binding.catalog.table(exact) !== undefined || binding.fields(exact, []).names.length > 0;
  return known ? exact : folded;
}

export function scanTable(binding: Binding, names: readonly ParsedName[], alias: ParsedTableAlias | undefined): FromItem {
  const collection = collectionName(names, binding);
  const name = alias?.name?.folded ?? names[names.length - 1]!.folded;
  binding.dependOn(collection);
  binding.noteUse(() => ({ kind: "table", collection, names }));
  const table = binding.catalog.table(collection);
  const ofGraph = table === undefined ? findGraphTable(binding, names, collection) : undefined;
  const { source, operator } =
    ofGraph === undefined ? scanCollection(binding, collection, table, name) : scanGraphTable(binding, ofGraph, name);
  if (alias === undefined || alias.columns.length === 0) return { operator, sources: [source] };
  if (table === undefined) throw binding.notSupported("a list of column names for a collection without schema", alias.columns[0]!.position);
  return { operator, sources: [{ ...source, columns: renamed(binding, name, source.columns, alias) }] };
}

/** A scan that reads what is asked for, and the source that asks. */
export function scanCollection(
  binding: Binding,
  collection: string,
  table: CatalogTable | undefined,
  alias: string,
): { readonly operator: LogicalOperator; readonly source: Source; readonly scan: SourceScan } {
  const scan: SourceScan = { collection, columns: [] };
  const declared = table !== undefined;
  const operator: LogicalOperator = { kind: "LogicalScan", collection, alias, declared, columns: scan.columns, access: undefined };
  const columns = (table?.columns ?? []).map(({ name, type }, number): SourceColumn => {
    return { name, type, read: () => readScan(binding, scan, name, type, { kind: "column", number }) };
  });
  return { operator, source: { alias, columns, open: !declared, scan, table, hidden: NOTHING_HIDDEN }, scan };
}

/** A source whose columns are made by an operator. */
export function closedSource(
  binding: Binding,
  alias: string | undefined,
  columns: readonly PlanColumn[],
  names: ParsedTableAlias | undefined,
): Source {
  const plain = columns.map(({ column, name, type }): SourceColumn => {
    return { name, type, read: () => ({ kind: "BoundColumn", type, column, name }) };
  });
  const shown = names === undefined ? plain : renamed(binding, alias ?? "", plain, names);
  return { alias, columns: shown, open: false, scan: undefined, table: undefined, hidden: NOTHING_HIDDEN };
}

/** `AS t (a, b)`: the first columns get other names. */
function renamed(
  binding: Binding,
  table: string,
  columns: readonly SourceColumn[],
  { columns: names }: ParsedTableAlias,
): readonly SourceColumn[] {
  if (names.length > columns.length) {
    const counts = `has ${columns.length} columns available but ${names.length} columns specified`;
    throw binding.error("42P10", `table "${table}" ${counts}`, names[columns.length]!.position);
  }
  for (const { type } of names) if (type !== undefined) throw notRecord(binding, type.position);
  return columns.map((column, index) => ({ ...column, name: names[index]?.name.folded ?? column.name }));
}

function notRecord(binding: Binding, position: number): Error {
  return binding.error("42601", 'a column definition list is only allowed for functions returning "record"', position);
}

function bindDerived(binding: Binding, level: Level, { query, lateral, alias }: ParsedDerivedTable): FromItem {
  const { operator, columns } = bindQuery(binding, level, lateral, query);
  return { operator, sources: [closedSource(binding, alias?.name?.folded, columns, alias)] };
}

const JOINS = { INNER: "inner", LEFT: "left", RIGHT: "right", FULL: "full", CROSS: "cross" } as const;

function bindJoin(binding: Binding, level: Level, reference: ParsedJoin, visible: readonly Source[]): FromItem {
  const left = bindReference(binding, level, reference.left, visible);
  const right = bindReference(binding, level, reference.right, [...visible, ...left.sources]);
  refuseTwins(binding, left.sources, right.sources, reference.right);
  const merged = mergedNames(binding, reference, left, right);
  const join = JOINS[reference.join];
  const item = merged === undefined ? joinOn(binding, level, reference, left, right) : joinUsing(binding, reference, left, right, merged);
  const operator = joined(item.condition === undefined && join === "inner" ? "cross" : join, left.operator, right.operator, item.condition);
  if (operator.dependent && (join === "right" || join === "full")) {
    const detail = "The combining JOIN type must be INNER or LEFT for a LATERAL reference.";
    const outer = outerColumns(right.operator);
    const used = left.sources.find(({ scan }) => scan?.columns.some(({ column }) => outer.has(column)));
    const table = used?.alias === undefined ? "" : ` for table "${used.alias}"`;
    throw binding.error("42P10", `invalid reference to FROM-clause entry${table} (DETAIL: ${detail})`, reference.right.position);
  }
  return { operator, sources: aliased(binding, reference, item.sources) };
}

interface JoinParts {
  readonly condition: BoundExpression | undefined;
  readonly sources: readonly Source[];
}

function joinOn(binding: Binding, level: Level, reference: ParsedJoin, left: FromItem, right: FromItem): JoinParts {
  const sources = [...left.sources, ...right.sources];
  if (reference.on === undefined) return { condition: undefined, sources };
  level.sources = sources;
  const context = { binding, level, clause: "JOIN conditions", aggregates: undefined };
  return { condition: bindCondition(context, reference.on, "JOIN/ON"), sources };
}

/** Names of USING, or those that NATURAL finds on both sides; undefined for other joins. */
function mergedNames(binding: Binding, reference: ParsedJoin, left: FromItem, right: FromItem): readonly ParsedName[] | undefined {
  if (reference.using.length > 0) return reference.using;
  if (!reference.natural) return undefined;
  const namesOf = ({ sources }: FromItem) =>
    sources.flatMap((source) => knownNames(binding, source).filter((name) => !source.hidden.has(name)));
  const others = new Set(namesOf(right));
  const names = [...new Set(namesOf(left))].filter((name) => others.has(name));
  return names.map((text) => ({ kind: "ParsedName", position: reference.position, text, folded: text, quoted: true }));
}

function joinUsing(binding: Binding, reference: ParsedJoin, left: FromItem, right: FromItem, names: readonly ParsedName[]): JoinParts {
  const hiddenLeft = new Set<string>();
  const hiddenRight = new Set<string>();
  const merged: SourceColumn[] = [];
  const conditions: BoundExpression[] = [];
  for (const name of names) {
    const first = usingColumn(binding, left, name, "left");
    const second = usingColumn(binding, right, name, "right");
    noteMerged(binding, [...left.sources, ...right.sources], first.name);
    hiddenLeft.add(first.name);
    hiddenRight.add(second.name);
    conditions.push(bindOperator(binding, "=", [first.read(), second.read()], name.position));
    merged.push(mergedColumn(binding, reference, first, second));
  }
  const source: Source = {
    alias: reference.usingAlias?.folded,
    columns: merged,
    open: false,
    scan: undefined,
    table: undefined,
    hidden: NOTHING_HIDDEN,
  };
  const hide = (sources: readonly Source[], hidden: ReadonlySet<string>) =>
    sources.map((known) => ({ ...known, hidden: new Set([...known.hidden, ...hidden]) }));
  const sources = [source, ...hide(left.sources, hiddenLeft), ...hide(right.sources, hiddenRight)];
  return { condition: allOf(conditions), sources };
}

function allOf(conditions: readonly BoundExpression[]): BoundExpression | undefined {
  if (conditions.length < 2) return conditions[0];
  return { kind: "BoundLogical", type: conditions[0]!.type, operator: "AND", operands: conditions };
}

/** The column of one side that USING names. */
function usingColumn(binding: Binding, { sources }: FromItem, name: ParsedName, side: string): SourceColumn {
  const found = sources.flatMap((source) => {
    const matched = matchName(
      knownNames(binding, source).filter((known) => !source.hidden.has(known)),
      name,
    );
    return matched === undefined ? [] : [{ source, name: matched }];
  });
  const open = sources.filter((source) => source.open).map((source) => ({ source, name: name.folded }));
  const [match, second] = found.length > 0 ? found : open;
  if (match === undefined) {
    const message = `column "${name.folded}" specified in USING clause does not exist in ${side} table`;
    throw binding.error("42703", message, name.position);
  }
  if (second !== undefined) {
    if (found.length === 0) throw ambiguous(binding, name);
    const message = `common column name "${name.folded}" appears more than once in ${side} table`;
    throw binding.error("42702", message, name.position);
  }
  const read = () => binding.at(columnOf(binding, match.source, match.name)!, name.position);
  return { name: match.name, type: read().type, read };
}

/** The column that both sides share: the side that is never NULL, or the one that is not. */
function mergedColumn(binding: Binding, reference: ParsedJoin, left: SourceColumn, right: SourceColumn): SourceColumn {
  const type = commonTypeOf(binding, [left.read(), right.read()], "JOIN/USING");
  const as = (column: SourceColumn) => coerceImplicitly(binding, column.read(), type);
  const read = (): BoundExpression => {
    if (reference.join === "FULL") return { kind: "BoundCoalesce", type, items: [as(left), as(right)] };
    return as(reference.join === "RIGHT" ? right : left);
  };
  return { name: left.name, type, read };
}

/** `(a JOIN b ON ...) AS j`: one source with the columns of both. */
function aliased(binding: Binding, { alias, position }: ParsedJoin, sources: readonly Source[]): readonly Source[] {
  if (alias === undefined) return sources;
  if (sources.some((source) => source.open)) throw binding.notSupported("an alias of a join of collections without schema", position);
  const columns = sources.flatMap((source) => source.columns.filter(({ name }) => !source.hidden.has(name)));
  const name = alias.name?.folded;
  const shown = renamed(binding, name ?? "", columns, alias);
  return [{ alias: name, columns: shown, open: false, scan: undefined, table: undefined, hidden: NOTHING_HIDDEN }];
}
