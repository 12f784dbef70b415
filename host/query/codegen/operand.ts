/**
 * Operands: where generated code holds a value and whether it may be NULL.
 *
 * A value is a constant or lies in a local variable. `machine` is how it is held (type/type.ts); `slot` is the kind SLOT_* of the
 * value, 0 when only its tag knows (machine `any`). `flag` is undefined when the value is never NULL, else an i32 that is 0 for
 * NULL: of `any` its tag, of others 1 when there is a value. A value whose flag is 0 is anything: code that could fail or trap on
 * it looks at the flag first.
 *
 * A typed operand may stand where an `any` is wanted: it is boxed when it is used.
 */
import { SLOT_BOOLEAN } from "../../../assembly/abi/record.ts";
import { type Machine, machineOf, type SqlType, slotOf } from "../type/type.ts";
import type { FunctionCode, ValueType } from "./encoder.ts";
import {
  OP_F64_REINTERPRET_I64,
  OP_I32_WRAP_I64,
  OP_I64_AND,
  OP_I64_EQZ,
  OP_I64_EXTEND_I32_U,
  OP_I64_REINTERPRET_F64,
  OP_SELECT,
} from "./opcodes.ts";

export type Place =
  | { readonly kind: "local"; readonly local: number }
  | { readonly kind: "i32"; readonly value: number }
  | { readonly kind: "i64"; readonly value: bigint }
  | { readonly kind: "f64"; readonly value: number }
  /** 1 where none of these bits of an i64 is set: flags of several columns are one test. */
  | { readonly kind: "clear"; readonly local: number; readonly bits: bigint };

export interface Operand {
  readonly machine: Machine;
  readonly slot: number;
  readonly value: Place;
  readonly flag: Place | undefined;
  /** Set of values whose bytes outlive the row: they are not in the arena. */
  readonly isStable?: true;
  /** Set of doubles that are known to be numbers. */
  readonly isNumber?: true;
}

/** A value as a double, and where that is what it is: it is no NULL, no text, and no integer that doubles do not have. */
export interface NumberView {
  readonly double: Operand;
  /** 1 or 0; undefined: always. */
  readonly isExact: Place | undefined;
  /** Pushes whether the value is known to be NULL. */
  readonly pushIsNull: (code: FunctionCode) => void;
}

/** Largest integer magnitude for which integers and doubles are the same numbers. */
export const EXACT_INTEGER = 2n ** 53n;

/** WebAssembly type of a machine's value. */
export function valueType(machine: Machine): ValueType {
  return machine === "i32" || machine === "f64" ? machine : "i64";
}

export function localPlace(local: number): Place {
  return { kind: "local", local };
}

/** An operand of a type. */
export function typedOperand(type: SqlType, value: Place, flag: Place | undefined): Operand {
  return { machine: machineOf(type), slot: slotOf(type), value, flag };
}

export function booleanOperand(value: Place, flag: Place | undefined): Operand {
  return { machine: "i32", slot: SLOT_BOOLEAN, value, flag };
}

const ZEROS: Readonly<Record<ValueType, Place>> = {
  i32: { kind: "i32", value: 0 },
  i64: { kind: "i64", value: 0n },
  f64: { kind: "f64", value: 0 },
};

/** Whether a value has bytes somewhere that may be gone when the row ends. */
export function isFleeting({ machine, value, isStable }: Operand): boolean {
  return (machine === "word" || machine === "any") && value.kind === "local" && isStable !== true;
}

/** NULL of a type. */
export function nullOperand(type: SqlType): Operand {
  const machine = machineOf(type);
  return { machine, slot: slotOf(type), value: ZEROS[valueType(machine)], flag: ZEROS.i32 };
}

export function isAlwaysNull(operand: Operand): boolean {
  return operand.flag?.kind === "i32" && operand.flag.value === 0;
}

export function pushPlace(code: FunctionCode, place: Place): void {
  switch (place.kind) {
    case "local":
      code.get(place.local);
      break;
    case "i32":
      code.i32(place.value);
      break;
    case "i64":
      code.i64(place.value);
      break;
    case "f64":
      code.f64(place.value);
      break;
    case "clear":
      code.get(place.local);
      code.i64(place.bits);
      code.op(OP_I64_AND);
      code.op(OP_I64_EQZ);
      break;
  }
}

/** Pushes 0 for NULL, else anything but 0 (a tag, for `any`). */
export function pushFlag(code: FunctionCode, operand: Operand): void {
  if (operand.flag === undefined) code.i32(1);
  else pushPlace(code, operand.flag);
}

/** Pushes the SLOT_* of the value, 0 for NULL. */
export function pushTag(code: FunctionCode, operand: Operand): void {
  if (operand.machine === "any" && operand.flag !== undefined) {
    pushPlace(code, operand.flag);
  } else if (operand.flag === undefined) {
    code.i32(operand.slot);
  } else if (operand.flag.kind === "i32") {
    code.i32(operand.flag.value === 0 ? 0 : operand.slot);
  } else {
    code.i32(operand.slot);
    code.i32(0);
    pushPlace(code, operand.flag);
    code.op(OP_SELECT);
  }
}

/** Pushes the value as the 8 bytes of a slot. */
export function pushPayload(code: FunctionCode, operand: Operand): void {
  pushPlace(code, operand.value);
  if (operand.machine === "f64") code.op(OP_I64_REINTERPRET_F64);
  else if (operand.machine === "i32") code.op(OP_I64_EXTEND_I32_U);
}

/** Takes the 8 bytes of a slot and pushes the value as the machine holds it. */
export function fromPayload(code: FunctionCode, machine: Machine): void {
  if (machine === "f64") code.op(OP_F64_REINTERPRET_I64);
  else if (machine === "i32") code.op(OP_I32_WRAP_I64);
}
