/**
 * Errors of the SQL parser, worded as PostgreSQL words them.
 *
 * A message ends in ` at line L:C [SQLSTATE]`.
 */
import { DatabaseError } from "../../../common/error.ts";
import { lineAndColumn } from "../position.ts";

/** The end of a message: where in the text, and the SQLSTATE. */
function suffix(text: string, offset: number, state: string): string {
  const { line, column } = lineAndColumn(text, offset);
  return ` at line ${line}:${column} [${state}]`;
}

/** `MESSAGE at or near "WORD"` (42601); the word is the text from `offset` to `end`. */
export function errorNear(message: string, text: string, offset: number, end: number): DatabaseError {
  const near = offset >= text.length ? "at end of input" : `at or near "${text.slice(offset, end)}"`;
  return new DatabaseError("SQL_SYNTAX", `${message} ${near}${suffix(text, offset, "42601")}`);
}

/** A mistake that PostgreSQL names without the word (42601). */
export function errorAt(message: string, text: string, offset: number): DatabaseError {
  return new DatabaseError("SQL_SYNTAX", `${message}${suffix(text, offset, "42601")}`);
}

/** A frame whose ends are the wrong way round (42P20). */
export function frameError(message: string, text: string, offset: number): DatabaseError {
  return new DatabaseError("SQL_ERROR", `${message}${suffix(text, offset, "42P20")}`);
}

/** A literal whose value cannot be: the SQLSTATE tells which kind. */
export function valueError(message: string, text: string, offset: number, state: "22021" | "22025" | "22P02"): DatabaseError {
  return new DatabaseError("SQL_VALUE", `${message}${suffix(text, offset, state)}`);
}

/** $0, or a number that is too large. */
export function parameterError(number: number, text: string, offset: number): DatabaseError {
  return new DatabaseError("SQL_ERROR", `there is no parameter $${number}${suffix(text, offset, "42P02")}`);
}

/** SQL that PostgreSQL knows and this dialect does not. */
export function notSupported(construct: string, text: string, offset: number): DatabaseError {
  return new DatabaseError("SQL_NOT_SUPPORTED", `${construct} is not supported${suffix(text, offset, "0A000")}`);
}

/** Nesting that the parser refuses to follow. */
export function tooDeep(text: string, offset: number): DatabaseError {
  return new DatabaseError("SQL_STACK_DEPTH", `stack depth limit exceeded${suffix(text, offset, "54001")}`);
}
