/**
 * Walks of variable length for compiled plans: all walks from a node whose relationships differ, depth first; or each node that can be
 * reached, once, breadth first. A walk goes on in steps: `walk_next` answers where it stands next, or that its work is used up.
 *
 * 1. Depth first: a stack of frames {u32 node, u32 relationship, pairs}. Relationships on the way are looked for in the first LINEAR
 *    frames one by one, behind them in a set.
 * 2. Breadth first, for minima of 0 and 1: the shortest way to a node uses no relationship twice. The way back to the beginning is
 *    another matter: where both directions are walked, it must not be the way there. So each node knows by which of the first
 *    relationships it was reached (its branch); where two branches meet there is a way back.
 * 3. Nodes that were reached are in a set and, in order, in a queue, which also says what to take out of the set again.
 * 4. With a condition on each step (WALK_STEPS) every step is answered, and `walk_drop` takes back the one that was answered last. The
 *    plan looks at the length by itself then. Where (2) would need branches, or the minimum is 2 or more, all walks are tried instead, and
 *    ends that were seen are left out (`walk_first` with conditions).
 *
 *   walk   0  WALK_*                    12 u32 plan             16 u32 direction          20 u32 minimum       24 u32 maximum
 *          28 u32 flags                 32 u32 types            36 u32 wanted end, or u32 max                  40 u32 beginning
 *          44 u32 WALK_USED             48 u32 depth            52 u32 top frame          56 u32 1: its pairs are not open
 *          60 frames (a set's record)   72 set of relationships on the way                84 set of nodes      96 queue of nodes
 *          120 pairs                    148 u32 chunk and 152 place of the queue at hand  156 u32 nodes taken from it
 *          160 u32 nodes left of the level                      164 u32 1: the beginning needs no more looking for
 *          168 u32 branch at hand       172 table of branches   184 table of distances    196 u32 distance of the nodes at hand
 *          200 u32 chunk and 204 place of the next answer       208 u32 nodes answered        212 u32 STATE_*
 *
 * 5. Breadth first without conditions and with any end, what was reached is answered in groups: nodes lie anywhere in memory, and what the
 *    plan reads of them is asked for together beforehand, so that the waiting for it overlaps (group prefetching: Chen et al., "Improving
 *    Hash Join Performance through Prefetching", 2007). So are the pairs of the nodes that come next in the queue.
 *
 * Cost: O(1) for each pair looked at; depth first also O(LINEAR).
 */
import {
  DIRECTION_BOTH,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
  WALK_DONE,
  WALK_FAILED,
  WALK_FOUND,
  WALK_LENGTH,
  WALK_MORE,
  WALK_NODE,
  WALK_REACHABLE,
  WALK_RELATIONSHIP,
  WALK_STEPS,
  WALK_USED,
} from "../abi/graph";
import { openContainer, packedReset } from "../value/packed-writer";
import {
  PAIRS_BYTES,
  WARM_NODES,
  WARM_PAIRS,
  warmNodes,
  warmPairs,
  QUEUE_CHUNK_BYTES,
  QUEUE_COUNT,
  QUEUE_FIRST,
  QUEUE_NUMBERS,
  blockOf,
  finishList,
  forget,
  pairsNext,
  pairsNone,
  pairsOpen,
  pairsSkip,
  queueDrop,
  queueOpen,
  queuePush,
  setAdd,
  setHas,
  setOpen,
  setRemove,
  tableAt,
  tablePlace,
  writeRelationship,
} from "./graph-pairs";
import { plan_allocate } from "./plan-memory";

