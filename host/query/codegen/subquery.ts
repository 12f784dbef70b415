/**
 * Subqueries inside expressions that the optimiser has left there. One that uses nothing of the row is computed once, before the
 * pipeline; another runs as a part for each row. Their rows stand in a list, which the expression reads.
 */
import { CHUNK_END, CHUNK_NEXT, CHUNK_TUPLES, LIST_COUNT, LIST_FIRST } from "../../../assembly/abi/plan.ts";
import { SLOT_ARRAY } from "../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_SUBQUERY_ROWS } from "../../../assembly/abi/runtime-error.ts";
import { typesOf } from "../physical/columns.ts";
import type { PhysicalOperator } from "../physical/operator.ts";
import type { BoundSubquery, ColumnId } from "../plan/expression.ts";
import type { PlanColumn } from "../plan/operator.ts";
import { isVolatile } from "../plan/walk.ts";
import { arrayOf, isCypherValue, plainType } from "../type/type.ts";
import { applyFunction, compileExpression, notCompiled, pushArgument } from "./expression.ts";
import { keep } from "./inline.ts";
import * as op from "./opcodes.ts";
import { booleanOperand, nullOperand, type Operand, pushPlace, typedOperand } from "./operand.ts";
import { materialise } from "./operator/list.ts";
import { listLoop } from "./operator/table.ts";
import { openPartList, runPart } from "./part.ts";
import type { Pipeline } from "./pipeline.ts";
import type { RowList } from "./plan-code.ts";
import { assign, openTarget, targetOperand } from "./target.ts";
import { loadField } from "./tuple.ts";

export function compileSubquery(pipeline: Pipeline, subquery: BoundSubquery): Operand {
  if (subquery.test === "array" && !isCypherValue(subquery.type)) throw notCompiled("ARRAY(SELECT ...)");
  const operand = subquery.operand === undefined ? undefined : compileExpression(pipeline, subquery.operand);
  const list = subqueryRows(pipeline, subquery);
  switch (subquery.test) {
    case "exists":
      pushCount(pipeline, list);
      pipeline.code.i32(0);
      pipeline.code.op(op.OP_I32_NE);
      return booleanOperand(keep(pipeline, "i32"), undefined);
    case "scalar":
      return scalarValue(pipeline, subquery, list);
    case "array":
      return listValue(pipeline, subquery, list);
    default:
      return quantified(pipeline, subquery, list, operand ?? nullOperand(plainType("boolean")));
  }
}

function pushCount(pipeline: Pipeline, list: RowList): void {
  pipeline.code.get(pipeline.stateLocal(list.list, "i32"));
  pipeline.code.memory(op.OP_I32_LOAD, LIST_COUNT);
}

/** The subquery's rows in a list: those of its column, or, for EXISTS, rows of no column. */
function subqueryRows(pipeline: Pipeline, subquery: BoundSubquery): RowList {
  const { plan } = pipeline;
  const rows = plan.planner(subquery.plan);
  const operator: PhysicalOperator =
    subquery.test === "exists" ? { kind: "PhysicalLimit", input: rows, limit: ONE, offset: undefined } : rows;
  const columns = [...typesOf(operator).values()].filter(({ column }) => column === subquery.column);
  const outer = subquery.outer.filter((column) => !plan.outer.has(column) || pipeline.columns.has(column));
  // A list of Cypher's is made anew for each row where that may give something else.
  const isFixed = subquery.test !== "array" || !isVolatile(subquery);
  if (outer.length === 0 && subquery.outer.length === 0 && isFixed) {
    // Written before the pipeline at hand, whose stage is added when it is complete.
    return materialise(plan, (sink) => plan.produce(plan, operator, new Set(columns.map(({ column }) => column)), sink), columns);
  }
  const types = new Map(outer.map((column): [ColumnId, PlanColumn] => [column, { column, name: "", type: outerType(pipeline, column) }]));
  const part = openPartList(plan, operator, columns, types, outer);
  runPart(pipeline, part, outer);
  return part.list;
}

const ONE = { kind: "BoundConstant", type: plainType("bigint"), value: 1n } as const;

/** A type whose machine and slot are those of a column of the row at hand. */
function outerType(pipeline: Pipeline, column: ColumnId): PlanColumn["type"] {
  const { machine, slot } = pipeline.column(column);
  if (slot === SLOT_ARRAY) return arrayOf(plainType("value"));
  const known = TYPES.find(([machineName, kind]) => machineName === machine && (machine === "any" || kind === slot));
  if (known === undefined) throw notCompiled("an outer column of this type");
  return plainType(known[2]);
}

/** A type for each machine and slot kind. */
const TYPES = [
  ["any", 0, "any"],
  ["i32", 1, "boolean"],
  ["i64", 2, "bigint"],
  ["f64", 3, "double precision"],
  ["word", 5, "text"],
  ["word", 6, "numeric"],
  ["i64", 7, "date"],
  ["i64", 8, "time without time zone"],
  ["i64", 9, "timestamp without time zone"],
  ["i64", 10, "timestamp with time zone"],
  ["word", 11, "uuid"],
  ["word", 12, "bytea"],
  ["word", 13, "jsonb"],
  ["word", 15, "interval"],
  ["i64", 16, "node"],
  ["i64", 17, "relationship"],
  ["word", 18, "path"],
] as const;

