/**
 * ZPOPMIN ZPOPMAX ZMPOP, and BZPOPMIN BZPOPMAX BZMPOP, which wait while there is nothing to pop (wait.ts): taking elements from the ends of sorted
 * sets. They are logged as `ZREMRANGEBYRANK`.
 */
import { ERROR_OUT_OF_MEMORY_HOST, ERROR_OUT_OF_RANGE_POSITIVE, ERROR_SYNTAX, ERROR_WRONG_TYPE } from "../abi/errors";
import { EVENT_ZPOPMAX, EVENT_ZPOPMIN } from "../abi/notification";
import { TYPE_SORTED_SET } from "../abi/status";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { foundSlot, lookupWrite } from "../keyspace/keyspace";
import { containerEntry } from "../types/container";
import { memberCount } from "../types/members";
import { isSortedSet, sortedLength, sortedMember, sortedNext, sortedOpen, sortedScore, sortedWalk } from "../types/sorted-set";
import { argumentHash, argumentLength, argumentPointer } from "./argument";
import { popCount, popIsFirst, popKeys, readPop } from "./pop-arguments";
import { protocol, replyArray, replyBulk, replyError, replyFail, replyFailed, replyLength, replyNullArray, replyRewind } from "./reply";
import { replyScored, replyScoredHead } from "./score";
import { removeRanks } from "./sorted-set-range";
import { readTimeout, waitFor } from "./wait";
import { WORD_MAX, WORD_MIN } from "./words";

/** Opens the sorted set under argument `index`: its entry, 0 when it is absent; -1 after a reply of WRONGTYPE. */
function openAt(argv: usize, index: u32): usize {
  const key = argumentPointer(argv, index);
  const keyBytes = argumentLength(argv, index);
  const hash = argumentHash(argv, index);
  const entry = lookupWrite(hash, key, keyBytes);
  if (entry && !isSortedSet(entry)) {
    replyError(ERROR_WRONG_TYPE);
    return <usize>-1;
  }
  sortedOpen(hash, foundSlot, entry, key, keyBytes);
  return entry;
}

/**
 * Answers, behind the head of their array, elements of the open sorted set under argument `key` from its lowest or highest on, in pairs if `nested`,
 * and takes them out; an error, if there is no memory for all of that, takes the place of the reply from `start` on.
 */
function popElements(argv: usize, key: u32, count: u32, highest: bool, nested: bool, start: u32): void {
  const size = memberCount(containerEntry);
  sortedWalk(containerEntry, highest ? size - 1 : 0, highest);
  for (let left = count; left && !replyFailed; left--) {
    sortedNext();
    replyScored(sortedMember, sortedLength, sortedScore, true, nested);
  }
  if (replyFailed) return;
  const removed = removeRanks(argv, key, highest ? size - count : 0, count, highest ? EVENT_ZPOPMAX : EVENT_ZPOPMIN);
  if (removed == count) return;
  replyRewind(start);
  if (removed) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}

/** The smaller one of a wanted number and what there is. */
function atMost(wanted: i64): u32 {
  const size = memberCount(containerEntry);
  return wanted < <i64>size ? <u32>wanted : size;
}

function pop(argc: u32, argv: usize, highest: bool): void {
  if (argc > 3) {
    replyError(ERROR_SYNTAX);
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
  const entry = openAt(argv, 1);
  if (entry == <usize>-1) return;
  if (!entry || !wanted) {
    replyArray(0);
    return;
  }
  const count = atMost(wanted);
  const nested = protocol == 3 && argc == 3;
  const start = replyLength();
  replyScoredHead(count, true, nested);
  popElements(argv, 1, count, highest, nested, start);
}

export function zpopminCommand(argc: u32, argv: usize): void {
  pop(argc, argv, false);
}

export function zpopmaxCommand(argc: u32, argv: usize): void {
  pop(argc, argv, true);
}

// From the first one of several ------------------------------------------------------------------------------------------------

/**
 * Pops at most `wanted` elements from the first sorted set of `keys` arguments from `firstKey` on that is there, and replies that, or an error:
 * `[key, [[member, score] ...]]`, or
 * if it is `flat` one element as `[key, member, score]`. False: there is none, and nothing is replied.
 */
function popFirst(argv: usize, firstKey: u32, keys: u32, wanted: i64, highest: bool, flat: bool): bool {
  for (let index = firstKey; index < firstKey + keys; index++) {
    const entry = openAt(argv, index);
    if (entry == <usize>-1) return true;
    if (!entry) continue;
    const count = atMost(wanted);
    const start = replyLength();
    replyArray(flat ? 3 : 2);
    replyBulk(argumentPointer(argv, index), argumentLength(argv, index));
    if (!flat) replyScoredHead(count, true, true);
    popElements(argv, index, count, highest, !flat, start);
    return true;
  }
  return false;
}

export function zmpopCommand(argc: u32, argv: usize): void {
  if (readPop(argc, argv, 1, WORD_MAX, WORD_MIN) && !popFirst(argv, 2, popKeys, popCount, popIsFirst, false)) replyNullArray();
}

export function bzmpopCommand(argc: u32, argv: usize): void {
  if (!readPop(argc, argv, 2, WORD_MAX, WORD_MIN) || !readTimeout(argv, 1)) return;
  if (!popFirst(argv, 3, popKeys, popCount, popIsFirst, false) && !waitFor(TYPE_SORTED_SET, 3, popKeys)) replyNullArray();
}

function popOrWait(argc: u32, argv: usize, highest: bool): void {
  if (!readTimeout(argv, argc - 1)) return;
  if (!popFirst(argv, 1, argc - 2, 1, highest, true) && !waitFor(TYPE_SORTED_SET, 1, argc - 2)) replyNullArray();
}

export function bzpopminCommand(argc: u32, argv: usize): void {
  popOrWait(argc, argv, false);
}

export function bzpopmaxCommand(argc: u32, argv: usize): void {
  popOrWait(argc, argv, true);
}