const WALK_PLAN: usize = 12;
const WALK_DIRECTION: usize = 16;
const WALK_MINIMUM: usize = 20;
const WALK_MAXIMUM: usize = 24;
const WALK_FLAGS: usize = 28;
const WALK_TYPES: usize = 32;
const WALK_WANTED: usize = 36;
const WALK_START: usize = 40;
const WALK_DEPTH: usize = 48;
const WALK_TOP: usize = 52;
const WALK_FRESH: usize = 56;
const WALK_FRAMES: usize = 60;
const WALK_WAY: usize = 72;
const WALK_SEEN: usize = 84;
const WALK_QUEUE: usize = 96;
const WALK_PAIRS: usize = 120;
const WALK_CHUNK: usize = 148;
const WALK_PLACE: usize = 152;
const WALK_TAKEN: usize = 156;
const WALK_LEFT: usize = 160;
const WALK_RETURNED: usize = 164;
const WALK_BRANCH: usize = 168;
const WALK_BRANCHES: usize = 172;
const WALK_DISTANCES: usize = 184;
const WALK_DISTANCE: usize = 196;
const WALK_ANSWER_CHUNK: usize = 200;
const WALK_ANSWER_PLACE: usize = 204;
const WALK_ANSWERED: usize = 208;
const WALK_STATE: usize = 212;
const WALK_BYTES: u32 = 216;
/** Nodes that are answered in one go. */
const GROUP: u32 = 64;

const STATE_NEW: u32 = 0;
const STATE_DEEP: u32 = 1;
const STATE_WIDE: u32 = 2;

const NOBODY: u32 = 0xffffffff;
/** Frames whose relationships are looked at one by one. */
const LINEAR: u32 = 24;
const FRAME_NODE: usize = 0;
const FRAME_RELATIONSHIP: usize = 4;
const FRAME_PAIRS: usize = 8;
const FRAME_BYTES: u32 = 8 + PAIRS_BYTES;
const FRAMES_SHIFT: u32 = 7;
const FRAME_CHUNK_BYTES: u32 = FRAME_BYTES << FRAMES_SHIFT;

/** A walk, or `walk` when there is one; `maximum` -1: any number of steps. 0: no memory. */
export function walk_open(walk: usize, plan: usize, direction: u32, minimum: u32, maximum: i32, flags: u32): usize {
  if (walk) return walk;
  const made = plan_allocate(plan, WALK_BYTES);
  if (!made) return 0;
  store<u32>(made, <u32>plan, WALK_PLAN);
  store<u32>(made, direction, WALK_DIRECTION);
  store<u32>(made, minimum, WALK_MINIMUM);
  store<i32>(made, maximum, WALK_MAXIMUM);
  store<u32>(made, flags, WALK_FLAGS);
  setOpen(made + WALK_FRAMES, plan);
  setOpen(made + WALK_WAY, plan);
  setOpen(made + WALK_SEEN, plan);
  setOpen(made + WALK_BRANCHES, plan);
  setOpen(made + WALK_DISTANCES, plan);
  queueOpen(made + WALK_QUEUE, plan);
  return made;
}

/** Begins at a node. `types`: u32 count, i32 numbers; `wanted`: the only end that is asked for, or -1. */
export function walk_begin(walk: usize, start: u32, types: usize, wanted: u32): void {
  while (load<u32>(walk, WALK_DEPTH)) pop(walk);
  forget(walk + WALK_QUEUE, walk + WALK_SEEN);
  store<u32>(walk, <u32>types, WALK_TYPES);
  store<u32>(walk, wanted, WALK_WANTED);
  store<u32>(walk, start, WALK_START);
  store<u32>(walk, NOBODY, WALK_NODE);
  store<u32>(walk, STATE_NEW, WALK_STATE);
}

function isWide(walk: usize): bool {
  const flags = load<u32>(walk, WALK_FLAGS);
  const minimum = load<u32>(walk, WALK_MINIMUM);
  if (!(flags & WALK_REACHABLE) || minimum > 1) return false;
  return !minimum || !(flags & WALK_STEPS) || load<u32>(walk, WALK_DIRECTION) != DIRECTION_BOTH;
}

/** Goes on, looking at about `budget` pairs; WALK_USED says at how many. Requires: budget > 0. */
export function walk_next(walk: usize, budget: i32): i32 {
  const state = load<u32>(walk, WALK_STATE);
  store<u32>(walk, 0, WALK_USED);
  if (state == STATE_DEEP) return deepNext(walk, budget);
  if (state == STATE_WIDE) return isReached(walk) ? WALK_DONE : wideNext(walk, budget);
  const wide = isWide(walk);
  store<u32>(walk, wide ? STATE_WIDE : STATE_DEEP, WALK_STATE);
  if (!(wide ? wideBegin(walk) : deepBegin(walk))) return WALK_FAILED;
  if (!load<u32>(walk, WALK_MINIMUM) && isWanted(walk, load<u32>(walk, WALK_START)))
    return found(walk, load<u32>(walk, WALK_START), NOBODY, 0);
  return wide ? wideNext(walk, budget) : deepNext(walk, budget);
}

