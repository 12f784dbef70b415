/**
 * Aggregates: a hash table of groups, or, without groups, one state in the state block.
 *
 * A group's tuple has its keys, then the states of its aggregates. Without groups, states of inline aggregates are locals while
 * rows stream by. DISTINCT arguments go through a set of (group, value) first.
 *
 * The pipeline that hands the groups on goes through the list of tuples: groups come in the order in which they were first seen.
 */

import { TUPLE_FIELDS } from "../../../../assembly/abi/plan.ts";
import { CELL_TAG, SLOT_INTEGER } from "../../../../assembly/abi/record.ts";
import type { AggregateEntry } from "../../function/entry.ts";
import { columnsUsed } from "../../physical/columns.ts";
import type { PhysicalAggregate, PhysicalAggregateItem } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import { isVolatile } from "../../plan/walk.ts";
import { machineOf, plainType } from "../../type/type.ts";
import { averageFinish, dynamicSum, INLINE_AGGREGATES, inlineFinish, type StateAccess } from "../aggregates.ts";
import type { Label, ValueType } from "../encoder.ts";
import { compileExpression, expressionKey, expressionView, notCompiled, pushArgument, pushCondition } from "../expression.ts";
import * as op from "../opcodes.ts";
import { localPlace, type NumberView, type Operand, pushPlace, typedOperand, valueType } from "../operand.ts";
import { LOADS, type Pipeline, STATE, STORES } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { assign, openTarget, type Target, targetOperand } from "../target.ts";
import { type Field, loadField, storeField, TupleLayout } from "../tuple.ts";
import { asKey, hashKeys, type Key, listLoop, loadBucket, nextTuple, skipUnlessEqual } from "./table.ts";

/** Steps of the engine that numbers do without. */
const DYNAMIC_SUMS: ReadonlySet<string> = new Set(["any_sum_step", "any_avg_step"]);

