/**
 * Projections that aggregate: the items without aggregates are the keys by which rows are grouped.
 *
 * Beside an aggregate an expression may use keys that are variables or properties of them, constants and parameters, nothing else
 * (AmbiguousAggregationExpression): what a larger key means there would depend on how it is written.
 */
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import type { LogicalAggregateItem, LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { columnsOf, columnsUsed, mapExpressions, mapParts, outerColumns, rewriteOperators } from "../../plan/walk.ts";
import { keyOf } from "../key.ts";
import { type CypherBinding, columnReference } from "./binding.ts";

type Group = PlanColumn & { readonly value: BoundExpression };

export class Grouping {
  readonly #binding: CypherBinding;
  readonly #input: LogicalOperator;
  readonly #aggregates: readonly LogicalAggregateItem[];
  readonly #below: ReadonlySet<ColumnId>;
  readonly #groups: Group[] = [];
  readonly #simple = new Map<string, Group>();

  /** More aggregates may join the list before the operator is made. */
  constructor(binding: CypherBinding, input: LogicalOperator, aggregates: readonly LogicalAggregateItem[]) {
    this.#binding = binding;
    this.#input = input;
    this.#aggregates = aggregates;
    this.#below = new Set(columnsOf(input).map(({ column }) => column));
  }

  /** Whether an expression has aggregates in it. */
  aggregates(value: BoundExpression): boolean {
    const used = columnsUsed(value);
    return this.#aggregates.some(({ column }) => used.has(column));
  }

  /** Groups by an expression; answers the column that the grouping makes of it. */
  add(name: string, value: BoundExpression): PlanColumn {
    const group: Group = { ...this.#binding.newPlanColumn(name, value.type), value };
    this.#groups.push(group);
    if (isSimple(value)) this.#simple.set(keyOf(value), group);
    return group;
  }

  /** An expression that has aggregates in it, as it is above the grouping. Requires: all keys are added. */
  above(expression: BoundExpression, position: number): BoundExpression {
    const group = this.#simple.get(keyOf(expression));
    if (group !== undefined) return columnReference(group);
    if (expression.kind === "BoundColumn") {
      if (!this.#below.has(expression.column)) return expression;
      const message = `\`${expression.name}\` stands beside an aggregate, but rows are not grouped by it`;
      throw this.#ambiguous(message, this.#binding.positionOf(expression) ?? position);
    }
    const changed = mapParts(expression, (part) => this.above(part, position));
    if (changed.kind !== "BoundSubquery") return changed;
    const plan = rewriteOperators(changed.plan, (operator) => mapExpressions(operator, (part) => this.above(part, position)));
    return plan === changed.plan ? changed : { ...changed, plan, outer: [...outerColumns(plan)] };
  }

  #ambiguous(message: string, position: number): Error {
    return this.#binding.syntaxError("AmbiguousAggregationExpression", message, position);
  }

  operator(): LogicalOperator {
    return { kind: "LogicalAggregate", input: this.#input, groups: this.#groups, aggregates: this.#aggregates };
  }
}

/** A variable, or a property of one. */
export function isSimple(value: BoundExpression): boolean {
  if (value.kind === "BoundColumn") return true;
  if (value.kind === "BoundProperty") return isSimple(value.operand);
  if (value.kind !== "BoundCall") return false;
  const { name, role } = value.function;
  return (name === "property" || role === "cast") && isSimple(value.arguments[0]!);
}
