/**
 * JavaScript values as a module's, and back. Strings, buffers and typed arrays are objects of AssemblyScript's collector in the
 * module's memory; everything else is a WebAssembly number.
 *
 * Objects (AssemblyScript 0.28, std/assembly/rt/common.ts, arraybuffer.ts): a pointer leads to the content; in front of it lie
 *
 *   -8  rtId    u32  class id
 *   -4  rtSize  u32  bytes of the content
 *
 * A string is UTF-16, so every JavaScript string has its like, lone surrogates included. A typed array is an object of 12 bytes:
 *
 *   0  buffer      u32  pointer of its ArrayBuffer
 *   4  dataStart   u32  pointer of its first element
 *   8  byteLength  u32
 *
 * 1. What a module answers is untrusted: class, place and size are checked before a byte is read.
 * 2. Views on the memory are taken anew for each value, since an allocation may grow it.
 * 3. Results are copies.
 */
import type { DatabaseError } from "../common/error.ts";
import type { WasmMemory } from "../engine/webassembly.ts";
import { CLASS_ARRAY_BUFFER, CLASS_STRING } from "./bindings.ts";
import { badResult, extensionOutOfMemory, wrongArgument } from "./extension-error.ts";
import {
  ARRAY_TYPES,
  type ArrayTypeName,
  type ExtensionType,
  type ExtensionValue,
  INTEGER_RANGES,
  type IntegerTypeName,
  isArrayType,
  isIntegerType,
  type TypedArrayValue,
} from "./types.ts";

/** The calls and the memory of an instance; absent in modules without strings and arrays. */
export interface ManagedRuntime {
  readonly memory: WasmMemory;
  __new(size: number, classId: number): number;
  __pin(pointer: number): number;
  __unpin(pointer: number): void;
}

/** Everything that carries a value between the two sides. */
export interface Passage {
  readonly runtime: ManagedRuntime;
  readonly classIds: ReadonlyMap<ExtensionType, number>;
  readonly memoryBytesMax: number;
}

export type WasmValue = number | bigint;

const OBJECT_HEADER_BYTES = 8;
const ARRAY_HEADER_BYTES = 12;
/** Characters that one call of String.fromCharCode takes. */
const TEXT_CHUNK = 8192;

/** Answers the argument as the parameter's type holds it. Throws EXTENSION_ARGUMENT. */
export function checkArgument(type: ExtensionType, value: ExtensionValue | undefined, place: string): ExtensionValue {
  if (isIntegerType(type)) return checkInteger(type, value, place);
  if (type === "f32" || type === "f64") {
    if (typeof value !== "number") throw wrongKind(type, place);
    if (type === "f32" && Number.isFinite(value) && !Number.isFinite(Math.fround(value))) throw outOfRange(type, place);
    return value;
  }
  const isRight =
    type === "bool"
      ? typeof value === "boolean"
      : type === "string"
        ? typeof value === "string"
        : Object.prototype.toString.call(value) === `[object ${isArrayType(type) ? ARRAY_TYPES[type].name : type}]`;
  if (!isRight) throw wrongKind(type, place);
  return value as ExtensionValue;
}

function checkInteger(type: IntegerTypeName, value: ExtensionValue | undefined, place: string): number | bigint {
  if (typeof value !== "bigint" && !Number.isInteger(value)) throw wrongKind(type, place);
  const whole = BigInt(value as number | bigint);
  const [least, most] = INTEGER_RANGES[type];
  if (whole < least || whole > most) throw outOfRange(type, place);
  return type === "i64" || type === "u64" ? whole : Number(whole);
}

function wrongKind(type: ExtensionType, place: string): DatabaseError {
  return wrongArgument(`${place} must be of type ${type}`, "42804");
}

function outOfRange(type: ExtensionType, place: string): DatabaseError {
  return wrongArgument(`${place} is out of range for type ${type}`, "22003");
}

/** A checked value as the module takes it; objects are pinned, and their pointers added to `pinned`. */
export function lower(passage: Passage, type: ExtensionType, value: ExtensionValue, pinned: number[]): WasmValue {
  if (typeof value === "string") return pin(passage, lowerText(passage, value), pinned);
  if (type === "ArrayBuffer") return pin(passage, lowerBuffer(passage, value as ArrayBuffer), pinned);
  if (isArrayType(type)) return lowerArray(passage, type, value as TypedArrayValue, pinned);
  return typeof value === "boolean" ? Number(value) : (value as WasmValue);
}

function lowerText(passage: Passage, text: string): number {
  const pointer = allocate(passage, text.length * 2, "string");
  const units = new Uint16Array(passage.runtime.memory.buffer, pointer, text.length);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return pointer;
}

function lowerBuffer(passage: Passage, buffer: ArrayBuffer): number {
  const pointer = allocate(passage, buffer.byteLength, "ArrayBuffer");
  new Uint8Array(passage.runtime.memory.buffer, pointer, buffer.byteLength).set(new Uint8Array(buffer));
  return pointer;
}

