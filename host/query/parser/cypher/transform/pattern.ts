/**
 * From parse tree to AST: patterns, and what clauses demand of them.
 */
import type {
  NodeBodyContext,
  PatternContext,
  PatternElementContext,
  PatternListContext,
  PatternPredicateContext,
  PropertiesContext,
  RangeContext,
  RelationshipContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import * as CypherParser from "../../../../../grammar/generated/CypherParser.ts";
import type {
  ParsedNodePattern,
  ParsedPattern,
  ParsedProperties,
  ParsedRange,
  ParsedRelationshipPattern,
} from "../../../ast/cypher/pattern.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { errorAt, nameOf, optionalName, unexpectedToken } from "./names.ts";
import { refuseWhere } from "./pattern-where.ts";
import { boundOf, buildMap, parameterOf } from "./primary.ts";

export const SHORTEST: ReadonlyMap<string, "ONE" | "ALL"> = new Map([
  ["shortestpath", "ONE"],
  ["allshortestpaths", "ALL"],
]);

/** What a pattern is for: parameters hold properties in CREATE only, and what is created has a type and a direction. */
export type PatternUse = "MATCH" | "CREATE" | "MERGE";

export function buildPatterns(context: PatternListContext, use: PatternUse): readonly ParsedPattern[] {
  return context.pattern().map((pattern) => buildPattern(pattern, use));
}

export function buildPattern(context: PatternContext, use: PatternUse): ParsedPattern {
  const position = positionOf(context);
  const names = context.name();
  const variable = context.EQ() ? optionalName(names[0]) : undefined;
  const called = names[variable ? 1 : 0];
  const built = { ...buildElement(context.patternElement(), use), position, variable };
  if (!called) return built;
  const name = nameOf(called);
  const shortest = name.quoted ? undefined : SHORTEST.get(name.folded);
  const behind = firstToken(context.patternElement());
  if (use !== "MATCH") throw unexpectedToken(firstToken(called));
  // The brackets are the call's, so the element has some of its own.
  if (!shortest || !context.patternElement().patternElement()) throw unexpectedToken(shortest ? behind.next : behind);
  return buildShortest(shortest, built, behind);
}

/** Only one relationship has a shortest path. */
export function buildShortest(shortest: "ONE" | "ALL", pattern: ParsedPattern, token: TextToken): ParsedPattern {
  if (pattern.relationships.length !== 1) {
    throw errorAt("InvalidRelationshipPattern", "a shortest path goes over exactly one relationship", token);
  }
  return { ...pattern, shortest };
}

function buildElement(context: PatternElementContext, use: PatternUse): ParsedPattern {
  let element = context;
  for (let inner = element.patternElement(); inner; inner = element.patternElement()) element = inner;
  return joined(element.nodeBody(), element.relationship(), use, positionOf(element));
}

/** A pattern in an expression. */
export function buildPatternPredicate(context: PatternPredicateContext): ParsedPattern {
  for (const node of context.nodeBody()) refuseWhere(node);
  for (const relationship of context.relationship()) refuseWhere(relationship.relationshipDetail());
  return joined(context.nodeBody(), context.relationship(), "MATCH", positionOf(context));
}

function joined(
  nodes: readonly NodeBodyContext[],
  relationships: readonly RelationshipContext[],
  use: PatternUse,
  position: number,
): ParsedPattern {
  return {
    kind: "ParsedPattern",
    position,
    variable: undefined,
    shortest: undefined,
    nodes: nodes.map((node) => buildNode(node, use)),
    relationships: relationships.map((relationship) => buildRelationship(relationship, use)),
  };
}

function buildNode(context: NodeBodyContext, use: PatternUse): ParsedNodePattern {
  if (use !== "MATCH") refuseWhere(context);
  return {
    kind: "ParsedNodePattern",
    position: firstToken(context).before.start,
    variable: optionalName(context.name()),
    labels: context.word().map(nameOf),
    properties: buildProperties(context.properties(), use),
  };
}

function buildProperties(context: PropertiesContext | null | undefined, use: PatternUse): ParsedProperties | undefined {
  const map = context?.mapLiteral();
  if (map) return buildMap(map);
  const parameter = context?.PARAMETER();
  if (!parameter) return undefined;
  const token = tokenOf(parameter);
  if (use !== "CREATE") throw errorAt("InvalidParameterUse", `a parameter cannot hold the properties of what ${use} looks for`, token);
  return parameterOf(token);
}

function buildRelationship(context: RelationshipContext, use: PatternUse): ParsedRelationshipPattern {
  const token = firstToken(context);
  const left = token.type === CypherParser.LT || token.type === CypherParser.LEFT_HEAD;
  const last = (context.stop as TextToken).type;
  const right = last === CypherParser.GT || last === CypherParser.RIGHT_HEAD;
  const detail = context.relationshipDetail();
  if (use !== "MATCH") refuseWhere(detail);
  const built: ParsedRelationshipPattern = {
    kind: "ParsedRelationshipPattern",
    position: token.start,
    direction: left === right ? "BOTH" : left ? "LEFT" : "RIGHT",
    variable: optionalName(detail?.name()),
    types: detail ? detail.word().map(nameOf) : [],
    range: buildRange(detail?.range()),
    properties: buildProperties(detail?.properties(), use),
  };
  if (use !== "MATCH") checkCreated(built, use, token);
  return built;
}

/** A variable without a type may be bound, which is another mistake: the binder's. */
function checkCreated({ variable, types, range, direction }: ParsedRelationshipPattern, use: PatternUse, token: TextToken): void {
  if (range) throw errorAt("CreatingVarLength", `${use} cannot make relationships of variable length`, token);
  if (types.length > 1 || (types.length === 0 && !variable))
    throw errorAt("NoSingleRelationshipType", `${use} makes a relationship of exactly one type`, token);
  if (use === "CREATE" && direction === "BOTH") {
    throw errorAt("RequiresDirectedRelationship", "CREATE makes relationships with one direction", token);
  }
}

function buildRange(context: RangeContext | null | undefined): ParsedRange | undefined {
  if (!context) return undefined;
  const minimum = context._lower ? boundOf(context._lower) : undefined;
  const upper = context._upper ? boundOf(context._upper) : undefined;
  return { kind: "ParsedRange", position: positionOf(context), minimum, maximum: context.DOT_DOT() ? upper : minimum };
}
