/**
 * The graph as compiled plans reach it: names when an execution begins, the collections of label sets, and properties whose place a plan
 * does not know yet. The graph is that of the running plan (CELL_GRAPH); without one there is nothing to find.
 *
 * Layouts are assembly/abi/graph.ts's. Cost: a name O(1), a set O(sets × labels), a property O(1) of a record.
 */
import {
  ENTRY_FAR_RECORD,
  ENTRY_KINDS,
  ENTRY_KIND_MASK,
  ENTRY_NUMBER,
  ENTRY_PROPERTIES,
  ENTRY_RECORD,
  NAME_NUMBER,
  RELATIONSHIP_END,
  RELATIONSHIP_START,
} from "../abi/graph";
import { FOUND_COUNT, FOUND_ROWS } from "../abi/plan";
import {
  CELL_GRAPH,
  FIELD_NONE,
  FIELD_ROOT,
  PLACE_BIT,
  PLACE_GENERIC,
  RECORD_PACKED,
  SHAPES_MAX,
  SLOT_DOUBLE,
  SLOT_INTEGER,
  SLOT_NONE,
  SLOT_TEXT,
} from "../abi/record";
import { GRAPH_NODES, GRAPH_SETS, KIND_LABEL, KIND_TYPE, listAt, listCount } from "../graph/graph";
import { setHas } from "../graph/label-set";
import { nameFind } from "../graph/name";
import { nodeSlot } from "../graph/node";
import { idIsRelationship, idNumber, idRead } from "../graph/public-id";
import { relationshipSlot } from "../graph/relationship";
import { COLLECTION_SHAPES, collectionSeen } from "../keyspace/collection";
import { tracksReads } from "../keyspace/track";
import { trackNode, trackRelationship } from "../keyspace/track-graph";
import { ENCODING_BYTES, ENCODING_EXTERNAL, ENCODING_MASK, EXTERNAL_POINTER, KIND_RECORD, valueAddress } from "../keyspace/entry-release";
import { ENTRY_HEADER, ENTRY_KIND } from "../structure/entry";
import { NUMBER_MAX, slotsNext } from "../structure/numbered-slots";
import { isRecord } from "../types/document";
import { cells, setTag } from "../value/cells";
import { findField } from "../value/packed";
import { readPacked, readRecord } from "../value/record-read";
import { fieldNamed } from "../value/shape";
import { SPILL_FIRST, wordBytes, wordLength } from "../value/word";
import { shape_places } from "./collection";
import { blockGive, plan_allocate } from "./plan-memory";

if (ENTRY_NUMBER != ENTRY_HEADER || ENTRY_PROPERTIES != ENTRY_HEADER + 4 || ENTRY_KINDS != ENTRY_KIND) ERROR("abi/graph.ts: entries");
if (ENTRY_KIND_MASK != (KIND_RECORD | ENCODING_MASK) || ENTRY_RECORD != (KIND_RECORD | ENCODING_BYTES))
  ERROR("abi/graph.ts: kinds of entries");
if (ENTRY_FAR_RECORD != (KIND_RECORD | ENCODING_EXTERNAL) || EXTERNAL_POINTER != 0) ERROR("abi/graph.ts: records elsewhere");

/** What `shape_places` knows of a property that no document of the collection has. */
const PLACE_NOWHERE: u32 = 1 << PLACE_BIT;
/** A field's number and its place. */
const pair: usize = memory.data(8, 8);

// @ts-ignore: decorator
@inline
function graph(): usize {
  return <usize>load<u32>(cells, CELL_GRAPH);
}

/** The graph that a plan is about to read, or 0. */
export function plan_graph(): usize {
  return graph();
}

/** The label or type of a name, or 0: there is none. */
export function plan_label(name: u64): usize {
  return plan_graph() ? nameFind(graph(), KIND_LABEL, wordBytes(name, SPILL_FIRST), wordLength(name)) : 0;
}

export function plan_type(name: u64): usize {
  return plan_graph() ? nameFind(graph(), KIND_TYPE, wordBytes(name, SPILL_FIRST), wordLength(name)) : 0;
}

/**
 * The next collection, from a position on, of nodes that have all labels: u32 addresses at `labels`, 0 for a label that nobody has. -1:
 * there is none.
 */
export function plan_set(position: u32, labels: usize, count: u32): i32 {
  if (!graph()) return -1;
  for (let index: u32 = 0; index < count; index++) if (!load<u32>(labels + ((<usize>index) << 2))) return -1;
  const sets = listCount(graph() + GRAPH_SETS);
  for (let at = position; at < sets; at++) {
    const collection = listAt(graph() + GRAPH_SETS, at);
    let index: u32 = 0;
    while (index < count && setHas(collection, load<u32>(<usize>load<u32>(labels + ((<usize>index) << 2)), NAME_NUMBER))) index++;
    if (index == count) return <i32>at;
  }
  return -1;
}

/** The collection at a position that `plan_set` has answered. */
export function plan_set_at(position: u32): usize {
  return collectionSeen(listAt(graph() + GRAPH_SETS, position));
}

/**
 * Adds a node or relationship (1) to those found (FOUND_*), if it is there and not among them: by a dynamic value that is its number,
 * or its public id. Whatever else the value is, there is none.
 */
