/**
 * Lists of tuples: what a plan keeps of rows, all of one size, in chunks in the order in which they came. Hash tables, sorters and
 * results are lists with more behind them. The layout is abi/plan.ts's (LIST_*, CHUNK_*): generated code reads it by itself.
 *
 * Invariants: (1) LIST_NEXT stands in the last chunk, whose CHUNK_END is not kept up until another chunk follows or `list_seal` is
 * called; (2) tuples are zeroed when they are handed out and never move.
 * Cost: O(1) for a tuple. The first chunk is small, the following ones grow to BLOCK_BYTES_MAX.
 */
import {
  CHUNK_END,
  CHUNK_NEXT,
  CHUNK_TUPLES,
  LIST_COUNT,
  LIST_END,
  LIST_FIRST,
  LIST_LAST,
  LIST_NEXT,
  LIST_PLAN,
  LIST_TUPLE,
  TABLE_DIRECTORY,
} from "../abi/plan";
import { DEBUG } from "../memory/debug";
import { BLOCK_BYTES_MAX, blockGive, blockTake, plan_allocate } from "./plan-memory";

const CHUNK_BYTES_MIN: u32 = 1008;
export const LIST_BYTES: u32 = TABLE_DIRECTORY;

/** A list, or `list` emptied when there is one; `size`: bytes of its record, the rest is its user's. 0: no memory. */
export function listOpen(list: usize, plan: usize, tupleBytes: u32, size: u32): usize {
  if (list) {
    listClear(list);
    return list;
  }
  const made = plan_allocate(plan, size);
  if (!made) return 0;
  store<u32>(made, tupleBytes, LIST_TUPLE);
  store<u32>(made, <u32>plan, LIST_PLAN);
  return made;
}

/** A list; one that there is keeps the room for a few tuples: parts empty theirs for each row. */
export function list_open(list: usize, plan: usize, tupleBytes: u32): usize {
  if (list) {
    listRewind(list);
    return list;
  }
  return listOpen(list, plan, tupleBytes, LIST_BYTES);
}

/** Frees the chunks. */
export function listClear(list: usize): void {
  const plan = <usize>load<u32>(list, LIST_PLAN);
  let chunk = <usize>load<u32>(list, LIST_FIRST);
  while (chunk) {
    const next = <usize>load<u32>(chunk, CHUNK_NEXT);
    blockGive(plan, chunk);
    chunk = next;
  }
  store<u32>(list, 0, LIST_FIRST);
  store<u32>(list, 0, LIST_LAST);
  store<u32>(list, 0, LIST_NEXT);
  store<u32>(list, 0, LIST_END);
  store<u32>(list, 0, LIST_COUNT);
}

/** Empties the list and keeps its first chunk, which is small: whoever fills it again and again takes no memory for few tuples. */
export function listRewind(list: usize): void {
  const first = <usize>load<u32>(list, LIST_FIRST);
  if (!first) return;
  const plan = <usize>load<u32>(list, LIST_PLAN);
  let chunk = <usize>load<u32>(first, CHUNK_NEXT);
  // The end of the last chunk is not kept up, that of the first stands there only when another follows.
  const end = chunk ? load<u32>(first, CHUNK_END) : load<u32>(list, LIST_NEXT);
  const room = <u32>first + firstBytes(load<u32>(list, LIST_TUPLE));
  while (chunk) {
    const next = <usize>load<u32>(chunk, CHUNK_NEXT);
    blockGive(plan, chunk);
    chunk = next;
  }
  memory.fill(first, 0, end - <u32>first);
  store<u32>(list, <u32>first, LIST_LAST);
  store<u32>(list, <u32>first + CHUNK_TUPLES, LIST_NEXT);
  store<u32>(list, room, LIST_END);
  store<u32>(list, 0, LIST_COUNT);
}

/** Bytes of a list's first chunk. */
function firstBytes(tupleBytes: u32): u32 {
  return tupleBytes + <u32>CHUNK_TUPLES > CHUNK_BYTES_MIN ? tupleBytes + CHUNK_TUPLES : CHUNK_BYTES_MIN;
}

/** Another chunk for at least one tuple; false and an error without memory. */
function listGrow(list: usize): bool {
  const plan = <usize>load<u32>(list, LIST_PLAN);
  const tupleBytes = load<u32>(list, LIST_TUPLE);
  const last = <usize>load<u32>(list, LIST_LAST);
  let size = firstBytes(tupleBytes);
  if (last) {
    size = (load<u32>(list, LIST_END) - <u32>last) << 2;
    store<u32>(last, load<u32>(list, LIST_NEXT), CHUNK_END);
  }
  if (size > BLOCK_BYTES_MAX) size = BLOCK_BYTES_MAX;
  if (size < tupleBytes + <u32>CHUNK_TUPLES) size = tupleBytes + CHUNK_TUPLES;
  const chunk = blockTake(plan, size);
  if (!chunk) return false;
  memory.fill(chunk, 0, size);
  if (last) store<u32>(last, <u32>chunk, CHUNK_NEXT);
  else store<u32>(list, <u32>chunk, LIST_FIRST);
  store<u32>(list, <u32>chunk, LIST_LAST);
  store<u32>(list, <u32>chunk + CHUNK_TUPLES, LIST_NEXT);
  store<u32>(list, <u32>chunk + size, LIST_END);
  return true;
}

/** A zeroed tuple at the list's end; 0 and an error without memory. */
export function list_add(list: usize): usize {
  const tupleBytes = load<u32>(list, LIST_TUPLE);
  if (load<u32>(list, LIST_END) - load<u32>(list, LIST_NEXT) < tupleBytes || !load<u32>(list, LIST_LAST)) {
    if (!listGrow(list)) return 0;
  }
  const tuple = load<u32>(list, LIST_NEXT);
  store<u32>(list, tuple + tupleBytes, LIST_NEXT);
  store<u32>(list, load<u32>(list, LIST_COUNT) + 1, LIST_COUNT);
  if (DEBUG) assert(tuple + tupleBytes <= load<u32>(list, LIST_END));
  return <usize>tuple;
}

/** Ends the adding for now: the last chunk's end is right. */
export function list_seal(list: usize): void {
  const last = <usize>load<u32>(list, LIST_LAST);
  if (last) store<u32>(last, load<u32>(list, LIST_NEXT), CHUNK_END);
}
