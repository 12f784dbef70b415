/**
 * Constraints of labels: definitions of indexes (label-index.ts) with LABEL_INDEX_UNIQUE, LABEL_INDEX_REQUIRED or both. No two nodes with the
 * label have equal values of all the properties (Cypher's `=`; who lacks one is equal to none), or each has all of them.
 *
 * They are judged at the end of a statement, by the nodes that its notes name (undo.ts), so that what it does in between is its own affair: a node
 * may get its property behind CREATE, and two may change their values. COMMIT is a statement that judges them against what others have
 * committed. Replay judges nothing.
 *
 * A candidate with the same values lies under the same key in the indexes of all sets that have the label. Keys know less than `=` does (a
 * text that spells a number has the number's), so the values decide.
 *
 * Cost: O(1) where no label has ever had a constraint, else for each changed node O(constraints * sets of the label * log).
 */
import { LABEL_INDEX_REQUIRED, LABEL_INDEX_UNIQUE } from "../abi/graph";
import { COLLECTION_ROWS } from "../abi/record";
import { RUNTIME_ERROR_MEMORY, RUNTIME_ERROR_NODE_BOTH, RUNTIME_ERROR_NODE_EXISTS, RUNTIME_ERROR_NODE_LACKS } from "../abi/runtime-error";
import { PURPOSE_SCRATCH } from "../abi/status";
import { collectionSeen, rowEntry } from "../keyspace/collection";
import { database, databaseIndex, useDatabase } from "../keyspace/database";
import { tracksReads } from "../keyspace/track";
import { undoEachNote, undoOn } from "../keyspace/undo";
import { BUFFER_POINTER, BUFFER_SIZE, bufferAppend, bufferClear, bufferFree, bufferInitialize } from "../structure/byte-buffer";
import { indexNamed } from "../table/catalog";
import { FIELD_BYTES, FIELD_CONTENT, indexRank, indexRows, indexTrackKey } from "../table/index";
import { makeKey } from "../table/row-index";
import { fail, failWith } from "../value/cells";
import { EQUAL, equalItems } from "../value/cypher-equal";
import { printByte, printBytes, printNumber, printValue, textAt, textFailed, textMark, textReset } from "../value/json-print";
import { findField, isString, stringLength, stringPointer, valueBytes } from "../value/packed";
import { wordOf } from "../value/word";
import { GRAPH_SETS, KIND_LABEL, graphOf, listAt, listCount } from "./graph";
import {
  definitionAt,
  definitionCount,
  definitionFieldCount,
  definitionFields,
  definitionFlags,
  definitionLabel,
  definitionName,
  definitionNameBytes,
  hasConstraints,
} from "./label-index";
import { setHas } from "./label-set";
import { nameAt, nameLength, nameText } from "./name";
import { nodeCollection, nodeEntry, nodeSlot } from "./node";
import { propertiesNumber, propertiesValue } from "./property";
import { NOTE_KIND, NOTE_NUMBER, UNDID_NODE_CREATED, UNDID_NODE_LABELLED, UNDID_NODE_WRITTEN } from "./undo";

/** Bytes of a name's length in a field of an index. */
const NAME_HEAD: u32 = 2;
const BACKTICK: u32 = 96;
const APOSTROPHE: u32 = 39;
const AND_NODE: usize = memory.data<u8>([41, 32, 97, 110, 100, 32, 78, 111, 100, 101, 40]); // ) and Node(
const AND_NODE_BYTES: u32 = 11;
const AND_PROPERTY: usize = memory.data<u8>([96, 32, 97, 110, 100, 32, 112, 114, 111, 112, 101, 114, 116, 121, 32]); // ` and property
const AND_PROPERTY_BYTES: u32 = 15;
const AND_PROPERTIES: usize = memory.data<u8>([96, 32, 97, 110, 100, 32, 112, 114, 111, 112, 101, 114, 116, 105, 101, 115, 32]); // ` and properties
const AND_PROPERTIES_BYTES: u32 = 17;
const EQUALS: usize = memory.data<u8>([96, 32, 61, 32]); // ` =
const MUST_HAVE: usize = memory.data<u8>([
  96, 32, 109, 117, 115, 116, 32, 104, 97, 118, 101, 32, 116, 104, 101, 32, 112, 114, 111, 112, 101, 114, 116, 121, 32, 96,
]); // ` must have the property `
const MUST_HAVE_BYTES: u32 = 26;

