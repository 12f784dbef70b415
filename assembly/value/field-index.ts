/**
 * An index of the fields of one large object, for as long as many names are looked up in it: hash slots with the offsets of
 * names from the first field on, so that it stays right when the object moves. Small objects, and those for which there is no
 * memory, have none (0) and are searched field by field.
 *
 *   offset  size  field
 *   0       4     number of slots - 1; slots are a power of two, at least twice the fields
 *   4       4     zero
 *   8       4     per slot: offset of a field's name + 1; 0: free
 *
 * Cost: O(fields) to make, O(1) to ask; without an index O(fields).
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { equalBytes } from "../bytes/copy";
import { hashBytes } from "../bytes/hash";
import { allocate, release } from "../memory/allocator";
import { afterValue, childCount, fieldValue, findField, firstChild, lengthBytes, readLength } from "./packed";

const FIELDS_MIN: u32 = 32;
const HEAD_BYTES: u32 = 8;
const SLOT_BYTES: u32 = 4;

/** An index of the object's fields, or 0. Its owner gives it back with `releaseIndex`. */
export function indexFields(object: usize): usize {
  const count = childCount(object);
  if (count < FIELDS_MIN) return 0;
  let capacity: u32 = FIELDS_MIN << 1;
  while (capacity < count << 1) capacity <<= 1;
  const index = allocate(HEAD_BYTES + capacity * SLOT_BYTES, PURPOSE_SCRATCH);
  if (!index) return 0;
  memory.fill(index, 0, HEAD_BYTES + capacity * SLOT_BYTES);
  store<u32>(index, capacity - 1);
  const first = firstChild(object);
  let field = first;
  for (let left = count; left; left--) {
    const length = readLength(field);
    store<u32>(slotOf(index, first, field + lengthBytes(length), length), <u32>(field - first) + 1);
    field = afterValue(fieldValue(field));
  }
  return index;
}

export function releaseIndex(index: usize): void {
  if (index) release(index, PURPOSE_SCRATCH);
}

/** Address of the value of the object's field with this name, or 0. `index` is the object's, or 0. */
export function findIndexed(index: usize, object: usize, name: usize, length: u32): usize {
  if (!index) return findField(object, name, length);
  const first = firstChild(object);
  const offset = load<u32>(slotOf(index, first, name, length));
  return offset ? fieldValue(first + offset - 1) : 0;
}

/** The slot of the field with this name, or the free one where it would stand. */
function slotOf(index: usize, first: usize, name: usize, length: u32): usize {
  const mask = load<u32>(index);
  let position = (<u32>hashBytes(name, length)) & mask;
  while (true) {
    const slot = index + HEAD_BYTES + <usize>position * SLOT_BYTES;
    const offset = load<u32>(slot);
    if (!offset) return slot;
    const field = first + offset - 1;
    if (readLength(field) == length && equalBytes(field + lengthBytes(length), name, length)) return slot;
    position = (position + 1) & mask;
  }
}
