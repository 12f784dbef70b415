/**
 * A hash of a container's content that does not depend on its form or its history: for sets, hashes and sorted sets the sum over the elements.
 */
import { TYPE_HASH, TYPE_SORTED_SET } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { typeOf } from "./container";
import { memberLength, memberNext, memberPointer, memberValue, memberValueLength, memberWalk } from "./members";

const pair: usize = memory.data(16, 8);

/** Hash of type and content. Requires: the entry is a container. */
export function containerHash(entry: usize): u64 {
  const type = typeOf(entry);
  return membersHash(entry, type == TYPE_HASH || type == TYPE_SORTED_SET) + type;
}

function membersHash(entry: usize, hasValues: bool): u64 {
  let sum: u64 = 0;
  memberWalk(entry, hasValues);
  while (memberNext()) {
    store<u64>(pair, hashBytes(memberPointer, memberLength));
    store<u64>(pair, hasValues ? hashBytes(memberValue, memberValueLength) : 0, 8);
    sum += hashBytes(pair, 16);
  }
  return sum;
}
