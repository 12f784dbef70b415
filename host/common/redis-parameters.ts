/**
 * Parameters of Redis 7.2 that mean nothing here, with its defaults: they are accepted, kept and answered, so that programs which
 * set them at their start go on, and otherwise have no effect. Options of ours under the same name take their place
 * (option-table.ts). Those that a Redis cannot change while it runs have their default only.
 *
 * `a/b` are two names of one parameter. Types, defaults, ranges and choices are what a redis-server 7.0.15 answers to CONFIG GET
 * and to wrong values in CONFIG SET, and for those that it does not know what the documentation of 7.2 says.
 */
import type { OptionRow, OptionType, OptionValue } from "./option-table.ts";

const INT_MAX = 2147483647;
const INT_MIN = -2147483648;
/** The largest value of a 64-bit parameter, as far as a double has its digits. */
export const LONG_MAX = Number.MAX_SAFE_INTEGER;
const HELP = "Accepted for programs that were made for Redis; without effect";

const OFF =
  "activedefrag aof-disable-auto-gc aof-timestamp-enabled cluster-allow-reads-when-down cluster-replica-no-failover/cluster-slave-no-failover " +
  "lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del lazyfree-lazy-user-flush " +
  "no-appendfsync-on-rewrite rdb-del-sync-files repl-disable-tcp-nodelay replica-ignore-disk-write-errors " +
  "replica-lazy-flush/slave-lazy-flush tls-cluster tls-prefer-server-ciphers tls-replication use-exit-on-panic";

const ON =
  "activerehashing aof-load-truncated aof-rewrite-incremental-fsync aof-use-rdb-preamble cluster-allow-pubsubshard-when-down " +
  "cluster-allow-replica-migration cluster-require-full-coverage crash-log-enabled crash-memcheck-enabled dynamic-hz jemalloc-bg-thread " +
  "protected-mode rdb-save-incremental-fsync rdbcompression repl-diskless-sync replica-announced " +
  "replica-ignore-maxmemory/slave-ignore-maxmemory replica-read-only/slave-read-only replica-serve-stale-data/slave-serve-stale-data " +
  "stop-writes-on-bgsave-error tls-session-caching";

/** Name, default, least and greatest value. */
const INTEGERS: readonly (readonly [names: string, value: number, min: number, max: number])[] = [
  ["acllog-max-len", 128, 0, LONG_MAX],
  ["active-defrag-cycle-max", 25, 1, 99],
  ["active-defrag-cycle-min", 1, 1, 99],
  ["active-defrag-max-scan-fields", 1000, 1, LONG_MAX],
  ["active-defrag-threshold-lower", 10, 0, 1000],
  ["active-defrag-threshold-upper", 100, 0, 1000],
  ["active-expire-effort", 1, 1, 10],
  ["auto-aof-rewrite-percentage", 100, 0, INT_MAX],
  ["busy-reply-threshold/lua-time-limit", 5000, 0, LONG_MAX],
  ["cluster-announce-bus-port", 0, 0, 65535],
  ["cluster-announce-port", 0, 0, 65535],
  ["cluster-announce-tls-port", 0, 0, 65535],
  ["cluster-migration-barrier", 1, 0, INT_MAX],
  ["cluster-node-timeout", 15000, 0, LONG_MAX],
  ["cluster-replica-validity-factor/cluster-slave-validity-factor", 10, 0, INT_MAX],
  ["hash-max-listpack-entries/hash-max-ziplist-entries", 512, 0, LONG_MAX],
  ["key-load-delay", 0, INT_MIN, INT_MAX],
  ["lfu-decay-time", 1, 0, INT_MAX],
  ["lfu-log-factor", 10, 0, INT_MAX],
  ["list-compress-depth", 0, 0, INT_MAX],
  ["list-max-listpack-size/list-max-ziplist-size", -2, INT_MIN, INT_MAX],
  ["loading-process-events-interval-bytes", 2097152, 1024, INT_MAX],
  ["maxmemory-eviction-tenacity", 10, 0, 100],
  ["maxmemory-samples", 5, 1, INT_MAX],
  ["min-replicas-max-lag/min-slaves-max-lag", 10, 0, INT_MAX],
  ["min-replicas-to-write/min-slaves-to-write", 0, 0, INT_MAX],
  ["rdb-key-save-delay", 0, INT_MIN, INT_MAX],
  ["repl-backlog-ttl", 3600, 0, LONG_MAX],
  ["repl-diskless-sync-delay", 5, 0, INT_MAX],
  ["repl-diskless-sync-max-replicas", 0, 0, INT_MAX],
  ["repl-ping-replica-period/repl-ping-slave-period", 10, 1, INT_MAX],
  ["repl-timeout", 60, 1, INT_MAX],
  ["replica-announce-port/slave-announce-port", 0, 0, 65535],
  ["replica-priority/slave-priority", 100, 0, INT_MAX],
  ["set-max-intset-entries", 512, 0, LONG_MAX],
  ["shutdown-timeout", 10, 0, INT_MAX],
  ["stream-node-max-entries", 100, 0, LONG_MAX],
  ["tls-port", 0, 0, 65535],
  ["tls-session-cache-size", 20480, 0, INT_MAX],
  ["tls-session-cache-timeout", 300, 0, INT_MAX],
  ["tracking-table-max-keys", 1000000, 0, LONG_MAX],
  ["watchdog-period", 0, 0, INT_MAX],
  ["zset-max-listpack-entries/zset-max-ziplist-entries", 128, 0, LONG_MAX],
];

