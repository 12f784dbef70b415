/**
 * Tags of the packed form (value/packed.ts has the layout): what the host reads out of results and writes into parameters.
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

/** Deepest nesting of arrays and objects. */
export const PACKED_DEPTH_MAX = 128;
/** Arrays of at least this many elements (in the long form) have a table of the offsets of elements 16, 32 ... */
export const PACKED_TABLE_COUNT_MIN = 32;
export const PACKED_TABLE_STEP = 16;
