/**
 * The graph in a result of CYPHER.QUERY: its nodes, and the relationships between them, each once; and where they are drawn.
 *
 * The layout is that of springs (Fruchterman and Reingold, "Graph drawing by force-directed placement", 1991): all nodes push each other
 * away, relationships pull, steps become shorter. It begins on a circle, so equal results look equal.
 *
 * Cost: O(nodes^2) for each of STEPS steps; at most NODES_MAX nodes are taken.
 */
import type { ReplyValue } from "./database.ts";

export interface DrawnNode {
  readonly id: number;
  /** Its first label, or nothing. */
  readonly label: string;
  /** What stands in it: a name or a title, else its number. */
  readonly text: string;
  readonly title: string;
}

export interface DrawnRelationship {
  readonly start: number;
  readonly end: number;
  readonly type: string;
  readonly title: string;
}

export interface ResultGraph {
  readonly nodes: readonly DrawnNode[];
  readonly relationships: readonly DrawnRelationship[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const NODES_MAX = 150;
const STEPS = 300;
/** Properties by which people call things, best first. */
const NAMES: readonly string[] = ["name", "title", "label", "key", "id"];
const decoder = new TextDecoder();

/** The nodes and relationships of a result; undefined where there are none. */
export function resultGraph(value: ReplyValue): ResultGraph | undefined {
  const nodes = new Map<number, DrawnNode>();
  const relationships = new Map<number, DrawnRelationship>();
  const visit = (part: ReplyValue): void => {
    if (part instanceof Map) {
      const fields = fieldsOf(part);
      const mark = textOf(fields.get("$"));
      if (mark === "node" && nodes.size < NODES_MAX) nodes.set(Number(fields.get("id")), drawnNode(fields));
      if (mark === "rel") relationships.set(Number(fields.get("id")), drawnRelationship(fields));
      for (const item of part.values()) visit(item);
    } else if (Array.isArray(part)) for (const item of part) visit(item as ReplyValue);
  };
  visit(value);
  if (nodes.size === 0) return undefined;
  const between = [...relationships.values()].filter(({ start, end }) => nodes.has(start) && nodes.has(end));
  return { nodes: [...nodes.values()], relationships: between };
}

type Fields = ReadonlyMap<string, ReplyValue>;

function fieldsOf(map: ReadonlyMap<ReplyValue, ReplyValue>): Fields {
  return new Map([...map].map(([name, value]) => [textOf(name), value]));
}

function textOf(value: ReplyValue | undefined): string {
  if (value === undefined || value === null) return "";
  return value instanceof Uint8Array ? decoder.decode(value) : String(value);
}

function drawnNode(fields: Fields): DrawnNode {
  const labels = fields.get("labels");
  const names = Array.isArray(labels) ? labels.map((label) => textOf(label as ReplyValue)) : [];
  const properties = propertiesOf(fields);
  const named = NAMES.find((name) => properties.has(name));
  const id = Number(fields.get("id"));
  const title = [`(${id})`, ...names.map((name) => `:${name}`)].join(" ");
  return {
    id,
    label: names[0] ?? "",
    text: named === undefined ? String(id) : (properties.get(named) ?? ""),
    title: lines(title, properties),
  };
}

function drawnRelationship(fields: Fields): DrawnRelationship {
  const type = textOf(fields.get("type"));
  const title = lines(`[${Number(fields.get("id"))}] :${type}`, propertiesOf(fields));
  return { start: Number(fields.get("start")), end: Number(fields.get("end")), type, title };
}

function propertiesOf(fields: Fields): ReadonlyMap<string, string> {
  const properties = fields.get("properties");
  if (!(properties instanceof Map)) return new Map();
  return new Map([...fieldsOf(properties)].map(([name, value]) => [name, textOf(value)]));
}

function lines(title: string, properties: ReadonlyMap<string, string>): string {
  return [title, ...[...properties].map(([name, value]) => `${name}: ${value}`)].join("\n");
}

// Layout ------------------------------------------------------------------------------------------------------------------

/** A place for each node, in the order of the nodes, within a rectangle with a margin. */
export function layOut({ nodes, relationships }: ResultGraph, width: number, height: number, margin: number): readonly Point[] {
  const { length } = nodes;
  const places = nodes.map((_, index) => {
    const angle = (2 * Math.PI * index) / length;
    return { x: Math.cos(angle), y: Math.sin(angle) };
  });
  const indexes = new Map(nodes.map(({ id }, index) => [id, index]));
  const pairs = relationships
    .map(({ start, end }) => [indexes.get(start) ?? 0, indexes.get(end) ?? 0] as const)
    .filter(([start, end]) => start !== end);
  const spring = 2 / Math.sqrt(length);
  for (let step = 0; step < STEPS; step++) moveAll(places, pairs, spring, 0.2 * (1 - step / STEPS));
  return fitted(places, width, height, margin);
}

type Movable = { x: number; y: number };

/** One step: no node goes farther than `farthest`. */
function moveAll(places: readonly Movable[], pairs: readonly (readonly [number, number])[], spring: number, farthest: number): void {
  const moves = places.map(() => ({ x: 0, y: 0 }));
  const push = (first: number, second: number, force: (distance: number) => number): void => {
    const one = places[first] as Movable;
    const other = places[second] as Movable;
    const x = one.x - other.x;
    const y = one.y - other.y;
    const distance = Math.max(Math.hypot(x, y), 0.01);
    const strength = force(distance) / distance;
    (moves[first] as Movable).x += x * strength;
    (moves[first] as Movable).y += y * strength;
    (moves[second] as Movable).x -= x * strength;
    (moves[second] as Movable).y -= y * strength;
  };
  for (let first = 0; first < places.length; first++) {
    for (let second = first + 1; second < places.length; second++) push(first, second, (distance) => (spring * spring) / distance);
  }
  for (const [start, end] of pairs) push(start, end, (distance) => -(distance * distance) / spring);
  for (const [index, place] of places.entries()) {
    const move = moves[index] as Movable;
    // What is connected to nothing stays near.
    move.x -= place.x * spring;
    move.y -= place.y * spring;
    const distance = Math.hypot(move.x, move.y);
    const share = distance > farthest ? farthest / distance : 1;
    place.x += move.x * share;
    place.y += move.y * share;
  }
}

/** Places stretched to the rectangle, alike in both directions. */
function fitted(places: readonly Point[], width: number, height: number, margin: number): readonly Point[] {
  const xs = places.map(({ x }) => x);
  const ys = places.map(({ y }) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scaleX = (width - 2 * margin) / Math.max(right - left, 0.5);
  const scaleY = (height - 2 * margin) / Math.max(bottom - top, 0.5);
  const scale = Math.min(scaleX, scaleY * 2, 260);
  const scaleDown = Math.min(scaleY, scale);
  return places.map(({ x, y }) => ({
    x: width / 2 + (x - (left + right) / 2) * scale,
    y: height / 2 + (y - (top + bottom) / 2) * scaleDown,
  }));
}
