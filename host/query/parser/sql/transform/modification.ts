/**
 * From parse tree to AST: INSERT, UPDATE, DELETE, MERGE, TRUNCATE.
 */
import type {
  AssignedRowContext,
  AssignmentContext,
  AssignmentsContext,
  ConflictClauseContext,
  DeleteStatementContext,
  InsertStatementContext,
  MergeActionContext,
  MergeBranchContext,
  MergeStatementContext,
  ReturningContext,
  TargetContext,
  TruncateStatementContext,
  UpdateStatementContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import type {
  ParsedAssignment,
  ParsedDelete,
  ParsedInsert,
  ParsedMerge,
  ParsedMergeAction,
  ParsedMergeBranch,
  ParsedOnConflict,
  ParsedTarget,
  ParsedTruncate,
  ParsedUpdate,
} from "../../../ast/modification.ts";
import type { ParsedSelectItem, ParsedValue, ParsedWith } from "../../../ast/query.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { buildIndexElement } from "./definition.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { buildFrom, buildMergeSource } from "./from.ts";
import { nameOf, namesOf, optionalName, syntaxError } from "./names.ts";
import { buildItems, buildStarted, buildSubquery, buildValue, continueQuery } from "./select.ts";
import { buildOverriding } from "./sequence.ts";

export function buildInsert(context: InsertStatementContext, clause: ParsedWith | undefined): ParsedInsert {
  const subquery = context.subquery();
  const conflict = context.conflictClause();
  const overriding = context.overriding();
  const columns = context.target();
  const defaults = context.DEFAULT();
  const replace = context.REPLACE() !== null;
  if (replace && conflict) throw syntaxError(firstToken(conflict));
  if (defaults && columns.length > 0) throw syntaxError(tokenOf(defaults));
  return {
    kind: "ParsedInsert",
    position: positionOf(context),
    with: clause,
    table: namesOf(context.relation()),
    alias: optionalName(context.ident()),
    replace,
    columns: columns.map(buildTarget),
    overriding: overriding ? buildOverriding(overriding) : undefined,
    source: subquery ? buildSubquery(subquery) : undefined,
    onConflict: conflict ? buildConflict(conflict) : undefined,
    returning: buildReturning(context.returning()),
  };
}

function buildConflict(context: ConflictClauseContext): ParsedOnConflict {
  const assignments = context.assignments();
  return {
    kind: "ParsedOnConflict",
    position: positionOf(context),
    target: context.indexElement().map(buildIndexElement),
    targetWhere: buildOptional(context._targetWhere),
    constraint: optionalName(context._constraint),
    assignments: assignments ? buildAssignments(assignments) : [],
    where: buildOptional(context._where),
  };
}

function buildReturning(context: ReturningContext | null): readonly ParsedSelectItem[] {
  return context ? buildItems(context.selectList()) : [];
}

export function buildUpdate(context: UpdateStatementContext, clause: ParsedWith | undefined): ParsedUpdate {
  const from = context.fromClause();
  return {
    kind: "ParsedUpdate",
    position: positionOf(context),
    with: clause,
    table: namesOf(context.relation()),
    alias: optionalName(context.ident() ?? context.updateAlias()),
    assignments: buildAssignments(context.assignments()),
    from: from ? buildFrom(from.tableReference()) : [],
    where: buildOptional(context._where),
    returning: buildReturning(context.returning()),
  };
}

export function buildDelete(context: DeleteStatementContext, clause: ParsedWith | undefined): ParsedDelete {
  return {
    kind: "ParsedDelete",
    position: positionOf(context),
    with: clause,
    table: namesOf(context.relation()),
    alias: optionalName(context.ident()),
    using: buildFrom(context.tableReference()),
    where: buildOptional(context._where),
    returning: buildReturning(context.returning()),
  };
}

export function buildMerge(context: MergeStatementContext, clause: ParsedWith | undefined): ParsedMerge {
  return {
    kind: "ParsedMerge",
    position: positionOf(context),
    with: clause,
    table: namesOf(context.relation()),
    alias: optionalName(context.ident()),
    ...buildMergeSource(context),
    branches: context.mergeBranch().map(buildMergeBranch),
  };
}

/** A row that is matched may be updated or removed, for another one may be inserted. */
function buildMergeBranch(context: MergeBranchContext): ParsedMergeBranch {
  const action = context.mergeAction();
  const matched = context.NOT() === null;
  if (action.NOTHING() === null && matched === (action.INSERT() !== null)) throw syntaxError(firstToken(action));
  const condition = buildOptional(context.expr());
  return { kind: "ParsedMergeBranch", position: positionOf(context), matched, condition, action: buildMergeAction(action) };
}

function buildMergeAction(context: MergeActionContext): ParsedMergeAction {
  const position = positionOf(context);
  const assignments = context.assignments();
  if (assignments) return { kind: "ParsedMergeUpdate", position, assignments: buildAssignments(assignments) };
  if (context.DELETE()) return { kind: "ParsedMergeDelete", position };
  if (context.NOTHING()) return { kind: "ParsedMergeNothing", position };
  const columns = context.target().map(buildTarget);
  const defaults = context.DEFAULT();
  if (defaults && columns.length > 0) throw syntaxError(tokenOf(defaults));
  return { kind: "ParsedMergeInsert", position, columns, values: context.valuesRow()?.value().map(buildValue) };
}

function buildAssignments(context: AssignmentsContext): readonly ParsedAssignment[] {
  return context.assignment().map(buildAssignment);
}

function buildAssignment(context: AssignmentContext): ParsedAssignment {
  const row = context.assignedRow();
  const value = context.value();
  return {
    kind: "ParsedAssignment",
    position: positionOf(context),
    targets: context.target().map(buildTarget),
    values: row ? buildRow(row, context.ROW() !== null) : [buildValue(value!)],
    row: row !== null,
  };
}

/** The right side of `(a, b) = ...`; behind ROW it cannot be a query. */
function buildRow(context: AssignedRowContext, explicit: boolean): readonly ParsedValue[] {
  const position = positionOf(context);
  const started = context.startedQuery();
  const tail = context.queryTail();
  if (started) {
    if (explicit) throw syntaxError(firstToken(started));
    return [{ kind: "ParsedSubquery", position, query: buildStarted(started) }];
  }
  const values = context.value().map(buildValue);
  if (!tail || tail.getChildCount() === 0) return values;
  const only = values.length === 1 && !explicit ? values[0]! : undefined;
  if (only?.kind !== "ParsedSubquery") throw syntaxError(firstToken(tail));
  return [{ kind: "ParsedSubquery", position, query: continueQuery(only.query, tail, only.position) }];
}

/** `a.b[1]`: the steps behind the column in their order. */
function buildTarget(context: TargetContext): ParsedTarget {
  const steps = [...context.label(), ...context.expr()].sort((left, right) => positionOf(left) - positionOf(right));
  const path = steps.map((step) => ("exprPart" in step ? buildExpression(step) : nameOf(step)));
  return { kind: "ParsedTarget", position: positionOf(context), column: nameOf(context.ident()), path };
}

export function buildTruncate(context: TruncateStatementContext): ParsedTruncate {
  return {
    kind: "ParsedTruncate",
    position: positionOf(context),
    tables: context.relation().map(namesOf),
    restartIdentity: context.RESTART() !== null,
    cascade: context.dropBehavior()?.CASCADE() != null,
  };
}
