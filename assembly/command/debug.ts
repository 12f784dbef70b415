/**
 * DEBUG, as far as it is about keys: OBJECT, DIGEST-VALUE, POPULATE, and LISTPACK, QUICKLIST and HTSTATS-KEY, which answer as OBJECT does where Redis
 * prints the inside of a structure that there is not here. The host answers the rest (host/command/debug.ts).
 *
 * `serializedlength` is the memory of entry and value.
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE } from "../abi/layout";
import { COMMAND_SET } from "../abi/commands";
import {
  ERROR_NOT_HASH_TABLE,
  ERROR_NOT_LISTPACK,
  ERROR_NOT_QUICKLIST,
  ERROR_NO_SUCH_KEY,
  ERROR_DEBUG_POPULATE_REFUSED,
  ERROR_OUT_OF_MEMORY,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_OUT_OF_RANGE_POSITIVE,
} from "../abi/errors";
import { PURPOSE_SCRATCH } from "../abi/status";
import { COMMIT_DONE } from "../abi/transaction";
import { copyBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { parsedInteger, parseInteger, printUnsigned } from "../bytes/integer";
import { accessClock } from "../keyspace/database";
import { digestHigh, digestLow, digestRecord, digestStart } from "../keyspace/digest";
import { entrySize } from "../keyspace/entry-release";
import { treesSize } from "../keyspace/entry-trees";
import { lookupQuiet } from "../keyspace/keyspace";
import { allocate, release } from "../memory/allocator";
import { ENTRY_ACCESS, entryExpiry } from "../structure/entry";
import { encodingLength, encodingPointer, readEncoding } from "../types/encoding";
import { hasFailed } from "../value/cells";
import { valueHash } from "../types/value-digest";
import { argumentHash, argumentIsText, argumentLength, argumentPointer, argumentWord } from "./argument";
import { applyEffect, handToHost, isMemoryFull, lacksPlanMemory, setKeyHash } from "./call";
import { replyArray, replyError, replyFailed, replyOk, replySimple } from "./reply";
import {
  TEXT_DIGEST_VALUE,
  TEXT_DIGEST_VALUE_LENGTH,
  TEXT_HTSTATS_KEY,
  TEXT_HTSTATS_KEY_LENGTH,
  TEXT_QUICKLIST,
  TEXT_QUICKLIST_LENGTH,
  WORD_LISTPACK,
  WORD_OBJECT,
  WORD_POPULATE,
} from "./words";

const CLOCK_MASK: u32 = 0xffffff;
/** First letters of encodings. */
const LETTER_H: u32 = 104;
const LETTER_L: u32 = 108;
const LETTER_Q: u32 = 113;
const LETTER_S: u32 = 115;
const ANY_ENCODING: u32 = 0;
/** Longest prefix and value of POPULATE. */
const PREFIX_MAX: u32 = 512;
const VALUE_MAX: u32 = 1 << 24;
const DIGITS_MAX: u32 = 20;
const COLON: u8 = 58;

const SET: usize = memory.data<u8>([115, 101, 116]); // set
const KEY: usize = memory.data<u8>([107, 101, 121]); // key
const VALUE: usize = memory.data<u8>([118, 97, 108, 117, 101, 58]); // value:
const VALUE_LENGTH: u32 = 6;
const AT: usize = memory.data<u8>([86, 97, 108, 117, 101, 32, 97, 116, 58, 48, 120]); // Value at:0x
const REFERENCES: usize = memory.data<u8>([
  32, 114, 101, 102, 99, 111, 117, 110, 116, 58, 49, 32, 101, 110, 99, 111, 100, 105, 110, 103, 58,
]); //  refcount:1 encoding:
const SERIALIZED: usize = memory.data<u8>([32, 115, 101, 114, 105, 97, 108, 105, 122, 101, 100, 108, 101, 110, 103, 116, 104, 58]); //  serializedlength:
const LAST_USE: usize = memory.data<u8>([32, 108, 114, 117, 58]); //  lru:
const IDLE: usize = memory.data<u8>([32, 108, 114, 117, 95, 115, 101, 99, 111, 110, 100, 115, 95, 105, 100, 108, 101, 58]); //  lru_seconds_idle:
const vector: usize = memory.data(24, 8);
const line: usize = memory.data(192, 8);
const keyText: usize = memory.data(536, 8);
let lineLength: u32 = 0;

export function debugCommand(argc: u32, argv: usize): void {
  const word = argumentWord(argv, 1);
  if (word == WORD_OBJECT && argc == 3) describe(argv, ANY_ENCODING, 0);
  else if (word == WORD_LISTPACK && argc == 3) describe(argv, LETTER_L, ERROR_NOT_LISTPACK);
  else if (argumentIsText(argv, 1, TEXT_QUICKLIST, TEXT_QUICKLIST_LENGTH) && (argc == 3 || argc == 4)) {
    describe(argv, LETTER_Q, ERROR_NOT_QUICKLIST);
  } else if (argumentIsText(argv, 1, TEXT_HTSTATS_KEY, TEXT_HTSTATS_KEY_LENGTH) && (argc == 3 || argc == 4)) {
    describe(argv, LETTER_H, ERROR_NOT_HASH_TABLE);
  } else if (argumentIsText(argv, 1, TEXT_DIGEST_VALUE, TEXT_DIGEST_VALUE_LENGTH)) digestValues(argc, argv);
  else if (word == WORD_POPULATE && argc >= 3 && argc <= 5) populate(argc, argv);
  else handToHost();
}

