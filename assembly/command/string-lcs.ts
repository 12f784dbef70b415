/**
 * LCS: the longest common subsequence of two strings, with the options LEN, IDX, MINMATCHLEN and WITHMATCHLEN.
 *
 * Dynamic programming over all pairs of prefixes (Wagner, Fischer 1974). Only two rows of lengths are kept; of each cell one
 * bit says which way the walk back from the end goes on a mismatch, so memory is a 32nd of the full matrix. Ties go left,
 * as in Redis, so the subsequence and the ranges are the same ones. Ranges come last first.
 *
 * Limit: strings whose full matrix of u32 would exceed proto-max-bulk-len are refused, as by Redis.
 * Cost: O(n * m) time, n * m / 8 bytes.
 */
import { ERROR_LCS_LEN_AND_IDX, ERROR_LCS_NOT_STRINGS, ERROR_LCS_TOO_LARGE, ERROR_OUT_OF_MEMORY_HOST, ERROR_SYNTAX } from "../abi/errors";
import { PURPOSE_SCRATCH } from "../abi/status";
import { lookupRead } from "../keyspace/keyspace";
import { allocate, release } from "../memory/allocator";
import { ARENA_SIZE, arenaAllocate, arenaRelease } from "../memory/arena";
import { copyBytes } from "../bytes/copy";
import { isString, readText, textLength, textPointer } from "../types/string";
import { argumentHash, argumentInteger, argumentIsText, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { maxBulk } from "./decode";
import { replyArray, replyBulk, replyError, replyFillArray, replyGap, replyInteger, replyMap } from "./reply";
import { TEXT_MINMATCHLEN, TEXT_MINMATCHLEN_LENGTH, TEXT_WITHMATCHLEN, TEXT_WITHMATCHLEN_LENGTH, WORD_IDX, WORD_LEN } from "./words";

const MATCHES: usize = memory.data<u8>([109, 97, 116, 99, 104, 101, 115]);
const LEN: usize = memory.data<u8>([108, 101, 110]);
const arena: usize = memory.data(ARENA_SIZE, 8);
/** Texts of integer-encoded values, which `readText` overwrites. */
const leftInteger: usize = memory.data(24, 8);

let left: usize = 0;
let leftLength: u32 = 0;
let right: usize = 0;
let rightLength: u32 = 0;
let wantLength: bool = false;
let wantRanges: bool = false;
let wantMatchLength: bool = false;
let minimumMatch: i64 = 0;

function readStrings(argv: usize): bool {
  const first = lookupRead(argumentHash(argv, 1), argumentPointer(argv, 1), argumentLength(argv, 1));
  const second = lookupRead(argumentHash(argv, 2), argumentPointer(argv, 2), argumentLength(argv, 2));
  if ((first && !isString(first)) || (second && !isString(second))) {
    replyError(ERROR_LCS_NOT_STRINGS);
    return false;
  }
  leftLength = 0;
  rightLength = 0;
  if (first) {
    readText(first);
    left = textPointer;
    leftLength = textLength;
    if (leftLength <= 20) {
      copyBytes(leftInteger, left, leftLength);
      left = leftInteger;
    }
  }
  if (second) {
    readText(second);
    right = textPointer;
    rightLength = textLength;
  }
  return true;
}

function readOptions(argc: u32, argv: usize): bool {
  wantLength = false;
  wantRanges = false;
  wantMatchLength = false;
  minimumMatch = 0;
  for (let index: u32 = 3; index < argc; index++) {
    const word = argumentWord(argv, index);
    if (word == WORD_LEN) wantLength = true;
    else if (word == WORD_IDX) wantRanges = true;
    else if (argumentIsText(argv, index, TEXT_WITHMATCHLEN, TEXT_WITHMATCHLEN_LENGTH)) wantMatchLength = true;
    else if (argumentIsText(argv, index, TEXT_MINMATCHLEN, TEXT_MINMATCHLEN_LENGTH) && index + 1 < argc) {
      if (!argumentInteger(argv, ++index)) return false;
      minimumMatch = argumentValue > 0 ? argumentValue : 0;
    } else {
      replyError(ERROR_SYNTAX);
      return false;
    }
  }
  if (!wantLength || !wantRanges) return true;
  replyError(ERROR_LCS_LEN_AND_IDX);
  return false;
}

export function lcsCommand(argc: u32, argv: usize): void {
  if (!readStrings(argv) || !readOptions(argc, argv)) return;
  if ((<u64>leftLength + 1) * (<u64>rightLength + 1) * 4 > <u64>maxBulk) {
    replyError(ERROR_LCS_TOO_LARGE);
    return;
  }
  const lengths = allocate((rightLength + 1) << 2, PURPOSE_SCRATCH);
  const rows = lengths ? allocate((leftLength + 1) << 2, PURPOSE_SCRATCH) : 0;
  if (rows && fill(lengths, rows)) {
    const length = load<u32>(lengths + ((<usize>rightLength) << 2));
    if (wantLength) replyInteger(length);
    else if (wantRanges) replyRanges(rows, length);
    else replySubsequence(rows, length);
  } else replyError(ERROR_OUT_OF_MEMORY_HOST);
  arenaRelease(arena, 0);
  if (rows) release(rows, PURPOSE_SCRATCH);
  if (lengths) release(lengths, PURPOSE_SCRATCH);
}

/**
 * Computes the lengths, row by row in one array, and the direction bits (1: go up) of each row unless only the length is
 * wanted. Returns false when there is no memory.
 */
function fill(lengths: usize, rows: usize): bool {
  memory.fill(lengths, 0, (<usize>(rightLength + 1)) << 2);
  const rowBytes = (rightLength + 7) >> 3;
  for (let i: u32 = 0; i < leftLength; i++) {
    let bits: usize = 0;
    if (!wantLength && rowBytes) {
      bits = arenaAllocate(arena, rowBytes);
      if (!bits) return false;
      memory.fill(bits, 0, rowBytes);
      store<u32>(rows + ((<usize>i) << 2), <u32>bits);
    }
    fillRow(lengths, load<u8>(left + i), bits);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function setBit(bits: usize, position: u32): void {
  const bit: u32 = 1 << (position & 7);
  store<u8>(bits + (position >> 3), <u8>((<u32>load<u8>(bits + (position >> 3))) | bit));
}

function fillRow(lengths: usize, byte: u8, bits: usize): void {
  let diagonal: u32 = 0;
  let before: u32 = 0;
  for (let j: u32 = 0; j < rightLength; j++) {
    const cell = lengths + ((<usize>(j + 1)) << 2);
    const above = load<u32>(cell);
    let value: u32;
    if (load<u8>(right + j) == byte) value = diagonal + 1;
    else if (above > before) {
      value = above;
      if (bits) setBit(bits, j);
    } else value = before;
    diagonal = above;
    before = value;
    store<u32>(cell, value);
  }
}

// @ts-ignore: decorator
@inline
function goesUp(rows: usize, i: u32, j: u32): bool {
  const bits = <usize>load<u32>(rows + ((<usize>(i - 1)) << 2));
  return ((load<u8>(bits + ((j - 1) >> 3)) >> ((<u8>(j - 1)) & 7)) & 1) != 0;
}

function replySubsequence(rows: usize, length: u32): void {
  const text = length ? allocate(length, PURPOSE_SCRATCH) : 0;
  if (length && !text) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  let i = leftLength;
  let j = rightLength;
  let position = length;
  while (i > 0 && j > 0) {
    if (load<u8>(left + i - 1) == load<u8>(right + j - 1)) {
      i--;
      j--;
      position--;
      store<u8>(text + position, load<u8>(left + i));
    } else if (goesUp(rows, i, j)) i--;
    else j--;
  }
  replyBulk(text, length);
  if (text) release(text, PURPOSE_SCRATCH);
}

function replyRanges(rows: usize, length: u32): void {
  replyMap(2);
  replyBulk(MATCHES, 7);
  const gap = replyGap();
  let count: u32 = 0;
  let i = leftLength;
  let j = rightLength;
  while (i > 0 && j > 0) {
    let run: u32 = 0;
    while (i > 0 && j > 0 && load<u8>(left + i - 1) == load<u8>(right + j - 1)) {
      i--;
      j--;
      run++;
    }
    if (run) {
      if (<i64>run >= minimumMatch) {
        replyRange(i, j, run);
        count++;
      }
    } else if (goesUp(rows, i, j)) i--;
    else j--;
  }
  replyFillArray(gap, count);
  replyBulk(LEN, 3);
  replyInteger(length);
}

/** One match: its range in both strings, inclusive, and its length when that is wanted. */
function replyRange(i: u32, j: u32, run: u32): void {
  replyArray(wantMatchLength ? 3 : 2);
  replyArray(2);
  replyInteger(i);
  replyInteger(i + run - 1);
  replyArray(2);
  replyInteger(j);
  replyInteger(j + run - 1);
  if (wantMatchLength) replyInteger(run);
}
