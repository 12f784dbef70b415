/**
 * The reference: a multi-version store of items with the two isolation levels, exactly by the rules of rules.ts, each of which
 * can be dropped. It is small enough to be compared with the papers by reading it, and takes no care of speed.
 *
 * 1. Time is a counter of commits. A transaction reads the versions that were committed when it began (`view`), and its own
 *    writes. An autocommit unit reads the latest versions and commits at once; it never aborts.
 * 2. Both levels: the first committer wins on written items (with units as committers).
 * 3. `serializable`: reads leave marks on items and conditions. An rw-antidependency reader → writer is noted by the writer,
 *    when it commits and finds the mark of a concurrent reader, or by the reader, when it meets a version newer than its view.
 *    In Tin → Tpivot → Tout, where Tout was the first of the three to commit, the pivot aborts at its COMMIT, or Tin does
 *    when the pivot has committed already. Tin and Tout may be one transaction.
 * 4. A unit leaves marks when it reads two items or more, or reads one and writes another, while a serializable transaction
 *    that may write is active: only such a one could become a pivot behind it.
 * 5. Deadlines are judged by the time of BEGIN. What expires is written by nobody: who began before its deadline may have it.
 * 6. What has committed is remembered while a transaction is active that began before that commit.
 *
 * Source: Cahill, Röhm & Fekete, "Serializable Isolation for Snapshot Databases" (2008), with the order of commits of Ports &
 * Grittner, "Serializable Snapshot Isolation in PostgreSQL" (2012), 3.3.1. Ours: units, and that everything is validated at
 * COMMIT.
 */
import { isKeyOperation } from "./key-operation.ts";
import {
  type Effect,
  effectsOf,
  type ItemName,
  isPresent,
  matches,
  type Operation,
  type Outcome,
  observe,
  type Predicate,
  type State,
  sightsOf,
  spaceOf,
  type Value,
  valueBehind,
  walksOf,
} from "./operation.ts";
import type { Rules } from "./rules.ts";

export type Level = "snapshot" | "serializable";

interface Version {
  readonly value: Value;
  readonly time: number;
  readonly writer: Participant | undefined;
}

interface PredicateMark {
  readonly predicate: Predicate;
  /** Only which items fulfil it was seen, not their values. */
  readonly membership: boolean;
}

/** A transaction or an autocommit unit. */
interface Participant {
  readonly view: number;
  readonly nowMs: number;
  readonly level: Level;
  readonly readOnly: boolean;
  commit: number | undefined;
  isOver: boolean;
  marks: Set<ItemName>;
  predicates: PredicateMark[];
  /** Other ends of rw-antidependencies; those that have aborted are skipped. */
  readers: Set<Participant>;
  writers: Set<Participant>;
  /** Effects in their order, savepoints among them being lengths of it. */
  effects: Effect[];
  /** Nodes that it has tied a relationship to. */
  tied: Set<ItemName>;
}

interface Savepoint {
  readonly name: string;
  readonly effects: number;
  readonly marks: ReadonlySet<ItemName>;
  readonly predicates: number;
  readonly writers: ReadonlySet<Participant>;
}

export class ModelDatabase {
  readonly rules: Rules;
  readonly #versions = new Map<ItemName, Version[]>();
  /** Counts commits. */
  #now = 0;
  #clockMs = 0;
  /** Active ones, and committed ones that an active one is concurrent with. */
  #participants = new Set<Participant>();
  /** When a relationship was last tied to a node. */
  readonly #ties = new Map<ItemName, number>();
  /** What a commit that does not appear as a whole still has to publish. */
  #rest: { readonly writer: Participant; readonly values: readonly (readonly [ItemName, Value])[] } | undefined;

  constructor(rules: Rules) {
    this.rules = rules;
  }

  /** Gives items their first values. */
  fill(contents: Iterable<readonly [ItemName, Value]>): void {
    for (const [item, value] of contents) this.#versions.set(item, [{ value, time: 0, writer: undefined }]);
  }

  /** Lets time go on. */
  pass(durationMs: number): void {
    this.#clockMs += durationMs;
  }

