/**
 * Functions and aggregates of the function table, called one value at a time: engine functions through the boundary, inline
 * ones in JavaScript (inline-functions.ts, inline-aggregates.ts).
 *
 * 1. Arguments go to the plan's arena and results are copied out, so what a scalar call has allocated is released behind it.
 *    What an aggregate's step allocates stays until the execution ends: its state points there.
 * 2. CELL_ERROR is looked at after each call that can fail, and thrown as PostgreSQL's message with its SQLSTATE.
 */
import { CELL_BUDGET, CELL_ERROR, CELL_ERROR_FIRST, CELL_ERROR_SECOND, CELL_TAG, SLOT_NONE } from "../../../assembly/abi/record.ts";
import { RUNTIME_ERROR_HOST, RUNTIME_ERROR_TIME_ZONE, RUNTIME_ERROR_ZONE_UNKNOWN } from "../../../assembly/abi/runtime-error.ts";
import { sqlError } from "../../common/sql-state.ts";
import type { Engine, PlanFunction } from "../../engine/engine.ts";
import type { AggregateEntry, Implementation, SqlType } from "../function/entry.ts";
import { runtimeFailure } from "../function/error.ts";
import { isCypherValue, machineOf, plainType, slotOf } from "../type/type.ts";
import { inlineAccumulator } from "./inline-aggregates.ts";
import { inlineCaller } from "./inline-functions.ts";
import type { Accumulator, Caller, Functions, Ordering } from "./surroundings.ts";
import { zoneChanges } from "./time-zones.ts";
import { type Plain, stringOfBytes, type Tagged, textOfBytes, type Value } from "./value.ts";
import { doubleOfBits, WordCodec } from "./word-codec.ts";

/** A change of a time zone's offset: i64 Unix seconds, i32 offset, u32 zero. */
const ZONE_CHANGE_BYTES = 16;

type EngineImplementation = Extract<Implementation, { readonly kind: "engine" }>;
type Raw = number | bigint;

interface ArenaState {
  readonly mark: bigint;
  readonly budget: number;
}

const WORD_BYTES = 8;

/** Families of functions that compare values of a type. */
const ORDERED: ReadonlyMap<string, string> = new Map([
  ["numeric", "numeric"],
  ["interval", "interval"],
  ["character", "character"],
  ["jsonb", "jsonb"],
  ["array", "jsonb"],
  ["record", "jsonb"],
]);

/** What calls a function of a module, with values of these types. Throws when there is none. */
export type ExtensionCaller = (
  implementation: Extract<Implementation, { readonly kind: "extension" }>,
  parameters: readonly SqlType[],
  result: SqlType,
) => Caller;

export class EngineFunctions implements Functions {
  readonly words: WordCodec;
  readonly #engine: Engine;
  readonly #extension: ExtensionCaller;
  /** Functions that were asked for: an object of thousands of exports is slow to look into. */
  readonly #known = new Map<string, PlanFunction>();
  readonly #cells: number;
  readonly #mark: PlanFunction;
  readonly #release: PlanFunction;
  readonly #allocate: PlanFunction;
  readonly #tracksReads: PlanFunction;
  #failure: unknown;

