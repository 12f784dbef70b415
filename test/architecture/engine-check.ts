/**
 * Checks of the built engine: it imports nothing but WASI, exports what the ABI documents, and has no managed runtime.
 */
import type { Violation } from "./sources.ts";

const IMPORT_MODULE = "wasi_snapshot_preview1";
/** Exports that are not calls of the ABI. */
const PLUMBING: readonly string[] = ["memory", "table", "_initialize"];

export function checkEngineImports(path: string, bytes: Uint8Array<ArrayBuffer>): Violation[] {
  return WebAssembly.Module.imports(new WebAssembly.Module(bytes))
    .filter(({ module }) => module !== IMPORT_MODULE)
    .map(({ module, name }) => ({ path, message: `imports ${module}.${name}; only ${IMPORT_MODULE} is served` }));
}

/** Calls that the engine has and the document lacks, and the other way round. */
export function checkEngineExports(path: string, bytes: Uint8Array<ArrayBuffer>, documented: readonly string[]): Violation[] {
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  const calls = exported.filter((name) => !PLUMBING.includes(name));
  const missing = [...PLUMBING, ...documented].filter((name) => !exported.includes(name));
  return [
    ...missing.map((name) => ({ path, message: `does not export ${name}` })),
    ...calls
      .filter((name) => !documented.includes(name))
      .map((name) => ({ path, message: `exports ${name}, which is neither in assembly/abi/README.md nor a function of assembly/runtime` })),
  ];
}

/** Managed objects would bring AssemblyScript's allocator and collector, and with them memory that nobody accounts. */
export function checkEngineText(path: string, text: string): Violation[] {
  const line = text.split("\n").findIndex((part) => part.includes("~lib/rt"));
  return line < 0 ? [] : [{ path, message: `line ${line + 1} comes from ~lib/rt: a managed object has got into the engine` }];
}
