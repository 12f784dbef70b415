/**
 * Options under the names that CONFIG knows them by: Redis's name where the option table gives one, else the option's own
 * with dashes (`proto-max-bulk-len`). SET takes the option's own name, with dashes or underscores, besides. A parameter with two
 * names is answered under both, as in Redis.
 *
 * Some settings of Redis are derived here: `maxmemory` is maxmemory_mb in bytes, `appendonly` tells whether there is a log and
 * `appendfsync` what an acknowledgement waits for. The last two can be "set" only to what they are, as planned options can.
 */
import { DatabaseError } from "../common/error.ts";
import type { OptionRow } from "../common/option-table.ts";
import { formatOption, type OptionEntry, type OptionStore, PERCENTAGE } from "../common/options.ts";
import { outputLimitsProblem } from "../common/output-limits.ts";
import { LONG_MAX } from "../common/redis-parameters.ts";

const MEGABYTE = 1_048_576;
/** What WebAssembly can address. */
const MEMORY_MAX = 4096 * MEGABYTE;
const SIZE = /^(\d{1,15})(b|k|kb|m|mb|g|gb)?$/i;
const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1e3, kb: 1024, m: 1e6, mb: MEGABYTE, g: 1e9, gb: 1024 * MEGABYTE };

/** Redis's word for a level of durability. */
const SYNCS: Readonly<Record<string, string>> = { full: "always", fsync: "everysec", none: "no" };

export interface Parameter {
  readonly name: string;
  /** Not answered to patterns. */
  readonly hidden: boolean;
  /** May be named in CONFIG SET. */
  readonly settable: boolean;
  read(): string;
  /** Throws a DatabaseError that says what is wrong with the value. */
  write(value: string): void;
}

/** All parameters, in the order of the option table. */
export function parametersOf(options: OptionStore): readonly Parameter[] {
  const named = options.entries().flatMap((entry): readonly Parameter[] => {
    const parameter = optionParameter(options, entry);
    const { alias } = entry.row;
    return alias === undefined ? [parameter] : [parameter, { ...parameter, name: alias }];
  });
  return [...named, ...redisParameters(options)];
}

/** The parameter with a name in lower case. */
export function findParameter(options: OptionStore, name: string): Parameter | undefined {
  const own = name.replaceAll("-", "_");
  const entry = options.entries().find(({ row }) => row.name === own || row.redisName === name || row.alias === name);
  if (entry !== undefined) return optionParameter(options, entry);
  return redisParameters(options).find((parameter) => parameter.name === name);
}

function optionParameter(options: OptionStore, { row }: OptionEntry): Parameter {
  return {
    name: row.redisName ?? row.name.replaceAll("_", "-"),
    hidden: row.hidden === true,
    settable: row.runtime || row.state === "planned" || (row.state === "supported" && row.name !== "databases"),
    read: () => formatOption(row, options.get(row.name)),
    write: (value) => {
      try {
        options.set(row.name, value);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        if (error.code === "IMMUTABLE_OPTION") throw new DatabaseError("IMMUTABLE_OPTION", "can't set immutable config", { cause: error });
        if (error.code !== "INVALID_OPTION") throw error;
        throw new DatabaseError("INVALID_OPTION", problemOf(row, value), { cause: error });
      }
    },
  };
}

/** What is wrong with a refused value, in the words of Redis. */
function problemOf(row: OptionRow, value: string): string {
  const max = row.max === undefined || row.max === LONG_MAX ? "9223372036854775807" : row.max;
  const range = `argument must be between ${row.min ?? 0} and ${max} inclusive`;
  switch (row.type) {
    case "boolean":
      return "argument must be 'yes' or 'no'";
    case "choice":
      return `argument(s) must be one of the following: ${row.choices?.join(", ")}`;
    case "bytes":
      if (row.percentages && PERCENTAGE.test(value)) return "percentage argument must be less or equal to 100";
      return SIZE.test(value) ? range : `argument must be a memory ${row.percentages ? "or percent " : ""}value`;
    case "integer":
      return /^-?\d+$/.test(value) ? range : "argument couldn't be parsed into an integer";
    case "text":
      return row.problem?.(value) ?? "argument must be text";
    case "limits":
      return outputLimitsProblem(value);
    case "events":
      return "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.";
  }
}

function redisParameters(options: OptionStore): readonly Parameter[] {
  return [
    {
      name: "maxmemory",
      hidden: false,
      settable: true,
      read: () => String(Number(options.get("maxmemory_mb")) * MEGABYTE),
      write: (value) => options.set("maxmemory_mb", String(megabytes(value))),
    },
    fixed("appendonly", options.get("persistence") === true ? "yes" : "no"),
    fixed("appendfsync", SYNCS[String(options.get("durability"))] ?? "no"),
  ];
}

/** A size with one of Redis's units in megabytes, which hold each number of bytes: the divisor is a power of two. */
function megabytes(size: string): number {
  const match = SIZE.exec(size);
  if (match === null) throw new DatabaseError("INVALID_OPTION", "argument must be a memory value");
  const bytes = Number(match[1]) * (UNITS[(match[2] ?? "b").toLowerCase()] ?? 1);
  if (bytes > MEMORY_MAX) throw new DatabaseError("INVALID_OPTION", `argument must be between 0 and ${MEMORY_MAX} inclusive`);
  return bytes / MEGABYTE;
}

function fixed(name: string, value: string): Parameter {
  return {
    name,
    hidden: false,
    settable: true,
    read: () => value,
    write: (given) => {
      if (given.toLowerCase() !== value) throw new DatabaseError("OPTION_NOT_SUPPORTED", `not supported yet; the only value is "${value}"`);
    },
  };
}
