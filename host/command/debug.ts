/**
 * DEBUG: tools of developers and tests. Of Redis's many, those that make sense here and do not endanger the data.
 *
 * RELOAD and LOADAOF have the data written anew and safe; what is read back at a start is the same, and no reader need be thrown out
 * to see that. Switches of features that do not exist here are accepted.
 *
 * SLEEP holds up the connection that asked and lets the others run, unlike Redis, whose only thread stands still.
 */
import { replyError } from "../common/error.ts";
import type { OptionStore } from "../common/options.ts";
import type { Clock } from "../platform/types.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { requireInteger, shown, text, word } from "./arguments.ts";
import type { EngineFacts, PersistenceFacts } from "./engine-facts.ts";
import { matchesGlob } from "./glob.ts";
import type { CommandContext, CommandHandler, Session } from "./session.ts";
import { writeHelp } from "./subcommands.ts";

const SECOND_MS = 1000;
/** Longest sleep, in seconds: what a 32-bit timer can wait for. */
const SLEEP_SECONDS_MAX = 2_147_483;
const ALL_DATABASES = -1;
const MATCHED_LENGTH_MAX = 1_000_000;

interface DebugSubcommand {
  readonly usage: string;
  readonly summary: string;
  /** Number of arguments after the subcommand, or the least and the greatest. */
  readonly arguments: number | readonly [min: number, max: number];
  readonly run: CommandHandler;
}

/** Handlers by upper-case command name. */
export function debugHandlers(
  context: CommandContext,
  options: OptionStore,
  engine: EngineFacts,
  persistence: PersistenceFacts | undefined,
): Readonly<Record<string, CommandHandler>> {
  const subcommands = { ...debugSubcommands(context, options, engine), ...redisSubcommands(context, engine, persistence) };
  return {
    DEBUG: (session, args, reply) => {
      const name = word(args[1]);
      if (name === "HELP" && args.length === 2) {
        writeHelp("DEBUG", Object.values(subcommands), reply);
        return;
      }
      const found = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
      if (found === undefined || !takes(found, args.length - 2)) throw replyError("UNKNOWN_SUBCOMMAND_OR_ARITY", shown(args[1]), "DEBUG");
      return found.run(session, args, reply);
    },
  };
}

function takes({ arguments: wanted }: DebugSubcommand, count: number): boolean {
  const [min, max] = typeof wanted === "number" ? [wanted, wanted] : wanted;
  return count >= min && count <= max;
}

const RELOAD_WORDS: readonly string[] = ["NOSAVE", "NOFLUSH", "MERGE"];

