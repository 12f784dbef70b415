/**
 * Changes of a packed document: a list of edits at places of the old document, and the new document made of both in one
 * walk, in which everything between the edits is copied.
 *
 *   edit  0 place: offset of the value in the old document
 *         4 kind
 *         8 a, 12 b     FIELD: address and length of a name; INSERT: index; REMOVE: index; TRIM: first and end of what stays
 *        16 source: offset in the packed writer's buffer, 20 bytes, 24 number of values
 *
 *   REPLACE  the value becomes the source         DELETE  the element or field goes
 *   FIELD    a field is added behind the others   INSERT  source values before element a
 *   REMOVE   element a goes                       TRIM    elements a up to b stay
 *   MERGE    the source is merged in (RFC 7396)
 *
 * Requires: all edits of a list have one kind, except that REPLACE and MERGE may stand beside FIELD and DELETE. An edit
 * inside of a value that goes or is replaced is dropped, and of several at one place the first counts.
 *
 * Out of memory: `packedFailed`, or `editsFailed` for the list itself. `editTooDeep`: the result is nested too deep.
 * Cost: O(edits log edits + bytes of the document).
 */
import { PURPOSE_SCRATCH } from "../abi/status";
import { BUFFER_LENGTH, BUFFER_POINTER, BUFFER_SIZE, bufferClear, bufferInitialize, bufferReserve } from "../structure/byte-buffer";
import { findIndexed, indexFields, releaseIndex } from "./field-index";
import {
  DEPTH_MAX,
  TAG_NULL,
  afterValue,
  childCount,
  fieldValue,
  firstChild,
  isArray,
  isObject,
  namePointer,
  readLength,
  tagOf,
  valueBytes,
} from "./packed";
import { closeArray, closeObject, openContainer, packedAt, writeName, writePacked, writePackedAgain } from "./packed-writer";

export const EDIT_PLACE: usize = 0;
export const EDIT_KIND: usize = 4;
export const EDIT_A: usize = 8;
export const EDIT_B: usize = 12;
export const EDIT_SOURCE: usize = 16;
export const EDIT_BYTES: usize = 20;
export const EDIT_COUNT: usize = 24;
const EDIT_SIZE: u32 = 28;

export const EDIT_REPLACE: u32 = 0;
export const EDIT_DELETE: u32 = 1;
export const EDIT_FIELD: u32 = 2;
export const EDIT_INSERT: u32 = 3;
export const EDIT_REMOVE: u32 = 4;
export const EDIT_TRIM: u32 = 5;
export const EDIT_MERGE: u32 = 6;

const list: usize = memory.data(BUFFER_SIZE, 8);
export let editCount: u32 = 0;
export let editsFailed: bool = false;
export let editTooDeep: bool = false;
const swap: usize = memory.data(28, 8);

/** Empties the list. */
export function editsReset(): void {
  bufferInitialize(list, PURPOSE_SCRATCH);
  bufferClear(list);
  editCount = 0;
  editsFailed = false;
  editTooDeep = false;
}

/** Address of an edit; good until the next one is added. */
export function editAt(index: u32): usize {
  return <usize>load<u32>(list, BUFFER_POINTER) + <usize>index * EDIT_SIZE;
}

/** Adds an edit. */
export function addEdit(place: u32, kind: u32, a: u32, b: u32, source: u32, bytes: u32, count: u32): void {
  const edit = bufferReserve(list, EDIT_SIZE);
  if (!edit) {
    editsFailed = true;
    return;
  }
  store<u32>(edit, place, EDIT_PLACE);
  store<u32>(edit, kind, EDIT_KIND);
  store<u32>(edit, a, EDIT_A);
  store<u32>(edit, b, EDIT_B);
  store<u32>(edit, source, EDIT_SOURCE);
  store<u32>(edit, bytes, EDIT_BYTES);
  store<u32>(edit, count, EDIT_COUNT);
  store<u32>(list, load<u32>(list, BUFFER_LENGTH) + EDIT_SIZE, BUFFER_LENGTH);
  editCount++;
}

// @ts-ignore: decorator
@inline
function placeOf(index: u32): u32 {
  return load<u32>(editAt(index), EDIT_PLACE);
}

