/**
 * Rule order-expands: where a pattern begins, and in which order its relationships are walked. A chain of expands over a scan is taken
 * apart into nodes, hops and predicates, and put together again from each node in turn; of the plans the one is taken that looks at the
 * fewest nodes and relationships. From a start the hop that leaves the fewest rows comes next.
 *
 * 1. Predicates stand right above the operator that makes the last of their columns.
 * 2. A list of relationships is in the order of its walk. Where somebody asks for that order the walk keeps its direction.
 * 3. Chains whose start is not a scan of nodes, with optional expands or volatile predicates stay as they are.
 *
 * Without facts of the graph the order is that of the binder. Cost: O(nodes * hops^2) estimates.
 */
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { Direction, LogicalExpand, LogicalNodeScan, LogicalVarExpand } from "../plan/graph-operator.ts";
import type { LogicalOperator, PlanColumn } from "../plan/operator.ts";
import {
  columnsUsed,
  expressionsOf,
  inputsOf,
  isVolatile,
  mapExpressions,
  rewriteExpression,
  rewriteOperators,
  visitExpression,
  withInputs,
} from "../plan/walk.ts";
import { estimateRows, estimateShare } from "./cardinality.ts";
import { nodeAccess } from "./choose-nodes.ts";
import type { OptimizerContext } from "./context.ts";
import { hopFactor, labelShare } from "./graph-cardinality.ts";
import { conjunction, conjunctsOf } from "./predicate.ts";

/** A plan that costs this share of the binder's is worth another order of rows. */
const WORTH = 0.8;

interface Node {
  readonly column: PlanColumn;
  readonly labels: readonly string[];
}

interface Hop {
  readonly expand: LogicalExpand | LogicalVarExpand;
  readonly left: ColumnId;
  readonly right: ColumnId;
  readonly isTurnable: boolean;
}

/** A pattern taken apart. Hops and predicates in the order in which they stood, from below. */
interface Chain {
  readonly nodes: Map<ColumnId, Node>;
  readonly hops: readonly Hop[];
  readonly predicates: readonly BoundExpression[];
}

interface Candidate {
  readonly plan: LogicalOperator;
  readonly cost: number;
}

export function orderExpands(root: LogicalOperator, context: OptimizerContext, output: readonly PlanColumn[]): LogicalOperator {
  if (context.graph === undefined) return root;
  return order(root, context, orderedLists(root, output));
}

function order(operator: LogicalOperator, context: OptimizerContext, ordered: ReadonlySet<ColumnId>): LogicalOperator {
  const chain = chainOf(operator, ordered);
  if (chain !== undefined && chain.hops.length > 0) return withSubqueries(cheapest(operator, chain, context), context, ordered);
  const inputs = inputsOf(operator).map((input) => order(input, context, ordered));
  return withSubqueries(withInputs(operator, inputs), context, ordered);
}

function withSubqueries(operator: LogicalOperator, context: OptimizerContext, ordered: ReadonlySet<ColumnId>): LogicalOperator {
  return mapExpressions(operator, (expression) =>
    rewriteExpression(expression, (part) => {
      if (part.kind !== "BoundSubquery") return part;
      const plan = order(part.plan, context, ordered);
      return plan === part.plan ? part : { ...part, plan };
    }),
  );
}

/** Lists of relationships of which more is asked than whether they have something in common. */
function orderedLists(root: LogicalOperator, output: readonly PlanColumn[]): ReadonlySet<ColumnId> {
  const used = new Set<ColumnId>(output.map(({ column }) => column));
  rewriteOperators(root, (operator) => {
    for (const expression of expressionsOf(operator)) {
      const compared = new Set<BoundExpression>();
      visitExpression(expression, (part) => {
        if (part.kind === "BoundCall" && UNORDERED.has(part.function.name)) for (const argument of part.arguments) compared.add(argument);
      });
      visitExpression(expression, (part) => {
        if (part.kind === "BoundColumn" && !compared.has(part)) used.add(part.column);
        else if (part.kind === "BoundSubquery") for (const column of part.outer) used.add(column);
      });
    }
    if (operator.kind === "LogicalSetOperation") for (const column of [...operator.leftColumns, ...operator.rightColumns]) used.add(column);
    return operator;
  });
  return used;
}

const UNORDERED: ReadonlySet<string> = new Set(["list_lacks", "lists_disjoint"]);

// Taking apart ----------------------------------------------------------------------------------------------------------

function chainOf(top: LogicalOperator, ordered: ReadonlySet<ColumnId>): Chain | undefined {
  const nodes = new Map<ColumnId, Node>();
  const hops: Hop[] = [];
  const predicates: BoundExpression[] = [];
  const take = (operator: LogicalOperator): boolean => {
    switch (operator.kind) {
      case "LogicalNodeScan":
        nodes.set(operator.node.column, { column: operator.node, labels: operator.labels });
        return operator.access === undefined;
      case "LogicalFilter": {
        const isTaken = take(operator.input) && !isVolatile(operator.predicate);
        predicates.push(...conjunctsOf(operator.predicate));
        return isTaken;
      }
      case "LogicalExpand":
      case "LogicalVarExpand": {
        if (!take(operator.input) || (operator.kind === "LogicalExpand" && operator.optional)) return false;
        const { from, target } = operator;
        if (target.kind === "new") nodes.set(target.node.column, { column: target.node, labels: target.labels });
        const right = target.kind === "new" ? target.node.column : columnOf(target.node);
        const left = columnOf(from);
        if (left === undefined || right === undefined || !nodes.has(left) || !nodes.has(right)) return false;
        const isTurnable = operator.kind === "LogicalExpand" || !ordered.has(operator.relationships.column);
        hops.push({ expand: operator, left, right, isTurnable });
        return true;
      }
      default:
        return false;
    }
  };
  return take(top) ? { nodes, hops, predicates } : undefined;
}

