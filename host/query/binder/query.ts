/**
 * Queries: WITH, a body (SELECT, VALUES, a set operation, a query in brackets), ORDER BY, LIMIT.
 */
import type { ParsedOrder } from "../ast/expression.ts";
import type { ParsedQuery, ParsedQueryBody, ParsedValues } from "../ast/query.ts";
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator, PlanColumn, SortKey } from "../plan/operator.ts";
import { columnsUsed } from "../plan/walk.ts";
import { formatType } from "../type/name.ts";
import { plainType } from "../type/type.ts";
import type { Binding } from "./binding.ts";
import { coerce, coerceToCommon, settle } from "./coerce.ts";
import { bindExpression, type Context, startOf } from "./expression.ts";
import { matchOutput, nullsFirst, ordinal } from "./order.ts";
import { Level, type Source } from "./scope.ts";
import { bindSelect } from "./select.ts";
import { bindSetOperation } from "./set-operation.ts";
import { bindWith, wrapCommonTables } from "./with.ts";

/** An operator and the columns that the query gives, in order. */
export interface Relation {
  readonly operator: LogicalOperator;
  readonly columns: readonly PlanColumn[];
}

export interface BoundQuery extends Relation {
  /** Knows which columns of enclosing queries are used. */
  readonly level: Level;
}

/**
 * `seesParent`: the query may use the sources of the level around it. `keepsUnknown`: literals of the select list may stay untyped,
 * because the caller gives them a type (retypeUnknown).
 */
export function bindQuery(
  binding: Binding,
  parent: Level | undefined,
  seesParent: boolean,
  query: ParsedQuery,
  keepsUnknown = false,
): BoundQuery {
  const level = new Level(parent, seesParent);
  if (query.withTies) throw binding.notSupported("WITH TIES", query.position);
  const [locking] = query.locking;
  if (locking !== undefined) throw binding.notSupported(`FOR ${locking.strength}`, locking.position);
  const tables = query.with === undefined ? [] : bindWith(binding, level, query.with);
  const body = bindBody(binding, level, query.body, query.orderBy, keepsUnknown);
  const limited = limit(binding, level, body.operator, query);
  return { operator: wrapCommonTables(binding, limited, tables), columns: body.columns, level };
}

/** A body without ORDER BY of its own, as a side of a set operation has it. */
export function bindBody(
  binding: Binding,
  level: Level,
  body: ParsedQueryBody,
  orderBy: readonly ParsedOrder[],
  keepsUnknown: boolean,
): Relation {
  switch (body.kind) {
    case "ParsedSelect":
      return bindSelect(binding, level, body, orderBy, keepsUnknown);
    case "ParsedValues":
      return sortOutput(binding, level, bindValues(binding, level, body), orderBy);
    case "ParsedSetOperation": {
      const relation = bindSetOperation(binding, level, body);
      return sortSetOperation(binding, relation, orderBy);
    }
    case "ParsedQuery":
      return sortOutput(binding, level, bindQuery(binding, level, true, body), orderBy);
  }
}

/** VALUES (...), (...): columns column1, column2 ... of the rows' common types. */
function bindValues(binding: Binding, level: Level, values: ParsedValues): Relation {
  const context: Context = { binding, level, clause: "VALUES", aggregates: undefined };
  const width = values.rows[0]!.length;
  const rows = values.rows.map((row) => {
    if (row.length !== width) throw binding.error("42601", "VALUES lists must all be the same length", row[0]?.position ?? values.position);
    return row.map((value) => {
      if (value.kind === "ParsedDefault") throw binding.error("42601", "DEFAULT is not allowed in this context", value.position);
      return bindExpression(context, value);
    });
  });
  return valuesOf(binding, rows, width);
}

