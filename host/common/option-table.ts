/**
 * The option table: every setting of a database and its server, as data. Flags (`--kebab-case`), variables (`MEMFLUX_*`),
 * the JSON config file, CONFIG GET and SET, `--help` and the documentation are all derived from it.
 *
 * An option whose feature does not exist yet is listed as `planned`: its only accepted value is the present behaviour
 * (`only`), and any other is refused with OPTION_NOT_SUPPORTED, never ignored. Redis's parameters that mean nothing here are `kept`
 * (redis-parameters.ts): accepted, kept, and without effect.
 */

import { DEFAULT_OUTPUT_LIMITS } from "./output-limits.ts";
import { LONG_MAX, REDIS_PARAMETERS } from "./redis-parameters.ts";

export type OptionType = "boolean" | "integer" | "bytes" | "text" | "choice" | "events" | "limits";
export type OptionValue = boolean | number | string;

export interface OptionRow {
  /** snake_case; the key of the config file. */
  readonly name: string;
  /** Redis's name of the same setting for CONFIG GET and SET, where it differs. */
  readonly redisName?: string;
  /** A second name of Redis's. */
  readonly alias?: string;
  readonly type: OptionType;
  readonly default: OptionValue;
  readonly min?: number;
  readonly max?: number;
  /** A number that may have a fraction; of a size: one that may be a percentage (`5%`), which is kept as that. */
  readonly fractions?: boolean;
  readonly percentages?: boolean;
  /** Answered by CONFIG GET only under its full name. */
  readonly hidden?: boolean;
  readonly choices?: readonly string[];
  /** What the option concerns: the database, or one port behind which it is served. */
  readonly scope: "database" | "door";
  /** Settable while the server runs (CONFIG SET). */
  readonly runtime: boolean;
  readonly state: "supported" | "planned" | "kept";
  /** The only accepted value of an option that is not supported; absent: none of a planned one, any of a kept one. */
  readonly only?: OptionValue;
  /** What is wrong with a text, if it must have a form; and how it is kept then. */
  readonly problem?: (text: string) => string | undefined;
  readonly normal?: (text: string) => string;
  /** One sentence without a full stop. */
  readonly help: string;
}

/** What Redis calls its ways to make room, and what ours are called. */
const REDIS_POLICIES = "volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random noeviction".split(
  " ",
);
const OWN_POLICIES = ["lru", "lfu", "arc", "lfru", "random"];

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;

function supported(
  name: string,
  type: OptionType,
  value: OptionValue,
  runtime: boolean,
  help: string,
  more: Partial<OptionRow> = {},
): OptionRow {
  return { name, type, default: value, scope: "database", runtime, state: "supported", help, ...more };
}

/** An option of the port, not of the database behind it. */
function ofDoor(...row: Parameters<typeof supported>): OptionRow {
  return { ...supported(...row), scope: "door" };
}

function planned(name: string, type: OptionType, value: OptionValue, help: string, more: Partial<OptionRow> = {}): OptionRow {
  return { name, type, default: value, scope: "database", runtime: false, state: "planned", only: value, help, ...more };
}

function numbersOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(" ");
}

/** Numbers between 0 and 100. */
function percentilesProblem(text: string): string | undefined {
  const numbers = numbersOf(text);
  if (!numbers.every((word) => /^-?\d+(\.\d+)?$/.test(word))) return "Invalid latency-tracking-info-percentiles parameters";
  return numbers.every((word) => Number(word) >= 0 && Number(word) <= 100)
    ? undefined
    : "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]";
}

