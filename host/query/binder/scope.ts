/**
 * Names in sight: what FROM shows, level by level of nested queries, and how a column's name is found in it.
 *
 * A `Source` is an item of FROM under its alias; its columns are known (declared tables, subqueries), or it is open: a collection without
 * schema, in which any name may be a field. A `Level` is a query with its sources; a subquery's level knows the level around it.
 *
 * Rules (host/query/README.md, "Names"), for an unqualified name:
 * 1. Level by level outwards: a known column or field of that exact name, else the only one that matches without regard to case,
 *    else the one of the folded name.
 * 2. What nobody knows is a field of the innermost open source: no document has it, so which one does not matter. Only where fields
 *    may exist that the catalog has not listed, two open sources make the name ambiguous.
 * 3. `a.b`: table or alias `a`, else column `a` with the path `b`.
 *
 * Columns of a scan are made when they are used, so a scan reads what its statement names and nothing else.
 */

import type { ParsedName } from "../ast/name.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import type { BoundColumn, BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalAggregateItem, PlanColumn, ScanColumn } from "../plan/operator.ts";
import { columnsUsed } from "../plan/walk.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import type { CommonTable } from "./with.ts";

/** A column that a source shows. `read` makes an expression of it, each time a new object. */
export interface SourceColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly read: () => BoundExpression;
}

/** The scan behind a source: reads more columns whenever one is asked for. */
export interface SourceScan {
  readonly collection: string;
  readonly columns: ScanColumn[];
  /** Of a label or a relationship type: the node or relationship, whose properties are the fields. */
  readonly entity?: PlanColumn;
}

/** The column of a label or type that has all properties. */
export const PROPERTIES = "properties";

export interface Source {
  /** Undefined for what USING has merged, and for joins without an alias. */
  readonly alias: string | undefined;
  readonly columns: readonly SourceColumn[];
  /** Of a collection without schema, a label or a type: any other name is a field. */
  readonly open: boolean;
  readonly scan: SourceScan | undefined;
  readonly table: CatalogTable | undefined;
  /** Columns that USING has merged: only qualified names reach them. */
  readonly hidden: ReadonlySet<string>;
}

/** Where aggregates of a query are gathered while its expressions are bound. */
export interface AggregateCollector {
  readonly items: LogicalAggregateItem[];
  /** Calls of GROUPING, which are numbers of a row's grouping set. */
  readonly groupings: GroupingCall[];
}

/** GROUPING(...): a bit for each expression, 1 where it is not grouped by. */
export interface GroupingCall extends PlanColumn {
  readonly arguments: readonly BoundExpression[];
  readonly position: number;
}

/** Where an expression of a query stands, as messages name it, and where its aggregates go; none: they may not stand there. */
export interface Place {
  readonly clause: string;
  readonly aggregates: AggregateCollector | undefined;
}

export class Level {
  readonly parent: Level | undefined;
  /** False while the query may not see the sources of the level around it (a subquery in FROM without LATERAL). */
  readonly seesParent: boolean;
  /** Columns of enclosing levels that this level or one inside of it uses. */
  readonly outer = new Set<ColumnId>();
  /** Columns of the level right around this one that it uses. */
  usesParent = false;
  sources: readonly Source[] = [];
  /** Where the query that is being bound inside of this one stands; undefined: in FROM. */
  inner: Place | undefined;
  /** Tables of the query's WITH. */
  commonTables: readonly CommonTable[] = [];

  constructor(parent: Level | undefined, seesParent: boolean) {
    this.parent = parent;
    this.seesParent = seesParent;
  }
}

/** A column that a name leads to. */
export interface Found {
  readonly source: Source;
  readonly level: Level;
  /** The column's or field's own name. */
  readonly name: string;
}

export interface FoundSource {
  readonly source: Source;
  readonly level: Level;
}

