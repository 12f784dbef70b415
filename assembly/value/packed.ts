/**
 * The packed form: one immutable byte string that holds any JSON value. This file reads it; packed-writer.ts makes it.
 *
 * A value is a tag byte and what the tag says. Numbers are little-endian and unaligned; `v` is a length in groups of seven
 * bits, lowest first, the high bit set in all but the last.
 *
 *   tag        payload                                value
 *   0 1 2                                             null, false, true
 *   3 4 5 6    i8, i16, i32, i64                      integer; the smallest that fits
 *   7          f64                                    double
 *   8 9 10     u8 scale, then i8, i16, i32 digits     double: digits / 10^scale, digits not a multiple of ten unless scale 0
 *   11         v, text                                number that neither i64 nor double gives back exactly
 *   12         v, bytes                               string of more than 63 bytes
 *   16         u8 bytes, u8 count, elements           array whose elements take at most 255 bytes
 *   17         u32 bytes, u32 count, elements, table  other arrays; table: u32 offsets of elements 16, 32, ... from the first
 *                                                     one on, only from 32 elements on; `bytes` counts the table too
 *   18 19      the same without table                 object: for each field name (v, bytes) and value, in order
 *   20 21      u32 number                             node, relationship
 *   22         an array                               path: node, relationship, node, ...
 *   23         an array                               what a result says of one: the kind (ENTITY_*), then
 *                                                       node          id, elementId, [labels], {properties}
 *                                                       relationship  id, elementId, type, start id, end id, {properties}
 *                                                       path          [nodes], [relationships], both in this form
 *                                                       temporal      type, text of a date, time or duration
 *   24         u8 SLOT_*, v, bytes                    what JSON has no form for, as its slot holds it: a word's bytes, or 8
 *   0x40-0x7f  bytes                                  string of tag - 0x40 bytes
 *   0x80-0xff                                         integer tag - 0x80
 *
 * Strings are UTF-8; a lone surrogate (which only an escape can make) is kept as its three bytes, as in WTF-8.
 *
 * Invariants: (1) equal values with equal texts have equal bytes: the writer picks the only form that is allowed; (2) names
 * in an object differ; (3) nesting is at most DEPTH_MAX; (4) tags 20 to 24 stand in values of plans and in results only, never in
 * a document or a record.
 *
 * Cost: the size of a value O(1), element of an array O(16), field O(fields).
 */
import {
  PACKED_ARRAY,
  PACKED_ARRAY_LONG,
  PACKED_DECIMAL16,
  PACKED_DECIMAL32,
  PACKED_DECIMAL8,
  PACKED_DEPTH_MAX,
  PACKED_DOUBLE,
  PACKED_ENTITY,
  PACKED_ENTITY_NODE,
  PACKED_ENTITY_PATH,
  PACKED_ENTITY_TEMPORAL,
  PACKED_ENTITY_RELATIONSHIP,
  PACKED_FALSE,
  PACKED_INT16,
  PACKED_INT32,
  PACKED_INT64,
  PACKED_INT8,
  PACKED_NODE,
  PACKED_NULL,
  PACKED_NUMBER_TEXT,
  PACKED_OBJECT,
  PACKED_OBJECT_LONG,
  PACKED_PATH,
  PACKED_RELATIONSHIP,
  PACKED_SHORT_STRING,
  PACKED_SMALL_INTEGER,
  PACKED_STRING,
  PACKED_TABLE_COUNT,
  PACKED_TRUE,
  PACKED_TYPED,
} from "../abi/packed";
import { equalBytes } from "../bytes/copy";

export const TAG_NULL: u32 = PACKED_NULL;
export const TAG_FALSE: u32 = PACKED_FALSE;
export const TAG_TRUE: u32 = PACKED_TRUE;
export const TAG_INT8: u32 = PACKED_INT8;
export const TAG_INT16: u32 = PACKED_INT16;
export const TAG_INT32: u32 = PACKED_INT32;
export const TAG_INT64: u32 = PACKED_INT64;
export const TAG_DOUBLE: u32 = PACKED_DOUBLE;
export const TAG_DECIMAL8: u32 = PACKED_DECIMAL8;
export const TAG_DECIMAL16: u32 = PACKED_DECIMAL16;
export const TAG_DECIMAL32: u32 = PACKED_DECIMAL32;
export const TAG_NUMBER_TEXT: u32 = PACKED_NUMBER_TEXT;
export const TAG_STRING: u32 = PACKED_STRING;
export const TAG_ARRAY: u32 = PACKED_ARRAY;
export const TAG_ARRAY_LONG: u32 = PACKED_ARRAY_LONG;
export const TAG_OBJECT: u32 = PACKED_OBJECT;
export const TAG_OBJECT_LONG: u32 = PACKED_OBJECT_LONG;
/** An object without fields. It stands for the packed form of a row that is its record alone. */
export const EMPTY_OBJECT: usize = memory.data<u8>([<u8>PACKED_OBJECT, 0, 0]);
export const EMPTY_OBJECT_BYTES: u32 = 3;
export const TAG_NODE: u32 = PACKED_NODE;
export const TAG_RELATIONSHIP: u32 = PACKED_RELATIONSHIP;
export const TAG_PATH: u32 = PACKED_PATH;
export const TAG_ENTITY: u32 = PACKED_ENTITY;
export const TAG_TYPED: u32 = PACKED_TYPED;
export const TAG_SHORT_STRING: u32 = PACKED_SHORT_STRING;
export const TAG_SMALL_INTEGER: u32 = PACKED_SMALL_INTEGER;