/** Puts the edits in the order of their places and drops those that do not count. Requires: they lie in `document`. */
export function sortEdits(document: usize): void {
  let sorted = true;
  for (let index: u32 = 1; index < editCount && sorted; index++) sorted = placeOf(index - 1) <= placeOf(index);
  if (!sorted) heapSort();
  let kept: u32 = 0;
  let free: u32 = 0;
  for (let index: u32 = 0; index < editCount; index++) {
    const edit = editAt(index);
    const place = load<u32>(edit, EDIT_PLACE);
    if (place < free || (kept && placeOf(kept - 1) == place)) continue;
    const kind = load<u32>(edit, EDIT_KIND);
    if (kind == EDIT_REPLACE || kind == EDIT_DELETE || kind == EDIT_MERGE) free = place + valueBytes(document + place);
    if (kept != index) memory.copy(editAt(kept), edit, EDIT_SIZE);
    kept++;
  }
  editCount = kept;
}

/** Williams's heap sort: in place, O(n log n) always. */
function heapSort(): void {
  for (let start = editCount >> 1; start > 0; start--) sink(start - 1, editCount);
  for (let end = editCount - 1; end > 0; end--) {
    exchange(0, end);
    sink(0, end);
  }
}

function exchange(left: u32, right: u32): void {
  memory.copy(swap, editAt(left), EDIT_SIZE);
  memory.copy(editAt(left), editAt(right), EDIT_SIZE);
  memory.copy(editAt(right), swap, EDIT_SIZE);
}

function sink(index: u32, end: u32): void {
  while (true) {
    let child = (index << 1) + 1;
    if (child >= end) return;
    if (child + 1 < end && placeOf(child + 1) > placeOf(child)) child++;
    if (placeOf(index) >= placeOf(child)) return;
    exchange(index, child);
    index = child;
  }
}

/** Levels of nesting of a value; a scalar has none. */
export function depthOf(value: usize): u32 {
  const named = isObject(value);
  if (!named && !isArray(value)) return 0;
  let deepest: u32 = 0;
  let count = childCount(value);
  let child = firstChild(value);
  while (count--) {
    if (named) child = fieldValue(child);
    if (tagOf(child) < 0x40) {
      const depth = depthOf(child);
      if (depth > deepest) deepest = depth;
    }
    child = afterValue(child);
  }
  return deepest + 1;
}

let root: usize = 0;
let turn: u32 = 0;

/** Appends the new document to the packed writer's buffer. Requires: `sortEdits`. */
export function writeEdited(document: usize): void {
  root = document;
  turn = 0;
  rebuild(document, 0);
}

/** Place of the next edit, or the largest number. */
function nextPlace(): u32 {
  return turn < editCount ? placeOf(turn) : u32.MAX_VALUE;
}

function rebuild(node: usize, level: u32): void {
  const place = <u32>(node - root);
  const bytes = valueBytes(node);
  const next = nextPlace();
  if (next >= place + bytes) writePacked(node, bytes);
  else if (next > place) rebuildContainer(node, level, 0);
  else {
    const edit = editAt(turn++);
    const kind = load<u32>(edit, EDIT_KIND);
    if (kind == EDIT_REPLACE) writeSource(edit, level);
    else if (kind == EDIT_MERGE) writeMerged(node, load<u32>(edit, EDIT_SOURCE), level);
    else rebuildContainer(node, level, edit);
  }
}

/** Writes the values that an edit brings. */
function writeSource(edit: usize, level: u32): void {
  const source = load<u32>(edit, EDIT_SOURCE);
  let value = packedAt(source);
  for (let count = load<u32>(edit, EDIT_COUNT); count; count--) {
    if (level + depthOf(value) > DEPTH_MAX) editTooDeep = true;
    value = afterValue(value);
  }
  writePackedAgain(source, load<u32>(edit, EDIT_BYTES));
}

/** Whether the edit (0: none) takes away the element with this index. */
function removes(edit: usize, index: u32): bool {
  if (!edit) return false;
  const kind = load<u32>(edit, EDIT_KIND);
  if (kind == EDIT_REMOVE) return load<u32>(edit, EDIT_A) == index;
  return kind == EDIT_TRIM && (index < load<u32>(edit, EDIT_A) || index >= load<u32>(edit, EDIT_B));
}

