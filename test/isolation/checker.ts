/**
 * Judges a history by what its clients saw: were the transactions that committed isolated?
 *
 * 1. Commits happen one after the other, so the versions of an item stand in the order in which their writers committed. A
 *    version's value follows from the tags of its writers, and a value that was read tells its version (versions.ts).
 * 2. From versions follow the dependencies of Adya (1999): ww to the writer of the next version, wr to who read it, rw from
 *    who read it to the writer of the next one. A condition is read as if it looked at every item that was ever there:
 *    those that it missed were read as not fulfilling it, and what counts for them is who made them enter or leave.
 * 3. `serializable`: no cycle, anti-dependencies of snapshot transactions left out (mixed-level correctness, Adya 5.5). `snapshot`: none without two consecutive rw (Fekete et al. 2005, "Making Snapshot Isolation
 *    Serializable"). Cycles may run through time too (cycles.ts).
 * 4. Besides: nobody, not even who aborts later, reads what was not committed, what was taken back or half of it; reads
 *    another state than that at its BEGIN; misses its own writes; finds a relationship without a node or two rows of one
 *    unique value.
 *
 * Where a value belongs to several versions (absent, a count) the one at BEGIN is meant if it fits: that is what rule 4 asks.
 *
 * Cost: O(participants · items) for conditions, else linear in what was read.
 */
import { type Cycle, type Edge, forbiddenCycle } from "./cycles.ts";
import type { History } from "./history.ts";
import { isKeyOperation, isToldByState, living, sourcesOf } from "./key-operation.ts";
import type { Level } from "./model.ts";
import {
  type ItemName,
  matches,
  observe,
  type Predicate,
  type Sight,
  type State,
  sightsOf,
  spaceOf,
  spaceOfPredicate,
  valueBehind,
  walksOf,
} from "./operation.ts";
import { type Look, type Participant, participantsOf } from "./participants.ts";
import { explainValue, type Version, VersionStore, viewOf } from "./versions.ts";

export interface Finding {
  /** The phenomenon: a name of cycles.ts, G1a, G1b, internal, value, view, dangling, duplicate; `error` for an answer out of order. */
  readonly name: string;
  readonly message: string;
  /** Who is part of it, by number. */
  readonly participants: readonly number[];
}

export interface Judgement {
  readonly participants: readonly Participant[];
  readonly findings: readonly Finding[];
}

/** The names of the participants, as findings and prints show them: T for transactions, U for units. */
export function nameOf({ number, isUnit }: Participant): string {
  return `${isUnit ? "U" : "T"}${number}`;
}

/** Judges a history whose serializable transactions are to be serializable if all are (`level`). */
export function judge(history: History, level: Level): Judgement {
  const participants = participantsOf(history);
  return { participants, findings: new Judge(history, participants, level).findings() };
}

/** Which of a chain's versions a look is about: from the one that made it so, and before the one that changed it. */
interface Span {
  readonly first: number;
  readonly last: number;
}

class Judge {
  readonly #participants: readonly Participant[];
  readonly #level: Level;
  readonly #store: VersionStore;
  readonly #findings: Finding[] = [];
  readonly #edges: Edge[] = [];
  readonly #eventCount: number;

  constructor(history: History, participants: readonly Participant[], level: Level) {
    this.#participants = participants;
    this.#level = level;
    this.#store = new VersionStore(history.contents, participants);
    this.#eventCount = history.events.length;
  }

  findings(): Finding[] {
    for (const participant of this.#participants) for (const look of participant.looks) this.#judgeLook(participant, look);
    this.#judgeStates();
    this.#addWriteDependencies();
    this.#addTime();
    const cycle = this.#cycle();
    if (cycle !== undefined) {
      const about = cycle.edges.filter(({ kind }) => kind !== "time");
      this.#findings.unshift({
        name: cycle.name,
        message: about.map((edge) => `${this.#name(edge.from)} -${edge.kind}-> ${this.#name(edge.to)}: ${edge.reason}`).join("\n"),
        participants: [...new Set(cycle.edges.flatMap(({ from, to }) => [from, to]))].filter((node) => node < this.#participants.length),
      });
    }
    return this.#findings;
  }

  /** What no level permits; and at `serializable` what those permit who have asked for less: their anti-dependencies do not count. */
  #cycle(): Cycle | undefined {
    const nodes = this.#participants.length + this.#eventCount;
    const cycle = forbiddenCycle(this.#edges, nodes, "snapshot");
    if (cycle !== undefined || this.#level === "snapshot") return cycle;
    const counting = this.#edges.filter(({ kind, from }) => kind !== "rw" || this.#participants[from]!.level === "serializable");
    return forbiddenCycle(counting, nodes, "serializable");
  }

  #name(node: number): string {
    const participant = this.#participants[node];
    return participant === undefined ? "time" : nameOf(participant);
  }