/** What Redis's own tests ask of a server. */
function redisSubcommands(
  context: CommandContext,
  engine: EngineFacts,
  persistence: PersistenceFacts | undefined,
): Readonly<Record<string, DebugSubcommand>> {
  const rewrite = async (session: Session, reply: ReplyWriter): Promise<void> => {
    if (session.isExecuting) throw replyError("NOT_IN_MULTI");
    await persistence?.compact();
    reply.ok();
  };
  return {
    OBJECT: engineSubcommand("OBJECT key", "Tells how and where a value is stored.", 1),
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
    "QUICKLIST-PACKED-THRESHOLD": switchOf("QUICKLIST-PACKED-THRESHOLD size", (args) => {
      if (!/^\d{1,15}(b|k|kb|m|mb|g|gb)?$/i.test(text(args[2]))) throw replyError("DEBUG_THRESHOLD");
    }),
    "SET-DISABLE-DENY-SCRIPTS": switchOf("SET-DISABLE-DENY-SCRIPTS 0|1"),
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

function debugSubcommands(context: CommandContext, options: OptionStore, engine: EngineFacts): Readonly<Record<string, DebugSubcommand>> {
  return {
    DIGEST: {
      usage: "DIGEST",
      summary: "Answers a number in hexadecimal that two servers share if they hold the same data.",
      arguments: 0,
      run: (_session, _args, reply) => reply.simple(hexadecimal(engine.digest(ALL_DATABASES))),
    },
    ERROR: {
      usage: "ERROR message",
      summary: "Answers an error with these words.",
      arguments: 1,
      run: (_session, args, reply) => reply.errorLine(text(args[2])),
    },
    PROTOCOL: {
      usage: "PROTOCOL type",
      summary: "Answers an example of a type of the protocol.",
      arguments: 1,
      run: (_session, args, reply) => writeExample(word(args[2]), reply),
    },
    "SET-ACTIVE-EXPIRE": {
      usage: "SET-ACTIVE-EXPIRE 0|1",
      summary: "Switches off and on that expired keys are deleted before somebody asks for them.",
      arguments: 1,
      run: (_session, args, reply) => {
        options.set("active_expire", Number.parseInt(text(args[2]), 10) ? "yes" : "no");
        reply.ok();
      },
    },
    SLEEP: {
      usage: "SLEEP seconds",
      summary: "Answers after some seconds, which may have a fraction; other connections are served meanwhile.",
      arguments: 1,
      run: (session, args, reply) => {
        if (session.isExecuting) throw replyError("NOT_IN_MULTI");
        return sleep(context.server.clock, text(args[2]), reply);
      },
    },
  };
}

function hexadecimal(words: readonly number[]): string {
  return words.map((each) => (each >>> 0).toString(16).padStart(8, "0")).join("");
}

/** What is no number counts as 0, as in Redis. */
function sleep(clock: Clock, given: string, reply: ReplyWriter): Promise<void> {
  const seconds = Math.min(Math.max(Number.parseFloat(given) || 0, 0), SLEEP_SECONDS_MAX);
  return new Promise((resolve) => {
    const wake = (): void => {
      reply.ok();
      resolve();
    };
    clock.setTimer(wake, seconds * SECOND_MS, true);
  });
}

/** One value of each type, for tests of clients. */
const examples: ReadonlyMap<string, (reply: ReplyWriter) => void> = new Map<string, (reply: ReplyWriter) => void>([
  ["STRING", (reply) => reply.bulk("Hello World")],
  ["INTEGER", (reply) => reply.integer(12345)],
  ["DOUBLE", (reply) => reply.double(2.625)],
  ["BIGNUM", (reply) => reply.bigNumber(1234567999999999999999999999999999999n)],
  ["NULL", (reply) => reply.null()],
  ["TRUE", (reply) => reply.boolean(true)],
  ["FALSE", (reply) => reply.boolean(false)],
  ["VERBATIM", (reply) => reply.verbatim("txt", "This is a verbatim\nstring")],
  ["ARRAY", (reply) => writeThree(() => reply.array(3), reply)],
  ["SET", (reply) => writeThree(() => reply.set(3), reply)],
  [
    "MAP",
    (reply) => {
      reply.map(3);
      for (let each = 0; each < 3; each++) {
        reply.integer(each);
        reply.boolean(each === 1);
      }
    },
  ],
  [
    "ATTRIB",
    (reply) => {
      if (reply.protocol === 3) {
        reply.attribute(1);
        reply.bulk("key-popularity");
        reply.array(2);
        reply.bulk("key:123");
        reply.integer(90);
      }
      reply.bulk("The value that the attribute is about");
    },
  ],
  [
    "PUSH",
    (reply) => {
      if (reply.protocol !== 3) throw replyError("RESP3_ONLY");
      reply.push(2);
      reply.bulk("server-cpu-usage");
      reply.integer(42);
      reply.bulk("The reply behind the push message");
    },
  ],
]);

function writeExample(type: string, reply: ReplyWriter): void {
  const write = examples.get(type);
  if (write === undefined) throw replyError("DEBUG_PROTOCOL_TYPE");
  write(reply);
}

function writeThree(head: () => void, reply: ReplyWriter): void {
  head();
  for (let each = 0; each < 3; each++) reply.integer(each);
}
