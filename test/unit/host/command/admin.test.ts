/**
 * Goal: what administrators and their tools read is complete and adds up: histograms, samples, events, INFO for an exporter, and a
 * configuration that is written back.
 * Method: handlers over a fake server, whose counters and clock are set by hand; the figures of histograms are those that a redis-server
 * 7.0.15 tells of the same times.
 */
import { describe, expect, it } from "vitest";
import * as commandIds from "../../../../assembly/abi/commands.ts";
import { OBSERVE_ALL, OBSERVE_LONG } from "../../../../assembly/abi/status.ts";
import { LatencyEvents, SAMPLES_MAX } from "../../../../host/command/latency-events.ts";
import { monitorLine, withoutSecrets } from "../../../../host/command/monitor.ts";
import { Observer } from "../../../../host/command/observer.ts";
import { Timing } from "../../../../host/command/timings.ts";
import { FakeServer, FakeSession, START_MS } from "./fake-server.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const words = (line: string): Uint8Array[] => line.split(" ").map(encode);

function timed(...micros: readonly number[]): Timing {
  const timing = new Timing();
  for (const each of micros) timing.note(each);
  return timing;
}

describe("times of a command", () => {
  it.each([
    [13, 13.055],
    [11, 11.007],
    [214, 214.015],
    [26, 26.111],
    [46, 46.079],
    [1, 1.003],
  ])("%d microseconds are told as %d", (micros, told) => {
    expect(timed(micros).percentile(50)).toBeCloseTo(told, 3);
  });

  it("have percentiles between the least and the greatest", () => {
    const timing = timed(...Array.from({ length: 100 }, (_, index) => index + 1));
    expect(timing.percentile(0)).toBeCloseTo(1.003, 3);
    expect(timing.percentile(50)).toBeGreaterThanOrEqual(50);
    expect(timing.percentile(50)).toBeLessThan(50.5);
    expect(timing.percentile(100)).toBeGreaterThanOrEqual(100);
    expect(new Timing().percentile(50)).toBe(0);
  });

  it("are counted up to powers of two, as Redis draws their limits", () => {
    expect(timed(0.2, 7, 8, 30, 60, 2000, 60_000, 81_000, 120_000).distribution()).toEqual([
      [1, 1],
      [8, 3],
      [33, 4],
      [66, 5],
      [2113, 6],
      [67_633, 7],
      [135_266, 9],
    ]);
    expect(new Timing().distribution()).toEqual([]);
  });
});

describe("what is observed", () => {
  it("is every command at first, then a sample, always long ones", () => {
    const { observer } = new FakeServer();
    const bits = Array.from({ length: 3000 }, () => observer.begin());
    expect(bits.slice(0, 1000).every((each) => each === OBSERVE_ALL)).toBe(true);
    const later = bits.slice(1001);
    expect(new Set(later)).toEqual(new Set([OBSERVE_ALL, OBSERVE_LONG]));
    expect(later.filter((each) => each === OBSERVE_ALL).length).toBeLessThan(20);
    observer.reset();
    expect(observer.begin()).toBe(OBSERVE_ALL);
  });

  it("is a sample sooner where many commands come together", () => {
    const { observer, session } = new FakeServer();
    const command = { hostCommandId: commandIds.COMMAND_GET, arguments: () => words("GET k") };
    let timed = 0;
    for (let chunk = 0; chunk < 100; chunk++) {
      if (observer.begin() !== OBSERVE_ALL) continue;
      for (let each = 0; each < 100; each++) observer.ran(session, command);
      timed++;
    }
    expect(timed).toBe(11);
  });

  it("is every command while somebody monitors, and when the slow log begins below a millisecond", async () => {
    const server = new FakeServer();
    const { observer, session } = server;
    for (let chunk = 0; chunk < 1100; chunk++) observer.begin();
    observer.monitor(session);
    expect([observer.begin(), observer.begin()]).toEqual([OBSERVE_ALL, OBSERVE_ALL]);
    observer.forget(session);
    expect(observer.begin()).toBe(OBSERVE_LONG);
    await server.ask("CONFIG", "SET", "slowlog-log-slower-than", "999");
    expect([observer.begin(), observer.begin()]).toEqual([OBSERVE_ALL, OBSERVE_ALL]);
    await server.ask("CONFIG", "SET", "slowlog-log-slower-than", "1000");
    expect(observer.begin()).toBe(OBSERVE_LONG);
  });

  it("tells how long a long command took by the clock of its chunk", async () => {
    const server = new FakeServer();
    for (let chunk = 0; chunk < 1002; chunk++) server.observer.begin();
    server.session.lastActiveMs = server.clock.ms;
    server.clock.advance(12);
    server.observer.ran(server.session, { hostCommandId: commandIds.COMMAND_KEYS, arguments: () => words("KEYS *") });
    server.clock.advance(25);
    server.observer.ran(server.session, { hostCommandId: commandIds.COMMAND_KEYS, arguments: () => words("KEYS a*") });
    expect(await server.ask("SLOWLOG", "LEN")).toBe(":2\r\n");
    expect(await server.ask("SLOWLOG", "GET", "1")).toContain(":25000\r\n*2\r\n$4\r\nKEYS\r\n$2\r\na*\r\n");
  });
});

