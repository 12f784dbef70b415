/**
 * The cells of the running plan (CELL_* of abi/record.ts), its arena, one for states of aggregates, and one for what a function
 * needs while it runs. They lie this low because every function on SQL's values makes bytes and may fail.
 *
 * Invariants: (1) the first error of an execution stays until `cellsReset`; (2) the temporary arena is empty between two
 * calls of plan functions: who takes from it releases it; (3) what `cellsSave` has put aside is nowhere else: `cellsRestore` or nobody
 * frees it.
 *
 * Put aside (CELLS_SAVED_SIZE bytes): the cells, then {arena, arena of states, u32 chosen arena of states or 0, u32 what states took
 * since `planForget`, u32 what they ever took}.
 */
import {
  CELLS_SIZE,
  CELL_CLOCK,
  CELL_BUDGET,
  CELL_ERROR,
  CELL_ERROR_FIRST,
  CELL_ERROR_SECOND,
  CELL_NOW,
  CELL_NOW_MICROSECONDS,
  CELL_STATEMENT,
  CELL_TAG,
  CELL_ZONE,
  ROW_ARENA_BUDGET,
  ROW_ARENA_STATES,
} from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { ARENA_SIZE, arenaAllocate, arenaMark, arenaMove, arenaRelease } from "../memory/arena";
import { DEBUG } from "../memory/debug";

export const cells: usize = memory.data(CELLS_SIZE, 16);
const arena: usize = memory.data(ARENA_SIZE, 8);
const temporary: usize = memory.data(ARENA_SIZE, 8);
const commonStates: usize = memory.data(ARENA_SIZE, 8);
let states: usize = commonStates;
const MICROSECONDS_OF_MS: i64 = 1000;
const SAVED_ARENA: usize = CELLS_SIZE;
const SAVED_STATES: usize = SAVED_ARENA + ARENA_SIZE;
const SAVED_CHOSEN: usize = SAVED_STATES + ARENA_SIZE;
const SAVED_TAKEN: usize = SAVED_CHOSEN + 4;
const SAVED_EVER: usize = SAVED_CHOSEN + 8;
export const CELLS_SAVED_SIZE: u32 = CELLS_SIZE + ARENA_SIZE + ARENA_SIZE + 12;

/** Begins an execution: no error, an empty arena. */
export function cellsReset(): void {
  arenaRelease(arena, 0);
  arenaRelease(temporary, 0);
  arenaRelease(commonStates, 0);
  states = commonStates;
  statesTaken = 0;
  store<u32>(cells, 0, CELL_ERROR);
  store<u32>(cells, 0, CELL_TAG);
  store<u64>(cells, 0, CELL_ERROR_FIRST);
  store<u64>(cells, 0, CELL_ERROR_SECOND);
}

/**
 * Times (Unix milliseconds: of its transaction, and of the clock), zone (seconds east of UTC) and budget (bytes) of an execution that begins.
 * An error of an earlier one that nobody has asked for is none of its.
 */
export function cellsBegin(nowMs: f64, clockMs: f64, zone: i32, budget: u32): void {
  store<u32>(cells, 0, CELL_ERROR);
  store<u64>(cells, 0, CELL_ERROR_FIRST);
  store<u64>(cells, 0, CELL_ERROR_SECOND);
  store<f64>(cells, nowMs, CELL_NOW);
  store<i64>(cells, <i64>nearest<f64>(nowMs) * MICROSECONDS_OF_MS, CELL_NOW_MICROSECONDS);
  const clock = <i64>nearest<f64>(clockMs) * MICROSECONDS_OF_MS;
  store<i64>(cells, clock, CELL_STATEMENT);
  store<i64>(cells, clock, CELL_CLOCK);
  store<i64>(cells, <i64>zone, CELL_ZONE);
  store<u32>(cells, budget, CELL_BUDGET);
}

/** Puts the cells and arenas of an execution aside; there is none then. */
export function cellsSave(target: usize): void {
  if (DEBUG) assert(arenaMark(temporary) == 0 && load<u32>(cells, CELL_ERROR) == 0);
  memory.copy(target, cells, CELLS_SIZE);
  arenaMove(target + SAVED_ARENA, arena);
  arenaMove(target + SAVED_STATES, commonStates);
  store<u32>(target, states == commonStates ? 0 : <u32>states, SAVED_CHOSEN);
  store<u32>(target, statesTaken, SAVED_TAKEN);
  store<u32>(target, statesEver, SAVED_EVER);
  cellsReset();
}

