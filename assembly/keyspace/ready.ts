/**
 * The hook for clients that wait for a value under a key (BLPOP and the like): a list, sorted set or stream has come to be there, whatever
 * command, COMMIT included, has put it there. Whoever serves them registers a listener while somebody waits; otherwise a new key costs a load.
 *
 * A listener hears of keys of the committed state only. It may hear of one again, or of one that has gone since: it looks itself, when the command
 * is at its end. It must not change the keyspace.
 */
import { TYPE_LIST, TYPE_SORTED_SET, TYPE_STREAM } from "../abi/status";
import { contextView } from "../mvcc/context";
import { ENTRY_KIND, keyLength, keyPointer } from "../structure/entry";
import { database, databaseIndex } from "./database";
import { TYPE_MASK } from "./entry-release";

/** Two databases have changed places. */
type SwapListener = (first: u32, second: u32) => void;
type ReadyListener = (database: u32, hash: u64, key: usize, length: u32) => void;

/** Whether anybody waits. */
export let readyOn: bool = false;
let listener: ReadyListener | null = null;
let swapListener: SwapListener | null = null;

/** Has such keys told from now on. */
export function readyListen(heard: ReadyListener, swapped: SwapListener): void {
  listener = heard;
  swapListener = swapped;
  readyOn = true;
}

/** Ends that. */
export function readyIgnore(): void {
  readyOn = false;
}

/** An entry of the current database has come, or has taken the place of another one. Requires: `readyOn`. */
export function readyEntry(hash: u64, entry: usize): void {
  const type = (<u32>load<u8>(entry, ENTRY_KIND)) & TYPE_MASK;
  if (type == TYPE_LIST || type == TYPE_SORTED_SET || type == TYPE_STREAM) readyKey(hash, keyPointer(entry), keyLength(entry));
}

/** The same for a key that a statement has changed, when that is kept. Requires: `readyOn`. */
export function readyKey(hash: u64, key: usize, length: u32): void {
  if (!contextView) listener!(databaseIndex(database), hash, key, length);
}

/** Two databases have changed places. Requires: `readyOn`. */
export function readySwap(first: u32, second: u32): void {
  swapListener!(first, second);
}
