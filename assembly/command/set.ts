/**
 * The commands on single sets: SADD SREM SISMEMBER SMISMEMBER SMEMBERS SCARD SPOP SRANDMEMBER SMOVE SSCAN. (set-algebra.ts: SINTER and relatives.)
 *
 * Replies and errors are Redis's. Effects: SADD and SREM as they were asked, or as far as memory was there; SPOP is SREM or DEL; SMOVE is SREM and
 * SADD, since an effect may not carry a value from key to key while the log is compacted.
 */
import { COMMAND_SADD, COMMAND_SREM } from "../abi/commands";
import { EVENT_SADD, EVENT_SPOP, EVENT_SREM, NOTIFY_SET } from "../abi/notification";
import {
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_OUT_OF_RANGE_INT64,
  ERROR_OUT_OF_RANGE_POSITIVE,
  ERROR_SYNTAX,
  ERROR_WRONG_TYPE,
} from "../abi/errors";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { randomBelow } from "../bytes/random";
import { effectWord, effectsAdmit, effectsOn } from "../durability/effect-log";
import { generator } from "../keyspace/generator";
import { foundSlot, lookupRead, lookupWrite } from "../keyspace/keyspace";
import { notify, notifyMask } from "../keyspace/notify";
import { containerEntry, containerRemove } from "../types/container";
import {
  PUT_NEW,
  PUT_NO_MEMORY,
  memberAt,
  memberCount,
  memberLength,
  memberNext,
  memberPointer,
  memberRemoveAt,
  memberScan,
  memberWalk,
} from "../types/members";
import { sampleBack, sampleBegin, sampleEnd, sampleNext, samplePrevious } from "../types/sample";
import { integerLength, integerNext, integerPointer, integersEnd, integersWalk } from "../types/integer-order";
import { isIntegerSet, isSet, setAdd, setExpected, setHas, setOpen, setRemove } from "../types/set";
import { argumentHash, argumentInteger, argumentLength, argumentPointer, argumentValue } from "./argument";
import { admitCopies, keyHash } from "./call";
import { effectCommand, effectDelete, effectRequest, sayChanged } from "./effect";
import { replyRandom, replyRandomOne } from "./member-random";
import { memberScanReply, readScanCursor, readScanOptions, scanCount, scanCursor } from "./member-scan";
import {
  ensure,
  out,
  replyBulk,
  replyError,
  replyFail,
  replyFailed,
  replyArray,
  replyInteger,
  replyLength,
  replyNull,
  replyRewind,
  replySet,
} from "./reply";

const DOLLAR_BYTES: usize = 1;
const LINE_END: usize = 2;
/** Most bytes of an element of a reply, or of a word of an effect, beside its text. */
const WORD_BYTES: u32 = 16;
/** Most arguments of SADD with one member. */
const SEVERAL: u32 = 3;

/** What `readSet` and `writeSet` found: the entry, or 0. */
let setEntry: usize = 0;

// @ts-ignore: decorator
@inline
function readSet(argv: usize): bool {
  setEntry = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!setEntry || isSet(setEntry)) return true;
  replyError(ERROR_WRONG_TYPE);
  return false;
}

/** Looks the set up for changing it: it is open then. Replies WRONGTYPE and returns false when the key holds something else. */
// @ts-ignore: decorator
@inline
function writeSet(argv: usize): bool {
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  setEntry = lookupWrite(keyHash, key, keyBytes);
  if (setEntry && !isSet(setEntry)) {
    replyError(ERROR_WRONG_TYPE);
    return false;
  }
  setOpen(keyHash, foundSlot, setEntry, key, keyBytes);
  return true;
}

export function saddCommand(argc: u32, argv: usize): void {
  if (!writeSet(argv)) return;
  let added: i64 = 0;
  let index: u32 = 2;
  let failed = false;
  for (; index < argc && !failed; index++) {
    const result = setAdd(argumentPointer(argv, index), argumentLength(argv, index));
    if (result == PUT_NO_MEMORY) failed = true;
    else if (result == PUT_NEW) added++;
  }
  if (added) {
    if (argc > SEVERAL) setExpected(argc - 2, !setEntry, parseInteger(argumentPointer(argv, 2), argumentLength(argv, 2)));
    if (effectsOn) effectRequest(failed ? index - 1 : argc, argv);
    if (notifyMask) sayChanged(NOTIFY_SET, EVENT_SADD, argv, false);
  }
  if (!failed) replyInteger(added);
  else if (added) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}

