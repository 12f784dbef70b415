/**
 * What walks over the graph are made of, in the memory of a plan: cursors over the pairs of a node, sets and tables by number, queues of
 * numbers. The graph is that of the running plan (CELL_GRAPH); nothing is written to it meanwhile.
 *
 *   pairs (PAIRS_BYTES)     0  u32 block at hand, or 0     4  u32 pair at hand     8  u32 end of the block's pairs
 *                           12 u32 first block of the run  16 u32 first run of the other direction, or 0
 *                           20 u32 the node                24 u32 1 in the second direction, where its loops are left out
 *   types                   u32 count, then i32 numbers (-1: a type that nobody has); 0 of them: all types
 *   set (SET_BYTES)         0  u32 directory, 0: none      4  u32 its elements     8  u32 plan
 *                           chunks of SET_CHUNK bits
 *   table (SET_BYTES)       the same, chunks of TABLE_CHUNK u32
 *   queue (QUEUE_BYTES)     0  u32 first chunk             4  u32 chunk that is filled, 8 u32 place in it, 12 u32 its end
 *                           16 u32 plan                    20 u32 numbers in it
 *                           chunk: u32 next chunk, then numbers
 *
 * What is made here is freed with the plan. Out of memory: functions answer 0 or false, and the error is in the cells.
 * Cost: O(1) for each pair and number.
 */
import {
  ADJACENCY_BLOCK,
  ADJACENCY_COUNT,
  ADJACENCY_PAIRS,
  ADJACENCY_RUN,
  ADJACENCY_TYPE,
  DIRECTION_BOTH,
  DIRECTION_IN,
  NODE_ENTRY,
  NODE_IN,
  NODE_OUT,
  PAIR_BYTES,
  PAIR_NEIGHBOUR,
  TYPE_ANY,
} from "../abi/graph";
import { CELL_GRAPH, SLOT_ARRAY } from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { nodeSlot } from "../graph/node";
import { tellNeighbours } from "../graph/told";
import { tracksReads } from "../keyspace/track";
import { trackPairs } from "../keyspace/track-graph";
import { cells, fail, setTag } from "../value/cells";
import { REFERENCE_BYTES, TAG_RELATIONSHIP } from "../value/packed";
import { closeArray, openContainer, packedAt, packedFailed, packedMark, packedReset, writePacked } from "../value/packed-writer";
import { WORD_EMPTY, wordOf } from "../value/word";
import { blockGive, blockTake, plan_allocate } from "./plan-memory";

export const PAIRS_BYTES: u32 = 28;
const PAIRS_BLOCK: usize = 0;
const PAIRS_PAIR: usize = 4;
const PAIRS_END: usize = 8;
const PAIRS_RUN: usize = 12;
const PAIRS_OTHER: usize = 16;
const PAIRS_NODE: usize = 20;
const PAIRS_SECOND: usize = 24;

export const SET_BYTES: u32 = 12;
const SET_PLAN: usize = 8;
const SET_SHIFT: u32 = 16;
const SET_CHUNK_BYTES: u32 = 1 << (SET_SHIFT - 3);
const TABLE_SHIFT: u32 = 11;
const TABLE_CHUNK_BYTES: u32 = 1 << (TABLE_SHIFT + 2);
const DIRECTORY_MIN: u32 = 4;

export const QUEUE_BYTES: u32 = 24;
export const QUEUE_FIRST: usize = 0;
const QUEUE_CHUNK: usize = 4;
const QUEUE_PLACE: usize = 8;
const QUEUE_END: usize = 12;
const QUEUE_PLAN: usize = 16;
export const QUEUE_COUNT: usize = 20;
export const QUEUE_NUMBERS: usize = 4;
export const QUEUE_CHUNK_BYTES: u32 = 4096;

/** Bytes of a relationship in a list, behind three others. */
const element: usize = memory.data(8, 8);

/** The graph of the running plan. */
export function planGraph(): usize {
  return <usize>load<u32>(cells, CELL_GRAPH);
}

// Pairs -----------------------------------------------------------------------------------------------------------------

/** The first run from `run` on whose type is wanted, or 0. */
function wantedRun(run: usize, types: usize): usize {
  const count = load<u32>(types);
  if (!count) return run;
  let found = run;
  while (found) {
    const type = <i32>load<u16>(found, ADJACENCY_TYPE);
    for (let index: u32 = 0; index < count; index++) if (load<i32>(types + ((<usize>index) << 2), 4) == type) return found;
    found = <usize>load<u32>(found, ADJACENCY_RUN);
  }
  return 0;
}

