/**
 * A hash of a container's content that does not depend on its form or its history: for sets, hashes and sorted sets the sum over the elements, for
 * lists a chain through them. The sign of a zero score is no content: a sorted set that is built anew may lose it, since Redis's small encoding
 * does not have it.
 */
import { TYPE_HASH, TYPE_LIST, TYPE_SORTED_SET } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { typeOf } from "./container";
import { listLength, listNext, listPointer, listWalk } from "./list";
import { memberLength, memberNext, memberPointer, memberValue, memberValueLength, memberWalk } from "./members";
import { orderOf, readKept } from "./score";

const pair: usize = memory.data(16, 8);

/** Hash of type and content. Requires: the entry is a container. */
export function containerHash(entry: usize): u64 {
  const type = typeOf(entry);
  if (type == TYPE_LIST) return chainHash(entry) + type;
  return membersHash(entry, type) + type;
}

function membersHash(entry: usize, type: u32): u64 {
  let sum: u64 = 0;
  memberWalk(entry, type == TYPE_HASH || type == TYPE_SORTED_SET);
  while (memberNext()) {
    store<u64>(pair, hashBytes(memberPointer, memberLength));
    store<u64>(pair, valueHash(type), 8);
    sum += hashBytes(pair, 16);
  }
  return sum;
}

function valueHash(type: u32): u64 {
  if (type == TYPE_HASH) return hashBytes(memberValue, memberValueLength);
  return type == TYPE_SORTED_SET ? orderOf(readKept(memberValue, memberValueLength)) : 0;
}

function chainHash(entry: usize): u64 {
  let chain: u64 = 0;
  listWalk(entry, 0);
  while (listNext()) {
    store<u64>(pair, hashBytes(listPointer, listLength));
    store<u64>(pair, chain, 8);
    chain = hashBytes(pair, 16);
  }
  return chain;
}
