/**
 * The JSON commands that read: JSON.GET, JSON.MGET, JSON.TYPE, JSON.STRLEN, JSON.ARRLEN, JSON.OBJLEN, JSON.OBJKEYS,
 * JSON.ARRINDEX, JSON.RESP, JSON.DEBUG.
 *
 * A `$` path answers one element for each value that it leads to, null for those of another type; a legacy path answers for
 * the first value alone, and an error when it is missing or of another type.
 */
import { ERROR_JSON_NO_KEY, ERROR_JSON_UNKNOWN_DEBUG, ERROR_OUT_OF_MEMORY_HOST, ERROR_SYNTAX, ERROR_WRONG_ARITY } from "../abi/errors";
import { printDocument } from "../types/document";
import { equalValues } from "../value/compare";
import { integerOf, readInteger } from "../value/json-number";
import {
  printClose,
  printColon,
  printOpen,
  printSeparator,
  printString,
  printValue,
  setFormat,
  textAt,
  textFailed,
  textMark,
  textReset,
} from "../value/json-print";
import {
  KIND_ARRAY,
  KIND_BOOLEAN,
  KIND_INTEGER,
  KIND_NULL,
  KIND_OBJECT,
  KIND_STRING,
  TAG_TRUE,
  afterValue,
  childCount,
  elementAt,
  fieldValue,
  firstChild,
  isArray,
  isObject,
  isString,
  kindOf,
  namePointer,
  readLength,
  stringLength,
  stringPointer,
  tagOf,
  valueBytes,
} from "../value/packed";
import { packedAt } from "../value/packed-writer";
import { pathFirst } from "../value/path-compile";
import { findMatches, matchAt, matchCount, matchesFailed } from "../value/path-evaluate";
import { argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { commandId } from "./call";
import { pointOffset } from "./json";
import {
  KEY_DOCUMENT,
  KEY_MISSING,
  KEY_RECORD,
  KEY_REFUSED,
  document,
  documentEntry,
  documentFailed,
  findValues,
  isLegacy,
  isRootPath,
  kindName,
  kindNameLength,
  matchError,
  openOne,
  openRead,
  openWhole,
  readPath,
  readPathText,
  readValue,
  resetParsed,
  replyExpected,
  replyNoPath,
} from "./json-target";
import { commandNameLength, commandNamePointer } from "./lookup";
import {
  protocol,
  replyArray,
  replyBulk,
  replyError,
  replyErrorNaming,
  replyFail,
  replyInteger,
  replyLength,
  replyNull,
  replyRewind,
  replySimple,
} from "./reply";
import { WORD_FORMAT, WORD_INDENT, WORD_MEMORY, WORD_NEWLINE, WORD_NOESCAPE, WORD_SPACE, WORD_STRING, WORD_HELP } from "./words";

const TRUE: usize = memory.data<u8>([116, 114, 117, 101]);
const FALSE: usize = memory.data<u8>([102, 97, 108, 115, 101]);
const OPEN_BRACKET: usize = memory.data<u8>([91]);
const OPEN_BRACE: usize = memory.data<u8>([123]);

/** Replies what was printed. */
export function replyPrinted(): void {
  if (textFailed) replyFail();
  else replyBulk(textAt(0), textMark());
}

/** Index of the first path of JSON.GET, behind its options. */
let firstPath: u32 = 0;
const formats: usize = memory.data(24, 8);

/** Reads INDENT, NEWLINE, SPACE (and NOESCAPE, FORMAT STRING, which change nothing). */
function readFormat(argc: u32, argv: usize): bool {
  memory.fill(formats, 0, 24);
  let index: u32 = 2;
  while (index < argc) {
    const word = argumentWord(argv, index);
    const slot: i32 = word == WORD_INDENT ? 0 : word == WORD_NEWLINE ? 1 : word == WORD_SPACE ? 2 : word == WORD_FORMAT ? 3 : -1;
    if (word == WORD_NOESCAPE) index++;
    else if (slot < 0) break;
    else {
      if (index + 1 >= argc || (slot == 3 && argumentWord(argv, index + 1) != WORD_STRING)) {
        replyError(ERROR_SYNTAX);
        return false;
      }
      if (slot < 3) {
        store<u32>(formats + (slot << 3), <u32>argumentPointer(argv, index + 1));
        store<u32>(formats + (slot << 3), argumentLength(argv, index + 1), 4);
      }
      index += 2;
    }
  }
  firstPath = index;
  return true;
}

function beginText(): void {
  textReset();
  setFormat(
    <usize>load<u32>(formats),
    load<u32>(formats, 4),
    <usize>load<u32>(formats, 8),
    load<u32>(formats, 12),
    <usize>load<u32>(formats, 16),
    load<u32>(formats, 20),
  );
}

export function jsonGetCommand(argc: u32, argv: usize): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  if (!readFormat(argc, argv)) return;
  const whole = isWhole(argc, argv);
  let state = whole ? openWhole(key, keyBytes) : openRead(key, keyBytes);
  if (state == KEY_RECORD) {
    printWhole(argc > firstPath && argumentLength(argv, firstPath) != 0 && <u32>load<u8>(argumentPointer(argv, firstPath)) == 36);
    return;
  }
  const split = state == KEY_MISSING && firstPath >= argc ? pointOffset(key, keyBytes) : keyBytes;
  const named = split && split + 1 < keyBytes;
  if (named) state = openRead(key, split);
  if (state != KEY_DOCUMENT) {
    if (state == KEY_MISSING) replyNull();
    return;
  }
  if (named ? printNamed(key + split + 1, keyBytes - split - 1) : argc - firstPath > 1 ? printPaths(argc, argv) : printPath(argc, argv)) {
    replyPrinted();
  }
}

