/**
 * Rule order-joins: the order in which inner joins are carried out, by dynamic programming over sets of relations (Selinger et
 * al. 1979; sets as bits, DPsub of Moerkotte and Neumann 2006) up to RELATIONS_MAX, greedily above. The cost of a tree is the sum
 * of the rows of its joins; pairs without a condition between them are joined only when nothing else is left.
 *
 * Of two sides the smaller one stands right: the side that hash joins build their table of.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalOperator } from "../plan/operator.ts";
import { columnsOf, columnsUsed, inputsOf, isVolatile, mapExpressions, rewriteExpression, withInputs, writes } from "../plan/walk.ts";
import { estimateRows, estimateShare } from "./cardinality.ts";
import type { OptimizerContext } from "./context.ts";
import { conjunction, conjunctsOf } from "./predicate.ts";

const RELATIONS_MAX = 10;

type Join = Extract<LogicalOperator, { readonly kind: "LogicalJoin" }>;

/** Relations and the predicates between them; sets of relations are bits. */
interface JoinGraph {
  readonly relations: readonly LogicalOperator[];
  readonly edges: readonly { readonly predicate: BoundExpression; readonly needs: number }[];
}

interface Tree {
  readonly plan: LogicalOperator;
  readonly rows: number;
  readonly cost: number;
}

export function orderJoins(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  const inner = mapExpressions(root, (expression) =>
    rewriteExpression(expression, (part) => (part.kind === "BoundSubquery" ? { ...part, plan: orderJoins(part.plan, context) } : part)),
  );
  if (!isInner(inner)) {
    return withInputs(
      inner,
      inputsOf(inner).map((input) => orderJoins(input, context)),
    );
  }
  const relations: LogicalOperator[] = [];
  const predicates: BoundExpression[] = [];
  flatten(inner, relations, predicates, context);
  const graph = graphOf(relations, predicates);
  return (relations.length <= RELATIONS_MAX ? cheapest(graph, context) : greedy(graph, context)).plan;
}

function isInner(operator: LogicalOperator): operator is Join {
  return (
    operator.kind === "LogicalJoin" &&
    (operator.join === "inner" || operator.join === "cross") &&
    !operator.dependent &&
    !conjunctsOf(operator.condition).some(isVolatile) &&
    !writes(operator)
  );
}

function flatten(operator: LogicalOperator, relations: LogicalOperator[], predicates: BoundExpression[], context: OptimizerContext): void {
  if (!isInner(operator)) {
    relations.push(orderJoins(operator, context));
    return;
  }
  flatten(operator.left, relations, predicates, context);
  flatten(operator.right, relations, predicates, context);
  predicates.push(...conjunctsOf(operator.condition));
}

function graphOf(relations: readonly LogicalOperator[], predicates: readonly BoundExpression[]): JoinGraph {
  const owner = new Map<ColumnId, number>();
  for (const [index, relation] of relations.entries()) for (const { column } of columnsOf(relation)) owner.set(column, 1 << index);
  const edges = predicates.map((predicate) => {
    let needs = 0;
    for (const column of columnsUsed(predicate)) needs |= owner.get(column) ?? 0;
    return { predicate, needs };
  });
  return { relations, edges };
}

function leaf(graph: JoinGraph, index: number, context: OptimizerContext): Tree {
  const plan = graph.relations[index] as LogicalOperator;
  return { plan, rows: estimateRows(plan, context), cost: 0 };
}

/** The join of two trees with all predicates that become possible by it. */
function joined(graph: JoinGraph, left: Tree, leftSet: number, right: Tree, rightSet: number, context: OptimizerContext): Tree {
  const both = leftSet | rightSet;
  const between = graph.edges
    .filter(({ needs }) => (needs & ~both) === 0 && (needs & ~leftSet) !== 0 && (needs & ~rightSet) !== 0)
    .map(({ predicate }) => predicate);
  const [probe, build] = left.rows >= right.rows ? [left, right] : [right, left];
  const plan: Join = {
    kind: "LogicalJoin",
    join: between.length > 0 ? "inner" : "cross",
    left: probe.plan,
    right: build.plan,
    condition: conjunction(between),
    mark: undefined,
    dependent: false,
  };
  const rows = Math.max(1, left.rows * right.rows * estimateShare(plan.condition, plan, context));
  return { plan, rows, cost: left.cost + right.cost + rows };
}