describe("monitors", () => {
  it("read bytes as Redis quotes them, and no secrets", () => {
    const session = new FakeSession(3);
    const line = (...args: readonly (Uint8Array | string)[]): string => decode(monitorLine(session, args, START_MS + 0.25));
    expect(line(encode("SET"), Uint8Array.of(0, 255, 34, 92, 10, 13, 9, 7, 8, 65))).toBe(
      `+1700000000.000250 [0 127.0.0.1:40003] "SET" "\\x00\\xff\\"\\\\\\n\\r\\t\\a\\bA"\r\n`,
    );
    const hidden = (text: string): string => line(...withoutSecrets(words(text))).slice(line().length - 2);
    expect(hidden("AUTH user secret")).toBe(`"AUTH" "(redacted)" "(redacted)"\r\n`);
    expect(hidden("hello 3 SETNAME me auth user secret")).toBe(`"hello" "3" "SETNAME" "me" "auth" "(redacted)" "(redacted)"\r\n`);
    expect(hidden("CONFIG SET port 1 requirepass secret")).toBe(`"CONFIG" "SET" "port" "1" "requirepass" "(redacted)"\r\n`);
    expect(hidden("SET auth secret")).toBe(`"SET" "auth" "secret"\r\n`);
  });

  it("are told of what is not administration, until they are forgotten", () => {
    const { observer, session, sessions } = new FakeServer();
    const monitor = sessions[1] as FakeSession;
    observer.monitor(monitor);
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT ID"), 1, undefined);
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT LIST"), 1, undefined);
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT NONSENSE"), 1, "UNKNOWN_SUBCOMMAND");
    observer.forget(monitor);
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT ID"), 1, undefined);
    expect(monitor.pushed).toBe(`+1700000000.000000 [0 127.0.0.1:40001] "CLIENT" "ID"\r\n`);
  });
});

describe("latency events", () => {
  it("keep the longest of each second, the latest seconds, and the longest of all", () => {
    const events = new LatencyEvents();
    events.note("command", 1000, 50);
    events.note("command", 1900, 40);
    for (let second = 2; second < SAMPLES_MAX + 10; second++) events.note("command", second * 1000, second);
    const event = events.get("command");
    expect(event?.samples.length).toBe(SAMPLES_MAX);
    expect(event?.samples.at(-1)).toEqual({ seconds: SAMPLES_MAX + 9, ms: SAMPLES_MAX + 9 });
    expect(event?.maxMs).toBe(SAMPLES_MAX + 9);
    expect([events.reset(["other"]), events.reset(["command"]), events.get("command")]).toEqual([0, 1, undefined]);
  });

  it("are drawn as Redis draws them", async () => {
    const server = new FakeServer();
    for (const ms of [63, 81, 120]) {
      server.observer.latency.note("command", server.clock.ms, ms);
      server.clock.advance(1000);
    }
    server.clock.advance(-1000);
    expect(await server.askText("LATENCY", "GRAPH", "command")).toBe(
      `command - high 120 ms, low 63 ms (all time high 120 ms)\n${"-".repeat(80)}\n  #\n  |\n _|\n_||\n   \n210\nsss\n`,
    );
    expect(await server.askText("LATENCY", "DOCTOR")).toContain("command: 3 latency spikes, 88 ms on average, 120 ms at worst.");
  });
});

describe("commandstats", () => {
  it("tell subcommands apart, and count refusals and failures as Redis does", async () => {
    const server = new FakeServer();
    const { observer, session } = server;
    server.counters.called.set(commandIds.COMMAND_CLIENT, { calls: 4, failed: 0, rejected: 0 });
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT ID"), 0.5, undefined);
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT KILL x"), 0.5, "NO_SUCH_CLIENT");
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT ID x"), 0.5, "WRONG_ARITY");
    observer.answered(session, commandIds.COMMAND_CLIENT, words("CLIENT NONSENSE"), 0.5, "UNKNOWN_SUBCOMMAND");
    const lines = (await server.askText("INFO", "commandstats")).split("\r\n").filter((line) => line.includes("client|"));
    expect(lines).toEqual([
      "cmdstat_client|id:calls=1,usec=500,usec_per_call=500.00,rejected_calls=1,failed_calls=0",
      "cmdstat_client|kill:calls=1,usec=500,usec_per_call=500.00,rejected_calls=0,failed_calls=1",
    ]);
    expect(await server.askText("INFO", "latencystats")).toContain(
      "latency_percentiles_usec_client|id:p50=501.759,p99=501.759,p99.9=501.759",
    );
  });
});