/** Whether JSON.GET asks for the whole document: by no path, or by `$` or `.` alone. */
function isWhole(argc: u32, argv: usize): bool {
  if (firstPath >= argc) return true;
  return argc - firstPath == 1 && isRootPath(argv, firstPath);
}

/** Replies the record that was opened, as an array of one if that was asked for. */
function printWhole(asArray: bool): void {
  beginText();
  if (asArray) {
    printOpen(91);
    printSeparator(true);
  }
  printDocument(documentEntry);
  if (asArray) printClose(93, false);
  replyPrinted();
}

/** Prints the value at a path that was part of the key. Replies and returns false when there is none. */
function printNamed(path: usize, length: u32): bool {
  if (!readPathText(path, length) || !findValues()) return false;
  if (!matchCount) {
    replyNull();
    return false;
  }
  beginText();
  printFound(false);
  return true;
}

/** Prints what the one path leads to. Replies an error and returns false when that is nothing. */
function printPath(argc: u32, argv: usize): bool {
  if (!readPath(argc, argv, firstPath) || !findValues()) return false;
  if (isLegacy() && !matchCount) {
    replyNoPath(argc, argv, firstPath);
    return false;
  }
  beginText();
  printFound(!isLegacy());
  return true;
}

/** Prints the values found as an array, or the first one. */
function printFound(asArray: bool): void {
  if (!asArray) {
    printValue(matchAt(0));
    return;
  }
  printOpen(91);
  for (let index: u32 = 0; index < matchCount; index++) {
    printSeparator(index == 0);
    printValue(matchAt(index));
  }
  printClose(93, matchCount == 0);
}

/** Prints an object with a member for each path. When one is no legacy path, all answer arrays. */
function printPaths(argc: u32, argv: usize): bool {
  let arrays = false;
  for (let index = firstPath; index < argc; index++) {
    if (argumentLength(argv, index) && <u32>load<u8>(argumentPointer(argv, index)) == 36) arrays = true;
  }
  beginText();
  printOpen(123);
  for (let index = firstPath; index < argc; index++) {
    if (!readPath(argc, argv, index) || !findValues()) return false;
    if (!arrays && !matchCount) {
      replyNoPath(argc, argv, index);
      return false;
    }
    printSeparator(index == firstPath);
    printString(argumentPointer(argv, index), argumentLength(argv, index));
    printColon();
    printFound(arrays);
  }
  printClose(125, false);
  return true;
}

export function jsonMgetCommand(argc: u32, argv: usize): void {
  resetParsed();
  if (!readPath(argc, argv, argc - 1)) return;
  const place = replyLength();
  replyArray(argc - 2);
  for (let index: u32 = 1; index < argc - 1; index++) {
    if (!openOne(argumentPointer(argv, index), argumentLength(argv, index))) {
      if (documentFailed()) {
        replyRewind(place);
        replyError(ERROR_OUT_OF_MEMORY_HOST);
        return;
      }
      replyNull();
      continue;
    }
    findMatches(document, pathFirst, 0);
    if (matchesFailed) {
      replyRewind(place);
      replyError(matchError());
      return;
    }
    if (isLegacy() && !matchCount) replyNull();
    else {
      textReset();
      printFound(!isLegacy());
      replyPrinted();
    }
  }
}

