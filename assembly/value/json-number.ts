/**
 * Numbers of JSON: text to packed form and back, values as i64 and double, comparison.
 *
 * A number is kept so that its value is exact: an integer that fits as i64; a text with point or exponent as double if the
 * double's shortest text has the same value; anything else as its text. So 0.1 is a double, and 0.1000000000000000000001
 * or a 30-digit integer keeps all its digits. Doubles print with their shortest digits and always show that they are none
 * of the integers: 1.0, 1e300, as serde_json prints them (`Adams, "Ryū", PLDI 2018`, the pretty form).
 *
 * Most doubles of documents are short decimals: up to 31 bits of digits and a scale up to 22 take 3 to 6 bytes instead of 9.
 */
import { parseDouble, parsedDouble, shortestDigits, shortestExponent } from "../bytes/float";
import { printUnsigned, unsignedLength } from "../bytes/integer";
import {
  TAG_DECIMAL16,
  TAG_DECIMAL8,
  TAG_DOUBLE,
  TAG_INT16,
  TAG_INT32,
  TAG_INT64,
  TAG_INT8,
  TAG_NUMBER_TEXT,
  TAG_SMALL_INTEGER,
  stringLength,
  stringPointer,
} from "./packed";
import { writeDecimal, writeDoubleBits, writeInteger, writeNumberText } from "./packed-writer";

/** Longest text that `printDecimalText` writes. */
export const NUMBER_PRINTED_MAX: u32 = 32;

const SCALE_MAX: i32 = 22;
const DIGITS_MAX: u64 = 2147483647;
const POINT: u32 = 46;
const MINUS: u32 = 45;
const ZERO: u32 = 48;
/** An exponent beyond this is as good as any: the number is kept as text. */
const EXPONENT_MAX: i64 = 100000;
/** Digits below this have room for one more. */
const DIGITS_ROOM: u64 = 1000000000000000000;

const POWERS: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);

/** What `scanJsonNumber` found: digits * 10^exponent, unless there were more than 19 digits. */
let scannedNegative: bool = false;
let scannedDigits: u64 = 0;
let scannedExponent: i64 = 0;
let scannedPlain: bool = false;
let scannedTooLong: bool = false;

// @ts-ignore: decorator
@inline
function digitAt(position: usize, limit: usize): u32 {
  return position < limit ? <u32>load<u8>(position) - ZERO : 255;
}

/** Takes in one digit behind those scanned; `fraction`: behind the point. Zeros behind 19 digits only move the exponent. */
function takeDigit(digit: u32, fraction: bool): void {
  if (scannedDigits < DIGITS_ROOM) {
    scannedDigits = scannedDigits * 10 + digit;
    if (fraction) scannedExponent--;
    return;
  }
  if (digit) scannedTooLong = true;
  if (!fraction) scannedExponent++;
}

/** Where the last text that was no number went wrong. */
export let scanStopped: usize = 0;

/** Scans a number of RFC 8259's grammar. Returns the address behind it, or 0 when there is none at `position`. */
function scanJsonNumber(position: usize, limit: usize): usize {
  scannedNegative = position < limit && <u32>load<u8>(position) == MINUS;
  if (scannedNegative) position++;
  scannedDigits = 0;
  scannedExponent = 0;
  scannedTooLong = false;
  scannedPlain = true;
  scanStopped = position;
  let digit = digitAt(position, limit);
  if (digit > 9) return 0;
  if (!digit) {
    position++;
    scanStopped = position;
    if (digitAt(position, limit) <= 9) return 0;
  } else {
    while (digit <= 9) {
      takeDigit(digit, false);
      digit = digitAt(++position, limit);
    }
  }
  if (position < limit && <u32>load<u8>(position) == POINT) {
    scannedPlain = false;
    digit = digitAt(++position, limit);
    scanStopped = position;
    if (digit > 9) return 0;
    while (digit <= 9) {
      takeDigit(digit, true);
      digit = digitAt(++position, limit);
    }
  }
  return scanExponent(position, limit);
}