/** Reads a column of a scan; one that is read already is read once. */
export function readScan(binding: Binding, scan: SourceScan, name: string, type: SqlType, source: ScanColumn["source"]): BoundColumn {
  const key = JSON.stringify(source);
  let column = scan.columns.find((known) => JSON.stringify(known.source) === key);
  if (column === undefined) {
    column = { column: binding.newColumn(), name, type, source };
    scan.columns.push(column);
  }
  return { kind: "BoundColumn", type, column: column.column, name };
}

/** Which of the names is meant, by rule 1; undefined: none. */
export function matchName(names: readonly string[], { text, folded, quoted }: ParsedName): string | undefined {
  if (names.includes(text)) return text;
  if (quoted) return undefined;
  const lower = text.toLowerCase();
  const matches = names.filter((name) => name.toLowerCase() === lower);
  if (matches.length === 1) return matches[0];
  return matches.find((name) => name === folded);
}

/** Names that a source knows: its columns, or fields that documents have. */
export function knownNames(binding: Binding, source: Source): readonly string[] {
  const names = source.columns.map(({ name }) => name);
  if (!source.open) return names;
  const fields = binding.fields(source.scan!.collection, []).names;
  if (source.scan!.entity !== undefined) return [...names, ...fields.filter((field) => !names.includes(field))];
  return fields.includes("id") ? fields : ["id", ...fields];
}

/** A column of one source by its exact name; an open source has every one. */
export function columnOf(binding: Binding, source: Source, name: string): BoundExpression | undefined {
  const column = source.columns.find((known) => known.name === name);
  if (column !== undefined) return column.read();
  if (!source.open) return undefined;
  return readField(binding, source.scan!, [name]);
}

/** A field of a document, by exact names. `id` is the field of that name where documents have one, else the rest of the key. */
export function readField(binding: Binding, scan: SourceScan, names: readonly string[]): BoundExpression {
  const any = plainType("any");
  if (scan.entity !== undefined) return readProperty(scan.entity, names);
  const last = names[names.length - 1]!;
  if (names.length > 1 || last !== "id") return readPath(binding, scan, names);
  const id = readScan(binding, scan, "id", any, { kind: "id" });
  if (!binding.fields(scan.collection, []).names.includes("id")) return id;
  return { kind: "BoundCoalesce", type: any, items: [readPath(binding, scan, names), id] };
}

/** Whether a name of a source is a field, which may have a path below it. */
export function isField({ open, scan, columns }: Source, name: string): boolean {
  return open && !(name === "id" && scan?.entity === undefined) && !columns.some((column) => column.name === name);
}

function readProperty({ column, name: of, type: entity }: PlanColumn, [first, ...path]: readonly string[]): BoundExpression {
  const type = plainType("any");
  const operand: BoundExpression = { kind: "BoundColumn", type: entity, column, name: of };
  const property: BoundExpression = { kind: "BoundProperty", type, operand, name: first! };
  return path.reduce<BoundExpression>((value, name) => ({ kind: "BoundField", type, operand: value, name }), property);
}

function readPath(binding: Binding, scan: SourceScan, names: readonly string[]): BoundExpression {
  const column = readScan(binding, scan, names[names.length - 1]!, plainType("any"), { kind: "path", names });
  binding.paths.set(column.column, { scan, names });
  return column;
}

/** Marks columns of an expression as used from inside: every level between has to be given them. */
export function reach(binding: Binding, from: Level, found: Level, expression: BoundExpression, position: number): void {
  if (from !== found) for (const column of columnsUsed(expression)) binding.outerPositions.set(column, position);
  for (let level = from; level !== found; level = level.parent!) {
    for (const column of columnsUsed(expression)) level.outer.add(column);
    if (level.parent === found) level.usesParent = true;
  }
}

/** Levels from the inside out, without those that may not be seen. */
function* visibleLevels(level: Level): Generator<Level> {
  let sees = true;
  for (let current: Level | undefined = level; current !== undefined; current = current.parent) {
    if (sees) yield current;
    sees = current.seesParent;
  }
}