/** Whether the only end that is wanted was answered, and no condition of the plan may have refused it. */
function isReached(walk: usize): bool {
  const wanted = load<u32>(walk, WALK_WANTED);
  return wanted != NOBODY && wanted == load<u32>(walk, WALK_NODE) && !(load<u32>(walk, WALK_FLAGS) & WALK_STEPS);
}

// @ts-ignore: decorator
@inline
function isWanted(walk: usize, node: u32): bool {
  const wanted = load<u32>(walk, WALK_WANTED);
  return wanted == NOBODY || wanted == node;
}

// @ts-ignore: decorator
@inline
function found(walk: usize, node: u32, relationship: u32, length: u32): i32 {
  store<u32>(walk, node, WALK_NODE);
  store<u32>(walk, relationship, WALK_RELATIONSHIP);
  store<u32>(walk, length, WALK_LENGTH);
  return WALK_FOUND;
}

/** Takes back the step that was answered last: the plan's condition refuses it. */
export function walk_drop(walk: usize): void {
  const node = load<u32>(walk, WALK_NODE);
  if (load<u32>(walk, WALK_STATE) == STATE_DEEP) {
    pop(walk);
    store<u32>(walk, 0, WALK_FRESH);
  } else if (node == load<u32>(walk, WALK_START)) {
    store<u32>(walk, 0, WALK_RETURNED);
  } else {
    setRemove(walk + WALK_SEEN, node);
    queueDrop(walk + WALK_QUEUE);
  }
}

/** Whether the end that was answered last is one that has not been seen, of walks with conditions that ask for each end once. */
export function walk_first(walk: usize): i32 {
  const node = load<u32>(walk, WALK_NODE);
  if (load<u32>(walk, WALK_STATE) == STATE_WIDE) return 1;
  return !setHas(walk + WALK_SEEN, node) && see(walk, node) ? 1 : 0;
}

/** Adds a node to those that were seen. False: no memory. */
function see(walk: usize, node: u32): bool {
  return setAdd(walk + WALK_SEEN, node) && queuePush(walk + WALK_QUEUE, node);
}

/** The relationships on the way, as the word of a list. */
export function walk_list(walk: usize): u64 {
  packedReset();
  const start = openContainer();
  const length = load<u32>(walk, WALK_LENGTH);
  for (let depth: u32 = 1; depth <= length; depth++) writeRelationship(load<u32>(frameAt(walk, depth), FRAME_RELATIONSHIP));
  return finishList(start, length);
}

// Depth first -----------------------------------------------------------------------------------------------------------

/** The frame at a depth; 0: no memory. */
function frameAt(walk: usize, depth: u32): usize {
  const chunk = blockOf(walk + WALK_FRAMES, depth >> FRAMES_SHIFT, FRAME_CHUNK_BYTES);
  return chunk ? chunk + <usize>(depth & ((1 << FRAMES_SHIFT) - 1)) * FRAME_BYTES : 0;
}

function deepBegin(walk: usize): bool {
  const frame = frameAt(walk, 0);
  if (!frame) return false;
  store<u32>(frame, load<u32>(walk, WALK_START), FRAME_NODE);
  store<u32>(frame, NOBODY, FRAME_RELATIONSHIP);
  store<u32>(walk, <u32>frame, WALK_TOP);
  store<u32>(walk, 1, WALK_FRESH);
  return true;
}

function push(walk: usize, node: u32, relationship: u32): bool {
  const depth = load<u32>(walk, WALK_DEPTH) + 1;
  const frame = frameAt(walk, depth);
  if (!frame || (depth > LINEAR && !setAdd(walk + WALK_WAY, relationship))) return false;
  store<u32>(frame, node, FRAME_NODE);
  store<u32>(frame, relationship, FRAME_RELATIONSHIP);
  store<u32>(walk, depth, WALK_DEPTH);
  store<u32>(walk, <u32>frame, WALK_TOP);
  store<u32>(walk, 1, WALK_FRESH);
  return true;
}

