/**
 * What the JSON commands share: the document and the path that a command names, errors, and the one way in which a document
 * is changed (`commitEdits`, `commitValue`).
 *
 * A command that changes documents parses its values, finds the places, lists edits (value/edit.ts), writes its reply, and
 * commits: the new document is made in scratch memory, room for the effects is asked for, the document is stored, the effects
 * are logged. When a step fails the reply is taken back and an error stands in its place; nothing has changed then.
 *
 * Effects name places by normalised paths, the last place first, so that each path is right when it is replayed. Where they
 * would be many or longer than the document, where a path cannot name a place, and while the log is being compacted, the effect
 * is the whole document.
 */
import {
  COMMAND_JSON_ARRAPPEND,
  COMMAND_JSON_ARRINSERT,
  COMMAND_JSON_ARRPOP,
  COMMAND_JSON_ARRTRIM,
  COMMAND_JSON_CLEAR,
  COMMAND_JSON_DEL,
  COMMAND_JSON_FORGET,
  COMMAND_JSON_MERGE,
  COMMAND_JSON_NUMINCRBY,
  COMMAND_JSON_NUMMULTBY,
  COMMAND_JSON_SET,
  COMMAND_JSON_STRAPPEND,
  COMMAND_JSON_TOGGLE,
} from "../abi/commands";
import {
  EVENT_JSON_ARRAPPEND,
  EVENT_JSON_ARRINSERT,
  EVENT_JSON_ARRPOP,
  EVENT_JSON_ARRTRIM,
  EVENT_JSON_CLEAR,
  EVENT_JSON_DEL,
  EVENT_JSON_MERGE,
  EVENT_JSON_NUMINCRBY,
  EVENT_JSON_NUMMULTBY,
  EVENT_JSON_SET,
  EVENT_JSON_STRAPPEND,
  EVENT_JSON_TOGGLE,
  NOTIFY_MODULE,
} from "../abi/notification";
import {
  ERROR_JSON_EXPECTED_TYPE,
  ERROR_JSON_NO_PATH,
  ERROR_JSON_PATH_SYNTAX,
  ERROR_JSON_TOO_DEEP,
  ERROR_JSON_TOO_LARGE,
  ERROR_JSON_TOO_MANY,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_WRONG_TYPE,
} from "../abi/errors";
import { MAX_BULK_BYTES } from "../abi/status";
import { hashBytes } from "../bytes/hash";
import { compactionOn } from "../durability/compaction";
import { effectWord, effectsAdmit, effectsOn } from "../durability/effect-log";
import { declaredCollection } from "../keyspace/collection";
import { foundSlot, lookupRead, lookupWrite } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { entryExpiry } from "../structure/entry";
import { admitRow, admittedAt, documentScratchClear, documentValue, isDocument, isRecord, storeDocument } from "../types/document";
import { hasFailed } from "../value/cells";
import {
  EDIT_A,
  EDIT_B,
  EDIT_COUNT,
  EDIT_DELETE,
  EDIT_FIELD,
  EDIT_INSERT,
  EDIT_KIND,
  EDIT_MERGE,
  EDIT_PLACE,
  EDIT_REMOVE,
  EDIT_REPLACE,
  EDIT_SOURCE,
  EDIT_TRIM,
  editAt,
  editCount,
  editTooDeep,
  editsFailed,
  editsReset,
  sortEdits,
  writeEdited,
} from "../value/edit";
import { parseError, parseJson, parseOffset } from "../value/json-parse";
import { printByte, printBytes, printNumber, printValue, textAt, textFailed, textMark, textReset } from "../value/json-print";
import { afterValue, kindOf } from "../value/packed";
import { packedAt, packedFailed, packedMark, packedReset, packedRewind } from "../value/packed-writer";
import { programClear } from "../value/path";
import { compilePath, pathError, pathErrorOffset, pathFirst, pathLegacy } from "../value/path-compile";
import { findMatches, matchAt, matchesClear, matchesFailed, matchesTooMany } from "../value/path-evaluate";
import { pathPrintable, printName, printPath } from "../value/path-print";
import { argumentLength, argumentPointer } from "./argument";
import { commandId } from "./call";
import { effectCommand } from "./effect";
import { replyError, replyErrorNaming, replyFailed, replyLength, replyRewind } from "./reply";

