/**
 * Cypher's lists and maps in generated code, by calls of the engine (assembly/runtime/value-list.ts).
 *
 * The engine has one builder: the items are computed before it begins, and nothing is called until it ends but the pushing of items.
 */
import type { BoundList, BoundMap } from "../plan/expression.ts";
import { plainType } from "../type/type.ts";
import { compileConstant, compileExpression, pushArgument } from "./expression.ts";
import { localPlace, type Operand, pushPlace, typedOperand } from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

function textConstant(pipeline: Pipeline, value: string): Operand {
  return compileConstant(pipeline, { kind: "BoundConstant", type: plainType("text"), value });
}

/** A list, or a map with its names. */
export function compileContainer(pipeline: Pipeline, expression: BoundList | BoundMap): Operand {
  const { code } = pipeline;
  const family = expression.kind === "BoundMap" ? "value_map" : "value_list";
  const names = expression.kind === "BoundMap" ? expression.names.map((name) => textConstant(pipeline, name)) : undefined;
  const items = expression.items.map((item) => compileExpression(pipeline, item));
  pipeline.allocates = true;
  pipeline.call(`${family}_begin`, [], undefined);
  for (const [index, item] of items.entries()) {
    const name = names?.[index];
    if (name !== undefined) pushPlace(code, name.value);
    pushArgument(pipeline, "any", item);
    pipeline.call(`${family}_push`, name === undefined ? ["i32", "i64"] : ["i64", "i32", "i64"], undefined);
  }
  const value = code.local("i64");
  pipeline.call(`${family}_end`, [], "i64");
  code.set(value);
  pipeline.checkError();
  return typedOperand(expression.type, localPlace(value), undefined);
}
