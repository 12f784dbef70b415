/**
 * The memory of an execution: the state block, hash tables, sorted rows, results. Unlike the arena of the cells, which holds what
 * functions make of one row, it lives until the execution is closed, over all its morsels.
 *
 * Layout. A plan is a block {u32 first block, u32 bytes that it may still take}. Each block of it comes from the allocator
 * under PURPOSE_SCRATCH and has a header of 16 bytes before what its user sees:
 *
 *   0   u32 next block     4   u32 previous block (0: the first)     8   u32 bytes of budget that it took     12  u32 zero
 *
 * Invariants: (1) a plan's blocks are those of its list, and `plan_close` frees them all; (2) what they took and what is left are
 * the budget; (3) users ask for at most BLOCK_BYTES_MAX at once, save for the state block and for strings.
 * Cost: O(1) for each block.
 */
import { PLAN_LEFT } from "../abi/plan";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { PURPOSE_SCRATCH } from "../abi/status";
import { allocate, allocationSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { fail } from "../value/cells";

const PLAN_FIRST: usize = 0;
const PLAN_SIZE: u32 = 8;
const BLOCK_NEXT: usize = 0;
const BLOCK_PREVIOUS: usize = 4;
const BLOCK_TOOK: usize = 8;
const BLOCK_HEADER: u32 = 16;
/** What structures ask for at most. */
export const BLOCK_BYTES_MAX: u32 = 65536 - BLOCK_HEADER;

/** Opens an execution that may take so many bytes; 0: no memory. */
export function plan_open(budget: u32): usize {
  const plan = allocate(PLAN_SIZE, PURPOSE_SCRATCH);
  if (!plan) return 0;
  store<u32>(plan, 0, PLAN_FIRST);
  store<u32>(plan, budget, PLAN_LEFT);
  return plan;
}

/** Frees an execution with all its memory. */
export function plan_close(plan: usize): void {
  let block = <usize>load<u32>(plan, PLAN_FIRST);
  while (block) {
    const next = <usize>load<u32>(block, BLOCK_NEXT);
    release(block, PURPOSE_SCRATCH);
    block = next;
  }
  release(plan, PURPOSE_SCRATCH);
}

/** So many zeroed bytes, 8-byte aligned; 0 and an error in the cells when there are none. */
export function plan_allocate(plan: usize, size: u32): usize {
  const block = blockTake(plan, size);
  if (block) memory.fill(block, 0, size);
  return block;
}

/** So many bytes, not zeroed; 0 and an error in the cells when there are none. */
export function blockTake(plan: usize, size: u32): usize {
  const left = load<u32>(plan, PLAN_LEFT);
  const wanted = size + BLOCK_HEADER;
  const took = wanted > size ? allocationSize(wanted) : 0;
  const block = took && took <= left ? allocate(wanted, PURPOSE_SCRATCH) : 0;
  if (!block) {
    fail(RUNTIME_ERROR_MEMORY);
    return 0;
  }
  const first = load<u32>(plan, PLAN_FIRST);
  store<u32>(block, first, BLOCK_NEXT);
  store<u32>(block, 0, BLOCK_PREVIOUS);
  store<u64>(block, <u64>took, BLOCK_TOOK);
  if (first) store<u32>(<usize>first, <u32>block, BLOCK_PREVIOUS);
  store<u32>(plan, <u32>block, PLAN_FIRST);
  store<u32>(plan, left - took, PLAN_LEFT);
  return block + BLOCK_HEADER;
}

/** Gives a block back before the execution ends. */
export function blockGive(plan: usize, address: usize): void {
  const block = address - BLOCK_HEADER;
  const next = load<u32>(block, BLOCK_NEXT);
  const previous = load<u32>(block, BLOCK_PREVIOUS);
  if (DEBUG) assert(previous != 0 || load<u32>(plan, PLAN_FIRST) == <u32>block);
  if (previous) store<u32>(<usize>previous, next, BLOCK_NEXT);
  else store<u32>(plan, next, PLAN_FIRST);
  if (next) store<u32>(<usize>next, previous, BLOCK_PREVIOUS);
  store<u32>(plan, load<u32>(plan, PLAN_LEFT) + load<u32>(block, BLOCK_TOOK), PLAN_LEFT);
  release(block, PURPOSE_SCRATCH);
}
