/**
 * Values of Cypher's results on one line, as people write them: `(:Person {name: 'Ann'})`, `[:KNOWS {since: 2020}]`,
 * `(:A)-[:R]->(:B)`, lists in brackets, maps in braces. Top-level text stands without quotes.
 *
 * Entities are maps with `$` (RESP3), or flat arrays that begin with it (RESP2).
 */
import type { Reply } from "../resp/decoder.ts";

type Fields = ReadonlyMap<string, Reply>;

/** Makes text of what is no list, map or entity. */
export type PlainText = (cell: Reply) => string;

/** A value on one line. */
export function cypherText(cell: Reply, plain: PlainText): string {
  return valueText(cell, plain, true);
}

function valueText(cell: Reply, plain: PlainText, isTop: boolean): string {
  const fields = fieldsOf(cell, plain);
  if (fields !== undefined) return entityText(fields, plain) ?? mapText(fields, plain);
  if (cell.kind === "array") return `[${cell.items.map((item) => valueText(item, plain, false)).join(", ")}]`;
  if (cell.kind === "null" && !isTop) return "null";
  const text = plain(cell);
  return !isTop && cell.kind === "bulk" ? `'${text.replace(/['\\]/g, "\\$&")}'` : text;
}

/** Fields of a map, or of an entity in a flat array. */
function fieldsOf(cell: Reply, plain: PlainText): Fields | undefined {
  if (cell.kind === "map") return new Map(cell.entries.map(([key, value]) => [plain(key), value]));
  if (cell.kind !== "array" || cell.items[0]?.kind !== "bulk" || plain(cell.items[0]) !== "$") return undefined;
  const fields = new Map<string, Reply>();
  for (let at = 0; at + 1 < cell.items.length; at += 2) fields.set(plain(cell.items[at] as Reply), cell.items[at + 1] as Reply);
  return fields;
}

function entityText(fields: Fields, plain: PlainText): string | undefined {
  const mark = fields.get("$");
  switch (mark === undefined ? "" : plain(mark)) {
    case "node":
      return nodeText(fields, plain);
    case "rel":
      return relationshipText(fields, plain);
    case "path":
      return pathText(fields, plain);
    case "temporal":
      return plain(fields.get("value") ?? { kind: "null" });
    default:
      return undefined;
  }
}

function itemsOf(cell: Reply | undefined): readonly Reply[] {
  return cell?.kind === "array" ? cell.items : [];
}

function nodeText(fields: Fields, plain: PlainText): string {
  const labels = itemsOf(fields.get("labels")).map((label) => `:${plain(label)}`);
  return `(${withProperties(labels.join(""), fields, plain)})`;
}

function relationshipText(fields: Fields, plain: PlainText): string {
  return `[${withProperties(`:${plain(fields.get("type") ?? { kind: "null" })}`, fields, plain)}]`;
}

function withProperties(name: string, fields: Fields, plain: PlainText): string {
  const properties = propertiesText(fields.get("properties"), plain);
  return [name, properties].filter((part) => part !== "").join(" ");
}

/** Properties are a map, or under RESP2 a flat array; nothing where there are none. */
function propertiesText(cell: Reply | undefined, plain: PlainText): string {
  const entries: (readonly [string, Reply])[] = [];
  if (cell?.kind === "map") for (const [key, value] of cell.entries) entries.push([plain(key), value]);
  const items = itemsOf(cell);
  for (let at = 0; at + 1 < items.length; at += 2) entries.push([plain(items[at] as Reply), items[at + 1] as Reply]);
  return entries.length === 0 ? "" : mapText(new Map(entries), plain);
}

function mapText(fields: Fields, plain: PlainText): string {
  return `{${[...fields].map(([name, value]) => `${name}: ${valueText(value, plain, false)}`).join(", ")}}`;
}

/** Relationships point as they do, not as the path walks them. */
function pathText(fields: Fields, plain: PlainText): string {
  const nodes = itemsOf(fields.get("nodes")).map((node) => fieldsOf(node, plain) ?? new Map<string, Reply>());
  const relationships = itemsOf(fields.get("rels")).map((each) => fieldsOf(each, plain) ?? new Map<string, Reply>());
  const idOf = (entity: Fields | undefined, name: string): string => plain(entity?.get(name) ?? { kind: "null" });
  return nodes
    .map((node, at) => {
      const relationship = relationships[at];
      if (relationship === undefined) return nodeText(node, plain);
      const isForward = idOf(relationship, "start") === idOf(node, "id");
      const text = relationshipText(relationship, plain);
      return `${nodeText(node, plain)}${isForward ? `-${text}->` : `<-${text}-`}`;
    })
    .join("");
}
