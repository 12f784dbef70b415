/**
 * Adjacency of a node in one direction: a list of runs, one for each type, of pairs {neighbour, relationship} in blocks
 * (abi/graph.ts has the layout). `head` is where the node keeps the first run.
 *
 * A run's first block begins with PAIRS_MIN pairs and grows by half up to BLOCK_MAX bytes; a full block of that size gets a new
 * one in front of it. So adding costs O(1), copying the pairs of one block at most, and no block is large. Removing puts
 * the run's last added pair in the place of the one that goes; a first block that is a quarter full becomes smaller, and is freed
 * when it is empty.
 *
 * While somebody else may see a block (birth.ts) it is copied before it changes, with those before it: the first blocks of the runs before
 * its own, and the blocks of its run before it. Requires: `head` lies in a slot that may be changed.
 *
 * Invariants: (1) every block but the first of a run is full; (2) ADJACENCY_TOTAL is the sum of the blocks' counts and not 0;
 * (3) no two runs have one type; (4) a block is not older than those behind it were when no view was open.
 *
 * Cost: adding O(types of the node), removing O(pairs of the run); what is copied is bounded by the same.
 */
import {
  ADJACENCY_BIRTH,
  ADJACENCY_BLOCK,
  ADJACENCY_COUNT,
  ADJACENCY_PAIRS,
  ADJACENCY_ROOM,
  ADJACENCY_RUN,
  ADJACENCY_TOTAL,
  ADJACENCY_TYPE,
  PAIR_BYTES,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
} from "../abi/graph";
import { PURPOSE_VALUE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { allocate, allocatedSize, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { birthEra, isWritable, retireBlock, viewNewest } from "../structure/birth";

const PAIRS_MIN: u32 = 2;
const BLOCK_MAX: u32 = 4096;
const PAIRS_MAX: u32 = (BLOCK_MAX - ADJACENCY_PAIRS) / PAIR_BYTES;

// @ts-ignore: decorator
@inline
export function blockPair(block: usize, index: u32): usize {
  return block + ADJACENCY_PAIRS + <usize>index * PAIR_BYTES;
}

// @ts-ignore: decorator
@inline
export function blockCount(block: usize): u32 {
  return <u32>load<u16>(block, ADJACENCY_COUNT);
}

/** Address of the u32 that holds the first block of a type's run; it holds 0 when there is no run of the type. */
function findRun(head: usize, type: u32): usize {
  let place = head;
  let block = <usize>load<u32>(place);
  while (block && <u32>load<u16>(block, ADJACENCY_TYPE) != type) {
    place = block + ADJACENCY_RUN;
    block = <usize>load<u32>(place);
  }
  return place;
}

/** The first block of a type's run, or 0. */
export function runOf(head: usize, type: u32): usize {
  return <usize>load<u32>(findRun(head, type));
}

function birthOf(block: usize): u32 {
  return load<u32>(block, ADJACENCY_BIRTH);
}

/** Lets a block whose address is at `place` be changed, there or elsewhere; 0: no memory. */
// @ts-ignore: decorator
@inline
function ownBlock(place: usize): usize {
  const block = <usize>load<u32>(place);
  return isWritable(birthOf(block)) ? block : resize(place, block, <u32>load<u16>(block, ADJACENCY_ROOM));
}

/** `findRun`, with all first blocks before it made such as may be changed; 0: no memory. */
function ownRun(head: usize, type: u32): usize {
  let place = head;
  while (load<u32>(place)) {
    if (<u32>load<u16>(<usize>load<u32>(place), ADJACENCY_TYPE) == type) return place;
    const block = ownBlock(place);
    if (!block) return 0;
    place = block + ADJACENCY_RUN;
  }
  return place;
}

function newBlock(pairs: u32): usize {
  const block = allocate(ADJACENCY_PAIRS + pairs * PAIR_BYTES, PURPOSE_VALUE);
  if (!block) return 0;
  memory.fill(block, 0, ADJACENCY_PAIRS);
  store<u32>(block, birthEra, ADJACENCY_BIRTH);
  const room = (allocatedSize(block) - ADJACENCY_PAIRS) / PAIR_BYTES;
  store<u16>(block, <u16>(room < PAIRS_MAX ? room : PAIRS_MAX), ADJACENCY_ROOM);
  return block;
}

/** Puts a block with the same pairs and room for `pairs` in the place of the first one of a run; 0: no memory. */
function resize(place: usize, block: usize, pairs: u32): usize {
  const other = newBlock(pairs);
  if (!other) return 0;
  const room = load<u16>(other, ADJACENCY_ROOM);
  copyBytes(other, block, ADJACENCY_PAIRS + blockCount(block) * PAIR_BYTES);
  store<u16>(other, room, ADJACENCY_ROOM);
  store<u32>(other, birthEra, ADJACENCY_BIRTH);
  store<u32>(place, <u32>other);
  retireBlock(block, PURPOSE_VALUE, birthOf(block));
  return other;
}

/** The first block of a type's run, with room for a pair; 0: no memory, and nothing has changed. */
function roomFor(head: usize, type: u32): usize {
  const place = ownRun(head, type);
  if (!place) return 0;
  const block = <usize>load<u32>(place);
  if (!block) {
    const first = newBlock(PAIRS_MIN);
    if (!first) return 0;
    store<u16>(first, <u16>type, ADJACENCY_TYPE);
    store<u32>(place, <u32>first);
    return first;
  }
  const count = blockCount(block);
  if (count < <u32>load<u16>(block, ADJACENCY_ROOM)) return ownBlock(place);
  if (count < PAIRS_MAX) {
    const grown = count + (count >> 1) + 1;
    return resize(place, block, grown < PAIRS_MAX ? grown : PAIRS_MAX);
  }
  const front = newBlock(PAIRS_MAX);
  if (!front) return 0;
  store<u16>(front, <u16>type, ADJACENCY_TYPE);
  store<u32>(front, <u32>block, ADJACENCY_BLOCK);
  store<u32>(front, load<u32>(block, ADJACENCY_RUN), ADJACENCY_RUN);
  store<u32>(front, load<u32>(block, ADJACENCY_TOTAL), ADJACENCY_TOTAL);
  store<u32>(place, <u32>front);
  return front;
}

/** Adds a pair. Returns false when there is no memory; nothing has changed then. */
export function adjacencyAdd(head: usize, type: u32, neighbour: u32, relationship: u32): bool {
  const block = roomFor(head, type);
  if (!block) return false;
  const count = blockCount(block);
  const pair = blockPair(block, count);
  store<u32>(pair, neighbour, PAIR_NEIGHBOUR);
  store<u32>(pair, relationship, PAIR_RELATIONSHIP);
  store<u16>(block, <u16>(count + 1), ADJACENCY_COUNT);
  store<u32>(block, load<u32>(block, ADJACENCY_TOTAL) + 1, ADJACENCY_TOTAL);
  return true;
}

/** The pair of a relationship in a block, or 0; looks for it from the end. */
function pairIn(block: usize, relationship: u32): usize {
  for (let left = blockCount(block); left > 0; left--) {
    const pair = blockPair(block, left - 1);
    if (load<u32>(pair, PAIR_RELATIONSHIP) == relationship) return pair;
  }
  return 0;
}

/** The pair of a relationship in a run, or 0; looks for it from the end of the first block, so that a node is detached fast. */
function findPair(first: usize, relationship: u32): usize {
  let block = first;
  while (block) {
    const pair = pairIn(block, relationship);
    if (pair) return pair;
    block = <usize>load<u32>(block, ADJACENCY_BLOCK);
  }
  return 0;
}

/** Sees to it that the pair of a relationship can be taken away. Returns false when there is no memory; nothing has changed then. */
export function adjacencyOwn(head: usize, type: u32, relationship: u32): bool {
  if (!viewNewest) return true;
  const place = ownRun(head, type);
  const first = place ? ownBlock(place) : 0;
  if (!first) return false;
  let block = first;
  while (!pairIn(block, relationship)) {
    if (!load<u32>(block, ADJACENCY_BLOCK)) unreachable();
    block = ownBlock(block + ADJACENCY_BLOCK);
    if (!block) return false;
  }
  return blockCount(first) > 1 || !load<u32>(first, ADJACENCY_BLOCK) || ownBlock(first + ADJACENCY_BLOCK) != 0;
}

/** Takes the pair of a relationship away. Requires: it is there, and `adjacencyOwn`, or it was added since the last view was opened. */
export function adjacencyRemove(head: usize, type: u32, relationship: u32): void {
  const place = findRun(head, type);
  const block = <usize>load<u32>(place);
  const pair = findPair(block, relationship);
  if (!pair) unreachable();
  const count = blockCount(block) - 1;
  if (DEBUG) assert(isWritable(birthOf(block)));
  store<u64>(pair, load<u64>(blockPair(block, count)));
  store<u16>(block, <u16>count, ADJACENCY_COUNT);
  const total = load<u32>(block, ADJACENCY_TOTAL) - 1;
  store<u32>(block, total, ADJACENCY_TOTAL);
  if (!count) dropFirst(place, block, total);
  else if (count << 2 <= <u32>load<u16>(block, ADJACENCY_ROOM) && !load<u32>(block, ADJACENCY_BLOCK)) resize(place, block, count + 1);
}

/** Gives the empty first block of a run away, and with it the run if there is no other. */
function dropFirst(place: usize, block: usize, total: u32): void {
  const behind = <usize>load<u32>(block, ADJACENCY_BLOCK);
  const nextRun = load<u32>(block, ADJACENCY_RUN);
  if (DEBUG) assert((behind != 0) == (total != 0));
  if (behind) {
    // One that was the first a moment ago knows it all, and may be somebody else's.
    if (load<u32>(behind, ADJACENCY_RUN) != nextRun) store<u32>(behind, nextRun, ADJACENCY_RUN);
    if (load<u32>(behind, ADJACENCY_TOTAL) != total) store<u32>(behind, total, ADJACENCY_TOTAL);
    store<u32>(place, <u32>behind);
  } else store<u32>(place, nextRun);
  retireBlock(block, PURPOSE_VALUE, birthOf(block));
}

/** Frees all runs. Returns how many pairs there were. */
export function adjacencyFree(head: usize): u32 {
  let pairs: u32 = 0;
  let run = <usize>load<u32>(head);
  while (run) {
    const next = <usize>load<u32>(run, ADJACENCY_RUN);
    while (run) {
      const behind = <usize>load<u32>(run, ADJACENCY_BLOCK);
      pairs += blockCount(run);
      release(run, PURPOSE_VALUE);
      run = behind;
    }
    run = next;
  }
  store<u32>(head, 0);
  return pairs;
}

/** Frees the blocks of a slot's runs that were born above the era `view`. */
export function adjacencyForget(head: usize, view: u32): void {
  let run = <usize>load<u32>(head);
  while (run && birthOf(run) > view) {
    const next = <usize>load<u32>(run, ADJACENCY_RUN);
    let block = run;
    while (block && birthOf(block) > view) {
      const behind = <usize>load<u32>(block, ADJACENCY_BLOCK);
      release(block, PURPOSE_VALUE);
      block = behind;
    }
    run = next;
  }
}

/** Pairs of all runs, or NO_PAIRS when an invariant is broken. For checks. */
export function adjacencyCheck(head: usize): u32 {
  let pairs: u32 = 0;
  let run = <usize>load<u32>(head);
  while (run) {
    let total: u32 = 0;
    const type = load<u16>(run, ADJACENCY_TYPE);
    if (runOf(head, type) != run) return NO_PAIRS;
    for (let block = run; block; block = <usize>load<u32>(block, ADJACENCY_BLOCK)) {
      const count = blockCount(block);
      if (load<u16>(block, ADJACENCY_TYPE) != type || !count || count > <u32>load<u16>(block, ADJACENCY_ROOM)) return NO_PAIRS;
      if (block != run && count != PAIRS_MAX) return NO_PAIRS;
      total += count;
    }
    if (total != load<u32>(run, ADJACENCY_TOTAL)) return NO_PAIRS;
    pairs += total;
    run = <usize>load<u32>(run, ADJACENCY_RUN);
  }
  return pairs;
}

/** What `adjacencyCheck` answers of broken runs. */
export const NO_PAIRS: u32 = 0xffffffff;
