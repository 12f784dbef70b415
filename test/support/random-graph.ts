/**
 * Graphs for tests: plain data, made by a seed, and stored in the built engine through its doors. Nodes and relationships have their place
 * in the model as their number.
 */
import { CELL_ERROR } from "../../assembly/abi/record.ts";
import { STATUS_OK } from "../../assembly/abi/status.ts";
import { START_MS, type TestEngine } from "./engine.ts";
import type { SeededRandom } from "./random.ts";
import { place, resetArena } from "./tables.ts";

export interface ModelNode {
  readonly labels: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ModelRelationship {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ModelGraph {
  /** Undefined: it was deleted. */
  readonly nodes: readonly (ModelNode | undefined)[];
  readonly relationships: readonly (ModelRelationship | undefined)[];
}

export const LABELS = ["A", "B", "C", "Longer than a word"] as const;
export const TYPES = ["T", "U", "A longer type"] as const;

function randomProperties(random: SeededRandom): Readonly<Record<string, unknown>> {
  const values: readonly (() => unknown)[] = [
    () => random.below(10),
    () => random.below(10) / 2,
    () => `text ${random.below(5)} that is long`,
    () => (random.below(2) === 0 ? "a" : "b"),
    () => random.below(2) === 0,
    () => ["one", "two"],
  ];
  const properties: Record<string, unknown> = {};
  for (const name of ["n", "m", "a property"]) {
    if (random.below(4) > 0) properties[name] = values[name === "n" ? 0 : random.below(values.length)]?.();
  }
  return properties;
}

/** A graph with loops, parallel relationships, several types between two nodes, and gaps where nodes and relationships were deleted. */
export function randomGraph(random: SeededRandom, nodes: number, relationships: number): ModelGraph {
  const made = Array.from({ length: nodes }, (): ModelNode | undefined =>
    random.below(12) === 0 ? undefined : { labels: LABELS.filter(() => random.below(5) < 2), properties: randomProperties(random) },
  );
  const there = made.flatMap((node, number) => (node === undefined ? [] : [number]));
  // Skewed: low numbers have most of them.
  const end = (): number => there[Math.floor(there.length * (random.below(1000) / 1000) ** 2)] as number;
  const between = Array.from({ length: there.length === 0 ? 0 : relationships }, (): ModelRelationship | undefined =>
    random.below(12) === 0
      ? undefined
      : {
          type: TYPES[random.below(TYPES.length)] as string,
          start: end(),
          end: end(),
          properties: random.below(2) === 0 ? {} : randomProperties(random),
        },
  );
  return { nodes: made, relationships: between };
}

/** Stores a graph in database 0, which has none. */
export function storeGraph(engine: TestEngine, graph: ModelGraph): void {
  const call = (name: string, ...values: (number | bigint)[]): number => engine.call(name, ...(values as number[]));
  const check = (number: number, expected: number): void => {
    if (number !== expected) throw new Error(`${number} instead of ${expected}, error ${engine.word(call("runtime_cells") + CELL_ERROR)}`);
  };
  const json = (value: unknown): bigint => engine.callBits("jsonb_from_text", longWord(engine, JSON.stringify(value)) as unknown as number);
  resetArena(engine);
  check(call("statement_begin", 0, START_MS), STATUS_OK);
  const first = graph.nodes.findIndex((node) => node !== undefined);
  graph.nodes.forEach((node, number) => {
    resetArena(engine);
    call("labels_begin", -1);
    for (const label of node?.labels ?? []) call("labels_add", place(engine, label), label.length);
    check(call("node_create", json(node?.properties ?? {})), number);
  });
  graph.relationships.forEach((relationship, number) => {
    resetArena(engine);
    const { type, start, end, properties } = relationship ?? { type: "T", start: first, end: first, properties: {} };
    check(call("relationship_create", start, end, place(engine, type), type.length, json(properties)), number);
  });
  graph.relationships.forEach((relationship, number) => {
    if (relationship === undefined) call("relationship_delete", number);
  });
  graph.nodes.forEach((node, number) => {
    if (node === undefined) call("node_delete", number, 0);
  });
  call("statement_end", 1);
  engine.call("runtime_reset");
}

/** A long word of a Latin-1 text in the plan's arena. */
function longWord(engine: TestEngine, text: string): bigint {
  const padded = text.padEnd(8);
  return (BigInt(place(engine, padded)) << 32n) | (BigInt(padded.length) << 8n) | 8n;
}
