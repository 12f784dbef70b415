/**
 * Access paths of scans: rows by key, and rows through an index. The filter above the scan keeps its predicate, so a path may give
 * more rows than are asked for, never fewer; where a path cannot be sure of that, all rows are read.
 *
 * Cursors: the place among the rows found, and, of an index, the positions of the rows that have not been taken yet.
 */
import { FOUND_BATCH, FOUND_COUNT, FOUND_ROWS, STATE_DATABASE } from "../../../../assembly/abi/plan.ts";
import { COLLECTION_ROWS, ROW_ENTRY, ROW_RECORD, SLOT_DATE, SLOT_INTEGER, SLOT_TEXT, SLOT_UUID } from "../../../../assembly/abi/record.ts";
import type { PhysicalScan } from "../../physical/operator.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { ScanAccess, ScanBound } from "../../plan/operator.ts";
import { machineOf, plainType, slotOf } from "../../type/type.ts";
import { combineFlags, compileExpression, computeBefore } from "../expression.ts";
import * as op from "../opcodes.ts";
import { type Operand, pushPayload, pushPlace, pushTag } from "../operand.ts";
import { type Level, type Pipeline, STATE } from "../pipeline.ts";
import type { PlanCode } from "../plan-code.ts";
import { loadChunk, pushElement, pushMayExpire } from "./row-place.ts";
import type { ScanRow } from "./scan.ts";
import { touchRecords } from "./touched-rows.ts";

type IndexAccess = Extract<ScanAccess, { readonly kind: "index" }>;
type Keys = readonly (readonly BoundExpression[])[];

/** A path that is used; `found` is the offset of the rows found. */
export type OpenAccess =
  | { readonly kind: "key"; readonly keys: Keys; readonly found: number }
  | { readonly kind: "index"; readonly index: IndexAccess; readonly found: number };

/** Kinds whose equal values have equal texts; 0: dynamic values, whose numbers are brought into one form. */
const EXACT_KEYS: ReadonlySet<number> = new Set([0, SLOT_INTEGER, SLOT_TEXT, SLOT_UUID, SLOT_DATE]);

/** The path of a scan, if it can be used. (1.1 and 1.10 are equal numbers of different texts, so such keys are not looked up.) */
export function openAccess(plan: PlanCode, { access }: Pick<PhysicalScan, "access">): OpenAccess | undefined {
  if (access === undefined) return undefined;
  if (access.kind === "key") {
    const isExact = access.keys.every((key) => key.every(({ type }) => EXACT_KEYS.has(slotOf(type)) && type.name !== "character"));
    return isExact
      ? { kind: "key", keys: access.keys, found: plan.structure("access_open", [Math.max(access.keys.length, FOUND_BATCH)]) }
      : undefined;
  }
  const values = [...access.equal, ...[access.lower, access.upper].flatMap((bound) => (bound === undefined ? [] : [bound.value]))];
  if (values.some(({ type }) => type.name === "character")) return undefined;
  return { kind: "index", index: access, found: plan.structure("access_open", [FOUND_BATCH]) };
}

/** Rows found through an index that are fetched together; a power of two. */
const TOUCHED_ROWS = 32;

type OperandOf = (expression: BoundExpression) => Operand;

/** What gives the operands of a path's values. Requires: the level of its loop is made after this. */
export function accessOperands(pipeline: Pipeline, access: OpenAccess): OperandOf {
  if (access.kind === "key") return computeBefore(pipeline, access.keys.flat());
  const { equal, lower, upper, prefix } = access.index;
  const given = [...equal, lower?.value, upper?.value, prefix];
  return computeBefore(
    pipeline,
    given.filter((value) => value !== undefined),
  );
}

