/**
 * Status codes and small enumerations that cross the boundary. Every export that can fail returns one of the STATUS_*
 * numbers as i32; `execute` and `resume` return an EXECUTE_* number.
 */

export const STATUS_OK = 0;
/** The host refused memory, or the 4 GiB ceiling is reached. */
export const STATUS_OUT_OF_MEMORY = 1;
/** An argument of the call is out of range: a bug of the host. */
export const STATUS_INVALID = 2;

/** All input was consumed or is held in the session; the reply (maybe empty) is complete. */
export const EXECUTE_DONE = 0;
/** The next command is the host's: see CONTROL_COMMAND_ID. Answer it, then call `resume`. */
export const EXECUTE_HOST_COMMAND = 1;
/** The reply has passed REPLY_YIELD_BYTES and input is left: send the reply, `reply_clear`, then `resume`. */
export const EXECUTE_YIELD = 2;
/** Send the reply, then close the connection. */
export const EXECUTE_CLOSE = 3;

/** A command has run that the host watches (SETTING_OBSERVE): CONTROL_COMMAND_ID and its arguments say which. Call `resume`. */
export const EXECUTE_STEP = 4;
/** The next command writes, and writes have to wait (OBSERVE_PAUSE): `suspend`, and `resume` when they need not any more. */
export const EXECUTE_PAUSED = 5;

/** A command has made a key ready that a client waits for: send the reply, `suspend`, serve those who wait, then `resume`. */
export const EXECUTE_READY = 6;

/**
 * Bits of SETTING_OBSERVE, which hold for `execute` and `resume`: the loop stops behind each command that may take long, behind each
 * command, before each command that writes.
 */
export const OBSERVE_LONG = 1;
export const OBSERVE_ALL = 2;
export const OBSERVE_PAUSE = 4;

/** Answers of `compaction_step`: the walk is over; it goes on; there is no memory for the next entries. */
export const COMPACTION_DONE = 0;
export const COMPACTION_MORE = 1;
export const COMPACTION_OUT_OF_MEMORY = 2;

/** Values of SESSION_REPLY_MODE. The host sets SKIP while CLIENT REPLY SKIP runs; the engine goes on by itself. */
export const REPLY_ON = 0;
export const REPLY_OFF = 1;
/** No reply to the running command, and none to the next one. */
export const REPLY_SKIP = 2;
export const REPLY_SKIP_NEXT = 3;

/**
 * Answers of `direct_get` below 0 and of `direct_set`: done; there is no such key; nothing was done, run the command through
 * `call_arguments`.
 */
export const DIRECT_DONE = 0;
export const DIRECT_MISSING = -1;
export const DIRECT_ASK = -2;

/** Settings for `engine_configure(setting, value)`. */
export const SETTING_MAX_MEMORY = 0;
export const SETTING_REQUIRE_AUTH = 1;
export const SETTING_EFFECTS = 2;
export const SETTING_MAX_BULK = 3;
export const SETTING_LAZY_EXPIRY = 4;
/** Highest number of wasm pages (64 KiB) that the engine may grow to; 65536 at most. */
export const SETTING_MAX_PAGES = 5;
/** Most bytes of an unfinished request that a session may hold (Redis: client-query-buffer-limit). */
export const SETTING_MAX_HELD = 6;
/** Commands that write are refused: the log on disk has failed. */
export const SETTING_READ_ONLY = 7;
/** hash-max-listpack-entries, hash-max-listpack-value, set-max-intset-entries: what OBJECT ENCODING says. */
export const SETTING_HASH_ENTRIES = 8;
export const SETTING_HASH_VALUE = 9;
export const SETTING_SET_INTEGERS = 10;
/** Which notifications are wanted (NOTIFY_* of notification.ts). */
export const SETTING_NOTIFY = 11;
/** Bytes that one transaction may hold of its own; 0: no limit. */
export const SETTING_MAX_TRANSACTION = 12;
/** OBSERVE_* bits. */
export const SETTING_OBSERVE = 13;
/** zset-max-listpack-entries, zset-max-listpack-value. */
export const SETTING_SORTED_ENTRIES = 14;
export const SETTING_SORTED_VALUE = 15;
/** list-max-listpack-size, which may be below 0. */
export const SETTING_LIST_SIZE = 16;
/** Bytes of old versions that read views may hold; above it the oldest ones are taken away; 0: no limit. */
export const SETTING_MAX_VIEWS = 17;
/** Bytes of marks of transactions above which they are remembered more coarsely. */
export const SETTING_MAX_MARKS = 18;
/** set-max-listpack-entries, set-max-listpack-value. */
export const SETTING_SET_ENTRIES = 19;
export const SETTING_SET_VALUE = 20;
export const SETTING_COUNT = 21;

/** Flags of `keys_range`: from the last key to the first; without values; an end that is no part of the range, or none. */
export const RANGE_REVERSE = 1;
export const RANGE_KEYS_ONLY = 2;
export const RANGE_LOW_OPEN = 4;
export const RANGE_HIGH_OPEN = 8;
export const RANGE_NO_LOW = 16;
export const RANGE_NO_HIGH = 32;

/** Answers of `keys_order`: the keys are in order; it goes on; there is no memory for it. */
export const ORDER_READY = 0;
export const ORDER_BUILDING = 1;
export const ORDER_OUT_OF_MEMORY = 2;

/** What memory is used for; the order of the f64 counters at CONTROL_MEMORY_POINTER. */
export const PURPOSE_ENTRY = 0;
export const PURPOSE_VALUE = 1;
export const PURPOSE_TABLE = 2;
export const PURPOSE_SESSION = 3;
export const PURPOSE_REPLY = 4;
export const PURPOSE_EFFECT = 5;
export const PURPOSE_SCRATCH = 6;
export const PURPOSE_MARK = 7;
export const PURPOSE_COUNT = 8;

/** Value types as TYPE names them; the low half of an entry's type byte. */
export const TYPE_STRING = 0;
export const TYPE_LIST = 1;
export const TYPE_SET = 2;
export const TYPE_SORTED_SET = 3;
export const TYPE_HASH = 4;
export const TYPE_STREAM = 5;
export const TYPE_DOCUMENT = 6;

/** Length of the input area and the reply length at which a batch yields to the host. */
export const INPUT_CAPACITY = 262144;
export const REPLY_YIELD_BYTES = 262144;
/** Most bytes of one value or key (Redis: proto-max-bulk-len), and most arguments of a command. */
export const MAX_BULK_BYTES = 536870912;
export const MAX_ARGUMENTS = 1048576;
/** Most arguments of `call_arguments`, the name among them; more go through `execute`. */
export const DIRECT_ARGUMENTS_MAX = 1024;
/** Longest inline command, and longest `*n` or `$n` line. */
export const MAX_INLINE_BYTES = 65536;
