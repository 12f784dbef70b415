/**
 * Errors of Cypher statements: openCypher's class and detail stand in brackets at the end of the message, `[TypeError: InvalidArgumentType]`,
 * as its Technology Compatibility Kit names them. Errors with a position put ` at line L:C` in front of it.
 */
import { DatabaseError, type ErrorCode } from "./error.ts";

/** Classes of the Technology Compatibility Kit. */
export type CypherErrorClass =
  | "SyntaxError"
  | "SemanticError"
  | "TypeError"
  | "ArgumentError"
  | "ArithmeticError"
  | "EntityNotFound"
  | "PropertyNotFound"
  | "LabelNotFound"
  | "ParameterMissing"
  | "ProcedureError"
  | "ConstraintValidationFailed"
  | "ConstraintVerificationFailed";

/** Codes, and so the first words on the wire. */
const CODES: Readonly<Record<CypherErrorClass, ErrorCode>> = {
  SyntaxError: "CYPHER_SYNTAX",
  SemanticError: "SQL_ERROR",
  TypeError: "SQL_VALUE",
  ArgumentError: "SQL_VALUE",
  ArithmeticError: "SQL_VALUE",
  EntityNotFound: "SQL_ERROR",
  PropertyNotFound: "SQL_ERROR",
  LabelNotFound: "SQL_ERROR",
  ParameterMissing: "SQL_ERROR",
  ProcedureError: "SQL_ERROR",
  ConstraintValidationFailed: "SQL_CONSTRAINT",
  ConstraintVerificationFailed: "SQL_CONSTRAINT",
};

/** An error of a class, with openCypher's word for the detail. */
export function cypherError(kind: CypherErrorClass, detail: string, message: string): DatabaseError {
  return new DatabaseError(CODES[kind], `${message} [${kind}: ${detail}]`);
}
