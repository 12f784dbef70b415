/**
 * The graph as the engine keeps it and as compiled plans read it (graph/README.md). Bytes, little-endian; plain constants only.
 *
 * Node slot (NODE_BYTES, 64-byte aligned): found by the node's number. A slot whose entry is 0 has no node.
 * Relationship slot (RELATIONSHIP_BYTES): found by the relationship's number.
 *
 * Properties of nodes and relationships are documents like any other (record.ts), in an entry whose key is the number, four
 * bytes. A relationship without properties has none.
 *
 * Adjacency: a node has a list of runs for each direction, one for each type. A run is a chain of blocks of pairs {u32 number of the
 * neighbour, u32 number of the relationship}; all blocks but the first are full.
 */

/** u32 entry of the properties, or 0; u32 number; u32 collection of its label set; u32 0. */
export const NODE_ENTRY = 0;
export const NODE_NUMBER = 4;
export const NODE_COLLECTION = 8;
/** u32 first run and number of pairs, of what begins here and of what ends here. */
export const NODE_OUT = 16;
export const NODE_OUT_DEGREE = 20;
export const NODE_IN = 24;
export const NODE_IN_DEGREE = 28;
/** 32 bytes are free. */
export const NODE_BYTES = 64;

/** u32 numbers of the nodes where it begins and ends; u32 number of the type + 1 (0: no relationship); u32 entry, or 0. */
export const RELATIONSHIP_START = 0;
export const RELATIONSHIP_END = 4;
export const RELATIONSHIP_TYPE = 8;
export const RELATIONSHIP_ENTRY = 12;
export const RELATIONSHIP_BYTES = 16;

/** u32 next block of the run, u32 first block of the next run (in the first block). */
export const ADJACENCY_BLOCK = 0;
export const ADJACENCY_RUN = 4;
/** u16 number of the type, u16 pairs in the block, u16 pairs that it has room for, u16 0. */
export const ADJACENCY_TYPE = 8;
export const ADJACENCY_COUNT = 10;
export const ADJACENCY_ROOM = 12;
/** u32 pairs of the run (in the first block); u32 era of the block's birth. */
export const ADJACENCY_TOTAL = 16;
export const ADJACENCY_BIRTH = 20;
export const ADJACENCY_PAIRS = 24;
export const PAIR_NEIGHBOUR = 0;
export const PAIR_RELATIONSHIP = 4;
export const PAIR_BYTES = 8;

/** Where in the entry of properties the number lies (u32), and the properties themselves (or where they lie, as its kind says). */
export const ENTRY_NUMBER = 12;
export const ENTRY_PROPERTIES = 16;
/** The byte that says how they lie: these bits are ENTRY_RECORD where they are a record inside of the entry. */
export const ENTRY_KINDS = 0;
export const ENTRY_KIND_MASK = 112;
export const ENTRY_RECORD = 64;
/** And these where they are a record whose address (u32) lies in the entry. */
export const ENTRY_FAR_RECORD = 112;

/**
 * Graph: the element of the directory of the nodes' slots, and that of the relationships'. An element takes 1 << DIRECTORY_SHIFT bytes, begins
 * with the address of its chunk, or 0, and has at DIRECTORY_ROOM how many units the chunk has room for. A directory of slots has elements of
 * pages, a page has elements of chunks: number n lies in chunk n >> *_CHUNK_SHIFT, and chunk c in page c >> SLOT_PAGE_SHIFT.
 */
export const GRAPH_NODE_SLOTS = 0;
export const GRAPH_RELATIONSHIP_SLOTS = 28;
/** u32 address of the list of the types (NAME_*) by their numbers, u32 each. */
export const GRAPH_TYPE_LIST = 72;
/** u32: another one after each name that comes, and whenever the record of a name lies elsewhere. */
export const GRAPH_NAMES_MOVED = 140;
export const NODE_CHUNK_SHIFT = 6;
export const RELATIONSHIP_CHUNK_SHIFT = 8;
export const SLOT_PAGE_SHIFT = 7;
export const DIRECTORY_SHIFT = 4;
export const DIRECTORY_ROOM = 12;
/** Bytes of a node's slot, and of a relationship's, as shifts. */
export const NODE_BYTES_SHIFT = 6;
export const RELATIONSHIP_BYTES_SHIFT = 4;

/** Kinds of names: labels and types. */
export const NAMES_LABELS = 0;
export const NAMES_TYPES = 1;
/** A label or type (`graph_name`): u32 number; u32 nodes or relationships that have it; of a type u32 collection, or 0. */
export const NAME_NUMBER = 0;
export const NAME_COUNT = 4;
export const NAME_COLLECTION = 8;
/** Of a label: the element of the directory of its bitmap; a chunk has the bits of 1 << BITMAP_CHUNK_SHIFT numbers. */
export const LABEL_BITMAP = 8;
export const BITMAP_CHUNK_SHIFT = 12;

