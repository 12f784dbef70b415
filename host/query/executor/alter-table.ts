/**
 * ALTER TABLE: what its actions make of a table's record in the catalog, and of what depends on it. The rows are altered-rows.ts's.
 *
 * 1. It runs in a transaction, or behind a savepoint of one: whatever has been done when something is refused is taken back with it.
 * 2. Actions are carried out in PostgreSQL's order, not in that of the text: what drops, types, columns, checks, NOT NULL, keys, the rest.
 * 3. A table whose columns stay what they are is declared anew, and its rows are only looked at; else they are made anew.
 */
import { DatabaseError } from "../../common/error.ts";
import { sqlError, sqlStateOf } from "../../common/sql-state.ts";
import type { ParsedAlterTable, ParsedColumnDefinition, ParsedConstraint, ParsedTableChange } from "../ast/definition.ts";
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedName } from "../ast/name.ts";
import { printExpression } from "../ast/print-expression.ts";
import { bindTableExpression, parseExpression, type TableExpressionUse } from "../binder/table-expression.ts";
import type { CatalogColumn, CatalogForeignKey, CatalogTable } from "../catalog/catalog.ts";
import { type StoredIndex, type StoredTable, spellType } from "../catalog/schema-json.ts";
import { formatPlainType } from "../type/name.ts";
import { type SqlType, slotOf } from "../type/type.ts";
import { tableToAlter } from "./alter-name.ts";
import { type ColumnSource, isSame, type RowAlteration } from "./altered-rows.ts";
import { INDEX_KEYS } from "./engine-tables.ts";
import { refuseKeyTypes } from "./foreign-keys.ts";
import { columnsIn, type Draft, draftOf, finished, indexesOf, isConstraint, storedOf, type TableParts, wordedAnew } from "./table-draft.ts";
import { type DefinitionPlace, dropViews } from "./view-definition.ts";
import { type BoundView, keepStars, usesColumn, viewsOf } from "./view-rewrite.ts";

/** A table on its way. */
interface Course {
  readonly place: DefinitionPlace;
  readonly parts: TableParts;
  /** As it was. */
  readonly table: CatalogTable;
  readonly draft: Draft;
  /** What the columns of the draft get. */
  readonly sources: ColumnSource[];
  readonly views: readonly BoundView[];
  indexes: StoredIndex[];
  /** Columns that are added. */
  readonly added: ParsedColumnDefinition[];
  /** Something is asked of the rows that has not been asked before. */
  checks: boolean;
}

/** PostgreSQL's passes. */
const DROP = 0;
const TYPE = 1;
const ADD_COLUMN = 2;
const ADD_CHECK = 3;
const ATTRIBUTE = 4;
const ADD_KEY = 5;
const REST = 6;

interface Step {
  readonly pass: number;
  readonly run: (course: Course) => void;
}

const DEPEND_HINT = "(HINT: Use DROP ... CASCADE to drop the dependent objects too.)";

/** Carries the statement out. */
export function alterTable(place: DefinitionPlace, parts: TableParts, statement: ParsedAlterTable): void {
  const table = tableToAlter(place, parts, statement);
  if (table === undefined) return;
  const { tables, database } = place;
  const indexes = indexesOf(place, table.name);
  const course: Course = {
    place,
    parts,
    table,
    draft: draftOf(table),
    sources: table.columns.map((_, number) => number),
    views: viewsOf(place, table.name),
    indexes: [...indexes],
    added: [],
    checks: false,
  };
  const steps = statement.actions.flatMap(({ change, position }) => stepsOf(change, position));
  for (const step of steps.sort((left, right) => left.pass - right.pass)) step.run(course);
  const { table: to, sequences } = parts.withSequences(finished(course.draft), course.added);
  refuseOtherTypes(course, to);
  for (const { name } of indexes) {
    const kept = course.indexes.find((index) => index.name === name);
    if (kept === undefined) tables.deleteKey(database, INDEX_KEYS + name);
  }
  const left = course.views.filter(({ view }) => place.catalog.view(view.name) !== undefined);
  // The rows that there are count by them.
  parts.sequences.make(sequences);
  carryOut(course, to);
  keepStars(place, left);
}

// Steps -------------------------------------------------------------------------------------------------------------------

