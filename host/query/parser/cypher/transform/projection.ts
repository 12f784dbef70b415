/**
 * From parse tree to AST: WITH and RETURN.
 */
import type {
  ProjectionContext,
  ProjectionItemContext,
  ReturnClauseContext,
  SortItemContext,
  WithClauseContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import type { CypherExpression } from "../../../ast/cypher/expression.ts";
import type { ParsedProjection, ParsedProjectionItem, ParsedReturnClause, ParsedWithClause } from "../../../ast/cypher/query.ts";
import type { ParsedOrder } from "../../../ast/expression.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf } from "../../tree.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { optionalName } from "./names.ts";

export function buildReturn(context: ReturnClauseContext): ParsedReturnClause {
  return { kind: "ParsedReturnClause", position: positionOf(context), projection: buildProjection(context.projection()) };
}

/** That expressions have a name is the binder's to demand: openCypher wants mistakes of aggregation told first. */
export function buildWith(context: WithClauseContext): ParsedWithClause {
  const projection = buildProjection(context.projection());
  return { kind: "ParsedWithClause", position: positionOf(context), projection, where: buildOptional(context.expr()) };
}

export function buildProjection(context: ProjectionContext): ParsedProjection {
  return {
    kind: "ParsedProjection",
    position: positionOf(context),
    distinct: context.DISTINCT() !== null,
    star: context.STAR() !== null,
    items: context.projectionItem().map(buildItem),
    orderBy: context.sortItem().map(buildSort),
    skip: buildOptional(context._skip),
    limit: buildOptional(context._limit),
  };
}

function buildItem(context: ProjectionItemContext): ParsedProjectionItem {
  const value = buildExpression(context.expr());
  const alias = optionalName(context.name());
  return { kind: "ParsedProjectionItem", position: positionOf(context), value, alias, name: alias?.text ?? columnName(value, context) };
}

/** The variable without its backticks, else the text as it was written. */
function columnName(value: CypherExpression, context: ProjectionItemContext): string {
  if (value.kind === "ParsedVariable") return value.name.text;
  const { statement, start } = firstToken(context);
  return statement.slice(start, (context.stop as TextToken).stop + 1);
}

function buildSort(context: SortItemContext): ParsedOrder<CypherExpression> {
  const descending = Boolean(context.DESC() ?? context.DESCENDING());
  return { kind: "ParsedOrder", position: positionOf(context), value: buildExpression(context.expr()), descending, nulls: undefined };
}
