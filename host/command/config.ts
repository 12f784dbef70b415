/**
 * CONFIG: options at run time, and the statistics' reset.
 *
 * 1. SET changes all of the given options or none: names are looked up before anything is changed, and when a value is
 *    refused those that were already set get their old values back.
 * 2. Names are those of config-parameters.ts, in any case; GET takes glob patterns and answers each option once.
 * 3. REWRITE writes only options that differ from their defaults or stand in the file already. `config`, `host`, `port` and
 *    the like, which cannot change, stay as they are in the file.
 */
import { DatabaseError } from "../common/error.ts";
import { matchesGlob } from "../common/glob.ts";
import type { OptionStore } from "../common/options.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { text } from "./arguments.ts";
import { findParameter, type Parameter, parametersOf } from "./config-parameters.ts";
import type { EngineFacts, ProcessFacts } from "./engine-facts.ts";
import type { CommandContext, CommandHandler } from "./session.ts";
import { container } from "./subcommands.ts";

const WILDCARD = /[*?[\\]/;

/** Handlers by upper-case command name. */
export function configHandlers(
  context: CommandContext,
  options: OptionStore,
  engine: EngineFacts,
  process: ProcessFacts,
): Readonly<Record<string, CommandHandler>> {
  return {
    CONFIG: container("CONFIG", {
      GET: (_session, args, reply) => get(options, args, reply),
      SET: (_session, args, reply) => {
        set(options, args);
        reply.ok();
      },
      RESETSTAT: (_session, _args, reply) => {
        engine.resetStatistics();
        context.server.resetCounters();
        reply.ok();
      },
      REWRITE: (session, _args, reply) => {
        if (session.isExecuting) throw replyError("NOT_IN_MULTI");
        return rewrite(context.server.configFile, options, process, reply);
      },
    }),
  };
}

/** A pattern without wildcards is a name: its option is answered under the name that was asked for. */
function get(options: OptionStore, args: readonly Uint8Array[], reply: ReplyWriter): void {
  const answers = new Map<string, readonly [name: string, value: string]>();
  for (const pattern of args.slice(2).map(text)) {
    const exact = WILDCARD.test(pattern) ? undefined : findParameter(options, pattern.toLowerCase());
    if (exact !== undefined) answers.set(pattern.toLowerCase(), [pattern, exact.read()]);
    else {
      for (const parameter of parametersOf(options)) {
        if (!parameter.hidden && !answers.has(parameter.name) && matchesGlob(pattern, parameter.name)) {
          answers.set(parameter.name, [parameter.name, parameter.read()]);
        }
      }
    }
  }
  reply.map(answers.size);
  for (const [name, value] of answers.values()) {
    reply.bulk(name);
    reply.bulk(value);
  }
}

function set(options: OptionStore, args: readonly Uint8Array[]): void {
  if (args.length % 2 !== 0) throw replyError("SYNTAX");
  const changes = readChanges(options, args);
  const done: (readonly [parameter: Parameter, old: string])[] = [];
  for (const [name, parameter, value] of changes) {
    const old = parameter.read();
    try {
      parameter.write(value);
      done.push([parameter, old]);
    } catch (error) {
      for (const [changed, before] of done.reverse()) changed.write(before);
      if (!(error instanceof DatabaseError)) throw error;
      throw replyError("CONFIG_FAILED", name, error.message);
    }
  }
}

type Change = readonly [name: string, parameter: Parameter, value: string];

/** The changes that SET asks for. Throws before anything is changed. */
function readChanges(options: OptionStore, args: readonly Uint8Array[]): readonly Change[] {
  const changes: Change[] = [];
  for (let at = 2; at < args.length; at += 2) {
    const name = text(args[at]).toLowerCase();
    const parameter = findParameter(options, name);
    if (parameter === undefined) throw replyError("CONFIG_UNKNOWN", name);
    if (!parameter.settable) throw replyError("CONFIG_FAILED", name, "can't set immutable config");
    if (changes.some(([, other]) => other.name === parameter.name)) throw replyError("CONFIG_FAILED", name, "duplicate parameter");
    changes.push([name, parameter, text(args[at + 1])]);
  }
  return changes;
}

async function rewrite(file: string, options: OptionStore, process: ProcessFacts, reply: ReplyWriter): Promise<void> {
  if (file === "") throw replyError("CONFIG_NO_FILE");
  if (process.configFile === undefined) throw replyError("CONFIG_REWRITE", "this program cannot write files");
  try {
    const settings = parseSettings(await process.configFile.read());
    for (const { row, value } of options.entries()) {
      if (row.runtime && (value !== row.default || row.name in settings)) settings[row.name] = value;
    }
    await process.configFile.write(`${JSON.stringify(settings, undefined, 2)}\n`);
  } catch (error) {
    throw replyError("CONFIG_REWRITE", error instanceof Error ? error.message : String(error));
  }
  reply.ok();
}

/** The object in a configuration file; an empty file is an empty object. */
function parseSettings(content: string): Record<string, unknown> {
  const settings: unknown = content.trim() === "" ? {} : JSON.parse(content);
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new DatabaseError("CONFIG_FILE", "the configuration file does not hold one JSON object");
  }
  return { ...settings };
}
