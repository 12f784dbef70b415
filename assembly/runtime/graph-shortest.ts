/**
 * Shortest paths between two nodes for compiled plans: breadth first from both ends, each time a whole level from the end that has fewer
 * nodes to go on from. A search goes on in steps, as a walk does (graph-walk.ts).
 *
 * 1. No level before has met the other side, so all nodes at which a level meets it are at one distance from both ends, and each shortest
 *    path goes through exactly one of them. Of one path the first such node is enough.
 * 2. A side notes of each node (`ways`) the relationship by which it was reached, + 1; where all paths are wanted its distance instead:
 *    the ways to it lead to nodes that are one nearer, and are found among its pairs once more.
 * 3. Between different nodes a shortest walk uses no relationship twice. From a node to itself there is the path without relationships
 *    if the minimum is 0, and no other.
 *
 *   path   8  u32 WALK_LENGTH          12 u32 plan             16 u32 direction          20 u32 minimum       24 u32 maximum
 *          28 u32 1: all               32 u32 types            36 u32 STATE_*            44 u32 WALK_USED
 *          48 pairs                    76 queue of meeting nodes                         100 u32 chunk and 104 place in it, 108 left
 *          112 the side ahead          196 the side behind     280 table: relationships of the path
 *          292 frames of ways (a set's record)                 304 u32 frames in use     308 u32 the side at hand, or 0
 *   side   0  set of nodes             12 queue of nodes       36 table of ways          48 u32 chunk and 52 place in the queue
 *          56 u32 nodes taken          60 u32 left of the level                          64 u32 level         68 u32 nodes in front
 *          72 u32 direction            76 u32 the node where it begins
 *
 * Requires: nothing is written to the graph meanwhile. Cost: O(1) for each pair looked at.
 */
import {
  DIRECTION_BOTH,
  DIRECTION_IN,
  DIRECTION_OUT,
  PAIR_NEIGHBOUR,
  PAIR_RELATIONSHIP,
  RELATIONSHIP_END,
  RELATIONSHIP_START,
  WALK_DONE,
  WALK_FAILED,
  WALK_FOUND,
  WALK_LENGTH,
  WALK_MORE,
  WALK_USED,
} from "../abi/graph";
import { relationshipSlot } from "../graph/relationship";
import {
  PAIRS_BYTES,
  QUEUE_CHUNK_BYTES,
  QUEUE_COUNT,
  QUEUE_FIRST,
  QUEUE_NUMBERS,
  blockOf,
  forget,
  pairsNext,
  pairsNone,
  pairsOpen,
  pairsSkip,
  planGraph,
  queueClear,
  queueOpen,
  queuePush,
  relationshipList,
  setAdd,
  setHas,
  setOpen,
  tableAt,
  tablePlace,
} from "./graph-pairs";
import { plan_allocate } from "./plan-memory";

const NOBODY: u32 = 0xffffffff;
const PATH_PLAN: usize = 12;
const PATH_DIRECTION: usize = 16;
const PATH_MINIMUM: usize = 20;
const PATH_MAXIMUM: usize = 24;
const PATH_ALL: usize = 28;
const PATH_TYPES: usize = 32;
const PATH_STATE: usize = 36;
const PATH_PAIRS: usize = 48;
const PATH_MEETING: usize = 76;
const PATH_CHUNK: usize = 100;
const PATH_PLACE: usize = 104;
const PATH_LEFT: usize = 108;
const PATH_AHEAD: usize = 112;
const PATH_BEHIND: usize = 196;
const PATH_RELATIONSHIPS: usize = 280;
const PATH_FRAMES: usize = 292;
const PATH_DEPTH: usize = 304;
const PATH_NEAR: usize = 308;
const PATH_BYTES: u32 = 312;

const SIDE_SEEN: usize = 0;
const SIDE_QUEUE: usize = 12;
const SIDE_WAYS: usize = 36;
const SIDE_CHUNK: usize = 48;
const SIDE_PLACE: usize = 52;
const SIDE_TAKEN: usize = 56;
const SIDE_LEFT: usize = 60;
const SIDE_LEVEL: usize = 64;
const SIDE_FRONT: usize = 68;
const SIDE_DIRECTION: usize = 72;
const SIDE_START: usize = 76;

const STATE_SEARCH: u32 = 0;
const STATE_SHOW: u32 = 1;
const STATE_ENDED: u32 = 2;
const STATE_EMPTY: u32 = 3;

const FRAME_NODE: usize = 0;
const FRAME_BYTES: u32 = 4 + PAIRS_BYTES;
const FRAME_PAIRS: usize = 4;
const FRAMES_SHIFT: u32 = 7;

