/**
 * Instances of compiled plans: small modules that share the engine's memory and import its functions.
 *
 * Compiled and instantiated at once, which takes some hundred microseconds; on a page's main thread runtimes refuse that for
 * modules above 4 KB, but an engine lives in a worker there.
 */
import { DatabaseError } from "../common/error.ts";
import type { PlanFunction } from "./engine.ts";
import { type WasmMemory, webAssembly } from "./webassembly.ts";

/** The module's `run`. `cells` is the address of the plan's cells; `functions` are what it imports, by name. */
export function instantiatePlan(
  bytes: Uint8Array,
  memory: WasmMemory,
  cells: number,
  functions: ReadonlyMap<string, PlanFunction>,
): (state: number) => number {
  try {
    const module = new webAssembly.Module(bytes);
    const global = new webAssembly.Global({ value: "i32", mutable: false }, cells);
    const imports = { ...Object.fromEntries(functions), memory, cells: global };
    return new webAssembly.Instance(module, { e: imports }).exports.run as (state: number) => number;
  } catch (cause) {
    throw new DatabaseError("INTERNAL", `a compiled plan is not valid: ${(cause as Error).message}`, { cause });
  }
}
