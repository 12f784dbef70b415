/**
 * The values of a row as the indexes read them.
 */
import { RECORD_PACKED } from "../abi/record";
import { valueAddress } from "../keyspace/entry-release";

/** The packed object of a document's entry. */
export function documentPacked(entry: usize): usize {
  return valueAddress(entry) + RECORD_PACKED;
}
