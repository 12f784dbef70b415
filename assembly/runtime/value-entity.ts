/**
 * What functions of Cypher's values have in common: finding nodes and relationships, and answering values.
 */
import { SLOT_NONE } from "../abi/record";
import { RUNTIME_ERROR_VALUE_DELETED } from "../abi/runtime-error";
import { graphOf } from "../graph/graph";
import { nodeSlot } from "../graph/node";
import { tracksReads } from "../keyspace/track";
import { trackNode } from "../keyspace/track-graph";
import { relationshipSlot } from "../graph/relationship";
import { failWith, setTag } from "../value/cells";
import { itemPayload, itemTag, readItem } from "../value/cypher-item";
import { NAME_NODE, NAME_RELATIONSHIP, nameWord } from "../value/cypher-kind";
import { findField } from "../value/packed";
import { SPILL_ARRAY, SPILL_OTHER, wordBytes, wordLength } from "../value/word";

/** The slot of a node; 0 and an error: it is gone. */
export function presentNode(number: u32): usize {
  if (tracksReads) trackNode(number);
  const slot = nodeSlot(graphOf(), number);
  if (!slot) failWith(RUNTIME_ERROR_VALUE_DELETED, nameWord(NAME_NODE), 0);
  return slot;
}

/** The slot of a relationship; 0 and an error: it is gone. */
export function presentRelationship(number: u32): usize {
  const slot = relationshipSlot(graphOf(), number);
  if (!slot) failWith(RUNTIME_ERROR_VALUE_DELETED, nameWord(NAME_RELATIONSHIP), 0);
  return slot;
}

/** NULL as a function's answer. */
export function answerNull(): i64 {
  setTag(SLOT_NONE);
  return 0;
}

/** A packed value as a function's answer. */
export function answerItem(item: usize): i64 {
  readItem(item);
  setTag(itemTag);
  return itemPayload;
}

/** The value of a map under a name, as a function's answer. */
export function answerField(map: u64, name: u64): i64 {
  const value = findField(wordBytes(map, SPILL_ARRAY), wordBytes(name, SPILL_OTHER), wordLength(name));
  return value ? answerItem(value) : answerNull();
}
