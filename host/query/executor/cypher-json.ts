/**
 * Cypher's values as JSON text, for the plain CYPHER command: a node is its properties with `_id` and `_label` (of several labels the
 * first, and all of them as `_labels`), a relationship its properties with `_id`, `_type`, `_start_id` and `_end_id`, a path the list of
 * both in the order of the walk. Ids are the public texts. What JSON has no number for is text.
 */
import type { SqlType } from "../type/type.ts";
import { isPacked } from "./cypher-value.ts";
import { PackedReader } from "./packed-reader.ts";
import { typeOfTag } from "./tag-type.ts";
import type { Tagged, Value } from "./value.ts";

export interface JsonParts {
  /** The JSON of values that are not packed. */
  json(value: Value, type: SqlType): string;
  /** The public id of a node. */
  elementId(node: number): string;
}

/** Names and JSON texts of an object's fields: of equal names the last one counts. */
type Fields = Map<string, string>;

export function cypherJson({ tag, value }: Tagged, parts: JsonParts): string {
  if (!isPacked(tag)) return parts.json(value, typeOfTag(tag));
  return readJson(new PackedReader(value as string), parts);
}

function readJson(reader: PackedReader, parts: JsonParts): string {
  switch (reader.next()) {
    case "null":
      return "null";
    case "false":
      return "false";
    case "true":
      return "true";
    case "integer":
      return String(reader.integer);
    case "float":
      return floatText(reader.float);
    case "text":
      return JSON.stringify(reader.text);
    case "list":
      return `[${readItems(reader, parts).join(",")}]`;
    case "map":
      return objectText(readFields(reader, parts));
    case "node":
      return readNode(reader, parts);
    case "relationship":
      return readRelationship(reader, parts);
    case "path":
      return readPath(reader, parts);
    case "temporal":
      return JSON.stringify(reader.text);
    case "typed":
      return parts.json(reader.typed.value, typeOfTag(reader.typed.tag));
  }
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return JSON.stringify(String(value));
  return Object.is(value, -0) ? "-0" : String(value);
}

function readItems(reader: PackedReader, parts: JsonParts): string[] {
  const items: string[] = [];
  reader.each(() => items.push(readJson(reader, parts)));
  return items;
}

function readFields(reader: PackedReader, parts: JsonParts): Fields {
  const fields: Fields = new Map();
  reader.each(() => {
    const { name } = reader;
    fields.set(name, readJson(reader, parts));
  });
  return fields;
}

function objectText(fields: Fields): string {
  return `{${[...fields].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

function readNode(reader: PackedReader, parts: JsonParts): string {
  let elementId = "";
  let labels: readonly string[] = [];
  let fields: Fields = new Map();
  reader.each((part) => {
    if (part === 2) labels = reader.texts();
    else if (reader.next() === "map") fields = readFields(reader, parts);
    else if (part === 1) elementId = JSON.stringify(reader.text);
  });
  fields.set("_id", elementId);
  if (labels.length > 0) fields.set("_label", JSON.stringify(labels[0]));
  if (labels.length > 1) fields.set("_labels", JSON.stringify(labels));
  return objectText(fields);
}

function readRelationship(reader: PackedReader, parts: JsonParts): string {
  const own: string[] = [];
  let fields: Fields = new Map();
  reader.each((part) => {
    const kind = reader.next();
    if (kind === "map") fields = readFields(reader, parts);
    else if (part > 0) own.push(kind === "text" ? reader.text : parts.elementId(Number(reader.integer)));
  });
  const [elementId, type, start, end] = own;
  for (const [name, text] of Object.entries({ _id: elementId, _type: type, _start_id: start, _end_id: end })) {
    fields.set(name, JSON.stringify(text));
  }
  return objectText(fields);
}

function readPath(reader: PackedReader, parts: JsonParts): string {
  const lists: (readonly string[])[] = [];
  reader.each(() => {
    reader.next();
    lists.push(readItems(reader, parts));
  });
  const [nodes = [], relationships = []] = lists;
  return `[${nodes.flatMap((node, at) => (at < relationships.length ? [node, relationships[at]] : [node])).join(",")}]`;
}
