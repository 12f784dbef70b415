/**
 * A pipeline: one function of a plan's module, which pulls rows from a source through operators into a sink, and which can stop
 * between any two rows and go on there when it is called again.
 *
 * `run(state)` of a pipeline answers PLAN_DONE, PLAN_MORE or PLAN_ERROR. What it needs to go on lies in the state block:
 *
 * 1. Each loop is a *level*, numbered in the order in which the code is written. A level has cursors: locals that are stored in
 *    the state block when the pipeline stops and loaded when it goes on. A cursor names the current element while the loop's body
 *    runs, and is moved on at the body's end, so it names what is next when the loop stops at its head.
 * 2. A level's head counts the budget down. Used up: `level` is the number of levels to enter again, and PLAN_MORE is answered.
 * 3. Entered again, outer loops take up their current element, compute its columns again (they have no effect) and come to the
 *    inner loop, which takes up its own. `resuming` is 0 from the level on at which the pipeline had stopped. What has an effect
 *    outside of the sink (a counted LIMIT) asks `ifFresh`.
 *
 * Values computed for a row are remembered by name in scopes (`memo`), so that a column is loaded once and a repeated
 * expression computed once. What is computed in a branch or in a loop's body is forgotten at its end.
 */

import { STATE_BUDGET } from "../../../assembly/abi/plan.ts";
import { CELL_BUDGET, CELL_ERROR, PLAN_DONE, PLAN_ERROR, PLAN_MORE, ROW_ARENA_BUDGET } from "../../../assembly/abi/record.ts";
import { DatabaseError } from "../../common/error.ts";
import type { ColumnId } from "../plan/expression.ts";
import type { FunctionCode, Label, ValueType } from "./encoder.ts";
import {
  OP_F64_LOAD,
  OP_F64_STORE,
  OP_I32_ADD,
  OP_I32_EQ,
  OP_I32_EQZ,
  OP_I32_GT_S,
  OP_I32_LE_S,
  OP_I32_LOAD,
  OP_I32_LT_S,
  OP_I32_NE,
  OP_I32_SHL,
  OP_I32_SHR_U,
  OP_I32_STORE,
  OP_I32_SUB,
  OP_I64_LOAD,
  OP_I64_STORE,
  OP_RETURN,
  OP_SELECT,
} from "./opcodes.ts";
import type { NumberView, Operand } from "./operand.ts";
import type { PlanCode } from "./plan-code.ts";
import { loadField } from "./tuple.ts";

export const LOADS: Readonly<Record<ValueType, number>> = { i32: OP_I32_LOAD, i64: OP_I64_LOAD, f64: OP_F64_LOAD };
export const STORES: Readonly<Record<ValueType, number>> = { i32: OP_I32_STORE, i64: OP_I64_STORE, f64: OP_F64_STORE };

/** The local that holds the address of the state block. */
export const STATE = 0;

interface Cursor {
  readonly local: number;
  readonly type: ValueType;
  readonly offset: number;
}

export interface Level {
  readonly number: number;
  readonly cursors: Cursor[];
}

/** Locals with where the properties of a node or relationship lie: its collection; the entry (0: none); the record, or 0. */
export interface EntityPlace {
  readonly collection: number;
  readonly entry: number;
  readonly record: number;
}

export class Pipeline {
  readonly plan: PlanCode;
  readonly code: FunctionCode;
  /** Where the columns of the row at hand come from. */
  readonly columns = new Map<ColumnId, () => Operand>();
  /** Nodes and relationships whose properties are known to lie somewhere. */
  readonly entities = new Map<ColumnId, () => EntityPlace>();
  /** Columns of any kind that can be loaded as numbers alone. */
  readonly numbers = new Map<ColumnId, () => NumberView>();
  /** Whether a function was called that makes bytes, and whether such bytes are kept when the row has ended. */
  allocates = false;
  keeps = false;
  /** Ends the pipeline, as if its source had no more rows. (A source of several sources has it end one of them.) */
  finish: Label;
  /** Answers PLAN_ERROR; the error stands in the cells. */
  readonly fail: Label;
  /** Drops the row at hand. */
  next: Label;
  readonly #suspend: Label;
  readonly #budget: number;
  readonly #resuming: number;
  readonly #level: number;
  readonly #depthOffset: number;
  readonly #levels: Level[] = [];
  readonly #scopes: Map<string, Operand>[] = [new Map()];
  readonly #views: Map<ColumnId, NumberView>[] = [new Map()];
  readonly #stateLocals = new Map<string, number>();
  /** Offset of what `row_release` remembers. */
  #arena: number | undefined;
  readonly #inputs = new Set<number>();
  readonly #prepared = new Map<string, number>();
  readonly #accumulators: Cursor[] = [];
  /** Whether code is written that sets the cursors of a level. */
  #isEntering = false;
  /** Number of the last level that was entered. */
  #entered = 0;

