/**
 * MEMORY and OBJECT, as far as the engine hands them to the host: HELP, reports, and requests that it does not know. USAGE and
 * the questions of OBJECT about a key arrive here only with a wrong number of arguments.
 */
import { PURPOSE_EFFECT, PURPOSE_SESSION } from "../../assembly/abi/status.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import type { EngineCounters, EngineFacts, ProcessFacts } from "./engine-facts.ts";
import { datasetBytes, humanSize, PURPOSES, percentage } from "./info-memory.ts";
import type { CommandHandler } from "./session.ts";
import { container, fitsArity, requireRow } from "./subcommands.ts";
import { findSubcommand, fullName } from "./table.ts";

/** Below this much data MEMORY DOCTOR has nothing to say. */
const DOCTOR_MIN_BYTES = 5_242_880;
const PEAK_RATIO_MAX = 1.5;
const RESERVED_RATIO_MAX = 1.5;
const REPLY_BYTES_MAX = 67_108_864;

/** Handlers by upper-case command name. */
export function memoryHandlers(engine: EngineFacts, process: ProcessFacts): Readonly<Record<string, CommandHandler>> {
  const startupBytes = engine.statistics.memoryUsedBytes - datasetBytes(engine.statistics);
  return {
    MEMORY: container("MEMORY", {
      USAGE: engineSubcommand("MEMORY", "USAGE"),
      STATS: (_session, _args, reply) => statistics(engine.statistics, startupBytes, process.usage?.().residentBytes, reply),
      DOCTOR: (_session, _args, reply) => reply.verbatim("txt", diagnose(engine.statistics)),
      "MALLOC-STATS": (_session, _args, reply) => reply.verbatim("txt", allocatorReport(engine.statistics)),
      PURGE: (_session, _args, reply) => reply.ok(),
    }),
    OBJECT: container("OBJECT", {
      ENCODING: engineSubcommand("OBJECT", "ENCODING"),
      FREQ: engineSubcommand("OBJECT", "FREQ"),
      IDLETIME: engineSubcommand("OBJECT", "IDLETIME"),
      REFCOUNT: engineSubcommand("OBJECT", "REFCOUNT"),
    }),
  };
}

/** A subcommand that the engine answers when its arguments fit; the container has refused any other number of them. */
function engineSubcommand(name: string, subcommand: string): CommandHandler {
  const parent = requireRow(name);
  const row = findSubcommand(parent, subcommand);
  return (_session, args) => {
    if (row === undefined || !fitsArity(row, args.length)) throw replyError("WRONG_ARITY", fullName(row ?? parent, parent));
    throw replyError("SYNTAX");
  };
}

function statistics(counters: EngineCounters, startupBytes: number, residentBytes: number | undefined, reply: ReplyWriter): void {
  const used = counters.memoryUsedBytes;
  const dataset = datasetBytes(counters);
  let keys = 0;
  for (let number = 0; number < counters.databaseCount; number++) keys += counters.database(number).keys;
  const integers: readonly (readonly [string, number])[] = [
    ["peak.allocated", counters.memoryPeakBytes],
    ["total.allocated", used],
    ["startup.allocated", startupBytes],
    ["replication.backlog", 0],
    ["clients.slaves", 0],
    ["clients.normal", counters.memoryBytes(PURPOSE_SESSION)],
    ["cluster.links", 0],
    ["aof.buffer", counters.memoryBytes(PURPOSE_EFFECT)],
    ["lua.caches", 0],
    ["functions.caches", 0],
    ...PURPOSES.map(([name, purpose]) => [`${name}.allocated`, counters.memoryBytes(purpose)] as const),
    ["overhead.total", used - dataset],
    ["keys.count", keys],
    ["keys.bytes-per-key", keys === 0 ? 0 : Math.floor(dataset / keys)],
    ["dataset.bytes", dataset],
    ["allocator.allocated", used],
    ["allocator.active", counters.memoryReservedBytes],
    ["allocator.resident", counters.memoryReservedBytes],
    ["allocator-fragmentation.bytes", counters.memoryReservedBytes - used],
    ["allocator-rss.bytes", 0],
    ...(residentBytes === undefined
      ? []
      : ([
          ["rss-overhead.bytes", residentBytes - counters.memoryReservedBytes],
          ["fragmentation.bytes", residentBytes - used],
        ] as const)),
  ];
  const doubles: readonly (readonly [string, number])[] = [
    ["dataset.percentage", percentage(dataset, used)],
    ["peak.percentage", percentage(used, counters.memoryPeakBytes)],
    ["allocator-fragmentation.ratio", used === 0 ? 0 : counters.memoryReservedBytes / used],
    ["allocator-rss.ratio", 1],
    ...(residentBytes === undefined || used === 0
      ? []
      : ([
          ["rss-overhead.ratio", residentBytes / counters.memoryReservedBytes],
          ["fragmentation", residentBytes / used],
        ] as const)),
  ];
  reply.map(integers.length + doubles.length);
  for (const [name, value] of integers) {
    reply.bulk(name);
    reply.integer(value);
  }
  for (const [name, value] of doubles) {
    reply.bulk(name);
    reply.double(value);
  }
}

/** What looks wrong, one finding a line. */
function diagnose(counters: EngineCounters): string {
  const used = counters.memoryUsedBytes;
  const reserved = counters.memoryReservedBytes;
  if (used < DOCTOR_MIN_BYTES) return `Only ${humanSize(used)} are in use: too little to judge.\n`;
  const findings: string[] = [];
  if (counters.memoryPeakBytes > used * PEAK_RATIO_MAX) {
    findings.push(
      `At its peak ${humanSize(counters.memoryPeakBytes)} were in use, now ${humanSize(used)}. WebAssembly memory does not shrink; it is used again.`,
    );
  }
  if (reserved > used * RESERVED_RATIO_MAX && counters.memoryPeakBytes <= used * PEAK_RATIO_MAX) {
    findings.push(`The engine has reserved ${humanSize(reserved)} for ${humanSize(used)}: its free space is fragmented.`);
  }
  const replies = PURPOSES.find(([name]) => name === "replies");
  const replyBytes = replies === undefined ? 0 : counters.memoryBytes(replies[1]);
  if (replyBytes > REPLY_BYTES_MAX) findings.push(`Replies occupy ${humanSize(replyBytes)}: some command answers very much at once.`);
  return findings.length === 0 ? "The use of memory looks sound.\n" : `${findings.join("\n")}\n`;
}

function allocatorReport(counters: EngineCounters): string {
  const lines = PURPOSES.map(([name, purpose]) => `${name.padEnd(10)}${String(counters.memoryBytes(purpose)).padStart(16)} bytes`);
  lines.push(`${"in use".padEnd(10)}${String(counters.memoryUsedBytes).padStart(16)} bytes`);
  lines.push(`${"reserved".padEnd(10)}${String(counters.memoryReservedBytes).padStart(16)} bytes`);
  return `${lines.join("\n")}\n`;
}
