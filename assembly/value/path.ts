/**
 * The program of a compiled path: records in scratch memory that path-compile.ts and path-filter.ts write and
 * path-evaluate.ts reads. Addresses are u32; 0 ends a list.
 *
 *   segment     0 kind, 4 next segment, 8 first selector
 *   selector    0 kind, 4 next selector, then by kind
 *                 NAME    8 address, 12 length
 *                 INDEX   8 i64
 *                 SLICE   8 start, 16 end, 24 step (i64 each), 32 bits: 1 has start, 2 has end
 *                 FILTER  8 expression
 *   query       0 nonzero: from the root, 4 first segment, 8 nonzero: singular
 *   expression  0 kind, 4 left, 8 right, 12 operator
 *
 * Room for a whole program is reserved before it is compiled, so records do not move. A path of PATH_BYTES_MAX at most, with
 * filters and parentheses nested PATH_DEPTH_MAX deep at most.
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { BUFFER_POINTER, BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";

export const PATH_BYTES_MAX: u32 = 65536;
export const PATH_DEPTH_MAX: u32 = 48;

export const SEGMENT_CHILD: u32 = 0;
export const SEGMENT_DESCENDANT: u32 = 1;
export const SELECT_NAME: u32 = 0;
export const SELECT_INDEX: u32 = 1;
export const SELECT_SLICE: u32 = 2;
export const SELECT_WILDCARD: u32 = 3;
export const SELECT_FILTER: u32 = 4;
export const SLICE_HAS_START: u32 = 1;
export const SLICE_HAS_END: u32 = 2;

export const RECORD_KIND: usize = 0;
export const RECORD_NEXT: usize = 4;
export const SEGMENT_SELECTORS: usize = 8;
export const SELECTOR_A: usize = 8;
export const SELECTOR_LENGTH: usize = 12;
export const SELECTOR_END: usize = 16;
export const SELECTOR_STEP: usize = 24;
export const SELECTOR_BITS: usize = 32;
export const SEGMENT_BYTES: u32 = 16;
export const SELECTOR_BYTES: u32 = 40;
export const QUERY_ROOT: usize = 0;
export const QUERY_FIRST: usize = 4;
export const QUERY_SINGULAR: usize = 8;
export const QUERY_BYTES: u32 = 16;
export const EXPRESSION_LEFT: usize = 4;
export const EXPRESSION_RIGHT: usize = 8;
export const EXPRESSION_OPERATOR: usize = 12;
export const EXPRESSION_BYTES: u32 = 16;

/** Kinds of expressions. Left of EXISTS, QUERY, COUNT and VALUE is a query, of LITERAL a packed value. */
export const LOGICAL_OR: u32 = 1;
export const LOGICAL_AND: u32 = 2;
export const LOGICAL_NOT: u32 = 3;
export const TEST_EXISTS: u32 = 4;
export const TEST_COMPARE: u32 = 5;
export const TEST_MATCH: u32 = 6;
export const TEST_SEARCH: u32 = 7;
export const OPERAND_LITERAL: u32 = 8;
export const OPERAND_QUERY: u32 = 9;
export const OPERAND_LENGTH: u32 = 10;
export const OPERAND_COUNT: u32 = 11;
export const OPERAND_VALUE: u32 = 12;

export const COMPARE_EQUAL: u32 = 0;
export const COMPARE_NOT_EQUAL: u32 = 1;
export const COMPARE_LESS: u32 = 2;
export const COMPARE_LESS_EQUAL: u32 = 3;
export const COMPARE_GREATER: u32 = 4;
export const COMPARE_GREATER_EQUAL: u32 = 5;

/** Most bytes of records for one byte of a path, and for none. */
const BYTES_PER_BYTE: u32 = 72;
const BYTES_FIRST: u32 = 256;

const buffer: usize = memory.data(BUFFER_SIZE, 8);
let next: usize = 0;
let end: usize = 0;

/** Makes room for the program of a path of `length` bytes. False: no memory. */
export function programReset(length: u32): bool {
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  bufferClear(buffer);
  const bytes = length * BYTES_PER_BYTE + BYTES_FIRST;
  if (!bufferReserve(buffer, bytes)) return false;
  next = <usize>load<u32>(buffer, BUFFER_POINTER);
  end = next + bytes;
  return true;
}

/** Forgets the program. */
export function programClear(): void {
  bufferClear(buffer);
}

/** A zeroed record, 8-byte aligned. */
export function programRecord(bytes: u32): usize {
  const record = programBytes(bytes);
  memory.fill(record, 0, bytes);
  return record;
}

/** Room for bytes of a name or a literal. */
export function programBytes(bytes: u32): usize {
  const place = next;
  next += (bytes + 7) & ~7;
  if (next > end) unreachable();
  return place;
}
