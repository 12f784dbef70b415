/**
 * Rule choose-access: reads rows by key or through an index where a filter allows it.
 *
 * Of the conjuncts above a scan those count that compare a column with something that does not depend on the scan's rows. A full
 * key is always taken; else the index with the longest run of equalities, then a range; an index that would give more than
 * INDEX_SHARE of all rows is not worth its jumps through memory. The filter keeps every predicate.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalOperator, ScanAccess, ScanBound } from "../plan/operator.ts";
import { columnsUsed, isVolatile, rewriteOperators } from "../plan/walk.ts";
import type { SqlType, TypeName } from "../type/type.ts";
import { estimateShare } from "./cardinality.ts";
import { type CollectionFacts, type ColumnSource, type IndexPath, type OptimizerContext, sourceKey } from "./context.ts";
import { conjunctsOf, hasSubquery } from "./predicate.ts";

const INDEX_SHARE = 0.3;
/** Most rows that are looked up one by one by key. */
const KEYS_MAX = 1000;

type Scan = Extract<LogicalOperator, { readonly kind: "LogicalScan" }>;
type Filter = Extract<LogicalOperator, { readonly kind: "LogicalFilter" }>;

/** What a conjunct says of one column of the scan. */
interface Restriction {
  readonly source: ColumnSource;
  readonly operator: "=" | "<" | "<=" | ">" | ">=" | "in" | "like";
  /** One value, or those of an IN list. */
  readonly values: readonly BoundExpression[];
  readonly predicate: BoundExpression;
}

export function chooseAccess(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  return rewriteOperators(root, (operator) => {
    if (operator.kind !== "LogicalFilter" || operator.input.kind !== "LogicalScan" || operator.input.access !== undefined) return operator;
    const facts = context.collection(operator.input.collection);
    const access = facts && accessOf(operator, operator.input, facts, context);
    return access === undefined ? operator : { ...operator, input: { ...operator.input, access } };
  });
}

/** The best path for the rows of a scan that pass a filter on it; undefined: all rows. */
export function accessOf(filter: Filter, scan: Scan, facts: CollectionFacts, context: OptimizerContext): ScanAccess | undefined {
  const own = new Set(scan.columns.map(({ column }) => column));
  const restrictions = conjunctsOf(filter.predicate)
    .map((predicate) => restrictionOf(predicate, scan, own))
    .filter((restriction) => restriction !== undefined);
  if (restrictions.length === 0) return undefined;
  return keyAccess(facts, restrictions) ?? indexAccess(filter, facts, restrictions, context);
}

function restrictionOf(predicate: BoundExpression, scan: Scan, own: ReadonlySet<ColumnId>): Restriction | undefined {
  const fixed = (value: BoundExpression): boolean => {
    for (const column of columnsUsed(value)) if (own.has(column)) return false;
    return !isVolatile(value) && !hasSubquery(value);
  };
  if (predicate.kind === "BoundInList") {
    const source = sourceOf(predicate.operand, scan);
    if (source === undefined || predicate.equality.name !== "=" || !predicate.items.every(fixed)) return undefined;
    return { source, operator: "in", values: predicate.items, predicate };
  }
  if (predicate.kind !== "BoundCall" || predicate.function.role !== "operator" || predicate.arguments.length !== 2) return undefined;
  const [left, right] = predicate.arguments as [BoundExpression, BoundExpression];
  const operator = predicate.function.name;
  const leftSource = sourceOf(left, scan);
  if (operator === "~~" && leftSource?.kind === "column" && TEXTS.has(left.type.name) && TEXTS.has(right.type.name) && fixed(right)) {
    return { source: leftSource, operator: "like", values: [right], predicate };
  }
  if (!isComparison(operator)) return undefined;
  if (leftSource !== undefined && fixed(right)) return { source: leftSource, operator, values: [right], predicate };
  const rightSource = sourceOf(right, scan);
  if (rightSource === undefined || !fixed(left)) return undefined;
  return { source: rightSource, operator: MIRRORED[operator], values: [left], predicate };
}

type Comparison = "=" | "<" | "<=" | ">" | ">=";
const MIRRORED: Readonly<Record<Comparison, Comparison>> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function isComparison(name: string): name is Comparison {
  return name in MIRRORED;
}

const INTEGERS: ReadonlySet<TypeName> = new Set(["smallint", "integer", "bigint"]);
const TEXTS: ReadonlySet<TypeName> = new Set(["text", "character varying"]);

/** Types whose values compare alike and are held alike, so that a cast between them may stand between a column and its index. */
function sameValues(from: SqlType, to: SqlType): boolean {
  return from.name === to.name || [INTEGERS, TEXTS].some((family) => family.has(from.name) && family.has(to.name));
}

