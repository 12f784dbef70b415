/**
 * A result's graph as a picture: nodes as circles coloured by their label, relationships as arrows with their type; what has properties
 * tells them when the pointer rests on it.
 */
import { type DrawnRelationship, layOut, type Point, type ResultGraph } from "../graph.ts";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 720;
const HEIGHT_MIN = 120;
const HEIGHT_MAX = 420;
const HEIGHT_PER_NODE = 45;
const RADIUS = 22;
const MARGIN = 48;
const TEXT_MAX = 9;
/** How far curves of several relationships between two nodes stand apart. */
const BEND = 28;
/** Hues by label, in the order in which labels come. */
const HUES: readonly number[] = [210, 28, 150, 280, 340, 60, 180, 0];

type Attributes = Readonly<Record<string, string | number>>;

function shape(name: string, attributes: Attributes, ...children: readonly (Node | string)[]): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, String(value));
  made.append(...children);
  return made;
}

/** The picture of a graph. */
export function drawGraph(graph: ResultGraph): SVGElement {
  const height = Math.min(HEIGHT_MAX, HEIGHT_MIN + graph.nodes.length * HEIGHT_PER_NODE);
  const places = layOut(graph, WIDTH, height, MARGIN);
  const placeOf = new Map(graph.nodes.map(({ id }, index) => [id, places[index] as Point]));
  const labels = [...new Set(graph.nodes.map(({ label }) => label))];
  const between = new Map<string, number>();
  const arrows = graph.relationships.map((relationship) => {
    const pair = [relationship.start, relationship.end].sort((left, right) => left - right).join(" ");
    const before = between.get(pair) ?? 0;
    between.set(pair, before + 1);
    return arrow(relationship, placeOf, before);
  });
  const circles = graph.nodes.map(({ label, text, title }, index) => {
    const { x, y } = places[index] as Point;
    const hue = HUES[labels.indexOf(label) % HUES.length] as number;
    const shown = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text;
    return shape(
      "g",
      { class: "node", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, style: `--hue: ${hue}` },
      shape("title", {}, title),
      shape("circle", { r: RADIUS }),
      shape("text", { dy: "0.35em" }, shown),
    );
  });
  const name = `A graph of ${graph.nodes.length} nodes and ${graph.relationships.length} relationships`;
  const attributes = { class: "drawing", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": name };
  return shape("svg", attributes, arrowHead(), ...arrows, ...circles);
}

function arrowHead(): SVGElement {
  const attributes = { id: "head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" };
  return shape("defs", {}, shape("marker", attributes, shape("path", { d: "M0 0 L8 4 L0 8 z" })));
}

/** A curve from rim to rim; `before`: how many there are between the same nodes already. */
function arrow({ start, end, type, title }: DrawnRelationship, placeOf: ReadonlyMap<number, Point>, before: number): SVGElement {
  const from = placeOf.get(start) as Point;
  const to = placeOf.get(end) as Point;
  const { path, middle } = start === end ? loop(from, before) : curve(from, to, start < end ? bendOf(before) : -bendOf(before));
  return shape(
    "g",
    { class: "relationship" },
    shape("title", {}, title),
    shape("path", { d: path, "marker-end": "url(#head)" }),
    shape("text", { x: middle.x.toFixed(1), y: (middle.y - 4).toFixed(1) }, type),
  );
}

/** 0, 1, -1, 2, -2 ... times BEND. */
function bendOf(before: number): number {
  return BEND * (before % 2 === 0 ? -before / 2 : (before + 1) / 2);
}

interface Curve {
  readonly path: string;
  readonly middle: Point;
}

function curve(from: Point, to: Point, bend: number): Curve {
  const distance = Math.max(Math.hypot(to.x - from.x, to.y - from.y), 1);
  const [alongX, alongY] = [(to.x - from.x) / distance, (to.y - from.y) / distance];
  const control = { x: (from.x + to.x) / 2 - alongY * bend * 2, y: (from.y + to.y) / 2 + alongX * bend * 2 };
  const begin = towards(from, control);
  const stop = towards(to, control);
  const middle = { x: (from.x + to.x) / 2 - alongY * bend, y: (from.y + to.y) / 2 + alongX * bend };
  return { path: `M${pair(begin)} Q${pair(control)} ${pair(stop)}`, middle };
}

function loop({ x, y }: Point, before: number): Curve {
  const far = RADIUS * 2.6 + before * 16;
  const begin = { x: x - RADIUS * 0.5, y: y - RADIUS * 0.87 };
  const stop = { x: x + RADIUS * 0.5, y: y - RADIUS * 0.87 };
  const path = `M${pair(begin)} C${pair({ x: x - far, y: y - far })} ${pair({ x: x + far, y: y - far })} ${pair(stop)}`;
  return { path, middle: { x, y: y - far * 0.82 } };
}

/** The point of a node's rim in the direction of another point. */
function towards(node: Point, other: Point): Point {
  const distance = Math.max(Math.hypot(other.x - node.x, other.y - node.y), 1);
  return { x: node.x + ((other.x - node.x) * RADIUS) / distance, y: node.y + ((other.y - node.y) * RADIUS) / distance };
}

function pair({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
