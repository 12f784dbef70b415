/**
 * From parse tree to AST: transactions, SET, SHOW, RESET, EXPLAIN, VACUUM, ANALYZE, CHECKPOINT.
 */
import type {
  ExplainOptionContext,
  ExplainStatementContext,
  MaintenanceStatementContext,
  SettingNameContext,
  SettingStatementContext,
  SettingValueContext,
  TransactionModeContext,
  TransactionModesContext,
  TransactionStatementContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import * as SqlParser from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedExplain, ParsedMaintenance, ParsedOption, ParsedSettingValue, ParsedTransactionModes } from "../../../ast/control.ts";
import type { ParsedName, ParsedNames } from "../../../ast/name.ts";
import type { ParsedStatement } from "../../../ast/statement.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { columnNames, nameOf, nameOfToken, namesOf, optionalName, syntaxError } from "./names.ts";
import { buildData } from "./statement.ts";

export function buildTransaction(context: TransactionStatementContext): ParsedStatement {
  const { start: position, type } = firstToken(context);
  const ident = context.ident();
  const chain = context.CHAIN() !== null && context.NO() === null;
  switch (type) {
    case SqlParser.BEGIN:
    case SqlParser.START:
      return { kind: "ParsedBegin", position, modes: buildModes(context.transactionModes(), position) };
    case SqlParser.COMMIT:
    case SqlParser.END:
      return { kind: "ParsedCommit", position, chain };
    case SqlParser.ROLLBACK:
    case SqlParser.ABORT:
      return { kind: "ParsedRollback", position, savepoint: optionalName(ident), chain };
    case SqlParser.SAVEPOINT:
      return { kind: "ParsedSavepoint", position, name: nameOf(ident!) };
    default:
      return { kind: "ParsedRelease", position, name: nameOf(ident!) };
  }
}

/** Of two modes about one thing the last counts. */
function buildModes(context: TransactionModesContext | null, position: number): ParsedTransactionModes {
  const modes = context?.transactionMode() ?? [];
  const isolation = modes.findLast((mode) => mode.isolationLevel());
  const access = modes.findLast((mode) => mode.READ());
  const deferrable = modes.findLast((mode) => mode.DEFERRABLE());
  return {
    kind: "ParsedTransactionModes",
    position,
    isolation: isolation ? isolationOf(isolation) : undefined,
    readOnly: access ? access.ONLY() !== null : undefined,
    deferrable: deferrable ? deferrable.NOT() === null : undefined,
  };
}

function isolationOf(context: TransactionModeContext): ParsedTransactionModes["isolation"] {
  const level = context.isolationLevel()!;
  if (level.SERIALIZABLE()) return "SERIALIZABLE";
  if (level.REPEATABLE()) return "REPEATABLE READ";
  const word = level.IDENT();
  if (word) return snapshotOf(tokenOf(word));
  return level.COMMITTED() ? "READ COMMITTED" : "READ UNCOMMITTED";
}

/** The one level that is no word of the grammar. */
function snapshotOf(token: TextToken): "SNAPSHOT" {
  if (token.text.toLowerCase() !== "snapshot") throw syntaxError(token);
  return "SNAPSHOT";
}

export function buildSetting(context: SettingStatementContext): ParsedStatement {
  const { start: position, type } = firstToken(context);
  const modes = context.transactionModes();
  if (modes) return { kind: "ParsedSetTransaction", position, scope: "TRANSACTION", modes: buildModes(modes, position) };
  const names = settingNames(context, position);
  if (type === SqlParser.SHOW) return { kind: "ParsedShow", position, names };
  if (type === SqlParser.RESET) return { kind: "ParsedReset", position, names };
  const change = context.settingChange();
  const characteristics = change?.transactionModes();
  if (characteristics) {
    if (!context.SESSION() || names.length !== 1 || !isWord(names[0], "characteristics")) throw syntaxError(tokenOf(change!.AS()!));
    return { kind: "ParsedSetTransaction", position, scope: "SESSION", modes: buildModes(characteristics, position) };
  }
  const given = change?.settingValue() ?? [context.settingValue()!];
  const values = given.map(buildSettingValue);
  const single = given.length === 1 ? given[0] : undefined;
  return {
    kind: "ParsedSet",
    position,
    scope: context.LOCAL() ? "LOCAL" : "SESSION",
    names: names as ParsedNames,
    values: single && firstToken(single).type === SqlParser.DEFAULT ? [] : values,
  };
}

/** Whether a name is a word that stands without quotes. */
function isWord(name: ParsedName | undefined, word: string): boolean {
  return name?.quoted === false && name.folded === word;
}

/** None for ALL; spellings of several words are settings of one name. */
function settingNames(context: SettingStatementContext, position: number): readonly ParsedName[] {
  const named = context.settingName();
  if (named) return settingName(named);
  const plain = (text: string): ParsedName => ({ kind: "ParsedName", position, text, folded: text, quoted: false });
  if (context.ZONE()) return [plain("timezone")];
  return context.ISOLATION() ? [plain("transaction_isolation")] : [];
}

function settingName(context: SettingNameContext): ParsedNames {
  return [nameOf(context.ident()), ...context.label().map(nameOf)];
}

function buildSettingValue(context: SettingValueContext): ParsedSettingValue {
  const position = positionOf(context);
  const number = context.NUMBER();
  const text = number ? `${context.MINUS() ? "-" : ""}${tokenOf(number).value}` : valueText(context);
  const quoted = context.STRING() !== null || firstToken(context).type === SqlParser.QUOTED_IDENT;
  return { kind: "ParsedSettingValue", position, text, quoted };
}

function valueText(context: SettingValueContext): string {
  const token = firstToken(context);
  return token.type === SqlParser.STRING || token.type === SqlParser.QUOTED_IDENT ? token.value : token.text;
}

function buildOption(context: ExplainOptionContext): ParsedOption {
  const value = context.settingValue();
  return {
    kind: "ParsedOption",
    position: positionOf(context),
    name: nameOf(context),
    value: value ? buildSettingValue(value) : undefined,
  };
}

export function buildExplain(context: ExplainStatementContext): ParsedExplain {
  const words = [context.ANALYZE() ?? context.ANALYSE(), context.VERBOSE()].flatMap((word) => word ?? []);
  return {
    kind: "ParsedExplain",
    position: positionOf(context),
    options: [...context.explainOption().map(buildOption), ...words.map((word) => wordOption(nameOfToken(tokenOf(word))))],
    statement: buildData(context),
  };
}

function wordOption(name: ParsedName): ParsedOption {
  return { kind: "ParsedOption", position: name.position, name, value: undefined };
}

export function buildMaintenance(context: MaintenanceStatementContext): ParsedMaintenance {
  const command = context.CHECKPOINT() ? "CHECKPOINT" : context.VACUUM() ? "VACUUM" : "ANALYZE";
  const analyze = command === "VACUUM" ? (context.ANALYZE() ?? context.ANALYSE()) : null;
  const words = [context.FULL(), context.FREEZE(), context.VERBOSE(), analyze].flatMap((word) => word ?? []);
  return {
    kind: "ParsedMaintenance",
    position: positionOf(context),
    command,
    options: [...context.explainOption().map(buildOption), ...words.map((word) => wordOption(nameOfToken(tokenOf(word))))],
    tables: context.maintained().map((table) => ({
      kind: "ParsedMaintained",
      position: positionOf(table),
      table: namesOf(table.relation()),
      columns: columnNames(table.columnNames()),
    })),
  };
}
