/**
 * INFO: the server in numbers, as sections of `name:value` lines.
 *
 * 1. Names and sections are Redis's where we have the same fact; facts of features that do not exist are left out, save those
 *    that tools ask for and whose answer is known (nothing is replicated, nothing evicted).
 * 2. Without arguments, or for `default`, INFO shows all sections but commandstats, latencystats and modules; `all` adds the first
 *    two, `everything` all. Sections come in their own order, each once, whatever was asked.
 */
import { ERROR_HELD_TOO_BIG } from "../../assembly/abi/errors.ts";
import { replyErrors } from "../common/error-table.ts";
import type { OptionStore } from "../common/options.ts";
import { word } from "./arguments.ts";
import { isSubscriber } from "./client-line.ts";
import type { EngineFacts, PersistenceFacts, ProcessFacts } from "./engine-facts.ts";
import { REDIS_VERSION } from "./hello.ts";
import { commandFields, latencyFields } from "./info-commands.ts";
import { datasetBytes, memoryFields } from "./info-memory.ts";
import { type Field, type InfoSource, Rates } from "./info-source.ts";
import type { CommandContext, CommandHandler } from "./session.ts";

const SECOND_MS = 1000;
const DAY_SECONDS = 86_400;
const KIBIBYTE = 1024;
/** Redis's clock of last uses has 24 bits. */
const LRU_CLOCK_MAX = 0xff_ffff;

/** What copies of the process would take, of which none is made. */
const NO_FORKS: readonly string[] = [
  "current_cow_peak",
  "current_cow_size",
  "current_cow_size_age",
  "rdb_last_cow_size",
  "aof_last_cow_size",
  "module_fork_last_cow_size",
];

interface Section {
  readonly title: string;
  readonly fields: (source: InfoSource) => readonly Field[];
}

/** Sections by upper-case name, in the order in which they are shown. */
const sections: ReadonlyMap<string, Section> = new Map(
  (
    [
      ["Server", serverFields],
      ["Clients", clientFields],
      ["Memory", memoryFields],
      ["Persistence", persistenceFields],
      ["Stats", statisticsFields],
      ["Transactions", transactionFields],
      ["Replication", replicationFields],
      ["CPU", cpuFields],
      ["Modules", () => []],
      ["Commandstats", commandFields],
      ["Errorstats", errorFields],
      ["Latencystats", latencyFields],
      ["Cluster", (): readonly Field[] => [["cluster_enabled", 0]]],
      ["Keyspace", keyspaceFields],
    ] as const
  ).map(([title, fields]): readonly [string, Section] => [title.toUpperCase(), { title, fields }]),
);

const ALL = [...sections.keys()].filter((name) => name !== "MODULES");
const DEFAULT = ALL.filter((name) => name !== "COMMANDSTATS" && name !== "LATENCYSTATS");
const GROUPS: Readonly<Record<string, readonly string[]>> = { DEFAULT, ALL, EVERYTHING: [...sections.keys()] };

/** Handlers by upper-case command name. */
export function infoHandlers(
  context: CommandContext,
  options: OptionStore,
  engine: EngineFacts,
  process: ProcessFacts,
  persistence: PersistenceFacts | undefined,
): Readonly<Record<string, CommandHandler>> {
  const startupBytes = engine.statistics.memoryUsedBytes - datasetBytes(engine.statistics);
  const source: InfoSource = { context, options, engine, process, persistence, startupBytes, rates: new Rates() };
  return {
    INFO: (_session, args, reply) => {
      const wanted = new Set((args.length === 1 ? ["DEFAULT"] : args.slice(1).map(word)).flatMap((name) => GROUPS[name] ?? [name]));
      const shown = [...sections].filter(([name]) => wanted.has(name)).map(([, section]) => sectionText(section, source));
      reply.verbatim("txt", shown.join("\r\n"));
    },
  };
}

function sectionText(section: Section, source: InfoSource): string {
  const lines = section.fields(source).map(([name, value]) => `${name}:${value}\r\n`);
  return `# ${section.title}\r\n${lines.join("")}`;
}

function serverFields({ context, options, process }: InfoSource): readonly Field[] {
  const { server } = context;
  const nowMs = server.clock.nowMs();
  const uptime = Math.max(0, Math.floor((nowMs - server.startedMs) / SECOND_MS));
  return [
    ["redis_version", REDIS_VERSION],
    ["redis_git_sha1", "00000000"],
    ["redis_git_dirty", 0],
    ["redis_build_id", process.version ?? ""],
    ["redis_mode", "standalone"],
    ["server_name", "memflux"],
    ...optional("memflux_version", process.version),
    ...optional("os", process.operatingSystem),
    ...optional("runtime", process.runtime),
    ["arch_bits", 32],
    ["process_id", server.processId],
    ["process_supervised", "no"],
    ["run_id", server.runId],
    ["tcp_port", server.port],
    ["server_time_usec", Math.round(nowMs * SECOND_MS)],
    ["uptime_in_seconds", uptime],
    ["uptime_in_days", Math.floor(uptime / DAY_SECONDS)],
    ["hz", String(options.get("hz"))],
    ["configured_hz", String(options.get("hz"))],
    ["lru_clock", Math.floor(nowMs / SECOND_MS) & LRU_CLOCK_MAX],
    ["executable", server.executable],
    ["config_file", server.configFile],
    ["io_threads_active", 0],
  ];
}

