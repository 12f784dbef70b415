/**
 * What Neo4j's Cypher has and this one has not: a mistake at a token that begins such a thing names it.
 *
 * Cost: none but for statements that are refused.
 */
import * as CypherParser from "../../../../grammar/generated/CypherParser.ts";
import type { TextToken } from "../tokens.ts";

/** Clauses by their first word. */
const CLAUSES: ReadonlySet<string> = new Set(["FILTER", "FINISH", "INSERT", "LET", "NEXT"]);
const HINTED: ReadonlySet<string> = new Set(["INDEX", "JOIN", "POINT", "RANGE", "SCAN", "TEXT"]);
const QUANTIFIERS: ReadonlySet<number> = new Set([CypherParser.LBRACE, CypherParser.PLUS, CypherParser.STAR]);
const PATTERN_ENDS: ReadonlySet<number> = new Set([
  CypherParser.RPAREN,
  CypherParser.GT,
  CypherParser.MINUS,
  CypherParser.DASH,
  CypherParser.RIGHT_HEAD,
]);

/** What an unexpected token begins, and what to write for it; undefined: nothing that is known. `inside`: names of the grammar's rules around it. */
export function unsupportedAt(token: TextToken, inside: ReadonlySet<string>): readonly [what: string, use?: string] | undefined {
  const word = wordOf(token);
  const next = wordOf(token.next);
  const before = wordOf(token.before);
  if (word === "LOAD" && next === "CSV") return ["LOAD CSV", "UNWIND of a parameter"];
  if (word === "USING" && next === "PERIODIC") return ["USING PERIODIC COMMIT"];
  if (word === "USING" && HINTED.has(next)) return [`the hint USING ${next}`];
  if (word === "IN" && token.before.type === CypherParser.RBRACE) return ["CALL { } IN TRANSACTIONS"];
  if (word === "ON" && before === "INDEX") return ["CREATE INDEX ON :Label(property)", "CREATE INDEX FOR (n:Label) ON (n.property)"];
  if (word === "ON" && inside.has("constraintDefinition")) return ["CREATE CONSTRAINT ON ... ASSERT", "FOR ... REQUIRE"];
  if (word === "EACH" && inside.has("indexDefinition")) return ["a FULLTEXT index"];
  if (token.type === CypherParser.COLON && before === "IS") return ["a type predicate (IS ::)", "valueType()"];
  if (token.type === CypherParser.PIPE && token.next.type === CypherParser.PIPE) return ["the operator ||", "+"];
  if (token.type === CypherParser.PIPE && token.before.before.type === CypherParser.COLON) {
    return ['a label expression with "|"', "WHERE n:A OR n:B"];
  }
  if (word === "IS" && inside.has("patternElement")) return ["a label expression with IS", ":"];
  if (inside.has("expr")) return undefined;
  if (QUANTIFIERS.has(token.type) && PATTERN_ENDS.has(token.before.type)) return ["a quantified path pattern", "-[*1..2]->"];
  return CLAUSES.has(word) && token.type === CypherParser.IDENT ? [word] : undefined;
}

function wordOf({ text }: TextToken): string {
  return text.toUpperCase();
}
