/**
 * All handlers of host-answered commands, by command id.
 *
 * Handlers answer by writing to the reply, or throw a DatabaseError, which the caller writes in place of whatever was written.
 * A handler that returns a promise lets other connections run until it settles.
 */
import { DatabaseError } from "../common/error.ts";
import type { OptionStore } from "../common/options.ts";
import { replyError } from "../common/reply-error.ts";
import type { Administration } from "./administration.ts";
import { word } from "./arguments.ts";
import { clientHandlers } from "./client.ts";
import { commandHandlers } from "./command.ts";
import { configHandlers } from "./config.ts";
import { debugHandlers } from "./debug.ts";
import type { EngineFacts, PersistenceFacts, ProcessFacts } from "./engine-facts.ts";
import { helloHandlers } from "./hello.ts";
import { infoHandlers } from "./info.ts";
import { memoryHandlers } from "./memory.ts";
import { multiHandlers } from "./multi.ts";
import { pubSubHandlers } from "./pubsub.ts";
import { refusedWrite } from "./refused-write.ts";
import { saveHandlers } from "./save.ts";
import type { CommandContext, CommandHandler } from "./session.ts";
import { type QuerySource, sqlHandlers } from "./sql.ts";
import { commandTable } from "./table.ts";
import { tableHandlers } from "./table-commands.ts";
import { toolHandlers } from "./tools.ts";
import { transactionHandlers } from "./transaction.ts";
import { waitingHandlers } from "./waiting.ts";

/** Files of handlers that a server alone has (administration.ts). */
const SERVER_FILES: readonly string[] = ["slow-log", "latency", "monitor", "lolwut"];

const refusedHere: CommandHandler = (_session, args) => {
  throw replyError("SERVER_ONLY", word(args[0]));
};

/**
 * Handlers by the id of the command table. `process` has facts that only the process knows; without them INFO is shorter and
 * CONFIG REWRITE refused. `persistence` is absent for a database in memory only, `queries` is where SQL comes from; `administration` is absent where there are no connections. Throws INTERNAL when the table names a handler that there is not.
 */
export function createHandlers(
  context: CommandContext,
  options: OptionStore,
  engine: EngineFacts,
  process: ProcessFacts,
  persistence: PersistenceFacts | undefined,
  queries: QuerySource,
  administration?: Administration,
): ReadonlyMap<number, CommandHandler> {
  const named: ReadonlyMap<string, CommandHandler> = new Map(
    Object.entries({
      ...helloHandlers(options),
      ...clientHandlers(context),
      ...commandHandlers(),
      ...configHandlers(context, options, engine, process),
      ...infoHandlers(context, options, engine, process, persistence),
      ...memoryHandlers(engine, process),
      ...saveHandlers(context, persistence),
      ...toolHandlers(context, persistence !== undefined),
      ...debugHandlers(context, options, engine, administration?.debug),
      ...multiHandlers(queries),
      ...pubSubHandlers(context),
      ...sqlHandlers(queries, () => options.get("statement_timeout") as number),
      ...tableHandlers(queries),
      ...transactionHandlers(),
      ...waitingHandlers(context.waiting),
      ...administration?.handlers,
    }),
  );
  const handlers = new Map<number, CommandHandler>();
  const refused = refusedWrite(queries);
  commandTable.forEach((row, id) => {
    if (row.host === undefined) {
      if (row.flags.includes("write")) handlers.set(id, refused);
      return;
    }
    const handler = named.get(row.name) ?? (administration === undefined && SERVER_FILES.includes(row.host) ? refusedHere : undefined);
    if (handler === undefined) throw new DatabaseError("INTERNAL", `${row.name} has no handler`);
    handlers.set(id, handler);
  });
  return handlers;
}
