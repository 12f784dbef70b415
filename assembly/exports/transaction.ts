/**
 * The calls for transactions of sessions (abi/README.md).
 */
import { forgetGone, keysGone, versionsGone } from "../keyspace/reclaimed";
import { DATABASE_COUNT } from "../abi/layout";
import { STATUS_INVALID } from "../abi/status";
import * as core from "../command/transaction";
import { aloneEnter, aloneNumber, aloneRuns, aloneShare } from "../command/transaction-alone";
import { effectsOn } from "../durability/effect-log";
import { useDatabase } from "../keyspace/database";
import { trackCollection, tracksReads } from "../keyspace/track";
import { trackGraph } from "../keyspace/track-graph";
import { viewsBury, viewsCancelled, viewsHeld, viewsOldest, viewsOpen } from "../mvcc/view";
import { publishEffects } from "./engine";

export function transaction_begin(session: usize, flags: u32, now: f64): i32 {
  return core.transactionBegin(session, flags, now);
}

export function transaction_time(session: usize, now: f64): void {
  core.transactionSetTime(session, now);
}

export function transaction_used(session: usize): i32 {
  return core.transactionUsed(session) ? 1 : 0;
}

export function transaction_forbid_writes(session: usize, forbidden: u32): void {
  core.transactionForbidWrites(session, forbidden != 0);
}

export function transaction_commit(session: usize, now: f64): i32 {
  const outcome = core.transactionCommit(session, now);
  if (effectsOn) publishEffects();
  return outcome;
}

export function transaction_rollback(session: usize): void {
  core.transactionRollback(session, 0);
}

export function transaction_fail(session: usize, state: u32): void {
  core.transactionRollback(session, state);
}

export function transaction_enter(session: usize): i32 {
  return core.transactionEnter(session) ? 1 : 0;
}

/** Whether what comes now is done in the session's transaction, which is alone and stays so; `writes`: not only reads. */
export function transaction_enter_alone(session: usize, writes: u32): i32 {
  return aloneEnter(session, writes != 0) ? 1 : 0;
}

/** Somebody else comes. */
export function transaction_share(): void {
  aloneShare();
}

export function transaction_leave(): void {
  core.transactionLeave();
  if (effectsOn) publishEffects();
}

/** 0: what is read now need not be told; 1: it is told to the transactions that are active; else a number of the one that is alone, which remembers it. */
export function tracks_reads(): u32 {
  if (!tracksReads) return 0;
  return aloneRuns ? aloneNumber : 1;
}

/** A collection is read as a whole, or (without a name) the graph. */
export function track_collection(database: u32, prefix: usize, length: u32): void {
  if (!tracksReads || database >= <u32>DATABASE_COUNT) return;
  useDatabase(database);
  if (length) trackCollection(prefix, length);
  else trackGraph();
}

/** The transaction that commits next has undeclared a collection, which nobody else has changed; answers a STATUS_*. */
export function transaction_excuse(database: u32, prefix: usize, length: u32): i32 {
  if (database >= <u32>DATABASE_COUNT) return STATUS_INVALID;
  return core.transactionExcuse(database, prefix, length);
}

export function transaction_excuse_none(): void {
  core.transactionExcuseNone();
}

export function savepoint_set(session: usize): i32 {
  return core.savepointSet(session);
}

export function savepoint_restart(session: usize, position: u32): i32 {
  return core.savepointRestart(session, position) ? 1 : 0;
}

export function savepoint_replay(session: usize): i32 {
  return core.savepointReplay(session);
}

export function savepoint_release(session: usize, position: u32): void {
  core.savepointRelease(session, position);
}

/** Whether somebody has changed, made or removed a collection, or (without a name) the graph, since the session's transaction began. */
export function transaction_moved(session: usize, database: u32, prefix: usize, length: u32): i32 {
  return core.transactionMoved(session, database, prefix, length) ? 1 : 0;
}

/** How many views are open, those of transactions included. */
export function views_open(): u32 {
  return viewsOpen;
}

/** Bytes of old versions that are kept for views. */
export function views_held(): f64 {
  return <f64>viewsHeld();
}

/** When the oldest view that is read from was opened, in Unix milliseconds; 0: there is none. */
export function views_oldest(): f64 {
  return viewsOldest();
}

/** How many were taken away from those who read from them: "snapshot too old". */
export function views_cancelled(): u32 {
  return viewsCancelled;
}

/** Frees up to about `budget` old versions that nobody sees any more. 1: there are more. */
export function vacuum(budget: u32): i32 {
  return viewsBury(budget) ? 1 : 0;
}

/** How many versions of keys, and keys, are gone since `vacuum_forget`. */
export function vacuum_versions(): u32 {
  return versionsGone;
}

export function vacuum_keys(): u32 {
  return keysGone;
}

export function vacuum_forget(): void {
  forgetGone();
}
