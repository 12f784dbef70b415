/**
 * Ranges of sorted sets by rank, score and member: ZRANGE and its older forms, ZRANGESTORE, ZCOUNT ZLEXCOUNT, ZREMRANGEBYRANK ZREMRANGEBYSCORE
 * ZREMRANGEBYLEX.
 *
 * Every range becomes one of ranks, `from` up to `to` (not included), before anything else is done with it. What is removed is logged as
 * `ZREMRANGEBYRANK`, of just as many as were. Cost: O(log n), and O(log n + m) for m elements answered or removed.
 */
import { COMMAND_ZREMRANGEBYRANK } from "../abi/commands";
import { ARGUMENT_SIZE } from "../abi/layout";
import {
  ERROR_LEX_RANGE,
  ERROR_LEX_WITHSCORES,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_RANGE_LIMIT,
  ERROR_SCORE_RANGE,
  ERROR_SYNTAX,
  ERROR_WRONG_TYPE,
} from "../abi/errors";
import {
  EVENT_ZRANGESTORE,
  EVENT_ZREMRANGEBYLEX,
  EVENT_ZREMRANGEBYRANK,
  EVENT_ZREMRANGEBYSCORE,
  NOTIFY_SORTED_SET,
} from "../abi/notification";
import { parseDoubleLimit, parsedDouble } from "../bytes/float";
import { effectInteger, effectWord, effectsOn } from "../durability/effect-log";
import { lookupRead } from "../keyspace/keyspace";
import { notifyMask } from "../keyspace/notify";
import { containerEntry } from "../types/container";
import { memberCount } from "../types/members";
import {
  isBeyondSorted,
  isSortedSet,
  sortedBelow,
  sortedBound,
  sortedLength,
  sortedMember,
  sortedNext,
  sortedRemoveRange,
  sortedScore,
  sortedWalk,
} from "../types/sorted-set";
import { sortedResultBegin, sortedResultEnd, sortedResultAppend } from "../types/sorted-set-result";
import { argumentHash, argumentInteger, argumentIsText, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { effectCommand, sayChanged } from "./effect";
import { protocol, replyError, replyFail, replyFailed, replyInteger } from "./reply";
import { replyScored, replyScoredHead } from "./score";
import { readSorted, sortedEntry, writeSorted } from "./sorted-set";
import { storeSortedResult } from "./sorted-set-store";
import { TEXT_WITHSCORES, TEXT_WITHSCORES_LENGTH, WORD_BYLEX, WORD_BYSCORE, WORD_LIMIT, WORD_REV } from "./words";

const BY_RANK: u32 = 0;
const BY_SCORE: u32 = 1;
const BY_LEX: u32 = 2;
/** The arguments say which: ZRANGE and ZRANGESTORE. */
const BY_ANY: u32 = 3;

// What a range says, before there is a sorted set ----------------------------------------------------------------------------

/** Of a range by rank: the first and the last one, from the end if below 0. */
let first: i64 = 0;
let last: i64 = 0;

/** One end of a range by score or member. */
@unmanaged
class Limit {
  score: f64;
  member: usize;
  length: u32;
  /** '-' or '+': all members stand behind it, or before it. */
  all: u8;
  isExclusive: bool;
}
const low = changetype<Limit>(memory.data(24, 8));
const high = changetype<Limit>(memory.data(24, 8));

/** Reads both ends of a range; replies an error and returns false when one is none. */
function readRange(argv: usize, by: u32, lowest: u32, highest: u32): bool {
  if (by == BY_RANK) {
    if (!argumentInteger(argv, lowest)) return false;
    first = argumentValue;
    if (!argumentInteger(argv, highest)) return false;
    last = argumentValue;
    return true;
  }
  const done =
    by == BY_SCORE
      ? readScoreLimit(argv, lowest, low) && readScoreLimit(argv, highest, high)
      : readLexLimit(argv, lowest, low) && readLexLimit(argv, highest, high);
  if (!done) replyError(by == BY_SCORE ? ERROR_SCORE_RANGE : ERROR_LEX_RANGE);
  return done;
}

/** `score` or `(score` */
function readScoreLimit(argv: usize, index: u32, limit: Limit): bool {
  const text = argumentPointer(argv, index);
  const length = argumentLength(argv, index);
  limit.isExclusive = length != 0 && load<u8>(text) == 40;
  const skipped: u32 = limit.isExclusive ? 1 : 0;
  if (!parseDoubleLimit(text + skipped, length - skipped)) return false;
  limit.score = parsedDouble;
  return true;
}

/** `[member`, `(member`, `-` or `+` */
function readLexLimit(argv: usize, index: u32, limit: Limit): bool {
  const text = argumentPointer(argv, index);
  const length = argumentLength(argv, index);
  if (!length) return false;
  const sign = load<u8>(text);
  limit.all = sign == 43 || sign == 45 ? sign : 0;
  limit.isExclusive = sign == 40;
  limit.member = text + 1;
  limit.length = length - 1;
  return limit.all ? length == 1 : sign == 40 || sign == 91;
}

// The range in a sorted set --------------------------------------------------------------------------------------------------

let from: u32 = 0;
let to: u32 = 0;

/** Finds the range in a sorted set; from == to if there is nothing in it. Returns false when there is no memory. */
function findRange(entry: usize, by: u32, reverse: bool): bool {
  const size = <i64>memberCount(entry);
  let start: i64 = 0;
  let end: i64 = 0;
  if (by == BY_RANK) {
    start = first < 0 ? first + size : first;
    end = last >= size ? size : (last < 0 ? last + size : last) + 1;
    if (start < 0) start = 0;
    if (reverse) {
      const turned = size - end;
      end = size - start;
      start = turned;
    }
  } else if (by == BY_SCORE) {
    start = sortedBelow(entry, low.score, low.isExclusive);
    end = sortedBelow(entry, high.score, !high.isExclusive);
  } else {
    return findLex(entry, <u32>size, reverse);
  }
  from = start < end ? <u32>start : 0;
  to = start < end ? <u32>end : 0;
  return true;
}

/**
 * The range by member. As in Redis the ends of the set are asked first, and then the range is sought from the end where the walk begins: that makes a
 * difference where scores differ, so that members do not ascend.
 */
function findLex(entry: usize, size: u32, reverse: bool): bool {
  from = 0;
  to = 0;
  const above = boundOf(entry, high, !high.isExclusive, 0, 1, false);
  const below = boundOf(entry, low, low.isExclusive, size - 1, size, false);
  if (above < 0 || below < 0) return false;
  if (above == 0 || below == size) return true;
  const outer = reverse ? boundOf(entry, high, !high.isExclusive, 0, size, true) : boundOf(entry, low, low.isExclusive, 0, size, false);
  if (outer < 0) return false;
  const inner = reverse
    ? boundOf(entry, low, low.isExclusive, 0, <u32>outer, true)
    : boundOf(entry, high, !high.isExclusive, <u32>outer, size, false);
  if (inner < 0) return false;
  from = <u32>min<i64>(outer, inner);
  to = <u32>max<i64>(outer, inner);
  return true;
}

/** Where an end of a range by member lies between two ranks; see `sortedBound`. -1: no memory. */
function boundOf(entry: usize, limit: Limit, orEqual: bool, lowest: u32, highest: u32, back: bool): i64 {
  if (limit.all) return limit.all == 45 ? lowest : highest;
  return sortedBound(entry, limit.member, limit.length, orEqual, lowest, highest, back);
}

// ZRANGE and relatives -------------------------------------------------------------------------------------------------------

let rangeBy: u32 = 0;
let isReverse: bool = false;
let withScores: bool = false;
let limitOffset: i64 = 0;
let limitCount: i64 = -1;

/** Reads what follows the range from argument `index` on; replies an error and returns false when something is wrong. */
function readOptions(argc: u32, argv: usize, index: u32, store: bool, isOpen: bool): bool {
  withScores = false;
  limitOffset = 0;
  limitCount = -1;
  for (let at = index; at < argc; at++) {
    const word = argumentWord(argv, at);
    if (!store && argumentIsText(argv, at, TEXT_WITHSCORES, TEXT_WITHSCORES_LENGTH)) withScores = true;
    else if (word == WORD_LIMIT && at + 2 < argc) {
      if (!argumentInteger(argv, at + 1)) return false;
      limitOffset = argumentValue;
      if (!argumentInteger(argv, at + 2)) return false;
      limitCount = argumentValue;
      at += 2;
    } else if (isOpen && !isReverse && word == WORD_REV) isReverse = true;
    else if (isOpen && rangeBy == BY_ANY && word == WORD_BYLEX) rangeBy = BY_LEX;
    else if (isOpen && rangeBy == BY_ANY && word == WORD_BYSCORE) rangeBy = BY_SCORE;
    else {
      replyError(ERROR_SYNTAX);
      return false;
    }
  }
  if (rangeBy == BY_ANY) rangeBy = BY_RANK;
  // A LIMIT without a count is refused nowhere, and means nothing to ranks.
  if (rangeBy == BY_RANK) limitOffset = 0;
  if (limitCount != -1 && rangeBy == BY_RANK) replyError(ERROR_RANGE_LIMIT);
  else if (withScores && rangeBy == BY_LEX) replyError(ERROR_LEX_WITHSCORES);
  else return true;
  return false;
}

/** Reads range and options of a command whose source is argument `key`. In a reverse one by score or member the highest comes first. */
function readRequest(argc: u32, argv: usize, key: u32, by: u32, reverse: bool): bool {
  rangeBy = by;
  isReverse = reverse;
  if (!readOptions(argc, argv, key + 3, key == 2, by == BY_ANY)) return false;
  const turns: u32 = isReverse && rangeBy != BY_RANK ? 1 : 0;
  return readRange(argv, rangeBy, key + 1 + turns, key + 2 - turns);
}

/** How many elements are wanted of the range that was found, once LIMIT is heeded; they begin at `limitOffset`. */
function wantedCount(): u32 {
  const size = <i64>(to - from);
  if (limitOffset < 0 || limitOffset >= size) return 0;
  const left = size - limitOffset;
  return <u32>(limitCount < 0 || limitCount > left ? left : limitCount);
}

/** Begins a walk over what is wanted. Requires: it is not nothing. */
function walkWanted(entry: usize): void {
  sortedWalk(entry, isReverse ? to - 1 - <u32>limitOffset : from + <u32>limitOffset, isReverse);
}

function answerRange(argc: u32, argv: usize, by: u32, reverse: bool): void {
  if (!readRequest(argc, argv, 1, by, reverse) || !readSorted(argv)) return;
  if (sortedEntry && !findRange(sortedEntry, rangeBy, isReverse)) {
    replyFail();
    return;
  }
  const count = sortedEntry ? wantedCount() : 0;
  const nested = protocol == 3;
  replyScoredHead(count, withScores, nested);
  if (!count) return;
  walkWanted(sortedEntry);
  for (let left = count; left && !replyFailed; left--) {
    sortedNext();
    replyScored(sortedMember, sortedLength, sortedScore, withScores, nested);
  }
}

export function zrangeCommand(argc: u32, argv: usize): void {
  answerRange(argc, argv, BY_ANY, false);
}

export function zrevrangeCommand(argc: u32, argv: usize): void {
  answerRange(argc, argv, BY_RANK, true);
}

export function zrangebyscoreCommand(argc: u32, argv: usize): void {
  answerRange(argc, argv, BY_SCORE, false);
}

export function zrevrangebyscoreCommand(argc: u32, argv: usize): void {
  answerRange(argc, argv, BY_SCORE, true);
}

export function zrangebylexCommand(argc: u32, argv: usize): void {
  answerRange(argc, argv, BY_LEX, false);
}

export function zrevrangebylexCommand(argc: u32, argv: usize): void {
  answerRange(argc, argv, BY_LEX, true);
}

export function zrangestoreCommand(argc: u32, argv: usize): void {
  if (!readRequest(argc, argv, 2, BY_ANY, false)) return;
  const source = lookupRead(argumentHash(argv, 2), argumentPointer(argv, 2), argumentLength(argv, 2));
  if (source && !isSortedSet(source)) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  let done = !source || findRange(source, rangeBy, isReverse);
  sortedResultBegin();
  const count = done && source ? wantedCount() : 0;
  if (count) walkWanted(source);
  // Redis's small encoding has no sign for a zero, and a range of ranks alone knows from the start whether it will be too large for that.
  let isSmall = true;
  for (let put: u32 = 1; put <= count && done; put++) {
    sortedNext();
    isSmall = isSmall && !isBeyondSorted(rangeBy == BY_RANK ? count : put, sortedLength);
    done = sortedResultAppend(sortedMember, sortedLength, isSmall && sortedScore == 0 ? 0 : sortedScore);
  }
  storeSortedResult(argv, sortedResultEnd(done), EVENT_ZRANGESTORE);
}

// Counting and removing ------------------------------------------------------------------------------------------------------

function countRange(argv: usize, by: u32): void {
  if (!readRange(argv, by, 2, 3) || !readSorted(argv)) return;
  if (!sortedEntry) replyInteger(0);
  else if (findRange(sortedEntry, by, false)) replyInteger(to - from);
  else replyFail();
}

export function zcountCommand(argc: u32, argv: usize): void {
  countRange(argv, BY_SCORE);
}

export function zlexcountCommand(argc: u32, argv: usize): void {
  countRange(argv, BY_LEX);
}

/** Takes `count` elements from a rank on out of the open sorted set under argument `key`, logs that and says what `event` has done. Returns how many. */
export function removeRanks(argv: usize, key: u32, rank: u32, count: u32, event: u32): u32 {
  const removed = sortedRemoveRange(rank, count);
  if (!removed) return 0;
  if (notifyMask) sayChanged(NOTIFY_SORTED_SET, event, argv + <usize>((key - 1) * ARGUMENT_SIZE), !containerEntry);
  if (effectsOn) {
    effectCommand(COMMAND_ZREMRANGEBYRANK, 3);
    effectWord(argumentPointer(argv, key), argumentLength(argv, key));
    effectInteger(rank);
    effectInteger(<i64>rank + removed - 1);
  }
  return removed;
}

function removeRange(argv: usize, by: u32, event: u32): void {
  if (!readRange(argv, by, 2, 3) || !writeSorted(argv)) return;
  if (sortedEntry && !findRange(sortedEntry, by, false)) {
    replyFail();
    return;
  }
  const count = sortedEntry ? to - from : 0;
  const removed = count ? removeRanks(argv, 1, from, count, event) : 0;
  if (removed == count) replyInteger(count);
  else if (removed) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}

export function zremrangebyrankCommand(argc: u32, argv: usize): void {
  removeRange(argv, BY_RANK, EVENT_ZREMRANGEBYRANK);
}

export function zremrangebyscoreCommand(argc: u32, argv: usize): void {
  removeRange(argv, BY_SCORE, EVENT_ZREMRANGEBYSCORE);
}

export function zremrangebylexCommand(argc: u32, argv: usize): void {
  removeRange(argv, BY_LEX, EVENT_ZREMRANGEBYLEX);
}