function openBlock(pairs: usize, block: usize): void {
  const first = block + ADJACENCY_PAIRS;
  store<u32>(pairs, <u32>block, PAIRS_BLOCK);
  store<u32>(pairs, <u32>first, PAIRS_PAIR);
  store<u32>(pairs, block ? <u32>(first + <usize>load<u16>(block, ADJACENCY_COUNT) * PAIR_BYTES) : <u32>first, PAIRS_END);
}

/** Begins with the pairs of a node. */
export function pairsOpen(pairs: usize, node: u32, direction: u32, types: usize): void {
  const slot = nodeSlot(planGraph(), node);
  if (tracksReads) tellPairs(slot, node, direction, types);
  const run = slot ? wantedRun(<usize>load<u32>(slot + (direction == DIRECTION_IN ? NODE_IN : NODE_OUT)), types) : 0;
  store<u32>(pairs, <u32>run, PAIRS_RUN);
  store<u32>(pairs, slot && direction == DIRECTION_BOTH ? load<u32>(slot, NODE_IN) : 0, PAIRS_OTHER);
  store<u32>(pairs, node, PAIRS_NODE);
  store<u32>(pairs, 0, PAIRS_SECOND);
  openBlock(pairs, run);
}

/** Tells that the pairs are read, of whatever type, and the nodes behind those that are wanted. */
function tellPairs(slot: usize, node: u32, direction: u32, types: usize): void {
  trackPairs(node, direction, 0);
  if (!slot) return;
  const count = load<u32>(types);
  if (!count) tellNeighbours(slot, direction, TYPE_ANY);
  for (let index: u32 = 0; index < count; index++) {
    const type = load<i32>(types + 4 + ((<usize>index) << 2));
    if (type >= 0) tellNeighbours(slot, direction, type);
  }
}

/** Makes a cursor that has no pairs. */
export function pairsNone(pairs: usize): void {
  memory.fill(pairs, 0, PAIRS_BYTES);
}

/** The address of the next pair, or 0. */
export function pairsNext(pairs: usize, types: usize): usize {
  let pair = <usize>load<u32>(pairs, PAIRS_PAIR);
  while (pair < <usize>load<u32>(pairs, PAIRS_END) || pairsTurn(pairs, types)) {
    pair = <usize>load<u32>(pairs, PAIRS_PAIR);
    store<u32>(pairs, <u32>(pair + PAIR_BYTES), PAIRS_PAIR);
    if (!load<u32>(pairs, PAIRS_SECOND) || load<u32>(pair, PAIR_NEIGHBOUR) != load<u32>(pairs, PAIRS_NODE)) return pair;
    pair += PAIR_BYTES;
  }
  return 0;
}

/** Goes to the next block, run or direction; false: there is none. */
function pairsTurn(pairs: usize, types: usize): bool {
  const block = <usize>load<u32>(pairs, PAIRS_BLOCK);
  let next: usize = block ? <usize>load<u32>(block, ADJACENCY_BLOCK) : 0;
  if (block && !next) {
    next = wantedRun(<usize>load<u32>(<usize>load<u32>(pairs, PAIRS_RUN), ADJACENCY_RUN), types);
    store<u32>(pairs, <u32>next, PAIRS_RUN);
  }
  const other = <usize>load<u32>(pairs, PAIRS_OTHER);
  if (!next && other) {
    next = wantedRun(other, types);
    store<u32>(pairs, <u32>next, PAIRS_RUN);
    store<u32>(pairs, 0, PAIRS_OTHER);
    store<u32>(pairs, 1, PAIRS_SECOND);
  }
  openBlock(pairs, next);
  return next != 0;
}

// Asking for memory beforehand --------------------------------------------------------------------------------------------

/** Most numbers at once; powers of two. */
export const WARM_PAIRS: u32 = 16;
export const WARM_NODES: u32 = 16;

/** Where addresses wait for the second round, and what keeps loads from being left out. */
const waiting: usize = memory.data(64, 8);
const sink: usize = memory.data(8, 8);

/** Asks for the first pairs of `count` nodes whose numbers lie at `place`. Requires: count <= WARM_PAIRS. */
export function warmPairs(place: usize, count: u32, direction: u32): void {
  warm(place, count, direction == DIRECTION_IN ? NODE_IN : NODE_OUT, ADJACENCY_COUNT);
}

/** Asks for the properties of nodes. Requires: count <= WARM_NODES. */
export function warmNodes(place: usize, count: u32): void {
  warm(place, count, NODE_ENTRY, 0);
}

