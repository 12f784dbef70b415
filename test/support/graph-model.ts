/**
 * A property graph as a plain model, and openCypher's ways of matching in it done in the simplest way: every walk is tried. It is what
 * operators on the graph, interpreted or compiled, are compared with; it knows nothing of plans or of the engine.
 *
 * Requires: small graphs. Walks without a bound end because no relationship comes twice.
 */
import type { SeededRandom } from "./random.ts";

export type ModelDirection = "out" | "in" | "both";

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

/** What a walk may use. */
export interface WalkRule {
  readonly direction: ModelDirection;
  /** None: of whatever type. */
  readonly types: readonly string[];
  readonly minimum: number;
  /** undefined: any number. */
  readonly maximum: number | undefined;
  /** Relationships that may be used; undefined: all. */
  readonly step?: (relationship: number) => boolean;
}

/** Relationships in the order of the walk, and the node where it ends. */
export interface Walk {
  readonly relationships: readonly number[];
  readonly end: number;
}

export class GraphModel {
  readonly nodes = new Map<number, ModelNode>();
  readonly relationships = new Map<number, ModelRelationship>();

  /** Nodes that have all of the labels, by ascending number. */
  nodesWith(labels: readonly string[]): number[] {
    const found = [...this.nodes].filter(([, node]) => labels.every((label) => node.labels.includes(label)));
    return found.map(([number]) => number).sort((left, right) => left - right);
  }

  /** Relationships of one of the types, by ascending number. */
  relationshipsOf(types: readonly string[]): number[] {
    const found = [...this.relationships].filter(([, { type }]) => types.length === 0 || types.includes(type));
    return found.map(([number]) => number).sort((left, right) => left - right);
  }

  /** Where a relationship leads from a node; undefined: it does not. A loop leads once, also in both directions. */
  farEnd(node: number, relationship: number, direction: ModelDirection): number | undefined {
    const { start, end } = this.relationships.get(relationship) as ModelRelationship;
    if (start === node && direction !== "in") return end;
    return end === node && direction !== "out" ? start : undefined;
  }

  /** All walks of one relationship. */
  expand(node: number, direction: ModelDirection, types: readonly string[]): Walk[] {
    return this.relationshipsOf(types).flatMap((relationship) => {
      const end = this.farEnd(node, relationship, direction);
      return end === undefined ? [] : [{ relationships: [relationship], end }];
    });
  }

  /** All walks from a node whose relationships differ. */
  walks(from: number, rule: WalkRule): Walk[] {
    const found: Walk[] = [];
    const allowed = this.relationshipsOf(rule.types).filter((each) => rule.step?.(each) ?? true);
    const go = (walk: Walk): void => {
      const { length } = walk.relationships;
      if (length >= rule.minimum && length <= (rule.maximum ?? length)) found.push(walk);
      if (length === rule.maximum) return;
      for (const relationship of allowed) {
        if (walk.relationships.includes(relationship)) continue;
        const end = this.farEnd(walk.end, relationship, rule.direction);
        if (end !== undefined) go({ relationships: [...walk.relationships, relationship], end });
      }
    };
    if (this.nodes.has(from)) go({ relationships: [], end: from });
    return found;
  }

  /** The nodes where such walks end, each once, by ascending number. */
  reachable(from: number, rule: WalkRule): number[] {
    return [...new Set(this.walks(from, rule).map(({ end }) => end))].sort((left, right) => left - right);
  }

  /** The shortest of the walks between two nodes. */
  shortest(from: number, to: number, rule: WalkRule): Walk[] {
    const walks = this.walks(from, rule).filter(({ end }) => end === to);
    const least = Math.min(...walks.map(({ relationships }) => relationships.length));
    return walks.filter(({ relationships }) => relationships.length === least);
  }
}

/** What a random graph is made of. */
export interface ModelShape {
  readonly nodes: number;
  readonly relationships: number;
  readonly labels: readonly string[];
  readonly types: readonly string[];
}

/** A random graph, with loops and parallel relationships; numbers count from 0 on. Relationships have a property `n`. */
export function randomGraph(random: SeededRandom, { nodes, relationships, labels, types }: ModelShape): GraphModel {
  const model = new GraphModel();
  for (let number = 0; number < nodes; number++) {
    model.nodes.set(number, { labels: labels.filter(() => random.chance(0.5)), properties: { n: random.below(nodes) } });
  }
  for (let number = 0; number < relationships; number++) {
    const start = random.below(nodes);
    // Some loops, and more parallel relationships than chance alone gives.
    const end = random.below(6) === 0 ? start : random.below(3) === 0 ? (start + 1) % nodes : random.below(nodes);
    const type = random.pick(types);
    model.relationships.set(number, { type, start, end, properties: { n: random.below(4) } });
  }
  return model;
}
