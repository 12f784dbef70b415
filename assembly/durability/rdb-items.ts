/**
 * Elements of Redis's packed forms inside of RDB strings, one after another: ziplists and zipmaps (up to 6.2), listpacks (7.0), intsets.
 *
 *   ziplist    u32 bytes, u32 offset of the last, u16 count (65535: walk), entries, 255
 *              entry: length of the one before (one byte, or 254 and u32), encoding, bytes. Encodings: 00xxxxxx, 01xxxxxx x, 0x80 u32: strings, lengths
 *              highest first; 0xc0 i16, 0xd0 i32, 0xe0 i64, 0xf0 i24, 0xfe i8, 0xf1 to 0xfd: 0 to 12
 *   listpack   u32 bytes, u16 count (65535: walk), entries, 255
 *              entry: encoding, bytes, length of both backwards. Encodings: 0xxxxxxx u7; 10xxxxxx, 1110xxxx x, 0xf0 u32: strings; 110xxxxx x i13;
 *              0xf1 i16, 0xf2 i24, 0xf3 i32, 0xf4 i64
 *   intset     u32 bytes of a number (2, 4, 8), u32 count, the numbers in ascending order
 *   zipmap     u8 count (254: walk), then key and value in turn: length (one byte, or 254 and u32), behind that of a value u8 spare bytes; bytes; 255
 *
 * Source: the heads of ziplist.c, listpack.c, intset.c and zipmap.c of Redis 7.0. As in rdb-string.ts nothing is believed: a walk ends with
 * `rdbFail` where the bytes end early, go on behind the end mark, or are fewer or more elements than their header says.
 */
import { rdbFail, rdbFailed, rdbInteger, stringLength, stringPointer } from "./rdb-string";

export const ITEMS_ZIPLIST: u32 = 0;
export const ITEMS_LISTPACK: u32 = 1;
export const ITEMS_INTSET: u32 = 2;
export const ITEMS_ZIPMAP: u32 = 3;

const END_MARK: u32 = 255;
const LONG_MARK: u32 = 254;
const COUNT_UNKNOWN: u32 = 65535;
const ZIPLIST_HEAD: usize = 10;
const LISTPACK_HEAD: usize = 6;
const INTSET_HEAD: usize = 8;

let kind: u32 = 0;
let at: usize = 0;
let end: usize = 0;
/** Elements met, and how many there must be (COUNT_UNKNOWN: any number). */
let met: u32 = 0;
let expected: u32 = COUNT_UNKNOWN;
let numberBytes: u32 = 0;
let lastNumber: i64 = 0;

/** The element that was read last; the text of an integer is good until the next of its place. */
export let itemPointer: usize = 0;
export let itemLength: u32 = 0;

/** Begins a walk over a packed form; false: it is none. One walk at a time. */
export function itemsOpen(ofKind: u32, pointer: usize, length: u32): bool {
  kind = ofKind;
  met = 0;
  expected = COUNT_UNKNOWN;
  end = pointer + length;
  const isWhole = ofKind == ITEMS_INTSET ? openNumbers(pointer, length) : openEntries(pointer, length);
  if (!isWhole) rdbFail();
  return isWhole;
}

function openNumbers(pointer: usize, length: u32): bool {
  if (length < <u32>INTSET_HEAD) return false;
  numberBytes = load<u32>(pointer);
  expected = load<u32>(pointer, 4);
  at = pointer + INTSET_HEAD;
  if (numberBytes != 2 && numberBytes != 4 && numberBytes != 8) return false;
  return expected != 0 && <u64>expected * numberBytes == <u64>length - INTSET_HEAD;
}

function openEntries(pointer: usize, length: u32): bool {
  const head: usize = kind == ITEMS_ZIPLIST ? ZIPLIST_HEAD : kind == ITEMS_LISTPACK ? LISTPACK_HEAD : 1;
  if (<usize>length < head + 1 || load<u8>(end - 1) != <u8>END_MARK) return false;
  at = pointer + head;
  if (kind == ITEMS_ZIPMAP) {
    const count = <u32>load<u8>(pointer);
    if (count < LONG_MARK) expected = count << 1;
    return true;
  }
  expected = load<u16>(pointer + head - 2);
  return load<u32>(pointer) == length && (kind != ITEMS_ZIPLIST || load<u32>(pointer, 4) < length);
}

/** Reads the next element into a place for integers' texts (rdb-string.ts); false at the end, or behind it with `rdbFailed`. */
export function itemNext(place: u32): bool {
  if (rdbFailed) return false;
  if (kind == ITEMS_INTSET ? met == expected : at < end && <u32>load<u8>(at) == END_MARK) {
    // An intset has no mark, and whatever has one must end with it.
    if (kind == ITEMS_INTSET ? at != end : at + 1 != end || (expected != COUNT_UNKNOWN && met != expected)) rdbFail();
    return false;
  }
  met++;
  const isRead =
    kind == ITEMS_ZIPLIST
      ? nextOfZiplist(place)
      : kind == ITEMS_LISTPACK
        ? nextOfListpack(place)
        : kind == ITEMS_INTSET
          ? nextNumber(place)
          : nextOfZipmap();
  if (!isRead) rdbFail();
  return isRead;
}