function optional(name: string, value: string | number | undefined): readonly Field[] {
  return value === undefined ? [] : [[name, value]];
}

function clientFields({ context }: InfoSource): readonly Field[] {
  let connected = 0;
  let longestInput = 0;
  let longestOutput = 0;
  let blocked = 0;
  let subscribed = 0;
  for (const session of context.sessions()) {
    connected++;
    if (session.isPaused || session.isBlocked) blocked++;
    if (isSubscriber(session)) subscribed++;
    longestInput = Math.max(longestInput, session.inputBytes);
    longestOutput = Math.max(longestOutput, session.outputBytes);
  }
  return [
    ["connected_clients", connected],
    ["cluster_connections", 0],
    ["maxclients", context.server.maxClients],
    ["client_recent_max_input_buffer", longestInput],
    ["client_recent_max_output_buffer", longestOutput],
    ["blocked_clients", blocked],
    ["tracking_clients", 0],
    ["pubsub_clients", subscribed],
    ["clients_in_timeout_table", context.waiting.limitedCount],
    ["total_blocking_keys", context.waiting.keyCount],
    ["total_blocking_keys_on_nokey", 0],
  ];
}

/** In Redis's terms the log is an append only file, and a compaction both its rewriting and a save. */
function persistenceFields({ context, persistence }: InfoSource): readonly Field[] {
  const compacting = persistence?.isCompacting ? 1 : 0;
  const always: readonly Field[] = [
    ["loading", 0],
    ["async_loading", 0],
    ["rdb_bgsave_in_progress", compacting],
    ["aof_enabled", persistence === undefined ? 0 : 1],
    ["aof_rewrite_in_progress", compacting],
    ["aof_rewrite_scheduled", 0],
    ["module_fork_in_progress", 0],
    ...NO_FORKS.map((name): Field => [name, 0]),
  ];
  if (persistence === undefined) return always;
  const status = persistence.lastCompactionFailed ? "err" : "ok";
  const tookSeconds = secondsOr(persistence.lastCompactionTookMs);
  const { compactionSinceMs: sinceMs } = persistence;
  const underWaySeconds = secondsOr(sinceMs === undefined ? undefined : Math.max(0, context.server.clock.nowMs() - sinceMs));
  return [
    ...always,
    ["rdb_changes_since_last_save", persistence.changes],
    ["rdb_last_save_time", Math.floor(persistence.lastCompactionMs / SECOND_MS)],
    ["rdb_last_bgsave_status", status],
    ["rdb_last_bgsave_time_sec", tookSeconds],
    ["rdb_current_bgsave_time_sec", underWaySeconds],
    ["rdb_saves", persistence.compactions],
    ["aof_last_rewrite_time_sec", tookSeconds],
    ["aof_current_rewrite_time_sec", underWaySeconds],
    ["aof_last_bgrewrite_status", status],
    ["aof_rewrites", persistence.compactions],
    ["aof_rewrites_consecutive_failures", persistence.compactionsFailed],
    ["aof_last_write_status", persistence.hasFailed ? "err" : "ok"],
    ["aof_current_size", persistence.logBytes],
    ["aof_base_size", persistence.baseBytes],
    ["aof_pending_rewrite", 0],
    ["aof_pending_bio_fsync", persistence.written > persistence.durable ? 1 : 0],
    ["log_durability", persistence.durability],
    ["log_epoch", persistence.epoch],
    ["log_position", persistence.position],
    ["log_written", persistence.written],
    ["log_durable", persistence.durable],
  ];
}

/** Whole seconds; -1, as in Redis, of what there is not. */
function secondsOr(ms: number | undefined): number {
  return ms === undefined ? -1 : Math.floor(ms / SECOND_MS);
}

function transactionFields({ context, engine }: InfoSource): readonly Field[] {
  const { open, heldBytes, oldestMs, cancelled } = engine.statistics.views;
  const { clock } = context.server;
  const { count = 0, ended = {} } = context.transactions ?? {};
  return [
    ["open_views", open],
    ["oldest_view_ms", oldestMs === undefined ? 0 : Math.max(0, Math.round(clock.nowMs() - oldestMs))],
    ["view_bytes", heldBytes],
    ["cancelled_views", cancelled],
    ["open_transactions", count],
    ...Object.entries(ended).map(([how, times]): Field => [`transactions_${how}`, times]),
  ];
}

