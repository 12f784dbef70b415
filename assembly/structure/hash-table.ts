/**
 * The hash table of a database: keys to entries, growing one segment at a time.
 *
 * A directory of 2^depth pointers is indexed by the top bits of the hash (extendible hashing: Fagin, Nievergelt, Pippenger,
 * Strong 1979). It points to segments of 8 KiB: a header and 127 buckets of 64 bytes in the F14 form (Bronson, Shi 2019).
 * A segment that holds SPLIT_COUNT entries splits in two by the next bit of the hash, so no operation touches more than one
 * segment's entries and nothing above 1 MiB is ever contiguous. Segments that have become small are joined again.
 *
 *   table record (in the database record)       segment header (64 bytes)
 *   0   u32 entries                             0   u32 entries
 *   4   u32 entries with an expiry              4   u32 entries of which something expires (entry-due.ts)
 *   8   u32 directory                           8   u32 depth: how many top bits its entries share
 *   12  u32 depth of the directory              16  u64 nothing of it expires earlier than this
 *   16  u32 segments                            24  u32 birth era (birth.ts)
 *   20  u32 birth era of the directory
 *
 *   bucket: 12 tags (0: empty slot), u8 overflow count, u16 mask of slots of which something expires, u8 0, 12 u32 entries
 *
 * Hash bits: the directory takes them from the top, the bucket is bits 8..22 scaled to 127, the tag is bits 0..7. An entry
 * whose bucket is full goes to the next one with room; the overflow count of each bucket passed counts such entries (255 is
 * sticky), and a search stops at the first bucket with count 0.
 *
 * Invariants: (1) an entry's directory bits lead to its segment; (2) every bucket between an entry's home and its place has
 * an overflow count; (3) the counters match; (4) a slot's expiry bit says whether something of its entry expires, and the
 * header's earliest expiry is a lower bound; (5) a segment of depth d is pointed to by exactly 2^(depth-d) adjacent directory slots.
 *
 * Read views: a table record is a root (birth.ts). What is written is copied first where somebody else may see it: a segment, and the
 * directory that then points to the copy. So a copy of the record, taken when the era advances, is the table of that time.
 *
 * Cost: find one cache line of directory, bucket and entry each; split O(SPLIT_COUNT).
 */
import { PURPOSE_TABLE } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { birthEra, isWritable, makeWritable, retireBlock } from "./birth";
import { entryBirth, entryExpiry, keyEquals, keyLength, keyPointer, valuePointer } from "./entry";
import { entryDue } from "./entry-due";

export const TABLE_ENTRIES: usize = 0;
export const TABLE_EXPIRING: usize = 4;
export const TABLE_DIRECTORY: usize = 8;
export const TABLE_DEPTH: usize = 12;
export const TABLE_SEGMENTS: usize = 16;
const TABLE_BIRTH: usize = 20;

export const SEGMENT_ENTRIES: usize = 0;
export const SEGMENT_EXPIRING: usize = 4;
export const SEGMENT_DEPTH: usize = 8;
export const SEGMENT_EARLIEST: usize = 16;
const SEGMENT_BIRTH: usize = 24;
const SEGMENT_HEADER: u32 = 64;
const SEGMENT_BYTES: u32 = 8192;
export const BUCKET_COUNT: u32 = 127;
const BUCKET_SHIFT: u32 = 6;
export const BUCKET_OVERFLOW: usize = 12;
export const BUCKET_EXPIRES: usize = 13;
export const BUCKET_SLOTS: usize = 16;
export const SLOT_COUNT: u32 = 12;
const SLOT_MASK: u32 = 0xfff;
const OVERFLOW_STICKY: u32 = 255;

/** A segment splits when it holds this many entries (10 of 12 slots), and may hold SEGMENT_CAPACITY at the deepest level. */
const SPLIT_COUNT: u32 = 1270;
const SEGMENT_CAPACITY: u32 = BUCKET_COUNT * SLOT_COUNT;
/** Two neighbours that hold together at most this many are joined. */
const JOIN_COUNT: u32 = 508;
/** Depth of the largest directory: 1 MiB. */
const DEPTH_MAX: u32 = 18;

