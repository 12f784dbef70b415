/**
 * Where a pattern may stand as an expression: as a condition of WHERE or CASE, alone or under AND, OR, XOR and NOT, and in exists(...).
 * As a value it has no meaning in openCypher; shortestPath(...) has one.
 */
import { cypherError } from "./syntax-error.ts";

interface AnyNode {
  readonly kind: string;
  readonly position: number;
  readonly [field: string]: unknown;
}

/** Throws at the first pattern that stands elsewhere. Requires: the AST is no deeper than the stack bears. */
export function checkPatternUse(text: string, statement: object): void {
  check(text, statement, false);
}

/** `condition`: a pattern may stand here. */
function check(text: string, value: unknown, condition: boolean): void {
  if (Array.isArray(value)) {
    for (const item of value) check(text, item, condition);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const node = value as AnyNode;
  if (node.kind === "ParsedPatternExpression" && !condition && (node.pattern as AnyNode).shortest === undefined) {
    throw cypherError("UnexpectedSyntax", "a pattern can only stand where a condition is asked for", text, node.position);
  }
  for (const [field, part] of Object.entries(node)) {
    if (typeof part === "object" && part !== null) check(text, part, isCondition(node, field, condition));
  }
}

function isCondition(node: AnyNode, field: string, condition: boolean): boolean {
  switch (node.kind) {
    case "ParsedLogical":
    case "ParsedNot":
      return condition;
    case "ParsedCase":
      // Of the branches only the conditions are; `ParsedBranch` below tells them apart.
      return field === "branches" && node.subject === undefined;
    case "ParsedBranch":
      return condition && field === "condition";
    case "ParsedFunction":
      return isExists(node);
    default:
      return field === "where";
  }
}

function isExists({ names }: AnyNode): boolean {
  const [name, ...path] = names as readonly { readonly folded: string }[];
  return path.length === 0 && name!.folded === "exists";
}