function rebuildContainer(node: usize, level: u32, edit: usize): void {
  const named = isObject(node);
  const count = childCount(node);
  const start = openContainer();
  const insertAt = edit && load<u32>(edit, EDIT_KIND) == EDIT_INSERT ? load<u32>(edit, EDIT_A) : u32.MAX_VALUE;
  let written: u32 = 0;
  let child = firstChild(node);
  for (let index: u32 = 0; index < count; index++) {
    if (index == insertAt) {
      writeSource(edit, level + 1);
      written += load<u32>(edit, EDIT_COUNT);
    }
    const value = named ? fieldValue(child) : child;
    const after = afterValue(value);
    if (removes(edit, index)) {
      while (nextPlace() < <u32>(after - root)) turn++;
    } else if (nextPlace() == <u32>(value - root) && load<u32>(editAt(turn), EDIT_KIND) == EDIT_DELETE) turn++;
    else {
      if (named) writePacked(child, <u32>(value - child));
      rebuild(value, level + 1);
      written++;
    }
    child = after;
  }
  if (insertAt == count) {
    writeSource(edit, level + 1);
    written += load<u32>(edit, EDIT_COUNT);
  }
  if (edit && load<u32>(edit, EDIT_KIND) == EDIT_FIELD) {
    writeName(<usize>load<u32>(edit, EDIT_A), load<u32>(edit, EDIT_B));
    writeSource(edit, level + 1);
    written++;
  }
  if (named) closeObject(start, written);
  else closeArray(start, written);
}

/**
 * Writes the result of merging a patch (at an offset of the writer's buffer) into a value, 0: into nothing. RFC 7396: an
 * object's members replace or are merged, null takes away, any other patch replaces.
 */
export function writeMerged(value: usize, patch: u32, level: u32): void {
  if (!isObject(packedAt(patch))) {
    if (level + depthOf(packedAt(patch)) > DEPTH_MAX) editTooDeep = true;
    writePackedAgain(patch, valueBytes(packedAt(patch)));
    return;
  }
  if (level >= DEPTH_MAX) {
    editTooDeep = true;
    return;
  }
  const start = openContainer();
  const target = value && isObject(value) ? value : 0;
  let written: u32 = 0;
  if (target) written = mergeFields(target, patch, level);
  written += addFields(target, patch, level);
  closeObject(start, written);
}

/** The fields of the target, with the patch's members merged in; returns how many stay. */
function mergeFields(target: usize, patch: u32, level: u32): u32 {
  const index = indexFields(packedAt(patch));
  let written: u32 = 0;
  let field = firstChild(target);
  for (let count = childCount(target); count; count--) {
    const value = fieldValue(field);
    const member = findIndexed(index, packedAt(patch), namePointer(field), readLength(field));
    if (!member || tagOf(member) != TAG_NULL) {
      const memberOffset = member ? <u32>(member - packedAt(0)) : 0;
      writePacked(field, <u32>(value - field));
      if (member) writeMerged(value, memberOffset, level + 1);
      else writePacked(value, valueBytes(value));
      written++;
    }
    field = afterValue(value);
  }
  releaseIndex(index);
  return written;
}

/** The members of the patch that the target (0: none) does not have; returns how many. */
function addFields(target: usize, patch: u32, level: u32): u32 {
  const index = target ? indexFields(target) : 0;
  let written: u32 = 0;
  let field = <u32>(firstChild(packedAt(patch)) - packedAt(0));
  for (let count = childCount(packedAt(patch)); count; count--) {
    const name = packedAt(field);
    const value = <u32>(fieldValue(name) - packedAt(0));
    const next = <u32>(afterValue(packedAt(value)) - packedAt(0));
    if (tagOf(packedAt(value)) != TAG_NULL && !(target && findIndexed(index, target, namePointer(name), readLength(name)))) {
      writePackedAgain(field, value - field);
      writeMerged(0, value, level + 1);
      written++;
    }
    field = next;
  }
  releaseIndex(index);
  return written;
}
