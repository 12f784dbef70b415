/**
 * The JSON commands that change scalars: JSON.NUMINCRBY, JSON.NUMMULTBY, JSON.STRAPPEND, JSON.TOGGLE; and JSON.CLEAR.
 *
 * A `$` path answers one element for each value that it leads to, null for those of another type; a legacy path answers for the
 * last value that was changed, and an error when there is none. Integers stay integers unless the result does not fit 64 bits.
 */
import {
  ERROR_JSON_NOT_FINITE,
  ERROR_JSON_NO_KEY,
  ERROR_JSON_NO_PATH_OR_BOOLEAN,
  ERROR_JSON_NO_PATH_OR_NUMBER,
  ERROR_JSON_NO_PATH_OR_STRING,
  ERROR_WRONG_ARITY,
} from "../abi/errors";
import { copyBytes } from "../bytes/copy";
import { EDIT_REPLACE, EDIT_SOURCE, addEdit, editAt, editCount, editsFailed, sortEdits } from "../value/edit";
import { doubleOf, integerOf, readInteger, writeDouble } from "../value/json-number";
import { printByte, printSeparator, printValue, printWordNull, textReset } from "../value/json-print";
import { joinSurrogates } from "../value/json-string";
import {
  KIND_NUMBER,
  KIND_STRING,
  TAG_FALSE,
  TAG_TRUE,
  childCount,
  isArray,
  isNumber,
  isObject,
  isString,
  stringLength,
  stringPointer,
  tagOf,
} from "../value/packed";
import {
  beginString,
  closeArray,
  closeObject,
  finishString,
  openContainer,
  packedAt,
  packedFailed,
  packedMark,
  packedRewind,
  writeByte,
  writeInteger,
} from "../value/packed-writer";
import { matchAt, matchCount } from "../value/path-evaluate";
import { argumentLength, argumentPointer } from "./argument";
import { commandId } from "./call";
import {
  KEY_MISSING,
  KEY_REFUSED,
  commitEdits,
  document,
  findValues,
  isLegacy,
  openWrite,
  placeAt,
  readPath,
  readValue,
  replyExpected,
  replyPathError,
} from "./json-target";
import { replyPrinted } from "./json-read";
import { commandNameLength, commandNamePointer } from "./lookup";
import { protocol, replyArray, replyBulk, replyDouble, replyError, replyErrorNaming, replyFail, replyInteger, replyNull } from "./reply";

const TRUE: usize = memory.data<u8>([116, 114, 117, 101]);
const FALSE: usize = memory.data<u8>([102, 97, 108, 115, 101]);

/** Opens the key for changing, reads the value (0: none) and the path, and finds the values; replies what goes wrong. */
export function findForWrite(argc: u32, argv: usize, pathIndex: u32, firstValue: u32, values: u32): bool {
  const state = openWrite(argumentPointer(argv, 1), argumentLength(argv, 1));
  if (state == KEY_REFUSED) return false;
  for (let index: u32 = 0; index < values; index++) {
    if (!readValue(argv, firstValue + index)) return false;
  }
  if (!readPath(argc, argv, pathIndex)) return false;
  if (state == KEY_MISSING) {
    replyError(ERROR_JSON_NO_KEY);
    return false;
  }
  return findValues();
}

export function replyWrongArity(): void {
  replyErrorNaming(ERROR_WRONG_ARITY, commandNamePointer(commandId), commandNameLength(commandId));
}

export function jsonNumincrbyCommand(argc: u32, argv: usize): void {
  changeNumbers(argc, argv, false);
}

export function jsonNummultbyCommand(argc: u32, argv: usize): void {
  changeNumbers(argc, argv, true);
}

function changeNumbers(argc: u32, argv: usize, multiply: bool): void {
  if (!findForWrite(argc, argv, 2, 3, 1)) return;
  if (!isNumber(packedAt(0))) {
    replyExpected(KIND_NUMBER, packedAt(0));
    return;
  }
  for (let index: u32 = 0; index < matchCount; index++) {
    const value = matchAt(index);
    if (!isNumber(value)) continue;
    const source = packedMark();
    if (!writeResult(value, packedAt(0), multiply)) {
      replyError(ERROR_JSON_NOT_FINITE);
      return;
    }
    addEdit(placeAt(index), EDIT_REPLACE, 0, 0, source, packedMark() - source, 1);
  }
  if (packedFailed || editsFailed) replyFail();
  else if (protocol == 3) replyNumbers();
  else if (!isLegacy()) replyNumberText();
  else if (!editCount) replyPathError(ERROR_JSON_NO_PATH_OR_NUMBER, argc, argv, 2);
  else {
    textReset();
    printValue(packedAt(load<u32>(editAt(editCount - 1), EDIT_SOURCE)));
    replyPrinted();
  }
  commitEdits();
}

/** Writes the sum or product. False: it is not finite. */
function writeResult(left: usize, right: usize, multiply: bool): bool {
  if (readInteger(left)) {
    const first = integerOf;
    if (readInteger(right)) {
      const second = integerOf;
      if (multiply ? !productOverflows(first, second) : !sumOverflows(first, second)) {
        writeInteger(multiply ? first * second : first + second);
        return true;
      }
    }
  }
  const result = multiply ? doubleOf(left) * doubleOf(right) : doubleOf(left) + doubleOf(right);
  if (!isFinite(result)) return false;
  writeDouble(result);
  return true;
}