/** Takes bytes before the end mark; 0: there are not so many. */
function take(count: u64): usize {
  if (count > <u64>(end - at)) return 0;
  const taken = at;
  at += <usize>count;
  return taken;
}

function text(pointer: usize, length: u64): bool {
  itemPointer = pointer;
  itemLength = <u32>length;
  return pointer != 0;
}

function integer(value: i64, place: u32): bool {
  rdbInteger(value, place);
  itemPointer = stringPointer;
  itemLength = stringLength;
  return true;
}

/** An integer of some bytes, lowest first. */
function signed(pointer: usize, bytes: u32): i64 {
  if (bytes == 1) return load<i8>(pointer);
  if (bytes == 2) return load<i16>(pointer);
  if (bytes == 3) {
    const high = <i32>load<i8>(pointer, 2);
    return (high << 16) | (<i32>load<u16>(pointer));
  }
  return bytes == 4 ? <i64>load<i32>(pointer) : load<i64>(pointer);
}

function nextNumber(place: u32): bool {
  const source = take(numberBytes);
  if (!source) return false;
  const value = signed(source, numberBytes);
  if (met > 1 && value <= lastNumber) return false;
  lastNumber = value;
  return integer(value, place);
}

function nextOfZiplist(place: u32): bool {
  const before = take(1);
  if (!before || (<u32>load<u8>(before) == LONG_MARK && !take(4))) return false;
  const head = take(1);
  if (!head) return false;
  const first = <u32>load<u8>(head);
  const form = first >> 6;
  if (form == 0) return text(take(first), first);
  if (form == 1) {
    const low = take(1);
    if (!low) return false;
    const length = ((first & 63) << 8) | (<u32>load<u8>(low));
    return text(take(length), length);
  }
  if (form == 2) {
    const long = take(4);
    if (!long || first != 0x80) return false;
    const length = bswap<u32>(load<u32>(long));
    return text(take(length), length);
  }
  if (first > 0xf0 && first < 0xfe) return integer(<i64>first - 0xf1, place);
  const bytes: u32 = first == 0xc0 ? 2 : first == 0xd0 ? 4 : first == 0xe0 ? 8 : first == 0xf0 ? 3 : first == 0xfe ? 1 : 0;
  const source = bytes ? take(bytes) : 0;
  return source != 0 && integer(signed(source, bytes), place);
}

function nextOfListpack(place: u32): bool {
  const start = at;
  const isRead = listpackEntry(place);
  const bytes = at - start;
  // Behind the entry stands its length once more, seven bits in a byte.
  const backwards: u32 = bytes < 128 ? 1 : bytes < 16384 ? 2 : bytes < 2097152 ? 3 : bytes < 268435456 ? 4 : 5;
  return isRead && take(backwards) != 0;
}

function listpackEntry(place: u32): bool {
  const head = take(1);
  if (!head) return false;
  const first = <u32>load<u8>(head);
  if (first < 0x80) return integer(first, place);
  if (first < 0xc0) return text(take(first & 63), first & 63);
  if (first < 0xf0) {
    const low = take(1);
    if (!low) return false;
    if (first < 0xe0) {
      const value = <i32>(((first & 31) << 8) | (<u32>load<u8>(low)));
      return integer(value >= 4096 ? value - 8192 : value, place);
    }
    const length = ((first & 15) << 8) | (<u32>load<u8>(low));
    return text(take(length), length);
  }
  if (first == 0xf0) {
    const long = take(4);
    const length = long ? load<u32>(long) : 0;
    return long != 0 && text(take(length), length);
  }
  const bytes: u32 = first < 0xf4 ? first - 0xef : first == 0xf4 ? 8 : 0;
  const source = bytes ? take(bytes) : 0;
  return source != 0 && integer(signed(source, bytes), place);
}

function nextOfZipmap(): bool {
  const head = take(1);
  if (!head) return false;
  let length = <u32>load<u8>(head);
  if (length == LONG_MARK) {
    const long = take(4);
    if (!long) return false;
    length = load<u32>(long);
  }
  // The spare bytes of a value stand behind its length, and are not its own.
  const isValue = !(met & 1);
  const spare = isValue ? take(1) : head;
  if (!spare) return false;
  const source = take(length);
  if (!source || (isValue && load<u8>(spare) && !take(load<u8>(spare)))) return false;
  return text(source, length);
}
