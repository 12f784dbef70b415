/**
 * Definitions as SQL text: CREATE, ALTER, DROP. What is the default is not printed.
 */
import type {
  ParsedColumnDefinition,
  ParsedConstraint,
  ParsedCreateFunction,
  ParsedCreateIndex,
  ParsedCreateTable,
  ParsedDrop,
  ParsedIndexElement,
  ParsedReferences,
  ParsedRule,
  ParsedSequenceOption,
  ParsedTableChange,
} from "./definition.ts";
import {
  printExpression,
  printName,
  printNameList,
  printNames,
  printNulls,
  printRestricted,
  printString,
  printType,
} from "./print-expression.ts";
import { printQuery } from "./print-query.ts";
import type { ParsedCreate } from "./statement.ts";

/** `word ` if it is wanted. */
function flag(wanted: boolean, word: string): string {
  return wanted ? `${word} ` : "";
}

export function printCreate(statement: ParsedCreate): string {
  switch (statement.kind) {
    case "ParsedCreateTable":
      return printCreateTable(statement);
    case "ParsedCreateIndex":
      return printCreateIndex(statement);
    case "ParsedCreateView": {
      const { orReplace, temporary, ifNotExists, view, columns, query } = statement;
      const head = `CREATE ${flag(orReplace, "OR REPLACE")}${flag(temporary, "TEMPORARY")}VIEW ${flag(ifNotExists, "IF NOT EXISTS")}`;
      return `${head}${printNames(view)}${columns.length > 0 ? ` ${printNameList(columns)}` : ""} AS ${printQuery(query)}`;
    }
    case "ParsedCreateSchema":
      return `CREATE SCHEMA ${flag(statement.ifNotExists, "IF NOT EXISTS")}${printName(statement.name)}`;
    case "ParsedCreateFunction":
      return printCreateFunction(statement);
    case "ParsedCreateSequence": {
      const { temporary, ifNotExists, sequence, options } = statement;
      const head = `CREATE ${flag(temporary, "TEMPORARY")}SEQUENCE ${flag(ifNotExists, "IF NOT EXISTS")}${printNames(sequence)}`;
      return options.length === 0 ? head : `${head} ${printSequenceOptions(options)}`;
    }
  }
}

export function printSequenceOptions(options: readonly ParsedSequenceOption[]): string {
  return options.map(printSequenceOption).join(" ");
}

function printSequenceOption(option: ParsedSequenceOption): string {
  switch (option.option) {
    case "AS":
      return `AS ${printType(option.type)}`;
    case "OWNED BY":
      return `OWNED BY ${printNames(option.names)}`;
    case "RESTART":
      return option.value === undefined ? "RESTART" : `RESTART ${option.value}`;
    case "INCREMENT":
    case "MINVALUE":
    case "MAXVALUE":
    case "START":
    case "CACHE":
      return `${option.option} ${option.value}`;
    default:
      return option.option;
  }
}

function printCreateTable(table: ParsedCreateTable): string {
  const persistence = { permanent: "", temporary: "TEMPORARY ", unlogged: "UNLOGGED " }[table.persistence];
  const elements = [...table.columns.map(printColumnDefinition), ...table.constraints.map(printTableConstraint)];
  const head = `CREATE ${persistence}TABLE ${flag(table.ifNotExists, "IF NOT EXISTS")}${printNames(table.table)}`;
  if (!table.source) return `${head} (${elements.join(", ")})`;
  const columns = elements.length > 0 ? ` (${elements.join(", ")})` : "";
  return `${head}${columns} AS ${printQuery(table.source)}${table.withData ? "" : " WITH NO DATA"}`;
}

function printColumnDefinition(column: ParsedColumnDefinition): string {
  const parts = [printName(column.name)];
  if (column.type) parts.push(printType(column.type));
  if (column.collation.length > 0) parts.push(`COLLATE ${printNames(column.collation)}`);
  return [
    ...parts,
    ...column.constraints.map((constraint) => constraintName(constraint) + columnRule(constraint.rule) + timing(constraint)),
  ].join(" ");
}

function constraintName({ name }: ParsedConstraint): string {
  return name ? `CONSTRAINT ${printName(name)} ` : "";
}

function timing({ deferrable, initiallyDeferred }: ParsedConstraint): string {
  return deferrable ? ` DEFERRABLE${initiallyDeferred ? " INITIALLY DEFERRED" : ""}` : "";
}

function printTableConstraint(constraint: ParsedConstraint): string {
  const { rule } = constraint;
  const text =
    rule.rule === "PRIMARY KEY"
      ? `PRIMARY KEY ${printNameList(rule.columns)}`
      : rule.rule === "UNIQUE"
        ? `${columnRule(rule)} ${printNameList(rule.columns)}`
        : rule.rule === "FOREIGN KEY"
          ? `FOREIGN KEY ${printNameList(rule.columns)} ${printReferences(rule.references)}`
          : columnRule(rule);
  return constraintName(constraint) + text + timing(constraint);
}

