/**
 * Statements that define: CREATE TABLE [AS], CREATE INDEX, VIEW, SCHEMA, DROP, TRUNCATE; ALTER TABLE is alter-table.ts. What is asked for becomes a record of the
 * catalog (schema-json.ts), which engine-tables.ts carries out.
 *
 * 1. A definition that fails leaves all as it was.
 * 2. Names of constraints and indexes that were not given are PostgreSQL's: t_pkey, t_a_b_key, t_a_check, t_a_idx.
 * 3. Checks and defaults are kept as the text that the parser's printer makes of them.
 */
import { CELL_NOW, COLLECTION_LIVE, COLLECTION_ROWS } from "../../../assembly/abi/record.ts";
import { DatabaseError } from "../../common/error.ts";
import { sqlError, sqlStateOf } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import type {
  ParsedColumnDefinition,
  ParsedConstraint,
  ParsedCreateFunction,
  ParsedCreateIndex,
  ParsedCreateTable,
  ParsedCreateView,
  ParsedDrop,
  ParsedIndexElement,
} from "../ast/definition.ts";
import type { ParsedExpression } from "../ast/expression.ts";
import type { ParsedTruncate } from "../ast/modification.ts";
import type { ParsedName } from "../ast/name.ts";
import { printSql } from "../ast/print.ts";
import { printExpression } from "../ast/print-expression.ts";
import type { ParsedQuery } from "../ast/query.ts";
import type { ParsedStatement } from "../ast/statement.ts";
import { bindStatement } from "../binder/bind.ts";
import { columnNames, startOf } from "../binder/expression.ts";
import type { CatalogColumn, CatalogTable } from "../catalog/catalog.ts";
import { LABEL_INDEX_KEYS } from "../catalog/graph.ts";
import type { StoredPart } from "../catalog/schema-json.ts";
import { lineAndColumn } from "../parser/position.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { typeNamed } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import { alterTable } from "./alter-table.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { type EngineTables, INDEX_KEYS, keyName, uniqueName } from "./engine-tables.ts";
import { foreignKeyOf } from "./foreign-keys.ts";
import { createFunction, dropFunction } from "./function-definition.ts";
import { createSchema, dropSchema, requireSchema } from "./schema-definition.ts";
import { type ColumnSequence, SequenceDefinition } from "./sequence-definition.ts";
import { collectionOf, columnsIn, type Draft, finished, isConstraint, type TableParts, unused } from "./table-draft.ts";
import { bytesOfText } from "./value.ts";
import { createView, type DefinitionPlace, dropView, releaseDependents } from "./view-definition.ts";

/** Integers that count by themselves, and what they are. */
const SERIALS: Readonly<Record<string, "smallint" | "integer" | "bigint">> = {
  smallserial: "smallint",
  serial2: "smallint",
  serial: "integer",
  serial4: "integer",
  bigserial: "bigint",
  serial8: "bigint",
};

/** Runs an INSERT ... SELECT; answers the rows. */
export type Fill = (text: string) => number;

export class Definition {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #tables: EngineTables;
  readonly #database: number;
  readonly #text: string;
  readonly #place: DefinitionPlace;
  readonly #fill: Fill;
  readonly #sequences: SequenceDefinition;

  constructor(functions: EngineFunctions, place: DefinitionPlace, text: string, fill: Fill) {
    this.#engine = place.engine;
    this.#functions = functions;
    this.#tables = place.tables;
    this.#database = place.database;
    this.#text = text;
    this.#place = place;
    this.#fill = fill;
    this.#sequences = new SequenceDefinition(place);
  }

  /** Carries a statement out; answers how many rows it removed, or undefined. */
  run(statement: ParsedStatement): number | undefined {
    return this.#tables.unit(() => this.#run(statement));
  }

