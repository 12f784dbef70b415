/**
 * SINTER SUNION SDIFF, SINTERSTORE SUNIONSTORE SDIFFSTORE, SINTERCARD.
 *
 * Intersections walk the smallest set and ask the others; differences walk the first one. What is stored replaces whatever the key held, without its
 * expiry, and is logged as a whole: `DEL`, and `SADD` of the members.
 */
import { ERROR_LIMIT_NEGATIVE, ERROR_NUMKEYS_NOT_POSITIVE, ERROR_SYNTAX, ERROR_TOO_MANY_NUMKEYS, ERROR_WRONG_TYPE } from "../abi/errors";
import { EVENT_SDIFFSTORE, EVENT_SINTERSTORE, EVENT_SUNIONSTORE, NOTIFY_SET } from "../abi/notification";
import { PURPOSE_SCRATCH, TYPE_SET } from "../abi/status";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { lookupRead } from "../keyspace/keyspace";
import { allocate, release } from "../memory/allocator";
import { memberCount, memberLength, memberNext, memberPointer, memberWalk, membersWalkTree } from "../types/members";
import { integersWalkTree } from "../types/integer-order";
import { isSet, setHas } from "../types/set";
import {
  isResultIntegers,
  resultAdd,
  resultBegin,
  resultBytes,
  resultCount,
  resultDrop,
  resultEnd,
  resultStore,
  resultTree,
} from "../types/set-result";
import { argumentHash, argumentLength, argumentPointer, argumentWord } from "./argument";
import { keyHash } from "./call";
import { replyIntegers } from "./set";
import { storeResult } from "./store-result";
import { replyBulk, replyError, replyFail, replyFailed, replyInteger, replySet } from "./reply";
import { WORD_LIMIT } from "./words";

const INTERSECTION: u32 = 0;
const UNION: u32 = 1;
const DIFFERENCE: u32 = 2;
/** Bytes of effects for each member beside its text. */
const EFFECT_MEMBER: u64 = 24;
const FEW: u32 = 64;

const few: usize = memory.data(256, 4);
/** The sets of the arguments, 0 for those that are absent; and whether one is. */
let sets: usize = few;
let setCount: u32 = 0;
let isAnyAbsent: bool = false;

// @ts-ignore: decorator
@inline
function setAt(index: u32): usize {
  return <usize>load<u32>(sets + ((<usize>index) << 2));
}

/** Looks the sets of arguments up; replies an error and returns false when a key holds something else. `closeSets` follows if true. */
function openSets(argv: usize, first: u32, count: u32): bool {
  sets = count <= FEW ? few : allocate(count << 2, PURPOSE_SCRATCH);
  if (!sets) {
    replyFail();
    return false;
  }
  setCount = count;
  isAnyAbsent = false;
  for (let index: u32 = 0; index < count; index++) {
    const entry = lookupRead(argumentHash(argv, first + index), argumentPointer(argv, first + index), argumentLength(argv, first + index));
    if (entry && !isSet(entry)) {
      closeSets();
      replyError(ERROR_WRONG_TYPE);
      return false;
    }
    if (!entry) isAnyAbsent = true;
    store<u32>(sets + ((<usize>index) << 2), <u32>entry);
  }
  return true;
}

function closeSets(): void {
  if (sets != few) release(sets, PURPOSE_SCRATCH);
}

/** Puts the smallest set first. Requires: none is absent. */
function smallestFirst(): void {
  let smallest: u32 = 0;
  for (let index: u32 = 1; index < setCount; index++) if (memberCount(setAt(index)) < memberCount(setAt(smallest))) smallest = index;
  const entry = setAt(smallest);
  store<u32>(sets + ((<usize>smallest) << 2), <u32>setAt(0));
  store<u32>(sets, <u32>entry);
}

/** Whether the member that the walk is at is in all sets (or in none) but the first one. */
function isInOthers(inAll: bool): bool {
  const member = memberPointer;
  const length = memberLength;
  const walked = setAt(0);
  for (let index: u32 = 1; index < setCount; index++) {
    const entry = setAt(index);
    if (inAll && entry == walked) continue;
    if ((entry != 0 && setHas(entry, member, length)) != inAll) return false;
  }
  return true;
}

