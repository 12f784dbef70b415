/**
 * Operations on whole keys, whatever they hold: keys that get another name, are copied, merged or moved, that give elements to
 * each other, and that expire.
 *
 * 1. What is copied is read: its value is that which its reader sees, at the moment of the operation. It is not in the answer, so
 *    the effect names where it comes from, and `valueBehind` computes it.
 * 2. An answer often says less than what the operation has read: that there is nothing to copy, or that the target is in the way.
 *    `isToldByState`: the checker asks `observeKeys` what the state at BEGIN would have answered, compares, and takes the reads
 *    from there.
 * 3. A deadline belongs to a value, and is judged by the time of the reader: that of its BEGIN (`living`). So what expires is
 *    written by nobody. Who writes, too, finds nothing where a deadline has passed for it.
 */
import { type Content, type Effect, type ItemName, type Outcome, type Sight, type State, spaceOf, type Value } from "./operation.ts";

export type KeyOperation =
  /** Another name for it; `isNew`: refused where there is one of that name. To an item of the same number in another space: MOVE. */
  | { readonly kind: "rename"; readonly from: ItemName; readonly to: ItemName; readonly isNew: boolean }
  /** Refused where there is one of that name, unless it `isReplacing`. */
  | { readonly kind: "copy"; readonly from: ItemName; readonly to: ItemName; readonly isReplacing: boolean }
  /** The union of several containers, in place of what is there; of lists a copy of one, without its deadline. */
  | { readonly kind: "merge"; readonly items: readonly ItemName[]; readonly into: ItemName }
  /** The first element of a list to the end of another; of a set the element `tag`. */
  | { readonly kind: "shift"; readonly from: ItemName; readonly to: ItemName; readonly tag?: number; readonly isBlocking?: boolean }
  /** The first element of the first container that has one. */
  | { readonly kind: "popAny"; readonly items: readonly ItemName[]; readonly isBlocking?: boolean }
  /** Reads and removes. */
  | { readonly kind: "take"; readonly item: ItemName }
  /** Gives a deadline, or takes it away; `isReading`: tells the value too. */
  | { readonly kind: "expire"; readonly item: ItemName; readonly at?: number; readonly isReading?: boolean }
  /** The same of an element of a hash. */
  | { readonly kind: "expireTag"; readonly item: ItemName; readonly tag: number; readonly at?: number }
  /** When an item expires, or an element of it. */
  | { readonly kind: "deadline"; readonly item: ItemName; readonly tag?: number };

/** What is known of an item only by these. */
export type KeySight =
  /** Whether it has this element. */
  | { readonly item: ItemName; readonly kind: "tag"; readonly tag: number; readonly isThere: boolean }
  /** When it expires, or an element of it; null: never; undefined: it is absent. */
  | { readonly item: ItemName; readonly kind: "deadline"; readonly tag?: number; readonly deadline: number | null | undefined };

/** What only these change. */
export type KeyChange =
  /** What the others hold at that moment: with the deadlines of it if it is one, without if they are merged. */
  | { readonly kind: "copy"; readonly from: readonly ItemName[]; readonly isMerge: boolean }
  /** An element goes. */
  | { readonly kind: "takeTag"; readonly tag: number }
  | { readonly kind: "expire"; readonly at?: number; readonly tag?: number };

const KINDS: readonly string[] = ["rename", "copy", "merge", "shift", "popAny", "take", "expire", "expireTag", "deadline"];

export function isKeyOperation(operation: { readonly kind: string }): operation is KeyOperation {
  return KINDS.includes(operation.kind);
}

/** Whether an answer says so little that the state at BEGIN must say what was read. */
export function isToldByState(operation: { readonly kind: string }): boolean {
  if (operation.kind === "expire") return (operation as KeyOperation & { kind: "expire" }).isReading !== true;
  return ["rename", "copy", "merge", "expireTag"].includes(operation.kind);
}

/** All items that an operation names. */
export function itemsNamed(operation: KeyOperation): readonly ItemName[] {
  switch (operation.kind) {
    case "rename":
    case "copy":
    case "shift":
      return [operation.from, operation.to];
    case "merge":
      return [...operation.items, operation.into];
    case "popAny":
      return operation.items;
    default:
      return [operation.item];
  }
}

