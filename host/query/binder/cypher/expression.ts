/**
 * Expressions: one case per kind of node.
 *
 * Positions of variables are remembered (`binding.at`), since a projection that aggregates may have to refuse them later.
 */
import type { CypherExpression, ParsedComparisonChain, ParsedLabelTest, ParsedMap, ParsedProperty } from "../../ast/cypher/expression.ts";
import type { ParsedBinary, ParsedCase, ParsedLogical, ParsedSlice, ParsedUnary } from "../../ast/expression.ts";
import { findCast } from "../../function/cast.ts";
import type { CypherKind } from "../../function/cypher/row.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalAggregateItem } from "../../plan/operator.ts";
import { BOOLEAN, type CypherBinding, constant, FLOAT, INTEGER, isNull, LIST, MAP, NULL } from "./binding.ts";
import { bindListComprehension, bindQuantifier, bindReduce } from "./comprehension.ts";
import { asType, callOf, commonType, toValue } from "./convert.ts";
import { entityProperty } from "./entity.ts";
import { bindFunction } from "./function.ts";
import { type Argument, bindOperator, operatorText, textConstant, wrongArgument } from "./function-row.ts";
import { kindsOf, kindText, mayBe } from "./kind.ts";
import { bindNumber, bindString } from "./literal.ts";
import { bindMapProjection } from "./map-projection.ts";
import { once } from "./once.ts";
import { bindPatternComprehension, bindPatternCondition, bindShortestPath } from "./pattern-expression.ts";
import { rowProperty } from "./row.ts";
import { knownVariable, readVariable, type Scope } from "./scope.ts";
import { bindQueryExpression } from "./subquery.ts";

/** Aggregates that were found in a projection. */
export interface AggregateCollector {
  readonly items: LogicalAggregateItem[];
  /** The same by how they are written (parsed-key.ts). */
  readonly written: Map<string, LogicalAggregateItem>;
}

/** What an expression is bound against. */
export interface ExpressionContext {
  readonly binding: CypherBinding;
  readonly scope: Scope;
  /** Undefined: aggregates may not stand here. */
  readonly aggregates: AggregateCollector | undefined;
  /** What arguments of aggregates are bound against, where that differs. */
  readonly aggregateScope?: Scope;
  /** Inside of an aggregate's brackets. */
  readonly aggregated?: boolean;
  /** What is known already: ORDER BY knows the expressions of its projection. */
  readonly known?: ((parsed: CypherExpression) => BoundExpression | undefined) | undefined;
}

export function bindExpression(context: ExpressionContext, parsed: CypherExpression): BoundExpression {
  return context.known?.(parsed) ?? bindNode(context, parsed);
}

function bindNode(context: ExpressionContext, parsed: CypherExpression): BoundExpression {
  const { binding } = context;
  switch (parsed.kind) {
    case "ParsedNumber":
      return bindNumber(parsed);
    case "ParsedString":
      return bindString(parsed);
    case "ParsedBoolean":
      return constant(parsed.value, BOOLEAN);
    case "ParsedNull":
      return NULL;
    case "ParsedNamedParameter":
      return binding.parameter(parsed.name);
    case "ParsedVariable":
      return binding.at(readVariable(knownVariable(binding, context.scope, parsed.name)), parsed.position);
    case "ParsedUnary":
      return bindUnary(context, parsed);
    case "ParsedBinary":
      return bindBinary(context, parsed);
    case "ParsedLogical":
      return bindLogical(context, parsed);
    case "ParsedNot":
      return { kind: "BoundNot", type: BOOLEAN, operand: bindCondition(context, parsed.operand) };
    case "ParsedIs":
      return { kind: "BoundIsNull", type: BOOLEAN, negated: parsed.negated, operand: bindExpression(context, parsed.operand) };
    case "ParsedComparisonChain":
      return bindComparisons(context, parsed);
    case "ParsedProperty":
      return bindProperty(context, parsed);
    case "ParsedLabelTest":
      return bindLabelTest(context, parsed);
    case "ParsedSubscript":
      return bindSubscript(context, parsed.operand, parsed.index, parsed.position);
    case "ParsedSlice":
      return bindSlice(context, parsed);
    case "ParsedList":
      return { kind: "BoundList", type: LIST, items: parsed.items.map((item) => toValue(bindExpression(context, item))) };
    case "ParsedMap":
      return bindMap(context, parsed);
    case "ParsedMapProjection":
      return bindMapProjection(context, parsed);
    case "ParsedListComprehension":
      return bindListComprehension(context, parsed);
    case "ParsedPatternComprehension":
      return bindPatternComprehension(context, parsed);
    case "ParsedQuantifier":
      return bindQuantifier(context, parsed);
    case "ParsedReduce":
      return bindReduce(context, parsed);
    case "ParsedPatternExpression":
      return parsed.pattern.shortest === undefined ? bindPatternCondition(context, parsed) : bindShortestPath(context, parsed);
    case "ParsedQueryExpression":
      return bindQueryExpression(context, parsed);
    case "ParsedCase":
      return bindCase(context, parsed);
    case "ParsedFunction":
      return bindFunction(context, parsed);
  }
}

