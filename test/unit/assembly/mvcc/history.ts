/**
 * Random histories of transactions and units on a few elements, run on a plain multi-version store that asks the conflict detector who may
 * commit, and the check whether what was admitted is serializable.
 *
 * Elements 0 .. ITEMS-1 are items by themselves; half of them belong to one set, the rest to another, which are read as wholes and
 * touched in parts. The other elements are keys of one space, read by ranges. A version of an element is the number of the
 * participant that wrote it, so the dependency graph (Adya 1999) follows from what was read: version order, who read which version, and
 * who made the next one. A cycle among those that committed is a history that is not serializable.
 *
 * A snapshot transaction takes part with what it writes; what it reads makes no edge to who overwrites it, since it asked for
 * nothing better (the mixed graph of Adya, section 5.5).
 */
import type { RandomInput } from "../bytes/random-input.ts";
import { type Actor, ADMITTED, EXCLUSIVE, LOST, type Ssi, TOUCH, type Transaction } from "./ssi-module.ts";

const ITEMS = 4;
const KEYS = "bdfh";
const ELEMENTS = ITEMS + KEYS.length;
const BOUNDS = "abcdefghi";
const SPACE = 9;
const SETS = [100, 101] as const;
const NOBODY = -1;

type Step =
  | { readonly kind: "read"; readonly element: number }
  | { readonly kind: "write"; readonly element: number }
  | { readonly kind: "set"; readonly set: number }
  /** Takes back what it has written, but for the first `kept` elements, as going back to a savepoint does. */
  | { readonly kind: "back"; readonly kept: number }
  | { readonly kind: "range"; readonly from: string; readonly to: string };

interface Party {
  readonly number: number;
  readonly kind: "serializable" | "snapshot" | "unit";
  readonly isReadOnly: boolean;
  readonly steps: readonly Step[];
  readonly transaction: Transaction | undefined;
  /** How long the versions of all elements were when it began. */
  readonly view: readonly number[];
  readonly reads: Map<number, number>;
  readonly writes: Set<number>;
  next: number;
  state: "active" | "committed" | "refused";
}

/** What is left in and out of a history. */
export interface HistoryOptions {
  readonly hasUnits: boolean;
  readonly hasSnapshots: boolean;
  readonly parties: number;
  /** How many elements of each sort are used: few make conflicts likely. */
  readonly spread: number;
  /** One in how many steps begins another party while there are parties to begin. */
  readonly pause: number;
  /** What to do before each step: limits and rules may be changed under way. */
  readonly before?: (ssi: Ssi) => void;
}

export interface HistoryResult {
  readonly isSerializable: boolean;
  readonly committed: number;
  readonly lost: number;
  /** Refused by the rules of serializability, and of those the ones without which there would have been no cycle then. */
  readonly refused: number;
  readonly needless: number;
  readonly text: string;
}

function element(number: number): string {
  return number < ITEMS ? `x${number}` : (KEYS[number - ITEMS] ?? "");
}

function setOf(number: number): number {
  return number < ITEMS / 2 ? 0 : 1;
}

function randomElement(random: RandomInput, spread: number): number {
  return random.below(2) * ITEMS + random.below(Math.min(spread, ITEMS));
}

function randomStep(random: RandomInput, isReadOnly: boolean, spread: number): Step {
  const choice = random.below(isReadOnly ? 6 : 11);
  if (choice === 10) return { kind: "back", kept: random.below(3) };
  if (choice >= 6) return { kind: "write", element: randomElement(random, spread) };
  if (choice < 3) return { kind: "read", element: randomElement(random, spread) };
  if (choice === 3) return { kind: "set", set: random.below(2) };
  const from = random.below(BOUNDS.length);
  const to = random.below(BOUNDS.length);
  return { kind: "range", from: BOUNDS[Math.min(from, to)] as string, to: BOUNDS[Math.max(from, to)] as string };
}

