/**
 * DEBUG subcommands that Redis's own tests ask for.
 *
 * RELOAD and LOADAOF have the data written anew and safe; what is read back at a start is the same, and no reader need be thrown out
 * to see that. Switches of features that do not exist here are accepted.
 */

import { matchesGlob } from "../common/glob.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { requireInteger, text, word } from "./arguments.ts";
import type { DebugSubcommand, DebugSubcommands } from "./debug.ts";
import type { EngineFacts, PersistenceFacts } from "./engine-facts.ts";
import type { CommandContext, Session } from "./session.ts";

const MATCHED_LENGTH_MAX = 1_000_000;
const RELOAD_WORDS: readonly string[] = ["NOSAVE", "NOFLUSH", "MERGE"];

/** What Redis's own tests ask of a server. */
export function redisDebug(context: CommandContext, engine: EngineFacts, persistence: PersistenceFacts | undefined): DebugSubcommands {
  const rewrite = async (session: Session, reply: ReplyWriter): Promise<void> => {
    if (session.isExecuting) throw replyError("NOT_IN_MULTI");
    await persistence?.compact();
    reply.ok();
  };
  return {
    OBJECT: engineSubcommand("OBJECT key", "Tells how and where a value is stored.", 1),
    LISTPACK: engineSubcommand("LISTPACK key", "The same, of what OBJECT ENCODING calls listpack.", 1),
    QUICKLIST: engineSubcommand("QUICKLIST key [level]", "The same, of a quicklist.", 2),
    "HTSTATS-KEY": engineSubcommand("HTSTATS-KEY key [FULL]", "The same, of a hashtable or skiplist.", 2),
    "DIGEST-VALUE": engineSubcommand(
      "DIGEST-VALUE [key...]",
      "Answers a number in hexadecimal for each value; equal ones have the same.",
      0,
    ),
    POPULATE: engineSubcommand("POPULATE count [prefix [size]]", "Makes so many keys with strings, where there are none.", 3),
    RELOAD: {
      usage: "RELOAD [NOSAVE|NOFLUSH|MERGE...]",
      summary: "Writes all data anew, as SAVE does, if it is kept in a directory.",
      arguments: [0, RELOAD_WORDS.length],
      run: (session, args, reply) => {
        if (!args.slice(2).every((each) => RELOAD_WORDS.includes(word(each)))) throw replyError("DEBUG_RELOAD");
        return rewrite(session, reply);
      },
    },
    LOADAOF: {
      usage: "LOADAOF",
      summary: "The same.",
      arguments: 0,
      run: (session, _args, reply) => rewrite(session, reply),
    },
    "CHANGE-REPL-ID": {
      usage: "CHANGE-REPL-ID",
      summary: "Gives this run another master_replid.",
      arguments: 0,
      run: (_session, _args, reply) => {
        context.server.changeReplicationId();
        reply.ok();
      },
    },
    JMAP: {
      usage: "JMAP",
      summary: "Is accepted: the engine's memory has one map, and MEMORY STATS tells it.",
      arguments: 0,
      run: (_session, _args, reply) => reply.ok(),
    },
    "QUICKLIST-PACKED-THRESHOLD": switchOf("QUICKLIST-PACKED-THRESHOLD size", (args) => {
      if (!/^\d{1,15}(b|k|kb|m|mb|g|gb)?$/i.test(text(args[2]))) throw replyError("DEBUG_THRESHOLD");
    }),
    "SET-DISABLE-DENY-SCRIPTS": switchOf("SET-DISABLE-DENY-SCRIPTS 0|1"),
    "PAUSE-CRON": switchOf("PAUSE-CRON 0|1"),
    "DICT-RESIZING": switchOf("DICT-RESIZING 0|1"),
    REPLYBUFFER: {
      ...switchOf("REPLYBUFFER PEAK-RESET-TIME milliseconds|NEVER|RESET|RESIZING 0|1"),
      arguments: 2,
      run: (_session, args, reply) => {
        if (!["PEAK-RESET-TIME", "RESIZING"].includes(word(args[2])))
          throw replyError("UNKNOWN_SUBCOMMAND_OR_ARITY", "REPLYBUFFER", "DEBUG");
        reply.ok();
      },
    },
    HTSTATS: {
      usage: "HTSTATS database [FULL]",
      summary: "Tells how many keys a database has, and how many of them expire.",
      arguments: [1, 2],
      run: (_session, args, reply) => {
        const number = Number(requireInteger(args[2]));
        if (number < 0 || number >= engine.statistics.databaseCount) throw replyError("DEBUG_DATABASE");
        const { keys, expiring } = engine.statistics.database(number);
        reply.verbatim("txt", `[Dictionary HT]\n number of elements: ${keys}\n[Expires HT]\n number of elements: ${expiring}\n`);
      },
    },
    LOG: {
      usage: "LOG message",
      summary: "Writes a message to the server's log.",
      arguments: 1,
      run: (_session, args, reply) => {
        context.server.warn(`DEBUG LOG: ${text(args[2])}`);
        reply.ok();
      },
    },
    "STRINGMATCH-LEN": {
      usage: "STRINGMATCH-LEN length pattern",
      summary: "Answers whether a pattern matches as many letters a.",
      arguments: 2,
      run: (_session, args, reply) => {
        const length = Number(requireInteger(args[2]));
        if (length < 0 || length > MATCHED_LENGTH_MAX) throw replyError("NOT_INTEGER");
        reply.integer(matchesGlob(text(args[3]), "a".repeat(length)) ? 1 : 0);
      },
    },
  };
}

/** A subcommand that the engine answers if the number of its arguments is right (assembly/command/debug.ts). */
function engineSubcommand(usage: string, summary: string, max: number): DebugSubcommand {
  return {
    usage,
    summary,
    arguments: [1, max],
    run: () => {
      throw replyError("SYNTAX");
    },
  };
}

/** A subcommand that changes something which there is not here. */
function switchOf(usage: string, check: (args: readonly Uint8Array[]) => void = () => {}): DebugSubcommand {
  return {
    usage,
    summary: "Accepted for tests that were made for Redis; without effect.",
    arguments: 1,
    run: (_session, args, reply) => {
      check(args);
      reply.ok();
    },
  };
}
