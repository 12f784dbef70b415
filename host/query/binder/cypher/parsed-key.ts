/**
 * Expressions as written: whether two are the same but for their places, and what stands inside of one.
 */
import type { CypherExpression } from "../../ast/cypher/expression.ts";
import { isAggregate } from "./function.ts";

/** Equal for expressions that are written alike. Equal literals of a projection share a slot, so that they are alike too. */
export function parsedKey(parsed: CypherExpression): string {
  return JSON.stringify(parsed, (field, value: unknown) => (field === "position" ? undefined : value));
}

export function containsAggregate(parsed: CypherExpression): boolean {
  return some(parsed, (node) => node.kind === "ParsedFunction" && isAggregate(node as CypherExpression));
}

interface AnyNode {
  readonly kind: string;
}

function some(value: unknown, test: (node: AnyNode) => boolean): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => some(item, test));
  if ("kind" in value && test(value as AnyNode)) return true;
  return Object.values(value).some((part) => some(part, test));
}
