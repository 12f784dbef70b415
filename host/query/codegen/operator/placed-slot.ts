/**
 * A value in a record whose place (PLACE_* of assembly/abi/record.ts) is known when the plan runs: as a dynamic value, or as a number.
 */
import {
  NUMBER_BOX_SHIFT,
  PLACE_BIT,
  PLACE_GENERIC,
  PLACE_OFFSET,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_NUMBER,
  SLOT_TEXT,
} from "../../../../assembly/abi/record.ts";
import { pushIsExact } from "../dynamic.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { localPlace, type NumberView, type Operand } from "../operand.ts";
import type { Pipeline } from "../pipeline.ts";
import { makeAbsolute, nullsLocal } from "./record-slot.ts";

/** Upper bits of a boxed integer: all ones. */
const NUMBER_BOX = 2n ** BigInt(64 - NUMBER_BOX_SHIFT) - 1n;
const BOX_BITS = 64n - BigInt(NUMBER_BOX_SHIFT);

/** Locals with a slot, its kind (PLACE_*), and 1 where its bit of NULLs is set (anything, where the kind is generic). */
export interface PlacedSlot {
  readonly value: number;
  readonly kind: number;
  readonly isNull: number;
}

/** Loads what lies at a place; `push` pushes it. The record may be 0 where the kind is generic or none. */
export function loadPlaced(pipeline: Pipeline, record: number, push: () => void): PlacedSlot {
  const { code } = pipeline;
  const isNull = code.local("i32");
  const nulls = nullsLocal(pipeline, record);
  const { value, kind, place } = loadWord(pipeline, record, push);
  code.get(nulls);
  code.get(place);
  code.i32(PLACE_BIT);
  code.op(op.OP_I32_SHR_U);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.op(op.OP_I64_SHR_U);
  code.op(op.OP_I32_WRAP_I64);
  code.i32(1);
  code.op(op.OP_I32_AND);
  code.set(isNull);
  return { value, kind, isNull };
}

/** Locals with a place, its kind, and the word that lies there. */
function loadWord(
  pipeline: Pipeline,
  record: number,
  push: () => void,
): { readonly place: number; readonly value: number; readonly kind: number } {
  const { code } = pipeline;
  const place = code.local("i32");
  const value = code.local("i64");
  const kind = code.local("i32");
  push();
  code.set(place);
  code.get(record);
  code.get(place);
  code.i32(PLACE_OFFSET);
  code.op(op.OP_I32_SHR_U);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I64_LOAD, 0);
  code.set(value);
  code.get(place);
  code.i32(PLACE_GENERIC);
  code.op(op.OP_I32_AND);
  code.set(kind);
  return { place, value, kind };
}

/** The value. `readOther` sets the locals of value and tag where only the engine can read them. */
export function placedValue(
  pipeline: Pipeline,
  record: number,
  { value, kind: tag, isNull }: PlacedSlot,
  readOther: (value: number, tag: number) => void,
): Operand {
  const { code } = pipeline;
  code.get(tag);
  code.i32(SLOT_NUMBER);
  code.op(op.OP_I32_GE_U);
  code.if();
  code.get(tag);
  code.i32(SLOT_NUMBER);
  code.op(op.OP_I32_EQ);
  code.if();
  unbox(pipeline, value, tag);
  code.else();
  code.get(tag);
  code.i32(SLOT_TEXT);
  code.op(op.OP_I32_EQ);
  code.if();
  makeAbsolute(pipeline, value, record);
  code.else();
  readOther(value, tag);
  code.i32(0);
  code.set(isNull);
  code.end();
  code.end();
  code.end();
  code.i32(0);
  code.get(tag);
  code.get(isNull);
  code.op(op.OP_SELECT);
  code.set(tag);
  return { machine: "any", slot: 0, value: localPlace(value), flag: localPlace(tag) };
}

