/**
 * The commands about whole keys: DEL UNLINK DELETE EXISTS TOUCH TYPE RENAME RENAMENX COPY MOVE RANDOMKEY KEYS SCAN DBSIZE.
 */
import {
  EVENT_COPY_TO,
  EVENT_DEL,
  EVENT_MOVE_FROM,
  EVENT_MOVE_TO,
  EVENT_NEW,
  EVENT_RENAME_FROM,
  EVENT_RENAME_TO,
  NOTIFY_GENERIC,
  NOTIFY_NEW,
} from "../abi/notification";
import { DATABASE_COUNT } from "../abi/layout";
import {
  ERROR_INDEX_OUT_OF_RANGE,
  ERROR_INVALID_CURSOR,
  ERROR_NO_SUCH_KEY,
  ERROR_OUT_OF_MEMORY_HOST,
  ERROR_SAME_OBJECT,
  ERROR_SYNTAX,
} from "../abi/errors";
import { PURPOSE_ENTRY, TYPE_DOCUMENT } from "../abi/status";
import { globLiteral, globMatch } from "../bytes/glob";
import { hashBytes } from "../bytes/hash";
import { compactionAdmit, compactionOn, effectEntry, entryAdmit } from "../durability/compaction";
import { effectsOn } from "../durability/effect-log";
import { database, databaseAt, databaseIndex, keepAccess, setKeepAccess, useDatabase } from "../keyspace/database";
import { TYPE_MASK, entrySize, releaseEntry } from "../keyspace/entry-release";
import {
  countLookup,
  detachEntry,
  expire,
  foundSlot,
  insertEntry,
  isExpired,
  lookupQuiet,
  lookupRead,
  lookupWrite,
  removeEntry,
  replaceEntry,
  statementCommit,
  statementRollback,
} from "../keyspace/keyspace";
import { notify } from "../keyspace/notify";
import { ORDER_BATCH, batchEntry, keyOrderBatch, keyOrderIsBuilt, keyOrderPrefix, spanCount, spanFirst } from "../keyspace/key-order";
import { isInnerStatement, undoBegin, undoOn } from "../keyspace/undo";
import { packedAt, packedMark, packedReset } from "../value/packed-writer";
import { declaredCollection } from "../keyspace/collection";
import { generator } from "../keyspace/generator";
import { trackAllKeys, trackPrefix, tracksReads } from "../keyspace/track";
import { randomSlot, scanBucket, scanned, scannedCount, walkNext, walkStart } from "../keyspace/scan";
import { memoryAdmit, release } from "../memory/allocator";
import { ENTRY_ACCESS, ENTRY_KIND, entryExpiry, isEntryWritable, keyLength, keyPointer } from "../structure/entry";
import { TABLE_ENTRIES, tableFind } from "../structure/hash-table";
import { referencesForget, referencesHold } from "../table/reference";
import { admitRow, admittedAt, documentScratchClear, documentValue, isDocument, storeDocument } from "../types/document";
import { copyEntry, renamedEntry } from "../keyspace/entry-copy";
import { setSharesTrees, treesSize } from "../keyspace/entry-trees";
import { abandonTrees, copyTrees, mayShareTrees } from "../types/container-copy";
import { valueBytes } from "../value/packed";
import {
  argumentHash,
  argumentIsText,
  argumentInt32,
  argumentInteger,
  argumentLength,
  argumentPointer,
  argumentValue,
  argumentWord,
} from "./argument";
import { keyHash } from "./call";
import { effectDelete, effectRequest } from "./effect";
import {
  replyArray,
  replyBulk,
  replyError,
  replyFillArray,
  replyFillBulkInteger,
  replyGap,
  replyInteger,
  replyNull,
  replyOk,
  replySimple,
} from "./reply";
import { parseCursor, parsedCursor } from "./scan-cursor";
import { commandIsStatement } from "./statement";
import { WORD_COUNT, WORD_DB, WORD_MATCH, WORD_REPLACE, WORD_TYPE } from "./words";

const SCAN_COUNT: i64 = 10;
/** Buckets that one SCAN visits at most, in units of its COUNT: a sparse table must not stop the server. */
const SCAN_BUCKETS: i64 = 10;
/** At least this many: a table of one segment is seen in one call. */
const SCAN_BUCKETS_MIN: i64 = 128;

