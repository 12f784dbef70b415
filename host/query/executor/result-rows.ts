/**
 * Forms of result rows: what becomes of a row of values (interpreter) or of a row in the engine's memory (compiled plan).
 *
 * `values`: values as value.ts has them, for replies. `programRows`: what the library answers, read straight from memory
 * (memory-row.ts).
 */
import { SLOT_NONE } from "../../../assembly/abi/record.ts";
import type { Engine } from "../../engine/engine.ts";
import type { OutputColumn } from "../codegen/compiled.ts";
import { machineOf } from "../type/type.ts";
import { columnReader } from "./memory-row.ts";
import type { Output } from "./output.ts";
import type { ResultColumn } from "./query-result.ts";
import { composeRow, type RowMode, rowDecoder, type SqlRow } from "./row-decoder.ts";
import type { Value } from "./value.ts";
import type { WordCodec } from "./word-codec.ts";

/** How rows of a result are made; `memory` gets the address of a row. */
export interface RowForm<T> {
  values(columns: readonly ResultColumn[]): (row: readonly Value[]) => T;
  memory(columns: readonly OutputColumn[]): (address: number) => T;
}

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
      const readers = columns.map((column) => columnReader({ memory, words, output }, column));
      return composeRow(
        columns.map(({ name }) => name),
        readers,
        mode,
      );
    },
  };
}
