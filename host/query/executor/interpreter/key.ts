/**
 * Order and equality of values by their type, for sorting, grouping, joins and DISTINCT.
 *
 * What JavaScript compares as SQL does is compared by it: booleans, integers, dates, doubles (NaN equals itself and comes last,
 * -0 equals 0) and text by its bytes. For all other types the engine makes bytes with the right order (`sortKey`).
 */
import { SLOT_TEXT } from "../../../../assembly/abi/record.ts";
import type { SortKey } from "../../plan/operator.ts";
import { machineOf, type SqlType, slotOf } from "../../type/type.ts";
import type { Functions } from "../surroundings.ts";
import type { Plain, Tagged, Value } from "../value.ts";

/** A primitive that is equal, as a key of a Map, and ordered by `<`, as the value is. */
export type Key = boolean | bigint | number | string;

/** Makes keys of values of a type that are not NULL. */
export function keyMaker(type: SqlType, functions: Functions): (value: Value) => Key {
  const slot = slotOf(type);
  switch (machineOf(type)) {
    case "i32":
    case "i64":
    case "f64":
      return (value) => value as Key;
    case "any":
      return (value) => functions.sortKey((value as Tagged).value, (value as Tagged).tag);
    case "word":
      if (type.name === "character") return (value) => (value as string).replace(/ +$/, "");
      if (slot === SLOT_TEXT || type.name === "uuid" || type.name === "bytea") return (value) => value as string;
      return (value) => functions.sortKey(value as Plain, slot);
  }
}

/** One key of a row of values: equal iff the rows are, NULLs equal to each other. */
export function rowKeyMaker(types: readonly SqlType[], functions: Functions): (values: readonly Value[]) => Key {
  const makers = types.map((type) => keyMaker(type, functions));
  const [only] = makers;
  // NULL's key differs from every key of a value: those of one type are of one JavaScript type.
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
  return machineOf(type) === "word" || machineOf(type) === "any" ? 0 : "";
}

/** Compares two keys of one type: negative, 0, positive. */
export function compareKeys(left: Key, right: Key): number {
  if (left < right) return -1;
  if (left > right) return 1;
  // One NaN at least, or equal.
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : 1;
  return Number.isNaN(right) ? -1 : 0;
}

/** Compares rows of keys (null: NULL) as ORDER BY says. */
export function orderOf(keys: readonly SortKey[]): (left: readonly (Key | null)[], right: readonly (Key | null)[]) => number {
  return (left, right) => {
    for (let index = 0; index < keys.length; index++) {
      const { descending, nullsFirst } = keys[index] as SortKey;
      const first = left[index] ?? null;
      const second = right[index] ?? null;
      if (first === null || second === null) {
        if (first === second) continue;
        return (first === null) === nullsFirst ? -1 : 1;
      }
      const order = compareKeys(first, second);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  };
}
