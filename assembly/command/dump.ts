/**
 * DUMP, RESTORE (REPLACE ABSTTL IDLETIME FREQ): values as payloads in Redis's format (durability/rdb-*.ts). Replies and errors are Redis's; documents, whose
 * format is a module's there, are refused by DUMP.
 *
 * Effects: RESTORE with REPLACE and the time as Unix milliseconds; DEL where that is past.
 */
import { COMMAND_RESTORE } from "../abi/commands";
import {
  ERROR_BAD_DATA,
  ERROR_BAD_PAYLOAD,
  ERROR_BUSY_KEY,
  ERROR_INVALID_FREQ,
  ERROR_INVALID_IDLETIME,
  ERROR_INVALID_TTL,
  ERROR_NO_DUMP,
  ERROR_SYNTAX,
  ERROR_OUT_OF_MEMORY,
} from "../abi/errors";
import { EVENT_DEL, EVENT_RESTORE, NOTIFY_GENERIC } from "../abi/notification";
import { crc64 } from "../bytes/checksum";
import { effectInteger, effectWord, effectsOn } from "../durability/effect-log";
import { RESTORE_BAD, RESTORE_NO_MEMORY, RESTORE_OVER_LIMIT, rdbRestore } from "../durability/rdb-read";
import { FOOTER_BYTES, dumpLength, dumpPointer, isDumped, rdbDump, rdbDumpEnd } from "../durability/rdb-write";
import { accessClock, expiryOn, now } from "../keyspace/database";
import { foundSlot, lookupQuiet, lookupRead, lookupWrite, removeEntry } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { ENTRY_ACCESS } from "../structure/entry";
import { argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { keyHash, memoryLeft, replaying } from "./call";
import { effectCommand, effectDelete } from "./effect";
import { replyBulk, replyError, replyFail, replyNull, replyOk } from "./reply";
import { WORD_ABSTTL, WORD_FREQ, WORD_IDLETIME, WORD_REPLACE } from "./words";

/** Latest version of the format that is read. */
const VERSION_MAX: u32 = 12;
const FREQ_MAX: i64 = 255;
const REPLACE: usize = memory.data<u8>([82, 69, 80, 76, 65, 67, 69]);
const ABSTTL: usize = memory.data<u8>([65, 66, 83, 84, 84, 76]);

export function dumpCommand(argc: u32, argv: usize): void {
  const entry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry) {
    replyNull();
    return;
  }
  if (!isDumped(entry)) {
    replyError(ERROR_NO_DUMP);
    return;
  }
  if (rdbDump(entry)) replyBulk(dumpPointer, dumpLength);
  else replyFail();
  rdbDumpEnd();
}

/** What the options ask for; idle seconds -1: nothing. */
let replaces: bool = false;
let absolute: bool = false;
let idleSeconds: i64 = -1;

function readOptions(argc: u32, argv: usize): bool {
  replaces = false;
  absolute = false;
  idleSeconds = -1;
  let isRanked = false;
  for (let index: u32 = 4; index < argc; index++) {
    const word = argumentWord(argv, index);
    if (word == WORD_REPLACE) replaces = true;
    else if (word == WORD_ABSTTL) absolute = true;
    else if ((word == WORD_IDLETIME || word == WORD_FREQ) && index + 1 < argc && !isRanked) {
      isRanked = true;
      if (!readRank(argv, ++index, word == WORD_FREQ)) return false;
    } else {
      replyError(ERROR_SYNTAX);
      return false;
    }
  }
  return true;
}

/** Reads the number behind IDLETIME or FREQ; the latter is for policies that count. */
function readRank(argv: usize, index: u32, isFrequency: bool): bool {
  if (!argumentInteger(argv, index)) return false;
  if (argumentValue < 0 || (isFrequency && argumentValue > FREQ_MAX)) {
    replyError(isFrequency ? ERROR_INVALID_FREQ : ERROR_INVALID_IDLETIME);
    return false;
  }
  if (!isFrequency) idleSeconds = argumentValue;
  return true;
}

/** Whether the payload ends with a version that is known and the checksum of all before that. */
function isWhole(pointer: usize, length: u32): bool {
  if (length < FOOTER_BYTES) return false;
  const footer = pointer + length - FOOTER_BYTES;
  return <u32>load<u16>(footer) <= VERSION_MAX && load<u64>(footer, 2) == crc64(0, pointer, length - 8);
}

export function restoreCommand(argc: u32, argv: usize): void {
  if (!readOptions(argc, argv)) return;
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const entry = lookupWrite(keyHash, key, keyBytes);
  if (entry && !replaces) {
    replyError(ERROR_BUSY_KEY);
    return;
  }
  if (!argumentInteger(argv, 2)) return;
  let time = argumentValue;
  if (time < 0) {
    replyError(ERROR_INVALID_TTL);
    return;
  }
  if (!isWhole(argumentPointer(argv, 3), argumentLength(argv, 3))) {
    replyError(ERROR_BAD_PAYLOAD);
    return;
  }
  if (time && !absolute) time = time > i64.MAX_VALUE - <i64>now ? i64.MAX_VALUE : time + now;
  restore(argv, entry, time);
}

function restore(argv: usize, entry: usize, time: i64): void {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  const payload = argumentPointer(argv, 3);
  const length = argumentLength(argv, 3) - FOOTER_BYTES;
  const slot = foundSlot;
  if (time && time <= <i64>now && expiryOn) {
    expireAtOnce(entry, key, keyBytes, slot);
    return;
  }
  const result = rdbRestore(keyHash, slot, entry, key, keyBytes, time, payload, length, replaying ? u64.MAX_VALUE : memoryLeft());
  if (result == RESTORE_BAD) replyError(ERROR_BAD_DATA);
  else if (result == RESTORE_NO_MEMORY) replyFail();
  else if (result == RESTORE_OVER_LIMIT) replyError(ERROR_OUT_OF_MEMORY);
  else {
    if (idleSeconds > 0) {
      const stored = lookupQuiet(keyHash, key, keyBytes);
      if (stored) store<u32>(stored, <u32>((<i64>accessClock - idleSeconds) & 0xffffff), ENTRY_ACCESS);
    }
    if (effectsOn) effectRestore(argv, time);
    notify(NOTIFY_GENERIC, EVENT_RESTORE, key, keyBytes);
    replyOk();
  }
}

/** The value's time is past: what it would have replaced goes. */
function expireAtOnce(entry: usize, key: usize, keyBytes: u32, slot: usize): void {
  if (entry) {
    removeEntry(keyHash, slot);
    if (effectsOn) effectDelete(key, keyBytes);
    notify(NOTIFY_GENERIC, EVENT_DEL, key, keyBytes);
  }
  replyOk();
}

function effectRestore(argv: usize, time: i64): void {
  effectCommand(COMMAND_RESTORE, 5);
  effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
  effectInteger(time);
  effectWord(argumentPointer(argv, 3), argumentLength(argv, 3));
  effectWord(REPLACE, 7);
  effectWord(ABSTTL, 6);
}
