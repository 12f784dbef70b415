/**
 * Which MERGE clauses are carried out in batches, and as what: nodes and relationships that are missing are found by a compiled query and
 * created batch by batch, clause by clause; what ON MATCH says of those that are there goes before that, in batches too, and so does a SET
 * behind them. So rows that a program passes, and rows of a MATCH, are loaded without looking at them one by one:
 *
 *   UNWIND $rows AS row MERGE (a:P {id: row.a}) MERGE (b:P {id: row.b}) MERGE (a)-[r:R]->(b) SET r.at = row.at
 *   UNWIND $rows AS row MATCH (a:P {id: row.a}) MERGE (a)-[:R]->(b:Q {id: row.b}) ON CREATE SET b.new = true ON MATCH SET b.new = false
 *
 * 1. A clause sees what the clauses before it have made for all rows, and what it has made itself for the rows before. The second is what
 *    DISTINCT does: of rows that ask for the same, none of which finds it, the first creates it, with the properties that ON CREATE sets.
 * 2. What a MATCH in front and a clause have found or created is looked for once more by the clauses behind. That gives the same rows where
 *    what comes between makes nothing that the pattern would find too (`isApart`, `isUnseen`).
 * 3. That holds of values that are equal to themselves and told apart by DISTINCT as by `=`: integers, booleans and texts. Rows with
 *    others, NULL among them, are left to the interpreter before anything is written.
 * 4. With ON MATCH no two rows may ask for the same: the second would find what the first has created. Rows that do are the interpreter's
 *    too, and clauses behind others that may find several nodes for a row, save for relationships of those nodes. What ON MATCH writes is no
 *    property that anything in front of the last SET reads.
 * 5. All queries say the same each time they run, whatever else they read. Clauses that ask for more are interpreted
 *    (interpreter/graph-write.ts).
 */
import { cypherProcedure } from "../function/cypher/procedure.ts";
import { hasSubquery, TRUE, usesSome } from "../optimizer/predicate.ts";
import type { BoundExpression, BoundMap, ColumnId } from "../plan/expression.ts";
import {
  graphColumns,
  type LogicalCreateGraph,
  type LogicalMergeGraph,
  type LogicalSetGraph,
  type NewNode,
  type NewRelationship,
} from "../plan/graph-operator.ts";
import type { LogicalOperator, LogicalPlan } from "../plan/operator.ts";
import { expressionsOf, inputsOf, isVolatile, visitExpression, withInputs } from "../plan/walk.ts";
import { plainType } from "../type/type.ts";
import { bulkChange, changeQuery, readsBeforehand } from "./graph-bulk-change.ts";
import { creationQuery } from "./graph-bulk-write.ts";

/** Numbers of the columns that values become: beyond all that a binder gives. */
const FIRST_COLUMN: ColumnId = 1 << 29;
const NONE: ReadonlySet<ColumnId> = new Set();
/** What the rows in front of MERGE are made of, besides UNWIND. */
const READING: ReadonlySet<LogicalOperator["kind"]> = new Set([
  "LogicalValues",
  "LogicalProject",
  "LogicalFilter",
  "LogicalJoin",
  "LogicalDistinct",
  "LogicalNodeScan",
  "LogicalRelationshipScan",
  "LogicalExpand",
]);
/** What a pattern of one relationship is looked for with. */
const LOOKING: ReadonlySet<LogicalOperator["kind"]> = new Set(["LogicalValues", "LogicalFilter", "LogicalNodeScan", "LogicalExpand"]);

/** A step with the query that says what is to be done. */
export type MergeStepPlan =
  | { readonly create: LogicalCreateGraph; readonly query: LogicalPlan }
  | { readonly change: LogicalSetGraph; readonly query: LogicalPlan };

/** A plan as what is done one after the other. */
export interface BulkMerge {
  /** Its rows are the values of all patterns' properties; undefined: there are none. */
  readonly values: LogicalPlan | undefined;
  /** Each has as many rows as `values`, or else there are rows that ask for the same. */
  readonly keys: readonly LogicalPlan[];
  readonly steps: readonly MergeStepPlan[];
}