/** Those that it reads in any case. */
export function sourcesOf(operation: KeyOperation): readonly ItemName[] {
  if (operation.kind === "rename" || operation.kind === "copy" || operation.kind === "shift") return [operation.from];
  if (operation.kind === "popAny") return operation.items.slice(0, 1);
  return operation.kind === "merge" ? operation.items : [operation.item];
}

/** What is left of a value at a moment. Hashes, whose elements expire, have a field besides that stays (commands.ts). */
export function living(value: Value, nowMs: number): Value {
  if (value === null || (value.deadline ?? Number.POSITIVE_INFINITY) <= nowMs) return null;
  const { deadlines } = value;
  if (deadlines === undefined) return value;
  const log = value.log.filter((tag) => (deadlines[tag] ?? Number.POSITIVE_INFINITY) > nowMs);
  return log.length === value.log.length ? value : { ...value, log };
}

/** The deadline of what is there: null if it has none. */
export function deadlineOf(value: Value, tag: number | undefined): number | null | undefined {
  if (value === null) return undefined;
  if (tag === undefined) return value.deadline ?? null;
  return value.log.includes(tag) ? (value.deadlines?.[tag] ?? null) : undefined;
}

/** What the operation sees of a state. `count` is what it answers where that is a number. */
export function observeKeys(operation: KeyOperation, state: State): Outcome {
  switch (operation.kind) {
    case "rename":
      return observeRenaming(operation, state);
    case "copy":
      return observeCopy(operation, state);
    case "merge": {
      const sights = [...new Set(operation.items)].map((item) => seen(item, state));
      return done(sights, merged(operation.items.map((item) => state.value(item)))?.log.length ?? 0);
    }
    case "shift":
      return done([operation.tag === undefined ? head(operation.from, state) : tagSight(operation.from, operation.tag, state)]);
    case "popAny": {
      const found = operation.items.findIndex((item) => state.value(item) !== null);
      return done(operation.items.slice(0, found === -1 ? undefined : found + 1).map((item) => head(item, state)));
    }
    case "take":
      return done([seen(operation.item, state)]);
    case "expire":
      return observeExpiry(operation, state);
    case "expireTag":
      return observeTagExpiry(operation, state);
    case "deadline": {
      const { item, tag } = operation;
      return done([deadlineSight(item, tag, state)]);
    }
  }
}

function observeRenaming({ from, to, isNew }: KeyOperation & { kind: "rename" }, state: State): Outcome {
  // RENAME has an error for it, MOVE the answer that it did nothing.
  if (state.value(from) === null) return refused([presence(from, state)], spaceOf(from) === spaceOf(to) ? -1 : 0);
  if (from === to) return isNew ? refused([presence(from, state)], 0) : done([presence(from, state)], 1);
  if (!isNew) return done([seen(from, state)], 1);
  return state.value(to) === null
    ? done([seen(from, state), presence(to, state)], 1)
    : refused([presence(from, state), presence(to, state)], 0);
}

function observeCopy({ from, to, isReplacing }: KeyOperation & { kind: "copy" }, state: State): Outcome {
  if (state.value(from) === null) return refused([presence(from, state)], 0);
  if (isReplacing) return done([seen(from, state)], 1);
  return state.value(to) === null
    ? done([seen(from, state), presence(to, state)], 1)
    : refused([presence(from, state), presence(to, state)], 0);
}

function observeExpiry({ item, at, isReading }: KeyOperation & { kind: "expire" }, state: State): Outcome {
  if (isReading === true) return done([seen(item, state)]);
  if (at !== undefined) return done([presence(item, state)], state.value(item) === null ? 0 : 1);
  const sight = deadlineSight(item, undefined, state);
  return done([sight], typeof sight.deadline === "number" ? 1 : 0);
}

function observeTagExpiry({ item, tag, at }: KeyOperation & { kind: "expireTag" }, state: State): Outcome {
  const sight = deadlineSight(item, tag, state);
  if (sight.deadline === undefined) return done([tagSight(item, tag, state)], -2);
  if (at === undefined) return done([sight], sight.deadline === null ? -1 : 1);
  return done([tagSight(item, tag, state)], at <= state.nowMs ? 2 : 1);
}

function done<One extends Sight>(sights: readonly One[], count?: number): Outcome {
  return { kind: "done", sights, others: [], ...(count === undefined ? {} : { count }) };
}

function refused(sights: readonly Sight[], count: number): Outcome {
  return { kind: "refused", sights, count };
}

