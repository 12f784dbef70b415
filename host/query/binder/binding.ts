/**
 * What the binding of one statement gathers: numbers of columns, types of parameters and literals, collections used; and its errors.
 *
 * Positions of bound expressions, which only messages need, lie beside the expressions, not in them: equal expressions stay equal.
 */
import type { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedName, ParsedNames } from "../ast/name.ts";
import type { Catalog, CatalogFields } from "../catalog/catalog.ts";
import type { FunctionSource } from "../function/table.ts";
import { lineAndColumn } from "../parser/position.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { Dependency, LogicalPlan } from "../plan/operator.ts";
import { sameType } from "../type/category.ts";
import { formatPlainType } from "../type/name.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { SourceScan } from "./scope.ts";

/** What a statement is bound against. */
export interface Surroundings {
  readonly catalog: Catalog;
  readonly functions: FunctionSource | undefined;
  /** Types of $1, $2 ... that are known beforehand; the others are inferred. */
  readonly parameters: readonly (SqlType | undefined)[];
  /** Told of each name of a table, view or declared column that the statement itself uses, not the views in it. */
  readonly noteUse?: (use: NameUse) => void;
}

/**
 * A use of a table or view, or of a declared column; `name` is undefined where it is not written: `*`, USING, other names for columns. A star
 * is told with what it stands for, if that is known once and for all.
 */
export type NameUse =
  | { readonly kind: "table"; readonly collection: string; readonly names: ParsedNames }
  | { readonly kind: "column"; readonly collection: string; readonly column: string; readonly name: ParsedName | undefined }
  | { readonly kind: "star"; readonly qualifier: readonly ParsedName[]; readonly columns: readonly StarColumn[] };

export interface StarColumn {
  /** Undefined for what USING has merged. */
  readonly source: string | undefined;
  readonly name: string;
}

export class Binding {
  readonly catalog: Catalog;
  readonly functions: FunctionSource | undefined;
  /** Scan columns that are paths of documents: a field below one is a longer path. */
  readonly paths = new Map<ColumnId, { readonly scan: SourceScan; readonly names: readonly string[] }>();
  /** Where columns of select lists stand, and where columns of enclosing queries are used: for messages. */
  readonly columnPositions = new Map<ColumnId, number>();
  readonly outerPositions = new Map<ColumnId, number>();
  readonly #parameters: (SqlType | undefined)[];
  readonly #parameterPositions: (number | undefined)[] = [];
  readonly #dependencies = new Map<string, Dependency>();
  readonly #positions = new WeakMap<BoundExpression, number>();
  readonly #fields = new Map<string, CatalogFields>();
  /** Fields that the statement writes. */
  readonly #brought = new Set<string>();
  /** Views whose queries are being bound, from the outside in. */
  readonly #views: string[] = [];
  readonly #noteUse: Surroundings["noteUse"];
  #text: string;
  #columns = 0;
  #commonTables = 0;

  constructor(text: string, surroundings: Surroundings) {
    this.#text = text;
    this.catalog = surroundings.catalog;
    this.functions = surroundings.functions;
    this.#parameters = [...surroundings.parameters];
    this.#noteUse = surroundings.noteUse;
  }

  /** What `Catalog.fields` says; asked once for each level of documents. */
  fields(collection: string, path: readonly string[]): CatalogFields {
    const key = JSON.stringify([collection, path]);
    let fields = this.#fields.get(key);
    if (fields === undefined) {
      fields = this.catalog.fields(collection, path);
      this.#fields.set(key, fields);
    }
    return fields;
  }

  /** The statement brings fields to a collection without schema, which are among its own from here on. */
  bring(collection: string, fields: readonly string[]): void {
    const known = this.fields(collection, []);
    for (const name of fields) this.#brought.add(JSON.stringify([collection, name]));
    const added = fields.filter((name, at) => !known.names.includes(name) && fields.indexOf(name) === at);
    if (added.length > 0) this.#fields.set(JSON.stringify([collection, []]), { ...known, names: [...known.names, ...added] });
  }