/** As a column has it: without its own name. */
function columnRule(rule: ParsedRule): string {
  switch (rule.rule) {
    case "DEFAULT":
      return `DEFAULT ${printRestricted(rule.value)}`;
    case "CHECK":
      return `CHECK (${printExpression(rule.condition)})${rule.noInherit ? " NO INHERIT" : ""}`;
    case "UNIQUE":
      return `UNIQUE${rule.nullsDistinct ? "" : " NULLS NOT DISTINCT"}`;
    case "FOREIGN KEY":
      return printReferences(rule.references);
    case "IDENTITY":
      return `GENERATED ${rule.always ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY${rule.options.length === 0 ? "" : ` (${printSequenceOptions(rule.options)})`}`;
    case "GENERATED":
      return `GENERATED ALWAYS AS (${printExpression(rule.value)}) STORED`;
    default:
      return rule.rule;
  }
}

function printReferences(references: ParsedReferences): string {
  const columns = references.columns.length > 0 ? ` ${printNameList(references.columns)}` : "";
  const match = references.match === "SIMPLE" ? "" : ` MATCH ${references.match}`;
  const only = references.onDeleteColumns.length > 0 ? ` ${printNameList(references.onDeleteColumns)}` : "";
  const onDelete = references.onDelete === "NO ACTION" ? "" : ` ON DELETE ${references.onDelete}${only}`;
  const onUpdate = references.onUpdate === "NO ACTION" ? "" : ` ON UPDATE ${references.onUpdate}`;
  return `REFERENCES ${printNames(references.table)}${columns}${match}${onDelete}${onUpdate}`;
}

function printCreateIndex(index: ParsedCreateIndex): string {
  const head = `CREATE ${flag(index.unique, "UNIQUE")}INDEX ${flag(index.ifNotExists, "IF NOT EXISTS")}`;
  const name = index.name ? `${printName(index.name)} ` : "";
  const method = index.method ? ` USING ${printName(index.method)}` : "";
  const include = index.include.length > 0 ? ` INCLUDE ${printNameList(index.include)}` : "";
  const nulls = index.nullsDistinct ? "" : " NULLS NOT DISTINCT";
  const where = index.where ? ` WHERE ${printExpression(index.where)}` : "";
  return `${head}${name}ON ${printNames(index.table)}${method} (${index.elements.map(printIndexElement).join(", ")})${include}${nulls}${where}`;
}

export function printIndexElement(element: ParsedIndexElement): string {
  const { value } = element;
  const call = value.kind === "ParsedCall" && value.withinGroup.length === 0 && !value.filter && !value.over;
  const plain = value.kind === "ParsedColumn" || call;
  return [
    plain ? printExpression(value) : `(${printExpression(value)})`,
    element.collation.length > 0 ? ` COLLATE ${printNames(element.collation)}` : "",
    element.operatorClass ? ` ${printName(element.operatorClass)}` : "",
    element.descending ? " DESC" : "",
    printNulls(element.nulls),
  ].join("");
}

function printCreateFunction(made: ParsedCreateFunction): string {
  const parameters = made.parameters.map(
    ({ name, type, value }) => `${name ? `${printName(name)} ` : ""}${printType(type)}${value ? ` DEFAULT ${printExpression(value)}` : ""}`,
  );
  return [
    `CREATE ${flag(made.orReplace, "OR REPLACE")}FUNCTION ${printNames(made.names)}(${parameters.join(", ")})`,
    made.returns ? ` RETURNS ${printType(made.returns)}` : "",
    made.volatility === "VOLATILE" ? "" : ` ${made.volatility}`,
    made.strict ? " STRICT" : "",
    ` LANGUAGE ${printName(made.language)} AS ${printString(made.source)}${made.symbol === undefined ? "" : `, ${printString(made.symbol)}`}`,
  ].join("");
}

export function printDrop(drop: ParsedDrop): string {
  const objects = drop.objects.map(
    ({ names, parameterTypes }) => printNames(names) + (parameterTypes ? `(${parameterTypes.map(printType).join(", ")})` : ""),
  );
  return `DROP ${drop.object} ${flag(drop.ifExists, "IF EXISTS")}${objects.join(", ")}${drop.cascade ? " CASCADE" : ""}`;
}

/** One action of ALTER TABLE. */
export function printChange(change: ParsedTableChange): string {
  switch (change.change) {
    case "ADD COLUMN":
      return `ADD COLUMN ${flag(change.ifNotExists, "IF NOT EXISTS")}${printColumnDefinition(change.column)}`;
    case "ADD CONSTRAINT":
      return `ADD ${printTableConstraint(change.constraint)}`;
    case "DROP COLUMN":
    case "DROP CONSTRAINT":
      return `${change.change} ${flag(change.ifExists, "IF EXISTS")}${printName(change.name)}${change.cascade ? " CASCADE" : ""}`;
    case "SET DEFAULT":
      return `ALTER COLUMN ${printName(change.column)} SET DEFAULT ${printExpression(change.value)}`;
    case "DROP DEFAULT":
    case "SET NOT NULL":
    case "DROP NOT NULL":
      return `ALTER COLUMN ${printName(change.column)} ${change.change}`;
    case "TYPE": {
      const collation = change.collation.length > 0 ? ` COLLATE ${printNames(change.collation)}` : "";
      const using = change.using ? ` USING ${printExpression(change.using)}` : "";
      return `ALTER COLUMN ${printName(change.column)} TYPE ${printType(change.type)}${collation}${using}`;
    }
    case "RENAME TO":
    case "SET SCHEMA":
      return `${change.change} ${printName(change.name)}`;
    case "RENAME COLUMN":
    case "RENAME CONSTRAINT":
      return `${change.change} ${printName(change.from)} TO ${printName(change.to)}`;
  }
}