/** The buffer is pinned too: the array's own pointer to it is one that the collector has not been told of. */
function lowerArray(passage: Passage, type: ArrayTypeName, array: TypedArrayValue, pinned: number[]): number {
  const data = pin(passage, allocate(passage, array.byteLength, "ArrayBuffer"), pinned);
  const pointer = pin(passage, allocate(passage, ARRAY_HEADER_BYTES, type), pinned);
  const { buffer } = passage.runtime.memory;
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  new Uint8Array(buffer, data, array.byteLength).set(bytes);
  new Uint32Array(buffer, pointer, ARRAY_HEADER_BYTES / 4).set([data, data, array.byteLength]);
  return pointer;
}

function allocate({ runtime, classIds, memoryBytesMax }: Passage, size: number, type: ExtensionType): number {
  if (size > memoryBytesMax) throw extensionOutOfMemory(`an argument of ${size} bytes does not fit into the module's memory`);
  const pointer = runtime.__new(size, classIds.get(type) as number) >>> 0;
  if (!isInside(runtime, pointer, size)) throw noObject();
  return pointer;
}

function pin({ runtime }: Passage, pointer: number, pinned: number[]): number {
  runtime.__pin(pointer);
  pinned.push(pointer);
  return pointer;
}

/** What a function has answered. Throws EXTENSION_FAILED for a result that is none. */
export function lift(passage: Passage, type: ExtensionType, value: WasmValue | undefined): ExtensionValue {
  switch (type) {
    case "void":
      return null;
    case "bool":
      return Number(value) !== 0;
    case "f32":
    case "f64":
      return Number(value);
    case "i8":
      return (Number(value) << 24) >> 24;
    case "u8":
      return Number(value) & 0xff;
    case "i16":
      return (Number(value) << 16) >> 16;
    case "u16":
      return Number(value) & 0xffff;
    case "i32":
      return Number(value);
    case "u32":
      return Number(value) >>> 0;
    case "i64":
      return value as bigint;
    case "u64":
      return BigInt.asUintN(64, value as bigint);
    default:
      return liftReference(passage, type, Number(value) >>> 0);
  }
}

function liftReference(passage: Passage, type: "string" | "ArrayBuffer" | ArrayTypeName, pointer: number): ExtensionValue {
  if (pointer === 0) return null;
  const { runtime, classIds } = passage;
  const size = objectSize(runtime, pointer, classIds.get(type) as number);
  if (type === "string") return liftText(runtime, pointer, size);
  if (type === "ArrayBuffer") return runtime.memory.buffer.slice(pointer, pointer + size);
  if (size < ARRAY_HEADER_BYTES) throw noObject();
  const [buffer = 0, start = 0, length = 0] = new Uint32Array(runtime.memory.buffer, pointer, ARRAY_HEADER_BYTES / 4);
  const bufferSize = objectSize(runtime, buffer, CLASS_ARRAY_BUFFER);
  if (start < buffer || start + length > buffer + bufferSize) throw noObject();
  return new ARRAY_TYPES[type](runtime.memory.buffer.slice(start, start + length));
}

/** Exact for lone surrogates and byte order marks, which a TextDecoder replaces. */
function liftText({ memory }: ManagedRuntime, pointer: number, size: number): string {
  const units = new Uint16Array(memory.buffer, pointer, size >>> 1);
  let text = "";
  for (let at = 0; at < units.length; at += TEXT_CHUNK) {
    // `apply` takes a typed array as it is; a spread would walk it by its iterator, seven times as slow.
    text += String.fromCharCode.apply(null, units.subarray(at, at + TEXT_CHUNK) as unknown as number[]);
  }
  return text;
}

/** Bytes of the object at `pointer`. Throws EXTENSION_FAILED if there is none of the class. */
function objectSize(runtime: ManagedRuntime, pointer: number, classId: number): number {
  const size = findObject(runtime, pointer, classId);
  if (size === undefined) throw noObject();
  return size;
}

/** Bytes of the object at `pointer`, or undefined if no object of the class can be there. */
function findObject(runtime: ManagedRuntime, pointer: number, classId: number): number | undefined {
  if (pointer % 4 !== 0 || pointer < OBJECT_HEADER_BYTES || !isInside(runtime, pointer, 0)) return undefined;
  const [id, size = 0] = new Uint32Array(runtime.memory.buffer, pointer - OBJECT_HEADER_BYTES, OBJECT_HEADER_BYTES / 4);
  return id === classId && isInside(runtime, pointer, size) ? size : undefined;
}

function isInside({ memory }: ManagedRuntime, pointer: number, size: number): boolean {
  return pointer + size <= memory.buffer.byteLength;
}

function noObject(): DatabaseError {
  return badResult("the module answered a pointer to what is no object of the expected class");
}

/** A string of the module for a message, cut off at `longest` characters; "" if there is none. */
export function peekText(runtime: ManagedRuntime, pointer: number, longest: number): string {
  const size = findObject(runtime, pointer >>> 0, CLASS_STRING) ?? 0;
  return liftText(runtime, pointer >>> 0, Math.min(size, longest * 2));
}