/** A search, or `path` when there is one; `maximum` -1: any length. 0: no memory. */
export function shortest_open(path: usize, plan: usize, direction: u32, minimum: u32, maximum: i32, all: u32): usize {
  if (path) return path;
  const made = plan_allocate(plan, PATH_BYTES);
  if (!made) return 0;
  store<u32>(made, <u32>plan, PATH_PLAN);
  store<u32>(made, minimum, PATH_MINIMUM);
  store<i32>(made, maximum, PATH_MAXIMUM);
  store<u32>(made, all, PATH_ALL);
  queueOpen(made + PATH_MEETING, plan);
  setOpen(made + PATH_RELATIONSHIPS, plan);
  setOpen(made + PATH_FRAMES, plan);
  const back = direction == DIRECTION_BOTH ? DIRECTION_BOTH : direction == DIRECTION_OUT ? DIRECTION_IN : DIRECTION_OUT;
  sideOpen(made + PATH_AHEAD, plan, direction);
  sideOpen(made + PATH_BEHIND, plan, back);
  return made;
}

function sideOpen(side: usize, plan: usize, direction: u32): void {
  setOpen(side + SIDE_SEEN, plan);
  setOpen(side + SIDE_WAYS, plan);
  queueOpen(side + SIDE_QUEUE, plan);
  store<u32>(side, direction, SIDE_DIRECTION);
}

/** Begins between two nodes; `types`: u32 count, i32 numbers. Without memory the error is in the cells. */
export function shortest_begin(path: usize, from: u32, to: u32, types: usize): void {
  store<u32>(path, <u32>types, PATH_TYPES);
  queueClear(path + PATH_MEETING);
  pairsNone(path + PATH_PAIRS);
  store<u32>(path, 0, PATH_NEAR);
  store<u32>(path, 0, WALK_LENGTH);
  forget(path + PATH_AHEAD + SIDE_QUEUE, path + PATH_AHEAD + SIDE_SEEN);
  forget(path + PATH_BEHIND + SIDE_QUEUE, path + PATH_BEHIND + SIDE_SEEN);
  const begun = from != to && sideBegin(path + PATH_AHEAD, from) && sideBegin(path + PATH_BEHIND, to);
  if (begun) store<u32>(path, STATE_SEARCH, PATH_STATE);
  else store<u32>(path, from == to && !load<u32>(path, PATH_MINIMUM) ? STATE_EMPTY : STATE_ENDED, PATH_STATE);
}

function sideBegin(side: usize, node: u32): bool {
  if (!see(side, node, 0)) return false;
  const chunk = <usize>load<u32>(side + SIDE_QUEUE, QUEUE_FIRST);
  store<u32>(side, <u32>chunk, SIDE_CHUNK);
  store<u32>(side, <u32>(chunk + QUEUE_NUMBERS), SIDE_PLACE);
  store<u32>(side, 0, SIDE_TAKEN);
  store<u32>(side, 0, SIDE_LEFT);
  store<u32>(side, 0, SIDE_LEVEL);
  store<u32>(side, 1, SIDE_FRONT);
  store<u32>(side, node, SIDE_START);
  return true;
}

/** Notes that a side has reached a node, and how. False: no memory. */
function see(side: usize, node: u32, way: u32): bool {
  const place = tablePlace(side + SIDE_WAYS, node);
  if (!place) return false;
  store<u32>(place, way);
  return setAdd(side + SIDE_SEEN, node) && queuePush(side + SIDE_QUEUE, node);
}

/** Goes on, looking at about `budget` pairs; WALK_USED says at how many. Requires: budget > 0. */
export function shortest_next(path: usize, budget: i32): i32 {
  const state = load<u32>(path, PATH_STATE);
  store<u32>(path, 0, WALK_USED);
  if (state == STATE_SEARCH) return search(path, budget);
  if (state == STATE_SHOW) return show(path, budget);
  store<u32>(path, STATE_ENDED, PATH_STATE);
  return state == STATE_EMPTY ? WALK_FOUND : WALK_DONE;
}

/** The relationships of the path that was found, as the word of a list. */
export function shortest_list(path: usize): u64 {
  return relationshipList(path + PATH_RELATIONSHIPS, load<u32>(path, WALK_LENGTH));
}

// The search ------------------------------------------------------------------------------------------------------------

/** Chooses the side that goes on; false: there is nothing to be found. */
function beginLevel(path: usize): bool {
  const ahead = path + PATH_AHEAD;
  const behind = path + PATH_BEHIND;
  const first = load<u32>(ahead, SIDE_FRONT);
  const second = load<u32>(behind, SIDE_FRONT);
  if (!first || !second || load<u32>(ahead, SIDE_LEVEL) + load<u32>(behind, SIDE_LEVEL) >= load<u32>(path, PATH_MAXIMUM)) return false;
  const near = first <= second ? ahead : behind;
  store<u32>(path, <u32>near, PATH_NEAR);
  store<u32>(near, load<u32>(near, SIDE_FRONT), SIDE_LEFT);
  return true;
}

