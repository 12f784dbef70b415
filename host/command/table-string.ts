/**
 * Commands on strings.
 */
import { command, type CommandRow } from "./table-types.ts";

const EXPIRY = "EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds";
const RW_ONE = "RW access update @1";

export const stringCommands: readonly CommandRow[] = [
  command({
    name: "SET", arity: -3, flags: "write denyoom", acl: "write string slow", since: "1.0.0", group: "string", engine: "string",
    keys: "RW access update variable_flags @1 (reads the key only when GET is given)",
    syntax: `key value [condition:NX|XX] [GET] [expiration:${EXPIRY}|KEEPTTL]`,
    summary: "Stores a string under a key, whatever the key held; optionally only if the key is (or is not) there, with an expiry, and answering the old value.",
  }),
  command({
    name: "GET", arity: 2, flags: "readonly fast", acl: "read string fast", since: "1.0.0", group: "string", engine: "string",
    keys: "RO access @1", syntax: "key", summary: "Answers the string under a key.",
  }),
  command({
    name: "GETDEL", arity: 2, flags: "write fast", acl: "write string fast", since: "6.2.0", group: "string", engine: "string",
    keys: "RW access delete @1", syntax: "key", summary: "Answers the string under a key and deletes the key.",
  }),
  command({
    name: "GETEX", arity: -2, flags: "write fast", acl: "write string fast", since: "6.2.0", group: "string", engine: "string",
    keys: "RW access update @1 (an update because the expiry may change)", syntax: `key [expiration:${EXPIRY}|PERSIST]`,
    summary: "Answers the string under a key and sets or removes its expiry.",
  }),
  command({
    name: "GETSET", arity: 3, flags: "write denyoom fast", acl: "write string fast", since: "1.0.0", group: "string", engine: "string",
    keys: RW_ONE, syntax: "key value", deprecated: { since: "6.2.0", replacedBy: "SET with GET" },
    summary: "Stores a string under a key and answers the string that was there.",
  }),
  command({
    name: "GETRANGE", arity: 4, flags: "readonly", acl: "read string slow", since: "2.4.0", group: "string", engine: "string-range",
    keys: "RO access @1", syntax: "key start:integer end:integer", complexity: "O(N), N bytes answered",
    summary: "Answers the bytes of a string from one offset to another, both included; negative offsets count from the end.",
  }),
  command({
    name: "SUBSTR", arity: 4, flags: "readonly", acl: "read string slow", since: "1.0.0", group: "string", engine: "string-range",
    keys: "RO access @1", syntax: "key start:integer end:integer", complexity: "O(N), N bytes answered",
    deprecated: { since: "2.0.0", replacedBy: "GETRANGE" }, summary: "The older name of GETRANGE.",
  }),
  command({
    name: "SETRANGE", arity: 4, flags: "write denyoom", acl: "write string slow", since: "2.2.0", group: "string", engine: "string-range",
    keys: "RW update @1", syntax: "key offset:integer value", complexity: "O(N), N the length of the string if it must move, else of the value",
    summary: "Overwrites bytes of a string from an offset on, filling up with zero bytes where the string is too short.",
  }),
  command({
    name: "APPEND", arity: 3, flags: "write denyoom fast", acl: "write string fast", since: "2.0.0", group: "string", engine: "string-range",
    keys: "RW insert @1", syntax: "key value", complexity: "O(1) amortised for short values",
    summary: "Adds bytes at the end of a string, or creates it, and answers the new length.",
  }),
  command({
    name: "STRLEN", arity: 2, flags: "readonly fast", acl: "read string fast", since: "2.2.0", group: "string", engine: "string-range",
    keys: "RO @1", syntax: "key", summary: "Answers the length of a string in bytes.",
  }),
  command({
    name: "MGET", arity: -2, flags: "readonly fast", acl: "read string fast", since: "1.0.0", group: "string", engine: "string",
    keys: "RO access @1..-1", tips: "request_policy:multi_shard", syntax: "key...", complexity: "O(N), N keys",
    summary: "Answers the strings under several keys, in their order.",
  }),
  command({
    name: "MSET", arity: -3, flags: "write denyoom", acl: "write string slow", since: "1.0.1", group: "string", engine: "string",
    keys: "OW update @1..-1/2", tips: "request_policy:multi_shard response_policy:all_succeeded", syntax: "(key_value:key value)...",
    complexity: "O(N), N keys", summary: "Stores several strings at once.",
  }),
  command({
    name: "MSETNX", arity: -3, flags: "write denyoom", acl: "write string slow", since: "1.0.1", group: "string", engine: "string",
    keys: "OW insert @1..-1/2", tips: "request_policy:multi_shard response_policy:agg_min", syntax: "(key_value:key value)...",
    complexity: "O(N), N keys", summary: "Stores several strings at once, if none of the keys exists.",
  }),
  command({
    name: "SETNX", arity: 3, flags: "write denyoom fast", acl: "write string fast", since: "1.0.0", group: "string", engine: "string",
    keys: "OW insert @1", syntax: "key value", summary: "Stores a string if the key does not exist.",
  }),
  command({
    name: "SETEX", arity: 4, flags: "write denyoom", acl: "write string slow", since: "2.0.0", group: "string", engine: "string",
    keys: "OW update @1", syntax: "key seconds:integer value", summary: "Stores a string that expires after some seconds.",
  }),
  command({
    name: "PSETEX", arity: 4, flags: "write denyoom", acl: "write string slow", since: "2.6.0", group: "string", engine: "string",
    keys: "OW update @1", syntax: "key milliseconds:integer value", summary: "Stores a string that expires after some milliseconds.",
  }),
  command({
    name: "INCR", arity: 2, flags: "write denyoom fast", acl: "write string fast", since: "1.0.0", group: "string", engine: "string-number",
    keys: RW_ONE, syntax: "key", summary: "Adds one to the whole number under a key; a missing key counts as 0.",
  }),
  command({
    name: "INCRBY", arity: 3, flags: "write denyoom fast", acl: "write string fast", since: "1.0.0", group: "string", engine: "string-number",
    keys: RW_ONE, syntax: "key increment:integer", summary: "Adds to the whole number under a key; a missing key counts as 0.",
  }),
  command({
    name: "INCRBYFLOAT", arity: 3, flags: "write denyoom fast", acl: "write string fast", since: "2.6.0", group: "string", engine: "string-number",
    keys: RW_ONE, syntax: "key increment:double", summary: "Adds to the number under a key, which may have a fraction; a missing key counts as 0.",
  }),
  command({
    name: "DECR", arity: 2, flags: "write denyoom fast", acl: "write string fast", since: "1.0.0", group: "string", engine: "string-number",
    keys: RW_ONE, syntax: "key", summary: "Takes one from the whole number under a key; a missing key counts as 0.",
  }),
  command({
    name: "DECRBY", arity: 3, flags: "write denyoom fast", acl: "write string fast", since: "1.0.0", group: "string", engine: "string-number",
    keys: RW_ONE, syntax: "key decrement:integer", summary: "Subtracts from the whole number under a key; a missing key counts as 0.",
  }),
  command({
    name: "LCS", arity: -3, flags: "readonly", acl: "read string slow", since: "7.0.0", group: "string", engine: "string-lcs", long: true,
    keys: "RO access @1..1", syntax: "key1:key key2:key [LEN] [IDX] [MINMATCHLEN len:integer] [WITHMATCHLEN]",
    complexity: "O(N*M), N and M the lengths of the strings",
    summary: "Answers the longest common subsequence of two strings, its length, or where it matches.",
  }),
];
