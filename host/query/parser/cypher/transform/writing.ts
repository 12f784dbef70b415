/**
 * From parse tree to AST: CREATE, MERGE, SET, REMOVE, DELETE, FOREACH.
 */
import type {
  CreateClauseContext,
  DeleteClauseContext,
  ForeachClauseContext,
  MergeClauseContext,
  PostfixedContext,
  RemoveClauseContext,
  SetClauseContext,
  SetItemContext,
} from "../../../../../grammar/generated/CypherParser.ts";
import type { CypherExpression, ParsedProperty } from "../../../ast/cypher/expression.ts";
import type {
  ParsedCreatePatterns,
  ParsedDeleteClause,
  ParsedForeach,
  ParsedLabelChange,
  ParsedMerge,
  ParsedMergeAction,
  ParsedRemoveClause,
  ParsedSetClause,
  ParsedSetItem,
} from "../../../ast/cypher/query.ts";
import { firstToken, positionOf, tokenBehind } from "../../tree.ts";
import { buildExpression } from "./expression.ts";
import { errorAt, nameOf, unexpectedToken } from "./names.ts";
import { buildPattern, buildPatterns } from "./pattern.ts";
import { buildPostfixed } from "./primary.ts";
import { buildWritingClauses } from "./query.ts";

export function buildCreate(context: CreateClauseContext): ParsedCreatePatterns {
  const patterns = context.patternList();
  // A definition is a statement of its own.
  if (!patterns) throw unexpectedToken(firstToken(context).next);
  return { kind: "ParsedCreatePatterns", position: positionOf(context), patterns: buildPatterns(patterns, "CREATE") };
}

export function buildMerge(context: MergeClauseContext): ParsedMerge {
  const actions = context.mergeAction().map(
    (action): ParsedMergeAction => ({
      kind: "ParsedMergeAction",
      position: positionOf(action),
      on: action.CREATE() ? "CREATE" : "MATCH",
      items: action.setClause().setItem().map(buildSetItem),
    }),
  );
  return { kind: "ParsedMerge", position: positionOf(context), pattern: buildPattern(context.pattern(), "MERGE"), actions };
}

export function buildSet(context: SetClauseContext): ParsedSetClause {
  return { kind: "ParsedSetClause", position: positionOf(context), items: context.setItem().map(buildSetItem) };
}

function buildSetItem(context: SetItemContext): ParsedSetItem {
  const position = positionOf(context);
  const target = buildPostfixed(context.postfixed());
  const value = context.expr();
  if (!value) {
    if (isLabels(target)) return labelChange(target, position);
    throw unexpectedToken(tokenBehind(context));
  }
  if (target.kind === "ParsedProperty" && !context.PLUS_EQ()) {
    return { kind: "ParsedSetProperty", position, target, value: buildExpression(value) };
  }
  if (target.kind !== "ParsedVariable") throw unexpectedToken(tokenBehind(context.postfixed()));
  const merge = context.PLUS_EQ() !== null;
  return { kind: "ParsedSetProperties", position, variable: target.name, merge, value: buildExpression(value) };
}

type Labels = Extract<CypherExpression, { kind: "ParsedLabelTest" }> & {
  readonly operand: Extract<CypherExpression, { kind: "ParsedVariable" }>;
};

function isLabels(target: CypherExpression): target is Labels {
  return target.kind === "ParsedLabelTest" && target.operand.kind === "ParsedVariable";
}

function labelChange({ operand, labels }: Labels, position: number): ParsedLabelChange {
  return { kind: "ParsedLabelChange", position, variable: operand.name, labels };
}

export function buildRemove(context: RemoveClauseContext): ParsedRemoveClause {
  return { kind: "ParsedRemoveClause", position: positionOf(context), items: context.postfixed().map(buildRemoved) };
}

function buildRemoved(context: PostfixedContext): ParsedProperty | ParsedLabelChange {
  const target = buildPostfixed(context);
  if (target.kind === "ParsedProperty") return target;
  if (isLabels(target)) return labelChange(target, positionOf(context));
  throw unexpectedToken(tokenBehind(context));
}

export function buildDelete(context: DeleteClauseContext): ParsedDeleteClause {
  const values = context.exprList().expr().map(buildExpression);
  values.forEach((value, index) => {
    if (value.kind !== "ParsedLabelTest") return;
    throw errorAt(
      "InvalidDelete",
      "DELETE takes nodes, relationships and paths; REMOVE takes labels",
      firstToken(context.exprList().expr(index)!),
    );
  });
  return { kind: "ParsedDeleteClause", position: positionOf(context), detach: context.DETACH() !== null, values };
}

export function buildForeach(context: ForeachClauseContext): ParsedForeach {
  return {
    kind: "ParsedForeach",
    position: positionOf(context),
    variable: nameOf(context.name()),
    list: buildExpression(context.expr()),
    clauses: buildWritingClauses(context.clause()),
  };
}
