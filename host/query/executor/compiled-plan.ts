/**
 * A compiled plan, ready to run: its module, the one instance of it, and the driver that runs it morsel by morsel.
 *
 * 1. The instance keeps nothing: all that an execution has lies in its state block and the plan's memory, which is freed at its end
 *    however that comes.
 * 2. Between two morsels the rows that are ready are taken away and the time is looked at.
 * 3. Inputs lie in the arena, collections are found when the fields are: both hold until the next write, and a plan only reads.
 */
import {
  CHUNK_END,
  CHUNK_NEXT,
  CHUNK_TUPLES,
  INPUT_PAYLOAD,
  INPUT_TAG,
  LIST_FIRST,
  STATE_BUDGET,
  STATE_DATABASE,
  STATE_OUTPUT,
  STATE_PLAN,
} from "../../../assembly/abi/plan.ts";
import { CELL_ERROR, PLAN_DONE, PLAN_ERROR, SLOT_NONE } from "../../../assembly/abi/record.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import { instantiatePlan } from "../../engine/plan-instance.ts";
import type { CompiledPlan, StateInput } from "../codegen/compiled.ts";
import type { LogicalPlan } from "../plan/operator.ts";
import { machineOf, slotOf } from "../type/type.ts";
import { constantValue } from "./constant.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { EngineRows } from "./engine-rows.ts";
import { GatheredRows } from "./gathered-rows.ts";
import { literalPosition } from "./literal-position.ts";
import type { RowForm } from "./result-rows.ts";
import type { Plain, Tagged, Value } from "./value.ts";

/** Work of a morsel: some milliseconds. */
const MORSEL = 1 << 20;
/** Bytes that an execution may take for its structures and its result. */
const BUDGET_BYTES = 1 << 30;

export interface CompiledRun<T> {
  readonly parameters: readonly Value[];
  readonly literals: readonly Value[];
  readonly database: number;
  readonly form: RowForm<T>;
  /** Called between two morsels; throws when the statement must end. */
  readonly pause: () => void;
}

export class CompiledStatement {
  readonly compiled: CompiledPlan;
  readonly #engine: Engine;
  readonly #functions: EngineFunctions;
  readonly #plan: Pick<LogicalPlan, "literals">;
  readonly #run: (state: number) => number;
  readonly #readers = new WeakMap<RowForm<never>, (address: number) => unknown>();

  /** Throws when the engine lacks a function that the plan imports. */
  constructor(engine: Engine, functions: EngineFunctions, plan: Pick<LogicalPlan, "literals">, compiled: CompiledPlan) {
    this.compiled = compiled;
    this.#engine = engine;
    this.#functions = functions;
    this.#plan = plan;
    const imports = new Map<string, PlanFunction>(compiled.imports.map((name) => [name, functions.required(name)]));
    this.#run = instantiatePlan(compiled.bytes, engine.planMemory, functions.cells, imports);
  }

  /** Runs the plan from its beginning to its end and answers its rows. */
  run<T>(options: CompiledRun<T>): T[] {
    const plan = this.#open();
    try {
      const state = this.#begin(plan, options);
      const read = this.reader(options.form);
      const rows: T[] = [];
      for (;;) {
        const isDone = this.#morsel(state);
        this.#take(this.#engine.memory.word(state + STATE_OUTPUT), read, rows);
        if (isDone) return rows;
        options.pause();
      }
    } finally {
      this.#close(plan);
    }
  }

