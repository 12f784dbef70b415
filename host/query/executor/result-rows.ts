/**
 * Forms of result rows: what becomes of a row of values (interpreter) or of a row in the engine's memory (compiled plan).
 *
 * `values`: values as value.ts has them, for replies. `programRows`: what the library answers, read straight from memory: small
 * integers without a bigint between, texts by the fastest codec of the runtime.
 */
import { SLOT_BOOLEAN, SLOT_DOUBLE, SLOT_INTEGER, SLOT_NONE, SLOT_TEXT, WORD_HUGE, WORD_INLINE_MAX } from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { MemoryView } from "../../engine/memory-view.ts";
import type { OutputColumn } from "../codegen/compiled.ts";
import { machineOf } from "../type/type.ts";
import { type Output, type SqlValue, shortReal, typeOfTag } from "./output.ts";
import type { ResultColumn } from "./query-engine.ts";
import { composeRow, type RowMode, rowDecoder, type SqlRow } from "./row-decoder.ts";
import type { Value } from "./value.ts";
import type { WordCodec } from "./word-codec.ts";

/** How rows of a result are made; `memory` gets the address of a row. */
export interface RowForm<T> {
  values(columns: readonly ResultColumn[]): (row: readonly Value[]) => T;
  memory(columns: readonly OutputColumn[]): (address: number) => T;
}

const HIGH = 4294967296;

/** Rows as values. */
export function valueRows(engine: Engine, words: WordCodec): RowForm<readonly Value[]> {
  const { memory } = engine;
  return {
    values: () => (row) => row,
    memory: (columns) => (address) =>
      columns.map(({ type, tagOffset, offset }): Value => {
        const tag = memory.byte(address + tagOffset);
        if (tag === SLOT_NONE) return null;
        const value = words.plain(tag, memory.long(address + offset));
        return machineOf(type) === "any" ? { tag, value } : value;
      }),
  };
}

/** Rows as programs get them. */
export function programRows(engine: Engine, words: WordCodec, output: Output, mode: RowMode): RowForm<SqlRow> {
  const { memory } = engine;
  return {
    values: (columns) => rowDecoder(columns, output, mode),
    memory: (columns) => {
      const readers = columns.map((column) => memoryReader(memory, words, output, column));
      return composeRow(
        columns.map(({ name }) => name),
        readers,
        mode,
      );
    },
  };
}

/** Reads one column of the row at an address. */
function memoryReader(
  memory: MemoryView,
  words: WordCodec,
  output: Output,
  { type, tagOffset, offset }: OutputColumn,
): (address: number) => SqlValue {
  const isDynamic = machineOf(type) === "any";
  const isReal = type.name === "real";
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
        return isReal ? shortReal(memory.float(address + offset)) : memory.float(address + offset);
      case SLOT_TEXT:
        return readWordText(memory, address + offset);
      default:
        return output.javascript(words.plain(tag, memory.long(address + offset)), isDynamic ? typeOfTag(tag) : type);
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