/** Loops over the rows of a path; `places` are offsets in a record where it will be looked at (`placesOf`). */
export function writeAccess(
  pipeline: Pipeline,
  level: Level,
  handle: number,
  row: ScanRow,
  access: OpenAccess,
  operandOf: OperandOf,
  places: readonly number[],
  body: () => void,
): void {
  const { code } = pipeline;
  const found = pipeline.stateLocal(access.found, "i32");
  const place = pipeline.cursor(level, "i32");
  const range = openRange(pipeline, level);
  code.get(handle);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.finish);
  pipeline.enter(level, () =>
    pipeline.scoped(() => {
      code.i32(0);
      code.set(place);
      code.get(found);
      pipeline.call("access_clear", ["i32"], undefined);
      if (access.kind === "key") writeLookups(pipeline, handle, found, access.keys, range, operandOf);
      else writeRange(pipeline, handle, access.index, range, operandOf);
    }),
  );
  const loop = code.loop();
  code.get(place);
  code.get(found);
  code.memory(op.OP_I32_LOAD, FOUND_COUNT);
  code.op(op.OP_I32_GE_U);
  code.if();
  writeFetch(pipeline, handle, found, place, range, access.kind === "index" && access.index.descending);
  code.end();
  if (access.kind === "index") touchAhead(pipeline, handle, found, place, places);
  pipeline.spend(level);
  pipeline.rowBlock(() => {
    loadRow(pipeline, handle, found, place, row);
    body();
  });
  code.get(place);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.set(place);
  code.br(loop);
  code.end();
}

/**
 * Touches the rows that come next, TOUCHED_ROWS at a time, if there are several: they lie anywhere, so that each would be waited for. No
 * more of them, since whoever asks for the first few of an order leaves the others.
 */
function touchAhead(pipeline: Pipeline, handle: number, found: number, place: number, places: readonly number[]): void {
  const { code } = pipeline;
  // Columns at no fixed place: at least the head of the record.
  const touch = { places: places.length > 0 ? places : [0], sink: pipeline.plan.state.take(4) };
  const [at, end, row, chunk] = [code.local("i32"), code.local("i32"), code.local("i32"), code.local("i32")];
  const pushLeft = (): void => {
    code.get(found);
    code.memory(op.OP_I32_LOAD, FOUND_COUNT);
    code.get(place);
    code.op(op.OP_I32_SUB);
  };
  code.get(place);
  code.i32(TOUCHED_ROWS - 1);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_EQZ);
  pushLeft();
  code.i32(1);
  code.op(op.OP_I32_GT_U);
  code.op(op.OP_I32_AND);
  code.if();
  code.get(place);
  code.set(at);
  code.get(place);
  code.i32(TOUCHED_ROWS);
  pushLeft();
  pushLeft();
  code.i32(TOUCHED_ROWS);
  code.op(op.OP_I32_GT_U);
  code.op(op.OP_SELECT);
  code.op(op.OP_I32_ADD);
  code.set(end);
  touchRecords(pipeline, touch, (touchElement) => {
    const loop = code.loop();
    pushFound(pipeline, found, at);
    code.set(row);
    pushIsRow(pipeline, handle, row);
    code.if();
    loadChunk(pipeline, handle, row, chunk);
    touchElement(() => pushElement(pipeline, chunk, row));
    code.end();
    code.get(at);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(at);
    code.get(at);
    code.get(end);
    code.op(op.OP_I32_LT_U);
    code.brIf(loop);
    code.end();
  });
  code.end();
}

/** Pushes the number of the row at a place. */
function pushFound({ code }: Pipeline, found: number, place: number): void {
  code.get(found);
  code.get(place);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, FOUND_ROWS);
}

/** Pushes whether the collection has had a row of this number. */
function pushIsRow({ code }: Pipeline, handle: number, row: number): void {
  code.get(row);
  code.get(handle);
  code.memory(op.OP_I32_LOAD, COLLECTION_ROWS);
  code.op(op.OP_I32_LT_U);
}

/** Sets the locals of the row at a place; drops it where there is no such row any more. */
function loadRow(pipeline: Pipeline, handle: number, found: number, place: number, { row, element, entry, record }: ScanRow): void {
  const { code } = pipeline;
  const chunk = code.local("i32");
  pushFound(pipeline, found, place);
  code.set(row);
  pushIsRow(pipeline, handle, row);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
  loadChunk(pipeline, handle, row, chunk);
  pushElement(pipeline, chunk, row);
  code.set(element);
  code.get(element);
  code.memory(op.OP_I32_LOAD, ROW_ENTRY);
  code.set(entry);
  code.get(entry);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
  pushMayExpire(pipeline, chunk);
  code.if();
  code.get(element);
  pipeline.call("row_expired", ["i32"], "i32");
  code.brIf(pipeline.next);
  code.end();
  code.get(element);
  code.memory(op.OP_I32_LOAD, ROW_RECORD);
  code.set(record);
}

