/**
 * What a transaction of these tests can do, in words that belong to no model of data.
 *
 * An item is a thing with a name: a key, a document, a row, a row found by a unique column, a node, a relationship. Its value
 * is a log of tags, and a group for those that conditions look for; null when it is absent. Each write has a tag that no other
 * write has, so what somebody reads tells which writes came before (Elle's list-append: Kingsbury & Alvaro 2020, "Elle:
 * Inferring Isolation Anomalies from Experimental Observations"). A predicate stands for a condition: of a scan, of an index,
 * of a walk from a node (Adya 1999, "Weak Consistency", 2.3 and 3.1).
 *
 * `observe` says what an operation sees of a state and `effectsOf` what it changes. The model computes with them; the checker
 * compares what real clients have seen with them. commands.ts says the same operations in the words of the database.
 * Operations on keys as such, and deadlines, are those of key-operation.ts.
 */
import {
  deadlineOf,
  isKeyOperation,
  type KeyChange,
  type KeyOperation,
  type KeySight,
  keyChanged,
  keyEffectsOf,
  living,
  observeKeys,
} from "./key-operation.ts";

/** `claim` is a table whose rows are known by a unique column that is not the primary key; `far` are keys of another database. */
export type Space = "key" | "far" | "document" | "row" | "claim" | "node" | "link" | CollectionSpace | DefinedSpace;

/** Containers of tags: what their logs hold, in the order of the writes, or (of those without an order of their own) in that of the tags. */
export const COLLECTION_SPACES = ["list", "set", "hash", "zset"] as const;
export type CollectionSpace = (typeof COLLECTION_SPACES)[number];

/** Tables and indexes as items (definition-commands.ts). */
export type DefinedSpace = "table" | "index";

/** `row:3`; links are numbered by the tag that made them. */
export type ItemName = `${Space}:${number}`;

export interface Content {
  /** What conditions look for; 0 for items without. */
  readonly group: number;
  /** Tags of the writes, oldest first. */
  readonly log: readonly number[];
  /** Ends of a link. */
  readonly from?: ItemName;
  readonly to?: ItemName;
  /** Milliseconds since the history's beginning, at which it is gone. */
  readonly deadline?: number;
  /** And its elements, by tag. */
  readonly deadlines?: Readonly<Record<number, number>>;
}

export type Value = Content | null;

export type Predicate =
  | { readonly kind: "all"; readonly space: Space }
  | { readonly kind: "group"; readonly space: Space; readonly group: number }
  | { readonly kind: "range"; readonly space: Space; readonly low: number; readonly high: number }
  | { readonly kind: "outgoing"; readonly node: ItemName }
  | { readonly kind: "incoming"; readonly node: ItemName };

export type Operation =
  | KeyOperation
  /** The values of items of one space. */
  | { readonly kind: "read"; readonly items: readonly ItemName[]; readonly route?: Route }
  /** The items that fulfil a condition, with their values (of keys only if they are scanned in their order, by `order`). */
  | { readonly kind: "scan"; readonly predicate: Predicate; readonly route?: Route }
  /** How many they are. */
  | { readonly kind: "count"; readonly predicate: Predicate }
  /** Writes without looking, as SET does. */
  | { readonly kind: "put"; readonly item: ItemName; readonly group: number; readonly tag: number }
  /** The same of several items of one space at once, as MSET does. */
  | { readonly kind: "putAll"; readonly items: readonly ItemName[]; readonly group: number; readonly tag: number }
  /** Adds a tag to what is there. Only keys and containers come to be by it. */
  | { readonly kind: "append"; readonly item: ItemName; readonly tag: number; readonly route?: Route }
  /** Adds a tag to what is there, or makes it of that tag: ON CONFLICT, MERGE. */
  | { readonly kind: "upsert"; readonly item: ItemName; readonly group: number; readonly tag: number }
  /** Takes the first tag of a list or sorted set away, if there is one; with the last one the item goes. */
  | { readonly kind: "pop"; readonly item: ItemName; readonly route?: Route }
  /** Makes an item, or is refused since there is one. */
  | { readonly kind: "insert"; readonly item: ItemName; readonly group: number; readonly tag: number }
  /** Makes several items of one space, or is refused as a whole since there is one of them. */
  | { readonly kind: "insertAll"; readonly items: readonly ItemName[]; readonly group: number; readonly tag: number }
  /** Removes an item. A node with relationships is refused. */
  | { readonly kind: "remove"; readonly item: ItemName }
  /** Gives an item another group and adds a tag. */
  | { readonly kind: "move"; readonly item: ItemName; readonly group: number; readonly tag: number }
  /** Moves every item of a group. */
  | { readonly kind: "sweep"; readonly predicate: Predicate & { kind: "group" }; readonly group: number; readonly tag: number }
  /** Drops a table with all that is in it, and makes it anew; `items` are those that it may have had, and indexes on it. */
  | { readonly kind: "remake"; readonly space: "row" | "claim"; readonly items: readonly ItemName[] }
  /** Empties the database, or all of them, outside of transactions; `items` are all that there may be. */
  | { readonly kind: "wipe"; readonly isAll: boolean; readonly items: readonly ItemName[] }
  /** A relationship between two nodes; nothing when one is absent. */
  | { readonly kind: "link"; readonly from: ItemName; readonly to: ItemName; readonly tag: number };

