/**
 * Collections as plans read them: rows are elements {u32 entry, u32 record} of chunks (abi/record.ts), and these functions read what
 * is in a row. `element` is the address of such an element, of a row that is present.
 *
 * A plan asks for the numbers of its fields once (`collection_path`), for their places in each shape that it meets
 * (`shape_places`), and for everything else row by row (`record_field`).
 */
import { DATABASE_COUNT } from "../abi/layout";
import {
  CHUNK_ROWS,
  COLLECTION_LIVE,
  COLLECTION_ROWS,
  FIELD_NONE,
  FIELD_ROOT,
  PLACE_BIT,
  PLACE_GENERIC,
  RECORD_MISSING,
  RECORD_PACKED,
  RECORD_SHAPE,
  ROW_ENTRY,
  ROW_RECORD,
  SHAPES_MAX,
  SHAPE_INSIDE,
  SHAPE_NO_FIELD,
  SLOT_BOOLEAN,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_JSON,
  SLOT_NUMBER,
  SLOT_TEXT,
} from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { COLLECTION_SHAPES, collectionNamed, prefixLength, rowElement, rowEntry } from "../keyspace/collection";
import { database, databaseAt, databaseIndex, useDatabase } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
import { isExpired } from "../keyspace/keyspace";
import { keyLength, keyPointer } from "../structure/entry";
import { adoptCollection } from "../types/document";
import { fail, setTag } from "../value/cells";
import { packedAt, packedFailed, packedMark, packedReset } from "../value/packed-writer";
import { readDocument, readPacked, readRecord } from "../value/record-read";
import { unpackRecord } from "../value/record-unpack";
import { afterValue, childCount, firstChild, lengthBytes, readLength } from "../value/packed";
import { elementField, fieldAdd, fieldAt, fieldCount, fieldNamed, fieldParent, shapeAt, shapeFields, shapeSlot } from "../value/shape";
import { WORD_EMPTY, wordOf, wordPart } from "../value/word";

/** The collection of the documents `prefix:rest`, or 0. Good until the next write. */
export function collection_find(number: u32, prefix: usize, length: u32): usize {
  return number < <u32>DATABASE_COUNT ? collectionNamed(databaseAt(number), prefix, length) : 0;
}

// @ts-ignore: decorator
@inline
function shapesAt(collection: usize): usize {
  return <usize>load<u32>(collection, COLLECTION_SHAPES);
}

/**
 * Number of the field with this name in the object of the field `parent` (FIELD_ROOT: the document), for good. It is a field from
 * now on, if it was none. FIELD_NONE, and RUNTIME_ERROR_MEMORY: there is no memory, or there are FIELDS_MAX fields.
 */
export function collection_path(number: u32, collection: usize, parent: u32, name: usize, length: u32): i32 {
  const caller = databaseIndex(database);
  useDatabase(number);
  const adopted = adoptCollection(collection);
  useDatabase(caller);
  if (adopted) {
    const shapes = shapesAt(collection);
    const known = fieldNamed(shapes, parent, name, length);
    const field = known != FIELD_NONE ? known : fieldAdd(shapes, parent, name, length);
    if (field != FIELD_NONE) return field;
  }
  fail(RUNTIME_ERROR_MEMORY);
  return FIELD_NONE;
}

/** Fields that documents have brought, and those that queries have named: numbers 0 to this one, without it. */
export function collection_fields(collection: usize): u32 {
  return shapesAt(collection) ? fieldCount(shapesAt(collection)) : 0;
}

/** Address of a field (FIELD_*). Good until the next write or `collection_path`. */
export function collection_field(collection: usize, field: u32): usize {
  return fieldAt(shapesAt(collection), field);
}

/** Most documents that `collection_presence` looks into. */
const PRESENCE_ROWS: u32 = 32;

/**
 * Which of the first 64 fields stand at the top of documents that are seen now, as bits. Where there are many documents, all of them: it is
 * not known then which are there no more.
 */
export function collection_presence(collection: usize): u64 {
  const shapes = shapesAt(collection);
  const rows = load<u32>(collection, COLLECTION_ROWS);
  if (!shapes || rows > <u32>CHUNK_ROWS || load<u32>(collection, COLLECTION_LIVE) > PRESENCE_ROWS) return u64.MAX_VALUE;
  let present: u64 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const element = rowElement(collection, row);
    if (!element) continue;
    const record = <usize>load<u32>(element, ROW_RECORD);
    present |= record ? presentInRecord(shapes, record) : presentInObject(shapes, packedOf(element));
  }
  return present;
}

function presentInRecord(shapes: usize, record: usize): u64 {
  const shape = shapeAt(shapes, load<u16>(record, RECORD_SHAPE));
  const missing = load<u64>(record, RECORD_MISSING);
  let present: u64 = 0;
  for (let place: u32 = 0; place < shapeFields(shape); place++) {
    const field = elementField(shape, place);
    if (field < 64 && fieldParent(shapes, field) == FIELD_ROOT && !((missing >> place) & 1)) present |= (<u64>1) << field;
  }
  return present;
}

