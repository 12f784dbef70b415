/**
 * What the binding of one Cypher statement gathers: numbers of columns, names of parameters; and its errors.
 *
 * All parameters are of type `value`: what they hold is known at execution only.
 */
import { type CypherErrorClass, cypherError } from "../../../common/cypher-error.ts";
import type { DatabaseError } from "../../../common/error.ts";
import { lineAndColumn } from "../../parser/position.ts";
import type { BoundColumn, BoundConstant, BoundExpression, BoundParameter, ColumnId } from "../../plan/expression.ts";
import type { Dependency, LogicalPlan, PlanColumn } from "../../plan/operator.ts";
import { arrayOf, plainType, type SqlType } from "../../type/type.ts";
import type { Surroundings } from "../binding.ts";
import type { Kinds } from "./kind.ts";
import type { RowSource } from "./row.ts";

/** What a Cypher statement is bound against. */
export type CypherSurroundings = Pick<Surroundings, "catalog" | "functions">;

/** Types of Cypher's values, as host/query/type/type.ts holds them. */
export const VALUE = plainType("value");
export const BOOLEAN = plainType("boolean");
export const INTEGER = plainType("bigint");
export const FLOAT = plainType("double precision");
export const STRING = plainType("text");
export const MAP = plainType("map");
export const NODE = plainType("node");
export const RELATIONSHIP = plainType("relationship");
export const PATH = plainType("path");
export const LIST = arrayOf(VALUE);

/** NULL, which is of every type. */
export const NULL: BoundConstant = { kind: "BoundConstant", type: VALUE, value: null };

export class CypherBinding {
  readonly surroundings: CypherSurroundings;
  readonly #text: string;
  readonly #parameters: string[] = [];
  readonly #dependencies = new Map<string, Dependency>();
  readonly #kinds = new Map<ColumnId, Kinds>();
  readonly #rows = new Map<ColumnId, RowSource>();
  readonly #owners = new Map<ColumnId, ColumnId>();
  readonly #positions = new WeakMap<BoundExpression, number>();
  readonly #newColumn: () => ColumnId;

  /** `newColumn` numbers the columns of the statement that a query is a part of, if it is one. */
  constructor(text: string, surroundings: CypherSurroundings, newColumn = counted()) {
    this.#text = text;
    this.surroundings = surroundings;
    this.#newColumn = newColumn;
  }

  newColumn(): ColumnId {
    return this.#newColumn();
  }

  newPlanColumn(name: string, type: SqlType): PlanColumn {
    return { column: this.newColumn(), name, type };
  }

  /** Remembers that a column holds rows of a table or collection, as maps. */
  noteRows(column: ColumnId, source: RowSource): void {
    this.#rows.set(column, source);
  }

  rowSource(column: ColumnId): RowSource | undefined {
    return this.#rows.get(column);
  }

  /** Remembers that a column of a scan is there where the column of its row is. */
  noteOwner(column: ColumnId, row: ColumnId): void {
    this.#owners.set(column, row);
  }

  ownerOf(column: ColumnId): ColumnId {
    return this.#owners.get(column) ?? column;
  }

  /** Remembers of which kinds the values of a column are that is held as `value`. */
  noteKinds(column: ColumnId, kinds: Kinds): void {
    this.#kinds.set(column, kinds);
  }

  kindsOfColumn(column: ColumnId): Kinds {
    return this.#kinds.get(column);
  }

  /** Remembers where an expression stands, for messages: beside it, so that equal expressions stay equal. */
  at<T extends BoundExpression>(expression: T, position: number): T {
    this.#positions.set(expression, position);
    return expression;
  }

  positionOf(expression: BoundExpression): number | undefined {
    return this.#positions.get(expression);
  }

  /** An error of one of openCypher's classes, with its word for the detail, at an offset of the text. */
  error(kind: CypherErrorClass, detail: string, message: string, position: number): DatabaseError {
    const { line, column } = lineAndColumn(this.#text, position);
    return cypherError(kind, detail, `${message} at line ${line}:${column}`);
  }

  /** Most mistakes that are found before the execution are SyntaxErrors. */
  syntaxError(detail: string, message: string, position: number): DatabaseError {
    return this.error("SyntaxError", detail, message, position);
  }

  notSupported(construct: string, position: number): DatabaseError {
    return this.syntaxError("NotSupported", `${construct} is not supported`, position);
  }

  /** The parameter of a name; each has one number. */
  parameter(name: string): BoundParameter {
    let at = this.#parameters.indexOf(name);
    if (at < 0) at = this.#parameters.push(name) - 1;
    return { kind: "BoundParameter", type: VALUE, index: at + 1 };
  }

  /** Names of the parameters in order of their numbers. */
  parameterNames(): readonly string[] {
    return this.#parameters;
  }

  /** Notes that the plan depends on what the catalog says of a collection; `isAbsent`: on there being no rows of it. */
  dependOn(collection: string, isAbsent = false): void {
    this.#dependencies.set(collection, { collection, version: this.surroundings.catalog.version(collection), isAbsent });
  }

  dependencies(): LogicalPlan["dependencies"] {
    return [...this.#dependencies.values()];
  }
}

function counted(): () => ColumnId {
  let columns = 0;
  return () => columns++;
}

export function columnReference({ column, name, type }: PlanColumn): BoundColumn {
  return { kind: "BoundColumn", type, column, name };
}

export function constant(value: BoundConstant["value"], type: SqlType): BoundConstant {
  return { kind: "BoundConstant", type, value };
}

export function isNull(expression: BoundExpression): boolean {
  return expression.kind === "BoundConstant" && expression.value === null;
}
