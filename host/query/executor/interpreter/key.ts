/**
 * Order and equality of values by their type, for sorting, grouping, joins and DISTINCT.
 *
 * What JavaScript compares as SQL does is compared by it: booleans, integers, dates, doubles (NaN equals itself and comes last,
 * -0 equals 0), text, bytes and UUIDs by their bytes. All other types are compared by the engine; equal values of them get one
 * number, by which they are keys of a Map.
 */
import { SLOT_BYTEA, SLOT_TEXT, SLOT_UUID } from "../../../../assembly/abi/record.ts";
import type { SortKey } from "../../plan/operator.ts";
import { machineOf, type SqlType, slotOf } from "../../type/type.ts";
import type { Functions, Ordering } from "../surroundings.ts";
import type { Value } from "../value.ts";

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
  return (left, right) => {
    ordering ??= functions.ordering(type);
    return ordering.compare(left, right);
  };
}

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
