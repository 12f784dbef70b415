/**
 * GET and SET of strings in a transaction that others have met, for programs that embed the engine (direct.ts), without its private state. One that is
 * alone has none: transaction-alone-direct.ts.
 *
 * What a transaction sets this way is in its log of effects alone, and is found there by its key, until something else runs in the
 * transaction: that has it brought to the private state first (`transactionEnter`). So one that only gets and sets copies nothing of what
 * the database has, and nothing is to be freed at its end.
 *
 *   behind OWN_PENDING   0   u32 how many, u32 where their effects begin in the log, u32 their database
 *                        16  PENDING_MAX items {u32 lower half of the key's hash, u32 where the key lies in the log, u32 its bytes,
 *                            u32 where the value lies, u32 its bytes}
 *
 * Whatever this cannot do answers DIRECT_ASK before anything was counted or changed, and the command runs the ordinary way.
 *
 * Cost: PENDING_MAX comparisons, and what mvcc/ takes for the mark of a read.
 */
import { COMMAND_SET } from "../abi/commands";
import { DIRECT_ASK, DIRECT_DONE, DIRECT_MISSING } from "../abi/status";
import { equalBytes } from "../bytes/copy";
import { unsignedLength } from "../bytes/integer";
import { hashBytes } from "../bytes/hash";
import { effectSet, effectsAdmit, effectsExchange, effectsMark } from "../durability/effect-log";
import { collectionNamed, isDocumentEntry, prefixLength, tablesDeclared } from "../keyspace/collection";
import { database, databaseIndex } from "../keyspace/database";
import { noteAccess } from "../keyspace/keyspace";
import { trackKeyOf } from "../keyspace/track";
import { transactionDatabases, transactionView } from "../mvcc/context";
import { viewIsCancelled } from "../mvcc/view";
import { BUFFER_POINTER } from "../structure/byte-buffer";
import { ENTRY_EXPIRES, ENTRY_FLAGS } from "../structure/entry";
import { tableFind } from "../structure/hash-table";
import { isString, isTextStored, readText, textLength, textPointer } from "../types/string";
import { DATABASE_SIZE } from "../abi/layout";
import { admitWrite } from "./call";
import {
  OWN_EFFECTS,
  OWN_PENDING,
  PENDING_DATABASE,
  PENDING_FROM,
  participantOf,
  transactionIsReadOnly,
  transactionOf,
} from "./transaction";

const PENDING_ITEMS: usize = 16;
const PENDING_MAX: u32 = 16;
const ITEM_BYTES: usize = 20;
const ITEM_KEY: usize = 4;
const ITEM_KEY_BYTES: usize = 8;
const ITEM_VALUE: usize = 12;
const ITEM_VALUE_BYTES: usize = 16;

/** Found: the value is at `privatePointer`. */
export const DIRECT_FOUND: i32 = 0;

/** The value that `directGetPrivate` has found, good until the next call. `privateStored`: it stays where it is until it changes. */
export let privatePointer: usize = 0;
export let privateLength: u32 = 0;
export let privateStored: bool = false;

/** The session's transaction, if it can go on here. */
// @ts-ignore: decorator
@inline
function usable(handle: usize): usize {
  const transaction = transactionOf(handle);
  return !transaction || viewIsCancelled(transactionView(transaction)) ? 0 : transaction;
}

// @ts-ignore: decorator
@inline
function itemAt(transaction: usize, index: u32): usize {
  return transaction + OWN_PENDING + PENDING_ITEMS + <usize>index * ITEM_BYTES;
}

/** What is pending under a key of the current database, or 0. */
function pendingItem(transaction: usize, hash: u32, key: usize, length: u32): usize {
  const pending = transaction + OWN_PENDING;
  const count = load<u32>(pending);
  if (!count || load<u32>(pending, PENDING_DATABASE) != databaseIndex(database)) return 0;
  const log = <usize>load<u32>(transaction + OWN_EFFECTS, BUFFER_POINTER);
  for (let index: u32 = 0; index < count; index++) {
    const item = itemAt(transaction, index);
    if (load<u32>(item) != hash || load<u32>(item, ITEM_KEY_BYTES) != length) continue;
    if (equalBytes(log + load<u32>(item, ITEM_KEY), key, length)) return item;
  }
  return 0;
}

