/**
 * Runs compiled plans in a test engine, as a driver does (host/query/codegen/README.md): state block, inputs, collections, morsels,
 * rows. Declared tables are laid out in memory by hand, so that scans of fixed slots are tested without the engine's tables.
 *
 * 1. Values are JavaScript's: bigint for integers and times, number for doubles, string for text, Uint8Array for other words.
 * 2. `budget` is the work of a morsel; 1 makes a plan stop wherever it can. Then others use the cells and the arena behind each morsel,
 *    while the execution is put aside.
 * 3. After each run the plan's memory must be back to the byte.
 */

import { CONTROL_INPUT_POINTER } from "../../assembly/abi/layout.ts";
import {
  CHUNK_END,
  CHUNK_NEXT,
  CHUNK_TUPLES,
  INPUT_BYTES,
  INPUT_PAYLOAD,
  INPUT_TAG,
  LIST_COUNT,
  LIST_FIRST,
  STATE_BUDGET,
  STATE_OUTPUT,
  STATE_PLAN,
} from "../../assembly/abi/plan.ts";
import {
  CELL_BUDGET,
  CELL_ERROR,
  CELL_GRAPH,
  CELL_NOW,
  CHUNK_EXPIRY,
  CHUNK_HEADER,
  CHUNK_LIVE,
  CHUNK_ROWS,
  COLLECTION_CHUNKS,
  COLLECTION_DIRECTORY,
  COLLECTION_LIVE,
  COLLECTION_ROWS,
  COLLECTION_SIZE,
  FIELD_ROOT,
  PLAN_DONE,
  PLAN_ERROR,
  PLAN_MORE,
  RECORD_MISSING,
  RECORD_NULLS,
  RECORD_ROW,
  RECORD_SLOTS,
  ROW_BYTES,
  ROW_ENTRY,
  ROW_RECORD,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_NONE,
  SLOT_TEXT,
  WORD_INLINE_MAX,
  WORD_LONG,
} from "../../assembly/abi/record.ts";
import { PURPOSE_SCRATCH } from "../../assembly/abi/status.ts";
import { compilePlan } from "../../host/query/codegen/compile.ts";
import type { CompiledPlan } from "../../host/query/codegen/compiled.ts";
import type { PhysicalPlan } from "../../host/query/physical/operator.ts";
import { type PhysicalContext, physicalOperator } from "../../host/query/physical/plan.ts";
import type { LogicalOperator } from "../../host/query/plan/operator.ts";
import { machineOf, type SqlType, slotOf } from "../../host/query/type/type.ts";
import { type BuildName, START_MS, TestEngine } from "./engine.ts";

export type TestValue = bigint | number | string | boolean | Uint8Array | null;

export interface RunOptions {
  readonly literals?: readonly TestValue[];
  readonly parameters?: readonly TestValue[];
  /** Work of a morsel. */
  readonly budget?: number;
  /** Bytes that the plan may take. */
  readonly memoryBytes?: number;
  /** Bytes that functions may take for what they make. */
  readonly arenaBytes?: number;
}

export interface RunOutcome {
  readonly rows: TestValue[][];
  /** RUNTIME_ERROR_*, or 0. */
  readonly error: number;
  readonly morsels: number;
  readonly compiled: CompiledPlan;
}

/** A planner that knows nothing of the data. */
export const NO_FACTS: PhysicalContext = { rows: () => 1000, isNotNull: () => false };
const PLANNER = (operator: LogicalOperator) => physicalOperator(operator, NO_FACTS);
/** The word of `a`. */
const SHORT_TEXT = 0x6101n;
const WORK = 16384;
/** More than any plan of a test needs: one that does not come forward ends here. */
const MORSELS_MAX = 2_000_000;
const MEMORY_BYTES = 256 * 1024 * 1024;
/** What another execution is begun with. */
const OTHER_TIME_MS = 86_400_000;
const OTHER_ZONE = 3600;
const OTHER_BYTES = 65_536;
const POISON = 0xa5;
const utf8 = new TextEncoder();

export class PlanRunner {
  readonly engine: TestEngine;
  readonly session: number;
  readonly #cells: number;
  readonly #tables = new Map<string, number>();
  /** Owner of the tables' memory. */
  readonly #owner: number;

  constructor(build: BuildName) {
    this.engine = new TestEngine(build);
    this.session = this.engine.open();
    this.#cells = this.engine.call("runtime_cells") >>> 0;
    this.#owner = this.engine.call("plan_open", 0xffffffff | 0) >>> 0;
    // The engine keeps the scratch bytes in which texts are put together once it has any: they are no plan's.
    const upper = this.engine.exports.text_upper as unknown as (word: bigint) => bigint;
    upper(SHORT_TEXT);
  }

