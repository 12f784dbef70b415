/**
 * Fields and shapes of one collection: what its records have in common.
 *
 * A field is a name in an object: in the document itself, or in the object that another field holds. Its number never changes. Its
 * kind is the SLOT_* that holds all values which documents have had there so far; it only ever widens: from nothing to one kind,
 * INTEGER and DOUBLE to NUMBER, all else to JSON. An object's field has the kind SLOT_NONE and no slot: its fields are fields of
 * the shape.
 *
 * A shape is a list of fields in the order in which documents have them, an object's fields behind it, each with its bit and the
 * place of its slot. A record has a subsequence of its shape's fields. A shape never changes; it is outdated when a field has
 * become wider, and takes no new records then. A number whose shape has no records is given away again.
 *
 *   shapes (SHAPES_HEAD + 4 * SHAPES_MAX bytes)            shape
 *   0   u32 fields                                         0    u32 records
 *   4   u32 fields that there is room for                  4    u8 fields, u8 slots, u8 1 if outdated, u8 zero
 *   8   u32 the fields (FIELD_* of abi/record.ts)          8    u8 place + 1 of each field below POSITIONS, 0: not in it
 *   12  u32 index of names: u16 number + 1, 0: free        264  elements {u8 field, u8 kind, u16 offset of its slot, 0: none}
 *   16  u32 slots of the index - 1
 *   20  u32 shape numbers used so far
 *   24  u32 the shape that took a record last
 *   28  u32 1: declared: the first fields are the columns of a table, with the kinds of their types; then comes a field (its name is
 *       no text) whose object has what documents have besides
 *   32  u32 shapes
 *
 * Cost: a field by its name O(1).
 */
import {
  FIELDS_MAX,
  FIELD_CHILDREN,
  FIELD_FLAGS,
  FIELD_KIND,
  FIELD_NAME,
  FIELD_NAME_LENGTH,
  FIELD_NONE,
  FIELD_PARENT,
  FIELD_ROOT,
  FIELD_SEEN,
  FIELD_SIZE,
  RECORD_SLOTS,
  SHAPES_MAX,
  SHAPE_FIELDS_MAX,
  SHAPE_INSIDE,
  SHAPE_NO_FIELD,
  SHAPE_SLOT_BIT,
  SHAPE_SLOT_OFFSET,
  SLOT_JSON,
  SLOT_NONE,
} from "../abi/record";
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes, equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";

const SHAPES_FIELDS: usize = 0;
const SHAPES_ROOM: usize = 4;
const SHAPES_FIELD: usize = 8;
const SHAPES_INDEX: usize = 12;
const SHAPES_MASK: usize = 16;
export const SHAPES_USED: usize = 20;
export const SHAPES_LAST: usize = 24;
export const SHAPES_DECLARED: usize = 28;
const SHAPES_HEAD: usize = 32;

export const SHAPE_RECORDS: usize = 0;
const SHAPE_FIELDS: usize = 4;
const SHAPE_SLOTS: usize = 5;
export const SHAPE_OUTDATED: usize = 6;
const SHAPE_PLACES: usize = 8;
const SHAPE_ELEMENTS: usize = 264;
const ELEMENT_BYTES: u32 = 4;
/** Fields from this number on are in no shape. */
export const POSITIONS: u32 = 256;
const FIELDS_ROOM_MIN: u32 = 16;
const PARENT_FACTOR: u32 = 0x9e3779b1;

/** The fields of a declared table's shape, in their order. */
const scratchFields: usize = memory.data(SHAPE_FIELDS_MAX, 8);

/** Set when a field, a kind or a shape was added, or the number of a shape given away again. */
export let shapesChanged: bool = false;

/** While set, no shape's number is given away again: records of it may be put back. */
let shapesKept: bool = false;

export function keepShapes(keep: bool): void {
  shapesKept = keep;
}

export function forgetShapesChanged(): void {
  shapesChanged = false;
}

