/**
 * Values as compiled plans, records and results hold them. Bytes, little-endian; plain constants only.
 *
 * Slot (8 bytes): one value, as SLOT_* says.
 *
 * Word (8 bytes): a byte string, as the kinds marked "word" hold it.
 *   inline   byte 0: length 0..7, bytes 1..7: the bytes, the rest zero
 *   long     byte 0: WORD_LONG, bytes 1..3: length, or WORD_HUGE where it is not less; bytes 4..7: address
 * The bytes of a huge string have their u32 length in front. A string of up to 7 bytes is always inline, so words with one
 * of them inline are equal only if all 64 bits are. In a record the address counts from the record's start; everywhere else
 * it is absolute.
 *
 * Record: a JSON object or a row, in the value part of its entry (or the block that the entry points to).
 *   0   u32 row: its place in the collection (NO_ROW: in none)
 *   4   u16 shape: number of its shape in the collection
 *   6   u16 zero
 *   8   u64 nulls: bit set: the field is null or missing
 *   16  u64 missing: bit set: the field is missing (and null)
 *   24  slots, 8 bytes each
 *   ..  tail: bytes of long words
 * A packed document has the row and, from offset 4 on, its packed value (value/packed.ts). Which it is says the entry's
 * encoding.
 *
 * Rows of a collection: chunks of row elements {u32 entry, u32 record}; entry 0: no such row; record 0: the document is packed.
 */

// Slot kinds ----------------------------------------------------------------------------------------------------------
/** No slot: an object whose fields are fields of the shape. As a tag: NULL. */
export const SLOT_NONE = 0;
/** i64 0 or 1. */
export const SLOT_BOOLEAN = 1;
/** i64: smallint, integer, bigint; JSON integers. */
export const SLOT_INTEGER = 2;
/** f64: real, double precision; JSON numbers that are not integers. */
export const SLOT_DOUBLE = 3;
/** JSON numbers of both sorts: f64, or a NaN whose low 51 bits are an integer's (NUMBER_*). */
export const SLOT_NUMBER = 4;
/** Word: UTF-8. */
export const SLOT_TEXT = 5;
/** Word: value/numeric.ts. */
export const SLOT_NUMERIC = 6;
/** i64: days since 1970-01-01. */
export const SLOT_DATE = 7;
/** i64: microseconds since midnight. */
export const SLOT_TIME = 8;
/** i64: microseconds since 1970-01-01 00:00; without and with (UTC) time zone. Infinity: the largest and smallest i64. */
export const SLOT_TIMESTAMP = 9;
export const SLOT_TIMESTAMPTZ = 10;
/** Word: 16 bytes. */
export const SLOT_UUID = 11;
/** Word: bytes. */
export const SLOT_BYTEA = 12;
/** Word: a packed value of any kind (value/packed.ts); never JSON null where a null bit can say it. */
export const SLOT_JSON = 13;
/** Word: a packed array (value/packed.ts); the elements are what the column's type says, printed as JSON holds them. */
export const SLOT_ARRAY = 14;
/** Word: i64 microseconds, i32 days, i32 months. */
export const SLOT_INTERVAL = 15;
/** i64: number of a node, of a relationship. In plans only, never in records. */
export const SLOT_NODE = 16;
export const SLOT_RELATIONSHIP = 17;
/** Word: a packed array of nodes and relationships in turn (value/packed.ts). In plans only. */
export const SLOT_PATH = 18;
/** Word: a date, time or duration of Cypher's (value/temporal.ts). In plans only. */
export const SLOT_TEMPORAL = 19;
export const SLOT_KINDS = 20;
/** Elements of arrays whose types share a slot with a wider one, for what reads arrays from text. */
export const ELEMENT_SMALLINT = 32;
export const ELEMENT_INTEGER = 33;
export const ELEMENT_REAL = 34;

/** SLOT_NUMBER: the upper 13 bits of a boxed integer, and the integers that can be boxed. */
export const NUMBER_BOX_SHIFT = 51;
export const NUMBER_INTEGER_MAX = 1125899906842623;

export const WORD_INLINE_MAX = 7;
export const WORD_LONG = 8;
export const WORD_HUGE = 16777215;

export const RECORD_ROW = 0;
export const RECORD_SHAPE = 4;
export const RECORD_NULLS = 8;
export const RECORD_MISSING = 16;
export const RECORD_SLOTS = 24;
export const RECORD_PACKED = 4;
export const NO_ROW = 2147483647;

/** Most fields of a shape (objects count), and most shapes of a collection. */
export const SHAPE_FIELDS_MAX = 64;
export const SHAPES_MAX = 64;
/** Documents of a collection before its documents get shapes. */
export const SHAPE_DOCUMENTS_MIN = 32;

/** Chunk of rows: header, then CHUNK_ROWS elements. The first chunk of a collection may have fewer. */
export const CHUNK_ROWS = 1024;
/** u64: earliest expiry of its rows, or the largest u64; never later than the truth. */
export const CHUNK_EXPIRY = 0;
/** u32: rows present; u32: rows present whose document is packed. */
export const CHUNK_LIVE = 8;
export const CHUNK_PACKED = 12;
/** u32: era of its birth (structure/birth.ts). */
export const CHUNK_BIRTH = 16;
export const CHUNK_HEADER = 24;
export const ROW_ENTRY = 0;
export const ROW_RECORD = 4;
export const ROW_BYTES = 8;