export function plan_found(found: usize, isRelationship: u32, tag: u32, payload: i64): void {
  const number = numberOf(isRelationship != 0, tag, payload);
  if (tracksReads && number >= 0 && number <= <i64>NUMBER_MAX) trackFound(<u32>number, isRelationship != 0);
  if (!graph() || number < 0 || number > <i64>NUMBER_MAX) return;
  const slot = isRelationship ? relationshipSlot(graph(), <u32>number) : nodeSlot(graph(), <u32>number);
  const count = load<u32>(found, FOUND_COUNT);
  for (let index: u32 = 0; index < count; index++) if (load<u32>(found + FOUND_ROWS + ((<usize>index) << 2)) == <u32>number) return;
  if (!slot) return;
  store<u32>(found + FOUND_ROWS + ((<usize>count) << 2), <u32>number);
  store<u32>(found, count + 1, FOUND_COUNT);
}

/** A node was looked for, or a relationship, whose ends are read with it. */
function trackFound(number: u32, isRelationship: bool): void {
  if (!isRelationship) trackNode(number);
  else {
    trackRelationship(number);
    const slot = relationshipSlot(graph(), number);
    if (slot) trackNode(load<u32>(slot, RELATIONSHIP_START));
    if (slot) trackNode(load<u32>(slot, RELATIONSHIP_END));
  }
}

function numberOf(isRelationship: bool, tag: u32, payload: i64): i64 {
  if (tag == SLOT_INTEGER) return payload;
  if (tag == SLOT_DOUBLE) {
    const number = reinterpret<f64>(payload);
    return number >= 0 && number <= <f64>NUMBER_MAX && trunc<f64>(number) == number ? <i64>number : -1;
  }
  if (tag != SLOT_TEXT) return -1;
  const isId = idRead(wordBytes(<u64>payload, SPILL_FIRST), wordLength(<u64>payload)) && idIsRelationship == isRelationship;
  return isId ? <i64>idNumber : -1;
}

/** Place (PLACE_*) of a property in a shape of a collection; of packed properties where `shape` is SHAPES_MAX. */
export function property_place(collection: usize, shape: u32, name: u64): u32 {
  if (shape >= <u32>SHAPES_MAX) return PLACE_GENERIC;
  const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
  const field = fieldNamed(shapes, FIELD_ROOT, wordBytes(name, SPILL_FIRST), wordLength(name));
  if (field == FIELD_NONE) return PLACE_NOWHERE;
  store<u32>(pair, field);
  shape_places(collection, shape, pair, 1, pair + 4);
  return load<u32>(pair, 4);
}

/** A property by its name, whatever form it has: the payload; the tag is in CELL_TAG. Words may point into the properties. */
export function property_read(collection: usize, entry: usize, name: u64): u64 {
  const bytes = wordBytes(name, SPILL_FIRST);
  const length = wordLength(name);
  if (isRecord(entry)) {
    const shapes = <usize>load<u32>(collection, COLLECTION_SHAPES);
    const field = fieldNamed(shapes, FIELD_ROOT, bytes, length);
    if (field != FIELD_NONE) return readRecord(shapes, valueAddress(entry), field);
  } else {
    const found = findField(valueAddress(entry) + RECORD_PACKED, bytes, length);
    if (found) return readPacked(found);
  }
  setTag(SLOT_NONE);
  return 0;
}

/**
 * Bytes for nodes, by number, 0 at first: {u32 directory of chunks of 1 << MARKS_SHIFT, u32 its elements, u32 plan}, with an element for
 * each number that was ever given. Those that `marks` has are freed.
 */
const MARKS_BYTES: u32 = 12;
const MARKS_SHIFT: u32 = 12;
const COUNT_SHIFT: u32 = 2;

export function marks_open(marks: usize, plan: usize): usize {
  return openMarks(marks, plan, 0);
}

/** The same with a u32 for each node. */
export function counts_open(counts: usize, plan: usize): usize {
  return openMarks(counts, plan, COUNT_SHIFT);
}

function openMarks(marks: usize, plan: usize, shift: u32): usize {
  const made = marks ? marks : plan_allocate(plan, MARKS_BYTES);
  if (!made) return 0;
  const old = <usize>load<u32>(made);
  for (let index: u32 = 0; index < load<u32>(made, 4); index++) {
    const chunk = <usize>load<u32>(old + ((<usize>index) << 2));
    if (chunk) blockGive(plan, chunk);
  }
  if (old) blockGive(plan, old);
  const room = graph() ? ((slotsNext(graph() + GRAPH_NODES) << shift) >> MARKS_SHIFT) + 1 : 1;
  const directory = plan_allocate(plan, room << 2);
  store<u32>(made, <u32>directory);
  store<u32>(made, directory ? room : 0, 4);
  store<u32>(made, <u32>plan, 8);
  return directory ? made : 0;
}

/** Makes the chunk of a number's byte; 0: no memory. */
export function marks_chunk(marks: usize, number: u32): usize {
  const chunk = plan_allocate(<usize>load<u32>(marks, 8), 1 << MARKS_SHIFT);
  store<u32>(<usize>load<u32>(marks) + ((<usize>(number >> MARKS_SHIFT)) << 2), <u32>chunk);
  return chunk;
}