/** What MERGE clauses do, and the SET behind them, if that can be done in batches. */
export function bulkMerge(plan: LogicalPlan): BulkMerge | undefined {
  const { root, output, modifies } = plan;
  if (!modifies || output.length > 0) return undefined;
  const last = root.kind === "LogicalSetGraph" ? root.input : root;
  const merges = mergesOf(last);
  if (merges === undefined || merges.length === 0 || !merges.every(isMissing)) return undefined;
  if (!merges.every((merge, at) => merges.slice(0, at).every((earlier) => isApart(earlier, merge)))) return undefined;
  const rows = withoutMerges(last);
  const entities = new Set(merges.flatMap(graphColumns).map(({ column }) => column));
  if (usesAny(rows, entities) || merges.flatMap(addedOf).some((value) => usesSome(value, entities))) return undefined;
  // What is missing is not to be merged with, and the interpreter says so.
  if (merges.some(({ relationships }) => relationships.length > 0) && hasOptional(rows)) return undefined;
  const steps = stepsOf(plan, merges, last);
  // What the last step creates is not looked for.
  const looked = root.kind === "LogicalSetGraph" ? merges : merges.slice(0, -1);
  if (steps === undefined || !isUnseen(rows, looked)) return undefined;
  const matching = merges.filter(({ onMatch }) => onMatch.length > 0);
  if (matching.length > 0 && !readsNothing(writtenBy(matching), rows, merges)) return undefined;
  const project = (input: LogicalOperator, values: readonly BoundExpression[]): LogicalPlan => {
    const items = values.map((value, at) => ({ column: FIRST_COLUMN + at, name: "", type: value.type, value }));
    return { ...plan, root: { kind: "LogicalProject", input, items }, output: items, modifies: false };
  };
  const properties = merges.flatMap(propertiesOf);
  const values = properties.length === 0 && matching.length > 0 ? [TRUE] : properties;
  const keys = matching.map((merge) => project({ kind: "LogicalDistinct", input: rows, on: keyOf(merge, merges) }, [TRUE]));
  return { values: values.length === 0 ? undefined : project(rows, values), keys, steps };
}

/** The steps in their order; undefined: one cannot be done in batches. */
function stepsOf(plan: LogicalPlan, merges: readonly LogicalMergeGraph[], last: LogicalOperator): readonly MergeStepPlan[] | undefined {
  const steps: MergeStepPlan[] = [];
  /** A SET of the rows of an operator; `once`: columns in which nothing comes twice. */
  const addChange = (input: LogicalOperator, changes: LogicalSetGraph["changes"], once: ReadonlySet<ColumnId>): boolean => {
    const changing: LogicalPlan = { ...plan, root: { kind: "LogicalSetGraph", input, changes } };
    const change = bulkChange(changing, once);
    if (change?.kind !== "LogicalSetGraph") return false;
    steps.push({ change, query: changeQuery(changing, change) });
    return true;
  };
  for (const merge of merges) {
    const found = joined("inner", reading(merge.input), merge.match);
    const own = new Set(graphColumns(merge).map(({ column }) => column));
    if (merge.onMatch.length > 0 && !(isOfAll(merge, merges) && addChange(found, merge.onMatch, own))) return undefined;
    const create = creationOf(merge);
    steps.push({ create, query: creationQuery(plan, create) });
  }
  const { root } = plan;
  return root.kind !== "LogicalSetGraph" || addChange(reading(last), root.changes, NONE) ? steps : undefined;
}

/** The MERGE clauses, the first one first; undefined: they stand on something else than rows that can be read again. */
function mergesOf(operator: LogicalOperator): readonly LogicalMergeGraph[] | undefined {
  if (operator.kind === "LogicalMergeGraph") {
    const below = mergesOf(operator.input);
    return below && [...below, operator];
  }
  if (!isReadable(operator)) return undefined;
  if (operator.kind === "LogicalProject" || operator.kind === "LogicalFilter") return mergesOf(operator.input);
  return inputsOf(operator).every((input) => mergesOf(input)?.length === 0) ? [] : undefined;
}

function isReadable(operator: LogicalOperator): boolean {
  const isKnown = operator.kind === "LogicalFunctionScan" ? operator.name === "unwind" : READING.has(operator.kind);
  return isKnown && expressionsOf(operator).every(isFixed);
}

/** Whether an expression says the same each time, whatever clauses have made meanwhile: procedures, which are calls too, tell of it. */
function isFixed(expression: BoundExpression): boolean {
  let isProcedure = false;
  visitExpression(expression, (part) => {
    isProcedure ||= part.kind === "BoundCall" && cypherProcedure(part.function.name.toLowerCase()) !== undefined;
  });
  return !isProcedure && !isVolatile(expression) && !hasSubquery(expression);
}

/** Whether it is a clause that finds one node or one relationship with its ends by properties that are listed, or creates what is missing of it. */
function isMissing(merge: LogicalMergeGraph): boolean {
  const { match, nodes, relationships } = merge;
  if (![...nodes, ...relationships].every(({ properties }) => properties === undefined || properties.kind === "BoundMap")) return false;
  if (!addsProperties(merge) || !merge.onMatch.every(({ kind }) => kind === "property")) return false;
  const [relationship, ...more] = relationships;
  if (relationship === undefined) {
    const found = match.kind === "LogicalFilter" ? match.input : match;
    return nodes.length === 1 && found.kind === "LogicalNodeScan" && found.access?.kind === "index";
  }
  return more.length === 0 && isLookedFor(match) && [relationship.start, relationship.end].every(({ kind }) => kind === "BoundColumn");
}

