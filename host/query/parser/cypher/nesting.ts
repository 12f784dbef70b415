/**
 * Cypher's tokens that nest; depth.ts counts them.
 */
import * as CypherParser from "../../../../grammar/generated/CypherParser.ts";
import { isTooDeep, nestingExcess } from "../depth.ts";
import type { TextTokens } from "../tokens.ts";
import { tooDeep } from "./syntax-error.ts";

const NESTING = {
  opening: new Set([CypherParser.LPAREN, CypherParser.PATTERN_START, CypherParser.LBRACK, CypherParser.LBRACE]),
  closing: new Set([CypherParser.RPAREN, CypherParser.PATTERN_LINK, CypherParser.RBRACK, CypherParser.RBRACE]),
  caseWord: CypherParser.CASE,
  endWord: CypherParser.END,
  naming: new Set([CypherParser.DOT, CypherParser.COLON]),
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