/** Requires: the walk has a step. */
function pop(walk: usize): void {
  const depth = load<u32>(walk, WALK_DEPTH);
  if (depth > LINEAR) setRemove(walk + WALK_WAY, load<u32>(<usize>load<u32>(walk, WALK_TOP), FRAME_RELATIONSHIP));
  store<u32>(walk, depth - 1, WALK_DEPTH);
  store<u32>(walk, <u32>frameAt(walk, depth - 1), WALK_TOP);
}

/** Whether a relationship is on the way. */
function isOnWay(walk: usize, relationship: u32): bool {
  const depth = load<u32>(walk, WALK_DEPTH);
  const looked = depth < LINEAR ? depth : LINEAR;
  // The first frames lie in one chunk.
  let frame = frameAt(walk, 0);
  for (let index: u32 = 0; index < looked; index++) {
    frame += FRAME_BYTES;
    if (load<u32>(frame, FRAME_RELATIONSHIP) == relationship) return true;
  }
  return depth > LINEAR && setHas(walk + WALK_WAY, relationship);
}

function deepNext(walk: usize, budget: i32): i32 {
  const types = <usize>load<u32>(walk, WALK_TYPES);
  const maximum = load<u32>(walk, WALK_MAXIMUM);
  const minimum = load<u32>(walk, WALK_MINIMUM);
  const flags = load<u32>(walk, WALK_FLAGS);
  for (let left = budget; left > 0; left--) {
    store<i32>(walk, budget - left + 1, WALK_USED);
    const top = <usize>load<u32>(walk, WALK_TOP);
    const depth = load<u32>(walk, WALK_DEPTH);
    if (load<u32>(walk, WALK_FRESH)) {
      store<u32>(walk, 0, WALK_FRESH);
      if (depth < maximum) pairsOpen(top + FRAME_PAIRS, load<u32>(top, FRAME_NODE), load<u32>(walk, WALK_DIRECTION), types);
      else pairsNone(top + FRAME_PAIRS);
    }
    const pair = pairsNext(top + FRAME_PAIRS, types);
    if (!pair) {
      if (!depth) return WALK_DONE;
      pop(walk);
      continue;
    }
    const relationship = load<u32>(pair, PAIR_RELATIONSHIP);
    const node = load<u32>(pair, PAIR_NEIGHBOUR);
    if (isOnWay(walk, relationship)) continue;
    const answers = (flags & WALK_STEPS) != 0 || (depth + 1 >= minimum && isWanted(walk, node));
    // The last step is nobody's way.
    if (!answers && depth + 1 >= maximum) continue;
    if (!push(walk, node, relationship)) return WALK_FAILED;
    if (!answers) continue;
    if ((flags & (WALK_STEPS | WALK_REACHABLE)) == WALK_REACHABLE) {
      if (setHas(walk + WALK_SEEN, node)) continue;
      if (!see(walk, node)) return WALK_FAILED;
    }
    return found(walk, node, relationship, depth + 1);
  }
  return WALK_MORE;
}

// Breadth first ---------------------------------------------------------------------------------------------------------

function wideBegin(walk: usize): bool {
  const start = load<u32>(walk, WALK_START);
  if (!see(walk, start)) return false;
  const chunk = <usize>load<u32>(walk + WALK_QUEUE, QUEUE_FIRST);
  store<u32>(walk, <u32>chunk, WALK_CHUNK);
  store<u32>(walk, <u32>(chunk + QUEUE_NUMBERS), WALK_PLACE);
  store<u32>(walk, 0, WALK_TAKEN);
  store<u32>(walk, <u32>chunk, WALK_ANSWER_CHUNK);
  store<u32>(walk, <u32>(chunk + QUEUE_NUMBERS + 4), WALK_ANSWER_PLACE);
  store<u32>(walk, 1, WALK_ANSWERED);
  store<u32>(walk, 1, WALK_LEFT);
  pairsNone(walk + WALK_PAIRS);
  store<u32>(walk, load<u32>(walk, WALK_MINIMUM) && isWanted(walk, start) ? 0 : 1, WALK_RETURNED);
  store<u32>(walk, NOBODY, WALK_BRANCH);
  store<u32>(walk, 0, WALK_DISTANCE);
  return true;
}

