/**
 * The effect log: what commands changed, as RESP commands, while somebody consumes it (SETTING_EFFECTS). The host takes
 * the bytes after each call; framing, checksums and files are its persistence/.
 *
 * An effect is one RESP array of bulk strings. `*0\r\n` marks the end of a commit: what lies between two marks is applied
 * together or not at all. A `SELECT n` effect precedes the first effect of a database that differs from the last one; the
 * log forgets the database at `effectsTaken`, so every piece that the host takes stands alone. Relative times have become
 * absolute, random choices and clock readings have become their results, so replay with expiry off gives the same state.
 *
 * Requires: `effectsAdmit` has made room for at least twice the request, which bounds what its effects take; a failed append
 * would lose a change, so it is treated as impossible. What may be remembered of expired keys is bounded likewise, by
 * `effectsAdmitReads` and `effectsAdmitSweep`: an effect takes at most four times its record.
 */
import { CONTROL_CHANGES } from "../abi/layout";
import { PURPOSE_EFFECT, PURPOSE_SESSION } from "../abi/status";
import { printInteger, printUnsigned } from "../bytes/integer";
import { database, databaseIndex } from "../keyspace/database";
import { expiredKeys, expiredRoom, expiredRoomWanted, setExpiredRoom, setRememberExpired } from "../keyspace/keyspace";
import { countOne } from "../memory/control";
import {
  BUFFER_LENGTH,
  BUFFER_POINTER,
  BUFFER_SIZE,
  bufferAppend,
  bufferClear,
  bufferFree,
  bufferInitialize,
  bufferReserve,
} from "../structure/byte-buffer";

const NO_DATABASE: u32 = 0xffffffff;
const CRLF: u32 = 0x0a0d;
/** Room for an effect's own words beside the arguments of its request. */
const HEADER_BYTES: u32 = 512;
/** Room that is there from the start, so that effects of small deletions fit when memory is full. */
const FIRST_BYTES: u32 = 524288;
/** Bytes of expired keys that a sweep may remember at once, and those that a reading command may beside its own keys. */
const SWEEP_BYTES: u32 = 65536;
const READ_BYTES: u32 = 16384;
/** An effect's bytes by those of its record {database, length, key}. */
const RECORD_FACTOR: u32 = 4;

/** True while effects are logged. */
export let effectsOn: bool = false;
export const effects: usize = memory.data(BUFFER_SIZE, 8);
let effectDatabase: u32 = NO_DATABASE;
/** Length of the log at the last commit mark. */
let committed: u32 = 0;

const WORD_SELECT: usize = memory.data<u8>([83, 69, 76, 69, 67, 84]);
const WORD_DEL: usize = memory.data<u8>([68, 69, 76]);
/** In small letters, as the names of commands in other effects are. */
const WORD_SET: usize = memory.data<u8>([115, 101, 116]);
const WORD_PXAT: usize = memory.data<u8>([80, 88, 65, 84]);

export function effectsInitialize(): void {
  bufferInitialize(effects, PURPOSE_EFFECT);
}

/** Switches the log on or off; off frees it. */
export function setEffects(on: bool): void {
  effectsOn = on;
  setRememberExpired(on);
  effectsTaken();
  if (on) {
    bufferReserve(effects, FIRST_BYTES);
    bufferReserve(expiredKeys, SWEEP_BYTES);
  } else {
    bufferFree(effects);
    bufferFree(expiredKeys);
  }
}

function admit(bytes: u64): bool {
  return bytes < 0xf0000000 && bufferReserve(effects, <u32>bytes + HEADER_BYTES) != 0;
}

/** Makes room for the effects of a writing request whose arguments take `bytes`. Returns false when there is no memory. */
export function effectsAdmit(bytes: u64): bool {
  setExpiredRoom(u32.MAX_VALUE);
  return admit(bytes);
}

/** The same for a writing request that is not held to memory limits: room to remember its expired keys too. */
export function effectsAdmitUnlimited(bytes: u64): bool {
  return effectsAdmit(bytes) && bufferReserve(expiredKeys, <u32>bytes + HEADER_BYTES) != 0;
}

