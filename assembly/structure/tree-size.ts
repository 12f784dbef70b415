/**
 * How much memory a tree takes: all its nodes, long items and long separators, to the byte. Cost: O(items).
 */
import { allocatedSize } from "../memory/allocator";
import { childAt, entrySeparator } from "./tree-inner";
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
