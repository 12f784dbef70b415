/**
 * SQL as a language of the query engine.
 */
import type { ParsedStatement } from "../ast/statement.ts";
import { bindStatement } from "../binder/bind.ts";
import { type Fingerprint, fingerprint, parseFingerprint } from "../parser/sql/fingerprint.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { splitScript } from "../parser/sql/script.ts";
import { runExplain } from "./explain.ts";
import type { Language, PlannableStatement, ReadStatement } from "./language.ts";
import { DONE, type RunOptions } from "./query-result.ts";
import { runSetting } from "./setting-statement.ts";

/** Statements that become plans. */
const PLANNED: ReadonlySet<string> = new Set(["ParsedQuery", "ParsedInsert", "ParsedUpdate", "ParsedDelete"]);

/** Carries out CREATE, DROP, ALTER and TRUNCATE; answers the rows removed, or undefined. */
export type Define = (statement: ParsedStatement, text: string, options: RunOptions) => number | undefined;

export function sqlLanguage(define: Define): Language {
  return {
    name: "sql",
    fingerprint,
    read: (print, text) => sqlStatement(parseFingerprint(print as Fingerprint), text, define),
    split: splitScript,
  };
}

/** A statement without literals of its own. Requires: it becomes a plan. */
export function plannableText(text: string): PlannableStatement {
  return plannable(parseSql(text), text);
}

/** A statement that becomes a plan, or undefined. */
export function plannableSql(statement: ParsedStatement, text: string): PlannableStatement | undefined {
  return PLANNED.has(statement.kind) ? plannable(statement, text) : undefined;
}

function plannable(statement: ParsedStatement, text: string): PlannableStatement {
  return { kind: "plannable", bind: (place) => bindStatement(statement, text, place) };
}

function sqlStatement(statement: ParsedStatement, text: string, define: Define): ReadStatement {
  switch (statement.kind) {
    case "ParsedExplain":
      return {
        kind: "direct",
        defines: false,
        run: ({ engine, parameters, options }) => runExplain(engine, statement, text, parameters, options),
      };
    case "ParsedSet":
    case "ParsedShow":
    case "ParsedReset":
      return { kind: "direct", defines: false, run: ({ options }) => runSetting(statement, options.settings) };
    case "ParsedMaintenance":
      return { kind: "direct", defines: false, run: () => DONE };
    default:
      return (
        plannableSql(statement, text) ?? {
          kind: "direct",
          defines: true,
          run: ({ options }) => {
            const affected = define(statement, text, options);
            return affected === undefined ? DONE : { ...DONE, kind: "write", affected };
          },
        }
      );
  }
}