/** What `openRead` and `openWrite` found; REFUSED: the error has been replied. */
export const KEY_MISSING: u32 = 0;
export const KEY_DOCUMENT: u32 = 1;
export const KEY_REFUSED: u32 = 2;
/** A record, in `documentEntry`: it was not unpacked. */
export const KEY_RECORD: u32 = 3;

/** The key of the running command, the slot and entry found for it (0: none), its packed document. */
export let documentKey: usize = 0;
export let documentKeyBytes: u32 = 0;
export let documentHash: u64 = 0;
export let documentSlot: usize = 0;
export let documentEntry: usize = 0;
export let document: usize = 0;
/** Length of the reply before the command's own. */
let replyStart: u32 = 0;

const ROOT: usize = memory.data<u8>([36]);
const POINT: usize = memory.data<u8>([46]);
/** KIND_* names, eight bytes each, and their lengths. */
const KIND_NAMES: usize = memory.data<u8>([
  110, 117, 108, 108, 0, 0, 0, 0, 98, 111, 111, 108, 101, 97, 110, 0, 105, 110, 116, 101, 103, 101, 114, 0, 110, 117, 109, 98, 101, 114, 0,
  0, 115, 116, 114, 105, 110, 103, 0, 0, 97, 114, 114, 97, 121, 0, 0, 0, 111, 98, 106, 101, 99, 116, 0, 0,
]);
const KIND_LENGTHS: usize = memory.data<u8>([4, 7, 7, 6, 6, 5, 6]);

export function kindName(kind: u32): usize {
  return KIND_NAMES + ((<usize>kind) << 3);
}

export function kindNameLength(kind: u32): u32 {
  return load<u8>(KIND_LENGTHS + kind);
}

/** Set while scratch memory may hold more than is kept from one command to the next. */
export let scratchUsed: bool = false;

/** Gives back what the running command has taken of scratch memory, save small blocks. */
export function releaseScratch(): void {
  scratchUsed = false;
  packedReset();
  textReset();
  editsReset();
  documentScratchClear();
  programClear();
  matchesClear();
}

function begin(key: usize, keyBytes: u32): void {
  scratchUsed = true;
  packedReset();
  editsReset();
  replyStart = replyLength();
  documentKey = key;
  documentKeyBytes = keyBytes;
  documentHash = hashBytes(key, keyBytes);
  document = 0;
}

function opened(entry: usize): u32 {
  const state = found(entry);
  if (state != KEY_DOCUMENT) return state;
  document = documentValue(entry);
  if (document) return KEY_DOCUMENT;
  replyError(ERROR_OUT_OF_MEMORY_HOST);
  return KEY_REFUSED;
}

function found(entry: usize): u32 {
  documentEntry = entry;
  documentSlot = foundSlot;
  if (!entry) return KEY_MISSING;
  if (isDocument(entry)) return KEY_DOCUMENT;
  replyError(ERROR_WRONG_TYPE);
  return KEY_REFUSED;
}

/** The document of one of several keys, or 0; keeps the compiled path. */
export function openOne(key: usize, keyBytes: u32): usize {
  begin(key, keyBytes);
  const entry = lookupRead(documentHash, key, keyBytes);
  documentEntry = entry && isDocument(entry) ? entry : 0;
  document = documentEntry ? documentValue(entry) : 0;
  return document;
}

/** Whether `openOne` found a document, but no memory to unpack it. */
export function documentFailed(): bool {
  return documentEntry != 0 && !document;
}

/** Looks the key up for reading; forgets what the command before has parsed. */
export function openRead(key: usize, keyBytes: u32): u32 {
  begin(key, keyBytes);
  return opened(lookupRead(documentHash, key, keyBytes));
}

/** The same for a command that prints the whole document: answers KEY_RECORD too. */
export function openWhole(key: usize, keyBytes: u32): u32 {
  begin(key, keyBytes);
  documentEntry = lookupRead(documentHash, key, keyBytes);
  return documentEntry && isDocument(documentEntry) && isRecord(documentEntry) ? KEY_RECORD : opened(documentEntry);
}

/** The same for changing. */
export function openWrite(key: usize, keyBytes: u32): u32 {
  begin(key, keyBytes);
  return opened(lookupWrite(documentHash, key, keyBytes));
}

