/**
 * Finding the shape for a document: its fields are listed in their order, what the collection knows of them is widened where it
 * must be, and a shape is taken whose fields the document's are a subsequence of. If there is none, the newest shape
 * that can be is merged with the document's fields to a new one, so that documents with changing subsets of some fields soon
 * share a shape.
 *
 * A document stays packed when it has more than SHAPE_FIELDS_MAX fields, when the collection has no room for its fields or for
 * one more shape, and when it would leave more of a shape's fields empty than SPARSE_FACTOR and SPARSE_EXTRA allow. An object
 * with more than CHILDREN_MAX different names over all documents is a dictionary: its field becomes SLOT_JSON.
 */
import {
  FIELDS_SEEN_MAX,
  FIELD_CHILDREN,
  FIELD_FLAGS,
  FIELD_NONE,
  FIELD_OBJECT,
  FIELD_ROOT,
  FIELD_SEEN,
  NUMBER_INTEGER_MAX,
  SHAPE_FIELDS_MAX,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NONE,
  SLOT_NUMBER,
  SLOT_TEXT,
} from "../abi/record";
import { integerOf, readInteger } from "./json-number";
import {
  TAG_NULL,
  TAG_NUMBER_TEXT,
  TAG_TRUE,
  afterValue,
  childCount,
  firstChild,
  isArray,
  isObject,
  isString,
  lengthBytes,
  readLength,
  tagOf,
} from "./packed";
import {
  POSITIONS,
  SHAPES_LAST,
  SHAPES_USED,
  SHAPE_OUTDATED,
  SHAPE_RECORDS,
  addFieldFlag,
  elementField,
  fieldAdd,
  fieldAt,
  fieldCount,
  fieldKind,
  fieldNamed,
  fieldParent,
  isField,
  placeOf,
  setFieldKind,
  shapeAdd,
  shapeAddable,
  shapeAt,
  shapeFields,
  shapesOutdate,
} from "./shape";

/** A shape with up to SPARSE_FACTOR times the document's fields and SPARSE_EXTRA more will do. */
const SPARSE_FACTOR: u32 = 2;
const SPARSE_EXTRA: u32 = 8;
/** With so many shapes, a document that leaves too much of one empty gets none of its own. */
const SPARSE_SHAPES_MAX: u32 = 24;
const CHILDREN_MAX: u32 = 48;
/** Longest name of a field. */
const NAME_MAX: u32 = 255;

/** The document's fields in their order: u8 numbers, and u32 addresses of their values. */
const listed: usize = memory.data(SHAPE_FIELDS_MAX, 8);
const values: usize = memory.data(SHAPE_FIELDS_MAX << 2, 8);
export let listedCount: u32 = 0;
const merged: usize = memory.data(SHAPE_FIELDS_MAX, 8);
let mergedCount: u32 = 0;
/** Whether the document fits a shape, but would leave too much of it empty. */
let tooSparse: bool = false;
/** Whether unknown names may become fields; whether one must. */
let adding: bool = false;
let widened: bool = false;
/** Set when an object has turned out to be a dictionary: the list is made again. */
let again: bool = false;
/** The shape in whose order names are expected, and the place of the next one. */
let expected: usize = 0;
let expectedPlace: u32 = 0;

// @ts-ignore: decorator
@inline
export function listedField(index: u32): u32 {
  return load<u8>(listed + index);
}

// @ts-ignore: decorator
@inline
export function listedValue(index: u32): usize {
  return <usize>load<u32>(values + ((<usize>index) << 2));
}

/** Number of the shape for a packed object, or -1: it stays packed. The document's fields are listed then. */
export function fitShape(shapes: usize, object: usize): i32 {
  if (!listFields(shapes, object, shapeAddable(shapes))) return -1;
  const found = findShape(shapes);
  if (found >= 0) return found;
  return tooSparse && load<u32>(shapes, SHAPES_USED) >= SPARSE_SHAPES_MAX ? -1 : makeShape(shapes);
}

/** Takes in the fields and kinds of a document without looking for a shape. */
export function learnFields(shapes: usize, object: usize): void {
  listFields(shapes, object, true);
}

function listFields(shapes: usize, object: usize, add: bool): bool {
  adding = add;
  widened = false;
  expected = load<u32>(shapes, SHAPES_USED) ? shapeAt(shapes, load<u32>(shapes, SHAPES_LAST)) : 0;
  let done = false;
  do {
    again = false;
    listedCount = 0;
    expectedPlace = 0;
    done = listObject(shapes, object, FIELD_ROOT);
  } while (again);
  if (widened) shapesOutdate(shapes);
  return done;
}

