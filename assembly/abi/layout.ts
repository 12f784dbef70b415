/**
 * Struct offsets shared by the engine and the host. Sizes and offsets in bytes; compiled by asc and by esbuild, so plain
 * constants only, without type annotations. The engine's structs assert these numbers (offsetof) where they are declared.
 *
 * Control block: one per engine, address from `engine_control()`. The host reads it after a call; it never moves.
 * Session: address is the session's handle, from `session_open()`. The host may read the fields named here.
 */

// Control block -------------------------------------------------------------------------------------------------------
/** u32: address and length of the reply bytes made so far. */
export const CONTROL_REPLY_POINTER = 0;
export const CONTROL_REPLY_LENGTH = 4;
/** u32: id, argument count and argument vector of the command that the host must answer (status EXECUTE_HOST_COMMAND). */
export const CONTROL_COMMAND_ID = 8;
export const CONTROL_ARGUMENT_COUNT = 12;
export const CONTROL_ARGUMENT_POINTER = 16;
/** u32: the area into which the host writes socket bytes before `execute`. */
export const CONTROL_INPUT_POINTER = 20;
export const CONTROL_INPUT_CAPACITY = 24;
/** u32: address and length of the effects logged since `effects_clear()`. */
export const CONTROL_EFFECT_POINTER = 28;
export const CONTROL_EFFECT_LENGTH = 32;
/** u32: address of DATABASE_COUNT database records (DATABASE_*). */
export const CONTROL_DATABASE_POINTER = 36;
/** u32: address of COMMAND_COUNT f64 call counters, then as many of failed and of rejected calls. */
export const CONTROL_CALLS_POINTER = 40;
/** u32: address of PURPOSE_COUNT f64 byte counters (memory in use by purpose). */
export const CONTROL_MEMORY_POINTER = 44;
/** f64 statistics since start or `statistics_reset()`. */
export const CONTROL_HITS = 48;
export const CONTROL_MISSES = 56;
export const CONTROL_EXPIRED = 64;
export const CONTROL_COMMANDS = 72;
/** f64: highest value of the sum of all purposes. */
export const CONTROL_MEMORY_PEAK = 80;
/** u32: result words of exports that answer more than a status (digest, object information). */
export const CONTROL_RESULT = 88;
/** u32: address of ERROR_COUNT f64 counters of the errors that the engine has answered, by id. */
export const CONTROL_ERRORS_POINTER = 104;
/** u32: address of the notifications since `notifications_clear()`: u32 address of the records, u32 their length. */
export const CONTROL_NOTIFICATIONS = 108;
/** u32: not 0 while keys are ready that clients wait for (`wait_take`). */
export const CONTROL_READY = 112;
/**
 * What a command waits for that the host was asked to answer: u32 TYPE_* of the value, u32 position of its first key among the arguments,
 * u32 number of keys, f64 milliseconds (0: for ever).
 */
export const CONTROL_WAIT_TYPE = 116;
export const CONTROL_WAIT_FIRST = 120;
export const CONTROL_WAIT_COUNT = 124;
export const CONTROL_WAIT_MS = 128;
/** f64: fields that were removed since they were over, from the start or `statistics_reset()` on. */
export const CONTROL_EXPIRED_FIELDS = 136;
/** f64: values that were left to be freed in steps, since the same. */
export const CONTROL_LAZY_FREED = 144;
/** f64: effects logged since the start, those of compactions left out; `statistics_reset()` leaves it. */
export const CONTROL_CHANGES = 152;
export const CONTROL_SIZE = 160;

/** An element of an argument vector: u32 address, u32 length. */
export const ARGUMENT_POINTER = 0;
export const ARGUMENT_LENGTH = 4;
/** Length of an argument that is a null bulk: a parameter of SQL.QUERY that is NULL. */
export const NULL_ARGUMENT = 2147483647;
export const ARGUMENT_SIZE = 8;

/** A database record: u32 keys, u32 keys with an expiry. */
export const DATABASE_KEYS = 0;
export const DATABASE_EXPIRING = 4;
export const DATABASE_SIZE = 128;
export const DATABASE_COUNT = 16;

// Session -------------------------------------------------------------------------------------------------------------
/** u32 fields that the host reads, and writes through `session_set(handle, field, value)`. */
export const SESSION_DATABASE = 0;
export const SESSION_PROTOCOL = 4;
export const SESSION_AUTHENTICATED = 8;
/** REPLY_ON, REPLY_OFF or REPLY_SKIP (CLIENT REPLY). */
export const SESSION_REPLY_MODE = 12;
/** 1: commands of this session do not change a key's access time (CLIENT NO-TOUCH). */
export const SESSION_NO_TOUCH = 16;
/** Read only: id of the last command + 1 (0: none yet; of a subcommand its position among all of them behind COMMAND_COUNT), bytes of unfinished input held, capacity of that buffer. */
export const SESSION_LAST_COMMAND = 20;
export const SESSION_HELD_LENGTH = 28;
export const SESSION_HELD_CAPACITY = 32;
/** Commands that MULTI has queued, + 1; 0 outside of MULTI. The host may only write 0: the queue and all watches are dropped. */
export const SESSION_MULTI = 76;
/** Read only: MULTI_* bits. */
export const SESSION_MULTI_STATE = 80;
/** Read only: bytes of the queue. */
export const SESSION_MULTI_LENGTH = 88;
/** Read only: 1 when a watched key was changed. */
export const SESSION_WATCH_DIRTY = 116;
/** Read only: the session's transaction (abi/transaction.ts), 0: none. */
export const SESSION_TRANSACTION = 120;
/** Channels and patterns that the session is subscribed to; the host keeps it. */
export const SESSION_SUBSCRIPTIONS = 124;
export const SESSION_SIZE = 128;

/** Bits of SESSION_MULTI_STATE: a command was refused while queueing; the host gets ready for EXEC; EXEC runs the queue. */
export const MULTI_ABORTED = 1;
export const MULTI_PREPARING = 2;
export const MULTI_RUNNING = 4;