/** First element of the array behind TAG_ENTITY. */
export const ENTITY_NODE: u32 = PACKED_ENTITY_NODE;
export const ENTITY_RELATIONSHIP: u32 = PACKED_ENTITY_RELATIONSHIP;
export const ENTITY_PATH: u32 = PACKED_ENTITY_PATH;
export const ENTITY_TEMPORAL: u32 = PACKED_ENTITY_TEMPORAL;

/** Deepest nesting of arrays and objects. */
export const DEPTH_MAX: u32 = PACKED_DEPTH_MAX;
/** Bytes before the first element. */
export const SHORT_HEAD: u32 = 3;
export const LONG_HEAD: u32 = 9;
/** Bytes of a node or a relationship; bytes of TAG_TYPED and its SLOT_*. */
export const REFERENCE_BYTES: u32 = 5;
export const TYPED_HEAD: u32 = 2;
/** Arrays of at least this many elements (in the long form) have a table. */
export const TABLE_COUNT_MIN: u32 = PACKED_TABLE_COUNT;
export const TABLE_SHIFT: u32 = 4;

/** What a value is: the order of JSON.TYPE's names. */
export const KIND_NULL: u32 = 0;
export const KIND_BOOLEAN: u32 = 1;
export const KIND_INTEGER: u32 = 2;
export const KIND_NUMBER: u32 = 3;
export const KIND_STRING: u32 = 4;
export const KIND_ARRAY: u32 = 5;
export const KIND_OBJECT: u32 = 6;

// @ts-ignore: decorator
@inline
export function tagOf(value: usize): u32 {
  return load<u8>(value);
}

/** KIND_* of a value. Nodes, relationships and paths count as objects, what JSON has no form for as a string. */
export function kindOf(value: usize): u32 {
  const tag = tagOf(value);
  if (tag >= TAG_SMALL_INTEGER) return KIND_INTEGER;
  if (tag >= TAG_SHORT_STRING || tag == TAG_STRING) return KIND_STRING;
  if (tag >= TAG_OBJECT) return tag == TAG_TYPED ? KIND_STRING : KIND_OBJECT;
  if (tag >= TAG_ARRAY) return KIND_ARRAY;
  if (tag == TAG_NUMBER_TEXT) return isIntegerText(value) ? KIND_INTEGER : KIND_NUMBER;
  if (tag >= TAG_DOUBLE) return KIND_NUMBER;
  if (tag >= TAG_INT8) return KIND_INTEGER;
  return tag ? KIND_BOOLEAN : KIND_NULL;
}