function stepsOf(change: ParsedTableChange, position: number): readonly Step[] {
  const step = (pass: number, run: (course: Course) => void): readonly Step[] => [{ pass, run }];
  switch (change.change) {
    case "ADD COLUMN":
      return addingColumn(change.column, change.ifNotExists, position);
    case "ADD CONSTRAINT":
      return [addingConstraint(change.constraint, undefined, () => true)];
    case "DROP COLUMN":
      return step(DROP, (course) => dropColumn(course, change, position));
    case "DROP CONSTRAINT":
      return step(DROP, (course) => dropConstraint(course, change, position));
    case "SET DEFAULT":
      return step(REST, (course) => setDefault(course, change, position));
    case "DROP DEFAULT":
      return step(DROP, (course) => dropDefault(course, change.column, position));
    case "SET NOT NULL":
      return step(ATTRIBUTE, (course) => setNotNull(course, change.column, position));
    case "DROP NOT NULL":
      return step(DROP, (course) => dropNotNull(course, change.column, position));
    case "TYPE":
      return step(TYPE, (course) => changeType(course, change, position));
    default:
      return [];
  }
}

function addingColumn(column: ParsedColumnDefinition, ifNotExists: boolean, position: number): readonly Step[] {
  let isAdded = false;
  const add = ({ draft, sources, parts, added }: Course): void => {
    if (draft.columns.some(({ name }) => name === column.name.folded)) {
      if (ifNotExists) return;
      throw parts.error("42701", `column "${column.name.folded}" of relation "${draft.name}" already exists`, position);
    }
    parts.addColumn(draft, column);
    sources.push(undefined);
    added.push(column);
    isAdded = true;
  };
  const constraints = column.constraints.map((constraint) => addingConstraint(constraint, column.name.folded, () => isAdded));
  return [{ pass: ADD_COLUMN, run: add }, ...constraints];
}

function addingConstraint(constraint: ParsedConstraint, column: string | undefined, isWanted: () => boolean): Step {
  const { rule } = constraint.rule;
  const pass = rule === "CHECK" ? ADD_CHECK : rule === "FOREIGN KEY" ? REST : ADD_KEY;
  const run = (course: Course): void => {
    if (!isWanted()) return;
    const { draft, parts } = course;
    if (constraint.rule.rule === "CHECK") refuseUnknown(course, constraint.rule.condition, constraint.position);
    if (constraint.rule.rule === "PRIMARY KEY") for (const name of constraint.rule.columns) numberOf(course, name, constraint.position);
    if (rule !== "PRIMARY KEY" || draft.primaryKey === undefined) refuseName(course, constraint);
    if (rule === "CHECK" || rule === "FOREIGN KEY") course.checks = true;
    if (rule === "FOREIGN KEY") parts.addForeignKey(draft, constraint, column);
    else parts.addConstraint(draft, constraint, column);
  };
  return { pass, run };
}

/** What is wrong with an expression's columns comes before all else. */
function refuseUnknown({ draft: { columns }, parts }: Course, expression: ParsedExpression, position: number): void {
  const unknown = columnsIn(expression).find((used) => !columns.some(({ name }) => name === used.folded || name === used.text));
  if (unknown !== undefined) throw parts.error("42703", `column "${unknown.folded}" does not exist`, position);
}

/** A constraint's name is no other's of the table, and that of a key no other relation's. */
function refuseName({ draft, parts, place }: Course, { name, rule: { rule }, position }: ParsedConstraint): void {
  if (name === undefined || !["PRIMARY KEY", "UNIQUE", "CHECK"].includes(rule)) return;
  const { folded } = name;
  const { tables, database } = place;
  const isKey = draft.primaryKey?.name === folded || draft.uniques.some((key) => key.name === folded);
  if (rule !== "CHECK" && (isKey || tables.index(database, folded) !== undefined)) {
    throw sqlError("42P07", `relation "${folded}" already exists`);
  }
  if (isConstraint(draft, folded)) {
    throw parts.error("42710", `constraint "${folded}" for relation "${draft.name}" already exists`, position);
  }
}

function numberOf({ draft, parts }: Course, { folded, text }: ParsedName, position: number): number {
  const exact = draft.columns.findIndex(({ name }) => name === folded);
  const number = exact >= 0 ? exact : draft.columns.findIndex(({ name }) => name === text);
  if (number < 0) throw parts.error("42703", `column "${folded}" of relation "${draft.name}" does not exist`, position);
  return number;
}

function columnAt({ draft }: Course, number: number): CatalogColumn {
  return draft.columns[number] as CatalogColumn;
}

