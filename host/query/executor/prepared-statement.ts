/**
 * PREPARE, EXECUTE and DEALLOCATE of SQL.
 *
 * 1. What a session has prepared lies in its settings: the text of each PREPARE, and the types of the parameters. No transaction takes it
 *    back.
 * 2. EXECUTE is the statement behind AS: it is run in its place, with the values that its expressions have, by a language that reads the
 *    text of a PREPARE as that statement. So its plan is cached, compiled and made anew as any other.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedDeallocate, ParsedExecute, ParsedPrepare } from "../ast/control.ts";
import { bindStatement } from "../binder/bind.ts";
import { Binding } from "../binder/binding.ts";
import { bindArguments } from "../binder/execute.ts";
import { bindType } from "../binder/literal.ts";
import { fingerprint } from "../parser/sql/fingerprint.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { ReadyParameter } from "./cypher-parameter.ts";
import type { DirectRun, Language, PlannableStatement, Replacement } from "./language.ts";
import { DONE, type QueryResult } from "./query-result.ts";
import type { SessionSettings } from "./settings.ts";

/** Reads a PREPARE as the statement that it prepares. */
const PREPARED: Language = {
  name: "prepared",
  fingerprint,
  read: (_print, text) => {
    const statement = parseSql(text);
    if (statement.kind !== "ParsedPrepare") throw sqlError("XX000", "a prepared statement is no PREPARE");
    return plannablePrepared(statement, text);
  },
  control: () => undefined,
  split: () => undefined,
};

function plannablePrepared({ types, statement }: ParsedPrepare, text: string): PlannableStatement {
  return {
    kind: "plannable",
    bind: (place) => {
      const binding = new Binding(text, place);
      // As in PostgreSQL a parameter has no length and no scale.
      const parameters = types.map((type) => ({ ...bindType(binding, type), modifiers: [] }));
      return bindStatement(statement, text, { ...place, parameters });
    },
  };
}

/** Throws what is wrong with the statement. */
export function runPrepare(parsed: ParsedPrepare, text: string, { engine, options }: DirectRun): QueryResult {
  const { prepared, disabledRules } = options.settings;
  const name = parsed.name.folded;
  if (prepared.has(name)) throw sqlError("42P05", `prepared statement "${name}" already exists`);
  const { plan } = engine.plan(plannablePrepared(parsed, text), options.database, disabledRules);
  prepared.set(name, { text, parameters: plan.parameters });
  return DONE;
}

/** What an EXECUTE stands for. */
export function replaceExecute(parsed: ParsedExecute, text: string, { engine, parameters, options }: DirectRun): Replacement {
  const known = options.settings.prepared.get(parsed.name.folded);
  if (known === undefined) throw missing(parsed.name.folded);
  const given: PlannableStatement = { kind: "plannable", bind: (place) => bindArguments(parsed, text, known.parameters, place) };
  const statement = engine.plan(given, options.database, "");
  let values: readonly ReadyParameter[] = [];
  statement.interpreted().run(engine.parameterValues(statement, parameters), [], (row) => {
    values = row.map((value) => new ReadyParameter(value));
    return true;
  });
  return { kind: "replacement", source: { language: PREPARED, text: known.text }, parameters: values };
}

export function runDeallocate({ name }: ParsedDeallocate, { prepared }: SessionSettings): QueryResult {
  if (name === undefined) prepared.clear();
  else if (!prepared.delete(name.folded)) throw missing(name.folded);
  return DONE;
}

function missing(name: string): Error {
  return sqlError("26000", `prepared statement "${name}" does not exist`);
}