/** For tests of Redis: not answered to patterns. */
const HIDDEN: readonly string[] = [
  "key-load-delay",
  "loading-process-events-interval-bytes",
  "rdb-key-save-delay",
  "use-exit-on-panic",
  "watchdog-period",
];

const SIZES: readonly (readonly [names: string, value: number])[] = [
  ["active-defrag-ignore-bytes", 104857600],
  ["auto-aof-rewrite-min-size", 67108864],
  ["cluster-link-sendbuf-limit", 0],
  ["hash-max-listpack-value/hash-max-ziplist-value", 64],
  ["hll-sparse-max-bytes", 3000],
  ["maxmemory-clients", 0],
  ["repl-backlog-size", 1048576],
  ["stream-node-max-bytes", 4096],
  ["zset-max-listpack-value/zset-max-ziplist-value", 64],
];

/** Name, default, and the choices. */
const CHOICES: readonly (readonly [name: string, value: string, choices: string])[] = [
  ["acl-pubsub-default", "resetchannels", "allchannels resetchannels"],
  ["cluster-preferred-endpoint-type", "ip", "ip hostname unknown-endpoint"],
  ["loglevel", "notice", "debug verbose notice warning"],
  ["oom-score-adj", "no", "no yes relative absolute"],
  ["propagation-error-behavior", "ignore", "ignore panic panic-on-replicas"],
  ["repl-diskless-load", "disabled", "disabled on-empty-db swapdb"],
  ["sanitize-dump-payload", "no", "no yes clients"],
  ["tls-auth-clients", "yes", "no yes optional"],
];

const EMPTY_TEXTS =
  "bind-source-addr cluster-announce-hostname cluster-announce-human-nodename cluster-announce-ip ignore-warnings locale-collate " +
  "masterauth masteruser replica-announce-ip/slave-announce-ip " +
  "tls-ca-cert-dir tls-ca-cert-file tls-cert-file tls-ciphers tls-ciphersuites tls-client-cert-file tls-client-key-file " +
  "tls-client-key-file-pass tls-dh-params-file tls-key-file tls-key-file-pass tls-protocols";

const TEXTS: readonly (readonly [name: string, value: string, form?: Partial<OptionRow>])[] = [
  ["dbfilename", "dump.rdb"],
  ["oom-score-adj-values", "0 200 800", { problem: scoreProblem }],
  ["proc-title-template", "{title} {listen-addr} {server-mode}"],
  ["save", "", { problem: saveProblem }],
  ["shutdown-on-sigint", "default", { problem: shutdownProblem, normal: shutdownWords }],
  ["shutdown-on-sigterm", "default", { problem: shutdownProblem, normal: shutdownWords }],
];

