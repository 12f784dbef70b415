/**
 * Random plans: a few sessions, each with transactions and autocommit units one after the other, their steps interleaved.
 *
 * The items are few, so that transactions meet. A plan chooses for itself how many, of which spaces, how long transactions are
 * and how often they write, so that some plans are dense and others are not. The same seed gives the same plan.
 */
import { createRandom, type SeededRandom } from "../support/random.ts";
import type { Action, Plan, Step } from "./history.ts";
import type { Level } from "./model.ts";
import {
  COLLECTION_SPACES,
  type Content,
  hasGroups,
  type ItemName,
  isCollection,
  type Operation,
  type Predicate,
  type Route,
  type Space,
} from "./operation.ts";

export interface PlanOptions {
  /** `mixed`: each transaction has its own. */
  readonly level: Level | "mixed";
  readonly spaces: readonly Space[];
  readonly transactions: number;
  /** The database is emptied now and then. Requires: spaces of WIPED_SPACES. */
  readonly hasWipes?: boolean | undefined;
}

/** What holds data. */
export const ALL_SPACES: readonly Space[] = ["key", "document", "row", "claim", "node", "link", ...COLLECTION_SPACES];
/** And what is defined. */
export const EVERY_SPACE: readonly Space[] = [...ALL_SPACES, "table", "index"];

const GROUPS = 2;
const ITEMS_MAX = 4;
/** What indexes are on, by their numbers. */
const INDEXED: readonly Space[] = ["claim", "document", "node", "row"];
/** What can be emptied without a table that is written afterwards. */
export const WIPED_SPACES: readonly Space[] = ["key", "document", "node", "link", ...COLLECTION_SPACES];

interface Workshop {
  readonly random: SeededRandom;
  readonly options: PlanOptions;
  readonly spaces: readonly Space[];
  /** Items of each space, but links. */
  readonly itemCount: number;
  /** Whether tables are dropped and made. */
  readonly hasDefinitions: boolean;
  readonly writeShare: number;
  readonly lengthMax: number;
  nextTag: number;
  readonly links: ItemName[];
  /** Whether the database is emptied now and then, and the items that go each time. */
  readonly hasWipes: boolean;
  readonly wiped: ItemName[][];
}

export function randomPlan(seed: number, options: PlanOptions): Plan {
  const random = createRandom(seed);
  const wanted = random.between(1, Math.min(3, options.spaces.length));
  const spaces = new Set<Space>();
  while (spaces.size < wanted) spaces.add(random.pick(options.spaces));
  // Relationships need nodes.
  if (spaces.has("link")) spaces.add("node");
  // An index is of something.
  if (spaces.has("index")) spaces.add(random.pick(INDEXED));
  const workshop: Workshop = {
    random,
    options,
    spaces: [...spaces],
    itemCount: random.between(1, ITEMS_MAX),
    hasDefinitions: spaces.has("table") || spaces.has("index"),
    writeShare: random.pick([0.3, 0.5, 0.7]),
    lengthMax: random.between(1, 5),
    nextTag: 1,
    links: [],
    hasWipes: options.hasWipes === true,
    wiped: [],
  };
  const contents = randomContents(workshop);
  const sessionCount = random.between(2, 5);
  const queues: Action[][] = Array.from({ length: sessionCount }, () => []);
  for (let made = 0; made < options.transactions; made++) random.pick(queues).push(...randomTransaction(workshop));
  for (const items of workshop.wiped) items.push(...workshop.links);
  return { contents, steps: interleave(random, queues) };
}

function randomContents(workshop: Workshop): (readonly [ItemName, Content])[] {
  const { random, spaces, itemCount } = workshop;
  return spaces
    .filter((space) => space !== "link")
    .flatMap((space) =>
      Array.from({ length: itemCount }, (_, index) => `${space}:${index + 1}` as ItemName)
        .filter(() => random.chance(space === "node" ? 0.9 : 0.6))
        .map((item) => [item, { group: groupFor(workshop, space), log: [workshop.nextTag++] }] as const),
    );
}

/** Steps of the sessions, in a random order that keeps each session's own. A session tends to go on, so that units come between. */
function interleave(random: SeededRandom, queues: readonly Action[][]): Step[] {
  const steps: Step[] = [];
  const left = queues.map((queue) => [...queue]);
  for (;;) {
    const waiting = left.flatMap((queue, session) => (queue.length > 0 ? [session] : []));
    if (waiting.length === 0) return steps;
    const session = random.pick(waiting);
    steps.push({ session, action: left[session]!.shift()! });
  }
}