  #find(name: string, who: Participant, message: string): void {
    this.#findings.push({ name, message: `${nameOf(who)} ${message}`, participants: [who.number] });
  }

  #judgeLook(who: Participant, look: Look): void {
    const { outcome } = look;
    if (outcome.kind === "failed") this.#find("error", who, `was answered: ${outcome.message}`);
    const named = new Set<ItemName>();
    for (const sight of sightsOf(outcome)) {
      if (named.has(sight.item)) this.#find("duplicate", who, `found ${sight.item} twice`);
      named.add(sight.item);
      this.#judgeSight(who, look, sight);
    }
    if (isToldByState(look.operation)) this.#judgeByState(who, look);
    if (outcome.kind !== "done") return;
    for (const predicate of outcome.others) {
      for (const item of this.#store.itemsOf(spaceOfPredicate(predicate))) {
        if (!named.has(item)) this.#judgeSight(who, look, { item, kind: "outside", predicate });
      }
    }
    if (look.operation.kind === "count") this.#judgeCount(who, look, look.operation.predicate, outcome.count);
  }

  /** An answer that does not say what was read is compared with that of the state at BEGIN, which says it. */
  #judgeByState(who: Participant, look: Look): void {
    const { operation, outcome, own } = look;
    if (outcome.kind !== "done" && outcome.kind !== "refused") return;
    const state: State = {
      items: () => [],
      value: (item) => valueBehind(own, item, (other) => this.#store.seenBy(who, other), who.nowMs),
      nowMs: who.nowMs,
    };
    const expected = observe(operation, state);
    if (expected.kind === outcome.kind && expected.count === outcome.count) {
      for (const sight of sightsOf(expected)) this.#judgeSight(who, look, sight);
      return;
    }
    const told = (one: typeof expected): string => `${one.kind}${one.kind === "done" || one.kind === "refused" ? ` (${one.count})` : ""}`;
    this.#find("view", who, `was answered ${told(outcome)} instead of ${told(expected)} to ${JSON.stringify(operation)}`);
  }

  #judgeSight(who: Participant, look: Look, sight: Sight): void {
    const chain = this.#store.chain(sight.item);
    const own = look.own.filter(({ item }) => item === sight.item);
    // What its own effects copy is of other items.
    const all = own.some(({ change }) => change.kind === "copy") ? look.own : own;
    const candidates = chain.flatMap((version, index) => (this.#store.fits(sight, version, all, who) ? [index] : []));
    const view = viewOf(chain, who);
    if (candidates.length === 0) {
      const { name, message } = explainValue(sight, look, who, this.#participants);
      this.#find(name, who, message);
      return;
    }
    // What the participant itself has put there tells nothing of what was there before.
    if (own.some(({ change }) => change.kind !== "append")) return;
    const earlier = candidates.filter((index) => chain[index]!.time < look.event);
    const chosen = candidates.includes(view) ? view : (earlier.at(-1) ?? candidates[0]!);
    if (chosen !== view)
      this.#find("view", who, `read ${sight.item} as it was not at its beginning, but after ${this.#writerName(chain[chosen]!)}`);
    this.#addReads(who, sight.item, this.#spanOf(chain, chosen, sight, who), describe(sight));
  }

  #spanOf(chain: readonly Version[], index: number, sight: Sight, who: Participant): Span {
    // A list that was popped from may be as long as before.
    const isExact = sight.kind === "value" || sight.kind === "log" || (sight.kind === "length" && spaceOf(sight.item) !== "list");
    if (isExact) return { first: index, last: index };
    return spanWhere(chain, index, (version) => this.#store.fits(sight, version, [], who));
  }

  #writerName({ writer }: Version): string {
    return writer === undefined ? "the start" : nameOf(writer);
  }

  /** A count is compared with the state at BEGIN; if it is another, nobody knows which state it belongs to. */
  #judgeCount(who: Participant, look: Look, predicate: Predicate, count: number | undefined): void {
    const items = this.#store.itemsOf(spaceOfPredicate(predicate));
    let expected = 0;
    for (const item of items) {
      if (
        matches(
          predicate,
          item,
          valueBehind(look.own, item, (other) => this.#store.seenBy(who, other), who.nowMs),
        )
      )
        expected++;
    }
    if (count !== expected) {
      this.#find("view", who, `counted ${count} instead of ${expected} where ${describePredicate(predicate)}`);
      return;
    }
    for (const item of items) {
      if (look.own.some((effect) => effect.item === item)) continue;
      const chain = this.#store.chain(item);
      const view = viewOf(chain, who);
      const holds = ({ values }: Version): boolean => matches(predicate, item, living(values[0]!, who.nowMs));
      const isInside = holds(chain[view]!);
      const span = spanWhere(chain, view, (version) => holds(version) === isInside);
      this.#addReads(who, item, span, `counted where ${describePredicate(predicate)}, ${item} ${isInside ? "among them" : "not"}`);
    }
  }

  #addReads(who: Participant, item: ItemName, { first, last }: Span, what: string): void {
    if (who.state !== "committed") return;
    const chain = this.#store.chain(item);
    const { writer } = chain[first]!;
    if (writer !== undefined && writer !== who) this.#addEdge(writer, who, "wr", `${nameOf(who)} ${what}, by ${nameOf(writer)}`);
    const next = chain[last + 1]?.writer;
    if (next !== undefined && next !== who) this.#addEdge(who, next, "rw", `${nameOf(who)} ${what}, before ${nameOf(next)} changed it`);
  }

  #addEdge(from: Participant, to: Participant, kind: Edge["kind"], reason: string): void {
    this.#edges.push({ from: from.number, to: to.number, kind, reason });
  }

  #addWriteDependencies(): void {
    for (const [item, chain] of this.#store.chains()) {
      for (let index = 2; index < chain.length; index++) {
        const [one, other] = [chain[index - 1]!.writer!, chain[index]!.writer!];
        this.#addEdge(one, other, "ww", `${nameOf(other)} wrote ${item} after ${nameOf(one)}`);
      }
    }
  }

  /** Nodes behind the participants stand for moments: who has ended leads to its moment, and a moment to who begins later. */
  #addTime(): void {
    const base = this.#participants.length;
    const add = (from: number, to: number, isLoose = false): number => this.#edges.push({ from, to, kind: "time", reason: "", isLoose });
    for (let moment = 1; moment < this.#eventCount; moment++) add(base + moment - 1, base + moment);
    for (const participant of this.#participants) {
      const { number, begin, end, state } = participant;
      if (state !== "committed") continue;
      add(number, base + end);
      if (begin > 0) add(base + begin - 1, number, isGlance(participant));
    }
  }

  /** After each commit: relationships have both nodes. */
  #judgeStates(): void {
    for (const link of this.#store.itemsOf("link")) {
      for (const version of this.#store.chain(link)) {
        const value = version.values[0]!;
        if (value === null || version.writer === undefined) continue;
        for (const end of [value.from!, value.to!]) {
          const chain = this.#store.chain(end);
          const there = chain.findLast(({ time }) => time <= version.time)!;
          if (there.values[0] === null)
            this.#find("dangling", version.writer, `tied ${link} to ${end}, which was removed by ${this.#writerName(there)}`);
        }
      }
    }
    for (const node of this.#store.itemsOf("node")) {
      for (const { values, writer, time } of this.#store.chain(node)) {
        if (values[0] !== null || writer === undefined) continue;
        const left = this.#store.itemsOf("link").filter((link) => {
          const value = this.#store.chain(link).findLast((version) => version.time <= time)!.values[0]!;
          return walksOf(node).some((walk) => matches(walk, link, value));
        });
        if (left.length > 0) this.#find("dangling", writer, `removed ${node} and left ${left.join(", ")}`);
      }
    }
  }
}

