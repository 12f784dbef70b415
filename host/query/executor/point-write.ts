/**
 * INSERT of rows that a statement gives, UPDATE and DELETE of rows by their keys: a compiled query says what is to be written, and the engine
 * writes it from the query's own result.
 *
 * What the engine is told about the write (WRITE_* of abi/table.ts) lies in the plan's memory, so a statement that runs again and again
 * only binds its parameters: its execution is the plan, `write_result`, and the statement around both. Nothing is written before the query
 * has ended, as in bulk-write.ts, whose query this is.
 */
import {
  TARGET_BYTES,
  WRITE_COUNT,
  WRITE_DELETE,
  WRITE_INSERT,
  WRITE_KIND,
  WRITE_NAME,
  WRITE_NAME_BYTES,
  WRITE_NUMBER,
  WRITE_TARGETS,
  WRITE_UPDATE,
} from "../../../assembly/abi/table.ts";
import type { PlanFunction } from "../../engine/engine.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { CompiledPlan } from "../codegen/compiled.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { inputsOf } from "../plan/walk.ts";
import { putTargets } from "./batch-writer.ts";
import { bulkModification, type Modification, mayRepeat, targetsOf } from "./bulk-write.ts";
import type { CompiledStatement, PlanRun } from "./compiled-plan.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { bytesOfText } from "./value.ts";

const KINDS = { LogicalInsert: WRITE_INSERT, LogicalUpdate: WRITE_UPDATE, LogicalDelete: WRITE_DELETE } as const;

/** The modification that a plan is, if it writes the few rows that it names. */
export function pointModification(plan: LogicalPlan): Modification | undefined {
  const modification = bulkModification(plan);
  return modification !== undefined && isPoint(modification.input) && !mayRepeat(modification.input) ? modification : undefined;
}

function isPoint(operator: LogicalOperator): boolean {
  switch (operator.kind) {
    case "LogicalScan":
      return operator.access?.kind === "key";
    case "LogicalValues":
      return true;
    case "LogicalFilter":
    case "LogicalProject":
      return inputsOf(operator).every(isPoint);
    default:
      return false;
  }
}

/** Whether rows of a table can ask for random numbers on their way in: it has checks, or defaults that are computed. */
export function drawsSeed({ collection }: Modification, catalog: Catalog): boolean {
  const table = catalog.table(collection);
  if (table === undefined) return false;
  return table.checks.length > 0 || table.columns.some(({ defaultText }) => defaultText !== undefined);
}

/** Puts what the engine is told about a write into memory that `take` gives, and answers where. */
export function attachWrite(
  memory: MemoryView,
  modification: Modification,
  output: CompiledPlan["output"],
  take: (sizeBytes: number) => number,
): number {
  const put = (bytes: string): { readonly pointer: number; readonly length: number } => {
    const pointer = take(Math.max(1, bytes.length));
    const view = memory.view(pointer, bytes.length);
    for (let index = 0; index < bytes.length; index++) view[index] = bytes.charCodeAt(index);
    return { pointer, length: bytes.length };
  };
  const targets = targetsOf(modification, output);
  const write = take(WRITE_TARGETS + targets.length * TARGET_BYTES);
  const name = put(bytesOfText(modification.collection));
  memory.setWord(write + WRITE_KIND, KINDS[modification.kind]);
  memory.setWord(write + WRITE_NAME, name.pointer);
  memory.setWord(write + WRITE_NAME_BYTES, name.length);
  memory.setWord(write + WRITE_NUMBER, output.columns[0]?.offset ?? 0);
  memory.setWord(write + WRITE_COUNT, targets.length);
  putTargets(memory, targets, write + WRITE_TARGETS, put);
  return write;
}

export class PointWrite {
  /** Whether executions need a seed. */
  readonly isRandom: boolean;
  readonly #query: CompiledStatement;
  readonly #memory: MemoryView;
  readonly #functions: EngineFunctions;
  readonly #write: PlanFunction;

  /** `query`: `bulkQuery` of the modification, compiled, with `attachWrite`. */
  constructor(memory: MemoryView, functions: EngineFunctions, query: CompiledStatement, isRandom: boolean) {
    this.isRandom = isRandom;
    this.#memory = memory;
    this.#query = query;
    this.#functions = functions;
    this.#write = functions.required("write_result");
  }

  /** Runs as a part of the statement that has begun; answers how many rows were written. */
  write(run: PlanRun): number {
    return this.#query.runWith(run, this.#writeResult);
  }

  readonly #writeResult = (write: number, output: number): number => {
    const written = Number(this.#write(write, output)) >>> 0;
    this.#memory.refresh();
    this.#functions.check();
    return written;
  };
}
