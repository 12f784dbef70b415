/**
 * `printSql`: an AST as SQL text, for EXPLAIN, views and tests. Parsing the text gives the same AST, but for positions and slots of
 * literals; print-expression.ts, print-query.ts and print-definition.ts do the parts.
 *
 * Requires: an AST as the parser makes it. Cost: O(nodes); recursion as deep as the AST, which the parser limits.
 */
import type { ParsedOption, ParsedSettingValue, ParsedTransactionModes } from "./control.ts";
import { printChange, printCreate, printDrop, printSequenceOptions } from "./print-definition.ts";
import { printExpression, printName, printNameList, printNames, printString, printType } from "./print-expression.ts";
import { printData } from "./print-query.ts";
import type { ParsedDataStatement, ParsedStatement } from "./statement.ts";

export function printSql(statement: ParsedStatement): string {
  switch (statement.kind) {
    case "ParsedQuery":
    case "ParsedInsert":
    case "ParsedUpdate":
    case "ParsedDelete":
    case "ParsedMerge":
      return printData(statement);
    case "ParsedCreateTable":
    case "ParsedCreateIndex":
    case "ParsedCreateView":
    case "ParsedCreateSchema":
    case "ParsedCreateFunction":
    case "ParsedCreateSequence":
      return printCreate(statement);
    case "ParsedDrop":
      return printDrop(statement);
    case "ParsedAlterTable": {
      const actions = statement.actions.map(({ change }) => printChange(change));
      return `ALTER ${statement.object} ${statement.ifExists ? "IF EXISTS " : ""}${printNames(statement.table)} ${actions.join(", ")}`;
    }
    case "ParsedAlterSequence":
      return `ALTER SEQUENCE ${statement.ifExists ? "IF EXISTS " : ""}${printNames(statement.sequence)} ${printSequenceOptions(statement.options)}`;
    case "ParsedTruncate": {
      const { tables, restartIdentity, cascade } = statement;
      return `TRUNCATE ${tables.map(printNames).join(", ")}${restartIdentity ? " RESTART IDENTITY" : ""}${cascade ? " CASCADE" : ""}`;
    }
    default:
      return printControl(statement);
  }
}

type Printed = ParsedDataStatement["kind"] | "ParsedTruncate" | "ParsedDrop" | "ParsedAlterTable" | "ParsedAlterSequence";
type Control = Exclude<ParsedStatement, { kind: Printed | `ParsedCreate${string}` }>;

function printControl(statement: Control): string {
  switch (statement.kind) {
    case "ParsedBegin":
      return `BEGIN${printModes(statement.modes)}`;
    case "ParsedCommit":
      return `COMMIT${statement.chain ? " AND CHAIN" : ""}`;
    case "ParsedRollback":
      return `ROLLBACK${statement.savepoint ? ` TO ${printName(statement.savepoint)}` : ""}${statement.chain ? " AND CHAIN" : ""}`;
    case "ParsedSavepoint":
      return `SAVEPOINT ${printName(statement.name)}`;
    case "ParsedRelease":
      return `RELEASE ${printName(statement.name)}`;
    case "ParsedSet": {
      const values = statement.values.length > 0 ? statement.values.map(printSetting).join(", ") : "DEFAULT";
      return `SET ${statement.scope === "LOCAL" ? "LOCAL " : ""}${printNames(statement.names)} TO ${values}`;
    }
    case "ParsedSetTransaction":
      return `SET ${statement.scope === "SESSION" ? "SESSION CHARACTERISTICS AS " : ""}TRANSACTION${printModes(statement.modes)}`;
    case "ParsedShow":
      return `SHOW ${printNames(statement.names) || "ALL"}`;
    case "ParsedReset":
      return `RESET ${printNames(statement.names) || "ALL"}`;
    case "ParsedExplain": {
      const { options, statement: explained } = statement;
      return `EXPLAIN ${printOptions(options)}${printSql(explained)}`;
    }
    case "ParsedPrepare": {
      const types = statement.types.length === 0 ? "" : ` (${statement.types.map(printType).join(", ")})`;
      return `PREPARE ${printName(statement.name)}${types} AS ${printData(statement.statement)}`;
    }
    case "ParsedExecute": {
      const given = statement.arguments.map((argument) => printExpression(argument)).join(", ");
      return `EXECUTE ${printName(statement.name)}${given === "" ? "" : ` (${given})`}`;
    }
    case "ParsedDeallocate":
      return `DEALLOCATE ${statement.name === undefined ? "ALL" : printName(statement.name)}`;
    case "ParsedComment": {
      const { object, names, text } = statement;
      return `COMMENT ON ${object} ${printNames(names)} IS ${text === undefined ? "NULL" : printString(text)}`;
    }
    case "ParsedMaintenance": {
      const tables = statement.tables.map(
        ({ table, columns }) => printNames(table) + (columns.length > 0 ? ` ${printNameList(columns)}` : ""),
      );
      return `${statement.command} ${printOptions(statement.options)}${tables.join(", ")}`.trimEnd();
    }
  }
}

function printModes(modes: ParsedTransactionModes): string {
  const isolation = modes.isolation ? ` ISOLATION LEVEL ${modes.isolation}` : "";
  const access = modes.readOnly === undefined ? "" : modes.readOnly ? " READ ONLY" : " READ WRITE";
  const deferrable = modes.deferrable === undefined ? "" : modes.deferrable ? " DEFERRABLE" : " NOT DEFERRABLE";
  return isolation + access + deferrable;
}

function printSetting(value: ParsedSettingValue): string {
  return value.quoted ? printString(value.text) : value.text;
}

function printOptions(options: readonly ParsedOption[]): string {
  if (options.length === 0) return "";
  return `(${options.map(({ name, value }) => printName(name) + (value ? ` ${printSetting(value)}` : "")).join(", ")}) `;
}
