/**
 * The exported calls about collections: where their rows lie. abi/record.ts has the layout.
 */
import { DATABASE_COUNT } from "../abi/layout";
import { collectionNamed, rowEntry } from "../keyspace/collection";
import { databaseAt } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
import { keyLength, keyPointer } from "../structure/entry";

export function collection_find(database: u32, prefix: usize, length: u32): usize {
  return database < <u32>DATABASE_COUNT ? collectionNamed(databaseAt(database), prefix, length) : 0;
}

export function row_entry(collection: usize, row: u32): usize {
  return rowEntry(collection, row);
}

export function entry_key(entry: usize): usize {
  return keyPointer(entry);
}

export function entry_key_length(entry: usize): u32 {
  return keyLength(entry);
}

export function entry_value(entry: usize): usize {
  return valueAddress(entry);
}
