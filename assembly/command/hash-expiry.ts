/**
 * HEXPIRE HPEXPIRE HEXPIREAT HPEXPIREAT (NX XX GT LT), HTTL HPTTL HEXPIRETIME HPEXPIRETIME, HPERSIST: expiry of single fields, as Redis 7.4 has it;
 * and what the sweep does with fields that are over.
 *
 * Fields that are over are there until they are taken out: HLEN counts them, HDEL finds them, and a hash of them alone is a key, as in
 * Redis 7.4. Nothing else sees them; who asks for one takes it out, and HRANDFIELD all.
 *
 * A time in the past removes the field. Effects: HPEXPIREAT with the fields that got the expiry, HDEL of those that were removed; HPERSIST with those
 * that have none any more.
 */
import { COMMAND_HDEL, COMMAND_HPERSIST } from "../abi/commands";
import {
  ERROR_FIELDS_MISMATCH,
  ERROR_FIELDS_MISSING,
  ERROR_FIELDS_NOT_POSITIVE,
  ERROR_FIELDS_NUMBER,
  ERROR_FIELD_EXPIRE_NEGATIVE,
  ERROR_INVALID_EXPIRE,
  ERROR_OUT_OF_MEMORY_HOST,
} from "../abi/errors";
import { CONTROL_EXPIRED_FIELDS } from "../abi/layout";
import { EVENT_HDEL, EVENT_HEXPIRE, EVENT_HEXPIRED, EVENT_HPERSIST, NOTIFY_HASH } from "../abi/notification";
import { TYPE_HASH } from "../abi/status";
import { parseInteger, parsedInteger } from "../bytes/integer";
import { effectFieldExpiry } from "../durability/container-effect";
import {
  effectInteger,
  effectWord,
  effectsAdmit,
  effectsAdmitSwept,
  effectsMark,
  effectsOn,
  effectsRewind,
} from "../durability/effect-log";
import { expiryOn, now } from "../keyspace/database";
import { expire } from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { setFieldSweep } from "../keyspace/sweep";
import { countOne } from "../memory/control";
import { keyLength, keyPointer } from "../structure/entry";
import { isOver } from "../structure/entry-due";
import { containerEntry, containerOpen } from "../types/container";
import {
  FIELD_GOES,
  FIELD_STAYS,
  TIME_UNKNOWN,
  endFieldTime,
  fieldTime,
  timedField,
  timedFieldAt,
  timedFieldLength,
} from "../types/field-times";
import { hashExpireField, hashGet, hashRemove } from "../types/hash";
import { argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { commandId } from "./call";
import { effectCommand, sayChanged } from "./effect";
import { conditionOf, expiryAllowed } from "./expiry";
import { hashEntry, readHash, writeHash } from "./hash";
import { commandNameLength, commandNamePointer } from "./lookup";
import { ensure, replyArray, replyError, replyErrorNaming, replyFailed, replyInteger, replyLength, replyRewind } from "./reply";
import { WORD_FIELDS } from "./words";

const MILLISECONDS: i64 = 1000;
/** Most bytes of an answer about one field, for which its encoder asks. */
const ANSWER_BYTES: u32 = 32;
/** Latest time of a field, as Redis has it: 2^46 - 1. */
const LATEST: i64 = 0x3fffffffffff;
const NO_FIELD: i64 = -2;
const NO_EXPIRY: i64 = -1;
const NOT_MET: i64 = 0;
const DONE: i64 = 1;
const REMOVED: i64 = 2;
/** No answer: the reply becomes an error. */
const NO_MEMORY: i64 = -3;
const ROUND: u64 = 999;
/** Words of an effect beside its key and fields. */
export const EFFECT_BYTES: u64 = 96;

/** Reads `FIELDS count field...` at an argument; replies an error, `countError` of a wrong number, and returns false when something is wrong. */
function readFields(argc: u32, argv: usize, at: u32, countError: u32 = ERROR_FIELDS_NOT_POSITIVE): bool {
  if (argumentWord(argv, at) != WORD_FIELDS) {
    replyError(ERROR_FIELDS_MISSING);
    return false;
  }
  if (at + 1 >= argc || !parseInteger(argumentPointer(argv, at + 1), argumentLength(argv, at + 1)) || parsedInteger < 1) {
    replyError(countError);
    return false;
  }
  if (parsedInteger == <i64>argc - at - 2) return true;
  replyError(ERROR_FIELDS_MISMATCH);
  return false;
}

/** The expiry that argument 2 means, or -1 after a reply. */
function readExpiry(argv: usize, seconds: bool, base: i64): i64 {
  if (!argumentInteger(argv, 2)) return -1;
  const value = argumentValue;
  if (value < 0) {
    replyError(ERROR_FIELD_EXPIRE_NEGATIVE);
    return -1;
  }
  if (value > (seconds ? LATEST / MILLISECONDS : LATEST) || (seconds ? value * MILLISECONDS : value) > LATEST - base) {
    replyErrorNaming(ERROR_INVALID_EXPIRE, commandNamePointer(commandId), commandNameLength(commandId));
    return -1;
  }
  return (seconds ? value * MILLISECONDS : value) + base;
}

/** How many fields of the command have got the expiry, and how many were removed. */
let expired: u32 = 0;
let removed: u32 = 0;

function expireFields(argc: u32, argv: usize, seconds: bool, base: i64): void {
  if (!writeHash(argv)) return;
  const expiry = readExpiry(argv, seconds, base);
  if (expiry < 0) return;
  const condition = conditionOf(argumentWord(argv, 3));
  const at: u32 = condition ? 4 : 3;
  if (!readFields(argc, argv, at, ERROR_FIELDS_NUMBER)) return;
  // The reply finds room before anything is changed, since it could not be taken back behind that.
  if (!ensure(argc * ANSWER_BYTES) || (effectsOn && !admitFields(argc, argv, at + 2))) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  expired = 0;
  removed = 0;
  const start = replyLength();
  replyArray(argc - at - 2);
  let done = true;
  for (let index = at + 2; index < argc && done && !replyFailed; index++) {
    const answer = expireField(argv, index, condition, expiry);
    done = answer != NO_MEMORY;
    replyInteger(answer);
  }
  if (expired) sayChanged(NOTIFY_HASH, EVENT_HEXPIRE, argv, false);
  if (removed) sayChanged(NOTIFY_HASH, EVENT_HDEL, argv, !containerEntry);
  if (done) return;
  replyRewind(start);
  replyError(ERROR_OUT_OF_MEMORY_HOST);
}

/** Makes room for an effect of each field. */
function admitFields(argc: u32, argv: usize, from: u32): bool {
  let bytes: u64 = 0;
  for (let index = from; index < argc; index++) bytes += EFFECT_BYTES + argumentLength(argv, 1) + argumentLength(argv, index);
  return effectsAdmit(bytes);
}

/** Gives a field of the open hash its expiry, or removes it, and logs that; the answer. */
function expireField(argv: usize, index: u32, condition: u32, expiry: i64): i64 {
  const field = argumentPointer(argv, index);
  const length = argumentLength(argv, index);
  if (!containerEntry || !hashGet(containerEntry, field, length)) return NO_FIELD;
  const current = fieldTime(containerEntry, field, length);
  if (current == TIME_UNKNOWN) return NO_MEMORY;
  if (!expiryAllowed(condition, current, expiry)) return NOT_MET;
  if (expiry <= <i64>now && expiryOn) {
    if (hashRemove(field, length) < 0) return NO_MEMORY;
    removed++;
    if (effectsOn) effectRemoved(argumentPointer(argv, 1), argumentLength(argv, 1), field, length);
    return REMOVED;
  }
  const time = expiry ? expiry : 1;
  if (!hashExpireField(field, length, time)) return NO_MEMORY;
  expired++;
  if (effectsOn) effectFieldExpiry(argumentPointer(argv, 1), argumentLength(argv, 1), field, length, time);
  return DONE;
}

/** `HDEL key field` */
export function effectRemoved(key: usize, keyBytes: u32, field: usize, length: u32): void {
  effectCommand(COMMAND_HDEL, 2);
  effectWord(key, keyBytes);
  effectWord(field, length);
}

export function hexpireCommand(argc: u32, argv: usize): void {
  expireFields(argc, argv, true, now);
}

export function hpexpireCommand(argc: u32, argv: usize): void {
  expireFields(argc, argv, false, now);
}

export function hexpireatCommand(argc: u32, argv: usize): void {
  expireFields(argc, argv, true, 0);
}

export function hpexpireatCommand(argc: u32, argv: usize): void {
  expireFields(argc, argv, false, 0);
}

/** Replies the times of fields: milliseconds, or seconds rounded up. */
function replyTimes(argc: u32, argv: usize, absolute: bool, seconds: bool): void {
  if (!readHash(argv) || !readFields(argc, argv, 2)) return;
  replyArray(argc - 4);
  for (let index: u32 = 4; index < argc && !replyFailed; index++) {
    const field = argumentPointer(argv, index);
    const length = argumentLength(argv, index);
    let answer = NO_FIELD;
    if (hashEntry && hashGet(hashEntry, field, length)) {
      const expiry = fieldTime(hashEntry, field, length);
      const time = absolute ? expiry : expiry - now;
      answer = !expiry ? NO_EXPIRY : <i64>(seconds ? (time + ROUND) / <u64>MILLISECONDS : time);
    }
    replyInteger(answer);
  }
}

export function httlCommand(argc: u32, argv: usize): void {
  replyTimes(argc, argv, false, true);
}

export function hpttlCommand(argc: u32, argv: usize): void {
  replyTimes(argc, argv, false, false);
}

export function hexpiretimeCommand(argc: u32, argv: usize): void {
  replyTimes(argc, argv, true, true);
}

export function hpexpiretimeCommand(argc: u32, argv: usize): void {
  replyTimes(argc, argv, true, false);
}

export function hpersistCommand(argc: u32, argv: usize): void {
  if (!writeHash(argv) || !readFields(argc, argv, 2) || !ensure(argc * ANSWER_BYTES)) return;
  const start = replyLength();
  replyArray(argc - 4);
  let persisted: u32 = 0;
  let done = true;
  let index: u32 = 4;
  for (; index < argc && done && !replyFailed; index++) {
    const answer = persistField(argumentPointer(argv, index), argumentLength(argv, index));
    done = answer != NO_MEMORY;
    if (answer == DONE) persisted++;
    replyInteger(answer);
  }
  if (persisted) {
    if (effectsOn) effectPersisted(argv, done ? argc : index - 1);
    sayChanged(NOTIFY_HASH, EVENT_HPERSIST, argv, false);
  }
  if (done) return;
  replyRewind(start);
  replyError(ERROR_OUT_OF_MEMORY_HOST);
}

/** Logs the fields up to an argument that have no expiry now. Those that are over stay out: when the log is read nothing is over yet. */
function effectPersisted(argv: usize, end: u32): void {
  let fields: u32 = 0;
  for (let index: u32 = 4; index < end; index++) if (isPersistent(argv, index)) fields++;
  effectCommand(COMMAND_HPERSIST, fields + 3);
  effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
  effectWord(argumentPointer(argv, 2), argumentLength(argv, 2));
  effectInteger(fields);
  for (let index: u32 = 4; index < end; index++) {
    if (isPersistent(argv, index)) effectWord(argumentPointer(argv, index), argumentLength(argv, index));
  }
}

function isPersistent(argv: usize, index: u32): bool {
  const field = argumentPointer(argv, index);
  const length = argumentLength(argv, index);
  return hashGet(containerEntry, field, length) && !fieldTime(containerEntry, field, length);
}

function persistField(field: usize, length: u32): i64 {
  if (!containerEntry || !hashGet(containerEntry, field, length)) return NO_FIELD;
  const expiry = fieldTime(containerEntry, field, length);
  if (!expiry) return NO_EXPIRY;
  return expiry != TIME_UNKNOWN && endFieldTime(field, length, expiry, FIELD_STAYS) ? DONE : NO_MEMORY;
}

/**
 * Removes fields that are over, the earliest first; see `setFieldSweep`. Where there is no memory to log one, what is logged already has to be taken
 * first; if that is nothing, the field is passed over, so that the others go.
 */
function sweepHash(hash: u64, slot: usize, entry: usize, budget: i32): i32 {
  let left = budget;
  let passed: u32 = 0;
  let removed: u32 = 0;
  let isLogFull = false;
  containerEnd(hash, slot, entry);
  for (; left > 0; left--) {
    const expiry = timedFieldAt(containerEntry, passed);
    if (!expiry || expiry >= now) break;
    const mark = effectsMark();
    if (effectsOn) {
      if (!effectsAdmitSwept(EFFECT_BYTES + keyLength(containerEntry) + timedFieldLength)) {
        isLogFull = mark != 0;
        if (isLogFull) break;
        passed++;
        continue;
      }
      effectRemoved(keyPointer(containerEntry), keyLength(containerEntry), timedField, timedFieldLength);
    }
    if (!endFieldTime(timedField, timedFieldLength, expiry, FIELD_GOES)) {
      if (effectsOn) effectsRewind(mark);
      break;
    }
    // Its entry may be another one now, and with it the bytes of the key.
    containerEnd(hash, slot, containerEntry);
    removed++;
    countOne(CONTROL_EXPIRED_FIELDS);
  }
  if (removed) notify(NOTIFY_HASH, EVENT_HEXPIRED, keyPointer(containerEntry), keyLength(containerEntry));
  return isLogFull ? -1 : left;
}

/** Most fields that are over which a command takes out that only reads; the others wait for the sweep. */
const READ_BUDGET: i32 = 1024;

/** Takes out what is over of a hash that was looked up for reading, at a slot. Returns its entry now; 0: all was over. Requires: the committed state is seen. */
export function takeOutOver(hash: u64, slot: usize, entry: usize): usize {
  if (isOver(entry, now)) return expire(hash, slot, entry) ? 0 : entry;
  sweepHash(hash, slot, entry, READ_BUDGET);
  return containerEntry;
}

function containerEnd(hash: u64, slot: usize, entry: usize): void {
  containerOpen(TYPE_HASH, hash, slot, entry, keyPointer(entry), keyLength(entry));
}

export function fieldSweepInitialize(): void {
  setFieldSweep(sweepHash);
}
