/**
 * From a row of values to what a program gets: an object by column name (of equal names the last one counts), or an array.
 *
 * One function per result, written out as source where the runtime allows it: all rows have one hidden class then, and no loop
 * runs per row. Where a content security policy forbids that, closures do the same.
 */
import { machineOf } from "../type/type.ts";
import type { Output, SqlValue } from "./output.ts";
import type { ResultColumn } from "./query-engine.ts";
import type { Value } from "./value.ts";

/** object: `{ name: value }`; array: the values in select order. */
export type RowMode = "object" | "array";
export type SqlRow = Record<string, SqlValue> | SqlValue[];

type Decode = (value: Value) => SqlValue;
type DecodeRow = (row: readonly Value[]) => SqlRow;

/** What makes rows of a result. */
export function rowDecoder(columns: readonly ResultColumn[], output: Output, mode: RowMode): DecodeRow {
  const decoders = columns.map(({ type }): Decode => {
    if (machineOf(type) === "i32" || machineOf(type) === "f64") return (value) => value as SqlValue;
    return (value) => output.javascript(value, type);
  });
  if (mode === "array") return (row) => decoders.map((decode, index) => decode(row[index] ?? null));
  const names = columns.map(({ name }) => name);
  return generated(names, decoders) ?? ((row) => byName(names, decoders, row));
}

function byName(names: readonly string[], decoders: readonly Decode[], row: readonly Value[]): SqlRow {
  return Object.fromEntries(names.map((name, index) => [name, (decoders[index] as Decode)(row[index] ?? null)]));
}

/** Whether source may be turned into a function here; found out once. */
let isAllowed: boolean | undefined;

function generated(names: readonly string[], decoders: readonly Decode[]): DecodeRow | undefined {
  if (isAllowed === false) return undefined;
  const parameters = decoders.map((_, index) => `d${index}`);
  // A computed name is a property of its own, whatever it is called.
  const members = names.map((name, index) => `[${JSON.stringify(name)}]: d${index}(row[${index}] ?? null)`);
  try {
    const make = new Function(...parameters, `return (row) => ({ ${members.join(", ")} });`) as (...all: readonly Decode[]) => DecodeRow;
    isAllowed = true;
    return make(...decoders);
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    isAllowed = false;
    return undefined;
  }
}
