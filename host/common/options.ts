/**
 * Option values: parsing, checking, and the store that the server and CONFIG share.
 *
 * Texts from flags, variables and CONFIG SET and values from the config file go through `parseOption`; whatever leaves the
 * store has the type and range of its row. Sizes accept Redis's units (`1k` = 1000, `1kb` = 1024, and m, g).
 */
import { DatabaseError } from "./error.ts";
import { readEventClasses, writeEventClasses } from "./event-classes.ts";
import { OPTION_TABLE, type OptionRow, type OptionValue } from "./option-table.ts";
import { readOutputLimits, writeOutputLimits } from "./output-limits.ts";

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1e3, kb: 1024, m: 1e6, mb: 1024 ** 2, g: 1e9, gb: 1024 ** 3 };
const TRUE_TEXTS = ["yes", "true", "1", "on"];
const FALSE_TEXTS = ["no", "false", "0", "off"];

/** A size that is given as a part of the whole. */
export const PERCENTAGE = /^\d{1,16}%$/;

const rows = new Map(OPTION_TABLE.map((row) => [row.name, row]));

/** The row with this snake_case name, if there is one. */
export function findOption(name: string): OptionRow | undefined {
  return rows.get(name);
}

/** `--flag` form of an option's name. */
export function flagOf(row: OptionRow): string {
  return `--${row.name.replaceAll("_", "-")}`;
}

/** `MEMFLUX_*` variable of an option. */
export function variableOf(row: OptionRow): string {
  return `MEMFLUX_${row.name.toUpperCase()}`;
}

function invalid(row: OptionRow, source: string, problem: string): DatabaseError {
  return new DatabaseError("INVALID_OPTION", `${source}: ${problem} (${row.help})`);
}

function parseNumber(row: OptionRow, given: OptionValue, source: string): number {
  const form = row.fractions ? /^(-?\d{1,16}(?:\.\d{1,20})?(?:e-\d{1,2})?)([a-z]{0,2})$/i : /^(-?\d{1,16})([a-z]{0,2})$/i;
  const match = form.exec(String(given).trim());
  const unit = match === null ? undefined : row.type === "bytes" ? UNITS[(match[2] ?? "").toLowerCase()] : match[2] === "" ? 1 : undefined;
  if (match === null || unit === undefined)
    throw invalid(row, source, `"${given}" is not a ${row.type === "bytes" ? "size" : "whole number"}`);
  const value = Number(match[1]) * unit;
  if (value < (row.min ?? 0) || value > (row.max ?? Number.MAX_SAFE_INTEGER)) {
    throw invalid(row, source, `${given} is not between ${row.min ?? 0} and ${row.max ?? Number.MAX_SAFE_INTEGER}`);
  }
  return value;
}

/** A part of the whole, such as `5%`. */
function parsePercentage(row: OptionRow, given: string, source: string): string {
  const percent = Number.parseInt(given, 10);
  if (percent > 100) throw invalid(row, source, `${given} is more than all of it`);
  return `${percent}%`;
}

function parseBoolean(row: OptionRow, given: OptionValue, source: string): boolean {
  const text = String(given).toLowerCase();
  if (TRUE_TEXTS.includes(text)) return true;
  if (FALSE_TEXTS.includes(text)) return false;
  throw invalid(row, source, `"${given}" is neither yes nor no`);
}

function parseText(row: OptionRow, given: OptionValue, source: string): string {
  if (typeof given !== "string") throw invalid(row, source, "must be text");
  const problem = row.problem?.(given);
  if (problem !== undefined) throw invalid(row, source, problem);
  return row.normal?.(given) ?? given;
}

/** Choices are told in small letters and may be given in any. */
function parseChoice(row: OptionRow, given: OptionValue, source: string): string {
  const choice = String(given).toLowerCase();
  if (row.choices?.includes(choice)) return choice;
  throw invalid(row, source, `"${given}" is none of ${row.choices?.join(", ")}`);
}

