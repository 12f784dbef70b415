/**
 * Which row of the function table is meant: the first whose parameters are the arguments' own types, else the first that takes values
 * where they differ, else one to whose types a value can be brought (functions of modules of WebAssembly have such). Arguments of a kind
 * that the row cannot take are an error at once.
 */
import type { CypherErrorClass } from "../../../common/cypher-error.ts";
import type { Accepted } from "../../function/cypher/row.ts";
import { cypherArgument } from "../../function/cypher/shared.ts";
import { cypherFunctions, cypherOperator } from "../../function/cypher/table.ts";
import type { AggregateEntry, FunctionEntry } from "../../function/entry.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { sameType } from "../../type/category.ts";
import { plainType, type SqlType } from "../../type/type.ts";
import { type CypherBinding, constant, isNull } from "./binding.ts";
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
  if (counted.length === 0) {
    throw wrongCount(
      binding,
      rows.map(({ entry }) => entry),
      given.length,
      use,
    );
  }
  const exact = counted.find(({ entry }) => given.every(({ value }, index) => sameType(value.type, parameterOf(entry, index))));
  const dynamic = counted.find(({ entry }) => given.every(({ value }, index) => fits(value.type, parameterOf(entry, index))));
  const row = exact ?? dynamic ?? counted.find(({ entry }) => given.every((_, index) => isReachable(parameterOf(entry, index))));
  const wrong = given.findIndex(({ value }, index) => isRefused(binding, value, row ?? counted[0]!, index));
  if (row !== undefined && wrong < 0) return row;
  throw wrongArgument(binding, given[Math.max(wrong, 0)]!, use);
}

export function wrongArgument(binding: CypherBinding, { value, position }: Argument, { what, error }: Use): Error {
  const kind = kindText(kindsOf(binding, value));
  return binding.error(error, "InvalidArgumentType", `${what} does not take a value of type ${kind}`, position);
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

/** Whether any value can be made one of the type, or an error. */
function isReachable(parameter: SqlType): boolean {
  return parameter.name === "value" || cypherArgument(parameter) !== undefined;
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
  rows: readonly (FunctionEntry | AggregateEntry)[],
  count: number,
  { what, position }: Use,
): Error {
  const counts = [...new Set(rows.map(({ parameters }) => parameters.length))].sort((left, right) => left - right);
  const noun = counts.join() === "1" ? "argument" : "arguments";
  return binding.syntaxError("InvalidNumberOfArguments", `${what} takes ${counts.join(" or ")} ${noun}, not ${count}`, position);
}

/** The arguments as the row takes them. */
export function argumentsFor(entry: FunctionEntry | AggregateEntry, given: readonly Argument[]): readonly BoundExpression[] {
  return given.map(({ value }, index) => argumentAs(value, parameterOf(entry, index)));
}

export function argumentAs(value: BoundExpression, parameter: SqlType): BoundExpression {
  if (parameter.name === "value") return toValue(value);
  if (sameType(value.type, parameter)) return value;
  return isNull(value) ? constant(null, parameter) : callOf(cypherArgument(parameter)!, toValue(value));
}

/** A call of one of the rows. */
export function bindCall(
  binding: CypherBinding,
  rows: readonly Row<FunctionEntry>[],
  given: readonly Argument[],
  use: Use,
): BoundExpression {
  const { entry } = chooseRow(binding, rows, given, use);
  const { implementation } = entry;
  if (implementation.kind === "extension" && implementation.dependsOn !== undefined) binding.dependOn(implementation.dependsOn);
  return callOf(entry, ...argumentsFor(entry, given));
}

/** Operators that are no words or signs of their own. */
const WRITTEN: Readonly<Record<string, string>> = {
  "u-": "operator -",
  "u+": "operator +",
  property: "access to a property",
  "[]": "a subscript",
  "[..]": "a slice",
  slice_from: "a slice",
  slice_to: "a slice",
  has_label: "a test of labels",
  has_type: "a test of types",
};

/** A call of an operator, or of what the table has beside them (`property`, `has_label` ...). */
export function bindOperator(binding: CypherBinding, symbol: string, given: readonly Argument[], position: number): BoundExpression {
  return bindCall(binding, cypherOperator(symbol), given, { what: operatorText(symbol), position, error: "SyntaxError" });
}

export function operatorText(symbol: string): string {
  return WRITTEN[symbol] ?? `operator ${symbol.toUpperCase()}`;
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
