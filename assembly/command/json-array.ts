/**
 * The JSON commands that change arrays: JSON.ARRAPPEND, JSON.ARRINSERT, JSON.ARRPOP, JSON.ARRTRIM.
 *
 * A `$` path answers one element for each value that it leads to, null for those that are no arrays; a legacy path answers for
 * the last array, and an error when there is none.
 */
import { ERROR_JSON_INDEX_BOUNDS, ERROR_JSON_NO_PATH_OR_ARRAY } from "../abi/errors";
import { EDIT_INSERT, EDIT_REMOVE, EDIT_REPLACE, EDIT_TRIM, addEdit } from "../value/edit";
import { printValue, textReset } from "../value/json-print";
import { childCount, elementAt, isArray } from "../value/packed";
import { closeArray, openContainer, packedMark } from "../value/packed-writer";
import { matchAt, matchCount } from "../value/path-evaluate";
import { argumentInteger, argumentValue } from "./argument";
import { replyPrinted } from "./json-read";
import { findForWrite, replyWrongArity } from "./json-scalar";
import { commitEdits, isLegacy, placeAt, replyPathError } from "./json-target";
import { replyArray, replyError, replyInteger, replyLength, replyNull, replyRewind } from "./reply";

export function jsonArrappendCommand(argc: u32, argv: usize): void {
  if (findForWrite(argc, argv, 2, 3, argc - 3)) insertValues(argc, argv, argc - 3, i64.MAX_VALUE);
}

export function jsonArrinsertCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 3)) return;
  const index = argumentValue == i64.MAX_VALUE ? argumentValue - 1 : argumentValue;
  if (findForWrite(argc, argv, 2, 4, argc - 4)) insertValues(argc, argv, argc - 4, index);
}

/** Inserts the parsed values in front of element `index`, or behind all (the largest number). */
function insertValues(argc: u32, argv: usize, values: u32, index: i64): void {
  const bytes = packedMark();
  const place = replyLength();
  let last: i64 = -1;
  if (!isLegacy()) replyArray(matchCount);
  for (let each: u32 = 0; each < matchCount; each++) {
    const array = matchAt(each);
    if (!isArray(array)) {
      if (!isLegacy()) replyNull();
      continue;
    }
    const count = <i64>childCount(array);
    const at = index == i64.MAX_VALUE ? count : index < 0 ? index + count : index;
    if (at < 0 || at > count) {
      replyRewind(place);
      replyError(ERROR_JSON_INDEX_BOUNDS);
      return;
    }
    addEdit(placeAt(each), EDIT_INSERT, <u32>at, 0, 0, bytes, values);
    last = count + values;
    if (!isLegacy()) replyInteger(last);
  }
  if (isLegacy()) replyLast(argc, argv, last);
  commitEdits();
}

function replyLast(argc: u32, argv: usize, last: i64): void {
  if (last < 0) replyPathError(ERROR_JSON_NO_PATH_OR_ARRAY, argc, argv, 2);
  else replyInteger(last);
}

export function jsonArrpopCommand(argc: u32, argv: usize): void {
  if (argc > 4) {
    replyWrongArity();
    return;
  }
  let index: i64 = -1;
  if (argc == 4) {
    if (!argumentInteger(argv, 3)) return;
    index = argumentValue;
  }
  if (!findForWrite(argc, argv, 2, 0, 0)) return;
  let last: usize = 0;
  let arrays: u32 = 0;
  if (!isLegacy()) replyArray(matchCount);
  for (let each: u32 = 0; each < matchCount; each++) {
    const array = matchAt(each);
    const popped = isArray(array) ? listPop(each, array, index) : 0;
    if (isArray(array)) {
      arrays++;
      last = popped;
    }
    if (!isLegacy()) replyPopped(popped);
  }
  if (isLegacy()) {
    if (arrays) replyPopped(last);
    else replyPathError(ERROR_JSON_NO_PATH_OR_ARRAY, argc, argv, 2);
  }
  commitEdits();
}

/** Lists the removal of an element, the nearest one if there is none at `index`; returns it, or 0 for an empty array. */
function listPop(each: u32, array: usize, index: i64): usize {
  const count = <i64>childCount(array);
  if (!count) return 0;
  if (index < 0) index += count;
  if (index < 0) index = 0;
  if (index >= count) index = count - 1;
  addEdit(placeAt(each), EDIT_REMOVE, <u32>index, 0, 0, 0, 0);
  return elementAt(array, <u32>index);
}

function replyPopped(value: usize): void {
  if (!value) {
    replyNull();
    return;
  }
  textReset();
  printValue(value);
  replyPrinted();
}

export function jsonArrtrimCommand(argc: u32, argv: usize): void {
  if (!argumentInteger(argv, 3)) return;
  const first = argumentValue;
  if (!argumentInteger(argv, 4)) return;
  const stop = argumentValue;
  if (!findForWrite(argc, argv, 2, 0, 0)) return;
  closeArray(openContainer(), 0);
  let last: i64 = -1;
  if (!isLegacy()) replyArray(matchCount);
  for (let each: u32 = 0; each < matchCount; each++) {
    const array = matchAt(each);
    if (isArray(array)) {
      last = listTrim(each, array, first, stop);
      if (!isLegacy()) replyInteger(last);
    } else if (!isLegacy()) replyNull();
  }
  if (isLegacy()) replyLast(argc, argv, last);
  commitEdits();
}

/** Lists the edit that leaves elements `first` to `stop`; returns how many that are. An empty array is parsed at offset 0. */
function listTrim(each: u32, array: usize, first: i64, stop: i64): i64 {
  const count = <i64>childCount(array);
  if (first < 0) first += count;
  if (first < 0) first = 0;
  if (stop < 0) stop += count;
  if (stop >= count) stop = count - 1;
  if (first > stop) {
    if (count) addEdit(placeAt(each), EDIT_REPLACE, 0, 0, 0, packedMark(), 1);
    return 0;
  }
  if (stop - first + 1 < count) addEdit(placeAt(each), EDIT_TRIM, <u32>first, <u32>stop + 1, 0, 0, 0);
  return stop - first + 1;
}