/** Lets a reading request whose arguments take half of `bytes` delete expired keys, if there is room to log that. */
export function effectsAdmitReads(bytes: u64): void {
  const admitted = admit(bytes + RECORD_FACTOR * READ_BYTES);
  setExpiredRoom(admitted ? <u32>(bytes >> 1) + READ_BYTES : 0);
}

/** Lets a sweep delete some expired keys, and one with a key that was too long for the last sweep. */
export function effectsAdmitSweep(): void {
  const wanted = expiredRoomWanted;
  if (wanted > SWEEP_BYTES && admit(<u64>wanted * RECORD_FACTOR)) setExpiredRoom(wanted);
  else setExpiredRoom(admit(SWEEP_BYTES * RECORD_FACTOR) ? SWEEP_BYTES : 0);
}

/** Makes room for one more effect of a sweep beside what it may remember. Returns false when there is no memory. */
export function effectsAdmitSwept(bytes: u64): bool {
  return admit(bytes + <u64>expiredRoom * RECORD_FACTOR);
}

let silenced: bool = false;

/** Lets effects go unlogged, and logs them again. */
export function effectsSilence(silent: bool): void {
  if (silent) silenced = effectsOn;
  effectsOn = silent ? false : silenced;
}

/** What a log of its own takes beside a buffer (`effectsExchange`). */
export const EFFECTS_OWN_BYTES: u32 = <u32>BUFFER_SIZE + 16;

/** Makes a log of its own, which is on, of zeroed memory or of one whose buffer was freed. */
export function effectsOwnInitialize(own: usize): void {
  bufferInitialize(own, PURPOSE_SESSION);
  store<u32>(own, NO_DATABASE, BUFFER_SIZE);
  store<u32>(own, 0, BUFFER_SIZE + 4);
  store<u32>(own, 1, BUFFER_SIZE + 8);
}

/** Whether effects go to a transaction's log now, which is nobody else's before it commits. */
export let effectsAreOwn: bool = false;

/** Has effects go to another log, which is kept at `own` as this one is there from now on. The same call puts both back. */
export function effectsExchange(own: usize): void {
  effectsAreOwn = !effectsAreOwn;
  const first = load<u64>(own);
  const second = load<u64>(own, 8);
  store<u64>(own, load<u64>(effects));
  store<u64>(own, load<u64>(effects, 8), 8);
  store<u64>(effects, first);
  store<u64>(effects, second, 8);
  const databaseThere = load<u32>(own, BUFFER_SIZE);
  const committedThere = load<u32>(own, BUFFER_SIZE + 4);
  const isOnThere = load<u32>(own, BUFFER_SIZE + 8) != 0;
  store<u32>(own, effectDatabase, BUFFER_SIZE);
  store<u32>(own, committed, BUFFER_SIZE + 4);
  store<u32>(own, effectsOn ? 1 : 0, BUFFER_SIZE + 8);
  effectDatabase = databaseThere;
  committed = committedThere;
  effectsOn = isOnThere;
  setRememberExpired(isOnThere);
}

/** Appends another log, which has no marks in it, as one commit. Returns false when there is no memory. Requires: effects go to the common log. */
export function effectsAppend(own: usize): bool {
  const length = load<u32>(own, BUFFER_LENGTH);
  if (!length) return true;
  if (!bufferReserve(effects, length + HEADER_BYTES)) return false;
  if (load<u32>(expiredKeys, BUFFER_LENGTH)) flushExpired();
  if (!bufferAppend(effects, <usize>load<u32>(own, BUFFER_POINTER), length)) return false;
  effectDatabase = NO_DATABASE;
  effectCommit();
  return true;
}

/** Takes back what was logged in a log of its own behind the first `length` bytes. Requires: effects go to another log. */
export function effectsOwnRewind(own: usize, length: u32): void {
  store<u32>(own, length, BUFFER_LENGTH);
  store<u32>(own, NO_DATABASE, BUFFER_SIZE);
  store<u32>(own, length, BUFFER_SIZE + 4);
}

