/**
 * A compiled plan, ready to run: its module, the one instance of it, and the driver that runs it morsel by morsel.
 *
 * 1. The instance keeps nothing: all that an execution has lies in its state block and the plan's memory. Both are kept for the next
 *    execution while they are small and the plan is warm (warm-plans.ts), else freed at the execution's end, however that comes. The plan
 *    itself empties what it finds when it begins.
 * 2. Between two morsels the rows that are ready are taken away and the time is looked at.
 * 3. What a kept state block holds is written again only when it may have changed: constants never, literals when they are others,
 *    handles of collections and numbers of their fields when any collection has changed (`execution_begin`), parameters always.
 */
import {
  CHUNK_END,
  CHUNK_NEXT,
  CHUNK_TUPLES,
  LIST_FIRST,
  LIST_LAST,
  LIST_NEXT,
  PLAN_LEFT,
  STATE_BUDGET,
  STATE_DATABASE,
  STATE_OUTPUT,
  STATE_PLAN,
  STATE_STAGE,
} from "../../../assembly/abi/plan.ts";
import { CELL_ERROR, PLAN_DONE, PLAN_ERROR } from "../../../assembly/abi/record.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import { instantiatePlan } from "../../engine/plan-instance.ts";
import type { CompiledPlan, StateInput } from "../codegen/compiled.ts";
import type { LogicalPlan } from "../plan/operator.ts";
import { identicalType } from "../type/category.ts";
import { constantValue } from "./constant.ts";
import type { EngineFunctions } from "./engine-functions.ts";
import { EngineRows } from "./engine-rows.ts";
import { GatheredRows, type HeldBytes } from "./gathered-rows.ts";
import type { Input, Parameter } from "./input.ts";
import type { Literal } from "./language.ts";
import type { Pace } from "./pace.ts";
import { needsRoom, parameterWriter, ROOM_BYTES, type WriteParameter, writeValue } from "./plan-input.ts";
import type { RowForm } from "./result-rows.ts";
import type { WarmPlans } from "./warm-plans.ts";

/** Bytes that an execution may take for its structures and its result. */
const BUDGET_BYTES = 1 << 30;
/** What is left to it however much results hold that nobody has read yet. */
const BUDGET_BYTES_MIN = 1 << 24;
/** What a plan may keep for its next execution. */
const KEPT_BYTES = 16384;

/** What an execution is given. */
export interface PlanRun {
  readonly parameters: readonly Parameter[];
  readonly literals: readonly Literal[];
  readonly database: number;
  /** The version of all collections (`execution_begin`); undefined: they may change meanwhile. */
  readonly version: number | undefined;
  readonly pace: Pace;
}

/** What compiled plans run with. */
export interface PlanParts {
  readonly engine: Engine;
  readonly functions: EngineFunctions;
  readonly input: Input;
  readonly warm: WarmPlans;
  readonly held: HeldBytes;
}

/** Where an input lies, from the state block's beginning. */
interface Place {
  readonly input: StateInput;
  readonly room: number;
}

interface ParameterPlace extends Place {
  readonly index: number;
  readonly write: WriteParameter;
}

interface LiteralPlace extends Place {
  readonly slot: number;
  readonly negative: boolean;
}

export class CompiledStatement {
  readonly compiled: CompiledPlan;
  readonly #parts: PlanParts;
  readonly #memory: MemoryView;
  readonly #plan: Pick<LogicalPlan, "parameters" | "literals">;
  readonly #run: (state: number) => number;
  readonly #clear: PlanFunction;
  readonly #tracks: PlanFunction;
  readonly #parameters: readonly ParameterPlace[];
  readonly #literals: readonly LiteralPlace[];
  readonly #constants: readonly Place[];
  /** Parameters and literals that the plan does not use: they must be values all the same. */
  readonly #unused: readonly number[];
  readonly #unusedLiterals: LogicalPlan["literals"];
  readonly #sizeBytes: number;
  #form: RowForm<unknown> | undefined;
  #read: (address: number) => unknown = Number;
  /** The kept state block; 0: none. */
  #state = 0;
  #block = 0;
  #budget = BUDGET_BYTES;
  /** It has failed for want of a time zone, which the engine has been given since. */
  #zoneCame = false;
  /** The stage at which the last morsel ended. */
  #stage = 0;
  #version: number | undefined;
  #written: readonly Literal[] | undefined;

