/**
 * BEGIN, COMMIT, ROLLBACK, SAVEPOINT and RELEASE as commands: the words of SQL's statements, each an argument, or joined by underscores
 * (ROLLBACK_TO, RELEASE_SAVEPOINT). What they do is the session's transaction's, as for the statements.
 *
 * A savepoint's name is taken as it is sent; SQL finds it as written, else folded.
 */
import { replyError } from "../common/reply-error.ts";
import { sqlError } from "../common/sql-state.ts";
import { type AskedModes, findIsolationLevel, type IsolationLevel } from "../common/transaction-modes.ts";
import type { TransactionControl } from "../query/executor/transaction-control.ts";
import { text } from "./arguments.ts";
import type { CommandHandler } from "./session.ts";

/** Arguments behind the name of a command, read one by one. */
class Words {
  readonly #words: readonly string[];
  #next = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  get isOver(): boolean {
    return this.#next === this.#words.length;
  }

  get left(): number {
    return this.#words.length - this.#next;
  }

  /** Goes past the next word if it is one of these. */
  skip(...words: readonly string[]): boolean {
    if (!words.includes(this.#words[this.#next]?.toUpperCase() ?? "")) return false;
    this.#next++;
    return true;
  }

  /** The next word, whatever it is. */
  take(): string {
    const taken = this.#words[this.#next++];
    if (taken === undefined) throw replyError("SYNTAX");
    return taken;
  }

  end(): void {
    if (!this.isOver) throw replyError("SYNTAX");
  }
}

type Direct = (control: TransactionControl, words: Words) => void;

const COMMANDS: Readonly<Record<string, Direct>> = {
  BEGIN: (control, words) => {
    words.skip("WORK", "TRANSACTION");
    control.begin(readModes(words));
  },
  START: (control, words) => {
    if (!words.skip("TRANSACTION")) throw replyError("SYNTAX");
    control.begin(readModes(words));
  },
  COMMIT: (control, words) => end(control, words, () => control.commit()),
  END: (control, words) => end(control, words, () => control.commit()),
  ROLLBACK: rollback,
  ABORT: rollback,
  SAVEPOINT: (control, words) => named(words, (name) => control.setSavepoint(name)),
  ROLLBACK_TO: (control, words) => rollbackTo(control, words),
  ROLLBACK_TO_SAVEPOINT: (control, words) => named(words, (name) => control.rollbackTo(name, name)),
  RELEASE: (control, words) => {
    if (words.left > 1) words.skip("SAVEPOINT");
    named(words, (name) => control.releaseSavepoint(name, name));
  },
  RELEASE_SAVEPOINT: (control, words) => named(words, (name) => control.releaseSavepoint(name, name)),
};

/** Handlers by upper-case command name. */
export function transactionHandlers(): Readonly<Record<string, CommandHandler>> {
  const handler =
    (direct: Direct): CommandHandler =>
    (session, args, reply) => {
      direct(session.transaction, new Words(args.slice(1).map(text)));
      reply.ok();
    };
  return Object.fromEntries(Object.entries(COMMANDS).map(([name, direct]) => [name, handler(direct)]));
}

function rollback(control: TransactionControl, words: Words): void {
  words.skip("WORK", "TRANSACTION");
  if (words.skip("TO")) rollbackTo(control, words);
  else end(control, words, () => control.rollback());
}

function rollbackTo(control: TransactionControl, words: Words): void {
  if (words.left > 1) words.skip("SAVEPOINT");
  named(words, (name) => control.rollbackTo(name, name));
}

/** The one word that is left is a name. */
function named(words: Words, run: (name: string) => void): void {
  const name = words.take();
  words.end();
  run(name);
}

/** Ends a transaction, and with AND CHAIN begins the next, which is as it was. */
function end(control: TransactionControl, words: Words, run: () => void): void {
  words.skip("WORK", "TRANSACTION");
  let chain = false;
  if (words.skip("AND")) {
    chain = !words.skip("NO");
    if (!words.skip("CHAIN")) throw replyError("SYNTAX");
  }
  words.end();
  const { modes } = control;
  run();
  if (chain) control.begin(modes);
}

/** Modes with commas between or without. Of two about one thing the last counts. */
function readModes(words: Words): AskedModes {
  const separated = new Words(rest(words).flatMap((word) => word.split(",").filter((part) => part !== "")));
  let modes: AskedModes = {};
  while (!separated.isOver) {
    if (separated.skip("ISOLATION")) modes = { ...modes, isolation: readLevel(separated) };
    else if (separated.skip("READ")) modes = { ...modes, readOnly: readAccess(separated) };
    else if (separated.skip("DEFERRABLE")) throw sqlError("0A000", "DEFERRABLE transactions are not supported");
    else if (!separated.skip("NOT") || !separated.skip("DEFERRABLE")) throw replyError("SYNTAX");
  }
  return modes;
}

function rest(words: Words): string[] {
  const taken: string[] = [];
  while (!words.isOver) taken.push(words.take());
  return taken;
}

function readLevel(words: Words): IsolationLevel {
  if (!words.skip("LEVEL")) throw replyError("SYNTAX");
  const first = words.take();
  const level = findIsolationLevel(first) ?? findIsolationLevel(`${first} ${words.take()}`);
  if (level === undefined) throw replyError("SYNTAX");
  return level;
}

function readAccess(words: Words): boolean {
  if (words.skip("ONLY")) return true;
  if (words.skip("WRITE")) return false;
  throw replyError("SYNTAX");
}