  #run(statement: ParsedStatement): number | undefined {
    switch (statement.kind) {
      case "ParsedCreateTable":
        return this.#createTable(statement);
      case "ParsedCreateIndex":
        return this.#createIndex(statement);
      case "ParsedCreateView":
        return this.#createView(statement);
      case "ParsedCreateSchema":
        createSchema(this.#place, statement.name.folded, statement.ifNotExists);
        return undefined;
      case "ParsedCreateFunction":
        this.#createFunction(statement);
        return undefined;
      case "ParsedCreateSequence": {
        const name = collectionOf(statement.sequence);
        requireSchema(this.#place, name);
        this.#sequences.create(statement, name);
        return undefined;
      }
      case "ParsedAlterSequence":
        this.#sequences.alter(statement, collectionOf(statement.sequence));
        return undefined;
      case "ParsedDrop":
        return this.#drop(statement);
      case "ParsedTruncate":
        return this.#truncate(statement);
      case "ParsedAlterTable":
        alterTable(this.#place, this.#parts, statement);
        return undefined;
      default:
        throw this.#error("0A000", `${statementName(statement.kind)} is not supported`, statement.position);
    }
  }

  // Tables ------------------------------------------------------------------------------------------------------------------

  #createTable(statement: ParsedCreateTable): number | undefined {
    const name = collectionOf(statement.table);
    const { position } = statement;
    if (statement.persistence === "temporary") throw this.#error("0A000", "CREATE TEMPORARY TABLE is not supported", position);
    if (name.includes(":")) throw this.#error("42602", `invalid table name "${name}"`, position);
    requireSchema(this.#place, name);
    if (this.#tables.table(this.#database, name) !== undefined || this.#place.catalog.view(name) !== undefined) {
      if (statement.ifNotExists) return undefined;
      throw sqlError("42P07", `relation "${name}" already exists`);
    }
    if (statement.source !== undefined) return this.#createFrom(name, statement, statement.source);
    const draft: Draft = { name, columns: [], uniques: [], checks: [], foreignKeys: [], primaryKey: undefined };
    for (const column of statement.columns) this.#addColumn(draft, column);
    for (const column of statement.columns) {
      for (const constraint of column.constraints) this.#addConstraint(draft, constraint, column.name.folded);
    }
    for (const constraint of statement.constraints) this.#addConstraint(draft, constraint, undefined);
    // The table's own keys are known only now.
    for (const column of statement.columns) {
      for (const constraint of column.constraints) this.#addForeignKey(draft, constraint, column.name.folded);
    }
    for (const constraint of statement.constraints) this.#addForeignKey(draft, constraint, undefined);
    const { table, sequences } = this.#parts.withSequences(finished(draft), statement.columns);
    this.#tables.define(this.#database, table);
    try {
      this.#sequences.make(sequences);
    } catch (error) {
      this.#tables.undefine(this.#database, name);
      throw error;
    }
    return undefined;
  }

  /** CREATE TABLE ... AS: the table has the query's columns and, unless told otherwise, its rows. */
  #createFrom(name: string, { columns, withData }: ParsedCreateTable, source: ParsedQuery): number {
    const query = printSql(source);
    const { catalog, source: functionsOf, database } = this.#place;
    const plan = bindStatement(parseSql(query), query, { catalog, functions: functionsOf(database), parameters: [] });
    if (plan.dependencies.some(({ collection }) => collection === name)) throw sqlError("42P07", `relation "${name}" already exists`);
    if (plan.parameters.length > 0) throw sqlError("42P02", "there is no parameter $1");
    if (columns.length > plan.output.length) throw sqlError("42601", "too many column names were specified");
    const draft: Draft = { name, columns: [], uniques: [], checks: [], foreignKeys: [], primaryKey: undefined };
    for (const [index, { name: own, type }] of plan.output.entries()) {
      const column = columns[index]?.name.folded ?? own;
      if (draft.columns.some((other) => other.name === column)) {
        throw sqlError("42701", `column "${column}" specified more than once`);
      }
      draft.columns.push({ name: column, type: storedType(type), notNull: false, defaultText: undefined, identity: undefined });
    }
    this.#tables.define(this.#database, finished(draft));
    if (!withData) return 0;
    try {
      return this.#atOnce(() => this.#fill(`INSERT INTO ${quotedName(name)} ${query}`));
    } catch (error) {
      this.#tables.undefine(this.#database, name);
      throw error;
    }
  }

  /** What ALTER TABLE adds is what CREATE TABLE declares. */
  get #parts(): TableParts {
    return {
      addColumn: (draft, column) => this.#addColumn(draft, column),
      addConstraint: (draft, constraint, column) => this.#addConstraint(draft, constraint, column),
      addForeignKey: (draft, constraint, column) => this.#addForeignKey(draft, constraint, column),
      type: (type) => this.#type(type),
      withSequences: (table, columns) => this.#sequences.planned(table, columns.flatMap(countedColumn)),
      sequences: this.#sequences,
      error: (state, message, position) => this.#error(state, message, position),
    };
  }

