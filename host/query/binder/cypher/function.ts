/**
 * Calls of functions and of aggregates.
 *
 * Aggregates of a projection are gathered (`AggregateCollector`), equal ones once; in the expression stands the column that the grouping
 * will make.
 */
import type { CypherExpression, ParsedFunction } from "../../ast/cypher/expression.ts";
import { NORMAL_FORMS } from "../../function/cypher/function-text.ts";
import { cypherAggregates, cypherFunctions } from "../../function/cypher/table.ts";
import type { AggregateEntry } from "../../function/entry.ts";
import { COUNT_STAR } from "../../function/table.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalAggregateItem } from "../../plan/operator.ts";
import { isVolatile } from "../../plan/walk.ts";
import { keyOf } from "../key.ts";
import { BOOLEAN, columnReference, constant } from "./binding.ts";
import { asType, commonType, toValue } from "./convert.ts";
import { bindArgument, bindCondition, bindExpression, type ExpressionContext } from "./expression.ts";
import { argumentsFor, bindCall, chooseRow, operatorCall, type Use } from "./function-row.ts";
import { parsedKey } from "./parsed-key.ts";

/** `apoc.text.join`: functions are found without regard to case. */
export function functionName({ names }: Pick<ParsedFunction, "names">): string {
  return names.map(({ folded }) => folded.toLowerCase()).join(".");
}

/** As it was written, for messages. */
function writtenName({ names }: ParsedFunction): string {
  return names.map(({ text }) => text).join(".");
}

/** Whether it is a call of an aggregate. */
export function isAggregate(parsed: CypherExpression): boolean {
  return parsed.kind === "ParsedFunction" && cypherAggregates(functionName(parsed)).length > 0;
}

export function bindFunction(context: ExpressionContext, parsed: ParsedFunction): BoundExpression {
  const { binding } = context;
  if (isAggregate(parsed)) return bindAggregate(context, parsed);
  const { position } = parsed;
  if (parsed.distinct) throw binding.syntaxError("UnexpectedSyntax", "DISTINCT can only stand in an aggregate", position);
  const name = functionName(parsed);
  if (name === "coalesce" && parsed.arguments.length > 0) return bindCoalesce(context, parsed);
  if (name === "exists" && parsed.arguments.length === 1) return bindExists(context, parsed.arguments[0]!);
  if (name === "nullif" && parsed.arguments.length === 2) return bindNullIf(context, parsed.arguments);
  if (name === "normalize") return bindNormalize(context, parsed);
  const rows = cypherFunctions(name, binding.surroundings.functions);
  if (rows.length === 0) throw binding.syntaxError("UnknownFunction", `unknown function \`${writtenName(parsed)}\``, position);
  const given = parsed.arguments.map((argument) => bindArgument(context, argument));
  return bindCall(binding, rows, given, useOf(parsed));
}

function useOf(parsed: ParsedFunction): Use {
  return { what: `${writtenName(parsed)}()`, position: parsed.position, error: "SyntaxError" };
}

function bindCoalesce(context: ExpressionContext, parsed: ParsedFunction): BoundExpression {
  const items = parsed.arguments.map((argument) => bindExpression(context, argument));
  const type = commonType(items);
  return { kind: "BoundCoalesce", type, items: items.map((item) => asType(item, type)) };
}

/** NULL where both are equal, else the first. */
function bindNullIf(context: ExpressionContext, [first, second]: readonly CypherExpression[]): BoundExpression {
  const value = bindExpression(context, first!);
  const condition = operatorCall(context.binding, "=", toValue(value), toValue(bindExpression(context, second!)));
  const { type } = value;
  return { kind: "BoundCase", type, branches: [{ condition, result: constant(null, type) }], otherwise: value };
}

/** `normalize(text, NFD)`: the form is a word, not a variable. */
function bindNormalize(context: ExpressionContext, parsed: ParsedFunction): BoundExpression {
  const { binding } = context;
  const [text, given] = parsed.arguments;
  const written = given?.kind === "ParsedVariable" ? given.name.text.toUpperCase() : undefined;
  const form = given === undefined ? NORMAL_FORMS[0] : NORMAL_FORMS.find((each) => each === written);
  if (text === undefined || form === undefined || parsed.arguments.length > 2) {
    const wanted = `normalize() takes a string and one of ${NORMAL_FORMS.join(", ")}`;
    throw binding.syntaxError("InvalidArgumentType", wanted, parsed.position);
  }
  return bindCall(binding, cypherFunctions(`normalize ${form.toLowerCase()}`), [bindArgument(context, text)], useOf(parsed));
}

/** `exists(n.name)`, `exists((a)-->(b))`. */
function bindExists(context: ExpressionContext, argument: CypherExpression): BoundExpression {
  if (argument.kind === "ParsedPatternExpression") return bindCondition(context, argument);
  if (argument.kind !== "ParsedProperty" && argument.kind !== "ParsedSubscript") {
    throw context.binding.syntaxError("InvalidArgumentType", "exists() takes a property or a pattern", argument.position);
  }
  return { kind: "BoundIsNull", type: BOOLEAN, negated: true, operand: bindExpression(context, argument) };
}

function bindAggregate(context: ExpressionContext, parsed: ParsedFunction): BoundExpression {
  const { binding, aggregates, aggregated } = context;
  const { position } = parsed;
  if (aggregated) throw binding.syntaxError("NestedAggregation", "an aggregate cannot stand in another one", position);
  if (aggregates === undefined) throw binding.syntaxError("InvalidAggregation", "an aggregate cannot stand here", position);
  const inner = { binding, scope: context.aggregateScope ?? context.scope, aggregates: undefined, aggregated: true };
  const { aggregate, operands } = aggregateOf(inner, parsed);
  const item = { aggregate, arguments: operands, distinct: parsed.distinct, filter: undefined, orderBy: [] };
  let made = aggregates.items.find((known) => isSame(known, item));
  if (made === undefined) {
    made = { ...item, ...binding.newPlanColumn(functionName(parsed), aggregate.result) };
    aggregates.items.push(made);
  }
  aggregates.written.set(parsedKey(parsed), made);
  return columnReference(made);
}

function aggregateOf(
  context: ExpressionContext,
  parsed: ParsedFunction,
): { readonly aggregate: AggregateEntry; readonly operands: readonly BoundExpression[] } {
  const { binding } = context;
  if (parsed.star) {
    if (functionName(parsed) === "count") return { aggregate: COUNT_STAR, operands: [] };
    throw binding.syntaxError("UnexpectedSyntax", `${writtenName(parsed)}(*) has no meaning`, parsed.position);
  }
  const given = parsed.arguments.map((argument) => bindArgument(context, argument));
  const fickle = given.find(({ value }) => isVolatile(value));
  if (fickle !== undefined) {
    throw binding.syntaxError("NonConstantExpression", "an aggregate cannot take what differs from call to call", fickle.position);
  }
  const { entry } = chooseRow(binding, cypherAggregates(functionName(parsed)), given, useOf(parsed));
  return { aggregate: entry, operands: argumentsFor(entry, given) };
}

type AggregateUse = Pick<LogicalAggregateItem, "aggregate" | "arguments" | "distinct">;

function isSame(known: AggregateUse, item: AggregateUse): boolean {
  return (
    known.aggregate === item.aggregate &&
    known.distinct === item.distinct &&
    known.arguments.length === item.arguments.length &&
    known.arguments.every((argument, index) => keyOf(argument) === keyOf(item.arguments[index]!))
  );
}
