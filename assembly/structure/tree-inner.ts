/**
 * The inner node of a counted tree: children in key order, each with the number of items below it.
 *
 *   0    node header (tree-node.ts)
 *   16   u32 heads of the separators (tree-key.ts), after the bytes that all separators of the node share
 *   140  u32 separators
 *   264  u32 children
 *   388  u32 items below each child
 *
 * Each of the four columns has CHILDREN_MAX fields; an *entry* is a field of each, named by the address of its head. Columns
 * and not records, so that a search among the heads, or a sum of counts, reads two cache lines instead of eight.
 *
 * A child holds the keys from its separator (inclusive) to the next one's (exclusive); the first child has none (its field is
 * NO_SEPARATOR) and its lower bound is the parent's; in the place of its head lie the first PREFIX_BYTES of what all separators share, so that a
 * search reads no separator to compare these. Separators are the shortest keys that separate: one byte more than the
 * neighbouring keys share, as prefix B-trees have them (Bayer, Unterauer, ACM TODS 1977). Up to three bytes lie in the field:
 * {length << 1 | 1, bytes}; a longer one lies in a block of its own, whose address is even.
 *
 * Invariants: (1) separators ascend strictly; (2) heads are those of the separators after the first `shared` bytes, which all
 * of them have, and the prefix is that of these bytes, zeros behind them; (3) a count is the number of items below its child.
 *
 * Cost: a search is a binary search in the heads, and as a rule one comparison of a separator.
 */
import { copyBytes } from "../bytes/copy";
import { DEBUG } from "../memory/debug";
import { compareKeys, comparePrefix, headLong, sharedLength } from "./tree-key";
import {
  BLOCK_HEADER,
  INNER_BYTES,
  NODE_COUNT,
  NODE_HEADER,
  NODE_SHARED,
  SEPARATOR_MAX,
  allocateBlock,
  blockLength,
  freeBlock,
  nodeCount,
  pushDead,
  retire,
} from "./tree-node";

/** (INNER_BYTES - NODE_HEADER) / 16, written out: tree-node.ts comes back to this file by tree-size.ts, so its constants may not be there yet. */
export const CHILDREN_MAX: u32 = 31;
const HEAD_BYTES: usize = 4;
const COLUMN_BYTES: usize = 124;
const ENTRY_SEPARATOR: usize = COLUMN_BYTES;
const ENTRY_CHILD: usize = COLUMN_BYTES * 2;
const ENTRY_ITEMS: usize = COLUMN_BYTES * 3;
export const NO_SEPARATOR: u32 = 1;
const SHORT_MAX: u32 = 3;
const PREFIX_BYTES: u32 = 4;
/** Fewest children among which `innerGuess` guesses. */
const GUESS_MIN: u32 = 8;

/** Items before the child that the last `innerSelect` chose. */
export let itemsBefore: u32 = 0;

// @ts-ignore: decorator
@inline
export function entryAt(node: usize, position: u32): usize {
  return node + NODE_HEADER + ((<usize>position) << 2);
}

// @ts-ignore: decorator
@inline
export function childAt(node: usize, position: u32): usize {
  return <usize>load<u32>(entryAt(node, position), ENTRY_CHILD);
}

// @ts-ignore: decorator
@inline
export function childItems(node: usize, position: u32): u32 {
  return load<u32>(entryAt(node, position), ENTRY_ITEMS);
}

export function setChild(node: usize, position: u32, child: usize, items: u32): void {
  store<u32>(entryAt(node, position), <u32>child, ENTRY_CHILD);
  store<u32>(entryAt(node, position), items, ENTRY_ITEMS);
}

/** Adds to the count of a child; `difference` may be negative in two's complement. */
// @ts-ignore: decorator
@inline
export function addItems(node: usize, position: u32, difference: u32): void {
  store<u32>(entryAt(node, position), childItems(node, position) + difference, ENTRY_ITEMS);
}

/** Sum of the counts. */
export function innerItems(node: usize): u32 {
  let sum: u32 = 0;
  const count = nodeCount(node);
  for (let position: u32 = 0; position < count; position++) sum += childItems(node, position);
  return sum;
}

