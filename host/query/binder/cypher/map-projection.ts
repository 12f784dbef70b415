/**
 * Map projections: `n {.*, .a, b, c: 1}`. NULL where the variable is; of entries with one name the last one counts.
 */
import type { ParsedMapProjection, ParsedProjectedItem } from "../../ast/cypher/expression.ts";
import { cypherFunctions } from "../../function/cypher/table.ts";
import { engineOperator } from "../../function/row.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { BOOLEAN, constant, MAP } from "./binding.ts";
import { callOf } from "./convert.ts";
import { bindExpression, type ExpressionContext, mapOf, propertyOf, refuseOthers } from "./expression.ts";
import { bindCall } from "./function-row.ts";
import { knownVariable, readVariable } from "./scope.ts";

type Entry = readonly [name: string, value: BoundExpression];

/** Entries of both maps; the right one's count. */
const JOINED = engineOperator("||", ["map", "map"], "map", "jsonb_concat", { fails: true });

export function bindMapProjection(context: ExpressionContext, { variable, items, position }: ParsedMapProjection): BoundExpression {
  const { binding, scope } = context;
  const subject = readVariable(knownVariable(binding, scope, variable));
  binding.at(subject, position);
  refuseOthers(binding, subject, ["map", "node", "relationship"], position);
  const maps: BoundExpression[] = [];
  let entries: Entry[] = [];
  for (const item of items) {
    if (item.kind !== "ParsedProjectedAll") entries.push(bindItem(context, subject, item));
    else {
      if (entries.length > 0) maps.push(mapOf(entries));
      entries = [];
      maps.push(propertiesOf(context, subject, item.position));
    }
  }
  if (entries.length > 0 || maps.length === 0) maps.push(mapOf(entries));
  const joined = maps.reduce((left, right) => callOf(JOINED, left, right));
  const condition: BoundExpression = { kind: "BoundIsNull", type: BOOLEAN, negated: false, operand: subject };
  return { kind: "BoundCase", type: MAP, branches: [{ condition, result: constant(null, MAP) }], otherwise: joined };
}

function bindItem(
  context: ExpressionContext,
  subject: BoundExpression,
  item: Exclude<ParsedProjectedItem, { readonly kind: "ParsedProjectedAll" }>,
): Entry {
  const { binding, scope } = context;
  switch (item.kind) {
    case "ParsedProjectedProperty":
      return [item.name.text, propertyOf(binding, { value: subject, position: item.position }, item.name.text)];
    case "ParsedProjectedVariable":
      return [item.name.text, binding.at(readVariable(knownVariable(binding, scope, item.name)), item.position)];
    case "ParsedMapEntry":
      return [item.name.text, bindExpression(context, item.value)];
  }
}

function propertiesOf({ binding }: ExpressionContext, subject: BoundExpression, position: number): BoundExpression {
  if (subject.type.name === "map") return subject;
  const use = { what: "properties()", position, error: "SyntaxError" } as const;
  return bindCall(binding, cypherFunctions("properties"), [{ value: subject, position }], use);
}