/**
 * The way in which an item is asked for, where several reach it: documents are rows, and rows are documents. Keys can be scanned in their
 * order, where a client offers that (`db.range`), all at once or one by one. Pops can wait a little.
 */
export type Route = "sql" | "json" | "cypher" | "order" | "cursor" | "blocking";

/** What is known of one item after an operation. */
export type Sight =
  | KeySight
  /** Its value before the operation. */
  | { readonly item: ItemName; readonly kind: "value"; readonly value: Value }
  /** Only its log, not its group. It was there. */
  | { readonly item: ItemName; readonly kind: "log"; readonly log: readonly number[] }
  /** Only how long its log was before; undefined when it was absent. */
  | { readonly item: ItemName; readonly kind: "length"; readonly length: number | undefined }
  /** Only the first tag of its log; undefined when it was absent. */
  | { readonly item: ItemName; readonly kind: "head"; readonly head: number | undefined }
  /** Only whether it was there. */
  | { readonly item: ItemName; readonly kind: "presence"; readonly present: boolean }
  /** It did not fulfil a condition. */
  | { readonly item: ItemName; readonly kind: "outside"; readonly predicate: Predicate };

export type Outcome =
  /** `others`: conditions that no item fulfilled but those in `sights`. */
  | { readonly kind: "done"; readonly sights: readonly Sight[]; readonly others: readonly Predicate[]; readonly count?: number }
  /** A constraint forbids it; the transaction goes on. */
  | { readonly kind: "refused"; readonly sights: readonly Sight[]; readonly count?: number }
  /** The database has ended the transaction. */
  | { readonly kind: "conflict" }
  /** An answer that nobody can have expected. */
  | { readonly kind: "failed"; readonly message: string };

export interface Effect {
  readonly item: ItemName;
  /** `append`: adds the tag to the log, and sets the group if one is given. */
  readonly change:
    | KeyChange
    | { readonly kind: "put"; readonly value: Content }
    | { readonly kind: "append"; readonly tag: number; readonly group?: number }
    /** The first tag goes. */
    | { readonly kind: "pop" }
    /** `isLoose`: it is no change of what is absent anyway. */
    | { readonly kind: "remove"; readonly isLoose?: boolean };
}

/** What an operation reads of a database: items that were ever there, and their values as the reader sees them. */
export interface State {
  items(): Iterable<ItemName>;
  value(item: ItemName): Value;
  /** The reader's time. */
  readonly nowMs: number;
}

export function spaceOf(item: ItemName): Space {
  return item.slice(0, item.indexOf(":")) as Space;
}

export function numberOf(item: ItemName): number {
  return Number(item.slice(item.indexOf(":") + 1));
}

export function spaceOfPredicate(predicate: Predicate): Space {
  return predicate.kind === "outgoing" || predicate.kind === "incoming" ? "link" : predicate.space;
}

export function matches(predicate: Predicate, item: ItemName, value: Value): boolean {
  if (value === null || spaceOf(item) !== spaceOfPredicate(predicate)) return false;
  switch (predicate.kind) {
    case "all":
      return true;
    case "group":
      return value.group === predicate.group;
    case "range":
      return predicate.low <= numberOf(item) && numberOf(item) <= predicate.high;
    case "outgoing":
      return value.from === predicate.node;
    case "incoming":
      return value.to === predicate.node;
  }
}

/** Whether a value is what a sight says. */
export function agrees(sight: Sight, value: Value): boolean {
  switch (sight.kind) {
    case "value":
      return sameValue(sight.value, value);
    case "log":
      return value !== null && sameLog(sight.log, value.log);
    case "length":
      return sight.length === value?.log.length;
    case "head":
      return sight.head === value?.log[0];
    case "presence":
      return sight.present === (value !== null);
    case "tag":
      return sight.isThere === (value?.log.includes(sight.tag) ?? false);
    case "deadline":
      return sight.deadline === deadlineOf(value, sight.tag);
    case "outside":
      return !matches(sight.predicate, sight.item, value);
  }
}

