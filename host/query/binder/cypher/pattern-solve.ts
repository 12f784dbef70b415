/**
 * Patterns to operators. Nodes are solved one after the other: those that are known, then the other ends of hops that begin at a solved
 * one. What hangs together with nothing that is known begins with a scan and is joined.
 *
 * Invariants:
 * 1. A predicate stands right above the operator that makes the last of its columns; one that uses columns of the input stands above
 *    the join with it, from where rules of the optimiser take it further.
 * 2. An input that writes has written before anything is read for its rows: joins with it are dependent.
 *
 * Where to begin is chosen by what the text says alone (`startRank`); rules of the optimiser turn chains round by estimates.
 */
import { GRAPH_DEPENDENCY } from "../../catalog/graph.ts";
import { entry, inline } from "../../function/row.ts";
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import type { Direction, ExpandTarget, StepPredicate } from "../../plan/graph-operator.ts";
import type { LogicalOperator, PlanColumn } from "../../plan/operator.ts";
import { columnsOf, columnsUsed, writes } from "../../plan/walk.ts";
import { BOOLEAN, type CypherBinding, columnReference, constant, LIST, NODE, RELATIONSHIP } from "./binding.ts";
import { callOf, toValue } from "./convert.ts";
import { functionCall, operatorCall } from "./function-row.ts";
import { withPaths } from "./path.ts";
import type { PatternGraph, PatternHop, PatternNode } from "./pattern.ts";
import { type BoundProperties, differs, labelPredicates, propertyPredicates, type SolvedHop } from "./pattern-predicate.ts";
import { type Variable, variableOf } from "./scope.ts";

/** What solving needs besides the graph. */
export interface PatternSource {
  readonly binding: CypherBinding;
  /** The rows to begin with. */
  readonly input: LogicalOperator;
  readonly properties: BoundProperties;
}

export interface SolvedPattern {
  /** The rows of the input with all that is found for them. */
  readonly operator: LogicalOperator;
  /** Known variables that were values, as the nodes and relationships that they turned out to be. */
  readonly entities: readonly Variable[];
}

export function solvePattern(graph: PatternGraph, source: PatternSource): SolvedPattern {
  return new PatternSolver(graph, source).solve();
}

/** Operators that grow together, and what they have. */
interface Part {
  operator: LogicalOperator;
  readonly columns: Set<ColumnId>;
  readonly nodes: Set<PatternNode>;
}

class PatternSolver {
  readonly #binding: CypherBinding;
  readonly #graph: PatternGraph;
  readonly #properties: BoundProperties;
  readonly #main: Part;
  /** Columns of the input and of the pattern: an expression has to wait for those that it uses. */
  readonly #awaited: Set<ColumnId>;
  readonly #nodes = new Map<PatternNode, BoundExpression>();
  readonly #variables: Variable[] = [];
  readonly #solved: SolvedHop[] = [];
  #pending: readonly PatternHop[];
  #predicates: readonly BoundExpression[] = [];

  constructor(graph: PatternGraph, { binding, input, properties }: PatternSource) {
    this.#binding = binding;
    this.#graph = graph;
    this.#properties = properties;
    this.#pending = graph.hops;
    // Indexes of labels, and what counts as none.
    binding.dependOn(GRAPH_DEPENDENCY);
    this.#main = { operator: input, columns: new Set(columnsOf(input).map(({ column }) => column)), nodes: new Set() };
    const made = [...graph.nodes.filter(({ known }) => known === undefined), ...graph.hops, ...graph.paths];
    this.#awaited = new Set([...this.#main.columns, ...made.map(({ column }) => column.column)]);
  }

