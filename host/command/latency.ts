/**
 * LATENCY: the events of latency-monitor-threshold, and histograms of what commands take.
 */
import { replyError } from "../common/reply-error.ts";
import type { Clock } from "../platform/types.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { shown, text } from "./arguments.ts";
import type { EngineFacts } from "./engine-facts.ts";
import { callsOf } from "./info-commands.ts";
import type { LatencyEvent, LatencySample } from "./latency-events.ts";
import type { Observer } from "./observer.ts";
import type { CommandHandler } from "./session.ts";
import { container } from "./subcommands.ts";
import { findPlaced, fullName } from "./table.ts";
import type { Timing } from "./timings.ts";

const SECOND_MS = 1000;
const GRAPH_ROWS = 4;
const GRAPH_MARKS = "_o#";
const GRAPH_WIDTH = 80;
/** Ages by the longest that is told in each unit. */
const AGES: readonly (readonly [limit: number, unit: string, seconds: number])[] = [
  [60, "s", 1],
  [3600, "m", 60],
  [86_400, "h", 3600],
  [Number.POSITIVE_INFINITY, "d", 86_400],
];

/** Handlers by upper-case command name. */
export function latencyHandlers(observer: Observer, engine: EngineFacts, clock: Clock): Readonly<Record<string, CommandHandler>> {
  const { latency } = observer;
  return {
    LATENCY: container("LATENCY", {
      LATEST: (_session, _args, reply) => writeLatest(latency.entries(), reply),
      HISTORY: (_session, args, reply) => writeHistory(latency.get(text(args[2]))?.samples ?? [], reply),
      RESET: (_session, args, reply) => reply.integer(latency.reset(args.slice(2).map(text))),
      GRAPH: (_session, args, reply) => {
        const event = latency.get(text(args[2]));
        if (event === undefined) throw replyError("LATENCY_NO_SAMPLES", shown(args[2]));
        reply.verbatim("txt", graph(text(args[2]), event, clock.nowMs()));
      },
      DOCTOR: (_session, _args, reply) => reply.verbatim("txt", diagnose(observer)),
      HISTOGRAM: (_session, args, reply) => writeHistograms(observer, engine, args.slice(2).map(text), reply),
    }),
  };
}

function writeLatest(events: readonly (readonly [name: string, event: LatencyEvent])[], reply: ReplyWriter): void {
  reply.array(events.length);
  for (const [name, { samples, maxMs }] of events) {
    const last = samples.at(-1);
    reply.array(4);
    reply.bulk(name);
    reply.integer(last?.seconds ?? 0);
    reply.integer(last?.ms ?? 0);
    reply.integer(maxMs);
  }
}

function writeHistory(samples: readonly LatencySample[], reply: ReplyWriter): void {
  reply.array(samples.length);
  for (const { seconds, ms } of samples) {
    reply.array(2);
    reply.integer(seconds);
    reply.integer(ms);
  }
}

/** Bars of the samples, oldest first, and their ages under them, to be read downwards. */
function graph(name: string, { samples, maxMs }: LatencyEvent, nowMs: number): string {
  const times = samples.map(({ ms }) => ms);
  const low = Math.min(...times);
  const high = Math.max(...times);
  const steps = GRAPH_MARKS.length * GRAPH_ROWS;
  const heights = times.map((ms) => Math.min(steps - 1, Math.floor(((ms - low) * steps) / Math.max(1, high - low))));
  let picture = `${name} - high ${high} ms, low ${low} ms (all time high ${maxMs} ms)\n${"-".repeat(GRAPH_WIDTH)}\n`;
  for (let row = GRAPH_ROWS - 1; row >= 0; row--) {
    const marks = heights.map((height) => {
      const mark = height - row * GRAPH_MARKS.length;
      return mark < 0 ? " " : (GRAPH_MARKS[mark] ?? "|");
    });
    picture += `${marks.join("")}\n`;
  }
  const ages = samples.map(({ seconds }) => age(Math.max(0, Math.floor(nowMs / SECOND_MS) - seconds)));
  const longest = Math.max(...ages.map((each) => each.length));
  picture += `${" ".repeat(samples.length)}\n`;
  for (let at = 0; at < longest; at++) picture += `${ages.map((each) => each[at] ?? " ").join("")}\n`;
  return picture;
}

function age(seconds: number): string {
  const [, unit, size] = AGES.find(([limit]) => seconds < limit) ?? [0, "d", 86_400];
  return `${Math.floor(seconds / size)}${unit}`;
}

function diagnose({ settings, latency }: Observer): string {
  const events = latency.entries();
  if (settings.latencyThresholdMs === 0 && events.length === 0) {
    return "Latency is not monitored: CONFIG SET latency-monitor-threshold <milliseconds> begins that.\n";
  }
  if (events.length === 0) return `Nothing has taken longer than ${settings.latencyThresholdMs} ms.\n`;
  const findings = events.map(([name, { samples, maxMs }]) => {
    const average = samples.reduce((sum, { ms }) => sum + ms, 0) / samples.length;
    return `${name}: ${samples.length} latency spikes, ${Math.round(average)} ms on average, ${maxMs} ms at worst.\n`;
  });
  return (
    `${findings.join("")}\nSLOWLOG GET tells which commands those were. Long queries and commands on very large values take as long as ` +
    "what they read and write; smaller values, a limit or an index make them shorter.\n"
  );
}

/** Histograms of commands by name, a container's name standing for its subcommands; of all without names. What was not called is left out. */
function writeHistograms(observer: Observer, engine: EngineFacts, names: readonly string[], reply: ReplyWriter): void {
  const wanted = names.length === 0 ? undefined : new Set(names.flatMap(withSubcommands));
  const found = [...observer.timings.entries()].filter(([name, { count }]) => count > 0 && (wanted === undefined || wanted.has(name)));
  reply.map(found.length);
  for (const [name, timing] of found) {
    reply.bulk(name);
    writeHistogram(timing, Math.max(timing.count, callsOf(name, engine, observer).calls), reply);
  }
}

function withSubcommands(name: string): readonly string[] {
  const placed = findPlaced(name);
  if (placed === undefined) return [];
  const { row, parent } = placed;
  return [fullName(row, parent), ...row.subcommands.map((each) => fullName(each, row))];
}

/** Numbers of calls are those of the samples, as a part of all calls. */
function writeHistogram(timing: Timing, calls: number, reply: ReplyWriter): void {
  const steps = timing.distribution();
  reply.map(2);
  reply.bulk("calls");
  reply.integer(calls);
  reply.bulk("histogram_usec");
  reply.map(steps.length);
  for (const [micros, count] of steps) {
    reply.integer(micros);
    reply.integer(Math.round((count / timing.count) * calls));
  }
}