type EntryStep = (entry: usize) => void;

const emptySegment: usize = memory.data(8192, 64);
const emptyDirectory: usize = memory.data(8, 8);
/** Collects what touching reads, so that the compiler keeps the loads. */
let touched: u32 = 0;

/** Makes a zeroed record an empty table. It takes no memory until the first insert. */
export function tableInitialize(table: usize): void {
  store<u32>(emptyDirectory, <u32>emptySegment);
  store<u32>(emptyDirectory, <u32>emptySegment, 4);
  store<u32>(table, 0, TABLE_ENTRIES);
  store<u32>(table, 0, TABLE_EXPIRING);
  store<u32>(table, <u32>emptyDirectory, TABLE_DIRECTORY);
  store<u32>(table, 1, TABLE_DEPTH);
  store<u32>(table, 0, TABLE_SEGMENTS);
  store<u32>(table, 0, TABLE_BIRTH);
}

// @ts-ignore: decorator
@inline
function homeBucket(hash: u64): u32 {
  return (((<u32>(hash >> 8)) & 0x7fff) * BUCKET_COUNT) >> 15;
}

// @ts-ignore: decorator
@inline
function tagOf(hash: u64): u32 {
  const tag = (<u32>hash) & 0xff;
  return tag ? tag : 1;
}

// @ts-ignore: decorator
@inline
function segmentOf(table: usize, hash: u64): usize {
  const directory = <usize>load<u32>(table, TABLE_DIRECTORY);
  return <usize>load<u32>(directory + ((<usize>(hash >> (64 - <u64>load<u32>(table, TABLE_DEPTH)))) << 2));
}

// @ts-ignore: decorator
@inline
export function bucketAt(segment: usize, index: u32): usize {
  return segment + SEGMENT_HEADER + ((<usize>index) << BUCKET_SHIFT);
}

/** Bit mask of a bucket's filled slots. */
// @ts-ignore: decorator
@inline
export function filledSlots(bucket: usize): u32 {
  return ~(<u32>v128.bitmask<i8>(v128.eq<i8>(v128.load(bucket), i8x16.splat(0)))) & SLOT_MASK;
}

/**
 * Reads buckets and then entries of `count` hashes, `stride` bytes apart in memory, so that they are in the cache when they
 * are needed; then the blocks of their values, where an entry whose first byte has all bits of `external` begins its value with the address of one.
 * A hint only, and maybe stale. Tight loops: the misses of one loop overlap, which they would not if the loads stood among other work.
 * Returns the bits that the first bytes of the entries have, of any of them.
 */
export function touchHashes(table: usize, hashes: usize, count: u32, stride: usize, external: u32): u32 {
  const end = hashes + <usize>count * stride;
  let sum: u32 = 0;
  let kinds: u32 = 0;
  for (let at = hashes; at < end; at += stride) {
    const hash = load<u64>(at);
    sum += load<u32>(bucketAt(segmentOf(table, hash), homeBucket(hash)));
  }
  for (let at = hashes; at < end; at += stride) {
    const entry = tableLikely(table, load<u64>(at));
    if (entry) kinds |= load<u32>(entry);
  }
  if ((kinds & external) == external) {
    for (let at = hashes; at < end; at += stride) {
      const entry = tableLikely(table, load<u64>(at));
      if (entry && (load<u32>(entry) & external) == external) sum += load<u32>(<usize>load<u32>(valuePointer(entry)));
    }
  }
  touched = sum + kinds;
  return kinds & 0xff;
}

/** The first entry of the hash's bucket that has its tag, or 0: as a rule that which `tableFind` finds. */
// @ts-ignore: decorator
@inline
export function tableLikely(table: usize, hash: u64): usize {
  const bucket = bucketAt(segmentOf(table, hash), homeBucket(hash));
  const match = (<u32>v128.bitmask<i8>(v128.eq<i8>(v128.load(bucket), i8x16.splat(<i8>tagOf(hash))))) & SLOT_MASK;
  return match ? <usize>load<u32>(bucket + ((<usize>ctz(match)) << 2), BUCKET_SLOTS) : 0;
}

