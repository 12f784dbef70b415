/**
 * Queries inside of expressions: scalar, EXISTS, IN, ANY, ALL, ARRAY. Which columns of enclosing queries one uses stands in `outer`.
 */
import type {
  ParsedCall,
  ParsedExists,
  ParsedExpression,
  ParsedInSubquery,
  ParsedQuantified,
  ParsedRow,
  ParsedSubquery,
} from "../ast/expression.ts";
import type { ParsedName, ParsedType } from "../ast/name.ts";
import type { ParsedQuery, ParsedSelect } from "../ast/query.ts";
import { engine, entry } from "../function/row.ts";
import type { BoundExpression, BoundSubquery } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import { columnsUsed } from "../plan/walk.ts";
import { identicalType } from "../type/category.ts";
import { arrayOf, plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { call, coerceImplicitly, coerceToBoolean, constant } from "./coerce.ts";
import { bindExpression, type Context } from "./expression.ts";
import { bindOperator, comparisonOf, negated, operandOf } from "./operation.ts";
import { type BoundQuery, bindQuery } from "./query.ts";
import { compareRows } from "./row.ts";

const BOOLEAN = plainType("boolean");

function bindInner({ binding, level, clause, aggregates }: Context, query: ParsedQuery): BoundQuery {
  const { inner } = level;
  level.inner = { clause, aggregates };
  const bound = bindQuery(binding, level, true, query);
  level.inner = inner;
  return bound;
}

function single(binding: Binding, { columns }: BoundQuery, message: string, position: number): PlanColumn {
  if (columns.length !== 1) throw binding.error("42601", message, position);
  return columns[0]!;
}

export function bindScalarSubquery(context: Context, { query, position }: ParsedSubquery): BoundExpression {
  const inner = bindInner(context, query);
  const column = single(context.binding, inner, "subquery must return only one column", position);
  return subquery("scalar", inner, column.type, column, undefined);
}

export function bindArraySubquery(
  context: Context,
  { query, position }: Extract<ParsedExpression, { readonly kind: "ParsedArraySubquery" }>,
): BoundExpression {
  const inner = bindInner(context, query);
  const column = single(context.binding, inner, "subquery must return only one column", position);
  return subquery("array", inner, arrayOf({ ...column.type, modifiers: [] }), column, undefined);
}

export function bindExists(context: Context, { query }: ParsedExists): BoundExpression {
  return subquery("exists", bindInner(context, query), BOOLEAN, undefined, undefined);
}

type Comparison = Pick<BoundSubquery, "operand" | "comparison">;

function subquery(
  test: BoundSubquery["test"],
  { operator, level }: BoundQuery,
  type: BoundSubquery["type"],
  column: PlanColumn | undefined,
  comparison: Comparison | undefined,
): BoundSubquery {
  const { operand, comparison: function_ } = comparison ?? { operand: undefined, comparison: undefined };
  return {
    kind: "BoundSubquery",
    type,
    test,
    plan: operator,
    column: column?.column,
    operand,
    comparison: function_,
    outer: [...level.outer],
  };
}

export function bindInSubquery(context: Context, parsed: ParsedInSubquery): BoundExpression {
  const inner = bindInner(context, parsed.query);
  const bound =
    parsed.operand.kind === "ParsedRow"
      ? rowCompared(context, "any", "=", parsed.operand, inner, parsed.position)
      : compared(context, "any", "=", bindExpression(context, parsed.operand), inner, parsed.position);
  return parsed.negated ? negated(bound) : bound;
}

/** `(a, b) IN (SELECT x, y ...)` is `TRUE = ANY (SELECT a = x AND b = y ...)`: as three-valued, but its query uses `a` and `b`. */
function rowCompared(
  context: Context,
  test: "any" | "all",
  operator: string,
  row: ParsedRow,
  inner: BoundQuery,
  position: number,
): BoundExpression {
  const { binding } = context;
  const { columns, level } = inner;
  const lefts = row.items.map((item) => bindExpression(context, item));
  // The query uses columns of the row in the comparison.
  const left = lefts.map((expression, index) => {
    const operand = operandOf(context, row.items[index]!, expression);
    return (): BoundExpression => {
      const used = operand();
      for (const column of columnsUsed(used)) level.outer.add(column);
      return used;
    };
  });
  if (columns.length !== lefts.length) {
    const problem = columns.length > lefts.length ? "many" : "few";
    throw binding.error("42601", `subquery has too ${problem} columns`, position);
  }
  const right = columns.map(
    ({ column, name, type }) =>
      (): BoundExpression => ({ kind: "BoundColumn", type, column, name }),
  );
  const value = compareRows(binding, operator, left, right, position);
  const matches: PlanColumn = { column: binding.newColumn(), name: "matches", type: BOOLEAN };
  const plan: LogicalOperator = { kind: "LogicalProject", input: inner.operator, items: [{ ...matches, value }] };
  const reference: BoundExpression = { kind: "BoundColumn", type: BOOLEAN, column: matches.column, name: matches.name };
  const truth = constant(true, BOOLEAN);
  const { comparison } = comparisonOf(binding, "=", truth, reference, position);
  return subquery(test, { operator: plan, columns: [matches], level }, BOOLEAN, matches, { operand: truth, comparison });
}

/** Compares an operand with the one column of a query. */
function compared(
  { binding }: Context,
  test: "any" | "all",
  operator: string,
  operand: BoundExpression,
  inner: BoundQuery,
  position: number,
): BoundExpression {
  const column = single(binding, inner, "subquery has too many columns", position);
  const reference: BoundExpression = { kind: "BoundColumn", type: column.type, column: column.column, name: column.name };
  const { comparison, left, right } = comparisonOf(binding, operator, operand, reference, position);
  const { query, column: cast } = withColumn(binding, inner, column, right);
  return subquery(test, query, BOOLEAN, cast, { operand: left, comparison });
}

/** The query with its column as the comparison needs it. */
function withColumn(
  binding: Binding,
  query: BoundQuery,
  column: PlanColumn,
  value: BoundExpression,
): { readonly query: BoundQuery; readonly column: PlanColumn } {
  if (value.kind === "BoundColumn" && identicalType(value.type, column.type)) return { query, column };
  const cast: PlanColumn = { column: binding.newColumn(), name: column.name, type: value.type };
  const operator: LogicalOperator = { kind: "LogicalProject", input: query.operator, items: [{ ...cast, value }] };
  return { query: { ...query, operator, columns: [cast] }, column: cast };
}

const MATCHES: Readonly<Record<string, readonly [operator: string, negated: boolean]>> = {
  LIKE: ["~~", false],
  "NOT LIKE": ["~~", true],
  ILIKE: ["~~*", false],
  "NOT ILIKE": ["~~*", true],
};

/** `x = ANY (SELECT ...)`, `x = ANY (array)`. NOT LIKE ANY is the negation of LIKE ALL. */
export function bindQuantified(context: Context, parsed: ParsedQuantified): BoundExpression {
  const { binding } = context;
  const { right, position } = parsed;
  const [operator, not] = MATCHES[parsed.operator] ?? [parsed.operator, false];
  const quantifier = (parsed.quantifier === "ANY") === not ? "ALL" : "ANY";
  const test = quantifier === "ANY" ? "any" : "all";
  const wrap = (bound: BoundExpression) => (not ? negated(bound) : bound);
  if (parsed.left.kind === "ParsedRow") {
    if (right.kind !== "ParsedSubquery") throw binding.notSupported("a row on the left of ANY or ALL of an array", position);
    return wrap(rowCompared(context, test, operator, parsed.left, bindInner(context, right.query), position));
  }
  const operand = bindExpression(context, parsed.left);
  if (right.kind === "ParsedSubquery") return wrap(compared(context, test, operator, operand, bindInner(context, right.query), position));
  if (right.kind === "ParsedArray") {
    refuseOtherElements(context, operator, operand, right, position);
    const again = operandOf(context, parsed.left, operand);
    const items = right.items.map((item) => bindOperator(binding, operator, [again(), bindExpression(context, item)], position));
    return wrap(quantifiedItems(binding, quantifier, items));
  }
  const array = bindExpression(context, right);
  if (isMembership(operator, quantifier)) return wrap(bindMember(context, operator, operand, array, position));
  return wrap(bindElements(context, { test, operator, operand, array, parsed: right, position }));
}

/** An array of strings is one of texts: what cannot be compared with text is refused, though each string could be of another type. */
function refuseOtherElements(
  { binding }: Context,
  operator: string,
  operand: BoundExpression,
  { items }: Extract<ParsedExpression, { readonly kind: "ParsedArray" }>,
  position: number,
): void {
  const isText = items.every(({ kind }) => kind === "ParsedString" || kind === "ParsedNull");
  if (!isText || items.length === 0 || operand.type.name === "unknown") return;
  bindOperator(binding, operator, [operand, constant(null, plainType("text"))], position);
}

function quantifiedItems(binding: Binding, quantifier: "ANY" | "ALL", items: readonly BoundExpression[]): BoundExpression {
  const operands = items.map((item) => coerceToBoolean(binding, item, "ANY/ALL"));
  const [first] = operands;
  if (first === undefined) return { kind: "BoundConstant", type: BOOLEAN, value: quantifier === "ALL" };
  if (operands.length === 1) return first;
  return { kind: "BoundLogical", type: BOOLEAN, operator: quantifier === "ANY" ? "OR" : "AND", operands };
}

function isMembership(operator: string, quantifier: "ANY" | "ALL"): boolean {
  return (operator === "=" && quantifier === "ANY") || (operator === "<>" && quantifier === "ALL");
}

/** Membership in an array that is computed: `x = ANY (tags)`, `x <> ALL (tags)`. */
function bindMember(
  { binding }: Context,
  operator: string,
  operand: BoundExpression,
  array: BoundExpression,
  position: number,
): BoundExpression {
  const any = plainType("any");
  const typed = typedArray(binding, operand, array, position);
  const left = coerceImplicitly(binding, operand, typed.type.element!);
  const row = entry("function", "array_has", [typed.type, "any"], "boolean", engine("array_has", { tagged: true }), {});
  const found = call(row, typed, coerceImplicitly(binding, left, any));
  return operator === "=" ? found : negated(found);
}

interface ElementsUse {
  readonly test: "any" | "all";
  readonly operator: string;
  readonly operand: BoundExpression;
  readonly array: BoundExpression;
  readonly parsed: ParsedExpression;
  readonly position: number;
}

/** Other operators: `x < ANY (tags)` is `x < ANY (SELECT * FROM unnest(tags))`, and NULL where the array is. */
function bindElements(context: Context, { test, operator, operand, array, parsed, position }: ElementsUse): BoundExpression {
  const { binding } = context;
  const typed = typedArray(binding, operand, array, position);
  const query = elementsOf(array.type.name === "unknown" ? castTo(parsed, settledType(operand).name) : parsed);
  const elements = compared(context, test, operator, operand, bindInner(context, query), position);
  const isNull: BoundExpression = { kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: typed };
  return { kind: "BoundCase", type: BOOLEAN, branches: [{ condition: isNull, result: constant(null, BOOLEAN) }], otherwise: elements };
}

/** `operand::type[]` */
function castTo(operand: ParsedExpression, type: string): ParsedExpression {
  const { position } = operand;
  const array: ParsedType = { kind: "ParsedType", position, name: [type], modifiers: [], fields: undefined, dimensions: 1 };
  return { kind: "ParsedCast", position, operand, type: array };
}

/** `SELECT * FROM unnest(array)` */
function elementsOf(array: ParsedExpression): ParsedQuery {
  const { position } = array;
  const name: ParsedName = { kind: "ParsedName", position, text: "unnest", folded: "unnest", quoted: false };
  const function_: ParsedCall = {
    kind: "ParsedCall",
    position,
    names: [name],
    arguments: [array],
    star: false,
    distinct: false,
    orderBy: [],
    withinGroup: [],
    filter: undefined,
    over: undefined,
  };
  const body: ParsedSelect = {
    kind: "ParsedSelect",
    position,
    distinct: false,
    distinctOn: [],
    items: [{ kind: "ParsedSelectItem", position, value: { kind: "ParsedStar", position, qualifier: [] }, alias: undefined }],
    from: [{ kind: "ParsedFunctionTable", position, call: function_, lateral: false, ordinality: false, returns: [], alias: undefined }],
    where: undefined,
    groupBy: undefined,
    having: undefined,
    windows: [],
  };
  return {
    kind: "ParsedQuery",
    position,
    with: undefined,
    body,
    orderBy: [],
    limit: undefined,
    offset: undefined,
    withTies: false,
    locking: [],
  };
}

/** An untyped literal is an array of what the operand is; a dynamic value is one, or NULL. */
function typedArray(binding: Binding, operand: BoundExpression, array: BoundExpression, position: number): BoundExpression {
  if (array.type.name === "array") return array;
  if (array.type.name === "any") return coerceImplicitly(binding, array, arrayOf(plainType("any")));
  if (array.type.name !== "unknown") throw binding.error("42809", "op ANY/ALL (array) requires array on right side", position);
  return coerceImplicitly(binding, array, arrayOf({ ...settledType(operand), modifiers: [] }));
}

function settledType({ type }: BoundExpression): BoundExpression["type"] {
  return type.name === "unknown" ? plainType("text") : type;
}
