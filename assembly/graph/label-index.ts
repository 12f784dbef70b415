/**
 * Property indexes of labels. An index of a label is an index of the same name (table/index.ts) on the collection of each label set that
 * has the label; the graph keeps its definition, so that sets which come later get it too. A search goes over those sets, as a
 * scan of the label does.
 *
 *   definition   {u32 number of the label, u32 flags, u32 bytes of the fields, u32 fields, u32 bytes of the name, u32 era of its birth, fields,
 *                name}
 *
 * Names differ over all indexes of a graph. An index over several collections is not unique by itself: constraint.ts looks into all of them.
 *
 * Cost: making one O(nodes with the label * log), dropping one O(label sets), its memory is freed in steps.
 */
import { LABEL_INDEX_REQUIRED, LABEL_INDEX_UNIQUE } from "../abi/graph";
import { PURPOSE_TABLE, STATUS_INVALID, STATUS_OK, STATUS_OUT_OF_MEMORY } from "../abi/status";
import { copyBytes, equalBytes } from "../bytes/copy";
import { trackLabelIndexGone } from "../keyspace/track-graph";
import { allocate, release } from "../memory/allocator";
import { contextTransaction } from "../mvcc/context";
import { birthEra, retireBlock } from "../structure/birth";
import { addIndexTo, removeIndexFrom } from "../table/catalog";
import { INDEX_LABEL, INDEX_PRIMARY, INDEX_PRIVATE, INDEX_UNIQUE } from "../table/index";
import {
  GRAPH_INDEXES,
  GRAPH_SETS,
  graphChanged,
  listAppend,
  listAt,
  listCount,
  listFree,
  listOwn,
  listRemove,
  listReserve,
} from "./graph";
import { setHas } from "./label-set";

/** Flags that an index has; the others are the definition's. */
const INDEX_MASK: u32 = 255;

/** Whether a label has, or had, a constraint (constraint.ts). */
export let hasConstraints: bool = false;

const DEFINITION_LABEL: usize = 0;
const DEFINITION_FLAGS: usize = 4;
const DEFINITION_FIELD_BYTES: usize = 8;
const DEFINITION_FIELDS: usize = 12;
const DEFINITION_NAME_BYTES: usize = 16;
const DEFINITION_BIRTH: usize = 20;
const DEFINITION_HEAD: u32 = 24;

function nameOf(definition: usize): usize {
  return definition + DEFINITION_HEAD + <usize>load<u32>(definition, DEFINITION_FIELD_BYTES);
}

export function definitionCount(graph: usize): u32 {
  return listCount(graph + GRAPH_INDEXES);
}

/** A definition, for what follows. Requires: there is one. */
export function definitionAt(graph: usize, position: u32): usize {
  return listAt(graph + GRAPH_INDEXES, position);
}

export function definitionName(definition: usize): usize {
  return nameOf(definition);
}

export function definitionNameBytes(definition: usize): u32 {
  return load<u32>(definition, DEFINITION_NAME_BYTES);
}

/** The number of the label. */
export function definitionLabel(definition: usize): u32 {
  return load<u32>(definition, DEFINITION_LABEL);
}

/** INDEX_* and LABEL_INDEX_*. */
export function definitionFlags(definition: usize): u32 {
  return load<u32>(definition, DEFINITION_FLAGS);
}

/** Fields as in table/index.ts, one behind the other. */
export function definitionFields(definition: usize): usize {
  return definition + DEFINITION_HEAD;
}

export function definitionFieldCount(definition: usize): u32 {
  return load<u32>(definition, DEFINITION_FIELDS);
}

/** Position of the definition of a name, or the number of them. */
function positionOf(graph: usize, name: usize, nameBytes: u32): u32 {
  const list = graph + GRAPH_INDEXES;
  let position: u32 = 0;
  for (; position < listCount(list); position++) {
    const definition = listAt(list, position);
    if (load<u32>(definition, DEFINITION_NAME_BYTES) == nameBytes && equalBytes(nameOf(definition), name, nameBytes)) break;
  }
  return position;
}

/** Gives a collection the index of a definition; a STATUS_*. */
function give(collection: usize, definition: usize): i32 {
  return addIndexTo(
    collection,
    load<u32>(definition, DEFINITION_FLAGS) & INDEX_MASK,
    definition + DEFINITION_HEAD,
    load<u32>(definition, DEFINITION_FIELD_BYTES),
    load<u32>(definition, DEFINITION_FIELDS),
    nameOf(definition),
    load<u32>(definition, DEFINITION_NAME_BYTES),
  );
}