/** Address of the slot that holds the key's entry, or 0. The slot is good until the table changes. */
export function tableFind(table: usize, hash: u64, key: usize, length: u32): usize {
  const segment = segmentOf(table, hash);
  const tag = i8x16.splat(<i8>tagOf(hash));
  let index = homeBucket(hash);
  for (let step: u32 = 0; step < BUCKET_COUNT; step++) {
    const bucket = bucketAt(segment, index);
    let match = (<u32>v128.bitmask<i8>(v128.eq<i8>(v128.load(bucket), tag))) & SLOT_MASK;
    while (match) {
      const slot = bucket + BUCKET_SLOTS + ((<usize>ctz(match)) << 2);
      if (keyEquals(<usize>load<u32>(slot), key, length)) return slot;
      match &= match - 1;
    }
    if (!load<u8>(bucket, BUCKET_OVERFLOW)) return 0;
    if (++index == BUCKET_COUNT) index = 0;
  }
  return 0;
}

/** Puts an entry into a segment that has room; returns its slot. */
function place(segment: usize, hash: u64, entry: usize): usize {
  let index = homeBucket(hash);
  while (true) {
    const bucket = bucketAt(segment, index);
    const free = (<u32>v128.bitmask<i8>(v128.eq<i8>(v128.load(bucket), i8x16.splat(0)))) & SLOT_MASK;
    if (free) {
      const position = <u32>ctz(free);
      store<u8>(bucket + position, <u8>tagOf(hash));
      const slot = bucket + BUCKET_SLOTS + ((<usize>position) << 2);
      store<u32>(slot, <u32>entry);
      store<u32>(segment, load<u32>(segment, SEGMENT_ENTRIES) + 1, SEGMENT_ENTRIES);
      const due = entryDue(entry);
      if (due) markExpiry(segment, slot, due);
      return slot;
    }
    const overflow = <u32>load<u8>(bucket, BUCKET_OVERFLOW);
    if (overflow != OVERFLOW_STICKY) store<u8>(bucket, <u8>(overflow + 1), BUCKET_OVERFLOW);
    if (++index == BUCKET_COUNT) index = 0;
  }
}

function markExpiry(segment: usize, slot: usize, expiry: u64): void {
  const bucket = slot & ~63;
  const position = <u32>(((slot & 63) - BUCKET_SLOTS) >> 2);
  const bit: u32 = 1 << position;
  store<u16>(bucket, load<u16>(bucket, BUCKET_EXPIRES) | (<u16>bit), BUCKET_EXPIRES);
  store<u32>(segment, load<u32>(segment, SEGMENT_EXPIRING) + 1, SEGMENT_EXPIRING);
  if (expiry < load<u64>(segment, SEGMENT_EARLIEST)) store<u64>(segment, expiry, SEGMENT_EARLIEST);
}

/** Whether something of the slot's entry expires, as its bucket has it. */
// @ts-ignore: decorator
@inline
function isMarked(slot: usize): bool {
  const position = <u32>(((slot & 63) - BUCKET_SLOTS) >> 2);
  return (((<u32>load<u16>(slot & ~63, BUCKET_EXPIRES)) >> position) & 1) != 0;
}

function unmarkExpiry(segment: usize, slot: usize): void {
  const bucket = slot & ~63;
  const position = <u32>(((slot & 63) - BUCKET_SLOTS) >> 2);
  const bit: u32 = 1 << position;
  store<u16>(bucket, load<u16>(bucket, BUCKET_EXPIRES) & ~(<u16>bit), BUCKET_EXPIRES);
  store<u32>(segment, load<u32>(segment, SEGMENT_EXPIRING) - 1, SEGMENT_EXPIRING);
}

