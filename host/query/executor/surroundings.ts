/**
 * What a plan that is interpreted asks of the world around it: the engine's functions, the rows of collections, the writing of
 * rows, the graph, and whether it may go on. The engine's implementations stand in engine-functions.ts, engine-rows.ts and
 * engine-graph.ts; tests pass their own.
 */
import type { AggregateEntry, Implementation, SqlType } from "../function/entry.ts";
import type { Direction, NodeAccess } from "../plan/graph-operator.ts";
import type { LogicalConflict, ScanAccess, ScanColumn } from "../plan/operator.ts";
import type { Tagged, Value } from "./value.ts";

/** Calls a function with values that are not NULL, save where it takes `any`. */
export type Caller = (values: readonly Value[]) => Value;

/** One running aggregate of one group. */
export interface Accumulator {
  step(values: readonly Value[]): void;
  finish(): Value;
}

/** Of values that are not NULL. `hash` is equal for equal values. */
export interface Ordering {
  /** Negative, 0 or positive. */
  readonly compare: (left: Value, right: Value) => number;
  readonly hash: (value: Value) => bigint;
}

export interface Functions {
  /** What calls an implementation; parameter and result types are those of the call. */
  caller(implementation: Implementation, parameters: readonly SqlType[], result: SqlType): Caller;
  /** What makes a fresh state of an aggregate. */
  accumulator(aggregate: AggregateEntry, parameters: readonly SqlType[], result: SqlType): () => Accumulator;
  /** The items of a list, which is tagged; of what is none the value itself. `step` is called for each of them. */
  items(list: Value, step: () => void): readonly Value[];
  /** Order and equality of values of a type that JavaScript does not compare as SQL does. */
  ordering(type: SqlType): Ordering;
  /** Does what reads results at once, and releases what they were made of. */
  released<T>(read: () => T): T;
}

/** A walk over the rows of a collection. */
export interface RowCursor {
  /** Goes to the next row; false at the end. */
  next(): boolean;
  /** The value of the n-th column asked for, in the current row. */
  value(column: number): Value;
}

/** Column and value that a row gets. */
export interface RowValue {
  readonly target: ScanColumn["source"];
  readonly name: string;
  /** Of the value; a declared column's, or what the statement computes. */
  readonly type: SqlType;
  readonly value: Value;
}

export interface Rows {
  /** All rows of a collection, as they are at the call; it need not exist. */
  scan(collection: string, columns: readonly ScanColumn[]): RowCursor;
  /** The rows under these keys (the bytes behind the colon), each once; those that are absent are left out. */
  lookup(collection: string, keys: readonly string[], columns: readonly ScanColumn[]): RowCursor;
  /** The columns of one row. Requires: the row exists. */
  read(collection: string, row: number, columns: readonly ScanColumn[]): readonly Value[];
  /** Writes a new row and answers its number. Throws what the table's constraints say. */
  insert(collection: string, values: readonly RowValue[]): number;
  /** The row that is in the way of one with these values, or undefined. */
  conflicting(collection: string, values: readonly RowValue[], conflict: LogicalConflict): number | undefined;
  /** Values as the table would store them, defaults included: what `excluded` is. */
  coerced(collection: string, values: readonly RowValue[], columns: readonly ScanColumn[]): readonly Value[];
  /** Changes a row and answers its number, which may be another one now. */
  update(collection: string, row: number, values: readonly RowValue[]): number;
  /** Removes a row; false when it is gone already. */
  remove(collection: string, row: number): boolean;
}

/** Values of an index access, none of them NULL where the access has one. */
export interface IndexValues {
  readonly equal: readonly Value[];
  readonly lower: Value;
  readonly upper: Value;
  readonly prefix: Value;
}

export interface IndexReader {
  /** The rows of an access, in its order; undefined: the index does not know. */
  open(
    collection: string,
    access: Extract<ScanAccess, { readonly kind: "index" }>,
    values: IndexValues,
    columns: readonly ScanColumn[],
  ): RowCursor | undefined;
}