/** Where the states of aggregates are: offset of each from the tuple, or the state block. */
interface States {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

function stateOffsets(items: readonly PhysicalAggregateItem[], keepers: Keepers, start: number): States {
  let next = start;
  const own = new Map<PhysicalAggregateItem, number>();
  for (const item of items) {
    if (keepers.has(item)) continue;
    own.set(item, next);
    next += 8 * item.aggregate.stateSlots;
  }
  return { offsets: items.map((item) => own.get(keepers.get(item) ?? item) as number), bytes: next };
}

/** Items whose state is another item's: that one keeps it. */
type Keepers = ReadonlyMap<PhysicalAggregateItem, PhysicalAggregateItem>;

/** The step that keeps all that another one does: a sum of doubles is the first slot of an average, whose second is not 0 once there is a value. */
const WIDER_STEPS: ReadonlyMap<string, string> = new Map([["sum_double", "double_avg_step"]]);

/** Items of the same step and arguments have one state, and sums that of an average. */
function findKeepers(items: readonly PhysicalAggregateItem[]): Keepers {
  const known = new Map<string, PhysicalAggregateItem>();
  const keepers = new Map<PhysicalAggregateItem, PhysicalAggregateItem>();
  const keyOf = ({ aggregate, arguments: given, filter, distinct }: PhysicalAggregateItem, step: string): string | undefined => {
    if (aggregate.step.kind === "extension" || given.some(isVolatile) || (filter !== undefined && isVolatile(filter))) return undefined;
    const arguments_ = [...given, ...(filter === undefined ? [] : [filter])].map(expressionKey);
    const extra = aggregate.step.kind === "engine" ? aggregate.step.extra.join() : "";
    return `${step} ${extra} ${given.length} ${distinct} ${arguments_.join()}`;
  };
  const nameOf = ({ aggregate: { step } }: PhysicalAggregateItem): string => (step.kind === "extension" ? "" : step.name);
  for (const item of items) {
    const key = keyOf(item, nameOf(item));
    if (key === undefined) continue;
    const keeper = known.get(key);
    if (keeper === undefined) known.set(key, item);
    else keepers.set(item, keeper);
  }
  for (const item of known.values()) {
    const wider = WIDER_STEPS.get(nameOf(item));
    const keeper = wider === undefined ? undefined : known.get(keyOf(item, wider) ?? "");
    if (keeper === undefined) continue;
    for (const [other, own] of keepers) if (own === item) keepers.set(other, keeper);
    keepers.set(item, keeper);
  }
  return keepers;
}

export function produceAggregate(plan: PlanCode, aggregate: PhysicalAggregate, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const items = aggregate.aggregates.filter((item) => needed.has(item.column));
  const below = columnsUsed([
    ...aggregate.groups.map(({ value }) => value),
    ...items.flatMap(({ arguments: given, filter }) => (filter === undefined ? given : [...given, filter])),
  ]);
  if (aggregate.groups.length === 0) produceScalar(plan, aggregate, items, below, consume);
  else produceGroups(plan, aggregate, items, below, consume);
}

// Without groups --------------------------------------------------------------------------------------------------------

function produceScalar(
  plan: PlanCode,
  aggregate: PhysicalAggregate,
  items: readonly PhysicalAggregateItem[],
  below: ReadonlySet<ColumnId>,
  consume: Consume,
): void {
  const keepers = findKeepers(items);
  const own = new Map(
    items
      .filter((item) => !keepers.has(item))
      .map((item) => {
        const slots = Array.from({ length: item.aggregate.stateSlots }, () => plan.counter("i64"));
        return [item, slots[0] ?? plan.counter("i64")] as const;
      }),
  );
  const offsets = items.map((item) => own.get(keepers.get(item) ?? item) as number);
  const steps = items.filter((item) => !keepers.has(item));
  const sets = distinctSets(plan, steps);
  plan.produce(plan, aggregate.input, below, (pipeline) => {
    const prepared = prepareSteps(pipeline, steps);
    steps.forEach((item, index) => {
      const offset = offsets[items.indexOf(item)] as number;
      const access = localState(pipeline, offset);
      writeStep(pipeline, item, prepared[index] as PreparedStep, access, () => pushStateAddress(pipeline, offset), sets.get(item));
    });
  });
  plan.pipeline("aggregate", (pipeline) => {
    // One row: the level is entered once, and behind the row there is nothing.
    const level = pipeline.level();
    const row = pipeline.cursor(level, "i32");
    pipeline.enter(level, () => {
      pipeline.code.i32(0);
      pipeline.code.set(row);
    });
    items.forEach((item, index) => {
      const offset = offsets[index] as number;
      pipeline.columns.set(item.column, () =>
        writeFinish(pipeline, item.aggregate, memoryState(pipeline, STATE, offset), () => pushStateAddress(pipeline, offset)),
      );
    });
    pipeline.rowBlock(() => consume(pipeline));
  });
}

export function pushStateAddress(pipeline: Pipeline, offset: number): void {
  pipeline.code.get(STATE);
  pipeline.code.i32(offset);
  pipeline.code.op(op.OP_I32_ADD);
}

/** State slots as locals that live as long as the pipeline runs. */
function localState(pipeline: Pipeline, offset: number): StateAccess {
  return {
    push: (slot, type) => pipeline.code.get(pipeline.accumulator(offset + 8 * slot, type)),
    store: (slot, type, push) => {
      const local = pipeline.accumulator(offset + 8 * slot, type);
      push();
      pipeline.code.set(local);
    },
  };
}

/** State slots at an address that a local holds. */
export function memoryState(pipeline: Pipeline, address: number, offset: number): StateAccess {
  return {
    push: (slot, type) => {
      pipeline.code.get(address);
      pipeline.code.memory(LOADS[type], offset + 8 * slot);
    },
    store: (slot, type, push) => {
      pipeline.code.get(address);
      push();
      pipeline.code.memory(STORES[type], offset + 8 * slot);
    },
  };
}

// Groups ----------------------------------------------------------------------------------------------------------------

function produceGroups(
  plan: PlanCode,
  aggregate: PhysicalAggregate,
  items: readonly PhysicalAggregateItem[],
  below: ReadonlySet<ColumnId>,
  consume: Consume,
): void {
  // The layout has room for flags whether keys turn out to be nullable or not: the tuple's size is asked for before its rows are.
  const layout = new TupleLayout(TUPLE_FIELDS);
  const fields = aggregate.groups.map(({ type }) => layout.add(typedOperand(type, localPlace(0), undefined), true));
  const keepers = findKeepers(items);
  const states = stateOffsets(items, keepers, layout.sizeBytes);
  const table = plan.structure("table_open", [states.bytes]);
  const steps = items.filter((item) => !keepers.has(item));
  const sets = distinctSets(plan, steps);
  plan.produce(plan, aggregate.input, below, (pipeline) => {
    const keys = aggregate.groups.map(({ value, type }) => asKey(pipeline, compileExpression(pipeline, value), type));
    const prepared = prepareSteps(pipeline, steps);
    const tuple = findOrAdd(pipeline, pipeline.stateLocal(table, "i32"), keys, fields);
    steps.forEach((item, index) => {
      const offset = states.offsets[items.indexOf(item)] as number;
      const pushAddress = (): void => {
        pipeline.code.get(tuple);
        pipeline.code.i32(offset);
        pipeline.code.op(op.OP_I32_ADD);
      };
      const access = memoryState(pipeline, tuple, offset);
      writeStep(pipeline, item, prepared[index] as PreparedStep, access, pushAddress, sets.get(item), tuple);
    });
  });
  sealStage(plan, table);
  plan.pipeline("groups", (pipeline) => {
    listLoop(pipeline, pipeline.level(), pipeline.stateLocal(table, "i32"), states.bytes, (tuple) => {
      aggregate.groups.forEach(({ column }, index) => {
        pipeline.columns.set(column, () => loadField(pipeline, tuple, fields[index] as Field));
      });
      items.forEach((item, index) => {
        const offset = states.offsets[index] as number;
        const access = memoryState(pipeline, tuple, offset);
        pipeline.columns.set(item.column, () =>
          writeFinish(pipeline, item.aggregate, access, () => {
            pipeline.code.get(tuple);
            pipeline.code.i32(offset);
            pipeline.code.op(op.OP_I32_ADD);
          }),
        );
      });
      consume(pipeline);
    });
  });
}

/** A stage that makes a list readable. */
export function sealStage(plan: PlanCode, list: number): void {
  plan.pipeline("seal", (pipeline) => {
    pipeline.code.get(pipeline.stateLocal(list, "i32"));
    pipeline.call("list_seal", ["i32"], undefined);
  });
}

/** Finds the tuple with these keys, or adds one; answers the local with its address. */
export function findOrAdd(pipeline: Pipeline, table: number, keys: readonly Key[], fields: readonly Field[], added?: number): number {
  const { code } = pipeline;
  const tuple = code.local("i32");
  const hash = hashKeys(pipeline, keys);
  loadBucket(pipeline, table, hash, tuple);
  if (added !== undefined) {
    code.i32(0);
    code.set(added);
  }
  const done = code.block();
  const loop = code.loop();
  code.get(tuple);
  code.op(op.OP_I32_EQZ);
  code.if();
  code.get(table);
  code.get(hash);
  pipeline.call("table_add", ["i32", "i32"], "i32");
  code.set(tuple);
  code.get(tuple);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.fail);
  keys.forEach(({ operand }, index) => {
    storeField(pipeline, tuple, fields[index] as Field, operand);
  });
  if (added !== undefined) {
    code.i32(1);
    code.set(added);
  }
  code.br(done);
  code.end();
  const next = code.block();
  skipUnlessEqual(pipeline, tuple, hash, keys, fields, next);
  code.br(done);
  code.end();
  nextTuple(pipeline, tuple);
  code.br(loop);
  code.end();
  code.end();
  return tuple;
}