function setDefault(course: Course, change: Extract<ParsedTableChange, { change: "SET DEFAULT" }>, position: number): void {
  const number = numberOf(course, change.column, position);
  const column = columnAt(course, number);
  refuseIdentity(course, column, position);
  if (columnsIn(change.value).length > 0) {
    throw course.parts.error("0A000", "cannot use column reference in DEFAULT expression", position);
  }
  keepFirstDefault(course, number);
  course.draft.columns[number] = { ...column, defaultText: printExpression(change.value), identity: undefined, sequence: undefined };
}

/** The rows that there are have got what a column was added with. */
function keepFirstDefault(course: Course, number: number): void {
  const { name, type, defaultText = "NULL", identity } = columnAt(course, number);
  if (course.sources[number] !== undefined || identity !== undefined) return;
  course.sources[number] = bindOver(course, defaultText, { kind: "default", column: name, type });
}

function dropDefault(course: Course, name: ParsedName, position: number): void {
  const number = numberOf(course, name, position);
  const column = columnAt(course, number);
  refuseIdentity(course, column, position);
  course.draft.columns[number] = { ...column, defaultText: undefined, identity: undefined, sequence: undefined };
}

function refuseIdentity({ draft, parts }: Course, column: CatalogColumn, position: number): void {
  if (!parts.sequences.isIdentity(column)) return;
  throw parts.error("42601", `column "${column.name}" of relation "${draft.name}" is an identity column`, position);
}

function setNotNull(course: Course, name: ParsedName, position: number): void {
  const number = numberOf(course, name, position);
  const column = columnAt(course, number);
  course.checks ||= !column.notNull;
  course.draft.columns[number] = { ...column, notNull: true };
}

function dropNotNull(course: Course, name: ParsedName, position: number): void {
  const number = numberOf(course, name, position);
  const column = columnAt(course, number);
  refuseIdentity(course, column, position);
  if (course.draft.primaryKey?.columns.includes(number) === true) {
    throw course.parts.error("42P16", `column "${column.name}" is in a primary key`, position);
  }
  course.draft.columns[number] = { ...column, notNull: false };
}

// Dropping ----------------------------------------------------------------------------------------------------------------

type Dropping = Extract<ParsedTableChange, { change: "DROP COLUMN" | "DROP CONSTRAINT" }>;

function dropColumn(course: Course, { name, ifExists, cascade }: Dropping, position: number): void {
  const { draft, table, place, views } = course;
  if (ifExists && !draft.columns.some((column) => column.name === name.folded || column.name === name.text)) return;
  const number = numberOf(course, name, position);
  const column = columnAt(course, number);
  const users = views.filter((view) => usesColumn(view, table.name, column.name) && place.catalog.view(view.view.name) !== undefined);
  const references = referencesOf(course).filter(({ key }) => key.referenced.includes(column.name) && !isOwnColumn(course, key, number));
  const what = `column ${shown(column.name)} of table ${shown(table.name)}`;
  if (!cascade && users.length + references.length > 0) {
    const objects = [...users.map(({ view }) => `view ${shown(view.name)}`), ...references.map(named)];
    throw dependedOn(
      what,
      objects.map((object) => `${object} depends on ${what}`),
    );
  }
  dropViews(
    place,
    users.map(({ view }) => view.name),
  );
  dropReferences(course, references);
  takeColumn(course, number);
  course.parts.sequences.dropOwnedBy(table.name, column.name, cascade);
}

