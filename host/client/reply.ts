/**
 * From decoded replies to JavaScript values, and from an error line to a `DatabaseError`.
 *
 *   simple, bulk, verbatim   string, or Uint8Array when bytes were asked for (simple strings stay strings)
 *   integer                  number; bigint beyond 2^53 - 1, so that no digit is lost
 *   big number               bigint
 *   double, boolean, null    number, boolean, null
 *   array, push              array
 *   set, map, attribute      Set, Map (keys as values above)
 *   error                    DatabaseError as a value; who called decides whether it is thrown
 */

import { DatabaseError, type ErrorCode } from "../common/error.ts";
import { replyErrors } from "../common/error-table.ts";
import type { Reply } from "../resp/decoder.ts";

/** What `execute` answers: see the table at the top of reply.ts. */
export type ReplyValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | DatabaseError
  | readonly ReplyValue[]
  | ReadonlySet<ReplyValue>
  | ReadonlyMap<ReplyValue, ReplyValue>;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The error of a line such as `WRONGTYPE Operation against ...`. Its code is the row of the error table that fits best. */
export function errorOfLine(line: string): DatabaseError {
  const space = line.indexOf(" ");
  const prefix = space < 0 ? line : line.slice(0, space);
  const text = space < 0 ? "" : line.slice(space + 1);
  return new DatabaseError(codeOf(prefix, text), text);
}

function codeOf(prefix: string, text: string): ErrorCode {
  const candidates = replyErrors.filter((row) => row.prefix === prefix);
  const row = candidates.find(({ text: known }) => fits(known, text)) ?? (prefix === "ERR" ? undefined : candidates[0]);
  return row?.name ?? "REPLY";
}

/** Whether `text` is the table's text with anything in place of each `%s`; what follows UNKNOWN_COMMAND's text does not matter. */
function fits(known: string, text: string): boolean {
  const parts = known.split("%s");
  let position = 0;
  for (const [index, part] of parts.entries()) {
    const found = text.indexOf(part, position);
    if (found < 0 || (index === 0 && found !== 0)) return false;
    position = found + part.length;
  }
  return position === text.length || known.endsWith(" ") || known.endsWith("%s");
}

/** The JavaScript value of a reply; `bytes` keeps bulk strings as Uint8Array. */
export function replyValue(reply: Reply, bytes: boolean): ReplyValue {
  switch (reply.kind) {
    case "simple":
      return reply.text;
    case "error":
      return errorOfLine(reply.text);
    case "integer": {
      const value = Number(reply.value);
      return Number.isSafeInteger(value) ? value : reply.value;
    }
    case "bulk":
    case "verbatim":
      return bytes ? reply.bytes : decoder.decode(reply.bytes);
    case "null":
      return null;
    case "boolean":
    case "double":
    case "big-number":
      return reply.value;
    case "set":
      return new Set(reply.items.map((item) => replyValue(item, bytes)));
    case "array":
    case "push":
      return reply.items.map((item) => replyValue(item, bytes));
    case "map":
    case "attribute":
      return new Map(reply.entries.map(([key, value]) => [replyValue(key, bytes), replyValue(value, bytes)]));
  }
}