export function sremCommand(argc: u32, argv: usize): void {
  if (!writeSet(argv)) return;
  let removed: i64 = 0;
  let index: u32 = 2;
  let failed = false;
  for (; setEntry && index < argc && !failed; index++) {
    const result = setRemove(argumentPointer(argv, index), argumentLength(argv, index));
    if (result < 0) failed = true;
    else removed += result;
    setEntry = containerEntry;
  }
  if (removed) {
    if (effectsOn) effectRequest(failed ? index - 1 : argc, argv);
    if (notifyMask) sayChanged(NOTIFY_SET, EVENT_SREM, argv, !setEntry);
  }
  if (failed) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyInteger(removed);
}

export function sismemberCommand(argc: u32, argv: usize): void {
  if (readSet(argv)) replyInteger(setEntry && setHas(setEntry, argumentPointer(argv, 2), argumentLength(argv, 2)) ? 1 : 0);
}

export function smismemberCommand(argc: u32, argv: usize): void {
  if (!readSet(argv)) return;
  replyArray(argc - 2);
  for (let index: u32 = 2; index < argc; index++) {
    replyInteger(setEntry && setHas(setEntry, argumentPointer(argv, index), argumentLength(argv, index)) ? 1 : 0);
  }
}

export function scardCommand(argc: u32, argv: usize): void {
  if (readSet(argv)) replyInteger(setEntry ? memberCount(setEntry) : 0);
}

export function smembersCommand(argc: u32, argv: usize): void {
  if (readSet(argv)) replyMembers();
}

function replyMembers(): void {
  replySet(setEntry ? memberCount(setEntry) : 0);
  if (setEntry) replyElements();
}

/** Replies all members, without a head. */
function replyElements(): void {
  if (isIntegerSet(setEntry) && integersWalk(setEntry)) {
    replyIntegers();
    return;
  }
  memberWalk(setEntry, false);
  while (memberNext() && !replyFailed) replyBulk(memberPointer, memberLength);
}

/** Replies the integers of a walk in their order, and ends it. */
export function replyIntegers(): void {
  while (integerNext() && !replyFailed) replyBulk(integerPointer, integerLength);
  integersEnd();
}

export function sscanCommand(argc: u32, argv: usize): void {
  if (!readScanCursor(argv) || !readSet(argv) || (setEntry && !readScanOptions(argc, argv))) return;
  // Redis answers an intset as a whole and in order, whatever COUNT says.
  const ordered = setEntry != 0 && isIntegerSet(setEntry) && integersWalk(setEntry);
  if (setEntry && !ordered) memberScan(setEntry, false, scanCursor, scanCount);
  memberScanReply(setEntry, false, ordered);
  if (ordered) integersEnd();
}

export function srandmemberCommand(argc: u32, argv: usize): void {
  if (argc > 3) {
    replyError(ERROR_SYNTAX);
    return;
  }
  if (argc == 2) {
    if (!readSet(argv)) return;
    if (setEntry) replyRandomOne(setEntry, false);
    else replyNull();
    return;
  }
  if (!argumentInteger(argv, 2)) return;
  const wanted = argumentValue;
  if (wanted == i64.MIN_VALUE) replyError(ERROR_OUT_OF_RANGE_INT64);
  else if (readSet(argv)) {
    if (setEntry && wanted >= <i64>memberCount(setEntry)) {
      replyArray(memberCount(setEntry));
      replyElements();
    } else replyRandom(setEntry, false, wanted, false);
  }
}

export function smoveCommand(argc: u32, argv: usize): void {
  const source = lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  const targetKey = argumentPointer(argv, 2);
  const targetBytes = argumentLength(argv, 2);
  const targetHash = argumentHash(argv, 2);
  const member = argumentPointer(argv, 3);
  const length = argumentLength(argv, 3);
  if (!source) {
    replyInteger(0);
    return;
  }
  const target = lookupWrite(targetHash, targetKey, targetBytes);
  if (!isSet(source) || (target && !isSet(target))) {
    replyError(ERROR_WRONG_TYPE);
    return;
  }
  if (source == target || !setHas(source, member, length)) {
    replyInteger(source == target && setHas(source, member, length) ? 1 : 0);
    return;
  }
  setOpen(targetHash, foundSlot, target, targetKey, targetBytes);
  const added = setAdd(member, length);
  if (added == PUT_NO_MEMORY) {
    replyFail();
    return;
  }
  if (!writeSet(argv)) return;
  if (setRemove(member, length) < 0) {
    if (added == PUT_NEW) takeBack(targetHash, targetKey, targetBytes, member, length);
    replyFail();
    return;
  }
  if (notifyMask) {
    sayChanged(NOTIFY_SET, EVENT_SREM, argv, !containerEntry);
    if (added == PUT_NEW) notify(NOTIFY_SET, EVENT_SADD, targetKey, targetBytes);
  }
  if (effectsOn) {
    effectCommand(COMMAND_SREM, 2);
    effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
    effectWord(member, length);
    effectCommand(COMMAND_SADD, 2);
    effectWord(targetKey, targetBytes);
    effectWord(member, length);
  }
  replyInteger(1);
}

