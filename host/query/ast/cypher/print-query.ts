/**
 * Cypher's queries and clauses as text, on one line.
 */
import type { CypherExpression } from "./expression.ts";
import {
  printCypherExpression,
  printCypherList,
  printCypherName,
  printCypherNames,
  printLabels,
  printPattern,
  printWhere,
} from "./print-expression.ts";
import type {
  ParsedClause,
  ParsedCypherQuery,
  ParsedProcedureCall,
  ParsedProjection,
  ParsedReadingClause,
  ParsedSetItem,
  ParsedWritingClause,
} from "./query.ts";

export function printCypherQuery({ parts, all }: ParsedCypherQuery): string {
  return parts.map(({ clauses }) => clauses.map(printClause).join(" ")).join(all ? " UNION ALL " : " UNION ");
}

function printClause(clause: ParsedClause): string {
  switch (clause.kind) {
    case "ParsedWithClause":
      return `WITH ${printProjection(clause.projection)}${printWhere(clause.where)}`;
    case "ParsedReturnClause":
      return `RETURN ${printProjection(clause.projection)}`;
    case "ParsedMatch":
    case "ParsedUnwind":
    case "ParsedProcedureCall":
    case "ParsedSubqueryCall":
      return printReading(clause);
    default:
      return printWriting(clause);
  }
}

function printReading(clause: ParsedReadingClause): string {
  switch (clause.kind) {
    case "ParsedMatch":
      return `${clause.optional ? "OPTIONAL " : ""}MATCH ${clause.patterns.map(printPattern).join(", ")}${printWhere(clause.where)}`;
    case "ParsedUnwind":
      return `UNWIND ${printCypherExpression(clause.list)} AS ${printCypherName(clause.variable)}`;
    case "ParsedProcedureCall":
      return printCall(clause);
    case "ParsedSubqueryCall":
      return `CALL { ${printCypherQuery(clause.query)} }`;
  }
}

function printCall({ names, arguments: list, yields, where }: ParsedProcedureCall): string {
  const call = `CALL ${printCypherNames(names)}${list ? `(${printCypherList(list)})` : ""}`;
  if (yields === undefined) return call;
  if (yields === "ALL") return `${call} YIELD *`;
  const items = yields.map(({ name, alias }) => printCypherName(name) + (alias ? ` AS ${printCypherName(alias)}` : ""));
  return `${call} YIELD ${items.join(", ") || "-"}${printWhere(where)}`;
}

function printProjection({ distinct, star, items, orderBy, skip, limit }: ParsedProjection): string {
  const printed = items.map(({ value, alias }) => printCypherExpression(value) + (alias ? ` AS ${printCypherName(alias)}` : ""));
  const order = orderBy.map(({ value, descending }) => printCypherExpression(value) + (descending ? " DESC" : ""));
  return [
    distinct ? "DISTINCT " : "",
    [...(star ? ["*"] : []), ...printed].join(", "),
    order.length > 0 ? ` ORDER BY ${order.join(", ")}` : "",
    printBound("SKIP", skip),
    printBound("LIMIT", limit),
  ].join("");
}

function printBound(word: string, value: CypherExpression | undefined): string {
  return value ? ` ${word} ${printCypherExpression(value)}` : "";
}

function printWriting(clause: ParsedWritingClause): string {
  switch (clause.kind) {
    case "ParsedCreatePatterns":
      return `CREATE ${clause.patterns.map(printPattern).join(", ")}`;
    case "ParsedMerge": {
      const actions = clause.actions.map(({ on, items }) => ` ON ${on} SET ${printSet(items)}`);
      return `MERGE ${printPattern(clause.pattern)}${actions.join("")}`;
    }
    case "ParsedSetClause":
      return `SET ${printSet(clause.items)}`;
    case "ParsedRemoveClause": {
      const items = clause.items.map((item) => (item.kind === "ParsedProperty" ? printCypherExpression(item) : printSetItem(item)));
      return `REMOVE ${items.join(", ")}`;
    }
    case "ParsedDeleteClause":
      return `${clause.detach ? "DETACH " : ""}DELETE ${printCypherList(clause.values)}`;
    case "ParsedForeach": {
      const clauses = clause.clauses.map(printWriting).join(" ");
      return `FOREACH (${printCypherName(clause.variable)} IN ${printCypherExpression(clause.list)} | ${clauses})`;
    }
  }
}

function printSet(items: readonly ParsedSetItem[]): string {
  return items.map(printSetItem).join(", ");
}

function printSetItem(item: ParsedSetItem): string {
  switch (item.kind) {
    case "ParsedSetProperty":
      return `${printCypherExpression(item.target)} = ${printCypherExpression(item.value)}`;
    case "ParsedSetProperties":
      return `${printCypherName(item.variable)} ${item.merge ? "+=" : "="} ${printCypherExpression(item.value)}`;
    case "ParsedLabelChange":
      return printCypherName(item.variable) + printLabels(item.labels);
  }
}
