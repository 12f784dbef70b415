/**
 * The calls by which plans and the host read and write graphs (abi/README.md has the table, abi/graph.ts the layouts). They check
 * arguments and call down; no logic.
 */
import { NAME_COLLECTION, RELATIONSHIP_ENTRY } from "../abi/graph";
import { DATABASE_COUNT } from "../abi/layout";
import { RECORD_ROW } from "../abi/record";
import { STATUS_INVALID } from "../abi/status";
import { batchChanged, changeBatch } from "../command/graph-change-batch";
import { createBatch } from "../command/graph-batch";
import {
  labelsAdd,
  labelsBegin,
  labelsDrop,
  makeLabelIndex,
  mergeNode,
  mergeRelationship,
  removeNode,
  removeRelationship,
  writeLabels,
  writeNewNode,
  writeNewRelationship,
  writeNode,
  writeNodeProperty,
  writeRelationship,
  writeRelationshipProperty,
} from "../command/graph-write";
import { expandBegin, expandNext } from "../graph/expand";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS, GRAPH_SETS, graphOwn, graphSeen, graphVersion, listAt, listCount } from "../graph/graph";
import { definitionAt, definitionCount, definitionName, definitionNameBytes, labelIndexDrop } from "../graph/label-index";
import { setHas } from "../graph/label-set";
import { NAME_BITMAP, nameAt, nameCount, nameFind, nameLength, nameText } from "../graph/name";
import { nodeCollection, nodeEntry, nodeSlot } from "../graph/node";
import { hasNullProperty, packedChanges } from "../graph/property";
import { ID_BYTES, idIsRelationship, idNumber, idRead, idText } from "../graph/public-id";
import { relationshipSlot, relationshipType } from "../graph/relationship";
import { scanNodes, scanRelationships } from "../graph/scan";
import { collectionSeen, rowElement } from "../keyspace/collection";
import { DATABASE_GRAPH, databaseAt, useDatabase } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
import { bitmapHas, bitmapNext } from "../structure/bitmap";
import { slotsLive } from "../structure/numbered-slots";
import { isObject } from "../value/packed";
import { storableMap, storableValue } from "../value/storable";
import { SPILL_FIRST, wordBytes, wordLength, wordOf, wordPart } from "../value/word";

// Reading -----------------------------------------------------------------------------------------------------------------

export function graph_find(database: u32): usize {
  return database < <u32>DATABASE_COUNT ? graphSeen(<usize>load<u32>(databaseAt(database), DATABASE_GRAPH)) : 0;
}

export function graph_version(database: u32): u32 {
  const graph = graph_find(database);
  return graph ? graphVersion(graph) : 0;
}

export function graph_nodes(graph: usize): u32 {
  return slotsLive(graph + GRAPH_NODES);
}

export function graph_relationships(graph: usize): u32 {
  return slotsLive(graph + GRAPH_RELATIONSHIPS);
}

export function graph_names(graph: usize, kind: u32): u32 {
  return nameCount(graph, kind);
}

export function graph_name(graph: usize, kind: u32, number: u32): usize {
  return number < nameCount(graph, kind) ? nameAt(graph, kind, number) : 0;
}

export function graph_named(graph: usize, kind: u32, name: usize, length: u32): usize {
  return nameFind(graph, kind, name, length);
}

export function name_text(name: usize): u64 {
  return wordPart(nameText(name), 0, nameLength(name));
}

export function graph_sets(graph: usize): u32 {
  return listCount(graph + GRAPH_SETS);
}

export function graph_set(graph: usize, position: u32): usize {
  return position < listCount(graph + GRAPH_SETS) ? collectionSeen(listAt(graph + GRAPH_SETS, position)) : 0;
}

export function set_has(collection: usize, label: u32): i32 {
  return setHas(collection, label) ? 1 : 0;
}

export function label_has(label: usize, node: u32): i32 {
  return bitmapHas(label + NAME_BITMAP, node) ? 1 : 0;
}

export function label_next(label: usize, from: u32): i32 {
  return <i32>bitmapNext(label + NAME_BITMAP, from);
}

export function node_slot(graph: usize, number: u32): usize {
  return nodeSlot(graph, number);
}

export function node_element(slot: usize): usize {
  return rowElement(collectionSeen(nodeCollection(slot)), load<u32>(valueAddress(nodeEntry(slot)), RECORD_ROW));
}

export function relationship_slot(graph: usize, number: u32): usize {
  return relationshipSlot(graph, number);
}

export function relationship_element(graph: usize, slot: usize): usize {
  const entry = <usize>load<u32>(slot, RELATIONSHIP_ENTRY);
  if (!entry) return 0;
  const collection = collectionSeen(<usize>load<u32>(relationshipType(graph, slot), NAME_COLLECTION));
  return rowElement(collection, load<u32>(valueAddress(entry), RECORD_ROW));
}

export function expand_begin(cursor: usize, slot: usize, direction: u32, type: i32): void {
  expandBegin(cursor, slot, direction, type);
}

export function expand_next(cursor: usize, target: usize, count: u32): u32 {
  return expandNext(cursor, target, count);
}