/** Makes the table's directory one that may be changed. Returns false when there is no memory. */
function ownDirectory(table: usize): bool {
  const birth = load<u32>(table, TABLE_BIRTH);
  if (isWritable(birth)) return true;
  const bytes: u32 = 4 << load<u32>(table, TABLE_DEPTH);
  const copy = allocate(bytes, PURPOSE_TABLE);
  if (!copy) return false;
  const old = <usize>load<u32>(table, TABLE_DIRECTORY);
  copyBytes(copy, old, bytes);
  store<u32>(table, <u32>copy, TABLE_DIRECTORY);
  store<u32>(table, birthEra, TABLE_BIRTH);
  retireBlock(old, PURPOSE_TABLE, birth);
  return true;
}

/** The segment to which a hash belongs, made one that may be changed; 0: no memory. */
// @ts-ignore: decorator
@inline
function ownSegment(table: usize, hash: u64): usize {
  const segment = segmentOf(table, hash);
  return isWritable(load<u32>(segment, SEGMENT_BIRTH)) ? segment : copySegment(table, segment, hash);
}

function copySegment(table: usize, segment: usize, hash: u64): usize {
  const copy = allocate(SEGMENT_BYTES, PURPOSE_TABLE);
  if (!copy) return 0;
  if (!ownDirectory(table)) {
    release(copy, PURPOSE_TABLE);
    return 0;
  }
  copyBytes(copy, segment, SEGMENT_BYTES);
  store<u32>(copy, birthEra, SEGMENT_BIRTH);
  redirect(table, hash, load<u32>(segment, SEGMENT_DEPTH), copy, copy);
  retireBlock(segment, PURPOSE_TABLE, load<u32>(segment, SEGMENT_BIRTH));
  return copy;
}

/** The same for changes that may not fail: without memory nobody else sees the segment any more. */
// @ts-ignore: decorator
@inline
function mustOwnSegment(table: usize, hash: u64): usize {
  const segment = ownSegment(table, hash);
  return segment ? segment : forceSegment(table, hash);
}

function forceSegment(table: usize, hash: u64): usize {
  makeWritable();
  return segmentOf(table, hash);
}

/** Makes the segment at a directory slot one that may be changed, and returns it. */
export function tableOwnSegment(table: usize, directoryIndex: u32): usize {
  return mustOwnSegment(table, (<u64>directoryIndex) << (64 - <u64>load<u32>(table, TABLE_DEPTH)));
}

/**
 * Adds an entry and returns its slot, or 0 when there is no memory for the table. Requires: the key is not in the table.
 */
export function tableInsert(table: usize, hash: u64, entry: usize): usize {
  if (!load<u32>(table, TABLE_SEGMENTS) && !firstSegment(table)) return 0;
  let segment = segmentOf(table, hash);
  while (load<u32>(segment, SEGMENT_ENTRIES) >= SPLIT_COUNT) {
    if (!split(table, segment, hash)) {
      if (load<u32>(segment, SEGMENT_ENTRIES) >= SEGMENT_CAPACITY) return 0;
      break;
    }
    segment = segmentOf(table, hash);
  }
  segment = ownSegment(table, hash);
  if (!segment) return 0;
  if (entryExpiry(entry)) store<u32>(table, load<u32>(table, TABLE_EXPIRING) + 1, TABLE_EXPIRING);
  store<u32>(table, load<u32>(table, TABLE_ENTRIES) + 1, TABLE_ENTRIES);
  return place(segment, hash, entry);
}

/**
 * Puts another entry of the same key into a slot; the old one stays the caller's to free. `hadExpiry`: whether the entry
 * that was marked in the slot had one (the old block may be gone or changed in place). Returns the slot, which may be another one now.
 */
export function tableReplace(table: usize, hash: u64, slot: usize, entry: usize, hadExpiry: bool): usize {
  const due = entryDue(entry);
  const seen = segmentOf(table, hash);
  const segment = mustOwnSegment(table, hash);
  slot += segment - seen;
  store<u32>(slot, <u32>entry);
  const marked = isMarked(slot);
  if (!due && !marked) return slot;
  if (marked) unmarkExpiry(segment, slot);
  if (due) markExpiry(segment, slot, due);
  const difference = (entryExpiry(entry) ? 1 : 0) - (hadExpiry ? 1 : 0);
  store<u32>(table, load<u32>(table, TABLE_EXPIRING) + difference, TABLE_EXPIRING);
  return slot;
}

