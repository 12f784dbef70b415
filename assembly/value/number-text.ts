/**
 * Booleans, integers and doubles as text, as PostgreSQL reads and prints them.
 *
 * Reading answers a bool and leaves the value in a global named for it. Blanks around a number are allowed. Doubles print with
 * their shortest digits, an exponent of two digits or more from 10^15 on and below 10^-4 (reals from 10^6 on).
 */
import { parseDouble, parsedDouble, shortestDigits, shortestExponent } from "../bytes/float";
import { parseInteger, parsedInteger, printUnsigned } from "../bytes/integer";
import { lowerByte } from "../bytes/lower";
import { builderRoom, builderTake, putByte, putInteger, putPacked } from "./builder";
import { asciiWord, isBlank } from "./keyword";
import { SPILL_FIRST, wordBytes, wordLength } from "./word";

export let textInteger: i64 = 0;
export let textDouble: f64 = 0;
export let textBoolean: bool = false;
/** After a text was refused: it is a number, but too large. */
export let textOutOfRange: bool = false;

const WORD_NAN: u64 = 0x6e616e; // nan
const WORD_INF: u64 = 0x666e69; // inf
const WORD_INFINITY: u64 = 0x7974696e69666e69; // infinity
const MINUS: u32 = 45;
const DOUBLE_POINT_MAX: i32 = 15;
const REAL_POINT_MAX: i32 = 6;
const REAL_DIGITS: u32 = 9;
const digits: usize = memory.data(24, 8);

let start: usize = 0;
let end: usize = 0;

function strip(text: u64): void {
  start = wordBytes(text, SPILL_FIRST);
  end = start + wordLength(text);
  while (start < end && isBlank(load<u8>(start))) start++;
  while (start < end && isBlank(load<u8>(end - 1))) end--;
}

/** true, false and their beginnings, yes, no, on, off, 1, 0. */
export function booleanOfText(text: u64): bool {
  strip(text);
  const length = <u32>(end - start);
  const word = asciiWord(start, end);
  if (!word) return false;
  const mask: u64 = ((<u64>1) << (length << 3)) - 1;
  textBoolean = true;
  if (length <= 4 && word == (0x65757274 & mask)) return true;
  if (length <= 3 && word == (0x736579 & mask)) return true;
  if (word == 0x6e6f || word == 0x31) return true;
  textBoolean = false;
  if (length <= 5 && word == (0x65736c6166 & mask)) return true;
  if (word == 0x6f6e || word == 0x6e || word == 0x30) return true;
  return (length == 2 || length == 3) && word == (0x66666f & mask);
}

/** An integer: digits with a sign. */
export function integerOfText(text: u64): bool {
  strip(text);
  textOutOfRange = false;
  let position = start;
  if (position < end && (<u32>load<u8>(position) == 43 || <u32>load<u8>(position) == MINUS)) position++;
  if (position == end) return false;
  const first = position;
  for (; position < end; position++) if (<u32>load<u8>(position) - 48 > 9) return false;
  // parseInteger is strict: no plus, no leading zeros, no -0.
  let place = first;
  while (place + 1 < end && load<u8>(place) == 48) place++;
  if (load<u8>(place) == 48) {
    textInteger = 0;
    return true;
  }
  const negative = <u32>load<u8>(start) == MINUS;
  const length = <u32>(end - place);
  if (length > 19) {
    textOutOfRange = true;
    return false;
  }
  if (negative) {
    store<u8>(digits, <u8>MINUS);
    memory.copy(digits + 1, place, length);
    textOutOfRange = !parseInteger(digits, length + 1);
  } else textOutOfRange = !parseInteger(place, length);
  textInteger = parsedInteger;
  return !textOutOfRange;
}

/** A double: digits with point and exponent, NaN, Infinity. */
export function doubleOfText(text: u64): bool {
  strip(text);
  textOutOfRange = false;
  const signed = start < end && (<u32>load<u8>(start) == 43 || <u32>load<u8>(start) == MINUS);
  const negative = signed && <u32>load<u8>(start) == MINUS;
  const word = asciiWord(signed ? start + 1 : start, end);
  if (word == WORD_NAN) textDouble = NaN;
  else if (word == WORD_INF || word == WORD_INFINITY) textDouble = negative ? -Infinity : Infinity;
  else {
    if (!isNumberText(signed ? start + 1 : start)) return false;
    textOutOfRange = !parseDouble(start, <u32>(end - start));
    textDouble = parsedDouble;
    return !textOutOfRange;
  }
  return true;
}

