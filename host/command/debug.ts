/**
 * DEBUG: tools of developers and tests. Of Redis's many, those that make sense here and do not endanger the data.
 *
 * SLEEP holds up the connection that asked and lets the others run, unlike Redis, whose only thread stands still. Inside of EXEC everything stands
 * still here too, since nobody else may run before its queue is done.
 */

import type { OptionStore } from "../common/options.ts";
import { replyError } from "../common/reply-error.ts";
import type { Clock } from "../platform/types.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { shown, text, word } from "./arguments.ts";
import type { EngineFacts } from "./engine-facts.ts";
import type { CommandContext, CommandHandler } from "./session.ts";
import { writeHelp } from "./subcommands.ts";

const SECOND_MS = 1000;
/** Longest sleep, in seconds: what a 32-bit timer can wait for. */
const SLEEP_SECONDS_MAX = 2_147_483;
/** Readings in a row after which a clock that tells the same stands. */
const CLOCK_STANDS = 1_000_000;
const ALL_DATABASES = -1;

export interface DebugSubcommand {
  readonly usage: string;
  readonly summary: string;
  /** Number of arguments after the subcommand, or the least and the greatest. */
  readonly arguments: number | readonly [min: number, max: number];
  readonly run: CommandHandler;
}

export type DebugSubcommands = Readonly<Record<string, DebugSubcommand>>;

/** Handlers by upper-case command name; with `more` subcommands by theirs. */
export function debugHandlers(
  context: CommandContext,
  options: OptionStore,
  engine: EngineFacts,
  more: DebugSubcommands = {},
): Readonly<Record<string, CommandHandler>> {
  const subcommands = { ...debugSubcommands(context, options, engine), ...more };
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
        const seconds = secondsOf(text(args[2]));
        if (!session.isExecuting) return sleep(context.server.clock, seconds, reply);
        standStill(context.server.clock, seconds);
        reply.ok();
        return undefined;
      },
    },
  };
}

function hexadecimal(words: readonly number[]): string {
  return words.map((each) => (each >>> 0).toString(16).padStart(8, "0")).join("");
}

/** What is no number counts as 0, as in Redis. */
function secondsOf(given: string): number {
  return Math.min(Math.max(Number.parseFloat(given) || 0, 0), SLEEP_SECONDS_MAX);
}

/** Lets nobody run for some seconds, of a clock that goes on by itself. */
function standStill(clock: Clock, seconds: number): void {
  let nowMs = clock.monotonicMs();
  const untilMs = nowMs + seconds * SECOND_MS;
  for (let same = 0; nowMs < untilMs && same < CLOCK_STANDS; ) {
    const beforeMs = nowMs;
    nowMs = clock.monotonicMs();
    same = nowMs === beforeMs ? same + 1 : 0;
  }
}

function sleep(clock: Clock, seconds: number, reply: ReplyWriter): Promise<void> {
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
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: what Redis answers.
  ["DOUBLE", (reply) => reply.double(3.141)],
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
      reply.bulk("Some real reply following the attribute");
    },
  ],
  [
    "PUSH",
    (reply) => {
      if (reply.protocol !== 3) throw replyError("RESP3_ONLY");
      reply.push(2);
      reply.bulk("server-cpu-usage");
      reply.integer(42);
      reply.bulk("Some real reply following the push reply");
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