/** An autocommit unit that reads one item and writes no other. A range of one number is an item. */
function isGlance({ isUnit, looks, effects }: Participant): boolean {
  if (!isUnit) return false;
  const items = new Set(effects.map(({ item }) => item));
  for (const { operation, outcome } of looks) {
    for (const { item } of sightsOf(outcome)) items.add(item);
    if (operation.kind === "read") for (const item of operation.items) items.add(item);
    // Where there is nothing to copy nobody looks where to.
    if (isKeyOperation(operation)) for (const item of sourcesOf(operation)) items.add(item);
    if (!("predicate" in operation)) continue;
    const { predicate } = operation;
    if (predicate.kind !== "range" || predicate.low !== predicate.high) return false;
    items.add(`${predicate.space}:${predicate.low}`);
  }
  return items.size <= 1;
}

/** The versions around one of which the same can be said. */
function spanWhere(chain: readonly Version[], index: number, holds: (version: Version) => boolean): Span {
  let first = index;
  while (first > 0 && holds(chain[first - 1]!)) first--;
  let last = index;
  while (last + 1 < chain.length && holds(chain[last + 1]!)) last++;
  return { first, last };
}

function describe(sight: Sight): string {
  switch (sight.kind) {
    case "value":
      return `read ${sight.item} = ${sight.value === null ? "nothing" : `[${sight.value.log.join(" ")}]`}`;
    case "log":
      return `read ${sight.item} = [${sight.log.join(" ")}]`;
    case "length":
      return `met ${sight.item} ${sight.length === undefined ? "absent" : `with ${sight.length} tags`}`;
    case "head":
      return `popped ${sight.head === undefined ? "nothing" : `[${sight.head}]`} from ${sight.item}`;
    case "presence":
      return `met ${sight.item} ${sight.present ? "present" : "absent"}`;
    case "tag":
      return `met ${sight.item} ${sight.isThere ? "with" : "without"} [${sight.tag}]`;
    case "deadline":
      return `met ${sight.item} ${sight.deadline === undefined ? "absent" : `with the deadline ${sight.deadline}`}`;
    case "outside":
      return `did not find ${sight.item} where ${describePredicate(sight.predicate)}`;
  }
}

export function describePredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case "all":
      return `any ${predicate.space}`;
    case "group":
      return `${predicate.space} in group ${predicate.group}`;
    case "range":
      return `${predicate.space} from ${predicate.low} to ${predicate.high}`;
    case "outgoing":
      return `links from ${predicate.node}`;
    case "incoming":
      return `links to ${predicate.node}`;
  }
}
