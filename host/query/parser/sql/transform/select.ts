/**
 * From parse tree to AST: queries. Set operations get their precedence here (INTERSECT before UNION and EXCEPT, else from the
 * left), and a query in brackets goes on behind them (`continueQuery`).
 */
import type {
  CommonTableContext,
  FetchCountContext,
  GroupItemContext,
  GroupListContext,
  LimitPartContext,
  LockingPartContext,
  QueryContext,
  QueryPrimaryContext,
  QueryTailContext,
  SelectItemContext,
  SelectListContext,
  SelectQueryContext,
  SetOperatorContext,
  SimpleQueryContext,
  StartedQueryContext,
  SubqueryContext,
  ValueContext,
  WithClauseContext,
} from "../../../../../grammar/generated/SqlParser.ts";
import type { ParsedExpression } from "../../../ast/expression.ts";
import type {
  ParsedCommonTable,
  ParsedGroupBy,
  ParsedGroupItem,
  ParsedLocking,
  ParsedQuery,
  ParsedQueryBody,
  ParsedSelect,
  ParsedSelectItem,
  ParsedValue,
  ParsedWith,
} from "../../../ast/query.ts";
import type { TextToken } from "../../tokens.ts";
import { firstToken, positionOf, tokenOf } from "../../tree.ts";
import { errorAt, notSupported } from "../syntax-error.ts";
import { buildOrderBy, buildWindow } from "./call.ts";
import { buildExpression, buildOptional } from "./expression.ts";
import { buildFrom } from "./from.ts";
import { columnNames, nameOf, namesOf, optionalName, syntaxError } from "./names.ts";
import { buildData } from "./statement.ts";

export function buildSubquery(context: SubqueryContext): ParsedQuery {
  return buildQuery(context.query(), buildWith(context.withClause()));
}

export function buildQuery(context: QueryContext, clause: ParsedWith | undefined): ParsedQuery {
  return tailed(buildQueryPrimary(context.queryPrimary()), context.queryTail(), clause, clause?.position ?? positionOf(context));
}

export function buildStarted(context: StartedQueryContext): ParsedQuery {
  const query = context.query();
  if (query) return buildQuery(query, buildWith(context.withClause()));
  return tailed(buildSimple(context.simpleQuery()!), context.queryTail()!, undefined, positionOf(context));
}

/** `query` stood in brackets, and `tail` stands behind them. */
export function continueQuery(query: ParsedQuery, tail: QueryTailContext, position: number): ParsedQuery {
  return tailed(unwrap(query), tail, undefined, position);
}

/** Without the ParsedQuery, if it adds nothing to its body. */
function unwrap(query: ParsedQuery): ParsedQueryBody {
  const plain = !query.with && !query.limit && !query.offset && query.orderBy.length === 0 && query.locking.length === 0;
  return plain ? query.body : query;
}

export function buildWith(context: WithClauseContext | null): ParsedWith | undefined {
  if (!context) return undefined;
  const tables = context.commonTable().map(buildCommonTable);
  return { kind: "ParsedWith", position: positionOf(context), recursive: context.RECURSIVE() !== null, tables };
}

function buildCommonTable(context: CommonTableContext): ParsedCommonTable {
  const [clause] = context.recursionClause();
  if (clause) throw refusedClause(firstToken(clause));
  return {
    kind: "ParsedCommonTable",
    position: positionOf(context),
    name: nameOf(context._name!),
    columns: columnNames(context.columnNames()),
    materialized: context.MATERIALIZED() ? !context.NOT() : undefined,
    statement: buildData(context),
  };
}

/** SEARCH and CYCLE make columns of rows, which are no values here. */
function refusedClause(word: TextToken): Error {
  const isKnown = word.value === "search" || word.value === "cycle";
  return isKnown ? notSupported(word.value.toUpperCase(), word.statement, word.start) : syntaxError(word);
}

function buildQueryPrimary(context: QueryPrimaryContext): ParsedQueryBody {
  const simple = context.simpleQuery();
  return simple ? buildSimple(simple) : unwrap(buildSubquery(context.subquery()!));
}

