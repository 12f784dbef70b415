/**
 * The engine's functions on SQL's values, called as the interpreter does: arguments are texts that the engine itself converts to
 * their types, results are converted back to text.
 */
import { readFileSync } from "node:fs";
import { CONTROL_MEMORY_POINTER } from "../../assembly/abi/layout.ts";
import * as abi from "../../assembly/abi/record.ts";
import { PURPOSE_COUNT } from "../../assembly/abi/status.ts";
import { findCast, modifierCast } from "../../host/query/function/cast.ts";
import type { FunctionEntry } from "../../host/query/function/entry.ts";
import { runtimeError, runtimeMessage } from "../../host/query/function/error.ts";
import { machineOf, plainType, type SqlType } from "../../host/query/type/type.ts";

/** i32 and f64 as numbers, i64 and words as bigints, null. */
export type MachineValue = number | bigint | null;

const TEXT = plainType("text");
const WORD_BYTES = 8;
const BUDGET = 1 << 30;
/** 2024-03-15 13:14:15.678901 UTC. */
const NOW_MICROSECONDS = 1_710_508_455_678_901n;

type Call = (...values: (number | bigint)[]) => number | bigint;

export class ValueEngine {
  readonly #exports: Readonly<Record<string, unknown>>;
  readonly #memory: WebAssembly.Memory;
  readonly #cells: number;

  constructor(path: string) {
    const refuse = (): never => {
      throw new Error("the engine called out");
    };
    const wasi = new Proxy({}, { get: () => refuse });
    const module = new WebAssembly.Module(new Uint8Array(readFileSync(path)));
    this.#exports = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi }).exports;
    this.#memory = this.#exports.memory as WebAssembly.Memory;
    this.#call("_initialize");
    this.#call("engine_initialize", 1, 2);
    this.#cells = Number(this.#call("runtime_cells")) >>> 0;
  }