/** The records of the current database as the transaction has them. */
// @ts-ignore: decorator
@inline
function recordOf(transaction: usize): usize {
  return transactionDatabases(transaction) + <usize>databaseIndex(database) * DATABASE_SIZE;
}

/** Answers DIRECT_FOUND, DIRECT_MISSING or DIRECT_ASK. Requires: the session was entered, its transaction is not alone. */
export function directGetPrivate(handle: usize, key: usize, length: u32): i32 {
  const transaction = usable(handle);
  if (!transaction) return DIRECT_ASK;
  const hash = hashBytes(key, length);
  const item = pendingItem(transaction, <u32>hash, key, length);
  if (item) {
    privatePointer = <usize>load<u32>(transaction + OWN_EFFECTS, BUFFER_POINTER) + load<u32>(item, ITEM_VALUE);
    privateLength = load<u32>(item, ITEM_VALUE_BYTES);
    privateStored = false;
    return DIRECT_FOUND;
  }
  const slot = tableFind(recordOf(transaction), hash, key, length);
  const entry = slot ? <usize>load<u32>(slot) : 0;
  if (entry && (load<u8>(entry, ENTRY_FLAGS) & (<u8>ENTRY_EXPIRES) || !isString(entry))) return DIRECT_ASK;
  trackKeyOf(participantOf(transaction), key, length);
  if (!entry) return DIRECT_MISSING;
  noteAccess(entry);
  readText(entry);
  privatePointer = textPointer;
  privateLength = textLength;
  privateStored = isTextStored();
  return DIRECT_FOUND;
}

/** Answers DIRECT_DONE or DIRECT_ASK. Requires: as before. */
export function directSetPrivate(handle: usize, key: usize, keyBytes: u32, value: usize, valueBytes: u32): i32 {
  const transaction = usable(handle);
  if (!transaction || transactionIsReadOnly(handle)) return DIRECT_ASK;
  const hash = hashBytes(key, keyBytes);
  const pending = transaction + OWN_PENDING;
  const count = load<u32>(pending);
  if (count && load<u32>(pending, PENDING_DATABASE) != databaseIndex(database)) return DIRECT_ASK;
  let item = pendingItem(transaction, <u32>hash, key, keyBytes);
  if (!item && (count == PENDING_MAX || !isPlain(recordOf(transaction), hash, key, keyBytes))) return DIRECT_ASK;
  const bytes = (<u64>keyBytes + valueBytes) << 1;
  if (admitWrite(COMMAND_SET, bytes)) return DIRECT_ASK;
  effectsExchange(transaction + OWN_EFFECTS);
  const begin = effectsMark();
  const admitted = effectsAdmit(bytes);
  if (admitted) effectSet(key, keyBytes, value, valueBytes, 0);
  const end = effectsMark();
  effectsExchange(transaction + OWN_EFFECTS);
  if (!admitted) return DIRECT_ASK;
  if (!item) {
    item = itemAt(transaction, count);
    store<u32>(item, <u32>hash);
    store<u32>(pending, count + 1);
    if (!count) {
      store<u32>(pending, begin, PENDING_FROM);
      store<u32>(pending, databaseIndex(database), PENDING_DATABASE);
    }
  }
  const valueAt = end - 2 - valueBytes;
  store<u32>(item, valueAt - 5 - unsignedLength(valueBytes) - keyBytes, ITEM_KEY);
  store<u32>(item, keyBytes, ITEM_KEY_BYTES);
  store<u32>(item, valueAt, ITEM_VALUE);
  store<u32>(item, valueBytes, ITEM_VALUE_BYTES);
  return DIRECT_DONE;
}

/** Whether any string may lie under a key, and no document lies there: what is set concerns no collection. */
function isPlain(record: usize, hash: u64, key: usize, length: u32): bool {
  const slot = tableFind(record, hash, key, length);
  if (slot && isDocumentEntry(<usize>load<u32>(slot))) return false;
  const prefix = tablesDeclared ? prefixLength(key, length) : 0;
  return !prefix || !collectionNamed(record, key, prefix);
}