function columnOf(expression: BoundExpression): ColumnId | undefined {
  return expression.kind === "BoundColumn" ? expression.column : undefined;
}

// Putting together ------------------------------------------------------------------------------------------------------

function cheapest(operator: LogicalOperator, chain: Chain, context: OptimizerContext): LogicalOperator {
  const [first] = chain.nodes.keys();
  const written = first === undefined ? undefined : candidate(chain, first, context);
  let best: Candidate = { plan: operator, cost: (written?.cost ?? Number.POSITIVE_INFINITY) * WORTH };
  for (const start of chain.nodes.keys()) {
    const other = candidate(chain, start, context);
    if (other !== undefined && other.cost < best.cost) best = other;
  }
  return best.plan;
}

/** The plan that begins at a node; undefined: not all hops can be walked from there. */
function candidate(chain: Chain, start: ColumnId, context: OptimizerContext): Candidate | undefined {
  const builder = new ChainBuilder(chain, start, context);
  return builder.build();
}

class ChainBuilder {
  readonly #chain: Chain;
  readonly #context: OptimizerContext;
  readonly #own: ReadonlySet<ColumnId>;
  readonly #made = new Set<ColumnId>();
  #plan: LogicalOperator;
  #rows: number;
  #cost: number;
  #hops: readonly Hop[];
  #predicates: readonly BoundExpression[];

  constructor(chain: Chain, start: ColumnId, context: OptimizerContext) {
    this.#chain = chain;
    this.#context = context;
    this.#hops = chain.hops;
    this.#predicates = chain.predicates;
    this.#own = new Set([...chain.nodes.keys(), ...chain.hops.map(({ expand }) => listOf(expand).column)]);
    const { column, labels } = chain.nodes.get(start)!;
    const scan: LogicalNodeScan = { kind: "LogicalNodeScan", node: column, labels, access: undefined };
    this.#plan = scan;
    this.#made.add(start);
    const access = nodeAccess(scan, this.#possible(), context);
    this.#rows = estimateRows(access === undefined ? scan : { ...scan, access }, context);
    this.#cost = this.#rows;
    if (access === undefined) this.#filter();
    else this.#filter(this.#rows);
  }

  build(): Candidate | undefined {
    while (this.#hops.length > 0) {
      const ready = this.#hops.map((hop) => this.#walked(hop)).filter((walk) => walk !== undefined);
      const [first, ...others] = ready;
      if (first === undefined) return undefined;
      const next = others.reduce((best, walk) => (walk.factor < best.factor ? walk : best), first);
      this.#take(next);
    }
    return { plan: this.#plan, cost: this.#cost };
  }

  /** The hop from where rows are; undefined: it cannot be walked yet. */
  #walked(hop: Hop): Walk | undefined {
    const { expand, left, right, isTurnable } = hop;
    const isForward = this.#made.has(left);
    if (!isForward && !(isTurnable && this.#made.has(right))) return undefined;
    if (expand.kind === "LogicalVarExpand" && expand.step !== undefined && !this.#has(expand.step.condition)) return undefined;
    const [near, far] = isForward ? [left, right] : [right, left];
    const node = this.#chain.nodes.get(far)!;
    const isInto = this.#made.has(far);
    const target: LogicalExpand["target"] = isInto
      ? { kind: "into", node: reference(node.column) }
      : { kind: "new", node: node.column, labels: node.labels };
    const direction = isForward ? expand.direction : REVERSED[expand.direction];
    const from = reference(this.#chain.nodes.get(near)!.column);
    const plan = { ...expand, input: this.#plan, from, direction, target };
    return {
      hop,
      plan,
      far,
      factor: hopFactor(plan, this.#context.graph),
      looked: isInto ? 1 : labelShare(node.labels, this.#context.graph),
    };
  }

  #take({ hop, plan, far, factor, looked }: Walk): void {
    this.#cost += this.#rows * (1 + factor / Math.max(looked, Number.EPSILON));
    this.#rows = Math.max(Number.EPSILON, this.#rows * factor);
    this.#plan = plan;
    this.#made.add(far);
    this.#made.add(listOf(plan).column);
    this.#hops = this.#hops.filter((other) => other !== hop);
    this.#filter();
    this.#cost += this.#rows;
  }

  #has(expression: BoundExpression): boolean {
    for (const column of columnsUsed(expression)) if (this.#own.has(column) && !this.#made.has(column)) return false;
    return true;
  }

  #possible(): readonly BoundExpression[] {
    return this.#predicates.filter((predicate) => this.#has(predicate));
  }

  /** `rows`: how many are left, where it is known. */
  #filter(rows?: number): void {
    const possible = this.#possible();
    const predicate = conjunction(possible);
    if (predicate === undefined) return;
    this.#rows = rows ?? this.#rows * estimateShare(predicate, this.#plan, this.#context);
    this.#predicates = this.#predicates.filter((other) => !possible.includes(other));
    this.#plan = { kind: "LogicalFilter", input: this.#plan, predicate };
  }
}

interface Walk {
  readonly hop: Hop;
  readonly plan: LogicalExpand | LogicalVarExpand;
  readonly far: ColumnId;
  /** Rows of a row. */
  readonly factor: number;
  /** The share of what is looked at that these are. */
  readonly looked: number;
}

const REVERSED: Readonly<Record<Direction, Direction>> = { out: "in", in: "out", both: "both" };

function listOf(expand: LogicalExpand | LogicalVarExpand): PlanColumn {
  return expand.kind === "LogicalExpand" ? expand.relationship : expand.relationships;
}

function reference({ column, name, type }: PlanColumn): BoundExpression {
  return { kind: "BoundColumn", type, column, name };
}
