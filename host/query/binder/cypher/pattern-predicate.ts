/**
 * Predicates of patterns: labels, properties, and that no relationship is met twice in one clause.
 */
import type { BoundExpression } from "../../plan/expression.ts";
import type { CypherBinding } from "./binding.ts";
import { entityProperty } from "./entity.ts";
import { bindExpression } from "./expression.ts";
import { operatorCall, textConstant } from "./function-row.ts";
import type { PatternHop, PatternNode, PatternProperty } from "./pattern.ts";
import type { Scope } from "./scope.ts";

export interface BoundPatternProperty {
  readonly name: string;
  readonly value: BoundExpression;
}

/** The values of the properties that a part of a pattern names. */
export type BoundProperties = (part: PatternNode | PatternHop) => readonly BoundPatternProperty[];

/** Binds properties of patterns with the names of a scope; each part's once. */
export function propertiesIn(binding: CypherBinding, scope: Scope): BoundProperties {
  const known = new Map<PatternNode | PatternHop, readonly BoundPatternProperty[]>();
  return (part) => {
    const found = known.get(part) ?? part.properties.map((property) => bindProperty(binding, scope, property));
    known.set(part, found);
    return found;
  };
}

function bindProperty(binding: CypherBinding, scope: Scope, { name, value }: PatternProperty): BoundPatternProperty {
  return { name, value: bindExpression({ binding, scope, aggregates: undefined }, value) };
}

/** `entity` is a node or a relationship. */
export function propertyPredicates(
  binding: CypherBinding,
  entity: BoundExpression,
  properties: readonly BoundPatternProperty[],
): BoundExpression[] {
  return properties.map(({ name, value }) => operatorCall(binding, "=", entityProperty(binding, entity, name), value));
}

export function labelPredicates(binding: CypherBinding, node: BoundExpression, labels: readonly string[]): BoundExpression[] {
  return labels.map((label) => operatorCall(binding, "has_label", node, textConstant(label)));
}

/** A hop that is solved, and the column of its relationship or of its list in whatever order. */
export interface SolvedHop {
  readonly hop: PatternHop;
  readonly walked: BoundExpression;
}

/** That two hops have no relationship in common; undefined where their types tell so. */
export function differs(binding: CypherBinding, one: SolvedHop, other: SolvedHop): BoundExpression | undefined {
  if (one.hop.shortest !== undefined || other.hop.shortest !== undefined || haveOtherTypes(one.hop, other.hop)) return undefined;
  const oneIsList = one.hop.range !== undefined;
  const otherIsList = other.hop.range !== undefined;
  if (oneIsList && otherIsList) return operatorCall(binding, "lists_disjoint", one.walked, other.walked);
  if (oneIsList) return operatorCall(binding, "list_lacks", one.walked, other.walked);
  if (otherIsList) return operatorCall(binding, "list_lacks", other.walked, one.walked);
  return operatorCall(binding, "<>", one.walked, other.walked);
}

function haveOtherTypes({ types }: PatternHop, other: PatternHop): boolean {
  return types.length > 0 && other.types.length > 0 && !types.some((type) => other.types.includes(type));
}
