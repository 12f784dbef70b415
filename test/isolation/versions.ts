/**
 * The versions of each item, in the order in which their writers committed, and which of them a sight can mean.
 *
 * Version 0 is what the history began with. A later one has the value that its writer's effects make of the version before;
 * and, if that is another, the value that they make of the version which the writer saw: an engine that has lost an update
 * may show either, and the lost update is found by its cycle.
 */
import type { Contents } from "./client.ts";
import {
  agrees,
  type Effect,
  type ItemName,
  isNoChange,
  type Sight,
  type Space,
  sameValue,
  sightsOf,
  spaceOf,
  type Value,
} from "./operation.ts";
import { type Look, type Participant, withEffects } from "./participants.ts";

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
      if ([chain.length - 1, viewOf(chain, writer)].some((index) => isNoChange(own, chain[index]!.values[0]!))) continue;
      const onLatest = withEffects(writer.effects, item, chain.at(-1)!.values[0]!);
      const onView = withEffects(writer.effects, item, chain[viewOf(chain, writer)]!.values[0]!);
      chain.push({ values: sameValue(onLatest, onView) ? [onLatest] : [onLatest, onView], writer, time: writer.end });
    }
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

/** Whether a sight can be of this version, with the participant's own effects on top. */
export function fits(sight: Sight, version: Version, own: readonly Effect[]): boolean {
  return version.values.some((value) => agrees(sight, withEffects(own, sight.item, value)));
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
