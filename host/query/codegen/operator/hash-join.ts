/**
 * Hash join: the build side's rows go to a table, which is linked when all are there; the probe side looks its rows up while they
 * stream by.
 *
 * A probe row is a level whose cursor is the tuple at hand, so the pipeline can stop between two partners. Rows with a NULL key
 * have no partner. How the kinds differ:
 *
 *   inner        each partner
 *   left, single each partner, else one row without; single fails at the second partner
 *   semi, anti   the probe row once, if there is (not) a partner
 *   mark         the probe row once, and whether there is one: NULL where a NULL among the keys leaves it open
 *   full         as left; behind it the tuples that nobody found. Both go to a list, since a consumer's code is written once
 */
import { TUPLE_FIELDS, TUPLE_HASH } from "../../../../assembly/abi/plan.ts";
import { SLOT_INTEGER } from "../../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_SUBQUERY_ROWS } from "../../../../assembly/abi/runtime-error.ts";
import { DatabaseError } from "../../../common/error.ts";
import { columnsOf, columnsUsed, typesOf } from "../../physical/columns.ts";
import type { PhysicalHashJoin } from "../../physical/operator.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import type { PlanColumn } from "../../plan/operator.ts";
import { type Machine, machineOf } from "../../type/type.ts";
import type { Label } from "../encoder.ts";
import { compileExpression, filterRow } from "../expression.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { booleanOperand, localPlace, nullOperand, type Operand, pushPlace, typedOperand } from "../operand.ts";
import { type Level, type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode, RowGate } from "../plan-code.ts";
import { type Field, loadField, storeField, TupleLayout } from "../tuple.ts";
import { sealStage } from "./aggregate.ts";
import { appendRow, openList, produceList, pushHasRows } from "./list.ts";
import { addTuple } from "./row.ts";
import { asKey, dropNullKeys, hashKeys, type Key, listLoop, loadFiltered, nextTuple, pushFiltered, skipUnlessEqual } from "./table.ts";

/** Machine types of keys that are hashed without branches. */
const FIXED_KEYS: ReadonlySet<Machine> = new Set(["i32", "i64", "f64"]);

/** The build side while it stands in its table. */
interface BuildTable {
  /** Offset of the table's address, and of whether a build row had a NULL key. */
  readonly table: number;
  readonly hasNull: number;
  readonly keys: readonly Field[];
  readonly columns: ReadonlyMap<ColumnId, Field>;
  /** Whether a probe row has found the tuple. */
  readonly found: Field | undefined;
  readonly tupleBytes: number;
}

export function produceHashJoin(plan: PlanCode, join: PhysicalHashJoin, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const used = join.residual === undefined ? new Set(needed) : columnsUsed([join.residual], needed);
  const build = (): BuildTable => produceBuild(plan, join, used);
  // A full join marks the tuples that were found.
  const table = join.isRepeated || join.join === "full" ? build() : plan.lasting(build);
  const probeNeeds = columnsUsed(
    join.keys.map(({ probe }) => probe),
    used,
  );
  if (join.join !== "full") {
    const toPartners = (pipeline: Pipeline): void => writeProbe(pipeline, join, table, () => consume(pipeline));
    plan.produce(plan, join.probe, probeNeeds, toPartners, partnerGate(join, table));
    return;
  }
  const list = openList(plan, neededColumns(join, needed));
  plan.produce(plan, join.probe, probeNeeds, (pipeline) => writeProbe(pipeline, join, table, () => appendRow(pipeline, list)));
  produceUnfound(plan, join, table, (pipeline) => appendRow(pipeline, list));
  sealStage(plan, list.list);
  produceList(plan, list, "full join", consume);
}

/** Columns of both sides that the consumer uses, with their types. */
function neededColumns(join: PhysicalHashJoin, needed: ReadonlySet<ColumnId>): readonly PlanColumn[] {
  const types = new Map([...typesOf(join.probe), ...typesOf(join.build)]);
  return [...types.values()].filter(({ column }) => needed.has(column));
}

