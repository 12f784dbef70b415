/**
 * Readers of result columns, as programs get their values, straight from a row in the engine's memory.
 *
 * One closure for each column, chosen by its type: a declared type leaves nothing to decide for each row but whether the value is NULL.
 * Small integers come without a bigint between, dates of four-digit years and timestamps without the engine; what is rare is output.ts's.
 */
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_NONE, SLOT_TEXT, WORD_HUGE, WORD_INLINE_MAX } from "../../../assembly/abi/record.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import type { OutputColumn } from "../codegen/compiled.ts";
import { machineOf, type SqlType, slotOf } from "../type/type.ts";
import { type Output, shortReal } from "./output.ts";
import type { SqlValue } from "./query-result.ts";
import type { WordCodec } from "./word-codec.ts";

/** What readers need of the engine. */
export interface RowMemory {
  readonly memory: MemoryView;
  readonly words: WordCodec;
  readonly output: Output;
}

type Read = (address: number) => SqlValue;

const HIGH = 4294967296;
const MICROSECONDS_OF_MS = 1000;

/** Reads one column of the row at an address. */
export function columnReader(rows: RowMemory, { type, tagOffset, offset }: OutputColumn): Read {
  const { memory } = rows;
  if (machineOf(type) === "any") return dynamicReader(rows, type, tagOffset, offset);
  const read = valueReader(rows, type);
  return (address) => (memory.byte(address + tagOffset) === SLOT_NONE ? null : read(address + offset));
}

/** Reads a value that is not NULL at an address. */
function valueReader({ memory, words, output }: RowMemory, type: SqlType): Read {
  switch (type.name) {
    case "boolean":
      return (address) => memory.word(address) !== 0;
    case "smallint":
    case "integer":
      return (address) => memory.word(address) | 0;
    case "bigint":
      return (address) => readInteger(memory, address);
    case "real":
      return (address) => shortReal(memory.float(address));
    case "double precision":
      return (address) => memory.float(address);
    case "text":
    case "character varying":
      return (address) => readWordText(memory, address);
    case "date":
      return (address) => readDay(memory, address) ?? output.javascript(memory.long(address), type);
    case "timestamp without time zone":
    case "timestamp with time zone":
      return (address) => readTime(memory, address) ?? output.javascript(memory.long(address), type);
    default: {
      const slot = slotOf(type);
      return (address) => output.javascript(words.plain(slot, memory.long(address)), type);
    }
  }
}

function dynamicReader({ memory, words, output }: RowMemory, type: SqlType, tagOffset: number, offset: number): Read {
  return (address) => {
    const tag = memory.byte(address + tagOffset);
    switch (tag) {
      case SLOT_NONE:
        return null;
      case SLOT_BOOLEAN:
        return memory.word(address + offset) !== 0;
      case SLOT_INTEGER:
        return readInteger(memory, address + offset);
      case SLOT_DOUBLE:
        return memory.float(address + offset);
      case SLOT_TEXT:
        return readWordText(memory, address + offset);
      default:
        return output.javascript({ tag, value: words.plain(tag, memory.long(address + offset)) }, type);
    }
  };
}

/** An i64: a number, or a bigint where a number is not exact. */
function readInteger(memory: MemoryView, address: number): number | bigint {
  const number = (memory.word(address + 4) | 0) * HIGH + memory.word(address);
  return Number.isSafeInteger(number) ? number : memory.long(address);
}

/** The text of the word at an address. */
function readWordText(memory: MemoryView, address: number): string {
  const head = memory.word(address);
  const length = head & 255;
  if (length <= WORD_INLINE_MAX) return memory.readText(address + 1, length);
  const bytes = memory.word(address + 4);
  const field = head >>> 8;
  return memory.readText(bytes, field === WORD_HUGE ? memory.word(bytes - 4) : field);
}

/** Microseconds as a Date; undefined: they are too many for a number, or infinite. */
function readTime(memory: MemoryView, address: number): Date | undefined {
  const microseconds = (memory.word(address + 4) | 0) * HIGH + memory.word(address);
  if (!Number.isSafeInteger(microseconds)) return undefined;
  return new Date((microseconds - (microseconds % MICROSECONDS_OF_MS)) / MICROSECONDS_OF_MS);
}

// Dates -----------------------------------------------------------------------------------------------------------------

/** 0001-01-01 and 9999-12-31, in days since 1970-01-01. */
const DAY_MIN = -719162;
const DAY_MAX = 2932896;
const MS_OF_DAY = 86_400_000;
const DATE_LENGTH = 10;
/** Texts of days that were read lately, by the low bits of the day: results have the same few again and again. */
const KEPT_DAYS = 4096;
const keptDays = new Int32Array(KEPT_DAYS).fill(DAY_MIN - 1);
const keptTexts: string[] = new Array<string>(KEPT_DAYS).fill("");

/** Days as ISO text; undefined: not of a year of four digits. */
function readDay(memory: MemoryView, address: number): string | undefined {
  const low = memory.word(address) | 0;
  if ((memory.word(address + 4) | 0) !== low >> 31 || low < DAY_MIN || low > DAY_MAX) return undefined;
  const place = low & (KEPT_DAYS - 1);
  if (keptDays[place] === low) return keptTexts[place];
  const text = new Date(low * MS_OF_DAY).toISOString().slice(0, DATE_LENGTH);
  keptDays[place] = low;
  keptTexts[place] = text;
  return text;
}
