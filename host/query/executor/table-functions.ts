/**
 * Functions that a declared table keeps in the engine's function table: its CHECKs and the defaults that are no constants. The
 * row-write door calls them with the address of the row block (assembly/abi/table.ts), whichever command writes.
 *
 * They are closures over interpreted plans. A closure becomes a function of WebAssembly by a module that imports and exports it.
 *
 * 1. Nothing is thrown through the engine: an error is noted in the plan's cells. One that the cells have no number for is kept, for
 *    `EngineFunctions.noted`.
 * 2. A slot is used by one table until that is dropped, then given to another.
 */
import { CELL_ERROR, CELL_ERROR_FIRST } from "../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_HOST } from "../../../assembly/abi/runtime-error.ts";
import { BLOCK_NULLS, BLOCK_SLOTS } from "../../../assembly/abi/table.ts";
import { DatabaseError } from "../../common/error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine } from "../../engine/engine.ts";
import { webAssembly } from "../../engine/webassembly.ts";
import type { TableExpression } from "../binder/table-expression.ts";
import { SEQUENCE_RANGES, type SequenceType } from "../catalog/sequence-json.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator, LogicalPlan, ScanColumn } from "../plan/operator.ts";
import { isVolatile } from "../plan/walk.ts";
import { type SqlType, slotOf } from "../type/type.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { interpret } from "./interpreter/interpret.ts";
import type { Rows, Surroundings } from "./surroundings.ts";
import type { Plain, Value } from "./value.ts";

/** `(module (import "h" "f" (func (param i32) (result i32))) (export "c" (func 0)))` */
const TRAMPOLINE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 2, 7, 1, 1, 104, 1, 102, 0, 0, 7, 5, 1, 1, 99, 0, 0,
]);

export class TableFunctions {
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #free: number[] = [];
  #module: object | undefined;

  constructor(engine: Engine, functions: EngineFunctions) {
    this.#engine = engine;
    this.#functions = functions;
  }

