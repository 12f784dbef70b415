/**
 * WITH: queries that are named once and used anywhere in the statement below. Those of WITH RECURSIVE may name each other and themselves
 * (with-references.ts, recursion.ts).
 *
 * A table that is used once is put where it is used; one that is used more often, or is MATERIALIZED, is computed once
 * (LogicalCommonTable). NOT MATERIALIZED binds its query anew at each use. One that is not used is bound, for its errors, and
 * forgotten.
 */
import type { ParsedName } from "../ast/name.ts";
import type { ParsedCommonTable, ParsedQuery, ParsedWith } from "../ast/query.ts";
import type { ColumnId } from "../plan/expression.ts";
import type { LogicalCommonReference, LogicalOperator, LogicalProject, PlanColumn } from "../plan/operator.ts";
import { expressionsOf, inputsOf, rewriteOperators, visitExpression, visitOperators, writes } from "../plan/walk.ts";
import { bindDataStatement } from "./bind.ts";
import type { Binding } from "./binding.ts";
import { bindQuery, type Relation } from "./query.ts";
import { bindRecursiveQuery } from "./recursion.ts";
import { type Level, matchName } from "./scope.ts";
import { type OrderedTable, orderTables } from "./with-references.ts";

export interface CommonTable {
  readonly name: string;
  readonly number: number;
  readonly materialized: boolean | undefined;
  /** Binds the query anew. */
  readonly bind: () => Relation;
  readonly relation: Relation;
  /** It is the working table of the recursive query whose recursive term is being bound. */
  readonly isWorking: boolean;
}

/** Binds the tables of a WITH, each in sight of those before it. */
export function bindWith(binding: Binding, level: Level, parsed: ParsedWith): readonly CommonTable[] {
  const names = new Set<string>();
  for (const { name } of parsed.tables) {
    if (names.has(name.folded)) throw binding.error("42712", `WITH query name "${name.folded}" specified more than once`, name.position);
    names.add(name.folded);
  }
  const tables: CommonTable[] = [];
  const ordered = parsed.recursive ? orderTables(binding, parsed) : parsed.tables.map((table) => ({ table, union: undefined }));
  for (const table of ordered) {
    tables.push(bindTable(binding, level, table));
    level.commonTables = [...tables];
  }
  return tables;
}

function bindTable(binding: Binding, level: Level, { table, union }: OrderedTable): CommonTable {
  const { statement } = table;
  if (statement.kind !== "ParsedQuery") return bindModification(binding, level, table, statement);
  const before = level.commonTables;
  const bind = (): Relation => {
    const now = level.commonTables;
    level.commonTables = before;
    const { operator, columns } =
      union === undefined ? bindQuery(binding, level, true, statement) : bindRecursiveQuery(binding, level, table, statement, union);
    level.commonTables = now;
    return { operator, columns: renamed(binding, table, columns) };
  };
  const relation = bind();
  const number = binding.newCommonTable();
  return { name: table.name.folded, number, materialized: table.materialized, bind, relation, isWorking: false };
}

/** INSERT, UPDATE or DELETE: run once to its end, whether its rows are asked for or not. */
function bindModification(
  binding: Binding,
  level: Level,
  table: ParsedCommonTable,
  statement: Exclude<ParsedCommonTable["statement"], ParsedQuery>,
): CommonTable {
  const { name, position } = table;
  if (statement.kind === "ParsedMerge") throw binding.error("0A000", "MERGE not supported in WITH query", position);
  if (level.parent !== undefined) {
    throw binding.error("0A000", "WITH clause containing a data-modifying statement must be at the top level", position);
  }
  const { operator, columns } = bindDataStatement(binding, statement, level);
  const relation = { operator, columns: renamed(binding, table, columns) };
  const number = binding.newCommonTable();
  return { name: name.folded, number, materialized: true, bind: () => relation, relation, isWorking: false };
}

/** The columns of a query under the names that WITH gives them. */
export function renamed(
  binding: Binding,
  { name, columns: names }: ParsedCommonTable,
  columns: readonly PlanColumn[],
): readonly PlanColumn[] {
  if (names.length > columns.length) {
    const counts = `has ${columns.length} columns available but ${names.length} columns specified`;
    throw binding.error("42P10", `WITH query "${name.folded}" ${counts}`, name.position);
  }
  return columns.map((column, index) => ({ ...column, name: names[index]?.folded ?? column.name }));
}

