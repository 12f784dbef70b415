/**
 * The encoder: WebAssembly modules written byte by byte, without a tree in between.
 *
 * `FunctionCode` is one function: code generators push instructions on it in the order in which they run. Labels are depths
 * of the control stack, so that a branch may name an outer block wherever it stands. `ModuleCode` puts functions, imports
 * and types together.
 *
 * 1. Imported functions come first in a module's numbering, and are known only when the last function is written. So calls are
 *    written as padded five-byte numbers and patched when the module is put together.
 * 2. `local.set x` followed by `local.get x` is written as `local.tee x`.
 * 3. A module imports its memory, the address of the cells (an immutable global, which compilers fold), and functions of the
 *    engine by their names, all from the module "e".
 *
 * Cost: O(bytes). A point query's module takes some 20 µs.
 */
import {
  OP_BLOCK,
  OP_BR,
  OP_BR_IF,
  OP_BR_TABLE,
  OP_CALL,
  OP_ELSE,
  OP_END,
  OP_F64_CONST,
  OP_GLOBAL_GET,
  OP_I32_CONST,
  OP_I64_CONST,
  OP_I64_TRUNC_SAT_F64_S,
  OP_IF,
  OP_LOCAL_GET,
  OP_LOCAL_SET,
  OP_LOCAL_TEE,
  OP_LOOP,
  OP_PREFIX,
  TYPE_F64,
  TYPE_I32,
  TYPE_I64,
  TYPE_NONE,
} from "./opcodes.ts";

export type ValueType = "i32" | "i64" | "f64";

/** A place that `br` can go to: the depth of the control stack at which it was opened. */
export type Label = number;

const TYPE_BYTES: Readonly<Record<ValueType, number>> = { i32: TYPE_I32, i64: TYPE_I64, f64: TYPE_F64 };
const IMPORT_MODULE = "e";
const MEMORY_NAME = "memory";
const CELLS_NAME = "cells";
const SECTION_TYPE = 1;
const SECTION_IMPORT = 2;
const SECTION_FUNCTION = 3;
const SECTION_EXPORT = 7;
const SECTION_CODE = 10;
/** The longest instruction: a prefix byte and a ten-byte number. */
const ROOM = 16;

const floatCell = new DataView(new ArrayBuffer(8));

/** Bytes that grow. */
class ByteWriter {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Unsigned LEB128 of a u32. */
  unsigned(value: number): void {
    this.reserve(ROOM);
    let left = value >>> 0;
    while (left > 127) {
      this.bytes[this.length++] = (left & 127) | 128;
      left >>>= 7;
    }
    this.bytes[this.length++] = left;
  }

  /** Signed LEB128 of an i32. */
  signed(value: number): void {
    this.reserve(ROOM);
    let left = value | 0;
    while (left < -64 || left > 63) {
      this.bytes[this.length++] = (left & 127) | 128;
      left >>= 7;
    }
    this.bytes[this.length++] = left & 127;
  }

  /** Signed LEB128 of an i64. */
  signedLong(value: bigint): void {
    this.reserve(ROOM);
    let left = BigInt.asIntN(64, value);
    while (left < -64n || left > 63n) {
      this.bytes[this.length++] = Number(left & 127n) | 128;
      left >>= 7n;
    }
    this.bytes[this.length++] = Number(left & 127n);
  }

  append(other: Uint8Array): void {
    this.reserve(other.length);
    this.bytes.set(other, this.length);
    this.length += other.length;
  }