/**
 * Collection: the address that `collection_find` answers. It is good until the next write; plans look it up for each execution.
 * Row r lies in chunk r / CHUNK_ROWS of the directory, as element r % CHUNK_ROWS; rows at and behind COLLECTION_ROWS were never used.
 */
/** u32: rows present; row numbers in use so far; address of the directory (u32 addresses of chunks); chunks in it. */
export const COLLECTION_LIVE = 0;
export const COLLECTION_ROWS = 4;
export const COLLECTION_DIRECTORY = 8;
export const COLLECTION_CHUNKS = 12;
/** u32: changes whenever a field, a shape or a slot kind is added; never the same for two collections. */
export const COLLECTION_VERSION = 16;
/** u32: what a declared table keeps (0: the collection is not declared). */
export const COLLECTION_TABLE = 20;
/** u32: the first of its indexes (table/index.ts), or 0. */
export const COLLECTION_INDEXES = 44;
export const COLLECTION_SIZE = 60;

/**
 * Field of a collection, from `collection_field(collection, number)`: u32 address and u32 length of its name, u16 number of the
 * field whose object it is in (FIELD_ROOT: the document), u8 SLOT_* that new records have for it, u8 flags, u32 fields in
 * its objects.
 */
export const FIELD_NAME = 0;
export const FIELD_NAME_LENGTH = 4;
export const FIELD_PARENT = 8;
export const FIELD_KIND = 10;
export const FIELD_FLAGS = 11;
export const FIELD_CHILDREN = 12;
export const FIELD_SIZE = 16;
/** The document itself; and: no such field. */
export const FIELD_ROOT = 65535;
export const FIELD_NONE = -1;
/** Flags: a document has had an object there; a document has had the field. (A query may name fields that no document has.) */
export const FIELD_OBJECT = 1;
export const FIELD_SEEN = 2;
/** Fields that documents bring to a collection, and all fields of one, those that queries name among them. */
export const FIELDS_SEEN_MAX = 250;
export const FIELDS_MAX = 4096;

/**
 * What `shape_slot` answers: SLOT_* | bit << 8 | offset << 16; or SHAPE_NO_FIELD: no record of the shape has the field (NULL); or
 * SHAPE_INSIDE: its kind is known for each record alone (an object, SLOT_JSON, inside of another field's value): ask `record_field`.
 */
export const SHAPE_SLOT_BIT = 8;
export const SHAPE_SLOT_OFFSET = 16;
export const SHAPE_NO_FIELD = -1;
export const SHAPE_INSIDE = -2;

/**
 * Place of a field, as compiled plans keep it for each shape (`shape_places`): u32 kind | bit << 8 | offset << 16, never 0. The kind is
 * SLOT_BOOLEAN, SLOT_INTEGER, SLOT_DOUBLE, SLOT_NUMBER or SLOT_TEXT of a slot that plans read by themselves; SLOT_NONE: no record of the
 * shape has the field; PLACE_GENERIC: ask `record_field`.
 */
export const PLACE_BIT = 8;
export const PLACE_OFFSET = 16;
export const PLACE_GENERIC = 255;
export const PLACE_BYTES = 4;

// Cells of a running plan ---------------------------------------------------------------------------------------------
/**
 * One block, address from `runtime_cells()`. A function that plans call and that can fail stores its error and answers
 * anything; the plan looks after each call of such a function and returns PLAN_ERROR.
 */
/** u32: 0, or RUNTIME_ERROR_* (host/query/function/error.ts has text and SQLSTATE). */
export const CELL_ERROR = 0;
/** u32: SLOT_* of a value that a function answers besides it (0: NULL), where its signature says so. */
export const CELL_TAG = 4;
/** Two words: what the error's text names. */
export const CELL_ERROR_FIRST = 8;
export const CELL_ERROR_SECOND = 16;
/** f64 Unix milliseconds of the transaction's BEGIN, or of a statement outside of any, i64 microseconds of the same, i64 seconds east of UTC of the session. */
export const CELL_NOW = 24;
export const CELL_NOW_MICROSECONDS = 32;
export const CELL_ZONE = 40;
/** u32: bytes that the plan may still take from its arena. */
export const CELL_BUDGET = 48;
/** u32: address of the graph of the statement's database, or 0 while it has none. */
export const CELL_GRAPH = 52;
/** u64: state of random() and gen_random_uuid(). */
export const CELL_SEED = 56;
/** i64 microseconds: when the statement began, and when it looked at the clock last, at its begin or at that of a slice. */
export const CELL_STATEMENT = 64;
export const CELL_CLOCK = 72;
export const CELLS_SIZE = 80;

/** A plan's memory of what its rows take (`row_release`): u64 mark of the arena, the budget there (u32), what states had taken (u32). */
export const ROW_ARENA_BUDGET = 8;
export const ROW_ARENA_STATES = 12;

/** What a plan's function answers. */
export const PLAN_DONE = 0;
export const PLAN_MORE = 1;
export const PLAN_ERROR = 2;
