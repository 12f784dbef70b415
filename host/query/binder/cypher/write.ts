/**
 * Plans that write.
 */
import type { LogicalOperator } from "../../plan/operator.ts";
import { inputsOf } from "../../plan/walk.ts";

const WRITING: ReadonlySet<LogicalOperator["kind"]> = new Set([
  "LogicalCreateGraph",
  "LogicalMergeGraph",
  "LogicalSetGraph",
  "LogicalDeleteGraph",
  "LogicalForeach",
]);

/** Whether a plan changes the graph. Subqueries in expressions only read. */
export function writes(operator: LogicalOperator): boolean {
  return WRITING.has(operator.kind) || inputsOf(operator).some(writes);
}

/** All of the input before the first row goes on: operators that write take it in so, this one changes nothing. */
export function eager(input: LogicalOperator): LogicalOperator {
  return { kind: "LogicalSetGraph", input, changes: [] };
}
