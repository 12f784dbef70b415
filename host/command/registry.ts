/**
 * All handlers of host-answered commands, by command id.
 *
 * Handlers answer by writing to the reply, or throw a DatabaseError, which the caller writes in place of whatever was written.
 * A handler that returns a promise lets other connections run until it settles.
 */
import { DatabaseError } from "../common/error.ts";
import type { OptionValue } from "../common/option-table.ts";
import type { OptionStore } from "../common/options.ts";
import { clientHandlers } from "./client.ts";
import { commandHandlers } from "./command.ts";
import { configHandlers } from "./config.ts";
import { debugHandlers } from "./debug.ts";
import type { EngineFacts, PersistenceFacts, ProcessFacts } from "./engine-facts.ts";
import { helloHandlers } from "./hello.ts";
import { infoHandlers } from "./info.ts";
import { latencyHandlers } from "./latency.ts";
import { lolwutHandlers } from "./lolwut.ts";
import { memoryHandlers } from "./memory.ts";
import { monitorHandlers } from "./monitor.ts";
import { multiHandlers } from "./multi.ts";
import type { Observer } from "./observer.ts";
import { refusedWrite } from "./refused-write.ts";
import { saveHandlers } from "./save.ts";
import type { CommandContext, CommandHandler } from "./session.ts";
import { slowLogHandlers } from "./slow-log.ts";
import { type QuerySource, sqlHandlers } from "./sql.ts";
import { commandTable } from "./table.ts";
import { tableHandlers } from "./table-commands.ts";
import { toolHandlers } from "./tools.ts";
import { transactionHandlers } from "./transaction.ts";

/**
 * Handlers by the id of the command table. `process` has facts that only the process knows; without them INFO is shorter and
 * CONFIG REWRITE refused. `persistence` is absent for a database in memory only, `queries` is where SQL comes from. Throws INTERNAL when the table names a handler that there is not.
 */
export function createHandlers(
  context: CommandContext,
  options: OptionStore,
  engine: EngineFacts,
  process: ProcessFacts,
  persistence: PersistenceFacts | undefined,
  queries: QuerySource,
): ReadonlyMap<number, CommandHandler> {
  const { observer } = context;
  bindObserver(observer, options);
  const named: ReadonlyMap<string, CommandHandler> = new Map(
    Object.entries({
      ...helloHandlers(options),
      ...clientHandlers(context),
      ...commandHandlers(),
      ...configHandlers(context, options, engine, process),
      ...infoHandlers(context, options, engine, process, persistence),
      ...memoryHandlers(engine, process),
      ...saveHandlers(context.server.startedMs, persistence),
      ...slowLogHandlers(observer.slowLog),
      ...latencyHandlers(observer, engine, context.server.clock),
      ...monitorHandlers(observer),
      ...lolwutHandlers(),
      ...toolHandlers(context, persistence !== undefined),
      ...debugHandlers(context, options, engine, persistence),
      ...multiHandlers(queries),
      ...sqlHandlers(queries, () => options.get("statement_timeout") as number),
      ...tableHandlers(queries),
      ...transactionHandlers(),
    }),
  );
  const handlers = new Map<number, CommandHandler>();
  const refused = refusedWrite(queries);
  commandTable.forEach((row, id) => {
    if (row.host === undefined) {
      if (row.flags.includes("write")) handlers.set(id, refused);
      return;
    }
    const handler = named.get(row.name);
    if (handler === undefined) throw new DatabaseError("INTERNAL", `${row.name} has no handler`);
    handlers.set(id, handler);
  });
  return handlers;
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
