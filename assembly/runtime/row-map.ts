/**
 * Rows of tables and collections as maps of Cypher: the document with the text behind its key's colon as `_id`, and the table as `_label`.
 *
 * Cost: O(bytes of the document).
 */
import { SLOT_TEXT } from "../abi/record";
import { RUNTIME_ERROR_MEMORY } from "../abi/runtime-error";
import { fail } from "../value/cells";
import { packDynamic } from "../value/dynamic-pack";
import { afterValue, childCount, fieldValue, findField, firstChild, namePointer, readLength } from "../value/packed";
import {
  closeObject,
  openContainer,
  packedAt,
  packedFailed,
  packedMark,
  packedReset,
  writeName,
  writePacked,
} from "../value/packed-writer";
import { SPILL_VALUE, WORD_EMPTY, wordBytes, wordOf } from "../value/word";

const ID: usize = memory.data<u8>([95, 105, 100]); // _id
const ID_BYTES: u32 = 3;
const LABEL: usize = memory.data<u8>([95, 108, 97, 98, 101, 108]); // _label
const LABEL_BYTES: u32 = 6;

/** A document with two more fields, unless it has fields of these names. Requires: a packed object. */
export function row_map(document: u64, tag: u32, id: u64, label: u64): u64 {
  const object = wordBytes(document, SPILL_VALUE);
  packedReset();
  const start = openContainer();
  let count = childCount(object);
  let field = firstChild(object);
  for (let left = count; left; left--) {
    const value = fieldValue(field);
    const after = afterValue(value);
    writeName(namePointer(field), readLength(field));
    writePacked(value, <u32>(after - value));
    field = after;
  }
  if (!findField(object, ID, ID_BYTES)) {
    writeName(ID, ID_BYTES);
    packDynamic(tag, id);
    count++;
  }
  if (!findField(object, LABEL, LABEL_BYTES)) {
    writeName(LABEL, LABEL_BYTES);
    packDynamic(SLOT_TEXT, label);
    count++;
  }
  closeObject(start, count);
  if (!packedFailed) return wordOf(packedAt(0), packedMark());
  fail(RUNTIME_ERROR_MEMORY);
  return WORD_EMPTY;
}
