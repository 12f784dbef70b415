/**
 * Errors of the Cypher parser: openCypher's class and detail stand in brackets behind the position, ` at line L:C [SyntaxError: Detail]`,
 * as the openCypher Technology Compatibility Kit names them.
 */
import { cypherError as errorOfClass } from "../../../common/cypher-error.ts";
import type { DatabaseError } from "../../../common/error.ts";
import { lineAndColumn } from "../position.ts";

/** What the parser can know without names and types. */
export type SyntaxDetail =
  | "CreatingVarLength"
  | "FloatingPointOverflow"
  | "IntegerOverflow"
  | "InvalidClauseComposition"
  | "InvalidDelete"
  | "InvalidNumberLiteral"
  | "InvalidParameterUse"
  | "InvalidRelationshipPattern"
  | "InvalidUnicodeCharacter"
  | "InvalidUnicodeLiteral"
  | "NestingTooDeep"
  | "NoSingleRelationshipType"
  | "NotSupported"
  | "RequiresDirectedRelationship"
  | "UnexpectedSyntax";

export function cypherError(detail: SyntaxDetail, message: string, text: string, offset: number): DatabaseError {
  const { line, column } = lineAndColumn(text, offset);
  return errorOfClass("SyntaxError", detail, `${message} at line ${line}:${column}`);
}

/** `unexpected "WORD"`: the text from `offset` to `end` cannot stand where it does. */
export function unexpected(text: string, offset: number, end: number): DatabaseError {
  const near = offset >= text.length ? "end of input" : `"${text.slice(offset, end)}"`;
  return cypherError("UnexpectedSyntax", `unexpected ${near}`, text, offset);
}

/** Nesting that the parser refuses to follow. */
export function tooDeep(text: string, offset: number): DatabaseError {
  return cypherError("NestingTooDeep", "the statement nests too deep", text, offset);
}
