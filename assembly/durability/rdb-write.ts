/**
 * Values in Redis's RDB format, for DUMP: values in their plain forms (see rdb-read.ts), which redis-server of any version takes and
 * gives its own encoding; integers of 32 bits as such. Hashes with expiries of fields are type 24, which Redis knows from 7.4 on, with all
 * fields that are there, even those that are over.
 *
 * A payload is type, value, u16 version of the format (10; 12 for type 24), u64 CRC-64 of all that, lowest byte first.
 *
 * Cost: O(bytes of the value).
 */
import { PURPOSE_SCRATCH, TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_SORTED_SET, TYPE_STRING } from "../abi/status";
import { crc64 } from "../bytes/checksum";
import { copyBytes } from "../bytes/copy";
import { integerLength, parseInteger, parsedInteger } from "../bytes/integer";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferFree, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { firstTime, isTimed, timesOf } from "../structure/entry-due";
import { treeItems } from "../structure/tree";
import { typeOf } from "../types/container";
import { fieldTime, showAllFields } from "../types/field-times";
import { listCount, listLength, listNext, listPointer, listWalk } from "../types/list";
import { memberCount, memberLength, memberNext, memberPointer, memberValue, memberValueLength, memberWalk } from "../types/members";
import { sortedLength, sortedMember, sortedNext, sortedScore, sortedWalk } from "../types/sorted-set";
import { readText, textLength, textPointer } from "../types/string";

const RDB_STRING: u32 = 0;
const RDB_LIST: u32 = 1;
const RDB_SET: u32 = 2;
const RDB_ZSET_2: u32 = 5;
const RDB_HASH: u32 = 4;
const RDB_HASH_TIMES: u32 = 24;
const VERSION: u32 = 10;
const VERSION_TIMES: u32 = 12;
/** Longest text of an integer that is written as one. */
const INTEGER_TEXT: u32 = 11;

/** Bytes behind the value: version and checksum. */
export const FOOTER_BYTES: u32 = 10;

const buffer: usize = memory.data(BUFFER_SIZE, 8);
let failed: bool = false;

/** The payload of the last `rdbDump`, until `rdbDumpEnd`. */
export let dumpPointer: usize = 0;
export let dumpLength: u32 = 0;

/** Whether `rdbDump` has a form for values of this type. */
export function isDumped(entry: usize): bool {
  const type = typeOf(entry);
  return type == TYPE_STRING || type - TYPE_LIST <= <u32>(TYPE_HASH - TYPE_LIST);
}

/** Writes an entry's value. False: no memory. Requires: `isDumped`; `rdbDumpEnd` follows in either case. */
export function rdbDump(entry: usize): bool {
  memory.fill(buffer, 0, BUFFER_SIZE);
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  failed = false;
  const version = hasTimes(entry) ? VERSION_TIMES : VERSION;
  writeValue(entry);
  const footer = room(FOOTER_BYTES);
  if (!footer) return false;
  store<u16>(footer, <u16>version);
  grown(2);
  dumpPointer = <usize>load<u32>(buffer, BUFFER_POINTER);
  dumpLength = load<u32>(buffer, BUFFER_LENGTH);
  store<u64>(footer, crc64(0, dumpPointer, dumpLength), 2);
  dumpLength += 8;
  return true;
}

/** Frees the payload. */
export function rdbDumpEnd(): void {
  bufferFree(buffer);
}

function writeValue(entry: usize): void {
  const type = typeOf(entry);
  if (type == TYPE_STRING) {
    writeByte(RDB_STRING);
    readText(entry);
    writeString(textPointer, textLength);
  } else if (type == TYPE_LIST) writeElements(entry);
  else if (type == TYPE_SORTED_SET) writeScored(entry);
  else if (type == TYPE_SET) writeMembers(entry, RDB_SET, false);
  else if (hasTimes(entry)) writeTimed(entry);
  else writeMembers(entry, RDB_HASH, true);
}