/** An expression with its place. */
export function bindArgument(context: ExpressionContext, parsed: CypherExpression): Argument {
  return { value: bindExpression(context, parsed), position: parsed.position };
}

/** A condition, which is boolean or NULL. */
export function bindCondition(context: ExpressionContext, parsed: CypherExpression): BoundExpression {
  return asCondition(context.binding, bindArgument(context, parsed));
}

export function asCondition(binding: CypherBinding, { value, position }: Argument): BoundExpression {
  if (value.type.name === "boolean") return value;
  if (isNull(value)) return constant(null, BOOLEAN);
  refuseOthers(binding, value, ["boolean"], position);
  return bindOperator(binding, "condition", [{ value, position }], position);
}

/** Throws if the value is certainly of none of the kinds. */
export function refuseOthers(binding: CypherBinding, value: BoundExpression, kinds: readonly CypherKind[], position: number): void {
  const known = kindsOf(binding, value);
  if (mayBe(known, kinds)) return;
  const wanted = kinds.map((kind) => kind.toUpperCase()).join(" or ");
  throw binding.syntaxError("InvalidArgumentType", `expected a value of type ${wanted}, not ${kindText(known)}`, position);
}

function bindUnary(context: ExpressionContext, { operator, operand, position }: ParsedUnary<CypherExpression>): BoundExpression {
  return bindOperator(context.binding, `u${operator}`, [bindArgument(context, operand)], position);
}

/** Where one operand is an INTEGER and the other a FLOAT both are FLOATs; powers are always. */
const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "^"]);

function bindBinary(context: ExpressionContext, { operator, left, right, position }: ParsedBinary<CypherExpression>): BoundExpression {
  const given = [bindArgument(context, left), bindArgument(context, right)];
  const symbol = operator.toLowerCase();
  return bindOperator(context.binding, symbol, ARITHMETIC.has(symbol) ? numbersAlike(given, symbol === "^") : given, position);
}

function numbersAlike(given: readonly Argument[], floats: boolean): readonly Argument[] {
  const types = given.map(({ value }) => value.type.name);
  if (!types.every((type) => type === "bigint" || type === "double precision")) return given;
  if (!floats && types[0] === types[1]) return given;
  return given.map(({ value, position }) => ({ value: toFloat(value), position }));
}

function toFloat(value: BoundExpression): BoundExpression {
  if (value.type.name === "double precision") return value;
  if (value.kind === "BoundLiteral") return { ...value, type: FLOAT };
  if (value.kind === "BoundConstant") return constant(Number(value.value), FLOAT);
  return callOf(findCast(INTEGER, FLOAT)!.function, value);
}

function bindLogical(context: ExpressionContext, parsed: ParsedLogical<CypherExpression, "AND" | "OR" | "XOR">): BoundExpression {
  const { operator, position } = parsed;
  const operands = parsed.operands.map((operand) => bindCondition(context, operand));
  if (operator !== "XOR") return { kind: "BoundLogical", type: BOOLEAN, operator, operands };
  return operands.reduce((left, right) =>
    bindOperator(
      context.binding,
      "xor",
      [left, right].map((value) => ({ value, position })),
      position,
    ),
  );
}

/** Operands between two operators are compared twice. */
function bindComparisons(context: ExpressionContext, { operators, operands, position }: ParsedComparisonChain): BoundExpression {
  const { binding } = context;
  const given = operands.map((operand) => bindArgument(context, operand));
  const compare = (known: readonly Argument[]): BoundExpression => {
    const next = given[known.length];
    if (next === undefined) {
      const comparisons = operators.map((operator, index) => bindOperator(binding, operator, [known[index]!, known[index + 1]!], position));
      return { kind: "BoundLogical", type: BOOLEAN, operator: "AND", operands: comparisons };
    }
    if (known.length === 0 || known.length === given.length - 1) return compare([...known, next]);
    return once(binding, next.value, (value) => compare([...known, { ...next, value }]));
  };
  return compare([]);
}

function bindProperty(context: ExpressionContext, { operand, name }: ParsedProperty): BoundExpression {
  return propertyOf(context.binding, bindArgument(context, operand), name.text);
}

