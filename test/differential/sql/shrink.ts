/**
 * Smaller versions of what shows a difference: one part less each. The tester keeps those that still show it, and asks again.
 *
 * Nothing has to make sense: what a database refuses shows no difference.
 */
import type { Table } from "./schema.ts";
import type { Assignment, ColumnType, Expression, Query, SelectQuery, SetQuery, Statement } from "./statement.ts";

const CONSTANTS: Readonly<Partial<Record<ColumnType, string>>> = { integer: "1", bigint: "1", double: "1.5", text: "'a'", boolean: "true" };

/** Tables with rows, writes, and the statement that is answered differently behind them. */
export interface Scenario {
  readonly tables: readonly Table[];
  readonly writes: readonly Statement[];
  readonly statement: Statement;
}

/** Smaller scenarios, the largest steps first. */
export function* smallerScenarios(scenario: Scenario): Generator<Scenario> {
  for (const writes of without(scenario.writes)) yield { ...scenario, writes };
  for (const statement of smallerStatements(scenario.statement)) yield { ...scenario, statement };
  for (const tables of without(scenario.tables)) yield { ...scenario, tables };
  for (const [position, table] of scenario.tables.entries()) {
    for (const rows of withoutRanges(table.rows)) yield { ...scenario, tables: scenario.tables.with(position, { ...table, rows }) };
  }
  for (const [position, write] of scenario.writes.entries()) {
    for (const smaller of smallerStatements(write)) yield { ...scenario, writes: scenario.writes.with(position, smaller) };
  }
}

function* smallerStatements(statement: Statement): Generator<Statement> {
  switch (statement.kind) {
    case "query":
      for (const query of smallerQueries(statement.query)) yield { ...statement, query };
      return;
    case "insert":
      if (statement.returning) yield { ...statement, returning: false };
      if (statement.conflict !== "none") yield { ...statement, conflict: "none" };
      if (statement.rows.length > 1) for (const rows of without(statement.rows)) yield { ...statement, rows };
      if (typeof statement.conflict !== "string") {
        for (const conflict of smallerAssignments(statement.conflict)) yield { ...statement, conflict };
      }
      return;
    case "insert-select":
      for (const query of smallerQueries(statement.query)) {
        if (query.kind === "select" && query.items.length === statement.columns.length) yield { ...statement, query };
      }
      return;
    case "update":
      if (statement.returning) yield { ...statement, returning: false };
      for (const where of smallerLists(statement.where)) yield { ...statement, where };
      for (const set of smallerAssignments(statement.set)) yield { ...statement, set };
      return;
    case "delete":
      if (statement.returning) yield { ...statement, returning: false };
      for (const where of smallerLists(statement.where)) yield { ...statement, where };
  }
}

function* smallerQueries(query: Query): Generator<Query> {
  if (query.order.length > 0) yield { ...query, order: [], limit: undefined, offset: undefined };
  if (query.limit !== undefined) yield { ...query, limit: undefined, offset: undefined };
  if (query.offset !== undefined) yield { ...query, offset: undefined };
  for (const ctes of without(query.with)) yield { ...query, with: ctes };
  for (const [position, cte] of query.with.entries()) {
    yield cte.query;
    for (const inner of smallerQueries(cte.query)) yield { ...query, with: query.with.with(position, { ...cte, query: inner }) };
  }
  yield* query.kind === "select" ? smallerSelects(query) : smallerSets(query);
}

function* smallerSets(query: SetQuery): Generator<Query> {
  for (const operand of query.operands) yield { ...operand, with: query.with };
  if (query.operands.length > 2) for (const operands of without(query.operands)) yield { ...query, operands };
  for (const [position, operand] of query.operands.entries()) {
    for (const smaller of smallerSelects(operand)) {
      if (smaller.items.length === operand.items.length) yield { ...query, operands: query.operands.with(position, smaller) };
    }
  }
  const width = query.operands[0]!.items.length;
  for (let column = 0; width > 1 && column < width; column++) {
    yield { ...query, order: [], operands: query.operands.map((operand) => ({ ...operand, items: operand.items.toSpliced(column, 1) })) };
  }
}