function listObject(shapes: usize, object: usize, parent: u32): bool {
  let name = firstChild(object);
  for (let left = childCount(object); left; left--) {
    const length = readLength(name);
    const bytes = name + lengthBytes(length);
    const value = bytes + length;
    const field = numberOf(shapes, parent, bytes, length);
    if (field < 0 || listedCount == SHAPE_FIELDS_MAX) return false;
    store<u8>(listed + listedCount, <u8>field);
    store<u32>(values + ((<usize>listedCount) << 2), <u32>value);
    listedCount++;
    if (!takeKind(shapes, field, value)) return false;
    name = afterValue(value);
  }
  return true;
}

/** Number of a field, which becomes one if it may; or FIELD_NONE. */
function numberOf(shapes: usize, parent: u32, name: usize, length: u32): i32 {
  if (expected && expectedPlace < shapeFields(expected)) {
    const guess = elementField(expected, expectedPlace);
    if (isField(shapes, guess, parent, name, length)) {
      expectedPlace++;
      return <i32>guess;
    }
  }
  if (length > NAME_MAX) return FIELD_NONE;
  let field = fieldNamed(shapes, parent, name, length);
  if (field >= 0 ? <u32>field >= POSITIONS : !adding) return FIELD_NONE;
  if (field < 0) {
    if (parent != FIELD_ROOT && load<u32>(fieldAt(shapes, parent), FIELD_CHILDREN) >= CHILDREN_MAX) {
      setFieldKind(shapes, parent, SLOT_JSON);
      widened = true;
      again = true;
      return FIELD_NONE;
    }
    field = fieldAddSeen(shapes, parent, name, length);
  }
  if (field < 0) return field;
  addFieldFlag(shapes, field, FIELD_SEEN);
  if (expected && placeOf(expected, field)) expectedPlace = placeOf(expected, field);
  return field;
}

function fieldAddSeen(shapes: usize, parent: u32, name: usize, length: u32): i32 {
  return fieldCount(shapes) < <u32>FIELDS_SEEN_MAX ? fieldAdd(shapes, parent, name, length) : FIELD_NONE;
}

/** Widens the field's kind for a value, and lists the fields of an object. */
function takeKind(shapes: usize, field: u32, value: usize): bool {
  const kind = fieldKind(shapes, field);
  if (isObject(value)) {
    if (kind == SLOT_NONE) {
      addFieldFlag(shapes, field, FIELD_OBJECT);
      return listObject(shapes, value, field);
    }
    if (kind != SLOT_JSON) widen(shapes, field, SLOT_JSON);
    return true;
  }
  if (tagOf(value) == TAG_NULL || kind == SLOT_JSON) return true;
  const wider = widerKind(kind, value, (load<u8>(fieldAt(shapes, field), FIELD_FLAGS) & FIELD_OBJECT) != 0);
  if (wider != kind) widen(shapes, field, wider);
  return true;
}

function widen(shapes: usize, field: u32, kind: u32): void {
  setFieldKind(shapes, field, kind);
  widened = true;
}

/** The kind that holds what `kind` holds and a value, which is neither null nor an object. */
function widerKind(kind: u32, value: usize, hasObjects: bool): u32 {
  const own = kindOfValue(value);
  if (own == SLOT_JSON || (kind == SLOT_NONE && hasObjects)) return SLOT_JSON;
  if (kind == SLOT_NONE) return own;
  if (kind == SLOT_NUMBER) {
    if (own == SLOT_DOUBLE) return SLOT_NUMBER;
    return own == SLOT_INTEGER && readInteger(value) && isBoxable(integerOf) ? SLOT_NUMBER : SLOT_JSON;
  }
  if (kind == own) return kind;
  if (kind == SLOT_INTEGER && own == SLOT_DOUBLE) return SLOT_NUMBER;
  if (kind == SLOT_DOUBLE && own == SLOT_INTEGER) return readInteger(value) && isBoxable(integerOf) ? SLOT_NUMBER : SLOT_JSON;
  return SLOT_JSON;
}

// @ts-ignore: decorator
@inline
export function isBoxable(value: i64): bool {
  return value <= <i64>NUMBER_INTEGER_MAX && value >= -(<i64>NUMBER_INTEGER_MAX);
}