/** Whether a field of the entry has an expiry: once timed, a hash may have lost all of them. */
function hasTimes(entry: usize): bool {
  return isTimed(entry) && treeItems(timesOf(entry)) != 0;
}

function writeMembers(entry: usize, type: u32, hasValues: bool): void {
  writeByte(type);
  writeLength(memberCount(entry));
  memberWalk(entry, hasValues);
  while (memberNext() && !failed) {
    writeString(memberPointer, memberLength);
    if (hasValues) writeString(memberValue, memberValueLength);
  }
}

function writeElements(entry: usize): void {
  writeByte(RDB_LIST);
  writeLength(listCount(entry));
  listWalk(entry, 0);
  while (listNext() && !failed) writeString(listPointer, listLength);
}

/** The greatest first, as Redis does. */
function writeScored(entry: usize): void {
  const count = memberCount(entry);
  writeByte(RDB_ZSET_2);
  writeLength(count);
  sortedWalk(entry, count - 1, true);
  while (sortedNext() && !failed) {
    writeString(sortedMember, sortedLength);
    const target = room(8);
    if (!target) return;
    store<f64>(target, sortedScore);
    grown(8);
  }
}

function writeTimed(entry: usize): void {
  const base = firstTime(entry);
  writeByte(RDB_HASH_TIMES);
  const target = room(8);
  if (!target) return;
  store<u64>(target, base);
  grown(8);
  showAllFields(true);
  writeLength(memberCount(entry));
  memberWalk(entry, true);
  while (memberNext() && !failed) {
    const time = fieldTime(entry, memberPointer, memberLength);
    writeLength(time ? time - base + 1 : 0);
    writeString(memberPointer, memberLength);
    writeString(memberValue, memberValueLength);
  }
  showAllFields(false);
}

/** Makes room at the end; 0 without memory, and from then on. */
function room(bytes: u32): usize {
  const target: usize = failed ? 0 : bufferReserve(buffer, bytes);
  if (!target) failed = true;
  return target;
}

function grown(bytes: u32): void {
  store<u32>(buffer, load<u32>(buffer, BUFFER_LENGTH) + bytes, BUFFER_LENGTH);
}

function writeByte(value: u32): void {
  const target = room(1);
  if (!target) return;
  store<u8>(target, <u8>value);
  grown(1);
}

function writeLength(length: u64): void {
  const target = room(9);
  if (!target) return;
  let bytes: u32 = 9;
  if (length < 64) {
    store<u8>(target, <u8>length);
    bytes = 1;
  } else if (length < 16384) {
    store<u16>(target, bswap<u16>(<u16>(length | 0x4000)));
    bytes = 2;
  } else if (length <= <u64>u32.MAX_VALUE) {
    store<u8>(target, 0x80);
    store<u32>(target, bswap<u32>(<u32>length), 1);
    bytes = 5;
  } else {
    store<u8>(target, 0x81);
    store<u64>(target, bswap<u64>(length), 1);
  }
  grown(bytes);
}

function writeString(pointer: usize, length: u32): void {
  if (length && length <= INTEGER_TEXT && writeInteger(pointer, length)) return;
  writeLength(length);
  const target = room(length);
  if (!target) return;
  copyBytes(target, pointer, length);
  grown(length);
}

/** Writes the text of an integer of up to 32 bits as one. */
function writeInteger(pointer: usize, length: u32): bool {
  if (!parseInteger(pointer, length) || parsedInteger != <i64>(<i32>parsedInteger) || integerLength(parsedInteger) != length) return false;
  const value = <i32>parsedInteger;
  const target = room(5);
  if (!target) return true;
  const form: u32 = value == <i32>(<i8>value) ? 0 : value == <i32>(<i16>value) ? 1 : 2;
  store<u8>(target, <u8>(0xc0 | form));
  store<u32>(target, value, 1);
  grown(1 + (1 << form));
  return true;
}