  /** A check's slot. */
  addCheck(table: string, condition: TableExpression): number {
    let block = 0;
    const plan = violations(table, condition);
    const program = interpret(
      plan,
      this.#surroundings((columns) => this.#blockRow(block, columns)),
    );
    return this.#add((row) => {
      block = row >>> 0;
      let holds = 1;
      program.run([], [], () => {
        holds = 0;
        return false;
      });
      return holds;
    });
  }

  /** A default's slot. */
  addDefault(value: BoundExpression): number {
    const compute = this.#valueOf(value, { kind: "LogicalValues", columns: [], rows: [[]] }, () => []);
    // What counts would have counted.
    if (!isVolatile(value)) this.#refuseUnfit(compute);
    return this.#addValue(value, compute);
  }

  /** The slot of what makes a new value of an old row. */
  addConversion(table: string, { expression, columns }: TableExpression): number {
    let block = 0;
    const compute = this.#valueOf(expression, scanOf(table, columns), (read) => this.#blockRow(block, read));
    return this.#addValue(expression, compute, (row) => {
      block = row >>> 0;
    });
  }

  /** What computes an expression over one row. */
  #valueOf(value: BoundExpression, input: LogicalOperator, row: (columns: readonly ScanColumn[]) => readonly Value[]): () => Value {
    const column = { column: -1, name: "value", type: value.type };
    const root: LogicalOperator = { kind: "LogicalProject", input, items: [{ ...column, value }] };
    const plan: LogicalPlan = { root, output: [column], parameters: [], literals: [], dependencies: [], modifies: false };
    const program = interpret(plan, this.#surroundings(row));
    return () => {
      let result: Value = null;
      program.run([], [], (values) => {
        result = values[0] ?? null;
        return true;
      });
      return result;
    };
  }

  #addValue({ type }: BoundExpression, compute: () => Value, use: (row: number) => void = () => {}): number {
    const tag = slotOf(type);
    return this.#add((row) => {
      use(row);
      const result = compute();
      if (result === null) return 0;
      const payload = this.#functions.words.payload({ tag, value: result as Plain });
      this.#engine.memory.setLong(this.#functions.cells + CELL_ERROR_FIRST, payload);
      return 1;
    });
  }

  /** The slot of a column that counts by `next`. */
  addCounter(next: () => bigint, type: SqlType): number {
    const [min, max] = SEQUENCE_RANGES[type.name as SequenceType];
    return this.#add(() => {
      const value = next();
      if (value < min || value > max) throw sqlError("22003", `${type.name} out of range`);
      this.#engine.memory.setLong(this.#functions.cells + CELL_ERROR_FIRST, value);
      return 1;
    });
  }

  /** A default that is no value of its type is refused when it is defined; other failures are those of the rows. */
  #refuseUnfit(compute: () => Value): void {
    try {
      this.#functions.released(compute);
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code === "ENGINE_FAILED") throw error;
      if (/\[(22P02|22007|22008|22003)\]$/.test(error.message)) throw error;
      this.#engine.memory.setWord(this.#functions.cells + CELL_ERROR, 0);
    }
  }

  /** Gives slots back. Requires: no table has them any more. */
  free(slots: readonly number[]): void {
    for (const slot of slots) if (slot !== 0) this.#free.push(slot);
  }

  #add(run: (row: number) => number): number {
    const table = this.#engine.functionTable;
    const slot = this.#free.pop() ?? table.grow(1);
    this.#module ??= new webAssembly.Module(TRAMPOLINE);
    const guarded = (row: number): number => this.#guard(run, row);
    table.set(slot, new webAssembly.Instance(this.#module, { h: { f: guarded } }).exports.c);
    return slot;
  }

  #guard(run: (row: number) => number, row: number): number {
    const { memory } = this.#engine;
    memory.refresh();
    try {
      return run(row);
    } catch (cause) {
      memory.refresh();
      if (memory.word(this.#functions.cells + CELL_ERROR) === 0) {
        this.#functions.keepFailure(cause);
        memory.setWord(this.#functions.cells + CELL_ERROR, RUNTIME_ERROR_HOST);
      }
      return 0;
    }
  }

  #surroundings(row: (columns: readonly ScanColumn[]) => readonly Value[]): Surroundings {
    const rows = {
      scan: (_collection: string, columns: readonly ScanColumn[]) => {
        const values = row(columns);
        let left = 1;
        return { next: () => left-- > 0, value: (column: number) => values[column] ?? null };
      },
    };
    return { functions: this.#functions, rows: rows as unknown as Rows, pause: () => false };
  }

  /** Values of declared columns in the row block. */
  #blockRow(block: number, columns: readonly ScanColumn[]): readonly Value[] {
    const { memory } = this.#engine;
    const nulls = memory.long(block + BLOCK_NULLS);
    return columns.map(({ source, type }) => {
      if (source.kind !== "column") throw sqlError("0A000", "a check constraint can use columns of its table only");
      if ((nulls >> BigInt(source.number)) & 1n) return null;
      return this.#functions.words.plain(slotOf(type), memory.long(block + BLOCK_SLOTS + source.number * 8));
    });
  }
}

/** A plan that reads one row of the table and answers it when the condition is false. */
function violations(table: string, { expression, columns }: TableExpression): LogicalPlan {
  const scan = scanOf(table, columns);
  const predicate: BoundExpression = { kind: "BoundNot", type: expression.type, operand: expression };
  const root: LogicalOperator = { kind: "LogicalFilter", input: scan, predicate };
  return { root, output: [], parameters: [], literals: [], dependencies: [], modifies: false };
}

function scanOf(table: string, columns: readonly ScanColumn[]): LogicalOperator {
  return { kind: "LogicalScan", collection: table, alias: table, declared: true, columns, access: undefined };
}
