/**
 * Sources without a collection: VALUES, generate_series, common tables.
 */

import { SLOT_INTEGER } from "../../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_STEP_ZERO } from "../../../../assembly/abi/runtime-error.ts";
import { DatabaseError } from "../../../common/error.ts";
import { typesOf } from "../../physical/columns.ts";
import type { PhysicalCommonReference, PhysicalCommonTable, PhysicalFunctionScan, PhysicalValues } from "../../physical/operator.ts";
import type { ColumnId } from "../../plan/expression.ts";
import { machineOf } from "../../type/type.ts";
import { callEngine, combineFlags, compileExpression, computeBefore, notCompiled, pushArgument } from "../expression.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { localPlace, type Operand, pushPayload, pushPlace, pushTag, typedOperand } from "../operand.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { assign, openTarget, type Target, targetOperand } from "../target.ts";
import { materialise, produceList } from "./list.ts";

export function produceValues(plan: PlanCode, values: PhysicalValues, consume: Consume): void {
  plan.pipeline("values", (pipeline) => {
    const { code } = pipeline;
    const level = pipeline.level();
    const index = pipeline.cursor(level, "i32");
    pipeline.enter(level, () => {
      code.i32(0);
      code.set(index);
    });
    const [only] = values.rows;
    if (only === undefined) return;
    if (values.rows.length === 1) {
      values.columns.forEach(({ column }, place) => {
        const expression = only[place];
        if (expression !== undefined) pipeline.columns.set(column, () => compileExpression(pipeline, expression));
      });
      pipeline.rowBlock(() => consume(pipeline));
      return;
    }
    const targets = values.columns.map(({ type }) => openTarget(pipeline, type));
    const loop = code.loop();
    pipeline.spend(level);
    pipeline.rowBlock(() => {
      const done = code.block();
      const blocks = values.rows.map(() => code.block());
      code.get(index);
      code.brTable([...blocks].reverse(), done);
      for (const row of values.rows) {
        code.end();
        pipeline.scoped(() => {
          row.forEach((expression, place) => {
            assign(pipeline, targets[place] as Target, compileExpression(pipeline, expression));
          });
        });
        code.br(done);
      }
      code.end();
      values.columns.forEach(({ column }, place) => {
        pipeline.columns.set(column, () => targetOperand(targets[place] as Target));
      });
      consume(pipeline);
    });
    code.get(index);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(index);
    code.get(index);
    code.i32(values.rows.length);
    code.op(op.OP_I32_LT_U);
    code.brIf(loop);
    code.end();
  });
}

/** UNWIND: a row for each item of a list; one of what is no list; none of NULL. */
function produceItems(plan: PlanCode, scan: PhysicalFunctionScan, consume: Consume): void {
  const [given] = scan.arguments;
  const [column] = scan.columns;
  if (given === undefined || column === undefined || machineOf(column.type) !== "any") throw notCompiled("unwind without a value");
  plan.pipeline(scan.name, (pipeline) => {
    const { code } = pipeline;
    const operandOf = computeBefore(pipeline, [given]);
    const level = pipeline.level();
    const tag = pipeline.cursor(level, "i32");
    const payload = pipeline.cursor(level, "i64");
    const index = pipeline.cursor(level, "i64");
    const count = pipeline.cursor(level, "i64");
    const list: Operand = { machine: "any", slot: 0, value: localPlace(payload), flag: localPlace(tag) };
    // Once: the bytes of what is computed again are other ones, and those of the items lie among them.
    pipeline.enter(level, () =>
      pipeline.scoped(() => {
        const operand = operandOf(given);
        pushPayload(code, operand);
        code.set(payload);
        pushTag(code, operand);
        code.set(tag);
        code.i64(0n);
        code.set(index);
        pushArgument(pipeline, "any", list);
        pipeline.call("value_item_count", ["i32", "i64"], "i64");
        code.set(count);
      }),
    );
    const loop = code.loop();
    code.get(index);
    code.get(count);
    code.op(op.OP_I64_GE_U);
    code.brIf(pipeline.finish);
    pipeline.spend(level);
    const position: Operand = { machine: "i64", slot: SLOT_INTEGER, value: localPlace(index), flag: undefined };
    const item = { name: "value_item", tagged: true, fails: false, extra: [] };
    pipeline.columns.set(column.column, () => callEngine(pipeline, item, ["any", "i64"], column.type, [list, position], false));
    pipeline.rowBlock(() => consume(pipeline));
    code.get(index);
    code.i64(1n);
    code.op(op.OP_I64_ADD);
    code.set(index);
    code.br(loop);
    code.end();
  });
}

