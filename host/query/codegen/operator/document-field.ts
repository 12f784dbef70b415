/**
 * Fields of documents: where a shape has a field, its value is loaded from the record; else the engine reads it.
 *
 * Rows of different shapes follow each other in any order, so the state block has a table of places: a line for each number of a
 * shape, and one behind them for packed documents, which have none. The engine fills a line when the first row of its shape comes
 * (`shape_places`, PLACE_*); from then on a row costs the load of its shape's number, and a field that of its place. The table holds
 * while the collection's version is the one that stands before it, over executions too.
 */
import {
  CELL_TAG,
  COLLECTION_VERSION,
  PLACE_BIT,
  PLACE_BYTES,
  PLACE_GENERIC,
  RECORD_SHAPE,
  SHAPES_MAX,
  SLOT_NONE,
} from "../../../../assembly/abi/record.ts";
import { DatabaseError } from "../../../common/error.ts";
import type { PhysicalScanColumn } from "../../physical/operator.ts";
import * as op from "../opcodes.ts";
import { localPlace, type NumberView, type Operand } from "../operand.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { PlanCode } from "../plan-code.ts";
import { loadPlaced, type PlacedSlot, placedNumber, placedValue, probedNumber } from "./placed-slot.ts";
import { nullsLocal } from "./record-slot.ts";
import type { ScanRow } from "./scan.ts";

const MASK_BYTES = 8;

/** The fields of a scan, in the state block: their numbers, which the driver puts there, and their places. */
export interface DocumentFields {
  readonly columns: readonly PhysicalScanColumn[];
  /** Offset of the first field's number; the others follow. */
  readonly numbers: number;
  /** Offset of the version, and of the table. */
  readonly version: number;
  readonly places: number;
  readonly lineBytes: number;
  /** Fields whose bits of NULL stand together behind the places of a line. */
  readonly probed: readonly PhysicalScanColumn[];
}

export function openFields(
  plan: PlanCode,
  columns: readonly PhysicalScanColumn[],
  probed: readonly PhysicalScanColumn[] = [],
): DocumentFields {
  const lineBytes = columns.length * PLACE_BYTES + (probed.length > 0 ? MASK_BYTES : 0);
  return {
    columns,
    numbers: plan.state.take(columns.length * PLACE_BYTES),
    version: plan.state.take(4),
    places: plan.state.take((SHAPES_MAX + 1) * lineBytes),
    lineBytes,
    probed,
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
  #onUse = false;

  constructor(pipeline: Pipeline, fields: DocumentFields, handle: number, row: ScanRow) {
    this.#pipeline = pipeline;
    this.#fields = fields;
    this.#handle = handle;
    this.#row = row;
    this.#line = pipeline.code.local("i32");
  }

  /** Empties the table if the collection has changed since it was filled. Before the rows. */
  writeCheck(): void {
    const { code } = this.#pipeline;
    const { columns, version, places, lineBytes } = this.#fields;
    if (columns.length === 0) return;
    const present = code.local("i32");
    code.get(this.#handle);
    code.memory(op.OP_I32_LOAD, COLLECTION_VERSION);
    code.set(present);
    code.get(present);
    code.get(STATE);
    code.memory(op.OP_I32_LOAD, version);
    code.op(op.OP_I32_NE);
    code.if();
    code.get(STATE);
    code.get(present);
    code.memory(op.OP_I32_STORE, version);
    code.get(STATE);
    code.i32(places);
    code.op(op.OP_I32_ADD);
    code.i32((SHAPES_MAX + 1) * lineBytes);
    this.#pipeline.call("places_clear", ["i32", "i32"], undefined);
    code.end();
  }

  /** Finds the line of the row's shape, before its first field is loaded; where few rows load any (`onUse`), with it. */
  writeLine(onUse = false): void {
    this.#onUse = onUse;
    if (!onUse) this.#findLine();
  }

  #findLine(): void {
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
    if (this.#fields.probed.length > 0) this.#writeMask();
    code.end();
  }

  /** Puts the bits of NULL of the probed fields together; of those that only the engine reads there is none. */
  #writeMask(): void {
    const { code } = this.#pipeline;
    const place = code.local("i32");
    code.get(this.#line);
    code.i64(0n);
    for (const column of this.#fields.probed) {
      code.get(this.#line);
      code.memory(op.OP_I32_LOAD, this.#indexOf(column) * PLACE_BYTES);
      code.set(place);
      code.get(place);
      code.i32(PLACE_GENERIC);
      code.op(op.OP_I32_AND);
      code.i32(PLACE_GENERIC);
      code.op(op.OP_I32_NE);
      code.op(op.OP_I64_EXTEND_I32_U);
      code.get(place);
      code.i32(PLACE_BIT);
      code.op(op.OP_I32_SHR_U);
      code.op(op.OP_I64_EXTEND_I32_U);
      code.op(op.OP_I64_SHL);
      code.op(op.OP_I64_OR);
    }
    code.memory(op.OP_I64_STORE, this.#fields.columns.length * PLACE_BYTES);
  }

  /** Loads a field: a simple kind from its slot, everything else by the engine. */
  load(column: PhysicalScanColumn): Operand {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    const index = this.#indexOf(column);
    return placedValue(pipeline, this.#row.record, this.#loadSlot(index), (value, tag) => {
      code.get(this.#handle);
      code.get(this.#row.element);
      code.get(pipeline.stateLocal(this.#fields.numbers + index * PLACE_BYTES, "i32"));
      pipeline.call("record_field", ["i32", "i32", "i32"], "i64");
      code.set(value);
      pipeline.checkError();
      code.cells();
      code.memory(op.OP_I32_LOAD, CELL_TAG);
      code.set(tag);
    });
  }

  /** Loads a field as a number: no more of it than that takes. */
  loadNumber(column: PhysicalScanColumn): NumberView {
    return placedNumber(this.#pipeline, this.#loadSlot(this.#indexOf(column)));
  }

  /** Pushes 1 where none of the probed fields is NULL, as far as the record's bits tell. */
  pushNoNull(): void {
    const { code } = this.#pipeline;
    const { columns, probed } = this.#fields;
    if (probed.length === 0) {
      code.i32(1);
      return;
    }
    code.get(nullsLocal(this.#pipeline, this.#row.record));
    code.get(this.#line);
    code.memory(op.OP_I64_LOAD, columns.length * PLACE_BYTES);
    code.op(op.OP_I64_AND);
    code.op(op.OP_I64_EQZ);
  }

  /** Loads a field as a number where it is not NULL; sets `open` to 1 where it is something else. */
  probeNumber(column: PhysicalScanColumn, open: number): NumberView {
    return probedNumber(this.#pipeline, this.#row.record, () => this.#pushPlace(this.#indexOf(column)), open);
  }

  #indexOf(column: PhysicalScanColumn): number {
    const index = this.#fields.columns.indexOf(column);
    if (index < 0) throw new DatabaseError("INTERNAL", `the field of column ${column.column} has no place`);
    return index;
  }

  #loadSlot(index: number): PlacedSlot {
    return loadPlaced(this.#pipeline, this.#row.record, () => this.#pushPlace(index));
  }

  #pushPlace(index: number): void {
    if (this.#onUse) {
      this.#pipeline.memo(`line ${this.#line}`, () => {
        this.#findLine();
        return { machine: "i32", slot: SLOT_NONE, value: localPlace(this.#line), flag: undefined };
      });
    }
    this.#pipeline.code.get(this.#line);
    this.#pipeline.code.memory(op.OP_I32_LOAD, index * PLACE_BYTES);
  }
}