  begin(level: Level, readOnly = false): ModelTransaction {
    const participant = this.#participant(level, readOnly);
    this.#participants.add(participant);
    this.#publishRest();
    return new ModelTransaction(this, participant);
  }

  /** Runs operations as one autocommit unit. */
  unit(operations: readonly Operation[]): Outcome[] {
    const unit = this.#participant("serializable", false);
    const outcomes = operations.map((operation) => this.execute(unit, operation));
    const written = new Set(unit.effects.map(({ item }) => item));
    const isMixed =
      unit.predicates.length > 0 || unit.marks.size > 1 || [...unit.marks].some((item) => [...written].some((w) => w !== item));
    const isWatched = [...this.#participants].some((other) => !other.isOver && other.level === "serializable" && !other.readOnly);
    if (!(this.rules.unitMarks && isMixed && isWatched)) {
      unit.marks.clear();
      unit.predicates.length = 0;
    }
    if (this.rules.unitWrites) this.#meetReaders(unit);
    this.#participants.add(unit);
    this.#publish(unit);
    this.#publishRest();
    if (!this.rules.wipedViews && operations.some(({ kind }) => kind === "wipe")) for (const item of written) this.#versions.delete(item);
    return outcomes;
  }

  #participant(level: Level, readOnly: boolean): Participant {
    return {
      view: this.#now,
      nowMs: this.#clockMs,
      level,
      readOnly,
      commit: undefined,
      isOver: false,
      marks: new Set(),
      predicates: [],
      readers: new Set(),
      writers: new Set(),
      effects: [],
      tied: new Set(),
    };
  }

  /** The operation's outcome; its effects are kept with the participant. */
  execute(participant: Participant, operation: Operation): Outcome {
    const state = this.#stateOf(participant);
    const outcome = observe(operation, state);
    if (participant.level === "serializable" && (this.rules.sourceMarks || !isKeyOperation(operation))) {
      this.#mark(participant, operation, outcome);
    }
    participant.effects.push(...effectsOf(operation, outcome));
    if (operation.kind === "link" && outcome.kind === "done") for (const end of [operation.from, operation.to]) participant.tied.add(end);
    return outcome;
  }

  #stateOf(participant: Participant): State {
    const own = this.rules.ownWrites ? participant.effects : [];
    const nowMs = this.rules.viewTime ? participant.nowMs : this.#clockMs;
    const items = new Set([...this.#versions.keys(), ...participant.effects.map(({ item }) => item)]);
    const base = (item: ItemName): Value => {
      const value = this.#committed(item, participant);
      return this.rules.privateWrites ? value : this.#uncommitted(item, participant, value);
    };
    return { items: () => items, value: (item) => valueBehind(own, item, base, nowMs), nowMs };
  }

  #committed(item: ItemName, { view }: Participant): Value {
    const limit = this.rules.readView ? view : Number.POSITIVE_INFINITY;
    return this.#versions.get(item)?.findLast(({ time }) => time <= limit)?.value ?? null;
  }

  #uncommitted(item: ItemName, reader: Participant, committed: Value): Value {
    let value = committed;
    for (const other of this.#participants) {
      if (other === reader || other.isOver) continue;
      const base = (name: ItemName): Value => (name === item ? value : this.#committed(name, other));
      value = valueBehind(other.effects, item, base, other.nowMs);
    }
    return value;
  }

  #mark(reader: Participant, operation: Operation, outcome: Outcome): void {
    const own = new Set(reader.effects.map(({ item }) => item));
    for (const { item, isAbsent } of markedItems(operation, outcome)) {
      if (own.has(item) || !this.rules.itemMarks || (isAbsent && !this.rules.absentMarks)) continue;
      reader.marks.add(item);
      if (this.rules.readSide) this.#meetWriters(reader, item, () => true);
    }
    for (const mark of predicateMarks(operation)) {
      const isWalk = mark.predicate.kind === "outgoing" || mark.predicate.kind === "incoming";
      if (!(isWalk ? this.rules.walkMarks : this.rules.predicateMarks)) continue;
      reader.predicates.push(mark);
      if (!this.rules.readSide) continue;
      for (const item of this.#versions.keys()) this.#meetWriters(reader, item, (before, after) => isHit(mark, item, before, after));
    }
  }