/** Rows of expressions as an operator; each column's values become of one type. */
export function valuesOf(binding: Binding, rows: readonly (readonly BoundExpression[])[], width: number): Relation {
  const typed = Array.from({ length: width }, (_, index) =>
    coerceToCommon(
      binding,
      rows.map((row) => row[index]!),
      "VALUES",
    ),
  );
  const columns = typed.map((values, index): PlanColumn => {
    return { column: binding.newColumn(), name: `column${index + 1}`, type: values[0]!.type };
  });
  const operator: LogicalOperator = { kind: "LogicalValues", columns, rows: rows.map((_, row) => typed.map((values) => values[row]!)) };
  return { operator, columns };
}

/** ORDER BY of a body whose columns are all that can be named. */
function sortOutput(binding: Binding, level: Level, relation: Relation, orderBy: readonly ParsedOrder[]): Relation {
  if (orderBy.length === 0) return relation;
  const source: Source = {
    alias: undefined,
    columns: relation.columns.map(({ column, name, type }) => ({
      name,
      type,
      read: () => ({ kind: "BoundColumn", type, column, name }),
    })),
    open: false,
    scan: undefined,
    table: undefined,
    hidden: new Set(),
  };
  level.sources = [source];
  const context: Context = { binding, level, clause: "ORDER BY", aggregates: undefined };
  const keys = orderBy.map((order): SortKey => {
    const output =
      ordinal(binding, order.value, relation.columns, "ORDER BY") ?? matchOutput(binding, order.value, relation.columns, "ORDER BY");
    const value: BoundExpression = output === undefined ? settle(binding, bindExpression(context, order.value)) : reference(output);
    return { value, descending: order.descending, nullsFirst: nullsFirst(order) };
  });
  return { ...relation, operator: { kind: "LogicalSort", input: relation.operator, keys } };
}

/** ORDER BY of a set operation: names and ordinals of its columns only. */
function sortSetOperation(binding: Binding, relation: Relation, orderBy: readonly ParsedOrder[]): Relation {
  if (orderBy.length === 0) return relation;
  const keys = orderBy.map((order): SortKey => {
    const { value } = order;
    const output = ordinal(binding, value, relation.columns, "ORDER BY") ?? matchOutput(binding, value, relation.columns, "ORDER BY");
    if (output !== undefined) return { value: reference(output), descending: order.descending, nullsFirst: nullsFirst(order) };
    if (value.kind === "ParsedColumn" && value.names.length === 1) {
      throw binding.error("42703", `column "${value.names[0]!.folded}" does not exist`, value.position);
    }
    const detail = "Only result column names can be used, not expressions or functions.";
    const hint = "Add the expression/function to every SELECT, or move the UNION into a FROM clause.";
    const message = `invalid UNION/INTERSECT/EXCEPT ORDER BY clause (DETAIL: ${detail}) (HINT: ${hint})`;
    throw binding.error("0A000", message, startOf(value));
  });
  return { ...relation, operator: { kind: "LogicalSort", input: relation.operator, keys } };
}

function reference({ column, name, type }: PlanColumn): BoundExpression {
  return { kind: "BoundColumn", type, column, name };
}

function limit(binding: Binding, level: Level, input: LogicalOperator, query: ParsedQuery): LogicalOperator {
  if (query.limit === undefined && query.offset === undefined) return input;
  const count = (what: string, parsed: ParsedQuery["limit"]): BoundExpression | undefined => {
    if (parsed === undefined) return undefined;
    const bound = bindExpression({ binding, level, clause: what, aggregates: undefined }, parsed);
    const own = [...columnsUsed(bound)].some((column) => !level.outer.has(column));
    if (own) throw binding.error("42P10", `argument of ${what} must not contain variables`, parsed.position);
    const coerced = coerce(binding, bound, plainType("bigint"), "assignment");
    if (coerced !== undefined) return coerced;
    throw binding.error("42804", `argument of ${what} must be type bigint, not type ${formatType(bound.type)}`, startOf(parsed));
  };
  return { kind: "LogicalLimit", input, limit: count("LIMIT", query.limit), offset: count("OFFSET", query.offset) };
}
