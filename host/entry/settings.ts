/**
 * From options to where they take effect, at the start and after each change. Nothing here knows a runtime.
 */
import {
  SETTING_HASH_ENTRIES,
  SETTING_HASH_VALUE,
  SETTING_LIST_SIZE,
  SETTING_MAX_BULK,
  SETTING_MAX_HELD,
  SETTING_MAX_MARKS,
  SETTING_MAX_MEMORY,
  SETTING_MAX_PAGES,
  SETTING_MAX_TRANSACTION,
  SETTING_MAX_VIEWS,
  SETTING_SET_ENTRIES,
  SETTING_SET_INTEGERS,
  SETTING_SET_VALUE,
  SETTING_SORTED_ENTRIES,
  SETTING_SORTED_VALUE,
} from "../../assembly/abi/status.ts";
import { commandTable, fullName } from "../command/table.ts";
import { DatabaseError } from "../common/error.ts";
import type { OptionValue } from "../common/option-table.ts";
import { findOption, OptionStore, parseOption } from "../common/options.ts";
import type { IsolationLevel } from "../common/transaction-modes.ts";
import type { Database } from "../database/database.ts";
import type { LogSettings } from "../persistence/wal.ts";

const MEGABYTE = 1_048_576;
const PAGE_BYTES = 65_536;
/** What old versions may take of the memory for data, unless an option says. */
const VIEW_SHARE = 1 / 4;
/** Size at which a file of the log is full. */
const SEGMENT_BYTES = 16 * MEGABYTE;
/** What one step of a compaction logs: well below a millisecond of work. */
const COMPACT_STEP_BYTES = 65_536;

/** Options that say which encodings OBJECT ENCODING tells, as in Redis, and their settings. */
const ENCODING_LIMITS = [
  ["hash_max_listpack_entries", SETTING_HASH_ENTRIES],
  ["hash_max_listpack_value", SETTING_HASH_VALUE],
  ["list_max_listpack_size", SETTING_LIST_SIZE],
  ["set_max_intset_entries", SETTING_SET_INTEGERS],
  ["set_max_listpack_entries", SETTING_SET_ENTRIES],
  ["set_max_listpack_value", SETTING_SET_VALUE],
  ["zset_max_listpack_entries", SETTING_SORTED_ENTRIES],
  ["zset_max_listpack_value", SETTING_SORTED_VALUE],
] as const;

/** Options by name, as host/common/option-table.ts has them. */
export type Options = Readonly<Record<string, OptionValue | undefined>>;

/** Checked values of options. Throws UNKNOWN_OPTION, INVALID_OPTION or OPTION_NOT_SUPPORTED. */
export function parseOptions(given: Options): Map<string, OptionValue> {
  const values = new Map<string, OptionValue>();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const row = findOption(name);
    if (row === undefined) throw new DatabaseError("UNKNOWN_OPTION", `there is no option ${name}`);
    values.set(name, parseOption(row, value, name));
  }
  return values;
}

/** Options of an embedded database: kept on disk if a directory is named, and in memory otherwise. Throws as `parseOptions`. */
export function embeddedOptions(given: Options, isNamed: boolean): OptionStore {
  return new OptionStore(new Map([["persistence", isNamed] as const, ...parseOptions(given)]));
}

/** Calls `apply` now and whenever the option changes. */
export function bind(options: OptionStore, name: string, apply: () => void): void {
  apply();
  options.onChange(name, apply);
}

/** Carries options to the engine and its background work. */
export function bindDatabase(options: OptionStore, { engine, maintenance, notifications, transactions }: Database): void {
  const limitViews = (): void => engine.configure(SETTING_MAX_VIEWS, viewBytes(options));
  bind(options, "maxmemory_mb", () => {
    engine.configure(SETTING_MAX_MEMORY, number(options, "maxmemory_mb") * MEGABYTE);
    limitViews();
  });
  bind(options, "max_memory_pages", () => engine.configure(SETTING_MAX_PAGES, number(options, "max_memory_pages")));
  bind(options, "max_view_mb", limitViews);
  bind(options, "mark_limit_mb", () => engine.configure(SETTING_MAX_MARKS, number(options, "mark_limit_mb") * MEGABYTE));
  bind(options, "proto_max_bulk_len", () => engine.configure(SETTING_MAX_BULK, number(options, "proto_max_bulk_len")));
  bind(options, "client_query_buffer_limit", () => engine.configure(SETTING_MAX_HELD, number(options, "client_query_buffer_limit")));
  for (const [name, setting] of ENCODING_LIMITS) bind(options, name, () => engine.configure(setting, number(options, name)));
  bind(options, "active_expire", () => maintenance.setActive(options.get("active_expire") !== false));
  bind(options, "isolation_level", () => {
    transactions.initial = { ...transactions.initial, isolation: text(options, "isolation_level") as IsolationLevel };
  });
  bind(options, "idle_in_transaction_timeout", () => transactions.setIdleLimit(number(options, "idle_in_transaction_timeout")));
  bind(options, "notify_keyspace_events", () => notifications.want(text(options, "notify_keyspace_events")));
  bind(options, "max_transaction_mb", () => {
    engine.configure(SETTING_MAX_TRANSACTION, number(options, "max_transaction_mb") * MEGABYTE);
  });
  bind(options, "hz", () => maintenance.setRate(number(options, "hz")));
}

/** Bytes that views may hold: what the option says, or a share of the memory that there is for data. */
function viewBytes(options: OptionStore): number {
  const own = number(options, "max_view_mb") * MEGABYTE;
  const data = number(options, "maxmemory_mb") * MEGABYTE;
  return own || (data || number(options, "max_memory_pages") * PAGE_BYTES) * VIEW_SHARE;
}

/** Settings of the log, which follow their options. */
export function bindLog(options: OptionStore): LogSettings {
  const settings: LogSettings = {
    durability: text(options, "durability") as LogSettings["durability"],
    flushIntervalMs: 0,
    flushAfterBatches: 0,
    flushAfterBytes: 0,
    segmentBytes: SEGMENT_BYTES,
    compactAboveBytes: 0,
    compactStepBytes: COMPACT_STEP_BYTES,
  };
  bind(options, "flush_interval", () => {
    settings.flushIntervalMs = number(options, "flush_interval");
  });
  bind(options, "flush_after_commits", () => {
    settings.flushAfterBatches = number(options, "flush_after_commits");
  });
  bind(options, "flush_after_bytes", () => {
    settings.flushAfterBytes = number(options, "flush_after_bytes");
  });
  bind(options, "wal_size_threshold_mb", () => {
    settings.compactAboveBytes = number(options, "wal_size_threshold_mb") * MEGABYTE;
  });
  return settings;
}

/** Full names as the engine numbers what ran last: commands by id, and behind them all subcommands. */
export function commandNames(): readonly string[] {
  const subcommands = commandTable.flatMap((row) => row.subcommands.map((subcommand) => fullName(subcommand, row)));
  return [...commandTable.map((row) => fullName(row)), ...subcommands];
}

export function text(options: OptionStore, name: string): string {
  const value = options.get(name);
  if (typeof value !== "string") throw new DatabaseError("INVALID_OPTION", `option ${name} must be text`);
  return value;
}

export function number(options: OptionStore, name: string): number {
  const value = options.get(name);
  if (typeof value !== "number") throw new DatabaseError("INVALID_OPTION", `option ${name} must be a number`);
  return value;
}
