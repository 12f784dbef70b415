/**
 * What the shell knows of commands: completion of names and subcommands, and `help`. Derived from the command table.
 */
import { commandTable } from "../command/table.ts";
import type { CommandRow } from "../command/table-types.ts";
import { wrap } from "./help.ts";

const SHELL_WORDS = ["clear", "exit", "help", "quit"];

/** Completions of a line, and the part of it that they replace, as readline wants them. Case follows what was typed. */
export function complete(line: string): [string[], string] {
  const words = line.trimStart().split(/\s+/);
  const [first = ""] = words;
  if (words.length <= 1) {
    const names = [...commandTable.map((row) => cased(row.name, first)), ...SHELL_WORDS];
    return [matching(names, first).map((name) => `${name} `), first];
  }
  const typed = words[1] ?? "";
  if (words.length > 2) return [[], line];
  const container = first.toLowerCase() === "help" ? commandTable : (findCommand(first)?.subcommands ?? []);
  return [
    matching(
      container.map((row) => cased(row.name, typed)),
      typed,
    ).map((name) => `${name} `),
    typed,
  ];
}

function cased(name: string, typed: string): string {
  return typed !== "" && typed === typed.toLowerCase() ? name.toLowerCase() : name;
}

function matching(names: readonly string[], typed: string): string[] {
  return names.filter((name) => name.toLowerCase().startsWith(typed.toLowerCase())).sort();
}

function findCommand(name: string, rows: readonly CommandRow[] = commandTable): CommandRow | undefined {
  return rows.find((row) => row.name.toLowerCase() === name.toLowerCase());
}

/** Help on a command (`help set`, `help config get`), or on the shell. */
export function helpText(words: readonly string[], width: number): string {
  const [name, subname] = words;
  if (name === undefined) {
    return "help COMMAND     what a command does\nclear            clear the screen\nquit             leave\nTab completes, the arrow keys recall earlier lines.";
  }
  const container = findCommand(name);
  const row = subname === undefined || container === undefined ? container : findCommand(subname, container.subcommands);
  if (container === undefined || row === undefined) return `No command is called "${words.join(" ")}".`;
  const title = row === container ? row.name : `${container.name} ${row.name}`;
  const lines = [
    `${title} ${row.syntax.replaceAll(/\w+:(?=[A-Z])/g, "")}`.trimEnd(),
    ...wrap(row.summary, width - 2).map((line) => `  ${line}`),
  ];
  lines.push(`  ${row.complexity}; since ${row.since}`);
  for (const sub of row.subcommands) lines.push(`  ${title} ${sub.name}: ${sub.summary}`);
  return lines.join("\n");
}
