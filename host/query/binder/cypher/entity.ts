/**
 * What nodes and relationships have under a name: properties, and `_id`, the text that commands and SQL's tables of the graph know
 * them by. It is no property: nobody can set it.
 */
import type { BoundExpression } from "../../plan/expression.ts";
import { type CypherBinding, VALUE } from "./binding.ts";
import { toValue } from "./convert.ts";
import { functionCall } from "./function-row.ts";

export const ID_NAME = "_id";

/** Requires: the operand is a node or a relationship. */
export function entityProperty(binding: CypherBinding, operand: BoundExpression, name: string): BoundExpression {
  if (name === ID_NAME) return toValue(functionCall(binding, "elementid", operand));
  return { kind: "BoundProperty", type: VALUE, operand, name };
}
