/**
 * Checks of the containers for debug builds: packed lists have as many elements as they say, trees hold their invariants, and no container is
 * empty. Cost: O(content of the database).
 */
import { TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_SORTED_SET } from "../abi/status";
import { walkNext, walkStart } from "../keyspace/scan";
import { treesSize } from "../keyspace/entry-trees";
import { viewNewest } from "../structure/birth";
import { TABLE_ENTRIES } from "../structure/hash-table";
import { PACKED_HEAD, packedCount, packedNext } from "../structure/packed-list";
import { treeItems } from "../structure/tree";
import { checkedBytes, treeCheck } from "../structure/tree-check";
import { isContainer, isPacked, packedEnd, packedOf, treeOf, typeOf } from "./container";
import { memberCount } from "./members";
import { foundScore, sortedLength, sortedMember, sortedNext, sortedRank, sortedScore, sortedWalk } from "./sorted-set";

const BROKEN_PACKED: i32 = 200;
const BROKEN_TREE: i32 = 210;
const BROKEN_ORDER: i32 = 230;

/** Returns 0, or the number of a broken invariant. */
export function containersCheck(database: usize): i32 {
  if (!load<u32>(database, TABLE_ENTRIES)) return 0;
  walkStart(database);
  for (let entry = walkNext(database); entry; entry = walkNext(database)) {
    if (!isContainer(entry)) continue;
    const broken = isPacked(entry) ? checkPacked(entry) : checkTree(entry);
    if (broken) return broken;
  }
  return 0;
}

function checkPacked(entry: usize): i32 {
  const type = typeOf(entry);
  const step: u32 = type == TYPE_SET || type == TYPE_LIST ? 1 : type == TYPE_HASH || type == TYPE_SORTED_SET ? 2 : 0;
  const end = packedEnd(entry);
  let items: u32 = 0;
  let item = packedOf(entry) + PACKED_HEAD;
  for (; item < end; item = packedNext(item)) items++;
  if (item != end || !items) return BROKEN_PACKED;
  if (step && items != packedCount(packedOf(entry)) * step) return BROKEN_PACKED + 1;
  return type == TYPE_SORTED_SET ? checkOrder(entry) : 0;
}

function checkTree(entry: usize): i32 {
  const tree = treeOf(entry);
  if (!treeItems(tree)) return BROKEN_TREE;
  const broken = treeCheck(tree, u32.MAX_VALUE, viewNewest);
  if (broken) return BROKEN_TREE + broken;
  let bytes = <u64>checkedBytes;
  if (typeOf(entry) == TYPE_SORTED_SET) {
    const order = treeOf(entry, 1);
    const brokenOrder = treeCheck(order, u32.MAX_VALUE, viewNewest);
    if (brokenOrder) return BROKEN_TREE + brokenOrder;
    if (treeItems(order) != treeItems(tree)) return BROKEN_ORDER;
    bytes += checkedBytes;
    const disorder = checkOrder(entry);
    if (disorder) return disorder;
  }
  return bytes != treesSize(entry) ? BROKEN_TREE + 9 : 0;
}

/** Scores and members of a sorted set ascend, and a lookup of each member finds its score and its rank. */
function checkOrder(entry: usize): i32 {
  let rank: i64 = 0;
  let score: f64 = 0;
  sortedWalk(entry, 0, false);
  while (sortedNext()) {
    if (rank && sortedScore < score) return BROKEN_ORDER + 1;
    score = sortedScore;
    if (sortedRank(entry, sortedMember, sortedLength) != rank) return BROKEN_ORDER + 2;
    if (reinterpret<u64>(foundScore) != reinterpret<u64>(score)) return BROKEN_ORDER + 3;
    rank++;
  }
  return rank == memberCount(entry) ? 0 : BROKEN_ORDER + 4;
}
