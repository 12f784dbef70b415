/**
 * Sort and top-k: rows become tuples that begin with their keys; the engine sorts them (assembly/runtime/sorter.ts), and a pipeline
 * goes through them in order.
 *
 * Keys are unsigned numbers in which direction and NULLs are folded, or words whose bytes are compared. A key that may be NULL has
 * a number before it. Types that have no simple form go to the engine's order-preserving keys, which say all by themselves.
 */
import {
  ELEMENT_SHIFT,
  ELEMENT_TUPLE,
  KEY_BYTES,
  KEY_BYTES_DESCENDING,
  KEY_FLAG,
  KEY_SMALL,
  KEY_UNSIGNED,
  SORT_COUNT,
  SORT_DIRECTORY,
  SORT_SEGMENT_ELEMENTS,
  SORT_SEGMENT_SHIFT,
  TOPK_CANDIDATE,
  TOPK_WORST,
} from "../../../../assembly/abi/plan.ts";
import { SLOT_BYTEA, SLOT_INTEGER, SLOT_TEXT, SLOT_UUID } from "../../../../assembly/abi/record.ts";
import { columnsOf, columnsUsed, typesOf } from "../../physical/columns.ts";
import type { PhysicalSort, PhysicalTopK } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import type { PlanColumn, SortKey } from "../../plan/operator.ts";
import { isCypherValue, machineOf } from "../../type/type.ts";
import { compileExpression, notCompiled } from "../expression.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { isFleeting, localPlace, type Operand, type Place, pushPayload, pushPlace, pushTag, typedOperand } from "../operand.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { type Field, loadField, storeField, TupleLayout } from "../tuple.ts";
import { addTuple } from "./row.ts";
import { asKey } from "./table.ts";

const SIGN = -(2n ** 63n);
/** Bits of `sort_key_put`'s flags. */
const FLAG_DESCENDING = 1;
const FLAG_NULLS_FIRST = 2;
const FLAG_DYNAMIC = 4;
const FLAG_CYPHER = 8;
/** A limit up to which the tuples are kept in a heap. */
const PLAIN_WORDS: ReadonlySet<number> = new Set([SLOT_TEXT, SLOT_UUID, SLOT_BYTEA]);

/** One component of a tuple's keys. */
interface Component {
  readonly kind: number;
  /** Its value; i64. */
  readonly make: (pipeline: Pipeline) => Place;
}

function isPlainWord(key: SortKey): boolean {
  const { type } = key.value;
  return machineOf(type) === "word" && PLAIN_WORDS.has(typedOperand(type, localPlace(0), undefined).slot) && type.name !== "character";
}

/** Whether the key is written by the engine, with direction and NULLs in it. */
function isEngineKey(key: SortKey): boolean {
  const machine = machineOf(key.value.type);
  return machine === "any" || (machine === "word" && !isPlainWord(key));
}

/** Components of a key: how many there are depends on its type alone. */
function componentsOf(key: SortKey): readonly Component[] {
  const operandOf = (pipeline: Pipeline): Operand => compileExpression(pipeline, key.value);
  if (isEngineKey(key)) return [{ kind: KEY_BYTES, make: (pipeline) => engineKey(pipeline, operandOf(pipeline), key) }];
  if (SMALL.has(key.value.type.name)) return [{ kind: KEY_SMALL, make: (pipeline) => smallKey(pipeline, operandOf(pipeline), key) }];
  const value: Component = {
    kind: !isPlainWord(key) ? KEY_UNSIGNED : key.descending ? KEY_BYTES_DESCENDING : KEY_BYTES,
    make: (pipeline) => valueKey(pipeline, operandOf(pipeline), key),
  };
  return [{ kind: KEY_FLAG, make: (pipeline) => nullKey(pipeline, operandOf(pipeline), key) }, value];
}

/** Types whose values have 32 bits. */
const SMALL: ReadonlySet<string> = new Set(["smallint", "integer"]);
const SMALL_BIAS = 2n ** 31n;
const SMALL_LAST = 2n ** 32n + 1n;

