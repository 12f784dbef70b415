/**
 * Every error of MemFlux, as data: what RESP clients see, and the codes of `DatabaseError`.
 *
 * - `replyErrors` are the errors that engine and host answer on the wire, with their whole text. From these rows
 *   host/build/generate-commands.mjs makes assembly/abi/errors.ts (ERROR_<NAME> = position of the row) and the engine's texts,
 *   so the order is an ABI of one build only: rows may be moved freely.
 * - `hostErrors` are those whose text is written where they happen; the row gives the prefix that a client sees.
 *
 * 1. Names are unique over both tables: they are the codes of `DatabaseError`.
 * 2. Texts that client libraries match on are Redis's, word for word; where Redis has no error the words are ours.
 * 3. `%s` stands for one insertion (a command's name, an option, a byte), made by the engine or by `errorText`.
 *    UNKNOWN_COMMAND ends where the list of arguments begins.
 * 4. A text has no CR and no LF.
 */

/** An error with its whole text. On the wire: `-<prefix> <text>`. */
export interface ReplyErrorRow {
  readonly name: string;
  readonly prefix: string;
  readonly text: string;
}

/** An error whose text is written where it happens. */
export interface HostErrorRow {
  readonly name: string;
  readonly prefix: string;
}

export const replyErrors = [
  // Arguments of any command
  { name: "SYNTAX", prefix: "ERR", text: "syntax error" },
  { name: "UNKNOWN_COMMAND", prefix: "ERR", text: "unknown command '%s', with args beginning with: " },
  { name: "UNKNOWN_SUBCOMMAND", prefix: "ERR", text: "unknown subcommand '%s'. Try %s HELP." },
  { name: "WRONG_ARITY", prefix: "ERR", text: "wrong number of arguments for '%s' command" },
  { name: "NOT_INTEGER", prefix: "ERR", text: "value is not an integer or out of range" },
  { name: "NOT_FLOAT", prefix: "ERR", text: "value is not a valid float" },
  { name: "OUT_OF_RANGE_POSITIVE", prefix: "ERR", text: "value is out of range, must be positive" },
  { name: "OUT_OF_RANGE_INT32", prefix: "ERR", text: "value is out of range, value must between -2147483648 and 2147483647" },
  { name: "UNSUPPORTED_OPTION", prefix: "ERR", text: "Unsupported option %s" },
  { name: "INDEX_OUT_OF_RANGE", prefix: "ERR", text: "DB index is out of range" },
  { name: "SWAPDB_FIRST", prefix: "ERR", text: "invalid first DB index" },
  { name: "SWAPDB_SECOND", prefix: "ERR", text: "invalid second DB index" },

  // Publish and subscribe
  {
    name: "SUBSCRIBED",
    prefix: "ERR",
    text: "Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
  },
  {
    name: "SUBSCRIBED_EXEC",
    prefix: "EXECABORT",
    text:
      "Transaction discarded because of: Can't execute 'exec': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are " +
      "allowed in this context",
  },
  { name: "SUBSCRIBE_DENIED", prefix: "ERR", text: "%s isn't allowed for a DENY BLOCKING client" },

  // Keys and values
  { name: "WRONG_TYPE", prefix: "WRONGTYPE", text: "Operation against a key holding the wrong kind of value" },
  { name: "NO_SUCH_KEY", prefix: "ERR", text: "no such key" },
  { name: "SAME_OBJECT", prefix: "ERR", text: "source and destination objects are the same" },
  { name: "INVALID_CURSOR", prefix: "ERR", text: "invalid cursor" },
  { name: "OVERFLOW", prefix: "ERR", text: "increment or decrement would overflow" },
  { name: "DECREMENT_OVERFLOW", prefix: "ERR", text: "decrement would overflow" },
  {
    name: "OUT_OF_RANGE_INT64",
    prefix: "ERR",
    text: "value is out of range, value must between -9223372036854775807 and 9223372036854775807",
  },
  { name: "OUT_OF_RANGE", prefix: "ERR", text: "value is out of range" },
  { name: "NUMKEYS_NOT_POSITIVE", prefix: "ERR", text: "numkeys should be greater than 0" },
  { name: "TOO_MANY_NUMKEYS", prefix: "ERR", text: "Number of keys can't be greater than number of args" },
  { name: "COUNT_NOT_POSITIVE", prefix: "ERR", text: "count should be greater than 0" },
  { name: "POSITION_OUT_OF_RANGE", prefix: "ERR", text: "index out of range" },
  {
    name: "RANK_ZERO",
    prefix: "ERR",
    text:
      "RANK can't be zero: use 1 to start from the first match, 2 from the second ... " +
      "or use negative to start from the end of the list",
  },
  { name: "COUNT_NEGATIVE", prefix: "ERR", text: "COUNT can't be negative" },
  { name: "MAXLEN_NEGATIVE", prefix: "ERR", text: "MAXLEN can't be negative" },
  { name: "TIMEOUT_NOT_FLOAT", prefix: "ERR", text: "timeout is not a float or out of range" },
  { name: "TIMEOUT_OUT_OF_RANGE", prefix: "ERR", text: "timeout is out of range" },
  { name: "LIMIT_NEGATIVE", prefix: "ERR", text: "LIMIT can't be negative" },
  { name: "HASH_NOT_INTEGER", prefix: "ERR", text: "hash value is not an integer" },
  { name: "HASH_NOT_FLOAT", prefix: "ERR", text: "hash value is not a float" },
  { name: "VALUE_NAN_OR_INFINITY", prefix: "ERR", text: "value is NaN or Infinity" },
  { name: "NAN_OR_INFINITY", prefix: "ERR", text: "increment would produce NaN or Infinity" },
  { name: "ZADD_XX_NX", prefix: "ERR", text: "XX and NX options at the same time are not compatible" },
  { name: "ZADD_GT_LT_NX", prefix: "ERR", text: "GT, LT, and/or NX options at the same time are not compatible" },
  { name: "ZADD_INCR_PAIR", prefix: "ERR", text: "INCR option supports a single increment-element pair" },
  { name: "ZSET_NAN", prefix: "ERR", text: "resulting score is not a number (NaN)" },
  { name: "SCORE_RANGE", prefix: "ERR", text: "min or max is not a float" },
  { name: "LEX_RANGE", prefix: "ERR", text: "min or max not valid string range item" },
  {
    name: "RANGE_LIMIT",
    prefix: "ERR",
    text: "syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
  },
  { name: "LEX_WITHSCORES", prefix: "ERR", text: "syntax error, WITHSCORES not supported in combination with BYLEX" },
  { name: "INPUT_KEY_NEEDED", prefix: "ERR", text: "at least 1 input key is needed for '%s' command" },
  { name: "WEIGHT_NOT_FLOAT", prefix: "ERR", text: "weight value is not a float" },
  { name: "OFFSET_OUT_OF_RANGE", prefix: "ERR", text: "offset is out of range" },
  { name: "STRING_TOO_LONG", prefix: "ERR", text: "string exceeds maximum allowed size (proto-max-bulk-len)" },
  { name: "LCS_LEN_AND_IDX", prefix: "ERR", text: "If you want both the length and indexes, please just use IDX." },
  { name: "LCS_NOT_STRINGS", prefix: "ERR", text: "The specified keys must contain string values" },
  { name: "LCS_TOO_LARGE", prefix: "ERR", text: "Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len" },
  {
    name: "LFU_NOT_SELECTED",
    prefix: "ERR",
    text:
      "An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies " +
      "at runtime LRU and LFU data will take some time to adjust.",
  },

  // JSON documents
  { name: "JSON_EXPECTED_VALUE", prefix: "ERR", text: "expected value at %s" },
  { name: "JSON_EXPECTED_LITERAL", prefix: "ERR", text: "expected ident at %s" },
  { name: "JSON_EOF_VALUE", prefix: "ERR", text: "EOF while parsing a value at %s" },
  { name: "JSON_EOF_LIST", prefix: "ERR", text: "EOF while parsing a list at %s" },
  { name: "JSON_EOF_OBJECT", prefix: "ERR", text: "EOF while parsing an object at %s" },
  { name: "JSON_EOF_STRING", prefix: "ERR", text: "EOF while parsing a string at %s" },
  { name: "JSON_EXPECTED_COMMA_OR_BRACKET", prefix: "ERR", text: "expected `,` or `]` at %s" },
  { name: "JSON_EXPECTED_COMMA_OR_BRACE", prefix: "ERR", text: "expected `,` or `}` at %s" },
  { name: "JSON_EXPECTED_COLON", prefix: "ERR", text: "expected `:` at %s" },
  { name: "JSON_NAME_NOT_STRING", prefix: "ERR", text: "key must be a string at %s" },
  { name: "JSON_TRAILING_COMMA", prefix: "ERR", text: "trailing comma at %s" },
  { name: "JSON_TRAILING_TEXT", prefix: "ERR", text: "trailing characters at %s" },
  { name: "JSON_NUMBER", prefix: "ERR", text: "invalid number at %s" },
  { name: "JSON_ESCAPE", prefix: "ERR", text: "invalid escape at %s" },
  { name: "JSON_CONTROL", prefix: "ERR", text: "control character (\\u0000-\\u001F) found while parsing a string at %s" },
  { name: "JSON_DEPTH", prefix: "ERR", text: "recursion limit exceeded at %s" },
  { name: "JSON_NOT_UTF8", prefix: "ERR", text: "invalid UTF-8 at %s" },
  { name: "JSON_TOO_LARGE", prefix: "ERR", text: "the document is too large" },
  { name: "JSON_TOO_DEEP", prefix: "ERR", text: "the document would be nested deeper than 128 levels" },
  { name: "GRAPH_DIRECTION", prefix: "ERR", text: "Invalid direction, must be OUT, IN, or BOTH" },
  { name: "GRAPH_INTERNAL", prefix: "ERR", text: "this command is for the log of effects only" },
  { name: "GRAPH_LIMIT", prefix: "ERR", text: "too many labels, relationship types or sets of labels" },
  { name: "GRAPH_NAME", prefix: "ERR", text: "a label or relationship type must have 1 to 255 bytes of UTF-8" },
  { name: "GRAPH_NO_NODE", prefix: "ERR", text: "no such node" },
  { name: "GRAPH_PROPERTIES", prefix: "ERR", text: "Invalid JSON properties" },
  {
    name: "GRAPH_NODE_EXISTS",
    prefix: "CONSTRAINT",
    text: "Node(%s) already exists with label `%s [ConstraintValidationFailed: UniquenessViolation]",
  },
  { name: "GRAPH_NODE_LACKS", prefix: "CONSTRAINT", text: "Node(%s) with label `%s [ConstraintValidationFailed: MissingProperty]" },
  { name: "JSON_ROOT", prefix: "ERR", text: "new objects must be created at the root" },
  {
    name: "JSON_STATIC_PATH",
    prefix: "ERR",
    text: "wrong static path: a new field needs a path without wildcards, slices, filters and descendants",
  },
  { name: "JSON_PATH_CREATION", prefix: "ERR", text: "Path creation failed: part is not an object" },
  { name: "JSON_PATH_KEY", prefix: "ERR", text: "Invalid path: missing key" },
  { name: "JSON_TOO_MANY", prefix: "ERR", text: "the path leads to more values than a command can take" },
  { name: "JSON_ARRAY_INDEX", prefix: "ERR", text: "array index out of range" },
  { name: "JSON_INDEX_BOUNDS", prefix: "ERR", text: "index out of bounds" },
  { name: "JSON_NO_KEY", prefix: "ERR", text: "could not perform this operation on a key that doesn't exist" },
  { name: "JSON_NO_PATH", prefix: "ERR", text: "Path '%s' does not exist" },
  { name: "JSON_NO_PATH_OR_ARRAY", prefix: "ERR", text: "Path '%s' does not exist or not an array" },
  { name: "JSON_NO_PATH_OR_STRING", prefix: "ERR", text: "Path '%s' does not exist or not a string" },
  { name: "JSON_NO_PATH_OR_BOOLEAN", prefix: "ERR", text: "Path '%s' does not exist or not a bool" },
  { name: "JSON_NO_PATH_OR_NUMBER", prefix: "ERR", text: "Path '%s' does not exist or does not contain a number" },
  { name: "JSON_NOT_FINITE", prefix: "ERR", text: "result is not a number that JSON can hold" },
  { name: "JSON_PATH_SYNTAX", prefix: "ERR", text: "JSONPath syntax error at byte %s" },
  { name: "JSON_PATH_LIMIT", prefix: "ERR", text: "the JSONPath is longer or deeper nested than allowed" },
  { name: "JSON_UNKNOWN_DEBUG", prefix: "ERR", text: "unknown subcommand - try `JSON.DEBUG HELP`" },
  { name: "JSON_EXPECTED_TYPE", prefix: "WRONGTYPE", text: "wrong type of path value - expected %s" },

  // Expiry
  { name: "INVALID_EXPIRE", prefix: "ERR", text: "invalid expire time in '%s' command" },
  { name: "SORT_NOT_DOUBLE", prefix: "ERR", text: "One or more scores can't be converted into double" },
  { name: "BUSY_KEY", prefix: "BUSYKEY", text: "Target key name already exists." },
  { name: "BAD_PAYLOAD", prefix: "ERR", text: "DUMP payload version or checksum are wrong" },
  { name: "BAD_DATA", prefix: "ERR", text: "Bad data format" },
  { name: "NO_DUMP", prefix: "ERR", text: "DUMP has no format for values of this type" },
  { name: "INVALID_TTL", prefix: "ERR", text: "Invalid TTL value, must be >= 0" },
  { name: "INVALID_IDLETIME", prefix: "ERR", text: "Invalid IDLETIME value, must be >= 0" },
  { name: "INVALID_FREQ", prefix: "ERR", text: "Invalid FREQ value, must be >= 0 and <= 255" },
  { name: "FIELD_EXPIRE_NEGATIVE", prefix: "ERR", text: "invalid expire time, must be >= 0" },
  { name: "FIELDS_MISSING", prefix: "ERR", text: "Mandatory argument FIELDS is missing or not at the right position" },
  { name: "FIELDS_NOT_POSITIVE", prefix: "ERR", text: "Number of fields must be a positive integer" },
  { name: "FIELDS_NUMBER", prefix: "ERR", text: "Parameter `numFields` should be greater than 0" },
  { name: "FIELDS_MISMATCH", prefix: "ERR", text: "The `numfields` parameter must match the number of arguments" },
  { name: "EXPIRE_NX_AND_OTHERS", prefix: "ERR", text: "NX and XX, GT or LT options at the same time are not compatible" },
  { name: "EXPIRE_GT_AND_LT", prefix: "ERR", text: "GT and LT options at the same time are not compatible" },

  // Memory
  { name: "OUT_OF_MEMORY", prefix: "OOM", text: "command not allowed when used memory > 'maxmemory'." },
  { name: "OUT_OF_MEMORY_HOST", prefix: "OOM", text: "the engine cannot get the memory that this command needs" },

  // Transactions
  { name: "NOT_IN_TRANSACTION", prefix: "ERR", text: "%s cannot be run inside a transaction. Please COMMIT or ROLLBACK first. [25001]" },
  { name: "TRANSACTION_READS", prefix: "ERR", text: "cannot execute %s in a read-only transaction [25006]" },
  {
    name: "TRANSACTION_FAILED",
    prefix: "ERR",
    text: "current transaction is aborted, commands ignored until end of transaction block [25P02]",
  },
  { name: "TRANSACTION_CANCELLED", prefix: "ABORT", text: "snapshot too old, please retry the transaction [40001]" },
  { name: "TRANSACTION_MEMORY", prefix: "OOM", text: "the transaction would take more memory than 'max_transaction_mb'" },
  { name: "TRANSACTION_IDLE", prefix: "ERR", text: "the transaction was rolled back due to idle-in-transaction timeout [25P03]" },

  // MULTI, EXEC and WATCH
  { name: "MULTI_NESTED", prefix: "ERR", text: "MULTI calls can not be nested" },
  { name: "WATCH_INSIDE_MULTI", prefix: "ERR", text: "WATCH inside MULTI is not allowed" },
  { name: "MULTI_IN_TRANSACTION", prefix: "ERR", text: "MULTI and WATCH are not allowed inside BEGIN" },
  { name: "EXEC_WITHOUT_MULTI", prefix: "ERR", text: "EXEC without MULTI" },
  { name: "DISCARD_WITHOUT_MULTI", prefix: "ERR", text: "DISCARD without MULTI" },
  { name: "NOT_IN_MULTI", prefix: "ERR", text: "Command not allowed inside a transaction" },
  { name: "EXEC_ABORTED", prefix: "EXECABORT", text: "Transaction discarded because of previous errors." },
  { name: "EXEC_ARITY", prefix: "EXECABORT", text: "Transaction discarded because of: wrong number of arguments for 'exec' command" },
  { name: "EXEC_REFUSED", prefix: "EXECABORT", text: "Transaction discarded because of: %s" },

  // Durability
  {
    name: "READ_ONLY",
    prefix: "MISCONF",
    text: "writes are refused because the log on disk has failed; see the server's log, mend the disk and restart the server",
  },
  {
    name: "OUTCOME_UNKNOWN",
    prefix: "UNCERTAIN",
    text: "outcome unknown: the log on disk failed before this was safe, so it may or may not be there after a restart",
  },

  // Access
  { name: "NOAUTH", prefix: "NOAUTH", text: "Authentication required." },
  {
    name: "HELLO_NOAUTH",
    prefix: "NOAUTH",
    text:
      "HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option can be " +
      "used to authenticate the client and select the RESP protocol version at the same time",
  },
  { name: "WRONGPASS", prefix: "WRONGPASS", text: "invalid username-password pair or user is disabled." },
  {
    name: "AUTH_WITHOUT_PASSWORD",
    prefix: "ERR",
    text: "AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
  },
  { name: "NOPROTO", prefix: "NOPROTO", text: "unsupported protocol version" },
  { name: "PROTOCOL_VERSION_NOT_INTEGER", prefix: "ERR", text: "Protocol version is not an integer or out of range" },
  { name: "HELLO_OPTION", prefix: "ERR", text: "Syntax error in HELLO option '%s'" },

  // Requests that are no RESP; the connection closes behind them
  { name: "PROTOCOL_INVALID_MULTIBULK", prefix: "ERR", text: "Protocol error: invalid multibulk length" },
  { name: "PROTOCOL_MULTIBULK_COUNT_TOO_BIG", prefix: "ERR", text: "Protocol error: too big mbulk count string" },
  { name: "PROTOCOL_UNAUTHENTICATED_MULTIBULK", prefix: "ERR", text: "Protocol error: unauthenticated multibulk length" },
  { name: "PROTOCOL_INVALID_BULK", prefix: "ERR", text: "Protocol error: invalid bulk length" },
  { name: "PROTOCOL_BULK_COUNT_TOO_BIG", prefix: "ERR", text: "Protocol error: too big bulk count string" },
  { name: "PROTOCOL_UNAUTHENTICATED_BULK", prefix: "ERR", text: "Protocol error: unauthenticated bulk length" },
  { name: "PROTOCOL_EXPECTED_DOLLAR", prefix: "ERR", text: "Protocol error: expected '$', got '%s'" },
  { name: "PROTOCOL_INLINE_TOO_BIG", prefix: "ERR", text: "Protocol error: too big inline request" },
  { name: "PROTOCOL_UNBALANCED_QUOTES", prefix: "ERR", text: "Protocol error: unbalanced quotes in request" },
  { name: "HELD_TOO_BIG", prefix: "ERR", text: "Protocol error: the unfinished request is longer than client-query-buffer-limit" },

  // CLIENT
  {
    name: "CLIENT_NAME",
    prefix: "ERR",
    text: "Client names cannot contain spaces, newlines or special characters.",
  },
  { name: "CLIENT_LIBRARY", prefix: "ERR", text: "%s cannot contain spaces, newlines or special characters." },
  { name: "UNKNOWN_CLIENT_OPTION", prefix: "ERR", text: "Unrecognized option '%s'" },
  { name: "NO_SUCH_CLIENT", prefix: "ERR", text: "No such client" },
  { name: "NO_SUCH_USER", prefix: "ERR", text: "No such user '%s'" },
  { name: "UNKNOWN_CLIENT_TYPE", prefix: "ERR", text: "Unknown client type '%s'" },
  { name: "INVALID_CLIENT_ID", prefix: "ERR", text: "Invalid client ID" },
  { name: "TIMEOUT_NOT_INTEGER", prefix: "ERR", text: "timeout is not an integer or out of range" },
  { name: "TIMEOUT_NEGATIVE", prefix: "ERR", text: "timeout is negative" },
  { name: "CLIENT_PAUSE_MODE", prefix: "ERR", text: "CLIENT PAUSE mode must be WRITE or ALL" },
  { name: "UNBLOCKED", prefix: "UNBLOCKED", text: "client unblocked via CLIENT UNBLOCK" },
  { name: "CLIENT_UNBLOCK_REASON", prefix: "ERR", text: "CLIENT UNBLOCK reason should be TIMEOUT or ERROR" },
  { name: "CLIENT_ID_NOT_POSITIVE", prefix: "ERR", text: "client-id should be greater than 0" },

  // COMMAND
  { name: "INVALID_COMMAND", prefix: "ERR", text: "Invalid command specified" },
  { name: "INVALID_COMMAND_KEYS", prefix: "ERR", text: "Invalid arguments specified for command" },
  { name: "INVALID_COMMAND_ARITY", prefix: "ERR", text: "Invalid number of arguments specified for command" },
  { name: "NO_KEY_ARGUMENTS", prefix: "ERR", text: "The command has no key arguments" },

  // SLOWLOG, LATENCY, MONITOR
  { name: "SERVER_ONLY", prefix: "ERR", text: "%s is for connections to a server" },
  { name: "SLOWLOG_COUNT", prefix: "ERR", text: "count should be greater than or equal to -1" },
  { name: "LATENCY_NO_SAMPLES", prefix: "ERR", text: "No samples available for event '%s'" },
  { name: "MONITOR_IN_MULTI", prefix: "ERR", text: "MONITOR isn't allowed for DENY BLOCKING client" },

  // CONFIG, FUNCTION, SCRIPT, DEBUG, SHUTDOWN
  { name: "CONFIG_UNKNOWN", prefix: "ERR", text: "Unknown option or number of arguments for CONFIG SET - '%s'" },
  { name: "CONFIG_FAILED", prefix: "ERR", text: "CONFIG SET failed (possibly related to argument '%s') - %s" },
  { name: "CONFIG_NO_FILE", prefix: "ERR", text: "The server is running without a config file" },
  { name: "CONFIG_REWRITE", prefix: "ERR", text: "Rewriting config file: %s" },
  { name: "FUNCTION_FLUSH_MODE", prefix: "ERR", text: "FUNCTION FLUSH only supports SYNC|ASYNC option" },
  { name: "SCRIPT_FLUSH_MODE", prefix: "ERR", text: "SCRIPT FLUSH only support SYNC|ASYNC option" },
  { name: "UNKNOWN_SUBCOMMAND_OR_ARITY", prefix: "ERR", text: "unknown subcommand or wrong number of arguments for '%s'. Try %s HELP." },
  {
    name: "DEBUG_PROTOCOL_TYPE",
    prefix: "ERR",
    text:
      "Wrong protocol type name. Please use one of the following: " +
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false",
  },
  { name: "DEBUG_POPULATE_REFUSED", prefix: "CONSTRAINT", text: "a table keeps the keys with this prefix for its rows" },
  { name: "DEBUG_RELOAD", prefix: "ERR", text: "DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options." },
  { name: "DEBUG_THRESHOLD", prefix: "ERR", text: "argument must be a memory value bigger than 1 and smaller than 4gb" },
  { name: "NOT_LISTPACK", prefix: "ERR", text: "Not a listpack encoded object." },
  { name: "NOT_QUICKLIST", prefix: "ERR", text: "Not a quicklist encoded object." },
  { name: "NOT_HASH_TABLE", prefix: "ERR", text: "The value stored at the specified key is not represented using an hash table" },
  { name: "DEBUG_DATABASE", prefix: "ERR", text: "Out of range database" },
  { name: "RESP3_ONLY", prefix: "ERR", text: "RESP2 is not supported by this command" },
  {
    name: "NOTHING_TO_SAVE_TO",
    prefix: "ERR",
    text: "SHUTDOWN SAVE is refused: persistence is off, so the data would be lost; use NOSAVE",
  },
  { name: "PERSISTENCE_OFF", prefix: "ERR", text: "persistence is off: there is nothing to save to" },
  { name: "SAVE_IN_PROGRESS", prefix: "ERR", text: "Background save already in progress" },
  { name: "REWRITE_IN_PROGRESS", prefix: "ERR", text: "Background append only file rewriting already in progress" },
  { name: "NO_SHUTDOWN", prefix: "ERR", text: "No shutdown in progress." },
] as const satisfies readonly ReplyErrorRow[];

