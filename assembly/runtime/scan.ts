/**
 * What scans ask for that generated code does not read by itself: whether a row's time is over, its key, and fields of packed
 * documents.
 *
 * A path is a byte string: for each name its u32 length and its bytes.
 *
 * Cost: a field of a packed document O(fields before it).
 */
import { CELL_TAG, RECORD_PACKED, SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_JSON, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import { valueAddress } from "../keyspace/entry-release";
import { isExpired } from "../keyspace/keyspace";
import { keyLength, keyPointer } from "../structure/entry";
import { cells } from "../value/cells";
import { doubleOf, integerOf, readInteger } from "../value/json-number";
import {
  findField,
  isObject,
  KIND_BOOLEAN,
  KIND_INTEGER,
  KIND_NULL,
  KIND_NUMBER,
  KIND_STRING,
  kindOf,
  stringLength,
  stringPointer,
  TAG_NUMBER_TEXT,
  TAG_TRUE,
  tagOf,
  valueBytes,
} from "../value/packed";
import { SPILL_FIRST, wordBytes, wordLength, wordPart } from "../value/word";

const COLON: u32 = 58;

/** 1 when the row's time is over. */
export function scan_expired(entry: usize): i32 {
  return isExpired(entry) ? 1 : 0;
}

/** The row's key. */
export function scan_key(entry: usize): u64 {
  return wordPart(keyPointer(entry), 0, keyLength(entry));
}

/** The text behind the key's first colon. */
export function scan_id(entry: usize): u64 {
  const key = keyPointer(entry);
  const length = keyLength(entry);
  let start: u32 = 0;
  while (start < length && load<u8>(key + start) != COLON) start++;
  if (start < length) start++;
  return wordPart(key, start, length - start);
}

function answer(tag: u32, payload: u64): u64 {
  store<u32>(cells, tag, CELL_TAG);
  return payload;
}

/** A packed value as an `any`: the payload, its tag in the cells. Its strings are shared. */
export function scan_value(value: usize): u64 {
  const kind = kindOf(value);
  switch (kind) {
    case KIND_NULL:
      return answer(SLOT_NONE, 0);
    case KIND_BOOLEAN:
      return answer(SLOT_BOOLEAN, tagOf(value) == TAG_TRUE ? 1 : 0);
    case KIND_STRING:
      return answer(SLOT_TEXT, wordPart(stringPointer(value), 0, stringLength(value)));
    case KIND_INTEGER:
    case KIND_NUMBER:
      if (tagOf(value) == TAG_NUMBER_TEXT) break;
      if (kind == KIND_NUMBER) return answer(SLOT_DOUBLE, reinterpret<u64>(doubleOf(value)));
      if (readInteger(value)) return answer(SLOT_INTEGER, <u64>integerOf);
      break;
  }
  return answer(SLOT_JSON, wordPart(value, 0, valueBytes(value)));
}

/** A field of a packed document as an `any`. */
export function scan_path(entry: usize, path: u64): u64 {
  let value = valueAddress(entry) + RECORD_PACKED;
  const bytes = wordBytes(path, SPILL_FIRST);
  const length = wordLength(path);
  let position: u32 = 0;
  while (position < length) {
    if (!isObject(value)) return answer(SLOT_NONE, 0);
    const nameLength = load<u32>(bytes + position);
    value = findField(value, bytes + position + 4, nameLength);
    if (!value) return answer(SLOT_NONE, 0);
    position += 4 + nameLength;
  }
  return scan_value(value);
}