// DISTINCT --------------------------------------------------------------------------------------------------------------

interface DistinctSet {
  /** Offset of the table's address in the state block. */
  readonly table: number;
  /** The group, then the argument. */
  readonly fields: readonly Field[];
}

/** For each aggregate of distinct arguments a set of what was seen. */
function distinctSets(plan: PlanCode, items: readonly PhysicalAggregateItem[]): Map<PhysicalAggregateItem, DistinctSet> {
  const sets = new Map<PhysicalAggregateItem, DistinctSet>();
  for (const item of items) {
    if (!item.distinct) continue;
    const layout = new TupleLayout(TUPLE_FIELDS);
    layout.add({ machine: "i64", slot: SLOT_INTEGER }, false);
    for (const { type } of item.arguments) layout.add(typedOperand(type, localPlace(0), undefined), true);
    sets.set(item, { table: plan.structure("table_open", [layout.sizeBytes]), fields: layout.fields });
  }
  return sets;
}

// Steps -----------------------------------------------------------------------------------------------------------------

export interface PreparedStep {
  readonly operands: readonly Operand[];
  /** 1 where the row counts; undefined: always. */
  readonly condition: Operand | undefined;
  /** Of a sum of dynamic values: the value as a number. `operands` is empty where that did not take the value itself. */
  readonly view: NumberView | undefined;
}