/** An unqualified name among known columns and fields; undefined: nobody knows it. */
export function findColumn(binding: Binding, level: Level, name: ParsedName): Found | undefined {
  for (const current of visibleLevels(level)) {
    const found = findInLevel(binding, current, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInLevel(binding: Binding, level: Level, name: ParsedName): Found | undefined {
  const matches: Found[] = [];
  for (const source of level.sources) {
    const names = knownNames(binding, source).filter((known) => !source.hidden.has(known));
    const matched = matchName(names, name);
    if (matched === undefined) continue;
    matches.push({ source, level, name: matched });
    refuseTwice(binding, source, matched, name);
  }
  const exact = matches.filter((match) => match.name === name.text);
  const [first, second] = exact.length > 0 ? exact : matches;
  if (second !== undefined) throw ambiguous(binding, name);
  return first;
}

function refuseTwice(binding: Binding, source: Source, matched: string, name: ParsedName): void {
  if (source.columns.filter((column) => column.name === matched).length > 1) throw ambiguous(binding, name);
}

/** A name that nobody knows as a field of an open source (rule 2). */
export function findInOpen(binding: Binding, from: Level, name: ParsedName): Found | undefined {
  for (const level of visibleLevels(from)) {
    const open = level.sources.filter((source) => source.open);
    const [source] = open;
    if (source === undefined) continue;
    const unlisted = open.some(({ scan }) => binding.fields(scan!.collection, []).open);
    if (open.length > 1 && unlisted) throw ambiguous(binding, name);
    return { source, level, name: name.folded };
  }
  return undefined;
}

export function ambiguous(binding: Binding, name: ParsedName): Error {
  return binding.error("42702", `column reference "${name.folded}" is ambiguous`, name.position);
}

/** A source by its alias. */
export function findSource(binding: Binding, from: Level, name: ParsedName): FoundSource | undefined {
  for (const level of visibleLevels(from)) {
    const aliases = level.sources.flatMap(({ alias }) => (alias === undefined ? [] : [alias]));
    const alias = matchName(aliases, name);
    if (alias === undefined) continue;
    const sources = level.sources.filter((source) => source.alias === alias);
    if (sources.length > 1) throw binding.error("42P09", `table reference "${name.folded}" is ambiguous`, name.position);
    return { source: sources[0]!, level };
  }
  return undefined;
}

/** A table by its schema and name, under which it must stand in FROM. */
export function findInSchema(from: Level, schema: ParsedName, name: ParsedName): FoundSource | undefined {
  const collection = schema.folded === "public" ? name.folded : `${schema.folded}.${name.folded}`;
  for (const level of visibleLevels(from)) {
    const source = level.sources.find(({ alias, scan }) => scan?.collection === collection && alias === name.folded);
    if (source !== undefined) return { source, level };
  }
  return undefined;
}

/** A column of a source that was named; undefined: it has none of that name. */
export function findInSource(binding: Binding, { source, level }: FoundSource, name: ParsedName): Found | undefined {
  const matched = matchName(knownNames(binding, source), name) ?? (source.open ? name.folded : undefined);
  if (matched === undefined) return undefined;
  refuseTwice(binding, source, matched, name);
  return { source, level, name: matched };
}

/** Why a source cannot be named that way, where something like it exists: detail and hint for the message. */
export function outOfReach(from: Level, name: ParsedName): string | undefined {
  for (let level: Level | undefined = from; level !== undefined; level = level.parent) {
    if (level.sources.some(({ alias }) => alias !== undefined && matchName([alias], name) !== undefined)) {
      const detail = `There is an entry for table "${name.folded}", but it cannot be referenced from this part of the query.`;
      const hint = level === from.parent ? " (HINT: To reference that table, you must mark this subquery with LATERAL.)" : "";
      return `(DETAIL: ${detail})${hint}`;
    }
  }
  const renamed = from.sources.find(({ alias, scan }) => alias !== undefined && scan?.collection === name.folded);
  return renamed && `(HINT: Perhaps you meant to reference the table alias "${renamed.alias}".)`;
}
