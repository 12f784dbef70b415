/**
 * HRANDFIELD, SRANDMEMBER and ZRANDMEMBER: random elements of a container, by the engine's seeded generator.
 *
 * Cost: O(log n) for each. While fields of a hash are over and not taken out yet they are drawn again, which changes that little unless they are the
 * most; and then a walk over all fields answers the command.
 */
import { randomBelow } from "../bytes/random";
import { generator } from "../keyspace/generator";
import { PURPOSE_SCRATCH } from "../abi/status";
import { allocate, release } from "../memory/allocator";
import {
  areMostSeen,
  memberAt,
  memberCount,
  memberCountAll,
  memberLength,
  memberNext,
  memberPointer,
  memberSeenAt,
  memberValue,
  memberValueLength,
  memberWalk,
} from "../types/members";
import { sampleBegin, sampleEnd, sampleNext } from "../types/sample";
import { readKept } from "../types/score";
import { isSortedSet } from "../types/sorted-set";
import { replyScore } from "./score";
import { protocol, replyArray, replyBulk, replyFail, replyFailed, replyNull } from "./reply";

/** Most elements of one reply. */
const REPLY_MAX: i64 = 0x7fffffff;

/** Replies one element, its member alone, or nothing if all are over. Requires: the entry is there. */
export function replyRandomOne(entry: usize, hasValues: bool): void {
  const size = memberCount(entry);
  if (!size) {
    replyNull();
    return;
  }
  if (areMostSeen(entry)) drawSeen(entry);
  else memberAt(entry, hasValues, randomBelow(generator, size));
  replyBulk(memberPointer, memberLength);
}

/** Reads a random field that is seen. Requires: most are. */
function drawSeen(entry: usize): void {
  const all = memberCountAll(entry);
  while (!memberSeenAt(entry, randomBelow(generator, all))) {}
}

/** The hash of which `isSeen` tells. */
let seenEntry: usize = 0;

function isSeen(position: u32): bool {
  return memberSeenAt(seenEntry, position);
}

/** Whether the values of the elements are scores. */
let hasScores: bool = false;

/** Replies the element that was read last. */
function replyElement(withValues: bool): void {
  if (withValues && protocol == 3) replyArray(2);
  replyBulk(memberPointer, memberLength);
  if (!withValues) return;
  if (hasScores) replyScore(readKept(memberValue, memberValueLength));
  else replyBulk(memberValue, memberValueLength);
}

/** Replies `wanted` different elements, or with a negative number that many, which may come again. `entry` 0: the key is absent. */
export function replyRandom(entry: usize, hasValues: bool, wanted: i64, withValues: bool): void {
  const size = entry ? memberCount(entry) : 0;
  hasScores = entry != 0 && isSortedSet(entry);
  const flat: u32 = withValues && protocol != 3 ? 2 : 1;
  if (!size || !wanted) {
    replyArray(0);
    return;
  }
  if (wanted < 0) {
    if (-wanted > REPLY_MAX) {
      replyFail();
      return;
    }
    replyRepeated(entry, hasValues, size, <u32>-wanted, withValues);
    return;
  }
  const count = wanted < <i64>size ? <u32>wanted : size;
  const hides = size != memberCountAll(entry);
  const isFew = hides && count <= size >> 1 && areMostSeen(entry);
  seenEntry = entry;
  const positions = isFew ? memberCountAll(entry) : size;
  if (!(isFew ? sampleBegin(count, positions, isSeen) : sampleBegin(count, positions))) {
    replyFail();
    return;
  }
  replyArray(count * flat);
  if (hides && !isFew) memberWalk(entry, hasValues);
  let walked: u32 = 0;
  for (let position = sampleNext(); position < positions && !replyFailed; position = sampleNext()) {
    if (isFew) memberSeenAt(entry, position);
    else if (!hides) memberAt(entry, hasValues, position);
    else for (; walked <= position; walked++) memberNext();
    replyElement(withValues);
  }
  sampleEnd();
}

/** Replies `count` elements that may come again. */
function replyRepeated(entry: usize, hasValues: bool, size: u32, count: u32, withValues: bool): void {
  const all = memberCountAll(entry);
  const isFew = size != all && !areMostSeen(entry);
  // Where the most are over, those that are seen are looked for once.
  const seen: usize = isFew ? allocate(size << 2, PURPOSE_SCRATCH) : 0;
  if (isFew && !seen) {
    replyFail();
    return;
  }
  if (isFew) {
    let found: u32 = 0;
    for (let position: u32 = 0; position < all; position++) {
      if (!memberSeenAt(entry, position)) continue;
      store<u32>(seen + ((<usize>found) << 2), position);
      found++;
    }
  }
  replyArray(withValues && protocol != 3 ? count << 1 : count);
  for (let left = count; left && !replyFailed; left--) {
    if (isFew) memberSeenAt(entry, load<u32>(seen + ((<usize>randomBelow(generator, size)) << 2)));
    else if (size != all) drawSeen(entry);
    else memberAt(entry, hasValues, randomBelow(generator, size));
    replyElement(withValues);
  }
  if (seen) release(seen, PURPOSE_SCRATCH);
}
