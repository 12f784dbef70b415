/**
 * Commands on keys of any type, on their expiry, and on whole databases.
 */
import { command, type CommandRow } from "./table-types.ts";

const CONDITION = "[condition:NX|XX|GT|LT]";
const SHARDED_SUM = "request_policy:multi_shard response_policy:agg_sum";
const ALL_SHARDS = "request_policy:all_shards response_policy:all_succeeded";

const keyCommands: readonly CommandRow[] = [
  command({
    name: "DEL", arity: -2, flags: "write", acl: "keyspace write slow", since: "1.0.0", group: "generic", engine: "generic",
    keys: "RM delete @1..-1", tips: SHARDED_SUM, syntax: "key...", complexity: "O(N), N keys",
    summary: "Deletes keys and answers how many there were.",
  }),
  command({
    name: "DELETE", arity: -2, flags: "write", acl: "keyspace write slow", since: "1.0.0", group: "generic", engine: "generic",
    keys: "RM delete @1..-1", tips: SHARDED_SUM, syntax: "key...", complexity: "O(N), N keys", summary: "Another name of DEL.",
  }),
  command({
    name: "UNLINK", arity: -2, flags: "write fast", acl: "keyspace write fast", since: "4.0.0", group: "generic", engine: "generic",
    keys: "RM delete @1..-1", tips: SHARDED_SUM, syntax: "key...", complexity: "O(N), N keys",
    summary: "Deletes keys; the memory of large values is freed later, in small steps.",
  }),
  command({
    name: "EXISTS", arity: -2, flags: "readonly fast", acl: "keyspace read fast", since: "1.0.0", group: "generic", engine: "generic",
    keys: "RO @1..-1", tips: SHARDED_SUM, syntax: "key...", complexity: "O(N), N keys",
    summary: "Counts those of the given keys that exist; a key that is named twice counts twice.",
  }),
  command({
    name: "TYPE", arity: 2, flags: "readonly fast", acl: "keyspace read fast", since: "1.0.0", group: "generic", engine: "generic",
    keys: "RO @1", syntax: "key", summary: "Answers the type of the value under a key, or none.",
  }),
  command({
    name: "RENAME", arity: 3, flags: "write", acl: "keyspace write slow", since: "1.0.0", group: "generic", engine: "generic",
    keys: "RW access delete @1;OW update @2", syntax: "key newkey:key", summary: "Gives a key another name, replacing what has that name.",
  }),
  command({
    name: "RENAMENX", arity: 3, flags: "write fast", acl: "keyspace write fast", since: "1.0.0", group: "generic", engine: "generic",
    keys: "RW access delete @1;OW insert @2", syntax: "key newkey:key", summary: "Gives a key another name if nothing has that name.",
  }),
  command({
    name: "COPY", arity: -3, flags: "write denyoom", acl: "keyspace write slow", since: "6.2.0", group: "generic", engine: "generic",
    keys: "RO access @1;OW update @2", syntax: "source:key destination:key [DB destination-db:integer] [REPLACE]",
    complexity: "O(N), N the size of the value", summary: "Copies a value and its expiry to another key, in this or another database.",
  }),
  command({
    name: "MOVE", arity: 3, flags: "write fast", acl: "keyspace write fast", since: "1.0.0", group: "generic", engine: "generic",
    keys: "RW access update @1", syntax: "key db:integer", summary: "Moves a key to another database, if that has no such key.",
  }),
  command({
    name: "TOUCH", arity: -2, flags: "readonly fast", acl: "keyspace read fast", since: "3.2.1", group: "generic", engine: "generic",
    keys: "RO @1..-1", tips: SHARDED_SUM, syntax: "key...", complexity: "O(N), N keys",
    summary: "Marks keys as used just now and answers how many exist.",
  }),
  command({
    name: "RANDOMKEY", arity: 1, flags: "readonly", acl: "keyspace read slow", since: "1.0.0", group: "generic", engine: "generic",
    tips: "request_policy:all_shards nondeterministic_output", summary: "Answers a key of the database, chosen at random.",
  }),
  command({
    name: "KEYS", arity: 2, flags: "readonly", acl: "keyspace read slow dangerous", since: "1.0.0", group: "generic", engine: "generic",
    long: true, tips: "request_policy:all_shards nondeterministic_output_order", syntax: "pattern", complexity: "O(N), N keys in the database",
    summary: "Answers all keys that match a glob pattern.",
  }),
  command({
    name: "SCAN", arity: -2, flags: "readonly", acl: "keyspace read slow", since: "2.8.0", group: "generic", engine: "generic",
    long: true, tips: "nondeterministic_output request_policy:special",
    syntax: "cursor:integer [MATCH pattern] [COUNT count:integer] [TYPE type]", complexity: "O(1) a call, O(N) for a whole iteration",
    summary: "Walks through the keys of the database in portions; begin with cursor 0 and go on until it is 0 again.",
  }),
];

