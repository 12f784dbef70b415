/**
 * Results of statements as RESP.
 *
 *   NULL                      null
 *   boolean                   boolean; RESP2: 1 or 0
 *   integers                  integer
 *   real, double precision    double; RESP2: bulk string
 *   bytea                     bulk string, the bytes themselves
 *   arrays                    array
 *   values of Cypher          cypher-reply.ts
 *   everything else           bulk string, as PostgreSQL prints it; a dynamic value as its kind
 */
import { sqlError } from "../common/sql-state.ts";
import type { OpenResult } from "../query/executor/open-result.ts";
import type { Output } from "../query/executor/output.ts";
import { shortReal } from "../query/executor/output.ts";
import type { ResultColumn } from "../query/executor/query-result.ts";
import { typeOfTag } from "../query/executor/tag-type.ts";
import { bytesOfString, type Tagged, type Value } from "../query/executor/value.ts";
import { formatPlainType } from "../query/type/name.ts";
import type { SqlType } from "../query/type/type.ts";
import type { ReplyWriter } from "../resp/reply-writer.ts";
import { writeCypherValue } from "./cypher-reply.ts";
import type { Answered, ReplyPieces } from "./session.ts";

/** Bytes of a piece of a reply, about. */
const PIECE_BYTES = 65536;
/** Rows that are decoded at once. */
const PIECE_ROWS = 256;

type WriteRow = (row: readonly Value[]) => void;

/** The reply of SQL.QUERY. */
export function queryReply(result: OpenResult<readonly Value[]>, output: Output): ReplyPieces {
  const { columns, affected, count } = result;
  return rowPieces(
    result,
    (reply) => {
      reply.map(affected === undefined ? 3 : 4);
      reply.bulk("columns");
      reply.array(columns.length);
      for (const { name } of columns) reply.bulk(name);
      reply.bulk("types");
      reply.array(columns.length);
      for (const { type } of columns) reply.bulk(formatPlainType(type));
      reply.bulk("rows");
      reply.array(count);
    },
    (reply) => rowWriter(columns, output, reply),
    (reply) => {
      if (affected === undefined) return;
      reply.bulk("affected");
      reply.integer(affected);
    },
  );
}

/** The reply of CYPHER.QUERY: what a statement has changed stands behind its rows. */
export function cypherQueryReply(result: OpenResult<readonly Value[]>, output: Output): ReplyPieces {
  const { columns, count, stats } = result;
  return rowPieces(
    result,
    (reply) => {
      reply.map(stats === undefined ? 2 : 3);
      reply.bulk("columns");
      reply.array(columns.length);
      for (const { name } of columns) reply.bulk(name);
      reply.bulk("rows");
      reply.array(count);
    },
    (reply) => rowWriter(columns, output, reply),
    (reply) => {
      if (stats === undefined) return;
      const counters = Object.entries(stats);
      reply.bulk("stats");
      reply.map(counters.length);
      for (const [name, counted] of counters) {
        reply.bulk(name);
        reply.integer(counted);
      }
    },
  );
}

/** The reply of SQL and CYPHER: rows as JSON objects, else the number of rows written, else OK. */
export function jsonReply(result: OpenResult<readonly Value[]>, output: Output): ReplyPieces {
  const { kind, columns, affected, count } = result;
  const hasRows = columns.length > 0 || kind === "query";
  return rowPieces(
    result,
    (reply) => {
      if (hasRows) reply.array(count);
      else if (affected === undefined) reply.ok();
      else reply.integer(affected);
    },
    (reply) => (row) => reply.bulk(rowJson(columns, row, output)),
    () => {},
  );
}

/** Writes rows as arrays. */
function rowWriter(columns: readonly ResultColumn[], output: Output, reply: ReplyWriter): WriteRow {
  return (row) => {
    reply.array(columns.length);
    for (let index = 0; index < columns.length; index++) {
      writeValue(row[index] ?? null, (columns[index] as ResultColumn).type, output, reply);
    }
  };
}

/** A reply of head, rows and end. */
function rowPieces(
  result: OpenResult<readonly Value[]>,
  head: (reply: ReplyWriter) => void,
  writerOf: (reply: ReplyWriter) => WriteRow,
  end: (reply: ReplyWriter) => void,
): ReplyPieces {
  let left = result.count;
  let isBegun = false;
  return {
    next: (reply) => {
      const start = reply.length;
      if (!isBegun) head(reply);
      isBegun = true;
      const write = writerOf(reply);
      while (left > 0 && reply.length - start < PIECE_BYTES) {
        const rows = result.take(PIECE_ROWS);
        if (rows.length === 0) throw sqlError("XX000", "a result has lost rows");
        for (const row of rows) write(row);
        left -= rows.length;
      }
      if (left === 0) end(reply);
      return left > 0;
    },
    close: () => result.close(),
  };
}

/** Writes a reply that is one piece at once; what a longer one has more is the caller's. */
export function firstPiece(pieces: ReplyPieces, reply: ReplyWriter): Answered {
  let more = false;
  try {
    more = pieces.next(reply);
  } finally {
    if (!more) pieces.close();
  }
  return more ? pieces : undefined;
}

/** A row as a JSON object in select order; of equal names the last one's value counts. */
function rowJson(columns: readonly ResultColumn[], row: readonly Value[], output: Output): string {
  const members = new Map<string, string>();
  for (const [index, { name, type }] of columns.entries()) members.set(name, output.json(row[index] ?? null, type));
  return `{${[...members].map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(",")}}`;
}

function writeValue(value: Value, type: SqlType, output: Output, reply: ReplyWriter): void {
  if (value === null) {
    reply.null();
    return;
  }
  switch (type.name) {
    case "any": {
      const { tag, value: plain } = value as Tagged;
      writeValue(plain, typeOfTag(tag), output, reply);
      break;
    }
    case "value":
      writeCypherValue(value as Tagged, output, reply, writeValue);
      break;
    case "boolean":
      reply.boolean(value as boolean);
      break;
    case "smallint":
    case "integer":
    case "bigint":
      reply.integer(value as bigint);
      break;
    case "real":
      reply.double(shortReal(value as number));
      break;
    case "double precision":
      reply.double(value as number);
      break;
    case "text":
    case "character varying":
    case "character":
    case "bytea":
      reply.bulk(bytesOfString(value as string));
      break;
    case "array":
      writeElements(output.elements(value as string), reply);
      break;
    default:
      reply.bulk(output.text(value, type));
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
