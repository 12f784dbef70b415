/**
 * From parse tree to AST: names, and the refusal of what the flat grammar lets through.
 */
import type { ParserRuleContext, TerminalNode } from "antlr4ng";
import * as CypherParser from "../../../../../grammar/generated/CypherParser.ts";
import type { DatabaseError } from "../../../../common/error.ts";
import type { ParsedName } from "../../../ast/name.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, tokenOf } from "../../tree.ts";
import { cypherError, type SyntaxDetail, unexpected } from "../syntax-error.ts";

/** The token cannot stand where it does. */
export function unexpectedToken(token: TextToken): DatabaseError {
  return unexpected(token.statement, token.start, token.stop + 1);
}

export function unexpectedNode(node: TerminalNode): DatabaseError {
  return unexpectedToken(tokenOf(node));
}

/** A mistake of which openCypher says more. */
export function errorAt(detail: SyntaxDetail, message: string, token: TextToken): DatabaseError {
  return cypherError(detail, message, token.statement, token.start);
}

/** Of the rules that are one word, quoted or not. */
export function nameOf(context: ParserRuleContext): ParsedName {
  const token = firstToken(context);
  const quoted = token.type === CypherParser.QUOTED_IDENT;
  return { kind: "ParsedName", position: token.start, text: quoted ? token.value : token.text, folded: token.value, quoted };
}

export function optionalName(context: ParserRuleContext | null | undefined): ParsedName | undefined {
  return context ? nameOf(context) : undefined;
}