/** Values from 1 on, NULL before or behind them. */
function smallKey(pipeline: Pipeline, operand: Operand, { descending, nullsFirst }: SortKey): Place {
  const { code } = pipeline;
  code.i64(descending ? SMALL_BIAS : SMALL_BIAS + 1n);
  pushPlace(code, operand.value);
  code.op(descending ? op.OP_I64_SUB : op.OP_I64_ADD);
  if (operand.flag !== undefined) {
    code.i64(nullsFirst ? 0n : SMALL_LAST);
    pushPlace(code, operand.flag);
    code.op(op.OP_SELECT);
  }
  return keep(pipeline, "i64");
}

/** 0 or 1, so that NULLs come first or last. */
function nullKey(pipeline: Pipeline, { flag }: Operand, { nullsFirst }: SortKey): Place {
  const { code } = pipeline;
  if (flag === undefined) return { kind: "i64", value: 0n };
  pushPlace(code, flag);
  if (!nullsFirst) code.op(op.OP_I32_EQZ);
  code.op(op.OP_I64_EXTEND_I32_U);
  return keep(pipeline, "i64");
}

/** The value as a number or word that sorts as it does; 0 for NULL. */
function valueKey(pipeline: Pipeline, operand: Operand, key: SortKey): Place {
  const { code } = pipeline;
  const plain = asKey(pipeline, operand, key.value.type).operand;
  if (isFleeting(plain)) pipeline.keeps = true;
  pushPayload(code, plain);
  if (plain.machine === "f64") {
    const bits = code.local("i64");
    code.set(bits);
    code.get(bits);
    code.get(bits);
    code.i64(63n);
    code.op(op.OP_I64_SHR_S);
    code.i64(SIGN);
    code.op(op.OP_I64_OR);
    code.op(op.OP_I64_XOR);
  } else if (plain.machine === "i64") {
    code.i64(SIGN);
    code.op(op.OP_I64_XOR);
  }
  if (key.descending && plain.machine !== "word") {
    code.i64(-1n);
    code.op(op.OP_I64_XOR);
  }
  if (operand.flag !== undefined) {
    code.i64(0n);
    pushPlace(code, operand.flag);
    code.op(op.OP_SELECT);
  }
  return keep(pipeline, "i64");
}

function engineKey(pipeline: Pipeline, operand: Operand, { value, descending, nullsFirst }: SortKey): Place {
  const { code } = pipeline;
  pipeline.call("sort_key_begin", [], undefined);
  pushTag(code, operand);
  pushPayload(code, operand);
  const dynamic = isCypherValue(value.type) ? FLAG_CYPHER : machineOf(value.type) === "any" ? FLAG_DYNAMIC : 0;
  code.i32((descending ? FLAG_DESCENDING : 0) | (nullsFirst ? FLAG_NULLS_FIRST : 0) | dynamic);
  pipeline.call("sort_key_put", ["i32", "i64", "i32"], undefined);
  pipeline.call("sort_key_word", [], "i64");
  const word = keep(pipeline, "i64");
  pipeline.checkError();
  pipeline.keeps = true;
  return word;
}

// Tuples ----------------------------------------------------------------------------------------------------------------

interface SortLayout {
  readonly keys: readonly Field[];
  readonly columns: ReadonlyMap<ColumnId, Field>;
  readonly tupleBytes: number;
}

function layoutOf(
  components: readonly Component[],
  columns: readonly PlanColumn[],
  more: number,
  extend: (layout: TupleLayout) => void = () => {},
): SortLayout {
  const layout = new TupleLayout(0);
  const keys = [...components, ...Array.from({ length: more })].map(() => layout.add({ machine: "i64", slot: SLOT_INTEGER }, false));
  const fields = new Map(columns.map(({ column, type }) => [column, layout.add(typedOperand(type, localPlace(0), undefined), true)]));
  extend(layout);
  return { keys, columns: fields, tupleBytes: layout.sizeBytes };
}

function storeTuple(pipeline: Pipeline, layout: SortLayout, tuple: number, keys: readonly Place[]): void {
  keys.forEach((value, index) => {
    storeField(pipeline, tuple, layout.keys[index] as Field, { machine: "i64", slot: SLOT_INTEGER, value, flag: undefined });
  });
  for (const [column, field] of layout.columns) storeField(pipeline, tuple, field, pipeline.column(column));
}

