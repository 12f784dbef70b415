/**
 * A compiled plan, ready to run: its module, the one instance of it, and the driver that runs it morsel by morsel.
 *
 * 1. The instance keeps nothing: all that an execution has lies in its state block and the plan's memory. Both are kept for the next
 *    execution while they are small and the plan is warm (warm-plans.ts), else freed at the execution's end, however that comes. The plan
 *    itself empties what it finds when it begins.
 * 2. Between two morsels the rows that are ready are taken away and the time is looked at.
 * 3. An execution that stands still takes the plan's memory with it: another one of the same plan has its own.
 * 4. What a kept state block holds is written again only when it may have changed: constants never, literals when they are others,
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
import { QueryReads } from "./query-reads.ts";
import type { RowForm } from "./result-rows.ts";
import type { Slices } from "./slice.ts";
import type { Course } from "./suspended-statement.ts";
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

/** What an execution has: its plan's memory (`plan_open`; 0: it has given it away), the state block in it, and what it could take. */
interface PlanMemory {
  block: number;
  state: number;
  readonly budget: number;
  /** The stage at which the last morsel ended. */
  stage: number;
  /** Bytes of it that count as held while the execution stands still. */
  held: number;
  /** What `Attach` has put there. */
  attached: number;
  reads: readonly PlacedRead[];
}

/** What a plan reads of the catalog: the function that tells it, and the name of the collection or key. */
export interface Read {
  readonly teller: "key_tell" | "track_collection" | "name_tell";
  readonly name: string;
  /** Of a name of the graph: 1 of a relationship type. */
  readonly kind?: number;
}

/** The same with its name in the plan's memory. */
interface PlacedRead {
  readonly tell: PlanFunction;
  readonly pointer: number;
  readonly length: number;
  readonly kind: number;
}

