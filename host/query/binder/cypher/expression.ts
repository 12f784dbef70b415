/**
 * Expressions: one case per kind of node.
 */
import type { CypherExpression } from "../../ast/cypher/expression.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalAggregateItem } from "../../plan/operator.ts";
import { BOOLEAN, type CypherBinding, constant, LIST, MAP, NULL } from "./binding.ts";
import { toValue } from "./convert.ts";
import { bindNumber, bindString } from "./literal.ts";
import { bindPatternComprehension, bindPatternCondition, bindShortestPath } from "./pattern-expression.ts";
import { knownVariable, readVariable, type Scope } from "./scope.ts";

/** Aggregates that were found in a projection. */
export interface AggregateCollector {
  readonly items: LogicalAggregateItem[];
}

/** What an expression is bound against. */
export interface ExpressionContext {
  readonly binding: CypherBinding;
  readonly scope: Scope;
  /** Undefined: aggregates may not stand here. */
  readonly aggregates: AggregateCollector | undefined;
}

export function bindExpression(context: ExpressionContext, parsed: CypherExpression): BoundExpression {
  const { binding, scope } = context;
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
      return readVariable(knownVariable(binding, scope, parsed.name));
    case "ParsedList":
      return { kind: "BoundList", type: LIST, items: parsed.items.map((item) => toValue(bindExpression(context, item))) };
    case "ParsedMap":
      return {
        kind: "BoundMap",
        type: MAP,
        names: parsed.entries.map(({ name }) => name.text),
        items: parsed.entries.map(({ value }) => toValue(bindExpression(context, value))),
      };
    case "ParsedPatternExpression":
      return parsed.pattern.shortest === undefined ? bindPatternCondition(context, parsed) : bindShortestPath(context, parsed);
    case "ParsedPatternComprehension":
      return bindPatternComprehension(context, parsed);
    default:
      throw binding.notSupported(parsed.kind, parsed.position);
  }
}

/** A condition, which is boolean or NULL. */
export function bindCondition(context: ExpressionContext, parsed: CypherExpression): BoundExpression {
  const condition = bindExpression(context, parsed);
  if (condition.type.name === "boolean") return condition;
  throw context.binding.notSupported(`a condition of type ${condition.type.name}`, parsed.position);
}