function setArgument(index: u32, pointer: usize, length: u32): void {
  store<u32>(vector + <usize>index * ARGUMENT_SIZE, <u32>pointer, ARGUMENT_POINTER);
  store<u32>(vector + <usize>index * ARGUMENT_SIZE, length, ARGUMENT_LENGTH);
}

function addText(pointer: usize, length: u32): void {
  copyBytes(line + lineLength, pointer, length);
  lineLength += length;
}

function addNumber(value: u64): void {
  lineLength += printUnsigned(line + lineLength, value);
}

/** Eight hexadecimal digits. */
function addAddress(address: usize): void {
  for (let shift = 28; shift >= 0; shift -= 4) {
    const digit = <u32>((address >> shift) & 15);
    store<u8>(line + lineLength++, digit + (digit < 10 ? 48 : 87));
  }
}

/** Answers where and how a value is stored, or an error if the name of its encoding does not begin with a letter. */
function describe(argv: usize, letter: u32, error: u32): void {
  const entry = lookupQuiet(argumentHash(argv, 2), argumentPointer(argv, 2), argumentLength(argv, 2));
  if (!entry) {
    replyError(ERROR_NO_SUCH_KEY);
    return;
  }
  readEncoding(entry);
  // A sorted set that is a skiplist has a hash table of its members too.
  const first = <u32>load<u8>(encodingPointer);
  const isSkiplist = first == LETTER_S && letter == LETTER_H;
  if (letter != ANY_ENCODING && first != letter && !isSkiplist) {
    replyError(error);
    return;
  }
  lineLength = 0;
  addText(AT, 11);
  addAddress(entry);
  addText(REFERENCES, 21);
  addText(encodingPointer, encodingLength);
  addText(SERIALIZED, 18);
  addNumber(entrySize(entry) + treesSize(entry));
  addText(LAST_USE, 5);
  addNumber(load<u32>(entry, ENTRY_ACCESS) & CLOCK_MASK);
  addText(IDLE, 18);
  addNumber((accessClock - load<u32>(entry, ENTRY_ACCESS)) & CLOCK_MASK);
  replySimple(line, lineLength);
}

/** Answers for each key a number in hexadecimal that values share which are equal and end at the same time; zeros: there is no such key. */
function digestValues(argc: u32, argv: usize): void {
  replyArray(argc - 2);
  for (let index: u32 = 2; index < argc && !replyFailed; index++) {
    const entry = lookupQuiet(argumentHash(argv, index), argumentPointer(argv, index), argumentLength(argv, index));
    digestStart();
    if (entry) digestRecord(valueHash(entry), entryExpiry(entry), 0, 0);
    lineLength = 0;
    addAddress(<u32>digestLow);
    addAddress(<u32>(digestLow >> 32));
    addAddress(<u32>digestHigh);
    addAddress(<u32>(digestHigh >> 32));
    replySimple(line, lineLength);
  }
}

/** The number that an argument is, or -1. */
function numberAt(argv: usize, index: u32): i64 {
  return parseInteger(argumentPointer(argv, index), argumentLength(argv, index)) ? parsedInteger : -1;
}

/** Makes strings `prefix:0` and so on where there are no such keys; their values have so many bytes if a size is given. */
function populate(argc: u32, argv: usize): void {
  const count = numberAt(argv, 2);
  const size = argc == 5 ? numberAt(argv, 4) : 0;
  const prefixLength = argc > 3 ? argumentLength(argv, 3) : 3;
  if (count < 0 || size < 0 || size > <i64>VALUE_MAX || prefixLength > PREFIX_MAX) {
    replyError(ERROR_OUT_OF_RANGE_POSITIVE);
    return;
  }
  copyBytes(keyText, argc > 3 ? argumentPointer(argv, 3) : KEY, prefixLength);
  store<u8>(keyText + prefixLength, COLON);
  const value = allocate(max(<u32>size, VALUE_LENGTH + DIGITS_MAX), PURPOSE_SCRATCH);
  const error = value ? makeKeys(count, prefixLength + 1, value, <u32>size) : ERROR_OUT_OF_MEMORY_HOST;
  if (value) release(value, PURPOSE_SCRATCH);
  if (error) replyError(error);
  else replyOk();
}

/** Sets `count` keys that begin with the first `prefixLength` bytes of keyText; the error with which one was refused, or 0. */
function makeKeys(count: i64, prefixLength: u32, value: usize, size: u32): u32 {
  if (size) memory.fill(value, 0, size);
  setArgument(0, SET, 3);
  for (let index: i64 = 0; index < count; index++) {
    const digits = keyText + prefixLength;
    const digitCount = printUnsigned(digits, <u64>index);
    const keyLength = prefixLength + digitCount;
    if (lookupQuiet(hashBytes(keyText, keyLength), keyText, keyLength)) continue;
    copyBytes(line, VALUE, VALUE_LENGTH);
    copyBytes(line + VALUE_LENGTH, digits, digitCount);
    const length = VALUE_LENGTH + digitCount;
    copyBytes(value, line, size ? min(size, length) : length);
    setArgument(1, keyText, keyLength);
    setArgument(2, value, size ? size : length);
    setKeyHash(hashBytes(keyText, keyLength));
    if (isMemoryFull()) return ERROR_OUT_OF_MEMORY;
    if (applyEffect(3, vector, COMMAND_SET) == COMMIT_DONE) continue;
    return hasFailed() && !lacksPlanMemory() ? ERROR_DEBUG_POPULATE_REFUSED : ERROR_OUT_OF_MEMORY_HOST;
  }
  return 0;
}
