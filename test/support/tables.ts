/**
 * Indexes of the built engine for tests, through its raw exports: made, dropped, and read in their order.
 */
import { CELL_BUDGET, CELL_ERROR, WORD_INLINE_MAX } from "../../assembly/abi/record.ts";
import { STATUS_OK } from "../../assembly/abi/status.ts";
import type { TestEngine } from "./engine.ts";

const BUDGET = 1 << 20;

/** Begins to take memory of the plan's arena. */
export function resetArena(engine: TestEngine): void {
  engine.call("runtime_reset");
  const cells = engine.call("runtime_cells") >>> 0;
  new DataView(engine.memory.buffer).setUint32(cells + CELL_BUDGET, BUDGET, true);
}

/** Puts Latin-1 text into the plan's arena; its address. */
export function place(engine: TestEngine, text: string): number {
  const address = engine.call("runtime_allocate", Math.max(text.length, 1)) >>> 0;
  if (address === 0) throw new Error("no memory in the plan's arena");
  engine.write(address, text);
  return address;
}

function bytes16(value: number): string {
  return String.fromCharCode(value & 255, value >> 8);
}

/** A field of an index as table/index.ts has it: the names of a path. */
function pathField(names: readonly string[], descending: boolean): string {
  const content = names.map((name) => bytes16(name.length) + name).join("");
  return bytes16(content.length + 4) + String.fromCharCode(0, descending ? 1 : 0) + content;
}

/** Makes an index on paths; throws with the error's number when it is refused. */
export function createIndex(
  engine: TestEngine,
  database: number,
  prefix: string,
  name: string,
  paths: readonly (readonly string[])[],
  flags = 0,
  descending: readonly boolean[] = [],
): void {
  resetArena(engine);
  const fields = paths.map((names, at) => pathField(names, descending[at] ?? false)).join("");
  const status = engine.call(
    "index_create",
    database,
    place(engine, prefix),
    prefix.length,
    flags,
    place(engine, fields),
    fields.length,
    paths.length,
    place(engine, name),
    name.length,
  );
  if (status !== STATUS_OK) throw new Error(`error ${engine.word((engine.call("runtime_cells") >>> 0) + CELL_ERROR)}, status ${status}`);
}

export function dropIndex(engine: TestEngine, database: number, prefix: string, name: string): boolean {
  resetArena(engine);
  return engine.call("index_drop", database, place(engine, prefix), prefix.length, place(engine, name), name.length) === 1;
}

/** Address of a collection, or 0. */
export function findCollection(engine: TestEngine, database: number, prefix: string): number {
  resetArena(engine);
  return engine.call("collection_find", database, place(engine, prefix), prefix.length) >>> 0;
}

/** Keys of the rows in the order of an index. */
export function indexedKeys(engine: TestEngine, database: number, prefix: string, name: string, backward = false): string[] {
  const collection = findCollection(engine, database, prefix);
  const index = engine.call("index_find", collection, place(engine, name), name.length) >>> 0;
  if (index === 0) throw new Error(`no index ${name}`);
  const count = engine.call("index_items", index);
  const target = place(engine, " ".repeat(count * 4 + 4));
  const found = engine.call("index_rows", index, backward ? count - 1 : 0, count + 1, backward ? 1 : 0, target);
  if (found !== count) throw new Error(`the index has ${count} items and shows ${found}`);
  return Array.from({ length: count }, (_, at) => {
    return rowKey(engine, collection, engine.word(target + at * 4));
  });
}

/** The key of a row. */
export function rowKey(engine: TestEngine, collection: number, row: number): string {
  const element = engine.call("row_element", collection, row) >>> 0;
  if (element === 0) throw new Error(`there is no row ${row}`);
  return wordText(engine, engine.callBits("row_key", element));
}

/** Bytes of a word. */
export function wordText(engine: TestEngine, bits: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, bits));
  if (bytes[0]! <= WORD_INLINE_MAX) return bytes.toString("latin1", 1, 1 + bytes[0]!);
  return engine.text(bytes.readUInt32LE(4), bytes.readUInt32LE(0) >>> 8);
}
