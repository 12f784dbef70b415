/**
 * SKIP and LIMIT: integers that are not negative and use no variable. What is known only at execution is tested then.
 */
import type { CypherExpression } from "../../ast/cypher/expression.ts";
import type { ParsedProjection } from "../../ast/cypher/query.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import { columnsUsed } from "../../plan/walk.ts";
import type { CypherBinding } from "./binding.ts";
import { bindExpression, refuseOthers } from "./expression.ts";
import { operatorCall } from "./function-row.ts";
import type { Scope } from "./scope.ts";

/** The rows between SKIP and LIMIT; `scope` is what the projection is bound against. */
export function limited(binding: CypherBinding, { skip, limit }: ParsedProjection, input: LogicalOperator, scope: Scope): LogicalOperator {
  if (skip === undefined && limit === undefined) return input;
  const offset = skip && bindCount(binding, "SKIP", skip, scope);
  return { kind: "LogicalLimit", input, offset, limit: limit && bindCount(binding, "LIMIT", limit, scope) };
}

function bindCount(binding: CypherBinding, word: string, parsed: CypherExpression, scope: Scope): BoundExpression {
  const { position } = parsed;
  const value = bindExpression({ binding, scope, aggregates: undefined }, parsed);
  if (columnsUsed(value).size > 0) throw binding.syntaxError("NonConstantExpression", `${word} cannot use variables`, position);
  refuseOthers(binding, value, ["integer"], position);
  if (value.kind !== "BoundConstant") return operatorCall(binding, "row_count", value);
  if (typeof value.value !== "bigint") throw binding.syntaxError("InvalidArgumentType", `${word} takes an INTEGER`, position);
  if (value.value < 0n) throw binding.syntaxError("NegativeIntegerArgument", `${word} cannot be negative`, position);
  return value;
}