/** Gathers the result of the open sets; false when there is no memory. */
function gather(operation: u32): bool {
  resultBegin();
  let done = true;
  if (operation == UNION) {
    for (let index: u32 = 0; index < setCount && done; index++) if (setAt(index)) done = gatherSet(setAt(index));
  } else if (operation == DIFFERENCE) {
    if (setAt(0)) done = gatherFirst(false);
  } else if (!isAnyAbsent) {
    smallestFirst();
    done = gatherFirst(true);
  }
  resultEnd();
  if (!done) resultDrop();
  return done;
}

function gatherSet(entry: usize): bool {
  memberWalk(entry, false);
  while (memberNext()) if (!resultAdd(memberPointer, memberLength)) return false;
  return true;
}

function gatherFirst(inAll: bool): bool {
  memberWalk(setAt(0), false);
  while (memberNext()) if (isInOthers(inAll) && !resultAdd(memberPointer, memberLength)) return false;
  return true;
}

/** Answers the result for the sets of all arguments. */
function answer(argc: u32, argv: usize, operation: u32): void {
  if (!openSets(argv, 1, argc - 1)) return;
  const done = gather(operation);
  closeSets();
  if (!done) {
    replyFail();
    return;
  }
  replySet(resultCount());
  if (isResultIntegers() && integersWalkTree(resultTree())) replyIntegers();
  else {
    membersWalkTree(resultTree());
    while (memberNext() && !replyFailed) replyBulk(memberPointer, memberLength);
  }
  resultDrop();
}

export function sinterCommand(argc: u32, argv: usize): void {
  answer(argc, argv, INTERSECTION);
}

export function sunionCommand(argc: u32, argv: usize): void {
  answer(argc, argv, UNION);
}

export function sdiffCommand(argc: u32, argv: usize): void {
  answer(argc, argv, DIFFERENCE);
}

/** Stores the result for the sets of arguments 2 on under argument 1. */
function storeSets(argc: u32, argv: usize, operation: u32, event: u32): void {
  if (!openSets(argv, 2, argc - 2)) return;
  const done = gather(operation);
  closeSets();
  if (!done) {
    replyFail();
    return;
  }
  const count = resultCount();
  const bytes = resultBytes() + <u64>count * EFFECT_MEMBER;
  const key = argumentPointer(argv, 1);
  storeResult(TYPE_SET, keyHash, key, argumentLength(argv, 1), count, bytes, resultStore, resultDrop, NOTIFY_SET, event);
}

export function sinterstoreCommand(argc: u32, argv: usize): void {
  storeSets(argc, argv, INTERSECTION, EVENT_SINTERSTORE);
}

export function sunionstoreCommand(argc: u32, argv: usize): void {
  storeSets(argc, argv, UNION, EVENT_SUNIONSTORE);
}

export function sdiffstoreCommand(argc: u32, argv: usize): void {
  storeSets(argc, argv, DIFFERENCE, EVENT_SDIFFSTORE);
}

export function sintercardCommand(argc: u32, argv: usize): void {
  if (!parseInteger(argumentPointer(argv, 1), argumentLength(argv, 1)) || parsedInteger < 1) {
    replyError(ERROR_NUMKEYS_NOT_POSITIVE);
    return;
  }
  const count = parsedInteger;
  if (count > <i64>argc - 2) {
    replyError(ERROR_TOO_MANY_NUMKEYS);
    return;
  }
  let limit: i64 = 0;
  for (let index: u32 = 2 + <u32>count; index < argc; index += 2) {
    if (argumentWord(argv, index) != WORD_LIMIT || index + 1 >= argc) {
      replyError(ERROR_SYNTAX);
      return;
    }
    if (!parseInteger(argumentPointer(argv, index + 1), argumentLength(argv, index + 1)) || parsedInteger < 0) {
      replyError(ERROR_LIMIT_NEGATIVE);
      return;
    }
    limit = parsedInteger;
  }
  if (!openSets(argv, 2, <u32>count)) return;
  let found: i64 = 0;
  if (!isAnyAbsent) {
    smallestFirst();
    memberWalk(setAt(0), false);
    while ((!limit || found < limit) && memberNext()) if (isInOthers(true)) found++;
  }
  closeSets();
  replyInteger(found);
}
