/**
 * UUIDs and bytea for plans.
 */
import { CELL_SEED } from "../abi/record";
import {
  RUNTIME_ERROR_BASE64_END,
  RUNTIME_ERROR_BASE64_SYMBOL,
  RUNTIME_ERROR_BYTE_INDEX,
  RUNTIME_ERROR_HEX_DIGIT,
  RUNTIME_ERROR_HEX_ODD,
  RUNTIME_ERROR_INVALID_BYTEA,
  RUNTIME_ERROR_INVALID_UTF8,
  RUNTIME_ERROR_INVALID_UUID,
  RUNTIME_ERROR_NEGATIVE_SUBSTRING,
  RUNTIME_ERROR_UNKNOWN_ENCODING,
} from "../abi/runtime-error";
import { md5, sha256 } from "../bytes/message-digest";
import { isUtf8 } from "../bytes/utf8";
import { asciiWord } from "../value/keyword";
import {
  binaryWord,
  hexWrong,
  parseBase64,
  parseBytea,
  parseEscaped,
  parseHex,
  parseUuid,
  putBase64,
  putBytea,
  putEscaped,
  putHex,
  putUuid,
} from "../value/binary-text";
import { builderReset, builderWord } from "../value/builder";
import { cells, fail, failWith } from "../value/cells";
import { SPILL_FIRST, SPILL_SECOND, wordBytes, wordLength, wordOf, wordPart } from "../value/word";
import { text_concat } from "./text";

const BACKSLASH: u32 = 92;

export function text_from_uuid(value: u64): u64 {
  builderReset();
  putUuid(value);
  return builderWord();
}

export function uuid_from_text(text: u64): u64 {
  if (parseUuid(text)) return binaryWord;
  failWith(RUNTIME_ERROR_INVALID_UUID, text, 0);
  return 0;
}

export function text_from_bytea(value: u64): u64 {
  builderReset();
  putBytea(value);
  return builderWord();
}

export function bytea_from_text(text: u64): u64 {
  if (parseBytea(text)) return binaryWord;
  const bytes = wordBytes(text, SPILL_FIRST);
  const hexadecimal = wordLength(text) > 1 && <u32>load<u8>(bytes) == BACKSLASH && <u32>load<u8>(bytes, 1) == 120;
  if (!hexadecimal) fail(RUNTIME_ERROR_INVALID_BYTEA);
  else if (hexWrong) failWith(RUNTIME_ERROR_HEX_DIGIT, ((<u64>hexWrong) << 8) | 1, 0);
  else fail(RUNTIME_ERROR_HEX_ODD);
  return 0;
}

export function bytea_concat(left: u64, right: u64): u64 {
  return text_concat(left, right);
}

/** The next 64 random bits of the statement: splitmix64 over the seed cell. */
function randomBits(): u64 {
  const state = load<u64>(cells, CELL_SEED) + 0x9e3779b97f4a7c15;
  store<u64>(cells, state, CELL_SEED);
  let z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

const uuidArea: usize = memory.data(16, 8);

/** A UUID of version 4. */
export function uuid_random(): u64 {
  store<u64>(uuidArea, randomBits());
  store<u64>(uuidArea, randomBits(), 8);
  store<u8>(uuidArea, (load<u8>(uuidArea, 6) & 15) | 64, 6);
  store<u8>(uuidArea, (load<u8>(uuidArea, 8) & 63) | 128, 8);
  return wordOf(uuidArea, 16);
}

/** random(): 0 <= x < 1. */
export function double_random(): f64 {
  return <f64>(randomBits() >> 11) / 9007199254740992;
}

// Bytes ----------------------------------------------------------------------------------------------------------------

const digest: usize = memory.data(32, 8);

export function text_md5(text: u64): u64 {
  md5(digest, wordBytes(text, SPILL_FIRST), wordLength(text));
  builderReset();
  putHex(digest, 16);
  return builderWord();
}

export function bytea_sha256(value: u64): u64 {
  sha256(digest, wordBytes(value, SPILL_FIRST), wordLength(value));
  return wordOf(digest, 32);
}

/** substring(bytea from `from` for `count`). */
export function bytea_substring(value: u64, from: i64, count: i64): u64 {
  if (count < 0) {
    fail(RUNTIME_ERROR_NEGATIVE_SUBSTRING);
    return 0;
  }
  const length = <i64>wordLength(value);
  const first = from < 1 ? 0 : from - 1;
  const end = from > i64.MAX_VALUE - count ? length : from - 1 + count;
  const last = end > length ? length : end;
  return first < last ? wordPart(wordBytes(value, SPILL_FIRST), <u32>first, <u32>(last - first)) : 0;
}

export function bytea_substring_from(value: u64, from: i64): u64 {
  return bytea_substring(value, from < 1 ? 1 : from, i64.MAX_VALUE >> 1);
}

export function bytea_get_byte(value: u64, index: i64): i64 {
  if (index >= 0 && index < <i64>wordLength(value)) return load<u8>(wordBytes(value, SPILL_FIRST) + <usize>index);
  fail(RUNTIME_ERROR_BYTE_INDEX);
  return 0;
}

/** Text as its bytes in UTF-8, and back. */
export function bytea_from_utf8(text: u64): u64 {
  return text;
}

export function text_from_utf8(value: u64): u64 {
  if (isUtf8(wordBytes(value, SPILL_FIRST), wordLength(value))) return value;
  fail(RUNTIME_ERROR_INVALID_UTF8);
  return 0;
}

const FORMAT_HEX: u64 = 0x786568;
const FORMAT_BASE64: u64 = 0x343665736162;
const FORMAT_ESCAPE: u64 = 0x657061637365;

function formatNamed(name: u64): u64 {
  const bytes = wordBytes(name, SPILL_SECOND);
  const format = asciiWord(bytes, bytes + wordLength(name));
  if (format != FORMAT_HEX && format != FORMAT_BASE64 && format != FORMAT_ESCAPE) failWith(RUNTIME_ERROR_UNKNOWN_ENCODING, name, 0);
  return format;
}

/** encode(value, 'hex' | 'base64' | 'escape'). */
export function bytea_encode(value: u64, name: u64): u64 {
  const format = formatNamed(name);
  const bytes = wordBytes(value, SPILL_FIRST);
  const length = wordLength(value);
  builderReset();
  if (format == FORMAT_HEX) putHex(bytes, length);
  else if (format == FORMAT_BASE64) putBase64(bytes, length);
  else putEscaped(bytes, length);
  return builderWord();
}

/** decode(text, format). */
export function bytea_decode(text: u64, name: u64): u64 {
  const format = formatNamed(name);
  const bytes = wordBytes(text, SPILL_FIRST);
  const end = bytes + wordLength(text);
  if (format == FORMAT_HEX) {
    if (parseHex(bytes, end)) return binaryWord;
    if (hexWrong) failWith(RUNTIME_ERROR_HEX_DIGIT, ((<u64>hexWrong) << 8) | 1, 0);
    else fail(RUNTIME_ERROR_HEX_ODD);
    return 0;
  }
  if (format == FORMAT_BASE64) {
    if (parseBase64(bytes, end)) return binaryWord;
    if (hexWrong) failWith(RUNTIME_ERROR_BASE64_SYMBOL, ((<u64>hexWrong) << 8) | 1, 0);
    else fail(RUNTIME_ERROR_BASE64_END);
    return 0;
  }
  if (parseEscaped(bytes, end)) return binaryWord;
  fail(RUNTIME_ERROR_INVALID_BYTEA);
  return 0;
}
