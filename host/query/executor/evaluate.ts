/**
 * Constant expressions, for the optimiser: computed by the interpreter, once.
 *
 * Answers undefined for what fails (it fails again when it is run, if it is run) and for values that a BoundConstant cannot
 * hold. Cost: that of the expression.
 */

import { SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { DatabaseError } from "../../common/error.ts";
import type { BoundConstant, BoundExpression, ConstantValue } from "../plan/expression.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import { interpret } from "./interpreter/interpret.ts";
import type { Functions, Rows } from "./surroundings.ts";
import { bytesOfString, type Plain, textOfBytes, type Value } from "./value.ts";

/** The value of an expression without columns, literals, parameters and subqueries. */
export function evaluateConstant(expression: BoundExpression, functions: Functions): BoundConstant | undefined {
  const { type } = expression;
  if (machineOf(type) === "any") return undefined;
  const column = { column: 0, name: "value", type };
  const root = {
    kind: "LogicalProject",
    input: { kind: "LogicalValues", columns: [], rows: [[]] },
    items: [{ ...column, value: expression }],
  } as const;
  const plan = { root, output: [column], parameters: [], literals: [], dependencies: [], modifies: false };
  let value: Value = null;
  try {
    interpret(plan, { functions, rows: NO_ROWS, pause: () => false }).run([], [], (row) => {
      value = row[0] ?? null;
      return true;
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== "ENGINE_FAILED") return undefined;
    throw error;
  }
  return { kind: "BoundConstant", type, value: value === null ? null : constantOf(value, type) };
}

/** Never asked: the expression has no scan. */
const NO_ROWS = {} as Rows;

function constantOf(value: Plain, type: SqlType): ConstantValue {
  if (typeof value !== "string") return value;
  return slotOf(type) === SLOT_TEXT ? textOfBytes(value) : bytesOfString(value);
}
