/**
 * What a compiled plan takes before it starts: parameters, literals and constants, written into its state block (INPUT_*).
 *
 * 1. Values that JavaScript holds as the engine does (small integers, doubles, booleans, short texts) are written as they are, without a
 *    bigint and without a value between; all others go through input.ts.
 * 2. Short words lie in the input's own room behind the state block, so they stay as long as that; longer ones of parameters and literals
 *    lie in the arena, those of constants in the plan's memory.
 */
import { INPUT_PAYLOAD, INPUT_TAG } from "../../../assembly/abi/plan.ts";
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_NONE, SLOT_TEXT, WORD_INLINE_MAX, WORD_LONG } from "../../../assembly/abi/record.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import type { Parameter } from "./input.ts";
import type { Plain, Tagged, Value } from "./value.ts";
import { machineOfSlot, type WordCodec } from "./word-codec.ts";

/** Room of an input for the bytes of a word. */
export const ROOM_BYTES = 96;
const UTF8_MAX = 3;
const HIGH = 4294967296;
const SMALL_MAX = 32767;

/** Writes a parameter into the input at an address, with its room; false: it must become a value first. */
export type WriteParameter = (given: Parameter, address: number, room: number) => boolean;

/** Whether values of a type may need room for bytes. */
export function needsRoom(type: SqlType): boolean {
  return machineOf(type) === "word" || machineOf(type) === "any";
}

/** What writes parameters of a type. */
export function parameterWriter(memory: MemoryView, type: SqlType): WriteParameter {
  const write = type.modifiers.length > 0 ? undefined : writerOf(memory, type);
  return (given, address, room) => {
    if (given === null || given === undefined) {
      memory.setWord(address + INPUT_TAG, SLOT_NONE);
      return true;
    }
    return write?.(given, address, room) ?? false;
  };
}

type WriteGiven = (given: Exclude<Parameter, null | undefined>, address: number, room: number) => boolean;

function writerOf(memory: MemoryView, type: SqlType): WriteGiven | undefined {
  switch (type.name) {
    case "smallint":
      return (given, address) => writeInteger(memory, given, address, 1, SMALL_MAX);
    case "integer":
      return (given, address) => typeof given === "number" && (given | 0) === given && writeInteger(memory, given, address, 1, HIGH);
    case "bigint":
      return (given, address) => writeInteger(memory, given, address, 1, Number.MAX_SAFE_INTEGER);
    case "double precision":
      return (given, address) => typeof given === "number" && writeDouble(memory, given, address, 1);
    case "boolean":
      return (given, address) => typeof given === "boolean" && writeBits(memory, address, 1, given ? 1 : 0, 0);
    case "text":
    case "character varying":
      return (given, address, room) => typeof given === "string" && writeText(memory, given, address, 1, room);
    case "any":
    case "value":
      return (given, address, room) => writeDynamic(memory, given, address, room);
    default:
      return undefined;
  }
}

function writeDynamic(memory: MemoryView, given: Exclude<Parameter, null | undefined>, address: number, room: number): boolean {
  switch (typeof given) {
    case "number":
      if (writeInteger(memory, given, address, SLOT_INTEGER, Number.MAX_SAFE_INTEGER)) return true;
      return !Number.isInteger(given) && writeDouble(memory, given, address, SLOT_DOUBLE);
    case "string":
      return writeText(memory, given, address, SLOT_TEXT, room);
    case "boolean":
      return writeBits(memory, address, SLOT_BOOLEAN, given ? 1 : 0, 0);
    default:
      return false;
  }
}

/** A whole number up to `most` and down to -`most` - 1; minus zero is none. */
function writeInteger(memory: MemoryView, given: unknown, address: number, tag: number, most: number): boolean {
  if (typeof given !== "number" || !Number.isSafeInteger(given) || given > most || given < -most - 1 || Object.is(given, -0)) return false;
  return writeBits(memory, address, tag, given >>> 0, Math.floor(given / HIGH));
}

function writeDouble(memory: MemoryView, given: number, address: number, tag: number): boolean {
  memory.setWord(address + INPUT_TAG, tag);
  memory.setFloat(address + INPUT_PAYLOAD, given);
  return true;
}

function writeBits(memory: MemoryView, address: number, tag: number, low: number, high: number): boolean {
  memory.setWord(address + INPUT_TAG, tag);
  memory.setWord(address + INPUT_PAYLOAD, low);
  memory.setWord(address + INPUT_PAYLOAD + 4, high);
  return true;
}

/** A text whose bytes fit the room. */
function writeText(memory: MemoryView, given: string, address: number, tag: number, room: number): boolean {
  if (given.length * UTF8_MAX > ROOM_BYTES) return false;
  memory.setWord(room, 0);
  memory.setWord(room + 4, 0);
  return writeRoom(memory, memory.writeText(room, given), address, tag, room);
}

/** The word of the bytes that stand in the room. */
function writeRoom(memory: MemoryView, length: number, address: number, tag: number, room: number): boolean {
  if (length > WORD_INLINE_MAX) return writeBits(memory, address, tag, WORD_LONG | (length << 8), room);
  const low = memory.word(room);
  const high = memory.word(room + 4);
  return writeBits(memory, address, tag, length | (low << 8), (low >>> 24) | (high << 8));
}

/** Writes a value; answers whether it stays there when the execution ends, since no byte of it lies in the arena. */
export function writeValue(memory: MemoryView, words: WordCodec, value: Value, type: SqlType, address: number, room: number): boolean {
  if (value === null) {
    memory.setWord(address + INPUT_TAG, SLOT_NONE);
    return true;
  }
  const isDynamic = machineOf(type) === "any";
  const tagged: Tagged = isDynamic ? (value as Tagged) : { tag: slotOf(type), value: value as Plain };
  const tag = isDynamic ? tagged.tag : 1;
  if (machineOfSlot(tagged.tag) === "word") {
    const bytes = tagged.value as string;
    if (bytes.length <= ROOM_BYTES) {
      memory.setWord(room, 0);
      memory.setWord(room + 4, 0);
      const target = memory.view(room, bytes.length);
      for (let index = 0; index < bytes.length; index++) target[index] = bytes.charCodeAt(index);
      return writeRoom(memory, bytes.length, address, tag, room);
    }
  }
  const payload = words.payload(tagged);
  memory.setWord(address + INPUT_TAG, tag);
  memory.setLong(address + INPUT_PAYLOAD, payload);
  return machineOfSlot(tagged.tag) !== "word";
}
