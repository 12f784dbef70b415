/**
 * The commands on lists: LPUSH RPUSH LPUSHX RPUSHX LPOP RPOP LLEN LRANGE LINDEX LSET LINSERT LREM LTRIM LPOS. (list-move.ts: LMOVE RPOPLPUSH LMPOP;
 * list-wait.ts: those that wait.)
 *
 * Replies and errors are Redis's. Effects: what was asked, or as far as memory was there; pops with the number of what was popped.
 */
import { COMMAND_LPOP, COMMAND_LREM, COMMAND_LTRIM, COMMAND_RPOP } from "../abi/commands";
import {
  ERROR_COUNT_NEGATIVE,
  ERROR_MAXLEN_NEGATIVE,
  ERROR_NO_SUCH_KEY,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_OUT_OF_RANGE_INT64,
  ERROR_OUT_OF_RANGE_POSITIVE,
  ERROR_POSITION_OUT_OF_RANGE,
  ERROR_RANK_ZERO,
  ERROR_SYNTAX,
  ERROR_WRONG_TYPE,
} from "../abi/errors";
import {
  EVENT_DEL,
  EVENT_LINSERT,
  EVENT_LPOP,
  EVENT_LPUSH,
  EVENT_LREM,
  EVENT_LSET,
  EVENT_LTRIM,
  EVENT_RPOP,
  EVENT_RPUSH,
  NOTIFY_GENERIC,
  NOTIFY_LIST,
} from "../abi/notification";
import { equalBytes } from "../bytes/copy";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { effectInteger, effectWord, effectsOn } from "../durability/effect-log";
import { foundSlot, lookupRead, lookupWrite } from "../keyspace/keyspace";
import { notify, notifyMask } from "../keyspace/notify";
import { containerEntry } from "../types/container";
import {
  isList,
  listAt,
  listBytesOf,
  listCount,
  listGrows,
  listInsert,
  listLength,
  listNext,
  listNote,
  listOpen,
  listPointer,
  listPrevious,
  listRemove,
  listReplace,
  listWalk,
  listWalkBack,
} from "../types/list";
import { argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { keyHash } from "./call";
import { replyArity } from "./connection";
import { effectCommand, effectRequest, sayChanged } from "./effect";
import {
  ensure,
  replyArray,
  replyBulk,
  replyError,
  replyFail,
  replyForgive,
  replyFailed,
  replyFillArray,
  replyGap,
  replyInteger,
  replyLength,
  replyNull,
  replyNullArray,
  replyOk,
  replyRewind,
} from "./reply";
import { WORD_AFTER, WORD_BEFORE, WORD_COUNT, WORD_MAXLEN, WORD_RANK } from "./words";

/** Bytes of an element of a reply beside its text and what it takes in a listpack. */
const BULK_BYTES: u32 = 6;

/** What `readList` and `writeList` found: the entry, or 0. */
let listEntry: usize = 0;

// @ts-ignore: decorator
@inline
function readList(argv: usize): bool {
  listEntry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!listEntry || isList(listEntry)) return true;
  replyError(ERROR_WRONG_TYPE);
  return false;
}

/** Looks a list up for changing it: it is open then. Replies WRONGTYPE and returns false when the key holds something else. */
export function writeList(argv: usize, index: u32, hash: u64): bool {
  const key = argumentPointer(argv, index);
  const keyBytes = argumentLength(argv, index);
  listEntry = lookupWrite(hash, key, keyBytes);
  if (listEntry && !isList(listEntry)) {
    replyError(ERROR_WRONG_TYPE);
    return false;
  }
  listOpen(hash, foundSlot, listEntry, key, keyBytes);
  return true;
}

// Pushing -----------------------------------------------------------------------------------------------------------------

export function lpushCommand(argc: u32, argv: usize): void {
  if (writeList(argv, 1, keyHash)) push(argc, argv, true);
}

export function rpushCommand(argc: u32, argv: usize): void {
  if (writeList(argv, 1, keyHash)) push(argc, argv, false);
}

