/**
 * ZUNION ZINTER ZDIFF, ZUNIONSTORE ZINTERSTORE ZDIFFSTORE, ZINTERCARD. Sets take part as sorted sets whose scores are all 1.
 *
 * Unions and intersections go from the smallest input to the largest, as in Redis, on which the last digits of sums depend. Intersections walk the
 * smallest one and ask the others; differences walk the first one.
 */
import { ERROR_INPUT_KEY_NEEDED, ERROR_LIMIT_NEGATIVE, ERROR_SYNTAX, ERROR_WEIGHT_NOT_FLOAT, ERROR_WRONG_TYPE } from "../abi/errors";
import { EVENT_ZDIFFSTORE, EVENT_ZINTERSTORE, EVENT_ZUNIONSTORE } from "../abi/notification";
import { PURPOSE_SCRATCH } from "../abi/status";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { lookupRead } from "../keyspace/keyspace";
import { allocate, release } from "../memory/allocator";
import {
  memberCount,
  memberFind,
  memberLength,
  memberNext,
  memberPointer,
  memberValue,
  memberValueLength,
  memberWalk,
} from "../types/members";
import { readKept } from "../types/score";
import { isSet } from "../types/set";
import { isSortedSet, sortedLength, sortedMember, sortedNext, sortedScore } from "../types/sorted-set";
import {
  resultScore,
  sortedResultBegin,
  sortedResultCount,
  sortedResultDrop,
  sortedResultEnd,
  sortedResultFind,
  sortedResultPut,
  sortedResultWalk,
} from "../types/sorted-set-result";
import { argumentHash, argumentInteger, argumentIsText, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { commandId } from "./call";
import { commandNameLength, commandNamePointer } from "./lookup";
import { protocol, replyError, replyErrorNaming, replyFail, replyFailed, replyInteger } from "./reply";
import { argumentDouble, argumentScore, replyScored, replyScoredHead } from "./score";
import { storeSortedResult } from "./sorted-set-store";
import {
  TEXT_AGGREGATE,
  TEXT_AGGREGATE_LENGTH,
  TEXT_WITHSCORES,
  TEXT_WITHSCORES_LENGTH,
  WORD_LIMIT,
  WORD_MAX,
  WORD_MIN,
  WORD_SUM,
  WORD_WEIGHTS,
} from "./words";
const UNION: u32 = 0;
const INTERSECTION: u32 = 1;
const DIFFERENCE: u32 = 2;
const SUM: u32 = 0;
const MINIMUM: u32 = 1;
const MAXIMUM: u32 = 2;

/** An input: the entry (0: absent), its place among the arguments, and the weight of its scores. */
const INPUT_PLACE: usize = 4;
const INPUT_WEIGHT: usize = 8;
const INPUT_SHIFT: usize = 4;
const FEW: u32 = 32;
const few: usize = memory.data(512, 8);
const spare: usize = memory.data(16, 8);
let inputs: usize = few;
let inputCount: u32 = 0;
let aggregation: u32 = SUM;
let withScores: bool = false;
/** Of ZINTERCARD: how far it counts; 0: to the end. */
let limit: i64 = 0;

// @ts-ignore: decorator
@inline
function inputAt(index: u32): usize {
  return inputs + ((<usize>index) << INPUT_SHIFT);
}

// @ts-ignore: decorator
@inline
function entryAt(index: u32): usize {
  return <usize>load<u32>(inputAt(index));
}

// @ts-ignore: decorator
@inline
function weightAt(index: u32): f64 {
  return load<f64>(inputAt(index), INPUT_WEIGHT);
}

// @ts-ignore: decorator
@inline
function sizeAt(index: u32): u32 {
  const entry = entryAt(index);
  return entry ? memberCount(entry) : 0;
}

// The request -----------------------------------------------------------------------------------------------------------------

/**
 * Reads `numkeys key...` from argument `at` on and the options; looks the inputs up. Replies an error and returns false when something is wrong;
 * `closeInputs` follows if true.
 */
function readRequest(argc: u32, argv: usize, at: u32, operation: u32, isStored: bool, isCounted: bool): bool {
  if (!argumentInteger(argv, at)) return false;
  if (argumentValue < 1) {
    replyErrorNaming(ERROR_INPUT_KEY_NEEDED, commandNamePointer(commandId), commandNameLength(commandId));
    return false;
  }
  if (argumentValue > <i64>(argc - at - 1)) {
    replyError(ERROR_SYNTAX);
    return false;
  }
  inputCount = <u32>argumentValue;
  inputs = inputCount <= FEW ? few : allocate(inputCount << (<u32>INPUT_SHIFT), PURPOSE_SCRATCH);
  if (!inputs) {
    replyFail();
    return false;
  }
  if (lookUp(argv, at + 1) && readOptions(argc, argv, at + 1 + inputCount, operation, isStored, isCounted)) return true;
  closeInputs();
  return false;
}

function lookUp(argv: usize, first: u32): bool {
  for (let index: u32 = 0; index < inputCount; index++) {
    const at = first + index;
    const entry = lookupRead(argumentHash(argv, at), argumentPointer(argv, at), argumentLength(argv, at));
    if (entry && !isSortedSet(entry) && !isSet(entry)) {
      replyError(ERROR_WRONG_TYPE);
      return false;
    }
    const input = inputAt(index);
    store<u32>(input, <u32>entry);
    store<u32>(input, index, INPUT_PLACE);
    store<f64>(input, 1, INPUT_WEIGHT);
  }
  return true;
}

function closeInputs(): void {
  if (inputs != few) release(inputs, PURPOSE_SCRATCH);
}

function readOptions(argc: u32, argv: usize, first: u32, operation: u32, isStored: bool, isCounted: bool): bool {
  const combines = operation != DIFFERENCE && !isCounted;
  aggregation = SUM;
  withScores = false;
  limit = 0;
  let at = first;
  while (at < argc) {
    const left = argc - at - 1;
    const word = argumentWord(argv, at);
    if (combines && left >= inputCount && word == WORD_WEIGHTS) {
      for (let index: u32 = 0; index < inputCount; index++) {
        if (!argumentScore(argv, at + 1 + index, ERROR_WEIGHT_NOT_FLOAT)) return false;
        store<f64>(inputAt(index), argumentDouble, INPUT_WEIGHT);
      }
      at += 1 + inputCount;
    } else if (combines && left && argumentIsText(argv, at, TEXT_AGGREGATE, TEXT_AGGREGATE_LENGTH)) {
      const how = argumentWord(argv, at + 1);
      if (how != WORD_SUM && how != WORD_MIN && how != WORD_MAX) break;
      aggregation = how == WORD_SUM ? SUM : how == WORD_MIN ? MINIMUM : MAXIMUM;
      at += 2;
    } else if (!isStored && !isCounted && argumentIsText(argv, at, TEXT_WITHSCORES, TEXT_WITHSCORES_LENGTH)) {
      withScores = true;
      at++;
    } else if (isCounted && left && word == WORD_LIMIT) {
      if (!parseInteger(argumentPointer(argv, at + 1), argumentLength(argv, at + 1)) || parsedInteger < 0) {
        replyError(ERROR_LIMIT_NEGATIVE);
        return false;
      }
      limit = parsedInteger;
      at += 2;
    } else break;
  }
  if (at == argc) return true;
  replyError(ERROR_SYNTAX);
  return false;
}

/** Orders the inputs from the smallest to the largest, those of one size as they were given (Shell, 1959). */
function sortInputs(): void {
  for (let gap = inputCount >> 1; gap; gap >>= 1) {
    for (let index = gap; index < inputCount; index++) {
      memory.copy(spare, inputAt(index), 16);
      const entry = <usize>load<u32>(spare);
      const size = entry ? memberCount(entry) : 0;
      let at = index;
      while (at >= gap && isAfter(at - gap, size)) {
        memory.copy(inputAt(at), inputAt(at - gap), 16);
        at -= gap;
      }
      memory.copy(inputAt(at), spare, 16);
    }
  }
}

/** Whether an input goes behind the spare one, which has this size. */
function isAfter(index: u32, size: u32): bool {
  const other = sizeAt(index);
  return other != size ? other > size : load<u32>(inputAt(index), INPUT_PLACE) > load<u32>(spare, INPUT_PLACE);
}

// Gathering -------------------------------------------------------------------------------------------------------------------

/** Begins a walk over an input's members, in no order. */
function walkInput(index: u32): void {
  memberWalk(entryAt(index), isSortedSet(entryAt(index)));
}

/** The weighted score of the member that was walked to or found in an input. */
// @ts-ignore: decorator
@inline
function scoreIn(index: u32): f64 {
  return weightAt(index) * (isSortedSet(entryAt(index)) ? readKept(memberValue, memberValueLength) : 1);
}

// @ts-ignore: decorator
@inline
function isIn(index: u32, member: usize, length: u32): bool {
  const entry = entryAt(index);
  return entry != 0 && memberFind(entry, isSortedSet(entry), member, length);
}

function aggregate(sum: f64, score: f64): f64 {
  if (aggregation == MINIMUM) return score < sum ? score : sum;
  if (aggregation == MAXIMUM) return score > sum ? score : sum;
  return orZero(sum + score);
}

/** What stands for infinity less infinity, or nothing times infinity. */
// @ts-ignore: decorator
@inline
function orZero(score: f64): f64 {
  return score == score ? score : 0;
}

function gatherUnion(): bool {
  for (let index: u32 = 0; index < inputCount; index++) {
    if (!entryAt(index)) continue;
    walkInput(index);
    while (memberNext()) {
      let score = orZero(scoreIn(index));
      if (sortedResultFind(memberPointer, memberLength)) score = aggregate(resultScore, score);
      if (!sortedResultPut(memberPointer, memberLength, score)) return false;
    }
  }
  return true;
}

/** The score of the member that the walk over the first input is at, if all others have it too. */
let commonScore: f64 = 0;

function isCommon(): bool {
  const member = memberPointer;
  const length = memberLength;
  commonScore = orZero(scoreIn(0));
  for (let index: u32 = 1; index < inputCount; index++) {
    if (!isIn(index, member, length)) return false;
    commonScore = aggregate(commonScore, scoreIn(index));
  }
  return true;
}

function gatherIntersection(): bool {
  walkInput(0);
  while (memberNext()) {
    const member = memberPointer;
    const length = memberLength;
    if (isCommon() && !sortedResultPut(member, length, commonScore)) return false;
  }
  return true;
}

function gatherDifference(): bool {
  walkInput(0);
  while (memberNext()) {
    const member = memberPointer;
    const length = memberLength;
    const score = scoreIn(0);
    let index: u32 = 1;
    while (index < inputCount && !isIn(index, member, length)) index++;
    if (index == inputCount && !sortedResultPut(member, length, score)) return false;
  }
  return true;
}

/** Gathers the result of the inputs and closes them; false when there is no memory. */
function gather(operation: u32): bool {
  sortedResultBegin();
  let done = true;
  if (operation != DIFFERENCE) sortInputs();
  if (operation == UNION) done = gatherUnion();
  else if (entryAt(0)) done = operation == INTERSECTION ? gatherIntersection() : gatherDifference();
  done = sortedResultEnd(done);
  closeInputs();
  return done;
}

// The commands ----------------------------------------------------------------------------------------------------------------

function answer(argc: u32, argv: usize, operation: u32): void {
  if (!readRequest(argc, argv, 1, operation, false, false)) return;
  if (!gather(operation)) {
    replyFail();
    return;
  }
  const count = sortedResultCount();
  const nested = protocol == 3;
  replyScoredHead(count, withScores, nested);
  sortedResultWalk();
  while (sortedNext() && !replyFailed) replyScored(sortedMember, sortedLength, sortedScore, withScores, nested);
  sortedResultDrop();
}

export function zunionCommand(argc: u32, argv: usize): void {
  answer(argc, argv, UNION);
}

export function zinterCommand(argc: u32, argv: usize): void {
  answer(argc, argv, INTERSECTION);
}

export function zdiffCommand(argc: u32, argv: usize): void {
  answer(argc, argv, DIFFERENCE);
}

function storeResult(argc: u32, argv: usize, operation: u32, event: u32): void {
  if (readRequest(argc, argv, 2, operation, true, false)) storeSortedResult(argv, gather(operation), event);
}

export function zunionstoreCommand(argc: u32, argv: usize): void {
  storeResult(argc, argv, UNION, EVENT_ZUNIONSTORE);
}

export function zinterstoreCommand(argc: u32, argv: usize): void {
  storeResult(argc, argv, INTERSECTION, EVENT_ZINTERSTORE);
}

export function zdiffstoreCommand(argc: u32, argv: usize): void {
  storeResult(argc, argv, DIFFERENCE, EVENT_ZDIFFSTORE);
}

export function zintercardCommand(argc: u32, argv: usize): void {
  if (!readRequest(argc, argv, 1, INTERSECTION, false, true)) return;
  let found: i64 = 0;
  sortInputs();
  if (entryAt(0)) {
    walkInput(0);
    while ((!limit || found < limit) && memberNext()) if (isCommon()) found++;
  }
  closeInputs();
  replyInteger(found);
}
