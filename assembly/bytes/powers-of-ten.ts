/**
 * Powers of ten as 128-bit numbers, for exact conversion between decimal text and doubles (float.ts).
 *
 * For every q in POWER_MIN .. POWER_MAX the table holds the 128-bit integer T with 2^127 <= T < 2^128 and 10^q = T * 2^e up to rounding:
 * 1. 0 <= q <= 55: exact, since 5^55 < 2^128.
 * 2. -27 <= q <= -1: rounded up.
 * 3. else: rounded down, and never exact, so that rounding up is T + 1.
 * The exponent need not be stored: T has bit 127 set, so e = floor(log2(10^q)) - 127.
 *
 * Byte layout: an entry is two u64, the upper half at offset 0 and the lower at offset 8; entries follow each other by rising q.
 * The rounding is the one that Lemire ("Number Parsing at a Gigabyte per Second", Software: Practice and Experience 51, 2021) asks for; for
 * printing, Giulietti's algorithm wants case 3 rounded up.
 *
 * The table is computed when the engine starts (some 30 µs), since as data it would be a tenth of what a browser has to load: with 256
 * bits, each power from the one before. An error of 2^-256 in each of 342 steps leaves the upper 128 bits right unless the bits behind
 * them are all ones or all zeros for a hundred places, and they are not: a test computes the table again with exact integers.
 *
 * State: constant once the engine has started (10672 bytes). Cost: O(1).
 */

/** Smallest and largest exponent in the table. Parsing needs -342 .. 308, printing -292 .. 324. */
export const POWER_MIN: i32 = -342;
export const POWER_MAX: i32 = 324;

/** Upper 64 bits of T for 10^q. Requires: POWER_MIN <= q <= POWER_MAX. */
@inline
export function powerHigh(q: i32): u64 {
  return load<u64>(POWERS + ((<usize>(q - POWER_MIN)) << 4));
}

/** Lower 64 bits of T for 10^q. Requires: POWER_MIN <= q <= POWER_MAX. */
@inline
export function powerLow(q: i32): u64 {
  return load<u64>(POWERS + ((<usize>(q - POWER_MIN)) << 4), 8);
}

const POWERS = memory.data((POWER_MAX - POWER_MIN + 1) << 4, 8);
/** 256 bits in words of 32, the highest first. */
const POWER_WORDS: i32 = 8;
const WORDS = memory.data(POWER_WORDS << 2, 8);
/** Smallest exponent whose entry is rounded up (case 2). */
const ROUNDED_UP_MIN: i32 = -27;

fill();

function fill(): void {
  setOne();
  for (let q = 0; q <= POWER_MAX; q++) {
    putPower(q, 0);
    multiplyByFive();
  }
  setOne();
  for (let q = -1; q >= POWER_MIN; q--) {
    divideByFive();
    putPower(q, q >= ROUNDED_UP_MIN ? 1 : 0);
  }
}

/** 2^255. */
function setOne(): void {
  for (let index = 0; index < POWER_WORDS; index++) setPowerWord(index, 0);
  setPowerWord(0, 0x80000000);
}

/** The upper 128 bits, plus `more` in the lowest place. */
function putPower(q: i32, more: u64): void {
  const entry = POWERS + ((<usize>(q - POWER_MIN)) << 4);
  const low = ((powerWord(2) << 32) | powerWord(3)) + more;
  store<u64>(entry, ((powerWord(0) << 32) | powerWord(1)) + (low < more ? 1 : 0));
  store<u64>(entry, low, 8);
}

/** Times five, shifted so that the highest bit is set: what falls out below is lost. */
function multiplyByFive(): void {
  let carry: u64 = 0;
  for (let index = POWER_WORDS - 1; index >= 0; index--) {
    const product = powerWord(index) * 5 + carry;
    setPowerWord(index, product);
    carry = product >> 32;
  }
  const shift = <u64>(64 - clz(carry));
  for (let index = 0; index < POWER_WORDS; index++) {
    const word = powerWord(index);
    setPowerWord(index, (carry << (32 - shift)) | (word >> shift));
    carry = word;
  }
}

/** A fifth, shifted so that the highest bit is set: the digits behind the point that come in are the true ones. */
function divideByFive(): void {
  let rest: u64 = 0;
  for (let index = 0; index < POWER_WORDS; index++) {
    const dividend = (rest << 32) | powerWord(index);
    setPowerWord(index, dividend / 5);
    rest = dividend % 5;
  }
  let next = (rest << 32) / 5;
  const shift = <u64>clz(<u32>powerWord(0));
  for (let index = POWER_WORDS - 1; index >= 0; index--) {
    const word = powerWord(index);
    setPowerWord(index, (word << shift) | (next >> (32 - shift)));
    next = word;
  }
}


@inline
function powerWord(index: i32): u64 {
  return load<u32>(WORDS + ((<usize>index) << 2));
}

/** Requires: only the lower 32 bits count. */
@inline
function setPowerWord(index: i32, word: u64): void {
  store<u32>(WORDS + ((<usize>index) << 2), <u32>word);
}