/** No fields and no shapes; 0: no memory. */
export function shapesMake(): usize {
  const bytes = <u32>SHAPES_HEAD + (SHAPES_MAX << 2);
  const shapes = allocate(bytes, PURPOSE_TABLE);
  if (!shapes) return 0;
  memory.fill(shapes, 0, bytes);
  return shapes;
}

export function shapesRelease(shapes: usize): void {
  for (let number: u32 = 0; number < load<u32>(shapes, SHAPES_USED); number++) {
    const shape = shapeAt(shapes, number);
    if (shape) release(shape, PURPOSE_TABLE);
  }
  for (let field: u32 = 0; field < fieldCount(shapes); field++) {
    const record = fieldAt(shapes, field);
    release(<usize>load<u32>(record, FIELD_NAME), PURPOSE_TABLE);
  }
  if (load<u32>(shapes, SHAPES_FIELD)) release(<usize>load<u32>(shapes, SHAPES_FIELD), PURPOSE_TABLE);
  if (load<u32>(shapes, SHAPES_INDEX)) release(<usize>load<u32>(shapes, SHAPES_INDEX), PURPOSE_TABLE);
  release(shapes, PURPOSE_TABLE);
}

// Fields --------------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
export function fieldCount(shapes: usize): u32 {
  return load<u32>(shapes, SHAPES_FIELDS);
}

/** Record of a field (FIELD_*). */
// @ts-ignore: decorator
@inline
export function fieldAt(shapes: usize, field: u32): usize {
  return <usize>load<u32>(shapes, SHAPES_FIELD) + <usize>field * FIELD_SIZE;
}

// @ts-ignore: decorator
@inline
export function fieldParent(shapes: usize, field: u32): u32 {
  return load<u16>(fieldAt(shapes, field), FIELD_PARENT);
}

// @ts-ignore: decorator
@inline
export function fieldKind(shapes: usize, field: u32): u32 {
  return load<u8>(fieldAt(shapes, field), FIELD_KIND);
}

/** Whether the field has this name in the object of `parent`. */
// @ts-ignore: decorator
@inline
export function isField(shapes: usize, field: u32, parent: u32, name: usize, length: u32): bool {
  const record = fieldAt(shapes, field);
  return (
    load<u32>(record, FIELD_NAME_LENGTH) == length &&
    <u32>load<u16>(record, FIELD_PARENT) == parent &&
    equalBytes(<usize>load<u32>(record, FIELD_NAME), name, length)
  );
}

function indexSlot(shapes: usize, parent: u32, name: usize, length: u32): usize {
  const index = <usize>load<u32>(shapes, SHAPES_INDEX);
  const mask = load<u32>(shapes, SHAPES_MASK);
  let position = (<u32>hashBytes(name, length) + parent * PARENT_FACTOR) & mask;
  while (true) {
    const slot = index + ((<usize>position) << 1);
    const number = <u32>load<u16>(slot);
    if (!number || isField(shapes, number - 1, parent, name, length)) return slot;
    position = (position + 1) & mask;
  }
}

/** Number of the field with this name in the object of `parent` (or FIELD_ROOT), or FIELD_NONE. */
export function fieldNamed(shapes: usize, parent: u32, name: usize, length: u32): i32 {
  if (!fieldCount(shapes)) return FIELD_NONE;
  const number = <i32>load<u16>(indexSlot(shapes, parent, name, length));
  return number ? number - 1 : FIELD_NONE;
}

