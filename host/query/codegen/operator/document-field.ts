/**
 * Fields of documents: where a shape has a field, its value is loaded from the record; else the engine reads it.
 *
 * Rows of different shapes follow each other in any order, so the state block has a table of places: a line for each number of a
 * shape, and one behind them for packed documents, which have none. The engine fills a line when the first row of its shape comes
 * (`shape_places`, PLACE_*); from then on a row costs the load of its shape's number, and a field that of its place.
 */
import {
  CELL_TAG,
  NUMBER_BOX_SHIFT,
  PLACE_BIT,
  PLACE_BYTES,
  PLACE_GENERIC,
  PLACE_OFFSET,
  RECORD_SHAPE,
  SHAPES_MAX,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_NUMBER,
  SLOT_TEXT,
} from "../../../../assembly/abi/record.ts";
import { DatabaseError } from "../../../common/error.ts";
import type { PhysicalScanColumn } from "../../physical/operator.ts";
import { pushIsExact } from "../dynamic.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { localPlace, type NumberView, type Operand } from "../operand.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { PlanCode } from "../plan-code.ts";
import { makeAbsolute, nullsLocal } from "./record-slot.ts";
import type { ScanRow } from "./scan.ts";

/** Upper bits of a boxed integer: all ones. */
const NUMBER_BOX = 2n ** BigInt(64 - NUMBER_BOX_SHIFT) - 1n;
const BOX_BITS = 64n - BigInt(NUMBER_BOX_SHIFT);

/** The fields of a scan, in the state block: their numbers, which the driver puts there, and their places. */
export interface DocumentFields {
  readonly columns: readonly PhysicalScanColumn[];
  /** Offset of the first field's number; the others follow. */
  readonly numbers: number;
  readonly places: number;
  readonly lineBytes: number;
}

export function openFields(plan: PlanCode, columns: readonly PhysicalScanColumn[]): DocumentFields {
  const lineBytes = columns.length * PLACE_BYTES;
  return {
    columns,
    numbers: plan.state.take(lineBytes),
    places: plan.state.take((SHAPES_MAX + 1) * lineBytes),
    lineBytes,
  };
}

/** The fields of the row at hand. */
export class FieldReader {
  readonly #pipeline: Pipeline;
  readonly #fields: DocumentFields;
  readonly #handle: number;
  readonly #row: ScanRow;
  /** Address of the line of places. */
  readonly #line: number;

  constructor(pipeline: Pipeline, fields: DocumentFields, handle: number, row: ScanRow) {
    this.#pipeline = pipeline;
    this.#fields = fields;
    this.#handle = handle;
    this.#row = row;
    this.#line = pipeline.code.local("i32");
  }

