/**
 * User-defined functions: a WebAssembly module written in plain AssemblyScript, and the calls of its functions.
 *
 * 1. A module has its own memory, which cannot grow beyond its limit, and imports nothing but AssemblyScript's `abort`: it reaches
 *    neither the engine's memory nor the world, so it can harm nothing but its own answers.
 * 2. A function that traps, throws, recurses too deep or runs out of memory becomes a DatabaseError; the instance is dropped, and
 *    the next call has a fresh one, whose global variables are as at the start.
 *    So is an instance dropped whose memory has grown beyond half its limit: garbage of earlier calls must not make one fail.
 * 3. Calls are synchronous, and nothing interrupts a function: one that never returns blocks its thread for good.
 * 4. NULL is not passed: a call with a null argument answers null without calling (RETURNS NULL ON NULL INPUT).
 *
 * Cost: a microsecond or two per call with strings.
 */
import { DatabaseError } from "../common/error.ts";
import { type WasmModule, webAssembly } from "../engine/webassembly.ts";
import { type Bindings, readBindings } from "./bindings.ts";
import { extensionOutOfMemory, failedFunction, invalidExtension, missingFunction } from "./extension-error.ts";
import { type ModuleOutside, readModule } from "./module-format.ts";
import { describeSignature, type ExtensionValue, type Signature } from "./types.ts";
import { checkArgument, lift, lower, type ManagedRuntime, type Passage, peekText, type WasmValue } from "./values.ts";

/** Pages of 64 KiB that a module may have if nothing else is said. */
export const MEMORY_PAGES_DEFAULT = 256;
/** What WebAssembly itself allows: 4 GiB. */
export const MEMORY_PAGES_MAX = 65_536;
/** Bytes of a module; browsers compile larger ones only in the background. */
export const MODULE_BYTES_MAX = 4_194_304;
/** Characters of a text that goes from a module into a message. */
const MESSAGE_LENGTH_MAX = 500;
/** Names that `--exportStart` usually gets. */
const START_FUNCTIONS = ["_initialize", "_start"];
const PAGE_BYTES = 65_536;
const ABORT_TOO_LARGE = "Allocation too large";

export interface ExtensionOptions {
  /** Pages of 64 KiB to which the module's memory may grow; 256 (16 MiB) if absent. */
  readonly memoryPagesMax?: number;
}

type ExtensionExports = Readonly<Record<string, (...args: WasmValue[]) => WasmValue | undefined>>;

/** A running module; `abortText` is what its runtime has said before it gave up. */
interface Instance {
  readonly exports: ExtensionExports;
  readonly passage: Passage;
  /** Memory above which it is dropped after a call. */
  readonly memoryBytesKept: number;
  abortText: string | undefined;
}

/**
 * Loads a module. Throws EXTENSION_INVALID for what is no module of this kind, EXTENSION_OUT_OF_MEMORY for one that starts with
 * more memory than it may have, INVALID_OPTION for a limit that is none.
 */
export function loadExtension(bytes: Uint8Array, { memoryPagesMax = MEMORY_PAGES_DEFAULT }: ExtensionOptions = {}): Extension {
  if (!Number.isInteger(memoryPagesMax) || memoryPagesMax < 1 || memoryPagesMax > MEMORY_PAGES_MAX) {
    throw new DatabaseError("INVALID_OPTION", `memoryPagesMax must be a whole number from 1 to ${MEMORY_PAGES_MAX}`);
  }
  if (bytes.length > MODULE_BYTES_MAX) throw invalidExtension(`the module is larger than ${MODULE_BYTES_MAX} bytes`);
  const outside = readModule(bytes, memoryPagesMax);
  const bindings = readBindings(outside);
  return new Extension(compile(outside), bindings, memoryPagesMax);
}

function compile({ bytes }: ModuleOutside): WasmModule {
  try {
    return new webAssembly.Module(bytes);
  } catch (cause) {
    throw invalidExtension(`the module cannot be compiled: ${(cause as Error).message}`, cause);
  }
}

/** A loaded module. */
export class Extension {
  readonly #module: WasmModule;
  readonly #bindings: Bindings;
  readonly #memoryPagesMax: number;
  #instance: Instance | undefined;

  /** Requires: what `loadExtension` has checked. */
  constructor(module: WasmModule, bindings: Bindings, memoryPagesMax: number) {
    this.#module = module;
    this.#bindings = bindings;
    this.#memoryPagesMax = memoryPagesMax;
    try {
      this.#instance = this.#instantiate();
    } catch (cause) {
      throw cause instanceof DatabaseError ? cause : invalidExtension(`the module failed while it started: ${textOf(cause)}`, cause);
    }
  }

  /** The functions that can be called, by name. */
  get functions(): ReadonlyMap<string, Signature> {
    return this.#bindings.functions;
  }

