/**
 * The outside of a WebAssembly module of unknown origin: its function types, imports, exports and as-bind's section are read, and
 * the sizes that its memory and tables may grow to are written into it.
 *
 * 1. The bytes are untrusted: every read is checked against the end of what is read, and whatever is odd throws EXTENSION_INVALID.
 * 2. What could take memory that no limit counts is refused: memories and tables that are imported, 64-bit, shared or more than
 *    one memory, and types of the collector's proposal (structs and arrays live outside of the module's memory).
 * 3. The code is not looked at; the runtime's own validation follows.
 *
 * Format: "WebAssembly Core Specification" 2.0, chapter 5 (Binary Format). A section is: id 1 byte, length LEB128, content.
 *
 * Cost: O(bytes).
 */
import { extensionOutOfMemory, invalidExtension } from "./extension-error.ts";

/** A value type of WebAssembly; `other` is what as-bind knows no name for. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "other";

export interface FunctionType {
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
}

export interface ModuleOutside {
  /** The module with its limits. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Exported functions by name. */
  readonly functions: ReadonlyMap<string, FunctionType>;
  readonly exportsMemory: boolean;
  /** The text of as-bind's section, if there is one. */
  readonly bindings: string | undefined;
}

/** Entries of a table: functions that are called indirectly. */
export const TABLE_ENTRIES_MAX = 65_536;

const BINDINGS_SECTION = "as-bind_bindings";
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const SECTION_CUSTOM = 0;
const SECTION_TYPE = 1;
const SECTION_IMPORT = 2;
const SECTION_FUNCTION = 3;
const SECTION_TABLE = 4;
const SECTION_MEMORY = 5;
const SECTION_EXPORT = 7;
const KIND_FUNCTION = 0;
const KIND_MEMORY = 2;
const FUNCTION_FORM = 0x60;
const VALUE_TYPES: ReadonlyMap<number, ValueType> = new Map([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "other"],
  [0x70, "other"],
  [0x6f, "other"],
]);

/** What has been read so far. */
interface Parts {
  readonly types: FunctionType[];
  /** Type of each function, imported ones first. */
  readonly functionTypes: number[];
  readonly exportedFunctions: Map<string, number>;
  exportsMemory: boolean;
  bindings: string | undefined;
}

/** Reads a module and limits it to `pagesMax` pages of 64 KiB. Throws EXTENSION_INVALID or EXTENSION_OUT_OF_MEMORY. */
export function readModule(bytes: Uint8Array, pagesMax: number): ModuleOutside {
  const reader = new SectionReader(bytes);
  if (!HEADER.every((byte) => !reader.atEnd && reader.byte() === byte)) throw invalidExtension("this is not a WebAssembly module");
  const parts: Parts = { types: [], functionTypes: [], exportedFunctions: new Map(), exportsMemory: false, bindings: undefined };
  const output: Uint8Array[] = [Uint8Array.from(HEADER)];
  while (!reader.atEnd) {
    const start = reader.offset;
    const id = reader.byte();
    const section = reader.part(reader.number());
    const content = readSection(id, section, parts, pagesMax);
    output.push(content === undefined ? bytes.subarray(start, reader.offset) : writeSection(id, content));
  }
  return {
    bytes: concatenate(output),
    functions: new Map([...parts.exportedFunctions].map(([name, index]) => [name, typeOf(parts, name, index)])),
    exportsMemory: parts.exportsMemory,
    bindings: parts.bindings,
  };
}

/** Reads one section; answers its new content if it changes. */
function readSection(id: number, section: SectionReader, parts: Parts, pagesMax: number): number[] | undefined {
  switch (id) {
    case SECTION_CUSTOM:
      if (section.text() === BINDINGS_SECTION) parts.bindings ??= section.rest();
      return undefined;
    case SECTION_TYPE:
      section.repeat(() => parts.types.push(readFunctionType(section)));
      return undefined;
    case SECTION_IMPORT:
      section.repeat(() => parts.functionTypes.push(readImport(section, parts.types)));
      return undefined;
    case SECTION_FUNCTION:
      section.repeat(() => parts.functionTypes.push(section.number()));
      return undefined;
    case SECTION_TABLE:
      return limitTables(section);
    case SECTION_MEMORY:
      return limitMemory(section, pagesMax);
    case SECTION_EXPORT:
      section.repeat(() => readExport(section, parts));
      return undefined;
    default:
      return undefined;
  }
}