/** Whether two hold the same. */
export function sameValue(one: Value, other: Value): boolean {
  if (one === null || other === null) return one === other;
  return one.group === other.group && sameLog(one.log, other.log);
}

/** And are gone at the same moments. */
export function sameVersion(one: Value, other: Value): boolean {
  if (!sameValue(one, other)) return false;
  return one?.deadline === other?.deadline && JSON.stringify(one?.deadlines ?? {}) === JSON.stringify(other?.deadlines ?? {});
}

function sameLog(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((tag, index) => tag === other[index]);
}

/** The value behind an effect, at a moment. An append to what is absent makes an item: only keys allow it, and a lost removal looks so. */
function applied({ change, item }: Effect, value: Value, others: (item: ItemName) => Value): Value {
  switch (change.kind) {
    case "put":
      return isRecord(spaceOf(item)) && value?.deadline !== undefined ? { ...change.value, deadline: value.deadline } : change.value;
    case "remove":
      return null;
    case "pop":
      return value === null || value.log.length < 2 ? null : { ...value, log: value.log.slice(1) };
    case "append": {
      const isSorted = isCollection(spaceOf(item)) && spaceOf(item) !== "list";
      const rest = value?.log ?? [];
      const log = isSorted && rest.includes(change.tag) ? [...rest] : [...rest, change.tag];
      return { ...value, group: change.group ?? value?.group ?? 0, log: isSorted ? log.sort((one, other) => one - other) : log };
    }
    default:
      return keyChanged(change, value, others);
  }
}

/**
 * The value of an item behind the effects of somebody whose time is `nowMs`. `base` are the values that they stand on.
 *
 * Cost: O(effects), and again for each copy among them.
 */
export function valueBehind(effects: readonly Effect[], item: ItemName, base: (item: ItemName) => Value, nowMs: number): Value {
  let value = living(base(item), nowMs);
  effects.forEach((effect, index) => {
    if (effect.item !== item) return;
    const others = (other: ItemName): Value => valueBehind(effects.slice(0, index), other, base, nowMs);
    value = living(applied(effect, value, others), nowMs);
  });
  return value;
}

/** Whether items are records, which keep their deadline when they are written anew. */
function isRecord(space: Space): boolean {
  return space === "document" || space === "row";
}

export function isCollection(space: Space): space is CollectionSpace {
  return (COLLECTION_SPACES as readonly Space[]).includes(space);
}

/** Whether items have a group. */
export function hasGroups(space: Space): boolean {
  return !isCollection(space) && !["key", "far", "link", "table", "index"].includes(space);
}

/** Whether items are keys that a scan tells only the names of. */
function isPlainKey(space: Space): boolean {
  return space === "key" || space === "far" || isCollection(space);
}

/** What the operation sees of a state. */
export function observe(operation: Operation, state: State): Outcome {
  if (isKeyOperation(operation)) return observeKeys(operation, state);
  switch (operation.kind) {
    case "read":
      return done(operation.items.map((item) => seen(item, state)));
    case "scan":
      return observeAll(operation.predicate, state, operation.route);
    case "count":
      return { ...done([]), count: matching(operation.predicate, state).length };
    case "put":
    case "putAll":
    case "remake":
    case "wipe":
      return done([]);
    case "sweep":
      return observeAll(operation.predicate, state, undefined);
    case "append":
    case "upsert":
      return done([seen(operation.item, state)]);
    case "pop":
      return done([{ item: operation.item, kind: "head", head: state.value(operation.item)?.log[0] }]);
    case "move":
      return done([seen(operation.item, state)]);
    case "insert": {
      const present = state.value(operation.item) !== null;
      const sights: Sight[] = [{ item: operation.item, kind: "presence", present }];
      return present ? { kind: "refused", sights } : done(sights);
    }
    case "insertAll": {
      if (operation.items.some((item) => state.value(item) !== null)) return { kind: "refused", sights: [] };
      return done(operation.items.map((item) => ({ item, kind: "presence", present: false })));
    }
    case "remove":
      return observeRemoval(operation.item, state);
    case "link": {
      const ends = [...new Set([operation.from, operation.to])];
      if (ends.some((end) => state.value(end) === null)) return { kind: "refused", sights: [] };
      return done(ends.map((item) => ({ item, kind: "presence", present: true })));
    }
  }
}