/** Whether the beginning is still looked for by branches. */
// @ts-ignore: decorator
@inline
function isBranching(walk: usize): bool {
  return !load<u32>(walk, WALK_RETURNED) && load<u32>(walk, WALK_DIRECTION) == DIRECTION_BOTH;
}

/** Opens the pairs of the next node of the queue; false: there is none. */
function nextNode(walk: usize, types: usize): bool {
  const queue = walk + WALK_QUEUE;
  if (!load<u32>(walk, WALK_LEFT)) {
    store<u32>(walk, load<u32>(queue, QUEUE_COUNT) - load<u32>(walk, WALK_TAKEN), WALK_LEFT);
    store<u32>(walk, load<u32>(walk, WALK_DISTANCE) + 1, WALK_DISTANCE);
    if (!load<u32>(walk, WALK_LEFT)) return false;
  }
  if (load<u32>(walk, WALK_DISTANCE) >= load<u32>(walk, WALK_MAXIMUM)) return false;
  let place = <usize>load<u32>(walk, WALK_PLACE);
  const chunk = <usize>load<u32>(walk, WALK_CHUNK);
  if (place == chunk + QUEUE_CHUNK_BYTES) {
    store<u32>(walk, load<u32>(chunk), WALK_CHUNK);
    place = <usize>load<u32>(chunk) + QUEUE_NUMBERS;
  }
  if (!(load<u32>(walk, WALK_TAKEN) & (WARM_PAIRS - 1))) warmPairs(place, warmCount(walk, place), load<u32>(walk, WALK_DIRECTION));
  const node = load<u32>(place);
  store<u32>(walk, <u32>(place + 4), WALK_PLACE);
  store<u32>(walk, load<u32>(walk, WALK_TAKEN) + 1, WALK_TAKEN);
  store<u32>(walk, load<u32>(walk, WALK_LEFT) - 1, WALK_LEFT);
  if (isBranching(walk) && load<u32>(walk, WALK_DISTANCE)) store<u32>(walk, tableAt(walk + WALK_BRANCHES, node), WALK_BRANCH);
  pairsOpen(walk + WALK_PAIRS, node, load<u32>(walk, WALK_DIRECTION), types);
  return true;
}

/** How many of the queue's numbers from `place` on are to be warmed. */
function warmCount(walk: usize, place: usize): u32 {
  const inChunk = (<u32>(<usize>load<u32>(walk, WALK_CHUNK) + QUEUE_CHUNK_BYTES - place)) >> 2;
  const left = load<u32>(walk + WALK_QUEUE, QUEUE_COUNT) - load<u32>(walk, WALK_TAKEN);
  const most = inChunk < left ? inChunk : left;
  return most < WARM_PAIRS ? most : WARM_PAIRS;
}

/** Whether ends are answered in groups (5). */
function isGrouped(walk: usize): bool {
  return !(load<u32>(walk, WALK_FLAGS) & WALK_STEPS) && load<u32>(walk, WALK_WANTED) == NOBODY;
}

/** Answers the next of the nodes that were reached. Requires: there is one. */
function answer(walk: usize): i32 {
  let chunk = <usize>load<u32>(walk, WALK_ANSWER_CHUNK);
  let place = <usize>load<u32>(walk, WALK_ANSWER_PLACE);
  if (place == chunk + QUEUE_CHUNK_BYTES) {
    chunk = <usize>load<u32>(chunk);
    place = chunk + QUEUE_NUMBERS;
    store<u32>(walk, <u32>chunk, WALK_ANSWER_CHUNK);
  }
  const answered = load<u32>(walk, WALK_ANSWERED);
  if (!((answered - 1) & (WARM_NODES - 1))) {
    const waiting = load<u32>(walk + WALK_QUEUE, QUEUE_COUNT) - answered;
    const inChunk = (<u32>(chunk + QUEUE_CHUNK_BYTES - place)) >> 2;
    const most = waiting < inChunk ? waiting : inChunk;
    warmNodes(place, most < WARM_NODES ? most : WARM_NODES);
  }
  store<u32>(walk, <u32>(place + 4), WALK_ANSWER_PLACE);
  store<u32>(walk, answered + 1, WALK_ANSWERED);
  return found(walk, load<u32>(place), NOBODY, 0);
}