function readFunctionType(section: SectionReader): FunctionType {
  if (section.byte() !== FUNCTION_FORM) throw invalidExtension("the module declares types that are no functions (WebAssembly GC)");
  return { parameters: readValueTypes(section), results: readValueTypes(section) };
}

function readValueTypes(section: SectionReader): ValueType[] {
  const types: ValueType[] = [];
  section.repeat(() => {
    const type = VALUE_TYPES.get(section.byte());
    if (type === undefined) throw invalidExtension("the module has a function with a type that is not supported here");
    types.push(type);
  });
  return types;
}

/** The type of the one import that is served; throws for any other. */
function readImport(section: SectionReader, types: readonly FunctionType[]): number {
  const name = `${section.text()}.${section.text()}`;
  const isFunction = section.byte() === KIND_FUNCTION;
  const type = isFunction ? section.number() : -1;
  if (name !== "env.abort" || types[type]?.parameters.join() !== "i32,i32,i32,i32" || types[type]?.results.length !== 0) {
    throw invalidExtension(`the module imports ${name}; only the function env.abort of AssemblyScript's runtime is served`);
  }
  return type;
}

function readExport(section: SectionReader, parts: Parts): void {
  const name = section.text();
  const kind = section.byte();
  const index = section.number();
  if (kind === KIND_FUNCTION) parts.exportedFunctions.set(name, index);
  if (kind === KIND_MEMORY && name === "memory") parts.exportsMemory = true;
}

function limitTables(section: SectionReader): number[] {
  const content = encodeNumber(section.number());
  while (!section.atEnd) {
    const type = section.byte();
    if (VALUE_TYPES.get(type) !== "other") throw invalidExtension("the module has a table of a kind that is not supported here");
    const limits = readLimits(section, "table");
    if (limits.min > TABLE_ENTRIES_MAX) throw invalidExtension(`the module has a table of more than ${TABLE_ENTRIES_MAX} entries`);
    content.push(type, ...writeLimits(limits, TABLE_ENTRIES_MAX));
  }
  return content;
}

function limitMemory(section: SectionReader, pagesMax: number): number[] {
  if (section.number() !== 1) throw invalidExtension("the module has not exactly one memory");
  const limits = readLimits(section, "memory");
  if (limits.min > pagesMax) {
    throw extensionOutOfMemory(`the module starts with ${limits.min} pages of memory, and may have ${pagesMax}`);
  }
  return [1, ...writeLimits(limits, pagesMax)];
}

interface Limits {
  readonly min: number;
  readonly max: number;
}

function readLimits(section: SectionReader, what: string): Limits {
  const flags = section.byte();
  if (flags > 1) throw invalidExtension(`the module has a ${what} that is shared or 64-bit`);
  const min = section.number();
  return { min, max: flags === 1 ? section.number() : Number.POSITIVE_INFINITY };
}

function writeLimits({ min, max }: Limits, most: number): number[] {
  return [1, ...encodeNumber(min), ...encodeNumber(Math.min(max, most))];
}

function typeOf(parts: Parts, name: string, index: number): FunctionType {
  const type = parts.types[parts.functionTypes[index] ?? -1];
  if (type === undefined) throw invalidExtension(`the module exports ${name}, which it does not have`);
  return type;
}

function writeSection(id: number, content: readonly number[]): Uint8Array {
  return Uint8Array.from([id, ...encodeNumber(content.length), ...content]);
}

/** A number as LEB128. */
function encodeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Reads a run of bytes; throws EXTENSION_INVALID instead of reading past its end. */
class SectionReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#offset;
  }

  get atEnd(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#offset++];
    if (byte === undefined) throw invalidExtension("the module ends too early");
    return byte;
  }

  /** An unsigned 32-bit number in LEB128. */
  number(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && value < 2 ** 32) return value;
    }
    throw invalidExtension("the module has a number of more than 32 bits");
  }

  /** The next `length` bytes, to be read by themselves. */
  part(length: number): SectionReader {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw invalidExtension("the module ends too early");
    const part = new SectionReader(this.#bytes.subarray(this.#offset, end));
    this.#offset = end;
    return part;
  }

  /** A length and a text in UTF-8. */
  text(): string {
    return this.part(this.number()).rest();
  }

  /** All that is left, as UTF-8. */
  rest(): string {
    const rest = this.#bytes.subarray(this.#offset);
    this.#offset = this.#bytes.length;
    return decodeUtf8(rest);
  }

  /** A count, and that many things that `read` takes. */
  repeat(read: () => void): void {
    for (let count = this.number(); count > 0; count--) read();
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw invalidExtension("the module has a text that is not UTF-8", cause);
  }
}
