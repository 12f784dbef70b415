/**
 * What makes the value of a declared column of any value: the casts of runtime/, which lie above this folder and are handed in at
 * the start. So a document's fields become what an assignment in SQL makes of them.
 */

/** A slot of the column's kind, or an error in the plan's cells. Requires: the value is not null. */
export type Coercion = (column: usize, tag: u32, payload: u64) => u64;

let coercion: Coercion | null = null;

/** Called once, at the start. */
export function setCoercion(convert: Coercion): void {
  coercion = convert;
}

export function coerceValue(column: usize, tag: u32, payload: u64): u64 {
  return coercion!(column, tag, payload);
}
