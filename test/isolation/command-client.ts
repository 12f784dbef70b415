/**
 * A client that speaks the database's commands: what the library and a socket have in common. What differs is a `Door`: how
 * commands get in, and how a transaction is begun and ended there.
 *
 * 1. Tables and indexes are made once, when the client is made, and when they were emptied; `reset` only removes and makes items.
 * 2. A unit of several operations is MULTI ... EXEC.
 * 3. When a statement is answered with a conflict, the transaction is rolled back here: the plan's session is outside of it.
 * 4. Errors that no plan can expect are Errors: the run ends.
 */
import type { Client, Contents, Session } from "./client.ts";
import { CLEARINGS, creationOf, KEY_PATTERNS, keyRangeOf, outcomeOf, requestOf } from "./commands.ts";
import { DEFINITION_CLEARINGS, isAboutDefinitions, TABLES } from "./definition-commands.ts";
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

export class CommandClient implements Client {
  readonly #open: () => Promise<Door>;
  readonly #sessions: CommandSession[] = [];
  /** Whether definitions have been made that the next history must not find. */
  #hasDefined = false;
  /** Whether a database was emptied, and its tables with it. */
  #hasWiped = false;

  private constructor(open: () => Promise<Door>, first: Door) {
    this.#open = open;
    this.#add(first);
  }

  #add(door: Door): void {
    const noted = (operation: Operation): void => {
      this.#hasDefined ||= isAboutDefinitions(operation);
      this.#hasWiped ||= operation.kind === "wipe";
    };
    this.#sessions.push(new CommandSession(door, noted));
  }

  /** Opens the first session and makes the tables. */
  static async create(open: () => Promise<Door>): Promise<CommandClient> {
    const first = await open();
    for (const words of TABLES) expectSuccess(words, await first.call(words));
    return new CommandClient(open, first);
  }

  async reset(contents: Contents): Promise<void> {
    const { door } = this.#sessions[0]!;
    const lists = await door.pipeline(KEY_PATTERNS.map((pattern) => ["KEYS", pattern]));
    const keys = lists.flat() as string[];
    const nodesFirst = [...contents].sort(([one], [other]) => Number(spaceOf(one) === "link") - Number(spaceOf(other) === "link"));
    const requests: Words[] = [
      ...(this.#hasWiped ? [["FLUSHALL"], ...TABLES] : []),
      ...(keys.length > 0 ? [["DEL", ...keys]] : []),
      ...CLEARINGS,
      ...(this.#hasDefined ? DEFINITION_CLEARINGS : []),
      ...nodesFirst.map(([item, value]) => creationOf(item, value)),
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

  async close(): Promise<void> {
    for (const { door } of this.#sessions.toReversed()) await door.close();
  }
}

export class CommandSession implements Session {
  readonly door: Door;
  readonly #noted: (operation: Operation) => void;
  #isInside = false;

  /** `noted` hears of every operation. */
  constructor(door: Door, noted: (operation: Operation) => void) {
    this.door = door;
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
    const outcome = outcomeOf(operation, await this.#answerOf(operation));
    if (outcome.kind === "conflict" && this.#isInside) await this.rollback();
    return outcome;
  }

  #answerOf(operation: Operation): Promise<WireReply> {
    const isOrdered = operation.kind === "scan" && (operation.route === "order" || operation.route === "cursor");
    if (!isOrdered || this.door.scanKeys === undefined) return this.door.call(requestOf(operation));
    return this.door.scanKeys(keyRangeOf(operation.predicate), operation.route === "cursor");
  }

  async unit(operations: readonly Operation[]): Promise<Outcome[]> {
    operations.forEach(this.#noted);
    const requests = [["MULTI"], ...operations.map(requestOf), ["EXEC"]];
    const replies = await this.door.pipeline(requests);
    const results = replies.at(-1)!;
    if (!Array.isArray(results) || results.length !== operations.length) {
      throw new Error(`EXEC of ${JSON.stringify(requests)} was answered ${JSON.stringify(replies)}`);
    }
    return operations.map((operation, index) => outcomeOf(operation, results[index] as WireReply));
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