/** Opens the key and finds the values at the path of argument `index`; replies and returns false when there is nothing to go on with. */
function findForRead(argc: u32, argv: usize, index: u32, missingIsNull: bool): bool {
  const state = openRead(argumentPointer(argv, 1), argumentLength(argv, 1));
  if (state == KEY_REFUSED || !readPath(argc, argv, index)) return false;
  if (state == KEY_MISSING) {
    if (missingIsNull || isLegacy()) replyNull();
    else replyError(ERROR_JSON_NO_KEY);
    return false;
  }
  return findValues();
}

/** Replies one thing for each value (`$`), or for the first one, which must be there (legacy; `noPathIsNull`: or null). */
function replyEach(argc: u32, argv: usize, index: u32, noPathIsNull: bool, reply: (value: usize) => bool, kind: u32): void {
  if (isLegacy()) {
    if (!matchCount) {
      if (noPathIsNull) replyNull();
      else replyNoPath(argc, argv, index);
    } else if (!reply(matchAt(0))) replyExpected(kind, matchAt(0));
    return;
  }
  replyArray(matchCount);
  for (let each: u32 = 0; each < matchCount; each++) {
    if (!reply(matchAt(each))) replyNull();
  }
}

export function jsonTypeCommand(argc: u32, argv: usize): void {
  if (!findForRead(argc, argv, 2, true)) return;
  if (protocol == 3) replyArray(1);
  replyEach(argc, argv, 2, true, replyType, KIND_NULL);
}

function replyType(value: usize): bool {
  const kind = kindOf(value);
  replyBulk(kindName(kind), kindNameLength(kind));
  return true;
}

export function jsonStrlenCommand(argc: u32, argv: usize): void {
  if (findForRead(argc, argv, 2, false)) replyEach(argc, argv, 2, false, replyStringLength, KIND_STRING);
}

function replyStringLength(value: usize): bool {
  if (!isString(value)) return false;
  replyInteger(stringLength(value));
  return true;
}

export function jsonArrlenCommand(argc: u32, argv: usize): void {
  if (findForRead(argc, argv, 2, false)) replyEach(argc, argv, 2, false, replyArrayLength, KIND_ARRAY);
}

function replyArrayLength(value: usize): bool {
  if (!isArray(value)) return false;
  replyInteger(childCount(value));
  return true;
}

export function jsonObjlenCommand(argc: u32, argv: usize): void {
  const state = openRead(argumentPointer(argv, 1), argumentLength(argv, 1));
  if (state == KEY_REFUSED || !readPath(argc, argv, 2)) return;
  if (state == KEY_DOCUMENT) {
    if (findValues()) replyEach(argc, argv, 2, true, replyObjectLength, KIND_OBJECT);
  } else if (isLegacy()) replyNull();
  else replyNoPath(argc, argv, 2);
}

function replyObjectLength(value: usize): bool {
  if (!isObject(value)) return false;
  replyInteger(childCount(value));
  return true;
}

export function jsonObjkeysCommand(argc: u32, argv: usize): void {
  if (findForRead(argc, argv, 2, true)) replyEach(argc, argv, 2, true, replyNames, KIND_OBJECT);
}

function replyNames(value: usize): bool {
  if (!isObject(value)) return false;
  let count = childCount(value);
  replyArray(count);
  let field = firstChild(value);
  while (count--) {
    replyBulk(namePointer(field), readLength(field));
    field = afterValue(fieldValue(field));
  }
  return true;
}

/** What JSON.ARRINDEX searches: first index and end, before they are fitted to the array; end 0: the array's. */
let searchStart: i64 = 0;
let searchEnd: i64 = 0;

