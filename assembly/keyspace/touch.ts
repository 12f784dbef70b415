/**
 * The hook that every change of a key goes through, whatever door it used: value, expiry, creation, removal, the end of its time,
 * and what empties or swaps whole databases. Who wants to know (WATCH, watch.ts) registers a listener while it has a reason to;
 * while nobody does, a change costs the load of `touchOn`.
 *
 * 1. A key is told at the latest before control leaves the command that changed it, and never for what has not changed it:
 *    documents that get another representation, or a statement that is taken back.
 * 2. While a statement runs that can be undone (undo.ts), its keys are told when it is kept, once for each change.
 * 3. What a transaction changes privately is told when it is applied to the committed state.
 * 4. A listener must not change the keyspace. The key's bytes are good until it returns.
 */
import { contextView } from "../mvcc/context";
import { prefixLength } from "./collection";
import { database, databaseIndex } from "./database";
import { trackUnitDatabase, trackUnitKey, tracksWrites } from "./track";

/** What happened to a key: its value or expiry is another one, or it has come or gone; its time was over and it was deleted. */
export const TOUCH_CHANGED: u32 = 0;
export const TOUCH_EXPIRED: u32 = 1;

type KeyListener = (database: u32, hash: u64, key: usize, length: u32, kind: u32) => void;
/** Two databases are about to be swapped; a database that is about to be emptied is given twice. */
type DatabaseListener = (first: u32, second: u32) => void;

/** Whether anybody wants to know: a listener, or the serializable transactions that are active (track.ts). */
export let touchOn: bool = false;
let isHeard: bool = false;
let isTracked: bool = false;
let keyListener: KeyListener | null = null;
let databaseListener: DatabaseListener | null = null;

/** Has changes told from now on. Requires: nobody listens. */
export function touchListen(ofKey: KeyListener, ofDatabase: DatabaseListener): void {
  keyListener = ofKey;
  databaseListener = ofDatabase;
  isHeard = true;
  touchOn = true;
}

/** Ends that. */
export function touchIgnore(): void {
  isHeard = false;
  touchOn = isTracked;
}

/** Has the writes of autocommit units told to track.ts, or not any more. */
export function touchTrack(on: bool): void {
  isTracked = on;
  touchOn = isHeard || on;
}

/** A key of the current database was changed, has come or goes. Requires: `touchOn`. */
export function touchKey(hash: u64, key: usize, length: u32): void {
  if (contextView) return;
  if (tracksWrites) trackUnitKey(databaseIndex(database), key, length, prefixLength(key, length));
  if (isHeard) keyListener!(databaseIndex(database), hash, key, length, TOUCH_CHANGED);
}

/** A key of the current database is deleted since its time is over. Requires: `touchOn`. */
export function touchExpired(hash: u64, key: usize, length: u32): void {
  if (contextView) return;
  if (isHeard) keyListener!(databaseIndex(database), hash, key, length, TOUCH_EXPIRED);
}

/** All keys of a database go. Requires: `touchOn`, and they are still there. */
export function touchDatabase(index: u32): void {
  if (contextView) return;
  if (tracksWrites) trackUnitDatabase();
  if (isHeard) databaseListener!(index, index);
}

/** Two databases change places. Requires: `touchOn`, and they have not done so yet. */
export function touchSwap(first: u32, second: u32): void {
  if (tracksWrites) trackUnitDatabase();
  if (isHeard) databaseListener!(first, second);
}
