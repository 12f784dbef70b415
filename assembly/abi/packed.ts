/**
 * Tags of the packed form (value/packed.ts has the layout): what the host reads out of results, and makes of parameters, lists of nodes
 * and relationships, and paths. Plain constants only.
 *
 * PACKED_ARRAY: u8 bytes of the elements, u8 count, elements. PACKED_ARRAY_LONG: u32 bytes, u32 count, elements, and from
 * PACKED_TABLE_COUNT elements on a table: u32 offsets of elements PACKED_TABLE_STEP, 2 * PACKED_TABLE_STEP ... from the first one on;
 * `bytes` counts the table too. PACKED_NODE and PACKED_RELATIONSHIP: u32 number. PACKED_PATH: an array behind the tag.
 */
export const PACKED_NULL = 0;
export const PACKED_FALSE = 1;
export const PACKED_TRUE = 2;
export const PACKED_INT8 = 3;
export const PACKED_INT16 = 4;
export const PACKED_INT32 = 5;
export const PACKED_INT64 = 6;
export const PACKED_DOUBLE = 7;
export const PACKED_DECIMAL8 = 8;
export const PACKED_DECIMAL16 = 9;
export const PACKED_DECIMAL32 = 10;
export const PACKED_NUMBER_TEXT = 11;
export const PACKED_STRING = 12;
export const PACKED_ARRAY = 16;
export const PACKED_ARRAY_LONG = 17;
export const PACKED_OBJECT = 18;
export const PACKED_OBJECT_LONG = 19;
export const PACKED_NODE = 20;
export const PACKED_RELATIONSHIP = 21;
export const PACKED_PATH = 22;
export const PACKED_ENTITY = 23;
export const PACKED_TYPED = 24;
export const PACKED_SHORT_STRING = 0x40;
export const PACKED_SMALL_INTEGER = 0x80;

/** First element of the array behind PACKED_ENTITY. */
export const PACKED_ENTITY_NODE = 0;
export const PACKED_ENTITY_RELATIONSHIP = 1;
export const PACKED_ENTITY_PATH = 2;
export const PACKED_ENTITY_TEMPORAL = 3;

export const PACKED_SHORT_HEAD = 3;
export const PACKED_LONG_HEAD = 9;
export const PACKED_REFERENCE_BYTES = 5;
export const PACKED_TABLE_COUNT = 32;
export const PACKED_TABLE_STEP = 16;
/** Deepest nesting of arrays and objects. */
export const PACKED_DEPTH_MAX = 128;
