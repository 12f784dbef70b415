/**
 * The values of a row as the indexes read them.
 */
import { RECORD_PACKED } from "../abi/record";
import { COLLECTION_SHAPES } from "../keyspace/collection";
import { KIND_RECORD, valueAddress } from "../keyspace/entry-release";
import { ENTRY_KIND } from "../structure/entry";
import { readNames, readPath } from "../value/record-read";

/** The value at the path `names` ({u16 length, bytes} each, up to `end`) of a row as `any`: the payload; its tag is in CELL_TAG. */
export function rowValue(collection: usize, entry: usize, names: usize, end: usize): u64 {
  const value = valueAddress(entry);
  if (!(load<u8>(entry, ENTRY_KIND) & (<u8>KIND_RECORD))) return readPath(value + RECORD_PACKED, names, end);
  return readNames(<usize>load<u32>(collection, COLLECTION_SHAPES), value, names, end);
}