  #call(name: string, ...values: (number | bigint)[]): number | bigint {
    const called = this.#exports[name];
    if (typeof called !== "function") throw new Error(`the engine has no ${name}`);
    return (called as Call)(...values);
  }

  /** Zeroed memory for an aggregate's state. */
  state(sizeBytes: number): number {
    const address = Number(this.#call("runtime_allocate", sizeBytes)) >>> 0;
    new Uint8Array(this.#memory.buffer).fill(0, address, address + sizeBytes);
    return address;
  }

  /** Calls an export with machine values. */
  raw(name: string, values: readonly (number | bigint)[]): number | bigint {
    return this.#call(name, ...values);
  }

  /** CELL_TAG. */
  tag(): number {
    return this.#view().getUint32(this.#cells + abi.CELL_TAG, true);
  }

  /** Bytes that the engine has taken, for all purposes. */
  used(): number {
    const control = Number(this.#call("engine_control")) >>> 0;
    const view = this.#view();
    const counters = view.getUint32(control + CONTROL_MEMORY_POINTER, true);
    let sum = 0;
    for (let purpose = 0; purpose < PURPOSE_COUNT; purpose++) sum += view.getFloat64(counters + 8 * purpose, true);
    return sum;
  }

  has(name: string): boolean {
    return typeof this.#exports[name] === "function";
  }

  #view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  /** Begins an execution. */
  reset(): void {
    this.#call("runtime_reset");
    const view = this.#view();
    view.setUint32(this.#cells + abi.CELL_BUDGET, BUDGET, true);
    for (const clock of [abi.CELL_NOW_MICROSECONDS, abi.CELL_STATEMENT, abi.CELL_CLOCK]) {
      view.setBigInt64(this.#cells + clock, NOW_MICROSECONDS, true);
    }
    view.setFloat64(this.#cells + abi.CELL_NOW, Number(NOW_MICROSECONDS / 1000n), true);
    view.setBigInt64(this.#cells + abi.CELL_ZONE, 0n, true);
    view.setBigUint64(this.#cells + abi.CELL_SEED, 42n, true);
  }

  /** RUNTIME_ERROR_* of the execution, or 0. */
  errorNumber(): number {
    return this.#view().getUint32(this.#cells + abi.CELL_ERROR, true);
  }

  /** `ERR SQLSTATE message` of the execution's error, or undefined. */
  error(): string | undefined {
    const view = this.#view();
    const id = this.errorNumber();
    if (id === 0) return undefined;
    const word = (offset: number): string => {
      const bytes = this.bytes(view.getBigUint64(this.#cells + offset, true));
      return new TextDecoder().decode(bytes);
    };
    return `ERR ${runtimeError(id).state} ${runtimeMessage(id, word(abi.CELL_ERROR_FIRST), word(abi.CELL_ERROR_SECOND))}`;
  }

  word(bytes: Uint8Array): bigint {
    const block = new Uint8Array(WORD_BYTES);
    if (bytes.length <= abi.WORD_INLINE_MAX) {
      block[0] = bytes.length;
      block.set(bytes, 1);
      return new DataView(block.buffer).getBigUint64(0, true);
    }
    const address = Number(this.#call("runtime_allocate", bytes.length)) >>> 0;
    new Uint8Array(this.#memory.buffer).set(bytes, address);
    return (BigInt(address) << 32n) | (BigInt(bytes.length) << 8n) | BigInt(abi.WORD_LONG);
  }

  /** Address of a copy of bytes in the arena. */
  place(bytes: Uint8Array): number {
    const address = Number(this.#call("runtime_allocate", Math.max(1, bytes.length))) >>> 0;
    new Uint8Array(this.#memory.buffer).set(bytes, address);
    return address;
  }

  bytes(word: bigint): Uint8Array {
    const bits = BigInt.asUintN(64, word);
    const head = Number(bits & 255n);
    if (head <= abi.WORD_INLINE_MAX) {
      const block = new Uint8Array(WORD_BYTES);
      new DataView(block.buffer).setBigUint64(0, bits, true);
      return block.slice(1, 1 + head);
    }
    const address = Number(bits >> 32n);
    const length = Number((bits >> 8n) & 0xffffffn);
    return new Uint8Array(this.#memory.buffer).slice(address, address + length);
  }

  /**
   * Calls a row; null when an argument is null, the result is NULL, or there is an error. Texts that may be NULL go as dynamic values.
   */
  call(entry: FunctionEntry, values: readonly MachineValue[]): MachineValue {
    if (values.includes(null)) return null;
    const { implementation } = entry;
    if (implementation.kind === "inline" && implementation.name === "identity") return values[0] ?? null;
    if (implementation.kind !== "engine") throw new Error(`${entry.name} is ${implementation.kind}`);
    const given = values.flatMap((value, index): (number | bigint)[] => {
      if (entry.nullable?.includes(index)) return [abi.SLOT_TEXT, value as bigint];
      const type = entry.parameters[Math.min(index, entry.parameters.length - 1)] as SqlType;
      return [machineOf(type) === "i32" ? Number(value) : (value as number | bigint)];
    });
    const result = this.#call(implementation.name, ...given, ...implementation.extra);
    const view = this.#view();
    if (view.getUint32(this.#cells + abi.CELL_ERROR, true) !== 0) return null;
    if (implementation.tagged && view.getUint32(this.#cells + abi.CELL_TAG, true) === abi.SLOT_NONE) return null;
    return result;
  }

  /** A text as a value of the type. */
  read(text: string, type: SqlType): MachineValue {
    const word = this.word(new TextEncoder().encode(text));
    if (type.name === "text") return word;
    const cast = findCast(TEXT, type);
    if (cast === undefined) throw new Error(`no cast from text to ${type.name}`);
    const value = this.call(cast.function, [word]);
    const fit = modifierCast(type, true);
    return value === null || fit === undefined ? value : this.call(fit, [value]);
  }

  /** A value's text. */
  print(value: MachineValue, type: SqlType): string | null {
    if (value === null) return null;
    const cast = type.name === "text" ? undefined : findCast(type, TEXT);
    if (type.name !== "text" && cast === undefined) throw new Error(`no cast from ${type.name} to text`);
    const word = cast === undefined ? value : this.call(cast.function, [value]);
    return word === null ? null : new TextDecoder().decode(this.bytes(word as bigint));
  }
}