/** Elements that a step reads. */
function readBy(step: Step): number[] {
  if (step.kind === "read") return [step.element];
  if (step.kind === "set") return Array.from({ length: ITEMS }, (_, index) => index).filter((index) => setOf(index) === step.set);
  if (step.kind === "write" || step.kind === "back") return [];
  return Array.from(KEYS, (key, index) => (key >= step.from && key < step.to ? ITEMS + index : NOBODY)).filter((at) => at !== NOBODY);
}

function tell(actor: Actor, step: Exclude<Step, { kind: "back" }>): void {
  if (step.kind === "set") actor.readMany(SETS[step.set] ?? 0);
  else if (step.kind === "range") actor.readRange(SPACE, step.from, step.to);
  else if (step.kind === "read") {
    if (step.element < ITEMS) actor.read(step.element);
    else actor.readRange(SPACE, element(step.element), element(step.element), 0);
  } else if (step.element < ITEMS) {
    actor.write(step.element, EXCLUSIVE);
    actor.write(SETS[setOf(step.element)] ?? 0, TOUCH);
  } else actor.writeKey(SPACE, element(step.element));
}

/** A history under way. */
interface Run {
  readonly ssi: Ssi;
  readonly random: RandomInput;
  readonly options: HistoryOptions;
  /** Who wrote each element, in order. */
  readonly versions: readonly number[][];
  readonly parties: Party[];
  readonly text: string[];
  readonly counts: { lost: number; refused: number; needless: number };
  begun: number;
}

/** Runs one history to its end; nobody is active afterwards. */
export function runHistory(ssi: Ssi, random: RandomInput, options: HistoryOptions): HistoryResult {
  const versions = Array.from({ length: ELEMENTS }, () => [NOBODY]);
  const run: Run = { ssi, random, options, versions, parties: [], text: [], counts: { lost: 0, refused: 0, needless: 0 }, begun: 0 };
  const { parties, text, counts } = run;
  while (true) {
    options.before?.(ssi);
    const running = parties.filter(({ state }) => state === "active");
    const isMore = run.begun < options.parties;
    if (!isMore && running.length === 0) break;
    if (running.length === 0 || (isMore && random.below(options.pause) === 0)) {
      begin(run);
      continue;
    }
    const party = random.pick(running);
    const step = party.steps[party.next++];
    if (step?.kind === "back") {
      takeBack(run, party, step.kept);
      continue;
    }
    if (step !== undefined && party.transaction !== undefined) take(run, party, party.transaction, step);
    else finish(run, party);
  }
  const committed = parties.filter(({ state }) => state === "committed").length;
  return { isSerializable: !hasCycle(parties, versions, undefined), committed, ...counts, text: text.join(" ") };
}

/** Begins a party; a unit is committed at once. Without memory a transaction does not begin. */
function begin(run: Run): void {
  const { ssi, random, options, versions, parties, text } = run;
  const number = run.begun++;
  const choice = random.below(10);
  const isSnapshot = options.hasSnapshots && choice < 2;
  const isUnit = options.hasUnits && choice >= 5;
  const isReadOnly = random.below(5) === 0;
  const length = isUnit ? random.below(4) : 1 + random.below(4);
  const steps = Array.from({ length }, () => randomStep(random, isReadOnly, options.spread));
  const transaction = isUnit ? undefined : ssi.begin(!isSnapshot, isReadOnly);
  if (!isUnit && transaction === undefined) return;
  const kind = isUnit ? "unit" : isSnapshot ? "snapshot" : "serializable";
  const view = versions.map((list) => list.length);
  const party: Party = {
    number,
    kind,
    isReadOnly,
    steps,
    transaction,
    view,
    reads: new Map(),
    writes: new Set(),
    next: 0,
    state: "active",
  };
  parties.push(party);
  text.push(`${number}:${kind}${isReadOnly ? ":ro" : ""}`);
  if (!isUnit) return;
  if (random.below(20) === 0) {
    ssi.writeAll();
    for (let at = 0; at < ELEMENTS; at++) party.writes.add(at);
    text.push(`w${number}[all]`);
  } else {
    ssi.unit((unit) => {
      for (const step of steps) take(run, party, unit, step);
    });
  }
  publish(run, party);
}

