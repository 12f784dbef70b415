/**
 * Where a plan that writes must not run along with what it reads.
 */
import type { LogicalOperator } from "../../plan/operator.ts";

/** All of the input before the first row goes on: operators that write take it in so, this one changes nothing. */
export function eager(input: LogicalOperator): LogicalOperator {
  return { kind: "LogicalSetGraph", input, changes: [] };
}