  /** Throws when the engine lacks a function that the plan imports. */
  constructor(parts: PlanParts, plan: Pick<LogicalPlan, "parameters" | "literals">, compiled: CompiledPlan) {
    const { engine, functions } = parts;
    this.compiled = compiled;
    this.#parts = parts;
    this.#memory = engine.memory;
    this.#plan = plan;
    this.#clear = functions.required("output_clear");
    this.#tracks = functions.required("tracks_reads");
    let end = (compiled.stateBytes + 7) & ~7;
    const places = compiled.inputs.map((input): Place => {
      const room = end;
      if (needsRoom(input.type)) end += ROOM_BYTES;
      return { input, room };
    });
    this.#sizeBytes = end;
    this.#parameters = places.flatMap((place) => {
      const { source, type } = place.input;
      return source.kind === "parameter" ? [{ ...place, index: source.index - 1, write: parameterWriter(engine.memory, type) }] : [];
    });
    this.#literals = places.flatMap((place) => {
      const { source } = place.input;
      return source.kind === "literal" ? [{ ...place, slot: source.slot, negative: source.negative }] : [];
    });
    const used = new Set(this.#parameters.map(({ index }) => index));
    this.#unused = plan.parameters.flatMap((_, index) => (used.has(index) ? [] : [index]));
    this.#unusedLiterals = plan.literals.filter(
      ({ slot, negative, type }) =>
        !this.#literals.some((place) => place.slot === slot && place.negative === negative && identicalType(place.input.type, type)),
    );
    const imports = new Map<string, PlanFunction>(compiled.imports.map((name) => [name, functions.required(name)]));
    this.#run = instantiatePlan(compiled.bytes, engine.planMemory, functions.cells, imports);
    this.#constants = places.filter(({ input }) => input.source.kind === "constant");
  }

  /** Runs the plan from its beginning to its end and answers its rows. */
  run<T>(options: PlanRun, form: RowForm<T>): T[] {
    return this.#withZones(() => this.#runOnce(options, form));
  }

  #runOnce<T>(options: PlanRun, form: RowForm<T>): T[] {
    let isDone = false;
    try {
      const state = this.#begin(options);
      this.#use(form);
      const rows: T[] = [];
      for (;;) {
        isDone = this.#morsel(state, options.pace.work);
        this.#takeRows(this.#memory.word(state + STATE_OUTPUT), rows);
        if (isDone) return rows;
        this.#pause(state, options.pace);
      }
    } finally {
      this.#rest(isDone);
    }
  }

  /** Runs the plan to its end: up to `listedMax` rows are answered as a list, more stay where they are. */
  gather<T>(options: PlanRun, form: RowForm<T>, listedMax: number): T[] | GatheredRows {
    return this.#withZones(() => this.#gatherOnce(options, form, listedMax));
  }

  #gatherOnce<T>(options: PlanRun, form: RowForm<T>, listedMax: number): T[] | GatheredRows {
    let isDone = false;
    try {
      const rows = this.#gather(options);
      isDone = true;
      if (rows.count > listedMax) {
        this.#hold(rows);
        return rows;
      }
      this.#use(form);
      const list: T[] = [];
      this.#takeRows(rows.list, list);
      return list;
    } finally {
      this.#rest(isDone);
    }
  }

  /** Runs the plan to its end; all rows stay in the plan's memory, which is theirs until they are closed. */
  gatherAll(options: PlanRun): GatheredRows {
    return this.#withZones(() => this.#gatherAllOnce(options));
  }

  /** Runs; once more from the beginning when it failed since the engine did not know a time zone, which it does then. A plan only reads. */
  #withZones<T>(run: () => T): T {
    for (;;) {
      try {
        return run();
      } catch (error) {
        if (!this.#zoneCame) throw error;
        this.#zoneCame = false;
      }
    }
  }

  #gatherAllOnce(options: PlanRun): GatheredRows {
    let isDone = false;
    try {
      const rows = this.#gather(options);
      isDone = true;
      this.#hold(rows);
      return rows;
    } finally {
      this.#rest(isDone);
    }
  }

  #gather(options: PlanRun): GatheredRows {
    const state = this.#begin(options);
    while (!this.#morsel(state, options.pace.work)) this.#pause(state, options.pace);
    const { engine, functions } = this.#parts;
    return new GatheredRows(engine, functions, {
      plan: this.#block,
      list: this.#memory.word(state + STATE_OUTPUT),
      output: this.compiled.output,
    });
  }

  /** The plan's memory is the rows' from now on. */
  #hold(rows: GatheredRows): void {
    rows.hold(this.#parts.held, this.#taken());
    this.#forget();
  }

  /** Bytes of the plan's memory. */
  #taken(): number {
    return this.#budget - this.#memory.word(this.#block + PLAN_LEFT);
  }

  /** Reads rows in a form. */
  reader<T>(form: RowForm<T>): (address: number) => T {
    this.#use(form);
    return this.#read as (address: number) => T;
  }

  /** Frees what is kept. */
  close(): void {
    if (this.#block === 0) return;
    this.#parts.functions.required("plan_close")(this.#block);
    this.#memory.refresh();
    this.#forget();
  }

  #forget(): void {
    this.#parts.warm.forget(this);
    this.#block = 0;
    this.#state = 0;
    this.#version = undefined;
    this.#written = undefined;
  }

  #open(database: number): void {
    const { functions, warm, held } = this.#parts;
    const memory = this.#memory;
    this.#budget = Math.max(BUDGET_BYTES - held.bytes, BUDGET_BYTES_MIN);
    this.#block = Number(functions.required("plan_open")(this.#budget)) >>> 0;
    memory.refresh();
    if (this.#block === 0) throw sqlError("53200", "out of memory");
    warm.keep(this);
    const state = this.#allocate(this.#sizeBytes);
    memory.setWord(state + STATE_PLAN, this.#block);
    memory.setWord(state + STATE_DATABASE, database);
    for (const place of this.#constants) this.#writeConstant(state, place);
    this.#state = state;
  }

  #allocate(sizeBytes: number): number {
    const block = Number(this.#parts.functions.required("plan_allocate")(this.#block, sizeBytes)) >>> 0;
    this.#memory.refresh();
    if (block === 0) throw sqlError("53200", "out of memory");
    return block;
  }

  /** The state block of an execution that may start. */
  #begin(options: PlanRun): number {
    if (options.parameters.length !== this.#plan.parameters.length) throw wrongCount(this.#plan, options.parameters);
    if (this.#state === 0) this.#open(options.database);
    this.#bind(this.#state, options);
    if (this.#tracks() !== 0) this.#track(this.#state, options.database);
    this.#memory.setWord(this.#state + STATE_STAGE, 0);
    this.#stage = 0;
    return this.#state;
  }

  /** Tells the transactions that are active which collections are read, not only rows by their keys. */
  #track(state: number, database: number): void {
    const rows = new EngineRows(this.#parts.engine, this.#parts.functions, database);
    for (const { offset, collection, isWhole } of this.compiled.collections) {
      if (isWhole || this.#memory.word(state + offset) === 0) rows.track(collection);
    }
  }

  /** Runs one morsel; true: it was the last. */
  #morsel(state: number, work: number): boolean {
    const memory = this.#memory;
    memory.setWord(state + STATE_BUDGET, work);
    const status = this.#run(state);
    memory.refresh();
    if (status === PLAN_ERROR) {
      const { functions } = this.#parts;
      const error = functions.noted(memory.word(functions.cells + CELL_ERROR));
      this.#zoneCame = functions.zoneGiven();
      throw error;
    }
    return status === PLAN_DONE;
  }

  /** Between two morsels. */
  #pause(state: number, pace: Pace): void {
    const stage = this.#memory.word(state + STATE_STAGE);
    pace.pause(stage === this.#stage);
    this.#stage = stage;
  }

  /** An execution has ended: what it has taken is kept only if that is little. */
  #rest(isDone: boolean): void {
    if (this.#block === 0) return;
    if (!isDone || this.#taken() > KEPT_BYTES) this.close();
  }

  /** Reads rows in a form from now on. */
  #use(form: RowForm<unknown>): void {
    if (this.#form === form) return;
    this.#form = form;
    this.#read = form.memory(this.compiled.output.columns);
  }

  /** Takes the rows that are ready. */
  #takeRows(output: number, rows: unknown[]): void {
    const memory = this.#memory;
    const first = memory.word(output + LIST_FIRST);
    if (first === 0) return;
    const last = memory.word(output + LIST_LAST);
    const { rowBytes } = this.compiled.output;
    const read = this.#read;
    for (let chunk = first; chunk !== 0; chunk = memory.word(chunk + CHUNK_NEXT)) {
      const end = memory.word(chunk === last ? output + LIST_NEXT : chunk + CHUNK_END);
      for (let row = chunk + CHUNK_TUPLES; row < end; row += rowBytes) rows.push(read(row));
    }
    this.#clear(output);
  }

  // Inputs ----------------------------------------------------------------------------------------------------------------

  #bind(state: number, { parameters, literals, database, version }: PlanRun): void {
    const memory = this.#memory;
    for (let at = 0; at < this.#parameters.length; at++) {
      const { input, index, room, write } = this.#parameters[at] as ParameterPlace;
      const given = parameters[index];
      if (!write(given, state + input.offset, state + room)) this.#writeParameter(state, input, room, given);
    }
    for (const index of this.#unused) {
      const type = this.#plan.parameters[index];
      if (type !== undefined) this.#parts.input.fromParameter(parameters[index], type);
    }
    if (this.#written !== literals && this.#plan.literals.length > 0) this.#bindLiterals(state, literals);
    if (version !== undefined && version === this.#version) return;
    this.#bindCollections(state, database);
    this.#version = version;
    memory.refresh();
  }

  #writeParameter(state: number, input: StateInput, room: number, given: Parameter): void {
    const { input: convert, functions } = this.#parts;
    const value = convert.fromParameter(given, input.type);
    writeValue(this.#memory, functions.words, value, input.type, state + input.offset, state + room);
  }

  #bindLiterals(state: number, literals: readonly Literal[]): void {
    const { input: convert, functions } = this.#parts;
    let stays = true;
    for (const literal of this.#unusedLiterals) convert.fromLifted(literals, literal);
    for (const { input, room, slot, negative } of this.#literals) {
      const value = convert.fromLifted(literals, { slot, negative, type: input.type });
      if (!writeValue(this.#memory, functions.words, value, input.type, state + input.offset, state + room)) stays = false;
    }
    this.#written = stays ? literals : undefined;
  }

  /** A constant stays as long as the plan's memory: what needs more than its room gets memory of the plan. */
  #writeConstant(state: number, { input, room }: Place): void {
    if (input.source.kind !== "constant") return;
    const { functions } = this.#parts;
    const value = constantValue({ value: input.source.value, type: input.type }, functions);
    const isLong = typeof value === "string" && value.length > ROOM_BYTES;
    const words = isLong ? functions.words.inMemory((sizeBytes) => this.#allocate(sizeBytes)) : functions.words;
    writeValue(this.#memory, words, value, input.type, state + input.offset, state + room);
  }

  /** Numbers of fields first: asking for them may change the collection. */
  #bindCollections(state: number, database: number): void {
    const memory = this.#memory;
    const rows = new EngineRows(this.#parts.engine, this.#parts.functions, database);
    for (const { collection, fields } of this.compiled.collections) {
      for (const { offset, names } of fields) memory.setWord(state + offset, rows.fieldNumber(collection, names));
    }
    for (const { offset, collection } of this.compiled.collections) memory.setWord(state + offset, rows.find(collection));
  }
}

function wrongCount({ parameters }: Pick<LogicalPlan, "parameters">, given: readonly Parameter[]): Error {
  return sqlError("08P01", `the statement has ${parameters.length} parameters, but ${given.length} were given`);
}
