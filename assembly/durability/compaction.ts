/**
 * Compaction of the log, in steps between other work: all entries are written into the log once more, as `SET` effects among
 * the effects of commands. Afterwards what was logged before the start is not needed any more.
 *
 * It needs no image at one point in time, because two things hold whatever is changed meanwhile:
 *
 *   1. Replayed with all that came before, the extra effects change nothing: each sets a key to what it is.
 *   2. Replayed alone, from the start on, the log makes the same state as soon as the walk is over. Until a key has been
 *      visited replay may have it wrong or not at all; the visit sets value and expiry as a whole; from then on every effect
 *      on it finds what it found here. A key that is made behind the walk has its own effects.
 *
 * So an effect may not carry a value from one key to another while a walk is on, since the first may not have been visited:
 * RENAME, COPY and MOVE log the value itself then (`compactionAdmit`, `effectEntry`), and SWAPDB starts the walk anew. An
 * effect must also be applicable when its key is missing: replay takes an error for corruption.
 *
 * The walk is SCAN's (keyspace/scan.ts): a key that is there all the time is visited at least once, whatever the table does.
 */
import { CONTROL_CHANGES, DATABASE_COUNT } from "../abi/layout";
import { COMPACTION_DONE, COMPACTION_MORE, COMPACTION_OUT_OF_MEMORY } from "../abi/status";
import { GRAPH_NODES, GRAPH_RELATIONSHIPS, graphOf } from "../graph/graph";
import { database, databaseIndex, useDatabase } from "../keyspace/database";
import { control } from "../memory/control";
import { scanBucket, scanned, scannedCount } from "../keyspace/scan";
import { ENTRY_VALUE_LENGTH, entryExpiry, keyLength, keyPointer } from "../structure/entry";
import { isContainer } from "../types/container";
import { documentScratchClear, isDocument, printDocument } from "../types/document";
import { readText, textLength, textPointer } from "../types/string";
import { textAt, textFailed, textMark, textReset } from "../value/json-print";
import { slotsNext } from "../structure/numbered-slots";
import { containerEffectBytes, effectContainer } from "./container-effect";
import { effectBegin, effectCommit, effectInteger, effectSet, effectWord, effectsAdmit, effectsMark } from "./effect-log";
import { effectNumbers, effectWholeNode, effectWholeRelationship } from "./graph-effect";

/** In small letters, as the names of commands in other effects are. */
const WORD_DEL: usize = memory.data<u8>([100, 101, 108]);
const WORD_JSON_SET: usize = memory.data<u8>([106, 115, 111, 110, 46, 115, 101, 116]);
const WORD_ROOT: usize = memory.data<u8>([36]);
const WORD_PEXPIREAT: usize = memory.data<u8>([112, 101, 120, 112, 105, 114, 101, 97, 116]);

/** Most bytes that an effect takes beside key and value: five headers, two words, an expiry, an integer's text. */
const WORDS_BYTES: u32 = 160;

/** True while a walk is under way. */
export let compactionOn: bool = false;
let walkDatabase: u32 = 0;
let walkCursor: u32 = 0;
/** What the walk is at in its database: the keys, the graph's nodes, its relationships; cursor: the next number of those. */
let walkPart: u32 = 0;
const PART_KEYS: u32 = 0;
const PART_NODES: u32 = 1;
const PART_RELATIONSHIPS: u32 = 2;
/** Nodes or relationships of one step. */
const GRAPH_STEP: u32 = 16;

/** Begins a walk. Requires: effects are on, and those logged so far have been taken. */
export function compactionStart(): void {
  compactionOn = true;
  compactionRestart();
}

/** Lets the walk begin again: keys have gone where it may have been. */
export function compactionRestart(): void {
  walkDatabase = 0;
  walkCursor = 0;
  walkPart = PART_KEYS;
}

/** Ends the walk, or gives it up. */
export function compactionStop(): void {
  compactionOn = false;
}

/** Logs entries, about `budget` bytes of them. Returns a COMPACTION_* number. */
export function compactionStep(budget: u32): i32 {
  if (!compactionOn) return COMPACTION_DONE;
  const caller = databaseIndex(database);
  const changes = load<f64>(control, CONTROL_CHANGES);
  let left = <i64>budget;
  let result: i32 = COMPACTION_MORE;
  while (left > 0 && result == COMPACTION_MORE) {
    if (walkDatabase == <u32>DATABASE_COUNT) {
      result = COMPACTION_DONE;
      break;
    }
    useDatabase(walkDatabase);
    const bytes = walkPart == PART_KEYS ? stepKeys() : stepGraph();
    if (bytes < 0) {
      result = COMPACTION_OUT_OF_MEMORY;
      break;
    }
    left -= bytes + 16;
    if (walkCursor) continue;
    walkPart++;
    if (walkPart <= PART_RELATIONSHIPS) continue;
    walkPart = PART_KEYS;
    walkDatabase++;
  }
  useDatabase(caller);
  textReset();
  documentScratchClear();
  effectCommit();
  store<f64>(control, changes, CONTROL_CHANGES);
  return result;
}