/** Takes the entry of a slot out of the table; the entry stays the caller's to free. */
export function tableRemove(table: usize, hash: u64, slot: usize): void {
  const seen = segmentOf(table, hash);
  const segment = mustOwnSegment(table, hash);
  slot += segment - seen;
  const bucket = slot & ~63;
  const position = ((slot & 63) - BUCKET_SLOTS) >> 2;
  if (DEBUG) assert(load<u8>(bucket + position) == <u8>tagOf(hash));
  if (isMarked(slot)) {
    unmarkExpiry(segment, slot);
    if (entryExpiry(<usize>load<u32>(slot))) store<u32>(table, load<u32>(table, TABLE_EXPIRING) - 1, TABLE_EXPIRING);
  }
  store<u8>(bucket + position, 0);
  let index = homeBucket(hash);
  let passed = bucketAt(segment, index);
  while (passed != bucket) {
    const overflow = <u32>load<u8>(passed, BUCKET_OVERFLOW);
    if (overflow != OVERFLOW_STICKY) store<u8>(passed, <u8>(overflow - 1), BUCKET_OVERFLOW);
    if (++index == BUCKET_COUNT) index = 0;
    passed = bucketAt(segment, index);
  }
  store<u32>(segment, load<u32>(segment, SEGMENT_ENTRIES) - 1, SEGMENT_ENTRIES);
  const entries = load<u32>(table, TABLE_ENTRIES) - 1;
  store<u32>(table, entries, TABLE_ENTRIES);
  if (!entries && load<u32>(table, TABLE_SEGMENTS) == 1) {
    retireBlock(segment, PURPOSE_TABLE, load<u32>(segment, SEGMENT_BIRTH));
    retireBlock(<usize>load<u32>(table, TABLE_DIRECTORY), PURPOSE_TABLE, load<u32>(table, TABLE_BIRTH));
    tableInitialize(table);
  }
}

function newSegment(depth: u32): usize {
  const segment = allocate(SEGMENT_BYTES, PURPOSE_TABLE);
  if (!segment) return 0;
  if (DEBUG) assert((segment & 63) == 0);
  memory.fill(segment, 0, SEGMENT_BYTES);
  store<u32>(segment, depth, SEGMENT_DEPTH);
  store<u64>(segment, u64.MAX_VALUE, SEGMENT_EARLIEST);
  store<u32>(segment, birthEra, SEGMENT_BIRTH);
  return segment;
}

function firstSegment(table: usize): bool {
  const directory = allocate(8, PURPOSE_TABLE);
  if (!directory) return false;
  const segment = newSegment(0);
  if (!segment) {
    release(directory, PURPOSE_TABLE);
    return false;
  }
  store<u32>(directory, <u32>segment);
  store<u32>(directory, <u32>segment, 4);
  store<u32>(table, <u32>directory, TABLE_DIRECTORY);
  store<u32>(table, 1, TABLE_DEPTH);
  store<u32>(table, 1, TABLE_SEGMENTS);
  store<u32>(table, birthEra, TABLE_BIRTH);
  return true;
}

/** Moves every entry of `source` to `left`, or to `right` when the hash bit at `shift` is set. */
function distribute(source: usize, left: usize, right: usize, shift: u64): void {
  for (let index: u32 = 0; index < BUCKET_COUNT; index++) {
    const bucket = bucketAt(source, index);
    let filled = filledSlots(bucket);
    while (filled) {
      const entry = <usize>load<u32>(bucket + ((<usize>ctz(filled)) << 2), BUCKET_SLOTS);
      const hash = hashBytes(keyPointer(entry), keyLength(entry));
      place((hash >> shift) & 1 ? right : left, hash, entry);
      filled &= filled - 1;
    }
  }
}

