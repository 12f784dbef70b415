/**
 * Completion of the line in the prompt: what could stand there, and the walk through it with Tab.
 *
 * The words come from the command table, as in the shell of the command line. Typing anything begins anew; Tab replaces the
 * unfinished word by one offer after the other, and comes back to what was typed behind the last.
 */
import { complete } from "../host/cli/completion.ts";
import { findRow, findSubcommand } from "../host/command/table.ts";

/** What the command in the prompt takes and does. */
export interface Hint {
  readonly syntax: string;
  readonly summary: string;
}

export class Completion {
  #line = "";
  #offers: readonly string[] = [];
  /** The line without its unfinished word. */
  #head = "";
  #selected = -1;

  /** Words that could stand in place of the unfinished one, without the blank behind them. */
  get offers(): readonly string[] {
    return this.#offers;
  }

  /** Whether the offers say more than what was typed. */
  get isOpen(): boolean {
    return this.#offers.length > 1 || (this.#offers.length === 1 && `${this.#head}${this.#offers[0]}` !== this.#line);
  }

  /** Position among the offers of the word in the prompt; -1: what was typed. */
  get selected(): number {
    return this.#selected;
  }

  /** Takes in what was typed. */
  type(line: string): void {
    const [offers, part] = line.trim() === "" ? [[], ""] : complete(line);
    this.#line = line;
    this.#head = line.slice(0, line.length - part.length);
    this.#offers = offers.map((offer) => offer.trimEnd());
    this.#selected = -1;
  }

  /** The line with the next offer (`step` 1) or the one before (-1); undefined when there is none. */
  walk(step: 1 | -1): string | undefined {
    const count = this.#offers.length;
    if (count === 0) return undefined;
    this.#selected = count === 1 ? 0 : ((this.#selected + 1 + step + count + 1) % (count + 1)) - 1;
    return this.#selected < 0 ? this.#line : this.accept(this.#selected);
  }

  /** The line with an offer in it, and a blank to type on behind. */
  accept(position: number): string {
    return `${this.#head}${this.#offers[position]} `;
  }
}

/** Syntax and summary of the command, or subcommand, that a line begins with; undefined when there is no such command. */
export function hintOf(line: string): Hint | undefined {
  const [name = "", second = ""] = line.trim().split(/\s+/);
  const container = findRow(name);
  if (container === undefined) return undefined;
  const row = findSubcommand(container, second) ?? container;
  const title = row === container ? row.name : `${container.name} ${row.name}`;
  const syntax = row.subcommands.length > 0 ? row.subcommands.map((sub) => sub.name).join(" | ") : row.syntax;
  return { syntax: `${title} ${readable(syntax)}`.trimEnd(), summary: row.summary };
}

/** The table's notation (host/command/syntax.ts) without names of groups and types, and with `key...` as `key [key ...]`. */
function readable(syntax: string): string {
  return syntax
    .replaceAll(/([([])[a-z_0-9-]+:/g, "$1")
    .replaceAll(/:(?:key|string|integer|double|pattern|unix-time)\b/g, "")
    .replaceAll(/\[\(([^()]*)\)\]/g, "[$1]")
    .replaceAll(/\(([^()]*)\)\.\.\./g, "$1 [$1 ...]")
    .replaceAll(/([a-z-]+)\.\.\./g, "$1 [$1 ...]");
}