/** A transaction takes back what it has written behind the first elements; a unit cannot. */
function takeBack({ text }: Run, { number, transaction, writes }: Party, kept: number): void {
  if (transaction === undefined || !transaction.isActive()) return;
  const rest = [...writes].slice(0, kept);
  transaction.forgetWrites();
  writes.clear();
  for (const at of rest) {
    writes.add(at);
    tell(transaction, { kind: "write", element: at });
  }
  text.push(`b${number}[${rest.map(element).join()}]`);
}

function take({ versions, text }: Run, party: Party, actor: Actor, step: Step): void {
  if (step.kind === "back") return;
  tell(actor, step);
  for (const at of readBy(step)) if (!party.writes.has(at)) party.reads.set(at, versions[at]?.[(party.view[at] ?? 1) - 1] ?? NOBODY);
  if (step.kind === "write") party.writes.add(step.element);
  const what = step.kind === "set" ? `s${step.set}` : step.kind === "range" ? `${step.from}..${step.to}` : element(step.element);
  text.push(`${step.kind[0]}${party.number}[${what}]`);
}

function publish({ versions, text }: Run, party: Party): void {
  party.state = "committed";
  for (const at of party.writes) versions[at]?.push(party.number);
  text.push(`c${party.number}`);
}

/** Commits a transaction if the verdict admits it, or rolls it back; sometimes it is rolled back unasked. */
function finish(run: Run, party: Party): void {
  const { transaction } = party;
  if (transaction === undefined) return;
  const verdict = run.random.below(12) === 0 ? undefined : transaction.verdict();
  if (verdict === ADMITTED) {
    transaction.commit();
    publish(run, party);
    return;
  }
  transaction.abort();
  party.state = "refused";
  run.text.push(`a${party.number}${verdict === undefined ? "" : `(${verdict})`}`);
  if (verdict === LOST) run.counts.lost++;
  else if (verdict !== undefined) {
    run.counts.refused++;
    if (!hasCycle(run.parties, run.versions, party)) run.counts.needless++;
  }
}

/** Whether the dependencies of those that have committed, and of `extra` as if it committed now, have a cycle. */
function hasCycle(parties: readonly Party[], committed: readonly (readonly number[])[], extra: Party | undefined): boolean {
  const versions = committed.map((list, at) => (extra?.writes.has(at) ? [...list, extra.number] : list));
  const counted = parties.filter((party) => party.state === "committed" || party === extra);
  const edges = new Map<number, Set<number>>(counted.map(({ number }) => [number, new Set<number>()]));
  const link = (from: number | undefined, to: number | undefined): void => {
    if (from === undefined || to === undefined || from === to) return;
    if (edges.has(to)) edges.get(from)?.add(to);
  };
  for (const list of versions) for (let index = 1; index < list.length; index++) link(list[index - 1], list[index]);
  for (const { number, kind, reads } of counted) {
    for (const [at, version] of reads) {
      link(version, number);
      const list = versions[at] ?? [];
      if (kind !== "snapshot") link(number, list[list.indexOf(version) + 1]);
    }
  }
  return isCyclic(edges);
}

function isCyclic(edges: ReadonlyMap<number, ReadonlySet<number>>): boolean {
  const state = new Map<number, 1 | 2>();
  const visit = (at: number): boolean => {
    state.set(at, 1);
    for (const next of edges.get(at) ?? []) {
      const seen = state.get(next);
      if (seen === 1 || (seen === undefined && visit(next))) return true;
    }
    state.set(at, 2);
    return false;
  };
  return [...edges.keys()].some((at) => !state.has(at) && visit(at));
}
