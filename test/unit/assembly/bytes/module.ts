/**
 * Compiles files of one folder of assembly/ into a small module of their own, so that tests can compare their functions with
 * references in JavaScript on many inputs without paying for the engine around them.
 *
 * `compileFiles` uses asc's own API; the entry, which exists in memory only, re-exports the wanted files. The release build has the
 * engine's options; the debug build keeps asserts, and a failing one throws with its file and line.
 */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const ASSEMBLY = resolve(dirname(fileURLToPath(import.meta.url)), "../../../../assembly");
const ENTRY = "differential-entry.ts";
/** Where tests may put bytes: behind the static data of the module. */
const HEAP_PAGES = 32;

export type BuildName = "release" | "debug";

interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: WebAssembly.Global;
}

export interface BytesModule {
  readonly exports: Readonly<Record<string, unknown>>;
  /** What the module wants from outside, as "module.name". */
  readonly imports: readonly string[];
  /** First address that the tests may use; the rest of memory (two MiB at least) follows. */
  readonly heap: number;
  readonly memory: Uint8Array;
  /** Puts bytes, or text as Latin-1, at an address (default: the heap) and returns their length. */
  put(bytes: Uint8Array | string, address?: number): number;
  /** Bytes at an address as Latin-1 text. */
  text(address: number, length: number): string;
  /** An exported function by name; pointers and u32 are numbers, 64-bit integers are bigints. */
  call<Arguments extends readonly unknown[], Result>(name: string): (...values: Arguments) => Result;
  /** Value of an exported global. */
  value(name: string): number | bigint;
}

/** Compiles files of assembly/bytes, as `compileFiles`. */
export function compileBytes(files: readonly string[], build: BuildName): Promise<BytesModule> {
  return compileFiles("bytes", files, build);
}

/** Compiles `files` (names without extension) of a folder of assembly/ and instantiates them. Throws with asc's messages. */
export async function compileFiles(folder: string, files: readonly string[], build: BuildName): Promise<BytesModule> {
  const entry = `${files.map((file) => `export * from "./${file}";`).join("\n")}\nexport const heapBase: u32 = <u32>__heap_base;\n`;
  let binary: Uint8Array | undefined;
  const options = build === "release" ? ["-O3", "--converge", "--noAssert"] : ["-O1", "--use", "ENGINE_DEBUG=1"];
  const { error, stderr } = await asc.main(
    [ENTRY, "--config", "none.json", "--runtime", "stub", "--enable", "simd", "--outFile", "bytes.wasm", ...options],
    {
      readFile: (name) => readSource(folder, name, entry),
      writeFile: (name, contents) => {
        if (name === "bytes.wasm" && typeof contents !== "string") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(stderr.toString() || String(error));
  return instantiate(binary);
}

async function readSource(folder: string, name: string, entry: string): Promise<string | null> {
  if (name === ENTRY) return entry;
  if (name === "none.json") return "{}";
  return readFile(join(ASSEMBLY, folder, name), "utf8").catch(() => null);
}

async function instantiate(binary: Uint8Array): Promise<BytesModule> {
  const module = await WebAssembly.compile(binary as Uint8Array<ArrayBuffer>);
  const abort = (_message: number, _file: number, line: number, column: number): never => {
    throw new Error(`assertion failed at ${line}:${column}`);
  };
  const instance = await WebAssembly.instantiate(module, { env: { abort } });
  const exports = instance.exports as Record<string, unknown> & ModuleExports;
  const { memory } = exports;
  memory.grow(HEAP_PAGES);
  const bytes = new Uint8Array(memory.buffer);
  const heap = (exports.heapBase.value as number) + 64;
  return {
    exports,
    imports: WebAssembly.Module.imports(module).map((wanted) => `${wanted.module}.${wanted.name}`),
    heap,
    memory: bytes,
    put(source, address = heap) {
      const data = typeof source === "string" ? Buffer.from(source, "latin1") : source;
      bytes.set(data, address);
      return data.length;
    },
    text: (address, length) => Buffer.from(bytes.buffer, address, length).toString("latin1"),
    call: (name) => exports[name] as never,
    value: (name) => (exports[name] as WebAssembly.Global).value as number | bigint,
  };
}