function parseTyped(row: OptionRow, given: OptionValue, source: string, before: string): OptionValue {
  switch (row.type) {
    case "boolean":
      return parseBoolean(row, given, source);
    case "bytes":
      if (row.percentages && PERCENTAGE.test(String(given))) return parsePercentage(row, String(given), source);
      return parseNumber(row, given, source);
    case "integer":
      return parseNumber(row, given, source);
    case "choice":
      return parseChoice(row, given, source);
    case "text":
      return parseText(row, given, source);
    case "limits": {
      const limits = readOutputLimits(String(given), readOutputLimits(before));
      if (limits === undefined)
        throw invalid(row, source, `"${given}" is no size and no list of class, hard limit, soft limit and seconds`);
      return writeOutputLimits(limits);
    }
    case "events": {
      const classes = typeof given === "string" ? readEventClasses(given) : undefined;
      if (classes === undefined) throw invalid(row, source, `"${given}" has a letter that is no class of events`);
      return writeEventClasses(classes);
    }
  }
}

/**
 * Value of an option from text or JSON. `source` names where it was given (a flag, a variable, a file's key) in messages.
 * `before`: its value, of which limits that are not given stay. Throws INVALID_OPTION, or OPTION_NOT_SUPPORTED for what does not exist
 * yet.
 */
export function parseOption(row: OptionRow, given: OptionValue, source: string, before: OptionValue = row.default): OptionValue {
  const value = parseTyped(row, given, source, String(before));
  if (row.state === "planned" ? value !== row.only : value !== (row.only ?? value)) {
    const accepted = row.only === "" ? "it can't be set yet" : `the only value so far is ${formatOption(row, row.only ?? "")}`;
    throw new DatabaseError("OPTION_NOT_SUPPORTED", `${source}: not supported yet; ${accepted} (${row.help})`);
  }
  return value;
}

/** Text of a value as CONFIG GET shows it. */
export function formatOption(row: OptionRow, value: OptionValue): string {
  if (row.type === "boolean") return value ? "yes" : "no";
  return String(value);
}

export interface OptionEntry {
  readonly row: OptionRow;
  readonly value: OptionValue;
}

/** The options in force. Reading an unknown name is a bug; setting one is the user's error. */
export class OptionStore {
  readonly #values = new Map<string, OptionValue>();
  readonly #listeners = new Map<string, Set<(value: OptionValue) => void>>();
  /** Whose options those are that are not this store's own. */
  readonly #shared: OptionStore | undefined;

  /** Requires: `given` holds parsed values by name; the others have their defaults, or are those of `shared` unless they concern a door. */
  constructor(given: ReadonlyMap<string, OptionValue> = new Map(), shared?: OptionStore) {
    this.#shared = shared;
    for (const row of OPTION_TABLE) {
      if (shared === undefined || row.scope === "door") this.#values.set(row.name, given.get(row.name) ?? row.default);
    }
  }

  /** The options of one of several doors of a database: those that concern connections are its own. Throws INVALID_OPTION for others. */
  forDoor(given: ReadonlyMap<string, OptionValue>): OptionStore {
    for (const name of given.keys()) {
      if (findOption(name)?.scope !== "door")
        throw new DatabaseError("INVALID_OPTION", `${name} belongs to the database, not to a port of it`);
    }
    return new OptionStore(given, this);
  }

  get(name: string): OptionValue {
    const value = this.#values.get(name) ?? this.#shared?.get(name);
    if (value === undefined) throw new DatabaseError("UNKNOWN_OPTION", `there is no option ${name}`);
    return value;
  }

  /** Changes an option at run time. Throws UNKNOWN_OPTION, IMMUTABLE_OPTION, INVALID_OPTION or OPTION_NOT_SUPPORTED. */
  set(name: string, text: string): void {
    const row = findOption(name);
    if (row === undefined) throw new DatabaseError("UNKNOWN_OPTION", `there is no option ${name}`);
    if (this.#shared !== undefined && row.scope !== "door") {
      this.#shared.set(name, text);
      return;
    }
    const value = parseOption(row, text, name, this.get(name));
    if (!row.runtime && value !== this.get(name)) throw new DatabaseError("IMMUTABLE_OPTION", `${name} can only be set at start`);
    this.#values.set(name, value);
    for (const listener of this.#listeners.get(name) ?? []) listener(value);
  }

  entries(): readonly OptionEntry[] {
    return OPTION_TABLE.map((row) => ({ row, value: this.get(row.name) }));
  }

  /** Calls `listener` after each change; returns what ends that. */
  onChange(name: string, listener: (value: OptionValue) => void): () => void {
    if (this.#shared !== undefined && !this.#values.has(name)) return this.#shared.onChange(name, listener);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
}
