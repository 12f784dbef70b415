/**
 * Freeing blocks of trees that have died, in bounded steps and never recursively.
 *
 * A dead list (tree-node.ts) belongs to a read view: what has left the trees since it was the newest one, and was born before
 * it. When the view closes, an older view may see some of these blocks: exactly those that were born not after it. They
 * are handed on to its list; all others are freed. An item that died whole (a dropped tree) brings its children and blocks
 * onto the list when it is freed, and is handed on as one item: by the rule of birth eras nothing below it is younger for any
 * live view.
 *
 * A tree that is dropped goes on a list of its own, which is buried with the newest view (as of the drop) for `olderEra`: what
 * that view sees goes on its dead list, the rest is freed.
 *
 * Cost: a step frees or hands on one item, and lists at most what one node holds (168 items of a leaf, 31 children).
 */
import { runPushBlocks } from "./run-leaf";
import { childAt, entrySeparator, innerPush } from "./tree-inner";
import { itemBlock, leafItem, leafPushBlocks } from "./tree-leaf";
import { DEAD_FIRST, LEVEL_MASK, NODE_ERA, NODE_KIND, WHOLE, freeBlock, isRun, nodeCount, popDead, pushDead } from "./tree-node";
import { TREE_ROOT } from "./tree";

/**
 * Takes up to `budget` items from the list of a closed view, frees those that the next older live view, of era `olderEra`,
 * cannot see, and hands on the others to its list `olderList` (0 and 0: there is no older view). Returns whether items are
 * left. The caller may open and close views between two calls: it names the next older one of that time.
 */
export function treeBury(list: usize, olderEra: u32, olderList: usize, budget: u32): bool {
  while (budget) {
    const item = popDead(list);
    if (!item) return false;
    const block = <usize>(item & ~WHOLE);
    if (load<u32>(block, NODE_ERA) <= olderEra) pushDead(olderList, block, item & WHOLE);
    else {
      if (item & WHOLE) listBelow(block, list);
      freeBlock(block);
    }
    budget--;
  }
  return load<u32>(list, DEAD_FIRST) != 0;
}

function listBelow(node: usize, list: usize): void {
  if ((<u32>load<u8>(node, NODE_KIND)) & LEVEL_MASK) innerPush(node, list);
  else if (isRun(node)) runPushBlocks(node, list, 0);
  else leafPushBlocks(node, list);
}

/**
 * Takes what a transaction has born of its tree off it, onto a list whose items `treeBury` frees: nodes and blocks that were born after
 * `view`, the era that it reads. The others are the committed state's and are not touched; the record is void afterwards.
 */
export function treeForget(tree: usize, view: u32, list: usize): void {
  const root = <usize>load<u32>(tree, TREE_ROOT);
  if (root && load<u32>(root, NODE_ERA) > view) forget(root, view, list);
}

/** Depth is bounded by that of trees. By the rule of births nothing young is below something old. */
function forget(node: usize, view: u32, list: usize): void {
  const isInner = ((<u32>load<u8>(node, NODE_KIND)) & LEVEL_MASK) != 0;
  const isOfRuns = !isInner && isRun(node);
  if (isOfRuns) runPushBlocks(node, list, view);
  const count: u32 = isOfRuns ? 0 : nodeCount(node);
  for (let position: u32 = 0; position < count; position++) {
    if (isInner) {
      const separator = entrySeparator(node, position);
      if (!(separator & 1) && load<u32>(<usize>separator, NODE_ERA) > view) pushDead(list, <usize>separator, 0);
      const child = childAt(node, position);
      if (load<u32>(child, NODE_ERA) > view) forget(child, view, list);
    } else {
      const block = itemBlock(leafItem(node, position));
      if (block && load<u32>(block, NODE_ERA) > view) pushDead(list, block, 0);
    }
  }
  pushDead(list, node, 0);
}
