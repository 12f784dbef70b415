/**
 * GET, SET and the commands that add to a whole number, for programs that embed the engine: no request, no reply, one call each.
 *
 * Only the common case runs here. Whatever needs more (the time, an error reply, the removal of an expired key, freeing memory)
 * answers DIRECT_ASK before anything was counted or changed, and the caller sends the command the ordinary way, which decides.
 * So a direct call needs no clock: it runs at the time of the last call that had one, and asks as soon as a key with an expiry is met.
 *
 * What it does is what call.ts does for the same command: statistics, admission, access time, effects, commit.
 */
import { COMMAND_GET, COMMAND_SET } from "../abi/commands";
import { CONTROL_COMMANDS, CONTROL_RESULT, SESSION_LAST_COMMAND, SESSION_TRANSACTION } from "../abi/layout";
import { DIRECT_ASK, DIRECT_DONE, DIRECT_MISSING } from "../abi/status";
import { isAscii } from "../bytes/ascii";
import { hashBytes } from "../bytes/hash";
import { INTEGER_TEXT_MAX, printInteger } from "../bytes/integer";
import { effectCommit, effectSet, effectsOn } from "../durability/effect-log";
import { foundSlot, lookupQuiet, noteAccess, countLookup } from "../keyspace/keyspace";
import { notifyMask } from "../keyspace/notify";
import { trackUnit, trackUnitEnd } from "../keyspace/track";
import { control, countOne } from "../memory/control";
import { ENTRY_EXPIRES, ENTRY_FLAGS, isEntryFresh } from "../structure/entry";
import {
  integerValue,
  isString,
  isTextStored,
  overwriteString,
  readInteger,
  readText,
  storeInteger,
  storeString,
  textLength,
  textPointer,
} from "../types/string";
import { admitOverwrite, admitWrite, countCall } from "./call";
import { effectSetKeeping } from "./effect";
import { notePeak } from "./execute";
import { session, sessionEnter } from "./session";
import { alone, aloneNoteRead } from "./transaction-alone";
import { aloneSet, aloneSetInteger } from "./transaction-alone-direct";
import { directGetPrivate, directSetPrivate, privateLength, privatePointer, privateStored } from "./transaction-direct";

/** Largest whole number of which a double says exactly which it is. */
const SAFE_INTEGER: i64 = 9007199254740991;
const sumText: usize = memory.data(INTEGER_TEXT_MAX, 8);

/** Longest value that is looked through for bytes above 127; of a longer one it is not said that there are none. */
const ASCII_BYTES: u32 = 4096;

// @ts-ignore: decorator
@inline
function hasExpiry(entry: usize): bool {
  return (load<u8>(entry, ENTRY_FLAGS) & (<u8>ENTRY_EXPIRES)) != 0;
}

// @ts-ignore: decorator
@inline
function countCommand(command: u32): void {
  store<u32>(session, command + 1, SESSION_LAST_COMMAND);
  countOne(CONTROL_COMMANDS);
  countCall(command);
}

/** See abi/README.md: `direct_get`. */
export function directGet(handle: usize, key: usize, length: u32): i32 {
  if (notifyMask) return DIRECT_ASK;
  sessionEnter(handle);
  const transaction = <usize>load<u32>(handle, SESSION_TRANSACTION);
  if (transaction && transaction != alone) return getPrivate(handle, key, length);
  const entry = lookupQuiet(hashBytes(key, length), key, length);
  if (entry && (hasExpiry(entry) || !isString(entry))) return DIRECT_ASK;
  if (transaction && !isOwn(entry) && !aloneNoteRead(key, length)) return DIRECT_ASK;
  if (!entry) return missing();
  noteAccess(entry);
  readText(entry);
  return found(textPointer, textLength, isTextStored());
}

function getPrivate(handle: usize, key: usize, length: u32): i32 {
  const result = directGetPrivate(handle, key, length);
  if (result == DIRECT_ASK) return DIRECT_ASK;
  return result == DIRECT_MISSING ? missing() : found(privatePointer, privateLength, privateStored);
}

function missing(): i32 {
  countCommand(COMMAND_GET);
  countLookup(false, 0, 0);
  return DIRECT_MISSING;
}

// @ts-ignore: decorator
@inline
function found(pointer: usize, length: u32, isStored: bool): i32 {
  countCommand(COMMAND_GET);
  countLookup(true, 0, 0);
  store<u32>(control, <u32>pointer, CONTROL_RESULT);
  store<u32>(control, isStored ? 1 : 0, CONTROL_RESULT + 4);
  const plain = length <= ASCII_BYTES && isAscii(pointer, length);
  return ((<i32>length) << 1) | (plain ? 0 : 1);
}

