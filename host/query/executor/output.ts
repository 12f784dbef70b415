/**
 * Values out of a result: as the text that PostgreSQL prints, as values of JavaScript, as JSON.
 *
 * JavaScript: integers are numbers, beyond 2^53 - 1 bigints; NUMERIC is text; timestamps are Dates (infinite ones Infinity);
 * DATE, TIME, INTERVAL and UUID are text; BYTEA is a Uint8Array; JSON is parsed; arrays are arrays of the same.
 */
import { SLOT_ARRAY, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_NUMERIC, SLOT_TEXT } from "../../../assembly/abi/record.ts";
import { sqlError } from "../../common/sql-state.ts";
import { findCast } from "../function/cast.ts";
import { plainType, type SqlType, slotOf } from "../type/type.ts";
import { cypherJson } from "./cypher-json.ts";
import { cypherJavaScript } from "./cypher-value.ts";
import type { SqlValue } from "./query-result.ts";
import type { Caller, Functions } from "./surroundings.ts";
import { typeOfTag } from "./tag-type.ts";
import { bytesOfString, type Tagged, textOfBytes, type Value } from "./value.ts";

const TEXT = plainType("text");
const JSONB = plainType("jsonb");
const MICROSECONDS_OF_MS = 1000n;
const INFINITE = 2n ** 63n - 1n;

export class Output {
  /** The public id of a node. */
  readonly elementId: (node: number) => string;
  readonly #functions: Functions;
  readonly #casts = new Map<string, Caller>();

  constructor(functions: Functions, elementId: (node: number) => string = noGraph) {
    this.#functions = functions;
    this.elementId = elementId;
  }

  /** The text of a value that is not NULL. */
  text(value: Value, type: SqlType): string {
    switch (slotOf(type)) {
      case 0: {
        const { tag, value: plain } = value as Tagged;
        return this.text(plain, typeOfTag(tag));
      }
      case SLOT_BOOLEAN:
        return value === true ? "true" : "false";
      case SLOT_INTEGER:
        return String(value);
      case SLOT_TEXT:
        return textOfBytes(value as string);
      default:
        return textOfBytes(this.#cast(type)([value]) as string);
    }
  }

  /** The value in JavaScript. */
  javascript(value: Value, type: SqlType): SqlValue {
    if (value === null) return null;
    switch (type.name) {
      case "any": {
        const { tag, value: plain } = value as Tagged;
        return this.javascript(plain, typeOfTag(tag));
      }
      case "value":
        return cypherJavaScript(value as Tagged, this);
      case "map":
        return cypherJavaScript({ tag: SLOT_JSON, value: value as string }, this);
      case "real":
        return shortReal(value as number);
      case "boolean":
      case "double precision":
        return value as boolean | number;
      case "smallint":
      case "integer":
      case "bigint":
        return wholeNumber(value as bigint);
      case "timestamp without time zone":
      case "timestamp with time zone":
        return dateOf(value as bigint);
      case "bytea":
        return bytesOfString(value as string);
      case "json":
      case "jsonb":
      case "record":
        return JSON.parse(this.text(value, type)) as SqlValue;
      case "array":
        return this.elements(value as string).map((element) => elementValue(element, type.element ?? TEXT));
      default:
        return this.text(value, type);
    }
  }

  /** The elements of an array as its packed form prints them. */
  elements(packed: string): readonly unknown[] {
    return JSON.parse(this.text(packed, JSONB)) as unknown[];
  }

  /** The JSON text of a value. */
  json(value: Value, type: SqlType): string {
    if (value === null) return "null";
    if (type.name === "value") return cypherJson(value as Tagged, this);
    if (type.name === "map") return cypherJson({ tag: SLOT_JSON, value: value as string }, this);
    switch (slotOf(type)) {
      case 0: {
        const { tag, value: plain } = value as Tagged;
        return this.json(plain, typeOfTag(tag));
      }
      case SLOT_BOOLEAN:
      case SLOT_INTEGER:
      case SLOT_JSON:
        return this.text(value, type);
      case SLOT_ARRAY:
        return this.text(value, JSONB);
      case SLOT_DOUBLE:
      case SLOT_NUMERIC: {
        const text = this.text(value, type);
        return /^-?[0-9]/.test(text) ? text : JSON.stringify(text);
      }
      default:
        return JSON.stringify(this.text(value, type));
    }
  }

  #cast(type: SqlType): Caller {
    const key = type.element === undefined ? type.name : `${type.element.name}[]`;
    let caller = this.#casts.get(key);
    if (caller === undefined) {
      const found = findCast(type, TEXT);
      if (found === undefined) throw sqlError("0A000", `a result of type ${key} is not supported`);
      caller = this.#functions.caller(found.function.implementation, [type], TEXT);
      this.#casts.set(key, caller);
    }
    return caller;
  }
}

function noGraph(): never {
  throw sqlError("XX000", "there is no graph here");
}

/** Digits that tell any two floats of 32 bits apart. */
const REAL_DIGITS_MAX = 9;

/** The double with the fewest digits that is this float of 32 bits: 0.1, not 0.10000000149011612. */
export function shortReal(value: number): number {
  for (let digits = 6; digits < REAL_DIGITS_MAX; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(REAL_DIGITS_MAX)) : value;
}

function wholeNumber(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Microseconds are cut to milliseconds, which a Date has; infinite ones are numbers. */
function dateOf(microseconds: bigint): Date | number {
  if (microseconds === INFINITE) return Number.POSITIVE_INFINITY;
  if (microseconds === -INFINITE - 1n) return Number.NEGATIVE_INFINITY;
  return new Date(Number(microseconds / MICROSECONDS_OF_MS));
}

/** An element of an array, read from JSON, as its type is in JavaScript. */
function elementValue(element: unknown, type: SqlType): unknown {
  if (element === null || Array.isArray(element)) return element;
  switch (type.name) {
    case "numeric":
      return String(element);
    case "timestamp without time zone":
      return new Date(`${String(element).replace(" ", "T")}Z`);
    case "timestamp with time zone":
      return new Date(String(element).replace(" ", "T"));
    default:
      return element;
  }
}
