/**
 * Operators on the graph that look at nodes and single relationships: scans, and expand by one relationship.
 *
 * The filter above a scan keeps the predicate of its access; labels are the scan's own.
 */
import { SLOT_DOUBLE, SLOT_INTEGER, SLOT_TEXT } from "../../../../assembly/abi/record.ts";
import type { LogicalCountExpand, LogicalExpand, LogicalNodeScan, LogicalRelationshipScan, NodeAccess } from "../../plan/graph-operator.ts";
import type { GraphEntity, NodeCursor } from "../surroundings.ts";
import type { Value } from "../value.ts";
import { type Context, type Emit, type Run, step } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { compileEntity, compileTagged, graphOf, NO_ENTITY } from "./graph-value.ts";

type NumberAccess = Extract<NodeAccess, { readonly kind: "number" | "id" }>;
type IndexAccess = Extract<NodeAccess, { readonly kind: "index" }>;

const EMPTY: NodeCursor = { next: () => NO_ENTITY };

export function compileNodeScan({ node, labels, access }: LogicalNodeScan, context: Context): Run {
  const { frame } = context;
  const graph = graphOf(context);
  const open = compileNodeAccess(access, labels, context);
  return (emit) => {
    const cursor = open();
    for (let number = cursor.next(); number !== NO_ENTITY; number = cursor.next()) {
      step(context);
      if (access !== undefined && !graph.hasLabels(number, labels)) continue;
      frame[node.column] = BigInt(number);
      if (!emit()) return false;
    }
    return true;
  };
}

function compileNodeAccess(access: NodeAccess | undefined, labels: readonly string[], context: Context): () => NodeCursor {
  const graph = graphOf(context);
  if (access === undefined) return () => graph.nodes(labels);
  if (access.kind === "index") return compileIndexAccess(access, labels, context);
  const numbersOf = compileNumbers(access, "node", context);
  return () => {
    const numbers = numbersOf();
    let position = 0;
    return {
      next: () => {
        while (position < numbers.length) {
          const number = numbers[position++] as number;
          if (graph.hasNode(number)) return number;
        }
        return NO_ENTITY;
      },
    };
  };
}

function compileIndexAccess(access: IndexAccess, labels: readonly string[], context: Context): () => NodeCursor {
  const graph = graphOf(context);
  const equal = access.equal.map((value) => compileExpression(value, context));
  const others = [access.lower?.value, access.upper?.value, access.prefix].map((value) => value && compileExpression(value, context));
  return () => {
    const fixed = equal.map((evaluate) => evaluate());
    const values = others.map((evaluate) => evaluate?.());
    // Nothing is equal to a NULL, nor on a side of it.
    if (fixed.includes(null) || values.includes(null)) return EMPTY;
    const [lower = null, upper = null, prefix = null] = values;
    return graph.indexed(access, { equal: fixed, lower, upper, prefix }) ?? graph.nodes(labels);
  };
}

/** The numbers that an access names, each once; what is no number or id names none. */
function compileNumbers({ kind, values }: NumberAccess, entity: GraphEntity, context: Context): () => readonly number[] {
  const graph = graphOf(context);
  const evaluators = values.map((value) => compileTagged(value, context));
  return () => {
    const numbers = new Set<number>();
    for (const evaluate of evaluators) {
      const value = evaluate();
      if (value === null) continue;
      if (kind === "number" && NUMBERS.has(value.tag) && isNumber(value.value)) numbers.add(Number(value.value));
      const named = kind === "id" && value.tag === SLOT_TEXT ? graph.numberOf(value.value as string, entity) : undefined;
      if (named !== undefined) numbers.add(named);
    }
    return [...numbers].sort((left, right) => left - right);
  };
}

const NUMBERS: ReadonlySet<number> = new Set([SLOT_INTEGER, SLOT_DOUBLE]);

/** Whether a number can be that of a node or relationship: 3.0 is 3. */
function isNumber(value: Value): boolean {
  const number = Number(value);
  return number >= 0 && number < 2 ** 31 && Number.isInteger(number);
}

