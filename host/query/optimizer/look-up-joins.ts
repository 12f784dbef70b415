/**
 * Rule look-up-joins: a join of few rows with a large collection looks the partners up, by key or through an index, in the place of
 * reading them all. The collection's side becomes one that depends on the other (a nested loop), with an access path that asks for the
 * values of the row at hand. A semi join by equalities with few rows on its right goes the other way round: their different keys look up the
 * left's rows.
 *
 * A look-up costs about LOOKUP_COST rows of a scan, each row through an index WALK_COST. Estimates may be wrong; the rows are the same,
 * since the join keeps its condition.
 */
import type { BoundExpression } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { columnsOf, isVolatile, rewriteOperators } from "../plan/walk.ts";
import { estimateRows, estimateShare } from "./cardinality.ts";
import { accessOf } from "./choose-access.ts";
import type { OptimizerContext } from "./context.ts";
import { conjunction, conjunctsOf, hasSubquery, isOperator, usesOnly, usesSome } from "./predicate.ts";

type Join = Extract<LogicalOperator, { readonly kind: "LogicalJoin" }>;

const LOOKUP_COST = 100;
const WALK_COST = 20;
/** Joins that need no right row without a partner. */
const KINDS: ReadonlySet<Join["join"]> = new Set(["inner", "left", "semi", "anti"]);

export function lookUpJoins(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  return rewriteOperators(root, (operator) => {
    if (operator.kind !== "LogicalJoin" || operator.dependent || !KINDS.has(operator.join)) return operator;
    const right = lookedUp(operator, operator.left, operator.right, context);
    if (right !== undefined) return { ...operator, right, dependent: true };
    if (operator.join === "semi") return lookedUpByKeys(operator, context) ?? operator;
    if (operator.join !== "inner") return operator;
    const left = lookedUp(operator, operator.right, operator.left, context);
    return left === undefined ? operator : { ...operator, left: operator.right, right: left, dependent: true };
  });
}

/** The left rows of a semi join, which the keys of its right look up: each row has one key, so it comes once. */
function lookedUpByKeys(join: Join, context: OptimizerContext): LogicalOperator | undefined {
  const ofRight = new Set(columnsOf(join.right).map(({ column }) => column));
  const on: BoundExpression[] = [];
  for (const conjunct of conjunctsOf(join.condition)) {
    if (!isOperator(conjunct, "=")) return undefined;
    const sides = conjunct.arguments as readonly BoundExpression[];
    const key = sides.find((side) => side.kind === "BoundColumn" && ofRight.has(side.column));
    const other = sides.find((side) => side !== key);
    if (key === undefined || other === undefined || usesSome(other, ofRight)) return undefined;
    on.push(key);
  }
  const keys: LogicalOperator = { kind: "LogicalDistinct", input: join.right, on };
  const right = lookedUp(join, keys, join.left, context);
  if (right === undefined) return undefined;
  const items = columnsOf(join.left).map((column) => ({ ...column, value: { kind: "BoundColumn", ...column } as const }));
  return { kind: "LogicalProject", input: { ...join, join: "inner", left: keys, right, dependent: true }, items };
}

/** Whether so many look-ups that find so many rows each cost less than a scan of all rows. */
export function isWorthLookUps(lookUps: number, found: number, rows: number): boolean {
  return lookUps * (LOOKUP_COST + found * WALK_COST) <= rows;
}

/** The inner side with a path that finds the partners of one outer row; undefined: reading it as a whole is as good. */
function lookedUp(join: Join, outer: LogicalOperator, inner: LogicalOperator, context: OptimizerContext): LogicalOperator | undefined {
  if (inner.kind === "LogicalProject") {
    if (inner.items.some(({ value }) => isVolatile(value))) return undefined;
    const input = lookedUp(join, outer, inner.input, context);
    return input && { ...inner, input };
  }
  const scan = inner.kind === "LogicalFilter" ? inner.input : inner;
  if (scan.kind !== "LogicalScan" || scan.access !== undefined) return undefined;
  const facts = context.collection(scan.collection);
  if (facts === undefined || estimateRows(outer, context) * LOOKUP_COST > facts.rows) return undefined;
  const equalities = equalitiesOf(join, outer, scan);
  const predicate = conjunction([...equalities, ...(inner.kind === "LogicalFilter" ? [inner.predicate] : [])]);
  if (equalities.length === 0 || predicate === undefined) return undefined;
  const filter = { kind: "LogicalFilter", input: scan, predicate } as const;
  const access = accessOf(filter, scan, facts, context);
  if (access === undefined || (access.kind === "index" && access.equal.length === 0)) return undefined;
  const found = access.kind === "key" ? access.keys.length : facts.rows * estimateShare(conjunction(equalities), scan, context);
  if (!isWorthLookUps(estimateRows(outer, context), found, facts.rows)) return undefined;
  return { ...filter, input: { ...scan, access } };
}

/** Equalities between a side's columns and those of the other, which may stand below the join as well as in it. */
function equalitiesOf({ condition }: Join, outer: LogicalOperator, scan: LogicalOperator): readonly BoundExpression[] {
  const ofOuter = new Set(columnsOf(outer).map(({ column }) => column));
  const ofInner = new Set(columnsOf(scan).map(({ column }) => column));
  return conjunctsOf(condition).filter((conjunct) => {
    if (!isOperator(conjunct, "=") || isVolatile(conjunct) || hasSubquery(conjunct)) return false;
    const [left, right] = conjunct.arguments as [BoundExpression, BoundExpression];
    const meets = (first: BoundExpression, second: BoundExpression): boolean =>
      usesSome(first, ofOuter) && !usesSome(first, ofInner) && usesOnly(second, ofInner) && usesSome(second, ofInner);
    return meets(left, right) || meets(right, left);
  });
}