function kindOfValue(value: usize): u32 {
  if (isString(value)) return SLOT_TEXT;
  if (isArray(value)) return SLOT_JSON;
  const tag = tagOf(value);
  if (tag <= TAG_TRUE) return SLOT_BOOLEAN;
  if (tag == TAG_NUMBER_TEXT) return SLOT_JSON;
  return readInteger(value) ? SLOT_INTEGER : SLOT_DOUBLE;
}

// Shapes --------------------------------------------------------------------------------------------------------------

/** Most fields of a shape for the listed ones. */
function fieldsAllowed(): u32 {
  const allowed = listedCount * SPARSE_FACTOR + SPARSE_EXTRA;
  return allowed < <u32>SHAPE_FIELDS_MAX ? allowed : SHAPE_FIELDS_MAX;
}

/** Whether the listed fields are a subsequence of the shape's. */
function fits(shape: usize): bool {
  let last: u32 = 0;
  for (let index: u32 = 0; index < listedCount; index++) {
    const place = placeOf(shape, listedField(index));
    if (place <= last) return false;
    last = place;
  }
  return true;
}

/** A shape of just the listed fields, or else, of those that fit, the one with the most records; or -1. */
function findShape(shapes: usize): i32 {
  const used = load<u32>(shapes, SHAPES_USED);
  tooSparse = false;
  if (!used) return -1;
  const last = load<u32>(shapes, SHAPES_LAST);
  if (isCandidate(shapeAt(shapes, last), listedCount) && fits(shapeAt(shapes, last))) return <i32>last;
  let best: i32 = -1;
  let most: u32 = 0;
  const limit = fieldsAllowed();
  for (let number: u32 = 0; number < used; number++) {
    const shape = shapeAt(shapes, number);
    const records = load<u32>(shape, SHAPE_RECORDS);
    const exact = shapeFields(shape) == listedCount;
    if ((records < most && !exact) || !isCandidate(shape, SHAPE_FIELDS_MAX) || !fits(shape)) continue;
    if (shapeFields(shape) > limit) {
      tooSparse = true;
      continue;
    }
    best = <i32>number;
    most = records;
    if (exact) break;
  }
  if (best >= 0) store<u32>(shapes, best, SHAPES_LAST);
  return best;
}

function isCandidate(shape: usize, limit: u32): bool {
  return !load<u8>(shape, SHAPE_OUTDATED) && shapeFields(shape) <= limit && shapeFields(shape) >= listedCount;
}

/** A new shape: of the newest one that can be merged with the listed fields, or of these alone. */
function makeShape(shapes: usize): i32 {
  const used = load<u32>(shapes, SHAPES_USED);
  let made: i32 = -1;
  for (let number = used; number > 0 && made < 0; number--) {
    const shape = shapeAt(shapes, number - 1);
    if (load<u8>(shape, SHAPE_OUTDATED) || !merge(shapes, shape)) continue;
    made = shapeAdd(shapes, merged, mergedCount);
    if (made < 0) return -1;
  }
  if (made < 0) made = shapeAdd(shapes, listed, listedCount);
  if (made >= 0) store<u32>(shapes, made, SHAPES_LAST);
  return made;
}

/** Merges the shape's and the listed fields. False: their orders disagree, or they are too many. */
function merge(shapes: usize, shape: usize): bool {
  const count = shapeFields(shape);
  const limit = fieldsAllowed();
  let next: u32 = 0;
  mergedCount = 0;
  for (let index: u32 = 0; index < listedCount; index++) {
    const field = listedField(index);
    const place = placeOf(shape, field);
    if (place) {
      if (place <= next) return false;
      while (next < place - 1) if (!mergeField(elementField(shape, next++), limit)) return false;
      next = place;
    } else {
      // What is left of objects that the new field is not in comes first, so that an object's fields stay together.
      while (next < count && !holds(shapes, fieldParent(shapes, elementField(shape, next)), field)) {
        if (!mergeField(elementField(shape, next++), limit)) return false;
      }
    }
    if (!mergeField(field, limit)) return false;
  }
  while (next < count) if (!mergeField(elementField(shape, next++), limit)) return false;
  return true;
}

function mergeField(field: u32, limit: u32): bool {
  if (mergedCount == limit) return false;
  store<u8>(merged + mergedCount++, <u8>field);
  return true;
}

/** Whether the object of `outer` (or the document) is the one that `field` is in, or one around it. */
function holds(shapes: usize, outer: u32, field: u32): bool {
  if (outer == FIELD_ROOT) return true;
  let parent = fieldParent(shapes, field);
  while (parent != FIELD_ROOT && parent != outer) parent = fieldParent(shapes, parent);
  return parent == outer;
}