// Build -----------------------------------------------------------------------------------------------------------------

function produceBuild(plan: PlanCode, join: PhysicalHashJoin, used: ReadonlySet<ColumnId>): BuildTable {
  const types = typesOf(join.build);
  const columns = [...columnsOf(join.build)].filter((column) => used.has(column));
  const layout = new TupleLayout(TUPLE_FIELDS);
  const isFull = join.join === "full";
  const keys = join.keys.map(({ build }) => layout.add(typedOperand(build.type, localPlace(0), undefined), isFull));
  const fields = new Map(
    columns.map((column) => {
      const known = types.get(column);
      if (known === undefined) throw new DatabaseError("INTERNAL", `the type of column ${column} is not known`);
      return [column, layout.add(typedOperand(known.type, localPlace(0), undefined), true)];
    }),
  );
  const found = isFull ? layout.add({ machine: "i64", slot: SLOT_INTEGER }, false) : undefined;
  const table: BuildTable = {
    table: plan.structure("table_open", [layout.sizeBytes]),
    hasNull: plan.counter("i32"),
    keys,
    columns: fields,
    found,
    tupleBytes: layout.sizeBytes,
  };
  const below = columnsUsed(
    join.keys.map(({ build }) => build),
    columns,
  );
  plan.produce(plan, join.build, below, (pipeline) => writeBuild(pipeline, join, table));
  plan.callStage("link", "table_link", ["i32", "i32"], (code) => {
    code.get(STATE);
    code.memory(op.OP_I32_LOAD, table.table);
    code.get(STATE);
  });
  return table;
}

/** Sink: the row at hand becomes a tuple. */
function writeBuild(pipeline: Pipeline, join: PhysicalHashJoin, table: BuildTable): void {
  const { code } = pipeline;
  const keys = join.keys.map(({ build }) => asKey(pipeline, compileExpression(pipeline, build), build.type));
  if (join.join === "mark") {
    for (const { operand } of keys) {
      if (operand.flag === undefined) continue;
      pushPlace(code, operand.flag);
      code.op(op.OP_I32_EQZ);
      code.if();
      code.get(STATE);
      code.i32(1);
      code.memory(op.OP_I32_STORE, table.hasNull);
      code.end();
    }
  }
  // A full join keeps them: nobody finds them, since a probe row with a NULL key does not look.
  if (join.join !== "full") dropNullKeys(pipeline, keys);
  const columns = [...table.columns].map(([column, field]) => ({ field, operand: pipeline.column(column) }));
  const hash = hashKeys(pipeline, join.join === "full" ? keys : withoutFlags(keys));
  const tuple = code.local("i32");
  addTuple(pipeline, pipeline.stateLocal(table.table, "i32"), tuple, table.tupleBytes);
  code.get(tuple);
  code.get(hash);
  code.memory(op.OP_I32_STORE, TUPLE_HASH);
  keys.forEach(({ operand }, index) => {
    storeField(pipeline, tuple, table.keys[index] as Field, operand);
  });
  for (const { field, operand } of columns) storeField(pipeline, tuple, field, operand);
}

/** Keys that are known not to be NULL. An `any` keeps its flag: it is its tag. */
function withoutFlags(keys: readonly Key[]): Key[] {
  return keys.map((key) => (key.operand.machine === "any" ? key : { ...key, operand: { ...key.operand, flag: undefined } }));
}

// Probe -----------------------------------------------------------------------------------------------------------------

