/**
 * Hash tables in generated code: hashing keys, following a bucket's chain, comparing keys, tuples of lists and their loops. The
 * layout is assembly/abi/plan.ts's.
 *
 * Keys are equal as SQL's grouping has it: NULL equals NULL (where the caller lets NULLs in), NaN equals NaN, -0 equals 0. How a
 * type is hashed and compared says `keyKind`; types whose equal values may differ in bytes go to the engine.
 */
import {
  CHUNK_END,
  CHUNK_NEXT,
  CHUNK_TUPLES,
  LIST_FIRST,
  TABLE_DIRECTORY,
  TABLE_FILTER,
  TABLE_FILTER_SHIFT,
  TABLE_MASK,
  TABLE_SEGMENT_BUCKETS,
  TABLE_SEGMENT_SHIFT,
  TUPLE_HASH,
  TUPLE_NEXT,
} from "../../../../assembly/abi/plan.ts";
import { SLOT_INTERVAL, SLOT_JSON, SLOT_NUMERIC, WORD_LONG } from "../../../../assembly/abi/record.ts";
import { isCypherValue, machineOf, type SqlType } from "../../type/type.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { localPlace, type Operand, pushFlag, pushPayload, pushPlace, pushTag } from "../operand.ts";
import type { Level, Pipeline } from "../pipeline.ts";
import { type Field, loadField } from "../tuple.ts";

const MULTIPLIER = BigInt.asIntN(64, 0x9e3779b97f4a7c15n);

/** Families of the engine's `<family>_hash` and `<family>_equal`, for words whose equal values may have different bytes. */
const FAMILIES: ReadonlyMap<number, string> = new Map([
  [SLOT_NUMERIC, "numeric"],
  [SLOT_INTERVAL, "interval"],
  [SLOT_JSON, "jsonb"],
]);

/** The operand as a key: doubles have one NaN and one zero, char(n) is its own family. */
export function asKey(pipeline: Pipeline, operand: Operand, type: SqlType): Key {
  const { code } = pipeline;
  if (isCypherValue(type)) return { operand, family: "value" };
  if (machineOf(type) === "any") return { operand, family: "any" };
  const family = type.name === "character" ? "character" : FAMILIES.get(operand.slot);
  if (operand.machine !== "f64") return { operand, family };
  // x + 0 turns -0 into 0.
  pushPlace(code, operand.value);
  code.f64(0);
  code.op(op.OP_F64_ADD);
  const plain = code.local("f64");
  code.set(plain);
  code.get(plain);
  code.f64(Number.NaN);
  code.get(plain);
  code.get(plain);
  code.op(op.OP_F64_EQ);
  code.op(op.OP_SELECT);
  return { operand: { ...operand, value: keep(pipeline, "f64") }, family };
}

export interface Key {
  readonly operand: Operand;
  readonly family: string | undefined;
}

/** Whether values of a family are passed with their tags. */
function isDynamic(family: string | undefined): boolean {
  return family === "any" || family === "value";
}

/** Pushes the i64 hash of one key that is not NULL. */
function pushKeyHash(pipeline: Pipeline, { operand, family }: Key): void {
  const { code } = pipeline;
  if (isDynamic(family)) {
    pushTag(code, operand);
    pushPayload(code, operand);
    pipeline.call(`${family}_hash`, ["i32", "i64"], "i64");
  } else if (family !== undefined) {
    pushPlace(code, operand.value);
    pipeline.call(`${family}_hash`, ["i64"], "i64");
  } else if (operand.machine === "i32") {
    pushPayload(code, operand);
  } else {
    pushFixedHash(pipeline, operand);
  }
}

/**
 * Numbers and short words: their bits, the upper half folded into the lower one, since what multiplication makes of upper bits only
 * stands further up: doubles and words differ mostly there.
 */
function pushFixedHash(pipeline: Pipeline, operand: Operand): void {
  const { code } = pipeline;
  const bits = code.local("i64");
  const fold = (): void => {
    code.get(bits);
    code.get(bits);
    code.i64(32n);
    code.op(op.OP_I64_SHR_U);
    code.op(op.OP_I64_XOR);
  };
  pushPayload(code, operand);
  code.set(bits);
  if (operand.machine !== "word") {
    fold();
    return;
  }
  pushIsLong(pipeline, bits);
  code.if("i64");
  code.get(bits);
  pipeline.call("word_hash", ["i64"], "i64");
  code.else();
  fold();
  code.end();
}

/** Pushes whether a word is long. */
function pushIsLong(pipeline: Pipeline, word: number): void {
  pipeline.code.get(word);
  pipeline.code.op(op.OP_I32_WRAP_I64);
  pipeline.code.i32(WORD_LONG);
  pipeline.code.op(op.OP_I32_AND);
}