function buildSimple(context: SimpleQueryContext): ParsedQueryBody {
  const position = positionOf(context);
  const select = context.selectQuery();
  if (select) return buildSelect(select);
  const values = context.valuesQuery();
  if (values) return { kind: "ParsedValues", position, rows: values.valuesRow().map((row) => row.value().map(buildValue)) };
  const star: ParsedSelectItem = {
    kind: "ParsedSelectItem",
    position,
    value: { kind: "ParsedStar", position, qualifier: [] },
    alias: undefined,
  };
  const relation = context.relation()!;
  const table = { kind: "ParsedTable", position: positionOf(relation), names: namesOf(relation), alias: undefined } as const;
  return { ...emptySelect(position), items: [star], from: [table] };
}

export function buildValue(context: ValueContext): ParsedValue {
  const expr = context.expr();
  return expr ? buildExpression(expr) : { kind: "ParsedDefault", position: positionOf(context) };
}

function emptySelect(position: number): ParsedSelect {
  return {
    kind: "ParsedSelect",
    position,
    distinct: false,
    distinctOn: [],
    items: [],
    from: [],
    where: undefined,
    groupBy: undefined,
    having: undefined,
    windows: [],
  };
}

function buildSelect(context: SelectQueryContext): ParsedSelect {
  const list = context.selectList();
  const from = context.fromClause();
  const group = context.groupList();
  return {
    ...emptySelect(positionOf(context)),
    distinct: context.DISTINCT() !== null,
    distinctOn: (context.exprList()?.expr() ?? []).map(buildExpression),
    items: list ? buildItems(list) : [],
    from: from ? buildFrom(from.tableReference()) : [],
    where: buildOptional(context._where),
    groupBy: group ? buildGroupBy(group) : undefined,
    having: buildOptional(context._having),
    windows: (context.windowClause()?.windowDefinition() ?? []).map((definition) => ({
      kind: "ParsedWindowDefinition",
      position: positionOf(definition),
      name: nameOf(definition.ident()),
      window: buildWindow(definition.windowSpec()),
    })),
  };
}

export function buildItems(context: SelectListContext): readonly ParsedSelectItem[] {
  return context.selectItem().map(buildItem);
}

function buildItem(context: SelectItemContext): ParsedSelectItem {
  const position = positionOf(context);
  const expr = context.expr();
  return {
    kind: "ParsedSelectItem",
    position,
    value: expr ? buildExpression(expr) : { kind: "ParsedStar", position, qualifier: [] },
    alias: optionalName(context.label() ?? context.bareLabel()),
  };
}

function buildGroupBy(context: GroupListContext): ParsedGroupBy {
  const items = context.groupItem().map(buildGroupItem);
  return { kind: "ParsedGroupBy", position: positionOf(context), distinct: context.DISTINCT() !== null, items };
}

function buildGroupItem(context: GroupItemContext): ParsedGroupItem {
  const position = positionOf(context);
  const expr = context.expr();
  if (!expr) {
    const items = context.groupItem().map(buildGroupItem);
    return { kind: "ParsedGroupingSet", position, grouping: context.SETS() ? "SETS" : "EMPTY", items };
  }
  const value = buildExpression(expr);
  const name = value.kind === "ParsedCall" && value.names.length === 1 && !value.names[0]!.quoted ? value.names[0]!.folded : "";
  if (value.kind !== "ParsedCall" || (name !== "rollup" && name !== "cube")) return value;
  const items = value.arguments.filter((argument) => argument.kind !== "ParsedArgument");
  return { kind: "ParsedGroupingSet", position, grouping: name === "rollup" ? "ROLLUP" : "CUBE", items };
}

