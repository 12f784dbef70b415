/**
 * SORT, SORT_RO (BY, GET, LIMIT, ASC, DESC, ALPHA, STORE): the elements of a list, set or sorted set, in order. Errors and results are Redis's; bytes are
 * compared as bytes, where redis-server follows its locale.
 *
 * The elements, and what they are sorted by, are read where they lie: nothing is changed while they are in use (sort-order.ts).
 *
 * Effects: STORE logs its result. Cost: O(N log N + M), a lookup for each BY and GET.
 */
import { ERROR_SORT_NOT_DOUBLE, ERROR_SYNTAX, ERROR_WRONG_TYPE } from "../abi/errors";
import { EVENT_SORTSTORE, NOTIFY_LIST } from "../abi/notification";
import { PURPOSE_SCRATCH, TYPE_LIST, TYPE_SET, TYPE_SORTED_SET } from "../abi/status";
import { copyBytes } from "../bytes/copy";
import { parseDouble, parsedDouble, skipBlanks } from "../bytes/float";
import { hashBytes } from "../bytes/hash";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { lookupRead } from "../keyspace/keyspace";
import { BUFFER_POINTER, BUFFER_SIZE, bufferFree, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { isRunPassing } from "../structure/run-leaf";
import { typeOf } from "../types/container";
import { hashGet, isHash } from "../types/hash";
import { listCount, listLength, listNext, listPointer, listWalk } from "../types/list";
import { listBuildAdd, listBuildBegin, listBuildCount, listBuildDrop, listBuildStore } from "../types/list-build";
import {
  isMemberPassing,
  isValuePassing,
  memberCount,
  memberLength,
  memberNext,
  memberPointer,
  memberValue,
  memberValueLength,
  memberWalk,
} from "../types/members";
import { isIntegerSet } from "../types/set";
import { isSortedPassing, sortedLength, sortedMember, sortedNext, sortedWalk } from "../types/sorted-set";
import { isString, isTextStored, readText, textLength, textPointer } from "../types/string";
import { argumentHash, argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { keyHash } from "./call";
import { replyArray, replyBulk, replyError, replyFail, replyFailed, replyNull } from "./reply";
import {
  ELEMENT,
  ELEMENT_LENGTH,
  WEIGHT,
  WEIGHT_LENGTH,
  orderBegin,
  orderFree,
  orderKeep,
  orderReverse,
  orderSet,
  orderSort,
  orderWeigh,
  orderWeighInteger,
  partOf,
  recordAt,
} from "./sort-order";
import { storeResult } from "./store-result";
import { WORD_ALPHA, WORD_ASC, WORD_BY, WORD_DESC, WORD_GET, WORD_LIMIT, WORD_STORE } from "./words";

const STAR: u32 = 42;
const HASH_SIGN: u32 = 35;

// Options -------------------------------------------------------------------------------------------------------------------

let descends: bool = false;
let alpha: bool = false;
let sorts: bool = true;
let limitStart: i64 = 0;
let limitCount: i64 = -1;
/** Arguments of BY and STORE, 0: none; how many GETs there are. */
let byArgument: u32 = 0;
let storeArgument: u32 = 0;
let gets: u32 = 0;

function readOptions(argc: u32, argv: usize, stores: bool): bool {
  descends = false;
  alpha = false;
  sorts = true;
  limitStart = 0;
  limitCount = -1;
  byArgument = 0;
  storeArgument = 0;
  gets = 0;
  for (let index: u32 = 2; index < argc; index++) {
    const word = argumentWord(argv, index);
    const left = argc - index - 1;
    if (word == WORD_ASC) descends = false;
    else if (word == WORD_DESC) descends = true;
    else if (word == WORD_ALPHA) alpha = true;
    else if (word == WORD_LIMIT && left >= 2) {
      if (!argumentInteger(argv, index + 1)) return false;
      limitStart = argumentValue;
      if (!argumentInteger(argv, index + 2)) return false;
      limitCount = argumentValue;
      index += 2;
    } else if (word == WORD_STORE && stores && left) storeArgument = ++index;
    else if (word == WORD_BY && left) {
      byArgument = ++index;
      // A name without a star is everybody's: there is nothing to sort by, then or later.
      if (starIn(argumentPointer(argv, index), argumentLength(argv, index)) < 0) sorts = false;
    } else if (word == WORD_GET && left) {
      gets++;
      index++;
    } else {
      replyError(ERROR_SYNTAX);
      return false;
    }
  }
  return true;
}

/** Where the first star of a pattern is, -1: there is none. */
function starIn(pattern: usize, length: u32): i32 {
  for (let at: u32 = 0; at < length; at++) if (<u32>load<u8>(pattern + at) == STAR) return at;
  return -1;
}

// Patterns ------------------------------------------------------------------------------------------------------------------

/** The name that a pattern makes of an element. */
const nameBuffer: usize = memory.data(BUFFER_SIZE, 8);
/** What a pattern has led to. */
let value: usize = 0;
let valueLength: u32 = 0;
/** Whether the value is the text of an integer, which the next read overwrites. */
let valueIsPassing: bool = false;
let lacksMemory: bool = false;

/** Looks up what a pattern means for an element. False: there is nothing, or (`lacksMemory`) no memory for the name. */
function lookupBy(pattern: usize, length: u32, element: usize, elementLength: u32): bool {
  valueIsPassing = false;
  const star = starIn(pattern, length);
  if (star < 0) return false;
  const arrow = arrowBehind(pattern, <u32>star, length);
  const nameEnd = arrow ? arrow : length;
  const nameLength = nameEnd - 1 + elementLength;
  if (nameLength < elementLength || !bufferReserve(nameBuffer, nameLength + 1)) {
    lacksMemory = true;
    return false;
  }
  const name = <usize>load<u32>(nameBuffer, BUFFER_POINTER);
  copyBytes(name, pattern, star);
  copyBytes(name + <usize>star, element, elementLength);
  copyBytes(name + <usize>star + elementLength, pattern + <usize>star + 1, nameEnd - <u32>star - 1);
  const entry = lookupRead(hashBytes(name, nameLength), name, nameLength);
  if (!entry) return false;
  if (arrow) {
    if (!isHash(entry) || !hashGet(entry, pattern + arrow + 2, length - arrow - 2)) return false;
    value = memberValue;
    valueLength = memberValueLength;
    valueIsPassing = isValuePassing();
    return true;
  }
  if (!isString(entry)) return false;
  readText(entry);
  value = textPointer;
  valueLength = textLength;
  valueIsPassing = !isTextStored();
  return true;
}

/** Where `->` stands behind the star, with a field behind it; 0: nowhere. */
function arrowBehind(pattern: usize, star: u32, length: u32): u32 {
  for (let at = star + 1; at + 2 < length; at++) if (load<u16>(pattern + at) == 0x3e2d) return at;
  return 0;
}

// Elements ------------------------------------------------------------------------------------------------------------------

let count: u32 = 0;
let cannotConvert: bool = false;

/** Reads all elements of an entry. False: no memory. */
function gather(entry: usize): bool {
  const type = entry ? typeOf(entry) : 0;
  count = !entry ? 0 : type == TYPE_LIST ? listCount(entry) : memberCount(entry);
  if (!count) return true;
  if (!orderBegin(count)) return false;
  if (type == TYPE_LIST) listWalk(entry, 0);
  else if (type == TYPE_SET) memberWalk(entry, false);
  else sortedWalk(entry, 0, false);
  for (let index: u32 = 0; index < count; index++) {
    let done = false;
    if (type == TYPE_LIST) {
      listNext();
      done = setElement(index, listPointer, listLength, isRunPassing());
    } else if (type == TYPE_SET) {
      memberNext();
      done = setElement(index, memberPointer, memberLength, isMemberPassing());
    } else {
      sortedNext();
      done = setElement(index, sortedMember, sortedLength, isSortedPassing());
    }
    if (!done) return false;
  }
  return true;
}

function setElement(index: u32, pointer: usize, length: u32, isPassing: bool): bool {
  const stays = isPassing ? orderKeep(pointer, length) : pointer;
  if (stays) orderSet(index, stays, length);
  return stays != 0;
}

/** Reads what the elements are sorted by. */
function weigh(argv: usize, by: u32): void {
  for (let index: u32 = 0; index < count && !lacksMemory; index++) {
    const record = recordAt(index);
    value = partOf(record, ELEMENT);
    valueLength = load<u32>(record, ELEMENT_LENGTH);
    valueIsPassing = false;
    if (by && !lookupBy(argumentPointer(argv, by), argumentLength(argv, by), value, valueLength)) continue;
    if (!alpha) orderWeigh(index, weightOf());
    else {
      if (valueIsPassing) value = orderKeep(value, valueLength);
      if (!value) lacksMemory = true;
      store<u32>(record, <u32>value, WEIGHT);
      store<u32>(record, valueLength, WEIGHT_LENGTH);
    }
  }
}

/** The number that the value is, behind blanks; an empty one is 0. */
function weightOf(): f64 {
  if (!valueLength) return 0;
  const end = value + valueLength;
  const start = skipBlanks(value, end);
  if (parseDouble(start, <u32>(end - start)) && !isNaN(parsedDouble)) return parsedDouble;
  cannotConvert = true;
  return 0;
}

/** Weighs the members of an intset, which has an order of its own. */
function weighIntegers(): void {
  for (let index: u32 = 0; index < count; index++) {
    const record = recordAt(index);
    if (parseInteger(partOf(record, ELEMENT), load<u32>(record, ELEMENT_LENGTH))) orderWeighInteger(index, parsedInteger);
  }
}

// The commands ----------------------------------------------------------------------------------------------------------------

export function sortCommand(argc: u32, argv: usize): void {
  sortKey(argc, argv, true);
}

export function sort_roCommand(argc: u32, argv: usize): void {
  sortKey(argc, argv, false);
}

function sortKey(argc: u32, argv: usize, stores: bool): void {
  if (!readOptions(argc, argv, stores)) return;
  const entry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  const type = entry ? typeOf(entry) : TYPE_LIST;
  if (type != TYPE_LIST && type != TYPE_SET && type != TYPE_SORTED_SET) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  let by = byArgument;
  if (!sorts && type == TYPE_SET && storeArgument) {
    // A set has no order of its own that could be stored.
    sorts = true;
    alpha = true;
    by = 0;
  }
  bufferInitialize(nameBuffer, PURPOSE_SCRATCH);
  lacksMemory = false;
  cannotConvert = false;
  if (!gather(entry)) lacksMemory = true;
  else if (sorts && count) {
    weigh(argv, by);
    if (!lacksMemory && !cannotConvert && !orderSort(alpha, descends, limitEnd())) lacksMemory = true;
  } else if (type == TYPE_SET) {
    if (count && isIntegerSet(entry)) {
      weighIntegers();
      if (!orderSort(false, false, limitEnd())) lacksMemory = true;
    }
  } else if (descends) orderReverse();
  if (lacksMemory) replyFail();
  else if (cannotConvert) replyError(ERROR_SORT_NOT_DOUBLE);
  else answer(argc, argv);
  orderFree();
  bufferFree(nameBuffer);
}

/** Where the range that LIMIT asks for begins, and behind which element it ends. */
function limitBegin(): u32 {
  return <u32>min<i64>(max<i64>(limitStart, 0), count);
}

function limitEnd(): u32 {
  const size = <i64>count;
  const wanted = limitCount < 0 ? size : min<i64>(limitCount, size);
  return <u32>min<i64>(<i64>limitBegin() + wanted, size);
}

/** Answers or stores the records from `start` to `end`, or what the GETs make of them. */
function answer(argc: u32, argv: usize): void {
  const start = limitBegin();
  const end = limitEnd();
  if (storeArgument) {
    storeAll(argc, argv, start, end);
    return;
  }
  replyArray((end - start) * (gets ? gets : 1));
  for (let index = start; index < end && !replyFailed && !lacksMemory; index++) {
    const record = recordAt(index);
    if (!gets) replyBulk(partOf(record, ELEMENT), load<u32>(record, ELEMENT_LENGTH));
    for (let at = nextGet(argc, argv, 1); at; at = nextGet(argc, argv, at)) {
      if (getPart(argv, at, record)) replyBulk(value, valueLength);
      else replyNull();
    }
  }
  if (lacksMemory) replyFail();
}

/** The argument of the next GET behind another one's, 0: there is none. */
function nextGet(argc: u32, argv: usize, after: u32): u32 {
  if (!gets) return 0;
  for (let index = after + 1; index < argc; index++) {
    const word = argumentWord(argv, index);
    if (word == WORD_GET) return index + 1;
    if (word == WORD_LIMIT) index += 2;
    else if (word == WORD_BY || word == WORD_STORE) index++;
  }
  return 0;
}

/** Reads what a GET makes of an element. */
function getPart(argv: usize, at: u32, record: usize): bool {
  const pattern = argumentPointer(argv, at);
  const element = partOf(record, ELEMENT);
  const length = load<u32>(record, ELEMENT_LENGTH);
  if (argumentLength(argv, at) == 1 && <u32>load<u8>(pattern) == HASH_SIGN) {
    value = element;
    valueLength = length;
    return true;
  }
  return lookupBy(pattern, argumentLength(argv, at), element, length);
}

/** Bytes of all that is stored, as its effect needs them. */
let storedBytes: u64 = 0;

function storeAll(argc: u32, argv: usize, start: u32, end: u32): void {
  storedBytes = 0;
  listBuildBegin();
  for (let index = start; index < end && !lacksMemory; index++) {
    const record = recordAt(index);
    if (!gets) addStored(partOf(record, ELEMENT), load<u32>(record, ELEMENT_LENGTH));
    for (let at = nextGet(argc, argv, 1); at && !lacksMemory; at = nextGet(argc, argv, at)) {
      const found = getPart(argv, at, record);
      if (!lacksMemory) addStored(value, found ? valueLength : 0);
    }
  }
  if (lacksMemory) {
    listBuildDrop();
    replyFail();
    return;
  }
  const key = argumentPointer(argv, storeArgument);
  const keyBytes = argumentLength(argv, storeArgument);
  const hash = argumentHash(argv, storeArgument);
  storeResult(TYPE_LIST, hash, key, keyBytes, listBuildCount(), storedBytes, listBuildStore, listBuildDrop, NOTIFY_LIST, EVENT_SORTSTORE);
}

const WORD_BYTES: u64 = 16;

function addStored(pointer: usize, length: u32): void {
  storedBytes += WORD_BYTES + length;
  if (!listBuildAdd(pointer, length)) lacksMemory = true;
}
