/**
 * The graph in generated code: addresses of labels and types are found when an execution begins and lie in the state block;
 * nodes and relationships are found by their numbers inline. Layouts are assembly/abi/graph.ts's.
 *
 * 1. A plan that is compiled only reads, so slots, blocks and entries stay where they are while it runs, and a number that a column
 *    holds is that of a node or relationship that is there: who has it from elsewhere (an access by number) asks `plan_node`.
 * 2. An execution that goes on in a read view (codegen/README.md) has another record of the graph, whose address is asked for where it is
 *    needed; what lay below the record when it began is the view's.
 * 3. Without a graph all addresses are 0 and there are no rows; nothing is loaded from address 0 on.
 */
import {
  BITMAP_CHUNK_SHIFT,
  DIRECTORY_ROOM,
  DIRECTORY_SHIFT,
  GRAPH_NODE_SLOTS,
  GRAPH_RELATIONSHIP_SLOTS,
  LABEL_BITMAP,
  NAME_NUMBER,
  NODE_BYTES_SHIFT,
  NODE_CHUNK_SHIFT,
  RELATIONSHIP_BYTES_SHIFT,
  RELATIONSHIP_CHUNK_SHIFT,
  SLOT_PAGE_SHIFT,
} from "../../../assembly/abi/graph.ts";
import { INPUT_PAYLOAD } from "../../../assembly/abi/plan.ts";
import { plainType } from "../type/type.ts";
import type { FunctionCode } from "./encoder.ts";
import { typeKey } from "./expression.ts";
import * as op from "./opcodes.ts";
import { type Pipeline, STATE } from "./pipeline.ts";
import type { PlanCode } from "./plan-code.ts";

const TEXT = plainType("text");
/** Bits of the number of a node or relationship. */
const NUMBER_BITS = 31;

/** Offset of the word of a name, which is an input like any other text. */
export function nameInput(plan: PlanCode, name: string): number {
  return plan.input(`kstring${name} ${typeKey(TEXT)}`, TEXT, { kind: "constant", value: name }) + INPUT_PAYLOAD;
}

/** Pushes the address of the graph as the execution sees it now, 0 if there is none. */
export function pushGraph(plan: PlanCode, code: FunctionCode): void {
  code.callImport(plan.module.importFunction("plan_graph", [], "i32"));
}

/** Offset of the address of the graph when the execution begins, 0 if there is none: only what lies below it is good for longer. */
function graphOffset(plan: PlanCode): number {
  return plan.prepared("graph", (code) => pushGraph(plan, code));
}

/** Offset of the address of a label or type, 0 if there is none of this name. */
export function namedOffset(plan: PlanCode, kind: "label" | "type", name: string): number {
  const input = nameInput(plan, name);
  return plan.prepared(`${kind} ${name}`, (code) => {
    code.get(STATE);
    code.memory(op.OP_I64_LOAD, input);
    code.callImport(plan.module.importFunction(`plan_${kind}`, ["i64"], "i32"));
  });
}

/** Writes what `tell` pushes and calls where what an execution reads is told to the transactions that are active. */
export function writeTold(pipeline: Pipeline, tell: () => void): void {
  const { code, plan } = pipeline;
  const offset = plan.prepared("tracks", (setup) => setup.callImport(plan.module.importFunction("plan_tracks", [], "i32")));
  code.get(pipeline.stateLocal(offset, "i32"));
  code.if();
  tell();
  code.end();
}

/** Pushes the word of a name; of none, an empty one. */
export function pushName({ code, plan }: Pipeline, name: string | undefined): void {
  if (name === undefined) {
    code.i64(0n);
    return;
  }
  code.get(STATE);
  code.memory(op.OP_I64_LOAD, nameInput(plan, name));
}

/** Offset of what lies at an offset from an address of the state block, or of `otherwise` if that is 0. */
function followed(plan: PlanCode, key: string, address: number, load: number, offset: number, otherwise: number): number {
  return plan.prepared(key, (code) => {
    code.get(STATE);
    code.memory(op.OP_I32_LOAD, address);
    code.if("i32");
    code.get(STATE);
    code.memory(op.OP_I32_LOAD, address);
    code.memory(load, offset);
    code.else();
    code.i32(otherwise);
    code.end();
  });
}

/** Offset of what lies at an offset of the graph, 0 without a graph. */
export function graphList(plan: PlanCode, key: string, offset: number): number {
  return followed(plan, key, graphOffset(plan), op.OP_I32_LOAD, offset, 0);
}

/** Local with the number of a type, -1 if there is none of this name. */
export function typeNumber(pipeline: Pipeline, name: string): number {
  return pipeline.stateLocal(typeOffset(pipeline.plan, name), "i32");
}