  solve(): SolvedPattern {
    const main = this.#main;
    for (const node of this.#graph.nodes) if (node.known !== undefined) this.#solveKnown(main, node, node.known);
    for (const hop of this.#graph.hops) if (hop.known !== undefined && hop.range === undefined) this.#solveBound(main, hop, hop.known);
    this.#walk(main);
    for (let node = this.#unsolved(); node !== undefined; node = this.#unsolved()) {
      this.#join(this.#component(node));
      this.#walk(main);
    }
    const [stuck] = this.#pending;
    if (stuck !== undefined) {
      const message = "properties of a relationship use what is only known when it is found";
      throw this.#binding.syntaxError("UndefinedVariable", message, stuck.position);
    }
    const operator = withPaths(this.#binding, main.operator, this.#graph.paths, (node) => this.#node(node));
    this.#become(main, operator, ...this.#graph.paths.map(({ column }) => column));
    return { operator: main.operator, entities: this.#variables };
  }

  // Growing -----------------------------------------------------------------------------------------------------------

  /** The part with another operator on top, which makes the columns, and with the predicates that it makes possible. */
  #become(part: Part, operator: LogicalOperator, ...columns: readonly PlanColumn[]): void {
    for (const { column } of columns) {
      part.columns.add(column);
      this.#awaited.add(column);
    }
    part.operator = operator;
    const possible = this.#predicates.filter((predicate) => this.#isPossible(part, predicate));
    this.#predicates = this.#predicates.filter((predicate) => !possible.includes(predicate));
    const [first, ...more] = possible;
    if (first === undefined) return;
    const predicate = more.length === 0 ? first : and(possible);
    part.operator = { kind: "LogicalFilter", input: part.operator, predicate };
  }

  #isPossible({ columns }: Part, expression: BoundExpression): boolean {
    return [...columnsUsed(expression)].every((used) => {
      const column = this.#binding.ownerOf(used);
      return columns.has(column) || !this.#awaited.has(column);
    });
  }

  #require(...predicates: readonly BoundExpression[]): void {
    this.#predicates = [...this.#predicates, ...predicates];
  }

  #join(component: Part): void {
    const main = this.#main;
    const operator = joined(main.operator, component.operator, writes(main.operator));
    for (const column of component.columns) main.columns.add(column);
    for (const node of component.nodes) main.nodes.add(node);
    this.#become(main, operator);
  }

  // Nodes -------------------------------------------------------------------------------------------------------------

