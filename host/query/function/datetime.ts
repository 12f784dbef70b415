/**
 * Functions of dates, times and intervals (assembly/runtime/datetime.ts, datetime-field.ts, datetime-format.ts).
 */
import type { FunctionEntry } from "./entry.ts";
import { engineFunction } from "./row.ts";

const FAILS = { fails: true } as const;
const FAILS_NULL = { fails: true, tagged: true } as const;
const STABLE = { fails: true, volatility: "stable" } as const;
const STABLE_NULL = { fails: true, tagged: true, volatility: "stable" } as const;
const TIME = "time without time zone";
const TIMESTAMP = "timestamp without time zone";
const TIMESTAMPTZ = "timestamp with time zone";
const DOUBLE = "double precision";

const FIELDS: readonly FunctionEntry[] = [
  engineFunction("extract", ["text", "date"], "numeric", "date_extract", FAILS_NULL),
  engineFunction("extract", ["text", TIME], "numeric", "time_extract", FAILS_NULL),
  engineFunction("extract", ["text", TIMESTAMP], "numeric", "timestamp_extract", FAILS_NULL),
  engineFunction("extract", ["text", TIMESTAMPTZ], "numeric", "timestamptz_extract", STABLE_NULL),
  engineFunction("extract", ["text", "interval"], "numeric", "interval_extract", FAILS_NULL),
  engineFunction("date_part", ["text", "date"], DOUBLE, "date_part", FAILS_NULL),
  engineFunction("date_part", ["text", TIME], DOUBLE, "time_part", FAILS_NULL),
  engineFunction("date_part", ["text", TIMESTAMP], DOUBLE, "timestamp_part", FAILS_NULL),
  engineFunction("date_part", ["text", TIMESTAMPTZ], DOUBLE, "timestamptz_part", STABLE_NULL),
  engineFunction("date_part", ["text", "interval"], DOUBLE, "interval_part", FAILS_NULL),
  engineFunction("date_trunc", ["text", TIMESTAMP], TIMESTAMP, "timestamp_truncate", FAILS),
  engineFunction("date_trunc", ["text", TIMESTAMPTZ], TIMESTAMPTZ, "timestamptz_truncate", STABLE),
  engineFunction("date_trunc", ["text", TIMESTAMPTZ, "text"], TIMESTAMPTZ, "timestamptz_truncate_zone", FAILS),
  engineFunction("date_trunc", ["text", "interval"], "interval", "interval_truncate", FAILS),
  engineFunction("date_bin", ["interval", TIMESTAMP, TIMESTAMP], TIMESTAMP, "timestamp_bin", FAILS),
  engineFunction("date_bin", ["interval", TIMESTAMPTZ, TIMESTAMPTZ], TIMESTAMPTZ, "timestamp_bin", FAILS),
];

const INTERVALS: readonly FunctionEntry[] = [
  engineFunction("age", [TIMESTAMP, TIMESTAMP], "interval", "timestamp_age", FAILS),
  engineFunction("age", [TIMESTAMPTZ, TIMESTAMPTZ], "interval", "timestamptz_age", STABLE),
  engineFunction("age", [TIMESTAMP], "interval", "timestamp_age_now", STABLE),
  engineFunction("age", [TIMESTAMPTZ], "interval", "timestamptz_age_now", STABLE),
  engineFunction("justify_hours", ["interval"], "interval", "interval_justify_hours", FAILS),
  engineFunction("justify_days", ["interval"], "interval", "interval_justify_days", FAILS),
  engineFunction("justify_interval", ["interval"], "interval", "interval_justify", FAILS),
  engineFunction("isfinite", ["date"], "boolean", "datetime_is_finite"),
  engineFunction("isfinite", [TIMESTAMP], "boolean", "datetime_is_finite"),
  engineFunction("isfinite", [TIMESTAMPTZ], "boolean", "datetime_is_finite"),
  engineFunction("isfinite", ["interval"], "boolean", "interval_is_finite"),
];

const MADE: readonly FunctionEntry[] = [
  engineFunction("make_date", ["integer", "integer", "integer"], "date", "date_make", FAILS),
  engineFunction("make_time", ["integer", "integer", DOUBLE], TIME, "time_make", FAILS),
  engineFunction("make_timestamp", ["integer", "integer", "integer", "integer", "integer", DOUBLE], TIMESTAMP, "timestamp_make", FAILS),
  engineFunction(
    "make_timestamptz",
    ["integer", "integer", "integer", "integer", "integer", DOUBLE],
    TIMESTAMPTZ,
    "timestamptz_make",
    STABLE,
  ),
  engineFunction(
    "make_interval",
    ["integer", "integer", "integer", "integer", "integer", "integer", DOUBLE],
    "interval",
    "interval_make",
    FAILS,
  ),
  engineFunction("to_timestamp", [DOUBLE], TIMESTAMPTZ, "timestamptz_from_epoch", FAILS),
];

const ZONES: readonly FunctionEntry[] = [
  engineFunction("timezone", ["text", TIMESTAMP], TIMESTAMPTZ, "timestamp_at_zone", FAILS),
  engineFunction("timezone", ["text", TIMESTAMPTZ], TIMESTAMP, "timestamptz_at_zone", FAILS),
  engineFunction("timezone", ["interval", TIMESTAMP], TIMESTAMPTZ, "timestamp_at_offset", FAILS),
  engineFunction("timezone", ["interval", TIMESTAMPTZ], TIMESTAMP, "timestamptz_at_offset", FAILS),
];

const FORMATS: readonly FunctionEntry[] = [
  engineFunction("to_char", [TIMESTAMP, "text"], "text", "timestamp_to_char", FAILS_NULL),
  engineFunction("to_char", [TIMESTAMPTZ, "text"], "text", "timestamptz_to_char", STABLE_NULL),
  engineFunction("to_char", ["interval", "text"], "text", "interval_to_char", FAILS_NULL),
  engineFunction("to_date", ["text", "text"], "date", "date_from_format", FAILS),
  engineFunction("to_timestamp", ["text", "text"], TIMESTAMPTZ, "timestamptz_from_format", STABLE),
];

/** The time of BEGIN within a transaction, that of the statement else. */
const NOW_NAMES = ["now", "current_timestamp", "transaction_timestamp"];

const NOW: readonly FunctionEntry[] = [
  ...NOW_NAMES.map((name) => engineFunction(name, [], TIMESTAMPTZ, "timestamptz_now", { volatility: "stable" })),
  engineFunction("statement_timestamp", [], TIMESTAMPTZ, "timestamptz_statement", { volatility: "stable" }),
  engineFunction("clock_timestamp", [], TIMESTAMPTZ, "timestamptz_clock", { volatility: "volatile" }),
  engineFunction("localtimestamp", [], TIMESTAMP, "timestamp_now", { volatility: "stable" }),
  engineFunction("current_date", [], "date", "date_now", { volatility: "stable" }),
  engineFunction("localtime", [], TIME, "time_now", { volatility: "stable" }),
];

export const DATETIME_FUNCTIONS: readonly FunctionEntry[] = [...FIELDS, ...INTERVALS, ...MADE, ...ZONES, ...FORMATS, ...NOW];
