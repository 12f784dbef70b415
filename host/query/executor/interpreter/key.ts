/**
 * Order and equality of values by their type, for sorting, grouping, joins and DISTINCT.
 *
 * What JavaScript compares as SQL does is compared by it: booleans, integers, dates, doubles (NaN equals itself and comes last,
 * -0 equals 0), text, bytes and UUIDs by their bytes. All other types are compared by the engine; equal values of them get one
 * number, by which they are keys of a Map.
 */
import {
  SLOT_BOOLEAN,
  SLOT_BYTEA,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_NODE,
  SLOT_NUMERIC,
  SLOT_RELATIONSHIP,
  SLOT_TEXT,
  SLOT_UUID,
} from "../../../../assembly/abi/record.ts";
import { engine } from "../../function/row.ts";
import type { SortKey } from "../../plan/operator.ts";
import { machineOf, plainType, type SqlType, slotOf } from "../../type/type.ts";
import type { Functions, Ordering } from "../surroundings.ts";
import type { Tagged, Value } from "../value.ts";

/** A primitive that is equal, as a key of a Map, when the value is. */
export type Key = boolean | bigint | number | string;

/** Whether JavaScript's order of the values is that of the type. */
function isPlain(type: SqlType): boolean {
  if (machineOf(type) === "any" || type.name === "character") return false;
  const slot = slotOf(type);
  return machineOf(type) !== "word" || slot === SLOT_TEXT || slot === SLOT_BYTEA || slot === SLOT_UUID;
}

/** Makes keys of values of a type that are not NULL. */
export function keyMaker(type: SqlType, functions: Functions): (value: Value) => Key {
  if (type.name === "value") return valueKeyMaker(functions);
  return isPlain(type) ? (value) => value as Key : numbering(functions, type);
}

/** Numbers values: equal ones get the same number. */
function numbering(functions: Functions, type: SqlType): (value: Value) => Key {
  const known = new Map<bigint, { readonly value: Value; readonly number: number }[]>();
  let ordering: Ordering | undefined;
  let count = 0;
  return (value) => {
    ordering ??= functions.ordering(type);
    const { compare, hash } = ordering;
    const key = hash(value);
    const bucket = known.get(key) ?? [];
    const found = bucket.find((other) => compare(other.value, value) === 0);
    if (found !== undefined) return found.number;
    bucket.push({ value, number: ++count });
    known.set(key, bucket);
    return count;
  };
}

/**
 * Keys of Cypher's values: strings but of numbers, which are a bigint where they are whole, so that 1 is 1.0. What JavaScript does not
 * compare as the engine does is numbered.
 */
function valueKeyMaker(functions: Functions): (value: Value) => Key {
  const type = plainType("value");
  const number = numbering(functions, type);
  return (value) => {
    const { tag, value: plain } = value as Tagged;
    switch (tag) {
      case SLOT_INTEGER:
        return plain as bigint;
      case SLOT_DOUBLE:
        return doubleKey(plain as number);
      case SLOT_TEXT:
        return `t${plain}`;
      case SLOT_BOOLEAN:
        return plain === true ? "true" : "false";
      case SLOT_NODE:
        return `n${plain}`;
      case SLOT_RELATIONSHIP:
        return `r${plain}`;
      case SLOT_NUMERIC:
        return numericKey(value, functions);
      default:
        return `#${number(value)}`;
    }
  };
}

function doubleKey(value: number): Key {
  if (Number.isInteger(value)) return BigInt(value);
  return Number.isNaN(value) ? "NaN" : value;
}

/** The key of the double that is equal to a NUMERIC; else its text. */
function numericKey(value: Value, functions: Functions): Key {
  const cast = functions.caller(NUMERIC_TEXT, [plainType("numeric")], plainType("text"));
  const text = cast([(value as Tagged).value]) as string;
  const plain = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  if (/^-?\d+$/.test(plain)) return BigInt(plain);
  const nearest: Tagged = { tag: SLOT_DOUBLE, value: Number(plain) };
  return functions.ordering(plainType("value")).compare(nearest, value) === 0 ? doubleKey(nearest.value as number) : `d${plain}`;
}

const NUMERIC_TEXT = engine("text_from_numeric", { fails: true });

/** One key of a row of values: equal iff the rows are, NULLs equal to each other. */
export function rowKeyMaker(types: readonly SqlType[], functions: Functions): (values: readonly Value[]) => Key {
  const makers = types.map((type) => keyMaker(type, functions));
  const [only] = makers;
  // NULL's key is of another JavaScript type than the keys of values.
  if (only !== undefined && makers.length === 1) {
    const nullKey = nullKeyOf(types[0] as SqlType);
    return ([value = null]) => (value === null ? nullKey : only(value));
  }
  return (values) => {
    let text = "";
    for (let index = 0; index < makers.length; index++) {
      const value = values[index] ?? null;
      if (value === null) text += "n";
      else {
        const key = (makers[index] as (value: Value) => Key)(value);
        const part = Object.is(key, -0) ? "0" : String(key);
        text += `${part.length}:${part}`;
      }
    }
    return text;
  };
}

function nullKeyOf(type: SqlType): Key {
  return machineOf(type) === "word" && isPlain(type) ? 0 : "";
}

/** Compares two values of a type that are not NULL: negative, 0, positive. */
export function comparer(type: SqlType, functions: Functions): (left: Value, right: Value) => number {
  if (isPlain(type)) return (left, right) => comparePlain(left as Key, right as Key);
  let ordering: Ordering | undefined;
  const isDynamic = type.name === "value";
  return (left, right) => {
    if (isDynamic && (left as Tagged).tag === (right as Tagged).tag && COMPARED_PLAIN.has((left as Tagged).tag)) {
      return comparePlain((left as Tagged).value, (right as Tagged).value);
    }
    ordering ??= functions.ordering(type);
    return ordering.compare(left, right);
  };
}

/** Kinds of Cypher's values of which two are compared as JavaScript does. */
const COMPARED_PLAIN: ReadonlySet<number> = new Set([SLOT_BOOLEAN, SLOT_INTEGER, SLOT_DOUBLE, SLOT_TEXT, SLOT_NODE, SLOT_RELATIONSHIP]);

function comparePlain(left: Key, right: Key): number {
  if (left < right) return -1;
  if (left > right) return 1;
  // One NaN at least, or equal.
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
  return Number.isNaN(right) ? -1 : 0;
}

/** Compares rows of the values of `keys` as ORDER BY says. */
export function orderOf(keys: readonly SortKey[], functions: Functions): (left: readonly Value[], right: readonly Value[]) => number {
  const comparers = keys.map(({ value }) => comparer(value.type, functions));
  return (left, right) => {
    for (let index = 0; index < keys.length; index++) {
      const { descending, nullsFirst } = keys[index] as SortKey;
      const first = left[index] ?? null;
      const second = right[index] ?? null;
      if (first === null || second === null) {
        if (first === second) continue;
        return (first === null) === nullsFirst ? -1 : 1;
      }
      const order = (comparers[index] as (left: Value, right: Value) => number)(first, second);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}
