/**
 * Settings of a session that SQL statements read and SET changes: the time zone and the statement timeout, and what clients of
 * PostgreSQL set when they connect.
 *
 * A setting without effect here takes only the value that describes what happens anyway; any other value and any other name is an
 * error, never ignored (22023, 42704).
 */
import { sqlError } from "../../common/sql-state.ts";
import type { SqlType } from "../type/type.ts";

/** auto: as statement.ts decides; interpreted; compiled, where the code generator knows the whole plan. */
export type ExecutionMode = "auto" | "interpreted" | "compiled";

/** A PREPARE as it was written, and the types of its parameters. */
export interface PreparedText {
  readonly text: string;
  readonly parameters: readonly SqlType[];
}

export class SessionSettings {
  /** Seconds east of UTC. */
  zoneSeconds = 0;
  /** 0: none. */
  statementTimeoutMs: number;
  /** How queries are run (statement.ts). Tests compare the ways. */
  execution: ExecutionMode = "auto";
  /** Rules of the optimiser that are switched off, in their order with commas between. Tests compare plans with and without them. */
  disabledRules = "";
  /** What PREPARE has prepared, by its name. No copy has it, and no transaction takes it back. */
  readonly prepared = new Map<string, PreparedText>();
  readonly #defaultTimeoutMs: number;
  readonly #texts = new Map<string, string>();

  constructor(statementTimeoutMs = 0) {
    this.statementTimeoutMs = statementTimeoutMs;
    this.#defaultTimeoutMs = statementTimeoutMs;
  }

  copy(): SessionSettings {
    const copy = new SessionSettings(this.#defaultTimeoutMs);
    copy.assign(this);
    return copy;
  }

  /** Takes over all values of others. */
  assign(from: SessionSettings): void {
    this.zoneSeconds = from.zoneSeconds;
    this.statementTimeoutMs = from.statementTimeoutMs;
    this.execution = from.execution;
    this.disabledRules = from.disabledRules;
    this.#texts.clear();
    for (const [name, text] of from.#texts) this.#texts.set(name, text);
  }

  /** The value of a setting as SHOW prints it. */
  get(name: string): string {
    const row = requireSetting(name);
    return this.#texts.get(row.name) ?? (row.name === "statement_timeout" ? showMs(this.#defaultTimeoutMs) : row.initial);
  }

  /** Names of all settings, in the order of SHOW ALL. */
  names(): readonly string[] {
    return SETTINGS.map(({ name }) => name);
  }

  /** SET name TO text; undefined: DEFAULT. `rules` are the names of the optimiser's, which a session is made without. */
  set(name: string, text: string | undefined, rules: readonly string[]): void {
    const row = requireSetting(name);
    if (row.fixed) {
      if (text !== undefined && text.toLowerCase() !== row.initial.toLowerCase()) throw invalid(row.name, text);
      return;
    }
    if (row.name === "timezone") this.#setZone(text);
    else if (row.name === "statement_timeout") this.#setTimeout(text);
    else if (row.name === "execution_mode") this.#setExecution(text);
    else if (row.name === "disabled_rules") this.#setRules(text, rules);
    else this.#keep(row.name, text);
  }

  #setZone(text: string | undefined): void {
    const seconds = text === undefined ? 0 : zoneOffset(text);
    if (seconds === undefined) throw invalid("TimeZone", text ?? "");
    this.zoneSeconds = seconds;
    this.#keep("timezone", text);
  }

  #setTimeout(text: string | undefined): void {
    const ms = text === undefined ? this.#defaultTimeoutMs : duration(text);
    if (ms === undefined) throw invalid("statement_timeout", text ?? "");
    this.statementTimeoutMs = ms;
    this.#keep("statement_timeout", text === undefined ? undefined : showMs(ms));
  }

  #setExecution(text = "auto"): void {
    const mode = text.toLowerCase();
    if (mode !== "auto" && mode !== "interpreted" && mode !== "compiled") throw invalid("execution_mode", text);
    this.execution = mode;
    this.#keep("execution_mode", mode);
  }

  #setRules(text = "", all: readonly string[]): void {
    const asked = text.toLowerCase() === "all" ? all : text.split(",").flatMap((name) => name.trim().toLowerCase() || []);
    if (asked.some((name) => !all.includes(name))) throw invalid("disabled_rules", text);
    this.disabledRules = all.filter((name) => asked.includes(name)).join(",");
    this.#keep("disabled_rules", this.disabledRules);
  }

  #keep(name: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(name);
    else this.#texts.set(name, text);
  }
}

interface SettingRow {
  readonly name: string;
  readonly initial: string;
  readonly fixed: boolean;
}

const SETTINGS: readonly SettingRow[] = [
  { name: "application_name", initial: "", fixed: false },
  { name: "client_encoding", initial: "UTF8", fixed: true },
  { name: "client_min_messages", initial: "notice", fixed: false },
  { name: "datestyle", initial: "ISO, MDY", fixed: true },
  { name: "disabled_rules", initial: "", fixed: false },
  { name: "execution_mode", initial: "auto", fixed: false },
  { name: "extra_float_digits", initial: "1", fixed: true },
  { name: "integer_datetimes", initial: "on", fixed: true },
  { name: "intervalstyle", initial: "postgres", fixed: true },
  { name: "search_path", initial: "public", fixed: true },
  { name: "server_encoding", initial: "UTF8", fixed: true },
  { name: "server_version", initial: "16.0", fixed: true },
  { name: "standard_conforming_strings", initial: "on", fixed: true },
  { name: "statement_timeout", initial: "0", fixed: false },
  { name: "timezone", initial: "UTC", fixed: false },
];

const byName: ReadonlyMap<string, SettingRow> = new Map(SETTINGS.map((row) => [row.name, row]));

function requireSetting(name: string): SettingRow {
  const row = byName.get(name.toLowerCase());
  if (row === undefined) throw sqlError("42704", `unrecognized configuration parameter "${name}"`);
  return row;
}

function invalid(name: string, text: string): Error {
  return sqlError("22023", `invalid value for parameter "${name}": "${text}"`);
}

const HOUR = 3600;
const MINUTE = 60;
const ZONE_MAX = 15 * HOUR + 59 * MINUTE + 59;

/** UTC and fixed offsets: `+02`, `+02:00`, `-3.5`; a sign may be missing. Seconds east. */
function zoneOffset(text: string): number | undefined {
  if (/^(utc|gmt|z|zulu|etc\/utc)$/i.test(text)) return 0;
  const clock = /^([+-]?)(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?$/.exec(text);
  if (clock !== null) {
    const [, sign, hours, minutes = "0", seconds = "0"] = clock;
    const total = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds);
    return total > ZONE_MAX ? undefined : sign === "-" ? -total : total;
  }
  const decimal = /^[+-]?\d{1,2}\.\d+$/.test(text) ? Math.round(Number(text) * HOUR) : Number.NaN;
  return Math.abs(decimal) <= ZONE_MAX ? decimal : undefined;
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const MS_MAX = 2147483647;

/** Milliseconds of `1500`, `2s`, `1min`; undefined for anything else. */
function duration(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?$/.exec(text.trim());
  if (parts === null) return undefined;
  const ms = Math.round(Number(parts[1]) * (UNITS[parts[2] ?? "ms"] ?? 1));
  return ms <= MS_MAX ? ms : undefined;
}

function showMs(ms: number): string {
  if (ms === 0) return "0";
  const unit = Object.entries(UNITS).findLast(([, size]) => size >= 1 && ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