/** A property of a node or a relationship, an entry of a map, a part of a temporal value. */
export function propertyOf(binding: CypherBinding, operand: Argument, name: string): BoundExpression {
  const { value, position } = operand;
  if (isNull(value)) return NULL;
  const { name: type } = value.type;
  if (type === "node" || type === "relationship") return entityProperty(binding, value, name);
  const ofRow = value.kind === "BoundColumn" ? rowProperty(binding, value, name) : undefined;
  if (ofRow !== undefined) return ofRow;
  refuseAccess(binding, operand, "property", ["map", "node", "relationship", "temporal"]);
  return bindOperator(binding, "property", [operand, { value: textConstant(name), position }], position);
}

/** What has no properties or elements is a TypeError though it is known before the execution, a path apart. */
function refuseAccess(binding: CypherBinding, operand: Argument, symbol: string, kinds: readonly CypherKind[]): void {
  if (mayBe(kindsOf(binding, operand.value), kinds)) return;
  const error = operand.value.type.name === "path" ? "SyntaxError" : "TypeError";
  throw wrongArgument(binding, operand, { what: operatorText(symbol), position: operand.position, error });
}

function bindLabelTest(context: ExpressionContext, { operand, labels, position }: ParsedLabelTest): BoundExpression {
  const { binding } = context;
  const given = bindArgument(context, operand);
  if (isNull(given.value)) return constant(null, BOOLEAN);
  const symbol = given.value.type.name === "relationship" ? "has_type" : "has_label";
  const tests = labels.map(({ text }) => bindOperator(binding, symbol, [given, { value: textConstant(text), position }], given.position));
  return tests.length === 1 ? tests[0]! : { kind: "BoundLogical", type: BOOLEAN, operator: "AND", operands: tests };
}

function bindSubscript(context: ExpressionContext, operand: CypherExpression, index: CypherExpression, position: number): BoundExpression {
  const container = bindArgument(context, operand);
  refuseAccess(context.binding, container, "[]", ["list", "map", "node", "relationship"]);
  return bindOperator(context.binding, "[]", [container, bindArgument(context, index)], position);
}

function bindSlice(context: ExpressionContext, { operand, lower, upper, position }: ParsedSlice<CypherExpression>): BoundExpression {
  const { binding } = context;
  const list = bindArgument(context, operand);
  const from = lower && bindArgument(context, lower);
  const to = upper && bindArgument(context, upper);
  if (from !== undefined && to !== undefined) return bindOperator(binding, "[..]", [list, from, to], position);
  if (to !== undefined) return bindOperator(binding, "slice_to", [list, to], position);
  return bindOperator(binding, "slice_from", [list, from ?? { value: constant(0n, INTEGER), position }], position);
}

/** Of entries with one name the last one counts. */
function bindMap(context: ExpressionContext, { entries }: ParsedMap): BoundExpression {
  return mapOf(entries.map(({ name, value }) => [name.text, bindExpression(context, value)]));
}

export function mapOf(entries: readonly (readonly [name: string, value: BoundExpression])[]): BoundExpression {
  const items = new Map(entries.map(([name, value]) => [name, toValue(value)]));
  return { kind: "BoundMap", type: MAP, names: [...items.keys()], items: [...items.values()] };
}

/** The simple form is the searched one, with comparisons. */
function bindCase(context: ExpressionContext, parsed: ParsedCase<CypherExpression>): BoundExpression {
  const { binding } = context;
  const { subject } = parsed;
  if (subject === undefined) return bindBranches(context, parsed, (condition) => bindCondition(context, condition));
  return once(binding, bindExpression(context, subject), (value) => {
    const given: Argument = { value, position: subject.position };
    return bindBranches(context, parsed, (condition) =>
      bindOperator(binding, "=", [given, bindArgument(context, condition)], condition.position),
    );
  });
}

function bindBranches(
  context: ExpressionContext,
  parsed: ParsedCase<CypherExpression>,
  test: (condition: CypherExpression) => BoundExpression,
): BoundExpression {
  const conditions = parsed.branches.map(({ condition }) => test(condition));
  const results = parsed.branches.map(({ result }) => bindExpression(context, result));
  const otherwise = parsed.otherwise && bindExpression(context, parsed.otherwise);
  const type = commonType(otherwise === undefined ? results : [...results, otherwise]);
  return {
    kind: "BoundCase",
    type,
    branches: conditions.map((condition, index) => ({ condition, result: asType(results[index]!, type) })),
    otherwise: otherwise && asType(otherwise, type),
  };
}
