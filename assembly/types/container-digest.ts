/**
 * A hash of a container's content that does not depend on its form or its history: for sets and hashes the sum over the elements, for lists
 * a chain through them.
 */
import { TYPE_HASH, TYPE_LIST } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { typeOf } from "./container";
import { listLength, listNext, listPointer, listWalk } from "./list";
import { memberLength, memberNext, memberPointer, memberValue, memberValueLength, memberWalk } from "./members";

const pair: usize = memory.data(16, 8);

/** Hash of type and content. Requires: the entry is a container. */
export function containerHash(entry: usize): u64 {
  const type = typeOf(entry);
  if (type == TYPE_LIST) return chainHash(entry) + type;
  return membersHash(entry, type == TYPE_HASH) + type;
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
