/**
 * Rule choose-nodes: nodes are found by their number, their id, or through an index of one of their labels, where a filter right above
 * their scan allows it. The filter keeps every predicate, so an index may find too much.
 *
 * A number or an id is always taken; else the index with the most equalities at its beginning, then a range or the beginning of a text behind them. A range that
 * gives more than RANGE_MAX of the label's nodes is not worth its jumps through memory.
 */
import type { CatalogLabelIndex } from "../catalog/graph.ts";
import type { BoundExpression, ColumnId } from "../plan/expression.ts";
import type { LogicalNodeScan, NodeAccess } from "../plan/graph-operator.ts";
import type { LogicalOperator, ScanBound } from "../plan/operator.ts";
import { columnsUsed, isVolatile, rewriteOperators } from "../plan/walk.ts";
import { estimateShare } from "./cardinality.ts";
import type { OptimizerContext } from "./context.ts";
import { conjunction, conjunctsOf, hasSubquery } from "./predicate.ts";

const RANGE_MAX = 0.3;

type Comparison = "=" | "<" | "<=" | ">" | ">=";
const PREFIX = "starts with";

/** What a conjunct says of a node: of its number, its id, or a property. */
interface Restriction {
  readonly subject: "number" | "id" | { readonly property: string };
  readonly operator: Comparison | typeof PREFIX;
  /** One, or those of a list. */
  readonly values: readonly BoundExpression[];
  readonly predicate: BoundExpression;
}

export function chooseNodes(root: LogicalOperator, context: OptimizerContext): LogicalOperator {
  return rewriteOperators(root, (operator) => {
    if (operator.kind !== "LogicalFilter" || operator.input.kind !== "LogicalNodeScan") return operator;
    const scan = operator.input;
    if (scan.access !== undefined) return operator;
    const access = nodeAccess(scan, conjunctsOf(operator.predicate), context);
    return access === undefined ? operator : { ...operator, input: { ...scan, access } };
  });
}

/** The best way to the nodes of a scan that fulfil the conjuncts; undefined: all nodes. */
export function nodeAccess(
  scan: LogicalNodeScan,
  conjuncts: readonly BoundExpression[],
  context: OptimizerContext,
): NodeAccess | undefined {
  const restrictions = conjuncts
    .map((predicate) => restrictionOf(predicate, scan.node.column))
    .filter((restriction) => restriction !== undefined);
  for (const kind of ["number", "id"] as const) {
    const found = restrictions.find(({ subject, operator }) => subject === kind && operator === "=");
    if (found !== undefined) return { kind, values: found.values };
  }
  const accesses = scan.labels
    .flatMap((label) => context.graph?.indexes(label) ?? [])
    .map((index) => indexAccess(index, scan, restrictions, context))
    .filter((access) => access !== undefined);
  const most = Math.max(0, ...accesses.map(({ equal }) => equal.length));
  return accesses.find(({ equal }) => equal.length === most);
}

type IndexAccess = Extract<NodeAccess, { readonly kind: "index" }>;

function indexAccess(
  { name, properties }: CatalogLabelIndex,
  scan: LogicalNodeScan,
  restrictions: readonly Restriction[],
  context: OptimizerContext,
): IndexAccess | undefined {
  const of = (property: string | undefined): readonly Restriction[] =>
    restrictions.filter(({ subject, values }) => typeof subject === "object" && subject.property === property && values.length === 1);
  const equal: BoundExpression[] = [];
  for (const property of properties) {
    const found = of(property).find(({ operator }) => operator === "=");
    if (found === undefined) break;
    equal.push(found.values[0]!);
  }
  const next = of(properties[equal.length]);
  const lower = next.find(({ operator }) => operator === ">" || operator === ">=");
  const upper = next.find(({ operator }) => operator === "<" || operator === "<=");
  const prefix = lower === undefined && upper === undefined ? next.find(({ operator }) => operator === PREFIX) : undefined;
  if (equal.length === 0) {
    const range = conjunction([lower, upper, prefix].flatMap((bound) => (bound === undefined ? [] : [bound.predicate])));
    if (range === undefined || estimateShare(range, scan, context) > RANGE_MAX) return undefined;
  }
  const begun = prefix === undefined ? {} : ({ prefix: prefix.values[0]!, isText: true } as const);
  return { kind: "index", index: name, equal, lower: boundOf(lower), upper: boundOf(upper), descending: false, ...begun };
}

function boundOf(restriction: Restriction | undefined): ScanBound | undefined {
  return restriction && { value: restriction.values[0]!, inclusive: restriction.operator.length === 2 };
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function restrictionOf(predicate: BoundExpression, node: ColumnId): Restriction | undefined {
  if (predicate.kind !== "BoundCall" || predicate.function.role !== "operator" || predicate.arguments.length !== 2) return undefined;
  const [left, right] = predicate.arguments as [BoundExpression, BoundExpression];
  const operator = predicate.function.name;
  const fixed = (value: BoundExpression): boolean => !columnsUsed(value).has(node) && !isVolatile(value) && !hasSubquery(value);
  const leftSubject = subjectOf(left, node);
  if (operator === "in") {
    const list = uncast(right);
    if (leftSubject === undefined || list.kind !== "BoundList" || !list.items.every(fixed)) return undefined;
    return { subject: leftSubject, operator: "=", values: list.items, predicate };
  }
  if (operator === PREFIX) {
    return leftSubject !== undefined && fixed(right) ? { subject: leftSubject, operator, values: [right], predicate } : undefined;
  }
  if (!(operator in MIRRORED)) return undefined;
  const comparison = operator as Comparison;
  if (leftSubject !== undefined && fixed(right)) return { subject: leftSubject, operator: comparison, values: [right], predicate };
  const rightSubject = subjectOf(right, node);
  if (rightSubject === undefined || !fixed(left)) return undefined;
  return { subject: rightSubject, operator: MIRRORED[comparison], values: [left], predicate };
}

/** What of the node an expression is. */
function subjectOf(expression: BoundExpression, node: ColumnId): Restriction["subject"] | undefined {
  const bare = uncast(expression);
  if (bare.kind === "BoundProperty") return isNode(bare.operand, node) ? { property: bare.name } : undefined;
  if (bare.kind !== "BoundCall" || bare.arguments.length !== 1 || !isNode(bare.arguments[0]!, node)) return undefined;
  const name = bare.function.name.toLowerCase();
  if (name === "id") return "number";
  return name === "elementid" || name === "graph_id" ? "id" : undefined;
}

function isNode(expression: BoundExpression, node: ColumnId): boolean {
  const bare = uncast(expression);
  return bare.kind === "BoundColumn" && bare.column === node;
}

/** Without the cast that makes a dynamic value of it, which changes nothing. */
function uncast(expression: BoundExpression): BoundExpression {
  if (expression.kind !== "BoundCall" || expression.function.role !== "cast") return expression;
  const { implementation } = expression.function;
  return implementation.kind === "inline" && implementation.name === "to_any" ? expression.arguments[0]! : expression;
}
