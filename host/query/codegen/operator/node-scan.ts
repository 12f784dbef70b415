/**
 * Scan of nodes: the rows of the collections of all label sets that have the labels, set by set and chunk by chunk. The number of a node
 * comes from its entry, and where its properties lie is known without its slot. Or nodes by numbers and public ids, or through an index
 * of a label, which is one of each set's collection.
 */
import { ENTRY_NUMBER } from "../../../../assembly/abi/graph.ts";
import { FOUND_COUNT, FOUND_ROWS } from "../../../../assembly/abi/plan.ts";
import { CHUNK_ROWS, COLLECTION_ROWS, ROW_ENTRY, ROW_RECORD } from "../../../../assembly/abi/record.ts";
import type { PhysicalNodeScan } from "../../physical/graph-operator.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import type { ScanAccess } from "../../plan/operator.ts";
import { computeBefore } from "../expression.ts";
import { namedOffset, pushName, requireLabel, writeTold } from "../graph.ts";
import { keep } from "../inline.ts";
import * as op from "../opcodes.ts";
import { pushPayload, pushTag, typedOperand } from "../operand.ts";
import { type EntityPlace, type Level, type Pipeline, STATE } from "../pipeline.ts";
import type { Consume, PlanCode } from "../plan-code.ts";
import { accessOperands, openAccess, writeAccess } from "./access.ts";
import { openElements, ROW_SHIFT, repeatWithNext } from "./row-place.ts";

export function produceNodeScan(plan: PlanCode, scan: PhysicalNodeScan, consume: Consume): void {
  const label = scan.labels.map((name) => `:${name}`).join("");
  const { access } = scan;
  if (access === undefined) produceAllNodes(plan, `scan nodes ${label}`, scan, consume);
  else if (access.kind === "index") produceIndexedNodes(plan, `nodes ${label} by index`, scan, access, consume);
  else produceFoundNodes(plan, scan, access.values, consume);
}

/** The columns of the node in a row of its collection. */
function bindRow(pipeline: Pipeline, { node }: PhysicalNodeScan, row: EntityPlace): void {
  pipeline.columns.set(node.column, () => {
    pipeline.code.get(row.entry);
    pipeline.code.memory(op.OP_I64_LOAD32_U, ENTRY_NUMBER);
    return typedOperand(node.type, keep(pipeline, "i64"), undefined);
  });
  pipeline.entities.set(node.column, () => row);
}

function produceAllNodes(plan: PlanCode, label: string, scan: PhysicalNodeScan, consume: Consume): void {
  const list = openLabels(plan, scan.labels);
  plan.pipeline(label, (pipeline) => {
    const { code } = pipeline;
    const row: EntityPlace = { collection: code.local("i32"), entry: code.local("i32"), record: code.local("i32") };
    const level = pipeline.level();
    const first = pipeline.cursor(level, "i32");
    const element = pipeline.cursor(level, "i32");
    const begin = (): void => {
      for (const local of [first, element]) {
        code.i32(0);
        code.set(local);
      }
    };
    const tell = (): void => tellLabel(pipeline, scan);
    setLoop(pipeline, level, { list, count: scan.labels.length, collection: row.collection, tell, begin }, () =>
      writeChunks(pipeline, level, { first, element }, row, () => {
        bindRow(pipeline, scan, row);
        consume(pipeline);
      }),
    );
  });
}

// Access paths ----------------------------------------------------------------------------------------------------------

/** The nodes of numbers or ids that there are. */
function produceFoundNodes(plan: PlanCode, { node, labels }: PhysicalNodeScan, values: readonly BoundExpression[], consume: Consume): void {
  produceFound(plan, "nodes", false, values, (pipeline, number) => {
    for (const label of labels) requireLabel(pipeline, label, number);
    pipeline.columns.set(node.column, () => {
      pipeline.code.get(number);
      pipeline.code.op(op.OP_I64_EXTEND_I32_U);
      return typedOperand(node.type, keep(pipeline, "i64"), undefined);
    });
    consume(pipeline);
  });
}

