/**
 * From parse tree to AST: MATCH, UNWIND, CALL.
 */
import type {
  CallClauseContext,
  MatchClauseContext,
  UnwindClauseContext,
  YieldPartContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import type { ParsedMatch, ParsedProcedureCall, ParsedReadingClause, ParsedUnwind, ParsedYield } from "../../../ast/cypher/query.ts";
import { positionOf } from "../../tree.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { nameOf, optionalName } from "./names.ts";
import { buildPatterns } from "./pattern.ts";
import { buildQuery } from "./query.ts";

export function buildMatch(context: MatchClauseContext): ParsedMatch {
  return {
    kind: "ParsedMatch",
    position: positionOf(context),
    optional: context.OPTIONAL() !== null,
    patterns: buildPatterns(context.patternList(), "MATCH"),
    where: buildOptional(context.expr()),
  };
}

export function buildUnwind(context: UnwindClauseContext): ParsedUnwind {
  const list = buildExpression(context.expr());
  return { kind: "ParsedUnwind", position: positionOf(context), list, variable: nameOf(context.name()) };
}

export function buildCallClause(context: CallClauseContext): ParsedReadingClause {
  const position = positionOf(context);
  const query = context.query();
  if (query) return { kind: "ParsedSubqueryCall", position, query: buildQuery(query) };
  const list = context.exprList();
  const yields = context.yieldPart();
  return {
    kind: "ParsedProcedureCall",
    position,
    names: context.procedureName()!.word().map(nameOf),
    arguments: context.LPAREN() ? (list ? list.expr().map(buildExpression) : []) : undefined,
    yields: yields ? buildYields(yields) : undefined,
    where: buildOptional(yields?.expr()),
  } satisfies ParsedProcedureCall;
}

function buildYields(context: YieldPartContext): ParsedProcedureCall["yields"] {
  if (context.STAR()) return "ALL";
  return context.yieldItem().map((item): ParsedYield => {
    const [name, alias] = item.name();
    return { kind: "ParsedYield", position: positionOf(item), name: nameOf(name!), alias: optionalName(alias) };
  });
}
