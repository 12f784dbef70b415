/**
 * The commands that store and delete JSON values: JSON.SET, JSON.MSET, JSON.MERGE, JSON.DEL, JSON.FORGET.
 *
 * JSON.SET on an existing key keeps its expiry. A path that leads nowhere adds a field if it is without wildcards and ends in a
 * name; the object that gets the field must be there. The form of two arguments, `JSON.SET key.path value`, splits at the first
 * point and makes the objects on the way.
 */
import { EVENT_JSON_DEL, NOTIFY_MODULE } from "../abi/notification";
import {
  ERROR_JSON_ARRAY_INDEX,
  ERROR_JSON_PATH_CREATION,
  ERROR_JSON_PATH_KEY,
  ERROR_JSON_ROOT,
  ERROR_JSON_STATIC_PATH,
  ERROR_JSON_TOO_DEEP,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_SYNTAX,
  ERROR_WRONG_ARITY,
} from "../abi/errors";
import { effectsAdmit, effectsMark, effectsOn, effectsRewind } from "../durability/effect-log";
import { removeEntry, statementCommit, statementRollback } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { undoBegin } from "../keyspace/undo";
import { memoryAdmit } from "../memory/allocator";
import { referencesForget, referencesHold } from "../table/reference";
import { documentBytes } from "../types/document";
import { EDIT_DELETE, EDIT_FIELD, EDIT_MERGE, EDIT_REPLACE, addEdit, depthOf, editCount, sortEdits, writeMerged } from "../value/edit";
import { DEPTH_MAX, TAG_NULL, findField, isObject, tagOf } from "../value/packed";
import { closeObject, openContainer, packedAt, packedFailed, packedMark, writeName, writePackedAgain } from "../value/packed-writer";
import { RECORD_KIND, RECORD_NEXT, SEGMENT_SELECTORS, SELECTOR_A, SELECTOR_LENGTH, SELECT_NAME } from "../value/path";
import { pathFirst, pathLast, pathSingular } from "../value/path-compile";
import { findMatches, matchCount, matchesFailed } from "../value/path-evaluate";
import { argumentLength, argumentPointer, argumentWord } from "./argument";
import { commandId } from "./call";
import { effectDelete } from "./effect";
import {
  KEY_DOCUMENT,
  KEY_MISSING,
  KEY_REFUSED,
  commitEdits,
  commitValue,
  document,
  documentEntry,
  documentHash,
  documentKey,
  documentKeyBytes,
  documentSlot,
  findValues,
  matchError,
  openAt,
  openWrite,
  placeAt,
  readPath,
  readPathText,
  readValue,
} from "./json-target";
import { commandNameLength, commandNamePointer } from "./lookup";
import { replyError, replyErrorNaming, replyInteger, replyNull, replyOk, replyLength, replyRewind } from "./reply";
import { commandIsStatement } from "./statement";
import { WORD_NX, WORD_XX } from "./words";

const POINT: u32 = 46;
/** What JSON.SET is asked for. */
const ALWAYS: u32 = 0;
const IF_MISSING: u32 = 1;
const IF_THERE: u32 = 2;

export function jsonSetCommand(argc: u32, argv: usize): void {
  if (argc == 3) {
    setByName(argv);
    return;
  }
  const condition = readCondition(argc, argv);
  if (condition > IF_THERE) {
    replyError(ERROR_SYNTAX);
    return;
  }
  const state = openAt(argumentPointer(argv, 1), argumentLength(argv, 1), argv, 2);
  if (state == KEY_REFUSED || !readValue(argv, 3) || !readPath(argc, argv, 2)) return;
  const place = replyLength();
  replyOk();
  if (!pathFirst) {
    if (state == KEY_MISSING ? condition == IF_THERE : condition == IF_MISSING) answerInstead(place, 0);
    else commitValue(0);
    return;
  }
  if (state == KEY_MISSING) {
    if (condition == IF_THERE) answerInstead(place, 0);
    else answerInstead(place, ERROR_JSON_ROOT);
    return;
  }
  const error = listSets(condition, EDIT_REPLACE, 0, packedMark(), 0, packedMark());
  if (error || !editCount) answerInstead(place, error);
  else commitEdits();
}

function readCondition(argc: u32, argv: usize): u32 {
  if (argc == 4) return ALWAYS;
  const word = argumentWord(argv, 4);
  return argc > 5 ? IF_THERE + 1 : word == WORD_NX ? IF_MISSING : word == WORD_XX ? IF_THERE : IF_THERE + 1;
}

/** Takes OK back for an error, or for null (0). */
function answerInstead(place: u32, error: u32): void {
  replyRewind(place);
  if (error) replyError(error);
  else replyNull();
}

/**
 * Lists the edits that put the parsed value at the compiled path, or the other value into a new field; returns an error or 0.
 * No edits: nothing is to be done.
 */