function observeRemoval(item: ItemName, state: State): Outcome {
  const present = state.value(item) !== null;
  const sights: Sight[] = [{ item, kind: "presence", present }];
  if (!present || spaceOf(item) !== "node") return done(sights);
  const walks = walksOf(item);
  if (walks.some((walk) => matching(walk, state).length > 0)) return { kind: "refused", sights: [] };
  return { kind: "done", sights, others: walks };
}

/** The conditions under which a relationship hangs on a node. */
export function walksOf(node: ItemName): Predicate[] {
  return [
    { kind: "outgoing", node },
    { kind: "incoming", node },
  ];
}

function done(sights: readonly Sight[]): Outcome & { kind: "done" } {
  return { kind: "done", sights, others: [] };
}

function seen(item: ItemName, state: State): Sight {
  return { item, kind: "value", value: state.value(item) };
}

function matching(predicate: Predicate, state: State): ItemName[] {
  return [...state.items()].filter((item) => matches(predicate, item, state.value(item)));
}

function observeAll(predicate: Predicate, state: State, route: Route | undefined): Outcome {
  const sights = matching(predicate, state).map((item) =>
    predicate.kind !== "group" && isPlainKey(spaceOf(item)) && route === undefined
      ? ({ item, kind: "presence", present: true } as const)
      : seen(item, state),
  );
  return { kind: "done", sights, others: [predicate] };
}

/** What an outcome tells of items. */
export function sightsOf(outcome: Outcome): readonly Sight[] {
  return outcome.kind === "done" || outcome.kind === "refused" ? outcome.sights : [];
}

/** What an operation that saw this changes. */
export function effectsOf(operation: Operation, outcome: Outcome): Effect[] {
  if (outcome.kind !== "done") return [];
  if (isKeyOperation(operation)) return keyEffectsOf(operation, outcome.sights, outcome.count);
  const there = outcome.sights.filter(isPresent).map(({ item }) => item);
  switch (operation.kind) {
    case "read":
    case "scan":
    case "count":
      return [];
    case "put":
    case "insert":
      return [{ item: operation.item, change: { kind: "put", value: { group: operation.group, log: [operation.tag] } } }];
    case "putAll":
    case "insertAll": {
      const value = { group: operation.group, log: [operation.tag] };
      return operation.items.map((item) => ({ item, change: { kind: "put", value } }));
    }
    case "append": {
      const works = isPlainKey(spaceOf(operation.item)) || there.length > 0;
      return works ? [{ item: operation.item, change: { kind: "append", tag: operation.tag } }] : [];
    }
    case "upsert": {
      const { item, group, tag } = operation;
      const change = there.length > 0 ? ({ kind: "append", tag } as const) : ({ kind: "put", value: { group, log: [tag] } } as const);
      return [{ item, change }];
    }
    case "pop":
      return there.map((item) => ({ item, change: { kind: "pop" } }));
    case "move":
    case "sweep": {
      const { tag, group } = operation;
      return there.map((item) => ({ item, change: { kind: "append", tag, group } }));
    }
    case "remake":
    case "wipe":
      return operation.items.map((item) => ({ item, change: { kind: "remove", isLoose: true } }));
    case "remove":
      return there.map((item) => ({ item, change: { kind: "remove" } }));
    case "link": {
      const { from, to, tag } = operation;
      return [{ item: `link:${tag}`, change: { kind: "put", value: { group: 0, log: [tag], from, to } } }];
    }
  }
}

/** Whether effects change nothing: what is absent anyway is removed, or a deadline is what it was. */
export function isNoChange(effects: readonly Effect[], before: Value, after: Value): boolean {
  const isLoose = ({ change }: Effect): boolean => {
    if (change.kind === "expire") return true;
    return before === null && ((change.kind === "remove" && change.isLoose === true) || (change.kind === "copy" && change.isMerge));
  };
  return sameVersion(before, after) && effects.every(isLoose);
}

/** Whether an operation may change something. */
export function isWriting({ kind }: Operation): boolean {
  return kind !== "read" && kind !== "scan" && kind !== "count" && kind !== "deadline";
}

/** Whether a sight says that its item was there. */
export function isPresent(sight: Sight): boolean {
  if (sight.kind === "value") return sight.value !== null;
  if (sight.kind === "length") return sight.length !== undefined;
  if (sight.kind === "head") return sight.head !== undefined;
  if (sight.kind === "tag") return sight.isThere;
  if (sight.kind === "deadline") return sight.deadline !== undefined;
  return sight.kind === "log" || (sight.kind === "presence" && sight.present);
}