/** The host has the bytes: begins an empty piece. */
export function effectsTaken(): void {
  bufferClear(effects);
  effectDatabase = NO_DATABASE;
  committed = 0;
}

/** Length of the log, for `effectsRewind`. */
export function effectsMark(): u32 {
  return load<u32>(effects, BUFFER_LENGTH);
}

/** Takes back what was logged since the mark. Requires: no commit since. */
export function effectsRewind(mark: u32): void {
  store<u32>(effects, mark, BUFFER_LENGTH);
  effectDatabase = NO_DATABASE;
}

function must(done: bool): void {
  if (!done) unreachable();
}

/** Writes `prefix`, a decimal number and CRLF. */
function header(prefix: u32, value: u32): void {
  const target = bufferReserve(effects, 24);
  must(target != 0);
  store<u8>(target, <u8>prefix);
  const digits = printUnsigned(target + 1, value);
  store<u16>(target + 1 + digits, <u16>CRLF);
  store<u32>(effects, load<u32>(effects, BUFFER_LENGTH) + digits + 3, BUFFER_LENGTH);
}

/** Begins an effect of `count` words on the current database, behind the deletions of expired keys met on the way. */
export function effectBegin(count: u32): void {
  if (load<u32>(expiredKeys, BUFFER_LENGTH)) flushExpired();
  beginIn(databaseIndex(database), count);
}

function beginIn(index: u32, count: u32): void {
  countOne(CONTROL_CHANGES);
  if (index != effectDatabase) {
    effectDatabase = index;
    header(42, 2);
    effectWord(WORD_SELECT, 6);
    effectInteger(index);
  }
  header(42, count);
}

/** Appends one word of the effect that was begun. */
export function effectWord(pointer: usize, length: u32): void {
  header(36, length);
  const target = bufferReserve(effects, length + 2);
  must(target != 0);
  memory.copy(target, pointer, length);
  store<u16>(target + length, <u16>CRLF);
  store<u32>(effects, load<u32>(effects, BUFFER_LENGTH) + length + 2, BUFFER_LENGTH);
}

const integerText: usize = memory.data(24, 8);

/** Appends an integer as one word. */
export function effectInteger(value: i64): void {
  effectWord(integerText, printInteger(integerText, value));
}

/** `SET key value [PXAT expiry]`; 0: no expiry. */
export function effectSet(key: usize, keyBytes: u32, value: usize, length: u32, expiry: u64): void {
  effectBegin(expiry ? 5 : 3);
  effectWord(WORD_SET, 3);
  effectWord(key, keyBytes);
  effectWord(value, length);
  if (!expiry) return;
  effectWord(WORD_PXAT, 4);
  effectInteger(expiry);
}

function flushExpired(): void {
  let position = <usize>load<u32>(expiredKeys, BUFFER_POINTER);
  const end = position + load<u32>(expiredKeys, BUFFER_LENGTH);
  while (position < end) {
    const length = load<u32>(position, 4);
    beginIn(load<u32>(position), 2);
    effectWord(WORD_DEL, 3);
    effectWord(position + 8, length);
    position += 8 + length;
  }
  bufferClear(expiredKeys);
}

/** While several commands are one commit (EXEC): their ends write no marks. */
let held: bool = false;

/** Makes what is logged from now on one commit, until `effectRelease`. Requires: a commit has just ended. */
export function effectHold(): void {
  held = true;
}

/** Ends the commit that `effectHold` has begun. */
export function effectRelease(): void {
  held = false;
  if (effectsOn) effectCommit();
}

/** Ends a commit: writes the mark when something was logged since the last one. */
export function effectCommit(): void {
  if (load<u32>(expiredKeys, BUFFER_LENGTH)) flushExpired();
  if (held) return;
  const length = load<u32>(effects, BUFFER_LENGTH);
  if (length == committed) return;
  const target = bufferReserve(effects, 4);
  must(target != 0);
  store<u32>(target, 0x0a0d302a);
  committed = length + 4;
  store<u32>(effects, committed, BUFFER_LENGTH);
}
