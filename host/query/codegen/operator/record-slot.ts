/**
 * Slots of records (assembly/abi/record.ts): where a value stands in them, whether it is NULL, and words that count their address
 * from the record's start.
 */
import { RECORD_NULLS, RECORD_SLOTS, SLOT_INTEGER, WORD_LONG } from "../../../../assembly/abi/record.ts";
import { DatabaseError } from "../../../common/error.ts";
import type { PhysicalScanColumn } from "../../physical/operator.ts";
import { machineOf, slotOf } from "../../type/type.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { localPlace, type Operand, type Place, typedOperand, valueType } from "../operand.ts";
import type { Pipeline } from "../pipeline.ts";

/** A slot of a declared table's record: column n has slot n and bit n. */
export function loadSlot(pipeline: Pipeline, record: number, column: PhysicalScanColumn, number: number): Operand {
  const { code } = pipeline;
  const { type } = column;
  const machine = machineOf(type);
  const value = code.local(valueType(machine));
  code.get(record);
  code.memory(machine === "f64" ? op.OP_F64_LOAD : machine === "i32" ? op.OP_I32_LOAD : op.OP_I64_LOAD, RECORD_SLOTS + 8 * number);
  code.set(value);
  if (machine === "word") makeAbsolute(pipeline, value, record);
  if (!column.nullable) return { ...typedOperand(type, localPlace(value), undefined), isStable: true };
  const flag: Place = { kind: "clear", local: nullsLocal(pipeline, record), bits: 1n << BigInt(number) };
  return { machine, slot: slotOf(type), value: localPlace(value), flag, isStable: true };
}

/** A long word of a record counts its address from the record's start: adds that. (Words of a column are mostly all long or all short.) */
export function makeAbsolute(pipeline: Pipeline, value: number, record: number): void {
  const { code } = pipeline;
  code.get(value);
  code.op(op.OP_I32_WRAP_I64);
  code.i32(WORD_LONG);
  code.op(op.OP_I32_AND);
  code.if();
  code.get(value);
  code.get(record);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.i64(32n);
  code.op(op.OP_I64_SHL);
  code.op(op.OP_I64_ADD);
  code.set(value);
  code.end();
}

/** The local with the bits of a record that say which fields are NULL. */
export function nullsLocal(pipeline: Pipeline, record: number): number {
  const { code } = pipeline;
  const nulls = pipeline.memo(`nulls ${record}`, () => {
    code.get(record);
    code.memory(op.OP_I64_LOAD, RECORD_NULLS);
    return { machine: "i64", slot: SLOT_INTEGER, value: keep(pipeline, "i64"), flag: undefined };
  });
  if (nulls.value.kind !== "local") throw new DatabaseError("INTERNAL", "a record's NULLs are not in a local");
  return nulls.value.local;
}
