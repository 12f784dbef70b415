/**
 * The commands on single members of sorted sets: ZADD ZINCRBY ZREM ZSCORE ZMSCORE ZCARD ZRANK ZREVRANK ZRANDMEMBER ZSCAN. (sorted-set-range.ts:
 * ranges of them; sorted-set-pop.ts: ZPOPMIN and relatives; sorted-set-algebra.ts: ZUNION and relatives.)
 *
 * Replies and errors are Redis's. Effects: ZADD and ZREM as they were asked, or as far as memory was there; what increments is `ZADD key score member`.
 */
import { COMMAND_ZADD } from "../abi/commands";
import {
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_OUT_OF_RANGE,
  ERROR_OUT_OF_RANGE_INT64,
  ERROR_SYNTAX,
  ERROR_WRONG_TYPE,
  ERROR_ZADD_GT_LT_NX,
  ERROR_ZADD_INCR_PAIR,
  ERROR_ZADD_XX_NX,
  ERROR_ZSET_NAN,
} from "../abi/errors";
import { EVENT_ZADD, EVENT_ZINCR, EVENT_ZREM, NOTIFY_SORTED_SET } from "../abi/notification";
import { effectWord, effectsOn } from "../durability/effect-log";
import { foundSlot, lookupRead, lookupWrite } from "../keyspace/keyspace";
import { notifyMask } from "../keyspace/notify";
import { containerEntry } from "../types/container";
import { PUT_NEW, PUT_NO_MEMORY, PUT_REPLACED, memberCount, memberScan } from "../types/members";
import { foundScore, isSortedSet, sortedFind, sortedOpen, sortedPut, sortedRank, sortedRemove } from "../types/sorted-set";
import { argumentInteger, argumentIsText, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { keyHash } from "./call";
import { replyArity } from "./connection";
import { effectCommand, effectRequest, sayChanged } from "./effect";
import { replyRandom, replyRandomOne } from "./member-random";
import { memberScanReply, readScanCursor, readScanOptions, scanCount, scanCursor } from "./member-scan";
import { replyArray, replyError, replyFail, replyFailed, replyInteger, replyNull, replyNullArray } from "./reply";
import { argumentDouble, argumentScore, effectScore, replyScore } from "./score";
import { TEXT_WITHSCORES, TEXT_WITHSCORES_LENGTH, WORD_CH, WORD_GT, WORD_INCR, WORD_LT, WORD_NX, WORD_XX } from "./words";

const OPTION_NX: u32 = 1;
const OPTION_XX: u32 = 2;
const OPTION_GT: u32 = 4;
const OPTION_LT: u32 = 8;
const OPTION_CH: u32 = 16;
const OPTION_INCR: u32 = 32;
const WITHSCORE_LENGTH: u32 = 9;

/** What `readSorted` and `writeSorted` found: the entry, or 0. */
export let sortedEntry: usize = 0;

/** Looks the sorted set of argument `index` up; replies WRONGTYPE and returns false when the key holds something else. */
// @ts-ignore: decorator
@inline
export function readSorted(argv: usize): bool {
  sortedEntry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!sortedEntry || isSortedSet(sortedEntry)) return true;
  replyError(ERROR_WRONG_TYPE);
  return false;
}

/** The same for changing it: the sorted set is open then. */
export function writeSorted(argv: usize): bool {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  sortedEntry = lookupWrite(keyHash, key, keyBytes);
  if (sortedEntry && !isSortedSet(sortedEntry)) {
    replyError(ERROR_WRONG_TYPE);
    return false;
  }
  sortedOpen(keyHash, foundSlot, sortedEntry, key, keyBytes);
  return true;
}

// ZADD and ZINCRBY ----------------------------------------------------------------------------------------------------------

/** What `addOne` did. */
const ADD_NOTHING: u32 = 0;
const ADD_NO_MEMORY: u32 = 1;
const ADD_NAN: u32 = 2;
/** The member has this score, which may be the one it had. */
const ADD_SAME: u32 = 3;
const ADD_UPDATED: u32 = 4;
const ADD_NEW: u32 = 5;
/** The score that the member has then. */
let addedScore: f64 = 0;

