/**
 * The part of a database's digest (keyspace/digest.ts) that its graph has: of each node its number, labels and properties, of each
 * relationship its number, ends, type and properties, and the next numbers.
 */
import { NAME_COLLECTION, NODE_NUMBER, RELATIONSHIP_END, RELATIONSHIP_START } from "../abi/graph";
import { hashBytes } from "../bytes/hash";
import { DATABASE_GRAPH, databaseAt } from "../keyspace/database";
import { digestRecord } from "../keyspace/digest";
import { slotsNext } from "../structure/numbered-slots";
import { valueBytes } from "../value/packed";
import { packedReset } from "../value/packed-writer";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS, KIND_LABEL, graphSeen } from "./graph";
import { setLabel, setSize } from "./label-set";
import { nameAt, nameLength, nameText } from "./name";
import { nodeCollection, nodeEntry, nodeSlot } from "./node";
import { propertiesValue } from "./property";
import { relationshipEntry, relationshipSlot, relationshipType } from "./relationship";

const IS_NODE: u64 = 0x100;
const IS_RELATIONSHIP: u64 = 0x200;
const ARE_NUMBERS: u64 = 0x300;

/** Adds the graph of a database to the digest under way. */
export function graphDigest(index: u32): void {
  const graph = graphSeen(<usize>load<u32>(databaseAt(index), DATABASE_GRAPH));
  if (!graph) return;
  packedReset();
  const nodes = slotsNext(graph + GRAPH_NODES);
  const relationships = slotsNext(graph + GRAPH_RELATIONSHIPS);
  if (nodes) digestRecord(nodes, relationships, 0, ARE_NUMBERS | (<u64>index));
  for (let number: u32 = 0; number < nodes; number++) {
    const slot = nodeSlot(graph, number);
    if (!slot) continue;
    const collection = nodeCollection(slot);
    let labels: u64 = 0;
    for (let position: u32 = 0; position < setSize(collection); position++) {
      labels += hashName(nameAt(graph, KIND_LABEL, setLabel(collection, position)));
    }
    digestRecord(load<u32>(slot, NODE_NUMBER), labels, hashProperties(collection, nodeEntry(slot)), IS_NODE | (<u64>index));
  }
  for (let number: u32 = 0; number < relationships; number++) {
    const slot = relationshipSlot(graph, number);
    if (!slot) continue;
    const type = relationshipType(graph, slot);
    const entry = relationshipEntry(slot);
    const properties: u64 = entry ? hashProperties(<usize>load<u32>(type, NAME_COLLECTION), entry) : 0;
    const ends = ((<u64>load<u32>(slot, RELATIONSHIP_START)) << 32) | (<u64>load<u32>(slot, RELATIONSHIP_END));
    digestRecord(number, ends, hashName(type) + properties, IS_RELATIONSHIP | (<u64>index));
  }
}

function hashName(name: usize): u64 {
  return hashBytes(nameText(name), nameLength(name));
}

function hashProperties(collection: usize, entry: usize): u64 {
  const value = propertiesValue(collection, entry);
  return value ? hashBytes(value, valueBytes(value)) : 0;
}
