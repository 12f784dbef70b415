/**
 * Properties of nodes and relationships: documents in entries whose key is the number, four bytes. They are rows of the graph's
 * collections, and in no keyspace.
 *
 * Cost: O(bytes of the properties).
 */
import { RECORD_PACKED } from "../abi/record";
import { equalBytes } from "../bytes/copy";
import { COLLECTION_SHAPES } from "../keyspace/collection";
import { valueAddress } from "../keyspace/entry-release";
import { keyPointer, setMakesProperties } from "../structure/entry";
import { isRecord, makeEntry, recordValue } from "../types/document";
import {
  TAG_NULL,
  afterValue,
  childCount,
  fieldValue,
  findField,
  firstChild,
  namePointer,
  readLength,
  tagOf,
  valueBytes,
} from "../value/packed";
import {
  closeObject,
  openContainer,
  packedAt,
  packedFailed,
  packedMark,
  writeName,
  writePacked,
  writePackedAgain,
} from "../value/packed-writer";

const key: usize = memory.data(4, 8);

/** An entry with properties, which is in no row yet; 0: no memory. Requires: a packed object. */
export function propertiesMake(collection: usize, number: u32, object: usize): usize {
  store<u32>(key, number);
  setMakesProperties(true);
  const entry = makeEntry(collection, key, 4, object, valueBytes(object), 0, 0);
  setMakesProperties(false);
  return entry;
}

/** The number of the node or relationship whose properties these are. */
export function propertiesNumber(entry: usize): u32 {
  return load<u32>(keyPointer(entry));
}

/** The properties as a packed object, good until the next call; 0: no memory. */
export function propertiesValue(collection: usize, entry: usize): usize {
  if (!isRecord(entry)) return valueAddress(entry) + RECORD_PACKED;
  return recordValue(<usize>load<u32>(collection, COLLECTION_SHAPES), entry);
}

/** Where `packWithoutNulls` and `packProperty` have put the object in the packed writer. */
export let packedProperties: u32 = 0;

/** How many properties what was packed sets or takes away. */
export let packedChanges: u32 = 0;

/** Sees to it that an object in the packed writer has no property that is null, which Cypher takes for one that is not there. */
export function packWithoutNulls(offset: u32): void {
  packedProperties = offset;
  const count = childCount(packedAt(offset));
  let field = firstChild(packedAt(offset));
  for (let index: u32 = 0; index < count; index++) {
    if (tagOf(fieldValue(field)) == TAG_NULL) {
      packFields(packedAt(offset), 0, 0, 0, 0);
      return;
    }
    field = afterValue(fieldValue(field));
  }
}

/** Appends an object without its properties that are null. Requires: it does not lie in the packed writer. */
export function packProperties(object: usize): void {
  packFields(object, 0, 0, 0, 0);
  packedChanges = childCount(packedAt(packedProperties));
}

/** What was packed were several objects, which set or take away so many properties together. */
export function countPackedChanges(changes: u32): void {
  packedChanges = changes;
}

/** Counts the properties of an object that the packed one has not. Requires: neither is to be changed meanwhile. */
export function packedTakes(old: usize): void {
  const object = packedAt(packedProperties);
  const count = childCount(old);
  let field = firstChild(old);
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    if (tagOf(value) != TAG_NULL && !findField(object, namePointer(field), readLength(field))) packedChanges++;
    field = afterValue(value);
  }
}

/** Whether an object has a property that is null. */
export function hasNullProperty(object: usize): bool {
  const count = childCount(object);
  let field = firstChild(object);
  for (let index: u32 = 0; index < count; index++) {
    const value = fieldValue(field);
    if (tagOf(value) == TAG_NULL) return true;
    field = afterValue(value);
  }
  return false;
}

/**
 * Appends an object with a property set to the value at `offset` in the packed writer; null takes it away. Requires: the object does not
 * lie in the packed writer.
 */
export function packProperty(object: usize, name: usize, length: u32, offset: u32): void {
  packedChanges = tagOf(packedAt(offset)) == TAG_NULL && !findField(object, name, length) ? 0 : 1;
  packFields(object, name, length, offset, valueBytes(packedAt(offset)));
}

/**
 * Appends an object with the properties of another one, `changes`, set as they are there; null takes one away. Requires: `changes` does not
 * lie in the packed writer.
 */
export function packMerged(object: usize, changes: usize): void {
  const inside = <i32>(object - packedAt(0));
  const isInside = inside >= 0 && <u32>inside < packedMark();
  const count = childCount(object);
  let at = <u32>(firstChild(object) - object);
  let kept: u32 = 0;
  packedChanges = 0;
  const start = openContainer();
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    // The writer's bytes may have moved.
    const base = isInside ? packedAt(inside) : object;
    const field = base + at;
    const value = fieldValue(field);
    at = <u32>(afterValue(value) - base);
    if (tagOf(value) == TAG_NULL) continue;
    const change = findField(changes, namePointer(field), readLength(field));
    if (change) {
      if (tagOf(change) == TAG_NULL) packedChanges++;
      continue;
    }
    const fieldBytes = <u32>(base + at - field);
    if (isInside) writePackedAgain(<u32>(field - packedAt(0)), fieldBytes);
    else writePacked(field, fieldBytes);
    kept++;
  }
  const set = packSet(changes);
  packedChanges += set;
  closeObject(start, kept + set);
  packedProperties = start;
}

/** Appends the fields of an object that are not null; returns how many. */
function packSet(object: usize): u32 {
  const count = childCount(object);
  let field = firstChild(object);
  let kept: u32 = 0;
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    const value = fieldValue(field);
    const next = afterValue(value);
    if (tagOf(value) != TAG_NULL) {
      writePacked(field, <u32>(next - field));
      kept++;
    }
    field = next;
  }
  return kept;
}

/** Appends the fields of an object that are not null, the one of this name (if any is wanted: `bytes`) with another value. */
function packFields(object: usize, name: usize, length: u32, offset: u32, bytes: u32): void {
  const inside = <i32>(object - packedAt(0));
  const isInside = inside >= 0 && <u32>inside < packedMark();
  const count = childCount(object);
  let at = <u32>(firstChild(object) - object);
  let kept: u32 = 0;
  let found = false;
  const start = openContainer();
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    // The writer's bytes may have moved.
    const base = isInside ? packedAt(inside) : object;
    const field = base + at;
    const value = fieldValue(field);
    at = <u32>(afterValue(value) - base);
    const isNamed = bytes != 0 && readLength(field) == length && equalBytes(namePointer(field), name, length);
    if (isNamed) {
      found = true;
      kept += writeProperty(name, length, offset, bytes);
    } else if (tagOf(value) != TAG_NULL) {
      const fieldBytes = <u32>(base + at - field);
      if (isInside) writePackedAgain(<u32>(field - packedAt(0)), fieldBytes);
      else writePacked(field, fieldBytes);
      kept++;
    }
  }
  if (bytes && !found) kept += writeProperty(name, length, offset, bytes);
  closeObject(start, kept);
  packedProperties = start;
}

function writeProperty(name: usize, length: u32, offset: u32, bytes: u32): u32 {
  if (tagOf(packedAt(offset)) == TAG_NULL) return 0;
  writeName(name, length);
  writePackedAgain(offset, bytes);
  return 1;
}