/** What redis_exporter reads of INFO as numbers, as far as there is something behind it or its answer is known. */
const EXPORTED =
  "uptime_in_seconds process_id io_threads_active connected_clients blocked_clients maxclients tracking_clients clients_in_timeout_table " +
  "client_recent_max_input_buffer client_recent_max_output_buffer allocator_active allocator_allocated allocator_resident " +
  "allocator_frag_ratio allocator_frag_bytes allocator_rss_ratio allocator_rss_bytes used_memory used_memory_rss used_memory_peak " +
  "used_memory_lua used_memory_vm_eval used_memory_scripts_eval used_memory_overhead used_memory_startup used_memory_dataset " +
  "number_of_cached_scripts number_of_functions number_of_libraries used_memory_vm_functions used_memory_scripts used_memory_functions " +
  "used_memory_vm_total maxmemory mem_fragmentation_ratio mem_fragmentation_bytes mem_clients_slaves mem_clients_normal " +
  "mem_cluster_links mem_aof_buffer mem_replication_backlog total_system_memory rss_overhead_ratio rss_overhead_bytes loading " +
  "rdb_bgsave_in_progress aof_enabled aof_rewrite_in_progress aof_rewrite_scheduled module_fork_in_progress total_connections_received " +
  "total_commands_processed instantaneous_ops_per_sec total_net_input_bytes total_net_output_bytes instantaneous_input_kbps " +
  "instantaneous_output_kbps rejected_connections sync_full sync_partial_ok sync_partial_err expired_keys expired_subkeys evicted_keys evicted_clients " +
  "keyspace_hits keyspace_misses pubsub_channels pubsub_patterns latest_fork_usec migrate_cached_sockets slave_expires_tracked_keys " +
  "active_defrag_hits active_defrag_misses active_defrag_key_hits active_defrag_key_misses total_reads_processed total_writes_processed " +
  "total_error_replies connected_slaves master_repl_offset second_repl_offset repl_backlog_active repl_backlog_size " +
  "repl_backlog_first_byte_offset repl_backlog_histlen used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children " +
  "cluster_enabled";

describe("INFO", () => {
  it("has what an exporter reads, in lines that it can read", async () => {
    const usage = () => ({ residentBytes: 100_000, systemBytes: 1e9, userSeconds: 1.5, systemSeconds: 0.5 });
    const server = new FakeServer({ process: { usage } });
    const text = await server.askText("INFO", "everything");
    const fields = new Map<string, string>();
    for (const line of text.split("\r\n")) {
      if (line === "" || line.startsWith("# ")) continue;
      const colon = line.indexOf(":");
      expect(colon, line).toBeGreaterThan(0);
      expect(fields.has(line.slice(0, colon)), line).toBe(false);
      fields.set(line.slice(0, colon), line.slice(colon + 1));
    }
    for (const name of EXPORTED.split(" ")) {
      expect(fields.get(name), name).toMatch(/^-?\d+(\.\d+)?$/);
    }
    expect(fields.get("db3")).toBe("keys=10,expires=4,avg_ttl=0");
    expect(fields.get("cmdstat_get")).toMatch(/^calls=7,usec=\d+,usec_per_call=\d+\.\d\d,rejected_calls=2,failed_calls=1$/);
    expect(fields.get("master_replid")).toMatch(/^[0-9a-f]{40}$/);
    expect(fields.get("role")).toBe("master");
  });

  it("has the sections that are asked for, each once", async () => {
    const server = new FakeServer();
    const titles = async (...names: readonly string[]): Promise<readonly string[]> =>
      [...(await server.askText("INFO", ...names)).matchAll(/^# (.*)\r$/gm)].map(([, title]) => title ?? "");
    expect(await titles("latencystats", "SERVER", "server")).toEqual(["Server", "Latencystats"]);
    expect(await titles("everything")).toEqual([...(await titles("default", "commandstats", "latencystats", "modules"))]);
    expect(await titles("all")).not.toContain("Modules");
  });
});

describe("CONFIG REWRITE", () => {
  it("writes what was changed, Redis's parameters too, and leaves the rest", async () => {
    let content = '{ "port": 1, "timeout": 5 }';
    const configFile = {
      read: async () => content,
      write: async (text: string) => {
        content = text;
      },
    };
    const server = new FakeServer({ configFile: "memflux.json", process: { configFile } });
    expect(await server.ask("CONFIG", "SET", "maxmemory-samples", "7", "slowlog-max-len", "5", "loglevel", "notice")).toBe("+OK\r\n");
    expect(await server.ask("CONFIG", "REWRITE")).toBe("+OK\r\n");
    expect(JSON.parse(content)).toEqual({ port: 1, timeout: 0, maxmemory_samples: 7, slowlog_max_len: 5 });
  });
});

describe("an observer of its own", () => {
  it("observes nothing before it is asked", () => {
    const { clock } = new FakeServer();
    const observer = new Observer(clock);
    expect([observer.slowLog.length, observer.latency.entries().length, [...observer.timings.entries()].length]).toEqual([0, 0, 0]);
  });
});
