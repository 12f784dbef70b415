/**
 * Where options come from: flags over `MEMFLUX_*` variables over the JSON config file over defaults. Pure: what it reads is
 * passed in.
 */
import { DatabaseError } from "./error.ts";
import { OPTION_TABLE, type OptionRow, type OptionValue } from "./option-table.ts";
import { findOption, flagOf, OptionStore, parseOption, variableOf } from "./options.ts";

export interface OptionSources {
  /** Arguments behind the program's and the command's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a file. Its failure is reported with the file's name. */
  readonly readFile: (path: string) => string;
}

export interface ResolvedOptions {
  readonly options: OptionStore;
  /** Arguments that are no flags. */
  readonly positional: readonly string[];
}

/** Resolves all sources. Throws UNKNOWN_OPTION, INVALID_OPTION, OPTION_NOT_SUPPORTED or CONFIG_FILE. */
export function resolveOptions(sources: OptionSources): ResolvedOptions {
  const flags = readFlags(sources.argv);
  const variables = readVariables(sources.env);
  const file = String(flags.values.get("config") ?? variables.get("config") ?? "");
  const values = file === "" ? new Map<string, OptionValue>() : readConfigFile(file, sources.readFile);
  for (const layer of [variables, flags.values]) for (const [name, value] of layer) values.set(name, value);
  return { options: new OptionStore(values), positional: flags.positional };
}

function readFlags(argv: readonly string[]): { values: Map<string, OptionValue>; positional: string[] } {
  const values = new Map<string, OptionValue>();
  const positional: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    if (argument === "--") {
      positional.push(...argv.slice(index + 1));
      break;
    }
    if (!argument.startsWith("--")) {
      positional.push(argument);
      continue;
    }
    const [flag = "", ...rest] = argument.split("=");
    const inline = rest.length > 0 ? rest.join("=") : undefined;
    const { row, negated } = findFlag(flag);
    if (values.has(row.name)) throw new DatabaseError("INVALID_OPTION", `${flagOf(row)} is given twice`);
    if (row.type === "boolean") {
      if (negated && inline !== undefined) throw new DatabaseError("INVALID_OPTION", `${flag} takes no value`);
      const next = argv[index + 1];
      const separate = !negated && inline === undefined && /^(yes|no|true|false|on|off)$/i.test(next ?? "");
      if (separate) index++;
      values.set(row.name, negated ? parseOption(row, false, flag) : parseOption(row, inline ?? (separate ? (next ?? "") : "yes"), flag));
      continue;
    }
    const value = inline ?? argv[++index];
    if (value === undefined) throw new DatabaseError("INVALID_OPTION", `${flag} needs a value (${row.help})`);
    values.set(row.name, parseOption(row, value, flag));
  }
  return { values, positional };
}

function findFlag(flag: string): { row: OptionRow; negated: boolean } {
  for (const row of OPTION_TABLE) if (flagOf(row) === flag) return { row, negated: false };
  if (flag.startsWith("--no-")) {
    const row = findOption(flag.slice(5).replaceAll("-", "_"));
    if (row?.type === "boolean") return { row, negated: true };
  }
  throw new DatabaseError("UNKNOWN_OPTION", `unknown option ${flag}${suggestion(flag, OPTION_TABLE.map(flagOf))}`);
}

function readVariables(env: Readonly<Record<string, string | undefined>>): Map<string, OptionValue> {
  const values = new Map<string, OptionValue>();
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith("MEMFLUX_") || text === undefined) continue;
    const row = OPTION_TABLE.find((each) => variableOf(each) === variable);
    if (row === undefined)
      throw new DatabaseError("UNKNOWN_OPTION", `unknown variable ${variable}${suggestion(variable, OPTION_TABLE.map(variableOf))}`);
    values.set(row.name, parseOption(row, text, variable));
  }
  return values;
}

function readConfigFile(file: string, readFile: (path: string) => string): Map<string, OptionValue> {
  let content: unknown;
  try {
    content = JSON.parse(readFile(file));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DatabaseError("CONFIG_FILE", `config file ${file}: ${reason}`, { cause });
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new DatabaseError("CONFIG_FILE", `config file ${file}: must be one JSON object`);
  }
  const values = new Map<string, OptionValue>();
  for (const [name, value] of Object.entries(content)) {
    const row = findOption(name);
    if (row === undefined || name === "config") {
      throw new DatabaseError(
        "UNKNOWN_OPTION",
        `config file ${file}: unknown key "${name}"${suggestion(
          name,
          OPTION_TABLE.map((each) => each.name),
        )}`,
      );
    }
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw new DatabaseError("INVALID_OPTION", `config file ${file}: ${name} must be text, a number or a boolean`);
    }
    values.set(name, parseOption(row, value, `config file ${file}: ${name}`));
  }
  return values;
}

/** `; did you mean X?` when one of the names is close. */
export function suggestion(given: string, names: readonly string[]): string {
  let best = "";
  let bestDistance = 1 + Math.max(2, Math.floor(given.length / 4));
  for (const name of names) {
    const distance = editDistance(given, name);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best === "" ? "" : `; did you mean ${best}?`;
}

/** Levenshtein distance (1966), two rows. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const current = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = (previous[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
