/**
 * Settings that say what transactions are, under PostgreSQL's names: `transaction_isolation` and `transaction_read_only` of the one that
 * runs, and the same with `default_` in front of those to come.
 *
 * Levels are told as PostgreSQL tells them: snapshot isolation is its `repeatable read`. SET takes `snapshot` too.
 */
import { sqlError } from "../../common/sql-state.ts";
import { type AskedModes, findIsolationLevel, type TransactionModes } from "../../common/transaction-modes.ts";
import type { TransactionControl } from "./transaction-control.ts";

/** Those that RESET ALL puts back. */
export const TRANSACTION_DEFAULTS = ["default_transaction_isolation", "default_transaction_read_only"] as const;
export const TRANSACTION_SETTINGS = [...TRANSACTION_DEFAULTS, "transaction_isolation", "transaction_read_only"] as const;

type TransactionSetting = (typeof TRANSACTION_SETTINGS)[number];

const NAMES: ReadonlySet<string> = new Set(TRANSACTION_SETTINGS);
/** What statements have that are run without a session. */
const ALONE: TransactionModes = { isolation: "serializable", readOnly: false };
const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ...["on", "true", "yes", "1"].map((word) => [word, true] as const),
  ...["off", "false", "no", "0"].map((word) => [word, false] as const),
]);

export function isTransactionSetting(name: string): name is TransactionSetting {
  return NAMES.has(name);
}

export function showMode(name: TransactionSetting, transaction: TransactionControl | undefined): string {
  const isDefault = name.startsWith("default_");
  const { isolation, readOnly } = transaction === undefined ? ALONE : isDefault ? transaction.defaults : transaction.modes;
  if (name.endsWith("read_only")) return readOnly ? "on" : "off";
  return isolation === "snapshot" ? "repeatable read" : "serializable";
}

/** SET name TO text; undefined: DEFAULT. Throws 22023 for what is no value, 25001 for a transaction that has begun its work. */
export function setMode(name: TransactionSetting, text: string | undefined, transaction: TransactionControl | undefined): void {
  const mode = modeOf(name, text);
  if (transaction === undefined) {
    if (text !== undefined) throw sqlError("0A000", "modes of transactions are options of the methods that begin them here");
    return;
  }
  if (name.startsWith("default_")) {
    transaction.setDefaults(mode);
    return;
  }
  const { defaults } = transaction;
  transaction.change(
    "readOnly" in mode ? { readOnly: mode.readOnly ?? defaults.readOnly } : { isolation: mode.isolation ?? defaults.isolation },
  );
}

/** The mode that a setting stands for; undefined in it: DEFAULT. */
function modeOf(name: TransactionSetting, text: string | undefined): AskedModes {
  const value = text?.trim().toLowerCase();
  if (name.endsWith("read_only")) {
    const readOnly = value === undefined ? undefined : SWITCHES.get(value);
    if (value !== undefined && readOnly === undefined) throw sqlError("22023", `parameter "${name}" requires a Boolean value`);
    return { readOnly };
  }
  const isolation = value === undefined ? undefined : findIsolationLevel(value);
  if (value !== undefined && isolation === undefined) throw sqlError("22023", `invalid value for parameter "${name}": "${text}"`);
  return { isolation };
}
