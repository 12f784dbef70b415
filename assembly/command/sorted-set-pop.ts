/**
 * ZPOPMIN ZPOPMAX ZMPOP: taking elements from the ends of sorted sets. They are logged as `ZREMRANGEBYRANK`.
 */
import {
  ERROR_COUNT_NOT_POSITIVE,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_NUMKEYS_NOT_POSITIVE,
  ERROR_OUT_OF_RANGE_POSITIVE,
  ERROR_SYNTAX,
  ERROR_WRONG_TYPE,
} from "../abi/errors";
import { EVENT_ZPOPMAX, EVENT_ZPOPMIN } from "../abi/notification";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { foundSlot, lookupWrite } from "../keyspace/keyspace";
import { containerEntry } from "../types/container";
import { memberCount } from "../types/members";
import { isSortedSet, sortedLength, sortedMember, sortedNext, sortedOpen, sortedScore, sortedWalk } from "../types/sorted-set";
import { argumentHash, argumentLength, argumentPointer, argumentWord } from "./argument";
import { protocol, replyArray, replyBulk, replyError, replyFail, replyFailed, replyLength, replyNullArray, replyRewind } from "./reply";
import { replyScored, replyScoredHead } from "./score";
import { removeRanks } from "./sorted-set-range";
import { WORD_COUNT, WORD_MAX, WORD_MIN } from "./words";

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
 * Answers elements of the open sorted set under argument `key` from its lowest or highest on, in pairs if `nested`, and takes them out; an error, if
 * there is no memory for all of that, takes the place of the reply from `start` on.
 */
function popElements(argv: usize, key: u32, count: u32, highest: bool, nested: bool, start: u32): void {
  const size = memberCount(containerEntry);
  replyScoredHead(count, true, nested);
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
  if (!entry || !wanted) replyArray(0);
  else popElements(argv, 1, atMost(wanted), highest, protocol == 3 && argc == 3, replyLength());
}

export function zpopminCommand(argc: u32, argv: usize): void {
  pop(argc, argv, false);
}

export function zpopmaxCommand(argc: u32, argv: usize): void {
  pop(argc, argv, true);
}

export function zmpopCommand(argc: u32, argv: usize): void {
  if (!parseInteger(argumentPointer(argv, 1), argumentLength(argv, 1)) || parsedInteger < 1) {
    replyError(ERROR_NUMKEYS_NOT_POSITIVE);
    return;
  }
  const count = parsedInteger;
  const where = count < <i64>argc - 2 ? argumentWord(argv, 2 + <u32>count) : 0;
  if (where != WORD_MIN && where != WORD_MAX) {
    replyError(ERROR_SYNTAX);
    return;
  }
  const end: u32 = 2 + <u32>count;
  let wanted: i64 = 1;
  for (let at = end + 1; at < argc; at += 2) {
    if (at > end + 1 || at + 1 == argc || argumentWord(argv, at) != WORD_COUNT) {
      replyError(ERROR_SYNTAX);
      return;
    }
    const isInteger = parseInteger(argumentPointer(argv, at + 1), argumentLength(argv, at + 1));
    wanted = parsedInteger;
    if (!isInteger || wanted < 1) {
      replyError(ERROR_COUNT_NOT_POSITIVE);
      return;
    }
  }
  for (let index: u32 = 2; index < end; index++) {
    const entry = openAt(argv, index);
    if (entry == <usize>-1) return;
    if (!entry) continue;
    const start = replyLength();
    replyArray(2);
    replyBulk(argumentPointer(argv, index), argumentLength(argv, index));
    popElements(argv, index, atMost(wanted), where == WORD_MAX, true, start);
    return;
  }
  replyNullArray();
}