/** Takes an index from the collections of the first `sets` sets. */
function take(graph: usize, definition: usize, sets: u32): void {
  for (let position: u32 = 0; position < sets; position++) {
    const collection = listAt(graph + GRAPH_SETS, position);
    if (!setHas(collection, load<u32>(definition, DEFINITION_LABEL))) continue;
    removeIndexFrom(collection, nameOf(definition), load<u32>(definition, DEFINITION_NAME_BYTES));
  }
}

/**
 * Makes an index of a label. STATUS_INVALID: it cannot be, or there is one of this name; STATUS_OUT_OF_MEMORY: no memory, or a row is
 * refused, with the error in the cells. Nothing has changed then.
 */
export function labelIndexAdd(
  graph: usize,
  label: u32,
  flags: u32,
  fields: usize,
  fieldBytes: u32,
  fieldCount: u32,
  name: usize,
  nameBytes: u32,
): i32 {
  const list = graph + GRAPH_INDEXES;
  if (flags & (INDEX_UNIQUE | INDEX_PRIMARY) || positionOf(graph, name, nameBytes) < listCount(list)) return STATUS_INVALID;
  const definition = listReserve(list) ? allocate(DEFINITION_HEAD + fieldBytes + nameBytes, PURPOSE_TABLE) : 0;
  if (!definition) return STATUS_OUT_OF_MEMORY;
  store<u32>(definition, label, DEFINITION_LABEL);
  store<u32>(definition, flags | INDEX_LABEL | (contextTransaction ? INDEX_PRIVATE : 0), DEFINITION_FLAGS);
  store<u32>(definition, fieldBytes, DEFINITION_FIELD_BYTES);
  store<u32>(definition, fieldCount, DEFINITION_FIELDS);
  store<u32>(definition, nameBytes, DEFINITION_NAME_BYTES);
  store<u32>(definition, birthEra, DEFINITION_BIRTH);
  copyBytes(definition + DEFINITION_HEAD, fields, fieldBytes);
  copyBytes(nameOf(definition), name, nameBytes);
  const sets = listCount(graph + GRAPH_SETS);
  for (let position: u32 = 0; position < sets; position++) {
    const collection = listAt(graph + GRAPH_SETS, position);
    const status = setHas(collection, label) ? give(collection, definition) : STATUS_OK;
    if (status == STATUS_OK) continue;
    take(graph, definition, position);
    release(definition, PURPOSE_TABLE);
    return status;
  }
  listAppend(list, definition);
  if (flags & (LABEL_INDEX_UNIQUE | LABEL_INDEX_REQUIRED)) hasConstraints = true;
  graphChanged(graph);
  return STATUS_OK;
}

/** Drops an index. Returns false when there is none of this name, or no memory. */
export function labelIndexDrop(graph: usize, name: usize, nameBytes: u32): bool {
  const list = graph + GRAPH_INDEXES;
  const position = positionOf(graph, name, nameBytes);
  if (position == listCount(list) || !listOwn(list)) return false;
  const definition = listAt(list, position);
  take(graph, definition, listCount(graph + GRAPH_SETS));
  trackLabelIndexGone(name, nameBytes);
  listRemove(list, position);
  retireBlock(definition, PURPOSE_TABLE, load<u32>(definition, DEFINITION_BIRTH));
  graphChanged(graph);
  return true;
}

/** Gives the collection of a new label set the indexes of its labels. Returns false when there is no memory; it may have some then. */
export function indexesGive(graph: usize, collection: usize): bool {
  const list = graph + GRAPH_INDEXES;
  for (let position: u32 = 0; position < listCount(list); position++) {
    const definition = listAt(list, position);
    if (setHas(collection, load<u32>(definition, DEFINITION_LABEL)) && give(collection, definition) != STATUS_OK) return false;
  }
  return true;
}

/** Whether a record of a graph (0: none) has an index that an older one, which some view still sees, has not. */
export function hasNewDefinition(graph: usize, older: usize): bool {
  const count = graph ? definitionCount(graph) : 0;
  const known = older ? definitionCount(older) : 0;
  for (let position: u32 = 0; position < count; position++) {
    let at: u32 = 0;
    while (at < known && definitionAt(older, at) != definitionAt(graph, position)) at++;
    if (at == known) return true;
  }
  return false;
}

/** Frees the definitions that were born above the era `view`. */
export function definitionsForget(graph: usize, view: u32): void {
  const list = graph + GRAPH_INDEXES;
  for (let position: u32 = 0; position < listCount(list); position++) {
    const definition = listAt(list, position);
    if (load<u32>(definition, DEFINITION_BIRTH) > view) release(definition, PURPOSE_TABLE);
  }
}

/** Frees all definitions of a graph that goes. */
export function indexesForget(graph: usize): void {
  const list = graph + GRAPH_INDEXES;
  for (let position: u32 = 0; position < listCount(list); position++) release(listAt(list, position), PURPOSE_TABLE);
  listFree(list);
}
