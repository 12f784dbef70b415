/**
 * TIME, SHUTDOWN, what asks for replicas and modules, of which there are none, and the FLUSH of FUNCTION and SCRIPT: there are no functions and no scripts yet, so nothing is left to flush.
 */
import type { ReplyErrorCode } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { requireInteger, shown, word } from "./arguments.ts";
import type { CommandContext, CommandHandler } from "./session.ts";
import { container } from "./subcommands.ts";

const SECOND_MS = 1000;
const MICROSECONDS_OF_MS = 1000;
const SHUTDOWN_WORDS: readonly string[] = ["NOSAVE", "SAVE", "NOW", "FORCE", "ABORT"];

/** Handlers by upper-case command name. */
export function toolHandlers(context: CommandContext, isKept: boolean): Readonly<Record<string, CommandHandler>> {
  return {
    TIME: (_session, _args, reply) => time(context.server.clock.nowMs(), reply),
    ROLE: (_session, _args, reply) => {
      reply.array(3);
      reply.bulk("master");
      reply.integer(0);
      reply.array(0);
    },
    WAIT: (_session, args, reply) => {
      requireInteger(args[1]);
      if (requireInteger(args[2], () => replyError("TIMEOUT_NOT_INTEGER")) < 0n) throw replyError("TIMEOUT_NEGATIVE");
      reply.integer(0);
    },
    MODULE: container("MODULE", { LIST: (_session, _args, reply) => reply.array(0) }),
    SHUTDOWN: (_session, args) => shutdown(context, isKept, args),
    FUNCTION: container("FUNCTION", { FLUSH: (_session, args, reply) => flush("FUNCTION", "FUNCTION_FLUSH_MODE", args, reply) }),
    SCRIPT: container("SCRIPT", { FLUSH: (_session, args, reply) => flush("SCRIPT", "SCRIPT_FLUSH_MODE", args, reply) }),
  };
}

/** Unix time: seconds, and microseconds within the second. */
function time(nowMs: number, reply: ReplyWriter): void {
  const seconds = Math.floor(nowMs / SECOND_MS);
  reply.array(2);
  reply.bulk(String(seconds));
  reply.bulk(String(Math.floor((nowMs - seconds * SECOND_MS) * MICROSECONDS_OF_MS)));
}

function flush(parent: string, otherwise: ReplyErrorCode, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const mode = word(args[2]);
  if (args.length > 3 && parent === "FUNCTION") throw replyError("UNKNOWN_SUBCOMMAND_OR_ARITY", shown(args[1]), parent);
  if (args.length > 3 || (args.length === 3 && mode !== "ASYNC" && mode !== "SYNC")) throw replyError(otherwise);
  reply.ok();
}

/**
 * Ends the server; then there is no reply but the end of the connection. What a directory keeps is synced in any case;
 * without one there is nothing to save to, so SAVE is refused rather than ignored. A shutdown does not wait for anything: NOW and FORCE change nothing, and ABORT finds none to stop.
 */
function shutdown(context: CommandContext, isKept: boolean, args: readonly Uint8Array[]): void {
  const words = args.slice(1).map(word);
  const has = (name: string): boolean => words.includes(name);
  if (words.some((each) => !SHUTDOWN_WORDS.includes(each))) throw replyError("SYNTAX");
  if ((has("SAVE") && has("NOSAVE")) || (has("ABORT") && words.length > 1)) throw replyError("SYNTAX");
  if (has("ABORT")) throw replyError("NO_SHUTDOWN");
  if (has("SAVE") && !isKept) throw replyError("NOTHING_TO_SAVE_TO");
  context.server.shutdown();
}
