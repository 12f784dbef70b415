/**
 * SQL as a language of the query engine.
 */
import { sqlError } from "../../common/sql-state.ts";
import type { ParsedComment, ParsedMaintenance } from "../ast/control.ts";
import type { ParsedStatement } from "../ast/statement.ts";
import { bindStatement } from "../binder/bind.ts";
import { type Fingerprint, fingerprint, parseFingerprint } from "../parser/sql/fingerprint.ts";
import { parseSql } from "../parser/sql/parse.ts";
import { splitScript } from "../parser/sql/script.ts";
import { runExplain } from "./explain.ts";
import type { ControlStatement, DirectRun, Language, PlannableStatement, ReadStatement, Replacement } from "./language.ts";
import { LruMap } from "./lru.ts";
import { replaceExecute, runDeallocate, runPrepare } from "./prepared-statement.ts";
import { DONE, type RunOptions } from "./query-result.ts";
import { runSetting } from "./setting-statement.ts";
import type { TransactionControl } from "./transaction-control.ts";
import { isTransactionStatement, runTransaction, type TransactionStatement } from "./transaction-statement.ts";

/** Statements that become plans. */
const PLANNED: ReadonlySet<string> = new Set(["ParsedQuery", "ParsedInsert", "ParsedUpdate", "ParsedDelete", "ParsedMerge"]);

/** Carries out CREATE, DROP, ALTER and TRUNCATE; answers the rows removed, or undefined. */
export type Define = (statement: ParsedStatement, text: string, options: RunOptions) => number | undefined;

/** What a statement that directs the transaction begins with; those behind a comment or with a hint in it begin with the comment. */
const MAYBE_CONTROL = /^\s*(?:begin|start|commit|end|rollback|abort|savepoint|release|set\s+(?:transaction|session|--|\/\*)|--|\/\*)/i;
/** Such statements that are known by their text. */
const CONTROLS_MAX = 64;
const CONTROL_TEXT_MAX = 200;

export function sqlLanguage(define: Define): Language {
  const controls = new LruMap<string, ControlStatement>(CONTROLS_MAX);
  return {
    name: "sql",
    fingerprint,
    read: (print, text) => sqlStatement(parseFingerprint(print as Fingerprint), text, define),
    control: (text) => (MAYBE_CONTROL.test(text) ? knownControl(controls, text) : undefined),
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

function knownControl(known: LruMap<string, ControlStatement>, text: string): ControlStatement | undefined {
  const found = known.get(text);
  if (found !== undefined) return found;
  const statement = parseSql(text);
  if (!isTransactionStatement(statement)) return undefined;
  const control = controlOf(statement);
  if (text.length <= CONTROL_TEXT_MAX) known.set(text, control);
  return control;
}

function controlOf(statement: TransactionStatement): ControlStatement {
  return { kind: "control", run: (control) => runTransaction(statement, control) };
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
      return { kind: "direct", defines: false, run: ({ options }) => runSetting(statement, options.settings, options.transaction) };
    case "ParsedMaintenance":
      return { kind: "direct", defines: false, run: ({ options }) => maintain(statement, options.transaction) };
    case "ParsedPrepare":
      return { kind: "direct", defines: false, run: (run) => runPrepare(statement, text, run) };
    case "ParsedExecute": {
      const replace = (run: DirectRun): Replacement => replaceExecute(statement, text, run);
      return { kind: "direct", defines: false, run: () => DONE, replace };
    }
    case "ParsedDeallocate":
      return { kind: "direct", defines: false, run: ({ options }) => runDeallocate(statement, options.settings) };
    case "ParsedComment":
      return { kind: "direct", defines: false, run: (run) => checkComment(statement, run) };
    case "ParsedBegin":
    case "ParsedCommit":
    case "ParsedRollback":
    case "ParsedSavepoint":
    case "ParsedRelease":
    case "ParsedSetTransaction":
      return controlOf(statement);
    default:
      return (
        plannableSql(statement, text) ?? {
          kind: "direct",
          defines: true,
          isTransaction: statement.kind === "ParsedAlterTable",
          run: ({ options }) => {
            const affected = define(statement, text, options);
            return affected === undefined ? DONE : { ...DONE, kind: "write", affected };
          },
        }
      );
  }
}

/** COMMENT is taken and not kept: nothing shows it. What it speaks of is to exist. */
function checkComment({ object, names }: ParsedComment, { engine, options }: DirectRun): typeof DONE {
  const parts = names.map(({ folded }) => folded);
  const column = object === "COLUMN" ? parts.pop() : undefined;
  if (parts.length === 0) throw sqlError("42601", "column name must be qualified");
  const name = (parts[0] === "public" ? parts.slice(1) : parts).join(".");
  const catalog = engine.catalog(options.database);
  const known = catalog.table(name);
  if (known === undefined && catalog.view(name) === undefined) throw sqlError("42P01", `relation "${name}" does not exist`);
  if (object === "TABLE" && known === undefined) throw sqlError("42809", `"${name}" is not a table`);
  if (object === "VIEW" && known !== undefined) throw sqlError("42809", `"${name}" is not a view`);
  if (column !== undefined && known !== undefined && !known.columns.some((own) => own.name === column)) {
    throw sqlError("42703", `column "${column}" of relation "${name}" does not exist`);
  }
  return DONE;
}

/** Old versions are freed by themselves, statistics are always there, and what is committed is on the disk: none has anything left to do. */
function maintain({ command }: ParsedMaintenance, transaction: TransactionControl | undefined): typeof DONE {
  if (command === "VACUUM" && transaction?.isOpen === true) throw sqlError("25001", "VACUUM cannot run inside a transaction block");
  return DONE;
}
