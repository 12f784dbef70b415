/**
 * What a user-defined function may take and give, under AssemblyScript's own names.
 *
 * On the JavaScript side: integers up to 32 bits and floats are numbers, i64 and u64 are bigints, `bool` is a boolean, typed arrays
 * are JavaScript's of the same name (Int64Array is BigInt64Array), ArrayBuffer is one. A function of type `void` answers null, and
 * so does one whose string, array or buffer is null.
 */

/** The class of the array that carries an element type's values. */
export const ARRAY_TYPES = {
  Int8Array: Int8Array,
  Uint8Array: Uint8Array,
  Uint8ClampedArray: Uint8ClampedArray,
  Int16Array: Int16Array,
  Uint16Array: Uint16Array,
  Int32Array: Int32Array,
  Uint32Array: Uint32Array,
  Int64Array: BigInt64Array,
  Uint64Array: BigUint64Array,
  Float32Array: Float32Array,
  Float64Array: Float64Array,
} as const;

export type ArrayTypeName = keyof typeof ARRAY_TYPES;

export type IntegerTypeName = "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64";

export type ExtensionType = IntegerTypeName | ArrayTypeName | "f32" | "f64" | "bool" | "string" | "ArrayBuffer" | "void";

export type TypedArrayValue = InstanceType<(typeof ARRAY_TYPES)[ArrayTypeName]>;

export type ExtensionValue = boolean | number | bigint | string | TypedArrayValue | ArrayBuffer | null;

/** What a function takes and gives. */
export interface Signature {
  readonly parameters: readonly ExtensionType[];
  readonly result: ExtensionType;
}

/** Smallest and largest value of each integer type. */
export const INTEGER_RANGES: Readonly<Record<IntegerTypeName, readonly [bigint, bigint]>> = {
  i8: [-0x80n, 0x7fn],
  u8: [0n, 0xffn],
  i16: [-0x8000n, 0x7fffn],
  u16: [0n, 0xffffn],
  i32: [-0x8000_0000n, 0x7fff_ffffn],
  u32: [0n, 0xffff_ffffn],
  i64: [-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
  u64: [0n, 0xffff_ffff_ffff_ffffn],
};

export function isArrayType(type: ExtensionType): type is ArrayTypeName {
  return Object.hasOwn(ARRAY_TYPES, type);
}

export function isIntegerType(type: ExtensionType): type is IntegerTypeName {
  return Object.hasOwn(INTEGER_RANGES, type);
}

/** Whether values travel as a pointer to an object in the module's memory. */
export function isReference(type: ExtensionType): boolean {
  return type === "string" || type === "ArrayBuffer" || isArrayType(type);
}

/** `(string, i32) → f64`, for messages. */
export function describeSignature({ parameters, result }: Signature): string {
  return `(${parameters.join(", ")}) → ${result}`;
}