/** Takes a member out that has just been put in: its path is the writer's own, so that needs no memory. */
function takeBack(hash: u64, key: usize, keyBytes: u32, member: usize, length: u32): void {
  const entry = lookupWrite(hash, key, keyBytes);
  setOpen(hash, foundSlot, entry, key, keyBytes);
  setRemove(member, length);
}

// SPOP --------------------------------------------------------------------------------------------------------------------

export function spopCommand(argc: u32, argv: usize): void {
  if (argc > 3) {
    replyError(ERROR_SYNTAX);
    return;
  }
  let wanted: i64 = 1;
  if (argc == 3) {
    const isInteger = parseInteger(argumentPointer(argv, 2), argumentLength(argv, 2));
    wanted = parsedInteger;
    if (!isInteger || wanted < 0) {
      replyError(ERROR_OUT_OF_RANGE_POSITIVE);
      return;
    }
  }
  if (!writeSet(argv)) return;
  if (argc == 2) {
    if (setEntry) popOne(argv);
    else replyNull();
  } else if (!setEntry || !wanted) replySet(0);
  else if (wanted >= <i64>memberCount(setEntry)) popAll(argv);
  else popSome(argv, <u32>wanted);
}

function popOne(argv: usize): void {
  const position = randomBelow(generator, memberCount(setEntry));
  memberAt(setEntry, false, position);
  const length = memberLength;
  if (effectsOn && !effectsAdmit(<u64>length + (argumentLength(argv, 1) << 1))) {
    replyFail();
    return;
  }
  replyBulk(memberPointer, length);
  if (replyFailed) return;
  const text = out - LINE_END - length;
  if (!memberRemoveAt(false, position)) {
    replyFail();
    return;
  }
  if (notifyMask) sayChanged(NOTIFY_SET, EVENT_SPOP, argv, !containerEntry);
  if (!effectsOn) return;
  effectCommand(COMMAND_SREM, 2);
  effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
  effectWord(text, length);
}

function popAll(argv: usize): void {
  replyMembers();
  if (replyFailed) return;
  containerRemove();
  if (notifyMask) sayChanged(NOTIFY_SET, EVENT_SPOP, argv, true);
  if (effectsOn) effectDelete(argumentPointer(argv, 1), argumentLength(argv, 1));
}

/** Pops some of the members, from the last position to the first, so that the others stay valid. */
function popSome(argv: usize, count: u32): void {
  const size = memberCount(setEntry);
  // Each member may lie in another leaf, which the change copies.
  if (!admitCopies(count) || !sampleBegin(count, size)) {
    replyFail();
    return;
  }
  let bytes: u64 = 0;
  for (let position = sampleNext(); position < size; position = sampleNext()) {
    memberAt(setEntry, false, position);
    bytes += memberLength + WORD_BYTES;
  }
  const room = bytes + WORD_BYTES;
  if (room > u32.MAX_VALUE >> 1 || !ensure(<u32>room) || (effectsOn && !effectsAdmit(bytes + (argumentLength(argv, 1) << 1)))) {
    sampleEnd();
    replyFail();
    return;
  }
  const start = replyLength();
  replySet(count);
  const offset = out;
  let popped: u32 = 0;
  sampleBack();
  while (popped < count) {
    const position = samplePrevious();
    memberAt(containerEntry, false, position);
    replyBulk(memberPointer, memberLength);
    if (!memberRemoveAt(false, position)) break;
    popped++;
  }
  sampleEnd();
  if (popped && effectsOn) effectPopped(argv, offset, popped);
  if (popped && notifyMask) sayChanged(NOTIFY_SET, EVENT_SPOP, argv, false);
  if (popped == count) return;
  replyRewind(start);
  if (popped) replyError(ERROR_OUT_OF_MEMORY_HOST);
  else replyFail();
}

/** Logs `SREM` of the members that stand in the reply from an address on. */
function effectPopped(argv: usize, from: usize, count: u32): void {
  effectCommand(COMMAND_SREM, count + 1);
  effectWord(argumentPointer(argv, 1), argumentLength(argv, 1));
  let text = from;
  for (let index: u32 = 0; index < count; index++) {
    let length: u32 = 0;
    let digit = text + DOLLAR_BYTES;
    for (; load<u8>(digit) != 13; digit++) length = length * 10 + load<u8>(digit) - 48;
    effectWord(digit + LINE_END, length);
    text = digit + LINE_END + length + LINE_END;
  }
}