/** Whether a pattern is one that is looked for from a node that is known, or from those that an index gives. */
function isLookedFor(operator: LogicalOperator): boolean {
  if (!LOOKING.has(operator.kind)) return false;
  // In both directions a row may ask for what another one asks for with its ends exchanged.
  if (operator.kind === "LogicalExpand" && operator.direction === "both") return false;
  if (operator.kind === "LogicalNodeScan" && operator.access?.kind !== "index") return false;
  return inputsOf(operator).every(isLookedFor);
}

/** Whether ON CREATE gives what is created properties besides those that are asked for, none of them twice. */
function addsProperties({ nodes, relationships, onCreate }: LogicalMergeGraph): boolean {
  const made = [...nodes.map((item) => [item.node, item] as const), ...relationships.map((item) => [item.relationship, item] as const)];
  const names = new Map(made.map(([{ column }, { properties }]) => [column, new Set(namesOf(properties))]));
  return onCreate.every((change) => {
    if (change.kind !== "property" || change.target.kind !== "BoundColumn" || !isFixed(change.value)) return false;
    const known = names.get(change.target.column);
    if (known === undefined || known.has(change.name)) return false;
    known.add(change.name);
    return true;
  });
}

function addedOf({ onCreate }: LogicalMergeGraph): readonly BoundExpression[] {
  return onCreate.flatMap((change) => (change.kind === "property" ? [change.value] : []));
}

/**
 * Whether what a clause creates is never found by an earlier one that had found nothing of the kind: both ask for the same properties of the
 * same labels or type, so that it would have been there, or the earlier one asks for a label or type that it has not.
 */
function isApart(earlier: LogicalMergeGraph, later: LogicalMergeGraph): boolean {
  const [before] = earlier.relationships;
  const [behind] = later.relationships;
  if (before !== undefined) {
    // Nodes that are new have no relationship but one that is new.
    if (behind === undefined || before.type !== behind.type) return true;
    if (earlier.nodes.length > 0 || later.nodes.length > 0) return false;
    return isSame(namesOf(before.properties), namesOf(behind.properties));
  }
  return earlier.nodes.every((first) =>
    later.nodes.every((second) => {
      if (lacksOne(second, first.labels)) return true;
      // A node that is created with its relationship may be there without it.
      if (behind !== undefined) return false;
      return isSame(first.labels, second.labels) && isSame(namesOf(first.properties), namesOf(second.properties));
    }),
  );
}

function lacksOne({ labels }: NewNode, wanted: readonly string[]): boolean {
  return wanted.some((label) => !labels.includes(label));
}

/** Whether nothing of what clauses create is found by the rows in front of them. */
function isUnseen(operator: LogicalOperator, merges: readonly LogicalMergeGraph[]): boolean {
  if (operator.kind === "LogicalNodeScan") {
    return merges.every(({ nodes }) => nodes.every((node) => lacksOne(node, operator.labels)));
  }
  const { kind } = operator;
  if (kind === "LogicalExpand" || kind === "LogicalRelationshipScan") {
    const { types } = operator;
    const isOther = ({ type }: NewRelationship): boolean => types.length > 0 && !types.includes(type);
    if (!merges.every(({ relationships }) => relationships.every(isOther))) return false;
  }
  return inputsOf(operator).every((input) => isUnseen(input, merges));
}

/** Whether a column of the rows may be NULL since its pattern is optional. */
function hasOptional(operator: LogicalOperator): boolean {
  const { kind } = operator;
  if ((kind === "LogicalExpand" && operator.optional) || (kind === "LogicalJoin" && operator.join === "left")) return true;
  return inputsOf(operator).some(hasOptional);
}

/** Names of the properties that ON MATCH writes. */
function writtenBy(merges: readonly LogicalMergeGraph[]): ReadonlySet<string> {
  return new Set(merges.flatMap(({ onMatch }) => onMatch.flatMap((change) => (change.kind === "property" ? [change.name] : []))));
}

/** Whether neither the rows nor the patterns read one of these properties. */
function readsNothing(names: ReadonlySet<string>, rows: LogicalOperator, merges: readonly LogicalMergeGraph[]): boolean {
  const mayRead = (name: string): boolean => !names.has(name);
  const reads = (operator: LogicalOperator): boolean => {
    const { kind } = operator;
    // A node from which something is expanded, or which gets another name, is not read.
    const read = kind === "LogicalExpand" ? [] : expressionsOf(operator);
    const isRead = (value: BoundExpression): boolean => value.kind !== "BoundColumn" && !readsBeforehand(value, mayRead, rows);
    return read.some(isRead) || inputsOf(operator).some(reads);
  };
  if (reads(rows) || merges.some(({ match }) => reads(match))) return false;
  return merges.every((merge) => [...propertiesOf(merge), ...addedOf(merge)].every((value) => readsBeforehand(value, mayRead, rows)));
}

