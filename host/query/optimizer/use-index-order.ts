/**
 * Rule use-index-order: rows come out of an index in its order, so a sort that asks for that order (or for its opposite) goes.
 *
 * 1. A scan that was given an index by choose-access keeps it: if the sort's keys follow the equalities there, the sort goes.
 * 2. A scan of all rows gets an index for the sake of the order only below a limit, and when the walk is likely to end soon: each row
 *    through an index costs about WALK_COST rows of a scan.
 * 3. min and max without groups are the first row in that order whose value is not NULL.
 *
 * Only declared columns count, of types for which the order of keys is that of values; and an index may answer "not known" for keys
 * that are too long, so values that bound the walk must be of fixed size. Rows that are equal in the order come as they lie in the
 * collection, or, backwards, the other way round.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalOperator, ScanAccess } from "../plan/operator.ts";
import { isVolatile, rewriteOperators } from "../plan/walk.ts";
import { machineOf, plainType, type SqlType, type TypeName } from "../type/type.ts";
import { estimateRows, estimateShare } from "./cardinality.ts";
import { type IndexPath, type OptimizerContext, sourceKey } from "./context.ts";
import { hasSubquery } from "./predicate.ts";

type Sort = Extract<LogicalOperator, { readonly kind: "LogicalSort" }>;
type Limit = Extract<LogicalOperator, { readonly kind: "LogicalLimit" }>;
type Scan = Extract<LogicalOperator, { readonly kind: "LogicalScan" }>;
type Aggregate = Extract<LogicalOperator, { readonly kind: "LogicalAggregate" }>;
type IndexAccess = Extract<ScanAccess, { readonly kind: "index" }>;

/** A row through an index, in rows of a scan. */
const WALK_COST = 10;
/** Rows that a limit of unknown size lets through. */
const LIMIT_UNKNOWN = 100;

const ORDERED: ReadonlySet<TypeName> = new Set([
  "boolean",
  "smallint",
  "integer",
  "bigint",
  "real",
  "double precision",
  "text",
  "character varying",
  "date",
  "time without time zone",
  "timestamp without time zone",
  "timestamp with time zone",
  "uuid",
]);

/** A column that rows are to be ordered by. */
interface OrderKey {
  readonly column: ColumnId;
  readonly descending: boolean;
  /** undefined: there are no NULLs among the rows that count. */
  readonly nullsFirst: boolean | undefined;
}

export function useIndexOrder(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  return rewriteOperators(root, (operator) => {
    switch (operator.kind) {
      case "LogicalLimit":
        return orderLimit(operator, context);
      case "LogicalSort":
        return orderSort(operator, context, undefined) ?? operator;
      case "LogicalAggregate":
        return orderAggregate(operator, context) ?? operator;
      default:
        return operator;
    }
  });
}

/** The sort below a limit, through projections between them. */
function orderLimit(limit: Limit, context: OptimizerContext): LogicalOperator {
  const below = (operator: LogicalOperator): LogicalOperator | undefined => {
    if (operator.kind === "LogicalSort") return orderSort(operator, context, rowsOf(limit));
    if (operator.kind !== "LogicalProject" || operator.items.some(({ value }) => isVolatile(value))) return undefined;
    const input = below(operator.input);
    return input && { ...operator, input };
  };
  const input = below(limit.input);
  return input === undefined ? limit : { ...limit, input };
}

/** Rows that a limit asks for. */
function rowsOf({ limit, offset }: Limit): number {
  const count = (expression: BoundExpression | undefined, unknown: number): number =>
    expression?.kind === "BoundConstant" && typeof expression.value === "bigint" ? Number(expression.value) : unknown;
  return count(limit, LIMIT_UNKNOWN) + (offset === undefined ? 0 : count(offset, 0));
}

/** What gives the rows of a sort in its order without it. */
function orderSort(sort: Sort, context: OptimizerContext, wanted: number | undefined): LogicalOperator | undefined {
  const keys = sort.keys.map(({ value, descending, nullsFirst }) =>
    value.kind === "BoundColumn" ? { column: value.column, descending, nullsFirst } : undefined,
  );
  return keys.includes(undefined) ? undefined : ordered(sort.input, keys as OrderKey[], context, wanted);
}

