/**
 * Scans of a graph: nodes and relationships by ascending number, a batch at a time, for whoever reads the graph from outside of the
 * engine.
 *
 *   node           u32 number
 *   relationship   u32 number, u32 start, u32 end, u32 number of the type (SCANNED_* of abi/graph.ts)
 *
 * Nothing is kept between two batches, so the graph may be written in between: a scan sees what is there when its batch is made.
 *
 * Cost: O(numbers) for all nodes and for relationships, where a chunk of numbers that are all gone costs one look; O(nodes with
 * the first label * labels) for labels.
 */
import {
  NAME_NUMBER,
  NODE_ENTRY,
  RELATIONSHIP_END,
  RELATIONSHIP_START,
  RELATIONSHIP_TYPE,
  SCANNED_BYTES,
  SCANNED_END,
  SCANNED_NUMBER,
  SCANNED_START,
  SCANNED_TYPE,
} from "../abi/graph";
import { tracksReads } from "../keyspace/track";
import { trackNode } from "../keyspace/track-graph";
import { BITMAP_END, bitmapHas, bitmapNext } from "../structure/bitmap";
import { slotAt, slotsChunkShift, slotsNext, slotsNextChunk } from "../structure/numbered-slots";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS } from "./graph";
import { NAME_BITMAP } from "./name";

/** The first number of the chunk behind that of a number. */
function behindChunk(slots: usize, number: u32): u32 {
  const shift = slotsChunkShift(slots);
  return slotsNextChunk(slots, (number >> shift) + 1) << shift;
}

/** Copies up to `room` numbers of nodes, from `from` on, that have all of `count` labels (u32 names at `labels`); returns how many. */
export function scanNodes(graph: usize, labels: usize, count: u32, from: u32, target: usize, room: u32): u32 {
  if (count) return scanLabelled(labels, count, from, target, room);
  const end = slotsNext(graph + GRAPH_NODES);
  let found: u32 = 0;
  let number = from;
  while (number < end && found < room) {
    const slot = slotAt(graph + GRAPH_NODES, number);
    if (!slot) {
      number = behindChunk(graph + GRAPH_NODES, number);
      continue;
    }
    if (load<u32>(slot, NODE_ENTRY)) {
      store<u32>(target + ((<usize>found) << 2), number);
      found++;
    }
    number++;
  }
  return found;
}

function scanLabelled(labels: usize, count: u32, from: u32, target: usize, room: u32): u32 {
  const first = <usize>load<u32>(labels) + NAME_BITMAP;
  let found: u32 = 0;
  let number = from;
  while (found < room) {
    number = bitmapNext(first, number);
    if (number == BITMAP_END) break;
    if (hasAll(labels + 4, count - 1, number)) {
      store<u32>(target + ((<usize>found) << 2), number);
      found++;
    }
    number++;
  }
  return found;
}

function hasAll(labels: usize, count: u32, number: u32): bool {
  for (let index: u32 = 0; index < count; index++) {
    if (!bitmapHas(<usize>load<u32>(labels + ((<usize>index) << 2)) + NAME_BITMAP, number)) return false;
  }
  return true;
}

/** Copies up to `room` relationships, from `from` on, that have one of `count` types (u32 names at `types`; 0: any); returns how many. */
export function scanRelationships(graph: usize, types: usize, count: u32, from: u32, target: usize, room: u32): u32 {
  const end = slotsNext(graph + GRAPH_RELATIONSHIPS);
  let found: u32 = 0;
  let number = from;
  while (number < end && found < room) {
    const slot = slotAt(graph + GRAPH_RELATIONSHIPS, number);
    if (!slot) {
      number = behindChunk(graph + GRAPH_RELATIONSHIPS, number);
      continue;
    }
    const type = load<u32>(slot, RELATIONSHIP_TYPE);
    if (type && (!count || isOneOf(types, count, type - 1))) {
      const place = target + <usize>found * SCANNED_BYTES;
      store<u32>(place, number, SCANNED_NUMBER);
      store<u32>(place, load<u32>(slot, RELATIONSHIP_START), SCANNED_START);
      store<u32>(place, load<u32>(slot, RELATIONSHIP_END), SCANNED_END);
      store<u32>(place, type - 1, SCANNED_TYPE);
      found++;
    }
    number++;
  }
  if (tracksReads) tellEnds(target, found);
  return found;
}

/** Tells that the ends of relationships are read; they are themselves with their type. */
function tellEnds(scanned: usize, count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    trackNode(load<u32>(scanned + <usize>index * SCANNED_BYTES, SCANNED_START));
    trackNode(load<u32>(scanned + <usize>index * SCANNED_BYTES, SCANNED_END));
  }
}

function isOneOf(types: usize, count: u32, type: u32): bool {
  for (let index: u32 = 0; index < count; index++) {
    if (load<u32>(<usize>load<u32>(types + ((<usize>index) << 2)), NAME_NUMBER) == type) return true;
  }
  return false;
}