function connects(graph: JoinGraph, leftSet: number, rightSet: number): boolean {
  const both = leftSet | rightSet;
  return graph.edges.some(({ needs }) => (needs & ~both) === 0 && (needs & leftSet) !== 0 && (needs & rightSet) !== 0);
}

function cheapest(graph: JoinGraph, context: OptimizerContext): Tree {
  const count = graph.relations.length;
  const best = new Map<number, Tree>();
  for (let index = 0; index < count; index++) best.set(1 << index, leaf(graph, index, context));
  for (let set = 1; set < 1 << count; set++) {
    if (best.has(set)) continue;
    let found: Tree | undefined;
    for (const needEdge of [true, false]) {
      // Each pair of halves once: the half with the lowest relation is the left one.
      const lowest = set & -set;
      for (let half = (set - 1) & set; half > 0; half = (half - 1) & set) {
        const rest = set & ~half;
        const left = best.get(half);
        const right = best.get(rest);
        if ((half & lowest) === 0 || left === undefined || right === undefined) continue;
        if (needEdge && !connects(graph, half, rest)) continue;
        const tree = joined(graph, left, half, right, rest, context);
        if (found === undefined || tree.cost < found.cost) found = tree;
      }
      if (found !== undefined) break;
    }
    best.set(set, found as Tree);
  }
  return best.get((1 << count) - 1) as Tree;
}

/** Joins the two trees whose join is smallest, until one is left. */
function greedy(graph: JoinGraph, context: OptimizerContext): Tree {
  // Sets of more than 31 relations do not fit into bits: such joins keep the order in which they were written.
  if (graph.relations.length > 30) return written(graph, context);
  let trees = graph.relations.map((_, index) => ({ set: 1 << index, tree: leaf(graph, index, context) }));
  while (trees.length > 1) {
    let chosen: { left: number; right: number; tree: Tree; connected: boolean } | undefined;
    for (const [left, a] of trees.entries()) {
      for (let right = left + 1; right < trees.length; right++) {
        const b = trees[right] as (typeof trees)[number];
        const connected = connects(graph, a.set, b.set);
        if (chosen?.connected && !connected) continue;
        const tree = joined(graph, a.tree, a.set, b.tree, b.set, context);
        if (chosen === undefined || (connected && !chosen.connected) || tree.rows < chosen.tree.rows)
          chosen = { left, right, tree, connected };
      }
    }
    const pick = chosen as NonNullable<typeof chosen>;
    const set = (trees[pick.left] as (typeof trees)[number]).set | (trees[pick.right] as (typeof trees)[number]).set;
    trees = [...trees.filter((_, index) => index !== pick.left && index !== pick.right), { set, tree: pick.tree }];
  }
  return (trees[0] as (typeof trees)[number]).tree;
}

function written(graph: JoinGraph, context: OptimizerContext): Tree {
  const [first, ...rest] = graph.relations;
  let plan = first as LogicalOperator;
  const made = new Set(columnsOf(plan).map(({ column }) => column));
  let left = graph.edges.map(({ predicate }) => predicate);
  for (const relation of rest) {
    for (const { column } of columnsOf(relation)) made.add(column);
    const all = new Set(graph.relations.flatMap(columnsOf).map(({ column }) => column));
    const possible = left.filter((predicate) => [...columnsUsed(predicate)].every((column) => made.has(column) || !all.has(column)));
    left = left.filter((predicate) => !possible.includes(predicate));
    const condition = conjunction(possible);
    const kind = condition === undefined ? "cross" : "inner";
    plan = { kind: "LogicalJoin", join: kind, left: plan, right: relation, condition, mark: undefined, dependent: false };
  }
  return { plan, rows: estimateRows(plan, context), cost: 0 };
}