export function lpushxCommand(argc: u32, argv: usize): void {
  if (!writeList(argv, 1, keyHash)) return;
  if (listEntry) push(argc, argv, true);
  else replyInteger(0);
}

export function rpushxCommand(argc: u32, argv: usize): void {
  if (!writeList(argv, 1, keyHash)) return;
  if (listEntry) push(argc, argv, false);
  else replyInteger(0);
}

/** Puts the elements of the arguments at an end of the open list: all or none. */
function push(argc: u32, argv: usize, atHead: bool): void {
  const before = listEntry ? listCount(listEntry) : 0;
  let bytes: u64 = 0;
  for (let index: u32 = 2; index < argc; index++) bytes += argumentLength(argv, index);
  listGrows(bytes, argc - 2);
  for (let index: u32 = 2; index < argc; index++) {
    if (listInsert(atHead ? 0 : before + index - 2, argumentPointer(argv, index), argumentLength(argv, index))) continue;
    // What was put is the writer's own, so that taking it back needs no memory.
    listRemove(atHead ? 0 : before, index - 2);
    replyFail();
    return;
  }
  listNote(false);
  if (notifyMask) sayChanged(NOTIFY_LIST, atHead ? EVENT_LPUSH : EVENT_RPUSH, argv, false);
  if (effectsOn) effectRequest(argc, argv);
  replyInteger(<i64>before + argc - 2);
}

// Popping -----------------------------------------------------------------------------------------------------------------

export function lpopCommand(argc: u32, argv: usize): void {
  popCommand(argc, argv, true);
}

export function rpopCommand(argc: u32, argv: usize): void {
  popCommand(argc, argv, false);
}

function popCommand(argc: u32, argv: usize, atHead: bool): void {
  if (argc > 3) {
    replyArity();
    return;
  }
  let wanted: i64 = 1;
  if (argc == 3) {
    const isInteger = parseInteger(argumentPointer(argv, 2), argumentLength(argv, 2));
    wanted = parsedInteger;
    if (!isInteger || wanted < 0) {
      replyError(ERROR_OUT_OF_RANGE_POSITIVE);
      return;
    }
  }
  if (!writeList(argv, 1, keyHash)) return;
  if (!listEntry) {
    if (argc == 3) replyNullArray();
    else replyNull();
  } else if (argc == 2) popOne(argv, 1, atHead);
  else popSome(argv, 1, wanted, atHead, replyLength());
}

/** Pops an element of the open list, which is that of an argument and is there, and replies it. */
export function popOne(argv: usize, index: u32, atHead: bool): void {
  const position = atHead ? 0 : listCount(containerEntry) - 1;
  listAt(containerEntry, position);
  replyBulk(listPointer, listLength);
  if (replyFailed) return;
  if (!listRemove(position, 1)) {
    replyFail();
    return;
  }
  listNote(true);
  sayPopped(argv, index, 1, atHead, false);
}

/** Pops up to `wanted` elements of it and replies an array of them; an error takes the place of the reply from `start` on. */
export function popSome(argv: usize, index: u32, wanted: i64, atHead: bool, start: u32): void {
  const size = listCount(containerEntry);
  const count = wanted < <i64>size ? <u32>wanted : size;
  replyArray(count);
  if (!count) return;
  if (atHead) {
    listWalk(containerEntry, 0);
    for (let left = count; left && !replyFailed; left--) {
      listNext();
      replyBulk(listPointer, listLength);
    }
  } else {
    listWalkBack(containerEntry, size - 1);
    for (let left = count; left && !replyFailed; left--) {
      listPrevious();
      replyBulk(listPointer, listLength);
    }
  }
  if (replyFailed) return;
  const popped = removeEnd(count, atHead);
  if (popped) {
    listNote(true);
    sayPopped(argv, index, popped, atHead, true);
  }
  if (popped == count) return;
  replyRewind(start);
  if (popped) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}

