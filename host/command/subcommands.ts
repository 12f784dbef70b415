/**
 * Container commands: finding the handler of a subcommand, checking its arity, and HELP, which is made from the table.
 */
import { DatabaseError } from "../common/error.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { shown, text } from "./arguments.ts";
import type { CommandHandler } from "./session.ts";
import { plainSyntax } from "./syntax.ts";
import { findRow, findSubcommand, fullName } from "./table.ts";
import type { CommandRow } from "./table-types.ts";

const HELP_WIDTH = 80;
const HELP_INDENT = "    ";

/** The handler of a container whose subcommands have the given handlers, by upper-case name; HELP needs none. */
export function container(name: string, handlers: Readonly<Record<string, CommandHandler>>): CommandHandler {
  const row = requireRow(name);
  const complete: ReadonlyMap<string, CommandHandler> = new Map(
    Object.entries({ HELP: (_session: unknown, _args: unknown, reply: ReplyWriter) => help(row, reply), ...handlers }),
  );
  return (session, args, reply) => {
    const found = findSubcommand(row, text(args[1]));
    if (found === undefined) throw replyError("UNKNOWN_SUBCOMMAND", shown(args[1]), row.name);
    checkArity(found, args.length, row);
    const handler = complete.get(found.name);
    if (handler === undefined) throw new DatabaseError("INTERNAL", `${fullName(found, row)} has no handler`);
    return handler(session, args, reply);
  };
}

/** The row of a command that must be there. */
export function requireRow(name: string): CommandRow {
  const row = findRow(name);
  if (row === undefined) throw new DatabaseError("INTERNAL", `the command table has no ${name}`);
  return row;
}

/** Arity n wants n arguments with the name, -n at least n. */
export function fitsArity(row: CommandRow, count: number): boolean {
  return row.arity >= 0 ? count === row.arity : count >= -row.arity;
}

function checkArity(row: CommandRow, count: number, parent: CommandRow): void {
  if (!fitsArity(row, count)) throw replyError("WRONG_ARITY", fullName(row, parent));
}

/** Explains the subcommands of a container, one line of text a simple string. */
function help(row: CommandRow, reply: ReplyWriter): void {
  writeHelp(
    row.name,
    row.subcommands.map((each) => ({ usage: `${each.name} ${plainSyntax(each.syntax)}`.trim(), summary: each.summary })),
    reply,
  );
}

/** Explains subcommands that stand in no table. */
export function writeHelp(name: string, subcommands: readonly { usage: string; summary: string }[], reply: ReplyWriter): void {
  const lines = [`${name} has these subcommands:`];
  for (const each of subcommands) lines.push(each.usage, ...wrap(each.summary));
  reply.array(lines.length);
  for (const line of lines) reply.simple(line);
}

/** Breaks text between words. */
function wrap(summary: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of summary.split(" ")) {
    if (line !== "" && line.length + part.length + 1 > HELP_WIDTH - HELP_INDENT.length) {
      lines.push(HELP_INDENT + line);
      line = "";
    }
    line = line === "" ? part : `${line} ${part}`;
  }
  return [...lines, HELP_INDENT + line];
}
