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

/** Adds the entries of a database, which is the current one meanwhile. `valueHash` is a function table index of (entry) → u64 hash of type and value. */
export function digestAdd(index: u32, valueHash: (entry: usize) => u64): void {
  const caller = databaseIndex(database);
  const table = databaseAt(index);
  useDatabase(index);
  walkStart(table);
  let entry = walkNext(table);
  while (entry) {
    store<u64>(record, hashBytes(keyPointer(entry), keyLength(entry)));
    store<u64>(record, valueHash(entry), 8);
    store<u64>(record, entryExpiry(entry), 16);
    store<u64>(record, index, 24);
    digestLow += hashBytes(record, 32);
    store<u64>(record, ~load<u64>(record));
    digestHigh += hashBytes(record, 32);
    entry = walkNext(table);
  }
  useDatabase(caller);
}