/** Whether a number kept as text has neither point nor exponent. */
function isIntegerText(value: usize): bool {
  const length = stringLength(value);
  const text = stringPointer(value);
  for (let index: u32 = 0; index < length; index++) {
    const byte = <u32>load<u8>(text + index);
    if (byte == 46 || (byte | 32) == 101) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
export function isArray(value: usize): bool {
  return (tagOf(value) & ~1) == TAG_ARRAY;
}

// @ts-ignore: decorator
@inline
export function isObject(value: usize): bool {
  return (tagOf(value) & ~1) == TAG_OBJECT;
}

export function isString(value: usize): bool {
  const tag = tagOf(value);
  return tag == TAG_STRING || (tag >= TAG_SHORT_STRING && tag < TAG_SMALL_INTEGER);
}

export function isNumber(value: usize): bool {
  const tag = tagOf(value);
  return tag >= TAG_SMALL_INTEGER || (tag >= TAG_INT8 && tag <= TAG_NUMBER_TEXT);
}

/** The length at `position`. */
export function readLength(position: usize): u32 {
  let byte = <u32>load<u8>(position);
  if (byte < 128) return byte;
  let length = byte & 127;
  let shift: u32 = 7;
  do {
    byte = load<u8>(++position);
    length |= (byte & 127) << shift;
    shift += 7;
  } while (byte >= 128);
  return length;
}

/** Bytes that a length takes. */
export function lengthBytes(length: u32): u32 {
  if (length < 128) return 1;
  return length < 16384 ? 2 : length < 2097152 ? 3 : length < 268435456 ? 4 : 5;
}

/** Address of a string's bytes, or of the text of a number that is kept as text. */
export function stringPointer(value: usize): usize {
  return tagOf(value) >= TAG_SHORT_STRING ? value + 1 : value + 1 + lengthBytes(readLength(value + 1));
}

export function stringLength(value: usize): u32 {
  const tag = tagOf(value);
  return tag >= TAG_SHORT_STRING ? tag - TAG_SHORT_STRING : readLength(value + 1);
}

/** Bytes of a value. */
export function valueBytes(value: usize): u32 {
  const tag = tagOf(value);
  if (tag >= TAG_SMALL_INTEGER) return 1;
  if (tag >= TAG_SHORT_STRING) return 1 + tag - TAG_SHORT_STRING;
  switch (tag) {
    case TAG_INT8:
      return 2;
    case TAG_INT16:
    case TAG_DECIMAL8:
      return 3;
    case TAG_DECIMAL16:
      return 4;
    case TAG_INT32:
      return 5;
    case TAG_DECIMAL32:
      return 6;
    case TAG_INT64:
    case TAG_DOUBLE:
      return 9;
    case TAG_NUMBER_TEXT:
    case TAG_STRING: {
      const length = readLength(value + 1);
      return 1 + lengthBytes(length) + length;
    }
    case TAG_ARRAY:
    case TAG_OBJECT:
      return SHORT_HEAD + load<u8>(value, 1);
    case TAG_ARRAY_LONG:
    case TAG_OBJECT_LONG:
      return LONG_HEAD + load<u32>(value, 1);
    case TAG_NODE:
    case TAG_RELATIONSHIP:
      return REFERENCE_BYTES;
    case TAG_PATH:
    case TAG_ENTITY:
      return 1 + valueBytes(value + 1);
    case TAG_TYPED: {
      const length = readLength(value + TYPED_HEAD);
      return TYPED_HEAD + lengthBytes(length) + length;
    }
    default:
      return 1;
  }
}

/** Elements or fields. Requires: an array or object. */
export function childCount(container: usize): u32 {
  return tagOf(container) & 1 ? load<u32>(container, 5) : load<u8>(container, 2);
}

/** Address of the first element, or of the first field's name. */
export function firstChild(container: usize): usize {
  return container + (tagOf(container) & 1 ? LONG_HEAD : SHORT_HEAD);
}

/** Address behind a value: the next element. */
// @ts-ignore: decorator
@inline
export function afterValue(value: usize): usize {
  return value + valueBytes(value);
}

/** Address of the value of the field whose name is at `name`. */
export function fieldValue(name: usize): usize {
  const length = readLength(name);
  return name + lengthBytes(length) + length;
}

/** Address of a name's bytes. */
export function namePointer(name: usize): usize {
  return name + lengthBytes(readLength(name));
}

/** Bytes of the table behind the elements of an array in the long form. */
export function tableBytes(count: u32): u32 {
  return count >= TABLE_COUNT_MIN ? ((count - 1) >> TABLE_SHIFT) << 2 : 0;
}

/** Address of an element. Requires: index < count. */
export function elementAt(array: usize, index: u32): usize {
  let element = firstChild(array);
  let steps = index;
  if (tagOf(array) == TAG_ARRAY_LONG) {
    const table = tableBytes(load<u32>(array, 5));
    const group = index >> TABLE_SHIFT;
    if (table && group) {
      element += load<u32>(afterValue(array) - table + ((<usize>group - 1) << 2));
      steps = index & ((1 << TABLE_SHIFT) - 1);
    }
  }
  while (steps--) element = afterValue(element);
  return element;
}

/** Address of the value of the field with this name, or 0. Requires: an object. */
export function findField(object: usize, name: usize, length: u32): usize {
  let count = childCount(object);
  let field = firstChild(object);
  while (count--) {
    const fieldLength = readLength(field);
    const bytes = field + lengthBytes(fieldLength);
    if (fieldLength == length && equalBytes(bytes, name, length)) return bytes + length;
    field = afterValue(bytes + fieldLength);
  }
  return 0;
}