/** Items before a child. */
export function innerItemsBefore(node: usize, position: u32): u32 {
  let sum: u32 = 0;
  for (let each: u32 = 0; each < position; each++) sum += childItems(node, each);
  return sum;
}

/**
 * The child that holds the item at `offset` of the `all` below this node; `itemsBefore` tells what lies before it. It is looked for from the
 * nearer end, so that the ends of a tree are found at once. Requires: it exists.
 */
export function innerSelect(node: usize, offset: u32, all: u32): u32 {
  let position: u32 = 0;
  const last = nodeCount(node) - 1;
  if (offset > all >> 1) {
    position = last;
    let start = all - childItems(node, last);
    while (offset < start) start -= childItems(node, --position);
    itemsBefore = start;
    return position;
  }
  let before: u32 = 0;
  while (position < last) {
    const items = childItems(node, position);
    if (offset - before < items) break;
    before += items;
    position++;
  }
  itemsBefore = before;
  return position;
}

// Separators ----------------------------------------------------------------------------------------------------------

export function entrySeparator(node: usize, position: u32): u32 {
  return load<u32>(entryAt(node, position), ENTRY_SEPARATOR);
}

export function setSeparator(node: usize, position: u32, separator: u32): void {
  store<u32>(entryAt(node, position), separator, ENTRY_SEPARATOR);
}

/** Address of the bytes of an entry's separator; in the entry itself when they are few. */
export function separatorBytes(entry: usize): usize {
  const separator = load<u32>(entry, ENTRY_SEPARATOR);
  return separator & 1 ? entry + ENTRY_SEPARATOR + 1 : <usize>separator + BLOCK_HEADER;
}

export function separatorLength(entry: usize): u32 {
  const separator = load<u32>(entry, ENTRY_SEPARATOR);
  return separator & 1 ? (separator & 255) >> 1 : blockLength(<usize>separator);
}

/**
 * The separator between two keys that follow each other, or 0 when there is no memory for it, or when it would be longer than
 * SEPARATOR_MAX. Requires: left < right.
 */
export function makeSeparator(left: usize, leftLength: u32, right: usize, rightLength: u32): u32 {
  const least = leftLength < rightLength ? leftLength : rightLength;
  const length = sharedLength(left, right, least) + 1;
  if (DEBUG) assert(length <= rightLength);
  if (length > SEPARATOR_MAX) return 0;
  if (length <= SHORT_MAX) {
    let separator: u32 = (length << 1) | 1;
    for (let at: u32 = 0; at < length; at++) separator |= (<u32>load<u8>(right + at)) << ((at + 1) << 3);
    return separator;
  }
  const block = allocateBlock(length, true);
  if (block) copyBytes(block + BLOCK_HEADER, right, length);
  return <u32>block;
}

/** Frees a separator that has not been put into a node. */
export function cancelSeparator(separator: u32): void {
  if (separator && !(separator & 1)) freeBlock(<usize>separator);
}

/** Retires the block of a separator that leaves the tree. */
export function retireSeparator(separator: u32): void {
  if (!(separator & 1)) retire(<usize>separator);
}

function writeHead(node: usize, position: u32, shared: u32): void {
  const entry = entryAt(node, position);
  store<u32>(entry, headLong(separatorBytes(entry), separatorLength(entry), shared));
}

/** The first child has no separator. */
function clearFirst(node: usize, prefix: u32): void {
  store<u32>(entryAt(node, 0), prefix);
  setSeparator(node, 0, NO_SEPARATOR);
}

/** The first `shared` bytes of the first separator as they lie in memory, PREFIX_BYTES at most, with zeros behind them. */
function prefixOf(node: usize, shared: u32): u32 {
  const bytes = shared ? separatorBytes(entryAt(node, 1)) : 0;
  let prefix: u32 = 0;
  for (let at: u32 = 0; at < min(shared, PREFIX_BYTES); at++) prefix |= (<u32>load<u8>(bytes + at)) << (at << 3);
  return prefix;
}