/** `first` with the set operations, ORDER BY, LIMIT and locks behind it. */
function tailed(first: ParsedQueryBody, tail: QueryTailContext, clause: ParsedWith | undefined, position: number): ParsedQuery {
  if (!clause && tail.getChildCount() === 0 && first.kind === "ParsedQuery") return first;
  const operators = tail.setOperator();
  const bodies = [first, ...tail.queryPrimary().map(buildQueryPrimary)];
  checkTies(tail);
  return {
    kind: "ParsedQuery",
    position,
    with: clause,
    body: operators.length === 0 ? first : combine(bodies, operators),
    orderBy: buildOrderBy(tail.orderBy()),
    ...buildLimits(tail.limitPart()),
    locking: tail.lockingPart().map(buildLocking),
  };
}

/** PostgreSQL's grammar refuses these, too. */
function checkTies(tail: QueryTailContext): void {
  const ties = tail.limitPart().find((part) => part.TIES());
  if (!ties) return;
  const { statement, start } = firstToken(ties);
  if (!tail.orderBy()) throw errorAt("WITH TIES cannot be specified without ORDER BY clause", statement, start);
  if (tail.lockingPart().some((part) => part.SKIP())) {
    throw errorAt("SKIP LOCKED and WITH TIES options cannot be used together", statement, start);
  }
}

/** INTERSECT binds its two neighbours before UNION and EXCEPT see them. */
function combine(bodies: readonly ParsedQueryBody[], operators: readonly SetOperatorContext[]): ParsedQueryBody {
  const terms: ParsedQueryBody[] = [bodies[0]!];
  const pending: SetOperatorContext[] = [];
  operators.forEach((operator, index) => {
    const right = bodies[index + 1]!;
    if (operator.INTERSECT()) {
      terms.push(setOperation(terms.pop()!, operator, right));
    } else {
      pending.push(operator);
      terms.push(right);
    }
  });
  return pending.reduce((left, operator, index) => setOperation(left, operator, terms[index + 1]!), terms[0]!);
}

function setOperation(left: ParsedQueryBody, context: SetOperatorContext, right: ParsedQueryBody): ParsedQueryBody {
  const operator = context.UNION() ? "UNION" : context.INTERSECT() ? "INTERSECT" : "EXCEPT";
  return { kind: "ParsedSetOperation", position: positionOf(context), operator, all: context.ALL() !== null, left, right };
}

function buildLimits(parts: readonly LimitPartContext[]): Pick<ParsedQuery, "limit" | "offset" | "withTies"> {
  let limit: ParsedExpression | undefined;
  let offset: ParsedExpression | undefined;
  let limited = false;
  let withTies = false;
  for (const part of parts) {
    const token = firstToken(part);
    if (part.OFFSET()) {
      if (offset) throw errorAt("multiple OFFSET clauses not allowed", token.statement, token.start);
      offset = buildExpression(part._offset!);
      continue;
    }
    if (limited) throw errorAt("multiple LIMIT clauses not allowed", token.statement, token.start);
    limited = true;
    withTies = part.TIES() !== null;
    if (part.FETCH()) limit = buildFetchCount(part.fetchCount(), token.start);
    else limit = buildOptional(part._limit);
  }
  return { limit, offset, withTies };
}

/** FETCH FIRST ROW ONLY fetches one. */
function buildFetchCount(context: FetchCountContext | null, position: number): ParsedExpression {
  const number = context?.NUMBER();
  const parameter = context?.PARAMETER();
  if (parameter) return { kind: "ParsedParameter", position: positionOf(context!), index: Number(tokenOf(parameter).value) };
  const expr = context?.expr();
  if (expr) return buildExpression(expr);
  const text = number ? tokenOf(number).value : "1";
  return { kind: "ParsedNumber", position: context ? positionOf(context) : position, text, negative: !!context?.MINUS(), slot: -1 };
}

function buildLocking(context: LockingPartContext): ParsedLocking {
  const strength = context.NO() ? "NO KEY UPDATE" : context.UPDATE() ? "UPDATE" : context.KEY() ? "KEY SHARE" : "SHARE";
  const wait = context.NOWAIT() ? "NOWAIT" : context.SKIP() ? "SKIP LOCKED" : undefined;
  return { kind: "ParsedLocking", position: positionOf(context), strength, tables: context.ident().map(nameOf), wait };
}
