/**
 * What MERGE finds for a row: the rows of its pattern, from the second row on through a hash of what the first property asks for, where the
 * pattern is one node that would be looked for among all nodes of its labels each time.
 *
 * 1. The hash says which nodes may be meant; the pattern's own test says which are. So an entry that is not true any more does no harm,
 *    and what MERGE itself makes or changes is entered once more.
 * 2. Where the clause changes something else than its node there may be nodes that nobody enters: then nothing is remembered.
 *
 * Cost: one scan of the labels' nodes for the clause, and O(1) a row.
 */
import type { BoundExpression, ColumnId } from "../../plan/expression.ts";
import type { GraphChange, LogicalMergeGraph, LogicalNodeScan } from "../../plan/graph-operator.ts";
import type { LogicalFilter } from "../../plan/operator.ts";
import { columnsUsed, partsOf } from "../../plan/walk.ts";
import { plainType } from "../../type/type.ts";
import type { Value } from "../value.ts";
import { type Context, collect, eachRow, finished, step } from "./context.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { graphOf } from "./graph-value.ts";
import { type Key, keyMaker } from "./key.ts";
import { tagging } from "./tagging.ts";

/** Finds the rows of the pattern for the row in the frame, and is told of nodes that the clause has made or changed. */
export interface MergeMatch {
  readonly find: () => readonly (readonly Value[])[];
  readonly enter: (node: Value) => void;
  /** Forgets what is known: the clause begins. */
  readonly begin: () => void;
}

/** Rows that are looked for one by one before the nodes are gone through for a hash. */
const PLAIN_ROWS = 1;

/** `matched`: the columns of the pattern. */
export function compileMergeMatch(merge: LogicalMergeGraph, matched: readonly ColumnId[], context: Context): MergeMatch {
  const run = context.operator(merge.match);
  const find = (): readonly (readonly Value[])[] => finished(collect(context, run, matched));
  const looked = lookedFor(merge);
  return looked === undefined ? { find, enter: () => {}, begin: () => {} } : hashedMatch(looked, find, context);
}

/** A pattern that can be found through a hash. */
interface LookedFor {
  readonly filter: LogicalFilter;
  readonly scan: LogicalNodeScan;
  /** `property = value`: the one of the node, the other of the row. */
  readonly property: BoundExpression;
  readonly value: BoundExpression;
}

function lookedFor({ match, nodes, relationships, onCreate, onMatch }: LogicalMergeGraph): LookedFor | undefined {
  if (relationships.length > 0 || nodes.length !== 1 || match.kind !== "LogicalFilter") return undefined;
  const { input: scan, predicate } = match;
  if (scan.kind !== "LogicalNodeScan" || scan.access !== undefined) return undefined;
  const { column } = scan.node;
  const isOther = ({ target }: GraphChange): boolean => target.kind !== "BoundColumn" || target.column !== column;
  if ([...onCreate, ...onMatch].some(isOther)) return undefined;
  const conjuncts = predicate.kind === "BoundLogical" && predicate.operator === "AND" ? predicate.operands : [predicate];
  for (const conjunct of conjuncts) {
    if (conjunct.kind !== "BoundCall" || conjunct.function.role !== "operator" || conjunct.function.name !== "=") continue;
    const [left, right] = conjunct.arguments;
    if (left === undefined || right === undefined) continue;
    for (const [property, value] of [
      [left, right],
      [right, left],
    ] as const) {
      if (isPropertyOf(property, column) && !columnsUsed(value).has(column)) return { filter: match, scan, property, value };
    }
  }
  return undefined;
}

/** A property of the node, or one that was made dynamic. */
function isPropertyOf(expression: BoundExpression, column: ColumnId): boolean {
  if (expression.kind === "BoundCall" && expression.function.role === "cast")
    return partsOf(expression).every((part) => isPropertyOf(part, column));
  return expression.kind === "BoundProperty" && expression.operand.kind === "BoundColumn" && expression.operand.column === column;
}

function hashedMatch({ filter, scan, property, value }: LookedFor, find: MergeMatch["find"], context: Context): MergeMatch {
  const { frame } = context;
  const { column } = scan.node;
  const graph = graphOf(context);
  const type = plainType("value");
  const keyOf = keyMaker(type, context.surroundings.functions);
  const propertyOf = tagging(property.type, type, compileExpression(property, context));
  const wantedOf = tagging(value.type, type, compileExpression(value, context));
  const isMeant = compileCondition(filter.predicate, context);
  const scanned = context.operator(scan);
  const nodes = new Map<Key, Set<Value>>();
  let rows = 0;
  const enter = (node: Value): void => {
    frame[column] = node;
    const found = propertyOf();
    if (found === null) return;
    const key = keyOf(found);
    const known = nodes.get(key);
    if (known === undefined) nodes.set(key, new Set([node]));
    else known.add(node);
  };
  return {
    begin: () => {
      rows = 0;
      nodes.clear();
    },
    enter: (node) => {
      if (rows > PLAIN_ROWS) enter(node);
    },
    find: () => {
      if (++rows <= PLAIN_ROWS) return find();
      if (rows === PLAIN_ROWS + 1) {
        eachRow(scanned, () => enter(frame[column] ?? null));
      }
      const wanted = wantedOf();
      const candidates = wanted === null ? [] : [...(nodes.get(keyOf(wanted)) ?? [])];
      return candidates.flatMap((node) => {
        step(context);
        frame[column] = node;
        return graph.hasLabels(Number(node), scan.labels) && isMeant() === true ? [[node]] : [];
      });
    },
  };
}
