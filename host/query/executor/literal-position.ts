/**
 * Lifted literals: a plan lists each use of one with its sign and type, and an execution brings the values in that order.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { LogicalPlan } from "../plan/operator.ts";
import { identicalType } from "../type/category.ts";
import type { SqlType } from "../type/type.ts";

/** Which of a plan's literals has a slot in a type. */
export function literalPosition({ literals }: Pick<LogicalPlan, "literals">, slot: number, negative: boolean, type: SqlType): number {
  const position = literals.findIndex(
    (literal) => literal.slot === slot && literal.negative === negative && identicalType(literal.type, type),
  );
  if (position < 0) throw sqlError("XX000", `the plan has no literal ${slot} of type ${type.name}`);
  return position;
}
