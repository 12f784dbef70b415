/**
 * Operators on the graph that look at nodes and single relationships: scans, and expand by one relationship.
 *
 * The filter above a scan keeps the predicate of its access; labels are the scan's own.
 */
import { SLOT_DOUBLE, SLOT_INTEGER, SLOT_TEXT } from "../../../../assembly/abi/record.ts";
import type { LogicalCountExpand, LogicalExpand, LogicalNodeScan, LogicalRelationshipScan, NodeAccess } from "../../plan/graph-operator.ts";
import type { GraphEntity, NodeCursor, RelationshipEnds } from "../surroundings.ts";
import type { Value } from "../value.ts";
import { type Context, PAUSE, ROW, type Run, type Steps, step } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { compileEntity, compileTagged, graphOf, NO_ENTITY } from "./graph-value.ts";

type NumberAccess = Extract<NodeAccess, { readonly kind: "number" | "id" }>;
type IndexAccess = Extract<NodeAccess, { readonly kind: "index" }>;

const EMPTY: NodeCursor = { next: () => NO_ENTITY };

export function compileNodeScan({ node, labels, access }: LogicalNodeScan, context: Context): Run {
  const { frame } = context;
  const graph = graphOf(context);
  const open = compileNodeAccess(access, labels, context);
  return function* () {
    const cursor = open();
    for (let number = cursor.next(); number !== NO_ENTITY; number = cursor.next()) {
      if (step(context)) yield PAUSE;
      if (access !== undefined && !graph.hasLabels(number, labels)) continue;
      frame[node.column] = BigInt(number);
      yield ROW;
    }
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
  const show = (relationship: number, { start, end }: RelationshipEnds): void => {
    frame[scan.relationship.column] = BigInt(relationship);
    frame[scan.start.column] = BigInt(start);
    frame[scan.end.column] = BigInt(end);
  };
  if (numbersOf !== undefined) {
    return function* () {
      for (const number of numbersOf()) {
        if (step(context)) yield PAUSE;
        const ends = graph.relationship(number, types);
        if (ends === undefined) continue;
        show(number, ends);
        yield ROW;
      }
    };
  }
  return function* () {
    const cursor = graph.relationships(types);
    while (cursor.next()) {
      if (step(context)) yield PAUSE;
      show(cursor.relationship, cursor);
      yield ROW;
    }
  };
}

export function compileExpand(expand: LogicalExpand, context: Context): Run {
  const { frame } = context;
  const run = context.operator(expand.input);
  const from = compileEntity(expand.from, "node", context);
  const walk = expand.target.kind === "into" ? compileInto(expand, context) : compileOut(expand, context);
  const made = expand.target.kind === "new" ? [expand.target.node.column, expand.relationship.column] : [expand.relationship.column];
  return function* () {
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const node = from();
      let isFound = false;
      if (node !== NO_ENTITY) {
        for (const isPair of walk(node)) {
          isFound ||= isPair;
          yield isPair;
        }
      }
      if (isFound || !expand.optional) continue;
      for (const column of made) frame[column] = null;
      yield ROW;
    }
  };
}

export function compileCountExpand(expand: LogicalCountExpand, context: Context): Run {
  const { frame } = context;
  const { direction, types, node, relationship, labels, count } = expand;
  const graph = graphOf(context);
  const run = context.operator(expand.input);
  const from = compileEntity(expand.from, "node", context);
  const others = expand.others.map((other) => compileEntity(other, "relationship", context));
  const condition = expand.condition === undefined ? () => true : compileCondition(expand.condition, context);
  return function* () {
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const start = from();
      const excluded = new Set(others.map((other) => other()));
      if (start === NO_ENTITY || excluded.has(NO_ENTITY)) continue;
      let found = 0n;
      for (const pairs = graph.expand(start, direction, types); pairs.next(); ) {
        if (step(context)) yield PAUSE;
        frame[node.column] = BigInt(pairs.neighbour);
        frame[relationship.column] = BigInt(pairs.relationship);
        if (graph.hasLabels(pairs.neighbour, labels) && !excluded.has(pairs.relationship) && condition() === true) found++;
      }
      frame[count.column] = found;
      if (found > 0n) yield ROW;
    }
  };
}

function compileOut({ direction, types, target, relationship }: LogicalExpand, context: Context): (node: number) => Steps {
  const { frame } = context;
  const graph = graphOf(context);
  const labels = target.kind === "new" ? target.labels : [];
  const nodeColumn = target.kind === "new" ? target.node.column : NO_ENTITY;
  return function* (node) {
    const pairs = graph.expand(node, direction, types);
    while (pairs.next()) {
      if (step(context)) yield PAUSE;
      if (!graph.hasLabels(pairs.neighbour, labels)) continue;
      frame[nodeColumn] = BigInt(pairs.neighbour);
      frame[relationship.column] = BigInt(pairs.relationship);
      yield ROW;
    }
  };
}

/** Into a node that is known: from the end that has fewer relationships. */
function compileInto({ direction, types, target, relationship }: LogicalExpand, context: Context): (node: number) => Steps {
  const { frame } = context;
  const graph = graphOf(context);
  const into = target.kind === "into" ? compileEntity(target.node, "node", context) : () => NO_ENTITY;
  const back = direction === "out" ? "in" : direction === "in" ? "out" : "both";
  return function* (node) {
    const end = into();
    if (end === NO_ENTITY) return;
    const isForward = graph.degree(node, direction) <= graph.degree(end, back);
    const pairs = isForward ? graph.expand(node, direction, types) : graph.expand(end, back, types);
    const wanted = isForward ? end : node;
    while (pairs.next()) {
      if (step(context)) yield PAUSE;
      if (pairs.neighbour !== wanted) continue;
      frame[relationship.column] = BigInt(pairs.relationship);
      yield ROW;
    }
  };
}
