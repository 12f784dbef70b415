/**
 * Keyspace notifications: what commands have done to keys, for the host, which publishes it (host/database/notifications.ts). They
 * don't follow from effects: SPOP logs an SREM and notifies `spop`, a miss has no effect at all.
 *
 * A command calls `notify` once for each key that it has changed, behind the change; what every type has in common (new, expired,
 * keymiss) is called by keyspace.ts. While nobody wants a class, that costs one load.
 *
 * 1. Records lie in one buffer in the order of the calls (abi/notification.ts); the host takes them after each call of the engine.
 * 2. A transaction has a buffer of its own (`notifyExchange`), which COMMIT appends to this one: others hear of nothing else of it.
 * 3. While effects are applied (COMMIT, going back to a savepoint, replay) nothing is noted: it was when they were made.
 * 4. What a statement has noted that is taken back is forgotten (`notifyRewind`).
 * 5. Where there is no memory for a record it is lost, as any message may be.
 */
import { NOTIFICATION_DATABASE, NOTIFICATION_EVENT, NOTIFICATION_KEY, NOTIFICATION_LENGTH } from "../abi/notification";
import { CONTROL_NOTIFICATIONS } from "../abi/layout";
import { PURPOSE_EFFECT } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { control } from "../memory/control";
import {
  BUFFER_LENGTH,
  BUFFER_POINTER,
  BUFFER_SIZE,
  bufferAppend,
  bufferClear,
  bufferFree,
  bufferInitialize,
  bufferReserve,
} from "../structure/byte-buffer";
import { database, databaseIndex } from "./database";

/** The classes that somebody wants, 0 while effects are applied. */
export let notifyMask: u32 = 0;
let wanted: u32 = 0;
const records: usize = memory.data(BUFFER_SIZE, 8);

export function notifyInitialize(): void {
  bufferInitialize(records, PURPOSE_EFFECT);
  store<u32>(control, <u32>records, CONTROL_NOTIFICATIONS);
}

/** Says which classes (NOTIFY_*) are wanted from now on. */
export function notifyWant(classes: u32): void {
  wanted = classes;
  notifyMask = classes;
  if (!classes) bufferFree(records);
}

/** Notes nothing for a while, or again what is wanted. */
export function notifySilence(silent: bool): void {
  notifyMask = silent ? 0 : wanted;
}

/** An event of a class has happened to a key of the current database. */
// @ts-ignore: decorator
@inline
export function notify(kind: u32, event: u32, key: usize, length: u32): void {
  if (notifyMask & kind) note(event, key, length);
}

function note(event: u32, key: usize, length: u32): void {
  const bytes = <u32>NOTIFICATION_KEY + ((length + 3) & ~3);
  const record = bufferReserve(records, bytes);
  if (!record) return;
  store<u16>(record, <u16>event, NOTIFICATION_EVENT);
  store<u16>(record, <u16>databaseIndex(database), NOTIFICATION_DATABASE);
  store<u32>(record, length, NOTIFICATION_LENGTH);
  copyBytes(record + NOTIFICATION_KEY, key, length);
  store<u32>(records, load<u32>(records, BUFFER_LENGTH) + bytes, BUFFER_LENGTH);
}

/** The host has the records. */
export function notifyTaken(): void {
  bufferClear(records);
}

/** Bytes noted so far, for `notifyRewind`. */
export function notifyMark(): u32 {
  return load<u32>(records, BUFFER_LENGTH);
}

/** Forgets what was noted since the mark. */
export function notifyRewind(mark: u32): void {
  if (load<u32>(records, BUFFER_LENGTH) > mark) store<u32>(records, mark, BUFFER_LENGTH);
}

/** Makes zeroed memory of BUFFER_SIZE bytes a buffer of its own. */
export function notifyOwnInitialize(own: usize): void {
  bufferInitialize(own, PURPOSE_EFFECT);
}

/** Has records go to another buffer, and keeps this one there. The same call puts both back. */
export function notifyExchange(own: usize): void {
  const first = load<u64>(own);
  const second = load<u64>(own, 8);
  store<u64>(own, load<u64>(records));
  store<u64>(own, load<u64>(records, 8), 8);
  store<u64>(records, first);
  store<u64>(records, second, 8);
}

/** Appends what a transaction has noted, which has committed. */
export function notifyPublish(own: usize): void {
  const length = load<u32>(own, BUFFER_LENGTH);
  if (length && wanted) bufferAppend(records, <usize>load<u32>(own, BUFFER_POINTER), length);
}