/** Computes what all steps take before any has an effect. */
export function prepareSteps(pipeline: Pipeline, items: readonly PhysicalAggregateItem[]): PreparedStep[] {
  return items.map((item) => {
    const { filter, arguments: given } = item;
    const [argument] = given;
    if (isDynamicSum(item) && filter === undefined && argument !== undefined) {
      const { view, operand } = expressionView(pipeline, argument);
      return { operands: operand === undefined ? [] : [operand], condition: undefined, view };
    }
    let condition: Operand | undefined;
    if (filter !== undefined) {
      const local = pipeline.code.local("i32");
      pushCondition(pipeline, filter);
      pipeline.code.set(local);
      condition = { machine: "i32", slot: 1, value: localPlace(local), flag: undefined };
    }
    // Arguments of rows that the filter refuses are not computed, since they may fail.
    if (condition === undefined) {
      return { operands: given.map((value) => compileExpression(pipeline, value)), condition, view: undefined };
    }
    const targets = given.map(({ type }) => openTarget(pipeline, type));
    pushPlace(pipeline.code, condition.value);
    pipeline.branch(() => {
      given.forEach((value, index) => {
        assign(pipeline, targets[index] as Target, compileExpression(pipeline, value));
      });
    });
    return { operands: targets.map(targetOperand), condition, view: undefined };
  });
}

function isDynamicSum({ aggregate: { step }, distinct }: PhysicalAggregateItem): boolean {
  return step.kind === "engine" && DYNAMIC_SUMS.has(step.name) && !distinct;
}

/** Runs a step for the row at hand, unless it is filtered, NULL or seen before. */
export function writeStep(
  pipeline: Pipeline,
  item: PhysicalAggregateItem,
  { operands, condition, view }: PreparedStep,
  access: StateAccess,
  pushAddress: () => void,
  set: DistinctSet | undefined,
  group?: number,
): void {
  const { code } = pipeline;
  const { aggregate } = item;
  const [argument] = item.arguments;
  if (view !== undefined && argument !== undefined) {
    const address = code.local("i32");
    pushAddress();
    code.set(address);
    const load = (): Operand => operands[0] ?? compileExpression(pipeline, argument);
    dynamicSum(pipeline, memoryState(pipeline, address, 0), view, load, (operand) => callStep(pipeline, item, [operand], pushAddress));
    return;
  }
  const skip = code.block();
  if (condition !== undefined) {
    pushPlace(code, condition.value);
    code.op(op.OP_I32_EQZ);
    code.brIf(skip);
  }
  if (aggregate.skipsNull) {
    for (const operand of operands) {
      if (operand.flag === undefined) continue;
      pushPlace(code, operand.flag);
      code.op(op.OP_I32_EQZ);
      code.brIf(skip);
    }
  }
  const known = aggregate.skipsNull
    ? operands.map((operand) => (operand.machine === "any" ? operand : { ...operand, flag: undefined }))
    : operands;
  if (set !== undefined) skipUnlessNew(pipeline, item, known, set, group, skip);
  const { step } = aggregate;
  const write = step.kind === "extension" ? undefined : INLINE_AGGREGATES.get(step.name);
  if (write !== undefined) write(pipeline, access, known);
  else callStep(pipeline, item, known, pushAddress);
  code.end();
}