// Keys ------------------------------------------------------------------------------------------------------------------

/** Finds the rows with the keys; where one cannot be looked up, all rows are gone through. */
function writeLookups(pipeline: Pipeline, handle: number, found: number, keys: Keys, range: IndexRange, operandOf: OperandOf): void {
  const { code } = pipeline;
  const isUnknown = code.local("i32");
  for (const local of [isUnknown, range.position, range.end]) {
    code.i32(0);
    code.set(local);
  }
  for (const key of keys) {
    const values = key.map((value) => ({ operand: operandOf(value), isDynamic: machineOf(value.type) === "any" }));
    writeLookup(pipeline, handle, found, values, isUnknown);
  }
  code.get(isUnknown);
  code.if();
  code.get(found);
  pipeline.call("access_clear", ["i32"], undefined);
  writeAllRows(pipeline, handle, range);
  code.end();
}

/** Adds the row with a key to those found; with a NULL in it there is none. */
function writeLookup(
  pipeline: Pipeline,
  handle: number,
  found: number,
  key: readonly { readonly operand: Operand; readonly isDynamic: boolean }[],
  isUnknown: number,
): void {
  const { code } = pipeline;
  const flag = combineFlags(
    pipeline,
    key.map(({ operand }) => operand),
  );
  const look = (): void => {
    pipeline.call("access_begin", [], undefined);
    for (const { operand, isDynamic } of key) {
      pushTag(code, operand);
      pushPayload(code, operand);
      code.i32(isDynamic ? 1 : 0);
      pipeline.call("access_part", ["i32", "i64", "i32"], undefined);
    }
    code.get(found);
    code.get(STATE);
    code.memory(op.OP_I32_LOAD, STATE_DATABASE);
    code.get(handle);
    pipeline.call("access_add", ["i32", "i32", "i32"], "i32");
    code.op(op.OP_I32_EQZ);
    code.get(isUnknown);
    code.op(op.OP_I32_OR);
    code.set(isUnknown);
    pipeline.checkError();
  };
  if (flag === undefined) {
    look();
    return;
  }
  pushPlace(code, flag);
  pipeline.branch(look);
}

// Indexes ---------------------------------------------------------------------------------------------------------------

/** Cursors: the place of the index (`access_place`; 0: none, all rows), the next position, and the one behind the last. */
interface IndexRange {
  readonly index: number;
  readonly position: number;
  readonly end: number;
}

function openRange(pipeline: Pipeline, level: Level): IndexRange {
  return { index: pipeline.cursor(level, "i32"), position: pipeline.cursor(level, "i32"), end: pipeline.cursor(level, "i32") };
}

