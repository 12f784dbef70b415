/**
 * Paths of variable length: every walk whose relationships differ, depth first; or only the nodes that are reached, breadth first.
 *
 * 1. Nothing recurses: a walk is a stack of cursors, so long chains cost memory and no stack. What is kept is bounded
 *    (WALK_MAX; 53200).
 * 2. Reached nodes need no relationships that differ: the shortest way to a node uses none twice. It is another matter for the way back to
 *    where the walk began: in both directions it must not return by the relationship by which it left (`CycleSearch`).
 * 3. Of two relationships or more as a minimum, the shortest way may be too short, so all walks are tried.
 */
import { sqlError } from "../../../common/sql-state.ts";
import type { LogicalVarExpand, StepPredicate } from "../../plan/graph-operator.ts";
import type { PairCursor } from "../surroundings.ts";
import { type Context, PAUSE, ROW, type Run, step } from "./context.ts";
import { compileCondition } from "./expression.ts";
import { compileEntity, graphOf, NO_ENTITY, relationshipElement, relationshipList } from "./graph-value.ts";

/** Most relationships of a walk, and most nodes that a search keeps. */
export const WALK_MAX = 1 << 23;

/** What a search finds: the elements of relationships, how many, and where they lead. */
interface Walked {
  readonly elements: string;
  readonly count: number;
  readonly at: number;
}

/** What is found, one after the other, and pauses. */
export type Walks = Generator<Walked | typeof PAUSE, void, void>;

/** One relationship of a walk, and what may come behind it. */
interface Level {
  readonly relationship: number;
  readonly elements: string;
  readonly pairs: PairCursor;
}

/** Whether a relationship may be used by the row in the frame. */
export function compileStep(predicate: StepPredicate | undefined, context: Context): (relationship: number) => boolean {
  if (predicate === undefined) return () => true;
  const { frame } = context;
  const { column } = predicate.relationship;
  const condition = compileCondition(predicate.condition, context);
  return (relationship) => {
    frame[column] = BigInt(relationship);
    return condition() === true;
  };
}

/** Throws when a search keeps too much. */
export function checkKept(count: number): void {
  if (count >= WALK_MAX) throw sqlError("53200", "out of memory: a path or the nodes on its way are too many");
}

export function compileVarExpand(expand: LogicalVarExpand, context: Context): Run {
  const { frame } = context;
  const { target, relationships } = expand;
  const graph = graphOf(context);
  const run = context.operator(expand.input);
  const from = compileEntity(expand.from, "node", context);
  const into = target.kind === "into" ? compileEntity(target.node, "node", context) : undefined;
  const search = compileSearch(expand, context);
  return function* () {
    for (const isRow of run()) {
      if (!isRow) {
        yield PAUSE;
        continue;
      }
      const start = from();
      const end = into?.();
      if (start === NO_ENTITY || end === NO_ENTITY || !graph.hasNode(start)) continue;
      for (const walked of search(start, end)) {
        if (walked === PAUSE) {
          yield PAUSE;
          continue;
        }
        if (target.kind === "new") {
          if (!graph.hasLabels(walked.at, target.labels)) continue;
          frame[target.node.column] = BigInt(walked.at);
        }
        frame[relationships.column] = relationshipList(walked.elements, walked.count);
        yield ROW;
      }
    }
  };
}

/** What finds the rows of a node, into another one if it is known. */
type Search = (start: number, end: number | undefined) => Walks;

function compileSearch(expand: LogicalVarExpand, context: Context): Search {
  const { minimum, reachable } = expand;
  if (!reachable) {
    const walk = compileWalk(expand, context);
    return function* (start, end) {
      for (const walked of walk(start, minimum, expand.maximum)) {
        if (walked === PAUSE || end === undefined || walked.at === end) yield walked;
      }
    };
  }
  return minimum > 1 ? compileDistinctWalk(expand, context) : compileReach(expand, context);
}

