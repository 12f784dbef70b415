/**
 * `memflux cli`: one command, lines from a pipe, or the interactive shell.
 *
 * Exit codes: 0; 1 when a command was answered by an error or the connection failed; 2 for a wrong command line.
 */
import { createInterface } from "node:readline";
import pc from "picocolors";
import { DatabaseError } from "../common/error.ts";
import { OPTION_TABLE } from "../common/option-table.ts";
import type { Reply } from "../resp/decoder.ts";
import { type Colours, formatJson, formatRaw, formatReadable, NO_COLOURS } from "./format.ts";
import { type LoginOptions, ShellSession } from "./shell-session.ts";
import { statementWords } from "./sql-line.ts";
import { formatSqlTable } from "./sql-table.ts";
import { splitWords } from "./words.ts";

const PORT_DEFAULT = Number(OPTION_TABLE.find((row) => row.name === "port")?.default);

const HELP = `memflux cli [options] [command [argument ...]]

  -h HOST        server to connect to (default 127.0.0.1)
  -p PORT        its port (default ${PORT_DEFAULT})
  -a PASSWORD    password; the variable MEMFLUXCLI_AUTH hides it from other users
  --user NAME    user name to log in with
  -n NUMBER      database number
  -3             speak RESP3
  --tls          connect with TLS; --insecure accepts a self-made certificate
  --raw          replies as they are, for programs (the default when the output is no terminal)
  --no-raw       readable replies even when the output is no terminal
  --json         replies as JSON

Without a command: a prompt on a terminal, else one command per line of standard input.
`;

type Output = "readable" | "raw" | "json";

interface ShellArguments {
  readonly login: LoginOptions;
  readonly output: Output | undefined;
  readonly command: readonly string[];
}

/** Reads the command line. Throws USAGE. */
function readArguments(args: readonly string[]): ShellArguments | "help" {
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  let index = 0;
  for (; index < args.length; index++) {
    const argument = args[index] ?? "";
    if (argument === "--help") return "help";
    if (["-h", "-p", "-a", "-n", "--user"].includes(argument)) {
      const value = args[++index];
      if (value === undefined) throw new DatabaseError("USAGE", `${argument} needs a value`);
      values[argument] = value;
    } else if (["-3", "--tls", "--insecure", "--raw", "--no-raw", "--json"].includes(argument)) switches.add(argument);
    else if (argument.startsWith("-")) throw new DatabaseError("USAGE", `unknown option ${argument}`);
    else break;
  }
  return {
    login: {
      host: values["-h"] ?? "127.0.0.1",
      port: readNumber(values["-p"], PORT_DEFAULT, 65535, "-p"),
      database: readNumber(values["-n"], 0, 2 ** 31 - 1, "-n"),
      tls: switches.has("--tls") || switches.has("--insecure"),
      insecure: switches.has("--insecure"),
      user: values["--user"],
      password: values["-a"] ?? process.env.MEMFLUXCLI_AUTH,
      protocol: switches.has("-3") ? 3 : 2,
    },
    output: switches.has("--json") ? "json" : switches.has("--raw") ? "raw" : switches.has("--no-raw") ? "readable" : undefined,
    command: args.slice(index),
  };
}

function readNumber(text: string | undefined, otherwise: number, max: number, flag: string): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(text) || Number(text) > max) throw new DatabaseError("USAGE", `${flag}: "${text}" is not a number up to ${max}`);
  return Number(text);
}

function colours(): Colours {
  return process.stdout.isTTY && pc.isColorSupported ? { error: pc.red, faint: pc.dim } : NO_COLOURS;
}

function print(reply: Reply, output: Output, isStatement: boolean): void {
  if (output === "raw") process.stdout.write(formatRaw(reply));
  else if (output === "json") process.stdout.write(`${formatJson(reply)}\n`);
  else {
    const table = isStatement ? formatSqlTable(reply, process.stdout.columns ?? 80, colours()) : undefined;
    process.stdout.write(`${table ?? formatReadable(reply, colours())}\n`);
  }
}

/** Runs one command per line of standard input. */
async function runPipe(session: ShellSession, output: Output): Promise<number> {
  let status = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    const statement = statementWords(line);
    const words = statement ?? splitWords(line);
    if (words === undefined) {
      process.stderr.write(`memflux cli: unbalanced quotes: ${line}\n`);
      status = 1;
      continue;
    }
    if (words.length === 0) continue;
    const reply = await session.run(words);
    if (reply.kind === "error") status = 1;
    print(reply, output, statement !== undefined);
  }
  return status;
}

/** Runs `memflux cli` with its arguments; resolves with the exit code. */
export async function cliCommand(args: readonly string[]): Promise<number> {
  let shell: ShellArguments | "help";
  try {
    shell = readArguments(args);
  } catch (error) {
    process.stderr.write(`memflux cli: ${error instanceof Error ? error.message : error}; see memflux cli --help\n`);
    return 2;
  }
  if (shell === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  const output = shell.output ?? (process.stdout.isTTY ? "readable" : "raw");
  const session = new ShellSession(shell.login);
  try {
    if (shell.command.length > 0) {
      // A statement is one argument; words apart are a command.
      const [only = ""] = shell.command;
      const statement = shell.command.length === 1 ? statementWords(only) : undefined;
      const reply = await session.run(statement ?? shell.command);
      print(reply, output, statement !== undefined);
      return reply.kind === "error" ? 1 : 0;
    }
    if (!process.stdin.isTTY) return await runPipe(session, output);
    const { runShell } = await import("./shell.ts");
    await runShell(session, colours());
    return 0;
  } catch (error) {
    process.stderr.write(`memflux cli: ${error instanceof DatabaseError ? error.message : error instanceof Error ? error.stack : error}\n`);
    return 1;
  } finally {
    session.close();
  }
}