/** Finds the positions between which the rows lie; with a NULL among the values there are none. */
function writeRange(
  pipeline: Pipeline,
  handle: number,
  access: IndexAccess,
  { index, position, end }: IndexRange,
  operandOf: OperandOf,
): void {
  const { code } = pipeline;
  const equal = access.equal.map(operandOf);
  const lower = access.lower && operandOf(access.lower.value);
  const upper = access.upper && operandOf(access.upper.value);
  const operand = access.prefix && operandOf(access.prefix);
  const prefix: Prefix = { operand, isText: access.isText === true };
  const bounds = [lower, upper, operand].filter((bound) => bound !== undefined);
  const flag = combineFlags(pipeline, [...equal, ...bounds]);
  const find = (): void => {
    const found = code.local("i32");
    const name = compileExpression(pipeline, { kind: "BoundConstant", type: plainType("text"), value: access.index });
    code.get(handle);
    pushPlace(code, name.value);
    pipeline.call("access_index", ["i32", "i64"], "i32");
    code.set(found);
    code.get(handle);
    code.get(found);
    pipeline.call("access_place", ["i32", "i32"], "i32");
    code.set(index);
    writeRank(pipeline, found, [...equal, ...(lower === undefined ? [] : [lower])], prefix, access.lower, true);
    code.set(position);
    writeRank(pipeline, found, [...equal, ...(upper === undefined ? [] : [upper])], prefix, access.upper, false);
    code.set(end);
    // The index does not know, or would give most of them: all rows.
    code.get(position);
    code.i32(-1);
    code.op(op.OP_I32_EQ);
    code.get(end);
    code.i32(-1);
    code.op(op.OP_I32_EQ);
    code.op(op.OP_I32_OR);
    if (access.isUnordered === true) {
      code.get(handle);
      code.get(position);
      code.get(end);
      pipeline.call("access_few", ["i32", "i32", "i32"], "i32");
      code.op(op.OP_I32_EQZ);
      code.op(op.OP_I32_OR);
    }
    code.if();
    writeAllRows(pipeline, handle, { index, position, end });
    code.end();
    pipeline.checkError();
  };
  for (const local of [position, end]) {
    code.i32(0);
    code.set(local);
  }
  if (flag === undefined) {
    find();
    return;
  }
  pushPlace(code, flag);
  pipeline.branch(find);
}

/** Makes the range that of all rows. */
function writeAllRows(pipeline: Pipeline, handle: number, { index, position, end }: IndexRange): void {
  const { code } = pipeline;
  for (const local of [index, position]) {
    code.i32(0);
    code.set(local);
  }
  code.get(handle);
  pipeline.call("access_rows", ["i32"], "i32");
  code.set(end);
}

/** What texts begin with: a pattern of declared texts, or a text of dynamic values. */
interface Prefix {
  readonly operand: Operand | undefined;
  readonly isText: boolean;
}

/** Pushes the position of the first row (of a lower bound) or of the one behind the last. */
function writeRank(
  pipeline: Pipeline,
  index: number,
  values: readonly Operand[],
  { operand: prefix, isText }: Prefix,
  bound: ScanBound | undefined,
  isLower: boolean,
): void {
  const { code } = pipeline;
  code.get(index);
  pipeline.call("access_key_begin", ["i32"], undefined);
  for (const operand of values) {
    code.get(index);
    pushTag(code, operand);
    pushPayload(code, operand);
    pipeline.call("access_key_part", ["i32", "i32", "i64"], undefined);
  }
  if (prefix !== undefined) {
    code.get(index);
    if (isText) {
      pushTag(code, prefix);
      pushPayload(code, prefix);
      pipeline.call("access_key_text", ["i32", "i32", "i64"], undefined);
    } else {
      pushPlace(code, prefix.value);
      pipeline.call("access_key_prefix", ["i32", "i64"], undefined);
    }
  }
  code.get(index);
  // Rows with the bound itself lie behind an excluded lower one, and before the end of an included upper one.
  code.i32(bound === undefined ? (isLower ? 0 : 1) : bound.inclusive === isLower ? 0 : 1);
  pipeline.call("access_rank", ["i32", "i32"], "i32");
}

/** Takes the next rows; ends the pipeline when there are none. */
function writeFetch(
  pipeline: Pipeline,
  handle: number,
  found: number,
  place: number,
  { index, position, end }: IndexRange,
  backwards: boolean,
): void {
  const { code } = pipeline;
  const count = code.local("i32");
  code.get(position);
  code.get(end);
  code.op(op.OP_I32_GE_U);
  code.brIf(pipeline.finish);
  code.get(found);
  code.get(handle);
  code.get(index);
  pipeline.call("access_at", ["i32", "i32"], "i32");
  code.get(position);
  code.get(end);
  pipeline.call(backwards ? "access_fetch_back" : "access_fetch", ["i32", "i32", "i32", "i32"], "i32");
  code.set(count);
  code.get(count);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.finish);
  const moved = backwards ? end : position;
  code.get(moved);
  code.get(count);
  code.op(backwards ? op.OP_I32_SUB : op.OP_I32_ADD);
  code.set(moved);
  code.i32(0);
  code.set(place);
}