  constructor(plan: PlanCode, code: FunctionCode) {
    this.plan = plan;
    this.code = code;
    this.#depthOffset = plan.state.take(4);
    this.#budget = this.stateLocal(STATE_BUDGET, "i32");
    this.#resuming = this.stateLocal(this.#depthOffset, "i32");
    this.#level = code.local("i32");
    this.fail = code.block();
    this.#suspend = code.block();
    this.finish = code.block();
    this.next = this.finish;
  }

  /** Writes what follows the loops. */
  close(): void {
    const { code } = this;
    code.end();
    this.#leave(() => code.i32(0), PLAN_DONE);
    code.end();
    for (const level of this.#levels) for (const cursor of level.cursors) this.#keep(cursor);
    this.#leave(() => code.get(this.#level), PLAN_MORE);
    code.end();
    code.i32(PLAN_ERROR);
  }

  // State --------------------------------------------------------------------------------------------------------------

  /** A local with what lies in the state block when the function is entered. */
  stateLocal(offset: number, type: ValueType): number {
    const key = `${offset} ${type}`;
    const known = this.#stateLocals.get(key);
    if (known !== undefined) return known;
    const local = this.code.local(type);
    this.code.prologueLoad(local, LOADS[type], STATE, offset);
    this.#stateLocals.set(key, local);
    return local;
  }

  /** The same for an input, which never changes: what is made of it may be made before the first row (`beforeAll`). */
  inputLocal(offset: number, type: ValueType): number {
    const local = this.stateLocal(offset, type);
    this.#inputs.add(local);
    return local;
  }

  isInput(place: Operand["value"]): boolean {
    return place.kind === "local" && this.#inputs.has(place.local);
  }

  /** What `make` computes of inputs, once; remembered by name. */
  beforeAll(key: string, type: ValueType, make: () => void): number {
    const known = this.#prepared.get(key);
    if (known !== undefined) return known;
    const local = this.code.local(type);
    this.code.beforeAll(() => {
      make();
      this.code.set(local);
    });
    this.#prepared.set(key, local);
    return local;
  }

  /** A local that is loaded from the state block on entry and stored there on leaving. */
  accumulator(offset: number, type: ValueType): number {
    const local = this.stateLocal(offset, type);
    if (!this.#accumulators.some((other) => other.local === local)) this.#accumulators.push({ local, type, offset });
    return local;
  }

  // Levels -------------------------------------------------------------------------------------------------------------

  level(): Level {
    if (this.#isEntering) throw new DatabaseError("SQL_NOT_SUPPORTED", "compiled plans do not stop where a loop begins [0A000]");
    const level = { number: this.#levels.length, cursors: [] };
    this.#levels.push(level);
    return level;
  }

  /** A local that a level keeps while the pipeline stands still. Requires: `enter` comes later. */
  cursor(level: Level, type: ValueType): number {
    const local = this.code.local(type);
    level.cursors.push({ local, type, offset: this.plan.state.take(type === "i32" ? 4 : 8) });
    return local;
  }

  /**
   * Sets a level's cursors: by `initialize`, or to where the level stood. Requires: `initialize` has no levels of its own, since it does not
   * run for a level that is entered again (`computeBefore`).
   */
  enter(level: Level, initialize: () => void): void {
    const { code } = this;
    // A row that is taken up at a level finds what came before it by smaller numbers.
    if (level.number < this.#entered) throw new DatabaseError("INTERNAL", "levels are entered in the order of their numbers");
    this.#entered = level.number;
    code.get(this.#resuming);
    code.i32(level.number);
    code.op(OP_I32_GT_S);
    code.if();
    for (const { local, type, offset } of level.cursors) {
      code.get(STATE);
      code.memory(LOADS[type], offset);
      code.set(local);
    }
    code.get(this.#resuming);
    code.i32(level.number + 1);
    code.op(OP_I32_EQ);
    code.if();
    code.i32(0);
    code.set(this.#resuming);
    code.end();
    code.else();
    this.#isEntering = true;
    initialize();
    this.#isEntering = false;
    code.end();
  }

  /**
   * Counts work, 1 or what `push` pushes; stops at this level when the budget was used up before. A row that is taken up again costs
   * nothing until the inner loop where it had stopped: otherwise a small budget would be used up on the way there for ever.
   */
  spend(level: Level, push?: () => void): void {
    const { code } = this;
    code.get(this.#resuming);
    code.op(OP_I32_EQZ);
    code.if();
    code.get(this.#budget);
    code.i32(0);
    code.op(OP_I32_LE_S);
    code.if();
    code.i32(level.number + 1);
    code.set(this.#level);
    code.br(this.#suspend);
    code.end();
    code.get(this.#budget);
    if (push === undefined) code.i32(1);
    else push();
    code.op(OP_I32_SUB);
    code.set(this.#budget);
    code.end();
  }

  /**
   * The same for a run of items of `1 << shift` bytes from `position` to `end` (locals): counts as many as the budget has, and moves
   * the end to behind them. Answers a local with where the run ends indeed. One item of a run that is taken up again costs nothing.
   */
  spendRun(level: Level, position: number, end: number, shift: number): number {
    const { code } = this;
    const last = code.local("i32");
    const count = code.local("i32");
    code.get(end);
    code.set(last);
    code.i32(1);
    code.set(count);
    this.spend(level, () => {
      code.get(end);
      code.get(position);
      code.op(OP_I32_SUB);
      code.i32(shift);
      code.op(OP_I32_SHR_U);
      code.set(count);
      code.get(count);
      code.get(this.#budget);
      code.get(count);
      code.get(this.#budget);
      code.op(OP_I32_LT_S);
      code.op(OP_SELECT);
      code.set(count);
      code.get(count);
    });
    code.get(position);
    code.get(count);
    code.i32(shift);
    code.op(OP_I32_SHL);
    code.op(OP_I32_ADD);
    code.set(end);
    return last;
  }

  /** Counts work that was done: what `push` pushes. The next head of a level stops if the budget is used up. */
  charge(push: () => void): void {
    const { code } = this;
    code.get(this.#budget);
    push();
    code.op(OP_I32_SUB);
    code.set(this.#budget);
  }

  /** Runs `effect` for a row that is new, not for one that is taken up again. */
  ifFresh(effect: () => void): void {
    this.code.get(this.#resuming);
    this.code.op(OP_I32_EQZ);
    this.branch(effect);
  }

  /**
   * Runs a function of this module that works within the budget (a part): it is called again as long as the level stops and goes on,
   * and not once it is done. `done` is a cursor of the level.
   */
  callPart(level: Level, part: FunctionCode, done: number): void {
    const { code } = this;
    const status = code.local("i32");
    code.get(done);
    code.op(OP_I32_EQZ);
    code.if();
    this.#keep({ local: this.#budget, type: "i32", offset: STATE_BUDGET });
    code.get(STATE);
    code.callOwn(part.index);
    code.set(status);
    code.get(STATE);
    code.memory(OP_I32_LOAD, STATE_BUDGET);
    code.set(this.#budget);
    code.get(status);
    code.i32(PLAN_ERROR);
    code.op(OP_I32_EQ);
    code.brIf(this.fail);
    code.get(status);
    code.if();
    code.i32(level.number + 1);
    code.set(this.#level);
    code.br(this.#suspend);
    code.end();
    code.i32(1);
    code.set(done);
    code.end();
  }

  // Rows ---------------------------------------------------------------------------------------------------------------

  column(id: ColumnId): Operand {
    return this.memo(`c${id}`, () => {
      const load = this.columns.get(id);
      const outer = this.plan.outer.get(id);
      if (load === undefined && outer !== undefined) return loadField(this, STATE, outer);
      if (load === undefined) throw new DatabaseError("INTERNAL", `column ${id} is not made by any operator below its use`);
      return load();
    });
  }

  /** A column as a number, if that is less than the column itself. */
  number(id: ColumnId): NumberView | undefined {
    const load = this.numbers.get(id);
    if (load === undefined || this.#known(`c${id}`) !== undefined) return undefined;
    for (const scope of this.#views) {
      const known = scope.get(id);
      if (known !== undefined) return known;
    }
    const view = load();
    (this.#views[this.#views.length - 1] as Map<ColumnId, NumberView>).set(id, view);
    return view;
  }

  /** The operand known by this name, or a new one. */
  memo(key: string, make: () => Operand): Operand {
    const known = this.#known(key);
    if (known !== undefined) return known;
    const operand = make();
    (this.#scopes[this.#scopes.length - 1] as Map<string, Operand>).set(key, operand);
    return operand;
  }

  #known(key: string): Operand | undefined {
    for (const scope of this.#scopes) {
      const known = scope.get(key);
      if (known !== undefined) return known;
    }
    return undefined;
  }

  /** What `body` computes is forgotten behind it. */
  scoped<Result>(body: () => Result): Result {
    this.#scopes.push(new Map());
    this.#views.push(new Map());
    const result = body();
    this.#scopes.pop();
    this.#views.pop();
    return result;
  }

  /** Takes a condition: runs `body` if it is not 0, else `otherwise`. */
  branch(body: () => void, otherwise?: () => void): void {
    this.code.if();
    this.scoped(body);
    if (otherwise !== undefined) {
      this.code.else();
      this.scoped(otherwise);
    }
    this.code.end();
  }

  /** A block whose end a dropped row goes to. */
  rowBlock(body: () => void): void {
    const outer = this.next;
    this.next = this.code.block();
    this.scoped(body);
    this.code.end();
    this.next = outer;
  }

  /**
   * Behind a row of the source: frees what functions made for it, if nothing of that is kept. What they make is taken from the budget: as
   * long as it is what it was behind the row before, there is nothing.
   */
  releaseRow(): void {
    if (!this.allocates || this.keeps) return;
    const { code } = this;
    this.#arena ??= this.plan.rowArena();
    code.cells();
    code.memory(OP_I32_LOAD, CELL_BUDGET);
    code.get(STATE);
    code.memory(OP_I32_LOAD, this.#arena + ROW_ARENA_BUDGET);
    code.op(OP_I32_NE);
    code.if();
    code.get(STATE);
    code.i32(this.#arena);
    code.op(OP_I32_ADD);
    this.call("row_release", ["i32"], undefined);
    code.end();
  }

  // Calls --------------------------------------------------------------------------------------------------------------

  /** Takes the arguments of an engine function and pushes its result. */
  call(name: string, parameters: readonly ValueType[], result: ValueType | undefined): void {
    this.code.callImport(this.plan.module.importFunction(name, parameters, result));
  }

  /** Fails if the last function has. */
  checkError(): void {
    this.code.cells();
    this.code.memory(OP_I32_LOAD, CELL_ERROR);
    this.code.brIf(this.fail);
  }

  /** Fails with an error (RUNTIME_ERROR_*). */
  raise(error: number): void {
    this.code.cells();
    this.code.i32(error);
    this.code.memory(OP_I32_STORE, CELL_ERROR);
    this.code.br(this.fail);
  }

  #keep({ local, type, offset }: Cursor): void {
    this.code.get(STATE);
    this.code.get(local);
    this.code.memory(STORES[type], offset);
  }

  #leave(pushDepth: () => void, status: number): void {
    const { code } = this;
    code.get(STATE);
    pushDepth();
    code.memory(OP_I32_STORE, this.#depthOffset);
    for (const accumulator of this.#accumulators) this.#keep(accumulator);
    this.#keep({ local: this.#budget, type: "i32", offset: STATE_BUDGET });
    code.i32(status);
    code.op(OP_RETURN);
  }
}