/** See abi/README.md: `direct_set`. */
export function directSet(handle: usize, key: usize, keyBytes: u32, value: usize, valueBytes: u32): i32 {
  if (notifyMask) return DIRECT_ASK;
  sessionEnter(handle);
  if (load<u32>(handle, SESSION_TRANSACTION)) {
    if (!setInTransaction(handle, key, keyBytes, value, valueBytes)) return DIRECT_ASK;
    notePeak();
    countCommand(COMMAND_SET);
    return DIRECT_DONE;
  }
  const hash = hashBytes(key, keyBytes);
  const old = lookupQuiet(hash, key, keyBytes);
  if (old && hasExpiry(old)) return DIRECT_ASK;
  const isUnit = trackUnit();
  const isStored = storePublic(hash, old, key, keyBytes, value, valueBytes);
  if (isUnit) trackUnitEnd();
  if (!isStored) return DIRECT_ASK;
  countCommand(COMMAND_SET);
  if (effectsOn) {
    effectSet(key, keyBytes, value, valueBytes, 0);
    effectCommit();
  }
  return DIRECT_DONE;
}

function setInTransaction(handle: usize, key: usize, keyBytes: u32, value: usize, valueBytes: u32): bool {
  if (load<u32>(handle, SESSION_TRANSACTION) != <u32>alone)
    return directSetPrivate(handle, key, keyBytes, value, valueBytes) == DIRECT_DONE;
  const hash = hashBytes(key, keyBytes);
  const old = lookupQuiet(hash, key, keyBytes);
  if (old && (hasExpiry(old) || !isString(old))) return false;
  if (old) noteAccess(old);
  return aloneSet(COMMAND_SET, hash, foundSlot, old, key, keyBytes, value, valueBytes);
}

/** Stores in the committed state. Requires: `old` is the entry that was just looked up, or 0. */
// @ts-ignore: decorator
@inline
function storePublic(hash: u64, old: usize, key: usize, keyBytes: u32, value: usize, valueBytes: u32): bool {
  const slot = foundSlot;
  const bytes = (<u64>keyBytes + valueBytes) << 1;
  if (old && admitOverwrite(bytes) && overwriteString(hash, old, value, valueBytes)) noteAccess(old);
  else {
    if (admitWrite(COMMAND_SET, bytes)) return false;
    if (old) noteAccess(old);
    if (!storeString(hash, slot, old, key, keyBytes, value, valueBytes, 0)) return false;
    notePeak();
  }
  return true;
}

/** See abi/README.md: `direct_add`. */
export function directAdd(handle: usize, key: usize, keyBytes: u32, amount: f64, command: u32): f64 {
  if (notifyMask) return NaN;
  sessionEnter(handle);
  const transaction = <usize>load<u32>(handle, SESSION_TRANSACTION);
  if (transaction && transaction != alone) return NaN;
  const isUnit = !transaction && trackUnit();
  const sum = add(key, keyBytes, <i64>amount, command, transaction != 0);
  if (isUnit) trackUnitEnd();
  return sum;
}

/** Whether the transaction that is alone has written an entry (0: none) itself: who reads that reads nothing of others. */
// @ts-ignore: decorator
@inline
function isOwn(entry: usize): bool {
  return entry != 0 && isEntryFresh(entry);
}

/** Whether a sum is what a double says. The addend is, so a sum that has left an i64 is none. */
// @ts-ignore: decorator
@inline
function isSafe(value: i64): bool {
  return value >= -SAFE_INTEGER && value <= SAFE_INTEGER;
}

/** Adds in the committed state, or in the transaction that is alone; the sum, or NaN. */
function add(key: usize, keyBytes: u32, amount: i64, command: u32, isAlone: bool): f64 {
  const hash = hashBytes(key, keyBytes);
  const old = lookupQuiet(hash, key, keyBytes);
  const slot = foundSlot;
  if (old && (hasExpiry(old) || !isString(old) || !readInteger(old))) return NaN;
  const sum = (old ? integerValue : 0) + amount;
  if (!isSafe(sum)) return NaN;
  if (isAlone ? !isOwn(old) && !aloneNoteRead(key, keyBytes) : admitWrite(command, (<u64>keyBytes + INTEGER_TEXT_MAX) << 1) != 0)
    return NaN;
  if (old) noteAccess(old);
  const isStored = isAlone
    ? aloneSetInteger(command, hash, slot, old, key, keyBytes, sum)
    : storeInteger(hash, slot, old, key, keyBytes, sum, 0);
  if (!isStored) return NaN;
  notePeak();
  countCommand(command);
  if (!isAlone && effectsOn) {
    effectSetKeeping(key, keyBytes, sumText, printInteger(sumText, sum));
    effectCommit();
  }
  return <f64>sum;
}