  // Views -------------------------------------------------------------------------------------------------------------------

  #createView(statement: ParsedCreateView): undefined {
    const name = collectionOf(statement.view);
    if (statement.temporary) throw this.#error("0A000", "CREATE TEMPORARY VIEW is not supported", statement.position);
    if (name.includes(":")) throw this.#error("42602", `invalid view name "${name}"`, statement.position);
    requireSchema(this.#place, name);
    createView(this.#place, name, statement);
  }

  #createFunction(statement: ParsedCreateFunction): void {
    const name = collectionOf(statement.names);
    requireSchema(this.#place, name);
    createFunction(this.#place, name, statement);
  }

  #addColumn(draft: Draft, { name, type, constraints, position }: ParsedColumnDefinition): void {
    const column = name.folded;
    if (draft.columns.some((other) => other.name === column)) {
      throw this.#error("42701", `column "${column}" specified more than once`, position);
    }
    if (type === undefined) throw this.#error("42601", `column "${column}" has no type`, position);
    const serial = SERIALS[type.name.join(".")];
    let notNull = serial !== undefined;
    let defaultText: string | undefined;
    let identity: CatalogColumn["identity"] = serial === undefined ? undefined : "default";
    const rules = new Set(constraints.map(({ rule }) => rule.rule));
    if (rules.has("NULL") && (rules.has("NOT NULL") || rules.has("PRIMARY KEY"))) {
      throw this.#error("42601", `conflicting NULL/NOT NULL declarations for column "${column}" of table "${draft.name}"`, position);
    }
    for (const { rule, position: at } of constraints) {
      if (rule.rule === "NOT NULL") notNull = true;
      else if (rule.rule === "DEFAULT") {
        if (columnsIn(rule.value).length > 0) throw this.#error("0A000", "cannot use column reference in DEFAULT expression", at);
        defaultText = printExpression(rule.value);
      } else if (rule.rule === "IDENTITY") {
        identity = rule.always ? "always" : "default";
        notNull = true;
      } else if (rule.rule === "GENERATED") throw this.#error("0A000", "generated columns are not supported", at);
    }
    draft.columns.push({ name: column, type: serial === undefined ? this.#type(type) : plainType(serial), notNull, defaultText, identity });
  }

  #type(parsed: Parameters<typeof typeNamed>[0] & { readonly position: number }): SqlType {
    const type = typeNamed(parsed);
    if ("state" in type) throw this.#error(type.state, type.message, parsed.position);
    return type;
  }

  #addConstraint(draft: Draft, { name, rule, position }: ParsedConstraint, column: string | undefined): void {
    const given = name?.folded;
    switch (rule.rule) {
      case "PRIMARY KEY":
        if (draft.primaryKey !== undefined) {
          throw this.#error("42P16", `multiple primary keys for table "${draft.name}" are not allowed`, position);
        }
        draft.primaryKey = { name: given, columns: this.#numbers(draft, rule.columns, column, position, "primary key") };
        return;
      case "UNIQUE": {
        if (!rule.nullsDistinct) throw this.#error("0A000", "UNIQUE NULLS NOT DISTINCT is not supported", position);
        const columns = this.#numbers(draft, rule.columns, column, position, "unique");
        const key = { name: given, columns };
        draft.uniques.push({ name: unused(draft, uniqueName(draft, key)), columns });
        return;
      }
      case "CHECK": {
        // PostgreSQL names a check after its column when it has exactly one, wherever it was written.
        const used = new Set(columnsIn(rule.condition).map(({ folded }) => folded));
        const [only] = used;
        const base = used.size === 1 ? `${draft.name}_${only}_check` : `${draft.name}_check`;
        draft.checks.push({ name: given ?? unused(draft, base), text: printExpression(rule.condition) });
        return;
      }
      default:
        return;
    }
  }

  #addForeignKey(draft: Draft, { name, rule, position, deferrable }: ParsedConstraint, column: string | undefined): void {
    if (rule.rule !== "FOREIGN KEY") return;
    if (deferrable) throw this.#error("0A000", "DEFERRABLE is not supported", position);
    const { references } = rule;
    const columns = rule.columns.length === 0 && column !== undefined ? [column] : rule.columns.map(({ folded }) => folded);
    const given = name?.folded ?? unused(draft, `${[draft.name, ...columns].join("_")}_fkey`);
    if (isConstraint(draft, given))
      throw this.#error("42710", `constraint "${given}" for relation "${draft.name}" already exists`, position);
    const other = collectionOf(references.table);
    const find = (table: string): CatalogTable | undefined => this.#tables.table(this.#database, table);
    try {
      draft.foreignKeys.push(foreignKeyOf(draft, { columns, references, name: given }, other, find));
    } catch (error) {
      const state = error instanceof DatabaseError ? sqlStateOf(error) : undefined;
      if (state === undefined) throw error;
      throw this.#error(state, (error as Error).message.replace(` [${state}]`, ""), position);
    }
  }

  #numbers({ columns }: Draft, names: readonly ParsedName[], own: string | undefined, position: number, what: string): readonly number[] {
    const wanted = names.length === 0 && own !== undefined ? [own] : names.map(({ folded }) => folded);
    const numbers = wanted.map((name) => {
      const number = columns.findIndex((column) => column.name === name);
      if (number < 0) throw this.#error("42703", `column "${name}" named in key does not exist`, position);
      return number;
    });
    const twice = wanted.find((name, index) => wanted.indexOf(name) !== index);
    if (twice !== undefined) throw this.#error("42701", `column "${twice}" appears twice in ${what} constraint`, position);
    return numbers;
  }

