/**
 * Cypher's values as programs get them: what JavaScript has as it is (INTEGER and FLOAT are numbers, an INTEGER beyond 2^53 - 1 a bigint;
 * timestamps of SQL's tables are Dates; dates, times and durations are text), lists and maps as arrays and objects, and nodes,
 * relationships and paths as small plain objects that are frozen, so that they can be sent to and from workers.
 */
import { SLOT_ARRAY, SLOT_JSON } from "../../../assembly/abi/record.ts";
import type { SqlType } from "../type/type.ts";
import { PackedReader } from "./packed-reader.ts";
import type { SqlValue } from "./query-result.ts";
import { typeOfTag } from "./tag-type.ts";
import type { Tagged, Value } from "./value.ts";

export type CypherMap = { readonly [name: string]: CypherValue };

export interface CypherNode {
  readonly kind: "node";
  /** id(n): never given twice. */
  readonly id: number;
  /** elementId(n): what GRAPH commands call it. */
  readonly elementId: string;
  readonly labels: readonly string[];
  readonly properties: CypherMap;
}

export interface CypherRelationship {
  readonly kind: "relationship";
  readonly id: number;
  readonly elementId: string;
  readonly type: string;
  /** id() of the nodes where it begins and ends. */
  readonly start: number;
  readonly end: number;
  readonly properties: CypherMap;
}

/** Node k and node k + 1 are the ends of relationship k, in the order of the walk. */
export interface CypherPath {
  readonly kind: "path";
  readonly nodes: readonly CypherNode[];
  readonly relationships: readonly CypherRelationship[];
}

export type CypherValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | CypherNode
  | CypherRelationship
  | CypherPath
  | readonly CypherValue[]
  | CypherMap;

/** What makes values of JavaScript of those that are not packed. */
export interface PlainOutput {
  javascript(value: Value, type: SqlType): SqlValue;
}

/** Whether a value of this tag is in the packed form. */
export function isPacked(tag: number): boolean {
  return tag === SLOT_JSON || tag === SLOT_ARRAY;
}

/** The value in JavaScript. */
export function cypherJavaScript({ tag, value }: Tagged, output: PlainOutput): SqlValue {
  if (!isPacked(tag)) return output.javascript(value, typeOfTag(tag));
  return readValue(new PackedReader(value as string), output) as SqlValue;
}

/** Reads the next value. */
function readValue(reader: PackedReader, output: PlainOutput): CypherValue {
  switch (reader.next()) {
    case "null":
      return null;
    case "false":
      return false;
    case "true":
      return true;
    case "integer":
      return reader.integer;
    case "float":
      return reader.float;
    case "text":
      return reader.text;
    case "list":
      return readList(reader, output);
    case "map":
      return readMap(reader, output);
    case "node":
      return readNode(reader, output);
    case "relationship":
      return readRelationship(reader, output);
    case "path":
      return readPath(reader, output);
    case "temporal":
      return reader.text;
    case "typed":
      return output.javascript(reader.typed.value, typeOfTag(reader.typed.tag)) as CypherValue;
  }
}

function readList(reader: PackedReader, output: PlainOutput): readonly CypherValue[] {
  const list: CypherValue[] = [];
  reader.each(() => list.push(readValue(reader, output)));
  return list;
}

function readMap(reader: PackedReader, output: PlainOutput): CypherMap {
  const map: Record<string, CypherValue> = {};
  reader.each(() => {
    const { name } = reader;
    const value = readValue(reader, output);
    // A field of this name is a field like any other.
    if (name === "__proto__") Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
    else map[name] = value;
  });
  return map;
}

/** The parts of an entity, in their order. */
function readParts(reader: PackedReader, output: PlainOutput): readonly CypherValue[] {
  return readList(reader, output);
}

function readNode(reader: PackedReader, output: PlainOutput): CypherNode {
  const [id, elementId, labels, properties] = readParts(reader, output) as [number, string, readonly string[], CypherMap];
  return Object.freeze({ kind: "node", id, elementId, labels: Object.freeze(labels), properties: Object.freeze(properties) });
}

function readRelationship(reader: PackedReader, output: PlainOutput): CypherRelationship {
  const parts = readParts(reader, output) as [number, string, string, number, number, CypherMap];
  const [id, elementId, type, start, end, properties] = parts;
  return Object.freeze({ kind: "relationship", id, elementId, type, start, end, properties: Object.freeze(properties) });
}

function readPath(reader: PackedReader, output: PlainOutput): CypherPath {
  const [nodes, relationships] = readParts(reader, output) as [readonly CypherNode[], readonly CypherRelationship[]];
  return Object.freeze({ kind: "path", nodes: Object.freeze(nodes), relationships: Object.freeze(relationships) });
}