/** Loads what `field` of each node's slot points to. The loads of a round do not wait for each other. */
function warm(place: usize, count: u32, field: usize, offset: usize): void {
  const graph = planGraph();
  for (let index: u32 = 0; index < count; index++) {
    const slot = nodeSlot(graph, load<u32>(place + ((<usize>index) << 2)));
    store<u32>(waiting + ((<usize>index) << 2), slot ? load<u32>(slot + field) : 0);
  }
  let sum: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const address = <usize>load<u32>(waiting + ((<usize>index) << 2));
    if (address) sum += <u32>load<u16>(address + offset);
  }
  store<u32>(sink, sum);
}

// Sets and tables -------------------------------------------------------------------------------------------------------

export function setOpen(set: usize, plan: usize): void {
  store<u64>(set, 0);
  store<u32>(set, <u32>plan, SET_PLAN);
}

/** The chunk at a position, made of zeros if there is none; 0: no memory. */
export function blockOf(set: usize, position: u32, bytes: u32): usize {
  if (position >= load<u32>(set, 4) && !growSet(set, position + 1)) return 0;
  const element = <usize>load<u32>(set) + ((<usize>position) << 2);
  const chunk = <usize>load<u32>(element);
  if (chunk) return chunk;
  const made = plan_allocate(<usize>load<u32>(set, SET_PLAN), bytes);
  store<u32>(element, <u32>made);
  return made;
}

function growSet(set: usize, needed: u32): bool {
  const plan = <usize>load<u32>(set, SET_PLAN);
  const room = load<u32>(set, 4);
  let grown = room ? room << 1 : DIRECTORY_MIN;
  if (grown < needed) grown = needed;
  const directory = plan_allocate(plan, grown << 2);
  if (!directory) return false;
  if (room) {
    memory.copy(directory, <usize>load<u32>(set), (<usize>room) << 2);
    blockGive(plan, <usize>load<u32>(set));
  }
  store<u32>(set, <u32>directory);
  store<u32>(set, grown, 4);
  return true;
}

// @ts-ignore: decorator
@inline
function byteOf(chunk: usize, number: u32): usize {
  return chunk + <usize>((number & ((1 << SET_SHIFT) - 1)) >> 3);
}

export function setHas(set: usize, number: u32): bool {
  const position = number >> SET_SHIFT;
  if (position >= load<u32>(set, 4)) return false;
  const chunk = <usize>load<u32>(<usize>load<u32>(set) + ((<usize>position) << 2));
  return chunk != 0 && (((<u32>load<u8>(byteOf(chunk, number))) >> (number & 7)) & 1) != 0;
}

/** Goes past the pairs of the block at hand whose neighbours are in a set, up to the node `stop`; how many. */
export function pairsSkip(pairs: usize, set: usize, stop: u32): i32 {
  const first = <usize>load<u32>(pairs, PAIRS_PAIR);
  const end = <usize>load<u32>(pairs, PAIRS_END);
  const directory = <usize>load<u32>(set);
  const room = load<u32>(set, 4);
  let pair = first;
  while (pair < end) {
    const number = load<u32>(pair, PAIR_NEIGHBOUR);
    const position = number >> SET_SHIFT;
    if (position >= room || number == stop) break;
    const chunk = <usize>load<u32>(directory + ((<usize>position) << 2));
    if (!chunk || !(((<u32>load<u8>(byteOf(chunk, number))) >> (number & 7)) & 1)) break;
    pair += PAIR_BYTES;
  }
  store<u32>(pairs, <u32>pair, PAIRS_PAIR);
  return <i32>((pair - first) / PAIR_BYTES);
}

/** Adds a number. False: no memory. */
export function setAdd(set: usize, number: u32): bool {
  const chunk = blockOf(set, number >> SET_SHIFT, SET_CHUNK_BYTES);
  if (!chunk) return false;
  const byte = byteOf(chunk, number);
  store<u8>(byte, <u8>((<u32>load<u8>(byte)) | (1 << (number & 7))));
  return true;
}

/** Takes a number away. Requires: it is there. */
export function setRemove(set: usize, number: u32): void {
  const byte = byteOf(<usize>load<u32>(<usize>load<u32>(set) + ((<usize>(number >> SET_SHIFT)) << 2)), number);
  store<u8>(byte, <u8>((<u32>load<u8>(byte)) & ~(1 << (number & 7))));
}

/** Address of a number's u32, 0 at first; 0: no memory. */
export function tablePlace(table: usize, number: u32): usize {
  const chunk = blockOf(table, number >> TABLE_SHIFT, TABLE_CHUNK_BYTES);
  return chunk ? chunk + ((<usize>(number & ((1 << TABLE_SHIFT) - 1))) << 2) : 0;
}