/** Points the directory slots of the first `depth` bits of `hash` to `left` (first half) and `right`. */
function redirect(table: usize, hash: u64, depth: u32, left: usize, right: usize): void {
  const directory = <usize>load<u32>(table, TABLE_DIRECTORY);
  const tableDepth = load<u32>(table, TABLE_DEPTH);
  const span: u32 = 1 << (tableDepth - depth);
  const first = depth ? <u32>(hash >> (64 - <u64>depth)) * span : 0;
  for (let index: u32 = 0; index < span; index++) {
    store<u32>(directory + ((<usize>(first + index)) << 2), <u32>(index < span >> 1 ? left : right));
  }
}

/** Splits the hash's segment. Returns false when it cannot: no memory, or the deepest level. */
function split(table: usize, segment: usize, hash: u64): bool {
  const depth = load<u32>(segment, SEGMENT_DEPTH);
  if (depth >= DEPTH_MAX) return false;
  if (depth == load<u32>(table, TABLE_DEPTH) ? !doubleDirectory(table) : !ownDirectory(table)) return false;
  const left = newSegment(depth + 1);
  if (!left) return false;
  const right = newSegment(depth + 1);
  if (!right) {
    release(left, PURPOSE_TABLE);
    return false;
  }
  distribute(segment, left, right, 63 - <u64>depth);
  redirect(table, hash, depth, left, right);
  retireBlock(segment, PURPOSE_TABLE, load<u32>(segment, SEGMENT_BIRTH));
  store<u32>(table, load<u32>(table, TABLE_SEGMENTS) + 1, TABLE_SEGMENTS);
  return true;
}

function doubleDirectory(table: usize): bool {
  const depth = load<u32>(table, TABLE_DEPTH);
  const old = <usize>load<u32>(table, TABLE_DIRECTORY);
  const grown = allocate(8 << depth, PURPOSE_TABLE);
  if (!grown) return false;
  const length: u32 = 1 << depth;
  for (let index: u32 = 0; index < length; index++) {
    const segment = <u64>load<u32>(old + ((<usize>index) << 2));
    store<u64>(grown + ((<usize>index) << 3), segment | (segment << 32));
  }
  store<u32>(table, <u32>grown, TABLE_DIRECTORY);
  store<u32>(table, depth + 1, TABLE_DEPTH);
  retireBlock(old, PURPOSE_TABLE, load<u32>(table, TABLE_BIRTH));
  store<u32>(table, birthEra, TABLE_BIRTH);
  return true;
}

/**
 * Joins the segment at a directory slot with its neighbour of the same depth when both are small; returns whether it did.
 */
export function tableJoin(table: usize, directoryIndex: u32): bool {
  const directory = <usize>load<u32>(table, TABLE_DIRECTORY);
  const tableDepth = load<u32>(table, TABLE_DEPTH);
  const segment = <usize>load<u32>(directory + ((<usize>directoryIndex) << 2));
  const depth = load<u32>(segment, SEGMENT_DEPTH);
  if (!depth) return false;
  const other = <usize>load<u32>(directory + ((<usize>(directoryIndex ^ (1 << (tableDepth - depth)))) << 2));
  if (load<u32>(other, SEGMENT_DEPTH) != depth) return false;
  if (load<u32>(segment, SEGMENT_ENTRIES) + load<u32>(other, SEGMENT_ENTRIES) > JOIN_COUNT) return false;
  const joined = ownDirectory(table) ? newSegment(depth - 1) : 0;
  if (!joined) return false;
  distribute(segment, joined, joined, 0);
  distribute(other, joined, joined, 0);
  redirect(table, (<u64>directoryIndex) << (64 - <u64>tableDepth), depth - 1, joined, joined);
  retireBlock(segment, PURPOSE_TABLE, load<u32>(segment, SEGMENT_BIRTH));
  retireBlock(other, PURPOSE_TABLE, load<u32>(other, SEGMENT_BIRTH));
  store<u32>(table, load<u32>(table, TABLE_SEGMENTS) - 1, TABLE_SEGMENTS);
  return true;
}

