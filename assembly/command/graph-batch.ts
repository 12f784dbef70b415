/**
 * Nodes and relationships of many rows in one call: what CREATE makes for a batch of rows that a compiled query has put out (abi/graph.ts,
 * "Batch").
 *
 * 1. Rows are done in their order until one is refused: its error lies in the cells, and the statement ends.
 * 2. What a row takes from the plan's arena is given back behind it.
 * 3. Label sets and types are looked up once for each batch: handles of collections and numbers of types stay what they are.
 *
 * Cost: O(1) calls for a batch, and for each row what it creates.
 */
import {
  BATCH_NODE_BYTES,
  BATCH_NODE_LABELS,
  BATCH_NODE_LABEL_COUNT,
  BATCH_NODE_PROPERTIES,
  BATCH_NONE,
  BATCH_RELATIONSHIP_BYTES,
  BATCH_RELATIONSHIP_END,
  BATCH_RELATIONSHIP_PROPERTIES,
  BATCH_RELATIONSHIP_START,
  BATCH_RELATIONSHIP_TYPE,
  BATCH_RELATIONSHIP_TYPE_BYTES,
  BATCH_VALUE,
  NAME_NUMBER,
  NO_NODE,
} from "../abi/graph";
import { CELL_BUDGET, SLOT_JSON, SLOT_NODE, SLOT_NONE } from "../abi/record";
import { RUNTIME_ERROR_GRAPH_END, RUNTIME_ERROR_GRAPH_PROPERTIES, RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { KIND_TYPE, graphMake } from "../graph/graph";
import { setMake } from "../graph/label-set";
import { countPackedChanges, packedChanges } from "../graph/property";
import { cells, fail, hasFailed, planMark, planRelease } from "../value/cells";
import { storableMap } from "../value/storable";
import { createNodeIn, createRelationshipOf, labelsAdd, labelsBegin, makeName } from "./graph-write";

/** Most nodes and relationships that a row creates. */
const ITEMS_MAX: u32 = 256;
/** A map without fields, as a word. */
const EMPTY_MAP: u64 = 0x1203;
/** Of the batch's nodes and relationships: collections of label sets, numbers of types + 1; and the nodes of the row under way. */
const places: usize = memory.data(1024, 8);
const made: usize = memory.data(1024, 8);

/**
 * Creates what `nodes` and `relationships` say for `count` rows; how many rows were done until one was refused. Afterwards
 * `properties_changed` tells of the whole batch.
 */
export function createBatch(
  rows: usize,
  count: u32,
  rowBytes: u32,
  nodes: usize,
  nodeCount: u32,
  relationships: usize,
  relationshipCount: u32,
): u32 {
  if (nodeCount + relationshipCount > ITEMS_MAX) fail(RUNTIME_ERROR_MEMORY);
  else findPlaces(nodes, nodeCount, relationships, relationshipCount);
  let properties: u32 = 0;
  let done: u32 = 0;
  while (done < count && !hasFailed()) {
    const row = rows + <usize>done * rowBytes;
    const mark = planMark();
    const budget = load<u32>(cells, CELL_BUDGET);
    properties += createRow(row, nodes, nodeCount, relationships, relationshipCount);
    planRelease(mark);
    store<u32>(cells, budget, CELL_BUDGET);
    if (!hasFailed()) done++;
  }
  countPackedChanges(properties);
  return done;
}

/** Looks up label sets and types. */
function findPlaces(nodes: usize, nodeCount: u32, relationships: usize, relationshipCount: u32): void {
  const graph = graphMake();
  for (let index: u32 = 0; index < nodeCount && !hasFailed(); index++) {
    const node = nodes + <usize>index * BATCH_NODE_BYTES;
    const labels = <usize>load<u32>(node, BATCH_NODE_LABELS);
    labelsBegin(<u32>NO_NODE);
    for (let label: u32 = 0; label < load<u32>(node, BATCH_NODE_LABEL_COUNT); label++) {
      const name = labels + ((<usize>label) << 3);
      labelsAdd(<usize>load<u32>(name), load<u32>(name, 4));
    }
    setPlace(index, graph && !hasFailed() ? <u32>setMake(graph) : 0);
  }
  for (let index: u32 = 0; index < relationshipCount && !hasFailed(); index++) {
    const item = relationships + <usize>index * BATCH_RELATIONSHIP_BYTES;
    const type = makeName(KIND_TYPE, <usize>load<u32>(item, BATCH_RELATIONSHIP_TYPE), load<u32>(item, BATCH_RELATIONSHIP_TYPE_BYTES));
    setPlace(nodeCount + index, type ? load<u32>(type, NAME_NUMBER) + 1 : 0);
  }
}

function setPlace(index: u32, place: u32): void {
  if (!place && !hasFailed()) fail(RUNTIME_ERROR_MEMORY);
  store<u32>(places + ((<usize>index) << 2), place);
}

/** Creates what a row asks for; how many properties there are. */
function createRow(row: usize, nodes: usize, nodeCount: u32, relationships: usize, relationshipCount: u32): u32 {
  let properties: u32 = 0;
  for (let index: u32 = 0; index < nodeCount; index++) {
    const map = mapAt(row, nodes + <usize>index * BATCH_NODE_BYTES + BATCH_NODE_PROPERTIES);
    if (hasFailed()) return 0;
    const number = createNodeIn(<usize>load<u32>(places + ((<usize>index) << 2)), map);
    if (number == NO_NODE) return 0;
    store<u32>(made + ((<usize>index) << 2), number);
    properties += packedChanges;
  }
  for (let index: u32 = 0; index < relationshipCount; index++) {
    const item = relationships + <usize>index * BATCH_RELATIONSHIP_BYTES;
    const start = endAt(row, item + BATCH_RELATIONSHIP_START);
    const end = endAt(row, item + BATCH_RELATIONSHIP_END);
    const map = mapAt(row, item + BATCH_RELATIONSHIP_PROPERTIES);
    if (hasFailed()) return 0;
    const type = load<u32>(places + ((<usize>(nodeCount + index)) << 2)) - 1;
    if (createRelationshipOf(start, end, type, map) == NO_NODE) return 0;
    properties += packedChanges;
  }
  return properties;
}

/** The map whose place in a row is at `place`. */
function mapAt(row: usize, place: usize): u64 {
  const tagOffset = load<u32>(place);
  if (tagOffset == <u32>BATCH_NONE) return EMPTY_MAP;
  const tag = <u32>load<u8>(row + tagOffset);
  if (tag == <u32>SLOT_NONE) return EMPTY_MAP;
  if (tag == <u32>SLOT_JSON) return storableMap(load<u64>(row + <usize>load<u32>(place, BATCH_VALUE)));
  fail(RUNTIME_ERROR_GRAPH_PROPERTIES);
  return EMPTY_MAP;
}

/** The number of the node whose place in a row is at `place`, or that was made for the row. */
function endAt(row: usize, place: usize): u32 {
  const tagOffset = load<u32>(place);
  const value = load<u32>(place, BATCH_VALUE);
  if (tagOffset == <u32>BATCH_NONE) return load<u32>(made + ((<usize>value) << 2));
  if (<u32>load<u8>(row + tagOffset) != <u32>SLOT_NODE) fail(RUNTIME_ERROR_GRAPH_END);
  return load<u32>(row + value);
}