/** A pipeline over the nodes or relationships of values that are numbers or public ids; each once. */
export function produceFound(
  plan: PlanCode,
  what: "nodes" | "relationships",
  isRelationship: boolean,
  values: readonly BoundExpression[],
  body: (pipeline: Pipeline, number: number) => void,
): void {
  const foundOffset = plan.structure("access_open", [values.length]);
  plan.pipeline(`${what} by number`, (pipeline) => {
    const { code } = pipeline;
    const found = pipeline.stateLocal(foundOffset, "i32");
    const operandOf = computeBefore(pipeline, values);
    const level = pipeline.level();
    const place = pipeline.cursor(level, "i32");
    const number = code.local("i32");
    pipeline.enter(level, () =>
      pipeline.scoped(() => {
        code.i32(0);
        code.set(place);
        code.get(found);
        pipeline.call("access_clear", ["i32"], undefined);
        for (const value of values) {
          const operand = operandOf(value);
          code.get(found);
          code.i32(isRelationship ? 1 : 0);
          pushTag(code, operand);
          pushPayload(code, operand);
          pipeline.call("plan_found", ["i32", "i32", "i32", "i64"], undefined);
        }
      }),
    );
    const loop = code.loop();
    code.get(place);
    code.get(found);
    code.memory(op.OP_I32_LOAD, FOUND_COUNT);
    code.op(op.OP_I32_GE_U);
    code.brIf(pipeline.finish);
    pipeline.spend(level);
    pipeline.rowBlock(() => {
      code.get(found);
      code.get(place);
      code.i32(2);
      code.op(op.OP_I32_SHL);
      code.op(op.OP_I32_ADD);
      code.memory(op.OP_I32_LOAD, FOUND_ROWS);
      code.set(number);
      body(pipeline, number);
    });
    pipeline.releaseRow();
    code.get(place);
    code.i32(1);
    code.op(op.OP_I32_ADD);
    code.set(place);
    code.br(loop);
    code.end();
  });
}

/** Nodes through an index: that of each set's collection, one after the other. */
function produceIndexedNodes(
  plan: PlanCode,
  label: string,
  scan: PhysicalNodeScan,
  index: Extract<ScanAccess, { readonly kind: "index" }>,
  consume: Consume,
): void {
  const list = openLabels(plan, scan.labels);
  const access = openAccess(plan, { access: index });
  if (access === undefined) {
    produceAllNodes(plan, label, scan, consume);
    return;
  }
  plan.pipeline(label, (pipeline) => {
    const { code } = pipeline;
    const handle = code.local("i32");
    const sets = pipeline.level();
    // Without a set there is no index whose keys could be told.
    const tell = (set: number): void => {
      code.get(set);
      code.i32(0);
      code.op(op.OP_I32_LT_S);
      code.if();
      tellLabel(pipeline, scan);
      code.end();
    };
    setLoop(pipeline, sets, { list, count: scan.labels.length, collection: handle, tell, begin: () => {} }, () => {
      const operandOf = accessOperands(pipeline, access);
      const level = pipeline.level();
      const row = { row: pipeline.cursor(level, "i32"), element: code.local("i32"), entry: code.local("i32"), record: code.local("i32") };
      const outer = pipeline.finish;
      const ended = code.block();
      pipeline.finish = ended;
      writeAccess(pipeline, level, handle, row, access, operandOf, [], () => {
        pipeline.finish = outer;
        bindRow(pipeline, scan, { collection: handle, entry: row.entry, record: row.record });
        consume(pipeline);
        pipeline.finish = ended;
      });
      code.end();
      pipeline.finish = outer;
    });
  });
}

// All nodes -------------------------------------------------------------------------------------------------------------

