/**
 * A hash of a container's content that does not depend on its form or its history: for sets and hashes the sum over the elements, for lists
 * a chain through them.
 */
import { TYPE_HASH, TYPE_LIST } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { typeOf } from "./container";
import { fieldTime, showAllFields } from "./field-times";
import { listLength, listNext, listPointer, listWalk } from "./list";
import { memberLength, memberNext, memberPointer, memberValue, memberValueLength, memberWalk } from "./members";

/** The hashes of member and value, and the expiry of a field. */
const pair: usize = memory.data(24, 8);

/** Hash of type and content. Requires: the entry is a container. */
export function containerHash(entry: usize): u64 {
  const type = typeOf(entry);
  if (type == TYPE_LIST) return chainHash(entry) + type;
  showAllFields(true);
  const hash = membersHash(entry, type == TYPE_HASH) + type;
  showAllFields(false);
  return hash;
}

function membersHash(entry: usize, hasValues: bool): u64 {
  let sum: u64 = 0;
  memberWalk(entry, hasValues);
  while (memberNext()) {
    store<u64>(pair, hashBytes(memberPointer, memberLength));
    store<u64>(pair, hasValues ? hashBytes(memberValue, memberValueLength) : 0, 8);
    const expiry = fieldTime(entry, memberPointer, memberLength);
    store<u64>(pair, expiry, 16);
    sum += hashBytes(pair, expiry ? 24 : 16);
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
