/**
 * Queries, and the statements that change rows, as SQL text. Brackets stand where the AST has a query in a query, and where set
 * operations and joins would group otherwise.
 */
import type {
  ParsedAssignment,
  ParsedDelete,
  ParsedInsert,
  ParsedMerge,
  ParsedMergeAction,
  ParsedOnConflict,
  ParsedTarget,
  ParsedUpdate,
} from "./modification.ts";
import { printIndexElement } from "./print-definition.ts";
import {
  printCall,
  printExpression,
  printList,
  printName,
  printNameList,
  printNames,
  printOrderBy,
  printType,
  printWindow,
} from "./print-expression.ts";
import type {
  ParsedFunctionTable,
  ParsedGroupItem,
  ParsedJoin,
  ParsedLocking,
  ParsedQuery,
  ParsedQueryBody,
  ParsedSelect,
  ParsedSelectItem,
  ParsedTableAlias,
  ParsedTableReference,
  ParsedValue,
  ParsedWith,
} from "./query.ts";
import type { ParsedDataStatement } from "./statement.ts";

export function printData(statement: ParsedDataStatement): string {
  switch (statement.kind) {
    case "ParsedQuery":
      return printQuery(statement);
    case "ParsedInsert":
      return printInsert(statement);
    case "ParsedUpdate":
      return printUpdate(statement);
    case "ParsedDelete":
      return printDelete(statement);
    case "ParsedMerge":
      return printMerge(statement);
  }
}

export function printQuery(query: ParsedQuery): string {
  const parts = [
    query.with ? printWith(query.with) : "",
    // A body that is a query keeps its brackets.
    printBody(query.body, query.body.kind === "ParsedQuery"),
    query.orderBy.length > 0 ? printOrderBy(query.orderBy) : "",
    query.offset ? `OFFSET ${printExpression(query.offset)}` : "",
    printLimit(query),
    ...query.locking.map(printLocking),
  ];
  return words(parts);
}

