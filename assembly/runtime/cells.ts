/**
 * The plan's cells and arena as the host sees them: reset before an execution, marked and released around morsels.
 */
import { cells, cellsReset, planAllocate, planMark, planRelease } from "../value/cells";

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
