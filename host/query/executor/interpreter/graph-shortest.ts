/**
 * Shortest paths between two known nodes: breadth first from both ends, each time a whole level from the end that has fewer nodes to go
 * on from.
 *
 * 1. A level that meets the other side ends the search: all shortest paths have exactly one node at that level's distance, so each is
 *    put together once, from the ways to that node on both sides.
 * 2. Between different nodes a shortest walk uses no relationship twice. From a node to itself there is the path of length 0 if the
 *    minimum is 0, and no other (Neo4j: "the start and end nodes are the same").
 * 3. Minima above 1 ask for the shortest of the walks that are long enough: those of each length are tried in turn.
 */
import type { LogicalShortestPath } from "../../plan/graph-operator.ts";
import type { PairCursor } from "../surroundings.ts";
import { type Context, PAUSE, ROW, type Run, step, type Work } from "./context.ts";
import { compileEntity, graphOf, NO_ENTITY, relationshipElement, relationshipList } from "./graph-value.ts";
import { checkKept, compileStep, compileWalk } from "./graph-walk.ts";

/** How a node was reached: by which relationships, from which nodes one level before. */
interface Way {
  readonly level: number;
  readonly relationships: number[];
  readonly before: number[];
}

/** One side of the search. */
interface Side {
  readonly ways: Map<number, Way>;
  frontier: readonly number[];
  level: number;
  readonly pairs: (node: number) => PairCursor;
}

/** A path's relationships as elements of a list. */
interface FoundPath {
  readonly elements: string;
  readonly count: number;
}

/** Paths, one after the other, and pauses. */
type Paths = Generator<FoundPath | typeof PAUSE, void, void>;

export function compileShortestPath(path: LogicalShortestPath, context: Context): Run {
  const { frame } = context;
  const { minimum, maximum = Number.POSITIVE_INFINITY, all, relationships } = path;
  const graph = graphOf(context);
  const run = context.operator(path.input);
  const from = compileEntity(path.from, "node", context);
  const to = compileEntity(path.to, "node", context);
  const search = minimum > 1 ? compileLongEnough(path, context) : compileSearch(path, context);
  function* paths(start: number, end: number): Paths {
    if (start !== end) yield* search(start, end);
    else if (minimum === 0 && maximum >= 0) yield { elements: "", count: 0 };
  }
  return function* () {
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const start = from();
      const end = to();
      if (start === NO_ENTITY || end === NO_ENTITY || !graph.hasNode(start) || !graph.hasNode(end)) continue;
      for (const found of paths(start, end)) {
        if (found === PAUSE) {
          yield PAUSE;
          continue;
        }
        frame[relationships.column] = relationshipList(found.elements, found.count);
        yield ROW;
        if (!all) break;
      }
    }
  };
}

function compileSearch(
  { direction, types, maximum = Number.POSITIVE_INFINITY, step: predicate, all }: LogicalShortestPath,
  context: Context,
): (start: number, end: number) => Paths {
  const graph = graphOf(context);
  const allows = compileStep(predicate, context);
  const back = direction === "out" ? "in" : direction === "in" ? "out" : "both";
  return function* (start, end) {
    const ahead = sideOf(start, (node) => graph.expand(node, direction, types));
    const behind = sideOf(end, (node) => graph.expand(node, back, types));
    while (ahead.frontier.length > 0 && behind.frontier.length > 0 && ahead.level + behind.level < maximum) {
      const isAhead = ahead.frontier.length <= behind.frontier.length;
      const [near, far] = isAhead ? [ahead, behind] : [behind, ahead];
      const meeting = yield* advance(near, far, allows, all, context);
      if (meeting.length > 0) {
        yield* pathsThrough(meeting, ahead, behind, context);
        return;
      }
    }
  };
}

function sideOf(node: number, pairs: (node: number) => PairCursor): Side {
  return { ways: new Map([[node, { level: 0, relationships: [], before: [] }]]), frontier: [node], level: 0, pairs };
}

/**
 * Goes one level further on one side; answers the nodes where the sides meet, which are all at the same distance, since no level before
 * has met. Unless `all` are wanted, the first one is enough, and one way to each node.
 */
function* advance(
  near: Side,
  far: Side,
  allows: (relationship: number) => boolean,
  all: boolean,
  context: Context,
): Work<readonly number[]> {
  const level = near.level + 1;
  const next: number[] = [];
  const meeting: number[] = [];
  for (const node of near.frontier) {
    const pairs = near.pairs(node);
    while (pairs.next()) {
      if (step(context)) yield PAUSE;
      const { neighbour, relationship } = pairs;
      const known = near.ways.get(neighbour);
      if ((known !== undefined && (known.level < level || !all)) || !allows(relationship)) continue;
      if (known !== undefined) {
        known.relationships.push(relationship);
        known.before.push(node);
        continue;
      }
      checkKept(near.ways.size);
      near.ways.set(neighbour, { level, relationships: [relationship], before: [node] });
      next.push(neighbour);
      if (!far.ways.has(neighbour)) continue;
      meeting.push(neighbour);
      if (!all) return meeting;
    }
  }
  near.frontier = next;
  near.level = level;
  return meeting;
}

/** The paths through the nodes where the sides meet. */
function* pathsThrough(meeting: readonly number[], ahead: Side, behind: Side, context: Context): Paths {
  for (const node of meeting) {
    for (const first of waysTo(node, ahead.ways)) {
      for (const second of waysTo(node, behind.ways)) {
        if (step(context)) yield PAUSE;
        const elements = [...first].reverse().concat(second);
        yield { elements: elements.map(relationshipElement).join(""), count: elements.length };
      }
    }
  }
}

/** All ways from where a side began to a node, as relationships from the node on. */
function* waysTo(node: number, ways: ReadonlyMap<number, Way>): Generator<readonly number[]> {
  const relationships: number[] = [];
  const stack: { readonly way: Way; next: number }[] = [{ way: ways.get(node) as Way, next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { way } = top;
    if (way.level === 0) yield relationships;
    if (top.next === way.before.length) {
      stack.pop();
      relationships.pop();
      continue;
    }
    relationships.push(way.relationships[top.next] as number);
    stack.push({ way: ways.get(way.before[top.next] as number) as Way, next: 0 });
    top.next++;
  }
}

/** The shortest walks that have at least so many relationships. */
function compileLongEnough(path: LogicalShortestPath, context: Context): (start: number, end: number) => Paths {
  const { minimum, maximum = Number.POSITIVE_INFINITY } = path;
  const walk = compileWalk(path, context);
  return function* (start, end) {
    let isLonger = true;
    let isFound = false;
    for (let length = minimum; isLonger && !isFound && length <= maximum; length++) {
      isLonger = false;
      for (const walked of walk(start, length, length)) {
        if (walked === PAUSE) {
          yield PAUSE;
          continue;
        }
        isLonger = true;
        if (walked.at !== end) continue;
        isFound = true;
        yield walked;
      }
    }
  };
}
