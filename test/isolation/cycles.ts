/**
 * Cycles of a dependency graph, and which phenomenon each is (Adya 1999, chapter 3; Cerone & Gotsman 2016, "Analysing Snapshot
 * Isolation"; names as in Elle):
 *
 *   G0              write dependencies alone
 *   G1c             write and read dependencies
 *   G-single        one anti-dependency (lost update, read skew)
 *   G-nonadjacent   several, no two of them consecutive
 *   G2              two consecutive anti-dependencies (write skew, phantoms): what `snapshot` permits
 *
 * Edges `time` say that one had committed before the other began. Neither level lets a cycle through one of them happen that
 * it would not let happen through a read dependency, since what comes later reads a later state. Such a name ends in
 * `-realtime`. Only an edge that is `loose` counts for nothing in G2: it leads to an autocommit unit that reads one item,
 * and such leave no marks, so several of them, one after the other, are no transaction.
 *
 * Cost: O(edges) for a graph without a cycle; with one, a search from each node.
 */

export type EdgeKind = "ww" | "wr" | "rw" | "time";

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  readonly reason: string;
  readonly isLoose?: boolean;
}

export interface Cycle {
  readonly name: string;
  readonly edges: readonly Edge[];
}

type Adjacency = readonly (readonly Edge[])[];

/** The worst cycle that the level forbids, and of those a shortest. */
export function forbiddenCycle(edges: readonly Edge[], nodeCount: number, level: "snapshot" | "serializable"): Cycle | undefined {
  if (isAcyclic(adjacency(edges, nodeCount))) return undefined;
  for (const { name, kinds } of [
    { name: "G0", kinds: ["ww"] },
    { name: "G1c", kinds: ["ww", "wr"] },
  ] as const) {
    const cycle = withOrWithoutTime(edges, nodeCount, name, kinds, shortestCycle);
    if (cycle !== undefined) return cycle;
  }
  const apart = withOrWithoutTime(edges, nodeCount, "G-single", ["ww", "wr", "rw"], shortestCycleApart);
  if (apart !== undefined) {
    const isSingle = apart.edges.filter(({ kind }) => kind === "rw").length === 1;
    return isSingle ? apart : { ...apart, name: apart.name.replace("G-single", "G-nonadjacent") };
  }
  return level === "snapshot" ? undefined : withOrWithoutTime(edges, nodeCount, "G2", ["ww", "wr", "rw"], shortestCycle);
}

function withOrWithoutTime(
  edges: readonly Edge[],
  nodeCount: number,
  name: string,
  kinds: readonly EdgeKind[],
  search: (graph: Adjacency) => Edge[] | undefined,
): Cycle | undefined {
  const chosen = edges.filter(({ kind }) => kinds.includes(kind));
  const timeless = search(adjacency(chosen, nodeCount));
  if (timeless !== undefined) return { name, edges: timeless };
  const times = edges.filter(({ kind, isLoose }) => kind === "time" && !(isLoose === true && name === "G2"));
  const timed = search(adjacency([...chosen, ...times], nodeCount));
  return timed === undefined ? undefined : { name: `${name}-realtime`, edges: timed };
}

function adjacency(edges: readonly Edge[], nodeCount: number): Edge[][] {
  const graph: Edge[][] = Array.from({ length: nodeCount }, () => []);
  for (const edge of edges) graph[edge.from]!.push(edge);
  return graph;
}

function isAcyclic(graph: Adjacency): boolean {
  return cyclicNodes(graph).length === 0;
}

/** What Kahn's order does not reach: the nodes of cycles, and what lies behind them. */
function cyclicNodes(graph: Adjacency): number[] {
  const incoming = new Array<number>(graph.length).fill(0);
  for (const edges of graph) for (const { to } of edges) incoming[to]!++;
  const ready = incoming.flatMap((count, node) => (count === 0 ? [node] : []));
  while (ready.length > 0) {
    for (const { to } of graph[ready.pop()!]!) if (--incoming[to]! === 0) ready.push(to);
  }
  return incoming.flatMap((count, node) => (count > 0 ? [node] : []));
}

/** Breadth first from every node that a cycle may go through. */
function shortestCycle(graph: Adjacency): Edge[] | undefined {
  let best: Edge[] | undefined;
  for (const start of cyclicNodes(graph)) {
    const path = pathBack(graph, start, (edge) => edge.to);
    if (path !== undefined && (best === undefined || path.length < best.length)) best = path;
  }
  return best;
}

/**
 * A shortest cycle without two consecutive anti-dependencies. A node is searched twice: as reached by an anti-dependency
 * (number + node count), and as reached otherwise. The search begins with an edge that is none; each such cycle has one.
 */
function shortestCycleApart(graph: Adjacency): Edge[] | undefined {
  const count = graph.length;
  const doubled: Edge[][] = Array.from({ length: 2 * count }, () => []);
  graph.forEach((edges, node) => {
    for (const edge of edges) {
      const to = edge.kind === "rw" ? edge.to + count : edge.to;
      doubled[node]!.push({ ...edge, to });
      if (edge.kind !== "rw") doubled[node + count]!.push({ ...edge, to });
    }
  });
  let best: Edge[] | undefined;
  for (const start of cyclicNodes(graph)) {
    // Back at the start by an edge of either kind: it went out by one that is no anti-dependency.
    const path = pathBack(doubled, start, (edge) => (edge.to === start + count ? start : edge.to), true);
    if (path !== undefined && (best === undefined || path.length < best.length)) best = path;
  }
  return best?.map((edge) => ({ ...edge, to: edge.to % count }));
}

function pathBack(graph: Adjacency, start: number, target: (edge: Edge) => number, startsApart = false): Edge[] | undefined {
  const found = new Map<number, Edge & { readonly before: number }>();
  const queue = [start];
  for (let position = 0; position < queue.length; position++) {
    const node = queue[position]!;
    for (const edge of graph[node]!) {
      if (node === start && startsApart && edge.kind === "rw") continue;
      const to = target(edge);
      if (found.has(to)) continue;
      found.set(to, { ...edge, before: node });
      if (to === start) return unwound(found, start);
      queue.push(to);
    }
  }
  return undefined;
}

function unwound(found: ReadonlyMap<number, Edge & { readonly before: number }>, start: number): Edge[] {
  const path: Edge[] = [];
  let node = start;
  do {
    const { before, ...edge } = found.get(node)!;
    path.unshift(edge);
    node = before;
  } while (node !== start);
  return path;
}
