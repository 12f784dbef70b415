/**
 * Nodes and relationships of the current database as values of SQL: their public ids as text, their properties as a document. They come as
 * their numbers; of one that is not there everything is NULL.
 *
 * Cost: O(1), a document O(bytes of the properties) where they lie in a record.
 */
import { NAME_COLLECTION } from "../abi/graph";
import { RECORD_ROW, SLOT_NONE, SLOT_TEXT } from "../abi/record";
import { graphOf } from "../graph/graph";
import { nodeCollection, nodeEntry, nodeSlot } from "../graph/node";
import { ID_BYTES, idText } from "../graph/public-id";
import { relationshipEntry, relationshipSlot, relationshipType } from "../graph/relationship";
import { rowElement } from "../keyspace/collection";
import { valueAddress } from "../keyspace/entry-release";
import { setTag } from "../value/cells";
import { readPacked } from "../value/record-read";
import { WORD_EMPTY, wordOf } from "../value/word";
import { record_document } from "./collection";

/** A packed object without fields: tag, bytes, count. */
const EMPTY_OBJECT: usize = memory.data<u8>([18, 0, 0]);

function nothing(): u64 {
  setTag(SLOT_NONE);
  return WORD_EMPTY;
}

function publicId(number: i64, isRelationship: bool, slot: usize): u64 {
  if (!slot) return nothing();
  setTag(SLOT_TEXT);
  return wordOf(idText(<u32>number, isRelationship), ID_BYTES);
}

function documentOf(collection: usize, entry: usize): u64 {
  return record_document(collection, rowElement(collection, load<u32>(valueAddress(entry), RECORD_ROW)));
}

export function node_public_id(number: i64): u64 {
  return publicId(number, false, nodeSlot(graphOf(), <u32>number));
}

export function relationship_public_id(number: i64): u64 {
  return publicId(number, true, relationshipSlot(graphOf(), <u32>number));
}

/** The properties as a word of SLOT_JSON (which CELL_TAG says too). */
export function node_document(number: i64): u64 {
  const slot = nodeSlot(graphOf(), <u32>number);
  return slot ? documentOf(nodeCollection(slot), nodeEntry(slot)) : nothing();
}

/** The same; those of a relationship without properties are an empty object. */
export function relationship_document(number: i64): u64 {
  const graph = graphOf();
  const slot = relationshipSlot(graph, <u32>number);
  if (!slot) return nothing();
  const entry = relationshipEntry(slot);
  if (!entry) return readPacked(EMPTY_OBJECT);
  return documentOf(<usize>load<u32>(relationshipType(graph, slot), NAME_COLLECTION), entry);
}