function wideNext(walk: usize, budget: i32): i32 {
  const grouped = isGrouped(walk);
  const waits = load<u32>(walk + WALK_QUEUE, QUEUE_COUNT) - load<u32>(walk, WALK_ANSWERED);
  // A group that has been begun is answered to its end.
  if (grouped && waits && (load<u32>(walk, WALK_ANSWERED) - 1) & (GROUP - 1)) return answer(walk);
  const types = <usize>load<u32>(walk, WALK_TYPES);
  const start = load<u32>(walk, WALK_START);
  for (let left = budget; left > 0; left--) {
    if (!isBranching(walk)) left -= pairsSkip(walk + WALK_PAIRS, walk + WALK_SEEN, load<u32>(walk, WALK_RETURNED) ? NOBODY : start);
    store<i32>(walk, budget - left + 1, WALK_USED);
    const pair = pairsNext(walk + WALK_PAIRS, types);
    if (!pair) {
      if (nextNode(walk, types)) continue;
      return grouped && load<u32>(walk + WALK_QUEUE, QUEUE_COUNT) > load<u32>(walk, WALK_ANSWERED) ? answer(walk) : WALK_DONE;
    }
    const node = load<u32>(pair, PAIR_NEIGHBOUR);
    const relationship = load<u32>(pair, PAIR_RELATIONSHIP);
    const distance = load<u32>(walk, WALK_DISTANCE) + 1;
    if (setHas(walk + WALK_SEEN, node)) {
      if (load<u32>(walk, WALK_RETURNED) || !returns(walk, node, relationship)) continue;
      store<u32>(walk, 1, WALK_RETURNED);
      return found(walk, start, relationship, distance);
    }
    if (!see(walk, node)) return WALK_FAILED;
    if (isBranching(walk) && !branch(walk, node, relationship, distance)) return WALK_FAILED;
    if (grouped) {
      if (load<u32>(walk + WALK_QUEUE, QUEUE_COUNT) - load<u32>(walk, WALK_ANSWERED) >= GROUP) return answer(walk);
    } else if (load<u32>(walk, WALK_FLAGS) & WALK_STEPS || isWanted(walk, node)) {
      return found(walk, node, relationship, distance);
    }
  }
  return WALK_MORE;
}

/** Notes how a node was reached. */
function branch(walk: usize, node: u32, relationship: u32, distance: u32): bool {
  const branchPlace = tablePlace(walk + WALK_BRANCHES, node);
  const distancePlace = tablePlace(walk + WALK_DISTANCES, node);
  if (!branchPlace || !distancePlace) return false;
  store<u32>(branchPlace, distance == 1 ? relationship : load<u32>(walk, WALK_BRANCH));
  store<u32>(distancePlace, distance);
  return true;
}

/** Whether a relationship to a node that was reached before makes a way back to the beginning. */
function returns(walk: usize, node: u32, relationship: u32): bool {
  const start = load<u32>(walk, WALK_START);
  if (load<u32>(walk, WALK_DIRECTION) != DIRECTION_BOTH) return node == start;
  const distance = load<u32>(walk, WALK_DISTANCE);
  // A loop of the beginning.
  if (!distance && node == start) return true;
  const here = distance ? load<u32>(walk, WALK_BRANCH) : relationship;
  const there = node == start ? relationship : tableAt(walk + WALK_BRANCHES, node);
  const way = distance + 1 + (node == start ? 0 : tableAt(walk + WALK_DISTANCES, node));
  return here != there && way <= load<u32>(walk, WALK_MAXIMUM);
}