  /** Notes those whose versions of an item the reader does not see, as far as they concern it. */
  #meetWriters(reader: Participant, item: ItemName, concerns: (before: Value, after: Value) => boolean): void {
    const versions = this.#versions.get(item) ?? [];
    versions.forEach(({ time, value, writer }, index) => {
      if (time <= reader.view || writer === undefined) return;
      if (concerns(versions[index - 1]?.value ?? null, value)) addConflict(reader, writer);
    });
  }

  /** Notes those concurrent ones who have read what the writer writes. */
  #meetReaders(writer: Participant): void {
    const values = this.#finalValues(writer);
    for (const reader of this.#participants) {
      if (reader === writer || (reader.commit !== undefined && reader.commit <= writer.view)) continue;
      const isMet = values.some(([item, after]) => {
        const before = this.#versions.get(item)?.at(-1)?.value ?? null;
        return reader.marks.has(item) || reader.predicates.some((mark) => isHit(mark, item, before, after));
      });
      if (isMet) addConflict(reader, writer);
    }
  }

  /** The values that a participant's effects leave, on top of what it sees. */
  #finalValues(writer: Participant): (readonly [ItemName, Value])[] {
    const { effects, nowMs } = writer;
    const last = (item: ItemName): number => effects.findLastIndex((effect) => effect.item === item);
    return [...new Set(effects.map(({ item }) => item))].map((item) => {
      const seen = this.rules.ownWrites ? effects : [effects[last(item)]!];
      const source = this.rules.copiedValues ? writer : { ...writer, view: this.#now };
      const base = (name: ItemName): Value => this.#committed(name, name === item ? writer : source);
      return [item, valueBehind(seen, item, base, nowMs)];
    });
  }

  /** Whether it could commit. */
  commit(participant: Participant): boolean {
    if (this.rules.firstCommitterWins && this.#isLate(participant)) return this.abort(participant);
    if (this.rules.nodeRemoval && this.#dangles(participant)) return this.abort(participant);
    if (this.rules.writeSide) this.#meetReaders(participant);
    if (participant.level === "serializable" && this.#isVictim(participant)) return this.abort(participant);
    this.#publish(participant);
    return true;
  }

  #isLate(participant: Participant): boolean {
    return participant.effects.some(({ item, change }) => {
      if (change.kind === "copy" && !this.rules.copyTargets) return false;
      if (spaceOf(item) === "claim" && !this.rules.uniqueKeys) return false;
      return (this.#versions.get(item)?.at(-1)?.time ?? 0) > participant.view;
    });
  }

  /** Whether a relationship would be left without a node. */
  #dangles(participant: Participant): boolean {
    const { view, effects, tied } = participant;
    const isTied = effects.some(({ item, change }) => change.kind === "remove" && (this.#ties.get(item) ?? 0) > view);
    return isTied || [...tied].some((node) => (this.#versions.get(node)?.at(-1)?.value ?? null) === null);
  }

  #isVictim(participant: Participant): boolean {
    const isFirst = (out: Participant, other: Participant): boolean =>
      other === out || other.commit === undefined || out.commit! < other.commit;
    const { victimPivot, victimIn } = this.rules;
    const outs = [...participant.writers].filter(({ commit }) => commit !== undefined);
    if (victimPivot && outs.some((out) => [...participant.readers].some((reader) => isAlive(reader) && isFirst(out, reader)))) return true;
    return victimIn && outs.some((pivot) => [...pivot.writers].some((out) => out.commit !== undefined && out.commit < pivot.commit!));
  }

  /** Always false, for commit. */
  abort(participant: Participant): false {
    participant.isOver = true;
    if (!this.rules.rollback) this.#install(participant, this.#finalValues(participant));
    this.#participants.delete(participant);
    this.#forget();
    return false;
  }

  #publish(participant: Participant): void {
    const values = this.#finalValues(participant);
    const half = this.rules.wholeCommit ? values.length : Math.ceil(values.length / 2);
    this.#install(participant, values.slice(0, half));
    if (half < values.length) {
      this.#publishRest();
      this.#rest = { writer: participant, values: values.slice(half) };
    }
    participant.commit = this.#now;
    participant.isOver = true;
    for (const node of participant.tied) this.#ties.set(node, this.#now);
    if (!this.rules.marksOutlive) this.#participants.delete(participant);
    this.#forget();
  }

  #publishRest(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) this.#install(rest.writer, rest.values);
  }

  #install(writer: Participant, values: readonly (readonly [ItemName, Value])[]): void {
    this.#now++;
    for (const [item, value] of values) {
      const versions = this.#versions.get(item) ?? [];
      this.#versions.set(item, versions);
      versions.push({ value, time: this.#now, writer });
    }
  }

  /** Forgets who is concurrent with nobody any more. */
  #forget(): void {
    let oldest = Number.POSITIVE_INFINITY;
    for (const { isOver, view } of this.#participants) if (!isOver) oldest = Math.min(oldest, view);
    for (const participant of this.#participants) {
      if (participant.commit !== undefined && participant.commit <= oldest) this.#participants.delete(participant);
    }
  }
}

export class ModelTransaction {
  readonly #database: ModelDatabase;
  readonly #participant: Participant;
  #savepoints: Savepoint[] = [];

  constructor(database: ModelDatabase, participant: Participant) {
    this.#database = database;
    this.#participant = participant;
  }

  execute(operation: Operation): Outcome {
    return this.#database.execute(this.#participant, operation);
  }

  commit(): boolean {
    return this.#database.commit(this.#participant);
  }

  rollback(): void {
    this.#database.abort(this.#participant);
  }

  savepoint(name: string): void {
    const { effects, marks, predicates, writers } = this.#participant;
    this.#savepoints.push({
      name,
      effects: effects.length,
      marks: new Set(marks),
      predicates: predicates.length,
      writers: new Set(writers),
    });
  }

  /** Requires: there is such a savepoint. It stays; those behind it go. */
  rollbackTo(name: string): void {
    const position = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
    const savepoint = this.#savepoints[position]!;
    this.#savepoints.length = position + 1;
    const participant = this.#participant;
    const { rules } = this.#database;
    if (rules.savepointUndo) participant.effects.length = savepoint.effects;
    if (rules.savepointMarks) return;
    participant.marks = new Set(savepoint.marks);
    participant.predicates.length = savepoint.predicates;
    participant.writers = new Set(savepoint.writers);
  }

  /** Requires: there is such a savepoint. */
  release(name: string): void {
    this.#savepoints.length = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
  }
}

function addConflict(reader: Participant, writer: Participant): void {
  if (reader === writer) return;
  reader.writers.add(writer);
  writer.readers.add(reader);
}

function isAlive({ isOver, commit }: Participant): boolean {
  return !isOver || commit !== undefined;
}

/** The items that an operation has asked for by name, or read in a scan. */
function markedItems(operation: Operation, outcome: Outcome): { item: ItemName; isAbsent: boolean }[] {
  const sights = operation.kind === "scan" ? sightsOf(outcome).filter(({ kind }) => kind === "value") : sightsOf(outcome);
  return sights.map((sight) => ({ item: sight.item, isAbsent: !isPresent(sight) }));
}

function predicateMarks(operation: Operation): PredicateMark[] {
  switch (operation.kind) {
    case "scan":
    case "sweep":
      return [{ predicate: operation.predicate, membership: false }];
    case "count":
      return [{ predicate: operation.predicate, membership: true }];
    case "remove":
      return spaceOf(operation.item) === "node" ? walksOf(operation.item).map((predicate) => ({ predicate, membership: true })) : [];
    default:
      return [];
  }
}

function isHit({ predicate, membership }: PredicateMark, item: ItemName, before: Value, after: Value): boolean {
  const was = matches(predicate, item, before);
  const is = matches(predicate, item, after);
  return membership ? was !== is : was || is;
}