/** Directions of an expand. */
export const DIRECTION_OUT = 0;
export const DIRECTION_IN = 1;
export const DIRECTION_BOTH = 2;
/** All types. */
export const TYPE_ANY = -1;

/**
 * Cursor of an expand, in the memory of the plan: good until the next write to the graph.
 * u32 block to go on in, or 0; u32 pairs of it that have been given; u32 first run of the direction that comes next, or 0; i32 type;
 * u32 the node, whose loops the second direction leaves out; u32 first block of the run; u32 1 in the second direction.
 */
export const EXPAND_BLOCK = 0;
export const EXPAND_INDEX = 4;
export const EXPAND_OTHER = 8;
export const EXPAND_TYPE = 12;
export const EXPAND_NODE = 16;
export const EXPAND_RUN = 20;
export const EXPAND_SECOND = 24;
export const EXPAND_BYTES = 28;

/** A relationship as a scan gives it (`graph_scan_relationships`): u32 number, u32 start, u32 end, u32 number of the type. */
export const SCANNED_NUMBER = 0;
export const SCANNED_START = 4;
export const SCANNED_END = 8;
export const SCANNED_TYPE = 12;
export const SCANNED_BYTES = 16;

/**
 * Walks of a plan (`walk_open`): u32 node where it stands, u32 relationship by which it came there, u32 relationships on the way. The last two
 * mean nothing where each end is asked for once and the plan has no condition on steps.
 */
export const WALK_NODE = 0;
export const WALK_RELATIONSHIP = 4;
export const WALK_LENGTH = 8;
/** u32 pairs that the last call of `walk_next` or `shortest_next` looked at, about. */
export const WALK_USED = 44;
/** Flags: each end once; the plan has a condition on each step. */
export const WALK_REACHABLE = 1;
export const WALK_STEPS = 2;
/** What `walk_next` answers: there is nothing more; the walk stands somewhere; the work is used up; refused, the error is in the cells. */
export const WALK_DONE = 0;
export const WALK_FOUND = 1;
export const WALK_MORE = 2;
export const WALK_FAILED = 3;

/** What doors answer instead of a number: refused, the error is in the cells. */
export const NO_NODE = -1;
/** What `node_delete` answers: it is not there (or there is no memory, see the cells); it is gone; it has relationships. */
export const DELETE_MISSING = 0;
export const DELETE_DONE = 1;
export const DELETE_CONNECTED = 2;

/** What doors that set a property answer: refused, the error is in the cells; it has it now; it was not there to be taken away. */
export const WRITTEN_REFUSED = 0;
export const WRITTEN_DONE = 1;
export const WRITTEN_SAME = 2;

/**
 * Batch (`graph_create_batch`): what is created for each row of a compiled query's output. A place in a row is u32 offset of the tag's
 * byte, u32 offset of the value (BATCH_VALUE).
 *
 * Node: u32 address of its labels {u32 address, u32 bytes}, u32 labels; the place of its properties (BATCH_NONE: none).
 * Relationship: u32 address of its type, u32 bytes; the places of the nodes where it begins and ends (BATCH_NONE: one of the batch's own
 * nodes, BATCH_VALUE is which); the place of its properties.
 */
export const BATCH_NONE = 2147483647;
export const BATCH_VALUE = 4;
export const BATCH_NODE_LABELS = 0;
export const BATCH_NODE_LABEL_COUNT = 4;
export const BATCH_NODE_PROPERTIES = 8;
export const BATCH_NODE_BYTES = 16;
export const BATCH_RELATIONSHIP_TYPE = 0;
export const BATCH_RELATIONSHIP_TYPE_BYTES = 4;
export const BATCH_RELATIONSHIP_START = 8;
export const BATCH_RELATIONSHIP_END = 16;
export const BATCH_RELATIONSHIP_PROPERTIES = 24;
export const BATCH_RELATIONSHIP_BYTES = 32;

/**
 * Batch of changes (`graph_change_batch`): u32 CHANGE_*; u32 address and bytes of a property's name, or address and number of labels
 * {u32 address, u32 bytes}; the place of the node or relationship; the place of the property's value, or of a map.
 */
export const CHANGE_PROPERTY = 0;
export const CHANGE_REPLACE = 1;
export const CHANGE_MERGE = 2;
export const CHANGE_LABELS_ADD = 3;
export const CHANGE_LABELS_DROP = 4;
export const CHANGE_DELETE = 5;
export const CHANGE_DETACH = 6;
export const CHANGE_KIND = 0;
export const CHANGE_NAME = 4;
export const CHANGE_NAME_BYTES = 8;
export const CHANGE_TARGET = 12;
export const CHANGE_VALUE = 20;
export const CHANGE_BYTES = 28;

/** Indexes of labels that are constraints: no two nodes with equal values; each node has the properties. And: what there is is not looked through. */
export const LABEL_INDEX_UNIQUE = 256;
export const LABEL_INDEX_REQUIRED = 512;
export const LABEL_INDEX_UNCHECKED = 1024;