/** Logs a bucket of keys; returns the bytes that it may have taken, or -1: there is no room. At the end the cursor is 0. */
function stepKeys(): i64 {
  const next = scanBucket(database, walkCursor);
  const bytes = scannedBytes();
  if (!effectsAdmit(bytes)) return -1;
  for (let index: u32 = 0; index < scannedCount; index++) effectEntry(<usize>load<u32>(scanned + ((<usize>index) << 2)));
  walkCursor = next;
  return bytes;
}

/** The same for some nodes or relationships; all nodes come before the relationships, which need them. */
function stepGraph(): i64 {
  const graph = graphOf();
  const ofNodes = walkPart == PART_NODES;
  const end = graph ? slotsNext(graph + (ofNodes ? GRAPH_NODES : GRAPH_RELATIONSHIPS)) : 0;
  const start = effectsMark();
  if (graph && !walkCursor && ofNodes) {
    if (!effectsAdmit(WORDS_BYTES)) return -1;
    effectNumbers(graph);
  }
  for (let count: u32 = 0; count < GRAPH_STEP && walkCursor < end; count++) {
    if (ofNodes ? !effectWholeNode(graph, walkCursor) : !effectWholeRelationship(graph, walkCursor)) return -1;
    walkCursor++;
  }
  if (walkCursor >= end) walkCursor = 0;
  return effectsMark() - start;
}

function scannedBytes(): u64 {
  let bytes: u64 = 0;
  for (let index: u32 = 0; index < scannedCount; index++) bytes += effectEntryBytes(<usize>load<u32>(scanned + ((<usize>index) << 2)));
  return bytes;
}

/** Room that `effectEntry` takes; more than there can be when there is no memory to find out. */
function effectEntryBytes(entry: usize): u64 {
  if (isDocument(entry)) {
    textReset();
    printDocument(entry);
    return textFailed ? u32.MAX_VALUE : <u64>keyLength(entry) * 3 + textMark() + WORDS_BYTES * 2;
  }
  if (isContainer(entry)) return containerEffectBytes(entry);
  return <u64>keyLength(entry) + load<u32>(entry, ENTRY_VALUE_LENGTH) + WORDS_BYTES;
}

/** Whether a value may be carried to a key of `keyBytes` now. False: a walk is on, and there is no room to log the value. */
export function compactionAdmit(entry: usize, keyBytes: u32): bool {
  return !compactionOn || entryAdmit(entry, keyBytes);
}

/** Makes room to log an entry, and the deletion of the key that it came from. Returns false when there is none. */
export function entryAdmit(entry: usize, keyBytes: u32): bool {
  // The longer key stands in every effect of a document.
  return effectsAdmit(effectEntryBytes(entry) + <u64>keyBytes * 3 + WORDS_BYTES + keyLength(entry));
}

/** `SET key value [PXAT expiry]` of an entry in the current database, or what makes a document or container. Requires: room for effectEntryBytes. */
export function effectEntry(entry: usize): void {
  const expiry = entryExpiry(entry);
  if (isDocument(entry)) {
    effectDocument(entry, expiry);
    return;
  }
  if (isContainer(entry)) {
    effectContainer(entry);
    return;
  }
  readText(entry);
  effectSet(keyPointer(entry), keyLength(entry), textPointer, textLength, expiry);
}

/** `DEL key`, `JSON.SET key $ value` and `PEXPIREAT key expiry`: JSON.SET keeps an expiry, and refuses a key of another type. */
function effectDocument(entry: usize, expiry: u64): void {
  const key = keyPointer(entry);
  const keyBytes = keyLength(entry);
  textReset();
  printDocument(entry);
  if (textFailed) unreachable();
  effectBegin(2);
  effectWord(WORD_DEL, 3);
  effectWord(key, keyBytes);
  effectBegin(4);
  effectWord(WORD_JSON_SET, 8);
  effectWord(key, keyBytes);
  effectWord(WORD_ROOT, 1);
  effectWord(textAt(0), textMark());
  if (!expiry) return;
  effectBegin(3);
  effectWord(WORD_PEXPIREAT, 9);
  effectWord(key, keyBytes);
  effectInteger(expiry);
}
