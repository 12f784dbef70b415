/**
 * The memory section of INFO, and what MEMORY STATS shows of the same figures.
 *
 * `used_memory` is what the engine has allocated, exact to the byte; its overhead is everything that is neither a key's entry
 * nor a value. The resident size of the process is shown where the process can tell it.
 */
import {
  PURPOSE_EFFECT,
  PURPOSE_ENTRY,
  PURPOSE_MARK,
  PURPOSE_REPLY,
  PURPOSE_SCRATCH,
  PURPOSE_SESSION,
  PURPOSE_TABLE,
  PURPOSE_VALUE,
} from "../../assembly/abi/status.ts";
import type { EngineCounters } from "./engine-facts.ts";
import type { Field, InfoSource } from "./info-source.ts";

const KIBIBYTE = 1024;
const UNITS = ["B", "K", "M", "G", "T"];
const MEGABYTE = 1_048_576;

/** Names of the engine's memory purposes. */
export const PURPOSES: readonly (readonly [name: string, purpose: number])[] = [
  ["entries", PURPOSE_ENTRY],
  ["values", PURPOSE_VALUE],
  ["tables", PURPOSE_TABLE],
  ["sessions", PURPOSE_SESSION],
  ["replies", PURPOSE_REPLY],
  ["effects", PURPOSE_EFFECT],
  ["scratch", PURPOSE_SCRATCH],
  ["marks", PURPOSE_MARK],
];

/** Fields about scripts and functions, of which there are none. */
const NO_SCRIPTS: readonly string[] = [
  "used_memory_lua",
  "used_memory_vm_eval",
  "used_memory_scripts_eval",
  "number_of_cached_scripts",
  "number_of_functions",
  "number_of_libraries",
  "used_memory_vm_functions",
  "used_memory_vm_total",
  "used_memory_functions",
  "used_memory_scripts",
];

/** Those of them that are told for people too. */
const SHOWN_TWICE: readonly string[] = ["used_memory_lua", "used_memory_vm_total", "used_memory_scripts"];

/** Bytes of keys and values. */
export function datasetBytes(counters: EngineCounters): number {
  return counters.memoryBytes(PURPOSE_ENTRY) + counters.memoryBytes(PURPOSE_VALUE);
}

/** Part of a whole in percent; 0 of nothing. */
export function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}

export function memoryFields({ engine, options, process, startupBytes }: InfoSource): readonly Field[] {
  const counters = engine.statistics;
  const used = counters.memoryUsedBytes;
  const dataset = datasetBytes(counters);
  const limit = Number(options.get("maxmemory_mb")) * MEGABYTE;
  const usage = process.usage?.();
  return [
    ...size("used_memory", used),
    ...(usage === undefined ? [] : size("used_memory_rss", usage.residentBytes)),
    ...size("used_memory_peak", counters.memoryPeakBytes),
    ["used_memory_peak_perc", `${percentage(used, counters.memoryPeakBytes).toFixed(2)}%`],
    ["used_memory_overhead", used - dataset],
    ["used_memory_startup", startupBytes],
    ["used_memory_dataset", dataset],
    ["used_memory_dataset_perc", `${percentage(dataset, used).toFixed(2)}%`],
    ...PURPOSES.map(([name, purpose]): Field => [`used_memory_${name}`, counters.memoryBytes(purpose)]),
    ["allocator_allocated", used],
    ["allocator_active", counters.memoryReservedBytes],
    ["allocator_resident", counters.memoryReservedBytes],
    ["allocator_frag_ratio", ratio(counters.memoryReservedBytes, used)],
    ["allocator_frag_bytes", counters.memoryReservedBytes - used],
    ["allocator_rss_ratio", "1.00"],
    ["allocator_rss_bytes", 0],
    ...NO_SCRIPTS.map((name): Field => [name, 0]),
    ...SHOWN_TWICE.map((name): Field => [`${name}_human`, humanSize(0)]),
    ...(usage === undefined ? [] : size("total_system_memory", usage.systemBytes)),
    ...size("maxmemory", limit),
    ["maxmemory_policy", String(options.get("eviction_policy"))],
    ...(usage === undefined ? [] : residentFields(usage.residentBytes, used, counters.memoryReservedBytes)),
    ["mem_not_counted_for_evict", 0],
    ["mem_replication_backlog", 0],
    ["mem_total_replication_buffers", 0],
    ["mem_clients_slaves", 0],
    ["mem_clients_normal", counters.memoryBytes(PURPOSE_SESSION)],
    ["mem_cluster_links", 0],
    ["mem_aof_buffer", counters.memoryBytes(PURPOSE_EFFECT)],
    ["mem_allocator", "memflux"],
    ["active_defrag_running", 0],
    ["lazyfree_pending_objects", counters.lingering],
    ["lazyfreed_objects", counters.lazyFreed],
  ];
}

/** What the process has besides the engine's memory. */
function residentFields(resident: number, used: number, reserved: number): readonly Field[] {
  return [
    ["rss_overhead_ratio", ratio(resident, reserved)],
    ["rss_overhead_bytes", resident - reserved],
    ["mem_fragmentation_ratio", ratio(resident, used)],
    ["mem_fragmentation_bytes", resident - used],
  ];
}

/** A size in bytes, and again for people. */
function size(name: string, bytes: number): readonly Field[] {
  return [
    [name, bytes],
    [`${name}_human`, humanSize(bytes)],
  ];
}

function ratio(part: number, whole: number): string {
  return (whole === 0 ? 0 : part / whole).toFixed(2);
}

/** Such as `512B` and `1.50M`. */
export function humanSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= KIBIBYTE && unit < UNITS.length - 1; unit++) value /= KIBIBYTE;
  return `${unit === 0 ? value : value.toFixed(2)}${UNITS[unit]}`;
}