  /** Runs the plan to its end. Its rows stay in the plan's memory until they are closed, whatever is written meanwhile. */
  gather(options: Omit<CompiledRun<unknown>, "form">): GatheredRows {
    const plan = this.#open();
    let gathered: GatheredRows | undefined;
    try {
      const state = this.#begin(plan, options);
      while (!this.#morsel(state)) options.pause();
      const list = this.#engine.memory.word(state + STATE_OUTPUT);
      gathered = new GatheredRows(this.#engine, this.#functions, { plan, list, output: this.compiled.output });
      return gathered;
    } finally {
      if (gathered === undefined) this.#close(plan);
    }
  }

  #open(): number {
    const plan = Number(this.#functions.required("plan_open")(BUDGET_BYTES)) >>> 0;
    if (plan === 0) throw sqlError("53200", "out of memory");
    return plan;
  }

  #close(plan: number): void {
    this.#functions.required("plan_close")(plan);
    this.#engine.memory.refresh();
  }

  /** The state block of an execution, with all that it needs to start. */
  #begin(plan: number, options: Omit<CompiledRun<unknown>, "form">): number {
    const { memory } = this.#engine;
    const state = Number(this.#functions.required("plan_allocate")(plan, this.compiled.stateBytes)) >>> 0;
    memory.refresh();
    if (state === 0) throw sqlError("53200", "out of memory");
    memory.setWord(state + STATE_PLAN, plan);
    memory.setWord(state + STATE_DATABASE, options.database);
    this.#bindInputs(state, options);
    this.#bindCollections(state, options.database);
    return state;
  }

  /** Runs one morsel; true: it was the last. */
  #morsel(state: number): boolean {
    const { memory } = this.#engine;
    memory.setWord(state + STATE_BUDGET, MORSEL);
    const status = this.#run(state);
    memory.refresh();
    if (status === PLAN_ERROR) throw this.#functions.noted(memory.word(this.#functions.cells + CELL_ERROR));
    return status === PLAN_DONE;
  }

  /** Reads rows in a form; made once. */
  reader<T>(form: RowForm<T>): (address: number) => T {
    const key = form as RowForm<never>;
    let read = this.#readers.get(key);
    if (read === undefined) {
      read = form.memory(this.compiled.output.columns);
      this.#readers.set(key, read);
    }
    return read as (address: number) => T;
  }

  #bindInputs(state: number, { parameters, literals }: Omit<CompiledRun<unknown>, "form">): void {
    const { memory } = this.#engine;
    for (const input of this.compiled.inputs) {
      const value = this.#inputValue(input, parameters, literals);
      const address = state + input.offset;
      const isDynamic = machineOf(input.type) === "any";
      const tagged = isDynamic ? (value as Tagged | null) : value === null ? null : { tag: slotOf(input.type), value: value as Plain };
      const payload = tagged === null ? 0n : this.#functions.words.payload(tagged);
      memory.setWord(address + INPUT_TAG, tagged === null ? SLOT_NONE : isDynamic ? tagged.tag : 1);
      memory.setLong(address + INPUT_PAYLOAD, payload);
    }
  }

  #inputValue({ source, type }: StateInput, parameters: readonly Value[], literals: readonly Value[]): Value {
    switch (source.kind) {
      case "parameter":
        return parameters[source.index - 1] ?? null;
      case "constant":
        return constantValue({ value: source.value, type }, this.#functions);
      case "literal":
        return literals[literalPosition(this.#plan, source.slot, source.negative, type)] ?? null;
    }
  }

  /** Numbers of fields first: asking for them may change the collection. */
  #bindCollections(state: number, database: number): void {
    const { memory } = this.#engine;
    const rows = new EngineRows(this.#engine, this.#functions, database);
    for (const { collection, fields } of this.compiled.collections) {
      for (const { offset, names } of fields) memory.setWord(state + offset, rows.fieldNumber(collection, names));
    }
    for (const { offset, collection } of this.compiled.collections) memory.setWord(state + offset, rows.find(collection));
  }

  /** Takes the rows that are ready. */
  #take<T>(output: number, read: (address: number) => T, rows: T[]): void {
    const { memory } = this.#engine;
    this.#functions.required("output_seal")(output);
    const { rowBytes } = this.compiled.output;
    for (let chunk = memory.word(output + LIST_FIRST); chunk !== 0; chunk = memory.word(chunk + CHUNK_NEXT)) {
      const end = memory.word(chunk + CHUNK_END);
      for (let row = chunk + CHUNK_TUPLES; row < end; row += rowBytes) rows.push(read(row));
    }
    this.#functions.required("output_clear")(output);
  }
}
