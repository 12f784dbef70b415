/**
 * The engine's whole view of the outside: the few functions of `wasi_snapshot_preview1` that AssemblyScript's abort and
 * debug output call. The engine has no clock, no randomness and no files, so everything else refuses.
 *
 * - fd_write sends text to a sink, whatever the descriptor; it never fails.
 * - proc_exit is how an abort ends: it throws, so that the engine's caller sees a failure and not an ended process.
 * - any other function answers ENOSYS (52) and changes nothing.
 */
import { DatabaseError } from "../common/error.ts";
import type { WasmFunction, WasmImportDescriptor, WasmMemory } from "./webassembly.ts";

export const WASI_MODULE = "wasi_snapshot_preview1";
const ERRNO_NOSYS = 52;

/** Receives what the engine prints: the text of an assertion, or debug output. */
export type OutputSink = (text: string) => void;

/**
 * Makes the import functions that `imports` names. `memory` is called when a function runs, since the memory exists only
 * after the instance does.
 */
export function createWasiImports(
  imports: readonly WasmImportDescriptor[],
  memory: () => WasmMemory,
  sink: OutputSink,
): Record<string, WasmFunction> {
  const decoder = new TextDecoder();
  let lastText = "";
  const known: Record<string, WasmFunction> = {
    fd_write(_descriptor = 0, vectors = 0, count = 0, writtenPointer = 0) {
      const view = new DataView(memory().buffer);
      let written = 0;
      let text = "";
      for (let i = 0; i < count; i++) {
        const address = view.getUint32((vectors >>> 0) + i * 8, true);
        const length = view.getUint32((vectors >>> 0) + i * 8 + 4, true);
        text += decoder.decode(new Uint8Array(view.buffer, address, length));
        written += length;
      }
      view.setUint32(writtenPointer >>> 0, written, true);
      lastText = (lastText + text).slice(-1000);
      sink(text);
      return 0;
    },
    proc_exit(code = 0) {
      throw new DatabaseError("ENGINE_FAILED", `the engine aborted with exit code ${code}: ${lastText.trim() || "no message"}`);
    },
  };
  return Object.fromEntries(imports.map(({ name }) => [name, known[name] ?? (() => ERRNO_NOSYS)]));
}
