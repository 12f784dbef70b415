/**
 * Cypher text to AST: the door of this folder.
 *
 * The way: lexer.ts makes tokens, nesting.ts refuses what is too deep for recursion, ANTLR's parser makes a tree by the grammar, and
 * transform/ makes the AST of it.
 *
 * 1. One statement; semicolons behind it are fine. Positions in the AST are offsets in `text`.
 * 2. Whatever the text, the only thing thrown is a DatabaseError whose message ends in its position and openCypher's class and detail.
 *
 * Cost: O(tokens) but for errors. A statement that is in the plan cache does not come here (fingerprint.ts).
 */
import type { ParserRuleContext } from "antlr4ng";
import * as CypherParser from "../../../../grammar/generated/CypherParser.ts";
import { grammar, type RootContext } from "../../../../grammar/generated/CypherParser.ts";
import type { DatabaseError } from "../../../common/error.ts";
import type { ParsedCypherStatement } from "../../ast/cypher/statement.ts";
import type { AtnParser } from "../atn-parser.ts";
import { firstErrorParser, StatementParser } from "../statement-parser.ts";
import { type TextToken, TextTokenStream, type TextTokens } from "../tokens.ts";
import { tokenize } from "./lexer.ts";
import { checkDepth, checkNesting } from "./nesting.ts";
import { checkPatternUse } from "./pattern-use.ts";
import { notSupported, tooDeep } from "./syntax-error.ts";
import { errorAt, unexpectedToken } from "./transform/names.ts";
import { buildStatement } from "./transform/statement.ts";
import { unsupportedAt } from "./unsupported.ts";

/** The AST of one statement, without lifted literals. */
export function parseCypher(text: string): ParsedCypherStatement {
  return parseTokens(tokenize(text), undefined);
}

/** The AST of tokens whose literals may be lifted: `slots` as fingerprint.ts makes them. */
export function parseTokens(tokens: TextTokens, slots: readonly number[] | undefined): ParsedCypherStatement {
  checkNesting(tokens);
  try {
    const tree = parseTree(new TextTokenStream(tokens, slots));
    const statement = buildStatement(tree.statement());
    checkDepth(tokens, statement);
    if (tokens.types.includes(CypherParser.PATTERN_START)) checkPatternUse(tokens.text, statement);
    return statement;
  } catch (error) {
    // The limits fit the usual stack with room to spare; a caller may have used up most of it, or have a small one.
    if (error instanceof RangeError) throw tooDeep(tokens.text, 0);
    throw error;
  }
}

const parser = new StatementParser(cypherParser);

/** A parser of Cypher that throws the first syntax error. */
export function cypherParser(stream: TextTokenStream): AtnParser {
  return firstErrorParser(grammar, stream, syntaxError);
}

/** ANTLR's tree of a statement. Throws the first syntax error. */
export function parseTree(stream: TextTokenStream): RootContext {
  return parser.parse(stream) as RootContext;
}

const EXPRESSION = grammar.ruleNames.indexOf("expr");
const RELATIONSHIP_DETAIL = grammar.ruleNames.indexOf("relationshipDetail");
const FOREIGN: ReadonlySet<number> = new Set([CypherParser.DASH, CypherParser.LEFT_HEAD, CypherParser.RIGHT_HEAD]);

/** openCypher has a word for what cannot stand in the brackets of a relationship, and for dashes that are none outside of patterns. */
function syntaxError(token: TextToken, context: ParserRuleContext | null): DatabaseError {
  if (FOREIGN.has(token.type)) return errorAt("InvalidUnicodeCharacter", `invalid character "${token.text}"`, token);
  const known = unsupportedAt(token, rulesAround(context));
  if (known !== undefined) return notSupported(token.statement, token.start, ...known);
  for (let rule = context; rule; rule = rule.parent) {
    if (rule.ruleIndex === EXPRESSION) break;
    if (rule.ruleIndex !== RELATIONSHIP_DETAIL) continue;
    return errorAt("InvalidRelationshipPattern", `unexpected "${token.text}" in a relationship`, token);
  }
  return unexpectedToken(token);
}

/** Names of the rules that stand around a token, as far as an expression. */
function rulesAround(context: ParserRuleContext | null): ReadonlySet<string> {
  const names = new Set<string>();
  for (let rule = context; rule; rule = rule.parent) {
    names.add(grammar.ruleNames[rule.ruleIndex] ?? "");
    if (rule.ruleIndex === EXPRESSION) break;
  }
  return names;
}