export function graph_scan_nodes(graph: usize, labels: usize, count: u32, from: u32, target: usize, room: u32): u32 {
  return scanNodes(graph, labels, count, from, target, room);
}

export function graph_scan_relationships(graph: usize, types: usize, count: u32, from: u32, target: usize, room: u32): u32 {
  return scanRelationships(graph, types, count, from, target, room);
}

export function graph_id(number: u32, isRelationship: u32): u64 {
  return wordOf(idText(number, isRelationship != 0), ID_BYTES);
}

export function graph_number(id: i64, isRelationship: u32): i32 {
  const isId = idRead(wordBytes(<u64>id, SPILL_FIRST), wordLength(<u64>id));
  return isId && idIsRelationship == (isRelationship != 0) ? <i32>idNumber : -1;
}

// Indexes of labels -------------------------------------------------------------------------------------------------------

export function label_index_create(
  database: u32,
  label: usize,
  labelBytes: u32,
  flags: u32,
  fields: usize,
  fieldBytes: u32,
  fieldCount: u32,
  name: usize,
  nameBytes: u32,
): i32 {
  if (database >= <u32>DATABASE_COUNT) return STATUS_INVALID;
  useDatabase(database);
  return makeLabelIndex(label, labelBytes, flags, fields, fieldBytes, fieldCount, name, nameBytes);
}

export function label_index_drop(database: u32, name: usize, nameBytes: u32): i32 {
  if (database >= <u32>DATABASE_COUNT) return 0;
  useDatabase(database);
  const graph = graphOwn();
  return graph && labelIndexDrop(graph, name, nameBytes) ? 1 : 0;
}

export function label_index_name(database: u32, position: u32): u64 {
  const graph = graph_find(database);
  if (!graph || position >= definitionCount(graph)) return 0;
  const definition = definitionAt(graph, position);
  return wordPart(definitionName(definition), 0, definitionNameBytes(definition));
}

/** Whether a map has a value that is null; -1: it is no map. */
export function properties_null(properties: i64): i32 {
  const object = wordBytes(<u64>properties, SPILL_FIRST);
  return isObject(object) ? (hasNullProperty(object) ? 1 : 0) : -1;
}

export function property_value(tag: u32, payload: i64): i64 {
  return <i64>storableValue(tag, <u64>payload);
}

export function properties_value(properties: i64): i64 {
  return <i64>storableMap(<u64>properties);
}

/** How many properties the last door has set or taken away. */
export function properties_changed(): u32 {
  return packedChanges;
}

// Writing, inside a statement -----------------------------------------------------------------------------------------------

export function labels_begin(node: i32): void {
  labelsBegin(<u32>node);
}

export function labels_add(name: usize, length: u32): void {
  labelsAdd(name, length);
}

export function labels_drop(name: usize, length: u32): void {
  labelsDrop(name, length);
}

export function node_create(properties: i64): i32 {
  return writeNewNode(<u64>properties);
}

/** Creates nodes and relationships for rows of a compiled query's output (abi/graph.ts, "Batch"); how many rows were done. */
export function graph_create_batch(
  rows: usize,
  count: u32,
  rowBytes: u32,
  nodes: usize,
  nodeCount: u32,
  relationships: usize,
  relationshipCount: u32,
): u32 {
  return createBatch(rows, count, rowBytes, nodes, nodeCount, relationships, relationshipCount);
}

/** Changes or deletes nodes and relationships for rows of a compiled query's output (abi/graph.ts, "Batch of changes"). */
export function graph_change_batch(rows: usize, count: u32, rowBytes: u32, changes: usize, changeCount: u32): u32 {
  return changeBatch(rows, count, rowBytes, changes, changeCount);
}

/** How much the last batch of changes has changed by changes of a kind (CHANGE_*). */
export function graph_batch_changed(kind: u32): u32 {
  return batchChanged(kind);
}

export function node_relabel(number: u32): i32 {
  return writeLabels(number) ? 1 : 0;
}

export function node_write(number: u32, properties: i64): i32 {
  return writeNode(number, <u64>properties) ? 1 : 0;
}

export function node_merge(number: u32, changes: i64): i32 {
  return mergeNode(number, <u64>changes) ? 1 : 0;
}

export function node_property(number: u32, name: usize, length: u32, tag: u32, payload: i64): i32 {
  return writeNodeProperty(number, name, length, tag, <u64>payload);
}

export function node_delete(number: u32, detach: u32): i32 {
  return removeNode(number, detach != 0);
}

export function relationship_create(start: u32, end: u32, type: usize, length: u32, properties: i64): i32 {
  return writeNewRelationship(start, end, type, length, <u64>properties);
}

export function relationship_write(number: u32, properties: i64): i32 {
  return writeRelationship(number, <u64>properties) ? 1 : 0;
}

export function relationship_merge(number: u32, changes: i64): i32 {
  return mergeRelationship(number, <u64>changes) ? 1 : 0;
}

export function relationship_property(number: u32, name: usize, length: u32, tag: u32, payload: i64): i32 {
  return writeRelationshipProperty(number, name, length, tag, <u64>payload);
}

export function relationship_delete(number: u32): i32 {
  return removeRelationship(number) ? 1 : 0;
}