/** Adds a field, which is not there yet; its number, or FIELD_NONE: there is no memory, or there are too many fields. */
export function fieldAdd(shapes: usize, parent: u32, name: usize, length: u32): i32 {
  const count = fieldCount(shapes);
  if (count >= <u32>FIELDS_MAX) return FIELD_NONE;
  if (count == load<u32>(shapes, SHAPES_ROOM) && !growFields(shapes, count)) return FIELD_NONE;
  const copy = allocate(length ? length : 1, PURPOSE_TABLE);
  if (!copy) return FIELD_NONE;
  copyBytes(copy, name, length);
  store<u16>(indexSlot(shapes, parent, name, length), <u16>(count + 1));
  const record = fieldAt(shapes, count);
  memory.fill(record, 0, FIELD_SIZE);
  store<u32>(record, <u32>copy, FIELD_NAME);
  store<u32>(record, length, FIELD_NAME_LENGTH);
  store<u16>(record, <u16>parent, FIELD_PARENT);
  store<u32>(shapes, count + 1, SHAPES_FIELDS);
  if (parent != FIELD_ROOT) {
    const holder = fieldAt(shapes, parent);
    store<u32>(holder, load<u32>(holder, FIELD_CHILDREN) + 1, FIELD_CHILDREN);
  }
  return <i32>count;
}

/** Doubles the room for fields, and makes their index anew. */
function growFields(shapes: usize, count: u32): bool {
  const room = count ? count << 1 : FIELDS_ROOM_MIN;
  const index = allocate(room << 2, PURPOSE_TABLE);
  const fields = index ? allocate(room * FIELD_SIZE, PURPOSE_TABLE) : 0;
  if (!fields) {
    if (index) release(index, PURPOSE_TABLE);
    return false;
  }
  memory.fill(index, 0, room << 2);
  if (count) {
    copyBytes(fields, fieldAt(shapes, 0), count * FIELD_SIZE);
    release(fieldAt(shapes, 0), PURPOSE_TABLE);
    release(<usize>load<u32>(shapes, SHAPES_INDEX), PURPOSE_TABLE);
  }
  store<u32>(shapes, <u32>fields, SHAPES_FIELD);
  store<u32>(shapes, <u32>index, SHAPES_INDEX);
  store<u32>(shapes, (room << 1) - 1, SHAPES_MASK);
  store<u32>(shapes, room, SHAPES_ROOM);
  for (let field: u32 = 0; field < count; field++) {
    const record = fieldAt(shapes, field);
    const slot = indexSlot(
      shapes,
      load<u16>(record, FIELD_PARENT),
      <usize>load<u32>(record, FIELD_NAME),
      load<u32>(record, FIELD_NAME_LENGTH),
    );
    store<u16>(slot, <u16>(field + 1));
  }
  return true;
}

/**
 * Adds a column to shapes that a table is declared with; before the first document. Columns are fields 0, 1, ... and have their slots
 * in this order. Returns false when there is no memory.
 */
export function shapesColumn(shapes: usize, name: usize, length: u32, kind: u32): bool {
  const field = fieldAdd(shapes, FIELD_ROOT, name, length);
  if (field == FIELD_NONE) return false;
  setFieldKind(shapes, field, kind);
  addFieldFlag(shapes, field, FIELD_SEEN);
  return true;
}

/** Ends the columns: behind them comes the field of what has no column, and shape 0, which stays the only one. */
export function shapesDeclare(shapes: usize): bool {
  const count = fieldCount(shapes);
  if (DEBUG) assert(count < <u32>SHAPE_FIELDS_MAX);
  store<u8>(scratchFields, 0xff);
  if (!shapesColumn(shapes, scratchFields, 1, SLOT_JSON)) return false;
  for (let field: u32 = 0; field <= count; field++) store<u8>(scratchFields + field, <u8>field);
  if (shapeAdd(shapes, scratchFields, count + 1) < 0) return false;
  store<u32>(shapes, 1, SHAPES_DECLARED);
  return true;
}

/** Whether the fields are the columns of a declared table. */
// @ts-ignore: decorator
@inline
export function isDeclared(shapes: usize): bool {
  return load<u32>(shapes, SHAPES_DECLARED) != 0;
}

/** Gives a field its kind. The shapes that have it otherwise are `shapesOutdate`'s. */
export function setFieldKind(shapes: usize, field: u32, kind: u32): void {
  store<u8>(fieldAt(shapes, field), <u8>kind, FIELD_KIND);
  shapesChanged = true;
}