/** Tells the sorter what its keys are. */
function setKinds(plan: PlanCode, sorter: number, components: readonly Component[]): void {
  const { setup } = plan.part;
  const set = plan.module.importFunction("sort_kind", ["i32", "i32", "i32"], undefined);
  components.forEach(({ kind }, index) => {
    if (kind === KEY_UNSIGNED) return;
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, sorter);
    setup.i32(index);
    setup.i32(kind);
    setup.callImport(set);
  });
}

/** Columns of the operator's input that its consumer uses. */
function keptColumns(input: PhysicalSort["input"], needed: ReadonlySet<ColumnId>): readonly PlanColumn[] {
  const own = columnsOf(input);
  return [...typesOf(input).values()].filter(({ column }) => needed.has(column) && own.has(column));
}

/** The rows of an operator in order: tuples of a sorter. */
export interface SortedTuples {
  /** Offset of the sorter's address in the state block. */
  readonly sorter: number;
  readonly columns: ReadonlyMap<ColumnId, Field>;
}

/** Sorts the rows of `input`. `extend` adds fields that are written later. */
export function sortTuples(
  plan: PlanCode,
  { input, keys: by }: Pick<PhysicalSort, "input" | "keys">,
  needed: ReadonlySet<ColumnId>,
  extend: (layout: TupleLayout) => void = () => {},
): SortedTuples {
  const components = by.flatMap(componentsOf);
  const columns = keptColumns(input, needed);
  const layout = layoutOf(components, columns, 0, extend);
  const sorter = plan.structure("sort_open", [layout.tupleBytes, components.length]);
  setKinds(plan, sorter, components);
  const below = columnsUsed(
    by.map(({ value }) => value),
    needed,
  );
  plan.produce(plan, input, below, (pipeline) => {
    const keys = components.map(({ make }) => make(pipeline));
    for (const { column } of columns) pipeline.column(column);
    const tuple = pipeline.code.local("i32");
    addTuple(pipeline, pipeline.stateLocal(sorter, "i32"), tuple, layout.tupleBytes);
    storeTuple(pipeline, layout, tuple, keys);
  });
  plan.callStage("sort", "sort_step", ["i32", "i32"], (code) => {
    code.get(STATE);
    code.memory(op.OP_I32_LOAD, sorter);
    code.get(STATE);
  });
  return { sorter, columns: layout.columns };
}

export function produceSort(plan: PlanCode, sort: PhysicalSort, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const sorted = sortTuples(plan, sort, needed);
  produceElements(plan, "sorted", sorted.sorter, showColumns(sorted), consume);
}

export function showColumns(layout: Pick<SortLayout, "columns">): ShowTuple {
  return (pipeline, tuple) => {
    for (const [column, field] of layout.columns) pipeline.columns.set(column, () => loadField(pipeline, tuple, field));
  };
}

/** Sets `tuple` to the tuple of a sorter at an index: locals. Requires: the index is below the sorter's count. */
export function loadElement(pipeline: Pipeline, sorter: number, index: number, tuple: number): void {
  const { code } = pipeline;
  code.get(sorter);
  code.memory(op.OP_I32_LOAD, SORT_DIRECTORY);
  code.get(index);
  code.i32(SORT_SEGMENT_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.get(index);
  code.i32(SORT_SEGMENT_ELEMENTS - 1);
  code.op(op.OP_I32_AND);
  code.i32(ELEMENT_SHIFT);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, ELEMENT_TUPLE);
  code.set(tuple);
}

/** Says where the columns of a tuple are. */
export type ShowTuple = (pipeline: Pipeline, tuple: number) => void;

/** Source: a sorter's tuples in order. */
export function produceElements(plan: PlanCode, label: string, sorter: number, show: ShowTuple, consume: Consume): void {
  plan.pipeline(label, (pipeline) => {
    const { code } = pipeline;
    const handle = pipeline.stateLocal(sorter, "i32");
    const level = pipeline.level();
    const index = pipeline.cursor(level, "i32");
    const tuple = code.local("i32");
    pipeline.enter(level, () => {
      code.i32(0);
      code.set(index);
    });
    const loop = code.loop();
    code.get(index);
    code.get(handle);
    code.memory(op.OP_I32_LOAD, SORT_COUNT);
    code.op(op.OP_I32_GE_U);
    code.brIf(pipeline.finish);
    pipeline.spend(level);
    loadElement(pipeline, handle, index, tuple);
    show(pipeline, tuple);
    pipeline.rowBlock(() => consume(pipeline));
    code.get(index);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(index);
    code.br(loop);
    code.end();
  });
}