/** Names of the types by TYPE_*: eight bytes each, and their lengths. */
const TYPE_NAMES: usize = memory.data<u8>([
  115, 116, 114, 105, 110, 103, 0, 0, 108, 105, 115, 116, 0, 0, 0, 0, 115, 101, 116, 0, 0, 0, 0, 0, 122, 115, 101, 116, 0, 0, 0, 0, 104, 97,
  115, 104, 0, 0, 0, 0, 115, 116, 114, 101, 97, 109, 0, 0,
]);
const TYPE_NAME_LENGTHS: usize = memory.data<u8>([6, 4, 3, 4, 4, 6]);
const NONE: usize = memory.data<u8>([110, 111, 110, 101]);
const NO_TYPE: u32 = 255;

/** RedisJSON's name of its type, too long for the table. */
const DOCUMENT_NAME: usize = memory.data<u8>([82, 101, 74, 83, 79, 78, 45, 82, 76]); // ReJSON-RL
const DOCUMENT_NAME_LENGTH: u32 = 9;
const DOCUMENT_NAME_LOWER: usize = memory.data<u8>([114, 101, 106, 115, 111, 110, 45, 114, 108]);

function typeOf(entry: usize): u32 {
  return (<u32>load<u8>(entry, ENTRY_KIND)) & TYPE_MASK;
}

export function delCommand(argc: u32, argv: usize): void {
  let deleted: i64 = 0;
  for (let index: u32 = 1; index < argc; index++) {
    const hash = index == 1 ? keyHash : argumentHash(argv, index);
    const key = argumentPointer(argv, index);
    const keyBytes = argumentLength(argv, index);
    if (!lookupWrite(hash, key, keyBytes)) continue;
    removeEntry(hash, foundSlot);
    if (effectsOn) effectDelete(key, keyBytes);
    notify(NOTIFY_GENERIC, EVENT_DEL, key, keyBytes);
    deleted++;
  }
  replyInteger(deleted);
}

export function unlinkCommand(argc: u32, argv: usize): void {
  delCommand(argc, argv);
}

export function deleteCommand(argc: u32, argv: usize): void {
  delCommand(argc, argv);
}

export function existsCommand(argc: u32, argv: usize): void {
  let found: i64 = 0;
  for (let index: u32 = 1; index < argc; index++) {
    const entry = lookupQuiet(argumentHash(argv, index), argumentPointer(argv, index), argumentLength(argv, index));
    countLookup(entry != 0, argumentPointer(argv, index), argumentLength(argv, index));
    if (entry) found++;
  }
  replyInteger(found);
}

export function touchCommand(argc: u32, argv: usize): void {
  let found: i64 = 0;
  // This one touches for clients with NO-TOUCH too.
  const keeps = keepAccess;
  setKeepAccess(false);
  for (let index: u32 = 1; index < argc; index++) {
    if (lookupRead(argumentHash(argv, index), argumentPointer(argv, index), argumentLength(argv, index))) found++;
  }
  setKeepAccess(keeps);
  replyInteger(found);
}

