/**
 * INSERT ... SELECT, UPDATE and DELETE of many rows: a compiled query computes what is to be written, then the engine writes it batch by
 * batch. Nothing is written before the query has ended, so a statement never sees its own rows.
 *
 * What has RETURNING or ON CONFLICT is written by the interpreter (write-over-query.ts). A row that the query gives twice is written once: the
 * first time counts.
 */
import { NO_ROW } from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { CompiledPlan } from "../codegen/compiled.ts";
import type { ColumnId } from "../plan/expression.ts";
import type { LogicalDelete, LogicalInsert, LogicalOperator, LogicalPlan, LogicalUpdate, PlanColumn } from "../plan/operator.ts";
import { columnsOf, inputsOf } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import { type BatchTarget, BatchWriter, type RowStretch } from "./batch-writer.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import type { GatheredRows } from "./gathered-rows.ts";

export type Modification = LogicalInsert | LogicalUpdate | LogicalDelete;

/** Numbers of the columns that assignments make: beyond all that a binder gives. */
const FIRST_COLUMN: ColumnId = 1 << 29;
/** Rows between two looks at the time. */
const BATCH_ROWS = 1024;

/** The modification that a plan is, if it can be carried out in batches. */
export function bulkModification({ root, modifies }: LogicalPlan): Modification | undefined {
  if (!modifies) return undefined;
  if (root.kind !== "LogicalInsert" && root.kind !== "LogicalUpdate" && root.kind !== "LogicalDelete") return undefined;
  if (root.returning !== undefined || inputsModify(root.input)) return undefined;
  return root.kind === "LogicalInsert" && root.conflict !== undefined ? undefined : root;
}

function inputsModify(operator: LogicalOperator): boolean {
  return ["LogicalInsert", "LogicalUpdate", "LogicalDelete"].includes(operator.kind) || inputsOf(operator).some(inputsModify);
}

/** The query whose rows say what is to be written. */
export function bulkQuery(plan: LogicalPlan, modification: Modification): LogicalPlan {
  const types = new Map(columnsOf(modification.input).map((column) => [column.column, column]));
  const columnOf = (column: ColumnId): PlanColumn => types.get(column) ?? { column, name: "", type: plainType("any") };
  const query = { ...plan, modifies: false };
  switch (modification.kind) {
    case "LogicalInsert":
      return { ...query, root: modification.input, output: modification.values.map(({ column }) => columnOf(column)) };
    case "LogicalUpdate": {
      const items = modification.assignments.map(({ name, value }, index) => ({
        column: FIRST_COLUMN + index,
        name,
        type: value.type,
        value,
      }));
      const root: LogicalOperator = { kind: "LogicalProject", input: modification.input, items };
      return { ...query, root, output: [columnOf(modification.row), ...items.map(({ column, name, type }) => ({ column, name, type }))] };
    }
    case "LogicalDelete":
      return { ...query, root: modification.input, output: [columnOf(modification.row)] };
  }
}

export class BulkWrite {
  readonly #engine: Engine;
  readonly #modification: Modification;
  readonly query: CompiledStatement;
  readonly #writer: BatchWriter;

  /** `query`: `bulkQuery` of the modification, compiled. */
  constructor(engine: Engine, functions: EngineFunctions, modification: Modification, query: CompiledStatement) {
    this.#engine = engine;
    this.#modification = modification;
    this.query = query;
    this.#writer = new BatchWriter(engine, functions);
  }

  /** The collection that is written. */
  get target(): string {
    return this.#modification.collection;
  }

  /** Writes what the rows of the query say, and closes them; answers how many were written. */
  write(rows: GatheredRows, { pace }: PlanRun): number {
    const modification = this.#modification;
    try {
      this.#writer.begin(modification.collection, targetsOf(modification, rows.output));
      const seen = modification.kind !== "LogicalInsert" && mayRepeat(modification.input) ? new Set<number>() : undefined;
      let affected = 0;
      for (let stretch = rows.take(BATCH_ROWS); stretch.count > 0; stretch = rows.take(BATCH_ROWS)) {
        affected += this.#write(modification, stretch, rows.output, seen);
        pace.pause();
      }
      return affected;
    } finally {
      rows.close();
    }
  }

  #write({ kind }: Modification, stretch: RowStretch, output: CompiledPlan["output"], seen: Set<number> | undefined): number {
    if (kind === "LogicalInsert") return this.#writer.insert(stretch);
    const numberOffset = output.columns[0]?.offset ?? 0;
    const repeated = seen === undefined ? 0 : this.#dropRepeated(stretch, numberOffset, seen);
    if (kind === "LogicalDelete") return this.#writer.remove(stretch, numberOffset);
    return this.#writer.update(stretch, numberOffset) - repeated;
  }

  /** Takes away the numbers of rows that came before; answers how many. */
  #dropRepeated({ rows, count, rowBytes }: RowStretch, numberOffset: number, seen: Set<number>): number {
    const { memory } = this.#engine;
    let repeated = 0;
    for (let index = 0; index < count; index++) {
      const at = rows + index * rowBytes + numberOffset;
      const row = memory.word(at);
      if (seen.has(row)) {
        memory.setWord(at, NO_ROW);
        repeated++;
      }
      seen.add(row);
    }
    return repeated;
  }
}

/** Where a row of the query has the values to be written. */
export function targetsOf(modification: Modification, { columns }: CompiledPlan["output"]): readonly BatchTarget[] {
  if (modification.kind === "LogicalDelete") return [];
  const [targets, first] = modification.kind === "LogicalInsert" ? [modification.values, 0] : [modification.assignments, 1];
  return targets.map(({ target, name }, index) => {
    const { tagOffset = 0, offset = 0 } = columns[index + first] ?? {};
    return { target, name, tagOffset, offset };
  });
}

/** Whether an operator may give a row of its scan more than once. */
export function mayRepeat(operator: LogicalOperator): boolean {
  switch (operator.kind) {
    case "LogicalScan":
    case "LogicalValues":
      return false;
    case "LogicalFilter":
    case "LogicalProject":
    case "LogicalSort":
    case "LogicalWindow":
    case "LogicalLimit":
      return mayRepeat(operator.input);
    case "LogicalJoin":
      return !["semi", "anti", "mark", "single"].includes(operator.join) || mayRepeat(operator.left);
    default:
      return true;
  }
}
