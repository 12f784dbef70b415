/**
 * The row-write door as the collections see it: what the tables above (table/) have a say in. Whatever command writes a row,
 * collection.ts asks here before anything has changed, and tells when a row goes.
 *
 * Invariant: `doorEnter` that answers false has changed nothing, and has noted an error in the plan's cells (value/cells.ts)
 * unless there was no memory.
 */
type RowHook = (collection: usize, row: u32, old: usize, entry: usize) => bool;
type EntryHook = (collection: usize, row: u32, entry: usize) => void;
type CollectionHook = (collection: usize) => void;
type ForgetHook = (copy: usize, view: u32) => void;
type CopyHook = (collection: usize, copy: usize) => bool;
type ConvertHook = (collection: usize, rest: usize, restBytes: u32, value: usize, bytes: u32, isNew: bool) => bool;

let enterHook: RowHook | null = null;
let leaveHook: EntryHook | null = null;
let freeHook: CollectionHook | null = null;
let convertHook: ConvertHook | null = null;
let expireHook: EntryHook | null = null;
let copyHook: CopyHook | null = null;
let forgetHook: CollectionHook | null = null;
let forgetTreesHook: ForgetHook | null = null;

/** How many foreign keys there are: without any, no command is a statement for their sake. */
export let referencesDeclared: i32 = 0;

export function countReferences(difference: i32): void {
  referencesDeclared += difference;
}

/** The row whose time is over and which alone has kept another one out when one was refused last; 0: that was not why. */
export let overInTheWay: usize = 0;

export function setOverInTheWay(entry: usize): void {
  overInTheWay = entry;
}

/** Set while a statement is taken back: rows go and come as they were. */
export let rowsRestored: bool = false;

export function setRowsRestored(restored: bool): void {
  rowsRestored = restored;
}

/** Where `doorConvert` has put the document in the packed writer. */
export let convertedAt: u32 = 0;

export function setConvertedAt(offset: u32): void {
  convertedAt = offset;
}

/** Says who is to be asked. Called once, before the first row. */
export function setRowDoor(convert: ConvertHook, enter: RowHook, leave: EntryHook, expire: EntryHook, free: CollectionHook): void {
  convertHook = convert;
  expireHook = expire;
  enterHook = enter;
  leaveHook = leave;
  freeHook = free;
}

/** Says who copies the index records of a collection and frees the copies. Called once. */
export function setRootDoor(copy: CopyHook, forget: CollectionHook, forgetTrees: ForgetHook): void {
  copyHook = copy;
  forgetTreesHook = forgetTrees;
  forgetHook = forget;
}

/** Gives a copy of a collection's record copies of its indexes' records. Returns false when there is no memory; the copy may have some. */
export function doorCopy(collection: usize, copy: usize): bool {
  return copyHook!(collection, copy);
}

/** Frees the index records of a copy, not their trees. */
export function doorForget(copy: usize): void {
  forgetHook!(copy);
}

/** Frees what a transaction has born of its copy's trees, after the era `view`, and its table. */
export function doorForgetTrees(copy: usize, view: u32): void {
  forgetTreesHook!(copy, view);
}

/**
 * Appends a document for a row of a declared collection to the packed writer, at `convertedAt`, in the form in which it is kept; the
 * document may lie in the writer itself, and what was there may be gone afterwards. `isNew`: there is no such row. False: refused, or no memory.
 */
export function doorConvert(collection: usize, rest: usize, restBytes: u32, value: usize, bytes: u32, isNew: bool): bool {
  return convertHook!(collection, rest, restBytes, value, bytes, isNew);
}

/** Whether a row may be written: `entry` in the place of `old` (0: a new row). Requires: the collection has indexes. */
export function doorEnter(collection: usize, row: u32, old: usize, entry: usize): bool {
  return enterHook!(collection, row, old, entry);
}

/** A row goes. Requires: the collection has indexes. */
export function doorLeave(collection: usize, row: u32, entry: usize): void {
  leaveHook!(collection, row, entry);
}

/** A row gets an expiry. Requires: the collection has indexes. */
export function doorExpire(collection: usize, row: u32, entry: usize): void {
  expireHook!(collection, row, entry);
}

/** A collection goes with what the tables keep of it. */
export function doorFree(collection: usize): void {
  freeHook!(collection);
}