function findShared(node: usize): u32 {
  const count = nodeCount(node);
  if (count < 2) return 0;
  const first = entryAt(node, 1);
  const last = entryAt(node, count - 1);
  const lengthFirst = separatorLength(first);
  const lengthLast = separatorLength(last);
  let length: u32 = lengthFirst < lengthLast ? lengthFirst : lengthLast;
  if (length > 255) length = 255;
  return sharedLength(separatorBytes(first), separatorBytes(last), length);
}

/** Writes the heads of all separators. */
export function innerFinish(node: usize): void {
  const count = nodeCount(node);
  const shared = findShared(node);
  store<u8>(node, <u8>shared, NODE_SHARED);
  clearFirst(node, prefixOf(node, shared));
  for (let position: u32 = 1; position < count; position++) writeHead(node, position, shared);
}

// Search --------------------------------------------------------------------------------------------------------------

/** First entry of [1, count) whose head is not below `head`; `count` if there is none. Requires: count > 1. */
// @ts-ignore: decorator
@inline
function lowerHead(node: usize, count: u32, head: u32): u32 {
  let entry = entryAt(node, 1);
  let left = count - 1;
  while (left > 1) {
    const half = left >> 1;
    const middle = entry + ((<usize>half) << 2);
    entry = select<usize>(middle, entry, load<u32>(middle - HEAD_BYTES) < head);
    left -= half;
  }
  return <u32>((entry - entryAt(node, 0)) >> 2) + (load<u32>(entry) < head ? 1 : 0);
}

/** Position of the child that would hold the key. */
export function innerSearch(node: usize, key: usize, length: u32): u32 {
  const count = nodeCount(node);
  if (count == 1) return 0;
  const shared = <u32>load<u8>(node, NODE_SHARED);
  const head = headLong(key, length, shared);
  const low = lowerHead(node, count, head);
  if (shared) {
    let order = comparePrefix(key, length, entryAt(node, 0), min(shared, PREFIX_BYTES));
    if (!order && shared > PREFIX_BYTES)
      order = comparePrefix(key, length, separatorBytes(entryAt(node, low < count ? low : count - 1)), shared);
    if (order) return order < 0 ? 0 : count - 1;
  }
  return low < count && load<u32>(entryAt(node, low)) == head ? innerTie(node, low, count, key, length) : low - 1;
}

/**
 * Position of the child that holds the key if the key is in the tree and begins as the node's separators do; any position
 * otherwise. It reads no separator's block as a rule. In a node of few children too many keys lie beyond the separators, and
 * need not begin as they do: there it does not guess.
 */
export function innerGuess(node: usize, key: usize, length: u32): u32 {
  const count = nodeCount(node);
  if (count < GUESS_MIN) return innerSearch(node, key, length);
  const head = headLong(key, length, <u32>load<u8>(node, NODE_SHARED));
  const low = lowerHead(node, count, head);
  return low < count && load<u32>(entryAt(node, low)) == head ? innerTie(node, low, count, key, length) : low - 1;
}