/** Properties of the node that is judged, as a packed object. */
const own: usize = memory.data(BUFFER_SIZE, 8);
const candidate: usize = memory.data(4, 8);
/** The other node that the last search has found. */
let found: u32 = 0;

export function constraintsInitialize(): void {
  bufferInitialize(own, PURPOSE_SCRATCH);
}

/** Whether the running statement leaves all nodes as their constraints want them; if not, the error is in the cells. */
export function constraintsHold(): bool {
  if (!hasConstraints || !undoOn) return true;
  const caller = databaseIndex(database);
  const holds = undoEachNote(noteHolds);
  useDatabase(caller);
  bufferFree(own);
  return holds;
}

function noteHolds(note: usize): bool {
  const kind = load<u32>(note, NOTE_KIND);
  if (kind != UNDID_NODE_CREATED && kind != UNDID_NODE_WRITTEN && kind != UNDID_NODE_LABELLED) return true;
  const graph = graphOf();
  const number = load<u32>(note, NOTE_NUMBER);
  const slot = nodeSlot(graph, number);
  if (!slot) return true;
  for (let position: u32 = 0; position < definitionCount(graph); position++) {
    const definition = definitionAt(graph, position);
    if (!isConstraint(definition) || !setHas(nodeCollection(slot), definitionLabel(definition))) continue;
    if (!nodeHolds(graph, definition, nodeCollection(slot), nodeEntry(slot), RUNTIME_ERROR_NODE_EXISTS)) return false;
  }
  return true;
}

function isConstraint(definition: usize): bool {
  return (definitionFlags(definition) & (LABEL_INDEX_UNIQUE | LABEL_INDEX_REQUIRED)) != 0;
}

/** Whether all nodes that there are fulfil a definition; if not, the error is in the cells. */
export function definitionHolds(graph: usize, definition: usize): bool {
  let holds = true;
  for (let position: u32 = 0; holds && position < listCount(graph + GRAPH_SETS); position++) {
    const set = listAt(graph + GRAPH_SETS, position);
    if (!setHas(set, definitionLabel(definition))) continue;
    const collection = collectionSeen(set);
    for (let row: u32 = 0; holds && row < load<u32>(collection, COLLECTION_ROWS); row++) {
      const entry = rowEntry(collection, row);
      if (entry) holds = nodeHolds(graph, definition, set, entry, RUNTIME_ERROR_NODE_BOTH);
    }
  }
  bufferFree(own);
  return holds;
}

/** Whether a node, by its set and properties, fulfils a constraint of one of its labels. `error`: what is said when another has the values. */
function nodeHolds(graph: usize, definition: usize, set: usize, entry: usize, error: u32): bool {
  const collection = collectionSeen(set);
  const number = propertiesNumber(entry);
  const object = propertiesValue(collection, entry);
  bufferClear(own);
  if (!object || !bufferAppend(own, object, valueBytes(object))) {
    fail(RUNTIME_ERROR_MEMORY);
    return false;
  }
  const lacking = fieldLacking(definition);
  if (lacking) {
    if (!(definitionFlags(definition) & LABEL_INDEX_REQUIRED)) return true;
    tell(RUNTIME_ERROR_NODE_LACKS, graph, definition, number, lacking);
    return false;
  }
  if (!(definitionFlags(definition) & LABEL_INDEX_UNIQUE) || !isTaken(graph, definition, collection, entry, number)) return true;
  tell(error, graph, definition, number, 0);
  return false;
}

function ownValue(field: usize): usize {
  const name = field + FIELD_CONTENT;
  return findField(<usize>load<u32>(own, BUFFER_POINTER), name + NAME_HEAD, load<u16>(name));
}