function sumOverflows(left: i64, right: i64): bool {
  const sum = left + right;
  return ((left ^ sum) & (right ^ sum)) < 0;
}

function productOverflows(left: i64, right: i64): bool {
  if (!left || !right) return false;
  if ((left == -1 && right == i64.MIN_VALUE) || (right == -1 && left == i64.MIN_VALUE)) return true;
  if (left == -1 || right == -1) return false;
  return (left * right) / right != left;
}

/** RESP2: one text with the array of all new numbers. */
function replyNumberText(): void {
  textReset();
  printByte(91);
  let edit: u32 = 0;
  for (let index: u32 = 0; index < matchCount; index++) {
    printSeparator(index == 0);
    if (isNumber(matchAt(index))) printValue(packedAt(load<u32>(editAt(edit++), EDIT_SOURCE)));
    else printWordNull();
  }
  printByte(93);
  replyPrinted();
}

/** RESP3: an array of numbers, for legacy paths too. */
function replyNumbers(): void {
  replyArray(matchCount);
  let edit: u32 = 0;
  for (let index: u32 = 0; index < matchCount; index++) {
    if (!isNumber(matchAt(index))) {
      replyNull();
      continue;
    }
    const result = packedAt(load<u32>(editAt(edit++), EDIT_SOURCE));
    if (readInteger(result)) replyInteger(integerOf);
    else replyDouble(doubleOf(result));
  }
}

export function jsonStrappendCommand(argc: u32, argv: usize): void {
  if (argc > 4) {
    replyWrongArity();
    return;
  }
  if (!findForWrite(argc - 1, argv, 2, argc - 1, 1)) return;
  if (!isString(packedAt(0))) {
    replyExpected(KIND_STRING, packedAt(0));
    return;
  }
  for (let index: u32 = 0; index < matchCount; index++) {
    if (isString(matchAt(index))) listAppended(placeAt(index), matchAt(index));
  }
  if (packedFailed || editsFailed) replyFail();
  else if (!isLegacy()) {
    replyArray(matchCount);
    let edit: u32 = 0;
    for (let index: u32 = 0; index < matchCount; index++) {
      if (isString(matchAt(index))) replyInteger(stringLength(packedAt(load<u32>(editAt(edit++), EDIT_SOURCE))));
      else replyNull();
    }
  } else if (editCount) replyInteger(stringLength(packedAt(load<u32>(editAt(editCount - 1), EDIT_SOURCE))));
  else replyPathError(ERROR_JSON_NO_PATH_OR_STRING, argc - 1, argv, 2);
  commitEdits();
}

/** Lists the edit that appends the string at offset 0 to a string. */
function listAppended(place: u32, value: usize): void {
  const left = stringLength(value);
  const right = stringLength(packedAt(0));
  const source = packedMark();
  const target = beginString(left + right);
  if (!target) return;
  copyBytes(target, stringPointer(value), left);
  copyBytes(target + left, stringPointer(packedAt(0)), right);
  finishString(joinSurrogates(target, left, left + right), false);
  addEdit(place, EDIT_REPLACE, 0, 0, source, packedMark() - source, 1);
}

function isBoolean(value: usize): bool {
  const tag = tagOf(value);
  return tag == TAG_TRUE || tag == TAG_FALSE;
}

export function jsonToggleCommand(argc: u32, argv: usize): void {
  if (!findForWrite(argc, argv, 2, 0, 0)) return;
  writeByte(TAG_FALSE);
  writeByte(TAG_TRUE);
  let last = false;
  if (!isLegacy()) replyArray(matchCount);
  for (let index: u32 = 0; index < matchCount; index++) {
    const value = matchAt(index);
    if (isBoolean(value)) {
      last = tagOf(value) == TAG_FALSE;
      addEdit(placeAt(index), EDIT_REPLACE, 0, 0, last ? 1 : 0, 1, 1);
      if (!isLegacy()) replyInteger(last ? 1 : 0);
    } else if (!isLegacy()) replyNull();
  }
  if (isLegacy()) {
    if (!editCount) replyPathError(ERROR_JSON_NO_PATH_OR_BOOLEAN, argc, argv, 2);
    else if (last) replyBulk(TRUE, 4);
    else replyBulk(FALSE, 5);
  }
  commitEdits();
}

/** Empties arrays and objects and makes numbers 0; answers how many were not so already. */
export function jsonClearCommand(argc: u32, argv: usize): void {
  if (argc > 3) {
    replyWrongArity();
    return;
  }
  if (!findForWrite(argc, argv, 2, 0, 0)) return;
  packedRewind(0);
  writeInteger(0);
  const array = packedMark();
  closeArray(openContainer(), 0);
  const object = packedMark();
  closeObject(openContainer(), 0);
  const bytes = object - array;
  for (let index: u32 = 0; index < matchCount; index++) {
    const value = matchAt(index);
    if (isNumber(value)) {
      if (doubleOf(value) != 0) addEdit(placeAt(index), EDIT_REPLACE, 0, 0, 0, 1, 1);
    } else if ((isArray(value) || isObject(value)) && childCount(value)) {
      addEdit(placeAt(index), EDIT_REPLACE, 0, 0, isArray(value) ? array : object, bytes, 1);
    }
  }
  sortEdits(document);
  replyInteger(editCount);
  commitEdits();
}