function addOne(options: u32, given: f64, member: usize, length: u32): u32 {
  let score = given;
  // Only where the old score matters before it is changed; `sortedPut` looks itself.
  if (options & ~OPTION_CH) {
    const isThere = containerEntry != 0 && sortedFind(containerEntry, member, length);
    if (isThere ? options & OPTION_NX : options & OPTION_XX) return ADD_NOTHING;
    if (isThere) {
      const old = foundScore;
      if (options & OPTION_INCR) score += old;
      if (score != score) return ADD_NAN;
      if ((options & OPTION_LT && score >= old) || (options & OPTION_GT && score <= old)) return ADD_NOTHING;
    }
  }
  addedScore = score;
  const result = sortedPut(member, length, score);
  if (result == PUT_NO_MEMORY) return ADD_NO_MEMORY;
  return result == PUT_NEW ? ADD_NEW : result == PUT_REPLACED ? ADD_UPDATED : ADD_SAME;
}

/** Reads the options of ZADD into `addOptions`; returns where the scores begin, or 0 after an error. */
let addOptions: u32 = 0;

function readAddOptions(argc: u32, argv: usize): u32 {
  addOptions = 0;
  let index: u32 = 2;
  for (; index < argc; index++) {
    const word = argumentWord(argv, index);
    if (word == WORD_NX) addOptions |= OPTION_NX;
    else if (word == WORD_XX) addOptions |= OPTION_XX;
    else if (word == WORD_GT) addOptions |= OPTION_GT;
    else if (word == WORD_LT) addOptions |= OPTION_LT;
    else if (word == WORD_CH) addOptions |= OPTION_CH;
    else if (word == WORD_INCR) addOptions |= OPTION_INCR;
    else break;
  }
  const one = addOptions & (OPTION_NX | OPTION_GT | OPTION_LT);
  let error: i32 = -1;
  if (index == argc || (argc - index) & 1) error = ERROR_SYNTAX;
  else if (addOptions & OPTION_NX && addOptions & OPTION_XX) error = ERROR_ZADD_XX_NX;
  else if (one & (one - 1)) error = ERROR_ZADD_GT_LT_NX;
  else if (addOptions & OPTION_INCR && argc - index > 2) error = ERROR_ZADD_INCR_PAIR;
  if (error < 0) return index;
  replyError(error);
  return 0;
}

export function zaddCommand(argc: u32, argv: usize): void {
  const first = readAddOptions(argc, argv);
  if (!first) return;
  for (let index = first; index < argc; index += 2) if (!argumentScore(argv, index)) return;
  if (!writeSorted(argv)) return;
  if (addOptions & OPTION_INCR) {
    increment(argv, addOptions, argumentDouble, first + 1);
    return;
  }
  let added: i64 = 0;
  let updated: i64 = 0;
  let failed = false;
  let index = first;
  for (; index < argc && !failed; index += 2) {
    if (argc - first > 2) argumentScore(argv, index);
    const done = addOne(addOptions, argumentDouble, argumentPointer(argv, index + 1), argumentLength(argv, index + 1));
    if (done == ADD_NO_MEMORY) failed = true;
    else if (done == ADD_NEW) added++;
    else if (done == ADD_UPDATED) updated++;
  }
  if (added + updated) {
    if (effectsOn) effectRequest(failed ? index - 2 : argc, argv);
    if (notifyMask) sayChanged(NOTIFY_SORTED_SET, EVENT_ZADD, argv, false);
  }
  if (!failed) replyInteger(addOptions & OPTION_CH ? added + updated : added);
  else if (added + updated) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}

export function zincrbyCommand(argc: u32, argv: usize): void {
  if (argumentScore(argv, 2) && writeSorted(argv)) increment(argv, OPTION_INCR, argumentDouble, 3);
}

/** Adds to the score of the member in argument `at` of the open sorted set, and answers the sum, or null when an option forbids it. */
function increment(argv: usize, options: u32, amount: f64, at: u32): void {
  const member = argumentPointer(argv, at);
  const length = argumentLength(argv, at);
  const done = addOne(options, amount, member, length);
  if (done == ADD_NO_MEMORY) replyFail();
  else if (done == ADD_NAN) replyError(ERROR_ZSET_NAN);
  else if (done == ADD_NOTHING) replyNull();
  else replyScore(addedScore);
  if (done < ADD_UPDATED) return;
  if (notifyMask) sayChanged(NOTIFY_SORTED_SET, EVENT_ZINCR, argv, false);
  if (!effectsOn) return;
  effectCommand(COMMAND_ZADD, 3);
  effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
  effectScore(addedScore);
  effectWord(member, length);
}

