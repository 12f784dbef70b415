/**
 * What changes of nodes and relationships, and expands, are to other transactions (keyspace/track-graph.ts): labels and types by their names.
 *
 * Cost: O(labels), and O(pairs) for those of a node.
 */
import {
  ADJACENCY_BLOCK,
  ADJACENCY_RUN,
  ADJACENCY_TYPE,
  DIRECTION_IN,
  DIRECTION_OUT,
  NODE_IN,
  NODE_OUT,
  PAIR_NEIGHBOUR,
  TYPE_ANY,
} from "../abi/graph";
import { hashBytes } from "../bytes/hash";
import { trackLabelWrite, trackNode, trackNodeWrite, trackRelationshipWrite } from "../keyspace/track-graph";
import { blockCount, blockPair } from "./adjacency";
import { KIND_LABEL, KIND_TYPE } from "./graph";
import { setLabel, setSize } from "./label-set";
import { nameAt, nameLength, nameText } from "./name";

/** What a label or type goes by, however its graph numbers it. */
export function nameHash(graph: usize, kind: u32, number: u32): u64 {
  const name = nameAt(graph, kind, number);
  return hashBytes(nameText(name), nameLength(name));
}

/** A node with the labels of a collection comes, changes or goes. Requires: `tracksChanges`, as the next one. */
export function tellNode(graph: usize, number: u32, collection: usize): void {
  trackNodeWrite(number);
  const size = setSize(collection);
  for (let index: u32 = 0; index < size; index++) trackLabelWrite(nameHash(graph, KIND_LABEL, setLabel(collection, index)));
}

/** A relationship with the type of a number comes, changes or goes. */
export function tellRelationship(graph: usize, number: u32, start: u32, end: u32, type: u32): void {
  trackRelationshipWrite(number, start, end, nameHash(graph, KIND_TYPE, type));
}

/** The nodes to which relationships of a type (TYPE_ANY: of all) lead from a node's slot are read. Requires: `tracksReads`. */
export function tellNeighbours(slot: usize, direction: u32, type: i32): void {
  if (direction != DIRECTION_IN) tellRuns(<usize>load<u32>(slot, NODE_OUT), type);
  if (direction != DIRECTION_OUT) tellRuns(<usize>load<u32>(slot, NODE_IN), type);
}

function tellRuns(first: usize, type: i32): void {
  for (let run = first; run; run = <usize>load<u32>(run, ADJACENCY_RUN)) {
    if (type != TYPE_ANY && <i32>load<u16>(run, ADJACENCY_TYPE) != type) continue;
    for (let block = run; block; block = <usize>load<u32>(block, ADJACENCY_BLOCK)) {
      const pairs = blockCount(block);
      for (let index: u32 = 0; index < pairs; index++) trackNode(load<u32>(blockPair(block, index), PAIR_NEIGHBOUR));
    }
  }
}
