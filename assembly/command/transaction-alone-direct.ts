/**
 * Direct calls (direct.ts) that write in a transaction that is alone: to the committed state, as a statement that can be taken back (transaction-alone.ts).
 * What it reads lies there too.
 *
 * A string that fits into its entry's block is changed in it, which costs little more than outside of transactions; anything else goes the way of
 * all statements. What cannot be done here answers false before anything was changed, and the command runs the ordinary way.
 */
import { undoGoOn, undoHold } from "../keyspace/undo";
import { rewriteInteger, rewriteString, storeInteger, storeString } from "../types/string";
import { aloneMayWrite } from "./transaction-alone";
import { admitWrite } from "./call";

/** Stores a string. Requires: the transaction is alone; `old` is the key's entry, a string without expiry, or 0; `slot` is where it is. */
export function aloneSet(command: u32, hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: usize, length: u32): bool {
  if (!aloneMayWrite() || admitWrite(command, (<u64>keyBytes + length) << 1)) return false;
  if (old && rewriteString(old, keyBytes, value, length)) return true;
  undoGoOn();
  const isStored = storeString(hash, slot, old, key, keyBytes, value, length, 0);
  undoHold();
  return isStored;
}

/** The same for a whole number. */
export function aloneSetInteger(command: u32, hash: u64, slot: usize, old: usize, key: usize, keyBytes: u32, value: i64): bool {
  if (!aloneMayWrite() || admitWrite(command, (<u64>keyBytes + 8) << 1)) return false;
  if (old && rewriteInteger(old, keyBytes, value)) return true;
  undoGoOn();
  const isStored = storeInteger(hash, slot, old, key, keyBytes, value, 0);
  undoHold();
  return isStored;
}