function seen(item: ItemName, state: State): Sight {
  return { item, kind: "value", value: state.value(item) };
}

function presence(item: ItemName, state: State): Sight {
  return { item, kind: "presence", present: state.value(item) !== null };
}

function head(item: ItemName, state: State): Sight {
  return { item, kind: "head", head: state.value(item)?.log[0] };
}

function tagSight(item: ItemName, tag: number, state: State): Sight {
  return { item, kind: "tag", tag, isThere: state.value(item)?.log.includes(tag) ?? false };
}

function deadlineSight(item: ItemName, tag: number | undefined, state: State): KeySight & { kind: "deadline" } {
  return { item, kind: "deadline", ...(tag === undefined ? {} : { tag }), deadline: deadlineOf(state.value(item), tag) };
}

/** What an operation that was answered so changes. */
export function keyEffectsOf(operation: KeyOperation, sights: readonly Sight[], count: number | undefined): Effect[] {
  switch (operation.kind) {
    case "rename": {
      const { from, to } = operation;
      return from === to ? [] : [copied([from], to, false), { item: from, change: { kind: "remove" } }];
    }
    case "copy":
      return [copied([operation.from], operation.to, false)];
    case "merge":
      return [copied(operation.items, operation.into, true)];
    case "shift":
      return shiftEffects(operation, sights);
    case "popAny":
      return sights.flatMap((sight) =>
        sight.kind === "head" && sight.head !== undefined ? [{ item: sight.item, change: { kind: "pop" } }] : [],
      );
    case "take":
      return sights.some((sight) => sight.kind === "value" && sight.value !== null)
        ? [{ item: operation.item, change: { kind: "remove" } }]
        : [];
    case "expire": {
      const { item, at } = operation;
      const isThere = operation.isReading === true ? sights.some((sight) => sight.kind === "value" && sight.value !== null) : count === 1;
      return isThere ? [{ item, change: { kind: "expire", ...(at === undefined ? {} : { at }) } }] : [];
    }
    case "expireTag": {
      const { item, tag, at } = operation;
      return count! > 0 ? [{ item, change: { kind: "expire", tag, ...(at === undefined ? {} : { at }) } }] : [];
    }
    case "deadline":
      return [];
  }
}

function copied(from: readonly ItemName[], item: ItemName, isMerge: boolean): Effect {
  return { item, change: { kind: "copy", from, isMerge } };
}

function shiftEffects({ from, to }: KeyOperation & { kind: "shift" }, [sight]: readonly Sight[]): Effect[] {
  if (sight?.kind === "head" && sight.head !== undefined) {
    const pop: Effect = { item: from, change: { kind: "pop" } };
    const append: Effect = { item: to, change: { kind: "append", tag: sight.head } };
    // A list that gives to itself never is empty meanwhile, so it keeps its deadline.
    return from === to ? [append, pop] : [pop, append];
  }
  if (sight?.kind !== "tag" || !sight.isThere || from === to) return [];
  return [
    { item: from, change: { kind: "takeTag", tag: sight.tag } },
    { item: to, change: { kind: "append", tag: sight.tag } },
  ];
}

/** The value behind a change of these. `others` are the items at that moment. */
export function keyChanged(change: KeyChange, value: Value, others: (item: ItemName) => Value): Value {
  switch (change.kind) {
    case "copy":
      return change.isMerge ? merged(change.from.map(others)) : others(change.from[0]!);
    case "takeTag": {
      const log = value?.log.filter((tag) => tag !== change.tag) ?? [];
      return log.length === 0 ? null : { ...value!, log };
    }
    case "expire":
      return value === null ? null : expiring(value, change);
  }
}

/** Lists are merged from one, so nothing of their order is lost, nor what is in them twice. */
function merged(values: readonly Value[]): Value {
  const log =
    values.length === 1
      ? (values[0]?.log ?? [])
      : [...new Set(values.flatMap((value) => value?.log ?? []))].sort((one, other) => one - other);
  return log.length === 0 ? null : { group: 0, log };
}

function expiring(value: Content, { tag, at }: KeyChange & { kind: "expire" }): Content {
  if (tag === undefined) {
    const { deadline: _, ...rest } = value;
    return at === undefined ? rest : { ...rest, deadline: at };
  }
  const { [tag]: _, ...rest } = value.deadlines ?? {};
  return { ...value, deadlines: at === undefined ? rest : { ...rest, [tag]: at } };
}