// Top-k -----------------------------------------------------------------------------------------------------------------

/** Requires: the limit and the offset are constants that the planner found small. */
export function produceTopK(plan: PlanCode, topK: PhysicalTopK, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const limit = constantOf(topK.limit);
  const offset = topK.offset === undefined ? 0 : constantOf(topK.offset);
  if (limit === undefined || offset === undefined || limit + offset < 1) throw notCompiled("a top-k without constant limit");
  const components = topK.keys.flatMap(componentsOf);
  const columns = keptColumns(topK.input, needed);
  const layout = layoutOf(components, columns, 1);
  const sorter = plan.structure("topk_open", [layout.tupleBytes, components.length + 1, limit + offset]);
  setKinds(plan, sorter, components);
  const order = plan.counter("i64");
  const below = columnsUsed(
    topK.keys.map(({ value }) => value),
    needed,
  );
  plan.produce(plan, topK.input, below, (pipeline) => writeCandidate(pipeline, sorter, order, components, layout));
  plan.callStage("top-k", "topk_finish", ["i32"], (code) => {
    code.get(STATE);
    code.memory(op.OP_I32_LOAD, sorter);
  });
  produceElements(plan, "first rows", sorter, showColumns(layout), consume);
}

export function constantOf(expression: PhysicalTopK["limit"]): number | undefined {
  return expression.kind === "BoundConstant" && typeof expression.value === "bigint" ? Number(expression.value) : undefined;
}

function writeCandidate(pipeline: Pipeline, sorter: number, order: number, components: readonly Component[], layout: SortLayout): void {
  const { code } = pipeline;
  const handle = pipeline.stateLocal(sorter, "i32");
  const [first, ...rest] = components;
  if (first === undefined) return;
  const keys = [first.make(pipeline)];
  if (isNumber(first)) {
    // Most rows come behind the last of those kept by their first key alone, or by the first two where that says only NULL or not.
    const worst = code.local("i32");
    code.get(handle);
    code.memory(op.OP_I32_LOAD, TOPK_WORST);
    code.set(worst);
    dropIfLater(pipeline, worst, 0, keys[0] as Place, undefined);
    const [second] = rest;
    if (second !== undefined && isNumber(second)) {
      keys.push(second.make(pipeline));
      dropIfLater(pipeline, worst, 1, keys[1] as Place, keys[0]);
    }
  }
  for (const component of components.slice(keys.length)) keys.push(component.make(pipeline));
  const number = pipeline.accumulator(order, "i64");
  code.get(number);
  code.i64(1n);
  code.op(op.OP_I64_ADD);
  code.set(number);
  keys.push(localPlace(number));
  for (const column of layout.columns.keys()) pipeline.column(column);
  const tuple = code.local("i32");
  code.get(handle);
  code.memory(op.OP_I32_LOAD, TOPK_CANDIDATE);
  code.set(tuple);
  storeTuple(pipeline, layout, tuple, keys);
  code.get(handle);
  pipeline.call("topk_push", ["i32"], "i32");
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.fail);
}

/** Whether a component is compared as a number. */
function isNumber({ kind }: Component): boolean {
  return kind !== KEY_BYTES && kind !== KEY_BYTES_DESCENDING;
}

/** Drops the row if its key is behind that of the worst tuple, the keys before (if any) being equal. */
function dropIfLater(pipeline: Pipeline, worst: number, index: number, key: Place, before: Place | undefined): void {
  const { code } = pipeline;
  code.get(worst);
  code.if();
  pushPlace(code, key);
  code.get(worst);
  code.memory(op.OP_I64_LOAD, 8 * index);
  code.op(op.OP_I64_GT_U);
  if (before !== undefined) {
    pushPlace(code, before);
    code.get(worst);
    code.memory(op.OP_I64_LOAD, 8 * (index - 1));
    code.op(op.OP_I64_EQ);
    code.op(op.OP_I32_AND);
  }
  code.brIf(pipeline.next);
  code.end();
}