export function jsonArrindexCommand(argc: u32, argv: usize): void {
  const state = openRead(argumentPointer(argv, 1), argumentLength(argv, 1));
  if (state == KEY_REFUSED || !readValue(argv, 3)) return;
  searchStart = 0;
  searchEnd = 0;
  if (argc > 4) {
    if (!argumentInteger(argv, 4)) return;
    searchStart = argumentValue;
  }
  if (argc > 5) {
    if (!argumentInteger(argv, 5)) return;
    searchEnd = argumentValue;
  }
  if (argc > 6) {
    replyErrorNaming(ERROR_WRONG_ARITY, commandNamePointer(commandId), commandNameLength(commandId));
    return;
  }
  if (!readPath(argc, argv, 2)) return;
  if (state == KEY_MISSING) replyError(ERROR_JSON_NO_KEY);
  else if (findValues()) replyEach(argc, argv, 2, false, replyIndex, KIND_ARRAY);
}

function replyIndex(array: usize): bool {
  if (!isArray(array)) return false;
  const count = <i64>childCount(array);
  let start = searchStart < 0 ? searchStart + count : searchStart;
  let end = searchEnd <= 0 ? searchEnd + count : searchEnd;
  if (start < 0) start = 0;
  if (end > count) end = count;
  let found: i64 = -1;
  if (start < end) {
    let element = elementAt(array, <u32>start);
    for (let index = start; index < end && found < 0; index++) {
      if (equalValues(element, packedAt(0))) found = index;
      element = afterValue(element);
    }
  }
  replyInteger(found);
  return true;
}

export function jsonRespCommand(argc: u32, argv: usize): void {
  if (findForRead(argc, argv, 2, true)) replyEach(argc, argv, 2, false, replyResp, KIND_NULL);
}

/** A value as RESP: arrays begin with `[`, objects with `{` and are flat, numbers with a fraction are text. */
function replyResp(value: usize): bool {
  const kind = kindOf(value);
  if (kind == KIND_NULL) replyNull();
  else if (kind == KIND_BOOLEAN) {
    if (tagOf(value) == TAG_TRUE) replySimple(TRUE, 4);
    else replySimple(FALSE, 5);
  } else if (kind == KIND_INTEGER && readInteger(value)) replyInteger(integerOf);
  else if (kind == KIND_STRING) replyBulk(stringPointer(value), stringLength(value));
  else if (kind < KIND_ARRAY) {
    textReset();
    printValue(value);
    replyPrinted();
  } else replyContainer(value, kind == KIND_OBJECT);
  return true;
}

function replyContainer(value: usize, named: bool): void {
  let count = childCount(value);
  replyArray((named ? count << 1 : count) + 1);
  replySimple(named ? OPEN_BRACE : OPEN_BRACKET, 1);
  let child = firstChild(value);
  while (count--) {
    if (named) {
      replyBulk(namePointer(child), readLength(child));
      child = fieldValue(child);
    }
    replyResp(child);
    child = afterValue(child);
  }
}

export function jsonDebugCommand(argc: u32, argv: usize): void {
  const word = argumentWord(argv, 1);
  if (word == WORD_HELP) {
    replyHelp();
    return;
  }
  if (word != WORD_MEMORY || argc < 3 || argc > 4) {
    if (word == WORD_MEMORY) replyErrorNaming(ERROR_WRONG_ARITY, commandNamePointer(commandId), commandNameLength(commandId));
    else replyError(ERROR_JSON_UNKNOWN_DEBUG);
    return;
  }
  const state = openRead(argumentPointer(argv, 2), argumentLength(argv, 2));
  if (state == KEY_REFUSED || !readPath(argc, argv, 3)) return;
  if (state == KEY_MISSING) {
    if (isLegacy()) replyInteger(0);
    else replyArray(0);
  } else if (findValues()) replyEach(argc, argv, 3, false, replyMemory, KIND_NULL);
}

function replyMemory(value: usize): bool {
  replyInteger(valueBytes(value));
  return true;
}

const HELP_MEMORY: usize = memory.data<u8>([
  77, 69, 77, 79, 82, 89, 32, 60, 107, 101, 121, 62, 32, 91, 112, 97, 116, 104, 93, 32, 45, 32, 98, 121, 116, 101, 115, 32, 111, 102, 32,
  116, 104, 101, 32, 118, 97, 108, 117, 101, 115,
]); // MEMORY <key> [path] - bytes of the values
const HELP_HELP: usize = memory.data<u8>([72, 69, 76, 80, 32, 45, 32, 116, 104, 105, 115, 32, 116, 101, 120, 116]); // HELP - this text

function replyHelp(): void {
  replyArray(2);
  replyBulk(HELP_MEMORY, 41);
  replyBulk(HELP_HELP, 16);
}
