/**
 * The exported calls (abi/README.md has the table). They check arguments, call down and return a status; no logic.
 */
import { forgetGone } from "../keyspace/reclaimed";
import { COMMAND_COUNT } from "../abi/commands";
import {
  CONTROL_EFFECT_LENGTH,
  CONTROL_EFFECT_POINTER,
  CONTROL_EXPIRED,
  CONTROL_EXPIRED_FIELDS,
  CONTROL_LAZY_FREED,
  CONTROL_COMMANDS,
  CONTROL_HITS,
  CONTROL_INPUT_CAPACITY,
  CONTROL_INPUT_POINTER,
  CONTROL_MEMORY_PEAK,
  CONTROL_MEMORY_POINTER,
  CONTROL_MISSES,
  CONTROL_RESULT,
  DATABASE_COUNT,
} from "../abi/layout";
import {
  INPUT_CAPACITY,
  MAX_BULK_BYTES,
  PURPOSE_SESSION,
  SETTING_EFFECTS,
  SETTING_HASH_ENTRIES,
  SETTING_HASH_VALUE,
  SETTING_LAZY_EXPIRY,
  SETTING_LIST_SIZE,
  SETTING_MAX_BULK,
  SETTING_MAX_HELD,
  SETTING_MAX_MEMORY,
  SETTING_MAX_PAGES,
  SETTING_MAX_MARKS,
  SETTING_MAX_TRANSACTION,
  SETTING_MAX_VIEWS,
  SETTING_NOTIFY,
  SETTING_OBSERVE,
  SETTING_READ_ONLY,
  SETTING_REQUIRE_AUTH,
  SETTING_SET_ENTRIES,
  SETTING_SET_INTEGERS,
  SETTING_SET_VALUE,
  SETTING_SORTED_ENTRIES,
  SETTING_SORTED_VALUE,
  STATUS_INVALID,
  STATUS_OK,
  STATUS_OUT_OF_MEMORY,
  TYPE_DOCUMENT,
} from "../abi/status";
import { hashBytes, hashSeed } from "../bytes/hash";
import { callInitialize, callsReset, setMaxMemory, setMaxTransaction, setReadOnly } from "../command/call";
import { setMaxBulk, setRequireAuth } from "../command/decode";
import { HEADROOM_BYTES, executeInput, resumeInput, setInputArea, setMaxHeld, setObserved, suspendInput } from "../command/execute";
import { fieldSweepInitialize } from "../command/hash-expiry";
import { replayDone, replayEffects, replayReserve } from "../command/replay";
import { errorsReset, replyClear, replyInitialize, replyPublish, replyReserve } from "../command/reply";
import { sessionClose, sessionOpen, sessionSet } from "../command/session";
import { transactionRollback, transactionsInitialize } from "../command/transaction";
import { compactionStart, compactionStep, compactionStop } from "../durability/compaction";
import {
  effectCommit,
  effects,
  effectsAdmitSweep,
  effectsAreOwn,
  effectsInitialize,
  effectsOn,
  effectsTaken,
  setEffects,
} from "../durability/effect-log";
import { graphCheck } from "../graph/check";
import { graphDigest } from "../graph/digest";
import { constraintsInitialize } from "../graph/constraint";
import { graphInitialize } from "../graph/rollback";
import { graphDig } from "../graph/free";
import { collectionsCheck } from "../keyspace/collection-check";
import { databaseAt, databasesInitialize, setExpiryOn, setNow } from "../keyspace/database";
import { digestAdd, digestHigh, digestLow, digestStart } from "../keyspace/digest";
import { generatorSeed } from "../keyspace/generator";
import { keyOrderCheck, keyOrderDig } from "../keyspace/key-order";
import { keyspaceInitialize } from "../keyspace/keyspace";
import { notifyTaken, notifyWant } from "../keyspace/notify";
import { gravesLinger } from "../keyspace/graveyard";
import { sweep } from "../keyspace/sweep";
import { droppedTrees } from "../mvcc/view";
import { allocate, allocatorCheck, memoryInitialize, memoryLimit, memoryUsed, purposeBytes } from "../memory/allocator";
import { control } from "../memory/control";
import { DEBUG } from "../memory/debug";
import { pageHeapCheck } from "../memory/page-heap";
import { ssiStep } from "../mvcc/ssi";
import { BUFFER_LENGTH, BUFFER_POINTER } from "../structure/byte-buffer";
import { ENTRY_KIND } from "../structure/entry";
import { tableCheck } from "../structure/hash-table";
import { coerceColumn } from "../runtime/column";
import { tablesInitialize } from "../table/catalog";
import { indexDig } from "../table/index";
import { isContainer } from "../types/container";
import { containersCheck } from "../types/container-check";
import { valueHash } from "../types/value-digest";
import { documentValue, isDocument } from "../types/document";
import { setHashEntriesMax, setHashValueMax } from "../types/hash";
import { setListpackLimit } from "../types/listpack-size";
import { setIntegersMax, setSetEntriesMax, setSetValueMax } from "../types/set";
import { setSortedEntriesMax, setSortedValueMax } from "../types/sorted-set";
import { readText, textLength, textPointer } from "../types/string";
import { valueBytes } from "../value/packed";
import { packedReset } from "../value/packed-writer";
import { markLimit } from "../mvcc/mark-memory";
import { setViewLimit, viewsLimit } from "../mvcc/view";