/** A step that the engine carries out. */
function callStep(pipeline: Pipeline, { aggregate }: PhysicalAggregateItem, operands: readonly Operand[], pushAddress: () => void): void {
  const { code } = pipeline;
  const { step, parameters } = aggregate;
  if (step.kind !== "engine") throw notCompiled(`the aggregate ${aggregate.name} of a user`);
  pushAddress();
  const types = operands.flatMap((operand, index) => {
    const machine = machineOf(parameters[Math.min(index, parameters.length - 1)] ?? plainType("any"));
    return pushArgument(pipeline, machine, operand);
  });
  for (const constant of step.extra) code.i32(constant);
  pipeline.call(step.name, ["i32", ...types, ...step.extra.map((): ValueType => "i32")], undefined);
  if (step.fails) pipeline.checkError();
}

/** Goes to `skip` when the group has had the values before. */
function skipUnlessNew(
  pipeline: Pipeline,
  item: PhysicalAggregateItem,
  operands: readonly Operand[],
  set: DistinctSet,
  group: number | undefined,
  skip: Label,
): void {
  const { code } = pipeline;
  const added = code.local("i32");
  const groupKey: Key = {
    operand: { machine: "i64", slot: SLOT_INTEGER, value: { kind: "i64", value: 0n }, flag: undefined },
    family: undefined,
  };
  const keys = operands.map((operand, index) => asKey(pipeline, operand, item.arguments[index]?.type ?? plainType("any")));
  findOrAdd(
    pipeline,
    pipeline.stateLocal(set.table, "i32"),
    [group === undefined ? groupKey : groupOf(pipeline, group), ...keys],
    set.fields,
    added,
  );
  code.get(added);
  code.op(op.OP_I32_EQZ);
  code.brIf(skip);
}

/** A group's address as a key. */
function groupOf(pipeline: Pipeline, group: number): Key {
  const { code } = pipeline;
  const local = code.local("i64");
  code.get(group);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.set(local);
  return { operand: { machine: "i64", slot: SLOT_INTEGER, value: localPlace(local), flag: undefined }, family: undefined };
}

/** The result of an aggregate. */
export function writeFinish(pipeline: Pipeline, entry: AggregateEntry, access: StateAccess, pushAddress: () => void): Operand {
  const { code } = pipeline;
  const { finish, result } = entry;
  if (finish.kind === "engine" && finish.name === "double_avg_finish") return averageFinish(pipeline, access);
  if (finish.kind === "inline") return inlineFinish(pipeline, entry, access);
  if (finish.kind !== "engine") throw notCompiled(`the aggregate ${entry.name} of a user`);
  const value = code.local(valueType(machineOf(result)));
  pushAddress();
  for (const constant of finish.extra) code.i32(constant);
  pipeline.call(finish.name, ["i32", ...finish.extra.map((): ValueType => "i32")], valueType(machineOf(result)));
  code.set(value);
  if (finish.fails) pipeline.checkError();
  if (!finish.tagged && machineOf(result) !== "any") return typedOperand(result, localPlace(value), undefined);
  const tag = code.local("i32");
  code.cells();
  code.memory(op.OP_I32_LOAD, CELL_TAG);
  if (machineOf(result) !== "any") {
    code.i32(0);
    code.op(op.OP_I32_NE);
  }
  code.set(tag);
  return typedOperand(result, localPlace(value), localPlace(tag));
}
