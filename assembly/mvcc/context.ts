/**
 * Whose state commands see: the committed state, or that of a view or a transaction while one of its commands or statements runs.
 *
 * A transaction is a view in whose state it writes privately (birth.ts): what it makes is born in an era of its own, after that of its view,
 * so it changes in place what it has made itself and copies everything else. Its roots are its own database records and private copies
 * of the roots that it has changed. Nobody else can reach them.
 *
 *   transaction (TRANSACTION_DATABASES + DATABASE_SIZE * DATABASE_COUNT bytes under PURPOSE_SESSION)
 *   0   u32 view
 *   4   u32 first private root {u32 next, u32 handle, u32 copy, u32 kind}
 *   8   u32 flags
 *   16  what other layers keep of it (command/transaction.ts)
 *   512 the database records
 *
 * Cost: entering and leaving are O(1).
 */
import { DATABASE_COUNT, DATABASE_SIZE } from "../abi/layout";
import { PURPOSE_SCRATCH, PURPOSE_SESSION } from "../abi/status";
import { allocate, release } from "../memory/allocator";
import { DEBUG } from "../memory/debug";
import { VIEW_DATABASES, viewClose, viewOpen, viewRoot, writeHead, writePrivate } from "./view";

const TRANSACTION_VIEW: usize = 0;
const TRANSACTION_ROOTS: usize = 4;
export const TRANSACTION_FLAGS: usize = 8;
/** Where other layers have room, and how much. */
export const TRANSACTION_OWN: usize = 16;
const TRANSACTION_DATABASES: usize = 512;
const TRANSACTION_BYTES: u32 = <u32>TRANSACTION_DATABASES + DATABASE_SIZE * DATABASE_COUNT;

const ROOT_NEXT: usize = 0;
const ROOT_HANDLE: usize = 4;
const ROOT_COPY: usize = 8;
const ROOT_KIND: usize = 12;
const ROOT_BYTES: u32 = 16;

type RootStep = (kind: u32, copy: usize, handle: usize) => void;

/** The view through which commands see; 0: the committed state. */
export let contextView: usize = 0;
/** The transaction that runs, or 0. */
export let contextTransaction: usize = 0;

/** A new transaction on the committed state as it is now; 0: no memory. */
export function transactionOpen(): usize {
  if (DEBUG) assert(!contextView);
  const transaction = allocate(TRANSACTION_BYTES, PURPOSE_SESSION);
  if (!transaction) return 0;
  const view = viewOpen();
  if (!view) {
    release(transaction, PURPOSE_SESSION);
    return 0;
  }
  memory.fill(transaction, 0, TRANSACTION_DATABASES);
  memory.copy(transaction + TRANSACTION_DATABASES, view + VIEW_DATABASES, DATABASE_SIZE * DATABASE_COUNT);
  store<u32>(transaction, <u32>view, TRANSACTION_VIEW);
  return transaction;
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
  release(transaction, PURPOSE_SESSION);
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
  writePrivate(view);
}

/** What comes now belongs to the committed state. */
export function contextClear(): void {
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
    let root = <usize>load<u32>(contextTransaction, TRANSACTION_ROOTS);
    while (root && <usize>load<u32>(root, ROOT_HANDLE) != handle) root = <usize>load<u32>(root, ROOT_NEXT);
    if (root) return <usize>load<u32>(root, ROOT_COPY);
  }
  return viewRoot(contextView, handle);
}

/** Remembers the transaction's own copy of a root. Returns false when there is no memory. */
export function contextKeepRoot(handle: usize, copy: usize, kind: u32): bool {
  const root = allocate(ROOT_BYTES, PURPOSE_SCRATCH);
  if (!root) return false;
  store<u32>(root, load<u32>(contextTransaction, TRANSACTION_ROOTS), ROOT_NEXT);
  store<u32>(root, <u32>handle, ROOT_HANDLE);
  store<u32>(root, <u32>copy, ROOT_COPY);
  store<u32>(root, kind, ROOT_KIND);
  store<u32>(contextTransaction, <u32>root, TRANSACTION_ROOTS);
  return true;
}

/** Takes all private roots off a transaction, each through `step`. */
export function transactionForgetRoots(transaction: usize, step: RootStep): void {
  while (load<u32>(transaction, TRANSACTION_ROOTS)) {
    const root = <usize>load<u32>(transaction, TRANSACTION_ROOTS);
    store<u32>(transaction, load<u32>(root, ROOT_NEXT), TRANSACTION_ROOTS);
    step(load<u32>(root, ROOT_KIND), <usize>load<u32>(root, ROOT_COPY), <usize>load<u32>(root, ROOT_HANDLE));
    release(root, PURPOSE_SCRATCH);
  }
}