/** Removes elements at an end: from the end on, so that what memory is not there for is what lies farthest from it. Returns how many. */
function removeEnd(count: u32, atHead: bool): u32 {
  return listRemove(atHead ? 0 : listCount(containerEntry) - count, count, !atHead);
}

/** Tells and logs that elements were popped. */
function sayPopped(argv: usize, index: u32, count: u32, atHead: bool, counts: bool): void {
  const key = argumentPointer(argv, index);
  const keyBytes = argumentLength(argv, index);
  if (notifyMask) {
    notify(NOTIFY_LIST, atHead ? EVENT_LPOP : EVENT_RPOP, key, keyBytes);
    if (!containerEntry) notify(NOTIFY_GENERIC, EVENT_DEL, key, keyBytes);
  }
  if (!effectsOn) return;
  effectCommand(atHead ? COMMAND_LPOP : COMMAND_RPOP, counts ? 2 : 1);
  effectWord(key, keyBytes);
  if (counts) effectInteger(count);
}

// Reading -----------------------------------------------------------------------------------------------------------------

export function llenCommand(argc: u32, argv: usize): void {
  if (readList(argv)) replyInteger(listEntry ? listCount(listEntry) : 0);
}

export function lindexCommand(argc: u32, argv: usize): void {
  if (!readList(argv)) return;
  if (!listEntry) {
    replyNull();
    return;
  }
  if (!argumentInteger(argv, 2)) return;
  const position = fromEnd(argumentValue, listCount(listEntry));
  if (position < 0 || position >= <i64>listCount(listEntry)) {
    replyNull();
    return;
  }
  listAt(listEntry, <u32>position);
  replyBulk(listPointer, listLength);
}

/** A position below 0 counts from the end. */
// @ts-ignore: decorator
@inline
function fromEnd(position: i64, count: i64): i64 {
  return position < 0 ? position + count : position;
}

/** The range that `readRange` has read: its first position, and how many there are of it. */
let rangeFirst: u32 = 0;
let rangeCount: u32 = 0;

/** Makes positions of arguments 2 and 3 a range of so many elements. */
function readRange(start: i64, stop: i64, count: i64): void {
  let first = fromEnd(start, count);
  let last = fromEnd(stop, count);
  if (first < 0) first = 0;
  if (last >= count) last = count - 1;
  const isEmpty = first > last || first >= count;
  rangeFirst = isEmpty ? 0 : <u32>first;
  rangeCount = isEmpty ? 0 : <u32>(last - first + 1);
}

export function lrangeCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 2)) return;
  const start = argumentValue;
  if (!argumentInteger(argv, 3)) return;
  const stop = argumentValue;
  if (!readList(argv)) return;
  rangeCount = 0;
  if (listEntry) readRange(start, stop, listCount(listEntry));
  replyArray(rangeCount);
  // Room for all at once, since a reply that grows step by step is copied each time; elements of middle length may need less, and more is made then.
  if (!rangeCount || replyFailed) return;
  if (!ensure(listBytesOf(listEntry, rangeCount) + rangeCount * BULK_BYTES)) replyForgive();
  listWalk(listEntry, rangeFirst);
  for (let left = rangeCount; left && !replyFailed; left--) {
    listNext();
    replyBulk(listPointer, listLength);
  }
}

/** The options of LPOS: which match comes first, from the end if below 0; how many (-1: one, not as an array); how many elements are compared. */
let rank: i64 = 1;
let matches: i64 = -1;
let compared: i64 = 0;