function scanExponent(position: usize, limit: usize): usize {
  if (position >= limit || ((<u32>load<u8>(position)) | 32) != 101) return position;
  scannedPlain = false;
  position++;
  let negative = false;
  if (position < limit && (<u32>load<u8>(position) == MINUS || <u32>load<u8>(position) == 43)) {
    negative = <u32>load<u8>(position) == MINUS;
    position++;
  }
  let digit = digitAt(position, limit);
  scanStopped = position;
  if (digit > 9) return 0;
  let exponent: i64 = 0;
  while (digit <= 9) {
    if (exponent < EXPONENT_MAX) exponent = exponent * 10 + digit;
    digit = digitAt(++position, limit);
  }
  scannedExponent += negative ? -exponent : exponent;
  return position;
}

/** Reads a number and writes its packed form. Returns the address behind it, or 0: see `scanStopped`. */
export function parseJsonNumber(position: usize, limit: usize): usize {
  const after = scanJsonNumber(position, limit);
  if (!after) return 0;
  const length = <u32>(after - position);
  if (scannedPlain) {
    if (scannedTooLong || scannedExponent || scannedDigits > 9223372036854775808) writeNumberText(position, length);
    else if (scannedNegative) {
      if (!scannedDigits) writeDoubleBits(-0.0);
      else writeInteger(0 - <i64>scannedDigits);
    } else if (scannedDigits > <u64>i64.MAX_VALUE) writeNumberText(position, length);
    else writeInteger(<i64>scannedDigits);
    return after;
  }
  if (scannedTooLong) writeNumberText(position, length);
  else if (!scannedDigits) {
    if (scannedNegative) writeDoubleBits(-0.0);
    else writeDecimal(0, 0);
  } else writeFraction(position, length);
  return after;
}

/** Writes the number just scanned, which is not zero and has a point or an exponent. */
function writeFraction(text: usize, length: u32): void {
  let digits = scannedDigits;
  let exponent = scannedExponent;
  while (digits % 10 == 0) {
    digits /= 10;
    exponent++;
  }
  if (exponent < -1000 || exponent > 1000) {
    writeNumberText(text, length);
    return;
  }
  if (putDecimal(digits, <i32>exponent, scannedNegative)) return;
  const negative = scannedNegative;
  if (!parseDouble(text, length) || parsedDouble == 0) {
    writeNumberText(text, length);
    return;
  }
  const value = parsedDouble;
  if (shortestDigits(negative ? -value : value) == digits && shortestExponent == <i32>exponent) writeDoubleBits(value);
  else writeNumberText(text, length);
}

/** Writes digits * 10^exponent as a short decimal if it is one. Requires: digits is no multiple of ten, and not zero. */
function putDecimal(digits: u64, exponent: i32, negative: bool): bool {
  if (exponent < -SCALE_MAX || exponent > 9) return false;
  while (exponent > 0 && digits <= DIGITS_MAX) {
    digits *= 10;
    exponent--;
  }
  if (digits > DIGITS_MAX) return false;
  writeDecimal(negative ? -(<i32>digits) : <i32>digits, <u32>-exponent);
  return true;
}

/** Writes a double in its packed form. Requires: it is finite. */
export function writeDouble(value: f64): void {
  const negative = reinterpret<u64>(value) >> 63 != 0;
  if (value == 0) {
    if (negative) writeDoubleBits(value);
    else writeDecimal(0, 0);
    return;
  }
  const digits = shortestDigits(negative ? -value : value);
  if (!putDecimal(digits, shortestExponent, negative)) writeDoubleBits(value);
}

/** Integer that `readInteger` read. */
export let integerOf: i64 = 0;

/** Whether the number is kept as an i64; it is in `integerOf` then. Requires: a number. */
export function readInteger(value: usize): bool {
  const tag = <u32>load<u8>(value);
  if (tag >= TAG_SMALL_INTEGER) integerOf = tag - TAG_SMALL_INTEGER;
  else if (tag == TAG_INT8) integerOf = load<i8>(value, 1);
  else if (tag == TAG_INT16) integerOf = load<i16>(value, 1);
  else if (tag == TAG_INT32) integerOf = load<i32>(value, 1);
  else if (tag == TAG_INT64) integerOf = load<i64>(value, 1);
  else return false;
  return true;
}

/** The number as a double, infinite or zero when its text is out of range. Requires: a number. */
export function doubleOf(value: usize): f64 {
  if (readInteger(value)) return <f64>integerOf;
  const tag = <u32>load<u8>(value);
  if (tag == TAG_DOUBLE) return load<f64>(value, 1);
  if (tag == TAG_NUMBER_TEXT) return textAsDouble(stringPointer(value), stringLength(value));
  return <f64>decimalDigits(value) / load<f64>(POWERS + ((<usize>load<u8>(value, 1)) << 3));
}

