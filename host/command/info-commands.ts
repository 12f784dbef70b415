/**
 * The sections commandstats and latencystats of INFO: how often commands ran, and how long they took.
 *
 * Calls are exact: the engine counts those of its commands, and those of the host by their container; the host tells them apart.
 * Times are those of samples (observer.ts), from which `usec` is worked out.
 */
import type { EngineFacts } from "./engine-facts.ts";
import type { Field, InfoSource } from "./info-source.ts";
import type { HostCalls, Observer } from "./observer.ts";
import { commandTable, findPlaced, fullName } from "./table.ts";
import type { CommandRow } from "./table-types.ts";

const NONE: HostCalls = { calls: 0, failed: 0, rejected: 0 };

/** Counts of a command by its full name. */
export function callsOf(name: string, engine: EngineFacts, observer: Observer | undefined): HostCalls {
  const placed = findPlaced(name);
  if (placed === undefined) return NONE;
  return placed.parent === undefined ? ownCalls(placed.row, engine, observer) : (observer?.hostCalls.get(name) ?? NONE);
}

/** Counts of a top-level command without those of its subcommands that have their own. */
function ownCalls(row: CommandRow, engine: EngineFacts, observer: Observer | undefined): HostCalls {
  const counted = engine.statistics.calls(commandTable.indexOf(row));
  const host = observer?.hostCalls.get(fullName(row)) ?? NONE;
  let { calls, rejected } = counted;
  for (const subcommand of row.subcommands) {
    const each = observer?.hostCalls.get(fullName(subcommand, row)) ?? NONE;
    calls -= each.calls + each.rejected;
  }
  rejected += host.rejected;
  return { calls: Math.max(0, calls - host.rejected), failed: counted.failed + host.failed, rejected };
}

/** All that was called or refused, by full name. */
function* counted(engine: EngineFacts, observer: Observer | undefined): Iterable<readonly [name: string, calls: HostCalls]> {
  for (const row of commandTable) {
    const own = ownCalls(row, engine, observer);
    if (own.calls > 0 || own.rejected > 0) yield [fullName(row), own];
    for (const subcommand of row.subcommands) {
      const name = fullName(subcommand, row);
      const calls = observer?.hostCalls.get(name);
      if (calls !== undefined) yield [name, calls];
    }
  }
}

export function commandFields({ engine, context: { observer } }: InfoSource): readonly Field[] {
  return [...counted(engine, observer)].map(([name, { calls, failed, rejected }]): Field => {
    const timing = observer?.timings.get(name);
    const mean = timing === undefined ? 0 : timing.sumMicros / timing.count;
    const text = `calls=${calls},usec=${Math.round(mean * calls)},usec_per_call=${mean.toFixed(2)},rejected_calls=${rejected},failed_calls=${failed}`;
    return [`cmdstat_${name}`, text];
  });
}

export function latencyFields({ options, context: { observer } }: InfoSource): readonly Field[] {
  const wanted = String(options.get("latency_tracking_info_percentiles"));
  const percentiles = wanted.split(" ").filter((word) => word !== "");
  return [...(observer?.timings.entries() ?? [])].map(([name, timing]): Field => {
    const values = percentiles.map((percent) => `p${Number(percent)}=${timing.percentile(Number(percent)).toFixed(3)}`);
    return [`latency_percentiles_usec_${name}`, values.join(",")];
  });
}