export function addFieldFlag(shapes: usize, field: u32, flag: u32): void {
  const record = fieldAt(shapes, field);
  store<u8>(record, <u8>((<u32>load<u8>(record, FIELD_FLAGS)) | flag), FIELD_FLAGS);
}

// Shapes --------------------------------------------------------------------------------------------------------------

/** A shape by its number, or 0. */
// @ts-ignore: decorator
@inline
export function shapeAt(shapes: usize, number: u32): usize {
  return <usize>load<u32>(shapes + ((<usize>number) << 2), SHAPES_HEAD);
}

// @ts-ignore: decorator
@inline
export function shapeFields(shape: usize): u32 {
  return load<u8>(shape, SHAPE_FIELDS);
}

// @ts-ignore: decorator
@inline
export function shapeSlots(shape: usize): u32 {
  return load<u8>(shape, SHAPE_SLOTS);
}

/** Field, kind and offset of an element. Requires: place < fields. */
// @ts-ignore: decorator
@inline
export function elementField(shape: usize, place: u32): u32 {
  return load<u8>(shape + ((<usize>place) << 2), SHAPE_ELEMENTS);
}

// @ts-ignore: decorator
@inline
export function elementKind(shape: usize, place: u32): u32 {
  return load<u8>(shape + ((<usize>place) << 2), SHAPE_ELEMENTS + 1);
}

// @ts-ignore: decorator
@inline
export function elementOffset(shape: usize, place: u32): u32 {
  return load<u16>(shape + ((<usize>place) << 2), SHAPE_ELEMENTS + 2);
}

/** Place of a field in a shape + 1, or 0. */
// @ts-ignore: decorator
@inline
export function placeOf(shape: usize, field: u32): u32 {
  return field < POSITIONS ? <u32>load<u8>(shape + <usize>field, SHAPE_PLACES) : 0;
}

/**
 * Adds a shape of `count` fields, given as bytes, with the kinds that they have now. Returns its number, or -1: there is no memory,
 * or no number is free.
 */
export function shapeAdd(shapes: usize, fields: usize, count: u32): i32 {
  const used = load<u32>(shapes, SHAPES_USED);
  let number: u32 = 0;
  while (number < used && !isUnused(shapes, number)) number++;
  if (number >= <u32>SHAPES_MAX) return -1;
  const bytes = <u32>SHAPE_ELEMENTS + count * ELEMENT_BYTES;
  const shape = allocate(bytes, PURPOSE_TABLE);
  if (!shape) return -1;
  if (number < used) release(shapeAt(shapes, number), PURPOSE_TABLE);
  memory.fill(shape, 0, bytes);
  let slots: u32 = 0;
  for (let place: u32 = 0; place < count; place++) {
    const field = <u32>load<u8>(fields + place);
    const kind = fieldKind(shapes, field);
    const element = shape + SHAPE_ELEMENTS + ((<usize>place) << 2);
    if (DEBUG) assert(!placeOf(shape, field));
    store<u8>(shape + field, <u8>(place + 1), SHAPE_PLACES);
    store<u8>(element, <u8>field);
    store<u8>(element, <u8>kind, 1);
    if (kind != SLOT_NONE) store<u16>(element, <u16>(RECORD_SLOTS + (slots++ << 3)), 2);
  }
  store<u8>(shape, <u8>count, SHAPE_FIELDS);
  store<u8>(shape, <u8>slots, SHAPE_SLOTS);
  store<u32>(shapes + ((<usize>number) << 2), <u32>shape, SHAPES_HEAD);
  if (number == used) store<u32>(shapes, used + 1, SHAPES_USED);
  shapesChanged = true;
  return <i32>number;
}

/** Whether the shape's number may be given away again. */
function isUnused(shapes: usize, number: u32): bool {
  return !shapesKept && !load<u32>(shapeAt(shapes, number), SHAPE_RECORDS);
}

/** Whether a number for one more shape is free. */
export function shapeAddable(shapes: usize): bool {
  const used = load<u32>(shapes, SHAPES_USED);
  if (used < <u32>SHAPES_MAX) return true;
  for (let number: u32 = 0; number < used; number++) if (isUnused(shapes, number)) return true;
  return false;
}