/** Offset of {u32 count, i32 numbers} of types; -1: there is none of this name. */
export function typeList(plan: PlanCode, names: readonly string[]): number {
  const offset = plan.table(`types ${JSON.stringify(names)}`, 4 + 4 * names.length);
  const { setup } = plan.root;
  setup.get(STATE);
  setup.i32(names.length);
  setup.memory(op.OP_I32_STORE, offset);
  names.forEach((name, index) => {
    const number = typeOffset(plan, name);
    setup.get(STATE);
    setup.get(STATE);
    setup.memory(op.OP_I32_LOAD, number);
    setup.memory(op.OP_I32_STORE, offset + 4 + 4 * index);
  });
  return offset;
}

/** Offset of the number of a type, -1 if there is none of this name. */
function typeOffset(plan: PlanCode, name: string): number {
  return followed(plan, `number ${name}`, namedOffset(plan, "type", name), op.OP_I32_LOAD, NAME_NUMBER, -1);
}

interface Slots {
  readonly key: string;
  readonly directory: number;
  /** Slots of a chunk, and bytes of a slot. */
  readonly chunkShift: number;
  readonly shift: number;
}

const NODES: Slots = { key: "nodes", directory: GRAPH_NODE_SLOTS, chunkShift: NODE_CHUNK_SHIFT, shift: NODE_BYTES_SHIFT };
const RELATIONSHIPS: Slots = {
  key: "relationships",
  directory: GRAPH_RELATIONSHIP_SLOTS,
  chunkShift: RELATIONSHIP_CHUNK_SHIFT,
  shift: RELATIONSHIP_BYTES_SHIFT,
};

/** Takes a number (i32) in a local and pushes the address of its slot. */
function pushSlot(pipeline: Pipeline, { key, directory, chunkShift, shift }: Slots, number: number): void {
  const { code, plan } = pipeline;
  const pages = pipeline.stateLocal(graphList(plan, key, directory), "i32");
  code.get(pages);
  pushOffset(code, number, chunkShift + SLOT_PAGE_SHIFT, NUMBER_BITS - chunkShift - SLOT_PAGE_SHIFT, DIRECTORY_SHIFT);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  pushOffset(code, number, chunkShift, SLOT_PAGE_SHIFT, DIRECTORY_SHIFT);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  pushOffset(code, number, 0, chunkShift, shift);
  code.op(op.OP_I32_ADD);
}

/** Pushes what `bits` bits of a number, from bit `from` on, count in units of `1 << shift` bytes. */
function pushOffset(code: FunctionCode, number: number, from: number, bits: number, shift: number): void {
  const distance = from - shift;
  code.get(number);
  code.i32(Math.abs(distance));
  code.op(distance > 0 ? op.OP_I32_SHR_U : op.OP_I32_SHL);
  code.i32(((1 << bits) - 1) << shift);
  code.op(op.OP_I32_AND);
}

/** Pushes the address of the slot of a node that is there, whose number is in an i32 local. */
export function pushNodeSlot(pipeline: Pipeline, number: number): void {
  pushSlot(pipeline, NODES, number);
}

export function pushRelationshipSlot(pipeline: Pipeline, number: number): void {
  pushSlot(pipeline, RELATIONSHIPS, number);
}

/** Drops the row at hand unless a node, whose number is in an i32 local, has a label. */
export function requireLabel(pipeline: Pipeline, label: string, number: number): void {
  const { code, plan } = pipeline;
  const record = namedOffset(plan, "label", label);
  const directory = pipeline.stateLocal(followed(plan, `bitmap ${label}`, record, op.OP_I32_LOAD, LABEL_BITMAP, 0), "i32");
  const room = pipeline.stateLocal(followed(plan, `room ${label}`, record, op.OP_I32_LOAD, LABEL_BITMAP + DIRECTORY_ROOM, 0), "i32");
  const chunk = code.local("i32");
  code.get(number);
  code.i32(BITMAP_CHUNK_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.get(room);
  code.op(op.OP_I32_GE_U);
  code.brIf(pipeline.next);
  code.get(directory);
  code.get(number);
  code.i32(BITMAP_CHUNK_SHIFT);
  code.op(op.OP_I32_SHR_U);
  code.i32(DIRECTORY_SHIFT);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.set(chunk);
  code.get(chunk);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
  pushBit(code, chunk, number);
  code.op(op.OP_I32_EQZ);
  code.brIf(pipeline.next);
}

/** Pushes the bit of a number in its chunk. */
function pushBit(code: FunctionCode, chunk: number, number: number): void {
  code.get(chunk);
  code.get(number);
  code.i32(3);
  code.op(op.OP_I32_SHR_U);
  code.i32((1 << (BITMAP_CHUNK_SHIFT - 3)) - 1);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD8_U, 0);
  code.get(number);
  code.i32(7);
  code.op(op.OP_I32_AND);
  code.op(op.OP_I32_SHR_U);
  code.i32(1);
  code.op(op.OP_I32_AND);
}
