/**
 * Calls with OVER: aggregates, and the functions that only windows have.
 *
 * A plan knows few of them (plan/operator.ts). The others are expressions over these: percent_rank and cume_dist over counts, ntile over
 * the row's number, and an average over a frame that moves is a sum by a count, since these can be taken together from parts.
 */
import type { ParsedCall, ParsedExpression } from "../ast/expression.ts";
import type { AggregateEntry } from "../function/entry.ts";
import { engine, entry } from "../function/row.ts";
import { COUNT_STAR, isAggregate } from "../function/table.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { WindowFunction } from "../plan/operator.ts";
import { plainType, type SqlType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { aggregateOf, bindAggregateArguments, noFunction } from "./call.ts";
import { commonType } from "./candidate.ts";
import { call, coerce, coerceImplicitly, constant } from "./coerce.ts";
import { bindCondition, bindExpression, type Context } from "./expression.ts";
import { bindOperator } from "./operation.ts";
import { WHOLE_FRAME, type Window, type WindowCollector } from "./window.ts";

const BIGINT = plainType("bigint");
const DOUBLE = plainType("double precision");
const INTEGER = plainType("integer");

/** A call of a window function. */
interface Use {
  readonly binding: Binding;
  readonly windows: WindowCollector;
  readonly window: Window;
  readonly name: string;
  readonly position: number;
}

interface Form {
  readonly fewest: number;
  readonly most: number;
  /** Undefined: the operands are of types that it does not take. */
  readonly bind: (use: Use, operands: readonly BoundExpression[]) => BoundExpression | undefined;
}

function plain(kind: "row_number" | "rank" | "dense_rank"): Form {
  return { fewest: 0, most: 0, bind: (use) => made(use, { kind }, BIGINT, []) };
}

const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["row_number", plain("row_number")],
  ["rank", plain("rank")],
  ["dense_rank", plain("dense_rank")],
  ["percent_rank", { fewest: 0, most: 0, bind: percentRank }],
  ["cume_dist", { fewest: 0, most: 0, bind: cumulativeDistribution }],
  ["ntile", { fewest: 1, most: 1, bind: bucket }],
  ["lag", { fewest: 1, most: 3, bind: (use, operands) => neighbour(use, "lag", operands) }],
  ["lead", { fewest: 1, most: 3, bind: (use, operands) => neighbour(use, "lead", operands) }],
  ["first_value", { fewest: 1, most: 1, bind: (use, operands) => edge(use, "first_value", operands) }],
  ["last_value", { fewest: 1, most: 1, bind: (use, operands) => edge(use, "last_value", operands) }],
  ["nth_value", { fewest: 2, most: 2, bind: nth }],
]);

export function isWindowFunction(name: string): boolean {
  return FORMS.has(name);
}

/** A call with OVER. */
export function bindWindowCall(context: Context, parsed: ParsedCall, name: string, values: readonly ParsedExpression[]): BoundExpression {
  const { binding, windows } = context;
  const { position, over } = parsed;
  const refuse = (state: string, message: string) => binding.error(state, message, position);
  const form = FORMS.get(name);
  if (form === undefined && !isAggregate(name)) {
    throw refuse("42809", `OVER specified, but ${name} is not a window function nor an aggregate function`);
  }
  const { sets: _sets, windows: _windows, ...around } = context;
  const inner: Context = { ...around, clause: "a window function" };
  if (form === undefined) {
    const { row, given } = bindAggregateArguments(inner, parsed, name, values);
    if (parsed.distinct) throw refuse("0A000", "DISTINCT is not implemented for window functions");
    if (parsed.orderBy.length > 0) throw refuse("0A000", "aggregate ORDER BY is not implemented for window functions");
    const filter = parsed.filter && bindCondition({ ...inner, aggregates: undefined, clause: "FILTER" }, parsed.filter, "FILTER");
    const use = useOf(context, windows, parsed, name);
    return aggregateOver(use, row, given, filter);
  }
  const operands = values.map((value) => bindExpression(inner, value));
  if (parsed.star) throw noFunction(binding, name, [], "none", position);
  if (parsed.distinct) throw refuse("0A000", "DISTINCT is not implemented for window functions");
  if (parsed.orderBy.length > 0) throw refuse("0A000", "aggregate ORDER BY is not implemented for window functions");
  if (parsed.filter !== undefined) throw refuse("0A000", "FILTER is not implemented for non-aggregate window functions");
  const isCalled = operands.length >= form.fewest && operands.length <= form.most;
  const use = isCalled ? useOf(context, windows, parsed, name) : undefined;
  const bound = use && form.bind(use, operands);
  if (bound === undefined || over === undefined) throw noFunction(binding, name, operands, "none", position);
  return bound;
}