/** A table of that name, from the inside out. Queries in FROM see those of enclosing queries, LATERAL or not. */
export function findCommonTable(from: Level, name: ParsedName): CommonTable | undefined {
  for (let level: Level | undefined = from; level !== undefined; level = level.parent) {
    const matched = matchName(
      level.commonTables.map((table) => table.name),
      name,
    );
    if (matched !== undefined) return level.commonTables.find((table) => table.name === matched);
  }
  return undefined;
}

/** A use of a table. */
export function referenceCommonTable(binding: Binding, table: CommonTable, position: number): Relation {
  if (table.relation.columns.length === 0 && writes(table.relation.operator)) {
    throw binding.error("0A000", `WITH query "${table.name}" does not have a RETURNING clause`, position);
  }
  if (table.materialized === false && !table.isWorking) return table.bind();
  const columns = table.relation.columns.map(({ name, type }): PlanColumn => ({ column: binding.newColumn(), name, type }));
  const reference: LogicalCommonReference = { kind: "LogicalCommonReference", table: table.number, name: table.name, columns };
  return { operator: table.isWorking ? { ...reference, isWorking: true } : reference, columns };
}

/** Puts the tables of a WITH around its query, or into it. */
export function wrapCommonTables(binding: Binding, operator: LogicalOperator, tables: readonly CommonTable[]): LogicalOperator {
  // From the last to the first: a table may be used by those behind it.
  return tables.reduceRight((input, table) => wrapCommonTable(binding, input, table), operator);
}

function wrapCommonTable(binding: Binding, input: LogicalOperator, table: CommonTable): LogicalOperator {
  const used = countReferences(input, table.number);
  if (used === 0 && !writes(table.relation.operator)) return input;
  const isCheap = !hasRecursion(table.relation.operator) || isReadOnce(input, table.number);
  if (used === 1 && table.materialized !== true && isCheap) return replaceReference(input, table);
  const { operator: definition, columns } = distinctColumns(binding, table.relation);
  const definitionColumns = columns.map(({ column }) => column);
  return { kind: "LogicalCommonTable", table: table.number, name: table.name, definition, definitionColumns, input };
}

/** A column that the definition has twice is made again: references tell their columns by the definition's numbers. */
function distinctColumns(binding: Binding, { operator, columns }: Relation): Relation {
  const items: LogicalProject["items"][number][] = [];
  const known = new Set<ColumnId>();
  const distinct = columns.map((own): PlanColumn => {
    const { column, name, type } = own;
    if (!known.has(column)) {
      known.add(column);
      return own;
    }
    const copy: PlanColumn = { column: binding.newColumn(), name, type };
    items.push({ ...copy, value: { kind: "BoundColumn", type, column, name } });
    return copy;
  });
  return items.length === 0 ? { operator, columns } : { operator: { kind: "LogicalProject", input: operator, items }, columns: distinct };
}

function isReference(operator: LogicalOperator, number: number): operator is LogicalCommonReference {
  return operator.kind === "LogicalCommonReference" && operator.table === number;
}

function hasRecursion(operator: LogicalOperator): boolean {
  let found = false;
  visitOperators(operator, ({ kind }) => {
    found ||= kind === "LogicalRecursion";
  });
  return found;
}

/** Whether a table's only reference stands where it is read once: not in what is run for each row of something, or in each turn of a recursion. */
function isReadOnce(operator: LogicalOperator, number: number): boolean {
  if (isReference(operator, number)) return true;
  const isRepeated = operator.kind === "LogicalRecursion" || (operator.kind === "LogicalJoin" && operator.dependent);
  const inputs = inputsOf(operator);
  if ((isRepeated ? inputs.slice(0, 1) : inputs).some((input) => isReadOnce(input, number))) return true;
  let found = false;
  for (const expression of expressionsOf(operator)) {
    visitExpression(expression, (part) => {
      if (part.kind === "BoundSubquery" && part.outer.length === 0) found ||= isReadOnce(part.plan, number);
    });
  }
  return found;
}

function countReferences(input: LogicalOperator, number: number): number {
  let count = 0;
  rewriteOperators(input, (operator) => {
    if (isReference(operator, number)) count++;
    return operator;
  });
  return count;
}

/** The definition in place of its one reference, whose columns are made of the definition's. */
function replaceReference(input: LogicalOperator, { number, relation }: CommonTable): LogicalOperator {
  return rewriteOperators(input, (operator) => {
    if (!isReference(operator, number)) return operator;
    const items = operator.columns.map(({ column, name, type }, index) => {
      const from = relation.columns[index]!;
      return { column, name, type, value: { kind: "BoundColumn", type, column: from.column, name: from.name } as const };
    });
    return { kind: "LogicalProject", input: relation.operator, items };
  });
}