function randomTransaction(workshop: Workshop): Action[] {
  const { random, options, lengthMax } = workshop;
  if (workshop.hasWipes && random.chance(0.1)) return [{ kind: "execute", operation: wipe(workshop) }];
  const operations = Array.from({ length: random.between(1, lengthMax) }, () => randomOperation(workshop, workshop.writeShare));
  if (random.chance(0.3)) {
    const [only] = operations;
    return operations.length === 1 && random.chance(0.7) ? [{ kind: "execute", operation: only! }] : [{ kind: "unit", operations }];
  }
  if (random.chance(0.07)) return randomView(workshop, operations.length);
  const level = options.level === "mixed" ? random.pick(["snapshot", "serializable"] as const) : options.level;
  const readOnly = random.chance(0.1);
  const inner: Action[] = operations.map((operation) => ({
    kind: "execute",
    operation: readOnly ? randomOperation(workshop, 0) : operation,
  }));
  if (random.chance(0.15)) addSavepoint(random, inner, "s");
  if (random.chance(0.05)) addSavepoint(random, inner, "t");
  return [{ kind: "begin", level, readOnly }, ...inner, { kind: random.chance(0.93) ? "commit" : "rollback" }];
}

/** A read view that looks on. */
function randomView(workshop: Workshop, length: number): Action[] {
  const looks = Array.from({ length }, (): Action => ({ kind: "execute", operation: randomOperation(workshop, 0) }));
  return [{ kind: "begin", level: "snapshot", readOnly: true, isView: true }, ...looks, { kind: "commit" }];
}

function addSavepoint(random: SeededRandom, inner: Action[], name: string): void {
  const begin = random.below(inner.length + 1);
  const end = random.between(begin, inner.length);
  inner.splice(end, 0, { kind: random.chance(0.8) ? "rollbackTo" : "release", name });
  inner.splice(begin, 0, { kind: "savepoint", name });
}

function randomOperation(workshop: Workshop, writeShare: number): Operation {
  const space = workshop.random.pick(workshop.spaces);
  return workshop.random.chance(writeShare) ? randomWrite(workshop, space) : randomRead(workshop, space);
}

function randomRead(workshop: Workshop, space: Space): Operation {
  const { random, itemCount } = workshop;
  // Nothing reads an index but what reads what it is on.
  if (space === "index") return randomRead(workshop, random.pick(INDEXED.filter((indexed) => workshop.spaces.includes(indexed))));
  if (space === "table") return { kind: "read", items: [randomItem(workshop, space)] };
  if (space === "link" || random.chance(0.3)) {
    const predicate = randomPredicate(workshop, space);
    if (random.chance(0.25)) return { kind: "count", predicate };
    return {
      kind: "scan",
      predicate,
      ...(space === "key" && random.chance(0.7) ? { route: random.pick(["order", "cursor"] as const) } : {}),
    };
  }
  const first = randomItem(workshop, space);
  if (itemCount === 1 || isCollection(space) || random.chance(0.75)) return { kind: "read", items: [first], ...randomRoute(random, space) };
  const second = randomItem(workshop, space);
  return { kind: "read", items: first === second ? [first] : [first, second] };
}

/** Documents can be read as rows, and rows as documents, and both as nodes. */
function randomRoute(random: SeededRandom, space: Space): { route?: Route } {
  if ((space !== "document" && space !== "row") || random.chance(0.5)) return {};
  return { route: random.pick([space === "document" ? "sql" : "json", "cypher"] as const) };
}

