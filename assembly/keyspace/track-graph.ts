/**
 * What of a graph is read and written, as mvcc/ssi.ts wants it told (track.ts is the same for keys and indexes). The items, each a hash of
 * what it is:
 *
 *   a node                                       its properties and labels, and that it is there; written exclusively
 *   a node as an end                             nobody reads it: a relationship that comes writes it shared, the node's deletion exclusively
 *   a relationship                               all of it; written exclusively
 *   the pairs of a node, by direction and type   the relationships there with all they have; touched
 *   a label                                      the nodes that have it with all they have; touched
 *   a type                                       its relationships with all they have; touched
 *
 * Pairs, labels and types are also there as those of any type or name. Names go by their bytes: numbers of names differ between
 * transactions, and who looks for a name that nobody has yet reads it too.
 *
 * Who goes through a label reads the label, not its nodes one by one, so whatever changes in one of them touches it. Who comes to a node by
 * an index, a number or a relationship reads that node. So a relationship is read with its list, and a node at its far end by itself.
 *
 * Who reads more than TOLD_MAX of these in one execution reads the whole graph: all nodes and all relationships.
 */
import { DIRECTION_IN, DIRECTION_OUT } from "../abi/graph";
import { WRITE_EXCLUSIVE, WRITE_SHARED, WRITE_TOUCH } from "../mvcc/committed-write";
import { databaseIndex, database } from "./database";
import { countTold, readItem, readItemMany, trackLabelIndex, trackSpaceGone, writeItem } from "./track";

const NODE: u64 = 1;
const END: u64 = 2;
const RELATIONSHIP: u64 = 3;
const PAIRS_OUT: u64 = 4;
const PAIRS_IN: u64 = 5;
const LABEL: u64 = 6;
const TYPE: u64 = 7;
const KIND_FACTOR: u64 = 0xd6e8feb86659fd93;
const WHAT_FACTOR: u64 = 0x9e3779b97f4a7c15;
const DATABASE_FACTOR: u64 = 0xbf58476d1ce4e5b9;

/** Items of one execution that are told one by one. */
const TOLD_MAX: u32 = 4096;

function itemOf(kind: u64, what: u64): u64 {
  return ((what + kind * KIND_FACTOR) * WHAT_FACTOR) ^ ((<u64>databaseIndex(database) + 1) * DATABASE_FACTOR);
}

function pairsOf(node: u32, direction: u32, type: u64): u64 {
  return itemOf(direction == DIRECTION_IN ? PAIRS_IN : PAIRS_OUT, (<u64>node) ^ (type << 1));
}

/** Whether one more item is to be told. */
function isTold(): bool {
  const told = countTold();
  if (told == TOLD_MAX) trackGraph();
  return told < TOLD_MAX;
}

// Reads; they require `tracksReads`. Names are hashes of theirs, 0: any ------------------------------------------------------

/** All of the graph is read. */
export function trackGraph(): void {
  readItemMany(itemOf(LABEL, 0));
  readItemMany(itemOf(TYPE, 0));
}

/** An index of a label of the committed state goes: as `trackIndexGone`. */
export function trackLabelIndexGone(name: usize, length: u32): void {
  trackSpaceGone(trackLabelIndex(name, length), itemOf(LABEL, 0));
}

/** A node is read, present or absent. */
export function trackNode(number: u32): void {
  if (isTold()) readItem(itemOf(NODE, number));
}

/** A relationship is read, present or absent. */
export function trackRelationship(number: u32): void {
  if (isTold()) readItem(itemOf(RELATIONSHIP, number));
}

/** The relationships of a node in a direction (DIRECTION_*) are read. */
export function trackPairs(node: u32, direction: u32, type: u64): void {
  if (!isTold()) return;
  if (direction != DIRECTION_IN) readItemMany(pairsOf(node, DIRECTION_OUT, type));
  if (direction != DIRECTION_OUT) readItemMany(pairsOf(node, DIRECTION_IN, type));
}

/** All nodes with a label are read. */
export function trackLabel(name: u64): void {
  readItemMany(itemOf(LABEL, name));
}

/** All relationships of a type are read. */
export function trackType(name: u64): void {
  readItemMany(itemOf(TYPE, name));
}

// Writes; they require `tracksChanges` -------------------------------------------------------------------------------------------

/** A node comes, changes or goes; its labels, old ones and new ones, are to be told too. */
export function trackNodeWrite(number: u32): void {
  writeItem(itemOf(NODE, number), WRITE_EXCLUSIVE);
  writeItem(itemOf(LABEL, 0), WRITE_TOUCH);
}

export function trackLabelWrite(name: u64): void {
  writeItem(itemOf(LABEL, name), WRITE_TOUCH);
}

/** A node gets a relationship, or (`goes`) is deleted. */
export function trackEnd(node: u32, goes: bool): void {
  writeItem(itemOf(END, node), goes ? WRITE_EXCLUSIVE : WRITE_SHARED);
}

/** A relationship comes, changes or goes. */
export function trackRelationshipWrite(number: u32, start: u32, end: u32, type: u64): void {
  writeItem(itemOf(RELATIONSHIP, number), WRITE_EXCLUSIVE);
  writeItem(pairsOf(start, DIRECTION_OUT, type), WRITE_TOUCH);
  writeItem(pairsOf(start, DIRECTION_OUT, 0), WRITE_TOUCH);
  writeItem(pairsOf(end, DIRECTION_IN, type), WRITE_TOUCH);
  writeItem(pairsOf(end, DIRECTION_IN, 0), WRITE_TOUCH);
  writeItem(itemOf(TYPE, type), WRITE_TOUCH);
  writeItem(itemOf(TYPE, 0), WRITE_TOUCH);
}
