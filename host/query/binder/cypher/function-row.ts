/**
 * Which row of the function table is meant: the first whose parameters are the arguments' own types, else the first that takes values
 * where they differ. Arguments of a kind that the row cannot take are an error at once.
 */
import type { CypherErrorClass } from "../../../common/cypher-error.ts";
import type { Accepted } from "../../function/cypher/row.ts";
import { cypherFunctions, cypherOperator } from "../../function/cypher/table.ts";
import type { AggregateEntry, FunctionEntry } from "../../function/entry.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { sameType } from "../../type/category.ts";
import { plainType, type SqlType } from "../../type/type.ts";
import type { CypherBinding } from "./binding.ts";
import { callOf, toValue } from "./convert.ts";
import { kindsOf, kindText, mayBe } from "./kind.ts";

/** An argument with its place in the text. */
export interface Argument {
  readonly value: BoundExpression;
  readonly position: number;
}

/** A function or an operator as it is used: for messages. */
export interface Use {
  /** `size()`, `operator +`. */
  readonly what: string;
  readonly position: number;
  /** The class of errors of wrong types. */
  readonly error: CypherErrorClass;
}

interface Row<Entry extends FunctionEntry | AggregateEntry> {
  readonly entry: Entry;
  readonly accepts: Accepted;
}

/** The row that is meant. */
export function chooseRow<Entry extends FunctionEntry | AggregateEntry>(
  binding: CypherBinding,
  rows: readonly Row<Entry>[],
  given: readonly Argument[],
  use: Use,
): Row<Entry> {
  const counted = rows.filter(({ entry }) => takes(entry, given.length));
  if (counted.length === 0) throw wrongCount(binding, rows, given.length, use);
  const exact = counted.find(({ entry }) => given.every(({ value }, index) => sameType(value.type, parameterOf(entry, index))));
  const row = exact ?? counted.find(({ entry }) => given.every(({ value }, index) => fits(value.type, parameterOf(entry, index))));
  const wrong = given.findIndex(({ value }, index) => isRefused(binding, value, row ?? counted[0]!, index));
  if (row !== undefined && wrong < 0) return row;
  const culprit = given[Math.max(wrong, 0)]!;
  const kind = kindText(kindsOf(binding, culprit.value));
  throw binding.error(use.error, "InvalidArgumentType", `${use.what} does not take a value of type ${kind}`, culprit.position);
}

function takes(entry: FunctionEntry | AggregateEntry, count: number): boolean {
  const { length } = entry.parameters;
  return length === count || ("variadic" in entry && entry.variadic && count >= length);
}

/** The last parameter of a variadic row stands for all that follow. */
function parameterOf({ parameters }: FunctionEntry | AggregateEntry, index: number): SqlType {
  return parameters[Math.min(index, parameters.length - 1)]!;
}

function fits(type: SqlType, parameter: SqlType): boolean {
  return parameter.name === "value" || sameType(type, parameter);
}

function isRefused(
  binding: CypherBinding,
  value: BoundExpression,
  { entry, accepts }: Row<FunctionEntry | AggregateEntry>,
  index: number,
): boolean {
  const accepted = accepts[Math.min(index, accepts.length - 1)];
  if (accepted !== undefined) return !mayBe(kindsOf(binding, value), accepted);
  return !fits(value.type, parameterOf(entry, index));
}

function wrongCount(
  binding: CypherBinding,
  rows: readonly Row<FunctionEntry | AggregateEntry>[],
  count: number,
  { what, position }: Use,
): Error {
  const wanted = [...new Set(rows.map(({ entry }) => entry.parameters.length))].join(" or ");
  return binding.syntaxError("InvalidNumberOfArguments", `${what} takes ${wanted} arguments, not ${count}`, position);
}

/** The arguments as the row takes them. */
export function argumentsFor(entry: FunctionEntry | AggregateEntry, given: readonly Argument[]): readonly BoundExpression[] {
  return given.map(({ value }, index) => (parameterOf(entry, index).name === "value" ? toValue(value) : value));
}

/** A call of one of the rows. */
export function bindCall(
  binding: CypherBinding,
  rows: readonly Row<FunctionEntry>[],
  given: readonly Argument[],
  use: Use,
): BoundExpression {
  const { entry } = chooseRow(binding, rows, given, use);
  return callOf(entry, ...argumentsFor(entry, given));
}

/** A call of an operator, or of what the table has beside them (`property`, `has_label` ...). */
export function bindOperator(
  binding: CypherBinding,
  symbol: string,
  given: readonly Argument[],
  position: number,
  error: CypherErrorClass = "SyntaxError",
): BoundExpression {
  return bindCall(binding, cypherOperator(symbol), given, { what: `operator ${symbol}`, position, error });
}

/** The same for what stands nowhere in the text by itself. Requires: the operands fit. */
export function operatorCall(binding: CypherBinding, symbol: string, ...operands: readonly BoundExpression[]): BoundExpression {
  return bindOperator(
    binding,
    symbol,
    operands.map((value) => ({ value, position: 0 })),
    0,
  );
}

/** A call of a function by its name in lower case. Requires: the operands fit. */
export function functionCall(binding: CypherBinding, name: string, ...operands: readonly BoundExpression[]): BoundExpression {
  const given = operands.map((value) => ({ value, position: 0 }));
  return bindCall(binding, cypherFunctions(name), given, { what: `${name}()`, position: 0, error: "SyntaxError" });
}

/** A text that the plan may depend on: the name of a property, a label, a type. */
export function textConstant(value: string): BoundExpression {
  return { kind: "BoundConstant", type: plainType("text"), value };
}