function presentInObject(shapes: usize, object: usize): u64 {
  let present: u64 = 0;
  let name = firstChild(object);
  for (let left = childCount(object); left; left--) {
    const length = readLength(name);
    const bytes = name + lengthBytes(length);
    const field = fieldNamed(shapes, FIELD_ROOT, bytes, length);
    if (field >= 0 && field < 64) present |= (<u64>1) << field;
    name = afterValue(bytes + length);
  }
  return present;
}

/** Where records of a shape have a field: SLOT_* | bit << 8 | offset << 16, SHAPE_NO_FIELD or SHAPE_INSIDE. */
export function shape_slot(collection: usize, shape: u32, field: u32): i32 {
  return shapeSlot(shapesAt(collection), shape, field);
}

/** Kinds of slots that plans read by themselves. */
const DIRECT_KINDS: u32 = (1 << SLOT_BOOLEAN) | (1 << SLOT_INTEGER) | (1 << SLOT_DOUBLE) | (1 << SLOT_NUMBER) | (1 << SLOT_TEXT);
/** No record of the shape has the field: no kind, and a bit so that it is not 0. */
const PLACE_NOWHERE: u32 = 1 << PLACE_BIT;

/** Forgets places: so many bytes. */
export function places_clear(places: usize, bytes: u32): void {
  memory.fill(places, 0, bytes);
}

/** Writes the places (PLACE_*) of `count` fields, u32 numbers at `fields`, in a shape; in packed documents where `shape` is SHAPES_MAX. */
export function shape_places(collection: usize, shape: u32, fields: usize, count: u32, places: usize): void {
  for (let index: u32 = 0; index < count; index++) {
    const slot = shape < <u32>SHAPES_MAX ? shapeSlot(shapesAt(collection), shape, load<u32>(fields + ((<usize>index) << 2))) : SHAPE_INSIDE;
    let place: u32 = PLACE_GENERIC;
    if (slot == SHAPE_NO_FIELD) place = PLACE_NOWHERE;
    else if (slot >= 0 && (DIRECT_KINDS >> (slot & PLACE_GENERIC)) & 1) place = slot;
    store<u32>(places + ((<usize>index) << 2), place);
  }
}

/** A field of a row as `any`: the payload; the tag is in CELL_TAG. Words may point into the row. */
export function record_field(collection: usize, element: usize, field: u32): u64 {
  const record = <usize>load<u32>(element, ROW_RECORD);
  if (record) return readRecord(shapesAt(collection), record, field);
  return readDocument(shapesAt(collection), packedOf(element), field);
}

// @ts-ignore: decorator
@inline
function packedOf(element: usize): usize {
  return valueAddress(<usize>load<u32>(element, ROW_ENTRY)) + RECORD_PACKED;
}

/** The whole document as a word of SLOT_JSON (which CELL_TAG says too). */
export function record_document(collection: usize, element: usize): u64 {
  const record = <usize>load<u32>(element, ROW_RECORD);
  if (!record) return readPacked(packedOf(element));
  setTag(SLOT_JSON);
  packedReset();
  unpackRecord(shapesAt(collection), record);
  if (!packedFailed) return wordOf(packedAt(0), packedMark());
  fail(RUNTIME_ERROR_MEMORY);
  return WORD_EMPTY;
}

/** Address of a row's element, or 0 when there is no such row. */
export function row_element(collection: usize, row: u32): usize {
  return rowElement(collection, row);
}

/** Whether a row's time is over: asked for rows of chunks whose earliest expiry is. */
export function row_expired(element: usize): i32 {
  return isExpired(<usize>load<u32>(element, ROW_ENTRY)) ? 1 : 0;
}

/** A row's key, as a word that may point into the row. */
export function row_key(element: usize): u64 {
  const entry = <usize>load<u32>(element, ROW_ENTRY);
  return wordPart(keyPointer(entry), 0, keyLength(entry));
}

/** The part of a row's key behind its first colon. */
export function row_id(element: usize): u64 {
  const entry = <usize>load<u32>(element, ROW_ENTRY);
  const skipped = prefixLength(keyPointer(entry), keyLength(entry)) + 1;
  return wordPart(keyPointer(entry), skipped, keyLength(entry) - skipped);
}

/** The entry of a row, or 0. */
export function row_entry(collection: usize, row: u32): usize {
  return rowEntry(collection, row);
}

/** Address and length of an entry's key. */
export function entry_key(entry: usize): usize {
  return keyPointer(entry);
}

export function entry_key_length(entry: usize): u32 {
  return keyLength(entry);
}
