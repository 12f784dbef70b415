/**
 * Expanding a node: its pairs in one or both directions, of one type or all, a batch at a time (abi/graph.ts has the cursor). In both
 * directions a loop comes once.
 *
 * Requires: nothing is written to the graph between two batches. Cost: O(pairs) and a look at each run.
 */
import {
  ADJACENCY_BLOCK,
  ADJACENCY_RUN,
  ADJACENCY_TYPE,
  DIRECTION_BOTH,
  DIRECTION_IN,
  EXPAND_BLOCK,
  EXPAND_BYTES,
  EXPAND_INDEX,
  EXPAND_NODE,
  EXPAND_OTHER,
  EXPAND_RUN,
  EXPAND_SECOND,
  EXPAND_TYPE,
  NODE_IN,
  NODE_NUMBER,
  NODE_OUT,
  PAIR_BYTES,
  PAIR_NEIGHBOUR,
  TYPE_ANY,
} from "../abi/graph";
import { copyBytes } from "../bytes/copy";
import { blockCount, blockPair } from "./adjacency";

/** Begins at a node; `slot` 0: there is none, and no pair. */
export function expandBegin(cursor: usize, slot: usize, direction: u32, type: i32): void {
  memory.fill(cursor, 0, EXPAND_BYTES);
  if (!slot) return;
  store<i32>(cursor, type, EXPAND_TYPE);
  store<u32>(cursor, load<u32>(slot, NODE_NUMBER), EXPAND_NODE);
  enterRun(cursor, <usize>load<u32>(slot + (direction == DIRECTION_IN ? NODE_IN : NODE_OUT)));
  if (direction == DIRECTION_BOTH) {
    store<u32>(cursor, load<u32>(slot, NODE_IN), EXPAND_OTHER);
    if (!load<u32>(cursor, EXPAND_BLOCK)) turn(cursor);
  }
}

/** Goes to the first run of the cursor's type from `run` on. */
function enterRun(cursor: usize, run: usize): void {
  const type = load<i32>(cursor, EXPAND_TYPE);
  let found = run;
  while (found && type != TYPE_ANY && <i32>load<u16>(found, ADJACENCY_TYPE) != type) found = <usize>load<u32>(found, ADJACENCY_RUN);
  store<u32>(cursor, <u32>found, EXPAND_RUN);
  store<u32>(cursor, <u32>found, EXPAND_BLOCK);
  store<u32>(cursor, 0, EXPAND_INDEX);
}

/** Goes on in the other direction, if there is one left. */
function turn(cursor: usize): void {
  const other = <usize>load<u32>(cursor, EXPAND_OTHER);
  if (!other) return;
  store<u32>(cursor, 0, EXPAND_OTHER);
  store<u32>(cursor, 1, EXPAND_SECOND);
  enterRun(cursor, other);
}

/** Goes on behind the block. */
function leaveBlock(cursor: usize, block: usize): void {
  const behind = load<u32>(block, ADJACENCY_BLOCK);
  store<u32>(cursor, 0, EXPAND_INDEX);
  store<u32>(cursor, behind, EXPAND_BLOCK);
  if (behind) return;
  enterRun(cursor, <usize>load<u32>(<usize>load<u32>(cursor, EXPAND_RUN), ADJACENCY_RUN));
  if (!load<u32>(cursor, EXPAND_BLOCK)) turn(cursor);
}

/** Copies up to `count` pairs to `target`; returns how many. 0: there are no more. Requires: count > 0. */
export function expandNext(cursor: usize, target: usize, count: u32): u32 {
  let copied: u32 = 0;
  while (copied < count) {
    const block = <usize>load<u32>(cursor, EXPAND_BLOCK);
    if (!block) break;
    const index = load<u32>(cursor, EXPAND_INDEX);
    const there = blockCount(block) - index;
    const wanted = there < count - copied ? there : count - copied;
    copied += copyPairs(cursor, blockPair(block, index), wanted, target + <usize>copied * PAIR_BYTES);
    if (wanted == there) leaveBlock(cursor, block);
    else store<u32>(cursor, index + wanted, EXPAND_INDEX);
  }
  return copied;
}

function copyPairs(cursor: usize, source: usize, count: u32, target: usize): u32 {
  if (!load<u32>(cursor, EXPAND_SECOND)) {
    copyBytes(target, source, count * PAIR_BYTES);
    return count;
  }
  const node = load<u32>(cursor, EXPAND_NODE);
  let copied: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const pair = source + <usize>index * PAIR_BYTES;
    if (load<u32>(pair, PAIR_NEIGHBOUR) == node) continue;
    store<u64>(target + <usize>copied * PAIR_BYTES, load<u64>(pair));
    copied++;
  }
  return copied;
}