function statisticsFields({ context, engine, rates }: InfoSource): readonly Field[] {
  const { server } = context;
  const counters = engine.statistics;
  const rate = rates.measure(server.clock.monotonicMs(), [counters.commands, server.bytesIn, server.bytesOut]);
  return [
    ["total_connections_received", server.connectionsReceived],
    ["total_commands_processed", counters.commands],
    ["instantaneous_ops_per_sec", Math.round(rate[0] ?? 0)],
    ["total_net_input_bytes", server.bytesIn],
    ["total_net_output_bytes", server.bytesOut],
    ["instantaneous_input_kbps", ((rate[1] ?? 0) / KIBIBYTE).toFixed(2)],
    ["instantaneous_output_kbps", ((rate[2] ?? 0) / KIBIBYTE).toFixed(2)],
    ["total_net_repl_input_bytes", 0],
    ["total_net_repl_output_bytes", 0],
    ["instantaneous_input_repl_kbps", "0.00"],
    ["instantaneous_output_repl_kbps", "0.00"],
    ["rejected_connections", server.connectionsRejected],
    ["sync_full", 0],
    ["sync_partial_ok", 0],
    ["sync_partial_err", 0],
    ["expired_keys", counters.expired],
    ["expired_subkeys", counters.expiredFields],
    ["evicted_keys", 0],
    ["evicted_clients", 0],
    ["evicted_scripts", 0],
    ["total_eviction_exceeded_time", 0],
    ["current_eviction_exceeded_time", 0],
    ["keyspace_hits", counters.hits],
    ["keyspace_misses", counters.misses],
    ["pubsub_channels", context.pubsub.count("channel")],
    ["pubsub_patterns", context.pubsub.count("pattern")],
    ["pubsubshard_channels", context.pubsub.count("shard")],
    ["latest_fork_usec", 0],
    ["total_forks", 0],
    ["migrate_cached_sockets", 0],
    ["slave_expires_tracked_keys", 0],
    ["active_defrag_hits", 0],
    ["active_defrag_misses", 0],
    ["active_defrag_key_hits", 0],
    ["active_defrag_key_misses", 0],
    ["total_active_defrag_time", 0],
    ["current_active_defrag_time", 0],
    ["tracking_total_keys", 0],
    ["tracking_total_items", 0],
    ["tracking_total_prefixes", 0],
    ["unexpected_error_replies", 0],
    ["total_reads_processed", server.readsProcessed],
    ["total_writes_processed", server.writesProcessed],
    ["io_threaded_reads_processed", 0],
    ["io_threaded_writes_processed", 0],
    ["client_query_buffer_limit_disconnections", counters.errors(ERROR_HELD_TOO_BIG)],
    ["client_output_buffer_limit_disconnections", server.outputLimitClosed],
    ["total_error_replies", [...errorCounts(context, engine).values()].reduce((sum, count) => sum + count, 0)],
  ];
}

/** Errors answered since the start or the last reset, by prefix. */
function errorCounts(context: CommandContext, engine: EngineFacts): ReadonlyMap<string, number> {
  const counts = new Map(context.server.errorReplies);
  replyErrors.forEach(({ prefix }, id) => {
    const count = engine.statistics.errors(id);
    if (count > 0) counts.set(prefix, (counts.get(prefix) ?? 0) + count);
  });
  return counts;
}

function errorFields({ context, engine }: InfoSource): readonly Field[] {
  return [...errorCounts(context, engine)].sort().map(([prefix, count]): Field => [`errorstat_${prefix}`, `count=${count}`]);
}

/** There are no replicas, so that no backlog is kept for them. */
function replicationFields({ context, options }: InfoSource): readonly Field[] {
  return [
    ["role", "master"],
    ["connected_slaves", 0],
    ["master_failover_state", "no-failover"],
    ["master_replid", context.server.replicationId],
    ["master_replid2", "0".repeat(40)],
    ["master_repl_offset", 0],
    ["second_repl_offset", -1],
    ["repl_backlog_active", 0],
    ["repl_backlog_size", Number(options.get("repl_backlog_size"))],
    ["repl_backlog_first_byte_offset", 0],
    ["repl_backlog_histlen", 0],
  ];
}

function cpuFields({ process }: InfoSource): readonly Field[] {
  const usage = process.usage?.();
  if (usage === undefined) return [];
  return [
    ["used_cpu_sys", usage.systemSeconds.toFixed(6)],
    ["used_cpu_user", usage.userSeconds.toFixed(6)],
    ["used_cpu_sys_children", "0.000000"],
    ["used_cpu_user_children", "0.000000"],
  ];
}

function keyspaceFields({ engine }: InfoSource): readonly Field[] {
  const fields: Field[] = [];
  for (let number = 0; number < engine.statistics.databaseCount; number++) {
    const { keys, expiring } = engine.statistics.database(number);
    if (keys > 0) fields.push([`db${number}`, `keys=${keys},expires=${expiring},avg_ttl=0`]);
  }
  return fields;
}