  /** Finds the line of the row's shape, before its first field is loaded. */
  writeLine(): void {
    const { code } = this.#pipeline;
    const { columns, numbers, places, lineBytes } = this.#fields;
    if (columns.length === 0) return;
    const shape = code.local("i32");
    code.get(this.#row.record);
    code.memory(op.OP_I32_LOAD16_U, RECORD_SHAPE);
    code.i32(SHAPES_MAX);
    code.get(this.#row.record);
    code.op(op.OP_SELECT);
    code.set(shape);
    code.get(shape);
    code.i32(lineBytes);
    code.op(op.OP_I32_MUL);
    code.get(STATE);
    code.op(op.OP_I32_ADD);
    code.i32(places);
    code.op(op.OP_I32_ADD);
    code.set(this.#line);
    code.get(this.#line);
    code.memory(op.OP_I32_LOAD, 0);
    code.op(op.OP_I32_EQZ);
    code.if();
    code.get(this.#handle);
    code.get(shape);
    code.get(STATE);
    code.i32(numbers);
    code.op(op.OP_I32_ADD);
    code.i32(columns.length);
    code.get(this.#line);
    this.#pipeline.call("shape_places", ["i32", "i32", "i32", "i32", "i32"], undefined);
    code.end();
  }

  /** Loads a field: a simple kind from its slot, everything else by the engine. */
  load(column: PhysicalScanColumn): Operand {
    const { code } = this.#pipeline;
    const index = this.#indexOf(column);
    const { value, kind: tag, isNull } = this.#loadSlot(index);
    code.get(tag);
    code.i32(SLOT_NUMBER);
    code.op(op.OP_I32_GE_U);
    code.if();
    code.get(tag);
    code.i32(SLOT_NUMBER);
    code.op(op.OP_I32_EQ);
    code.if();
    this.#unbox(value, tag);
    code.else();
    this.#loadOther(index, value, tag, isNull);
    code.end();
    code.end();
    code.i32(0);
    code.get(tag);
    code.get(isNull);
    code.op(op.OP_SELECT);
    code.set(tag);
    return { machine: "any", slot: 0, value: localPlace(value), flag: localPlace(tag) };
  }

  /** Loads a field as a number: no more of it than that takes. */
  loadNumber(column: PhysicalScanColumn): NumberView {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    const { value, kind, isNull } = this.#loadSlot(this.#indexOf(column));
    const integer = code.local("i64");
    const isInteger = code.local("i32");
    const isExact = code.local("i32");
    code.get(kind);
    code.i32(SLOT_NUMBER);
    code.op(op.OP_I32_EQ);
    code.if();
    // Boxed integers are small enough.
    this.#pushIsBoxed(value);
    code.set(isInteger);
    this.#pushBoxed(value);
    code.set(integer);
    code.i32(1);
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
    code.end();
    code.get(integer);
    code.op(op.OP_F64_CONVERT_I64_S);
    code.op(op.OP_I64_REINTERPRET_F64);
    code.get(value);
    code.get(isInteger);
    code.op(op.OP_SELECT);
    code.op(op.OP_F64_REINTERPRET_I64);
    const double = keep(pipeline, "f64");
    code.get(isExact);
    code.get(isNull);
    code.i32(1);
    code.op(op.OP_I32_XOR);
    code.op(op.OP_I32_AND);
    return {
      double: { machine: "f64", slot: SLOT_DOUBLE, value: double, flag: undefined },
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

  #indexOf(column: PhysicalScanColumn): number {
    const index = this.#fields.columns.indexOf(column);
    if (index < 0) throw new DatabaseError("INTERNAL", `the field of column ${column.column} has no place`);
    return index;
  }

  /** Locals with a field's slot, its kind (PLACE_*), and 1 where its bit of NULLs is set (anything, where the kind is generic). */
  #loadSlot(index: number): { readonly value: number; readonly kind: number; readonly isNull: number } {
    const { code } = this.#pipeline;
    const { record } = this.#row;
    const place = code.local("i32");
    const value = code.local("i64");
    const kind = code.local("i32");
    const isNull = code.local("i32");
    const nulls = nullsLocal(this.#pipeline, record);
    code.get(this.#line);
    code.memory(op.OP_I32_LOAD, index * PLACE_BYTES);
    code.set(place);
    code.get(record);
    code.get(place);
    code.i32(PLACE_OFFSET);
    code.op(op.OP_I32_SHR_U);
    code.op(op.OP_I32_ADD);
    code.memory(op.OP_I64_LOAD, 0);
    code.set(value);
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
    code.get(place);
    code.i32(PLACE_GENERIC);
    code.op(op.OP_I32_AND);
    code.set(kind);
    return { value, kind, isNull };
  }

  /** Pushes whether a slot of numbers of both sorts is an integer in the box of a NaN. */
  #pushIsBoxed(value: number): void {
    const { code } = this.#pipeline;
    code.get(value);
    code.i64(BigInt(NUMBER_BOX_SHIFT));
    code.op(op.OP_I64_SHR_U);
    code.i64(NUMBER_BOX);
    code.op(op.OP_I64_EQ);
  }

  #pushBoxed(value: number): void {
    const { code } = this.#pipeline;
    code.get(value);
    code.i64(BOX_BITS);
    code.op(op.OP_I64_SHL);
    code.i64(BOX_BITS);
    code.op(op.OP_I64_SHR_S);
  }

  /** A slot of numbers of both sorts: an integer in the box of a NaN, or a double. Without branches, since they come mixed. */
  #unbox(value: number, tag: number): void {
    const { code } = this.#pipeline;
    const isBoxed = code.local("i32");
    this.#pushIsBoxed(value);
    code.set(isBoxed);
    this.#pushBoxed(value);
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

  /** A text, or what only the engine reads. */
  #loadOther(index: number, value: number, tag: number, isNull: number): void {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    code.get(tag);
    code.i32(SLOT_TEXT);
    code.op(op.OP_I32_EQ);
    code.if();
    makeAbsolute(pipeline, value, this.#row.record);
    code.else();
    code.get(this.#handle);
    code.get(this.#row.element);
    code.get(pipeline.stateLocal(this.#fields.numbers + index * PLACE_BYTES, "i32"));
    pipeline.call("record_field", ["i32", "i32", "i32"], "i64");
    code.set(value);
    pipeline.checkError();
    code.cells();
    code.memory(op.OP_I32_LOAD, CELL_TAG);
    code.set(tag);
    code.i32(0);
    code.set(isNull);
    code.end();
  }
}
