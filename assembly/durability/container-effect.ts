/**
 * Whole containers as effects: `DEL key`, then as many commands that fill it as it takes, each with at most CHUNK elements, and
 * `PEXPIREAT key expiry`.
 */
import { TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_SORTED_SET } from "../abi/status";
import { entryExpiry, keyLength, keyPointer } from "../structure/entry";
import { SCORE_TEXT_MAX, printScore } from "../bytes/score-text";
import { typeOf } from "../types/container";
import { listCount, listLength, listNext, listPointer, listWalk } from "../types/list";
import { memberCount, memberLength, memberNext, memberPointer, memberValue, memberValueLength, memberWalk } from "../types/members";
import { readKept } from "../types/score";
import { effectBegin, effectInteger, effectWord } from "./effect-log";

/** In small letters, as the names of commands in other effects are. */
const WORD_DEL: usize = memory.data<u8>([100, 101, 108]);
const WORD_PEXPIREAT: usize = memory.data<u8>([112, 101, 120, 112, 105, 114, 101, 97, 116]);
const WORD_HSET: usize = memory.data<u8>([104, 115, 101, 116]);
const WORD_SADD: usize = memory.data<u8>([115, 97, 100, 100]);
const WORD_ZADD: usize = memory.data<u8>([122, 97, 100, 100]);
const scoreText: usize = memory.data(<i32>SCORE_TEXT_MAX, 8);
const WORD_RPUSH: usize = memory.data<u8>([114, 112, 117, 115, 104]);

/** Elements of one command. */
const CHUNK: u32 = 64;
/** Most bytes that a word takes beside its text, and a command beside its key and elements. */
const WORD_BYTES: u32 = 16;
const COMMAND_BYTES: u32 = 96;

/** Room that `effectContainer` takes. Cost: O(elements). */
export function containerEffectBytes(entry: usize): u64 {
  if (typeOf(entry) == TYPE_LIST) return listEffectBytes(entry);
  const count = memberCount(entry);
  const type = typeOf(entry);
  const hasScores = type == TYPE_SORTED_SET;
  const hasValues = type != TYPE_SET;
  let bytes: u64 = <u64>(count / CHUNK + 3) * (<u64>keyLength(entry) + COMMAND_BYTES);
  memberWalk(entry, hasValues);
  while (memberNext()) {
    bytes += <u64>memberLength + WORD_BYTES;
    if (hasValues) bytes += <u64>(hasScores ? SCORE_TEXT_MAX : memberValueLength) + WORD_BYTES;
  }
  return bytes;
}

function listEffectBytes(entry: usize): u64 {
  let bytes: u64 = <u64>(listCount(entry) / CHUNK + 3) * (<u64>keyLength(entry) + COMMAND_BYTES);
  listWalk(entry, 0);
  while (listNext()) bytes += <u64>listLength + WORD_BYTES;
  return bytes;
}

/** Logs a container of the current database. Requires: room for `containerEffectBytes`. */
export function effectContainer(entry: usize): void {
  const key = keyPointer(entry);
  const keyBytes = keyLength(entry);
  effectBegin(2);
  effectWord(WORD_DEL, 3);
  effectWord(key, keyBytes);
  const type = typeOf(entry);
  if (type == TYPE_LIST) effectElements(entry, key, keyBytes);
  else effectMembers(entry, key, keyBytes, type == TYPE_HASH ? WORD_HSET : type == TYPE_SET ? WORD_SADD : WORD_ZADD, type);
  const expiry = entryExpiry(entry);
  if (!expiry) return;
  effectBegin(3);
  effectWord(WORD_PEXPIREAT, 9);
  effectWord(key, keyBytes);
  effectInteger(expiry);
}

function effectMembers(entry: usize, key: usize, keyBytes: u32, word: usize, type: u32): void {
  const hasValues = type != TYPE_SET;
  let left = memberCount(entry);
  let inChunk: u32 = 0;
  memberWalk(entry, hasValues);
  while (memberNext()) {
    if (!inChunk) {
      inChunk = left < CHUNK ? left : CHUNK;
      left -= inChunk;
      effectBegin((hasValues ? inChunk << 1 : inChunk) + 2);
      effectWord(word, 4);
      effectWord(key, keyBytes);
    }
    if (type == TYPE_SORTED_SET) effectWord(scoreText, printScore(scoreText, readKept(memberValue, memberValueLength)));
    effectWord(memberPointer, memberLength);
    if (type == TYPE_HASH) effectWord(memberValue, memberValueLength);
    inChunk--;
  }
}

function effectElements(entry: usize, key: usize, keyBytes: u32): void {
  let left = listCount(entry);
  let inChunk: u32 = 0;
  listWalk(entry, 0);
  while (listNext()) {
    if (!inChunk) {
      inChunk = left < CHUNK ? left : CHUNK;
      left -= inChunk;
      effectBegin(inChunk + 2);
      effectWord(WORD_RPUSH, 5);
      effectWord(key, keyBytes);
    }
    effectWord(listPointer, listLength);
    inChunk--;
  }
}