/** Computes the hash of keys into an i32 local. */
export function hashKeys(pipeline: Pipeline, keys: readonly Key[]): number {
  const { code } = pipeline;
  const mixed = code.local("i64");
  const hash = code.local("i32");
  code.i64(0n);
  code.set(mixed);
  for (const [index, key] of keys.entries()) {
    const { flag } = key.operand;
    if (flag !== undefined) {
      pushPlace(code, flag);
      code.if();
    }
    if (index > 0) {
      code.get(mixed);
      code.get(mixed);
      code.i64(32n);
      code.op(op.OP_I64_SHR_U);
      code.op(op.OP_I64_XOR);
      pushKeyHash(pipeline, key);
      code.op(op.OP_I64_XOR);
    } else {
      pushKeyHash(pipeline, key);
    }
    code.i64(MULTIPLIER);
    code.op(op.OP_I64_MUL);
    code.set(mixed);
    if (flag === undefined) continue;
    code.else();
    code.get(mixed);
    code.i64(1n);
    code.op(op.OP_I64_ADD);
    code.i64(MULTIPLIER);
    code.op(op.OP_I64_MUL);
    code.set(mixed);
    code.end();
  }
  code.get(mixed);
  code.i64(32n);
  code.op(op.OP_I64_SHR_U);
  code.op(op.OP_I32_WRAP_I64);
  code.set(hash);
  return hash;
}

/** Pushes 0 where the filter of a join's table says that no tuple has this hash, else 1. */
export function pushFiltered(pipeline: Pipeline, table: number, hash: number): void {
  const { code } = pipeline;
  const bits = code.local("i64");
  const pushBit = (shift: number): void => {
    code.i64(1n);
    code.get(hash);
    if (shift > 0) {
      code.i32(shift);
      code.op(op.OP_I32_SHR_U);
    }
    // Shifts of 64 bits take their count modulo 64.
    code.op(op.OP_I64_EXTEND_I32_U);
    code.op(op.OP_I64_SHL);
  };
  pushBit(0);
  pushBit(6);
  code.op(op.OP_I64_OR);
  code.set(bits);
  code.get(table);
  code.memory(op.OP_I32_LOAD, TABLE_FILTER);
  code.get(hash);
  code.get(table);
  code.memory(op.OP_I32_LOAD, TABLE_FILTER_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.i32(3);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I64_LOAD, 0);
  code.get(bits);
  code.op(op.OP_I64_AND);
  code.get(bits);
  code.op(op.OP_I64_EQ);
}

/** Sets `tuple` to the first of the bucket of a hash in a join's table, 0 where its filter says that there is none. */
export function loadFiltered(pipeline: Pipeline, table: number, hash: number, tuple: number): void {
  const { code } = pipeline;
  code.i32(0);
  code.set(tuple);
  pushFiltered(pipeline, table, hash);
  code.if();
  loadBucket(pipeline, table, hash, tuple);
  code.end();
}

/** Sets `tuple` to the first of the bucket of a hash. */
export function loadBucket(pipeline: Pipeline, table: number, hash: number, tuple: number): void {
  const { code } = pipeline;
  const bucket = code.local("i32");
  code.get(hash);
  code.get(table);
  code.memory(op.OP_I32_LOAD, TABLE_MASK);
  code.op(op.OP_I32_AND);
  code.set(bucket);
  code.get(table);
  code.memory(op.OP_I32_LOAD, TABLE_DIRECTORY);
  code.get(bucket);
  code.i32(TABLE_SEGMENT_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.get(bucket);
  code.i32(TABLE_SEGMENT_BUCKETS - 1);
  code.op(op.OP_I32_AND);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.set(tuple);
}

/** Sets `tuple` to the next of its bucket. */
export function nextTuple(pipeline: Pipeline, tuple: number): void {
  pipeline.code.get(tuple);
  pipeline.code.memory(op.OP_I32_LOAD, TUPLE_NEXT);
  pipeline.code.set(tuple);
}

/** Goes to `next` unless two values that are not NULL are equal keys. `skipUnlessHash` does so unless the hashes are equal. */
function skipUnlessSame(pipeline: Pipeline, { operand, family }: Key, stored: Operand, skipUnlessHash: () => void, next: number): void {
  const { code } = pipeline;
  const isWord = family === undefined && operand.machine === "word";
  if (family === undefined) {
    pushPayload(code, operand);
    pushPayload(code, stored);
    code.op(isWord ? op.OP_I64_NE : op.OP_I64_EQ);
  } else {
    skipUnlessHash();
    for (const side of [operand, stored]) {
      if (isDynamic(family)) pushTag(code, side);
      pushPayload(code, side);
    }
    const types = isDynamic(family) ? (["i32", "i64", "i32", "i64"] as const) : (["i64", "i64"] as const);
    pipeline.call(family === "value" ? "value_equivalent" : `${family}_equal`, types, "i32");
  }
  if (!isWord) {
    code.op(op.OP_I32_EQZ);
    code.brIf(next);
    return;
  }
  // Other bits: the same bytes only where both are long.
  code.if();
  pushPlace(code, operand.value);
  pushPlace(code, stored.value);
  code.op(op.OP_I64_AND);
  code.op(op.OP_I32_WRAP_I64);
  code.i32(WORD_LONG);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_EQZ);
  code.brIf(next);
  skipUnlessHash();
  pushPlace(code, operand.value);
  pushPlace(code, stored.value);
  pipeline.call("word_equal", ["i64", "i64"], "i32");
  code.op(op.OP_I32_EQZ);
  code.brIf(next);
  code.end();
}