/** A number's u32. Requires: it was stored. */
export function tableAt(table: usize, number: u32): u32 {
  const chunk = <usize>load<u32>(<usize>load<u32>(table) + ((<usize>(number >> TABLE_SHIFT)) << 2));
  return load<u32>(chunk + ((<usize>(number & ((1 << TABLE_SHIFT) - 1))) << 2));
}

/** The word of a list of relationships, whose numbers are the first ones of a table. */
export function relationshipList(table: usize, count: u32): u64 {
  packedReset();
  const start = openContainer();
  for (let index: u32 = 0; index < count; index++) writeRelationship(tableAt(table, index));
  return finishList(start, count);
}

/** Appends a relationship to the list under way. */
export function writeRelationship(number: u32): void {
  store<u8>(element, <u8>TAG_RELATIONSHIP, 3);
  store<u32>(element, number, 4);
  writePacked(element + 3, REFERENCE_BYTES);
}

/** Ends the list that began at an offset; its word. */
export function finishList(start: u32, count: u32): u64 {
  closeArray(start, count);
  setTag(SLOT_ARRAY);
  if (!packedFailed) return wordOf(packedAt(start), packedMark() - start);
  fail(RUNTIME_ERROR_MEMORY);
  return WORD_EMPTY;
}

// Queues ----------------------------------------------------------------------------------------------------------------

export function queueOpen(queue: usize, plan: usize): void {
  memory.fill(queue, 0, QUEUE_BYTES);
  store<u32>(queue, <u32>plan, QUEUE_PLAN);
}

/** Empties a queue; its chunks stay. */
export function queueClear(queue: usize): void {
  enterChunk(queue, <usize>load<u32>(queue, QUEUE_FIRST));
  store<u32>(queue, 0, QUEUE_COUNT);
}

function enterChunk(queue: usize, chunk: usize): void {
  store<u32>(queue, <u32>chunk, QUEUE_CHUNK);
  store<u32>(queue, chunk ? <u32>(chunk + QUEUE_NUMBERS) : 0, QUEUE_PLACE);
  store<u32>(queue, chunk ? <u32>(chunk + QUEUE_CHUNK_BYTES) : 0, QUEUE_END);
}

/** Appends a number. False: no memory. */
export function queuePush(queue: usize, number: u32): bool {
  let place = <usize>load<u32>(queue, QUEUE_PLACE);
  if (place == <usize>load<u32>(queue, QUEUE_END)) {
    if (!nextChunk(queue)) return false;
    place = <usize>load<u32>(queue, QUEUE_PLACE);
  }
  store<u32>(place, number);
  store<u32>(queue, <u32>(place + 4), QUEUE_PLACE);
  store<u32>(queue, load<u32>(queue, QUEUE_COUNT) + 1, QUEUE_COUNT);
  return true;
}

/** Takes the last number away. Requires: it was pushed last. */
export function queueDrop(queue: usize): void {
  store<u32>(queue, load<u32>(queue, QUEUE_PLACE) - 4, QUEUE_PLACE);
  store<u32>(queue, load<u32>(queue, QUEUE_COUNT) - 1, QUEUE_COUNT);
}

function nextChunk(queue: usize): bool {
  const chunk = <usize>load<u32>(queue, QUEUE_CHUNK);
  let next = chunk ? <usize>load<u32>(chunk) : <usize>load<u32>(queue, QUEUE_FIRST);
  if (!next) {
    next = blockTake(<usize>load<u32>(queue, QUEUE_PLAN), QUEUE_CHUNK_BYTES);
    if (!next) return false;
    store<u32>(next, 0);
    if (chunk) store<u32>(chunk, <u32>next);
    else store<u32>(queue, <u32>next, QUEUE_FIRST);
  }
  enterChunk(queue, next);
  return true;
}

/** Takes the numbers of a queue out of a set, and empties the queue. Requires: they are in the set. */
export function forget(queue: usize, set: usize): void {
  let chunk = <usize>load<u32>(queue, QUEUE_FIRST);
  let left = load<u32>(queue, QUEUE_COUNT);
  while (left) {
    const end = chunk + QUEUE_CHUNK_BYTES;
    for (let place = chunk + QUEUE_NUMBERS; left && place < end; place += 4, left--) setRemove(set, load<u32>(place));
    chunk = <usize>load<u32>(chunk);
  }
  queueClear(queue);
}
