/**
 * SET, SHOW and RESET: settings of the session (settings.ts).
 *
 * SET LOCAL counts until the end of a transaction, and a statement alone is one: it does nothing, as in PostgreSQL, but checks.
 */
import type { ParsedReset, ParsedSet, ParsedShow } from "../ast/control.ts";
import type { ParsedName } from "../ast/name.ts";
import { RULES } from "../optimizer/optimize.ts";
import { plainType } from "../type/type.ts";
import type { QueryResult } from "./query-result.ts";
import { SessionSettings } from "./settings.ts";
import { bytesOfText } from "./value.ts";

const RULE_NAMES = RULES.map(({ name }) => name);
const TEXT = plainType("text");
const NOTHING: QueryResult = { kind: "other", columns: [], rows: [], affected: undefined };

export function runSetting(statement: ParsedSet | ParsedShow | ParsedReset, settings: SessionSettings): QueryResult {
  switch (statement.kind) {
    case "ParsedSet": {
      const target = statement.scope === "LOCAL" ? new SessionSettings() : settings;
      const { values } = statement;
      target.set(nameOf(statement.names), values.length === 0 ? undefined : values.map(({ text }) => text).join(", "), RULE_NAMES);
      return NOTHING;
    }
    case "ParsedShow":
      return show(statement.names, settings);
    case "ParsedReset":
      if (statement.names.length === 0) for (const name of settings.names()) settings.set(name, undefined, RULE_NAMES);
      else settings.set(nameOf(statement.names), undefined, RULE_NAMES);
      return NOTHING;
  }
}

function show(names: readonly ParsedName[], settings: SessionSettings): QueryResult {
  if (names.length > 0) {
    const name = nameOf(names);
    return table([name], [[settings.get(name)]]);
  }
  return table(
    ["name", "setting"],
    settings.names().map((name) => [name, settings.get(name)]),
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
