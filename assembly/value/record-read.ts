/**
 * Reading one field of a row by its number, whatever form the row has: the way that every plan has besides the slots it knows.
 *
 * The answer is a value of the type `any` (host/query/README.md): a tag SLOT_* in CELL_TAG, SLOT_NONE for what is null or missing,
 * and the payload that a slot of that kind holds, words absolute. What undeclared fields hold is told as it is, whatever kind
 * their slot has: integers, doubles, texts and booleans by their tags; arrays, objects and numbers that are kept as text as
 * SLOT_JSON. A declared column has its own kind.
 *
 * Words point into the row where they can. Cost: O(1) for a field with a slot, else O(fields of the objects on the way).
 */
import {
  FIELD_NAME,
  FIELD_NONE,
  FIELD_NAME_LENGTH,
  FIELD_ROOT,
  RECORD_NULLS,
  RECORD_SHAPE,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_TEXT,
  WORD_HUGE,
  WORD_INLINE_MAX,
} from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { fail, setTag } from "./cells";
import { doubleOf, integerOf, readInteger } from "./json-number";
import {
  TAG_NULL,
  TAG_NUMBER_TEXT,
  TAG_TRUE,
  findField,
  isArray,
  isObject,
  isString,
  stringLength,
  stringPointer,
  tagOf,
  valueBytes,
} from "./packed";
import { packedAt, packedFailed, packedMark, packedReset } from "./packed-writer";
import { isBoxed, isWordKind, unboxInteger } from "./record";
import { absoluteWord, unpackObject } from "./record-unpack";
import { elementKind, elementOffset, fieldAt, fieldNamed, fieldParent, isDeclared, placeOf, shapeAt, shapeFields } from "./shape";
import { inlineWord, longWord, wordBytes, wordOf } from "./word";

/** Spill cells: the bytes of inline words of SLOT_JSON, which are looked into. */
const spill: usize = memory.data(8, 8);

/** A field of a record. */
export function readRecord(shapes: usize, record: usize, field: u32): u64 {
  const shape = shapeAt(shapes, load<u16>(record, RECORD_SHAPE));
  const place = placeOf(shape, field);
  if (!place) return readInside(shapes, record, field);
  if (isNullAt(record, place - 1)) return none();
  const kind = elementKind(shape, place - 1);
  if (kind == SLOT_NONE) return readObject(shapes, record, place - 1);
  const bits = load<u64>(record + elementOffset(shape, place - 1));
  if (kind == SLOT_NUMBER) {
    setTag(isBoxed(bits) ? SLOT_INTEGER : SLOT_DOUBLE);
    return isBoxed(bits) ? <u64>unboxInteger(bits) : bits;
  }
  if (kind == SLOT_JSON && !isDeclared(shapes)) return readPacked(wordBytes(absoluteWord(bits, record), spill));
  setTag(kind);
  return isWordKind(kind) ? absoluteWord(bits, record) : bits;
}

/** A field of a packed document. */
export function readDocument(shapes: usize, document: usize, field: u32): u64 {
  const value = findInside(shapes, document, FIELD_ROOT, field);
  return value ? readPacked(value) : none();
}

/** A field of a record by the names on its path, {u16 length, bytes} each up to `end`, whether they are fields of the collection or not. */
export function readNames(shapes: usize, record: usize, names: usize, end: usize): u64 {
  let name = names;
  let field: i32 = FIELD_ROOT;
  while (name < end) {
    const next = fieldNamed(shapes, field, name + 2, load<u16>(name));
    if (next == FIELD_NONE) break;
    field = next;
    name += 2 + <usize>load<u16>(name);
  }
  if (name == end) return readRecord(shapes, record, field);
  const value: usize = field == FIELD_ROOT ? 0 : findPacked(shapes, record, field);
  return value ? readPath(value, name, end) : none();
}

