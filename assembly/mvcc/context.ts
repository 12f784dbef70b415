/**
 * Whose state commands see: the committed state, or that of a view or a transaction while one of its commands or statements runs.
 *
 * A transaction is a view in whose state it writes privately (birth.ts): what it makes is born in an era of its own, after that of its view,
 * so it changes in place what it has made itself and copies everything else. Its roots are its own database records and private copies
 * of the roots that it has changed. Nobody else can reach them.
 *
 *   transaction (TRANSACTION_DATABASES + DATABASE_SIZE * DATABASE_COUNT bytes under PURPOSE_SESSION)
 *   0   u32 view
 *   4   u32 private roots (root-list.ts)
 *   8   f64 bytes of data that it has made its own, as of its last command
 *   16  what other layers keep of it (command/transaction.ts)
 *   512 the database records
 *
 * Cost: entering and leaving are O(1).
 */
import { DATABASE_COUNT, DATABASE_SIZE } from "../abi/layout";
import { PURPOSE_ENTRY, PURPOSE_SESSION, PURPOSE_TABLE, PURPOSE_VALUE } from "../abi/status";
import { allocate, purposeBytes, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { RootStep, rootAdd, rootFind, rootsTake } from "./root-list";
import { VIEW_DATABASES, viewClose, viewOpen, viewRoot, writeHead, writePrivate } from "./view";

const TRANSACTION_VIEW: usize = 0;
const TRANSACTION_ROOTS: usize = 4;
const TRANSACTION_DATA: usize = 8;
/** Where other layers have room, and how much. */
export const TRANSACTION_OWN: usize = 16;
const TRANSACTION_DATABASES: usize = 512;
const TRANSACTION_BYTES: u32 = <u32>TRANSACTION_DATABASES + DATABASE_SIZE * DATABASE_COUNT;

/** The view through which commands see; 0: the committed state. */
export let contextView: usize = 0;
/** The transaction that runs, or 0. */
export let contextTransaction: usize = 0;

/** A new transaction on the committed state as it is now; 0: no memory. */
export function transactionOpen(now: f64): usize {
  if (DEBUG) assert(!contextView);
  const transaction = allocate(TRANSACTION_BYTES, PURPOSE_SESSION);
  if (!transaction) return 0;
  memory.fill(transaction, 0, TRANSACTION_DATABASES);
  if (transactionOpenView(transaction, now)) return transaction;
  release(transaction, PURPOSE_SESSION);
  return 0;
}

/** The transaction of `transactionOpenBare`: the same memory every time, since there is one at most. */
const bare: usize = memory.data(TRANSACTION_BYTES, 16);

/**
 * A new transaction that has no view, and so no state of its own, yet. What other layers keep of it is as they have left it. Requires: the one before
 * has ended.
 */
export function transactionOpenBare(): usize {
  if (DEBUG) assert(!contextView && !load<u64>(bare));
  store<f64>(bare, 0, TRANSACTION_DATA);
  return bare;
}

/** Gives it a view of the committed state as it is now. False: there is no memory. */
export function transactionOpenView(transaction: usize, now: f64): bool {
  if (DEBUG) assert(!contextView && !load<u32>(transaction, TRANSACTION_VIEW));
  const view = viewOpen(now);
  if (!view) return false;
  memory.copy(transaction + TRANSACTION_DATABASES, view + VIEW_DATABASES, DATABASE_SIZE * DATABASE_COUNT);
  store<u32>(transaction, <u32>view, TRANSACTION_VIEW);
  return true;
}

/** Lets a transaction see its view again, without anything of its own. Requires: its private state has been freed. */
export function transactionRestart(transaction: usize): void {
  const view = <usize>load<u32>(transaction, TRANSACTION_VIEW);
  memory.copy(transaction + TRANSACTION_DATABASES, view + VIEW_DATABASES, DATABASE_SIZE * DATABASE_COUNT);
}

/** Closes a transaction's view, if it is open: it reads no more. Requires: its private state has been freed, and it does not run. */
export function transactionCloseView(transaction: usize): void {
  if (DEBUG) assert(!contextView && !load<u32>(transaction, TRANSACTION_ROOTS));
  const view = <usize>load<u32>(transaction, TRANSACTION_VIEW);
  if (!view) return;
  store<u32>(transaction, 0, TRANSACTION_VIEW);
  viewClose(view);
}

/** Frees a transaction's record and closes its view. Requires: its private state has been freed, and it does not run. */
export function transactionFree(transaction: usize): void {
  transactionCloseView(transaction);
  if (transaction != bare) release(transaction, PURPOSE_SESSION);
}

export function transactionView(transaction: usize): usize {
  return <usize>load<u32>(transaction, TRANSACTION_VIEW);
}

/** The database records of a transaction. */
export function transactionDatabases(transaction: usize): usize {
  return transaction + TRANSACTION_DATABASES;
}

/** What comes now belongs to a transaction, or (0) reads from a view. Requires: the committed state is the one that is seen. */
export function contextSet(view: usize, transaction: usize): void {
  if (DEBUG) assert(!contextView);
  contextView = view;
  contextTransaction = transaction;
  if (transaction) dataBefore = load<f64>(transaction, TRANSACTION_DATA) - dataBytes();
  writePrivate(view);
}

/** What the transaction that runs has, less what all have: both grow together. */
let dataBefore: f64 = 0;

/** Bytes of data that the transaction that runs has made its own: values, and copies of what they hang on. */
export function contextBytes(): f64 {
  return dataBefore + dataBytes();
}

/** Bytes of all data: values, and what they hang on. */
export function dataBytes(): f64 {
  return (
    load<f64>(purposeBytes + ((<usize>PURPOSE_ENTRY) << 3)) +
    load<f64>(purposeBytes + ((<usize>PURPOSE_VALUE) << 3)) +
    load<f64>(purposeBytes + ((<usize>PURPOSE_TABLE) << 3))
  );
}

/** What comes now belongs to the committed state. */
export function contextClear(): void {
  if (contextTransaction) store<f64>(contextTransaction, contextBytes(), TRANSACTION_DATA);
  contextView = 0;
  contextTransaction = 0;
  writeHead();
}

/** The root under a handle as it is seen now. */
// @ts-ignore: decorator
@inline
export function contextRoot(handle: usize): usize {
  return contextView ? rootSeen(handle) : handle;
}

function rootSeen(handle: usize): usize {
  if (contextTransaction) {
    const own = rootFind(contextTransaction + TRANSACTION_ROOTS, handle);
    if (own) return own;
  }
  return viewRoot(contextView, handle);
}

/** Remembers the transaction's own copy of a root. Returns false when there is no memory. */
export function contextKeepRoot(handle: usize, copy: usize, kind: u32): bool {
  return rootAdd(contextTransaction + TRANSACTION_ROOTS, handle, copy, kind);
}

/** Takes all private roots off a transaction, each through `step`. */
export function transactionForgetRoots(transaction: usize, step: RootStep): void {
  rootsTake(transaction + TRANSACTION_ROOTS, 0, step);
}