/** What rows that ask a clause for the same have in common. */
function keyOf(merge: LogicalMergeGraph, merges: readonly LogicalMergeGraph[]): readonly BoundExpression[] {
  const ends = endsOf(merge).flatMap((end) => {
    const maker = makerOf(end, merges);
    if (maker === merge) return [];
    return maker === undefined ? [end] : keyOf(maker, merges);
  });
  return [...ends, ...propertiesOf(merge)];
}

/** Whether all clauses in front of one give it ends: then it gets no pair of ends twice for a row. */
function isOfAll(merge: LogicalMergeGraph, merges: readonly LogicalMergeGraph[]): boolean {
  const makers = endsOf(merge).map((end) => makerOf(end, merges));
  return merges.slice(0, merges.indexOf(merge)).every((earlier) => makers.includes(earlier));
}

function endsOf({ relationships }: LogicalMergeGraph): readonly BoundExpression[] {
  return relationships.flatMap(({ start, end }) => [start, end]);
}

/** The clause that has found or created a node. */
function makerOf(end: BoundExpression, merges: readonly LogicalMergeGraph[]): LogicalMergeGraph | undefined {
  return merges.find((merge) => graphColumns(merge).some(({ column }) => end.kind === "BoundColumn" && end.column === column));
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  const both = new Set([...left, ...right]);
  return both.size === new Set(left).size && both.size === new Set(right).size;
}

function namesOf(properties: BoundExpression | undefined): readonly string[] {
  return (properties as BoundMap | undefined)?.names ?? [];
}

function propertiesOf({ nodes, relationships }: LogicalMergeGraph): readonly BoundExpression[] {
  return [...nodes, ...relationships].flatMap(({ properties }) => (properties as BoundMap | undefined)?.items ?? []);
}

/** The CREATE of what no row finds, once for those that ask for the same. */
function creationOf(merge: LogicalMergeGraph): LogicalCreateGraph {
  const { match, nodes, relationships } = merge;
  const missing = joined("anti", reading(merge.input), match);
  const input: LogicalOperator = { kind: "LogicalDistinct", input: missing, on: keyOf(merge, [merge]) };
  return {
    kind: "LogicalCreateGraph",
    input,
    nodes: nodes.map((item) => ({ ...item, properties: withAdded(item.properties, item.node.column, merge) })),
    relationships: relationships.map((item) => ({ ...item, properties: withAdded(item.properties, item.relationship.column, merge) })),
  };
}

/** Properties that are asked for, and those that ON CREATE adds to what a column holds. */
function withAdded(
  properties: BoundExpression | undefined,
  column: ColumnId,
  { onCreate }: LogicalMergeGraph,
): BoundExpression | undefined {
  const added = onCreate.flatMap((change) => {
    return change.kind === "property" && change.target.kind === "BoundColumn" && change.target.column === column ? [change] : [];
  });
  if (added.length === 0) return properties;
  const { names, items } = (properties as BoundMap | undefined) ?? { names: [], items: [] };
  return {
    kind: "BoundMap",
    type: plainType("map"),
    names: [...names, ...added.map(({ name }) => name)],
    items: [...items, ...added.map(({ value }) => value)],
  };
}

/** The rows behind MERGE clauses that have been carried out. */
function reading(operator: LogicalOperator): LogicalOperator {
  if (operator.kind === "LogicalMergeGraph") return joined("inner", reading(operator.input), operator.match);
  return withInputs(operator, inputsOf(operator).map(reading));
}

function joined(join: "inner" | "anti", left: LogicalOperator, right: LogicalOperator): LogicalOperator {
  return { kind: "LogicalJoin", join, left, right, condition: TRUE, mark: undefined, dependent: true };
}

/** The rows in front of all MERGE clauses, with what is computed of them on the way. */
function withoutMerges(operator: LogicalOperator): LogicalOperator {
  if (operator.kind === "LogicalMergeGraph") return withoutMerges(operator.input);
  return withInputs(operator, inputsOf(operator).map(withoutMerges));
}

function usesAny(operator: LogicalOperator, columns: ReadonlySet<ColumnId>): boolean {
  return expressionsOf(operator).some((part) => usesSome(part, columns)) || inputsOf(operator).some((input) => usesAny(input, columns));
}