/** The same in a packed value. */
export function readPath(value: usize, names: usize, end: usize): u64 {
  let found = value;
  for (let name = names; name < end; name += 2 + <usize>load<u16>(name)) {
    found = isObject(found) ? findField(found, name + 2, load<u16>(name)) : 0;
    if (!found) return none();
  }
  return readPacked(found);
}

function none(): u64 {
  setTag(SLOT_NONE);
  return 0;
}

// @ts-ignore: decorator
@inline
function isNullAt(record: usize, place: u32): bool {
  return ((load<u64>(record, RECORD_NULLS) >> (<u64>place)) & 1) != 0;
}

/** A field that its record's shape does not have: it may be in the packed value of a field around it. */
function readInside(shapes: usize, record: usize, field: u32): u64 {
  const value = findPacked(shapes, record, field);
  return value ? readPacked(value) : none();
}

/** Address of the packed value of a field in a record, which is or lies in a slot of SLOT_JSON; 0 if it does not. */
function findPacked(shapes: usize, record: usize, field: u32): usize {
  const shape = shapeAt(shapes, load<u16>(record, RECORD_SHAPE));
  let outer = field;
  while (outer != FIELD_ROOT && !placeOf(shape, outer)) outer = fieldParent(shapes, outer);
  if (outer == FIELD_ROOT) {
    if (!isDeclared(shapes)) return 0;
    // What has no column lies in the object behind the columns.
    const last = shapeFields(shape) - 1;
    if (isNullAt(record, last)) return 0;
    return findInside(shapes, wordBytes(absoluteWord(load<u64>(record + elementOffset(shape, last)), record), spill), FIELD_ROOT, field);
  }
  const place = placeOf(shape, outer) - 1;
  if (elementKind(shape, place) != SLOT_JSON || isNullAt(record, place)) return 0;
  const word = absoluteWord(load<u64>(record + elementOffset(shape, place)), record);
  return findInside(shapes, wordBytes(word, spill), outer, field);
}

/** Address of a field's value below a packed value, which is the field `outer`'s (or the document), or 0. */
function findInside(shapes: usize, value: usize, outer: u32, field: u32): usize {
  if (field == outer) return value;
  const parent = fieldParent(shapes, field);
  const object = parent == outer ? value : findInside(shapes, value, outer, parent);
  if (!object || !isObject(object)) return 0;
  const facts = fieldAt(shapes, field);
  return findField(object, <usize>load<u32>(facts, FIELD_NAME), load<u32>(facts, FIELD_NAME_LENGTH));
}

/** A packed value. */
export function readPacked(value: usize): u64 {
  if (isString(value)) {
    setTag(SLOT_TEXT);
    return wordAt(stringPointer(value), stringLength(value));
  }
  const tag = tagOf(value);
  if (isArray(value) || isObject(value) || tag == TAG_NUMBER_TEXT) {
    setTag(SLOT_JSON);
    return wordAt(value, valueBytes(value));
  }
  if (tag <= TAG_TRUE) {
    setTag(tag == TAG_NULL ? SLOT_NONE : SLOT_BOOLEAN);
    return tag == TAG_TRUE ? 1 : 0;
  }
  if (readInteger(value)) {
    setTag(SLOT_INTEGER);
    return <u64>integerOf;
  }
  setTag(SLOT_DOUBLE);
  return reinterpret<u64>(doubleOf(value));
}

/** The word of bytes in a row; a huge string, whose length would have to stand in front, is copied. */
function wordAt(bytes: usize, length: u32): u64 {
  if (length <= <u32>WORD_INLINE_MAX) return inlineWord(bytes, length);
  return length < <u32>WORD_HUGE ? longWord(bytes, length) : wordOf(bytes, length);
}

/** The object in a field, put together from the fields in it. */
function readObject(shapes: usize, record: usize, place: u32): u64 {
  packedReset();
  unpackObject(shapes, record, place);
  if (packedFailed) {
    fail(RUNTIME_ERROR_MEMORY);
    return none();
  }
  setTag(SLOT_JSON);
  return wordOf(packedAt(0), packedMark());
}