/** Offset of the addresses of labels, one behind the other. */
function openLabels(plan: PlanCode, labels: readonly string[]): number {
  const list = plan.state.take(4 * Math.max(1, labels.length));
  labels.forEach((label, index) => {
    const known = namedOffset(plan, "label", label);
    const { setup } = plan.root;
    setup.get(STATE);
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, known);
    setup.memory(op.OP_I32_STORE, list + 4 * index);
  });
  return list;
}

interface ScanCursors {
  /** Number of the chunk's first row; the element at hand, 0 before a chunk is opened. */
  readonly first: number;
  readonly element: number;
}

/** Tells that the nodes with a label are gone through; one of several says as much as all. */
function tellLabel(pipeline: Pipeline, { labels }: PhysicalNodeScan): void {
  pushName(pipeline, labels[0]);
  pipeline.call("track_label", ["i64"], undefined);
}

interface SetLoop {
  /** Offset of the addresses of labels, and how many. */
  readonly list: number;
  readonly count: number;
  /** Local of the collection at hand. */
  readonly collection: number;
  /** Tells what is read, when the first set's position is in the local given, -1 if there is none. */
  readonly tell: (set: number) => void;
  /** Sets cursors of the caller's own for each set. */
  readonly begin: () => void;
}

/** A level that goes over the collections of the sets that have the labels. */
function setLoop(pipeline: Pipeline, level: Level, { list, count, collection, tell, begin }: SetLoop, body: () => void): void {
  const { code } = pipeline;
  /** Position of the set, -1 behind the last. */
  const set = pipeline.cursor(level, "i32");
  const find = (pushFrom: () => void): void => {
    pushFrom();
    code.get(STATE);
    code.i32(list);
    code.op(op.OP_I32_ADD);
    code.i32(count);
    pipeline.call("plan_set", ["i32", "i32", "i32"], "i32");
    code.set(set);
    begin();
  };
  pipeline.enter(level, () => {
    find(() => code.i32(0));
    writeTold(pipeline, () => tell(set));
  });
  const sets = code.loop();
  code.get(set);
  code.i32(0);
  code.op(op.OP_I32_LT_S);
  code.brIf(pipeline.finish);
  code.get(set);
  pipeline.call("plan_set_at", ["i32"], "i32");
  code.set(collection);
  body();
  find(() => {
    code.get(set);
    code.i32(1);
    code.op(op.OP_I32_ADD);
  });
  code.br(sets);
  code.end();
}

/** Loops over the chunks of a collection and their rows. */
function writeChunks(pipeline: Pipeline, level: Level, { first, element }: ScanCursors, row: EntityPlace, body: () => void): void {
  const { code } = pipeline;
  const end = code.local("i32");
  const rows = code.local("i32");
  code.get(row.collection);
  code.memory(op.OP_I32_LOAD, COLLECTION_ROWS);
  code.set(rows);
  const done = code.block();
  const chunks = code.loop();
  code.get(first);
  code.get(rows);
  code.op(op.OP_I32_GE_U);
  code.brIf(done);
  openElements(pipeline, row.collection, rows, { first, element, elements: code.local("i32"), end });
  const last = pipeline.spendRun(level, element, end, ROW_SHIFT);
  const loop = code.loop();
  pipeline.rowBlock(() => {
    code.get(element);
    code.memory(op.OP_I32_LOAD, ROW_ENTRY);
    code.set(row.entry);
    code.get(row.entry);
    code.op(op.OP_I32_EQZ);
    code.brIf(pipeline.next);
    code.get(element);
    code.memory(op.OP_I32_LOAD, ROW_RECORD);
    code.set(row.record);
    body();
  });
  pipeline.releaseRow();
  repeatWithNext(pipeline, loop, element, end);
  code.end();
  code.get(element);
  code.get(last);
  code.op(op.OP_I32_LT_U);
  code.brIf(chunks);
  code.i32(0);
  code.set(element);
  code.get(first);
  code.i32(CHUNK_ROWS);
  code.op(op.OP_I32_ADD);
  code.set(first);
  code.br(chunks);
  code.end();
  code.end();
}
