/**
 * COMMAND: the command table for clients. Shapes are those of Redis 7.0 in both protocols.
 *
 * LIST, INFO and DOCS know subcommands by their full name (`config|get`).
 */

import { matchesGlob } from "../common/glob.ts";
import { replyError } from "../common/reply-error.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { text, word } from "./arguments.ts";
import { writeDocumentation } from "./command-docs.ts";
import { findKeys } from "./command-keys.ts";
import type { CommandHandler } from "./session.ts";
import { container } from "./subcommands.ts";
import { commandTable, findPlaced, fullName, type PlacedRow } from "./table.ts";
import { type KeySpec, keyRange } from "./table-types.ts";

/** Handlers by upper-case command name. */
export function commandHandlers(): Readonly<Record<string, CommandHandler>> {
  const subcommands = container("COMMAND", {
    COUNT: (_session, _args, reply) => reply.integer(commandTable.length),
    LIST: (_session, args, reply) => list(args, reply),
    INFO: (_session, args, reply) => information(args, reply),
    DOCS: (_session, args, reply) => documentation(args, reply),
    GETKEYS: (_session, args, reply) => keys(args, reply, false),
    GETKEYSANDFLAGS: (_session, args, reply) => keys(args, reply, true),
  });
  return {
    COMMAND: (session, args, reply) => {
      if (args.length > 1) return subcommands(session, args, reply);
      reply.array(commandTable.length);
      for (const row of commandTable) writeRow({ row }, reply);
    },
  };
}

function list(args: readonly Uint8Array[], reply: ReplyWriter): void {
  const isListed = args.length === 2 ? () => true : listFilter(args);
  const names = commandTable
    .flatMap((parent): readonly PlacedRow[] => [{ row: parent }, ...parent.subcommands.map((row) => ({ row, parent }))])
    .filter(isListed)
    .map(({ row, parent }) => fullName(row, parent));
  reply.array(names.length);
  for (const name of names) reply.bulk(name);
}

function listFilter(args: readonly Uint8Array[]): (placed: PlacedRow) => boolean {
  if (args.length !== 5 || word(args[2]) !== "FILTERBY") throw replyError("SYNTAX");
  const value = text(args[4]);
  switch (word(args[3])) {
    case "MODULE":
      return () => false;
    case "ACLCAT":
      return ({ row }) => row.categories.some((category) => category === value.toLowerCase());
    case "PATTERN":
      return ({ row, parent }) => matchesGlob(value, fullName(row, parent));
    default:
      throw replyError("SYNTAX");
  }
}

function information(args: readonly Uint8Array[], reply: ReplyWriter): void {
  const asked = args.length === 2 ? commandTable.map((row) => ({ row })) : args.slice(2).map((name) => findPlaced(text(name)));
  reply.array(asked.length);
  for (const placed of asked) {
    if (placed === undefined) reply.null();
    else writeRow(placed, reply);
  }
}

function documentation(args: readonly Uint8Array[], reply: ReplyWriter): void {
  const asked = args.length === 2 ? commandTable.map((row) => ({ row })) : args.slice(2).map((name) => findPlaced(text(name)));
  const known = asked.filter((placed) => placed !== undefined);
  reply.map(known.length);
  for (const placed of known) writeDocumentation(placed, reply);
}

function keys(args: readonly Uint8Array[], reply: ReplyWriter, withFlags: boolean): void {
  const found = findKeys(args.slice(2));
  reply.array(found.length);
  for (const { key, flags } of found) {
    if (withFlags) reply.array(2);
    reply.bulk(key);
    if (withFlags) writeWords(flags, reply);
  }
}

/** The ten elements that describe a command. */
function writeRow({ row, parent }: PlacedRow, reply: ReplyWriter): void {
  const range = keyRange(row);
  reply.array(10);
  reply.bulk(fullName(row, parent));
  reply.integer(row.arity);
  writeWords(row.flags, reply);
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  writeWords(
    row.categories.map((category) => `@${category}`),
    reply,
  );
  reply.set(row.tips.length);
  for (const tip of row.tips) reply.bulk(tip);
  reply.set(row.keys.length);
  for (const spec of row.keys) writeKeySpec(spec, reply);
  reply.set(row.subcommands.length);
  for (const subcommand of row.subcommands) writeRow({ row: subcommand, parent: row }, reply);
}

function writeWords(words: readonly string[], reply: ReplyWriter): void {
  reply.set(words.length);
  for (const each of words) reply.simple(each);
}

function writeKeySpec(spec: KeySpec, reply: ReplyWriter): void {
  reply.map(spec.notes === undefined ? 3 : 4);
  if (spec.notes !== undefined) {
    reply.bulk("notes");
    reply.bulk(spec.notes);
  }
  reply.bulk("flags");
  writeWords([spec.access, ...spec.uses], reply);
  reply.bulk("begin_search");
  if (spec.isUnknown === true) {
    writeSearch(reply, "unknown", []);
    reply.bulk("find_keys");
    writeSearch(reply, "unknown", []);
    return;
  }
  writeSearch(reply, "index", [["index", spec.first]]);
  reply.bulk("find_keys");
  if (spec.isCounted === true) {
    writeSearch(reply, "keynum", [
      ["keynumidx", 0],
      ["firstkey", 1],
      ["keystep", spec.step],
    ]);
    return;
  }
  writeSearch(reply, "range", [
    ["lastkey", spec.lastKey],
    ["keystep", spec.step],
    ["limit", 0],
  ]);
}

function writeSearch(reply: ReplyWriter, type: string, fields: readonly (readonly [name: string, value: number])[]): void {
  reply.map(2);
  reply.bulk("type");
  reply.bulk(type);
  reply.bulk("spec");
  reply.map(fields.length);
  for (const [name, value] of fields) {
    reply.bulk(name);
    reply.integer(value);
  }
}