/** Whether the rest of the text is digits with point and exponent. */
function isNumberText(position: usize): bool {
  let count = 0;
  let point = false;
  for (; position < end; position++) {
    const byte = <u32>load<u8>(position);
    if (byte - 48 < 10) count++;
    else if (byte == 46 && !point) point = true;
    else break;
  }
  if (!count || position == end) return count > 0;
  if (lowerByte(load<u8>(position)) != 101) return false;
  position++;
  if (position < end && (<u32>load<u8>(position) == 43 || <u32>load<u8>(position) == MINUS)) position++;
  if (position == end) return false;
  for (; position < end; position++) if (<u32>load<u8>(position) - 48 > 9) return false;
  return true;
}

/** Appends a double precision. */
export function putDouble(value: f64): void {
  if (!putUnusual(value)) putShortest(shortestDigits(value < 0 ? -value : value), shortestExponent, DOUBLE_POINT_MAX);
}

/** Appends a real: the fewest digits that give it back. */
export function putReal(value: f64): void {
  if (putUnusual(value)) return;
  const magnitude = value < 0 ? -value : value;
  const all = shortestDigits(magnitude);
  const exponent = shortestExponent;
  let count: u32 = 1;
  for (let rest = all; rest >= 10; rest /= 10) count++;
  for (let wanted: u32 = 1; wanted < count && wanted <= REAL_DIGITS; wanted++) {
    let divisor: u64 = 1;
    for (let index = wanted; index < count; index++) divisor *= 10;
    let kept = all / divisor;
    if (all % divisor >= divisor - (all % divisor)) kept++;
    let power = exponent + <i32>(count - wanted);
    if (!isReal(kept, power, magnitude)) continue;
    while (kept % 10 == 0) {
      kept /= 10;
      power++;
    }
    putShortest(kept, power, REAL_POINT_MAX);
    return;
  }
  putShortest(all, exponent, REAL_POINT_MAX);
}

/** Whether kept * 10^power is the real when it is rounded to one. */
function isReal(kept: u64, power: i32, value: f64): bool {
  const length = printUnsigned(digits, kept);
  let target = digits + length;
  store<u8>(target++, 101);
  if (power < 0) store<u8>(target++, <u8>MINUS);
  target += printUnsigned(target, <u64>(power < 0 ? -power : power));
  return parseDouble(digits, <u32>(target - digits)) && <f64>(<f32>parsedDouble) == value;
}

/** NaN, infinities, zero; and the sign of all others. */
function putUnusual(value: f64): bool {
  if (isNaN(value)) {
    putPacked(0x4e614e);
    return true;
  }
  if (reinterpret<u64>(value) >> 63) putByte(MINUS);
  if (value == 0) putByte(48);
  else if (!isFinite(value)) putPacked(0x7974696e69666e49);
  else return false;
  return true;
}

/** Appends digits * 10^exponent; `pointMax`: from this power of ten on with an exponent. Requires: no multiple of ten. */
function putShortest(value: u64, exponent: i32, pointMax: i32): void {
  const count = <i32>printUnsigned(digits, value);
  const top = count - 1 + exponent;
  if (top >= pointMax || top < -4) {
    putDigits(0, 1);
    if (count > 1) {
      putByte(46);
      putDigits(1, count);
    }
    putByte(101);
    putByte(top < 0 ? MINUS : 43);
    const power = top < 0 ? -top : top;
    if (power < 10) putByte(48);
    putInteger(power);
  } else if (exponent >= 0) {
    putDigits(0, count);
    for (let index = 0; index < exponent; index++) putByte(48);
  } else if (top >= 0) {
    putDigits(0, top + 1);
    putByte(46);
    putDigits(top + 1, count);
  } else {
    putByte(48);
    putByte(46);
    for (let index = -1; index > top; index--) putByte(48);
    putDigits(0, count);
  }
}

function putDigits(from: i32, to: i32): void {
  const room = builderRoom(<u32>(to - from));
  if (!room) return;
  memory.copy(room, digits + from, to - from);
  builderTake(<u32>(to - from));
}