  // Indexes -----------------------------------------------------------------------------------------------------------------

  #createIndex(statement: ParsedCreateIndex): undefined {
    const { position, unique, elements } = statement;
    if (statement.where !== undefined) throw this.#error("0A000", "a partial index (WHERE) is not supported", startOf(statement.where));
    if (statement.include.length > 0) throw this.#error("0A000", "INCLUDE is not supported", position);
    if (!statement.nullsDistinct) throw this.#error("0A000", "NULLS NOT DISTINCT is not supported", position);
    const method = statement.method?.folded ?? "btree";
    if (method !== "btree") throw this.#error("0A000", `access method "${method}" is not supported`, position);
    const table = collectionOf(statement.table);
    if (this.#place.catalog.view(table) !== undefined) throw this.#error("42809", `cannot create index on relation "${table}"`, position);
    const parts = elements.map((element) => this.#part(table, element));
    const named = parts.map((part) => ("column" in part ? part.column : part.path.join("_")));
    const name = statement.name?.folded ?? this.#freeIndexName(`${[table, ...named].join("_")}_idx`);
    if (this.#isIndex(table, name)) {
      if (statement.ifNotExists) return undefined;
      throw sqlError("42P07", `relation "${name}" already exists`);
    }
    this.#tables.addIndex(this.#database, { table, name, unique, parts });
    return undefined;
  }

  #isIndex(table: string, name: string): boolean {
    if (this.#isIndexKey(name)) return true;
    const declared = this.#tables.table(this.#database, table);
    if (declared === undefined) return false;
    return (declared.primaryKey !== undefined && keyName(declared) === name) || declared.indexes.some((index) => index.name === name);
  }

  #freeIndexName(base: string): string {
    let name = base;
    for (let number = 1; this.#isIndexKey(name); number++) name = `${base}${number}`;
    return name;
  }

  /** Indexes of collections and of labels share their names. */
  #isIndexKey(name: string): boolean {
    return [INDEX_KEYS, LABEL_INDEX_KEYS].some((keys) => this.#tables.readKey(this.#database, keys + name) !== undefined);
  }

  #part(table: string, { value, descending, nulls, position }: ParsedIndexElement): StoredPart {
    if (nulls !== undefined && (nulls === "FIRST") !== descending) {
      throw this.#error("0A000", `NULLS ${nulls} of an index is not supported in this order`, position);
    }
    const names = pathOf(value);
    const order = { descending, nullsFirst: descending };
    if (names === undefined) throw this.#error("0A000", `an index on ${printExpression(value)} is not supported`, startOf(value));
    const declared = this.#tables.table(this.#database, table);
    if (declared === undefined)
      return { path: names.map(({ text, quoted, folded }) => this.#fieldName(table, text, quoted, folded)), ...order };
    const [first] = names;
    const column =
      declared.columns.find((each) => each.name === first?.folded) ?? declared.columns.find((each) => each.name === first?.text);
    if (column === undefined) throw this.#error("42703", `column "${first?.folded}" does not exist`, position);
    if (names.length > 1) throw this.#error("0A000", `an index on a part of column "${column.name}" is not supported`, position);
    return { column: column.name, ...order };
  }

  /** Fields of documents keep their case: a name that was not quoted is taken as written. */
  #fieldName(_table: string, text: string, quoted: boolean, folded: string): string {
    return quoted || text !== folded ? text : folded;
  }

  // Dropping ----------------------------------------------------------------------------------------------------------------

  #drop({ object, objects, ifExists, cascade }: ParsedDrop): undefined {
    for (const each of objects) {
      const name = collectionOf(each.names);
      if (object === "FUNCTION") dropFunction(this.#place, name, each, ifExists, cascade);
      else if (object === "SEQUENCE") this.#sequences.drop(name, ifExists, cascade);
      else if (object === "VIEW") dropView(this.#place, name, ifExists, cascade);
      else if (object === "SCHEMA")
        dropSchema(
          this.#place,
          name,
          ifExists,
          cascade,
          (table) => this.dropTable(table, true),
          (sequence) => this.#sequences.drop(sequence, true, true),
        );
      else if (object === "TABLE") {
        if (this.dropTable(name, cascade) === undefined && !ifExists) throw sqlError("42P01", `table "${name}" does not exist`);
      } else if (!this.#tables.dropIndex(this.#database, name) && !ifExists) throw sqlError("42704", `index "${name}" does not exist`);
    }
    return undefined;
  }

  /** Drops a table with its rows and indexes; answers how many rows there were, or undefined: there is no such table. */
  dropTable(name: string, cascade: boolean): number | undefined {
    const table = this.#tables.table(this.#database, name);
    if (table === undefined) {
      if (this.#place.catalog.view(name) === undefined) return undefined;
      const [verb, what] = this.#place.sequences.find(this.#database, name) ? ["DROP SEQUENCE", "sequence"] : ["DROP VIEW", "view"];
      throw sqlError("42809", `"${name}" is not a table (HINT: Use ${verb} to remove a ${what}.)`);
    }
    releaseDependents(this.#place, "table", name, cascade);
    this.#releaseReferences(name, cascade);
    this.#sequences.dropOwned(name);
    const removed = this.#removeRows([name]);
    for (const index of table.indexes) this.#tables.dropIndex(this.#database, index.name);
    this.#tables.undefine(this.#database, name);
    return removed;
  }

  /** Foreign keys of other tables to one that is dropped go with it, or stand in the way. */
  #releaseReferences(name: string, cascade: boolean): void {
    const references = this.#tables.referringTo(this.#database, name);
    if (references.length > 0 && !cascade) {
      const detail = references.map(({ table, key }) => `constraint ${key.name} on table ${table} depends on table ${name}`).join("; ");
      const hint = "Use DROP ... CASCADE to drop the dependent objects too.";
      throw sqlError("2BP01", `cannot drop table ${name} because other objects depend on it (DETAIL: ${detail}) (HINT: ${hint})`);
    }
    for (const { table, key } of references) this.#tables.dropForeignKey(this.#database, table, key.name);
  }

  /** A table that others refer to is emptied together with them. */
  #refuseReferenced(names: readonly string[]): void {
    for (const name of names) {
      const other = this.#tables.referringTo(this.#database, name).find(({ table }) => !names.includes(table))?.table;
      if (other === undefined) continue;
      const detail = `(DETAIL: Table "${other}" references "${name}".)`;
      const hint = `(HINT: Truncate table "${other}" at the same time, or use TRUNCATE ... CASCADE.)`;
      throw sqlError("0A000", `cannot truncate a table referenced in a foreign key constraint ${detail} ${hint}`);
    }
  }

  /** Tables with those that refer to them, directly or by others. */
  #withReferring(names: readonly string[]): readonly string[] {
    const all = new Set(names);
    for (const name of all) for (const { table } of this.#tables.referringTo(this.#database, name)) all.add(table);
    return [...all];
  }

  #truncate({ tables, position, cascade, restartIdentity }: ParsedTruncate): number {
    const named = tables.map(collectionOf);
    const names = cascade ? this.#withReferring(named) : named;
    for (const name of names) {
      if (this.#place.catalog.view(name) !== undefined) throw this.#error("42809", `"${name}" is not a table`, position);
      this.#tables.tell("track_collection", this.#database, name);
      const known = this.#tables.table(this.#database, name) !== undefined || this.#tables.find(this.#database, name) !== 0;
      if (!known) throw this.#error("42P01", `relation "${name}" does not exist`, position);
    }
    this.#refuseReferenced(names);
    const removed = this.#removeRows(names);
    if (restartIdentity) for (const name of names) this.#sequences.restartOwned(name);
    return removed;
  }

  /** Removes all rows of collections; answers how many there were. */
  #removeRows(names: readonly string[]): number {
    return this.#atOnce(() => names.reduce((removed, name) => removed + this.#removeAll(name), 0));
  }

  #removeAll(name: string): number {
    const { memory } = this.#engine;
    this.#tables.tell("track_collection", this.#database, name);
    const handle = this.#tables.find(this.#database, name);
    if (handle === 0) return 0;
    const rows = memory.looseWord(handle + COLLECTION_ROWS);
    const live = memory.looseWord(handle + COLLECTION_LIVE);
    const remove = this.#functions.required("row_remove");
    for (let row = 0; row < rows; row++) {
      this.#functions.released(() => this.#functions.withBytes(bytesOfText(name), (pointer, length) => remove(pointer, length, row)));
      this.#functions.check();
    }
    return live;
  }

  /** Writes rows as one statement, which leaves nothing when it throws. */
  #atOnce<T>(write: () => T): T {
    const { memory } = this.#engine;
    this.#functions.required("statement_begin")(this.#database, memory.float(this.#functions.cells + CELL_NOW));
    let result: T;
    try {
      result = write();
    } catch (error) {
      this.#functions.required("statement_end")(0);
      memory.refresh();
      throw error;
    }
    const isKept = this.#functions.required("statement_end")(1) === 1;
    memory.refresh();
    if (!isKept) throw this.#tables.refusal();
    return result;
  }