function useOf({ binding, clause }: Context, windows: WindowCollector | undefined, { over, position }: ParsedCall, name: string): Use {
  if (windows === undefined || over === undefined) throw misplaced(binding, clause, position);
  return { binding, windows, window: windows.over(over), name, position };
}

/** Where no window function may stand. */
function misplaced(binding: Binding, clause: string, position: number): Error {
  if (clause === "an aggregate") return binding.error("42803", "aggregate function calls cannot contain window function calls", position);
  if (clause === "a window function") return binding.error("42P20", "window function calls cannot be nested", position);
  const place = clause.startsWith("window ") ? "window definitions" : clause;
  return binding.error("42P20", `window functions are not allowed in ${place}`, position);
}

function made(
  { windows, window, name }: Use,
  function_: WindowFunction,
  type: SqlType,
  arguments_: readonly BoundExpression[],
  filter?: BoundExpression,
): BoundExpression {
  return windows.add(window, { name, type, function: function_, arguments: arguments_, filter });
}

// Aggregates --------------------------------------------------------------------------------------------------------------

function aggregateOver(use: Use, row: AggregateEntry, given: readonly BoundExpression[], filter?: BoundExpression): BoundExpression {
  const { start, exclude } = use.window.frame;
  const moves = start.kind !== "unbounded" || exclude !== "none";
  const average = moves && row.name === "avg" ? movingAverage(use, given, filter) : undefined;
  return average ?? made(use, { kind: "aggregate", aggregate: row }, row.result, given, filter);
}

type PlainName = Parameters<typeof plainType>[0];

/** The type in which values of a type are summed for their average. */
const SUMMED: ReadonlyMap<string, PlainName> = new Map<string, PlainName>([
  ["smallint", "smallint"],
  ["integer", "integer"],
  ["bigint", "bigint"],
  ["numeric", "numeric"],
  ["real", "double precision"],
  ["double precision", "double precision"],
  ["interval", "interval"],
]);

function movingAverage(use: Use, [value]: readonly BoundExpression[], filter: BoundExpression | undefined): BoundExpression | undefined {
  const { binding, position } = use;
  const summed = value && SUMMED.get(value.type.name);
  if (value === undefined || summed === undefined) return undefined;
  const operand = coerceImplicitly(binding, value, plainType(summed));
  const part = (name: string) => {
    const { row, given } = aggregateOf(binding, name, [operand], position);
    return made({ ...use, name }, { kind: "aggregate", aggregate: row }, row.result, given, filter);
  };
  const sum = part("sum");
  const count = part("count");
  const isExact = sum.type.name === "bigint" || sum.type.name === "numeric";
  const divisor = coerceImplicitly(binding, count, isExact ? plainType("numeric") : DOUBLE);
  // Without a value the sum is NULL, so that nothing is divided by 0.
  return bindOperator(binding, "/", [isExact ? coerceImplicitly(binding, sum, plainType("numeric")) : sum, divisor], position);
}

// Functions over all rows of the partition ----------------------------------------------------------------------------------

/** Rows of the partition, or of a frame of it. */
function countRows(use: Use, frame = WHOLE_FRAME): BoundExpression {
  return made({ ...use, name: "count", window: { ...use.window, frame } }, { kind: "aggregate", aggregate: COUNT_STAR }, BIGINT, []);
}

function choose(condition: BoundExpression, result: BoundExpression, otherwise: BoundExpression): BoundExpression {
  return { kind: "BoundCase", type: otherwise.type, branches: [{ condition, result }], otherwise };
}

