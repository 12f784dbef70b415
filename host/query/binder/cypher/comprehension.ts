/**
 * Expressions that go through a list: comprehensions, quantifiers, reduce. The first two are queries over UNWIND of the list; their
 * variable may hide one from outside. Aggregates stand in the list only.
 */
import type { CypherExpression, ParsedListComprehension, ParsedQuantifier, ParsedReduce } from "../../ast/cypher/expression.ts";
import type { ParsedName } from "../../ast/name.ts";
import { COUNT_STAR } from "../../function/table.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalAggregateItem, LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { BOOLEAN, type CypherBinding, columnReference, constant, INTEGER, LIST, VALUE } from "./binding.ts";
import { toValue } from "./convert.ts";
import { bindCondition, bindExpression, type ExpressionContext, refuseOthers } from "./expression.ts";
import { operatorCall } from "./function-row.ts";
import { elementKinds } from "./kind.ts";
import { subqueryOf, unlessNull } from "./once.ts";
import { variableOf } from "./scope.ts";
import { unwind } from "./unwind.ts";

interface Elements {
  readonly item: PlanColumn;
  readonly operator: LogicalOperator;
  /** With the variable in sight. */
  readonly inner: ExpressionContext;
}

/** NULL where the list is, else what `use` makes of its elements. */
function ofElements(
  context: ExpressionContext,
  variable: ParsedName,
  parsed: CypherExpression,
  use: (elements: Elements) => BoundExpression,
): BoundExpression {
  const { binding } = context;
  const list = bindExpression(context, parsed);
  refuseOthers(binding, list, ["list"], parsed.position);
  return unlessNull(binding, list, (again) => {
    const item = binding.newPlanColumn(variable.text, VALUE);
    binding.noteKinds(item.column, elementKinds(binding, list));
    return use({ item, operator: unwind(again, item), inner: withVariables(context, item) });
  });
}

/** The context with more variables: what is known without them means something else here, and aggregates may not stand here. */
function withVariables(context: ExpressionContext, ...columns: readonly PlanColumn[]): ExpressionContext {
  const scope = context.scope.with(...columns.map((column) => variableOf(column)));
  return { ...context, scope, aggregates: undefined, known: undefined };
}

export function bindListComprehension(context: ExpressionContext, parsed: ParsedListComprehension): BoundExpression {
  return ofElements(context, parsed.variable, parsed.list, ({ item, operator, inner }) => {
    const predicate = parsed.where && bindCondition(inner, parsed.where);
    const filtered: LogicalOperator = predicate === undefined ? operator : { kind: "LogicalFilter", input: operator, predicate };
    if (parsed.result === undefined) return subqueryOf("array", LIST, filtered, item);
    const column = context.binding.newPlanColumn("element", VALUE);
    const items = [{ ...column, value: toValue(bindExpression(inner, parsed.result)) }];
    return subqueryOf("array", LIST, { kind: "LogicalProject", input: filtered, items }, column);
  });
}

/** Counts for how many elements the condition is true, false and NULL, as far as it matters, and decides by that. */
export function bindQuantifier(context: ExpressionContext, parsed: ParsedQuantifier): BoundExpression {
  const { binding } = context;
  return ofElements(context, parsed.variable, parsed.list, ({ operator, inner }) => {
    const condition = binding.newPlanColumn("condition", BOOLEAN);
    const items = [{ ...condition, value: bindCondition(inner, parsed.where) }];
    return quantified(binding, parsed.quantifier, { kind: "LogicalProject", input: operator, items }, condition);
  });
}

function quantified(
  binding: CypherBinding,
  quantifier: ParsedQuantifier["quantifier"],
  tested: LogicalOperator,
  condition: PlanColumn,
): BoundExpression {
  const truth = columnReference(condition);
  const counted: BoundExpression = quantifier === "ALL" ? { kind: "BoundNot", type: BOOLEAN, operand: truth } : truth;
  const count = (name: string, filter: BoundExpression): LogicalAggregateItem => {
    return { ...binding.newPlanColumn(name, INTEGER), aggregate: COUNT_STAR, arguments: [], distinct: false, filter, orderBy: [] };
  };
  const decisive = count("decisive", counted);
  const unknown = count("unknown", { kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: truth });
  const counts: LogicalOperator = { kind: "LogicalAggregate", input: tested, groups: [], aggregates: [decisive, unknown] };
  const compared = (column: PlanColumn, symbol: string, number: bigint) =>
    operatorCall(binding, symbol, columnReference(column), constant(number, INTEGER));
  const single = quantifier === "SINGLE";
  const value: BoundExpression = {
    kind: "BoundCase",
    type: BOOLEAN,
    branches: [
      { condition: compared(decisive, ">", single ? 1n : 0n), result: constant(quantifier === "ANY", BOOLEAN) },
      { condition: compared(unknown, ">", 0n), result: constant(null, BOOLEAN) },
    ],
    otherwise: single ? compared(decisive, "=", 1n) : constant(quantifier !== "ANY", BOOLEAN),
  };
  const answer = binding.newPlanColumn("answer", BOOLEAN);
  return subqueryOf("scalar", BOOLEAN, { kind: "LogicalProject", input: counts, items: [{ ...answer, value }] }, answer);
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
