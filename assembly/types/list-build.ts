/**
 * Building a list as a whole, and then storing it under a key in the place of whatever that holds: for RESTORE and SORT with STORE, as members-build.ts does
 * for hashes and sets. Elements are gathered in a sequence of their own, which becomes a packed list if they are few bytes.
 *
 * `listBuildStore` or `listBuildDrop` ends it. Cost: O(log n) for each element.
 */
import { abandonTree, treesBegin, treesEnd } from "../mvcc/view";
import { PACKED_HEAD, packedItemBytes, packedWrite, setPackedCount } from "../structure/packed-list";
import { runForm, runItem, runLength, runPointer, runRead } from "../structure/run-leaf";
import { sequenceNote } from "../structure/sequence";
import { TREE_ROOT, TREE_SIZE, locatedLeaf, locatedPosition, treeItems, treeLocate } from "../structure/tree";
import { containerBecomeTrees, newTree, packedReplace } from "./container";
import { PACKED_BYTES, appendTo } from "./list";
import { LISTPACK_EMPTY, isBeyondListpack } from "./listpack-size";

const tree: usize = memory.data(TREE_SIZE, 8);
/** Bytes of a packed list of the elements. */
let packed: u64 = 0;

export function listBuildBegin(): void {
  newTree(tree);
  packed = PACKED_HEAD;
}

/** Appends an element. False: no memory. */
export function listBuildAdd(bytes: usize, length: u32): bool {
  packed += packedItemBytes(bytes, length);
  treesBegin();
  const done = appendTo(tree, bytes, length);
  treesEnd();
  return done;
}

export function listBuildCount(): u32 {
  return treeItems(tree);
}

/** Makes what was gathered the content of the open list. False: no memory; nothing has changed. Requires: there is an element. */
export function listBuildStore(): bool {
  const count = treeItems(tree);
  const mark = isBeyondListpack(<u64>LISTPACK_EMPTY + sequenceNote(tree), count, false);
  if (packed > PACKED_BYTES) {
    const done = containerBecomeTrees(tree, 1, mark);
    if (done) newTree(tree);
    else listBuildDrop();
    return done;
  }
  const list = packedReplace(<u32>packed, mark);
  if (list) {
    setPackedCount(list, count);
    let target = list + PACKED_HEAD;
    for (let position: u32 = 0; position < count; position++) {
      if (!treeLocate(tree, position)) unreachable();
      runRead(runForm(locatedLeaf), runItem(locatedLeaf, locatedPosition));
      target = packedWrite(target, runPointer, runLength);
    }
  }
  listBuildDrop();
  return list != 0;
}

/** Frees what was gathered. */
export function listBuildDrop(): void {
  abandonTree(<usize>load<u32>(tree, TREE_ROOT));
  newTree(tree);
}