/** The value as a number: no more of it than that takes. */
export function placedNumber(pipeline: Pipeline, { value, kind, isNull }: PlacedSlot): NumberView {
  const { code } = pipeline;
  const { double, isExact } = readNumber(pipeline, value, kind, undefined);
  code.get(isExact);
  code.get(isNull);
  code.i32(1);
  code.op(op.OP_I32_XOR);
  code.op(op.OP_I32_AND);
  return {
    double,
    isExact: keep(pipeline, "i32"),
    // Not of the kinds that only the engine reads, whose bit says nothing.
    pushIsNull: () => {
      code.get(kind);
      code.i32(PLACE_GENERIC);
      code.op(op.OP_I32_NE);
      code.get(isNull);
      code.op(op.OP_I32_AND);
      code.get(kind);
      code.op(op.OP_I32_EQZ);
      code.op(op.OP_I32_OR);
    },
  };
}

/** The value as a number, where it is not NULL; `open` is set to 1 where it is no plain number. */
export function probedNumber(pipeline: Pipeline, record: number, push: () => void, open: number): NumberView {
  const { value, kind } = loadWord(pipeline, record, push);
  const { double, isExact } = readNumber(pipeline, value, kind, open);
  return { double, isExact: localPlace(isExact), pushIsNull: (code) => code.i32(0) };
}

/** A slot's word as a double, and whether (1 or 0) it is exactly that. */
function readNumber(
  pipeline: Pipeline,
  value: number,
  kind: number,
  open: number | undefined,
): { readonly double: Operand; readonly isExact: number } {
  const { code } = pipeline;
  const integer = code.local("i64");
  const isInteger = code.local("i32");
  const isExact = code.local("i32");
  // Rows without the field come in between: they go the same way.
  code.get(kind);
  code.i32(~SLOT_NUMBER);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_EQZ);
  code.if();
  // Boxed integers are small enough.
  pushIsBoxed(pipeline, value);
  code.set(isInteger);
  pushBoxed(pipeline, value);
  code.set(integer);
  code.get(kind);
  code.i32(Math.log2(SLOT_NUMBER));
  code.op(op.OP_I32_SHR_U);
  code.set(isExact);
  code.else();
  code.get(kind);
  code.i32(SLOT_INTEGER);
  code.op(op.OP_I32_EQ);
  code.set(isInteger);
  code.get(value);
  code.set(integer);
  code.get(isInteger);
  pushIsExact(pipeline, localPlace(value));
  code.op(op.OP_I32_AND);
  code.get(kind);
  code.i32(SLOT_DOUBLE);
  code.op(op.OP_I32_EQ);
  code.op(op.OP_I32_OR);
  code.set(isExact);
  if (open !== undefined) {
    code.get(isExact);
    code.op(op.OP_I32_EQZ);
    code.get(open);
    code.op(op.OP_I32_OR);
    code.set(open);
  }
  code.end();
  code.get(integer);
  code.op(op.OP_F64_CONVERT_I64_S);
  code.op(op.OP_I64_REINTERPRET_F64);
  code.get(value);
  code.get(isInteger);
  code.op(op.OP_SELECT);
  code.op(op.OP_F64_REINTERPRET_I64);
  return { double: { machine: "f64", slot: SLOT_DOUBLE, value: keep(pipeline, "f64"), flag: undefined }, isExact };
}

/** Pushes whether a slot of numbers of both sorts is an integer in the box of a NaN. */
function pushIsBoxed({ code }: Pipeline, value: number): void {
  code.get(value);
  code.i64(BigInt(NUMBER_BOX_SHIFT));
  code.op(op.OP_I64_SHR_U);
  code.i64(NUMBER_BOX);
  code.op(op.OP_I64_EQ);
}

function pushBoxed({ code }: Pipeline, value: number): void {
  code.get(value);
  code.i64(BOX_BITS);
  code.op(op.OP_I64_SHL);
  code.i64(BOX_BITS);
  code.op(op.OP_I64_SHR_S);
}

/** A slot of numbers of both sorts: an integer in the box of a NaN, or a double. Without branches, since they come mixed. */
function unbox(pipeline: Pipeline, value: number, tag: number): void {
  const { code } = pipeline;
  const isBoxed = code.local("i32");
  pushIsBoxed(pipeline, value);
  code.set(isBoxed);
  pushBoxed(pipeline, value);
  code.get(value);
  code.get(isBoxed);
  code.op(op.OP_SELECT);
  code.set(value);
  // SLOT_INTEGER is the number before it.
  code.i32(SLOT_DOUBLE);
  code.get(isBoxed);
  code.op(op.OP_I32_SUB);
  code.set(tag);
}
