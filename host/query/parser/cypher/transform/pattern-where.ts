/**
 * WHERE inside of patterns, `(n:Label WHERE n.a > 1)` and `-[r WHERE r.b = 2]->`: a condition among those of the clause that they stand in.
 */
import type {
  ExprContext,
  NodeBodyContext,
  PatternElementContext,
  PatternListContext,
  RelationshipDetailContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import type { CypherExpression } from "../../../ast/cypher/expression.ts";
import { tokenOf } from "../../tree.ts";
import { buildExpression } from "./expression.ts";
import { unexpectedToken } from "./names.ts";

/** What the patterns ask for, and then the clause. */
export function buildWhere(patterns: PatternListContext, where: ExprContext | null): CypherExpression | undefined {
  const parts = patterns.pattern().flatMap((pattern) => partsOf(pattern.patternElement()));
  const conditions = [...parts.flatMap((part) => part.expr() ?? []), ...(where ? [where] : [])].map(buildExpression);
  const [first] = conditions;
  if (first === undefined || conditions.length === 1) return first;
  return { kind: "ParsedLogical", position: first.position, operator: "AND", operands: conditions };
}

/** Refuses a condition where there is no clause to take it. */
export function refuseWhere(part: NodeBodyContext | RelationshipDetailContext | null | undefined): void {
  const where = part?.WHERE();
  if (where) throw unexpectedToken(tokenOf(where));
}

type PatternPart = NodeBodyContext | RelationshipDetailContext;

function partsOf(element: PatternElementContext): readonly PatternPart[] {
  const inner = element.patternElement();
  if (inner) return partsOf(inner);
  const details = element.relationship().flatMap((relationship) => relationship.relationshipDetail() ?? []);
  for (const detail of details) if (detail.range()) refuseWhere(detail);
  return [...element.nodeBody(), ...details];
}