export function lposCommand(argc: u32, argv: usize): void {
  if (!readPositionOptions(argc, argv) || !readList(argv)) return;
  const isArray = matches >= 0;
  if (!listEntry) {
    if (isArray) replyArray(0);
    else replyNull();
    return;
  }
  const element = argumentPointer(argv, 2);
  const length = argumentLength(argv, 2);
  const size = listCount(listEntry);
  const isBack = rank < 0;
  let skip = (isBack ? -rank : rank) - 1;
  const gap = isArray ? replyGap() : 0;
  let found: u32 = 0;
  if (isBack) listWalkBack(listEntry, size - 1);
  else listWalk(listEntry, 0);
  for (let step: u32 = 0; step < size && (!compared || <i64>step < compared) && !replyFailed; step++) {
    if (isBack) listPrevious();
    else listNext();
    if (listLength != length || !equalBytes(listPointer, element, length) || skip-- > 0) continue;
    replyInteger(isBack ? size - 1 - step : step);
    found++;
    if (!isArray || <i64>found == matches) break;
  }
  if (isArray) replyFillArray(gap, found);
  else if (!found) replyNull();
}

function readPositionOptions(argc: u32, argv: usize): bool {
  rank = 1;
  matches = -1;
  compared = 0;
  for (let index: u32 = 3; index < argc; index += 2) {
    const word = argumentWord(argv, index);
    if (index + 1 == argc || (word != WORD_RANK && word != WORD_COUNT && word != WORD_MAXLEN)) {
      replyError(ERROR_SYNTAX);
      return false;
    }
    if (word == WORD_RANK) {
      if (!argumentInteger(argv, index + 1)) return false;
      rank = argumentValue;
      if (!rank || rank == i64.MIN_VALUE) {
        replyError(rank ? ERROR_OUT_OF_RANGE_INT64 : ERROR_RANK_ZERO);
        return false;
      }
    } else {
      const isInteger = parseInteger(argumentPointer(argv, index + 1), argumentLength(argv, index + 1));
      if (!isInteger || parsedInteger < 0) {
        replyError(word == WORD_COUNT ? ERROR_COUNT_NEGATIVE : ERROR_MAXLEN_NEGATIVE);
        return false;
      }
      if (word == WORD_COUNT) matches = parsedInteger;
      else compared = parsedInteger;
    }
  }
  return true;
}

// Changing ----------------------------------------------------------------------------------------------------------------

export function lsetCommand(argc: u32, argv: usize): void {
  if (!writeList(argv, 1, keyHash)) return;
  if (!listEntry) {
    replyError(ERROR_NO_SUCH_KEY);
    return;
  }
  if (!argumentInteger(argv, 2)) return;
  const position = fromEnd(argumentValue, listCount(listEntry));
  if (position < 0 || position >= <i64>listCount(listEntry)) {
    replyError(ERROR_POSITION_OUT_OF_RANGE);
    return;
  }
  listGrows(argumentLength(argv, 3), 1);
  if (!listReplace(<u32>position, argumentPointer(argv, 3), argumentLength(argv, 3))) {
    replyFail();
    return;
  }
  listNote(true);
  if (notifyMask) sayChanged(NOTIFY_LIST, EVENT_LSET, argv, false);
  if (effectsOn) effectRequest(argc, argv);
  replyOk();
}

export function linsertCommand(argc: u32, argv: usize): void {
  const word = argumentWord(argv, 2);
  if (word != WORD_BEFORE && word != WORD_AFTER) {
    replyError(ERROR_SYNTAX);
    return;
  }
  if (!writeList(argv, 1, keyHash)) return;
  if (!listEntry) {
    replyInteger(0);
    return;
  }
  const pivot = findEqual(0, argumentPointer(argv, 3), argumentLength(argv, 3));
  if (pivot < 0) {
    replyInteger(-1);
    return;
  }
  listGrows(argumentLength(argv, 4), 1);
  if (!listInsert(<u32>pivot + (word == WORD_AFTER ? 1 : 0), argumentPointer(argv, 4), argumentLength(argv, 4))) {
    replyFail();
    return;
  }
  listNote(false);
  if (notifyMask) sayChanged(NOTIFY_LIST, EVENT_LINSERT, argv, false);
  if (effectsOn) effectRequest(argc, argv);
  replyInteger(listCount(containerEntry));
}

/** Position of the first element from one on that has these bytes, or -1. */
function findEqual(from: u32, bytes: usize, length: u32): i64 {
  let position = from;
  listWalk(containerEntry, from);
  while (listNext()) {
    if (listLength == length && equalBytes(listPointer, bytes, length)) return position;
    position++;
  }
  return -1;
}