  constructor(engine: Engine, extension: ExtensionCaller) {
    this.#engine = engine;
    this.#extension = extension;
    this.#cells = Number(this.required("runtime_cells")()) >>> 0;
    this.#mark = this.required("runtime_mark");
    this.#release = this.required("runtime_release");
    this.#allocate = this.required("runtime_allocate");
    this.#tracksReads = this.required("tracks_reads");
    this.words = new WordCodec(engine, this.#allocate);
  }

  /** How often an execution that stood still has gone on: handles that cursors hold may be others' since. */
  turns = 0;

  /** Address of the cells. */
  get cells(): number {
    return this.#cells;
  }

  /** To whom what is read is told, as `tracks_reads` says. Requires: a statement has begun. */
  get readsTold(): number {
    return this.#tracksReads() as number;
  }

  /** An engine function that must be there. */
  required(name: string): PlanFunction {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = this.#engine.planFunction(name);
    if (found === undefined) throw sqlError("XX000", `the engine has no function ${name}`);
    this.#known.set(name, found);
    return found;
  }

  /** The public id of a node of the database. */
  readonly elementId = (node: number): string => textOfBytes(this.words.read(BigInt(this.required("graph_id")(node, 0) ?? 0)));

  caller(implementation: Implementation, parameters: readonly SqlType[], result: SqlType): Caller {
    switch (implementation.kind) {
      case "engine":
        return this.#engineCaller(implementation, parameters, result);
      case "inline":
        return inlineCaller(implementation.name, parameters);
      case "extension":
        return this.#extension(implementation, parameters, result);
    }
  }

  accumulator(aggregate: AggregateEntry, parameters: readonly SqlType[], result: SqlType): () => Accumulator {
    const { step, finish } = aggregate;
    if (step.kind === "inline") return inlineAccumulator(step.name, finish);
    if (step.kind !== "engine" || finish.kind !== "engine") throw sqlError("0A000", `aggregate ${aggregate.name} is not supported`);
    const stepFunction = this.required(step.name);
    const finishFunction = this.required(finish.name);
    const sizeBytes = Math.max(1, aggregate.stateSlots) * 8;
    return () => {
      const state = this.#zeroed(sizeBytes);
      return {
        step: (values) => {
          stepFunction(state, ...this.#encode(values, parameters), ...step.extra);
          this.#engine.memory.refresh();
          this.check();
        },
        finish: () => {
          const raw = finishFunction(state, ...finish.extra) ?? 0;
          this.#engine.memory.refresh();
          this.check();
          return this.#decode(raw, result, finish.tagged);
        },
      };
    };
  }

  items(list: Value, step: () => void): readonly Value[] {
    const type = plainType("value");
    return this.released(() => {
      const given = this.#encode([list], [type]);
      const count = Number(this.required("value_item_count")(...given));
      const read = this.required("value_item");
      const items: Value[] = [];
      for (let index = 0; index < count; index++) {
        step();
        const raw = read(...given, BigInt(index)) ?? 0;
        this.#engine.memory.refresh();
        items.push(this.#decode(raw, type, true));
      }
      return items;
    });
  }

  ordering(type: SqlType): Ordering {
    if (isCypherValue(type) && machineOf(type) !== "any") return this.#boxedOrdering(type);
    const family = type.name === "any" || type.name === "value" ? type.name : ORDERED.get(type.name);
    if (family === undefined) throw sqlError("42883", `could not identify an ordering operator for type ${type.name}`);
    const call = (name: string, values: readonly Value[]): Raw =>
      this.released(() => {
        const raw = this.required(`${family}_${name}`)(...this.#encode(values, [type])) ?? 0;
        this.#engine.memory.refresh();
        return raw;
      });
    return {
      compare: (left, right) => Number(call("compare", [left, right])),
      hash: (value) => BigInt(call("hash", [value])),
    };
  }

  /** The order of values of a type as that of dynamic values. */
  #boxedOrdering(type: SqlType): Ordering {
    const { compare, hash } = this.ordering(plainType("value"));
    const tag = slotOf(type);
    const boxed = (value: Value): Tagged => ({ tag, value: value as Plain });
    return { compare: (left, right) => compare(boxed(left), boxed(right)), hash: (value) => hash(boxed(value)) };
  }

  // -----------------------------------------------------------------------------------------------------------------------

  #engineCaller(implementation: EngineImplementation, parameters: readonly SqlType[], result: SqlType): Caller {
    const { tagged, fails, extra } = implementation;
    const call = this.required(implementation.name);
    return (values) => {
      const arena = this.#open();
      const given = [...this.#encode(values, parameters), ...extra];
      let raw = call(...given) ?? 0;
      this.#engine.memory.refresh();
      while (fails && this.zoneGiven()) {
        raw = call(...given) ?? 0;
        this.#engine.memory.refresh();
      }
      if (fails) this.check();
      const value = this.#decode(raw, result, tagged);
      this.#close(arena);
      return value;
    };
  }

  /** Arguments as the engine takes them; the last parameter may be repeated. */
  #encode(values: readonly Value[], parameters: readonly SqlType[]): Raw[] {
    const raw: Raw[] = [];
    for (const [index, value] of values.entries()) {
      const type = parameters[Math.min(index, parameters.length - 1)] as SqlType;
      switch (machineOf(type)) {
        case "i32":
          raw.push(value === true ? 1 : 0);
          break;
        case "i64":
        case "f64":
          raw.push(value as Raw);
          break;
        case "word":
          raw.push(this.words.write(value as string));
          break;
        case "any":
          if (value === null) raw.push(SLOT_NONE, 0n);
          else raw.push((value as Tagged).tag, this.words.payload(value as Tagged));
      }
    }
    return raw;
  }

  #decode(raw: Raw, type: SqlType, tagged: boolean): Value {
    const tag = tagged ? this.#engine.memory.word(this.#cells + CELL_TAG) : 1;
    if (tag === SLOT_NONE) return null;
    switch (machineOf(type)) {
      case "i32":
        return raw !== 0;
      case "i64":
        return BigInt(raw);
      case "f64":
        return typeof raw === "bigint" ? doubleOfBits(raw) : raw;
      case "word":
        return this.words.read(raw as bigint);
      case "any":
        return { tag, value: this.words.plain(tag, raw as bigint) };
    }
  }

  /** Calls with address and length of bytes that lie in the arena for the time of the call, or, not `released`, longer. */
  withBytes<T>(bytes: string, use: (pointer: number, length: number) => T, released = true): T {
    const arena = this.#open();
    const pointer = Number(this.#allocate(Math.max(1, bytes.length))) >>> 0;
    const { memory } = this.#engine;
    memory.refresh();
    if (pointer === 0) throw sqlError("53200", "out of memory");
    const target = memory.view(pointer, bytes.length);
    for (let index = 0; index < bytes.length; index++) target[index] = bytes.charCodeAt(index);
    const result = use(pointer, bytes.length);
    this.#engine.memory.refresh();
    if (released) this.#close(arena);
    return result;
  }

  /** Runs what reads from the arena at once, and releases what was allocated meanwhile. */
  released<T>(read: () => T): T {
    const arena = this.#open();
    const value = read();
    this.#close(arena);
    return value;
  }

  #open(): ArenaState {
    return { mark: this.#mark() as bigint, budget: this.#engine.memory.word(this.#cells + CELL_BUDGET) };
  }

  #close({ mark, budget }: ArenaState): void {
    this.#release(mark);
    this.#engine.memory.setWord(this.#cells + CELL_BUDGET, budget);
  }

  /** Whether the last call (or a plan) has failed only since the engine did not know a time zone, which it does now. */
  zoneGiven(): boolean {
    const { memory } = this.#engine;
    const error = memory.word(this.#cells + CELL_ERROR);
    if (error !== RUNTIME_ERROR_ZONE_UNKNOWN && error !== RUNTIME_ERROR_TIME_ZONE) return false;
    const name = this.words.read(memory.long(this.#cells + CELL_ERROR_FIRST));
    const changes = zoneChanges(textOfBytes(name));
    if (changes === undefined) return false;
    const bytes = new DataView(new ArrayBuffer(changes.length * ZONE_CHANGE_BYTES));
    changes.forEach(({ seconds, offset }, index) => {
      bytes.setBigInt64(index * ZONE_CHANGE_BYTES, BigInt(seconds), true);
      bytes.setInt32(index * ZONE_CHANGE_BYTES + 8, offset, true);
    });
    const isKept = this.withBytes(stringOfBytes(new Uint8Array(bytes.buffer)), (pointer) =>
      this.required("temporal_zone")(this.words.write(name), pointer, changes.length),
    );
    memory.setWord(this.#cells + CELL_ERROR, 0);
    return isKept === 1;
  }

  /** Throws the error that the last call has noted. */
  check(): void {
    const { memory } = this.#engine;
    const id = memory.word(this.#cells + CELL_ERROR);
    if (id !== 0) throw this.noted(id);
  }

  /** Forgets an error that nobody is to be told of. */
  forgetError(): void {
    this.#engine.memory.setWord(this.#cells + CELL_ERROR, 0);
  }

  /** Keeps an error that the cells have no number for, behind RUNTIME_ERROR_HOST. */
  keepFailure(failure: unknown): void {
    this.#failure = failure;
  }

  /** The error RUNTIME_ERROR_* with the words in the cells, or the one that was kept for it. */
  noted(id: number): Error {
    if (id === RUNTIME_ERROR_HOST && this.#failure !== undefined) return this.#failure as Error;
    const { memory } = this.#engine;
    const first = textOfBytes(this.words.read(memory.long(this.#cells + CELL_ERROR_FIRST)));
    const second = textOfBytes(this.words.read(memory.long(this.#cells + CELL_ERROR_SECOND)));
    return runtimeFailure(id, first, second);
  }

  /** Bytes in the arena, aligned to 8, until they are released. Throws 53200. */
  allocate(sizeBytes: number): number {
    const address = Number(this.#allocate(Math.max(WORD_BYTES, sizeBytes))) >>> 0;
    this.#engine.memory.refresh();
    if (address === 0) throw sqlError("53200", "out of memory");
    return address;
  }

  #zeroed(sizeBytes: number): number {
    const address = this.allocate(sizeBytes);
    for (let offset = 0; offset < sizeBytes; offset += 8) this.#engine.memory.setLong(address + offset, 0n);
    return address;
  }
}