/** generate_series of integers: from start to stop by step; no rows where one of them is NULL. */
export function produceFunctionScan(plan: PlanCode, scan: PhysicalFunctionScan, consume: Consume): void {
  if (scan.name === "unwind" && scan.ordinality === undefined) {
    produceItems(plan, scan, consume);
    return;
  }
  const [column] = scan.columns;
  const types = scan.arguments.map(({ type }) => machineOf(type));
  if (scan.name !== "generate_series" || column === undefined || types.some((machine) => machine !== "i64")) throw notCompiled(scan.name);
  plan.pipeline(scan.name, (pipeline) => {
    const { code } = pipeline;
    const given = scan.arguments.map((argument) => compileExpression(pipeline, argument));
    const flag = combineFlags(pipeline, given);
    if (flag !== undefined) {
      pushPlace(code, flag);
      code.op(op.OP_I32_EQZ);
      code.brIf(pipeline.finish);
    }
    const [start, stop, by] = given;
    const step = by?.value ?? { kind: "i64", value: 1n };
    if (start === undefined || stop === undefined) throw notCompiled("generate_series of one argument");
    pushPlace(code, step);
    code.op(op.OP_I64_EQZ);
    pipeline.branch(() => pipeline.raise(RUNTIME_ERROR_STEP_ZERO));
    const level = pipeline.level();
    const value = pipeline.cursor(level, "i64");
    const number = pipeline.cursor(level, "i64");
    pipeline.enter(level, () => {
      pushPlace(code, start.value);
      code.set(value);
      code.i64(1n);
      code.set(number);
    });
    const loop = code.loop();
    // Past the end: of rising steps above it, of falling ones below.
    code.get(value);
    pushPlace(code, stop.value);
    code.op(op.OP_I64_GT_S);
    code.get(value);
    pushPlace(code, stop.value);
    code.op(op.OP_I64_LT_S);
    pushPlace(code, step);
    code.i64(0n);
    code.op(op.OP_I64_GT_S);
    code.op(op.OP_SELECT);
    code.brIf(pipeline.finish);
    pipeline.spend(level);
    const integer = (local: number): Operand => ({ machine: "i64", slot: SLOT_INTEGER, value: localPlace(local), flag: undefined });
    pipeline.columns.set(column.column, () => typedOperand(column.type, localPlace(value), undefined));
    if (scan.ordinality !== undefined) pipeline.columns.set(scan.ordinality.column, () => integer(number));
    pipeline.rowBlock(() => consume(pipeline));
    // The next value; beyond 64 bits there is none.
    code.get(value);
    pushPlace(code, step);
    code.op(op.OP_I64_ADD);
    const next = keep(pipeline, "i64");
    pushPlace(code, next);
    code.get(value);
    code.op(op.OP_I64_GT_S);
    pushPlace(code, step);
    code.i64(0n);
    code.op(op.OP_I64_GT_S);
    code.op(op.OP_I32_NE);
    code.brIf(pipeline.finish);
    pushPlace(code, next);
    code.set(value);
    code.get(number);
    code.i64(1n);
    code.op(op.OP_I64_ADD);
    code.set(number);
    code.br(loop);
    code.end();
  });
}

export function produceCommonTable(plan: PlanCode, common: PhysicalCommonTable, needed: ReadonlySet<ColumnId>, consume: Consume): void {
  const types = typesOf(common.definition);
  const columns = common.definitionColumns.map((column) => {
    const known = types.get(column);
    if (known === undefined) throw new DatabaseError("INTERNAL", `${common.name} has no column ${column}`);
    return known;
  });
  const list = materialise(plan, (sink) => plan.produce(plan, common.definition, new Set(common.definitionColumns), sink), columns);
  plan.commonTables.set(common.table, { list, columns: common.definitionColumns });
  plan.produce(plan, common.input, needed, consume);
}

export function produceCommonReference(plan: PlanCode, reference: PhysicalCommonReference, consume: Consume): void {
  const table = plan.commonTables.get(reference.table);
  if (table === undefined) throw new DatabaseError("INTERNAL", `${reference.name} is used where it is not computed`);
  const names = new Map(reference.columns.map(({ column }, index) => [table.columns[index], column]));
  produceList(plan, table.list, reference.name, consume, (column) => names.get(column) ?? column);
}