/** The source of an expression that is a column of the scan, or a cast of one that changes no value. */
function sourceOf(expression: BoundExpression, scan: Scan): ColumnSource | undefined {
  if (expression.kind === "BoundCall" && expression.function.role === "cast") {
    const [operand] = expression.arguments;
    if (operand === undefined || !sameValues(operand.type, expression.type) || expression.type.modifiers.length > 0) return undefined;
    return sourceOf(operand, scan);
  }
  if (expression.kind !== "BoundColumn") return undefined;
  return scan.columns.find(({ column }) => column === expression.column)?.source;
}

function keyAccess(facts: CollectionFacts, restrictions: readonly Restriction[]): ScanAccess | undefined {
  const columns = facts.primaryKey;
  if (columns === undefined || columns.length === 0) return undefined;
  const found = columns.map((column) => {
    const same = restrictions.filter(({ source }) => sourceKey(source) === sourceKey(column));
    return same.find(({ operator }) => operator === "=") ?? same.find(({ operator }) => operator === "in");
  });
  let keys: readonly (readonly BoundExpression[])[] = [[]];
  for (const restriction of found) {
    if (restriction === undefined || keys.length * restriction.values.length > KEYS_MAX) return undefined;
    keys = keys.flatMap((key) => restriction.values.map((value) => [...key, value]));
  }
  return { kind: "key", keys };
}

function indexAccess(
  filter: Filter,
  facts: CollectionFacts,
  restrictions: readonly Restriction[],
  context: OptimizerContext,
): ScanAccess | undefined {
  let best: { readonly access: ScanAccess; readonly share: number } | undefined;
  for (const index of facts.indexes) {
    const use = useOf(index, restrictions);
    if (use === undefined) continue;
    const share = use.used.reduce((product, predicate) => product * estimateShare(predicate, filter.input, context), 1);
    const certain = index.unique && use.equalCount === index.columns.length;
    if (certain) return use.access;
    if (share <= INDEX_SHARE && (best === undefined || share < best.share)) best = { access: use.access, share };
    // A range has the share of a guess; among few rows a scan is as good.
    else if (best === undefined && use.ranged && facts.rows > KEYS_MAX) best = { access: use.access, share };
  }
  return best?.access;
}

interface IndexUse {
  readonly access: ScanAccess;
  readonly used: readonly BoundExpression[];
  readonly equalCount: number;
  readonly ranged: boolean;
}

/** Equalities on the first columns, then at most one range, or the beginning of a text. */
function useOf(index: IndexPath, restrictions: readonly Restriction[]): IndexUse | undefined {
  const equal: BoundExpression[] = [];
  const used: BoundExpression[] = [];
  for (const { source, descending } of index.columns) {
    const same = restrictions.filter((restriction) => sourceKey(restriction.source) === sourceKey(source));
    const equality = same.find(({ operator }) => operator === "=");
    if (equality !== undefined) {
      equal.push(equality.values[0] as BoundExpression);
      used.push(equality.predicate);
      continue;
    }
    const lower = same.find(({ operator }) => operator === ">" || operator === ">=");
    const upper = same.find(({ operator }) => operator === "<" || operator === "<=");
    if (lower === undefined && upper === undefined) {
      const pattern = same.find((restriction) => restriction.operator === "like");
      if (pattern === undefined) break;
      used.push(pattern.predicate);
      return { access: { ...accessTo(index, equal), prefix: pattern.values[0] }, used, equalCount: equal.length, ranged: true };
    }
    used.push(...[lower, upper].flatMap((bound) => (bound === undefined ? [] : [bound.predicate])));
    // In a descending column the larger values come first.
    const [first, last] = descending ? [upper, lower] : [lower, upper];
    const access: ScanAccess = { ...accessTo(index, equal), lower: boundOf(first), upper: boundOf(last) };
    return { access, used, equalCount: equal.length, ranged: true };
  }
  if (equal.length === 0) return undefined;
  return { access: accessTo(index, equal), used, equalCount: equal.length, ranged: false };
}

function accessTo({ name }: IndexPath, equal: readonly BoundExpression[]): Extract<ScanAccess, { readonly kind: "index" }> {
  return { kind: "index", index: name, equal, lower: undefined, upper: undefined, descending: false, isUnordered: true };
}

function boundOf(restriction: Restriction | undefined): ScanBound | undefined {
  if (restriction === undefined) return undefined;
  return { value: restriction.values[0] as BoundExpression, inclusive: restriction.operator === ">=" || restriction.operator === "<=" };
}