/** Halves a directory in which no segment uses the last bit. Returns whether it did. O(directory). */
export function tableHalveDirectory(table: usize): bool {
  const depth = load<u32>(table, TABLE_DEPTH);
  if (depth <= 1) return false;
  const old = <usize>load<u32>(table, TABLE_DIRECTORY);
  const length: u32 = 1 << (depth - 1);
  for (let index: u32 = 0; index < length; index++) {
    if (load<u32>(old + ((<usize>index) << 3)) != load<u32>(old + ((<usize>index) << 3), 4)) return false;
  }
  const halved = allocate(2 << depth, PURPOSE_TABLE);
  if (!halved) return false;
  for (let index: u32 = 0; index < length; index++) {
    store<u32>(halved + ((<usize>index) << 2), load<u32>(old + ((<usize>index) << 3)));
  }
  store<u32>(table, <u32>halved, TABLE_DIRECTORY);
  store<u32>(table, depth - 1, TABLE_DEPTH);
  retireBlock(old, PURPOSE_TABLE, load<u32>(table, TABLE_BIRTH));
  store<u32>(table, birthEra, TABLE_BIRTH);
  return true;
}

/** Frees the segments and the directory of a table without its entries, and makes it empty. */
export function tableReleaseSegment(segment: usize): void {
  release(segment, PURPOSE_TABLE);
}

/** Segment at a directory slot. */
// @ts-ignore: decorator
@inline
export function segmentAt(table: usize, directoryIndex: u32): usize {
  return <usize>load<u32>(<usize>load<u32>(table, TABLE_DIRECTORY) + ((<usize>directoryIndex) << 2));
}

/** How many directory slots point to this segment. */
// @ts-ignore: decorator
@inline
export function segmentSpan(table: usize, segment: usize): u32 {
  const unused = load<u32>(table, TABLE_DEPTH) - load<u32>(segment, SEGMENT_DEPTH);
  return 1 << unused;
}

/** Directory slot from which a scan of all segments starts for the upper 32 bits of a hash. */
// @ts-ignore: decorator
@inline
export function directoryIndexOf(table: usize, upper: u32): u32 {
  return upper >>> (32 - load<u32>(table, TABLE_DEPTH));
}

/** True when `entry`, found in the overflow chain of a bucket, has its home there. */
export function hasHome(entry: usize, index: u32): bool {
  return homeBucket(hashBytes(keyPointer(entry), keyLength(entry))) == index;
}

/** Returns 0, or 20 + the number of the first broken invariant (see the head). For debug builds. */
export function tableCheck(table: usize): i32 {
  if (!load<u32>(table, TABLE_SEGMENTS)) return load<u32>(table, TABLE_ENTRIES) ? 23 : 0;
  let entries: u32 = 0;
  let expiring: u32 = 0;
  let segments: u32 = 0;
  const length: u32 = 1 << load<u32>(table, TABLE_DEPTH);
  let directoryIndex: u32 = 0;
  while (directoryIndex < length) {
    const segment = segmentAt(table, directoryIndex);
    const span = segmentSpan(table, segment);
    if (directoryIndex % span) return 25;
    for (let index: u32 = 0; index < span; index++) if (segmentAt(table, directoryIndex + index) != segment) return 25;
    const failure = segmentCheck(table, segment);
    if (failure) return failure;
    segments++;
    entries += load<u32>(segment, SEGMENT_ENTRIES);
    expiring += checkedExpiring;
    directoryIndex += span;
  }
  if (entries != load<u32>(table, TABLE_ENTRIES) || expiring != load<u32>(table, TABLE_EXPIRING)) return 23;
  return segments == load<u32>(table, TABLE_SEGMENTS) ? 0 : 23;
}

/** How many entries of the segment that was checked last have an expiry. */
let checkedExpiring: u32 = 0;

