/**
 * Compiles modules of user-defined functions from sources in memory, as users do with asc's command line, and changes their bytes.
 */
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const TRANSFORM = fileURLToPath(new URL("../../../../host/build/function-transform.mjs", import.meta.url));
const ENTRY = "functions.ts";

export interface CompileOptions {
  /** Flags besides the usual ones. */
  readonly flags?: readonly string[];
  /** Whether as-bind's section is written; it is if absent. */
  readonly described?: boolean;
  /** Whether the runtime's calls are exported; they are if absent. */
  readonly managed?: boolean;
}

/** Throws with asc's messages. */
export async function compileFunctions(source: string, options: CompileOptions = {}): Promise<Uint8Array> {
  const { flags = [], described = true, managed = true } = options;
  const usual = ["--config", "none.json", "--runtime", "incremental", "--outFile", "functions.wasm", "-O1"];
  const args = [ENTRY, ...usual, ...(managed ? ["--exportRuntime"] : []), ...(described ? ["--transform", TRANSFORM] : []), ...flags];
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(args, {
    readFile: (name) => (name === ENTRY ? source : name === "none.json" ? "{}" : null),
    writeFile: (name, contents) => {
      if (name === "functions.wasm" && typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(stderr.toString() || String(error));
  return Uint8Array.from(binary);
}

/** The module with as-bind's section of this content behind it. */
export function describe(module: Uint8Array, section: unknown): Uint8Array {
  const text = typeof section === "string" ? section : JSON.stringify(section);
  return appendSection(module, 0, [...lengthAndBytes(Buffer.from("as-bind_bindings")), ...Buffer.from(text)]);
}

export function appendSection(module: Uint8Array, id: number, content: readonly number[]): Uint8Array {
  return Uint8Array.from([...module, id, ...lengthAndBytes(Uint8Array.from(content))]);
}

/** A module of nothing but these sections: [id, content]. */
export function assemble(...sections: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  const header = Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  return sections.reduce<Uint8Array>((module, [id, content]) => appendSection(module, id, content), header);
}

/** Length as LEB128, and the bytes. */
export function lengthAndBytes(bytes: Uint8Array): number[] {
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return [...length, rest, ...bytes];
}
