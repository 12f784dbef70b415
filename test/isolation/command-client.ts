/**
 * A client that speaks the database's commands: what the library and a socket have in common. What differs is a `Door`: how
 * commands get in, and how a transaction is begun and ended there.
 *
 * 1. Tables and indexes are made once, when the client is made, and when they were emptied; `reset` only removes and makes items.
 * 2. A unit of several operations is MULTI ... EXEC.
 * 3. When a statement is answered with a conflict, the transaction is rolled back here: the plan's session is outside of it.
 * 4. Sessions are in database 0; what is about another one changes to it and back.
 * 5. Time is that of a clock which goes on when it is told to; without one nothing may expire while a history runs.
 * 6. Errors that no plan can expect are Errors: the run ends.
 */
import type { Client, Contents, Session } from "./client.ts";
import { CLEARINGS, creationOf, KEY_PATTERNS, keyRangeOf, outcomeOf, requestOf } from "./commands.ts";
import { DEFINITION_CLEARINGS, isAboutDefinitions, TABLES } from "./definition-commands.ts";
import { databaseOf, databaseOfItem } from "./key-commands.ts";
import type { Level } from "./model.ts";
import { type Operation, type Outcome, spaceOf } from "./operation.ts";
import { WireError, type WireReply, type Words } from "./wire.ts";

/** One session's way into a database. Error replies are values. */
export interface Door {
  call(words: Words): Promise<WireReply>;
  /** Keys with their values in order, between two or with a prefix; absent where there is no such call. */
  scanKeys?(ends: readonly [string] | readonly [string, string], isCursor: boolean): Promise<WireReply>;
  /** Several commands, with nothing of this session in between. */
  pipeline(requests: readonly Words[]): Promise<readonly WireReply[]>;
  begin(level: Level, readOnly: boolean): Promise<void>;
  /** A transaction at the level `snapshot` that can only read. */
  view(): Promise<void>;
  /** False: a conflict. */
  commit(): Promise<boolean>;
  rollback(): Promise<void>;
  savepoint(name: string): Promise<void>;
  rollbackTo(name: string): Promise<void>;
  release(name: string): Promise<void>;
  close(): Promise<void>;
}

/** A clock that stands until it is told to go on. */
export interface StandingClock {
  nowMs(): number;
  advance(durationMs: number): void;
}

export class CommandClient implements Client {
  readonly #clock: StandingClock | undefined;
  /** When the history began. */
  #originMs = 0;
  readonly #open: () => Promise<Door>;
  readonly #sessions: CommandSession[] = [];
  /** Whether definitions have been made that the next history must not find. */
  #hasDefined = false;
  /** Whether a database was emptied, and its tables with it. */
  #hasWiped = false;

  private constructor(open: () => Promise<Door>, first: Door, clock: StandingClock | undefined) {
    this.#open = open;
    this.#clock = clock;
    this.#add(first);
  }