let initialized: bool = false;

export function engine_initialize(seedLow: u32, seedHigh: u32): i32 {
  if (initialized) return STATUS_INVALID;
  if (!memoryInitialize(__heap_base)) return STATUS_OUT_OF_MEMORY;
  const seed = ((<u64>seedHigh) << 32) | (<u64>seedLow);
  hashSeed(seed);
  generatorSeed(seed);
  databasesInitialize();
  keyspaceInitialize();
  tablesInitialize(coerceColumn);
  graphInitialize();
  constraintsInitialize();
  fieldSweepInitialize();
  effectsInitialize();
  callInitialize();
  transactionsInitialize();
  const input = allocate(INPUT_CAPACITY + HEADROOM_BYTES, PURPOSE_SESSION);
  if (!input || !replyInitialize()) return STATUS_OUT_OF_MEMORY;
  setInputArea(input + HEADROOM_BYTES);
  store<u32>(control, <u32>input + HEADROOM_BYTES, CONTROL_INPUT_POINTER);
  store<u32>(control, INPUT_CAPACITY, CONTROL_INPUT_CAPACITY);
  store<u32>(control, <u32>purposeBytes, CONTROL_MEMORY_POINTER);
  replyPublish();
  initialized = true;
  return STATUS_OK;
}

export function engine_control(): usize {
  return control;
}

export function engine_configure(setting: u32, value: f64): i32 {
  if (setting == SETTING_LIST_SIZE && value >= i32.MIN_VALUE && value <= i32.MAX_VALUE) {
    setListpackLimit(<i32>value);
    return STATUS_OK;
  }
  if (!(value >= 0)) return STATUS_INVALID;
  if (setting == SETTING_MAX_MEMORY) setMaxMemory(<u64>value);
  else if (setting == SETTING_REQUIRE_AUTH) setRequireAuth(value != 0);
  else if (setting == SETTING_EFFECTS) {
    if (value == 0) compactionStop();
    setEffects(value != 0);
  } else if (setting == SETTING_MAX_BULK && value <= MAX_BULK_BYTES) setMaxBulk(<i64>value);
  else if (setting == SETTING_LAZY_EXPIRY) setExpiryOn(value != 0);
  else if (setting == SETTING_MAX_PAGES && value <= 65536) memoryLimit(<u32>value);
  else if (setting == SETTING_MAX_HELD) setMaxHeld(<u64>value);
  else if (setting == SETTING_READ_ONLY) setReadOnly(value != 0);
  else if (setting == SETTING_HASH_ENTRIES) setHashEntriesMax(<u32>value);
  else if (setting == SETTING_HASH_VALUE) setHashValueMax(<u32>value);
  else if (setting == SETTING_SET_INTEGERS) setIntegersMax(<u32>value);
  else if (setting == SETTING_SET_ENTRIES) setSetEntriesMax(<u32>value);
  else if (setting == SETTING_SET_VALUE) setSetValueMax(<u32>value);
  else if (setting == SETTING_SORTED_ENTRIES) setSortedEntriesMax(<u32>value);
  else if (setting == SETTING_SORTED_VALUE) setSortedValueMax(<u32>value);
  else if (setting == SETTING_NOTIFY && value <= 0xffff) notifyWant(<u32>value);
  else if (setting == SETTING_MAX_TRANSACTION) setMaxTransaction(value);
  else if (setting == SETTING_MAX_VIEWS) setViewLimit(value);
  else if (setting == SETTING_MAX_MARKS) markLimit(value);
  else if (setting == SETTING_OBSERVE && value <= 7) setObserved(<u32>value);
  else return STATUS_INVALID;
  return STATUS_OK;
}

