/**
 * Names of labels and relationship types: numbers from 0 on, which a graph never gives to another name.
 *
 * A name lies in an entry (structure/entry.ts) of the graph's hash table, whose key is a byte of its kind and the name, 1 to NAME_MAX bytes,
 * and whose value is the number. What changes lies in a record of its own, which the graph's list of labels or types has under the number:
 *
 *   0   u32 number
 *   4   u32 nodes or relationships that have it
 *   8   BITMAP_BYTES: of a label, the numbers of its nodes
 *   8   u32 of a type, the collection of its relationships with properties, or 0
 *   28  u32 the entry
 *   32  u32 era of its birth
 *
 * A record may lie elsewhere after `nameOwn`, which a change begins with: whoever keeps one for longer than a change keeps its number.
 *
 * Cost: O(1) by name and by number.
 */
import { LABEL_BITMAP, NAME_COUNT, NAME_NUMBER } from "../abi/graph";
import { PURPOSE_TABLE } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { copyBytes } from "../bytes/copy";
import { allocate, release } from "../memory/allocator";
import { birthEra, isWritable, retireBlock } from "../structure/birth";
import { entryBytes, keyLength, keyPointer, valuePointer, writeEntryHead } from "../structure/entry";
import { tableFind, tableInsert } from "../structure/hash-table";
import {
  GRAPH_LABELS,
  GRAPH_NAMES,
  GRAPH_TYPES,
  KIND_LABEL,
  graphChanged,
  listAppend,
  listAt,
  listCount,
  listOwn,
  listPut,
  listReserve,
  namesMoved,
} from "./graph";

export const NAME_BITMAP: usize = LABEL_BITMAP;
const NAME_ENTRY: usize = 28;
const NAME_BIRTH: usize = 32;
const NAME_BYTES: u32 = 40;

/** Longest name, and most names of a kind. */
export const NAME_MAX: u32 = 255;
export const NAMES_MAX: u32 = 65535;

const key: usize = memory.data(256, 8);

function makeKey(kind: u32, name: usize, length: u32): u64 {
  store<u8>(key, <u8>kind);
  copyBytes(key + 1, name, length);
  return hashBytes(key, length + 1);
}

function listOf(graph: usize, kind: u32): usize {
  return graph + (kind == KIND_LABEL ? GRAPH_LABELS : GRAPH_TYPES);
}

/** The label or type of a name, or 0. */
export function nameFind(graph: usize, kind: u32, name: usize, length: u32): usize {
  if (!length || length > NAME_MAX) return 0;
  const slot = tableFind(graph + GRAPH_NAMES, makeKey(kind, name, length), key, length + 1);
  return slot ? nameAt(graph, kind, load<u32>(valuePointer(<usize>load<u32>(slot)))) : 0;
}

/**
 * The same, made if there is none; 0: no memory, or there are too many. Requires: 1 to NAME_MAX bytes, and the graph's record may be
 * changed.
 */
export function nameMake(graph: usize, kind: u32, name: usize, length: u32): usize {
  const found = nameFind(graph, kind, name, length);
  if (found) return found;
  const list = listOf(graph, kind);
  if (listCount(list) >= NAMES_MAX || !listReserve(list)) return 0;
  const record = allocate(NAME_BYTES, PURPOSE_TABLE);
  if (!record) return 0;
  const entry = makeEntry(graph, kind, name, length, listCount(list));
  if (!entry) {
    release(record, PURPOSE_TABLE);
    return 0;
  }
  memory.fill(record, 0, NAME_BYTES);
  store<u32>(record, listCount(list), NAME_NUMBER);
  store<u32>(record, <u32>entry, NAME_ENTRY);
  store<u32>(record, birthEra, NAME_BIRTH);
  listAppend(list, record);
  namesMoved(graph);
  graphChanged(graph);
  return record;
}

/** Puts a name and its number into the graph's table. Returns the entry, or 0: no memory. */
function makeEntry(graph: usize, kind: u32, name: usize, length: u32, number: u32): usize {
  const entry = allocate(<u32>entryBytes(length + 1, false, 4), PURPOSE_TABLE);
  if (!entry) return 0;
  const hash = makeKey(kind, name, length);
  store<u32>(entry, 0);
  store<u32>(entry, 4, 4);
  writeEntryHead(entry, key, length + 1, 0, 0);
  store<u32>(valuePointer(entry), number);
  if (tableInsert(graph + GRAPH_NAMES, hash, entry)) return entry;
  release(entry, PURPOSE_TABLE);
  return 0;
}

/**
 * The record of a number for a change; 0: no memory. It may lie elsewhere then. Requires: there is one, and the graph's record may be
 * changed.
 */
export function nameOwn(graph: usize, kind: u32, number: u32): usize {
  const list = listOf(graph, kind);
  const record = listAt(list, number);
  const birth = load<u32>(record, NAME_BIRTH);
  if (isWritable(birth)) return record;
  const copy = listOwn(list) ? allocate(NAME_BYTES, PURPOSE_TABLE) : 0;
  if (!copy) return 0;
  copyBytes(copy, record, NAME_BYTES);
  store<u32>(copy, birthEra, NAME_BIRTH);
  listPut(list, number, copy);
  namesMoved(graph);
  retireBlock(record, PURPOSE_TABLE, birth);
  return copy;
}

/** Era in which a record was born. */
export function nameBirth(record: usize): u32 {
  return load<u32>(record, NAME_BIRTH);
}

/** Frees a record, not what hangs on it. */
export function nameFree(record: usize): void {
  release(record, PURPOSE_TABLE);
}

/** The label or type of a number. Requires: there is one. */
export function nameAt(graph: usize, kind: u32, number: u32): usize {
  return listAt(listOf(graph, kind), number);
}

export function nameCount(graph: usize, kind: u32): u32 {
  return listCount(listOf(graph, kind));
}

/** The entry of a name. */
export function nameEntry(record: usize): usize {
  return <usize>load<u32>(record, NAME_ENTRY);
}

/** The text of a name. */
export function nameText(record: usize): usize {
  return keyPointer(nameEntry(record)) + 1;
}

export function nameLength(record: usize): u32 {
  return keyLength(nameEntry(record)) - 1;
}

/** Counts a node or relationship that got the name (1) or lost it (-1). Requires: `nameOwn`. */
export function nameAdd(record: usize, difference: i32): void {
  store<u32>(record, load<u32>(record, NAME_COUNT) + difference, NAME_COUNT);
}
