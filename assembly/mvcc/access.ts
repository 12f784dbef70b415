/**
 * The one place that reads and writes are told to: it knows whether they are a transaction's or a unit's. For code that runs in both.
 *
 *   if (ssiActive) accessRead(itemKey(database, hash));
 *
 * `ssiActive` is false while no transaction is active for which it matters; then nothing is to be told, and nobody pays more than that load.
 *
 * Around a command, EXEC or statement outside of transactions: `accessBegin` and `accessEnd`. Around one of a transaction: `accessFor`.
 * While a commit applies what the transaction did, or a replay what is in the log: `accessMute`. What it did has been told already, and
 * what the applying code looks at (constraints) it looks at in the committed state, so it cannot be stale.
 *
 * Cost: that of ssi.ts and ssi-unit.ts.
 */
import { ssiActive } from "./participant";
import { ssiRead, ssiReadRange, ssiWrite, ssiWriteKey } from "./ssi";
import { unitBegin, unitEnd, unitRead, unitReadMany, unitReadRange, unitWrite, unitWriteKey } from "./ssi-unit";

/** The transaction that runs; 0: a unit. */
let actor: usize = 0;
let isMute: bool = false;

/** What comes now is read and written by a transaction (`ssiBegin`), or (0) by units. */
export function accessFor(transaction: usize): void {
  actor = transaction;
}

/** Whether what comes now is not to be told. Returns what held before. */
export function accessMute(mute: bool): bool {
  const before = isMute;
  isMute = mute;
  return before;
}

/** A unit begins. */
export function accessBegin(): void {
  unitBegin();
}

/** The unit is committed. */
export function accessEnd(): void {
  unitEnd();
}

/** An item that is only ever written exclusively has been read. */
export function accessRead(item: u64): void {
  if (!ssiActive || isMute) return;
  if (actor) ssiRead(actor, item);
  else unitRead(item);
}

/** An item that is touched in parts has been read as a whole. */
export function accessReadMany(item: u64): void {
  if (!ssiActive || isMute) return;
  if (actor) ssiRead(actor, item);
  else unitReadMany(item);
}

/** What a space holds in a range has been read: see `rangeWant` for the flags. */
export function accessReadRange(space: u64, low: usize, lowBytes: u32, high: usize, highBytes: u32, flags: u32): void {
  if (!ssiActive || isMute) return;
  if (actor) ssiReadRange(actor, space, low, lowBytes, high, highBytes, flags);
  else unitReadRange(space, low, lowBytes, high, highBytes, flags);
}

/** An item has been written in a mode (WRITE_*). */
export function accessWrite(item: u64, mode: u32): void {
  if (!ssiActive || isMute) return;
  if (actor) ssiWrite(actor, item, mode);
  else unitWrite(item, mode);
}

/** What a space holds under a key has been added, removed or changed. */
export function accessWriteKey(space: u64, key: usize, keyBytes: u32, mode: u32): void {
  if (!ssiActive || isMute) return;
  if (actor) ssiWriteKey(actor, space, key, keyBytes, mode);
  else unitWriteKey(space, key, keyBytes, mode);
}
