/**
 * HRANDFIELD, SRANDMEMBER and ZRANDMEMBER: random elements of a container, by the engine's seeded generator.
 */
import { randomBelow } from "../bytes/random";
import { generator } from "../keyspace/generator";
import { memberAt, memberCount, memberLength, memberPointer, memberValue, memberValueLength } from "../types/members";
import { sampleBegin, sampleEnd, sampleNext } from "../types/sample";
import { readKept } from "../types/score";
import { isSortedSet } from "../types/sorted-set";
import { replyScore } from "./score";
import { protocol, replyArray, replyBulk, replyFail, replyFailed } from "./reply";

/** Most elements of one reply. */
const REPLY_MAX: i64 = 0x7fffffff;

/** Replies one element, its member alone. Requires: the entry is there. */
export function replyRandomOne(entry: usize, hasValues: bool): void {
  memberAt(entry, hasValues, randomBelow(generator, memberCount(entry)));
  replyBulk(memberPointer, memberLength);
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
    replyArray(<u32>-wanted * flat);
    for (let left = -wanted; left && !replyFailed; left--) {
      memberAt(entry, hasValues, randomBelow(generator, size));
      replyElement(withValues);
    }
    return;
  }
  const count = wanted < <i64>size ? <u32>wanted : size;
  if (!sampleBegin(count, size)) {
    replyFail();
    return;
  }
  replyArray(count * flat);
  for (let position = sampleNext(); position < size && !replyFailed; position = sampleNext()) {
    memberAt(entry, hasValues, position);
    replyElement(withValues);
  }
  sampleEnd();
}