  /** What a function takes and gives. Throws EXTENSION_FUNCTION_MISSING, or EXTENSION_INVALID for one that cannot be called. */
  signature(name: string): Signature {
    const found = this.#bindings.functions.get(name);
    if (found !== undefined) return found;
    const reason = this.#bindings.refused.get(name);
    if (reason !== undefined) throw invalidExtension(`function ${name} cannot be called: ${reason}`);
    throw missingFunction(`there is no function ${name} in the module`);
  }

  /** Throws EXTENSION_FUNCTION_MISSING if there is no such function, EXTENSION_INVALID if it has another signature. */
  check(name: string, wanted: Signature): void {
    const found = this.signature(name);
    if (describeSignature(found) === describeSignature(wanted)) return;
    throw invalidExtension(`function ${name} is ${describeSignature(found)} in the module, not ${describeSignature(wanted)}`);
  }

  /**
   * Calls a function. Throws EXTENSION_FUNCTION_MISSING (also for a wrong number of arguments), EXTENSION_ARGUMENT, EXTENSION_FAILED
   * or EXTENSION_OUT_OF_MEMORY.
   */
  call(name: string, args: readonly ExtensionValue[]): ExtensionValue {
    const { parameters, result } = this.signature(name);
    if (args.length !== parameters.length) {
      throw missingFunction(`function ${name} takes ${parameters.length} arguments, not ${args.length}`);
    }
    if (args.includes(null)) return null;
    const values = parameters.map((type, i) => checkArgument(type, args[i], `argument ${i + 1} of function ${name}`));
    try {
      this.#instance ??= this.#instantiate();
      const { exports, passage, memoryBytesKept } = this.#instance;
      const pinned: number[] = [];
      const lowered = parameters.map((type, i) => lower(passage, type, values[i] as ExtensionValue, pinned));
      exports.__setArgumentsLength?.(parameters.length);
      const answer = lift(passage, result, exports[name]?.(...lowered));
      for (const pointer of pinned) passage.runtime.__unpin(pointer);
      if (memoryBytes(passage.runtime) > memoryBytesKept) this.#instance = undefined;
      return answer;
    } catch (cause) {
      const failed = this.#instance;
      this.#instance = undefined;
      throw this.#explain(name, cause, failed?.abortText);
    }
  }

  /** Throws what the runtime throws. */
  #instantiate(): Instance {
    const abort = (message: number, file: number, line: number, column: number): never => {
      if (instance === undefined) throw failedFunction("the module aborted while it started");
      instance.abortText = abortText(instance.passage.runtime, message, file, line, column);
      throw failedFunction(instance.abortText);
    };
    let instance: Instance | undefined;
    const raw = new webAssembly.Instance(this.#module, { env: { abort } }).exports;
    const runtime = raw as unknown as ManagedRuntime;
    const memoryBytesMax = this.#memoryPagesMax * PAGE_BYTES;
    const passage = { runtime, classIds: this.#bindings.classIds, memoryBytesMax };
    const memoryBytesKept = Math.max(memoryBytesMax / 2, memoryBytes(runtime));
    instance = { exports: raw as ExtensionExports, passage, memoryBytesKept, abortText: undefined };
    for (const start of START_FUNCTIONS) if (!this.#bindings.functions.has(start)) instance.exports[start]?.();
    return instance;
  }

  /**
   * Why a call has failed. AssemblyScript's allocator says by `unreachable` that the memory cannot grow; all else that its
   * programs do wrong goes through `abort` or is a trap with a reason of its own, so that `unreachable` counts as memory.
   */
  #explain(name: string, cause: unknown, abortText: string | undefined): DatabaseError {
    const limit = `${this.#memoryPagesMax} pages of memory`;
    if (abortText?.startsWith(ABORT_TOO_LARGE)) return extensionOutOfMemory(`function ${name} needs more than its ${limit}`, cause);
    if (abortText !== undefined) return failedFunction(`function ${name} failed: ${abortText}`, cause);
    if (cause instanceof DatabaseError) return cause;
    const text = textOf(cause);
    if (/unreachable/i.test(text)) {
      return extensionOutOfMemory(`function ${name} needs more than its ${limit} (or came to code that it calls unreachable)`, cause);
    }
    return failedFunction(`function ${name} failed: ${text}`, cause);
  }
}

function memoryBytes({ memory }: ManagedRuntime): number {
  return memory === undefined ? 0 : memory.buffer.byteLength;
}

/** What AssemblyScript's `abort` tells. */
function abortText(runtime: ManagedRuntime, message: number, file: number, line: number, column: number): string {
  const read = (pointer: number): string => (runtime.memory === undefined ? "" : peekText(runtime, pointer, MESSAGE_LENGTH_MAX));
  return `${read(message) || "abort"} (${read(file)}:${line}:${column})`;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