/** Looks the key up for changing what is at a path; the document as a whole is replaced without being read. */
export function openAt(key: usize, keyBytes: u32, argv: usize, pathIndex: u32): u32 {
  if (!isRootPath(argv, pathIndex)) return openWrite(key, keyBytes);
  begin(key, keyBytes);
  return found(lookupWrite(documentHash, key, keyBytes));
}

/** Whether an argument is the path of the whole document. */
export function isRootPath(argv: usize, index: u32): bool {
  if (argumentLength(argv, index) != 1) return false;
  const path = <u32>load<u8>(argumentPointer(argv, index));
  return path == 36 || path == 46;
}

/** Prepares for reading a path or a value before a key is looked up. */
export function resetParsed(): void {
  scratchUsed = true;
  packedReset();
}

/** Compiles the path of an argument, or `.` if there is no such argument. Replies an error and returns false if it is none. */
export function readPath(argc: u32, argv: usize, index: u32): bool {
  return index < argc ? readPathText(argumentPointer(argv, index), argumentLength(argv, index)) : readPathText(POINT, 1);
}

export function readPathText(path: usize, length: u32): bool {
  if (compilePath(path, length)) return true;
  if (pathError != ERROR_JSON_PATH_SYNTAX) {
    replyError(pathError ? pathError : ERROR_OUT_OF_MEMORY_HOST);
    return false;
  }
  textReset();
  printNumber(pathErrorOffset);
  replyErrorNaming(pathError, textAt(0), textMark());
  return false;
}

/** Finds the values at the compiled path. Replies an error and returns false when there is no memory for them. */
export function findValues(): bool {
  findMatches(document, pathFirst, 0);
  if (!matchesFailed) return true;
  replyError(matchError());
  return false;
}

/** Why values could not be found. Requires: `matchesFailed`. */
export function matchError(): u32 {
  return matchesTooMany ? ERROR_JSON_TOO_MANY : ERROR_OUT_OF_MEMORY_HOST;
}

/** Offset of a value found in the document: an edit's place. */
export function placeAt(index: u32): u32 {
  return <u32>(matchAt(index) - document);
}

/** Parses a JSON argument behind what was parsed before. Replies an error and returns false if it is none. */
export function readValue(argv: usize, index: u32): bool {
  const text = argumentPointer(argv, index);
  const length = argumentLength(argv, index);
  if (parseJson(text, length)) return true;
  if (!parseError) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return false;
  }
  replyParseError(text, length);
  return false;
}

const LINE: usize = memory.data<u8>([108, 105, 110, 101, 32]); // "line "
const COLUMN: usize = memory.data<u8>([32, 99, 111, 108, 117, 109, 110, 32]); // " column "
const BYTE: usize = memory.data<u8>([32, 40, 98, 121, 116, 101, 32]); // " (byte "

/** `... at line 1 column 6 (byte 5)`. At the end of the text the column is that of the last byte, as serde_json counts. */
function replyParseError(text: usize, length: u32): void {
  let line: u32 = 1;
  let start: u32 = 0;
  for (let position: u32 = 0; position < parseOffset; position++) {
    if (<u32>load<u8>(text + position) != 10) continue;
    line++;
    start = position + 1;
  }
  textReset();
  printBytes(LINE, 5);
  printNumber(line);
  printBytes(COLUMN, 8);
  printNumber(parseOffset - start + (parseOffset < length ? 1 : 0));
  printBytes(BYTE, 7);
  printNumber(parseOffset);
  printByte(41);
  replyErrorNaming(parseError, textAt(0), textMark());
}

/** An error that names the command's path, in its `$` form. */
export function replyPathError(error: u32, argc: u32, argv: usize, index: u32): void {
  textReset();
  if (index >= argc) printByte(36);
  else {
    const path = argumentPointer(argv, index);
    const length = argumentLength(argv, index);
    const first = length ? <u32>load<u8>(path) : 0;
    if (first != 36) printByte(36);
    if (first != 36 && first != 46 && first != 91) printByte(46);
    if (length != 1 || first != 46) printBytes(path, length);
  }
  replyErrorNaming(error, textAt(0), textMark());
}

const BUT_FOUND: usize = memory.data<u8>([32, 98, 117, 116, 32, 102, 111, 117, 110, 100, 32]); // " but found "

