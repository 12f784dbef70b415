/**
 * Subqueries inside expressions that the optimiser has left there.
 */
import type { BoundSubquery } from "../plan/expression.ts";
import { notCompiled } from "./expression.ts";
import type { Operand } from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

export function compileSubquery(_pipeline: Pipeline, _expression: BoundSubquery): Operand {
  throw notCompiled("a subquery in an expression");
}
