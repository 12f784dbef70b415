/**
 * What is known of collections: the catalog as the binder and the optimiser see it. The engine's side fills it, tests use fakes.
 *
 * A collection is a declared table, or it has no schema: then any name may be a field, and `fields` tells which of them documents
 * have at the moment. Both have a version; a plan remembers the versions that it was made from and is void when one differs.
 */
import type { SqlType } from "../type/type.ts";
import type { GraphCatalog } from "./graph.ts";

export interface CatalogColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
  /** SQL text of the default; undefined: NULL. */
  readonly defaultText: string | undefined;
  /** GENERATED ... AS IDENTITY, serial: the value is counted. */
  readonly identity: "always" | "default" | undefined;
  /** The sequence that counts it; undefined: the table's own number, in tables of before there were sequences. */
  readonly sequence?: string | undefined;
}

/** Columns are numbers of the table's columns, in the order of the constraint. */
export interface CatalogKey {
  readonly name: string | undefined;
  readonly columns: readonly number[];
}

/** What becomes of a row when the one to which it refers is deleted, or gets another key; where nothing is said: NO ACTION. */
export type ReferenceAction = "RESTRICT" | "CASCADE" | "SET NULL" | "SET DEFAULT";

/** Values of the columns are those of a row of another table, or of the same one. */
export interface CatalogForeignKey {
  readonly name: string;
  readonly columns: readonly number[];
  readonly table: string;
  /** Columns of the other table, one for each: those of its primary key or of a unique index, in its order. */
  readonly referenced: readonly string[];
  readonly onDelete?: ReferenceAction | undefined;
  readonly onUpdate?: ReferenceAction | undefined;
  /** Those that ON DELETE SET NULL and SET DEFAULT set; undefined: all. */
  readonly deleteColumns?: readonly number[] | undefined;
  /** MATCH FULL: all or none of the columns are null. */
  readonly isFull?: boolean | undefined;
}

export interface CatalogCheck {
  readonly name: string | undefined;
  /** SQL text of the condition. */
  readonly text: string;
}

/** One of the values that an index is made of. */
export type CatalogIndexPart =
  | { readonly kind: "column"; readonly number: number; readonly descending: boolean; readonly nullsFirst: boolean }
  | { readonly kind: "path"; readonly names: readonly string[]; readonly descending: boolean; readonly nullsFirst: boolean };

export interface CatalogIndex {
  readonly name: string;
  readonly unique: boolean;
  readonly parts: readonly CatalogIndexPart[];
}

export interface CatalogTable {
  readonly name: string;
  readonly columns: readonly CatalogColumn[];
  readonly primaryKey: CatalogKey | undefined;
  readonly uniques: readonly CatalogKey[];
  readonly checks: readonly CatalogCheck[];
  readonly foreignKeys?: readonly CatalogForeignKey[];
  readonly indexes: readonly CatalogIndex[];
  readonly version: number;
}

/** A query with a name, used as a table. */
export interface CatalogView {
  readonly name: string;
  /** Names of its first columns; empty: all have those of the query. */
  readonly columns: readonly string[];
  /** SQL text of the query. */
  readonly text: string;
  /** Tables, views and collections that it reads. */
  readonly uses: readonly string[];
}

/** The key that holds a view. Plans depend on it by this name: no collection's name has a colon. */
export const VIEW_KEYS = "_internal:views:";

/** Fields of a collection without schema, at one level of its documents. */
export interface CatalogFields {
  /** In the order in which documents brought them. */
  readonly names: readonly string[];
  /** There may be fields that are not in `names`: the level is not followed, or has too many. */
  readonly open: boolean;
}

export interface Catalog {
  /** A declared table; undefined for a collection without schema, whether it has documents or not. */
  table(name: string): CatalogTable | undefined;
  view(name: string): CatalogView | undefined;
  /** Fields of the objects at `path`; an empty path is the document. */
  fields(collection: string, path: readonly string[]): CatalogFields;
  /**
   * Bits that say which fields the documents of a collection without schema have now, which some may have had, or were about to have. Those of
   * many documents say nothing.
   */
  presence?(collection: string): bigint;
  /** Whether the bits say that no document has a field. */
  isLacking?(collection: string, field: string, presence: bigint): boolean;
  /** Indexes of a collection without schema. */
  indexes(collection: string): readonly CatalogIndex[];
  /** The property graph; absent where there is none to be known. */
  readonly graph?: GraphCatalog;
  /** Changes with the collection's schema, indexes and fields; of a view's key with the view; of GRAPH_DEPENDENCY with the graph. */
  version(collection: string): number;
}