/** The same for the last one up to a position. */
function findEqualBack(from: u32, bytes: usize, length: u32): i64 {
  let position: i64 = from;
  listWalkBack(containerEntry, from);
  while (listPrevious()) {
    if (listLength == length && equalBytes(listPointer, bytes, length)) return position;
    position--;
  }
  return -1;
}

export function lremCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 2)) return;
  const wanted = argumentValue;
  if (wanted == i64.MIN_VALUE) {
    replyError(ERROR_OUT_OF_RANGE_INT64);
    return;
  }
  if (!writeList(argv, 1, keyHash)) return;
  const bytes = argumentPointer(argv, 3);
  const length = argumentLength(argv, 3);
  const most = wanted < 0 ? -wanted : wanted ? wanted : i64.MAX_VALUE;
  const removed = listEntry ? (wanted < 0 ? removeBack(most, bytes, length) : removeForward(most, bytes, length)) : 0;
  const failed = removeFailed;
  removeFailed = false;
  if (removed) {
    listNote(true);
    if (notifyMask) sayChanged(NOTIFY_LIST, EVENT_LREM, argv, !containerEntry);
    if (effectsOn) {
      effectCommand(COMMAND_LREM, 3);
      effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
      effectInteger(wanted < 0 ? -removed : removed);
      effectWord(bytes, length);
    }
  }
  if (!failed) replyInteger(removed);
  else if (removed) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}

/** There was no memory for all that `removeForward` or `removeBack` was to remove. */
let removeFailed: bool = false;

/** Removes up to `most` elements that have these bytes, runs of them at once; returns how many. */
function removeForward(most: i64, bytes: usize, length: u32): i64 {
  let removed: i64 = 0;
  let position: i64 = 0;
  while (removed < most && containerEntry) {
    position = findEqual(<u32>position, bytes, length);
    if (position < 0) break;
    let run: u32 = 1;
    while (removed + run < most && listNext() && listLength == length && equalBytes(listPointer, bytes, length)) run++;
    const done = listRemove(<u32>position, run);
    removed += done;
    removeFailed = done < run;
    if (removeFailed) break;
  }
  return removed;
}

function removeBack(most: i64, bytes: usize, length: u32): i64 {
  let removed: i64 = 0;
  let position: i64 = listCount(containerEntry) - 1;
  while (removed < most && containerEntry && position >= 0) {
    position = findEqualBack(<u32>position, bytes, length);
    if (position < 0) break;
    let run: u32 = 1;
    while (removed + run < most && listPrevious() && listLength == length && equalBytes(listPointer, bytes, length)) run++;
    const done = listRemove(<u32>position - run + 1, run);
    removed += done;
    removeFailed = done < run;
    if (removeFailed) break;
    position -= run;
  }
  return removed;
}

export function ltrimCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 2)) return;
  const start = argumentValue;
  if (!argumentInteger(argv, 3)) return;
  const stop = argumentValue;
  if (!writeList(argv, 1, keyHash)) return;
  if (!listEntry) {
    replyOk();
    return;
  }
  const size = listCount(listEntry);
  readRange(start, stop, size);
  const head = rangeCount ? rangeFirst : size;
  const tail = size - head - rangeCount;
  const removedTail = tail ? listRemove(size - tail, tail, true) : 0;
  const removedHead = removedTail == tail && head ? listRemove(0, head) : 0;
  if (removedTail || removedHead) {
    listNote(true);
    if (effectsOn) {
      effectCommand(COMMAND_LTRIM, 3);
      effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
      effectInteger(removedHead);
      effectInteger(<i64>size - 1 - removedTail);
    }
  }
  if (notifyMask) sayChanged(NOTIFY_LIST, EVENT_LTRIM, argv, !containerEntry);
  if (removedHead == head && removedTail == tail) replyOk();
  else if (removedTail || removedHead) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}