  /** What positions are offsets of. */
  get text(): string {
    return this.#text;
  }

  newColumn(): ColumnId {
    return this.#columns++;
  }

  newCommonTable(): number {
    return this.#commonTables++;
  }

  /** An error with PostgreSQL's message and state, at an offset of the text. */
  error(state: string, message: string, position: number): DatabaseError {
    const { line, column } = lineAndColumn(this.#text, position);
    return sqlError(state, `${message} at line ${line}:${column}`);
  }

  /** Binds the query of a view: positions are those of its own text meanwhile. */
  inView<T>(name: string, text: string, position: number, bind: () => T): T {
    if (this.#views.includes(name)) throw this.error("42P17", `infinite recursion detected in rules for relation "${name}"`, position);
    const outer = this.#text;
    this.#views.push(name);
    this.#text = text;
    try {
      return bind();
    } finally {
      this.#text = outer;
      this.#views.pop();
    }
  }

  /** Tells who wants to know it what the statement uses. */
  noteUse(use: () => NameUse | undefined): void {
    if (this.#noteUse === undefined || this.#views.length > 0) return;
    const used = use();
    if (used !== undefined) this.#noteUse(used);
  }

  notSupported(construct: string, position: number): DatabaseError {
    return this.error("0A000", `${construct} is not supported`, position);
  }

  /** Remembers where an expression stands, for messages. */
  at<T extends BoundExpression>(expression: T, position: number): T {
    if (!this.#positions.has(expression)) this.#positions.set(expression, position);
    return expression;
  }

  positionOf(expression: BoundExpression): number | undefined {
    return this.#positions.get(expression);
  }

  /** The type of $index as known so far. */
  parameter(index: number, position: number): SqlType {
    this.#parameterPositions[index - 1] ??= position;
    return this.#parameters[index - 1] ?? plainType("unknown");
  }

  /** Gives a parameter its type; the first use decides, and others must agree. */
  setParameter(index: number, type: SqlType, position: number): void {
    const known = this.#parameters[index - 1];
    if (known !== undefined && !sameType(known, type)) {
      const types = `${formatPlainType(known)} versus ${formatPlainType(type)}`;
      throw this.error("42P08", `inconsistent types deduced for parameter $${index} (DETAIL: ${types})`, position);
    }
    this.#parameters[index - 1] = known ?? type;
  }

  /** Types of all parameters. Throws for one that nothing says anything about. */
  parameterTypes(): readonly SqlType[] {
    const count = Math.max(this.#parameters.length, this.#parameterPositions.length);
    return Array.from({ length: count }, (_, index) => {
      const type = this.#parameters[index];
      if (type !== undefined) return type;
      const position = this.#parameterPositions[index];
      throw this.error("42P18", `could not determine data type of parameter $${index + 1}`, position ?? 0);
    });
  }

  /** Notes that the plan depends on what the catalog says of a collection; `isAbsent`: on there being no rows of it. */
  dependOn(collection: string, isAbsent = false): void {
    const presence = this.#dependencies.get(collection)?.presence;
    const version = this.catalog.version(collection);
    this.#dependencies.set(collection, { collection, version, isAbsent, ...(presence === undefined ? {} : { presence }) });
  }

  /** Whether no document has the field, so that `*` is to leave it out. */
  isLacking(collection: string, name: string): boolean {
    if (this.#brought.has(JSON.stringify([collection, name])) || this.catalog.presence === undefined) return false;
    const known = this.#dependencies.get(collection) ?? { collection, version: this.catalog.version(collection) };
    const presence = known.presence ?? this.catalog.presence(collection);
    if (known.presence === undefined) this.#dependencies.set(collection, { ...known, presence });
    return this.catalog.isLacking?.(collection, name, presence) === true;
  }

  dependencies(): LogicalPlan["dependencies"] {
    return [...this.#dependencies.values()];
  }
}