function* smallerSelects(query: SelectQuery): Generator<SelectQuery> {
  if (query.distinct) yield { ...query, distinct: false };
  for (const where of without(query.where)) yield { ...query, where };
  for (const having of without(query.having)) yield { ...query, having };
  for (const group of without(query.group)) yield { ...query, group };
  if (query.items.length > 1)
    for (const items of without(query.items)) yield { ...query, items, order: [], limit: undefined, offset: undefined };
  for (const [position, source] of query.sources.entries()) {
    if (query.sources.length > 1) {
      const rest = query.sources.toSpliced(position, 1);
      yield { ...query, sources: rest.map((other, at) => (at === 0 ? { ...other, join: "", on: [] } : other)) };
    }
    if (source.join === "LEFT JOIN") yield { ...query, sources: query.sources.with(position, { ...source, join: "JOIN" }) };
    for (const on of smallerLists(source.on)) yield { ...query, sources: query.sources.with(position, { ...source, on }) };
    if (typeof source.from === "string") continue;
    for (const from of smallerQueries(source.from)) yield { ...query, sources: query.sources.with(position, { ...source, from }) };
  }
  for (const where of smallerExpressions(query.where)) yield { ...query, where };
  for (const having of smallerExpressions(query.having)) yield { ...query, having };
  for (const [position, item] of query.items.entries()) {
    for (const expression of smallerExpression(item.expression))
      yield { ...query, items: query.items.with(position, { ...item, expression }) };
  }
  for (const [position, key] of query.group.entries()) {
    for (const smaller of smallerExpression(key)) {
      // What is grouped by is selected too: both change.
      const text = JSON.stringify(key);
      const items = query.items.map((item) => (JSON.stringify(item.expression) === text ? { ...item, expression: smaller } : item));
      yield { ...query, group: query.group.with(position, smaller), items };
    }
  }
}

function* smallerAssignments(assignments: readonly Assignment[]): Generator<readonly Assignment[]> {
  if (assignments.length > 1) yield* without(assignments);
  for (const [position, assignment] of assignments.entries()) {
    for (const value of smallerExpression(assignment.value)) yield assignments.with(position, { ...assignment, value });
  }
}

function* smallerLists(list: readonly Expression[]): Generator<readonly Expression[]> {
  yield* without(list);
  yield* smallerExpressions(list);
}

function* smallerExpressions(list: readonly Expression[]): Generator<readonly Expression[]> {
  for (const [position, expression] of list.entries()) {
    for (const smaller of smallerExpression(expression)) yield list.with(position, smaller);
  }
}

/** A constant or parts of the same type in its place; then the same with a smaller part. */
function* smallerExpression(expression: Expression): Generator<Expression> {
  const { parts, type } = expression;
  const simplest = CONSTANTS[type];
  if (parts.length > 1 && simplest !== undefined) yield { ...expression, constant: true, parts: [simplest] };
  for (const part of parts) if (typeof part !== "string" && "type" in part && part.type === type) yield part;
  for (const [position, part] of parts.entries()) {
    if (typeof part === "string") continue;
    if ("type" in part) for (const smaller of smallerExpression(part)) yield { ...expression, parts: parts.with(position, smaller) };
    else for (const smaller of smallerQueries(part)) yield { ...expression, parts: parts.with(position, smaller) };
  }
}

function* without<Item>(list: readonly Item[]): Generator<readonly Item[]> {
  for (let position = list.length - 1; position >= 0; position--) yield list.toSpliced(position, 1);
}

/** Without a half, a quarter ... down to single ones. */
function* withoutRanges<Item>(list: readonly Item[]): Generator<readonly Item[]> {
  for (let size = list.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < list.length; start += size) yield list.toSpliced(start, size);
  }
}
