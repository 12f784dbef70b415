/**
 * JSON text of JavaScript values and back, with whole numbers beyond 2^53 - 1 as bigints, so that no digit is lost.
 *
 * `JSON.stringify` refuses bigints and `JSON.parse` rounds them. Both do all the work as long as there are none; a text with a
 * large whole number, and a value with a bigint in it, take the slower way.
 *
 * Cost: O(length), about what `JSON` takes; the slower way five times as much.
 */
import { DatabaseError } from "../common/error.ts";

/** What documents are made of. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | { [name: string]: JsonValue };

/** What may be a whole number that no number holds exactly; in a string it only costs time. */
const LARGE_NUMBER = /(?:^|[[:,\s-])\d{16,}(?![\d.eE])/;
/** A string, with the colon behind it if it is a name; or a number. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;
const WHOLE_NUMBER = /^-?\d+$/;
/** In front of digits that become a bigint; a string that begins so gets one more. */
const MARK = "#";

/** The text of a value. Throws USAGE for what JSON has no text for: undefined, a function, a symbol, a cycle. */
export function printJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = printWithBigints(value);
  }
  if (text === undefined) throw new DatabaseError("USAGE", `a ${typeof value} cannot become JSON`);
  return text;
}

/** The value of a text that the engine has printed. */
export function parseJson(text: string): JsonValue {
  if (!LARGE_NUMBER.test(text)) return JSON.parse(text) as JsonValue;
  return JSON.parse(text.replace(TOKENS, markToken), unmark) as JsonValue;
}

/** Throws USAGE for a value without bigints, which has another reason why it cannot be printed. */
function printWithBigints(value: unknown): string | undefined {
  try {
    if (!hasBigint(value)) JSON.stringify(value);
    return printSlowly(value, "");
  } catch (cause) {
    throw new DatabaseError("USAGE", `this value cannot become JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Whether `JSON.stringify` meets a bigint; it is asked itself, since it alone knows what a value's `toJSON` answers. */
function hasBigint(value: unknown): boolean {
  let found = false;
  JSON.stringify(value, (_name, item: unknown) => {
    if (typeof item === "bigint") found = true;
    return found ? undefined : item;
  });
  return found;
}

/** As `JSON.stringify`, and bigints as their digits. Requires: `value` has no cycle. */
function printSlowly(given: unknown, name: string): string | undefined {
  const value = hasToJson(given) ? given.toJSON(name) : given;
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map((item, position) => printSlowly(item, String(position)) ?? "null").join()}]`;
  if (typeof value !== "object" || value === null || isBoxed(value)) return JSON.stringify(value);
  const fields: string[] = [];
  for (const [field, item] of Object.entries(value)) {
    const text = printSlowly(item, field);
    if (text !== undefined) fields.push(`${JSON.stringify(field)}:${text}`);
  }
  return `{${fields.join()}}`;
}

function hasToJson(value: unknown): value is { toJSON(name: string): unknown } {
  return typeof value === "object" && value !== null && "toJSON" in value && typeof value.toJSON === "function";
}

/** An object that stands for a number, a string or a boolean. */
function isBoxed(value: object): boolean {
  return value instanceof Number || value instanceof String || value instanceof Boolean;
}

function markToken(token: string, colon: string | undefined): string {
  if (!token.startsWith('"')) return WHOLE_NUMBER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${MARK}${token}"` : token;
  return colon === undefined && token.startsWith(`"${MARK}`) ? `"${MARK}${token.slice(1)}` : token;
}

function unmark(_name: string, value: unknown): unknown {
  if (typeof value !== "string" || !value.startsWith(MARK)) return value;
  return value.startsWith(MARK + MARK) ? value.slice(MARK.length) : BigInt(value.slice(MARK.length));
}
