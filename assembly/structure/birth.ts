/**
 * To what the changes of structures belong: the era in which blocks are born, and up to which era a block may be seen by others.
 *
 * A block that was born in an era not above `viewNewest` may be seen by a read view (or, while a transaction runs, is the committed
 * state's): it is never changed, moved or freed. Whoever wants to change it makes a copy, born now, and retires it. Without a view
 * `viewNewest` is 0, every block is its owner's, and all that this costs is a load and a comparison. mvcc/ sets these numbers.
 */
import { release } from "../memory/allocator";

type RetireHook = (address: usize, purpose: u32, birth: u32) => void;
type Hook = () => void;

/** Era of what is born now. */
export let birthEra: u32 = 1;
/** Blocks that were born up to this era are not the writer's to change; 0: all are. */
export let viewNewest: u32 = 0;
/** Set while what is replaced must be kept, since the running statement may be taken back: entries are not changed in place. */
export let keepsOld: bool = false;
/** Set when entries may not be changed in place without a look at their birth. */
export let entriesShared: bool = false;
/** Set when something was born, or died, in the present era: a view that is opened now sees something else than the newest one. */
export let eraUsed: bool = false;
let retireHook: RetireHook | null = null;
let exhaustedHook: Hook | null = null;

/** Says to what the following changes belong. Requires: era > newest. */
export function setBirths(era: u32, newest: u32): void {
  birthEra = era;
  viewNewest = newest;
  entriesShared = keepsOld || newest != 0;
}

export function setKeepsOld(keeps: bool): void {
  keepsOld = keeps;
  entriesShared = keeps || viewNewest != 0;
}

export function setEraUsed(used: bool): void {
  eraUsed = used;
}

/** Lets blocks be born in an era; returns the one before, which the caller puts back. */
export function bearIn(era: u32): u32 {
  const before = birthEra;
  birthEra = era;
  return before;
}

/** Says what becomes of blocks that others may still see, and who sees to it that nobody does when memory is short. Called once. */
export function setRetire(retire: RetireHook, exhausted: Hook): void {
  retireHook = retire;
  exhaustedHook = exhausted;
}

/** Whether a block that was born in this era may be changed in place, or freed. */
// @ts-ignore: decorator
@inline
export function isWritable(birth: u32): bool {
  return birth > viewNewest;
}

/** A block has left the structure that it was in: frees it as soon as nobody can see it. Never fails. */
export function retireBlock(address: usize, purpose: u32, birth: u32): void {
  if (isWritable(birth)) release(address, purpose);
  else {
    eraUsed = true;
    retireHook!(address, purpose, birth);
  }
}

/**
 * There is no memory for a copy that must be made: takes all views away, and the transactions with them, so that everything may be changed
 * in place. Requires: it is the committed state that is changed. A transaction cannot go on here, so its commands are admitted with room for
 * the copies that they must make.
 */
export function makeWritable(): void {
  exhaustedHook!();
}
