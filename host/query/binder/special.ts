/**
 * Forms that look like functions and become other expressions: COALESCE, NULLIF, GREATEST, LEAST, concat, concat_ws, format, num_nulls,
 * jsonb_build_array, jsonb_build_object and their like.
 *
 * An operand that is used more than once is asked for each time (`again`), since a query inside may stand in one place only.
 */
import { findFunctions } from "../function/table.ts";
import type { BoundExpression } from "../plan/expression.ts";
import { formatPlainType } from "../type/name.ts";
import { arrayOf, plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import {
  applyRow,
  buildArray,
  coerce,
  coerceImplicitly,
  coerceToBoolean,
  coerceToCommon,
  commonTypeOf,
  constant,
  orJsonNull,
} from "./coerce.ts";
import { NAMES } from "./literal.ts";
import { bindOperator } from "./operation.ts";

const BOOLEAN = plainType("boolean");
const INTEGER = plainType("integer");
const TEXT = plainType("text");

interface Use {
  readonly binding: Binding;
  readonly name: string;
  readonly operands: readonly BoundExpression[];
  /** The n-th operand once more. */
  readonly again: (index: number) => BoundExpression;
  readonly position: number;
}

interface Form {
  readonly fewest: number;
  readonly most: number;
  /** PostgreSQL's grammar has it, so that a wrong number of operands is a syntax error. */
  readonly syntax: boolean;
  readonly bind: (use: Use) => BoundExpression;
}

const ARGUMENTS_MAX = 100;

const FORMS: ReadonlyMap<string, Form> = new Map([
  ["coalesce", { fewest: 1, most: ARGUMENTS_MAX, syntax: true, bind: coalesce }],
  ["nullif", { fewest: 2, most: 2, syntax: true, bind: nullIf }],
  ["greatest", { fewest: 1, most: ARGUMENTS_MAX, syntax: true, bind: extreme }],
  ["least", { fewest: 1, most: ARGUMENTS_MAX, syntax: true, bind: extreme }],
  ["concat", { fewest: 1, most: ARGUMENTS_MAX, syntax: false, bind: concat }],
  ["concat_ws", { fewest: 2, most: ARGUMENTS_MAX, syntax: false, bind: concatWithSeparator }],
  ["format", { fewest: 1, most: ARGUMENTS_MAX, syntax: false, bind: format }],
  ["quote_nullable", { fewest: 1, most: 1, syntax: false, bind: quoteNullable }],
  ["num_nulls", { fewest: 1, most: ARGUMENTS_MAX, syntax: false, bind: countNulls }],
  ["num_nonnulls", { fewest: 1, most: ARGUMENTS_MAX, syntax: false, bind: countNulls }],
  ["pg_typeof", { fewest: 1, most: 1, syntax: false, bind: ({ operands }) => constant(formatPlainType(operands[0]!.type), TEXT) }],
  ["version", { fewest: 0, most: 0, syntax: false, bind: () => constant("PostgreSQL 16.0 (MemFlux)", TEXT) }],
  ["current_database", { fewest: 0, most: 0, syntax: false, bind: () => constant(NAMES.CURRENT_CATALOG!, TEXT) }],
  ["current_schema", { fewest: 0, most: 0, syntax: false, bind: () => constant(NAMES.CURRENT_SCHEMA!, TEXT) }],
  ["current_schemas", { fewest: 1, most: 1, syntax: false, bind: currentSchemas }],
  ["jsonb_build_array", { fewest: 0, most: ARGUMENTS_MAX, syntax: false, bind: buildJsonArray }],
  ["json_build_array", { fewest: 0, most: ARGUMENTS_MAX, syntax: false, bind: buildJsonArray }],
  ["jsonb_build_object", { fewest: 0, most: ARGUMENTS_MAX, syntax: false, bind: buildJsonObject }],
  ["json_build_object", { fewest: 0, most: ARGUMENTS_MAX, syntax: false, bind: buildJsonObject }],
]);

/** The expression that a form means; undefined for the name of a function. */
export function bindSpecial(use: Use): BoundExpression | undefined {
  const form = FORMS.get(use.name);
  if (form === undefined) return undefined;
  const { length } = use.operands;
  if (length >= form.fewest && length <= form.most) return form.bind(use);
  if (form.syntax) throw use.binding.error("42601", 'syntax error at or near ")"', use.position);
  return undefined;
}

function isNull(operand: BoundExpression, negated = false): BoundExpression {
  return { kind: "BoundIsNull", type: BOOLEAN, negated, operand };
}

function choose(condition: BoundExpression, result: BoundExpression, otherwise: BoundExpression): BoundExpression {
  return { kind: "BoundCase", type: otherwise.type, branches: [{ condition, result }], otherwise };
}

function coalesce({ binding, operands }: Use): BoundExpression {
  const items = coerceToCommon(binding, operands, "COALESCE");
  return { kind: "BoundCoalesce", type: items[0]!.type, items };
}

/** The result has the type that the first operand is compared as. */
function nullIf({ binding, operands, again, position }: Use): BoundExpression {
  const condition = bindOperator(binding, "=", operands, position);
  const type = condition.kind === "BoundCall" ? condition.arguments[0]!.type : operands[0]!.type;
  return choose(condition, constant(null, type), coerceImplicitly(binding, again(0), type));
}

/** The first item that no later one surpasses; NULLs do not count. */
function extreme({ binding, name, operands, again, position }: Use): BoundExpression {
  const type = commonTypeOf(binding, operands, name.toUpperCase());
  const item = (index: number) => coerceImplicitly(binding, again(index), type);
  const operator = name === "greatest" ? ">=" : "<=";
  const last = operands.length - 1;
  const branches = operands.slice(0, -1).map((_, index) => {
    const conditions = operands.slice(index + 1).map((_other, offset): BoundExpression => {
      const other = index + 1 + offset;
      const surpassed = bindOperator(binding, operator, [item(index), item(other)], position);
      return { kind: "BoundLogical", type: BOOLEAN, operator: "OR", operands: [surpassed, isNull(item(other))] };
    });
    const condition: BoundExpression =
      conditions.length === 1 ? conditions[0]! : { kind: "BoundLogical", type: BOOLEAN, operator: "AND", operands: conditions };
    return { condition, result: item(index) };
  });
  return branches.length === 0 ? item(last) : { kind: "BoundCase", type, branches, otherwise: item(last) };
}

/** As CAST prints it; NULL is nothing. */
function textOf(binding: Binding, operand: BoundExpression): BoundExpression {
  const text = coerce(binding, operand, TEXT, "explicit");
  if (text === undefined) throw binding.notSupported(`concat of ${operand.type.name}`, binding.positionOf(operand) ?? 0);
  return text;
}

/** As concat prints it: booleans in one letter. */
function printed(binding: Binding, operand: BoundExpression, again: () => BoundExpression): BoundExpression {
  if (operand.type.name !== "boolean") return textOf(binding, operand);
  const branches = [
    { condition: operand, result: constant("t", TEXT) },
    { condition: { kind: "BoundNot", type: BOOLEAN, operand: again() } as const, result: constant("f", TEXT) },
  ];
  return { kind: "BoundCase", type: TEXT, branches, otherwise: constant(null, TEXT) };
}

function concat({ binding, operands, again, position }: Use): BoundExpression {
  const parts = operands.map((operand, index): BoundExpression => {
    const text = printed(binding, operand, () => again(index));
    return { kind: "BoundCoalesce", type: TEXT, items: [text, constant("", TEXT)] };
  });
  return parts.reduce((left, right) => bindOperator(binding, "||", [left, right], position));
}

/** The parts that are not NULL, each behind a separator; the first separator is cut off. */
function concatWithSeparator(use: Use): BoundExpression {
  const { binding, operands, again, position } = use;
  const separator = () => textOf(binding, again(0));
  const parts = operands.slice(1).map((_, index) => {
    const part = bindOperator(binding, "||", [separator(), printed(binding, again(index + 1), () => again(index + 1))], position);
    return choose(isNull(settled(binding, again(index + 1))), constant("", TEXT), part);
  });
  const all = parts.reduce((left, right) => bindOperator(binding, "||", [left, right], position));
  const one = constant(1n, INTEGER);
  const start = bindOperator(binding, "+", [rowCall(binding, "length", separator()), one], position);
  const [cut] = findFunctions("substr", undefined).filter(({ parameters }) => parameters.length === 2);
  return applyRow(binding, cut!, [all, start]);
}

/** With `pg_catalog`, which is searched without being named, or without it. */
function currentSchemas({ binding, operands }: Use): BoundExpression {
  const names = (list: readonly string[]): BoundExpression =>
    buildArray(
      binding,
      list.map((name) => constant(name, TEXT)),
      arrayOf(TEXT),
    );
  const own = NAMES.CURRENT_SCHEMA!;
  return choose(coerceToBoolean(binding, operands[0]!, "current_schemas"), names(["pg_catalog", own]), names([own]));
}

/** The arguments as an array of texts. */
function format({ binding, name, operands, again }: Use): BoundExpression {
  const [template, ...values] = operands;
  const texts = values.map((operand, index) => printed(binding, operand, () => again(index + 1)));
  return rowCall(binding, name, textOf(binding, template!), buildArray(binding, texts, arrayOf(TEXT)));
}

/** A literal of any value, NULL too. */
function quoteNullable({ binding, operands, again }: Use): BoundExpression {
  const quoted = rowCall(binding, "quote_literal", textOf(binding, operands[0]!));
  return choose(isNull(settled(binding, again(0))), constant("NULL", TEXT), quoted);
}

function countNulls({ binding, name, operands, again, position }: Use): BoundExpression {
  const counts = operands.map((_, index) => {
    const counted = isNull(settled(binding, again(index)), name === "num_nonnulls");
    return choose(counted, constant(1n, INTEGER), constant(0n, INTEGER));
  });
  return counts.reduce((left, right) => bindOperator(binding, "+", [left, right], position));
}

function settled(binding: Binding, operand: BoundExpression): BoundExpression {
  return operand.type.name === "unknown" ? coerceImplicitly(binding, operand, TEXT) : operand;
}

/** A call of a function that has one row. */
function rowCall(binding: Binding, name: string, ...operands: readonly BoundExpression[]): BoundExpression {
  return applyRow(binding, findFunctions(name, undefined)[0]!, operands);
}

/** The result of a form in the type that its name begins with. */
function asNamed(binding: Binding, name: string, value: BoundExpression): BoundExpression {
  const type: SqlType = plainType(name.startsWith("jsonb") ? "jsonb" : "json");
  return coerce(binding, value, type, "explicit") ?? value;
}

function buildJsonArray({ binding, name, operands }: Use): BoundExpression {
  const empty = rowCall(binding, "jsonb_empty_array");
  const array = operands.reduce((built, operand) => rowCall(binding, "jsonb_append", built, orJsonNull(binding, operand)), empty);
  return asNamed(binding, name, array);
}

function buildJsonObject({ binding, name, operands, position }: Use): BoundExpression {
  if (operands.length % 2 !== 0) {
    const hint = `The arguments of ${name}() must consist of alternating keys and values.`;
    throw binding.error("22023", `argument list must have even number of elements (HINT: ${hint})`, position);
  }
  let built = rowCall(binding, "jsonb_empty_object");
  for (let index = 0; index < operands.length; index += 2) {
    built = rowCall(binding, "jsonb_put", built, textOf(binding, operands[index]!), orJsonNull(binding, operands[index + 1]!));
  }
  return asNamed(binding, name, built);
}
