/**
 * Errors whose text stands in error-table.ts, and the way from an error's code to what a client reads.
 *
 * Apart from error.ts, so that a page does without the table: what it throws or is told has its text.
 */
import { DatabaseError, type ErrorCode, type ReplyErrorCode } from "./error.ts";
import { hostErrors, replyErrors } from "./error-table.ts";

const texts: ReadonlyMap<string, string> = new Map(replyErrors.map((row) => [row.name, row.text]));
const prefixes: ReadonlyMap<string, string> = new Map([...replyErrors, ...hostErrors].map((row) => [row.name, row.prefix]));

/** Text of a reply error; each `%s` is replaced by the next of `insertions`. */
export function errorText(code: ReplyErrorCode, ...insertions: readonly string[]): string {
  let next = 0;
  return (texts.get(code) ?? code).replace(/%s/g, () => insertions[next++] ?? "");
}

/** First word of the error on the wire, such as ERR or WRONGTYPE. */
export function errorPrefix(code: ErrorCode): string {
  return prefixes.get(code) ?? "ERR";
}

/** A reply error whose `%s` are replaced by `insertions`. */
export function replyError(code: ReplyErrorCode, ...insertions: readonly string[]): DatabaseError {
  return new DatabaseError(code, errorText(code, ...insertions));
}
