/**
 * Goal: the demo finds the graph in a result, and draws nothing outside of its picture.
 * Method: replies as the library answers them, bulk strings as bytes; no browser.
 */
import { expect, test } from "vitest";
import type { ReplyValue } from "../../web-demo/database.ts";
import { layOut, NODES_MAX, resultGraph } from "../../web-demo/graph.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const map = (fields: Readonly<Record<string, ReplyValue>>): ReplyValue =>
  new Map(Object.entries(fields).map(([name, value]) => [bytes(name), value]));
const node = (id: number, name: string): ReplyValue =>
  map({ $: bytes("node"), id, labels: [bytes("Person")], properties: map({ name: bytes(name) }) });
const knows = (id: number, start: number, end: number): ReplyValue =>
  map({ $: bytes("rel"), id, type: bytes("KNOWS"), start, end, properties: map({}) });
const result = (...rows: readonly (readonly ReplyValue[])[]): ReplyValue =>
  map({ columns: [bytes("x")], rows: rows.map((row) => [...row]) });

test("nodes and relationships are taken once, from paths too, and only where both ends are there", () => {
  const path = map({ $: bytes("path"), nodes: [node(0, "Ada"), node(1, "Charles")], rels: [knows(0, 0, 1)] });
  const graph = resultGraph(result([path], [node(0, "Ada")], [knows(0, 0, 1)], [knows(1, 1, 7)]));
  expect(graph?.nodes.map(({ id, label, text }) => [id, label, text])).toEqual([
    [0, "Person", "Ada"],
    [1, "Person", "Charles"],
  ]);
  expect(graph?.relationships.map(({ start, end, type }) => [start, end, type])).toEqual([[0, 1, "KNOWS"]]);
});

test("a result without nodes has no graph", () => {
  expect(resultGraph(result([1], [bytes("x")], [null]))).toBeUndefined();
  expect(resultGraph(null)).toBeUndefined();
});

test("every node has its place in the picture, however many there are", () => {
  for (const count of [1, 2, 30, NODES_MAX + 10]) {
    const rows = Array.from({ length: count }, (_, id) => [node(id, `n${id}`), knows(id, id, (id * 7 + 1) % count)]);
    const graph = resultGraph(result(...rows));
    if (graph === undefined) throw new Error("there is no graph");
    expect(graph.nodes.length).toBe(Math.min(count, NODES_MAX));
    const places = layOut(graph, 720, 400, 48);
    expect(places.every(({ x, y }) => x >= 47 && x <= 673 && y >= 47 && y <= 353)).toBe(true);
    expect(new Set(places.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`)).size).toBe(places.length);
  }
});