function writeProbe(pipeline: Pipeline, join: PhysicalHashJoin, table: BuildTable, consume: () => void): void {
  const { code } = pipeline;
  const given = join.keys.map(({ probe }) => asKey(pipeline, compileExpression(pipeline, probe), probe.type));
  const keepsRow = join.join !== "inner" && join.join !== "semi";
  if (!keepsRow) dropNullKeys(pipeline, given);
  const keys = keepsRow ? given : withoutFlags(given);
  const hash = hashKeys(pipeline, keys);
  const level = pipeline.level();
  const tuple = pipeline.cursor(level, "i32");
  const start = (): void => {
    loadFiltered(pipeline, pipeline.stateLocal(table.table, "i32"), hash, tuple);
    if (!keepsRow) return;
    for (const { operand } of keys) {
      if (operand.flag === undefined) continue;
      code.i32(0);
      code.get(tuple);
      pushPlace(code, operand.flag);
      code.op(op.OP_I32_EQZ);
      code.op(op.OP_SELECT);
      code.set(tuple);
    }
  };
  const row: ProbeRow = { pipeline, join, table, keys, hash, level, tuple, start };
  if (join.join === "semi" || join.join === "anti" || join.join === "mark") writeExistence(row, consume);
  else writePairs(row, consume);
}

/** What the table's filter says of a probe row that goes nowhere without a partner, if its keys are columns of fixed size. */
function partnerGate({ join, keys }: PhysicalHashJoin, { table }: BuildTable): RowGate | undefined {
  if (join !== "inner" && join !== "semi") return undefined;
  const columns = keys.flatMap(({ probe }) =>
    probe.kind === "BoundColumn" && FIXED_KEYS.has(machineOf(probe.type)) ? [probe.column] : [],
  );
  if (columns.length < keys.length) return undefined;
  return {
    columns,
    push: (pipeline) => {
      const { code } = pipeline;
      const given = keys.map(({ probe }) => asKey(pipeline, compileExpression(pipeline, probe), probe.type));
      pushFiltered(pipeline, pipeline.stateLocal(table, "i32"), hashKeys(pipeline, withoutFlags(given)));
      for (const { operand } of given) {
        if (operand.flag === undefined) continue;
        pushPlace(code, operand.flag);
        code.op(op.OP_I32_AND);
      }
    },
  };
}

interface ProbeRow {
  readonly pipeline: Pipeline;
  readonly join: PhysicalHashJoin;
  readonly table: BuildTable;
  readonly keys: readonly Key[];
  readonly hash: number;
  readonly level: Level;
  /** Cursor: the tuple at hand, 0: none left. */
  readonly tuple: number;
  /** Sets the cursor to the first tuple of the bucket. */
  readonly start: () => void;
}

/** The tuple's columns; NULL where there is no tuple. */
function bindBuild({ pipeline, table, tuple }: ProbeRow, mayMiss: boolean): void {
  const { code } = pipeline;
  for (const [column, field] of table.columns) {
    pipeline.columns.set(column, () => {
      const operand = loadField(pipeline, tuple, field);
      if (!mayMiss) return operand;
      if (operand.flag === undefined) code.i32(operand.machine === "any" ? operand.slot : 1);
      else pushPlace(code, operand.flag);
      code.i32(0);
      code.get(tuple);
      code.op(op.OP_SELECT);
      return { ...operand, flag: keep(pipeline, "i32") };
    });
  }
}

/** Goes to `next` unless the tuple at hand is a partner. */
function skipUnlessPartner(row: ProbeRow, next: Label): void {
  const { pipeline, join } = row;
  skipUnlessEqual(pipeline, row.tuple, row.hash, withoutFlags(row.keys), row.table.keys, next);
  if (join.residual === undefined) return;
  const outer = pipeline.next;
  pipeline.next = next;
  filterRow(pipeline, join.residual as BoundExpression);
  pipeline.next = outer;
}

