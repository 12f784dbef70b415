/**
 * Numbers of items and spaces: what the engine's parts mean by the numbers that ssi.ts is told.
 *
 *   bits 60..63  kind      bits 56..59  database      bits 0..55  which one
 *
 * A key is named by its hash, so two keys may be one item (one pair in 2^56): a conflict too many then, never one too few. The rest are
 * exact. "Touched" says that an item is read as a whole and written in parts (WRITE_TOUCH, `unitReadMany`).
 */
const KIND_SHIFT: u64 = 60;
const DATABASE_SHIFT: u64 = 56;
const WHICH: u64 = ((<u64>1) << DATABASE_SHIFT) - 1;

const KEY: u64 = 1;
const NODE: u64 = 2;
const RELATIONSHIP: u64 = 3;
const ADJACENCY: u64 = 4;
const LABEL: u64 = 5;
const TYPE: u64 = 6;
const COLLECTION: u64 = 7;
const CATALOG: u64 = 8;
const KEYS: u64 = 9;
const INDEX: u64 = 10;

// @ts-ignore: decorator
@inline
function numberOf(kind: u64, database: u32, which: u64): u64 {
  return (kind << KIND_SHIFT) | (((<u64>database) & 15) << DATABASE_SHIFT) | (which & WHICH);
}

/** A key, present or absent, with its value and expiry. */
export function itemKey(database: u32, hash: u64): u64 {
  return numberOf(KEY, database, hash);
}

/** A node: that it is there, its labels and properties. Who adds a relationship to it writes it shared, who deletes it exclusively. */
export function itemNode(database: u32, node: u32): u64 {
  return numberOf(NODE, database, node);
}

/** A relationship: that it is there, and its properties. */
export function itemRelationship(database: u32, relationship: u32): u64 {
  return numberOf(RELATIONSHIP, database, relationship);
}

/** The list of a node's relationships; touched. */
export function itemAdjacency(database: u32, node: u32): u64 {
  return numberOf(ADJACENCY, database, node);
}

/** Which nodes have a label; touched. */
export function itemLabel(database: u32, label: u32): u64 {
  return numberOf(LABEL, database, label);
}

/** Which relationships have a type; touched. */
export function itemType(database: u32, type: u32): u64 {
  return numberOf(TYPE, database, type);
}

/** All rows of a collection; touched. */
export function itemCollection(database: u32, handle: usize): u64 {
  return numberOf(COLLECTION, database, <u64>handle);
}

/** An entry of the catalog, present or absent, by the hash of its name. */
export function itemCatalog(database: u32, hash: u64): u64 {
  return numberOf(CATALOG, database, hash);
}

/** The space of a database's keys. */
export function spaceKeys(database: u32): u64 {
  return numberOf(KEYS, database, 0);
}

/** The space of an index's keys. */
export function spaceIndex(database: u32, handle: usize): u64 {
  return numberOf(INDEX, database, <u64>handle);
}
