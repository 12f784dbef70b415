/**
 * Results of SQL statements as RESP.
 *
 *   NULL                      null
 *   boolean                   boolean; RESP2: 1 or 0
 *   integers                  integer
 *   real, double precision    double; RESP2: bulk string
 *   bytea                     bulk string, the bytes themselves
 *   arrays                    array
 *   everything else           bulk string, as PostgreSQL prints it; a dynamic value as its kind
 */

import type { Output } from "../query/executor/output.ts";
import { shortReal, typeOfTag } from "../query/executor/output.ts";
import type { QueryResult, ResultColumn } from "../query/executor/query-engine.ts";
import { bytesOfString, type Tagged, type Value } from "../query/executor/value.ts";
import { formatPlainType } from "../query/type/name.ts";
import type { SqlType } from "../query/type/type.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";

/** The reply of SQL.QUERY. */
export function writeQueryResult({ columns, rows, affected }: QueryResult, output: Output, reply: ReplyWriter): void {
  reply.map(affected === undefined ? 3 : 4);
  reply.bulk("columns");
  reply.array(columns.length);
  for (const { name } of columns) reply.bulk(name);
  reply.bulk("types");
  reply.array(columns.length);
  for (const { type } of columns) reply.bulk(formatPlainType(type));
  reply.bulk("rows");
  reply.array(rows.length);
  for (const row of rows) {
    reply.array(columns.length);
    for (const [index, { type }] of columns.entries()) writeValue(row[index] ?? null, type, output, reply);
  }
  if (affected === undefined) return;
  reply.bulk("affected");
  reply.integer(affected);
}

/** The reply of SQL: rows as JSON objects, else the number of rows written, else OK. */
export function writeRowsAsJson({ kind, columns, rows, affected }: QueryResult, output: Output, reply: ReplyWriter): void {
  if (columns.length > 0 || kind === "query") {
    reply.array(rows.length);
    for (const row of rows) reply.bulk(rowJson(columns, row, output));
  } else if (affected === undefined) reply.ok();
  else reply.integer(affected);
}

/** A row as a JSON object in select order; of equal names the last one's value counts. */
function rowJson(columns: readonly ResultColumn[], row: readonly Value[], output: Output): string {
  const members = new Map<string, string>();
  for (const [index, { name, type }] of columns.entries()) members.set(name, output.json(row[index] ?? null, type));
  return `{${[...members].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(",")}}`;
}

function writeValue(value: Value, type: SqlType, output: Output, reply: ReplyWriter): void {
  if (value === null) return reply.null();
  switch (type.name) {
    case "any": {
      const { tag, value: plain } = value as Tagged;
      return writeValue(plain, typeOfTag(tag), output, reply);
    }
    case "boolean":
      return reply.boolean(value as boolean);
    case "smallint":
    case "integer":
    case "bigint":
      return reply.integer(value as bigint);
    case "real":
      return reply.double(shortReal(value as number));
    case "double precision":
      return reply.double(value as number);
    case "text":
    case "character varying":
    case "character":
    case "bytea":
      return reply.bulk(bytesOfString(value as string));
    case "array":
      return writeElements(output.elements(value as string), reply);
    default:
      return reply.bulk(output.text(value, type));
  }
}

/** Elements of an array, as JSON holds them. */
function writeElements(elements: readonly unknown[], reply: ReplyWriter): void {
  reply.array(elements.length);
  for (const element of elements) {
    if (element === null) reply.null();
    else if (Array.isArray(element)) writeElements(element, reply);
    else if (typeof element === "boolean") reply.boolean(element);
    else if (Number.isSafeInteger(element)) reply.integer(element as number);
    else if (typeof element === "number") reply.double(element);
    else reply.bulk(typeof element === "string" ? element : JSON.stringify(element));
  }
}
