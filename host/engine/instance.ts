/**
 * From bytes to a started engine: compile, check what the module asks for and what it offers, instantiate, run its start
 * function, seed it.
 *
 * 1. The only import module allowed is wasi_snapshot_preview1: an engine that wants more is not ours.
 * 2. Every export of assembly/abi/README.md must be there: an engine of another version is refused here and not at the
 *    first call that misses.
 */
import { STATUS_OK } from "../../assembly/abi/status.ts";
import { DatabaseError } from "../common/error.ts";
import { createWasiImports, type OutputSink, WASI_MODULE } from "./wasi-shim.ts";
import { type WasmMemory, type WasmModule, webAssembly } from "./webassembly.ts";

/** The calls of assembly/abi/README.md. Addresses and handles arrive as i32: `>>> 0` before use. */
export interface EngineExports {
  readonly memory: WasmMemory;
  engine_initialize(seedLow: number, seedHigh: number): number;
  engine_control(): number;
  engine_configure(setting: number, value: number): number;
  session_open(): number;
  session_close(handle: number): void;
  transaction_begin(handle: number, flags: number, now: number): number;
  transaction_commit(handle: number, now: number): number;
  transaction_share(): void;
  session_set(handle: number, field: number, value: number): number;
  execute(handle: number, pointer: number, length: number, nowMs: number): number;
  call_arguments(handle: number, pointer: number, argc: number, nowMs: number): number;
  direct_get(handle: number, pointer: number, length: number): number;
  direct_set(handle: number, pointer: number, keyBytes: number, valuePointer: number, valueBytes: number): number;
  direct_add(handle: number, pointer: number, keyBytes: number, amount: number, command: number): number;
  resume(handle: number, nowMs: number): number;
  suspend(handle: number): number;
  reply_reserve(length: number): number;
  reply_clear(): void;
  wait_add(database: number, argument: number): number;
  wait_remove(wait: number): void;
  wait_take(): number;
  wait_uncount(): void;
  wait_type(wait: number, nowMs: number): number;
  maintain(nowMs: number, budget: number, expireActively: number): number;
  effects_clear(): void;
  notifications_clear(): void;
  compaction_start(): void;
  compaction_step(budget: number): number;
  compaction_stop(): void;
  replay_reserve(length: number): number;
  replay(pointer: number, length: number, nowMs: number): number;
  statistics_reset(): void;
  keys_order(database: number, budget: number): number;
  keys_range(
    database: number,
    nowMs: number,
    flags: number,
    low: number,
    lowBytes: number,
    high: number,
    highBytes: number,
    count: number,
    bytes: number,
  ): number;
  digest(database: number): number;
  check_invariants(): number;
  views_open(): number;
  views_held(): number;
  views_oldest(): number;
  views_cancelled(): number;
  lingering(): number;
  vacuum(budget: number): number;
  vacuum_versions(): number;
  vacuum_keys(): number;
  vacuum_forget(): void;
}

const REQUIRED_FUNCTIONS: readonly (keyof EngineExports)[] = [
  "engine_initialize",
  "engine_control",
  "engine_configure",
  "session_open",
  "session_close",
  "transaction_begin",
  "transaction_commit",
  "transaction_share",
  "session_set",
  "execute",
  "call_arguments",
  "direct_get",
  "direct_set",
  "direct_add",
  "resume",
  "suspend",
  "reply_reserve",
  "reply_clear",
  "wait_add",
  "wait_remove",
  "wait_take",
  "wait_uncount",
  "wait_type",
  "maintain",
  "effects_clear",
  "compaction_start",
  "compaction_step",
  "compaction_stop",
  "replay_reserve",
  "replay",
  "statistics_reset",
  "keys_order",
  "keys_range",
  "digest",
  "check_invariants",
];

/** Compiles engine bytes, or a response while they arrive. Throws DatabaseError ENGINE_INVALID when they are not a WebAssembly module. */
export async function compileEngine(source: Uint8Array | Response): Promise<WasmModule> {
  try {
    return await (source instanceof Uint8Array ? webAssembly.compile(source) : webAssembly.compileStreaming(source));
  } catch (cause) {
    throw new DatabaseError("ENGINE_INVALID", `the engine file cannot be compiled: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Instantiates and starts an engine. `seed` is 8 bytes of entropy for the hash and the random generator; the same seed and
 * the same calls give the same memory. Throws DatabaseError ENGINE_INVALID, or ENGINE_FAILED when its start traps.
 */
export function instantiateEngine(module: WasmModule, seed: Uint8Array, sink: OutputSink): EngineExports {
  const imports = webAssembly.Module.imports(module);
  const foreign = imports.find((entry) => entry.module !== WASI_MODULE);
  if (foreign !== undefined) {
    throw new DatabaseError("ENGINE_INVALID", `the engine imports ${foreign.module}.${foreign.name}; only ${WASI_MODULE} is served`);
  }
  let exports: EngineExports | undefined;
  const memory = (): WasmMemory => {
    if (exports === undefined) throw new DatabaseError("ENGINE_INVALID", "the engine printed before it was instantiated");
    return exports.memory;
  };
  let raw: Readonly<Record<string, unknown>>;
  try {
    raw = new webAssembly.Instance(module, { [WASI_MODULE]: createWasiImports(imports, memory, sink) }).exports;
  } catch (cause) {
    throw new DatabaseError("ENGINE_FAILED", "the engine could not be instantiated (is there enough memory?)", { cause });
  }
  exports = checkExports(raw);
  startEngine(exports, raw._initialize, seed);
  return exports;
}

function checkExports(raw: Readonly<Record<string, unknown>>): EngineExports {
  const missing = REQUIRED_FUNCTIONS.filter((name) => typeof raw[name] !== "function");
  if (missing.length > 0) throw new DatabaseError("ENGINE_INVALID", `the engine lacks the exports ${missing.join(", ")}`);
  const memory = raw.memory as WasmMemory | undefined;
  if (!(memory?.buffer instanceof ArrayBuffer)) throw new DatabaseError("ENGINE_INVALID", "the engine does not export its memory");
  return raw as unknown as EngineExports;
}

function startEngine(exports: EngineExports, initialize: unknown, seed: Uint8Array): void {
  const words = new DataView(seed.buffer, seed.byteOffset, 8);
  let status: number;
  try {
    if (typeof initialize === "function") initialize();
    status = exports.engine_initialize(words.getInt32(0, true), words.getInt32(4, true));
  } catch (cause) {
    throw new DatabaseError("ENGINE_FAILED", "the engine failed while it started", { cause });
  }
  if (status !== STATUS_OK) throw new DatabaseError("ENGINE_FAILED", `the engine refused to start with status ${status}`);
}
