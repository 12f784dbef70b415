/**
 * What plans tell of the graph that they read (keyspace/track-graph.ts), where an execution is to tell it (`plan_tracks`): labels and types
 * that are gone through, and nodes whose relationships are.
 *
 * Names are words, an empty one stands for all. Cost: O(1), of a node's pairs O(pairs).
 */
import { NAME_NUMBER, TYPE_ANY } from "../abi/graph";
import { hashBytes } from "../bytes/hash";
import { KIND_TYPE, graphOf } from "../graph/graph";
import { nameFind } from "../graph/name";
import { nodeSlot } from "../graph/node";
import { tellNeighbours } from "../graph/told";
import { useDatabase } from "../keyspace/database";
import { trackLabel, trackNode, trackPairs, trackRelationship, trackType } from "../keyspace/track-graph";
import { tracksReads } from "../keyspace/track";
import { SPILL_FIRST, wordBytes, wordLength } from "../value/word";

function hashOf(name: u64): u64 {
  return wordLength(name) ? hashBytes(wordBytes(name, SPILL_FIRST), wordLength(name)) : 0;
}

/** 1: the execution that begins is to tell what it reads. */
export function plan_tracks(): i32 {
  return tracksReads ? 1 : 0;
}

/** All nodes with a label are read. */
export function track_label(name: u64): void {
  if (tracksReads) trackLabel(hashOf(name));
}

/** All relationships of a type are read. */
export function track_type(name: u64): void {
  if (tracksReads) trackType(hashOf(name));
}

/** A node or relationship (1) is read, present or absent. */
export function track_entity(number: u32, isRelationship: u32): void {
  if (!tracksReads) return;
  if (isRelationship) trackRelationship(number);
  else trackNode(number);
}

/** The relationships of a type at a node are read, and the nodes to which they lead. */
export function track_pairs(number: u32, direction: u32, name: u64): void {
  if (!tracksReads) return;
  trackPairs(number, direction, hashOf(name));
  const graph = graphOf();
  const slot = nodeSlot(graph, number);
  if (!slot) return;
  const type = wordLength(name) ? nameFind(graph, KIND_TYPE, wordBytes(name, SPILL_FIRST), wordLength(name)) : 0;
  if (type || !wordLength(name)) tellNeighbours(slot, direction, type ? <i32>load<u32>(type, NAME_NUMBER) : TYPE_ANY);
}

/** Whether a label, or a relationship type, is there has been asked, and the answer was no. */
export function name_tell(database: u32, name: usize, nameBytes: u32, isType: u32): void {
  if (!tracksReads) return;
  useDatabase(database);
  const hash = hashBytes(name, nameBytes);
  if (isType) trackType(hash);
  else trackLabel(hash);
}