export function compileRelationshipScan(scan: LogicalRelationshipScan, context: Context): Run {
  const { frame } = context;
  const { types, access } = scan;
  const graph = graphOf(context);
  const numbersOf = access && compileNumbers(access, "relationship", context);
  const show = (relationship: number, start: number, end: number, emit: Emit): boolean => {
    step(context);
    frame[scan.relationship.column] = BigInt(relationship);
    frame[scan.start.column] = BigInt(start);
    frame[scan.end.column] = BigInt(end);
    return emit();
  };
  if (numbersOf !== undefined) {
    return (emit) =>
      numbersOf().every((number) => {
        const ends = graph.relationship(number, types);
        return ends === undefined || show(number, ends.start, ends.end, emit);
      });
  }
  return (emit) => {
    const cursor = graph.relationships(types);
    while (cursor.next()) if (!show(cursor.relationship, cursor.start, cursor.end, emit)) return false;
    return true;
  };
}

export function compileExpand(expand: LogicalExpand, context: Context): Run {
  const { frame } = context;
  const run = context.operator(expand.input);
  const from = compileEntity(expand.from, "node", context);
  const walk = expand.target.kind === "into" ? compileInto(expand, context) : compileOut(expand, context);
  const made = expand.target.kind === "new" ? [expand.target.node.column, expand.relationship.column] : [expand.relationship.column];
  return (emit) =>
    run(() => {
      const node = from();
      const found = node === NO_ENTITY ? "none" : walk(node, emit);
      if (found !== "none" || !expand.optional) return found !== "stopped";
      for (const column of made) frame[column] = null;
      return emit();
    });
}

export function compileCountExpand(expand: LogicalCountExpand, context: Context): Run {
  const { frame } = context;
  const { direction, types, node, relationship, labels, count } = expand;
  const graph = graphOf(context);
  const run = context.operator(expand.input);
  const from = compileEntity(expand.from, "node", context);
  const others = expand.others.map((other) => compileEntity(other, "relationship", context));
  const condition = expand.condition === undefined ? () => true : compileCondition(expand.condition, context);
  return (emit) =>
    run(() => {
      const start = from();
      const excluded = new Set(others.map((other) => other()));
      if (start === NO_ENTITY || excluded.has(NO_ENTITY)) return true;
      let found = 0n;
      for (const pairs = graph.expand(start, direction, types); pairs.next(); ) {
        step(context);
        frame[node.column] = BigInt(pairs.neighbour);
        frame[relationship.column] = BigInt(pairs.relationship);
        if (graph.hasLabels(pairs.neighbour, labels) && !excluded.has(pairs.relationship) && condition() === true) found++;
      }
      frame[count.column] = found;
      return found === 0n || emit();
    });
}

/** Whether rows were emitted, and whether no more are wanted. */
type Found = "none" | "some" | "stopped";

function compileOut({ direction, types, target, relationship }: LogicalExpand, context: Context): (node: number, emit: Emit) => Found {
  const { frame } = context;
  const graph = graphOf(context);
  const labels = target.kind === "new" ? target.labels : [];
  const nodeColumn = target.kind === "new" ? target.node.column : NO_ENTITY;
  return (node, emit) => {
    const pairs = graph.expand(node, direction, types);
    let found: Found = "none";
    while (pairs.next()) {
      step(context);
      if (!graph.hasLabels(pairs.neighbour, labels)) continue;
      found = "some";
      frame[nodeColumn] = BigInt(pairs.neighbour);
      frame[relationship.column] = BigInt(pairs.relationship);
      if (!emit()) return "stopped";
    }
    return found;
  };
}

/** Into a node that is known: from the end that has fewer relationships. */
function compileInto({ direction, types, target, relationship }: LogicalExpand, context: Context): (node: number, emit: Emit) => Found {
  const { frame } = context;
  const graph = graphOf(context);
  const into = target.kind === "into" ? compileEntity(target.node, "node", context) : () => NO_ENTITY;
  const back = direction === "out" ? "in" : direction === "in" ? "out" : "both";
  return (node, emit) => {
    const end = into();
    if (end === NO_ENTITY) return "none";
    const isForward = graph.degree(node, direction) <= graph.degree(end, back);
    const pairs = isForward ? graph.expand(node, direction, types) : graph.expand(end, back, types);
    const wanted = isForward ? end : node;
    let found: Found = "none";
    while (pairs.next()) {
      step(context);
      if (pairs.neighbour !== wanted) continue;
      found = "some";
      frame[relationship.column] = BigInt(pairs.relationship);
      if (!emit()) return "stopped";
    }
    return found;
  };
}
