/**
 * Label sets: nodes with equal labels are the rows of one collection (keyspace/collection.ts), so that scans, shapes, statistics and
 * indexes work on them as on documents. A scan of a label goes over the collections of all sets that contain it.
 *
 * A set is known by the handle of its collection; who reads rows asks `collectionSeen` for the record.
 *
 * The collection lies in the graph's hash table under {u8 KIND_SET, u16 numbers of the labels, ascending}. It has shapes from its
 * beginning on, and stays until the graph goes.
 *
 * Usage: `setBegin()`, `setAdd` for each label, `setMake`. Cost: O(labels of the set).
 */
import { NAME_NUMBER } from "../abi/graph";
import { hashBytes } from "../bytes/hash";
import { COLLECTION_SHAPES, collectionMakeIn, prefixBytes, prefixPointer, releaseCollection } from "../keyspace/collection";
import { valuePointer } from "../structure/entry";
import { tableFind, tableRemove } from "../structure/hash-table";
import { shapesMake } from "../value/shape";
import { indexesGive } from "./label-index";
import { GRAPH_NAMES, GRAPH_SETS, KIND_SET, listAppend, listCount, listReserve } from "./graph";

/** Most labels of a node, and most sets of a graph. */
export const LABELS_MAX: u32 = 255;
export const SETS_MAX: u32 = 65535;

/** The key under way: byte 7 is the kind, so that the numbers are aligned. */
const area: usize = memory.data(<i32>(8 + ((LABELS_MAX + 1) << 1)), 8);
const key: usize = area + 7;
const numbers: usize = area + 8;
let count: u32 = 0;

/** Begins a set without labels. */
export function setBegin(): void {
  count = 0;
}

/** Begins with the labels of a set that there is. */
export function setBeginWith(collection: usize): void {
  count = setSize(collection);
  for (let index: u32 = 0; index < count; index++) store<u16>(numbers + ((<usize>index) << 1), <u16>setLabel(collection, index));
}

/** Adds a label that may be in the set already. Returns false when there are too many. */
export function setAdd(label: usize): bool {
  const number = load<u32>(label, NAME_NUMBER);
  let at = count;
  while (at && <u32>load<u16>(numbers + ((<usize>at - 1) << 1)) > number) at--;
  if (at && <u32>load<u16>(numbers + ((<usize>at - 1) << 1)) == number) return true;
  if (count == LABELS_MAX) return false;
  const place = numbers + ((<usize>at) << 1);
  memory.copy(place + 2, place, (<usize>(count - at)) << 1);
  store<u16>(place, <u16>number);
  count++;
  return true;
}

/** Takes a label out of the set under way. */
export function setDrop(label: usize): void {
  const number = load<u32>(label, NAME_NUMBER);
  for (let at: u32 = 0; at < count; at++) {
    const place = numbers + ((<usize>at) << 1);
    if (<u32>load<u16>(place) != number) continue;
    memory.copy(place, place + 2, (<usize>(count - at - 1)) << 1);
    count--;
    return;
  }
}

/**
 * The collection of the set under way, made if there is none; 0: no memory, or there are too many. Requires: the graph's record may be
 * changed.
 */
export function setMake(graph: usize): usize {
  const table = graph + GRAPH_NAMES;
  const length = 1 + (count << 1);
  store<u8>(key, <u8>KIND_SET);
  const hash = hashBytes(key, length);
  const slot = tableFind(table, hash, key, length);
  if (slot) return valuePointer(<usize>load<u32>(slot));
  const list = graph + GRAPH_SETS;
  if (listCount(list) >= SETS_MAX || !listReserve(list)) return 0;
  const collection = collectionMakeIn(table, key, length);
  if (!collection) return 0;
  if (!giveShapes(collection) || !indexesGive(graph, collection)) {
    const made = tableFind(table, hash, key, length);
    const entry = <usize>load<u32>(made);
    tableRemove(table, hash, made);
    releaseCollection(entry);
    return 0;
  }
  listAppend(list, collection);
  return collection;
}

/** Gives a new collection its shapes. Returns false when there is no memory. */
export function giveShapes(collection: usize): bool {
  const shapes = shapesMake();
  store<u32>(collection, <u32>shapes, COLLECTION_SHAPES);
  return shapes != 0;
}

/** How many labels the nodes of a collection have. */
export function setSize(collection: usize): u32 {
  return prefixBytes(collection) >> 1;
}

/** The number of one of its labels. Requires: index < setSize. */
export function setLabel(collection: usize, index: u32): u32 {
  return <u32>load<u16>(prefixPointer(collection) + 1 + ((<usize>index) << 1));
}

/** Whether the nodes of a collection have a label. */
export function setHas(collection: usize, number: u32): bool {
  const size = setSize(collection);
  for (let index: u32 = 0; index < size; index++) if (setLabel(collection, index) == number) return true;
  return false;
}
