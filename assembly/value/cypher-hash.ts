/**
 * Hash of Cypher's values: equal for equivalent ones (cypher-equal.ts), so 1 and 1.0 have one, and maps one in whatever order of names.
 *
 * Cost: O(bytes); recursion is bounded by DEPTH_MAX.
 */
import { SLOT_ARRAY, SLOT_BOOLEAN, SLOT_JSON, SLOT_NONE } from "../abi/record";
import { hashBytes } from "../bytes/hash";
import { isMap, isNumberTag, itemPayload, itemTag, readItem, readValue } from "./cypher-item";
import { hashBits, hashNumber, readNumber } from "./dynamic";
import { afterValue, childCount, fieldValue, firstChild, isArray, namePointer, readLength } from "./packed";
import { SPILL_ARRAY, hashWord, isWordTag, wordBytes } from "./word";

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const LIST: u64 = 17;
const MAP: u64 = 19;

export function hashCypher(tag: u32, payload: u64): u64 {
  readValue(tag, payload);
  if (itemTag == SLOT_ARRAY || itemTag == SLOT_JSON) return hashItem(wordBytes(itemPayload, SPILL_ARRAY));
  return hashScalar(itemTag, itemPayload);
}

function hashItem(value: usize): u64 {
  const isList = isArray(value);
  if (!isList && !isMap(value)) {
    readItem(value);
    return hashScalar(itemTag, itemPayload);
  }
  let hash = isList ? LIST : MAP;
  let child = firstChild(value);
  for (let count = childCount(value); count; count--) {
    const item = isList ? child : fieldValue(child);
    if (isList) hash = hash * MULTIPLIER + hashItem(item);
    else hash += hashBits((hashBytes(namePointer(child), readLength(child)) * MULTIPLIER) ^ hashItem(item));
    child = afterValue(item);
  }
  return hashBits(hash);
}

function hashScalar(tag: u32, payload: u64): u64 {
  if (tag == SLOT_NONE) return 0;
  if (isNumberTag(tag)) {
    readNumber(tag, payload);
    return hashNumber();
  }
  if (tag == SLOT_BOOLEAN) return hashBits(payload ? 2 : 1);
  if (isWordTag(tag)) return hashWord(payload);
  return hashBits(payload ^ ((<u64>tag) << 56));
}