// The others ----------------------------------------------------------------------------------------------------------------

export function zremCommand(argc: u32, argv: usize): void {
  if (!writeSorted(argv)) return;
  let removed: i64 = 0;
  let index: u32 = 2;
  let failed = false;
  for (; sortedEntry && index < argc && !failed; index++) {
    const result = sortedRemove(argumentPointer(argv, index), argumentLength(argv, index));
    if (result < 0) failed = true;
    else removed += result;
    sortedEntry = containerEntry;
  }
  if (removed) {
    if (effectsOn) effectRequest(failed ? index - 1 : argc, argv);
    if (notifyMask) sayChanged(NOTIFY_SORTED_SET, EVENT_ZREM, argv, !sortedEntry);
  }
  if (failed) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyInteger(removed);
}

/** Replies the score of the member in argument `index`, or null. */
function replyScoreOf(argv: usize, index: u32): void {
  if (sortedEntry && sortedFind(sortedEntry, argumentPointer(argv, index), argumentLength(argv, index))) replyScore(foundScore);
  else replyNull();
}

export function zscoreCommand(argc: u32, argv: usize): void {
  if (readSorted(argv)) replyScoreOf(argv, 2);
}

export function zmscoreCommand(argc: u32, argv: usize): void {
  if (!readSorted(argv)) return;
  replyArray(argc - 2);
  for (let index: u32 = 2; index < argc && !replyFailed; index++) replyScoreOf(argv, index);
}

export function zcardCommand(argc: u32, argv: usize): void {
  if (readSorted(argv)) replyInteger(sortedEntry ? memberCount(sortedEntry) : 0);
}

/** Answers how many elements stand before a member, or behind it, and with WITHSCORE its score too. */
function rankOf(argc: u32, argv: usize, reverse: bool): void {
  if (argc > 4) {
    replyArity();
    return;
  }
  if (argc == 4 && !argumentIsText(argv, 3, TEXT_WITHSCORES, WITHSCORE_LENGTH)) {
    replyError(ERROR_SYNTAX);
    return;
  }
  if (!readSorted(argv)) return;
  const rank = sortedEntry ? sortedRank(sortedEntry, argumentPointer(argv, 2), argumentLength(argv, 2)) : -1;
  if (rank < 0) {
    if (argc == 4) replyNullArray();
    else replyNull();
    return;
  }
  if (argc == 4) replyArray(2);
  replyInteger(reverse ? <i64>memberCount(sortedEntry) - 1 - rank : rank);
  if (argc == 4) replyScore(foundScore);
}

export function zrankCommand(argc: u32, argv: usize): void {
  rankOf(argc, argv, false);
}

export function zrevrankCommand(argc: u32, argv: usize): void {
  rankOf(argc, argv, true);
}

export function zscanCommand(argc: u32, argv: usize): void {
  if (!readScanCursor(argv) || !readSorted(argv) || (sortedEntry && !readScanOptions(argc, argv))) return;
  if (sortedEntry) memberScan(sortedEntry, true, scanCursor, scanCount);
  memberScanReply(sortedEntry, true);
}

export function zrandmemberCommand(argc: u32, argv: usize): void {
  if (argc == 2) {
    if (!readSorted(argv)) return;
    if (sortedEntry) replyRandomOne(sortedEntry, true);
    else replyNull();
    return;
  }
  if (!argumentInteger(argv, 2)) return;
  const wanted = argumentValue;
  const withScores = argc == 4 && argumentIsText(argv, 3, TEXT_WITHSCORES, TEXT_WITHSCORES_LENGTH);
  if (wanted == i64.MIN_VALUE) replyError(ERROR_OUT_OF_RANGE_INT64);
  else if (argc > 4 || (argc == 4 && !withScores)) replyError(ERROR_SYNTAX);
  else if (withScores && (wanted > i64.MAX_VALUE >> 1 || wanted < -(i64.MAX_VALUE >> 1))) replyError(ERROR_OUT_OF_RANGE);
  else if (readSorted(argv)) replyRandom(sortedEntry, true, wanted, withScores);
}
