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
  numberOf,
  type Operation,
  type Predicate,
  type Route,
  type Space,
  spaceOf,
} from "./operation.ts";

export interface PlanOptions {
  /** `mixed`: each transaction has its own. */
  readonly level: Level | "mixed";
  readonly spaces: readonly Space[];
  readonly transactions: number;
  /** The database is emptied now and then. Requires: spaces of WIPED_SPACES. */
  readonly hasWipes?: boolean | undefined;
  /** Time goes on, so that what has a deadline expires. Requires: a client whose time is its own. */
  readonly hasTime?: boolean | undefined;
}

/** What holds data. */
export const ALL_SPACES: readonly Space[] = ["key", "far", "document", "row", "claim", "node", "link", ...COLLECTION_SPACES];
/** And what is defined. */
export const EVERY_SPACE: readonly Space[] = [...ALL_SPACES, "table", "index"];

/** What has keys that expire and can have another name; rows keep theirs. */
export const EXPIRING: readonly Space[] = ["key", "far", "document", "row", ...COLLECTION_SPACES];
/** Milliseconds by which time goes on. Deadlines lie between. Without a clock that stands a history takes less. */
const PASS_MS = 100_000;
/** Elements are chosen from the tags that were given last. */
const KNOWN_TAGS = 8;

const GROUPS = 2;
const ITEMS_MAX = 4;
/** What indexes are on, by their numbers. */
const INDEXED: readonly Space[] = ["claim", "document", "node", "row"];
/** What can be emptied without a table that is written afterwards. */
export const WIPED_SPACES: readonly Space[] = ["key", "far", "document", "node", "link", ...COLLECTION_SPACES];

interface Workshop {
  readonly random: SeededRandom;
  readonly options: PlanOptions;
  readonly spaces: readonly Space[];
  /** Items of each space, but links. */
  readonly itemCount: number;
  /** Whether tables are dropped and made. */
  readonly hasDefinitions: boolean;
  readonly writeShare: number;
  /** How many of the writes of keys are about the key as a whole. */
  readonly keyShare: number;
  readonly lengthMax: number;
  nextTag: number;
  /** Tags by the space of what they were given to. */
  readonly tags: Map<Space, number[]>;
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
  // What lies far away is moved to and fro.
  if (spaces.has("far")) spaces.add("key");
  // An index is of something.
  if (spaces.has("index")) spaces.add(random.pick(INDEXED));
  const workshop: Workshop = {
    random,
    options,
    spaces: [...spaces],
    itemCount: random.between(1, ITEMS_MAX),
    hasDefinitions: spaces.has("table") || spaces.has("index"),
    writeShare: random.pick([0.3, 0.5, 0.7]),
    keyShare: random.pick([0, 0.2, 0.5]),
    lengthMax: random.between(1, 5),
    nextTag: 1,
    tags: new Map(),
    links: [],
    hasWipes: options.hasWipes === true,
    wiped: [],
  };
  const contents = randomContents(workshop);
  const sessionCount = random.between(2, 5);
  const queues: Action[][] = Array.from({ length: sessionCount }, () => []);
  for (let made = 0; made < options.transactions; made++) random.pick(queues).push(...randomTransaction(workshop));
  for (const items of workshop.wiped) items.push(...workshop.links);
  const steps = interleave(random, queues);
  return { contents, steps: withTime(random, steps, options.hasTime === true ? random.pick([0.03, 0.1, 0.2]) : 0) };
}

/** Time goes on between some of the steps, and deadlines, which were told from now on, become moments. */
function withTime(random: SeededRandom, steps: readonly Step[], share: number): Step[] {
  let timeMs = 0;
  return steps.flatMap(({ session, action }): Step[] => {
    const hasPassed = random.chance(share);
    if (hasPassed) timeMs += PASS_MS;
    const dated: Step = { session, action: withDeadlines(action, timeMs) };
    return hasPassed ? [{ session, action: { kind: "pass", durationMs: PASS_MS } }, dated] : [dated];
  });
}

function withDeadlines(action: Action, timeMs: number): Action {
  const dated = (operation: Operation): Operation =>
    "at" in operation && operation.at !== undefined ? { ...operation, at: operation.at + timeMs } : operation;
  if (action.kind === "execute") return { ...action, operation: dated(action.operation) };
  return action.kind === "unit" ? { ...action, operations: action.operations.map(dated) } : action;
}

