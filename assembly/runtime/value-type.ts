/**
 * valueType(): the most exact type of a value in Cypher's words (Neo4j 5, "Values and types"): `INTEGER NOT NULL`, `NULL`,
 * `LIST<INTEGER | STRING> NOT NULL` of a list that has NULL among its items.
 *
 * Types of a list's items stand in the order of the manual, each once. Lists in a list are described together: their items' types are those
 * of all of them.
 *
 * Cost: O(bytes of lists).
 */
import { SLOT_ARRAY, SLOT_TEMPORAL, SLOT_TIME } from "../abi/record";
import { builderReset, builderWord, putByte, putBytes } from "../value/builder";
import {
  KIND_BOOLEAN,
  KIND_DATE,
  KIND_DATETIME,
  KIND_DURATION,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_LIST,
  KIND_LOCAL_DATETIME,
  KIND_MAP,
  KIND_NODE,
  KIND_NULL,
  KIND_PATH,
  KIND_RELATIONSHIP,
  KIND_STRING,
  KIND_TIME,
  kindOfValue,
} from "../value/cypher-argument";
import { itemPayload, itemTag, readItem } from "../value/cypher-item";
import { DEPTH_MAX, afterValue, childCount, firstChild } from "../value/packed";
import { TEMPORAL_LOCAL_TIME, temporalKind } from "../value/temporal";
import { SPILL_FIRST, wordBytes } from "../value/word";

/** Behind the kinds of cypher-argument.ts. */
const KIND_LOCAL_TIME: u32 = 1 << 16;

/** Kinds in the order in which a type names them. */
// prettier-ignore
const ORDER: usize = memory.data<u32>([
  KIND_BOOLEAN, KIND_STRING, KIND_INTEGER, KIND_FLOAT, KIND_DATE, KIND_LOCAL_TIME, KIND_TIME, KIND_LOCAL_DATETIME, KIND_DATETIME,
  KIND_DURATION, KIND_NODE, KIND_RELATIONSHIP, KIND_MAP, KIND_LIST, KIND_PATH,
]);
const ORDERED: u32 = 15;

/** Their names, then some other words: length and bytes. */
// prettier-ignore
const NAMES: usize = memory.data<u8>([
  7, 66, 79, 79, 76, 69, 65, 78, 0, 0, 0, 0, 0, 0, 0, 0, // BOOLEAN
  6, 83, 84, 82, 73, 78, 71, 0, 0, 0, 0, 0, 0, 0, 0, 0, // STRING
  7, 73, 78, 84, 69, 71, 69, 82, 0, 0, 0, 0, 0, 0, 0, 0, // INTEGER
  5, 70, 76, 79, 65, 84, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // FLOAT
  4, 68, 65, 84, 69, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // DATE
  10, 76, 79, 67, 65, 76, 32, 84, 73, 77, 69, 0, 0, 0, 0, 0, // LOCAL TIME
  10, 90, 79, 78, 69, 68, 32, 84, 73, 77, 69, 0, 0, 0, 0, 0, // ZONED TIME
  14, 76, 79, 67, 65, 76, 32, 68, 65, 84, 69, 84, 73, 77, 69, 0, // LOCAL DATETIME
  14, 90, 79, 78, 69, 68, 32, 68, 65, 84, 69, 84, 73, 77, 69, 0, // ZONED DATETIME
  8, 68, 85, 82, 65, 84, 73, 79, 78, 0, 0, 0, 0, 0, 0, 0, // DURATION
  4, 78, 79, 68, 69, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // NODE
  12, 82, 69, 76, 65, 84, 73, 79, 78, 83, 72, 73, 80, 0, 0, 0, // RELATIONSHIP
  3, 77, 65, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // MAP
  5, 76, 73, 83, 84, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // LIST<
  4, 80, 65, 84, 72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // PATH
  7, 78, 79, 84, 72, 73, 78, 71, 0, 0, 0, 0, 0, 0, 0, 0, // NOTHING
  4, 78, 85, 76, 76, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // NULL
  9, 32, 78, 79, 84, 32, 78, 85, 76, 76, 0, 0, 0, 0, 0, 0, //  NOT NULL
  3, 32, 124, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //  | 
]);
const NAME_SHIFT: u32 = 4;
const NAME_NOTHING: u32 = 15;
const NAME_NULL: u32 = 16;
const NAME_NOT_NULL: u32 = 17;
const NAME_OR: u32 = 18;
const GREATER: u32 = 62;

/** Kinds of the values at each depth of lists. */
const kinds: usize = memory.data((<i32>DEPTH_MAX + 2) << 2, 8);

// @ts-ignore: decorator
@inline
function at(depth: u32): usize {
  return kinds + ((<usize>depth) << 2);
}

export function value_type(tag: i32, payload: i64): u64 {
  memory.fill(kinds, 0, (<usize>DEPTH_MAX + 2) << 2);
  describe(tag, payload, 0);
  builderReset();
  putType(0);
  return builderWord();
}

/** Notes the kind of a value at a depth, and of what is in it if it is a list. */
function describe(tag: u32, payload: u64, depth: u32): void {
  let kind = kindOfValue(tag, payload);
  if (itemTag == SLOT_TEMPORAL && temporalKind(itemPayload) == TEMPORAL_LOCAL_TIME) kind = KIND_LOCAL_TIME;
  else if (itemTag == SLOT_TIME) kind = KIND_LOCAL_TIME;
  store<u32>(at(depth), load<u32>(at(depth)) | kind);
  if (itemTag != SLOT_ARRAY || depth > <u32>DEPTH_MAX) return;
  const list = wordBytes(itemPayload, SPILL_FIRST);
  const count = childCount(list);
  let item = firstChild(list);
  for (let index: u32 = 0; index < count; index++) {
    readItem(item);
    describe(itemTag, itemPayload, depth + 1);
    item = afterValue(item);
  }
}

function putName(number: u32): void {
  const name = NAMES + ((<usize>number) << NAME_SHIFT);
  putBytes(name + 1, load<u8>(name));
}

function putType(depth: u32): void {
  const found = load<u32>(at(depth));
  const isNullable = (found & KIND_NULL) != 0;
  let isFirst = true;
  for (let index: u32 = 0; index < ORDERED; index++) {
    const kind = load<u32>(ORDER + ((<usize>index) << 2));
    if (!(found & kind)) continue;
    if (!isFirst) putName(NAME_OR);
    isFirst = false;
    putName(index);
    if (kind == KIND_LIST) {
      putType(depth + 1);
      putByte(GREATER);
    }
    if (!isNullable) putName(NAME_NOT_NULL);
  }
  if (isFirst) putName(isNullable ? NAME_NULL : NAME_NOTHING);
}