  get #view(): DataView {
    return new DataView(this.engine.memory.buffer);
  }

  /** Compiles and runs a plan. */
  run(plan: PhysicalPlan, options: RunOptions = {}): RunOutcome {
    const compiled = compilePlan(plan, PLANNER);
    const instance = this.instantiate(compiled);
    return this.execute(compiled, instance, options);
  }

  instantiate(compiled: CompiledPlan): (state: number) => number {
    const { exports, memory } = this.engine;
    const cells = new WebAssembly.Global({ value: "i32", mutable: false }, this.#cells);
    // What the engine does not have may be named by a plan, as long as it is not called.
    const missing = (name: string) => () => {
      throw new Error(`the engine has no ${name}`);
    };
    const functions = Object.fromEntries(compiled.imports.map((name) => [name, exports[name] ?? missing(name)]));
    const imports = { ...functions, memory, cells } as unknown as Record<string, WebAssembly.ImportValue>;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(compiled.bytes as BufferSource), { e: imports });
    return instance.exports.run as (state: number) => number;
  }

  /** Runs a compiled plan from its beginning to its end. */
  execute(compiled: CompiledPlan, run: (state: number) => number, options: RunOptions = {}): RunOutcome {
    const { engine } = this;
    engine.call("runtime_reset");
    const before = engine.memoryByPurpose()[PURPOSE_SCRATCH];
    const plan = engine.call("plan_open", options.memoryBytes ?? MEMORY_BYTES) >>> 0;
    this.#view.setUint32(this.#cells + CELL_BUDGET, options.arenaBytes ?? MEMORY_BYTES, true);
    this.#view.setFloat64(this.#cells + CELL_NOW, START_MS, true);
    this.#view.setUint32(this.#cells + CELL_GRAPH, engine.call("graph_find", 0), true);
    const rows: TestValue[][] = [];
    let morsels = 0;
    const state = engine.call("plan_allocate", plan, compiled.stateBytes) >>> 0;
    let status = state === 0 ? PLAN_ERROR : PLAN_MORE;
    if (state !== 0) {
      this.#view.setUint32(state + STATE_PLAN, plan, true);
      this.#bind(compiled, plan, state, options);
    }
    while (status === PLAN_MORE) {
      this.#view.setInt32(state + STATE_BUDGET, options.budget ?? WORK, true);
      status = run(state);
      if (++morsels > MORSELS_MAX) throw new Error(`the plan has not ended after ${MORSELS_MAX} morsels`);
      if (status !== PLAN_ERROR) this.#take(compiled, this.#view.getUint32(state + STATE_OUTPUT, true), rows);
      if (status === PLAN_MORE && options.budget === 1) this.#letOthersRun();
    }
    const error = engine.word(this.#cells + CELL_ERROR);
    if ((status === PLAN_DONE) !== (error === 0)) throw new Error(`status ${status} with error ${error}`);
    engine.call("plan_close", plan);
    engine.call("runtime_reset");
    const after = engine.memoryByPurpose()[PURPOSE_SCRATCH];
    if (after !== before) throw new Error(`the plan has kept ${(after ?? 0) - (before ?? 0)} bytes`);
    return { rows, error, morsels, compiled };
  }

  /** Another execution uses all that there is once, and ends with an error. */
  #letOthersRun(): void {
    const { engine } = this;
    const suspended = engine.call("execution_suspend") >>> 0;
    if (suspended === 0) throw new Error("no memory to suspend an execution");
    engine.call("execution_begin", 1, START_MS + OTHER_TIME_MS, START_MS + OTHER_TIME_MS, OTHER_ZONE, OTHER_BYTES);
    for (const size of [8, 40_000]) {
      const block = engine.call("runtime_allocate", size) >>> 0;
      new Uint8Array(engine.memory.buffer, block, size).fill(POISON);
    }
    if (engine.call("runtime_allocate", OTHER_BYTES) !== 0) throw new Error("an execution has taken more than its budget");
    engine.call("execution_end");
    engine.call("execution_resume", suspended);
  }

  // Documents and tables ------------------------------------------------------------------------------------------------

  /** Stores documents `prefix:1`, `prefix:2` ... */
  documents(prefix: string, values: readonly unknown[]): void {
    values.forEach((value, index) => {
      const text = Buffer.from(JSON.stringify(value)).toString("latin1");
      const reply = this.engine.command(this.session, ["JSON.SET", `${prefix}:${index + 1}`, "$", text]);
      if (reply !== "+OK\r\n") throw new Error(reply);
    });
  }

  /** A declared table with these rows; a row is absent where it is undefined. */
  table(name: string, types: readonly SqlType[], rows: readonly (readonly TestValue[] | undefined)[]): void {
    const collection = this.#take8(COLLECTION_SIZE);
    const chunks = Math.ceil(rows.length / CHUNK_ROWS);
    const directory = this.#take8(Math.max(8, chunks * 4));
    const entry = this.#take8(64);
    for (let chunk = 0; chunk < chunks; chunk++) {
      const address = this.#take8(CHUNK_HEADER + CHUNK_ROWS * ROW_BYTES);
      const part = rows.slice(chunk * CHUNK_ROWS, (chunk + 1) * CHUNK_ROWS);
      part.forEach((row, index) => {
        if (row === undefined) return;
        const record = this.#record(types, row, chunk * CHUNK_ROWS + index);
        this.#view.setUint32(address + CHUNK_HEADER + index * ROW_BYTES + ROW_ENTRY, entry, true);
        this.#view.setUint32(address + CHUNK_HEADER + index * ROW_BYTES + ROW_RECORD, record, true);
      });
      this.#view.setBigUint64(address + CHUNK_EXPIRY, 2n ** 64n - 1n, true);
      this.#view.setUint32(address + CHUNK_LIVE, part.filter((row) => row !== undefined).length, true);
      this.#view.setUint32(directory + chunk * 4, address, true);
    }
    const view = this.#view;
    view.setUint32(collection + COLLECTION_LIVE, rows.filter((row) => row !== undefined).length, true);
    view.setUint32(collection + COLLECTION_ROWS, rows.length, true);
    view.setUint32(collection + COLLECTION_DIRECTORY, directory, true);
    view.setUint32(collection + COLLECTION_CHUNKS, chunks, true);
    this.#tables.set(name, collection);
  }

  #record(types: readonly SqlType[], row: readonly TestValue[], number: number): number {
    const head = RECORD_SLOTS + types.length * 8;
    const tails = row.map((value, index) => (value === null ? new Uint8Array() : tailOf(types[index] as SqlType, value)));
    const record = this.#take8(head + tails.reduce((sum, tail) => sum + tail.length, 0));
    const view = this.#view;
    view.setUint32(record + RECORD_ROW, number, true);
    view.setBigUint64(record + RECORD_MISSING, 0n, true);
    let nulls = 0n;
    let tail = head;
    row.forEach((value, index) => {
      const slot = record + RECORD_SLOTS + index * 8;
      if (value === null) {
        nulls |= 1n << BigInt(index);
        // What the slot of a NULL holds must not matter.
        view.setBigUint64(slot, 0xdeadbeefdeadbe08n, true);
        return;
      }
      const bytes = tails[index] as Uint8Array;
      new Uint8Array(view.buffer).set(bytes, record + tail);
      view.setBigUint64(slot, this.#slot(types[index] as SqlType, value, tail), true);
      tail += bytes.length;
    });
    view.setBigUint64(record + RECORD_NULLS, nulls, true);
    return record;
  }

  #take8(size: number): number {
    const address = this.engine.call("plan_allocate", this.#owner, size) >>> 0;
    if (address === 0) throw new Error("no memory for a table");
    return address;
  }

  /** The 8 bytes of a value; long bytes lie at `tail`. */
  #slot(type: SqlType, value: Exclude<TestValue, null>, tail: number): bigint {
    switch (machineOf(type)) {
      case "i32":
        return value === true ? 1n : 0n;
      case "i64":
        return BigInt.asUintN(64, BigInt(value as bigint));
      case "f64":
        return doubleBits(Number(value));
      default:
        return wordBits(typeof value === "string" ? utf8.encode(value) : (value as Uint8Array), tail);
    }
  }

  // Execution -----------------------------------------------------------------------------------------------------------

  #bind(compiled: CompiledPlan, plan: number, state: number, options: RunOptions): void {
    for (const { offset, type, source } of compiled.inputs) {
      const given =
        source.kind === "constant"
          ? source.value
          : source.kind === "literal"
            ? options.literals?.[source.slot]
            : options.parameters?.[source.index - 1];
      if (given === undefined) throw new Error(`no value for ${JSON.stringify(source)}`);
      this.#bindInput(plan, state + offset, type, given);
    }
    // Numbers of fields first: asking for them may move the collection.
    for (const { collection, fields } of compiled.collections) {
      if (this.#tables.has(collection)) continue;
      for (const { offset, names } of fields) this.#view.setUint32(state + offset, this.#field(collection, names), true);
    }
    for (const { offset, collection } of compiled.collections) {
      this.#view.setUint32(state + offset, this.#tables.get(collection) ?? this.#find(collection), true);
    }
  }

  /** Number of the field at a path. */
  #field(collection: string, names: readonly string[]): number {
    let field = FIELD_ROOT;
    for (const name of names) {
      const handle = this.#find(collection);
      if (handle === 0) return 0;
      const area = this.engine.control(CONTROL_INPUT_POINTER);
      const bytes = Buffer.from(name).toString("latin1");
      this.engine.write(area, bytes);
      field = this.engine.call("collection_path", 0, handle, field, area, bytes.length);
    }
    return field;
  }

  #find(prefix: string): number {
    const area = this.engine.control(CONTROL_INPUT_POINTER);
    this.engine.write(area, prefix);
    return this.engine.call("collection_find", 0, area, prefix.length) >>> 0;
  }

  #bindInput(plan: number, address: number, declared: SqlType, value: TestValue): void {
    const type = machineOf(declared) === "any" && value !== null ? ownType(value) : declared;
    const tag = value === null ? SLOT_NONE : machineOf(declared) === "any" ? slotOf(type) : 1;
    let payload = 0n;
    if (value !== null) {
      const bytes = tailOf(type, value);
      let tail = 0;
      if (bytes.length > 0) {
        tail = this.engine.call("plan_allocate", plan, bytes.length) >>> 0;
        new Uint8Array(this.engine.memory.buffer).set(bytes, tail);
      }
      payload = this.#slot(type, value, tail);
    }
    if (INPUT_BYTES !== 16) throw new Error("another layout of inputs");
    this.#view.setUint32(address + INPUT_TAG, tag, true);
    this.#view.setBigUint64(address + INPUT_PAYLOAD, payload, true);
  }

  /** Takes the rows that are ready. */
  #take(compiled: CompiledPlan, output: number, rows: TestValue[][]): void {
    const { engine } = this;
    engine.call("output_seal", output);
    const count = engine.word(output + LIST_COUNT);
    let seen = 0;
    for (let chunk = engine.word(output + LIST_FIRST); chunk !== 0; chunk = engine.word(chunk + CHUNK_NEXT)) {
      const end = engine.word(chunk + CHUNK_END);
      for (let row = chunk + CHUNK_TUPLES; row < end; row += compiled.output.rowBytes) {
        rows.push(compiled.output.columns.map(({ tagOffset, offset }) => this.#value(row + tagOffset, row + offset)));
        seen++;
      }
    }
    if (seen !== count) throw new Error(`${seen} rows of ${count}`);
    engine.call("output_clear", output);
  }

  #value(tagAddress: number, address: number): TestValue {
    const view = this.#view;
    const tag = view.getUint8(tagAddress);
    switch (tag) {
      case SLOT_NONE:
        return null;
      case SLOT_BOOLEAN:
        return view.getUint32(address, true) !== 0;
      case SLOT_DOUBLE:
        return view.getFloat64(address, true);
      default:
        break;
    }
    if (!WORD_SLOTS.has(tag)) return view.getBigInt64(address, true);
    const short = view.getUint8(address);
    const length = short <= WORD_INLINE_MAX ? short : view.getUint32(address, true) >>> 8;
    const start = short <= WORD_INLINE_MAX ? address + 1 : view.getUint32(address + 4, true);
    const bytes = Buffer.from(view.buffer, start, length);
    return tag === SLOT_TEXT ? bytes.toString("utf8") : new Uint8Array(bytes);
  }
}

const WORD_SLOTS: ReadonlySet<number> = new Set([5, 6, 11, 12, 13, 14, 15, 18]);

function ownType(value: Exclude<TestValue, null>): SqlType {
  const name =
    typeof value === "bigint" ? "bigint" : typeof value === "number" ? "double precision" : typeof value === "boolean" ? "boolean" : "text";
  return { name, modifiers: [], element: undefined };
}

function tailOf(type: SqlType, value: Exclude<TestValue, null>): Uint8Array {
  const machine = machineOf(type);
  if (machine !== "word" && machine !== "any") return new Uint8Array();
  const bytes = typeof value === "string" ? utf8.encode(value) : value instanceof Uint8Array ? value : new Uint8Array();
  return bytes.length > WORD_INLINE_MAX ? bytes : new Uint8Array();
}

function wordBits(bytes: Uint8Array, tail: number): bigint {
  if (bytes.length > WORD_INLINE_MAX) return (BigInt(tail) << 32n) | BigInt((bytes.length << 8) | WORD_LONG);
  let word = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) word = (word << 8n) | BigInt(bytes[index] as number);
  return (word << 8n) | BigInt(bytes.length);
}

function doubleBits(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}