  #node(node: PatternNode): BoundExpression {
    return this.#nodes.get(node)!;
  }

  /** `labels` that are still to be tested. */
  #arrive(part: Part, node: PatternNode, value: BoundExpression, labels: readonly string[]): void {
    this.#nodes.set(node, value);
    part.nodes.add(node);
    this.#require(...labelPredicates(this.#binding, value, labels), ...propertyPredicates(this.#binding, value, this.#properties(node)));
  }

  #solveKnown(part: Part, node: PatternNode, known: BoundExpression): void {
    if (known.type.name === "node") {
      this.#arrive(part, node, known, node.labels);
      // Expands find nothing for NULL; where there is none, a node that is not there matches nothing either.
      if (!this.#graph.hops.some(({ left, right }) => left === node || right === node)) this.#require(isThere(known));
      this.#become(part, part.operator);
      return;
    }
    const column = this.#binding.newPlanColumn(node.column.name, NODE);
    const access = { kind: "number", values: [this.#number(known, "node")] } as const;
    this.#arrive(part, node, columnReference(column), []);
    this.#variables.push(variableOf(column));
    this.#become(part, joined(part.operator, { kind: "LogicalNodeScan", node: column, labels: node.labels, access }, true), column);
  }

  #unsolved(): PatternNode | undefined {
    return this.#graph.nodes.find((node) => !this.#nodes.has(node));
  }

  /** A scan of the best node of those that hang together with one, and what can be reached from it. */
  #component(first: PatternNode): Part {
    const together = new Set([first]);
    for (let size = 0; size < together.size; ) {
      size = together.size;
      for (const { left, right } of this.#pending) {
        if (together.has(left) && !this.#nodes.has(right)) together.add(right);
        if (together.has(right) && !this.#nodes.has(left)) together.add(left);
      }
    }
    const inOrder = this.#graph.nodes.filter((node) => together.has(node));
    const best = Math.max(...inOrder.map(startRank));
    const start = inOrder.find((node) => startRank(node) === best)!;
    const part: Part = { operator: nodeScan(start), columns: new Set(), nodes: new Set() };
    this.#arrive(part, start, columnReference(start.column), []);
    this.#become(part, part.operator, start.column);
    this.#walk(part);
    return part;
  }

  // Hops --------------------------------------------------------------------------------------------------------------

  /** Solves every hop that begins at a node of the part; those between two of its nodes first, since they leave rows out. */
  #walk(part: Part): void {
    for (;;) {
      const ready = this.#pending.filter((hop) => this.#isReady(part, hop));
      const hop = ready.find(({ left, right }) => part.nodes.has(left) && part.nodes.has(right)) ?? ready[0];
      if (hop === undefined) return;
      this.#pending = this.#pending.filter((other) => other !== hop);
      if (hop.shortest !== undefined) this.#solveShortest(part, hop);
      else if (hop.range === undefined) this.#solveSingle(part, hop);
      else this.#solveVariable(part, hop);
    }
  }

  #isReady(part: Part, hop: PatternHop): boolean {
    const left = part.nodes.has(hop.left);
    const right = part.nodes.has(hop.right);
    const reached = hop.shortest === undefined ? left || right : left && right;
    // An end that is solved in another part is met when the parts are joined.
    const isElsewhere = (node: PatternNode): boolean => this.#nodes.has(node) && !part.nodes.has(node);
    if (!reached || isElsewhere(hop.left) || isElsewhere(hop.right)) return false;
    if (hop.range === undefined) return true;
    const asked = this.#properties(hop).map(({ value }) => value);
    return [...asked, ...(hop.known === undefined ? [] : [hop.known])].every((value) => this.#isPossible(part, value));
  }

  /** Where a hop is walked from, and to what. */
  #steps(part: Part, { left, right, direction }: PatternHop): Steps {
    const isForward = part.nodes.has(left);
    const [near, far] = isForward ? [left, right] : [right, left];
    const from = this.#node(near);
    const way = isForward ? direction : REVERSED[direction];
    if (part.nodes.has(far)) return { from, direction: way, target: { kind: "into", node: this.#node(far) }, made: [], isForward };
    this.#arrive(part, far, columnReference(far.column), []);
    return { from, direction: way, target: { kind: "new", node: far.column, labels: far.labels }, made: [far.column], isForward };
  }

  #solveSingle(part: Part, hop: PatternHop): void {
    const { from, direction, target, made } = this.#steps(part, hop);
    const relationship = columnReference(hop.column);
    this.#require(...propertyPredicates(this.#binding, relationship, this.#properties(hop)));
    this.#finish(hop, relationship);
    const expand = { kind: "LogicalExpand", input: part.operator, from, direction, types: hop.types, target } as const;
    this.#become(part, { ...expand, relationship: hop.column, optional: false }, ...made, hop.column);
  }

  #solveVariable(part: Part, hop: PatternHop): void {
    const { from, direction, target, made, isForward } = this.#steps(part, hop);
    const walked = isForward || !hop.ordered ? hop.column : this.#binding.newPlanColumn(hop.column.name, LIST);
    const { minimum, maximum } = hop.range!;
    const limits = { minimum, maximum, step: this.#step(hop), reachable: false };
    this.#finish(hop, columnReference(walked));
    if (hop.known !== undefined) this.#require(operatorCall(this.#binding, "=", toValue(columnReference(hop.column)), toValue(hop.known)));
    if (maximum !== undefined && maximum < minimum) this.#require(constant(false, BOOLEAN));
    const expand = { kind: "LogicalVarExpand", input: part.operator, from, direction, types: hop.types, target } as const;
    this.#become(part, { ...expand, relationships: walked, ...limits }, ...made, walked);
    if (walked === hop.column) return;
    const value = functionCall(this.#binding, "reverse", columnReference(walked));
    this.#become(part, { kind: "LogicalProject", input: part.operator, items: [{ ...hop.column, value }] }, hop.column);
  }

  #solveShortest(part: Part, hop: PatternHop): void {
    const { minimum, maximum } = hop.range!;
    const ends = { from: this.#node(hop.left), to: this.#node(hop.right), direction: hop.direction };
    const limits = { types: hop.types, minimum, maximum, step: this.#step(hop), all: hop.shortest === "ALL" };
    this.#finish(hop, columnReference(hop.column));
    const operator = { kind: "LogicalShortestPath", input: part.operator, ...ends, ...limits, relationships: hop.column } as const;
    this.#become(part, operator, hop.column);
  }

  /** What each relationship of a list has to fulfil. Of a list that is known: that it is in it. */
  #step(hop: PatternHop): StepPredicate | undefined {
    const relationship = this.#binding.newPlanColumn("step", RELATIONSHIP);
    const reference = columnReference(relationship);
    const known = hop.known === undefined ? [] : [operatorCall(this.#binding, "in", toValue(reference), toValue(hop.known))];
    const conditions = [...known, ...propertyPredicates(this.#binding, reference, this.#properties(hop))];
    return conditions.length === 0 ? undefined : { relationship, condition: and(conditions) };
  }

  #finish(hop: PatternHop, walked: BoundExpression): void {
    const solved: SolvedHop = { hop, walked };
    for (const other of this.#solved)
      this.#require(...[differs(this.#binding, other, solved)].filter((predicate) => predicate !== undefined));
    this.#solved.push(solved);
  }

  /** A relationship that is known: its nodes are those where it begins and ends, in an order that the direction says. */
  #solveBound(part: Part, hop: PatternHop, known: BoundExpression): void {
    this.#pending = this.#pending.filter((other) => other !== hop);
    const start = this.#binding.newPlanColumn("start", NODE);
    const end = this.#binding.newPlanColumn("end", NODE);
    const access = { kind: "number", values: [this.#number(known, "relationship")] } as const;
    const scan: LogicalOperator = { kind: "LogicalRelationshipScan", relationship: hop.column, start, end, types: hop.types, access };
    const relationship = columnReference(hop.column);
    if (known.type.name === "value") this.#variables.push(variableOf(hop.column));
    this.#require(...propertyPredicates(this.#binding, relationship, this.#properties(hop)));
    this.#finish(hop, relationship);
    this.#become(part, joined(part.operator, scan, true), hop.column, start, end);
    const ends = [columnReference(start), columnReference(end)] as const;
    const [left, right] = hop.direction === "both" ? this.#eitherWay(part, ...ends) : hop.direction === "out" ? ends : [ends[1], ends[0]];
    this.#meet(part, hop.left, left);
    this.#meet(part, hop.right, right);
  }

  /** The number of a known node or relationship, by which scans find it. */
  #number(known: BoundExpression, kind: "node" | "relationship"): BoundExpression {
    const entity = known.type.name === "value" ? operatorCall(this.#binding, `as_${kind}`, known) : known;
    return callOf(entry("cast", "bigint", [entity.type], "bigint", inline("identity"), {}), entity);
  }

  /** Both orders of a relationship's ends; one, where it is a loop. */
  #eitherWay(part: Part, start: BoundExpression, end: BoundExpression): readonly [BoundExpression, BoundExpression] {
    const swapped = this.#binding.newPlanColumn("swapped", BOOLEAN);
    const isSwapped = columnReference(swapped);
    const ways: LogicalOperator = {
      kind: "LogicalValues",
      columns: [swapped],
      rows: [[constant(false, BOOLEAN)], [constant(true, BOOLEAN)]],
    };
    const isLoop = operatorCall(this.#binding, "=", start, end);
    this.#require({ kind: "BoundNot", type: BOOLEAN, operand: and([isSwapped, isLoop]) });
    this.#become(part, joined(part.operator, ways, true), swapped);
    const either = (no: BoundExpression, yes: BoundExpression): BoundExpression => ({
      kind: "BoundCase",
      type: NODE,
      branches: [{ condition: isSwapped, result: yes }],
      otherwise: no,
    });
    return [either(start, end), either(end, start)];
  }

  /** The node is what the value says: made so, or compared where it is solved. */
  #meet(part: Part, node: PatternNode, value: BoundExpression): void {
    if (part.nodes.has(node)) {
      this.#require(operatorCall(this.#binding, "=", this.#node(node), value));
      this.#become(part, part.operator);
      return;
    }
    this.#arrive(part, node, columnReference(node.column), node.labels);
    this.#become(part, { kind: "LogicalProject", input: part.operator, items: [{ ...node.column, value }] }, node.column);
  }
}

interface Steps {
  readonly from: BoundExpression;
  readonly direction: Direction;
  readonly target: ExpandTarget;
  readonly made: readonly PlanColumn[];
  /** From left to right. */
  readonly isForward: boolean;
}

const REVERSED: Readonly<Record<Direction, Direction>> = { out: "in", in: "out", both: "both" };

/** The more, the fewer rows: properties and labels, properties, labels, nothing. */
function startRank({ labels, properties }: PatternNode): number {
  return (properties.length > 0 ? 2 : 0) + (labels.length > 0 ? 1 : 0);
}

function nodeScan({ column, labels }: PatternNode): LogicalOperator {
  return { kind: "LogicalNodeScan", node: column, labels, access: undefined };
}

/** Every pair of rows. One row without columns is nothing to pair with. */
function joined(left: LogicalOperator, right: LogicalOperator, dependent: boolean): LogicalOperator {
  if (left.kind === "LogicalValues" && left.columns.length === 0 && left.rows.length === 1) return right;
  return { kind: "LogicalJoin", join: "cross", left, right, condition: undefined, mark: undefined, dependent };
}

function isThere(operand: BoundExpression): BoundExpression {
  return { kind: "BoundIsNull", type: BOOLEAN, negated: true, operand };
}

function and(conditions: readonly BoundExpression[]): BoundExpression {
  if (conditions.length === 1) return conditions[0]!;
  return { kind: "BoundLogical", type: BOOLEAN, operator: "AND", operands: conditions };
}
