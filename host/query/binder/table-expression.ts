/**
 * Expressions that belong to a table: CHECK, DEFAULT, values of an index, what ALTER COLUMN ... TYPE makes of a row. They are bound when the table is defined, and again
 * whenever the catalog is read.
 *
 * `parseExpression` reads the text that the catalog keeps. The columns of the answer are those of the table that the expression uses; a
 * collection without schema has fields instead.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedExpression } from "../ast/expression.ts";
import type { CatalogTable } from "../catalog/catalog.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { errorAt } from "../parser/sql/syntax-error.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { ScanColumn } from "../plan/operator.ts";
import { partsOf } from "../plan/walk.ts";
import { formatPlainType, formatType } from "../type/name.ts";
import type { SqlType } from "../type/type.ts";
import { Binding, type Surroundings } from "./binding.ts";
import { coerce, coerceToBoolean, settle } from "./coerce.ts";
import { bindExpression, type Context, startOf } from "./expression.ts";
import { scanCollection } from "./from.ts";
import { Level } from "./scope.ts";

export interface TableExpression {
  readonly expression: BoundExpression;
  readonly columns: readonly ScanColumn[];
}

/** What the expression is for. */
export type TableExpressionUse =
  | { readonly kind: "check" }
  | { readonly kind: "default"; readonly column: string; readonly type: SqlType }
  | { readonly kind: "index" }
  | { readonly kind: "transform"; readonly column: string; readonly type: SqlType; readonly isUsing: boolean };

const CLAUSES = {
  check: "check constraints",
  default: "DEFAULT expressions",
  index: "index expressions",
  transform: "transform expressions",
} as const;
const SUBJECTS = {
  check: "check constraint",
  default: "DEFAULT expression",
  index: "index expression",
  transform: "transform expression",
} as const;

const BEFORE = "SELECT ";

/** An expression on its own, and the text that its positions count in. */
export function parseExpression(text: string): { readonly expression: ParsedExpression; readonly text: string } {
  const whole = `${BEFORE}${text}`;
  const statement = parseSql(whole);
  const body = statement.kind === "ParsedQuery" ? statement.body : undefined;
  const item = body?.kind === "ParsedSelect" && body.items.length === 1 && body.from.length === 0 ? body.items[0] : undefined;
  if (item === undefined || item.alias !== undefined) throw errorAt("an expression is expected", whole, BEFORE.length);
  return { expression: item.value, text: whole };
}

/** Binds an expression over the rows of a table; `table` is undefined for a collection without schema. */
export function bindTableExpression(
  parsed: ParsedExpression,
  text: string,
  collection: { readonly name: string; readonly table: CatalogTable | undefined },
  use: TableExpressionUse,
  surroundings: Surroundings,
): TableExpression {
  const binding = new Binding(text, surroundings);
  const level = new Level(undefined, false);
  // A schema's table is called by its own name.
  const alias = collection.name.slice(collection.name.indexOf(".") + 1);
  const { source, scan } = scanCollection(binding, collection.name, collection.table, alias);
  level.sources = [source];
  const context: Context = { binding, level, clause: CLAUSES[use.kind], aggregates: undefined };
  const bound = bindExpression(context, parsed);
  const position = startOf(parsed);
  refuse(binding, bound, use, scan.columns.length, position);
  return { expression: fitUse(binding, bound, use, position), columns: scan.columns };
}

function refuse(binding: Binding, bound: BoundExpression, use: TableExpressionUse, columns: number, position: number): void {
  const subject = SUBJECTS[use.kind];
  const subquery = find(bound, (part) => part.kind === "BoundSubquery");
  if (subquery !== undefined) {
    throw binding.error("0A000", `cannot use subquery in ${subject}`, binding.positionOf(subquery) ?? position);
  }
  const parameter = find(bound, (part) => part.kind === "BoundParameter");
  if (parameter?.kind === "BoundParameter") {
    throw binding.error("42P02", `there is no parameter $${parameter.index}`, binding.positionOf(parameter) ?? position);
  }
  if (use.kind === "default" && columns > 0) throw binding.error("0A000", "cannot use column reference in DEFAULT expression", position);
  const changing = find(bound, (part) => part.kind === "BoundCall" && part.function.volatility !== "immutable");
  if (use.kind === "index" && changing !== undefined) {
    throw binding.error("42P17", "functions in index expression must be marked IMMUTABLE", binding.positionOf(changing) ?? position);
  }
}

function find(expression: BoundExpression, wanted: (part: BoundExpression) => boolean): BoundExpression | undefined {
  if (wanted(expression)) return expression;
  for (const part of partsOf(expression)) {
    const found = find(part, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fitUse(binding: Binding, bound: BoundExpression, use: TableExpressionUse, position: number): BoundExpression {
  if (use.kind === "check") return coerceToBoolean(binding, bound, "CHECK");
  if (use.kind === "index") return settle(binding, bound);
  const coerced = coerce(binding, bound, use.type, "assignment");
  if (coerced !== undefined) return coerced;
  if (use.kind === "transform") throw uncastable(use);
  const types = `is of type ${formatPlainType(use.type)} but default expression is of type ${formatPlainType(bound.type)}`;
  const hint = "You will need to rewrite or cast the expression.";
  throw binding.error("42804", `column "${use.column}" ${types} (HINT: ${hint})`, position);
}

function uncastable({ column, type, isUsing }: Extract<TableExpressionUse, { kind: "transform" }>): Error {
  const name = formatType(type);
  const subject = isUsing ? `result of USING clause for column "${column}"` : `column "${column}"`;
  const quoted = /^[a-z_][a-z0-9_]*$/.test(column) ? column : `"${column}"`;
  const hint = isUsing ? "You might need to add an explicit cast." : `You might need to specify "USING ${quoted}::${name}".`;
  return sqlError("42804", `${subject} cannot be cast automatically to type ${formatPlainType(type)} (HINT: ${hint})`);
}
