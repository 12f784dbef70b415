/**
 * Goal: only an engine that fits is started, and what it prints or aborts with reaches the host.
 * Method: tiny modules assembled here, byte by byte: sections of the WebAssembly binary format 1.0.
 */
import { describe, expect, it } from "vitest";
import { compileEngine, instantiateEngine } from "../../../../host/engine/instance.ts";
import { createWasiImports } from "../../../../host/engine/wasi-shim.ts";

const SEED = new Uint8Array([1, 0, 0, 0, 2, 0, 0, 0x80]);
const text = (value: string): number[] => [value.length, ...new TextEncoder().encode(value)];
const section = (id: number, body: readonly number[]): number[] => [id, body.length, ...body];
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const EMPTY_FUNCTION_TYPE = section(1, [1, 0x60, 0, 0]);

/** A module that imports one function. */
function importing(module: string, name: string): Uint8Array {
  return new Uint8Array([...HEADER, ...EMPTY_FUNCTION_TYPE, ...section(2, [1, ...text(module), ...text(name), 0, 0])]);
}

describe("instantiate", () => {
  it("refuses bytes that are not a module", async () => {
    await expect(compileEngine(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: "ENGINE_INVALID" });
  });

  it("refuses an engine that imports anything but WASI", async () => {
    const module = await compileEngine(importing("env", "clock"));
    expect(() => instantiateEngine(module, SEED, () => {})).toThrow(
      expect.objectContaining({ code: "ENGINE_INVALID", message: expect.stringContaining("env.clock") }),
    );
  });

  it("refuses an engine that lacks exports, and names them", async () => {
    const module = await compileEngine(importing("wasi_snapshot_preview1", "fd_write"));
    expect(() => instantiateEngine(module, SEED, () => {})).toThrow(
      expect.objectContaining({ code: "ENGINE_INVALID", message: expect.stringMatching(/lacks the exports engine_initialize, .*digest/) }),
    );
  });
});

describe("wasi shim", () => {
  const memory = { buffer: new ArrayBuffer(256) };
  const names = ["fd_write", "proc_exit", "clock_time_get"].map((name) => ({ module: "wasi_snapshot_preview1", name, kind: "function" }));

  it("joins the pieces of a write and says how much it took", () => {
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(new TextEncoder().encode("hello"), 100);
    new Uint32Array(memory.buffer).set([100, 2, 102, 3]);
    const printed: string[] = [];
    const shim = createWasiImports(
      names,
      () => memory,
      (line) => printed.push(line),
    );
    expect(shim.fd_write?.(2, 0, 2, 64)).toBe(0);
    expect(printed).toEqual(["hello"]);
    expect(new Uint32Array(memory.buffer)[16]).toBe(5);
    expect(() => shim.proc_exit?.(255)).toThrow(
      expect.objectContaining({ code: "ENGINE_FAILED", message: expect.stringMatching(/255: hello/) }),
    );
  });

  it("refuses everything else", () => {
    const shim = createWasiImports(
      names,
      () => memory,
      () => {},
    );
    expect(shim.clock_time_get?.(0, 0, 0)).toBe(52);
  });
});
