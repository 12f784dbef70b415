/**
 * Freeing an entry with everything that hangs on it, and how much that is. One place that knows which encodings have
 * blocks of their own.
 */
import { PURPOSE_ENTRY, PURPOSE_VALUE } from "../abi/status";
import { allocatedSize, release } from "../memory/allocator";
import { ENTRY_KIND, ENTRY_VALUE_LENGTH, valuePointer } from "../structure/entry";

/** Encodings: the high half of an entry's kind byte. BYTES, INTEGER and RAW lie in the entry. */
export const ENCODING_BYTES: u32 = 0;
/** Value: i64. */
export const ENCODING_INTEGER: u32 = 1 << 4;
/** Bytes in the entry that a command changed in place: Redis calls such a value "raw" whatever its length. */
export const ENCODING_RAW: u32 = 2 << 4;
/** The same number in an entry that is no string: its value is tree records (entry-trees.ts). */
export const ENCODING_TREES: u32 = ENCODING_RAW;
/** Value: {u32 address, u32 capacity} of a block under PURPOSE_VALUE. */
export const ENCODING_EXTERNAL: u32 = 3 << 4;
export const ENCODING_MASK: u32 = 0x30;
/** Bit beside the encoding of a document: its value is a record (value/record.ts), else it is packed. */
export const KIND_RECORD: u32 = 0x40;
export const TYPE_MASK: u32 = 0x0f;
export const EXTERNAL_POINTER: usize = 0;
export const EXTERNAL_CAPACITY: usize = 4;
export const EXTERNAL_ROOT_BYTES: u32 = 8;

/** Frees the entry's block and its value's; not its trees. */
export function releaseEntry(entry: usize): void {
  if ((load<u8>(entry, ENTRY_KIND) & (<u8>ENCODING_MASK)) == <u8>ENCODING_EXTERNAL) {
    release(<usize>load<u32>(valuePointer(entry), EXTERNAL_POINTER), PURPOSE_VALUE);
  }
  release(entry, PURPOSE_ENTRY);
}

/** Bytes that the entry and its value take; of one with trees, their records alone. */
export function entrySize(entry: usize): u64 {
  let size = <u64>allocatedSize(entry);
  if ((load<u8>(entry, ENTRY_KIND) & (<u8>ENCODING_MASK)) == <u8>ENCODING_EXTERNAL) {
    size += allocatedSize(<usize>load<u32>(valuePointer(entry), EXTERNAL_POINTER));
  }
  return size;
}

/** Address of the value's bytes, in the entry or in their block. Requires: the value is no integer. */
export function valueAddress(entry: usize): usize {
  const value = valuePointer(entry);
  const external = (load<u8>(entry, ENTRY_KIND) & (<u8>ENCODING_MASK)) == <u8>ENCODING_EXTERNAL;
  return external ? <usize>load<u32>(value, EXTERNAL_POINTER) : value;
}

/** Bytes of the value part inside the entry's block. */
export function valueRootBytes(entry: usize): u32 {
  const encoding = (<u32>load<u8>(entry, ENTRY_KIND)) & ENCODING_MASK;
  return encoding == ENCODING_BYTES || encoding == ENCODING_RAW ? load<u32>(entry, ENTRY_VALUE_LENGTH) : EXTERNAL_ROOT_BYTES;
}