export function typeCommand(argc: u32, argv: usize): void {
  const entry = lookupQuiet(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  countLookup(entry != 0, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!entry) {
    replySimple(NONE, 4);
    return;
  }
  const type = typeOf(entry);
  if (type == TYPE_DOCUMENT) replySimple(DOCUMENT_NAME, DOCUMENT_NAME_LENGTH);
  else replySimple(TYPE_NAMES + ((<usize>type) << 3), load<u8>(TYPE_NAME_LENGTHS + type));
}

/** Renames argument 1 to argument 2, which may exist. Replies an error and returns false when there is no memory. */
function rename(argc: u32, argv: usize): bool {
  const target = argumentPointer(argv, 2);
  const targetBytes = argumentLength(argv, 2);
  const targetHash = argumentHash(argv, 2);
  const source = lookupQuiet(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  const home = databaseIndex(database);
  const whole = isCarriedWhole(target, targetBytes, home);
  let entry: usize = 0;
  if (isDocument(source)) {
    entry = compactionAdmit(source, targetBytes) ? carryStatement(source, true, targetHash, target, targetBytes, home) : 0;
  } else {
    entry = compactionAdmit(source, targetBytes) ? carryEntry(source, targetHash, target, targetBytes, home) : 0;
  }
  if (!entry) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return false;
  }
  if (whole) {
    effectDelete(argumentPointer(argv, 1), argumentLength(argv, 1));
    effectEntry(entry);
  } else if (effectsOn) effectRequest(argc, argv);
  notify(NOTIFY_GENERIC, EVENT_RENAME_FROM, argumentPointer(argv, 1), argumentLength(argv, 1));
  notify(NOTIFY_GENERIC, EVENT_RENAME_TO, target, targetBytes);
  return true;
}

/**
 * Puts a value that is no document under another key or into another database and takes it from the running command's first key.
 * Returns the new entry, or 0, with nothing changed. The value is copied when others may still see where it was.
 */
function carryEntry(source: usize, hash: u64, key: usize, keyBytes: u32, targetDatabase: u32): usize {
  const home = databaseIndex(database);
  const moves = isEntryWritable(source);
  const shares = !moves && mayShareTrees(source);
  const entry = moves ? renamedEntry(source, key, keyBytes) : copyWhole(source, key, keyBytes, !shares);
  if (!entry) return 0;
  useDatabase(targetDatabase);
  const stored = putEntry(hash, key, keyBytes, entry);
  useDatabase(home);
  if (!stored) {
    if (moves) release(entry, PURPOSE_ENTRY);
    else {
      if (!shares) abandonTrees(entry);
      releaseEntry(entry);
    }
    return 0;
  }
  const slot = tableFind(database, keyHash, keyPointer(source), keyLength(source));
  if (moves) release(detachEntry(keyHash, slot), PURPOSE_ENTRY);
  else {
    setSharesTrees(shares);
    removeEntry(keyHash, slot);
    setSharesTrees(false);
  }
  return entry;
}

/** Copies an entry under another key; its trees too, if they are not to be shared. Returns 0 when there is no memory. */
function copyWhole(source: usize, key: usize, keyBytes: u32, ownTrees: bool): usize {
  const entry = copyEntry(source, key, keyBytes, entryExpiry(source), load<u32>(source, ENTRY_ACCESS));
  if (!entry || !ownTrees || copyTrees(entry)) return entry;
  releaseEntry(entry);
  return 0;
}

/**
 * Puts a document under another key or into another database, as a statement. One that moves goes first, so that it is not in the
 * way of its new row in a unique index. Returns the new entry, or 0, with nothing changed. Requires: `source` is the running
 * command's first key.
 */
function carryStatement(source: usize, moves: bool, hash: u64, key: usize, keyBytes: u32, targetDatabase: u32): usize {
  const isOwn = !commandIsStatement;
  if (isOwn && !undoOn) referencesForget();
  if (isOwn) undoBegin();
  packedReset();
  const value = documentValue(source);
  if (moves) removeEntry(keyHash, tableFind(database, keyHash, keyPointer(source), keyLength(source)));
  let entry = carryDocument(source, value, hash, key, keyBytes, targetDatabase);
  if (entry && isCarriedWhole(key, keyBytes, targetDatabase) && !entryAdmit(entry, keyBytes)) entry = 0;
  if (!isOwn) return entry;
  if (entry && (isInnerStatement() || referencesHold())) statementCommit();
  else {
    statementRollback();
    entry = 0;
  }
  return entry;
}

/** Whether the value itself is logged and not the request: a walk is on, or the table at the target changes it. */
function isCarriedWhole(key: usize, keyBytes: u32, targetDatabase: u32): bool {
  const home = databaseIndex(database);
  useDatabase(targetDatabase);
  const whole = effectsOn && (compactionOn || declaredCollection(key, keyBytes) != 0);
  useDatabase(home);
  return whole;
}

/** Stores an entry under its key, in place of what is there. Returns false, with nothing changed, when there is no memory. */
function putEntry(hash: u64, key: usize, keyBytes: u32, entry: usize): bool {
  const existing = lookupWrite(hash, key, keyBytes);
  if (!existing) return insertEntry(hash, entry);
  if (!replaceEntry(hash, foundSlot, existing, entry)) return false;
  notify(NOTIFY_NEW, EVENT_NEW, key, keyBytes);
  return true;
}

/**
 * Stores a document of the current database, whose packed form is given, under another key or in another database; returns the new entry, or 0, with nothing
 * changed, when there is no memory. Such a document is always stored anew, since its form depends on its collection.
 */
function carryDocument(source: usize, packed: usize, hash: u64, key: usize, keyBytes: u32, targetDatabase: u32): usize {
  const home = databaseIndex(database);
  if (!packed) return 0;
  const expiry = entryExpiry(source);
  const access = load<u32>(source, ENTRY_ACCESS);
  let value = packed;
  let bytes = valueBytes(packed);
  useDatabase(targetDatabase);
  const existing = lookupWrite(hash, key, keyBytes);
  let admitted = true;
  if (declaredCollection(key, keyBytes)) {
    packedReset();
    admitted = admitRow(key, keyBytes, value, bytes, !existing);
    value = packedAt(admittedAt);
    bytes = packedMark() - admittedAt;
  }
  const stored = admitted && storeDocument(hash, foundSlot, existing, key, keyBytes, value, bytes, expiry);
  const entry = stored ? lookupQuiet(hash, key, keyBytes) : 0;
  if (entry) store<u32>(entry, access, ENTRY_ACCESS);
  if (entry && existing) notify(NOTIFY_NEW, EVENT_NEW, key, keyBytes);
  documentScratchClear();
  useDatabase(home);
  return entry;
}

/** True when both key arguments are the same bytes. */
function sameKeys(argv: usize): bool {
  const length = argumentLength(argv, 1);
  return length == argumentLength(argv, 2) && memory.compare(argumentPointer(argv, 1), argumentPointer(argv, 2), length) == 0;
}

export function renameCommand(argc: u32, argv: usize): void {
  if (!lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1))) replyError(ERROR_NO_SUCH_KEY);
  else if (sameKeys(argv) || rename(argc, argv)) replyOk();
}

