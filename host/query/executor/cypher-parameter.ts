/**
 * Parameters of Cypher: values of JavaScript, and JSON text as the wire has them.
 *
 * A number without fraction is an INTEGER, unless it is wrapped by `float`; in JSON text `1` is an INTEGER and `1.0` a FLOAT. A Date is a
 * datetime, arrays are lists, other objects maps.
 */
import {
  SLOT_ARRAY,
  SLOT_BOOLEAN,
  SLOT_BYTEA,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_TEMPORAL,
  SLOT_TEXT,
} from "../../../assembly/abi/record.ts";
import { cypherError } from "../../common/cypher-error.ts";
import type { CypherFloat } from "../type/float.ts";
import { PackedReader } from "./packed-reader.ts";
import { packList, packMap } from "./packed-writer.ts";
import { bytesOfText, stringOfBytes, type Tagged, type Value } from "./value.ts";

const INTEGER_BITS = 64;
const MS_OF_DAY = 86_400_000;
const NANOSECONDS_OF_MS = 1_000_000n;
/** A datetime among temporal values (assembly/value/temporal.ts). */
const DATETIME = 1;
const DATETIME_BYTES = 21;
const SIGN_MASK = 1n << 63n;
const SIGN_MASK_32 = 1 << 31;

/** Parameters by name, as the text of a JSON object. */
export class JsonParameters {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A parameter that is a value of Cypher already. */
export class ReadyParameter {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** The value of what a program passed. Throws for what has none. */
export function cypherParameter(given: unknown): Value {
  const scalar = scalarOf(given);
  if (scalar !== undefined) return scalar.tag === SLOT_NONE ? null : scalar;
  if (Array.isArray(given)) return { tag: SLOT_ARRAY, value: packList(given, scalarOf) };
  return { tag: SLOT_JSON, value: packMap(given as object, scalarOf) };
}

function scalarOf(given: unknown): Tagged | undefined {
  switch (typeof given) {
    case "undefined":
      return { tag: SLOT_NONE, value: 0n };
    case "boolean":
      return { tag: SLOT_BOOLEAN, value: given };
    case "string":
      return { tag: SLOT_TEXT, value: bytesOfText(given) };
    case "bigint":
      if (BigInt.asIntN(INTEGER_BITS, given) !== given) throw invalid("an INTEGER is out of range");
      return { tag: SLOT_INTEGER, value: given };
    case "number":
      if (Number.isSafeInteger(given) && !Object.is(given, -0)) return { tag: SLOT_INTEGER, value: BigInt(given) };
      return { tag: SLOT_DOUBLE, value: given };
    case "object":
      return objectScalar(given);
    default:
      throw invalid(`a ${typeof given} is no value of Cypher`);
  }
}

function objectScalar(given: object | null): Tagged | undefined {
  if (given === null) return { tag: SLOT_NONE, value: 0n };
  if (given instanceof Date) {
    if (Number.isNaN(given.getTime())) throw invalid("a Date has no time");
    return { tag: SLOT_TEMPORAL, value: datetimeBytes(given.getTime()) };
  }
  if (given instanceof Uint8Array) return { tag: SLOT_BYTEA, value: stringOfBytes(given) };
  return isFloat(given) ? { tag: SLOT_DOUBLE, value: given.value } : undefined;
}

/** The datetime of a time in UTC: days, nanoseconds of the day, offset, each with its sign bit inverted. */
function datetimeBytes(ms: number): string {
  const days = Math.floor(ms / MS_OF_DAY);
  const bytes = new DataView(new ArrayBuffer(DATETIME_BYTES));
  bytes.setUint8(0, DATETIME);
  bytes.setBigUint64(1, BigInt.asUintN(INTEGER_BITS, BigInt(days)) ^ SIGN_MASK);
  bytes.setBigUint64(9, (BigInt(ms - days * MS_OF_DAY) * NANOSECONDS_OF_MS) ^ SIGN_MASK);
  bytes.setInt32(17, SIGN_MASK_32);
  return stringOfBytes(new Uint8Array(bytes.buffer));
}

function isFloat(given: object): given is CypherFloat {
  return "$" in given && given.$ === "float" && "value" in given && typeof given.value === "number";
}

function invalid(message: string): Error {
  return cypherError("ArgumentError", "InvalidArgumentValue", message);
}

/** Parameters by name out of a packed object. Throws for anything else. */
export function packedParameters(packed: string): Readonly<Record<string, ReadyParameter>> {
  const reader = new PackedReader(packed);
  if (reader.next() !== "map") throw invalid("parameters are a JSON object");
  const parameters: (readonly [string, ReadyParameter])[] = [];
  reader.each(() => {
    const { name } = reader;
    parameters.push([name, new ReadyParameter(packedValue(reader.raw()))]);
  });
  return Object.fromEntries(parameters);
}

/** The value of bytes of the packed form. */
function packedValue(bytes: string): Value {
  const reader = new PackedReader(bytes);
  switch (reader.next()) {
    case "null":
      return null;
    case "false":
      return { tag: SLOT_BOOLEAN, value: false };
    case "true":
      return { tag: SLOT_BOOLEAN, value: true };
    case "integer":
      return { tag: SLOT_INTEGER, value: BigInt(reader.integer) };
    case "float":
      return { tag: SLOT_DOUBLE, value: reader.float };
    case "text":
      return { tag: SLOT_TEXT, value: bytesOfText(reader.text) };
    case "list":
      return { tag: SLOT_ARRAY, value: bytes };
    default:
      return { tag: SLOT_JSON, value: bytes };
  }
}