/** What cannot be changed while a server runs: it has this value. */
const FIXED: readonly (readonly [names: string, value: string])[] = [
  ["aclfile", ""],
  ["always-show-logo", "no"],
  ["aof_rewrite_cpulist", ""],
  ["appenddirname", "appendonlydir"],
  ["appendfilename", "appendonly.aof"],
  ["bgsave_cpulist", ""],
  ["bio_cpulist", ""],
  ["cluster-config-file", "nodes.conf"],
  ["cluster-enabled", "no"],
  ["cluster-port", "0"],
  ["daemonize", "no"],
  ["disable-thp", "yes"],
  ["enable-debug-command", "yes"],
  ["enable-module-command", "no"],
  ["enable-protected-configs", "no"],
  ["io-threads", "1"],
  ["io-threads-do-reads", "no"],
  ["logfile", ""],
  ["pidfile", ""],
  ["rdbchecksum", "yes"],
  ["replicaof/slaveof", ""],
  ["server_cpulist", ""],
  ["set-proc-title", "yes"],
  ["socket-mark-id", "0"],
  ["supervised", "no"],
  ["syslog-enabled", "no"],
  ["syslog-facility", "local0"],
  ["syslog-ident", "redis"],
  ["unixsocket", ""],
  ["unixsocketperm", "0"],
];

function kept(names: string, type: OptionType, value: OptionValue, more: Partial<OptionRow> = {}): OptionRow {
  const [redisName = "", alias] = names.split("/");
  return {
    name: redisName.replaceAll("-", "_"),
    redisName,
    ...(alias === undefined ? {} : { alias }),
    type,
    default: value,
    scope: "database",
    runtime: true,
    state: "kept",
    help: HELP,
    ...more,
  };
}

/** The rows of the parameters above. */
export const REDIS_PARAMETERS: readonly OptionRow[] = [
  ...OFF.split(" ").map((names) => kept(names, "boolean", false, { hidden: HIDDEN.includes(names) })),
  ...ON.split(" ").map((names) => kept(names, "boolean", true)),
  ...INTEGERS.map(([names, value, min, max]) => kept(names, "integer", value, { min, max, hidden: HIDDEN.includes(names) })),
  ...SIZES.map(([names, value]) => kept(names, "bytes", value, { percentages: names === "maxmemory-clients" })),
  ...CHOICES.map(([name, value, choices]) => kept(name, "choice", value, { choices: choices.split(" ") })),
  ...EMPTY_TEXTS.split(" ").map((names) => kept(names, "text", "")),
  ...TEXTS.map(([name, value, form]) => kept(name, "text", value, form)),
  ...FIXED.map(([names, value]) => kept(names, "text", value, { runtime: false, only: value })),
];

/** Pairs of seconds and changes. */
function saveProblem(text: string): string | undefined {
  const numbers = text === "" ? [] : text.split(" ");
  const isSound = numbers.length % 2 === 0 && numbers.every((word, at) => /^\d{1,10}$/.test(word) && (at % 2 === 1 || Number(word) > 0));
  return isSound ? undefined : "Invalid save parameters";
}

function scoreProblem(text: string): string | undefined {
  const scores = text.split(" ");
  if (scores.length !== 3) return "wrong number of arguments";
  return scores.every((score) => /^-?\d{1,4}$/.test(score) && Math.abs(Number(score)) <= 2000)
    ? undefined
    : "Invalid oom-score-adj-values, elements must be between -2000 and 2000.";
}

/** How a shutdown may be told to go; the first means none of the others. */
const SHUTDOWN_WORDS: readonly string[] = ["default", "save", "nosave", "now", "force"];

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(" ");
}

function shutdownProblem(text: string): string | undefined {
  const words = wordsOf(text);
  if (!words.every((word) => SHUTDOWN_WORDS.includes(word))) {
    return `argument(s) must be one of the following: ${SHUTDOWN_WORDS.join(", ")}`;
  }
  return words.includes("save") && words.includes("nosave") ? "shutdown options SAVE and NOSAVE can't be used simultaneously" : undefined;
}

/** Each word once, in the order of the list. */
function shutdownWords(text: string): string {
  const words = wordsOf(text);
  return (
    SHUTDOWN_WORDS.slice(1)
      .filter((word) => words.includes(word))
      .join(" ") || "default"
  );
}