export function renamenxCommand(argc: u32, argv: usize): void {
  if (!lookupWrite(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1))) {
    replyError(ERROR_NO_SUCH_KEY);
    return;
  }
  if (sameKeys(argv) || lookupWrite(argumentHash(argv, 2), argumentPointer(argv, 2), argumentLength(argv, 2))) {
    replyInteger(0);
    return;
  }
  if (rename(argc, argv)) replyInteger(1);
}

export function copyCommand(argc: u32, argv: usize): void {
  const home = databaseIndex(database);
  let targetDatabase = home;
  let replace = false;
  for (let index: u32 = 3; index < argc; index++) {
    const word = argumentWord(argv, index);
    if (word == WORD_REPLACE) replace = true;
    else if (word == WORD_DB && index + 1 < argc) {
      if (!argumentInt32(argv, ++index)) return;
      if (<u64>argumentValue >= <u64>DATABASE_COUNT) {
        replyError(ERROR_INDEX_OUT_OF_RANGE);
        return;
      }
      targetDatabase = <u32>argumentValue;
    } else {
      replyError(ERROR_SYNTAX);
      return;
    }
  }
  if (targetDatabase == home && sameKeys(argv)) {
    replyError(ERROR_SAME_OBJECT);
    return;
  }
  const source = lookupRead(keyHash, argumentPointer(argv, 1), argumentLength(argv, 1));
  if (!source) {
    replyInteger(0);
    return;
  }
  if (!memoryAdmit(entrySize(source) + treesSize(source) + argumentLength(argv, 2)) || !compactionAdmit(source, argumentLength(argv, 2))) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  copyTo(argc, argv, source, targetDatabase, replace);
  useDatabase(home);
}

function copyTo(argc: u32, argv: usize, source: usize, targetDatabase: u32, replace: bool): void {
  const home = databaseIndex(database);
  const key = argumentPointer(argv, 2);
  const keyBytes = argumentLength(argv, 2);
  const hash = argumentHash(argv, 2);
  useDatabase(targetDatabase);
  if (!replace && lookupWrite(hash, key, keyBytes)) {
    replyInteger(0);
    return;
  }
  let entry: usize = 0;
  if (isDocument(source)) {
    useDatabase(home);
    entry = carryStatement(source, false, hash, key, keyBytes, targetDatabase);
    useDatabase(targetDatabase);
  } else {
    entry = copyWhole(source, key, keyBytes, true);
    if (entry && !putEntry(hash, key, keyBytes, entry)) {
      abandonTrees(entry);
      releaseEntry(entry);
      entry = 0;
    }
  }
  if (!entry) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  const whole = isCarriedWhole(key, keyBytes, targetDatabase);
  if (whole) effectEntry(entry);
  notify(NOTIFY_GENERIC, EVENT_COPY_TO, key, keyBytes);
  useDatabase(home);
  if (effectsOn && !whole) effectRequest(argc, argv);
  replyInteger(1);
}

