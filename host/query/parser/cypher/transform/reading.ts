/**
 * From parse tree to AST: MATCH, UNWIND, CALL.
 */
import type {
  CallClauseContext,
  MatchClauseContext,
  SubqueryScopeContext,
  UnwindClauseContext,
  YieldPartContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import type {
  ParsedCypherQuery,
  ParsedMatch,
  ParsedProcedureCall,
  ParsedProjection,
  ParsedProjectionItem,
  ParsedReadingClause,
  ParsedUnwind,
  ParsedYield,
} from "../../../ast/cypher/query.ts";
import { positionOf } from "../../tree.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { nameOf, optionalName } from "./names.ts";
import { buildPatterns } from "./pattern.ts";
import { buildWhere } from "./pattern-where.ts";
import { buildQuery } from "./query.ts";

export function buildMatch(context: MatchClauseContext): ParsedMatch {
  return {
    kind: "ParsedMatch",
    position: positionOf(context),
    optional: context.OPTIONAL() !== null,
    patterns: buildPatterns(context.patternList(), "MATCH"),
    where: buildWhere(context.patternList(), context.expr()),
  };
}

export function buildUnwind(context: UnwindClauseContext): ParsedUnwind {
  const list = buildExpression(context.expr());
  return { kind: "ParsedUnwind", position: positionOf(context), list, variable: nameOf(context.name()) };
}

export function buildCallClause(context: CallClauseContext): ParsedReadingClause {
  const position = positionOf(context);
  const query = context.query();
  if (query) return { kind: "ParsedSubqueryCall", position, query: scoped(buildQuery(query), context.subqueryScope()) };
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

/** `CALL (a, b) { ... }` is `CALL { WITH a, b ... }` in every part; `CALL () { ... }` has nothing of what is around it. */
function scoped(query: ParsedCypherQuery, context: SubqueryScopeContext | null): ParsedCypherQuery {
  if (!context) return query;
  const star = context.STAR() !== null;
  const names = context.name();
  if (!star && names.length === 0) return query;
  const position = positionOf(context);
  const items = names.map((name): ParsedProjectionItem => {
    const parsed = nameOf(name);
    const value = { kind: "ParsedVariable", position: parsed.position, name: parsed } as const;
    return { kind: "ParsedProjectionItem", position: parsed.position, value, alias: undefined, name: parsed.text };
  });
  const projection: ParsedProjection = {
    kind: "ParsedProjection",
    position,
    distinct: false,
    star,
    items,
    orderBy: [],
    skip: undefined,
    limit: undefined,
  };
  const taking = { kind: "ParsedWithClause", position, projection, where: undefined } as const;
  return { ...query, parts: query.parts.map((part) => ({ ...part, clauses: [taking, ...part.clauses] })) };
}

function buildYields(context: YieldPartContext): ParsedProcedureCall["yields"] {
  if (context.STAR()) return "ALL";
  return context.yieldItem().map((item): ParsedYield => {
    const [name, alias] = item.name();
    return { kind: "ParsedYield", position: positionOf(item), name: nameOf(name!), alias: optionalName(alias) };
  });
}
