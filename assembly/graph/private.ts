/**
 * Freeing what a transaction has born of a graph (keyspace/private-state.ts): its record, and below it blocks and entries above the era of its
 * view. Their parents are the transaction's too, so this goes down from the record and stops at what is older.
 *
 * Cost: O(what was born, and the elements of directories beside it).
 */
import { NODE_COLLECTION, NODE_ENTRY, NODE_IN, NODE_OUT, RELATIONSHIP_ENTRY, RELATIONSHIP_TYPE, NAME_COLLECTION } from "../abi/graph";
import { PURPOSE_TABLE } from "../abi/status";
import { releaseCollection } from "../keyspace/collection";
import { releaseEntry } from "../keyspace/entry-release";
import { release } from "../memory/allocator";
import { bitmapForget } from "../structure/bitmap";
import { chunkForget } from "../structure/chunk-directory";
import { entryBirth, keyPointer } from "../structure/entry";
import { tableForget } from "../structure/hash-table";
import { slotsForget } from "../structure/numbered-slots";
import { adjacencyForget } from "./adjacency";
import {
  GRAPH_INDEXES,
  GRAPH_LABELS,
  GRAPH_NAMES,
  GRAPH_NODES,
  GRAPH_RELATIONSHIPS,
  GRAPH_SETS,
  GRAPH_TYPES,
  KIND_LABEL,
  KIND_PROPERTIES,
  KIND_SET,
  KIND_TYPE,
  freeGraphRecord,
  graphHome,
  listAt,
  listCount,
} from "./graph";
import { definitionsForget } from "./label-index";
import { NAME_BITMAP, nameAt, nameBirth, nameFree } from "./name";
import { holdShape } from "./undo";

/** The graph that is freed, and the era of the view. */
let forgotten: usize = 0;
let viewEra: u32 = 0;

/** Frees what a transaction has born of the graph that its database record names. Requires: the transaction is the one that runs. */
export function graphForget(graph: usize, view: u32): void {
  if (graphHome(graph) == graph) return;
  forgotten = graph;
  viewEra = view;
  slotsForget(graph + GRAPH_NODES, view, forgetNode);
  slotsForget(graph + GRAPH_RELATIONSHIPS, view, forgetRelationship);
  forgetNames(KIND_LABEL, graph + GRAPH_LABELS);
  forgetNames(KIND_TYPE, graph + GRAPH_TYPES);
  definitionsForget(graph, view);
  chunkForget(graph + GRAPH_INDEXES, view);
  chunkForget(graph + GRAPH_SETS, view);
  tableForget(graph + GRAPH_NAMES, 0, view, forgetNamed);
  freeGraphRecord(graph);
}

function forgetNode(slot: usize): void {
  const entry = <usize>load<u32>(slot, NODE_ENTRY);
  if (!entry) return;
  forgetProperties(<usize>load<u32>(slot, NODE_COLLECTION), entry);
  adjacencyForget(slot + NODE_OUT, viewEra);
  adjacencyForget(slot + NODE_IN, viewEra);
}

function forgetRelationship(slot: usize): void {
  const entry = <usize>load<u32>(slot, RELATIONSHIP_ENTRY);
  if (!entry) return;
  const type = nameAt(forgotten, KIND_TYPE, load<u32>(slot, RELATIONSHIP_TYPE) - 1);
  forgetProperties(<usize>load<u32>(type, NAME_COLLECTION), entry);
}

function forgetProperties(collection: usize, entry: usize): void {
  if (entryBirth(entry) <= viewEra) return;
  holdShape(collection, entry, -1);
  releaseEntry(entry);
}

function forgetNames(kind: u32, list: usize): void {
  const count = listCount(list);
  for (let number: u32 = 0; number < count; number++) {
    const record = listAt(list, number);
    if (nameBirth(record) <= viewEra) continue;
    if (kind == KIND_LABEL) bitmapForget(record + NAME_BITMAP, viewEra);
    nameFree(record);
  }
  chunkForget(list, viewEra);
}

/** Frees the entry of a name, or of a collection. */
function forgetNamed(entry: usize): void {
  const kind = <u32>load<u8>(keyPointer(entry));
  if (kind == KIND_SET || kind == KIND_PROPERTIES) releaseCollection(entry);
  else release(entry, PURPOSE_TABLE);
}