/** `WRONGTYPE wrong type of path value - expected string but found integer` */
export function replyExpected(kind: u32, value: usize): void {
  textReset();
  printBytes(kindName(kind), kindNameLength(kind));
  printBytes(BUT_FOUND, 11);
  const found = kindOf(value);
  printBytes(kindName(found), kindNameLength(found));
  replyErrorNaming(ERROR_JSON_EXPECTED_TYPE, textAt(0), textMark());
}

/** For a legacy path that leads nowhere. */
export function replyNoPath(argc: u32, argv: usize, index: u32): void {
  replyPathError(ERROR_JSON_NO_PATH, argc, argv, index);
}

/** Whether the values are the answers of a legacy path, which has one. */
export function isLegacy(): bool {
  return pathLegacy;
}

/** Takes the reply back and answers an error, which is the host's to tell if the row-write door has noted one. Returns false. */
function refuse(error: u32): bool {
  replyRewind(replyStart);
  if (!hasFailed()) replyError(error);
  return false;
}

/** Makes the new document of the edits, stores it and logs the effects. False: nothing was changed, the error is replied. */
export function commitEdits(): bool {
  if (replyFailed) return false;
  if (editsFailed) return refuse(ERROR_OUT_OF_MEMORY_HOST);
  sortEdits(document);
  if (!editCount) return true;
  const start = packedMark();
  writeEdited(document);
  if (editTooDeep) return refuse(ERROR_JSON_TOO_DEEP);
  const replacesAll = load<u32>(editAt(0), EDIT_PLACE) == 0 && load<u32>(editAt(0), EDIT_KIND) == EDIT_REPLACE;
  return commitFrom(start, compactionOn || replacesAll);
}

/** Stores the packed value at an offset of the writer's buffer as the whole document, the same way. */
export function commitValue(start: u32): bool {
  return !replyFailed && commitFrom(start, true);
}

function commitFrom(from: u32, all: bool): bool {
  if (packedFailed) return refuse(ERROR_OUT_OF_MEMORY_HOST);
  let start = from;
  let whole = all;
  if (declaredCollection(documentKey, documentKeyBytes)) {
    if (!admitRow(documentKey, documentKeyBytes, packedAt(from), packedMark() - from, !documentEntry))
      return refuse(ERROR_OUT_OF_MEMORY_HOST);
    start = admittedAt;
    whole = true;
  }
  const bytes = packedMark() - start;
  if (bytes > <u32>MAX_BULK_BYTES) return refuse(ERROR_JSON_TOO_LARGE);
  if (effectsOn) {
    textReset();
    effectCount = 0;
    if (whole || !composeEdits(bytes)) composeWhole(start);
    if (textFailed || !effectsAdmit(composedBytes())) return refuse(ERROR_OUT_OF_MEMORY_HOST);
  }
  const expiry = documentEntry ? entryExpiry(documentEntry) : 0;
  if (!storeDocument(documentHash, documentSlot, documentEntry, documentKey, documentKeyBytes, packedAt(start), bytes, expiry)) {
    return refuse(ERROR_OUT_OF_MEMORY_HOST);
  }
  if (effectsOn) logComposed();
  notify(NOTIFY_MODULE, eventOf(commandId), documentKey, documentKeyBytes);
  if (packedMark() > from) packedRewind(from);
  return true;
}

/** The event of a command that has changed a document. */
function eventOf(command: u32): u32 {
  switch (command) {
    case COMMAND_JSON_DEL:
    case COMMAND_JSON_FORGET:
      return EVENT_JSON_DEL;
    case COMMAND_JSON_NUMINCRBY:
      return EVENT_JSON_NUMINCRBY;
    case COMMAND_JSON_NUMMULTBY:
      return EVENT_JSON_NUMMULTBY;
    case COMMAND_JSON_STRAPPEND:
      return EVENT_JSON_STRAPPEND;
    case COMMAND_JSON_TOGGLE:
      return EVENT_JSON_TOGGLE;
    case COMMAND_JSON_ARRAPPEND:
      return EVENT_JSON_ARRAPPEND;
    case COMMAND_JSON_ARRINSERT:
      return EVENT_JSON_ARRINSERT;
    case COMMAND_JSON_ARRPOP:
      return EVENT_JSON_ARRPOP;
    case COMMAND_JSON_ARRTRIM:
      return EVENT_JSON_ARRTRIM;
    case COMMAND_JSON_CLEAR:
      return EVENT_JSON_CLEAR;
    case COMMAND_JSON_MERGE:
      return EVENT_JSON_MERGE;
    default:
      return EVENT_JSON_SET;
  }
}