function segmentCheck(table: usize, segment: usize): i32 {
  let entries: u32 = 0;
  let expiring: u32 = 0;
  checkedExpiring = 0;
  for (let index: u32 = 0; index < BUCKET_COUNT; index++) {
    const bucket = bucketAt(segment, index);
    let filled = filledSlots(bucket);
    while (filled) {
      const position = <u32>ctz(filled);
      const slot = bucket + BUCKET_SLOTS + ((<usize>position) << 2);
      const entry = <usize>load<u32>(slot);
      const hash = hashBytes(keyPointer(entry), keyLength(entry));
      if (segmentOf(table, hash) != segment) return 21;
      if (tableFind(table, hash, keyPointer(entry), keyLength(entry)) != slot) return 22;
      const due = entryDue(entry);
      if (isMarked(slot) != (due != 0)) return 24;
      if (entryExpiry(entry)) checkedExpiring++;
      if (due) {
        expiring++;
        if (due < load<u64>(segment, SEGMENT_EARLIEST)) return 24;
      }
      entries++;
      filled &= filled - 1;
    }
  }
  return entries == load<u32>(segment, SEGMENT_ENTRIES) && expiring == load<u32>(segment, SEGMENT_EXPIRING) ? 0 : 23;
}

/**
 * Frees what a transaction has born of a table: segments and directory above the era `view`, and by `free` each entry in such segments
 * that is above it too. The record is void afterwards. `origin`: the record of which this one is a copy, as the view has it, or 0: what is
 * the same there is older, and passed over.
 */
export function tableForget(table: usize, origin: usize, view: u32, free: EntryStep): void {
  if (!load<u32>(table, TABLE_SEGMENTS) || load<u32>(table, TABLE_BIRTH) <= view) return;
  const length: u32 = 1 << load<u32>(table, TABLE_DEPTH);
  const isAlike = origin != 0 && load<u32>(origin, TABLE_DEPTH) == load<u32>(table, TABLE_DEPTH);
  let directoryIndex: u32 = 0;
  while (directoryIndex < length) {
    const segment = segmentAt(table, directoryIndex);
    const old = isAlike ? segmentAt(origin, directoryIndex) : 0;
    if (segment == old) {
      directoryIndex++;
      continue;
    }
    directoryIndex += segmentSpan(table, segment);
    if (load<u32>(segment, SEGMENT_BIRTH) <= view) continue;
    const isCopy = old != 0 && load<u32>(old, SEGMENT_DEPTH) == load<u32>(segment, SEGMENT_DEPTH);
    for (let index: u32 = 0; index < BUCKET_COUNT; index++) {
      const bucket = bucketAt(segment, index);
      if (!isCopy || !isSameBucket(bucket, bucketAt(old, index))) forgetBucket(bucket, view, free);
    }
    release(segment, PURPOSE_TABLE);
  }
  release(<usize>load<u32>(table, TABLE_DIRECTORY), PURPOSE_TABLE);
}

/** Whether two buckets are the same, tags included: an empty slot has the address of its last entry, where another one may lie now. */
// @ts-ignore: decorator
@inline
function isSameBucket(left: usize, right: usize): bool {
  const tags = v128.xor(v128.load(left), v128.load(right));
  const first = v128.xor(v128.load(left, BUCKET_SLOTS), v128.load(right, BUCKET_SLOTS));
  const second = v128.xor(v128.load(left, BUCKET_SLOTS + 16), v128.load(right, BUCKET_SLOTS + 16));
  const third = v128.xor(v128.load(left, BUCKET_SLOTS + 32), v128.load(right, BUCKET_SLOTS + 32));
  return !v128.any_true(v128.or(v128.or(tags, first), v128.or(second, third)));
}

function forgetBucket(bucket: usize, view: u32, free: EntryStep): void {
  let filled = filledSlots(bucket);
  while (filled) {
    const entry = <usize>load<u32>(bucket + ((<usize>ctz(filled)) << 2), BUCKET_SLOTS);
    if (entryBirth(entry) > view) free(entry);
    filled &= filled - 1;
  }
}