/** The same rows in the order of the keys. `wanted`: how many will be taken; undefined: all. */
function ordered(
  operator: LogicalOperator,
  keys: readonly OrderKey[],
  context: OptimizerContext,
  wanted: number | undefined,
): LogicalOperator | undefined {
  switch (operator.kind) {
    case "LogicalScan":
      return orderScan(operator, keys, context, wanted);
    case "LogicalFilter": {
      if (isVolatile(operator.predicate) || hasSubquery(operator.predicate)) return undefined;
      const share = Math.max(estimateShare(operator.predicate, operator.input, context), 1e-9);
      const input = ordered(operator.input, keys, context, wanted === undefined ? undefined : wanted / share);
      return input && { ...operator, input };
    }
    case "LogicalProject": {
      if (operator.items.some(({ value }) => isVolatile(value) || hasSubquery(value))) return undefined;
      const below = keys.map((key) => renamed(key, operator.items));
      const input = below.includes(undefined) ? undefined : ordered(operator.input, below as OrderKey[], context, wanted);
      return input && { ...operator, input };
    }
    default:
      return undefined;
  }
}

/** The key below a projection: what it makes of a column is another column. */
function renamed(key: OrderKey, items: readonly { readonly column: ColumnId; readonly value: BoundExpression }[]): OrderKey | undefined {
  const item = items.find(({ column }) => column === key.column);
  if (item === undefined) return key;
  return item.value.kind === "BoundColumn" ? { ...key, column: item.value.column } : undefined;
}

function orderScan(scan: Scan, keys: readonly OrderKey[], context: OptimizerContext, wanted: number | undefined): Scan | undefined {
  const { access } = scan;
  if (access?.kind === "key") return access.keys.length === 1 ? scan : undefined;
  const facts = context.collection(scan.collection);
  if (facts === undefined || !scan.declared) return undefined;
  if (access !== undefined) {
    const index = facts.indexes.find(({ name }) => name === access.index);
    const backwards = index && hasFixedSize(access) ? directionOf(index, access.equal.length, scan, keys) : undefined;
    if (backwards === undefined) return undefined;
    const { isUnordered: _, ...asked } = access;
    return { ...scan, access: { ...asked, descending: backwards } };
  }
  if (wanted === undefined || wanted * WALK_COST > estimateRows(scan, context)) return undefined;
  for (const index of facts.indexes) {
    const backwards = directionOf(index, 0, scan, keys);
    if (backwards === undefined) continue;
    const walk: IndexAccess = {
      kind: "index",
      index: index.name,
      equal: [],
      lower: undefined,
      upper: undefined,
      descending: backwards,
    };
    return { ...scan, access: walk };
  }
  return undefined;
}

/** False: the index has the order of the keys behind its first `skipped` columns; true: backwards. */
function directionOf(index: IndexPath, skipped: number, scan: Scan, keys: readonly OrderKey[]): boolean | undefined {
  let backwards: boolean | undefined;
  for (const [position, key] of keys.entries()) {
    const part = index.columns[skipped + position];
    const column = scan.columns.find((each) => each.column === key.column);
    if (part === undefined || column?.source.kind !== "column" || !ORDERED.has(column.type.name)) return undefined;
    if (sourceKey(column.source) !== sourceKey(part.source)) return undefined;
    // NULLs come behind all values, and a descending part is turned round with them.
    const isBackward = key.descending !== part.descending;
    const nullsFirst = key.descending;
    if ((key.nullsFirst ?? nullsFirst) !== nullsFirst || (backwards ?? isBackward) !== isBackward) return undefined;
    backwards = isBackward;
  }
  return backwards;
}

/** Whether keys of the access cannot be too long for the index. */
function hasFixedSize({ equal, lower, upper, prefix }: IndexAccess): boolean {
  if (prefix !== undefined) return false;
  const types: SqlType[] = [...equal, ...[lower, upper].flatMap((bound) => (bound === undefined ? [] : [bound.value]))].map(
    ({ type }) => type,
  );
  return types.every((type) => machineOf(type) !== "word" && machineOf(type) !== "any");
}

// Extremes --------------------------------------------------------------------------------------------------------------

/** min or max of a column, alone and without groups. */
function orderAggregate(aggregate: Aggregate, context: OptimizerContext): LogicalOperator | undefined {
  const [item, ...more] = aggregate.aggregates;
  if (item === undefined || more.length > 0 || aggregate.groups.length > 0 || item.filter !== undefined) return undefined;
  const [argument] = item.arguments;
  const name = item.aggregate.name;
  if (argument?.kind !== "BoundColumn" || (name !== "min" && name !== "max")) return undefined;
  const predicate = { kind: "BoundIsNull", type: plainType("boolean"), negated: true, operand: argument } as const;
  const filtered: LogicalOperator = { kind: "LogicalFilter", input: aggregate.input, predicate };
  const input = ordered(filtered, [{ column: argument.column, descending: name === "max", nullsFirst: undefined }], context, 1);
  if (input === undefined) return undefined;
  const limit = { kind: "BoundConstant", type: plainType("bigint"), value: 1n } as const;
  return { ...aggregate, input: { kind: "LogicalLimit", input, limit, offset: undefined } };
}
