/**
 * SET, SHOW and RESET: settings of the session (settings.ts).
 *
 * Those of transactions are the session's transaction's (transaction-settings.ts); what a transaction means to the others: settings-scope.ts.
 */
import type { ParsedReset, ParsedSet, ParsedShow } from "../ast/control.ts";
import type { ParsedName } from "../ast/name.ts";
import { RULES } from "../optimizer/optimize.ts";
import { plainType } from "../type/type.ts";
import type { QueryResult } from "./query-result.ts";
import type { SessionSettings } from "./settings.ts";
import { changeSettings } from "./settings-scope.ts";
import type { TransactionControl } from "./transaction-control.ts";
import { TRANSACTION_DEFAULTS as DEFAULTS, isTransactionSetting, setMode, showMode, TRANSACTION_SETTINGS } from "./transaction-settings.ts";
import { bytesOfText } from "./value.ts";

/** Names that PostgreSQL shows with capitals. */
const SPELLED: ReadonlyMap<string, string> = new Map([
  ["datestyle", "DateStyle"],
  ["intervalstyle", "IntervalStyle"],
  ["timezone", "TimeZone"],
]);
const RULE_NAMES = RULES.map(({ name }) => name);
const TEXT = plainType("text");
const NOTHING: QueryResult = { kind: "other", columns: [], rows: [], affected: undefined };

export function runSetting(
  statement: ParsedSet | ParsedShow | ParsedReset,
  settings: SessionSettings,
  transaction: TransactionControl | undefined,
): QueryResult {
  switch (statement.kind) {
    case "ParsedSet": {
      const { values } = statement;
      const text = values.length === 0 ? undefined : values.map((value) => value.text).join(", ");
      setOne(nameOf(statement.names), text, statement.scope === "LOCAL", settings, transaction);
      return NOTHING;
    }
    case "ParsedShow":
      return show(statement.names, settings, transaction);
    case "ParsedReset": {
      const names = statement.names.length === 0 ? [...settings.names(), ...DEFAULTS] : [nameOf(statement.names)];
      for (const name of names) setOne(name, undefined, false, settings, transaction);
      return NOTHING;
    }
  }
}

function setOne(
  name: string,
  text: string | undefined,
  isLocal: boolean,
  settings: SessionSettings,
  transaction: TransactionControl | undefined,
): void {
  if (isTransactionSetting(name)) setMode(name, text, transaction);
  else changeSettings(settings, transaction, isLocal, (target) => target.set(name, text, RULE_NAMES));
}

function show(names: readonly ParsedName[], settings: SessionSettings, transaction: TransactionControl | undefined): QueryResult {
  const shown = (name: string): string => (isTransactionSetting(name) ? showMode(name, transaction) : settings.get(name));
  if (names.length > 0) {
    const name = nameOf(names);
    return table([SPELLED.get(name) ?? name], [[shown(name)]]);
  }
  const all = [...settings.names(), ...TRANSACTION_SETTINGS].sort();
  return table(
    ["name", "setting"],
    all.map((name) => [SPELLED.get(name) ?? name, shown(name)]),
  );
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): QueryResult {
  return {
    kind: "query",
    columns: columns.map((name) => ({ name, type: TEXT })),
    rows: rows.map((row) => row.map(bytesOfText)),
    affected: undefined,
  };
}

function nameOf(names: readonly ParsedName[]): string {
  return names.map(({ folded }) => folded).join(".");
}