/** Numbers of nodes, each once, in ascending order save through an index. */
export interface NodeCursor {
  /** The next number; -1 at the end. */
  next(): number;
}

/** A walk over relationships. Its fields are those of the current one. */
export interface RelationshipCursor {
  readonly relationship: number;
  readonly start: number;
  readonly end: number;
  /** Goes to the next relationship; false at the end. */
  next(): boolean;
}

/** A walk over the relationships of a node. Nothing may be written to the graph while it is open. */
export interface PairCursor {
  readonly neighbour: number;
  readonly relationship: number;
  next(): boolean;
}

export interface RelationshipEnds {
  readonly start: number;
  readonly end: number;
}

/**
 * The property graph of the statement's database. Labels and types are known by name; a list of names is the plan's own, the same
 * object each time, since what is known of it is kept under it.
 */
export interface GraphAccess {
  /** A statement begins: nothing that was known before holds. */
  begin(): void;
  /** The nodes that have all of the labels. */
  nodes(labels: readonly string[]): NodeCursor;
  /** About how many nodes have all of the labels, and how many relationships there are. */
  countNodes(labels: readonly string[]): number;
  countRelationships(): number;
  /** The nodes that an index access finds, and maybe others that have one of its label; undefined: the index does not know. */
  indexed(access: Extract<NodeAccess, { readonly kind: "index" }>, values: IndexValues): NodeCursor | undefined;
  hasNode(node: number): boolean;
  hasLabels(node: number, labels: readonly string[]): boolean;
  /** The relationships of one of the types (none: of any), by ascending number. */
  relationships(types: readonly string[]): RelationshipCursor;
  /** The ends of a relationship of one of the types; undefined where there is none. */
  relationship(relationship: number, types: readonly string[]): RelationshipEnds | undefined;
  /** The number of a public id (bytes); undefined: it is none. */
  numberOf(id: string, entity: GraphEntity): number | undefined;
  /** The relationships of a node in a direction that have one of the types; a loop comes once. */
  expand(node: number, direction: Direction, types: readonly string[]): PairCursor;
  /** How many relationships a node has in a direction, of whatever type. */
  degree(node: number, direction: Direction): number;
}

export type GraphEntity = "node" | "relationship";

/** A node or relationship. */
export interface GraphTarget {
  readonly entity: GraphEntity;
  readonly number: number;
}

/**
 * Writing to the graph of the statement's database, inside of the statement. Maps are packed, as the engine has them; what is deleted is
 * refused. Where it says so, the answer is how many properties or labels have come or gone.
 */
export interface GraphWriter {
  createNode(labels: readonly string[], properties: string | undefined): GraphCreated;
  createRelationship(type: string, ends: RelationshipEnds, properties: string | undefined): GraphCreated;
  /** Sets a property, or with null takes it away. */
  setProperty(target: GraphTarget, name: string, value: Tagged | null): number;
  /** Gives a target these properties, `merge`: besides those that it has. */
  setProperties(target: GraphTarget, properties: string, merge: boolean): number;
  /** The properties of a target. */
  properties(target: GraphTarget): string;
  setLabels(node: number, labels: readonly string[], remove: boolean): number;
  /** False: it is gone already. */
  deleteRelationship(relationship: number): boolean;
  /** Answers how many relationships went with it; undefined: it is gone already; "connected": not without `detach`. */
  deleteNode(node: number, detach: boolean): number | undefined | "connected";
  /** Whether a map has a value that is NULL. */
  hasNull(properties: string): boolean;
}

/** What was made, and how many properties it has. */
export interface GraphCreated {
  readonly number: number;
  readonly properties: number;
}

export interface Surroundings {
  readonly functions: Functions;
  readonly rows: Rows;
  /** Without one all rows are read. */
  readonly indexes?: IndexReader;
  /** Without one, operators on the graph are refused. */
  readonly graph?: GraphAccess;
  /** Without one, writing to the graph is refused. */
  readonly graphWriter?: GraphWriter;
  /** Called for each row that is looked at: whether others are to run now. Throws when the statement must end (57014). */
  readonly pause: () => boolean;
}