/**
 * Effects are put together in the text buffer before the document is stored, since their paths are those of the old one:
 * for each {u32 command, u32 words}, for each word {u32 length, bytes}. The key is not among the words.
 */
let effectCount: u32 = 0;
const RECORD_BYTES: u32 = 8;
/** Bytes that an effect takes beside its words and its key, and a word beside its bytes; generously. */
const EFFECT_BYTES: u32 = 64;
/** Above so many places the whole document is logged: to find the path of each takes time that grows with the document. */
const EDITS_LOGGED_MAX: u32 = 256;
const number: usize = memory.data(8, 8);

function composeEffect(command: u32, words: u32): void {
  store<u32>(number, command);
  store<u32>(number, words, 4);
  printBytes(number, RECORD_BYTES);
  effectCount++;
}

/** Begins a word; returns its place for `composeEnd`. */
function composeWord(): u32 {
  const place = textMark();
  printBytes(number, 4);
  return place;
}

function composeEnd(place: u32): void {
  if (!textFailed) store<u32>(textAt(place), textMark() - place - 4);
}

function composeWhole(start: u32): void {
  textReset();
  effectCount = 0;
  composeEffect(COMMAND_JSON_SET, 2);
  const path = composeWord();
  printBytes(ROOT, 1);
  composeEnd(path);
  composeValue(packedAt(start));
}

function composeValue(value: usize): void {
  const place = composeWord();
  printValue(value);
  composeEnd(place);
}

function composeInteger(value: u32): void {
  const place = composeWord();
  printNumber(value);
  composeEnd(place);
}

/** Composes an effect for each edit, the last one first. False: the whole document is shorter, or a path cannot name a place. */
function composeEdits(documentSize: u32): bool {
  if (editCount > EDITS_LOGGED_MAX) return false;
  for (let index = editCount; index > 0; index--) {
    composeEdit(editAt(index - 1));
    if (!pathPrintable) return false;
    if (editCount > 1 && textMark() > documentSize + EFFECT_BYTES) return false;
  }
  return true;
}

function composeEdit(edit: usize): void {
  const kind = load<u32>(edit, EDIT_KIND);
  const count = load<u32>(edit, EDIT_COUNT);
  const a = load<u32>(edit, EDIT_A);
  if (kind == EDIT_DELETE) composeEffect(COMMAND_JSON_DEL, 1);
  else if (kind == EDIT_INSERT) composeEffect(COMMAND_JSON_ARRINSERT, 2 + count);
  else if (kind == EDIT_REMOVE) composeEffect(COMMAND_JSON_ARRPOP, 2);
  else if (kind == EDIT_TRIM) composeEffect(COMMAND_JSON_ARRTRIM, 3);
  else composeEffect(kind == EDIT_MERGE ? COMMAND_JSON_MERGE : COMMAND_JSON_SET, 2);
  const path = composeWord();
  printPath(document, document + load<u32>(edit, EDIT_PLACE));
  if (kind == EDIT_FIELD) printName(<usize>a, load<u32>(edit, EDIT_B));
  composeEnd(path);
  if (kind == EDIT_INSERT || kind == EDIT_REMOVE || kind == EDIT_TRIM) composeInteger(a);
  if (kind == EDIT_TRIM) composeInteger(load<u32>(edit, EDIT_B) - 1);
  let value = packedAt(load<u32>(edit, EDIT_SOURCE));
  for (let left = count; left; left--) {
    composeValue(value);
    value = afterValue(value);
  }
}

function composedBytes(): u64 {
  return ((<u64>textMark()) << 1) + <u64>effectCount * (<u64>documentKeyBytes + EFFECT_BYTES + (EFFECT_BYTES << 2));
}

function logComposed(): void {
  let position = textAt(0);
  for (let left = effectCount; left; left--) {
    let words = load<u32>(position, 4);
    effectCommand(load<u32>(position), words + 1);
    effectWord(documentKey, documentKeyBytes);
    position += RECORD_BYTES;
    while (words--) {
      const length = load<u32>(position);
      effectWord(position + 4, length);
      position += 4 + length;
    }
  }
}
