/**
 * The module of a plan while it is written: the state block's layout, the values that the driver puts there, and the stages.
 *
 * A part (the plan itself, or a subquery that runs for each row of another) is a list of stages, which run one after the other;
 * the first makes the structures. `run` of a part goes on with the stage at which it stands.
 */

import { INPUT_BYTES, STATE_BUDGET, STATE_PLAN, STATE_SLOTS, STATE_STAGE } from "../../../assembly/abi/plan.ts";
import { PLAN_DONE, PLAN_ERROR } from "../../../assembly/abi/record.ts";
import type { PhysicalOperator } from "../physical/operator.ts";
import type { ColumnId } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import type { SqlType } from "../type/type.ts";
import type { StateCollection, StateInput } from "./compiled.ts";
import { type FunctionCode, ModuleCode, type ValueType } from "./encoder.ts";
import { OP_I32_EQZ, OP_I32_LOAD, OP_I32_LT_S, OP_I32_STORE, OP_RETURN, OP_SELECT } from "./opcodes.ts";
import { Pipeline, STATE } from "./pipeline.ts";
import type { Field } from "./tuple.ts";

/** Work of the morsel in which a stage begins, at most. */
const STAGE_BUDGET = 4;

/** Takes each row of an operator: its columns are those of the pipeline. */
export type Consume = (pipeline: Pipeline) => void;

/**
 * A test that rows must pass, which their consumer makes again: who produces them may drop those that fail it before it hands them on,
 * or leave it. It is on `columns`, costs no branch, and never fails.
 */
export interface RowGate {
  readonly columns: readonly ColumnId[];
  /** Pushes 0 for a row that fails. */
  readonly push: (pipeline: Pipeline) => void;
}

/** Writes the code of an operator. `needed`: columns that its consumer uses. Calls `consume` exactly once. */
export type Produce = (plan: PlanCode, operator: PhysicalOperator, needed: ReadonlySet<ColumnId>, consume: Consume, gate?: RowGate) => void;

export type Planner = (operator: LogicalOperator) => PhysicalOperator;

/** A list with the rows of a WITH query; `columns` are its columns in order. */
export interface CommonTable {
  readonly list: RowList;
  readonly columns: readonly ColumnId[];
}

/** The recursive term of a recursion, and the part in which it is run again and again. */
export interface RecursiveTerm {
  readonly term: Part;
  readonly around: Part;
  /** The recursion around it, if its part is that one's term. */
  readonly outer: RecursiveTerm | undefined;
}

/** A list whose tuples have these columns. */
export interface RowList {
  /** Offset of its address in the state block. */
  readonly list: number;
  readonly columns: ReadonlyMap<ColumnId, Field>;
  readonly tupleBytes: number;
}

/** The state block's layout. */
class StateLayout {
  #size = STATE_SLOTS;

