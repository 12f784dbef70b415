/**
 * From SQLSTATE to `DatabaseError`: which code an SQL error has, and so its first word on the wire.
 *
 * The message ends in the state in brackets, `... [22012]`, so that programs need not parse prose; `sqlStateOf` reads it
 * back. Errors with a position in the statement put ` at line L:C` in front of it.
 */
import { DatabaseError, type ErrorCode } from "./error.ts";

/** Codes of single states; those of whole classes stand below. */
const STATES: ReadonlyMap<string, ErrorCode> = new Map([
  ["42601", "SQL_SYNTAX"],
  ["40001", "SQL_ABORT"],
  ["42804", "SQL_VALUE"],
  ["0A000", "SQL_NOT_SUPPORTED"],
  ["53200", "SQL_OUT_OF_MEMORY"],
  ["54001", "SQL_STACK_DEPTH"],
  ["57014", "SQL_CANCELED"],
]);

/** Codes by the first two characters of a state. */
const CLASSES: ReadonlyMap<string, ErrorCode> = new Map([
  ["22", "SQL_VALUE"],
  ["23", "SQL_CONSTRAINT"],
]);

/** The code of errors with a SQLSTATE. */
export function sqlErrorCode(state: string): ErrorCode {
  return STATES.get(state) ?? CLASSES.get(state.slice(0, 2)) ?? "SQL_ERROR";
}

/** An error with PostgreSQL's message and SQLSTATE. */
export function sqlError(state: string, message: string): DatabaseError {
  return new DatabaseError(sqlErrorCode(state), `${message} [${state}]`);
}

/** The SQLSTATE at the end of a message, or undefined. */
export function sqlStateOf(error: DatabaseError): string | undefined {
  return /\[([0-9A-Z]{5})\]$/.exec(error.message)?.[1];
}
