/**
 * Writing clauses: CREATE, MERGE, SET and REMOVE, DELETE, FOREACH.
 *
 * 1. All input is taken in before anything is written, and everything is written before the first row is handed on: a clause sees the
 *    graph as the clause before left it, and so does what stands behind it (openCypher 9, "Clauses"). MERGE and FOREACH see what they
 *    themselves have done for the rows before.
 * 2. DELETE takes relationships before nodes, whichever row named them; a node that still has some ends the statement.
 * 3. What fails ends the statement, which is taken back as a whole.
 */
import { SLOT_JSON, SLOT_PATH } from "../../../../assembly/abi/record.ts";
import { cypherError } from "../../../common/cypher-error.ts";
import { sqlError } from "../../../common/sql-state.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type {
  GraphChange,
  LogicalCreateGraph,
  LogicalDeleteGraph,
  LogicalForeach,
  LogicalMergeGraph,
  LogicalSetGraph,
  NewNode,
  NewRelationship,
} from "../../plan/graph-operator.ts";
import type { LogicalOperator } from "../../plan/operator.ts";
import { columnsOf } from "../../plan/walk.ts";
import type { GraphTarget } from "../surroundings.ts";
import type { Tagged, Value } from "../value.ts";
import { type Context, eachRow, PAUSE, ROW, type Run, restore, type Steps, step } from "./context.ts";
import { compileMergeMatch } from "./graph-merge.ts";
import { compileEntity, compileTagged, NO_ENTITY, pathTargets, targetOf, writerOf } from "./graph-value.ts";

type Row = readonly Value[];

/** Values that rows which are kept may have. */
const VALUES_MAX = 1 << 24;

/** Rows that are kept until all are written, as the values of columns. */
class KeptRows {
  readonly #rows: Row[] = [];
  readonly #columns: readonly number[];
  readonly #context: Context;
  readonly #most: number;

  constructor(columns: readonly number[], context: Context) {
    this.#columns = columns;
    this.#context = context;
    this.#most = Math.floor(VALUES_MAX / Math.max(1, columns.length));
  }