export function moveCommand(argc: u32, argv: usize): void {
  const home = databaseIndex(database);
  if (!argumentInt32(argv, 2)) return;
  if (<u64>argumentValue >= <u64>DATABASE_COUNT) {
    replyError(ERROR_INDEX_OUT_OF_RANGE);
    return;
  }
  const targetDatabase = <u32>argumentValue;
  if (targetDatabase == home) {
    replyError(ERROR_SAME_OBJECT);
    return;
  }
  const key = argumentPointer(argv, 1);
  const keyBytes = argumentLength(argv, 1);
  if (!lookupWrite(keyHash, key, keyBytes)) {
    replyInteger(0);
    return;
  }
  useDatabase(targetDatabase);
  const occupied = lookupWrite(keyHash, key, keyBytes) != 0;
  useDatabase(home);
  if (occupied) {
    replyInteger(0);
    return;
  }
  let entry = lookupQuiet(keyHash, key, keyBytes);
  const named = isDocument(entry);
  if (!compactionAdmit(entry, keyBytes)) entry = 0;
  else if (named) entry = carryStatement(entry, true, keyHash, key, keyBytes, targetDatabase);
  else entry = carryEntry(entry, keyHash, key, keyBytes, targetDatabase);
  if (!entry) {
    replyError(ERROR_OUT_OF_MEMORY_HOST);
    return;
  }
  if (isCarriedWhole(key, keyBytes, targetDatabase)) {
    effectDelete(key, keyBytes);
    useDatabase(targetDatabase);
    effectEntry(entry);
    useDatabase(home);
  } else if (effectsOn) effectRequest(argc, argv);
  notify(NOTIFY_GENERIC, EVENT_MOVE_FROM, key, keyBytes);
  useDatabase(targetDatabase);
  notify(NOTIFY_GENERIC, EVENT_MOVE_TO, key, keyBytes);
  useDatabase(home);
  replyInteger(1);
}

export function dbsizeCommand(argc: u32, argv: usize): void {
  if (tracksReads) trackAllKeys();
  replyInteger(load<u32>(database, TABLE_ENTRIES));
}

/** Deletes an entry that a walk has met when its time has come; the walk goes on undisturbed. True when it did. */
function dropIfDue(entry: usize): bool {
  if (!isExpired(entry)) return false;
  const key = keyPointer(entry);
  const keyBytes = keyLength(entry);
  const hash = hashBytes(key, keyBytes);
  expire(hash, tableFind(database, hash, key, keyBytes), entry);
  return true;
}

/** Tries before RANDOMKEY gives an expired key a chance to be all there is (Redis: maxtries). */
const RANDOM_TRIES: u32 = 100;

export function randomkeyCommand(argc: u32, argv: usize): void {
  if (tracksReads) trackAllKeys();
  for (let attempt: u32 = 0; attempt < RANDOM_TRIES; attempt++) {
    if (!load<u32>(database, TABLE_ENTRIES)) break;
    const slot = randomSlot(database, generator);
    const entry = <usize>load<u32>(slot);
    if (!isExpired(entry)) {
      replyBulk(keyPointer(entry), keyLength(entry));
      return;
    }
    expire(hashBytes(keyPointer(entry), keyLength(entry)), slot, entry);
  }
  replyNull();
}

/** KEYS looks up keys by their order when at most one in so many begins as the pattern does. */
const KEYS_SELECTIVE: u32 = 2;

export function keysCommand(argc: u32, argv: usize): void {
  const pattern = argumentPointer(argv, 1);
  const patternBytes = argumentLength(argv, 1);
  const literal = globLiteral(pattern, patternBytes);
  if (tracksReads) trackPrefix(pattern, literal);
  if (literal && keyOrderIsBuilt()) {
    keyOrderPrefix(pattern, literal);
    if (spanCount < load<u32>(database, TABLE_ENTRIES) / KEYS_SELECTIVE) {
      replyMatching(pattern, patternBytes);
      return;
    }
  }
  const all = patternBytes == 1 && load<u8>(pattern) == 42;
  const head = replyGap();
  let found: u32 = 0;
  walkStart(database);
  let entry = walkNext(database);
  while (entry) {
    if ((all || globMatch(pattern, patternBytes, keyPointer(entry), keyLength(entry), false)) && !isExpired(entry)) {
      replyBulk(keyPointer(entry), keyLength(entry));
      found++;
    }
    entry = walkNext(database);
  }
  replyFillArray(head, found);
}