/** A name as messages show it: in quotes if it needs them. */
function shown(name: string): string {
  const parts = name.split(".").map((part) => (/^[a-z_][a-z0-9_$]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`));
  return parts.join(".");
}

function dependedOn(what: string, details: readonly string[]): Error {
  return sqlError("2BP01", `cannot drop ${what} because other objects depend on it (DETAIL: ${details.join("; ")}) ${DEPEND_HINT}`);
}

interface Reference {
  readonly table: string;
  readonly key: CatalogForeignKey;
}

function named({ table, key }: Reference): string {
  return `constraint ${shown(key.name)} on table ${shown(table)}`;
}

/** Foreign keys to the table, its own too. */
function referencesOf({ draft, place: { tables, database } }: Course): readonly Reference[] {
  const own = draft.foreignKeys.filter((key) => key.table === draft.name).map((key) => ({ table: draft.name, key }));
  return [...own, ...tables.referringTo(database, draft.name)];
}

/** A foreign key of the column itself goes with it. */
function isOwnColumn({ draft }: Course, key: CatalogForeignKey, number: number): boolean {
  return draft.foreignKeys.includes(key) && key.columns.includes(number);
}

function dropReferences({ draft, place: { tables, database } }: Course, references: readonly Reference[]): void {
  for (const { table, key } of references) {
    if (table !== draft.name) tables.dropForeignKey(database, table, key.name);
    else draft.foreignKeys.splice(draft.foreignKeys.indexOf(key), 1);
  }
}

/** Takes a column away, with the constraints and indexes that have it. */
function takeColumn(course: Course, number: number): void {
  const { draft, sources } = course;
  const { name } = columnAt(course, number);
  const without = <Key extends { readonly columns: readonly number[] }>(key: Key): Key => {
    return { ...key, columns: key.columns.map((column) => (column > number ? column - 1 : column)) };
  };
  const left = <Key extends { readonly columns: readonly number[] }>(keys: readonly Key[]): Key[] =>
    keys.filter(({ columns }) => !columns.includes(number)).map(without);
  draft.uniques.splice(0, Infinity, ...left(draft.uniques));
  draft.foreignKeys.splice(0, Infinity, ...left(draft.foreignKeys));
  if (draft.primaryKey !== undefined) [draft.primaryKey] = left([draft.primaryKey]);
  const checks = draft.checks.filter(
    ({ text }) => !columnsIn(parseExpression(text).expression).some((used) => used.folded === name || used.text === name),
  );
  draft.checks.splice(0, Infinity, ...checks);
  course.indexes = course.indexes.filter(({ parts }) => !parts.some((part) => "column" in part && part.column === name));
  draft.columns.splice(number, 1);
  sources.splice(number, 1);
}

function dropConstraint(course: Course, { name: { folded: name }, ifExists, cascade }: Dropping, position: number): void {
  const { draft, parts } = course;
  if (!isConstraint(draft, name)) {
    if (ifExists) return;
    throw parts.error("42704", `constraint "${name}" of relation "${draft.name}" does not exist`, position);
  }
  const key = draft.primaryKey?.name === name ? draft.primaryKey : draft.uniques.find((each) => each.name === name);
  if (key !== undefined) {
    const columns = key.columns.map((number) => columnAt(course, number).name);
    const references = referencesOf(course).filter((reference) => isSame(reference.key.referenced, columns));
    if (references.length > 0 && !cascade) {
      throw dependedOn(
        `constraint ${shown(name)} on table ${shown(draft.name)}`,
        references.map((reference) => `${named(reference)} depends on index ${shown(name)}`),
      );
    }
    dropReferences(course, references);
  }
  if (draft.primaryKey?.name === name) draft.primaryKey = undefined;
  for (const list of [draft.uniques, draft.checks, draft.foreignKeys] as { name: string | undefined }[][]) {
    const at = list.findIndex((each) => each.name === name);
    if (at >= 0) list.splice(at, 1);
  }
}

// Types -------------------------------------------------------------------------------------------------------------------

function changeType(course: Course, change: Extract<ParsedTableChange, { change: "TYPE" }>, position: number): void {
  const { draft, sources, table, parts } = course;
  if (change.using !== undefined) refuseUnknown(course, change.using, position);
  const number = numberOf(course, change.column, position);
  const column = columnAt(course, number);
  const source = sources[number];
  const old = typeof source === "number" ? table.columns[source] : undefined;
  if (old === undefined || old.type !== column.type) {
    throw parts.error("0A000", `cannot alter type of column "${column.name}" twice`, position);
  }
  const type = parts.type(change.type);
  if (column.identity !== undefined && !["smallint", "integer", "bigint"].includes(type.name)) {
    throw parts.error("22023", "identity column type must be smallint, integer, or bigint", position);
  }
  const isUsing = change.using !== undefined;
  const use = { kind: "transform", column: column.name, type, isUsing } as const;
  const text = change.using === undefined ? `"${column.name.replaceAll('"', '""')}"` : printExpression(change.using);
  if (isUsing || !holdsAll(type, column.type)) sources[number] = bindOver(course, text, use);
  draft.columns[number] = { ...column, type, defaultText: defaultOf(course, column, type) };
  const view = course.views.find((each) => usesColumn(each, table.name, column.name));
  if (view !== undefined) {
    const detail = `(DETAIL: rule _RETURN on view ${shown(view.view.name)} depends on column "${column.name}")`;
    throw sqlError("0A000", `cannot alter type of a column used by a view or rule ${detail}`);
  }
}

function bindOver({ place, table }: Course, text: string, use: TableExpressionUse): ReturnType<typeof bindTableExpression> {
  const { expression, text: whole } = parseExpression(text);
  const { catalog, functions, database } = place;
  const surroundings = { catalog, functions: functions.source(database), parameters: [] };
  return bindTableExpression(expression, whole, { name: table.name, table }, use, surroundings);
}

/** Whether every value of a type is one of another, held in the same way. */
function holdsAll(type: SqlType, old: SqlType): boolean {
  if (isSame(type, old)) return true;
  if (slotOf(type) !== slotOf(old) || type.element !== undefined || old.element !== undefined) return false;
  const integers = ["smallint", "integer", "bigint"];
  if (integers.includes(type.name)) return integers.indexOf(type.name) >= integers.indexOf(old.name);
  const [most] = type.modifiers;
  if (type.name === "text" || type.name === "character varying") {
    const isText = old.name === "text" || old.name === "character varying";
    return isText && (most === undefined || (old.modifiers[0] ?? Infinity) <= most);
  }
  return type.name === old.name && most === undefined;
}

/** The default of a column that gets another type: what it was. A literal in quotes has been a value of the old type. */
function defaultOf(course: Course, { name, type: old, defaultText }: CatalogColumn, type: SqlType): string | undefined {
  if (defaultText === undefined || holdsAll(type, old)) return defaultText;
  const isText = parseExpression(defaultText).expression.kind === "ParsedString";
  const text = isText ? `CAST(${defaultText} AS ${spellType(old)})` : defaultText;
  try {
    bindOver(course, text, { kind: "default", column: name, type });
  } catch (error) {
    if (!(error instanceof DatabaseError) || sqlStateOf(error) !== "42804") throw error;
    throw sqlError("42804", `default for column "${name}" cannot be cast automatically to type ${formatPlainType(type)}`);
  }
  return text;
}

/** Both sides of a foreign key are of types that can be compared. */
function refuseOtherTypes(course: Course, to: StoredTable): void {
  const { tables, database } = course.place;
  const own = (to.foreignKeys ?? []).map((key) => ({ child: to, key }));
  const others = tables.referringTo(database, to.name).flatMap(({ table, key }) => {
    const child = tables.table(database, table);
    return child === undefined ? [] : [{ child, key }];
  });
  for (const { child, key } of [...own, ...others]) {
    const parent = key.table === to.name ? to : tables.table(database, key.table);
    key.columns.forEach((column, index) => {
      const target = parent?.columns.find(({ name }) => name === key.referenced[index]);
      if (target !== undefined) refuseKeyTypes(key.name, child.columns[column] as CatalogColumn, target);
    });
  }
}

// Carrying out ------------------------------------------------------------------------------------------------------------

function carryOut({ place, table, sources, indexes, checks }: Course, to: StoredTable): void {
  const from = storedOf(table);
  if (isSame(from, to) && sources.every((source, number) => source === number)) return;
  const rows = rowsOf(from, to, sources);
  wordedAnew(to.name, () => place.tables.alter(place.database, { from, to, rows, indexes, checks }));
}

function isSameKeyOf(sources: readonly ColumnSource[], columns: readonly number[] | undefined): boolean {
  return sources.length === columns?.length && sources.every((source, index) => source === columns[index]);
}

/** What becomes of the rows; undefined: nothing. */
function rowsOf(from: StoredTable, to: StoredTable, sources: readonly ColumnSource[]): RowAlteration | undefined {
  const isOld = sources.length === from.columns.length && sources.every((source, number) => source === number);
  const isSameKey = isSame(from.primaryKey?.columns, to.primaryKey?.columns);
  const isSameKind = to.columns.every(({ type }, number) => from.columns[number] && slotOf(type) === slotOf(from.columns[number].type));
  if (isOld && isSameKey && isSameKind) return undefined;
  const newKey = to.primaryKey?.columns.map((column) => sources[column]);
  const isAdded = sources.some((source, number) => {
    const column = to.columns[number] as CatalogColumn;
    return source === undefined && (column.defaultText !== undefined || column.identity !== undefined);
  });
  const isDropped = from.columns.some((_, number) => !sources.includes(number));
  return {
    sources,
    changesKeys: newKey !== undefined && !isSameKeyOf(newKey, from.primaryKey?.columns),
    changesValues: isAdded || isDropped || sources.some((source) => typeof source === "object"),
  };
}