  get sizeBytes(): number {
    return (this.#size + 7) & ~7;
  }

  /** Offset of so many bytes, aligned to 8 where they are 8 or more. */
  take(size: number): number {
    const alignment = size >= 8 ? 8 : 4;
    const offset = (this.#size + alignment - 1) & ~(alignment - 1);
    this.#size = offset + size;
    return offset;
  }
}

export class Part {
  /** Offset of the u32 that says which stage runs. */
  readonly stageOffset: number;
  readonly setup: FunctionCode;
  readonly stages: { readonly code: FunctionCode; readonly label: string }[] = [];

  constructor(stageOffset: number, setup: FunctionCode) {
    this.stageOffset = stageOffset;
    this.setup = setup;
    this.stages.push({ code: setup, label: "setup" });
  }
}

/** Functions of the engine that look at the graph. */
const GRAPH_IMPORTS = /^(plan|graph|expand|walk|shortest|node|relationship)_/;

export class PlanCode {
  readonly module = new ModuleCode();
  readonly state = new StateLayout();
  readonly inputs: StateInput[] = [];
  readonly collections: StateCollection[] = [];
  readonly produce: Produce;
  /** Turns the plan of a subquery in an expression into operators. */
  readonly planner: Planner;
  /** WITH queries that have been computed. */
  readonly commonTables = new Map<number, CommonTable>();
  /** The recursion whose term is being written. */
  recursion: RecursiveTerm | undefined;
  /** Columns of enclosing queries, which lie in the state block while a subquery runs. */
  readonly outer = new Map<ColumnId, Field>();
  /** The plan itself: its setup is run once in each execution. */
  readonly root: Part;
  part: Part;
  readonly #preparedOffsets = new Map<string, number>();
  readonly #inputOffsets = new Map<string, number>();

  constructor(produce: Produce, planner: Planner) {
    this.produce = produce;
    this.planner = planner;
    this.root = this.openPart(STATE_STAGE);
    this.part = this.root;
  }

  // Parts and stages ---------------------------------------------------------------------------------------------------

  openPart(stageOffset: number): Part {
    return new Part(stageOffset, this.module.addFunction(["i32"], "i32"));
  }

  /** Has `write` write what stays the same in a recursion: its stages and structures are those of the part around the term. */
  lasting<Result>(write: () => Result): Result {
    const { recursion, part } = this;
    if (recursion === undefined || recursion.term !== part) return write();
    this.part = recursion.around;
    this.recursion = recursion.outer;
    const result = write();
    this.part = part;
    this.recursion = recursion;
    return result;
  }

  /** A pipeline of the present part, which runs when those before it are done. */
  pipeline(label: string, write: (pipeline: Pipeline) => void): void {
    const code = this.module.addFunction(["i32"], "i32");
    const pipeline = new Pipeline(this, code);
    write(pipeline);
    pipeline.close();
    this.part.stages.push({ code, label });
  }

  /** A stage that is one call of an engine function: `push` pushes its arguments; it answers PLAN_*. */
  callStage(label: string, name: string, parameters: readonly ValueType[], push: (code: FunctionCode) => void): void {
    const code = this.module.addFunction(["i32"], "i32");
    push(code);
    code.callImport(this.module.importFunction(name, parameters, "i32"));
    this.part.stages.push({ code, label });
  }

  /** Closes the present part: writes its function, which runs the stages. */
  closePart(name?: string): FunctionCode {
    const { part } = this;
    part.setup.i32(PLAN_DONE);
    const code = this.module.addFunction(["i32"], "i32", name);
    const status = code.local("i32");
    const count = part.stages.length;
    const again = code.loop();
    const done = code.block();
    const blocks = part.stages.map(() => code.block());
    code.get(STATE);
    code.memory(OP_I32_LOAD, part.stageOffset);
    code.brTable([...blocks].reverse(), done);
    part.stages.forEach(({ code: stage }, index) => {
      code.end();
      code.get(STATE);
      code.callOwn(stage.index);
      code.set(status);
      code.get(status);
      code.if();
      code.get(status);
      code.op(OP_RETURN);
      code.end();
      code.get(STATE);
      code.i32(index + 1);
      code.memory(OP_I32_STORE, part.stageOffset);
      if (part === this.root && index > 0) writeStageBudget(code);
      if (index + 1 < count) code.br(again);
    });
    code.end();
    code.end();
    code.i32(PLAN_DONE);
    return code;
  }

  // State --------------------------------------------------------------------------------------------------------------

  /** Offset of an input of the state block; the same for the same key. */
  input(key: string, type: SqlType, source: StateInput["source"]): number {
    const known = this.#inputOffsets.get(key);
    if (known !== undefined) return known;
    const offset = this.state.take(INPUT_BYTES);
    this.#inputOffsets.set(key, offset);
    this.inputs.push({ offset, type, source });
    return offset;
  }

  /** Whether a function of the engine is called, or something lies in the state block, that is of the graph. */
  get readsGraph(): boolean {
    return this.#preparedOffsets.size > 0 || this.module.imports.some((name) => GRAPH_IMPORTS.test(name));
  }

  /** Offset of an i32 that is computed when an execution begins, once for each key. */
  prepared(key: string, push: (code: FunctionCode) => void): number {
    const known = this.#preparedOffsets.get(key);
    if (known !== undefined) return known;
    const { setup } = this.root;
    const offset = this.state.take(4);
    setup.get(STATE);
    push(setup);
    setup.memory(OP_I32_STORE, offset);
    this.#preparedOffsets.set(key, offset);
    return offset;
  }

  /** Offset of so many bytes, zeros at first, that stay over executions; the same for the same key. */
  table(key: string, sizeBytes: number): number {
    const known = this.#preparedOffsets.get(key);
    if (known !== undefined) return known;
    const offset = this.state.take(sizeBytes);
    this.#preparedOffsets.set(key, offset);
    return offset;
  }

  /** A slot of the state block that is 0 whenever the part begins. */
  counter(type: ValueType): number {
    const { setup } = this.part;
    const offset = this.state.take(type === "i32" ? 4 : 8);
    setup.get(STATE);
    setup.i32(0);
    setup.memory(OP_I32_STORE, offset);
    if (type !== "i32") {
      setup.get(STATE);
      setup.i32(0);
      setup.memory(OP_I32_STORE, offset + 4);
    }
    return offset;
  }

  /** A place for `row_release`, of which the first half is 0 whenever the part begins. */
  rowArena(): number {
    const offset = this.counter("i64");
    this.state.take(8);
    return offset;
  }

  /**
   * A structure that is made (or emptied) when the part begins, by `name`(its address so far or 0, the plan's memory, `extra`
   * constants); returns the offset of its address. An `offset` that is given has a structure of an enclosing part, which is emptied.
   */
  structure(name: string, extra: readonly number[], offset = this.state.take(4)): number {
    const { setup } = this.part;
    setup.get(STATE);
    setup.get(STATE);
    setup.memory(OP_I32_LOAD, offset);
    setup.get(STATE);
    setup.memory(OP_I32_LOAD, STATE_PLAN);
    for (const value of extra) setup.i32(value);
    setup.callImport(this.module.importFunction(name, ["i32", "i32", ...extra.map((): ValueType => "i32")], "i32"));
    setup.memory(OP_I32_STORE, offset);
    setup.get(STATE);
    setup.memory(OP_I32_LOAD, offset);
    setup.op(OP_I32_EQZ);
    setup.if();
    setup.i32(PLAN_ERROR);
    setup.op(OP_RETURN);
    setup.end();
    return offset;
  }

  /** A structure that is made (or emptied) when an execution begins, also where a part of it asks. */
  rootStructure(name: string, extra: readonly number[]): number {
    const { part } = this;
    this.part = this.root;
    const offset = this.structure(name, extra);
    this.part = part;
    return offset;
  }
}

/** Leaves a stage that begins no more than STAGE_BUDGET of the morsel: what work costs in it nobody knows yet. */
function writeStageBudget(code: FunctionCode): void {
  code.get(STATE);
  code.i32(STAGE_BUDGET);
  code.get(STATE);
  code.memory(OP_I32_LOAD, STATE_BUDGET);
  code.i32(STAGE_BUDGET);
  code.get(STATE);
  code.memory(OP_I32_LOAD, STATE_BUDGET);
  code.op(OP_I32_LT_S);
  code.op(OP_SELECT);
  code.memory(OP_I32_STORE, STATE_BUDGET);
}
