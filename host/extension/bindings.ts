/**
 * as-bind's section: what a module's functions take and give, compared with what the module itself says.
 *
 * The section is JSON: { typeIds: { <class>: { id, byteSize } }, exportedFunctions: { <name>: { parameters: [<type>], returnType } } };
 * types are AssemblyScript's internal names. It is as untrusted as the rest of the module: a signature is believed only if the
 * function has the WebAssembly type that belongs to it.
 */
import { invalidExtension } from "./extension-error.ts";
import type { FunctionType, ModuleOutside, ValueType } from "./module-format.ts";
import { ARRAY_TYPES, type ArrayTypeName, type ExtensionType, isReference, type Signature } from "./types.ts";

export interface Bindings {
  readonly functions: ReadonlyMap<string, Signature>;
  /** Exported functions that cannot be called from here, and why. */
  readonly refused: ReadonlyMap<string, string>;
  /** Class ids of the module's garbage collector. */
  readonly classIds: ReadonlyMap<ExtensionType, number>;
}

/** Ids that every module of AssemblyScript 0.20 and later has. */
export const CLASS_ARRAY_BUFFER = 1;
export const CLASS_STRING = 2;
/** What allocates, keeps and frees objects: `--exportRuntime`. */
const RUNTIME_TYPES: Readonly<Record<string, string>> = { __new: "i32,i32→i32", __pin: "i32→i32", __unpin: "i32→" };

const ARRAY_NAMES = Object.keys(ARRAY_TYPES) as ArrayTypeName[];
const SIMPLE_NAMES = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "f32", "f64", "bool", "void"] as const;
const TYPE_NAMES: ReadonlyMap<string, ExtensionType> = new Map<string, ExtensionType>([
  ...SIMPLE_NAMES.map((name) => [name, name] as const),
  ["isize", "i32"],
  ["usize", "u32"],
  ["~lib/string/String", "string"],
  ["~lib/arraybuffer/ArrayBuffer", "ArrayBuffer"],
  ...ARRAY_NAMES.map((name) => [`~lib/typedarray/${name}`, name] as const),
]);

/** Reads and checks the section. Throws EXTENSION_INVALID. */
export function readBindings(module: ModuleOutside): Bindings {
  const section = parseSection(module.bindings);
  const functions = new Map<string, Signature>();
  const refused = new Map<string, string>();
  for (const [name, described] of Object.entries(asObject(section.exportedFunctions, "exportedFunctions"))) {
    const type = module.functions.get(name);
    if (type === undefined) throw invalidExtension(`as-bind's section tells of a function ${name}, which the module does not export`);
    const signature = readSignature(name, described);
    if (typeof signature === "string") refused.set(name, signature);
    else {
      checkType(name, signature, type);
      functions.set(name, signature);
    }
  }
  const bindings = { functions, refused, classIds: readClassIds(asObject(section.typeIds, "typeIds")) };
  if ([...functions.values()].some(hasReference)) checkManaged(module, bindings);
  return bindings;
}

function parseSection(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined) {
    throw invalidExtension("the module has no section as-bind_bindings: compile it with --transform memflux/function-transform");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidExtension("the module's section as-bind_bindings is not JSON", cause);
  }
  return asObject(value, "whole");
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidExtension(`the module's section as-bind_bindings is damaged (${what})`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** The signature, or why there is none. */
function readSignature(name: string, described: unknown): Signature | string {
  const { parameters, returnType } = asObject(described, name);
  if (!Array.isArray(parameters) || typeof returnType !== "string" || parameters.some((type) => typeof type !== "string")) {
    throw invalidExtension(`the module's section as-bind_bindings is damaged (${name})`);
  }
  const unknown = [...parameters, returnType].find((type) => !TYPE_NAMES.has(type)) ?? parameters.find((type) => type === "void");
  if (unknown !== undefined) return `its type ${unknown} cannot cross the module's border`;
  const types = parameters.map((type) => TYPE_NAMES.get(type) as ExtensionType);
  return { parameters: types, result: TYPE_NAMES.get(returnType) as ExtensionType };
}

function checkType(name: string, { parameters, result }: Signature, type: FunctionType): void {
  const expected = describeType({ parameters: parameters.map(carrier), results: result === "void" ? [] : [carrier(result)] });
  if (describeType(type) === expected) return;
  throw invalidExtension(`as-bind's section gives function ${name} the type ${expected}; in the module it is ${describeType(type)}`);
}

/** The WebAssembly type that carries a value. */
function carrier(type: ExtensionType): ValueType {
  if (type === "f32" || type === "f64") return type;
  return type === "i64" || type === "u64" ? "i64" : "i32";
}

function describeType({ parameters, results }: FunctionType): string {
  return `${parameters.join()}→${results.join()}`;
}

function readClassIds(typeIds: Readonly<Record<string, unknown>>): Map<ExtensionType, number> {
  const ids = new Map<ExtensionType, number>([["ArrayBuffer", CLASS_ARRAY_BUFFER]]);
  for (const [name, described] of Object.entries(typeIds)) {
    const type = TYPE_NAMES.get(name);
    if (type === undefined) continue;
    const { id } = asObject(described, name);
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
      throw invalidExtension(`the module's section as-bind_bindings is damaged (${name})`);
    }
    ids.set(type, id);
  }
  return ids;
}

function hasReference({ parameters, result }: Signature): boolean {
  return [...parameters, result].some(isReference);
}

/** What strings and arrays need: the memory, the runtime's calls, class ids of this generation of AssemblyScript. */
function checkManaged(module: ModuleOutside, { functions, classIds }: Bindings): void {
  if (!module.exportsMemory) throw invalidExtension("the module does not export its memory");
  for (const [name, expected] of Object.entries(RUNTIME_TYPES)) {
    const type = module.functions.get(name);
    if (type === undefined || describeType(type) !== expected) {
      throw invalidExtension(`the module does not export ${name}: compile it with --exportRuntime`);
    }
  }
  for (const type of [...functions.values()].flatMap(({ parameters, result }) => [...parameters, result]).filter(isReference)) {
    const id = classIds.get(type);
    const isRight = type === "string" ? id === CLASS_STRING : type === "ArrayBuffer" ? id === CLASS_ARRAY_BUFFER : id !== undefined;
    if (!isRight) throw invalidExtension(`as-bind's section has no right id of ${type}: is it of an AssemblyScript before 0.20?`);
  }
}
