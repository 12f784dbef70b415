/**
 * How much memory a tree takes: all its nodes, long items and long separators, to the byte in O(items), or about in O(depth).
 */
import { allocatedSize } from "../memory/allocator";
import { childAt, entrySeparator, innerItems } from "./tree-inner";
import { itemBlock, leafItem } from "./tree-leaf";
import { nodeCount, nodeLevel } from "./tree-node";

/** Bytes of all blocks from a node (0: none) on. The depth of the recursion is that of the tree. */
export function treeBytes(node: usize): u64 {
  if (!node) return 0;
  let bytes = <u64>allocatedSize(node);
  const count = nodeCount(node);
  const isInner = nodeLevel(node) != 0;
  for (let position: u32 = 0; position < count; position++) {
    if (isInner) {
      const separator = entrySeparator(node, position);
      if (!(separator & 1)) bytes += allocatedSize(<usize>separator);
      bytes += treeBytes(childAt(node, position));
    } else {
      const block = itemBlock(leafItem(node, position));
      if (block) bytes += allocatedSize(block);
    }
  }
  return bytes;
}

/**
 * About what a node and all below it take, long items left aside: as if each leaf had as many items as the leftmost one. The same for a node
 * whenever it is asked, since nodes that have died do not change. Cost: O(depth).
 */
export function treeEstimate(node: usize, own: u32): u64 {
  if (!nodeLevel(node)) return own;
  let leaf = node;
  while (nodeLevel(leaf)) leaf = childAt(leaf, 0);
  const leaves = <u64>innerItems(node) / max<u32>(nodeCount(leaf), 1) + 1;
  return own + leaves * allocatedSize(leaf);
}