/** The value of the only row; NULL without rows. */
function scalarValue(pipeline: Pipeline, subquery: BoundSubquery, list: RowList): Operand {
  const { code } = pipeline;
  const field = [...list.columns.values()][0];
  if (field === undefined) throw notCompiled("a scalar subquery without column");
  pushCount(pipeline, list);
  code.i32(1);
  code.op(op.OP_I32_GT_U);
  pipeline.branch(() => pipeline.raise(RUNTIME_ERROR_SUBQUERY_ROWS));
  const target = openTarget(pipeline, subquery.type);
  pushCount(pipeline, list);
  pipeline.branch(
    () => {
      const tuple = code.local("i32");
      code.get(pipeline.stateLocal(list.list, "i32"));
      code.memory(op.OP_I32_LOAD, LIST_FIRST);
      code.i32(CHUNK_TUPLES);
      code.op(op.OP_I32_ADD);
      code.set(tuple);
      assign(pipeline, target, loadField(pipeline, tuple, field));
    },
    () => assign(pipeline, target, nullOperand(subquery.type)),
  );
  return targetOperand(target);
}

/**
 * The values as a list of Cypher's. Nothing stops or calls between the beginning and the end of the engine's builder but the loading of
 * values.
 */
function listValue(pipeline: Pipeline, subquery: BoundSubquery, list: RowList): Operand {
  const { code } = pipeline;
  const field = [...list.columns.values()][0];
  if (field === undefined) throw notCompiled("a list without column");
  const chunk = code.local("i32");
  const tuple = code.local("i32");
  pipeline.allocates = true;
  pipeline.call("value_list_begin", [], undefined);
  code.get(pipeline.stateLocal(list.list, "i32"));
  code.memory(op.OP_I32_LOAD, LIST_FIRST);
  code.set(chunk);
  const done = code.block();
  const chunks = code.loop();
  code.get(chunk);
  code.op(op.OP_I32_EQZ);
  code.brIf(done);
  code.get(chunk);
  code.i32(CHUNK_TUPLES);
  code.op(op.OP_I32_ADD);
  code.set(tuple);
  const behind = code.block();
  const tuples = code.loop();
  code.get(tuple);
  code.get(chunk);
  code.memory(op.OP_I32_LOAD, CHUNK_END);
  code.op(op.OP_I32_GE_U);
  code.brIf(behind);
  pipeline.scoped(() => pushArgument(pipeline, "any", loadField(pipeline, tuple, field)));
  pipeline.call("value_list_push", ["i32", "i64"], undefined);
  code.get(tuple);
  code.i32(list.tupleBytes);
  code.op(op.OP_I32_ADD);
  code.set(tuple);
  code.br(tuples);
  code.end();
  code.end();
  code.get(chunk);
  code.memory(op.OP_I32_LOAD, CHUNK_NEXT);
  code.set(chunk);
  code.br(chunks);
  code.end();
  code.end();
  pipeline.call("value_list_end", [], "i64");
  const word = keep(pipeline, "i64");
  pipeline.checkError();
  return typedOperand(subquery.type, word, undefined);
}

/** ANY: true if one comparison is, else NULL if one is, else false. ALL: with true and false exchanged. */
function quantified(pipeline: Pipeline, subquery: BoundSubquery, list: RowList, operand: Operand): Operand {
  const { code } = pipeline;
  const field = [...list.columns.values()][0];
  const { comparison } = subquery;
  if (field === undefined || comparison === undefined) throw notCompiled("a quantified comparison without column");
  const deciding = subquery.test === "any" ? 1 : 0;
  const level = pipeline.level();
  const unknown = pipeline.cursor(level, "i32");
  const value = pipeline.cursor(level, "i32");
  const start = (): void => {
    for (const local of [unknown, value]) {
      code.i32(0);
      code.set(local);
    }
  };
  const done = code.block();
  const compare = (tuple: number): void => {
    const result = applyFunction(pipeline, comparison, plainType("boolean"), [operand, loadField(pipeline, tuple, field)]);
    if (result.flag !== undefined) {
      code.get(unknown);
      pushPlace(code, result.flag);
      code.op(op.OP_I32_EQZ);
      code.op(op.OP_I32_OR);
      code.set(unknown);
    }
    pushPlace(code, result.value);
    if (deciding === 0) code.op(op.OP_I32_EQZ);
    if (result.flag !== undefined) {
      pushPlace(code, result.flag);
      code.op(op.OP_I32_AND);
    }
    code.if();
    code.i32(1);
    code.set(value);
    code.br(done);
    code.end();
  };
  listLoop(pipeline, level, pipeline.stateLocal(list.list, "i32"), list.tupleBytes, compare, start);
  code.end();
  // `value`: decided.
  code.get(value);
  if (deciding === 0) code.op(op.OP_I32_EQZ);
  const truth = keep(pipeline, "i32");
  code.get(unknown);
  code.op(op.OP_I32_EQZ);
  code.get(value);
  code.op(op.OP_I32_OR);
  return booleanOperand(truth, keep(pipeline, "i32"));
}
