/**
 * Which arguments of a whole command are keys, and what the command does with them (COMMAND GETKEYS, GETKEYSANDFLAGS).
 */
import { replyError } from "../common/reply-error.ts";
import { text, word } from "./arguments.ts";
import { fitsArity } from "./subcommands.ts";
import { findRow, findSubcommand } from "./table.ts";
import type { CommandRow, KeySpec } from "./table-types.ts";

export interface FoundKey {
  readonly key: Uint8Array;
  readonly flags: readonly string[];
}

/** Keys of a command line whose first argument is the command's name. Throws INVALID_COMMAND, ..._ARITY, ..._KEYS or NO_KEY_ARGUMENTS. */
export function findKeys(line: readonly Uint8Array[]): readonly FoundKey[] {
  const row = resolve(line);
  if (row === undefined) throw replyError("INVALID_COMMAND");
  const keys = row.keys.filter(({ access }) => access !== "not_key");
  if (keys.length === 0) throw replyError("NO_KEY_ARGUMENTS");
  if (!fitsArity(row, line.length)) throw replyError("INVALID_COMMAND_ARITY");
  return keys.flatMap((spec) => keysOf(spec, line));
}

/** The row of a command line: that of the subcommand, if the command is a container. */
function resolve(line: readonly Uint8Array[]): CommandRow | undefined {
  const row = findRow(text(line[0]));
  if (row === undefined || row.subcommands.length === 0 || line.length === 1) return row;
  return findSubcommand(row, text(line[1]));
}

function keysOf(spec: KeySpec, line: readonly Uint8Array[]): readonly FoundKey[] {
  if (spec.isUnknown === true) return keyBehind(spec, line);
  const counted = spec.isCounted === true ? countOf(line[spec.first]) : undefined;
  if (counted !== undefined && spec.first + counted >= line.length) throw replyError("INVALID_COMMAND_KEYS");
  const first = counted === undefined ? spec.first : spec.first + 1;
  const last = spec.lastKey < 0 ? line.length + spec.lastKey : spec.first + (counted ?? spec.lastKey);
  const flags = keyFlags(spec, line);
  const found: FoundKey[] = [];
  for (let at = first; at <= last; at += spec.step) {
    const key = line[at];
    if (key !== undefined) found.push({ key, flags });
  }
  return found;
}

/** Words of SORT, the one command with such a key, that have arguments of their own, and how many. */
const OTHER_WORDS: Readonly<Record<string, number>> = { LIMIT: 2, GET: 1, BY: 1 };

/** The key behind the last keyword of a spec. */
function keyBehind(spec: KeySpec, line: readonly Uint8Array[]): readonly FoundKey[] {
  if (spec.keyword === undefined) return [];
  let key: Uint8Array | undefined;
  for (let at = 2; at < line.length; at++) {
    const name = word(line[at]);
    if (Object.hasOwn(OTHER_WORDS, name)) at += OTHER_WORDS[name] ?? 0;
    else if (name === spec.keyword) key = line[at + 1] ?? key;
  }
  return key === undefined ? [] : [{ key, flags: keyFlags(spec, line) }];
}

/** How many keys follow. Throws INVALID_COMMAND_KEYS when that is no number of keys. */
function countOf(argument: Uint8Array | undefined): number {
  const digits = text(argument);
  if (!/^[1-9]\d{0,8}$/.test(digits)) throw replyError("INVALID_COMMAND_KEYS");
  return Number(digits);
}

/** A spec whose flags vary is SET's, the one such command: it reads the key only with GET. */
function keyFlags(spec: KeySpec, line: readonly Uint8Array[]): readonly string[] {
  if (!spec.uses.includes("variable_flags")) return [spec.access, ...spec.uses];
  const reads = line.slice(3).some((argument) => word(argument) === "GET");
  return reads ? ["RW", "access", "update"] : ["OW", "update"];
}
