/**
 * Properties of nodes and relationships: number → slot → entry → record, and the place of the property in the record's shape.
 *
 * 1. What is known is not looked up: of the node that a scan has at hand it is the entry and the record.
 * 2. Nodes come from many collections in any order, so each property of a plan has a table of places in the state block, by collection
 *    and shape: a line is {u32 version of the collection, u32 shape + 1, u32 place (PLACE_*), u32 zero}. A version belongs to one
 *    collection at one time, so a line is right as long as its first half is, over executions too.
 * 3. What is in no slot that plans read (packed properties, lists, maps) is read by the engine.
 */
import {
  ENTRY_FAR_RECORD,
  ENTRY_KIND_MASK,
  ENTRY_KINDS,
  ENTRY_PROPERTIES,
  ENTRY_RECORD,
  GRAPH_TYPE_LIST,
  NAME_COLLECTION,
  NODE_COLLECTION,
  NODE_ENTRY,
  RELATIONSHIP_ENTRY,
  RELATIONSHIP_TYPE,
} from "../../../assembly/abi/graph.ts";
import { CELL_TAG, COLLECTION_VERSION, PLACE_BIT, PLACE_GENERIC, RECORD_SHAPE } from "../../../assembly/abi/record.ts";
import { DatabaseError } from "../../common/error.ts";
import type { BoundProperty } from "../plan/expression.ts";
import { compileExpression, expressionKey, notCompiled } from "./expression.ts";
import { graphList, nameInput, pushNodeSlot, pushRelationshipSlot } from "./graph.ts";
import { keep } from "./inline.ts";
import * as op from "./opcodes.ts";
import { type NumberView, nullOperand, type Operand, pushPlace } from "./operand.ts";
import { loadPlaced, type PlacedSlot, placedNumber, placedValue } from "./operator/placed-slot.ts";
import { type EntityPlace, type Pipeline, STATE } from "./pipeline.ts";
import { assign, openTarget, targetOperand } from "./target.ts";

/** Lines of a table of places. */
const LINES = 64;
const LINE_BYTES = 16;
const LINE_PLACE = 8;
/** Spreads versions, which count up, and shapes over the lines. */
const VERSION_FACTOR = 37;
const NOWHERE = 1 << PLACE_BIT;

export function compileProperty(pipeline: Pipeline, property: BoundProperty): Operand {
  const operand = compileExpression(pipeline, property.operand);
  return pipeline.memo(expressionKey(property), () => {
    const { flag } = operand;
    if (flag === undefined) return loadProperty(pipeline, property, operand);
    const { code } = pipeline;
    const target = openTarget(pipeline, property.type);
    pushPlace(code, flag);
    pipeline.branch(
      () => assign(pipeline, target, loadProperty(pipeline, property, operand)),
      () => assign(pipeline, target, nullOperand(property.type)),
    );
    return targetOperand(target);
  });
}

/** A property as a number, if that is less than the property itself: of what cannot be NULL. */
export function propertyNumber(pipeline: Pipeline, property: BoundProperty): NumberView | undefined {
  const operand = compileExpression(pipeline, property.operand);
  if (operand.flag !== undefined) return undefined;
  return placedNumber(pipeline, placeOf(pipeline, property, entityPlace(pipeline, property, operand)));
}

function loadProperty(pipeline: Pipeline, property: BoundProperty, operand: Operand): Operand {
  const { code, plan } = pipeline;
  const entity = entityPlace(pipeline, property, operand);
  const slot = placeOf(pipeline, property, entity);
  return placedValue(pipeline, entity.record, slot, (value, tag) => {
    code.get(entity.collection);
    code.get(entity.entry);
    code.get(pipeline.stateLocal(nameInput(plan, property.name), "i64"));
    pipeline.call("property_read", ["i32", "i32", "i64"], "i64");
    code.set(value);
    pipeline.checkError();
    code.cells();
    code.memory(op.OP_I32_LOAD, CELL_TAG);
    code.set(tag);
  });
}

// Where properties lie --------------------------------------------------------------------------------------------------

function entityPlace(pipeline: Pipeline, { operand: expression }: BoundProperty, operand: Operand): EntityPlace {
  const known = expression.kind === "BoundColumn" ? pipeline.entities.get(expression.column) : undefined;
  if (known !== undefined) return known();
  const { code } = pipeline;
  const key = expressionKey(expression);
  const local = (name: string, push: () => void): number =>
    i32Local(
      pipeline.memo(`${name} of ${key}`, () => {
        push();
        return { machine: "i32", slot: 0, value: keep(pipeline, "i32"), flag: undefined };
      }),
    );
  const isNode = expression.type.name === "node";
  if (!isNode && expression.type.name !== "relationship") throw notCompiled("a property of what may be neither node nor relationship");
  const slot = local("slot", () => {
    pushPlace(code, operand.value);
    code.op(op.OP_I32_WRAP_I64);
    const number = i32Local({ ...operand, value: keep(pipeline, "i32") });
    if (isNode) pushNodeSlot(pipeline, number);
    else pushRelationshipSlot(pipeline, number);
  });
  const entry = local("entry", () => {
    code.get(slot);
    code.memory(op.OP_I32_LOAD, isNode ? NODE_ENTRY : RELATIONSHIP_ENTRY);
  });
  const collection = local("collection", () => {
    if (isNode) {
      code.get(slot);
      code.memory(op.OP_I32_LOAD, NODE_COLLECTION);
    } else pushTypeCollection(pipeline, slot);
  });
  return { entry, collection, record: local("record", () => pushRecord(pipeline, entry, isNode)) };
}

