/**
 * Looking ahead in counted trees: reading the nodes on the ways to many places, so that they are in the cache when they are needed. A hint
 * only, which changes nothing and may be stale.
 *
 *   touch (TOUCH_SIZE bytes, the caller's)
 *   0   the first bytes of the key, up to eight
 *   8   u32 how many of them; or TOUCH_FIRST, TOUCH_LAST, TOUCH_ROOT: no key, but where the items begin, where they end, or the root alone
 *   12  u32 the node where its way has come to: at first the root
 *
 * All ways go down one level together: the misses of one level overlap, which those of one way cannot.
 *
 * Cost: O(count * log n), a third of what it saves in trees beyond the caches.
 */
import { childAt, childItems, innerGuess } from "./tree-inner";
import { runFirst } from "./run-leaf";
import { leafGuess } from "./tree-leaf";
import { NODE_TOP, TREE_ROOT, isRun, nodeCount, nodeLevel } from "./tree-node";

export const TOUCH_LENGTH: usize = 8;
export const TOUCH_NODE: usize = 12;
export const TOUCH_SIZE: usize = 16;
export const TOUCH_FIRST: u32 = 16;
export const TOUCH_LAST: u32 = 17;
export const TOUCH_ROOT: u32 = 18;
const KEY_MAX: u32 = 8;
/** Levels above the leaves from which on a tree is larger than the nearer caches. */
const LEVELS_MIN: u32 = 2;
const LINE: usize = 64;

/** Keeps the reads from being left out. */
export let treeTouched: u32 = 0;

/** Whether looking ahead in the tree is worth the time although it has just been looked into. */
export function isTreeDeep(tree: usize): bool {
  const root = <usize>load<u32>(tree, TREE_ROOT);
  return root != 0 && nodeLevel(root) >= LEVELS_MIN;
}

/** Reads the ways of `count` touches. Requires: their nodes are roots; those of touches with keys are of trees with keys. */
export function treesTouch(touches: usize, count: u32): void {
  const end = touches + <usize>count * TOUCH_SIZE;
  let sum: u32 = 0;
  let highest: u32 = 0;
  for (let touch = touches; touch < end; touch += TOUCH_SIZE) {
    highest = max(highest, nodeLevel(<usize>load<u32>(touch, TOUCH_NODE)));
  }
  for (let level = highest; level; level--) {
    for (let touch = touches; touch < end; touch += TOUCH_SIZE) {
      const node = <usize>load<u32>(touch, TOUCH_NODE);
      if (nodeLevel(node) != level) continue;
      const length = load<u32>(touch, TOUCH_LENGTH);
      if (length > KEY_MAX) {
        // Ways to positions go by the counts.
        sum += childItems(node, 0);
        if (length == TOUCH_ROOT) continue;
      }
      const child = childAt(node, length <= KEY_MAX ? innerGuess(node, touch, length) : length == TOUCH_FIRST ? 0 : nodeCount(node) - 1);
      store<u32>(touch, <u32>child, TOUCH_NODE);
      // A leaf may be as short as a line.
      sum += load<u32>(child) + (level > 1 ? load<u32>(child + LINE) : 0);
    }
  }
  for (let touch = touches; touch < end; touch += TOUCH_SIZE) {
    const leaf = <usize>load<u32>(touch, TOUCH_NODE);
    const length = load<u32>(touch, TOUCH_LENGTH);
    if (nodeLevel(leaf) || !nodeCount(leaf)) continue;
    if (length <= KEY_MAX) sum += <u32>load<u8>(leafGuess(leaf, touch, length));
    else if (length == TOUCH_FIRST && isRun(leaf)) sum += <u32>load<u8>(runFirst(leaf));
    else if (length == TOUCH_LAST) sum += <u32>load<u8>(leaf + <usize>load<u16>(leaf, NODE_TOP) - 1);
  }
  treeTouched = sum;
}
