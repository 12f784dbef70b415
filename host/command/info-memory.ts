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

/** Bytes of keys and values. */
export function datasetBytes(counters: EngineCounters): number {
  return counters.memoryBytes(PURPOSE_ENTRY) + counters.memoryBytes(PURPOSE_VALUE);
}

/** Part of a whole in percent; 0 of nothing. */
export function percentage(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100;
}

export function memoryFields({ engine, options, process }: InfoSource): readonly Field[] {
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
    ["used_memory_dataset", dataset],
    ["used_memory_dataset_perc", `${percentage(dataset, used).toFixed(2)}%`],
    ...PURPOSES.map(([name, purpose]): Field => [`used_memory_${name}`, counters.memoryBytes(purpose)]),
    ["allocator_allocated", used],
    ["allocator_active", counters.memoryReservedBytes],
    ["allocator_frag_ratio", ratio(counters.memoryReservedBytes, used)],
    ...(usage === undefined ? [] : size("total_system_memory", usage.systemBytes)),
    ...size("maxmemory", limit),
    ["maxmemory_policy", String(options.get("eviction_policy"))],
    ...(usage === undefined ? [] : ([["mem_fragmentation_ratio", ratio(usage.residentBytes, used)]] as const)),
    ["mem_allocator", "memflux"],
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