/** Finds the shapes in which a field has another kind than now. */
export function shapesOutdate(shapes: usize): void {
  for (let number: u32 = 0; number < load<u32>(shapes, SHAPES_USED); number++) {
    const shape = shapeAt(shapes, number);
    for (let place: u32 = 0; place < shapeFields(shape); place++) {
      if (elementKind(shape, place) != fieldKind(shapes, elementField(shape, place))) store<u8>(shape, 1, SHAPE_OUTDATED);
    }
  }
}

/** Counts a record of a shape that is stored (1) or goes (-1). */
export function shapeCount(shapes: usize, number: u32, difference: u32): void {
  const shape = shapeAt(shapes, number);
  if (DEBUG) assert(shape != 0);
  store<u32>(shape, load<u32>(shape, SHAPE_RECORDS) + difference, SHAPE_RECORDS);
}

/** Where records of a shape have a field: what abi/record.ts says of `shape_slot`. */
export function shapeSlot(shapes: usize, number: u32, field: u32): i32 {
  const shape = shapeAt(shapes, number);
  const place = placeOf(shape, field);
  if (place) {
    const kind = elementKind(shape, place - 1);
    if (kind == SLOT_NONE || (kind == SLOT_JSON && !isDeclared(shapes))) return SHAPE_INSIDE;
    return <i32>(kind | ((place - 1) << SHAPE_SLOT_BIT) | (elementOffset(shape, place - 1) << SHAPE_SLOT_OFFSET));
  }
  for (let parent = fieldParent(shapes, field); parent != FIELD_ROOT; parent = fieldParent(shapes, parent)) {
    const outer = placeOf(shape, parent);
    if (outer) return elementKind(shape, outer - 1) == SLOT_JSON ? SHAPE_INSIDE : SHAPE_NO_FIELD;
  }
  // A field without column may be among those beside the columns.
  return isDeclared(shapes) ? SHAPE_INSIDE : SHAPE_NO_FIELD;
}

// Checks --------------------------------------------------------------------------------------------------------------

/** Whether there is a shape of this number. */
export function shapeIs(shapes: usize, number: u32): bool {
  return number < load<u32>(shapes, SHAPES_USED) && shapeAt(shapes, number) != 0;
}

/**
 * Whether fields are found by their names, and the fields of each shape stand in the order of a walk through objects, with the kinds
 * of now unless it is outdated. For debug builds.
 */
export function shapesCheck(shapes: usize): bool {
  for (let field: u32 = 0; field < fieldCount(shapes); field++) {
    const record = fieldAt(shapes, field);
    const name = <usize>load<u32>(record, FIELD_NAME);
    if (fieldNamed(shapes, load<u16>(record, FIELD_PARENT), name, load<u32>(record, FIELD_NAME_LENGTH)) != <i32>field) return false;
  }
  for (let number: u32 = 0; number < load<u32>(shapes, SHAPES_USED); number++) {
    const shape = shapeAt(shapes, number);
    if (walkShape(shapes, shape, 0, FIELD_ROOT) != shapeFields(shape)) return false;
    for (let place: u32 = 0; place < shapeFields(shape); place++) {
      const field = elementField(shape, place);
      if (placeOf(shape, field) != place + 1) return false;
      if (!load<u8>(shape, SHAPE_OUTDATED) && elementKind(shape, place) != fieldKind(shapes, field)) return false;
    }
  }
  return true;
}

/** The place behind the fields of an object that begin at `place`. */
function walkShape(shapes: usize, shape: usize, place: u32, parent: u32): u32 {
  while (place < shapeFields(shape) && fieldParent(shapes, elementField(shape, place)) == parent) {
    const field = elementField(shape, place);
    const isObject = elementKind(shape, place) == SLOT_NONE;
    place = isObject ? walkShape(shapes, shape, place + 1, field) : place + 1;
  }
  return place;
}