function listSets(condition: u32, kind: u32, source: u32, bytes: u32, fieldSource: u32, fieldBytes: u32): u32 {
  findMatches(document, pathFirst, 0);
  if (matchesFailed) return matchError();
  if (matchCount) {
    for (let index: u32 = 0; condition != IF_MISSING && index < matchCount; index++) addEdit(placeAt(index), kind, 0, 0, source, bytes, 1);
    return 0;
  }
  if (condition == IF_THERE) return 0;
  if (!pathSingular) return ERROR_JSON_STATIC_PATH;
  const selector = <usize>load<u32>(pathLast, SEGMENT_SELECTORS);
  if (load<u32>(selector, RECORD_KIND) != SELECT_NAME) return ERROR_JSON_ARRAY_INDEX;
  findMatches(document, pathFirst, pathLast);
  if (matchesFailed) return matchError();
  for (let index: u32 = 0; index < matchCount; index++) {
    const place = placeAt(index);
    if (!isObject(document + place)) continue;
    addEdit(place, EDIT_FIELD, load<u32>(selector, SELECTOR_A), load<u32>(selector, SELECTOR_LENGTH), fieldSource, fieldBytes, 1);
  }
  return 0;
}

/** Offset of the first point of an argument, or its length. */
export function pointOffset(text: usize, length: u32): u32 {
  let offset: u32 = 0;
  while (offset < length && <u32>load<u8>(text + offset) != POINT) offset++;
  return offset;
}

/** `JSON.SET key.path value`: makes the objects on the way. */
function setByName(argv: usize): void {
  const name = argumentPointer(argv, 1);
  const length = argumentLength(argv, 1);
  const keyBytes = pointOffset(name, length);
  if (!keyBytes && length) {
    replyError(ERROR_JSON_PATH_KEY);
    return;
  }
  const state = openWrite(name, keyBytes);
  if (state == KEY_REFUSED || !readValue(argv, 2)) return;
  const rest = length - keyBytes;
  if (rest > 1 ? !readPathText(name + keyBytes + 1, rest - 1) : !readPath(0, argv, 1)) return;
  const bytes = packedMark();
  const place = replyLength();
  replyOk();
  if (!pathFirst) {
    commitValue(0);
    return;
  }
  const error = listNamed(bytes);
  if (error) answerInstead(place, error);
  else if (document) commitEdits();
  else commitValue(bytes);
}

/** Lists the edit that puts the parsed value at the path's names, or, without a document, makes one behind the value. */
function listNamed(bytes: u32): u32 {
  let segments: u32 = 0;
  for (let segment = pathFirst; segment; segment = <usize>load<u32>(segment, RECORD_NEXT)) {
    const selector = <usize>load<u32>(segment, SEGMENT_SELECTORS);
    if (!pathSingular || load<u32>(selector, RECORD_KIND) != SELECT_NAME) return ERROR_JSON_STATIC_PATH;
    segments++;
  }
  if (segments + depthOf(packedAt(0)) > DEPTH_MAX) return ERROR_JSON_TOO_DEEP;
  if (!document) {
    nestValue(pathFirst, bytes);
    return 0;
  }
  let node = document;
  for (let segment = pathFirst; segment; segment = <usize>load<u32>(segment, RECORD_NEXT)) {
    const selector = <usize>load<u32>(segment, SEGMENT_SELECTORS);
    const name = load<u32>(selector, SELECTOR_A);
    const length = load<u32>(selector, SELECTOR_LENGTH);
    if (!isObject(node)) return ERROR_JSON_PATH_CREATION;
    const value = findField(node, <usize>name, length);
    if (!value) {
      nestValue(<usize>load<u32>(segment, RECORD_NEXT), bytes);
      addEdit(<u32>(node - document), EDIT_FIELD, name, length, bytes, packedMark() - bytes, 1);
      return 0;
    }
    node = value;
  }
  addEdit(<u32>(node - document), EDIT_REPLACE, 0, 0, 0, bytes, 1);
  return 0;
}

/** Writes the value at offset 0 inside an object for each name from `segment` on. */
function nestValue(segment: usize, bytes: u32): void {
  if (!segment) {
    writePackedAgain(0, bytes);
    return;
  }
  const selector = <usize>load<u32>(segment, SEGMENT_SELECTORS);
  const start = openContainer();
  writeName(<usize>load<u32>(selector, SELECTOR_A), load<u32>(selector, SELECTOR_LENGTH));
  nestValue(<usize>load<u32>(segment, RECORD_NEXT), bytes);
  closeObject(start, 1);
}