  name(text: string): void {
    this.unsigned(text.length);
    this.reserve(text.length);
    for (let index = 0; index < text.length; index++) this.bytes[this.length++] = text.charCodeAt(index);
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** One function's locals and instructions. */
export class FunctionCode {
  readonly index: number;
  #out = new ByteWriter(1024);
  /** Loads that run before everything else. */
  readonly #prologue = new ByteWriter(128);
  readonly #parameters: number;
  readonly #locals: number[] = [];
  /** Where the numbers of called functions stand: [position, imported?, number]. */
  readonly calls: [number, boolean, number][] = [];
  #depth = 1;
  /** Local of a `local.set` that ends the code so far, or -1; and where it begins. */
  #lastSet = -1;
  #lastSetAt = 0;

  constructor(index: number, parameters: number) {
    this.index = index;
    this.#parameters = parameters;
  }

  get sizeBytes(): number {
    return this.#out.length;
  }

  /** A new local variable, 0 at first. */
  local(type: ValueType): number {
    this.#locals.push(TYPE_BYTES[type]);
    return this.#parameters + this.#locals.length - 1;
  }

  /** An instruction without operands. */
  op(code: number): void {
    this.#out.byte(code);
    this.#lastSet = -1;
  }

  get(local: number): void {
    if (local === this.#lastSet) {
      this.#out.bytes[this.#lastSetAt] = OP_LOCAL_TEE;
      this.#lastSet = -1;
      return;
    }
    this.op(OP_LOCAL_GET);
    this.#out.unsigned(local);
  }

  set(local: number): void {
    const at = this.#out.length;
    this.op(OP_LOCAL_SET);
    this.#out.unsigned(local);
    this.#lastSet = local;
    this.#lastSetAt = at;
  }

  i32(value: number): void {
    this.op(OP_I32_CONST);
    this.#out.signed(value);
  }

  i64(value: bigint): void {
    this.op(OP_I64_CONST);
    this.#out.signedLong(value);
  }

  f64(value: number): void {
    this.op(OP_F64_CONST);
    floatCell.setFloat64(0, value, true);
    this.#out.append(new Uint8Array(floatCell.buffer));
  }

  /** A load or store with a constant offset. */
  memory(code: number, offset: number): void {
    this.op(code);
    // Any alignment is right: the number is only a hint.
    this.#out.byte(0);
    this.#out.unsigned(offset);
  }

  /** Before the first instruction: sets a local to what lies at an offset from another local. */
  prologueLoad(local: number, load: number, address: number, offset: number): void {
    const out = this.#prologue;
    out.byte(OP_LOCAL_GET);
    out.unsigned(address);
    out.byte(load);
    out.byte(0);
    out.unsigned(offset);
    out.byte(OP_LOCAL_SET);
    out.unsigned(local);
  }

  /** Writes instructions that run before everything else, behind the loads so far. Requires: `write` writes no call. */
  beforeAll(write: () => void): void {
    const body = this.#out;
    this.#out = this.#prologue;
    this.#lastSet = -1;
    write();
    this.#out = body;
    this.#lastSet = -1;
  }

  /** Takes an f64 and pushes the nearest i64 towards zero; never traps. */
  saturate(): void {
    this.op(OP_PREFIX);
    this.#out.byte(OP_I64_TRUNC_SAT_F64_S);
  }

  /** Pushes the address of the cells. */
  cells(): void {
    this.op(OP_GLOBAL_GET);
    this.#out.unsigned(0);
  }

  block(): Label {
    return this.#open(OP_BLOCK, TYPE_NONE);
  }

  loop(): Label {
    return this.#open(OP_LOOP, TYPE_NONE);
  }

  /** Takes a condition. */
  if(type?: ValueType): Label {
    return this.#open(OP_IF, type === undefined ? TYPE_NONE : TYPE_BYTES[type]);
  }

  else(): void {
    this.op(OP_ELSE);
  }

  end(): void {
    this.op(OP_END);
    this.#depth--;
  }

  br(label: Label): void {
    this.op(OP_BR);
    this.#out.unsigned(this.#depth - 1 - label);
  }

  brIf(label: Label): void {
    this.op(OP_BR_IF);
    this.#out.unsigned(this.#depth - 1 - label);
  }

  /** Takes a number n and goes to the n-th label, or to `otherwise`. */
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.op(OP_BR_TABLE);
    this.#out.unsigned(labels.length);
    for (const label of [...labels, otherwise]) this.#out.unsigned(this.#depth - 1 - label);
  }

  /** Calls an imported function (its number from ModuleCode.importFunction). */
  callImport(number: number): void {
    this.#call(true, number);
  }

  /** Calls a function of this module by its index. */
  callOwn(index: number): void {
    this.#call(false, index);
  }

  /** The function's entry in the code section, calls patched. */
  encode(importCount: number): Uint8Array {
    const out = this.#out;
    out.byte(OP_END);
    for (const [position, imported, number] of this.calls) {
      let left = imported ? number : importCount + number;
      for (let index = 0; index < 4; index++) {
        out.bytes[position + index] = (left & 127) | 128;
        left >>>= 7;
      }
      out.bytes[position + 4] = left;
    }
    const head = new ByteWriter(64 + this.#locals.length * 2);
    const runs: [number, number][] = [];
    for (const type of this.#locals) {
      const last = runs[runs.length - 1];
      if (last !== undefined && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    head.unsigned(runs.length);
    for (const [count, type] of runs) {
      head.unsigned(count);
      head.byte(type);
    }
    head.append(this.#prologue.done());
    head.append(out.done());
    return head.done();
  }

  #open(code: number, type: number): Label {
    this.op(code);
    this.#out.byte(type);
    return this.#depth++;
  }

  #call(imported: boolean, number: number): void {
    this.op(OP_CALL);
    this.calls.push([this.#out.length, imported, number]);
    this.#out.reserve(5);
    this.#out.length += 5;
  }
}

export interface ImportedFunction {
  readonly name: string;
  readonly type: number;
}

/** A module: imports, functions, exports. */
export class ModuleCode {
  readonly #types: string[] = [];
  readonly #imports: ImportedFunction[] = [];
  readonly #importNumbers = new Map<string, number>();
  readonly #functions: { readonly code: FunctionCode; readonly type: number; readonly name: string | undefined }[] = [];

  /** Names of the imported functions, in order. */
  get imports(): readonly string[] {
    return this.#imports.map(({ name }) => name);
  }

  /** Number of an engine function, which is imported when it is first asked for. */
  importFunction(name: string, parameters: readonly ValueType[], result: ValueType | undefined): number {
    const known = this.#importNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.#imports.length;
    this.#imports.push({ name, type: this.#type(parameters, result) });
    this.#importNumbers.set(name, number);
    return number;
  }

  /** A new function; exported when it has a name. */
  addFunction(parameters: readonly ValueType[], result: ValueType | undefined, name?: string): FunctionCode {
    const code = new FunctionCode(this.#functions.length, parameters.length);
    this.#functions.push({ code, type: this.#type(parameters, result), name });
    return code;
  }

  encode(): Uint8Array {
    const out = new ByteWriter(4096);
    out.append(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    section(out, SECTION_TYPE, (body) => {
      body.unsigned(this.#types.length);
      for (const key of this.#types) {
        const [parameters = "", result = ""] = key.split(">");
        body.byte(0x60);
        for (const side of [parameters, result]) {
          const types = side === "" ? [] : (side.split(",") as ValueType[]);
          body.unsigned(types.length);
          for (const type of types) body.byte(TYPE_BYTES[type]);
        }
      }
    });
    section(out, SECTION_IMPORT, (body) => this.#encodeImports(body));
    section(out, SECTION_FUNCTION, (body) => {
      body.unsigned(this.#functions.length);
      for (const { type } of this.#functions) body.unsigned(type);
    });
    section(out, SECTION_EXPORT, (body) => {
      const exported = this.#functions.filter(({ name }) => name !== undefined);
      body.unsigned(exported.length);
      for (const { code, name } of exported) {
        body.name(name ?? "");
        body.byte(0);
        body.unsigned(this.#imports.length + code.index);
      }
    });
    section(out, SECTION_CODE, (body) => {
      body.unsigned(this.#functions.length);
      for (const { code } of this.#functions) {
        const bytes = code.encode(this.#imports.length);
        body.unsigned(bytes.length);
        body.append(bytes);
      }
    });
    return out.done().slice();
  }

  #encodeImports(body: ByteWriter): void {
    body.unsigned(this.#imports.length + 2);
    body.name(IMPORT_MODULE);
    body.name(MEMORY_NAME);
    for (const byte of [2, 0, 1]) body.byte(byte);
    body.name(IMPORT_MODULE);
    body.name(CELLS_NAME);
    for (const byte of [3, TYPE_I32, 0]) body.byte(byte);
    for (const { name, type } of this.#imports) {
      body.name(IMPORT_MODULE);
      body.name(name);
      body.byte(0);
      body.unsigned(type);
    }
  }

  #type(parameters: readonly ValueType[], result: ValueType | undefined): number {
    const key = `${parameters.join(",")}>${result ?? ""}`;
    const known = this.#types.indexOf(key);
    return known >= 0 ? known : this.#types.push(key) - 1;
  }
}

function section(out: ByteWriter, id: number, write: (body: ByteWriter) => void): void {
  const body = new ByteWriter(1024);
  write(body);
  out.byte(id);
  out.unsigned(body.length);
  out.append(body.done());
}