/** Goes to `next` unless the keys in a tuple equal the given ones. */
export function skipUnlessEqual(
  pipeline: Pipeline,
  tuple: number,
  hash: number,
  keys: readonly Key[],
  fields: readonly Field[],
  next: number,
): void {
  const { code } = pipeline;
  // Numbers and short words are as quick to compare as their hash.
  const skipUnlessHash = (): void => {
    code.get(tuple);
    code.memory(op.OP_I32_LOAD, TUPLE_HASH);
    code.get(hash);
    code.op(op.OP_I32_NE);
    code.brIf(next);
  };
  keys.forEach((key, index) => {
    skipUnlessSameKey(pipeline, key, loadField(pipeline, tuple, fields[index] as Field), next, skipUnlessHash);
  });
}

/** Goes to `next` unless both keys are NULL, or equal. `skipUnlessHash` may do so where comparing is dear. */
export function skipUnlessSameKey(
  pipeline: Pipeline,
  key: Key,
  stored: Operand,
  next: number,
  skipUnlessHash: () => void = () => {},
): void {
  const { code } = pipeline;
  const { operand } = key;
  if (operand.flag === undefined && stored.flag === undefined) {
    skipUnlessSame(pipeline, key, stored, skipUnlessHash, next);
    return;
  }
  for (const side of [operand, stored]) {
    pushFlag(code, side);
    if (side.machine === "any") code.op(op.OP_I32_EQZ);
  }
  const isMixed = (operand.machine === "any") !== (stored.machine === "any");
  code.op(isMixed ? op.OP_I32_EQ : op.OP_I32_NE);
  code.brIf(next);
  pushFlag(code, operand);
  code.if();
  skipUnlessSame(pipeline, key, stored, skipUnlessHash, next);
  code.end();
}

/** Drops the row at hand if a key is NULL. */
export function dropNullKeys(pipeline: Pipeline, keys: readonly Key[]): void {
  for (const { operand } of keys) {
    if (operand.flag === undefined) continue;
    pushPlace(pipeline.code, operand.flag);
    pipeline.code.op(op.OP_I32_EQZ);
    pipeline.code.brIf(pipeline.next);
  }
}

/** Loops over the tuples of a sealed list; `tuple` is the row at hand in `body`; `start` sets further cursors of the level. */
export function listLoop(
  pipeline: Pipeline,
  level: Level,
  list: number,
  tupleBytes: number,
  body: (tuple: number) => void,
  start: () => void = () => {},
): void {
  const { code } = pipeline;
  const chunk = pipeline.cursor(level, "i32");
  const tuple = pipeline.cursor(level, "i32");
  const end = code.local("i32");
  const openChunk = (): void => {
    code.get(chunk);
    code.i32(CHUNK_TUPLES);
    code.op(op.OP_I32_ADD);
    code.set(tuple);
  };
  pipeline.enter(level, () => {
    code.get(list);
    code.memory(op.OP_I32_LOAD, LIST_FIRST);
    code.set(chunk);
    openChunk();
    start();
  });
  const done = code.block();
  const loop = code.loop();
  code.get(chunk);
  code.op(op.OP_I32_EQZ);
  code.brIf(done);
  code.get(chunk);
  code.memory(op.OP_I32_LOAD, CHUNK_END);
  code.set(end);
  code.get(tuple);
  code.get(end);
  code.op(op.OP_I32_GE_U);
  code.if();
  code.get(chunk);
  code.memory(op.OP_I32_LOAD, CHUNK_NEXT);
  code.set(chunk);
  openChunk();
  code.br(loop);
  code.end();
  pipeline.spend(level);
  pipeline.rowBlock(() => body(tuple));
  code.get(tuple);
  code.i32(tupleBytes);
  code.op(op.OP_I32_ADD);
  code.set(tuple);
  code.br(loop);
  code.end();
  code.end();
}

/** A place as an operand that is never NULL. */
export function localOperand(local: number, like: Pick<Operand, "machine" | "slot">): Operand {
  return { ...like, value: localPlace(local), flag: undefined };
}
