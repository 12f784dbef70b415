/**
 * EXEC, as far as the host has a part in it: the engine asks before it runs a queue whose statements, or whose errors, need what is
 * loaded with the first statement. Inside of EXEC every command is answered at once, so that no other session runs in between.
 */
import type { CommandHandler } from "./session.ts";
import type { QuerySource } from "./sql.ts";

/** Handlers by upper-case command name. EXEC writes nothing: the engine goes on with its queue. */
export function multiHandlers(queries: QuerySource): Readonly<Record<string, CommandHandler>> {
  return { EXEC: () => (queries.engine === undefined ? queries.load().then(() => {}) : undefined) };
}
