/**
 * Descriptors of declared tables, as the host gives them to `table_define` and the engine keeps them. Bytes, little-endian;
 * plain constants only. Offsets of names and constants count from the descriptor's start.
 *
 *   head (TABLE_HEAD bytes)
 *   0   u32 bytes of the descriptor
 *   4   u16 columns, u16 columns of the primary key (0: rows are numbered)
 *   8   u32 checks
 *   12  u32 offset of the name of the primary key: u16 length, bytes (0: none)
 *   16  u64 the next number of a row without primary key; the engine counts it up
 *   24  u8 numbers of the primary key's columns, at most KEY_COLUMNS_MAX
 *
 *   columns (COLUMN_BYTES each), then checks (CHECK_BYTES each), then names and constants
 *
 * A function of the table (`CHECK`, a default that is no constant) is a slot of the exported function table:
 * `(row: address of a row block) → i32`. A check answers 0 for false, else it holds. A default answers 0 for NULL, else its value
 * lies in CELL_ERROR_FIRST of the plan's cells. Both may set CELL_ERROR.
 */
export const TABLE_BYTES = 0;
export const TABLE_COLUMNS = 4;
export const TABLE_KEY_COLUMNS = 6;
export const TABLE_CHECKS = 8;
export const TABLE_KEY_NAME = 12;
export const TABLE_NEXT_ROW = 16;
export const TABLE_KEY = 24;
export const KEY_COLUMNS_MAX = 16;
export const TABLE_HEAD = 40;

/** u8 SLOT_*, u8 TYPE_*, u8 COLUMN_* flags, i32 modifier of the type, or -1: none (numeric: precision << 16 | scale). */
export const COLUMN_KIND = 0;
export const COLUMN_TYPE = 1;
export const COLUMN_FLAGS = 2;
export const COLUMN_MODIFIER = 4;
/** u32 slot of the function table for DEFAULT_FUNCTION; u64 slot for DEFAULT_CONSTANT, long words as offsets. */
export const COLUMN_FUNCTION = 8;
export const COLUMN_NAME = 12;
export const COLUMN_NAME_BYTES = 16;
export const COLUMN_DEFAULT = 24;
export const COLUMN_BYTES = 32;

export const COLUMN_NOT_NULL = 1;
export const COLUMN_DEFAULT_CONSTANT = 2;
export const COLUMN_DEFAULT_FUNCTION = 4;
/** Identity and serial: counted by TABLE_NEXT_ROW. */
export const COLUMN_COUNTED = 8;

/** u32 slot of the function table, u32 offset and length of the name. */
export const CHECK_FUNCTION = 0;
export const CHECK_NAME = 4;
export const CHECK_NAME_BYTES = 8;
export const CHECK_BYTES = 12;

/** Types that share a slot kind. */
export const TYPE_PLAIN = 0;
export const TYPE_SMALLINT = 1;
export const TYPE_INTEGER = 2;
export const TYPE_BIGINT = 3;
export const TYPE_REAL = 4;
export const TYPE_VARCHAR = 5;
export const TYPE_CHAR = 6;

/**
 * Rules of a foreign key, as `reference_add` takes them: what becomes of rows that refer to one which is deleted, and (by
 * REFERENCE_UPDATE_SHIFT) to one that gets another key; REFERENCE_FULL: MATCH FULL.
 */
export const ACTION_NONE = 0;
export const ACTION_RESTRICT = 1;
export const ACTION_CASCADE = 2;
export const ACTION_SET_NULL = 3;
export const ACTION_SET_DEFAULT = 4;
export const ACTION_MASK = 7;
export const REFERENCE_UPDATE_SHIFT = 3;
export const REFERENCE_FULL = 64;

/** Row block: the values of a row outside of its record: u64 nulls, u64 given columns, slots of 8 bytes, words absolute. */
export const BLOCK_NULLS = 0;
export const BLOCK_GIVEN = 8;
export const BLOCK_SLOTS = 16;
/** Most columns: each has a bit. */
export const TABLE_COLUMNS_MAX = 63;

/**
 * Batch: rows of any form that all keep their values at the same offsets, as their targets say: u32 number of the declared column; u32 offset of the byte SLOT_* (0: NULL; with BATCH_COERCE: to be made a value of the column), u32 offset of the 8 bytes
 * of the value; in a collection without schema u32 address and u32 bytes of a path (for each name u16 length and
 * bytes), no bytes: the row's id.
 */
export const TARGET_COLUMN = 0;
export const TARGET_TAG = 4;
export const TARGET_VALUE = 8;
export const TARGET_PATH = 12;
export const TARGET_PATH_BYTES = 16;
export const TARGET_BYTES = 20;
export const BATCH_COERCE = 128;

/**
 * Write: what becomes of a compiled query's rows: u32 WRITE_*, u32 address and u32 bytes of the collection's name, u32 where a row has the
 * number (i64) of the row that is changed or removed; then u32 how many targets, and the targets (TARGET_*).
 */
export const WRITE_KIND = 0;
export const WRITE_NAME = 4;
export const WRITE_NAME_BYTES = 8;
export const WRITE_NUMBER = 12;
export const WRITE_COUNT = 16;
export const WRITE_TARGETS = 20;
export const WRITE_INSERT = 1;
export const WRITE_UPDATE = 2;
export const WRITE_DELETE = 3;

/**
 * Conversion: what becomes of the rows of a table that is altered: u32 address of the old descriptor, u32 address and u32 bytes of the prefix
 * under which the rows are, u32 CONVERSION_* flags; then for each new column i32: the number of an old column, CONVERSION_DEFAULT, or
 * CONVERSION_DEFAULT minus the slot of a function of the old row, which answers as a default does.
 *
 * LOGGED: rows that stay under their keys become others by more than the declaration. TO_SCRATCH, FROM_SCRATCH: nobody is told of the keys
 * that they get, or had: rows whose keys are made anew go through a prefix of their own.
 */
export const CONVERSION_OLD = 0;
export const CONVERSION_PREFIX = 4;
export const CONVERSION_PREFIX_BYTES = 8;
export const CONVERSION_FLAGS = 12;
export const CONVERSION_COLUMNS = 16;
export const CONVERSION_LOGGED = 1;
export const CONVERSION_TO_SCRATCH = 2;
export const CONVERSION_FROM_SCRATCH = 4;
export const CONVERSION_DEFAULT = -1;
