/**
 * What changes to the graph are in the log of effects: `graph.effect <kind> ...`, the whole new state of a node or relationship, or that it
 * is gone. Four kinds, each applicable whatever is there already (compaction.ts says why):
 *
 *   n <number> <properties> [label ...]            the node has these properties and labels
 *   r <number> <start> <end> <type> <properties>   the relationship; nothing happens when one of its nodes is missing
 *   d n|r <number>                                 it is gone, a node with its relationships
 *   s <nodes> <relationships>                      the numbers that are given next are not below these
 *
 * Properties are JSON text. Requires of the first three: `admitGraphEffect` has made room.
 */
import { NAME_COLLECTION, NODE_COLLECTION, NODE_NUMBER, RELATIONSHIP_END, RELATIONSHIP_START } from "../abi/graph";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS, KIND_LABEL } from "../graph/graph";
import { setLabel, setSize } from "../graph/label-set";
import { NAME_MAX, nameAt, nameLength, nameText } from "../graph/name";
import { nodeCollection, nodeEntry, nodeSlot } from "../graph/node";
import { propertiesValue } from "../graph/property";
import { relationshipEntry, relationshipSlot, relationshipType } from "../graph/relationship";
import { slotsNext } from "../structure/numbered-slots";
import { printValue, textAt, textFailed, textMark, textReset } from "../value/json-print";
import { effectBegin, effectInteger, effectWord, effectsAdmit, effectsOn } from "./effect-log";

const WORD_EFFECT: usize = memory.data<u8>([103, 114, 97, 112, 104, 46, 101, 102, 102, 101, 99, 116]);
/** n, r, d, s */
const KINDS: usize = memory.data<u8>([110, 114, 100, 115]);
export const KIND_NODE: u32 = 110;
export const KIND_RELATIONSHIP: u32 = 114;
export const KIND_GONE: u32 = 100;
export const KIND_NUMBERS: u32 = 115;

/** A packed object without fields: tag, bytes, count. */
const EMPTY_OBJECT: usize = memory.data<u8>([18, 0, 0]);

/** Bytes of an effect beside its properties and names, and those of a name beside its text. */
const WORDS_BYTES: u32 = 256;
const NAME_BYTES: u32 = 16;

/** Prints properties and makes room for the effect that has them and `names` labels. Returns false when there is no memory. */
export function admitGraphEffect(object: usize, names: u32): bool {
  if (!effectsOn) return true;
  textReset();
  printValue(object);
  return !textFailed && effectsAdmit(<u64>textMark() + <u64>names * (NAME_MAX + NAME_BYTES) + WORDS_BYTES);
}

function begin(kind: usize, words: u32): void {
  effectBegin(words + 2);
  effectWord(WORD_EFFECT, 12);
  effectWord(KINDS + kind, 1);
}

/** A node has this state now. Requires: the properties are still printed. */
export function effectNode(graph: usize, slot: usize): void {
  const collection = <usize>load<u32>(slot, NODE_COLLECTION);
  const size = setSize(collection);
  begin(0, 2 + size);
  effectInteger(load<u32>(slot, NODE_NUMBER));
  effectWord(textAt(0), textMark());
  for (let index: u32 = 0; index < size; index++) {
    const label = nameAt(graph, KIND_LABEL, setLabel(collection, index));
    effectWord(nameText(label), nameLength(label));
  }
}

/** The same of a relationship. */
export function effectRelationship(graph: usize, number: u32): void {
  const slot = relationshipSlot(graph, number);
  const type = relationshipType(graph, slot);
  begin(1, 5);
  effectInteger(number);
  effectInteger(load<u32>(slot, RELATIONSHIP_START));
  effectInteger(load<u32>(slot, RELATIONSHIP_END));
  effectWord(nameText(type), nameLength(type));
  effectWord(textAt(0), textMark());
}

/** Logs the node of a number, if there is one. Returns false when there is no room. */
export function effectWholeNode(graph: usize, number: u32): bool {
  const slot = nodeSlot(graph, number);
  if (!slot) return true;
  const collection = nodeCollection(slot);
  const object = propertiesValue(collection, nodeEntry(slot));
  if (!object || !admitGraphEffect(object, setSize(collection))) return false;
  effectNode(graph, slot);
  return true;
}

/** Logs the relationship of a number, if there is one. Returns false when there is no room. */
export function effectWholeRelationship(graph: usize, number: u32): bool {
  const slot = relationshipSlot(graph, number);
  if (!slot) return true;
  const entry = relationshipEntry(slot);
  const collection = <usize>load<u32>(relationshipType(graph, slot), NAME_COLLECTION);
  const object = entry ? propertiesValue(collection, entry) : EMPTY_OBJECT;
  if (!object || !admitGraphEffect(object, 1)) return false;
  effectRelationship(graph, number);
  return true;
}

/** A node or relationship is gone. */
export function effectGone(number: u32, isRelationship: bool): void {
  begin(2, 2);
  effectWord(KINDS + (isRelationship ? 1 : 0), 1);
  effectInteger(number);
}

/** The next numbers of a graph. Requires: room for WORDS_BYTES. */
export function effectNumbers(graph: usize): void {
  begin(3, 2);
  effectInteger(slotsNext(graph + GRAPH_NODES));
  effectInteger(slotsNext(graph + GRAPH_RELATIONSHIPS));
}