  /** Keeps the row in the frame. Throws 53200. */
  keep(): void {
    if (this.#rows.length === this.#most) throw sqlError("53200", "out of memory: a writing clause has too many rows");
    const { frame } = this.#context;
    this.#rows.push(this.#columns.map((column) => frame[column] ?? null));
  }

  /** Puts each row into the frame. */
  *each(): Steps {
    for (const row of this.#rows) {
      restore(this.#context.frame, this.#columns, row);
      yield ROW;
    }
  }
}

/** Takes in all rows of the input, writes for each of them, and hands on what `write` has kept. `begin` is called before the first. */
function compileWriting(
  operator: LogicalOperator & { readonly input: LogicalOperator },
  write: (keep: () => void) => void,
  context: Context,
  begin: () => void = () => {},
): Run {
  const run = context.operator(operator.input);
  const given = columnsOf(operator.input).map(({ column }) => column);
  const handed = columnsOf(operator).map(({ column }) => column);
  return function* () {
    const input = new KeptRows(given, context);
    const output = new KeptRows(handed, context);
    const keep = (): void => output.keep();
    for (const isRow of run()) {
      if (isRow) input.keep();
      else yield PAUSE;
    }
    begin();
    for (const _ of input.each()) {
      step(context);
      write(keep);
    }
    yield* output.each();
  };
}

export function compileCreateGraph(create: LogicalCreateGraph, context: Context): Run {
  const make = compileCreation(create.nodes, create.relationships, false, context);
  return compileWriting(
    create,
    (keep) => {
      make();
      keep();
    },
    context,
  );
}

export function compileMergeGraph(merge: LogicalMergeGraph, context: Context): Run {
  const { frame } = context;
  const matched = [...merge.nodes.map(({ node }) => node.column), ...merge.relationships.map(({ relationship }) => relationship.column)];
  const match = compileMergeMatch(merge, matched, context);
  const [single = NO_ENTITY] = matched;
  const refuseNulls = compileNullCheck([...merge.nodes, ...merge.relationships], context);
  const make = compileCreation(merge.nodes, merge.relationships, true, context);
  const onCreate = compileChanges(merge.onCreate, context);
  const onMatch = compileChanges(merge.onMatch, context);
  return compileWriting(
    merge,
    (keep) => {
      refuseNulls();
      const found = match.find();
      for (const row of found) {
        restore(frame, matched, row);
        onMatch();
        match.enter(frame[single] ?? null);
        keep();
      }
      if (found.length > 0) return;
      make();
      onCreate();
      match.enter(frame[single] ?? null);
      keep();
    },
    context,
    match.begin,
  );
}

export function compileSetGraph(set: LogicalSetGraph, context: Context): Run {
  const change = compileChanges(set.changes, context);
  return compileWriting(
    set,
    (keep) => {
      change();
      keep();
    },
    context,
  );
}

export function compileForeach(foreach: LogicalForeach, context: Context): Run {
  const { frame } = context;
  const { functions } = context.surroundings;
  const list = compileTagged(foreach.list, context);
  const body = context.operator(foreach.body);
  const { column } = foreach.item;
  return compileWriting(
    foreach,
    (keep) => {
      for (const item of functions.items(list(), () => step(context))) {
        frame[column] = item;
        eachRow(body, () => {});
      }
      keep();
    },
    context,
  );
}

// Creating ------------------------------------------------------------------------------------------------------------

/** Makes nodes and relationships for the row in the frame, and puts them there. */
function compileCreation(
  nodes: readonly NewNode[],
  relationships: readonly NewRelationship[],
  isMerge: boolean,
  context: Context,
): () => void {
  const { frame, counters } = context;
  const writer = writerOf(context);
  const makers = nodes.map(({ node, labels, properties }) => {
    const map = compileMap(properties, context);
    const distinct = [...new Set(labels)];
    return () => {
      const made = writer.createNode(distinct, map());
      counters().nodesCreated++;
      counters().labelsAdded += distinct.length;
      counters().propertiesSet += made.properties;
      frame[node.column] = BigInt(made.number);
    };
  });
  const connectors = relationships.map(({ relationship, type, start, end, properties }) => {
    const startOf = compileEntity(start, "node", context);
    const endOf = compileEntity(end, "node", context);
    const map = compileMap(properties, context);
    return () => {
      const ends = { start: startOf(), end: endOf() };
      if (ends.start === NO_ENTITY || ends.end === NO_ENTITY) throw missingEnd(relationship.name, isMerge);
      const made = writer.createRelationship(type, ends, map());
      counters().relationshipsCreated++;
      counters().propertiesSet += made.properties;
      frame[relationship.column] = BigInt(made.number);
    };
  });
  const all = [...makers, ...connectors];
  return () => {
    for (const make of all) make();
  };
}

function missingEnd(name: string, isMerge: boolean): Error {
  const verb = isMerge ? "merge" : "create";
  return cypherError("EntityNotFound", "MissingNode", `cannot ${verb} relationship ${name}: a node at its end is NULL`);
}

/** Computes the bytes of a map; undefined for NULL. Another value: TypeError. */
function compileMap(expression: BoundExpression | undefined, context: Context): () => string | undefined {
  if (expression === undefined) return () => undefined;
  const evaluate = compileTagged(expression, context);
  return () => {
    const value = evaluate();
    return value === null ? undefined : mapOf(value);
  };
}

function mapOf(value: Tagged | null): string {
  if (value?.tag !== SLOT_JSON) throw cypherError("TypeError", "InvalidArgumentType", "properties must be a map");
  return value.value as string;
}

/** Refuses properties of a pattern to be merged that are NULL. */
function compileNullCheck(made: readonly { readonly properties: BoundExpression | undefined }[], context: Context): () => void {
  const writer = writerOf(context);
  const maps = made.filter(({ properties }) => properties !== undefined).map(({ properties }) => compileMap(properties, context));
  return () => {
    for (const map of maps) {
      const properties = map();
      if (properties === undefined || !writer.hasNull(properties)) continue;
      throw cypherError("SemanticError", "MergeReadOwnWrites", "a property of what is merged must not be NULL");
    }
  };
}

// Changing ------------------------------------------------------------------------------------------------------------

/** Carries out changes for the row in the frame, one after the other. */
function compileChanges(changes: readonly GraphChange[], context: Context): () => void {
  const all = changes.map((change) => compileChange(change, context));
  return () => {
    for (const change of all) change();
  };
}

function compileChange(change: GraphChange, context: Context): () => void {
  const { counters } = context;
  const writer = writerOf(context);
  if (change.kind === "labels") {
    const nodeOf = compileEntity(change.target, "node", context);
    const labels = [...new Set(change.labels)];
    return () => {
      const node = nodeOf();
      if (node === NO_ENTITY) return;
      const count = writer.setLabels(node, labels, change.remove);
      if (change.remove) counters().labelsRemoved += count;
      else counters().labelsAdded += count;
    };
  }
  const target = compileTarget(change.target, context);
  const evaluate = compileTagged(change.value, context);
  return () => {
    const changed = target();
    if (changed === undefined) return;
    const value = evaluate();
    if (change.kind === "property") counters().propertiesSet += writer.setProperty(changed, change.name, value);
    else counters().propertiesSet += writer.setProperties(changed, propertiesOf(value, context), change.merge);
  };
}

/** Computes the node or relationship to change; undefined for NULL. */
function compileTarget(expression: BoundExpression, context: Context): () => GraphTarget | undefined {
  const evaluate = compileTagged(expression, context);
  return () => {
    const value = evaluate();
    if (value === null) return undefined;
    const target = targetOf(value);
    if (target === undefined) throw cypherError("TypeError", "InvalidArgumentType", "only nodes and relationships have properties to set");
    return target;
  };
}

/** The properties that a map, a node or a relationship has. */
function propertiesOf(value: Tagged | null, context: Context): string {
  const source = value === null ? undefined : targetOf(value);
  return source === undefined ? mapOf(value) : writerOf(context).properties(source);
}

// Deleting ------------------------------------------------------------------------------------------------------------

export function compileDeleteGraph(deletion: LogicalDeleteGraph, context: Context): Run {
  const run = context.operator(deletion.input);
  const columns = columnsOf(deletion.input).map(({ column }) => column);
  const values = deletion.values.map((value) => compileTagged(value, context));
  return function* () {
    const nodes = new Set<number>();
    const relationships = new Set<number>();
    const rows = new KeptRows(columns, context);
    for (const isRow of run()) {
      if (!isRow || step(context)) yield PAUSE;
      if (!isRow) continue;
      for (const evaluate of values) {
        for (const { entity, number } of deletedBy(evaluate())) (entity === "node" ? nodes : relationships).add(number);
      }
      rows.keep();
    }
    deleteAll(relationships, nodes, deletion.detach, context);
    yield* rows.each();
  };
}

/** What a value of DELETE names. */
function deletedBy(value: Tagged | null): readonly GraphTarget[] {
  if (value === null) return [];
  if (value.tag === SLOT_PATH) return pathTargets(value.value as string);
  const target = targetOf(value);
  if (target === undefined) throw cypherError("TypeError", "InvalidArgumentType", "only nodes, relationships and paths can be deleted");
  return [target];
}

function deleteAll(relationships: ReadonlySet<number>, nodes: ReadonlySet<number>, detach: boolean, context: Context): void {
  const writer = writerOf(context);
  const counters = context.counters();
  for (const relationship of relationships) {
    step(context);
    if (writer.deleteRelationship(relationship)) counters.relationshipsDeleted++;
  }
  for (const node of nodes) {
    step(context);
    const gone = writer.deleteNode(node, detach);
    if (gone === "connected") throw connectedNode();
    if (gone === undefined) continue;
    counters.nodesDeleted++;
    counters.relationshipsDeleted += gone;
  }
}

/** Why a node is not deleted. */
export function connectedNode(): Error {
  const text = "a node that still has relationships cannot be deleted; DETACH DELETE deletes them with it";
  return cypherError("ConstraintVerificationFailed", "DeleteConnectedNode", text);
}
