/**
 * From parse tree to AST: FROM. The grammar has joins as a list in which an ON or USING closes the innermost join that waits for
 * one, so `a JOIN b JOIN c ON x ON y` reads as `a JOIN (b JOIN c ON x) ON y`, as the standard says.
 */
import type {
  JoinConditionContext,
  JoinPartContext,
  MergeStatementContext,
  TableAliasContext,
  TablePrimaryContext,
  TableReferenceContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedMerge } from "../../../ast/modification.ts";
import type { ParsedJoin, ParsedReturnedColumn, ParsedTableAlias, ParsedTableReference } from "../../../ast/query.ts";
import { firstToken, positionOf, tokenBehind } from "../../tree.ts";
import { buildPlainCall } from "./call.ts";
import { buildExpression } from "./expression.ts";
import { aliasColumn, columnNames, nameOf, namesOf, optionalName, syntaxError } from "./names.ts";
import { buildStarted, buildSubquery, continueQuery } from "./select.ts";

export function buildFrom(contexts: readonly TableReferenceContext[]): readonly ParsedTableReference[] {
  return contexts.map(buildReference);
}

function buildReference(context: TableReferenceContext): ParsedTableReference {
  const { reference, extra, isWhole } = buildJoins(context.tablePrimary(), context.joinPart());
  if (extra) throw syntaxError(firstToken(extra));
  if (!isWhole) throw syntaxError(tokenBehind(context));
  return reference;
}

/** What MERGE reads, and its condition: the one that is left when all joins have theirs. */
export function buildMergeSource(context: MergeStatementContext): Pick<ParsedMerge, "using" | "on"> {
  const { reference, extra, isWhole } = buildJoins(context.tablePrimary(), context.joinPart());
  const on = context.expr() ?? extra?.expr();
  if (!isWhole || !on) throw syntaxError(firstToken(context.mergeBranch(0)!));
  return { using: reference, on: buildExpression(on) };
}

interface Joins {
  readonly reference: ParsedTableReference;
  /** A condition behind all others, for which there is no join. */
  readonly extra: JoinConditionContext | undefined;
  /** Every join has its condition. */
  readonly isWhole: boolean;
}

function buildJoins(first: TablePrimaryContext, parts: readonly JoinPartContext[]): Joins {
  const operands: ParsedTableReference[] = [buildTable(first)];
  let extra: JoinConditionContext | undefined;
  const waiting: JoinPartContext[] = [];
  for (const part of parts) {
    if (extra) throw syntaxError(firstToken(extra));
    const right = buildTable(part.tablePrimary());
    if (part.CROSS() || part.NATURAL()) {
      operands.push(buildJoin(part, operands.pop()!, right, undefined));
      continue;
    }
    operands.push(right);
    waiting.push(part);
    for (const condition of part.joinCondition()) {
      if (extra) throw syntaxError(firstToken(extra));
      const join = waiting.pop();
      if (!join) {
        extra = condition;
        continue;
      }
      const inner = operands.pop()!;
      operands.push(buildJoin(join, operands.pop()!, inner, condition));
    }
  }
  return { reference: operands[0]!, extra, isWhole: waiting.length === 0 };
}

function buildJoin(
  part: JoinPartContext,
  left: ParsedTableReference,
  right: ParsedTableReference,
  condition: JoinConditionContext | undefined,
): ParsedJoin {
  const kind = part.joinKind();
  const on = condition?.expr();
  const join = part.CROSS() ? "CROSS" : kind?.LEFT() ? "LEFT" : kind?.RIGHT() ? "RIGHT" : kind?.FULL() ? "FULL" : "INNER";
  return {
    kind: "ParsedJoin",
    position: positionOf(part),
    join,
    natural: part.NATURAL() !== null,
    left,
    right,
    on: on ? buildExpression(on) : undefined,
    using: columnNames(condition?.columnNames() ?? null),
    usingAlias: optionalName(condition?.ident()),
    alias: undefined,
  };
}

function buildTable(context: TablePrimaryContext): ParsedTableReference {
  const alias = buildAlias(context.tableAlias());
  const position = positionOf(context);
  const lateral = context.LATERAL() !== null;
  const subquery = context.subquery();
  if (subquery) return { kind: "ParsedDerivedTable", position, query: buildSubquery(subquery), lateral, alias };
  const relation = context.relation();
  if (!relation) return buildBracketed(context, alias);
  if (!context.LPAREN()) return { kind: "ParsedTable", position, names: namesOf(relation), alias };
  return {
    kind: "ParsedFunctionTable",
    position,
    call: buildPlainCall(namesOf(relation), context.callArguments()),
    lateral,
    ordinality: context.ORDINALITY() !== null,
    returns: (context.callReturns()?.returnedColumn() ?? []).map(
      (column): ParsedReturnedColumn => ({
        kind: "ParsedReturnedColumn",
        position: positionOf(column),
        source: nameOf(column.label(0)!),
        name: nameOf(column.label(1)!),
      }),
    ),
    alias,
  };
}

/** A query, or a join, in brackets; brackets around anything else are no table. */
function buildBracketed(context: TablePrimaryContext, alias: ParsedTableAlias | undefined): ParsedTableReference {
  const position = positionOf(context);
  const started = context.startedQuery();
  if (started) return { kind: "ParsedDerivedTable", position, query: buildStarted(started), lateral: false, alias };
  const reference = context.tableReference()!;
  const inner = buildReference(reference);
  const tail = context.queryTail()!;
  const query = inner.kind === "ParsedDerivedTable" && !inner.lateral && !inner.alias ? inner.query : undefined;
  if (tail.getChildCount() > 0) {
    if (!query) throw syntaxError(firstToken(tail));
    return { kind: "ParsedDerivedTable", position, query: continueQuery(query, tail, inner.position), lateral: false, alias };
  }
  if (query) return { kind: "ParsedDerivedTable", position, query, lateral: false, alias };
  if (inner.kind !== "ParsedJoin" || (inner.alias && alias)) throw syntaxError(tokenBehind(reference));
  return alias ? { ...inner, alias } : inner;
}

function buildAlias(context: TableAliasContext | null): ParsedTableAlias | undefined {
  if (!context) return undefined;
  const name = optionalName(context.ident());
  const columns = context.aliasColumn().map(aliasColumn);
  if (!name && !columns.some(({ type }) => type)) throw syntaxError(firstToken(context).next);
  return { kind: "ParsedTableAlias", position: positionOf(context), name, columns };
}
