/**
 * Commands that wait for a value: what the engine could not answer at once (host/database/waiting.ts).
 *
 * When their time is over all of them answer a null array. CLIENT UNBLOCK ends a wait as if its time were over, or with an error; a
 * connection that is closed ends its wait at once, so that nothing is popped for nobody.
 */
import type { CommandContext, CommandHandler } from "./session.ts";
import { commandTable } from "./table.ts";

/** Handlers by upper-case command name: of all rows of the table with `host: "waiting"`. */
export function waitingHandlers(waiting: CommandContext["waiting"]): Readonly<Record<string, CommandHandler>> {
  const handler: CommandHandler = async (session, args, reply) => {
    const { database, protocol } = session;
    const bytes = await session.wait(waiting.wait({ args, database, protocol }, () => waiting.reply()));
    if (bytes === undefined) reply.nullArray();
    else reply.raw(bytes);
  };
  return Object.fromEntries(commandTable.filter((row) => row.host === "waiting").map((row) => [row.name, handler]));
}
