/**
 * `DatabaseError`, the one error class of the host, and the way from its code to what a client reads.
 *
 * Codes are the names of the rows of error-table.ts and stay stable: programs match on `code`, never on the message. The
 * message of a reply error defaults to the table's text; `errorText` fills in its `%s`.
 */
import { hostErrors, replyErrors } from "./error-table.ts";

/** Name of a reply error: its text stands in the table. */
export type ReplyErrorCode = (typeof replyErrors)[number]["name"];
/** Name of any error. */
export type ErrorCode = ReplyErrorCode | (typeof hostErrors)[number]["name"];

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

export class DatabaseError extends Error {
  readonly code: ErrorCode;

  /** `message` has no prefix; it defaults to the table's text (without insertions) or to the code. */
  constructor(code: ErrorCode, message?: string, options?: { readonly cause?: unknown }) {
    super(message ?? texts.get(code) ?? code, options);
    this.name = "DatabaseError";
    this.code = code;
  }
}

/** A reply error whose `%s` are replaced by `insertions`. */
export function replyError(code: ReplyErrorCode, ...insertions: readonly string[]): DatabaseError {
  return new DatabaseError(code, errorText(code, ...insertions));
}