/** (rank - 1) / (rows - 1), or 0 for a row alone. */
function percentRank(use: Use): BoundExpression {
  const { binding, position } = use;
  const one = constant(1n, BIGINT);
  const operator = (name: string, ...operands: BoundExpression[]) => bindOperator(binding, name, operands, position);
  const rank = made({ ...use, name: "rank" }, { kind: "rank" }, BIGINT, []);
  const rows = countRows(use);
  const before = coerceImplicitly(binding, operator("-", rank, one), DOUBLE);
  const others = coerceImplicitly(binding, operator("-", rows, one), DOUBLE);
  return choose(operator("=", rows, one), constant(0, DOUBLE), operator("/", before, others));
}

/** Rows up to the last peer, by all rows. */
function cumulativeDistribution(use: Use): BoundExpression {
  const { binding, position } = use;
  const upTo = countRows(use, { ...WHOLE_FRAME, end: { kind: "current" } });
  const operands = [upTo, countRows(use)].map((count) => coerceImplicitly(binding, count, DOUBLE));
  return bindOperator(binding, "/", operands, position);
}

function bucket(use: Use, [operand]: readonly BoundExpression[]): BoundExpression | undefined {
  const { binding } = use;
  const buckets = operand && coerce(binding, operand, INTEGER, "implicit");
  if (buckets === undefined) return undefined;
  const whole: Use = { ...use, window: { ...use.window, frame: WHOLE_FRAME } };
  const number = made({ ...use, name: "row_number" }, { kind: "row_number" }, BIGINT, []);
  // The first row of the partition says how many there are.
  const many = isFixed(buckets) ? buckets : made({ ...whole, name: "first_value" }, { kind: "first_value" }, INTEGER, [buckets]);
  return call(NTILE, number, countRows(use), many);
}

const NTILE = entry("function", "ntile", ["bigint", "bigint", "integer"], "integer", engine("window_ntile", { fails: true }), {});
const POSITION = entry("function", "nth_value", ["integer"], "integer", engine("window_position", { fails: true }), {});

function isFixed({ kind }: BoundExpression): boolean {
  return kind === "BoundConstant" || kind === "BoundLiteral" || kind === "BoundParameter";
}

// Values of other rows ------------------------------------------------------------------------------------------------------

function neighbour(use: Use, kind: "lag" | "lead", [value, offset, fallback]: readonly BoundExpression[]): BoundExpression | undefined {
  const { binding } = use;
  const distance = offset === undefined ? constant(1n, INTEGER) : coerce(binding, offset, INTEGER, "implicit");
  if (value === undefined || distance === undefined) return undefined;
  const [first, second] = fallback === undefined ? [typed(use, value)] : (commonOf(binding, value, fallback) ?? []);
  if (first === undefined) return undefined;
  return made(use, { kind }, first.type, [first, distance, second ?? constant(null, first.type)]);
}

/** What gives a function its type must have one. */
function typed({ binding, position }: Use, value: BoundExpression): BoundExpression {
  if (value.type.name !== "unknown") return value;
  throw binding.error("42804", "could not determine polymorphic type because input has type unknown", position);
}

/** Both as their common type; undefined: there is none. */
function commonOf(binding: Binding, value: BoundExpression, fallback: BoundExpression): readonly BoundExpression[] | undefined {
  const type = commonType([value.type, fallback.type]);
  return "left" in type ? undefined : [value, fallback].map((operand) => coerceImplicitly(binding, operand, type));
}

function edge(use: Use, kind: "first_value" | "last_value", [operand]: readonly BoundExpression[]): BoundExpression | undefined {
  const value = operand && typed(use, operand);
  return value && made(use, { kind }, value.type, [value]);
}

function nth(use: Use, [operand, number]: readonly BoundExpression[]): BoundExpression | undefined {
  const { binding } = use;
  const position = number && coerce(binding, number, INTEGER, "implicit");
  if (operand === undefined || position === undefined) return undefined;
  const value = typed(use, operand);
  return made(use, { kind: "nth_value" }, value.type, [value, call(POSITION, position)]);
}
