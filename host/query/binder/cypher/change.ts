/**
 * SET and REMOVE: changes of properties and labels, in the order of the text. A property that becomes NULL is removed.
 */
import type { ParsedProperty } from "../../ast/cypher/expression.ts";
import type { ParsedLabelChange, ParsedRemoveClause, ParsedSetClause, ParsedSetItem, ParsedSetProperties } from "../../ast/cypher/query.ts";
import type { ParsedName } from "../../ast/name.ts";
import type { CypherKind } from "../../function/cypher/row.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { GraphChange } from "../../plan/graph-operator.ts";
import { type CypherBinding, NULL } from "./binding.ts";
import { bindExpression, refuseOthers } from "./expression.ts";
import { type ClauseState, knownVariable, readVariable, type Scope } from "./scope.ts";

export function bindSet(binding: CypherBinding, { items }: ParsedSetClause, { operator, scope }: ClauseState): ClauseState {
  return { operator: { kind: "LogicalSetGraph", input: operator, changes: bindChanges(binding, items, scope) }, scope };
}

export function bindRemove(binding: CypherBinding, { items }: ParsedRemoveClause, { operator, scope }: ClauseState): ClauseState {
  const changes = items.map(
    (item): GraphChange =>
      item.kind === "ParsedLabelChange" ? changedLabels(binding, scope, item, true) : changedProperty(binding, scope, item, NULL),
  );
  return { operator: { kind: "LogicalSetGraph", input: operator, changes }, scope };
}

/** Items of SET, also of MERGE's ON CREATE and ON MATCH. */
export function bindChanges(binding: CypherBinding, items: readonly ParsedSetItem[], scope: Scope): readonly GraphChange[] {
  return items.map((item) => bindChange(binding, item, scope));
}

function bindChange(binding: CypherBinding, item: ParsedSetItem, scope: Scope): GraphChange {
  switch (item.kind) {
    case "ParsedSetProperty":
      return changedProperty(binding, scope, item.target, bindExpression({ binding, scope, aggregates: undefined }, item.value));
    case "ParsedSetProperties":
      return changedProperties(binding, scope, item);
    case "ParsedLabelChange":
      return changedLabels(binding, scope, item, false);
  }
}

const ENTITIES: readonly CypherKind[] = ["node", "relationship"];

function changedProperty(binding: CypherBinding, scope: Scope, { operand, name }: ParsedProperty, value: BoundExpression): GraphChange {
  const target = bindExpression({ binding, scope, aggregates: undefined }, operand);
  refuseOthers(binding, target, ENTITIES, operand.position);
  return { kind: "property", target, name: name.text, value };
}

function changedProperties(binding: CypherBinding, scope: Scope, { variable, merge, value: parsed }: ParsedSetProperties): GraphChange {
  const target = targetOf(binding, scope, variable, ENTITIES);
  const value = bindExpression({ binding, scope, aggregates: undefined }, parsed);
  refuseOthers(binding, value, ["map", ...ENTITIES], parsed.position);
  return { kind: "properties", target, merge, value };
}

function changedLabels(binding: CypherBinding, scope: Scope, { variable, labels }: ParsedLabelChange, remove: boolean): GraphChange {
  const target = targetOf(binding, scope, variable, ["node"]);
  return { kind: "labels", target, labels: labels.map(({ text }) => text), remove };
}

function targetOf(binding: CypherBinding, scope: Scope, name: ParsedName, kinds: readonly CypherKind[]): BoundExpression {
  const target = readVariable(knownVariable(binding, scope, name));
  refuseOthers(binding, target, kinds, name.position);
  return target;
}