/** A side has gone through its level. */
function endLevel(near: usize): void {
  store<u32>(near, load<u32>(near, SIDE_LEVEL) + 1, SIDE_LEVEL);
  store<u32>(near, load<u32>(near + SIDE_QUEUE, QUEUE_COUNT) - load<u32>(near, SIDE_TAKEN), SIDE_FRONT);
}

/** Opens the pairs of the level's next node; false: there is none. */
function nextNode(path: usize, near: usize): bool {
  const left = load<u32>(near, SIDE_LEFT);
  if (!left) return false;
  let place = <usize>load<u32>(near, SIDE_PLACE);
  const chunk = <usize>load<u32>(near, SIDE_CHUNK);
  if (place == chunk + QUEUE_CHUNK_BYTES) {
    store<u32>(near, load<u32>(chunk), SIDE_CHUNK);
    place = <usize>load<u32>(chunk) + QUEUE_NUMBERS;
  }
  store<u32>(near, <u32>(place + 4), SIDE_PLACE);
  store<u32>(near, load<u32>(near, SIDE_TAKEN) + 1, SIDE_TAKEN);
  store<u32>(near, left - 1, SIDE_LEFT);
  pairsOpen(path + PATH_PAIRS, load<u32>(place), load<u32>(near, SIDE_DIRECTION), <usize>load<u32>(path, PATH_TYPES));
  return true;
}

function search(path: usize, budget: i32): i32 {
  const types = <usize>load<u32>(path, PATH_TYPES);
  const all = load<u32>(path, PATH_ALL) != 0;
  for (let left = budget; left > 0; left--) {
    const near = <usize>load<u32>(path, PATH_NEAR);
    if (near) left -= pairsSkip(path + PATH_PAIRS, near + SIDE_SEEN, NOBODY);
    store<i32>(path, budget - left + 1, WALK_USED);
    const pair = near ? pairsNext(path + PATH_PAIRS, types) : 0;
    if (!pair) {
      if (near && nextNode(path, near)) continue;
      if (near) endLevel(near);
      if (load<u32>(path + PATH_MEETING, QUEUE_COUNT)) return beginShow(path, left);
      if (beginLevel(path)) continue;
      store<u32>(path, STATE_ENDED, PATH_STATE);
      return WALK_DONE;
    }
    const node = load<u32>(pair, PAIR_NEIGHBOUR);
    if (setHas(near + SIDE_SEEN, node)) continue;
    if (!see(near, node, all ? load<u32>(near, SIDE_LEVEL) + 1 : load<u32>(pair, PAIR_RELATIONSHIP) + 1)) return WALK_FAILED;
    const far = near == path + PATH_AHEAD ? path + PATH_BEHIND : path + PATH_AHEAD;
    if (!setHas(far + SIDE_SEEN, node)) continue;
    if (!all) {
      store<u32>(path, STATE_ENDED, PATH_STATE);
      return join(path, node) ? WALK_FOUND : WALK_FAILED;
    }
    if (!queuePush(path + PATH_MEETING, node)) return WALK_FAILED;
  }
  return WALK_MORE;
}

// One path --------------------------------------------------------------------------------------------------------------

/** The node at the other end of a relationship. */
function otherEnd(relationship: u32, node: u32): u32 {
  const slot = relationshipSlot(planGraph(), relationship);
  const start = load<u32>(slot, RELATIONSHIP_START);
  return start == node ? load<u32>(slot, RELATIONSHIP_END) : start;
}

/** How far a side is from a node. */
function distanceOf(side: usize, node: u32): u32 {
  const start = load<u32>(side, SIDE_START);
  let length: u32 = 0;
  for (let at = node; at != start; at = otherEnd(tableAt(side + SIDE_WAYS, at) - 1, at)) length++;
  return length;
}

/** Puts the path through a node together. False: no memory. */
function join(path: usize, node: u32): bool {
  const ahead = path + PATH_AHEAD;
  const behind = path + PATH_BEHIND;
  const first = distanceOf(ahead, node);
  let at = node;
  for (let index = first; index > 0; index--) {
    const relationship = tableAt(ahead + SIDE_WAYS, at) - 1;
    if (!put(path, index - 1, relationship)) return false;
    at = otherEnd(relationship, at);
  }
  let length = first;
  at = node;
  while (at != load<u32>(behind, SIDE_START)) {
    const relationship = tableAt(behind + SIDE_WAYS, at) - 1;
    if (!put(path, length++, relationship)) return false;
    at = otherEnd(relationship, at);
  }
  store<u32>(path, length, WALK_LENGTH);
  return true;
}