/** Puts what a plan keeps beside its state block into its memory, of which `take` gives bytes; answers where it is. */
export type Attach = (take: (sizeBytes: number) => number) => number;

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
  /** What an execution may read. */
  readonly reads: QueryReads;
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
  readonly #attach: Attach | undefined;
  readonly #relied: readonly Read[];
  /** The transaction that has been told what the plan relies on, and remembers. */
  #toldTo = 0;
  #form: RowForm<unknown> | undefined;
  #read: (address: number) => unknown = Number;
  /** What the running execution has, or the next one finds. */
  #own: PlanMemory | undefined;
  /** Rows have lain in its memory. */
  #hasHeld = false;
  /** It has failed for want of a time zone, which the engine has been given since. */
  #zoneCame = false;
  #version: number | undefined;
  #written: readonly Literal[] | undefined;

  /** Throws when the engine lacks a function that the plan imports. */
  constructor(
    parts: PlanParts,
    plan: Pick<LogicalPlan, "parameters" | "literals">,
    compiled: CompiledPlan,
    reads: readonly Read[] = [],
    attach?: Attach,
  ) {
    const { engine, functions } = parts;
    this.compiled = compiled;
    this.#parts = parts;
    this.#memory = engine.memory;
    this.#plan = plan;
    this.#attach = attach;
    this.#relied = reads;
    this.reads = new QueryReads(
      engine,
      functions,
      compiled.collections.map(({ collection }) => collection),
      compiled.readsGraph,
    );
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
    const own = this.#begin(options);
    try {
      const read = this.reader(form);
      const rows: T[] = [];
      for (;;) {
        isDone = this.#morsel(own, options.pace.work);
        this.#takeRows(own, read, rows);
        if (isDone) return rows;
        options.pace.pause(this.#isAlike(own));
      }
    } finally {
      this.#rest(own, isDone);
    }
  }

  /** The same in slices. */
  runSlices<T>(options: PlanRun, form: RowForm<T>, slices: Slices): Course<T[]> {
    return this.#withZonesSliced(options, (once) => this.#runSlicesOnce(once, form, slices));
  }

  *#runSlicesOnce<T>(options: PlanRun, form: RowForm<T>, slices: Slices): Course<T[]> {
    let isDone = false;
    const own = this.#begin(options);
    try {
      const read = this.reader(form);
      const rows: T[] = [];
      slices.begin();
      for (;;) {
        isDone = this.#morsel(own, slices.work);
        this.#takeRows(own, read, rows);
        if (isDone) return rows;
        yield* this.#betweenMorsels(own, options, slices);
      }
    } finally {
      this.#rest(own, isDone);
    }
  }

  /** Runs the plan to its end, then `use` with what is attached to it and its result, whose rows are gone behind that. */
  runWith(options: PlanRun, use: (attached: number, output: number) => number): number {
    return this.#withZones(() => {
      let isDone = false;
      const own = this.#begin(options);
      try {
        this.#toEnd(own, options);
        const output = this.#memory.word(own.state + STATE_OUTPUT);
        const result = use(own.attached, output);
        this.#clear(output);
        isDone = true;
        return result;
      } finally {
        this.#rest(own, isDone);
      }
    });
  }

  /** Runs the plan to its end: up to `listedMax` rows are answered as a list, more stay where they are. */
  gather<T>(options: PlanRun, form: RowForm<T>, listedMax: number): T[] | GatheredRows {
    return this.#withZones(() => this.#gatherOnce(options, form, listedMax));
  }

  #gatherOnce<T>(options: PlanRun, form: RowForm<T>, listedMax: number): T[] | GatheredRows {
    let isDone = false;
    const own = this.#begin(options);
    try {
      this.#toEnd(own, options);
      isDone = true;
      return this.#gathered(own, form, listedMax);
    } finally {
      this.#rest(own, isDone);
    }
  }

  /** The same in slices. */
  gatherSlices<T>(options: PlanRun, form: RowForm<T>, listedMax: number, slices: Slices): Course<T[] | GatheredRows> {
    return this.#withZonesSliced(options, (once) => this.#gatherSlicesOnce(once, form, listedMax, slices));
  }

  *#gatherSlicesOnce<T>(options: PlanRun, form: RowForm<T>, listedMax: number, slices: Slices): Course<T[] | GatheredRows> {
    return yield* this.#toEndSliced(options, slices, (own) => this.#gathered(own, form, listedMax));
  }

  /** `gatherAll` in slices. */
  gatherAllSlices(options: PlanRun, slices: Slices): Course<GatheredRows> {
    return this.#withZonesSliced(options, (once) => this.#toEndSliced(once, slices, (own) => this.#allOf(own)));
  }

  *#toEndSliced<T>(options: PlanRun, slices: Slices, take: (own: PlanMemory) => T): Course<T> {
    let isDone = false;
    const own = this.#begin(options);
    try {
      slices.begin();
      while (!this.#morsel(own, slices.work)) yield* this.#betweenMorsels(own, options, slices);
      isDone = true;
      return take(own);
    } finally {
      this.#rest(own, isDone);
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

  /** The same of a course: what is found anew may be a view's, and is not kept for the next execution. */
  *#withZonesSliced<T>(options: PlanRun, begin: (options: PlanRun) => Course<T>): Course<T> {
    for (let once = options; ; once = { ...options, version: undefined }) {
      try {
        return yield* begin(once);
      } catch (error) {
        if (!this.#zoneCame) throw error;
        this.#zoneCame = false;
      }
    }
  }

  #gatherAllOnce(options: PlanRun): GatheredRows {
    let isDone = false;
    const own = this.#begin(options);
    try {
      this.#toEnd(own, options);
      isDone = true;
      return this.#allOf(own);
    } finally {
      this.#rest(own, isDone);
    }
  }

  #toEnd(own: PlanMemory, options: PlanRun): void {
    while (!this.#morsel(own, options.pace.work)) options.pace.pause(this.#isAlike(own));
  }

  #allOf(own: PlanMemory): GatheredRows {
    const rows = this.#rowsOf(own);
    this.#hold(own, rows);
    return rows;
  }

  /** All rows of an execution that is at its end. */
  #gathered<T>(own: PlanMemory, form: RowForm<T>, listedMax: number): T[] | GatheredRows {
    const rows = this.#rowsOf(own);
    if (rows.count > listedMax) {
      this.#hold(own, rows);
      return rows;
    }
    const list: T[] = [];
    this.#takeRows(own, this.reader(form), list);
    return list;
  }

  #rowsOf({ state }: PlanMemory): GatheredRows {
    const { engine, functions } = this.#parts;
    return new GatheredRows(engine, functions, {
      list: this.#memory.word(state + STATE_OUTPUT),
      output: this.compiled.output,
    });
  }

  /**
   * The plan's memory is the rows' until they are closed; then it is kept for the next execution if it is little. That of the first one is not:
   * many a statement that writes changes what it was planned from, and is planned anew each time.
   */
  #hold(own: PlanMemory, rows: GatheredRows): void {
    this.#count(own, 0);
    const { block } = own;
    const [isKept, version, written] = [this.#hasHeld && this.#own === own, this.#version, this.#written];
    this.#hasHeld = true;
    rows.hold(this.#parts.held, this.#taken(own), () => {
      own.block = block;
      if (isKept && this.#own === undefined) {
        this.#clear(rows.list);
        this.#own = own;
        this.#version = version;
        this.#written = written;
        this.#parts.warm.keep(this);
      }
      this.#rest(own, true);
    });
    this.#forget(own);
    own.block = 0;
  }

  /** Lets others run when the slice is over: what the execution has is nobody else's meanwhile. */
  *#betweenMorsels(own: PlanMemory, options: PlanRun, slices: Slices): Course<void> {
    options.pace.pause();
    if (!slices.isOver(this.#isAlike(own))) return;
    if (this.#own === own) this.reads.tellExecution();
    this.#forget(own);
    this.#count(own, this.#taken(own));
    yield;
    this.#findCollections(own.state, options.database);
    options.pace.pause();
    slices.begin();
  }

  /** So many bytes of an execution count as held. */
  #count(own: PlanMemory, bytes: number): void {
    this.#parts.held.bytes += bytes - own.held;
    own.held = bytes;
  }

  /** Bytes of the plan's memory. */
  #taken({ block, budget }: PlanMemory): number {
    return budget - this.#memory.word(block + PLAN_LEFT);
  }

  /** Reads rows in a form. */
  reader<T>(form: RowForm<T>): (address: number) => T {
    this.#use(form);
    return this.#read as (address: number) => T;
  }

  /** Frees what is kept. */
  close(): void {
    if (this.#own !== undefined) this.#free(this.#own);
  }

  #free(own: PlanMemory): void {
    this.#parts.functions.required("plan_close")(own.block);
    this.#memory.refresh();
    this.#count(own, 0);
    this.#forget(own);
    own.block = 0;
  }

  /** The next execution does not find this memory. */
  #forget(own: PlanMemory): void {
    if (this.#own !== own) return;
    this.#parts.warm.forget(this);
    this.#own = undefined;
    this.#version = undefined;
    this.#written = undefined;
  }

  #open(database: number): PlanMemory {
    const { functions, warm, held } = this.#parts;
    const memory = this.#memory;
    const budget = Math.max(BUDGET_BYTES - held.bytes, BUDGET_BYTES_MIN);
    const block = Number(functions.required("plan_open")(budget)) >>> 0;
    memory.refresh();
    if (block === 0) throw sqlError("53200", "out of memory");
    const own: PlanMemory = { block, state: 0, budget, stage: 0, held: 0, attached: 0, reads: [] };
    this.#own = own;
    warm.keep(this);
    own.state = this.#allocate(own, this.#sizeBytes);
    memory.setWord(own.state + STATE_PLAN, block);
    memory.setWord(own.state + STATE_DATABASE, database);
    for (const place of this.#constants) this.#writeConstant(own, place);
    own.reads = this.#relied.map((read) => this.#placeRead(own, read));
    if (this.#attach !== undefined) own.attached = this.#attach((sizeBytes) => this.#allocate(own, sizeBytes));
    return own;
  }

  #placeRead(own: PlanMemory, { teller, name, kind = 0 }: Read): PlacedRead {
    const pointer = this.#allocate(own, Math.max(1, name.length));
    const target = this.#memory.view(pointer, name.length);
    for (let index = 0; index < name.length; index++) target[index] = name.charCodeAt(index);
    return { tell: this.#parts.functions.required(teller), pointer, length: name.length, kind };
  }

  #allocate({ block }: PlanMemory, sizeBytes: number): number {
    const taken = Number(this.#parts.functions.required("plan_allocate")(block, sizeBytes)) >>> 0;
    this.#memory.refresh();
    if (taken === 0) throw sqlError("53200", "out of memory");
    return taken;
  }

  /** An execution that may start; what cannot start leaves nothing. */
  #begin(options: PlanRun): PlanMemory {
    if (options.parameters.length !== this.#plan.parameters.length) throw wrongCount(this.#plan, options.parameters);
    try {
      const own = this.#own ?? this.#open(options.database);
      this.#bind(own.state, options);
      const told = this.#tracks() as number;
      if (told !== 0) this.#tell(own, options.database, told);
      this.#memory.setWord(own.state + STATE_STAGE, 0);
      own.stage = 0;
      return own;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Tells the transactions that are active what the plan relies on, and which collections are read, not only rows by their keys. */
  #tell({ state, reads }: PlanMemory, database: number, told: number): void {
    if (told !== this.#toldTo) {
      for (const { tell, pointer, length, kind } of reads) tell(database, pointer, length, kind);
      this.#toldTo = told === 1 ? 0 : told;
      this.#memory.refresh();
    }
    for (const { offset, collection, isWhole } of this.compiled.collections) {
      if (!isWhole && this.#memory.word(state + offset) !== 0) continue;
      new EngineRows(this.#parts.engine, this.#parts.functions, database).track(collection);
    }
  }

  /** Runs one morsel; true: it was the last. */
  #morsel({ state }: PlanMemory, work: number): boolean {
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

  /** Whether the stage at which the last morsel ended is that of the morsel before. */
  #isAlike(own: PlanMemory): boolean {
    const stage = this.#memory.word(own.state + STATE_STAGE);
    const isAlike = stage === own.stage;
    own.stage = stage;
    return isAlike;
  }

  /** An execution has ended: what it has taken is kept only if that is little. */
  #rest(own: PlanMemory, isDone: boolean): void {
    if (own.block === 0) return;
    if (!isDone || this.#own !== own || this.#taken(own) > KEPT_BYTES) this.#free(own);
  }

  /** Reads rows in a form from now on. */
  #use(form: RowForm<unknown>): void {
    if (this.#form === form) return;
    this.#form = form;
    this.#read = form.memory(this.compiled.output.columns);
  }

  /** Takes the rows that are ready. */
  #takeRows<T>({ state }: PlanMemory, read: (address: number) => T, rows: T[]): void {
    const memory = this.#memory;
    const output = memory.word(state + STATE_OUTPUT);
    const first = memory.word(output + LIST_FIRST);
    if (first === 0) return;
    const last = memory.word(output + LIST_LAST);
    const { rowBytes } = this.compiled.output;
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
  #writeConstant(own: PlanMemory, { input, room }: Place): void {
    if (input.source.kind !== "constant") return;
    const { functions } = this.#parts;
    const value = constantValue({ value: input.source.value, type: input.type }, functions);
    const isLong = typeof value === "string" && value.length > ROOM_BYTES;
    const words = isLong ? functions.words.inMemory((sizeBytes) => this.#allocate(own, sizeBytes)) : functions.words;
    writeValue(this.#memory, words, value, input.type, own.state + input.offset, own.state + room);
  }

  /** Numbers of fields first: asking for them may change the collection. */
  #bindCollections(state: number, database: number): void {
    const memory = this.#memory;
    const rows = new EngineRows(this.#parts.engine, this.#parts.functions, database);
    for (const { collection, fields } of this.compiled.collections) {
      for (const { offset, names } of fields) memory.setWord(state + offset, rows.fieldNumber(collection, names));
    }
    this.#findCollections(state, database);
  }

  /** Handles of collections as they are seen now. */
  #findCollections(state: number, database: number): void {
    const rows = new EngineRows(this.#parts.engine, this.#parts.functions, database);
    for (const { offset, collection } of this.compiled.collections) this.#memory.setWord(state + offset, rows.find(collection));
  }
}

function wrongCount({ parameters }: Pick<LogicalPlan, "parameters">, given: readonly Parameter[]): Error {
  return sqlError("08P01", `the statement has ${parameters.length} parameters, but ${given.length} were given`);
}
