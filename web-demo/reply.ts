/**
 * Replies as redis-cli prints them, from JavaScript values, with a tone that the page colours.
 *
 * A page must stay quick with KEYS on a million keys, so long aggregates and long strings are cut, and the text says so:
 * at most ITEMS_SHOWN elements of each aggregate and BYTES_SHOWN bytes of each string.
 */
import { formatReadable } from "../host/cli/format.ts";
import { formatSqlTable } from "../host/cli/sql-table.ts";
import { DatabaseError } from "../host/common/error.ts";
import { errorPrefix } from "../host/common/reply-error.ts";
import type { Reply } from "../host/resp/decoder.ts";
import type { ReplyValue } from "./database.ts";
import { formatCount } from "./quantity.ts";

export const ITEMS_SHOWN = 1000;
export const BYTES_SHOWN = 16 * 1024;

export type Tone = "status" | "text" | "number" | "nil" | "list" | "error" | "note";

export interface Printed {
  readonly text: string;
  readonly tone: Tone;
}

/** A reply as text. */
export function printReply(value: ReplyValue): Printed {
  const cuts: string[] = [];
  const reply = toReply(value, cuts);
  return { text: [formatReadable(reply), ...cuts].join("\n"), tone: toneOf(reply) };
}

/** Characters in a line of a table, beyond which records are printed field by field. */
const TABLE_WIDTH = 120;

/** The result of a statement as a table. */
export function printTable(value: ReplyValue): Printed {
  const cuts: string[] = [];
  const table = formatSqlTable(toReply(value, cuts), TABLE_WIDTH);
  return table === undefined ? printReply(value) : { text: [table, ...cuts].join("\n"), tone: "status" };
}

/** A reply that is a text of lines, as it is. */
export function printText(value: ReplyValue): Printed {
  if (value instanceof Uint8Array) return printText(new TextDecoder().decode(value));
  return typeof value === "string" ? { text: value.trimEnd(), tone: "status" } : printReply(value);
}

/** What failed, as redis-cli prints errors: `(error) ERR ...`. */
export function printError(error: unknown): Printed {
  return { text: `(error) ${errorLine(error)}`, tone: "error" };
}

/** Prefix and message of an error. */
export function errorLine(error: unknown): string {
  if (error instanceof DatabaseError) return `${errorPrefix(error.code)} ${error.message}`;
  return error instanceof Error ? `ERR ${error.message}` : `ERR ${String(error)}`;
}

function toReply(value: ReplyValue, cuts: string[]): Reply {
  if (value === null) return { kind: "null" };
  if (typeof value === "string") return { kind: "simple", text: value };
  if (typeof value === "boolean") return { kind: "boolean", value };
  if (typeof value === "bigint") return { kind: "integer", value };
  if (typeof value === "number") return numberReply(value);
  if (value instanceof Uint8Array) return { kind: "bulk", bytes: cutBytes(value, cuts) };
  if (value instanceof Error) return { kind: "error", text: errorLine(value) };
  if (isMap(value)) {
    const entries = cutItems([...value], cuts).map(([key, item]) => [toReply(key, cuts), toReply(item, cuts)] as const);
    return { kind: "map", entries };
  }
  const kind = Array.isArray(value) ? "array" : "set";
  return { kind, items: cutItems([...value], cuts).map((item) => toReply(item, cuts)) };
}

function isMap(value: object): value is ReadonlyMap<ReplyValue, ReplyValue> {
  return value instanceof Map;
}

function numberReply(value: number): Reply {
  if (Number.isSafeInteger(value)) return { kind: "integer", value: BigInt(value) };
  const text = Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  return { kind: "double", value, text };
}

function cutItems<T>(items: T[], cuts: string[]): T[] {
  if (items.length <= ITEMS_SHOWN) return items;
  cuts.push(`... and ${formatCount(items.length - ITEMS_SHOWN)} more`);
  return items.slice(0, ITEMS_SHOWN);
}

/** Cuts before the first byte of a character, so that text stays text. */
function cutBytes(bytes: Uint8Array, cuts: string[]): Uint8Array {
  if (bytes.length <= BYTES_SHOWN) return bytes;
  let end = BYTES_SHOWN;
  while (end > BYTES_SHOWN - 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  cuts.push(`... and ${formatCount(bytes.length - end)} bytes more`);
  return bytes.subarray(0, end);
}

function toneOf(reply: Reply): Tone {
  switch (reply.kind) {
    case "simple":
    case "verbatim":
      return "status";
    case "bulk":
      return "text";
    case "integer":
    case "big-number":
    case "double":
    case "boolean":
      return "number";
    case "null":
      return "nil";
    case "error":
      return "error";
    default:
      return "list";
  }
}