function randomWrite(workshop: Workshop, space: Space): Operation {
  const { random } = workshop;
  const item = randomItem(workshop, space);
  const tag = workshop.nextTag++;
  const group = groupFor(workshop, space);
  const chance = random.below(100);
  const items = severalItems(workshop, space);
  if (items.length > 1) {
    if (space !== "claim" && chance < 8) return { kind: "putAll", items, group, tag };
    if (space !== "document" && chance >= 94) return { kind: "insertAll", items, group, tag };
  }
  if (isUpserted(workshop, space) && random.chance(0.12)) return { kind: "upsert", item, group, tag };
  switch (space) {
    case "list":
    case "zset":
      if (chance < 55) return { kind: "append", item, tag };
      return chance < 85 ? { kind: "pop", item, ...(random.chance(0.15) ? { route: "blocking" } : {}) } : { kind: "remove", item };
    case "set":
    case "hash":
      return chance < 75 ? { kind: "append", item, tag } : { kind: "remove", item };
    case "table":
    case "index":
      return chance < 50 ? { kind: "insert", item, group, tag } : { kind: "remove", item };
    case "key":
      if (chance < 50) return { kind: "append", item, tag };
      if (chance < 70) return { kind: "put", item, group, tag };
      return chance < 85 ? { kind: "insert", item, group, tag } : { kind: "remove", item };
    case "document":
      if (chance < 50) return { kind: "append", item, tag };
      if (chance < 70) return { kind: "put", item, group, tag };
      return chance < 85 ? { kind: "insert", item, group, tag } : { kind: "remove", item };
    case "row":
    case "claim":
      if (chance >= 92 && workshop.hasDefinitions) return remade(space);
      if (chance < 10 && space === "row") return { kind: "append", item, tag, route: "json" };
      if (chance < 30) return { kind: "append", item, tag };
      if (chance < 50) return { kind: "move", item, group, tag };
      if (chance < 60) return { kind: "sweep", predicate: { kind: "group", space, group: groupFor(workshop, space) }, group, tag };
      return chance < 85 ? { kind: "insert", item, group, tag } : { kind: "remove", item };
    case "node":
      if (chance < 50) return { kind: "append", item, tag };
      if (chance < 80) return { kind: "move", item, group, tag };
      return chance < 90
        ? { kind: "sweep", predicate: { kind: "group", space, group: groupFor(workshop, space) }, group, tag }
        : { kind: "remove", item };
    case "link":
      return randomLinkWrite(workshop, tag);
  }
}

/** Nothing but serializability keeps two from making one node each by MERGE. */
function isUpserted({ options }: Workshop, space: Space): boolean {
  return space === "row" || space === "claim" || (space === "node" && options.level === "serializable");
}

function randomLinkWrite(workshop: Workshop, tag: number): Operation {
  const { random, links } = workshop;
  if (links.length > 0 && random.chance(0.25)) return { kind: "remove", item: random.pick(links) };
  if (random.chance(0.15)) return { kind: "remove", item: randomItem(workshop, "node") };
  links.push(`link:${tag}`);
  return { kind: "link", from: randomItem(workshop, "node"), to: randomItem(workshop, "node"), tag };
}

/** A table made anew: every item that it can have had is gone, and the index that histories make on it. */
function remade(space: "row" | "claim"): Operation {
  const items = Array.from({ length: ITEMS_MAX }, (_, index): ItemName => `${space}:${index + 1}`);
  return { kind: "remake", space, items: [...items, `index:${INDEXED.indexOf(space) + 1}`] };
}

/** The database emptied: every item that it can have had is gone, relationships of steps that are yet to be chosen among them. */
function wipe({ random, spaces, wiped }: Workshop): Operation {
  const items = spaces
    .filter((space) => space !== "link")
    .flatMap((space) => Array.from({ length: ITEMS_MAX }, (_, index): ItemName => `${space}:${index + 1}`));
  wiped.push(items);
  return { kind: "wipe", isAll: random.chance(0.5), items };
}

/** Items of a space whose writes take several, at random. */
function severalItems(workshop: Workshop, space: Space): ItemName[] {
  if (!["key", "document", "row", "claim"].includes(space)) return [];
  return [...new Set(Array.from({ length: workshop.random.between(2, 3) }, () => randomItem(workshop, space)))];
}

function randomItem({ random, itemCount, spaces }: Workshop, space: Space): ItemName {
  // Indexes of what is there.
  if (space === "index") return `index:${1 + INDEXED.indexOf(random.pick(INDEXED.filter((indexed) => spaces.includes(indexed))))}`;
  return `${space}:${random.between(1, itemCount)}`;
}

function groupFor({ random }: Workshop, space: Space): number {
  return hasGroups(space) ? random.between(1, GROUPS) : 0;
}

function randomPredicate(workshop: Workshop, space: Space): Predicate {
  const { random, itemCount } = workshop;
  if (space === "link") {
    const node = randomItem(workshop, "node");
    return random.pick([{ kind: "outgoing", node } as const, { kind: "incoming", node } as const, { kind: "all", space } as const]);
  }
  if (random.chance(hasGroups(space) ? 0.2 : 0.5)) return { kind: "all", space };
  if (hasGroups(space) && random.chance(0.6)) return { kind: "group", space, group: groupFor(workshop, space) };
  const low = random.between(1, itemCount);
  return { kind: "range", space, low, high: random.between(low, itemCount) };
}
