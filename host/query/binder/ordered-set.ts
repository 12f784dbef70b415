/**
 * WITHIN GROUP: aggregates of sorted values, and those of a hypothetical row.
 *
 * They become what plans know already. percentile_cont, percentile_disc and mode gather the values as a sorted array, and what they
 * look for in it is computed above the groups. A hypothetical row is ranked by counting: the rows that come before it, all rows, and the
 * different ones among those before it.
 */
import type { ParsedCall, ParsedExpression } from "../ast/expression.ts";
import { engine, entry } from "../function/row.ts";
import { COUNT_STAR, genericAggregate, isAggregate } from "../function/table.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { SortKey } from "../plan/operator.ts";
import { columnsUsed } from "../plan/walk.ts";
import { arrayOf, plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import {
  type AggregateUse,
  aggregateOf,
  bindOrder,
  callFunction,
  collectAggregate,
  insideAggregate,
  noFunction,
  outerColumns,
} from "./call.ts";
import { commonType } from "./candidate.ts";
import { buildArray, call, coerce, coerceImplicitly, constant } from "./coerce.ts";
import { bindCondition, bindExpression, type Context } from "./expression.ts";
import { bindOperator, both, negated } from "./operation.ts";

const BIGINT = plainType("bigint");
const BOOLEAN = plainType("boolean");
const DOUBLE = plainType("double precision");

const SORTED: ReadonlySet<string> = new Set(["percentile_cont", "percentile_disc", "mode"]);
const HYPOTHETICAL: ReadonlySet<string> = new Set(["rank", "dense_rank", "percent_rank", "cume_dist"]);

/** Whether a call is one of an ordered-set aggregate; the names of the hypothetical ones are window functions, too. */
export function isOrderedSet(name: string, { withinGroup, over, arguments: given }: ParsedCall): boolean {
  return SORTED.has(name) || (HYPOTHETICAL.has(name) && (withinGroup.length > 0 || (over === undefined && given.length > 0)));
}

/** Other functions cannot have it, if there is one that takes the arguments and what they are ordered by. */
export function refuseWithinGroup(context: Context, parsed: ParsedCall, name: string, values: readonly ParsedExpression[]): Error {
  const { binding } = context;
  const { position } = parsed;
  const inner = insideAggregate(context);
  const operands = [
    ...values.map((value) => bindExpression(inner, value)),
    ...parsed.withinGroup.map((order) => bindOrder(inner, order).value),
  ];
  if (isAggregate(name)) {
    aggregateOf(binding, name, operands, position);
    return binding.error("42809", `${name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP`, position);
  }
  callFunction(context, name, operands, position);
  return binding.error("42809", `WITHIN GROUP specified, but ${name} is not an aggregate function`, position);
}

interface Use {
  readonly context: Context;
  readonly name: string;
  readonly position: number;
  readonly keys: readonly SortKey[];
  /** The direct arguments. */
  readonly operands: readonly BoundExpression[];
  readonly collect: (item: Pick<AggregateUse, "aggregate" | "arguments"> & Partial<AggregateUse>) => BoundExpression;
}

export function bindOrderedSet(context: Context, parsed: ParsedCall, name: string, values: readonly ParsedExpression[]): BoundExpression {
  const { binding, level } = context;
  const { position } = parsed;
  if (parsed.withinGroup.length === 0) {
    // The aggregate has a parameter for what it would be ordered by.
    const operands = values.map((value) => bindExpression(insideAggregate(context), value));
    const wanted = name === "mode" ? 1 : 2;
    if (SORTED.has(name) && operands.length !== wanted) throw noFunction(binding, name, operands, "none", position);
    throw binding.error("42809", `WITHIN GROUP is required for ordered-set aggregate ${name}`, position);
  }
  if (parsed.over !== undefined) {
    throw binding.error("0A000", `OVER is not supported for ordered-set aggregate ${name}`, position);
  }
  const outerBefore = outerColumns(level);
  const inner = insideAggregate(context);
  const keys = parsed.withinGroup.map((order) => bindOrder(inner, order));
  const filter = parsed.filter && bindCondition({ ...inner, clause: "FILTER" }, parsed.filter, "FILTER");
  const collect: Use["collect"] = (item) => {
    const wanted = [item.filter, filter].filter((condition) => condition !== undefined);
    const condition = wanted.length === 2 ? both(...wanted) : wanted[0];
    return collectAggregate(context, name, { distinct: false, orderBy: [], ...item, filter: condition }, outerBefore, position);
  };
  const isSet = SORTED.has(name);
  const [fraction, ...others] = values;
  const key = keys[0]!;
  if (isSet && name !== "mode" && fraction?.kind === "ParsedArray" && others.length === 0 && keys.length === 1) {
    const parts = fraction.items.map((item): Use => ({ context, name, position, keys, operands: [bindExpression(inner, item)], collect }));
    const found = parts.map((use) => percentile(use, typedKey(use, key)));
    const type = found[0]?.type ?? key.value.type;
    return buildArray(binding, found, arrayOf({ ...type, modifiers: [] }));
  }
  const use: Use = { context, name, position, keys, operands: values.map((value) => bindExpression(inner, value)), collect };
  if (!isSet) return aboveGroups(use, hypothetical(use));
  if (keys.length !== 1 || use.operands.length !== (name === "mode" ? 0 : 1)) throw none(use);
  if (name === "mode") return mode(use, key);
  if (use.operands[0]!.type.name === "array") throw binding.notSupported(`${name} of an array that is not written out`, position);
  return percentile(use, typedKey(use, key));
}

function none({ context: { binding }, name, operands, keys, position }: Use): Error {
  return noFunction(binding, name, [...operands, ...keys.map(({ value }) => value)], "none", position);
}

// Sorted values ---------------------------------------------------------------------------------------------------------

/** What percentile_cont computes with: an interval, or a double. */
function typedKey(use: Use, key: SortKey): SortKey {
  if (use.name !== "percentile_cont" || key.value.type.name === "interval") return key;
  const value = coerce(use.context.binding, key.value, DOUBLE, "implicit");
  if (value === undefined) throw none(use);
  return { ...key, value };
}

/** The values that are not NULL, in order, or their texts; NULL without any. */
function gathered({ collect }: Use, key: SortKey, value: BoundExpression): BoundExpression {
  const filter: BoundExpression = { kind: "BoundIsNull", type: BOOLEAN, negated: true, operand: key.value };
  return collect({ aggregate: genericAggregate("array_agg", value.type)!, arguments: [value], orderBy: [key], filter });
}

/** What reads a row of the values in order. Arrays keep no zeros behind a NUMERIC: its texts do. */
function valuesInOrder(
  use: Use,
  key: SortKey,
): { readonly array: BoundExpression; readonly at: (row: BoundExpression) => BoundExpression } {
  const { binding } = use.context;
  const { type } = key.value;
  const array = gathered(use, key, type.name === "numeric" ? coerceImplicitly(binding, key.value, plainType("text")) : key.value);
  const get = entry("function", "array_get", [array.type, "bigint"], "any", engine("array_element", { tagged: true }), {});
  const at = (row: BoundExpression) =>
    coerceImplicitly(binding, coerceImplicitly(binding, call(get, array, row), array.type.element!), type);
  return { array, at };
}

const ROW = placeFunction("percentile_row");
const LOWER = placeFunction("percentile_lower");
const UPPER = placeFunction("percentile_upper");
const SHARE = entry("function", "percentile_share", [DOUBLE, "bigint"], DOUBLE, engine("percentile_share"), {});

function placeFunction(name: string) {
  return entry("function", name, [DOUBLE, "bigint"], "bigint", engine(name, { fails: true }), {});
}

function percentile(use: Use, key: SortKey): BoundExpression {
  const { binding } = use.context;
  const { position, context } = use;
  const fraction = coerce(binding, use.operands[0]!, DOUBLE, "implicit");
  if (fraction === undefined) throw none(use);
  const { array, at } = valuesInOrder(use, key);
  const rows = coerceImplicitly(binding, callFunction(context, "cardinality", [array], position), BIGINT);
  if (use.name === "percentile_disc") return at(call(ROW, fraction, rows));
  const operator = (name: string, ...operands: BoundExpression[]) => bindOperator(binding, name, operands, position);
  const lower = at(call(LOWER, fraction, rows));
  const upper = at(call(UPPER, fraction, rows));
  const share = call(SHARE, fraction, rows);
  const isBetween = operator("<>", call(LOWER, fraction, rows), call(UPPER, fraction, rows));
  const between = operator("+", lower, operator("*", operator("-", upper, lower), share));
  return choose(isBetween, between, lower);
}

function mode(use: Use, key: SortKey): BoundExpression {
  const values = gathered(use, key, key.value);
  const place = entry("function", "mode", [values.type], "bigint", engine("array_mode", { tagged: true }), {});
  return valuesInOrder(use, key).at(call(place, values));
}

function choose(condition: BoundExpression, result: BoundExpression, otherwise: BoundExpression): BoundExpression {
  return { kind: "BoundCase", type: otherwise.type, branches: [{ condition, result }], otherwise };
}

// Hypothetical rows -------------------------------------------------------------------------------------------------------

interface Compared {
  readonly key: SortKey;
  readonly value: BoundExpression;
}

function hypothetical(use: Use): BoundExpression {
  const { context, name, position, keys, operands, collect } = use;
  const { binding } = context;
  if (operands.length !== keys.length) {
    const counts = `(here ${operands.length}) must match the number of ordering columns (here ${keys.length})`;
    const hint = `To use the hypothetical-set aggregate ${name}, the number of hypothetical direct arguments ${counts}.`;
    throw binding.error("42883", `${none(use).message.replace(/ \(HINT.*/s, "")} (HINT: ${hint})`, position);
  }
  const compared = keys.map((key, index): Compared => {
    const type = commonType([key.value.type, operands[index]!.type]);
    if ("left" in type) {
      const message = `WITHIN GROUP types ${type.left.name} and ${type.right.name} cannot be matched`;
      throw binding.error("42804", message, binding.positionOf(operands[index]!) ?? position);
    }
    const value = coerceImplicitly(binding, operands[index]!, type);
    return { key: { ...key, value: coerceImplicitly(binding, key.value, type) }, value };
  });
  const before = comesBefore(binding, compared, position);
  const operator = (called: string, ...given: BoundExpression[]) => bindOperator(binding, called, given, position);
  const one = constant(1n, BIGINT);
  const double = (value: BoundExpression) => coerceImplicitly(binding, value, DOUBLE);
  const count = (filter?: BoundExpression) => collect({ aggregate: COUNT_STAR, arguments: [], filter });
  switch (name) {
    case "rank":
      return operator("+", count(before), one);
    case "dense_rank": {
      const values = compared.map(({ key }) => key.value);
      const aggregate = { ...COUNT_STAR, parameters: values.map(({ type }) => type) };
      return operator("+", collect({ aggregate, arguments: values, distinct: true, filter: before }), one);
    }
    case "percent_rank": {
      const rows = count();
      return choose(operator("=", rows, constant(0n, BIGINT)), constant(0, DOUBLE), operator("/", double(count(before)), double(rows)));
    }
    default: {
      const upTo = compared.map((pair) => isSame(binding, pair, position)).reduce((all, same) => both(all, same));
      const either: BoundExpression = { kind: "BoundLogical", type: BOOLEAN, operator: "OR", operands: [before, upTo] };
      return operator("/", double(operator("+", count(either), one)), double(operator("+", count(), one)));
    }
  }
}

/**
 * The rank, and the direct arguments beside it, which make no difference: what stands above the groups is looked at there, and a column
 * that no group has is refused.
 */
function aboveGroups({ context: { level }, operands }: Use, rank: BoundExpression): BoundExpression {
  const grouped = operands.filter((operand) => [...columnsUsed(operand)].some((column) => !level.outer.has(column)));
  return grouped.reduce((value, operand) => choose(isNull(operand), value, value), rank);
}

/** Whether a row comes before the hypothetical one: by the first key that differs. */
function comesBefore(binding: Binding, [first, ...others]: readonly Compared[], position: number): BoundExpression {
  const before = isBefore(binding, first!, position);
  if (others.length === 0) return before;
  const later = both(isSame(binding, first!, position), comesBefore(binding, others, position));
  return { kind: "BoundLogical", type: BOOLEAN, operator: "OR", operands: [before, later] };
}

/** By one key; never NULL. */
function isBefore(binding: Binding, { key, value }: Compared, position: number): BoundExpression {
  const operator = bindOperator(binding, key.descending ? ">" : "<", [key.value, value], position);
  const nulls = constant(key.nullsFirst, BOOLEAN);
  return withNulls(key.value, value, both(nulls, negated(isNull(value))), negated(nulls), operator);
}

function isSame(binding: Binding, { key, value }: Compared, position: number): BoundExpression {
  const operator = bindOperator(binding, "=", [key.value, value], position);
  return withNulls(key.value, value, isNull(value), constant(false, BOOLEAN), operator);
}

function isNull(operand: BoundExpression): BoundExpression {
  return { kind: "BoundIsNull", type: BOOLEAN, negated: false, operand };
}

function withNulls(
  left: BoundExpression,
  right: BoundExpression,
  leftNull: BoundExpression,
  rightNull: BoundExpression,
  otherwise: BoundExpression,
): BoundExpression {
  const branches = [
    { condition: isNull(left), result: leftNull },
    { condition: isNull(right), result: rightNull },
  ];
  return { kind: "BoundCase", type: BOOLEAN, branches, otherwise };
}