export const hostErrors = [
  // Options and configuration
  { name: "INVALID_OPTION", prefix: "ERR" },
  { name: "UNKNOWN_OPTION", prefix: "ERR" },
  { name: "IMMUTABLE_OPTION", prefix: "ERR" },
  { name: "OPTION_NOT_SUPPORTED", prefix: "ERR" },
  { name: "CONFIG_FILE", prefix: "ERR" },

  // Network
  { name: "ADDRESS_IN_USE", prefix: "ERR" },
  { name: "ADDRESS_DENIED", prefix: "ERR" },
  { name: "ADDRESS_INVALID", prefix: "ERR" },
  { name: "TLS_CREDENTIALS", prefix: "ERR" },
  { name: "CONNECTION_CLOSED", prefix: "ERR" },
  { name: "TIMEOUT", prefix: "ERR" },
  { name: "PROTOCOL", prefix: "ERR" },
  // A reply error without a row here; its message is the text on the wire.
  { name: "REPLY", prefix: "ERR" },
  { name: "CLOSED", prefix: "ERR" },
  { name: "TRANSACTION_ENDED", prefix: "ERR" },

  // Files of a database
  { name: "SAVE_FAILED", prefix: "ERR" },
  { name: "STORAGE_FAILED", prefix: "ERR" },
  { name: "STORAGE_FULL", prefix: "ERR" },
  { name: "STORAGE_UNAVAILABLE", prefix: "ERR" },
  { name: "DIRECTORY_LOCKED", prefix: "ERR" },
  { name: "FILE_FOREIGN", prefix: "ERR" },
  { name: "FILE_VERSION", prefix: "ERR" },
  { name: "FILE_CORRUPT", prefix: "ERR" },

  // SQL statements; the message ends in its position and SQLSTATE
  { name: "SQL_SYNTAX", prefix: "SYNTAX" },
  { name: "SQL_STACK_DEPTH", prefix: "ERR" },
  { name: "SQL_NOT_SUPPORTED", prefix: "ERR" },
  { name: "SQL_VALUE", prefix: "TYPE" },
  { name: "SQL_CONSTRAINT", prefix: "CONSTRAINT" },
  { name: "SQL_ABORT", prefix: "ABORT" },
  { name: "SQL_OUT_OF_MEMORY", prefix: "OOM" },
  { name: "SQL_CANCELED", prefix: "CANCELED" },
  { name: "SQL_ERROR", prefix: "ERR" },

  // Cypher statements; the message ends in its position and openCypher's class and detail
  { name: "CYPHER_SYNTAX", prefix: "SYNTAX" },

  // User-defined functions; the message ends in its SQLSTATE
  { name: "EXTENSION_INVALID", prefix: "ERR" },
  { name: "EXTENSION_FUNCTION_MISSING", prefix: "ERR" },
  { name: "EXTENSION_ARGUMENT", prefix: "TYPE" },
  { name: "EXTENSION_FAILED", prefix: "ERR" },
  { name: "EXTENSION_OUT_OF_MEMORY", prefix: "OOM" },

  // Engine and program
  { name: "ENGINE_INVALID", prefix: "ERR" },
  { name: "ENGINE_FAILED", prefix: "ERR" },
  { name: "WORKER_FAILED", prefix: "ERR" },
  { name: "SUBSCRIBER_SLOW", prefix: "ERR" },
  { name: "INTERNAL", prefix: "ERR" },
  { name: "USAGE", prefix: "ERR" },
] as const satisfies readonly HostErrorRow[];
