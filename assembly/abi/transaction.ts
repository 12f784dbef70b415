/**
 * Transactions of sessions, as engine and host see them.
 */

/**
 * What SESSION_TRANSACTION holds: 0 for none, one of these, or the handle of the session's transaction, which is larger.
 * IDLE: it was rolled back because its client was idle. FAILED: it was rolled back because of a conflict. In both all commands but COMMIT and
 * ROLLBACK are refused until one of those comes. CANCELLED: memory was full, and it was rolled back
 * since its view was taken away ("snapshot too old"), which the next command is told as a conflict; then it is FAILED.
 */
export const TRANSACTION_IDLE = 1;
export const TRANSACTION_FAILED = 2;
export const TRANSACTION_CANCELLED = 3;

/** Bits of what a transaction is to be. */
export const TRANSACTION_SERIALIZABLE = 1;
export const TRANSACTION_READ_ONLY = 2;
/**
 * Whoever begins it calls `transaction_share` before any call that is not its own. So it may be "alone" (BEGUN_ALONE): its writes
 * are made in the committed state.
 */
export const TRANSACTION_ALONE = 4;
/** Bits of one that is open: a command has read or written data; it may write no more. */
export const TRANSACTION_RAN = 8;
export const TRANSACTION_NO_WRITES = 16;
/** It ends before others are let run: should it meet somebody nevertheless, it has read all keys of the databases in which it has read one. */
export const TRANSACTION_AT_ONCE = 32;

/** What `transaction_begin` answers of one that is alone, instead of STATUS_OK. */
export const BEGUN_ALONE = 64;

/** How a commit ended: conflict with another one; refused by a constraint, with the error in the cells; no memory. All but the first have rolled back. */
export const COMMIT_DONE = 0;
export const COMMIT_CONFLICT = 1;
export const COMMIT_REFUSED = 2;
export const COMMIT_OUT_OF_MEMORY = 3;