/** Position of the child among separators from `first` on whose heads are that of the key. */
function innerTie(node: usize, first: u32, count: u32, key: usize, length: u32): u32 {
  const shared = <u32>load<u8>(node, NODE_SHARED);
  const head = load<u32>(entryAt(node, first));
  const rest = length > shared ? length - shared : 0;
  let low = first;
  let high = low + 1;
  while (high < count && load<u32>(entryAt(node, high)) == head) high++;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entryAt(node, middle);
    const order = compareKeys(separatorBytes(entry) + shared, separatorLength(entry) - shared, key + shared, rest);
    if (order <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// Writing -------------------------------------------------------------------------------------------------------------

/** Copies all children of another node into an empty one. */
export function innerCopy(target: usize, node: usize): void {
  store<u8>(target, load<u8>(node, NODE_SHARED), NODE_SHARED);
  store<u16>(target, <u16>nodeCount(node), NODE_COUNT);
  memory.copy(target + NODE_HEADER, node + NODE_HEADER, INNER_BYTES - NODE_HEADER);
}

/** Puts a child in at a position above 0. Requires: there is room. */
export function innerInsert(node: usize, position: u32, separator: u32, child: usize, items: u32): void {
  const count = nodeCount(node);
  if (DEBUG) assert(position > 0 && position <= count && count < CHILDREN_MAX);
  const entry = entryAt(node, position);
  moveEntries(entry + HEAD_BYTES, entry, count - position);
  store<u16>(node, <u16>(count + 1), NODE_COUNT);
  store<u32>(entry, separator, ENTRY_SEPARATOR);
  setChild(node, position, child, items);
  const old = <u32>load<u8>(node, NODE_SHARED);
  if (position == 1 || position == count) {
    // Of the separators that have gone a node with one child knows only how much they shared.
    if (count == 1 || findShared(node) != old) {
      innerFinish(node);
      return;
    }
  }
  writeHead(node, position, old);
}

/** Moves `count` entries within a node. */
function moveEntries(target: usize, source: usize, count: u32): void {
  for (let column: u32 = 0; column < 4; column++) {
    const offset = <usize>column * COLUMN_BYTES;
    memory.copy(target + offset, source + offset, (<usize>count) << 2);
  }
}

/** Appends children [from, to) of another node; heads are left to `innerFinish`. Requires: there is room. */
export function innerAppendFrom(target: usize, node: usize, from: u32, to: u32): void {
  for (let each = from; each < to; each++) innerAppend(target, entrySeparator(node, each), childAt(node, each), childItems(node, each));
}

/** Appends a child; heads are left to `innerFinish`. Requires: there is room. */
export function innerAppend(node: usize, separator: u32, child: usize, items: u32): void {
  const count = nodeCount(node);
  if (DEBUG) assert(count < CHILDREN_MAX);
  store<u16>(node, <u16>(count + 1), NODE_COUNT);
  store<u32>(entryAt(node, count), separator, ENTRY_SEPARATOR);
  setChild(node, count, child, items);
}

/** Takes a child out and returns the separator that is no longer needed (NO_SEPARATOR: none). */
export function innerRemove(node: usize, position: u32): u32 {
  const count = nodeCount(node);
  if (DEBUG) assert(position < count);
  const separator = position ? entrySeparator(node, position) : count > 1 ? entrySeparator(node, 1) : NO_SEPARATOR;
  const entry = entryAt(node, position);
  const prefix = load<u32>(entryAt(node, 0));
  moveEntries(entry, entry + HEAD_BYTES, count - 1 - position);
  store<u16>(node, <u16>(count - 1), NODE_COUNT);
  clearFirst(node, prefix);
  return separator;
}

/** Puts the blocks of all separators, and all children with what is below them, on a dead list. */
export function innerPush(node: usize, list: usize): void {
  const count = nodeCount(node);
  for (let position: u32 = 0; position < count; position++) {
    const separator = entrySeparator(node, position);
    if (!(separator & 1)) pushDead(list, <usize>separator, 0);
    pushDead(list, childAt(node, position), 1);
  }
}

/** Returns 0, or the number of a broken invariant (1 or 2; see the head). For debug builds. */
export function innerCheck(node: usize): i32 {
  const count = nodeCount(node);
  const shared = <u32>load<u8>(node, NODE_SHARED);
  if (!count || count > CHILDREN_MAX || entrySeparator(node, 0) != NO_SEPARATOR) return 1;
  if (count > 1 && load<u32>(entryAt(node, 0)) != prefixOf(node, shared)) return 2;
  for (let position: u32 = 1; position < count; position++) {
    const entry = entryAt(node, position);
    const bytes = separatorBytes(entry);
    const length = separatorLength(entry);
    if (position > 1) {
      const before = entryAt(node, position - 1);
      if (compareKeys(separatorBytes(before), separatorLength(before), bytes, length) >= 0) return 1;
    }
    if (length < shared || comparePrefix(bytes, length, separatorBytes(entryAt(node, 1)), shared)) return 2;
    if (load<u32>(entry) != headLong(bytes, length, shared)) return 2;
  }
  return 0;
}
