/**
 * One line of the console: split into words, run, answered.
 *
 * A few words are the page's own: `help`, `clear`, `quit`. Everything else goes to the database. The time of a command is that
 * of the whole way: from the page to the worker that has the engine, through the engine and the log, and back.
 */
import { helpText } from "../host/cli/completion.ts";
import { statementWords } from "../host/cli/sql-line.ts";
import { splitWords } from "../host/cli/words.ts";
import type { DemoDatabase } from "./database.ts";
import { type ResultGraph, resultGraph } from "./graph.ts";
import { type Printed, printError, printReply, printTable, printText } from "./reply.ts";

/** The page breaks lines itself. */
const HELP_WIDTH = 4096;
/** Commands whose reply is a text of lines: printed as it is, as redis-cli does. */
const TEXTS = /^(info|lolwut|client (list|info)|memory (doctor|malloc-stats))$/;
const decoder = new TextDecoder();

/** What a line comes to. */
export type Outcome =
  | { readonly kind: "nothing" }
  | { readonly kind: "clear" }
  | { readonly kind: "local"; readonly printed: Printed }
  | { readonly kind: "reply"; readonly printed: Printed; readonly microseconds: number; readonly graph?: ResultGraph | undefined };

export class Interpreter {
  readonly #database: DemoDatabase;
  readonly #nowMs: () => number;
  #number = 0;

  /** `nowMs`: a clock with fractions of milliseconds. */
  constructor(database: DemoDatabase, nowMs: () => number) {
    this.#database = database;
    this.#nowMs = nowMs;
  }

  /** Number of the database that SELECT has chosen. */
  get number(): number {
    return this.#number;
  }

  /** Runs a line. Never rejects: what fails is an outcome too. */
  async run(line: string): Promise<Outcome> {
    const statement = statementWords(line);
    if (statement !== undefined) return this.#query(statement);
    const words = splitWords(line);
    if (words === undefined) return local("The quotes are not balanced.", "error");
    const [name = "", ...rest] = words.map((word) => decoder.decode(word));
    switch (name.toLowerCase()) {
      case "":
        return { kind: "nothing" };
      case "clear":
        return { kind: "clear" };
      case "help":
      case "?":
        return local(helpText(rest, HELP_WIDTH), "note");
      case "quit":
      case "exit":
        return local("Close the tab to leave; the data stays in this browser.", "note");
      default:
        return this.#execute(words, name, rest);
    }
  }

  /** Runs a statement of SQL or Cypher, whose result is a table. */
  async #query(statement: readonly string[]): Promise<Outcome> {
    const start = this.#nowMs();
    let printed: Printed;
    let graph: ResultGraph | undefined;
    let microseconds: number;
    try {
      const value = await this.#database.execute(statement, { bytes: true });
      microseconds = (this.#nowMs() - start) * 1000;
      printed = printTable(value);
      graph = resultGraph(value);
    } catch (error) {
      microseconds = (this.#nowMs() - start) * 1000;
      printed = printError(error);
    }
    return { kind: "reply", printed, microseconds, graph };
  }

  async #execute(words: readonly Uint8Array[], name: string, rest: readonly string[]): Promise<Outcome> {
    const start = this.#nowMs();
    let printed: Printed;
    try {
      const value = await this.#database.execute(words, { bytes: true });
      printed = isText(name, rest) ? printText(value) : printReply(value);
      this.#follow(name, rest);
    } catch (error) {
      printed = printError(error);
    }
    return { kind: "reply", printed, microseconds: (this.#nowMs() - start) * 1000 };
  }

  /** Keeps the number right behind a command that succeeded. */
  #follow(name: string, rest: readonly string[]): void {
    if (name.toLowerCase() === "select") this.#number = Number(rest[0] ?? 0);
    else if (name.toLowerCase() === "reset") this.#number = 0;
  }
}

function isText(name: string, [second = ""]: readonly string[]): boolean {
  const lower = name.toLowerCase();
  return TEXTS.test(lower) || TEXTS.test(`${lower} ${second.toLowerCase()}`);
}

function local(text: string, tone: Printed["tone"]): Outcome {
  return { kind: "local", printed: { text, tone } };
}
