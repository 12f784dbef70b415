/**
 * ROW.SET ROW.GET ROW.SETPROP ROW.DELETE: documents by collection and the rest of their key. Each becomes the JSON command on the key
 * `collection:rest`, so rows of declared tables are checked as by any other command.
 */
import { ARGUMENT_LENGTH, ARGUMENT_POINTER, ARGUMENT_SIZE } from "../abi/layout";
import { ERROR_OUT_OF_MEMORY_HOST } from "../abi/errors";
import { hashBytes } from "../bytes/hash";
import { lookupQuiet } from "../keyspace/keyspace";
import { PURPOSE_SCRATCH } from "../abi/status";
import { isDocument } from "../types/document";
import {
  BUFFER_LENGTH,
  BUFFER_POINTER,
  BUFFER_SIZE,
  bufferAppend,
  bufferClear,
  bufferInitialize,
  bufferReserve,
} from "../structure/byte-buffer";
import { argumentLength, argumentPointer } from "./argument";
import { setKeyHash } from "./call";
import { delCommand } from "./generic";
import { jsonSetCommand } from "./json";
import { jsonGetCommand } from "./json-read";
import { replyError, replyInteger } from "./reply";

const COLON: u32 = 58;
const QUOTE: u32 = 34;
const BACKSLASH: u32 = 92;
const ROOT: usize = memory.data<u8>([36]);
const NAME_OPEN: usize = memory.data<u8>([36, 91, 34]); // $["
const NAME_CLOSE: usize = memory.data<u8>([34, 93]); // "]
const OBJECT_OPEN: usize = memory.data<u8>([123, 34]); // {"
const OBJECT_COLON: usize = memory.data<u8>([34, 58]); // ":
const BRACE: u32 = 125;
const HEX: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);
/** Most bytes that one byte of a name takes as JSON: \u001f. */
const ESCAPED_MAX: u32 = 6;

/** The key and what stands behind it; its own, since the commands use all scratch memory that they share. */
const buffer: usize = memory.data(BUFFER_SIZE, 8);
const single: usize = memory.data(8, 8);

/** Appends bytes. Requires: `composeKey` has made room. */
function putBytes(bytes: usize, length: u32): void {
  bufferAppend(buffer, bytes, length);
}

function putByte(byte: u32): void {
  store<u8>(single, <u8>byte);
  bufferAppend(buffer, single, 1);
}

/** Arguments of the command that is run in place: its name, the key, a path, a value. */
const arguments: usize = memory.data(<i32>(ARGUMENT_SIZE << 2), 8);

function setArgument(index: u32, bytes: usize, length: u32): void {
  const argument = arguments + <usize>index * ARGUMENT_SIZE;
  store<u32>(argument, <u32>bytes, ARGUMENT_POINTER);
  store<u32>(argument, length, ARGUMENT_LENGTH);
}

/**
 * Makes `collection:rest` of the first two arguments in the buffer, with room for `more` bytes behind it, so that it does not move.
 * Returns its length, or 0: there is no memory, and the error is replied.
 */
function composeKey(argv: usize, more: u64): u32 {
  const length = <u64>argumentLength(argv, 1) + argumentLength(argv, 2) + 1;
  bufferInitialize(buffer, PURPOSE_SCRATCH);
  bufferClear(buffer);
  if (length + more > 0xf0000000 || !bufferReserve(buffer, <u32>(length + more))) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return 0;
  }
  putBytes(argumentPointer(argv, 1), argumentLength(argv, 1));
  putByte(COLON);
  putBytes(argumentPointer(argv, 2), argumentLength(argv, 2));
  setArgument(0, argumentPointer(argv, 0), argumentLength(argv, 0));
  setArgument(1, <usize>load<u32>(buffer, BUFFER_POINTER), <u32>length);
  return <u32>length;
}

export function rowSetCommand(argc: u32, argv: usize): void {
  if (!composeKey(argv, 0)) return;
  setArgument(2, ROOT, 1);
  setArgument(3, argumentPointer(argv, 3), argumentLength(argv, 3));
  jsonSetCommand(4, arguments);
}

export function rowGetCommand(argc: u32, argv: usize): void {
  if (composeKey(argv, 0)) jsonGetCommand(2, arguments);
}

/** Sets one field; a row that is not there is made. */
export function rowSetpropCommand(argc: u32, argv: usize): void {
  const name = argumentPointer(argv, 3);
  const nameLength = argumentLength(argv, 3);
  const value = argumentPointer(argv, 4);
  const valueLength = argumentLength(argv, 4);
  const keyLength = composeKey(argv, <u64>nameLength * ESCAPED_MAX + valueLength + 8);
  if (!keyLength) return;
  const key = <usize>load<u32>(buffer, BUFFER_POINTER);
  const isThere = lookupQuiet(hashBytes(key, keyLength), key, keyLength) != 0;
  if (isThere) putBytes(NAME_OPEN, 3);
  else putBytes(OBJECT_OPEN, 2);
  putEscaped(name, nameLength);
  if (isThere) putBytes(NAME_CLOSE, 2);
  else {
    putBytes(OBJECT_COLON, 2);
    putBytes(value, valueLength);
    putByte(BRACE);
  }
  const made = <usize>load<u32>(buffer, BUFFER_POINTER) + keyLength;
  const madeLength = load<u32>(buffer, BUFFER_LENGTH) - keyLength;
  setArgument(2, isThere ? made : ROOT, isThere ? madeLength : 1);
  setArgument(3, isThere ? value : made, isThere ? valueLength : madeLength);
  jsonSetCommand(4, arguments);
}

/** A name inside of double quotes, as JSON and paths have it. */
function putEscaped(bytes: usize, length: u32): void {
  for (let at: u32 = 0; at < length; at++) {
    const byte = <u32>load<u8>(bytes + at);
    if (byte < 32) {
      putByte(BACKSLASH);
      putByte(117);
      putByte(48);
      putByte(48);
      putByte(load<u8>(HEX + (byte >> 4)));
      putByte(load<u8>(HEX + (byte & 15)));
    } else {
      if (byte == QUOTE || byte == BACKSLASH) putByte(BACKSLASH);
      putByte(byte);
    }
  }
}

export function rowDeleteCommand(argc: u32, argv: usize): void {
  const length = composeKey(argv, 0);
  if (!length) return;
  const hash = hashBytes(<usize>load<u32>(buffer, BUFFER_POINTER), length);
  const entry = lookupQuiet(hash, <usize>load<u32>(buffer, BUFFER_POINTER), length);
  if (!entry || !isDocument(entry)) {
    replyInteger(0);
    return;
  }
  setKeyHash(hash);
  delCommand(2, arguments);
}