/** All triples are looked through before the first is stored. A path that an earlier triple made useless does nothing. */
export function jsonMsetCommand(argc: u32, argv: usize): void {
  if ((argc - 1) % 3) {
    replyErrorNaming(ERROR_WRONG_ARITY, commandNamePointer(commandId), commandNameLength(commandId));
    return;
  }
  let bytes: u64 = 0;
  for (let index: u32 = 1; index < argc; index += 3) {
    if (!prepareTriple(argc, argv, index)) return;
    bytes += <u64>packedMark() + (documentEntry ? documentBytes(documentEntry) : 0) + documentKeyBytes;
  }
  if (!memoryAdmit(bytes << 1) || (effectsOn && !effectsAdmit(bytes << 3))) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (commandIsStatement) {
    if (storeTriples(argc, argv)) replyOk();
    return;
  }
  const logged = effectsMark();
  undoBegin();
  referencesForget();
  if (storeTriples(argc, argv) && referencesHold()) {
    statementCommit();
    replyOk();
    return;
  }
  statementRollback();
  effectsRewind(logged);
}

/** Stores all triples. False: one was refused by a table or an index, and the error is replied or noted. */
function storeTriples(argc: u32, argv: usize): bool {
  for (let index: u32 = 1; index < argc; index += 3) {
    const place = replyLength();
    if (!prepareTriple(argc, argv, index)) replyRewind(place);
    else if (pathFirst ? !commitEdits() : !commitValue(0)) return false;
  }
  return true;
}

/** Reads a triple and lists its edits. Replies an error and returns false when it cannot be stored. */
function prepareTriple(argc: u32, argv: usize, index: u32): bool {
  const state = openAt(argumentPointer(argv, index), argumentLength(argv, index), argv, index + 1);
  if (state == KEY_REFUSED || !readValue(argv, index + 2) || !readPath(argc, argv, index + 1)) return false;
  if (!pathFirst) return true;
  const bytes = packedMark();
  const error = state == KEY_MISSING ? ERROR_JSON_ROOT : listSets(ALWAYS, EDIT_REPLACE, 0, bytes, 0, bytes);
  if (error) replyError(error);
  return !error;
}

export function jsonMergeCommand(argc: u32, argv: usize): void {
  const state = openWrite(argumentPointer(argv, 1), argumentLength(argv, 1));
  if (state == KEY_REFUSED || !readValue(argv, 3) || !readPath(argc, argv, 2)) return;
  const bytes = packedMark();
  const place = replyLength();
  writeMerged(0, 0, 0);
  replyOk();
  if (packedFailed || (state == KEY_MISSING && pathFirst)) {
    answerInstead(place, packedFailed ? ERROR_OUT_OF_MEMORY_HOST : ERROR_JSON_ROOT);
  } else if (state == KEY_MISSING) commitValue(bytes);
  else {
    const error = listMerges(bytes);
    if (error) answerInstead(place, error);
    else commitEdits();
  }
}

/** Lists the edits that merge the value of `bytes` bytes at offset 0 into the document; behind it stands what it makes of nothing. */
function listMerges(bytes: u32): u32 {
  const made = packedMark() - bytes;
  if (!pathFirst) {
    addEdit(0, isObject(packedAt(0)) ? EDIT_MERGE : EDIT_REPLACE, 0, 0, 0, bytes, 1);
    return 0;
  }
  if (tagOf(packedAt(0)) != TAG_NULL) return listSets(ALWAYS, EDIT_MERGE, 0, bytes, bytes, made);
  findMatches(document, pathFirst, 0);
  if (matchesFailed) return matchError();
  for (let index: u32 = 0; index < matchCount; index++) addEdit(placeAt(index), EDIT_DELETE, 0, 0, 0, 0, 0);
  return 0;
}

export function jsonDelCommand(argc: u32, argv: usize): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  if (argc > 3) {
    replyErrorNaming(ERROR_WRONG_ARITY, commandNamePointer(commandId), commandNameLength(commandId));
    return;
  }
  let state = openWrite(key, keyBytes);
  const split = argc == 2 && state == KEY_MISSING ? pointOffset(key, keyBytes) : keyBytes;
  const named = split && split + 1 < keyBytes;
  if (named) state = openWrite(key, split);
  if (state != KEY_DOCUMENT) {
    if (state == KEY_MISSING) replyInteger(0);
    return;
  }
  if (named ? !readPathText(key + split + 1, keyBytes - split - 1) : !readPath(argc, argv, 2)) return;
  if (pathFirst) {
    if (!findValues()) return;
    for (let index: u32 = 0; index < matchCount; index++) addEdit(placeAt(index), EDIT_DELETE, 0, 0, 0, 0, 0);
    sortEdits(document);
    replyInteger(editCount);
    commitEdits();
    return;
  }
  replyInteger(1);
  removeEntry(documentHash, documentSlot);
  if (effectsOn) effectDelete(documentKey, documentKeyBytes);
  notify(NOTIFY_MODULE, EVENT_JSON_DEL, documentKey, documentKeyBytes);
}

export function jsonForgetCommand(argc: u32, argv: usize): void {
  jsonDelCommand(argc, argv);
}
