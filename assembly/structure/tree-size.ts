/**
 * How much memory a tree takes: all its nodes, long items and long separators, to the byte in O(items), or about in O(depth).
 */
import { allocatedSize } from "../memory/allocator";
import { runBlock, runEnd, runFirst, runForm, runSkip } from "./run-leaf";
import { childAt, entrySeparator, innerItems } from "./tree-inner";
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

/** Bytes of the blocks of a leaf without keys. */
export function runBytes(leaf: usize): u64 {
  let bytes: u64 = 0;
  const form = runForm(leaf);
  if (form) return 0;
  const end = runEnd(leaf);
  for (let item = runFirst(leaf); item < end; item = runSkip(form, item, 1)) {
    const block = runBlock(form, item);
    if (block) bytes += allocatedSize(block);
  }
  return bytes;
}
