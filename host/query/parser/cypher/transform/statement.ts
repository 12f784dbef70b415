/**
 * From parse tree to AST: whole statements.
 */
import type { StatementContext } from "../../../../../grammar/generated/CypherParser.ts";
import type { ParsedCypherQuery } from "../../../ast/cypher/query.ts";
import type { ParsedCypherDefinition, ParsedCypherStatement } from "../../../ast/cypher/statement.ts";
import { positionOf } from "../../tree.ts";
import { buildDefinition, buildDrop } from "./definition.ts";
import { buildQuery } from "./query.ts";
import { buildShow } from "./show.ts";

export function buildStatement(context: StatementContext): ParsedCypherStatement {
  const statement = buildExplained(context);
  const run = context.PROFILE() !== null;
  if (!run && !context.EXPLAIN()) return statement;
  return { kind: "ParsedCypherExplain", position: positionOf(context), run, statement };
}

function buildExplained(context: StatementContext): ParsedCypherQuery | ParsedCypherDefinition {
  const drop = context.dropStatement();
  if (drop) return buildDrop(drop);
  const show = context.showStatement();
  if (show) return buildShow(show);
  const query = context.query()!;
  const clauses = query.singleQuery().flatMap((part) => part.clause());
  const create = clauses.length === 1 ? clauses[0]!.createClause() : undefined;
  return (create ? buildDefinition(create) : undefined) ?? buildQuery(query);
}
