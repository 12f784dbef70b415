/**
 * What compiled plans, the engine's runtime structures and the host share: the state block of an execution, structures that
 * generated code reads by itself, and the rows of a result. Bytes, little-endian; plain constants only.
 */

// State block: taken with `plan_allocate`, zeroed; the host writes its inputs (host/query/codegen/compiled.ts says where).
/** u32: the stage that runs next, counted from 0. */
export const STATE_STAGE = 0;
/** i32: work that may be done before the plan answers PLAN_MORE; about one unit for each row looked at. */
export const STATE_BUDGET = 4;
/** u32: the plan's memory (`plan_open`). */
export const STATE_PLAN = 8;
/** u32: the result's rows (`output_new`), made by the plan. */
export const STATE_OUTPUT = 12;
/** u32: number of the database that the plan reads. */
export const STATE_DATABASE = 16;
export const STATE_SLOTS = 24;
/** An input: u32 SLOT_* (0: NULL), u32 zero, 8 bytes payload. */
export const INPUT_TAG = 0;
export const INPUT_PAYLOAD = 8;
export const INPUT_BYTES = 16;

/** Plan memory (`plan_open`): u32 bytes that it may still take. */
export const PLAN_LEFT = 4;

// Lists of tuples, and hash tables, which are lists with a directory.
/** u32: first chunk, 0: none; u32: chunk in which tuples are added; u32: next free address and end there. */
export const LIST_FIRST = 0;
export const LIST_LAST = 4;
export const LIST_NEXT = 8;
export const LIST_END = 12;
/** u32: tuples; u32: bytes of a tuple. */
export const LIST_COUNT = 16;
export const LIST_TUPLE = 20;
/** u32: the plan's memory. */
export const LIST_PLAN = 24;
/** u32: address of the directory: u32 addresses of segments, each TABLE_SEGMENT_BUCKETS u32 tuples (or all of a small table). */
export const TABLE_DIRECTORY = 28;
/** u32: buckets - 1. */
export const TABLE_MASK = 32;
/** u32: count at which the directory grows; u32: tuples linked (of a table that is linked at once). */
export const TABLE_LIMIT = 36;
export const TABLE_LINKED = 40;
/** u32: chunk and address of the next tuple to link. */
export const TABLE_LINK_CHUNK = 44;
export const TABLE_LINK_NEXT = 48;
/**
 * Of a join's table, once it is linked: u32 address of its filter, and u32 s: u64 number `hash >>> s` of the filter has the bits
 * `hash & 63` and `hash >>> 6 & 63` set if a tuple has such a hash. A filter that would not be small says yes to all.
 */
export const TABLE_FILTER = 52;
export const TABLE_FILTER_SHIFT = 56;
export const TABLE_BYTES = 64;
/** Chunk of tuples: u32 next chunk, u32 end of the tuples in it, then tuples. */
export const CHUNK_NEXT = 0;
export const CHUNK_END = 4;
export const CHUNK_TUPLES = 8;
/** Tuple of a hash table: u32 next of its bucket, u32 hash, then its fields. */
export const TUPLE_NEXT = 0;
export const TUPLE_HASH = 4;
export const TUPLE_FIELDS = 8;
export const TABLE_SEGMENT_SHIFT = 14;
export const TABLE_SEGMENT_BUCKETS = 16384;

// Sums of dynamic values: slots count, form, value. A form says what the value is: an i64, an f64, or the word of a NUMERIC.
export const SUM_INTEGER = 1;
export const SUM_DOUBLE = 2;
export const SUM_NUMERIC = 3;

// Sorting: tuples begin with their keys, 8 bytes each.
/** A key: unsigned, smaller first (direction and NULLs are folded in by the plan); or a word whose bytes are compared. */
export const KEY_UNSIGNED = 0;
export const KEY_BYTES = 1;
export const KEY_BYTES_DESCENDING = 2;
/** An unsigned number below 2^33: a small integer with NULL in it. */
export const KEY_SMALL = 3;
/** 0 or 1: whether the key behind it is NULL. */
export const KEY_FLAG = 4;
/** Sorter: a list (LIST_*), then u32 keys, u32 address of their kinds (a byte each). */
export const SORT_KEYS = 28;
export const SORT_KINDS = 32;
/** u32: address of the directory of elements, in order when the sort is done; u32: elements. */
export const SORT_DIRECTORY = 36;
export const SORT_COUNT = 40;
/** Element: u64 what the first key says of the order, u32 tuple, u32 zero; a segment of the directory has a power of two of them. */
export const ELEMENT_TUPLE = 8;
export const ELEMENT_SHIFT = 4;
export const SORT_SEGMENT_SHIFT = 12;
export const SORT_SEGMENT_ELEMENTS = 4096;
/** Top-k: u32 tuple to fill before `topk_push`; u32 the last of those kept, 0 as long as there is room. */
export const TOPK_CANDIDATE = 72;
export const TOPK_WORST = 76;
export const SORT_BYTES = 88;

// Rows found by key or through an index: u32 count, u32 zero, then u32 row numbers, as many as there is room for.
export const FOUND_COUNT = 0;
export const FOUND_ROWS = 8;
/** Rows that are taken from an index at once. */
export const FOUND_BATCH = 256;

// Result rows: a byte SLOT_* (0: NULL) for each column, padded to 8; then 8 bytes for each column. Words are absolute.
/** Output: a list (LIST_*) of rows; their long words lie in chunks of their own. */
export const OUTPUT_TEXT_FIRST = 28;
export const OUTPUT_TEXT_NEXT = 32;
export const OUTPUT_TEXT_END = 36;
export const OUTPUT_BYTES = 40;
