/**
 * The plan's cells and arena as the host sees them: reset before an execution, marked and released around morsels.
 */
import { cells, cellsReset, freeStates, planAllocate, planMark, planRelease, rowRelease, useStates } from "../value/cells";

/** Address of the cells (CELL_*). */
export function runtime_cells(): usize {
  return cells;
}

/** Frees the arena of the last execution and clears its error. The host sets the cells afterwards. */
export function runtime_reset(): void {
  cellsReset();
}

/** Bytes of the plan's arena; 0: none, and the error is set. */
export function runtime_allocate(size: u32): usize {
  return planAllocate(size);
}

/** The state of the arena now. */
export function runtime_mark(): u64 {
  return planMark();
}

/** Frees what was allocated since the mark. */
export function runtime_release(mark: u64): void {
  planRelease(mark);
}

/** Ends a row of a compiled plan: frees what functions made for it (rowRelease of value/cells.ts). */
export function row_release(place: usize): void {
  rowRelease(place);
}

/**
 * Chooses where the states of aggregates keep their bytes: in an arena of twelve bytes, zero at first, that belongs to the
 * execution (so that others may run between its morsels); 0: in the common one, which `runtime_reset` frees.
 */
export function runtime_states(arena: usize): void {
  useStates(arena);
}

/** Frees the bytes of an arena of states. */
export function runtime_states_free(arena: usize): void {
  freeStates(arena);
}
