/**
 * Freeing the graph of a database that was emptied, in bounded steps, when no view is left that may see it: chunks of relationships, then of nodes with their adjacency, then
 * names and collections. Its memory stays accounted until it is free.
 *
 * Cost: burying O(1); a step frees what hangs on one chunk of slots; the last one frees what is left.
 */
import { NODE_ENTRY, NODE_IN, NODE_OUT, RELATIONSHIP_ENTRY } from "../abi/graph";
import { PURPOSE_TABLE } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { DATABASE_GRAPH } from "../keyspace/database";
import { releaseEntry } from "../keyspace/entry-release";
import { bury } from "../keyspace/graveyard";
import { release } from "../memory/allocator";
import { contextTransaction } from "../mvcc/context";
import { viewsLinger } from "../mvcc/view";
import { setEraUsed, viewNewest } from "../structure/birth";
import { bitmapFree } from "../structure/bitmap";
import { keyLength, keyPointer } from "../structure/entry";
import { tableFind, tableRemove } from "../structure/hash-table";
import { slotAt, slotsChunkShift, slotsChunks, slotsFree, slotsFreeChunk, slotsNextChunk } from "../structure/numbered-slots";
import { adjacencyFree } from "./adjacency";
import {
  GRAPH_DEAD_NEXT,
  GRAPH_DEAD_POSITION,
  GRAPH_LABELS,
  GRAPH_NAMES,
  GRAPH_NODES,
  GRAPH_RELATIONSHIPS,
  GRAPH_SETS,
  GRAPH_TYPES,
  graphHome,
  listAt,
  listCount,
  listDrop,
  listFree,
} from "./graph";
import { indexesForget } from "./label-index";
import { NAME_BITMAP, nameEntry, nameFree } from "./name";
import { graphForget } from "./private";

/** Units of the budget (one entry freed) that a chunk of slots and a name cost. */
const CHUNK_COST: i32 = 256;
const NAME_COST: i32 = 16;

/** The graphs to be freed, the newest first. */
let dead: usize = 0;

/** Empties the graph of a database at once; it is freed by later calls of `graphDig`. */
export function graphBury(record: usize): void {
  const graph = <usize>load<u32>(record, DATABASE_GRAPH);
  if (!graph) return;
  store<u32>(record, 0, DATABASE_GRAPH);
  if (contextTransaction) {
    if (graphHome(graph) != graph) graphForget(graph, viewNewest);
    return;
  }
  setEraUsed(true);
  store<u32>(graph, <u32>dead, GRAPH_DEAD_NEXT);
  dead = graph;
}

/** Frees about `budget` entries of dead graphs, which nobody may see any more. Returns true while there is more. */
export function graphDig(budget: u32): bool {
  if (viewsLinger()) return false;
  let left = <i32>budget;
  while (dead && left > 0) {
    const graph = dead;
    if (freeChunk(graph, GRAPH_RELATIONSHIPS, false) || freeChunk(graph, GRAPH_NODES, true)) left -= CHUNK_COST;
    else if (freeName(graph, GRAPH_LABELS) || freeName(graph, GRAPH_TYPES)) left -= NAME_COST;
    else {
      dead = <usize>load<u32>(graph, GRAPH_DEAD_NEXT);
      freeRest(graph);
    }
  }
  return dead != 0;
}

/** Frees the next chunk of nodes or relationships with all that hangs on its slots. Returns false when all have been freed. */
function freeChunk(graph: usize, field: usize, ofNodes: bool): bool {
  const slots = graph + field;
  if (!slotsChunks(slots)) return false;
  const position = slotsNextChunk(slots, load<u32>(graph, GRAPH_DEAD_POSITION));
  if (position >= slotsChunks(slots)) {
    slotsFree(slots);
    store<u32>(graph, 0, GRAPH_DEAD_POSITION);
    return true;
  }
  const shift = slotsChunkShift(slots);
  for (let inside: u32 = 0; inside >> shift == 0; inside++) {
    const slot = slotAt(slots, (position << shift) | inside);
    if (!slot) break;
    const entry = <usize>load<u32>(slot + (ofNodes ? NODE_ENTRY : RELATIONSHIP_ENTRY));
    if (entry) releaseEntry(entry);
    if (!ofNodes) continue;
    adjacencyFree(slot + NODE_OUT);
    adjacencyFree(slot + NODE_IN);
  }
  slotsFreeChunk(slots, position);
  store<u32>(graph, position + 1, GRAPH_DEAD_POSITION);
  return true;
}

/** Frees the last name of a list. Returns false when there is none. */
function freeName(graph: usize, field: usize): bool {
  const list = graph + field;
  const count = listCount(list);
  if (!count) {
    listFree(list);
    return false;
  }
  const record = listAt(list, count - 1);
  if (field == GRAPH_LABELS) bitmapFree(record + NAME_BITMAP);
  const entry = nameEntry(record);
  nameFree(record);
  const hash = hashBytes(keyPointer(entry), keyLength(entry));
  const table = graph + GRAPH_NAMES;
  tableRemove(table, hash, tableFind(table, hash, keyPointer(entry), keyLength(entry)));
  release(entry, PURPOSE_TABLE);
  listDrop(list);
  return true;
}

/** Frees what is left: the collections, which are all that the table still has. */
function freeRest(graph: usize): void {
  listFree(graph + GRAPH_SETS);
  indexesForget(graph);
  bury(graph + GRAPH_NAMES, true);
  release(graph, PURPOSE_TABLE);
}
