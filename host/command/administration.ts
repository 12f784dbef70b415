/**
 * What only a server has: the accounts of single commands, and tools for those who watch and test it. A composition root without
 * connections leaves it out, and its commands are refused there.
 */
import type { OptionValue } from "../common/option-table.ts";
import type { OptionStore } from "../common/options.ts";
import type { DebugSubcommands } from "./debug.ts";
import { redisDebug } from "./debug-redis.ts";
import type { EngineFacts, PersistenceFacts } from "./engine-facts.ts";
import { latencyHandlers } from "./latency.ts";
import { lolwutHandlers } from "./lolwut.ts";
import { monitorHandlers } from "./monitor.ts";
import type { Observer } from "./observer.ts";
import type { CommandContext, CommandHandler } from "./session.ts";
import { slowLogHandlers } from "./slow-log.ts";

/** Files of the command table whose handlers come from here. */
export interface Administration {
  /** By upper-case command name. */
  readonly handlers: Readonly<Record<string, CommandHandler>>;
  readonly debug: DebugSubcommands;
}

/** Makes the handlers and carries options to the observer. Requires: the context has an observer. */
export function administration(
  context: CommandContext,
  observer: Observer,
  options: OptionStore,
  engine: EngineFacts,
  persistence: PersistenceFacts | undefined,
): Administration {
  bindObserver(observer, options);
  return {
    handlers: {
      ...slowLogHandlers(observer.slowLog),
      ...latencyHandlers(observer, engine, context.server.clock),
      ...monitorHandlers(observer),
      ...lolwutHandlers(),
    },
    debug: redisDebug(context, engine, persistence),
  };
}

/** Carries options to the accounts of commands, now and after each change. */
function bindObserver({ settings, slowLog }: Observer, options: OptionStore): void {
  const bind = (name: string, apply: (value: OptionValue) => void): void => {
    apply(options.get(name));
    options.onChange(name, apply);
  };
  bind("slowlog_log_slower_than", (value) => {
    settings.slowerThanMicros = Number(value);
  });
  bind("slowlog_max_len", (value) => {
    settings.slowLogLength = Number(value);
    slowLog.trim(settings.slowLogLength);
  });
  bind("latency_monitor_threshold", (value) => {
    settings.latencyThresholdMs = Number(value);
  });
  bind("latency_tracking", (value) => {
    settings.tracksLatency = value === true;
  });
}
