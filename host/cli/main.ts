/**
 * The program `memflux`: `serve` runs a server, `cli` talks to one, `help` and `version` tell about both.
 *
 * Exit codes: 0 for an orderly end, 1 when something went wrong, 2 for a wrong command line. Problems are one line on
 * standard error.
 */
import { readFileSync } from "node:fs";
import { DatabaseError } from "../common/error.ts";
import { type ResolvedOptions, resolveOptions, suggestion } from "../common/option-sources.ts";
import type { RunningServer } from "../entry/node.ts";
import { helpOverview, helpServe } from "./help.ts";

const COMMANDS = ["serve", "cli", "help", "version"];

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version: string }).version);
}

/** An expected error is one line, whatever its message quotes; a bug shows its stack. */
function complain(error: unknown): void {
  const expected = error instanceof DatabaseError;
  const text = expected ? error.message.replaceAll(/\s*[\r\n]+\s*/g, " ") : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`memflux: ${text}\n`);
}

/** Options of `serve`, or undefined after a complaint. */
function readServeOptions(args: readonly string[]): ResolvedOptions | undefined {
  try {
    const resolved = resolveOptions({ argv: args, env: process.env, readFile: (path) => readFileSync(path, "utf8") });
    const [extra] = resolved.positional;
    if (extra === undefined) return resolved;
    process.stderr.write(`memflux: unexpected argument "${extra}"; see memflux help serve\n`);
  } catch (error) {
    complain(error);
  }
  return undefined;
}

/** Runs a server until it is told to stop. A second signal ends the process at once. */
async function serveCommand(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(helpServe(process.stdout.columns));
    return 0;
  }
  const resolved = readServeOptions(args);
  if (resolved === undefined) return 2;
  try {
    const { serve } = await import("../entry/node.ts");
    let server: RunningServer | undefined;
    let stopping = false;
    const stop = () => {
      if (stopping) process.exit(1);
      stopping = true;
      server?.stop().catch(complain);
    };
    // Before the start, so that nobody who reads the ready line can be faster with a signal.
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    server = await serve(resolved.options);
    if (stopping) await server.stop();
    await server.ended;
    return 0;
  } catch (error) {
    complain(error);
    return 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const [command = "help", ...rest] = args;
  switch (command) {
    case "serve":
      return serveCommand(rest);
    case "cli": {
      const { cliCommand } = await import("./shell-command.ts");
      return cliCommand(rest);
    }
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(rest[0] === "serve" ? helpServe(process.stdout.columns) : helpOverview());
      return 0;
    case "version":
    case "--version":
    case "-v":
      process.stdout.write(`memflux ${version()}\n`);
      return 0;
    default:
      process.stderr.write(`memflux: unknown command "${command}"${suggestion(command, COMMANDS)}; see memflux help\n`);
      return 2;
  }
}

process.exitCode = await run(process.argv.slice(2));
