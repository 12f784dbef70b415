/**
 * The interactive shell: a prompt with history and completion over one connection, opened again when it was lost.
 *
 * History lies in ~/.memflux_history, readable by its owner only; lines with passwords (AUTH, HELLO ... AUTH, CONFIG SET
 * requirepass) are not kept.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { DatabaseError } from "../common/error.ts";
import type { Reply } from "../resp/decoder.ts";
import { complete, helpText } from "./completion.ts";
import { type Colours, formatReadable } from "./format.ts";
import type { ShellSession } from "./shell-session.ts";
import { statementWords } from "./sql-line.ts";
import { formatSqlTable } from "./sql-table.ts";
import { splitWords } from "./words.ts";

const HISTORY_LINES = 1000;
const SECRET = /^\s*(auth\b|hello\b.*\bauth\b|config\s+set\b.*\brequirepass\b)/i;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

function historyFile(): string {
  return join(homedir(), ".memflux_history");
}

function readHistory(): string[] {
  try {
    return existsSync(historyFile()) ? readFileSync(historyFile(), "utf8").split("\n").filter(Boolean).reverse() : [];
  } catch {
    return [];
  }
}

function keepHistory(lines: readonly string[]): void {
  try {
    writeFileSync(historyFile(), `${[...lines].reverse().join("\n")}\n`, { mode: 0o600 });
  } catch (error) {
    process.stderr.write(`the history was not saved: ${error instanceof Error ? error.message : error}\n`);
  }
}

/** Runs the prompt until the user leaves. */
export async function runShell(session: ShellSession, colours: Colours): Promise<void> {
  const history = readHistory();
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    completer: complete,
    history,
    historySize: HISTORY_LINES,
  });
  session.onPush = (reply: Reply) => process.stdout.write(`\n${formatReadable(reply, colours)}\n`);
  let lines: readonly string[] = history;
  terminal.on("history", (kept: string[]) => {
    while (kept[0] !== undefined && SECRET.test(kept[0])) kept.shift();
    lines = [...kept];
  });
  terminal.on("SIGINT", () => terminal.close());
  try {
    await session.open();
  } catch (error) {
    process.stdout.write(`${colours.error(describe(error))}\n`);
  }
  prompt(terminal, session);
  for await (const line of terminal) {
    if (await runLine(line, terminal, session, colours)) break;
    prompt(terminal, session);
  }
  keepHistory(lines);
  terminal.close();
  session.close();
}

function prompt(terminal: Interface, session: ShellSession): void {
  terminal.setPrompt(session.prompt());
  terminal.prompt();
}

/** Runs one line. True: the user leaves. */
async function runLine(line: string, terminal: Interface, session: ShellSession, colours: Colours): Promise<boolean> {
  const statement = statementWords(line);
  const words = statement?.map((word) => encoder.encode(word)) ?? splitWords(line);
  if (words === undefined) {
    process.stdout.write(`${colours.error("The quotes are not balanced.")}\n`);
    return false;
  }
  const [first] = words;
  if (first === undefined) return false;
  const name = decoder.decode(first).toLowerCase();
  if (name === "quit" || name === "exit") return true;
  if (name === "clear") {
    process.stdout.write("\x1b[2J\x1b[H");
    return false;
  }
  if (name === "help" || name === "?") {
    process.stdout.write(
      `${helpText(
        words.slice(1).map((word) => decoder.decode(word)),
        process.stdout.columns ?? 80,
      )}\n`,
    );
    return false;
  }
  terminal.pause();
  try {
    const start = performance.now();
    const reply = await session.run(words);
    const seconds = (performance.now() - start) / 1000;
    const table = statement !== undefined ? formatSqlTable(reply, process.stdout.columns ?? 80, colours) : undefined;
    process.stdout.write(`${table ?? formatReadable(reply, colours)}\n`);
    if (seconds > 0.5) process.stdout.write(`${colours.faint(`(${seconds.toFixed(2)}s)`)}\n`);
  } catch (error) {
    process.stdout.write(`${colours.error(describe(error))}\n`);
  }
  terminal.resume();
  return false;
}

function describe(error: unknown): string {
  return error instanceof DatabaseError ? error.message : String(error);
}
