/**
 * How much memory a tree takes: all its nodes, long items and long separators, to the byte. Cost: O(items).
 */
import { allocatedSize } from "../memory/allocator";
import { runBlock, runEnd, runFirst, runSkip } from "./run-leaf";
import { childAt, entrySeparator } from "./tree-inner";
import { itemBlock, leafItem } from "./tree-leaf";
import { isRun, nodeCount, nodeLevel } from "./tree-node";

/** Bytes of all blocks from a node (0: none) on. The depth of the recursion is that of the tree. */
export function treeBytes(node: usize): u64 {
  if (!node) return 0;
  let bytes = <u64>allocatedSize(node);
  const isInner = nodeLevel(node) != 0;
  if (!isInner && isRun(node)) return bytes + runBytes(node);
  const count = nodeCount(node);
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

/** Bytes of the blocks of a leaf without keys. */
export function runBytes(leaf: usize): u64 {
  let bytes: u64 = 0;
  const end = runEnd(leaf);
  for (let item = runFirst(leaf); item < end; item = runSkip(item, 1)) {
    const block = runBlock(item);
    if (block) bytes += allocatedSize(block);
  }
  return bytes;
}