/** inner, left, single, full: the consumer's code runs for each pair. */
function writePairs(row: ProbeRow, consume: () => void): void {
  const { pipeline, join, level, tuple } = row;
  const { code } = pipeline;
  const outer = join.join !== "inner";
  const matched = outer ? pipeline.cursor(level, "i32") : 0;
  pipeline.enter(level, () => {
    row.start();
    if (!outer) return;
    code.i32(0);
    code.set(matched);
  });
  const done = code.block();
  const loop = code.loop();
  code.get(tuple);
  code.op(op.OP_I32_EQZ);
  if (outer) {
    code.get(matched);
    code.op(op.OP_I32_AND);
  }
  code.brIf(done);
  pipeline.spend(level);
  pipeline.rowBlock(() => {
    bindBuild(row, outer);
    if (outer) {
      code.get(tuple);
      code.if();
      pipeline.scoped(() => {
        skipUnlessPartner(row, pipeline.next);
        if (join.join === "single") {
          pipeline.ifFresh(() => {
            code.get(matched);
            pipeline.branch(() => pipeline.raise(RUNTIME_ERROR_SUBQUERY_ROWS));
          });
        }
        code.i32(1);
        code.set(matched);
        if (row.table.found !== undefined) {
          code.get(tuple);
          code.i64(1n);
          code.memory(op.OP_I64_STORE, row.table.found.offset);
        }
      });
      code.end();
    } else {
      skipUnlessPartner(row, pipeline.next);
    }
    consume();
  });
  if (outer) {
    code.get(tuple);
    code.op(op.OP_I32_EQZ);
    code.brIf(done);
  }
  nextTuple(pipeline, tuple);
  code.br(loop);
  code.end();
  code.end();
}

/** semi, anti, mark: the first partner decides. */
function writeExistence(row: ProbeRow, consume: () => void): void {
  const { pipeline, join, level, tuple } = row;
  const { code } = pipeline;
  pipeline.enter(level, row.start);
  const done = code.block();
  const loop = code.loop();
  code.get(tuple);
  code.op(op.OP_I32_EQZ);
  code.brIf(done);
  pipeline.spend(level);
  pipeline.rowBlock(() => {
    bindBuild(row, false);
    skipUnlessPartner(row, pipeline.next);
    code.br(done);
  });
  nextTuple(pipeline, tuple);
  code.br(loop);
  code.end();
  code.end();
  // The cursor stays at the partner, so a row that is taken up again finds it at once.
  if (join.join !== "mark") {
    code.get(tuple);
    if (join.join === "semi") code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
  } else if (join.mark !== undefined) {
    pipeline.columns.set(join.mark.column, () => markOperand(row));
  }
  consume();
}

/** Found: true. Else NULL if a key of a build row was NULL, or the probe row's own and there are build rows. */
function markOperand({ pipeline, table, keys, tuple }: ProbeRow): Operand {
  const { code } = pipeline;
  code.get(tuple);
  code.i32(0);
  code.op(op.OP_I32_NE);
  const value = keep(pipeline, "i32");
  code.get(STATE);
  code.memory(op.OP_I32_LOAD, table.hasNull);
  pushHasRows(pipeline, pipeline.stateLocal(table.table, "i32"));
  code.i32(0);
  code.op(op.OP_I32_NE);
  code.i32(0);
  for (const { operand } of keys) {
    if (operand.flag === undefined) continue;
    pushPlace(code, operand.flag);
    code.op(op.OP_I32_EQZ);
    code.op(op.OP_I32_OR);
  }
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_OR);
  code.op(op.OP_I32_EQZ);
  pushPlace(code, value);
  code.op(op.OP_I32_OR);
  return booleanOperand(value, keep(pipeline, "i32"));
}

/** Source: build rows that no probe row has found; the probe side's columns are NULL. */
function produceUnfound(plan: PlanCode, join: PhysicalHashJoin, table: BuildTable, consume: Consume): void {
  plan.pipeline("unfound", (pipeline) => {
    const { code } = pipeline;
    listLoop(pipeline, pipeline.level(), pipeline.stateLocal(table.table, "i32"), table.tupleBytes, (tuple) => {
      code.get(tuple);
      code.memory(op.OP_I32_LOAD, table.found?.offset ?? 0);
      code.brIf(pipeline.next);
      for (const [column, field] of table.columns) pipeline.columns.set(column, () => loadField(pipeline, tuple, field));
      for (const { column, type } of typesOf(join.probe).values()) pipeline.columns.set(column, () => nullOperand(type));
      consume(pipeline);
    });
  });
}