const expiryCommands: readonly CommandRow[] = [
  command({
    name: "EXPIRE", arity: -3, flags: "write fast", acl: "keyspace write fast", since: "1.0.0", group: "generic", engine: "expiry",
    keys: "RW update @1", syntax: `key seconds:integer ${CONDITION}`, summary: "Lets a key expire after some seconds.",
  }),
  command({
    name: "PEXPIRE", arity: -3, flags: "write fast", acl: "keyspace write fast", since: "2.6.0", group: "generic", engine: "expiry",
    keys: "RW update @1", syntax: `key milliseconds:integer ${CONDITION}`, summary: "Lets a key expire after some milliseconds.",
  }),
  command({
    name: "EXPIREAT", arity: -3, flags: "write fast", acl: "keyspace write fast", since: "1.2.0", group: "generic", engine: "expiry",
    keys: "RW update @1", syntax: `key unix-time-seconds ${CONDITION}`, summary: "Lets a key expire at a Unix time in seconds.",
  }),
  command({
    name: "PEXPIREAT", arity: -3, flags: "write fast", acl: "keyspace write fast", since: "2.6.0", group: "generic", engine: "expiry",
    keys: "RW update @1", syntax: `key unix-time-milliseconds ${CONDITION}`, summary: "Lets a key expire at a Unix time in milliseconds.",
  }),
  command({
    name: "TTL", arity: 2, flags: "readonly fast", acl: "keyspace read fast", since: "1.0.0", group: "generic", engine: "expiry",
    keys: "RO access @1", tips: "nondeterministic_output", syntax: "key",
    summary: "Answers in how many seconds a key expires; -1 if never, -2 if there is no such key.",
  }),
  command({
    name: "PTTL", arity: 2, flags: "readonly fast", acl: "keyspace read fast", since: "2.6.0", group: "generic", engine: "expiry",
    keys: "RO access @1", tips: "nondeterministic_output", syntax: "key",
    summary: "Answers in how many milliseconds a key expires; -1 if never, -2 if there is no such key.",
  }),
  command({
    name: "EXPIRETIME", arity: 2, flags: "readonly fast", acl: "keyspace read fast", since: "7.0.0", group: "generic", engine: "expiry",
    keys: "RO access @1", syntax: "key", summary: "Answers the Unix time in seconds at which a key expires; -1 if never, -2 if there is no such key.",
  }),
  command({
    name: "PEXPIRETIME", arity: 2, flags: "readonly fast", acl: "keyspace read fast", since: "7.0.0", group: "generic", engine: "expiry",
    keys: "RO access @1", syntax: "key", summary: "Answers the Unix time in milliseconds at which a key expires; -1 if never, -2 if there is no such key.",
  }),
  command({
    name: "PERSIST", arity: 2, flags: "write fast", acl: "keyspace write fast", since: "2.2.0", group: "generic", engine: "expiry",
    keys: "RW update @1", syntax: "key", summary: "Takes the expiry from a key.",
  }),
];

const databaseCommands: readonly CommandRow[] = [
  command({
    name: "DBSIZE", arity: 1, flags: "readonly fast", acl: "keyspace read fast", since: "1.0.0", group: "server", engine: "generic",
    tips: "request_policy:all_shards response_policy:agg_sum", summary: "Answers the number of keys in the database.",
  }),
  command({
    name: "FLUSHDB", arity: -1, flags: "write", acl: "keyspace write slow dangerous", since: "1.0.0", group: "server", engine: "server",
    long: true, tips: ALL_SHARDS, syntax: "[async:ASYNC|SYNC]", complexity: "O(1); the memory is freed later, in small steps",
    summary: "Deletes all keys of the database.",
  }),
  command({
    name: "FLUSHALL", arity: -1, flags: "write", acl: "keyspace write slow dangerous", since: "1.0.0", group: "server", engine: "server",
    long: true, tips: ALL_SHARDS, syntax: "[async:ASYNC|SYNC]", complexity: "O(1); the memory is freed later, in small steps",
    summary: "Deletes all keys of all databases.",
  }),
  command({
    name: "WIPEDB", arity: 1, flags: "write", acl: "keyspace write slow dangerous", since: "1.0.0", group: "server", engine: "server",
    long: true, tips: ALL_SHARDS, complexity: "O(1); the memory is freed later, in small steps",
    summary: "Deletes everything in all databases.",
  }),
  command({
    name: "SWAPDB", arity: 3, flags: "write fast", acl: "keyspace write fast dangerous", since: "4.0.0", group: "server", engine: "server",
    syntax: "index1:integer index2:integer", summary: "Exchanges the contents of two databases.",
  }),
];

export const genericCommands: readonly CommandRow[] = [...keyCommands, ...expiryCommands, ...databaseCommands];
