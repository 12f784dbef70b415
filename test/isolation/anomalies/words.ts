/**
 * Short words for the tables of the catalogue: `read("row:1")`, `append("key:1", 9)`.
 *
 * Each returns an operation as test/isolation/operation.ts describes it.
 */
import {
  COLLECTION_SPACES,
  hasGroups,
  type ItemName,
  isCollection,
  type Operation,
  type Predicate,
  type Route,
  type Space,
  spaceOf,
} from "../operation.ts";

/** Spaces whose items are read and written one by one. */
export const ITEM_SPACES = ["key", "document", "row", "claim", "node", ...COLLECTION_SPACES] as const satisfies readonly Space[];

/** Spaces whose items come to be by an operation that meets their absence. */
export const INSERT_SPACES = ["key", "document", "row", "claim"] as const satisfies readonly Space[];

/** Spaces whose items are in groups that conditions look for. */
export const GROUP_SPACES = ["document", "row", "claim", "node"] as const satisfies readonly Space[];

export const read = (...items: ItemName[]): Operation => ({ kind: "read", items });
export const readBy = (route: Route, ...items: ItemName[]): Operation => ({ kind: "read", items, route });
export const append = (item: ItemName, tag: number): Operation => ({ kind: "append", item, tag });
export const appendBy = (route: Route, item: ItemName, tag: number): Operation => ({ kind: "append", item, tag, route });
export const put = (item: ItemName, tag: number, group = groupOf(item)): Operation => ({ kind: "put", item, tag, group });
export const upsert = (item: ItemName, tag: number, group = groupOf(item)): Operation => ({ kind: "upsert", item, tag, group });
export const pop = (item: ItemName, route?: Route): Operation => ({ kind: "pop", item, ...(route === undefined ? {} : { route }) });
export const rename = (from: ItemName, to: ItemName, isNew = false): Operation => ({ kind: "rename", from, to, isNew });
export const copy = (from: ItemName, to: ItemName, isReplacing = true): Operation => ({ kind: "copy", from, to, isReplacing });
export const merge = (items: readonly ItemName[], into: ItemName): Operation => ({ kind: "merge", items, into });
export const shift = (from: ItemName, to: ItemName, tag?: number): Operation => ({
  kind: "shift",
  from,
  to,
  ...(tag === undefined ? {} : { tag }),
});
export const popAny = (items: readonly ItemName[], isBlocking = false): Operation => ({ kind: "popAny", items, isBlocking });
export const take = (item: ItemName): Operation => ({ kind: "take", item });
export const expire = (item: ItemName, at?: number): Operation => ({ kind: "expire", item, ...(at === undefined ? {} : { at }) });
export const expireTag = (item: ItemName, tag: number, at?: number): Operation => ({
  kind: "expireTag",
  item,
  tag,
  ...(at === undefined ? {} : { at }),
});
export const deadline = (item: ItemName, tag?: number): Operation => ({ kind: "deadline", item, ...(tag === undefined ? {} : { tag }) });
export const insert = (item: ItemName, tag: number, group = groupOf(item)): Operation => ({ kind: "insert", item, tag, group });
export const remove = (item: ItemName): Operation => ({ kind: "remove", item });
export const move = (item: ItemName, group: number, tag: number): Operation => ({ kind: "move", item, group, tag });
export const link = (from: ItemName, to: ItemName, tag: number): Operation => ({ kind: "link", from, to, tag });
export const scan = (predicate: Predicate): Operation => ({ kind: "scan", predicate });
export const count = (predicate: Predicate): Operation => ({ kind: "count", predicate });
export const sweep = (space: Space, from: number, to: number, tag: number): Operation => ({
  kind: "sweep",
  predicate: { kind: "group", space, group: from },
  group: to,
  tag,
});

export const all = (space: Space): Predicate => ({ kind: "all", space });
export const inGroup = (space: Space, group: number): Predicate => ({ kind: "group", space, group });
export const inRange = (space: Space, low: number, high: number): Predicate => ({ kind: "range", space, low, high });
export const outOf = (node: ItemName): Predicate => ({ kind: "outgoing", node });
export const into = (node: ItemName): Predicate => ({ kind: "incoming", node });

/** What the n-th item of a space is called. */
export function item(space: Space, number: number): ItemName {
  return `${space}:${number}`;
}

function groupOf(name: ItemName): number {
  return hasGroups(spaceOf(name)) ? 1 : 0;
}

/** Containers of different kinds are keys alike: a pair of them says nothing that one of each with the others does not. */
const TOGETHER: readonly Space[] = ["key", "row", "node"];

/** Every pair of spaces, in one order; of containers, with themselves and with one of each model. */
export function pairs<One extends Space>(spaces: readonly One[]): (readonly [One, One])[] {
  const isPair = (one: One, other: One): boolean => one === other || !isCollection(other) || TOGETHER.includes(one);
  return spaces.flatMap((one, index) => spaces.slice(index).flatMap((other) => (isPair(one, other) ? [[one, other] as const] : [])));
}

/** Items 1 and 2 of two spaces, which differ when the spaces are one. */
export function couple(one: Space, other: Space): readonly [ItemName, ItemName] {
  return [item(one, 1), item(other, 2)];
}

/** First values: group 1 where there are groups. */
export function first(...names: readonly ItemName[]): (readonly [ItemName, { group: number; log: number[] }])[] {
  return names.map((name, index) => [name, { group: groupOf(name), log: [index + 1] }]);
}
