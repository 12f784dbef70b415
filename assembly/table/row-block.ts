/**
 * The row block (abi/table.ts): the values of the row that is under way to a declared table.
 */
import { BLOCK_GIVEN, BLOCK_NULLS, BLOCK_SLOTS } from "../abi/table";

/** The row under way: nulls, given columns, 64 slots. */
export const block: usize = memory.data(528, 8);
export const ROW_BLOCK_BYTES: u32 = 528;

/** Begins a row without any values. */
export function rowBegin(): void {
  store<u64>(block, u64.MAX_VALUE, BLOCK_NULLS);
  store<u64>(block, 0, BLOCK_GIVEN);
}

export function isGiven(number: u32): bool {
  return (load<u64>(block, BLOCK_GIVEN) & ((<u64>1) << number)) != 0;
}

export function isNull(number: u32): bool {
  return (load<u64>(block, BLOCK_NULLS) & ((<u64>1) << number)) != 0;
}

export function slotAt(number: u32): usize {
  return block + BLOCK_SLOTS + ((<usize>number) << 3);
}

/** Gives a column a value that is not null. */
export function setColumn(number: u32, bits: u64): void {
  const bit = (<u64>1) << number;
  store<u64>(block, load<u64>(block, BLOCK_NULLS) & ~bit, BLOCK_NULLS);
  store<u64>(block, load<u64>(block, BLOCK_GIVEN) | bit, BLOCK_GIVEN);
  store<u64>(slotAt(number), bits);
}

export function setNull(number: u32): void {
  const bit = (<u64>1) << number;
  store<u64>(block, load<u64>(block, BLOCK_NULLS) | bit, BLOCK_NULLS);
  store<u64>(block, load<u64>(block, BLOCK_GIVEN) | bit, BLOCK_GIVEN);
}