/** Takes them up again. Whatever there was of another execution is gone. */
export function cellsRestore(source: usize): void {
  cellsReset();
  memory.copy(cells, source, CELLS_SIZE);
  arenaMove(arena, source + SAVED_ARENA);
  arenaMove(commonStates, source + SAVED_STATES);
  const chosen = <usize>load<u32>(source, SAVED_CHOSEN);
  states = chosen ? chosen : commonStates;
  statesTaken = load<u32>(source, SAVED_TAKEN);
  statesEver = load<u32>(source, SAVED_EVER);
}

/** Notes an error (RUNTIME_ERROR_*) unless there is one. */
export function fail(error: u32): void {
  failWith(error, 0, 0);
}

/** The same with the words that its text names. */
export function failWith(error: u32, first: u64, second: u64): void {
  if (load<u32>(cells, CELL_ERROR)) return;
  store<u32>(cells, error, CELL_ERROR);
  store<u64>(cells, first, CELL_ERROR_FIRST);
  store<u64>(cells, second, CELL_ERROR_SECOND);
}

/** Takes the error back, but for one of memory. */
export function clearFailure(): void {
  if (load<u32>(cells, CELL_ERROR) != RUNTIME_ERROR_MEMORY) store<u32>(cells, 0, CELL_ERROR);
}

// @ts-ignore: decorator
@inline
export function hasFailed(): bool {
  return load<u32>(cells, CELL_ERROR) != 0;
}

/** Says what a value is that a function answers: SLOT_*, or SLOT_NONE for NULL. */
// @ts-ignore: decorator
@inline
export function setTag(tag: u32): void {
  store<u32>(cells, tag, CELL_TAG);
}

/** Bytes of results, 8-byte aligned, until the driver releases them; 0 and an error when there are none. */
export function planAllocate(size: u32): usize {
  return take(arena, size);
}

/** Bytes of states of aggregates, which live until their arena is freed. */
export function stateAllocate(size: u32): usize {
  const block = take(states, size);
  if (block) {
    statesTaken += size;
    statesEver += size;
  }
  return block;
}

/** What states took since the last `planForget`. */
let statesTaken: u32 = 0;
/** What states ever took, modulo 2^32. */
let statesEver: u32 = 0;

/** Makes the states of what follows lie in an arena of the caller (ARENA_SIZE bytes, zero at first); 0: in the common one. */
export function useStates(other: usize): void {
  states = other ? other : commonStates;
}

/** Frees all that lies in an arena of states. */
export function freeStates(other: usize): void {
  arenaRelease(other, 0);
}

function take(from: usize, size: u32): usize {
  const budget = load<u32>(cells, CELL_BUDGET);
  const block = size <= budget ? arenaAllocate(from, size) : 0;
  if (!block) {
    fail(RUNTIME_ERROR_MEMORY);
    return 0;
  }
  store<u32>(cells, budget - size, CELL_BUDGET);
  return block;
}

/** State of the plan's arena, for `planRelease`. */
export function planMark(): u64 {
  return arenaMark(arena);
}

/** Frees what was allocated since the mark; the budget is the caller's. */
export function planRelease(mark: u64): void {
  arenaRelease(arena, mark);
}

/** What may still be taken, before something is done that `planForget` ends. */
export function planBudget(): u32 {
  statesTaken = 0;
  return load<u32>(cells, CELL_BUDGET);
}

/** Frees what was allocated since the mark, and gives back what it took of the budget as it was then. */
export function planForget(mark: u64, budget: u32): void {
  const kept = statesTaken;
  arenaRelease(arena, mark);
  statesTaken = 0;
  store<u32>(cells, budget > kept ? budget - kept : 0, CELL_BUDGET);
}

/**
 * Ends a row of a plan that keeps nothing of what functions made for it. `place` is the plan's own, zeros at first: {u64 mark, u32 budget,
 * u32 what states had taken} behind the first row, to which the arena goes back behind all others.
 */
export function rowRelease(place: usize): void {
  const mark = load<u64>(place);
  if (!mark) {
    store<u64>(place, arenaMark(arena));
    store<u32>(place, load<u32>(cells, CELL_BUDGET), ROW_ARENA_BUDGET);
    store<u32>(place, statesEver, ROW_ARENA_STATES);
    return;
  }
  const kept = statesEver - load<u32>(place, ROW_ARENA_STATES);
  const budget = load<u32>(place, ROW_ARENA_BUDGET);
  arenaRelease(arena, mark);
  store<u32>(cells, budget > kept ? budget - kept : 0, CELL_BUDGET);
}

/** Bytes until `temporaryRelease`; 0 and an error when there are none. */
export function temporaryAllocate(size: u32): usize {
  const block = arenaAllocate(temporary, size);
  if (!block) fail(RUNTIME_ERROR_MEMORY);
  return block;
}

export function temporaryMark(): u64 {
  return arenaMark(temporary);
}

export function temporaryRelease(mark: u64): void {
  arenaRelease(temporary, mark);
}
