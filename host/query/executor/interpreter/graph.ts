/**
 * Operators on the property graph (plan/graph-operator.ts).
 */
import { sqlError } from "../../../common/sql-state.ts";
import type { GraphOperator } from "../../plan/graph-operator.ts";
import type { Context, Run } from "./context.ts";

/** The run of an operator that reads or writes the graph. */
export function compileGraphOperator(operator: GraphOperator, _context: Context): Run {
  throw sqlError("0A000", `${operator.kind} is not supported`);
}
