/**
 * Expressions that go through a list: comprehensions, quantifiers, reduce. The first two are queries over UNWIND of the list; their
 * variable may hide one from outside. Aggregates stand in the list only.
 */
import type { CypherExpression, ParsedListComprehension, ParsedQuantifier, ParsedReduce } from "../../ast/cypher/expression.ts";
import type { ParsedName } from "../../ast/name.ts";
import { COUNT_STAR } from "../../function/table.ts";
import type { BoundExpression, BoundSubquery } from "../../plan/expression.ts";
import type { LogicalAggregateItem, LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { outerColumns } from "../../plan/walk.ts";
import type { SqlType } from "../../type/type.ts";
import { BOOLEAN, columnReference, constant, INTEGER, isNull, LIST, VALUE } from "./binding.ts";
import { toValue } from "./convert.ts";
import { bindCondition, bindExpression, type ExpressionContext, refuseOthers } from "./expression.ts";
import { operatorCall } from "./function-row.ts";
import { elementKinds } from "./kind.ts";
import { variableOf } from "./scope.ts";
import { unwind } from "./unwind.ts";

interface Elements {
  readonly list: BoundExpression;
  readonly item: PlanColumn;
  readonly operator: LogicalOperator;
  /** With the variable in sight. */
  readonly inner: ExpressionContext;
}

function bindElements(context: ExpressionContext, variable: ParsedName, parsed: CypherExpression): Elements {
  const { binding } = context;
  const list = bindExpression(context, parsed);
  refuseOthers(binding, list, ["list"], parsed.position);
  const item = binding.newPlanColumn(variable.text, VALUE);
  binding.noteKinds(item.column, elementKinds(binding, list));
  return { list, item, operator: unwind(list, item), inner: withVariables(context, item) };
}

/** The context with more variables: what is known without them means something else here, and aggregates may not stand here. */
function withVariables(context: ExpressionContext, ...columns: readonly PlanColumn[]): ExpressionContext {
  const scope = context.scope.with(...columns.map((column) => variableOf(column)));
  return { ...context, scope, aggregates: undefined, known: undefined };
}

/** NULL where the list is, else the value. */
function unlessNull(list: BoundExpression, value: BoundExpression): BoundExpression {
  if (list.kind === "BoundList") return value;
  const nothing = constant(null, value.type);
  if (isNull(list)) return nothing;
  const condition: BoundExpression = { kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: list };
  return { kind: "BoundCase", type: value.type, branches: [{ condition, result: nothing }], otherwise: value };
}

/** A query inside of an expression. */
export function subqueryOf(
  test: "scalar" | "exists" | "array",
  type: SqlType,
  plan: LogicalOperator,
  column: PlanColumn | undefined,
): BoundSubquery {
  const outer = [...outerColumns(plan)];
  return { kind: "BoundSubquery", type, test, plan, column: column?.column, operand: undefined, comparison: undefined, outer };
}

export function bindListComprehension(context: ExpressionContext, parsed: ParsedListComprehension): BoundExpression {
  const { list, item, operator, inner } = bindElements(context, parsed.variable, parsed.list);
  const predicate = parsed.where && bindCondition(inner, parsed.where);
  const filtered: LogicalOperator = predicate === undefined ? operator : { kind: "LogicalFilter", input: operator, predicate };
  if (parsed.result === undefined) return unlessNull(list, subqueryOf("array", LIST, filtered, item));
  const column = context.binding.newPlanColumn("element", VALUE);
  const items = [{ ...column, value: toValue(bindExpression(inner, parsed.result)) }];
  return unlessNull(list, subqueryOf("array", LIST, { kind: "LogicalProject", input: filtered, items }, column));
}

/** Counts for how many elements the condition is true, false and NULL, as far as it matters, and decides by that. */
export function bindQuantifier(context: ExpressionContext, parsed: ParsedQuantifier): BoundExpression {
  const { binding } = context;
  const { list, operator, inner } = bindElements(context, parsed.variable, parsed.list);
  const condition = binding.newPlanColumn("condition", BOOLEAN);
  const tested: LogicalOperator = {
    kind: "LogicalProject",
    input: operator,
    items: [{ ...condition, value: bindCondition(inner, parsed.where) }],
  };
  const truth = columnReference(condition);
  const counted: BoundExpression = parsed.quantifier === "ALL" ? { kind: "BoundNot", type: BOOLEAN, operand: truth } : truth;
  const count = (name: string, filter: BoundExpression): LogicalAggregateItem => {
    return { ...binding.newPlanColumn(name, INTEGER), aggregate: COUNT_STAR, arguments: [], distinct: false, filter, orderBy: [] };
  };
  const decisive = count("decisive", counted);
  const unknown = count("unknown", { kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: truth });
  const counts: LogicalOperator = { kind: "LogicalAggregate", input: tested, groups: [], aggregates: [decisive, unknown] };
  const compared = (column: PlanColumn, symbol: string, number: bigint) =>
    operatorCall(binding, symbol, columnReference(column), constant(number, INTEGER));
  const single = parsed.quantifier === "SINGLE";
  const value: BoundExpression = {
    kind: "BoundCase",
    type: BOOLEAN,
    branches: [
      { condition: compared(decisive, ">", single ? 1n : 0n), result: constant(parsed.quantifier === "ANY", BOOLEAN) },
      { condition: compared(unknown, ">", 0n), result: constant(null, BOOLEAN) },
    ],
    otherwise: single ? compared(decisive, "=", 1n) : constant(parsed.quantifier !== "ANY", BOOLEAN),
  };
  const answer = binding.newPlanColumn("answer", BOOLEAN);
  const plan: LogicalOperator = { kind: "LogicalProject", input: counts, items: [{ ...answer, value }] };
  return unlessNull(list, subqueryOf("scalar", BOOLEAN, plan, answer));
}

export function bindReduce(context: ExpressionContext, parsed: ParsedReduce): BoundExpression {
  const { binding } = context;
  const initial = toValue(bindExpression(context, parsed.initial));
  const list = bindExpression(context, parsed.list);
  refuseOthers(binding, list, ["list"], parsed.list.position);
  const accumulator = binding.newPlanColumn(parsed.accumulator.text, VALUE);
  const item = binding.newPlanColumn(parsed.variable.text, VALUE);
  binding.noteKinds(item.column, elementKinds(binding, list));
  const result = toValue(bindExpression(withVariables(context, accumulator, item), parsed.result));
  return { kind: "BoundReduce", type: VALUE, list, initial, accumulator: accumulator.column, item: item.column, result };
}
