/**
 * Targets: locals that get the value of one of several operands, where control flow decides which.
 */
import { machineOf, type SqlType } from "../type/type.ts";
import { isAlwaysNull, localPlace, type Operand, pushPayload, pushPlace, pushTag, typedOperand, valueType } from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

/** Locals that get a value of one of several operands. */
export interface Target {
  readonly type: SqlType;
  readonly value: number;
  readonly flag: number;
}

export function openTarget(pipeline: Pipeline, type: SqlType): Target {
  return { type, value: pipeline.code.local(valueType(machineOf(type))), flag: pipeline.code.local("i32") };
}

export function assign(pipeline: Pipeline, target: Target, operand: Operand): void {
  const { code } = pipeline;
  const machine = machineOf(target.type);
  if (machine === "any") {
    pushPayload(code, operand);
    code.set(target.value);
    pushTag(code, operand);
    code.set(target.flag);
    return;
  }
  if (!isAlwaysNull(operand)) {
    pushPlace(code, operand.value);
    code.set(target.value);
  }
  if (operand.flag === undefined) code.i32(1);
  else pushPlace(code, operand.flag);
  code.set(target.flag);
}

export function targetOperand(target: Target): Operand {
  return typedOperand(target.type, localPlace(target.value), localPlace(target.flag));
}