function decimalDigits(value: usize): i32 {
  const tag = <u32>load<u8>(value);
  if (tag == TAG_DECIMAL8) return load<i8>(value, 2);
  return tag == TAG_DECIMAL16 ? load<i16>(value, 2) : load<i32>(value, 2);
}

/** Value of a number's text; what parseDouble refuses is too large or too small. */
function textAsDouble(text: usize, length: u32): f64 {
  if (parseDouble(text, length)) return parsedDouble;
  scanJsonNumber(text, text + length);
  let magnitude: i64 = scannedExponent;
  let digits = scannedDigits;
  while (digits) {
    digits /= 10;
    magnitude++;
  }
  const size = magnitude > 0 ? Infinity : 0;
  return scannedNegative ? -size : size;
}

/** -1, 0 or 1 as the left number is less than, equal to or greater than the right one. */
export function compareNumbers(left: usize, right: usize): i32 {
  if (readInteger(left)) {
    const first = integerOf;
    if (readInteger(right)) return first < integerOf ? -1 : first > integerOf ? 1 : 0;
  }
  const first = doubleOf(left);
  const second = doubleOf(right);
  return first < second ? -1 : first > second ? 1 : 0;
}

/**
 * Prints a number that is no i64 and no text at `target`, at most NUMBER_PRINTED_MAX bytes; returns how many.
 * Requires: TAG_DOUBLE or a decimal.
 */
export function printFraction(target: usize, value: usize): u32 {
  const tag = <u32>load<u8>(value);
  if (tag == TAG_DOUBLE) return printJsonDouble(target, load<f64>(value, 1));
  let digits = decimalDigits(value);
  let exponent = -(<i32>load<u8>(value, 1));
  let length: u32 = 0;
  if (digits < 0) {
    store<u8>(target, <u8>MINUS);
    length = 1;
    digits = -digits;
  }
  if (digits) {
    while (digits % 10 == 0) {
      digits /= 10;
      exponent++;
    }
  } else exponent = 0;
  return length + printDecimalText(target + length, <u64>digits, exponent);
}

/** Prints a finite double as JSON text that is no integer's. */
export function printJsonDouble(target: usize, value: f64): u32 {
  let length: u32 = 0;
  if (reinterpret<u64>(value) >> 63) {
    store<u8>(target, <u8>MINUS);
    length = 1;
    value = -value;
  }
  if (value == 0) return length + printDecimalText(target + length, 0, 0);
  const digits = shortestDigits(value);
  return length + printDecimalText(target + length, digits, shortestExponent);
}

/** digits * 10^exponent: plain up to 16 places before and 5 zeros behind the point, else with an exponent. */
function printDecimalText(target: usize, digits: u64, exponent: i32): u32 {
  const count = <i32>unsignedLength(digits);
  const point = count + exponent;
  if (exponent >= 0 && point <= 16) {
    printUnsigned(target, digits);
    memory.fill(target + count, <u8>ZERO, exponent);
    store<u8>(target + point, <u8>POINT);
    store<u8>(target + point, <u8>ZERO, 1);
    return point + 2;
  }
  if (point > 0 && point <= 16) {
    printUnsigned(target, digits);
    memory.copy(target + point + 1, target + point, count - point);
    store<u8>(target + point, <u8>POINT);
    return count + 1;
  }
  if (point > -5 && point <= 0) {
    store<u8>(target, <u8>ZERO);
    store<u8>(target, <u8>POINT, 1);
    memory.fill(target + 2, <u8>ZERO, -point);
    printUnsigned(target + 2 - point, digits);
    return 2 - point + count;
  }
  let length = <u32>count;
  printUnsigned(target, digits);
  if (count > 1) {
    memory.copy(target + 2, target + 1, count - 1);
    store<u8>(target, <u8>POINT, 1);
    length++;
  }
  store<u8>(target + length, 101);
  length++;
  let power = point - 1;
  if (power < 0) {
    store<u8>(target + length, <u8>MINUS);
    length++;
    power = -power;
  }
  return length + printUnsigned(target + length, power);
}
