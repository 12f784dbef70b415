/**
 * Rule fold-constants: computes what does not depend on rows, literals and parameters, and drops what a constant decides.
 *
 * An expression that fails (1/0) stays as it is and fails when it is run, if it is run. AND with FALSE is FALSE whatever the
 * other operands would do, as in PostgreSQL.
 */
import type { BoundCase, BoundConstant, BoundExpression, BoundLogical } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { columnsOf, mapExpressions, rewriteExpression, rewriteOperators, writes } from "../plan/walk.ts";
import type { OptimizerContext } from "./context.ts";
import { FALSE, TRUE } from "./predicate.ts";

export function foldConstants(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  const fold = (part: BoundExpression): BoundExpression => foldPart(part, context);
  return rewriteOperators(root, (operator) => foldFilter(mapExpressions(operator, (expression) => rewriteExpression(expression, fold))));
}

/** A filter that lets all rows through goes; one that lets none through becomes a table without rows, unless its input writes. */
function foldFilter(operator: LogicalOperator): LogicalOperator {
  if (operator.kind !== "LogicalFilter" || operator.predicate.kind !== "BoundConstant") return operator;
  if (operator.predicate.value === true) return operator.input;
  if (writes(operator.input)) return operator;
  return { kind: "LogicalValues", columns: columnsOf(operator.input), rows: [] };
}

function foldPart(part: BoundExpression, context: OptimizerContext): BoundExpression {
  switch (part.kind) {
    case "BoundCall": {
      if (part.function.volatility !== "immutable" || !part.arguments.every(isConstant)) return part;
      if (part.function.strict && part.arguments.some(isNull)) return { kind: "BoundConstant", type: part.type, value: null };
      return context.evaluate(part) ?? part;
    }
    case "BoundLogical":
      return foldLogical(part);
    case "BoundNot":
      if (part.operand.kind === "BoundNot") return part.operand.operand;
      if (!isConstant(part.operand)) return part;
      return isNull(part.operand) ? part.operand : truth(part.operand.value !== true);
    case "BoundIsNull":
      return isConstant(part.operand) ? truth(isNull(part.operand) !== part.negated) : part;
    case "BoundIsBoolean":
      return isConstant(part.operand) ? truth((part.operand.value === part.test) !== part.negated) : part;
    case "BoundCase":
      return foldCase(part);
    case "BoundCoalesce": {
      const items = part.items.filter((item) => !isNull(item));
      const end = items.findIndex(isConstant);
      const kept = end < 0 ? items : items.slice(0, end + 1);
      if (kept.length === 0) return { kind: "BoundConstant", type: part.type, value: null };
      if (kept.length === 1) return kept[0] as BoundExpression;
      return kept.length === part.items.length ? part : { ...part, items: kept };
    }
    default:
      return part;
  }
}

function foldLogical(part: BoundLogical): BoundExpression {
  const neutral = part.operator === "AND";
  const operands = part.operands
    .flatMap((operand) => (operand.kind === "BoundLogical" && operand.operator === part.operator ? operand.operands : [operand]))
    .filter((operand) => !(isConstant(operand) && operand.value === neutral));
  if (operands.some((operand) => isConstant(operand) && operand.value === !neutral)) return truth(!neutral);
  if (operands.length === 0) return truth(neutral);
  if (operands.length === 1) return operands[0] as BoundExpression;
  return operands.length === part.operands.length ? part : { ...part, operands };
}

function foldCase(part: BoundCase): BoundExpression {
  const branches = part.branches.filter(({ condition }) => !isConstant(condition) || condition.value === true);
  const certain = branches.findIndex(({ condition }) => isConstant(condition));
  const kept = certain < 0 ? branches : branches.slice(0, certain);
  const otherwise = certain < 0 ? part.otherwise : branches[certain]?.result;
  if (kept.length === 0) return otherwise ?? { kind: "BoundConstant", type: part.type, value: null };
  return kept.length === part.branches.length ? part : { ...part, branches: kept, otherwise };
}

function isConstant(expression: BoundExpression): expression is BoundConstant {
  return expression.kind === "BoundConstant";
}

function isNull(expression: BoundExpression): boolean {
  return isConstant(expression) && expression.value === null;
}

function truth(value: boolean): BoundConstant {
  return value ? TRUE : FALSE;
}
