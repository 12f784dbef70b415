/**
 * Of the packed form (value/packed.ts has all of it): the tags of what the host makes and takes apart by itself, lists of nodes and
 * relationships and paths, and the lists and maps that they stand in. Plain constants only.
 *
 * PACKED_ARRAY: u8 bytes of the elements, u8 count, elements. PACKED_ARRAY_LONG: u32 bytes, u32 count, elements, and from
 * PACKED_TABLE_COUNT elements on a table: u32 offsets of elements PACKED_TABLE_STEP, 2 * PACKED_TABLE_STEP ... from the first one on;
 * `bytes` counts the table too. PACKED_NODE and PACKED_RELATIONSHIP: u32 number. PACKED_PATH: an array behind the tag.
 */
export const PACKED_NULL = 0;
export const PACKED_ARRAY = 16;
export const PACKED_ARRAY_LONG = 17;
export const PACKED_NODE = 20;
export const PACKED_RELATIONSHIP = 21;
export const PACKED_PATH = 22;
export const PACKED_SHORT_HEAD = 3;
export const PACKED_LONG_HEAD = 9;
export const PACKED_REFERENCE_BYTES = 5;
export const PACKED_TABLE_COUNT = 32;
export const PACKED_TABLE_STEP = 16;