export function session_open(): usize {
  return sessionOpen();
}

export function session_close(handle: usize): void {
  transactionRollback(handle, 0);
  sessionClose(handle);
  if (effectsOn) publishEffects();
}

export function session_set(handle: usize, field: u32, value: u32): i32 {
  return sessionSet(handle, field, value);
}

export function execute(handle: usize, pointer: usize, length: u32, now: f64): i32 {
  const status = executeInput(handle, pointer, length, now);
  if (effectsOn) publishEffects();
  return status;
}

export function resume(handle: usize, now: f64): i32 {
  const status = resumeInput(handle, now);
  if (effectsOn) publishEffects();
  return status;
}

export function suspend(handle: usize): i32 {
  return suspendInput(handle);
}

export function reply_reserve(length: u32): usize {
  const target = replyReserve(length);
  replyPublish();
  return target;
}

export function reply_clear(): void {
  replyClear();
  replyPublish();
}

export function maintain(now: f64, budget: u32, expireActively: u32): i32 {
  setNow(now);
  viewsLimit();
  if (effectsOn) effectsAdmitSweep();
  const swept = sweep(budget, expireActively != 0);
  const dug = graphDig(budget);
  const ordered = keyOrderDig(budget);
  const marked = ssiStep(budget);
  const more = indexDig(budget) || swept || dug || ordered || marked;
  if (effectsOn) {
    effectCommit();
    publishEffects();
  }
  return more ? 1 : 0;
}

/** Shows the logged effects to the host, but for those of a transaction that runs: it may be rolled back. */
export function publishEffects(): void {
  if (effectsAreOwn) return;
  store<u32>(control, load<u32>(effects, BUFFER_POINTER), CONTROL_EFFECT_POINTER);
  store<u32>(control, load<u32>(effects, BUFFER_LENGTH), CONTROL_EFFECT_LENGTH);
}

export function effects_clear(): void {
  effectsTaken();
  publishEffects();
}

export function notifications_clear(): void {
  notifyTaken();
}

export function compaction_start(): void {
  compactionStart();
}

export function compaction_step(budget: u32): i32 {
  const result = compactionStep(budget);
  publishEffects();
  return result;
}

export function compaction_stop(): void {
  compactionStop();
}

export function replay_reserve(length: u32): usize {
  return replayReserve(length);
}

export function replay(pointer: usize, length: u32, now: f64): i32 {
  const status = replayEffects(pointer, length, now);
  replayDone();
  // What is read from a log was gone before.
  forgetGone();
  replyPublish();
  return status;
}

/** How many values and tables have been removed and wait for being freed. */
export function lingering(): u32 {
  return gravesLinger() + droppedTrees();
}

export function statistics_reset(): void {
  store<f64>(control, 0, CONTROL_HITS);
  store<f64>(control, 0, CONTROL_MISSES);
  store<f64>(control, 0, CONTROL_EXPIRED);
  store<f64>(control, 0, CONTROL_EXPIRED_FIELDS);
  store<f64>(control, 0, CONTROL_LAZY_FREED);
  store<f64>(control, 0, CONTROL_COMMANDS);
  store<f64>(control, <f64>memoryUsed, CONTROL_MEMORY_PEAK);
  callsReset();
  errorsReset();
}

export function digest(index: i32): i32 {
  if (index >= DATABASE_COUNT) return STATUS_INVALID;
  digestStart();
  const first = index >= 0 ? index : 0;
  const last = index >= 0 ? index : DATABASE_COUNT - 1;
  for (let each = first; each <= last; each++) {
    digestAdd(each, valueHash);
    graphDigest(each);
  }
  store<u64>(control, digestLow, CONTROL_RESULT);
  store<u64>(control, digestHigh, CONTROL_RESULT + 8);
  return STATUS_OK;
}

export function check_invariants(): i32 {
  if (!DEBUG) return 0;
  let failure = pageHeapCheck();
  if (!failure) failure = allocatorCheck();
  for (let index = 0; index < DATABASE_COUNT && !failure; index++) failure = tableCheck(databaseAt(index));
  for (let index = 0; index < DATABASE_COUNT && !failure; index++) failure = collectionsCheck(databaseAt(index));
  for (let index = 0; index < DATABASE_COUNT && !failure; index++) failure = graphCheck(databaseAt(index));
  for (let index = 0; index < DATABASE_COUNT && !failure; index++) failure = keyOrderCheck(databaseAt(index));
  for (let index = 0; index < DATABASE_COUNT && !failure; index++) failure = containersCheck(databaseAt(index));
  return failure;
}