const OWN_OPTIONS: readonly OptionRow[] = [
  supported("config", "text", "", false, "JSON file with options; flags and variables overrule it"),
  ofDoor("host", "text", "127.0.0.1", false, "Address to listen on", { redisName: "bind" }),
  ofDoor("port", "integer", 8360, false, "TCP port to listen on; 0 picks a free one", { min: 0, max: 65535 }),
  supported("dir", "text", "./data", false, "Directory of the database and of generated certificates"),
  ofDoor("requirepass", "text", "", true, "Password that clients must send with AUTH; empty: none"),
  ofDoor("maxclients", "integer", 10000, true, "Most connections at a time", { min: 1, max: 1_000_000 }),
  ofDoor("timeout", "integer", 0, true, "Seconds after which an idle connection is closed; 0: never", { min: 0, max: 2147483 }),
  ofDoor("tcp_keepalive", "integer", 300, true, "Seconds between keep-alive probes on idle connections; 0: none", {
    min: 0,
    max: 2147483,
  }),
  ofDoor("tcp_backlog", "integer", 511, false, "Connections that may wait to be accepted", { min: 1, max: 65535 }),
  ofDoor("fast_io", "boolean", true, false, "Write replies straight from engine memory to the socket where the runtime allows it"),
  ofDoor("encrypt", "boolean", false, false, "Serve TLS instead of plain TCP"),
  ofDoor("cert_file", "text", "memflux.crt", false, "TLS certificate (PEM), relative to dir; made with the key when both are missing"),
  ofDoor("key_file", "text", "memflux.key", false, "TLS private key (PEM), relative to dir"),
  supported("functions_dir", "text", "", false, "Directory from which clients may create functions by file name; empty: none may"),
  supported("statement_timeout", "integer", 0, true, "Milliseconds after which an SQL statement is ended; 0: never", {
    min: 0,
    max: 2147483647,
  }),
  supported("isolation_level", "choice", "serializable", true, "Isolation of transactions that do not say theirs", {
    choices: ["snapshot", "serializable"],
  }),
  supported(
    "idle_in_transaction_timeout",
    "integer",
    0,
    true,
    "Milliseconds after which a silent client's transaction is rolled back; 0: never",
    {
      min: 0,
      max: 2147483647,
    },
  ),
  supported("max_transaction_mb", "integer", 1024, true, "Megabytes that one transaction may hold of its own; 0: no limit", {
    min: 0,
    max: 4096,
  }),
  supported(
    "max_view_mb",
    "integer",
    0,
    true,
    "Megabytes of old versions that transactions and snapshots may hold; above it the oldest of them are ended; 0: a quarter of the memory",
    { min: 0, max: 4096 },
  ),
  supported(
    "mark_limit_mb",
    "integer",
    64,
    true,
    "Megabytes of what transactions have read and written; above it conflicts are told more coarsely",
    { min: 1, max: 4096 },
  ),
  supported("maxmemory_mb", "integer", 0, true, "Megabytes of data above which writes are refused; 0: up to the 4 GiB of WebAssembly", {
    min: 0,
    max: 4096,
    fractions: true,
  }),
  {
    ...supported(
      "eviction_policy",
      "choice",
      "noeviction",
      true,
      "What goes when memory is full: kept for what it is to be; so far writes are refused",
    ),
    redisName: "maxmemory-policy",
    choices: [...REDIS_POLICIES, ...OWN_POLICIES],
    state: "kept",
  },
  supported("max_memory_pages", "integer", 65536, false, "Most 64 KiB pages that the engine's memory may grow to", {
    min: 256,
    max: 65536,
  }),
  supported("proto_max_bulk_len", "bytes", 512 * MEBIBYTE, true, "Longest value or argument", { min: MEBIBYTE, max: 512 * MEBIBYTE }),
  supported("client_query_buffer_limit", "bytes", GIBIBYTE, true, "Most bytes of an unfinished request of one connection", {
    min: MEBIBYTE,
    max: 3 * GIBIBYTE,
  }),
  ofDoor(
    "client_output_buffer_limit",
    "limits",
    DEFAULT_OUTPUT_LIMITS,
    true,
    "Pending output at which a connection is closed: class, hard limit, soft limit and its seconds; 0: input waits instead",
  ),
  ofDoor("output_pause_bytes", "bytes", MEBIBYTE, true, "Pending reply bytes at which a connection's input waits", {
    min: 1024,
    max: GIBIBYTE,
  }),
  ofDoor("slowlog_log_slower_than", "integer", 10_000, true, "Microseconds from which a command is noted as slow; -1: none is", {
    min: -1,
    max: LONG_MAX,
  }),
  ofDoor("slowlog_max_len", "integer", 128, true, "Slow commands that are remembered", { min: 0, max: LONG_MAX }),
  ofDoor("latency_monitor_threshold", "integer", 0, true, "Milliseconds from which LATENCY notes a command; 0: none", {
    min: 0,
    max: LONG_MAX,
  }),
  ofDoor("latency_tracking", "boolean", true, true, "Keep how long commands take, for INFO and LATENCY HISTOGRAM"),
  ofDoor("latency_tracking_info_percentiles", "text", "50 99 99.9", true, "Percentiles that INFO latencystats tells", {
    problem: percentilesProblem,
    normal: (percentiles) => numbersOf(percentiles).map(Number).join(" "),
  }),
  supported("hash_max_listpack_entries", "integer", 512, true, "Most fields of a hash that OBJECT ENCODING calls listpack", {
    min: 0,
    max: 4294967295,
    alias: "hash-max-ziplist-entries",
  }),
  supported("hash_max_listpack_value", "bytes", 64, true, "Longest field or value of such a hash, in bytes", {
    min: 0,
    max: 4294967295,
    alias: "hash-max-ziplist-value",
  }),
  supported("set_max_intset_entries", "integer", 512, true, "Most integers of a set that OBJECT ENCODING calls intset", {
    min: 0,
    max: 4294967295,
  }),
  supported(
    "set_max_listpack_entries",
    "integer",
    128,
    true,
    "Most members of another set that OBJECT ENCODING calls listpack; 128 at most count",
    {
      min: 0,
      max: 4294967295,
    },
  ),
  supported("set_max_listpack_value", "bytes", 64, true, "Longest member of such a set, in bytes; 64 at most count", {
    min: 0,
    max: 4294967295,
  }),
  supported(
    "list_max_listpack_size",
    "integer",
    -2,
    true,
    "Longest list that OBJECT ENCODING calls listpack: elements, or -1 to -5: 4 to 64 KiB",
    {
      min: -2147483648,
      max: 2147483647,
      alias: "list-max-ziplist-size",
    },
  ),
  supported("zset_max_listpack_entries", "integer", 128, true, "Most members of a sorted set that OBJECT ENCODING calls listpack", {
    min: 0,
    max: 4294967295,
    alias: "zset-max-ziplist-entries",
  }),
  supported("zset_max_listpack_value", "bytes", 64, true, "Longest member of such a sorted set, in bytes", {
    min: 0,
    max: 4294967295,
    alias: "zset-max-ziplist-value",
  }),
  supported("notify_keyspace_events", "events", "", true, "Classes of events on keys that are published, as letters of Ag$lshzxeKEtmdn"),
  supported("active_expire", "boolean", true, true, "Delete expired keys in the background, not only when they are met"),
  supported("hz", "integer", 10, true, "Rounds of background work a second", { min: 1, max: 500 }),
  supported("databases", "integer", 16, false, "Number of databases", { min: 16, max: 16 }),
  supported("persistence", "boolean", true, false, "Keep data on disk, in dir"),
  supported("durability", "choice", "fsync", false, "What an acknowledgement waits for: nothing, the write, or the sync", {
    choices: ["none", "fsync", "full"],
  }),
  supported("flush_interval", "integer", 5, true, "Milliseconds until acknowledged data is synced (fsync) or written (none)", {
    min: 1,
    max: 60_000,
  }),
  supported("flush_after_commits", "integer", 0, true, "Batches of commits after which that happens at once; 0: any number", {
    min: 0,
    max: 1_000_000,
  }),
  supported("flush_after_bytes", "bytes", MEBIBYTE, true, "Bytes of log after which that happens at once; 0: any number", {
    min: 0,
    max: GIBIBYTE,
  }),
  supported("wal_size_threshold_mb", "integer", 128, true, "Megabytes of log above which it is compacted, once it has doubled", {
    min: 1,
    max: 1_048_576,
  }),
  supported("recover", "choice", "refuse", false, "What to do about a damaged log: refuse to start, or lose what lies behind the damage", {
    choices: ["refuse", "truncate"],
  }),
  planned("wal_file", "text", "", "Write-ahead log file"),
  planned("wal_overflow_file", "text", "", "Second write-ahead log file"),
  planned("snapshot_file", "text", "", "Snapshot file"),
  planned("snapshot_temp_file", "text", "", "Snapshot file while it is written"),
  planned("compatibility", "choice", "redis", "Replies of the predecessor where standards overruled them", {
    choices: ["redis", "memflux"],
  }),
];

const ownNames = new Set(OWN_OPTIONS.map((row) => row.redisName ?? row.name.replaceAll("_", "-")));

export const OPTION_TABLE: readonly OptionRow[] = [
  ...OWN_OPTIONS,
  ...REDIS_PARAMETERS.filter((row) => !ownNames.has(row.redisName ?? row.name)),
];
