/**
 * From columns to what a program gets: an object by column name (of equal names the last one counts), or an array.
 *
 * One function per result, written out as source where the runtime allows it: all rows have one hidden class then, and no loop
 * runs per row. Where a content security policy forbids that, closures do the same.
 */
import type { Output } from "./output.ts";
import type { ResultColumn, SqlValue } from "./query-result.ts";
import type { Value } from "./value.ts";

/** object: `{ name: value }`; array: the values in select order. */
export type RowMode = "object" | "array";
export type SqlRow = Record<string, SqlValue> | SqlValue[];

/** Makes rows of values as the interpreter gives them. */
export function rowDecoder(columns: readonly ResultColumn[], output: Output, mode: RowMode): (row: readonly Value[]) => SqlRow {
  const readers = columns.map(({ type }, index) => {
    const isPlain = type.name === "boolean" || type.name === "double precision";
    if (isPlain) return (row: readonly Value[]) => (row[index] ?? null) as SqlValue;
    return (row: readonly Value[]) => output.javascript(row[index] ?? null, type);
  });
  return composeRow(
    columns.map(({ name }) => name),
    readers,
    mode,
  );
}

/** Makes rows of readers of their columns, whatever those read from. */
export function composeRow<S>(
  names: readonly string[],
  readers: readonly ((source: S) => SqlValue)[],
  mode: RowMode,
): (source: S) => SqlRow {
  const make = generator(names, mode);
  if (make !== undefined) return make(readers as readonly ((source: never) => SqlValue)[]) as (source: S) => SqlRow;
  if (mode === "array") return (source) => readers.map((read) => read(source));
  return (source) => Object.fromEntries(names.map((name, index) => [name, (readers[index] as (source: S) => SqlValue)(source)]));
}

type Generator = (readers: readonly ((source: never) => SqlValue)[]) => (source: never) => SqlRow;

/** Whether source may be turned into a function here; found out once. */
let isAllowed = true;

/** What makes a function of readers that makes arrays, or objects with these names. */
function generator(names: readonly string[], mode: RowMode): Generator | undefined {
  if (!isAllowed) return undefined;
  const parameters = names.map((_, index) => `r${index}`);
  // A computed name is a property of its own, whatever it is called.
  const members = names.map((name, index) => (mode === "array" ? `r${index}(source)` : `[${JSON.stringify(name)}]: r${index}(source)`));
  const row = mode === "array" ? `[${members.join(", ")}]` : `({ ${members.join(", ")} })`;
  try {
    const make = new Function(...parameters, `return (source) => ${row};`) as (...readers: readonly unknown[]) => (source: never) => SqlRow;
    return (readers) => make(...readers);
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    isAllowed = false;
    return undefined;
  }
}
