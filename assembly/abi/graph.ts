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

/** u32 entry of the properties, or 0; u32 number; u32 collection of its label set; u32 kept for views. */
export const NODE_ENTRY = 0;
export const NODE_NUMBER = 4;
export const NODE_COLLECTION = 8;
/** u32 first run and number of pairs, of what begins here and of what ends here. */
export const NODE_OUT = 16;
export const NODE_OUT_DEGREE = 20;
export const NODE_IN = 24;
export const NODE_IN_DEGREE = 28;
/** From here on kept for views: births and what was superseded. */
export const NODE_VIEWS = 32;
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
/** u16 number of the type, u16 pairs in the block, u16 pairs that it has room for, u16 1: something was deleted that a view may see. */
export const ADJACENCY_TYPE = 8;
export const ADJACENCY_COUNT = 10;
export const ADJACENCY_ROOM = 12;
export const ADJACENCY_FLAGS = 14;
/** u32 pairs of the run (in the first block); u32 birth of the youngest pair. The last two are kept for views. */
export const ADJACENCY_TOTAL = 16;
export const ADJACENCY_BIRTH = 20;
export const ADJACENCY_PAIRS = 24;
export const PAIR_NEIGHBOUR = 0;
export const PAIR_RELATIONSHIP = 4;
export const PAIR_BYTES = 8;
