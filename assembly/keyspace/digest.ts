/**
 * A digest of a database's content that does not depend on the order of entries, on addresses or on the history: the sum
 * of a 128-bit hash of each entry's database, key, type, value and expiry. For tests and for checking a restart.
 */
import { hashBytes } from "../bytes/hash";
import { entryExpiry, keyLength, keyPointer } from "../structure/entry";
import { database, databaseAt, databaseIndex, useDatabase } from "./database";
import { walkNext, walkStart } from "./scan";

export let digestLow: u64 = 0;
export let digestHigh: u64 = 0;
const record: usize = memory.data(40, 8);

export function digestStart(): void {
  digestLow = 0;
  digestHigh = 0;
}

/** Adds one item, of which these four say everything. */
export function digestRecord(first: u64, second: u64, third: u64, fourth: u64): void {
  store<u64>(record, first);
  store<u64>(record, second, 8);
  store<u64>(record, third, 16);
  store<u64>(record, fourth, 24);
  digestLow += hashBytes(record, 32);
  store<u64>(record, ~first);
  digestHigh += hashBytes(record, 32);
}

/** Adds the entries of a database, which is the current one meanwhile. `valueHash` is a function table index of (entry) → u64 hash of type and value. */
export function digestAdd(index: u32, valueHash: (entry: usize) => u64): void {
  const caller = databaseIndex(database);
  const table = databaseAt(index);
  useDatabase(index);
  walkStart(table);
  let entry = walkNext(table);
  while (entry) {
    const key = hashBytes(keyPointer(entry), keyLength(entry));
    digestRecord(key, valueHash(entry), entryExpiry(entry), index);
    entry = walkNext(table);
  }
  useDatabase(caller);
}