function put(path: usize, index: u32, relationship: u32): bool {
  const place = tablePlace(path + PATH_RELATIONSHIPS, index);
  if (!place) return false;
  store<u32>(place, relationship);
  return true;
}

// All paths -------------------------------------------------------------------------------------------------------------

/** The frame of a position on the path; 0: no memory. */
function frameAt(path: usize, position: u32): usize {
  const chunk = blockOf(path + PATH_FRAMES, position >> FRAMES_SHIFT, FRAME_BYTES << FRAMES_SHIFT);
  return chunk ? chunk + <usize>(position & ((1 << FRAMES_SHIFT) - 1)) * FRAME_BYTES : 0;
}

/** The sides have met. */
function beginShow(path: usize, budget: i32): i32 {
  const meeting = path + PATH_MEETING;
  const chunk = <usize>load<u32>(meeting, QUEUE_FIRST);
  store<u32>(path, <u32>chunk, PATH_CHUNK);
  store<u32>(path, <u32>(chunk + QUEUE_NUMBERS), PATH_PLACE);
  store<u32>(path, load<u32>(meeting, QUEUE_COUNT), PATH_LEFT);
  store<u32>(path, 0, PATH_DEPTH);
  store<u32>(path, load<u32>(path + PATH_AHEAD, SIDE_LEVEL) + load<u32>(path + PATH_BEHIND, SIDE_LEVEL), WALK_LENGTH);
  store<u32>(path, STATE_SHOW, PATH_STATE);
  return show(path, budget);
}

/**
 * Opens the pairs of a position: the first ones go from the meeting node back to where the side ahead began, those behind from the
 * meeting node on.
 */
function openFrame(path: usize, position: u32, node: u32): bool {
  const frame = frameAt(path, position);
  if (!frame) return false;
  const isBack = position < load<u32>(path + PATH_AHEAD, SIDE_LEVEL);
  // The way to a node leads against the direction in which the side went.
  const other = path + (isBack ? PATH_BEHIND : PATH_AHEAD);
  store<u32>(frame, node, FRAME_NODE);
  pairsOpen(frame + FRAME_PAIRS, node, load<u32>(other, SIDE_DIRECTION), <usize>load<u32>(path, PATH_TYPES));
  store<u32>(path, position + 1, PATH_DEPTH);
  return true;
}

/** Opens the first frame of the next meeting node. False: no memory. Requires: there is one. */
function nextMeeting(path: usize): bool {
  let place = <usize>load<u32>(path, PATH_PLACE);
  const chunk = <usize>load<u32>(path, PATH_CHUNK);
  if (place == chunk + QUEUE_CHUNK_BYTES) {
    store<u32>(path, load<u32>(chunk), PATH_CHUNK);
    place = <usize>load<u32>(chunk) + QUEUE_NUMBERS;
  }
  store<u32>(path, <u32>(place + 4), PATH_PLACE);
  store<u32>(path, load<u32>(path, PATH_LEFT) - 1, PATH_LEFT);
  return openFrame(path, 0, load<u32>(place));
}

/** The next path. Ways of a side lead to nodes that are one nearer, so there are no dead ends. */
function show(path: usize, budget: i32): i32 {
  const types = <usize>load<u32>(path, PATH_TYPES);
  const length = load<u32>(path, WALK_LENGTH);
  const back = load<u32>(path + PATH_AHEAD, SIDE_LEVEL);
  for (let left = budget; left > 0; left--) {
    store<i32>(path, budget - left + 1, WALK_USED);
    const depth = load<u32>(path, PATH_DEPTH);
    if (!depth) {
      if (load<u32>(path, PATH_LEFT)) {
        if (!nextMeeting(path)) return WALK_FAILED;
        continue;
      }
      store<u32>(path, STATE_ENDED, PATH_STATE);
      return WALK_DONE;
    }
    const position = depth - 1;
    const frame = frameAt(path, position);
    const pair = pairsNext(frame + FRAME_PAIRS, types);
    if (!pair) {
      store<u32>(path, position, PATH_DEPTH);
      continue;
    }
    const isBack = position < back;
    const side = path + (isBack ? PATH_AHEAD : PATH_BEHIND);
    const node = load<u32>(pair, PAIR_NEIGHBOUR);
    const nearer = (isBack ? back : length) - position - 1;
    if (!setHas(side + SIDE_SEEN, node) || tableAt(side + SIDE_WAYS, node) != nearer) continue;
    if (!put(path, isBack ? nearer : position, load<u32>(pair, PAIR_RELATIONSHIP))) return WALK_FAILED;
    if (depth == length) return WALK_FOUND;
    if (!openFrame(path, depth, depth == back ? load<u32>(frameAt(path, 0), FRAME_NODE) : node)) return WALK_FAILED;
  }
  return WALK_MORE;
}