/** The first field of a definition that the node lacks, or 0. */
function fieldLacking(definition: usize): usize {
  let field = definitionFields(definition);
  for (let left = definitionFieldCount(definition); left; left--) {
    if (!ownValue(field)) return field;
    field += load<u16>(field, FIELD_BYTES);
  }
  return 0;
}

/** Whether another node has the values; `found` is its number. */
function isTaken(graph: usize, definition: usize, collection: usize, entry: usize, number: u32): bool {
  for (let position: u32 = 0; position < listCount(graph + GRAPH_SETS); position++) {
    const set = listAt(graph + GRAPH_SETS, position);
    if (!setHas(set, definitionLabel(definition))) continue;
    const others = collectionSeen(set);
    const index = indexOf(definition, others);
    // What stands behind the key takes its place.
    makeKey(0, collection, indexOf(definition, collection), entry);
    if (tracksReads) indexTrackKey(index);
    let rank = indexRank(index, false);
    for (const end = indexRank(index, true); rank < end; rank++) {
      indexRows(index, rank, 1, false, candidate);
      const other = rowEntry(others, load<u32>(candidate));
      found = propertiesNumber(other);
      if (found != number && isEqual(definition, others, other)) return true;
    }
  }
  return false;
}

function indexOf(definition: usize, collection: usize): usize {
  const index = indexNamed(collection, definitionName(definition), definitionNameBytes(definition));
  if (!index) unreachable();
  return index;
}

function isEqual(definition: usize, collection: usize, entry: usize): bool {
  const object = propertiesValue(collection, entry);
  // Without memory nobody can say that it is another.
  if (!object) return true;
  let field = definitionFields(definition);
  for (let left = definitionFieldCount(definition); left; left--) {
    const name = field + FIELD_CONTENT;
    const value = findField(object, name + NAME_HEAD, load<u16>(name));
    if (!value || equalItems(ownValue(field), value) != EQUAL) return false;
    field += load<u16>(field, FIELD_BYTES);
  }
  return true;
}

// What is said --------------------------------------------------------------------------------------------------------------

/** Notes the error: which node (and, where there are already two, which other one), which label and what of its properties. */
function tell(error: u32, graph: usize, definition: usize, number: u32, lacking: usize): void {
  const isNew = error == <u32>RUNTIME_ERROR_NODE_EXISTS;
  textReset();
  if (error != <u32>RUNTIME_ERROR_NODE_BOTH) printNumber(isNew ? found : number);
  else {
    printNumber(found < number ? found : number);
    printBytes(AND_NODE, AND_NODE_BYTES);
    printNumber(found < number ? number : found);
  }
  const nodes = textMark();
  const label = nameAt(graph, KIND_LABEL, definitionLabel(definition));
  printBytes(nameText(label), nameLength(label));
  if (lacking) {
    printBytes(MUST_HAVE, MUST_HAVE_BYTES);
    printBytes(lacking + FIELD_CONTENT + NAME_HEAD, load<u16>(lacking + FIELD_CONTENT));
    printByte(BACKTICK);
  } else printProperties(definition);
  if (textFailed) fail(RUNTIME_ERROR_MEMORY);
  else failWith(error, wordOf(textAt(0), nodes), wordOf(textAt(nodes), textMark() - nodes));
}

function printProperties(definition: usize): void {
  const count = definitionFieldCount(definition);
  if (count == 1) printBytes(AND_PROPERTY, AND_PROPERTY_BYTES);
  else printBytes(AND_PROPERTIES, AND_PROPERTIES_BYTES);
  let field = definitionFields(definition);
  for (let index: u32 = 0; index < count; index++) {
    if (index) {
      printByte(44);
      printByte(32);
    }
    printByte(BACKTICK);
    printBytes(field + FIELD_CONTENT + NAME_HEAD, load<u16>(field + FIELD_CONTENT));
    printBytes(EQUALS, 4);
    const value = ownValue(field);
    if (isString(value)) {
      printByte(APOSTROPHE);
      printBytes(stringPointer(value), stringLength(value));
      printByte(APOSTROPHE);
    } else printValue(value);
    field += load<u16>(field, FIELD_BYTES);
  }
}