function randomContents(workshop: Workshop): (readonly [ItemName, Content])[] {
  const { random, spaces, itemCount } = workshop;
  return spaces
    .filter((space) => space !== "link")
    .flatMap((space) =>
      Array.from({ length: itemCount }, (_, index) => `${space}:${index + 1}` as ItemName)
        .filter(() => random.chance(space === "node" ? 0.9 : 0.6))
        .map((item) => [item, { group: groupFor(workshop, space), log: [newTag(workshop, space)] }] as const),
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
  if (EXPIRING.includes(space) && random.chance(0.08)) return randomDeadlineRead(workshop, space);
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
  const tag = newTag(workshop, space);
  const group = groupFor(workshop, space);
  const chance = random.below(100);
  const items = severalItems(workshop, space);
  if (EXPIRING.includes(space) && random.chance(workshop.keyShare)) return randomKeyWrite(workshop, space, item);
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
    case "far":
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
  const isAll = random.chance(0.5);
  const items = spaces
    .filter((space) => space !== "link" && (space !== "far" || isAll))
    .flatMap((space) => Array.from({ length: ITEMS_MAX }, (_, index): ItemName => `${space}:${index + 1}`));
  wiped.push(items);
  return { kind: "wipe", isAll, items };
}

/** Items of a space whose writes take several, at random. */
function severalItems(workshop: Workshop, space: Space): ItemName[] {
  if (!["key", "far", "document", "row", "claim"].includes(space)) return [];
  return [...new Set(Array.from({ length: workshop.random.between(2, 3) }, () => randomItem(workshop, space)))];
}

/** Another name for it, a copy, a union, elements of one in another; or a deadline. */
function randomKeyWrite(workshop: Workshop, space: Space, item: ItemName): Operation {
  const { random } = workshop;
  const other = randomItem(workshop, otherSpace(workshop, space));
  const isElsewhere = spaceOf(other) !== space;
  // A key keeps its name on its way to another database.
  const target = isElsewhere ? (`${spaceOf(other)}:${numberOf(item)}` as ItemName) : other;
  switch (random.below(space === "row" ? 4 : 10)) {
    case 0:
    case 1:
    case 2:
      return randomExpiry(workshop, item);
    case 3:
      if (space === "key" || space === "far") {
        return random.chance(0.5) ? { kind: "take", item } : { kind: "expire", item, isReading: true, ...randomDeadline(random) };
      }
      return { kind: "expire", item };
    case 4:
    case 5:
      return { kind: "rename", from: item, to: target, isNew: isElsewhere || random.chance(0.4) };
    case 6:
    case 7:
      if (other === item) return { kind: "rename", from: item, to: item, isNew: random.chance(0.5) };
      return { kind: "copy", from: item, to: other, isReplacing: random.chance(0.6) };
    default:
      return randomElementMove(workshop, space, item);
  }
}

function otherSpace({ random, spaces }: Workshop, space: Space): Space {
  if ((space !== "key" && space !== "far") || !spaces.includes("far") || random.chance(0.5)) return space;
  return space === "key" ? "far" : "key";
}

/** What containers give each other; for what is none, another name. */
function randomElementMove(workshop: Workshop, space: Space, from: ItemName): Operation {
  const { random } = workshop;
  const to = randomItem(workshop, space);
  const isBlocking = random.chance(0.15);
  const items = [...new Set([from, randomItem(workshop, space)])];
  switch (space) {
    case "list":
      if (random.chance(0.2)) return { kind: "merge", items: [from], into: to };
      return random.chance(0.6) ? { kind: "shift", from, to, isBlocking } : { kind: "popAny", items, isBlocking };
    case "set":
      return random.chance(0.4) ? { kind: "merge", items, into: to } : { kind: "shift", from, to, tag: knownTag(workshop, space) };
    case "zset":
      return random.chance(0.5) ? { kind: "merge", items, into: to } : { kind: "popAny", items, isBlocking };
    default:
      return { kind: "rename", from, to, isNew: false };
  }
}

function randomExpiry(workshop: Workshop, item: ItemName): Operation {
  const { random } = workshop;
  const deadline = randomDeadline(random);
  if (spaceOf(item) === "hash" && random.chance(0.7)) return { kind: "expireTag", item, tag: knownTag(workshop, "hash"), ...deadline };
  return { kind: "expire", item, ...deadline };
}

/** Moments between those at which time stands, one of them past; or none. */
function randomDeadline(random: SeededRandom): { at?: number } {
  return random.chance(0.25) ? {} : { at: random.between(0, 5) * PASS_MS - PASS_MS / 2 };
}

function randomDeadlineRead(workshop: Workshop, space: Space): Operation {
  const item = randomItem(workshop, space);
  if (space === "hash" && workshop.random.chance(0.7)) return { kind: "deadline", item, tag: knownTag(workshop, space) };
  return { kind: "deadline", item };
}

/** A tag that somebody has given to an item of the space lately, or will. */
function knownTag({ random, tags }: Workshop, space: Space): number {
  const known = (tags.get(space) ?? []).slice(-KNOWN_TAGS);
  return known.length === 0 ? 1 : random.pick(known);
}

function newTag(workshop: Workshop, space: Space): number {
  const tag = workshop.nextTag++;
  const known = workshop.tags.get(space);
  if (known === undefined) workshop.tags.set(space, [tag]);
  else known.push(tag);
  return tag;
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
