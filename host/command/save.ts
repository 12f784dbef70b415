/**
 * VACUUM; and SAVE, BGSAVE, BGREWRITEAOF and LASTSAVE, for a database that is kept in a directory.
 *
 * Every acknowledged change is in the log already, so nothing has to be saved to be safe. What these commands do is what is
 * left to do: a compaction, which makes the log as small as the content and syncs it. SAVE answers when that is done, without
 * holding up other connections; the others start it. Without a directory they are refused.
 */
import { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import { word } from "./arguments.ts";
import type { PersistenceFacts } from "./engine-facts.ts";
import type { CommandContext, CommandHandler, Session } from "./session.ts";

const SECOND_MS = 1000;

/** Handlers by upper-case command name. */
export function saveHandlers(context: CommandContext, persistence: PersistenceFacts | undefined): Readonly<Record<string, CommandHandler>> {
  const kept = (): PersistenceFacts => {
    if (persistence === undefined) throw replyError("PERSISTENCE_OFF");
    return persistence;
  };
  return {
    // Not inside of MULTI (the table's no_multi).
    SAVE: async (_session, _args, reply) => {
      const database = kept();
      if (database.isCompacting) throw replyError("SAVE_IN_PROGRESS");
      await compact(database);
      reply.ok();
    },
    // The arguments that are not asked for are ignored.
    VACUUM: async (_session, _args, reply) => {
      const { versions, keys } = (await context.vacuum?.report()) ?? { versions: 0, keys: 0 };
      reply.simple(`Removed ${versions} versions and ${keys} keys`);
    },
    BGSAVE: (session, args, reply) => {
      const database = kept();
      if (args.length > 2 || (args.length === 2 && word(args[1]) !== "SCHEDULE")) throw replyError("SYNTAX");
      if (database.isCompacting && args.length === 1) throw replyError("SAVE_IN_PROGRESS");
      reply.simple(`Background saving ${startBehind(database, session) ? "started" : "scheduled"}`);
    },
    BGREWRITEAOF: (session, _args, reply) => {
      const database = kept();
      if (database.isCompacting) throw replyError("REWRITE_IN_PROGRESS");
      reply.simple(`Background append only file rewriting ${startBehind(database, session) ? "started" : "scheduled"}`);
    },
    LASTSAVE: (_session, _args, reply) =>
      reply.integer(Math.floor((persistence?.lastCompactionMs ?? context.server.startedMs) / SECOND_MS)),
  };
}

async function compact(database: PersistenceFacts): Promise<void> {
  try {
    await database.compact();
  } catch (cause) {
    throw new DatabaseError("SAVE_FAILED", `the log was not compacted: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/**
 * Starts a compaction, behind the one under way if there is one or behind the EXEC that runs; false then. How it ends is in INFO and the
 * server's report.
 */
function startBehind(database: PersistenceFacts, session: Session): boolean {
  const isFirst = !database.isCompacting && !session.isExecuting;
  const start = (): Promise<void> => database.compact().catch(() => {});
  if (isFirst) void start();
  // EXEC is over before anything else runs.
  else if (session.isExecuting) void Promise.resolve().then(start);
  else void database.compact().then(start, start);
  return isFirst;
}
