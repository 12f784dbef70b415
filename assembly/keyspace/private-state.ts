/**
 * The private state of a transaction (mvcc/context.ts): letting commands see it, and freeing it.
 *
 * Entering puts the transaction's database records in the place of those of the committed state. What has been born in it lies below
 * these records and its private roots, under parents that were born in it too: freeing goes down from there and stops at what is older.
 */
import { DATABASE_COUNT, DATABASE_SIZE } from "../abi/layout";
import { CHUNK_BIRTH, COLLECTION_CHUNKS, COLLECTION_DIRECTORY, COLLECTION_INDEXES, COLLECTION_TABLE } from "../abi/record";
import { PURPOSE_TABLE } from "../abi/status";
import { release } from "../memory/allocator";
import {
  contextClear,
  contextSet,
  contextView,
  transactionDatabases,
  transactionForgetRoots,
  transactionRestart,
  transactionView,
} from "../mvcc/context";
import { VIEW_DATABASES, setBurial, viewEra } from "../mvcc/view";
import { tableForget } from "../structure/hash-table";
import { shapesRelease } from "../value/shape";
import {
  COLLECTION_SHAPES,
  OWN_SHAPES,
  ROOT_COLLECTION,
  collectionHasOwn,
  collectionsMoved,
  freeRecord,
  releaseCollection,
  rowHeld,
} from "./collection";
import { DATABASE_COLLECTIONS, DATABASE_GRAPH, database, databaseIndex, useDatabase, useDatabases } from "./database";
import { entrySize, releaseEntry } from "./entry-release";
import { buryEntry } from "./entry-retire";
import { forgetTrees } from "./entry-trees";
import { keyOrderForget } from "./key-order";
import { doorForgetTrees } from "./row-door";

type GraphStep = (graph: usize, view: u32) => void;
type RootStep = (copy: usize) => void;

/** Frees a copy of a graph's root, and what a transaction has born below one. */
let freeGraph: RootStep | null = null;
let forgetGraph: GraphStep | null = null;

export function privateStateInitialize(): void {
  setBurial(buryEntry, entrySize, freeRoot, noMemory);
}

/** Kind of the roots of graphs. */
export const ROOT_GRAPH: u32 = 1;

/** Says how copies of graphs' roots are freed, and what a transaction has born of its own one. Called once. */
export function setGraphRoots(free: RootStep, forget: GraphStep): void {
  freeGraph = free;
  forgetGraph = forget;
}

function freeRoot(kind: u32, copy: usize): void {
  if (kind == ROOT_COLLECTION) freeRecord(copy);
  else freeGraph!(copy);
}

/** A transaction was admitted without the memory that it needs: commands are admitted with room for all copies that they can cause. */
function noMemory(): void {
  unreachable();
}

/** Lets what comes now see a transaction's state and belong to it. */
export function privateEnter(transaction: usize): void {
  contextSet(transactionView(transaction), transaction);
  useDatabases(transactionDatabases(transaction));
  collectionsMoved();
}

/** Lets what comes now read from a view. */
export function viewEnter(view: usize): void {
  contextSet(view, 0);
  useDatabases(view + VIEW_DATABASES);
  collectionsMoved();
}

/** Lets what comes now see the committed state again. */
export function contextExit(): void {
  if (!contextView) return;
  contextClear();
  useDatabases(0);
  collectionsMoved();
}

/** The era of the view from which a transaction's private state is told. */
let forgotten: u32 = 0;

/** Frees a transaction's private state. Requires: it is the one that runs. */
export function privateForget(transaction: usize): void {
  const view = transactionView(transaction);
  forgotten = viewEra(view);
  const caller = databaseIndex(database);
  for (let index = 0; index < DATABASE_COUNT; index++) {
    useDatabase(index);
    const origin = view + VIEW_DATABASES + <usize>index * DATABASE_SIZE;
    keyOrderForget(database, forgotten);
    tableForget(database, origin, forgotten, forgetEntry);
    const graph = <usize>load<u32>(database, DATABASE_GRAPH);
    if (graph && forgetGraph) forgetGraph!(graph, forgotten);
    tableForget(database + DATABASE_COLLECTIONS, origin + DATABASE_COLLECTIONS, forgotten, releaseCollection);
  }
  useDatabase(caller);
  transactionForgetRoots(transaction, forgetRoot);
}

/** Frees a transaction's private state and lets it see its view again. Requires: it is the one that runs. */
export function privateRestart(transaction: usize): void {
  privateForget(transaction);
  transactionRestart(transaction);
  collectionsMoved();
}

function forgetEntry(entry: usize): void {
  rowHeld(entry, -1);
  forgetTrees(entry, forgotten);
  releaseEntry(entry);
}

function forgetRoot(kind: u32, copy: usize): void {
  if (kind != ROOT_COLLECTION) {
    freeGraph!(copy);
    return;
  }
  const directory = <usize>load<u32>(copy, COLLECTION_DIRECTORY);
  const chunks = load<u32>(copy, COLLECTION_CHUNKS);
  for (let index: u32 = 0; index < chunks; index++) {
    const chunk = <usize>load<u32>(directory + ((<usize>index) << 2));
    if (load<u32>(chunk, CHUNK_BIRTH) > forgotten) release(chunk, PURPOSE_TABLE);
  }
  if (load<u32>(copy, COLLECTION_INDEXES) | load<u32>(copy, COLLECTION_TABLE)) doorForgetTrees(copy, forgotten);
  if (collectionHasOwn(copy, OWN_SHAPES)) shapesRelease(<usize>load<u32>(copy, COLLECTION_SHAPES));
  freeRecord(copy);
}
