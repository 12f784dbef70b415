/**
 * FLUSHDB FLUSHALL WIPEDB SWAPDB, MEMUSAGE, MEMORY USAGE, OBJECT. (INFO, CONFIG and the like are the host's.)
 *
 * Flushing is O(1): the tables go to the graveyard, whose entries maintenance frees in bounded steps. ASYNC and SYNC are
 * accepted and mean the same.
 */
import { forgetGone } from "../keyspace/reclaimed";
import { DATABASE_COUNT, DATABASE_SIZE } from "../abi/layout";
import {
  ERROR_INDEX_OUT_OF_RANGE,
  ERROR_LFU_NOT_SELECTED,
  ERROR_NOT_INTEGER,
  ERROR_OUT_OF_RANGE_POSITIVE,
  ERROR_SWAPDB_FIRST,
  ERROR_SWAPDB_SECOND,
  ERROR_SYNTAX,
} from "../abi/errors";
import { parsedInteger, parseInteger } from "../bytes/integer";
import { compactionRestart } from "../durability/compaction";
import { effectsOn } from "../durability/effect-log";
import { graphBury } from "../graph/free";
import { collectionsMoved } from "../keyspace/collection";
import { accessClock, database, databaseAt } from "../keyspace/database";
import { ENCODING_INTEGER, ENCODING_MASK, entrySize } from "../keyspace/entry-release";
import { treesSize } from "../keyspace/entry-trees";
import { buryDatabase } from "../keyspace/graveyard";
import { lookupQuiet } from "../keyspace/keyspace";
import { readyOn, readySwap } from "../keyspace/ready";
import { touchOn, touchSwap } from "../keyspace/touch";
import { memoryUsed } from "../memory/allocator";
import { ENTRY_ACCESS, ENTRY_KIND, valuePointer } from "../structure/entry";
import { encodingLength, encodingPointer, readEncoding } from "../types/encoding";
import { isString } from "../types/string";
import { argumentHash, argumentInteger, argumentLength, argumentPointer, argumentValue, argumentWord } from "./argument";
import { handToHost } from "./call";
import { effectRequest } from "./effect";
import { replyBulk, replyError, replyInteger, replyNull, replyOk } from "./reply";
import { WORD_ASYNC, WORD_ENCODING, WORD_FREQ, WORD_IDLETIME, WORD_REFCOUNT, WORD_SAMPLES, WORD_SYNC, WORD_USAGE } from "./words";

/** Redis shares the integers below this one, and reports INT_MAX references to them. */
const SHARED_INTEGERS: u64 = 10000;
const SHARED_REFERENCES: i64 = 2147483647;
const swapped: usize = memory.data(DATABASE_SIZE, 8);

/** Checks the optional ASYNC or SYNC. */
function flushAllowed(argc: u32, argv: usize): bool {
  if (argc == 1) return true;
  const word = argumentWord(argv, 1);
  if (argc == 2 && (word == WORD_ASYNC || word == WORD_SYNC)) return true;
  replyError(ERROR_SYNTAX);
  return false;
}

export function flushdbCommand(argc: u32, argv: usize): void {
  if (!flushAllowed(argc, argv)) return;
  buryDatabase(database);
  graphBury(database);
  forgetGone();
  if (effectsOn) effectRequest(1, argv);
  replyOk();
}

export function flushallCommand(argc: u32, argv: usize): void {
  if (flushAllowed(argc, argv)) wipedbCommand(argc, argv);
}

/** Empties all databases. */
export function wipedbCommand(argc: u32, argv: usize): void {
  for (let index = 0; index < DATABASE_COUNT; index++) {
    buryDatabase(databaseAt(index));
    graphBury(databaseAt(index));
  }
  forgetGone();
  if (effectsOn) effectRequest(1, argv);
  replyOk();
}

/** Reads a database number of SWAPDB; replies `error` when it is no number. */
function readDatabase(argv: usize, index: u32, error: u32): bool {
  if (!parseInteger(argumentPointer(argv, index), argumentLength(argv, index)) || parsedInteger != <i64>(<i32>parsedInteger)) {
    replyError(error);
    return false;
  }
  return true;
}

export function swapdbCommand(argc: u32, argv: usize): void {
  if (!readDatabase(argv, 1, ERROR_SWAPDB_FIRST)) return;
  const first = parsedInteger;
  if (!readDatabase(argv, 2, ERROR_SWAPDB_SECOND)) return;
  const second = parsedInteger;
  if (<u64>first >= <u64>DATABASE_COUNT || <u64>second >= <u64>DATABASE_COUNT) {
    replyError(ERROR_INDEX_OUT_OF_RANGE);
    return;
  }
  if (first != second) {
    if (touchOn) touchSwap(<u32>first, <u32>second);
    memory.copy(swapped, databaseAt(<u32>first), DATABASE_SIZE);
    memory.copy(databaseAt(<u32>first), databaseAt(<u32>second), DATABASE_SIZE);
    memory.copy(databaseAt(<u32>second), swapped, DATABASE_SIZE);
    if (readyOn) readySwap(<u32>first, <u32>second);
    collectionsMoved();
    compactionRestart();
    if (effectsOn) effectRequest(argc, argv);
  }
  replyOk();
}

export function memusageCommand(argc: u32, argv: usize): void {
  replyInteger(memoryUsed);
}

export function memoryCommand(argc: u32, argv: usize): void {
  if (argumentWord(argv, 1) != WORD_USAGE || argc < 3) {
    handToHost();
    return;
  }
  for (let index: u32 = 3; index < argc; index += 2) {
    if (argumentWord(argv, index) != WORD_SAMPLES || index + 1 >= argc) {
      replyError(ERROR_SYNTAX);
      return;
    }
    if (!argumentInteger(argv, index + 1)) return;
    if (argumentValue < 0) {
      replyError(ERROR_SYNTAX);
      return;
    }
  }
  const entry = lookupQuiet(argumentHash(argv, 2), argumentPointer(argv, 2), argumentLength(argv, 2));
  if (entry) replyInteger(entrySize(entry) + treesSize(entry));
  else replyNull();
}

export function objectCommand(argc: u32, argv: usize): void {
  const word = argumentWord(argv, 1);
  const known = word == WORD_ENCODING || word == WORD_FREQ || word == WORD_IDLETIME || word == WORD_REFCOUNT;
  if (!known || argc != 3) {
    handToHost();
    return;
  }
  const entry = lookupQuiet(argumentHash(argv, 2), argumentPointer(argv, 2), argumentLength(argv, 2));
  if (!entry) replyNull();
  else if (word == WORD_FREQ) replyError(ERROR_LFU_NOT_SELECTED);
  else if (word == WORD_IDLETIME) replyInteger((accessClock - load<u32>(entry, ENTRY_ACCESS)) & 0xffffff);
  else if (word == WORD_REFCOUNT) replyInteger(isShared(entry) ? SHARED_REFERENCES : 1);
  else {
    readEncoding(entry);
    replyBulk(encodingPointer, encodingLength);
  }
}

function isShared(entry: usize): bool {
  const encoding = (<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_MASK;
  return isString(entry) && encoding == ENCODING_INTEGER && <u64>load<i64>(valuePointer(entry)) < SHARED_INTEGERS;
}
