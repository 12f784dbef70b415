/**
 * Nodes, relationships and lists of them between expressions and the operators on the graph.
 *
 * A list of relationships is a packed array (assembly/value/packed.ts) whose elements take five bytes each, so the list of a longer walk
 * is that of a shorter one and five bytes more. The elements of a walk are a text that grows, which costs nothing until somebody
 * reads it.
 */
import {
  PACKED_ARRAY,
  PACKED_ARRAY_LONG,
  PACKED_LONG_HEAD,
  PACKED_NODE,
  PACKED_REFERENCE_BYTES,
  PACKED_RELATIONSHIP,
  PACKED_SHORT_HEAD,
  PACKED_TABLE_COUNT,
  PACKED_TABLE_STEP,
} from "../../../../assembly/abi/packed.ts";
import { SLOT_NODE, SLOT_RELATIONSHIP } from "../../../../assembly/abi/record.ts";
import { cypherError } from "../../../common/cypher-error.ts";
import { sqlError } from "../../../common/sql-state.ts";
import type { BoundExpression } from "../../plan/expression.ts";
import { machineOf, slotOf } from "../../type/type.ts";
import type { GraphAccess, GraphEntity, GraphTarget, GraphWriter } from "../surroundings.ts";
import type { Plain, Tagged } from "../value.ts";
import type { Context } from "./context.ts";
import { compileExpression } from "./expression.ts";

/** The number that stands for NULL. */
export const NO_ENTITY = -1;

const SHORT_BYTES_MAX = 255;
const WORD_BYTES = 4;
/** Where the count stands in the head of a list. */
const SHORT_COUNT = 2;
const LONG_COUNT = 5;

/** The graph of the plan that is compiled. */
export function graphOf(context: Context): GraphAccess {
  const { graph } = context.surroundings;
  if (graph === undefined) throw sqlError("0A000", "there is no graph here");
  return graph;
}

/** What writes to the graph of the plan that is compiled. */
export function writerOf(context: Context): GraphWriter {
  const { graphWriter } = context.surroundings;
  if (graphWriter === undefined) throw sqlError("0A000", "there is no graph here");
  return graphWriter;
}

/** Computes a value with its tag, whatever the expression's type. */
export function compileTagged(expression: BoundExpression, context: Context): () => Tagged | null {
  const evaluate = compileExpression(expression, context);
  if (machineOf(expression.type) === "any") return evaluate as () => Tagged | null;
  const tag = slotOf(expression.type);
  return () => {
    const value = evaluate();
    return value === null ? null : { tag, value: value as Plain };
  };
}

/** Computes the number of a node or relationship; NO_ENTITY for NULL. Of another value: TypeError. */
export function compileEntity(expression: BoundExpression, entity: GraphEntity, context: Context): () => number {
  const slot = entity === "node" ? SLOT_NODE : SLOT_RELATIONSHIP;
  if (machineOf(expression.type) !== "any") {
    if (slotOf(expression.type) !== slot) throw sqlError("XX000", `a ${expression.type.name} is no ${entity}`);
    const evaluate = compileExpression(expression, context);
    return () => {
      const value = evaluate();
      return value === null ? NO_ENTITY : Number(value);
    };
  }
  const evaluate = compileTagged(expression, context);
  return () => {
    const value = evaluate();
    if (value === null) return NO_ENTITY;
    if (value.tag !== slot) throw cypherError("TypeError", "InvalidArgumentType", `a ${entity} is expected here`);
    return Number(value.value);
  };
}

/** The node or relationship that a value is; undefined: it is none. */
export function targetOf({ tag, value }: Tagged): GraphTarget | undefined {
  if (tag !== SLOT_NODE && tag !== SLOT_RELATIONSHIP) return undefined;
  return { entity: tag === SLOT_NODE ? "node" : "relationship", number: Number(value) };
}

/** The nodes and relationships of a path, or of a list of such alone. */
export function pathTargets(list: string): readonly GraphTarget[] {
  const isLong = list.charCodeAt(0) === PACKED_ARRAY_LONG;
  const count = isLong ? wordAt(list, LONG_COUNT) : list.charCodeAt(SHORT_COUNT);
  const first = isLong ? PACKED_LONG_HEAD : PACKED_SHORT_HEAD;
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * PACKED_REFERENCE_BYTES;
    return { entity: list.charCodeAt(at) === PACKED_NODE ? "node" : "relationship", number: wordAt(list, at + 1) };
  });
}

/** The element of a list that is a relationship. */
export function relationshipElement(relationship: number): string {
  return String.fromCharCode(PACKED_RELATIONSHIP) + wordBytes(relationship);
}

/** The list of `count` relationships whose elements these are. */
export function relationshipList(elements: string, count: number): string {
  const bytes = count * PACKED_REFERENCE_BYTES;
  if (bytes <= SHORT_BYTES_MAX) return String.fromCharCode(PACKED_ARRAY, bytes, count) + elements;
  const table = tableOf(count);
  return String.fromCharCode(PACKED_ARRAY_LONG) + wordBytes(bytes + table.length) + wordBytes(count) + elements + table;
}

/** Where elements 16, 32 ... begin. All tables are beginnings of one, which is kept. */
function tableOf(count: number): string {
  if (count < PACKED_TABLE_COUNT) return "";
  const bytes = Math.floor((count - 1) / PACKED_TABLE_STEP) * WORD_BYTES;
  if (table.length < bytes) {
    const parts = [table];
    for (let at = table.length / WORD_BYTES; at * WORD_BYTES < 2 * bytes; at++) {
      parts.push(wordBytes((at + 1) * PACKED_TABLE_STEP * PACKED_REFERENCE_BYTES));
    }
    table = parts.join("");
  }
  return table.slice(0, bytes);
}

let table = "";

function wordAt(bytes: string, at: number): number {
  let word = 0;
  for (let index = WORD_BYTES - 1; index >= 0; index--) word = word * 256 + bytes.charCodeAt(at + index);
  return word;
}

function wordBytes(value: number): string {
  return String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}
