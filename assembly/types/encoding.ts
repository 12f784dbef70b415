/**
 * The names that OBJECT ENCODING answers. They follow Redis's limits, not our layout (types/container.ts).
 */
import { TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_SORTED_SET, TYPE_STRING } from "../abi/status";
import { isTimed } from "../structure/entry-due";
import { typeOf } from "./container";
import { isSmallHash } from "./hash";
import { isSmallList } from "./list";
import { isIntegerSet, isSmallSet } from "./set";
import { isSmallSorted } from "./sorted-set";
import { stringEncoding } from "./string";

/** Sixteen bytes each, and their lengths. */
const NAMES: usize = memory.data<u8>([
  105,
  110,
  116,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // int
  101,
  109,
  98,
  115,
  116,
  114,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // embstr
  114,
  97,
  119,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // raw
  108,
  105,
  115,
  116,
  112,
  97,
  99,
  107,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // listpack
  104,
  97,
  115,
  104,
  116,
  97,
  98,
  108,
  101,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // hashtable
  105,
  110,
  116,
  115,
  101,
  116,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // intset
  113,
  117,
  105,
  99,
  107,
  108,
  105,
  115,
  116,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // quicklist
  115,
  107,
  105,
  112,
  108,
  105,
  115,
  116,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0, // skiplist
  108,
  105,
  115,
  116,
  112,
  97,
  99,
  107,
  101,
  120,
  0,
  0,
  0,
  0,
  0,
  0, // listpackex
]);
const LENGTHS: usize = memory.data<u8>([3, 6, 3, 8, 9, 6, 9, 8, 10]);
const RAW: u32 = 2;
const LISTPACK: u32 = 3;
const HASHTABLE: u32 = 4;
const INTSET: u32 = 5;
const QUICKLIST: u32 = 6;
const SKIPLIST: u32 = 7;
const LISTPACKEX: u32 = 8;

export let encodingPointer: usize = 0;
export let encodingLength: u32 = 0;

/** Reads the name of an entry's encoding into `encodingPointer` and `encodingLength`. */
export function readEncoding(entry: usize): void {
  const name = encodingOf(entry);
  encodingPointer = NAMES + ((<usize>name) << 4);
  encodingLength = load<u8>(LENGTHS + name);
}

function encodingOf(entry: usize): u32 {
  const type = typeOf(entry);
  if (type == TYPE_STRING) return stringEncoding(entry);
  if (type == TYPE_HASH) return !isSmallHash(entry) ? HASHTABLE : isTimed(entry) ? LISTPACKEX : LISTPACK;
  if (type == TYPE_SET) return isIntegerSet(entry) ? INTSET : isSmallSet(entry) ? LISTPACK : HASHTABLE;
  if (type == TYPE_LIST) return isSmallList(entry) ? LISTPACK : QUICKLIST;
  if (type == TYPE_SORTED_SET) return isSmallSorted(entry) ? LISTPACK : SKIPLIST;
  // What Redis says of a module's value.
  return RAW;
}