/** What walks in all ways. Rows come where a walk of `minimum` to `maximum` relationships stands. */
export function compileWalk(
  { direction, types, step: predicate }: Pick<LogicalVarExpand, "direction" | "types" | "step">,
  context: Context,
): (start: number, minimum: number, maximum: number | undefined) => Walks {
  const graph = graphOf(context);
  const allows = compileStep(predicate, context);
  return function* (start, minimum, maximum = Number.POSITIVE_INFINITY) {
    if (minimum === 0) yield reachedAt(start);
    if (maximum < 1 || minimum > maximum) return;
    const used = new Set<number>();
    const levels: Level[] = [{ relationship: NO_ENTITY, elements: "", pairs: graph.expand(start, direction, types) }];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const { pairs, elements } = level;
      if (!pairs.next()) {
        used.delete(level.relationship);
        levels.pop();
        continue;
      }
      if (step(context)) yield PAUSE;
      const { relationship, neighbour } = pairs;
      if (used.has(relationship) || !allows(relationship)) continue;
      const count = levels.length;
      const longer = elements + relationshipElement(relationship);
      if (count >= minimum) yield { elements: longer, count, at: neighbour };
      if (count >= maximum) continue;
      checkKept(count);
      used.add(relationship);
      levels.push({ relationship, elements: longer, pairs: graph.expand(neighbour, direction, types) });
    }
  };
}

/** A node without the way to it. */
function reachedAt(at: number): Walked {
  return { elements: "", count: 0, at };
}

/** Each end of all walks once. */
function compileDistinctWalk(expand: LogicalVarExpand, context: Context): Search {
  const walk = compileWalk(expand, context);
  return function* (start, end) {
    const seen = new Set<number>();
    for (const walked of walk(start, expand.minimum, expand.maximum)) {
      if (walked === PAUSE) {
        yield PAUSE;
        continue;
      }
      const { at } = walked;
      if (seen.has(at) || (end !== undefined && at !== end)) continue;
      checkKept(seen.size);
      seen.add(at);
      yield reachedAt(at);
    }
  };
}

/** A node that was reached: how far it is, and which of the first relationships leads to it. */
interface Reached {
  readonly distance: number;
  readonly branch: number;
}

/** Each node that can be reached once, breadth first. Requires: a minimum of 0 or 1. */
function compileReach(
  { direction, types, minimum, maximum = Number.POSITIVE_INFINITY, step: predicate }: LogicalVarExpand,
  context: Context,
): Search {
  const graph = graphOf(context);
  const allows = compileStep(predicate, context);
  return function* (start, end) {
    const isWanted = (at: number): boolean => end === undefined || at === end;
    if (minimum === 0 && isWanted(start)) {
      yield reachedAt(start);
      if (end !== undefined) return;
    }
    const reached = new Map<number, Reached>([[start, { distance: 0, branch: NO_ENTITY }]]);
    // The beginning counts as reached when a walk leads back to it.
    const back = minimum === 0 || !isWanted(start) ? undefined : new CycleSearch(start, direction === "both", maximum);
    let isOpen = true;
    // A Map goes on to what is added while it is gone through.
    for (const [node, { distance, branch }] of reached) {
      if (distance >= maximum) break;
      const pairs = graph.expand(node, direction, types);
      while (isOpen && pairs.next()) {
        if (step(context)) yield PAUSE;
        const { relationship, neighbour } = pairs;
        if (!allows(relationship)) continue;
        const ownBranch = node === start ? relationship : branch;
        const known = reached.get(neighbour);
        if (known !== undefined) {
          back?.meet({ node, distance, branch, relationship, neighbour }, known);
          continue;
        }
        checkKept(reached.size);
        reached.set(neighbour, { distance: distance + 1, branch: ownBranch });
        if (!isWanted(neighbour)) continue;
        yield reachedAt(neighbour);
        isOpen = end === undefined;
      }
      if (!isOpen) return;
    }
    if (back?.isFound === true) yield reachedAt(start);
  };
}

/** A relationship that a search has come to, from a node to another that was reached before. */
interface Meeting extends Reached {
  readonly node: number;
  readonly relationship: number;
  readonly neighbour: number;
}

/**
 * Whether a walk leads back to where it began, none of its relationships twice. In one direction any way back will do. In both, the
 * shortest has two halves that leave the beginning by different relationships (branches) and meet.
 */
class CycleSearch {
  isFound = false;
  readonly #start: number;
  readonly #isBoth: boolean;
  readonly #maximum: number;

  constructor(start: number, isBoth: boolean, maximum: number) {
    this.#start = start;
    this.#isBoth = isBoth;
    this.#maximum = maximum;
  }

  meet({ node, distance, branch, relationship, neighbour }: Meeting, known: Reached): void {
    if (!this.#isBoth) {
      if (neighbour === this.#start) this.isFound = true;
      return;
    }
    if (distance + known.distance + 1 > this.#maximum) return;
    const first = node === this.#start ? relationship : branch;
    const second = neighbour === this.#start ? relationship : known.branch;
    const isLoop = node === this.#start && neighbour === this.#start;
    if (isLoop || first !== second) this.isFound = true;
  }
}
