/**
 * Values of JavaScript as bytes of the packed form (assembly/value/packed.ts): lists and maps among the parameters of Cypher.
 *
 * The form of each value is the one that the engine's writer picks, so equal values have equal bytes. `undefined` is NULL in a list, and
 * a field that is not there in a map, as in JSON.
 *
 * Cost: O(bytes).
 */
import {
  PACKED_ARRAY,
  PACKED_ARRAY_LONG,
  PACKED_DECIMAL8,
  PACKED_DECIMAL16,
  PACKED_DECIMAL32,
  PACKED_DEPTH_MAX,
  PACKED_DOUBLE,
  PACKED_FALSE,
  PACKED_INT8,
  PACKED_INT16,
  PACKED_INT32,
  PACKED_INT64,
  PACKED_NULL,
  PACKED_OBJECT,
  PACKED_OBJECT_LONG,
  PACKED_SHORT_STRING,
  PACKED_SMALL_INTEGER,
  PACKED_STRING,
  PACKED_TABLE_COUNT,
  PACKED_TABLE_STEP,
  PACKED_TRUE,
  PACKED_TYPED,
} from "../../../assembly/abi/packed.ts";
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_NONE, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { cypherError } from "../../common/cypher-error.ts";
import { bytesOfText, type Tagged } from "./value.ts";
import { bitsOfDouble, machineOfSlot } from "./word-codec.ts";

const BYTE_MAX = 255;
const GROUP_BITS = 7;
const GROUP_MASK = 127;
const SCALE_MAX = 22;
const DIGITS_MAX = 2147483647;
const EXPONENT_MAX = 9;
const SMALL_INTEGERS = 128;
const SHORT_STRING_MAX = 63;

/** The value of a scalar: a value of a tag, or SLOT_NONE for NULL. */
export type ScalarOf = (given: unknown) => Tagged | undefined;

/** The bytes of a list. `scalar` answers undefined for lists and maps. Throws where it nests too deep. */
export function packList(given: readonly unknown[], scalar: ScalarOf, depth = 1): string {
  checkDepth(depth);
  return container(
    given.map((item) => pack(item, scalar, depth)),
    PACKED_ARRAY,
    PACKED_ARRAY_LONG,
  );
}

/** The bytes of a map. */
export function packMap(given: object, scalar: ScalarOf, depth = 1): string {
  checkDepth(depth);
  const fields: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const bytes = bytesOfText(name);
    fields.push(lengthBytes(bytes.length) + bytes + pack(value, scalar, depth));
  }
  return container(fields, PACKED_OBJECT, PACKED_OBJECT_LONG);
}

function pack(given: unknown, scalar: ScalarOf, depth: number): string {
  const value = scalar(given);
  if (value !== undefined) return packTagged(value);
  return Array.isArray(given) ? packList(given, scalar, depth + 1) : packMap(given as object, scalar, depth + 1);
}

function checkDepth(depth: number): void {
  if (depth > PACKED_DEPTH_MAX) throw cypherError("ArgumentError", "InvalidArgumentValue", "a parameter nests too deep");
}

function packTagged({ tag, value }: Tagged): string {
  switch (tag) {
    case SLOT_NONE:
      return byte(PACKED_NULL);
    case SLOT_BOOLEAN:
      return byte(value === true ? PACKED_TRUE : PACKED_FALSE);
    case SLOT_INTEGER:
      return packInteger(value as bigint);
    case SLOT_DOUBLE:
      return packDouble(value as number);
    case SLOT_TEXT:
      return packText(value as string);
    default: {
      const bytes = machineOfSlot(tag) === "word" ? (value as string) : integerBytes(value as bigint, 8);
      return byte(PACKED_TYPED) + byte(tag) + lengthBytes(bytes.length) + bytes;
    }
  }
}

function packText(bytes: string): string {
  if (bytes.length <= SHORT_STRING_MAX) return byte(PACKED_SHORT_STRING + bytes.length) + bytes;
  return byte(PACKED_STRING) + lengthBytes(bytes.length) + bytes;
}

function packInteger(value: bigint): string {
  if (value >= 0n && value < SMALL_INTEGERS) return byte(PACKED_SMALL_INTEGER + Number(value));
  if (BigInt.asIntN(8, value) === value) return byte(PACKED_INT8) + integerBytes(value, 1);
  if (BigInt.asIntN(16, value) === value) return byte(PACKED_INT16) + integerBytes(value, 2);
  if (BigInt.asIntN(32, value) === value) return byte(PACKED_INT32) + integerBytes(value, 4);
  return byte(PACKED_INT64) + integerBytes(value, 8);
}

/** A short decimal where it is one (assembly/value/json-number.ts, `putDecimal`), else all its bits. */
function packDouble(value: number): string {
  const whole = byte(PACKED_DOUBLE) + integerBytes(bitsOfDouble(value), 8);
  if (!Number.isFinite(value) || Object.is(value, -0)) return whole;
  const [mantissa = "", power = "0"] = Math.abs(value).toExponential().split("e");
  let exponent = Number(power) - Math.max(0, mantissa.length - 2);
  let digits = Number(mantissa.replace(".", ""));
  if (exponent < -SCALE_MAX || exponent > EXPONENT_MAX || !Number.isSafeInteger(digits)) return whole;
  for (; exponent > 0 && digits <= DIGITS_MAX; exponent--) digits *= 10;
  if (digits > DIGITS_MAX) return whole;
  const signed = BigInt(value < 0 ? -digits : digits);
  const scale = byte(-exponent);
  if (BigInt.asIntN(8, signed) === signed) return byte(PACKED_DECIMAL8) + scale + integerBytes(signed, 1);
  if (BigInt.asIntN(16, signed) === signed) return byte(PACKED_DECIMAL16) + scale + integerBytes(signed, 2);
  return byte(PACKED_DECIMAL32) + scale + integerBytes(signed, 4);
}

/** Elements or fields with their head; a long array has a table behind them. */
function container(elements: readonly string[], short: number, long: number): string {
  const bytes = elements.join("");
  const { length: count } = elements;
  if (bytes.length <= BYTE_MAX && count <= BYTE_MAX) return byte(short) + byte(bytes.length) + byte(count) + bytes;
  const table = long === PACKED_ARRAY_LONG && count >= PACKED_TABLE_COUNT ? offsets(elements) : "";
  return byte(long) + wordBytes(bytes.length + table.length) + wordBytes(count) + bytes + table;
}

/** Offsets of elements 16, 32 ... from the first one on. */
function offsets(elements: readonly string[]): string {
  let table = "";
  let offset = 0;
  for (const [position, element] of elements.entries()) {
    if (position > 0 && position % PACKED_TABLE_STEP === 0) table += wordBytes(offset);
    offset += element.length;
  }
  return table;
}

function byte(value: number): string {
  return String.fromCharCode(value);
}

function wordBytes(value: number): string {
  return integerBytes(BigInt(value), 4);
}

/** The lowest bytes of a number, lowest first. */
function integerBytes(value: bigint, count: number): string {
  let bytes = "";
  for (let rest = value, left = count; left > 0; left--, rest >>= 8n) bytes += byte(Number(rest & 255n));
  return bytes;
}

/** A length in groups of seven bits, lowest first. */
function lengthBytes(length: number): string {
  let bytes = "";
  let rest = length;
  for (; rest > GROUP_MASK; rest >>>= GROUP_BITS) bytes += byte((rest & GROUP_MASK) | (GROUP_MASK + 1));
  return bytes + byte(rest);
}
