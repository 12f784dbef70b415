/**
 * The row-write door: the one function through which every document under a declared prefix goes before it is stored
 * (types/document.ts asks through keyspace/row-door.ts). It answers the document in the form in which the table keeps it.
 *
 * Memory for words comes from the plan's arena: inside of a plan its budget counts, a command has COMMAND_BUDGET. It is given
 * back unless the row is refused, since an error may name a value; who reports the error resets the arena.
 */
import { CELL_BUDGET } from "../abi/record";
import { RUNTIME_ERROR_ROW_KIND } from "../abi/runtime-error";
import { copyBytes } from "../bytes/copy";
import { prefixBytes, prefixPointer } from "../keyspace/collection";
import { setConvertedAt } from "../keyspace/row-door";
import { packedMark } from "../value/packed-writer";
import { cells, failWith, planAllocate, planMark, planRelease } from "../value/cells";
import { isObject } from "../value/packed";
import { nameWord } from "./row-index";
import { rowFromDocument, rowKeep } from "./row-write";

const COMMAND_BUDGET: u32 = 0x40000000;

/**
 * Brings a document for the row `rest` of a declared collection into form and appends it to the packed writer, where it may lie
 * itself. `isNew`: there is no such row yet. False: refused, and the error is noted.
 */
export function convertRow(collection: usize, rest: usize, restBytes: u32, value: usize, bytes: u32, isNew: bool): bool {
  if (!isObject(value)) {
    failWith(RUNTIME_ERROR_ROW_KIND, nameWord(prefixPointer(collection), prefixBytes(collection)), 0);
    return false;
  }
  const budget = load<u32>(cells, CELL_BUDGET);
  const mark = planMark();
  store<u32>(cells, COMMAND_BUDGET, CELL_BUDGET);
  const object = planAllocate(bytes);
  if (object) copyBytes(object, value, bytes);
  const accepted = object != 0 && rowFromDocument(collection, rest, restBytes, object, isNew);
  setConvertedAt(packedMark());
  const kept = accepted && rowKeep(collection, object);
  if (kept) planRelease(mark);
  store<u32>(cells, budget, CELL_BUDGET);
  return kept;
}