function words(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

function printLimit({ limit, withTies }: ParsedQuery): string {
  if (!limit) return "";
  return withTies ? `FETCH FIRST (${printExpression(limit)}) ROWS WITH TIES` : `LIMIT ${printExpression(limit)}`;
}

function printLocking(locking: ParsedLocking): string {
  const tables = locking.tables.length > 0 ? `OF ${locking.tables.map(printName).join(", ")}` : "";
  return words(["FOR", locking.strength, tables, locking.wait ?? ""]);
}

function printWith(clause: ParsedWith): string {
  const tables = clause.tables.map((table) => {
    const columns = table.columns.length > 0 ? ` ${printNameList(table.columns)}` : "";
    const materialized = table.materialized === undefined ? "" : table.materialized ? "MATERIALIZED " : "NOT MATERIALIZED ";
    return `${printName(table.name)}${columns} AS ${materialized}(${printData(table.statement)})`;
  });
  return `WITH ${clause.recursive ? "RECURSIVE " : ""}${tables.join(", ")}`;
}

function printBody(body: ParsedQueryBody, bracketed: boolean): string {
  if (bracketed) return `(${body.kind === "ParsedQuery" ? printQuery(body) : printBody(body, false)})`;
  switch (body.kind) {
    case "ParsedSelect":
      return printSelect(body);
    case "ParsedValues":
      return `VALUES ${body.rows.map((row) => `(${row.map(printValue).join(", ")})`).join(", ")}`;
    case "ParsedQuery":
      return printQuery(body);
    case "ParsedSetOperation": {
      const { left, right, operator } = body;
      const loose =
        left.kind === "ParsedQuery" || (left.kind === "ParsedSetOperation" && operator === "INTERSECT" && left.operator !== operator);
      const grouped = right.kind === "ParsedSetOperation" && (operator === "INTERSECT" || right.operator !== "INTERSECT");
      const nested = right.kind === "ParsedQuery" || grouped;
      return `${printBody(left, loose)} ${operator}${body.all ? " ALL" : ""} ${printBody(right, nested)}`;
    }
  }
}

export function printValue(value: ParsedValue): string {
  return value.kind === "ParsedDefault" ? "DEFAULT" : printExpression(value);
}

function printSelect(select: ParsedSelect): string {
  const on = select.distinctOn.length > 0 ? ` ON (${printList(select.distinctOn)})` : "";
  const windows = select.windows.map(({ name, window }) => `${printName(name)} AS ${printWindow(window)}`);
  return words([
    `SELECT${select.distinct ? ` DISTINCT${on}` : ""}`,
    printItems(select.items),
    select.from.length > 0 ? `FROM ${printFrom(select.from)}` : "",
    select.where ? `WHERE ${printExpression(select.where)}` : "",
    select.groupBy ? `GROUP BY ${select.groupBy.distinct ? "DISTINCT " : ""}${select.groupBy.items.map(printGroupItem).join(", ")}` : "",
    select.having ? `HAVING ${printExpression(select.having)}` : "",
    windows.length > 0 ? `WINDOW ${windows.join(", ")}` : "",
  ]);
}

function printItems(items: readonly ParsedSelectItem[]): string {
  return items.map(({ value, alias }) => printExpression(value) + (alias ? ` AS ${printName(alias)}` : "")).join(", ");
}

function printGroupItem(item: ParsedGroupItem): string {
  if (item.kind !== "ParsedGroupingSet") return printExpression(item);
  const name = item.grouping === "EMPTY" ? "" : item.grouping === "SETS" ? "GROUPING SETS " : `${item.grouping} `;
  return `${name}(${item.items.map(printGroupItem).join(", ")})`;
}

function printFrom(references: readonly ParsedTableReference[]): string {
  return references.map(printReference).join(", ");
}

function printReference(reference: ParsedTableReference): string {
  switch (reference.kind) {
    case "ParsedTable":
      return printNames(reference.names) + printAlias(reference.alias);
    case "ParsedDerivedTable":
      return `${reference.lateral ? "LATERAL " : ""}(${printQuery(reference.query)})${printAlias(reference.alias)}`;
    case "ParsedFunctionTable":
      return printFunctionTable(reference);
    case "ParsedJoin":
      return reference.alias ? `(${printJoin(reference)})${printAlias(reference.alias)}` : printJoin(reference);
  }
}

function printFunctionTable(table: ParsedFunctionTable): string {
  const returned = table.returns.map(({ source, name }) => `${printName(source)} AS ${printName(name)}`);
  const returns = returned.length > 0 ? ` RETURNS (${returned.join(", ")})` : "";
  const ordinality = table.ordinality ? " WITH ORDINALITY" : "";
  return `${table.lateral ? "LATERAL " : ""}${printCall(table.call)}${returns}${ordinality}${printAlias(table.alias)}`;
}

function printJoin(join: ParsedJoin): string {
  const right = printReference(join.right);
  const bracketed = join.right.kind === "ParsedJoin" && !join.right.alias ? `(${right})` : right;
  const using =
    join.using.length > 0 ? ` USING ${printNameList(join.using)}${join.usingAlias ? ` AS ${printName(join.usingAlias)}` : ""}` : "";
  const condition = join.on ? ` ON ${printExpression(join.on)}` : using;
  const kind = join.join === "INNER" ? "" : `${join.join} `;
  return `${printReference(join.left)} ${join.natural ? "NATURAL " : ""}${kind}JOIN ${bracketed}${condition}`;
}

function printAlias(alias: ParsedTableAlias | undefined): string {
  if (!alias) return "";
  const columns = alias.columns.map(({ name, type }) => printName(name) + (type ? ` ${printType(type)}` : ""));
  const list = columns.length > 0 ? ` (${columns.join(", ")})` : "";
  return ` AS${alias.name ? ` ${printName(alias.name)}` : ""}${list}`;
}

function printTarget(target: ParsedTarget): string {
  const path = target.path.map((step) => (step.kind === "ParsedName" ? `.${printName(step)}` : `[${printExpression(step)}]`));
  return printName(target.column) + path.join("");
}

function printReturning(items: readonly ParsedSelectItem[]): string {
  return items.length > 0 ? `RETURNING ${printItems(items)}` : "";
}

function printInsert(insert: ParsedInsert): string {
  const alias = insert.alias ? ` AS ${printName(insert.alias)}` : "";
  return words([
    insert.with ? printWith(insert.with) : "",
    `INSERT ${insert.replace ? "OR REPLACE " : ""}INTO ${printNames(insert.table)}${alias}`,
    insert.columns.length > 0 ? `(${insert.columns.map(printTarget).join(", ")})` : "",
    insert.overriding === undefined ? "" : `OVERRIDING ${insert.overriding} VALUE`,
    insert.source ? printQuery(insert.source) : "DEFAULT VALUES",
    insert.onConflict ? printConflict(insert.onConflict) : "",
    printReturning(insert.returning),
  ]);
}

function printConflict(conflict: ParsedOnConflict): string {
  return words([
    "ON CONFLICT",
    conflict.target.length > 0 ? `(${conflict.target.map(printIndexElement).join(", ")})` : "",
    conflict.targetWhere ? `WHERE ${printExpression(conflict.targetWhere)}` : "",
    conflict.constraint ? `ON CONSTRAINT ${printName(conflict.constraint)}` : "",
    conflict.assignments.length > 0 ? `DO UPDATE SET ${conflict.assignments.map(printAssignment).join(", ")}` : "DO NOTHING",
    conflict.where ? `WHERE ${printExpression(conflict.where)}` : "",
  ]);
}

function printAssignment({ targets, values, row }: ParsedAssignment): string {
  if (!row) return `${printTarget(targets[0]!)} = ${printValue(values[0]!)}`;
  const only = values.length === 1 && values[0]!.kind === "ParsedSubquery" ? values[0] : undefined;
  return `(${targets.map(printTarget).join(", ")}) = ${only ? printExpression(only) : `(${values.map(printValue).join(", ")})`}`;
}

function printUpdate(update: ParsedUpdate): string {
  return words([
    update.with ? printWith(update.with) : "",
    `UPDATE ${printNames(update.table)}${update.alias ? ` AS ${printName(update.alias)}` : ""}`,
    `SET ${update.assignments.map(printAssignment).join(", ")}`,
    update.from.length > 0 ? `FROM ${printFrom(update.from)}` : "",
    update.where ? `WHERE ${printExpression(update.where)}` : "",
    printReturning(update.returning),
  ]);
}

function printMerge(merge: ParsedMerge): string {
  return words([
    merge.with ? printWith(merge.with) : "",
    `MERGE INTO ${printNames(merge.table)}${merge.alias ? ` AS ${printName(merge.alias)}` : ""}`,
    `USING ${printFrom([merge.using])} ON ${printExpression(merge.on)}`,
    ...merge.branches.map(({ matched, condition, action }) => {
      const where = condition ? `AND ${printExpression(condition)}` : "";
      return words([matched ? "WHEN MATCHED" : "WHEN NOT MATCHED", where, "THEN", printMergeAction(action)]);
    }),
  ]);
}

function printMergeAction(action: ParsedMergeAction): string {
  switch (action.kind) {
    case "ParsedMergeUpdate":
      return `UPDATE SET ${action.assignments.map(printAssignment).join(", ")}`;
    case "ParsedMergeInsert": {
      const columns = action.columns.length > 0 ? `(${action.columns.map(printTarget).join(", ")})` : "";
      return words(["INSERT", columns, action.values ? `VALUES (${action.values.map(printValue).join(", ")})` : "DEFAULT VALUES"]);
    }
    case "ParsedMergeDelete":
      return "DELETE";
    case "ParsedMergeNothing":
      return "DO NOTHING";
  }
}

function printDelete(removal: ParsedDelete): string {
  return words([
    removal.with ? printWith(removal.with) : "",
    `DELETE FROM ${printNames(removal.table)}${removal.alias ? ` AS ${printName(removal.alias)}` : ""}`,
    removal.using.length > 0 ? `USING ${printFrom(removal.using)}` : "",
    removal.where ? `WHERE ${printExpression(removal.where)}` : "",
    printReturning(removal.returning),
  ]);
}