/** Replies the keys of the span that match a pattern. */
function replyMatching(pattern: usize, patternBytes: u32): void {
  const head = replyGap();
  let found: u32 = 0;
  for (let position: u32 = 0; position < spanCount; position += ORDER_BATCH) {
    const count = keyOrderBatch(spanFirst + position, spanCount - position, false);
    for (let index: u32 = 0; index < count; index++) {
      const entry = batchEntry(index);
      const key = keyPointer(entry);
      const keyBytes = keyLength(entry);
      if (isExpired(entry) || !globMatch(pattern, patternBytes, key, keyBytes, false)) continue;
      replyBulk(key, keyBytes);
      found++;
    }
  }
  replyFillArray(head, found);
}

let scanPattern: usize = 0;
let scanPatternBytes: u32 = 0;
let scanType: u32 = NO_TYPE;
let scanTyped: bool = false;
let scanWanted: i64 = 0;

function readScanOptions(argc: u32, argv: usize): bool {
  scanPattern = 0;
  scanTyped = false;
  scanWanted = SCAN_COUNT;
  for (let index: u32 = 2; index < argc; index += 2) {
    const word = argumentWord(argv, index);
    if (index + 1 >= argc || (word != WORD_COUNT && word != WORD_MATCH && word != WORD_TYPE)) {
      replyError(ERROR_SYNTAX);
      return false;
    }
    if (word == WORD_COUNT) {
      if (!argumentInteger(argv, index + 1)) return false;
      scanWanted = argumentValue;
      if (scanWanted < 1) {
        replyError(ERROR_SYNTAX);
        return false;
      }
    } else if (word == WORD_MATCH) {
      scanPattern = argumentPointer(argv, index + 1);
      scanPatternBytes = argumentLength(argv, index + 1);
      if (scanPatternBytes == 1 && load<u8>(scanPattern) == 42) scanPattern = 0;
    } else {
      scanTyped = true;
      scanType = argumentIsText(argv, index + 1, DOCUMENT_NAME_LOWER, DOCUMENT_NAME_LENGTH)
        ? TYPE_DOCUMENT
        : typeNamed(argumentWord(argv, index + 1));
    }
  }
  return true;
}

/** TYPE_* of a lower-case type name packed as in words.ts, or NO_TYPE. */
function typeNamed(word: u64): u32 {
  for (let type: u32 = 0; type < 6; type++) {
    if (load<u64>(TYPE_NAMES + ((<usize>type) << 3)) == word) return type;
  }
  return NO_TYPE;
}

export function scanCommand(argc: u32, argv: usize): void {
  if (!parseCursor(argumentPointer(argv, 1), argumentLength(argv, 1))) {
    replyError(ERROR_INVALID_CURSOR);
    return;
  }
  const scanCursor = parsedCursor;
  if (!readScanOptions(argc, argv)) return;
  if (tracksReads) trackPrefix(scanPattern, scanPattern ? globLiteral(scanPattern, scanPatternBytes) : 0);
  replyArray(2);
  const cursorGap = replyGap();
  const head = replyGap();
  let cursor = scanCursor > <u64>u32.MAX_VALUE ? 0 : <u32>scanCursor;
  const outside = scanCursor > <u64>u32.MAX_VALUE;
  let visited: i64 = 0;
  let found: u32 = 0;
  let buckets = scanWanted < i64.MAX_VALUE / SCAN_BUCKETS ? scanWanted * SCAN_BUCKETS : i64.MAX_VALUE;
  if (buckets < SCAN_BUCKETS_MIN) buckets = SCAN_BUCKETS_MIN;
  let steps: i64 = 0;
  while (!outside) {
    cursor = scanBucket(database, cursor);
    const count = scannedCount;
    for (let index: u32 = 0; index < count; index++) {
      const entry = <usize>load<u32>(scanned + ((<usize>index) << 2));
      visited++;
      const key = keyPointer(entry);
      const keyBytes = keyLength(entry);
      if (scanPattern && !globMatch(scanPattern, scanPatternBytes, key, keyBytes, false)) continue;
      if (dropIfDue(entry) || (scanTyped && typeOf(entry) != scanType)) continue;
      replyBulk(key, keyBytes);
      found++;
    }
    steps++;
    if (!cursor || visited >= scanWanted || steps >= buckets) break;
  }
  replyFillArray(head, found);
  replyFillBulkInteger(cursorGap, outside ? 0 : cursor);
}