function i32Local({ value }: Operand): number {
  if (value.kind !== "local") throw new DatabaseError("INTERNAL", "an address is not in a local");
  return value.local;
}

/** Pushes the collection of a relationship's type: 0 where none of the type has properties. */
function pushTypeCollection(pipeline: Pipeline, slot: number): void {
  const { code } = pipeline;
  code.get(pipeline.stateLocal(graphList(pipeline.plan, "types", GRAPH_TYPE_LIST), "i32"));
  code.get(slot);
  code.memory(op.OP_I32_LOAD, RELATIONSHIP_TYPE);
  // Counted from 1 on.
  code.i32(1);
  code.op(op.OP_I32_SUB);
  code.i32(2);
  code.op(op.OP_I32_SHL);
  code.op(op.OP_I32_ADD);
  code.memory(op.OP_I32_LOAD, 0);
  code.memory(op.OP_I32_LOAD, NAME_COLLECTION);
}

/** Pushes the record of an entry, 0 where the properties are packed, or there are none (an entry 0, of a relationship). */
function pushRecord(pipeline: Pipeline, entry: number, isNode: boolean): void {
  const { code } = pipeline;
  const record = code.local("i32");
  const kind = code.local("i32");
  code.get(entry);
  code.memory(op.OP_I32_LOAD8_U, ENTRY_KINDS);
  code.i32(ENTRY_KIND_MASK);
  code.op(op.OP_I32_AND);
  code.set(kind);
  code.get(entry);
  code.i32(ENTRY_PROPERTIES);
  code.op(op.OP_I32_ADD);
  code.set(record);
  code.get(kind);
  code.i32(ENTRY_RECORD);
  code.op(op.OP_I32_NE);
  if (!isNode) {
    code.get(entry);
    code.op(op.OP_I32_EQZ);
    code.op(op.OP_I32_OR);
  }
  code.if();
  code.get(record);
  code.memory(op.OP_I32_LOAD, 0);
  code.i32(0);
  code.get(kind);
  code.i32(ENTRY_FAR_RECORD);
  code.op(op.OP_I32_EQ);
  if (!isNode) {
    code.get(entry);
    code.i32(0);
    code.op(op.OP_I32_NE);
    code.op(op.OP_I32_AND);
  }
  code.op(op.OP_SELECT);
  code.set(record);
  code.end();
  code.get(record);
}

/** The slot of a property: where its shape has it, else generic (of packed properties) or nowhere (where there are none). */
function placeOf(pipeline: Pipeline, { operand, name }: BoundProperty, { collection, entry, record }: EntityPlace): PlacedSlot {
  const { code } = pipeline;
  const place = code.local("i32");
  code.get(record);
  code.if();
  writeLine(pipeline, name, collection, record);
  code.memory(op.OP_I32_LOAD, LINE_PLACE);
  code.set(place);
  code.else();
  code.i32(PLACE_GENERIC);
  if (operand.type.name === "relationship") {
    code.i32(NOWHERE);
    code.get(entry);
    code.op(op.OP_SELECT);
  }
  code.set(place);
  code.end();
  return loadPlaced(pipeline, record, () => code.get(place));
}

/** Pushes the address of the line of a record's shape, which is filled if it is another's. */
function writeLine(pipeline: Pipeline, name: string, collection: number, record: number): void {
  const { code, plan } = pipeline;
  const table = plan.table(`places ${name}`, LINES * LINE_BYTES);
  const version = code.local("i32");
  const shape = code.local("i32");
  const line = code.local("i32");
  const key = code.local("i64");
  code.get(collection);
  code.memory(op.OP_I32_LOAD, COLLECTION_VERSION);
  code.set(version);
  code.get(record);
  code.memory(op.OP_I32_LOAD16_U, RECORD_SHAPE);
  code.set(shape);
  code.get(version);
  code.i32(VERSION_FACTOR);
  code.op(op.OP_I32_MUL);
  code.get(shape);
  code.op(op.OP_I32_ADD);
  code.i32(LINES - 1);
  code.op(op.OP_I32_AND);
  code.i32(Math.log2(LINE_BYTES));
  code.op(op.OP_I32_SHL);
  code.get(STATE);
  code.op(op.OP_I32_ADD);
  code.i32(table);
  code.op(op.OP_I32_ADD);
  code.set(line);
  code.get(version);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.get(shape);
  code.i32(1);
  code.op(op.OP_I32_ADD);
  code.op(op.OP_I64_EXTEND_I32_U);
  code.i64(32n);
  code.op(op.OP_I64_SHL);
  code.op(op.OP_I64_OR);
  code.set(key);
  code.get(line);
  code.memory(op.OP_I64_LOAD, 0);
  code.get(key);
  code.op(op.OP_I64_NE);
  code.if();
  code.get(line);
  code.get(key);
  code.memory(op.OP_I64_STORE, 0);
  code.get(line);
  code.get(collection);
  code.get(shape);
  code.get(pipeline.stateLocal(nameInput(plan, name), "i64"));
  pipeline.call("property_place", ["i32", "i32", "i64"], "i32");
  code.memory(op.OP_I32_STORE, LINE_PLACE);
  code.end();
  code.get(line);
}
