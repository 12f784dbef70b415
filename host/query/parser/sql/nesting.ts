/**
 * SQL's tokens that nest; depth.ts counts them. PostgreSQL's limit is a stack of 2 MB (max_stack_depth), reached at some thousand
 * levels; the error is the same.
 */
import * as SqlParser from "../../../../grammar/generated/SqlParser.ts";
import { isTooDeep, nestingExcess } from "../depth.ts";
import type { TextTokens } from "../tokens.ts";
import { tooDeep } from "./syntax-error.ts";

const NESTING = {
  opening: new Set([SqlParser.LPAREN, SqlParser.LBRACK]),
  closing: new Set([SqlParser.RPAREN, SqlParser.RBRACK]),
  caseWord: SqlParser.CASE,
  endWord: SqlParser.END,
  naming: new Set([SqlParser.DOT]),
};

/** Throws if brackets and CASE nest deeper than NESTING_MAX. */
export function checkNesting(tokens: TextTokens): void {
  const excess = nestingExcess(tokens, NESTING);
  if (excess >= 0) throw tooDeep(tokens.text, excess);
}

/** Throws if the AST is deeper than AST_DEPTH_MAX nodes. */
export function checkDepth(tokens: TextTokens, statement: object): void {
  if (isTooDeep(tokens, statement)) throw tooDeep(tokens.text, 0);
}
