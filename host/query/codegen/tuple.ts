/**
 * Tuples: how rows lie in hash tables, sorters and lists. Each field has 8 bytes; a field that may be NULL has a byte besides, 0 for
 * NULL (of an `any` its tag). Eight such bytes share a slot.
 */
import type { FunctionCode } from "./encoder.ts";
import {
  OP_F64_LOAD,
  OP_F64_STORE,
  OP_I32_LOAD,
  OP_I32_LOAD8_U,
  OP_I32_STORE8,
  OP_I64_EXTEND_I32_U,
  OP_I64_LOAD,
  OP_I64_STORE,
} from "./opcodes.ts";
import { isFleeting, localPlace, type Operand, pushFlag, pushPayload, pushPlace, pushTag, valueType } from "./operand.ts";
import type { Pipeline } from "./pipeline.ts";

export interface Field {
  readonly machine: Operand["machine"];
  readonly slot: number;
  readonly offset: number;
  /** Of its flag; undefined: never NULL. */
  readonly flagOffset: number | undefined;
}

export class TupleLayout {
  readonly fields: Field[] = [];
  #size: number;
  #flagAt = 0;

  constructor(start: number) {
    this.#size = start;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  /** A field for operands like this one. */
  add(like: Pick<Operand, "machine" | "slot">, nullable: boolean): Field {
    const offset = this.#size;
    this.#size += 8;
    const flagOffset = nullable || like.machine === "any" ? this.#flag() : undefined;
    const field = { machine: like.machine, slot: like.slot, offset, flagOffset };
    this.fields.push(field);
    return field;
  }

  /** A field for this operand. */
  addFor(operand: Operand): Field {
    return this.add(operand, operand.flag !== undefined);
  }

  #flag(): number {
    if ((this.#flagAt & 7) === 0) {
      this.#flagAt = this.#size;
      this.#size += 8;
    }
    return this.#flagAt++;
  }
}

/** Stores an operand in the tuple whose address is in a local; the tuple outlives the row. */
export function storeField(pipeline: Pipeline, tuple: number, field: Field, operand: Operand): void {
  if (isFleeting(operand)) pipeline.keeps = true;
  putField(pipeline.code, tuple, field, operand);
}

/** Stores an operand in a tuple that does not outlive the row. */
export function putField(code: FunctionCode, tuple: number, field: Field, operand: Operand): void {
  code.get(tuple);
  if (field.machine === "any" || operand.machine === "any") {
    pushPayload(code, operand);
    code.memory(OP_I64_STORE, field.offset);
  } else {
    pushPlace(code, operand.value);
    if (operand.machine === "i32") code.op(OP_I64_EXTEND_I32_U);
    code.memory(operand.machine === "f64" ? OP_F64_STORE : OP_I64_STORE, field.offset);
  }
  if (field.flagOffset === undefined) return;
  code.get(tuple);
  if (field.machine === "any") pushTag(code, operand);
  else pushFlag(code, operand);
  code.memory(OP_I32_STORE8, field.flagOffset);
}

/** Loads a field of the tuple whose address is in a local. */
export function loadField(pipeline: Pipeline, tuple: number, field: Field): Operand {
  const { code } = pipeline;
  const value = code.local(valueType(field.machine));
  code.get(tuple);
  code.memory(field.machine === "f64" ? OP_F64_LOAD : field.machine === "i32" ? OP_I32_LOAD : OP_I64_LOAD, field.offset);
  code.set(value);
  const operand = { machine: field.machine, slot: field.slot, value: localPlace(value), isStable: true as const };
  if (field.flagOffset === undefined) return { ...operand, flag: undefined };
  const flag = code.local("i32");
  code.get(tuple);
  code.memory(OP_I32_LOAD8_U, field.flagOffset);
  code.set(flag);
  return { ...operand, flag: localPlace(flag) };
}
