/**
 * `DatabaseError`, the one error class of the host.
 *
 * Codes are the names of the rows of error-table.ts and stay stable: programs match on `code`, never on the message. Those whose
 * text stands in the table are made by reply-error.ts.
 */
import type { hostErrors, replyErrors } from "./error-table.ts";

/** Name of a reply error: its text stands in the table. */
export type ReplyErrorCode = (typeof replyErrors)[number]["name"];
/** Name of any error. */
export type ErrorCode = ReplyErrorCode | (typeof hostErrors)[number]["name"];

export class DatabaseError extends Error {
  readonly code: ErrorCode;

  /** `message` has no prefix. */
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "DatabaseError";
    this.code = code;
  }
}