  #add(door: Door): void {
    const noted = (operation: Operation): void => {
      this.#hasDefined ||= isAboutDefinitions(operation);
      this.#hasWiped ||= operation.kind === "wipe";
    };
    this.#sessions.push(new CommandSession(door, () => this.#originMs, noted));
  }

  /** Opens the first session and makes the tables. */
  static async create(open: () => Promise<Door>, clock?: StandingClock): Promise<CommandClient> {
    const first = await open();
    for (const words of TABLES) expectSuccess(words, await first.call(words));
    return new CommandClient(open, first, clock);
  }

  async reset(contents: Contents): Promise<void> {
    const { door } = this.#sessions[0]!;
    this.#originMs = this.#clock?.nowMs() ?? Date.now();
    const lists = await door.pipeline([...KEY_PATTERNS.map((pattern) => ["KEYS", pattern]), FAR, ["KEYS", "*"], NEAR]);
    const keys = lists.slice(0, KEY_PATTERNS.length).flat() as string[];
    const farKeys = lists.at(-2) as string[];
    const nodesFirst = [...contents].sort(([one], [other]) => Number(spaceOf(one) === "link") - Number(spaceOf(other) === "link"));
    const requests: Words[] = [
      ...(this.#hasWiped ? [["FLUSHALL"], ...TABLES] : []),
      ...(keys.length > 0 ? [["DEL", ...keys]] : []),
      ...CLEARINGS,
      ...(this.#hasDefined ? DEFINITION_CLEARINGS : []),
      ...(farKeys.length > 0 ? [FAR, ["DEL", ...farKeys], NEAR] : []),
      ...nodesFirst.flatMap(([item, value]) => inDatabase(databaseOfItem(item), creationOf(item, value))),
    ];
    this.#hasWiped = false;
    this.#hasDefined = contents.some(([item]) => spaceOf(item) === "table" || spaceOf(item) === "index");
    const replies = await door.pipeline(requests);
    requests.forEach((words, index) => {
      expectSuccess(words, replies[index]!);
    });
  }

  async session(number: number): Promise<CommandSession> {
    while (this.#sessions.length <= number) this.#add(await this.#open());
    return this.#sessions[number]!;
  }

  pass(durationMs: number): void {
    if (this.#clock === undefined) throw new Error("time goes on by itself");
    this.#clock.advance(durationMs);
  }

  async close(): Promise<void> {
    for (const { door } of this.#sessions.toReversed()) await door.close();
  }
}

const NEAR: Words = ["SELECT", "0"];
const FAR: Words = ["SELECT", "1"];

/** A request in a database, from database 0. */
function inDatabase(database: string, words: Words): Words[] {
  return database === "0" ? [words] : [["SELECT", database], words, NEAR];
}

export class CommandSession implements Session {
  readonly door: Door;
  readonly #originMs: () => number;
  readonly #noted: (operation: Operation) => void;
  #isInside = false;

  /** `noted` hears of every operation; `originMs` tells when the history began. */
  constructor(door: Door, originMs: () => number, noted: (operation: Operation) => void) {
    this.door = door;
    this.#originMs = originMs;
    this.#noted = noted;
  }

  async begin(level: Level, readOnly: boolean): Promise<void> {
    await this.door.begin(level, readOnly);
    this.#isInside = true;
  }

  async view(): Promise<void> {
    await this.door.view();
    this.#isInside = true;
  }

  async execute(operation: Operation): Promise<Outcome> {
    this.#noted(operation);
    const database = databaseOf(operation);
    if (database !== "0") expectSuccess(FAR, await this.door.call(["SELECT", database]));
    const outcome = outcomeOf(operation, await this.#answerOf(operation), this.#originMs());
    if (outcome.kind === "conflict" && this.#isInside) await this.rollback();
    if (database !== "0") expectSuccess(NEAR, await this.door.call(NEAR));
    return outcome;
  }

  #answerOf(operation: Operation): Promise<WireReply> {
    const isOrdered = operation.kind === "scan" && (operation.route === "order" || operation.route === "cursor");
    if (!isOrdered || this.door.scanKeys === undefined) return this.door.call(requestOf(operation, this.#originMs()));
    return this.door.scanKeys(keyRangeOf(operation.predicate), operation.route === "cursor");
  }

  async unit(operations: readonly Operation[]): Promise<Outcome[]> {
    operations.forEach(this.#noted);
    const parts = operations.map((operation) => inDatabase(databaseOf(operation), requestOf(operation, this.#originMs())));
    const requests = [["MULTI"], ...parts.flat(), ["EXEC"]];
    const replies = await this.door.pipeline(requests);
    const results = replies.at(-1)!;
    if (!Array.isArray(results) || results.length !== requests.length - 2) {
      throw new Error(`EXEC of ${JSON.stringify(requests)} was answered ${JSON.stringify(replies)}`);
    }
    let position = 0;
    return operations.map((operation, index) => {
      // The answer stands in the middle, between those of SELECT.
      const reply = results[position + (parts[index]!.length >> 1)] as WireReply;
      position += parts[index]!.length;
      return outcomeOf(operation, reply, this.#originMs());
    });
  }

  async commit(): Promise<boolean> {
    this.#isInside = false;
    return this.door.commit();
  }

  async rollback(): Promise<void> {
    this.#isInside = false;
    await this.door.rollback();
  }

  savepoint(name: string): Promise<void> {
    return this.door.savepoint(name);
  }

  rollbackTo(name: string): Promise<void> {
    return this.door.rollbackTo(name);
  }

  release(name: string): Promise<void> {
    return this.door.release(name);
  }
}

/** Whether a COMMIT was refused. */
export function isRefusal(reply: WireReply): boolean {
  return reply instanceof WireError && reply.prefix === "ABORT";
}

export function expectSuccess(words: Words, reply: WireReply): void {
  if (reply instanceof WireError) throw new Error(`${words.join(" ")} was answered: ${reply.prefix} ${reply.message}`);
}
