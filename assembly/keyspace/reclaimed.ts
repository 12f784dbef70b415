/**
 * What VACUUM reports: versions of keys that are gone for good, and keys that are, since it reported last. However they went: a value that nobody
 * could see any more was overwritten in place or freed at once, one that a view saw is counted when that is buried (entry-retire.ts).
 *
 * 1. What was committed counts: a command makes one version of a key, however often it writes to it, and so does a statement of SQL, and a transaction. A key
 *    that one of them has removed and made again has not gone (undo.ts).
 * 2. What nobody else has seen counts for nothing: values that a transaction has overwritten itself, and what was taken back. Nor do the
 *    catalog's keys count, nor what emptying a database throws away.
 *
 * 3. Properties of a node or relationship are versions of it; nodes and relationships are no keys.
 *
 * Cost: some loads and stores for each change.
 */
import { CONTROL_COMMANDS } from "../abi/layout";
import { equalBytes } from "../bytes/copy";
import { control } from "../memory/control";
import { contextView } from "../mvcc/context";
import { keepsOld } from "../structure/birth";
import { keyLength, keyPointer } from "../structure/entry";

const INTERNAL: usize = memory.data<u8>([95, 105, 110, 116, 101, 114, 110, 97, 108, 58]); // _internal:
const INTERNAL_BYTES: u32 = 10;

export let versionsGone: u32 = 0;
export let keysGone: u32 = 0;

/** The version that the running command has made last, and what the count of commands was. */
let made: usize = 0;
let madeBy: f64 = 0;

/** Whether a key is one of the catalog (`_internal:...`). */
// @ts-ignore: decorator
@inline
export function isCatalogKey(key: usize, length: u32): bool {
  return length > INTERNAL_BYTES && load<u8>(key) == 95 && equalBytes(key, INTERNAL, INTERNAL_BYTES);
}

/** An entry is a new version of its key. */
// @ts-ignore: decorator
@inline
export function versionMade(entry: usize): void {
  made = entry;
  madeBy = load<f64>(control, CONTROL_COMMANDS);
}

/** Whether the running command has made the entry: it is no version of its own then when it is replaced again. */
// @ts-ignore: decorator
@inline
export function isVersionOfNow(entry: usize): bool {
  return made == entry && madeBy == load<f64>(control, CONTROL_COMMANDS);
}

/** An entry, which nobody else sees, is about to get another value in its place. In a statement that may be taken back it is that one's own. */
export function versionOverwritten(entry: usize): void {
  if (contextView || keepsOld || isVersionOfNow(entry)) return;
  versionMade(entry);
  versionGone(entry, false);
}

/** An entry of the committed state that nobody sees any more is freed; `removed`: its key went with it. */
export function versionGone(entry: usize, removed: bool): void {
  if (isCatalogKey(keyPointer(entry), keyLength(entry))) return;
  versionsGone++;
  if (removed) keysGone++;
}

/** They have been reported, or a database was emptied. */
export function forgetGone(): void {
  versionsGone = 0;
  keysGone = 0;
}
