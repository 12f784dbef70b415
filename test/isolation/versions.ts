/**
 * The versions of each item, in the order in which their writers committed, and which of them a sight can mean.
 *
 * Version 0 is what the history began with. A later one has the value that its writer's effects make of the version before;
 * and, if that is another, the value that they make of the version which the writer saw: an engine that has lost an update
 * may show either, and the lost update is found by its cycle. What was copied from elsewhere is what the writer saw there.
 */
import type { Contents } from "./client.ts";
import { isKeyOperation, itemsNamed, living } from "./key-operation.ts";
import {
  agrees,
  type Effect,
  type ItemName,
  isNoChange,
  type Sight,
  type Space,
  sameVersion,
  sightsOf,
  spaceOf,
  type Value,
  valueBehind,
} from "./operation.ts";
import type { Look, Participant } from "./participants.ts";

export interface Version {
  readonly values: readonly Value[];
  /** undefined: what the history began with. */
  readonly writer: Participant | undefined;
  /** The event of the commit. */
  readonly time: number;
}

export class VersionStore {
  readonly #chains = new Map<ItemName, Version[]>();
  readonly #spaces = new Map<Space, ItemName[]>();

  constructor(contents: Contents, participants: readonly Participant[]) {
    for (const [item, value] of contents) this.#make(item, value);
    for (const { looks, effects, undone } of participants) {
      for (const { outcome, operation } of looks) {
        if (operation.kind === "read") for (const item of operation.items) this.#make(item, null);
        if (isKeyOperation(operation)) for (const item of itemsNamed(operation)) this.#make(item, null);
        for (const { item } of sightsOf(outcome)) this.#make(item, null);
      }
      for (const { item } of [...effects, ...undone]) this.#make(item, null);
    }
    const committed = participants.filter(({ state }) => state === "committed");
    for (const writer of committed.sort((one, other) => one.end - other.end)) this.#write(writer);
  }

  #make(item: ItemName, value: Value): void {
    if (this.#chains.has(item)) return;
    this.#chains.set(item, [{ values: [value], writer: undefined, time: -1 }]);
    const space = this.#spaces.get(spaceOf(item));
    if (space === undefined) this.#spaces.set(spaceOf(item), [item]);
    else space.push(item);
  }

  #write(writer: Participant): void {
    for (const item of new Set(writer.effects.map((effect) => effect.item))) {
      const chain = this.#chains.get(item)!;
      const own = writer.effects.filter((effect) => effect.item === item);
      // Of what its writer did not see, or nobody any more, it removes nothing.
      const latest = chain.at(-1)!.values[0]!;
      const view = chain[viewOf(chain, writer)]!.values[0]!;
      const [onLatest, onView] = [this.#behind(writer, item, latest), this.#behind(writer, item, view)];
      const isIdle = (before: Value, after: Value): boolean => isNoChange(own, living(before, writer.nowMs), after);
      if (isIdle(latest, onLatest) || isIdle(view, onView)) continue;
      chain.push({ values: sameVersion(onLatest, onView) ? [onLatest] : [onLatest, onView], writer, time: writer.end });
    }
  }

  /** What a writer leaves of an item that was `value`. */
  #behind(writer: Participant, item: ItemName, value: Value): Value {
    return valueBehind(writer.effects, item, (other) => (other === item ? value : this.seenBy(writer, other)), writer.nowMs);
  }

  /** The version of an item that a participant is to see. Its time is the reader's to judge. */
  seenBy(who: Participant, item: ItemName): Value {
    const chain = this.#chains.get(item);
    return chain === undefined ? null : chain[viewOf(chain, who)]!.values[0]!;
  }

  /** Whether a sight can be of this version, with the participant's own effects on top. */
  fits(sight: Sight, { values }: Version, own: readonly Effect[], who: Participant): boolean {
    const { item } = sight;
    return values.some((value) =>
      agrees(
        sight,
        valueBehind(own, item, (other) => (other === item ? value : this.seenBy(who, other)), who.nowMs),
      ),
    );
  }

  chains(): Iterable<readonly [ItemName, readonly Version[]]> {
    return this.#chains;
  }

  /** Requires: somebody wrote or read the item, or the history began with it. */
  chain(item: ItemName): readonly Version[] {
    return this.#chains.get(item)!;
  }

  itemsOf(space: Space): readonly ItemName[] {
    return this.#spaces.get(space) ?? [];
  }
}

/** The position of the version that a participant is to see. */
export function viewOf(chain: readonly Version[], { begin }: Participant): number {
  return chain.findLastIndex(({ time }) => time < begin);
}

/** What is wrong with a sight that fits no version. */
export function explainValue(
  sight: Sight,
  look: Look,
  who: Participant,
  participants: readonly Participant[],
): { readonly name: string; readonly message: string } {
  const log = sight.kind === "log" ? sight.log : sight.kind === "value" ? (sight.value?.log ?? []) : [];
  const isRead = sight.kind === "value" || sight.kind === "log";
  const isAbsent = sight.kind === "value" && sight.value === null;
  const shown = isRead
    ? `read ${sight.item} as ${isAbsent ? "absent" : `[${log.join(" ")}]`}`
    : `met ${sight.item} (${JSON.stringify(sight)})`;
  const own = look.own.filter(({ item }) => item === sight.item);
  const missing = own.filter(({ change }) => change.kind === "append" && !log.includes(change.tag));
  if (own.length > 0 && (!isRead || missing.length > 0)) return { name: "internal", message: `${shown}, without its own writes` };
  for (const other of participants) {
    if (other === who) continue;
    const isOf = ({ item, change }: Effect): boolean => item === sight.item && tagOf(change).some((tag) => log.includes(tag));
    if (other.undone.some(isOf)) return { name: "G1a", message: `${shown}, which was taken back by ROLLBACK TO` };
    if (!other.effects.some(isOf)) continue;
    if (other.state !== "committed") return { name: "G1a", message: `${shown}, which was never committed` };
    if (other.effects.some(({ item, change }) => item === sight.item && tagOf(change).some((tag) => !log.includes(tag)))) {
      return { name: "G1b", message: `${shown}, which is half of what was committed` };
    }
  }
  return { name: "value", message: `${shown}, which nobody left there` };
}

function tagOf(change: Effect["change"]): readonly number[] {
  return change.kind === "append" ? [change.tag] : change.kind === "put" ? change.value.log : [];
}