  #error(state: string, message: string, position: number): Error {
    const { line, column } = lineAndColumn(this.#text, position);
    return sqlError(state, `${message} at line ${line}:${column}`);
  }
}

/** The type of a column that holds a query's values: dynamic ones as JSON, literals in quotes as text. */
function storedType(type: SqlType): SqlType {
  if (type.name === "any") return plainType("jsonb");
  return type.name === "unknown" ? plainType("text") : type;
}

/** `schema.table`, each part in quotes. */
function quotedName(name: string): string {
  return name
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
}

/** What a column says that counts by itself. */
function countedColumn({ name, type, constraints }: ParsedColumnDefinition): readonly ColumnSequence[] {
  const serial = SERIALS[type?.name.join(".") ?? ""];
  const rule = constraints.map((constraint) => constraint.rule).find((each) => each.rule === "IDENTITY");
  if (serial !== undefined) return [{ column: name.folded, type: serial, isIdentity: false, options: [] }];
  if (rule?.rule !== "IDENTITY" || type === undefined) return [];
  const named = typeNamed(type);
  return [{ column: name.folded, type: "state" in named ? "" : named.name, isIdentity: true, options: rule.options }];
}

/** The path of an element: `a.b`, and `a.b -> 'c'`, which is the same of documents; undefined for other expressions. */
function pathOf(value: ParsedExpression): readonly ParsedName[] | undefined {
  if (value.kind !== "ParsedBinary" || value.operator !== "->" || value.right.kind !== "ParsedString") return columnNames(value);
  const { position, value: text } = value.right;
  const names = pathOf(value.left);
  return names && [...names, { kind: "ParsedName", position, text, folded: text, quoted: true }];
}

/** `ParsedAlterTable` → ALTER TABLE. */
function statementName(kind: string): string {
  return kind
    .replace("Parsed", "")
    .replace(/(?!^)[A-Z]/g, " $&")
    .toUpperCase();
}
