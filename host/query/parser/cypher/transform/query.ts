/**
 * From parse tree to AST: queries, and the order of their clauses (openCypher 9's grammar: MultiPartQuery, SinglePartQuery).
 */
import type { ClauseContext, QueryContext, QuerySuffixContext, SingleQueryContext } from "../../../../../grammar/generated/CypherParser.ts";
import type { ParsedQueryExpression } from "../../../ast/cypher/expression.ts";
import type { ParsedClause, ParsedCypherQuery, ParsedSingleQuery, ParsedWritingClause } from "../../../ast/cypher/query.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { errorAt } from "./names.ts";
import { buildPatterns } from "./pattern.ts";
import { buildWhere } from "./pattern-where.ts";
import { buildReturn, buildWith } from "./projection.ts";
import { buildCallClause, buildMatch, buildUnwind } from "./reading.ts";
import { buildCreate, buildDelete, buildForeach, buildMerge, buildRemove, buildSet } from "./writing.ts";

export function buildQuery(context: QueryContext): ParsedCypherQuery {
  const all = context.ALL().length > 0;
  if (all && context.ALL().length < context.UNION().length) {
    const token = tokenOf(context.UNION().at(-1)!);
    throw errorAt("InvalidClauseComposition", "UNION and UNION ALL cannot be combined", token);
  }
  const parts = context.singleQuery().map((part) => buildSingle(part, undefined));
  return { kind: "ParsedCypherQuery", position: positionOf(context), parts, all };
}

/** `EXISTS { ... }` and its like: a query that only reads, or a pattern. */
export function buildQueryExpression(
  asks: ParsedQueryExpression["asks"],
  position: number,
  context: QuerySuffixContext,
): ParsedQueryExpression {
  const patterns = context.patternList();
  if (patterns) {
    const start = positionOf(patterns);
    const clause: ParsedClause = {
      kind: "ParsedMatch",
      position: start,
      optional: false,
      patterns: buildPatterns(patterns, "MATCH"),
      where: buildWhere(patterns, context.expr()),
    };
    const part: ParsedSingleQuery = { kind: "ParsedSingleQuery", position: start, clauses: [clause] };
    const query: ParsedCypherQuery = { kind: "ParsedCypherQuery", position: start, parts: [part], all: false };
    return { kind: "ParsedQueryExpression", position, asks, query };
  }
  const query = context.query()!;
  const parts = query.singleQuery().map((part) => buildSingle(part, asks));
  const all = query.ALL().length > 0;
  return { kind: "ParsedQueryExpression", position, asks, query: { kind: "ParsedCypherQuery", position: positionOf(query), parts, all } };
}

/** `asks`: the query is in EXISTS or its like, so it may end in what is asked for, and may not write. */
function buildSingle(context: SingleQueryContext, asks: ParsedQueryExpression["asks"] | undefined): ParsedSingleQuery {
  const contexts = context.clause();
  let written: ClauseContext | undefined;
  const clauses = contexts.map((clause, index) => {
    if (index > 0 && contexts[index - 1]!.returnClause()) {
      throw errorAt("InvalidClauseComposition", "RETURN can only stand at the end of a query", firstToken(contexts[index - 1]!));
    }
    if (written && isReading(clause)) {
      const words = `${firstToken(written).text.toUpperCase()} and ${firstToken(clause).text.toUpperCase()}`;
      throw errorAt("InvalidClauseComposition", `WITH is required between ${words}`, firstToken(clause));
    }
    if (clause.withClause()) written = undefined;
    else if (!isReading(clause) && !clause.returnClause()) written = clause;
    if (asks !== undefined) checkReading(clause, asks);
    return buildClause(clause);
  });
  const last = contexts.at(-1)!;
  if (asks === undefined && (last.withClause() || last.matchClause() || last.unwindClause())) {
    const token = firstToken(last);
    const word = last.matchClause() ? "MATCH" : token.text.toUpperCase();
    throw errorAt("InvalidClauseComposition", `a query cannot end in ${word}`, token);
  }
  return { kind: "ParsedSingleQuery", position: positionOf(context), clauses };
}

function isReading(clause: ClauseContext): boolean {
  return Boolean(clause.matchClause() ?? clause.unwindClause() ?? clause.callClause());
}

function checkReading(clause: ClauseContext, asks: ParsedQueryExpression["asks"]): void {
  const token: TextToken = firstToken(clause);
  const nested = clause.callClause()?.query();
  if (nested) for (const part of nested.singleQuery()) for (const inner of part.clause()) checkReading(inner, asks);
  if (isReading(clause) || clause.withClause() || clause.returnClause()) return;
  throw errorAt("InvalidClauseComposition", `${token.text.toUpperCase()} cannot stand in ${asks}`, token);
}

function buildClause(context: ClauseContext): ParsedClause {
  const match = context.matchClause();
  if (match) return buildMatch(match);
  const unwind = context.unwindClause();
  if (unwind) return buildUnwind(unwind);
  const call = context.callClause();
  if (call) return buildCallClause(call);
  const projection = context.withClause();
  if (projection) return buildWith(projection);
  const result = context.returnClause();
  if (result) return buildReturn(result);
  return buildWriting(context);
}

/** Requires: the clause writes. */
export function buildWriting(context: ClauseContext): ParsedWritingClause {
  const create = context.createClause();
  if (create) return buildCreate(create);
  const merge = context.mergeClause();
  if (merge) return buildMerge(merge);
  const set = context.setClause();
  if (set) return buildSet(set);
  const remove = context.removeClause();
  if (remove) return buildRemove(remove);
  const removal = context.deleteClause();
  if (removal) return buildDelete(removal);
  return buildForeach(context.foreachClause()!);
}

/** FOREACH holds clauses that write. */
export function buildWritingClauses(contexts: readonly ClauseContext[]): readonly ParsedWritingClause[] {
  return contexts.map((clause) => {
    if (!isReading(clause) && !clause.withClause() && !clause.returnClause()) return buildWriting(clause);
    const token = firstToken(clause);
    throw errorAt("InvalidClauseComposition", `${token.text.toUpperCase()} cannot stand in FOREACH`, token);
  });
}
