/**
 * Lists that Cypher's procedures go through (host/query/function/cypher/procedure.ts): what the graph of the statement's database has. An
 * element is the value of the only column, or a list with a value for each.
 *
 * Cost: O(names), of property keys O(fields of all label sets and types).
 */
import { FIELD_FLAGS, FIELD_NAME, FIELD_NAME_LENGTH, FIELD_PARENT, FIELD_ROOT, FIELD_SEEN } from "../abi/record";
import { LABEL_INDEX_REQUIRED, LABEL_INDEX_UNIQUE, NAME_COLLECTION, NAME_COUNT } from "../abi/graph";
import { GRAPH_SETS, KIND_LABEL, KIND_TYPE, graphOf, listAt, listCount } from "../graph/graph";
import {
  definitionAt,
  definitionCount,
  definitionFieldCount,
  definitionFields,
  definitionFlags,
  definitionLabel,
  definitionName,
  definitionNameBytes,
} from "../graph/label-index";
import { nameAt, nameCount, nameLength, nameText } from "../graph/name";
import { tracksReads } from "../keyspace/track";
import { trackGraph } from "../keyspace/track-graph";
import { FIELD_BYTES, FIELD_CONTENT } from "../table/index";
import { beginPacking, packedWord } from "../value/dynamic-pack";
import { TAG_NULL } from "../value/packed";
import {
  closeArray,
  closeObject,
  dropDuplicates,
  openContainer,
  packedFailed,
  writeByte,
  writeName,
  writeString,
} from "../value/packed-writer";
import { SPILL_ARRAY, wordBytes } from "../value/word";
import { collection_field, collection_fields } from "./collection";
import { namesOf } from "./value-function-list";

/** Bytes of a name's length in a field of an index, and where its kind stands. */
const PART_HEAD: usize = 2;

/** Labels (0) or types (1) that something has. */
export function procedure_names(kind: i32): u64 {
  if (tracksReads) trackGraph();
  const graph = graphOf();
  const family = kind ? KIND_TYPE : KIND_LABEL;
  const count = graph ? nameCount(graph, family) : 0;
  let used: u32 = 0;
  beginPacking();
  const start = openContainer();
  for (let number: u32 = 0; number < count && !packedFailed; number++) {
    const name = nameAt(graph, family, number);
    if (!load<u32>(name, NAME_COUNT)) continue;
    writeString(nameText(name), nameLength(name));
    used++;
  }
  closeArray(start, used);
  return packedWord();
}

/** Names of properties that nodes or relationships have or had. */
export function procedure_property_keys(): u64 {
  if (tracksReads) trackGraph();
  const graph = graphOf();
  beginPacking();
  const start = openContainer();
  let count: u32 = 0;
  const sets = graph ? listCount(graph + GRAPH_SETS) : 0;
  for (let position: u32 = 0; position < sets; position++) count += writeFields(listAt(graph + GRAPH_SETS, position));
  const types = graph ? nameCount(graph, KIND_TYPE) : 0;
  for (let number: u32 = 0; number < types; number++) {
    const collection = <usize>load<u32>(nameAt(graph, KIND_TYPE, number), NAME_COLLECTION);
    if (collection) count += writeFields(collection);
  }
  closeObject(start, dropDuplicates(start, count));
  return namesOf(wordBytes(packedWord(), SPILL_ARRAY));
}

/** Appends the fields that documents of a collection have or had, each with null; returns how many. */
function writeFields(collection: usize): u32 {
  const count = collection_fields(collection);
  let written: u32 = 0;
  for (let number: u32 = 0; number < count && !packedFailed; number++) {
    const field = collection_field(collection, number);
    if (load<u16>(field, FIELD_PARENT) != <u32>FIELD_ROOT || !(load<u8>(field, FIELD_FLAGS) & FIELD_SEEN)) continue;
    writeName(<usize>load<u32>(field, FIELD_NAME), load<u32>(field, FIELD_NAME_LENGTH));
    writeByte(TAG_NULL);
    written++;
  }
  return written;
}

const UNIQUENESS: usize = memory.data<u8>([85, 78, 73, 81, 85, 69, 78, 69, 83, 83]);
const NODE_KEY: usize = memory.data<u8>([78, 79, 68, 69, 95, 75, 69, 89]);
const NODE_PROPERTY_EXISTENCE: usize = memory.data<u8>([
  78, 79, 68, 69, 95, 80, 82, 79, 80, 69, 82, 84, 89, 95, 69, 88, 73, 83, 84, 69, 78, 67, 69,
]);

/** Constraints of labels: [name, type, label, [properties]]. */
export function procedure_constraints(): u64 {
  if (tracksReads) trackGraph();
  const graph = graphOf();
  const count = graph ? definitionCount(graph) : 0;
  let shown: u32 = 0;
  beginPacking();
  const start = openContainer();
  for (let position: u32 = 0; position < count && !packedFailed; position++) {
    const definition = definitionAt(graph, position);
    const rule = definitionFlags(definition) & (LABEL_INDEX_UNIQUE | LABEL_INDEX_REQUIRED);
    if (!rule) continue;
    shown++;
    const label = nameAt(graph, KIND_LABEL, definitionLabel(definition));
    const row = openContainer();
    writeString(definitionName(definition), definitionNameBytes(definition));
    if (rule == <u32>LABEL_INDEX_UNIQUE) writeString(UNIQUENESS, 10);
    else if (rule == <u32>LABEL_INDEX_REQUIRED) writeString(NODE_PROPERTY_EXISTENCE, 23);
    else writeString(NODE_KEY, 8);
    writeString(nameText(label), nameLength(label));
    writeProperties(definition);
    closeArray(row, 4);
  }
  closeArray(start, shown);
  return packedWord();
}

/** Indexes of labels, without those of constraints that a property exists: [name, label, [properties], name of its constraint or null]. */
export function procedure_indexes(): u64 {
  if (tracksReads) trackGraph();
  const graph = graphOf();
  const count = graph ? definitionCount(graph) : 0;
  let shown: u32 = 0;
  beginPacking();
  const start = openContainer();
  for (let position: u32 = 0; position < count && !packedFailed; position++) {
    const definition = definitionAt(graph, position);
    const rule = definitionFlags(definition) & (LABEL_INDEX_UNIQUE | LABEL_INDEX_REQUIRED);
    if (rule == <u32>LABEL_INDEX_REQUIRED) continue;
    shown++;
    const label = nameAt(graph, KIND_LABEL, definitionLabel(definition));
    const row = openContainer();
    writeString(definitionName(definition), definitionNameBytes(definition));
    writeString(nameText(label), nameLength(label));
    writeProperties(definition);
    if (rule) writeString(definitionName(definition), definitionNameBytes(definition));
    else writeByte(TAG_NULL);
    closeArray(row, 4);
  }
  closeArray(start, shown);
  return packedWord();
}

function writeProperties(definition: usize): void {
  const count = definitionFieldCount(definition);
  let field = definitionFields(definition);
  const start = openContainer();
  for (let index: u32 = 0; index < count && !packedFailed; index++) {
    const name = field + FIELD_CONTENT;
    writeString(name + PART_HEAD, load<u16>(name));
    field += load<u16>(field, FIELD_BYTES);
  }
  closeArray(start, count);
}
