/**
 * Checks of a graph for debug builds: the invariants of node.ts, relationship.ts and adjacency.ts, looked at from nodes, labels and
 * relationships. Cost: O(nodes * labels + relationships).
 */
import {
  ADJACENCY_BLOCK,
  ADJACENCY_RUN,
  ADJACENCY_TYPE,
  NAME_COLLECTION,
  NAME_COUNT,
  NODE_IN,
  NODE_IN_DEGREE,
  NODE_NUMBER,
  NODE_OUT,
  NODE_OUT_DEGREE,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
  RELATIONSHIP_END,
  RELATIONSHIP_START,
  RELATIONSHIP_TYPE,
} from "../abi/graph";
import { COLLECTION_LIVE, RECORD_ROW } from "../abi/record";
import { collectionSeen, rowEntry } from "../keyspace/collection";
import { DATABASE_GRAPH } from "../keyspace/database";
import { valueAddress } from "../keyspace/entry-release";
import { bitmapCheck, bitmapCount, bitmapHas } from "../structure/bitmap";
import { tableCheck } from "../structure/hash-table";
import { slotsLive, slotsNext } from "../structure/numbered-slots";
import { NO_PAIRS, adjacencyCheck, blockCount, blockPair } from "./adjacency";
import { GRAPH_NAMES, GRAPH_NODES, GRAPH_RELATIONSHIPS, GRAPH_SETS, KIND_LABEL, KIND_TYPE, graphSeen, listAt, listCount } from "./graph";
import { setLabel, setSize } from "./label-set";
import { NAME_BITMAP, nameAt, nameCount } from "./name";
import { nodeCollection, nodeEntry, nodeSlot } from "./node";
import { propertiesNumber } from "./property";
import { relationshipEntry, relationshipSlot } from "./relationship";

/** Returns 0, or 60 + the number of the first broken invariant: 1 names, 2 nodes, 3 labels, 4 adjacency, 5 relationships. */
export function graphCheck(record: usize): i32 {
  return graphCheckRecord(graphSeen(<usize>load<u32>(record, DATABASE_GRAPH)));
}

/** The same of a graph's record as it is seen now, or 0. */
export function graphCheckRecord(graph: usize): i32 {
  if (!graph) return 0;
  if (tableCheck(graph + GRAPH_NAMES)) return 61;
  let nodes: u32 = 0;
  let memberships: u32 = 0;
  let pairs: u32 = 0;
  for (let number: u32 = 0; number < slotsNext(graph + GRAPH_NODES); number++) {
    const slot = nodeSlot(graph, number);
    if (!slot) continue;
    nodes++;
    memberships += setSize(nodeCollection(slot));
    if (!checkNode(graph, slot, number)) return 62;
    if (!checkRuns(graph, slot + NODE_OUT, slot + NODE_OUT_DEGREE, number, true)) return 64;
    if (!checkRuns(graph, slot + NODE_IN, slot + NODE_IN_DEGREE, number, false)) return 64;
    pairs += load<u32>(slot, NODE_OUT_DEGREE) + load<u32>(slot, NODE_IN_DEGREE);
  }
  if (nodes != slotsLive(graph + GRAPH_NODES) || nodes != rowsOfSets(graph)) return 62;
  if (memberships != labelsCounted(graph)) return 63;
  if (pairs != slotsLive(graph + GRAPH_RELATIONSHIPS) << 1) return 64;
  return checkRelationships(graph) ? 0 : 65;
}

function checkNode(graph: usize, slot: usize, number: u32): bool {
  const collection = collectionSeen(nodeCollection(slot));
  const entry = nodeEntry(slot);
  if (load<u32>(slot, NODE_NUMBER) != number || propertiesNumber(entry) != number) return false;
  if (rowEntry(collection, load<u32>(valueAddress(entry), RECORD_ROW)) != entry) return false;
  for (let index: u32 = 0; index < setSize(collection); index++) {
    if (!bitmapHas(nameAt(graph, KIND_LABEL, setLabel(collection, index)) + NAME_BITMAP, number)) return false;
  }
  return true;
}

function rowsOfSets(graph: usize): u32 {
  let rows: u32 = 0;
  const list = graph + GRAPH_SETS;
  for (let number: u32 = 0; number < listCount(list); number++) rows += load<u32>(collectionSeen(listAt(list, number)), COLLECTION_LIVE);
  return rows;
}

/** Members of all bitmaps; more than there can be when one is broken. */
function labelsCounted(graph: usize): u32 {
  let members: u32 = 0;
  for (let number: u32 = 0; number < nameCount(graph, KIND_LABEL); number++) {
    const label = nameAt(graph, KIND_LABEL, number);
    if (!bitmapCheck(label + NAME_BITMAP) || bitmapCount(label + NAME_BITMAP) != load<u32>(label, NAME_COUNT)) return NO_PAIRS;
    members += load<u32>(label, NAME_COUNT);
  }
  return members;
}

/** Whether the runs hold what their relationships say. */
function checkRuns(graph: usize, head: usize, degree: usize, number: u32, isOut: bool): bool {
  if (adjacencyCheck(head) != load<u32>(degree)) return false;
  for (let run = <usize>load<u32>(head); run; run = <usize>load<u32>(run, ADJACENCY_RUN)) {
    for (let block = run; block; block = <usize>load<u32>(block, ADJACENCY_BLOCK)) {
      for (let index: u32 = 0; index < blockCount(block); index++) {
        const pair = blockPair(block, index);
        const slot = relationshipSlot(graph, load<u32>(pair, PAIR_RELATIONSHIP));
        if (!slot || load<u32>(slot, RELATIONSHIP_TYPE) != <u32>load<u16>(run, ADJACENCY_TYPE) + 1) return false;
        const near = load<u32>(slot + (isOut ? RELATIONSHIP_START : RELATIONSHIP_END));
        const far = load<u32>(slot + (isOut ? RELATIONSHIP_END : RELATIONSHIP_START));
        if (near != number || far != load<u32>(pair, PAIR_NEIGHBOUR)) return false;
      }
    }
  }
  return true;
}

/** Whether slots are counted, by all and by their types, and properties are rows of their types. */
function checkRelationships(graph: usize): bool {
  let found: u32 = 0;
  let withProperties: u32 = 0;
  for (let number: u32 = 0; number < slotsNext(graph + GRAPH_RELATIONSHIPS); number++) {
    const slot = relationshipSlot(graph, number);
    if (!slot) continue;
    found++;
    const entry = relationshipEntry(slot);
    if (!entry) continue;
    withProperties++;
    const type = nameAt(graph, KIND_TYPE, load<u32>(slot, RELATIONSHIP_TYPE) - 1);
    const collection = collectionSeen(<usize>load<u32>(type, NAME_COLLECTION));
    if (propertiesNumber(entry) != number || rowEntry(collection, load<u32>(valueAddress(entry), RECORD_ROW)) != entry) return false;
  }
  let counted: u32 = 0;
  for (let number: u32 = 0; number < nameCount(graph, KIND_TYPE); number++) {
    const type = nameAt(graph, KIND_TYPE, number);
    counted += load<u32>(type, NAME_COUNT);
    const collection = <usize>load<u32>(type, NAME_COLLECTION);
    if (collection) withProperties -= load<u32>(collectionSeen(collection), COLLECTION_LIVE);
  }
  return found == slotsLive(graph + GRAPH_RELATIONSHIPS) && counted == found && !withProperties;
}
