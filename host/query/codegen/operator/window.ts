/**
 * Window functions whose frames begin with their partition (others: window-moving.ts): the rows are sorted, one pass goes through the tuples for each window and
 * writes what its functions give into them, and a last one hands them on.
 *
 * The pass knows the first row of the partition and of the peers at hand, and each tuple keeps the addresses of both (its *links*). What
 * is the same for all peers, or for a whole partition, is known when the next one begins: it is written into the first tuple, where the
 * rows find it by their links. States of aggregates lie in the state block.
 */
import { SORT_COUNT } from "../../../../assembly/abi/plan.ts";
import { SLOT_INTEGER } from "../../../../assembly/abi/record.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalAggregateItem, PhysicalWindow, PhysicalWindowItem, WindowReach } from "../../physical/operator.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import { plainType } from "../../type/type.ts";
import { compileExpression, notCompiled } from "../expression.ts";
import * as op from "../opcodes.ts";
import { localPlace, nullOperand, type Operand, pushPlace, typedOperand } from "../operand.ts";
import { type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { assign, openTarget, targetOperand } from "../target.ts";
import { type Field, loadField, storeField } from "../tuple.ts";
import { memoryState, prepareSteps, pushStateAddress, writeFinish, writeStep } from "./aggregate.ts";
import { loadElement, produceElements, type SortedTuples, showColumns, sortTuples } from "./sort.ts";
import { asKey, skipUnlessSameKey } from "./table.ts";
import { writeMoving } from "./window-moving.ts";

type Window = PhysicalWindow["windows"][number];

/** A function, and where its results lie. */
interface Item {
  readonly item: PhysicalWindowItem;
  /** Undefined: in a column of the row itself, or of the partition's first. */
  readonly field: Field | undefined;
  /** Whose tuple has the result: the row's, or the first of its peers or partition. */
  readonly reach: WindowReach;
  /** Offset of an aggregate's state in the state block. */
  readonly state: number | undefined;
}

/** A window's functions, and the addresses of the first tuples: of the partition, and 4 bytes behind it of the peers. */
interface Layout {
  readonly window: Window;
  readonly items: readonly Item[];
  readonly links: Field;
}

export function produceWindow(plan: PlanCode, operator: PhysicalWindow, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const windows = operator.windows.map((window) => ({ ...window, items: window.items.filter(({ column }) => needed.has(column)) }));
  const used = columnsUsed(windows.flatMap(expressionsOf), needed);
  const layouts: Layout[] = [];
  const sorted = sortTuples(plan, operator, used, (layout) => {
    for (const window of windows) {
      const links = layout.add({ machine: "i64", slot: SLOT_INTEGER }, false);
      const items = window.items.map((item): Item => {
        const isStored = !isColumnOfOther(item);
        const field = isStored ? layout.add(typedOperand(item.type, localPlace(0), undefined), true) : undefined;
        return { item, field, reach: reachOf(item), state: openState(plan, item) };
      });
      layouts.push({ window, items, links });
    }
  });
  const columns = showColumns(sorted);
  for (const layout of layouts) {
    const still = layout.items.filter(({ item }) => item.moving === undefined);
    plan.pipeline("window", (pipeline) => new Pass(pipeline, sorted, { ...layout, items: still }).write());
    for (const { item, field, state } of layout.items) {
      if (item.moving === undefined || field === undefined || state === undefined) continue;
      plan.pipeline("moving frame", (pipeline) => writeMoving(pipeline, sorted, layout.links, { item, field, state }));
    }
  }
  produceElements(
    plan,
    "rows of windows",
    sorted.sorter,
    (pipeline, tuple) => {
      columns(pipeline, tuple);
      for (const { items, links } of layouts) {
        for (const item of items) pipeline.columns.set(item.item.column, () => resultOf(pipeline, tuple, item, links, sorted));
      }
    },
    consume,
  );
}

function expressionsOf({ partitionBy, orderBy, items }: Window): readonly BoundExpression[] {
  const given = items.flatMap(({ arguments: values, filter }) => (filter === undefined ? values : [...values, filter]));
  return [...partitionBy, ...orderBy.map(({ value }) => value), ...given];
}

/** first_value is a column of the partition's first row; last_value of a frame that ends with its row is one of the row. */
function isColumnOfOther({ function: made, reach }: PhysicalWindowItem): boolean {
  return made.kind === "first_value" || (made.kind === "last_value" && reach === "row");
}

function reachOf({ function: made, reach }: PhysicalWindowItem): WindowReach {
  if (made.kind === "first_value") return "partition";
  return made.kind === "aggregate" || made.kind === "last_value" || made.kind === "nth_value" ? reach : "row";
}

function openState(plan: PlanCode, { function: made }: PhysicalWindowItem): number | undefined {
  if (made.kind !== "aggregate") return undefined;
  const slots = Array.from({ length: Math.max(1, made.aggregate.stateSlots) }, () => plan.counter("i64"));
  return slots[0];
}

/** The result of a row, where it is used. */
function resultOf(pipeline: Pipeline, tuple: number, { item, field, reach }: Item, links: Field, { columns }: SortedTuples): Operand {
  const holder = reach === "row" ? tuple : pipeline.code.local("i32");
  if (reach !== "row") {
    pipeline.code.get(tuple);
    pipeline.code.memory(op.OP_I32_LOAD, links.offset + (reach === "peers" ? 4 : 0));
    pipeline.code.set(holder);
  }
  return field === undefined ? argumentAt(pipeline, item, holder, columns) : loadField(pipeline, holder, field);
}

/** The first argument in another row; what is no column is the same in all rows. */
function argumentAt(pipeline: Pipeline, item: PhysicalWindowItem, tuple: number, columns: SortedTuples["columns"]): Operand {
  const [value] = item.arguments as [BoundExpression];
  const field = value.kind === "BoundColumn" ? columns.get(value.column) : undefined;
  return field === undefined ? compileExpression(pipeline, value) : loadField(pipeline, tuple, field);
}

/** The pass through the tuples of one window. */
class Pass {
  readonly #pipeline: Pipeline;
  readonly #columns: SortedTuples["columns"];
  readonly #show: (tuple: number) => void;
  readonly #layout: Layout;
  readonly #sorter: number;
  readonly #level: ReturnType<Pipeline["level"]>;
  /** Number of the row at hand, of the first of its partition, of the first of its peers; of the group of peers. */
  readonly #index: number;
  readonly #partIndex: number;
  readonly #groupIndex: number;
  readonly #groupNumber: number;
  /** Addresses of tuples: the row at hand, the row before, the first of the partition, the first of the peers; 0: there is none. */
  readonly #tuple: number;
  readonly #previous: number;
  readonly #part: number;
  readonly #group: number;

  constructor(pipeline: Pipeline, sorted: SortedTuples, layout: Layout) {
    this.#pipeline = pipeline;
    this.#columns = sorted.columns;
    const show = showColumns(sorted);
    this.#show = (tuple) => show(pipeline, tuple);
    this.#layout = layout;
    this.#sorter = pipeline.stateLocal(sorted.sorter, "i32");
    this.#level = pipeline.level();
    const cursor = (): number => pipeline.cursor(this.#level, "i32");
    this.#index = cursor();
    this.#partIndex = cursor();
    this.#groupIndex = cursor();
    this.#groupNumber = cursor();
    this.#previous = cursor();
    this.#part = cursor();
    this.#group = cursor();
    this.#tuple = pipeline.code.local("i32");
  }

  write(): void {
    const { code } = this.#pipeline;
    const pipeline = this.#pipeline;
    pipeline.enter(this.#level, () => {
      for (const { local } of this.#level.cursors) {
        code.i32(0);
        code.set(local);
      }
    });
    const ended = code.local("i32");
    const isNewPart = code.local("i32");
    const isNewGroup = code.local("i32");
    const loop = code.loop();
    pipeline.spend(this.#level);
    code.get(this.#index);
    this.#pushCount();
    code.op(op.OP_I32_GE_U);
    code.set(ended);
    code.get(ended);
    code.op(op.OP_I32_EQZ);
    code.if();
    loadElement(pipeline, this.#sorter, this.#index, this.#tuple);
    code.end();
    pipeline.scoped(() => this.#compare(ended, isNewPart, isNewGroup));
    this.#finishReach("peers", isNewGroup, this.#group);
    this.#finishReach("partition", isNewPart, this.#part);
    code.get(ended);
    code.brIf(pipeline.finish);
    this.#begin(isNewPart, isNewGroup);
    this.#show(this.#tuple);
    pipeline.rowBlock(() => this.#row());
    this.#copy(this.#tuple, this.#previous);
    this.#increment(this.#index);
    code.br(loop);
    code.end();
  }

  #pushCount(): void {
    this.#pipeline.code.get(this.#sorter);
    this.#pipeline.code.memory(op.OP_I32_LOAD, SORT_COUNT);
  }

  #copy(from: number, to: number): void {
    this.#pipeline.code.get(from);
    this.#pipeline.code.set(to);
  }

  #increment(local: number): void {
    const { code } = this.#pipeline;
    code.get(local);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(local);
  }

  #setFlag(local: number, value: number): void {
    this.#pipeline.code.i32(value);
    this.#pipeline.code.set(local);
  }

  /** Whether a partition, or a group of peers, begins with the row at hand; behind the last row both do. */
  #compare(ended: number, isNewPart: number, isNewGroup: number): void {
    const { code } = this.#pipeline;
    const { partitionBy, orderBy } = this.#layout.window;
    this.#setFlag(isNewPart, 1);
    this.#setFlag(isNewGroup, 1);
    const differs = code.block();
    code.get(ended);
    code.brIf(differs);
    code.get(this.#previous);
    code.op(op.OP_I32_EQZ);
    code.brIf(differs);
    for (const value of partitionBy) this.#skipUnlessSame(value, this.#previous, this.#tuple, differs);
    this.#setFlag(isNewPart, 0);
    for (const { value } of orderBy) this.#skipUnlessSame(value, this.#previous, this.#tuple, differs);
    this.#setFlag(isNewGroup, 0);
    code.end();
  }

  /** Goes to `next` unless a key is the same in two tuples. */
  #skipUnlessSame(value: BoundExpression, one: number, other: number, next: number): void {
    const pipeline = this.#pipeline;
    const field = value.kind === "BoundColumn" ? this.#columns.get(value.column) : undefined;
    if (field === undefined) return;
    const key = asKey(pipeline, loadField(pipeline, one, field), value.type);
    const stored = asKey(pipeline, loadField(pipeline, other, field), value.type);
    skipUnlessSameKey(pipeline, key, stored.operand, next);
  }

  /** Writes the results of the peers, or the partition, that have ended into their first tuple. */
  #finishReach(reach: WindowReach, isNew: number, first: number): void {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    const items = this.#layout.items.filter((item) => item.reach === reach && item.field !== undefined);
    if (items.length === 0) return;
    code.get(isNew);
    code.get(first);
    code.i32(0);
    code.op(op.OP_I32_NE);
    code.op(op.OP_I32_AND);
    pipeline.branch(() => {
      for (const item of items) pipeline.scoped(() => this.#finish(item, first, this.#previous, this.#index));
    });
  }

  /** Writes a result into `target`: `last` is the last row of the frame, `end` the number of the one behind it. */
  #finish({ item, field, state }: Item, target: number, last: number, end: number): void {
    const pipeline = this.#pipeline;
    const made = item.function;
    if (field === undefined) return;
    if (made.kind === "aggregate" && state !== undefined) {
      const access = memoryState(pipeline, STATE, state);
      storeField(
        pipeline,
        target,
        field,
        writeFinish(pipeline, made.aggregate, access, () => pushStateAddress(pipeline, state)),
      );
    } else if (made.kind === "last_value") {
      storeField(pipeline, target, field, argumentAt(pipeline, item, last, this.#columns));
    } else if (made.kind === "nth_value") {
      storeField(pipeline, target, field, this.#nth(item, end));
    }
  }

  /** The argument in the n-th row of a frame that ends before `end`. */
  #nth(item: PhysicalWindowItem, end: number): Operand {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    const [, place] = item.arguments as [BoundExpression, BoundExpression];
    if (place.kind === "BoundColumn") throw notCompiled("nth_value of a number that differs from row to row");
    const number = compileExpression(pipeline, place);
    const at = code.local("i64");
    code.get(this.#partIndex);
    code.op(op.OP_I64_EXTEND_I32_U);
    pushPlace(code, number.value);
    code.op(op.OP_I64_ADD);
    code.i64(1n);
    code.op(op.OP_I64_SUB);
    code.set(at);
    return this.#valueAt(item, at, (outside) => {
      if (number.flag !== undefined) {
        pushPlace(code, number.flag);
        code.op(op.OP_I32_EQZ);
        code.brIf(outside);
      }
      code.get(at);
      code.get(end);
      code.op(op.OP_I64_EXTEND_I32_U);
      code.op(op.OP_I64_GE_S);
      code.brIf(outside);
    });
  }

  /** The first argument in the row whose number is in `at` (i64), or `fallback`; `check` goes away where that is no row of the frame. */
  #valueAt(
    item: PhysicalWindowItem,
    at: number,
    check: (outside: number) => void,
    fallback: () => Operand = () => nullOperand(item.type),
    isOther: (other: number, outside: number) => void = () => {},
  ): Operand {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    const target = openTarget(pipeline, item.type);
    const found = code.block();
    const outside = code.block();
    check(outside);
    const index = code.local("i32");
    const other = code.local("i32");
    code.get(at);
    code.op(op.OP_I32_WRAP_I64);
    code.set(index);
    loadElement(pipeline, this.#sorter, index, other);
    isOther(other, outside);
    pipeline.scoped(() => assign(pipeline, target, argumentAt(pipeline, item, other, this.#columns)));
    code.br(found);
    code.end();
    pipeline.scoped(() => assign(pipeline, target, fallback()));
    code.end();
    return targetOperand(target);
  }

  /** What a new partition, and new peers, change. */
  #begin(isNewPart: number, isNewGroup: number): void {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    code.get(isNewPart);
    pipeline.branch(() => {
      this.#copy(this.#tuple, this.#part);
      this.#copy(this.#index, this.#partIndex);
      this.#setFlag(this.#groupNumber, 0);
      for (const { item, state } of this.#layout.items) {
        if (item.function.kind !== "aggregate" || state === undefined) continue;
        for (let slot = 0; slot < item.function.aggregate.stateSlots; slot++) {
          code.get(STATE);
          code.i64(0n);
          code.memory(op.OP_I64_STORE, state + 8 * slot);
        }
      }
    });
    code.get(isNewGroup);
    pipeline.branch(() => {
      this.#copy(this.#tuple, this.#group);
      this.#copy(this.#index, this.#groupIndex);
      this.#increment(this.#groupNumber);
    });
    const { offset } = this.#layout.links;
    for (const [first, at] of [
      [this.#part, offset],
      [this.#group, offset + 4],
    ] as const) {
      code.get(this.#tuple);
      code.get(first);
      code.memory(op.OP_I32_STORE, at);
    }
  }

  /** Takes the row at hand into the aggregates, and writes the results that are its own. */
  #row(): void {
    const pipeline = this.#pipeline;
    const items = this.#layout.items.filter(({ state }) => state !== undefined);
    const steps = items.map(({ item }) => stepOf(item));
    const prepared = prepareSteps(pipeline, steps);
    items.forEach(({ state = 0 }, index) => {
      const access = memoryState(pipeline, STATE, state);
      const step = steps[index] as PhysicalAggregateItem;
      writeStep(pipeline, step, prepared[index] as (typeof prepared)[number], access, () => pushStateAddress(pipeline, state), undefined);
    });
    for (const item of this.#layout.items) {
      if (item.reach !== "row" || item.field === undefined) continue;
      const field = item.field;
      const numbered = this.#number(item.item);
      if (numbered !== undefined) storeField(pipeline, this.#tuple, field, numbered);
      else if (item.item.function.kind === "nth_value") storeField(pipeline, this.#tuple, field, this.#nthUpToRow(item.item));
      else this.#finish(item, this.#tuple, this.#tuple, this.#index);
    }
  }

  #nthUpToRow(item: PhysicalWindowItem): Operand {
    const end = this.#pipeline.code.local("i32");
    this.#copy(this.#index, end);
    this.#increment(end);
    return this.#nth(item, end);
  }

  /** Numbers of the row, and values of its neighbours; undefined: something else. */
  #number(item: PhysicalWindowItem): Operand | undefined {
    const { kind } = item.function;
    switch (kind) {
      case "row_number":
        return this.#difference(this.#index, this.#partIndex);
      case "rank":
        return this.#difference(this.#groupIndex, this.#partIndex);
      case "dense_rank":
        return this.#difference(this.#groupNumber, undefined);
      case "lag":
      case "lead":
        return this.#neighbour(item, kind === "lag" ? op.OP_I64_SUB : op.OP_I64_ADD);
      default:
        return undefined;
    }
  }

  /** `one - other + 1`, or `one`, as a bigint. */
  #difference(one: number, other: number | undefined): Operand {
    const { code } = this.#pipeline;
    const value = code.local("i64");
    code.get(one);
    if (other !== undefined) {
      code.get(other);
      code.op(op.OP_I32_SUB);
      code.i32(1);
      code.op(op.OP_I32_ADD);
    }
    code.op(op.OP_I64_EXTEND_I32_U);
    code.set(value);
    return typedOperand(plainType("bigint"), localPlace(value), undefined);
  }

  #neighbour(item: PhysicalWindowItem, direction: number): Operand {
    const pipeline = this.#pipeline;
    const { code } = pipeline;
    const [, offset, fallback] = item.arguments as [BoundExpression, BoundExpression, BoundExpression];
    const distance = compileExpression(pipeline, offset);
    const otherwise = compileExpression(pipeline, fallback);
    const at = code.local("i64");
    code.get(this.#index);
    code.op(op.OP_I64_EXTEND_I32_U);
    pushPlace(code, distance.value);
    code.op(direction);
    code.set(at);
    const target = openTarget(pipeline, item.type);
    assign(pipeline, target, nullOperand(item.type));
    const done = code.block();
    if (distance.flag !== undefined) {
      pushPlace(code, distance.flag);
      code.op(op.OP_I32_EQZ);
      code.brIf(done);
    }
    const check = (outside: number): void => {
      code.get(at);
      code.get(this.#partIndex);
      code.op(op.OP_I64_EXTEND_I32_U);
      code.op(op.OP_I64_LT_S);
      code.brIf(outside);
      code.get(at);
      this.#pushCount();
      code.op(op.OP_I64_EXTEND_I32_U);
      code.op(op.OP_I64_GE_S);
      code.brIf(outside);
    };
    const isOther = (other: number, outside: number): void => {
      pipeline.scoped(() => {
        for (const value of this.#layout.window.partitionBy) this.#skipUnlessSame(value, this.#tuple, other, outside);
      });
    };
    assign(
      pipeline,
      target,
      this.#valueAt(item, at, check, () => otherwise, isOther),
    );
    code.end();
    return targetOperand(target);
  }
}

/** An aggregate's step as that of a group. */
function stepOf({ function: made, ...item }: PhysicalWindowItem): PhysicalAggregateItem {
  if (made.kind !== "aggregate") throw notCompiled(made.kind);
  return { ...item, aggregate: made.aggregate, distinct: false };
}
